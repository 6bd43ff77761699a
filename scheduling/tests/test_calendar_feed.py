"""The calendar feed of a doctor and its secret URL."""

import datetime as dt

import icalendar
from dateutil.rrule import rrulestr

from clinicflow.audit.models import AuditLog
from scheduling.tests.cases import ApiCase


class CalendarTests(ApiCase):
    def issue(self, actor=None):
        response = self.call("post", f"/api/doctors/{self.dr_okafor.pk}/calendar-feed", actor=actor or self.doctor)
        self.assertEqual(response.status_code, 201, response.content)
        return response.json()["url"].removeprefix("http://testserver")

    def test_shows_initials_only_in_the_clinics_zone(self):
        self.visit.reason = "Secret knee"
        self.put(reason="Secret knee")
        response = self.client.get(self.issue())
        self.assertEqual((response.status_code, response["Content-Type"]), (200, "text/calendar; charset=utf-8"))
        text = response.content.decode()
        for word in ("Hannah", "Lindqvist", "Secret", str(self.hannah.pk)):
            self.assertNotIn(word, text)
        feed = icalendar.Calendar.from_ical(text)
        (event,) = feed.walk("VEVENT")
        self.assertEqual(str(event["SUMMARY"]), "HL · In clinic")
        self.assertEqual(event["DTSTART"].dt, self.visit.starts_at)
        self.assertEqual(event["DTSTART"].params["TZID"], "America/New_York")
        self.assertEqual(event["STATUS"], "TENTATIVE")

    def test_an_independent_parser_of_its_zone_yields_the_same_instants(self):
        """Parses VTIMEZONE with dateutil, as a calendar application without zone data would."""
        feed = icalendar.Calendar.from_ical(self.client.get(self.issue()).content)
        (event,) = feed.walk("VEVENT")
        wall = event["DTSTART"].dt.replace(tzinfo=None)
        onsets = []
        for part in (part for zone in feed.walk("VTIMEZONE") for part in zone.subcomponents):
            start = part["DTSTART"].dt.replace(tzinfo=None)
            offset = part["TZOFFSETTO"].td
            onsets.append((start, offset))
            if "RRULE" in part:
                rule = rrulestr(part["RRULE"].to_ical().decode(), dtstart=start, ignoretz=True)
                onsets += [(moment, offset) for moment in rule.between(wall - dt.timedelta(days=400), wall, inc=True)]
            for dates in part.get("RDATE", []) if isinstance(part.get("RDATE"), list) else [part.get("RDATE")]:
                onsets += [(date.dt.replace(tzinfo=None), offset) for date in (dates.dts if dates else [])]
        _, offset = max(pair for pair in onsets if pair[0] <= wall)
        self.assertEqual((wall - offset).replace(tzinfo=dt.UTC), self.visit.starts_at)

    def test_a_new_token_or_none_revokes_the_old_one(self):
        old = self.issue()
        new = self.issue(self.desk)
        self.assertEqual(self.client.get(old).status_code, 404)
        self.assertEqual(self.client.get(new).status_code, 200)
        other = new.replace(str(self.dr_okafor.pk), str(self.dr_herrera.pk))
        self.assertEqual(self.client.get(other).status_code, 404)
        self.assertEqual(self.call("delete", f"/api/doctors/{self.dr_okafor.pk}/calendar-feed").status_code, 204)
        self.assertEqual(self.client.get(new).status_code, 404)
        self.assertEqual(self.client.get(new.split("?")[0]).status_code, 404)

    def test_only_the_front_desk_and_the_doctor_issue_one(self):
        path = f"/api/doctors/{self.dr_okafor.pk}/calendar-feed"
        for actor in (self.other_doctor, self.owner):
            self.problem(self.call("post", path, actor=actor), 403, "forbidden")
        self.problem(self.call("post", path, actor=self.foreign_desk), 404, "not_found")

    def test_is_audited(self):
        self.client.get(self.issue())
        with self.inside(self.desk):
            (entry,) = AuditLog.objects.filter(action="read", resource_type="calendar_feeds")
        self.assertEqual(entry.patient_ids, [self.hannah.pk])
