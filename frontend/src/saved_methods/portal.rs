//! The client's saved methods: agreeing, choosing, taking away.

pub mod sandbox;
pub mod saved;

use domain::payments::{SandboxCard, SandboxSecondStep};
use domain::permission::Permission;
use domain::saved_methods::{
    SandboxSetup, SaveMethod, SavedMethod, SavedMethodId, SavedMethods, SavingMethod,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, Dialog, Empty, Form, Icon, Loaded, Menu, MenuItem, Row, Sheet,
    Skeleton, Toast, Toasts,
};

use super::{MethodPills, until};
use crate::api::{self, Answer, Intent};
use crate::form::{Reading, Sending};
use crate::invoices::portal::money::{MoneyHead, Part};
use crate::payments::portal::leave_for;
use crate::session::{PortalSession, set_page_title};
use crate::t::{common as common_texts, saved_methods::portal as texts};
use crate::time;

async fn list() -> Answer<SavedMethods> {
    api::get("/portal/saved-methods").await
}

async fn save(body: &SaveMethod, intent: Intent) -> Answer<SavingMethod> {
    api::post("/portal/saved-methods", body, intent).await
}

async fn find(id: SavedMethodId) -> Answer<SavedMethod> {
    api::get(&format!("/portal/saved-methods/{id}")).await
}

async fn make_default(id: SavedMethodId) -> Answer<SavedMethod> {
    api::act(&format!("/portal/saved-methods/{id}/default"), Intent::new()).await
}

async fn remove(id: SavedMethodId) -> Answer<()> {
    api::delete(&format!("/portal/saved-methods/{id}")).await
}

async fn setup(id: &str) -> Answer<SandboxSetup> {
    api::get(&format!("/portal/sandbox-setups/{}", crate::browser::escape(id))).await
}

async fn save_card(id: SavedMethodId, card: &SandboxCard) -> Answer<SandboxSetup> {
    api::ask(&format!("/portal/sandbox-setups/{id}/save"), card).await
}

async fn confirm_card(id: SavedMethodId, confirm: bool) -> Answer<SandboxSetup> {
    api::ask(&format!("/portal/sandbox-setups/{id}/second-step"), &SandboxSecondStep { confirm }).await
}

/// `/{organization}/saved-methods`
#[component]
pub fn SavedMethodsPage() -> impl IntoView {
    set_page_title(texts::title());
    let list = ui::Fetched::new(list);
    view! {
        <div class="listing">
            <MoneyHead current=Part::Methods/>
            <Loaded resource=list skeleton=Skeleton::Table let:known>
                <Known known on_changed=move || list.refetch()/>
            </Loaded>
        </div>
    }
}

#[component]
fn Known(known: SavedMethods, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let own_eyes = session.me.with_untracked(|me| me.viewed_by.is_none());
    let may = session.may(Permission::Pay) && own_eyes;
    let open = RwSignal::new(false);
    let mandate = known.mandate.filter(|_| may);
    let add = mandate.as_ref().map(|_| {
        view! {
            <div>
                <Button kind=ButtonKind::Primary icon=Icon::Plus on_click=move || open.set(true)>
                    {texts::add()}
                </Button>
            </div>
        }
    });
    let sheet = mandate.map(|mandate| {
        view! {
            <Sheet open title=texts::add()>
                <Agree mandate=mandate.clone() open/>
            </Sheet>
        }
    });
    let rows = if known.methods.is_empty() {
        view! { <Empty title=texts::none() sub=texts::none_sub()/> }.into_any()
    } else {
        let rows = known
            .methods
            .into_iter()
            .map(|method| view! { <MethodRow method may on_changed/> })
            .collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        <div class="gap">
            <p class="muted">{texts::lead()}</p>
            {rows}
            {add}
            {sheet}
        </div>
    }
}

#[component]
fn MethodRow(method: SavedMethod, may: bool, on_changed: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let asked = RwSignal::new(false);
    let (id, is_default) = (method.id, method.is_default);
    let label = method.label.clone().unwrap_or_default();
    let agreed =
        texts::agreed(method.accepted_by.as_str(), &time::day(Some(method.accepted_at.date_naive())));
    let sub = [until(&method), Some(agreed)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let settle = move |failed: Option<&'static str>, done: &'static str| match failed {
        None => {
            toasts.show(Toast::done(done));
            on_changed.run(());
        }
        Some(error) => toasts.show(Toast::failed(error)),
    };
    let choose = move || {
        spawn_local(async move {
            settle(make_default(id).await.err().map(|error| error.text()), texts::chosen());
        });
    };
    let take_away = move || {
        asked.set(false);
        spawn_local(
            async move { settle(remove(id).await.err().map(|error| error.text()), texts::removed()) },
        );
    };
    let items = Signal::derive(move || {
        let choose = (!is_default)
            .then(|| MenuItem::new(Icon::Check, texts::make_default(), Callback::new(move |()| choose())));
        let remove = MenuItem::new(Icon::Close, texts::remove(), Callback::new(move |()| asked.set(true)));
        choose.into_iter().chain([remove]).collect::<Vec<_>>()
    });
    let more = texts::more(&label);
    let menu = may.then(|| view! { <Menu label=more items/> });
    let question = texts::remove_question(&label);
    let buttons = move || {
        view! {
            <Button on_click=move || asked.set(false)>{common_texts::cancel()}</Button>
            <Button kind=ButtonKind::Danger on_click=take_away>
                {texts::remove()}
            </Button>
        }
    };
    view! {
        <Row title=label sub>
            <span class="line">
                <MethodPills method/>
                {menu}
            </span>
        </Row>
        <Dialog open=asked title=question buttons>
            {if is_default { texts::remove_default_sub() } else { texts::remove_sub() }}
        </Dialog>
    }
}

/// What is agreed to, and the way to the provider's page.
#[component]
fn Agree(mandate: String, open: RwSignal<bool>) -> impl IntoView {
    let sending = Sending::new();
    let agreed = RwSignal::new(false);
    let intent = Intent::new();
    let text = mandate.clone();
    let submit = move || {
        let mut reading = Reading::default();
        let missing = || ("required", String::new());
        let yes = reading.take("/mandate", agreed.get_untracked().then_some(()).ok_or_else(missing));
        if !reading.is_done(sending.errors) || yes.is_none() {
            return;
        }
        let body = SaveMethod { mandate: mandate.clone(), connection_id: None };
        sending.run(async move { save(&body, intent).await }, move |saving| leave_for(&saving.setup_url));
    };
    view! {
        <h2>{texts::add()}</h2>
        <p>{text}</p>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <Checkbox label=texts::agree() checked=agreed pointer="/mandate"/>
            <p class="small muted">{texts::what_next()}</p>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {texts::go_on()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
