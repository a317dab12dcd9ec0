//! The staff's first page: how the day stands.

use domain::invoices::InvoiceFigures;
use domain::money::Money;
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{Figure, FigureItem, FigureSize, Figures, Icon, Loaded, Mark, MarkView, Skeleton, Tone};

use crate::money::amount;
use crate::session::ConsoleSession;
use crate::shell::console::{ConsoleEntry, Work};
use crate::t::{common as common_texts, console::today as texts};

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Today,
    label: common_texts::today,
    path: "/console",
    permission: Permission::Console,
};

/// `/console`
#[component]
pub fn Today() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let title = ui::format::date(&ui::format::today(), ui::format::DateStyle::Long);
    let money = session.may(Permission::ViewInvoices).then(|| {
        let figures = LocalResource::new(super::figures);
        view! {
            <Loaded resource=figures skeleton=Skeleton::Document let:figures>
                <MoneyFigures figures/>
            </Loaded>
        }
    });
    view! { <Work title>{money}</Work> }
}

#[component]
fn MoneyFigures(figures: InvoiceFigures) -> impl IntoView {
    let late = figures.overdue_count > 0;
    let late = move || late.then(|| view! { <MarkView mark=Mark::Late tone=Tone::Critical/> });
    let paid = figures.paid_week_count > 0;
    let paid = move || paid.then(|| view! { <MarkView mark=Mark::Full tone=Tone::Positive/> });
    view! {
        <Figures>
            <FigureItem label=texts::owed() sub=move || texts::invoices(figures.owed_count)>
                <Sums sums=figures.owed/>
            </FigureItem>
            <FigureItem
                label=texts::overdue()
                sub=move || view! { {late()} {texts::invoices(figures.overdue_count)} }
            >
                <Sums sums=figures.overdue/>
            </FigureItem>
            <FigureItem
                label=texts::paid_week()
                sub=move || view! { {paid()} {texts::payments(figures.paid_week_count)} }
            >
                <Sums sums=figures.paid_week/>
            </FigureItem>
            <FigureItem label=texts::drafts() sub=texts::drafts_sub>{ui::format::number(figures.draft_count)}</FigureItem>
        </Figures>
    }
}

/// A sum in each of its currencies.
#[component]
fn Sums(sums: Vec<Money>) -> impl IntoView {
    if sums.is_empty() {
        return ui::format::number(0).into_any();
    }
    sums.into_iter()
        .map(|sum| view! { <div><Figure amount=amount(sum) size=FigureSize::Middle/></div> })
        .collect_view()
        .into_any()
}
