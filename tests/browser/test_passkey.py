"""A passkey, set up and used on our pages under the strict content security policy, with a virtual device."""

import re

from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from clinicflow.testing.case import PASSWORD, Cast


def device(context: BrowserContext, page: Page) -> None:
    """A fingerprint reader that always recognises its finger."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_opens_the_clinic_without_a_password(asgi_server: str, context: BrowserContext, page: Page) -> None:
    Cast.build.__func__(type("People", (Cast,), {}))
    device(context, page)
    page.goto(f"{asgi_server}/account/login/")
    page.get_by_label("Email").fill("dana@riverside.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/schedule"))

    page.goto(asgi_server + reverse("mfa_add_webauthn"))
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.get_by_label("Name").fill("Front desk")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()

    context.clear_cookies()
    page.goto(f"{asgi_server}/account/login/")
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/schedule"))
