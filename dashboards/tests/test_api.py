"""`/api/dashboard/admin/*` and `/api/dashboard/doctor/*`, as a program sees them."""

import datetime as dt
import random

from aiassist.models import IntakeSummary, Interaction
from clinicflow.audit.models import AuditLog
from clinicflow.core import clock
from clinicflow.testing.monday import MONDAY, TEN, MondayCase
from dashboards.board.selectors.day_figures import FIGURES, day_figures
from intake.models import IntakeForm, Questionnaire
from scheduling.models import Appointment, Cancellation, FollowUp, TimeOff, WaitlistEntry

MINUTE = dt.timedelta(minutes=1)
TUESDAY = MONDAY + dt.timedelta(days=1)
ADMIN, DOCTOR = "/api/dashboard/admin", "/api/dashboard/doctor"


class DashboardCase(MondayCase):
    def get(self, path, *, actor=None, status=200):
        answer = self.client.get(path, headers=self.bearer_for(actor or self.desk))
        self.assertEqual(answer.status_code, status, answer.content)
        return answer.json()

    def on(self, day, time, name="Grace Kim", *, doctor=None, **fields):
        patient = self.make_patient(self.riverside, name)
        return self.make_appointment(
            doctor or self.dr_okafor, patient, self.at(self.riverside, day, time), 30, **fields
        )

    def summary_of(self, visit, **fields):
        with self.inside(self.desk):
            questionnaire = Questionnaire.objects.first() or Questionnaire.objects.create(
                clinic=self.riverside, family=visit.pk, name="Adult", sections=[]
            )
            own = {"clinic": self.riverside, "appointment": visit, "patient": visit.patient}
            form = IntakeForm.objects.create(**own, questionnaire=questionnaire)
            return IntakeSummary.objects.create(**own, intake_form=form, form_revision=1, **fields)


class AdminSummaryTests(DashboardCase):
    def scatter(self, seed):
        """A day of random visits with two doctors, and neighbours on the days beside it."""
        dice = random.Random(seed)
        for index in range(40):
            day = dice.choice([MONDAY, MONDAY, MONDAY, TUESDAY, MONDAY - dt.timedelta(days=1)])
            status = dice.choice(Appointment.Status.values)
            arrived = status in {"confirmed", "completed"} and dice.random() < 0.5
            self.make_appointment(
                dice.choice([self.dr_okafor, self.dr_herrera]),
                self.make_patient(self.riverside),
                self.at(self.riverside, day, "00:00") + 30 * index * MINUTE,
                25,
                status=status,
                arrived=arrived,
                arrived_at=TEN if arrived else None,
                intake_status=dice.choice(Appointment.IntakeStatus.values),
                needs_attention=dice.random() < 0.2,
                rescheduled=status == "cancelled" and dice.random() < 0.3,
                deleted_at=TEN if dice.random() < 0.1 else None,
                overlap_allowed=True,
                overlap_reason="random",
            )

    def counted_by_the_orm(self, actor, day):
        visits = Appointment.objects.visible_to(actor).on(day, actor.timezone).filter(rescheduled=False)
        return {
            "total": visits.count(),
            "confirmed": visits.filter(status="confirmed").count(),
            "unconfirmed": visits.filter(status="unconfirmed").count(),
            "completed": visits.filter(status="completed").count(),
            "cancelled": visits.filter(status="cancelled").count(),
            "no_show": visits.filter(status="no-show").count(),
            "arrived": visits.open().filter(arrived=True).count(),
            "intake_missing": visits.open().filter(intake_status="missing").count(),
            "needs_attention": visits.filter(needs_attention=True).count(),
        }

    def test_the_query_counts_what_the_querysets_count(self):
        for seed in range(3):
            self.scatter(seed)
            for actor in (self.desk, self.doctor, self.other_doctor, self.foreign_desk, self.owner):
                with self.subTest(seed=seed, role=actor.role), self.inside(actor):
                    expected = self.counted_by_the_orm(actor, MONDAY)
                    self.assertEqual(day_figures(actor, MONDAY), {"date": MONDAY} | expected)
            with self.inside(self.desk):
                Appointment.objects.all().delete()

    def test_the_day_is_today_or_the_requested_date(self):
        self.scatter(7)
        today = self.get(f"{ADMIN}/summary")
        self.assertEqual(today["date"], MONDAY.isoformat())
        self.assertEqual(list(today), ["date", *FIGURES])
        statuses = ("confirmed", "unconfirmed", "completed", "cancelled", "no_show")
        self.assertEqual(sum(today[name] for name in statuses), today["total"])
        self.assertEqual(self.get(f"{ADMIN}/summary?date={MONDAY}"), today)
        self.assertNotEqual(self.get(f"{ADMIN}/summary?date={TUESDAY}")["total"], today["total"])

    def test_its_figures_are_what_the_list_counts(self):
        self.scatter(11)
        with self.inside(self.desk):
            Appointment.objects.filter(rescheduled=True).delete()
        figures = self.get(f"{ADMIN}/summary")
        filters = {
            "total": "",
            "confirmed": "&status=confirmed",
            "unconfirmed": "&status=unconfirmed",
            "completed": "&status=completed",
            "cancelled": "&status=cancelled",
            "no_show": "&status=no-show",
            "intake_missing": "&intake_status=missing&status=confirmed&status=unconfirmed",
            "needs_attention": "&needs_attention=true",
        }
        for name, query in filters.items():
            with self.subTest(name):
                self.assertEqual(figures[name], self.get(f"/api/appointments?date={MONDAY}{query}")["count"])

    def test_bad_dates_and_unknown_names_are_refused(self):
        for query in ("date=9999-99-99", "date=", "date=tomorrow", "day=2027-03-01", "date=2027-03-01%00"):
            with self.subTest(query):
                self.assertEqual(self.get(f"{ADMIN}/summary?{query}", status=400)["code"], "invalid")

    def test_it_costs_one_query_whatever_the_day(self):
        for seed in (1, 2):
            headers = self.bearer_for(self.desk)
            with self.assertNumQueries(5):  # sign-in, membership, the figures; begin and commit
                self.client.get(f"{ADMIN}/summary", headers=headers)
            self.scatter(seed)


class AdminScheduleTests(DashboardCase):
    def test_a_day_by_doctor_leaves_out_what_was_moved(self):
        ours = self.visit_at("09:00")
        self.visit_at("10:00", status="cancelled", rescheduled=True)
        theirs = self.visit_at("11:00", doctor=self.dr_herrera)
        body = self.get(f"{ADMIN}/schedule/{MONDAY}")
        self.assertEqual(body["date"], MONDAY.isoformat())
        shown = {row["doctor_id"]: [visit["id"] for visit in row["appointments"]] for row in body["doctors"]}
        self.assertEqual(shown, {str(self.dr_okafor.pk): [str(ours.pk)], str(self.dr_herrera.pk): [str(theirs.pk)]})
        with self.inside(self.desk):
            self.assertEqual(AuditLog.objects.filter(action="read", resource_type="appointments").count(), 1)

    def test_no_date_no_answer(self):
        for date in ("2027-02-30", "9999-99-99", "monday"):
            self.assertIn("date", self.get(f"{ADMIN}/schedule/{date}", status=400)["errors"])
        self.assertEqual(self.get(f"{ADMIN}/schedule/{MONDAY}?page=1", status=400)["code"], "invalid")

    def test_twenty_visits_cost_what_one_costs(self):
        headers = self.bearer_for(self.desk)
        for times in (["09:00"], [f"{hour:02d}:{minute:02d}" for hour in range(10, 15) for minute in (0, 15, 30, 45)]):
            for time in times:
                self.visit_at(time, minutes=15)
            with self.assertNumQueries(7):
                self.client.get(f"{ADMIN}/schedule/{MONDAY}", headers=headers)


class NeedsAttentionTests(DashboardCase):
    @classmethod
    def hire(cls):
        cls.near = cls.visit_at("15:00", "Hannah Lindqvist", intake_status="completed")
        cls.sure = cls.visit_at("16:00", "Diego Flores", status="confirmed", intake_status="sent")

    def kinds(self, **fields):
        rows = self.get(f"{ADMIN}/needs-attention", **fields)["results"]
        return [(row["kind"], row["patient_name"]) for row in rows]

    def test_visits_of_the_next_working_day_that_are_unconfirmed_or_without_intake(self):
        self.on(TUESDAY, "09:00", "Aisha Rahman", intake_status="completed")
        self.on(TUESDAY, "11:00", "Noah Goldberg", intake_status="completed")  # in 25 hours
        self.visit_at("09:00", "Peter Novak", intake_status="completed")  # has begun
        self.assertEqual(
            self.kinds(),
            [
                ("unconfirmed", "Hannah Lindqvist"),
                ("unconfirmed", "Aisha Rahman"),
                ("missing-intake", "Diego Flores"),
            ],
        )

    def test_no_intake_is_missing_where_none_is_required(self):
        self.change_settings(self.riverside, intake_required=False)
        self.assertEqual(self.kinds(), [("unconfirmed", "Hannah Lindqvist")])

    def test_conversations_come_first_until_they_are_resolved(self):
        own = {"clinic": self.riverside, "patient": self.sure.patient, "doctor": self.dr_okafor}
        with self.inside(self.desk):
            talk = Interaction.objects.create(
                **own, appointment=self.sure, channel="sms", direction="inbound", status="escalated",
                needs_attention=True, attention_reason="requested-human",
            )  # fmt: skip
        first = self.get(f"{ADMIN}/needs-attention")["results"][0]
        self.assertEqual(
            (first["kind"], first["object_id"], first["reason"]), ("ai-attention", str(talk.pk), "requested-human")
        )
        with self.inside(self.desk):
            Interaction.objects.update(resolved_at=TEN)
        self.assertNotIn("ai-attention", dict(self.kinds()))

    def test_failed_summaries_of_visits_to_come(self):
        self.summary_of(self.sure, status="failed")
        self.summary_of(self.near, status="generated", needs_attention=True)
        self.assertEqual(self.kinds()[-1], ("summary-failed", "Diego Flores"))
        self.assertEqual(len(self.kinds()), 3)

    def test_overdue_follow_ups(self):
        own = {"clinic": self.riverside, "doctor": self.dr_okafor, "patient": self.near.patient}
        with self.inside(self.desk):
            FollowUp.objects.create(**own, scheduled_date=MONDAY - dt.timedelta(days=1))
            FollowUp.objects.create(**own, scheduled_date=MONDAY)
            FollowUp.objects.create(**own, scheduled_date=MONDAY - dt.timedelta(days=9), status="cancelled")
        rows = [row for row in self.get(f"{ADMIN}/needs-attention")["results"] if row["kind"] == "follow-up"]
        self.assertEqual([row["due_on"] for row in rows], [(MONDAY - dt.timedelta(days=1)).isoformat()])

    def test_a_freed_slot_that_matches_the_waitlist(self):
        freed = self.on(TUESDAY, "14:00", status="cancelled")
        waiting = {"clinic": self.riverside, "date_from": MONDAY, "date_to": TUESDAY, "duration": 30}
        with self.inside(self.desk):
            WaitlistEntry.objects.create(**waiting, patient=self.near.patient, doctor=self.dr_okafor)
            WaitlistEntry.objects.create(**waiting, patient=self.sure.patient)
            WaitlistEntry.objects.create(**(waiting | {"duration": 60}), patient=self.sure.patient)
            WaitlistEntry.objects.create(**(waiting | {"date_to": MONDAY}), patient=self.sure.patient)
            WaitlistEntry.objects.create(**waiting, patient=self.sure.patient, doctor=self.dr_herrera)
            WaitlistEntry.objects.create(**waiting, patient=self.sure.patient, visit_type="virtual")
            WaitlistEntry.objects.create(**waiting, patient=self.sure.patient, status="booked")
        rows = [row for row in self.get(f"{ADMIN}/needs-attention")["results"] if row["kind"] == "waitlist-fit"]
        self.assertEqual([(row["object_id"], row["fits"]) for row in rows], [(str(freed.pk), 2)])
        self.assertEqual(self.get(f"{ADMIN}/needs-attention?kind=waitlist-fit")["count"], 1)

    def test_a_time_that_is_taken_again_or_closed_is_not_free(self):
        patient = self.near.patient
        with self.inside(self.desk):
            WaitlistEntry.objects.create(clinic=self.riverside, patient=patient, date_from=MONDAY, date_to=TUESDAY)
        self.on(TUESDAY, "14:00", status="cancelled")
        self.on(TUESDAY, "14:00", "Peter Novak", status="confirmed", intake_status="completed")
        away = self.on(TUESDAY, "15:00", status="cancelled")
        with self.inside(self.desk):
            TimeOff.objects.create(
                clinic=self.riverside, doctor=self.dr_okafor, starts_at=away.starts_at, ends_at=away.ends_at
            )
        self.assertEqual(self.get(f"{ADMIN}/needs-attention?kind=waitlist-fit")["count"], 0)

    def test_many_cost_what_few_cost(self):
        headers = self.bearer_for(self.desk)
        for hour in (None, 11, 12, 13, 14):
            if hour:
                self.visit_at(f"{hour}:00", f"Somebody {hour}")
            with self.assertNumQueries(12):
                self.client.get(f"{ADMIN}/needs-attention", headers=headers)


class CancellationsTests(DashboardCase):
    def test_reasons_and_names_without_what_was_taken_back(self):
        visit, back = self.visit_at("15:00", "Hannah Lindqvist"), self.visit_at("16:00")
        own = {"clinic": self.riverside, "cancelled_by_name": "Dana Kessler", "notice_minutes": 300}
        with self.inside(self.desk):
            kept = Cancellation.objects.create(
                **own, appointment=visit, patient=visit.patient,
                cancellation_type="patient-cancelled", reason_note="Moves away.",
            )  # fmt: skip
            Cancellation.objects.create(
                **own, appointment=back, patient=back.patient, cancellation_type="other", reverted_at=clock.now()
            )
        body = self.get(f"{ADMIN}/cancellations")
        self.assertEqual(body["count"], 1)
        row = body["results"][0]
        self.assertEqual((row["id"], row["reason_note"]), (str(kept.pk), "Moves away."))
        self.assertEqual((row["patient_name"], row["doctor_name"]), ("Hannah Lindqvist", "Dr. Amara Okafor"))


class DoctorTests(DashboardCase):
    @classmethod
    def hire(cls):
        cls.done = cls.visit_at("09:00", "Hannah Lindqvist", status="completed", completed_at=TEN - 25 * MINUTE)
        cls.here = cls.visit_at(
            "09:30", "Aisha Rahman", status="confirmed", intake_status="completed",
            arrived=True, arrived_at=TEN - 29 * MINUTE,
        )  # fmt: skip
        cls.coming = cls.visit_at("10:15", "Diego Flores", status="confirmed")
        cls.gone = cls.visit_at("08:30", "Noah Goldberg", status="no-show")
        cls.colleagues = cls.visit_at("09:45", "Peter Novak", doctor=cls.dr_herrera)

    def test_figures_are_the_doctors_own(self):
        body = self.get(f"{DOCTOR}/summary", actor=self.doctor)
        self.assertEqual((body["total"], body["completed"], body["arrived"], body["intake_missing"]), (4, 1, 1, 1))
        self.assertEqual(body["next_appointment_id"], str(self.here.pk))
        self.assertEqual(self.get(f"{DOCTOR}/summary", actor=self.other_doctor)["total"], 1)

    def test_today_says_when_each_visit_can_begin(self):
        body = self.get(f"{DOCTOR}/today", actor=self.doctor)
        rows = {row["appointment"]["patient_name"]: row for row in body["results"]}
        self.assertEqual(list(rows), ["Noah Goldberg", "Hannah Lindqvist", "Aisha Rahman", "Diego Flores"])
        # Aisha's visit began at 9:35, when Hannah's was done; it ends at 10:05, so nobody waits at 10:15.
        self.assertEqual(rows["Diego Flores"]["expected_at"], "2027-03-01T10:15:00-05:00")
        self.assertEqual(body["running_late_minutes"], 0)

    def test_alerts_of_arrived_patients_missing_forms_and_no_shows(self):
        self.summary_of(self.here, status="generated", allergies=[{"substance": "penicillin", "reaction": "rash"}])
        rows = self.get(f"{DOCTOR}/alerts", actor=self.doctor)["results"]
        self.assertEqual(
            [(row["kind"], row["patient_name"]) for row in rows],
            [
                ("arrived", "Aisha Rahman"),
                ("allergy", "Aisha Rahman"),
                ("summary-unreviewed", "Aisha Rahman"),
                ("intake-missing", "Diego Flores"),
                ("no-show", "Noah Goldberg"),
            ],
        )
        self.assertEqual((rows[0]["minutes"], rows[1]["details"]), (29, ["penicillin"]))
        self.assertEqual(self.get(f"{DOCTOR}/alerts?kind=no-show", actor=self.doctor)["count"], 1)
        self.assertEqual(self.get(f"{DOCTOR}/alerts?ordering=kind", actor=self.doctor, status=400)["code"], "invalid")

    def test_more_visits_cost_no_more(self):
        headers = self.bearer_for(self.doctor)
        for hour in (None, 11, 13, 14, 15):
            if hour:
                self.visit_at(f"{hour}:00", f"Somebody {hour}")
            with self.assertNumQueries(8):
                self.client.get(f"{DOCTOR}/alerts", headers=headers)
