//! Forms: what a browser sends, whether the form was ours, and the ways to answer.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::akteur::{Akteur, Angemeldet, Herkunft};
use super::geheimnis;
use crate::error::Error;
use crate::http::EigeneSeite;
use crate::http::extract::{Anfrage, Parameter};
use crate::http::problem::{self, Problem};

/// Largest form in bytes.
pub(super) const FORMULAR_MAX: usize = 16 * 1024;

/// A form as a browser sends it.
#[derive(Debug)]
pub(super) struct Formular(Parameter);

impl Formular {
    pub(super) fn feld<'a>(&'a self, name: &'a str) -> &'a str {
        self.alle(name).next().unwrap_or_default()
    }

    pub(super) fn alle<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let paare = self.0.ohne(&[]);
        paare.filter(move |(n, _)| *n == name).map(|(_, wert)| wert)
    }

    pub(super) fn gefuellt(&self, name: &str) -> Option<String> {
        Some(self.feld(name).trim().to_owned()).filter(|wert| !wert.is_empty())
    }

    /// Refuses a form that is not ours.
    pub(super) fn pruefe(&self, erwartet: &str) -> Result<(), Problem> {
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

pub(super) fn mit_status(status: StatusCode, antwort: Response) -> Response {
    let mut antwort = antwort;
    *antwort.status_mut() = status;
    antwort.extensions_mut().insert(EigeneSeite);
    antwort
}

pub(super) fn nach(anfrage: &Anfrage, pfad: &str) -> Response {
    let ort = HeaderValue::from_str(&anfrage.basis.zu(pfad));
    let ort = ort.unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, ort)]).into_response()
}

pub(super) fn backe(antwort: &mut Response, kekse: impl IntoIterator<Item = Option<HeaderValue>>) {
    for keks in kekse.into_iter().flatten() {
        antwort.headers_mut().append(header::SET_COOKIE, keks);
    }
}

/// Pages with forms are nobody else's.
pub(super) fn nicht_merken(antwort: &mut Response) {
    antwort.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
}

/// The password, typed twice.
pub(super) fn wiederholt(formular: &Formular) -> Result<String, Error> {
    let kennwort = formular.feld("kennwort");
    if kennwort == formular.feld("wiederholt") {
        return Ok(kennwort.to_owned());
    }
    Err(Error::eingabe(
        "Die beiden Kennwörter stimmen nicht überein. Bitte noch einmal eingeben.",
    ))
}

/// The account of a session; the routes' table lets no other come here.
pub(super) fn wer(akteur: &Akteur) -> Result<&Angemeldet, Problem> {
    akteur
        .konto()
        .ok_or_else(|| super::wege::verweigert(akteur))
}

pub(super) fn schutz(konto: &Angemeldet) -> &str {
    match &konto.herkunft {
        Herkunft::Sitzung { formularschutz } => formularschutz,
        Herkunft::Token { .. } => "",
    }
}

pub(super) fn urheber(akteur: &Akteur) -> String {
    akteur.urheber().unwrap_or_default()
}
