"""pytest plugin that starts the services; loaded by ``-p clinicflow.testing.plugin`` in pyproject.toml.

Before Django reads its settings, the first process starts the embedded PostgreSQL and Valkey (unless DATABASE_URL and
REDIS_URL are set), and xdist's workers inherit their URLs. See databases.py and fixtures.py for the rest.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from clinicflow import embedded

ROOT = Path(__file__).resolve().parent.parent.parent
LOG_VARIABLE = "CLINICFLOW_TEST_DATABASE_LOG"
# Overrides a developer's .env.
ENVIRONMENT = {
    "ENVIRONMENT": "test",
    "DEBUG": "false",
    "DEMO": "true",
    "LOG_LEVEL": "WARNING",
    "JWT_SECRET_KEY": "",
    "JWT_ALGORITHM": "HS256",
    "ACCESS_TOKEN_EXPIRE_MINUTES": "30",
    "REFRESH_TOKEN_EXPIRE_DAYS": "7",
    "OPENAI_API_KEY": "",
    "OPENAI_BASE_URL": "",
    "CORS_ORIGINS": "",
    "PORT": "8000",
    "SITE_URL": "http://localhost:8000",
}


def worker_id() -> str:
    """``gw0``, ``gw1``… in xdist's workers, ``main`` otherwise."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


class TestServices:
    """The embedded services of a test run."""

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses
        self.data_dir = ROOT / ".clinicflow" / "test"
        self.temporary: Path | None = None
        self.services = self._start()

    def _start(self) -> embedded.Services:
        try:
            return embedded.start(self.data_dir, addresses=self.addresses, durable=False)
        except embedded.AlreadyRunning:  # another run uses the directory: use a temporary one
            self.data_dir = self.temporary = Path(tempfile.mkdtemp(prefix="clinicflow-test-"))
            self.temporary.chmod(0o755)
        except embedded.EmbeddedError:  # not durable, so a crash may have left unusable data
            shutil.rmtree(self.data_dir)
        return embedded.start(self.data_dir, addresses=self.addresses, durable=False)

    def stop(self) -> None:
        self.services.stop()
        if self.temporary is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)


_started: list[TestServices] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Runs before pytest-django loads the settings."""
    os.environ.update(ENVIRONMENT)
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if missing:
        run = TestServices(missing)
        _started.append(run)
        os.environ.setdefault("DATA_DIR", str(run.data_dir))
        os.environ.update(run.services.addresses)
        os.environ[LOG_VARIABLE] = str(run.services.log_dir / "postgres.log")
    # Each process has its own key prefix, so that deleting keys does not affect others.
    os.environ["REDIS_PREFIX"] = f"clinicflow-test-{worker_id()}"
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    # Registered last, so that its fixtures override those of pytest-django and pytest-playwright.
    config.pluginmanager.import_plugin("clinicflow.testing.fixtures")


def pytest_unconfigure() -> None:
    while _started:
        _started.pop().stop()
