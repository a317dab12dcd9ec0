-- Invoices that are paid in instalments.
--
-- `schedule` is the list of instalments: as written, and from issue on what each comes to, until when it is to be
-- paid and when its milestone was reached. `open_parts` is what is left of them in the order in which they are paid,
-- and `due_on` the day of the first of those; both follow from the schedule and from what is left of the whole, so
-- a trigger keeps them. Everything that asks what is due or late asks these two.
alter table invoice add column schedule jsonb, add column open_parts jsonb;
alter table invoice drop constraint invoice_check1;
alter table invoice add constraint invoice_dates
  check (status = 'draft' or (issued_on is not null and (due_on is not null or schedule is not null)));
grant select (schedule, open_parts) on invoice to portico_portal;

-- What is left of instalments when this much of the whole is. From the last to be paid backwards: what is left of
-- the whole is left of those.
create function open_parts_of(schedule jsonb, balance bigint) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('due_on', due_on, 'left', part) order by due_on, place) filter (where part > 0), '[]')
  from (
    select due_on, place, least(amount, balance - (sum(amount) over (order by due_on desc, place desc) - amount)) as part
    from (select (entry ->> 'due_on')::date as due_on, place, (entry ->> 'amount')::bigint as amount
          from jsonb_array_elements(schedule) with ordinality as list (entry, place)) instalment) open
$$;

create function keep_schedule() returns trigger language plpgsql as $$
declare
  balance bigint := new.total_minor - new.paid_minor - new.credited_minor - new.written_off_minor;
begin
  if tg_op = 'UPDATE' and old.status <> 'draft' and (
    select jsonb_agg(entry - 'due_on' - 'reached_on' order by place) from jsonb_array_elements(old.schedule) with ordinality as list (entry, place)
  ) is distinct from (
    select jsonb_agg(entry - 'due_on' - 'reached_on' order by place) from jsonb_array_elements(new.schedule) with ordinality as list (entry, place)
  ) then
    raise exception 'the instalments of an issued invoice stay as they are';
  end if;
  if new.schedule is null or new.status = 'draft' then
    new.open_parts := null;
    return new;
  end if;
  if (select coalesce(sum((entry ->> 'amount')::bigint), 0) from jsonb_array_elements(new.schedule) entry) <> new.total_minor then
    raise exception 'the instalments of an invoice sum to its total';
  end if;
  if new.status in ('sent', 'viewed', 'partially_paid') then
    new.open_parts := open_parts_of(new.schedule, balance);
    new.due_on := (new.open_parts -> 0 ->> 'due_on')::date;
  else
    new.open_parts := '[]';
    new.due_on := (select max((entry ->> 'due_on')::date) from jsonb_array_elements(new.schedule) entry);
  end if;
  return new;
end
$$;
create trigger invoice_schedule_insert before insert on invoice
  for each row when (new.schedule is not null) execute function keep_schedule();
create trigger invoice_schedule_update before update on invoice
  for each row when (new.schedule is not null or old.schedule is not null) execute function keep_schedule();

-- Each open part counts on its own day, and the invoice once, on the day of the first. What waits for a milestone
-- has no day: it is owed, and never late.
create or replace function keep_invoice_figures() returns trigger language plpgsql as $$
begin
  if tg_op in ('INSERT', 'UPDATE') then
    insert into figure_change (organization_id, kind, day, currency, count, sum_minor)
    select organization_id, case status when 'draft' then 'draft' else 'open' end, case status when 'draft' then listed_on else due_on end,
      currency, count(*), sum(balance_minor) from fresh
    where status in ('draft', 'sent', 'viewed', 'partially_paid') and open_parts is null group by 1, 2, 3, 4
    union all
    select organization_id, 'open', coalesce(due_on, 'infinity'), currency, count(*), 0 from fresh
    where status in ('sent', 'viewed', 'partially_paid') and open_parts is not null group by 1, 3, 4
    union all
    select organization_id, 'open', coalesce((part ->> 'due_on')::date, 'infinity'), currency, 0, sum((part ->> 'left')::bigint)
    from fresh, jsonb_array_elements(open_parts) part
    where status in ('sent', 'viewed', 'partially_paid') group by 1, 3, 4;
  end if;
  if tg_op in ('UPDATE', 'DELETE') then
    insert into figure_change (organization_id, kind, day, currency, count, sum_minor)
    select organization_id, case status when 'draft' then 'draft' else 'open' end, case status when 'draft' then listed_on else due_on end,
      currency, -count(*), -sum(balance_minor) from stale
    where status in ('draft', 'sent', 'viewed', 'partially_paid') and open_parts is null group by 1, 2, 3, 4
    union all
    select organization_id, 'open', coalesce(due_on, 'infinity'), currency, -count(*), 0 from stale
    where status in ('sent', 'viewed', 'partially_paid') and open_parts is not null group by 1, 3, 4
    union all
    select organization_id, 'open', coalesce((part ->> 'due_on')::date, 'infinity'), currency, 0, -sum((part ->> 'left')::bigint)
    from stale, jsonb_array_elements(open_parts) part
    where status in ('sent', 'viewed', 'partially_paid') group by 1, 3, 4;
  end if;
  return null;
end
$$;

-- Each instalment has a ladder of its own, so a step is taken once per day that something was due. What was noted
-- before holds for whatever day the invoice has.
alter table reminder add column due_on date not null default '-infinity';
alter table reminder drop constraint reminder_pkey;
alter table reminder add primary key (organization_id, invoice_id, due_on, days);
