-- The organization's ladder of reminders. A step counts from `since`: nobody is reminded of what was due before.
create table reminder_rule (
  organization_id uuid not null default current_organization() references organization,
  days smallint not null check (days between -60 and 365),
  tone text not null check (tone in ('upcoming', 'friendly', 'firm', 'final')),
  message text not null default '',
  since date not null,
  primary key (organization_id, days)
);
call protect('reminder_rule');

create table client_reminders (
  organization_id uuid not null default current_organization() references organization,
  client_id uuid not null,
  paused boolean not null default false,
  time_zone text,
  primary key (organization_id, client_id),
  foreign key (organization_id, client_id) references client on delete cascade
);
call protect('client_reminders');

create table invoice_reminders (
  organization_id uuid not null default current_organization() references organization,
  invoice_id uuid not null,
  paused boolean not null default false,
  promised_on date,
  primary key (organization_id, invoice_id),
  foreign key (organization_id, invoice_id) references invoice on delete cascade
);
call protect('invoice_reminders');

-- Each step once per invoice; those that a later one overtook are noted, not mailed.
create table reminder (
  organization_id uuid not null default current_organization() references organization,
  invoice_id uuid not null,
  days smallint not null,
  at timestamptz not null,
  mailed boolean not null,
  primary key (organization_id, invoice_id, days),
  foreign key (organization_id, invoice_id) references invoice on delete cascade
);
call protect('reminder');
