"""The staff pages of intake: the list, a visit's fragment, one form, paper, print and messages."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinicflow.audit.models import AuditLog
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.html import source_of
from clinicflow.testing.jobs import run_due_jobs
from intake.models import IntakeForm, IntakeRevision, PatientLink
from intake.operations import deliveries, forms, links
from intake.tests.factories import NOTHING_TO_REPORT, IntakeCast
from scheduling.models import Appointment, Message

HTMX = {"hx-request": "true"}


class StaffPageCase(IntakeCast, ClinicCase):
    def setUp(self):
        self.at_desk = self.client_for(self.desk)
        self.as_doctor = self.client_for(self.doctor)

    def visit_url(self, rest="", visit=None):
        return f"/intake/visits/{(visit or self.visit).pk}{rest}"

    def stored_visit(self):
        with self.inside(self.desk):
            return Appointment.objects.get(pk=self.visit.pk)


class FormList(StaffPageCase):
    def names(self, query="", client=None):
        page = (client or self.at_desk).get(f"/intake{query}")
        self.assertEqual(page.status_code, 200)
        return [row.visit.patient.full_name for row in page.context["rows"]]

    def several(self):
        """One visit in each state."""
        sent, started, submitted, reviewed, waived = (
            self.make_patient(self.riverside, f"{word} Patient") for word in ("Sent", "Started", "Sub", "Rev", "Waived")
        )
        visits = {
            patient: self.make_visit(patient, hours=80 + 2 * number)
            for number, patient in enumerate((sent, started, submitted, reviewed, waived))
        }
        with self.inside(self.desk):
            Appointment.objects.filter(pk=visits[sent].pk).update(intake_status="sent")
            made = {patient: forms.create(self.desk, visit.pk) for patient, visit in visits.items()}
            forms.open_for_patient(self.desk, made[started].pk)
            for patient in (submitted, reviewed):
                forms.enter_from_paper(self.desk, made[patient].pk, NOTHING_TO_REPORT)
            forms.mark_completed(self.desk, made[waived].pk, reason="Seen last week")
        with self.inside(self.doctor):
            forms.review(self.doctor, made[reviewed].pk)

    def test_every_state_has_a_tab(self):
        self.several()
        for state, name in {
            "missing": "Grace Kim",
            "sent": "Sent Patient",
            "started": "Started Patient",
            "submitted": "Sub Patient",
            "reviewed": "Rev Patient",
            "waived": "Waived Patient",
        }.items():
            with self.subTest(state):
                self.assertEqual(self.names(f"?state={state}"), [name])
        page = self.at_desk.get("/intake")
        self.assertEqual([tab["count"] for tab in page.context["tabs"]], [1] * 6)
        for row in page.context["rows"]:
            self.assertIn(row.visit.patient.full_name, self.names(f"?state={row.state.key}"))

    def test_filters_by_doctor_and_time(self):
        other = self.make_patient(self.riverside, "Other Doctor")
        past = self.make_patient(self.riverside, "Past Patient")
        self.make_visit(other, hours=80, doctor=self.dr_herrera)
        self.make_visit(past, hours=-48)
        self.assertEqual(self.names(f"?doctor={self.dr_herrera.pk}"), ["Other Doctor"])
        self.assertEqual(self.names("?when=past"), ["Past Patient"])
        self.assertEqual(len(self.names("?doctor=nonsense&state=nonsense&page=x")), 2)

    def test_cancelled_visits_and_other_clinics_are_excluded(self):
        self.make_visit(self.make_patient(self.riverside, "Gone Patient"), hours=90, status="cancelled")
        self.make_visit(self.make_patient(self.lakeside, "Lake Patient"), hours=90, doctor=self.dr_lake)
        self.assertEqual(self.names(), ["Grace Kim"])

    def test_a_doctor_sees_their_own_visits(self):
        self.make_visit(self.make_patient(self.riverside, "Other Doctor"), hours=80, doctor=self.dr_herrera)
        self.assertEqual(self.names(client=self.as_doctor), ["Grace Kim"])

    def test_an_owner_is_forbidden(self):
        self.assertEqual(self.client_for(self.owner).get("/intake").status_code, 403)

    def test_query_count_does_not_depend_on_the_number_of_visits(self):
        with CaptureQueriesContext(connection) as one:
            self.at_desk.get("/intake", headers=HTMX)
        for number in range(20):
            self.make_form(self.make_visit(hours=100 + number))
        with self.assertNumQueries(len(one)):
            self.at_desk.get("/intake", headers=HTMX)
        self.assertLessEqual(len(one), 14)

    def test_the_read_is_audited(self):
        self.at_desk.get("/intake")
        with self.inside(self.desk):
            row = AuditLog.objects.filter(action="read", resource_type="intake_forms").latest("at")
        self.assertEqual(row.patient_ids, [self.grace.pk])


class VisitActions(StaffPageCase):
    def post(self, rest, client=None, headers=HTMX, **data):
        return (client or self.at_desk).post(self.visit_url(rest), data, headers=headers)

    def test_send_returns_the_row(self):
        response = self.post("/send", headers=HTMX | {"hx-target": f"intake-{self.visit.pk}"})
        self.assertContains(response, "Link sent by text")
        self.assertContains(response, f'id="intake-{self.visit.pk}"')
        run_due_jobs(self.riverside.pk, kinds=["intake.send_link"])
        self.assertEqual(self.stored_visit().intake_status, "sent")

    def test_the_row_shows_the_status_of_the_message(self):
        self.post("/send")
        self.assertContains(self.at_desk.get("/intake"), "on its way")
        run_due_jobs(self.riverside.pk, kinds=["intake.send_link"])
        self.assertContains(self.at_desk.get("/intake"), "by text")
        with self.inside(self.desk):
            Message.objects.update(status="failed")
        self.assertContains(self.at_desk.get("/intake"), "could not be delivered")

    def test_send_returns_the_panel_fragment(self):
        response = self.post("/send", headers=HTMX | {"hx-target": "visit-intake"})
        self.assertContains(response, 'id="visit-intake"')

    def test_send_without_htmx_redirects_to_the_list(self):
        self.assertRedirects(self.post("/send", headers={}), "/intake", fetch_redirect_response=False)

    def test_send_shows_why_it_was_rejected(self):
        self.submitted_form()
        response = self.post("/send")
        self.assertContains(response, "already completed", status_code=409)
        with self.inside(self.desk):
            self.assertFalse(Message.objects.exists())

    def test_links_can_be_shown_and_revoked(self):
        page = self.post("/link")
        token = re.search(r'value="[^"]*/i/([\w-]{43})"', page.content.decode())[1]
        self.assertEqual(links.find(token).appointment_id, self.visit.pk)
        self.assertContains(page, "<path d=")
        self.post("/revoke")
        self.assertEqual(PatientLink.objects.filter(revoked_at=None).count(), 0)

    def test_the_kiosk_opens_the_form_on_this_device(self):
        response = self.post("/tablet", headers={})
        self.assertRegex(response["Location"], r"^/i/[\w-]{43}$")
        self.assertEqual(PatientLink.objects.get().purpose, "kiosk")
        self.assertRedirects(self.at_desk.get("/intake"), "/account/login/?next=/intake", fetch_redirect_response=False)

    def test_waiving_requires_a_reason(self):
        self.assertContains(self.at_desk.get(self.visit_url("/waive"), headers=HTMX), "Why is no form needed?")
        for nothing, refusal in ((" ", "Enter a reason"), ("\x00", "Null characters")):
            self.assertContains(self.post("/waive", reason=nothing), refusal, status_code=422)
        self.assertEqual(self.stored_visit().intake_status, "missing")
        response = self.post("/waive", reason="Phoned in")
        self.assertEqual(response["X-Close-Dialog"], "modal")
        self.assertEqual(self.stored_visit().intake_status, "completed")

    def test_other_roles_are_forbidden(self):
        for rest in ("/send", "/revoke", "/link", "/tablet", "/waive"):
            with self.subTest(rest):
                self.assertEqual(self.post(rest, client=self.client_for(self.owner)).status_code, 403)
                self.assertEqual(self.post(rest, client=self.client_for(self.foreign_desk)).status_code, 404)
        for rest in ("/revoke", "/link", "/tablet"):
            self.assertEqual(self.post(rest, client=self.as_doctor).status_code, 403)
        self.assertFalse(PatientLink.objects.exists())

    def test_every_visit_has_a_panel_fragment(self):
        self.assertContains(self.at_desk.get(self.visit_url(), headers=HTMX), "Not sent")
        other = self.client_for(self.other_doctor)
        self.assertEqual(other.get(self.visit_url(), headers=HTMX).status_code, 404)


class FormPage(StaffPageCase):
    def url(self, form, rest=""):
        return f"/intake/forms/{form.pk}{rest}"

    def test_front_desk_sees_administrative_answers_only(self):
        form = self.submitted_form(reason="Sore throat", pharmacy="Elm Street Pharmacy")
        page = self.at_desk.get(self.url(form))
        self.assertContains(page, "Elm Street Pharmacy")
        for word in ("Sore throat", "medications do you take", "Mark as reviewed"):
            self.assertNotContains(page, word)

    def test_the_doctor_sees_all_answers_and_reviews(self):
        form = self.submitted_form(reason="Sore throat")
        page = self.as_doctor.get(self.url(form))
        self.assertContains(page, "Sore throat")
        self.assertContains(page, "Mark as reviewed")
        self.assertRedirects(self.as_doctor.post(self.url(form, "/review")), self.url(form))
        with self.inside(self.desk):
            self.assertEqual(IntakeForm.objects.get(pk=form.pk).status, "reviewed")

    def test_other_roles_are_forbidden(self):
        form = self.submitted_form()
        for actor, status in ((self.owner, 403), (self.other_doctor, 404), (self.foreign_desk, 404)):
            with self.subTest(actor.name):
                self.assertEqual(self.client_for(actor).get(self.url(form)).status_code, status)
        self.assertEqual(self.at_desk.post(self.url(form, "/review")).status_code, 403)

    def test_an_unsent_form_shows_no_answers(self):
        form = self.make_form()
        with self.inside(self.patient):
            forms.save_answers(self.patient, form.pk, {"reason": "Half a sentence"})
        self.assertNotContains(self.as_doctor.get(self.url(form)), "Half a sentence")

    def test_revisions_are_compared(self):
        form = self.submitted_form(reason="Cough")
        with self.inside(self.patient):
            forms.reopen(self.patient, form.pk)
            forms.save_answers(self.patient, form.pk, {"reason": "Cough and fever"})
            forms.submit(self.patient, form.pk)
            self.assertEqual(IntakeRevision.objects.count(), 2)
        page = self.as_doctor.get(self.url(form) + "?since=1")
        self.assertContains(page, "1 answer changed since revision 1")
        changed = [line for part in page.context["parts"] for line in part.lines if line.changed]
        self.assertEqual([(line.before, line.lines) for line in changed], [(("Cough",), ["Cough and fever"])])


class Paper(StaffPageCase):
    def test_answers_are_entered_and_submitted(self):
        self.assertContains(self.at_desk.get(self.visit_url("/paper")), "What medications do you take?")
        data = {"reason": "Rash", "medications.state": "some", "medications.0.name": "Aspirin", "tobacco": "never"}
        response = self.at_desk.post(self.visit_url("/paper"), data)
        with self.inside(self.desk):
            form = IntakeForm.objects.get()
        self.assertRedirects(response, f"/intake/forms/{form.pk}")
        self.assertEqual(
            (form.status, form.entered_by_id, form.raw_answers["reason"]), ("submitted", self.dana.pk, "Rash")
        )

    def test_errors_are_marked(self):
        response = self.at_desk.post(self.visit_url("/paper"), {"conditions": ["none", "diabetes"], "reason": "Rash"})
        self.assertContains(response, "cannot be combined", status_code=422)
        self.assertContains(response, "Rash", status_code=422)

    def test_a_correction_by_the_front_desk_keeps_clinical_answers(self):
        self.submitted_form(reason="Sore throat", pharmacy="Elm")
        page = self.at_desk.get(self.visit_url("/paper"))
        self.assertContains(page, "Elm")
        self.assertNotContains(page, "Sore throat")

    def test_a_blank_form_is_printed_in_both_languages(self):
        page = self.at_desk.get(self.visit_url("/print"))
        self.assertContains(page, "What medications do you take?")
        spanish = self.at_desk.get(self.visit_url("/print") + "?lang=es")
        for text in ("¿Qué medicamentos toma?", "Ningún medicamento", "Con qué frecuencia"):
            self.assertContains(spanish, text)


class MessagesPage(StaffPageCase):
    def test_shows_the_working_link(self):
        with self.inside(self.desk):
            deliveries.send_link(self.desk, self.visit.pk)
        run_due_jobs(self.riverside.pk, kinds=["intake.send_link"])
        page = self.at_desk.get("/messages")
        self.assertRegex(source_of(page), r'<a href="/i/[\w-]{43}"')

    def test_only_for_the_front_desk(self):
        self.assertEqual(self.as_doctor.get("/messages").status_code, 403)
        self.assertEqual(self.client_for(self.owner).get("/messages").status_code, 403)
        with self.inside(self.desk):
            deliveries.send_link(self.desk, self.visit.pk)
        self.assertNotContains(self.client_for(self.foreign_desk).get("/messages"), "Grace Kim")


class AskOnBooking(StaffPageCase):
    def test_the_panel_asks_if_the_setting_says_so(self):
        self.assertNotContains(self.at_desk.get(self.visit_url(), headers=HTMX), "the link now?")
        self.change_settings(self.riverside, intake_delivery_path="ask-every-time")
        self.assertContains(self.at_desk.get(self.visit_url(), headers=HTMX), "the link now?")
