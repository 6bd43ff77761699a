"""The owner's figures as records with names, for the API. What is withheld of a breakdown is None."""

from collections.abc import Mapping
from typing import Any

from clinicflow.clinics.models import WEEKDAYS
from dashboards.figures.rules.periods import DayRange
from dashboards.figures.selectors.report import Report
from dashboards.figures.selectors.totals import REASONS, Totals, share, tasks_of, withheld
from dashboards.owner.metrics.definitions import FIGURES
from dashboards.owner.metrics.view_models import MetricSource, value_of

REASON_NAMES = {
    "patient": "patient-cancelled",
    "elsewhere": "rescheduled-externally",
    "clinic": "clinic-cancelled",
    "other": "other",
}


def metrics(source: MetricSource) -> dict[str, Any]:
    """Everything: the figures, and the visits by step, doctor, reason and hour."""
    report = source.report
    return {
        **_range(report),
        "figures": _figures(source, *FIGURES),
        "series": [{**_days(span), **_visits(now)} for span, now, _then in report.steps],
        "by_doctor": _by_doctor(report),
        "by_reason": _by_reason(report.now),
        "by_hour": _by_hour(report.hours),
    }


def no_show_rate(source: MetricSource) -> dict[str, Any]:
    report = source.report
    return {
        **_range(report),
        **_no_shows(report.now),
        "before": value_of("no_show_rate", report.before) if report.before else None,
        "series": [
            {**_days(span), **_no_shows(now), "before": value_of("no_show_rate", then) if report.before else None}
            for span, now, then in report.steps
        ],
        "by_doctor": _by_doctor(report),
        "by_hour": _by_hour(report.hours),
    }


def ai_impact(source: MetricSource) -> dict[str, Any]:
    report = source.report
    now = report.now
    return {
        **_range(report),
        "figures": _figures(
            source,
            *("confirmed_alone_rate", "settled_rate", "escalated_rate", "intake_reminded_rate"),
            *("intake_unreminded_rate", "summary_time", "summary_quick_rate"),
        ),
        **_conversations(now),
        "reminded": {"forms": now["reminded"], "before": now["reminded_before"]},
        "unreminded": {"forms": now.unreminded, "before": now.unreminded_before},
        "series": [
            {**_days(span), **_conversations(tally), "summary_time": tally.summary_time}
            for span, tally, _then in report.steps
        ],
    }


def efficiency(source: MetricSource) -> dict[str, Any]:
    report = source.report
    figure = FIGURES["minutes_saved"]
    return {
        **_range(report),
        "figures": _figures(source, "minutes_saved", "use"),
        "booked_minutes": report.now["booked_minutes"],
        "open_minutes": report.now["open_minutes"],
        "tasks": [
            {"task": task.key, "times": task.times, "minutes": task.minutes, "saved": task.saved}
            for task in tasks_of(report.now, source.minutes)
        ],
        "series": [
            {**_days(span), "minutes_saved": source.value(figure, now), "use": now.use}
            for span, now, _then in report.steps
        ],
    }


def _range(report: Report) -> dict[str, Any]:
    period = report.period
    before = period.before if report.before else None
    return {
        **_days(period),
        "granularity": str(period.step),
        "compared_with": _days(before) if before else None,
    }


def _days(span: DayRange) -> dict[str, Any]:
    return {"from": span.start, "to": span.last_day}


def _figures(source: MetricSource, *keys: str) -> dict[str, Any]:
    report = source.report
    return {
        key: {
            "value": source.value(FIGURES[key], report.now),
            "before": source.value(FIGURES[key], report.before),
        }
        for key in keys
    }


def _visits(tally: Totals) -> dict[str, Any]:
    return {
        "visits": tally["visits"],
        "new_patients": tally["new_patients"],
        "returning": tally.returning,
        "completed": tally["completed"],
        "no_shows": tally["no_shows"],
        "cancelled": tally.cancelled,
        "cancelled_late": tally.late,
        "confirmed_before": tally["confirmed_before"],
        "intake_before": tally["intake_before"],
        "booked_minutes": tally["booked_minutes"],
        "open_minutes": tally["open_minutes"],
    }


def _no_shows(tally: Totals) -> dict[str, Any]:
    return {
        "visits": tally["visits"],
        "no_shows": tally["no_shows"],
        "rate": value_of("no_show_rate", tally),
    }


def _conversations(tally: Totals) -> dict[str, Any]:
    names = ("conversations", "settled", "escalated", "confirmed", "confirmed_alone", "summaries")
    return {name: tally[name] for name in names}


def _by_doctor(report: Report) -> list[dict[str, Any]]:
    hidden = withheld([tally.booked for _doctor, tally in report.doctors])
    return [
        {
            "doctor_id": doctor.pk,
            "doctor_name": doctor.name,
            **_unless(
                hide,
                visits=tally["visits"],
                no_shows=tally["no_shows"],
                no_show_rate=value_of("no_show_rate", tally),
                cancelled=tally.cancelled,
                cancelled_rate=value_of("cancelled_rate", tally),
            ),
            "use": tally.use,
        }
        for (doctor, tally), hide in zip(report.doctors, hidden, strict=True)
    ]


def _by_reason(tally: Totals) -> list[dict[str, Any]]:
    sizes = [tally[f"cancelled_{reason}"] for reason in REASONS]
    return [
        {"reason": REASON_NAMES[reason], **_unless(hide, cancelled=size, late=tally[f"late_{reason}"])}
        for reason, size, hide in zip(REASONS, sizes, withheld(sizes), strict=True)
    ]


def _by_hour(hours: Mapping[tuple[int, int], Mapping[str, int]]) -> list[dict[str, Any]]:
    places = sorted(place for place, row in hours.items() if row["visits"] or row["open_minutes"])
    hidden = withheld([hours[place]["visits"] for place in places])
    return [
        {
            "weekday": WEEKDAYS[weekday],
            "hour": hour,
            **_unless(
                hide,
                visits=hours[weekday, hour]["visits"],
                no_shows=hours[weekday, hour]["no_shows"],
                no_show_rate=share(hours[weekday, hour]["no_shows"], hours[weekday, hour]["visits"]),
            ),
            "use": _use(hours[weekday, hour]),
        }
        for (weekday, hour), hide in zip(places, hidden, strict=True)
    ]


def _unless(hidden: bool, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(values) if hidden else values


def _use(row: Mapping[str, int]) -> float | None:
    return share(min(row["booked_minutes"], row["open_minutes"]), row["open_minutes"], few=1)
