from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_preferences_and_mail"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("unconfirmed", "Unconfirmed visit"),
                    ("missing-intake", "Intake missing"),
                    ("ai-attention", "Conversation needs a person"),
                    ("cancellation", "Visit cancelled"),
                    ("no-show", "No-show"),
                    ("summary-failed", "Summary failed"),
                    ("danger", "Patient may be in danger"),
                ],
                max_length=14,
            ),
        ),
    ]
