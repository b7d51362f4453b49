//! The paths of this module for `/api`: a literal one per collection, because QGIS
//! pushes `?attr=value` down only where it finds the collection's own path.

use serde_json::{Map, Value, json};

use super::auswahl::{FESTE, LIMIT_MAX, LIMIT_VORGABE, ZOOM_MAX};
use super::cql2::Grenzen;
use super::crs::Ziel;
use super::documents::{GEOJSON, HTML, JSON, SCHEMA_JSON};
use super::formate::{FORMATE, Format, GML, wahl};
use super::queryables::{eigenschaft, filterbare};
use super::sammlung::Sammlung;
use super::stil::sprache::SPRACHEN;
use crate::http::link::kodiere;
use crate::http::openapi::{
    OPENAPI_JSON, Pfad, anfrage_parameter, pfad_parameter, verweis, wahl_parameter,
};

const THEMA: &str = "Ebenen";

/// Parameters shared by the paths; QGIS reads its page size from `limit`.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a table, a parameter each")]
pub fn parameter() -> Map<String, Value> {
    let zahlen = |anzahl: usize| json!({"minItems": anzahl, "maxItems": anzahl});
    let crs = json!({"type": "string", "format": "uri", "enum": Ziel::ALLE.map(Ziel::uri), "default": Ziel::Crs84.uri()});
    let alle = [
        (
            "f",
            "f",
            "Format der Antwort; ohne Angabe entscheidet Accept.",
            json!({"type": "string", "enum": ["json", "html"]}),
        ),
        (
            "fObjekte",
            "f",
            "Format der Objekte; GeoPackage (gpkg), Shapefile (shp) und Excel (xlsx) führen zur Datei der ganzen Auswahl.",
            json!({"type": "string", "enum": wahl::kuerzel()}),
        ),
        (
            "limit",
            "limit",
            "Objekte je Seite; mehr als das Höchste wird gekürzt.",
            json!({"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_VORGABE}),
        ),
        (
            "bbox",
            "bbox",
            "Nur Objekte, die den Ausschnitt berühren: 4 oder 6 Zahlen, ohne bbox-crs Länge und Breite in Grad.",
            json!({"type": "array", "items": {"type": "number"}, "oneOf": [zahlen(4), zahlen(6)]}),
        ),
        (
            "bbox-crs",
            "bbox-crs",
            "Koordinatensystem von bbox.",
            crs.clone(),
        ),
        ("crs", "crs", "Koordinatensystem der Antwort.", crs.clone()),
        (
            "filter",
            "filter",
            "Nur Objekte, für die diese Bedingung gilt (CQL2); die Felder stehen unter queryables, die Funktionen unter /functions.",
            json!({"type": "string", "maxLength": Grenzen::BYTES}),
        ),
        (
            "filter-lang",
            "filter-lang",
            "Schreibweise von filter.",
            json!({"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"}),
        ),
        (
            "filter-crs",
            "filter-crs",
            "Koordinatensystem der Geometrien in filter.",
            crs,
        ),
        (
            "sortby",
            "sortby",
            "Felder, nach denen sortiert wird, mit Komma dazwischen; „-“ davor: absteigend. Was keinen Wert hat, kommt zuletzt.",
            json!({"type": "array", "items": {"type": "string"}}),
        ),
        (
            "properties",
            "properties",
            "Nur diese Felder, mit Komma dazwischen.",
            json!({"type": "array", "items": {"type": "string"}}),
        ),
        (
            "exclude-properties",
            "exclude-properties",
            "Alle Felder außer diesen.",
            json!({"type": "array", "items": {"type": "string"}}),
        ),
        (
            "skipGeometry",
            "skipGeometry",
            "Ohne Geometrie.",
            json!({"type": "boolean", "default": false}),
        ),
        (
            "datetime",
            "datetime",
            "Bei Ebenen mit eigenen Zeitspalten nur Objekte, die dann gelten: Zeitpunkt oder Zeitraum nach RFC 3339, „..“ ist ein offenes Ende. Bei den übrigen ein Tag oder Zeitpunkt: die Ebene, wie sie damals war (Flächennutzungsplan: die Fassung, die galt; alles andere: was veröffentlicht war). Für jede Adresse des Dienstes leistet das auch stand=JJJJ-MM-TT oder /stand/JJJJ-MM-TT davor.",
            json!({"type": "string"}),
        ),
        (
            "zoom-level",
            "zoom-level",
            "Geometrien so weit vereinfacht, wie die Zoomstufe der Kachelung WebMercatorQuad (Kacheln von 512 Pixeln) sie zeigt; gemeinsame Grenzen bleiben gemeinsam. Was kleiner als ein Pixel ist, geht unter Zoom 12 im Nachbarn auf und hat dann keine Geometrie. Punkte bleiben, wie sie sind; Flächen und Linien einer Ebene, die dafür zu groß ist, auch.",
            json!({"type": "integer", "minimum": 0, "maximum": ZOOM_MAX}),
        ),
        (
            "cursor",
            "cursor",
            "Stelle, an der die Seite beginnt; nur aus einem Verweis next übernehmen.",
            json!({"type": "string"}),
        ),
    ];
    alle.into_iter()
        .map(|(schluessel, name, text, schema)| {
            (
                schluessel.to_owned(),
                anfrage_parameter(name, text, &schema),
            )
        })
        .collect()
}

/// All paths of this module.
#[must_use]
pub fn pfade(sammlungen: &[Sammlung]) -> Vec<Pfad> {
    let fest = |pfad: &str, kennung: &str, titel: &str, medien: &[&'static str]| Pfad {
        pfad: pfad.to_owned(),
        kennung: kennung.to_owned(),
        titel: titel.to_owned(),
        thema: "Dienst",
        parameter: vec![verweis("f")],
        medien: medien.to_vec(),
    };
    let mut pfade = vec![
        fest("/", "landing", "Übersicht", &[JSON, HTML]),
        fest(
            "/conformance",
            "conformance",
            "Konformitätsklassen",
            &[JSON, HTML],
        ),
        fest(
            "/functions",
            "functions",
            "Funktionen für Filter",
            &[JSON, HTML],
        ),
        fest("/api", "api", "Diese Beschreibung", &[OPENAPI_JSON, HTML]),
        fest("/collections", "collections", "Alle Ebenen", &[JSON, HTML]),
    ];
    pfade.extend(darstellungen());
    for sammlung in sammlungen {
        pfade.extend(je_sammlung(sammlung));
    }
    pfade
}

/// Styles and files: one pattern for all collections keeps the document small.
fn darstellungen() -> Vec<Pfad> {
    let stil = || pfad_parameter("styleId", "Kennung der Darstellung: die der Ebene");
    let ebene = || pfad_parameter("collectionId", "Kennung der Ebene");
    let pfad =
        |pfad: &str, kennung: &str, titel: &str, parameter: Vec<Value>, medien: &[&'static str]| {
            Pfad {
                pfad: pfad.to_owned(),
                kennung: kennung.to_owned(),
                titel: titel.to_owned(),
                thema: "Darstellung und Dateien",
                parameter,
                medien: medien.to_vec(),
            }
        };
    let mut sprachen: Vec<&str> = SPRACHEN.iter().map(|sprache| sprache.medium).collect();
    sprachen.push(HTML);
    let mut kuerzel: Vec<&str> = SPRACHEN.iter().map(|sprache| sprache.kuerzel).collect();
    kuerzel.push("html");
    let dateien: Vec<&str> = FORMATE.iter().map(|format| format.medium).collect();
    let auswahl = ["bbox", "bbox-crs", "crs", "datetime"].map(verweis);
    vec![
        pfad(
            "/styles",
            "styles",
            "Alle Darstellungen",
            vec![verweis("f")],
            &[JSON, HTML],
        ),
        pfad(
            "/styles/{styleId}",
            "style",
            "Eine Darstellung",
            vec![stil(), wahl_parameter("f", "Ausgabe", &kuerzel)],
            &sprachen,
        ),
        pfad(
            "/styles/{styleId}/metadata",
            "styleMetadata",
            "Angaben zu einer Darstellung",
            vec![stil(), verweis("f")],
            &[JSON],
        ),
        pfad(
            "/styles/{styleId}/legend",
            "legend",
            "Legende einer Darstellung",
            vec![
                stil(),
                wahl_parameter("f", "Ausgabe", &["json", "html", "svg"]),
            ],
            &[JSON, HTML, "image/svg+xml"],
        ),
        pfad(
            "/styles/{styleId}/{sprite}",
            "sprite",
            "Planzeichen und Schraffuren einer Darstellung als Bild (sprite.png, sprite@2x.png) und ihr Verzeichnis (sprite.json, sprite@2x.json)",
            vec![
                stil(),
                pfad_parameter("sprite", "sprite.json, sprite.png, sprite@2x.json oder sprite@2x.png"),
            ],
            &[JSON, "image/png"],
        ),
        pfad(
            "/collections/{collectionId}/styles",
            "collectionStyles",
            "Darstellungen einer Ebene",
            vec![ebene(), verweis("f")],
            &[JSON, HTML],
        ),
        pfad(
            "/collections/{collectionId}/download/{datei}",
            "download",
            "Eine Ebene als Datei, ganz oder gefiltert wie die Objekte",
            [
                vec![
                    ebene(),
                    pfad_parameter(
                        "datei",
                        "Kennung der Ebene mit der Endung fgb, csv, fg.json, gpkg, shp.zip oder xlsx",
                    ),
                ],
                auswahl.to_vec(),
            ]
            .concat(),
            &dateien,
        ),
    ]
}

/// Media types a page of items comes in.
fn objekt_medien() -> Vec<&'static str> {
    let weitere = FORMATE.iter().filter(|format| format.seitenweise);
    [GEOJSON, HTML]
        .into_iter()
        .chain(weitere.map(Format::typ))
        .collect()
}

fn je_sammlung(sammlung: &Sammlung) -> Vec<Pfad> {
    let (id, titel) = (&sammlung.id, &sammlung.titel);
    let wurzel = format!("/collections/{}", kodiere(id));
    let pfad =
        |ende: &str, kennung: &str, titel: String, parameter, medien: &[&'static str]| Pfad {
            pfad: format!("{wurzel}{ende}"),
            kennung: format!("{id}.{kennung}"),
            titel,
            thema: THEMA,
            parameter,
            medien: medien.to_vec(),
        };
    let f = || vec![verweis("f")];
    let mut parameter: Vec<Value> = FESTE
        .into_iter()
        .map(|name| verweis(if name == "f" { "fObjekte" } else { name }))
        .collect();
    parameter.extend(filterbare(sammlung).map(|spalte| {
        let mut schema = eigenschaft(spalte);
        schema.retain(|name, _| name == "type" || name == "format");
        anfrage_parameter(&spalte.name, &spalte.titel, &Value::Object(schema))
    }));
    let seiten = [verweis("f"), verweis("limit"), verweis("cursor")];
    let ganz: Vec<Value> = parameter
        .iter()
        .filter(|p| !seiten.contains(p))
        .cloned()
        .collect();
    let mut eines = vec![pfad_parameter("featureId", "Kennung des Objekts")];
    eines.extend([verweis("f"), verweis("crs")]);
    vec![
        pfad("", "collection", titel.clone(), f(), &[JSON, HTML]),
        pfad(
            "/schema",
            "schema",
            format!("{titel}: Felder"),
            f(),
            &[SCHEMA_JSON, HTML],
        ),
        pfad(
            "/queryables",
            "queryables",
            format!("{titel}: filterbare Felder"),
            f(),
            &[SCHEMA_JSON, HTML],
        ),
        pfad(
            "/sortables",
            "sortables",
            format!("{titel}: sortierbare Felder"),
            f(),
            &[SCHEMA_JSON, HTML],
        ),
        pfad(
            "/items",
            "items",
            format!("{titel}: Objekte"),
            parameter,
            &objekt_medien(),
        ),
        pfad(
            "/items.geojson",
            "ganz",
            format!("{titel}: alle Objekte in einem Dokument"),
            ganz,
            &[GEOJSON],
        ),
        pfad(
            "/items/{featureId}",
            "item",
            format!("{titel}: ein Objekt"),
            eines,
            &[GEOJSON, HTML, GML],
        ),
    ]
}
