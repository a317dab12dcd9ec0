//! The frames around the pages.

pub mod console;
pub mod door;
pub mod portal;

use domain::organizations::Notice;
use leptos::prelude::*;
use ui::{Banner, FailureKind, FailureView};

use crate::session::{ConsoleSession, set_page_title};
use crate::t::common as texts;

/// What isn't real here, in one quiet line.
pub fn notice_text(notice: Notice) -> Option<&'static str> {
    match notice {
        Notice { demo: true, .. } => Some(texts::demo()),
        Notice { sandbox_payments: true, mailbox_only: true, .. } => Some(texts::sandbox()),
        Notice { sandbox_payments: true, .. } => Some(texts::sandbox_payments()),
        Notice { mailbox_only: true, .. } => Some(texts::mailbox_only()),
        Notice { demo: false, sandbox_payments: false, mailbox_only: false } => None,
    }
}

/// The line at the top, where there is something to say.
#[component]
pub fn NoticeBanner(
    /// What isn’t real.
    notice: Notice,
) -> impl IntoView {
    notice_text(notice).map(|text| view! { <Banner>{text}</Banner> })
}

/// An address that leads nowhere. In the console it frames itself, in the portal the shell does.
#[component]
pub fn NotFound() -> impl IntoView {
    set_page_title(texts::not_found_title());
    let missing = view! { <FailureView kind=FailureKind::Missing detail=None on_retry=None/> };
    if use_context::<ConsoleSession>().is_some() {
        view! { <main class="work">{missing}</main> }.into_any()
    } else {
        missing.into_any()
    }
}

/// Whether a navigation entry leads to the page shown: the page itself or one below it.
fn is_current(entry: &str, path: &str, exact: bool) -> bool {
    path == entry || (!exact && path.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/')))
}

/// That the routes in an application's source are the pages that the server knows.
#[cfg(test)]
pub fn assert_same_pages(source: &str, prefix: &str, pages: &[&str]) {
    let paths =
        source.split("path!(\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(path, _)| path);
    // The prefix alone is the frame's, and what comes last is everything that is no page.
    let routes: Vec<&str> = paths
        .filter(|path| *path != prefix && *path != "/*any")
        .map(|path| path.strip_prefix(prefix).unwrap_or(path))
        .collect();
    assert_eq!(routes, pages);
}

#[cfg(test)]
mod tests {
    use super::is_current;

    #[test]
    fn an_entry_is_current_on_its_page_and_below() {
        assert!(is_current("/holm/invoices", "/holm/invoices", false));
        assert!(is_current("/holm/invoices", "/holm/invoices/inv_1", false));
        assert!(!is_current("/holm/invoices", "/holm/invoices-archive", false));
        assert!(!is_current("/holm", "/holm/invoices", true));
    }
}
