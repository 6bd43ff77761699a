from django.db import migrations

from clinicflow.db.operations import TenantTable

CAPTURE = """
create function audit_capture() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare
  before jsonb := case when tg_op = 'INSERT' then '{}' else to_jsonb(old) end;
  after jsonb := case when tg_op = 'DELETE' then '{}' else to_jsonb(new) end;
  whole jsonb := case when tg_op = 'DELETE' then before else after end;
  context jsonb := coalesce(nullif(current_setting('app.context', true), '')::jsonb, '{}');
  patient text := whole ->> tg_argv[0];
  column_name text;
begin
  if tg_op = 'UPDATE' then
    select coalesce(jsonb_object_agg(key, value), '{}') into after
      from jsonb_each(after) where before -> key is distinct from value;
    select coalesce(jsonb_object_agg(key, value), '{}') into before
      from jsonb_each(before) where after ? key;
  end if;
  before := before - '{created_at,updated_at,clinic_id,search_last,search_first,search_phone}'::text[];
  after := after - '{created_at,updated_at,clinic_id,search_last,search_first,search_phone}'::text[];
  if tg_op = 'UPDATE' and after = '{}' then
    return null;
  end if;
  for position in 1 .. tg_nargs - 1 loop
    column_name := tg_argv[position];
    if before ? column_name then
      before := before || jsonb_build_object(
        column_name, 'sha256:' || encode(sha256(convert_to(before ->> column_name, 'UTF8')), 'hex'));
    end if;
    if after ? column_name then
      after := after || jsonb_build_object(
        column_name, 'sha256:' || encode(sha256(convert_to(after ->> column_name, 'UTF8')), 'hex'));
    end if;
  end loop;
  insert into audit_logs (
    event_id, clinic_id, user_id, actor_kind, role, action, resource_type, resource_id, patient_ids,
    old_values, new_values, outcome, reason, ip_address, user_agent, request_id
  ) values (
    gen_random_uuid(),
    (whole ->> 'clinic_id')::uuid,
    (context ->> 'user_id')::uuid,
    coalesce(context ->> 'actor_kind', 'system'),
    coalesce(context ->> 'role', ''),
    case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end,
    tg_table_name,
    whole ->> 'id',
    case when patient is null then '{}'::uuid[] else array[patient::uuid] end,
    case when tg_op = 'INSERT' then null else before end,
    case when tg_op = 'DELETE' then null else after end,
    'ok', '',
    nullif(context ->> 'ip_address', '')::inet,
    coalesce(context ->> 'user_agent', ''),
    coalesce(context ->> 'request_id', '')
  );
  return null;
end $$;
"""

REFUSE = """
create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only' using errcode = '42501';
end $$;
create trigger append_only before update or delete on audit_logs
  for each row execute function audit_refuse();
create trigger append_only before update or delete on audit_seals
  for each row execute function audit_refuse();
create trigger no_truncate before truncate on audit_logs
  for each statement execute function audit_refuse();
create trigger no_truncate before truncate on audit_seals
  for each statement execute function audit_refuse();
"""

REFUSE_BACK = """
drop trigger append_only on audit_logs;
drop trigger append_only on audit_seals;
drop trigger no_truncate on audit_logs;
drop trigger no_truncate on audit_seals;
drop function audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        TenantTable("AuditLog", grants="select, insert", null_ok=True),
        TenantTable("AuditSeal", grants="select, insert", null_ok=True),
        migrations.RunSQL(CAPTURE, "drop function audit_capture()"),
        migrations.RunSQL(REFUSE, REFUSE_BACK),
    ]
