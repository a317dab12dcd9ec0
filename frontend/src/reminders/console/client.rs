//! How a client is reminded, on the client's page.

use domain::clients::ClientId;
use domain::permission::Permission;
use domain::reminders::ClientReminders;
use domain::text::TimeZone;
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Checkbox, Facts, Form, Loaded, Section, Skeleton, Toast, Toasts};

use crate::form::{Reading, Sending};
use crate::reminders;
use crate::session::ConsoleSession;
use crate::set_up::ZoneField;
use crate::t::{common as common_texts, reminders as texts};

/// Whether and where a client is reminded, with a form in its place while it is being changed.
#[component]
pub fn RemindersOfClient(
    /// Whose.
    id: ClientId,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let editing = RwSignal::new(false);
    let known = ui::Fetched::new(move || reminders::of_client(id));
    let may_edit = session.may(Permission::SendInvoices);
    let end = move || {
        may_edit.then(|| {
            view! {
                <button
                    class="link"
                    type="button"
                    hidden=move || editing.get()
                    on:click=move |_| editing.set(true)
                >
                    {texts::change()}
                </button>
            }
        })
    };
    view! {
        <Section title=texts::title() end>
            <Loaded resource=known skeleton=Skeleton::Table let:known_now>
                {move || {
                    let now = known_now.clone();
                    if editing.get() {
                        view! { <ClientForm id now editing on_saved=move || known.refetch()/> }.into_any()
                    } else {
                        shown(&now).into_any()
                    }
                }}
            </Loaded>
        </Section>
    }
}

fn shown(known: &ClientReminders) -> impl IntoView + use<> {
    let how = if known.paused { texts::client_paused() } else { texts::client_sub() };
    let zone = known.time_zone.as_ref().map_or_else(|| texts::own_zone().to_owned(), ToString::to_string);
    let facts =
        vec![(texts::title().to_owned(), how.into_any()), (texts::client_zone().to_owned(), zone.into_any())];
    view! { <Facts facts/> }
}

#[component]
fn ClientForm(
    id: ClientId,
    now: ClientReminders,
    editing: RwSignal<bool>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let paused = RwSignal::new(now.paused);
    let zone = RwSignal::new(now.time_zone.map(|zone| zone.to_string()).unwrap_or_default());
    let sending = Sending::new();
    let save = move || {
        let mut reading = Reading::default();
        let has_zone = zone.with_untracked(|zone| !zone.trim().is_empty());
        let time_zone = has_zone.then(|| reading.text::<TimeZone>("/time_zone", zone)).flatten();
        if !reading.is_done(sending.errors) {
            return;
        }
        let body = ClientReminders { paused: paused.get_untracked(), time_zone };
        sending.run(async move { reminders::set_of_client(id, &body).await }, move |_| {
            editing.set(false);
            on_saved.run(());
            toasts.show(Toast::done(texts::client_changed()));
        });
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=save>
            <Checkbox label=texts::client_pause() checked=paused pointer="/paused"/>
            <ZoneField value=zone none=texts::own_zone()/>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || editing.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
