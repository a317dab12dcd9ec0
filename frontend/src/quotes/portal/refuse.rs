//! Declining, and asking for changes.

use domain::problem::Code;
use domain::quotes::{DecisionKind, DeclineQuote, RequestChanges};
use domain::text::{Name, Note};
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Form, Sheet, TextArea, TextField};

use super::accept::{Refused, RefusedNotice};
use super::page::Proposal;
use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::session::PortalSession;
use crate::t::quotes::{accept as accept_texts, refuse as texts};

/// Says no, or not so.
#[component]
pub fn RefuseSheet(
    /// The quote.
    proposal: Proposal,
    /// Which of the two; none while the sheet is closed.
    kind: RwSignal<Option<DecisionKind>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(kind.with(Option::is_some)));
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            kind.set(None);
        }
        now
    });
    view! {
        <Sheet open title=texts::sheet()>
            <RefuseForm proposal declines=kind.get_untracked() == Some(DecisionKind::Declined) kind/>
        </Sheet>
    }
}

#[component]
fn RefuseForm(proposal: Proposal, declines: bool, kind: RwSignal<Option<DecisionKind>>) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let guest = session.me.with_untracked(|me| me.contact_id.is_none());
    let (id, no) = proposal.document.with_value(|document| (document.id, document.no));
    let (words, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (sending, intent) = (Sending::new(), Intent::new());
    let refused = RwSignal::new(None::<Refused>);
    let pointer = if declines { "/reason" } else { "/words" };
    let submit = move || {
        let mut reading = Reading::default();
        let words = reading.text::<Note>(pointer, words);
        let name = if guest { reading.text::<Name>("/name", name) } else { None };
        if !reading.is_done(sending.errors) {
            return;
        }
        let Some(words) = words else { return };
        sending.run_or(
            async move {
                if declines {
                    super::decline(id, &DeclineQuote { no, name, reason: words }, intent).await
                } else {
                    super::request_changes(id, &RequestChanges { no, name, words }, intent).await
                }
            },
            move |_| {
                kind.set(None);
                proposal.reload.run(());
            },
            move |error| match error.code() {
                Some(Code::QuoteDecided | Code::QuoteChanged | Code::QuoteExpired | Code::QuoteState) => {
                    refused.set(Refused::of(&error));
                }
                _ => error.show_in(sending.errors),
            },
        );
    };
    let (title, lead, label) = if declines {
        (texts::decline_title(), texts::decline_lead(), texts::reason())
    } else {
        (texts::changes_title(), texts::changes_lead(), texts::words())
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <h2>{title}</h2>
            <p class="muted">{lead}</p>
            {move || {
                refused
                    .get()
                    .map(|refused| {
                        view! {
                            <RefusedNotice refused on_reload=move || {
                                kind.set(None);
                                proposal.reload.run(());
                            }/>
                        }
                    })
            }}
            <TextArea label value=words pointer optional=declines/>
            {guest
                .then(|| {
                    view! {
                        <TextField
                            label=accept_texts::name()
                            value=name
                            pointer="/name"
                            autocomplete="name"
                        />
                    }
                })}
            <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                {if declines { texts::decline() } else { texts::send() }}
            </Button>
        </Form>
    }
}
