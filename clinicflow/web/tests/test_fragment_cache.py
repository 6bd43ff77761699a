from dataclasses import dataclass
from unittest import mock

from django.template import engines
from django.test import SimpleTestCase
from django.utils import translation
from django.utils.safestring import SafeString

from clinicflow.web.display import Display, display_as
from clinicflow.web.fragment_cache import FragmentCache, render_cached

BADGE = "ui/_badge.html"


@dataclass
class Thing:
    text: str

    @property
    def facts(self):
        return (self.text,)


class DrawTests(SimpleTestCase):
    def renderings(self, *values, template=BADGE):
        """What comes of drawing each of these, and how often a template was asked for."""
        with mock.patch.object(engines["django"], "get_template", wraps=engines["django"].get_template) as asked:
            return [render_cached(template, value) for value in values], asked.call_count

    def test_the_same_facts_are_drawn_once(self):
        drawn, times = self.renderings({"text": "once only"}, {"text": "once only"})
        self.assertEqual((drawn[0], times), (drawn[1], 1))
        self.assertIn("once only", drawn[0])

    def test_other_facts_are_drawn_again(self):
        drawn, times = self.renderings({"text": "this one"}, {"text": "that one"})
        self.assertNotEqual(drawn[0], drawn[1])
        self.assertEqual(times, 2)

    def test_a_value_that_changed_is_drawn_again_by_its_facts(self):
        thing = Thing("before")
        with mock.patch.object(engines["django"], "get_template", wraps=engines["django"].get_template) as asked:
            render_cached(BADGE, {"text": thing})
            thing.text = "after"
            render_cached(BADGE, {"text": thing})
        self.assertEqual(asked.call_count, 2)

    def test_another_language_or_clock_is_drawn_again(self):
        value = {"text": "in two tongues"}
        render_cached(BADGE, value)
        with translation.override("es"):
            self.assertEqual(self.renderings(value)[1], 1)
        with display_as(Display(zone="America/New_York", time_format="12h")):
            self.assertEqual(self.renderings(value)[1], 1)

    def test_what_a_patient_is_called_is_escaped(self):
        self.assertIn("&lt;b&gt;", render_cached(BADGE, {"text": "<b>"}))

    def test_what_was_drawn_from_markup_is_not_given_to_the_same_words_unmarked(self):
        render_cached(BADGE, {"text": SafeString("<i>so</i>")})
        self.assertIn("&lt;i&gt;so", render_cached(BADGE, {"text": "<i>so</i>"}))

    def test_the_same_values_under_other_names_are_drawn_again(self):
        render_cached(BADGE, {"text": "one", "tone": "bad"})
        self.assertEqual(self.renderings({"tone": "one", "text": "bad"})[1], 1)


class MemoryTests(SimpleTestCase):
    def test_the_oldest_part_goes_when_there_are_too_many_characters(self):
        memory = FragmentCache(most=10)
        for name in ("first", "second", "third"):
            memory.keep((name,), SafeString("12345"))
        self.assertIsNone(memory.find(("first",)))
        self.assertIsNotNone(memory.find(("third",)))

    def test_a_part_kept_twice_counts_once(self):
        memory = FragmentCache(most=10)
        for _ in range(3):
            memory.keep(("same",), SafeString("12345"))
        memory.keep(("other",), SafeString("12345"))
        self.assertIsNotNone(memory.find(("same",)))
