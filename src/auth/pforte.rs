//! Once per request: who asks. A session's cookie, `Authorization: Bearer zr_…`, or Basic
//! with login name and token (never the password: QGIS would send it with every tile).
//!
//! No credentials: anonymous, and never a challenge, so that public layers open no dialogue.
//! Wrong ones: 401 with a challenge. An ended session is anonymous again.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::akteur::{Akteur, Herkunft};
use super::keks::Keks;
use super::regel::{Aktion, Objektart, darf_je};
use super::{Dienst, geheimnis, store};
use crate::http::link::Basis;
use crate::http::problem::{self, Problem};
use crate::http::{Formulare, Kontext, Person};

/// See the module's head.
pub async fn melde(
    State(dienst): State<Dienst>,
    Extension(kontext): Extension<Kontext>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if unsicher(&parts.method)
        && parts.headers.contains_key(header::COOKIE)
        && !von_uns(&parts.headers, &Basis::von(&kontext, &parts).0)
    {
        return problem::VERWEIGERT
            .mit("Diese Anfrage kam von einer fremden Seite und wurde nicht ausgeführt.")
            .into_response();
    }
    let akteur = match erkenne(&dienst, &parts.headers).await {
        Ok(akteur) => akteur,
        Err(problem) => return abgewiesen(problem),
    };
    let person = akteur.konto().map(|konto| Person {
        name: konto.name.clone(),
        entwuerfe: akteur.sicht().is_some(),
        verwaltung: konto.ist(super::Rolle::Admin),
        formulare: Formulare {
            massnahme: darf_je(&akteur, Aktion::Aendern, Objektart::Massnahme),
            kennzahlwert: darf_je(&akteur, Aktion::Anlegen, Objektart::Kennzahlwert),
        },
        formularschutz: match &konto.herkunft {
            Herkunft::Sitzung { formularschutz } => formularschutz.clone(),
            Herkunft::Token { .. } => String::new(),
        },
    });
    parts.extensions.insert(akteur);
    if let Some(person) = &person {
        parts.extensions.insert(person.clone());
    }
    let mut antwort = next.run(Request::from_parts(parts, body)).await;
    if let Some(person) = person {
        antwort.extensions_mut().insert(person);
    }
    antwort
}

fn unsicher(methode: &Method) -> bool {
    !matches!(*methode, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A browser says where a request comes from; a program that keeps cookies says nothing.
fn von_uns(headers: &HeaderMap, basis: &str) -> bool {
    let kopf = |name: &str| headers.get(name).and_then(|wert| wert.to_str().ok());
    if let Some(stelle) = kopf("sec-fetch-site") {
        return matches!(stelle, "same-origin" | "none");
    }
    match headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => origin
            .to_str()
            .is_ok_and(|origin| origin.eq_ignore_ascii_case(ursprung(basis))),
    }
}

/// Scheme, host and port of an address.
fn ursprung(basis: &str) -> &str {
    let anfang = basis.find("://").map_or(0, |stelle| stelle + 3);
    let ende = basis[anfang..]
        .find('/')
        .map_or(basis.len(), |n| anfang + n);
    &basis[..ende]
}

/// The account behind the credentials of a request.
async fn erkenne(dienst: &Dienst, headers: &HeaderMap) -> Result<Akteur, Problem> {
    let konto = if let Some(kopf) = headers.get(header::AUTHORIZATION) {
        let (name, token) = zugang(kopf).ok_or_else(ungueltig)?;
        let konto = store::zu_token(&dienst.pool, &token).await?;
        let konto = konto.ok_or_else(ungueltig)?;
        // With Basic the name must be the token's own: else a slip would go unnoticed.
        if name.is_some_and(|name| name.trim().to_lowercase() != konto.login) {
            return Err(ungueltig());
        }
        Some(konto)
    } else if let Some(nummer) = Keks::Sitzung.lies(headers, dienst.sicher) {
        store::zu_sitzung(&dienst.pool, nummer).await?
    } else {
        None
    };
    Ok(konto.map_or(Akteur::ANONYM, |konto| Akteur(Some(Arc::new(konto)))))
}

/// Login name (Basic) and token of an `Authorization` header, if it has the form of one.
fn zugang(kopf: &HeaderValue) -> Option<(Option<String>, String)> {
    let (art, rest) = kopf.to_str().ok()?.split_once(' ')?;
    let (name, token) = if art.eq_ignore_ascii_case("bearer") {
        (None, rest.trim().to_owned())
    } else if art.eq_ignore_ascii_case("basic") {
        let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
        let (name, token) = text.split_once(':')?;
        (Some(name.to_owned()), token.to_owned())
    } else {
        return None;
    };
    geheimnis::ist_token(&token).then_some((name, token))
}

fn ungueltig() -> Problem {
    problem::ANMELDUNG.mit("Anmeldename oder Zugangsschlüssel gilt nicht (falsch, abgelaufen oder widerrufen). In QGIS gehört als Kennwort ein Zugangsschlüssel (zr_…) eingetragen; neue gibt es unter /konto.")
}

/// The one answer with a challenge.
pub(super) fn abgewiesen(problem: Problem) -> Response {
    let ungueltig = problem.art.status == axum::http::StatusCode::UNAUTHORIZED;
    let mut antwort = problem.into_response();
    if ungueltig {
        for wert in [
            "Basic realm=\"Zielraum\", charset=\"UTF-8\"",
            "Bearer realm=\"Zielraum\"",
        ] {
            antwort
                .headers_mut()
                .append(header::WWW_AUTHENTICATE, HeaderValue::from_static(wert));
        }
        antwort.extensions_mut().insert(Person::default());
    }
    antwort
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials() {
        let token = geheimnis::token().unwrap();
        let kopf = |text: String| zugang(&HeaderValue::from_str(&text).unwrap());
        assert_eq!(kopf(format!("Bearer {token}")), Some((None, token.clone())));
        let basic = STANDARD.encode(format!("m.huber:{token}"));
        assert_eq!(
            kopf(format!("basic {basic}")),
            Some((Some("m.huber".into()), token.clone()))
        );
        let kennwort = STANDARD.encode("m.huber:Lech Wehr Kiesbank");
        for schlecht in [
            format!("Basic {kennwort}"),
            "Basic %%%".into(),
            "Bearer".into(),
            "Bearer zr_kurz".into(),
            format!("Digest {token}"),
        ] {
            assert_eq!(kopf(schlecht.clone()), None, "{schlecht}");
        }
    }

    #[test]
    fn foreign_pages_are_told_apart() {
        let von = |name: &'static str, wert: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(wert));
            von_uns(&headers, "https://plan.example.de/zielraum")
        };
        assert!(von("origin", "https://plan.example.de"));
        assert!(!von("origin", "https://boese.example"));
        assert!(!von("origin", "null"));
        assert!(von("sec-fetch-site", "same-origin"));
        assert!(!von("sec-fetch-site", "same-site"));
        assert!(!von("sec-fetch-site", "cross-site"));
    }
}
