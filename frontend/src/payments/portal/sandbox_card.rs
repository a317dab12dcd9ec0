//! What the sandbox's pages have in common: the fields of a card, and the test cards that fill them.

use domain::payments::SandboxCard;
use leptos::prelude::*;
use ui::{Section, TextField, TextKind};

use crate::form::Sending;
use crate::t::portal::sandbox as texts;

/// A card's number, its brand, and what it leads to.
type TestCard = (&'static str, &'static str, fn() -> &'static str);

/// The cards the sandbox knows, and what each leads to.
const CARDS: [TestCard; 10] = [
    ("4242 4242 4242 4242", "Visa", texts::succeeds),
    ("5555 5555 5555 4444", "Mastercard", texts::succeeds),
    ("3782 822463 10005", "Amex", texts::succeeds),
    ("4000 0025 0000 3155", "Visa", texts::second_step),
    ("4000 0027 6000 3184", "Visa", texts::always_asks),
    ("4000 0037 2000 0278", "Visa", texts::later),
    ("4000 0000 0000 0341", "Visa", texts::fails_later),
    ("4000 0000 0000 0002", "Visa", texts::declines),
    ("4000 0000 0000 9995", "Visa", texts::no_funds),
    ("4000 0000 0000 0069", "Visa", texts::expired_card),
];
/// A date on which the cards are good, for a long while.
const GOOD_UNTIL: &str = "12/34";

/// What is typed; it outlives the screens, so that a refusal keeps it.
#[derive(Clone, Copy)]
pub struct Typed {
    number: RwSignal<String>,
    expiry: RwSignal<String>,
    cvc: RwSignal<String>,
    /// The form's errors, and whether it is on its way.
    pub sending: Sending,
}

impl Typed {
    /// Nothing yet.
    pub fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self { number: empty(), expiry: empty(), cvc: empty(), sending: Sending::new() }
    }

    /// The card as it was typed.
    pub fn read(self) -> SandboxCard {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        SandboxCard { number: text(self.number), expiry: text(self.expiry), cvc: text(self.cvc) }
    }

    fn fill(self, number: &str) {
        self.number.set(number.to_owned());
        self.expiry.set(GOOD_UNTIL.to_owned());
        self.cvc.set(if number.starts_with('3') { "1234" } else { "123" }.to_owned());
        self.sending.errors.clear();
    }
}

/// The fields of a card, in a form.
#[component]
pub fn CardFields(
    /// What is typed into them.
    typed: Typed,
) -> impl IntoView {
    view! {
        <TextField
            label=texts::number()
            value=typed.number
            kind=TextKind::Code
            pointer="/number"
            autocomplete="off"
            placeholder="4242 4242 4242 4242"
        />
        <div class="pair">
            <TextField
                label=texts::expiry()
                value=typed.expiry
                kind=TextKind::Code
                pointer="/expiry"
                autocomplete="off"
                placeholder="MM/YY"
            />
            <TextField
                label=texts::cvc()
                value=typed.cvc
                kind=TextKind::Code
                pointer="/cvc"
                autocomplete="off"
                placeholder="123"
            />
        </div>
    }
}

/// The test cards; choosing one fills it in.
#[component]
pub fn TestCards(
    /// Into which fields.
    typed: Typed,
) -> impl IntoView {
    let rows = CARDS
        .into_iter()
        .map(|(number, brand, leads_to)| {
            let chosen = move || typed.number.with(|typed| typed == number).to_string();
            view! {
                <li class="row">
                    <div class="what">
                        <button
                            class="title code"
                            type="button"
                            aria-pressed=chosen
                            on:click=move |_| typed.fill(number)
                        >
                            {number}
                        </button>
                        <span class="sub">{brand} " · " {leads_to()}</span>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <Section title=texts::cards()>
            <p class="small muted">{texts::cards_sub()}</p>
            <ul class="rows">{rows}</ul>
        </Section>
    }
}
