"""Base classes of the tests of notifications."""

import datetime as dt

from clinicflow.access.actor import system_actor
from clinicflow.core import clock
from clinicflow.notifications.models import Notification
from clinicflow.notifications.operations import notifications
from clinicflow.notifications.operations.notifications import NotificationRequest
from clinicflow.testing.jobs import run_due_jobs
from clinicflow.testing.monday import MondayCase
from scheduling.operations import appointments

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


class NotificationCase(MondayCase):
    """Hannah has a confirmed visit at 15:00; Dana and Lea are at the front desk."""

    @classmethod
    def hire(cls):
        cls.visit = cls.visit_at("15:00", "Hannah Lindqvist", status="confirmed", intake_status="completed")
        cls.lea, cls.second_desk = cls.make_member(cls.riverside, "lea@riverside.test", "Lea Brandt", "admin")

    def cancel(self, actor=None, visit=None):
        with self.inside(actor or self.desk) as canceller:
            appointments.cancel(
                canceller,
                (visit or self.visit).pk,
                cancellation_type="clinic-cancelled",
                reason_note="ill",
                at=clock.now(),
            )

    def run_jobs(self):
        return run_due_jobs(self.riverside.pk)

    def rows(self, actor=None, **fields):
        reader = actor or system_actor(self.riverside.pk)
        with self.inside(reader):
            return list(Notification.objects.visible_to(reader).filter(**fields).order_by("created_at", "pk"))

    def recipients(self, **fields):
        """(user, role) of every notification."""
        return sorted((str(row.user), row.role) for row in self.rows(**fields))

    def notify(self, *kinds, actor=None, occasion=""):
        system = system_actor(self.riverside.pk)
        with self.inside(system):
            return notifications.notify(
                system,
                [
                    NotificationRequest(
                        kind=kind, object_type="appointment", object_id=self.visit.pk, occasion=occasion,
                        doctor_id=self.dr_okafor.pk,
                    )
                    for kind in kinds
                ],
                at=clock.now(),
            )  # fmt: skip
