//! `/geld`, `/geld/massnahmen/{kennung}`, `/geld/foerderung`.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::auswertung::{Auswertung, Gruppe, Nach, Posten, Teil};
use super::finanzwert::{self, Angabe, Drift};
use super::foerderung::{Foerderzeile, Programm, Programmsumme, nach_programm};
use super::pruefung::{self, Befund};
use super::{ausgabe, store};
use crate::error::Error;
use crate::http::datei::csv;
use crate::http::extract::Anfrage;
use crate::http::link::{kodiere, kodiere_parameter};
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::{
    Pfad, anfrage_parameter, pfad_parameter, text_parameter, wahl_parameter,
};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::sicht;

type Antwort = Result<Response, Problem>;

const AUSGABEN: &[Ausgabe] = &[Ausgabe::Json, Ausgabe::Csv, Ausgabe::Html];

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/geld", get(geld))
        .route("/geld/foerderung", get(foerderung))
        .route("/geld/massnahmen/{kennung}", get(massnahme))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let nach: Vec<&str> = Nach::ALLE.iter().map(|nach| nach.worte().0).collect();
    let jahr = json!({"type": "integer"});
    let pfad =
        |pfad, titel, ausgaben, parameter| Pfad::neu("Geld", pfad, titel, ausgaben, parameter);
    vec![
        pfad(
            ("/geld", "geld"),
            "Kosten, Förderung und Eigenanteil der Maßnahmen, mit Rechenweg und Prüfungen",
            AUSGABEN,
            vec![
                wahl_parameter("nach", "Gliederung; ohne Angabe nach Ortsteil", &nach),
                anfrage_parameter(
                    "jahr",
                    "Nur dieses Jahr; ohne Angabe die Gesamtbeträge",
                    &jahr,
                ),
                text_parameter(
                    "gruppe",
                    "Rechenweg: die Maßnahmen einer Gruppe (Spalte schluessel), oder _alle",
                ),
                sicht::parameter(),
            ],
        ),
        pfad(
            ("/geld/foerderung", "geld_foerderung"),
            "Förderprogramme und Förderungen",
            &[Ausgabe::Json, Ausgabe::Html],
            Vec::new(),
        ),
        pfad(
            ("/geld/massnahmen/{kennung}", "geld_massnahme"),
            "Alle Beträge einer Maßnahme, mit dem Verlauf ihrer Kostenschätzungen",
            &[Ausgabe::Json, Ausgabe::Html],
            vec![
                pfad_parameter("kennung", "Kennung der Maßnahme"),
                sicht::parameter(),
            ],
        ),
    ]
}

fn nach(text: Option<&str>) -> Result<Nach, Error> {
    let Some(text) = text.filter(|t| !t.is_empty()) else {
        return Ok(Nach::Ortsteil);
    };
    Nach::ALLE
        .into_iter()
        .find(|nach| nach.worte().0 == text)
        .ok_or_else(|| {
            let alle: Vec<&str> = Nach::ALLE.iter().map(|nach| nach.worte().0).collect();
            Error::parameter(
                "nach",
                format!(
                    "Nach „{text}“ lässt sich das Geld nicht gliedern. Möglich sind: {}.",
                    alle.join(", ")
                ),
            )
        })
}

fn jahr(text: Option<&str>, nach: Nach) -> Result<Option<i32>, Error> {
    let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    let jahr = text
        .parse()
        .ok()
        .filter(|jahr| (1990..=2200).contains(jahr))
        .ok_or_else(|| {
            Error::parameter(
                "jahr",
                format!("„{text}“ ist kein Jahr. Erwartet wird zum Beispiel jahr=2026."),
            )
        })?;
    if nach == Nach::Jahr {
        return Err(Error::parameter(
            "jahr",
            format!(
                "Die Gliederung nach Jahr zeigt alle Jahre. Die Maßnahmen eines Jahres stehen unter nach=jahr&gruppe={jahr}."
            ),
        ));
    }
    Ok(Some(jahr))
}

#[derive(Template)]
#[template(path = "haushalt/templates/geld.html")]
struct GeldSeite {
    seite: Seite,
    auswertung: Auswertung,
    befunde: Vec<Befund>,
    drift: Vec<Drift>,
    jahr: Option<i32>,
    weg: Weg,
}

impl RechenwegSeite {
    /// Title of a line's group; only with the lines of all groups.
    fn gruppe_von(&self, teil: &Teil) -> Option<&str> {
        let alle = self.gruppe.schluessel == "_summe";
        let gruppe = |g: &&Gruppe| g.schluessel == teil.gruppe;
        self.auswertung
            .gruppen
            .iter()
            .find(gruppe)
            .filter(|_| alle)
            .map(|g| g.titel.as_str())
    }
}

impl GeldSeite {
    /// Findings of a rule.
    fn zu(&self, regel: &str) -> Vec<&Befund> {
        self.befunde.iter().filter(|b| b.regel == regel).collect()
    }
    /// A sign for a rule, readable without colour.
    fn zeichen(&self, regel: &str) -> &'static str {
        match self.zu(regel).first().map(|b| b.schwere) {
            None => "✔",
            Some("fehler") => "▲",
            Some("hinweis") => "◐",
            Some(_) => "○",
        }
    }
    fn offen(&self, regel: &str) -> bool {
        self.zu(regel)
            .first()
            .is_some_and(|b| b.schwere == "fehler")
    }
}

#[derive(Template)]
#[template(path = "haushalt/templates/rechenweg.html")]
struct RechenwegSeite {
    seite: Seite,
    auswertung: Auswertung,
    gruppe: Gruppe,
    teile: Vec<Teil>,
    gewaehlt: String,
    weg: Weg,
}

/// What the addresses of one request share.
#[derive(Debug, Clone)]
struct Weg {
    wurzel: String,
    nach: &'static str,
    jahr: String,
    stichtag: String,
}

impl Weg {
    /// Address of the same question for a group and a format.
    fn zu(&self, gruppe: &str, f: &str) -> String {
        let paare = [
            ("nach", self.nach),
            ("jahr", &self.jahr),
            ("stichtag", &self.stichtag),
            ("gruppe", gruppe),
            ("f", f),
        ];
        let frage = kodiere_parameter(paare.into_iter().filter(|(_, wert)| !wert.is_empty()));
        format!("{}/geld?{frage}", self.wurzel)
    }
}

async fn geld(State(public): State<PgPool>, anfrage: Anfrage) -> Antwort {
    let p = &anfrage.parameter;
    p.nur(&["nach", "jahr", "gruppe", "stichtag", "f"])?;
    let ausgabe = anfrage.ausgabe(AUSGABEN)?;
    let nach = nach(p.einzig("nach")?)?;
    let jahr = jahr(p.einzig("jahr")?, nach)?;
    let gewaehlt = p.gesetzt("gruppe")?;
    let (mut tx, _) = sicht::oeffne(&public, &anfrage).await?;
    let auswertung = store::auswertung(&mut tx, nach, jahr).await?;
    let (schluessel, _) = nach.worte();
    let seite = anfrage.seite();
    let weg = Weg {
        wurzel: seite.wurzel.clone(),
        nach: schluessel,
        jahr: jahr.map(|jahr| jahr.to_string()).unwrap_or_default(),
        stichtag: p.einzig("stichtag")?.unwrap_or_default().to_owned(),
    };
    if let Some(gewaehlt) = gewaehlt {
        let (gruppe, teile) = rechenweg(&auswertung, gewaehlt)?;
        if ausgabe == Ausgabe::Csv {
            let name = format!("geld-{schluessel}-rechenweg");
            return Ok(csv(ausgabe::rechenweg(&teile), &name));
        }
        if ausgabe == Ausgabe::Json {
            let doc = json!({
                "nach": auswertung.nach, "jahr": jahr, "stichtag": auswertung.stichtag, "regel": nach.regel(),
                "gruppe": gruppe, "rechenweg": teile,
            });
            return Ok(axum::Json(doc).into_response());
        }
        return html(&RechenwegSeite {
            seite,
            auswertung,
            gruppe,
            teile,
            gewaehlt: gewaehlt.to_owned(),
            weg,
        });
    }
    if ausgabe == Ausgabe::Csv {
        let name = format!("geld-{schluessel}");
        return Ok(csv(ausgabe::gruppen(&auswertung), &name));
    }
    let (posten, toleranz) = store::pruefposten(&mut tx, None).await?;
    let befunde = pruefung::pruefe(&posten, &store::foerderungen(&mut tx).await?, toleranz);
    let drift = drift(&store::schaetzungen(&mut tx, None).await?);
    if ausgabe == Ausgabe::Json {
        let mut doc = json!(auswertung);
        doc["regel"] = json!(nach.regel());
        for (gruppe, kopf) in doc["gruppen"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .zip(&auswertung.gruppen)
        {
            gruppe["rechenweg"] = json!(weg.zu(&kopf.schluessel, "json"));
        }
        doc["toleranz"] = json!(toleranz);
        doc["pruefungen"] = json!(befunde);
        doc["kostenentwicklung"] = json!(drift);
        return Ok(axum::Json(doc).into_response());
    }
    html(&GeldSeite {
        seite,
        auswertung,
        befunde,
        drift,
        jahr,
        weg,
    })
}

/// Drifts with more than one step.
fn drift(schaetzungen: &[finanzwert::Schaetzung]) -> Vec<Drift> {
    finanzwert::drift(schaetzungen)
        .into_iter()
        .filter(|drift| drift.stufen.len() > 1)
        .collect()
}

/// The lines of a group, or with `_alle` of every group.
fn rechenweg(auswertung: &Auswertung, gewaehlt: &str) -> Result<(Gruppe, Vec<Teil>), Error> {
    if gewaehlt == "_alle" {
        return Ok((auswertung.summe.clone(), auswertung.teile.clone()));
    }
    let gruppe = auswertung
        .gruppen
        .iter()
        .find(|g| g.schluessel == gewaehlt)
        .ok_or_else(|| {
            Error::nicht_gefunden(format!(
                "Die Gruppe „{gewaehlt}“ gibt es in dieser Gliederung nicht. Die Gruppen stehen ohne den Parameter „gruppe“ in der Spalte schluessel."
            ))
        })?;
    let teile = auswertung.teile.iter().filter(|t| t.gruppe == gewaehlt);
    Ok((gruppe.clone(), teile.cloned().collect()))
}

#[derive(Template)]
#[template(path = "haushalt/templates/massnahme.html")]
struct MassnahmeSeite {
    seite: Seite,
    stichtag: NaiveDate,
    posten: Posten,
    drift: Option<Drift>,
    angaben: Vec<Angabe>,
    foerderungen: Vec<Foerderzeile>,
    befunde: Vec<Befund>,
    json: String,
}

async fn massnahme(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let posten = store::eine(&mut tx, &kennung).await?;
    let drift = finanzwert::drift(&store::schaetzungen(&mut tx, Some(posten.id)).await?).pop();
    let angaben = store::angaben(&mut tx, posten.id).await?;
    let foerderungen: Vec<Foerderzeile> = store::foerderungen(&mut tx)
        .await?
        .into_iter()
        .filter(|f| f.massnahme.as_deref() == Some(&kennung))
        .collect();
    let (eigene, toleranz) = store::pruefposten(&mut tx, Some(posten.id)).await?;
    let befunde = pruefung::pruefe(&eigene, &foerderungen, toleranz);
    if format == Format::Json {
        let doc = json!({
            "stichtag": stichtag, "massnahme": posten, "kostenentwicklung": drift, "angaben": angaben,
            "foerderungen": foerderungen, "pruefungen": befunde,
        });
        return Ok(axum::Json(doc).into_response());
    }
    html(&MassnahmeSeite {
        seite: anfrage.seite(),
        json: anfrage.adresse(Format::Json),
        stichtag,
        posten,
        drift,
        angaben,
        foerderungen,
        befunde,
    })
}

#[derive(Template)]
#[template(path = "haushalt/templates/foerderung.html")]
struct FoerderSeite {
    seite: Seite,
    programme: Vec<(Programm, Option<Programmsumme>)>,
    foerderungen: Vec<Foerderzeile>,
    json: String,
}

async fn foerderung(State(public): State<PgPool>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let foerderungen = store::foerderungen(&mut conn).await?;
    let summen = nach_programm(&foerderungen);
    let programme: Vec<(Programm, Option<Programmsumme>)> = store::programme(&mut conn)
        .await?
        .into_iter()
        .map(|p| {
            let summe = summen.iter().find(|s| s.programm == p.kennung).cloned();
            (p, summe)
        })
        .collect();
    if format == Format::Json {
        let liste: Vec<Value> = programme
            .iter()
            .map(|(programm, summe)| json!({"programm": programm, "summe": summe}))
            .collect();
        return Ok(
            axum::Json(json!({"programme": liste, "foerderungen": foerderungen})).into_response(),
        );
    }
    html(&FoerderSeite {
        seite: anfrage.seite(),
        json: anfrage.adresse(Format::Json),
        programme,
        foerderungen,
    })
}

/// Address of a measure's money.
#[must_use]
pub fn adresse_massnahme(wurzel: &str, kennung: &str) -> String {
    format!("{wurzel}/geld/massnahmen/{}?f=html", kodiere(kennung))
}
