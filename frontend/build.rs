//! Turns the catalogues of text (`locales/{language}/{namespace}.json`) into typed functions, so that a missing key, a
//! missing translation or a forgotten argument does not compile.
//!
//! `{"home": {"title": "Needs you"}}` in `portal.json` becomes `t::portal::home::title()`. `{name}` in a text is an argument
//! (`&str`); arguments stand in the order of the English text. An object that has a key `other` is a plural
//! (`{"one": "One thing", "other": "{count} things"}`) and takes `count: i64` first. Functions rather than a table: what a binary doesn't call, its wasm doesn't carry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use serde_json::Value;

/// Tag and variant of `domain::text::Language`; the first is the one the keys are defined by.
const LANGUAGES: [(&str, &str); 2] = [("en", "En"), ("de", "De")];
const PLURAL_FORMS: [(&str, &str); 6] =
    [("zero", "Zero"), ("one", "One"), ("two", "Two"), ("few", "Few"), ("many", "Many"), ("other", "Other")];

/// The texts of one key in one language: a single one under `other`, or one per plural form.
type Forms = BTreeMap<String, String>;

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build.rs");
    strip_names();
    let mut code = String::new();
    let mut namespaces: Vec<String> = fs::read_dir("locales/en")
        .expect("locales/en exists")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_owned))
        .collect();
    namespaces.sort();
    for namespace in &namespaces {
        let catalogues: Vec<Value> = LANGUAGES
            .iter()
            .map(|(tag, _)| {
                let path = format!("locales/{tag}/{namespace}.json");
                let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
            })
            .collect();
        module(&mut code, namespace, namespace, &catalogues.iter().collect::<Vec<_>>());
    }
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("texts.rs"), code).expect("OUT_DIR can be written");
}

/// The small build leaves out the functions' names, a quarter of the download. Cargo's own `strip` would take the sections that
/// wasm-bindgen reads along.
fn strip_names() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_ARCH", "wasm32") && is("OPT_LEVEL", "z") {
        for argument in
            ["--strip-all", "--keep-section=__wasm_bindgen_unstable", "--keep-section=target_features"]
        {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
}

fn module(code: &mut String, name: &str, path: &str, catalogues: &[&Value]) {
    let keys = keys(path, catalogues);
    let _ = writeln!(code, "/// Texts of `{path}`.\npub mod {name} {{");
    for key in keys {
        let path = format!("{path}.{key}");
        let values: Vec<&Value> = catalogues.iter().map(|catalogue| &catalogue[key.as_str()]).collect();
        if values[0].is_object() && values[0].get("other").is_none() {
            module(code, &key, &path, &values);
        } else {
            function(code, &key, &path, &values);
        }
    }
    code.push_str("}\n");
}

/// The keys of an object, which must be the same in every language.
fn keys(path: &str, catalogues: &[&Value]) -> Vec<String> {
    let of = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap_or_else(|| panic!("{path} must be an object")).keys().cloned().collect()
    };
    let first = of(catalogues[0]);
    for (catalogue, (tag, _)) in catalogues.iter().zip(LANGUAGES) {
        let here = of(catalogue);
        let different: Vec<_> = first.symmetric_difference(&here).collect();
        assert!(
            different.is_empty(),
            "{path}: {tag} and {} differ in the keys {different:?}",
            LANGUAGES[0].0
        );
    }
    first.into_iter().collect()
}

fn forms(path: &str, value: &Value) -> (bool, Forms) {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{path} must be a text")).to_owned();
    match value.as_object() {
        None => (false, Forms::from([("other".to_owned(), text(value))])),
        Some(object) => {
            for form in object.keys() {
                assert!(
                    PLURAL_FORMS.iter().any(|(known, _)| known == form),
                    "{path}: {form} is no plural form"
                );
            }
            (true, object.iter().map(|(form, value)| (form.clone(), text(value))).collect())
        }
    }
}

fn function(code: &mut String, name: &str, path: &str, values: &[&Value]) {
    let all: Vec<(bool, Forms)> = values.iter().map(|value| forms(path, value)).collect();
    let (plural, first) = &all[0];
    let arguments = arguments(path, &first["other"]);
    for ((other_plural, texts), (tag, _)) in all.iter().zip(LANGUAGES) {
        assert!(other_plural == plural, "{path}: {tag} must be a plural like the others");
        for (form, text) in texts {
            let here = self::arguments(path, text);
            // "One thing" need not repeat the number.
            let same = here.len() == arguments.len();
            let fits = here.iter().all(|name| arguments.contains(name)) && (form != "other" || same);
            assert!(fits, "{path}: {tag} has the arguments {here:?} instead of {arguments:?}");
        }
    }
    let mut parameters: Vec<String> = arguments
        .iter()
        .filter(|name| !(*plural && *name == "count"))
        .map(|name| format!("{name}: &str"))
        .collect();
    if *plural {
        parameters.insert(0, "count: i64".to_owned());
    }
    let dynamic = !arguments.is_empty() || *plural;
    let answer = if dynamic { "String" } else { "&'static str" };
    let _ = writeln!(
        code,
        "/// {}\npub fn {name}({}) -> {answer} {{",
        first["other"].replace('\n', " "),
        parameters.join(", ")
    );
    if *plural {
        code.push_str("let form = ui::format::plural(count);\n");
        if arguments.iter().any(|name| name == "count") {
            code.push_str("let count = ui::format::number(count);\n");
        }
    }
    code.push_str("match crate::i18n::language() {\n");
    for ((_, texts), (_, variant)) in all.iter().zip(LANGUAGES) {
        let written = |text: &str| match (dynamic, text.contains('{')) {
            (false, _) => format!("{text:?}"),
            (true, false) => format!("{text:?}.to_owned()"),
            (true, true) => format!("format!({text:?})"),
        };
        let _ = write!(code, "domain::text::Language::{variant} => ");
        if *plural && texts.len() > 1 {
            code.push_str("match form {\n");
            for (form, plural_variant) in PLURAL_FORMS.iter().filter(|(form, _)| *form != "other") {
                if let Some(text) = texts.get(*form) {
                    let _ = writeln!(code, "ui::format::Plural::{plural_variant} => {},", written(text));
                }
            }
            let _ = writeln!(code, "_ => {},\n}},", written(&texts["other"]));
        } else {
            let _ = writeln!(code, "{},", written(&texts["other"]));
        }
    }
    code.push_str("}\n}\n");
}

/// The names in braces, in the order in which they stand in the text: the first language's is that of the parameters.
fn arguments(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').unwrap_or_else(|| panic!("{path}: a brace is not closed")) + open;
        let name = rest[open + 1..close].to_owned();
        if !found.contains(&name) {
            found.push(name);
        }
        rest = &rest[close + 1..];
    }
    found
}
