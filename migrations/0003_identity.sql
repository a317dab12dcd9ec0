-- What a member signs in with. Without an organization: one account may be a member of several.
create table account (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  password_hash text,
  totp_secret bytea,          -- encrypted
  totp_confirmed boolean not null default false,
  totp_last_step bigint,      -- the last step used, so that a code works once
  recovery_hashes bytea[] not null default '{}',
  language text,
  created_at timestamptz not null
);
call protect_global('account');

-- Attempts to sign in that failed, by the hash of the address: addresses without an account are locked
-- out like others, so that being locked out doesn't tell that there is one.
create table sign_in_failure (
  email_hash bytea primary key,
  attempts integer not null,
  locked_until timestamptz,
  last_at timestamptz not null
);
call protect_global('sign_in_failure');

create table role (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  key text not null default '',
  name text not null default '',
  permissions text[] not null,
  version bigint not null default 1,
  primary key (organization_id, id)
);
create unique index role_key on role (organization_id, key) where key <> '';
call protect('role');
create policy gate on role for select to portico_gate using (true);
grant select on role to portico_gate;

create table member (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  account_id uuid references account,   -- null until the invitation is accepted
  role_id uuid not null,
  name text not null,
  email text not null,
  invited_at timestamptz not null,
  joined_at timestamptz,
  removed_at timestamptz,
  version bigint not null default 1,
  primary key (organization_id, id),
  unique (organization_id, email),
  foreign key (organization_id, role_id) references role
);
create index member_account on member (account_id);
call protect('member');
create policy gate on member for select to portico_gate using (true);
grant select on member to portico_gate;

create table client (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  name text not null,
  kind text not null check (kind in ('company', 'person')),
  external_id text not null default '',
  phone text not null default '',
  address jsonb not null default '{}',
  tax_number text not null default '',
  internal_note text not null default '',
  import_id uuid,
  archived_at timestamptz,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (organization_id, id)
);
create unique index client_external_id on client (organization_id, external_id) where external_id <> '';
create index client_name on client (organization_id, (lower(name)), id);
call protect('client');
create policy portal on client for select to portico_portal
  using (organization_id = current_organization() and id = current_client());
-- Columns, too, are granted one by one: internal notes have no way out.
grant select (organization_id, id, name, kind, phone, address, tax_number, archived_at, created_at, version)
  on client to portico_portal;
create policy gate on client for select to portico_gate using (true);
grant select (organization_id, id, archived_at) on client to portico_gate;

create table contact (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  client_id uuid not null,
  name text not null,
  email text not null check (email = lower(email)),
  phone text not null default '',
  job_title text not null default '',
  language text,
  is_primary boolean not null default false,
  portal_access boolean not null default false,
  permissions text[] not null default '{}',
  import_id uuid,
  invited_at timestamptz,
  last_seen_at timestamptz,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (organization_id, id),
  unique (organization_id, client_id, email),
  foreign key (organization_id, client_id) references client on delete cascade
);
create unique index contact_primary on contact (organization_id, client_id) where is_primary;
create index contact_email on contact (email) where portal_access;
call protect('contact');
create policy portal on contact for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client() and current_document() is null);
grant select on contact to portico_portal;
create policy gate on contact for select to portico_gate using (true);
grant select on contact to portico_gate;

-- Somebody signed in to the console or the portal. A portal session belongs to an address, and stands
-- in one contact of that address at a time.
create table session (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null unique,
  audience text not null check (audience in ('console', 'portal')),
  account_id uuid references account,
  email text not null,
  member_id uuid,
  contact_id uuid,
  viewed_by uuid,             -- the member who looks at the portal as this contact
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  address text not null default '',
  user_agent text not null default '',
  primary key (organization_id, id),
  check ((audience = 'console') = (member_id is not null)),
  check ((audience = 'portal') = (contact_id is not null)),
  foreign key (organization_id, member_id) references member,
  foreign key (organization_id, contact_id) references contact on delete cascade,
  foreign key (organization_id, viewed_by) references member
);
create index session_account on session (account_id) where revoked_at is null;
create index session_email on session (email) where revoked_at is null;
create index session_contact on session (organization_id, contact_id);
call protect('session');
create policy gate on session for select to portico_gate using (true);
grant select on session to portico_gate;

-- A session's refresh tokens, each used once. One that is used again ends the session.
create table refresh_token (
  hash bytea primary key,
  session_id uuid not null references session (id) on delete cascade on update cascade,
  created_at timestamptz not null,
  used_at timestamptz
);
create index refresh_token_session on refresh_token (session_id);
call protect_global('refresh_token');

-- Links that were mailed: sign in, reset a password, join.
create table one_time_token (
  hash bytea primary key,
  purpose text not null check (purpose in ('portal_sign_in', 'password_reset', 'invitation')),
  email text not null,
  account_id uuid references account,
  subject_organization_id uuid references organization,
  subject_member_id uuid,
  subject_contact_id uuid,    -- in whom to stand; else the first contact of the address
  next text not null default '',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index one_time_token_email on one_time_token (email, purpose);
call protect_global('one_time_token');

-- Keys that sign access tokens. Rotated; kept until the last token they signed has expired.
create table signing_key (
  kid text primary key,
  secret bytea not null,      -- encrypted
  created_at timestamptz not null,
  retire_at timestamptz not null
);
call protect_global('signing_key');

create table api_token (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  member_id uuid not null,
  name text not null,
  hint text not null,
  hash bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, member_id) references member
);
call protect('api_token');
create policy gate on api_token to portico_gate using (true);
grant select on api_token to portico_gate;

-- Answers to requests that carried an Idempotency-Key, written in the request's own transaction.
create table idempotency_key (
  organization_id uuid not null default current_organization() references organization,
  caller text not null,
  key text not null,
  request_hash bytea not null,
  status smallint not null,
  body bytea not null,
  created_at timestamptz not null,
  primary key (organization_id, caller, key)
);
create index idempotency_key_age on idempotency_key (created_at);
call protect('idempotency_key');
