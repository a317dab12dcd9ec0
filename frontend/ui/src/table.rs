//! A table that becomes cards of four corners on a phone: main and amount above, meta and state below.

use std::sync::Arc;

use leptos::prelude::*;

use crate::mark::classes;

/// Where a column goes on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Corner {
    /// Top left: the thing.
    Main,
    /// The same, over several lines.
    Text,
    /// Top right: how much.
    Amount,
    /// Bottom left: the first of these.
    Meta,
    /// Bottom right.
    State,
    /// Bottom right: what it then comes to.
    Sum,
    /// Left out on a phone and on narrow desks.
    Wide,
}

type Cell<T> = Arc<dyn Fn(&T) -> AnyView + Send + Sync>;

/// A column.
#[derive(Clone)]
pub struct Column<T> {
    head: String,
    corner: Corner,
    cell: Cell<T>,
}

impl<T: 'static> Column<T> {
    fn new<V: IntoView + 'static>(
        head: impl Into<String>,
        corner: Corner,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self { head: head.into(), corner, cell: Arc::new(move |row| cell(row).into_any()) }
    }

    /// The thing itself, leading to its page: text and address.
    pub fn main(
        head: impl Into<String>,
        text: impl Fn(&T) -> String + Send + Sync + 'static,
        href: impl Fn(&T) -> String + Send + Sync + 'static,
    ) -> Self {
        Self::new(head, Corner::Main, move |row| {
            let text = text(row);
            let full = text.clone();
            view! { <a href=href(row) title=full>{text}</a> }
        })
    }

    /// The thing itself, opening beside the list: the page keeps its place.
    pub fn beside(
        head: impl Into<String>,
        text: impl Fn(&T) -> String + Send + Sync + 'static,
        href: impl Fn(&T) -> String + Send + Sync + 'static,
    ) -> Self {
        Self::new(head, Corner::Main, move |row| {
            let text = text(row);
            let full = text.clone();
            view! { <a href=href(row) title=full data-noscroll="">{text}</a> }
        })
    }

    /// How much, at the end.
    pub fn amount<V: IntoView + 'static>(
        head: impl Into<String>,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self::new(head, Corner::Amount, cell)
    }

    /// A number, a date. The first one is kept on a phone.
    pub fn meta<V: IntoView + 'static>(
        head: impl Into<String>,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self::new(head, Corner::Meta, cell)
    }

    /// The thing itself, where it leads nowhere; it may take several lines.
    pub fn text<V: IntoView + 'static>(
        head: impl Into<String>,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self::new(head, Corner::Text, cell)
    }

    /// A pill.
    pub fn state<V: IntoView + 'static>(
        head: impl Into<String>,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self::new(head, Corner::State, cell)
    }

    /// What it comes to with this row, at the end of it.
    pub fn sum<V: IntoView + 'static>(
        head: impl Into<String>,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self::new(head, Corner::Sum, cell)
    }

    /// Only where there is room.
    pub fn wide<V: IntoView + 'static>(
        head: impl Into<String>,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self::new(head, Corner::Wide, cell)
    }

    fn classes(&self) -> (&'static str, &'static str) {
        match self.corner {
            Corner::Main => ("", "main clip"),
            Corner::Text => ("", "main"),
            Corner::Amount => ("num", "num amount"),
            Corner::Meta => ("", "meta"),
            Corner::State => ("", "state"),
            Corner::Sum => ("num", "num state"),
            Corner::Wide => ("wide-only", "meta wide-only"),
        }
    }
}

/// A table of rows.
#[component]
pub fn Table<T: Clone + Send + Sync + 'static>(
    /// What it lists, spoken.
    #[prop(into)]
    label: String,
    /// Its columns.
    columns: Vec<Column<T>>,
    /// Its rows.
    #[prop(into)]
    rows: Signal<Vec<T>>,
    /// Whether a row is open in the panel.
    #[prop(optional, into)]
    selected: Option<Callback<(T,), bool>>,
    /// Rows lead nowhere: no hover.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let head = columns
        .iter()
        .map(|column| view! { <th scope="col" class=column.classes().0>{column.head.clone()}</th> })
        .collect_view();
    let body = move || {
        rows.get()
            .into_iter()
            .map(|row| {
                let cells = columns
                    .iter()
                    .map(|column| view! { <td class=column.classes().1>{(column.cell)(&row)}</td> })
                    .collect_view();
                let is_selected =
                    move || selected.is_some_and(|selected| selected.run((row.clone(),))).then_some("true");
                view! { <tr aria-selected=is_selected>{cells}</tr> }
            })
            .collect_view()
    };
    view! {
        <table class=classes(&["table", "column", if plain { "plain" } else { "" }]) aria-label=label>
            <thead>
                <tr>{head}</tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
}
