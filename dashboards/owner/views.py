"""The owner's pages: totals of the clinic, without patients."""

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_export
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.web.render import render_page
from dashboards.figures.rules.periods import PRESETS, Period
from dashboards.figures.selectors.report import read_report
from dashboards.owner import operations
from dashboards.owner.forms import PeriodForm, TaskMinutesForm
from dashboards.owner.metrics.panels import HOURLY_PANELS, PAGES, PANELS
from dashboards.owner.metrics.view_models import MetricSource, key_figures


@require_GET
@role_required("owner")
def overview(request: ClinicRequest, section: str = "overview") -> HttpResponse:
    """One page of figures for `?period=` or `?from=&to=`, grouped by `?step=`, compared with `?compare=`."""
    return _page(request, section)


@require_POST
@role_required("owner")
def minutes(request: ClinicRequest) -> HttpResponse:
    """Set the clinic's minutes per task."""
    form = TaskMinutesForm(request.POST, instance=operations.task_minutes_of(request.actor))
    if not form.is_valid():
        return _page(request, "efficiency", minutes_form=form, status=422)
    operations.update_task_minutes(request.actor, **form.cleaned_data)
    messages.success(request, _("Saved. The time saved has been recalculated."))
    return redirect("overview_efficiency")


@require_GET
@role_required("owner")
def panel_file(request: ClinicRequest, key: str) -> HttpResponse:
    """The table of one panel as a CSV file, for the period of its page."""
    if key not in PANELS:
        raise Http404
    period = _form(request).chosen
    sheet = PANELS[key](_source(request, period, hours=key in HOURLY_PANELS)).sheet
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{key}-{period.start}-{period.last_day}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows(sheet.as_csv())
    record_export(request.actor, "overview", len(sheet.rows))
    return response


def _page(request: ClinicRequest, key: str, *, minutes_form: TaskMinutesForm | None = None, status: int = 200) -> Any:
    section, form = PAGES[key], _form(request)
    period = form.chosen
    source = _source(request, period, hours=section.by_hour)
    context = {
        "section": section,
        "sections": PAGES.values(),
        "report": source.report,
        "form": form.showing(period),
        "presets": list(PRESETS),
        "figures": key_figures(source, *section.figures),
        "panels": [PANELS[name](source) for name in section.panels],
        "minutes_form": minutes_form or SimpleLazyObject(lambda: TaskMinutesForm(instance=source.minutes)),
    }
    return render_page(request, "dashboards/overview.html", context, partial="figures", status=status)


def _form(request: ClinicRequest) -> PeriodForm:
    form = PeriodForm(request.GET, today=clock.today(request.actor.timezone))
    form.is_valid()
    return form


def _source(request: ClinicRequest, period: Period, *, hours: bool) -> MetricSource:
    """The report of a period, with the minutes per task, which are read on first use."""
    report = read_report(request.actor, period, hours=hours)
    minutes: Any = SimpleLazyObject(lambda: operations.task_minutes_of(request.actor))
    return MetricSource(report=report, minutes=minutes)
