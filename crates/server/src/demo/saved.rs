use chrono::{Datelike, Months};
use domain::automatic_charges::{CountsFrom, RecurringChargeInput};
use domain::clients::ClientId;
use domain::invoices::InvoiceLineInput;
use domain::organizations::{Organization, OrganizationId};
use domain::payments::{PaymentFilter, Provider, SandboxCard};
use domain::recurring::{BillingTime, Delivery, RecurringInvoiceInput, Rhythm, RhythmUnit, Schedule};
use domain::saved_methods::mandate;
use domain::text::{Line, Note};
use store::payments::connections::{self, Account};
use store::saved_methods::NewMethod;
use store::{Reason, automatic_charges, organizations, payments, recurring, saved_methods};

use crate::App;
use crate::payments::providers;
use crate::problem::{Failure, Result};
use crate::recurring::{actions, bill};

/// Newest payments whose clients are looked at.
const PAYMENTS: u16 = 60;

/// Some clients have saved a card; two of them are billed each month, of whom one has a card that is declined.
pub async fn happen(app: &App, organization: OrganizationId) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::SetUp, app.clock.now()).await?;
    let settings = organizations::find(&mut tx).await?;
    let today = settings.time_zone.today(tx.now());
    let account = connections::list(&mut tx).await?.into_iter().find(|it| it.provider == Provider::Sandbox);
    let filter = PaymentFilter { limit: Some(PAYMENTS), ..PaymentFilter::default() };
    let mut clients: Vec<ClientId> = Vec::new();
    for paid in payments::list(&mut tx, &filter).await?.items {
        // Whoever pays online saves a card, too.
        if paid.provider == Provider::Sandbox && !clients.contains(&paid.client_id) {
            clients.push(paid.client_id);
        }
    }
    drop(tx);
    let Some(account) = account else { return Ok(()) };
    let soon = today + Months::new(1);
    let soon = format!("{:02}/{:02}", soon.month(), soon.year() % 100);
    let cards = [
        ("4242424242424242", "12/34", true),
        ("4000000000000341", "08/31", true),
        ("5555555555554444", soon.as_str(), false),
    ];
    for (client, (number, expiry, billed)) in clients.into_iter().zip(cards) {
        let card =
            SandboxCard { number: number.to_owned(), expiry: expiry.to_owned(), cvc: "123".to_owned() };
        if save(app, &settings, &account, client, &card).await? && billed {
            charge(app, &settings, client).await?;
        }
    }
    Ok(())
}

/// A client's first contact saves a card, if there is one; whether there is.
async fn save(
    app: &App,
    settings: &Organization,
    account: &Account,
    client_id: ClientId,
    card: &SandboxCard,
) -> Result<bool> {
    let mut tx = app.store.begin_worker(account.organization_id, Reason::SetUp, app.clock.now()).await?;
    let Some(contact) = payments::addressees(&mut tx, client_id, None).await?.into_iter().next() else {
        return Ok(false);
    };
    let language = contact.language.unwrap_or(settings.language);
    let new = NewMethod {
        id: saved_methods::new_id(&tx),
        client_id,
        connection_id: account.id,
        provider: account.provider,
        mandate: mandate(language, settings.name.as_str()),
        accepted_by: contact.id,
        accepted_name: contact.name.to_string(),
        accepted_from: "192.0.2.10".to_owned(),
        ends_at: tx.now() + chrono::TimeDelta::hours(1),
    };
    saved_methods::insert(&mut tx, &new).await?;
    tx.commit().await?;
    crate::saved_methods::open(app, account.organization_id, new.id).await?;
    let sandbox = providers::sandbox(app, account)?;
    sandbox.save_card(&new.id.to_string(), card).await.map_err(Failure::internal)?;
    crate::saved_methods::settle(app, account.organization_id, new.id).await?;
    Ok(true)
}

/// A client is billed each month from today on, and charged at once.
async fn charge(app: &App, settings: &Organization, client_id: ClientId) -> Result<()> {
    let organization = settings.id;
    let mut tx = app.store.begin_worker(organization, Reason::SetUp, app.clock.now()).await?;
    let line = InvoiceLineInput {
        description: "Maintenance, {period}".parse().map_err(Failure::internal)?,
        detail: Note::default(),
        quantity: "1".parse().map_err(Failure::internal)?,
        unit: Line::default(),
        // 49 of a franc or euro, and 4,900 yen.
        unit_price: if settings.currency.exponent() == 0 { "4900" } else { "49" }
            .parse()
            .map_err(Failure::internal)?,
        taxes: Vec::new(),
    };
    let input = RecurringInvoiceInput {
        name: "Maintenance".parse().map_err(Failure::internal)?,
        client_id,
        schedule: Schedule {
            rhythm: Rhythm { every: 1, unit: RhythmUnit::Month },
            starts_on: settings.time_zone.today(tx.now()),
            anchor_on: None,
            ends_on: None,
            billed: BillingTime::Advance,
        },
        delivery: Delivery::Send,
        terms_days: None,
        currency: None,
        reference: Line::default(),
        note: Note::default(),
        internal_note: Note::default(),
        price_mode: None,
        discount: None,
        lines: vec![line],
    };
    let id = actions::begin(&mut tx, &input).await?;
    let wanted = RecurringChargeInput { enabled: true, counts_from: CountsFrom::Issue, days: 0 };
    automatic_charges::set_recurring(&mut tx, id, 1, &wanted).await?;
    tx.commit().await?;
    bill::bill_due(app, organization, id).await?;
    let mut tx = app.store.begin_worker(organization, Reason::SetUp, app.clock.now()).await?;
    let billed =
        recurring::periods(&mut tx, id, settings.time_zone.today(app.clock.now()), 1, None).await?.items;
    drop(tx);
    for invoice in billed.into_iter().filter_map(|period| period.invoice_id) {
        crate::automatic_charges::charge(app, organization, invoice).await?;
    }
    Ok(())
}
