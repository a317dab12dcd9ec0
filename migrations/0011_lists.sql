-- What lists and dashboards need so that they cost the same at any size.
--
-- Under row policies an index serves a condition only if nothing in it could leak: comparisons of plain
-- columns can't, functions could. So what is sorted or searched by is a column of its own.
alter table client add column sort_name text not null generated always as (lower(name)) stored;
alter table client add column search text not null generated always as (fold(name || ' ' || external_id)) stored;
drop index client_name;
create index client_present on client (organization_id, sort_name, id) where archived_at is null;
create index client_archived on client (organization_id, sort_name, id) where archived_at is not null;
alter table contact add column search text not null generated always as (fold(name || ' ' || email)) stored;

alter table invoice add column search text not null
  generated always as (fold(coalesce(number, '') || ' ' || reference || ' ' || client_name)) stored;
grant select (search) on invoice to portico_portal;
create index invoice_open_newest on invoice (organization_id, listed_on desc, id desc)
  where status in ('sent', 'viewed', 'partially_paid');

-- Open invoices by the day they are due: how many, and what is left to pay. Whether they are overdue
-- follows from the date. Changes are only ever added, so nobody waits for a counter; the worker folds
-- them into the figures now and then.
create table open_figure (
  organization_id uuid not null default current_organization() references organization,
  currency text not null,
  due_on date not null,
  invoices bigint not null,
  balance_minor numeric not null,
  primary key (organization_id, currency, due_on)
);
call protect('open_figure');
create table open_figure_change (
  organization_id uuid not null default current_organization() references organization,
  position bigint generated always as identity,
  currency text not null,
  due_on date not null,
  invoices bigint not null,
  balance_minor numeric not null,
  primary key (organization_id, position)
);
call protect('open_figure_change');

create function keep_open_figures() returns trigger language plpgsql as $$
begin
  if tg_op in ('INSERT', 'UPDATE') then
    insert into open_figure_change (organization_id, currency, due_on, invoices, balance_minor)
    select organization_id, currency, due_on, count(*), sum(balance_minor) from fresh
    where status in ('sent', 'viewed', 'partially_paid') group by 1, 2, 3;
  end if;
  if tg_op in ('UPDATE', 'DELETE') then
    insert into open_figure_change (organization_id, currency, due_on, invoices, balance_minor)
    select organization_id, currency, due_on, -count(*), -sum(balance_minor) from stale
    where status in ('sent', 'viewed', 'partially_paid') group by 1, 2, 3;
  end if;
  return null;
end
$$;
create trigger invoice_figures_insert after insert on invoice referencing new table as fresh
  for each statement execute function keep_open_figures();
create trigger invoice_figures_update after update on invoice referencing old table as stale new table as fresh
  for each statement execute function keep_open_figures();
create trigger invoice_figures_delete after delete on invoice referencing old table as stale
  for each statement execute function keep_open_figures();
