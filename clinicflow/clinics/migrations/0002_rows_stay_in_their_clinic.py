from django.db import migrations

from clinicflow.db.operations import Audited, GlobalTable, SameClinic, TenantTable


class Migration(migrations.Migration):
    dependencies = [("clinics", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        GlobalTable("Clinic", grants="select, insert, update", system="select"),
        TenantTable("Doctor"),
        TenantTable("ClinicSettings"),
        TenantTable("DoctorSettings"),
        GlobalTable("Membership"),
        SameClinic("DoctorSettings", "doctor"),
        SameClinic("Membership", "doctor"),
        Audited("Doctor", hidden=["calendar_token_hash"]),
        Audited("ClinicSettings"),
        Audited("DoctorSettings"),
        Audited("Membership"),
    ]
