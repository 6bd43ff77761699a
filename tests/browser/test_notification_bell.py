"""The bell of one browser counts up while another one cancels; the doctor's day keeps what is being typed."""

import datetime as dt

import pytest
import time_machine
from playwright.sync_api import expect

from clinicflow.testing import axe
from clinicflow.testing.case import PASSWORD, Cast
from clinicflow.testing.jobs import run_due_jobs
from scheduling.operations import appointments

pytestmark = pytest.mark.browser
SCREEN = {"viewport": {"width": 1440, "height": 1000}, "reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "reduced_motion": "reduce"}
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ten(transactional_db):
    """Ten in the morning of a Monday at Riverside, the clock running; visits before and after."""
    monday = Cast.next_weekday(Cast.make_clinic("Calendar only", "America/New_York"))
    start = dt.datetime.combine(monday, dt.time(15, 0), dt.UTC)
    with time_machine.travel(start, tick=True) as clock:
        Cast.build()
        Cast.make_member(Cast.riverside, "lea@riverside.test", "Lea Brandt", "admin")
        yield clock, start


def visit_at(start, minutes, name, **fields):
    patient = Cast.make_patient(Cast.riverside, name)
    return Cast.make_appointment(Cast.dr_okafor, patient, start + minutes * MINUTE, 30, **fields)


def sign_in(site, context, email, address):
    page = context.new_page()
    page.goto(f"{site}/account/login/?next={address}")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#live")).to_have_attribute("data-state", "on")
    return page


def cancel(visit, actor):
    with Cast.inside(actor):
        appointments.cancel(
            actor, visit.pk, cancellation_type="clinic-cancelled", reason_note="The doctor is ill.", at=visit.created_at
        )


def test_the_bell_counts_up_while_another_browser_cancels(asgi_server, new_context, ten):
    _clock, start = ten
    first = visit_at(start, 120, "Hannah Lindqvist", status="confirmed", intake_status="completed")
    visit_at(start, 180, "Diego Flores", status="confirmed", intake_status="completed")
    watching = sign_in(asgi_server, new_context(**SCREEN), "lea@riverside.test", "/schedule")
    acting = sign_in(asgi_server, new_context(**SCREEN), "dana@riverside.test", f"/visits/{first.pk}")
    expect(watching.locator("#bell-count b")).to_have_count(0)
    watching.evaluate("() => { window.sameDocument = true; }")

    acting.get_by_role("link", name="Cancel…").click()
    acting.locator("#modal input[value=clinic-cancelled]").check(force=True)
    acting.locator("#modal [name=reason_note]").fill("The doctor is ill.")
    acting.get_by_role("button", name="Cancel the visit").click()
    expect(acting.locator("#modal")).not_to_be_visible()
    run_due_jobs(Cast.riverside.pk)
    expect(watching.locator("#bell-count b")).to_contain_text("1")

    watching.locator(".bellmenu summary").click()
    item = watching.locator("#news .newsitem", has_text="Hannah Lindqvist")
    expect(item).to_contain_text("Cancelled")
    assert axe.violations(watching) == []
    item.get_by_role("button", name="Mark read").click()
    expect(watching.locator("#bell-count b")).to_have_count(0)
    assert watching.evaluate("() => window.sameDocument === true")

    item.locator(".newsopen").click()
    watching.wait_for_url(f"**/visits/{first.pk}")


def test_the_page_of_notifications_follows_and_is_read_at_once(asgi_server, new_context, ten):
    _clock, start = ten
    visits = [visit_at(start, 60 * hour, f"Somebody Number{hour}", status="confirmed") for hour in (2, 3)]
    page = sign_in(asgi_server, new_context(**PHONE), "lea@riverside.test", "/notifications")
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    assert axe.violations(page) == []
    for visit in visits:
        cancel(visit, Cast.desk)
    run_due_jobs(Cast.riverside.pk, kinds=["dashboards.notify"])
    expect(page.locator("#news-page .newsitem.unread")).to_have_count(2)
    assert axe.violations(page) == []
    page.locator("#news-page").get_by_role("button", name="Mark all read").click()
    expect(page.locator("#news-page .newsitem.unread")).to_have_count(0)
    expect(page.locator("#bell-count b")).to_have_count(0)
    page.goto(f"{asgi_server}/notifications/settings")
    assert axe.violations(page) == []
    page.get_by_label("No-shows").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("No-shows")).not_to_be_checked()


def test_a_note_that_is_being_typed_outlives_the_news(asgi_server, new_context, ten):
    _clock, start = ten
    here = visit_at(start, -15, "Aisha Rahman", status="confirmed", arrived=True, arrived_at=start - 20 * MINUTE)
    visit_at(start, 30, "Diego Flores", status="confirmed")
    doctor = sign_in(asgi_server, new_context(**SCREEN), "okafor@riverside.test", "/my-day")
    expect(doctor.locator("#visit-name")).to_contain_text("Aisha Rahman")
    assert axe.violations(doctor) == []
    doctor.locator("#visit-note textarea").fill("BP 152/94")
    doctor.get_by_role("button", name="Complete visit").click()
    expect(doctor.locator(".nextup")).to_contain_text("Diego Flores")
    expect(doctor.locator("#visit-name")).to_contain_text("Aisha Rahman")
    expect(doctor.locator("#visit-note textarea")).to_have_value("BP 152/94")
    doctor.get_by_role("button", name="Save note").click()
    expect(doctor.locator("#visit-note .hint")).to_contain_text("Saved")
    doctor.locator(".nextup a").click()
    doctor.wait_for_url("**/my-day/*")
    expect(doctor.locator("#visit-name")).to_contain_text("Diego Flores")
    doctor.goto(f"{asgi_server}/my-day/{here.pk}")
    expect(doctor.locator("#visit-note textarea")).to_have_value("BP 152/94")
