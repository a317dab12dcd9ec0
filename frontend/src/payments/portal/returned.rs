//! Back from the payment page: what became of it, by the provider's word and not by the address one came back to.

use std::time::Duration;

use domain::payments::{Attempt, AttemptId, AttemptState};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{Button, Loaded, Mark, Outcome, Skeleton, Tone};

use super::outcome::{Ended, Paid, Processing, ToInvoice};
use crate::api::ApiError;
use crate::form::Sending;
use crate::money::amount;
use crate::session::set_page_title;
use crate::t::portal::payment as texts;

/// How often the provider's word is asked for.
const PAUSE: Duration = Duration::from_secs(2);
/// How often without an answer before the page says that it may take longer.
const PATIENCE: u32 = 30;

/// `/{organization}/payments/{attempt}`
#[component]
pub fn Returned() -> impl IntoView {
    set_page_title(texts::title());
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("attempt").and_then(|id| id.parse::<AttemptId>().ok()));
    let attempt = ui::Fetched::new(move || {
        let id = id.get();
        async move { super::attempt(id.ok_or_else(ApiError::missing)?).await }
    });
    view! {
        <Loaded resource=attempt skeleton=Skeleton::Document let:attempt>
            <Followed attempt/>
        </Loaded>
    }
}

/// An attempt that is asked about again until it is decided.
#[derive(Clone, Copy)]
struct Watch {
    attempt: RwSignal<Attempt>,
    asked: RwSignal<u32>,
    next: StoredValue<Option<TimeoutHandle>>,
}

impl Watch {
    fn begin(attempt: Attempt) -> Self {
        let watch =
            Self { attempt: RwSignal::new(attempt), asked: RwSignal::new(0), next: StoredValue::new(None) };
        on_cleanup(move || {
            if let Some(handle) = watch.next.try_get_value().flatten() {
                handle.clear();
            }
        });
        watch.wait();
        watch
    }

    fn is_live(self) -> bool {
        self.attempt.with_untracked(|attempt| attempt.state.is_live())
    }

    fn wait(self) {
        if self.is_live() && self.asked.get_untracked() < PATIENCE {
            self.next.set_value(set_timeout_with_handle(move || self.ask(), PAUSE).ok());
        }
    }

    fn ask(self) {
        let id = self.attempt.with_untracked(|attempt| attempt.id);
        spawn_local(async move {
            // A broken connection is asked again like any other silence.
            let answer = super::attempt(id).await;
            if self.asked.try_update(|asked| *asked += 1).is_none() {
                return;
            }
            if let Ok(attempt) = answer
                && self.attempt.with_untracked(|known| *known != attempt)
            {
                self.attempt.set(attempt);
            }
            self.wait();
        });
    }

    /// Begins to ask anew.
    fn again(self) {
        self.asked.set(0);
        self.ask();
    }
}

#[component]
fn Followed(attempt: Attempt) -> impl IntoView {
    let watch = Watch::begin(attempt);
    let turned_back = use_query_map().with_untracked(|query| query.get("canceled").is_some());
    let silent = Memo::new(move |_| watch.asked.get() >= PATIENCE);
    move || {
        let attempt = watch.attempt.get();
        match attempt.state {
            AttemptState::Succeeded => view! { <Paid attempt/> }.into_any(),
            AttemptState::Processing => view! { <Processing attempt/> }.into_any(),
            AttemptState::Failed | AttemptState::Expired => view! { <Ended attempt/> }.into_any(),
            AttemptState::Open if turned_back => view! { <TurnedBack attempt watch/> }.into_any(),
            AttemptState::Open => view! { <Waiting attempt watch silent/> }.into_any(),
        }
    }
}

/// The person is back, the provider's word isn't there yet.
#[component]
fn Waiting(attempt: Attempt, watch: Watch, silent: Memo<bool>) -> impl IntoView {
    let sum = amount(attempt.amount).text();
    move || {
        let attempt = attempt.clone();
        if silent.get() {
            let sub = texts::silent_sub(&sum);
            view! {
                <Outcome title=texts::silent() mark=Mark::Half tone=Tone::Caution>
                    <p class="muted">{sub}</p>
                    <div class="line">
                        <Button on_click=move || watch.again()>{texts::ask_again()}</Button>
                        <ToInvoice attempt/>
                    </div>
                </Outcome>
            }
            .into_any()
        } else {
            let sub = texts::waiting_sub(&sum);
            view! {
                <Outcome title=texts::waiting() mark=Mark::Quarter tone=Tone::Info>
                    <p class="muted">{sub}</p>
                    <div aria-hidden="true">
                        <span class="spinner"></span>
                    </div>
                </Outcome>
            }
            .into_any()
        }
    }
}

/// The person chose to leave the payment page.
#[component]
fn TurnedBack(attempt: Attempt, watch: Watch) -> impl IntoView {
    let sending = Sending::new();
    let id = attempt.id;
    let cancel = move || {
        sending.run(super::cancel(id), move |attempt| watch.attempt.set(attempt));
    };
    let page = attempt.clone();
    view! {
        <Outcome title=texts::turned_back() mark=Mark::Void tone=Tone::Neutral>
            <p class="muted">{texts::turned_back_sub()}</p>
            {move || sending.errors.at("").map(|error| view! { <p role="alert">{error}</p> })}
            <div class="line">
                <Button kind=ui::ButtonKind::Primary on_click=move || super::go_to_checkout(&page)>
                    {texts::go_on()}
                </Button>
                <Button busy=sending.busy on_click=cancel>
                    {texts::cancel()}
                </Button>
                <ToInvoice attempt/>
            </div>
        </Outcome>
    }
}
