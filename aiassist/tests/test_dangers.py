"""Alerts of danger: raised from answers and messages, shown until a member has closed them."""

import datetime as dt
import json

from django.urls import reverse

from aiassist.models import DangerAlert
from aiassist.operations import dangers
from aiassist.selectors.dangers import LABELS
from clinicflow.access.actor import system_actor
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid, NotFound
from clinicflow.notifications.models import Notification, NotificationPreference
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.events import captured_events
from clinicflow.testing.jobs import run_due_jobs
from intake.operations import forms, questionnaires
from scheduling.events import AppointmentUpdated
from scheduling.models import Appointment
from scheduling.operations import appointments

DANGER = "my chest hurts so bad and I cant breathe"


class DangerCase(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.patient = cls.make_patient(cls.riverside, "Hannah Lindqvist")
        cls.visit = cls.make_appointment(cls.dr_okafor, cls.patient, clock.now() + dt.timedelta(days=2))
        with cls.inside(cls.desk):
            questionnaires.create_defaults(system_actor(cls.riverside.pk))
            cls.form = forms.get_or_create(cls.desk, cls.visit.pk)

    def answer(self, text, question="reason"):
        with self.inside(self.doctor):
            return forms.save_answers(self.doctor, self.form.pk, {question: text})

    def alerts(self):
        with self.inside(self.desk):
            return list(DangerAlert.objects.visible_to(self.desk).open())

    def appointment(self):
        with self.inside(self.desk):
            return Appointment.objects.visible_to(self.desk).fetch(self.visit.pk)


class RaisingFromAnswers(DangerCase):
    def test_words_of_danger_mark_the_appointment_while_they_are_typed(self):
        form = self.answer(DANGER)
        self.assertIsNotNone(form.danger_found_at)
        self.assertEqual({alert.question_id for alert in self.alerts()}, {"reason"})
        appointment = self.appointment()
        self.assertTrue(appointment.needs_attention)
        self.assertEqual(appointment.attention_reason, "danger")

    def test_ordinary_words_raise_nothing(self):
        form = self.answer("My knee hurts when I climb stairs, no chest pain.")
        self.assertIsNone(form.danger_found_at)
        self.assertEqual(self.alerts(), [])
        self.assertFalse(self.appointment().needs_attention)

    def test_saving_the_same_words_again_raises_no_second_alert(self):
        self.answer(DANGER)
        before = {alert.pk for alert in self.alerts()}
        self.answer(DANGER)
        self.assertEqual({alert.pk for alert in self.alerts()}, before)

    def test_words_that_the_patient_removes_stay_an_alert_that_says_so(self):
        self.answer(DANGER)
        self.answer("a cough")
        self.assertTrue(self.alerts())
        self.assertTrue(all(alert.withdrawn_at for alert in self.alerts()))
        self.answer(DANGER)
        self.assertFalse(any(alert.withdrawn_at for alert in self.alerts()))

    def test_every_alert_that_is_raised_or_closed_refreshes_open_screens(self):
        with captured_events(AppointmentUpdated) as published:
            self.answer("my chest hurts so bad")
            self.assertEqual(len(published), 1)
            self.answer("my chest hurts so bad and now I want to kill myself")
            self.assertEqual(len(published), 2)
            for number, alert in enumerate(self.alerts(), start=3):
                with self.inside(self.desk):
                    dangers.resolve(self.desk, alert.pk, note="Called her.", at=clock.now())
                self.assertEqual(len(published), number)

    def test_cells_of_rows_are_read_too(self):
        rows = {"rows": [{"name": "I took too many pills an hour ago"}]}
        self.assertTrue(any(dangers.find_dangers(text) for _question, text in dangers.texts_of({"medications": rows})))


class Notifying(DangerCase):
    def test_the_front_desk_and_the_doctor_are_notified_although_everything_is_off(self):
        with self.inside(self.desk):
            ClinicSettings.objects.filter(clinic=self.riverside).update(
                notify_via_app=False, notify_via_email=False, notify_ai_attention=False
            )
            NotificationPreference.objects.create(
                clinic=self.riverside, user_id=self.desk.user_id, role="admin", muted=["danger"]
            )
        self.answer(DANGER)
        run_due_jobs(self.riverside.pk, kinds=["dashboards.notify"])
        with self.inside(self.desk):
            rows = Notification.objects.filter(kind=Notification.Kind.DANGER)
            self.assertEqual({(row.role, row.in_app) for row in rows}, {("admin", True), ("doctor", True)})


class Resolving(DangerCase):
    def setUp(self):
        self.answer(DANGER)

    def resolve(self, actor, note="Called her; ambulance on its way."):
        with self.inside(actor):
            for alert in self.alerts():
                dangers.resolve(actor, alert.pk, note=note, at=clock.now())

    def test_a_note_closes_the_alert_and_the_mark_goes(self):
        self.resolve(self.desk)
        self.assertEqual(self.alerts(), [])
        self.assertFalse(self.appointment().needs_attention)

    def test_the_same_words_saved_afterwards_raise_nothing(self):
        self.resolve(self.doctor)
        self.answer(DANGER)
        self.assertEqual(self.alerts(), [])

    def test_other_words_of_danger_raise_a_new_alert(self):
        self.resolve(self.doctor)
        self.answer("now I want to kill myself")
        self.assertTrue(self.alerts())

    def test_without_a_note_nothing_is_closed(self):
        with self.assertRaises(Invalid):
            self.resolve(self.desk, note="  ")
        self.assertTrue(self.alerts())

    def test_an_owner_and_another_clinic_can_not_close_it(self):
        (alert, *_rest) = self.alerts()
        for actor, error in ((self.owner, Forbidden), (self.foreign_desk, NotFound)):
            with self.inside(actor), self.assertRaises(error):
                dangers.resolve(actor, alert.pk, note="done", at=clock.now())
        self.assertTrue(self.alerts())

    def test_a_colleague_of_the_doctor_does_not_see_it(self):
        with self.inside(self.other_doctor):
            self.assertFalse(DangerAlert.objects.visible_to(self.other_doctor).exists())

    def test_the_alert_moves_with_a_rescheduled_appointment(self):
        later = self.at(self.riverside, self.next_weekday(self.riverside, 2), "10:00")
        with self.inside(self.desk):
            new = appointments.reschedule(
                self.desk, self.visit.pk, starts_at=later, override_reason="as she wishes", at=clock.now()
            ).appointment
        self.assertEqual({alert.appointment_id for alert in self.alerts()}, {new.pk})


class Pages(DangerCase):
    def setUp(self):
        self.answer(DANGER)
        (self.alert, *_rest) = self.alerts()

    def get(self, actor, name, *args):
        return self.client_for(actor).get(reverse(name, args=args))

    def test_the_doctor_reads_the_words_and_the_front_desk_the_kind(self):
        doctor = self.get(self.doctor, "visit_dangers", self.visit.pk)
        desk = self.get(self.desk, "visit_dangers", self.visit.pk)
        self.assertContains(doctor, self.alert.quote)
        self.assertContains(desk, "Possible emergency")
        self.assertNotContains(desk, self.alert.quote)

    def test_the_day_and_my_day_lead_with_it(self):
        for actor, name in ((self.desk, "schedule"), (self.doctor, "my_day")):
            page = self.get(actor, name)
            self.assertContains(page, f'id="alarm-{self.alert.pk}"')

    def test_the_panel_asks_for_the_alerts_first(self):
        page = self.get(self.desk, "visit", self.visit.pk).content.decode()
        self.assertLess(page.index("visit-dangers"), page.index("sheethead"))

    def test_a_note_closes_it_from_the_page(self):
        client = self.client_for(self.desk)
        url = reverse("danger_resolve", args=[self.alert.pk])
        self.assertEqual(client.post(url, {"note": ""}).status_code, 422)
        response = client.post(url, {"note": "Called her."})
        self.assertEqual(response.status_code, 200)
        changed = json.loads(response["HX-Trigger"])["dangers:changed"]  # the open page refreshes its lists
        self.assertEqual(changed["doctors"], [str(self.dr_okafor.pk)])
        self.assertNotIn(self.alert.pk, {alert.pk for alert in self.alerts()})


class Api(DangerCase):
    def setUp(self):
        self.answer(DANGER)
        (self.alert, *_rest) = self.alerts()

    def get(self, actor, path="", **query):
        return self.client_for(actor).get(f"/api/danger-alerts{path}", query)

    def resolve(self, actor, note="Called her."):
        path = f"/api/danger-alerts/{self.alert.pk}/resolve"
        return self.client_for(actor).post(path, {"note": note}, content_type="application/json")

    def test_only_the_patients_doctor_reads_the_words(self):
        for actor, words in ((self.doctor, self.alert.quote), (self.desk, "")):
            body = self.get(actor, f"/{self.alert.pk}").json()
            self.assertEqual((body["quote"], body["kind"], body["is_open"]), (words, self.alert.kind, True))
            self.assertEqual(body["patient_name"], "Hannah Lindqvist")
        self.assertNotIn(self.alert.quote, self.get(self.desk).content.decode())

    def test_colleagues_owners_and_other_clinics_read_nothing(self):
        self.assertEqual(self.get(self.other_doctor).json()["count"], 0)
        self.assertEqual(self.get(self.foreign_desk).json()["count"], 0)
        for actor, status in ((self.other_doctor, 404), (self.foreign_desk, 404), (self.owner, 403)):
            self.assertEqual(self.get(actor, f"/{self.alert.pk}").status_code, status)
            self.assertEqual(self.resolve(actor).status_code, status)
        self.assertIn(self.alert.pk, {alert.pk for alert in self.alerts()})

    def test_a_note_closes_an_alert_and_repeating_changes_nothing(self):
        self.assertEqual(self.resolve(self.desk, note="  ").status_code, 400)
        first = self.resolve(self.desk).json()
        self.assertEqual(
            (first["is_open"], first["resolution_note"], first["resolved_by_id"]),
            (False, "Called her.", str(self.dana.pk)),
        )
        self.assertEqual(self.resolve(self.doctor, note="Again.").json()["resolution_note"], "Called her.")

    def test_filters(self):
        self.resolve(self.desk)
        open_ids = {str(alert.pk) for alert in self.alerts()}
        for query, expected in (
            ({"open": "true"}, open_ids),
            ({"open": "false"}, {str(self.alert.pk)}),
            ({"doctor": self.dr_okafor.pk}, open_ids | {str(self.alert.pk)}),
            ({"doctor": self.dr_herrera.pk}, set()),
            ({"patient": self.patient.pk, "kind": self.alert.kind, "open": "false"}, {str(self.alert.pk)}),
        ):
            with self.subTest(query):
                rows = self.get(self.desk, **query).json()["results"]
                self.assertEqual({row["id"] for row in rows}, expected)
        self.assertEqual(self.get(self.desk, kind="boredom").status_code, 400)


class BackOffice(DangerCase):
    def setUp(self):
        self.answer(DANGER)
        (self.alert, *_rest) = self.alerts()
        self.path = reverse("admin:aiassist_dangeralert_change", args=[self.alert.pk])

    def test_shows_the_kind_without_the_words(self):
        page = self.client_for(self.desk).get(self.path)
        self.assertContains(page, LABELS[self.alert.kind])
        self.assertNotContains(page, self.alert.quote)

    def test_a_note_closes_the_alert_which_is_then_read_only(self):
        client = self.client_for(self.desk)
        self.assertContains(client.post(self.path, {"resolution_note": " "}, follow=True), "Add a short note.")
        client.post(self.path, {"resolution_note": "Called her."})
        self.assertNotIn(self.alert.pk, {alert.pk for alert in self.alerts()})
        self.assertNotContains(client.get(self.path), "<textarea")
        self.assertEqual(client.post(self.path, {"resolution_note": "Again."}).status_code, 403)
