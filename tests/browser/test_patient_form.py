"""The patient's form on a phone of 390 px: both languages, no network, no script, no mouse, little weight."""

import gzip
import re

import pytest
from django.db import transaction

from clinicflow.db import tenant
from clinicflow.testing.axe import violations
from clinicflow.testing.case import Cast
from intake.models import IntakeForm
from intake.operations import forms, links

pytestmark = pytest.mark.browser
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
    "reduced_motion": "reduce",
}
WORDS = {
    "en": {"next": "Continue", "no": "No", "send": "Send to the clinic", "thanks": "Thank you"},
    "es": {"next": "Continuar", "no": "No", "send": "Enviar a la clínica", "thanks": "Gracias"},
}


class Patient(Cast):
    """A patient with a link, and the form behind it."""

    def __init__(self, site, language="en"):
        self.build()
        person = self.make_patient(self.riverside, "Grace Kim", preferred_language=language)
        day = self.next_weekday(self.riverside, 1)
        visit = self.make_appointment(
            self.dr_okafor, person, self.at(self.riverside, day, "10:00"), visit_category="new-patient"
        )
        with self.inside(self.desk):
            self.form_id = forms.create(self.desk, visit.pk).pk
            token = links.create(self.desk, visit, "intake")[1]
        self.url = f"{site}/i/{token}" + ("?lang=es" if language == "es" else "")

    def form(self):
        with transaction.atomic(), tenant(self.riverside.pk):
            return IntakeForm.objects.get(pk=self.form_id)


def open_form(page, patient):
    """Past the birth date, which is the only thing that is typed."""
    page.goto(patient.url)
    page.select_option("[name=month]", "6")
    page.fill("[name=day]", "26")
    page.fill("[name=year]", "1983")
    page.tap(".btn.primary")
    page.wait_for_url("**/form/visit")


class Taps:
    """Counts them."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def tap(self, selector):
        self.count += 1
        self.page.tap(selector)

    def choose(self, name, value):
        self.tap(f'label:has(input[name="{name}"][value="{value}"])')

    def go_on(self, following):
        self.tap('button[value="next"]')
        self.page.wait_for_url(f"**/{following}")


@pytest.mark.parametrize("language", ["en", "es"])
def test_nothing_to_report_takes_few_taps_and_no_typing(asgi_server, new_context, language):
    patient, words = Patient(asgi_server, language), WORDS[language]
    page = new_context(**PHONE, color_scheme="dark" if language == "es" else "light").new_page()
    open_form(page, patient)
    assert page.get_attribute("html", "lang") == language
    taps, wrong = Taps(page), {}

    def look():
        if found := violations(page):
            wrong[page.url] = found
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), page.url

    look()
    taps.choose("symptoms.yes", "no")
    taps.go_on("form/medicines")
    look()
    taps.choose("medications.state", "none")
    taps.go_on("form/allergies")
    taps.choose("allergies.state", "none")
    taps.go_on("form/history")
    look()
    taps.choose("conditions", "none")
    taps.choose("surgeries.yes", "no")
    taps.choose("family_history", "none")
    taps.go_on("form/habits")
    taps.choose("tobacco", "never")
    taps.choose("alcohol", "never")
    taps.choose("pregnancy", "not_applicable")
    taps.go_on("form/contacts")
    look()
    taps.go_on("form/consent")
    look()
    taps.tap('button[value="sign"]')
    page.wait_for_selector(".signature[value='Grace Kim']")
    taps.go_on("check")
    look()
    taps.tap(f'button:has-text("{words["send"]}")')
    page.wait_for_url("**/done")
    look()
    assert page.text_content("h1") == words["thanks"]
    assert taps.count <= 40
    assert wrong == {}
    form = patient.form()
    assert (form.status, form.language, form.raw_answers["medications"]) == ("submitted", language, {"none": True})


def test_the_network_may_go_away_in_the_middle(asgi_server, new_context, console):
    console.allow(r"ERR_INTERNET_DISCONNECTED")
    patient = Patient(asgi_server)
    context = new_context(**PHONE)
    page = context.new_page()
    open_form(page, patient)
    page.fill("[name=reason]", "Knee")
    page.wait_for_selector("#saved:not(.waiting):has-text('Saved at')")
    assert patient.form().raw_answers == {"reason": "Knee"}
    context.set_offline(True)
    page.fill("[name=reason]", "Knee hurts since Sunday")
    page.wait_for_selector("#saved.waiting")
    page.tap('label:has(input[name="symptoms.yes"][value="no"])')
    page.tap('button[value="next"]')
    assert page.url.endswith("/form/visit")
    assert page.input_value("[name=reason]") == "Knee hurts since Sunday"
    context.set_offline(False)
    page.wait_for_url("**/form/medicines")
    assert patient.form().raw_answers == {"reason": "Knee hurts since Sunday", "symptoms": {"yes": False}}


def test_lists_are_filled_and_what_an_answer_opens_is_shown(asgi_server, new_context):
    patient = Patient(asgi_server)
    page = new_context(**PHONE).new_page()
    open_form(page, patient)
    assert not page.is_visible("textarea[name='symptoms.detail']")
    page.tap('label:has(input[name="symptoms.yes"][value="yes"])')
    page.fill("textarea[name='symptoms.detail']", "Cough")
    page.tap('button[value="next"]')
    page.wait_for_url("**/form/medicines")
    page.tap('label:has(input[name="medications.state"][value="some"])')
    page.fill("[name='medications.0.name']", "Lisinopril")
    page.tap("[data-do=add-row]")
    page.fill("[name='medications.1.name']", "Metformin")
    page.fill("[name='medications.1.frequency']", "Twice a day")
    page.tap(".row:first-child .remove")
    assert page.input_value("[name='medications.0.name']") == "Metformin"
    assert violations(page) == []
    page.tap('button[value="next"]')
    page.wait_for_url("**/form/allergies")
    page.goto(page.url.replace("allergies", "history"))
    assert not page.is_visible("[name=conditions_more]")
    page.tap('label:has(input[name="conditions"][value="none"])')
    page.tap('label:has(input[name="conditions"][value="cancer"])')
    assert page.is_visible("[name=conditions_more]")
    assert not page.is_checked('input[name="conditions"][value="none"]')
    page.wait_for_selector("#saved:has-text('Saved at')")
    answers = patient.form().raw_answers
    assert answers["symptoms"] == {"yes": True, "detail": "Cough"}
    assert answers["medications"]["rows"] == [{"name": "Metformin", "dose": "", "frequency": "Twice a day"}]


def test_a_keyboard_is_enough(asgi_server, new_context):
    patient = Patient(asgi_server)
    page = new_context(viewport=PHONE["viewport"]).new_page()
    page.goto(patient.url)

    def reach(selector):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    reach("[name=month]")
    page.keyboard.type("Ju")
    page.keyboard.press("ArrowUp" if page.input_value("[name=month]") == "7" else "Shift")
    reach("[name=day]")
    page.keyboard.type("26")
    reach("[name=year]")
    page.keyboard.type("1983")
    page.keyboard.press("Enter")
    page.wait_for_url("**/form/visit")
    reach("[name='symptoms.yes']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("[name='symptoms.yes'][value=no]")
    reach("button[value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/form/medicines")
    reach("[name='medications.state']")
    page.keyboard.press("Space")
    reach("button[value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/form/allergies")
    assert patient.form().raw_answers["medications"] == {"none": True}


def test_without_a_script_everything_works(asgi_server, new_context):
    patient = Patient(asgi_server)
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    open_form(page, patient)
    taps = Taps(page)
    page.fill("[name=reason]", "Check-up")
    taps.tap('button[value="next"]')
    page.wait_for_selector(".field.wrong >> text=Choose one answer.")
    taps.choose("symptoms.yes", "no")
    taps.go_on("form/medicines")
    taps.choose("medications.state", "some")
    page.fill("[name='medications.0.name']", "Lisinopril")
    taps.tap('button[value="add"]')
    page.fill("[name='medications.1.name']", "Metformin")
    taps.go_on("form/allergies")
    rows = patient.form().raw_answers["medications"]["rows"]
    assert [row["name"] for row in rows] == ["Lisinopril", "Metformin"]


def test_it_weighs_under_100_kb(asgi_server, new_context):
    patient = Patient(asgi_server)
    weights = {}

    def weigh(response):
        body = response.body()
        packed = re.search(r"css|javascript|svg", response.headers.get("content-type", ""))
        weights[response.url] = len(gzip.compress(body)) if packed else len(body)

    page = new_context(**PHONE).new_page()
    page.on("response", weigh)
    open_form(page, patient)
    page.goto(page.url.replace("visit", "medicines"))
    page.wait_for_load_state("networkidle")
    assert any("woff2" in url for url in weights)
    assert sum(weights.values()) < 100_000, weights
