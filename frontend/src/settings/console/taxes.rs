//! The tax rates to choose from on lines.

use domain::invoices::{NewTaxRate, TaxRate};
use domain::text::Name;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, Empty, Form, Icon, IconButton, Loaded, Row, Section, Skeleton,
    TextField, TextKind, Toast, Toasts,
};

use super::Settings;
use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::t::settings::taxes as texts;
use crate::{invoices, settings};

/// `/console/settings/taxes`
#[component]
pub fn TaxesPage() -> impl IntoView {
    let rates = ui::Fetched::new(invoices::tax_rates);
    let empty = || view! { <Empty title=texts::none() sub=texts::none_sub()/> };
    view! {
        <Settings title=texts::title()>
            <div class="narrow stack">
                <Loaded
                    resource=rates
                    skeleton=Skeleton::Table
                    is_empty=Vec::is_empty
                    empty
                    let:list
                >
                    <ul class="rows">
                        {list
                            .into_iter()
                            .map(|rate| view! { <Rate rate on_changed=move || rates.refetch()/> })
                            .collect_view()}
                    </ul>
                </Loaded>
                <Add on_added=move || rates.refetch()/>
            </div>
        </Settings>
    }
}

#[component]
fn Rate(rate: TaxRate, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let id = rate.id;
    let percent = ui::format::decimal(&rate.tax.rate.to_string());
    let title = crate::t::invoices::tax_line(&rate.tax.name, &percent);
    let again = rate.clone();
    let remove = move || {
        let (title, again) = (again.tax.name.clone(), again.clone());
        spawn_local(async move {
            match settings::remove_tax_rate(id).await {
                Ok(()) => {
                    on_changed.run(());
                    let undo = Callback::new(move |()| bring_back(again.clone(), on_changed, toasts));
                    toasts.show(Toast::done(texts::removed(&title)).undo(undo));
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let sub = if rate.is_default { texts::by_itself() } else { "" };
    view! {
        <Row title sub>
            <IconButton icon=Icon::Trash label=texts::remove(&rate.tax.name) on_click=remove/>
        </Row>
    }
}

fn bring_back(rate: TaxRate, on_changed: Callback<()>, toasts: Toasts) {
    spawn_local(async move {
        let Ok(name) = rate.tax.name.parse::<Name>() else { return };
        let body = NewTaxRate { name, rate: rate.tax.rate, is_default: rate.is_default };
        match settings::add_tax_rate(&body, Intent::new()).await {
            Ok(_) => on_changed.run(()),
            Err(error) => toasts.show(Toast::failed(error.text())),
        }
    });
}

#[component]
fn Add(#[prop(into)] on_added: Callback<()>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let rate = RwSignal::new(String::new());
    let is_default = RwSignal::new(false);
    let sending = Sending::new();
    let intent = Intent::new();
    let submit = move || {
        let mut reading = Reading::default();
        let new_name = reading.text::<Name>("/name", name);
        let typed = rate.get_untracked().trim().replace(',', ".");
        let new_rate = reading.take(
            "/rate",
            typed.parse().map_err(|error: domain::money::NumberError| (error.code(), error.to_string())),
        );
        let (true, Some(new_name), Some(new_rate)) = (reading.is_done(sending.errors), new_name, new_rate)
        else {
            return;
        };
        let body = NewTaxRate { name: new_name, rate: new_rate, is_default: is_default.get_untracked() };
        sending.run(async move { settings::add_tax_rate(&body, intent).await }, move |_| {
            name.set(String::new());
            rate.set(String::new());
            is_default.set(false);
            on_added.run(());
        });
    };
    view! {
        <Section title=texts::add()>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <div class="pair">
                    <TextField label=texts::name() value=name pointer="/name" placeholder=texts::name_example()/>
                    <TextField label=texts::rate() value=rate kind=TextKind::Decimal pointer="/rate"/>
                </div>
                <Checkbox label=texts::is_default() checked=is_default pointer="/is_default"/>
                <div class="line">
                    <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                        {texts::add()}
                    </Button>
                </div>
            </Form>
        </Section>
    }
}
