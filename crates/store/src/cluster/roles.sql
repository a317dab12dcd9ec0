-- What a superuser has to do once, so that migrations need no more than the owner's rights. Safe to run again.
do $$
declare
    role text;
begin
    if not exists (select from pg_roles where rolname = 'portico_owner') then
        execute format('create role portico_owner password %L', current_setting('portico.owner_password'));
    end if;
    if not exists (select from pg_roles where rolname = 'portico') then
        execute format('create role portico password %L', current_setting('portico.app_password'));
    end if;
    -- What row policies are for; `portico` becomes one of the first three in each transaction. `portico_gate` owns
    -- the function that looks up a caller before there is one.
    foreach role in array array['portico_staff', 'portico_portal', 'portico_system', 'portico_gate'] loop
        if not exists (select from pg_roles where rolname = role) then
            execute format('create role %I', role);
        end if;
        execute format('alter role %I nologin nosuperuser nobypassrls nocreaterole nocreatedb noreplication', role);
    end loop;
    -- The owner inherits, so that it can act on what it handed to `portico_gate`.
    alter role portico_owner login inherit nosuperuser nobypassrls nocreaterole nocreatedb noreplication;
    -- The application inherits nothing: without a caller it may touch no table.
    alter role portico login noinherit nosuperuser nobypassrls nocreaterole nocreatedb noreplication;
    grant portico_staff, portico_portal, portico_system to portico;
    grant portico_gate to portico_owner;
end $$;
