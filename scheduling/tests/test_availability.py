"""Free slots, compared with an oracle that steps through the clinic's wall clock minute by minute."""

import datetime as dt
import random
from dataclasses import replace
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinicflow.clinics.models import WEEKDAYS, DoctorSettings
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from scheduling.models import Appointment, Closure, TimeOff
from scheduling.rules.opening_hours import BookableDoctor, starts_in
from scheduling.selectors import availability
from scheduling.selectors.availability import SlotSearch, free_at, free_slots, nearest_free
from scheduling.tests.cases import BookingCase

# Northern and southern summers, an odd half hour, a change at midnight, none at all, and one of thirty minutes.
CHANGES = {
    "America/New_York": ["2026-03-08", "2026-11-01", "2026-06-15"],
    "Europe/Berlin": ["2026-03-29", "2026-10-25", "2026-12-31"],
    "Australia/Adelaide": ["2026-04-05", "2026-10-04", "2026-01-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "America/Santiago": ["2026-04-04", "2026-04-05", "2026-09-05", "2026-09-06"],
    "Africa/Cairo": ["2026-04-24", "2026-10-29", "2026-10-30"],
    "Asia/Kolkata": ["2026-05-05"],
    "Pacific/Apia": ["2026-04-05"],
    "UTC": ["2026-02-28"],
}
PLACES = [(zone, dt.date.fromisoformat(day)) for zone, days in CHANGES.items() for day in days]


def wall(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


def bookable(weekly=None, own=None, hours=(540, 1020), step=30, days=WEEKDAYS):
    return BookableDoctor(
        doctor_id=uuid4(),
        doctor_name="Dr. Test",
        specialty="",
        active=True,
        default_visit_length=30,
        weekly=weekly or {},
        own_hours=own or {},
        visit_types=frozenset({"in-clinic"}),
        allows_walk_ins=True,
        allows_forced_booking=True,
        clinic_allows_walk_ins=True,
        clinic_allows_overrides=True,
        clinic_allows_overlaps=False,
        clinic_days=frozenset(days),
        clinic_hours=hours,
        slot_size=step,
    )


def open_minutes(doctor, day):
    """The wall-clock minutes of a date within the doctor's working hours, computed minute by minute."""
    weekday = WEEKDAYS[day.weekday()]
    if weekday not in doctor.clinic_days:
        return set()
    if day.isoformat() in doctor.own_hours:
        ranges = doctor.own_hours[day.isoformat()]
    elif weekday in doctor.own_hours:
        ranges = doctor.own_hours[weekday]
    elif doctor.weekly:
        ranges = doctor.weekly.get(weekday, [])
    else:
        ranges = [["00:00", "24:00"]]
    opens, closes = doctor.clinic_hours
    return {
        minute
        for minute in range(24 * 60)
        if opens <= minute < closes and any(start <= wall(minute) < end for start, end in ranges)
    }


def oracle(doctor, day, zone, blocked, minutes):
    """Every start, by checking each minute from the day before to the day after."""
    place = ZoneInfo(zone)
    good = open_minutes(doctor, day)
    midnight = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    moments = [midnight + dt.timedelta(minutes=offset) for offset in range(-48 * 60, 48 * 60)]
    free, first_time = set(), {}
    for moment in moments:
        there = moment.astimezone(place)
        if there.date() != day:
            continue
        minute = there.hour * 60 + there.minute
        first_time.setdefault(minute, moment)
        if minute in good and not any(start <= moment < end for start, end in blocked):
            free.add(moment)
    length = [dt.timedelta(minutes=offset) for offset in range(minutes)]
    return sorted(
        moment
        for minute, moment in first_time.items()
        if minute % doctor.slot_size == doctor.clinic_hours[0] % doctor.slot_size
        and all(moment + step in free for step in length)
    )


@st.composite
def ranges(draw):
    edges = sorted(draw(st.lists(st.integers(0, 287), min_size=2, max_size=6, unique=True)))
    edges = edges[: len(edges) // 2 * 2]
    return [[wall(5 * start), wall(5 * end)] for start, end in zip(edges[::2], edges[1::2], strict=True)]


@st.composite
def situations(draw):
    zone, day = draw(st.sampled_from(PLACES))
    opens, closes = sorted(draw(st.lists(st.integers(0, 287), min_size=2, max_size=2, unique=True)))
    weekday = WEEKDAYS[day.weekday()]
    doctor = bookable(
        weekly={weekday: draw(ranges())} if draw(st.booleans()) else {},
        own={key: draw(ranges()) for key in (day.isoformat(), weekday) if draw(st.integers(0, 3)) == 0},
        hours=(5 * opens, 5 * closes),
        step=draw(st.sampled_from([15, 30, 45])),
        days=WEEKDAYS if draw(st.integers(0, 9)) else WEEKDAYS[:5],
    )
    start = clock.day_bounds(day, zone)[0]
    blocked = sorted(
        (begin, begin + dt.timedelta(minutes=draw(st.integers(1, 300))))
        for begin in (
            start + dt.timedelta(minutes=draw(st.integers(-120, 1560))) for _ in range(draw(st.integers(0, 5)))
        )
    )
    return doctor, day, zone, blocked, draw(st.sampled_from([5, 15, 20, 30, 45, 60, 90, 240]))


class OracleTests(SimpleTestCase):
    @given(situations())
    @example((bookable(hours=(0, 1435)), dt.date(2026, 3, 8), "America/New_York", [], 30))
    @example((bookable(hours=(0, 1435)), dt.date(2026, 11, 1), "America/New_York", [], 90))
    @example((bookable(hours=(60, 120)), dt.date(2026, 11, 1), "America/New_York", [], 30))
    @settings(max_examples=150, deadline=None)
    def test_slots_equal_those_of_the_wall_clock_oracle(self, situation):
        doctor, day, zone, blocked, minutes = situation
        found = starts_in(doctor, day, zone, blocked, dt.timedelta(minutes=minutes))
        self.assertEqual([start for start, _ in found], oracle(doctor, day, zone, blocked, minutes))

    def test_an_hour_that_occurs_twice_is_offered_once_but_counts_twice(self):
        day = dt.date(2026, 11, 1)
        doctor = bookable(hours=(60, 120), step=30)  # 01:00 to 02:00, which is two hours long that night
        starts = [start for start, _ in starts_in(doctor, day, "America/New_York", [], dt.timedelta(minutes=90))]
        self.assertEqual([f"{start:%H:%M}" for start in starts], ["05:00", "05:30"])


class FreeSlotsTests(BookingCase):
    def find(self, **fields):
        at = fields.pop("at", self.before)
        search = SlotSearch(**{"date_from": self.monday, "date_to": self.monday} | fields)
        with self.inside(self.desk) as desk:
            return free_slots(desk, search, at=at)

    def times(self, **fields):
        return [f"{slot.start_time:%H:%M}" for slot in self.find(**fields)]

    def okafor_times(self, **fields):
        return self.times(doctors=[self.dr_okafor.pk], **fields)

    def test_excludes_breaks_visits_time_off_and_closures(self):
        self.make_appointment(self.dr_okafor, self.hannah, self.time("09:30"))
        with self.inside(self.desk):
            TimeOff.objects.create(
                clinic=self.riverside, doctor=self.dr_okafor, starts_at=self.time("14:00"), ends_at=self.time("15:00")
            )
            Closure.objects.create(
                clinic=self.riverside, starts_at=self.time("16:00"), ends_at=self.time("20:00"), reason="Storm"
            )
        expected = ["09:00", "10:00", "10:30", "11:00", "11:30", "12:00", "13:30", "15:00", "15:30"]
        self.assertEqual(self.okafor_times(), expected)

    def test_equals_the_oracle_over_a_random_fortnight(self):
        dice = random.Random(20261124)
        for _ in range(40):
            start = self.time("08:00", self.monday + dt.timedelta(days=dice.randrange(14)))
            start += dt.timedelta(minutes=5 * dice.randrange(110))
            kind = dice.randrange(4)
            with self.inside(self.desk):
                if kind == 0:
                    TimeOff.objects.create(
                        clinic=self.riverside,
                        doctor=self.dr_okafor,
                        starts_at=start,
                        ends_at=start + dt.timedelta(minutes=dice.randrange(30, 3000)),
                    )
                elif kind == 1:
                    Closure.objects.create(
                        clinic=self.riverside, starts_at=start, ends_at=start + dt.timedelta(minutes=90), reason="?"
                    )
            if kind > 1:
                self.make_appointment(
                    self.dr_okafor,
                    self.hannah,
                    start,
                    dice.choice([15, 30, 60]),
                    status=dice.choice(["unconfirmed", "confirmed", "completed", "cancelled", "no-show"]),
                    overlap_allowed=True,
                    overlap_reason="Test",
                )
        with self.inside(self.desk):
            blocked = [
                *Appointment.objects.live().values_list("starts_at", "ends_at"),
                *TimeOff.objects.values_list("starts_at", "ends_at"),
                *Closure.objects.values_list("starts_at", "ends_at"),
            ]
        week = {day: [["09:00", "12:30"], ["13:15", "17:00"]] for day in WEEKDAYS[:5]}
        doctor = bookable(weekly=week, days=WEEKDAYS[:5])
        days = [self.monday + dt.timedelta(days=number) for number in range(14)]
        expected = [start for day in days for start in oracle(doctor, day, "America/New_York", blocked, 45)]
        found = self.find(doctors=[self.dr_okafor.pk], date_to=days[-1], duration=45, limit=500)
        self.assertEqual([slot.starts_at for slot in found], expected)
        self.assertGreater(len(expected), 20)

    def test_starts_on_the_clinics_grid(self):
        self.change_settings(self.riverside, slot_size=45)
        self.assertEqual(self.okafor_times(after=dt.time(13), before=dt.time(15)), ["13:30", "14:15"])

    def test_of_two_free_doctors_the_one_with_fewer_visits_comes_first(self):
        self.make_appointment(self.dr_herrera, self.hannah, self.time("16:00"))
        first, second = self.find(limit=2)
        self.assertEqual((first.doctor_id, second.doctor_id), (self.dr_okafor.pk, self.dr_herrera.pk))
        self.make_appointment(self.dr_okafor, self.hannah, self.time("15:00"))
        self.make_appointment(self.dr_okafor, self.hannah, self.time("16:00"))
        self.assertEqual(self.find(limit=1)[0].doctor_id, self.dr_herrera.pk)

    def test_only_active_doctors_with_that_visit_type(self):
        with self.inside(self.desk):
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(supported_visit_types=["in-clinic"])
        self.assertEqual({slot.doctor_id for slot in self.find(visit_type="virtual")}, {self.dr_herrera.pk})
        with self.inside(self.desk):
            type(self.dr_herrera).objects.filter(pk=self.dr_herrera.pk).update(is_active=False)
        self.assertEqual(self.find(visit_type="virtual"), [])

    def test_hours_of_a_date_replace_the_weekly_hours_within_the_clinics(self):
        with self.inside(self.desk):
            override = {self.monday.isoformat(): [["07:00", "10:00"]]}
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(working_hours_override=override)
        self.assertEqual(self.okafor_times(), ["09:00", "09:30"])

    def test_weekly_hours_of_the_doctors_own_replace_the_front_desks_and_a_date_replaces_both(self):
        week = {"mon": [["10:00", "11:00"]], "tue": []}
        with self.inside(self.desk):
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(working_hours_override=week)
        self.assertEqual(self.okafor_times(), ["10:00", "10:30"])
        with self.inside(self.desk):
            week |= {self.monday.isoformat(): []}
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(working_hours_override=week)
        self.assertEqual(self.okafor_times(), [])

    def test_a_doctor_without_hours_has_the_clinics(self):
        new = self.make_doctor(self.riverside, "New Face", "NF", working_hours={})
        self.assertEqual(len(self.times(doctors=[new.pk])), 16)

    def test_nothing_in_the_past_and_the_moved_visit_counts_as_free(self):
        now = self.time("11:10")
        self.assertEqual(self.okafor_times(at=now)[0], "11:30")
        visit = self.make_appointment(self.dr_okafor, self.hannah, self.time("11:30"))
        self.assertEqual(self.okafor_times(at=now)[0], "12:00")
        self.assertEqual(self.okafor_times(at=now, without=[visit.pk])[0], "11:30")

    def test_long_and_backward_searches_are_refused(self):
        for fields in (
            {"date_to": self.monday + dt.timedelta(days=3650)},
            {"date_to": self.monday - dt.timedelta(days=1)},
            {"duration": 3},
            {"limit": 501},
        ):
            with self.assertRaises(Invalid):
                self.find(**fields)

    def test_excludes_another_clinic(self):
        self.make_appointment(self.dr_lake, self.stranger, self.time("09:00"))
        self.assertEqual(self.times(doctors=[self.dr_lake.pk]), [])
        self.assertEqual({slot.doctor_id for slot in self.find()}, {self.dr_okafor.pk, self.dr_herrera.pk})

    def test_a_month_over_ten_doctors_is_two_queries(self):
        for index in range(8):
            self.make_doctor(self.riverside, f"Number {index}", f"N{index}")
        with self.inside(self.desk) as desk, self.assertNumQueries(2):
            search = SlotSearch(date_from=self.monday, date_to=self.monday + dt.timedelta(days=29), limit=500)
            slots = free_slots(desk, search, at=self.before)
        self.assertEqual((len(slots), len({slot.doctor_id for slot in slots})), (500, 10))


class NearTests(BookingCase):
    def test_nearest_first_and_on_other_days_when_the_day_is_full(self):
        with self.inside(self.desk) as desk:
            TimeOff.objects.create(
                clinic=self.riverside,
                doctor=self.dr_okafor,
                starts_at=self.time("09:00"),
                ends_at=self.time("17:00", self.monday + dt.timedelta(days=2)),
            )
            near = nearest_free(
                desk,
                doctor=availability.bookable_doctors(desk, doctors=[self.dr_okafor.pk])[0],
                around=self.time("16:00", self.monday + dt.timedelta(days=1)),
                duration=30,
                at=self.before,
            )
        friday_before = self.monday - dt.timedelta(days=3)
        self.assertEqual([slot.date for slot in near], [self.monday + dt.timedelta(days=3)] * 3)
        self.assertNotIn(friday_before, [slot.date for slot in near])
        self.assertEqual([f"{slot.start_time:%H:%M}" for slot in near], ["09:00", "09:30", "10:00"])

    def test_the_first_available_slot_of_a_specialty_in_the_afternoon(self):
        """The first free half hour with any cardiologist after 3 pm, from Monday on."""
        for time in ("15:00", "15:30", "16:00", "16:30"):
            self.make_appointment(self.dr_herrera, self.hannah, self.time(time))
        with self.inside(self.desk) as desk:
            month = SlotSearch(date_from=self.monday, date_to=self.monday + dt.timedelta(days=29), limit=1)
            cardiology = replace(month, specialty="Cardiology", duration=30, after=dt.time(15))
            slot = free_slots(desk, cardiology, at=self.before)[0]
            none = free_slots(desk, replace(month, specialty="Dentistry"), at=self.before)
        self.assertEqual((slot.date, f"{slot.start_time:%H:%M}"), (self.monday + dt.timedelta(days=1), "15:00"))
        self.assertEqual((slot.duration, none), (30, []))

    def test_free_at_lists_the_free_doctors(self):
        self.make_appointment(self.dr_okafor, self.hannah, self.time("10:00"))
        with self.inside(self.desk) as desk:
            able = availability.bookable_doctors(desk)
            names = [
                [who.doctor_name for who in free_at(desk, able, starts_at=self.time(at), duration=30)]
                for at in ("10:00", "10:30", "12:15")
            ]
        self.assertEqual(names, [["Dr. Luis Herrera"], ["Dr. Luis Herrera", "Dr. Amara Okafor"], []])
