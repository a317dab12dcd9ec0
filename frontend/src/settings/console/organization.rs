//! The organization: what it is called, how it looks, how it counts.

use domain::organizations::{Organization, OrganizationPatch, Trade};
use domain::text::{Color, EmailAddress, Iban, Line, Name, Note, Slug, TimeZone};
use domain::totals::{PriceMode, Rounding};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Form, Loaded, MoneyField, SelectField, SelectOption, Skeleton, Switch,
    TextArea, TextField, TextKind, Toast, Toasts,
};

use super::Settings;
use super::account::languages;
use crate::address::{AddressFields, AddressForm};
use crate::conflict::{self, ConflictNotice, Theirs};
use crate::form::{Reading, Sending};
use crate::session::ConsoleSession;
use crate::set_up::{ZoneField, currencies, trade_texts};
use crate::t::{common as common_texts, console::set_up as set_up_texts, settings::organization as texts};
use crate::{browser, settings};

use super::brand::{Brand, Logo};

/// `/console/settings/organization`
#[component]
pub fn OrganizationPage() -> impl IntoView {
    let organization = ui::Fetched::new(settings::organization);
    view! {
        <Settings title=texts::title()>
            <div class="narrow">
                <Loaded resource=organization skeleton=Skeleton::Form let:known>
                    <OrganizationForm known on_reload=move || organization.refetch()/>
                </Loaded>
            </div>
        </Settings>
    }
}

/// What is typed.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    slug: RwSignal<String>,
    trade: RwSignal<String>,
    time_zone: RwSignal<String>,
    currency: RwSignal<String>,
    language: RwSignal<String>,
    brand_color: RwSignal<String>,
    email: RwSignal<String>,
    phone: RwSignal<String>,
    address: AddressForm,
    footer: RwSignal<String>,
    terms: RwSignal<String>,
    rounding: RwSignal<String>,
    price_mode: RwSignal<String>,
    partial_payments: RwSignal<bool>,
    minimum: RwSignal<Option<i64>>,
    prefix: RwSignal<String>,
    tax_number: RwSignal<String>,
    iban: RwSignal<String>,
    bic: RwSignal<String>,
}

impl Typed {
    fn new(known: &Organization) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            name: text(known.name.as_str()),
            slug: text(known.slug.as_str()),
            trade: text(known.trade.as_str()),
            time_zone: text(known.time_zone.as_str()),
            currency: text(known.currency.code()),
            language: text(known.language.as_str()),
            brand_color: text(known.brand_color.as_str()),
            email: text(known.email.as_ref().map(EmailAddress::as_str).unwrap_or_default()),
            phone: text(known.phone.as_str()),
            address: AddressForm::new(&known.address),
            footer: text(known.document_footer.as_str()),
            terms: RwSignal::new(known.payment_terms_days.to_string()),
            rounding: text(known.rounding.as_str()),
            price_mode: text(known.price_mode.as_str()),
            partial_payments: RwSignal::new(known.partial_payments),
            minimum: RwSignal::new(Some(known.minimum_partial_minor)),
            prefix: text(known.invoice_prefix.as_str()),
            tax_number: text(known.tax_number.as_str()),
            iban: text(known.iban.as_str()),
            bic: text(known.bic.as_str()),
        }
    }

    /// What is different from what is known; nothing while something can't be read.
    fn patch(self, known: &Organization, sending: Sending) -> Option<OrganizationPatch> {
        let mut reading = Reading::default();
        let invalid = || ("invalid", String::new());
        let name = reading.text::<Name>("/name", self.name);
        let slug = reading.text::<Slug>("/slug", self.slug);
        let time_zone = reading.text::<TimeZone>("/time_zone", self.time_zone);
        let brand_color = reading.text::<Color>("/brand_color", self.brand_color);
        let has_email = self.email.with_untracked(|email| !email.trim().is_empty());
        let email = has_email.then(|| reading.text::<EmailAddress>("/email", self.email)).flatten();
        let phone = reading.text::<Line>("/phone", self.phone);
        let address = self.address.read(&mut reading);
        let footer = reading.text::<Note>("/document_footer", self.footer);
        let terms = self.terms.with_untracked(|terms| terms.trim().parse::<u16>().map_err(|_| invalid()));
        let terms = reading.take("/payment_terms_days", terms);
        let minimum =
            reading.take("/minimum_partial_minor", self.minimum.get_untracked().ok_or_else(invalid));
        let prefix = reading.text::<Line>("/invoice_prefix", self.prefix);
        let tax_number = reading.text::<Line>("/tax_number", self.tax_number);
        let iban = reading.text::<Iban>("/iban", self.iban);
        let bic = reading.text::<Line>("/bic", self.bic);
        if !reading.is_done(sending.errors) {
            return None;
        }
        let currency = self.currency.get_untracked().parse().ok();
        let language = self.language.get_untracked().parse().ok();
        let trade = self.trade.get_untracked().parse().ok();
        let rounding = self.rounding.get_untracked().parse().ok();
        let price_mode = self.price_mode.get_untracked().parse().ok();
        let partial = self.partial_payments.get_untracked();
        Some(OrganizationPatch {
            name: name.filter(|new| *new != known.name),
            slug: slug.filter(|new| *new != known.slug),
            trade: trade.filter(|new| *new != known.trade),
            time_zone: time_zone.filter(|new| *new != known.time_zone),
            currency: currency.filter(|new| *new != known.currency),
            language: language.filter(|new| *new != known.language),
            brand_color: brand_color.filter(|new| *new != known.brand_color),
            email: email.filter(|new| Some(new) != known.email.as_ref()),
            phone: phone.filter(|new| *new != known.phone),
            address: address.filter(|new| *new != known.address),
            document_footer: footer.filter(|new| *new != known.document_footer),
            payment_terms_days: terms.filter(|new| *new != known.payment_terms_days),
            rounding: rounding.filter(|new| *new != known.rounding),
            price_mode: price_mode.filter(|new| *new != known.price_mode),
            partial_payments: Some(partial).filter(|new| *new != known.partial_payments),
            minimum_partial_minor: minimum.filter(|new| *new != known.minimum_partial_minor),
            invoice_prefix: prefix.filter(|new| *new != known.invoice_prefix),
            tax_number: tax_number.filter(|new| *new != known.tax_number),
            iban: iban.filter(|new| *new != known.iban),
            bic: bic.filter(|new| *new != known.bic),
        })
    }
}

#[component]
fn OrganizationForm(known: Organization, #[prop(into)] on_reload: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let typed = Typed::new(&known);
    let known = RwSignal::new(known);
    let sending = Sending::new();
    let theirs = RwSignal::new(None::<Theirs>);
    let save = move |version: i64| {
        let Some(patch) = known.with_untracked(|known| typed.patch(known, sending)) else { return };
        sending.run_or(
            async move { settings::change_organization(&patch, version).await },
            move |changed| {
                ui::format::set_zone(Some(changed.time_zone.as_str()));
                browser::set_brand(changed.brand_color.as_str());
                session.me.update(|me| me.organization = changed.clone());
                known.set(changed);
                toasts.show(Toast::done(common_texts::saved()));
            },
            move |error| match conflict::theirs(&error) {
                Some(fields) => theirs.set(Some(fields)),
                None => error.show_in(sending.errors),
            },
        );
    };
    let save_mine = move || {
        spawn_local(async move {
            match settings::organization().await {
                Ok(found) => save(found.version),
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    view! {
        <Form
            errors=sending.errors
            busy=sending.busy
            on_submit=move || save(known.with_untracked(|known| known.version))
        >
            <ConflictNotice theirs label on_theirs=on_reload on_mine=save_mine/>
            <General typed/>
            <h2>{texts::look()}</h2>
            <Logo known/>
            <Brand value=typed.brand_color/>
            <h2>{texts::reach()}</h2>
            <div class="pair">
                <TextField label=common_texts::email() value=typed.email kind=TextKind::Email pointer="/email" hint=texts::email_hint() optional=true/>
                <TextField label=texts::phone() value=typed.phone kind=TextKind::Phone pointer="/phone" optional=true/>
            </div>
            <AddressFields form=typed.address/>
            <Billing typed/>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
            </div>
        </Form>
    }
}

#[component]
fn General(typed: Typed) -> impl IntoView {
    let trades: Vec<SelectOption> =
        Trade::ALL.into_iter().map(|trade| SelectOption::new(trade.as_str(), trade_texts(trade).0)).collect();
    view! {
        <TextField label=common_texts::name() value=typed.name pointer="/name"/>
        <TextField label=set_up_texts::slug() value=typed.slug pointer="/slug" hint=texts::slug_hint()/>
        <SelectField label=texts::trade() value=typed.trade options=trades pointer="/trade"/>
        <div class="pair">
            <ZoneField value=typed.time_zone/>
            <SelectField
                label=texts::mail_language()
                value=typed.language
                options=languages()
                pointer="/language"
                hint=texts::mail_language_hint()
            />
        </div>
    }
}

#[component]
fn Billing(typed: Typed) -> impl IntoView {
    let roundings = vec![
        SelectOption::new(Rounding::PerDocument.as_str(), texts::per_document()),
        SelectOption::new(Rounding::PerLine.as_str(), texts::per_line()),
    ];
    let modes = vec![
        SelectOption::new(PriceMode::Exclusive.as_str(), crate::t::invoices::exclusive()),
        SelectOption::new(PriceMode::Inclusive.as_str(), crate::t::invoices::inclusive()),
    ];
    let currency = typed.currency;
    let exponent = Signal::derive(move || {
        currency
            .with(|code| code.parse::<domain::money::Currency>().map_or(2, |currency| currency.exponent()))
    });
    view! {
        <h2>{texts::billing()}</h2>
        <div class="pair">
            <TextField label=texts::prefix() value=typed.prefix pointer="/invoice_prefix" hint=texts::prefix_hint() optional=true/>
            <TextField label=texts::terms() value=typed.terms kind=TextKind::Code pointer="/payment_terms_days"/>
        </div>
        <SelectField label=set_up_texts::currency() value=currency options=currencies() pointer="/currency"/>
        <div class="pair">
            <SelectField label=crate::t::invoices::price_mode() value=typed.price_mode options=modes pointer="/price_mode"/>
            <SelectField label=texts::rounding() value=typed.rounding options=roundings pointer="/rounding"/>
        </div>
        <Switch label=texts::partial_payments() checked=typed.partial_payments pointer="/partial_payments"/>
        {move || {
            typed.partial_payments.get().then(|| {
                view! {
                    <MoneyField
                        label=texts::minimum()
                        value=typed.minimum
                        currency
                        exponent
                        pointer="/minimum_partial_minor"
                    />
                }
            })
        }}
        <TextField label=texts::tax_number() value=typed.tax_number pointer="/tax_number" hint=texts::tax_number_hint() optional=true/>
        <div class="pair">
            <TextField label=texts::iban() value=typed.iban kind=TextKind::Code pointer="/iban" optional=true/>
            <TextField label=texts::bic() value=typed.bic kind=TextKind::Code pointer="/bic" optional=true/>
        </div>
        <TextArea label=texts::footer() value=typed.footer pointer="/document_footer" hint=texts::footer_hint() optional=true/>
    }
}

/// The label of a setting.
fn label(field: &str) -> Option<&'static str> {
    match field {
        "name" => Some(common_texts::name()),
        "slug" => Some(set_up_texts::slug()),
        "trade" => Some(texts::trade()),
        "time_zone" => Some(set_up_texts::time_zone()),
        "currency" => Some(set_up_texts::currency()),
        "language" => Some(texts::mail_language()),
        "brand_color" => Some(texts::brand_color()),
        "email" => Some(common_texts::email()),
        "phone" => Some(texts::phone()),
        "address" => Some(crate::t::clients::address_title()),
        "document_footer" => Some(texts::footer()),
        "payment_terms_days" => Some(texts::terms()),
        "rounding" => Some(texts::rounding()),
        "price_mode" => Some(crate::t::invoices::price_mode()),
        "partial_payments" => Some(texts::partial_payments()),
        "minimum_partial_minor" => Some(texts::minimum()),
        "invoice_prefix" => Some(texts::prefix()),
        "tax_number" => Some(texts::tax_number()),
        "iban" => Some(texts::iban()),
        "bic" => Some(texts::bic()),
        _ => None,
    }
}
