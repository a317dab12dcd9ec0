-- The roles that row policies speak of. None can log in or bypass policies; `portico`, the login role,
-- may become any of the first three, one transaction at a time (see crates/store/src/tx.rs).
--   portico_staff   one organization's rows
--   portico_portal  one client's rows, as far as clients may see them; almost read-only
--   portico_system  all organizations: sign-in, claiming jobs, sweeps
--   portico_gate    owns the functions that turn a credential into an organization and permissions
do $$
declare
  name text;
begin
  foreach name in array array['portico_staff', 'portico_portal', 'portico_system', 'portico_gate'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I nologin', name);
    end if;
  end loop;
  if not pg_has_role(current_user, 'portico_gate', 'member') then
    execute format('grant portico_gate to %I', current_user);
  end if;
end
$$;

create extension if not exists unaccent;

grant usage on schema public to portico_staff, portico_portal, portico_system, portico_gate;
grant create on schema public to portico_gate;

-- What the transaction was opened for.
create function current_organization() returns uuid language sql stable parallel safe
  return nullif(current_setting('portico.organization', true), '')::uuid;
create function current_client() returns uuid language sql stable parallel safe
  return nullif(current_setting('portico.client', true), '')::uuid;
-- Set behind a guest link: the one invoice it opens.
create function current_document() returns uuid language sql stable parallel safe
  return nullif(current_setting('portico.document', true), '')::uuid;

-- A text as searches compare it: lower case, no accents.
create function fold(input text) returns text language sql immutable parallel safe strict
  return lower(public.unaccent('public.unaccent'::regdictionary, input));

-- Puts a tenant table under policies: staff see their organization, the system sees all. What clients
-- see is written beside each table.
create procedure protect(tenant regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tenant);
  execute format('alter table %s force row level security', tenant);
  execute format(
    'create policy staff on %s to portico_staff using (organization_id = current_organization())', tenant);
  execute format('create policy system on %s to portico_system using (true)', tenant);
  execute format('grant select, insert, update, delete on %s to portico_staff, portico_system', tenant);
end
$$;

-- Puts a table without an organization under policies: the system alone sees it.
create procedure protect_global(tab regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format('create policy system on %s to portico_system using (true)', tab);
  execute format('grant select, insert, update, delete on %s to portico_system', tab);
end
$$;

-- For rows that say what happened.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;
