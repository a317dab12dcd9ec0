//! The lines being typed, how they are priced, and what they come to: for whatever makes invoices.

use domain::invoices::{InvoiceLineInput, TaxRate};
use domain::totals::{self, PriceMode, Rounding};
use leptos::prelude::*;
use ui::{Button, ButtonKind, Icon, SelectField, SelectOption, TextField, TextKind, Totals};

use super::draft::DraftForm;
use super::line::{EditorLine, defaults};
use super::paper::sums;
use crate::t::invoices as texts;

impl DraftForm {
    /// Begins with one line where there is none, and gives what is still empty the taxes of new lines.
    pub fn begin(self, rates: Signal<Vec<TaxRate>>) {
        if self.lines.with_untracked(Vec::is_empty) {
            self.add_line(0, Vec::new());
            self.focus.set(None);
        }
        // The habits come after the first line: it takes them on while nothing is typed into it.
        Effect::new(move |_| {
            let taxes = defaults(&rates.get());
            for line in self.lines.get_untracked() {
                if untrack(|| line.is_empty() && line.taxes.with(Vec::is_empty)) {
                    line.taxes.set(taxes.clone());
                }
            }
        });
    }

    /// What it comes to, by the same rules as on the server. What can't be computed counts as nothing until it is mended.
    pub fn totals(self, rounding: Rounding) -> totals::Totals {
        let lines: Vec<_> = self.readable().iter().map(InvoiceLineInput::input).collect();
        let (currency, mode) = (self.currency(), self.price_mode());
        totals::compute(&lines, self.discount(), currency, rounding, mode)
            .or_else(|_| totals::compute(&lines, None, currency, rounding, mode))
            .or_else(|_| totals::compute(&[], None, currency, rounding, mode))
            .expect("no lines come to nothing")
    }
}

/// The table of lines with its sums, and how prices and discount are meant.
#[component]
pub fn Items(
    /// What is typed.
    form: DraftForm,
    /// The tax rates to choose from.
    rates: Signal<Vec<TaxRate>>,
    /// Where tax is rounded.
    rounding: Signal<Rounding>,
) -> impl IntoView {
    let modes = vec![
        SelectOption::new(PriceMode::Exclusive.as_str(), texts::exclusive()),
        SelectOption::new(PriceMode::Inclusive.as_str(), texts::inclusive()),
    ];
    let discounts = vec![
        SelectOption::new("", texts::no_discount()),
        SelectOption::new("percent", texts::percent()),
        SelectOption::new("amount", texts::fixed_amount()),
    ];
    let add = move || {
        let taxes = defaults(&rates.get_untracked());
        form.add_line(form.lines.with_untracked(Vec::len), taxes);
    };
    view! {
        <section class="section">
            <div class="bar">
                <h2>{texts::items()}</h2>
            </div>
            <table class="table cells column editor">
                <thead>
                    <tr>
                        <th scope="col">{texts::item()}</th>
                        <th scope="col" class="num">{texts::quantity()}</th>
                        <th scope="col">{texts::unit()}</th>
                        <th scope="col" class="num">{texts::price()}</th>
                        <th scope="col" class="num">{texts::tax()}</th>
                        <th scope="col" class="num">{texts::amount()}</th>
                        <th><span class="vh">{texts::more()}</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || form.lines.get() key=|line| line.key let:line>
                        <EditorLine form line rates/>
                    </For>
                </tbody>
            </table>
            <div class="line after-cells">
                <Button kind=ButtonKind::Quiet icon=Icon::Plus on_click=add>
                    {texts::add_line()}
                </Button>
                <span class="muted small desk-only"><kbd>"Enter"</kbd> " " {texts::enter_adds()}</span>
            </div>
            {move || {
                let (parts, sum) = sums(&form.totals(rounding.get()));
                view! { <Totals parts sum half=true/> }
            }}
        </section>
        <div class="pair">
            <SelectField label=texts::price_mode() value=form.price_mode options=modes/>
            <SelectField label=texts::discount() value=form.discount_kind options=discounts/>
            {move || {
                form.discount_kind
                    .with(|kind| !kind.is_empty())
                    .then(|| {
                        view! { <TextField label=texts::how_much() value=form.discount kind=TextKind::Decimal/> }
                    })
            }}
        </div>
    }
}
