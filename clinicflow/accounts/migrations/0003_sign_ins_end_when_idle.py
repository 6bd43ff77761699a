from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_grants")]

    operations = [
        migrations.AddField("AuthSession", "idle_minutes", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField(
            "AuthSession", "auth_hash", models.CharField(blank=True, default="", max_length=128), preserve_default=False
        ),
    ]
