"""The clinic's intake pages in a browser: clean for axe at three widths, live, and reordered by mouse and keyboard."""

import pytest

from clinicflow.testing.axe import violations
from clinicflow.testing.case import Cast
from clinicflow.testing.jobs import run_due_jobs
from intake.operations import deliveries, forms, questionnaires
from intake.tests.factories import NOTHING_TO_REPORT, IntakeCast
from tests.browser.cases import sign_in

pytestmark = pytest.mark.browser


class Desk(Cast):
    """A clinic with one visit whose form is out, and one whose form is in."""

    def __init__(self):
        self.build()
        self.grace = self.make_patient(self.riverside, "Grace Kim")
        self.noah = self.make_patient(self.riverside, "Noah Goldberg")
        day = self.next_weekday(self.riverside, 1)
        self.out, self.sent_in = (
            self.make_appointment(
                self.dr_okafor, person, self.at(self.riverside, day, time), visit_category="new-patient"
            )
            for person, time in ((self.grace, "10:00"), (self.noah, "11:00"))
        )
        with self.inside(self.desk):
            self.form = forms.create(self.desk, self.out.pk)
            deliveries.send_link(self.desk, self.out.pk)
            other = forms.create(self.desk, self.sent_in.pk)
            self.answered = forms.enter_from_paper(self.desk, other.pk, NOTHING_TO_REPORT)
            adult = questionnaires.current_for(self.desk, "adult")
            self.draft = questionnaires.new_version(self.desk, adult.pk)
        run_due_jobs(self.riverside.pk, kinds=["intake.send_link"])


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_axe_finds_nothing(asgi_server, new_context, width):
    desk = Desk()
    page = new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce").new_page()
    sign_in(page, asgi_server, "dana@riverside.test")
    wrong = {}
    for path in (
        "/intake",
        "/messages",
        "/intake/questionnaires",
        f"/intake/questionnaires/{desk.draft.pk}",
        f"/intake/questionnaires/{desk.draft.pk}/compare",
        f"/intake/visits/{desk.out.pk}/paper",
        f"/intake/visits/{desk.out.pk}/waive",
        f"/intake/visits/{desk.out.pk}/print",
        f"/intake/forms/{desk.answered.pk}",
    ):
        page.goto(asgi_server + path)
        if found := violations(page):
            wrong[path] = found
    assert wrong == {}


def test_what_the_patient_sends_in_appears_by_itself(asgi_server, new_context):
    desk = Desk()
    page = new_context(viewport={"width": 1440, "height": 900}).new_page()
    sign_in(page, asgi_server, "dana@riverside.test")
    page.goto(f"{asgi_server}/intake")
    page.wait_for_selector("#live[data-state=on]")
    row = f"#intake-{desk.out.pk}"
    page.wait_for_selector(f"{row} >> text=Sent")
    patient = IntakeCast.patient_actor(desk.grace)
    with desk.inside(patient):
        forms.save_answers(patient, desk.form.pk, NOTHING_TO_REPORT)
        forms.submit(patient, desk.form.pk)
    page.wait_for_selector(f"{row} >> text=To review")
    page.click(f"{row} >> text=Open")
    page.wait_for_selector("text=Signed by Grace Kim")


def test_a_question_is_dragged_and_moved_by_keyboard(asgi_server, new_context):
    desk = Desk()
    page = new_context(viewport={"width": 1440, "height": 2200}).new_page()
    sign_in(page, asgi_server, "dana@riverside.test")
    page.goto(f"{asgi_server}/intake/questionnaires/{desk.draft.pk}")

    def order():
        return page.eval_on_selector_all("[data-question]", "items => items.map(item => item.dataset.question)")[:3]

    assert order() == ["reason", "symptoms", "medications"]
    page.focus("#edit-reason [value='question.down']")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-drop=visit] > :first-child[data-question=symptoms]")
    assert order() == ["symptoms", "reason", "medications"]
    page.drag_and_drop("#edit-tobacco summary", "#edit-symptoms summary", target_position={"x": 40, "y": 3})
    page.wait_for_selector("[data-drop=visit] > [data-question=tobacco]")
    assert order() == ["tobacco", "symptoms", "reason"]
