-- An invoice that comes again. `input` is what was written (domain::recurring::RecurringInvoiceInput); the columns beside
-- it are what lists and the scheduler ask for.
create table recurring_invoice (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  client_id uuid not null,
  name text not null,
  input jsonb not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  total_minor bigint not null,
  state text not null default 'active' check (state in ('active', 'paused', 'ended')),
  attention text,
  next_index integer not null default 0,
  next_on date,    -- the day of the next invoice, if there is one
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client
);
create index recurring_invoice_client on recurring_invoice (organization_id, client_id);
create index recurring_invoice_due on recurring_invoice (next_on) where state = 'active' and next_on is not null;
call protect('recurring_invoice');

-- Each period once, however often and wherever the scheduler runs.
create table recurring_period (
  organization_id uuid not null default current_organization() references organization,
  recurring_invoice_id uuid not null,
  index integer not null,
  starts_on date not null,
  ends_on date not null,
  invoice_id uuid,
  billed_at timestamptz not null,
  primary key (organization_id, recurring_invoice_id, index),
  foreign key (organization_id, recurring_invoice_id) references recurring_invoice on delete cascade,
  foreign key (organization_id, invoice_id) references invoice on delete set null (invoice_id)
);
create index recurring_period_invoice on recurring_period (organization_id, invoice_id);
call protect('recurring_period');
