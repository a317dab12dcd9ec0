use domain::payments::{ConnectBankTransfer, PaymentConnection};
use domain::text::{Line, Name, Note};
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Form, Switch, TextArea, TextField, TextKind, Toast, Toasts};

use super::parts::Account;
use super::typed;
use crate::form::{Reading, Sending};
use crate::payments;
use crate::t::common as common_texts;
use crate::t::settings::providers as texts;
use crate::t::ways::{provider as provider_texts, settings as way_texts};

/// The account that clients transfer to.
#[component]
pub fn Bank(
    /// What is there already.
    known: Option<PaymentConnection>,
    /// It was set or changed.
    on_changed: Callback<()>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let account = known.as_ref().and_then(|known| known.settings.bank_account.clone());
    let text = |text: Option<String>| RwSignal::new(text.unwrap_or_default());
    let account = account.as_ref();
    let holder = text(account.map(|account| account.holder.to_string()));
    let iban = text(account.map(|account| account.iban.to_string()));
    let bic = text(account.and_then(|account| account.bic.as_ref()).map(ToString::to_string));
    let bank_name = text(account.map(|account| account.bank_name.to_string()));
    let note = text(account.map(|account| account.note.to_string()));
    let enabled = RwSignal::new(known.as_ref().is_none_or(|known| known.enabled));
    let sending = Sending::new();
    let version = known.as_ref().map(|known| known.version);
    let submit = move || {
        let mut reading = Reading::default();
        let holder = reading.text::<Name>("/holder", holder);
        let iban =
            reading.take("/iban", iban.get_untracked().parse().map_err(|_| ("invalid_iban", String::new())));
        let bic = match typed(bic) {
            None => Some(None),
            Some(text) => {
                reading.take("/bic", text.parse().map(Some).map_err(|_| ("invalid", String::new())))
            }
        };
        let bank_name = reading.text::<Line>("/bank_name", bank_name);
        let note = reading.text::<Note>("/note", note);
        let (true, Some(holder), Some(iban), Some(bic), Some(bank_name), Some(note)) =
            (reading.is_done(sending.errors), holder, iban, bic, bank_name, note)
        else {
            return;
        };
        let body =
            ConnectBankTransfer { holder, iban, bic, bank_name, note, enabled: enabled.get_untracked() };
        sending.run(async move { payments::connect_bank_transfer(&body, version).await }, move |_| {
            toasts.show(Toast::done(common_texts::saved()));
            on_changed.run(());
        });
    };
    view! {
        <Account title=provider_texts::bank_transfer() known on_changed>
            <p class="muted small">{way_texts::bank_lead()}</p>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <TextField
                    label=way_texts::holder()
                    value=holder
                    pointer="/holder"
                    hint=way_texts::holder_hint()
                    autocomplete="off"
                />
                <TextField
                    label=way_texts::iban()
                    value=iban
                    kind=TextKind::Text
                    pointer="/iban"
                    autocomplete="off"
                />
                <div class="pair">
                    <TextField
                        label=way_texts::bic()
                        value=bic
                        pointer="/bic"
                        hint=way_texts::bic_hint()
                        autocomplete="off"
                        optional=true
                    />
                    <TextField
                        label=way_texts::bank_name()
                        value=bank_name
                        pointer="/bank_name"
                        autocomplete="off"
                        optional=true
                    />
                </div>
                <TextArea label=way_texts::note() value=note pointer="/note" optional=true/>
                <Switch label=texts::clients_may_pay() checked=enabled pointer="/enabled"/>
                <div class="line">
                    <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                        {if version.is_some() { common_texts::save() } else { texts::connect() }}
                    </Button>
                </div>
            </Form>
        </Account>
    }
}
