"""The patient's pages, as a phone without scripts sees them."""

import datetime as dt
import re

import time_machine
from django.conf import settings
from django.test import Client

from clinicflow.audit.models import AuditLog
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.html import source_of
from clinicflow.web import translations
from clinicflow.web.management.commands.catalogue import sources
from intake.models import IntakeForm, PatientLink
from intake.operations import forms, links
from intake.tests.factories import NOTHING_TO_REPORT, IntakeCast
from scheduling.models import Appointment, Cancellation

BIRTH_DATE = {"month": "6", "day": "26", "year": "1983"}
WRONG = {"month": "6", "day": "26", "year": "1984"}
# What a person with nothing to report taps in each section.
TAPS = {
    "visit": {"symptoms.yes": "no"},
    "medicines": {"medications.state": "none"},
    "allergies": {"allergies.state": "none"},
    "history": {"conditions": ["none"], "surgeries.yes": "no", "family_history": ["none"]},
    "habits": {"tobacco": "never", "alcohol": "never", "pregnancy": "not_applicable"},
    "contacts": {},
}


class PageCase(IntakeCast, ClinicCase):
    def setUp(self):
        self.form = self.make_form()
        self.token = self.mint()
        self.phone = Client()

    def mint(self, purpose="intake", visit=None):
        with self.inside(self.desk):
            return links.create(self.desk, visit or self.visit, purpose)[1]

    def url(self, rest="", token=None):
        return f"/i/{token or self.token}{rest}"

    def open(self, token=None, phone=None):
        """Give the birth date."""
        return (phone or self.phone).post(self.url(token=token), BIRTH_DATE)

    def stored(self):
        with self.inside(self.desk):
            return IntakeForm.objects.get(pk=self.form.pk)

    def links_row(self):
        return PatientLink.objects.get(token_hash=links.digest(self.token))


class Gate(PageCase):
    def test_nothing_about_the_patient_stands_before_the_birth_date(self):
        page = self.phone.get(self.url()).content.decode()
        self.assertIn("Riverside Clinic", page)
        for word in ("Grace", "Kim", "Okafor", "1983", self.grace.email, str(self.grace.pk), str(self.visit.pk)):
            self.assertNotIn(word, page)

    def test_every_page_asks_for_it_first(self):
        for rest in ("/form/visit", "/check", "/done"):
            with self.subTest(rest):
                self.assertRedirects(self.phone.get(self.url(rest)), self.url())
        self.assertRedirects(self.phone.post(self.url("/change")), self.url())
        self.assertRedirects(self.phone.post(self.url("/check")), self.url())

    def test_the_right_one_leads_to_the_first_section(self):
        answer = self.open()
        self.assertRedirects(answer, self.url("/form/visit"))
        self.assertIsNotNone(self.stored().opened_at)
        self.assertIsNotNone(self.links_row().verified_at)

    def test_five_wrong_ones_lock_it_and_the_sixth_may_be_right(self):
        for left in (4, 3, 2, 1):
            answer = self.phone.post(self.url(), WRONG)
            self.assertContains(answer, f"You can try {left} more", status_code=422)
        self.assertEqual(self.phone.post(self.url(), WRONG).status_code, 404)
        self.assertEqual(self.open().status_code, 404)
        self.assertEqual(self.phone.get(self.url()).status_code, 404)
        with self.inside(self.desk):
            self.assertEqual(AuditLog.objects.filter(action="link.refused", outcome="refused").count(), 5)

    def test_nonsense_is_no_try(self):
        for data in (
            {},
            {"month": "2", "day": "31", "year": "1983"},
            {"month": "13", "day": "1", "year": "1983"},
            {"month": "x", "day": "\x00", "year": "9" * 40},
        ):
            with self.subTest(data):
                self.assertEqual(self.phone.post(self.url(), data).status_code, 422)
        self.assertEqual(self.links_row().failed_attempts, 0)

    def test_it_is_asked_again_after_a_while(self):
        self.open()
        self.assertEqual(self.phone.get(self.url("/form/visit")).status_code, 200)
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=46)):
            self.assertRedirects(self.phone.get(self.url("/form/visit")), self.url())

    def test_the_proof_of_one_link_opens_no_other(self):
        self.open()
        other_visit = self.make_visit(self.make_patient(self.riverside), hours=90)
        other = self.mint(visit=other_visit)
        mine = PatientLink.objects.get(token_hash=links.digest(self.token)).pk.hex[-12:]
        theirs = PatientLink.objects.get(token_hash=links.digest(other)).pk.hex[-12:]
        self.phone.cookies[f"visit_{theirs}"] = self.phone.cookies[f"visit_{mine}"].value
        self.assertRedirects(self.phone.get(self.url("/check", other)), self.url(token=other))

    def test_forms_of_other_sites_are_refused(self):
        answer = self.phone.post(self.url(), BIRTH_DATE, headers={"sec-fetch-site": "cross-site"})
        self.assertEqual(answer.status_code, 404)
        self.assertIsNone(self.links_row().verified_at)

    def test_who_guesses_links_is_stopped(self):
        for number in range(30):
            self.phone.get(self.url(token=f"{number:043d}"))
        self.assertEqual(self.phone.get(self.url()).status_code, 404)
        self.assertEqual(Client(REMOTE_ADDR="10.9.9.9").get(self.url()).status_code, 200)


class DeadLinks(PageCase):
    def dead(self):
        """Tokens that must not open, each for its own reason."""
        revoked = self.mint(visit=(visit := self.make_visit(hours=90)))
        with self.inside(self.desk):
            links.revoke(self.desk, visit.pk)
        expired = self.mint()
        PatientLink.objects.filter(token_hash=links.digest(expired)).update(
            expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        )
        deleted = self.mint(visit=(gone := self.make_visit(hours=110)))
        with self.inside(self.desk):
            Appointment.objects.filter(pk=gone.pk).update(deleted_at=dt.datetime.now(dt.UTC))
        return {"made up": "a" * 43, "short": "abc", "strange": "ñ%00", "revoked": revoked, "expired": expired} | {
            "deleted": deleted
        }

    def test_they_all_look_the_same(self):
        bodies = set()
        for why, token in self.dead().items():
            for rest in ("", "/form/visit", "/check", "/done"):
                answer = self.phone.get(self.url(rest, token))
                with self.subTest(why=why, page=rest):
                    self.assertEqual(answer.status_code, 404)
                    self.assertEqual(answer["Referrer-Policy"], "no-referrer")
                bodies.add(answer.content)
        self.assertEqual(len(bodies), 1)
        self.assertIn(b"This link doesn't work", bodies.pop())

    def test_a_link_for_something_else_does_not_open_the_form(self):
        visit_only = self.mint("visit")
        self.open(token=visit_only)
        self.assertEqual(self.phone.get(self.url("/form/visit", visit_only)).status_code, 404)


class Headers(PageCase):
    def test_no_page_is_cached_indexed_or_tells_where_it_was(self):
        pages = [self.phone.get(self.url()), self.open()]
        pages += [self.phone.get(self.url(rest)) for rest in ("/form/visit", "/check", "/done")]
        for page in pages:
            with self.subTest(page.request["PATH_INFO"]):
                self.assertEqual(page["Referrer-Policy"], "no-referrer")
                self.assertIn("no-store", page["Cache-Control"])
                self.assertNotIn(b'name="referrer"', page.content)

    def test_everything_comes_from_here(self):
        self.open()
        page = self.phone.get(self.url("/form/medicines")).content.decode()
        for address in re.findall(r'(?:src|href|action)="([^"]*)"', page):
            self.assertRegex(address, r"^(/|#|\?)")

    def test_the_proof_is_for_these_pages_only(self):
        cookie = next(morsel for name, morsel in self.open().cookies.items() if name.startswith("visit_"))
        self.assertEqual((cookie["path"], cookie["samesite"], cookie["httponly"]), ("/i/", "Lax", True))


class Sections(PageCase):
    def setUp(self):
        super().setUp()
        self.open()

    def post(self, section, data, **headers):
        return self.phone.post(self.url(f"/form/{section}"), data, headers=headers)

    def test_the_whole_form_without_a_script(self):
        steps = [*TAPS, "consent"]
        for section, following in zip(steps, [*steps[1:], None], strict=True):
            data = TAPS.get(section) or {}
            if section == "consent":
                page = source_of(self.phone.get(self.url("/form/consent")))
                first = re.search(r"<button[^>]*submit[^>]*>", page.partition('<form id="section"')[2])[0]
                self.assertIn('value="next"', first)  # what Enter in a field presses
                self.assertRedirects(self.post(section, {"action": "sign"}), self.url("/form/consent"))
                page = self.phone.get(self.url("/form/consent")).content.decode()
                self.assertIn('value="Grace Kim"', page)
                data = {"consent.agreed": "on", "consent.name": "Grace Kim"}
            answer = self.post(section, data | {"action": "next"})
            self.assertRedirects(answer, self.url(f"/form/{following}" if following else "/check"))
        self.assertContains(self.phone.get(self.url("/check")), "Is everything right?")
        self.assertRedirects(self.phone.post(self.url("/check")), self.url("/done"))
        form = self.stored()
        self.assertEqual(form.status, "submitted")
        self.assertLessEqual(
            {"symptoms": {"yes": False}, "medications": {"none": True}, "tobacco": "never"}.items(),
            form.raw_answers.items(),
        )
        with self.inside(self.desk):
            self.assertEqual(Appointment.objects.get(pk=self.visit.pk).intake_status, "completed")
        self.assertContains(self.phone.get(self.url("/done")), "Thank you")

    def test_typing_saves_without_checking_what_is_missing(self):
        answer = self.post("visit", {"reason": "Knee hurts"}, x_save="1")
        self.assertContains(answer, "Saved at")
        self.assertEqual(self.stored().raw_answers, {"reason": "Knee hurts"})

    def test_continue_asks_for_what_is_missing(self):
        answer = self.post("visit", {"reason": "Knee hurts", "action": "next"})
        self.assertContains(answer, "Choose one answer.", status_code=422)
        self.assertContains(answer, "Knee hurts", status_code=422)

    def test_lists_take_lines_and_one_more(self):
        data = {
            "medications.state": "some",
            "medications.0.name": "Lisinopril",
            "medications.0.dose": "10 mg",
            "medications.3.name": "Metformin",
            "medications.5.name": " ",
            "action": "add",
        }
        self.assertRedirects(self.post("medicines", data), self.url("/form/medicines"))
        rows = self.stored().raw_answers["medications"]["rows"]
        self.assertEqual([row["name"] for row in rows], ["Lisinopril", "Metformin"])
        self.assertContains(self.phone.get(self.url("/form/medicines")), 'name="medications.2.name"')

    def test_a_line_without_a_name_is_pointed_out(self):
        data = {"medications.state": "some", "medications.0.dose": "10 mg"}
        self.assertContains(self.post("medicines", data), "One line has no name", status_code=422)

    def test_none_empties_a_list(self):
        self.post("medicines", {"medications.state": "some", "medications.0.name": "Lisinopril"})
        self.post("medicines", {"medications.state": "none", "medications.0.name": "Lisinopril"})
        self.assertEqual(self.stored().raw_answers["medications"], {"none": True})

    def test_what_cannot_be_an_answer_is_refused_and_nothing_kept(self):
        for data in (
            {"reason": "a\x00b"},
            {"reason": "x" * 4001},
            {"reason": "x" * 300_000},
        ):
            with self.subTest(len(data["reason"])):
                self.assertEqual(self.post("visit", data, x_save="1").status_code, 422)
        self.assertEqual(self.post("history", {"conditions": ["none", "diabetes"]}, x_save="1").status_code, 422)
        self.assertEqual(self.stored().raw_answers, {})

    def test_a_megabyte_and_a_file_are_refused(self):
        self.assertEqual(self.post("visit", {"reason": "x" * 1_100_000}).status_code, 400)
        with open(__file__, "rb") as file:
            self.post("visit", {"reason": file})
        self.assertEqual(self.stored().raw_answers, {})

    def test_unknown_fields_and_sections_change_nothing(self):
        self.post("visit", {"reason": "x", "nonsense": "y", "tobacco": "never"}, x_save="1")
        self.assertEqual(self.stored().raw_answers, {"reason": "x"})
        self.assertEqual(self.phone.get(self.url("/form/nonsense")).status_code, 302)

    def test_two_phones_add_to_one_form(self):
        other = Client()
        self.open(phone=other)
        self.post("visit", {"reason": "Knee"}, x_save="1")
        other.post(self.url("/form/habits"), {"tobacco": "never"}, headers={"x-save": "1"})
        self.assertEqual(self.stored().raw_answers, {"reason": "Knee", "tobacco": "never"})

    def test_it_goes_on_where_it_stopped_on_another_device(self):
        self.post("visit", TAPS["visit"] | {"action": "next"})
        self.assertRedirects(
            self.open(phone=(other := Client())), self.url("/form/medicines"), fetch_redirect_response=False
        )
        self.assertEqual(other.get(self.url("/form/medicines")).status_code, 200)

    def test_a_change_from_the_check_page_leads_back_there(self):
        page = self.phone.get(self.url("/form/visit?check=1"))
        self.assertContains(page, 'name="checking"')
        answer = self.post("visit", TAPS["visit"] | {"checking": "1", "action": "next"})
        self.assertRedirects(answer, self.url("/check"))

    def test_sending_an_unfinished_form_marks_what_is_missing(self):
        self.assertContains(self.phone.post(self.url("/check")), "Still to be answered", status_code=422)
        self.assertEqual(self.stored().status, "pending")

    def test_the_switch_of_languages_stays(self):
        self.assertRedirects(self.phone.get(self.url("/form/visit?lang=es")), self.url("/form/visit"))
        page = self.phone.get(self.url("/form/visit"))
        self.assertContains(page, "¿Tiene dolor u otros síntomas ahora?")
        self.assertContains(page, '<html lang="es"')
        self.assertEqual(self.stored().language, "es")

    def test_showing_answers_is_written_down(self):
        self.phone.get(self.url("/form/visit"))
        with self.inside(self.desk):
            row = AuditLog.objects.filter(action="read", resource_type="intake_forms").latest("at")
        self.assertEqual((row.actor_kind, row.patient_ids), ("patient", [self.grace.pk]))


class Names(PageCase):
    def ask(self, part, typed):
        return self.phone.get(self.url("/names"), {"part": part, "q": typed})

    def test_they_complete_what_is_typed_after_the_birth_date_only(self):
        self.assertRedirects(self.ask("name", "lisi"), self.url())
        self.open()
        self.assertIn("Lisinopril", self.ask("name", "lisi").json()["names"])
        self.assertIn("Penicillin", self.ask("substance", "peni").json()["names"])

    def test_too_little_or_too_much_gives_nothing(self):
        self.open()
        for part, typed in (
            ("name", "li"),
            ("name", ""),
            ("other", "lisi"),
            ("name", "\x00\x00\x00"),
            ("name", "z" * 9999),
        ):
            with self.subTest(part=part, typed=typed[:5]):
                self.assertEqual(self.ask(part, typed).json()["names"], [])
        self.assertLessEqual(len(self.ask("name", "met").json()["names"]), 8)


class Afterwards(PageCase):
    def setUp(self):
        super().setUp()
        self.open()
        with self.inside(self.patient):
            forms.save_answers(self.patient, self.form.pk, NOTHING_TO_REPORT | {"reason": "Sore throat"})

    def send(self):
        return self.phone.post(self.url("/check"))

    def test_it_can_be_read_back(self):
        self.send()
        self.assertContains(self.phone.get(self.url("/done")), "Sore throat")

    def test_sending_twice_is_once(self):
        self.send()
        self.assertRedirects(self.send(), self.url("/done"))
        self.assertEqual(self.stored().revision, 1)

    def test_the_other_phone_finds_it_closed(self):
        self.send()
        answer = self.phone.post(self.url("/form/visit"), {"reason": "late"}, headers={"x-save": "1"})
        self.assertEqual(answer.status_code, 409)
        self.assertRedirects(self.phone.post(self.url("/form/visit"), {"reason": "late"}), self.url("/done"))
        self.assertEqual(self.stored().raw_answers["reason"], "Sore throat")

    def test_an_answer_can_be_changed_until_the_review(self):
        self.send()
        self.assertRedirects(self.phone.post(self.url("/change")), self.url("/check"))
        self.phone.post(self.url("/form/visit"), TAPS["visit"] | {"reason": "Sore throat, fever", "checking": "1"})
        self.send()
        self.assertEqual((self.stored().revision, self.stored().raw_answers["reason"]), (2, "Sore throat, fever"))
        with self.inside(self.doctor):
            forms.review(self.doctor, self.form.pk)
        self.assertContains(self.phone.get(self.url("/done")), "Your doctor has read this form.")
        self.phone.post(self.url("/change"))
        self.assertFalse(self.stored().is_being_changed)

    def test_a_cancelled_visit_says_so_and_takes_nothing(self):
        with self.inside(self.desk):
            Appointment.objects.filter(pk=self.visit.pk).update(status="cancelled")
        self.assertRedirects(self.phone.get(self.url("/form/visit")), self.url("/done"))
        self.assertContains(self.phone.get(self.url("/done")), "won't take place")
        self.phone.post(self.url("/check"))
        self.assertEqual(self.stored().status, "pending")

    def test_a_moved_visit_keeps_its_link_and_shows_the_new_time(self):
        later = self.make_visit(hours=200)
        with self.inside(self.desk):
            forms.carry_over(self.desk, self.visit.pk, later)
            links.carry_over(self.desk, self.visit.pk, later)
        self.assertEqual(self.phone.get(self.url("/form/visit")).status_code, 200)


class Kiosk(PageCase):
    def test_the_tablet_locks_when_done(self):
        with self.inside(self.patient):
            forms.save_answers(self.patient, self.form.pk, NOTHING_TO_REPORT)
        token = self.mint("kiosk")
        self.open(token=token)
        self.phone.post(self.url("/check", token))
        page = self.phone.get(self.url("/done", token))
        self.assertContains(page, "give the tablet back")
        self.assertNotContains(page, "Read what you sent")
        self.assertEqual(self.phone.get(self.url("/done", token)).status_code, 404)

    def test_the_tablet_locks_when_left_alone(self):
        token = self.mint("kiosk")
        self.open(token=token)
        self.assertContains(self.phone.get(self.url("/form/visit", token)), 'http-equiv="refresh"')
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=4)):
            self.assertRedirects(self.phone.get(self.url("/form/visit", token)), self.url(token=token))


class VisitPage(PageCase):
    def setUp(self):
        super().setUp()
        self.open()

    def post(self, action, **data):
        return self.phone.post(self.url("/visit"), {"action": action} | data)

    def status(self):
        with self.inside(self.desk):
            return Appointment.objects.get(pk=self.visit.pk).status

    def test_the_patient_confirms(self):
        self.assertContains(self.phone.get(self.url("/visit")), "I'll be there")
        self.assertRedirects(self.post("confirm"), self.url("/visit"))
        self.assertEqual(self.status(), "confirmed")
        self.assertContains(self.phone.get(self.url("/visit")), "You've confirmed that you're coming")

    def test_cancelling_is_asked_again_and_keeps_the_note(self):
        self.assertNotContains(self.phone.get(self.url("/visit")), 'value="cancel"')
        self.assertContains(self.phone.get(self.url("/visit?ask=cancel")), 'value="cancel"')
        self.post("cancel", note="I am travelling\x00")
        self.assertEqual(self.status(), "cancelled")
        with self.inside(self.desk):
            row = Cancellation.objects.get()
        self.assertEqual((row.cancellation_type, row.reason_note), ("patient-cancelled", "I am travelling"))
        self.assertContains(self.phone.get(self.url("/visit")), "Your visit is cancelled")

    def test_inside_the_notice_a_person_is_called(self):
        self.change_settings(self.riverside, minimum_cancellation_notice=80 * 60)
        page = self.phone.get(self.url("/visit?ask=cancel"))
        self.assertContains(page, "It's too late to cancel here")
        self.assertNotContains(page, 'value="cancel"')
        self.assertEqual(self.post("cancel").status_code, 409)
        self.assertEqual(self.status(), "unconfirmed")

    def test_where_intake_locks_the_visit_the_form_comes_first(self):
        self.change_settings(self.riverside, lock_appointment_if_missing=True)
        page = self.phone.get(self.url("/visit"))
        self.assertContains(page, "Please fill in your form first")
        self.assertNotContains(page, "I'll be there")
        self.assertEqual(self.post("confirm").status_code, 409)
        self.assertEqual(self.status(), "unconfirmed")

    def test_a_visits_own_link_leads_there_and_the_tablets_does_not(self):
        own, tablet = self.mint("visit"), self.mint("kiosk")
        self.assertRedirects(self.open(token=own), self.url("/visit", own))
        self.open(token=tablet)
        self.assertEqual(self.phone.get(self.url("/visit", tablet)).status_code, 404)


class Spanish(PageCase):
    def test_every_sentence_of_the_patients_pages_is_translated(self):
        texts = (settings.BASE_DIR / "templates/locale/es/LC_MESSAGES/django.po").read_text("utf-8")
        known = translations.read_po(texts)
        for message in translations.extract_messages(sources()):
            key = "\x00".join(filter(None, message))
            with self.subTest(message[0]):
                self.assertTrue(all(known.get(key, [""])))

    def test_the_compiled_catalogue_is_the_written_one(self):
        folder = settings.BASE_DIR / "templates/locale/es/LC_MESSAGES"
        entries = translations.read_po((folder / "django.po").read_text("utf-8"))
        self.assertEqual((folder / "django.mo").read_bytes(), translations.compile_mo(entries))

    def test_the_link_says_the_language_before_the_birth_date(self):
        page = self.phone.get(self.url("?lang=es"))
        self.assertContains(page, "Antes de su cita")
        self.assertContains(self.phone.get(self.url()), "Before your visit")
        self.phone.post(self.url("?lang=es"), BIRTH_DATE)
        self.assertContains(self.phone.get(self.url("/form/visit")), "¿Cómo podemos ayudarle?")
