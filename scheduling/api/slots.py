"""`/api/slots`: free slots to book."""

import datetime as dt

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView
from clinicflow.core import clock
from scheduling.api.serializers import SlotQuery, SlotsOutput
from scheduling.selectors.availability import SlotSearch, bookable_doctors, free_slots


class SlotsView(ClinicView):
    """Free times, earliest first; at the same time the doctor with fewer visits that day first."""

    roles = ("admin", "doctor")
    query_class = SlotQuery

    @extend_schema(summary="Free times to book", parameters=[SlotQuery], responses=SlotsOutput)
    def get(self, request: Request) -> Response:
        query = self.query()
        doctor = query.pop("doctor", None)
        first = query.pop("date_from", None) or clock.today(self.actor.timezone)
        last = query.pop("date_to", None) or first + dt.timedelta(days=6)
        if doctor and not bookable_doctors(self.actor, doctors=[doctor]):
            raise ValidationError({"doctor": ["There is no such doctor."]})
        search = SlotSearch(doctors=[doctor] if doctor else None, date_from=first, date_to=last, **query)
        slots = free_slots(self.actor, search)
        return Response({"results": [slot.as_json() for slot in slots]})
