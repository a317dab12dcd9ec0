-- An organization's account with a provider.
create table payment_connection (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null unique,
  provider text not null check (provider in ('stripe', 'sandbox')),
  enabled boolean not null,
  secrets bytea,              -- encrypted JSON: the key and the webhook's secrets
  key_hint text,
  webhook_secret_set boolean not null default false,
  last_event_at timestamptz,
  version bigint not null default 1,
  primary key (organization_id, id),
  unique (organization_id, provider)
);
call protect('payment_connection');

-- What a client set out to pay, frozen. Its id is the provider's idempotency key.
create table payment_attempt (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  client_id uuid not null,
  connection_id uuid not null,
  provider text not null,
  state text not null default 'open' check (state in ('open', 'processing', 'succeeded', 'failed', 'expired')),
  invoice_set text not null,  -- the invoices' ids in order, to find an attempt at the same
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  description text not null,  -- what the provider is told, kept so that a retry says the same
  payer_email text,
  locale text not null,
  return_url bytea not null,  -- encrypted: behind a guest link it holds the link's token
  provider_reference text,
  payment_reference text,     -- of the money, once somebody tried to pay
  checkout_url text,
  failure text,
  attention text,             -- why it waits for a person, who was told
  contact_id uuid,            -- who started it, or whom the guest link was sent to
  started_at timestamptz not null,
  expires_at timestamptz not null,
  checked_at timestamptz not null,
  settled_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, connection_id) references payment_connection,
  foreign key (organization_id, contact_id) references contact on delete set null (contact_id)
);
create unique index payment_attempt_live on payment_attempt (organization_id, invoice_set)
  where state in ('open', 'processing');
create unique index payment_attempt_reference on payment_attempt (organization_id, connection_id, provider_reference)
  where provider_reference is not null;
create index payment_attempt_money on payment_attempt (organization_id, connection_id, payment_reference)
  where payment_reference is not null;
create index payment_attempt_unsettled on payment_attempt (checked_at) where state in ('open', 'processing');
create index payment_attempt_settled on payment_attempt (checked_at) where state = 'succeeded';
call protect('payment_attempt');

create table payment_attempt_share (
  organization_id uuid not null default current_organization() references organization,
  attempt_id uuid not null,
  invoice_id uuid not null,
  position integer not null,
  version bigint not null,    -- of the invoice, as the client saw it
  total_minor bigint not null, -- what it asked for then
  amount_minor bigint not null check (amount_minor > 0),
  primary key (organization_id, attempt_id, invoice_id),
  foreign key (organization_id, attempt_id) references payment_attempt,
  foreign key (organization_id, invoice_id) references invoice
);
create index payment_attempt_share_invoice on payment_attempt_share (organization_id, invoice_id);
call protect('payment_attempt_share');
create policy portal on payment_attempt_share for select to portico_portal
  using (organization_id = current_organization()
    and exists (select from invoice i where i.organization_id = payment_attempt_share.organization_id and i.id = invoice_id));
grant select on payment_attempt_share to portico_portal;
create policy portal on payment_attempt for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client()
    and (current_document() is null or exists (select from payment_attempt_share s
      where s.organization_id = payment_attempt.organization_id and s.attempt_id = payment_attempt.id
        and s.invoice_id = current_document())));
grant select (organization_id, id, client_id, connection_id, provider, state, currency, amount_minor, provider_reference,
  checkout_url, failure, contact_id, started_at, expires_at, checked_at, settled_at) on payment_attempt to portico_portal;

-- Money received.
create table payment (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  client_id uuid not null,
  provider text not null check (provider in ('stripe', 'sandbox', 'manual')),
  provider_reference text,    -- of the money, e.g. pi_…; books it once
  attempt_id uuid,
  method text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor > 0),
  refunded_minor bigint not null default 0 check (refunded_minor between 0 and amount_minor),
  disputed_minor bigint not null default 0 check (disputed_minor between 0 and amount_minor), -- taken back by a bank
  unapplied_minor bigint not null check (unapplied_minor >= 0),
  received_on date not null,
  reference text not null default '',
  recorded_by uuid,
  created_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, attempt_id) references payment_attempt,
  foreign key (organization_id, recorded_by) references member
);
create unique index payment_reference on payment (organization_id, provider, provider_reference)
  where provider_reference is not null;
create index payment_credit on payment (organization_id, client_id, currency, id) where unapplied_minor > 0;
create index payment_newest on payment (organization_id, id desc);
create index payment_client on payment (organization_id, client_id, id desc);
create index payment_attempt_of on payment (organization_id, attempt_id);
create index payment_day on payment (organization_id, received_on) include (currency, amount_minor);
call protect('payment');

-- Every movement, once and for ever. Sums of it are what balances must equal (`portico verify`).
--   issue       an invoice asks for its total            void     it no longer does
--   payment     money came in                            refund   money went back
--   allocation  money pays an invoice; below zero, it no longer does
--   credit_note less is asked for            write_off   what is asked for is given up; below zero, it is owed again
--   dispute     a bank took money back; below zero, it came again
-- A refund below zero came back from the bank.
create table ledger_entry (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  position bigint generated always as identity,
  at timestamptz not null,
  kind text not null check (kind in ('issue', 'void', 'payment', 'allocation', 'refund', 'credit_note', 'write_off', 'dispute')),
  client_id uuid not null,
  invoice_id uuid,
  payment_id uuid,
  currency text not null,
  amount_minor bigint not null check (amount_minor <> 0),
  of_credit boolean not null default false, -- of an allocation: the client's credit was spent, or came to be
  booked_on date not null,                  -- the day it counts for in statements; the trigger below knows it
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, invoice_id) references invoice,
  foreign key (organization_id, payment_id) references payment,
  check ((invoice_id is not null) = (kind in ('issue', 'void', 'allocation', 'credit_note', 'write_off'))),
  check ((payment_id is not null) = (kind in ('payment', 'allocation', 'refund', 'dispute'))),
  check (kind in ('allocation', 'refund', 'write_off', 'dispute') or amount_minor > 0),
  check (kind = 'allocation' or not of_credit)
);
create index ledger_entry_invoice on ledger_entry (organization_id, invoice_id) where invoice_id is not null;
create index ledger_entry_payment on ledger_entry (organization_id, payment_id) where payment_id is not null;
create index ledger_entry_client on ledger_entry (organization_id, client_id, currency, booked_on, position);
call protect('ledger_entry');
create trigger ledger_entry_append_only before update or delete on ledger_entry
  for each row execute function refuse_change();
create trigger ledger_entry_keep before truncate on ledger_entry
  for each statement execute function refuse_change();
create policy portal on ledger_entry for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client()
    and (current_document() is null or invoice_id = current_document()));
grant select on ledger_entry to portico_portal;
create policy portal on payment for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client()
    and (current_document() is null or exists (select from ledger_entry l
      where l.organization_id = payment.organization_id and l.payment_id = payment.id
        and l.invoice_id = current_document())));
grant select (organization_id, id, client_id, provider, attempt_id, method, currency, amount_minor, refunded_minor,
  disputed_minor, unapplied_minor, received_on, reference, created_at) on payment to portico_portal;

-- What each client owes and has left, kept by the ledger itself, so that reading it costs the same at any size.
create table client_balance (
  organization_id uuid not null default current_organization() references organization,
  client_id uuid not null,
  currency text not null,
  owed_minor bigint not null default 0,
  credit_minor bigint not null default 0,
  primary key (organization_id, client_id, currency),
  foreign key (organization_id, client_id) references client
);
create index client_balance_owing on client_balance (organization_id, client_id) where owed_minor > 0;
call protect('client_balance');
create policy portal on client_balance for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client() and current_document() is null);
grant select on client_balance to portico_portal;

-- A statement counts an invoice for the day on it, money for the day it came, and everything else for the day it
-- was done in the organization's zone. Whoever writes entries need not think of it.
create function know_day() returns trigger language plpgsql as $$
begin
  new.booked_on := coalesce(
    case
      when new.kind = 'issue' then
        (select issued_on from invoice where organization_id = new.organization_id and id = new.invoice_id)
      when new.kind = 'payment' or (new.kind = 'allocation' and new.amount_minor > 0 and not new.of_credit) then
        (select received_on from payment where organization_id = new.organization_id and id = new.payment_id)
    end,
    (select (new.at at time zone time_zone)::date from organization where organization_id = new.organization_id));
  return new;
end
$$;
create trigger ledger_entry_day before insert on ledger_entry for each row execute function know_day();

create function keep_balance() returns trigger language plpgsql as $$
begin
  insert into client_balance as b (organization_id, client_id, currency, owed_minor, credit_minor)
  select organization_id, client_id, currency,
    sum(case when kind = 'issue' then amount_minor when kind in ('void', 'allocation', 'credit_note', 'write_off') then -amount_minor else 0 end),
    sum(case when kind = 'payment' then amount_minor when kind in ('allocation', 'refund', 'dispute') then -amount_minor else 0 end)
  from fresh group by 1, 2, 3 order by 1, 2, 3
  on conflict (organization_id, client_id, currency) do update
    set owed_minor = b.owed_minor + excluded.owed_minor, credit_minor = b.credit_minor + excluded.credit_minor;
  return null;
end
$$;
create trigger ledger_entry_balance after insert on ledger_entry referencing new table as fresh
  for each statement execute function keep_balance();

-- What providers tell us, kept as it came, each event once.
create table inbound_event (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  connection_id uuid not null,
  provider text not null,
  event_id text not null,
  kind text not null,
  reference text,             -- the checkout, the money and the attempt that it names
  payment_reference text,
  attempt_id text,
  account text,
  livemode boolean not null default false, -- whether money moved
  body text not null,         -- as it was signed
  state text not null default 'received' check (state in ('received', 'processed', 'quarantined')),
  error text,
  attempts integer not null default 0,
  received_at timestamptz not null,
  primary key (organization_id, id),
  unique (organization_id, connection_id, event_id),
  foreign key (organization_id, connection_id) references payment_connection
);
create index inbound_event_newest on inbound_event (organization_id, id desc);
call protect('inbound_event');

-- The sandbox's own books: what a real provider would keep on its side. What it was asked for is the attempt's.
create table sandbox_checkout (
  organization_id uuid not null default current_organization() references organization,
  reference text not null,
  attempt_id uuid not null,
  progress text not null default 'open'
    check (progress in ('open', 'second_step', 'processing', 'succeeded', 'failed', 'expired')),
  settles_at timestamptz,     -- while processing: when it will be known, and what
  succeeds boolean,
  reason text,                -- why it failed
  declined text,              -- why the last card was not taken
  method_kind text,
  method_brand text,
  method_last4 text,
  version bigint not null,
  primary key (organization_id, reference),
  unique (organization_id, attempt_id),
  foreign key (organization_id, attempt_id) references payment_attempt,
  check ((progress = 'processing') = (settles_at is not null and succeeds is not null)),
  check ((progress = 'failed') = (reason is not null))
);
call protect('sandbox_checkout');
