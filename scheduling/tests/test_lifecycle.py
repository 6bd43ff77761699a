"""The operations of the transition table: each row, its refusals and its repetition."""

import datetime as dt

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core.errors import Forbidden, IllegalTransition, Invalid, NotFound
from scheduling.errors import InsideNotice, SlotTaken
from scheduling.events import AppointmentCancelled, AppointmentConfirmed, AppointmentUpdated
from scheduling.models import Appointment, Cancellation, FollowUp
from scheduling.operations import appointments
from scheduling.rules import transitions
from scheduling.tests.cases import AppointmentCase


class ConfirmTests(AppointmentCase):
    def test_confirms_and_publishes(self):
        published = self.published(AppointmentConfirmed)
        visit = self.do("confirm")
        self.assertEqual((visit.status, visit.confirmed_at), ("confirmed", self.before))
        self.assertEqual([event.doctor_ids for event in published], [(self.dr_okafor.pk,)])
        self.assertEqual(published[0].live, "appointment_confirmed")

    def test_repeats_without_an_event(self):
        self.repeats("confirm")

    def test_who_confirmed_is_stored_until_it_is_undone(self):
        patient = Actor(
            clinic_id=self.riverside.pk, role=Role.PATIENT, timezone=self.desk.timezone, patient_id=self.hannah.pk
        )
        self.assertEqual(self.do("confirm", actor=patient).confirmed_by, "patient")
        self.assertEqual(self.do("confirm").confirmed_by, "patient")  # a repeat takes it from nobody
        self.assertEqual(self.do("unconfirm").confirmed_by, "")
        self.assertEqual(self.do("confirm").confirmed_by, "user")

    def test_only_the_front_desk_and_the_patient_confirm(self):
        self.refuses("confirm", Forbidden, actor=self.doctor)
        self.refuses("confirm", Forbidden, actor=self.owner)
        patient = Actor(clinic_id=self.riverside.pk, role=Role.PATIENT, patient_id=self.hannah.pk)
        self.assertEqual(self.do("confirm", actor=patient).status, "confirmed")

    def test_another_patient_and_another_clinic_find_nothing(self):
        other = Actor(clinic_id=self.riverside.pk, role=Role.PATIENT, patient_id=self.diego.pk)
        self.refuses("confirm", NotFound, actor=other)
        self.refuses("confirm", NotFound, actor=self.foreign_desk)

    def test_a_deleted_visit_is_not_there(self):
        self.put(deleted_at=self.before)
        self.refuses("confirm", NotFound)

    def test_the_intake_lock_holds_until_it_is_completed_or_overridden(self):
        self.change_settings(self.riverside, lock_appointment_if_missing=True)
        refusal = self.refuses("confirm")
        self.assertNotIn("confirm", refusal.extras["allowed_actions"])
        self.assertTrue(refusal.extras["may_override"])
        self.do("confirm", override_reason="Filled in on paper")
        self.assertEqual(self.audited(action="appointment.override", reason="Filled in on paper"), 1)
        self.put(status="unconfirmed", intake_status="completed")
        self.assertEqual(self.do("confirm").status, "confirmed")

    def test_the_lock_needs_both_settings_and_an_allowed_override(self):
        self.change_settings(self.riverside, lock_appointment_if_missing=True, allow_admin_override=False)
        self.refuses("confirm", override_reason="Please")
        self.change_settings(self.riverside, intake_required=False)
        self.assertEqual(self.do("confirm").status, "confirmed")

    def test_no_other_state_can_be_confirmed(self):
        for status in ("completed", "no-show", "cancelled"):
            self.put(status=status)
            self.assertEqual(self.refuses("confirm").extras["current"], status)


class UnconfirmTests(AppointmentCase):
    def test_undoes_the_confirmation(self):
        self.do("confirm")
        visit = self.do("unconfirm")
        self.assertEqual((visit.status, visit.confirmed_at), ("unconfirmed", None))
        self.repeats("unconfirm")

    def test_not_after_the_arrival(self):
        self.do("arrive", at=self.early)
        self.refuses("unconfirm", at=self.early)


class ArriveTests(AppointmentCase):
    def test_arriving_confirms(self):
        visit = self.do("arrive", at=self.early)
        self.assertEqual((visit.status, visit.arrived, visit.arrived_at), ("confirmed", True, self.early))
        self.repeats("arrive", at=self.early)

    def test_only_on_the_local_day(self):
        self.refuses("arrive", at=self.time("23:59", self.monday - dt.timedelta(days=1)))
        self.refuses("arrive", at=self.time("00:00", self.monday + dt.timedelta(days=1)))
        self.do("arrive", at=self.time("00:00"))

    def test_a_missing_form_locks_it_too(self):
        self.change_settings(self.riverside, lock_appointment_if_missing=True)
        self.refuses("arrive", at=self.early)

    def test_a_doctor_cannot_record_arrivals(self):
        self.refuses("arrive", Forbidden, actor=self.doctor, at=self.early)

    def test_undo(self):
        self.do("arrive", at=self.early)
        visit = self.do("undo_arrive", at=self.early)
        self.assertEqual((visit.status, visit.arrived, visit.arrived_at), ("confirmed", False, None))
        self.repeats("undo_arrive", at=self.early)


class CompleteTests(AppointmentCase):
    def test_the_doctor_completes_an_arrived_visit(self):
        self.do("arrive", at=self.early)
        visit = self.do("complete", actor=self.doctor, at=self.during)
        self.assertEqual((visit.status, visit.completed_at), ("completed", self.during))
        self.repeats("complete", actor=self.doctor, at=self.during)

    def test_stores_the_patients_first_visit(self):
        self.do("arrive", at=self.early)
        self.do("complete", at=self.during)
        with self.inside(self.desk):
            self.hannah.refresh_from_db()
        self.assertEqual(self.hannah.first_visit_date, self.monday)

    def test_not_before_it_starts(self):
        self.do("arrive", at=self.early)
        self.refuses("complete", at=self.early)

    def test_in_the_clinic_needs_arrival_or_a_reason(self):
        self.refuses("complete", at=self.during)
        self.do("complete", at=self.during, override_reason="Came in by the back door")
        self.assertEqual(self.audited(action="appointment.override", new_values__action="complete"), 1)

    def test_video_needs_no_arrival(self):
        self.put(visit_type="virtual")
        self.assertEqual(self.do("complete", at=self.during).status, "completed")

    def test_a_colleagues_visit_is_not_found(self):
        self.refuses("complete", NotFound, actor=self.other_doctor, at=self.during)

    def test_completes_the_follow_up_it_was_booked_for(self):
        with self.inside(self.desk):
            mine, other = (
                FollowUp.objects.create(
                    clinic=self.riverside,
                    patient=self.hannah,
                    doctor=self.dr_okafor,
                    scheduled_date=self.monday,
                    status="scheduled" if booked else "pending",
                    booked_appointment=booked,
                )
                for booked in (self.visit, None)
            )
        self.put(visit_type="virtual")
        self.do("complete", at=self.during)
        with self.inside(self.desk):
            mine.refresh_from_db()
            other.refresh_from_db()
        self.assertEqual((mine.status, other.status), ("completed", "pending"))


class NoShowTests(AppointmentCase):
    def test_creates_a_cancellation(self):
        visit = self.do("mark_no_show", at=self.during)
        self.assertEqual(visit.status, "no-show")
        (row,) = self.cancellations()
        self.assertEqual((row.cancellation_type, row.notice_minutes, row.late), ("no-show", -5, False))
        self.assertEqual((row.cancelled_by_id, row.cancelled_by_name), (self.dana.pk, "Dana Kessler"))
        self.repeats("mark_no_show", at=self.during)
        self.assertEqual(len(self.cancellations()), 1)

    def test_not_before_the_start_and_not_after_arrival(self):
        self.refuses("mark_no_show", at=self.early)
        self.do("arrive", at=self.early)
        self.refuses("mark_no_show", at=self.during)
        self.assertEqual(self.cancellations(), [])

    def test_a_doctor_marks_their_own(self):
        self.refuses("mark_no_show", NotFound, actor=self.other_doctor, at=self.during)
        self.assertEqual(self.do("mark_no_show", actor=self.doctor, at=self.during).status, "no-show")


class CancelTests(AppointmentCase):
    def cancel(self, **fields):
        return self.do("cancel", **({"cancellation_type": "patient-cancelled", "reason_note": "Has a cold"} | fields))

    def test_stores_type_note_user_and_notice(self):
        published = self.published(AppointmentCancelled)
        at = self.time("08:00")
        self.assertEqual(self.cancel(at=at).status, "cancelled")
        (row,) = self.cancellations()
        self.assertEqual((row.cancellation_type, row.reason_note), ("patient-cancelled", "Has a cold"))
        self.assertEqual((row.notice_minutes, row.late, row.cancelled_by_id), (120, False, self.dana.pk))
        self.assertEqual([event.late for event in published], [False])

    def test_inside_the_notice_it_is_late(self):
        self.cancel(at=self.time("09:01"))
        self.assertTrue(self.cancellations()[0].late)

    def test_exactly_at_the_notice_it_is_in_time(self):
        self.cancel(at=self.time("09:00"))
        self.assertFalse(self.cancellations()[0].late)

    def test_needs_a_type_and_a_note_if_the_clinic_requires_it(self):
        for fields, name in (
            ({"cancellation_type": "no-show"}, "cancellation_type"),
            ({"cancellation_type": "bored"}, "cancellation_type"),
            ({"reason_note": " "}, "reason_note"),
            ({"reason_note": "x" * 501}, "reason_note"),
        ):
            with self.assertRaises(Invalid) as refusal:
                self.cancel(**fields)
            self.assertEqual(list(refusal.exception.fields), [name])
        self.change_settings(self.riverside, cancellation_reason_required=False)
        self.assertEqual(self.cancel(reason_note="").status, "cancelled")

    def test_repeats_without_an_event(self):
        self.cancel()
        audited = self.changes()
        self.cancel()
        self.assertEqual((len(self.cancellations()), self.changes()), (1, audited))

    def test_a_patient_cancels_in_time_and_is_refused_when_late(self):
        patient = Actor(
            clinic_id=self.riverside.pk, role=Role.PATIENT, patient_id=self.hannah.pk, name="Hannah Lindqvist"
        )
        with self.assertRaises(InsideNotice):
            self.cancel(actor=patient, reason_note="", at=self.time("09:30"))
        with self.assertRaises(Invalid):
            self.cancel(actor=patient, cancellation_type="clinic-cancelled")
        self.assertEqual(self.cancel(actor=patient, reason_note="").status, "cancelled")
        (row,) = self.cancellations()
        self.assertEqual((row.cancelled_by_id, row.cancelled_by_name), (None, "Hannah Lindqvist"))

    def test_a_doctor_does_not_cancel(self):
        with self.assertRaises(Forbidden):
            self.cancel(actor=self.doctor)

    def test_done_and_missed_visits_cannot_be_cancelled(self):
        for status in ("completed", "no-show"):
            self.put(status=status)
            self.refuses("cancel", cancellation_type="other", reason_note="Oops")

    def test_its_follow_up_is_pending_again_and_scheduled_by_a_reinstatement(self):
        with self.inside(self.desk):
            follow_up = FollowUp.objects.create(
                clinic=self.riverside,
                patient=self.hannah,
                doctor=self.dr_okafor,
                scheduled_date=self.monday,
                status="scheduled",
                booked_appointment=self.visit,
            )
        for action, status in (("cancel", "pending"), ("reinstate", "scheduled")):
            self.cancel() if action == "cancel" else self.do("reinstate")
            with self.inside(self.desk):
                follow_up.refresh_from_db()
            self.assertEqual(follow_up.status, status)


class ReinstateTests(AppointmentCase):
    def test_reinstates_missed_and_cancelled_visits_as_confirmed(self):
        published = self.published(AppointmentUpdated)
        self.do("mark_no_show", at=self.during)
        visit = self.do("reinstate", at=self.during)
        self.assertEqual(visit.status, "confirmed")
        self.assertEqual(self.cancellations()[0].reverted_at, self.during)
        self.repeats("reinstate", at=self.during)
        self.do("cancel", cancellation_type="other", reason_note="Again", at=self.during)
        self.assertEqual(self.do("reinstate", at=self.during).status, "confirmed")
        self.assertEqual([event.action for event in published], ["no-show", "reinstate", "reinstate"])

    def test_a_taken_slot_is_refused_with_free_ones(self):
        self.do("cancel", cancellation_type="other", reason_note="Moved away")
        self.book("10:15", patient_id=self.diego.pk)
        refusal = self.refuses("reinstate", SlotTaken)
        self.assertEqual(len(refusal.extras["free_slots"]), 3)
        self.assertTrue(self.do("reinstate", override_reason="Promised").overlap_allowed)

    def test_open_and_rescheduled_visits_cannot_be_reinstated(self):
        self.put(status="confirmed")
        self.refuses("reinstate")
        self.put(status="cancelled", rescheduled=True)
        self.refuses("reinstate")

    def test_front_desk_only(self):
        self.put(status="cancelled")
        self.refuses("reinstate", Forbidden, actor=self.doctor)


class DeleteTests(AppointmentCase):
    def test_hides_it_and_frees_its_time(self):
        self.do("delete")
        with self.inside(self.desk):
            self.assertFalse(Appointment.objects.visible_to(self.desk).filter(pk=self.visit.pk).exists())
            self.assertTrue(Appointment.objects.filter(pk=self.visit.pk).exists())
        self.book("10:00", patient_id=self.diego.pk)

    def test_completed_visits_cannot_be_deleted(self):
        self.put(status="completed")
        self.refuses("delete")

    def test_front_desk_only(self):
        self.refuses("delete", Forbidden, actor=self.doctor)


class AllowedActionsTests(AppointmentCase):
    def allowed(self, actor, at, **fields):
        self.put(**fields)
        with self.inside(actor):
            return transitions.allowed_actions(actor, self.now(), settings=self.settings_of(self.riverside), at=at)

    def test_follow_the_table(self):
        self.assertEqual(self.allowed(self.desk, self.before), ["confirm", "cancel", "reschedule", "delete"])
        self.assertEqual(
            self.allowed(self.desk, self.early, status="confirmed"),
            ["unconfirm", "arrive", "cancel", "reschedule", "delete"],
        )
        self.assertEqual(self.allowed(self.doctor, self.during), ["no-show"])
        self.assertEqual(self.allowed(self.doctor, self.during, arrived=True, arrived_at=self.early), ["complete"])
        self.assertEqual(self.allowed(self.owner, self.during), [])
        self.assertEqual(
            self.allowed(self.desk, self.during, status="cancelled", arrived=False, arrived_at=None),
            ["reinstate", "delete"],
        )

    def test_every_allowed_action_succeeds_and_every_other_is_refused(self):
        """Every row of the table, in all states and at two instants; the resulting status is the row's target."""
        extra = {"cancel": {"cancellation_type": "other", "reason_note": "Test"}, "reschedule": {}}
        extra["reschedule"] = {"starts_at": self.time("15:00")}
        states = [
            {"status": status, "arrived": arrived, "arrived_at": self.early if arrived else None}
            for status in Appointment.Status.values
            for arrived in (False, True)
            if not (arrived and status in {"no-show", "cancelled"})
        ]
        for state in states:
            for at in (self.early, self.during):
                allowed = self.allowed(self.desk, at, **state)
                for row in transitions.TRANSITIONS:
                    name = {"no-show": "mark_no_show"}.get(row.action, row.action.replace("-", "_"))
                    with self.subTest(**state, action=row.action, at=at), self.inside(self.desk):
                        already_applied = row.already_applied(Appointment.objects.get(pk=self.visit.pk))
                        try:
                            getattr(appointments, name)(self.desk, self.visit.pk, at=at, **extra.get(row.action, {}))
                            succeeded = True
                        except IllegalTransition:
                            succeeded = False
                        self.assertEqual(succeeded, row.action in allowed or already_applied)
                        if succeeded and not already_applied:
                            status = Appointment.objects.get(pk=self.visit.pk).status
                            self.assertEqual(status, row.target or state["status"])
                    self.put(**state, rescheduled=False, deleted_at=None)
                    with self.inside(self.desk):
                        Appointment.objects.exclude(pk=self.visit.pk).update(deleted_at=at)
                        Cancellation.objects.update(reverted_at=None)
