"""Whatever writes a row that figures are counted from, in Python or not, marks its day in the same transaction.

Statement triggers: a thousand rows of one day leave one mark. A row that moves to another day marks both.
"""

from django.db import migrations

BY_VISIT = "select r.clinic_id, r.starts_at from {rows} r"
BY_APPOINTMENT = (
    "select a.clinic_id, a.starts_at from {rows} r "
    "join appointments a on a.clinic_id = r.clinic_id and a.id = r.appointment_id"
)
# A closed time marks each local day that it touches; half days, since a day of 23 hours is stepped over by whole ones.
BY_SPAN = (
    "select r.clinic_id, moment from {rows} r cross join lateral ("
    "select generate_series(r.starts_at, r.ends_at - interval '1 microsecond', interval '12 hours') "
    "union select r.ends_at - interval '1 microsecond') days (moment)"
)

FUNCTION = """
create function {name}() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  if tg_op = 'UPDATE' then
    insert into stale_days (id, clinic_id, created_at, updated_at, day, opening)
    select gen_random_uuid(), clinic_id, now(), now(), day, {opening} from (
      select distinct c.id as clinic_id, (m.moment at time zone c.timezone)::date as day
        from ({old} union all {new}) m (clinic_id, moment) join clinics c on c.id = m.clinic_id
    ) days;
  elsif tg_op = 'INSERT' then
    insert into stale_days (id, clinic_id, created_at, updated_at, day, opening)
    select gen_random_uuid(), clinic_id, now(), now(), day, {opening} from (
      select distinct c.id as clinic_id, (m.moment at time zone c.timezone)::date as day
        from ({new}) m (clinic_id, moment) join clinics c on c.id = m.clinic_id
    ) days;
  else
    insert into stale_days (id, clinic_id, created_at, updated_at, day, opening)
    select gen_random_uuid(), clinic_id, now(), now(), day, {opening} from (
      select distinct c.id as clinic_id, (m.moment at time zone c.timezone)::date as day
        from ({old}) m (clinic_id, moment) join clinics c on c.id = m.clinic_id
    ) days;
  end if;
  return null;
end $$
"""
FUNCTIONS = {
    "stale_by_visit": (BY_VISIT, "false"),
    "stale_by_appointment": (BY_APPOINTMENT, "false"),
    "stale_by_span": (BY_SPAN, "true"),
}
TABLES = {
    "appointments": "stale_by_visit",
    "cancellations": "stale_by_appointment",
    "intake_forms": "stale_by_appointment",
    "messages": "stale_by_appointment",
    "ai_interactions": "stale_by_appointment",
    "ai_intake_summaries": "stale_by_appointment",
    "closures": "stale_by_span",
    "time_off": "stale_by_span",
}
SEEN = {
    "insert": "referencing new table as new_rows",
    "update": "referencing old table as old_rows new table as new_rows",
    "delete": "referencing old table as old_rows",
}


def functions():
    for name, (rows, opening) in FUNCTIONS.items():
        statement = FUNCTION.format(
            name=name, opening=opening, old=rows.format(rows="old_rows"), new=rows.format(rows="new_rows")
        )
        yield migrations.RunSQL(statement, f"drop function {name}()")


def triggers():
    for table, function in TABLES.items():
        for event, seen in SEEN.items():
            yield migrations.RunSQL(
                f"create trigger stale_{event} after {event} on {table} {seen} "
                f"for each statement execute function {function}()",
                f"drop trigger stale_{event} on {table}",
            )


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0002_rows_stay_in_their_clinic"),
        ("scheduling", "0004_who_confirmed"),
        ("intake", "0003_changes_after_sending"),
        ("aiassist", "0003_model_use"),
    ]

    operations = [*functions(), *triggers()]
