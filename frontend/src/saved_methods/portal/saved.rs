//! Back from the provider's page: whether something was saved, by the provider's word.

use std::time::Duration;

use domain::saved_methods::{SavedMethod, SavedMethodId, SavedMethodState};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use ui::{LinkButton, Loaded, Mark, Outcome, Skeleton, Tone};

use crate::api::ApiError;
use crate::session::{PortalSession, set_page_title};
use crate::t::saved_methods::portal as texts;

/// How often the provider's word is asked for.
const PAUSE: Duration = Duration::from_secs(2);
/// How often without an answer before the page leaves it at that.
const PATIENCE: u32 = 15;

/// `/{organization}/saved-methods/{id}`
#[component]
pub fn SavedMethodPage() -> impl IntoView {
    set_page_title(texts::title());
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<SavedMethodId>().ok()));
    let method = ui::Fetched::new(move || {
        let id = id.get();
        async move { super::find(id.ok_or_else(ApiError::missing)?).await }
    });
    view! {
        <Loaded resource=method skeleton=Skeleton::Document let:method>
            <Followed method/>
        </Loaded>
    }
}

/// Asks again until it is decided, or for half a minute.
fn watch(method: RwSignal<SavedMethod>) {
    let (asked, next) = (StoredValue::new(0_u32), StoredValue::new(None::<TimeoutHandle>));
    on_cleanup(move || {
        if let Some(handle) = next.try_get_value().flatten() {
            handle.clear();
        }
    });
    Effect::new(move |_| {
        let (id, state) = method.with(|method| (method.id, method.state));
        if state != SavedMethodState::Pending || asked.get_value() >= PATIENCE {
            return;
        }
        let ask = move || {
            spawn_local(async move {
                let answer = super::find(id).await;
                if asked.try_update_value(|asked| *asked += 1).is_none() {
                    return;
                }
                match answer {
                    Ok(known) => method.set(known),
                    // A broken connection is asked again like any other silence.
                    Err(_) => method.update(|_| {}),
                }
            });
        };
        next.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    });
}

#[component]
fn Followed(method: SavedMethod) -> impl IntoView {
    let method = RwSignal::new(method);
    watch(method);
    let known = Memo::new(move |_| method.get());
    move || {
        let method = known.get();
        let label = method.label.unwrap_or_default();
        let (title, sub, mark, tone) = match method.state {
            SavedMethodState::Active => {
                (texts::saved(&label), texts::saved_sub().to_owned(), Mark::Full, Tone::Positive)
            }
            SavedMethodState::Pending => {
                (texts::waiting().to_owned(), texts::waiting_sub().to_owned(), Mark::Quarter, Tone::Info)
            }
            SavedMethodState::Failed => {
                (texts::failed().to_owned(), method.failure.unwrap_or_default(), Mark::Late, Tone::Critical)
            }
            SavedMethodState::Removed => {
                (texts::removed().to_owned(), String::new(), Mark::Void, Tone::Neutral)
            }
        };
        let href = expect_context::<PortalSession>().path("/saved-methods");
        view! {
            <Outcome title mark tone>
                <p class="muted">{sub}</p>
                <div>
                    <LinkButton href>{texts::to_list()}</LinkButton>
                </div>
            </Outcome>
        }
    }
}
