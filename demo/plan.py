"""The plan of the two clinics: doctors, staff, hours and how busy they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from demo.factories import fixed_id
from demo.names import EAST_CODES, WEST_CODES

PASSWORD = "clinicflow-demo"  # noqa: S105 - public on purpose; production refuses the demo
Hours = Mapping[str, list[list[str]]]


@dataclass(frozen=True, kw_only=True)
class DoctorPlan:
    """A doctor. `busy` is the booked share of open time; `lengths` are minutes of new patients' and other visits."""

    key: str
    name: str
    initials: str
    specialty: str
    hue: str
    room: str
    hours: Hours
    busy: float
    lengths: tuple[int, int]
    panel: int
    ages: tuple[int, int] = (18, 92)
    video: float = 0.12


@dataclass(frozen=True, kw_only=True)
class StaffPlan:
    """A user. `roles` are those of its memberships; `doctor` is the key of its doctor, if any."""

    email: str
    name: str
    roles: tuple[str, ...]
    doctor: str = ""


@dataclass(frozen=True, kw_only=True)
class ClinicPlan:
    """A clinic with its doctors, staff and settings that differ from the defaults."""

    key: str
    name: str
    zone: str
    phone: str
    address: str
    region: str
    area_codes: list[str]
    doctors: tuple[DoctorPlan, ...]
    staff: tuple[StaffPlan, ...]
    settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def clinic_id(self) -> UUID:
        return fixed_id(self.key, "clinic")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The size of the demo: a share of each doctor's patients, and days before and after today."""

    share: float = 1.0
    days_back: int = 90
    days_ahead: int = 30


def week(*ranges: str, friday: tuple[str, ...] = ()) -> Hours:
    """Weekly hours from ranges such as 09:00-12:30: Monday to Thursday, and Friday unless `friday` is given."""

    def split(parts: tuple[str, ...]) -> list[list[str]]:
        return [part.split("-") for part in parts]

    hours = {day: split(ranges) for day in ("mon", "tue", "wed", "thu")}
    return hours | {"fri": split(friday or ranges)}


RIVERSIDE = ClinicPlan(
    key="riverside",
    name="Riverside Clinic",
    zone="America/New_York",
    phone="+12125550100",
    address="14 Quay Street, New York, NY 10002",
    region="NY",
    area_codes=EAST_CODES,
    settings={"slot_size": 15, "opens_at": "08:00", "closes_at": "17:30"},
    doctors=(
        DoctorPlan(
            key="okafor",
            name="Dr. Amara Okafor",
            initials="AO",
            specialty="Family medicine",
            hue="teal",
            room="Room 1",
            hours=week("09:00-12:30", "13:15-17:00"),
            busy=0.86,
            lengths=(45, 30),
            panel=560,
        ),
        DoctorPlan(
            key="herrera",
            name="Dr. Lucía Herrera",
            initials="LH",
            specialty="Cardiology",
            hue="plum",
            room="Room 2",
            hours=week("08:30-12:45", "13:15-17:00", friday=("08:30-12:45",)),
            busy=0.9,
            lengths=(60, 45),
            panel=260,
            ages=(35, 92),
        ),
        DoctorPlan(
            key="tanaka",
            name="Dr. Mei Tanaka",
            initials="MT",
            specialty="Pediatrics",
            hue="leaf",
            room="Room 3",
            hours=week("08:30-12:00", "12:45-16:30"),
            busy=0.78,
            lengths=(45, 30),
            panel=520,
            ages=(0, 17),
            video=0.06,
        ),
        DoctorPlan(
            key="brandt",
            name="Dr. Jonas Brandt",
            initials="JB",
            specialty="Dermatology",
            hue="clay",
            room="Room 4",
            hours=week("09:00-13:00", "13:45-16:45"),
            busy=0.66,
            lengths=(45, 30),
            panel=180,
            ages=(12, 92),
            video=0.2,
        ),
        DoctorPlan(
            key="nair",
            name="Dr. Priya Nair",
            initials="PN",
            specialty="Family medicine",
            hue="iris",
            room="Room 5",
            hours=week("08:30-12:00", "12:30-16:30", friday=("08:30-13:00",)),
            busy=0.74,
            lengths=(45, 30),
            panel=480,
        ),
    ),
    staff=(
        StaffPlan(email="frontdesk@riverside.test", name="Dana Kessler", roles=("admin",)),
        StaffPlan(email="okafor@riverside.test", name="Amara Okafor", roles=("doctor",), doctor="okafor"),
        StaffPlan(email="owner@riverside.test", name="Marta Ruiz", roles=("owner",)),
        StaffPlan(email="dual@riverside.test", name="Priya Nair", roles=("doctor", "owner"), doctor="nair"),
    ),
)

LAKESIDE = ClinicPlan(
    key="lakeside",
    name="Lakeside Clinic",
    zone="America/Los_Angeles",
    phone="+12065550100",
    address="3 Harbor Avenue, Seattle, WA 98101",
    region="WA",
    area_codes=WEST_CODES,
    settings={"slot_size": 30, "time_format": "24h"},
    doctors=(
        DoctorPlan(
            key="berg",
            name="Dr. Ida Berg",
            initials="IB",
            specialty="Family medicine",
            hue="sky",
            room="Blue room",
            hours=week("09:00-12:30", "13:00-17:00"),
            busy=0.55,
            lengths=(60, 30),
            panel=240,
        ),
        DoctorPlan(
            key="osei",
            name="Dr. Kwabena Osei",
            initials="KO",
            specialty="Pediatrics",
            hue="sand",
            room="Green room",
            hours=week("09:00-12:00", "12:30-16:00"),
            busy=0.5,
            lengths=(60, 30),
            panel=140,
            ages=(0, 17),
        ),
    ),
    staff=(
        StaffPlan(email="frontdesk@lakeside.test", name="Lena Park", roles=("admin",)),
        StaffPlan(email="doctor@lakeside.test", name="Ida Berg", roles=("doctor",), doctor="berg"),
        StaffPlan(email="owner@lakeside.test", name="Ruben Alder", roles=("owner",)),
    ),
)

CLINICS = (RIVERSIDE, LAKESIDE)
