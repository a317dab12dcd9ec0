//! The first run: the organization and its owner.

use domain::money::Currency;
use domain::organizations::{SetUp as SetUpBody, SetUpState, Trade};
use domain::text::{EmailAddress, Name, NewPassword, Slug, TimeZone};
use leptos::prelude::*;
use ui::{
    ButtonKind, ChoiceGroup, ChoiceOption, Combobox, ComboboxOption, Empty, Form, LinkButton, Loaded, Mark,
    SelectField, SelectOption, Skeleton, TextField, TextKind,
};

use crate::api::{self, Answer};
use crate::form::{Reading, Sending};
use crate::identity::console::Submit;
use crate::shell::door::Door;
use crate::t::{common as common_texts, console as texts};
use crate::{browser, i18n, session};

/// How many zones the list shows at once.
const ZONES_SHOWN: usize = 8;

/// Whether anybody has set this installation up.
pub async fn state() -> Answer<SetUpState> {
    api::get("/auth/set-up").await
}

async fn set_up(body: &SetUpBody) -> Answer<()> {
    api::ask("/auth/set-up", body).await
}

/// The name of a trade, and what it works with.
pub fn trade_texts(trade: Trade) -> (&'static str, &'static str) {
    match trade {
        Trade::Agency => (texts::trade::agency(), texts::trade::agency_sub()),
        Trade::Contractor => (texts::trade::contractor(), texts::trade::contractor_sub()),
        Trade::RepairShop => (texts::trade::repair_shop(), texts::trade::repair_shop_sub()),
        Trade::LawFirm => (texts::trade::law_firm(), texts::trade::law_firm_sub()),
    }
}

/// `/console/set-up`
#[component]
pub fn SetUp() -> impl IntoView {
    session::set_page_title(texts::set_up::title());
    let state = ui::Fetched::new(state);
    view! {
        <Door organization=None logo=None wide=true>
            <Loaded resource=state skeleton=Skeleton::Form let:state>
                {if state.needed {
                    view! { <SetUpForm/> }.into_any()
                } else {
                    view! {
                        <Empty title=texts::set_up::done_title() sub=texts::set_up::done_lead() mark=Mark::Full>
                            <LinkButton href="/console/sign-in".to_owned() kind=ButtonKind::Primary>
                                {texts::sign_in::title()}
                            </LinkButton>
                        </Empty>
                    }
                        .into_any()
                }}
            </Loaded>
        </Door>
    }
}

#[component]
fn SetUpForm() -> impl IntoView {
    let organization_name = RwSignal::new(String::new());
    let slug = RwSignal::new(String::new());
    let trade = RwSignal::new(Trade::Agency.as_str().to_owned());
    let time_zone = RwSignal::new(browser::time_zone().unwrap_or_else(|| "UTC".to_owned()));
    let currency = RwSignal::new(likely_currency().code().to_owned());
    let owner_name = RwSignal::new(String::new());
    let owner_email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let sending = Sending::new();
    // The address follows the name until it is changed by hand.
    let suggested = StoredValue::new(String::new());
    Effect::new(move |_| {
        let next = slug_of(&organization_name.get());
        if slug.get_untracked() == suggested.get_value() {
            slug.set(next.clone());
        }
        suggested.set_value(next);
    });
    let submit = move || {
        let mut reading = Reading::default();
        let body = SetUpParts {
            organization_name: reading.text("/organization_name", organization_name),
            slug: reading.text("/slug", slug),
            time_zone: reading.text("/time_zone", time_zone),
            currency: reading.take(
                "/currency",
                currency
                    .get_untracked()
                    .parse::<Currency>()
                    .map_err(|error| (error.code(), error.to_string())),
            ),
            owner_name: reading.text("/owner_name", owner_name),
            owner_email: reading.text("/owner_email", owner_email),
            password: reading.text("/password", password),
        };
        let trade = trade.get_untracked().parse().unwrap_or(Trade::Agency);
        let (true, Some(body)) = (reading.is_done(sending.errors), body.whole(trade)) else { return };
        sending.run(async move { set_up(&body).await }, |()| browser::open("/console"));
    };
    let trades = Trade::ALL
        .into_iter()
        .map(|trade| {
            let (title, sub) = trade_texts(trade);
            ChoiceOption {
                value: trade.as_str().to_owned(),
                title: title.to_owned(),
                sub: sub.to_owned(),
                amount: None,
            }
        })
        .collect::<Vec<_>>();
    let origin = window().location().host().unwrap_or_default();
    let address = texts::set_up::slug_hint(&format!("{origin}/…"));
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <div class="gap">
                <h1>{texts::set_up::title()}</h1>
                <p class="muted">{texts::set_up::lead()}</p>
            </div>
            <h2>{texts::set_up::business()}</h2>
            <TextField
                label=texts::set_up::organization_name()
                value=organization_name
                pointer="/organization_name"
                autocomplete="organization"
                autofocus=true
            />
            <TextField label=texts::set_up::slug() value=slug pointer="/slug" hint=address/>
            <ChoiceGroup label=texts::set_up::trade() value=trade options=trades pointer="/trade"/>
            <div class="pair">
                <ZoneField value=time_zone/>
                <SelectField label=texts::set_up::currency() value=currency options=currencies() pointer="/currency"/>
            </div>
            <h2>{texts::set_up::you()}</h2>
            <TextField label=texts::set_up::owner_name() value=owner_name pointer="/owner_name" autocomplete="name"/>
            <TextField
                label=texts::set_up::owner_email()
                value=owner_email
                kind=TextKind::Email
                pointer="/owner_email"
                autocomplete="username"
            />
            <TextField
                label=common_texts::password()
                value=password
                kind=TextKind::Password
                pointer="/password"
                hint=texts::set_up::password_hint()
                autocomplete="new-password"
            />
            <Submit label=texts::set_up::submit() sending/>
        </Form>
    }
}

/// What was read, before it is known to be whole.
struct SetUpParts {
    organization_name: Option<Name>,
    slug: Option<Slug>,
    time_zone: Option<TimeZone>,
    currency: Option<Currency>,
    owner_name: Option<Name>,
    owner_email: Option<EmailAddress>,
    password: Option<NewPassword>,
}

impl SetUpParts {
    fn whole(self, trade: Trade) -> Option<SetUpBody> {
        Some(SetUpBody {
            organization_name: self.organization_name?,
            slug: self.slug?,
            trade,
            time_zone: self.time_zone?,
            currency: self.currency?,
            language: i18n::language(),
            owner_name: self.owner_name?,
            owner_email: self.owner_email?,
            password: self.password?,
        })
    }
}

/// A zone of the browser's own list.
#[component]
pub fn ZoneField(
    /// The zone's name, `Europe/Lisbon`.
    value: RwSignal<String>,
    /// What none means, where it may stay empty.
    #[prop(optional)]
    none: &'static str,
) -> impl IntoView {
    let query = RwSignal::new(value.get_untracked());
    let zones = StoredValue::new(browser::time_zones());
    let options = Signal::derive(move || {
        let chosen = value.with(|value| !value.is_empty());
        let typed = if chosen { String::new() } else { query.get().to_lowercase().replace(' ', "_") };
        zones.with_value(|zones| {
            zones
                .iter()
                .filter(|zone| zone.to_lowercase().contains(&typed))
                .take(ZONES_SHOWN)
                .map(|zone| ComboboxOption {
                    value: zone.clone(),
                    label: zone.clone(),
                    detail: String::new(),
                })
                .collect::<Vec<_>>()
        })
    });
    let optional = !none.is_empty();
    view! {
        <Combobox label=texts::set_up::time_zone() value query options pointer="/time_zone" optional clear=none/>
    }
}

/// All currencies, by their names in the reader's language.
pub fn currencies() -> Vec<SelectOption> {
    Currency::all()
        .map(|currency| {
            let code = currency.code();
            SelectOption::new(code, format!("{code} · {}", ui::format::currency_name(code)))
        })
        .collect()
}

/// The currency of the reader's region, as a first guess.
fn likely_currency() -> Currency {
    let region = ui::format::locale().rsplit('-').next().map(str::to_owned).unwrap_or_default();
    match region.as_str() {
        "US" => Currency::USD,
        "GB" => Currency::GBP,
        "JP" => Currency::JPY,
        _ => Currency::EUR,
    }
}

/// A name as it would stand in an address: "Holm & Søn" is `holm-son`.
fn slug_of(name: &str) -> String {
    let plain: String = js_sys::JsString::from(name.to_lowercase()).normalize("NFD").into();
    let mut slug = String::new();
    for c in plain.chars() {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            'ß' => slug.push_str("ss"),
            'ø' => slug.push('o'),
            'æ' => slug.push_str("ae"),
            'œ' => slug.push_str("oe"),
            'ł' => slug.push('l'),
            // What is left of an accent, and what only joins letters.
            '\u{300}'..='\u{36f}' | '\'' | '’' => {}
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(40);
    slug.trim_end_matches('-').to_owned()
}
