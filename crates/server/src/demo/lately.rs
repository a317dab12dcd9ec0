use domain::invoices::{InvoiceFilter, InvoiceView, SendInvoice};
use domain::payments::{PaymentFilter, Provider};
use store::{Tx, invoices, organizations, payments};

use crate::App;
use crate::invoices::send;
use crate::payments::receipt;
use crate::problem::Result;

/// Newest payments that are looked through for receipts.
const PAYMENTS: u16 = 12;

/// What has just happened, done as it always is, so that there is mail: an invoice goes out, and the last
/// who paid online get their receipts.
pub async fn happen(app: &App, tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    let today = organizations::today(tx).await?;
    let settings = organizations::find(tx).await?;
    let filter = PaymentFilter { limit: Some(PAYMENTS), ..PaymentFilter::default() };
    let online = payments::list(tx, &filter)
        .await?
        .items
        .into_iter()
        .filter(|paid| paid.provider == Provider::Sandbox);
    for payment in online {
        // As of then: the mail is as old as the money.
        tx.go_on_at(payment.created_at);
        receipt::send(app, tx, &settings, payment.id, None).await?;
    }
    tx.go_on_at(now);
    let drafts = InvoiceFilter { view: InvoiceView::Draft, limit: Some(1), ..InvoiceFilter::default() };
    if let Some(draft) = invoices::list(tx, &drafts, today).await?.items.into_iter().next() {
        send::send(app, tx, draft.id, draft.version, &SendInvoice::default()).await?;
    }
    Ok(())
}
