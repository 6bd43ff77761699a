"""The settings in browsers: open pages follow, what is typed is safe, hours by keyboard alone, clean for axe."""

import pytest
from playwright.sync_api import expect

from clinicflow.clinic_settings.schema import TABS
from clinicflow.testing.axe import violations
from tests.browser.cases import ScheduleDay, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(asgi_server):
    return ScheduleDay()


@pytest.fixture
def opened(asgi_server, new_context, morning):
    """Opens a page in a browser of its own, live."""

    def open_one(path, email="dana@riverside.test", **options):
        options = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"} | options
        page = new_context(**options).new_page()
        sign_in(page, asgi_server, email)
        page.goto(asgi_server + path)
        page.wait_for_selector("#live[data-state=on]")
        return page

    return open_one


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def test_an_open_schedule_takes_over_the_clock_and_one_who_types_is_told(opened, morning):
    schedule, typing = opened(f"/schedule?date={morning.day}"), opened("/settings/scheduling")
    expect(schedule.locator(f"#appt-{morning.hannah.pk}")).to_contain_text("9:00")
    typing.get_by_label("Mark as no-show after").fill("25")
    manager = opened("/settings/preferences")
    manager.get_by_label("24 hours: 15:30").check()
    save(manager)
    expect(manager.locator(".toast")).to_contain_text("Saved: Preferences.")
    expect(schedule.locator(f"#appt-{morning.hannah.pk}")).to_contain_text("09:00")
    expect(typing.locator("#settings-changed")).to_be_visible()
    expect(typing.get_by_label("Mark as no-show after")).to_have_value("25")
    save(typing)  # another tab of the settings: no conflict
    expect(typing.locator(".toast")).to_contain_text("Saved: Scheduling rules.")


def test_the_second_of_two_managers_sees_what_the_first_saved(opened):
    first, second = opened("/settings/scheduling"), opened("/settings/scheduling")
    second.get_by_label("Mark as no-show after").fill("40")
    first.get_by_label("Mark as no-show after").fill("20")
    save(first)
    expect(first.locator(".toast")).to_contain_text("Saved")
    save(second)
    expect(second.get_by_text("Someone else saved this page while you had it open")).to_be_visible()
    expect(second.get_by_text("Currently saved: 20 minutes")).to_be_visible()
    assert violations(second) == []
    save(second)
    expect(second.locator(".toast")).to_contain_text("Saved")
    expect(second.get_by_label("Mark as no-show after")).to_have_value("40")


def test_a_refused_form_is_not_sent_again_by_news(opened):
    page, other = opened("/settings/clinic"), opened("/settings/intake")
    page.get_by_label("Closes at").fill("08:00")
    save(page)
    expect(page.get_by_text("The clinic must close after it opens.")).to_be_visible()
    page.locator("h1").click()  # nothing has the focus
    page.wait_for_selector("#live[data-state=on]")
    other.get_by_label("Staff can complete a form for the patient").uncheck()
    save(other)
    expect(page.locator("#settings-changed")).to_be_visible()
    expect(page.get_by_label("Closes at")).to_have_value("08:00")


def test_what_is_refused_has_the_focus(opened):
    page = opened("/settings/clinic")
    page.get_by_label("Closes at").fill("08:00")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    save(page)
    expect(page.get_by_text("The clinic must close after it opens.")).to_be_visible()
    expect(page.get_by_label("Closes at")).to_be_focused()
    assert violations(page) == []


def test_a_doctor_keeps_hours_by_keyboard_alone(opened):
    page = opened("/settings/me", "okafor@riverside.test")
    page.locator("[name=own_week]").focus()
    page.keyboard.press("Space")
    saturday = page.get_by_role("group", name="Saturday")
    expect(saturday.get_by_text("Off")).to_be_visible()
    page.get_by_role("button", name="Add hours Saturday").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Saturday, from").first).to_be_focused()
    page.keyboard.type("0900AM")
    page.get_by_label("Saturday, to").first.focus()
    page.keyboard.type("1130AM")
    page.get_by_role("button", name="Monday: remove these hours").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copy down Monday").focus()
    page.keyboard.press("Enter")
    assert violations(page) == []
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Saved.")
    expect(page.get_by_label("Saturday, from").first).to_have_value("09:00")
    expect(page.get_by_label("Friday, from").first).to_have_value("13:15")
    expect(page.get_by_label("Friday, from").nth(1)).to_be_hidden()


def test_without_a_script_hours_can_still_be_typed(opened, asgi_server):
    page = opened("/settings/me", "okafor@riverside.test")
    plain = page.context.browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    other = plain.new_page()
    other.goto(f"{asgi_server}/settings/me")
    other.check("[name=own_week]")
    other.fill("[name=week-sun-start] >> nth=0", "10:00")
    other.fill("[name=week-sun-end] >> nth=0", "12:00")
    other.click("button.primary")
    expect(other.locator("[name=week-sun-start]").first).to_have_value("10:00")
    plain.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_every_tab_is_clean_and_fits(opened, asgi_server, width):
    page = opened("/settings/clinic", viewport={"width": width, "height": 844})
    for tab in TABS:
        page.goto(f"{asgi_server}/settings/{tab.slug}")
        assert violations(page) == [], tab.slug
        assert page.evaluate("document.documentElement.scrollWidth") <= width, tab.slug
        expect(page.locator(".tabbar [aria-current]")).to_be_in_viewport()
