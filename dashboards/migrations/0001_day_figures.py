import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import clinicflow.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clinics", "0003_settings_say_what_is_wrong"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayFigures",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinicflow.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("day", models.DateField()),
                ("visits", models.PositiveIntegerField(db_default=0, default=0)),
                ("completed", models.PositiveIntegerField(db_default=0, default=0)),
                ("no_shows", models.PositiveIntegerField(db_default=0, default=0)),
                ("new_patients", models.PositiveIntegerField(db_default=0, default=0)),
                ("confirmed", models.PositiveIntegerField(db_default=0, default=0)),
                ("confirmed_before", models.PositiveIntegerField(db_default=0, default=0)),
                ("confirmed_alone", models.PositiveIntegerField(db_default=0, default=0)),
                ("cancelled_patient", models.PositiveIntegerField(db_default=0, default=0)),
                ("cancelled_elsewhere", models.PositiveIntegerField(db_default=0, default=0)),
                ("cancelled_clinic", models.PositiveIntegerField(db_default=0, default=0)),
                ("cancelled_other", models.PositiveIntegerField(db_default=0, default=0)),
                ("late_patient", models.PositiveIntegerField(db_default=0, default=0)),
                ("late_elsewhere", models.PositiveIntegerField(db_default=0, default=0)),
                ("late_clinic", models.PositiveIntegerField(db_default=0, default=0)),
                ("late_other", models.PositiveIntegerField(db_default=0, default=0)),
                ("intake_forms", models.PositiveIntegerField(db_default=0, default=0)),
                ("intake_before", models.PositiveIntegerField(db_default=0, default=0)),
                ("intake_online", models.PositiveIntegerField(db_default=0, default=0)),
                ("intake_messages", models.PositiveIntegerField(db_default=0, default=0)),
                ("reminded", models.PositiveIntegerField(db_default=0, default=0)),
                ("reminded_before", models.PositiveIntegerField(db_default=0, default=0)),
                ("conversations", models.PositiveIntegerField(db_default=0, default=0)),
                ("settled", models.PositiveIntegerField(db_default=0, default=0)),
                ("escalated", models.PositiveIntegerField(db_default=0, default=0)),
                ("summaries", models.PositiveIntegerField(db_default=0, default=0)),
                ("summaries_quick", models.PositiveIntegerField(db_default=0, default=0)),
                ("summary_seconds", models.PositiveIntegerField(db_default=0, default=0)),
                ("booked_minutes", models.PositiveIntegerField(db_default=0, default=0)),
                ("open_minutes", models.PositiveIntegerField(db_default=0, default=0)),
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
                    "doctor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.doctor",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "day figures",
                "db_table": "day_figures",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "day", "doctor"), name="day_figures_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "visits__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("completed"), "+", models.F("no_shows")
                                ),
                            )
                        ),
                        name="day_figures_visits_hold_their_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("open_minutes__lte", 1440)), name="day_figures_open_within_a_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FigureState",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinicflow.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("since", models.DateField()),
                ("through", models.DateField()),
                ("timezone", models.CharField(max_length=64)),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.clinic",
                    ),
                ),
            ],
            options={
                "db_table": "figure_states",
                "constraints": [models.UniqueConstraint(fields=("clinic",), name="figure_states_one_a_clinic")],
            },
        ),
        migrations.CreateModel(
            name="HourFigures",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinicflow.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("day", models.DateField()),
                ("hour", models.PositiveSmallIntegerField()),
                ("visits", models.PositiveIntegerField(db_default=0, default=0)),
                ("no_shows", models.PositiveIntegerField(db_default=0, default=0)),
                ("booked_minutes", models.PositiveIntegerField(db_default=0, default=0)),
                ("open_minutes", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.clinic",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "hour figures",
                "db_table": "hour_figures",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "day", "hour"), name="hour_figures_once"),
                    models.CheckConstraint(condition=models.Q(("hour__lte", 23)), name="hour_figures_hour_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaleDay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinicflow.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("day", models.DateField()),
                ("opening", models.BooleanField(db_default=False, default=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.clinic",
                    ),
                ),
            ],
            options={
                "db_table": "stale_days",
                "indexes": [models.Index(fields=["clinic", "day"], name="stale_days_by_day")],
            },
        ),
        migrations.CreateModel(
            name="TaskMinutes",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinicflow.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "confirmation",
                    models.PositiveSmallIntegerField(
                        default=4, validators=[django.core.validators.MaxValueValidator(120)]
                    ),
                ),
                (
                    "message",
                    models.PositiveSmallIntegerField(
                        default=2, validators=[django.core.validators.MaxValueValidator(120)]
                    ),
                ),
                (
                    "intake",
                    models.PositiveSmallIntegerField(
                        default=8, validators=[django.core.validators.MaxValueValidator(120)]
                    ),
                ),
                (
                    "summary",
                    models.PositiveSmallIntegerField(
                        default=5, validators=[django.core.validators.MaxValueValidator(120)]
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
            ],
            options={
                "verbose_name_plural": "task minutes",
                "db_table": "task_minutes",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic",), name="task_minutes_one_a_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmation__lte", 120),
                            ("intake__lte", 120),
                            ("message__lte", 120),
                            ("summary__lte", 120),
                        ),
                        name="task_minutes_range",
                    ),
                ],
            },
        ),
    ]
