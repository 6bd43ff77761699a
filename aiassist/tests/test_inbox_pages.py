"""The Inbox and the simulator, page by page."""

import re

from aiassist.models import DangerAlert
from aiassist.operations import dangers, outreach
from aiassist.tests.cases import ConversationCase
from clinicflow.core import clock
from clinicflow.testing.html import source_of


class InboxPageTests(ConversationCase):
    def setUp(self):
        super().setUp()
        self.asked = self.receive("do I need to fast?")
        other = self.book(patient=self.make_patient(self.riverside, "Grace Kim"), doctor=self.dr_herrera)
        self.confirmed = self.receive("C", visit=other)
        self.client = self.client_for(self.desk)

    def test_conversations_that_need_a_reply_are_listed_first(self):
        page = self.client.get("/inbox")
        self.assertContains(page, "Hannah Lindqvist")
        self.assertContains(page, "Question")
        self.assertNotContains(page, "Grace Kim")
        self.assertContains(page, "do I need to fast?")  # and not the answer that went back by itself
        self.assertContains(self.client.get("/inbox?view=all"), "Grace Kim")

    def test_possible_emergencies_come_first_until_they_are_closed(self):
        visit = self.book(patient=self.make_patient(self.riverside, "Noah Goldberg"))
        self.receive("my chest hurts so bad and I can't breathe", visit=visit)
        page = self.client_for(self.desk).get("/inbox")
        rows = page.context["rows"]
        self.assertEqual((rows[0].thread.appointment_id, rows[0].in_danger), (visit.pk, True))
        self.assertFalse(any(row.in_danger for row in rows[1:]))
        self.assertContains(page, "Possible emergency")
        danger_view = self.client_for(self.desk).get("/inbox?view=danger")
        self.assertEqual([row.thread.appointment_id for row in danger_view.context["rows"]], [visit.pk])
        with self.inside(self.desk):
            for alert in DangerAlert.objects.visible_to(self.desk).open():
                dangers.resolve(self.desk, alert.pk, note="Called him.", at=clock.now())
        rows = self.client_for(self.desk).get("/inbox").context["rows"]
        self.assertFalse(any(row.in_danger for row in rows))
        self.assertIn(visit.pk, {row.thread.appointment_id for row in rows})

    def test_narrowed_by_channel_status_doctor_and_day(self):
        for query, hannah, grace in (
            ("channel=sms", True, True),
            ("channel=voice", False, False),
            ("status=completed", False, True),
            (f"doctor={self.dr_okafor.pk}", True, False),
            ("day=2027-03-01", True, True),
            ("day=2027-03-02", False, False),
            ("view=unanswered", True, False),
            ("doctor=nobody&day=x&channel=pigeon&page=99", True, True),
        ):
            with self.subTest(query):
                page = self.client.get(f"/inbox?view=all&{query}" if "view" not in query else f"/inbox?{query}")
                self.assertEqual("Hannah Lindqvist" in page.content.decode(), hannah)
                self.assertEqual("Grace Kim" in page.content.decode(), grace)

    def test_an_empty_inbox_says_so(self):
        self.assertContains(self.client_for(self.foreign_desk).get("/inbox"), "All caught up")
        self.assertContains(self.client_for(self.foreign_desk).get("/inbox?view=all"), "No conversations")

    def test_queries_do_not_grow_with_rows(self):
        self.client.get("/inbox?view=all")
        with self.assertNumQueries(11):
            self.client.get("/inbox?view=all")
        for _ in range(5):
            self.receive("R", visit=self.book(patient=self.make_patient(self.riverside, "Noah Goldberg")))
        with self.assertNumQueries(11):
            self.client.get("/inbox?view=all")

    def test_a_conversation_shows_what_was_understood_and_done(self):
        page = self.client.get(f"/inbox/{self.asked.pk}")
        self.assertContains(page, "do I need to fast?")
        self.assertContains(page, "Understood: question. Passed on to the front desk.")
        self.assertContains(page, "Needs a reply: question")

    def test_a_doctor_reads_their_own_and_cannot_write(self):
        page = self.client_for(self.doctor).get(f"/inbox/{self.asked.pk}")
        self.assertContains(page, "do I need to fast?")
        self.assertNotContains(page, "Write to the patient")
        self.assertEqual(self.client_for(self.other_doctor).get(f"/inbox/{self.asked.pk}").status_code, 404)

    def test_next_and_previous_go_through_the_view(self):
        first = self.client.get(f"/inbox/{self.confirmed.pk}?view=all")
        self.assertContains(first, f"/inbox/{self.asked.pk}?view=all")
        self.assertContains(first, "Next conversation")
        self.assertNotContains(first, "Previous conversation")

    def test_an_answer_goes_out(self):
        answer = self.client.post(f"/inbox/{self.asked.pk}/reply", {"body": "You may eat."})
        self.assertRedirects(answer, f"/inbox/{self.asked.pk}")
        self.assertEqual(self.messages(kind="reply", direction="outbound")[0].body, "You may eat.")

    def test_an_empty_reply_is_rejected_beside_the_field_and_stores_nothing(self):
        answer = self.client.post(f"/inbox/{self.asked.pk}/reply", {"body": " "})
        self.assertContains(answer, "Write a message.", status_code=422)

    def test_a_reply_after_an_opt_out_is_rejected_with_the_reason_and_the_text(self):
        self.receive("STOP")
        answer = self.client.post(f"/inbox/{self.asked.pk}/reply", {"body": "Hello, it is us."})
        self.assertContains(answer, "has opted out of this channel", status_code=422)
        self.assertContains(answer, "Hello, it is us.", status_code=422)

    def test_resolving_requires_a_note(self):
        self.assertEqual(self.client.post(f"/inbox/{self.asked.pk}/resolve", {"note": ""}).status_code, 422)
        self.client.post(f"/inbox/{self.asked.pk}/resolve", {"note": "Called."})
        self.assertFalse(self.stored_visit().needs_attention)
        self.assertContains(self.client.get(f"/inbox/{self.asked.pk}"), "Called.")

    def test_the_panel_has_everything_about_the_visit(self):
        page = self.client.get(f"/visits/{self.visit.pk}/talks")
        self.assertContains(page, "do I need to fast?")
        self.assertContains(page, f"/inbox/{self.asked.pk}")
        self.assertContains(self.client.get(f"/visits/{self.visit.pk}"), f"/visits/{self.visit.pk}/talks")

    def test_asking_now(self):
        self.client.post(f"/visits/{self.visit.pk}/ask", {"channel": "voice"})
        self.assertEqual(self.conversation("voice").content[0]["outcome"], "ringing")
        self.receive("STOP")
        refused = self.client.post(f"/visits/{self.visit.pk}/ask", {"channel": "sms"})
        self.assertEqual(refused.status_code, 409)


class SimulatorTests(ConversationCase):
    def setUp(self):
        super().setUp()
        self.client = self.client_for(self.desk)
        self.phone = f"/inbox/simulator/{self.visit.pk}"

    def test_what_was_sent_is_on_the_phone(self):
        self.run_outreach()
        self.assertContains(self.client.get("/inbox/simulator"), "Hannah Lindqvist")
        self.assertContains(self.client.get(self.phone), "Reply C to confirm")

    def test_a_patient_without_messages_is_found_by_name(self):
        self.assertContains(self.client.get("/inbox/simulator?q=lindqvist"), self.phone)
        self.assertContains(self.client.get("/inbox/simulator?q=nobody"), "No patients found")

    def test_typing_as_the_patient_acts(self):
        answer = self.client.post(f"{self.phone}/say", {"channel": "sms", "text": "C"})
        self.assertRedirects(answer, self.phone)
        self.assertEqual(self.stored_visit().status, "confirmed")

    def test_enter_sends_what_was_typed_and_presses_no_short_answer_and_no_key(self):
        with self.inside(self.desk):
            outreach.request_confirmation(self.desk, self.visit.pk, channel="voice", at=clock.now())
        page = source_of(self.client.get(self.phone))
        for form in ("ringing", "typing"):
            _, _, rest = page.partition(f'<form class="{form}"')
            first = re.search(r"<button[^>]*>", rest)[0]
            self.assertNotIn("name=", first)

    def test_nothing_typed_is_refused(self):
        self.assertEqual(self.client.post(f"{self.phone}/say", {"channel": "sms", "text": ""}).status_code, 422)

    def test_a_ringing_call_is_answered_with_a_key(self):
        with self.inside(self.desk):
            thread = outreach.request_confirmation(self.desk, self.visit.pk, channel="voice", at=clock.now())
        page = self.client.get(self.phone)
        self.assertContains(page, "The clinic is calling")
        self.client.post(f"{self.phone}/call", {"call": thread.content[-1]["id"], "key": "1"})
        self.assertEqual(self.stored_visit().status, "confirmed")
        self.assertNotContains(self.client.get(self.phone), "The clinic is calling")

    def test_or_not_at_all(self):
        with self.inside(self.desk):
            thread = outreach.request_confirmation(self.desk, self.visit.pk, channel="voice", at=clock.now())
        self.client.post(f"{self.phone}/call", {"call": thread.content[-1]["id"], "how": "voicemail"})
        self.assertEqual(self.conversation("voice").content[-1]["outcome"], "voicemail")

    def test_there_is_none_where_messages_really_leave(self):
        with self.settings(MESSAGE_PROVIDER="email"):
            self.assertEqual(self.client.get("/inbox/simulator").status_code, 404)
            self.assertEqual(self.client.post(f"{self.phone}/say", {"channel": "sms", "text": "C"}).status_code, 404)
        self.assertEqual(self.stored_visit().status, "unconfirmed")
