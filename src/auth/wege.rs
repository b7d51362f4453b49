//! Which right a route asks for: one table, looked up by the matched path. A route that is
//! not here answers nobody.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::akteur::Akteur;
use super::regel::{Aktion, Objektart, darf_je};
use crate::http::Kontext;
use crate::http::link::{Basis, kodiere_parameter};
use crate::http::negotiate::will_html;
use crate::http::problem::{self, Problem};

/// One route: method, path pattern, what is done to what.
type Weg = (&'static str, &'static str, Aktion, Objektart);

/// Everything that is only read, through the caller's own reading world. A pattern ending in
/// `/*` stands for all paths below it.
const LESEN: &[&str] = &[
    "/",
    "/akteure",
    "/akteure/*",
    "/api",
    "/beschluesse",
    "/beschluesse/*",
    "/bilanz",
    "/bilanz/*",
    "/collections",
    "/collections/*",
    "/conformance",
    "/daten",
    "/daten/*",
    "/dorferneuerung",
    "/dorferneuerung/*",
    "/fachplaene",
    "/fachplaene/*",
    "/flaechen/*",
    "/flurstuecke",
    "/flurstuecke/*",
    "/fragen",
    "/functions",
    "/geld",
    "/geld/*",
    "/handlungsfelder",
    "/health/*",
    "/handbuch",
    "/handbuch/*",
    "/hier",
    "/importe",
    "/importe/*",
    "/isek",
    "/karte",
    "/kacheln/*",
    "/kennzahlen",
    "/kennzahlen/*",
    "/luecken",
    "/massnahmen",
    "/massnahmen/*",
    "/mitnehmen",
    "/mitnehmen/*",
    "/ortsteil/*",
    "/ortsteile",
    "/ortsteile/*",
    "/plaene/*",
    "/probleme",
    "/probleme/*",
    "/pruefen/links",
    "/qgis",
    "/qgis/*",
    "/sdg",
    "/sdg/*",
    "/static/*",
    "/strategie",
    "/strategie.xlsx",
    "/styles",
    "/styles/*",
    "/tileMatrixSets",
    "/tileMatrixSets/*",
    "/tiles",
    "/tiles/*",
    "/trends",
    "/trends/*",
    "/verlauf/*",
    "/wfs",
    "/ziele",
    "/ziele/*",
    "/zeichen/*",
];

/// Everything else. `POST` that only asks (a drawn polygon) is reading.
#[rustfmt::skip]
const WEGE: &[Weg] = &[
    ("POST", "/hier", Aktion::Lesen, Objektart::Lesewelt),
    ("POST", "/bilanz", Aktion::Lesen, Objektart::Lesewelt),
    ("POST", "/massnahmen/suche", Aktion::Lesen, Objektart::Lesewelt),
    ("POST", "/wfs", Aktion::Lesen, Objektart::Lesewelt),

    ("GET",  "/freigaben", Aktion::Lesen, Objektart::Freigaben),
    // Which step is whose the handler asks of the object itself.
    ("POST", "/freigaben", Aktion::Vorlegen, Objektart::Freigaben),
    ("GET",  "/freigaben/{art}/{kennung}", Aktion::Lesen, Objektart::Freigaben),
    ("POST", "/freigaben/{art}/{kennung}/{schritt}", Aktion::Vorlegen, Objektart::Freigaben),
    ("POST", "/freigaben/{art}/{kennung}/vertraulich", Aktion::Verdecken, Objektart::Freigaben),
    ("POST", "/freigaben/{art}/{kennung}/vertraulich/aufheben", Aktion::Aufdecken, Objektart::Freigaben),

    ("POST",   "/collections/{id}/items", Aktion::Aendern, Objektart::Inhalt),
    ("PUT",    "/collections/{id}/items/{fid}", Aktion::Aendern, Objektart::Inhalt),
    ("PATCH",  "/collections/{id}/items/{fid}", Aktion::Aendern, Objektart::Inhalt),
    ("DELETE", "/collections/{id}/items/{fid}", Aktion::Aendern, Objektart::Inhalt),

    ("POST",   "/daten/{art}", Aktion::Aendern, Objektart::Inhalt),
    ("PUT",    "/daten/{art}/{schluessel}", Aktion::Aendern, Objektart::Inhalt),
    ("PATCH",  "/daten/{art}/{schluessel}", Aktion::Aendern, Objektart::Inhalt),
    ("DELETE", "/daten/{art}/{schluessel}", Aktion::Aendern, Objektart::Inhalt),
    ("POST",   "/massnahmen/{kennung}/bearbeiten", Aktion::Aendern, Objektart::Inhalt),
    ("POST",   "/kennzahlen/{kennung}/wert", Aktion::Aendern, Objektart::Inhalt),
    ("POST",   "/verlauf/{art}/{kennung}/{lfd}/zuruecknehmen", Aktion::Aendern, Objektart::Inhalt),

    ("POST", "/mitnehmen", Aktion::Aendern, Objektart::Inhalt),
    ("GET",  "/mitnehmen/vergleiche/{id}", Aktion::Aendern, Objektart::Inhalt),
    ("POST", "/mitnehmen/vergleiche/{id}", Aktion::Aendern, Objektart::Inhalt),

    ("GET",  "/anmelden", Aktion::Lesen, Objektart::Anmeldung),
    ("POST", "/anmelden", Aktion::Aendern, Objektart::Anmeldung),
    ("GET",  "/anmelden/oidc", Aktion::Lesen, Objektart::Anmeldung),
    ("GET",  "/anmelden/oidc/zurueck", Aktion::Lesen, Objektart::Anmeldung),
    ("GET",  "/anmelden/oidc/abmelden", Aktion::Lesen, Objektart::Anmeldung),
    ("POST", "/abmelden", Aktion::Aendern, Objektart::Anmeldung),
    ("GET",  "/einrichten/{code}", Aktion::Lesen, Objektart::Anmeldung),
    ("POST", "/einrichten/{code}", Aktion::Aendern, Objektart::Anmeldung),

    ("GET",  "/konto", Aktion::Lesen, Objektart::EigenesKonto),
    ("POST", "/konto/kennwort", Aktion::Aendern, Objektart::EigenesKonto),
    ("POST", "/konto/schluessel", Aktion::Aendern, Objektart::EigenesKonto),
    ("POST", "/konto/schluessel/{id}/widerrufen", Aktion::Aendern, Objektart::EigenesKonto),

    ("GET",  "/konten", Aktion::Lesen, Objektart::Konten),
    ("POST", "/konten", Aktion::Anlegen, Objektart::Konten),
    ("GET",  "/konten/{login}", Aktion::Lesen, Objektart::Konten),
    ("POST", "/konten/{login}", Aktion::Aendern, Objektart::Konten),
    ("POST", "/konten/{login}/kennwort", Aktion::Aendern, Objektart::Konten),
    ("POST", "/konten/{login}/sperre", Aktion::Aendern, Objektart::Konten),
];

/// The right a route asks for.
#[must_use]
pub fn weg(methode: &str, pfad: &str) -> Option<(Aktion, Objektart)> {
    let methode = if methode == "HEAD" { "GET" } else { methode };
    let genannt = WEGE
        .iter()
        .find(|(m, p, ..)| *m == methode && *p == pfad)
        .map(|(_, _, aktion, art)| (*aktion, *art));
    genannt.or_else(|| {
        let gelesen = methode == "GET" && LESEN.iter().any(|muster| passt(muster, pfad));
        gelesen.then_some((Aktion::Lesen, Objektart::Lesewelt))
    })
}

fn passt(muster: &str, pfad: &str) -> bool {
    match muster.strip_suffix('*') {
        Some(anfang) => pfad.len() > anfang.len() && pfad.starts_with(anfang),
        None => muster == pfad,
    }
}

/// Methods that have an entry for the path.
fn methoden(pfad: &str) -> Vec<&'static str> {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .filter(|methode| weg(methode, pfad).is_some())
        .collect()
}

/// Once per matched route, before its handler.
pub async fn pruefe(request: Request, next: Next) -> Response {
    // OPTIONS tells which methods there are and reads nothing.
    if request.method() == Method::OPTIONS {
        return next.run(request).await;
    }
    let Some(pfad) = request.extensions().get::<MatchedPath>() else {
        return next.run(request).await; // the fallback: nothing here
    };
    let pfad = pfad.as_str();
    let Some((aktion, art)) = weg(request.method().as_str(), pfad) else {
        return verschlossen(pfad);
    };
    let akteur = request.extensions().get::<Akteur>();
    let akteur = akteur.cloned().unwrap_or_default();
    if darf_je(&akteur, aktion, art) {
        return next.run(request).await;
    }
    if akteur.konto().is_none() && request.method() == Method::GET && will_html(request.headers()) {
        return zur_anmeldung(request);
    }
    // A browser's form is not asked by a dialogue but told where to sign in.
    let programm = pfad.starts_with("/collections/") || pfad.starts_with("/daten");
    if art == Objektart::Inhalt && programm && akteur.konto().is_none() {
        return super::pforte::abgewiesen(problem::ANMELDUNG.mit(
            "Zum Ändern müssen Sie sich anmelden: in QGIS und Skripten mit Anmeldename und Zugangsschlüssel (Umfang „lesen“ und „schreiben“).",
        ));
    }
    verweigert(&akteur).into_response()
}

/// A person at a browser is led to the form, and back to the page afterwards.
fn zur_anmeldung(request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let kontext = parts.extensions.get::<Kontext>().cloned();
    let basis = Basis::von(&kontext.unwrap_or_default(), &parts);
    let zurueck = kodiere_parameter([("zurueck", parts.uri.path())]);
    let ort = HeaderValue::from_str(&basis.zu(&format!("/anmelden?{zurueck}")));
    let ort = ort.unwrap_or(HeaderValue::from_static("/anmelden"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, ort)]).into_response()
}

/// No entry: the method is not allowed; a path without any is a mistake of ours.
fn verschlossen(pfad: &str) -> Response {
    let methoden = methoden(pfad);
    if methoden.is_empty() {
        tracing::error!(pfad, "route without a rule");
        return problem::NICHT_GEFUNDEN
            .mit("Diese Adresse gibt es hier nicht.")
            .into_response();
    }
    let mut antwort = StatusCode::METHOD_NOT_ALLOWED.into_response();
    if let Ok(wert) = HeaderValue::from_str(&methoden.join(",")) {
        antwort.headers_mut().insert(header::ALLOW, wert);
    }
    antwort
}

/// 403, never a challenge: a public layer must not open a dialogue in QGIS.
#[must_use]
pub fn verweigert(akteur: &Akteur) -> Problem {
    problem::VERWEIGERT.mit(match akteur.konto() {
        None => "Dafür müssen Sie angemeldet sein: im Browser unter /anmelden, in QGIS und Skripten mit einem Zugangsschlüssel.".to_owned(),
        Some(konto) if matches!(konto.herkunft, super::Herkunft::Token { .. }) => format!(
            "Der Zugangsschlüssel von „{}“ darf das nicht. Umfang und Rollen stehen unter /konto.",
            konto.login
        ),
        Some(konto) => format!(
            "Die Rollen von „{}“ ({}) erlauben das nicht. Rollen vergibt die Verwaltung der Konten.",
            konto.login,
            rollen(konto)
        ),
    })
}

fn rollen(konto: &super::Angemeldet) -> String {
    if konto.rollen.is_empty() {
        return "keine".to_owned();
    }
    let titel: Vec<_> = konto.rollen.iter().map(|rolle| rolle.titel()).collect();
    titel.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert_eq!(
            weg("HEAD", "/collections/{id}/items"),
            Some((Aktion::Lesen, Objektart::Lesewelt))
        );
        assert_eq!(weg("POST", "/collections/{id}"), None);
        assert_eq!(weg("GET", "/flaechen/"), None);
        assert_eq!(weg("GET", "/neu"), None);
        assert_eq!(methoden("/hier"), ["GET", "HEAD", "POST"]);
        assert_eq!(methoden("/abmelden"), ["POST"]);
    }
}
