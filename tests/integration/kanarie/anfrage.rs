//! One request as nobody known, and its answer, searched.

use std::collections::{BTreeSet, HashSet};
use std::io::Read as _;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::Value;
use tower::ServiceExt;

use super::suche::{ORTE, durchsuche};
use super::werte;
use crate::kacheln::lesen;

/// A polygon around the rare place, for what is asked by `POST`.
pub const UMKREIS: &str = r#"{"type":"Polygon","coordinates":[[[11.08,48.32],[11.12,48.32],[11.12,48.35],[11.08,48.35],[11.08,48.32]]]}"#;

/// One request.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Anfrage {
    pub methode: &'static str,
    pub adresse: String,
    pub accept: &'static str,
    pub koerper: &'static str,
}

/// One answer, searched.
pub struct Antwort {
    pub anfrage: Anfrage,
    pub status: u16,
    pub text: String,
    pub funde: Vec<String>,
    pub wege: HashSet<String>,
    pub werte: BTreeSet<String>,
}

/// A `GET` in whatever medium.
pub fn lies(adresse: &str) -> Anfrage {
    Anfrage {
        methode: "GET",
        adresse: adresse.to_owned(),
        accept: "*/*",
        koerper: "",
    }
}

/// The two differ: what they say.
pub async fn gleicht_nichts(router: Router, muster: String, kennung: String) -> Option<String> {
    let nichts = format!("zzz{}", &kennung[3..]);
    let bau = |wert: &str| {
        let (pfad, frage) = muster.split_once('?').unwrap_or((&muster, ""));
        let teile = pfad.split('/');
        let teile = teile.map(|teil| if teil.starts_with('{') { wert } else { teil });
        let pfad = teile.collect::<Vec<_>>().join("/");
        format!("{pfad}?{}", frage.replace("{wert}", wert))
    };
    let da = sende(router.clone(), lies(&bau(&kennung))).await;
    let nie = sende(router, lies(&bau(&nichts))).await;
    // The request's number and the moment differ; a filter's reader takes the word apart.
    let ohne = |text: &str, wort: &str| {
        let anfang = wort.split('-').next().unwrap_or(wort);
        let text = text.replace(wort, "?").replace(anfang, "?");
        let text = text.split("\"timeStamp\"").next().unwrap_or_default();
        let text = text.split("\"anfrage\"").next().unwrap_or_default();
        text.split("Anfrage ").next().unwrap_or_default().to_owned()
    };
    let (a, b) = (ohne(&da.text, &kennung), ohne(&nie.text, &nichts));
    (da.status != nie.status || a != b).then(|| {
        let stelle = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
        let ab = |text: &str| {
            let anfang = text.floor_char_boundary(stelle.saturating_sub(40));
            text[anfang..].chars().take(160).collect::<String>()
        };
        format!(
            "{muster} {kennung}: {} {:?}, {} {:?}",
            da.status,
            ab(&a),
            nie.status,
            ab(&b)
        )
    })
}

/// Sends and searches.
pub async fn sende(router: Router, anfrage: Anfrage) -> Antwort {
    let Anfrage {
        methode,
        adresse,
        accept,
        koerper,
    } = &anfrage;
    let gestellt = Request::builder()
        .method(*methode)
        .uri(adresse)
        .header("host", "zr.test:8080")
        .header("accept", *accept)
        .header("content-type", "application/json")
        // Tiles are asked for packed, and looked into all the same.
        .header(
            "accept-encoding",
            if adresse.contains("/kacheln/") {
                "gzip"
            } else {
                "identity"
            },
        )
        .body(Body::from(*koerper))
        .unwrap_or_else(|fehler| panic!("{adresse}: {fehler}"));
    let antwort = router.oneshot(gestellt).await.unwrap();
    let (parts, body) = antwort.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let status = parts.status.as_u16();
    let medium = parts
        .headers
        .get("content-type")
        .map_or("", |typ| typ.to_str().unwrap());
    let bytes = if parts
        .headers
        .get("content-encoding")
        .is_some_and(|wert| wert == "gzip")
    {
        let mut aus = Vec::new();
        flate2::read::GzDecoder::new(&*bytes)
            .read_to_end(&mut aus)
            .unwrap();
        aus
    } else {
        bytes.to_vec()
    };
    let mut gefunden = if medium == "application/vnd.mapbox-vector-tile" {
        let pfad = adresse.split('?').next().unwrap_or_default();
        durchsuche("text/plain", lesen::als_text(pfad, &bytes).as_bytes())
    } else {
        durchsuche(medium, &bytes)
    };
    for (name, wert) in &parts.headers {
        let koepfe = durchsuche("text/plain", wert.as_bytes());
        gefunden.funde.extend(koepfe.funde);
        if name == "location" {
            let wert = wert.to_str().unwrap();
            gefunden
                .wege
                .extend(wert.starts_with('/').then(|| wert.to_owned()));
        }
        gefunden.wege.extend(koepfe.wege);
    }
    // What the request itself says comes back in errors and links.
    let gesagt = adresse.to_lowercase();
    let mut funde: Vec<String> = gefunden
        .funde
        .into_iter()
        .filter(|(was, fund, _)| {
            // A place that was asked for comes back in other coordinates too.
            let ort = *was == "Ort" && ORTE.iter().any(|ort| gesagt.contains(ort));
            !ort && !gesagt.contains(fund.as_str())
        })
        .map(|(was, fund, umfeld)| format!("{was} {fund}: {methode} {adresse} ({accept}) {umfeld}"))
        .collect();
    if status >= 500 {
        funde.push(format!("{status}: {methode} {adresse}"));
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut werte = BTreeSet::new();
    if status == 200
        && medium.contains("json")
        && text.len() < 100_000
        && let Ok(doc) = serde_json::from_str::<Value>(&text)
    {
        werte::sammle(&doc, &mut werte);
    }
    Antwort {
        status,
        text,
        funde,
        wege: gefunden.wege,
        werte,
        anfrage,
    }
}
