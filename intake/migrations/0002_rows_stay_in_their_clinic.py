from django.db import migrations

from clinicflow.db.operations import Audited, GlobalTable, SameClinic, TenantTable


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("scheduling", "0002_rows_stay_in_their_clinic")]

    operations = [
        TenantTable("Questionnaire"),
        TenantTable("IntakeForm"),
        TenantTable("IntakeRevision"),
        GlobalTable("PatientLink"),
        SameClinic("IntakeForm", "patient", "appointment", "questionnaire"),
        SameClinic("IntakeRevision", "form", "patient"),
        Audited("Questionnaire", patient="", hidden=["sections"]),
        Audited("IntakeForm", hidden=["raw_answers", "completed_reason"]),
        Audited("IntakeRevision", hidden=["raw_answers"]),
    ]
