//! Withholding a field, a part or an amount of one object from the public, and the end of it:
//! the form on the page of its release, and the same as JSON.
//!
//! What can be withheld says the database (`freigabe.verbergbar`); whose it is, [`recht`]. The
//! day set takes effect by itself ([`super::frist`]).

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;

use super::gegenstand::Gegenstand;
use super::routes::{self, Antwort, Dienst, Koerper};
use super::store::{self, Angabe, Vertraulich};
use super::{recht, routes::zeige};
use crate::auth::{Akteur, wege};
use crate::db::audit;
use crate::error::{Error, Result};
use crate::http::EigeneSeite;
use crate::http::extract::Anfrage;
use crate::http::link::kodiere;

/// What the page of an object shows of it, to those who may withhold.
#[derive(Debug, Serialize)]
pub(super) struct Blick {
    /// Withheld now.
    pub vertraulich: Vec<Angabe>,
    /// Can be withheld by this person.
    pub verbergbar: Vec<Angabe>,
    /// May end it.
    #[serde(skip)]
    pub darf_aufheben: bool,
}

impl Blick {
    pub(super) async fn von(
        conn: &mut PgConnection,
        akteur: &Akteur,
        g: &Gegenstand,
    ) -> Result<Option<Self>> {
        let darf = |a: &Angabe| recht::darf_verdecken(akteur, g, &a.relation, false);
        let mut verbergbar = store::verbergbar(conn, g).await?;
        verbergbar.retain(darf);
        if verbergbar.is_empty() {
            return Ok(None);
        }
        let mut vertraulich = store::vertrauliche_von(conn, g).await?;
        vertraulich.retain(darf);
        Ok(Some(Self {
            vertraulich,
            verbergbar,
            darf_aufheben: recht::darf_verdecken(akteur, g, "", true),
        }))
    }
}

/// `POST …/vertraulich`: `was`, `bis` (may be empty), `grund`.
pub(super) async fn setze(
    State(dienst): State<Dienst>,
    Path((art, kennung)): Path<(String, String)>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    bytes: Bytes,
) -> Antwort {
    let koerper = Koerper::lies(&headers, &bytes, &akteur)?;
    koerper.nur(&["was", "bis", "grund"])?;
    tue(
        &dienst,
        &akteur,
        &anfrage,
        (&art, &kennung),
        &koerper,
        false,
    )
    .await
}

/// `POST …/vertraulich/aufheben`: `was`.
pub(super) async fn hebe_auf(
    State(dienst): State<Dienst>,
    Path((art, kennung)): Path<(String, String)>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    bytes: Bytes,
) -> Antwort {
    let koerper = Koerper::lies(&headers, &bytes, &akteur)?;
    koerper.nur(&["was"])?;
    tue(&dienst, &akteur, &anfrage, (&art, &kennung), &koerper, true).await
}

async fn tue(
    dienst: &Dienst,
    akteur: &Akteur,
    anfrage: &Anfrage,
    (art, kennung): (&str, &str),
    koerper: &Koerper,
    aufheben: bool,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let blick = routes::Blick::von(dienst, akteur).await?;
    let g = blick.eines(art, kennung)?;
    // By the words of the request: whether such a thing is there is asked of the database.
    let relation = koerper.feld("was").split('|').next().unwrap_or_default();
    if !recht::darf_verdecken(akteur, g, relation, aufheben) {
        return Err(wege::verweigert(akteur));
    }
    let wer = akteur.urheber().ok_or_else(|| wege::verweigert(akteur))?;
    let getan = if aufheben {
        oeffne(dienst, &wer, g, koerper).await
    } else {
        verdecke(dienst, &wer, g, koerper).await
    };
    let ort = format!(
        "/freigaben/{}/{}#vertraulich",
        kodiere(art),
        kodiere(kennung)
    );
    let ort = HeaderValue::from_str(&anfrage.basis.zu(&ort))
        .unwrap_or(HeaderValue::from_static("/freigaben"));
    match getan {
        Ok(_) if koerper.formular => {
            Ok((StatusCode::SEE_OTHER, [(header::LOCATION, ort)]).into_response())
        }
        Ok(satz) => Ok(axum::Json(json!({"meldung": satz})).into_response()),
        Err(Error::Eingabe(text) | Error::Aufruf { text, .. }) if koerper.formular => {
            let mut antwort: Response =
                zeige(dienst, akteur, anfrage, art, kennung, Some(text)).await?;
            *antwort.status_mut() = StatusCode::BAD_REQUEST;
            antwort.extensions_mut().insert(EigeneSeite);
            Ok(antwort)
        }
        Err(fehler) => Err(fehler.into()),
    }
    .map(routes::nicht_merken)
}

/// The one of the list that the request names.
fn gemeint(liste: Vec<Angabe>, koerper: &Koerper, sonst: &str) -> Result<Angabe> {
    let was = koerper.feld("was");
    liste
        .into_iter()
        .find(|a| a.was() == was)
        .ok_or_else(|| Error::parameter("was", format!("„{was}“ {sonst}")))
}

async fn verdecke(dienst: &Dienst, wer: &str, g: &Gegenstand, koerper: &Koerper) -> Result<String> {
    let grund = koerper.feld("grund").trim();
    if grund.is_empty() {
        return Err(Error::parameter(
            "grund",
            "Bitte angeben, warum die Angabe vertraulich ist; den Grund liest nur, wer hier entscheiden darf.",
        ));
    }
    let bis = tag(koerper.feld("bis"))?;
    let mut conn = dienst.write.acquire().await?;
    let angabe = gemeint(
        store::verbergbar(&mut conn, g).await?,
        koerper,
        "gehört nicht zu diesem Eintrag oder lässt sich nicht vertraulich halten. Möglich ist, was die Seite zur Auswahl stellt (JSON: verbergbar, als relation|kennung|spalte).",
    )?;
    drop(conn);
    let mut tx = audit::begin(
        &dienst.write,
        wer,
        &format!("Vertraulich: {}: {grund}", angabe.titel),
    )
    .await?;
    let v = Vertraulich {
        relation: angabe.relation,
        kennung: angabe.kennung,
        spalte: angabe.spalte,
        bis,
        grund: grund.to_owned(),
    };
    store::setze_vertraulich(&mut tx, &v).await?;
    tx.commit().await?;
    Ok(match bis {
        Some(tag) => format!(
            "„{}“ ist bis {} vertraulich.",
            angabe.titel,
            tag.format("%d.%m.%Y")
        ),
        None => format!("„{}“ ist unbefristet vertraulich.", angabe.titel),
    })
}

async fn oeffne(dienst: &Dienst, wer: &str, g: &Gegenstand, koerper: &Koerper) -> Result<String> {
    let mut conn = dienst.write.acquire().await?;
    let angabe = gemeint(
        store::vertrauliche_von(&mut conn, g).await?,
        koerper,
        "ist bei diesem Eintrag nicht als vertraulich vermerkt.",
    )?;
    drop(conn);
    let warum = format!("Vertraulichkeit aufgehoben: {}", angabe.titel);
    let mut tx = audit::begin(&dienst.write, wer, &warum).await?;
    store::hebe_auf(&mut tx, &angabe.relation, &angabe.kennung, &angabe.spalte).await?;
    tx.commit().await?;
    Ok(format!("„{}“ ist nicht mehr vertraulich.", angabe.titel))
}

/// A day, or none.
fn tag(text: &str) -> Result<Option<NaiveDate>> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .or_else(|_| NaiveDate::parse_from_str(text, "%d.%m.%Y"))
            .map(Some)
            .map_err(|_| {
                Error::parameter(
                    "bis",
                    format!("„{text}“ ist kein Tag. Erwartet wird 2026-12-31 oder 31.12.2026; leer heißt unbefristet."),
                )
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        let soll = NaiveDate::from_ymd_opt(2026, 12, 31);
        assert_eq!(tag(" 2026-12-31 ").unwrap(), soll);
        assert_eq!(tag("31.12.2026").unwrap(), soll);
        assert_eq!(tag("  ").unwrap(), None);
        for falsch in ["morgen", "2026-02-30", "31.12.", "2026"] {
            assert!(tag(falsch).is_err(), "{falsch}");
        }
    }
}
