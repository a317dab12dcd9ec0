//! The frame of pages for people who aren't signed in: one column, the organization above, the language below.

use domain::organizations::Notice;
use domain::text::Language;
use leptos::prelude::*;
use ui::{Banner, ButtonKind, Empty, LinkButton, Mark, OrganizationMark};

use super::NoticeBanner;
use crate::i18n;
use crate::t::common as texts;

/// A door. Without an organization it is the installation's own.
#[component]
pub fn Door(
    /// Whose door it is.
    #[prop(optional_no_strip, into)]
    organization: Option<String>,
    /// Its logo.
    #[prop(optional_no_strip, into)]
    logo: Option<String>,
    /// What isn't real here.
    #[prop(optional)]
    notice: Notice,
    /// Says it in other words than the usual ones.
    #[prop(optional)]
    banner: Option<&'static str>,
    /// Wider, for forms of many fields.
    #[prop(optional)]
    wide: bool,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let head = organization.map(|name| {
        view! {
            <div class="org">
                <OrganizationMark name=name.clone() logo/>
                <span>{name}</span>
            </div>
        }
    });
    view! {
        <div class="door-page">
            {match banner {
                Some(text) => view! { <Banner>{text}</Banner> }.into_any(),
                None => view! { <NoticeBanner notice/> }.into_any(),
            }}
            <div class="door" class:wide=wide>
                <main>
                    {head} {children()} <footer class="line small muted">
                        <Languages/>
                    </footer>
                </main>
            </div>
        </div>
    }
}

/// A mailed link that no longer works, and how to get another.
#[component]
pub fn LinkInvalid(
    /// Where to ask for another.
    #[prop(into)]
    href: String,
    /// The button that leads there.
    label: &'static str,
) -> impl IntoView {
    view! {
        <Empty title=texts::link_invalid::title() sub=texts::link_invalid::sub() mark=Mark::Void>
            <LinkButton href kind=ButtonKind::Primary>
                {label}
            </LinkButton>
        </Empty>
    }
}

/// The languages to choose from; the one in force is plain.
#[component]
fn Languages() -> impl IntoView {
    let list = Language::ALL
        .into_iter()
        .map(|language| {
            let name = i18n::name(language);
            if language == i18n::language() {
                view! { <span lang=language.as_str() aria-current="true">{name}</span> }.into_any()
            } else {
                view! {
                    <button class="link" type="button" lang=language.as_str() on:click=move |_| i18n::choose(language)>
                        {name}
                    </button>
                }
                .into_any()
            }
        })
        .collect_view();
    view! { <div class="line" role="group" aria-label=texts::language()>{list}</div> }
}
