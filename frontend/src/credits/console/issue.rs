//! Issuing a credit note.

use domain::credits::{CreditNote, CreditNoteId, FreedMoney, IssueCreditNote};
use domain::money::Money;
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, Facts, Figure, FigureSize, Form, Loaded, RadioGroup,
    SelectOption, Sheet, Skeleton, Toast, Toasts,
};

use crate::api::Intent;
use crate::credits;
use crate::form::Sending;
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::{common as common_texts, credits as texts, invoices as invoice_texts};

/// Shows what a draft comes to, and asks what becomes of money that it sets free.
#[component]
pub fn IssueSheet(
    /// The draft; nothing while the sheet is closed.
    issuing: RwSignal<Option<CreditNoteId>>,
    /// What was paid for the invoice.
    paid: Money,
    /// It was issued.
    on_issued: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(issuing.with(Option::is_some)));
    Effect::new(move |_| {
        // Only what changes is set: each of the two wakes the other.
        if !open.get() && issuing.with_untracked(Option::is_some) {
            issuing.set(None);
        }
    });
    view! {
        <Sheet open title=texts::issue()>
            {move || {
                issuing
                    .get_untracked()
                    .map(|id| {
                        let note = ui::Fetched::new(move || credits::find(id));
                        view! {
                            <Loaded resource=note skeleton=Skeleton::Document let:note>
                                <IssueForm note paid open on_issued/>
                            </Loaded>
                        }
                    })
            }}
        </Sheet>
    }
}

const CREDIT: &str = "credit";
const REFUND: &str = "refund";

#[component]
fn IssueForm(note: CreditNote, paid: Money, open: RwSignal<bool>, on_issued: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let freed = RwSignal::new(CREDIT.to_owned());
    let send = RwSignal::new(true);
    let sending = Sending::new();
    let intent = Intent::new();
    let (id, version) = (note.id, note.version);
    let submit = move || {
        let freed = if freed.get_untracked() == REFUND { FreedMoney::Refund } else { FreedMoney::Credit };
        let body = IssueCreditNote { freed, send: Some(send.get_untracked()) };
        sending.run(async move { credits::issue(id, &body, version, intent).await }, move |issued| {
            open.set(false);
            let number = issued.number.unwrap_or_default();
            toasts.show(Toast::done(texts::issued(&number, &amount(issued.totals.gross).text())));
            on_issued.run(());
        });
    };
    // Only of what was paid can anything be set free.
    let asks = (paid.is_positive() && session.may(Permission::RefundPayments)).then(|| {
        let options = vec![
            SelectOption::new(CREDIT, texts::freed_credit()),
            SelectOption::new(REFUND, texts::freed_refund()),
        ];
        view! { <RadioGroup label=texts::freed() value=freed options pointer="/freed"/> }
    });
    let facts = note
        .lines
        .iter()
        .map(|line| {
            let shown = amount(line.amount);
            (line.description.to_string(), view! { <Figure amount=shown/> }.into_any())
        })
        .collect::<Vec<_>>();
    let total = note.totals.gross;
    view! {
        <div>
            <h2>{texts::issue_for(&note.invoice_number)}</h2>
            <p>
                <Figure amount=amount(total) size=FigureSize::Big/>
            </p>
            <p class="sub">{note.reason.to_string()}</p>
        </div>
        <Facts facts/>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            {asks}
            <Checkbox label=texts::send() checked=send pointer="/send"/>
            <p class="small muted">{invoice_texts::send_what_happens()}</p>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {texts::issue()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
