//! A postal address being written.

use domain::text::{Address, Line};
use leptos::prelude::*;
use ui::TextField;

use crate::form::Reading;
use crate::t::clients::address as texts;

/// The parts of an address in a form.
#[derive(Debug, Clone, Copy)]
pub struct AddressForm {
    street: RwSignal<String>,
    extra: RwSignal<String>,
    postal_code: RwSignal<String>,
    city: RwSignal<String>,
    region: RwSignal<String>,
    country: RwSignal<String>,
}

impl AddressForm {
    /// As it stands.
    pub fn new(address: &Address) -> Self {
        let part = |line: &Line| RwSignal::new(line.to_string());
        Self {
            street: part(&address.street),
            extra: part(&address.extra),
            postal_code: part(&address.postal_code),
            city: part(&address.city),
            region: part(&address.region),
            country: part(&address.country),
        }
    }

    /// What was typed.
    pub fn read(self, reading: &mut Reading) -> Option<Address> {
        let parts = (
            reading.text("/address/street", self.street),
            reading.text("/address/extra", self.extra),
            reading.text("/address/postal_code", self.postal_code),
            reading.text("/address/city", self.city),
            reading.text("/address/region", self.region),
            reading.text("/address/country", self.country),
        );
        let (street, extra, postal_code, city, region, country) = parts;
        Some(Address {
            street: street?,
            extra: extra?,
            postal_code: postal_code?,
            city: city?,
            region: region?,
            country: country?,
        })
    }
}

/// The fields of an address.
#[component]
pub fn AddressFields(
    /// What is being written.
    form: AddressForm,
) -> impl IntoView {
    view! {
        <TextField
            label=texts::street()
            value=form.street
            pointer="/address/street"
            optional=true
            autocomplete="address-line1"
        />
        <TextField
            label=texts::extra()
            value=form.extra
            pointer="/address/extra"
            optional=true
            autocomplete="address-line2"
        />
        <div class="pair">
            <TextField label=texts::postal_code() value=form.postal_code pointer="/address/postal_code" optional=true/>
            <TextField label=texts::city() value=form.city pointer="/address/city" optional=true/>
        </div>
        <div class="pair">
            <TextField label=texts::region() value=form.region pointer="/address/region" optional=true/>
            <TextField label=texts::country() value=form.country pointer="/address/country" optional=true/>
        </div>
    }
}

/// An address in lines, as on an envelope.
pub fn lines(address: &Address) -> Vec<String> {
    let joined = |parts: &[&Line]| {
        parts.iter().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    [
        joined(&[&address.street]),
        joined(&[&address.extra]),
        joined(&[&address.postal_code, &address.city]),
        joined(&[&address.region]),
        joined(&[&address.country]),
    ]
    .into_iter()
    .filter(|line| !line.is_empty())
    .collect()
}
