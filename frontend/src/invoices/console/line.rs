//! A line in the editor. Enter adds the next one, Alt with an arrow moves it.

use domain::invoices::TaxRate;
use domain::money::Money;
use domain::tax::Tax;
use leptos::html;
use leptos::prelude::*;
use ui::{Figure, Icon, Menu, MenuItem};
use web_sys::KeyboardEvent;

use super::draft::{DraftForm, LineForm, WrongCell};
use crate::money::amount;
use crate::t::invoices as texts;

/// The most taxes of a line.
const TAXES: usize = 4;

/// A row of the editor's table.
#[component]
pub fn EditorLine(
    /// What is typed.
    form: DraftForm,
    /// The line.
    line: LineForm,
    /// The tax rates to choose from.
    #[prop(into)]
    rates: Signal<Vec<TaxRate>>,
) -> impl IntoView {
    let key = line.key;
    let first = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if form.focus.get() == Some(key)
            && let Some(input) = first.get()
        {
            form.focus.set(None);
            request_animation_frame(move || drop(input.focus()));
        }
    });
    let detailed = RwSignal::new(line.detail.with_untracked(|detail| !detail.is_empty()));
    let on_keydown = move |event: KeyboardEvent| {
        // Its menus are opened by Enter, too.
        if !is_text(&event) {
            return;
        }
        let empty = line.is_empty();
        match event.key().as_str() {
            "Enter" => form.add_line(form.place(key) + 1, defaults(&rates.get_untracked())),
            "ArrowUp" if event.alt_key() => form.shift(key, false),
            "ArrowDown" if event.alt_key() => form.shift(key, true),
            "Backspace" if empty && form.lines.with_untracked(Vec::len) > 1 => {
                let typing = event_target_value(&event);
                if !typing.is_empty() {
                    return;
                }
                form.remove(key);
            }
            _ => return,
        }
        event.prevent_default();
    };
    let wrong = Memo::new(move |_| line.read().err());
    let number = move || ui::format::number(i64::try_from(form.place(key) + 1).unwrap_or(i64::MAX));
    let sum = move || {
        let read = line.read().ok().flatten()?;
        let sum: Money = read.input().amount(form.currency()).ok()?;
        Some(view! { <Figure amount=amount(sum)/> })
    };
    let items = Signal::derive(move || {
        let (place, count) = (form.place(key), form.lines.with(Vec::len));
        let mut items = Vec::new();
        if !detailed.get() {
            items.push(MenuItem::new(
                Icon::Edit,
                texts::add_detail(),
                Callback::new(move |()| detailed.set(true)),
            ));
        }
        if place > 0 {
            items.push(MenuItem::new(
                Icon::Up,
                texts::move_up(),
                Callback::new(move |()| form.shift(key, false)),
            ));
        }
        if place + 1 < count {
            items.push(MenuItem::new(
                Icon::Down,
                texts::move_down(),
                Callback::new(move |()| form.shift(key, true)),
            ));
        }
        items.push(
            MenuItem::new(Icon::Trash, texts::remove_line(), Callback::new(move |()| form.remove(key)))
                .danger(),
        );
        items
    });
    view! {
        <tr on:keydown=on_keydown>
            <td class="main">
                <label>
                    <span class="vh">{move || texts::description_of(&number())}</span>
                    <textarea
                        class="cell"
                        rows="1"
                        node_ref=first
                        autocomplete="off"
                        placeholder=texts::item()
                        aria-invalid=move || (wrong.get() == Some(WrongCell::Description)).then_some("true")
                        prop:value=move || line.description.get()
                        on:input=move |event| line.description.set(one_line(&event))
                    ></textarea>
                </label>
                {move || {
                    detailed.get().then(|| {
                        view! {
                            <label>
                                <span class="vh">{texts::detail()}</span>
                                <textarea
                                    class="cell small muted"
                                    rows="1"
                                    autocomplete="off"
                                    placeholder=texts::detail()
                                    prop:value=move || line.detail.get()
                                    on:input=move |event| line.detail.set(one_line(&event))
                                ></textarea>
                            </label>
                        }
                    })
                }}
            </td>
            <td class="num">
                <Cell label=texts::quantity() value=line.quantity size="4" wrong=Signal::derive(move || wrong.get() == Some(WrongCell::Quantity))/>
            </td>
            <td class="meta unit">
                <label>
                    <span class="vh">{texts::unit()}</span>
                    <input
                        class="cell"
                        size="3"
                        autocomplete="off"
                        placeholder="h"
                        prop:value=move || line.unit.get()
                        on:input=move |event| line.unit.set(event_target_value(&event))
                    />
                </label>
            </td>
            <td class="num">
                <Cell label=texts::price() value=line.price size="8" wrong=Signal::derive(move || wrong.get() == Some(WrongCell::Price))/>
            </td>
            <td class="meta num taxes">
                <Taxes label=Signal::derive(move || texts::taxes_of(&number())) line rates/>
            </td>
            <td class="num amount">{sum}</td>
            <td class="tools">
                {move || view! { <Menu label=texts::line_actions(&number()) items/> }}
            </td>
        </tr>
    }
}

/// Taxes that are put on new lines by themselves.
pub fn defaults(rates: &[TaxRate]) -> Vec<Tax> {
    rates.iter().filter(|rate| rate.is_default).map(|rate| rate.tax.clone()).take(TAXES).collect()
}

#[component]
pub fn Cell(
    label: &'static str,
    value: RwSignal<String>,
    size: &'static str,
    wrong: Signal<bool>,
) -> impl IntoView {
    view! {
        <label>
            <span class="vh">{label}</span>
            <input
                class="cell num"
                size=size
                inputmode="decimal"
                autocomplete="off"
                placeholder="0"
                aria-invalid=move || wrong.get().then_some("true")
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                on:focus=|event| select_all(&event)
            />
        </label>
    }
}

/// What is typed into a text that wraps in its cell but is one line: pasted line breaks become spaces.
pub fn one_line(event: &web_sys::Event) -> String {
    event_target_value(event).replace(['\r', '\n'], " ")
}

fn is_text(event: &KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast;
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.matches("input, textarea").unwrap_or(false))
}

/// A number is replaced more often than it is mended.
fn select_all(event: &web_sys::FocusEvent) {
    use wasm_bindgen::JsCast;
    if let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
    {
        input.select();
    }
}

/// "VAT 19 %".
fn tax_line(tax: &Tax) -> String {
    texts::tax_line(&tax.name, &ui::format::decimal(&tax.rate.to_string()))
}

/// The taxes of a line, put on and taken off in a menu.
#[component]
pub fn Taxes(label: Signal<String>, line: LineForm, rates: Signal<Vec<TaxRate>>) -> impl IntoView {
    let text = move || {
        let shown = line.taxes.with(|taxes| {
            taxes.iter().map(|tax| ui::format::decimal(&tax.rate.to_string())).collect::<Vec<_>>().join(" + ")
        });
        if shown.is_empty() { "–".to_owned() } else { format!("{shown} %") }
    };
    // The rate alone would be what the eye sees; who hears it needs the line and the taxes' names.
    let name = Signal::derive(move || {
        let on = line.taxes.with(|taxes| taxes.iter().map(tax_line).collect::<Vec<_>>().join(", "));
        format!("{}: {}", label.get(), if on.is_empty() { texts::no_tax().to_owned() } else { on })
    });
    let items = Signal::derive(move || {
        let on = line.taxes.get();
        // What the line bears already stays to choose, even where the rate was deleted since.
        let mut all: Vec<Tax> = rates.get().into_iter().map(|rate| rate.tax).collect();
        all.extend(on.iter().filter(|tax| !all.contains(tax)).cloned().collect::<Vec<_>>());
        all.into_iter()
            .map(|tax| {
                let label = tax_line(&tax);
                let chosen = on.contains(&tax);
                let toggle = move |()| {
                    line.taxes.update(|taxes| {
                        if chosen {
                            taxes.retain(|known| *known != tax);
                        } else if taxes.len() < TAXES {
                            taxes.push(tax.clone());
                        }
                    });
                };
                MenuItem::new(if chosen { Icon::Check } else { Icon::Plus }, label, Callback::new(toggle))
            })
            .collect::<Vec<_>>()
    });
    // Not with every change of the items: the menu would be made anew, and its button lose the focus.
    let none = Memo::new(move |_| items.with(Vec::is_empty));
    move || {
        if none.get() {
            return view! { <span>"–"</span> }.into_any();
        }
        view! {
            <Menu label=name items class="cell num">
                {text}
            </Menu>
        }
        .into_any()
    }
}
