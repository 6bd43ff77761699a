"""The owner's Overview: totals and nobody."""

import csv

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clinicflow.audit.log import exported
from clinicflow.clinics.permissions import role_required
from clinicflow.core import clock
from clinicflow.web.render import render_page
from dashboards.charts import line_chart
from dashboards.metrics import PERIODS, Overview, period_of, read_overview


@require_GET
@role_required("owner")
def overview(request: HttpRequest) -> HttpResponse:
    """The figures of `?period=4w|12w|52w`, with the period before to compare."""
    report = _report(request)
    context = {"report": report, "periods": list(PERIODS), "no_shows": _no_show_chart(report)}
    return render_page(request, "dashboards/overview.html", context, partial="figures")


@require_GET
@role_required("owner")
def overview_csv(request: HttpRequest) -> HttpResponse:
    """The same figures by week, as a file."""
    report = _report(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="overview-{report.period.last_day}.csv"'
    writer = csv.writer(response)
    names = ("due", "done", "no_shows", "cancelled", "confirmed_before", "intake_before")
    writer.writerow(["week", *names])
    writer.writerows([week.isoformat(), *(getattr(now, name) for name in names)] for week, now, _then in report.weeks)
    exported(request.actor, "overview", len(report.weeks))
    return response


def _report(request: HttpRequest) -> Overview:
    period = period_of(request.GET.get("period", ""), clock.today(request.actor.timezone))
    return read_overview(request.actor, period)


def _no_show_chart(report: Overview) -> object:
    weeks = [f"{week:%-d %b}" for week, _now, _then in report.weeks]
    then = [tally.no_show_rate for _week, _now, tally in report.weeks]
    now = [tally.no_show_rate for _week, tally, _then in report.weeks]
    return line_chart(_("No-show rate by week"), weeks, [("then", then), ("now", now)])
