"""Patients in a browser: by keyboard from the search to the record and back, a note, merging, clean for axe."""

import pytest
from playwright.sync_api import expect

from clinicflow.testing.axe import violations
from patients.models import Patient
from scheduling.models import DoctorNote
from tests.browser.cases import ScheduleDay, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(asgi_server):
    return ScheduleDay()


@pytest.fixture
def opened(asgi_server, new_context):
    def sign_in_as(email, **context):
        page = new_context(
            **({"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"} | context)
        ).new_page()
        sign_in(page, asgi_server, email)
        return page

    return sign_in_as


def test_search_record_note_and_back_by_keyboard(opened, asgi_server, morning):
    page = opened("okafor@riverside.test")
    page.goto(f"{asgi_server}/patients")
    page.wait_for_selector("#live[data-state=on]")
    page.keyboard.press("/")
    page.keyboard.type("lindqvst")  # with a slip
    expect(page.locator(".prow")).to_have_count(1)
    expect(page.locator("#patient-search")).to_be_focused()
    page.locator(".prow .hit").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hannah Lindqvist")
    expect(page.locator("#past ~ .timeline .entry")).to_have_count(1)

    page.locator("#note-content").fill("Sleeps badly since June.")
    page.locator("#notes button[type=submit]").press("Enter")
    expect(page.locator(".toast")).to_contain_text("The note is saved")
    expect(page.locator(".note-item")).to_contain_text("Sleeps badly since June.")
    expect(page.locator("#note-content")).to_have_value("")

    page.locator(".note-item a", has_text="Edit").press("Enter")
    expect(page.locator(".note-item textarea")).to_be_focused()
    page.locator(".note-item textarea").fill(" ")
    page.locator(".note-item button[type=submit]").press("Enter")
    expect(page.locator(".note-item .error")).to_contain_text("Enter a note.")
    page.locator(".note-item textarea").fill("Sleeps well again.")
    page.locator(".note-item button[type=submit]").press("Enter")
    expect(page.locator(".note-item")).to_contain_text("Sleeps well again.")
    with morning.inside(morning.doctor):
        assert list(DoctorNote.objects.values_list("content", flat=True)) == ["Sleeps well again."]

    page.go_back()
    expect(page.locator("#patient-search")).to_have_value("lindqvst")
    expect(page.locator(".prow")).to_have_count(1)


def test_enter_acts_on_the_hits_of_what_is_typed(opened, asgi_server, morning):
    page = opened("dana@riverside.test")
    page.goto(f"{asgi_server}/schedule?date={morning.day}")
    page.wait_for_selector("#live[data-state=on]")
    page.keyboard.press("/")
    page.keyboard.type("hannah")
    expect(page.locator("#hit-1")).to_contain_text("Hannah Lindqvist")
    held = []
    page.route("**/find?*", lambda route: held.append(route))
    with page.expect_request("**/find?q=diego"):
        page.locator("#q").fill("diego")
        page.locator("#q").press("Enter")
    expect(page.locator("#hits")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#sheet")).not_to_be_visible()
    held[-1].continue_()
    expect(page.locator("#sheet")).to_contain_text("Diego Flores")
    expect(page.locator("#q")).to_have_value("")


def test_what_is_being_written_stays_when_news_comes(opened, asgi_server, morning):
    doctor, desk = opened("okafor@riverside.test"), opened("dana@riverside.test")
    doctor.goto(f"{asgi_server}/patients/{morning.hannah.patient_id}")
    doctor.wait_for_selector("#live[data-state=on]")
    doctor.locator("#note-content").fill("Half a sen")
    desk.goto(f"{asgi_server}/visits/{morning.hannah.pk}")
    desk.get_by_role("button", name="Confirm").first.click()
    expect(doctor.locator(".entry .pill").first).to_have_text("Confirmed")
    expect(doctor.locator("#note-content")).to_have_value("Half a sen")
    expect(doctor.locator("#note-content")).to_be_focused()


def test_the_desk_goes_from_the_visit_to_the_record_and_merges_two(opened, asgi_server, morning):
    page = opened("dana@riverside.test")
    page.goto(f"{asgi_server}/visits/{morning.hannah.pk}")
    page.locator(".ident .namelink").click()
    page.get_by_role("link", name="Merge").click()
    page.locator("#merge-q").fill("flores")
    page.locator("#merge-found .hitrow").click()
    page.get_by_role("button", name="Merge the records").click()
    expect(page.locator(".error")).to_contain_text("it is the same person")
    page.get_by_label("I have compared them").check()
    page.get_by_role("button", name="Merge the records").click()
    expect(page.locator(".toast")).to_contain_text("Merged the records of Hannah Lindqvist")
    expect(page.locator("#coming ~ .timeline .entry")).to_have_count(2)
    with morning.inside(morning.desk):
        assert Patient.objects.filter(merged_into=morning.hannah.patient_id).count() == 1
    page.get_by_role("link", name="Diego Flores").click()
    expect(page.locator(".record > .note")).to_contain_text("merged into Hannah Lindqvist")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing(opened, asgi_server, morning, width, theme):
    record = f"/patients/{morning.hannah.patient_id}"
    other = f"{record}/merge?with={morning.diego.patient_id}"
    pages = {
        "dana@riverside.test": [
            "/patients",
            "/patients?q=zzz",
            "/patients/new",
            record,
            f"{record}/edit",
            f"{record}/merge",
            other,
            "/patients/import",
        ],
        "okafor@riverside.test": ["/patients", record, f"{record}/notes"],
    }
    wrong = {}
    for email, paths in pages.items():
        page = opened(email, viewport={"width": width, "height": 900}, color_scheme=theme)
        for path in paths:
            page.goto(asgi_server + path)
            if found := violations(page):
                wrong[path] = found
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong[f"{path} is too wide"] = width
    assert wrong == {}
