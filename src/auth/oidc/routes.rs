//! `/anmelden/oidc` sends the browser to the provider, `/anmelden/oidc/zurueck` takes it back,
//! `/anmelden/oidc/abmelden` leads to the provider's own sign-out.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;

use super::vorgang::Vorgang;
use super::{Anbieter, zutritt};
use crate::auth::formular::{backe, meldung, mit_status, nach, nicht_merken};
use crate::auth::keks::Keks;
use crate::auth::routes::{Antwort, absender, formular_anmelden, warten, ziel};
use crate::auth::{Dienst, anmeldung, geheimnis, store};
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::problem;

/// Where the provider sends the browser back to; registered there.
const ZURUECK: &str = "/anmelden/oidc/zurueck";
/// Longest code or state taken, in bytes.
const LAENGE_MAX: usize = 4096;

/// Starts.
pub(in crate::auth) async fn beginne(
    State(dienst): State<Dienst>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["zurueck", "f"])?;
    let anbieter = anbieter(&dienst)?;
    let ziel = ziel(anfrage.parameter.einzig("zurueck")?.unwrap_or("/"));
    let geheim = geheimnis::neu()?;
    let hier = anfrage.basis.zu(ZURUECK);
    let weg = match anbieter.weg(&Vorgang::von(&geheim), hier, ziel).await {
        Ok(weg) => weg,
        Err(fehler) => return abgewiesen(&dienst, &anfrage, &headers, ziel, fehler),
    };
    let mut antwort = hinaus(&weg)?;
    backe(&mut antwort, [Keks::Vorgang.setze(&geheim, dienst.sicher)]);
    nicht_merken(&mut antwort);
    Ok(antwort)
}

/// Signing out here ends the session here; on a shared machine the provider's own would let
/// the next person in with one click.
pub(in crate::auth) async fn abmelden(
    State(dienst): State<Dienst>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let anbieter = anbieter(&dienst)?;
    let mut antwort = match anbieter.weg_hinaus().await {
        Ok(Some(weg)) => hinaus(&weg)?,
        Ok(None) => {
            return Err(problem::NICHT_GEFUNDEN.mit(
                "Der Anmeldedienst nennt keine Adresse zum Abmelden. Bitte dort selbst abmelden oder den Browser ganz schließen.",
            ));
        }
        Err(fehler) => return abgewiesen(&dienst, &anfrage, &headers, "/", fehler),
    };
    nicht_merken(&mut antwort);
    Ok(antwort)
}

/// To the provider.
fn hinaus(weg: &str) -> Result<Response, Error> {
    let ort = HeaderValue::from_str(weg).map_err(Error::intern)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, ort)]).into_response())
}

/// Ends: a session, or the sign-in page with the reason. Providers add parameters of their
/// own, so unknown ones are no fault here.
pub(in crate::auth) async fn beende(
    State(dienst): State<Dienst>,
    headers: HeaderMap,
    verbindung: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    anfrage: Anfrage,
) -> Antwort {
    let adresse = absender(&dienst, &headers, verbindung.map(|v| v.0.0.ip()));
    let empfangen = anbieter(&dienst)?
        .empfange(&dienst, &headers, &anfrage, adresse)
        .await;
    let mut antwort = match empfangen {
        Ok(Empfang::Warten(sekunden)) => {
            let text = format!(
                "Zu viele Anmeldungen von Ihrer Adresse. Bitte in {sekunden} Sekunden noch einmal."
            );
            let seite = formular_anmelden(&dienst, &anfrage, &headers, "/", "", Some(text))?;
            warten(seite, sekunden)
        }
        Ok(Empfang::Herein {
            sitzung,
            geraet,
            ziel,
        }) => {
            let mut antwort = nach(&anfrage, &ziel);
            backe(
                &mut antwort,
                [
                    Keks::Sitzung.setze(&sitzung, dienst.sicher),
                    Keks::Geraet.setze(&geraet, dienst.sicher),
                    Keks::Formular.loesche(dienst.sicher),
                ],
            );
            antwort
        }
        Err(fehler) => abgewiesen(&dienst, &anfrage, &headers, "/", fehler)?,
    };
    backe(&mut antwort, [Keks::Vorgang.loesche(dienst.sicher)]);
    nicht_merken(&mut antwort);
    Ok(antwort)
}

fn anbieter(dienst: &Dienst) -> Result<&Anbieter, problem::Problem> {
    dienst.oidc.as_deref().ok_or_else(|| {
        problem::NICHT_GEFUNDEN.mit("Hier ist kein Anmeldedienst (OpenID Connect) eingerichtet.")
    })
}

/// The sign-in page with the sentence; what is ours goes the usual way.
fn abgewiesen(
    dienst: &Dienst,
    anfrage: &Anfrage,
    headers: &HeaderMap,
    ziel: &str,
    fehler: Error,
) -> Antwort {
    let (status, text) = match &fehler {
        Error::Umgebung(text) => (StatusCode::SERVICE_UNAVAILABLE, text.clone()),
        _ => match meldung(&fehler) {
            Some(text) => (StatusCode::FORBIDDEN, text),
            None => return Err(fehler.into()),
        },
    };
    let seite = formular_anmelden(dienst, anfrage, headers, ziel, "", Some(text))?;
    Ok(mit_status(status, seite))
}

/// What came back.
enum Empfang {
    /// Numbers of the session and of the browser, and the page to go to.
    Herein {
        sitzung: String,
        geraet: String,
        ziel: String,
    },
    /// Seconds.
    Warten(u64),
}

impl Anbieter {
    async fn empfange(
        &self,
        dienst: &Dienst,
        headers: &HeaderMap,
        anfrage: &Anfrage,
        adresse: Option<std::net::IpAddr>,
    ) -> Result<Empfang> {
        let feld = |name: &str| {
            let wert = anfrage.parameter.einzig(name);
            let wert = wert.map_err(|_| unvollstaendig())?;
            Ok::<_, Error>(wert.filter(|wert| wert.len() <= LAENGE_MAX))
        };
        let jetzt = Utc::now().timestamp();
        let fremd = || {
            Error::eingabe(
                "Diese Anmeldung gehört nicht zu diesem Browser oder hat länger als 10 Minuten gedauert. Bitte noch einmal anmelden (Cookies müssen erlaubt sein).",
            )
        };
        let geheim = Keks::Vorgang
            .lies(headers, dienst.sicher)
            .ok_or_else(fremd)?;
        let vorgang = Vorgang::von(geheim);
        let ziel_state = feld("state")?.and_then(|state| vorgang.pruefe(state, jetzt));
        let zurueck = ziel_state.ok_or_else(fremd)?;
        if !self.verbraucht.erster(geheim, jetzt) {
            return Err(Error::eingabe(
                "Diese Anmeldung wurde schon benutzt. Bitte noch einmal anmelden.",
            ));
        }
        // RFC 9207: an answer of another provider is for another provider.
        if feld("iss")?.is_some_and(|iss| iss != self.konfig.issuer.as_str()) {
            return Err(Error::eingabe(
                "Die Antwort kam nicht vom Anmeldedienst der Verwaltung. Sie wurden nicht angemeldet.",
            ));
        }
        if let Some(fehler) = feld("error")? {
            tracing::warn!(?fehler, "OIDC provider refused the sign-in");
            return Err(abgebrochen(fehler));
        }
        let code = feld("code")?.ok_or_else(unvollstaendig)?;
        let eimer = anmeldung::eimer_anmeldedienst(adresse);
        let warten = anmeldung::bremse_anmeldedienst(dienst, &eimer).await?;
        if warten > 0 {
            return Ok(Empfang::Warten(warten));
        }
        let hier = anfrage.basis.zu(ZURUECK);
        let ausweis = self.ausweis(&vorgang, hier, code.to_owned()).await?;
        let konto = zutritt::gewaehre(&dienst.pool, &self.konfig, &ausweis).await?;

        // A town hall is one address in the morning: who comes in does not count.
        store::gelungen(&dienst.pool, &[], &eimer).await?;
        if let Some(alt) = Keks::Sitzung.lies(headers, dienst.sicher) {
            store::beende_sitzung(&dienst.pool, alt).await?;
        }
        let geraet = match Keks::Geraet.lies(headers, dienst.sicher) {
            Some(nummer) if store::kennt_geraet(&dienst.pool, konto, nummer).await? => {
                nummer.to_owned()
            }
            _ => geheimnis::neu()?,
        };
        store::merke_geraet(&dienst.pool, konto, &geraet).await?;
        let sitzung = store::beginne_sitzung(&dienst.pool, konto).await?;
        tracing::info!(%konto, "signed in by OIDC");
        Ok(Empfang::Herein {
            sitzung,
            geraet,
            ziel: ziel(&zurueck).to_owned(),
        })
    }
}

fn unvollstaendig() -> Error {
    Error::eingabe("Die Antwort des Anmeldedienstes ist unvollständig. Bitte noch einmal anmelden.")
}

/// RFC 6749, 4.1.2.1 and Core 3.1.2.6; the provider's own text stays in its place.
fn abgebrochen(fehler: &str) -> Error {
    match fehler {
        "access_denied" => Error::eingabe(
            "Die Anmeldung wurde beim Anmeldedienst abgebrochen oder dort nicht erlaubt. Bitte noch einmal anmelden oder die IT fragen, ob Sie Zielraum benutzen dürfen.",
        ),
        "login_required"
        | "interaction_required"
        | "consent_required"
        | "account_selection_required" => Error::eingabe(
            "Der Anmeldedienst braucht noch eine Eingabe von Ihnen. Bitte noch einmal anmelden.",
        ),
        "temporarily_unavailable" | "server_error" => super::netz::nicht_erreichbar(),
        "invalid_request"
        | "invalid_scope"
        | "unauthorized_client"
        | "unsupported_response_type"
        | "request_not_supported"
        | "registration_not_supported" => Error::umgebung(
            "Der Anmeldedienst hat die Anfrage von Zielraum abgelehnt. Bitte die IT verständigen; das Protokoll des Dienstes nennt den Grund.",
        ),
        // Not of the standard, or not of the provider: whoever typed it is told no fault of ours.
        _ => Error::eingabe(
            "Der Anmeldedienst hat die Anmeldung nicht bestätigt. Bitte noch einmal anmelden; geschieht es wieder, die IT verständigen.",
        ),
    }
}
