-- The work done for a client. Its kind gives it its words.
create table project (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  client_id uuid not null,
  name text not null,
  kind text not null check (kind in ('project', 'job', 'work_order', 'matter')),
  state text not null check (state in ('planned', 'active', 'done', 'cancelled')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  budget_minor bigint not null,   -- what was agreed: the sum of its accepted quotes
  quote_id uuid,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references client,
  foreign key (organization_id, quote_id) references quote
);
create unique index project_quote on project (organization_id, quote_id) where quote_id is not null;
create index project_client on project (organization_id, client_id, id desc);
create index project_newest on project (organization_id, id desc);
call protect('project');
create policy portal on project for select to portico_portal
  using (organization_id = current_organization() and client_id = current_client()
    and (current_document() is null or quote_id = current_document()));
grant select on project to portico_portal;

alter table quote add column project_id uuid;
alter table quote add foreign key (organization_id, project_id) references project;
create index quote_project on quote (organization_id, project_id) where project_id is not null;
grant select (project_id) on quote to portico_portal;

-- What an invoice bills of a quote.
alter table invoice add column quote_id uuid;
alter table invoice add column project_id uuid;
alter table invoice add column quote_part text check (quote_part in ('deposit', 'part', 'final'));
alter table invoice add foreign key (organization_id, quote_id) references quote;
alter table invoice add foreign key (organization_id, project_id) references project;
alter table invoice add check ((quote_id is null) = (quote_part is null));
create index invoice_quote on invoice (organization_id, quote_id) where quote_id is not null;
create unique index invoice_quote_deposit on invoice (organization_id, quote_id) where quote_part = 'deposit';
grant select (quote_id, project_id, quote_part) on invoice to portico_portal;
