"""The operations that change a visit's time: reschedule, undo, stretch and update."""

import datetime as dt
from unittest import mock

from clinicflow.core.errors import Forbidden, IllegalTransition, Invalid, NotFound
from scheduling.errors import AlreadyMoved, InThePast, OutsideHours, SlotTaken, UndoTooLate
from scheduling.events import (
    AppointmentCancelled,
    AppointmentCreated,
    AppointmentEvent,
    AppointmentReplaces,
    AppointmentRescheduled,
)
from scheduling.models import Appointment, DoctorNote, FollowUp, Message
from scheduling.operations import appointments
from scheduling.operations.appointments import rescheduling
from scheduling.operations.appointments.shared_steps import lock
from scheduling.tests.cases import AppointmentCase


class RescheduleTests(AppointmentCase):
    def test_creates_a_new_unconfirmed_visit(self):
        self.put(status="confirmed", confirmed_at=self.before, intake_status="completed", reason="Knee")
        published = self.published(AppointmentEvent)
        new = self.do("reschedule", starts_at=self.time("14:00"), doctor_id=self.dr_herrera.pk, duration=45)
        old = self.now()
        self.assertEqual((old.status, old.rescheduled), ("cancelled", True))
        self.assertEqual((new.status, new.rescheduled_from_id, new.duration), ("unconfirmed", old.pk, 45))
        self.assertEqual((new.doctor_id, new.starts_at), (self.dr_herrera.pk, self.time("14:00")))
        self.assertEqual((new.intake_status, new.reason, new.patient_id), ("completed", "Knee", self.hannah.pk))
        self.assertEqual(self.cancellations(), [])
        self.assertEqual([type(event) for event in published], [AppointmentRescheduled, AppointmentReplaces])
        both = {self.dr_okafor.pk, self.dr_herrera.pk}
        self.assertEqual([set(event.doctor_ids) for event in published], [both, both])
        self.assertFalse(any(isinstance(event, AppointmentCancelled | AppointmentCreated) for event in published))

    def test_related_rows_move_to_the_new_visit(self):
        common = {"clinic": self.riverside, "patient": self.hannah}
        with self.inside(self.desk):
            said = {"kind": "reply", "channel": "sms", "direction": "inbound", "address": "+1", "body": "?"}
            message = Message.objects.create(**common, **said, appointment=self.visit)
            note = DoctorNote.objects.create(**common, doctor=self.dr_okafor, appointment=self.visit, content="Hm")
            follow_up = FollowUp.objects.create(
                **common,
                doctor=self.dr_okafor,
                scheduled_date=self.monday,
                status="scheduled",
                booked_appointment=self.visit,
            )
        new = self.do("reschedule", starts_at=self.time("14:00"))
        with self.inside(self.desk):
            for row in (message, note, follow_up):
                row.refresh_from_db()
        self.assertEqual((message.appointment_id, note.appointment_id), (new.pk, new.pk))
        self.assertEqual((follow_up.booked_appointment_id, follow_up.status), (new.pk, "scheduled"))

    def test_its_own_time_counts_as_free(self):
        self.assertEqual(self.do("reschedule", starts_at=self.time("10:15")).starts_at, self.time("10:15"))

    def test_a_concurrent_stretch_is_preserved(self):
        """The visit is stretched after it was read and before it is locked."""

        def stretched_meanwhile(actor, pk, action):
            self.put(ends_at=self.time("11:00"))
            return lock(actor, pk, action)

        with mock.patch.object(rescheduling, "lock", stretched_meanwhile):
            self.assertEqual(self.do("reschedule", starts_at=self.time("14:00")).duration, 60)

    def test_the_same_time_changes_nothing(self):
        published = self.published(AppointmentEvent)
        self.assertEqual(self.do("reschedule", starts_at=self.time("10:00")).pk, self.visit.pk)
        self.assertEqual((self.now().status, published), ("unconfirmed", []))

    def test_a_concurrent_move_is_refused_with_who_moved_it_where(self):
        new = self.do("reschedule", starts_at=self.time("14:00"))
        refusal = self.refuses("reschedule", AlreadyMoved, starts_at=self.time("15:00"))
        self.assertIn("Dana Kessler moved this visit to", refusal.detail)
        self.assertIn("14:00, with Dr. Amara Okafor", refusal.detail)
        self.assertEqual(refusal.extras["moved_to"], str(new.pk))
        self.assertEqual(self.do("reschedule", starts_at=self.time("14:00")).pk, new.pk)

    def test_taken_closed_and_past_times_are_refused_and_nothing_changes(self):
        self.book("14:00", patient_id=self.diego.pk)
        for time, error in (("14:15", SlotTaken), ("12:45", OutsideHours)):
            self.refuses("reschedule", error, starts_at=self.time(time))
        self.refuses("reschedule", InThePast, starts_at=self.time("10:00") - dt.timedelta(days=7))
        self.assertTrue(self.do("reschedule", starts_at=self.time("14:15"), override_reason="Urgent").overlap_allowed)

    def test_roles_states_and_other_clinics(self):
        target = {"starts_at": self.time("14:00")}
        self.refuses("reschedule", Forbidden, actor=self.doctor, **target)
        self.refuses("reschedule", NotFound, actor=self.foreign_desk, **target)
        self.refuses("reschedule", Invalid, doctor_id=self.dr_lake.pk, **target)
        for status in ("completed", "no-show", "cancelled"):
            self.put(status=status)
            self.refuses("reschedule", IllegalTransition, **target)


class UndoMoveTests(AppointmentCase):
    def test_restores_the_old_visit(self):
        self.put(status="confirmed", confirmed_at=self.before)
        new = self.do("reschedule", starts_at=self.time("14:00"), doctor_id=self.dr_herrera.pk)
        old = self.do("undo_move", visit=new)
        self.assertEqual((old.pk, old.status, old.rescheduled), (self.visit.pk, "confirmed", False))
        with self.inside(self.desk):
            self.assertFalse(Appointment.objects.visible_to(self.desk).filter(pk=new.pk).exists())
        self.book("14:00", patient_id=self.diego.pk, doctor_id=self.dr_herrera.pk)

    def test_not_if_the_old_slot_is_taken(self):
        new = self.do("reschedule", starts_at=self.time("14:00"))
        self.book("10:00", patient_id=self.diego.pk)
        with self.assertRaises(SlotTaken):
            self.do("undo_move", visit=new)
        self.assertEqual(self.now(new).deleted_at, None)

    def test_not_after_the_new_visit_was_changed(self):
        new = self.do("reschedule", starts_at=self.time("14:00"))
        self.do("confirm", visit=new)
        with self.assertRaises(UndoTooLate):
            self.do("undo_move", visit=new)
        with self.assertRaises(UndoTooLate):
            self.do("undo_move")

    def test_not_after_the_old_visit_was_deleted(self):
        new = self.do("reschedule", starts_at=self.time("14:00"))
        self.do("delete")
        with self.assertRaises(UndoTooLate):
            self.do("undo_move", visit=new)
        self.assertEqual(self.now(new).status, "unconfirmed")


class StretchTests(AppointmentCase):
    def test_changes_the_visit_in_place(self):
        self.do("confirm")
        visit = self.do("stretch", duration=60)
        self.assertEqual((visit.pk, visit.duration, visit.status), (self.visit.pk, 60, "confirmed"))
        self.assertEqual(self.do("stretch", duration=15).duration, 15)
        self.repeats("stretch", duration=15)

    def test_obeys_the_rules_of_booking(self):
        self.book("10:30", patient_id=self.diego.pk)
        self.refuses("stretch", SlotTaken, duration=45)
        self.refuses("stretch", Invalid, duration=500)
        self.assertTrue(self.do("stretch", duration=45, override_reason="Complicated").overlap_allowed)
        self.refuses("stretch", Forbidden, actor=self.doctor, duration=15)


class UpdateTests(AppointmentCase):
    def change(self, **changes):
        return self.do("update", changes=changes)

    def test_details_change_in_place(self):
        self.do("confirm")
        visit = self.change(reason="Cough", visit_category="new-patient")
        self.assertEqual((visit.status, visit.reason, visit.visit_category), ("confirmed", "Cough", "new-patient"))

    def test_another_time_or_doctor_resets_the_confirmation(self):
        self.do("confirm")
        visit = self.change(starts_at=self.time("11:00"), doctor_id=self.dr_herrera.pk)
        self.assertEqual((visit.pk, visit.status), (self.visit.pk, "unconfirmed"))
        self.assertEqual((visit.starts_at, visit.doctor_id), (self.time("11:00"), self.dr_herrera.pk))

    def test_unchanged_values_publish_no_event(self):
        published = self.published(AppointmentEvent)
        self.change(reason="", duration=30)
        self.assertEqual((self.now().version, published), (1, []))

    def test_obeys_the_rules_of_booking(self):
        self.book("11:00", patient_id=self.diego.pk)
        with self.assertRaises(SlotTaken):
            self.change(starts_at=self.time("11:00"))
        with self.assertRaises(Invalid):
            self.change(meeting_link="ftp://x")
        self.assertEqual(self.now().starts_at, self.time("10:00"))


class OneRuleForAllTests(AppointmentCase):
    def test_overlapping_visits_by_override_are_marked(self):
        other = self.book("11:00", patient_id=self.diego.pk)
        moved = self.do("reschedule", visit=other, starts_at=self.time("10:00"), override_reason="Twins")
        with self.inside(self.desk):
            marked = appointments.stretch(self.desk, moved.pk, duration=20, at=self.before).appointment
        self.assertTrue(marked.overlap_allowed)
