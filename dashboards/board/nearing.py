"""When a visit is near: a day ahead, counted in the clinic's working days, so that Monday's are near on Friday."""

import datetime as dt

from clinicflow.clinics.models import WEEKDAYS, ClinicSettings
from clinicflow.core import clock


def nearing_until(now: dt.datetime, zone: str, settings: ClinicSettings) -> dt.datetime:
    """Visits that begin before this instant are near: the same time of day on the clinic's next working day."""
    today = clock.local(now, zone).date()
    ahead = (number for number in range(1, 8) if WEEKDAYS[(today.weekday() + number) % 7] in settings.working_days)
    return now + dt.timedelta(days=next(ahead, 1))
