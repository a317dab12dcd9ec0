//! What a client decides, once, and what follows from it in the same transaction.

use domain::clients::ContactId;
use domain::events::{Event, Subject};
use domain::invoices::{DraftInvoice, GuestLinkId, InvoiceId, SendInvoice};
use domain::organizations::Organization;
use domain::problem::{Code, Problem};
use domain::projects::{ProjectId, ProjectKind};
use domain::quotes::billing::{accepted_lines, share_of};
use domain::quotes::{
    AcceptQuote, Accepted, Decision, DecisionKind, DeclineQuote, QuoteError, QuoteId, QuotePart,
    RequestChanges, Selection, compute,
};
use domain::text::{Line, Name, Note};
use domain::totals::PriceMode;
use store::projects::{self, NewProject};
use store::quotes::{self, Decided, Deciding, Locked, NewDecision, Version, guest_links};
use store::{Actor, Credential, Error, Tx, events, organizations};

use super::billing::words;
use super::news::{self, News};
use super::show;
use crate::App;
use crate::documents;
use crate::http::{Anyone, PortalUser};
use crate::problem::{Failure, Result};
use crate::secret_token::SecretToken;

/// Who decides, and from where.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The contact who signed in, or whom the guest link was sent to.
    pub contact_id: Option<ContactId>,
    /// The guest link.
    pub guest_link_id: Option<GuestLinkId>,
    /// The contact's name, where they signed in.
    pub name: Option<Name>,
    /// The network address.
    pub address: String,
    /// The browser, in its own words.
    pub user_agent: String,
}

impl Visitor {
    /// Finds out, with the organization's eyes.
    pub async fn of(tx: &mut Tx, user: &PortalUser, from: &Anyone) -> Result<Self> {
        let mut visitor =
            Self { address: from.address.clone(), user_agent: from.user_agent.clone(), ..Self::default() };
        match (tx.actor(), &user.credential) {
            (Actor::Contact(id), _) => {
                visitor.contact_id = Some(id);
                visitor.name = tx.actor_name().parse().ok();
            }
            (_, Credential::GuestLink(hash)) => {
                if let Some((link, contact)) = guest_links::holder(tx, hash).await? {
                    visitor.guest_link_id = Some(link);
                    visitor.contact_id = contact;
                }
            }
            _ => {}
        }
        Ok(visitor)
    }

    /// Whether it was they who decided.
    fn is(&self, decided: &Decided) -> bool {
        let same = |mine: Option<_>, theirs: Option<_>| mine.is_some() && mine == theirs;
        let same_link = self.guest_link_id.is_some() && self.guest_link_id == decided.guest_link_id;
        same(self.contact_id, decided.contact_id) || same_link
    }
}

/// What stands in the way of a decision on a version, for those who come too late; or the decision itself,
/// where the same person made the same one before.
async fn refusal(
    tx: &mut Tx,
    id: QuoteId,
    no: i32,
    kind: DecisionKind,
    visitor: &Visitor,
) -> Result<Decision, Failure> {
    let organization = organizations::find(tx).await?;
    let head = quotes::head(tx, id).await?;
    let decided = Decided::find(tx, id, no, head.currency).await?;
    if let Some(decided) = decided {
        if decided.decision.kind == kind && visitor.is(&decided) {
            return Ok(decided.decision);
        }
        let Decision { kind, name, at, no, .. } = decided.decision;
        let current = serde_json::json!({ "kind": kind, "name": name, "at": at, "no": no });
        return Err(Problem::new(Code::QuoteDecided).current(current).into());
    }
    if head.current_no != no {
        return Err(changed(head.current_no));
    }
    let today = organization.time_zone.today(tx.now());
    if head.valid_until.is_some_and(|last| last < today) && head.state.is_open() {
        return Err(QuoteError::Expired.into());
    }
    Err(QuoteError::Closed.into())
}

fn changed(current_no: i32) -> Failure {
    let current = serde_json::json!({ "no": current_no });
    Problem::new(Code::QuoteChanged)
        .detail("This changed since it was shown. Look at it again before you decide.")
        .current(current)
        .into()
}

/// Accepts the version that was shown, with the choice and the total that were shown. The project and the
/// invoice of the deposit come with it, or nothing does.
pub async fn accept(
    app: &App,
    tx: &mut Tx,
    id: QuoteId,
    visitor: &Visitor,
    body: &AcceptQuote,
) -> Result<Accepted> {
    let organization = organizations::find(tx).await?;
    let head = quotes::head(tx, id).await?;
    let version = sent_version(tx, id, body.no, head.current_no).await?;
    let shown_hash = version.hash.clone().unwrap_or_default();
    let selection =
        body.selection.complete(&version.content).map_err(|error| Failure::from(Problem::from(error)))?;
    let totals = compute(&version.content, &selection, version.counting)?;
    if hex::encode(&shown_hash) != body.hash || totals.gross != body.total {
        let current =
            serde_json::json!({ "no": version.no, "hash": hex::encode(&shown_hash), "total": totals.gross });
        return Err(Problem::new(Code::QuoteChanged)
            .detail("What was shown is not what there is to accept. Look at it again.")
            .current(current)
            .into());
    }
    let today = organization.time_zone.today(tx.now());
    let deciding = Deciding {
        id,
        no: body.no,
        kind: DecisionKind::Accepted,
        total: totals.gross,
        deposit: totals.deposit,
        today,
    };
    if !quotes::decide(tx, &deciding).await? {
        refusal(tx, id, body.no, DecisionKind::Accepted, visitor).await?;
        return outcome(app, tx, &organization, id, body.no).await;
    }
    let locked = quotes::lock(tx, id).await?;
    quotes::insert_decision(
        tx,
        &NewDecision {
            deciding,
            name: &body.name,
            contact_id: visitor.contact_id,
            guest_link_id: visitor.guest_link_id,
            words: &Note::default(),
            selection: &selection,
            shown_hash: &shown_hash,
            consent: body.consent.as_str(),
            signature: body.signature.as_ref(),
            address: &visitor.address,
            user_agent: &visitor.user_agent,
        },
    )
    .await?;
    let number = locked.head.number.clone().unwrap_or_default();
    let event =
        Event::QuoteAccepted { quote_id: id, number, total: totals.gross, name: body.name.to_string() };
    events::record(tx, Subject::Quote(id), Some(locked.head.client_id), &event).await?;
    // What follows, Portico does by itself; the answer is the client's again.
    let (actor, name) = (tx.actor(), tx.actor_name().to_owned());
    tx.introduce(Actor::System, "");
    let project = begin_project(tx, &organization, &locked, &version, &deciding).await?;
    if totals.deposit.is_positive() {
        bill_deposit(app, tx, &organization, &locked, &version, &selection, &deciding, project).await?;
    }
    tx.introduce(actor, name);
    let shown = show::document(tx, id, Some(body.no)).await?;
    documents::of_quote(tx, &organization, &shown).await?;
    let told = (body.name.as_str(), version.content.title.as_str(), "");
    news::tell_in_charge(app, tx, &organization, &locked, News::Accepted, told).await?;
    outcome(app, tx, &organization, id, body.no).await
}

/// The version that a client was shown; another than the present one is refused unless it was decided.
async fn sent_version(tx: &mut Tx, id: QuoteId, no: i32, current_no: i32) -> Result<Version> {
    match quotes::version(tx, id, no).await {
        Ok(version) if version.sent_at.is_some() => Ok(version),
        Ok(_) | Err(Error::NotFound) => Err(changed(current_no)),
        Err(error) => Err(error.into()),
    }
}

/// The project of what was accepted: a new one, or the one that a change order changes.
async fn begin_project(
    tx: &mut Tx,
    organization: &Organization,
    quote: &Locked,
    version: &Version,
    deciding: &Deciding,
) -> Result<ProjectId> {
    let base = match quote.head.changes_quote_id {
        Some(base) => quotes::head(tx, base).await?.project_id,
        None => None,
    };
    let project = if let Some(project) = base {
        projects::change_budget(tx, project, deciding.total).await?;
        project
    } else {
        let name = &version.content.title;
        let new = NewProject {
            client_id: quote.head.client_id,
            name,
            kind: ProjectKind::from(organization.trade),
            budget: deciding.total,
            quote_id: quote.head.id,
        };
        let project = projects::insert(tx, &new).await?;
        let event = Event::ProjectCreated { project_id: project, name: name.to_string() };
        events::record(tx, Subject::Project(project), Some(quote.head.client_id), &event).await?;
        project
    };
    quotes::join_project(tx, quote.head.id, project).await?;
    Ok(project)
}

/// Issues the invoice of the deposit and mails it: each tax gets its share, and the parts add up.
#[expect(clippy::too_many_arguments, reason = "what was accepted, by whom, and where it belongs")]
async fn bill_deposit(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    quote: &Locked,
    version: &Version,
    selection: &Selection,
    deciding: &Deciding,
    project: ProjectId,
) -> Result<InvoiceId> {
    let number = quote.head.number.clone().unwrap_or_default();
    let words = words(organization.language);
    let lines = accepted_lines(&version.content, selection, version.counting.currency, &words.billing)?;
    let description = words.deposit(&number);
    let draft = DraftInvoice {
        client_id: quote.head.client_id,
        currency: Some(version.counting.currency),
        issued_on: None,
        due_on: None,
        schedule: Vec::new(),
        reference: Line::default(),
        note: Note::default(),
        internal_note: Note::default(),
        price_mode: Some(PriceMode::Inclusive),
        discount: None,
        lines: share_of(&lines, version.counting, deciding.deposit, &description)?,
    };
    let invoice = crate::invoices::actions::create(tx, &draft).await?.document;
    quotes::link_invoice(tx, invoice.id, quote.head.id, Some(project), QuotePart::Deposit).await?;
    crate::invoices::send::send(app, tx, invoice.id, invoice.version, &SendInvoice::default()).await?;
    Ok(invoice.id)
}

/// What accepting came to, read again: the same for whoever accepts once more.
async fn outcome(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    id: QuoteId,
    no: i32,
) -> Result<Accepted> {
    let head = quotes::head(tx, id).await?;
    let decision = quotes::find_decision(tx, id, no, head.currency).await?.ok_or(Error::NotFound)?;
    let invoices = quotes::invoices_of(tx, id).await?;
    let deposit =
        invoices.iter().find(|invoice| invoice.part == QuotePart::Deposit).map(|invoice| invoice.id);
    let guest = matches!(tx.actor(), Actor::Guest(_));
    let deposit_invoice_url = match deposit.filter(|_| guest) {
        None => None,
        Some(invoice) => {
            let token = SecretToken::generate("");
            store::invoices::guest_links::insert(tx, &token.hash, head.client_id, invoice, None).await?;
            Some(app.url(&format!("/{}/i/{}", organization.slug, token.text)))
        }
    };
    Ok(Accepted {
        decision,
        project_id: head.project_id.ok_or(Error::NotFound)?,
        deposit_invoice_id: deposit,
        deposit_invoice_url,
    })
}

/// Declines the version that was shown.
pub async fn decline(
    app: &App,
    tx: &mut Tx,
    id: QuoteId,
    visitor: &Visitor,
    body: &DeclineQuote,
) -> Result<Decision> {
    let refusal =
        Refusal { kind: DecisionKind::Declined, no: body.no, name: body.name.as_ref(), words: &body.reason };
    refuse(app, tx, id, visitor, &refusal).await
}

/// Asks for changes of the version that was shown: a decision, too, until staff send a new one.
pub async fn request_changes(
    app: &App,
    tx: &mut Tx,
    id: QuoteId,
    visitor: &Visitor,
    body: &RequestChanges,
) -> Result<Decision> {
    let kind = DecisionKind::ChangesRequested;
    let refusal = Refusal { kind, no: body.no, name: body.name.as_ref(), words: &body.words };
    refuse(app, tx, id, visitor, &refusal).await
}

/// A decision that isn't a yes.
struct Refusal<'a> {
    kind: DecisionKind,
    no: i32,
    name: Option<&'a Name>,
    words: &'a Note,
}

async fn refuse(
    app: &App,
    tx: &mut Tx,
    id: QuoteId,
    visitor: &Visitor,
    wanted: &Refusal<'_>,
) -> Result<Decision> {
    let &Refusal { kind, no, name, words } = wanted;
    let organization = organizations::find(tx).await?;
    let head = quotes::head(tx, id).await?;
    let version = sent_version(tx, id, no, head.current_no).await?;
    let name = named(name, visitor)?;
    let selection = Selection::default()
        .complete(&version.content)
        .map_err(|error| Failure::from(Problem::from(error)))?;
    let totals = compute(&version.content, &selection, version.counting)?;
    let today = organization.time_zone.today(tx.now());
    let deciding = Deciding { id, no, kind, total: totals.gross, deposit: totals.deposit, today };
    if !quotes::decide(tx, &deciding).await? {
        return refusal(tx, id, no, kind, visitor).await;
    }
    let locked = quotes::lock(tx, id).await?;
    quotes::insert_decision(
        tx,
        &NewDecision {
            deciding,
            name: &name,
            contact_id: visitor.contact_id,
            guest_link_id: visitor.guest_link_id,
            words,
            selection: &selection,
            shown_hash: version.hash.as_deref().unwrap_or_default(),
            consent: "",
            signature: None,
            address: &visitor.address,
            user_agent: &visitor.user_agent,
        },
    )
    .await?;
    let (number, reason) = (locked.head.number.clone().unwrap_or_default(), words.to_string());
    let (event, news) = match kind {
        DecisionKind::ChangesRequested => {
            (Event::QuoteChangesRequested { quote_id: id, number, reason }, News::ChangesRequested)
        }
        DecisionKind::Declined | DecisionKind::Accepted => {
            (Event::QuoteDeclined { quote_id: id, number, reason }, News::Declined)
        }
    };
    events::record(tx, Subject::Quote(id), Some(locked.head.client_id), &event).await?;
    let told = (name.as_str(), version.content.title.as_str(), words.as_str());
    news::tell_in_charge(app, tx, &organization, &locked, news, told).await?;
    let decision = quotes::find_decision(tx, id, no, locked.head.currency).await?;
    Ok(decision.ok_or(Error::NotFound)?)
}

/// The name that was given, or else the contact's; guests have to give one.
pub(super) fn named(given: Option<&Name>, visitor: &Visitor) -> Result<Name> {
    given
        .cloned()
        .or_else(|| visitor.name.clone())
        .ok_or_else(|| Problem::invalid("/name", "required", "must say who you are").into())
}
