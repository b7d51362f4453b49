//! The same resources as pages: German, without script, readable with a screen reader.

use askama::Template;
use axum::response::Response;
use serde_json::Value;

use super::cql2::funktionen::{self, Funktion};
use super::documents::adresse;
use super::formate::verweise;
use super::query::Ausdehnung;
use super::relation::Spalte;
use super::routes::objekt_adresse;
use super::sammlung::Sammlung;
use super::wert::Klasse;
use crate::error::Error;
use crate::http::EigeneSeite;
use crate::http::extract::Anfrage;
use crate::http::link::kodiere;
use crate::http::openapi::Pfad;
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

type Antwort = Result<Response, Problem>;

/// One layer in a list.
struct Eintrag<'a> {
    adresse: String,
    sammlung: &'a Sammlung,
}

fn eintraege<'a>(anfrage: &Anfrage, sammlungen: &'a [Sammlung]) -> Vec<Eintrag<'a>> {
    let eintrag = |sammlung: &'a Sammlung| Eintrag {
        adresse: adresse(&anfrage.basis, &sammlung.id),
        sammlung,
    };
    sammlungen.iter().map(eintrag).collect()
}

#[derive(Template)]
#[template(path = "layers/templates/start.html")]
struct Start<'a> {
    seite: Seite,
    ebenen: Vec<Eintrag<'a>>,
}

/// `/`
pub fn start(anfrage: &Anfrage, sammlungen: &[Sammlung]) -> Antwort {
    html(&Start {
        seite: anfrage.seite(),
        ebenen: eintraege(anfrage, sammlungen),
    })
}

#[derive(Template)]
#[template(path = "layers/templates/ebenen.html")]
struct Ebenen<'a> {
    seite: Seite,
    ebenen: Vec<Eintrag<'a>>,
}

/// `/collections`
pub fn ebenen(anfrage: &Anfrage, sammlungen: &[Sammlung]) -> Antwort {
    html(&Ebenen {
        seite: anfrage.seite(),
        ebenen: eintraege(anfrage, sammlungen),
    })
}

#[derive(Template)]
#[template(path = "layers/templates/konformitaet.html")]
struct Konformitaet<'a> {
    seite: Seite,
    klassen: &'a [&'static str],
}

/// `/conformance`
pub fn konformitaet(anfrage: &Anfrage, klassen: &[&'static str]) -> Antwort {
    html(&Konformitaet {
        seite: anfrage.seite(),
        klassen,
    })
}

#[derive(Template)]
#[template(path = "layers/templates/funktionen.html")]
struct Funktionen {
    seite: Seite,
    funktionen: &'static [Funktion],
}

/// `/functions`
pub fn funktionen(anfrage: &Anfrage) -> Antwort {
    html(&Funktionen {
        seite: anfrage.seite(),
        funktionen: funktionen::ALLE,
    })
}

#[derive(Template)]
#[template(path = "layers/templates/api.html")]
struct Api<'a> {
    seite: Seite,
    pfade: &'a [Pfad],
}

/// `/api`
pub fn api(anfrage: &Anfrage, pfade: &[Pfad]) -> Antwort {
    html(&Api {
        seite: anfrage.seite(),
        pfade,
    })
}

#[derive(Template)]
#[template(path = "layers/templates/ebene.html")]
struct Ebene<'a> {
    seite: Seite,
    hier: String,
    sammlung: &'a Sammlung,
    raum: Option<String>,
    zeit: Option<String>,
    spalten: &'a [Spalte],
    filterfeld: Filterfeld,
    /// Id as a segment of an address.
    kennung: String,
    dateien: Vec<verweise::Datei>,
}

/// `/collections/{id}`
pub fn ebene(anfrage: &Anfrage, sammlung: &Sammlung, ausdehnung: &Ausdehnung) -> Antwort {
    let raum = ausdehnung.raum.map(|[w, s, o, n]| {
        let grad = format!("{w:.4}° bis {o:.4}° Ost, {s:.4}° bis {n:.4}° Nord");
        grad.replace('.', ",")
    });
    let zeit = ausdehnung.zeit.as_ref().map(|[von, bis]| {
        let tag = |zeit: &Option<String>| {
            zeit.as_ref()
                .map_or("offen".into(), |z| z.chars().take(10).collect::<String>())
        };
        format!("{} bis {}", tag(von), tag(bis))
    });
    html(&Ebene {
        seite: anfrage.seite(),
        kennung: kodiere(&sammlung.id),
        dateien: verweise::dateien(&adresse(&anfrage.basis, &sammlung.id), &sammlung.id),
        hier: adresse(&anfrage.basis, &sammlung.id),
        sammlung,
        raum,
        zeit,
        spalten: &sammlung.ebene.spalten,
        filterfeld: Filterfeld::neu(anfrage, sammlung, None),
    })
}

#[derive(Template)]
#[template(path = "layers/templates/felder.html")]
struct Felder<'a> {
    seite: Seite,
    hier: String,
    sammlung: &'a Sammlung,
    zeilen: Vec<[String; 4]>,
}

/// `/collections/{id}/schema` and `…/queryables`
pub fn felder(anfrage: &Anfrage, sammlung: &Sammlung, schema: &Value) -> Antwort {
    let text = |feld: &Value, name: &str| feld[name].as_str().unwrap_or_default().to_owned();
    let felder = schema["properties"].as_object().into_iter().flatten();
    let felder = felder.map(|(name, feld)| {
        let typ = [
            text(feld, "type"),
            text(feld, "format"),
            text(feld, "x-unit"),
        ];
        let typ: Vec<_> = typ.into_iter().filter(|t| !t.is_empty()).collect();
        [
            name.clone(),
            text(feld, "title"),
            typ.join(", "),
            text(feld, "description"),
        ]
    });
    html(&Felder {
        seite: anfrage.seite(),
        hier: adresse(&anfrage.basis, &sammlung.id),
        sammlung,
        zeilen: felder.collect(),
    })
}

/// One cell of a table.
struct Zelle {
    text: String,
    zahl: bool,
}

#[derive(Template)]
#[template(path = "layers/templates/objekte.html")]
struct Objekte<'a> {
    seite: Seite,
    hier: String,
    sammlung: &'a Sammlung,
    /// Address of the row's feature, its id, its values.
    zeilen: Vec<(String, String, Vec<Zelle>)>,
    /// Columns that are shown.
    spalten: &'a [Spalte],
    /// How many there are in all, where it was counted.
    gesamt: Option<String>,
    gezeigt: usize,
    filterfeld: Filterfeld,
    filter: Vec<(String, String)>,
    json: String,
    erste: Option<String>,
    naechste: Option<String>,
}

/// The field for a CQL2 filter.
struct Filterfeld {
    /// Address of the form.
    ziel: String,
    text: String,
    beispiel: String,
    /// What is wrong with it.
    fehler: Option<String>,
    /// The other parameters of the request.
    weitere: Vec<(String, String)>,
}

impl Filterfeld {
    fn neu(anfrage: &Anfrage, sammlung: &Sammlung, fehler: Option<String>) -> Self {
        let eigene = ["filter", "cursor", "f"];
        let parameter = &anfrage.parameter;
        let text = parameter.einzig("filter").ok().flatten();
        let weitere = parameter.ohne(&eigene);
        Self {
            ziel: format!("{}/items", adresse(&anfrage.basis, &sammlung.id)),
            text: text.unwrap_or_default().to_owned(),
            beispiel: beispiel(sammlung),
            fehler,
            weitere: weitere
                .map(|(name, wert)| (name.to_owned(), wert.to_owned()))
                .collect(),
        }
    }
}

/// A filter that works on this layer, with its own columns.
fn beispiel(sammlung: &Sammlung) -> String {
    let ebene = &sammlung.ebene;
    let name = |s: &Spalte| {
        let schlicht = s
            .name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if schlicht {
            s.name.clone()
        } else {
            format!("\"{}\"", s.name.replace('"', "\"\""))
        }
    };
    let finde = |klasse: &dyn Fn(Klasse) -> bool| {
        let andere = ebene
            .spalten
            .iter()
            .filter(|s| s.name != ebene.schluessel.name);
        andere.filter(|s| klasse(s.klasse)).map(name).next()
    };
    let text = finde(&|k| k == Klasse::Text).map(|name| format!("{name} LIKE 'W%'"));
    let zahl = finde(&Klasse::ist_zahl).map(|name| format!("{name} > 10"));
    let teile: Vec<String> = [text, zahl].into_iter().flatten().collect();
    if teile.is_empty() {
        return format!("{} IS NOT NULL", name(&ebene.schluessel));
    }
    teile.join(" AND ")
}

#[derive(Template)]
#[template(path = "layers/templates/falscher_filter.html")]
struct FalscherFilter<'a> {
    seite: Seite,
    hier: String,
    sammlung: &'a Sammlung,
    filterfeld: Filterfeld,
}

/// `/collections/{id}/items` with a filter that cannot be read: the field again, what is wrong beside it.
pub fn falscher_filter(anfrage: &Anfrage, sammlung: &Sammlung, problem: &Problem) -> Antwort {
    let mut antwort = html(&FalscherFilter {
        seite: anfrage.seite(),
        hier: adresse(&anfrage.basis, &sammlung.id),
        sammlung,
        filterfeld: Filterfeld::neu(anfrage, sammlung, Some(problem.detail.clone())),
    })?;
    *antwort.status_mut() = problem.art.status;
    antwort.extensions_mut().insert(EigeneSeite);
    Ok(antwort)
}

/// `/collections/{id}/items` with these columns, from the GeoJSON document of the page.
pub fn objekte(
    anfrage: &Anfrage,
    sammlung: &Sammlung,
    spalten: &[Spalte],
    geojson: &[u8],
) -> Antwort {
    let doc: Value = serde_json::from_slice(geojson).map_err(Error::from)?;
    let objekte = doc["features"].as_array().into_iter().flatten();
    let zeilen: Vec<_> = objekte
        .map(|objekt| {
            let id = anzeige(&objekt["id"]);
            let adresse = objekt_adresse(anfrage, &sammlung.id, &id);
            let zellen = zellen(spalten.iter(), objekt);
            (format!("{adresse}?f=html"), id, zellen)
        })
        .collect();
    let links = doc["links"].as_array();
    let naechste = links
        .into_iter()
        .flatten()
        .find(|link| link["rel"] == "next")
        .and_then(|link| link["href"].as_str())
        .map(str::to_owned);
    let hier = adresse(&anfrage.basis, &sammlung.id);
    let weiter_hinten = anfrage.parameter.einzig("cursor")?.is_some();
    let filter = anfrage.parameter.ohne(&["f", "limit", "cursor"]);
    html(&Objekte {
        seite: anfrage.seite(),
        sammlung,
        gezeigt: zeilen.len(),
        zeilen,
        gesamt: doc.get("numberMatched").map(anzeige),
        spalten,
        filterfeld: Filterfeld::neu(anfrage, sammlung, None),
        filter: filter
            .map(|(name, wert)| (name.to_owned(), wert.to_owned()))
            .collect(),
        json: anfrage.adresse(crate::http::negotiate::Format::Json),
        erste: weiter_hinten.then(|| format!("{hier}/items?f=html")),
        naechste,
        hier,
    })
}

#[derive(Template)]
#[template(path = "layers/templates/objekt.html")]
struct Objekt<'a> {
    seite: Seite,
    hier: String,
    sammlung: &'a Sammlung,
    fid: &'a str,
    /// Plan of the object, where its layer says so.
    plan: Option<String>,
    json: String,
    werte: Vec<(&'a Spalte, Zelle)>,
    geometrie: String,
}

impl Objekt<'_> {
    /// The page that says more about this object than its columns.
    fn profil(&self) -> Option<String> {
        let id = self.sammlung.id.as_str();
        let (pfad, plan) = if id.starts_with("massnahmen_") && id != "massnahmen_ortsteile" {
            ("massnahmen", None)
        } else {
            let plan = id.strip_prefix("fnp_flaechen")?;
            ("flaechen", plan.strip_prefix('_').or(self.plan.as_deref()))
        };
        let plan = plan.map_or_else(String::new, |plan| format!("plan={}&", kodiere(plan)));
        Some(format!(
            "{}/{pfad}/{}?{plan}f=html",
            self.seite.wurzel,
            kodiere(self.fid)
        ))
    }
}

/// `/collections/{id}/items/{fid}`
pub fn objekt(anfrage: &Anfrage, sammlung: &Sammlung, fid: &str, geojson: &[u8]) -> Antwort {
    let doc: Value = serde_json::from_slice(geojson).map_err(Error::from)?;
    let spalten = sammlung.ebene.spalten.iter();
    html(&Objekt {
        seite: anfrage.seite(),
        hier: adresse(&anfrage.basis, &sammlung.id),
        fid,
        plan: doc["properties"]["plan"].as_str().map(str::to_owned),
        json: anfrage.adresse(crate::http::negotiate::Format::Json),
        werte: spalten
            .zip(zellen(sammlung.ebene.spalten.iter(), &doc))
            .collect(),
        geometrie: doc["geometry"]["type"]
            .as_str()
            .unwrap_or("keine")
            .to_owned(),
        sammlung,
    })
}

fn zellen<'a>(spalten: impl Iterator<Item = &'a Spalte>, objekt: &Value) -> Vec<Zelle> {
    spalten
        .map(|spalte| {
            let zahl = spalte.klasse.ist_zahl();
            let text = anzeige(&objekt["properties"][&spalte.name]);
            Zelle {
                // A decimal comma for people; ids and codes are text columns and stay as they are.
                text: if zahl { text.replace('.', ",") } else { text },
                zahl,
            }
        })
        .collect()
}

fn anzeige(wert: &Value) -> String {
    match wert {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "ja".into(),
        Value::Bool(false) => "nein".into(),
        anderer => anderer.to_string(),
    }
}
