//! The sandbox's payment page: what a provider's page would be, and plainly not one.

use domain::identity::PortalMe;
use domain::payments::{AttemptState, SandboxCheckout};
use domain::text::Slug;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use ui::{
    Button, ButtonKind, ButtonSize, ButtonType, Figure, FigureSize, Form, Loaded, Mark, Notice, Outcome,
    Skeleton, Tone,
};

use super::sandbox_card::{CardFields, TestCards, Typed};
use crate::api::Answer;
use crate::browser;
use crate::money::amount;
use crate::session::PortalSession;
use crate::shell::door::Door;
use crate::t::portal::sandbox as texts;

/// `/{organization}/sandbox/{reference}`. It stands outside of the portal, as a provider's page does.
#[component]
pub fn SandboxPage() -> impl IntoView {
    let params = use_params_map();
    let page = ui::Fetched::new(move || {
        let params = params.get();
        let organization = params.get("organization").and_then(|slug| slug.parse::<Slug>().ok());
        let reference = params.get("reference").unwrap_or_default();
        async move {
            let me = PortalSession::load(organization).await?;
            Answer::Ok((me, super::checkout(&reference).await?))
        }
    });
    view! {
        <Loaded resource=page skeleton=Skeleton::Form let:page>
            <Page me=page.0 checkout=page.1/>
        </Loaded>
    }
}

#[component]
fn Page(me: PortalMe, checkout: SandboxCheckout) -> impl IntoView {
    let organization = me.organization.name.to_string();
    browser::set_title(&crate::t::common::page_title(texts::title(), &organization));
    let card = Card::new(checkout);
    let (name, logo) = (organization.clone(), me.organization.logo_url.clone());
    let content = move || {
        let checkout = card.checkout.get();
        match checkout.state {
            AttemptState::Open if checkout.second_step => {
                view! { <BankAsks card organization=organization.clone()/> }.into_any()
            }
            AttemptState::Open => view! { <CardForm card organization=organization.clone()/> }.into_any(),
            state => view! { <Done checkout ended=state == AttemptState::Expired/> }.into_any(),
        }
    };
    view! {
        <Door organization=name logo banner=texts::banner()>
            {content}
        </Door>
    }
}

/// The page, and what is typed; that outlives the screens, so that a refusal keeps it.
#[derive(Clone, Copy)]
struct Card {
    checkout: RwSignal<SandboxCheckout>,
    typed: Typed,
    leaving: RwSignal<bool>,
}

impl Card {
    fn new(checkout: SandboxCheckout) -> Self {
        Self { checkout: RwSignal::new(checkout), typed: Typed::new(), leaving: RwSignal::new(false) }
    }

    fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.typed.sending.busy.get() || self.leaving.get())
    }

    fn reference(self) -> String {
        self.checkout.with_untracked(|checkout| checkout.reference.clone())
    }

    fn pay(self) {
        let (reference, card) = (self.reference(), self.typed.read());
        self.typed
            .sending
            .run(async move { super::pay_by_card(&reference, &card).await }, move |now| self.went_on(now));
    }

    fn confirm(self, confirm: bool) {
        let reference = self.reference();
        self.typed
            .sending
            .run(async move { super::second_step(&reference, confirm).await }, move |now| self.went_on(now));
    }

    fn went_on(self, now: SandboxCheckout) {
        // Decided, or out of the person's hands: what became of it is told where they came from.
        if now.state == AttemptState::Open {
            self.checkout.set(now);
            // Another screen begins at its top, wherever the button stood.
            window().scroll_to_with_x_and_y(0.0, 0.0);
        } else {
            self.leaving.set(true);
            super::leave_for(&now.return_url);
        }
    }
}

#[component]
fn Sum(card: Card, organization: String) -> impl IntoView {
    let (description, sum) =
        card.checkout.with_untracked(|checkout| (checkout.description.clone(), amount(checkout.amount)));
    view! {
        <div>
            <h1 class="small muted">{texts::title()}</h1>
            <p>
                <Figure amount=sum size=FigureSize::Big/>
            </p>
            <p class="sub">{description} " · " {texts::to(&organization)}</p>
        </div>
    }
}

#[component]
fn CardForm(card: Card, organization: String) -> impl IntoView {
    let failure = card.checkout.with_untracked(|checkout| checkout.failure.clone());
    let declined = failure.map(|reason| {
        view! {
            <Notice mark=Mark::Late tone=Tone::Critical>
                <span>{texts::declined()} " " {reason}</span>
            </Notice>
        }
    });
    let (sum, back) =
        card.checkout.with_untracked(|checkout| (amount(checkout.amount), checkout.cancel_url.clone()));
    let typed = card.typed;
    view! {
        <Sum card organization/>
        {declined}
        <Form errors=typed.sending.errors busy=card.busy() on_submit=move || card.pay()>
            <CardFields typed/>
            <Button
                kind=ButtonKind::Primary
                size=ButtonSize::TallWide
                button_type=ButtonType::Submit
                busy=card.busy()
            >
                {texts::pay()}
                " "
                <Figure amount=sum/>
            </Button>
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::TallWide
                on_click=move || super::leave_for(&back)
            >
                {texts::back()}
            </Button>
        </Form>
        <TestCards typed/>
    }
}

/// The bank's second step.
#[component]
fn BankAsks(card: Card, organization: String) -> impl IntoView {
    let sum = card.checkout.with_untracked(|checkout| amount(checkout.amount).text());
    view! {
        <div class="gap">
            <div>
                <h1>{texts::bank_title()}</h1>
                <p class="muted">{texts::bank_sub(&sum, &organization)}</p>
            </div>
            {move || card.typed.sending.errors.at("").map(|error| view! { <p role="alert">{error}</p> })}
            <Button
                kind=ButtonKind::Primary
                size=ButtonSize::TallWide
                busy=card.busy()
                on_click=move || card.confirm(true)
            >
                {texts::confirm()}
            </Button>
            <Button size=ButtonSize::TallWide disabled=card.busy() on_click=move || card.confirm(false)>
                {texts::refuse()}
            </Button>
        </div>
    }
}

/// Somebody comes back to a page on which there is nothing left to do.
#[component]
fn Done(checkout: SandboxCheckout, ended: bool) -> impl IntoView {
    let (title, sub, mark) = if ended {
        (texts::ended(), texts::ended_sub(), Mark::Void)
    } else {
        (texts::done(), texts::done_sub(), Mark::Full)
    };
    let back = checkout.return_url;
    view! {
        <Outcome title mark tone=Tone::Neutral>
            <p class="muted">{sub}</p>
            <div>
                <Button kind=ButtonKind::Primary on_click=move || super::leave_for(&back)>
                    {texts::see()}
                </Button>
            </div>
        </Outcome>
    }
}
