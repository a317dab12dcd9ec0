//! One layout, filled by each kind of mail: text and HTML from the same words.
//!
//! A mail is a greeting, paragraphs, at most one button and a foot. Its words are in
//! `templates/mail/<language>.json`, by the letter's name; what differs from mail to mail are values.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::organizations::Organization;
use domain::text::{EmailAddress, Language};
use minijinja::{AutoEscape, Environment, context};
use serde::{Deserialize, Serialize};
use store::mail::NewMail;

use crate::problem::{Failure, Result};

/// The words of one kind of mail, with `{{ values }}`.
#[derive(Debug, Deserialize)]
struct Words {
    subject: String,
    paragraphs: Vec<String>,
    #[serde(default)]
    button: Option<String>,
    #[serde(default)]
    foot: Option<String>,
}

type Catalogue = HashMap<String, Words>;

static CATALOGUES: LazyLock<[(Language, Catalogue); 2]> = LazyLock::new(|| {
    [
        (Language::En, include_str!("../../templates/mail/en.json")),
        (Language::De, include_str!("../../templates/mail/de.json")),
    ]
    .map(|(language, text)| {
        (language, serde_json::from_str(text).expect("the catalogue is checked by a test"))
    })
});

static LAYOUT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
    });
    environment
        .add_template("layout.html", include_str!("../../templates/mail/layout.html"))
        .expect("the layout is checked by a test");
    environment
});

/// A mail to be written.
pub struct Letter<'a, V> {
    /// Its name in the catalogues.
    pub name: &'static str,
    /// Whose name and colour it bears.
    pub organization: &'a Organization,
    /// The addressee's name.
    pub to_name: &'a str,
    /// The addressee.
    pub to: &'a EmailAddress,
    /// The addressee's language.
    pub language: Language,
    /// Where the button leads.
    pub link: Option<&'a str>,
    /// Values for the words.
    pub values: V,
}

impl<V: Serialize> Letter<'_, V> {
    /// Writes it.
    pub fn write(&self) -> Result<NewMail> {
        let words = CATALOGUES
            .iter()
            .find(|(language, _)| *language == self.language)
            .and_then(|(_, catalogue)| catalogue.get(self.name))
            .ok_or_else(|| Failure::internal(format!("there is no mail called {}", self.name)))?;
        let plain = Environment::new();
        let values = minijinja::Value::from(minijinja::value::Serde(&self.values));
        let common = context! { organization => self.organization.name.as_str(), name => self.to_name };
        let fill = |text: &str| -> Result<String> {
            let values = context! { ..values.clone(), ..common.clone() };
            plain.render_str(text, values).map_err(Failure::internal)
        };
        // A paragraph that comes out empty isn't there.
        let filled: Result<Vec<String>> = words.paragraphs.iter().map(|text| fill(text)).collect();
        let paragraphs: Vec<String> = filled?.into_iter().filter(|text| !text.trim().is_empty()).collect();
        // Subjects are one line, whatever a value brings.
        let subject = fill(&words.subject)?.split_whitespace().collect::<Vec<_>>().join(" ");
        let button = words.button.as_deref().map(fill).transpose()?;
        let foot = words.foot.as_deref().map(fill).transpose()?;
        let mut text = paragraphs.join("\n\n");
        if let (Some(button), Some(link)) = (&button, self.link) {
            text.push_str(&format!("\n\n{button}:\n{link}"));
        }
        if let Some(foot) = &foot {
            text.push_str(&format!("\n\n{foot}"));
        }
        text.push_str(&format!("\n\n{}\n", self.organization.name));
        let html = LAYOUT
            .get_template("layout.html")
            .and_then(|layout| {
                layout.render(context! {
                    language => self.language.as_str(),
                    organization => self.organization.name.as_str(),
                    color => self.organization.brand_color.as_str(),
                    on_color => on_color(self.organization.brand_color.as_str()),
                    subject => &subject, paragraphs => &paragraphs, button => &button, link => self.link, foot => &foot,
                })
            })
            .map_err(Failure::internal)?;
        Ok(NewMail {
            to_name: self.to_name.to_owned(),
            to: self.to.clone(),
            language: self.language,
            subject,
            text,
            html,
            document_id: None,
        })
    }
}

/// Black or white, whichever reads better on a colour (WCAG 2.2 relative luminance, in integers).
fn on_color(color: &str) -> &'static str {
    let part = |range: std::ops::Range<usize>| {
        let value = color.get(range).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0);
        // x^2.2 is near enough x² for choosing between two.
        value * value
    };
    let luminance = 2126 * part(1..3) + 7152 * part(3..5) + 722 * part(5..7);
    if luminance > 10_000 * 255 * 255 * 18 / 100 { "#111111" } else { "#ffffff" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogues_hold_the_same_letters_and_every_text_parses() {
        let [(_, english), (_, german)] = &*CATALOGUES;
        let names = |catalogue: &Catalogue| {
            let mut names: Vec<_> = catalogue.keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(names(english), names(german));
        let environment = Environment::new();
        for words in english.values().chain(german.values()) {
            for text in
                words.paragraphs.iter().chain([&words.subject]).chain(&words.button).chain(&words.foot)
            {
                environment.template_from_str(text).unwrap();
            }
        }
        LAYOUT.get_template("layout.html").unwrap();
    }

    #[test]
    fn the_button_s_text_is_readable() {
        assert_eq!(on_color("#ffcc00"), "#111111");
        assert_eq!(on_color("#1a1a40"), "#ffffff");
    }
}
