//! The team: who is in it, with which role, who was invited.

use domain::identity::{InviteMember, Member, MemberPatch, Role};
use domain::text::{EmailAddress, Name};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Avatar, Button, ButtonKind, ButtonType, Form, Icon, Loaded, Menu, MenuItem, Row, Section, SelectField,
    SelectOption, Skeleton, TextField, TextKind, Toast, Toasts,
};

use super::Settings;
use crate::api::{ApiError, Intent};
use crate::form::{Reading, Sending};
use crate::session::ConsoleSession;
use crate::settings::{self, role_name};
use crate::t::{common as common_texts, settings::members as texts};

type Team = (Vec<Member>, Vec<Role>);

/// `/console/settings/team`
#[component]
pub fn MembersPage() -> impl IntoView {
    let team = ui::Fetched::new(|| async {
        Ok::<Team, ApiError>((settings::members().await?, settings::roles().await?))
    });
    let on_changed = Callback::new(move |()| team.refetch());
    view! {
        <Settings title=texts::title()>
            <div class="narrow">
                <Loaded resource=team skeleton=Skeleton::Table let:known>
                    <TeamView team=known on_changed/>
                </Loaded>
            </div>
        </Settings>
    }
}

#[component]
fn TeamView(team: Team, on_changed: Callback<()>) -> impl IntoView {
    let (members, roles) = team;
    let options: Vec<SelectOption> =
        roles.iter().map(|role| SelectOption::new(role.id.to_string(), role_name(role))).collect();
    // The least powerful role first: more is given on purpose.
    let least = roles.iter().min_by_key(|role| role.permissions.len()).map(|role| role.id.to_string());
    let (present, removed): (Vec<Member>, Vec<Member>) =
        members.into_iter().partition(|member| member.removed_at.is_none());
    let row_options = options.clone();
    let rows = move |members: Vec<Member>| {
        let options = row_options.clone();
        members
            .into_iter()
            .map(move |member| view! { <MemberRow member options=options.clone() on_changed/> })
            .collect_view()
    };
    let former_rows = rows(removed.clone());
    let former = (!removed.is_empty()).then(|| {
        view! {
            <Section title=texts::removed_title()>
                <ul class="rows">{former_rows}</ul>
            </Section>
        }
    });
    view! {
        <div class="stack">
            <ul class="rows">{rows(present)}</ul>
            <Invite options=options.clone() least=least.unwrap_or_default() on_changed/>
            {former}
        </div>
    }
}

/// Changes a member and tells of it.
fn change(member: Member, patch: MemberPatch, on_changed: Callback<()>, done: Toast, toasts: Toasts) {
    spawn_local(async move {
        match settings::change_member(member.id, &patch, member.version).await {
            Ok(_) => toasts.show(done),
            Err(error) => toasts.show(Toast::failed(error.text())),
        }
        // After a refusal too: the role shown is then the one that is still there.
        on_changed.run(());
    });
}

#[component]
fn MemberRow(member: Member, options: Vec<SelectOption>, on_changed: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let own = session.me.with_untracked(|me| me.member_id == member.id);
    let role = RwSignal::new(member.role_id.to_string());
    let removed = member.removed_at.is_some();
    Effect::new({
        let member = member.clone();
        move |_| {
            let chosen = role.get();
            if chosen == member.role_id.to_string() {
                return;
            }
            let patch = MemberPatch { role_id: chosen.parse().ok(), ..MemberPatch::default() };
            change(member.clone(), patch, on_changed, Toast::done(common_texts::saved()), toasts);
        }
    });
    let item = {
        let member = member.clone();
        let (icon, label) =
            if removed { (Icon::Undo, texts::bring_back()) } else { (Icon::Trash, texts::remove()) };
        let act = Callback::new(move |()| {
            let patch = MemberPatch { removed: Some(!removed), ..MemberPatch::default() };
            let name = member.name.to_string();
            let text = if removed { texts::is_back(&name) } else { texts::was_removed(&name) };
            change(member.clone(), patch, on_changed, Toast::done(text), toasts);
        });
        let item = MenuItem::new(icon, label, act);
        if removed { item } else { item.danger() }
    };
    let mut items = vec![item];
    if !member.joined && !removed {
        let (id, email) = (member.id, member.email.to_string());
        let again = Callback::new(move |()| {
            let email = email.clone();
            spawn_local(async move {
                match settings::invite_member_again(id).await {
                    Ok(()) => toasts.show(Toast::done(texts::invitation_sent(&email))),
                    Err(error) => toasts.show(Toast::failed(error.text())),
                }
            });
        });
        items.insert(0, MenuItem::new(Icon::Mail, texts::invite_again(), again));
    }
    let face = member.name.to_string();
    let state = if member.joined { "" } else { texts::invited() };
    let label = texts::role_of(member.name.as_str());
    let more = texts::more_for(member.name.as_str());
    let role_field = (!removed).then(|| {
        view! {
            <div class="bare-field">
                <SelectField label value=role options disabled=own/>
            </div>
        }
    });
    view! {
        <Row title=member.name.to_string() sub=member.email.to_string() lead=move || view! { <Avatar name=face ours=true/> }>
            <div class="line">
                <span>{state}</span>
                {role_field}
                {(!own).then(|| view! { <Menu label=more items/> })}
            </div>
        </Row>
    }
}

#[component]
fn Invite(options: Vec<SelectOption>, least: String, on_changed: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let name = RwSignal::new(String::new());
    let email = RwSignal::new(String::new());
    let role = RwSignal::new(least);
    let sending = Sending::new();
    let intent = Intent::new();
    let submit = move || {
        let mut reading = Reading::default();
        let new_name = reading.text::<Name>("/name", name);
        let new_email = reading.text::<EmailAddress>("/email", email);
        let role_id =
            reading.take("/role_id", role.get_untracked().parse().map_err(|_| ("required", String::new())));
        let (true, Some(new_name), Some(new_email), Some(role_id)) =
            (reading.is_done(sending.errors), new_name, new_email, role_id)
        else {
            return;
        };
        let body = InviteMember { name: new_name, email: new_email, role_id };
        sending.run(async move { settings::invite_member(&body, intent).await }, move |member| {
            toasts.show(Toast::done(texts::invitation_sent(member.email.as_str())));
            on_changed.run(());
        });
    };
    view! {
        <Section title=texts::invite()>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <div class="pair">
                    <TextField label=common_texts::name() value=name pointer="/name"/>
                    <TextField label=common_texts::email() value=email kind=TextKind::Email pointer="/email"/>
                </div>
                <SelectField label=texts::role() value=role options pointer="/role_id"/>
                <div class="line">
                    <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                        {texts::invite()}
                    </Button>
                </div>
            </Form>
        </Section>
    }
}
