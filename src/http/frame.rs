//! What happens once around every request: id, size checks, problem bodies,
//! OPTIONS from the routes' own method lists, cross-origin headers.

use askama::Template;
use axum::Router;
use axum::extract::{Extension, Path, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::link::Basis;
use super::negotiate::{Ausgabe, will_html};
use super::openapi::{Pfad, pfad_parameter};
use super::page::{STIL, Seite};
use super::problem::{self, ARTEN, Art, PROBLEM_JSON, Problem};
use super::{Kontext, Person, Vertraulich};

/// Longest request line we read, in bytes (path and query).
const ADRESSE_MAX: usize = 16_384;
static ANFRAGE_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the frame around all routes.
pub fn rahmen(routes: Router, kontext: Kontext) -> Router {
    routes
        .layer(middleware::from_fn(begleite))
        .layer(Extension(kontext))
}

/// The paths of this module, for `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let pfad =
        |pfad, titel, parameter| Pfad::neu("Dienst", pfad, titel, &[Ausgabe::Html], parameter);
    vec![
        pfad(("/probleme", "probleme"), "Alle Fehlermeldungen", vec![]),
        pfad(
            ("/probleme/{slug}", "problem"),
            "Eine Fehlermeldung",
            vec![pfad_parameter("slug", "Art des Problems")],
        ),
    ]
}

/// What a request gets that no route takes.
pub async fn nichts() -> Problem {
    problem::NICHT_GEFUNDEN.mit("Diese Adresse gibt es hier nicht.")
}

/// The pages that explain the problems, and the style sheet.
pub fn router() -> Router {
    Router::new()
        .route("/probleme", get(liste))
        .route("/probleme/{slug}", get(seite))
        .route("/static/zielraum.css", get(stil))
}

/// See the module's head.
pub async fn begleite(
    Extension(kontext): Extension<Kontext>,
    request: Request,
    next: Next,
) -> Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let (parts, body) = request.into_parts();
    let method = parts.method.clone();
    let adresse = parts.uri.path().to_owned();
    let html = will_html(&parts.headers);
    let mut seite = Seite {
        wurzel: Basis::von(&kontext, &parts).0,
        demo: kontext.demo,
        person: None,
        stand: None,
    };

    let mut response = match pruefe(&parts.uri, &parts.headers) {
        Err(problem) => problem.into_response(),
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
    };
    if method == Method::OPTIONS && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = options(response.headers());
    }
    let person = response.extensions().get::<Person>().cloned();
    seite.person = person.clone().filter(|person| !person.name.is_empty());
    if let Some(problem) = als_problem(&response) {
        if let Some(ursache) = &problem.ursache {
            tracing::error!(anfrage = id, adresse, ursache, "request failed");
        }
        response = schreibe(
            &problem,
            response.headers(),
            &seite,
            &id,
            html && method != Method::HEAD,
        );
    }
    ergaenze(response, &id, person.is_some())
}

/// Checks that need no route.
fn pruefe(uri: &axum::http::Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let laenge = uri.path_and_query().map_or(0, |p| p.as_str().len());
    if laenge > ADRESSE_MAX {
        return Err(problem::ADRESSE_ZU_LANG.mit(format!(
            "Die Adresse hat {laenge} Zeichen, erlaubt sind {ADRESSE_MAX}."
        )));
    }
    // PostgreSQL's texts hold no NUL: such a name would end as an error of the database.
    if uri.path().contains("%00") {
        return Err(problem::NICHT_GEFUNDEN
            .mit("Die Adresse enthält ein Nullzeichen (%00). So heißt hier nichts."));
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(problem::INHALTSTYP.mit(
            "Komprimierte Anfragen (Content-Encoding) werden nicht angenommen. Senden Sie unkomprimiert.",
        ));
    }
    Ok(())
}

/// The problem in an answer: ours, or one that axum made without a body of ours.
fn als_problem(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    let fertig = response.extensions().get::<super::EigeneSeite>().is_some();
    if fertig || !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    Some(match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            let erlaubt = allow(response.headers());
            problem::METHODE.mit(format!("Erlaubt sind hier: {erlaubt}."))
        }
        StatusCode::BAD_REQUEST => {
            problem::EINGABE.mit("Die Adresse ist kein gültiges, prozentkodiertes UTF-8.")
        }
        _ => {
            let art = Art::zu_status(status);
            art.mit(art.erklaerung)
        }
    })
}

fn schreibe(problem: &Problem, alt: &HeaderMap, seite: &Seite, id: &str, html: bool) -> Response {
    let status = problem.art.status;
    let mut neu = if html {
        let vorlage = ProblemSeite {
            seite,
            problem,
            anfrage: id,
        };
        let text = vorlage.render().unwrap_or_else(|_| problem.detail.clone());
        (status, Html(text)).into_response()
    } else {
        let doc = problem.dokument(&seite.wurzel, id).to_string();
        (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], doc).into_response()
    };
    if let Some(kopf) = &problem.kopf {
        let (name, wert) = kopf.as_ref();
        neu.headers_mut().insert(name, wert.clone());
    }
    for name in [
        header::ALLOW,
        header::RETRY_AFTER,
        header::WWW_AUTHENTICATE,
        header::SET_COOKIE,
    ] {
        for wert in alt.get_all(&name) {
            neu.headers_mut().append(&name, wert.clone());
        }
    }
    if status == StatusCode::METHOD_NOT_ALLOWED
        && let Ok(wert) = HeaderValue::from_str(&allow(alt))
    {
        neu.headers_mut().insert(header::ALLOW, wert);
    }
    neu
}

/// The methods axum knows for the path, and OPTIONS, which we answer for all.
fn allow(headers: &HeaderMap) -> String {
    let bekannt = headers.get(header::ALLOW).and_then(|a| a.to_str().ok());
    let bekannt = bekannt.unwrap_or("GET,HEAD").replace(',', ", ");
    format!("{bekannt}, OPTIONS")
}

fn options(headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(wert) = HeaderValue::from_str(&allow(headers)) {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, wert.clone());
        headers.insert(header::ALLOW, wert);
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("Accept, Accept-Language, Content-Type, If-None-Match"),
        );
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("3600"),
        );
    }
    response
}

/// Headers of every answer. `*` without credentials: whatever the anonymous may read, any page
/// may read. What was said to a person stays with them.
fn ergaenze(mut response: Response, id: &str, vertraulich: bool) -> Response {
    if vertraulich {
        response.extensions_mut().insert(Vertraulich);
    }
    let headers = response.headers_mut();
    if vertraulich {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
        headers.append(
            header::VARY,
            HeaderValue::from_static("Authorization, Cookie"),
        );
    } else {
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        );
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("Accept-Ranges, Content-Crs, Content-Disposition, Content-Range, ETag, Link, Location, OGC-NumberMatched, OGC-NumberReturned, X-Request-Id"),
        );
    }
    headers.append(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // Without this a browser shows a page or a layer again that it kept from before an import.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    let html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|typ| typ.as_bytes().starts_with(b"text/html"));
    if html {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(SICHERHEIT),
        );
        headers.insert(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        );
    }
    if let Ok(wert) = HeaderValue::from_str(id) {
        headers.insert(ANFRAGE_ID.clone(), wert);
    }
    response
}

/// What a page may load: ours alone. Colours of classes come as `style` attributes; the map
/// library starts its worker from a blob.
const SICHERHEIT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

async fn stil() -> impl IntoResponse {
    let kopf = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (kopf, STIL)
}

async fn liste(anfrage: super::extract::Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&[])?;
    let arten: Vec<&Art> = ARTEN.to_vec();
    super::page::html(&ProblemeSeite {
        seite: anfrage.seite(),
        arten,
    })
}

async fn seite(
    Path(slug): Path<String>,
    anfrage: super::extract::Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&[])?;
    let arten: Vec<&Art> = ARTEN
        .iter()
        .filter(|art| art.slug == slug)
        .copied()
        .collect();
    if arten.is_empty() {
        return Err(problem::NICHT_GEFUNDEN.mit(format!("Ein Problem „{slug}“ gibt es nicht.")));
    }
    super::page::html(&ProblemeSeite {
        seite: anfrage.seite(),
        arten,
    })
}

#[derive(Template)]
#[template(path = "http/templates/problem.html")]
struct ProblemSeite<'a> {
    seite: &'a Seite,
    problem: &'a Problem,
    anfrage: &'a str,
}

#[derive(Template)]
#[template(path = "http/templates/probleme.html")]
struct ProblemeSeite<'a> {
    seite: Seite,
    arten: Vec<&'a Art>,
}
