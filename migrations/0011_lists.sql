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

-- What the day's figures add up, by day:
--   open      invoices by the day they are due, and what is left to pay; whether they are overdue follows from the date
--   draft     drafts by the day they were begun, and what they come to
--   received  payments by the day they came in, as they came in
-- Changes are only ever added, so nobody waits for a counter; the worker folds them into the figures now and then.
create table figure (
  organization_id uuid not null default current_organization() references organization,
  kind text not null check (kind in ('open', 'draft', 'received')),
  day date not null,
  currency text not null,
  count bigint not null,
  sum_minor numeric not null,
  primary key (organization_id, kind, day, currency)
);
call protect('figure');
create table figure_change (
  organization_id uuid not null default current_organization() references organization,
  position bigint generated always as identity,
  kind text not null,
  day date not null,
  currency text not null,
  count bigint not null,
  sum_minor numeric not null,
  primary key (organization_id, position)
);
call protect('figure_change');

create function keep_invoice_figures() returns trigger language plpgsql as $$
begin
  if tg_op in ('INSERT', 'UPDATE') then
    insert into figure_change (organization_id, kind, day, currency, count, sum_minor)
    select organization_id, case status when 'draft' then 'draft' else 'open' end, case status when 'draft' then listed_on else due_on end,
      currency, count(*), sum(balance_minor) from fresh
    where status in ('draft', 'sent', 'viewed', 'partially_paid') group by 1, 2, 3, 4;
  end if;
  if tg_op in ('UPDATE', 'DELETE') then
    insert into figure_change (organization_id, kind, day, currency, count, sum_minor)
    select organization_id, case status when 'draft' then 'draft' else 'open' end, case status when 'draft' then listed_on else due_on end,
      currency, -count(*), -sum(balance_minor) from stale
    where status in ('draft', 'sent', 'viewed', 'partially_paid') group by 1, 2, 3, 4;
  end if;
  return null;
end
$$;
create trigger invoice_figures_insert after insert on invoice referencing new table as fresh
  for each statement execute function keep_invoice_figures();
create trigger invoice_figures_update after update on invoice referencing old table as stale new table as fresh
  for each statement execute function keep_invoice_figures();
create trigger invoice_figures_delete after delete on invoice referencing old table as stale
  for each statement execute function keep_invoice_figures();

-- What was received stays received: a refund is a figure of its own day, and not of this kind.
create function keep_payment_figures() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into figure_change (organization_id, kind, day, currency, count, sum_minor)
    select organization_id, 'received', received_on, currency, count(*), sum(amount_minor) from fresh group by 1, 3, 4;
  else
    insert into figure_change (organization_id, kind, day, currency, count, sum_minor)
    select organization_id, 'received', received_on, currency, -count(*), -sum(amount_minor) from stale group by 1, 3, 4;
  end if;
  return null;
end
$$;
create trigger payment_figures_insert after insert on payment referencing new table as fresh
  for each statement execute function keep_payment_figures();
create trigger payment_figures_delete after delete on payment referencing old table as stale
  for each statement execute function keep_payment_figures();
