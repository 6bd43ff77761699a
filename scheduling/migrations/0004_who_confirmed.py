from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0003_calendar_feeds")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="confirmed_by",
            field=models.CharField(
                blank=True,
                choices=[("user", "Staff"), ("patient", "Patient"), ("system", "ClinicFlow")],
                db_default="",
                default="",
                max_length=7,
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(confirmed_by__in=["", "user", "patient", "system"]),
                name="appointments_confirmed_by_known",
            ),
        ),
    ]
