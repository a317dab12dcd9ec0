-- What an organization prints on its documents, and needs for electronic invoices.
alter table organization
  add column tax_number text not null default '',   -- VAT ID or the tax office's number
  add column iban text not null default '',
  add column bic text not null default '';

-- Logos as they were when documents were issued, each once.
create table document_logo (
  organization_id uuid not null default current_organization() references organization,
  digest text not null,
  bytes bytea not null,
  primary key (organization_id, digest)
);
call protect('document_logo');

-- Documents as they were issued. What to print is frozen by the transaction that issues; the PDF is made of it
-- once, by whoever needs it first, and never changes. Clients get it through the invoice or payment that their
-- policies show them.
create table document (
  organization_id uuid not null default current_organization() references organization,
  id uuid not null,
  invoice_id uuid,
  payment_id uuid,
  file_name text not null,
  input jsonb not null,
  logo_digest text,
  pdf bytea,
  created_at timestamptz not null,
  printed_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, invoice_id) references invoice on delete cascade,
  foreign key (organization_id, payment_id) references payment on delete cascade,
  foreign key (organization_id, logo_digest) references document_logo,
  check (num_nonnulls(invoice_id, payment_id) = 1),
  check ((pdf is null) = (printed_at is null))
);
create unique index document_invoice on document (organization_id, invoice_id) where invoice_id is not null;
create unique index document_payment on document (organization_id, payment_id) where payment_id is not null;
call protect('document');
create trigger document_keep before update on document for each row
  when (old.pdf is not null or old.input is distinct from new.input or old.logo_digest is distinct from new.logo_digest)
  execute function refuse_change();

-- The document that goes with a mail.
alter table mail
  add column document_id uuid,
  add foreign key (organization_id, document_id) references document on delete set null (document_id);
create index mail_document on mail (organization_id, document_id) where document_id is not null;
