from django.db import migrations, models

from clinicflow.db.operations import Audited


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_rows_stay_in_their_clinic")]

    operations = [
        migrations.AddField("intakeform", "draft_answers", models.JSONField(blank=True, null=True)),
        migrations.AlterField(
            "patientlink",
            "purpose",
            models.CharField(
                choices=[("intake", "Intake"), ("visit", "Visit"), ("kiosk", "Kiosk")],
                max_length=6,
            ),
        ),
        migrations.RunSQL(
            "drop trigger audited on intake_forms",
            "create trigger audited after insert or update or delete on intake_forms "
            "for each row execute function audit_capture('patient_id', 'raw_answers', 'completed_reason')",
        ),
        Audited("IntakeForm", hidden=["raw_answers", "draft_answers", "completed_reason"]),
    ]
