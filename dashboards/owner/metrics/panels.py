"""The registry of panels, and the pages that show them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from dashboards.owner.metrics import breakdowns, over_time, workload
from dashboards.owner.metrics.view_models import MetricPanel, MetricSource

PANELS: Mapping[str, Callable[[MetricSource], MetricPanel]] = {
    "no-shows": over_time.no_shows,
    "ai": workload.conversations,
    "visits": over_time.visits,
    "outcomes": workload.outcomes,
    "doctors": breakdowns.doctors,
    "busy-hours": breakdowns.busy_hours,
    "cancellations": over_time.cancellations,
    "reasons": breakdowns.reasons,
    "doctors-no-shows": breakdowns.doctors_no_shows,
    "no-show-hours": breakdowns.no_show_hours,
    "confirmations": over_time.confirmed_alone,
    "intake": workload.intake,
    "summaries": over_time.summary_time,
    "time-saved": over_time.time_saved,
    "tasks": workload.tasks,
}
HOURLY_PANELS = frozenset({"busy-hours", "no-show-hours"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerPage:
    """One of the owner's pages: its key figures and panels."""

    key: str
    title: str | Promise
    figures: tuple[str, ...]
    panels: tuple[str, ...]

    @property
    def url_name(self) -> str:
        return "overview" if self.key == "overview" else f"overview_{self.key.replace('-', '_')}"

    @property
    def by_hour(self) -> bool:
        return bool(HOURLY_PANELS & set(self.panels))


PAGES = {
    section.key: section
    for section in (
        OwnerPage(
            key="overview",
            title=gettext_lazy("At a glance"),
            figures=("no_show_rate", "confirmed_rate", "use", "intake_rate", "minutes_saved"),
            panels=("no-shows", "ai", "visits", "outcomes", "doctors", "busy-hours"),
        ),
        OwnerPage(
            key="no-shows",
            title=gettext_lazy("No-shows & cancellations"),
            figures=("visits", "no_show_rate", "cancelled_rate", "late_rate"),
            panels=("cancellations", "reasons", "doctors-no-shows", "no-show-hours"),
        ),
        OwnerPage(
            key="ai",
            title=gettext_lazy("AI impact"),
            figures=("confirmed_alone_rate", "settled_rate", "escalated_rate", "intake_rate", "summary_time"),
            panels=("confirmations", "ai", "summaries", "intake"),
        ),
        OwnerPage(
            key="efficiency",
            title=gettext_lazy("Time saved"),
            figures=("minutes_saved", "use", "confirmed_alone_rate", "intake_rate"),
            panels=("time-saved", "tasks"),
        ),
    )
}
