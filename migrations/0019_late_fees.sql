-- Fees for what is paid late. An issued invoice never changes, so a fee is an invoice of its own that names the late one.
-- A rule counts from `since`: nobody is charged for the past. A rule that is taken away stays for the fees it made.
create table late_fee_rule (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  after_days smallint not null check (after_days between 1 and 365),
  percent numeric(7, 4) check (percent > 0 and percent <= 100), -- of what is open then
  amount_minor bigint check (amount_minor > 0),
  currency text check (currency ~ '^[A-Z]{3}$'),                  -- of the amount: other invoices bear none
  every_days smallint check (every_days between 1 and 365),
  at_most smallint not null default 1 check (at_most between 1 and 60),
  delivery text not null check (delivery in ('draft', 'send')),
  since date not null,
  retired_at timestamptz,
  primary key (organization_id, id),
  check ((percent is null) <> (amount_minor is null)),
  check ((amount_minor is null) = (currency is null)),
  check ((every_days is null) = (at_most = 1))
);
call protect('late_fee_rule');

-- Each occurrence of a rule once per invoice, however often and wherever the worker runs; without a fee where a pause or
-- a dispute covered its day, or where it came to nothing.
create table late_fee (
  organization_id uuid not null default current_organization() references organization,
  invoice_id uuid not null,
  rule_id uuid not null,
  occurrence smallint not null,   -- from 0
  day date not null,
  amount_minor bigint check (amount_minor > 0),
  fee_invoice_id uuid,            -- gone where its draft was thrown away
  at timestamptz not null,
  primary key (organization_id, invoice_id, rule_id, occurrence),
  foreign key (organization_id, invoice_id) references invoice on delete cascade,
  foreign key (organization_id, rule_id) references late_fee_rule,
  foreign key (organization_id, fee_invoice_id) references invoice on delete set null (fee_invoice_id)
);
create index late_fee_fee_invoice on late_fee (organization_id, fee_invoice_id) where fee_invoice_id is not null;
call protect('late_fee');
-- What the client reads on a fee's invoice: which one was late.
create policy portal on late_fee for select to portico_portal
  using (organization_id = current_organization()
    and exists (select from invoice i where i.organization_id = late_fee.organization_id and i.id = fee_invoice_id));
grant select (organization_id, invoice_id, fee_invoice_id) on late_fee to portico_portal;

-- What the client reads on an invoice that comes again: its days, and nothing of how it is written.
create policy portal on recurring_period for select to portico_portal
  using (organization_id = current_organization()
    and exists (select from invoice i where i.organization_id = recurring_period.organization_id and i.id = invoice_id));
grant select (organization_id, recurring_invoice_id, starts_on, ends_on, invoice_id) on recurring_period to portico_portal;
