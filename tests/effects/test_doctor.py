"""A doctor's own settings."""

import datetime as dt

from aiassist.models import Interaction
from aiassist.tests.cases import ConversationCase
from scheduling.errors import OverrideNotAllowed, WalkInsNotTaken
from scheduling.tests.cases import BookingCase
from tests.effects.cases import Decides


class Booking(Decides, BookingCase):
    def slots(self, **query):
        """The free times of Dr. Okafor on Monday."""
        query = {
            "doctor": self.dr_okafor.pk,
            "date_from": self.monday,
            "date_to": self.monday,
            "duration": 30,
            "limit": 50,
        } | query
        answer = self.client.get("/api/slots", query, headers=self.bearer_for(self.desk))
        return [slot["start_time"] for slot in answer.json()["results"]]

    def test_supported_visit_types(self):
        self.assertTrue(self.slots(visit_type="virtual"))
        self.decide_of(self.dr_okafor, supported_visit_types=["in-clinic"])
        self.assertEqual(self.slots(visit_type="virtual"), [])
        self.assertTrue(self.slots(visit_type="in-clinic"))

    def test_video_visits_enabled(self):
        self.decide_of(self.dr_okafor, video_visits_enabled=False)
        self.assertEqual(self.slots(visit_type="virtual"), [])
        self.assertTrue(self.slots(visit_type="in-clinic"))

    def test_allow_walk_ins(self):
        self.decide_of(self.dr_okafor, allow_walk_ins=False)
        with self.assertRaises(WalkInsNotTaken):
            self.book_walk_in(self.time("10:00"))
        self.decide_of(self.dr_okafor, allow_walk_ins=True)
        self.assertTrue(self.book_walk_in(self.time("10:00")).arrived)

    def test_allow_forced_booking(self):
        self.decide_of(self.dr_okafor, allow_forced_booking=False)
        with self.assertRaises(OverrideNotAllowed):
            self.book("07:00", override_reason="Emergency")
        self.decide_of(self.dr_okafor, allow_forced_booking=True)
        self.assertEqual(self.book("07:00", override_reason="Emergency").starts_at, self.time("07:00"))

    def test_working_hours_override(self):
        self.decide_of(self.dr_okafor, working_hours_override={"mon": [["10:00", "11:00"], ["14:00", "14:30"]]})
        self.assertEqual(self.slots(), ["10:00", "10:30", "14:00"])
        off = {str(self.monday): []}
        self.decide_of(self.dr_okafor, working_hours_override={"mon": [["10:00", "11:00"]]} | off)
        self.assertEqual(self.slots(), [])
        next_week = self.monday + dt.timedelta(days=7)
        self.assertEqual(self.slots(date_from=next_week, date_to=next_week), ["10:00", "10:30"])


class Calling(Decides, ConversationCase):
    def test_voice_ai_enabled(self):
        self.decide(sms_enabled=False, email_enabled=False)
        self.decide_of(self.dr_okafor, voice_ai_enabled=False)
        self.run_outreach()
        with self.inside(self.desk):
            self.assertFalse(Interaction.objects.visible_to(self.desk).exists())
        self.decide_of(self.dr_okafor, voice_ai_enabled=True)
        self.run_outreach()
        with self.inside(self.desk):
            self.assertEqual(Interaction.objects.visible_to(self.desk).get().channel, "voice")
