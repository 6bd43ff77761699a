"""Questionnaires, intake forms and patient links."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinicflow.clinics.models import Clinic
from clinicflow.core.models import ClinicOwned, Timestamped
from intake.querysets import IntakeFormQuerySet, QuestionnaireQuerySet
from patients.models import Patient
from scheduling.models import Appointment


class Questionnaire(ClinicOwned):
    """A version of a questionnaire. Published versions never change; editing one creates the next version.

    `sections` is a list of `{id, title: {en, es}, questions: [{id, type, text: {en, es}, help: {en, es}, topic,
    kind: administrative|clinical, required, options: [{value, text: {en, es}}], show_if: {question, equals}}]}`.
    """

    class Audience(models.TextChoices):
        ADULT = "adult", "Adults"
        CHILD = "child", "Children"
        FOLLOW_UP = "follow-up", "Follow-up visits"

    family = models.UUIDField()
    name = models.CharField(max_length=120)
    audience = models.CharField(max_length=9, choices=Audience, default=Audience.ADULT)
    languages = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    sections = models.JSONField(default=list)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        db_table = "questionnaires"
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "family", "version"], name="questionnaires_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class IntakeForm(ClinicOwned):
    """A patient's answers for one visit, `{question id: answer}`, to one version of a questionnaire.

    `raw_answers` are the current answers until the form is submitted, and the submitted ones afterwards. Later changes
    are stored in `draft_answers` (None if there are none) until they are submitted too.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Not sent in"
        SUBMITTED = "submitted", "Sent in"
        REVIEWED = "reviewed", "Reviewed"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="intake_forms", db_constraint=False)
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="intake_forms", db_constraint=False)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="forms", db_constraint=False)
    raw_answers = models.JSONField(default=dict, blank=True)
    draft_answers = models.JSONField(null=True, blank=True)
    language = models.CharField(max_length=2, default="en")
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    opened_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    completed_reason = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0)
    # When an answer last said that the patient may be in danger: their pages then lead with the emergency line.
    danger_found_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = IntakeFormQuerySet.as_manager()

    class Meta:
        db_table = "intake_forms"
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["clinic", "patient", "created_at"], name="intake_forms_by_patient"),
            models.Index(fields=["clinic", "status", "created_at"], name="intake_forms_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "appointment"], name="intake_forms_one_a_visit"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "submitted", "reviewed"]), name="intake_forms_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(submitted_at__isnull=False), name="intake_forms_submitted_has_time"
            ),
        ]

    @property
    def is_being_changed(self) -> bool:
        """Whether there are changes to a submitted form that are not submitted yet."""
        return self.draft_answers is not None

    @property
    def working_answers(self) -> dict[str, Any]:
        """The answers including unsubmitted changes."""
        return self.raw_answers if self.draft_answers is None else self.draft_answers


class IntakeRevision(ClinicOwned):
    """The answers of one submission; never changed afterwards."""

    form = models.ForeignKey(IntakeForm, models.PROTECT, related_name="revisions", db_constraint=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_constraint=False)
    number = models.PositiveIntegerField()
    raw_answers = models.JSONField()
    answers_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=2, default="en")
    submitted_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = IntakeFormQuerySet.as_manager()

    class Meta:
        db_table = "intake_revisions"
        ordering = ["form", "number"]
        constraints = [models.UniqueConstraint(fields=["clinic", "form", "number"], name="intake_revisions_once")]


class PatientLink(Timestamped):
    """A link for a patient, stored as the SHA-256 of its token. It has ids only, since it is read before a clinic's
    database scope is open."""

    class Purpose(models.TextChoices):
        INTAKE = "intake"
        VISIT = "visit"
        KIOSK = "kiosk"

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    purpose = models.CharField(max_length=6, choices=Purpose)
    appointment_id = models.UUIDField()
    patient_id = models.UUIDField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    failed_attempts = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "patient_links"
        indexes = [models.Index(fields=["clinic", "appointment_id"], name="patient_links_by_visit")]
