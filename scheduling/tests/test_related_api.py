"""The REST API of slots, follow-ups, the waitlist, notes, time off, closures and series."""

import datetime as dt

from scheduling.models import DoctorNote, FollowUp, TimeOff, WaitlistEntry
from scheduling.tests.cases import ApiCase


class SlotTests(ApiCase):
    def test_free_times_of_a_doctor(self):
        path = f"/api/slots?doctor={self.dr_okafor.pk}&date_from={self.monday}&date_to={self.monday}&limit=3"
        results = self.get(path)["results"]
        self.assertEqual([slot["start_time"] for slot in results], ["09:00", "09:30", "10:30"])
        self.assertEqual(set(results[0]), {"doctor_id", "doctor_name", "date", "start_time", "end_time", "starts_at"})

    def test_by_specialty_and_time_of_day(self):
        path = f"/api/slots?specialty=cardiology&date_from={self.monday}&date_to={self.monday}"
        afternoon = self.get(f"{path}&after=15:00&before=16:30&duration=60")["results"]
        self.assertEqual([slot["start_time"] for slot in afternoon], ["15:00", "15:30"])
        self.assertEqual({slot["doctor_id"] for slot in afternoon}, {str(self.dr_herrera.pk)})

    def test_bad_searches(self):
        for query, name in (
            ("date_from=2020-01-01&date_to=2030-01-01", "date_to"),
            ("date_from=2030-01-02&date_to=2030-01-01", "date_to"),
            ("duration=600", "duration"),
            (f"doctor={self.dr_lake.pk}", "doctor"),
            ("limit=0", "limit"),
            ("after=noon", "after"),
            ("colour=red", "colour"),
        ):
            body = self.problem(self.call("get", f"/api/slots?{query}"), 400, "invalid")
            self.assertIn(name, body["errors"])

    def test_a_month_over_all_doctors_is_two_queries(self):
        headers = self.bearer_for(self.desk)
        last = self.monday + dt.timedelta(days=29)
        with self.assertNumQueries(6):  # sign-in, membership, doctors, what is booked; begin and commit
            self.client.get(f"/api/slots?date_from={self.monday}&date_to={last}", headers=headers)


class RelatedTests(ApiCase):
    def test_follow_up(self):
        new = {"patient_id": str(self.hannah.pk), "scheduled_date": self.monday.isoformat(), "note": "Check"}
        body = self.post("/api/follow-ups", new, status=201, actor=self.doctor)
        path = f"/api/follow-ups/{body['id']}"
        self.assertEqual((body["status"], body["patient_name"]), ("pending", "Hannah Lindqvist"))
        self.assertEqual(self.call("put", path, body | {"note": "Later"}).json()["note"], "Later")
        self.assertEqual(self.get(f"/api/follow-ups?status=pending&due_by={self.monday}")["count"], 1)
        booked = self.post(
            "/api/appointments", self.new(patient_id=body["patient_id"], follow_up_id=body["id"]), status=201
        )
        self.assertEqual(self.get(path)["booked_appointment_id"], booked["id"])
        self.problem(self.call("delete", path), 409, "follow_up_closed")
        self.problem(self.call("get", path, actor=self.other_doctor), 404, "not_found")
        with self.inside(self.desk):
            self.assertEqual(FollowUp.objects.get().status, "scheduled")

    def test_waitlist(self):
        new = {"patient_id": str(self.diego.pk), "date_from": str(self.monday), "date_to": str(self.monday)}
        body = self.post("/api/waitlist", new, status=201)
        self.assertEqual((body["status"], body["doctor_name"]), ("waiting", ""))
        self.assertEqual(self.post(f"/api/waitlist/{body['id']}/offer")["status"], "offered")
        self.assertEqual(self.get(f"/api/waitlist?date={self.monday}&status=offered")["count"], 1)
        self.assertEqual(self.call("delete", f"/api/waitlist/{body['id']}").status_code, 204)
        self.problem(self.call("post", "/api/waitlist", new, actor=self.doctor), 403, "forbidden")
        with self.inside(self.desk):
            self.assertEqual(WaitlistEntry.objects.get().status, "removed")

    def test_doctor_notes(self):
        new = {"patient_id": str(self.hannah.pk), "content": "Better"}
        note = self.post("/api/doctor-notes", new, status=201, actor=self.doctor)
        listed = self.get(f"/api/doctor-notes/patient/{self.hannah.pk}", actor=self.doctor)
        self.assertEqual([row["content"] for row in listed["results"]], ["Better"])
        changed = self.call("put", f"/api/doctor-notes/{note['id']}", {"content": "Well"}, actor=self.doctor)
        self.assertEqual(changed.json()["content"], "Well")
        for actor in (self.desk, self.owner):
            self.problem(self.call("get", f"/api/doctor-notes/patient/{self.hannah.pk}", actor=actor), 403, "forbidden")
        self.problem(
            self.call("get", f"/api/doctor-notes/patient/{self.diego.pk}", actor=self.doctor), 404, "not_found"
        )
        with self.inside(self.desk):
            self.assertEqual(DoctorNote.objects.count(), 1)

    def test_time_off(self):
        new = {"doctor_id": str(self.dr_okafor.pk), "from": str(self.monday), "to": str(self.monday), "reason": "Away"}
        body = self.post("/api/time-off", new, status=201, actor=self.doctor)
        self.assertEqual(
            dt.datetime.fromisoformat(body["to"]) - dt.datetime.fromisoformat(body["from"]), dt.timedelta(1)
        )
        hit = self.get(f"/api/time-off/{body['id']}/visits")["results"]
        self.assertEqual([row["appointment_id"] for row in hit], [str(self.visit.pk)])
        self.problem(self.call("post", "/api/appointments", self.new()), 409, "doctor_away")
        moved = self.post(f"/api/time-off/{body['id']}/move-visits", {"doctor_id": str(self.dr_herrera.pk)})
        self.assertTrue(moved["results"][0]["moved_to"])
        short = self.call("put", f"/api/time-off/{body['id']}", body | {"to": f"{self.monday}T12:00"})
        self.assertEqual(short.status_code, 200, short.content)
        self.post("/api/appointments", self.new(), status=201)
        other = new | {"doctor_id": str(self.dr_herrera.pk)}
        self.problem(self.call("post", "/api/time-off", other, actor=self.doctor), 403, "forbidden")
        for bad in ({"to": "2020-01-01"}, {"from": "tomorrow"}, {"from": f"{self.monday}T99:00"}, {"to": 5}):
            self.problem(self.call("post", "/api/time-off", new | bad), 400, "invalid")
        self.assertEqual(self.call("delete", f"/api/time-off/{body['id']}").status_code, 204)
        with self.inside(self.desk):
            self.assertEqual(TimeOff.objects.count(), 0)

    def test_closures(self):
        new = {"from": str(self.monday), "to": str(self.monday), "reason": "Painters"}
        body = self.post("/api/closures", new, status=201)
        self.problem(self.call("post", "/api/appointments", self.new()), 409, "clinic_closed")
        self.problem(self.call("post", "/api/closures", new, actor=self.doctor), 403, "forbidden")
        cancelled = self.post(
            f"/api/closures/{body['id']}/cancel-visits",
            {"cancellation_type": "clinic-cancelled", "reason_note": "Painters"},
        )
        self.assertEqual(
            cancelled["results"], [{"appointment_id": str(self.visit.pk), "moved_to": None, "code": "", "detail": ""}]
        )

    def test_public_holidays(self):
        offered = self.get("/api/closures/holidays?year=2027")["results"]
        self.assertIn({"day": "2027-07-04", "name": "Independence Day"}, offered)
        chosen = {"year": 2027, "days": ["2027-07-04"]}
        self.assertEqual(len(self.post("/api/closures/holidays", chosen, status=201)["results"]), 1)
        days = [holiday["day"] for holiday in self.get("/api/closures/holidays?year=2027")["results"]]
        self.assertNotIn("2027-07-04", days)
        self.problem(self.call("get", "/api/closures/holidays"), 400, "invalid")
        self.problem(self.call("get", "/api/closures/holidays?year=2027", actor=self.doctor), 403, "forbidden")

    def test_waitlist_matches_of_a_visit(self):
        new = {"patient_id": str(self.diego.pk), "date_from": str(self.monday), "date_to": str(self.monday)}
        entry = self.post("/api/waitlist", new, status=201)
        matches = self.get(f"{self.one}/waitlist-matches")["results"]
        self.assertEqual([row["id"] for row in matches], [entry["id"]])
        self.problem(self.call("get", f"{self.one}/waitlist-matches", actor=self.foreign_desk), 404, "not_found")

    def test_a_patients_visits(self):
        rows = self.get(f"/api/patients/{self.hannah.pk}/appointments")["results"]
        self.assertEqual([row["id"] for row in rows], [str(self.visit.pk)])
        self.problem(self.call("get", f"/api/patients/{self.stranger.pk}/appointments"), 404, "not_found")
        self.problem(
            self.call("get", f"/api/patients/{self.hannah.pk}/appointments", actor=self.other_doctor), 404, "not_found"
        )


class SeriesTests(ApiCase):
    def plan(self, **fields):
        first = {"doctor_id": str(self.dr_okafor.pk), "date": str(self.monday), "start_time": "14:00"}
        return self.post("/api/appointments/series/plan", first | {"rule": "FREQ=WEEKLY;COUNT=3"} | fields)["results"]

    def test_is_planned_booked_moved_and_cancelled(self):
        week = dt.timedelta(days=7)
        self.make_appointment(self.dr_okafor, self.hannah, self.time("14:00", self.monday + week))
        planned = self.plan()
        self.assertEqual([date["code"] for date in planned], ["", "slot_taken", ""])
        people = {"patient_id": str(self.diego.pk), "doctor_id": str(self.dr_okafor.pk)}
        starts = [date["starts_at"] for date in planned]
        response = self.call("post", "/api/appointments/series", people | {"starts": starts})
        conflicts = self.problem(response, 409, "series_conflicts")["conflicts"]
        self.assertEqual([conflict["starts_at"] for conflict in conflicts], [starts[1]])
        starts[1] = conflicts[0]["nearest"]["starts_at"]
        booked = self.post("/api/appointments/series", people | {"starts": starts}, status=201)["results"]
        self.assertEqual([visit["starts_at"] for visit in booked], starts)
        path = f"/api/appointments/{booked[0]['id']}"
        later = {"date": str(self.monday + dt.timedelta(days=1)), "start_time": "15:00"}
        moved = self.post(f"{path}/reschedule-following", later)["results"]
        self.assertEqual([visit["start_time"] for visit in moved], ["15:00", "14:30", "15:00"])
        reason = {"cancellation_type": "patient-cancelled", "reason_note": "Well"}
        outcomes = self.post(f"/api/appointments/{moved[1]['id']}/cancel-following", reason)["results"]
        self.assertEqual([outcome["code"] for outcome in outcomes], ["", ""])
        self.problem(self.call("post", "/api/appointments/series/plan", {"rule": "x"}), 400, "invalid")
