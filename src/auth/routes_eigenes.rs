//! `/konto`: one's own account, tokens, password.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use uuid::Uuid;

use super::akteur::{Akteur, Angemeldet, Umfang};
use super::anmeldung;
use super::formular::{Formular, meldung, mit_status, nach, schutz, urheber, wer, wiederholt};
use super::keks::Keks;
use super::{Dienst, konto, seiten, store};
use crate::error::Error;
use crate::http::extract::Anfrage;
use crate::http::problem::{self, Problem};

type Antwort = Result<Response, Problem>;

pub(super) async fn eigenes(
    State(dienst): State<Dienst>,
    akteur: Akteur,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["getan", "f"])?;
    let getan = anfrage.parameter.einzig("getan")?.unwrap_or_default();
    let getan = match getan {
        "kennwort" => "Das Kennwort ist geändert. Andere Sitzungen sind beendet.",
        "widerrufen" => "Der Zugangsschlüssel gilt nicht mehr.",
        _ => "",
    };
    seite_eigenes(
        &dienst,
        &akteur,
        &anfrage,
        seiten::Nachricht::gut(getan),
        None,
    )
    .await
}

async fn seite_eigenes(
    dienst: &Dienst,
    akteur: &Akteur,
    anfrage: &Anfrage,
    nachricht: seiten::Nachricht,
    neuer: Option<String>,
) -> Antwort {
    let konto = wer(akteur)?;
    let tokens = store::tokens(&dienst.pool, konto.id).await?;
    seiten::eigenes(anfrage, konto, tokens, nachricht, neuer)
}

/// Done: on to the page; what the person can put right: the page with the sentence.
async fn eigenes_nach(
    dienst: &Dienst,
    akteur: &Akteur,
    anfrage: &Anfrage,
    ergebnis: Result<(), Error>,
    getan: &str,
) -> Antwort {
    match ergebnis {
        Ok(()) => Ok(nach(anfrage, &format!("/konto?getan={getan}"))),
        Err(fehler) => {
            let Some(text) = meldung(&fehler) else {
                return Err(fehler.into());
            };
            let nachricht = seiten::Nachricht::schlecht(text);
            let seite = seite_eigenes(dienst, akteur, anfrage, nachricht, None).await?;
            Ok(mit_status(StatusCode::BAD_REQUEST, seite))
        }
    }
}

pub(super) async fn kennwort(
    State(dienst): State<Dienst>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    formular: Formular,
) -> Antwort {
    let konto = wer(&akteur)?;
    formular.pruefe(schutz(konto))?;
    let ergebnis = neues_kennwort(&dienst, &akteur, konto, &headers, &formular).await;
    eigenes_nach(&dienst, &akteur, &anfrage, ergebnis, "kennwort").await
}

async fn neues_kennwort(
    dienst: &Dienst,
    akteur: &Akteur,
    konto: &Angemeldet,
    headers: &HeaderMap,
    formular: &Formular,
) -> Result<(), Error> {
    let neu = wiederholt(formular)?;
    let bisher = formular.feld("bisher").to_owned();
    anmeldung::pruefe_bisheriges(dienst, &konto.login, bisher).await?;
    let bleibt = Keks::Sitzung.lies(headers, dienst.sicher);
    konto::setze_kennwort(&dienst.pool, &urheber(akteur), &konto.login, neu, bleibt).await
}

pub(super) async fn neuer_schluessel(
    State(dienst): State<Dienst>,
    akteur: Akteur,
    anfrage: Anfrage,
    formular: Formular,
) -> Antwort {
    let konto = wer(&akteur)?;
    formular.pruefe(schutz(konto))?;
    let umfang: Vec<Umfang> = formular.alle("umfang").filter_map(Umfang::zu).collect();
    let tage = formular.feld("tage").trim().parse().unwrap_or(0);
    let neu = konto::neuer_token(
        &dienst.pool,
        &urheber(&akteur),
        &konto.login,
        formular.feld("name"),
        &umfang,
        tage,
    )
    .await;
    match neu {
        Ok(token) => {
            let nachricht = seiten::Nachricht::gut("");
            seite_eigenes(&dienst, &akteur, &anfrage, nachricht, Some(token)).await
        }
        Err(fehler) => eigenes_nach(&dienst, &akteur, &anfrage, Err(fehler), "").await,
    }
}

pub(super) async fn widerrufe(
    State(dienst): State<Dienst>,
    Path(id): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    formular: Formular,
) -> Antwort {
    let konto = wer(&akteur)?;
    formular.pruefe(schutz(konto))?;
    let id = Uuid::parse_str(&id).map_err(|_| {
        problem::NICHT_GEFUNDEN.mit("Einen solchen Zugangsschlüssel gibt es nicht.")
    })?;
    let ergebnis = konto::widerrufe(&dienst.pool, &urheber(&akteur), &konto.login, id).await;
    eigenes_nach(&dienst, &akteur, &anfrage, ergebnis, "widerrufen").await
}
