"""Shared by the architecture tests: the source files of the product as syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("patients", "scheduling", "intake", "aiassist", "dashboards")
PACKAGES = ("clinicflow", *APPS)
# Not production code: it may read and write as it needs to.
OUTSIDE = {"tests", "migrations", "testing"}


@cache
def tracked_files() -> tuple[Path, ...]:
    """The files under version control, relative to the root; all files where there is no checkout."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines() or [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
    return tuple(path for name in names if (ROOT / (path := Path(name))).is_file())


@cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """(path, syntax tree) of each production module of our packages."""
    paths = [path for path in tracked_files() if path.suffix == ".py" and path.parts[0] in PACKAGES]
    return tuple(
        (path, ast.parse((ROOT / path).read_text(encoding="utf-8"))) for path in paths if not OUTSIDE & set(path.parts)
    )


def calls(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """The calls of methods with these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Local name → dotted origin, of every `from … import …`."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
