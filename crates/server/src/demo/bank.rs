use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{Days, TimeDelta};
use domain::bank::{
    BankAccount, BankAllocation, BankTransaction, BankTransactionFilter, BankTransactionState,
    CreditorReference, MatchBankTransaction, UploadBankStatement,
};
use domain::imports::DateOrder;
use domain::invoices::{InvoiceFilter, InvoiceSummary, InvoiceView};
use domain::money::{Currency, Money};
use domain::organizations::OrganizationId;
use domain::payments::Provider;
use domain::text::Note;
use store::identity::members;
use store::{Actor, Reason, Tx, bank, invoices, organizations};

use crate::App;
use crate::bank::{ignore, import, pair, suggest};
use crate::payments::connections::put;
use crate::problem::{Failure, Result};

/// Made-up accounts with right check digits, and their banks.
const ACCOUNTS: [(&str, &str, &str); 4] = [
    ("holm-joinery", "DE02120300000000202051", "Fördebank Flensburg"),
    ("garage-beranger", "FR1420041010050500013M02606", "Crédit du Rhône"),
    ("studio-o", "DK5000400440116243", "Øresundsbanken"),
    ("weiss-okonkwo", "CH9300762011623852957", "Limmatbank"),
];

/// Clients may transfer, and the bank's last statement has been read: some of its money was matched, some waits for a
/// click or for somebody to look, and some is nobody's.
pub async fn happen(app: &App, organization: OrganizationId) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin_worker(organization, Reason::SetUp, now - TimeDelta::hours(7)).await?;
    if let Some(member) = members::list(&mut tx, 1, None).await?.items.into_iter().next() {
        tx.introduce(Actor::Member(member.id), member.name.to_string());
    }
    let settings = organizations::find(&mut tx).await?;
    let Some((_, iban, bank_name)) = ACCOUNTS.iter().find(|(slug, ..)| *slug == settings.slug.as_str())
    else {
        return Ok(());
    };
    let account = BankAccount {
        holder: settings.name.clone(),
        iban: iban.parse().map_err(Failure::internal)?,
        bic: None,
        bank_name: bank_name.parse().map_err(Failure::internal)?,
        note: Note::default(),
    };
    put(app, &mut tx, Provider::BankTransfer, None, true, |_, known| known.bank_account = Some(account))
        .await?;
    let table = statement(&mut tx, settings.currency).await?;
    let upload = UploadBankStatement {
        name: "statement.csv".parse().map_err(Failure::internal)?,
        content: STANDARD.encode(table),
        mapping: None,
        date_order: DateOrder::default(),
        currency: None,
        iban: None,
    };
    import(&mut tx, upload).await?;
    decide(app, &mut tx).await?;
    Ok(tx.commit().await?)
}

/// What came in the last days: transfers as payers write them, and what every account has beside them.
async fn statement(tx: &mut Tx, currency: Currency) -> Result<String> {
    let today = organizations::today(tx).await?;
    let filter = InvoiceFilter { view: InvoiceView::Open, limit: Some(40), ..InvoiceFilter::default() };
    let mut open = invoices::list(tx, &filter, today).await?.items;
    open.retain(|invoice| invoice.balance.currency() == currency && invoice.balance.minor() >= 100);
    // Those that are due first are paid first; the newest have only just gone out.
    open.sort_by_key(|invoice| (invoice.due_on, invoice.id));
    let mut table = "Date;Amount;Name;Reference\n".to_owned();
    let mut add = |days: u64, amount: Money, name: &str, text: &str| {
        let day = today - Days::new(days);
        table.push_str(&format!("{day};{};{name};{text}\n", amount.to_decimal()));
    };
    let number = |invoice: &InvoiceSummary| invoice.number.clone().unwrap_or_default();
    let reference =
        |invoice: &InvoiceSummary| CreditorReference::of_invoice(&number(invoice), invoice.id).to_string();
    let part =
        |money: Money, percent: i64| Money::new((money.minor() * percent / 100).max(1), money.currency());
    let ways = ["reference", "number", "part", "name", "reference"];
    for (days, (invoice, way)) in (1..).zip(open.iter().zip(ways)) {
        let name = invoice.client_name.as_str();
        match way {
            "reference" => add(days, invoice.balance, name, &reference(invoice)),
            "number" => add(days, invoice.balance, name, &format!("Invoice {}", number(invoice))),
            "part" => add(days, part(invoice.balance, 60), name, &format!("{}, first part", number(invoice))),
            _ => add(days, invoice.balance, name, "with thanks"),
        }
    }
    add(2, Money::new(4_711, currency), "Municipal energy", "Credit balance of last year");
    add(3, Money::new(312, currency), "Interest", "Quarterly interest");
    add(4, Money::new(-95_000, currency), "Office rent", "Rent");
    Ok(table)
}

/// The last of it was matched, and what is interest ignored; the rest waits.
async fn decide(app: &App, tx: &mut Tx) -> Result<()> {
    let filter =
        BankTransactionFilter { state: Some(BankTransactionState::Open), ..BankTransactionFilter::default() };
    let mut open: Vec<BankTransaction> = bank::list(tx, &filter).await?.items;
    suggest(tx, &mut open).await?;
    let sure = open.iter().rfind(|money| money.remittance.starts_with("RF"));
    if let Some((money, suggestion)) = sure.and_then(|money| Some((money, money.suggestions.first()?))) {
        let allocations = suggestion
            .allocations
            .iter()
            .map(|part| BankAllocation { invoice_id: part.invoice_id, amount: part.amount })
            .collect();
        pair(app, tx, money.id, &MatchBankTransaction { allocations, send_receipt: None }).await?;
    }
    if let Some(money) = open.iter().find(|money| money.counterparty_name == "Interest") {
        ignore(tx, money.id).await?;
    }
    Ok(())
}
