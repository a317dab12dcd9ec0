//! The mails that thank for money, and that tell of money that goes back.

use domain::clients::ContactId;
use domain::money::Money;
use domain::organizations::Organization;
use domain::payments::{ManualMethod, PaymentId};
use domain::text::Language;
use serde::Serialize;
use store::mail::NewMail;
use store::{Tx, mail, payments};

use crate::App;
use crate::documents;
use crate::mail::{Letter, format};
use crate::problem::Result;

#[derive(Serialize)]
struct Values {
    amount: String,
    method: String,
    date: String,
    numbers: String,
    credit: Option<String>,
}

/// How money came, as the reader knows it: what staff chose is kept as a code, what a provider said as it reads.
pub(crate) fn how(language: Language, method: &str) -> String {
    method
        .parse::<ManualMethod>()
        .map_or_else(|()| method.to_owned(), |known| known.words(language).to_owned())
}

/// Queues the receipt for whoever paid and the client's primary contact, by the transaction that booked
/// the payment: so there is one, however often the provider tells of it.
pub async fn send(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    id: PaymentId,
    payer: Option<ContactId>,
) -> Result<()> {
    let payment = payments::find(tx, id).await?;
    let document = documents::of_payment(tx, organization, &payment).await?;
    let numbers: Vec<&str> = payment.shares.iter().map(|share| share.number.as_str()).collect();
    let link = match payment.shares.first() {
        Some(share) => app.url(&format!("/{}/invoices/{}", organization.slug, share.invoice_id)),
        None => app.url(&format!("/{}/", organization.slug)),
    };
    for addressee in payments::addressees(tx, payment.client_id, payer).await? {
        let language = addressee.language.unwrap_or(organization.language);
        let letter = Letter {
            name: "receipt",
            organization,
            to_name: addressee.name.as_str(),
            to: &addressee.email,
            language,
            link: Some(&link),
            values: Values {
                amount: format::money(language, payment.amount),
                method: how(language, &payment.method),
                date: format::date(language, payment.received_on),
                numbers: numbers.join(", "),
                credit: payment.unapplied.is_positive().then(|| format::money(language, payment.unapplied)),
            },
        };
        mail::enqueue(tx, &NewMail { document_id: Some(document.id), ..letter.write()? }).await?;
    }
    Ok(())
}

#[derive(Serialize)]
struct RefundValues<'a> {
    amount: String,
    method: String,
    paid_on: String,
    reason: &'a str,
    credited: bool,
}

/// Queues the mail that tells the client's primary contact of money that goes back.
pub async fn send_refund(
    app: &App,
    tx: &mut Tx,
    id: PaymentId,
    amount: Money,
    reason: &str,
    credited: bool,
) -> Result<()> {
    let organization = store::organizations::find(tx).await?;
    let payment = payments::find(tx, id).await?;
    let link = app.url(&format!("/{}/payments", organization.slug));
    for addressee in payments::addressees(tx, payment.client_id, None).await? {
        let language = addressee.language.unwrap_or(organization.language);
        let letter = Letter {
            name: "refund",
            organization: &organization,
            to_name: addressee.name.as_str(),
            to: &addressee.email,
            language,
            link: Some(&link),
            values: RefundValues {
                amount: format::money(language, amount),
                method: how(language, &payment.method),
                paid_on: format::date(language, payment.received_on),
                reason,
                credited,
            },
        };
        mail::enqueue(tx, &letter.write()?).await?;
    }
    Ok(())
}
