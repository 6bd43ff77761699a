"""The days of the demo: working days, holidays, and the doctors' free time."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import holidays

from clinicflow.clinics.models import WEEKDAYS
from clinicflow.core import clock
from demo.plan import ClinicPlan, DoctorPlan, Scale

OBSERVED_HOLIDAYS = {
    "New Year's Day",
    "Memorial Day",
    "Independence Day",
    "Labor Day",
    "Thanksgiving Day",
    "Christmas Day",
}


@dataclass(frozen=True, kw_only=True)
class DoctorAbsence:
    """A doctor's absence between two instants."""

    doctor: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: str


class Calendar:
    """Working days around `now`. Where today is a weekend day, the clinic is open on that weekday."""

    def __init__(self, plan: ClinicPlan, scale: Scale, now: dt.datetime) -> None:
        self.plan, self.zone, self.now = plan, plan.zone, now
        self.today = clock.local(now, plan.zone).date()
        self.first = self.today - dt.timedelta(days=scale.days_back)
        self.last = self.today + dt.timedelta(days=scale.days_ahead)
        self.weekdays = [*WEEKDAYS[:5], *([WEEKDAYS[self.today.weekday()]] if self.today.weekday() > 4 else [])]
        public_holidays = holidays.country_holidays("US", years=range(self.first.year, self.last.year + 1))
        self.closed = {
            day: name
            for day, name in sorted(public_holidays.items())
            if name in OBSERVED_HOLIDAYS and self.first <= day <= self.last and day != self.today
        }
        days = [self.first + dt.timedelta(days=number) for number in range((self.last - self.first).days + 1)]
        self.worked = [day for day in days if WEEKDAYS[day.weekday()] in self.weekdays and day not in self.closed]
        self.index_of_today = self.worked.index(self.today)
        # In a short demo, some absences lie outside its days.
        self.away = tuple(away for away in self._absences() if away.starts_at < away.ends_at)

    def at(self, day: dt.date, time: str) -> dt.datetime:
        """The instant of a wall-clock time, HH:MM, of the clinic."""
        return clock.at_wall_clock(day, dt.time.fromisoformat(time), self.zone)

    def worked_day(self, steps: int) -> dt.date:
        """The working day `steps` after today (before, if negative), limited to the days of the demo."""
        return self.worked[max(0, min(len(self.worked) - 1, self.index_of_today + steps))]

    def steps(self, day: dt.date) -> int:
        """The number of working days from today to `day`; it seeds the day's visits."""
        return self.worked.index(day) - self.index_of_today

    def hours_of(self, doctor: DoctorPlan) -> dict[str, list[list[str]]]:
        """The doctor's weekly hours; a weekend day that is open gets those of Monday."""
        return {day: list(doctor.hours.get(day, doctor.hours["mon"])) for day in self.weekdays}

    def free(self, doctor: DoctorPlan, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The doctor's working time on a day without absences, as ranges of instants."""
        absences = [away for away in self.away if away.doctor == doctor.key]
        for starts, ends in self.hours_of(doctor)[WEEKDAYS[day.weekday()]]:
            low, high = self.at(day, starts), self.at(day, ends)
            for away in absences:
                if away.starts_at < high and away.ends_at > low:
                    low, high = (away.ends_at, high) if away.starts_at <= low else (low, away.starts_at)
            if low < high:
                yield low, high

    def _absences(self) -> Iterator[DoctorAbsence]:
        last, off = self.plan.doctors[-1], self.plan.doctors[1]
        yield DoctorAbsence(
            doctor=last.key,
            starts_at=self.at(self.today, "14:30"),
            ends_at=self.at(self.worked_day(1), "18:00"),
            reason="Conference",
        )
        yield DoctorAbsence(
            doctor=off.key,
            starts_at=self.at(self.worked_day(8), "00:00"),
            ends_at=self.at(self.worked_day(10), "00:00"),
            reason="Vacation",
        )
        yield DoctorAbsence(
            doctor=off.key,
            starts_at=self.at(self.worked_day(-20), "00:00"),
            ends_at=self.at(self.worked_day(-19), "00:00"),
            reason="Sick",
        )
