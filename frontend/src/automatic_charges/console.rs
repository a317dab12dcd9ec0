//! The switch that lets a recurring invoice be charged.

use domain::automatic_charges::{CountsFrom, RecurringCharge, RecurringChargeInput};
use domain::permission::Permission;
use domain::recurring::RecurringInvoiceId;
use leptos::prelude::*;
use ui::{
    Button, ButtonType, Form, Loaded, Mark, Notice, SelectField, SelectOption, Skeleton, Switch, TextField,
    TextKind, Toast, Toasts, Tone,
};

use crate::form::{Reading, Sending};
use crate::session::ConsoleSession;
use crate::t::{automatic_charges as texts, common as common_texts};

/// Whether and when the invoices of a recurring one are charged to the client's saved method.
#[component]
pub fn AutomaticChargePanel(
    /// Of which recurring invoice.
    id: RecurringInvoiceId,
) -> impl IntoView {
    let charge = ui::Fetched::new(move || super::find(id));
    view! {
        <Loaded resource=charge skeleton=Skeleton::Form let:charge>
            <ChargeForm id charge/>
        </Loaded>
    }
}

#[component]
fn ChargeForm(id: RecurringInvoiceId, charge: RecurringCharge) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let may = session.may(Permission::EditInvoices);
    let sending = Sending::new();
    let RecurringCharge { input, method, version } = charge;
    let version = RwSignal::new(version);
    let enabled = RwSignal::new(input.enabled);
    let from = RwSignal::new(input.counts_from.as_str().to_owned());
    let days = RwSignal::new(input.days.to_string());
    let options = vec![
        SelectOption::new(CountsFrom::Issue.as_str(), texts::at_issue()),
        SelectOption::new(CountsFrom::Due.as_str(), texts::at_due()),
    ];
    let submit = move || {
        let mut reading = Reading::default();
        let wrong = || ("invalid", String::new());
        let days = days.get_untracked();
        let days = reading.take("/days", days.trim().parse::<u8>().map_err(|_| wrong()));
        let (true, Some(days)) = (reading.is_done(sending.errors), days) else { return };
        let counts_from = from.get_untracked().parse().unwrap_or_default();
        let body = RecurringChargeInput { enabled: enabled.get_untracked(), counts_from, days };
        let at = version.get_untracked();
        sending.run(async move { super::set(id, &body, at).await }, move |changed| {
            version.set(changed.version);
            toasts.show(Toast::done(texts::saved()));
        });
    };
    // On and off hold at once; the rest is saved with the button.
    let before = StoredValue::new(input.enabled);
    Effect::new(move |_| {
        let wanted = enabled.get();
        if wanted != before.get_value() {
            before.set_value(wanted);
            submit();
        }
    });
    let label = method.and_then(|method| method.label);
    let more = move || {
        let charged = match &label {
            Some(label) => view! { <p class="small muted">{texts::method(label)}</p> }.into_any(),
            None => view! {
                <Notice mark=Mark::Half tone=Tone::Caution>
                    <span>{texts::no_method()}</span>
                </Notice>
            }
            .into_any(),
        };
        let save = may.then(|| {
            view! {
                <div>
                    <Button button_type=ButtonType::Submit busy=sending.busy>
                        {common_texts::save()}
                    </Button>
                </div>
            }
        });
        view! {
            {charged}
            <div class="pair">
                <SelectField label=texts::when() value=from options=options.clone() pointer="/counts_from"/>
                <TextField label=texts::days() value=days kind=TextKind::Code pointer="/days"/>
            </div>
            {save}
        }
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <Switch label=texts::switch() checked=enabled pointer="/enabled" disabled=!may/>
            {move || enabled.get().then(&more)}
        </Form>
    }
}
