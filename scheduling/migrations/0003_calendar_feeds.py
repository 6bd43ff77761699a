from django.conf import settings
from django.db import migrations

# A calendar program names no clinic: this finds the one whose doctor has the secret, and says nothing else.
FORWARDS = """
create function calendar_feed_clinic(doctor uuid, token_hash bytea) returns uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select clinic_id from doctors
   where id = doctor and calendar_token_hash = token_hash and is_active
$$;
revoke all on function calendar_feed_clinic(uuid, bytea) from public;
grant execute on function calendar_feed_clinic(uuid, bytea) to {app};
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_rows_stay_in_their_clinic"), ("clinics", "0002_rows_stay_in_their_clinic")]

    operations = [
        migrations.RunSQL(
            FORWARDS.format(app=settings.DATABASE_ROLES["app"].name), "drop function calendar_feed_clinic(uuid, bytea)"
        ),
    ]
