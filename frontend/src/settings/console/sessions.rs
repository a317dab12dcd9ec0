//! Where one is signed in.

use domain::identity::Session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Button, Loaded, Row, Section, Skeleton, Toast, Toasts};

use crate::settings;
use crate::t::settings::sessions as texts;
use crate::time::Ago;

#[component]
pub fn Sessions() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let list = ui::Fetched::new(settings::sessions);
    let end = Callback::new(move |(session,): (Option<Session>,)| {
        spawn_local(async move {
            let answer = match session {
                Some(session) => settings::end_session(session.id).await,
                None => settings::end_other_sessions().await,
            };
            match answer {
                Ok(()) => list.refetch(),
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    });
    view! {
        <Section title=texts::title()>
            <Loaded resource=list skeleton=Skeleton::Table let:sessions>
                <List sessions end/>
            </Loaded>
        </Section>
    }
}

#[component]
fn List(sessions: Vec<Session>, end: Callback<(Option<Session>,)>) -> impl IntoView {
    let others = sessions.len() > 1;
    let rows = sessions
        .into_iter()
        .map(|session| {
            let title = browser_name(&session.user_agent);
            let (current, seen, address) = (session.current, session.last_seen_at, session.address.clone());
            view! {
                <Row title sub=address>
                    {if current {
                        view! { <span>{texts::this_one()}</span> }.into_any()
                    } else {
                        view! {
                            <div class="line">
                                <Ago at=seen/>
                                <Button on_click=move || end.run((Some(session.clone()),))>{texts::end()}</Button>
                            </div>
                        }
                            .into_any()
                    }}
                </Row>
            }
        })
        .collect_view();
    view! {
        <div class="gap">
            <ul class="rows">{rows}</ul>
            {others
                .then(|| {
                    view! {
                        <div class="line">
                            <Button on_click=move || end.run((None,))>{texts::end_others()}</Button>
                        </div>
                    }
                })}
        </div>
    }
}

/// A browser and system as people call them, from what the browser says of itself.
fn browser_name(agent: &str) -> String {
    let first = |names: &[(&str, &str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    // Each names its forebears as well, so the youngest comes first.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) if agent.is_empty() => texts::unknown().to_owned(),
        (None, None) => agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser_name;

    #[test]
    fn browsers_are_told_apart() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(browser_name(chrome), "Chrome, Linux");
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser_name(edge), "Edge, Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1";
        assert_eq!(browser_name(phone), "Safari, iPhone");
        assert_eq!(browser_name("curl/8.5"), "curl/8.5");
    }
}
