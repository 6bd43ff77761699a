"""Daily totals for the owner's figures, and the days that have to be counted again.

The totals are computed from other, audited tables and contain no names, so they are not audited. `TaskMinutes` is
entered by the owner, and audited.
"""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from clinicflow.access.querysets import ClinicQuerySet, M
from clinicflow.access.roles import Role
from clinicflow.clinics.models import Doctor
from clinicflow.core.models import ClinicOwned

WHOLE_DAY = 24 * 60


class FiguresQuerySet(ClinicQuerySet[M]):
    """Totals without patients: visible to the owner and to the jobs that count them."""

    roles = frozenset({Role.OWNER, Role.SYSTEM})


def count() -> models.PositiveIntegerField:
    """A counter, zero by default."""
    return models.PositiveIntegerField(default=0, db_default=0)


class FigureState(ClinicOwned):
    """The range of counted days of a clinic, `since` to `through` inclusive, in `timezone`."""

    since = models.DateField()
    through = models.DateField()
    timezone = models.CharField(max_length=64)

    objects = FiguresQuerySet.as_manager()

    class Meta:
        db_table = "figure_states"
        constraints = [models.UniqueConstraint(fields=["clinic"], name="figure_states_one_a_clinic")]


class StaleDay(ClinicOwned):
    """A mark that a day changed after it was counted; `opening` if its bookable time changed too.

    Triggers insert one row per change in its transaction, without a unique key, so that writers do not block each
    other. The count deletes the marks that it sees before it starts.
    """

    day = models.DateField()
    opening = models.BooleanField(default=False, db_default=False)

    objects = FiguresQuerySet.as_manager()

    class Meta:
        db_table = "stale_days"
        indexes = [models.Index(fields=["clinic", "day"], name="stale_days_by_day")]


class DayFigures(ClinicOwned):
    """Totals of one doctor's visits of one local day. `figures/selectors/counting.py` defines each column."""

    day = models.DateField()
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+", db_constraint=False)
    visits = count()
    completed = count()
    no_shows = count()
    new_patients = count()
    confirmed = count()
    confirmed_before = count()
    confirmed_alone = count()
    cancelled_patient = count()
    cancelled_elsewhere = count()
    cancelled_clinic = count()
    cancelled_other = count()
    late_patient = count()
    late_elsewhere = count()
    late_clinic = count()
    late_other = count()
    intake_forms = count()
    intake_before = count()
    intake_online = count()
    intake_messages = count()
    reminded = count()
    reminded_before = count()
    conversations = count()
    settled = count()
    escalated = count()
    summaries = count()
    summaries_quick = count()
    summary_seconds = count()
    booked_minutes = count()
    open_minutes = count()

    objects = FiguresQuerySet.as_manager()

    class Meta:
        db_table = "day_figures"
        verbose_name_plural = "day figures"
        constraints = [
            models.UniqueConstraint(fields=["clinic", "day", "doctor"], name="day_figures_once"),
            models.CheckConstraint(
                condition=Q(visits__gte=F("completed") + F("no_shows")), name="day_figures_visits_hold_their_ends"
            ),
            models.CheckConstraint(condition=Q(open_minutes__lte=WHOLE_DAY), name="day_figures_open_within_a_day"),
        ]


class HourFigures(ClinicOwned):
    """Totals of all doctors in one hour of one local day: visits that began, booked and open minutes."""

    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    visits = count()
    no_shows = count()
    booked_minutes = count()
    open_minutes = count()

    objects = FiguresQuerySet.as_manager()

    class Meta:
        db_table = "hour_figures"
        verbose_name_plural = "hour figures"
        constraints = [
            models.UniqueConstraint(fields=["clinic", "day", "hour"], name="hour_figures_once"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="hour_figures_hour_known"),
        ]


class TaskMinutes(ClinicOwned):
    """The clinic's estimate of the staff minutes that each task takes without ClinicFlow."""

    confirmation = models.PositiveSmallIntegerField(default=4, validators=[MaxValueValidator(120)])
    message = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(120)])
    intake = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(120)])
    summary = models.PositiveSmallIntegerField(default=5, validators=[MaxValueValidator(120)])

    objects = FiguresQuerySet.as_manager()

    class Meta:
        db_table = "task_minutes"
        verbose_name_plural = "task minutes"
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="task_minutes_one_a_clinic"),
            models.CheckConstraint(
                condition=Q(confirmation__lte=120, message__lte=120, intake__lte=120, summary__lte=120),
                name="task_minutes_range",
            ),
        ]
