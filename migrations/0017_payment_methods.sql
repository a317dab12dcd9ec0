-- Within which limits a way to pay is offered, and what its provider charges for it.
alter table payment_connection add column terms jsonb not null default '{}';

-- Which ways to pay a client is offered, where it isn't the organization's choice: names of providers, none for no way.
create table client_payment_methods (
  organization_id uuid not null default current_organization() references organization,
  client_id uuid not null,
  providers text[] not null,
  primary key (organization_id, client_id),
  foreign key (organization_id, client_id) references client on delete cascade,
  check (providers <@ array['stripe', 'paypal', 'square', 'bank_transfer', 'sandbox'])
);
call protect('client_payment_methods');

-- By which ways an invoice can be paid, where it isn't its client's choice.
create table invoice_payment_methods (
  organization_id uuid not null default current_organization() references organization,
  invoice_id uuid not null,
  providers text[] not null,
  primary key (organization_id, invoice_id),
  foreign key (organization_id, invoice_id) references invoice on delete cascade,
  check (providers <@ array['stripe', 'paypal', 'square', 'bank_transfer', 'sandbox'])
);
call protect('invoice_payment_methods');
