"""`/api/doctors/:id/calendar.ics`: a doctor's visits for calendar applications, by a secret URL, with initials only."""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from icalendar import Calendar, Event, Timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.access.actor import Actor
from clinicflow.access.guards import public
from clinicflow.access.roles import Role
from clinicflow.api.base import ClinicView
from clinicflow.audit.log import record_access
from clinicflow.clinics.models import Clinic, Doctor
from clinicflow.core import clock
from clinicflow.db import tenant
from scheduling.models import Appointment
from scheduling.operations import calendar_feeds

BACK, AHEAD = dt.timedelta(days=30), dt.timedelta(days=365)
STATUS = {"unconfirmed": "TENTATIVE", "confirmed": "CONFIRMED", "completed": "CONFIRMED"}


class FeedOutput(serializers.Serializer):
    url = serializers.CharField(help_text="Secret; returned only once.")


class CalendarFeedView(ClinicView):
    """The secret URL of a doctor's calendar."""

    roles = ("admin", "doctor")

    @extend_schema(summary="Issue a new secret URL and revoke the old one", request=None, responses={201: FeedOutput})
    def post(self, request: Request, pk: UUID) -> Response:
        token = calendar_feeds.issue(self.actor, pk)
        url = request.build_absolute_uri(reverse("api_calendar", args=[pk]))
        return Response({"url": f"{url}?token={token}"}, status=201)

    @extend_schema(summary="Revoke the secret URL", responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        calendar_feeds.revoke(self.actor, pk)
        return Response(status=204)


@public
@require_safe
def calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The feed. 404 for a wrong or revoked token."""
    clinic_id = calendar_feeds.clinic_of(pk, request.GET.get("token", ""))
    if clinic_id is None:
        raise Http404
    clinic = Clinic.objects.get(pk=clinic_id)
    actor = Actor(
        clinic_id=clinic_id, role=Role.DOCTOR, doctor_id=pk, timezone=clinic.timezone, name="Calendar subscription"
    )
    with transaction.atomic(), tenant(actor.scope()):
        doctor = Doctor.objects.visible_to(actor).get(pk=pk)
        now = clock.now()
        visits = list(Appointment.objects.visible_to(actor).live().between(now - BACK, now + AHEAD).for_cards())
        record_access(actor, "calendar_feeds", [visit.patient_id for visit in visits], resource_id=pk)
    response = HttpResponse(calendar_of(doctor, clinic, visits).to_ical(), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


def calendar_of(doctor: Doctor, clinic: Clinic, visits: list[Appointment]) -> Calendar:
    """An RFC 5545 calendar with one event per visit, in the clinic's zone, whose definition it includes."""
    zone = ZoneInfo(clinic.timezone)
    feed = Calendar()
    feed.add("prodid", "-//ClinicFlow//Calendar//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", f"{doctor.name}, {clinic.name}")
    feed.add("x-wr-timezone", clinic.timezone)
    feed.add("refresh-interval", dt.timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    first = min((visit.starts_at for visit in visits), default=clock.now())
    last = clock.now() + 2 * AHEAD
    feed.add_component(
        Timezone.from_tzinfo(zone, first_date=first.date() - dt.timedelta(days=366), last_date=last.date())
    )
    for visit in visits:
        feed.add_component(_event(visit, zone))
    return feed


def _event(visit: Appointment, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", f"{visit.pk}@clinicflow")
    event.add("dtstamp", visit.updated_at)
    event.add("sequence", visit.version)
    event.add("dtstart", visit.starts_at.astimezone(zone))
    event.add("dtend", visit.ends_at.astimezone(zone))
    event.add("summary", f"{visit.patient.initials} · {visit.get_visit_type_display()}")
    event.add("status", STATUS[visit.status])
    event.add("class", "PRIVATE")
    return event
