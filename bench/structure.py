"""The shape of the code, measured on this checkout: function lengths, docstrings, imports, templates, commits.

    python -m bench.structure

Counts are of the files under version control. Production code is every Python file outside of tests, migrations,
`bench/` and `docs/`. A public function or class has no leading underscore and is at the top level of its module or of a
public class. The right-hand column is the best of the open-source
Django projects that the project compares itself with (healthchecks, Wagtail, Saleor, djangoproject.com, HackSoft's
example), measured in the same way in November 2026.
"""

import ast
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GIT = shutil.which("git") or "git"
OURS = ("clinicflow", "patients", "scheduling", "intake", "aiassist", "dashboards", "demo")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def git(*arguments: str) -> list[str]:
    """The lines that git prints."""
    done = subprocess.run([GIT, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def sources() -> tuple[list[Path], list[Path]]:
    """(production modules, test modules) of our packages."""
    production, tests = [], []
    for name in git("ls-files", "*.py"):
        path = Path(name)
        if "tests" in path.parts:
            tests.append(path)
        elif path.parts[0] in OURS and "migrations" not in path.parts:
            production.append(path)
    return production, tests


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(node: Function) -> int:
    """Lines from the `def` to the end of the function, decorators excluded."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def public(tree: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of its public classes."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef):
            yield from (part for part in node.body if isinstance(part, Function) and not part.name.startswith("_"))


def local_imports(tree: ast.Module) -> int:
    """Imports inside functions."""
    return sum(isinstance(node, ast.Import | ast.ImportFrom) for f in functions(tree) for node in ast.walk(f))


def percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.1f} %"


def code_rows() -> Iterator[tuple[str, str, str]]:
    production, tests = sources()
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in (*production, *tests)}
    trees = [ast.parse(texts[path]) for path in production]
    every = [function for tree in trees for function in functions(tree)]
    lengths = sorted(length(function) for function in every)
    named = [node for tree in trees for node in public(tree)]
    documented = sum(ast.get_docstring(node) is not None for node in named)
    lines = {path: texts[path].count("\n") for path in (*production, *tests)}
    longest = max(production, key=lines.__getitem__)
    code, tested = sum(lines[path] for path in production), sum(lines[path] for path in tests)
    yield "local imports", str(sum(map(local_imports, trees))), "1"
    yield "function length mean", f"{statistics.mean(lengths):.1f}", "8.4"
    yield "function length p95", str(lengths[int(len(lengths) * 0.95)]), "28"
    yield f"functions over 50 lines, of {len(lengths):,}", str(sum(n > 50 for n in lengths)), "4"
    yield f"longest file ({longest})", str(lines[longest]), "1,584 (197 in a small example)"
    yield "public names with a docstring", percent(documented, len(named)), "22 %"
    yield "functions with a typed return", percent(sum(f.returns is not None for f in every), len(every)), "99 %"
    yield "test lines per line of code", f"{tested / code:.2f}", "1.40–2.95"


def template_rows() -> Iterator[tuple[str, str, str]]:
    names = git("ls-files", "templates/*.html")
    widths = [len(line) for name in names for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    yield f"template lines over 120, of {len(widths):,}", percent(sum(n > 120 for n in widths), len(widths)), "0–7.3 %"
    yield "template lines over 200", percent(sum(n > 200 for n in widths), len(widths)), "0–1.8 %"
    yield "longest template line", str(max(widths)), ""


def commit_rows() -> Iterator[tuple[str, str, str]]:
    subjects = git("log", "--format=%s", "--no-merges")
    yield f"subjects over 72 characters, of {len(subjects)}", str(sum(len(line) > 72 for line in subjects)), "few"


def main() -> None:
    print("| | here | best elsewhere |\n|---|---|---|")
    for row in (*code_rows(), *template_rows(), *commit_rows()):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
