create table invoice (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  client_id uuid not null,
  number text,
  status text not null check (status in ('draft', 'sent', 'viewed', 'partially_paid', 'paid', 'written_off', 'void')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  listed_on date not null,    -- issued_on, or the day the draft was begun: the order of lists
  issued_on date,
  due_on date,
  reference text not null default '',
  note text not null default '',
  internal_note text not null default '',
  -- Frozen on issue:
  client_name text not null,
  client_address jsonb not null,
  footer text not null default '',
  rounding text not null check (rounding in ('per_line', 'per_document')),
  price_mode text not null check (price_mode in ('exclusive', 'inclusive')),
  discount jsonb,
  totals jsonb not null,
  total_minor bigint not null,
  paid_minor bigint not null default 0,
  credited_minor bigint not null default 0,    -- by credit notes
  written_off_minor bigint not null default 0, -- given up
  balance_minor bigint not null generated always as (total_minor - paid_minor - credited_minor - written_off_minor) stored,
  disputed boolean not null default false,     -- a payment of it is contested
  sent_at timestamptz,
  viewed_at timestamptz,
  paid_at timestamptz,
  voided_at timestamptz,
  void_reason text,
  external_id text not null default '',
  import_id uuid,
  created_by uuid,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client,
  check ((status = 'draft') = (number is null)),
  check (status = 'draft' or (issued_on is not null and due_on is not null)),
  check (paid_minor >= 0 and credited_minor >= 0 and written_off_minor >= 0
    and (status <> 'void' or (paid_minor = 0 and credited_minor = 0 and written_off_minor = 0)))
);
create unique index invoice_number on invoice (organization_id, number) where number is not null;
create unique index invoice_external_id on invoice (organization_id, external_id) where external_id <> '';
create index invoice_newest on invoice (organization_id, listed_on desc, id desc);
create index invoice_client on invoice (organization_id, client_id, listed_on desc, id desc);
create index invoice_status on invoice (organization_id, status, listed_on desc, id desc);
create index invoice_open on invoice (organization_id, due_on, id) include (client_id, currency, balance_minor)
  where status in ('sent', 'viewed', 'partially_paid');
create index invoice_open_client on invoice (organization_id, client_id, due_on, id)
  where status in ('sent', 'viewed', 'partially_paid');
call protect('invoice');
create policy portal on invoice for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client() and status <> 'draft'
    and (current_document() is null or id = current_document()));
grant select (organization_id, id, client_id, number, status, currency, listed_on, issued_on, due_on, reference, note,
  client_name, client_address, footer, rounding, price_mode, discount, totals, total_minor, paid_minor, credited_minor, written_off_minor, balance_minor, disputed, sent_at,
  viewed_at, paid_at, voided_at, void_reason, created_at, version) on invoice to portico_portal;

create table invoice_line (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  invoice_id uuid not null,
  position integer not null,
  description text not null,
  detail text not null default '',
  quantity numeric not null,
  unit text not null default '',
  unit_price numeric not null,
  taxes jsonb not null default '[]',
  amount_minor bigint not null,
  primary key (organization_id, id),
  foreign key (organization_id, invoice_id) references invoice on delete cascade
);
create index invoice_line_invoice on invoice_line (organization_id, invoice_id, position);
call protect('invoice_line');
create policy portal on invoice_line for select to portico_portal
  using (organization_id = current_organization()
    and exists (select from invoice i where i.organization_id = invoice_line.organization_id and i.id = invoice_id));
grant select on invoice_line to portico_portal;

-- A link in a mail that opens one invoice.
create table guest_link (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  hash bytea not null unique,
  client_id uuid not null,
  invoice_id uuid not null,
  contact_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  opened integer not null default 0,
  last_opened_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, invoice_id) references invoice on delete cascade,
  foreign key (organization_id, contact_id) references contact on delete cascade
);
create index guest_link_invoice on guest_link (organization_id, invoice_id);
call protect('guest_link');
create policy gate on guest_link for select to portico_gate using (true);
grant select on guest_link to portico_gate;

-- Who opened an invoice, and when; the only thing that looking changes.
create table invoice_view (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  invoice_id uuid not null,
  contact_id uuid,
  at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, invoice_id) references invoice on delete cascade,
  foreign key (organization_id, contact_id) references contact on delete set null (contact_id)
);
create index invoice_view_invoice on invoice_view (organization_id, invoice_id, id);
call protect('invoice_view');
