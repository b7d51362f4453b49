//! Marks drafts on the pages of staff: behind every link to one, and in the heading of its
//! own page, stands its state ("Entwurf", "In Freigabe" …).
//!
//! Done once over the finished page, because the pages ask the same questions in both worlds
//! and the public's has no such column; so no page, and none to come, can forget it.

use std::collections::HashMap;

use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use sqlx::PgPool;

use crate::error::{Error, Result};
use crate::http::Kontext;
use crate::http::link::Basis;
use crate::http::problem::Problem;

/// A page longer than this, in bytes, goes out unmarked; none comes near.
const SEITE_MAX: usize = 32 * 1024 * 1024;

/// Marks the answer, if it is a page; `pool` is that of the reader's world.
pub async fn markiere(
    State(pool): State<PgPool>,
    Extension(kontext): Extension<Kontext>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let wurzel = Basis::von(&kontext, &parts).0;
    let pfad = parts.uri.path().to_owned();
    let antwort = next.run(Request::from_parts(parts, body)).await;
    let html = antwort
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|typ| typ.as_bytes().starts_with(b"text/html"));
    if !html {
        return antwort;
    }
    match markierte(&pool, antwort, &wurzel, &pfad).await {
        Ok(antwort) => antwort,
        Err(fehler) => Problem::from(fehler).into_response(),
    }
}

async fn markierte(pool: &PgPool, antwort: Response, wurzel: &str, pfad: &str) -> Result<Response> {
    let entwuerfe: HashMap<String, String> = sqlx::query_file!("src/web/entwuerfe.sql")
        .fetch_all(pool)
        .await?
        .into_iter()
        .map(|zeile| (zeile.pfad, zeile.zustand))
        .collect();
    let (mut parts, body) = antwort.into_parts();
    let bytes = to_bytes(body, SEITE_MAX).await.map_err(Error::intern)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = setze_marken(&text, &entwuerfe, wurzel, pfad);
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(text)))
}

fn setze_marken(
    html: &str,
    entwuerfe: &HashMap<String, String>,
    wurzel: &str,
    pfad: &str,
) -> String {
    let zustand = |pfad: &str| {
        let pfad = percent_decode_str(pfad).decode_utf8().ok()?;
        entwuerfe.get(&*pfad)
    };
    let mut aus = String::with_capacity(html.len() + 1024);
    let mut rest = html;
    if let Some(eigener) = zustand(pfad)
        && let Some((kopf, danach)) = rest.split_once("</h1>")
    {
        aus.push_str(kopf);
        aus.push_str(&marke(eigener));
        aus.push_str("</h1>");
        rest = danach;
    }
    while let Some((vor, nach)) = rest.split_once("<a ") {
        let Some((verweis, danach)) = nach.split_once("</a>") else {
            break;
        };
        aus.push_str(vor);
        aus.push_str("<a ");
        aus.push_str(verweis);
        aus.push_str("</a>");
        if let Some(zustand) = ziel(verweis, wurzel).and_then(zustand) {
            aus.push_str(&marke(zustand));
        }
        rest = danach;
    }
    aus.push_str(rest);
    aus
}

/// The path a link leads to, if it is ours.
fn ziel<'a>(verweis: &'a str, wurzel: &str) -> Option<&'a str> {
    let (_, rest) = verweis.split_once("href=\"")?;
    let (adresse, _) = rest.split_once('"')?;
    let pfad = adresse.strip_prefix(wurzel).unwrap_or(adresse);
    let ende = pfad.find(['?', '#']).unwrap_or(pfad.len());
    // Files of an object (JSON, GeoJSON) are named as what they are.
    let datei = pfad[ende..].contains("f=") && !pfad[ende..].contains("f=html");
    Some(&pfad[..ende])
        .filter(|_| !datei)
        .filter(|pfad| pfad.starts_with('/'))
}

fn marke(zustand: &str) -> String {
    format!(" <span class=\"marke-entwurf\">{zustand}</span>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_heading_are_marked() {
        let entwuerfe = HashMap::from([
            ("/massnahmen/m 1".to_owned(), "Entwurf".to_owned()),
            ("/ziele/z1".to_owned(), "In Freigabe".to_owned()),
        ]);
        let html = "<h1>Ziel</h1><ul><li><a class=\"x\" href=\"http://zr/massnahmen/m%201?f=html\">M</a></li>\
            <li><a href=\"/massnahmen/m2\">N</a> <a href=\"/ziele/z1?f=json\">JSON</a> <a>ohne</a> <a href=\"https://fremd/ziele/z1\">F</a></li></ul>";
        let aus = setze_marken(html, &entwuerfe, "http://zr", "/ziele/z1");
        assert_eq!(aus.matches("marke-entwurf").count(), 2, "{aus}");
        assert!(aus.contains("Ziel <span class=\"marke-entwurf\">In Freigabe</span></h1>"));
        assert!(aus.contains("M</a> <span class=\"marke-entwurf\">Entwurf</span></li>"));
        assert_eq!(
            setze_marken(html, &entwuerfe, "http://zr", "/ziele")
                .matches("marke")
                .count(),
            1
        );
        let roh = aus
            .replace(" <span class=\"marke-entwurf\">In Freigabe</span>", "")
            .replace(" <span class=\"marke-entwurf\">Entwurf</span>", "");
        assert_eq!(roh, html, "nothing else is touched");
    }
}
