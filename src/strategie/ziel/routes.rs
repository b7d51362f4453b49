//! `/ziele` as a tree, `/ziele/{kennung}` as a profile, `/flaechen/{kennung}`: what an area
//! of a plan means to the goals.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use serde_json::json;
use sqlx::PgPool;

use super::flaeche::{self, Flaechenprofil};
use super::profil::{self, Profil};
use super::{Wirkung, ZielStand};
use crate::error::Error;
use crate::fnp::plan::{self, Fassung};
use crate::http::extract::Anfrage;
use crate::http::link::kodiere;
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::{Pfad, pfad_parameter, text_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::handlungsfeld::store as handlungsfelder;
use crate::strategie::handlungsfeld::{Baumziel, HandlungsfeldKurz};
use crate::strategie::kennzahl::Stand;
use crate::strategie::{sicht, store, wirkung, zahl};

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/ziele", get(liste))
        .route("/ziele/{kennung}", get(eines))
        .route("/flaechen/{kennung}", get(eine_flaeche))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let plan = || {
        text_parameter(
            "plan",
            "Plan der Flächen, auch KENNUNG@FASSUNG; ohne Angabe der wirksame",
        )
    };
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
            ("/ziele", "ziele"),
            "Ziele als Baum; mit flaeche die Ziele, denen eine Fläche des Plans dient oder die sie belastet",
            vec![
                text_parameter("flaeche", "Kennung der Fläche"),
                plan(),
                sicht::parameter(),
            ],
        ),
        pfad(
            ("/ziele/{kennung}", "ziel"),
            "Ein Ziel: Kennzahlen mit Soll-Pfad, Maßnahmen, Flächen, Fachpläne, Beschlüsse, Geld",
            vec![
                pfad_parameter("kennung", "Kennung des Ziels"),
                plan(),
                sicht::parameter(),
            ],
        ),
        pfad(
            ("/flaechen/{kennung}", "flaeche"),
            "Eine Fläche des Plans: Ziele, denen sie dient oder die sie belastet, Maßnahmen, Ortsteile, andere Pläne",
            vec![pfad_parameter("kennung", "Kennung der Fläche"), plan()],
        ),
    ]
}

#[derive(Template)]
#[template(path = "strategie/templates/ziele.html")]
struct ZieleSeite {
    seite: Seite,
    stichtag: NaiveDate,
    felder: Vec<HandlungsfeldKurz>,
    ziele: Vec<Baumziel>,
    json: String,
}

impl ZieleSeite {
    fn in_feld<'a>(&'a self, feld: &'a str) -> impl Iterator<Item = &'a Baumziel> {
        self.ziele
            .iter()
            .filter(move |z| z.ziel.handlungsfeld.kennung == feld)
    }
    fn prozent(&self, stand: &ZielStand) -> String {
        zahl::prozent_oder(stand.erreichung)
    }
    fn adresse(&self, kennung: &str) -> String {
        format!("{}/ziele/{}?f=html", self.seite.wurzel, kodiere(kennung))
    }
}

async fn liste(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage
        .parameter
        .nur(&["flaeche", "plan", "stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let plan = anfrage.parameter.gesetzt("plan")?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    if let Some(kennung) = anfrage.parameter.gesetzt("flaeche")? {
        if format == Format::Html {
            let profil = flaeche::lies(&mut tx, plan, kennung).await?;
            return flaeche_seite(&anfrage, profil);
        }
        return Ok(axum::Json(store::flaeche_ziele(&mut tx, plan, kennung).await?).into_response());
    }
    if plan.is_some() {
        return Err(Error::parameter(
            "plan",
            "Ein Plan wird nur zusammen mit einer Fläche gebraucht (flaeche).",
        )
        .into());
    }
    let ziele = handlungsfelder::baum(&mut tx).await?;
    match format {
        Format::Json => {
            Ok(axum::Json(json!({"stichtag": stichtag, "ziele": ziele})).into_response())
        }
        Format::Html => html(&ZieleSeite {
            seite: anfrage.seite(),
            stichtag,
            felder: handlungsfelder::liste(&mut tx).await?,
            ziele,
            json: anfrage.adresse(Ausgabe::Json),
        }),
    }
}

#[derive(Template)]
#[template(path = "strategie/templates/ziel.html")]
struct ZielSeite {
    seite: Seite,
    p: Profil,
    plaene: Vec<Fassung>,
    gewaehlt: String,
    json: String,
}

impl ZielSeite {
    fn staende(&self) -> &[Stand] {
        &self.p.kennzahlen
    }
    fn ha(&self, m2: &f64) -> String {
        zahl::hektar(*m2, 2)
    }
    /// Contribution of a measure to this goal or to one below, the strongest.
    fn beitrag(&self, m: &crate::strategie::massnahme::MassnahmeKurz) -> String {
        let ziel = &self.p.ziel;
        let beitrag = m
            .ziele
            .iter()
            .filter(|b| {
                b.kennung == ziel.kurz.kennung
                    || ziel.unterziele.iter().any(|u| u.kennung == b.kennung)
            })
            .map(|b| b.beitrag)
            .max_by_key(|b| (b.abs(), *b))
            .unwrap_or(0);
        zusammen(wirkung::massnahme(beitrag))
    }
    fn wirkung(&self, wirkung: &i16) -> String {
        zusammen(wirkung::nutzung(*wirkung))
    }
    fn adresse(&self, kennung: &str) -> String {
        format!("{}/ziele/{}?f=html", self.seite.wurzel, kodiere(kennung))
    }
}

/// Sign and words of a step in one text.
fn zusammen((zeichen, worte): (&str, &str)) -> String {
    format!("{zeichen} {worte}")
}

async fn eines(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["plan", "stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let plan = anfrage.parameter.gesetzt("plan")?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let mut p = profil::lies(&mut tx, &kennung, plan, stichtag).await?;
    p.verlinke(&anfrage.basis.0);
    match format {
        Format::Json => Ok(axum::Json(p).into_response()),
        Format::Html => html(&ZielSeite {
            seite: anfrage.seite(),
            plaene: plan::alle(&mut tx).await?,
            gewaehlt: p
                .flaechenwirkung
                .as_ref()
                .map(|f| f.plan.kennung.clone())
                .unwrap_or_default(),
            json: anfrage.adresse(Ausgabe::Json),
            p,
        }),
    }
}

#[derive(Template)]
#[template(path = "strategie/templates/flaeche.html")]
struct FlaecheSeite {
    seite: Seite,
    p: Flaechenprofil,
    json: String,
}

impl FlaecheSeite {
    fn bilanz(&self) -> Option<String> {
        let bilanz = self.p.zielbilanz?;
        let zahl = zahl::dezimal(bilanz, 1);
        Some(if bilanz > 0.0 {
            format!("+{zahl}, dient mehr")
        } else if bilanz < 0.0 {
            format!("{zahl}, belastet mehr")
        } else {
            format!("{zahl}, ausgeglichen")
        })
    }
    fn ha(&self, m2: &f64) -> String {
        zahl::hektar(*m2, 4)
    }
    fn prozent(&self, anteil: &f64) -> String {
        zahl::prozent(*anteil)
    }
    fn wirkungen(&self) -> impl Iterator<Item = &Wirkung> {
        let z = &self.p.ziele;
        z.dient.iter().chain(&z.belastet).chain(&z.neutral)
    }
    fn wirkung(&self, wirkung: &i16) -> String {
        zusammen(wirkung::nutzung(*wirkung))
    }
    fn ziel_adresse(&self, kennung: &str) -> String {
        format!("{}/ziele/{}?f=html", self.seite.wurzel, kodiere(kennung))
    }
    fn adresse(&self, plan: &str, flaeche: &str) -> String {
        format!(
            "{}/flaechen/{}?plan={}&f=html",
            self.seite.wurzel,
            kodiere(flaeche),
            kodiere(plan)
        )
    }
    fn lage(&self, massnahme: &crate::strategie::massnahme::MassnahmeKurz) -> String {
        crate::strategie::ausgabe::lage_text(massnahme)
    }
}

async fn eine_flaeche(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["plan", "f"])?;
    let format = anfrage.format(JSON)?;
    let plan = anfrage.parameter.gesetzt("plan")?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let profil = flaeche::lies(&mut conn, plan, &kennung).await?;
    match format {
        Format::Json => Ok(axum::Json(profil).into_response()),
        Format::Html => flaeche_seite(&anfrage, profil),
    }
}

fn flaeche_seite(anfrage: &Anfrage, p: Flaechenprofil) -> Result<Response, Problem> {
    html(&FlaecheSeite {
        seite: anfrage.seite(),
        p,
        json: anfrage.adresse(Ausgabe::Json),
    })
}
