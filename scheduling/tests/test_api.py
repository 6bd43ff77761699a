"""The REST API of appointments."""

import datetime as dt
from uuid import uuid4

import time_machine

from clinicflow.audit.models import AuditLog
from clinicflow.core import clock
from scheduling.api.representation import VisitWriter
from scheduling.models import Appointment
from scheduling.selectors.day_rows import DayVisits, visit_row
from scheduling.tests.cases import ApiCase


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
