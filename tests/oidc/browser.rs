//! A browser before our service.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use openidconnect::url::Url;
use std::net::SocketAddr;
use tower::ServiceExt as _;

use crate::provider::Anbieter;

/// The address of ours that is registered at the providers.
pub const ZURUECK: &str = "http://zr.test:8080/anmelden/oidc/zurueck";

/// An answer of ours.
#[derive(Debug)]
pub struct Antwort {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Antwort {
    pub fn ort(&self) -> &str {
        let ort = self.headers.get("location");
        ort.unwrap_or_else(|| panic!("{}: {}", self.status, self.text))
            .to_str()
            .unwrap()
    }

    /// What the red line of the page says.
    pub fn meldung(&self) -> &str {
        let rest = self.text.split("role=\"alert\">").nth(1);
        let rest = rest.unwrap_or_else(|| panic!("{}: {}", self.status, self.text));
        rest.split("</p>").next().unwrap()
    }
}

/// Keeps cookies.
pub struct Browser {
    router: Router,
    pub kekse: Vec<(String, String)>,
    adresse: SocketAddr,
}

impl Browser {
    /// Every browser has an address of its own.
    pub fn neu(router: &Router) -> Self {
        static NUMMER: std::sync::atomic::AtomicU16 = std::sync::atomic::AtomicU16::new(1);
        let nummer = NUMMER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let [hoch, tief] = nummer.to_be_bytes();
        Self {
            router: router.clone(),
            kekse: Vec::new(),
            adresse: SocketAddr::from(([203, 0, hoch, tief], 40_000)),
        }
    }

    pub async fn hole(&mut self, pfad: &str) -> Antwort {
        let kekse: Vec<_> = self.kekse.iter().map(|(n, w)| format!("{n}={w}")).collect();
        let request = Request::get(pfad)
            .header("sec-fetch-site", "cross-site")
            .header("cookie", kekse.join("; "));
        self.frage(request, Body::empty()).await
    }

    /// Presses the button of a form of ours.
    pub async fn sende(&mut self, pfad: &str, formular: &str) -> Antwort {
        let kekse: Vec<_> = self.kekse.iter().map(|(n, w)| format!("{n}={w}")).collect();
        let request = Request::post(pfad)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", kekse.join("; "));
        self.frage(request, Body::from(formular.to_owned())).await
    }

    async fn frage(&mut self, request: Builder, inhalt: Body) -> Antwort {
        let request = request
            .header("host", "zr.test:8080")
            .header("accept", "text/html")
            .extension(ConnectInfo(self.adresse))
            .body(inhalt);
        let antwort = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (parts, inhalt) = antwort.into_parts();
        let bytes = to_bytes(inhalt, usize::MAX).await.unwrap();
        for kopf in parts.headers.get_all("set-cookie") {
            let kopf = kopf.to_str().unwrap();
            assert!(
                kopf.contains("HttpOnly") && kopf.contains("SameSite=Lax"),
                "{kopf}"
            );
            let (name, wert) = kopf.split(';').next().unwrap().split_once('=').unwrap();
            self.kekse.retain(|(n, _)| n != name);
            if !kopf.contains("Max-Age=0") {
                self.kekse.push((name.to_owned(), wert.to_owned()));
            }
        }
        Antwort {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub fn hat(&self, keks: &str) -> bool {
        self.kekse.iter().any(|(name, _)| name == keks)
    }

    /// Starts, and returns the provider's address it is sent to.
    pub async fn beginne(&mut self) -> Url {
        let antwort = self.hole("/anmelden/oidc?zurueck=/konto").await;
        assert_eq!(antwort.status, 303, "{}", antwort.text);
        Url::parse(antwort.ort()).unwrap()
    }

    /// The whole way at the certified provider.
    pub async fn melde_an(&mut self, anbieter: &Anbieter, person: &str) -> Antwort {
        let weg = self.beginne().await;
        let zurueck = anbieter.gehe(weg.as_str(), person, false).await;
        self.hole(&zurueck).await
    }

    /// Asserts that nobody came in.
    pub async fn draussen(&mut self, antwort: &Antwort, wort: &str) {
        assert_eq!(antwort.status, 403, "{wort}: {}", antwort.text);
        assert!(antwort.meldung().contains(wort), "{}", antwort.meldung());
        assert!(!self.hat("zr-sid"), "{wort}");
        assert!(!self.hat("zr-vorgang"), "{wort}");
        let konto = self.hole("/konto").await;
        assert!(konto.ort().contains("/anmelden?"), "{wort}");
    }
}

/// A parameter of an address.
pub fn parameter(url: &Url, name: &str) -> String {
    let mut paare = url.query_pairs();
    let paar = paare.find(|(n, _)| n == name);
    paar.unwrap_or_else(|| panic!("{name} in {url}"))
        .1
        .into_owned()
}
