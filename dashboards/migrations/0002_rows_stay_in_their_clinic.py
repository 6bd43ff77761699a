from django.db import migrations

from clinicflow.db.operations import Audited, SameClinic, TenantTable


class Migration(migrations.Migration):
    """Sums are not audited: what they are counted from is, and a row for each would only tell when a job ran."""

    dependencies = [("dashboards", "0001_day_figures"), ("clinics", "0002_rows_stay_in_their_clinic")]

    operations = [
        TenantTable("FigureState"),
        TenantTable("StaleDay"),
        TenantTable("DayFigures"),
        TenantTable("HourFigures"),
        TenantTable("TaskMinutes"),
        SameClinic("DayFigures", "doctor"),
        Audited("TaskMinutes", patient=""),
    ]
