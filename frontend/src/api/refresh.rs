//! Renewing the session: one at a time, in this tab and among all tabs. The server takes a refresh token used twice for stolen and
//! ends the session, so two renewals must never run with the same one.

use std::cell::RefCell;

use gloo_net::http::RequestBuilder;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::RequestCredentials;

use super::client::app;
use super::{Answer, ApiError};

thread_local! {
    static RUNNING: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// Renews the session; `false` where it has ended and one has to sign in.
pub(super) async fn renew() -> Answer<bool> {
    let running = RUNNING.with_borrow_mut(|running| running.get_or_insert_with(begin).clone());
    let renewed = JsFuture::from(running).await;
    RUNNING.with_borrow_mut(|running| *running = None);
    renewed.map(|renewed| renewed.is_truthy()).map_err(|_| ApiError::Offline)
}

fn begin() -> Promise {
    exclusively().unwrap_or_else(|| future_to_promise(request()))
}

/// Runs the renewal under a lock shared by all tabs of this origin. Without https there are no locks.
fn exclusively() -> Option<Promise> {
    let locks = Reflect::get(&leptos::prelude::window().navigator(), &JsValue::from_str("locks")).ok()?;
    let function: Function = Reflect::get(&locks, &JsValue::from_str("request")).ok()?.dyn_into().ok()?;
    let run = Closure::once_into_js(|| future_to_promise(request()));
    let name = JsValue::from_str(&format!("portico-{}-refresh", app().name()));
    function.call2(&locks, &name, &run).ok()?.dyn_into().ok()
}

async fn request() -> Result<JsValue, JsValue> {
    let path = format!("/api/v1/auth/{}/refresh", app().name());
    let request = RequestBuilder::new(&path)
        .method(gloo_net::http::Method::POST)
        .credentials(RequestCredentials::SameOrigin)
        .build()
        .map_err(|_| JsValue::NULL)?;
    let response = request.send().await.map_err(|_| JsValue::NULL)?;
    match response.status() {
        200..=299 => Ok(JsValue::TRUE),
        // Overload is no reason to be signed out.
        429 | 500..=599 => Err(JsValue::NULL),
        _ => Ok(JsValue::FALSE),
    }
}
