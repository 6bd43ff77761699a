"""`/api/ai/interactions`."""

from aiassist.models import Interaction
from aiassist.tests.cases import SEND, ConversationCase
from clinicflow.testing.jobs import run_due_jobs

ADDRESS = "/api/ai/interactions"


class InteractionApiCase(ConversationCase):
    def setUp(self):
        super().setUp()
        self.asked = self.receive("do I need to fast?")
        other = self.book(patient=self.make_patient(self.riverside, "Grace Kim"), doctor=self.dr_herrera)
        self.confirmed = self.receive("C", visit=other)

    def get(self, path="", actor=None, **query):
        return self.client_for(actor or self.desk).get(f"{ADDRESS}{path}", query)

    def post(self, path, body, actor=None, **headers):
        return self.client_for(actor or self.desk).post(
            f"{ADDRESS}/{path}", body, content_type="application/json", **headers
        )

    def ids(self, answer):
        self.assertEqual(answer.status_code, 200, answer.content)
        return [row["id"] for row in answer.json()["results"]]


class InteractionReadTests(InteractionApiCase):
    def test_the_front_desk_reads_all_a_doctor_their_own(self):
        self.assertEqual(self.ids(self.get()), [str(self.confirmed.pk), str(self.asked.pk)])
        self.assertEqual(self.ids(self.get(actor=self.doctor)), [str(self.asked.pk)])
        self.assertEqual(self.ids(self.get(actor=self.other_doctor)), [str(self.confirmed.pk)])
        self.assertEqual(self.ids(self.get(actor=self.foreign_desk)), [])

    def test_one_with_all_its_fields(self):
        answer = self.get(f"/{self.asked.pk}")
        body = answer.json()
        self.assertEqual((body["channel"], body["status"], body["needs_attention"]), ("sms", "escalated", True))
        self.assertEqual(body["attention_reason"], "complex-question")
        self.assertEqual(body["content"][0]["text"], "do I need to fast?")
        self.assertEqual(body["patient_name"], "Hannah Lindqvist")
        self.assertIn("ETag", answer)

    def test_filters(self):
        waiting, done = [str(self.asked.pk)], [str(self.confirmed.pk)]
        for query, expected in (
            ({"status": "completed"}, done),
            ({"channel": "sms", "needs_attention": "true"}, waiting),
            ({"channel": "voice"}, []),
            ({"needs_response": "false"}, done),
            ({"doctor": str(self.dr_herrera.pk)}, done),
            ({"patient": str(self.hannah.pk)}, waiting),
            ({"appointment": str(self.visit.pk)}, waiting),
            ({"attention_reason": "complex-question"}, waiting),
            ({"date": "2027-03-01", "ordering": "last_message_at"}, waiting + done),
            ({"date_from": "2027-03-02"}, []),
            ({"page_size": "1"}, done),
        ):
            with self.subTest(query):
                self.assertEqual(self.ids(self.get(**query)), expected)

    def test_what_is_not_known_is_refused(self):
        for query in ({"channels": "sms"}, {"channel": "pigeon"}, {"doctor": "x"}, {"ordering": "content"}):
            with self.subTest(query):
                self.assertEqual(self.get(**query).status_code, 400)
                self.assertEqual(self.get("/needs-attention", **query).status_code, 400)

    def test_conversations_that_need_a_reply(self):
        self.assertEqual(self.ids(self.get("/needs-attention")), [str(self.asked.pk)])
        self.assertEqual(self.ids(self.get("/needs-attention", actor=self.other_doctor)), [])

    def test_queries_do_not_grow_with_rows(self):
        client = self.client_for(self.desk)
        client.get(ADDRESS)
        with self.assertNumQueries(8):
            client.get(ADDRESS)
        for _ in range(6):
            self.receive("R", visit=self.book(patient=self.make_patient(self.riverside, "Noah Goldberg")))
        with self.assertNumQueries(8):
            self.assertEqual(len(client.get(ADDRESS).json()["results"]), 8)


class ResolveTests(InteractionApiCase):
    def test_resolving_records_member_and_note_and_clears_the_visit(self):
        answer = self.post(f"{self.asked.pk}/resolve", {"note": "Called back."})
        body = answer.json()
        self.assertEqual((answer.status_code, body["status"], body["needs_attention"]), (200, "completed", False))
        self.assertEqual((body["resolution_note"], body["resolved_by_id"]), ("Called back.", str(self.dana.pk)))
        self.assertFalse(self.stored_visit().needs_attention)
        self.assertEqual(self.ids(self.get("/needs-attention")), [])

    def test_again_is_a_success_that_changes_nothing(self):
        first = self.post(f"{self.asked.pk}/resolve", {"note": "Called back."}).json()
        again = self.post(f"{self.asked.pk}/resolve", {"note": "Otherwise."})
        self.assertEqual((again.status_code, again.json()), (200, first))

    def test_a_note_is_required(self):
        for body in ({}, {"note": ""}, {"note": " "}, {"note": "x" * 501}, {"note": "x", "more": 1}):
            with self.subTest(body):
                answer = self.post(f"{self.asked.pk}/resolve", body)
                self.assertEqual((answer.status_code, answer["Content-Type"]), (400, "application/problem+json"))
        self.assertTrue(self.conversation().needs_attention)

    def test_a_doctor_may_read_and_not_resolve(self):
        self.assertEqual(self.post(f"{self.asked.pk}/resolve", {"note": "x"}, self.doctor).status_code, 403)
        self.assertEqual(self.post(f"{self.asked.pk}/resolve", {"note": "x"}, self.foreign_desk).status_code, 404)
        self.assertTrue(self.conversation().needs_attention)


class ReplyTests(InteractionApiCase):
    def test_it_goes_out_and_is_answered_with_the_thread(self):
        answer = self.post(f"{self.asked.pk}/reply", {"body": "You may eat."})
        run_due_jobs(self.riverside.pk, kinds=SEND)
        body = answer.json()
        self.assertEqual((answer.status_code, body["content"][-1]["text"]), (200, "You may eat."))
        self.assertEqual((body["needs_response"], body["needs_attention"]), (False, True))
        self.assertEqual(self.messages(kind="reply", direction="outbound")[0].status, "sent")

    def test_the_same_key_sends_once(self):
        for _ in range(2):
            answer = self.post(f"{self.asked.pk}/reply", {"body": "You may eat."}, HTTP_IDEMPOTENCY_KEY="one")
            self.assertEqual(answer.status_code, 200)
        self.assertEqual(len(self.messages(kind="reply", direction="outbound")), 1)

    def test_a_reply_after_an_opt_out_is_rejected(self):
        self.receive("STOP")
        answer = self.post(f"{self.asked.pk}/reply", {"body": "Hello?"})
        self.assertEqual((answer.status_code, answer.json()["code"]), (409, "no_way_to_reach"))
        self.assertEqual(self.messages(kind="reply", direction="outbound"), [])

    def test_a_body_is_required(self):
        for body in ({}, {"body": ""}, {"body": "x" * 1001}, {"body": 5, "x": 1}):
            self.assertEqual(self.post(f"{self.asked.pk}/reply", body).status_code, 400)

    def test_a_call_is_answered_in_writing(self):
        with self.inside(self.desk):
            call = Interaction.objects.create(
                clinic=self.riverside,
                appointment=self.visit,
                patient=self.hannah,
                doctor=self.dr_okafor,
                channel="voice",
                direction="outbound",
            )
        self.assertEqual(self.post(f"{call.pk}/reply", {"body": "Call us back."}).status_code, 200)
        self.assertEqual(self.messages(kind="reply", direction="outbound")[0].channel, "sms")
