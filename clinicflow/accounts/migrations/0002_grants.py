from django.db import migrations

from clinicflow.db.operations import GlobalTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        GlobalTable("User", grants="select, insert, update"),
        GlobalTable("AuthSession"),
        GlobalTable("RefreshToken"),
    ]
