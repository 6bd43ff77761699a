import datetime as dt

from django.template import Context, Template
from django.test import SimpleTestCase

from clinicflow.web.display import Display, display_as, lazy_display, write_clock, write_date, write_hour
from clinicflow.web.templatetags.ui import ago, initials, phone, short_doctor

AFTERNOON = dt.datetime(2026, 11, 23, 20, 5, tzinfo=dt.UTC)  # 15:05 in New York
AMERICAN = Display(zone="America/New_York", time_format="12h", date_format="MM/DD/YYYY")
EUROPEAN = Display(zone="Europe/Berlin", time_format="24h", date_format="DD/MM/YYYY")


class FormatTests(SimpleTestCase):
    def test_twelve_hours_in_the_clinics_time_zone(self):
        with display_as(AMERICAN):
            self.assertEqual(write_clock(AFTERNOON), "3:05 pm")
            self.assertEqual(write_clock(AFTERNOON, suffix=False), "3:05")
            self.assertEqual(write_clock(dt.time(0, 30)), "12:30 am")
            self.assertEqual([write_hour(hour) for hour in (0, 9, 12, 17)], ["12 am", "9 am", "12 pm", "5 pm"])

    def test_twenty_four_hours(self):
        with display_as(EUROPEAN):
            self.assertEqual(write_clock(AFTERNOON), "21:05")
            self.assertEqual(write_hour(9), "09:00")

    def test_the_order_of_a_date_follows_the_clinic(self):
        with display_as(AMERICAN):
            self.assertEqual(write_date(AFTERNOON, "digits"), "11/23/2026")
            self.assertEqual(write_date(AFTERNOON, "weekday"), "Mon, Nov 23")
        with display_as(EUROPEAN):
            self.assertEqual(write_date(AFTERNOON, "digits"), "23/11/2026")
            self.assertEqual(write_date(AFTERNOON, "weekday"), "Mon 23 Nov")

    def test_the_date_is_in_the_clinics_time_zone(self):
        late = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
        with display_as(AMERICAN):
            self.assertEqual(write_date(late, "short"), "Nov 23")
        with display_as(EUROPEAN):
            self.assertEqual(write_date(late, "short"), "24 Nov")

    def test_preferences_are_read_once_and_only_when_needed(self):
        reads = []

        def preferences():
            reads.append(1)
            return AMERICAN

        with lazy_display("America/New_York", preferences):
            self.assertEqual(reads, [])
            write_clock(AFTERNOON)
            write_date(AFTERNOON)
        self.assertEqual(reads, [1])


class FilterTests(SimpleTestCase):
    def test_durations_use_the_largest_unit(self):
        self.assertEqual([ago(s) for s in (59, 18 * 60, 3 * 3600, 3 * 86400)], ["0 min", "18 min", "3 h", "3 d"])

    def test_names_are_shortened(self):
        self.assertEqual(initials("Dr. Amara de la Okafor"), "DO")
        self.assertEqual(short_doctor("Dr. Amara Okafor"), "Dr. Okafor")

    def test_phone_numbers_have_the_national_format(self):
        self.assertEqual(phone("+15125550121"), "(512) 555-0121")
        self.assertEqual(phone("+4930901820"), "+49 30 901820")
        self.assertEqual(phone(""), "")
        self.assertEqual(phone("ask her mother"), "ask her mother")

    def test_an_icon_is_decoration_unless_it_has_a_label(self):
        html = Template('{% icon "x" %}{% icon "video" "" "Video" %}').render(Context())
        self.assertIn('aria-hidden="true"', html)
        self.assertIn('role="img" aria-label="Video"', html)
        self.assertNotIn("style=", html)
