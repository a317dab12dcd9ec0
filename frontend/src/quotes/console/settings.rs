//! How the organization quotes.

use domain::quotes::{QuoteSettings, QuoteSettingsInput};
use domain::text::{Line, Note};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Form, Loaded, MoneyField, Skeleton, TextArea, TextField, TextKind, Toast,
    Toasts,
};

use super::calls;
use crate::conflict::{self, ConflictNotice, Theirs};
use crate::form::{Reading, Sending};
use crate::session::ConsoleSession;
use crate::settings::console::Settings;
use crate::t::{common as common_texts, quotes_console as texts};

/// `/console/settings/quotes`
#[component]
pub fn QuoteSettingsPage() -> impl IntoView {
    let settings = ui::Fetched::new(calls::settings);
    view! {
        <Settings title=texts::title()>
            <div class="narrow">
                <Loaded resource=settings skeleton=Skeleton::Form let:known>
                    <SettingsForm known on_reload=move || settings.refetch()/>
                </Loaded>
            </div>
        </Settings>
    }
}

#[component]
fn SettingsForm(known: QuoteSettings, #[prop(into)] on_reload: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let currency = session.me.with_untracked(|me| me.organization.currency);
    let toasts = expect_context::<Toasts>();
    let version = RwSignal::new(known.version);
    let prefix = RwSignal::new(known.prefix.to_string());
    let valid_days = RwSignal::new(known.valid_days.to_string());
    let remind_days = RwSignal::new(known.remind_days.to_string());
    let approval = RwSignal::new(known.approval_above_minor);
    let terms = RwSignal::new(known.terms.to_string());
    let sending = Sending::new();
    let theirs = RwSignal::new(None::<Theirs>);
    let save = move || {
        let mut reading = Reading::default();
        let days = |typed: RwSignal<String>| {
            typed.with_untracked(|typed| typed.trim().parse::<u16>()).map_err(|_| ("invalid", String::new()))
        };
        let prefix = reading.text::<Line>("/prefix", prefix);
        let valid_days = reading.take("/valid_days", days(valid_days));
        let remind_days = reading.take("/remind_days", days(remind_days));
        let terms = reading.text::<Note>("/terms", terms);
        let (true, Some(prefix), Some(valid_days), Some(remind_days), Some(terms)) =
            (reading.is_done(sending.errors), prefix, valid_days, remind_days, terms)
        else {
            return;
        };
        let body = QuoteSettingsInput {
            prefix,
            valid_days,
            remind_days,
            approval_above_minor: approval.get_untracked(),
            terms,
        };
        let at = version.get_untracked();
        sending.run_or(
            async move { calls::change_settings(&body, at).await },
            move |saved| {
                version.set(saved.version);
                toasts.show(Toast::done(texts::settings_saved()));
            },
            move |error| match conflict::theirs(&error) {
                Some(fields) => theirs.set(Some(fields)),
                None => error.show_in(sending.errors),
            },
        );
    };
    let overwrite = move |()| {
        spawn_local(async move {
            match calls::settings().await {
                Ok(found) => {
                    version.set(found.version);
                    save();
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=save>
            <ConflictNotice theirs label on_theirs=on_reload on_mine=Callback::new(overwrite)/>
            <TextField label=texts::prefix() value=prefix pointer="/prefix" optional=true/>
            <div class="pair">
                <TextField label=texts::valid_days() value=valid_days kind=TextKind::Decimal pointer="/valid_days"/>
                <TextField
                    label=texts::remind_days()
                    value=remind_days
                    kind=TextKind::Decimal
                    pointer="/remind_days"
                    hint=texts::remind_hint()
                />
            </div>
            <MoneyField
                label=texts::approval_above()
                value=approval
                currency=currency.code().to_owned()
                exponent=currency.exponent()
                pointer="/approval_above_minor"
                hint=texts::approval_above_hint()
                optional=true
            />
            <TextArea label=texts::terms() value=terms pointer="/terms" hint=texts::terms_hint() optional=true/>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
            </div>
        </Form>
    }
}

/// The label of a field that somebody else changed.
fn label(field: &str) -> Option<&'static str> {
    match field {
        "prefix" => Some(texts::prefix()),
        "valid_days" => Some(texts::valid_days()),
        "remind_days" => Some(texts::remind_days()),
        "approval_above_minor" => Some(texts::approval_above()),
        "terms" => Some(texts::terms()),
        _ => None,
    }
}
