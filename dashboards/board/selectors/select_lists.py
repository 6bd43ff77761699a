"""SELECT lists generated from the fields of the class that their rows become."""

from collections.abc import Iterable, Mapping


def select_list(fields: Iterable[str], expressions: Mapping[str, str], *, table: str = "") -> str:
    """The SELECT list of `fields`, in their order: the expression of each, or else the column of its name in `table`.

    ValueError for an expression that belongs to no field. Names and expressions are literals of this code base, never
    input.
    """
    names = tuple(fields)
    unknown = expressions.keys() - set(names)
    if unknown:
        raise ValueError(f"no field for {', '.join(sorted(unknown))}")
    prefix = f"{table}." if table else ""
    return ", ".join(f"{expressions.get(name, prefix + name)} as {name}" for name in names)
