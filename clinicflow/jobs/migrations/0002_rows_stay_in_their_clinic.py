from django.db import migrations

from clinicflow.db.operations import TenantTable


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("clinics", "0002_rows_stay_in_their_clinic")]

    operations = [TenantTable("Job", system="select, insert, update, delete")]
