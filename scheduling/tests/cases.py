"""Shared test cases of scheduling."""

import datetime as dt

from clinicflow.audit.models import AuditLog
from clinicflow.core.errors import IllegalTransition
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.events import captured_events
from clinicflow.testing.monday import TEN, MondayCase
from patients.folding import search_fields
from scheduling.events import AppointmentEvent
from scheduling.models import Appointment, Cancellation
from scheduling.operations import appointments
from scheduling.operations.appointments import BookingRequest, BookingResult

HTMX = {"HTTP_HX_REQUEST": "true"}
PANEL = HTMX | {"HTTP_HX_TARGET": "dialog#sheet"}


class BookingCase(ClinicCase):
    """A clinic without appointments and a Monday to book on."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.monday = cls.next_weekday(cls.riverside)
        cls.hannah = cls.make_patient(cls.riverside, "Hannah Lindqvist")
        cls.diego = cls.make_patient(cls.riverside, "Diego Flores")
        cls.stranger = cls.make_patient(cls.lakeside, "Peter Novak")
        cls.before = cls.time("08:00") - dt.timedelta(days=3)

    @classmethod
    def time(cls, clock, day=None):
        """A wall-clock time of the Monday, or of another day, as an instant."""
        return cls.at(cls.riverside, day or cls.monday, clock)

    def book_result(self, time="10:00", *, actor=None, at=None, **fields):
        """Book Hannah with Dr. Okafor, unless `fields` of the request differ."""
        fields = {
            "patient_id": self.hannah.pk,
            "doctor_id": self.dr_okafor.pk,
            "starts_at": self.time(time),
        } | fields
        with self.inside(actor or self.desk) as who:
            return appointments.book(who, BookingRequest(**fields), at=at or self.before)

    def book(self, time="10:00", **fields):
        """The appointment of `book_result`."""
        return self.book_result(time, **fields).appointment

    def book_walk_in(self, at, **fields):
        return self.book(walk_in=True, starts_at=at, at=at, **fields)

    def published(self, *kinds):
        """The list of the events of these classes, from now until the test ends."""
        return self.enterContext(captured_events(*kinds))

    def rows(self):
        with self.inside(self.desk):
            return list(Appointment.objects.order_by("starts_at", "id").values("pk", "status", "version"))

    def audited(self, **conditions):
        """The number of audit entries that meet the conditions."""
        with self.inside(self.desk):
            return AuditLog.objects.filter(**conditions).count()


class AppointmentCase(BookingCase):
    """An appointment of Hannah's with Dr. Okafor, at ten on Monday."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.visit = cls.make_appointment(cls.dr_okafor, cls.hannah, cls.time("10:00"))
        cls.early = cls.time("09:50")
        cls.during = cls.time("10:05")

    def do(self, action, *, actor=None, visit=None, **fields):
        """Run an operation on the appointment. Returns the appointment as saved."""
        fields.setdefault("at", self.before)
        with self.inside(actor or self.desk) as who:
            result = getattr(appointments, action)(who, (visit or self.visit).pk, **fields)
        return result.appointment if isinstance(result, BookingResult) else result

    def now(self, visit=None):
        """The stored appointment."""
        with self.inside(self.desk):
            return Appointment.objects.get(pk=(visit or self.visit).pk)

    def put(self, visit=None, **fields):
        """Set columns of the appointment, bypassing the operations."""
        with self.inside(self.desk):
            Appointment.objects.filter(pk=(visit or self.visit).pk).update(**fields)

    def cancellations(self):
        with self.inside(self.desk):
            return list(Cancellation.objects.order_by("created_at"))

    def changes(self):
        """The number of audited updates of appointments."""
        with self.inside(self.desk):
            return AuditLog.objects.filter(resource_type="appointments", action="update").count()

    def refuses(self, action, error=IllegalTransition, **fields):
        """The action is refused, and row, audit log and events are unchanged."""
        before, audited, published = self.now(), self.changes(), self.published(AppointmentEvent)
        with self.assertRaises(error) as refusal:
            self.do(action, **fields)
        after = self.now()
        self.assertEqual((after.status, after.version, after.arrived), (before.status, before.version, before.arrived))
        self.assertEqual((self.changes(), published), (audited, []))
        return refusal.exception

    def repeats(self, action, **fields):
        """Repeating the action succeeds without a second event or audit entry."""
        first = self.do(action, **fields)
        audited, published = self.changes(), self.published(AppointmentEvent)
        second = self.do(action, **fields)
        self.assertEqual(second.version, first.version)
        self.assertEqual((self.changes(), published), (audited, []))


class VisitPageCase(MondayCase):
    """Hannah's visit at 10:30 on MONDAY, and one of another clinic."""

    @classmethod
    def hire(cls):
        cls.hannah = cls.person("Hannah", "Lindqvist", phone="+15125550101", date_of_birth=dt.date(1983, 6, 26))
        cls.visit = cls.visit_at("10:30", patient=cls.hannah)
        cls.elsewhere = cls.make_appointment(cls.dr_lake, cls.make_patient(cls.lakeside), TEN + dt.timedelta(hours=1))

    @classmethod
    def person(cls, first, last, **fields):
        """A patient with the keys of the search."""
        keys = search_fields(first, last, fields.get("phone", ""))
        return cls.make_patient(cls.riverside, f"{first} {last}", **fields, **keys)

    def get(self, url, actor=None, **headers):
        return self.client_for(actor or self.desk).get(url, **headers)

    def post(self, url, data=None, actor=None, headers=HTMX):
        return self.client_for(actor or self.desk).post(url, data or {}, **headers)

    def now(self, visit=None):
        """The stored appointment."""
        with self.inside(self.desk):
            return Appointment.objects.get(pk=(visit or self.visit).pk)


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
