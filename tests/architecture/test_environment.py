"""The settings, `.env.example` and the container stack name the same variables."""

import ast
import re
from pathlib import Path
from unittest import TestCase

import yaml

ROOT = Path(__file__).resolve().parents[2]
READERS = {"text", "flag", "number", "choice", "names", "mail_server"}
# Explained in the example, and read by the container stack alone.
OF_THE_STACK = {"POSTGRES_PASSWORD"}
# The stack is for production and has nginx in front.
OTHER_IN_THE_STACK = {"ALLOWED_HOSTS", "ENVIRONMENT", "MESSAGE_PROVIDER", "TRUSTED_PROXY_HOPS"}


def variables_read():
    """The name of every variable that is read, through `clinicflow.env` or inside it."""
    found = set()
    for path in ROOT.glob("clinicflow/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="env"), attr=reader), args=[ast.Constant(value=name), *_]
                ) if reader in READERS:
                    found.add(name)
                case ast.Call(func=ast.Name(id=reader), args=[ast.Constant(value=name), *_]) if (
                    path.name == "env.py" and reader in READERS
                ):
                    found.add(name)
    return found


def variables_explained():
    return re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)


class TheSettings(TestCase):
    def test_the_example_explains_every_variable_and_no_other(self):
        self.assertEqual(set(variables_explained()) - OF_THE_STACK, variables_read())

    def test_the_example_is_in_alphabetical_order_and_names_each_once(self):
        self.assertEqual(variables_explained(), sorted(set(variables_explained())))

    def test_each_has_a_sentence_above_it(self):
        for block in (ROOT / ".env.example").read_text().split("\n\n")[1:]:
            lines = block.strip().splitlines()
            with self.subTest(lines[-1]):
                self.assertRegex(lines[-1], r"^#?[A-Z][A-Z0-9_]+=")
                self.assertGreater(len(lines), 1)
                self.assertTrue(all(line.startswith("# ") for line in lines[:-1]))

    def test_the_container_stack_sets_known_variables_to_known_ones(self):
        stack = (ROOT / "docker-compose.yml").read_text()
        services = yaml.safe_load(stack)["services"]
        known = set(variables_explained())
        self.assertLessEqual(set(services["web"]["environment"]), known)
        self.assertLessEqual(set(re.findall(r"\$\{([A-Z_]+)", stack)), known)

    def test_the_container_stack_has_the_defaults_of_the_settings(self):
        stack = (ROOT / "docker-compose.yml").read_text()
        example = dict(re.findall(r"^([A-Z][A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
        for name, default in set(re.findall(r"\$\{([A-Z_]+):-([^}]+)\}", stack)):
            if name in example and name not in OTHER_IN_THE_STACK:
                with self.subTest(name):
                    self.assertEqual(default, example[name])

    def test_the_web_containers_hold_no_administrators_password(self):
        services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        for name in ("web", "hub", "worker", "beat"):
            self.assertEqual(
                services[name]["environment"]["DATABASE_URL"], "postgresql://postgres@postgres:5432/clinicflow"
            )
