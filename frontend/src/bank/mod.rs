//! Bank transfers: statements of banks, the money on them, and how clients transfer.

pub mod console;
pub mod portal;

use domain::bank::{
    BankStatement, BankTransaction, BankTransactionFilter, BankTransactionId, MatchBankTransaction,
    UploadBankStatement,
};
use domain::page::Page;

use crate::api::{self, Answer, Intent};

async fn upload(body: &UploadBankStatement, intent: Intent) -> Answer<BankStatement> {
    api::post("/bank-statements", body, intent).await
}

async fn transactions(filter: &BankTransactionFilter) -> Answer<Page<BankTransaction>> {
    api::get_with("/bank-transactions", filter).await
}

async fn pair(id: BankTransactionId, body: &MatchBankTransaction, intent: Intent) -> Answer<BankTransaction> {
    api::post(&format!("/bank-transactions/{id}/match"), body, intent).await
}

async fn ignore(id: BankTransactionId) -> Answer<BankTransaction> {
    api::act(&format!("/bank-transactions/{id}/ignore"), Intent::new()).await
}

async fn reopen(id: BankTransactionId) -> Answer<BankTransaction> {
    api::act(&format!("/bank-transactions/{id}/reopen"), Intent::new()).await
}
