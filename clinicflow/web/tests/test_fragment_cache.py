from dataclasses import dataclass
from unittest import mock

from django.template import engines
from django.test import SimpleTestCase
from django.utils import translation
from django.utils.safestring import SafeString

from clinicflow.web.display import Display, display_as
from clinicflow.web.fragment_cache import Cacheable, FragmentCache, render_cached

BADGE = "ui/_badge.html"


@dataclass
class Label(Cacheable):
    text: str

    @property
    def cache_key(self):
        return (self.text,)


class RenderCachedTests(SimpleTestCase):
    def render(self, *values, template=BADGE):
        """The fragments of these values, and how often a template was loaded for them."""
        with mock.patch.object(engines["django"], "get_template", wraps=engines["django"].get_template) as load:
            return [render_cached(template, value) for value in values], load.call_count

    def test_the_same_values_are_rendered_once(self):
        fragments, loads = self.render({"text": "once only"}, {"text": "once only"})
        self.assertEqual((fragments[0], loads), (fragments[1], 1))
        self.assertIn("once only", fragments[0])

    def test_other_values_are_rendered_again(self):
        fragments, loads = self.render({"text": "this one"}, {"text": "that one"})
        self.assertNotEqual(fragments[0], fragments[1])
        self.assertEqual(loads, 2)

    def test_a_changed_value_is_rendered_again_by_its_cache_key(self):
        label = Label("before")
        with mock.patch.object(engines["django"], "get_template", wraps=engines["django"].get_template) as load:
            render_cached(BADGE, {"text": label})
            label.text = "after"
            render_cached(BADGE, {"text": label})
        self.assertEqual(load.call_count, 2)

    def test_another_language_or_time_format_is_rendered_again(self):
        values = {"text": "in two languages"}
        render_cached(BADGE, values)
        with translation.override("es"):
            self.assertEqual(self.render(values)[1], 1)
        with display_as(Display(zone="America/New_York", time_format="12h")):
            self.assertEqual(self.render(values)[1], 1)

    def test_a_patients_name_is_escaped(self):
        self.assertIn("&lt;b&gt;", render_cached(BADGE, {"text": "<b>"}))

    def test_a_fragment_of_safe_text_is_not_used_for_the_same_unsafe_text(self):
        render_cached(BADGE, {"text": SafeString("<i>so</i>")})
        self.assertIn("&lt;i&gt;so", render_cached(BADGE, {"text": "<i>so</i>"}))

    def test_the_same_values_under_other_names_are_rendered_again(self):
        render_cached(BADGE, {"text": "one", "tone": "bad"})
        self.assertEqual(self.render({"tone": "one", "text": "bad"})[1], 1)

    def test_a_value_without_a_key_is_refused(self):
        with self.assertRaises(TypeError):
            render_cached(BADGE, {"text": ["not hashable"]})


class FragmentCacheTests(SimpleTestCase):
    def test_the_oldest_fragment_is_evicted_above_the_capacity(self):
        cache = FragmentCache(capacity=10)
        for name in ("first", "second", "third"):
            cache.set((name,), SafeString("12345"))
        self.assertIsNone(cache.get(("first",)))
        self.assertIsNotNone(cache.get(("third",)))

    def test_a_fragment_stored_twice_counts_once(self):
        cache = FragmentCache(capacity=10)
        for _ in range(3):
            cache.set(("same",), SafeString("12345"))
        cache.set(("other",), SafeString("12345"))
        self.assertIsNotNone(cache.get(("same",)))
