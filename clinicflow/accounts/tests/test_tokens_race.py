"""Concurrent uses of one refresh token."""

import threading
from collections import Counter

import pytest
from django.db import connection
from django.test import TransactionTestCase

from clinicflow.accounts.models import AuthSession, RefreshToken, User
from clinicflow.accounts.operations import sessions, tokens


@pytest.mark.race
class ConcurrentRotation(TransactionTestCase):
    def test_one_use_succeeds_and_the_session_is_revoked(self):
        user = User.objects.create_user("dana@riverside.test", "correct horse battery", name="Dana")
        session = sessions.start(user, kind="api")
        raw = tokens.refresh_token(session)
        barrier = threading.Barrier(8)
        outcomes = []

        def use():
            barrier.wait(10)
            try:
                tokens.rotate(raw)
                outcomes.append("won")
            except tokens.BadToken as error:
                outcomes.append(error.code)
            finally:
                connection.close()

        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        self.assertEqual(Counter(outcomes), {"won": 1, "token_reused": 7})
        self.assertIsNotNone(AuthSession.objects.get(pk=session.pk).revoked_at)
        self.assertEqual(RefreshToken.objects.filter(used_at=None).count(), 1)
        with self.assertRaises(tokens.BadToken):
            tokens.session_of(tokens.access_token(session))
