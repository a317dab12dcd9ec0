-- Credit notes as they were issued, versions of quotes as they were sent, and as they were accepted.
alter table document
  add column credit_note_id uuid,
  add column quote_id uuid,
  add column quote_no integer,
  add column decision_id uuid,
  add foreign key (organization_id, credit_note_id) references credit_note on delete cascade,
  add foreign key (organization_id, quote_id, quote_no) references quote_version on delete cascade,
  add foreign key (organization_id, decision_id) references quote_decision on delete cascade,
  drop constraint document_check,
  add constraint document_of check (num_nonnulls(invoice_id, payment_id, credit_note_id, quote_id, decision_id) = 1),
  add constraint document_quote_no check ((quote_id is null) = (quote_no is null));
create unique index document_credit_note on document (organization_id, credit_note_id) where credit_note_id is not null;
create unique index document_quote on document (organization_id, quote_id, quote_no) where quote_id is not null;
create unique index document_decision on document (organization_id, decision_id) where decision_id is not null;
