"""The hand-written queries of every request, compared with the querysets that they replace."""

from uuid import uuid4

from clinicflow.accounts.models import AuthSession, User
from clinicflow.accounts.selectors import unrevoked_session
from clinicflow.clinics.models import Membership
from clinicflow.core import clock
from clinicflow.staff.selectors.active_membership import active_membership
from clinicflow.testing.case import ClinicCase


def values_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


class SignIn(ClinicCase):
    def test_returns_what_the_queryset_returns(self):
        with self.assertNumQueries(1):
            session = unrevoked_session(self.desk.session_id)
            user = values_of(session.user)
        expected = AuthSession.objects.select_related("user").get(pk=self.desk.session_id)
        self.assertEqual((values_of(session), user), (values_of(expected), values_of(expected.user)))

    def test_an_ended_session_is_not_found(self):
        AuthSession.objects.filter(pk=self.desk.session_id).update(revoked_at=clock.now())
        self.assertIsNone(unrevoked_session(self.desk.session_id))
        self.assertIsNotNone(unrevoked_session(self.doctor.session_id))

    def test_an_unknown_session_is_not_found(self):
        self.assertIsNone(unrevoked_session(uuid4()))


class ActiveMembership(ClinicCase):
    def read(self):
        return active_membership(self.doctor.membership_id, self.doctor.user_id)

    def test_returns_what_the_queryset_returns(self):
        with self.assertNumQueries(1):
            membership = self.read()
            zone, name = membership.clinic.timezone, membership.user.name
        expected = Membership.objects.select_related("clinic", "user").get(pk=self.doctor.membership_id)
        self.assertEqual(values_of(membership), values_of(expected))
        self.assertEqual((zone, name), (expected.clinic.timezone, expected.user.name))
        self.assertEqual(membership.clinic.settings, expected.clinic.settings)

    def test_another_users_membership_is_not_found(self):
        self.assertIsNone(active_membership(self.doctor.membership_id, self.desk.user_id))

    def test_a_disabled_membership_is_not_found(self):
        with self.inside(self.desk):
            Membership.objects.filter(pk=self.doctor.membership_id).update(status="disabled")
        self.assertIsNone(self.read())

    def test_the_membership_of_a_disabled_user_is_not_found(self):
        User.objects.filter(pk=self.doctor.user_id).update(status="disabled")
        self.assertIsNone(self.read())
