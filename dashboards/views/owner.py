"""The owner's pages: totals and nobody."""

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinicflow.audit.log import exported
from clinicflow.clinics.permissions import role_required
from clinicflow.core import clock
from clinicflow.web.render import render_page
from dashboards.forms import PeriodForm, TaskMinutesForm
from dashboards.metrics.panels import BY_HOUR, PANELS, SECTIONS
from dashboards.metrics.periods import PRESETS, Period
from dashboards.metrics.reading import read_report
from dashboards.metrics.shapes import Source, key_figures
from dashboards.operations import task_minutes


@require_GET
@role_required("owner")
def overview(request: HttpRequest, section: str = "overview") -> HttpResponse:
    """One page of figures, for `?period=` or `?from=&to=`, in `?step=`, against `?compare=`."""
    return _page(request, section)


@require_POST
@role_required("owner")
def minutes(request: HttpRequest) -> HttpResponse:
    """Set the clinic's minutes per task."""
    form = TaskMinutesForm(request.POST, instance=task_minutes.of_clinic(request.actor))
    if not form.is_valid():
        return _page(request, "efficiency", minutes_form=form, status=422)
    task_minutes.change(request.actor, **form.cleaned_data)
    messages.success(request, _("Saved. The time saved is reckoned anew."))
    return redirect("overview_efficiency")


@require_GET
@role_required("owner")
def panel_file(request: HttpRequest, key: str) -> HttpResponse:
    """The table of one panel as a CSV file, for the same days as its page."""
    if key not in PANELS:
        raise Http404
    period = _form(request).chosen
    sheet = PANELS[key](_source(request, period, hours=key in BY_HOUR)).sheet
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{key}-{period.start}-{period.last_day}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows(sheet.as_csv())
    exported(request.actor, "overview", len(sheet.rows))
    return response


def _page(request: HttpRequest, key: str, *, minutes_form: TaskMinutesForm | None = None, status: int = 200) -> Any:
    section, form = SECTIONS[key], _form(request)
    period = form.chosen
    source = _source(request, period, hours=section.by_hour)
    context = {
        "section": section,
        "sections": SECTIONS.values(),
        "report": source.report,
        "form": form.showing(period),
        "presets": list(PRESETS),
        "figures": key_figures(source, *section.figures),
        "panels": [PANELS[name](source) for name in section.panels],
        "minutes_form": minutes_form or SimpleLazyObject(lambda: TaskMinutesForm(instance=source.minutes)),
    }
    return render_page(request, "dashboards/overview.html", context, partial="figures", status=status)


def _form(request: HttpRequest) -> PeriodForm:
    form = PeriodForm(request.GET, today=clock.today(request.actor.timezone))
    form.is_valid()
    return form


def _source(request: HttpRequest, period: Period, *, hours: bool) -> Source:
    """With the minutes per task, which are read when a figure needs them."""
    report = read_report(request.actor, period, hours=hours)
    minutes: Any = SimpleLazyObject(lambda: task_minutes.of_clinic(request.actor))
    return Source(report=report, minutes=minutes)
