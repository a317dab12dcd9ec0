//! A small valid value of a schema: what the walk sends as a body.

use serde_json::{Map, Value, json};

/// How much of an object is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Required properties.
    Required,
    /// All properties, and an item in each list.
    Everything,
}

/// A value of a schema, following references.
pub fn of(api: &Value, schema: &Value, extent: Extent) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return of(api, &api["components"]["schemas"][name], extent);
    }
    if let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return example.clone();
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().fold(json!({}), |mut whole, part| {
            if let (Some(whole), Value::Object(part)) = (whole.as_object_mut(), of(api, part, extent)) {
                whole.extend(part);
            }
            whole
        });
    }
    if let Some(first) =
        schema["oneOf"].as_array().and_then(|parts| parts.iter().find(|part| part["type"] != "null"))
    {
        return of(api, first, extent);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    match kind.as_str() {
        Some("object") => {
            let none = Map::new();
            let properties = schema["properties"].as_object().unwrap_or(&none);
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let wanted = properties
                .iter()
                .filter(|(name, _)| extent == Extent::Everything || required.iter().any(|it| it == *name));
            Value::Object(wanted.map(|(name, schema)| (name.clone(), of(api, schema, extent))).collect())
        }
        Some("array")
            if extent == Extent::Everything || schema["minItems"].as_u64().is_some_and(|least| least > 0) =>
        {
            json!([of(api, &schema["items"], extent)])
        }
        Some("array") => json!([]),
        Some("integer" | "number") => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
        Some("boolean") => json!(false),
        Some("string") if schema["format"] == "date" => json!("2026-03-01"),
        Some("string") if schema["format"] == "date-time" => json!("2026-03-01T12:00:00Z"),
        Some("string") => {
            json!("x".repeat(usize::try_from(schema["minLength"].as_u64().unwrap_or(1).max(1)).unwrap()))
        }
        _ => Value::Null,
    }
}
