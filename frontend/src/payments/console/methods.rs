//! Which ways to pay a client or an invoice is offered: what holds, and choosing otherwise.

use domain::clients::ClientId;
use domain::invoices::InvoiceId;
use domain::payments::{ChooseMethods, MethodChoice, Provider};
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, Form, Loaded, RadioGroup, Section, SelectOption, Sheet,
    Skeleton, TextLink, Toast, Toasts,
};

use crate::api::{self, Answer};
use crate::form::Sending;
use crate::payments::provider_name;
use crate::session::ConsoleSession;
use crate::t::common as common_texts;
use crate::t::ways::choice as texts;

/// Whose ways to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payable {
    /// All invoices of a client that say nothing themselves.
    Client(ClientId),
    /// One invoice.
    Invoice(InvoiceId),
}

impl Payable {
    fn path(self) -> String {
        match self {
            Self::Client(id) => format!("/clients/{id}/payment-methods"),
            Self::Invoice(id) => format!("/invoices/{id}/payment-methods"),
        }
    }

    /// What changes it.
    fn permission(self) -> Permission {
        match self {
            Self::Client(_) => Permission::EditClients,
            Self::Invoice(_) => Permission::EditInvoices,
        }
    }

    fn inherited(self) -> &'static str {
        match self {
            Self::Client(_) => texts::inherited_client(),
            Self::Invoice(_) => texts::inherited_invoice(),
        }
    }

    fn as_inherited(self, list: &str) -> String {
        match self {
            Self::Client(_) => texts::as_inherited_client(list),
            Self::Invoice(_) => texts::as_inherited_invoice(list),
        }
    }
}

async fn choice(payable: Payable) -> Answer<MethodChoice> {
    api::get(&payable.path()).await
}

async fn choose(payable: Payable, body: &ChooseMethods) -> Answer<MethodChoice> {
    api::put(&payable.path(), body, None).await
}

fn names(methods: &[Provider]) -> String {
    if methods.is_empty() {
        return texts::none().to_owned();
    }
    methods.iter().map(|method| provider_name(*method)).collect::<Vec<_>>().join(", ")
}

/// What holds of a choice: only what is switched on can be offered.
fn holding(choice: &MethodChoice) -> Vec<Provider> {
    match &choice.own {
        Some(own) => own.iter().copied().filter(|method| choice.available.contains(method)).collect(),
        None => choice.inherited.clone(),
    }
}

/// The ways to pay, and the way to choose others.
#[component]
pub fn WaysToPay(
    /// Whose.
    payable: Payable,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let present = ui::Fetched::new(move || choice(payable));
    let open = RwSignal::new(false);
    let may = session.may(payable.permission());
    let choosable = Memo::new(move |_| {
        present.with(|present| matches!(present, Some(Ok(choice)) if !choice.available.is_empty()))
    });
    let change = move || {
        (may && choosable.get()).then(|| {
            view! {
                <Button kind=ButtonKind::Quiet on_click=move || open.set(true)>
                    {texts::change()}
                </Button>
            }
        })
    };
    view! {
        <Section title=texts::title() end=move || change>
            <Loaded resource=present skeleton=Skeleton::Form let:choice>
                <Present payable choice open on_changed=move || present.refetch()/>
            </Loaded>
        </Section>
    }
}

#[component]
fn Present(
    payable: Payable,
    choice: MethodChoice,
    open: RwSignal<bool>,
    #[prop(into)] on_changed: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    if choice.available.is_empty() {
        let set_up = session.may(Permission::ManagePayments).then(|| {
            view! {
                " "
                <TextLink href="/console/settings/payments">{texts::set_up()}</TextLink>
            }
        });
        return view! { <p class="muted">{texts::nothing_available()} {set_up}</p> }.into_any();
    }
    let why = if choice.own.is_some() { texts::own() } else { payable.inherited() };
    let list = names(&holding(&choice));
    let choice = StoredValue::new(choice);
    view! {
        <div>
            <p>{list}</p>
            <p class="sub">{why}</p>
        </div>
        <Sheet open title=texts::title()>
            <ChoiceForm payable choice=choice.get_value() open on_changed/>
        </Sheet>
    }
    .into_any()
}

#[component]
fn ChoiceForm(
    payable: Payable,
    choice: MethodChoice,
    open: RwSignal<bool>,
    on_changed: Callback<()>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let whose = RwSignal::new(if choice.own.is_some() { "own" } else { "inherited" }.to_owned());
    let holding = holding(&choice);
    let ticks: Vec<(Provider, RwSignal<bool>)> =
        choice.available.iter().map(|method| (*method, RwSignal::new(holding.contains(method)))).collect();
    let options = vec![
        SelectOption::new("inherited", payable.as_inherited(&names(&choice.inherited))),
        SelectOption::new("own", texts::only_these()),
    ];
    let sending = Sending::new();
    let chosen = ticks.clone();
    let submit = move || {
        let own = whose.with_untracked(|whose| whose == "own");
        let methods = own.then(|| {
            chosen.iter().filter(|(_, on)| on.get_untracked()).map(|(method, _)| *method).collect::<Vec<_>>()
        });
        let body = ChooseMethods { methods };
        sending.run(async move { choose(payable, &body).await }, move |_| {
            open.set(false);
            toasts.show(Toast::done(texts::saved()));
            on_changed.run(());
        });
    };
    let boxes = move || {
        whose.with(|whose| whose == "own").then(|| {
            let list = ticks
                .iter()
                .map(|(method, on)| view! { <Checkbox label=provider_name(*method) checked=*on/> })
                .collect_view();
            view! {
                <div class="gap">
                    {list} <p class="hint">{texts::none_hint()}</p>
                </div>
            }
        })
    };
    view! {
        <h2>{texts::title()}</h2>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <RadioGroup label=texts::title() value=whose options pointer="/methods"/>
            {boxes}
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
