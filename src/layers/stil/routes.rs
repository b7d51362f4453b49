//! OGC API – Styles: `/styles` and below, `/collections/{id}/styles`. Each collection has one
//! style, named like itself; what it looks like is chosen by `f` or Accept.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::formular::{Formular, ORTSTEILE};
use super::legende::{self, Eintrag};
use super::sld::{self, Fassung};
use super::sprache::{SPRACHEN, Sprache, unbekannt, waehle};
use super::{Stil, maplibre, qml, sprite};
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::link::{Basis, Link, kodiere};
use crate::http::negotiate::Format;
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::layers::Dienst;
use crate::layers::documents::{HTML, JSON, adresse, selbst};
use crate::layers::sammlung::Sammlung;

type Antwort = Result<Response, Problem>;
type Dienste = State<Arc<Dienst>>;

/// Relation of the styles of a collection.
pub const REL_STYLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/styles";
/// Relation of its legend.
pub const REL_LEGENDE: &str = "http://www.opengis.net/def/rel/ogc/1.0/legend";
const SVG: &str = "image/svg+xml";

/// All routes of this module.
pub fn router(dienst: Arc<Dienst>) -> Router {
    Router::new()
        .route("/styles", get(liste))
        .route("/styles/{id}", get(stil))
        .route("/styles/{id}/metadata", get(metadaten))
        .route("/styles/{id}/legend", get(legende))
        .route("/styles/{id}/{sprite}", get(der_sprite))
        .route("/collections/{id}/styles", get(der_ebene))
        .with_state(dienst)
}

async fn liste(State(dienst): Dienste, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&[JSON])?;
    let sammlungen = dienst.katalog.oeffentliche(&dienst.pool).await?;
    let sammlungen: Vec<&Sammlung> = sammlungen.iter().filter(|s| hat_stil(s)).collect();
    match format {
        Format::Json => {
            let stile: Vec<Value> = sammlungen
                .iter()
                .map(|s| eintrag(&anfrage.basis, s))
                .collect();
            Ok(schreibe(
                JSON,
                &json!({
                    "styles": stile,
                    "links": selbst(&anfrage.basis.zu("/styles"), JSON, "Darstellungen"),
                }),
            ))
        }
        Format::Html => html(&Stile {
            seite: anfrage.seite(),
            sammlungen,
        }),
    }
}

async fn der_ebene(State(dienst): Dienste, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&[JSON])?;
    let sammlung = dienst
        .katalog
        .oeffentliche_sammlung(&dienst.pool, &id)
        .await?;
    let sammlungen: Vec<&Sammlung> = [&sammlung].into_iter().filter(|s| hat_stil(s)).collect();
    match format {
        Format::Json => {
            let hier = format!("{}/styles", adresse(&anfrage.basis, &id));
            let stile: Vec<Value> = sammlungen
                .iter()
                .map(|s| eintrag(&anfrage.basis, s))
                .collect();
            let mut doc = json!({
                "styles": stile,
                "links": selbst(&hier, JSON, "Darstellungen dieser Ebene"),
            });
            if !sammlungen.is_empty() {
                doc["default"] = json!(id);
            }
            Ok(schreibe(JSON, &doc))
        }
        Format::Html => html(&Stile {
            seite: anfrage.seite(),
            sammlungen,
        }),
    }
}

async fn stil(State(dienst): Dienste, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let sprache = waehle(&anfrage)?;
    let (sammlung, stil) = lies(&dienst, &id).await?;
    let Some(sprache) = sprache else {
        return html(&StilSeite {
            seite: anfrage.seite(),
            hier: style_adresse(&anfrage.basis, &id),
            ebene: adresse(&anfrage.basis, &id),
            eintraege: legende::eintraege(&stil),
            sprachen: &SPRACHEN,
            titel: &sammlung.titel,
        });
    };
    let text = match sprache.kuerzel {
        "qml" => {
            let ortsteile = Some(qml::quelle(&anfrage.basis, ORTSTEILE));
            let formular = Formular::von(&dienst.pool, &sammlung, ortsteile).await?;
            qml::mit_formular(&stil, &formular)
        }
        "sld10" => sld::dokument(&stil, Fassung::Eins),
        "sld11" => sld::dokument(&stil, Fassung::EinsEins),
        _ => maplibre::dokument(&stil, &anfrage.basis).to_string(),
    };
    let mut antwort = ([(header::CONTENT_TYPE, sprache.medium)], text).into_response();
    if sprache.kuerzel != "maplibre" {
        let name = crate::layers::formate::ogr::ascii(&id);
        if let Ok(wert) = format!("attachment; filename=\"{name}.{}\"", sprache.endung).parse() {
            antwort
                .headers_mut()
                .insert(header::CONTENT_DISPOSITION, wert);
        }
    }
    Ok(antwort)
}

async fn metadaten(State(dienst): Dienste, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    anfrage.format(&[JSON])?;
    let (sammlung, _) = lies(&dienst, &id).await?;
    let hier = style_adresse(&anfrage.basis, &id);
    let blaetter: Vec<Value> = SPRACHEN
        .iter()
        .map(|sprache| {
            json!({
                "title": sprache.titel,
                "version": sprache.fassung.0,
                "specification": sprache.fassung.1,
                "native": sprache.kuerzel == "maplibre",
                "link": Link::new("stylesheet", sprache.medium, format!("{hier}?f={}", sprache.kuerzel), sprache.titel),
            })
        })
        .collect();
    let art = match sammlung
        .ebene
        .relation
        .geometrie
        .as_ref()
        .and_then(|g| g.dimension)
    {
        Some(0) => "points",
        Some(1) => "lines",
        Some(2) => "polygons",
        _ => "geometry",
    };
    let daten = adresse(&anfrage.basis, &id);
    Ok(schreibe(
        JSON,
        &json!({
            "id": id,
            "title": sammlung.titel,
            "description": sammlung.beschreibung,
            "scope": "style",
            "stylesheets": blaetter,
            "layers": [{
                "id": id,
                "description": sammlung.titel,
                "type": art,
                "sampleData": Link::new("items", crate::layers::documents::GEOJSON, format!("{daten}/items"), "Objekte"),
            }],
            "links": [
                Link::new("self", JSON, format!("{hier}/metadata"), "Angaben zu dieser Darstellung"),
                Link::new(REL_LEGENDE, JSON, format!("{hier}/legend"), "Legende"),
                Link::new("preview", SVG, format!("{hier}/legend?f=svg"), "Legende (Zeichnung)"),
                Link::new("related", JSON, format!("{hier}/sprite.json"), "Planzeichen und Schraffuren: Verzeichnis"),
                Link::new("related", "image/png", format!("{hier}/sprite.png"), "Planzeichen und Schraffuren: Bild"),
            ],
        }),
    ))
}

async fn legende(State(dienst): Dienste, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let f = anfrage.parameter.einzig("f")?;
    let zeichnung = match f {
        Some("svg") => true,
        Some("json" | "html") => false,
        Some(anderes) => return Err(unbekannt(anderes, &["json", "html", "svg"])),
        None => anfrage.guete(&[SVG]) > anfrage.guete(&[JSON, HTML]),
    };
    let format = if zeichnung {
        None
    } else {
        Some(anfrage.format(&[JSON])?)
    };
    let (sammlung, stil) = lies(&dienst, &id).await?;
    match format {
        None => Ok(([(header::CONTENT_TYPE, SVG)], legende::svg(&stil)).into_response()),
        Some(Format::Json) => {
            let mut doc = legende::dokument(&stil);
            let hier = format!("{}/legend", style_adresse(&anfrage.basis, &id));
            doc["links"] = json!(selbst(&hier, JSON, "Legende"));
            Ok(schreibe(JSON, &doc))
        }
        Some(Format::Html) => html(&StilSeite {
            seite: anfrage.seite(),
            hier: style_adresse(&anfrage.basis, &id),
            ebene: adresse(&anfrage.basis, &id),
            eintraege: legende::eintraege(&stil),
            sprachen: &SPRACHEN,
            titel: &sammlung.titel,
        }),
    }
}

async fn der_sprite(
    State(dienst): Dienste,
    Path((id, datei)): Path<(String, String)>,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let (dichte, bild) = match datei.as_str() {
        "sprite.json" => (1, false),
        "sprite@2x.json" => (2, false),
        "sprite.png" => (1, true),
        "sprite@2x.png" => (2, true),
        _ => {
            return Err(Error::nicht_gefunden(format!(
                "Unter /styles/{id} gibt es „{datei}“ nicht. Vorhanden: metadata, legend, sprite.json, sprite.png, sprite@2x.json, sprite@2x.png."
            ))
            .into());
        }
    };
    let (_, stil) = lies(&dienst, &id).await?;
    let bilder = sprite::bilder(&stil);
    if bild {
        let png = sprite::png(&bilder, dichte)?;
        return Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response());
    }
    Ok(schreibe(JSON, &sprite::verzeichnis(&bilder, dichte)))
}

/// Without geometry there is nothing to draw.
fn hat_stil(sammlung: &Sammlung) -> bool {
    sammlung.ebene.relation.geometrie.is_some()
}

async fn lies(dienst: &Dienst, id: &str) -> Result<(Sammlung, Stil)> {
    let sammlung = dienst
        .katalog
        .oeffentliche_sammlung(&dienst.pool, id)
        .await?;
    if !hat_stil(&sammlung) {
        return Err(Error::nicht_gefunden(format!(
            "Die Ebene „{id}“ hat keine Geometrie und darum keine Darstellung."
        )));
    }
    let stil = Stil::von(&dienst.pool, &sammlung).await?;
    Ok((sammlung, stil))
}

fn style_adresse(basis: &Basis, id: &str) -> String {
    basis.zu(&format!("/styles/{}", kodiere(id)))
}

fn eintrag(basis: &Basis, sammlung: &Sammlung) -> Value {
    let hier = style_adresse(basis, &sammlung.id);
    let titel = &sammlung.titel;
    let mut links: Vec<Link> = SPRACHEN
        .iter()
        .map(|s| {
            Link::new(
                "stylesheet",
                s.medium,
                format!("{hier}?f={}", s.kuerzel),
                format!("{titel} ({})", s.titel),
            )
        })
        .collect();
    links.push(Link::new(
        "alternate",
        HTML,
        format!("{hier}?f=html"),
        format!("{titel} (Legende, Seite)"),
    ));
    links.push(Link::new(
        "describedby",
        JSON,
        format!("{hier}/metadata"),
        format!("{titel}: Angaben"),
    ));
    json!({ "id": sammlung.id, "title": titel, "links": links })
}

/// Links from a collection to its style and legend; none where there is nothing to draw.
#[must_use]
pub fn links(basis: &Basis, sammlung: &Sammlung) -> Vec<Link> {
    if !hat_stil(sammlung) {
        return Vec::new();
    }
    let hier = style_adresse(basis, &sammlung.id);
    vec![
        Link::new(
            REL_STYLES,
            JSON,
            format!("{}/styles", adresse(basis, &sammlung.id)),
            "Darstellungen",
        ),
        Link::new(REL_LEGENDE, JSON, format!("{hier}/legend"), "Legende"),
    ]
}

fn schreibe(typ: &'static str, doc: &Value) -> Response {
    ([(header::CONTENT_TYPE, typ)], doc.to_string()).into_response()
}

#[derive(Template)]
#[template(path = "layers/templates/stile.html")]
struct Stile<'a> {
    seite: Seite,
    sammlungen: Vec<&'a Sammlung>,
}

impl Stile<'_> {
    fn adresse(&self, id: &str) -> String {
        format!("{}/styles/{}?f=html", self.seite.wurzel, kodiere(id))
    }
}

#[derive(Template)]
#[template(path = "layers/templates/stil.html")]
struct StilSeite<'a> {
    seite: Seite,
    hier: String,
    ebene: String,
    titel: &'a str,
    eintraege: Vec<Eintrag<'a>>,
    sprachen: &'static [Sprache],
}
