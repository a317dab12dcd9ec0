use domain::invoices::{InvoiceFilter, InvoiceView, SendInvoice};
use domain::organizations::OrganizationId;
use domain::payments::{PaymentFilter, Provider};
use store::{Reason, invoices, organizations, payments};

use crate::App;
use crate::invoices::send;
use crate::payments::receipt;
use crate::problem::Result;

/// Newest payments that are looked through for receipts.
const PAYMENTS: u16 = 12;

/// What has just happened, done as it always is, so that there is mail: an invoice goes out, and the last
/// who paid online get their receipts.
pub async fn happen(app: &App, organization: OrganizationId) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin_worker(organization, Reason::SetUp, now).await?;
    let today = organizations::today(&mut tx).await?;
    let settings = organizations::find(&mut tx).await?;
    let filter = PaymentFilter { limit: Some(PAYMENTS), ..PaymentFilter::default() };
    let online = payments::list(&mut tx, &filter)
        .await?
        .items
        .into_iter()
        .filter(|paid| paid.provider == Provider::Sandbox);
    for payment in online {
        // As of then: the mail is as old as the money.
        let mut tx = app.store.begin_worker(organization, Reason::SetUp, payment.created_at).await?;
        receipt::send(app, &mut tx, &settings, payment.id, None).await?;
        tx.commit().await?;
    }
    let drafts = InvoiceFilter { view: InvoiceView::Draft, limit: Some(1), ..InvoiceFilter::default() };
    if let Some(draft) = invoices::list(&mut tx, &drafts, today).await?.items.into_iter().next() {
        send::send(app, &mut tx, draft.id, draft.version, &SendInvoice::default()).await?;
    }
    tx.commit().await?;
    Ok(())
}
