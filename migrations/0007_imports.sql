create table import (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  files text[] not null,
  report jsonb not null,
  created integer not null,
  duplicates integer not null,
  refused integer not null,
  done_at timestamptz not null,
  done_by text not null,
  undone_at timestamptz,
  primary key (organization_id, id)
);
create index import_newest on import (organization_id, id desc);
call protect('import');
alter table client add foreign key (organization_id, import_id) references import;
alter table contact add foreign key (organization_id, import_id) references import;
alter table invoice add foreign key (organization_id, import_id) references import;

-- What columns meant the last time a file had the same headings.
create table import_mapping (
  organization_id uuid not null default current_organization() references organization,
  kind text not null,
  headings text not null,
  mapping jsonb not null,
  updated_at timestamptz not null,
  primary key (organization_id, kind, headings)
);
call protect('import_mapping');
