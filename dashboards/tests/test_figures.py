"""The stored figures: counted by day, marked when a row changes, and never different from a count of the rows."""

import datetime as dt
import random
import uuid
from io import StringIO

import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aiassist.models import IntakeSummary, Interaction
from clinicflow.access.actor import Actor, system_actor
from clinicflow.access.roles import Role
from clinicflow.core import clock
from clinicflow.core.errors import DomainError
from clinicflow.jobs.queue import enqueue
from clinicflow.testing.jobs import run_due_jobs
from clinicflow.testing.monday import MONDAY, TEN, MondayCase
from dashboards.figures import operations
from dashboards.figures.rules.periods import Comparison, Period, Step
from dashboards.figures.selectors.counting import COUNTED
from dashboards.figures.selectors.report import EACH_HOUR, read_report
from dashboards.models import DayFigures, FigureState, HourFigures, StaleDay
from dashboards.tests.recount import open_minutes, recount
from intake.models import IntakeForm, IntakeRevision, Questionnaire
from patients.operations import patients
from scheduling.models import Appointment, Message
from scheduling.operations import appointments, time_off

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


class FigureCase(MondayCase):
    @classmethod
    def hire(cls):
        cls.clinic_itself = system_actor(cls.riverside.pk, cls.riverside.timezone)

    def roll_up(self, at=TEN):
        with self.inside(self.clinic_itself) as actor:
            return operations.roll_up(actor, at=at)

    def stale(self):
        with self.inside(self.clinic_itself) as actor:
            return set(StaleDay.objects.visible_to(actor).values_list("day", flat=True))

    def stored(self):
        with self.inside(self.clinic_itself) as actor:
            rows = DayFigures.objects.visible_to(actor).values("day", "doctor_id", *COUNTED, "open_minutes")
            return {
                (row.pop("day"), row.pop("doctor_id")): {name: count for name, count in row.items() if count}
                for row in rows
            }

    def report(self, **fields):
        with self.inside(self.owner) as actor:
            return read_report(actor, Period.preset("4w", clock.today(actor.timezone), **fields), hours=True)


class MarkTests(FigureCase):
    def setUp(self):
        super().setUp()
        self.visit = self.visit_at("09:00")
        with self.inside(self.desk):
            paper = Questionnaire.objects.create(clinic=self.riverside, family=uuid.uuid4(), name="Adult", sections=[])
            self.of_visit = {"clinic": self.riverside, "appointment": self.visit, "patient": self.visit.patient}
            self.form = IntakeForm.objects.create(**self.of_visit, questionnaire=paper)
        self.roll_up()

    def test_a_visit_that_moves_marks_both_days(self):
        with self.inside(self.desk):
            Appointment.objects.filter(pk=self.visit.pk).update(starts_at=TEN - 3 * DAY, ends_at=TEN - 3 * DAY + HOUR)
        self.assertEqual(self.stale(), {MONDAY, MONDAY - 3 * DAY})

    def test_the_day_is_the_clinics_own(self):
        with self.inside(self.desk):  # eleven at night in New York is another day in UTC
            late = TEN.replace(hour=3) + DAY
            Appointment.objects.filter(pk=self.visit.pk).update(starts_at=late, ends_at=late + HOUR)
        self.assertEqual(self.stale(), {MONDAY})

    def test_what_hangs_on_a_visit_marks_its_day(self):
        doctor = {"doctor": self.dr_okafor}
        for make in (
            lambda: appointments.cancel(self.desk, self.visit.pk, cancellation_type="other", reason_note="x", at=TEN),
            lambda: IntakeForm.objects.filter(pk=self.form.pk).update(opened_at=TEN),
            lambda: Interaction.objects.create(**self.of_visit, **doctor, channel="sms", direction="outbound"),
            lambda: IntakeSummary.objects.create(**self.of_visit, intake_form=self.form, form_revision=1),
            lambda: Message.objects.create(
                **self.of_visit, kind="intake-link", channel="sms", direction="outbound", address="+12125550100"
            ),
        ):
            self.roll_up()
            with self.inside(self.desk):
                make()
            self.assertEqual(self.stale(), {MONDAY})

    def test_a_message_about_no_visit_marks_nothing(self):
        with self.inside(self.desk):
            Message.objects.create(
                clinic=self.riverside, patient=self.visit.patient, kind="reply", channel="sms", direction="inbound"
            )
        self.assertEqual(self.stale(), set())

    def test_closed_time_marks_each_of_its_days_and_its_opening(self):
        with self.inside(self.desk):
            time_off.create_closures(self.desk, first=MONDAY, last=MONDAY + 2 * DAY, reason="Holiday")
            marks = StaleDay.objects.filter(opening=True).values_list("day", flat=True)
            self.assertEqual(set(marks), {MONDAY, MONDAY + DAY, MONDAY + 2 * DAY})

    def test_a_statement_leaves_one_mark_a_day_and_a_refused_one_none(self):
        with self.inside(self.desk):
            Appointment.objects.update(reason="x")
            self.assertEqual(StaleDay.objects.count(), 1)
        self.roll_up()
        with self.assertRaises(ZeroDivisionError), self.inside(self.desk):
            Appointment.objects.update(reason="y")
            raise ZeroDivisionError
        self.assertEqual(self.stale(), set())

    def test_another_clinics_day_is_marked_there(self):
        self.make_appointment(self.dr_lake, self.make_patient(self.lakeside), TEN)
        self.assertEqual(self.stale(), set())


class RollUpTests(FigureCase):
    def test_the_days_since_the_first_visit_are_counted_once(self):
        self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), TEN - 7 * DAY, status="completed")
        self.visit_at("09:00")
        self.assertEqual(self.roll_up(), 7)
        self.assertEqual(self.roll_up(), 0)
        self.assertEqual({day for day, _ in self.stored()}, {MONDAY - n * DAY for n in (7, 6, 5, 4, 3)})

    def test_a_clinic_without_visits_stores_nothing(self):
        self.assertEqual(self.roll_up(), 0)
        self.assertEqual(self.stored(), {})

    def test_a_visit_before_the_first_opens_the_days_between(self):
        self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), TEN - 2 * DAY, status="completed")
        self.roll_up()
        self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), TEN - 4 * DAY, status="completed")
        self.assertEqual(self.roll_up(), 2)
        self.assertEqual(self.report().now["visits"], 2)

    def test_hours_that_change_leave_the_past_as_it_was(self):
        visit = self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), TEN - 3 * DAY)
        self.roll_up()
        before = self.report().now["open_minutes"]
        with self.inside(self.desk):
            type(self.dr_okafor).objects.filter(pk=self.dr_okafor.pk).update(
                working_hours={"mon": [["09:00", "10:00"]]}
            )
            Appointment.objects.filter(pk=visit.pk).update(status="no-show")
        self.roll_up()
        report = self.report()
        self.assertEqual(report.now["open_minutes"], before - 435 + 60)  # today alone
        self.assertEqual(report.now["no_shows"], 1)
        with self.inside(self.clinic_itself) as actor:
            operations.rebuild(actor, at=TEN)
        self.assertLess(self.report().now["open_minutes"], before - 435 + 60)

    def test_days_of_another_zone_are_counted_anew(self):
        late = TEN.replace(hour=3)  # Sunday evening in New York, Monday in Paris
        self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), late - 3 * DAY, status="completed")
        self.roll_up()
        type(self.riverside).objects.filter(pk=self.riverside.pk).update(timezone="Europe/Paris")
        moved = system_actor(self.riverside.pk, "Europe/Paris")
        with self.inside(moved):
            period = Period.preset("4w", MONDAY, step=Step.DAY)
            before = read_report(moved, period).steps[-4][1]["visits"]
            operations.roll_up(moved, at=TEN)
            after = read_report(moved, period).steps[-4][1]["visits"]
        self.assertEqual((before, after), (1, 1))

    def test_the_job_counts_every_clinic(self):
        self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), TEN - DAY, status="completed")
        self.make_appointment(self.dr_lake, self.make_patient(self.lakeside), TEN - DAY, status="completed")
        for clinic in (self.riverside, self.lakeside):
            with self.inside(system_actor(clinic.pk)):
                enqueue("dashboards.roll_up", clinic_id=clinic.pk, key="slot:1")
            self.assertIn("dashboards.roll_up", run_due_jobs(clinic.pk, kinds=["dashboards.roll_up"]))
            with self.inside(system_actor(clinic.pk, clinic.timezone)):
                self.assertEqual(FigureState.objects.get().through, MONDAY - DAY)

    def test_the_command_counts_all_or_one_again(self):
        self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), TEN - DAY, status="completed")
        out = StringIO()
        call_command("rebuild_figures", stdout=out)
        self.assertIn("Riverside Clinic: 1 days", out.getvalue())
        call_command("rebuild_figures", "--clinic", str(self.lakeside.pk), stdout=out)
        for wrong in ("x", str(uuid.uuid4())):
            with self.assertRaises(CommandError):
                call_command("rebuild_figures", "--clinic", wrong)

    def test_figures_that_cannot_be_are_refused_by_the_database(self):
        self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), TEN - DAY, status="completed")
        self.roll_up()
        for model, wrong in (
            (DayFigures, {"completed": 2}),
            (DayFigures, {"open_minutes": 1441}),
            (HourFigures, {"hour": 24}),
        ):
            with self.subTest(wrong=wrong), self.assertRaises(IntegrityError) as refused:
                with self.inside(self.clinic_itself):
                    model.objects.update(**wrong)
            self.assertIn("_figures_", str(refused.exception))


class History:
    """Two weeks of a clinic, at random: whatever its operations allow, in any order, at a moving clock."""

    def __init__(self, case, seed, clock_hand):
        self.case, self.chance, self.hand = case, random.Random(seed), clock_hand
        self.desk = case.desk
        self.doctors = [case.dr_okafor, case.dr_herrera]
        self.people = [case.make_patient(case.riverside) for _ in range(6)]
        with case.inside(self.desk):
            self.paper = Questionnaire.objects.create(
                clinic=case.riverside, family=uuid.uuid4(), name="Adult", sections=[]
            )

    def step(self):
        """One random operation; those that the rules reject change nothing."""
        deed = self.chance.choice(
            [self.book] * 4
            + [self.act] * 6
            + [self.cancel, self.move, self.form, self.talk, self.text, self.close, self.away, self.merge]
            + [self.time_passes] * 2
        )
        try:
            with transaction.atomic(), self.case.inside(self.desk):
                deed()
        except DomainError:
            pass

    def moment(self, low=-3, high=3):
        return (
            clock.now().replace(minute=self.chance.choice([0, 30]), second=0)
            + self.chance.randint(low * 24, high * 24) * HOUR
        )

    def visit(self):
        rows = list(Appointment.objects.filter(deleted_at=None).order_by("id"))
        return self.chance.choice(rows) if rows else self.book()

    def book(self):
        request = appointments.BookingRequest(
            patient_id=self.chance.choice(self.people).pk,
            doctor_id=self.chance.choice(self.doctors).pk,
            starts_at=self.moment(),
            duration=self.chance.choice([15, 30, 90]),
            visit_category=self.chance.choice(["new-patient", "follow-up"]),
            override_reason="x",
        )
        return appointments.book(self.desk, request, at=clock.now()).appointment

    def act(self):
        name = self.chance.choice(
            ["confirm", "unconfirm", "arrive", "undo_arrive", "complete", "mark_no_show", "reinstate", "delete"]
        )
        more = {"override_reason": "x"} if name in {"complete", "reinstate"} else {}
        visit = self.visit()
        actor = self.desk
        if name == "confirm" and self.chance.random() < 0.5:
            actor = Actor(
                clinic_id=visit.clinic_id, role=Role.PATIENT, timezone=actor.timezone, patient_id=visit.patient_id
            )
        getattr(appointments, name)(actor, visit.pk, **more, at=clock.now())

    def cancel(self):
        kind = self.chance.choice(["patient-cancelled", "clinic-cancelled", "rescheduled-externally", "other"])
        appointments.cancel(self.desk, self.visit().pk, cancellation_type=kind, reason_note="x", at=clock.now())

    def move(self):
        visit = self.visit()
        if self.chance.random() < 0.3:
            appointments.undo_move(self.desk, visit.pk, at=clock.now())
        appointments.reschedule(self.desk, visit.pk, starts_at=self.moment(), override_reason="x", at=clock.now())

    def form(self):
        visit = self.visit()
        now = clock.now()
        form, _ = IntakeForm.objects.get_or_create(
            clinic_id=visit.clinic_id,
            appointment=visit,
            defaults={"patient": visit.patient, "questionnaire": self.paper},
        )
        form.status, form.submitted_at, form.revision = "submitted", now, form.revision + 1
        form.completed_reason = self.chance.choice(["", "", "Filled in by phone"])
        form.save()
        own = {"clinic_id": visit.clinic_id, "patient": visit.patient}
        IntakeRevision.objects.create(
            **own, form=form, number=form.revision, raw_answers={}, answers_hash="0" * 64, submitted_at=now
        )
        IntakeSummary.objects.filter(intake_form=form).update(is_newest=False)
        for version in range(self.chance.randint(0, 2)):
            number = IntakeSummary.objects.filter(intake_form=form).count() + 1
            IntakeSummary.objects.create(
                **own,
                appointment=visit,
                intake_form=form,
                form_revision=form.revision,
                version=number,
                is_newest=False,
                engine=self.chance.choice(["rules", "doctor"]),
                generated_at=now + dt.timedelta(seconds=self.chance.choice([2, 60, 61, 300]) * (version + 1)),
            )

    def talk(self):
        visit = self.visit()
        status = self.chance.choice(["completed", "escalated", "no-answer"])
        state = {"status": status, "attention_reason": self.chance.choice(["", "", "requested-human"])}
        Interaction.objects.update_or_create(
            clinic_id=visit.clinic_id,
            appointment=visit,
            channel=self.chance.choice(["sms", "voice"]),
            defaults=state | {"patient": visit.patient, "doctor": visit.doctor, "direction": "outbound"},
        )

    def text(self):
        visit = self.visit()
        Message.objects.create(
            clinic_id=visit.clinic_id,
            appointment=visit,
            patient=visit.patient,
            kind=self.chance.choice(["intake-link", "intake-reminder", "change"]),
            channel="sms",
            direction="outbound",
            address="+12125550100",
            status=self.chance.choice(["sent", "sent", "failed"]),
            sent_at=clock.now(),
        )

    def close(self):
        start = self.moment()
        time_off.create_closure(
            self.desk, starts_at=start, ends_at=start + self.chance.randint(1, 40) * HOUR, reason="x"
        )

    def away(self):
        start, doctor = self.moment(), self.chance.choice(self.doctors)
        time_off.create(
            self.desk, doctor_id=doctor.pk, starts_at=start, ends_at=start + self.chance.randint(1, 9) * HOUR
        )

    def merge(self):
        if len(self.people) > 2:
            source, target = self.chance.sample(self.people, 2)
            patients.merge(self.desk, source.pk, into=target.pk)
            self.people.remove(source)

    def time_passes(self):
        self.hand.move_to(clock.now() + self.chance.randint(1, 30) * HOUR)


class RandomHistoryTests(FigureCase):
    """On whatever happens, figures equal a recount of the rows: read before, between and after counting the days."""

    def test_figures_equal_a_recount_after_any_history(self):
        # A seed says nothing when it is made smaller, so that nothing is shrunk.
        @settings(max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(seed=st.integers(0, 2**32))
        def holds(seed):
            self.live_through(seed)

        holds()

    def live_through(self, seed):
        with time_machine.travel(TEN, tick=False) as hand, transaction.atomic():
            history = History(self, seed, hand)
            for number in range(1, 61):
                history.step()
                if history.chance.random() < 0.15:
                    self.roll_up(clock.now())
                if number % 20 == 0:
                    self.assert_equal_to_recount(history)
            self.roll_up(clock.now())
            self.assert_equal_to_recount(history)
            kept = self.stored()
            with self.inside(self.clinic_itself) as actor:
                operations.rebuild(actor, at=clock.now())
            again = {place: row for place, row in self.stored().items() if row}
            since = min((day for day, _ in again), default=None)  # what was the first visit may be gone
            self.assertEqual({place: row for place, row in kept.items() if row and since and place[0] >= since}, again)
            transaction.set_rollback(True)

    def assert_equal_to_recount(self, history):
        compare = history.chance.choice(list(Comparison))
        report = self.report(step=Step.DAY, compare=compare)
        with self.inside(self.clinic_itself) as actor:
            by_doctor, by_hour = recount(actor, clock.now())
            known = [day for day in report.period.days if by_doctor and day >= min(day for day, _ in by_doctor)]
            opened = open_minutes(actor, known, history.doctors)
        for span, tally, _then in report.steps:
            wanted = dict.fromkeys(COUNTED, 0)
            for (day, _doctor), row in by_doctor.items():
                if day == span.start:
                    wanted = {name: wanted[name] + row.get(name, 0) for name in COUNTED}
            wanted["open_minutes"] = sum(count for (day, _), count in opened.items() if day == span.start)
            self.assertEqual(tally.sums, wanted, span)
        for doctor, tally in report.doctors:
            mine = [row for (day, pk), row in by_doctor.items() if pk == doctor.pk and day in report.period]
            self.assertEqual(tally["visits"], sum(row.get("visits", 0) for row in mine))
            self.assertEqual(tally["booked_minutes"], sum(row.get("booked_minutes", 0) for row in mine))
        for name in EACH_HOUR[:3]:
            counted = {place: row[name] for place, row in report.hours.items() if row[name]}
            wanted = {}
            for (day, hour), row in by_hour.items():
                if day in report.period and row.get(name):
                    place = day.weekday(), hour
                    wanted[place] = wanted.get(place, 0) + row[name]
            self.assertEqual(counted, wanted, name)
        self.assertEqual(sum(row["open_minutes"] for row in report.hours.values()), sum(opened.values()))
