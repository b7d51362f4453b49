//! `/anmelden`, `/abmelden`, `/einrichten/{code}`, `/konto`, `/konten`: the pages of accounts.
//!
//! Every form carries a token: that of the session, or, before there is one, the value of a
//! cookie set with the form. A foreign page can send neither.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use uuid::Uuid;

use super::akteur::{Akteur, Angemeldet, Herkunft, Umfang};
use super::anmeldung::{self, Ausgang};
use super::keks::Keks;
use super::konto::{self, Angaben};
use super::{Dienst, geheimnis, konto_store, passwort, seiten, store};
use crate::error::Error;
use crate::http::extract::{Anfrage, Parameter};
use crate::http::problem::{self, Problem};

type Antwort = Result<Response, Problem>;

/// Largest form in bytes.
const FORMULAR_MAX: usize = 16 * 1024;

/// All routes of this module.
pub fn router(dienst: Dienst) -> Router {
    Router::new()
        .route("/anmelden", get(anmelden).post(melde_an))
        .route("/abmelden", post(abmelden))
        .route("/einrichten/{code}", get(einrichten).post(richte_ein))
        .route("/konto", get(eigenes))
        .route("/konto/kennwort", post(kennwort))
        .route("/konto/schluessel", post(neuer_schluessel))
        .route("/konto/schluessel/{id}/widerrufen", post(widerrufe))
        .route("/konten", get(konten).post(lege_an))
        .route("/konten/{login}", get(eines).post(rollen))
        .route("/konten/{login}/kennwort", post(fremdes_kennwort))
        .route("/konten/{login}/sperre", post(sperre))
        .layer(DefaultBodyLimit::max(FORMULAR_MAX))
        .with_state(dienst)
}

/// A form as a browser sends it.
#[derive(Debug)]
struct Formular(Parameter);

impl Formular {
    fn feld<'a>(&'a self, name: &'a str) -> &'a str {
        self.alle(name).next().unwrap_or_default()
    }

    fn alle<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let paare = self.0.ohne(&[]);
        paare.filter(move |(n, _)| *n == name).map(|(_, wert)| wert)
    }

    fn gefuellt(&self, name: &str) -> Option<String> {
        Some(self.feld(name).trim().to_owned()).filter(|wert| !wert.is_empty())
    }

    /// Refuses a form that is not ours.
    fn pruefe(&self, erwartet: &str) -> Result<(), Problem> {
        if !erwartet.is_empty() && geheimnis::gleich(self.feld("formular"), erwartet) {
            return Ok(());
        }
        Err(problem::VERWEIGERT.mit("Das Formular ist abgelaufen oder kam von einer fremden Seite. Bitte die Seite neu laden und noch einmal absenden."))
    }
}

impl<S: Send + Sync> FromRequest<S> for Formular {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let typ = request.headers().get(header::CONTENT_TYPE);
        let typ = typ.and_then(|typ| typ.to_str().ok()).unwrap_or_default();
        if !typ.starts_with("application/x-www-form-urlencoded") {
            return Err(problem::INHALTSTYP
                .mit("Hier wird ein Formular (application/x-www-form-urlencoded) erwartet."));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| {
            problem::ZU_GROSS.mit(format!("Das Formular ist größer als {FORMULAR_MAX} Byte."))
        })?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| problem::EINGABE.mit("Das Formular ist kein gültiges UTF-8."))?;
        Ok(Self(Parameter::lies(text)?))
    }
}

/// What a person can put right is said on the page itself.
pub(super) fn meldung(fehler: &Error) -> Option<String> {
    match fehler {
        Error::Eingabe(text) | Error::Aufruf { text, .. } => Some(text.clone()),
        _ => None,
    }
}

fn mit_status(status: StatusCode, antwort: Response) -> Response {
    let mut antwort = antwort;
    *antwort.status_mut() = status;
    antwort
}

fn nach(anfrage: &Anfrage, pfad: &str) -> Response {
    let ort = HeaderValue::from_str(&anfrage.basis.zu(pfad));
    let ort = ort.unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, ort)]).into_response()
}

fn backe(antwort: &mut Response, kekse: impl IntoIterator<Item = Option<HeaderValue>>) {
    for keks in kekse.into_iter().flatten() {
        antwort.headers_mut().append(header::SET_COOKIE, keks);
    }
}

/// Pages with forms are nobody else's.
fn nicht_merken(antwort: &mut Response) {
    antwort.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
}

/// A path of ours to go to after sign-in; anything else is the start page.
fn ziel(wunsch: &str) -> &str {
    let eigen = wunsch.starts_with('/')
        && !wunsch.starts_with("//")
        && !wunsch.contains(['\\', '\r', '\n'])
        && wunsch.len() <= 2000;
    if eigen { wunsch } else { "/" }
}

async fn anmelden(
    State(dienst): State<Dienst>,
    akteur: Akteur,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["zurueck", "f"])?;
    let zurueck = ziel(anfrage.parameter.einzig("zurueck")?.unwrap_or("/")).to_owned();
    if akteur.konto().is_some() {
        return Ok(nach(&anfrage, &zurueck));
    }
    formular_anmelden(&dienst, &anfrage, &headers, &zurueck, "", None)
}

/// The form with the cookie it must repeat.
fn formular_anmelden(
    dienst: &Dienst,
    anfrage: &Anfrage,
    headers: &HeaderMap,
    zurueck: &str,
    login: &str,
    meldung: Option<String>,
) -> Antwort {
    let (formular, neu) = formular_keks(dienst, headers)?;
    let unverschluesselt = !dienst.sicher && !ist_hier(&anfrage.basis.0);
    let mut antwort = seiten::anmelden(
        anfrage,
        &formular,
        zurueck,
        login,
        meldung,
        unverschluesselt,
    )?;
    backe(&mut antwort, [neu]);
    nicht_merken(&mut antwort);
    Ok(antwort)
}

fn formular_keks(
    dienst: &Dienst,
    headers: &HeaderMap,
) -> Result<(String, Option<HeaderValue>), Problem> {
    let formular = match Keks::Formular.lies(headers, dienst.sicher) {
        Some(da) => da.to_owned(),
        None => geheimnis::neu()?,
    };
    let keks = Keks::Formular.setze(&formular, dienst.sicher);
    Ok((formular, keks))
}

/// The browser runs on this machine: nobody listens in between.
fn ist_hier(basis: &str) -> bool {
    let host = basis.split("://").nth(1).unwrap_or(basis);
    ["127.", "localhost", "[::1]"]
        .iter()
        .any(|h| host.starts_with(h))
}

async fn melde_an(
    State(dienst): State<Dienst>,
    anfrage: Anfrage,
    headers: HeaderMap,
    verbindung: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    formular: Formular,
) -> Antwort {
    let erwartet = Keks::Formular
        .lies(&headers, dienst.sicher)
        .unwrap_or_default();
    formular.pruefe(erwartet)?;
    let login = formular.feld("login");
    let zurueck = ziel(formular.feld("zurueck"));
    let ausgang = anmeldung::melde_an(
        &dienst,
        login,
        formular.feld("kennwort").to_owned(),
        absender(&dienst, &headers, verbindung.map(|v| v.0.0.ip())),
        Keks::Geraet.lies(&headers, dienst.sicher),
    )
    .await?;
    let wieder =
        |text: String| formular_anmelden(&dienst, &anfrage, &headers, zurueck, login, Some(text));
    match ausgang {
        Ausgang::Angemeldet { sitzung, geraet } => {
            // The number a session had before, if any, ends here.
            if let Some(alt) = Keks::Sitzung.lies(&headers, dienst.sicher) {
                store::beende_sitzung(&dienst.pool, alt).await?;
            }
            let mut antwort = nach(&anfrage, zurueck);
            backe(
                &mut antwort,
                [
                    Keks::Sitzung.setze(&sitzung, dienst.sicher),
                    Keks::Geraet.setze(&geraet, dienst.sicher),
                    Keks::Formular.loesche(dienst.sicher),
                ],
            );
            nicht_merken(&mut antwort);
            Ok(antwort)
        }
        Ausgang::Falsch => Ok(mit_status(
            StatusCode::FORBIDDEN,
            wieder("Anmeldename oder Kennwort ist falsch, oder das Konto ist gesperrt.".into())?,
        )),
        Ausgang::Warten(sekunden) => {
            let text = format!(
                "Zu viele Versuche. Bitte in {sekunden} Sekunden noch einmal anmelden. Das Konto ist nicht gesperrt."
            );
            let mut antwort = mit_status(StatusCode::TOO_MANY_REQUESTS, wieder(text)?);
            antwort
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(sekunden));
            Ok(antwort)
        }
    }
}

/// The caller's address. Behind a proxy it is the entry the proxy itself added last.
fn absender(dienst: &Dienst, headers: &HeaderMap, verbindung: Option<IpAddr>) -> Option<IpAddr> {
    let nah = verbindung.is_some_and(|adresse| match adresse.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    });
    let weitergereicht = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .filter(|_| dienst.proxy && nah)
        .and_then(|kopf| kopf.to_str().ok())
        .and_then(|kopf| kopf.rsplit(',').next())
        .and_then(|letzte| letzte.trim().parse().ok());
    weitergereicht.or(verbindung)
}

async fn abmelden(
    State(dienst): State<Dienst>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    formular: Formular,
) -> Antwort {
    if let Some(konto) = akteur.konto() {
        formular.pruefe(schutz(konto))?;
    }
    if let Some(nummer) = Keks::Sitzung.lies(&headers, dienst.sicher) {
        store::beende_sitzung(&dienst.pool, nummer).await?;
    }
    let mut antwort = nach(&anfrage, "/");
    backe(&mut antwort, [Keks::Sitzung.loesche(dienst.sicher)]);
    Ok(antwort)
}

async fn einrichten(
    State(dienst): State<Dienst>,
    Path(code): Path<String>,
    anfrage: Anfrage,
    headers: HeaderMap,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    formular_einrichten(&dienst, &code, &anfrage, &headers, ("", ""), None).await
}

async fn formular_einrichten(
    dienst: &Dienst,
    code: &str,
    anfrage: &Anfrage,
    headers: &HeaderMap,
    (login, name): (&str, &str),
    meldung: Option<String>,
) -> Antwort {
    if !konto_store::link_gilt(&dienst.pool, code).await? {
        return Err(konto::link_gilt_nicht().into());
    }
    let (formular, neu) = formular_keks(dienst, headers)?;
    let mut antwort = seiten::einrichten(anfrage, &formular, code, login, name, meldung)?;
    backe(&mut antwort, [neu]);
    nicht_merken(&mut antwort);
    Ok(antwort)
}

async fn richte_ein(
    State(dienst): State<Dienst>,
    Path(code): Path<String>,
    anfrage: Anfrage,
    headers: HeaderMap,
    formular: Formular,
) -> Antwort {
    let erwartet = Keks::Formular
        .lies(&headers, dienst.sicher)
        .unwrap_or_default();
    formular.pruefe(erwartet)?;
    let (login, name) = (formular.feld("login"), formular.feld("name"));
    let ergebnis = match wiederholt(&formular) {
        Err(fehler) => Err(fehler),
        Ok(kennwort) => konto::richte_ein(&dienst.pool, &code, login, name, kennwort).await,
    };
    match ergebnis {
        Ok(()) => Ok(nach(&anfrage, "/anmelden?zurueck=/konten")),
        Err(fehler) => {
            let Some(text) = meldung(&fehler) else {
                return Err(fehler.into());
            };
            let seite = formular_einrichten(
                &dienst,
                &code,
                &anfrage,
                &headers,
                (login, name),
                Some(text),
            );
            Ok(mit_status(StatusCode::BAD_REQUEST, seite.await?))
        }
    }
}

/// The password, typed twice.
fn wiederholt(formular: &Formular) -> Result<String, Error> {
    let kennwort = formular.feld("kennwort");
    if kennwort == formular.feld("wiederholt") {
        return Ok(kennwort.to_owned());
    }
    Err(Error::eingabe(
        "Die beiden Kennwörter stimmen nicht überein. Bitte noch einmal eingeben.",
    ))
}

/// The account of a session; the routes' table lets no other come here.
fn wer(akteur: &Akteur) -> Result<&Angemeldet, Problem> {
    akteur
        .konto()
        .ok_or_else(|| super::wege::verweigert(akteur))
}

fn schutz(konto: &Angemeldet) -> &str {
    match &konto.herkunft {
        Herkunft::Sitzung { formularschutz } => formularschutz,
        Herkunft::Token { .. } => "",
    }
}

fn urheber(akteur: &Akteur) -> String {
    akteur.urheber().unwrap_or_default()
}

async fn eigenes(State(dienst): State<Dienst>, akteur: Akteur, anfrage: Anfrage) -> Antwort {
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

async fn kennwort(
    State(dienst): State<Dienst>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    formular: Formular,
) -> Antwort {
    let konto = wer(&akteur)?;
    formular.pruefe(schutz(konto))?;
    let bisher = store::kennwort(&dienst.pool, &konto.login).await?;
    let bisher = bisher.and_then(|bisher| bisher.hash);
    let ergebnis = if passwort::stimmt(formular.feld("bisher").to_owned(), bisher).await? {
        match wiederholt(&formular) {
            Err(fehler) => Err(fehler),
            Ok(neu) => {
                let bleibt = Keks::Sitzung.lies(&headers, dienst.sicher);
                konto::setze_kennwort(&dienst.pool, &urheber(&akteur), &konto.login, neu, bleibt)
                    .await
            }
        }
    } else {
        Err(Error::eingabe("Das bisherige Kennwort ist falsch."))
    };
    eigenes_nach(&dienst, &akteur, &anfrage, ergebnis, "kennwort").await
}

async fn neuer_schluessel(
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

async fn widerrufe(
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

async fn konten(State(dienst): State<Dienst>, akteur: Akteur, anfrage: Anfrage) -> Antwort {
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

async fn lege_an(
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

async fn eines(
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

async fn rollen(
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

async fn fremdes_kennwort(
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

async fn sperre(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_leads_to_our_own_pages_only() {
        for gut in ["/", "/massnahmen?f=html&ort=erpfting", "/konten"] {
            assert_eq!(ziel(gut), gut);
        }
        for schlecht in [
            "//boese.example",
            "https://boese.example",
            "/\\boese.example",
            "",
            "konten",
            "/a\nb",
        ] {
            assert_eq!(ziel(schlecht), "/", "{schlecht}");
        }
    }
}
