-- Documents that take back what an invoice asked for. Amounts are above zero: they are what is taken back.
create table credit_note (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  invoice_id uuid not null,
  client_id uuid not null,
  number text,
  status text not null default 'draft' check (status in ('draft', 'issued')),
  currency text not null,
  issued_on date,
  reason text not null,
  note text not null default '',
  lines jsonb not null,
  totals jsonb not null,
  total_minor bigint not null check (total_minor > 0),
  created_by uuid,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (organization_id, id),
  foreign key (organization_id, invoice_id) references invoice,
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, created_by) references member,
  check ((status = 'draft') = (number is null)),
  check ((status = 'draft') = (issued_on is null))
);
create unique index credit_note_number on credit_note (organization_id, number) where number is not null;
create index credit_note_newest on credit_note (organization_id, id desc);
create index credit_note_client on credit_note (organization_id, client_id, id desc);
create index credit_note_invoice on credit_note (organization_id, invoice_id, id desc);
call protect('credit_note');
create policy portal on credit_note for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client() and status = 'issued'
    and (current_document() is null or invoice_id = current_document()));
grant select (organization_id, id, invoice_id, client_id, number, status, currency, issued_on, reason, note, lines, totals,
  total_minor, created_at, version) on credit_note to portico_portal;

-- Which credit note an entry is about: its own, or that of an allocation it set free.
alter table ledger_entry add column credit_note_id uuid,
  add foreign key (organization_id, credit_note_id) references credit_note,
  add check (kind in ('credit_note', 'allocation') or credit_note_id is null),
  add check (kind <> 'credit_note' or credit_note_id is not null);
create index ledger_entry_credit_note on ledger_entry (organization_id, credit_note_id) where credit_note_id is not null;

-- Money given back, or tried to be. Its id is the provider's idempotency key.
create table refund (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  payment_id uuid not null,
  client_id uuid not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  destination text not null check (destination in ('source', 'credit')),
  invoices text not null default 'reopen' check (invoices in ('reopen', 'credit_note')),
  invoice_id uuid,            -- only of what pays this one
  state text not null check (state in ('pending', 'succeeded', 'failed')),
  reason text not null default '',
  provider_reference text,    -- re_…; a refund we first heard of from the provider has one from the start
  failure text,
  requested_by uuid,
  created_at timestamptz not null,
  checked_at timestamptz not null,
  settled_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, payment_id) references payment,
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, invoice_id) references invoice,
  foreign key (organization_id, requested_by) references member,
  check (destination = 'source' or state = 'succeeded'),
  check ((state = 'pending') = (settled_at is null)),
  check (state = 'failed' or failure is null)
);
create unique index refund_reference on refund (organization_id, payment_id, provider_reference)
  where provider_reference is not null;
create index refund_payment on refund (organization_id, payment_id, id);
create index refund_pending on refund (checked_at) where state = 'pending';
call protect('refund');
create policy portal on refund for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client()
    and exists (select from payment p where p.organization_id = refund.organization_id and p.id = payment_id));
grant select (organization_id, id, payment_id, client_id, currency, amount_minor, destination, invoices, state, reason, failure,
  created_at, settled_at) on refund to portico_portal;

-- Payments their payers contest with their banks.
create table dispute (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  payment_id uuid not null,
  client_id uuid not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  provider_reference text not null,
  state text not null check (state in ('needs_response', 'under_review', 'won', 'lost')),
  reason text not null,
  due_by timestamptz,
  withdrawn_minor bigint not null default 0 check (withdrawn_minor >= 0),
  opened_at timestamptz not null,
  closed_at timestamptz,
  primary key (organization_id, id),
  unique (organization_id, payment_id, provider_reference),
  foreign key (organization_id, payment_id) references payment,
  foreign key (organization_id, client_id) references client
);
call protect('dispute');
create policy portal on dispute for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client()
    and exists (select from payment p where p.organization_id = dispute.organization_id and p.id = payment_id));
grant select (organization_id, id, payment_id, client_id, currency, amount_minor, state, reason, due_by, withdrawn_minor,
  opened_at, closed_at) on dispute to portico_portal;

-- What the sandbox gave back: its own books.
create table sandbox_refund (
  organization_id uuid not null default current_organization() references organization,
  refund_id uuid not null,
  reference text not null,
  amount_minor bigint not null check (amount_minor > 0),
  position bigint generated always as identity,
  primary key (organization_id, refund_id),
  foreign key (organization_id, refund_id) references refund,
  foreign key (organization_id, reference) references sandbox_checkout
);
create index sandbox_refund_checkout on sandbox_refund (organization_id, reference);
call protect('sandbox_refund');
