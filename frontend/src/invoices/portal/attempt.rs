//! A payment of this invoice that was started before and isn't finished.

use domain::payments::{Attempt, AttemptState};
use leptos::prelude::*;
use ui::{Button, LinkButton, Mark, Notice, Tone};

use crate::form::Sending;
use crate::money::amount;
use crate::payments::portal as payments;
use crate::session::PortalSession;
use crate::t::portal::invoice as texts;

/// Says that there is one: go on with it, or cancel it.
#[component]
pub fn OpenAttempt(
    /// The payment.
    attempt: Attempt,
    /// Called when it is out of the way.
    #[prop(into)]
    on_cancelled: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let sending = Sending::new();
    let id = attempt.id;
    let look = session.path(&format!("/payments/{id}"));
    let when = ui::format::relative(attempt.started_at.timestamp_millis(), ui::format::now_ms());
    let text = if attempt.state == AttemptState::Open {
        texts::attempt_open(&when)
    } else {
        texts::attempt_processing(&when)
    };
    let title = texts::attempt_title(&amount(attempt.amount).text());
    let cancel = move || {
        sending.run_or(
            payments::cancel(id),
            move |_| on_cancelled.run(()),
            // It may have been paid meanwhile: its own page tells.
            move |error| error.show_in(sending.errors),
        );
    };
    let buttons = if attempt.state == AttemptState::Open {
        view! {
            <Button on_click=move || payments::go_to_checkout(&attempt)>{texts::attempt_go_on()}</Button>
            <Button busy=sending.busy on_click=cancel>
                {texts::attempt_cancel()}
            </Button>
        }
        .into_any()
    } else {
        view! { <LinkButton href=look>{texts::attempt_look()}</LinkButton> }.into_any()
    };
    view! {
        <Notice mark=Mark::Half tone=Tone::Info>
            <div class="gap grow">
                <div>
                    <b>{title}</b>
                    <p>{text}</p>
                    {move || sending.errors.at("").map(|error| view! { <p role="alert">{error}</p> })}
                </div>
                <div class="line">{buttons}</div>
            </div>
        </Notice>
    }
}
