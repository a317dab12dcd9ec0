//! A link to one invoice, for those who have no access or don't want to sign in.

use domain::invoices::GuestDocument;
use domain::organizations::PublicOrganization;
use domain::problem::Code;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use ui::{ButtonKind, Empty, Failure, FailureView, LinkButton, Loaded, Mark, Skeleton, SkeletonView};

use crate::api::{self, Answer, ApiError};
use crate::browser;
use crate::identity::portal::organization_here;
use crate::shell::door::Door;
use crate::t::portal::guest as texts;

async fn opened_by_link() -> Answer<GuestDocument> {
    api::get("/portal/guest").await
}

/// `/{organization}/i/{token}` and what follows it: the mailed link. Its token moves into the address's fragment, which no server
/// and no other site ever gets to see, and the page it opens follows.
#[component]
pub fn OpenGuestLink() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let part = |name: &str| params.get(name).unwrap_or_default();
    let (slug, token) = (part("organization"), part("token"));
    browser::rename_page(&format!("{}#guest={token}", browser::here()));
    let navigate = use_navigate();
    let failed = RwSignal::new(None::<ApiError>);
    let open = move |page: String| {
        let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
        navigate(&format!("/{slug}/{page}#guest={token}"), options);
    };
    let attempt = params.get("attempt");
    spawn_local(async move {
        match attempt {
            Some(attempt) => open(format!("payments/{attempt}")),
            None => match opened_by_link().await {
                Ok(GuestDocument { invoice_id: Some(invoice), .. }) => open(format!("invoices/{invoice}")),
                Ok(GuestDocument { quote_id: Some(quote), .. }) => open(format!("quotes/{quote}")),
                // A quote behind an access code doesn't tell which one it is.
                Ok(GuestDocument { .. }) => open("unlock".to_owned()),
                Err(error) => failed.set(Some(error)),
            },
        }
    });
    move || match failed.get() {
        None => view! { <SkeletonView shape=Skeleton::Document/> }.into_any(),
        Some(error) if is_ended(&error) => view! { <GuestLinkEnded/> }.into_any(),
        Some(error) => {
            let retry = Callback::new(|()| browser::reload());
            view! { <FailureView kind=error.kind() detail=error.detail() on_retry=Some(retry)/> }.into_any()
        }
    }
}

/// Whether an answer means that the link no longer opens anything.
pub fn is_ended(error: &ApiError) -> bool {
    matches!(error.code(), Some(Code::Unauthenticated | Code::LinkInvalid | Code::NotFound))
}

/// Says so, and how to get in.
#[component]
pub fn GuestLinkEnded() -> impl IntoView {
    let organization = organization_here();
    view! {
        <Loaded resource=organization skeleton=Skeleton::Form let:organization>
            <Ended organization/>
        </Loaded>
    }
}

#[component]
fn Ended(organization: PublicOrganization) -> impl IntoView {
    let name = organization.name.to_string();
    browser::set_title(&crate::t::common::page_title(texts::title(), &name));
    view! {
        <Door organization=name logo=organization.logo_url notice=organization.notice>
            <Empty title=texts::title() sub=texts::sub() mark=Mark::Void>
                <LinkButton href=format!("/{}/sign-in", organization.slug) kind=ButtonKind::Primary>
                    {texts::sign_in()}
                </LinkButton>
            </Empty>
        </Door>
    }
}
