//! `/freigaben`: what waits, who asked, what would change, and the steps.
//!
//! Everything is asked twice: what a person sees is what their reading world shows (row
//! level security; else 404), what they may do says [`super::recht`] (else 403). Writing
//! goes through the service's own pool under the person's name.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::gegenstand::{Gegenstand, Schritt};
use super::{recht, seiten, store, vertraulich};
use crate::auth::{Akteur, Herkunft, geheimnis, wege};
use crate::db::{Personal, audit};
use crate::error::Error;
use crate::http::EigeneSeite;
use crate::http::extract::{Anfrage, Parameter};
use crate::http::link::kodiere;
use crate::http::negotiate::Format;
use crate::http::problem::{self, Problem};

pub(super) type Antwort = Result<Response, Problem>;

/// Largest body in bytes.
const KOERPER_MAX: usize = 64 * 1024;

/// The pools of publication.
#[derive(Debug, Clone)]
pub struct Dienst {
    /// Role `zielraum_write`.
    pub write: PgPool,
    /// Reading worlds.
    pub personal: Personal,
}

/// All routes of this module; for signed-in people alone.
pub fn router(dienst: Dienst) -> Router {
    Router::new()
        .route("/freigaben", get(liste).post(beantrage))
        .route("/freigaben/{art}/{kennung}", get(eines))
        .route("/freigaben/{art}/{kennung}/{schritt}", post(gehe))
        .route(
            "/freigaben/{art}/{kennung}/vertraulich",
            post(vertraulich::setze),
        )
        .route(
            "/freigaben/{art}/{kennung}/vertraulich/aufheben",
            post(vertraulich::hebe_auf),
        )
        .layer(DefaultBodyLimit::max(KOERPER_MAX))
        .with_state(dienst)
}

/// What the person sees, and what of it is their own.
pub(super) struct Blick {
    alle: Vec<Gegenstand>,
    eigene: Vec<Uuid>,
}

impl Blick {
    pub(super) async fn von(dienst: &Dienst, akteur: &Akteur) -> Result<Self, Error> {
        let Some(sicht) = akteur.sicht() else {
            return Ok(Self {
                alle: Vec::new(),
                eigene: Vec::new(),
            });
        };
        let pool = dienst.personal.pool(
            &sicht.umfang,
            sicht.referat.as_deref(),
            sicht.ortsteil.as_deref(),
        );
        let mut conn = pool.acquire().await?;
        let alle = store::gegenstaende(&mut conn).await?;
        let mut eigene = Vec::new();
        if let Some(konto) = akteur.konto()
            && konto.zustaendig() != (None, None)
        {
            for art in ["handlungsfeld", "ziel", "massnahme", "kennzahl", "gebiet"] {
                eigene.extend(store::eigene(&mut conn, konto, art).await?);
            }
        }
        drop(conn);
        pool.close().await;
        Ok(Self { alle, eigene })
    }

    pub(super) fn eines(&self, art: &str, kennung: &str) -> Result<&Gegenstand, Error> {
        self.alle
            .iter()
            .find(|g| g.art == art && g.kennung == kennung)
            .ok_or_else(|| {
                Error::nicht_gefunden(format!(
                    "Einen Eintrag „{kennung}“ der Art „{art}“ gibt es nicht."
                ))
            })
    }

    /// Steps that make sense now and are this person's to do.
    fn schritte(
        &self,
        akteur: &Akteur,
        g: &Gegenstand,
        offen: bool,
    ) -> Vec<(&'static str, &'static str)> {
        Schritt::ALLE
            .iter()
            .filter(|(schritt, ..)| {
                schritt.passt(g, offen)
                    && recht::darf_schritt(akteur, *schritt, g, self.eigene.contains(&g.id))
            })
            .map(|(_, wort, titel)| (*wort, *titel))
            .collect()
    }
}

async fn liste(State(dienst): State<Dienst>, akteur: Akteur, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f", "zustand", "art"])?;
    let format = anfrage.format(&["application/json"])?;
    let zustand = anfrage.parameter.einzig("zustand")?;
    let art = anfrage.parameter.einzig("art")?;
    let blick = Blick::von(&dienst, &akteur).await?;
    let mut conn = dienst.write.acquire().await.map_err(Error::from)?;
    let antraege: Vec<_> = store::antraege(&mut conn, None)
        .await?
        .into_iter()
        .filter(|a| blick.eines(&a.art, &a.kennung).is_ok())
        .collect();
    // Without a wish: what is not settled.
    let offen: Vec<&Gegenstand> = blick
        .alle
        .iter()
        .filter(|g| match zustand.filter(|z| !z.is_empty()) {
            Some(zustand) => g.zustand == zustand,
            None => g.entwurf && g.zustand != "archiviert",
        })
        .filter(|g| art.filter(|a| !a.is_empty()).is_none_or(|art| g.art == art))
        .collect();
    match format {
        Format::Json => {
            Ok(axum::Json(json!({"antraege": antraege, "gegenstaende": offen})).into_response())
        }
        Format::Html => seiten::liste(
            &anfrage,
            antraege,
            &blick.alle,
            &offen,
            zustand.unwrap_or_default(),
        ),
    }
    .map(nicht_merken)
}

async fn eines(
    State(dienst): State<Dienst>,
    Path((art, kennung)): Path<(String, String)>,
    akteur: Akteur,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    zeige(&dienst, &akteur, &anfrage, &art, &kennung, None).await
}

pub(super) async fn zeige(
    dienst: &Dienst,
    akteur: &Akteur,
    anfrage: &Anfrage,
    art: &str,
    kennung: &str,
    meldung: Option<String>,
) -> Antwort {
    let format = anfrage.format(&["application/json"])?;
    let blick = Blick::von(dienst, akteur).await?;
    let g = blick.eines(art, kennung)?;
    let mut conn = dienst.write.acquire().await.map_err(Error::from)?;
    let antraege = store::antraege(&mut conn, Some((&g.art, g.id))).await?;
    let offen = antraege.iter().any(|a| a.entscheid.is_none());
    let unterschiede = store::vergleiche(&mut conn, g).await?;
    let fehlt = store::fehlt(&mut conn, g).await?;
    let schritte = blick.schritte(akteur, g, offen);
    let verdeckt = vertraulich::Blick::von(&mut conn, akteur, g).await?;
    match format {
        Format::Json => {
            let worte: Vec<_> = schritte.iter().map(|(wort, _)| *wort).collect();
            Ok(axum::Json(json!({
                "gegenstand": g, "lage": g.lage(), "unterschiede": unterschiede, "fehlt": fehlt,
                "antraege": antraege, "schritte": worte, "vertraulich": verdeckt,
            }))
            .into_response())
        }
        Format::Html => seiten::eines(
            anfrage,
            &seiten::Inhalt {
                g,
                antraege: &antraege,
                unterschiede: &unterschiede,
                fehlt: fehlt.as_deref(),
                schritte: &schritte,
                verdeckt: verdeckt.as_ref(),
                meldung: meldung.as_deref(),
            },
        ),
    }
    .map(nicht_merken)
}

/// A body: JSON or a form, whose token must be the session's.
pub(super) struct Koerper {
    felder: Vec<(String, String)>,
    pub(super) formular: bool,
}

impl Koerper {
    pub(super) fn lies(
        headers: &HeaderMap,
        bytes: &Bytes,
        akteur: &Akteur,
    ) -> Result<Self, Problem> {
        let typ = headers
            .get(header::CONTENT_TYPE)
            .and_then(|typ| typ.to_str().ok())
            .unwrap_or_default();
        if typ.starts_with("application/x-www-form-urlencoded") {
            let text = std::str::from_utf8(bytes)
                .map_err(|_| problem::EINGABE.mit("Das Formular ist kein gültiges UTF-8."))?;
            let parameter = Parameter::lies(text)?;
            let felder: Vec<(String, String)> = parameter
                .ohne(&[])
                .map(|(name, wert)| (name.to_owned(), wert.to_owned()))
                .collect();
            let koerper = Self {
                felder,
                formular: true,
            };
            if let Some(Herkunft::Sitzung { formularschutz }) =
                akteur.konto().map(|konto| &konto.herkunft)
                && !geheimnis::gleich(koerper.feld("formular"), formularschutz)
            {
                return Err(problem::VERWEIGERT.mit("Das Formular ist abgelaufen oder kam von einer fremden Seite. Bitte die Seite neu laden und noch einmal absenden."));
            }
            return Ok(koerper);
        }
        if !bytes.is_empty() && !typ.starts_with("application/json") {
            return Err(problem::INHALTSTYP
                .mit("Hier wird JSON (application/json) oder ein Formular erwartet."));
        }
        let doc: Value = if bytes.is_empty() {
            json!({})
        } else {
            serde_json::from_slice(bytes)
                .map_err(|cause| problem::EINGABE.mit(format!("Kein gültiges JSON: {cause}.")))?
        };
        let Value::Object(doc) = doc else {
            return Err(problem::EINGABE.mit("Erwartet wird ein JSON-Objekt."));
        };
        let mut felder = Vec::new();
        for (name, wert) in doc {
            let Value::String(wert) = wert else {
                return Err(problem::EINGABE
                    .mit(format!("Das Feld „{name}“ muss ein Text sein."))
                    .parameter(name));
            };
            felder.push((name, wert));
        }
        Ok(Self {
            felder,
            formular: false,
        })
    }

    pub(super) fn feld(&self, name: &str) -> &str {
        self.felder
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, wert)| wert.as_str())
    }

    pub(super) fn nur(&self, erlaubt: &[&str]) -> Result<(), Problem> {
        match self
            .felder
            .iter()
            .find(|(name, _)| name != "formular" && !erlaubt.contains(&name.as_str()))
        {
            None => Ok(()),
            Some((name, _)) => Err(problem::EINGABE
                .mit(format!(
                    "Das Feld „{name}“ gibt es hier nicht. Möglich sind: {}.",
                    erlaubt.join(", ")
                ))
                .parameter(name)),
        }
    }
}

async fn beantrage(
    State(dienst): State<Dienst>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    bytes: Bytes,
) -> Antwort {
    let koerper = Koerper::lies(&headers, &bytes, &akteur)?;
    koerper.nur(&["art", "kennung", "begruendung"])?;
    let (art, kennung) = (koerper.feld("art"), koerper.feld("kennung"));
    let wort = koerper.feld("begruendung");
    tue(
        &dienst,
        &akteur,
        &anfrage,
        (art, kennung),
        (Schritt::Beantragen, wort),
        koerper.formular,
    )
    .await
}

async fn gehe(
    State(dienst): State<Dienst>,
    Path((art, kennung, schritt)): Path<(String, String, String)>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    bytes: Bytes,
) -> Antwort {
    let schritt = Schritt::zu(&schritt).ok_or_else(|| {
        let worte: Vec<_> = Schritt::ALLE.iter().map(|(_, wort, _)| *wort).collect();
        problem::NICHT_GEFUNDEN.mit(format!(
            "Einen Schritt „{schritt}“ gibt es nicht. Möglich sind: {}.",
            worte.join(", ")
        ))
    })?;
    let koerper = Koerper::lies(&headers, &bytes, &akteur)?;
    koerper.nur(&["anmerkung"])?;
    let wort = koerper.feld("anmerkung");
    tue(
        &dienst,
        &akteur,
        &anfrage,
        (&art, &kennung),
        (schritt, wort),
        koerper.formular,
    )
    .await
}

async fn tue(
    dienst: &Dienst,
    akteur: &Akteur,
    anfrage: &Anfrage,
    (art, kennung): (&str, &str),
    (schritt, wort): (Schritt, &str),
    formular: bool,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let blick = Blick::von(dienst, akteur).await?;
    let g = blick.eines(art, kennung)?;
    if !recht::darf_schritt(akteur, schritt, g, blick.eigene.contains(&g.id)) {
        return Err(wege::verweigert(akteur));
    }
    let wer = akteur.urheber().ok_or_else(|| wege::verweigert(akteur))?;
    let titel = Schritt::ALLE
        .iter()
        .find(|(s, ..)| *s == schritt)
        .map_or("", |(_, _, titel)| *titel);
    let warum = match wort.trim() {
        "" => titel.to_owned(),
        wort => format!("{titel}: {wort}"),
    };
    let mut tx = audit::begin(&dienst.write, &wer, &warum).await?;
    let getan = store::gehe(&mut tx, g, schritt, wort, false).await;
    let getan = match getan {
        Ok(satz) => match tx.commit().await.map_err(Error::from) {
            Ok(()) => Ok(satz),
            Err(fehler) => Err(fehler),
        },
        Err(fehler) => {
            tx.rollback().await.map_err(Error::from)?;
            Err(fehler)
        }
    };
    let ort = anfrage
        .basis
        .zu(&format!("/freigaben/{}/{}", kodiere(art), kodiere(kennung)));
    let ort = HeaderValue::from_str(&ort).unwrap_or(HeaderValue::from_static("/freigaben"));
    match getan {
        Ok(_) if formular => Ok((StatusCode::SEE_OTHER, [(header::LOCATION, ort)]).into_response()),
        Ok(satz) => {
            let status = if schritt == Schritt::Beantragen {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            let mut conn = dienst.write.acquire().await.map_err(Error::from)?;
            let g = store::gegenstand(&mut conn, art, kennung).await?;
            let doc = axum::Json(json!({"meldung": satz, "gegenstand": g}));
            Ok((status, [(header::LOCATION, ort)], doc).into_response())
        }
        // What a person can put right is said on the page itself.
        Err(Error::Eingabe(text) | Error::Aufruf { text, .. }) if formular => {
            let mut antwort = zeige(dienst, akteur, anfrage, art, kennung, Some(text)).await?;
            *antwort.status_mut() = StatusCode::BAD_REQUEST;
            antwort.extensions_mut().insert(EigeneSeite);
            Ok(antwort)
        }
        Err(fehler) => Err(fehler.into()),
    }
    .map(nicht_merken)
}

pub(super) fn nicht_merken(mut antwort: Response) -> Response {
    antwort.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    antwort
}
