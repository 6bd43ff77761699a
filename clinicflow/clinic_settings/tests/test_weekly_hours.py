"""The form fields of working hours: their values and errors."""

from django import forms
from django.http import QueryDict
from django.test import SimpleTestCase

from clinicflow.clinic_settings.forms.weekly_hours import DatedHoursField, WeeklyHoursField


class WeekForm(forms.Form):
    hours = WeeklyHoursField(label="Weekly hours")


class DatesForm(forms.Form):
    dates = DatedHoursField(label="Single days")


def posted(**values):
    data = QueryDict(mutable=True)
    for name, texts in values.items():
        data.setlist(name.replace("_", "-"), texts)
    return data


class Weekly(SimpleTestCase):
    def test_ranges_are_sorted_and_empty_ones_left_out(self):
        form = WeekForm(
            posted(hours_mon_start=["13:15", "09:00", ""], hours_mon_end=["17:00", "12:30", ""], hours_fri_start=[""])
        )
        self.assertTrue(form.is_valid(), form.errors)
        self.assertEqual(form.cleaned_data["hours"], {"mon": [["09:00", "12:30"], ["13:15", "17:00"]]})

    def test_no_ranges_is_a_week_off(self):
        form = WeekForm(posted())
        self.assertTrue(form.is_valid())
        self.assertEqual(form.cleaned_data["hours"], {})

    def test_every_invalid_day_is_named_and_marked_with_its_values(self):
        form = WeekForm(
            posted(
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
        messages = form.errors["hours"]
        self.assertEqual([text.split(":")[0] for text in messages], ["Monday", "Tuesday", "Wednesday"])
        page = form["hours"].as_widget()
        self.assertIn('value="12:00"', page)
        self.assertInHTML(
            '<input type="time" name="hours-mon-start" value="12:00" aria-label="Monday, from" aria-invalid="true">',
            page,
        )
        self.assertNotIn('id="id_hours-thu-problem"', page)
        self.assertIn('id="id_hours-wed-problem"', page)

    def test_a_malformed_time_is_rejected(self):
        form = WeekForm(posted(hours_mon_start=["<b>"], hours_mon_end=["25:00"]))
        self.assertFalse(form.is_valid())
        self.assertNotIn("<b>", form["hours"].as_widget())

    def test_each_day_has_one_empty_range(self):
        form = WeekForm(initial={"hours": {"mon": [["09:00", "12:30"], ["13:15", "17:00"]]}})
        page = form["hours"].as_widget()
        self.assertEqual((page.count("hours-mon-start"), page.count("hours-sun-start")), (3, 1))

    def test_an_unchanged_week_has_not_changed(self):
        week = {"mon": [["09:00", "12:30"]]}
        same = WeekForm(posted(hours_mon_start=["09:00", ""], hours_mon_end=["12:30", ""]), initial={"hours": week})
        other = WeekForm(posted(hours_mon_start=["09:00"], hours_mon_end=["12:00"]), initial={"hours": week})
        self.assertEqual((same.has_changed(), other.has_changed()), (False, True))


class Dated(SimpleTestCase):
    def test_existing_dates_and_an_added_one(self):
        form = DatesForm(
            posted(
                dates_day=["2026-12-28"],
                **{"dates-2026-12-28-start": [""], "dates-2026-12-28-end": [""]},
                dates_new_day=["2026-12-24"],
                dates_new_start=["09:00"],
                dates_new_end=["12:00"],
            )
        )
        self.assertTrue(form.is_valid(), form.errors)
        self.assertEqual(form.cleaned_data["dates"], {"2026-12-24": [["09:00", "12:00"]], "2026-12-28": []})

    def test_a_malformed_date_is_rejected(self):
        form = DatesForm(posted(dates_new_day=["9999-99-99"]))
        self.assertFalse(form.is_valid())

    def test_a_reversed_range_names_the_date(self):
        form = DatesForm(posted(dates_new_day=["2026-12-24"], dates_new_start=["12:00"], dates_new_end=["09:00"]))
        self.assertFalse(form.is_valid())
        self.assertIn("2026-12-24", form.errors["dates"][0])
