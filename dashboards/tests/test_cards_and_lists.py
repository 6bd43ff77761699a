"""Each card of the front desk's day leads to a list that counts what the card counts."""

import datetime as dt
import random

from clinicflow.testing.html import text_of
from clinicflow.testing.monday import MONDAY, TEN, MondayCase
from dashboards.board.selectors.day import LISTS
from intake.models import IntakeForm, Questionnaire
from scheduling.models import Appointment, Cancellation, FollowUp

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


class CardsTests(MondayCase):
    def scatter(self, seed):
        dice = random.Random(seed)
        for index in range(45):
            status = dice.choice(Appointment.Status.values)
            arrived = status in {"unconfirmed", "confirmed", "completed"} and dice.random() < 0.4
            self.make_appointment(
                dice.choice([self.dr_okafor, self.dr_herrera]),
                self.make_patient(self.riverside),
                self.at(self.riverside, MONDAY + dice.choice([-1, 0, 0, 0, 1]) * DAY, "00:30") + 30 * index * MINUTE,
                25,
                status=status,
                arrived=arrived,
                arrived_at=TEN if arrived else None,
                intake_status=dice.choice(Appointment.IntakeStatus.values),
                rescheduled=status == "cancelled" and dice.random() < 0.4,
                deleted_at=TEN if dice.random() < 0.1 else None,
                overlap_allowed=True,
                overlap_reason="random",
            )

    def counts_of(self, board):
        return {
            "visits": len(board.kept),
            "arrived": len(board.arrived),
            "confirmed": board.confirmed,
            "unconfirmed": board.unconfirmed_count,
            "missing": len(board.missing),
            "lost": board.lost,
        }

    def test_each_card_counts_what_its_list_counts(self):
        client = self.client_for(self.desk)
        for seed in range(4):
            self.scatter(seed)
            for day in (MONDAY - DAY, MONDAY, MONDAY + DAY):
                page = client.get(f"/schedule?date={day}")
                board = page.context["board"]
                counts = self.counts_of(board)
                self.assertEqual(set(counts), set(LISTS))
                for name, address in board.lists.items():
                    with self.subTest(seed=seed, day=day, card=name):
                        self.assertContains(page, f'href="{address.replace("&", "&amp;")}"')
                        self.assertEqual(client.get(address).context["page"].paginator.count, counts[name])

    def test_without_required_intake_there_is_no_card_of_it(self):
        self.change_settings(self.riverside, intake_required=False)
        page = self.client_for(self.desk).get(f"/schedule?date={MONDAY}")
        self.assertNotContains(page, 'data-list="missing"')
        self.assertContains(page, 'data-list="lost"')


class BacklogTests(MondayCase):
    def beyond(self):
        return self.client_for(self.desk).get("/schedule").context["board"].beyond

    def lines(self, pile):
        return [line.row.patient_name for line in pile.lines]

    def test_cancellations_of_the_last_day_with_their_reasons(self):
        for name, fields, hours in (
            ("Hannah Lindqvist", {"cancellation_type": "clinic-cancelled", "reason_note": "ill", "late": True}, 1),
            ("Diego Flores", {"cancellation_type": "other"}, 25),
            ("Aisha Rahman", {"cancellation_type": "no-show"}, 1),
            ("Noah Goldberg", {"cancellation_type": "other", "reverted_at": TEN}, 1),
        ):
            visit = self.visit_at("15:00", name, status="cancelled")
            with self.inside(self.desk):
                row = Cancellation.objects.create(
                    clinic=self.riverside, appointment=visit, patient=visit.patient, cancelled_by_name="Dana",
                    notice_minutes=300, **fields,
                )  # fmt: skip
                Cancellation.objects.filter(pk=row.pk).update(created_at=TEN - dt.timedelta(hours=hours))
        beyond = self.beyond()
        self.assertEqual(self.lines(beyond.cancellations), ["Hannah Lindqvist"])
        page = self.client_for(self.desk).get("/schedule")
        self.assertIn("Clinic cancelled · late · ill", text_of(page))

    def test_overdue_follow_ups_are_counted_beyond_the_first_few(self):
        patient = self.make_patient(self.riverside, "Hannah Lindqvist")
        with self.inside(self.desk):
            for days in (-8, -7, -6, -5, -4, -3, 0, 1):
                FollowUp.objects.create(
                    clinic=self.riverside, patient=patient, doctor=self.dr_okafor, scheduled_date=MONDAY + days * DAY
                )
            FollowUp.objects.create(
                clinic=self.riverside, patient=patient, doctor=self.dr_okafor,
                scheduled_date=MONDAY - DAY, status="cancelled",
            )  # fmt: skip
            overdue = FollowUp.objects.visible_to(self.desk).overdue(MONDAY).count()
        pile = self.beyond().follow_ups
        self.assertEqual((pile.total, len(pile.lines), pile.more), (overdue, 5, 1))

    def test_failed_summaries_of_visits_to_come(self):
        for time, name, status in (("15:00", "Hannah Lindqvist", "failed"), ("16:00", "Diego Flores", "generated")):
            visit = self.visit_at(time, name, status="confirmed")
            own = {"clinic": self.riverside, "appointment": visit, "patient": visit.patient}
            with self.inside(self.desk):
                questionnaire = Questionnaire.objects.create(
                    clinic=self.riverside, family=visit.pk, name="Adult", sections=[]
                )
                form = IntakeForm.objects.create(**own, questionnaire=questionnaire)
                form.summaries.create(**own, form_revision=1, status=status)
        self.assertEqual(self.lines(self.beyond().failed_summaries), ["Hannah Lindqvist"])

    def test_what_is_missing_on_the_next_working_day_counts_as_its_lists_do(self):
        client = self.client_for(self.desk)
        tuesday = MONDAY + DAY
        for time, fields in (
            ("09:00", {"status": "unconfirmed"}),
            ("10:00", {"status": "confirmed"}),
            ("11:00", {"status": "confirmed", "intake_status": "sent"}),
            ("12:00", {"status": "cancelled"}),
        ):
            start = self.at(self.riverside, tuesday, time)
            self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), start, **fields)
        beyond = self.beyond()
        self.assertEqual((beyond.ahead, beyond.unconfirmed, beyond.missing_intake), (tuesday, 1, 2))
        for address, count in ((beyond.unconfirmed_url, 1), (beyond.missing_url, 2)):
            self.assertEqual(client.get(address).context["page"].paginator.count, count)


class CancellationsPageTests(MondayCase):
    @classmethod
    def hire(cls):
        for name, fields in (
            ("Hannah Lindqvist", {"cancellation_type": "clinic-cancelled", "reason_note": "ill", "late": True}),
            ("Diego Flores", {"cancellation_type": "patient-cancelled"}),
            ("Noah Goldberg", {"cancellation_type": "other", "reverted_at": TEN}),
        ):
            cls.cancelled(name, **fields)

    @classmethod
    def cancelled(cls, name, **fields):
        visit = cls.visit_at("15:00", name, status="cancelled")
        with cls.inside(cls.desk):
            Cancellation.objects.create(
                clinic=cls.riverside, appointment=visit, patient=visit.patient, cancelled_by_name="Dana Kessler",
                notice_minutes=300, **fields,
            )  # fmt: skip

    def names(self, query=""):
        page = self.client_for(self.desk).get(f"/schedule/cancellations{query}")
        return sorted(row.patient.full_name for _day, rows in page.context["days"] for row in rows)

    def test_it_shows_reasons_without_what_was_taken_back(self):
        self.assertEqual(self.names(), ["Diego Flores", "Hannah Lindqvist"])
        page = self.client_for(self.desk).get("/schedule/cancellations")
        for words in ("Clinic cancelled · ill", "by Dana Kessler", "Late"):
            self.assertIn(words, text_of(page))

    def test_it_is_narrowed_by_reason_and_lateness_and_nonsense_narrows_nothing(self):
        self.assertEqual(self.names("?type=patient-cancelled"), ["Diego Flores"])
        self.assertEqual(self.names("?late=1"), ["Hannah Lindqvist"])
        self.assertEqual(self.names("?type=patient-cancelled&late=1"), [])
        self.assertEqual(len(self.names("?type=nonsense&page=x")), 2)

    def test_more_cost_no_more(self):
        client = self.client_for(self.desk)
        for number in (0, 10):
            for index in range(number):
                self.cancelled(f"Somebody Number{index}", cancellation_type="other")
            with self.assertNumQueries(9):
                client.get("/schedule/cancellations")
