//! Two people changed the same thing: what the other one wrote is shown, and one of both is chosen.

use domain::problem::Code;
use leptos::html;
use leptos::prelude::*;
use serde_json::Value;
use ui::{Button, Mark, Notice, Tone};

use crate::api::ApiError;
use crate::t::clients::conflict as texts;

/// The fields in which the thing is different now, by their names in the body.
pub type Theirs = Vec<(String, String)>;

/// What the server has now, if this is why it refused.
pub fn theirs(error: &ApiError) -> Option<Theirs> {
    let ApiError::Refused(problem) = error else { return None };
    if problem.code != Code::VersionMismatch {
        return None;
    }
    let fields = problem.current::<serde_json::Map<String, Value>>();
    Some(
        fields
            .into_iter()
            .flatten()
            .filter(|(name, _)| name.as_str() != "version")
            .map(|(name, value)| {
                let said = said(&value);
                (name, if said.is_empty() { texts::nothing().to_owned() } else { said })
            })
            .collect(),
    )
}

/// A value as people write it; lists by what their parts are called.
fn said(value: &Value) -> String {
    let all =
        |parts: Vec<String>| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.parse::<chrono::NaiveDate>().is_ok() => {
            ui::format::date(text, ui::format::DateStyle::Medium)
        }
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Object(parts) => match parts.get("description") {
            Some(name) => said(name),
            None => all(parts.values().filter(|part| part.is_string()).map(said).collect()),
        },
        Value::Array(parts) => all(parts.iter().map(said).collect()),
    }
}

/// Says what someone else wrote meanwhile. What was typed here stays in the form until one of both is chosen.
#[component]
pub fn ConflictNotice(
    /// What they wrote; nothing while there is no conflict.
    theirs: RwSignal<Option<Theirs>>,
    /// The label of a field.
    label: fn(&str) -> Option<&'static str>,
    /// Takes what is there now.
    #[prop(into)]
    on_theirs: Callback<()>,
    /// Saves what was typed here over it.
    #[prop(into)]
    on_mine: Callback<()>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    // The form may be long, and its button far below.
    Effect::new(move |_| {
        if let Some(notice) = node.get() {
            request_animation_frame(move || drop(notice.focus()));
        }
    });
    move || {
        theirs.get().map(|fields| {
            let list = fields
                .into_iter()
                .filter_map(|(name, value)| {
                    let label = label(&name)?;
                    Some(view! { <li><b>{label}</b> ": " {value}</li> })
                })
                .collect_view();
            view! {
                <Notice mark=Mark::Late tone=Tone::Caution>
                    <div class="gap grow" tabindex="-1" node_ref=node>
                        <div>
                            <p>{texts::title()}</p>
                            <ul>{list}</ul>
                        </div>
                        <div class="line">
                            <Button on_click=move || {
                                theirs.set(None);
                                on_theirs.run(());
                            }>{texts::take_theirs()}</Button>
                            <Button on_click=move || {
                                theirs.set(None);
                                on_mine.run(());
                            }>{texts::save_mine()}</Button>
                        </div>
                    </div>
                </Notice>
            }
        })
    }
}
