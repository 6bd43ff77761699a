"""The API's own pages in a browser, as each role: sign in, read, follow links, write by a form, sign out."""

import pytest
from playwright.sync_api import expect

from clinicflow.testing.case import PASSWORD
from scheduling.operations import doctor_notes
from tests.browser.cases import ScheduleDay

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(asgi_server):
    return ScheduleDay()


@pytest.fixture
def opened(asgi_server, new_context, morning):
    """Signs in by the link of an API page, which comes back to it."""

    def sign_in_as(email, path):
        page = new_context().new_page()
        page.goto(asgi_server + path)
        page.get_by_role("link", name="Log in").click()
        page.fill("[name=login]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("#sign-in button[type=submit]")
        page.wait_for_url(asgi_server + path)
        return page

    return sign_in_as


def body(page):
    return page.locator(".response-info pre")


def test_the_front_desk_follows_links_changes_a_visit_and_signs_out(opened, morning, console):
    console.allow(r"status of 405\b")  # an action's address, opened to find its form
    page = opened("dana@riverside.test", f"/api/appointments?date={morning.day}&doctor={morning.dr_okafor.pk}")
    body(page).locator(f"a[href='/api/appointments/{morning.hannah.pk}']").click()
    expect(body(page)).to_contain_text("Hannah Lindqvist")
    editor = page.locator("form[data-method=PUT] textarea")
    editor.fill('{"reason": "Review of bloods"}')
    page.locator("button[data-method=PATCH]").click()
    expect(body(page)).to_contain_text('"reason": "Review of bloods"')
    page.goto(page.url)
    page.get_by_role("link", name="Confirm", exact=True).click()
    expect(body(page)).to_contain_text("405")
    page.locator("form[method=POST] textarea").fill("{}")
    page.locator("form[method=POST] button", has_text="POST").click()
    expect(body(page)).to_contain_text('"status": "confirmed"')
    page.goto(page.url)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()


def test_a_doctor_writes_a_note_and_an_owner_reads_what_owners_may(opened, morning):
    with morning.inside(morning.doctor):
        doctor_notes.create(morning.doctor, patient_id=morning.hannah.patient_id, content="First.")
    notes = f"/api/doctor-notes/patient/{morning.hannah.patient_id}"
    page = opened("okafor@riverside.test", notes)
    expect(body(page)).to_contain_text("First.")
    body(page).locator(f"a[href='/api/patients/{morning.hannah.patient_id}']").click()
    expect(body(page)).to_contain_text("Hannah Lindqvist")
    expect(page.locator("form[data-method=PUT]")).to_have_count(0)

    owner = opened("marta@riverside.test", "/api/doctors")
    body(owner).locator(f"a[href='/api/doctors/{morning.dr_okafor.pk}']").click()
    expect(body(owner)).to_contain_text("Dr. Amara Okafor")
    owner.goto(owner.url.replace(f"/doctors/{morning.dr_okafor.pk}", "/patients"))
    expect(body(owner)).to_contain_text("403")
    expect(body(owner)).not_to_contain_text("Hannah")
