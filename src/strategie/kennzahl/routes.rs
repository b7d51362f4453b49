//! `/kennzahlen`, `/kennzahlen/{kennung}`.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use serde_json::json;
use sqlx::PgPool;

use super::{Kennzahl, KennzahlKurz, Wert, diagramm, store};
use crate::auth::store::darf_an;
use crate::auth::{Akteur, Aktion, Objektart};
use crate::http::extract::Anfrage;
use crate::http::link::kodiere;
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::{Pfad, pfad_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::{sicht, zahl};

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/kennzahlen", get(liste))
        .route("/kennzahlen/{kennung}", get(eine))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let pfad = |pfad, titel, parameter| {
        Pfad::neu(
            "Strategie",
            pfad,
            titel,
            &[Ausgabe::Json, Ausgabe::Html],
            parameter,
        )
    };
    vec![
        pfad(
            ("/kennzahlen", "kennzahlen"),
            "Kennzahlen mit ihrem Stand am Soll-Pfad",
            vec![sicht::parameter()],
        ),
        pfad(
            ("/kennzahlen/{kennung}", "kennzahl"),
            "Eine Kennzahl: Werte je Jahr und Ortsteil, Soll-Pfad, Rechenweg",
            vec![
                pfad_parameter("kennung", "Kennung, Teil der Adresse"),
                sicht::parameter(),
            ],
        ),
    ]
}

#[derive(Template)]
#[template(path = "strategie/templates/kennzahlen.html")]
struct ListeSeite {
    seite: Seite,
    stichtag: NaiveDate,
    kennzahlen: Vec<KennzahlKurz>,
    json: String,
}

impl ListeSeite {
    fn adresse(&self, kennung: &str) -> String {
        format!(
            "{}/kennzahlen/{}?f=html",
            self.seite.wurzel,
            kodiere(kennung)
        )
    }
}

async fn liste(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let mut kennzahlen = store::liste(&mut tx, None).await?;
    for kennzahl in &mut kennzahlen {
        super::verlinke(&mut kennzahl.staende, &anfrage.basis.0);
    }
    match format {
        Format::Json => {
            Ok(axum::Json(json!({"stichtag": stichtag, "kennzahlen": kennzahlen})).into_response())
        }
        Format::Html => html(&ListeSeite {
            seite: anfrage.seite(),
            stichtag,
            kennzahlen,
            json: anfrage.adresse(Format::Json),
        }),
    }
}

/// Values of one place with their chart.
struct Raum {
    name: String,
    diagramm: Option<String>,
    werte: Vec<Wert>,
}

#[derive(Template)]
#[template(path = "strategie/templates/kennzahl.html")]
struct KennzahlSeite {
    seite: Seite,
    /// Leads to the form of a value: it would be accepted from this person.
    eintragen: bool,
    k: Kennzahl,
    raeume: Vec<Raum>,
    json: String,
}

impl KennzahlSeite {
    fn stellen(&self) -> i16 {
        self.k.kurz.haupt().map_or(2, |s| s.nachkomma)
    }
    fn wert(&self, wert: &f64) -> String {
        zahl::wert_oder(Some(*wert), self.stellen())
    }
    fn korridor(&self) -> Option<String> {
        let [unten, oben] = self.k.korridor?;
        let einheit = &self.k.kurz.einheit;
        let zahl = |wert| zahl::wert_oder(wert, self.stellen());
        Some(match (unten, oben) {
            (Some(_), Some(_)) => format!("{} bis {} {einheit}", zahl(unten), zahl(oben)),
            (Some(_), None) => format!("ab {} {einheit}", zahl(unten)),
            _ => format!("bis {} {einheit}", zahl(oben)),
        })
    }
    fn art(&self, art: &str) -> &'static str {
        match art {
            "ist" => "● Ist",
            "soll" => "■ Soll",
            "basis" => "■ Basis",
            _ => "◆ Prognose",
        }
    }
}

async fn eine(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    wer: Akteur,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let rechenweg = format!("{}#rechenweg", anfrage.adresse(Format::Html));
    let mut k = store::eine(&mut tx, &kennung, stichtag, rechenweg).await?;
    super::verlinke(&mut k.kurz.staende, &anfrage.basis.0);
    match format {
        Format::Json => Ok(axum::Json(k).into_response()),
        Format::Html => {
            let mut raeume: Vec<Raum> = Vec::new();
            let mut zuletzt: Option<Option<String>> = None;
            for wert in &k.werte {
                if zuletzt.as_ref() != Some(&wert.ortsteil) {
                    raeume.push(Raum {
                        name: wert
                            .ortsteil_name
                            .clone()
                            .unwrap_or_else(|| "Ganze Stadt".to_owned()),
                        diagramm: diagramm::svg(&k, wert.ortsteil.as_deref(), stichtag),
                        werte: Vec::new(),
                    });
                    zuletzt = Some(wert.ortsteil.clone());
                }
                if let Some(raum) = raeume.last_mut() {
                    raum.werte.push(wert.clone());
                }
            }
            let seite = anfrage.seite();
            html(&KennzahlSeite {
                eintragen: seite.formulare().kennzahlwert
                    && darf_an(
                        &mut tx,
                        &wer,
                        Aktion::Anlegen,
                        Objektart::Kennzahlwert,
                        ("kennzahl", &kennung),
                    )
                    .await?,
                seite,
                raeume,
                json: anfrage.adresse(Format::Json),
                k,
            })
        }
    }
}
