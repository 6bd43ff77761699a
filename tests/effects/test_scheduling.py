"""Scheduling rules."""

from clinicflow.access.actor import system_actor
from clinicflow.core.errors import Invalid
from intake.tests.cases import PatientLinkCase
from scheduling.errors import OverrideNotAllowed, SlotTaken, WalkInsNotTaken
from scheduling.models import Appointment, Cancellation
from scheduling.operations import appointments, no_shows
from scheduling.tests.cases import BookingCase
from tests.effects.cases import Decides


class Booking(Decides, BookingCase):
    def test_allow_overlapping(self):
        self.book()
        with self.assertRaises(SlotTaken):
            self.book(patient_id=self.diego.pk)
        self.decide(allow_overlapping=True)
        self.assertTrue(self.book(patient_id=self.diego.pk).overlap_allowed)

    def walk_in(self):
        return self.book_walk_in(self.time("10:00"))

    def test_allow_walk_ins(self):
        self.decide(allow_walk_ins=False)
        with self.assertRaises(WalkInsNotTaken):
            self.walk_in()
        self.assertNotContains(self.client_for(self.desk).get("/visits/new"), 'name="walk_in"')
        self.decide(allow_walk_ins=True)
        self.assertTrue(self.walk_in().arrived)
        self.assertContains(self.client_for(self.desk).get("/visits/new"), 'name="walk_in"')

    def test_require_provider(self):
        with self.assertRaises(Invalid):
            self.book(doctor_id=None)
        self.decide(require_provider=False)
        self.assertIn(self.book(doctor_id=None).doctor_id, {self.dr_okafor.pk, self.dr_herrera.pk})

    def test_allow_admin_override(self):
        self.decide(allow_admin_override=False)
        with self.assertRaises(OverrideNotAllowed):
            self.book("07:00", override_reason="Emergency")
        self.decide(allow_admin_override=True)
        self.assertEqual(self.book("07:00", override_reason="Emergency").starts_at, self.time("07:00"))


class Cancelling(Decides, BookingCase):
    def cancel(self, at, note="Has a cold"):
        visit = self.book()
        with self.inside(self.desk):
            appointments.cancel(
                self.desk, visit.pk, cancellation_type="patient-cancelled", reason_note=note, at=self.time(at)
            )
            return Cancellation.objects.get(appointment_id=visit.pk)

    def test_minimum_cancellation_notice(self):
        self.assertFalse(self.cancel("08:30").late)
        self.decide(minimum_cancellation_notice=120)
        self.assertTrue(self.cancel("08:30").late)
        self.decide(minimum_cancellation_notice=0)
        self.assertFalse(self.cancel("09:59").late)

    def test_cancellation_reason_required(self):
        with self.assertRaises(Invalid):
            self.cancel("08:00", note="")
        self.decide(cancellation_reason_required=False)
        with self.inside(self.desk):
            Appointment.objects.all().delete()
        self.assertEqual(self.cancel("08:00", note="").reason_note, "")


class ByThePatient(Decides, PatientLinkCase):
    def test_minimum_cancellation_notice(self):
        token = self.create_link("visit")
        self.open(token)
        self.decide(minimum_cancellation_notice=80 * 60)
        self.assertContains(self.phone.get(self.url("/visit?ask=cancel", token)), "It's too late to cancel here")
        self.decide(minimum_cancellation_notice=60)
        self.assertContains(self.phone.get(self.url("/visit?ask=cancel", token)), 'value="cancel"')


class NotComing(Decides, BookingCase):
    def missed(self, at, **fields):
        """How many visits the job marks at a time of the day, when one was at ten."""
        with self.inside(self.desk):
            Appointment.objects.update(deleted_at=self.before)
        self.make_appointment(self.dr_okafor, self.hannah, self.time("10:00"), **fields)
        itself = system_actor(self.riverside.pk, "America/New_York")
        with self.inside(itself):
            return no_shows.mark_overdue(itself, at=self.time(at))

    def test_auto_no_show_threshold(self):
        self.assertEqual((self.missed("10:14"), self.missed("10:15")), (0, 1))
        self.decide(auto_no_show_threshold=40)
        self.assertEqual((self.missed("10:39"), self.missed("10:40")), (0, 1))
        self.decide(auto_no_show_threshold=0)
        self.assertEqual(self.missed("16:00"), 0)

    def test_no_show_virtual(self):
        self.assertEqual(self.missed("12:00", visit_type="virtual"), 0)
        self.decide(no_show_virtual=True)
        self.assertEqual(self.missed("12:00", visit_type="virtual"), 1)
