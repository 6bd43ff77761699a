"""A clinic's morning, lived by three people at three screens, each of whom sees the others without reloading."""

import datetime as dt
import re

import pytest
import time_machine
from playwright.sync_api import expect

from aiassist.models import IntakeSummary
from clinicflow.access.actor import system_actor
from clinicflow.testing.case import PASSWORD, Cast
from clinicflow.testing.jobs import run_due_jobs
from intake.operations import questionnaires
from scheduling.models import Appointment

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "reduced_motion": "reduce"}
SCREEN = {"viewport": {"width": 1440, "height": 1000}, "reduced_motion": "reduce"}


def sign_in(site, context, email):
    page = context.new_page()
    page.goto(site)
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def without_reloading(page):
    """Mark the page; `stayed(page)` is true while it is still the same one."""
    page.evaluate("() => { window.sameDocument = true; }")


def stayed(page):
    return page.evaluate("() => window.sameDocument === true")


def fill_in(phone, address):
    """The patient's side: birth date, then what there is to say."""
    phone.goto(address)
    phone.select_option("[name=month]", "6")
    phone.fill("[name=day]", "26")
    phone.fill("[name=year]", "1983")
    phone.tap(".btn.primary")
    phone.wait_for_url("**/form/visit")

    def choose(name, value):
        phone.tap(f'label:has(input[name="{name}"][value="{value}"])')

    def go_on(following):
        phone.tap('button[value="next"]')
        phone.wait_for_url(f"**/{following}")

    phone.fill("[name=reason]", "dizzy when I stand up, two weeks now")
    choose("symptoms.yes", "no")
    go_on("form/medicines")
    choose("medications.state", "some")
    phone.fill('[name="medications.0.name"]', "lisinopril")
    phone.fill('[name="medications.0.dose"]', "10 mg")
    go_on("form/allergies")
    choose("allergies.state", "some")
    phone.fill('[name="allergies.0.substance"]', "penicillin")
    phone.fill('[name="allergies.0.reaction"]', "rash")
    go_on("form/history")
    choose("conditions", "none")
    choose("surgeries.yes", "no")
    choose("family_history", "none")
    go_on("form/habits")
    choose("tobacco", "never")
    choose("alcohol", "never")
    choose("pregnancy", "not_applicable")
    go_on("form/contacts")
    go_on("form/consent")
    phone.tap('button[value="sign"]')
    phone.wait_for_selector(".signature[value='Hannah Lindqvist']")
    go_on("check")
    phone.tap('button:has-text("Send to the clinic")')
    phone.wait_for_url("**/done")


def test_the_whole_morning(asgi_server, new_context):
    monday = Cast.next_weekday(Cast.make_clinic("Calendar only", "America/New_York"))
    with time_machine.travel(dt.datetime.combine(monday, dt.time(14, 10), dt.UTC), tick=True) as clock:
        # 9:10 or 10:10 on the clinic's clock, by the season; the visits below are booked relative to it
        Cast.build()
        with Cast.inside(Cast.desk):
            questionnaires.create_defaults(system_actor(Cast.riverside.pk))
        Cast.make_patient(Cast.riverside, "Hannah Lindqvist", phone="+12125550142")
        desk = sign_in(asgi_server, new_context(**SCREEN), "dana@riverside.test")
        doctor = sign_in(asgi_server, new_context(**SCREEN), "okafor@riverside.test")
        expect(desk.locator("#live")).to_have_attribute("data-state", "on")
        expect(doctor.locator("#live")).to_have_attribute("data-state", "on")
        without_reloading(desk)
        without_reloading(doctor)

        # The front desk books; the doctor sees it.
        desk.keyboard.press("n")
        desk.fill("#b-who", "lindq")
        desk.locator("#b-hits a", has_text="Hannah Lindqvist").click()
        with desk.expect_response(re.compile(r"/slots\?")):
            desk.locator("#modal select[name=doctor]").select_option(str(Cast.dr_okafor.pk))
        desk.locator("#book-slots label").first.click()
        expect(desk.locator("#book-slots input:checked")).to_have_count(1)
        desk.get_by_role("button", name="Book visit").click()
        card = desk.locator(".appt", has_text="Hannah Lindqvist")
        expect(card).to_be_visible()
        entry = doctor.locator(".agenda li", has_text="Hannah Lindqvist")
        expect(entry).to_contain_text("Unconfirmed")
        assert stayed(doctor)
        with Cast.inside(Cast.desk):
            visit = Appointment.objects.get()

        # The link goes out; the patient fills the form in on a phone.
        run_due_jobs(Cast.riverside.pk)
        clock.shift(240)
        run_due_jobs(Cast.riverside.pk)
        messages = desk.context.new_page()
        messages.goto(f"{asgi_server}/messages")
        address = messages.locator(".msg a[href*='/i/']").first.get_attribute("href")
        messages.close()
        phone = new_context(**PHONE).new_page()
        fill_in(phone, address if address.startswith("http") else asgi_server + address)

        # The summary reaches the doctor's screen; the front desk sees only that the form is in.
        entry.get_by_role("link").click()
        summary = doctor.locator("#summary")
        expect(summary).to_contain_text("Preparing the summary")
        without_reloading(doctor)
        run_due_jobs(Cast.riverside.pk)
        expect(summary).to_contain_text("penicillin")
        expect(summary).to_contain_text("lisinopril")
        summary.locator(".alertbar .cite").first.click()
        expect(summary.locator(".alertbar mark").first).to_contain_text("penicillin")
        expect(card).not_to_contain_text("Intake sent")
        assert "penicillin" not in desk.content()
        with Cast.inside(Cast.doctor):
            assert IntakeSummary.objects.count() == 1

        # Confirmed and arrived at the desk, completed by the doctor.
        card.locator(".hit").click()
        sheet = desk.locator("#sheet")
        sheet.get_by_role("button", name=re.compile("^Confirm")).click()
        expect(doctor.locator(".agenda li", has_text="Hannah Lindqvist")).to_contain_text("Confirmed")
        sheet.get_by_role("button", name=re.compile("^Arrived")).click()
        expect(doctor.locator(".agenda li", has_text="Hannah Lindqvist")).to_contain_text("Arrived")
        assert stayed(doctor)
        clock.move_to(visit.starts_at + dt.timedelta(minutes=2))
        entry.get_by_role("link").click()
        doctor.get_by_role("button", name="Complete visit").click()
        expect(desk.locator(f"#appt-{visit.pk}")).to_contain_text("Done")
        assert stayed(desk), "the front desk's page was loaded once and followed the whole morning"
