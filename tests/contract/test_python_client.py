"""A typed client out of the committed OpenAPI file, at work against the real server as docs/python_client.py shows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clinicflow.testing.case import PASSWORD, Cast

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = Path(__file__).resolve().parents[2] / "docs"


def run(*command, **environment):
    result = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env={**os.environ, **environment},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The directory with the package `clinicflow_client`."""
    place = tmp_path_factory.mktemp("client")
    said = run(
        *("-m", "openapi_python_client", "generate", "--meta", "none"),
        *("--path", DOCS / "openapi.yaml", "--config", DOCS / "python_client.yaml"),
        *("--output-path", place / "clinicflow_client"),
    )
    assert "WARNING" not in said, said
    return place


def test_it_signs_in_lists_books_and_reads_a_conflict(asgi_server, generated):
    Cast.build()
    Cast.make_patient(
        Cast.riverside, "Hannah Lindqvist", search_last="lindqvist hannah", search_first="hannah lindqvist"
    )
    said = run(
        DOCS / "python_client.py", asgi_server, "dana@riverside.test", PASSWORD, "hannah", PYTHONPATH=str(generated)
    ).splitlines()
    assert said[0].startswith("booked Hannah Lindqvist unconfirmed 20")
    assert said[1] == said[0]
    assert said[2].startswith("refused 409 slot_taken [")
    assert said[3] == "visits that day 1"
