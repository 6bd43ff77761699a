"""The Inbox in browsers: a patient answers in one, the front desk follows in another; clean for axe at three widths."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from aiassist.models import Interaction
from aiassist.operations import outreach, replies
from clinicflow.core import clock
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from clinicflow.testing.axe import violations
from clinicflow.testing.case import PASSWORD, Cast
from clinicflow.testing.jobs import run_due_jobs
from scheduling.messaging import InboundMessage
from scheduling.models import Appointment

pytestmark = pytest.mark.browser
SEND = ["aiassist.send_message"]


class Talks(Cast):
    """Hannah and Grace have unconfirmed visits in two days, and were asked about them by text."""

    def __init__(self):
        self.build()
        start = clock.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=48)
        self.hannah = self.make_patient(self.riverside, "Hannah Lindqvist", email="hannah@example.test")
        self.grace = self.make_patient(self.riverside, "Grace Kim")
        self.visit = self.make_appointment(self.dr_okafor, self.hannah, start)
        self.other = self.make_appointment(self.dr_herrera, self.grace, start)
        self.day = clock.local(start, self.riverside.timezone).date()
        self.itself = clinic_actor(self.riverside.pk)
        with self.inside(self.itself):
            for visit in (self.visit, self.other):
                outreach.request_confirmation(self.itself, visit.pk, channel="sms", at=clock.now())
        self.send()

    def send(self):
        run_due_jobs(self.riverside.pk, kinds=SEND)

    def say(self, visit, text):
        message = InboundMessage(
            clinic_id=self.riverside.pk,
            channel="sms",
            address=str(visit.patient.phone),
            text=text,
            received_at=clock.now(),
        )
        with self.inside(self.itself):
            conversation = replies.interpret_and_apply(self.itself, visit.pk, message)
        self.send()
        return conversation

    def now(self, visit):
        with self.inside(self.desk):
            return Appointment.objects.get(pk=visit.pk)


@pytest.fixture
def talks(asgi_server):
    return Talks()


@pytest.fixture
def open_page(asgi_server, new_context, talks):
    def open_one(path, width=1440):
        page = new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce").new_page()
        page.goto(f"{asgi_server}/account/login/")
        page.fill("[name=login]", "dana@riverside.test")
        page.fill("[name=password]", PASSWORD)
        page.click("#sign-in button[type=submit]")
        page.wait_for_url(lambda url: "login" not in url)
        page.goto(asgi_server + path)
        page.wait_for_selector("#live[data-state=on]")
        return page

    return open_one


def test_a_question_escalates_live_and_is_answered_and_resolved(open_page, talks):
    inbox, phone = open_page("/inbox"), open_page(f"/inbox/simulator/{talks.visit.pk}")
    expect(inbox.locator(".empty")).to_contain_text("All caught up")
    phone.fill("#say-text", "can I come later and is my test ok?")
    phone.keyboard.press("Enter")
    row = inbox.locator(".talkrow", has_text="Hannah Lindqvist")
    expect(row).to_contain_text("can I come later")
    talks.send()
    row.locator("a").click()
    expect(inbox.locator("#talk-live")).to_contain_text("Understood: reschedule. Passed on to the front desk.")
    inbox.fill("[name=body]", "Yes, come at eleven.")
    inbox.click(".answer button[type=submit]")
    expect(inbox.locator(".bubble", has_text="Yes, come at eleven.")).to_contain_text("Dana Kessler")
    expect(inbox.locator("[name=body]")).to_have_value("")
    talks.send()
    expect(phone.locator("#phone")).to_contain_text("Yes, come at eleven.")
    inbox.fill("[name=note]", "Told to come at eleven.")
    inbox.click(".resolve button[type=submit]")
    expect(inbox.locator(".note.ok")).to_contain_text("Told to come at eleven.")
    assert not talks.now(talks.visit).needs_attention


def test_a_clear_yes_confirms_on_the_board(open_page, talks):
    board, phone = open_page(f"/schedule?date={talks.day}"), open_page(f"/inbox/simulator/{talks.other.pk}")
    expect(board.locator(f"#appt-{talks.other.pk}.is-unconfirmed")).to_be_visible()
    phone.click(".quick button >> text='C'")
    expect(board.locator(f"#appt-{talks.other.pk}.is-confirmed")).to_be_visible()


def test_a_call_rings_on_the_phone_and_a_key_cancels(open_page, talks):
    phone = open_page(f"/inbox/simulator/{talks.visit.pk}")
    with talks.inside(talks.itself):
        outreach.request_confirmation(talks.itself, talks.visit.pk, channel="voice", at=clock.now())
    phone.click(".keypad [value='3']")
    expect(phone.locator(".rang")).to_contain_text("Cancelled the visit")
    assert talks.now(talks.visit).status == "cancelled"


def test_what_is_being_typed_survives_the_patients_next_words(open_page, talks):
    thread = talks.say(talks.visit, "do I need to fast?")
    page = open_page(f"/inbox/{thread.pk}")
    page.fill("[name=body]", "You may ea")
    talks.say(talks.visit, "and where do I park?")
    expect(page.locator(".bubble", has_text="where do I park")).to_be_visible()
    expect(page.locator("[name=body]")).to_have_value("You may ea")


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_axe_finds_nothing(open_page, talks, asgi_server, width):
    thread = talks.say(talks.visit, "do I need to fast?")
    with talks.inside(talks.itself):
        outreach.request_confirmation(talks.itself, talks.other.pk, channel="voice", at=clock.now())
        call = Interaction.objects.get(appointment=talks.other, channel="voice")
    page = open_page("/inbox", width)
    wrong = {}
    for path in (
        "/inbox",
        "/inbox?view=all",
        f"/inbox/{thread.pk}",
        f"/inbox/{call.pk}",
        f"/inbox/simulator/{talks.other.pk}",
        f"/visits/{talks.visit.pk}",
    ):
        page.goto(asgi_server + path)
        if path.startswith("/visits"):
            page.wait_for_selector("#visit-talks .bubble")
        if found := violations(page):
            wrong[path] = found
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong[path + " overflow"] = True
    assert wrong == {}
