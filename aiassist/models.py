"""Summaries of intake answers, and conversations with patients."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from aiassist.querysets import DangerAlertQuerySet, InteractionQuerySet, ModelUseQuerySet, SummaryQuerySet
from clinicflow.clinics.models import Doctor
from clinicflow.core.models import ClinicOwned
from intake.models import IntakeForm
from patients.models import Patient
from scheduling.models import Appointment


class IntakeSummary(ClinicOwned):
    """One version of the summary of a submitted form revision. A regeneration or an edit adds a version.

    `items` has every item with its evidence, verdict, reasons and who accepted it; the text arrays have the verified
    ones.
    """

    class Status(models.TextChoices):
        GENERATING = "generating", "Being made"
        GENERATED = "generated", "Ready"
        FAILED = "failed", "Failed"
        EDITED = "edited", "Edited"

    class Engine(models.TextChoices):
        RULES = "rules", "Extracted by rules"
        MODEL = "model", "Written by a model"
        DOCTOR = "doctor", "Edited by the doctor"

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="summaries", db_constraint=False)
    intake_form = models.ForeignKey(IntakeForm, models.PROTECT, related_name="summaries", db_constraint=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="summaries", db_constraint=False)
    form_revision = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    is_newest = models.BooleanField(default=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.GENERATING)
    engine = models.CharField(max_length=6, choices=Engine, default=Engine.RULES)
    summary_text = models.TextField(blank=True)
    patient_concerns = models.JSONField(default=list, blank=True)
    medications = models.JSONField(default=list, blank=True)
    allergies = models.JSONField(default=list, blank=True)
    key_notes = models.JSONField(default=list, blank=True)
    items = models.JSONField(default=dict, blank=True)
    needs_attention = models.BooleanField(default=False)
    failure = models.CharField(max_length=60, blank=True)
    model_version = models.CharField(max_length=80, blank=True)
    prompt_version = models.CharField(max_length=20, blank=True)
    schema_version = models.CharField(max_length=20, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=9, decimal_places=6, default=0)
    latency_ms = models.PositiveIntegerField(default=0)
    answers_hash = models.CharField(max_length=64, blank=True)
    generated_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = SummaryQuerySet.as_manager()

    class Meta:
        db_table = "ai_intake_summaries"
        verbose_name_plural = "intake summaries"
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["clinic", "appointment", "version"], name="summaries_by_visit")]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "intake_form", "version"], name="summaries_version_once"),
            models.UniqueConstraint(
                fields=["clinic", "intake_form"], condition=Q(is_newest=True), name="summaries_one_newest"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["generating", "generated", "failed", "edited"]), name="summaries_status_known"
            ),
        ]


class ModelUse(ClinicOwned):
    """A clinic's usage of the model in the current month (UTC), and the state of its circuit breaker.

    A call is counted at its maximum cost before it is made and corrected afterwards. Until `open_until` no call is
    made, and the rules engine writes the summaries.
    """

    month = models.DateField()
    spent_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    input_tokens = models.PositiveBigIntegerField(default=0)
    output_tokens = models.PositiveBigIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)
    last_failure = models.CharField(max_length=60, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)

    objects = ModelUseQuerySet.as_manager()

    class Meta:
        db_table = "ai_model_use"
        verbose_name_plural = "model use"
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="model_use_one_a_clinic"),
            models.CheckConstraint(condition=Q(spent_usd__gte=0), name="model_use_spent_not_negative"),
        ]


class DangerAlert(ClinicOwned):
    """Words of a patient that say they may be in danger now, until a member has taken care of it.

    The words came in an answer on a form (`form`, `question_id`) or in a message (`interaction`). `quote` is verbatim.
    `withdrawn_at` is when the patient took the words out of the answer again; the alert stays open.
    """

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="danger_alerts", db_constraint=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="danger_alerts", db_constraint=False)
    form = models.ForeignKey(
        IntakeForm, models.PROTECT, null=True, blank=True, related_name="danger_alerts", db_constraint=False
    )
    interaction = models.ForeignKey(
        "Interaction", models.PROTECT, null=True, blank=True, related_name="danger_alerts", db_constraint=False
    )
    question_id = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20)
    quote = models.CharField(max_length=500)
    found_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    resolution_note = models.CharField(max_length=500, blank=True)

    objects = DangerAlertQuerySet.as_manager()

    class Meta:
        db_table = "danger_alerts"
        ordering = ["-found_at", "id"]
        indexes = [
            models.Index(fields=["clinic", "appointment"], name="danger_alerts_by_visit"),
            models.Index(fields=["clinic", "found_at"], condition=Q(resolved_at=None), name="danger_alerts_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "form", "question_id", "kind"],
                condition=Q(form__isnull=False, resolved_at=None),
                name="danger_alerts_once_per_answer",
            ),
            models.CheckConstraint(
                condition=Q(form__isnull=True) ^ Q(interaction__isnull=True), name="danger_alerts_one_source"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | ~Q(resolution_note=""), name="danger_alerts_resolved_with_note"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')}, {self.found_at:%Y-%m-%d %H:%M} UTC"


class Interaction(ClinicOwned):
    """A conversation about one visit on one channel; `content` has its entries (see `rules/conversation_log.py`).

    While `needs_attention`, it waits for a staff reply and nothing acts automatically. `step` is the last confirmation
    request sent here for the present visit, `attempts` the calls of that step, `next_attempt_at` when the next call is
    due or the request times out.
    """

    class Channel(models.TextChoices):
        VOICE = "voice", "Call"
        SMS = "sms", "Text"
        EMAIL = "email", "E-mail"

    class Direction(models.TextChoices):
        OUTBOUND = "outbound"
        INBOUND = "inbound"

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        IN_PROGRESS = "in-progress", "In progress"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"
        ESCALATED = "escalated", "Escalated"
        NO_ANSWER = "no-answer", "No answer"

    class Attention(models.TextChoices):
        COMPLEX = "complex-question", "Complex question"
        HUMAN = "requested-human", "Asked for a person"
        PAUSED = "paused-interaction", "Paused"
        AMBIGUOUS = "ambiguous-reply", "Unclear reply"

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="interactions", db_constraint=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="interactions", db_constraint=False)
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="interactions", db_constraint=False)
    channel = models.CharField(max_length=5, choices=Channel)
    direction = models.CharField(max_length=8, choices=Direction)
    status = models.CharField(max_length=11, choices=Status, default=Status.PENDING)
    content = models.JSONField(default=list, blank=True)
    duration = models.CharField(max_length=12, blank=True)
    needs_attention = models.BooleanField(default=False)
    attention_reason = models.CharField(max_length=18, choices=Attention, blank=True)
    needs_response = models.BooleanField(default=False)
    last_message_at = models.DateTimeField(null=True, blank=True)
    step = models.CharField(max_length=3, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    next_attempt_at = models.DateTimeField(null=True, blank=True, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    resolution_note = models.CharField(max_length=500, blank=True)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        db_table = "ai_interactions"
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["clinic", "appointment"], name="interactions_by_visit"),
            models.Index(
                fields=["clinic", "last_message_at"],
                condition=Q(needs_attention=True, resolved_at=None),
                name="interactions_unresolved",
            ),
            models.Index(fields=["clinic", "last_message_at", "id"], name="interactions_by_time"),
            models.Index(
                fields=["clinic", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="interactions_to_go_on",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "appointment", "channel"], name="interactions_one_a_channel"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "in-progress", "completed", "failed", "escalated", "no-answer"]),
                name="interactions_status_known",
            ),
            models.CheckConstraint(
                condition=Q(needs_attention=False) | ~Q(attention_reason=""), name="interactions_attention_has_reason"
            ),
        ]
