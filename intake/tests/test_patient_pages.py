"""The patient's pages, without JavaScript."""

import datetime as dt
import re

import time_machine
from django.conf import settings
from django.test import Client

from clinicflow.audit.models import AuditLog
from clinicflow.testing.html import source_of
from clinicflow.web import translations
from clinicflow.web.management.commands.catalogue import sources
from intake.models import PatientLink
from intake.operations import forms, links
from intake.tests.cases import BIRTH_DATE, PatientLinkCase
from intake.tests.factories import NOTHING_TO_REPORT
from scheduling.models import Appointment, Cancellation

WRONG_BIRTH_DATE = {"month": "6", "day": "26", "year": "1984"}
# Form data of each section for a patient with nothing to report.
SECTION_ANSWERS = {
    "visit": {"symptoms.yes": "no"},
    "medicines": {"medications.state": "none"},
    "allergies": {"allergies.state": "none"},
    "history": {"conditions": ["none"], "surgeries.yes": "no", "family_history": ["none"]},
    "habits": {"tobacco": "never", "alcohol": "never", "pregnancy": "not_applicable"},
    "contacts": {},
}


class BirthDate(PatientLinkCase):
    def test_nothing_about_the_patient_is_shown_before_the_birth_date(self):
        page = self.phone.get(self.url()).content.decode()
        self.assertIn("Riverside Clinic", page)
        for word in ("Grace", "Kim", "Okafor", "1983", self.grace.email, str(self.grace.pk), str(self.visit.pk)):
            self.assertNotIn(word, page)

    def test_every_page_requires_the_birth_date(self):
        for rest in ("/form/visit", "/check", "/done"):
            with self.subTest(rest):
                self.assertRedirects(self.phone.get(self.url(rest)), self.url())
        self.assertRedirects(self.phone.post(self.url("/change")), self.url())
        self.assertRedirects(self.phone.post(self.url("/check")), self.url())

    def test_the_right_date_opens_the_first_section(self):
        response = self.open()
        self.assertRedirects(response, self.url("/form/visit"))
        self.assertIsNotNone(self.stored().opened_at)
        self.assertIsNotNone(self.links_row().verified_at)

    def test_five_wrong_dates_lock_the_link(self):
        for left in (4, 3, 2, 1):
            response = self.phone.post(self.url(), WRONG_BIRTH_DATE)
            self.assertContains(response, f"You can try {left} more", status_code=422)
        self.assertEqual(self.phone.post(self.url(), WRONG_BIRTH_DATE).status_code, 404)
        self.assertEqual(self.open().status_code, 404)
        self.assertEqual(self.phone.get(self.url()).status_code, 404)
        with self.inside(self.desk):
            self.assertEqual(AuditLog.objects.filter(action="link.refused", outcome="refused").count(), 5)

    def test_an_invalid_date_is_not_an_attempt(self):
        for data in (
            {},
            {"month": "2", "day": "31", "year": "1983"},
            {"month": "13", "day": "1", "year": "1983"},
            {"month": "x", "day": "\x00", "year": "9" * 40},
        ):
            with self.subTest(data):
                self.assertEqual(self.phone.post(self.url(), data).status_code, 422)
        self.assertEqual(self.links_row().failed_attempts, 0)

    def test_the_session_expires(self):
        self.open()
        self.assertEqual(self.phone.get(self.url("/form/visit")).status_code, 200)
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=46)):
            self.assertRedirects(self.phone.get(self.url("/form/visit")), self.url())

    def test_a_session_is_for_one_link_only(self):
        self.open()
        other_visit = self.make_visit(self.make_patient(self.riverside), hours=90)
        other = self.create_link(visit=other_visit)
        mine = PatientLink.objects.get(token_hash=links.digest(self.token)).pk.hex[-12:]
        theirs = PatientLink.objects.get(token_hash=links.digest(other)).pk.hex[-12:]
        self.phone.cookies[f"visit_{theirs}"] = self.phone.cookies[f"visit_{mine}"].value
        self.assertRedirects(self.phone.get(self.url("/check", other)), self.url(token=other))

    def test_cross_site_posts_are_rejected(self):
        response = self.phone.post(self.url(), BIRTH_DATE, headers={"sec-fetch-site": "cross-site"})
        self.assertEqual(response.status_code, 404)
        self.assertIsNone(self.links_row().verified_at)

    def test_guessing_links_is_throttled(self):
        for number in range(30):
            self.phone.get(self.url(token=f"{number:043d}"))
        self.assertEqual(self.phone.get(self.url()).status_code, 404)
        self.assertEqual(Client(REMOTE_ADDR="10.9.9.9").get(self.url()).status_code, 200)


class InvalidLinks(PatientLinkCase):
    def dead(self):
        """Tokens that must not open, each for its own reason."""
        revoked = self.create_link(visit=(visit := self.make_visit(hours=90)))
        with self.inside(self.desk):
            links.revoke(self.desk, visit.pk)
        expired = self.create_link()
        PatientLink.objects.filter(token_hash=links.digest(expired)).update(
            expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        )
        deleted = self.create_link(visit=(gone := self.make_visit(hours=110)))
        with self.inside(self.desk):
            Appointment.objects.filter(pk=gone.pk).update(deleted_at=dt.datetime.now(dt.UTC))
        return {"made up": "a" * 43, "short": "abc", "strange": "ñ%00", "revoked": revoked, "expired": expired} | {
            "deleted": deleted
        }

    def test_all_invalid_links_get_the_same_page(self):
        bodies = set()
        for why, token in self.dead().items():
            for rest in ("", "/form/visit", "/check", "/done"):
                response = self.phone.get(self.url(rest, token))
                with self.subTest(why=why, page=rest):
                    self.assertEqual(response.status_code, 404)
                    self.assertEqual(response["Referrer-Policy"], "no-referrer")
                bodies.add(response.content)
        self.assertEqual(len(bodies), 1)
        self.assertIn(b"This link doesn't work", bodies.pop())

    def test_a_link_with_another_purpose_does_not_open_the_form(self):
        visit_only = self.create_link("visit")
        self.open(token=visit_only)
        self.assertEqual(self.phone.get(self.url("/form/visit", visit_only)).status_code, 404)


class Headers(PatientLinkCase):
    def test_pages_are_not_cached_indexed_or_sent_as_referrer(self):
        pages = [self.phone.get(self.url()), self.open()]
        pages += [self.phone.get(self.url(rest)) for rest in ("/form/visit", "/check", "/done")]
        for page in pages:
            with self.subTest(page.request["PATH_INFO"]):
                self.assertEqual(page["Referrer-Policy"], "no-referrer")
                self.assertIn("no-store", page["Cache-Control"])
                self.assertNotIn(b'name="referrer"', page.content)

    def test_all_resources_are_same_origin(self):
        self.open()
        page = self.phone.get(self.url("/form/medicines")).content.decode()
        for address in re.findall(r'(?:src|href|action)="([^"]*)"', page):
            self.assertRegex(address, r"^(/|#|\?)")

    def test_the_cookie_is_limited_to_these_pages(self):
        cookie = next(morsel for name, morsel in self.open().cookies.items() if name.startswith("visit_"))
        self.assertEqual((cookie["path"], cookie["samesite"], cookie["httponly"]), ("/i/", "Lax", True))


class Sections(PatientLinkCase):
    def setUp(self):
        super().setUp()
        self.open()

    def post(self, section, data, **headers):
        return self.phone.post(self.url(f"/form/{section}"), data, headers=headers)

    def test_the_whole_form_without_javascript(self):
        steps = [*SECTION_ANSWERS, "consent"]
        for section, following in zip(steps, [*steps[1:], None], strict=True):
            data = SECTION_ANSWERS.get(section) or {}
            if section == "consent":
                page = source_of(self.phone.get(self.url("/form/consent")))
                first = re.search(r"<button[^>]*submit[^>]*>", page.partition('<form id="section"')[2])[0]
                self.assertIn('value="next"', first)  # what Enter in a field presses
                self.assertRedirects(self.post(section, {"action": "sign"}), self.url("/form/consent"))
                page = self.phone.get(self.url("/form/consent")).content.decode()
                self.assertIn('value="Grace Kim"', page)
                data = {"consent.agreed": "on", "consent.name": "Grace Kim"}
            response = self.post(section, data | {"action": "next"})
            self.assertRedirects(response, self.url(f"/form/{following}" if following else "/check"))
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

    def test_autosave_does_not_require_answers(self):
        response = self.post("visit", {"reason": "Knee hurts"}, x_save="1")
        self.assertContains(response, "Saved at")
        self.assertEqual(self.stored().raw_answers, {"reason": "Knee hurts"})

    def test_continue_requires_missing_answers(self):
        response = self.post("visit", {"reason": "Knee hurts", "action": "next"})
        self.assertContains(response, "Choose one answer.", status_code=422)
        self.assertContains(response, "Knee hurts", status_code=422)

    def test_rows_can_be_added_to_lists(self):
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

    def test_a_row_without_a_name_is_an_error(self):
        data = {"medications.state": "some", "medications.0.dose": "10 mg"}
        self.assertContains(self.post("medicines", data), "Enter a name on every line", status_code=422)

    def test_none_clears_a_list(self):
        self.post("medicines", {"medications.state": "some", "medications.0.name": "Lisinopril"})
        self.post("medicines", {"medications.state": "none", "medications.0.name": "Lisinopril"})
        self.assertEqual(self.stored().raw_answers["medications"], {"none": True})

    def test_an_invalid_answer_is_rejected_and_nothing_saved(self):
        for data in (
            {"reason": "a\x00b"},
            {"reason": "x" * 4001},
            {"reason": "x" * 300_000},
        ):
            with self.subTest(len(data["reason"])):
                self.assertEqual(self.post("visit", data, x_save="1").status_code, 422)
        self.assertEqual(self.post("history", {"conditions": ["none", "diabetes"]}, x_save="1").status_code, 422)
        self.assertEqual(self.stored().raw_answers, {})

    def test_a_megabyte_and_a_file_are_rejected(self):
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

    def test_another_device_continues_where_the_first_stopped(self):
        self.post("visit", SECTION_ANSWERS["visit"] | {"action": "next"})
        self.assertRedirects(
            self.open(phone=(other := Client())), self.url("/form/medicines"), fetch_redirect_response=False
        )
        self.assertEqual(other.get(self.url("/form/medicines")).status_code, 200)

    def test_a_change_from_the_review_page_returns_there(self):
        page = self.phone.get(self.url("/form/visit?check=1"))
        self.assertContains(page, 'name="checking"')
        response = self.post("visit", SECTION_ANSWERS["visit"] | {"checking": "1", "action": "next"})
        self.assertRedirects(response, self.url("/check"))

    def test_submitting_an_incomplete_form_marks_what_is_missing(self):
        self.assertContains(self.phone.post(self.url("/check")), "Still to be answered", status_code=422)
        self.assertEqual(self.stored().status, "pending")

    def test_the_chosen_language_is_stored(self):
        self.assertRedirects(self.phone.get(self.url("/form/visit?lang=es")), self.url("/form/visit"))
        page = self.phone.get(self.url("/form/visit"))
        self.assertContains(page, "¿Tiene dolor u otros síntomas ahora?")
        self.assertContains(page, '<html lang="es"')
        self.assertEqual(self.stored().language, "es")

    def test_showing_answers_is_audited(self):
        self.phone.get(self.url("/form/visit"))
        with self.inside(self.desk):
            row = AuditLog.objects.filter(action="read", resource_type="intake_forms").latest("at")
        self.assertEqual((row.actor_kind, row.patient_ids), ("patient", [self.grace.pk]))


class Suggestions(PatientLinkCase):
    def ask(self, part, submitted):
        return self.phone.get(self.url("/names"), {"part": part, "q": submitted})

    def test_suggestions_require_the_birth_date(self):
        self.assertRedirects(self.ask("name", "lisi"), self.url())
        self.open()
        self.assertIn("Lisinopril", self.ask("name", "lisi").json()["names"])
        self.assertIn("Penicillin", self.ask("substance", "peni").json()["names"])

    def test_too_short_or_long_a_text_gets_no_suggestions(self):
        self.open()
        for part, submitted in (
            ("name", "li"),
            ("name", ""),
            ("other", "lisi"),
            ("name", "\x00\x00\x00"),
            ("name", "z" * 9999),
        ):
            with self.subTest(part=part, submitted=submitted[:5]):
                self.assertEqual(self.ask(part, submitted).json()["names"], [])
        self.assertLessEqual(len(self.ask("name", "met").json()["names"]), 8)


class AfterSubmission(PatientLinkCase):
    def setUp(self):
        super().setUp()
        self.open()
        with self.inside(self.patient):
            forms.save_answers(self.patient, self.form.pk, NOTHING_TO_REPORT | {"reason": "Sore throat"})

    def send(self):
        return self.phone.post(self.url("/check"))

    def test_the_answers_are_shown(self):
        self.send()
        self.assertContains(self.phone.get(self.url("/done")), "Sore throat")

    def test_submitting_twice_is_idempotent(self):
        self.send()
        self.assertRedirects(self.send(), self.url("/done"))
        self.assertEqual(self.stored().revision, 1)

    def test_the_other_phone_finds_it_closed(self):
        self.send()
        response = self.phone.post(self.url("/form/visit"), {"reason": "late"}, headers={"x-save": "1"})
        self.assertEqual(response.status_code, 409)
        self.assertRedirects(self.phone.post(self.url("/form/visit"), {"reason": "late"}), self.url("/done"))
        self.assertEqual(self.stored().raw_answers["reason"], "Sore throat")

    def test_answers_can_be_changed_until_the_review(self):
        self.send()
        self.assertRedirects(self.phone.post(self.url("/change")), self.url("/check"))
        self.phone.post(
            self.url("/form/visit"), SECTION_ANSWERS["visit"] | {"reason": "Sore throat, fever", "checking": "1"}
        )
        self.send()
        self.assertEqual((self.stored().revision, self.stored().raw_answers["reason"]), (2, "Sore throat, fever"))
        with self.inside(self.doctor):
            forms.review(self.doctor, self.form.pk)
        self.assertContains(self.phone.get(self.url("/done")), "Your doctor has read this form.")
        self.phone.post(self.url("/change"))
        self.assertFalse(self.stored().is_being_changed)

    def test_a_cancelled_visit_accepts_no_answers(self):
        with self.inside(self.desk):
            Appointment.objects.filter(pk=self.visit.pk).update(status="cancelled")
        self.assertRedirects(self.phone.get(self.url("/form/visit")), self.url("/done"))
        self.assertContains(self.phone.get(self.url("/done")), "won't take place")
        self.phone.post(self.url("/check"))
        self.assertEqual(self.stored().status, "pending")

    def test_a_rescheduled_visit_keeps_its_link_and_shows_the_new_time(self):
        later = self.make_visit(hours=200)
        with self.inside(self.desk):
            forms.carry_over(self.desk, self.visit.pk, later)
            links.carry_over(self.desk, self.visit.pk, later)
        self.assertEqual(self.phone.get(self.url("/form/visit")).status_code, 200)


class Kiosk(PatientLinkCase):
    def test_the_kiosk_locks_when_done(self):
        with self.inside(self.patient):
            forms.save_answers(self.patient, self.form.pk, NOTHING_TO_REPORT)
        token = self.create_link("kiosk")
        self.open(token=token)
        self.phone.post(self.url("/check", token))
        page = self.phone.get(self.url("/done", token))
        self.assertContains(page, "give the tablet back")
        self.assertNotContains(page, "Read what you sent")
        self.assertEqual(self.phone.get(self.url("/done", token)).status_code, 404)

    def test_the_kiosk_locks_when_idle(self):
        token = self.create_link("kiosk")
        self.open(token=token)
        self.assertContains(self.phone.get(self.url("/form/visit", token)), 'http-equiv="refresh"')
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=4)):
            self.assertRedirects(self.phone.get(self.url("/form/visit", token)), self.url(token=token))


class VisitPage(PatientLinkCase):
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

    def test_cancelling_needs_confirmation_and_stores_the_note(self):
        self.assertNotContains(self.phone.get(self.url("/visit")), 'value="cancel"')
        self.assertContains(self.phone.get(self.url("/visit?ask=cancel")), 'value="cancel"')
        self.post("cancel", note="I am travelling\x00")
        self.assertEqual(self.status(), "cancelled")
        with self.inside(self.desk):
            row = Cancellation.objects.get()
        self.assertEqual((row.cancellation_type, row.reason_note), ("patient-cancelled", "I am travelling"))
        self.assertContains(self.phone.get(self.url("/visit")), "Your visit is cancelled")

    def test_within_the_notice_period_the_page_asks_to_call(self):
        self.change_settings(self.riverside, minimum_cancellation_notice=80 * 60)
        page = self.phone.get(self.url("/visit?ask=cancel"))
        self.assertContains(page, "It's too late to cancel here")
        self.assertNotContains(page, 'value="cancel"')
        self.assertEqual(self.post("cancel").status_code, 409)
        self.assertEqual(self.status(), "unconfirmed")

    def test_a_locked_visit_requires_the_form_first(self):
        self.change_settings(self.riverside, lock_appointment_if_missing=True)
        page = self.phone.get(self.url("/visit"))
        self.assertContains(page, "Please fill in your form first")
        self.assertNotContains(page, "I'll be there")
        self.assertEqual(self.post("confirm").status_code, 409)
        self.assertEqual(self.status(), "unconfirmed")

    def test_a_visit_link_opens_the_page_and_a_kiosk_link_does_not(self):
        own, tablet = self.create_link("visit"), self.create_link("kiosk")
        self.assertRedirects(self.open(token=own), self.url("/visit", own))
        self.open(token=tablet)
        self.assertEqual(self.phone.get(self.url("/visit", tablet)).status_code, 404)


class Spanish(PatientLinkCase):
    def test_every_text_of_the_patient_pages_is_translated(self):
        texts = (settings.BASE_DIR / "templates/locale/es/LC_MESSAGES/django.po").read_text("utf-8")
        known = translations.read_po(texts)
        for message in translations.extract_messages(sources()):
            key = "\x00".join(filter(None, message))
            with self.subTest(message[0]):
                self.assertTrue(all(known.get(key, [""])))

    def test_the_compiled_catalog_is_up_to_date(self):
        folder = settings.BASE_DIR / "templates/locale/es/LC_MESSAGES"
        entries = translations.read_po((folder / "django.po").read_text("utf-8"))
        self.assertEqual((folder / "django.mo").read_bytes(), translations.compile_mo(entries))

    def test_the_link_sets_the_language_before_the_birth_date(self):
        page = self.phone.get(self.url("?lang=es"))
        self.assertContains(page, "Antes de su cita")
        self.assertContains(self.phone.get(self.url()), "Before your visit")
        self.phone.post(self.url("?lang=es"), BIRTH_DATE)
        self.assertContains(self.phone.get(self.url("/form/visit")), "¿Cómo podemos ayudarle?")
