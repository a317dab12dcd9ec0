//! Buttons and links. One filled button per surface.

use leptos::prelude::*;

use crate::icon::{Icon, IconSize, IconView};
use crate::mark::classes;

/// What a button is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do on this surface: filled.
    Primary,
    /// Everything else.
    #[default]
    Secondary,
    /// Beside others, without an edge.
    Quiet,
    /// Takes something away.
    Danger,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "",
            Self::Quiet => "quiet",
            Self::Danger => "danger",
        }
    }
}

/// How much room a button takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// As high as any control.
    #[default]
    Normal,
    /// 48 px: the decision of a page.
    Tall,
    /// 48 px and as wide as its column: forms on a phone.
    TallWide,
}

impl ButtonSize {
    fn class(self) -> &'static str {
        match self {
            Self::Normal => "",
            Self::Tall => "tall",
            Self::TallWide => "tall wide",
        }
    }
}

/// Whether a button acts by itself or sends its form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonType {
    /// Runs `on_click`.
    #[default]
    Button,
    /// Sends the form around it.
    Submit,
}

/// A button. Its text is the client's verb, with the amount where money moves: "Pay €1,310.72".
#[component]
pub fn Button(
    /// What it is for.
    #[prop(optional)]
    kind: ButtonKind,
    /// How much room it takes.
    #[prop(optional)]
    size: ButtonSize,
    /// Whether it sends a form.
    #[prop(optional)]
    button_type: ButtonType,
    /// Working: shows it and takes no further click, but keeps the focus.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Not possible now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Before the text.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Long texts may take two lines.
    #[prop(optional)]
    wrap: bool,
    /// What it does.
    #[prop(optional, into)]
    on_click: Option<Callback<()>>,
    /// Its text.
    children: Children,
) -> impl IntoView {
    let click = move |event: web_sys::MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(act) = on_click {
            act.run(());
        }
    };
    let button_type = match button_type {
        ButtonType::Button => "button",
        ButtonType::Submit => "submit",
    };
    view! {
        <button
            class=classes(&["button", kind.class(), size.class(), if wrap { "wrap" } else { "" }])
            type=button_type
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=click
        >
            {icon.map(|icon| view! { <IconView icon size=IconSize::Small/> })}
            {children()}
        </button>
    }
}

/// A link that looks like a button: it leads somewhere.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// What it is for.
    #[prop(optional)]
    kind: ButtonKind,
    /// How much room it takes.
    #[prop(optional)]
    size: ButtonSize,
    /// Before the text.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Loads the page from the server: files and other sites.
    #[prop(optional)]
    external: bool,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class=classes(&["button", kind.class(), size.class()])
            href=move || href.get()
            rel=external.then_some("external")
        >
            {icon.map(|icon| view! { <IconView icon size=IconSize::Small/> })}
            {children()}
        </a>
    }
}

/// A link in text.
#[component]
pub fn TextLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Loads the page from the server: files and other sites.
    #[prop(optional)]
    external: bool,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! { <a class="link" href=href rel=external.then_some("external")>{children()}</a> }
}

/// A button that is only an icon; its name is spoken and shown on hover.
#[component]
pub fn IconButton(
    /// The picture.
    icon: Icon,
    /// Its name.
    #[prop(into)]
    label: String,
    /// Working.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Not possible now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What it does.
    #[prop(into)]
    on_click: Callback<()>,
) -> impl IntoView {
    let click = move |_| {
        if !busy.get_untracked() {
            on_click.run(());
        }
    };
    view! {
        <button
            class="icon-button"
            type="button"
            aria-label=label.clone()
            title=label
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=click
        >
            <IconView icon/>
        </button>
    }
}
