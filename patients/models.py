"""Patients and patient imports."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from phonenumber_field.modelfields import PhoneNumberField

from clinicflow.clinics.models import Doctor
from clinicflow.core.models import ClinicOwned
from patients.querysets import PatientImportQuerySet, PatientQuerySet


def every_channel() -> dict[str, bool]:
    return {"sms": True, "email": True, "voice": True}


class Patient(ClinicOwned):
    """A patient of a clinic.

    `search_*` are normal forms of name and phone for prefix search. Operations set them, since row-level security rules
    out trigram and ILIKE indexes. `address` is the postal address on one line. `guardian` is `{name, phone, relation}`.
    """

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        SPANISH = "es", "Spanish"

    primary_doctor = models.ForeignKey(
        Doctor, models.PROTECT, null=True, blank=True, related_name="patients", db_constraint=False
    )
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    email = models.EmailField(max_length=254, blank=True)
    address = models.CharField(max_length=200, blank=True, default="", db_default="")
    phone = PhoneNumberField(blank=True)
    date_of_birth = models.DateField()
    first_visit_date = models.DateField(null=True, blank=True)
    contact_preferences = models.JSONField(default=every_channel)
    flags = models.JSONField(default=list, blank=True)
    preferred_language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    guardian = models.JSONField(default=dict, blank=True)
    search_last = models.CharField(max_length=170, db_collation="C", editable=False, default="")
    search_first = models.CharField(max_length=170, db_collation="C", editable=False, default="")
    search_phone = models.CharField(max_length=20, db_collation="C", editable=False, default="")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_constraint=False, editable=False
    )

    objects = PatientQuerySet.as_manager()

    class Meta:
        db_table = "patients"
        ordering = ["search_last", "id"]
        indexes = [
            models.Index(fields=["clinic", "search_last"], name="patients_by_last_name"),
            models.Index(fields=["clinic", "search_first"], name="patients_by_first_name"),
            models.Index(fields=["clinic", "search_phone"], name="patients_by_phone"),
            models.Index(fields=["clinic", "date_of_birth"], name="patients_by_birth_date"),
            models.Index(fields=["clinic", "primary_doctor"], name="patients_by_doctor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_of_birth__gte=dt.date(1900, 1, 1)), name="patients_born_since_1900"
            ),
            models.CheckConstraint(condition=~Q(first_name="") & ~Q(last_name=""), name="patients_have_names"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="patients_not_merged_into_self"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    def age_on(self, day: dt.date) -> int:
        """Full years on a local day."""
        born = self.date_of_birth
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def is_minor_on(self, day: dt.date) -> bool:
        return self.age_on(day) < 18


class PatientImport(ClinicOwned):
    """A CSV file of patients: checked in a dry run, then imported by a job in chunks.

    `content` is cleared when the import ends. `report` lists each row that added no patient:
    `{line, status: bad|known, who, errors: {column: [message]}, patient_id}`.
    """

    class Status(models.TextChoices):
        CHECKED = "checked", "Checked"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    file_name = models.CharField(max_length=120)
    content = models.TextField(blank=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.CHECKED)
    lines = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)  # rows imported so far
    created = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = PatientImportQuerySet.as_manager()

    class Meta:
        db_table = "patient_imports"
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["clinic", "created_at"], name="patient_imports_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["checked", "running", "done", "failed"]), name="patient_imports_status_known"
            ),
            models.CheckConstraint(condition=Q(position__lte=F("lines")), name="patient_imports_within_file"),
        ]

    @property
    def percent(self) -> int:
        """The progress of the import in percent, 0 to 100."""
        return 100 * self.position // self.lines if self.lines else 100
