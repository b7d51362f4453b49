//! Measures over HTTP: JSON, pages, and GeoJSON with `f=geojson`; and the routes of
//! everything else of the strategy in one list.
//!
//! A polygon comes as the body of `POST /massnahmen/suche` (GeoJSON or WKT) and not as a
//! query parameter: a drawn village border does not fit into an address.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use super::akteur::Akteur;
use super::beschluss::Beschluss;
use super::fachplan::Fachplan;
use super::massnahme::frage::{FILTER, SEITE};
use super::massnahme::seite::{self, ListeSeite, SteckbriefSeite};
use super::massnahme::{Antwort, Frage, lageplan, steckbrief};
use super::sdg::Sdg;
use super::trend::Trend;
use super::{ausgabe, blatt, frage, handlungsfeld, kennzahl, sicht, store, suchraum, ziel};
use crate::auth::store::darf_an;
use crate::auth::{self, Aktion, Objektart};
use crate::error::{Error, Result};
use crate::http::datei::{csv, geojson};
use crate::http::extract::Anfrage;
use crate::http::link::kodiere_parameter;
use crate::http::negotiate::Ausgabe;
use crate::http::openapi::{Pfad, pfad_parameter, text_parameter};
use crate::http::problem::Problem;

const LISTE: &[Ausgabe] = &[Ausgabe::Json, Ausgabe::Geojson, Ausgabe::Csv, Ausgabe::Html];
const STECKBRIEF: &[Ausgabe] = &[Ausgabe::Json, Ausgabe::Geojson, Ausgabe::Html];

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/massnahmen", get(massnahmen))
        .route(
            "/massnahmen/suche",
            post(suche).layer(DefaultBodyLimit::max(suchraum::BYTES_MAX)),
        )
        .route("/massnahmen/{kennung}", get(massnahme))
        .with_state(public.clone())
        .merge(handlungsfeld::routes::router(public.clone()))
        .merge(ziel::routes::router(public.clone()))
        .merge(kennzahl::routes::router(public.clone()))
        .merge(blatt::router::<Fachplan>(public.clone()))
        .merge(blatt::router::<Trend>(public.clone()))
        .merge(blatt::router::<Beschluss>(public.clone()))
        .merge(blatt::router::<Akteur>(public.clone()))
        .merge(frage::routes::router(public.clone()))
        .merge(blatt::router::<Sdg>(public))
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let mut woerter: Vec<Value> = FILTER
        .iter()
        .chain(SEITE)
        .map(|(name, was)| text_parameter(name, was))
        .collect();
    woerter.push(sicht::parameter());
    let mut pfade = vec![
        Pfad::neu(
            "Strategie",
            ("/massnahmen", "massnahmen"),
            "Maßnahmen nach Ort, Ziel, Nutzung, Stand, Zeit, Geld und Zuständigkeit; mehrere Werte trennt ein Komma. Ein großes Polygon nimmt POST /massnahmen/suche als GeoJSON oder WKT",
            LISTE,
            woerter,
        ),
        Pfad::neu(
            "Strategie",
            ("/massnahmen/{kennung}", "massnahme"),
            "Eine Maßnahme als Steckbrief",
            STECKBRIEF,
            vec![
                pfad_parameter("kennung", "Kennung der Maßnahme"),
                sicht::parameter(),
            ],
        ),
    ];
    pfade.extend(handlungsfeld::routes::pfade());
    pfade.extend(ziel::routes::pfade());
    pfade.extend(kennzahl::routes::pfade());
    pfade.extend(blatt::pfade::<Fachplan>());
    pfade.extend(blatt::pfade::<Trend>());
    pfade.extend(blatt::pfade::<Beschluss>());
    pfade.extend(blatt::pfade::<Akteur>());
    pfade.extend(frage::routes::pfade());
    pfade.extend(blatt::pfade::<Sdg>());
    pfade
}

/// The question of an address; the page is as long as the form can carry when none is asked.
fn gefragt(anfrage: &Anfrage, ausgabe: Ausgabe) -> Result<Frage, Problem> {
    let mut frage = Frage::lies(anfrage.parameter.ohne(&["f", "stichtag"]))?;
    frage.mit_geometrie = matches!(ausgabe, Ausgabe::Geojson);
    if frage.limit.is_none() {
        let vorgabe = match ausgabe {
            Ausgabe::Html => "200",
            Ausgabe::Json => "1000",
            Ausgabe::Geojson | Ausgabe::Csv | Ausgabe::Xlsx => "10000",
        };
        frage.limit = Some(vorgabe.to_owned());
    }
    Ok(frage)
}

/// Address of the next page.
fn naechste(anfrage: &Anfrage, antwort: &Antwort) -> Option<String> {
    let cursor = antwort.weiter.as_deref()?;
    let paare = anfrage
        .parameter
        .ohne(&["cursor"])
        .chain([("cursor", cursor)]);
    Some(
        anfrage
            .basis
            .zu(&format!("{}?{}", anfrage.pfad, kodiere_parameter(paare))),
    )
}

async fn antworte(
    conn: &mut PgConnection,
    frage: Frage,
    anfrage: &Anfrage,
    ausgabe: Ausgabe,
) -> Result<Response, Problem> {
    let antwort = store::massnahmen(conn, &frage).await?;
    let naechste = naechste(anfrage, &antwort);
    match ausgabe {
        Ausgabe::Geojson => {
            let mut sammlung =
                ausgabe::massnahmen_geojson(antwort.massnahmen.iter().chain(&antwort.gesamtstadt));
            sammlung["numberMatched"] = json!(antwort.anzahl);
            if let Some(href) = naechste {
                sammlung["links"] =
                    json!([{"rel": "next", "type": ausgabe.medium(), "href": href}]);
            }
            Ok(geojson(&sammlung))
        }
        Ausgabe::Csv => Ok(csv(ausgabe::massnahmen_csv(&antwort), "massnahmen")),
        Ausgabe::Json | Ausgabe::Xlsx => {
            let mut doc = serde_json::to_value(&antwort).map_err(Error::from)?;
            if let Some(href) = naechste {
                doc["links"] = json!([{"rel": "next", "type": "application/json", "href": href}]);
            }
            Ok(axum::Json(doc).into_response())
        }
        Ausgabe::Html => seite::liste(&ListeSeite {
            seite: anfrage.seite(),
            felder: seite::felder(conn, &frage).await?,
            json: anfrage.adresse(Ausgabe::Json),
            karte: anfrage.basis.zu(&format!("/karte?{}", frage.woerter())),
            geojson: anfrage.adresse(Ausgabe::Geojson),
            csv: anfrage.adresse(Ausgabe::Csv),
            naechste,
            antwort,
        }),
    }
}

async fn massnahmen(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    let ausgabe = anfrage.ausgabe(LISTE)?;
    let frage = gefragt(&anfrage, ausgabe)?;
    let (mut tx, _) = sicht::oeffne(&public, &anfrage).await?;
    antworte(&mut tx, frage, &anfrage, ausgabe).await
}

async fn suche(
    State(public): State<PgPool>,
    anfrage: Anfrage,
    text: String,
) -> Result<Response, Problem> {
    let ausgabe = match anfrage.ausgabe(LISTE)? {
        // A page of a posted polygon would have no address to come back to.
        Ausgabe::Html => Ausgabe::Json,
        andere => andere,
    };
    let mut frage = gefragt(&anfrage, ausgabe)?;
    let (mut tx, _) = sicht::oeffne(&public, &anfrage).await?;
    frage.polygon = Some(suchraum::lies(&mut tx, &text).await?);
    antworte(&mut tx, frage, &anfrage, ausgabe).await
}

async fn massnahme(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    wer: auth::Akteur,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["stichtag", "f"])?;
    if anfrage.parameter.einzig("f")? == Some("csv") {
        return Err(Error::parameter("f", "Einen Steckbrief gibt es als JSON, GeoJSON und HTML; CSV gibt die Liste unter /massnahmen?f=csv.").into());
    }
    let ausgabe = anfrage.ausgabe(STECKBRIEF)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    if ausgabe == Ausgabe::Geojson {
        let massnahme = store::massnahme(&mut tx, &kennung, true).await?;
        return Ok(geojson(
            &ausgabe::massnahmen_geojson([&massnahme.kurz])["features"][0],
        ));
    }
    let s = steckbrief::lies(&mut tx, &kennung, stichtag).await?;
    if ausgabe == Ausgabe::Json {
        return Ok(axum::Json(s).into_response());
    }
    let rahmen = anfrage.seite();
    seite::steckbrief(&SteckbriefSeite {
        bearbeiten: rahmen.formulare().massnahme
            && darf_an(
                &mut tx,
                &wer,
                Aktion::Aendern,
                Objektart::Massnahme,
                ("massnahme", &kennung),
            )
            .await?,
        seite: rahmen,
        lageplan: lageplan::svg(&mut tx, &kennung).await?,
        json: anfrage.adresse(Ausgabe::Json),
        geojson: anfrage.adresse(Ausgabe::Geojson),
        s,
    })
}
