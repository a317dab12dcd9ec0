use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::clients::ClientId;
use domain::credits::{ApplyCredit, DraftCreditNote, FreedMoney, IssueCreditNote};
use domain::invoices::{
    DraftInvoice, InvoiceFilter, InvoiceLineInput, InvoiceSummary, InvoiceView, SendInvoice,
};
use domain::late_fees::{LateFeeCharge, LateFeeRepeat, LateFeeRule, LateFeeRules};
use domain::money::Money;
use domain::organizations::{OrganizationId, Trade};
use domain::payments::{ManualMethod, Payment, PaymentFilter, Provider, RecordPayment};
use domain::recurring::Delivery;
use domain::refunds::{DisputeState, InvoiceAfterRefund, RefundPayment, RefundTo};
use domain::reminders::{ClientReminders, InvoiceRemindersInput};
use domain::schedules::{InstalmentInput, MarkMilestone, Milestone, Part, When};
use domain::text::{Line, Name, Note};
use integrations::payment::ProviderDispute;
use store::identity::members;
use store::{Actor, Reason, Tx, invoices, organizations, payments};

use crate::App;
use crate::credits::{apply, notes, write_off};
use crate::invoices::{actions as drafts, milestones, send};
use crate::late_fees::charge;
use crate::payments::{disputes, record, refunds};
use crate::problem::{Failure, Result};
use crate::reminders::actions as reminders;

/// Newest payments that are looked through.
const PAYMENTS: u16 = 60;

/// What comes after invoices and payments, a few of each: credit notes, refunds, credit that is spent, what is
/// given up, a dispute, and an invoice in instalments. All of it is done as staff and providers do it.
pub async fn happen(app: &App, organization: OrganizationId) -> Result<()> {
    let mut scene = Scene { app, organization, now: app.clock.now() };
    scene.credit_notes().await?;
    scene.money_back().await?;
    scene.credit().await?;
    scene.give_up().await?;
    scene.dispute().await?;
    scene.instalments().await?;
    scene.promises().await?;
    scene.late_fees().await
}

struct Scene<'a> {
    app: &'a App,
    organization: OrganizationId,
    now: DateTime<Utc>,
}

fn name(text: &str) -> Result<Name> {
    text.parse().map_err(Failure::internal)
}

/// So many percent of an amount, at least a little.
fn part(of: Money, percent: i64) -> Money {
    Money::new((of.minor() * percent / 100).max(1), of.currency())
}

impl Scene<'_> {
    /// A transaction of somebody of the staff, some hours before now.
    async fn begin(&self, hours: i64) -> Result<Tx> {
        let at = self.now - TimeDelta::hours(hours);
        let mut tx = self.app.store.begin_worker(self.organization, Reason::SetUp, at).await?;
        if let Some(member) = members::list(&mut tx, 1, None).await?.items.into_iter().next() {
            tx.introduce(Actor::Member(member.id), member.name.to_string());
        }
        Ok(tx)
    }

    async fn invoices(&self, tx: &mut Tx, view: InvoiceView) -> Result<Vec<InvoiceSummary>> {
        let today = organizations::today(tx).await?;
        let filter = InvoiceFilter { view, limit: Some(40), ..InvoiceFilter::default() };
        Ok(invoices::list(tx, &filter, today).await?.items)
    }

    async fn payments(&self, tx: &mut Tx, provider: Provider) -> Result<Vec<Payment>> {
        let filter = PaymentFilter { limit: Some(PAYMENTS), ..PaymentFilter::default() };
        let all = payments::list(tx, &filter).await?.items.into_iter();
        let whole =
            |paid: &Payment| paid.provider == provider && paid.refunded.is_zero() && paid.disputed.is_zero();
        Ok(all.filter(|paid| whole(paid) && paid.shares.len() == 1 && paid.unapplied.is_zero()).collect())
    }

    /// One takes something off an open invoice, one sets money of a paid one free, and one is still being written.
    async fn credit_notes(&mut self) -> Result<()> {
        let mut tx = self.begin(70).await?;
        let open = self.invoices(&mut tx, InvoiceView::Open).await?;
        let paid = self.invoices(&mut tx, InvoiceView::Paid).await?;
        // The newest has only just gone out.
        let chosen = [
            (open.get(1), 10, "Agreed reduction", true),
            (paid.first(), 15, "Fewer hours than planned", true),
            (open.get(2), 5, "Delivered late", false),
        ];
        for (invoice, percent, reason, issued) in chosen {
            let Some(invoice) = invoice else { continue };
            let draft = DraftCreditNote {
                lines: Vec::new(),
                amount: Some(part(invoice.total, percent)),
                reason: name(reason)?,
                note: Note::default(),
            };
            let note = notes::create(&mut tx, invoice.id, &draft).await?;
            if issued {
                let request = IssueCreditNote { freed: FreedMoney::Credit, send: Some(true) };
                notes::issue(self.app, &mut tx, note.id, note.version, &request).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Staff give back what came in cash or by transfer: one invoice is owed again, the other settled by a note.
    async fn money_back(&mut self) -> Result<()> {
        let mut tx = self.begin(50).await?;
        let received = self.payments(&mut tx, Provider::Manual).await?;
        let ways = [
            (RefundTo::Source, InvoiceAfterRefund::CreditNote, "One piece came back"),
            (RefundTo::Source, InvoiceAfterRefund::Reopen, "Paid by mistake from the wrong account"),
            (RefundTo::Credit, InvoiceAfterRefund::CreditNote, "Cancelled: kept for the next order"),
        ];
        for (paid, (to, after, reason)) in received.iter().zip(ways) {
            let body = RefundPayment {
                amount: part(paid.amount, 20),
                to,
                reason: name(reason)?,
                invoices: after,
                invoice_id: None,
            };
            let payment = payments::lock(&mut tx, paid.id).await?;
            refunds::start(self.app, &mut tx, &payment, &body).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Somebody who has credit spends some of it.
    async fn credit(&mut self) -> Result<()> {
        let mut tx = self.begin(30).await?;
        for invoice in self.invoices(&mut tx, InvoiceView::Open).await?.iter().skip(1) {
            let client: ClientId = invoice.client_id;
            let (credit, _) = payments::credit_of(&mut tx, client).await?;
            let same = credit.into_iter().find(|credit| credit.currency() == invoice.balance.currency());
            let Some(credit) = same else { continue };
            let amount = Money::new(credit.minor().min(part(invoice.balance, 50).minor()), credit.currency());
            apply(&mut tx, client, &ApplyCredit { invoice_id: invoice.id, amount }).await?;
            return Ok(tx.commit().await?);
        }
        // Nobody with credit owes anything: some was booked on the wrong invoice, and most of it goes back there.
        if let Some(paid) = self.payments(&mut tx, Provider::Manual).await?.first() {
            let amount = part(paid.amount, 30);
            let body = RefundPayment {
                amount,
                to: RefundTo::Credit,
                reason: name("Booked on the wrong invoice")?,
                invoices: InvoiceAfterRefund::Reopen,
                invoice_id: None,
            };
            let payment = payments::lock(&mut tx, paid.id).await?;
            refunds::start(self.app, &mut tx, &payment, &body).await?;
            let share = paid.shares.first().map(|share| share.invoice_id);
            let invoice_id = share.ok_or_else(|| Failure::internal("a payment of one share has one"))?;
            apply(&mut tx, paid.client_id, &ApplyCredit { invoice_id, amount: part(amount, 80) }).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What has been late for longest won't come any more.
    async fn give_up(&mut self) -> Result<()> {
        let mut tx = self.begin(20).await?;
        let long_ago = organizations::today(&mut tx).await? - Days::new(30);
        let late = self.invoices(&mut tx, InvoiceView::Overdue).await?;
        if let Some(invoice) = late.first().filter(|invoice| invoice.due_on.is_some_and(|due| due < long_ago))
        {
            write_off(&mut tx, invoice.id, "The company was wound up").await?;
        }
        Ok(tx.commit().await?)
    }

    /// One client has promised to pay, an invoice's reminders rest while something is settled, and one client is
    /// called instead of being mailed.
    async fn promises(&mut self) -> Result<()> {
        let mut tx = self.begin(8).await?;
        let today = organizations::today(&mut tx).await?;
        let late = self.invoices(&mut tx, InvoiceView::Overdue).await?;
        let promised = InvoiceRemindersInput { paused: false, promised_on: Some(today + Days::new(5)) };
        let resting = InvoiceRemindersInput { paused: true, promised_on: None };
        for (invoice, wanted) in late.iter().zip([promised, resting]) {
            reminders::rest(&mut tx, invoice.id, &wanted).await?;
        }
        if let Some(invoice) =
            late.iter().skip(2).find(|other| late[..2].iter().all(|it| it.client_id != other.client_id))
        {
            let paused = ClientReminders { paused: true, time_zone: None };
            reminders::remind_client(&mut tx, invoice.client_id, &paused).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The agency charges for what is late by a month, and the law firm looks at each fee before it goes out.
    async fn late_fees(&mut self) -> Result<()> {
        let mut tx = self.begin(0).await?;
        let (trade, today) =
            (organizations::find(&mut tx).await?.trade, organizations::today(&mut tx).await?);
        let (charge, delivery) = match trade {
            Trade::Agency => ("1", Delivery::Send),
            Trade::LawFirm => ("0.4", Delivery::Draft),
            Trade::Contractor | Trade::RepairShop => return Ok(()),
        };
        let rule = LateFeeRule {
            id: None,
            after_days: 30,
            charge: LateFeeCharge::Percent(charge.parse().map_err(Failure::internal)?),
            repeat: Some(LateFeeRepeat { every_days: 30, at_most: 6 }),
            delivery,
        };
        let rules = LateFeeRules { rules: vec![rule] };
        store::late_fees::set_rules(&mut tx, &rules, today - Days::new(45)).await?;
        for invoice in self.invoices(&mut tx, InvoiceView::Overdue).await? {
            charge::charge(self.app, &mut tx, invoice.id).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A card's holder contests a payment, and the provider holds the money until the bank has decided.
    async fn dispute(&mut self) -> Result<()> {
        let mut tx = self
            .app
            .store
            .begin_worker(self.organization, Reason::SetUp, self.now - TimeDelta::hours(9))
            .await?;
        if let Some(paid) = self.payments(&mut tx, Provider::Sandbox).await?.into_iter().nth(2) {
            let said = ProviderDispute {
                reference: format!("demo_{}", paid.id),
                amount: paid.amount,
                reason: "product_not_received".to_owned(),
                state: DisputeState::NeedsResponse,
                due_by: Some(self.now + TimeDelta::days(9)),
                withdrawn: true,
            };
            disputes::reconcile(&mut tx, paid.id, &[said]).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A large invoice that is paid in four parts: one is paid, one is due in some days because its milestone is
    /// reached, one has a day, and the last waits.
    async fn instalments(&mut self) -> Result<()> {
        let mut tx = self.begin(0).await?;
        let open = self.invoices(&mut tx, InvoiceView::Open).await?;
        let Some(client_id) = open.last().map(|invoice| invoice.client_id) else { return Ok(()) };
        let today = organizations::today(&mut tx).await?;
        let issued_on = today - Days::new(12);
        let milestone =
            |text: &str| -> Result<When> { Ok(When::Milestone(Milestone { name: name(text)?, days: 7 })) };
        let instalment = |label: &str, part: Part, due: When| -> Result<InstalmentInput> {
            Ok(InstalmentInput { label: label.parse().map_err(Failure::internal)?, part, due })
        };
        let thirty = Part::Percent("30".parse().map_err(Failure::internal)?);
        let line = InvoiceLineInput {
            description: name("Work as agreed, phase one to three")?,
            detail: Note::default(),
            quantity: "1".parse().map_err(Failure::internal)?,
            unit: Line::default(),
            unit_price: "12000".parse().map_err(Failure::internal)?,
            taxes: Vec::new(),
        };
        let draft = DraftInvoice {
            client_id,
            currency: None,
            issued_on: Some(issued_on),
            due_on: None,
            schedule: vec![
                instalment("Deposit", thirty, When::DaysAfterIssue(7))?,
                instalment("", Part::Rest, milestone("Phase one is approved")?)?,
                instalment("", Part::Rest, When::On(today + Days::new(45)))?,
                instalment("", Part::Rest, milestone("Everything is handed over")?)?,
            ],
            reference: Line::default(),
            note: Note::default(),
            internal_note: Note::default(),
            price_mode: None,
            discount: None,
            lines: vec![line],
        };
        let written = drafts::create(&mut tx, &draft).await?.document;
        let request = SendInvoice::default();
        let sent = send::send(self.app, &mut tx, written.id, written.version, &request).await?.document;
        let deposit = RecordPayment {
            invoice_id: sent.id,
            amount: sent.next_payment,
            method: ManualMethod::BankTransfer,
            received_on: issued_on + Days::new(5),
            reference: Line::default(),
            send_receipt: None,
        };
        record(self.app, &mut tx, &deposit).await?;
        let paid = drafts::show(&mut tx, sent.id).await?.document;
        let reached = MarkMilestone { instalment: 1, reached_on: Some(today - Days::new(1)) };
        milestones::mark(self.app, &mut tx, sent.id, paid.version, reached).await?;
        Ok(tx.commit().await?)
    }
}
