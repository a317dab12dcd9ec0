//! The console's calls about quotes.

use domain::invoices::Invoice;
use domain::page::Page;
use domain::quotes::{
    Answer as AnswerBody, BillQuote, DraftQuote, Question, QuestionId, Quote, QuoteComparison, QuoteFilter,
    QuoteId, QuoteLink, QuoteSettings, QuoteSettingsInput, QuoteSummary, ReturnQuote, SendQuote,
    SetAccessCode, VersionFilter, VersionPair, VersionSummary, WithdrawQuote,
};

use crate::api::{self, Answer, Intent};

/// Quotes, newest first.
pub async fn list(filter: &QuoteFilter) -> Answer<Page<QuoteSummary>> {
    api::get_with("/quotes", filter).await
}

/// One of them as it stands in the address: what is being written, else the newest version; or the version `no`.
pub async fn find(id: &str, no: Option<i32>) -> Answer<Quote> {
    api::get_with(&format!("/quotes/{id}"), &VersionFilter { no }).await
}

/// Saves the PDF of a version.
pub async fn save_pdf(id: QuoteId, no: i32, file_name: &str) -> Answer<()> {
    api::download(&format!("/quotes/{id}/pdf?no={no}"), file_name).await
}

/// Begins a quote.
pub async fn create(body: &DraftQuote, intent: Intent) -> Answer<Quote> {
    api::post("/quotes", body, intent).await
}

/// Writes the whole draft again.
pub async fn replace(id: QuoteId, body: &DraftQuote, version: i64) -> Answer<Quote> {
    api::put(&format!("/quotes/{id}"), body, Some(version)).await
}

/// Throws away what is being written.
pub async fn delete(id: QuoteId) -> Answer<()> {
    api::delete(&format!("/quotes/{id}")).await
}

/// Sends what is being written, or asks for its approval.
pub async fn send(id: QuoteId, body: &SendQuote, version: i64, intent: Intent) -> Answer<Quote> {
    api::post_at(&format!("/quotes/{id}/send"), body, version, intent).await
}

/// Mails the newest version once more.
pub async fn resend(id: QuoteId, body: &SendQuote, intent: Intent) -> Answer<Quote> {
    api::post(&format!("/quotes/{id}/resend"), body, intent).await
}

/// Gives it back instead of approving it.
pub async fn give_back(id: QuoteId, body: &ReturnQuote, intent: Intent) -> Answer<Quote> {
    api::post(&format!("/quotes/{id}/return"), body, intent).await
}

/// Takes it back from the client.
pub async fn withdraw(id: QuoteId, body: &WithdrawQuote, intent: Intent) -> Answer<Quote> {
    api::post(&format!("/quotes/{id}/withdraw"), body, intent).await
}

/// Makes a link to hand on, which opens the quote without signing in.
pub async fn copy_link(id: QuoteId) -> Answer<QuoteLink> {
    api::act(&format!("/quotes/{id}/copy-link"), Intent::new()).await
}

/// Begins a new version from the newest one.
pub async fn begin_version(id: QuoteId, intent: Intent) -> Answer<Quote> {
    api::act(&format!("/quotes/{id}/versions"), intent).await
}

/// Its versions, newest first.
pub async fn versions(id: QuoteId) -> Answer<Vec<VersionSummary>> {
    api::get(&format!("/quotes/{id}/versions")).await
}

/// What differs between two versions.
pub async fn compare(id: QuoteId, from: i32, to: i32) -> Answer<QuoteComparison> {
    api::get_with(&format!("/quotes/{id}/compare"), &VersionPair { from: Some(from), to: Some(to) }).await
}

/// Sets or lifts the code that links ask for.
pub async fn set_access_code(id: QuoteId, body: &SetAccessCode, version: i64) -> Answer<Quote> {
    api::put(&format!("/quotes/{id}/access-code"), body, Some(version)).await
}

/// Drafts an invoice of what was accepted.
pub async fn bill(id: QuoteId, body: &BillQuote, intent: Intent) -> Answer<Invoice> {
    api::post(&format!("/quotes/{id}/invoices"), body, intent).await
}

/// Answers a question.
pub async fn answer(id: QuestionId, body: &AnswerBody, intent: Intent) -> Answer<Question> {
    api::post(&format!("/questions/{id}/answer"), body, intent).await
}

/// How the organization quotes.
pub async fn settings() -> Answer<QuoteSettings> {
    api::get("/quote-settings").await
}

/// Changes how the organization quotes.
pub async fn change_settings(body: &QuoteSettingsInput, version: i64) -> Answer<QuoteSettings> {
    api::put("/quote-settings", body, Some(version)).await
}
