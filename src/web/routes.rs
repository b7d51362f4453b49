//! `/karte`, `/ortsteile`, `/ortsteil/{kennung}`, `/dorferneuerung`,
//! `/dorferneuerung/{kennung}` and its `/flaechen`.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::einwohner::Tafel;
use super::flurstueck_routes;
use super::inhalt::{self, Nutzungszeile};
use super::karte::{self, Karte};
use super::rechenweg;
use super::statisch;
use super::store::{self, Ortsteil};
use crate::dorferneuerung;
use crate::dorferneuerung::gebiet::{Gebiet, GebietKurz, Zielbezug};
use crate::error::Error;
use crate::fachdaten::store::Betroffen;
use crate::fnp::bilanz;
use crate::fnp::plan::{self, Fassung};
use crate::fnp::zahl::hektar;
use crate::gemeinde;
use crate::gemeinde::einwohner_store;
use crate::http::extract::Anfrage;
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::{Pfad, pfad_parameter, text_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::geld::{self, OrtsteilGeld};
use crate::strategie::kennzahl::{self, Stand};
use crate::strategie::massnahme::{Frage, MassnahmeKurz};
use crate::strategie::sicht;
use crate::strategie::ziel::{self, profil::Flaechenziel};

type Antwort = Result<Response, Problem>;

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/karte", get(karte))
        .route("/ortsteile", get(ortsteile))
        .route("/ortsteil/{kennung}", get(ortsteil))
        .route("/ortsteile/{kennung}", get(ortsteil))
        .route("/dorferneuerung", get(gebiete))
        .route("/dorferneuerung/{kennung}", get(gebiet))
        .route("/dorferneuerung/{kennung}/flaechen", get(rechenweg::seite))
        .merge(statisch::router())
        .merge(flurstueck_routes::router())
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let plan = || text_parameter("plan", "Kennung des Plans; ohne Angabe der wirksame");
    let pfad =
        |pfad, titel, ausgaben, parameter| Pfad::neu("Ansichten", pfad, titel, ausgaben, parameter);
    let beides = &[Ausgabe::Json, Ausgabe::Html];
    let mut pfade = flurstueck_routes::pfade();
    pfade.extend([
        pfad(("/karte", "karte"), "Karte", &[Ausgabe::Html], vec![plan()]),
        pfad(
            ("/ortsteile", "ortsteile"),
            "Alle Ortsteile",
            beides,
            Vec::new(),
        ),
        pfad(
            (
                "/dorferneuerung/{kennung}/flaechen",
                "dorferneuerung_flaechen",
            ),
            "Die Flächen hinter einer Nutzung im Gebiet (Rechenweg)",
            beides,
            vec![
                pfad_parameter("kennung", "Kennung des Gebiets"),
                plan(),
                text_parameter("nutzung", "Schlüssel der Nutzung"),
            ],
        ),
        pfad(
            ("/ortsteil/{kennung}", "ortsteil"),
            "Ein Ortsteil mit Flächenbilanz, Maßnahmen, Zielen, Kennzahlen und Geld (auch /ortsteile/{kennung})",
            beides,
            vec![
                pfad_parameter("kennung", "Kennung des Ortsteils"),
                plan(),
                sicht::parameter(),
            ],
        ),
    ]);
    pfade
}

#[derive(Template)]
#[template(path = "web/templates/karte.html")]
struct KarteSeite {
    seite: Seite,
    plaene: Vec<Fassung>,
    karte: Karte,
    daten: String,
}

async fn karte(State(public): State<PgPool>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["plan", "f"])?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let plan = anfrage.parameter.gesetzt("plan")?;
    let plan = karte::plan(&mut conn, plan).await?;
    let karte = Karte::neu(&mut conn, plan.as_ref()).await?;
    html(&KarteSeite {
        seite: anfrage.seite(),
        plaene: plan::alle(&mut conn).await?,
        daten: karte.json()?,
        karte,
    })
}

#[derive(Template)]
#[template(path = "web/templates/ortsteile.html")]
struct OrtsteileSeite {
    seite: Seite,
    ortsteile: Vec<Ortsteil>,
}

async fn ortsteile(State(public): State<PgPool>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let ortsteile = store::ortsteile(&mut conn, None).await?;
    match format {
        Format::Json => Ok(axum::Json(json!({"ortsteile": ortsteile})).into_response()),
        Format::Html => html(&OrtsteileSeite {
            seite: anfrage.seite(),
            ortsteile,
        }),
    }
}

#[derive(Template)]
#[template(path = "web/templates/ortsteil.html")]
struct OrtsteilSeite {
    seite: Seite,
    ortsteil: Ortsteil,
    plan: Option<Fassung>,
    plaene: Vec<Fassung>,
    nutzungen: Vec<Nutzungszeile>,
    /// Sum of the rows in ha.
    summe: String,
    massnahmen: Vec<MassnahmeKurz>,
    gesamtstadt: Vec<MassnahmeKurz>,
    ziele: Vec<Zielbezug>,
    /// Fachdaten inside, by kind.
    betroffen: Vec<Betroffen>,
    einwohner: Option<Tafel>,
    /// Goals its land use serves or strains.
    flaechenziele: Vec<Flaechenziel>,
    kennzahlen: Vec<Stand>,
    geld: OrtsteilGeld,
    stichtag: chrono::NaiveDate,
    daten: String,
}

async fn ortsteil(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["plan", "stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let (mut conn, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let ortsteil = store::ortsteil(&mut conn, &kennung).await?;
    let (ortsteil_id, _) = gemeinde::store::ortsteil(&mut conn, &kennung).await?;
    let plan = anfrage.parameter.gesetzt("plan")?;
    let plan = karte::plan(&mut conn, plan).await?;
    let bilanz = match &plan {
        Some(plan) => Some(bilanz::eine(&mut conn, plan, Some(&kennung)).await?),
        None => None,
    };
    let frage = Frage {
        ortsteil: Some(kennung.clone()),
        ..Frage::default()
    };
    let antwort = crate::strategie::store::massnahmen(&mut conn, &frage).await?;
    let betroffen = store::gilt_im_ortsteil(&mut conn, &kennung).await?;
    let stichtage = einwohner_store::stichtage(&mut conn, &kennung).await?;
    let ziele = dorferneuerung::inhalt::zielbezuege(antwort.massnahmen.iter());
    let flaechenziele = match &plan {
        Some(plan) => ziel::store::flaechenziele(&mut conn, plan.id, ortsteil_id).await?,
        None => Vec::new(),
    };
    let auswahl = kennzahl::store::Auswahl {
        ortsteil: Some(ortsteil_id),
        ..kennzahl::store::Auswahl::default()
    };
    let mut kennzahlen = kennzahl::store::staende(&mut conn, auswahl).await?;
    kennzahl::verlinke(&mut kennzahlen, &anfrage.basis.0);
    let mut geld = geld::store::ortsteil(&mut conn, ortsteil_id).await?;
    for anteil in &mut geld.anteilig {
        anteil.verlinke(&anfrage.basis.0);
    }
    if format == Format::Json {
        let doc = json!({
            "stichtag": stichtag,
            "ortsteil": ortsteil,
            "bilanz": bilanz,
            "massnahmen": antwort.massnahmen,
            "gesamtstadt": antwort.gesamtstadt,
            "fachdaten": betroffen,
            "einwohner": stichtage.iter().rfind(|s| s.art == "ist"),
            "ziele": ziele,
            "flaechenziele": flaechenziele,
            "kennzahlen": kennzahlen,
            "geld": geld,
        });
        return Ok(axum::Json(doc).into_response());
    }
    let karte = Karte::ausschnitt(
        &mut conn,
        plan.as_ref(),
        ("ortsteile", &kennung),
        ortsteil.grenzen.clone(),
        &antwort.massnahmen,
    )
    .await?;
    let klassen = store::klassen(&mut conn, None).await?;
    let seite = anfrage.seite();
    let nutzungen = bilanz.as_ref().map_or_else(Vec::new, |bilanz| {
        inhalt::aus_bilanz(&seite.wurzel, bilanz, &klassen)
    });
    html(&OrtsteilSeite {
        nutzungen,
        summe: hektar(bilanz.as_ref().map_or(0.0, |b| b.pruefung.summe_m2), 2),
        ziele,
        flaechenziele,
        kennzahlen,
        geld,
        stichtag,
        massnahmen: antwort.massnahmen,
        gesamtstadt: antwort.gesamtstadt,
        betroffen,
        einwohner: Tafel::neu(stichtage),
        plaene: plan::alle(&mut conn).await?,
        daten: karte.json()?,
        seite,
        ortsteil,
        plan,
    })
}

#[derive(Template)]
#[template(path = "web/templates/gebiete.html")]
struct GebieteSeite {
    seite: Seite,
    gebiete: Vec<GebietKurz>,
}

async fn gebiete(State(public): State<PgPool>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    if anfrage.parameter.einzig("f")? == Some("geojson") {
        return Err(dorferneuerung::routes::keine_formen().into());
    }
    if anfrage.format(JSON)? == Format::Json {
        return dorferneuerung::routes::gebiete(&public).await;
    }
    let mut conn = public.acquire().await.map_err(Error::from)?;
    html(&GebieteSeite {
        seite: anfrage.seite(),
        gebiete: dorferneuerung::inhalt::gebiete(&mut conn, None).await?,
    })
}

#[derive(Template)]
#[template(path = "web/templates/gebiet.html")]
struct GebietSeite {
    seite: Seite,
    nutzungen: Vec<Nutzungszeile>,
    summe: String,
    plaene: Vec<Fassung>,
    daten: String,
    gebiet: Gebiet,
}

async fn gebiet(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["plan", "stichtag", "f"])?;
    let ausgabe = anfrage.ausgabe(dorferneuerung::routes::GEBIET)?;
    let (mut conn, _) = sicht::oeffne(&public, &anfrage).await?;
    let plan = anfrage.parameter.gesetzt("plan")?;
    let gebiet = dorferneuerung::inhalt::gebiet(&mut conn, &kennung, plan).await?;
    if ausgabe != Ausgabe::Html {
        return Ok(dorferneuerung::routes::gebiet(&gebiet, &anfrage, ausgabe));
    }
    let grenzen = store::grenzen_des_gebiets(&mut conn, &kennung).await?;
    let karte = Karte::ausschnitt(
        &mut conn,
        gebiet.plan.as_ref(),
        ("dorferneuerungsgebiete", &kennung),
        grenzen,
        gebiet.projekte.iter().chain(&gebiet.massnahmen),
    )
    .await?;
    let seite = anfrage.seite();
    html(&GebietSeite {
        nutzungen: inhalt::aus_gebiet(&seite.wurzel, &gebiet),
        summe: hektar(gebiet.nutzungen.iter().map(|n| n.m2).sum(), 2),
        plaene: plan::alle(&mut conn).await?,
        daten: karte.json()?,
        seite,
        gebiet,
    })
}
