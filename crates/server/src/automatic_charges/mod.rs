//! Charging invoices of a recurring one to the client's saved method.
//!
//! A charge is planned by the transaction that issues its invoice ([`plan`]). Its day come, a job freezes an attempt like
//! that of a client who pays, and asks the provider ([`run`]); what came of it is `payments::settle`'s to find out, whose
//! transaction also moves the charge on ([`follow`]): so each try is made once, and follows once from the one before.

mod follow;
mod http;
mod plan;
mod run;

pub use follow::{ended, succeeded};
pub use http::routes;
pub use plan::plan;
pub use run::{CHARGE, call_off, carry_out, charge, job, round};
