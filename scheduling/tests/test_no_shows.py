"""The periodic marking of no-shows."""

import datetime as dt

from clinicflow.access.actor import system_actor
from clinicflow.core import clock
from clinicflow.jobs.models import Job
from clinicflow.testing.jobs import run_due_jobs
from scheduling.models import Appointment
from scheduling.operations import no_shows
from scheduling.tests.cases import AppointmentCase


class NoShowJobTests(AppointmentCase):
    def sweep(self, at):
        actor = system_actor(self.riverside.pk, "America/New_York")
        with self.inside(actor):
            return no_shows.mark_overdue(actor, at=at)

    def test_marks_visits_without_arrival_after_the_threshold(self):
        self.assertEqual(self.sweep(self.time("10:14")), 0)
        self.assertEqual(self.sweep(self.time("10:15")), 1)
        self.assertEqual(self.now().status, "no-show")
        self.assertEqual([row.cancelled_by_name for row in self.cancellations()], ["ClinicFlow"])
        self.assertEqual(self.sweep(self.time("10:16")), 0)
        self.assertEqual(len(self.cancellations()), 1)
        self.assertEqual(self.do("reinstate", at=self.time("10:20")).status, "confirmed")

    def test_other_visits_are_unchanged(self):
        late = self.time("11:30")
        for fields in (
            {"status": "confirmed", "arrived": True, "arrived_at": self.early},
            {"status": "completed"},
            {"status": "cancelled"},
            {"status": "unconfirmed", "visit_type": "virtual"},
            {"status": "unconfirmed", "deleted_at": self.before},
        ):
            self.put(**({"arrived": False, "arrived_at": None, "visit_type": "in-clinic", "deleted_at": None} | fields))
            self.assertEqual(self.sweep(late), 0, fields)

    def test_off_and_with_video(self):
        self.change_settings(self.riverside, auto_no_show_threshold=0)
        self.assertEqual(self.sweep(self.time("16:00")), 0)
        self.change_settings(self.riverside, auto_no_show_threshold=20, no_show_virtual=True)
        self.put(visit_type="virtual")
        self.assertEqual(self.sweep(self.time("10:19")), 0)
        self.assertEqual(self.sweep(self.time("10:20")), 1)

    def test_another_clinics_visits_are_unchanged(self):
        theirs = self.make_appointment(self.dr_lake, self.stranger, self.visit.starts_at)
        self.sweep(self.time("16:00"))
        with self.inside(self.foreign_desk):
            self.assertEqual(Appointment.objects.get(pk=theirs.pk).status, "unconfirmed")

    def test_runs_as_a_periodic_job(self):
        past = self.make_appointment(self.dr_herrera, self.diego, clock.now() - dt.timedelta(hours=1))
        with self.inside(self.desk):
            Job.objects.create(clinic=self.riverside, kind="scheduling.no_shows", key="slot:1", run_after=clock.now())
        run_due_jobs(self.riverside.pk, kinds=["scheduling.no_shows"])
        self.assertEqual(self.now(past).status, "no-show")


class WalkInTests(AppointmentCase):
    def test_walk_ins_are_never_no_shows(self):
        visit = self.book_walk_in(self.time("09:00"), patient_id=self.diego.pk, doctor_id=self.dr_herrera.pk)
        with self.inside(self.desk):
            actor = system_actor(self.riverside.pk, "America/New_York")
            no_shows.mark_overdue(actor, at=self.time("16:00"))
        self.assertEqual(self.now(visit).status, "confirmed")
