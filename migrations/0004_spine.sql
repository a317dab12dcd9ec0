-- Everything that happened. `transaction` lets a reader follow the log without skipping rows of
-- transactions that commit late: it stops below pg_snapshot_xmin(pg_current_snapshot()).
create table event (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  position bigint generated always as identity,
  transaction xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  kind text not null,
  topic text not null generated always as (split_part(kind, '.', 1)) stored,
  visibility text not null check (visibility in ('staff', 'client')),
  client_id uuid,
  subject_kind text not null,
  subject_id uuid not null,
  actor_kind text not null check (actor_kind in ('member', 'contact', 'guest', 'system')),
  actor_id uuid,
  actor_name text not null default '',
  data jsonb not null,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client on delete cascade
);
create index event_client on event (organization_id, client_id, id desc) where client_id is not null;
-- The organization's feed is merged from those topics that the reader may see.
create index event_topic on event (organization_id, topic, id desc);
create index event_subject on event (organization_id, subject_id, id desc);
create index event_log on event (transaction, position);
call protect('event');
create policy portal on event for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client() and visibility = 'client'
    and (current_document() is null or subject_id = current_document()));
grant select on event to portico_portal;

-- Work for later, asked for in the transaction of what causes it.
create table job (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  kind text not null,
  payload jsonb not null,
  unique_key text,
  state text not null default 'queued' check (state in ('queued', 'dead')),
  run_at timestamptz not null,
  attempts integer not null default 0,
  locked_until timestamptz,
  last_error text not null default '',
  created_at timestamptz not null,
  failed_at timestamptz,
  primary key (organization_id, id)
);
create index job_due on job (run_at) where state = 'queued';
create index job_dead on job (organization_id, id desc) where state = 'dead';
create unique index job_unique on job (organization_id, kind, unique_key) where unique_key is not null and state = 'queued';
call protect('job');

create function notify_job() returns trigger language plpgsql as $$
begin
  perform pg_notify('portico_jobs', '');
  return null;
end
$$;
create trigger job_queued after insert on job for each statement execute function notify_job();

create table mail (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  state text not null default 'queued' check (state in ('queued', 'sent', 'captured', 'failed')),
  to_name text not null,
  to_address text not null,
  subject text not null,
  body_text text not null,    -- emptied when sent: it may hold a sign-in link
  body_html text not null,
  language text not null,
  error text,
  created_at timestamptz not null,
  sent_at timestamptz,
  primary key (organization_id, id)
);
create index mail_newest on mail (organization_id, id desc);
call protect('mail');
