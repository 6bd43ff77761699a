from django.db import migrations

from clinicflow.db.operations import Audited, SameClinic, TenantTable


class Migration(migrations.Migration):
    dependencies = [("aiassist", "0001_initial"), ("intake", "0002_rows_stay_in_their_clinic")]

    operations = [
        TenantTable("IntakeSummary"),
        TenantTable("Interaction"),
        SameClinic("IntakeSummary", "appointment", "intake_form", "patient"),
        SameClinic("Interaction", "appointment", "patient", "doctor"),
        Audited(
            "IntakeSummary",
            hidden=["summary_text", "patient_concerns", "medications", "allergies", "key_notes", "items"],
        ),
        Audited("Interaction", hidden=["content", "resolution_note"]),
    ]
