//! The OpenAPI 3.0 document, built from what the modules export. 3.0 and not 3.1:
//! OGC API – Features 1.0 has only `conf/oas30`, and QGIS asks for it.

use serde_json::{Map, Value, json};

use super::link::Basis;
use super::negotiate::Ausgabe;

/// Media type of the document.
pub const OPENAPI_JSON: &str = "application/vnd.oai.openapi+json;version=3.0";

/// One GET path.
#[derive(Debug, Clone)]
pub struct Pfad {
    /// Path, with `{name}` for its parameters.
    pub pfad: String,
    /// Unique `operationId`.
    pub kennung: String,
    /// German one-line summary.
    pub titel: String,
    /// German group heading.
    pub thema: &'static str,
    /// OpenAPI parameter objects, inline or as `$ref`.
    pub parameter: Vec<Value>,
    /// Media types of the 200 answer.
    pub medien: Vec<&'static str>,
}

impl Pfad {
    /// A path with the representations it has; where there are several, `f` comes last of
    /// its parameters.
    #[must_use]
    pub fn neu(
        thema: &'static str,
        (pfad, kennung): (&str, &str),
        titel: &str,
        ausgaben: &[Ausgabe],
        mut parameter: Vec<Value>,
    ) -> Self {
        if ausgaben.len() > 1 {
            let kuerzel: Vec<&str> = ausgaben.iter().map(|a| a.kuerzel()).collect();
            parameter.push(wahl_parameter("f", "Ausgabe", &kuerzel));
        }
        Self {
            pfad: pfad.to_owned(),
            kennung: kennung.to_owned(),
            titel: titel.to_owned(),
            thema,
            parameter,
            medien: ausgaben.iter().map(|a| a.medium()).collect(),
        }
    }
}

/// One writing operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `post`, `put`, `patch` or `delete`.
    pub methode: &'static str,
    /// Path, with `{name}` for its parameters.
    pub pfad: String,
    /// Unique `operationId`.
    pub kennung: String,
    /// German one-line summary.
    pub titel: String,
    /// German group heading.
    pub thema: &'static str,
    /// OpenAPI parameter objects.
    pub parameter: Vec<Value>,
    /// Media types of the body; none: no body.
    pub medien: &'static [&'static str],
    /// Status of success.
    pub status: u16,
}

impl Operation {
    fn dokument(&self) -> Value {
        let mut antworten = Map::new();
        antworten.insert(
            self.status.to_string(),
            json!({"description": "Ausgeführt."}),
        );
        for status in [
            "400", "401", "403", "404", "409", "412", "413", "415", "422", "503",
        ] {
            antworten.insert(
                status.to_owned(),
                json!({"$ref": "#/components/responses/Problem"}),
            );
        }
        let mut doc = json!({
            "operationId": self.kennung,
            "summary": self.titel,
            "tags": [self.thema],
            "parameters": self.parameter,
            "security": [{"basic": []}, {"bearer": []}],
            "responses": antworten,
        });
        if !self.medien.is_empty() {
            let inhalt: Map<String, Value> = self
                .medien
                .iter()
                .map(|medium| ((*medium).to_owned(), json!({"schema": schema(medium)})))
                .collect();
            doc["requestBody"] = json!({"required": true, "content": inhalt});
        }
        doc
    }
}

/// A query parameter in the form QGIS reads: inline, `form`, not exploded, typed.
#[must_use]
pub fn anfrage_parameter(name: &str, beschreibung: &str, schema: &Value) -> Value {
    json!({
        "name": name, "in": "query", "description": beschreibung, "required": false,
        "style": "form", "explode": false, "schema": schema,
    })
}

/// A query parameter of type string.
#[must_use]
pub fn text_parameter(name: &str, beschreibung: &str) -> Value {
    anfrage_parameter(name, beschreibung, &json!({"type": "string"}))
}

/// A query parameter with one of the given values.
#[must_use]
pub fn wahl_parameter(name: &str, beschreibung: &str, werte: &[&str]) -> Value {
    anfrage_parameter(
        name,
        beschreibung,
        &json!({"type": "string", "enum": werte}),
    )
}

/// A path parameter of type string.
#[must_use]
pub fn pfad_parameter(name: &str, beschreibung: &str) -> Value {
    json!({
        "name": name, "in": "path", "description": beschreibung, "required": true,
        "schema": {"type": "string"},
    })
}

/// A reference into `components.parameters`.
#[must_use]
pub fn verweis(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

/// The whole document; `parameter` are the shared ones by name.
#[must_use]
pub fn dokument(
    basis: &Basis,
    pfade: &[Pfad],
    schreibend: &[Operation],
    parameter: &Map<String, Value>,
) -> Value {
    let mut paths = Map::new();
    for pfad in pfade {
        let inhalt: Map<String, Value> = pfad
            .medien
            .iter()
            .map(|medium| ((*medium).to_owned(), json!({"schema": schema(medium)})))
            .collect();
        let mut operation = json!({
            "operationId": pfad.kennung,
            "summary": pfad.titel,
            "tags": [pfad.thema],
            "parameters": pfad.parameter,
            "responses": {
                "200": {"description": "Die Antwort.", "content": inhalt},
                "400": {"$ref": "#/components/responses/Problem"},
                "401": {"$ref": "#/components/responses/Problem"},
                "404": {"$ref": "#/components/responses/Problem"},
                "406": {"$ref": "#/components/responses/Problem"},
                "500": {"$ref": "#/components/responses/Problem"},
                "503": {"$ref": "#/components/responses/Problem"},
            },
        });
        if pfad.medien.contains(&"text/html") {
            operation["responses"]["303"] = json!({"description": "Weiter zu einer anderen Seite, zum Beispiel zur Anmeldung."});
        }
        if pfad.parameter.is_empty()
            && let Some(operation) = operation.as_object_mut()
        {
            operation.shift_remove("parameters");
        }
        paths.insert(pfad.pfad.clone(), json!({"get": operation}));
    }
    for operation in schreibend {
        let pfad = paths
            .entry(operation.pfad.clone())
            .or_insert_with(|| json!({}));
        pfad[operation.methode] = operation.dokument();
    }
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Zielraum",
            "description": "Flächennutzungsplan, Ortsteile, Ziele und Maßnahmen einer Gemeinde als Ebenen.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{"url": basis.0}],
        "paths": paths,
        "components": {
            "parameters": parameter,
            "schemas": {"Problem": problem_schema()},
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "Anmeldename und Zugangsschlüssel (zr_…)."},
                "bearer": {"type": "http", "scheme": "bearer", "description": "Zugangsschlüssel (zr_…)."},
            },
            "responses": {"Problem": {
                "description": "Eine Fehlermeldung nach RFC 9457; type führt zur Erklärung.",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }},
        },
    })
}

fn schema(medium: &str) -> Value {
    if medium.contains("json") {
        json!({"type": "object"})
    } else {
        json!({"type": "string"})
    }
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "parameter": {"type": "string"},
            "stelle": {"type": "string", "description": "Stelle im gesendeten Dokument (JSON Pointer)."},
            "anfrage": {"type": "string"},
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_offers_f_only_where_there_is_a_choice() {
        let parameter = || vec![text_parameter("plan", "Plan")];
        let pfad = |ausgaben| Pfad::neu("Geld", ("/x", "x"), "X", ausgaben, parameter());
        let beides = pfad(&[Ausgabe::Json, Ausgabe::Csv]);
        assert_eq!(beides.medien, ["application/json", "text/csv"]);
        assert_eq!(beides.parameter[0]["name"], "plan");
        assert_eq!(beides.parameter[1]["name"], "f");
        assert_eq!(
            beides.parameter[1]["schema"]["enum"],
            json!(["json", "csv"])
        );
        let seite = pfad(&[Ausgabe::Html]);
        assert_eq!(seite.medien, ["text/html"]);
        assert_eq!(seite.parameter.len(), 1);
    }
}
