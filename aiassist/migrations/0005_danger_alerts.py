import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import clinicflow.core.ids
from clinicflow.db.operations import Audited, SameClinic, TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("aiassist", "0004_conversations_go_on"),
        ("clinics", "0004_people_are_invited"),
        ("intake", "0004_danger_alerts"),
        ("patients", "0003_files_of_patients"),
        ("scheduling", "0006_provider_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DangerAlert",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinicflow.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("question_id", models.CharField(blank=True, max_length=60)),
                ("kind", models.CharField(max_length=20)),
                ("quote", models.CharField(max_length=500)),
                ("found_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("resolution_note", models.CharField(blank=True, max_length=500)),
                (
                    "appointment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="danger_alerts",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.clinic",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="danger_alerts",
                        to="intake.intakeform",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="danger_alerts",
                        to="aiassist.interaction",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="danger_alerts",
                        to="patients.patient",
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "danger_alerts",
                "ordering": ["-found_at", "id"],
                "indexes": [
                    models.Index(fields=["clinic", "appointment"], name="danger_alerts_by_visit"),
                    models.Index(
                        condition=models.Q(("resolved_at", None)),
                        fields=["clinic", "found_at"],
                        name="danger_alerts_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("form__isnull", False), ("resolved_at", None)),
                        fields=("clinic", "form", "question_id", "kind"),
                        name="danger_alerts_once_per_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("form__isnull", True), ("interaction__isnull", True), _connector="XOR"),
                        name="danger_alerts_one_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("resolved_at", None), models.Q(("resolution_note", ""), _negated=True), _connector="OR"
                        ),
                        name="danger_alerts_resolved_with_note",
                    ),
                ],
            },
        ),
        TenantTable("DangerAlert"),
        SameClinic("DangerAlert", "appointment", "patient", "form", "interaction"),
        Audited("DangerAlert", hidden=["quote", "resolution_note"]),
    ]
