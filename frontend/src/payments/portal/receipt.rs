//! The button that saves a receipt.

use domain::payments::PaymentId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Button, ButtonKind, Icon, Toast, Toasts};

use crate::t::portal::receipts as texts;

/// Saves the receipt of a payment as PDF.
#[component]
pub fn SaveReceipt(
    /// The payment.
    id: PaymentId,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let save = move || {
        busy.set(true);
        spawn_local(async move {
            if let Err(error) = super::save_receipt(id, texts::receipt()).await {
                toasts.show(Toast::failed(error.text()));
            }
            busy.set(false);
        });
    };
    view! {
        <Button kind=ButtonKind::Quiet icon=Icon::Download busy on_click=save>
            {texts::receipt()}
        </Button>
    }
}
