//! The sandbox's page on which a card is saved: what a provider's page would be, and plainly not one.

use domain::identity::PortalMe;
use domain::saved_methods::SandboxSetup;
use domain::text::Slug;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use ui::{Button, ButtonKind, ButtonSize, ButtonType, Form, Loaded, Mark, Notice, Outcome, Skeleton, Tone};

use crate::api::Answer;
use crate::browser;
use crate::payments::portal::leave_for;
use crate::payments::portal::sandbox_card::{CardFields, TestCards, Typed};
use crate::session::PortalSession;
use crate::shell::door::Door;
use crate::t::portal::sandbox as sandbox_texts;
use crate::t::saved_methods::sandbox as texts;

/// `/{organization}/sandbox/saved/{id}`
#[component]
pub fn SandboxSetupPage() -> impl IntoView {
    let params = use_params_map();
    let page = ui::Fetched::new(move || {
        let params = params.get();
        let organization = params.get("organization").and_then(|slug| slug.parse::<Slug>().ok());
        let id = params.get("id").unwrap_or_default();
        async move {
            let me = PortalSession::load(organization).await?;
            Answer::Ok((me, super::setup(&id).await?))
        }
    });
    view! {
        <Loaded resource=page skeleton=Skeleton::Form let:page>
            <Page me=page.0 setup=page.1/>
        </Loaded>
    }
}

#[component]
fn Page(me: PortalMe, setup: SandboxSetup) -> impl IntoView {
    let organization = me.organization.name.to_string();
    browser::set_title(&crate::t::common::page_title(texts::title(), &organization));
    let page = Setup { shown: RwSignal::new(setup), typed: Typed::new(), leaving: RwSignal::new(false) };
    let (name, logo) = (organization.clone(), me.organization.logo_url.clone());
    let content = move || {
        let setup = page.shown.get();
        match (setup.open, setup.second_step) {
            (true, true) => view! { <BankAsks page organization=organization.clone()/> }.into_any(),
            (true, false) => {
                view! { <CardForm page organization=organization.clone() failure=setup.failure/> }.into_any()
            }
            (false, _) => view! { <Done back=setup.return_url/> }.into_any(),
        }
    };
    view! {
        <Door organization=name logo banner=sandbox_texts::banner()>
            {content}
        </Door>
    }
}

/// The page, and what is typed; that outlives the screens, so that a refusal keeps it.
#[derive(Clone, Copy)]
struct Setup {
    shown: RwSignal<SandboxSetup>,
    typed: Typed,
    leaving: RwSignal<bool>,
}

impl Setup {
    fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.typed.sending.busy.get() || self.leaving.get())
    }

    fn save(self) {
        let (id, card) = (self.shown.with_untracked(|setup| setup.id), self.typed.read());
        self.typed
            .sending
            .run(async move { super::save_card(id, &card).await }, move |now| self.went_on(now));
    }

    fn confirm(self, confirm: bool) {
        let id = self.shown.with_untracked(|setup| setup.id);
        self.typed
            .sending
            .run(async move { super::confirm_card(id, confirm).await }, move |now| self.went_on(now));
    }

    fn went_on(self, now: SandboxSetup) {
        if now.open {
            self.shown.set(now);
            // Another screen begins at its top, wherever the button stood.
            window().scroll_to_with_x_and_y(0.0, 0.0);
        } else {
            self.leaving.set(true);
            leave_for(&now.return_url);
        }
    }
}

#[component]
fn CardForm(page: Setup, organization: String, failure: Option<String>) -> impl IntoView {
    let declined = failure.map(|reason| {
        view! {
            <Notice mark=Mark::Late tone=Tone::Critical>
                <span>{texts::declined()} " " {reason}</span>
            </Notice>
        }
    });
    let back = page.shown.with_untracked(|setup| setup.return_url.clone());
    let typed = page.typed;
    view! {
        <div>
            <h1>{texts::title()}</h1>
            <p class="sub">{texts::lead(&organization)}</p>
        </div>
        {declined}
        <Form errors=typed.sending.errors busy=page.busy() on_submit=move || page.save()>
            <CardFields typed/>
            <Button
                kind=ButtonKind::Primary
                size=ButtonSize::TallWide
                button_type=ButtonType::Submit
                busy=page.busy()
            >
                {texts::save()}
            </Button>
            <Button kind=ButtonKind::Quiet size=ButtonSize::TallWide on_click=move || leave_for(&back)>
                {texts::back()}
            </Button>
        </Form>
        <TestCards typed/>
    }
}

/// The bank's second step.
#[component]
fn BankAsks(page: Setup, organization: String) -> impl IntoView {
    let errors = page.typed.sending.errors;
    view! {
        <div class="gap">
            <div>
                <h1>{sandbox_texts::bank_title()}</h1>
                <p class="muted">{texts::bank_sub(&organization)}</p>
            </div>
            {move || errors.at("").map(|error| view! { <p role="alert">{error}</p> })}
            <Button
                kind=ButtonKind::Primary
                size=ButtonSize::TallWide
                busy=page.busy()
                on_click=move || page.confirm(true)
            >
                {sandbox_texts::confirm()}
            </Button>
            <Button size=ButtonSize::TallWide disabled=page.busy() on_click=move || page.confirm(false)>
                {sandbox_texts::refuse()}
            </Button>
        </div>
    }
}

/// Somebody comes back to a page on which there is nothing left to do.
#[component]
fn Done(back: String) -> impl IntoView {
    view! {
        <Outcome title=texts::done() mark=Mark::Void tone=Tone::Neutral>
            <p class="muted">{texts::done_sub()}</p>
            <div>
                <Button kind=ButtonKind::Primary on_click=move || leave_for(&back)>
                    {sandbox_texts::see()}
                </Button>
            </div>
        </Outcome>
    }
}
