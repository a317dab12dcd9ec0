//! The bank's statements at the console: bringing one in, and saying what its money pays.

mod another;
mod entry;
mod import;

use domain::bank::{BankTransaction, BankTransactionFilter, BankTransactionState};
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{Button, ButtonKind, Empty, Icon, Loaded, Mark, Pager, Skeleton, Tab, Tabs, Tone};

use self::entry::EntryRow;
use self::import::ImportSheet;
use crate::bank;
use crate::listing::{Filters, count};
use crate::paged::Paged;
use crate::payments::console::{Part, Parts};
use crate::session::ConsoleSession;
use crate::shell::console::Work;
use crate::t::ways::bank as texts;

/// Entries of one state: its name in the address, its label, and the state; none for all.
type Shown = (&'static str, fn() -> &'static str, Option<BankTransactionState>);

/// What a list can show; the first without a name in the address.
const STATES: [Shown; 4] = [
    ("", texts::open, Some(BankTransactionState::Open)),
    ("matched", texts::matched, Some(BankTransactionState::Matched)),
    ("ignored", texts::ignored, Some(BankTransactionState::Ignored)),
    ("all", texts::all, None),
];

/// `/console/payments/bank`
#[component]
pub fn Bank() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let filters = Filters::here();
    let shown = filters.get("state");
    let list = Paged::<BankTransaction>::new(move |cursor| {
        let name = shown.get();
        let state =
            STATES.iter().find(|(known, ..)| *known == name).map_or(STATES[0].2, |(.., state)| *state);
        let filter = BankTransactionFilter { state, cursor, ..BankTransactionFilter::default() };
        async move { bank::transactions(&filter).await }
    });
    let importing = RwSignal::new(false);
    let may_import = session.may(Permission::RecordPayments);
    let button = move || {
        may_import.then(|| {
            view! {
                <Button kind=ButtonKind::Primary icon=Icon::Upload on_click=move || importing.set(true)>
                    {texts::import()}
                </Button>
            }
        })
    };
    let tabs = STATES
        .into_iter()
        .map(|(name, label, _)| {
            let current = Signal::derive(move || shown.with(|shown| shown == name));
            let href = untrack(|| filters.address("state", name));
            view! {
                <Tab href current count=None>
                    {label()}
                </Tab>
            }
        })
        .collect_view();
    let empty = move || {
        if shown.with(String::is_empty) {
            view! {
                <Empty
                    title=texts::none_open()
                    sub=texts::none_open_sub()
                    mark=Mark::Full
                    tone=Tone::Accent
                />
            }
            .into_any()
        } else {
            view! { <Empty title=texts::none() sub=texts::none_sub()/> }.into_any()
        }
    };
    view! {
        <Work title=texts::title() actions=button>
            <div class="listing">
                <Parts current=Part::Bank/>
                <p class="muted">{texts::lead()}</p>
                <Tabs label=texts::title()>{tabs}</Tabs>
                <Loaded resource=list.first skeleton=Skeleton::Table is_empty=|empty: &bool| *empty empty let:_>
                    <div class="listing">
                        <ul class="rows">
                            <For
                                each=move || list.items.get()
                                key=|money| (money.id, money.state, money.suggestions.len())
                                let:money
                            >
                                <EntryRow money list may=may_import/>
                            </For>
                        </ul>
                        <Pager
                            shown=Signal::derive(move || texts::shown(count(list.items)))
                            more=list.has_more()
                            busy=list.busy
                            on_more=list.on_more()
                        />
                    </div>
                </Loaded>
            </div>
        </Work>
        <ImportSheet open=importing on_done=move || list.refetch()/>
    }
}
