"""The text of templates, style sheets and scripts: what no formatter looks at."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from clinicflow.web.static_files import IMPORT, ManifestStorage

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SHEETS = [path for path in sorted((ROOT / "static").rglob("*.css")) if path.name != "places.css"]  # that one is built
SCRIPTS = [path for path in sorted((ROOT / "static").rglob("*.js")) if "vendor" not in path.parts]
MODULES = [
    path
    for app in ("clinicflow", "patients", "scheduling", "intake", "aiassist", "dashboards")
    for path in sorted((ROOT / app).rglob("*.py"))
    if "tests" not in path.parts
]
WORD = re.compile(r"[\w-]+")
# Classes that a template puts together from a value: `hue-{{ doctor.color }}`.
COMPUTED = re.compile(r"(cell|hue|is)-|lines-\d|of\d|q\d")
# Classes of pages whose markup is not ours: Django's admin, REST framework, htmx.
FOREIGN = {
    *("breadcrumbs", "datetimeshortcuts", "object-tools", "sorthandle", "this-page", "toplinks"),
    *("breadcrumb", "navbar", "page-header", "prettyprint", "response-info"),
    "htmx-request",
}
# Whatever a script shows, says or labels.
SHOWN = re.compile(r"(?:\.(?:textContent|title|placeholder|ariaLabel|label) = |say\(|setAttribute\(\"aria-\w+\", )(.*)")
LITERAL = re.compile(r"\"([^\"]*)\"|'([^']*)'|`([^`]*)`")
ASKED_FOR = re.compile(r"\w+\([\"'`][^\"'`]*[\"'`]|\[[^\]]*\]")  # a selector, an attribute or a key


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def classes_of(sheet: Path) -> set[str]:
    selectors = re.findall(r"([^{}]+)\{", without_comments(sheet.read_text("utf-8")))
    return {name for selector in selectors for name in re.findall(r"\.(-?[a-z_][\w-]*)", selector)}


def is_partial(template: Path) -> bool:
    return template.name.startswith("_") or "ui" in template.relative_to(ROOT / "templates").parts


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_no_line_of_a_template_is_longer_than_120_bytes(template):
    lines = template.read_bytes().splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > 120] == []


@pytest.mark.parametrize("template", [path for path in TEMPLATES if is_partial(path)], ids=name_of)
def test_a_partial_begins_with_its_parameters(template):
    text = template.read_text("utf-8")
    assert re.match(r"(\{% (load|extends) [^%]*%\}\s*)*\{% comment %\}\n", text), "no comment at its top"


def test_one_template_renders_the_errors_of_a_field():
    own = {  # these are no fields of a Django form
        "templates/intake/_question_notes.html",
        "templates/settings/_hours_day.html",
        "templates/aiassist/simulator.html",
    }
    found = {name_of(path) for path in TEMPLATES if 'class="error"' in path.read_text("utf-8")}
    assert found - own == {"templates/django/forms/field_notes.html"}


def test_every_class_of_a_style_sheet_is_used():
    used = {word for path in (*TEMPLATES, *SCRIPTS, *MODULES) for word in WORD.findall(path.read_text("utf-8"))}
    unused = {
        f"{name_of(sheet)}: {name}"
        for sheet in SHEETS
        for name in classes_of(sheet) - used - FOREIGN
        if not COMPUTED.match(name)
    }
    assert unused == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_shows_and_says_only_what_the_page_gives_it(script):
    literals = [
        "".join(parts)
        for line in script.read_text("utf-8").splitlines()
        for shown in SHOWN.findall(line.partition(" // ")[0])
        for parts in LITERAL.findall(ASKED_FOR.sub("", shown))
    ]
    # In a template literal, what stands between ${ and } is code.
    words = [text for text in literals if re.search(r"[^\W\d_]", re.sub(r"\$\{[^}]*\}|\{\w+\}", "", text))]
    assert [text for text in words if text not in {"true", "false"}] == []


def test_no_style_sheet_depends_on_how_a_screen_is_turned():
    """WCAG 1.3.4, which axe could check only by fetching every style sheet again."""
    assert [name_of(sheet) for sheet in SHEETS if "orientation" in sheet.read_text("utf-8")] == []


def test_scripts_import_each_other_by_names_that_the_manifest_rewrites():
    folders = {pattern.partition("/")[0] for pattern, _rules in ManifestStorage.patterns if "/" in pattern}
    for script in SCRIPTS:
        imports = re.findall(r"^import .*$", script.read_text("utf-8"), re.MULTILINE)
        assert all(re.search(IMPORT, line) for line in imports), name_of(script)
        assert not imports or script.parent.name in folders, name_of(script)
