"""The REST API of scheduling."""

import datetime as dt
from uuid import uuid4

import icalendar
import time_machine
from dateutil.rrule import rrulestr

from clinicflow.audit.models import AuditLog
from clinicflow.core import clock
from scheduling.api.representation import VisitWriter
from scheduling.models import Appointment, DoctorNote, FollowUp, TimeOff, WaitlistEntry
from scheduling.selectors.day_rows import DayVisits, visit_row
from scheduling.tests.cases import AppointmentCase


class ApiCase(AppointmentCase):
    def call(self, method, path, body=None, *, actor=None, **headers):
        headers |= self.bearer_for(actor or self.desk)
        send = getattr(self.client, method)
        if method == "get":
            return send(path, headers=headers)
        return send(path, body if body is not None else {}, "application/json", headers=headers)

    def get(self, path, **fields):
        response = self.call("get", path, **fields)
        self.assertEqual(response.status_code, 200, response.content)
        return response.json()

    def post(self, path, body=None, *, status=200, **fields):
        response = self.call("post", path, body, **fields)
        self.assertEqual(response.status_code, status, response.content)
        return response.json() if response.content else None

    def problem(self, response, status, code):
        self.assertEqual((response.status_code, response.json()["code"]), (status, code), response.content)
        self.assertEqual(response["Content-Type"], "application/problem+json")
        return response.json()

    @property
    def one(self):
        return f"/api/appointments/{self.visit.pk}"

    def new(self, **fields):
        return {
            "patient_id": str(self.diego.pk),
            "doctor_id": str(self.dr_okafor.pk),
            "date": self.monday.isoformat(),
            "start_time": "14:00",
        } | fields


class ListTests(ApiCase):
    def test_shows_a_day_on_the_clinics_clock(self):
        body = self.get(f"/api/appointments?date={self.monday}")
        self.assertEqual((body["count"], body["next"], body["previous"]), (1, None, None))
        (row,) = body["results"]
        self.assertEqual((row["date"], row["start_time"], row["end_time"]), (self.monday.isoformat(), "10:00", "10:30"))
        self.assertEqual(dt.datetime.fromisoformat(row["starts_at"]), self.visit.starts_at)
        self.assertIn(row["starts_at"][-6:], {"-04:00", "-05:00"})
        self.assertEqual((row["patient_name"], row["doctor_name"]), ("Hannah Lindqvist", "Dr. Amara Okafor"))
        self.assertEqual((row["duration"], row["status"], row["rescheduled_from_id"]), (30, "unconfirmed", None))
        self.assertEqual(row["allowed_actions"], ["confirm", "cancel", "reschedule", "delete"])

    def test_the_day_query_equals_the_queryset(self):
        midnight = self.time("00:00")
        self.make_appointment(self.dr_herrera, self.diego, midnight, status="cancelled", rescheduled=True)
        self.make_appointment(
            self.dr_herrera, self.hannah, self.time("23:30"), status="completed", visit_type="virtual"
        )
        self.make_appointment(self.dr_okafor, self.diego, self.time("11:00"), deleted_at=self.before)
        self.make_appointment(self.dr_okafor, self.diego, self.time("00:00", self.monday + dt.timedelta(days=1)))
        self.make_appointment(
            self.dr_okafor, self.diego, self.time("12:00"), status="confirmed", arrived=True, arrived_at=self.early
        )
        start, end = clock.day_bounds(self.monday, "America/New_York")
        for actor in (self.desk, self.doctor, self.other_doctor, self.owner, self.foreign_desk):
            for doctor in (None, self.dr_okafor.pk, self.dr_herrera.pk):
                with self.subTest(actor=actor.name, doctor=doctor), self.inside(actor):
                    rows = Appointment.objects.visible_to(actor).filter(starts_at__gte=start, starts_at__lt=end)
                    rows = rows.for_cards() if doctor is None else rows.filter(doctor_id=doctor).for_cards()
                    writer = VisitWriter(actor, settings=self.settings_of(self.riverside), at=self.during)
                    day = DayVisits(actor, start, end, doctor_id=doctor, limit=50)
                    self.assertEqual([writer.write(row) for row in day.rows()], [writer.write(row) for row in rows])
                    self.assertEqual(day.count(), len(rows))

    def test_pages_of_a_day(self):
        for index in range(4):
            self.make_appointment(self.dr_herrera, self.diego, self.time(f"1{index}:00"))
        path = f"/api/appointments?date={self.monday}&page_size=2"
        first, second, third = (self.get(f"{path}&page={number}") for number in (1, 2, 3))
        self.assertEqual([body["count"] for body in (first, second, third)], [5, 5, 5])
        self.assertEqual([len(body["results"]) for body in (first, second, third)], [2, 2, 1])
        ids = [row["id"] for body in (first, second, third) for row in body["results"]]
        self.assertEqual(len(set(ids)), 5)
        self.assertIn("page=2", first["next"])
        self.problem(self.call("get", f"{path}&page=4"), 404, "not_found")
        self.problem(self.call("get", f"{path}&page=0"), 400, "invalid")

    def test_filters_narrow_and_unknown_ones_are_refused(self):
        other = self.make_appointment(
            self.dr_herrera, self.diego, self.time("09:00"), status="confirmed", visit_type="virtual"
        )
        mine = str(self.visit.pk)
        for query, expected in (
            (f"doctor={self.dr_okafor.pk}", [mine]),
            (f"patient={self.hannah.pk}", [mine]),
            ("status=unconfirmed", [mine]),
            ("status=unconfirmed&status=confirmed", [str(other.pk), mine]),
            ("intake_status=missing&visit_type=in-clinic", [mine]),
            ("needs_attention=true", []),
            ("search=lindq", [mine]),
            (f"date_from={self.monday}&date_to={self.monday}&ordering=-starts_at", [mine, str(other.pk)]),
            (f"date_from={self.monday + dt.timedelta(days=1)}", []),
        ):
            with self.subTest(query):
                self.assertEqual([row["id"] for row in self.get(f"/api/appointments?{query}")["results"]], expected)
        for query in ("colour=red", "status=lost", "date=2026-02-30", "date=9999-99-99", "doctor=x", "search=%00"):
            with self.subTest(query):
                self.problem(self.call("get", f"/api/appointments?{query}"), 400, "invalid")

    def test_a_doctor_sees_their_own_an_owner_none_and_another_clinic_nothing(self):
        self.make_appointment(self.dr_herrera, self.diego, self.time("09:00"))
        path = f"/api/appointments?date={self.monday}"
        self.assertEqual([row["id"] for row in self.get(path, actor=self.doctor)["results"]], [str(self.visit.pk)])
        self.assertEqual(self.get(f"{path}&doctor={self.dr_herrera.pk}", actor=self.doctor)["count"], 0)
        self.problem(self.call("get", path, actor=self.owner), 403, "forbidden")
        self.assertEqual(self.get(path, actor=self.foreign_desk)["count"], 0)

    def test_is_audited_once_with_its_patients(self):
        self.get(f"/api/appointments?date={self.monday}")
        with self.inside(self.desk):
            (entry,) = AuditLog.objects.filter(action="read", resource_type="appointments")
        self.assertEqual(entry.patient_ids, [self.hannah.pk])

    def test_one_visit_and_twenty_cost_the_same(self):
        headers = self.bearer_for(self.desk)
        day, all_of_them = f"/api/appointments?date={self.monday}", "/api/appointments?status=unconfirmed"
        for minutes in (0, 15):
            with self.assertNumQueries(6):  # sign-in, membership, the day, the audit; begin and commit
                self.client.get(day, headers=headers)
            with self.assertNumQueries(8):
                self.client.get(all_of_them, headers=headers)
            for hour in range(1, 20 if not minutes else 1):
                self.make_appointment(self.dr_herrera, self.diego, self.time(f"{hour:02}:00"), 15)
        self.assertEqual(self.client.get(day, headers=headers).json()["count"], 20)


class BookTests(ApiCase):
    def test_books_by_local_time_or_by_instant(self):
        response = self.call("post", "/api/appointments", self.new(reason="Cough", duration=45))
        self.assertEqual(response.status_code, 201, response.content)
        body = response.json()
        self.assertEqual((body["start_time"], body["end_time"], body["duration"]), ("14:00", "14:45", 45))
        self.assertEqual(response["Location"], f"/api/appointments/{body['id']}")
        self.assertTrue(response["ETag"])
        instant = self.time("15:00").isoformat()
        by_instant = {"patient_id": str(self.diego.pk), "doctor_id": str(self.dr_okafor.pk), "starts_at": instant}
        self.assertEqual(self.post("/api/appointments", by_instant, status=201)["start_time"], "15:00")
        until = self.new(start_time="16:00", end_time="16:20")
        self.assertEqual(self.post("/api/appointments", until, status=201)["duration"], 20)

    def test_a_taken_time_is_409_with_free_ones(self):
        body = self.problem(self.call("post", "/api/appointments", self.new(start_time="10:00")), 409, "slot_taken")
        self.assertEqual([slot["start_time"] for slot in body["free_slots"]], ["09:30", "10:30", "09:00"])
        self.assertTrue(body["may_override"])
        booked = self.post("/api/appointments", self.new(start_time="10:00", override_reason="Pain"), status=201)
        self.assertTrue(booked["overlap_allowed"])

    def test_bad_input_is_400_on_its_field(self):
        for fields, name in (
            ({"patient_id": str(self.stranger.pk)}, "patient_id"),
            ({"patient_id": "x"}, "patient_id"),
            ({"doctor_id": str(uuid4())}, "doctor_id"),
            ({"date": "9999-99-99"}, "date"),
            ({"date": "2026-02-30"}, "date"),
            ({"start_time": "25:00"}, "start_time"),
            ({"start_time": None}, "start_time"),
            ({"duration": 0}, "duration"),
            ({"duration": 10**9}, "duration"),
            ({"start_time": "23:45", "duration": 30}, "duration"),
            ({"visit_type": "by post"}, "visit_type"),
            ({"meeting_link": "javascript:alert(1)"}, "meeting_link"),
            ({"reason": "x" * 201}, "reason"),
            ({"colour": "red"}, "colour"),
            ({"starts_at": "2026-12-01T10:00:00"}, "starts_at"),
        ):
            with self.subTest(**fields):
                body = self.problem(self.call("post", "/api/appointments", self.new(**fields)), 400, "invalid")
                self.assertIn(name, body["errors"])
        self.assertEqual(len(self.rows()), 1)

    def test_a_time_that_the_clocks_skip_names_the_gap(self):
        body = self.new(date="2027-03-14", start_time="02:30")
        errors = self.problem(self.call("post", "/api/appointments", body), 400, "invalid")["errors"]
        self.assertIn("2:00 am is followed by 3:00 am", errors["start_time"][0])

    def test_the_past_is_refused_and_overridden(self):
        past = self.new(date=(clock.today("America/New_York") - dt.timedelta(days=7)).isoformat())
        self.problem(self.call("post", "/api/appointments", past), 409, "in_the_past")

    def test_roles(self):
        for actor in (self.doctor, self.owner):
            self.problem(self.call("post", "/api/appointments", self.new(), actor=actor), 403, "forbidden")

    def test_the_same_key_books_once(self):
        headers = {"Idempotency-Key": "k-1"}
        first = self.call("post", "/api/appointments", self.new(), **headers)
        again = self.call("post", "/api/appointments", self.new(), **headers)
        self.assertEqual((first.json(), again["Idempotency-Replayed"]), (again.json(), "true"))
        self.problem(
            self.call("post", "/api/appointments", self.new(start_time="16:00"), **headers),
            409,
            "idempotency_key_reused",
        )
        self.assertEqual(len(self.rows()), 2)

    def test_the_patients_own_overlap_is_a_warning(self):
        new = self.new(patient_id=str(self.hannah.pk), doctor_id=str(self.dr_herrera.pk), start_time="10:00")
        self.assertEqual(self.post("/api/appointments", new, status=201)["warnings"], ["patient_overlap"])

    def test_walk_in(self):
        with time_machine.travel(self.time("11:07"), tick=False):
            people = {"patient_id": str(self.diego.pk), "doctor_id": str(self.dr_okafor.pk)}
            body = self.post("/api/appointments/walk-in", people, status=201)
        self.assertEqual((body["start_time"], body["arrived"], body["walk_in"]), ("11:07", True, True))


class OneTests(ApiCase):
    def test_another_clinics_and_a_colleagues_visit_are_404(self):
        for actor in (self.foreign_desk, self.other_doctor):
            self.problem(self.call("get", self.one, actor=actor), 404, "not_found")
        self.problem(self.call("get", self.one, actor=self.owner), 403, "forbidden")
        self.problem(self.call("get", f"/api/appointments/{uuid4()}"), 404, "not_found")

    def test_the_row_query_equals_the_queryset(self):
        for actor in (self.desk, self.doctor):
            with self.inside(actor):
                writer = VisitWriter(actor, settings=self.settings_of(self.riverside), at=self.during)
                row = Appointment.objects.visible_to(actor).for_cards().get()
                self.assertEqual(writer.write(visit_row(actor, row.pk)), writer.write(row))

    def test_a_representation_can_be_put_back_unchanged(self):
        before = self.get(self.one)
        response = self.call("put", self.one, before)
        self.assertEqual((response.status_code, response.json()), (200, before), response.content)

    def test_put_and_patch_edit_in_place(self):
        body = self.get(self.one) | {"start_time": "11:00"}
        changed = self.call("put", self.one, body).json()
        self.assertEqual((changed["id"], changed["start_time"], changed["duration"]), (str(self.visit.pk), "11:00", 30))
        changed = self.call("patch", self.one, {"reason": "Cough"}).json()
        self.assertEqual((changed["reason"], changed["start_time"]), ("Cough", "11:00"))
        changed = self.call("patch", self.one, {"start_time": "09:00"}).json()
        self.assertEqual((changed["date"], changed["start_time"]), (self.monday.isoformat(), "09:00"))

    def test_status_and_patient_cannot_be_edited(self):
        for fields in ({"status": "confirmed"}, {"patient_id": str(self.diego.pk)}, {"arrived": True}):
            body = self.problem(self.call("patch", self.one, fields), 400, "invalid")
            self.assertEqual(list(body["errors"]), list(fields))

    def test_a_lost_update_is_412(self):
        tag = self.call("get", self.one)["ETag"]
        self.assertEqual(self.call("patch", self.one, {"reason": "A"}, **{"If-Match": tag}).status_code, 200)
        self.problem(self.call("patch", self.one, {"reason": "B"}, **{"If-Match": tag}), 412, "changed_meanwhile")

    def test_delete_hides_it(self):
        self.assertEqual(self.call("delete", self.one).status_code, 204)
        self.problem(self.call("get", self.one), 404, "not_found")
        self.problem(self.call("delete", self.one), 404, "not_found")


class ActionTests(ApiCase):
    def act(self, action, body=None, at=None, **fields):
        with time_machine.travel(at or self.before, tick=False):
            return self.call("post", f"{self.one}/{action}", body, **fields)

    def test_the_whole_morning(self):
        for action, at, status in (
            ("confirm", self.before, "confirmed"),
            ("unconfirm", self.before, "unconfirmed"),
            ("arrive", self.early, "confirmed"),
            ("undo-arrive", self.early, "confirmed"),
            ("arrive", self.early, "confirmed"),
            ("complete", self.during, "completed"),
        ):
            response = self.act(action, at=at)
            self.assertEqual((response.status_code, response.json()["status"]), (200, status), response.content)

    def test_no_show_and_reinstate(self):
        self.assertEqual(self.act("no-show", at=self.during).json()["status"], "no-show")
        self.assertEqual(self.act("reinstate", at=self.during).json()["status"], "confirmed")

    def test_refusals_list_the_allowed_actions(self):
        body = self.problem(self.act("complete", at=self.early), 409, "illegal_transition")
        self.assertEqual(body["allowed_actions"], ["confirm", "arrive", "cancel", "reschedule", "delete"])

    def test_cancel(self):
        body = self.problem(self.act("cancel", {"cancellation_type": "patient-cancelled"}), 400, "invalid")
        self.assertIn("reason_note", body["errors"])
        body = self.problem(self.act("cancel", {"reason_note": "Ill"}), 400, "invalid")
        self.assertIn("cancellation_type", body["errors"])
        response = self.act("cancel", {"cancellation_type": "patient-cancelled", "reason_note": "Ill"})
        self.assertEqual(response.json()["status"], "cancelled")
        (row,) = self.get(f"/api/patients/{self.hannah.pk}/cancellations")["results"]
        self.assertEqual((row["appointment_id"], row["reason_note"], row["late"]), (str(self.visit.pk), "Ill", False))
        self.assertEqual(self.get("/api/cancellations?late=true")["count"], 0)

    def test_reschedule_answers_with_the_new_visit_and_can_be_undone(self):
        target = {"date": self.monday.isoformat(), "start_time": "15:00"}
        new = self.act("reschedule", target).json()
        self.assertEqual((new["rescheduled_from_id"], new["start_time"]), (str(self.visit.pk), "15:00"))
        body = self.problem(self.act("reschedule", target | {"start_time": "16:00"}), 409, "already_moved")
        self.assertEqual(body["moved_to"], new["id"])
        for body in (
            self.problem(self.act("reschedule", target | {"start_time": "16:30"}), 409, "already_moved"),
            self.problem(self.call("patch", self.one, {"duration": 60}), 409, "already_moved"),
        ):
            self.assertEqual((body["moved_by"], body["starts_at"][11:16]), ("Dana Kessler", "15:00"))
            self.assertIn("Dana Kessler moved this visit to", body["detail"])
        old = self.post(f"/api/appointments/{new['id']}/undo-reschedule")
        self.assertEqual((old["id"], old["status"]), (str(self.visit.pk), "unconfirmed"))

    def test_doctors_complete_and_mark_their_own_and_do_nothing_else(self):
        for action in ("confirm", "unconfirm", "arrive", "cancel", "reschedule", "reinstate"):
            self.problem(self.act(action, actor=self.doctor), 403, "forbidden")
        self.problem(self.act("no-show", actor=self.other_doctor, at=self.during), 404, "not_found")
        self.assertEqual(self.act("no-show", actor=self.doctor, at=self.during).status_code, 200)

    def test_an_unknown_field_is_refused(self):
        self.problem(self.act("unconfirm", {"why": "because"}), 400, "invalid")


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


class CareTests(ApiCase):
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
