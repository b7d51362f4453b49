//! `/konten`: what an administrator of accounts does.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::akteur::Akteur;
use super::formular::{Formular, meldung, mit_status, nach, schutz, urheber, wer, wiederholt};
use super::konto::Angaben;
use super::{Dienst, konto, konto_store, seiten};
use crate::error::Error;
use crate::http::extract::Anfrage;
use crate::http::problem::Problem;

type Antwort = Result<Response, Problem>;

pub(super) async fn konten(
    State(dienst): State<Dienst>,
    akteur: Akteur,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["getan", "f"])?;
    let getan = match anfrage.parameter.einzig("getan")?.unwrap_or_default() {
        "angelegt" => "Das Konto ist angelegt.",
        _ => "",
    };
    seite_konten(
        &dienst,
        &akteur,
        &anfrage,
        seiten::Nachricht::gut(getan),
        None,
    )
    .await
}

async fn seite_konten(
    dienst: &Dienst,
    akteur: &Akteur,
    anfrage: &Anfrage,
    nachricht: seiten::Nachricht,
    eingabe: Option<&Formular>,
) -> Antwort {
    let wahl = wahl(dienst, eingabe.map(angaben_roh).unwrap_or_default()).await?;
    let feld = |name: &str| eingabe.map_or_else(String::new, |f| f.feld(name).to_owned());
    seiten::konten(
        anfrage,
        wer(akteur)?,
        konto_store::liste(&dienst.pool).await?,
        wahl,
        (feld("login"), feld("name")),
        nachricht,
    )
}

async fn wahl(dienst: &Dienst, angaben: Angaben) -> Result<seiten::Wahl, Problem> {
    Ok(seiten::Wahl {
        angaben,
        referate: konto_store::referate(&dienst.pool).await?,
        ortsteile: konto_store::ortsteile(&dienst.pool).await?,
    })
}

fn angaben(formular: &Formular) -> Result<Angaben, Error> {
    Ok(Angaben {
        rollen: konto::rollen(formular.alle("rolle"))?,
        referat: formular.gefuellt("referat"),
        ortsteil: formular.gefuellt("ortsteil"),
    })
}

/// As far as it can be understood, to show the form again.
fn angaben_roh(formular: &Formular) -> Angaben {
    angaben(formular).unwrap_or_default()
}

pub(super) async fn lege_an(
    State(dienst): State<Dienst>,
    akteur: Akteur,
    anfrage: Anfrage,
    formular: Formular,
) -> Antwort {
    formular.pruefe(schutz(wer(&akteur)?))?;
    let ergebnis = match (angaben(&formular), wiederholt(&formular)) {
        (Err(fehler), _) | (_, Err(fehler)) => Err(fehler),
        (Ok(angaben), Ok(kennwort)) => {
            let (login, name) = (formular.feld("login"), formular.feld("name"));
            let kennwort = Some(kennwort).filter(|k| !k.is_empty());
            konto::lege_an(
                &dienst.pool,
                &urheber(&akteur),
                login,
                name,
                &angaben,
                kennwort,
            )
            .await
        }
    };
    match ergebnis {
        Ok(()) => Ok(nach(&anfrage, "/konten?getan=angelegt")),
        Err(fehler) => {
            let Some(text) = meldung(&fehler) else {
                return Err(fehler.into());
            };
            let nachricht = seiten::Nachricht::schlecht(text);
            let seite =
                seite_konten(&dienst, &akteur, &anfrage, nachricht, Some(&formular)).await?;
            Ok(mit_status(StatusCode::BAD_REQUEST, seite))
        }
    }
}

pub(super) async fn eines(
    State(dienst): State<Dienst>,
    Path(login): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["getan", "f"])?;
    let getan = match anfrage.parameter.einzig("getan")?.unwrap_or_default() {
        "rollen" => "Die Rollen sind geändert; sie gelten sofort.",
        "kennwort" => "Das Kennwort ist gesetzt; alle Sitzungen des Kontos sind beendet.",
        "gesperrt" => "Das Konto ist gesperrt; Sitzungen und Zugangsschlüssel gelten nicht mehr.",
        "entsperrt" => "Das Konto ist entsperrt.",
        _ => "",
    };
    seite_eines(
        &dienst,
        &login,
        &akteur,
        &anfrage,
        seiten::Nachricht::gut(getan),
    )
    .await
}

async fn seite_eines(
    dienst: &Dienst,
    login: &str,
    akteur: &Akteur,
    anfrage: &Anfrage,
    nachricht: seiten::Nachricht,
) -> Antwort {
    let konto = konto_store::eines(&dienst.pool, login).await?;
    let angaben = Angaben {
        rollen: konto.rollen.clone(),
        referat: konto.referat.clone(),
        ortsteil: konto.ortsteil.clone(),
    };
    let wahl = wahl(dienst, angaben).await?;
    seiten::eines(anfrage, wer(akteur)?, konto, wahl, nachricht)
}

async fn eines_nach(
    dienst: &Dienst,
    login: &str,
    akteur: &Akteur,
    anfrage: &Anfrage,
    ergebnis: Result<(), Error>,
    getan: &str,
) -> Antwort {
    match ergebnis {
        Ok(()) => {
            let login = crate::http::link::kodiere(login);
            Ok(nach(anfrage, &format!("/konten/{login}?getan={getan}")))
        }
        Err(fehler) => {
            let Some(text) = meldung(&fehler) else {
                return Err(fehler.into());
            };
            let nachricht = seiten::Nachricht::schlecht(text);
            let seite = seite_eines(dienst, login, akteur, anfrage, nachricht).await?;
            Ok(mit_status(StatusCode::BAD_REQUEST, seite))
        }
    }
}

pub(super) async fn rollen(
    State(dienst): State<Dienst>,
    Path(login): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    formular: Formular,
) -> Antwort {
    formular.pruefe(schutz(wer(&akteur)?))?;
    let ergebnis = match angaben(&formular) {
        Err(fehler) => Err(fehler),
        Ok(angaben) => {
            konto::setze_angaben(&dienst.pool, &urheber(&akteur), &login, &angaben).await
        }
    };
    eines_nach(&dienst, &login, &akteur, &anfrage, ergebnis, "rollen").await
}

pub(super) async fn fremdes_kennwort(
    State(dienst): State<Dienst>,
    Path(login): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    formular: Formular,
) -> Antwort {
    formular.pruefe(schutz(wer(&akteur)?))?;
    let ergebnis = match wiederholt(&formular) {
        Err(fehler) => Err(fehler),
        Ok(neu) => konto::setze_kennwort(&dienst.pool, &urheber(&akteur), &login, neu, None).await,
    };
    eines_nach(&dienst, &login, &akteur, &anfrage, ergebnis, "kennwort").await
}

pub(super) async fn sperre(
    State(dienst): State<Dienst>,
    Path(login): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    formular: Formular,
) -> Antwort {
    formular.pruefe(schutz(wer(&akteur)?))?;
    let sperren = formular.feld("sperren") == "ja";
    let ergebnis = konto::sperre(&dienst.pool, &urheber(&akteur), &login, sperren).await;
    let getan = if sperren { "gesperrt" } else { "entsperrt" };
    eines_nach(&dienst, &login, &akteur, &anfrage, ergebnis, getan).await
}
