"""The waitlist: entries, offers, matches for freed slots, and their pages."""

import datetime as dt
import json

from django.db import IntegrityError, transaction

from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import DoctorSettings
from clinicflow.core.errors import Forbidden, Invalid, NotFound
from clinicflow.jobs.models import Job
from clinicflow.testing.html import source_of
from clinicflow.testing.jobs import run_due_jobs
from clinicflow.testing.monday import MONDAY, TEN
from scheduling.errors import SlotTaken, WaitlistClosed
from scheduling.models import Appointment, Message, WaitlistEntry
from scheduling.operations import appointments, waitlist
from scheduling.selectors.waitlist_matching import freed_by, freed_on, nearest_for
from scheduling.tests.cases import HTMX, VisitPageCase

TUESDAY = MONDAY + dt.timedelta(days=1)
CANCEL = {"cancellation_type": "other", "reason_note": "well again"}


class WaitingCase(VisitPageCase):
    """Rosa waits for any doctor, Felix for Dr. Okafor in the morning; Hannah has a visit at 10:30."""

    @classmethod
    def hire(cls):
        super().hire()
        cls.rosa = cls.person("Rosa", "Delgado", phone="+15125550121", email="rosa@example.test")
        cls.felix = cls.person("Felix", "Wagner", phone="+15125550122")
        with cls.inside(cls.desk) as desk:
            week = {"date_from": MONDAY, "date_to": MONDAY + dt.timedelta(days=4)}
            cls.any = waitlist.add(desk, patient_id=cls.rosa.pk, **week)
            cls.early = waitlist.add(
                desk, patient_id=cls.felix.pk, doctor_id=cls.dr_okafor.pk, time_to=dt.time(12), **week
            )
            WaitlistEntry.objects.filter(pk=cls.any.pk).update(created_at=TEN - dt.timedelta(days=3))

    def entry(self, entry=None):
        with self.inside(self.desk):
            return WaitlistEntry.objects.select_related("offer_message").get(pk=(entry or self.any).pk)

    def slot(self, time="13:30", doctor=None, day=MONDAY):
        return f"{(doctor or self.dr_okafor).pk} {self.at(self.riverside, day, time).isoformat()}"

    def offer(self, entry=None, time="13:30", **fields):
        with self.inside(self.desk) as desk:
            starts_at = self.at(self.riverside, MONDAY, time)
            fields = {"doctor_id": self.dr_okafor.pk, "starts_at": starts_at, "at": TEN} | fields
            return waitlist.offer(desk, (entry or self.any).pk, **fields)

    def messages(self):
        with self.inside(self.desk):
            return list(Message.objects.filter(kind="offer").order_by("created_at"))


class OfferTests(WaitingCase):
    def test_an_offer_stores_the_slot_and_sends_a_text_message(self):
        entry = self.offer()
        self.assertEqual((entry.status, entry.offered_at), ("offered", TEN))
        self.assertEqual(entry.offered_doctor_id, self.dr_okafor.pk)
        message = self.messages()[0]
        self.assertEqual((message.channel, message.address, message.status), ("sms", "+15125550121", "queued"))
        self.assertIn("1:30 pm with Dr. Amara Okafor", message.body)
        with self.inside(self.desk):
            Job.objects.filter(kind=waitlist.JOB).update(run_after=TEN)
        self.assertEqual(run_due_jobs(self.riverside.pk, kinds=[waitlist.JOB]), [waitlist.JOB])
        self.assertEqual(self.messages()[0].status, "sent")

    def test_it_is_in_the_patients_language(self):
        with self.inside(self.desk):
            type(self.rosa).objects.filter(pk=self.rosa.pk).update(preferred_language="es")
        self.offer()
        self.assertIn("una hora más temprana", self.messages()[0].body)

    def test_without_a_channel_it_is_recorded_without_a_message(self):
        with self.inside(self.desk):
            type(self.rosa).objects.filter(pk=self.rosa.pk).update(contact_preferences={"sms": False, "email": False})
        entry = self.offer()
        self.assertEqual((entry.status, entry.offer_message, self.messages()), ("offered", None, []))

    def test_the_same_slot_again_changes_nothing_and_another_slot_cancels_the_first_message(self):
        self.offer()
        self.offer()
        self.assertEqual([message.status for message in self.messages()], ["queued"])
        self.offer(time="14:00")
        self.assertCountEqual([message.status for message in self.messages()], ["dropped", "queued"])

    def test_a_withdrawn_offer_cancels_its_message(self):
        self.offer()
        with self.inside(self.desk) as desk:
            entry = waitlist.withdraw_offer(desk, self.any.pk)
            waitlist.withdraw_offer(desk, self.any.pk)
        self.assertEqual((entry.status, entry.offered_starts_at, entry.offer_message), ("waiting", None, None))
        self.assertEqual([message.status for message in self.messages()], ["dropped"])

    def test_an_offer_that_is_taken_within_the_hold_is_not_sent(self):
        self.offer()
        with self.inside(self.desk) as desk:
            request = appointments.BookingRequest(
                patient_id=self.rosa.pk,
                doctor_id=self.dr_okafor.pk,
                starts_at=self.at(self.riverside, MONDAY, "13:30"),
                waitlist_entry_id=self.any.pk,
            )
            appointments.book(desk, request, at=TEN)
            Job.objects.filter(kind=waitlist.JOB).update(run_after=TEN)
        run_due_jobs(self.riverside.pk, kinds=[waitlist.JOB])
        self.assertEqual([message.status for message in self.messages()], ["dropped"])

    def test_a_taken_time_is_not_offered(self):
        with self.assertRaises(SlotTaken) as refusal:
            self.offer(time="10:30")
        self.assertTrue(refusal.exception.extras["free_slots"])
        self.assertEqual((self.entry().status, self.messages()), ("waiting", []))

    def test_other_roles_and_clinics_are_refused(self):
        for actor, error in ((self.doctor, Forbidden), (self.owner, Forbidden), (self.foreign_desk, NotFound)):
            with self.inside(actor) as who, self.assertRaises(error):
                waitlist.offer(who, self.any.pk, at=TEN)
        self.assertEqual(self.entry().status, "waiting")

    def test_constraints_reject_a_partial_offer_and_times_out_of_order(self):
        for fields in (
            {"offered_starts_at": TEN},
            {"time_from": dt.time(12), "time_to": dt.time(9)},
        ):
            with self.inside(self.desk), self.assertRaises(IntegrityError), transaction.atomic():
                WaitlistEntry.objects.filter(pk=self.any.pk).update(**fields)


class ChangeTests(WaitingCase):
    def test_an_edit_preserves_the_position_in_the_queue(self):
        with self.inside(self.desk) as desk:
            entry = waitlist.update(desk, self.any.pk, time_from=dt.time(14), note=" after work ")
        self.assertEqual(
            (entry.time_from, entry.note, entry.created_at), (dt.time(14), "after work", TEN - dt.timedelta(days=3))
        )

    def test_contradictions_are_refused_on_their_field(self):
        for changes, name in (
            ({"time_from": dt.time(14), "time_to": dt.time(14)}, "time_to"),
            ({"date_to": MONDAY - dt.timedelta(days=1)}, "date_to"),
            ({"date_to": MONDAY + dt.timedelta(days=900)}, "date_to"),
            ({"doctor_id": self.dr_lake.pk}, "doctor_id"),
        ):
            with self.inside(self.desk) as desk, self.assertRaises(Invalid) as refusal:
                waitlist.update(desk, self.any.pk, **changes)
            self.assertEqual(list(refusal.exception.fields), [name])

    def test_a_removed_entry_is_restored_and_a_booked_one_is_not(self):
        with self.inside(self.desk) as desk:
            waitlist.remove(desk, self.any.pk)
            self.assertEqual(waitlist.restore(desk, self.any.pk).status, "waiting")
            WaitlistEntry.objects.filter(pk=self.any.pk).update(status="booked")
            for act in (waitlist.remove, waitlist.restore, waitlist.withdraw_offer):
                with self.assertRaises(WaitlistClosed):
                    act(desk, self.any.pk)

    def test_undoing_a_booking_restores_the_entry(self):
        booked = self.post(f"/waitlist/{self.any.pk}/book", {"slot": self.slot()})
        self.assertEqual(booked.status_code, 200)
        entry = self.entry()
        self.assertEqual(entry.status, "booked")
        self.post(f"/visits/{entry.booked_appointment_id}/delete")
        entry = self.entry()
        self.assertEqual((entry.status, entry.booked_appointment_id), ("waiting", None))


class FitTests(WaitingCase):
    def fits(self, *entries):
        with self.inside(self.desk) as desk:
            found = nearest_for(desk, [self.entry(entry) for entry in entries], at=TEN)
        return [
            [(fit.slot.doctor_name[4:], f"{fit.slot.starts_at:%a %H:%M}") for fit in fits] for fits in found.values()
        ]

    def test_the_nearest_slots_of_the_requested_doctor_days_and_hours(self):
        rosa, felix = self.fits(self.any, self.early)
        # Each time once, with the doctor who has less on that day: Hannah is Dr. Okafor's.
        self.assertEqual(rosa, [("Luis Herrera", f"Mon {time}") for time in ("10:00", "10:30", "11:00")])
        self.assertEqual([time for _, time in felix], ["Mon 10:00", "Mon 11:00", "Mon 11:30"])  # Hannah has 10:30

    def test_afternoons_only_and_from_a_later_day(self):
        with self.inside(self.desk) as desk:
            waitlist.update(desk, self.early.pk, date_from=TUESDAY, time_from=dt.time(14), time_to=dt.time(14, 30))
        self.assertEqual([time for _, time in self.fits(self.early)[0]], ["Tue 14:00", "Wed 14:00", "Thu 14:00"])

    def test_a_doctor_without_video_matches_no_video_visit(self):
        with self.inside(self.desk) as desk:
            waitlist.update(desk, self.early.pk, visit_type="virtual")
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(video_visits_enabled=False)
        self.assertEqual(self.fits(self.early), [[]])

    def test_two_queries_for_any_number(self):
        with self.inside(self.desk) as desk:
            entries = [self.entry(self.any)] * 1 + [self.entry(self.early)] * 20
            with self.assertNumQueries(2):
                nearest_for(desk, entries[:1], at=TEN)
            with self.assertNumQueries(2):
                nearest_for(desk, entries, at=TEN)

    def test_a_freed_slot_has_its_matches_in_order_until_it_is_taken(self):
        self.post(f"/visits/{self.visit.pk}/cancel", CANCEL)
        with self.inside(self.desk) as desk:
            freed = freed_on(desk, MONDAY, at=TEN)
            self.assertEqual([entry.pk for entry in freed[0].entries], [self.any.pk, self.early.pk])
            self.assertEqual(freed[0].visit.pk, self.visit.pk)
            self.assertEqual(freed_on(desk, MONDAY, at=TEN + dt.timedelta(hours=1)), [])
        self.visit_at("10:45")
        with self.inside(self.desk) as desk:
            self.assertEqual(freed_on(desk, MONDAY, at=TEN), [])
            self.assertIsNone(freed_by(desk, self.now(), at=TEN))

    def test_outside_the_requested_hours_there_is_no_match(self):
        with self.inside(self.desk) as desk:
            waitlist.update(desk, self.any.pk, time_from=dt.time(11))
            waitlist.update(desk, self.early.pk, time_to=dt.time(10, 30))
        self.post(f"/visits/{self.visit.pk}/cancel", CANCEL)
        with self.inside(self.desk) as desk:
            self.assertIsNone(freed_by(desk, self.now(), at=TEN))
            self.assertEqual(freed_on(desk, MONDAY, at=TEN), [])


class HintTests(WaitingCase):
    def test_cancelling_shows_the_matches_with_book_and_offer_buttons(self):
        response = self.post(f"/visits/{self.visit.pk}/cancel", CANCEL)
        self.assertContains(response, "2 people are waiting for a time like this")
        for entry in (self.any, self.early):
            self.assertContains(response, f"/waitlist/{entry.pk}/book")
            self.assertContains(response, f"/waitlist/{entry.pk}/offer")
        self.assertContains(response, f"/visits/{self.visit.pk}/uncancel")
        with self.inside(self.desk):
            look = AuditLog.objects.get(action="read", resource_type="waitlist_entries")
            self.assertEqual(set(look.patient_ids), {self.rosa.pk, self.felix.pk})

    def test_undo_removes_the_hint(self):
        self.post(f"/visits/{self.visit.pk}/cancel", CANCEL)
        back = self.post(f"/visits/{self.visit.pk}/uncancel", {"was": "unconfirmed"})
        self.assertIn('<hx-partial hx-target="#freed" hx-swap="innerHTML"></hx-partial>', source_of(back))
        self.assertEqual(self.now().status, "unconfirmed")

    def test_moving_frees_the_old_slot_unless_the_visit_still_covers_it(self):
        where = {"doctor": str(self.dr_okafor.pk), "date": MONDAY.isoformat()}
        near = self.post(f"/visits/{self.visit.pk}/move", where | {"time": "10:45"})
        self.assertNotContains(near, "waiting for a time like this")
        with self.inside(self.desk):
            moved = Appointment.objects.get(rescheduled_from=self.visit)
        away = self.post(f"/visits/{moved.pk}/move", where | {"time": "15:00"})
        self.assertContains(away, "2 people are waiting for a time like this")

    def test_without_a_match_there_is_no_hint(self):
        with self.inside(self.desk) as desk:
            waitlist.remove(desk, self.any.pk)
            waitlist.remove(desk, self.early.pk)
        self.assertNotContains(self.post(f"/visits/{self.visit.pk}/cancel", CANCEL), "freed-hint")

    def test_the_rail_shows_the_freed_time_and_counts_it(self):
        before = self.get("/schedule").context["board"].attention
        self.post(f"/visits/{self.visit.pk}/cancel", CANCEL)
        page = self.get("/day/changes")
        self.assertContains(page, "Waitlist matches")
        self.assertContains(page, f"/waitlist/{self.any.pk}/book")
        self.assertEqual(page.context["board"].attention - before, 1 - 2)  # an unconfirmed one without intake less

    def test_the_page_of_the_cancelled_visit_shows_them_too(self):
        self.post(f"/visits/{self.visit.pk}/cancel", CANCEL)
        self.assertContains(self.get(f"/visits/{self.visit.pk}"), f"/waitlist/{self.any.pk}/book")
        self.assertContains(self.get(f"/waitlist/fits/{self.visit.pk}", **HTMX), "Felix Wagner")
        self.assertNotContains(self.get(f"/visits/{self.visit.pk}", actor=self.doctor), "/waitlist/")


class PageTests(WaitingCase):
    def test_it_lists_the_entries_in_order_with_their_free_slots(self):
        page = self.get("/waitlist")
        self.assertEqual([row["entry"].pk for row in page.context["rows"]], [self.any.pk, self.early.pk])
        self.assertContains(page, "Any doctor")
        self.assertContains(page, f"{self.dr_okafor.pk} 2027-03-01T10:00:00-05:00")
        with self.inside(self.desk):
            look = AuditLog.objects.get(action="read", resource_type="waitlist_entries")
            self.assertEqual(set(look.patient_ids), {self.rosa.pk, self.felix.pk})

    def test_filters(self):
        self.offer()
        for address, expected in (
            ("/waitlist?state=offered", [self.any.pk]),
            ("/waitlist?state=waiting", [self.early.pk]),
            (f"/waitlist?doctor={self.dr_herrera.pk}", [self.any.pk]),
            ("/waitlist?day=2027-03-20", []),
            ("/waitlist?state=nonsense&day=never&doctor=x&page=zero", [self.any.pk, self.early.pk]),
        ):
            with self.subTest(address):
                self.assertEqual([row["entry"].pk for row in self.get(address).context["rows"]], expected)

    def test_adding_and_its_undo(self):
        response = self.post(
            "/waitlist/new",
            {
                "patient": self.hannah.pk,
                "doctor": "",
                "date_from": "2027-03-01",
                "date_to": "2027-03-05",
                "duration": "45",
                "visit_type": "virtual",
                "time_from": "09:00",
                "time_to": "12:00",
                "note": "mornings",
            },
        )
        self.assertEqual((response.status_code, response["X-Close-Dialog"]), (200, "modal"))
        with self.inside(self.desk):
            entry = WaitlistEntry.objects.get(patient=self.hannah)
        self.assertEqual((entry.duration, entry.visit_type, entry.time_to), (45, "virtual", dt.time(12)))
        self.post(f"/waitlist/{entry.pk}/remove")
        self.assertEqual(self.entry(entry).status, "removed")

    def test_a_bad_form_is_shown_again_with_its_input(self):
        response = self.post(
            "/waitlist/new",
            {
                "date_from": "2027-03-05",
                "date_to": "2027-03-01",
                "duration": "30",
                "visit_type": "in-clinic",
                "note": "x1",
            },
        )
        self.assertContains(response, "Choose a patient.", status_code=422)
        self.assertContains(response, "x1", status_code=422)
        response = self.post(
            "/waitlist/new",
            {
                "patient": self.hannah.pk,
                "date_from": "2027-03-05",
                "date_to": "2027-03-01",
                "duration": "30",
                "visit_type": "in-clinic",
            },
        )
        self.assertContains(response, "Enter a last date that is not before the first.", status_code=422)

    def test_editing(self):
        form = self.get(f"/waitlist/{self.early.pk}/edit", **HTMX)
        self.assertContains(form, 'value="12:00"')
        self.post(
            f"/waitlist/{self.early.pk}/edit",
            {"date_from": "2027-03-02", "date_to": "2027-03-03", "duration": "30", "visit_type": "in-clinic"},
        )
        self.assertEqual((self.entry(self.early).date_from, self.entry(self.early).doctor_id), (TUESDAY, None))

    def test_one_click_books_with_the_entrys_length_and_visit_type(self):
        response = self.post(f"/waitlist/{self.any.pk}/book", {"slot": self.slot("13:30", self.dr_herrera)})
        self.assertContains(response, "Booked Rosa Delgado")
        self.assertEqual(json.loads(response["HX-Trigger"])["visits:changed"]["doctors"], [str(self.dr_herrera.pk)])
        entry = self.entry()
        with self.inside(self.desk):
            visit = Appointment.objects.get(pk=entry.booked_appointment_id)
        self.assertEqual((visit.patient_id, visit.duration), (self.rosa.pk, 30))

    def test_a_taken_slot_is_a_409_that_changes_nothing(self):
        for act in ("book", "offer"):
            response = self.post(f"/waitlist/{self.any.pk}/{act}", {"slot": self.slot("10:30")})
            self.assertContains(response, "is already booked then", status_code=409)
        self.assertEqual(self.post(f"/waitlist/{self.any.pk}/book", {"slot": "soon"}).status_code, 400)
        self.assertEqual(self.entry().status, "waiting")

    def test_one_click_offers_and_shows_the_channel(self):
        response = self.post(f"/waitlist/{self.any.pk}/offer", {"slot": self.slot()})
        self.assertContains(response, "Offered Rosa Delgado")
        self.assertContains(response, "by text")
        self.assertContains(response, f"/waitlist/{self.any.pk}/keep")
        self.assertContains(self.get("/waitlist"), "Offered Mon")

    def test_without_javascript_it_redirects_to_the_list(self):
        response = self.post(f"/waitlist/{self.any.pk}/offer", {"slot": self.slot()}, headers={})
        self.assertRedirects(response, "/waitlist")

    def test_the_booking_form_is_prefilled_from_the_entry_and_closes_it(self):
        form = self.get(f"/visits/new?waitlist={self.early.pk}", **HTMX)
        self.assertContains(form, f'name="waitlist" value="{self.early.pk}"')
        self.assertContains(form, "Felix Wagner")
        self.post(
            "/visits/new",
            {
                "waitlist": self.early.pk,
                "patient": self.felix.pk,
                "date": "2027-03-01",
                "duration": "30",
                "visit_type": "in-clinic",
                "slot": self.slot("11:00"),
            },
        )
        self.assertEqual(self.entry(self.early).status, "booked")

    def test_the_number_of_queries_does_not_grow_with_the_list(self):
        client = self.client_for(self.desk)
        client.get("/waitlist")
        with self.assertNumQueries(13):
            client.get("/waitlist")
        with self.inside(self.desk) as desk:
            for _ in range(15):
                waitlist.add(desk, patient_id=self.make_patient(self.riverside).pk, date_from=MONDAY, date_to=TUESDAY)
        self.offer()
        with self.assertNumQueries(13):
            self.assertEqual(len(client.get("/waitlist").context["rows"]), 17)


class ApiTests(WaitingCase):
    def call(self, method, path, data=None, actor=None):
        client = self.client_class(headers=self.bearer_for(actor or self.desk))
        return getattr(client, method)(f"/api/waitlist{path}", data=data, content_type="application/json")

    def test_an_entry_with_hours_is_created_and_changed(self):
        created = self.call(
            "post",
            "",
            {
                "patient_id": str(self.hannah.pk),
                "date_from": "2027-03-01",
                "date_to": "2027-03-02",
                "time_from": "09:00",
                "time_to": "12:00",
            },
        )
        self.assertEqual((created.status_code, created.json()["time_to"]), (201, "12:00"))
        changed = self.call("patch", f"/{created.json()['id']}", {"time_to": None, "note": "any time"})
        self.assertEqual((changed.status_code, changed.json()["time_to"]), (200, None))

    def test_an_offer_and_its_withdrawal(self):
        offered = self.call(
            "post",
            f"/{self.any.pk}/offer",
            {"doctor_id": str(self.dr_okafor.pk), "date": "2027-03-01", "start_time": "13:30"},
        ).json()
        self.assertEqual((offered["status"], offered["offer_channel"]), ("offered", "sms"))
        self.assertEqual(offered["offered_starts_at"], "2027-03-01T13:30:00-05:00")
        back = self.call("post", f"/{self.any.pk}/keep-waiting").json()
        self.assertEqual((back["status"], back["offered_starts_at"]), ("waiting", None))
        half = self.call("post", f"/{self.any.pk}/offer", {"doctor_id": str(self.dr_okafor.pk)})
        self.assertEqual((half.status_code, list(half.json()["errors"])), (400, ["starts_at"]))

    def test_the_nearest_slots_of_an_entry(self):
        found = self.call("get", f"/{self.early.pk}/slots").json()["results"]
        self.assertEqual((found[0]["start_time"], found[0]["doctor_id"]), ("10:00", str(self.dr_okafor.pk)))
        self.assertEqual(self.call("get", f"/{self.early.pk}/slots", actor=self.foreign_desk).status_code, 404)
