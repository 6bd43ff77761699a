"""A page outlives its sign-in: another tab of the same browser takes another role, or signs out."""

import re

import pytest
from playwright.sync_api import expect

from clinicflow.testing.case import PASSWORD, Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def tabs(asgi_server, new_context, transactional_db):
    """Dr. Okafor's day in two tabs; she is an owner too."""
    Cast.build()
    Cast.make_member(Cast.riverside, "okafor@riverside.test", "Amara Okafor", "owner")
    context = new_context(viewport={"width": 1440, "height": 900})
    first, second = context.new_page(), context.new_page()
    first.goto(f"{asgi_server}/account/login/?next=/my-day")
    first.fill("input[name=login]", "okafor@riverside.test")
    first.fill("input[name=password]", PASSWORD)
    first.get_by_role("button", name="Sign in", exact=True).click()
    first.get_by_role("button", name="Doctor, Riverside Clinic").click()
    second.goto(f"{asgi_server}/my-day")
    for page in (first, second):
        expect(page.locator("#live")).to_have_attribute("data-state", "on")
    return first, second


def sign_out(page):
    page.locator("summary.self").click()
    page.get_by_role("button", name="Sign out").click()


def test_the_other_tab_goes_to_the_sign_in_page_and_knows_the_way_back(tabs):
    first, second = tabs
    sign_out(first)
    expect(second).to_have_url(re.compile(r"/account/login/\?next=/my-day$"))


def test_the_other_tab_shows_nothing_of_the_role_that_was_left(tabs, console):
    first, second = tabs
    first.locator("summary.self").click()
    first.locator("form[action='/switch-role']").get_by_role("button", name="Owner").click()
    expect(first).to_have_url(re.compile(r"[^=]/overview$"))
    expect(second.get_by_role("heading", level=1)).to_have_text("Your role doesn't have access to this page")
    console.allow("403")


def test_what_was_being_typed_stays_and_the_page_says_so(tabs):
    first, second = tabs
    second.goto(second.url.replace("/my-day", "/time-off/new"))
    expect(second.locator("#live")).to_have_attribute("data-state", "on")
    reason = second.locator("main input[type=text], main textarea").first
    reason.fill("Congress")
    sign_out(first)
    expect(second.get_by_text("You've been signed out.")).to_be_visible()
    expect(reason).to_have_value("Congress")
    second.get_by_role("button", name="Try now").click()
    expect(second).to_have_url(re.compile(r"/account/login/\?next=/time-off/new$"))


def test_back_after_signing_out_shows_nothing(tabs):
    first, _ = tabs
    first.goto(first.url.replace("/my-day", "/patients"))
    expect(first.locator("#live")).to_have_attribute("data-state", "on")
    sign_out(first)
    expect(first).to_have_url(re.compile(r"/account/login/"))
    first.go_back()
    expect(first).to_have_url(re.compile(r"/account/login/\?next=/patients$"))
