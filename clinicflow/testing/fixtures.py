"""Fixtures for all tests: the database as the application's role, a live ASGI server, a browser without errors."""

import asyncio
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis
import uvicorn
from django.conf import settings
from django.test import TransactionTestCase
from django.utils.module_loading import import_string
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, WebError, expect
from pytest_django.plugin import blocking_manager_key

from clinicflow import celery
from clinicflow.testing import databases
from clinicflow.testing.plugin import LOG_VARIABLE, worker_id

CHROMIUM = Path("/usr/bin/chromium")
SLOWEST = 60_000  # milliseconds in which a page does or shows what is expected, on the slowest machine too
# Chromium logs responses with these statuses as errors of the page; here they are expected.
EXPECTED_STATUSES = re.compile(r"status of (401|403|404|409|412|422)\b")
REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event => console.error(
  `CSP violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


def pytest_configure(config: pytest.Config) -> None:
    """Settings of tests only: static files from their source, without the collected manifest, and no limit that a slow
    machine could miss.

    The Celery application is made the default, as in every process; otherwise hints would go to another broker.
    """
    celery.app.set_default()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.SERVESTATIC_USE_FINDERS = settings.SERVESTATIC_AUTOREFRESH = True
    TransactionTestCase._fixture_teardown = databases.empty_tables
    hypothesis.settings.register_profile(
        "clinicflow", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("clinicflow")
    expect.set_options(timeout=SLOWEST)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Create the template in the first process, before xdist starts the workers that copy it."""
    if worker_id() == "main" and not session.config.option.collectonly:
        with session.config.stash[blocking_manager_key].unblock():
            databases.ensure_template(rebuild=session.config.getvalue("create_db"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "new_context" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A copy of the template for this process, used as the application's role."""
    with django_db_blocker.unblock(), databases.copy_of_template(f"test_clinicflow_{worker_id()}"):
        databases.remember_empty_tables()
        yield


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    """Delete the Redis keys of earlier tests of this process."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    if keys := list(client.scan_iter(f"{settings.REDIS_PREFIX}*", count=1000)):
        client.delete(*keys)
    client.close()


@pytest.fixture(autouse=True)
def _no_running_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hide Playwright's event loop, which stays marked as running in this thread, from tests without a browser."""
    loop = asyncio._get_running_loop()
    if loop is None or "browser" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture
def database_log() -> Callable[[], str]:
    """A function that returns what PostgreSQL has logged about this process's database since the test began."""
    name = os.environ.get(LOG_VARIABLE)
    if name is None:
        pytest.skip("needs the embedded PostgreSQL, whose log can be read")
    log, database = Path(name), str(settings.DATABASES["default"]["NAME"])
    start = log.stat().st_size

    def read() -> str:
        with log.open(errors="replace") as file:
            file.seek(start)
            return "".join(line for line in file if f"@{database} " in line)

    return read


# ---------------------------------------------------------------- a live server, with sockets


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Leave the signal handlers to pytest."""


@pytest.fixture(scope="session")
def _asgi_server(django_db_setup: None) -> Iterator[str]:
    application = import_string(settings.ASGI_APPLICATION)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    server = _Server(
        uvicorn.Config(
            application, ws="websockets-sansio", log_config=None, log_level="warning", access_log=False, lifespan="off"
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    yield f"http://localhost:{listener.getsockname()[1]}"
    server.should_exit = server.force_exit = True
    thread.join(10)


@pytest.fixture
def asgi_server(transactional_db: None, _asgi_server: str, settings: Any) -> str:
    """The URL of a live server with pages and sockets, on this test's database."""
    settings.SITE_URL = _asgi_server
    settings.CSRF_TRUSTED_ORIGINS = [_asgi_server]
    return _asgi_server


# ---------------------------------------------------------------- the browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch Debian's Chromium. Without it browser tests are skipped, or fail if CLINICFLOW_BROWSER=required."""
    if not CHROMIUM.exists():
        if os.environ.get("CLINICFLOW_BROWSER") == "required":
            pytest.fail(f"browser tests are required, and there is no {CHROMIUM}")
        pytest.skip(f"there is no {CHROMIUM} (on Debian: apt-get install chromium)")
    # Playwright's loop runs in this thread, so Django would refuse the ORM, although no coroutine uses it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def _browsers(launch_browser: Callable[[], Browser]) -> Iterator[list[Browser]]:
    """The browsers that this process has launched; the last one is in use. They are closed before Playwright stops."""
    browsers: list[Browser] = []
    yield browsers
    for browser in browsers:
        if browser.is_connected():
            browser.close()


@pytest.fixture
def browser(_browsers: list[Browser], launch_browser: Callable[[], Browser]) -> Browser:
    """The browser of this process, launched again if an earlier test broke it."""
    if not _browsers or not _browsers[-1].is_connected():
        _browsers.append(launch_browser())
    return _browsers[-1]


class Console:
    """The console errors and warnings of a test's pages; ``allow`` a regular expression for those it expects."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self._allowed: list[re.Pattern[str]] = [EXPECTED_STATUSES]

    def allow(self, pattern: str) -> None:
        self._allowed.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        return [text for text in self.messages if not any(pattern.search(text) for pattern in self._allowed)]

    def attach(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._record_message)
        context.on("weberror", self._record_error)

    def _record_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.messages.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _record_error(self, error: WebError) -> None:
        self.messages.append(f"exception: {error.error}")


@pytest.fixture
def console() -> Iterator[Console]:
    """Fail the test if any of its pages logged an error or warning, or violated its content security policy."""
    console = Console()
    yield console
    assert console.unexpected() == []


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], console: Console) -> Callable[..., BrowserContext]:
    """pytest-playwright's fixture, with the console of every page recorded."""

    def create(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(SLOWEST)
        console.attach(context)
        return context

    return create
