"""docs/settings.md is true: it says what is declared, and each effect that it names has its test."""

import ast
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase

from clinicflow.clinic_settings.presentation.settings_docs import describe
from clinicflow.clinic_settings.schema import all_settings


def methods_of(slug):
    """The test methods in a tab's file."""
    source = Path(__file__).with_name(f"test_{slug}.py").read_text("utf-8")
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}


class Described(SimpleTestCase):
    def test_the_committed_page_is_what_the_command_writes(self):
        page = Path(settings.BASE_DIR) / "docs" / "settings.md"
        self.assertEqual(page.read_text("utf-8"), describe(), "Run manage.py describe_settings.")

    def test_every_setting_has_a_test_that_shows_its_effect(self):
        for tab, setting in all_settings():
            with self.subTest(setting.name):
                self.assertIn(f"test_{setting.name}", methods_of(tab.slug))
