//! `/bilanz`: the balance as JSON, CSV and a table that pastes into Word; `/bilanz/flaechen`:
//! the areas behind a figure (Rechenweg).

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::bilanz::{self, Beitrag, Bilanz, Spalte};
use super::plan::{self, Fassung};
use super::zahl::{hektar, prozent};
use super::{bilanz_ausgabe, store};
use crate::error::Error;
use crate::gemeinde;
use crate::http::datei::csv;
use crate::http::extract::Anfrage;
use crate::http::link::{kodiere, kodiere_parameter};
use crate::http::negotiate::Ausgabe;
use crate::http::openapi::{Pfad, anfrage_parameter, text_parameter, wahl_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

/// What both resources can be.
const AUSGABEN: &[Ausgabe] = &[Ausgabe::Json, Ausgabe::Csv, Ausgabe::Html];

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/bilanz", get(zeige))
        .route("/bilanz/flaechen", get(flaechen))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let plan = || {
        text_parameter(
            "plan",
            "Kennung des Plans, auch KENNUNG@FASSUNG; ohne Angabe der wirksame Plan",
        )
    };
    let ortsteil = || text_parameter("ortsteil", "Kennung des Ortsteils");
    let alle = json!({"type": "boolean"});
    let pfad =
        |pfad, titel, parameter| Pfad::neu("Flächennutzungsplan", pfad, titel, AUSGABEN, parameter);
    vec![
        pfad(
            ("/bilanz", "bilanz"),
            "Flächenbilanz eines Plans",
            vec![
                plan(),
                ortsteil(),
                anfrage_parameter("alle", "Alle Ortsteile nebeneinander", &alle),
            ],
        ),
        pfad(
            ("/bilanz/flaechen", "bilanz_flaechen"),
            "Flächen hinter einer Zahl der Bilanz (Rechenweg)",
            vec![
                plan(),
                ortsteil(),
                text_parameter("nutzung", "Schlüssel der Nutzung; ohne Angabe alle"),
                wahl_parameter(
                    "spalte",
                    "Spalte der Bilanz",
                    &[
                        "bestand",
                        "davon_fortfallend",
                        "planung",
                        "ohne_angabe",
                        "summe",
                    ],
                ),
            ],
        ),
    ]
}

async fn zeige(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["plan", "ortsteil", "alle", "f"])?;
    let ausgabe = anfrage.ausgabe(AUSGABEN)?;
    // The form sends an empty value for the whole Gemeinde.
    let ortsteil = anfrage.parameter.gesetzt("ortsteil")?;
    let alle = match anfrage.parameter.einzig("alle")? {
        None | Some("false") => false,
        Some("true" | "") => true,
        Some(anderes) => {
            return Err(Error::parameter(
                "alle",
                format!("„{anderes}“ ist weder true noch false."),
            )
            .into());
        }
    };
    if alle && ortsteil.is_some() {
        return Err(Error::parameter("alle", "alle und ortsteil schließen sich aus.").into());
    }
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let plan = plan::waehle(&mut conn, anfrage.parameter.gesetzt("plan")?).await?;
    let bilanzen = if alle {
        bilanz::alle(&mut conn, &plan).await?
    } else {
        vec![bilanz::eine(&mut conn, &plan, ortsteil).await?]
    };
    match (ausgabe, &bilanzen[..]) {
        (Ausgabe::Csv, _) => Ok(csv(
            bilanz_ausgabe::csv(&bilanzen),
            &format!("bilanz-{}", plan.kennung),
        )),
        (Ausgabe::Html, _) => {
            let plaene = plan::alle(&mut conn).await?;
            let ortsteile = store::ortsteile(&mut conn).await?;
            html(&BilanzSeite {
                seite: anfrage.seite(),
                plan: &plan,
                plaene: &plaene,
                ortsteile: &ortsteile,
                alle,
                bilanzen: &bilanzen,
            })
        }
        (_, [eine]) if !alle => Ok(axum::Json(eine).into_response()),
        (_, _) => Ok(axum::Json(&bilanzen).into_response()),
    }
}

#[derive(Template)]
#[template(path = "fnp/templates/bilanz.html")]
struct BilanzSeite<'a> {
    seite: Seite,
    plan: &'a Fassung,
    plaene: &'a [Fassung],
    ortsteile: &'a [(String, String)],
    alle: bool,
    bilanzen: &'a [Bilanz],
}

impl BilanzSeite<'_> {
    fn gewaehlt(&self, kennung: &str) -> bool {
        !self.alle
            && matches!(self.bilanzen, [eine] if eine.gebiet.art == "ortsteil" && eine.gebiet.kennung.as_deref() == Some(kennung))
    }
    fn ha(&self, m2: &f64) -> String {
        hektar(*m2, 2)
    }
    fn prozent(&self, anteil: &f64) -> String {
        prozent(*anteil)
    }
    /// Where the plan stands as a file.
    fn herunterladen(&self, datei: &str) -> String {
        let plan = kodiere(&self.plan.angabe());
        format!("{}/plaene/{plan}/{datei}", self.seite.wurzel)
    }
    /// Where the areas behind a figure stand.
    fn rechenweg(&self, bilanz: &Bilanz, nutzung: &str, spalte: &str) -> String {
        let plan = self.plan.angabe();
        let ortsteil = bilanz
            .gebiet
            .kennung
            .as_deref()
            .filter(|_| bilanz.gebiet.art == "ortsteil");
        let paare = [
            ("plan", Some(plan.as_str())),
            ("ortsteil", ortsteil),
            ("nutzung", Some(nutzung).filter(|n| !n.is_empty())),
            ("spalte", Some(spalte)),
            ("f", Some("html")),
        ];
        format!(
            "{}/bilanz/flaechen?{}",
            self.seite.wurzel,
            kodiere_parameter(
                paare
                    .into_iter()
                    .filter_map(|(name, wert)| Some((name, wert?)))
            )
        )
    }
}

async fn flaechen(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage
        .parameter
        .nur(&["plan", "ortsteil", "nutzung", "spalte", "f"])?;
    let ausgabe = anfrage.ausgabe(AUSGABEN)?;
    let spalte_name = anfrage.parameter.gesetzt("spalte")?.unwrap_or("summe");
    let spalte = Spalte::lies(spalte_name).ok_or_else(|| {
        Error::parameter("spalte", format!("Eine Spalte „{spalte_name}“ hat die Bilanz nicht; möglich sind bestand, davon_fortfallend, planung, ohne_angabe und summe."))
    })?;
    let nutzung = anfrage.parameter.gesetzt("nutzung")?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let plan = plan::waehle(&mut conn, anfrage.parameter.gesetzt("plan")?).await?;
    let ortsteil = match anfrage.parameter.gesetzt("ortsteil")? {
        Some(kennung) => {
            let (id, name) = gemeinde::store::ortsteil(&mut conn, kennung).await?;
            Some((id, kennung, name))
        }
        None => None,
    };
    let nutzung_name = match nutzung {
        Some(schluessel) => Some(store::nutzung(&mut conn, schluessel).await?),
        None => None,
    };
    let liste = store::beitraege(
        &mut conn,
        plan.id,
        ortsteil.as_ref().map(|o| o.0),
        nutzung,
        spalte.rechtsstaende(),
    )
    .await?;
    match ausgabe {
        Ausgabe::Csv => Ok(csv(
            bilanz_ausgabe::beitraege_csv(&liste),
            &format!("flaechen-{}", plan.kennung),
        )),
        Ausgabe::Html => {
            let paare = [
                ("ortsteil", ortsteil.as_ref().map(|o| o.1)),
                ("nutzung", nutzung),
                ("f", Some("html")),
            ];
            // Layers show the newest version only; older ones have this table.
            let ebene = plan.aktuell.then(|| {
                format!(
                    "{}/collections/fnp_anteile_{}/items?{}",
                    anfrage.basis.0,
                    kodiere(&plan.kennung),
                    kodiere_parameter(
                        paare
                            .into_iter()
                            .filter_map(|(name, wert)| Some((name, wert?)))
                    )
                )
            });
            html(&FlaechenSeite {
                seite: anfrage.seite(),
                plan: &plan,
                gebiet: ortsteil.as_ref().map_or("ganzer Plan", |o| &o.2),
                nutzung: nutzung_name.as_deref().unwrap_or("alle Nutzungen"),
                spalte: match spalte {
                    Spalte::Bestand => "Bestand",
                    Spalte::DavonFortfallend => "Bestand, davon fortfallend",
                    Spalte::Planung => "Planung",
                    Spalte::OhneAngabe => "ohne Angabe",
                    Spalte::Summe => "Summe",
                },
                summe: summe_m2(&liste),
                liste: &liste,
                ebene,
                json: anfrage.adresse(Ausgabe::Json),
            })
        }
        _ => Ok(axum::Json(json!({
            "plan": plan,
            "ortsteil": ortsteil.as_ref().map(|o| o.1),
            "nutzung": nutzung,
            "spalte": spalte_name,
            "summe_m2": summe_m2(&liste),
            "flaechen": liste,
        }))
        .into_response()),
    }
}

#[derive(Template)]
#[template(path = "fnp/templates/flaechen.html")]
struct FlaechenSeite<'a> {
    seite: Seite,
    plan: &'a Fassung,
    gebiet: &'a str,
    nutzung: &'a str,
    spalte: &'a str,
    summe: f64,
    liste: &'a [Beitrag],
    ebene: Option<String>,
    json: String,
}

impl FlaechenSeite<'_> {
    fn ha(&self, m2: &f64) -> String {
        hektar(*m2, 4)
    }
    fn prozent(&self, anteil: &f64) -> String {
        prozent(*anteil)
    }
    fn objekt(&self, kennung: &str) -> String {
        format!(
            "{}/collections/fnp_flaechen_{}/items/{}?f=html",
            self.seite.wurzel,
            kodiere(&self.plan.kennung),
            kodiere(kennung)
        )
    }
}

fn summe_m2(liste: &[Beitrag]) -> f64 {
    liste.iter().fold(0.0, |summe, b| summe + b.m2) // sum() of nothing is -0.0
}
