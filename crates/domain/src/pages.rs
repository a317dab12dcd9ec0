//! The pages of the two applications, by their addresses: what the browser's routes show, and the server answers 404 without.
//!
//! The applications' tests compare these lists with their routes, which are in the same order.

/// The clients', below `/{organization}`. A segment that begins with a colon stands for any.
pub const PORTAL: &[&str] = &[
    "/sign-in",
    "/sign-in/link",
    "/i/:token",
    "/i/:token/payments/:attempt",
    "/sandbox/:reference",
    "/sandbox/saved/:id",
    "/unlock",
    "",
    "/quotes",
    "/quotes/:id",
    "/invoices",
    "/invoices/pay",
    "/invoices/:id",
    "/payments",
    "/payments/:attempt",
    "/statement",
    "/credit-notes",
    "/credit-notes/:id",
    "/saved-methods",
    "/saved-methods/:id",
    "/account",
];

/// The staff's, below `/console`.
pub const CONSOLE: &[&str] = &[
    "/sign-in",
    "/forgot-password",
    "/reset-password",
    "/invitation/:token",
    "/set-up",
    "/kit",
    "",
    "/activity",
    "/clients",
    "/clients/new",
    "/clients/:id",
    "/quotes",
    "/quotes/:id",
    "/clients/:id/statement",
    "/invoices",
    "/invoices/:id",
    "/recurring",
    "/recurring/new",
    "/recurring/:id",
    "/recurring/:id/edit",
    "/credit-notes",
    "/payments",
    "/payments/bank",
    "/payments/events",
    "/payments/:id",
    "/mailbox",
    "/mailbox/jobs",
    "/imports",
    "/imports/:id",
    "/settings",
    "/settings/organization",
    "/settings/taxes",
    "/settings/quotes",
    "/settings/reminders",
    "/settings/payments",
    "/settings/team",
    "/settings/roles",
    "/settings/tokens",
];

/// Whether one of these pages is at `path`, with or without a slash at its end.
pub fn has(pages: &[&str], path: &str) -> bool {
    let fits = |page: &str| {
        let (mut wanted, mut found) = (segments(page), segments(path));
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return true,
                (Some(wanted), Some(found)) if wanted.starts_with(':') || wanted == found => {}
                _ => return false,
            }
        }
    };
    pages.iter().any(|page| fits(page))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{PORTAL, has};

    #[test]
    fn pages_are_found_by_their_segments() {
        for path in ["", "/", "/invoices", "/invoices/", "/invoices/inv_1", "/i/abc/payments/att_1"] {
            assert!(has(PORTAL, path), "{path}");
        }
        for path in ["/nothing", "/invoices/inv_1/lines", "/i", "/sign-in/elsewhere"] {
            assert!(!has(PORTAL, path), "{path}");
        }
    }
}
