"""The pages of follow-ups: created by doctors, booked by the front desk, completed with their visit."""

import datetime as dt

from clinicflow.audit.models import AuditLog
from clinicflow.testing.monday import MONDAY, TEN
from scheduling.errors import FollowUpClosed
from scheduling.models import Appointment, FollowUp
from scheduling.operations import appointments, follow_ups
from scheduling.tests.cases import HTMX, VisitPageCase


class FollowUpCase(VisitPageCase):
    """A follow-up of Hannah due last Friday, and one of Rosa due next week with a colleague."""

    @classmethod
    def hire(cls):
        super().hire()
        cls.rosa = cls.person("Rosa", "Delgado")
        cls.late = cls.due(
            cls.hannah, MONDAY - dt.timedelta(days=3), appointment_id=cls.visit.pk, note="check the dose"
        )
        cls.soon = cls.due(cls.rosa, MONDAY + dt.timedelta(days=7), doctor_id=cls.dr_herrera.pk)

    @classmethod
    def due(cls, patient, day, **fields):
        with cls.inside(cls.desk) as desk:
            fields = {"doctor_id": cls.dr_okafor.pk} | fields
            return follow_ups.create(desk, patient_id=patient.pk, scheduled_date=day, **fields)

    def row(self, row=None):
        with self.inside(self.desk):
            return FollowUp.objects.get(pk=(row or self.late).pk)

    def slot(self, time="14:00"):
        return f"{self.dr_okafor.pk} {self.at(self.riverside, MONDAY, time).isoformat()}"

    def book(self, row=None, **fields):
        fields = {
            "follow_up": (row or self.late).pk,
            "patient": self.hannah.pk,
            "date": MONDAY.isoformat(),
            "duration": "30",
            "visit_type": "in-clinic",
            "slot": self.slot(),
            "second_visit": "on",
        } | fields
        return self.post("/visits/new", fields)


class ListTests(FollowUpCase):
    def shown(self, address, actor=None):
        return [row.pk for row in self.get(address, actor=actor).context["page"]]

    def test_the_front_desk_sees_all_and_overdue_ones_first(self):
        page = self.get("/follow-ups")
        self.assertEqual([row.pk for row in page.context["page"]], [self.late.pk, self.soon.pk])
        self.assertContains(page, "overdue 3\xa0days")
        self.assertContains(page, f"/visits/new?follow_up={self.late.pk}")
        with self.inside(self.desk):
            look = AuditLog.objects.get(action="read", resource_type="follow_ups")
            self.assertEqual(set(look.patient_ids), {self.hannah.pk, self.rosa.pk})

    def test_a_doctor_sees_their_own_and_does_not_book(self):
        page = self.get("/follow-ups", actor=self.doctor)
        self.assertEqual([row.pk for row in page.context["page"]], [self.late.pk])
        self.assertNotContains(page, "/visits/new?follow_up=")
        self.assertEqual(self.get("/follow-ups", actor=self.owner).status_code, 403)
        self.assertEqual(self.shown("/follow-ups", actor=self.foreign_desk), [])

    def test_filters(self):
        for address, expected in (
            ("/follow-ups?state=overdue", [self.late.pk]),
            ("/follow-ups?state=scheduled", []),
            (f"/follow-ups?doctor={self.dr_herrera.pk}", [self.soon.pk]),
            ("/follow-ups?due=week", [self.late.pk, self.soon.pk]),
            ("/follow-ups?state=x&doctor=y&due=z", [self.late.pk, self.soon.pk]),
        ):
            with self.subTest(address):
                self.assertEqual(self.shown(address), expected)

    def test_the_tabs_count_each_state(self):
        counts = {tab["key"]: tab["count"] for tab in self.get("/follow-ups").context["tabs"]}
        self.assertEqual(counts, {"pending": 2, "overdue": 1, "scheduled": 0, "completed": 0, "cancelled": 0})

    def test_the_number_of_queries_does_not_grow_with_the_list(self):
        client = self.client_for(self.desk)
        client.get("/follow-ups")
        with self.assertNumQueries(11):
            client.get("/follow-ups")
        for number in range(15):
            self.due(self.make_patient(self.riverside), MONDAY + dt.timedelta(days=number), appointment_id=None)
        with self.assertNumQueries(11):
            self.assertEqual(len(client.get("/follow-ups").context["page"]), 17)


class AskTests(FollowUpCase):
    def test_a_doctor_creates_one_from_a_visit(self):
        address = f"/visits/{self.visit.pk}/follow-up"
        self.assertContains(self.get(address, actor=self.doctor, **HTMX), "Hannah Lindqvist")
        response = self.post(address, {"scheduled_date": "2027-04-05", "note": "blood test"}, actor=self.doctor)
        self.assertContains(response, "Added a follow-up for Hannah Lindqvist, due by Mon, Apr 5")
        with self.inside(self.desk):
            row = FollowUp.objects.get(note="blood test")
        self.assertEqual((row.appointment_id, row.doctor_id), (self.visit.pk, self.dr_okafor.pk))
        self.assertEqual(row.created_by_id, self.okafor.pk)
        self.assertContains(self.get(f"/visits/{self.visit.pk}"), "blood test")

    def test_a_colleagues_visit_is_not_found(self):
        response = self.post(
            f"/visits/{self.visit.pk}/follow-up", {"scheduled_date": "2027-04-05"}, actor=self.other_doctor
        )
        self.assertEqual(response.status_code, 404)

    def test_the_front_desk_names_patient_and_doctor(self):
        response = self.post("/follow-ups/new", {"scheduled_date": "2027-04-05", "note": "x1"})
        self.assertContains(response, "Choose a patient.", status_code=422)
        self.assertContains(response, "x1", status_code=422)
        response = self.post("/follow-ups/new", {"patient": self.rosa.pk, "scheduled_date": "2027-04-05"})
        self.assertContains(response, "There is no such doctor.", status_code=422)
        response = self.post(
            "/follow-ups/new", {"patient": self.rosa.pk, "doctor": self.dr_herrera.pk, "scheduled_date": "2027-04-05"}
        )
        self.assertEqual((response.status_code, response["X-Close-Dialog"]), (200, "modal"))

    def test_a_doctor_only_for_their_own_patients(self):
        response = self.post(
            "/follow-ups/new", {"patient": self.rosa.pk, "scheduled_date": "2027-04-05"}, actor=self.doctor
        )
        self.assertContains(response, "There is no such patient.", status_code=422)

    def test_bad_dates(self):
        for text, says in (
            ("soon", "Enter a valid date."),
            ("1999-01-01", "Enter a date from 2000 to 2199."),
            ("", "required"),
        ):
            response = self.post(f"/visits/{self.visit.pk}/follow-up", {"scheduled_date": text})
            self.assertContains(response, says, status_code=422)


class FlowTests(FollowUpCase):
    def test_booking_links_the_two_and_completing_the_visit_completes_it(self):
        form = self.get(f"/visits/new?follow_up={self.late.pk}", **HTMX)
        self.assertContains(form, "Hannah Lindqvist")
        self.assertContains(form, f'name="follow_up" value="{self.late.pk}"')
        self.assertEqual(self.book().status_code, 200)
        row = self.row()
        self.assertEqual(row.status, "scheduled")
        self.assertContains(self.get(f"/visits/{row.booked_appointment_id}"), "Booked for the follow-up due by")
        with self.inside(self.desk) as desk:
            later = TEN + dt.timedelta(hours=5)
            appointments.complete(desk, row.booked_appointment_id, override_reason="seen", at=later)
        self.assertEqual(self.row().status, "completed")

    def test_undoing_the_booking_makes_it_due_again(self):
        self.book()
        visit = self.row().booked_appointment_id
        self.post(f"/visits/{visit}/delete")
        self.assertEqual(self.row().status, "pending")

    def test_it_is_booked_once_and_for_its_own_patient(self):
        wrong = self.book(patient=self.rosa.pk)
        self.assertContains(wrong, "It belongs to another patient.", status_code=422)
        self.book()
        again = self.book(slot=self.slot("15:00"))
        self.assertEqual(again.status_code, 409)
        with self.inside(self.desk):
            self.assertEqual(Appointment.objects.filter(patient=self.hannah).count(), 2)

    def test_is_edited_cancelled_and_reopened(self):
        self.assertContains(self.get(f"/follow-ups/{self.late.pk}/edit", **HTMX), "check the dose")
        self.post(f"/follow-ups/{self.late.pk}/edit", {"scheduled_date": "2027-05-03", "note": "weight"})
        self.assertEqual((self.row().scheduled_date, self.row().note), (dt.date(2027, 5, 3), "weight"))
        response = self.post(f"/follow-ups/{self.late.pk}/cancel")
        self.assertContains(response, f"/follow-ups/{self.late.pk}/reopen")
        self.assertEqual(self.row().status, "cancelled")
        self.post(f"/follow-ups/{self.late.pk}/reopen")
        self.assertEqual(self.row().status, "pending")

    def test_only_a_cancelled_one_is_reopened(self):
        self.book()
        with self.inside(self.desk) as desk, self.assertRaises(FollowUpClosed):
            follow_ups.reopen(desk, self.late.pk)
        self.assertEqual(self.row().status, "scheduled")

    def test_without_javascript_it_redirects_to_the_list(self):
        self.assertRedirects(self.post(f"/follow-ups/{self.late.pk}/cancel", headers={}), "/follow-ups")

    def test_my_day_leads_to_it(self):
        self.assertContains(self.get("/my-day", actor=self.doctor), f"/visits/{self.visit.pk}/follow-up")
