//! The fields of a quote being written: its head, sections with lines, packages, and what holds for the whole.

#![allow(clippy::large_types_passed_by_value, reason = "handles of signals, copied once a page")]

use domain::invoices::TaxRate;
use domain::totals::PriceMode;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, DateField, Figure, Form, Icon, Menu, MenuItem, SelectField, SelectOption, Switch,
    TextArea, TextField, TextKind, Toasts,
};

use super::draft::{GroupForm, PackageForm, QuoteForm, QuoteLineForm, SectionForm};
use super::editor::Desk;
use crate::clients::console::ClientField;
use crate::conflict::ConflictNotice;
use crate::invoices::console::line::{Taxes, defaults};
use crate::money::amount;
use crate::set_up::currencies;
use crate::t::{invoices as invoice_texts, quotes_console as texts};

/// All of them.
#[component]
pub fn Fields(
    /// The draft.
    desk: Desk,
    /// The tax rates to choose from.
    rates: Signal<Vec<TaxRate>>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let form = desk.form;
    let errors = ui::FormErrors::new();
    let bound = Memo::new(move |_| desk.is_bound());
    let head = move || {
        if bound.get() {
            let name = form.client_name;
            return view! { <p class="muted">{move || name.get()} ", " {move || form.currency.get()}</p> }
                .into_any();
        }
        view! {
            <div class="pair">
                <ClientField value=form.client query=form.client_name/>
                <SelectField label=invoice_texts::currency() value=form.currency options=currencies()/>
            </div>
        }
        .into_any()
    };
    let add_section = move || {
        let taxes = defaults(&rates.get_untracked());
        form.sections.update(|sections| sections.push(SectionForm::new(taxes)));
    };
    view! {
        <Form errors on_submit=move || desk.save()>
            <ConflictNotice
                theirs=desk.theirs
                label
                on_theirs=Callback::new(move |()| desk.take_theirs())
                on_mine=Callback::new(move |()| desk.overwrite(toasts))
            />
            {head}
            <div class="pair">
                <TextField label=texts::quote_title() value=form.title/>
                <DateField label=texts::valid_until() value=form.valid_until optional=true hint=texts::usual_days()/>
            </div>
            <TextArea label=texts::cover() value=form.cover optional=true/>
            <For each=move || form.sections.get() key=|section| section.key.get_value().to_string() let:section>
                <SectionFields form section rates/>
            </For>
            <div class="line">
                <Button kind=ButtonKind::Quiet icon=Icon::Plus on_click=add_section>
                    {texts::section()}
                </Button>
            </div>
            <Groups form/>
            <Whole form/>
        </Form>
    }
}

/// What holds for the whole of it.
#[component]
fn Whole(form: QuoteForm) -> impl IntoView {
    let modes = vec![
        SelectOption::new(PriceMode::Exclusive.as_str(), invoice_texts::exclusive()),
        SelectOption::new(PriceMode::Inclusive.as_str(), invoice_texts::inclusive()),
    ];
    let kinds = || {
        vec![
            SelectOption::new("", invoice_texts::no_discount()),
            SelectOption::new("percent", invoice_texts::percent()),
            SelectOption::new("amount", invoice_texts::fixed_amount()),
        ]
    };
    let how_much = |kind: RwSignal<String>, value: RwSignal<String>| {
        move || {
            kind.with(|kind| !kind.is_empty()).then(|| {
                view! { <TextField label=invoice_texts::how_much() value kind=TextKind::Decimal/> }
            })
        }
    };
    view! {
        <div class="pair">
            <SelectField label=texts::discount() value=form.discount_kind options=kinds()/>
            {how_much(form.discount_kind, form.discount)}
        </div>
        <div class="pair">
            <SelectField label=texts::deposit() value=form.deposit_kind options=kinds() hint=texts::deposit_hint()/>
            {how_much(form.deposit_kind, form.deposit)}
        </div>
        <div class="pair">
            <SelectField label=invoice_texts::price_mode() value=form.price_mode options=modes/>
            <TextField
                label=texts::may_exceed_percent()
                value=form.may_exceed
                kind=TextKind::Decimal
                optional=true
                hint=texts::may_exceed_hint()
            />
        </div>
        <TextArea label=texts::terms() value=form.terms optional=true/>
        <TextArea
            label=texts::internal_note()
            value=form.internal_note
            hint=invoice_texts::internal_note_hint()
            optional=true
        />
    }
}

/// The label of a field that somebody else wrote.
fn label(field: &str) -> Option<&'static str> {
    match field {
        "client_id" => Some(texts::client()),
        "currency" => Some(invoice_texts::currency()),
        "price_mode" => Some(invoice_texts::price_mode()),
        "internal_note" => Some(texts::internal_note()),
        "content" => Some(texts::content()),
        "costs" => Some(texts::cost()),
        _ => None,
    }
}

/// Moves what is at `from` by one place, if there is one.
fn shift<T>(list: &mut [T], from: Option<usize>, down: bool) {
    let Some(from) = from else { return };
    let to = if down { from + 1 } else { from.wrapping_sub(1) };
    if to < list.len() {
        list.swap(from, to);
    }
}

#[component]
fn SectionFields(form: QuoteForm, section: SectionForm, rates: Signal<Vec<TaxRate>>) -> impl IntoView {
    let key = section.key;
    let same = move |other: &SectionForm| other.key.get_value() == key.get_value();
    let moved = move |down| {
        Callback::new(move |()| {
            form.sections.update(|sections| {
                let from = sections.iter().position(same);
                shift(sections, from, down);
            });
        })
    };
    let remove =
        Callback::new(move |()| form.sections.update(|sections| sections.retain(|other| !same(other))));
    let items = vec![
        MenuItem::new(Icon::Up, invoice_texts::move_up(), moved(false)),
        MenuItem::new(Icon::Down, invoice_texts::move_down(), moved(true)),
        MenuItem::new(Icon::Trash, invoice_texts::remove_line(), remove).danger(),
    ];
    let add = move || {
        let taxes = defaults(&rates.get_untracked());
        section.lines.update(|lines| lines.push(QuoteLineForm::new(taxes)));
    };
    view! {
        <section class="section">
            <div class="bar">
                <h2>{move || {
                    let title = section.title.get();
                    if title.trim().is_empty() { texts::section().to_owned() } else { title }
                }}</h2>
                <span class="end"><Menu label=texts::section_actions() items/></span>
            </div>
            <div class="stack">
                <div class="pair">
                    <TextField label=texts::section_title() value=section.title optional=true/>
                    <TextArea label=texts::section_text() value=section.text optional=true/>
                </div>
                <For each=move || section.lines.get() key=|line| line.base.key let:line>
                    <LineFields form section line rates/>
                </For>
                <div class="line">
                    <Button kind=ButtonKind::Quiet icon=Icon::Plus on_click=add>
                        {invoice_texts::add_line()}
                    </Button>
                </div>
            </div>
        </section>
    }
}

/// Who can decide about a line: nobody, the client, or the package it belongs to.
fn takes(form: QuoteForm) -> Vec<SelectOption> {
    let mut options = vec![
        SelectOption::new("included", texts::included()),
        SelectOption::new("optional", texts::optional_on()),
        SelectOption::new("optional_off", texts::optional_off()),
    ];
    for group in form.groups.get() {
        for package in group.packages.get() {
            let name = format!("{}: {}", group.title.get(), package.title.get());
            options.push(SelectOption::new(format!("package:{}", package.key.get_value()), name));
        }
    }
    options
}

#[component]
fn LineFields(
    form: QuoteForm,
    section: SectionForm,
    line: QuoteLineForm,
    rates: Signal<Vec<TaxRate>>,
) -> impl IntoView {
    let base = line.base;
    let place = move || section.lines.with(|lines| lines.iter().position(|other| other.base.key == base.key));
    let number =
        move || ui::format::number(i64::try_from(place().map_or(1, |place| place + 1)).unwrap_or(i64::MAX));
    let moved = move |down| {
        Callback::new(move |()| {
            let from = untrack(place);
            section.lines.update(|lines| shift(lines, from, down));
        })
    };
    let remove = Callback::new(move |()| {
        section.lines.update(|lines| lines.retain(|other| other.base.key != base.key));
    });
    let more = Callback::new(move |()| line.open.update(|open| *open = !*open));
    let items = vec![
        MenuItem::new(Icon::Settings, texts::line_more(), more),
        MenuItem::new(Icon::Up, invoice_texts::move_up(), moved(false)),
        MenuItem::new(Icon::Down, invoice_texts::move_down(), moved(true)),
        MenuItem::new(Icon::Trash, invoice_texts::remove_line(), remove).danger(),
    ];
    let sum = move || {
        let read = base.read().ok().flatten()?;
        let sum = read.input().amount(form.currency()).ok()?;
        Some(view! { <Figure amount=amount(sum)/> })
    };
    let limits = move || {
        line.adjustable.get().then(|| {
            view! {
                <div class="pair">
                    <TextField label=texts::least() value=line.min kind=TextKind::Decimal/>
                    <TextField label=texts::most() value=line.max kind=TextKind::Decimal/>
                    <TextField label=texts::step() value=line.step kind=TextKind::Decimal/>
                </div>
            }
        })
    };
    let details = move || {
        line.open.get().then(|| {
            view! {
                <TextArea label=invoice_texts::detail() value=base.detail optional=true/>
                <div class="pair">
                    <TextField label=texts::line_discount() value=line.discount kind=TextKind::Decimal optional=true/>
                    <TextField
                        label=texts::cost_of_one()
                        value=line.cost
                        kind=TextKind::Decimal
                        optional=true
                        hint=invoice_texts::internal_note_hint()
                    />
                </div>
                <Switch label=texts::client_chooses() checked=line.adjustable/>
                {limits}
            }
        })
    };
    view! {
        <div class="gap" role="group" aria-label=move || invoice_texts::description_of(&number())>
            <div class="line">
                <b>{number}</b>
                <span class="grow"></span>
                <span class="muted small">{invoice_texts::tax()}</span>
                <Taxes label=Signal::derive(move || invoice_texts::taxes_of(&number())) line=base rates/>
                {sum}
                <Menu label=texts::line_actions() items/>
            </div>
            <div class="pair">
                <TextField label=invoice_texts::item() value=base.description/>
                <SelectField label=texts::take() value=line.take options=Signal::derive(move || takes(form))/>
            </div>
            <div class="pair">
                <TextField label=invoice_texts::quantity() value=base.quantity kind=TextKind::Decimal/>
                <TextField label=invoice_texts::unit() value=base.unit/>
                <TextField label=invoice_texts::price() value=base.price kind=TextKind::Decimal/>
            </div>
            {details}
        </div>
    }
}

/// Groups of packages, of each of which the client takes one.
#[component]
fn Groups(form: QuoteForm) -> impl IntoView {
    let add = move || form.groups.update(|groups| groups.push(GroupForm::new()));
    view! {
        <section class="section">
            <div class="bar">
                <h2>{texts::packages()}</h2>
            </div>
            <div class="stack">
                <p class="muted small">{texts::packages_hint()}</p>
                <For each=move || form.groups.get() key=|group| group.key.get_value().to_string() let:group>
                    <GroupFields form group/>
                </For>
                <div class="line">
                    <Button kind=ButtonKind::Quiet icon=Icon::Plus on_click=add>
                        {texts::group()}
                    </Button>
                </div>
            </div>
        </section>
    }
}

#[component]
fn GroupFields(form: QuoteForm, group: GroupForm) -> impl IntoView {
    let key = group.key;
    let remove = move || {
        let gone: Vec<String> = group.packages.with_untracked(|packages| {
            packages.iter().map(|package| package.key.get_value().to_string()).collect()
        });
        free_lines(form, &gone);
        form.groups.update(|groups| groups.retain(|other| other.key.get_value() != key.get_value()));
    };
    let defaults = Signal::derive(move || {
        let option = |package: PackageForm| {
            SelectOption::new(package.key.get_value().to_string(), package.title.get())
        };
        group.packages.get().into_iter().map(option).collect::<Vec<_>>()
    });
    let add = move || group.packages.update(|packages| packages.push(PackageForm::new()));
    let package = move |package: PackageForm| {
        let own = package.key;
        let remove = move || {
            free_lines(form, &[own.get_value().to_string()]);
            group
                .packages
                .update(|packages| packages.retain(|other| other.key.get_value() != own.get_value()));
            let left =
                group.packages.with_untracked(|packages| packages.first().map(|first| first.key.get_value()));
            if let Some(left) = left
                && group.default.with_untracked(|default| *default == own.get_value().to_string())
            {
                group.default.set(left.to_string());
            }
        };
        view! {
            <div class="pair">
                <TextField label=texts::package_name() value=package.title/>
                <TextField label=texts::package_text() value=package.text optional=true/>
                <Button kind=ButtonKind::Quiet icon=Icon::Trash on_click=remove>
                    {invoice_texts::remove_line()}
                </Button>
            </div>
        }
    };
    view! {
        <div class="gap">
            <div class="pair">
                <TextField label=texts::group_title() value=group.title/>
                <SelectField label=texts::default_package() value=group.default options=defaults/>
            </div>
            <For each=move || group.packages.get() key=|package| package.key.get_value().to_string() children=package/>
            <div class="line">
                <Button kind=ButtonKind::Quiet icon=Icon::Plus on_click=add>
                    {texts::package()}
                </Button>
                <Button kind=ButtonKind::Quiet icon=Icon::Trash on_click=remove>
                    {texts::remove_group()}
                </Button>
            </div>
        </div>
    }
}

/// Lines of packages that are gone belong to the quote again.
fn free_lines(form: QuoteForm, gone: &[String]) {
    for section in form.sections.get_untracked() {
        for line in section.lines.get_untracked() {
            let is_gone = line.take.with_untracked(|take| {
                take.strip_prefix("package:").is_some_and(|package| gone.iter().any(|gone| gone == package))
            });
            if is_gone {
                line.take.set("included".to_owned());
            }
        }
    }
}
