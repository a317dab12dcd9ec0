create table organization (
  organization_id uuid primary key,
  slug text not null unique,
  name text not null,
  trade text not null check (trade in ('agency', 'contractor', 'repair_shop', 'law_firm')),
  time_zone text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  language text not null,
  brand_color text not null check (brand_color ~ '^#[0-9a-f]{6}$'),
  logo bytea check (length(logo) <= 524288),
  logo_type text,
  logo_hash text,
  email text,
  phone text not null default '',
  address jsonb not null default '{}',
  document_footer text not null default '',
  payment_terms_days smallint not null default 14,
  rounding text not null default 'per_document' check (rounding in ('per_line', 'per_document')),
  price_mode text not null default 'exclusive' check (price_mode in ('exclusive', 'inclusive')),
  partial_payments boolean not null default false,
  minimum_partial_minor bigint not null default 1 check (minimum_partial_minor > 0),
  invoice_prefix text not null default '',
  demo boolean not null default false,
  version bigint not null default 1,
  created_at timestamptz not null
);
call protect('organization');
create policy portal on organization to portico_portal using (organization_id = current_organization());
grant select on organization to portico_portal;
create policy gate on organization for select to portico_gate using (true);
grant select on organization to portico_gate;

create table tax_rate (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  name text not null,
  rate numeric(7, 4) not null check (rate between 0 and 100),
  is_default boolean not null default false,
  primary key (organization_id, id),
  unique (organization_id, name, rate)
);
call protect('tax_rate');

-- Numbers are taken under the row's lock by the transaction that uses them, so they have no gaps.
create table number_series (
  organization_id uuid not null default current_organization() references organization,
  kind text not null,
  next bigint not null default 1,
  primary key (organization_id, kind)
);
call protect('number_series');
