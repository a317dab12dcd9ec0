-- A client as a provider's customer: what its saved methods hang on there.
create table payment_customer (
  organization_id uuid not null default current_organization() references organization,
  connection_id uuid not null,
  client_id uuid not null,
  reference text not null,
  primary key (organization_id, connection_id, client_id),
  foreign key (organization_id, connection_id) references payment_connection,
  foreign key (organization_id, client_id) references client
);
call protect('payment_customer');

-- A card or account that a client lets us charge. What it is charged by stays with the provider: no number of a card and
-- no secret is here.
create table saved_payment_method (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,           -- also the provider's idempotency key
  client_id uuid not null,
  connection_id uuid not null,
  provider text not null,
  state text not null default 'pending' check (state in ('pending', 'active', 'failed', 'removed')),
  is_default boolean not null default false,
  kind text,                  -- the provider's kind of method: card, sepa_debit
  brand text,
  last4 text check (length(last4) <= 4),
  expires_year smallint,
  expires_month smallint check (expires_month between 1 and 12),
  mandate text not null,      -- word for word, as it was accepted
  accepted_at timestamptz not null,
  accepted_by uuid,
  accepted_name text not null,
  accepted_from text not null, -- the network address
  customer_reference text,
  setup_reference text,       -- the provider's page on which it is saved
  setup_url text,
  setup_ends_at timestamptz not null,
  method_reference text,
  failure text,
  checked_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, connection_id) references payment_connection,
  foreign key (organization_id, accepted_by) references contact on delete set null (accepted_by),
  check (state = 'active' or not is_default),
  check (state <> 'active' or (method_reference is not null and customer_reference is not null and kind is not null)),
  check ((expires_year is null) = (expires_month is null))
);
create unique index saved_payment_method_default on saved_payment_method (organization_id, client_id) where is_default;
create index saved_payment_method_client on saved_payment_method (organization_id, client_id, id desc);
create unique index saved_payment_method_setup on saved_payment_method (organization_id, connection_id, setup_reference)
  where setup_reference is not null;
create unique index saved_payment_method_reference on saved_payment_method (organization_id, connection_id, method_reference)
  where method_reference is not null;
create index saved_payment_method_pending on saved_payment_method (checked_at) where state = 'pending';
call protect('saved_payment_method');
create policy portal on saved_payment_method for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client() and current_document() is null);
grant select (organization_id, id, client_id, provider, state, is_default, kind, brand, last4, expires_year, expires_month,
  mandate, accepted_at, accepted_name, setup_url, setup_ends_at, failure) on saved_payment_method to portico_portal;

-- An attempt that nobody sits before: it is made by charging a saved method.
alter table payment_attempt
  add column saved_method_id uuid,
  add column decline text check (decline in ('authentication_required', 'insufficient_funds', 'expired', 'refused')),
  add foreign key (organization_id, saved_method_id) references saved_payment_method;
create index payment_attempt_method on payment_attempt (organization_id, saved_method_id) where saved_method_id is not null;

-- After which days a charge that failed is tried again.
create table charge_settings (
  organization_id uuid not null default current_organization() primary key references organization,
  retry_days smallint[] not null default '{1,3,5}',
  version bigint not null default 1
);
call protect('charge_settings');

-- Whether the invoices of a recurring one are charged by themselves, and so many days after they were issued or are due.
create table recurring_charge (
  organization_id uuid not null default current_organization() references organization,
  recurring_invoice_id uuid not null,
  enabled boolean not null,
  counts_from text not null check (counts_from in ('issue', 'due')),
  days smallint not null check (days between 0 and 60),
  version bigint not null default 1,
  primary key (organization_id, recurring_invoice_id),
  foreign key (organization_id, recurring_invoice_id) references recurring_invoice on delete cascade
);
call protect('recurring_charge');

-- The automatic charge of an invoice. Of two workers, the one that gets the row's lock makes the try.
create table automatic_charge (
  organization_id uuid not null default current_organization() references organization,
  invoice_id uuid not null,
  client_id uuid not null,
  recurring_invoice_id uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'trying', 'succeeded', 'failed', 'stopped')),
  next_at timestamptz,        -- of the next try
  tries smallint not null default 0,
  first_tried_at timestamptz, -- days between tries count from here
  attempt_id uuid,            -- of the last try
  failure text,               -- why the last try brought nothing
  decline text,
  changed_at timestamptz not null,
  primary key (organization_id, invoice_id),
  foreign key (organization_id, invoice_id) references invoice,
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, recurring_invoice_id) references recurring_invoice,
  foreign key (organization_id, attempt_id) references payment_attempt,
  check ((state = 'waiting') = (next_at is not null))
);
create index automatic_charge_due on automatic_charge (next_at) where state = 'waiting';
create index automatic_charge_trying on automatic_charge (changed_at) where state = 'trying';
create index automatic_charge_client on automatic_charge (organization_id, client_id);
create index automatic_charge_attempt on automatic_charge (organization_id, attempt_id) where attempt_id is not null;
create index automatic_charge_recurring on automatic_charge (organization_id, recurring_invoice_id);
create index automatic_charge_trouble on automatic_charge (organization_id, invoice_id desc)
  where failure is not null and state in ('waiting', 'trying', 'failed');
call protect('automatic_charge');

-- The sandbox's side of a saved method. Its cards are test cards, which no bank issues.
create table sandbox_method (
  organization_id uuid not null default current_organization() references organization,
  saved_method_id uuid not null,
  progress text not null default 'open' check (progress in ('open', 'second_step', 'saved', 'expired', 'detached')),
  card text,
  expires_year smallint,
  expires_month smallint,
  declined text,              -- why the last card was not taken
  version bigint not null,
  primary key (organization_id, saved_method_id),
  foreign key (organization_id, saved_method_id) references saved_payment_method,
  check (progress in ('open', 'expired') or (card is not null and expires_year is not null and expires_month is not null))
);
call protect('sandbox_method');
alter table sandbox_checkout
  add column decline text check (decline in ('authentication_required', 'insufficient_funds', 'expired', 'refused'));
