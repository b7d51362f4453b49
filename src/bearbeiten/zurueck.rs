//! Undo over HTTP: `POST /verlauf/{art}/{kennung}/{lfd}/zuruecknehmen`, from the button of a
//! history or as JSON. A new edit of who asks, with the rights the edit by hand would need.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::daten::{formular, regeln};
use super::routes::verlange_lesen;
use super::{Dienst, inhalt};
use crate::audit::{ruecknahme, verlauf};
use crate::auth::{Akteur, Aktion, Objekt, Objektart, Zustand, darf, store, wege};
use crate::db::audit;
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::link::kodiere;
use crate::http::problem::{self, Problem};

/// Longest reason.
const WARUM_MAX: usize = 500;

/// What the rules call a row of this table, and the action they are asked for; None: nobody's
/// to undo here (accounts, contacts of persons).
fn recht(relation: &str, aktion: Aktion) -> Option<(Objektart, Aktion)> {
    if let Some(art) = regeln::arten().find(|art| art.relation() == relation) {
        return Some(regeln::recht(art, aktion));
    }
    Some(match relation {
        "strategie.frage" => (Objektart::Unterlage, aktion),
        "fachdaten.fachobjekt" => (Objektart::Fachdaten, aktion),
        _ if relation.starts_with("fnp.") => (Objektart::Plan, Aktion::Aendern),
        _ if relation.starts_with("gemeinde.") => (Objektart::Gemeindegebiet, aktion),
        _ => return None,
    })
}

/// Of these changes those whose every row the actor may put back; none that is never undone
/// (imports, releases, what is undone already).
///
/// # Errors
/// Of the database.
pub async fn erlaubte(
    conn: &mut PgConnection,
    akteur: &Akteur,
    nummern: &[i64],
) -> Result<HashSet<i64>> {
    let (Some(konto), Some(_)) = (akteur.konto(), akteur.sicht()) else {
        return Ok(HashSet::new());
    };
    let zeilen = sqlx::query!(
        r#"SELECT lfd AS "lfd!", relation AS "relation!", vorher AS "vorher!", nachher AS "nachher!", art, id, zustand FROM audit.betroffene($1)"#,
        nummern
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut eigene = HashMap::new();
    let (mut ja, mut nein) = (HashSet::new(), HashSet::new());
    for zeile in zeilen {
        // The way back: what came goes, what went comes.
        let aktion = match (zeile.vorher, zeile.nachher) {
            (false, _) => Aktion::Loeschen,
            (true, false) => Aktion::Anlegen,
            (true, true) => Aktion::Aendern,
        };
        let eigen = match (&zeile.art, zeile.id) {
            (Some(art), Some(id)) => match eigene.get(&id) {
                Some(eigen) => *eigen,
                None => {
                    let eigen = store::eigen(conn, konto, art, id).await?;
                    eigene.insert(id, eigen);
                    eigen
                }
            },
            _ => false,
        };
        // Without an owner there is no state; an owner that is gone comes back as a draft.
        let zustand = match (&zeile.art, &zeile.zustand) {
            (None, _) => Zustand::Veroeffentlicht,
            (Some(_), wort) => wort
                .as_deref()
                .and_then(Zustand::zu)
                .unwrap_or(Zustand::Entwurf),
        };
        let darf_es = recht(&zeile.relation, aktion).is_some_and(|(art, aktion)| {
            let objekt = Objekt {
                art,
                zustand,
                eigen,
            };
            darf(akteur, aktion, &objekt)
        });
        (if darf_es { &mut ja } else { &mut nein }).insert(zeile.lfd);
    }
    Ok(ja.difference(&nein).copied().collect())
}

/// Answers a page of [`crate::audit`], which knows no rules of editing.
#[derive(Debug)]
pub struct Pruefer(pub PgPool);

impl ruecknahme::Pruefer for Pruefer {
    fn erlaubte<'a>(
        &'a self,
        akteur: &'a Akteur,
        nummern: &'a [i64],
    ) -> BoxFuture<'a, Result<HashSet<i64>>> {
        Box::pin(async move {
            let mut conn = self.0.acquire().await?;
            erlaubte(&mut conn, akteur, nummern).await
        })
    }
}

/// The reason a request gives, and whether a browser's form gave it.
async fn grund(
    headers: &HeaderMap,
    body: Body,
    akteur: &Akteur,
) -> std::result::Result<(String, bool), Problem> {
    let typ = headers
        .get(header::CONTENT_TYPE)
        .and_then(|typ| typ.to_str().ok())
        .unwrap_or_default();
    let als_formular = typ.starts_with("application/x-www-form-urlencoded");
    let warum = if als_formular {
        let schutz = formular::schutz(akteur).unwrap_or_default();
        let felder = formular::lies(headers, body, &schutz).await?;
        felder.einzig("warum")?.unwrap_or_default().to_owned()
    } else {
        let doc = inhalt::lies(headers, body, &["application/json"]).await?;
        doc["warum"].as_str().unwrap_or_default().to_owned()
    };
    let warum = warum.trim();
    let laenge = warum.chars().count();
    if laenge == 0 || laenge > WARUM_MAX {
        return Err(problem::EINGABE
            .mit(format!("Bitte sagen, warum die Änderung zurückgenommen wird (höchstens {WARUM_MAX} Zeichen); es steht im Verlauf."))
            .stelle("/warum"));
    }
    Ok((warum.to_owned(), als_formular))
}

/// Handler of the route.
///
/// # Errors
/// 404 for a change that is not in the caller's view of this history, 403 without the rights of
/// the edit, 409 with the sentence that says what is in the way.
pub async fn nimm_zurueck(
    State(dienst): State<Arc<Dienst>>,
    Path((art, kennung, nummer)): Path<(String, String, String)>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    body: Body,
) -> std::result::Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    verlange_lesen(&akteur)?;
    let (warum, als_formular) = grund(&headers, body, &akteur).await?;
    let mut conn = dienst.lesen.acquire().await.map_err(Error::from)?;
    let verlauf = verlauf::lies(&mut conn, &art, &kennung).await?;
    drop(conn);
    let lfd = nummer.parse().ok().filter(|lfd: &i64| {
        let mut alle = verlauf.aenderungen.iter();
        alle.any(|a| a.lfd == Some(*lfd))
    });
    let lfd = lfd.ok_or_else(|| {
        problem::NICHT_GEFUNDEN.mit(format!(
            "Im Verlauf von „{kennung}“ gibt es keine Änderung {nummer}."
        ))
    })?;
    let wer = akteur.urheber().unwrap_or_default();
    let mut tx = audit::begin(&dienst.schreiben, &wer, &warum).await?;
    if !erlaubte(&mut tx, &akteur, &[lfd]).await?.contains(&lfd) {
        return Err(abgelehnt(&mut tx, &akteur, lfd).await);
    }
    let getan = ruecknahme::im_vorgang(&mut tx, lfd).await.map_err(im_weg)?;
    tx.commit().await.map_err(|e| im_weg(e.into()))?;
    if als_formular {
        let pfad = format!("/verlauf/{}/{}?f=html", kodiere(&art), kodiere(&kennung));
        return Ok(formular::nach(&anfrage, &pfad));
    }
    let doc = json!({
        "zurueckgenommen": getan.lfd, "zeilen": getan.zeilen,
        "hinweis": "Was betroffen ist, ist Entwurf und wird mit der nächsten Freigabe öffentlich.",
    });
    Ok(axum::Json(doc).into_response())
}

/// What the data do not allow now.
fn im_weg(fehler: Error) -> Problem {
    match fehler {
        Error::Eingabe(text) => problem::KONFLIKT.mit(text),
        anderer => anderer.into(),
    }
}

/// Why not: the change is of a kind that is never undone, or it is not theirs.
async fn abgelehnt(conn: &mut PgConnection, akteur: &Akteur, lfd: i64) -> Problem {
    let zahl = sqlx::query_scalar!(
        r#"SELECT count(*) AS "zahl!" FROM audit.betroffene(ARRAY[$1::bigint])"#,
        lfd
    )
    .fetch_one(&mut *conn)
    .await;
    match zahl {
        // Asked for its sentence: it refuses before it writes, and nothing is committed.
        Ok(0) => match ruecknahme::im_vorgang(conn, lfd).await {
            Err(fehler) => im_weg(fehler),
            Ok(_) => wege::verweigert(akteur),
        },
        Ok(_) => problem::VERWEIGERT.mit("Zurücknehmen darf eine Änderung, wer sie auch selbst machen dürfte: Ihre Rollen erlauben das nicht für alles, was sie betrifft, oder es liegt gerade zur Freigabe vor, ist archiviert oder veröffentlicht und nicht zu löschen."),
        Err(fehler) => Error::from(fehler).into(),
    }
}
