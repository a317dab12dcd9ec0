//! What must hold in the end, found out from outside: by asking the server as its users do, and by looking into the
//! tables without its code.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::cluster::{Cluster, Options};

use super::Run;
use super::caller::{Caller, Question};
use super::installation::Installation;
use crate::Result;

/// How long the work that is left may take.
const DRAIN: Duration = Duration::from_mins(3);
/// Disagreements of one kind that are worth naming.
const NAMED: usize = 20;

/// What is wrong, in words.
#[derive(Debug, Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn when(&mut self, wrong: bool, what: impl FnOnce() -> String) {
        if wrong && self.0.len() < NAMED {
            self.0.push(what());
        }
    }
}

/// All items of a list of the staff's.
async fn all(caller: &mut Caller, run: &Run, office: usize, list: &str) -> Result<Vec<Value>> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let question = Question::get(format!("/api/v1/{list}?limit=100{cursor}"));
        let mut page = caller.ask(&run.offices[office].staff(question)).await?.done()?;
        items.append(page["items"].as_array_mut().ok_or("a list has no items")?);
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(items),
        }
    }
}

fn minor(value: &Value) -> i64 {
    value["amount"].as_i64().unwrap_or_default()
}

/// Settles attempts as their payers' pages would, and compares the books with what was answered.
pub async fn by_asking(caller: &mut Caller, run: &Run) -> Result<Vec<String>> {
    let mut wrong = Wrong::default();
    let mut paid_by = HashMap::new();
    for attempt in run.known.tries() {
        let path = format!("/api/v1/portal/payments/attempts/{}", attempt.id);
        let seen =
            caller.ask(&Question::get(path).with("Portico-Guest", attempt.guest.clone())).await?.done()?;
        let payment = seen["payment_id"].as_str().map(ToOwned::to_owned);
        // One whose invoice got none of the money doesn't see the payment: the tables are asked for that ([`LOOKS`]).
        wrong.when(payment.is_some() && seen["state"] != "succeeded", || {
            format!("attempt {} is {} with payment {payment:?}", attempt.id, seen["state"])
        });
        wrong.when(attempt.taken.get().is_some() && seen["state"] != "succeeded", || {
            format!("attempt {}: the sandbox took the money, and it is {}", attempt.id, seen["state"])
        });
        if let Some(payment) = payment {
            let before = paid_by.insert((attempt.office, payment.clone()), attempt.minor);
            wrong.when(before.is_some(), || format!("payment {payment} is that of two attempts"));
        }
    }
    wait_for_events(caller, run).await?;
    let mut allocated: HashMap<(usize, String), i64> = HashMap::new();
    for office in 0..run.offices.len() {
        let payments = all(caller, run, office, "payments").await?;
        let mut by_id: HashMap<&str, &Value> = HashMap::new();
        let mut by_reference: HashMap<&str, usize> = HashMap::new();
        for payment in &payments {
            let id = payment["id"].as_str().unwrap_or_default();
            wrong.when(by_id.insert(id, payment).is_some(), || format!("payment {id} is listed twice"));
            *by_reference.entry(payment["reference"].as_str().unwrap_or_default()).or_default() += 1;
            let shares = payment["shares"].as_array().into_iter().flatten();
            let mut sum =
                minor(&payment["unapplied"]) + minor(&payment["refunded"]) + minor(&payment["disputed"]);
            for share in shares {
                let invoice = share["invoice_id"].as_str().unwrap_or_default().to_owned();
                *allocated.entry((office, invoice)).or_default() += minor(&share["amount"]);
                sum += minor(&share["amount"]);
            }
            wrong.when(sum != minor(&payment["amount"]), || {
                format!("payment {id}: what became of it is {sum}, of {}", minor(&payment["amount"]))
            });
        }
        for booked in run.known.booked().iter().filter(|booked| booked.office == office) {
            let times = by_reference.get(booked.reference.as_str()).copied().unwrap_or_default();
            wrong.when(times != 1, || {
                format!("payment {} was answered and is there {times} times", booked.reference)
            });
            let found = by_id.get(booked.id.as_str()).map(|payment| minor(&payment["amount"]));
            wrong.when(found != Some(booked.minor), || {
                format!("payment {} of {} is in the books as {found:?}", booked.id, booked.minor)
            });
        }
        for ((_, id), wanted) in paid_by.iter().filter(|((whose, _), _)| *whose == office) {
            let found = by_id.get(id.as_str()).map(|payment| minor(&payment["amount"]));
            wrong.when(found != Some(*wanted), || {
                format!("payment {id} of {wanted} is in the books as {found:?}")
            });
        }
        for (_, payment, refund) in run.known.given_back().iter().filter(|(whose, ..)| *whose == office) {
            let refunds = by_id.get(payment.as_str()).map(|payment| &payment["refunds"]);
            let times = refunds
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter(|found| found["id"] == refund.as_str())
                .count();
            wrong.when(times != 1, || format!("refund {refund} was answered and is there {times} times"));
        }
    }
    for bill in run.known.bills() {
        let question = Question::get(format!("/api/v1/invoices/{}", bill.id));
        let seen = caller.ask(&run.offices[bill.office].staff(question)).await?.done()?;
        let paid = allocated.get(&(bill.office, bill.id.clone())).copied().unwrap_or_default();
        wrong.when(minor(&seen["paid"]) != paid, || {
            format!("invoice {} says {} is paid; payments say {paid}", bill.number, minor(&seen["paid"]))
        });
        let rest = minor(&seen["totals"]["gross"])
            - minor(&seen["paid"])
            - minor(&seen["credited"])
            - minor(&seen["written_off"]);
        let void = seen["status"] == "void";
        wrong.when(!void && rest != minor(&seen["balance"]), || {
            format!("invoice {} asks for {}, and {rest} is left", bill.number, minor(&seen["balance"]))
        });
    }
    for (office, id) in run.known.deposits() {
        let question = Question::get(format!("/api/v1/quotes/{id}"));
        let seen = caller.ask(&run.offices[office].staff(question)).await?.done()?;
        let bills = seen["invoices"].as_array().map_or(0, Vec::len);
        wrong.when(bills != 1, || format!("quote {id} was accepted and has {bills} deposit invoices"));
    }
    Ok(wrong.0)
}

/// Waits until the newest events of providers and the newest mails are done with.
async fn wait_for_events(caller: &mut Caller, run: &Run) -> Result<()> {
    let began = Instant::now();
    loop {
        let mut left = 0;
        for office in &run.offices {
            for (list, waiting) in [("inbound-events", "received"), ("mails", "queued")] {
                let question = Question::get(format!("/api/v1/{list}?limit=100"));
                let page = caller.ask(&office.staff(question)).await?.done()?;
                let items = page["items"].as_array().into_iter().flatten();
                left += items.filter(|item| item["state"] == waiting).count();
            }
        }
        if left == 0 {
            return Ok(());
        }
        if began.elapsed() > DRAIN {
            return Err(format!("{left} events and mails are still waiting").into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What is in the books, as a number of each kind.
#[derive(Debug, Default, Clone, Copy)]
pub struct Rest {
    /// Payments.
    pub payments: usize,
    /// Invoices.
    pub invoices: usize,
    /// Events of providers.
    pub events: usize,
}

/// Counts what there is in the end.
pub async fn rest(caller: &mut Caller, run: &Run) -> Result<Rest> {
    let mut rest = Rest::default();
    for office in 0..run.offices.len() {
        rest.payments += all(caller, run, office, "payments").await?.len();
        rest.invoices += all(caller, run, office, "invoices").await?.len();
        rest.events += all(caller, run, office, "inbound-events").await?.len();
    }
    Ok(rest)
}

/// Looks into the tables, without any of the server's code.
pub async fn by_looking(installation: &Installation, run: &Run) -> Result<Vec<String>> {
    let cluster = Cluster::start(&installation.data(), Options::default()).await?;
    let mut connection = PgConnection::connect_with(&cluster.app_options()).await?;
    sqlx::raw_sql("set role portico_system").execute(&mut connection).await?;
    let mut wrong = Wrong::default();
    numbers(&mut connection, run, &mut wrong).await?;
    for (what, question) in LOOKS {
        let found: Vec<String> = sqlx::query_scalar(question).fetch_all(&mut connection).await?;
        for one in found {
            wrong.when(true, || format!("{what}: {one}"));
        }
    }
    connection.close().await?;
    cluster.stop().await;
    Ok(wrong.0)
}

/// What must find nothing.
const LOOKS: [(&str, &str); 10] = [
    (
        "a payment that succeeded and isn't in the books",
        "select a.id::text from payment_attempt a where a.state = 'succeeded' and not exists (
           select from payment p where p.organization_id = a.organization_id and p.attempt_id = a.id and p.amount_minor = a.amount_minor)",
    ),
    (
        "a payment of the run without a receipt",
        "select p.id::text from payment p where p.created_at > (select min(created_at) from api_token where name = 'Crash')
           and not exists (select from document d where d.organization_id = p.organization_id and d.payment_id = p.id)",
    ),
    (
        "a receipt mailed twice to the same address",
        "select d.payment_id::text || ' to ' || m.to_address from mail m
           join document d on d.organization_id = m.organization_id and d.id = m.document_id
         where d.payment_id is not null group by d.organization_id, d.payment_id, m.to_address having count(*) > 1",
    ),
    (
        "a receipt that wasn't mailed",
        "select p.id::text from payment p join document d on d.organization_id = p.organization_id and d.payment_id = p.id
         where p.created_at > (select min(created_at) from api_token where name = 'Crash')
           and exists (select from contact c where c.organization_id = p.organization_id and c.client_id = p.client_id and c.is_primary)
           and not exists (select from mail m where m.organization_id = d.organization_id and m.document_id = d.id)",
    ),
    (
        "two payments of one attempt",
        "select attempt_id::text from payment where attempt_id is not null group by organization_id, attempt_id having count(*) > 1",
    ),
    (
        "a payment of less than what the ledger allocates of it",
        "select p.id::text from payment p join ledger_entry l on l.organization_id = p.organization_id and l.payment_id = p.id
         group by p.organization_id, p.id
         having sum(case l.kind when 'payment' then l.amount_minor else -l.amount_minor end) <> p.unapplied_minor",
    ),
    (
        "an issued invoice without an entry, or with several",
        "select i.id::text from invoice i where i.status <> 'draft' and i.number is not null
           and (select count(*) from ledger_entry l where l.organization_id = i.organization_id and l.invoice_id = i.id and l.kind = 'issue') <> 1",
    ),
    (
        "a quote of which the deposit was billed twice",
        "select quote_id::text from invoice where quote_part = 'deposit' group by organization_id, quote_id having count(*) > 1",
    ),
    ("an event in quarantine", "select event_id || ': ' || coalesce(error, '') from inbound_event where state = 'quarantined'"),
    ("a job that was given up", "select kind || ': ' || coalesce(last_error, '') from job where state = 'dead'"),
];

/// Numbers of each series follow each other, from the first of the run on, and each was taken once.
async fn numbers(connection: &mut PgConnection, run: &Run, wrong: &mut Wrong) -> Result<()> {
    let mut answered: BTreeMap<(usize, &str), Vec<u64>> = BTreeMap::new();
    for (office, series, number) in run.known.numbers() {
        answered.entry((office, series)).or_default().push(counted(&number));
    }
    for ((office, series), mut numbers) in answered {
        let slug = &run.offices[office].slug;
        numbers.sort_unstable();
        let first = numbers[0];
        wrong.when(numbers.windows(2).any(|two| two[0] == two[1]), || {
            format!("{slug}: a number of {series} was answered twice")
        });
        let question =
            format!("select number from {series} where organization_id = $1 and number is not null");
        // `series` is a table's name of our own.
        let kept: Vec<String> = sqlx::query_scalar(AssertSqlSafe(question))
            .bind(run.offices[office].id)
            .fetch_all(&mut *connection)
            .await?;
        let mut kept: Vec<u64> =
            kept.iter().map(|number| counted(number)).filter(|number| *number >= first).collect();
        kept.sort_unstable();
        wrong.when(kept.windows(2).any(|two| two[1] != two[0] + 1), || {
            format!("{slug}: numbers of {series} don't follow each other: {kept:?}")
        });
        let kept: HashSet<u64> = kept.into_iter().collect();
        for number in numbers {
            wrong.when(!kept.contains(&number), || {
                format!("{slug}: {series} {number} was answered and isn't there")
            });
        }
    }
    Ok(())
}

/// What a number counts: the digits at its end.
fn counted(number: &str) -> u64 {
    let digits = number.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_count_by_their_last_digits() {
        assert_eq!(super::counted("CN-12"), 12);
        assert_eq!(super::counted("2026-0042"), 42);
        assert_eq!(super::counted("7"), 7);
    }
}
