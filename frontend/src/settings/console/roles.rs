//! Roles: named sets of what one may do.

use domain::identity::{Role, RoleInput};
use domain::permission::{Audience, DefaultRole, Permission};
use domain::text::Name;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, Form, Icon, Loaded, Menu, MenuItem, Row, Section, Sheet,
    Skeleton, TextField, Toast, Toasts,
};

use super::Settings;
use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::settings::{self, permission_text, role_name};
use crate::t::{common as common_texts, settings::roles as texts};

/// `/console/settings/roles`
#[component]
pub fn RolesPage() -> impl IntoView {
    let roles = ui::Fetched::new(settings::roles);
    let on_changed = Callback::new(move |()| roles.refetch());
    view! {
        <Settings title=texts::title()>
            <div class="narrow">
                <Loaded resource=roles skeleton=Skeleton::Table let:list>
                    <List list on_changed/>
                </Loaded>
            </div>
        </Settings>
    }
}

#[component]
fn List(list: Vec<Role>, on_changed: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let subject = RwSignal::new(None::<Role>);
    let edit = Callback::new(move |(role,): (Option<Role>,)| {
        subject.set(role);
        open.set(true);
    });
    let rows = list.into_iter().map(|role| view! { <RoleRow role edit on_changed/> }).collect_view();
    let end = move || {
        view! {
            <button class="link" type="button" on:click=move |_| edit.run((None,))>
                {texts::add()}
            </button>
        }
    };
    view! {
        <Section title=texts::all() end>
            <ul class="rows">{rows}</ul>
        </Section>
        <Sheet open title=texts::role()>
            {move || view! { <RoleForm known=subject.get() open on_changed/> }}
        </Sheet>
    }
}

#[component]
fn RoleRow(role: Role, edit: Callback<(Option<Role>,)>, on_changed: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let id = role.id;
    let name = role_name(&role);
    let sub =
        texts::sub(role.members, &ui::format::number(i64::try_from(role.permissions.len()).unwrap_or(0)));
    let mut items = Vec::new();
    // The owner may do everything, always: otherwise an organization could lock itself out.
    let owner = role.key == DefaultRole::Owner.key();
    if !owner {
        let known = role.clone();
        items.push(MenuItem::new(
            Icon::Edit,
            texts::edit(),
            Callback::new(move |()| edit.run((Some(known.clone()),))),
        ));
    }
    if role.members == 0 && role.key.is_empty() {
        let remove = move |()| {
            spawn_local(async move {
                match settings::delete_role(id).await {
                    Ok(()) => on_changed.run(()),
                    Err(error) => toasts.show(Toast::failed(error.text())),
                }
            });
        };
        items.push(MenuItem::new(Icon::Trash, texts::remove(), Callback::new(remove)).danger());
    }
    let label = texts::more_for(&name);
    let has_menu = !items.is_empty();
    view! {
        <Row title=name sub>
            {if has_menu {
                view! { <Menu label items/> }.into_any()
            } else {
                view! { <span>{texts::everything()}</span> }.into_any()
            }}
        </Row>
    }
}

#[component]
fn RoleForm(known: Option<Role>, open: RwSignal<bool>, on_changed: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let title = known.as_ref().map_or_else(|| texts::add().to_owned(), role_name);
    let name = RwSignal::new(known.as_ref().map(role_name).unwrap_or_default());
    let granted = known.as_ref().map(|role| role.permissions.clone()).unwrap_or_default();
    let choices: Vec<(Permission, RwSignal<bool>)> = Permission::of(Audience::Console)
        .filter(|permission| *permission != Permission::Console)
        .map(|permission| (permission, RwSignal::new(granted.contains(&permission))))
        .collect();
    let boxes = choices
        .iter()
        .map(
            |(permission, checked)| view! { <Checkbox label=permission_text(*permission) checked=*checked/> },
        )
        .collect_view();
    let sending = Sending::new();
    let intent = Intent::new();
    let submit = move || {
        let mut reading = Reading::default();
        let name = reading.text::<Name>("/name", name);
        let (true, Some(name)) = (reading.is_done(sending.errors), name) else { return };
        let chosen =
            choices.iter().filter(|(_, chosen)| chosen.get_untracked()).map(|(permission, _)| *permission);
        let permissions = std::iter::once(Permission::Console).chain(chosen).collect();
        let (body, target) =
            (RoleInput { name, permissions }, known.as_ref().map(|role| (role.id, role.version)));
        let call = async move {
            match target {
                Some((id, version)) => settings::replace_role(id, &body, version).await,
                None => settings::create_role(&body, intent).await,
            }
        };
        sending.run(call, move |_| {
            open.set(false);
            toasts.show(Toast::done(common_texts::saved()));
            on_changed.run(());
        });
    };
    view! {
        <h2>{title}</h2>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField label=common_texts::name() value=name pointer="/name"/>
            <fieldset class="field">
                <legend class="label">{texts::may()}</legend>
                <div>{boxes}</div>
            </fieldset>
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
