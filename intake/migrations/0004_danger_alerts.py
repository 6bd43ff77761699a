from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0003_changes_after_sending"),
    ]

    operations = [
        migrations.AddField(
            model_name="intakeform",
            name="danger_found_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
