//! The brand: its colour, seen at once, and the logo.

use crate::session::ConsoleSession;
use crate::t::settings::organization as texts;
use crate::{browser, settings};
use domain::organizations::Organization;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Button, ButtonKind, FileDrop, Mark, Notice, OrganizationMark, TextField, Toast, Toasts, Tone};

/// The largest logo that is taken.
const LOGO_LIMIT: f64 = 512.0 * 1024.0;

/// The brand's colour, with what becomes of it.
#[component]
pub fn Brand(
    /// `#rrggbb`.
    value: RwSignal<String>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    // The whole page shows it at once; left without saving, it is as before.
    Effect::new(move |_| {
        let color = value.get();
        if contrast(&color).is_some() {
            browser::set_brand(&color);
        }
    });
    on_cleanup(move || {
        session.me.with_untracked(|me| browser::set_brand(me.organization.brand_color.as_str()));
    });
    let weak = move || {
        // Between these neither black nor white reads well on it; the styles step over that band.
        contrast(&value.get()).filter(|white| (3.0..4.5).contains(white)).map(|_| {
            view! {
                <Notice mark=Mark::Half tone=Tone::Info>
                    <span>{texts::color_adjusted()}</span>
                </Notice>
            }
        })
    };
    view! {
        <div class="brand-line">
            <input
                class="swatch"
                type="color"
                aria-label=texts::brand_color()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <div class="grow">
                <TextField label=texts::brand_color() value pointer="/brand_color"/>
            </div>
        </div>
        <div class="brand-sample" aria-hidden="true">
            <span class="button primary">{texts::sample_button()}</span>
            <span class="link">{texts::sample_link()}</span>
            <OrganizationMark name=texts::sample_link() logo=None/>
        </div>
        {weak}
    }
}

/// How far white stands out from a colour (WCAG 2.2, relative luminance).
fn contrast(color: &str) -> Option<f64> {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?) / 255.0;
        Some(if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    let luminance = 0.2126 * part(0)? + 0.7152 * part(2)? + 0.0722 * part(4)?;
    Some(1.05 / (luminance + 0.05))
}

/// The logo: as it is, another one, or none.
#[component]
pub fn Logo(
    /// The organization.
    known: RwSignal<Organization>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let took = move |answer: crate::api::Answer<Organization>| match answer {
        Ok(changed) => {
            session.me.update(|me| me.organization = changed.clone());
            known.set(changed);
        }
        Err(error) => toasts.show(Toast::failed(error.text())),
    };
    let on_files = move |(files,): (Vec<web_sys::File>,)| {
        let Some(file) = files.into_iter().next() else { return };
        if file.size() > LOGO_LIMIT {
            toasts.show(Toast::failed(texts::logo_too_large()));
            return;
        }
        spawn_local(async move { took(settings::upload_logo(&file).await) });
    };
    let remove = move || spawn_local(async move { took(settings::remove_logo().await) });
    let present = move || {
        known.with(|known| known.logo_url.clone()).map(|logo| {
            let name = known.with(|known| known.name.to_string());
            view! {
                <div class="line">
                    <OrganizationMark name logo=Some(logo)/>
                    <Button kind=ButtonKind::Quiet on_click=remove>
                        {texts::remove_logo()}
                    </Button>
                </div>
            }
        })
    };
    view! {
        {present}
        <FileDrop
            label=texts::logo()
            hint=texts::logo_hint()
            accept="image/png,image/jpeg,image/webp"
            on_files=Callback::new(on_files)
        />
    }
}

#[cfg(test)]
mod tests {
    use super::contrast;

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast("#000000").unwrap() - 21.0).abs() < 0.001);
        assert!((contrast("#ffffff").unwrap() - 1.0).abs() < 0.001);
        // The grey that is known for reaching 4.54:1 on white.
        assert!((contrast("#767676").unwrap() - 4.54).abs() < 0.01);
        assert_eq!(contrast("red"), None);
    }
}
