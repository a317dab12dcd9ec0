//! After which days a charge that failed is tried again.

use domain::automatic_charges::{ChargeSettings, ChargeSettingsInput};
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Form, Loaded, Section, Skeleton, TextField, Toast, Toasts};

use crate::form::{Reading, Sending};
use crate::t::{automatic_charges as texts, common as common_texts};

/// The ladder, as a setting.
#[component]
pub fn ChargeLadder() -> impl IntoView {
    let settings = ui::Fetched::new(super::settings);
    view! {
        <Section title=texts::ladder()>
            <div class="gap">
                <p class="muted small">{texts::ladder_lead()}</p>
                <Loaded resource=settings skeleton=Skeleton::Form let:settings>
                    <LadderForm settings/>
                </Loaded>
            </div>
        </Section>
    }
}

/// `1, 3, 5` as days; none where something else stands between the commas.
fn days(text: &str) -> Option<Vec<u8>> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().ok()).collect()
}

#[component]
fn LadderForm(settings: ChargeSettings) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let sending = Sending::new();
    let version = RwSignal::new(settings.version);
    let written: Vec<String> = settings.input.retry_days.iter().map(u8::to_string).collect();
    let text = RwSignal::new(written.join(", "));
    let submit = move || {
        let mut reading = Reading::default();
        let read = days(&text.get_untracked()).ok_or(("invalid", String::new()));
        let retry_days = reading.take("/retry_days", read);
        let (true, Some(retry_days)) = (reading.is_done(sending.errors), retry_days) else { return };
        let at = version.get_untracked();
        sending.run(
            async move { super::change_settings(&ChargeSettingsInput { retry_days }, at).await },
            move |changed| {
                version.set(changed.version);
                toasts.show(Toast::done(common_texts::saved()));
            },
        );
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField
                label=texts::ladder_days()
                value=text
                pointer="/retry_days"
                hint=texts::ladder_hint()
                optional=true
            />
            <div>
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
            </div>
        </Form>
    }
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn days_are_read_between_commas() {
        assert_eq!(days("1, 3,5"), Some(vec![1, 3, 5]));
        assert_eq!(days(" "), Some(vec![]));
        assert_eq!(days("1; 3"), None);
        assert_eq!(days("300"), None);
    }
}
