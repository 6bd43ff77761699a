from django.db import migrations


class Migration(migrations.Migration):
    """Only the model's name changes: `db_table` is fixed, so no SQL runs."""

    dependencies = [("api", "0002_kept_answers_stay_in_their_clinic")]

    operations = [migrations.RenameModel("KeptAnswer", "IdempotencyRecord")]
