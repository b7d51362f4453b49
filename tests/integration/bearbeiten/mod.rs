//! Editing by API: features of layers, rows without geometry, versions, repetition, rights.

mod daten;
mod ebenen;
mod falsches;
mod formular;
mod planentwurf;
mod tod;
mod versionen;
mod wegweiser;
mod zurueck;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use zielraum::app::{self, App};
use zielraum::auth::Rolle;
use zielraum::auth::akteur::Umfang;
use zielraum::auth::konto::{self, Angaben};

use crate::anfrage::{self, Antwort};
use crate::support::{TestDb, datenbank_mit_demo};

/// The demonstration data, and the service over them.
pub struct Amt {
    pub db: TestDb,
    pub router: Router,
}

impl Amt {
    pub async fn neu() -> Self {
        let db = datenbank_mit_demo().await;
        let router = app::router(&App::neu(&db, None, None, false).await.unwrap());
        Self { db, router }
    }

    /// A token with all scopes of an account with these roles.
    pub async fn token(&self, login: &str, rollen: &[Rolle]) -> String {
        let angaben = Angaben {
            rollen: rollen.to_vec(),
            ..Angaben::default()
        };
        self.token_mit(login, &angaben).await
    }

    pub async fn token_mit(&self, login: &str, angaben: &Angaben) -> String {
        konto::lege_an(&self.db.auth, "pruefung", login, login, angaben, None)
            .await
            .unwrap();
        let umfang = [Umfang::Lesen, Umfang::Schreiben];
        konto::neuer_token(&self.db.auth, "pruefung", login, "Prüfung", &umfang, 1)
            .await
            .unwrap()
    }

    /// Signs in as a browser does.
    pub async fn sitzung(&self, login: &str, angaben: &Angaben) -> Sitzung {
        let kennwort = Some("Lech Wehr Kiesbank".to_owned());
        konto::lege_an(&self.db.auth, "pruefung", login, login, angaben, kennwort)
            .await
            .unwrap();
        let seite = self.hole("", "/anmelden").await;
        let formular = feld(&seite.text, "formular");
        let vorher = kekse(&seite);
        let text =
            format!("formular={formular}&login={login}&kennwort=Lech+Wehr+Kiesbank&zurueck=/");
        let kopf = [FORMULAR, ("cookie", vorher.as_str())];
        let an = self.sende("", "POST", "/anmelden", &kopf, text).await;
        let kekse = kekse(&mit(an, 303));
        let kopf = [("cookie", kekse.as_str())];
        let seite = self.sende("", "GET", "/konto", &kopf, Body::empty()).await;
        Sitzung {
            formular: feld(&seite.text, "formular"),
            kekse,
        }
    }

    /// A page as this person sees it.
    pub async fn seite(&self, sitzung: &Sitzung, pfad: &str) -> Antwort {
        let kopf = [("cookie", sitzung.kekse.as_str()), ("accept", "text/html")];
        self.sende("", "GET", pfad, &kopf, Body::empty()).await
    }

    /// A form as this person sends it, with what protects it.
    pub async fn formular(&self, sitzung: &Sitzung, pfad: &str, felder: &str) -> Antwort {
        let kopf = [
            FORMULAR,
            ("cookie", sitzung.kekse.as_str()),
            ("accept", "text/html"),
        ];
        let text = format!("formular={}&{felder}", sitzung.formular);
        self.sende("", "POST", pfad, &kopf, text).await
    }

    pub async fn sende(
        &self,
        token: &str,
        methode: &str,
        pfad: &str,
        kopf: &[(&str, &str)],
        inhalt: impl Into<Body>,
    ) -> Antwort {
        let mut request = Request::builder()
            .method(methode)
            .uri(pfad)
            .header("host", "zr.test:8080");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, wert) in kopf {
            request = request.header(*name, *wert);
        }
        let request = request.body(inhalt.into()).unwrap();
        anfrage::frage(&self.router, request).await
    }

    /// A JSON document; PATCH as merge patch.
    pub async fn json(
        &self,
        token: &str,
        methode: &str,
        pfad: &str,
        kopf: &[(&str, &str)],
        doc: &Value,
    ) -> Antwort {
        let typ = match (methode, pfad.starts_with("/collections")) {
            ("PATCH", _) => "application/merge-patch+json",
            (_, true) => "application/geo+json",
            _ => "application/json",
        };
        let mut alle = vec![("content-type", typ)];
        alle.extend(kopf);
        self.sende(token, methode, pfad, &alle, doc.to_string())
            .await
    }

    pub async fn hole(&self, token: &str, pfad: &str) -> Antwort {
        self.sende(token, "GET", pfad, &[], Body::empty()).await
    }

    pub async fn feature(&self, token: &str, pfad: &str) -> Value {
        let antwort = self.hole(token, pfad).await;
        assert_eq!(antwort.status, 200, "{pfad}: {}", antwort.text);
        serde_json::from_str(&antwort.text).unwrap()
    }

    /// Kennung of the first feature of a layer.
    pub async fn erstes(&self, token: &str, ebene: &str) -> String {
        let doc = self
            .feature(token, &format!("/collections/{ebene}/items?limit=1"))
            .await;
        doc["features"][0]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{ebene} is empty"))
            .to_owned()
    }
}

const FORMULAR: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A signed-in browser.
#[derive(Debug)]
pub struct Sitzung {
    pub kekse: String,
    /// What every form must repeat.
    pub formular: String,
}

fn kekse(antwort: &Antwort) -> String {
    let alle: Vec<&str> = antwort
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|w| w.to_str().unwrap().split(';').next().unwrap())
        .collect();
    alle.join("; ")
}

/// Value of a hidden field.
pub fn feld(text: &str, name: &str) -> String {
    let ab = text
        .split(&format!("name=\"{name}\" value=\""))
        .nth(1)
        .unwrap_or_else(|| panic!("{name}: {text}"));
    ab.split('"').next().unwrap().to_owned()
}

pub fn kopfzeile(antwort: &Antwort, name: &str) -> String {
    antwort
        .headers
        .get(name)
        .map(|w| w.to_str().unwrap().to_owned())
        .unwrap_or_default()
}

pub fn doc(antwort: &Antwort) -> Value {
    serde_json::from_str(&antwort.text).unwrap_or_else(|_| panic!("{}", antwort.text))
}

/// An answer that must have this status.
pub fn mit(antwort: Antwort, status: u16) -> Antwort {
    assert_eq!(antwort.status.as_u16(), status, "{}", antwort.text);
    antwort
}
