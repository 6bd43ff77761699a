"""A patient types that they are in danger: their own page, the front desk's and the doctor's show it at once."""

import pytest
from playwright.sync_api import expect

from clinicflow.testing.axe import violations
from tests.browser.cases import sign_in
from tests.browser.test_patient_form import PHONE, Patient, open_form

pytestmark = pytest.mark.browser
SCREEN = {"viewport": {"width": 1440, "height": 1000}, "reduced_motion": "reduce"}
DANGER = "My chest hurts so bad and I can't breathe."


def staff_page(context, site, email, path):
    """A page of a staff member, marked so that a reload would be noticed."""
    page = context.new_page()
    sign_in(page, site, email)
    page.goto(f"{site}{path}")
    page.evaluate("() => { window.sameDocument = true; }")
    return page


def test_desk_and_doctor_see_it_without_reloading_and_the_patient_is_told_whom_to_call(asgi_server, new_context):
    patient = Patient(asgi_server)
    desk = staff_page(new_context(**SCREEN), asgi_server, "dana@riverside.test", "/schedule")
    doctor = staff_page(new_context(**SCREEN), asgi_server, "okafor@riverside.test", "/my-day")
    phone = new_context(**PHONE).new_page()
    open_form(phone, patient)
    expect(phone.locator("footer.emergencyline")).to_contain_text("911")
    expect(phone.locator("#emergency")).to_have_count(0)

    phone.fill("[name=reason]", DANGER)
    expect(phone.locator("#emergency")).to_be_visible()  # before anything was sent
    assert phone.get_attribute("#emergency a.btn.primary", "href") == "tel:911"
    assert violations(phone) == []

    for page in (desk, doctor):
        alarm = page.locator("section.dangers li", has_text="Grace Kim").first
        expect(alarm).to_be_visible()
        assert violations(page) == []
    assert "My chest hurts" not in desk.content()

    desk.locator("section.dangers li", has_text="Grace Kim").first.locator("a").click()
    sheet = desk.locator("#sheet")
    expect(sheet.locator("#visit-dangers article").first).to_be_visible()
    assert "My chest hurts" not in desk.content()
    alerts = sheet.locator("#visit-dangers article")
    for left in reversed(range(alerts.count())):
        alert = alerts.first
        alert.locator("summary").click()
        alert.locator("[name=note]").fill("Called her, an ambulance is on its way.")
        alert.locator("button[type=submit]").click()
        expect(alerts).to_have_count(left)
    for page in (desk, doctor):
        expect(page.locator("section.dangers li", has_text="Grace Kim")).to_have_count(0)
        assert page.evaluate("() => window.sameDocument === true")
    expect(phone.locator("#emergency")).to_be_visible()
