//! The command palette: opens anything by name or number.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::icon::{Icon, IconSize, IconView};
use crate::ids;
use crate::words::words;

/// Something the palette can open or do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaletteItem {
    /// What it is, to the page.
    pub id: String,
    /// Its picture.
    pub icon: Icon,
    /// Its name.
    pub text: String,
    /// Behind it: a town, a state.
    pub detail: String,
}

/// Items under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaletteGroup {
    /// The heading.
    pub title: String,
    /// Its items.
    pub items: Vec<PaletteItem>,
}

/// Where `query` stands in `text`, ignoring case, as byte offsets.
fn found(text: &str, query: &str) -> Option<(usize, usize)> {
    let wanted: Vec<char> = query.trim().chars().flat_map(char::to_lowercase).collect();
    if wanted.is_empty() {
        return None;
    }
    text.char_indices().find_map(|(start, _)| {
        let mut rest = text[start..].char_indices();
        let mut at = 0;
        while at < wanted.len() {
            let (_, c) = rest.next()?;
            for lower in c.to_lowercase() {
                if wanted.get(at) != Some(&lower) {
                    return None;
                }
                at += 1;
            }
        }
        Some((start, text.len() - rest.as_str().len()))
    })
}

fn marked(text: &str, query: &str) -> AnyView {
    match found(text, query) {
        Some((from, to)) => view! {
            {text[..from].to_owned()}
            <mark>{text[from..to].to_owned()}</mark>
            {text[to..].to_owned()}
        }
        .into_any(),
        None => text.to_owned().into_any(),
    }
}

/// The palette. The page fills `groups` from `query` and decides what a choice does.
#[component]
pub fn Palette(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its name, and what its field asks.
    #[prop(into)]
    label: String,
    /// What has been typed.
    query: RwSignal<String>,
    /// What fits.
    #[prop(into)]
    groups: Signal<Vec<PaletteGroup>>,
    /// Opens or does the chosen one.
    #[prop(into)]
    on_choose: Callback<(PaletteItem,)>,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let list_id = ids::fresh("palette");
    let at = RwSignal::new(0_usize);
    Effect::new(move |_| {
        let (wanted, Some(dialog)) = (open.get(), node.get()) else { return };
        if wanted && !dialog.open() {
            query.set(String::new());
            at.set(0);
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    let choose = move |item: PaletteItem| {
        open.set(false);
        on_choose.run((item,));
    };
    let flat = move || {
        groups
            .with_untracked(|groups| groups.iter().flat_map(|group| group.items.clone()).collect::<Vec<_>>())
    };
    let on_keydown = move |event: KeyboardEvent| {
        let all = flat();
        let count = all.len().max(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                if let Some(item) = all.into_iter().nth(at.get_untracked()) {
                    choose(item);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let on_click = move |event: web_sys::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|element| element.tag_name() == "DIALOG") {
            open.set(false);
        }
    };
    let id = list_id.clone();
    let list = move || {
        let mut place = 0;
        let typed = query.get();
        groups
            .get()
            .into_iter()
            .map(|group| {
                let items = group
                    .items
                    .into_iter()
                    .map(|item| {
                        let own = place;
                        place += 1;
                        let chosen = item.clone();
                        view! {
                            <li
                                role="option"
                                id=format!("{id}-{own}")
                                aria-selected=move || (at.get() == own).to_string()
                                on:click=move |_| choose(chosen.clone())
                                on:pointermove=move |_| at.set(own)
                            >
                                <IconView icon=item.icon size=IconSize::Small/>
                                <span class="clip">{marked(&item.text, &typed)}</span>
                                <span class="end">{item.detail}</span>
                            </li>
                        }
                    })
                    .collect_view();
                view! {
                    <h3 role="presentation">{group.title.clone()}</h3>
                    <ul role="group" aria-label=group.title>{items}</ul>
                }
            })
            .collect_view()
    };
    let active = list_id.clone();
    let name = label.clone();
    view! {
        <dialog
            class="layer top"
            node_ref=node
            aria-label=name
            on:close=move |_| open.set(false)
            on:click=on_click
        >
            <div class="palette">
                <label class="affix">
                    <IconView icon=Icon::Search size=IconSize::Small/>
                    <input
                        type="text"
                        role="combobox"
                        autocomplete="off"
                        aria-label=label.clone()
                        placeholder=label
                        aria-expanded="true"
                        aria-controls=list_id.clone()
                        aria-activedescendant=move || format!("{active}-{}", at.get())
                        prop:value=move || query.get()
                        on:input=move |event| {
                            query.set(event_target_value(&event));
                            at.set(0);
                        }
                        on:keydown=on_keydown
                    />
                </label>
                <div role="listbox" id=list_id>
                    {list}
                </div>
                {move || {
                    groups
                        .with(|groups| groups.iter().all(|group| group.items.is_empty()))
                        .then(|| view! { <p class="none muted">{words().no_match}</p> })
                }}
                <footer aria-hidden="true">
                    <span><kbd>"↑"</kbd> " " <kbd>"↓"</kbd> " " {words().palette_choose}</span>
                    <span><kbd>"↵"</kbd> " " {words().palette_open}</span>
                </footer>
            </div>
        </dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::found;

    #[test]
    fn a_match_ignores_case_and_keeps_to_characters() {
        assert_eq!(found("Hoshino-ya", "hos"), Some((0, 3)));
        assert_eq!(found("Ødegård", "GÅ"), Some((4, 7)));
        assert_eq!(found("İstanbul", "stan"), Some((2, 6)));
        assert_eq!(found("abc", " "), None);
        assert_eq!(found("abc", "abcd"), None);
    }
}
