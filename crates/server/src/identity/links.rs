//! Paths that somebody wants to open after signing in.

use domain::text::Slug;

/// The path that was wanted, if it lies in the organization's portal, else the portal's home. What comes in
/// an address may try to lead elsewhere: `//evil.example`, `/\evil.example`, `/acme/../console`.
pub fn next_path(slug: &Slug, wanted: &str) -> String {
    let home = format!("/{slug}");
    let inside = || {
        let base = url::Url::parse("https://portal.invalid/").ok()?;
        let url = base.join(wanted).ok()?;
        let within = url.path() == home || url.path().starts_with(&format!("{home}/"));
        let door = url.path().starts_with(&format!("{home}/sign-in"));
        let odd = wanted.contains(|c: char| c == '\\' || c.is_control());
        let path = &url[url::Position::BeforePath..];
        (url.origin() == base.origin()
            && wanted.starts_with('/')
            && within
            && !door
            && !odd
            && path.len() <= 2000)
            .then(|| path.to_owned())
    };
    inside().unwrap_or(home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_portal_are_opened() {
        let slug: Slug = "acme".parse().unwrap();
        for good in ["/acme", "/acme/invoices/inv_1", "/acme/invoices?status=sent#top"] {
            assert_eq!(next_path(&slug, good), good);
        }
        for bad in [
            "",
            "invoices",
            "/",
            "/globex",
            "/acmeevil",
            "//evil.example/acme",
            "/\\evil.example/acme",
            "/acme\\..\\..",
            "https://evil.example/acme/",
            "javascript:alert(1)",
            "/acme/../console",
            "/acme/%2e%2e/console",
            "/acme/\n",
            "/acme/sign-in?next=/acme",
            "///evil.example/acme/",
            "/\t/evil.example/acme/",
        ] {
            assert_eq!(next_path(&slug, bad), "/acme", "{bad:?}");
        }
    }
}
