//! The sandbox as a provider that keeps methods.

use async_trait::async_trait;
use domain::payments::SandboxCard;

use super::method::{MethodProgress, SandboxMethod};
use super::{
    CHANGE_ATTEMPTS, Event, Progress, SandboxError, SandboxProvider, SandboxSession, SandboxState,
    SignedWebhook, TestCard, refused,
};
use crate::payment::saved::{
    ChargeRequest, CustomerRequest, ProviderMethod, ProviderSetup, SaveRequest, SavesMethods,
};
use crate::payment::{Checkout, CheckoutRequest, PaymentError, PaymentProvider, ProviderPayment};

/// The client that a customer of the sandbox is.
pub fn customer_of(customer: &str) -> Option<&str> {
    customer.strip_prefix("sbxcus_")
}

impl<S: SandboxState> SandboxProvider<S> {
    /// A method, as of now.
    pub async fn method(&self, id: &str) -> Result<SandboxMethod, PaymentError> {
        self.change_method(id, Ok).await
    }

    /// Saves a card. One that is declined is no error: the page stays open and tells why.
    pub async fn save_card(&self, id: &str, form: &SandboxCard) -> Result<SandboxMethod, SandboxError> {
        let (card, expires) = TestCard::read(form, (self.clock)())?;
        self.change_method(id, |method| method.save(card, expires).map_err(SandboxError::from)).await
    }

    /// Gives the holder's answer to their bank.
    pub async fn confirm_card(&self, id: &str, confirm: bool) -> Result<SandboxMethod, SandboxError> {
        self.change_method(id, |method| method.second_step(confirm).map_err(SandboxError::from)).await
    }

    /// The signed webhook that tells of a method's latest change; the same event however often it is made.
    pub fn method_webhook(&self, method: &SandboxMethod) -> SignedWebhook {
        let kind = match method.progress {
            MethodProgress::Open => "setup.open",
            MethodProgress::SecondStep(_) => "setup.second_step",
            MethodProgress::Saved(_) => "setup.succeeded",
            MethodProgress::Expired => "setup.expired",
            MethodProgress::Detached(_) => "payment_method.detached",
        };
        self.sign(&Event {
            id: format!("evt_{}_{}", method.reference(), method.version),
            kind: kind.to_owned(),
            reference: method.reference(),
            payment_reference: None,
            attempt: method.method_id.clone(),
        })
    }

    async fn change_method<E: From<PaymentError>>(
        &self,
        id: &str,
        apply: impl Fn(SandboxMethod) -> Result<SandboxMethod, E>,
    ) -> Result<SandboxMethod, E> {
        for _ in 0..CHANGE_ATTEMPTS {
            let kept = self.state.method(id).await?.ok_or(PaymentError::NotFound)?;
            let read = kept.version;
            let changed = apply(kept.at((self.clock)()))?;
            if changed.version == read || self.state.update_method(read, &changed).await? {
                return Ok(changed);
            }
        }
        Err(PaymentError::State("the method is being changed by somebody else".to_owned()).into())
    }
}

#[async_trait]
impl<S: SandboxState> SavesMethods for SandboxProvider<S> {
    async fn customer(&self, customer: &CustomerRequest) -> Result<String, PaymentError> {
        Ok(format!("sbxcus_{}", customer.client_id))
    }

    async fn save(&self, save: &SaveRequest) -> Result<Checkout, PaymentError> {
        let kept = self.state.insert_method(SandboxMethod::new(save)).await?;
        Ok(Checkout {
            url: format!("{}/saved/{}", self.page, kept.method_id),
            expires_at: kept.expires_at,
            reference: kept.reference(),
        })
    }

    async fn saved(&self, reference: &str) -> Result<ProviderSetup, PaymentError> {
        let id = reference.strip_prefix("sbxset_").ok_or(PaymentError::NotFound)?;
        Ok(self.method(id).await?.setup())
    }

    async fn methods(&self, customer: &str) -> Result<Vec<ProviderMethod>, PaymentError> {
        let client = customer_of(customer).ok_or(PaymentError::NotFound)?;
        let kept = self.state.methods(client).await?;
        Ok(kept.iter().filter_map(SandboxMethod::chargeable).collect())
    }

    async fn detach(&self, method: &str) -> Result<(), PaymentError> {
        let id = method.strip_prefix("sbxpm_").ok_or(PaymentError::NotFound)?;
        self.change_method::<PaymentError>(id, |method| Ok(method.detach())).await.map(drop)
    }

    async fn charge(&self, charge: &ChargeRequest) -> Result<ProviderPayment, PaymentError> {
        let id = charge.method.strip_prefix("sbxpm_").ok_or(PaymentError::NotFound)?;
        let method = self.method(id).await?;
        let now = (self.clock)();
        let session = SandboxSession::new(&CheckoutRequest {
            attempt_id: charge.attempt_id.clone(),
            organization_id: charge.organization_id.clone(),
            amount: charge.amount,
            description: charge.description.clone(),
            customer_email: None,
            return_url: String::new(),
            cancel_url: String::new(),
            // Nobody sits before it, and it ends by itself at once.
            expires_at: now,
            locale: String::new(),
        });
        let reference = session.reference.clone();
        for _ in 0..CHANGE_ATTEMPTS {
            let kept = match (self.state.get(&reference).await?, method.progress) {
                (Some(kept), _) => kept,
                (None, MethodProgress::Saved(_)) => self.state.insert(session.clone()).await?,
                (None, _) => return Err(refused("This method was taken away.")),
            };
            let (MethodProgress::Saved(saved) | MethodProgress::Detached(saved)) = method.progress else {
                return Err(refused("This method was never saved."));
            };
            let read = kept.version;
            // One that is not open any more was charged before.
            let Ok(charged) = kept.charge(&saved.card, now) else { return self.fetch(&reference).await };
            if self.state.update(read, &charged).await? {
                return self.fetch(&reference).await;
            }
        }
        Err(PaymentError::State("the charge is being made by somebody else".to_owned()))
    }

    async fn find_charge(&self, charge: &ChargeRequest) -> Result<Option<ProviderPayment>, PaymentError> {
        let reference = format!("sbx_{}", charge.attempt_id);
        match self.state.get(&reference).await? {
            // Begun, and left before the card was charged.
            None | Some(SandboxSession { progress: Progress::Open, .. }) => Ok(None),
            Some(_) => self.fetch(&reference).await.map(Some),
        }
    }
}
