from django.db import migrations

from clinicflow.db.operations import Audited, SameClinic, TenantTable


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial"), ("clinics", "0002_rows_stay_in_their_clinic")]

    operations = [
        TenantTable("Patient"),
        SameClinic("Patient", "primary_doctor", "merged_into"),
        Audited("Patient", patient="id"),
    ]
