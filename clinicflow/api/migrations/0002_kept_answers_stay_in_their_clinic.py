from django.db import migrations

from clinicflow.db.operations import TenantTable


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [TenantTable("KeptAnswer")]
