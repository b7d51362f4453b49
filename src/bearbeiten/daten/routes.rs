//! `/daten`, `/daten/{art}`, `/daten/{art}/{schluessel}`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::auftrag::{Auftrag, Was, etag};
use super::wandeln::{self, Quelle};
use super::{formular, regeln};
use crate::auth::Akteur;
use crate::bearbeiten::kopf::Kopf;
use crate::bearbeiten::vorgang::{Vorgang, Wiederholbar};
use crate::bearbeiten::{Dienst, inhalt, routes::verlange_lesen, store};
use crate::error::Error;
use crate::http::extract::Anfrage;
use crate::http::negotiate::Ausgabe;
use crate::http::openapi::{Operation, Pfad, anfrage_parameter, pfad_parameter};
use crate::http::problem::{self, Problem};
use crate::import::strategie::spalten::{Spalte, Tabellenart, Typ};
use crate::import::strategie::verzeichnis::Verzeichnis;

type Antwort = Result<Response, Problem>;
type Dienste = State<Arc<Dienst>>;

const JSON: &str = "application/json";
const EINGABE: &[&str] = &[JSON];
const PATCH: &[&str] = &["application/merge-patch+json", JSON];
/// Rows of one answer.
const ZEILEN_MAX: i32 = 1000;

/// All routes of this module.
pub fn router(dienst: Arc<Dienst>) -> Router {
    Router::new()
        .route("/daten", get(verzeichnis))
        .route("/daten/{art}", get(liste).post(lege_an))
        .route(
            "/daten/{art}/{schluessel}",
            get(eines).put(schreibe).patch(schreibe).delete(schreibe),
        )
        .route(
            "/massnahmen/{kennung}/bearbeiten",
            get(formular::massnahme).post(formular::aendere_massnahme),
        )
        .route(
            "/kennzahlen/{kennung}/wert",
            get(formular::kennzahlwert).post(formular::neuer_kennzahlwert),
        )
        .with_state(dienst)
}

/// The kind of an address; for who reads no drafts there is none of them.
pub(super) fn art(akteur: &Akteur, name: &str) -> Result<&'static Tabellenart, Problem> {
    let gefunden = regeln::art(name).filter(|_| akteur.sicht().is_some());
    gefunden.ok_or_else(|| {
        problem::NICHT_GEFUNDEN.mit(if akteur.konto().is_none() {
            "Die Daten zum Bearbeiten gibt es nach der Anmeldung; Veröffentlichtes steht unter /massnahmen, /ziele, /kennzahlen.".to_owned()
        } else {
            format!("Eine Art „{name}“ gibt es hier nicht. Alle Arten stehen unter /daten.")
        })
    })
}

/// What the caller may name.
pub(super) async fn namen(dienst: &Dienst) -> Result<Verzeichnis, Problem> {
    let mut conn = dienst.lesen.acquire().await.map_err(Error::from)?;
    Ok(Verzeichnis::lade(&mut conn).await?)
}

fn typ(spalte: &Spalte) -> Value {
    match spalte.typ {
        Typ::Ganzzahl(von, bis) => json!({"type": "integer", "minimum": von, "maximum": bis}),
        Typ::Zahl(..) | Typ::Betrag | Typ::Anteil => json!({"type": "number"}),
        Typ::Wahr => json!({"type": "boolean"}),
        Typ::Datum | Typ::Stichtag => json!({"type": "string", "format": "date"}),
        Typ::Wahl(worte) => json!({"type": "string", "enum": worte}),
        Typ::Code(tabelle) => json!({"type": "string", "x-code": tabelle}),
        Typ::Verweis(ziel) => json!({"type": "string", "x-verweis": ziel}),
        _ => json!({"type": "string"}),
    }
}

async fn verzeichnis(akteur: Akteur, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let _ = art(&akteur, "massnahme")?;
    let arten: Vec<Value> = regeln::arten()
        .map(|art| {
            let felder: Map<String, Value> = regeln::spalten(art)
                .map(|s| {
                    let mut doc = typ(s);
                    doc["title"] = json!(s.titel);
                    doc["x-pflicht"] = json!(s.pflicht);
                    (s.name.to_owned(), doc)
                })
                .collect();
            json!({"art": art.tabelle, "titel": art.blatt, "adresse": anfrage.basis.zu(&format!("/daten/{}", art.tabelle)),
                   "schluessel": regeln::schluesselfelder(art), "felder": felder})
        })
        .collect();
    Ok((
        [(header::CONTENT_TYPE, JSON)],
        json!({"arten": arten}).to_string(),
    )
        .into_response())
}

async fn liste(
    State(dienst): Dienste,
    Path(name): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f", "ab"])?;
    let art = art(&akteur, &name)?;
    let ab = match anfrage.parameter.einzig("ab")? {
        None => 0,
        Some(text) => text
            .parse::<i32>()
            .ok()
            .filter(|ab| (0..=100_000).contains(ab))
            .ok_or_else(|| {
                problem::PARAMETER
                    .mit("ab ist eine ganze Zahl von 0 bis 100000.")
                    .parameter("ab")
            })?,
    };
    let namen = namen(&dienst).await?;
    let zeilen = store::liste(&dienst.lesen, &art.relation(), ab, ZEILEN_MAX).await?;
    let anzahl = zeilen.len();
    let zeilen: Vec<Value> = zeilen
        .iter()
        .map(|zeile| Value::Object(wandeln::ausgabe(art, &zeile.werte, &namen)))
        .collect();
    let weiter = (i32::try_from(anzahl) == Ok(ZEILEN_MAX)).then(|| {
        anfrage
            .basis
            .zu(&format!("/daten/{name}?ab={}", ab + ZEILEN_MAX))
    });
    let doc = json!({"art": name, "anzahl": anzahl, "zeilen": zeilen, "weiter": weiter});
    Ok(([(header::CONTENT_TYPE, JSON)], doc.to_string()).into_response())
}

/// The row of an address as the caller's world shows it.
async fn zeile(
    dienst: &Dienst,
    art: &'static Tabellenart,
    schluessel: &str,
    namen: &Verzeichnis,
) -> Result<(Value, store::Zeile), Problem> {
    let fehlt = || {
        problem::NICHT_GEFUNDEN.mit(format!(
            "In „{}“ gibt es keinen Eintrag „{schluessel}“.",
            art.blatt
        ))
    };
    if schluessel.chars().count() > 400 {
        return Err(fehlt());
    }
    let wo = regeln::wo(art, schluessel, namen).ok_or_else(fehlt)?;
    let zeile = store::lies(&dienst.lesen, &art.relation(), &wo).await?;
    zeile.map(|zeile| (wo, zeile)).ok_or_else(fehlt)
}

async fn eines(
    State(dienst): Dienste,
    Path((name, schluessel)): Path<(String, String)>,
    akteur: Akteur,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let art = art(&akteur, &name)?;
    let namen = namen(&dienst).await?;
    let (_, zeile) = zeile(&dienst, art, &schluessel, &namen).await?;
    let etag = etag(&zeile);
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|wert| wert.as_bytes() == etag.as_bytes())
    {
        return Ok((axum::http::StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let doc = Value::Object(wandeln::ausgabe(art, &zeile.werte, &namen));
    Ok((
        [
            (header::CONTENT_TYPE, JSON.to_owned()),
            (header::ETAG, etag),
        ],
        doc.to_string(),
    )
        .into_response())
}

fn objekt(doc: Value) -> Result<Map<String, Value>, Problem> {
    match doc {
        Value::Object(karte) => Ok(karte),
        _ => Err(problem::EINGABE.mit("Erwartet wird ein JSON-Objekt mit den Feldern der Zeile.")),
    }
}

/// Why: the header, else the member `warum`.
fn anlass(kopf: &Kopf, doc: Option<&Map<String, Value>>, sonst: String) -> Result<String, Problem> {
    if let Some(anlass) = &kopf.anlass {
        return Ok(anlass.clone());
    }
    match doc.and_then(|doc| doc.get("warum")) {
        None | Some(Value::Null) => Ok(sonst),
        Some(Value::String(text)) if text.chars().count() <= 500 && !text.trim().is_empty() => {
            Ok(text.clone())
        }
        Some(_) => Err(problem::EINGABE
            .mit("warum ist ein Text bis 500 Zeichen.")
            .stelle("/warum")),
    }
}

async fn lege_an(
    State(dienst): Dienste,
    Path(name): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    body: Body,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    verlange_lesen(&akteur)?;
    let art = art(&akteur, &name)?;
    let kopf = Kopf::lies(&headers)?;
    inhalt::pruefe_typ(&headers, EINGABE)?;
    let bytes = inhalt::bytes(body).await?;
    let doc = objekt(inhalt::json(&bytes)?)?;
    let warum = anlass(&kopf, Some(&doc), format!("{}: angelegt", art.blatt))?;
    let teile = [b"POST".as_slice(), anfrage.pfad.as_bytes(), &bytes];
    let wiederholbar = kopf.schluessel.as_deref().map(|schluessel| Wiederholbar {
        schluessel,
        anfrage: &teile,
    });
    let namen = namen(&dienst).await?;
    fuehre_aus(
        &dienst,
        art,
        &namen,
        &akteur,
        &anfrage,
        &kopf,
        Was::Anlegen(doc),
        &warum,
        Quelle::Json,
        wiederholbar,
    )
    .await
}

#[expect(clippy::too_many_arguments, reason = "the parts of one request")]
pub(super) async fn fuehre_aus(
    dienst: &Dienst,
    art: &'static Tabellenart,
    namen: &Verzeichnis,
    akteur: &Akteur,
    anfrage: &Anfrage,
    kopf: &Kopf,
    was: Was,
    warum: &str,
    quelle: Quelle,
    wiederholbar: Option<Wiederholbar<'_>>,
) -> Antwort {
    let auftrag = Auftrag {
        art,
        akteur,
        kopf,
        basis: &anfrage.basis,
        verzeichnis: namen,
        quelle,
        was,
    };
    let wer = akteur.urheber().unwrap_or_default();
    let vorgang = Vorgang {
        pool: &dienst.schreiben,
        wer: &wer,
        warum,
    };
    vorgang.fuehre_aus(wiederholbar, &auftrag).await
}

/// PUT, PATCH and DELETE of one row.
async fn schreibe(
    State(dienst): Dienste,
    Path((name, schluessel)): Path<(String, String)>,
    methode: Method,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    body: Body,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    verlange_lesen(&akteur)?;
    let art = art(&akteur, &name)?;
    let kopf = Kopf::lies(&headers)?;
    let doc = match methode {
        Method::DELETE => None,
        Method::PUT => Some(objekt(inhalt::lies(&headers, body, EINGABE).await?)?),
        _ => Some(objekt(inhalt::lies(&headers, body, PATCH).await?)?),
    };
    let namen = namen(&dienst).await?;
    let (wo, _) = zeile(&dienst, art, &schluessel, &namen).await?;
    let tun = if doc.is_some() {
        "geändert"
    } else {
        "gelöscht"
    };
    let warum = anlass(&kopf, doc.as_ref(), format!("{}: {tun}", art.blatt))?;
    let was = match doc {
        None => Was::Loeschen(wo),
        Some(doc) => Was::Aendern(wo, doc, methode == Method::PUT),
    };
    fuehre_aus(
        &dienst,
        art,
        &namen,
        &akteur,
        &anfrage,
        &kopf,
        was,
        &warum,
        Quelle::Json,
        None,
    )
    .await
}

/// Heading in `/api`.
const THEMA: &str = "Bearbeiten";

/// Reading paths, for `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let json = |pfad, titel, parameter| Pfad::neu(THEMA, pfad, titel, &[Ausgabe::Json], parameter);
    let formular = |pfad, titel| {
        let kennung = vec![pfad_parameter("kennung", "Kennung")];
        Pfad::neu(THEMA, pfad, titel, &[Ausgabe::Html], kennung)
    };
    let art = || pfad_parameter("art", "Art, zum Beispiel massnahme oder ziel_massnahme");
    let ab = anfrage_parameter("ab", "Erste Zeile der Seite.", &json!({"type": "integer"}));
    let schluessel = pfad_parameter("schluessel", "Schlüssel der Zeile");
    vec![
        json(
            ("/daten", "daten"),
            "Arten und Felder zum Bearbeiten (nach Anmeldung)",
            vec![],
        ),
        json(
            ("/daten/{art}", "daten.liste"),
            "Zeilen einer Art (nach Anmeldung)",
            vec![art(), ab],
        ),
        json(
            ("/daten/{art}/{schluessel}", "daten.eine"),
            "Eine Zeile (nach Anmeldung)",
            vec![art(), schluessel],
        ),
        formular(
            ("/massnahmen/{kennung}/bearbeiten", "massnahme.formular"),
            "Maßnahme bearbeiten (Formular)",
        ),
        formular(
            ("/kennzahlen/{kennung}/wert", "kennzahl.formular"),
            "Wert einer Kennzahl eintragen (Formular)",
        ),
    ]
}

/// Writing operations, for `/api`.
#[must_use]
pub fn operationen() -> Vec<Operation> {
    let art = pfad_parameter("art", "Art, zum Beispiel massnahme oder ziel_massnahme");
    let schluessel = pfad_parameter("schluessel", "Schlüssel der Zeile");
    [
        (
            "post",
            "/daten/{art}",
            "Eine Zeile anlegen",
            &[JSON][..],
            201,
        ),
        (
            "put",
            "/daten/{art}/{schluessel}",
            "Eine Zeile ersetzen",
            &[JSON],
            200,
        ),
        (
            "patch",
            "/daten/{art}/{schluessel}",
            "Eine Zeile ändern",
            &["application/merge-patch+json", JSON],
            200,
        ),
        (
            "delete",
            "/daten/{art}/{schluessel}",
            "Eine Zeile löschen",
            &[],
            204,
        ),
    ]
    .into_iter()
    .map(|(methode, pfad, titel, medien, status)| {
        let mut parameter = vec![art.clone()];
        if methode != "post" {
            parameter.push(schluessel.clone());
        }
        parameter.extend(crate::bearbeiten::schnittstelle::kopfzeilen());
        Operation {
            methode,
            pfad: pfad.to_owned(),
            kennung: format!("daten.{methode}"),
            titel: titel.to_owned(),
            thema: THEMA,
            parameter,
            medien,
            status,
        }
    })
    .collect()
}
