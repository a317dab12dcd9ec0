-- How the organization quotes; without a row, the columns' defaults.
create table quote_settings (
  organization_id uuid primary key default current_organization() references organization,
  prefix text not null default 'Q-',
  valid_days smallint not null default 30 check (valid_days between 1 and 365),
  remind_days smallint not null default 3 check (remind_days between 0 and 60),  -- 0: never
  approval_above_minor bigint check (approval_above_minor >= 0),                 -- null: never
  terms text not null default '',
  version bigint not null default 1
);
call protect('quote_settings');

create table quote (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  client_id uuid not null,
  number text,                -- taken when first sent
  state text not null check (state in ('draft', 'sent', 'viewed', 'changes_requested', 'accepted', 'declined', 'withdrawn',
    'converted')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  title text not null,
  internal_note text not null default '',
  current_no integer not null default 0,    -- the newest version that was sent
  draft_no integer,                         -- the one being written
  approval_pending boolean not null default false,
  valid_until date,           -- of the newest version that was sent
  client_name text not null,  -- frozen by each sending
  client_address jsonb not null,
  total_minor bigint not null,
  deposit_minor bigint not null default 0,
  access_code_hash text,
  changes_quote_id uuid,      -- the accepted quote that this one changes
  listed_on date not null,
  sent_at timestamptz,
  viewed_at timestamptz,
  decided_at timestamptz,
  created_by uuid,
  created_at timestamptz not null,
  version bigint not null default 1,
  search text not null generated always as (fold(coalesce(number, '') || ' ' || title || ' ' || client_name)) stored,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, changes_quote_id) references quote,
  check ((current_no = 0) = (number is null)),
  check ((state = 'draft') = (current_no = 0)),
  check (current_no = 0 or (valid_until is not null and sent_at is not null))
);
create unique index quote_number on quote (organization_id, number) where number is not null;
create index quote_newest on quote (organization_id, listed_on desc, id desc);
create index quote_client on quote (organization_id, client_id, listed_on desc, id desc);
create index quote_state on quote (organization_id, state, listed_on desc, id desc);
create index quote_changes on quote (organization_id, changes_quote_id) where changes_quote_id is not null;
call protect('quote');
create policy portal on quote for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client() and current_no > 0
    and (current_document() is null or id = current_document()));
grant select (organization_id, id, client_id, number, state, currency, title, current_no, valid_until, client_name,
  client_address, total_minor, deposit_minor, changes_quote_id, listed_on, sent_at, viewed_at, decided_at, created_at,
  version, search) on quote to portico_portal;

-- What a quote says, or said. A version is one document, shown, hashed and kept as a whole, so its
-- lines are not rows; what they cost us stands apart, where the portal's role can't read it.
create table quote_version (
  organization_id uuid not null default current_organization() references organization,
  quote_id uuid not null,
  no integer not null,
  content jsonb not null,
  costs jsonb not null,
  rounding text not null check (rounding in ('per_line', 'per_document')),
  price_mode text not null check (price_mode in ('exclusive', 'inclusive')),
  footer text not null default '',
  shown_hash bytea,           -- SHA-256 of what is shown
  sent_at timestamptz,
  reminded_at timestamptz,
  expired_at timestamptz,     -- when it was noted
  approval_requested_by uuid,
  approval_requested_at timestamptz,
  approved_by uuid,
  approved_at timestamptz,
  return_note text,
  primary key (organization_id, quote_id, no),
  foreign key (organization_id, quote_id) references quote on delete cascade,
  foreign key (organization_id, approval_requested_by) references member,
  foreign key (organization_id, approved_by) references member,
  check ((sent_at is null) = (shown_hash is null))
);
call protect('quote_version');
create policy portal on quote_version for select to portico_portal
  using (organization_id = current_organization() and sent_at is not null
    and exists (select from quote q where q.organization_id = quote_version.organization_id and q.id = quote_id));
grant select (organization_id, quote_id, no, content, rounding, price_mode, footer, shown_hash, sent_at)
  on quote_version to portico_portal;

-- What was sent stays what it was.
create function keep_quote_version() returns trigger language plpgsql as $$
begin
  if old.sent_at is not null and (tg_op = 'DELETE' or
    (new.content, new.costs, new.rounding, new.price_mode, new.footer, new.shown_hash, new.sent_at)
      is distinct from (old.content, old.costs, old.rounding, old.price_mode, old.footer, old.shown_hash, old.sent_at)) then
    raise exception 'a quote version that was sent cannot be changed' using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
create trigger quote_version_kept before update or delete on quote_version
  for each row execute function keep_quote_version();

-- A link opens an invoice or a quote. Behind an access code it opens nothing, but can be exchanged for
-- one that does.
alter table guest_link alter column invoice_id drop not null;
alter table guest_link add column quote_id uuid;
alter table guest_link add column unlocked boolean not null default false;
alter table guest_link add column code_failures integer not null default 0;
alter table guest_link add column code_locked_until timestamptz;
alter table guest_link add check (num_nonnulls(invoice_id, quote_id) = 1);
alter table guest_link add foreign key (organization_id, quote_id) references quote on delete cascade;
create index guest_link_quote on guest_link (organization_id, quote_id) where quote_id is not null;
create policy gate on quote for select to portico_gate using (true);
grant select (organization_id, id, access_code_hash) on quote to portico_gate;

create or replace function resolve_guest_link(token_hash bytea, at timestamptz) returns setof principal
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return query
    select 'portico_portal', g.organization_id, null::uuid, null::uuid, g.client_id,
      case when l.locked then g.id else coalesce(g.invoice_id, g.quote_id) end, null::uuid, null::uuid, ''::text, o.time_zone,
      case when l.locked then array['portal'] when g.quote_id is not null then array['portal', 'money.view', 'work.approve']
        else array['portal', 'money.view', 'money.pay'] end,
      null::timestamptz
    from guest_link g join organization o on o.organization_id = g.organization_id
    join client k on k.organization_id = g.organization_id and k.id = g.client_id and k.archived_at is null
    left join quote q on q.organization_id = g.organization_id and q.id = g.quote_id
    cross join lateral (select q.access_code_hash is not null and not g.unlocked as locked) l
    where g.hash = token_hash and g.revoked_at is null and g.expires_at > at;
end
$$;

-- What a client said to a version: once, by one person.
create table quote_decision (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  quote_id uuid not null,
  no integer not null,
  kind text not null check (kind in ('accepted', 'declined', 'changes_requested')),
  at timestamptz not null,
  name text not null,
  contact_id uuid,
  guest_link_id uuid,
  words text not null default '',   -- the reason, or what is to change
  selection jsonb not null,
  total_minor bigint not null,
  deposit_minor bigint not null,
  shown_hash bytea not null,
  consent text not null,
  signature jsonb,
  address text not null,
  user_agent text not null,
  primary key (organization_id, id),
  unique (organization_id, quote_id, no),
  foreign key (organization_id, quote_id, no) references quote_version,
  foreign key (organization_id, contact_id) references contact on delete set null (contact_id),
  foreign key (organization_id, guest_link_id) references guest_link on delete set null (guest_link_id)
);
call protect('quote_decision');
create policy portal on quote_decision for select to portico_portal
  using (organization_id = current_organization()
    and exists (select from quote q where q.organization_id = quote_decision.organization_id and q.id = quote_id));
grant select (organization_id, id, quote_id, no, kind, at, name, words, selection, total_minor, deposit_minor, shown_hash,
  consent, signature) on quote_decision to portico_portal;

-- A client's question about a line, or the whole, and the answer.
create table quote_question (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  quote_id uuid not null,
  no integer not null,
  line text,                  -- the line's key; null: the whole
  question text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  contact_id uuid,
  answer text,
  answered_by text,
  answered_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, quote_id, no) references quote_version on delete cascade,
  foreign key (organization_id, contact_id) references contact on delete set null (contact_id),
  check ((answer is null) = (answered_at is null))
);
create index quote_question_quote on quote_question (organization_id, quote_id, id);
create index quote_question_open on quote_question (organization_id, quote_id) where answered_at is null;
call protect('quote_question');
create policy portal on quote_question for select to portico_portal
  using (organization_id = current_organization()
    and exists (select from quote q where q.organization_id = quote_question.organization_id and q.id = quote_id));
grant select (organization_id, id, quote_id, no, line, question, asked_by, asked_at, answer, answered_by, answered_at)
  on quote_question to portico_portal;
