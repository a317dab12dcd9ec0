//! Faces of people and of organizations.

use leptos::prelude::*;

/// The first letters of the first and the last word of a name. The styles make capitals of them: the table of all letters would be
/// one of the largest parts of the download.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(first_letter);
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).collect()
}

/// The first letter or digit. Of what isn't ASCII, all but the marks of general punctuation (quotes, dashes) counts.
fn first_letter(word: &str) -> Option<char> {
    let is_mark = |c: char| matches!(c, '\u{a1}'..='\u{bf}' | '\u{2000}'..='\u{206f}');
    word.chars().find(|c| c.is_ascii_alphanumeric() || (!c.is_ascii() && !is_mark(*c)))
}

/// A person's initials. The name stands beside it, so it is hidden from screen readers.
#[component]
pub fn Avatar(
    /// The person's name.
    #[prop(into)]
    name: String,
    /// One of the organization's own people.
    #[prop(optional)]
    ours: bool,
    /// 24 instead of 32 px.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let class = match (ours, small) {
        (false, false) => "avatar",
        (true, false) => "avatar ours",
        (false, true) => "avatar s",
        (true, true) => "avatar ours s",
    };
    view! { <span class=class aria-hidden="true">{initials(&name)}</span> }
}

/// The organization's logo, or its first letter in the brand's colour.
#[component]
pub fn OrganizationMark(
    /// The organization's name.
    #[prop(into)]
    name: String,
    /// Address of its logo.
    #[prop(optional_no_strip, into)]
    logo: Option<String>,
) -> impl IntoView {
    if let Some(logo) = logo {
        return view! { <img class="org-mark" src=logo alt="" width="28" height="28"/> }.into_any();
    }
    let letter = name.split_whitespace().find_map(first_letter).map(String::from);
    view! {
        <svg class="org-mark" viewBox="0 0 28 28" aria-hidden="true">
            <rect x="2" y="2" width="24" height="24" rx="7" fill="currentColor"></rect>
            <text x="14" y="19" text-anchor="middle">
                {letter}
            </text>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        assert_eq!(initials("Zoë Marchetti-Brännström"), "ZM");
        assert_eq!(initials("Karl-Friedrich von Württemberg zu Sigmaringen"), "KS");
        assert_eq!(initials("øystein"), "ø");
        assert_eq!(initials("„Haus“ «Süd»"), "HS");
        assert_eq!(initials("  (Ann) "), "A");
        assert_eq!(initials(""), "");
    }
}
