"""Each app has the same skeleton, keys point downwards, and the names of modules and types say what they are."""

import importlib
import re
import tomllib
from pathlib import Path

from django.apps import apps

from tests.architecture.cases import ROOT, modules, tracked_files

DOMAIN_APPS = ("patients", "scheduling", "intake", "aiassist")
SKELETON = {
    *("admin.py", "apps.py", "urls.py", "forms.py", "jobs.py", "events.py", "querysets.py"),
    *("models", "operations", "views", "api", "migrations", "tests"),
}
# Names that several modules had for different things, or that name nothing; docs/glossary.md has what to call them.
VAGUE = {
    *("reading", "answers", "people", "log", "desk", "links", "figures", "changes", "drawing", "telling"),
    *("utils", "util", "helpers", "common", "misc", "managers", "services"),
}
# A type in the comment at the head of a template: `scheduling.selectors.visit_panel.Panel`.
TYPE_NAME = re.compile(
    r"\b((?:scheduling|patients|intake|aiassist|dashboards|clinicflow|demo)(?:\.[a-z_0-9]+)+)\.([A-Z]\w+)"
)
# Rows of these two belong to clinics and to actors, which lie above them.
MAY_POINT_UP = {"audit", "jobs"}


def layers() -> list[list[str]]:
    """The apps' layers from the import contract, the highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = next(contract for contract in contracts if contract["name"] == "Apps depend downwards only")
    return [[name.strip(" ()") for name in layer.replace(":", "|").split("|")] for layer in named["layers"]]


def test_each_domain_app_has_the_same_skeleton():
    for app in DOMAIN_APPS:
        names = {path.parts[1] for path in tracked_files() if path.parts[0] == app and len(path.parts) > 1}
        names |= {name.removesuffix(".py") for name in names}
        assert not SKELETON - names, f"{app} lacks {sorted(SKELETON - names)}"


def test_foreign_keys_point_downwards():
    depth = {name: number for number, layer in enumerate(layers()) for name in layer}
    checked = 0
    for model in apps.get_models():
        owner = apps.get_app_config(model._meta.app_label).name
        if owner not in depth or model._meta.app_label in MAY_POINT_UP:
            continue
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model is not None:
                target = apps.get_app_config(field.related_model._meta.app_label).name
                if target in depth:
                    checked += 1
                    assert depth[target] >= depth[owner], f"{model.__name__}.{field.name} points up to {target}"
    assert checked > 20


def test_no_module_has_a_vague_name():
    vague = [str(path) for path, _tree in modules() if Path(path.name).stem in VAGUE]
    assert not vague, vague


def test_nothing_that_production_imports_imports_the_demo():
    settings = (ROOT / "clinicflow" / "settings.py").read_text()
    assert '*(() if PRODUCTION else ("demo",))' in settings
    assert layers()[0] == ["demo"]


def test_the_types_that_templates_name_exist():
    missing = []
    for path in tracked_files():
        if path.parts[0] != "templates" or path.suffix not in {".html", ".txt"}:
            continue
        for module, name in TYPE_NAME.findall((ROOT / path).read_text(encoding="utf-8")):
            if not hasattr(importlib.import_module(module), name):
                missing.append(f"{path}: {module}.{name}")
    assert not missing, missing
