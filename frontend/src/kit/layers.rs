//! What lies above the page, and the states of a page.

use leptos::prelude::*;
use ui::{
    Banner, Button, ButtonKind, ButtonSize, ChoiceGroup, ChoiceOption, Dialog, Empty, Entry, FailureKind,
    FailureView, Figure, FigureSize, Icon, Ledger, LedgerKind, Mark, Menu, MenuItem, Notice, Outcome,
    Palette, PaletteGroup, PaletteItem, Sheet, Skeleton, SkeletonView, TextLink, Toast, Toasts, Tone,
    Tooltip, When,
};

use super::{Specimen, sample};

#[component]
pub fn Layers() -> impl IntoView {
    view! {
        <Specimen id="layers" title="Layers">
            <Openers/>
        </Specimen>
        <Specimen id="states" title="States of a page">
            <Banner>"Demo: no real money moves, no mail is sent."</Banner>
            <Notice mark=Mark::Half tone=Tone::Info>
                "Version 5 of the plan is new since you looked."
                <span class="end">
                    <TextLink href="#states">"Compare"</TextLink>
                </span>
            </Notice>
            <Notice mark=Mark::Late tone=Tone::Critical>
                "The bank refused the debit. Nothing was taken."
                <span class="end">
                    <TextLink href="#states">"Pay another way"</TextLink>
                </span>
            </Notice>
            <div class="columns even">
                <Paid/>
                <Empty
                    title="Nothing needs you"
                    sub="Next is the delivery in February. We write when something changes."
                    mark=Mark::Full
                    tone=Tone::Positive
                >
                    <TextLink href="#states">"Look at the kitchen"</TextLink>
                </Empty>
                <Empty title="No invoices yet" sub="The first takes a minute; hours and accepted quotes fill it in.">
                    <Button kind=ButtonKind::Primary>"New invoice"</Button>
                </Empty>
                <FailureView kind=FailureKind::Offline detail=None on_retry=Some(Callback::new(|()| {}))/>
                <FailureView kind=FailureKind::Forbidden detail=None on_retry=None/>
                <FailureView kind=FailureKind::Missing detail=None on_retry=None/>
                <SkeletonView shape=Skeleton::Ledger/>
                <SkeletonView shape=Skeleton::Table/>
                <SkeletonView shape=Skeleton::Document/>
                <SkeletonView shape=Skeleton::Form/>
            </div>
        </Specimen>
    }
}

#[component]
fn Paid() -> impl IntoView {
    view! {
        <Outcome title="Paid. Thank you, Zoë.">
            <p class="muted">
                <Figure amount=sample(624_000, "EUR")/>
                " on 24 Nov, receipt sent to you."
            </p>
            <Ledger label="What follows" kind=LedgerKind::History>
                <Entry when=When::words("", "Now") mark=Mark::Quarter tone=Tone::Accent href="#states">
                    "Your cabinets are ordered"
                </Entry>
                <Entry when=When::words("", "1 Dec") mark=Mark::Empty href="#states">
                    "Inês measures, 45 min"
                </Entry>
            </Ledger>
        </Outcome>
    }
}

#[component]
fn Openers() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let (dialog, sheet, palette) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let query = RwSignal::new(String::new());
    let undo = Callback::new(move |()| toasts.show(Toast::done("Taken back")));
    let items = vec![
        MenuItem::new(Icon::Copy, "Duplicate", move || toasts.show(Toast::done("Duplicated"))),
        MenuItem::new(Icon::Download, "PDF", || {}),
        MenuItem::new(Icon::Trash, "Void", move || dialog.set(true)).danger(),
    ];
    let found = Signal::derive(move || {
        let typed = query.get().to_lowercase();
        let item = |icon, text: &str, detail: &str| PaletteItem {
            id: text.to_owned(),
            icon,
            text: text.to_owned(),
            detail: detail.to_owned(),
        };
        let fits = |item: &PaletteItem| item.text.to_lowercase().contains(&typed);
        let clients = vec![
            item(Icon::Clients, "Hoshino-ya Ryokan", "Karuizawa"),
            item(Icon::Clients, "Hotel Königshof", "Wien"),
        ];
        let money = vec![item(Icon::Money, "2026-119, Hoshino-ya Ryokan", "Draft")];
        vec![
            PaletteGroup { title: "Clients".into(), items: clients.into_iter().filter(fits).collect() },
            PaletteGroup { title: "Money".into(), items: money.into_iter().filter(fits).collect() },
        ]
    });
    let buttons = move || {
        view! {
            <Button on_click=move || dialog.set(false)>"Keep it"</Button>
            <Button kind=ButtonKind::Danger on_click=move || dialog.set(false)>
                "Void invoice"
            </Button>
        }
    };
    view! {
        <div class="line">
            <Button on_click=move || dialog.set(true)>"Dialog"</Button>
            <Button on_click=move || sheet.set(true)>"Sheet"</Button>
            <Button on_click=move || palette.set(true)>"Palette"</Button>
            <Button on_click=move || {
                toasts.show(Toast::done("Reminder sent to Núñez & Hijas").undo(undo));
            }>"Toast"</Button>
            <Tooltip text="24 Nov 2026, 09:12 CET">
                <Button>"2 h ago"</Button>
            </Tooltip>
            <Menu label="More" items/>
        </div>
        <Dialog open=dialog title="Void invoice 2026-110?" buttons>
            "Brontë & Sons are told, and the number is kept. This can’t be undone."
        </Dialog>
        <Sheet open=sheet title="Pay">
            <PaySheet open=sheet/>
        </Sheet>
        <Palette
            open=palette
            label="Open anything by name or number"
            query
            groups=found
            on_choose=move |item: PaletteItem| toasts.show(Toast::done(item.text))
        />
    }
}

#[component]
fn PaySheet(open: RwSignal<bool>) -> impl IntoView {
    let option = |value: &str, title: &str, sub: &str| ChoiceOption {
        value: value.into(),
        title: title.into(),
        sub: sub.into(),
        amount: None,
    };
    let options = vec![option("card", "Visa ending 4242", "12/28"), option("sepa", "SEPA debit", "2 days")];
    view! {
        <div>
            <p>
                <Figure amount=sample(131_072, "EUR") size=FigureSize::Big/>
            </p>
            <p class="sub">"Invoice 2026-0417, Garage Béranger"</p>
        </div>
        <ChoiceGroup label="Pay with" value=RwSignal::new("card".to_owned()) options/>
        <Button kind=ButtonKind::Primary size=ButtonSize::TallWide on_click=move || open.set(false)>
            "Pay "
            <Figure amount=sample(131_072, "EUR")/>
        </Button>
    }
}
