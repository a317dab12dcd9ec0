//! A link to one invoice, for those who have no access or don't want to sign in.

use domain::invoices::GuestDocument;
use domain::organizations::PublicOrganization;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use ui::{ButtonKind, Empty, FailureKind, FailureView, LinkButton, Loaded, Mark, Skeleton};

use crate::api::{self, Answer};
use crate::shell::door::Door;
use crate::t::portal::guest as texts;
use crate::{browser, identity};

async fn opened_by_link() -> Answer<GuestDocument> {
    api::get("/portal/guest").await
}

/// `/{organization}/i/{token}` and what follows it: the mailed link. Its token moves into the address's fragment, which no server
/// and no other site ever gets to see, and the page it opens follows.
#[component]
pub fn OpenGuestLink() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let part = |name: &str| params.get(name).unwrap_or_default();
    let (slug, token, attempt) = (part("organization"), part("token"), params.get("attempt"));
    browser::rename_page(&format!("/{slug}/i#guest={token}"));
    let navigate = use_navigate();
    let page = LocalResource::new(move || {
        let attempt = attempt.clone();
        async move {
            Answer::Ok(match attempt {
                Some(attempt) => format!("payments/{attempt}"),
                None => format!("invoices/{}", opened_by_link().await?.invoice_id),
            })
        }
    });
    view! {
        {move || match page.get() {
            None => view! { <ui::SkeletonView shape=Skeleton::Document/> }.into_any(),
            Some(Ok(page)) => {
                let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                navigate(&format!("/{slug}/{page}#guest={token}"), options);
                ().into_any()
            }
            Some(Err(error)) if is_ended(&error) => view! { <GuestLinkEnded/> }.into_any(),
            Some(Err(_)) => view! {
                <FailureView
                    kind=FailureKind::Offline
                    detail=None
                    on_retry=Some(Callback::new(move |()| page.refetch()))
                />
            }
            .into_any(),
        }}
    }
}

/// Whether an answer means that the link no longer opens anything.
pub fn is_ended(error: &api::ApiError) -> bool {
    use domain::problem::Code;
    matches!(error.code(), Some(Code::Unauthenticated | Code::LinkInvalid | Code::NotFound))
}

/// Says so, and how to get in.
#[component]
pub fn GuestLinkEnded() -> impl IntoView {
    let slug = use_params_map().get_untracked().get("organization").unwrap_or_default();
    let door = slug.clone();
    let organization = LocalResource::new(move || {
        let slug = slug.clone();
        async move {
            let organization = identity::organization_at(&slug).await?;
            browser::set_brand(organization.brand_color.as_str());
            browser::set_title(&crate::t::common::page_title(texts::title(), organization.name.as_str()));
            Ok::<_, api::ApiError>(organization)
        }
    });
    view! {
        <Loaded resource=organization skeleton=Skeleton::Form let:organization>
            <Ended organization door=door.clone()/>
        </Loaded>
    }
}

#[component]
fn Ended(organization: PublicOrganization, door: String) -> impl IntoView {
    let name = organization.name.to_string();
    view! {
        <Door organization=name logo=organization.logo_url notice=organization.notice>
            <Empty title=texts::title() sub=texts::sub() mark=Mark::Void>
                <LinkButton href=format!("/{door}/sign-in") kind=ButtonKind::Primary>
                    {texts::sign_in()}
                </LinkButton>
            </Empty>
        </Door>
    }
}
