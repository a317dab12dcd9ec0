//! The few things of the browser that Leptos has no word for.

use js_sys::Reflect;
use leptos::prelude::{document, window};
use wasm_bindgen::JsValue;

/// Writes panics to the browser's console while developing; the small build has no text for them.
pub fn report_panics() {
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|info| leptos::logging::error!("{info}")));
}

/// Names the page in the browser's tab.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Sets the organization's colour; everything else in the styles derives from it. The CSSOM is allowed by the policy, a `style`
/// attribute is not.
pub fn set_brand(color: &str) {
    if let Some(style) = root_style() {
        let _ = style.set_property("--brand", color);
    }
}

fn root_style() -> Option<web_sys::CssStyleDeclaration> {
    use wasm_bindgen::JsCast;
    Some(document().document_element()?.dyn_into::<web_sys::HtmlElement>().ok()?.style())
}

/// Path and query of the page shown.
pub fn here() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// The value of `name` in the address's fragment, `#name=value`. Fragments never reach a server or its log.
pub fn fragment(name: &str) -> Option<String> {
    let hash = window().location().hash().ok()?;
    hash.strip_prefix('#')?
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// Gives the page shown another address without showing another page.
pub fn rename_page(path: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Loads another page of this origin, as if its address had been typed.
pub fn open(path: &str) {
    let _ = window().location().assign(path);
}

/// Loads this page anew.
pub fn reload() {
    let _ = window().location().reload();
}

/// Opens an empty tab; browsers allow it only while a click is being handled.
pub fn blank_tab() -> Option<web_sys::Window> {
    window().open_with_url_and_target("", "_blank").ok().flatten()
}

/// Shows a page in a tab opened before; in this one where the browser gave none.
pub fn open_in(tab: Option<web_sys::Window>, path: &str) {
    match tab {
        Some(tab) => drop(tab.location().set_href(path)),
        None => open(path),
    }
}

/// Takes a tab away that isn't needed after all.
pub fn close_tab(tab: Option<web_sys::Window>) {
    if let Some(tab) = tab {
        let _ = tab.close();
    }
}

/// Puts text into the clipboard; says whether the browser has one to give. There is none without https.
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    let has =
        Reflect::get(&navigator, &JsValue::from_str("clipboard")).is_ok_and(|found| !found.is_undefined());
    has && wasm_bindgen_futures::JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Has the browser save a file under a name; none where it can't.
pub fn save(bytes: &[u8], file_name: &str) -> Option<()> {
    use wasm_bindgen::JsCast;
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let file = web_sys::File::new_with_u8_array_sequence(&parts, file_name).ok()?;
    let address = web_sys::Url::create_object_url_with_blob(&file).ok()?;
    let link: web_sys::HtmlElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", file_name).ok()?;
    link.click();
    web_sys::Url::revoke_object_url(&address).ok()
}

/// `path` if it leads to a page of ours: what comes in an address may try to lead elsewhere.
pub fn local(path: &str) -> Option<&str> {
    (path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')).then_some(path)
}

/// Escapes a value for an address.
pub fn escape(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// The browser's time zone.
pub fn time_zone() -> Option<String> {
    let options = js_sys::Intl::DateTimeFormat::default().resolved_options();
    Reflect::get(&options, &JsValue::from_str("timeZone")).ok()?.as_string()
}

/// All time zones the browser knows.
pub fn time_zones() -> Vec<String> {
    intl_values("timeZone")
}

fn intl_values(kind: &str) -> Vec<String> {
    let list = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl"))
        .and_then(|intl| Reflect::get(&intl, &JsValue::from_str("supportedValuesOf")))
        .and_then(|function| {
            js_sys::Function::from(function).call1(&JsValue::UNDEFINED, &JsValue::from_str(kind))
        });
    list.map(|list| js_sys::Array::from(&list).iter().filter_map(|value| value.as_string()).collect())
        .unwrap_or_default()
}

/// A random UUID, version 4. `crypto.randomUUID` exists on https only; this exists everywhere.
pub fn random_uuid() -> String {
    let mut bytes = [0_u8; 16];
    // Fails only without a window; then the key is constant, and the server answers that it was used.
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_paths_of_ours_are_local() {
        assert_eq!(local("/console/invoices?state=open"), Some("/console/invoices?state=open"));
        for path in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", ""] {
            assert_eq!(local(path), None, "{path}");
        }
    }
}
