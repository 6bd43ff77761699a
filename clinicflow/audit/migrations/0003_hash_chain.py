import django.db.models.deletion
from django.db import migrations, models

from clinicflow.db.operations import TenantTable

# Identity values commit out of order, so "id > last" would miss rows; the transaction's own number does not.
TRANSACTION = """
alter table audit_logs add column tx xid8 not null default pg_current_xact_id();
create index audit_logs_by_tx on audit_logs (clinic_id, tx);
alter table audit_seals add column horizon xid8 not null;
"""
BACK = """
alter table audit_seals drop column horizon;
drop index audit_logs_by_tx;
alter table audit_logs drop column tx;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(TRANSACTION, BACK),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("sealed_hash", models.BinaryField(max_length=32)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="clinics.clinic",
                    ),
                ),
            ],
            options={"db_table": "audit_heads"},
        ),
        migrations.AddConstraint(
            model_name="audithead",
            constraint=models.UniqueConstraint(fields=("clinic",), name="audit_heads_one_a_clinic"),
        ),
        TenantTable("AuditHead", grants="select, insert, update"),
    ]
