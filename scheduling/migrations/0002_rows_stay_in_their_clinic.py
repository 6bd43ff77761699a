from django.db import migrations

from clinicflow.db.operations import Audited, SameClinic, TenantTable


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial"), ("patients", "0002_rows_stay_in_their_clinic")]

    operations = [
        TenantTable("Series"),
        TenantTable("Appointment"),
        TenantTable("Cancellation"),
        TenantTable("DoctorNote"),
        TenantTable("FollowUp"),
        TenantTable("WaitlistEntry"),
        TenantTable("Closure"),
        TenantTable("TimeOff"),
        TenantTable("Message"),
        SameClinic("Series", "patient", "doctor"),
        SameClinic("Appointment", "patient", "doctor", "rescheduled_from", "series"),
        SameClinic("Cancellation", "appointment", "patient"),
        SameClinic("DoctorNote", "doctor", "patient", "appointment"),
        SameClinic("FollowUp", "patient", "doctor", "appointment", "booked_appointment"),
        SameClinic("WaitlistEntry", "patient", "doctor", "booked_appointment"),
        SameClinic("TimeOff", "doctor"),
        SameClinic("Message", "patient", "appointment"),
        Audited("Series"),
        Audited("Appointment", hidden=["reason"]),
        Audited("Cancellation", hidden=["reason_note"]),
        Audited("DoctorNote", hidden=["content"]),
        Audited("FollowUp", hidden=["note"]),
        Audited("WaitlistEntry", hidden=["note"]),
        Audited("Closure", patient=""),
        Audited("TimeOff", patient=""),
        Audited("Message", hidden=["body", "console_body", "address"]),
    ]
