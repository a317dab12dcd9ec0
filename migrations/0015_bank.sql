-- More ways to pay: further providers, and money found on a bank's statements.
alter table payment_connection drop constraint payment_connection_provider_check;
alter table payment_connection add constraint payment_connection_provider_check
  check (provider in ('stripe', 'paypal', 'square', 'bank_transfer', 'sandbox'));
-- What is set beside the keys, and no secret: the environment, ids, the account that is paid to.
alter table payment_connection add column settings jsonb not null default '{}';
alter table payment drop constraint payment_provider_check;
alter table payment add constraint payment_provider_check
  check (provider in ('stripe', 'paypal', 'square', 'sandbox', 'manual'));

-- A bank's statement that somebody brought.
create table bank_statement (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  name text not null,
  format text not null check (format in ('camt053', 'csv')),
  report jsonb not null,      -- what came of it, as it was answered
  imported_by uuid,
  imported_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, imported_by) references member
);
call protect('bank_statement');

-- Money on statements, each once however many statements tell of it. The portal sees none of it.
create table bank_transaction (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  statement_id uuid not null,
  account text not null,
  fingerprint text not null,  -- of the bank's reference (or all that it tells), the day and the amount
  entry_reference text,
  booked_on date not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor > 0 or reversal and amount_minor < 0),
  reversal boolean not null,
  counterparty_name text not null,
  counterparty_iban text,
  creditor_reference text,
  remittance text not null,
  state text not null default 'open' check (state in ('open', 'matched', 'ignored')),
  payment_id uuid,
  decided_by uuid,
  decided_at timestamptz,
  primary key (organization_id, id),
  unique (organization_id, account, fingerprint),
  unique (organization_id, payment_id),
  foreign key (organization_id, statement_id) references bank_statement,
  foreign key (organization_id, payment_id) references payment,
  foreign key (organization_id, decided_by) references member,
  check ((state = 'matched') = (payment_id is not null)),
  check ((state = 'open') = (decided_at is null))
);
create index bank_transaction_open on bank_transaction (organization_id, id desc) where state = 'open';
create index bank_transaction_payer on bank_transaction (organization_id, counterparty_iban)
  where state = 'matched' and counterparty_iban is not null;
call protect('bank_transaction');
