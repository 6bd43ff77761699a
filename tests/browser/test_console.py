"""What every browser test stands on: pages from the whole application, and an ear for what they complain about."""

import pytest
from playwright.sync_api import Page, expect

from clinicflow.clinics.models import Clinic
from clinicflow.testing.fixtures import Console


def test_the_live_server_serves_pages_on_this_tests_database(asgi_server: str, page: Page) -> None:
    Clinic.objects.create(name="Riverside Clinic")
    answer = page.goto(asgi_server)
    assert answer is not None
    assert answer.status == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    expect(page.get_by_role("heading", level=1)).to_be_visible()


INLINE_SCRIPT = """() => {
  const inline = document.createElement('script');
  inline.textContent = '1';
  document.body.append(inline);
}"""
INLINE_STYLE = "() => document.body.setAttribute('style', 'color: red')"


@pytest.mark.parametrize(("directive", "script"), [("script-src", INLINE_SCRIPT), ("style-src", INLINE_STYLE)])
def test_a_violation_of_the_content_security_policy_is_heard(
    asgi_server: str, page: Page, console: Console, directive: str, script: str
) -> None:
    page.goto(asgi_server)
    with page.expect_console_message(lambda message: "CSP violation" in message.text):
        page.evaluate(script)
    assert any(f"CSP violation: {directive}" in text for text in console.unexpected())
    console.allow("Content Security Policy|CSP violation")


def test_an_error_of_a_script_is_heard(asgi_server: str, page: Page, console: Console) -> None:
    page.goto(asgi_server)
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('broken on purpose'); }, 0); }")
    assert any("broken on purpose" in text for text in console.unexpected())
    console.allow("broken on purpose")
