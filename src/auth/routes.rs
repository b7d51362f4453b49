//! `/anmelden`, `/abmelden`, `/einrichten/{code}`; with them the router of all account pages.
//!
//! Every form carries a token: that of the session, or, before there is one, the value of a
//! cookie set with the form. A foreign page can send neither.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};

use super::akteur::Akteur;
use super::anmeldung::{self, Ausgang};
use super::formular::{
    FORMULAR_MAX, Formular, backe, meldung, mit_status, nach, nicht_merken, schutz, wiederholt,
};
use super::keks::Keks;
use super::routes_eigenes::{eigenes, kennwort, neuer_schluessel, widerrufe};
use super::routes_konten::{eines, fremdes_kennwort, konten, lege_an, rollen, sperre};
use super::{Dienst, geheimnis, konto, konto_store, seiten, store};
use crate::http::extract::Anfrage;
use crate::http::problem::Problem;

pub(super) type Antwort = Result<Response, Problem>;

/// All routes of this module.
pub fn router(dienst: Dienst) -> Router {
    let routen = Router::new();
    #[cfg(feature = "oidc")]
    let routen = routen
        .route("/anmelden/oidc", get(super::oidc::routes::beginne))
        .route("/anmelden/oidc/zurueck", get(super::oidc::routes::beende))
        .route(
            "/anmelden/oidc/abmelden",
            get(super::oidc::routes::abmelden),
        );
    routen
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

/// A path of ours to go to after sign-in; anything else is the start page.
pub(super) fn ziel(wunsch: &str) -> &str {
    let eigen = wunsch.starts_with('/')
        && !wunsch.starts_with("//")
        && !wunsch.contains(|c: char| c == '\\' || c.is_control())
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
pub(super) fn formular_anmelden(
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
        dienst.anmeldedienst(),
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
            Ok(warten(wieder(text)?, sekunden))
        }
    }
}

/// 429 with the time to wait.
pub(super) fn warten(seite: Response, sekunden: u64) -> Response {
    let mut antwort = mit_status(StatusCode::TOO_MANY_REQUESTS, seite);
    antwort
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(sekunden));
    antwort
}

/// The caller's address. Behind a proxy it is the entry the proxy itself added last.
pub(super) fn absender(
    dienst: &Dienst,
    headers: &HeaderMap,
    verbindung: Option<IpAddr>,
) -> Option<IpAddr> {
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
    // The sign-in page leads on to the provider's own sign-out.
    let danach = dienst.anmeldedienst().map_or("/", |_| "/anmelden");
    let mut antwort = nach(&anfrage, danach);
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
            "/\t/boese.example",
        ] {
            assert_eq!(ziel(schlecht), "/", "{schlecht}");
        }
    }
}
