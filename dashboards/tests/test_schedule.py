import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiassist.models import DangerAlert, Interaction
from clinicflow.audit.models import AuditLog
from clinicflow.core import clock
from clinicflow.testing.monday import MONDAY, TEN, MondayCase
from dashboards.board.selectors.cards import COLUMNS
from dashboards.board.selectors.day_rows import absences_between, conversations_since, visits_between
from patients.folding import search_fields
from scheduling.models import Appointment, Closure, Message, TimeOff

BUDGET = 13
PAGE = f"/schedule?date={MONDAY}"


class ScheduleCase(MondayCase):
    @classmethod
    def hire(cls):
        cls.early = cls.visit_at("09:00", "Hannah Lindqvist", status="completed", arrived=True, arrived_at=TEN)
        cls.late = cls.visit_at("09:45", "Diego Flores", status="confirmed")
        cls.here = cls.visit_at(
            "10:15", "Aisha Rahman", status="confirmed", arrived=True, arrived_at=TEN - dt.timedelta(minutes=29)
        )
        cls.coming = cls.visit_at("11:00", "Noah Goldberg", doctor=cls.dr_herrera, reason="itchy rash on the arms")
        cls.lost = cls.visit_at("15:00", "Grace Kim", status="cancelled")

    def page(self, address=PAGE, actor=None, **headers):
        return self.client_for(actor or self.desk).get(address, **headers)


class DayTests(ScheduleCase):
    def test_the_day_shows_patients_times_and_doctors(self):
        page = self.page()
        for words in ("Hannah Lindqvist", "9:45", "Dr. Okafor", "Dr. Herrera", "Cardiology"):
            self.assertContains(page, words)

    def test_its_figures_count_the_day(self):
        board = self.page().context["board"]
        self.assertEqual((len(board.kept), board.done, board.to_go), (4, 1, 3))
        self.assertEqual((board.confirmed_share, board.unconfirmed_count, board.lost), (75, 1, 1))
        self.assertEqual([card.name for card in board.missing], ["Diego Flores", "Aisha Rahman", "Noah Goldberg"])

    def test_a_form_that_was_sent_and_is_not_back_is_not_called_received(self):
        for visit in (self.late, self.here, self.coming):
            visit.intake_status = "completed"
            self.save(visit)
        self.assertContains(self.page(), "all forms received")
        self.coming.intake_status = "sent"
        self.save(self.coming)
        self.assertContains(self.page(), "all sent, 1 not back")

    def save(self, visit):
        with self.inside(self.desk):
            visit.save(update_fields=["intake_status"])

    def test_waiting_and_late_are_counted_in_minutes(self):
        board = self.page().context["board"]
        self.assertEqual([(card.name, card.wait) for card in board.arrived], [("Aisha Rahman", 29)])
        self.assertEqual([(card.name, card.late) for card in board.late], [("Diego Flores", 15)])
        self.assertContains(self.page(), "15 min late")

    def test_a_cancelled_visit_whose_slot_was_rebooked_leaves_the_grid(self):
        self.visit_at("15:00", "Peter Novak")
        column = next(c for c in self.page().context["board"].columns if c.doctor.pk == self.dr_okafor.pk)
        self.assertEqual([c.name for c in column.cards if c.start == 15 * 60], ["Peter Novak"])

    def test_closures_and_absences_are_hatched(self):
        start = self.at(self.riverside, MONDAY, "14:00")
        with self.inside(self.desk):
            Closure.objects.create(
                clinic=self.riverside, starts_at=start, ends_at=start + dt.timedelta(hours=1), reason="fire drill"
            )
            TimeOff.objects.create(
                clinic=self.riverside,
                doctor=self.dr_herrera,
                starts_at=start + dt.timedelta(hours=1),
                ends_at=start + dt.timedelta(hours=9),
                reason="conference",
            )
        page = self.page()
        self.assertContains(page, "Closed · fire drill", count=2)
        self.assertContains(page, "Out · conference", count=1)

    def test_the_side_panel_shows_waiting_conversations_with_the_last_message(self):
        talk = self.visit_at("16:00", "Peter Novak", needs_attention=True, attention_reason="requested-human")
        with self.inside(self.desk):
            Message.objects.create(
                clinic=self.riverside,
                patient=talk.patient,
                appointment=talk,
                kind="reply",
                channel="sms",
                direction="inbound",
                address="+12125550100",
                body="can somebody call me?",
                status="received",
            )
        self.assertContains(self.page(), "can somebody call me?")

    def test_a_call_waits_since_the_call_and_for_its_own_reason(self):
        talk = self.visit_at("16:00", "Peter Novak", needs_attention=True, attention_reason="paused-interaction")
        self.conversation_of(talk, "voice", "paused-interaction", TEN - dt.timedelta(hours=1))
        (row,) = self.page().context["board"].talks
        self.assertEqual((row.said, row.reason_label, row.seconds_ago), ("", "Hung up or silent", 3600))

    def test_a_visit_with_an_open_alert_of_danger_is_listed_once(self):
        talk = self.visit_at("16:00", "Peter Novak", needs_attention=True, attention_reason="danger")
        conversation = self.conversation_of(talk, "sms", "complex-question", TEN)
        with self.inside(self.desk):
            alert = DangerAlert.objects.create(
                clinic=self.riverside,
                patient=talk.patient,
                appointment=talk,
                interaction=conversation,
                kind="chest_pain",
                quote="my chest hurts",
                found_at=TEN,
            )
        board = self.page().context["board"]
        self.assertEqual((len(board.dangers), board.talks), (1, []))
        with self.inside(self.desk):
            DangerAlert.objects.filter(pk=alert.pk).update(
                resolved_at=TEN, resolved_by_id=self.desk.user_id, resolution_note="Called; she is at the hospital."
            )
        self.assertEqual([row.reason_label for row in self.page().context["board"].talks], ["Question"])

    def conversation_of(self, visit, channel, reason, at):
        with self.inside(self.desk):
            return Interaction.objects.create(
                clinic=self.riverside,
                patient=visit.patient,
                doctor=visit.doctor,
                appointment=visit,
                channel=channel,
                direction="outbound",
                status="escalated",
                needs_attention=True,
                attention_reason=reason,
                last_message_at=at,
            )

    def test_nonsense_in_the_address_means_today(self):
        self.assertEqual(self.page("/schedule?date=2026-13-77").context["board"].day, MONDAY)

    def test_a_closed_day_links_to_the_next_open_day(self):
        page = self.page(f"/schedule?date={MONDAY + dt.timedelta(days=5)}")
        self.assertContains(page, "No doctors are working on Saturday")
        self.assertContains(page, f"?date={MONDAY + dt.timedelta(days=7)}")
        self.assertNotContains(self.page(), "No doctors are working on")

    def test_hours_grow_to_show_a_visit_outside_them(self):
        self.visit_at("07:30", "Peter Novak", overlap_allowed=True, overlap_reason="as agreed")
        self.assertEqual(self.page().context["board"].opens, 7 * 60)


class AccessTests(ScheduleCase):
    def test_only_the_front_desk(self):
        for actor in (self.doctor, self.owner):
            self.assertEqual(self.page(actor=actor).status_code, 403)
        self.assertEqual(self.client.get(PAGE).status_code, 302)

    def test_never_another_clinics_day(self):
        self.assertNotContains(self.page(actor=self.foreign_desk), "Hannah Lindqvist")

    def test_nothing_clinical(self):
        self.assertNotContains(self.page(), "itchy rash")
        self.assertNotContains(self.page(f"/visits/{self.coming.pk}"), "itchy rash")

    def test_the_access_is_audited_once_with_every_patient_shown(self):
        self.page()
        with self.inside(self.desk):
            looks = AuditLog.objects.filter(action="read", resource_type="appointments")
            self.assertEqual(looks.count(), 1)
            self.assertIn(self.late.patient_id, looks.get().patient_ids)


class QueryTests(MondayCase):
    def queries(self, address):
        client = self.client_for(self.desk)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            self.assertEqual(client.get(address).status_code, 200)
        statements = [query["sql"] or "a prepared statement" for query in captured]
        return [statement for statement in statements if "SAVEPOINT" not in statement]

    def test_fifty_visits_cost_what_one_costs_and_at_most_twelve_queries(self):
        self.visit_at("09:00")
        one = self.queries(PAGE)
        names = [f"Patient Number{index}" for index in range(49)]
        doctors = [self.make_doctor(self.riverside, f"Doctor {n}", f"D{n}") for n in range(4)]
        for index, name in enumerate(names):
            hour, quarter = divmod(index // 4, 4)
            self.visit_at(f"{9 + hour:02d}:{quarter * 15:02d}", name, doctor=doctors[index % 4], minutes=15)
        fifty = self.queries(PAGE)
        self.assertEqual(len(fifty), len(one), "\n".join(fifty))
        self.assertLessEqual(len(fifty), BUDGET, "\n".join(fifty))

    def test_what_changed_costs_no_more(self):
        self.visit_at("09:00")
        self.assertLessEqual(len(self.queries(f"/day/changes?date={MONDAY}")), BUDGET)


class ChangesTests(ScheduleCase):
    def test_only_the_requested_columns_are_updated_with_figures_and_side_panel(self):
        answer = self.page(f"/day/changes?date={MONDAY}&doctors={self.dr_herrera.pk}", HTTP_HX_REQUEST="true")
        self.assertContains(answer, f'hx-target="#col-{self.dr_herrera.pk}"')
        self.assertNotContains(answer, f'hx-target="#col-{self.dr_okafor.pk}"')
        for part in ("#heroes", "#rail"):
            self.assertContains(answer, f'hx-target="{part}"')
        self.assertNotContains(answer, "<html")


class MonthTests(ScheduleCase):
    def test_the_fullest_day_has_the_longest_bar(self):
        month = self.page(f"/schedule/month?date={MONDAY}").context["month"]
        days = {day.date: day for week in month.weeks for day in week}
        self.assertEqual((days[MONDAY].visits, days[MONDAY].load), (4, 100))
        self.assertEqual(days[MONDAY + dt.timedelta(days=1)].load, 0)

    def test_whole_weeks_cover_the_month(self):
        month = self.page("/schedule/month?month=2027-05").context["month"]
        self.assertEqual(month.first, dt.date(2027, 5, 1))
        self.assertEqual({len(week) for week in month.weeks}, {7})
        self.assertEqual((month.before, month.after), (dt.date(2027, 4, 1), dt.date(2027, 6, 1)))


class FindTests(ScheduleCase):
    def test_todays_visit_is_shown_beside_the_name(self):
        page = self.page("/find?q=diego")
        self.assertContains(page, "Diego Flores")
        self.assertContains(page, f"/visits/{self.late.pk}")
        self.assertContains(page, "9:45 am")

    def test_who_is_due_comes_first_and_no_match_is_hidden(self):
        for number in range(9):
            self.make_patient(self.riverside, f"Anna{number} Aguilar", **search_fields(f"Anna{number}", "Aguilar", ""))
        self.visit_at("16:30", "Zelda Aguilar")
        coming = self.make_patient(self.riverside, "Yara Aguilar", **search_fields("Yara", "Aguilar", ""))
        self.make_appointment(self.dr_okafor, coming, self.at(self.riverside, MONDAY + dt.timedelta(days=7), "10:00"))
        page = self.page("/find?q=aguilar")
        names = [hit.patient.full_name for hit in page.context["hits"]]
        self.assertEqual((names[:2], len(names)), (["Zelda Aguilar", "Yara Aguilar"], 8))
        self.assertContains(page, 'href="/patients?q=aguilar"')
        self.assertNotContains(self.page("/find?q=diego"), "More patients match")

    def test_a_doctor_finds_their_own_patients_only(self):
        self.assertNotContains(self.page("/find?q=noah", actor=self.doctor), "Noah Goldberg")
        self.assertContains(self.page("/find?q=noah", actor=self.other_doctor), "Noah Goldberg")

    def test_the_owner_cannot_search_patients(self):
        self.assertEqual(self.page("/find?q=noah", actor=self.owner).status_code, 403)


class HotReadTests(ScheduleCase):
    """The hand-written statements show what the querysets would."""

    def test_the_visits_of_a_day_are_those_of_the_queryset(self):
        moved = self.visit_at("16:00", "Ana Costa", status="cancelled", rescheduled=True)
        self.visit_at("17:00", "Peter Novak", deleted_at=TEN)
        start, end = clock.day_bounds(MONDAY, self.desk.timezone)
        with self.inside(self.desk):
            rows = visits_between(self.desk, start, end)
            expected = Appointment.objects.visible_to(self.desk).on(MONDAY, self.desk.timezone)
            expected = list(expected.order_by("starts_at", "doctor_id", "id").values(*COLUMNS, "rescheduled"))
        self.assertEqual([row["id"] for row in rows if row["rescheduled"]], [moved.pk])
        self.assertEqual([row | {"patient__phone": str(row["patient__phone"])} for row in expected], rows)

    def test_what_is_off_is_what_the_querysets_say(self):
        start = self.at(self.riverside, MONDAY, "14:00")
        hour = dt.timedelta(hours=1)
        bounds = clock.day_bounds(MONDAY, self.desk.timezone)
        with self.inside(self.desk):
            for day in (0, 1, 7):
                times = {"starts_at": start + day * 24 * hour, "ends_at": start + (day * 24 + 1) * hour}
                Closure.objects.create(clinic=self.riverside, reason="fire drill", **times)
                TimeOff.objects.create(clinic=self.riverside, doctor=self.dr_herrera, reason="away", **times)
            found = {(off.doctor_id, off.starts_at, off.ends_at) for off in absences_between(self.desk, *bounds)}
            closed = Closure.objects.visible_to(self.desk).between(*bounds)
            away = TimeOff.objects.visible_to(self.desk).between(*bounds)
            expected = {(None, row.starts_at, row.ends_at) for row in closed}
            expected |= {(row.doctor_id, row.starts_at, row.ends_at) for row in away}
        self.assertEqual(found, expected)
        self.assertEqual(len(found), 2)

    def test_other_roles_than_the_front_desk_get_no_rows(self):
        bounds = clock.day_bounds(MONDAY, self.desk.timezone)
        for actor in (self.doctor, self.owner, self.foreign_desk):
            with self.subTest(actor.role), self.inside(actor):
                self.assertEqual(visits_between(actor, *bounds), [])
                self.assertEqual(absences_between(actor, *bounds), [])
                self.assertEqual(conversations_since(actor, bounds[0], TEN), [])
