"""Requests that lost against another are done again."""

from unittest import mock

from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase

from clinicflow.db import retry
from clinicflow.db.retry import RETRY_FLAG, RetryingHandler


class Lost(Exception):
    sqlstate = "40P01"


class Refused(Exception):
    sqlstate = "23505"


def failing(cause, times):
    """A view that fails so many times and then answers; it keeps the bodies it read."""

    def view(request):
        view.bodies.append(request.body)
        if len(view.bodies) <= times:
            raise OperationalError("lost") from cause
        return HttpResponse("done")

    view.bodies = []
    return view


@mock.patch.object(retry.time, "sleep")
class RetryTests(SimpleTestCase):
    def post(self, view):
        return retry.with_retries(view)(RequestFactory().post("/", b"{}", content_type="application/json"))

    def test_a_loser_tries_twice_more_with_its_body(self, sleep):
        view = failing(Lost(), 2)
        self.assertEqual(self.post(view).content, b"done")
        self.assertEqual(view.bodies, [b"{}"] * 3)
        first, second = (call.args[0] for call in sleep.call_args_list)
        self.assertTrue(0.05 <= first <= 0.1 and 0.2 <= second <= 0.4, (first, second))

    def test_then_gives_up(self, sleep):
        view = failing(Lost(), 9)
        with self.assertRaises(OperationalError):
            self.post(view)
        self.assertEqual(len(view.bodies), 3)

    def test_an_answer_may_ask_for_it(self, sleep):
        answers = [HttpResponse(status=503), HttpResponse(status=200)]
        setattr(answers[0], RETRY_FLAG, True)
        view = mock.Mock(side_effect=answers, __name__="view")
        self.assertEqual(self.post(view).status_code, 200)

    def test_other_errors_reads_and_uploads_are_not_repeated(self, sleep):
        make = RequestFactory()
        for cause, request in (
            (Refused(), make.post("/", b"{}", content_type="application/json")),
            (Lost(), make.get("/")),
            (Lost(), make.post("/", {"file": "x"})),
        ):
            view = failing(cause, 1)
            with self.assertRaises(OperationalError):
                retry.with_retries(view)(request)
            self.assertEqual(len(view.bodies), 1)
        sleep.assert_not_called()

    def test_the_server_uses_it_for_atomic_views_only(self, sleep):
        def view(request):
            return HttpResponse()

        self.assertIsNot(RetryingHandler().make_view_atomic(view), view)
        view._non_atomic_requests = {"default"}
        self.assertIs(RetryingHandler().make_view_atomic(view), view)
