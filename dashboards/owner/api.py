"""`/api/dashboard/owner/`: the figures of a period, totals of the clinic without patients."""

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView
from clinicflow.core import clock
from dashboards.figures.rules.periods import MAX_DAYS, Comparison, Period, Step
from dashboards.figures.selectors.report import read_report
from dashboards.owner import operations
from dashboards.owner.metrics import api_records
from dashboards.owner.metrics.definitions import FIGURES, UNITS
from dashboards.owner.metrics.view_models import MetricSource
from scheduling.api.fields import DayField

FEW = "null for a group of 1 to 4, or one from which such a group could be derived."
RATE = "Percent; null for fewer than 5."


class PeriodQuery(serializers.Serializer):
    """The period, both days inclusive, and the granularity of the series."""

    granularity = serializers.ChoiceField(choices=[str(step) for step in Step], default=str(Step.WEEK))
    compare = serializers.ChoiceField(
        choices=[str(compare) for compare in Comparison],
        default=str(Comparison.PREVIOUS),
        help_text="The same number of days before, the same weekdays 52 weeks earlier, or no comparison.",
    )

    def get_fields(self) -> dict[str, Any]:
        first = "The first day, by default twelve weeks before `to`."
        last = f"The last day, by default today, not later. At most {MAX_DAYS} days in all."
        return {
            "from": DayField(required=False, help_text=first),
            "to": DayField(required=False, help_text=last),
            **super().get_fields(),
        }


class DaysOutput(serializers.Serializer):
    """A range of days, both inclusive."""

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), "to": serializers.DateField(), **super().get_fields()}


class OwnerPeriod(DaysOutput):
    granularity = serializers.CharField()
    compared_with = DaysOutput(allow_null=True, help_text="null when there is no earlier data.")


class FigureOutput(serializers.Serializer):
    value = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)


def figures_output(name: str, *keys: str) -> serializers.Serializer:
    """A serializer of these figures, each described by its definition."""
    fields = {key: FigureOutput(help_text=f"{FIGURES[key].says} ({UNITS[FIGURES[key].unit]})") for key in keys}
    output: type[serializers.Serializer] = type(name, (serializers.Serializer,), fields)
    return output()


class VisitsStep(DaysOutput):
    visits = serializers.IntegerField()
    new_patients = serializers.IntegerField()
    returning = serializers.IntegerField()
    completed = serializers.IntegerField()
    no_shows = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    cancelled_late = serializers.IntegerField()
    confirmed_before = serializers.IntegerField()
    intake_before = serializers.IntegerField()
    booked_minutes = serializers.IntegerField()
    open_minutes = serializers.IntegerField()


class OwnerDoctorRow(serializers.Serializer):
    doctor_id = serializers.UUIDField()
    doctor_name = serializers.CharField()
    visits = serializers.IntegerField(allow_null=True, help_text=FEW)
    no_shows = serializers.IntegerField(allow_null=True, help_text=FEW)
    no_show_rate = serializers.FloatField(allow_null=True, help_text=RATE)
    cancelled = serializers.IntegerField(allow_null=True, help_text=FEW)
    cancelled_rate = serializers.FloatField(allow_null=True, help_text=RATE)
    use = serializers.FloatField(allow_null=True, help_text=str(FIGURES["use"].says))


class OwnerReasonRow(serializers.Serializer):
    reason = serializers.CharField()
    cancelled = serializers.IntegerField(allow_null=True, help_text=FEW)
    late = serializers.IntegerField(allow_null=True, help_text=FEW)


class OwnerHourRow(serializers.Serializer):
    weekday = serializers.CharField(help_text="`mon` to `sun`.")
    hour = serializers.IntegerField(help_text="Local hour, 0 to 23.")
    visits = serializers.IntegerField(allow_null=True, help_text=FEW)
    no_shows = serializers.IntegerField(allow_null=True, help_text=FEW)
    no_show_rate = serializers.FloatField(allow_null=True, help_text=RATE)
    use = serializers.FloatField(allow_null=True)


class OwnerMetrics(OwnerPeriod):
    figures = figures_output("OwnerFigures", *FIGURES)
    series = VisitsStep(many=True)
    by_doctor = OwnerDoctorRow(many=True)
    by_reason = OwnerReasonRow(many=True)
    by_hour = OwnerHourRow(many=True)


class NoShowStep(DaysOutput):
    visits = serializers.IntegerField()
    no_shows = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True, help_text=RATE)
    before = serializers.FloatField(allow_null=True, help_text="The rate of the same step of the earlier period.")


class OwnerNoShows(OwnerPeriod):
    visits = serializers.IntegerField()
    no_shows = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True, help_text=RATE)
    before = serializers.FloatField(allow_null=True)
    series = NoShowStep(many=True)
    by_doctor = OwnerDoctorRow(many=True)
    by_hour = OwnerHourRow(many=True)


class Talks(serializers.Serializer):
    conversations = serializers.IntegerField()
    settled = serializers.IntegerField()
    escalated = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    confirmed_alone = serializers.IntegerField()
    summaries = serializers.IntegerField()


class TalksStep(Talks, DaysOutput):
    summary_time = serializers.FloatField(allow_null=True, help_text="Mean seconds; null for fewer than 5.")


class FormsOutput(serializers.Serializer):
    forms = serializers.IntegerField()
    before = serializers.IntegerField(help_text="Submitted before the visit.")


class OwnerAiImpact(Talks, OwnerPeriod):
    figures = figures_output(
        "OwnerAiFigures",
        *("confirmed_alone_rate", "settled_rate", "escalated_rate", "intake_reminded_rate"),
        *("intake_unreminded_rate", "summary_time", "summary_quick_rate"),
    )
    reminded = FormsOutput()
    unreminded = FormsOutput()
    series = TalksStep(many=True)


class TaskOutput(serializers.Serializer):
    task = serializers.CharField(help_text="`confirmation`, `message`, `intake` or `summary`.")
    times = serializers.IntegerField()
    minutes = serializers.IntegerField(help_text="The clinic's estimate of the staff minutes for one.")
    saved = serializers.IntegerField(help_text="`times` × `minutes`.")


class SavedStep(DaysOutput):
    minutes_saved = serializers.IntegerField()
    use = serializers.FloatField(allow_null=True)


class OwnerEfficiency(OwnerPeriod):
    figures = figures_output("OwnerEfficiencyFigures", "minutes_saved", "use")
    booked_minutes = serializers.IntegerField()
    open_minutes = serializers.IntegerField()
    tasks = TaskOutput(many=True)
    series = SavedStep(many=True)


class OwnerView(ClinicView):
    """Totals of the clinic in a period, without patients. Today's figures are as of now."""

    # Subclasses set `record`, which builds the response, and `output_class`, its serializer.

    roles = ("owner",)
    query_class = PeriodQuery
    record: ClassVar[Callable[[MetricSource], dict[str, Any]]]
    output_class: ClassVar[type[serializers.Serializer]]
    by_hour: ClassVar[bool] = False

    def get(self, request: Request) -> Response:
        query = self.query()
        period = Period.between(
            query.get("from"),
            query.get("to"),
            clock.today(self.actor.timezone),
            step=Step(query["granularity"]),
            compare=Comparison(query["compare"]),
        )
        report = read_report(self.actor, period, hours=self.by_hour)
        source = MetricSource(report=report, minutes=operations.task_minutes_of(self.actor))
        return Response(self.output_class(type(self).record(source)).data)


RANGE_EXAMPLE = {
    "from": "2026-11-02",
    "to": "2026-11-15",
    "granularity": "week",
    "compared_with": {"from": "2026-10-19", "to": "2026-11-01"},
}
DOCTOR_EXAMPLE = {
    "doctor_id": "0197a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
    "doctor_name": "Dr. Amara Okafor",
    "visits": 64,
    "no_shows": 3,
    "no_show_rate": 4.7,
    "cancelled": 6,
    "cancelled_rate": 8.6,
    "use": 86.2,
}
HOUR_EXAMPLE = {"weekday": "mon", "hour": 9, "visits": 12, "no_shows": 1, "no_show_rate": 8.3, "use": 92.0}
TALKS_EXAMPLE = {
    "conversations": 240, "settled": 201, "escalated": 19, "confirmed": 251, "confirmed_alone": 176, "summaries": 230,
}  # fmt: skip


def _documented(summary: str, output: type[serializers.Serializer], **example: Any) -> Any:
    shown = OpenApiExample("Two weeks", value={**RANGE_EXAMPLE, **example}, response_only=True)
    return extend_schema(summary=summary, parameters=[PeriodQuery], responses=output, examples=[shown])


class MetricsView(OwnerView):
    record = api_records.metrics
    output_class = OwnerMetrics
    by_hour = True

    @_documented(
        "Visits, use of time, confirmations and intake of a period",
        OwnerMetrics,
        figures={key: {"value": 5.6, "before": 9.9} for key in FIGURES},
        series=[
            {
                "from": "2026-11-02",
                "to": "2026-11-08",
                "visits": 164,
                "new_patients": 31,
                "returning": 133,
                "completed": 151,
                "no_shows": 9,
                "cancelled": 14,
                "cancelled_late": 3,
                "confirmed_before": 149,
                "intake_before": 144,
                "booked_minutes": 5210,
                "open_minutes": 6525,
            }
        ],
        by_doctor=[DOCTOR_EXAMPLE],
        by_reason=[{"reason": "patient-cancelled", "cancelled": 18, "late": 2}],
        by_hour=[HOUR_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        return super().get(request)


class NoShowRateView(OwnerView):
    record = api_records.no_show_rate
    output_class = OwnerNoShows
    by_hour = True

    @_documented(
        "The no-show rate of a period, its trend and breakdown",
        OwnerNoShows,
        visits=328,
        no_shows=18,
        rate=5.5,
        before=7.1,
        series=[{"from": "2026-11-02", "to": "2026-11-08", "visits": 164, "no_shows": 9, "rate": 5.5, "before": 7.4}],
        by_doctor=[DOCTOR_EXAMPLE],
        by_hour=[HOUR_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        return super().get(request)


class AiImpactView(OwnerView):
    record = api_records.ai_impact
    output_class = OwnerAiImpact

    @_documented(
        "Work done without staff in a period",
        OwnerAiImpact,
        figures={
            "confirmed_alone_rate": {"value": 70.1, "before": 61.0},
            "settled_rate": {"value": 83.8, "before": 80.2},
            "escalated_rate": {"value": 7.9, "before": 9.4},
            "intake_reminded_rate": {"value": 74.0, "before": 71.5},
            "intake_unreminded_rate": {"value": 91.3, "before": 90.8},
            "summary_time": {"value": 2.4, "before": 2.6},
            "summary_quick_rate": {"value": 99.1, "before": 99.0},
        },
        reminded={"forms": 96, "before": 71},
        unreminded={"forms": 219, "before": 200},
        series=[{"from": "2026-11-02", "to": "2026-11-08", **TALKS_EXAMPLE, "summary_time": 2.4}],
        **TALKS_EXAMPLE,
    )
    def get(self, request: Request) -> Response:
        return super().get(request)


class EfficiencyView(OwnerView):
    record = api_records.efficiency
    output_class = OwnerEfficiency

    @_documented(
        "Staff time saved in a period, and its calculation",
        OwnerEfficiency,
        figures={"minutes_saved": {"value": 2760, "before": 2100}, "use": {"value": 78.4, "before": 78.4}},
        booked_minutes=10230,
        open_minutes=13050,
        tasks=[{"task": "confirmation", "times": 176, "minutes": 4, "saved": 704}],
        series=[{"from": "2026-11-02", "to": "2026-11-08", "minutes_saved": 1380, "use": 79.8}],
    )
    def get(self, request: Request) -> Response:
        return super().get(request)
