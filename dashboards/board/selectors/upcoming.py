"""When a visit is near: a day ahead, counted in the clinic's working days, so that Monday's are near on Friday."""

import datetime as dt

from clinicflow.clinics.models import WEEKDAYS, ClinicSettings
from clinicflow.core import clock


def next_working_day(day: dt.date, settings: ClinicSettings) -> dt.date:
    """The next day of the clinic's week after a local one; the day after in a clinic that never works."""
    days = (day + dt.timedelta(days=number) for number in range(1, 8))
    return next((next_day for next_day in days if WEEKDAYS[next_day.weekday()] in settings.working_days), day)


def upcoming_until(now: dt.datetime, zone: str, settings: ClinicSettings) -> dt.datetime:
    """Visits that begin before this instant are near: the same time of day on the clinic's next working day."""
    today = clock.local(now, zone).date()
    return now + (next_working_day(today, settings) - today)
