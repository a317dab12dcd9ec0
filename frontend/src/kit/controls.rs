//! Buttons, fields, choices.

use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonSize, ButtonType, Checkbox, ChoiceGroup, ChoiceOption, Combobox,
    ComboboxOption, DateField, FieldError, Figure, FileDrop, Form, FormErrors, Icon, IconButton, LinkButton,
    MoneyField, RadioGroup, SelectField, SelectOption, Switch, TextArea, TextField, TextKind, TextLink,
    Toast, Toasts,
};

use super::{Specimen, sample};

#[component]
pub fn Controls() -> impl IntoView {
    view! {
        <Specimen id="buttons" title="Buttons">
            <div class="line">
                <Button kind=ButtonKind::Primary>"Pay " <Figure amount=sample(131_072, "EUR")/></Button>
                <Button>"Approve"</Button>
                <Button kind=ButtonKind::Quiet>"Not now"</Button>
                <Button kind=ButtonKind::Danger>"Void invoice"</Button>
            </div>
            <div class="line">
                <Button kind=ButtonKind::Primary busy=true>
                    "Paying"
                </Button>
                <Button busy=true>"Saving"</Button>
                <Button disabled=true>"Send"</Button>
                <Button icon=Icon::Plus>"Item"</Button>
                <IconButton icon=Icon::Download label="Download" on_click=|| {}/>
                <IconButton icon=Icon::Trash label="Remove" disabled=true on_click=|| {}/>
                <TextLink href="#buttons">"A link in text"</TextLink>
                <kbd>"⌘K"</kbd>
            </div>
            <div class="line kit-touch">
                <LinkButton href="#buttons".to_owned() kind=ButtonKind::Primary size=ButtonSize::Tall>
                    "Accept for "
                    <Figure amount=sample(2_511_500, "EUR")/>
                </LinkButton>
                <Button wrap=true>"Rechtsschutzversicherungsbestätigung hochladen"</Button>
            </div>
        </Specimen>
        <Specimen id="fields" title="Fields">
            <Fields/>
        </Specimen>
        <Specimen id="choice" title="Choice">
            <Choices/>
        </Specimen>
    }
}

#[component]
fn Fields() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let errors = FormErrors::new();
    let text = |value: &str| RwSignal::new(value.to_owned());
    let email = text("zoe.marchetti");
    let amount = RwSignal::new(Some(131_072));
    let (zone, typed) = (text("Europe/Lisbon"), text("Europe/Lisbon"));
    let zones = Signal::derive(move || {
        ["Europe/Berlin", "Europe/Lisbon", "Asia/Tokyo"]
            .into_iter()
            .filter(|name| name.to_lowercase().contains(&typed.get().to_lowercase()))
            .map(|name| ComboboxOption { value: name.into(), label: name.into(), detail: "14:05".into() })
            .collect::<Vec<_>>()
    });
    let owners = vec![SelectOption::new("1", "Sørine Ødegård"), SelectOption::new("2", "Felix Baumgartner")];
    let ways = vec![SelectOption::new("card", "By card"), SelectOption::new("transfer", "By transfer")];
    let submit = move || {
        errors.set(vec![
            FieldError { pointer: "/due".into(), message: "is before the date of the invoice".into() },
            FieldError { pointer: "/email".into(), message: "should look like ana@example.com".into() },
        ]);
    };
    let on_files =
        move |files: Vec<web_sys::File>| toasts.show(Toast::done(format!("{} files", files.len())));
    view! {
        <Form errors on_submit=submit>
            <div class="columns even">
                <div class="form">
                    <TextField label="Name" value=text("Zoë Marchetti-Brännström")/>
                    <TextField label="E-mail" value=email kind=TextKind::Email pointer="/email"/>
                    <MoneyField
                        label="Amount"
                        value=amount
                        currency="EUR".to_owned()
                        exponent=2_u32
                        hint="Of €1,310.72 still open"
                    />
                    <DateField label="Due" value=text("2026-11-30") pointer="/due" optional=true/>
                    <SelectField label="Owner" value=text("1") options=owners/>
                    <Combobox label="Zone" value=zone query=typed options=zones/>
                    <TextField label="Password" value=text("correct horse") kind=TextKind::Password/>
                    <TextField label="Number" value=text("2026-119") disabled=true hint="Given when sent"/>
                </div>
                <div class="form">
                    <TextArea label="Words to the client" value=text("") placeholder="What should they know?"/>
                    <FileDrop label="Files" hint="up to 50 MB each" multiple=true on_files/>
                    <div>
                        <Checkbox label="Clients may see this" checked=RwSignal::new(true)/>
                        <Checkbox label="Ask for a signature" checked=RwSignal::new(false)/>
                        <Checkbox label="Not possible now" checked=RwSignal::new(true) disabled=true/>
                    </div>
                    <RadioGroup label="Pay" value=text("card") options=ways/>
                    <div>
                        <Switch label="Remind automatically" checked=RwSignal::new(true)/>
                        <Switch label="Copy me" checked=RwSignal::new(false)/>
                    </div>
                </div>
            </div>
            <div>
                <Button button_type=ButtonType::Submit>"Send, and be refused"</Button>
            </div>
        </Form>
    }
}

#[component]
fn Choices() -> impl IntoView {
    let option = |value: &str, title: &str, sub: &str, minor: i64| ChoiceOption {
        value: value.to_owned(),
        title: title.to_owned(),
        sub: sub.to_owned(),
        amount: Some(sample(minor, "EUR")),
    };
    let options = vec![
        option("linoleum", "Linoleum on birch", "Matt, warm to the touch", 1_694_000),
        option("oak", "Solid oak", "Oiled, from one tree where we can", 2_431_000),
    ];
    view! { <ChoiceGroup label="Fronts" value=RwSignal::new("oak".to_owned()) options/> }
}
