import django.db.models.deletion
from django.db import migrations, models

from clinicflow.db.operations import SameClinic


class Migration(migrations.Migration):
    dependencies = [("clinics", "0003_settings_say_what_is_wrong"), ("scheduling", "0004_who_confirmed")]

    operations = [
        migrations.AddField("waitlistentry", "time_from", models.TimeField(blank=True, null=True)),
        migrations.AddField("waitlistentry", "time_to", models.TimeField(blank=True, null=True)),
        migrations.AddField("waitlistentry", "offered_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("waitlistentry", "offered_starts_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "waitlistentry",
            "offered_doctor",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.doctor",
            ),
        ),
        migrations.AddField(
            "waitlistentry",
            "offer_message",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.message",
            ),
        ),
        migrations.AlterField(
            "message",
            "kind",
            models.CharField(
                choices=[
                    ("intake-link", "Intake link"),
                    ("intake-reminder", "Intake reminder"),
                    ("confirmation", "Confirmation"),
                    ("change", "Change"),
                    ("reply", "Reply"),
                    ("offer", "Offer of a time"),
                ],
                max_length=15,
            ),
        ),
        migrations.AddConstraint(
            "waitlistentry",
            models.CheckConstraint(
                condition=models.Q(time_from=None)
                | models.Q(time_to=None)
                | models.Q(time_from__lt=models.F("time_to")),
                name="waitlist_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            "waitlistentry",
            models.CheckConstraint(
                condition=models.Q(offered_starts_at=None, offered_doctor=None)
                | models.Q(offered_at__isnull=False, offered_starts_at__isnull=False, offered_doctor__isnull=False),
                name="waitlist_offer_is_whole",
            ),
        ),
        SameClinic("WaitlistEntry", "offered_doctor", "offer_message"),
    ]
