"""Working hours typed into a form: what comes out, and what is said about what cannot be."""

from django import forms
from django.http import QueryDict
from django.test import SimpleTestCase

from clinicflow.clinic_settings.forms.weekly_hours import DatedHoursField, WeeklyHoursField


class WeekForm(forms.Form):
    hours = WeeklyHoursField(label="Weekly hours")


class DatesForm(forms.Form):
    dates = DatedHoursField(label="Single days")


def typed(**values):
    data = QueryDict(mutable=True)
    for name, texts in values.items():
        data.setlist(name.replace("_", "-"), texts)
    return data


class Weekly(SimpleTestCase):
    def test_ranges_of_a_day_come_in_order_and_empty_ones_are_left_out(self):
        form = WeekForm(
            typed(hours_mon_start=["13:15", "09:00", ""], hours_mon_end=["17:00", "12:30", ""], hours_fri_start=[""])
        )
        self.assertTrue(form.is_valid(), form.errors)
        self.assertEqual(form.cleaned_data["hours"], {"mon": [["09:00", "12:30"], ["13:15", "17:00"]]})

    def test_nothing_at_all_is_a_week_off(self):
        form = WeekForm(typed())
        self.assertTrue(form.is_valid())
        self.assertEqual(form.cleaned_data["hours"], {})

    def test_every_wrong_day_is_named_marked_and_kept_as_typed(self):
        form = WeekForm(
            typed(
                hours_mon_start=["12:00"],
                hours_mon_end=["09:00"],
                hours_tue_start=["09:00", "11:00"],
                hours_tue_end=["12:00", "13:00"],
                hours_wed_start=["09:00"],
                hours_wed_end=[""],
                hours_thu_start=["09:00"],
                hours_thu_end=["10:00"],
            )
        )
        self.assertFalse(form.is_valid())
        said = form.errors["hours"]
        self.assertEqual([text.split(":")[0] for text in said], ["Monday", "Tuesday", "Wednesday"])
        page = form["hours"].as_widget()
        self.assertIn('value="12:00"', page)
        self.assertInHTML(
            '<input type="time" name="hours-mon-start" value="12:00" aria-label="Monday, from" aria-invalid="true">',
            page,
        )
        self.assertNotIn('id="id_hours-thu-problem"', page)
        self.assertIn('id="id_hours-wed-problem"', page)

    def test_a_time_that_is_none_is_refused(self):
        form = WeekForm(typed(hours_mon_start=["<b>"], hours_mon_end=["25:00"]))
        self.assertFalse(form.is_valid())
        self.assertNotIn("<b>", form["hours"].as_widget())

    def test_each_day_offers_one_spare_range(self):
        form = WeekForm(initial={"hours": {"mon": [["09:00", "12:30"], ["13:15", "17:00"]]}})
        page = form["hours"].as_widget()
        self.assertEqual((page.count("hours-mon-start"), page.count("hours-sun-start")), (3, 1))

    def test_a_week_that_is_typed_as_it_was_has_not_changed(self):
        week = {"mon": [["09:00", "12:30"]]}
        same = WeekForm(typed(hours_mon_start=["09:00", ""], hours_mon_end=["12:30", ""]), initial={"hours": week})
        other = WeekForm(typed(hours_mon_start=["09:00"], hours_mon_end=["12:00"]), initial={"hours": week})
        self.assertEqual((same.has_changed(), other.has_changed()), (False, True))


class Dated(SimpleTestCase):
    def test_dates_that_stand_there_and_one_that_is_added(self):
        form = DatesForm(
            typed(
                dates_day=["2026-12-28"],
                **{"dates-2026-12-28-start": [""], "dates-2026-12-28-end": [""]},
                dates_new_day=["2026-12-24"],
                dates_new_start=["09:00"],
                dates_new_end=["12:00"],
            )
        )
        self.assertTrue(form.is_valid(), form.errors)
        self.assertEqual(form.cleaned_data["dates"], {"2026-12-24": [["09:00", "12:00"]], "2026-12-28": []})

    def test_a_date_that_is_none_is_refused(self):
        form = DatesForm(typed(dates_new_day=["9999-99-99"]))
        self.assertFalse(form.is_valid())

    def test_a_range_the_wrong_way_round_names_the_date(self):
        form = DatesForm(typed(dates_new_day=["2026-12-24"], dates_new_start=["12:00"], dates_new_end=["09:00"]))
        self.assertFalse(form.is_valid())
        self.assertIn("2026-12-24", form.errors["dates"][0])
