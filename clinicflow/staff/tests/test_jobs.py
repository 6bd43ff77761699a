"""Jobs: which rows the purge deletes, and which it keeps."""

import datetime as dt

from clinicflow.accounts.models import AuthSession
from clinicflow.api.models import IdempotencyRecord
from clinicflow.core import clock
from clinicflow.staff.jobs import purge_expired
from clinicflow.testing.case import ClinicCase


class PurgeExpired(ClinicCase):
    def test_idempotency_records_are_deleted_after_a_day_in_their_clinic_only(self):
        for actor in (self.desk, self.foreign_desk):
            with self.inside(actor):
                for key, hours in (("old", 25), ("new", 23)):
                    row = IdempotencyRecord.objects.create(
                        clinic_id=actor.clinic_id, user_id=actor.user_id, key=key, fingerprint=b"x" * 32
                    )
                    IdempotencyRecord.objects.filter(pk=row.pk).update(
                        created_at=clock.now() - dt.timedelta(hours=hours)
                    )
        with self.inside(self.desk):
            purge_expired(clinic_id=self.riverside.pk)
            self.assertEqual(list(IdempotencyRecord.objects.values_list("key", flat=True)), ["new"])
        with self.inside(self.foreign_desk):
            self.assertEqual(IdempotencyRecord.objects.count(), 2)

    def test_sessions_are_deleted_a_month_after_their_end_in_their_clinic_only(self):
        long_ago = clock.now() - dt.timedelta(days=31)
        expired = (self.doctor.session_id, self.foreign_desk.session_id)
        AuthSession.objects.filter(pk__in=expired).update(absolute_until=long_ago)
        with self.inside(self.desk):
            purge_expired(clinic_id=self.riverside.pk)
        remaining = set(AuthSession.objects.values_list("pk", flat=True))
        self.assertNotIn(self.doctor.session_id, remaining)
        self.assertLessEqual({self.desk.session_id, self.foreign_desk.session_id}, remaining)
