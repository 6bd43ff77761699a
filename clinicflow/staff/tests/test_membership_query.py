"""The reads of every request against the querysets they stand for."""

from uuid import uuid4

from clinicflow.accounts.models import AuthSession, User
from clinicflow.accounts.selectors import unrevoked_session
from clinicflow.clinics.models import Membership
from clinicflow.core import clock
from clinicflow.staff.selectors.active_membership import active_membership
from clinicflow.testing.case import ClinicCase


def plain(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


class SignIn(ClinicCase):
    def test_reads_what_the_queryset_reads(self):
        with self.assertNumQueries(1):
            session = unrevoked_session(self.desk.session_id)
            user = plain(session.user)
        expected = AuthSession.objects.select_related("user").get(pk=self.desk.session_id)
        self.assertEqual((plain(session), user), (plain(expected), plain(expected.user)))

    def test_an_ended_one_is_not_found(self):
        AuthSession.objects.filter(pk=self.desk.session_id).update(revoked_at=clock.now())
        self.assertIsNone(unrevoked_session(self.desk.session_id))
        self.assertIsNotNone(unrevoked_session(self.doctor.session_id))

    def test_an_unknown_one_is_not_found(self):
        self.assertIsNone(unrevoked_session(uuid4()))


class ActiveMembership(ClinicCase):
    def read(self):
        return active_membership(self.doctor.membership_id, self.doctor.user_id)

    def test_reads_what_the_queryset_reads(self):
        with self.assertNumQueries(1):
            membership = self.read()
            zone, name = membership.clinic.timezone, membership.user.name
        expected = Membership.objects.select_related("clinic", "user").get(pk=self.doctor.membership_id)
        self.assertEqual(plain(membership), plain(expected))
        self.assertEqual((zone, name), (expected.clinic.timezone, expected.user.name))
        self.assertEqual(membership.clinic.settings, expected.clinic.settings)

    def test_of_somebody_else_is_not_found(self):
        self.assertIsNone(active_membership(self.doctor.membership_id, self.desk.user_id))

    def test_a_disabled_one_is_not_found(self):
        with self.inside(self.desk):
            Membership.objects.filter(pk=self.doctor.membership_id).update(status="disabled")
        self.assertIsNone(self.read())

    def test_of_a_disabled_person_is_not_found(self):
        User.objects.filter(pk=self.doctor.user_id).update(status="disabled")
        self.assertIsNone(self.read())
