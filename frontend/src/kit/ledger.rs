//! The ledger in its kinds, in German and from right to left.

use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonSize, Entry, EntryState, Figure, Ledger, LedgerKind, LinkButton, Mark, Tone,
    When,
};

use super::{Specimen, sample};

const HERE: &str = "#ledger";

#[component]
pub fn Ledgers() -> impl IntoView {
    view! {
        <Specimen id="ledger" title="Ledger">
            <p class="muted">
                "Date in the margin, mark on the rule, the thing beside it. The first need is open, the rest wait. Small: history. It mirrors."
            </p>
            <div class="columns even">
                <Needs/>
                <div class="stack">
                    <History/> <Work/> <div dir="rtl" lang="ar">
                        <Ledger label="من اليمين">
                            <Entry when=When::words("٢٤", "نوفمبر") mark=Mark::Quarter tone=Tone::Caution href=HERE sub=|| "تُطلب الخزائن عند وصولها">
                                "الدفعة الثانية"
                            </Entry>
                            <Entry when=When::words("٢٦", "نوفمبر") mark=Mark::Empty href=HERE sub=|| "باب المخزن">
                                "أمر تغيير ٣"
                            </Entry>
                        </Ledger>
                    </div>
                </div>
                <German/>
            </div>
        </Specimen>
    }
}

#[component]
fn Needs() -> impl IntoView {
    let pay = || {
        view! {
            <LinkButton href=HERE.to_owned() kind=ButtonKind::Primary size=ButtonSize::Tall>
                "Pay "
                <Figure amount=sample(624_000, "EUR")/>
            </LinkButton>
        }
    };
    let change = || view! { "Pantry door, " <Figure amount=sample(48_000, "EUR") signed=true/> };
    view! {
        <Ledger label="Needs you">
            <Entry
                when=When::date_named("2026-11-24", "Today")
                mark=Mark::Quarter
                tone=Tone::Caution
                state=EntryState::Now
                open=true
                href=HERE
                sub=|| "Invoice 2026-318 for the kitchen. Your cabinets are ordered when it arrives."
                act=pay
            >
                "Second instalment"
            </Entry>
            <Entry when=When::date("2026-11-26") mark=Mark::Empty href=HERE sub=change act=|| view! { <Button>"Approve"</Button> }>
                "Change order 3"
            </Entry>
            <Entry
                when=When::date("2026-11-27")
                mark=Mark::Empty
                href=HERE
                sub=|| "Inês asks, for the drawing"
                act=|| view! { <Button>"Answer"</Button> }
            >
                "Which way should the oven open?"
            </Entry>
            <Entry
                when=When::date("2026-12-01")
                mark=Mark::Empty
                href=HERE
                sub=|| "45 min at your home"
                act=|| view! { <Button>"Book"</Button> }
            >
                "Final measuring"
            </Entry>
        </Ledger>
    }
}

#[component]
fn History() -> impl IntoView {
    view! {
        <Ledger label="History" kind=LedgerKind::History>
            <Entry when=When::words("", "2 h") mark=Mark::Half tone=Tone::Info href=HERE>
                "You opened it"
            </Entry>
            <Entry when=When::words("", "Mon") mark=Mark::Empty href=HERE>
                "Sent to you"
            </Entry>
            <Entry when=When::words("", "18 Nov") mark=Mark::Full tone=Tone::Positive href=HERE>
                <Figure amount=sample(24_250, "EUR")/>
                " approved"
            </Entry>
            <Entry
                when=When::words("", "16 Nov")
                mark=Mark::Late
                tone=Tone::Critical
                href=HERE
                sub=|| "Mailbox full; Amélie was told"
            >
                "Reminder could not be delivered"
            </Entry>
        </Ledger>
    }
}

#[component]
fn Work() -> impl IntoView {
    view! {
        <Ledger label="Work" kind=LedgerKind::Loose>
            <Entry
                when=When::words("3", "of 5")
                mark=Mark::Half
                tone=Tone::Accent
                href=HERE
                sub=|| "Next: final measuring, by 1 Dec"
            >
                "Kitchen, Rua das Flores 12"
            </Entry>
            <Entry when=When::words("5", "of 5") mark=Mark::Full tone=Tone::Accent href=HERE sub=|| "Finished 14 Aug">
                "Bathroom cabinet in smoked oak with the curved mirror door"
            </Entry>
        </Ledger>
    }
}

#[component]
fn German() -> impl IntoView {
    let pay = || {
        view! {
            <LinkButton href=HERE.to_owned() kind=ButtonKind::Primary size=ButtonSize::Tall>
                "3.160,00 € bezahlen"
            </LinkButton>
        }
    };
    view! {
        <div lang="de">
            <Ledger label="Zu tun">
                <Entry
                    when=When::words("24", "Heute")
                    mark=Mark::Late
                    tone=Tone::Critical
                    state=EntryState::Late
                    open=true
                    href=HERE
                    sub=|| "Rechnung 2026-88 · Nachlassangelegenheit Núñez Delgado"
                    act=pay
                >
                    "Kostenvorschussrechnung begleichen"
                </Entry>
                <Entry
                    when=When::words("26", "Nov.")
                    mark=Mark::Empty
                    href=HERE
                    sub=|| "Erbscheinsverfahren"
                    act=|| view! { <Button>"Unterschreiben"</Button> }
                >
                    "Vollmacht unterschreiben"
                </Entry>
            </Ledger>
        </div>
    }
}
