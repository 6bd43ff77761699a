"""The operation `book`: its rules, overrides, walk-ins and the settings that change them."""

import datetime as dt
from unittest import mock
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.test import TransactionTestCase

from clinicflow.access.actor import system_actor
from clinicflow.clinics.models import Doctor, DoctorSettings
from clinicflow.core.errors import Forbidden, Invalid
from patients.models import Patient
from scheduling.errors import (
    ClinicClosed,
    DoctorAway,
    InThePast,
    NobodyFree,
    OutsideHours,
    OverrideNotAllowed,
    SlotTaken,
    WalkInsNotTaken,
)
from scheduling.events import AppointmentCreated
from scheduling.models import Appointment, Closure, FollowUp, TimeOff, WaitlistEntry
from scheduling.operations import appointments
from scheduling.operations.appointments import BookingRequest, slot_reservation
from scheduling.tests.cases import BookingCase


class BookTests(BookingCase):
    def test_books_unconfirmed_with_the_doctors_default_length_and_publishes_one_event(self):
        published = self.published(AppointmentCreated)
        visit = self.book(reason="  sore knee ")
        self.assertEqual((visit.status, visit.duration, visit.reason), ("unconfirmed", 30, "sore knee"))
        self.assertEqual(visit.visit_category, "new-patient")
        self.assertEqual(visit.booked_by_id, self.dana.pk)
        [event] = published
        self.assertEqual((event.subject_id, event.doctor_ids), (visit.pk, (self.dr_okafor.pk,)))
        self.assertEqual(self.audited(resource_type="appointments", resource_id=str(visit.pk), action="create"), 1)

    def test_a_patient_with_earlier_visits_gets_the_follow_up_category(self):
        patient = self.make_patient(self.riverside, "Grace Kim", first_visit_date=dt.date(2024, 1, 9))
        self.assertEqual(self.book(patient_id=patient.pk).visit_category, "follow-up")

    def test_only_the_front_desk_books(self):
        for actor in (self.doctor, self.owner):
            with self.assertRaises(Forbidden):
                self.book(actor=actor)
        self.assertEqual(self.rows(), [])

    def test_ids_of_another_clinic_are_invalid(self):
        for field, wrong in (
            ("patient_id", self.stranger.pk),
            ("patient_id", uuid4()),
            ("doctor_id", self.dr_lake.pk),
            ("doctor_id", uuid4()),
        ):
            with self.assertRaises(Invalid) as refusal:
                self.book(**{field: wrong})
            self.assertEqual(list(refusal.exception.fields), [field])
        self.assertEqual(self.rows(), [])

    def test_a_taken_slot_is_refused_with_the_three_nearest_free_ones(self):
        self.book()
        with self.assertRaises(SlotTaken) as refusal:
            self.book("10:15", patient_id=self.diego.pk)
        near = refusal.exception.extras["free_slots"]
        self.assertEqual([slot["start_time"] for slot in near], ["10:30", "09:30", "11:00"])
        self.assertEqual({slot["doctor_id"] for slot in near}, {str(self.dr_okafor.pk)})
        self.assertTrue(refusal.exception.extras["may_override"])
        self.assertEqual(len(self.rows()), 1)

    def test_touching_visits_do_not_overlap(self):
        self.book("10:00")
        self.book("10:30", patient_id=self.diego.pk)
        self.book("09:30", patient_id=self.diego.pk)
        self.assertEqual(len(self.rows()), 3)

    def test_cancelled_missed_and_deleted_visits_do_not_block_their_slot(self):
        for time, fields in (
            ("10:00", {"status": "cancelled"}),
            ("10:30", {"status": "no-show"}),
            ("11:00", {"deleted_at": self.before}),
        ):
            self.make_appointment(self.dr_okafor, self.diego, self.time(time), **fields)
            self.book(time)
        self.make_appointment(self.dr_okafor, self.diego, self.time("09:00"), status="completed")
        with self.assertRaises(SlotTaken):
            self.book("09:00")

    def test_bad_lengths_and_midnight_are_refused_on_their_field(self):
        for fields in ({"duration": 4}, {"duration": 481}, {"starts_at": self.time("23:40"), "duration": 30}):
            with self.assertRaises(Invalid) as refusal:
                self.book(**fields)
            self.assertEqual(list(refusal.exception.fields), ["duration"])
        with self.assertRaises(Invalid):
            self.book(starts_at=self.time("10:00") + dt.timedelta(seconds=30))

    def test_a_doctor_without_video_visits_cannot_be_booked_for_one(self):
        with self.inside(self.desk):
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(video_visits_enabled=False)
        with self.assertRaises(Invalid) as refusal:
            self.book(visit_type="virtual")
        self.assertEqual(list(refusal.exception.fields), ["visit_type"])

    def test_a_meeting_link_is_https(self):
        self.assertEqual(
            self.book(visit_type="virtual", meeting_link=" https://meet.example/a ").meeting_link,
            "https://meet.example/a",
        )
        for link in ("http://meet.example", "javascript:alert(1)", "https://a b"):
            with self.assertRaises(Invalid):
                self.book("11:00", visit_type="virtual", meeting_link=link)

    def test_each_reason_for_an_unavailable_slot_has_its_own_error(self):
        with self.inside(self.desk):
            Closure.objects.create(
                clinic=self.riverside, starts_at=self.time("15:00"), ends_at=self.time("16:00"), reason="Fire drill"
            )
            TimeOff.objects.create(
                clinic=self.riverside, doctor=self.dr_okafor, starts_at=self.time("16:00"), ends_at=self.time("17:00")
            )
        saturday = self.monday + dt.timedelta(days=5)
        for time, error in (
            (self.time("08:30"), OutsideHours),
            (self.time("12:30"), OutsideHours),
            (self.time("12:15"), OutsideHours),
            (self.time("10:00", saturday), OutsideHours),
            (self.time("15:30"), ClinicClosed),
            (self.time("16:30"), DoctorAway),
            (self.before - dt.timedelta(hours=1), InThePast),
        ):
            with self.assertRaises(error, msg=str(time)):
                self.book(starts_at=time)
        self.book("16:00", doctor_id=self.dr_herrera.pk)
        self.assertEqual(len(self.rows()), 1)

    def test_a_patients_second_visit_at_that_time_is_a_warning(self):
        self.book()
        self.assertEqual(self.book_result(doctor_id=self.dr_herrera.pk).warnings, ("patient_overlap",))
        self.assertEqual(self.book_result("11:00").warnings, ())

    def test_the_exclusion_constraint_raises_the_same_error(self):
        """Another transaction inserts between the check and the insert: the check finds no blocked range."""
        self.book()
        with (
            mock.patch.object(slot_reservation, "blocked_ranges", return_value=[]),
            self.assertRaises(SlotTaken) as refusal,
        ):
            self.book("10:15", patient_id=self.diego.pk)
        self.assertEqual(len(refusal.exception.extras["free_slots"]), 3)
        self.assertEqual(len(self.rows()), 1)

    def test_the_exclusion_constraint_rejects_an_overlap(self):
        first = self.book()
        second = self.book("10:30", patient_id=self.diego.pk)
        with self.inside(self.desk), self.assertRaises(IntegrityError), transaction.atomic():
            Appointment.objects.filter(pk=second.pk).update(starts_at=first.starts_at + dt.timedelta(minutes=15))

    def test_a_doctor_deactivated_while_the_booking_waits_for_the_lock_is_not_booked(self):
        def after_a_wait(actor, doctors):
            Doctor.objects.filter(pk__in=doctors).update(is_active=False)

        with mock.patch.object(slot_reservation, "lock_doctors", after_a_wait), self.assertRaises(Invalid):
            self.book()
        self.assertEqual(self.rows(), [])


class OverrideTests(BookingCase):
    def test_a_reason_books_over_another_visit_and_is_audited(self):
        self.book()
        visit = self.book(patient_id=self.diego.pk, override_reason="Emergency")
        self.assertTrue(visit.overlap_allowed)
        self.assertEqual((visit.overlap_reason, visit.overlap_by_id), ("Emergency", self.dana.pk))
        self.assertEqual(self.audited(action="appointment.override", reason="Emergency"), 1)

    def test_a_reason_books_outside_hours_without_letting_others_overlap_it(self):
        visit = self.book("07:00", override_reason="Before work")
        self.assertFalse(visit.overlap_allowed)
        self.assertEqual(self.audited(action="appointment.override", new_values__rule="outside_hours"), 1)
        with self.assertRaises(OutsideHours):
            self.book("07:00", patient_id=self.diego.pk)

    def test_a_booking_without_override_is_blocked_by_an_overriding_one(self):
        original = self.book()
        self.book(patient_id=self.diego.pk, override_reason="Emergency")
        with self.inside(self.desk):
            Appointment.objects.filter(pk=original.pk).update(status="cancelled")
        with self.assertRaises(SlotTaken):
            self.book()

    def test_an_unneeded_reason_is_not_recorded(self):
        visit = self.book(override_reason="Just in case")
        self.assertFalse(visit.overlap_allowed)
        self.assertEqual(self.audited(action="appointment.override"), 0)

    def test_the_clinic_and_the_doctor_can_turn_overrides_off(self):
        self.book()
        self.change_settings(self.riverside, allow_admin_override=False)
        with self.assertRaises(OverrideNotAllowed):
            self.book(override_reason="Emergency")
        with self.assertRaises(SlotTaken) as refusal:
            self.book()
        self.assertFalse(refusal.exception.extras["may_override"])
        self.change_settings(self.riverside, allow_admin_override=True)
        with self.inside(self.desk):
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(allow_forced_booking=False)
        with self.assertRaises(OverrideNotAllowed):
            self.book(override_reason="Emergency")
        self.assertEqual(len(self.rows()), 1)

    def test_a_clinic_that_allows_overlaps_marks_them(self):
        self.book()
        self.change_settings(self.riverside, allow_overlapping=True)
        visit = self.book(patient_id=self.diego.pk)
        self.assertTrue(visit.overlap_allowed)
        self.assertEqual(self.audited(action="appointment.override"), 0)
        with self.assertRaises(OutsideHours):
            self.book("07:00")


class FirstAvailableTests(BookingCase):
    def test_a_doctor_is_required_by_default(self):
        with self.assertRaises(Invalid) as refusal:
            self.book(doctor_id=None)
        self.assertEqual(list(refusal.exception.fields), ["doctor_id"])

    def test_the_free_doctor_with_fewer_visits_that_day_is_booked(self):
        self.change_settings(self.riverside, require_provider=False)
        self.book("09:00")  # Dr. Okafor, who comes first by name, has a visit that day
        self.assertEqual(self.book(doctor_id=None).doctor_id, self.dr_herrera.pk)
        self.assertEqual(self.book(doctor_id=None, patient_id=self.diego.pk).doctor_id, self.dr_okafor.pk)
        with self.assertRaises(NobodyFree) as refusal:
            self.book(doctor_id=None, patient_id=self.diego.pk)
        self.assertEqual(refusal.exception.extras["free_slots"][0]["start_time"], "10:30")


class WalkInTests(BookingCase):
    def test_starts_now_confirmed_and_arrived(self):
        now = self.time("10:07") + dt.timedelta(seconds=20)
        visit = self.book_walk_in(now)
        self.assertEqual((visit.status, visit.arrived, visit.arrived_at), ("confirmed", True, now))
        self.assertEqual(visit.starts_at, self.time("10:07"))
        self.assertTrue(visit.walk_in)

    def test_needs_a_free_doctor_or_a_reason(self):
        self.book("10:30")
        with self.assertRaises(SlotTaken):
            self.book_walk_in(self.time("10:20"))
        self.assertTrue(self.book_walk_in(self.time("10:20"), override_reason="Bleeding").overlap_allowed)

    def test_the_clinic_and_the_doctor_can_turn_walk_ins_off(self):
        self.change_settings(self.riverside, allow_walk_ins=False)
        with self.assertRaises(WalkInsNotTaken):
            self.book_walk_in(self.time("10:00"))
        self.change_settings(self.riverside, allow_walk_ins=True)
        with self.inside(self.desk):
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(allow_walk_ins=False)
        with self.assertRaises(WalkInsNotTaken):
            self.book_walk_in(self.time("10:00"))
        self.assertEqual(self.rows(), [])


class FulfilTests(BookingCase):
    def test_booking_a_follow_up_and_a_waitlist_entry_closes_them(self):
        with self.inside(self.desk):
            follow_up = FollowUp.objects.create(
                clinic=self.riverside, patient=self.hannah, doctor=self.dr_okafor, scheduled_date=self.monday
            )
            entry = WaitlistEntry.objects.create(
                clinic=self.riverside, patient=self.hannah, date_from=self.monday, date_to=self.monday
            )
        visit = self.book(follow_up_id=follow_up.pk, waitlist_entry_id=entry.pk)
        with self.inside(self.desk):
            follow_up.refresh_from_db()
            entry.refresh_from_db()
        self.assertEqual((follow_up.status, follow_up.booked_appointment_id), ("scheduled", visit.pk))
        self.assertEqual((entry.status, entry.booked_appointment_id), ("booked", visit.pk))

    def test_another_patients_follow_up_is_refused(self):
        with self.inside(self.desk):
            follow_up = FollowUp.objects.create(
                clinic=self.riverside, patient=self.diego, doctor=self.dr_okafor, scheduled_date=self.monday
            )
        with self.assertRaises(Invalid):
            self.book(follow_up_id=follow_up.pk)
        self.assertEqual(self.rows(), [])

    def test_a_walk_in_closes_its_follow_up(self):
        with self.inside(self.desk):
            follow_up = FollowUp.objects.create(
                clinic=self.riverside, patient=self.hannah, doctor=self.dr_okafor, scheduled_date=self.monday
            )
        self.book_walk_in(self.time("10:00"), follow_up_id=follow_up.pk)
        with self.inside(self.desk):
            follow_up.refresh_from_db()
        self.assertEqual(follow_up.status, "scheduled")


class RegisterAndBookTests(BookingCase):
    PATIENT = {"first_name": "Ada", "last_name": "Reyes", "date_of_birth": dt.date(1990, 2, 3)}

    def register_and_book(self, time):
        request = BookingRequest(doctor_id=self.dr_okafor.pk, starts_at=self.time(time))
        with self.inside(self.desk) as desk:
            return appointments.register_and_book(desk, self.PATIENT, request, at=self.before).appointment

    def test_registers_the_patient_and_books(self):
        self.assertEqual(self.register_and_book("10:00").patient.full_name, "Ada Reyes")

    def test_registers_no_patient_if_the_slot_is_taken(self):
        self.book("10:00")
        with self.assertRaises(SlotTaken):
            self.register_and_book("10:00")
        with self.inside(self.desk):
            self.assertFalse(Patient.objects.filter(last_name="Reyes").exists())


class LockDoctorsTests(TransactionTestCase):
    def test_requires_a_transaction(self):
        actor = system_actor(uuid4())
        with self.assertRaises(transaction.TransactionManagementError):
            slot_reservation.lock_doctors(actor, [uuid4()])

    def test_times_out_instead_of_waiting_forever(self):
        with transaction.atomic(), connection.cursor() as cursor:
            slot_reservation.lock_doctors(system_actor(uuid4()), [uuid4()])
            cursor.execute("show lock_timeout")
            self.assertEqual(cursor.fetchone()[0], slot_reservation.LOCK_TIMEOUT)
