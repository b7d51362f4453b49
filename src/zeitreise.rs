//! The same service seen from a day of the past: `?stand=2026-05-01` on any address, or
//! `/stand/2026-05-01` before it, which every link of the answer then keeps. QGIS takes
//! `https://…/stand/2026-05-01` as the address of a service of its own.
//!
//! Which past (schema rule): the plan in valid time, the Fassung in force that day as we know
//! it now; everything else in transaction time, what the public saw; for signed-in staff what
//! the working tables held, under the rights of today ([`Damals::personal`]). `datetime` with a
//! day or a moment is the same question for our layers without time columns of their own.
//!
//! A router is made per day and reader: a handler cannot mix two times, nor two worlds.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use chrono::Utc;
use sqlx::PgPool;
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

use crate::auth::{Akteur, Sicht};
use crate::db::damals::{Damals, Stand};
use crate::db::liest_alles;
use crate::error::{Error, Result};
use crate::http::extract::Parameter;
use crate::http::link::kodiere_parameter;
use crate::http::problem::Problem;
use crate::http::{Kontext, Person, Rueckblick};
use crate::layers::catalog;
use crate::layers::sammlung::Katalog;
use crate::web::entwuerfe;
use crate::welt::Intern;

/// Days and readers kept at once, of two connections each that close after a minute of rest:
/// with the other pools below what the server allows.
const HOECHSTENS: usize = 6;
/// First segment of the addresses of the past.
const PFAD: &str = "/stand/";

/// Builds the router over a pool and the catalogue of its world.
pub type Bauplan = dyn Fn(PgPool, Arc<Katalog>) -> Router + Send + Sync;

/// A day as it was written, the minute it is seen from, and the reader; None: the public.
type Marke = (String, i64, Option<Sicht>);

/// The days in use.
pub struct Zeitreise {
    damals: Damals,
    heute: (Arc<Katalog>, Option<Intern>),
    kontext: Kontext,
    bauplan: Box<Bauplan>,
    /// Columns and types are those of every day: for the public, for readers who see all
    /// rows, for the others.
    kataloge: [OnceCell<Arc<Katalog>>; 3],
    /// Least recently used first; today goes on, so it is kept by the minute.
    offen: Mutex<Vec<(Marke, Router)>>,
}

impl fmt::Debug for Zeitreise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zeitreise").finish_non_exhaustive()
    }
}

impl Zeitreise {
    /// Nothing is opened before somebody asks.
    #[must_use]
    pub fn neu(
        damals: Damals,
        heute: (Arc<Katalog>, Option<Intern>),
        kontext: Kontext,
        bauplan: Box<Bauplan>,
    ) -> Self {
        Self {
            damals,
            heute,
            kontext,
            bauplan,
            kataloge: Default::default(),
            offen: Mutex::default(),
        }
    }

    /// What the request asks for, if it asks for the past.
    fn gefragt(
        &self,
        uri: &Uri,
        sicht: Option<&Sicht>,
    ) -> std::result::Result<Option<(Stand, Uri)>, Problem> {
        let jetzt = Utc::now();
        let heute = match (sicht, &self.heute.1) {
            (Some(sicht), Some(intern)) => intern.katalog(sicht),
            _ => &self.heute.0,
        };
        let (pfad, query) = (uri.path(), uri.query().unwrap_or_default());
        if let Some(rest) = pfad.strip_prefix(PFAD) {
            let (text, pfad) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let text = text.replace("%3A", ":").replace("%3a", ":");
            let stand = Stand::lies(&text, jetzt)?;
            let pfad = if pfad.is_empty() { "/" } else { pfad };
            return Ok(Some((stand, adresse(pfad, query)?)));
        }
        let ebene = pfad
            .strip_prefix("/collections/")
            .and_then(|rest| {
                rest.split_once("/items")
                    .or_else(|| rest.split_once("/tiles"))
            })
            .map(|(id, _)| id);
        // Some layers have a column of that name, which was a filter before; there the day goes
        // before the address, or into datetime.
        let spalte = ebene.is_some_and(|id| heute.hat_spalte(id, "stand"));
        if query.contains("stand=") && !spalte {
            let parameter = Parameter::lies(query)?;
            if let Some(text) = parameter.einzig("stand")? {
                let stand = Stand::lies(text, jetzt)?;
                let rest = kodiere_parameter(parameter.ohne(&["stand"]));
                return Ok(Some((stand, adresse(pfad, &rest)?)));
            }
        }
        if let (Some(id), true) = (ebene, query.contains("datetime=")) {
            // Wrong values are the layer's to refuse; a day to come is the state of today.
            let parameter = Parameter::lies(query)?;
            let tag = parameter.einzig("datetime")?;
            if let Some(Ok(stand)) = tag.map(|text| Stand::lies(text, jetzt))
                && heute.hat_vergangenheit(id)
            {
                let rest = kodiere_parameter(parameter.ohne(&["datetime"]));
                return Ok(Some((stand, adresse(pfad, &rest)?)));
            }
        }
        Ok(None)
    }

    async fn router(&self, stand: &Stand, sicht: Option<&Sicht>) -> Result<Router> {
        let marke = (
            stand.text.clone(),
            stand.zeit.timestamp() / 60,
            sicht.cloned(),
        );
        if let Some(router) = self.benutze(&marke) {
            return Ok(router);
        }
        // A town's own tables have no past.
        let router = match sicht {
            None => {
                let pool = self.damals.oeffentlich(stand);
                let lies = || Katalog::lies(&pool, catalog::EIGENE, None);
                let katalog = self.kataloge[0]
                    .get_or_try_init(|| async { lies().await.map(Arc::new) })
                    .await?;
                (self.bauplan)(pool.clone(), Arc::clone(katalog))
            }
            Some(sicht) => {
                let (referat, ortsteil) = (sicht.referat.as_deref(), sicht.ortsteil.as_deref());
                let pool = self
                    .damals
                    .personal(stand, &sicht.umfang, referat, ortsteil);
                let lies = || Katalog::lies_intern(&pool, catalog::EIGENE, None);
                let nr = if liest_alles(&sicht.umfang) { 1 } else { 2 };
                let katalog = self.kataloge[nr]
                    .get_or_try_init(|| async { lies().await.map(Arc::new) })
                    .await?;
                let marken = middleware::from_fn_with_state(pool.clone(), entwuerfe::markiere);
                (self.bauplan)(pool.clone(), Arc::clone(katalog)).layer(marken)
            }
        };
        let mut offen = self.offen.lock().unwrap_or_else(PoisonError::into_inner);
        if offen.len() == HOECHSTENS {
            drop(offen.remove(0));
        }
        offen.push((marke, router.clone()));
        Ok(router)
    }

    fn benutze(&self, marke: &Marke) -> Option<Router> {
        let mut offen = self.offen.lock().unwrap_or_else(PoisonError::into_inner);
        let stelle = offen.iter().position(|(offene, _)| offene == marke)?;
        let welt = offen.remove(stelle);
        let router = welt.1.clone();
        offen.push(welt);
        Some(router)
    }
}

/// Middleware: hands questions about the past to the router of their day.
pub async fn leite(
    State(zeitreise): State<Arc<Zeitreise>>,
    mut request: Request,
    next: Next,
) -> Response {
    // Staff without accounts of its own (no `Intern`) is nobody known.
    let akteur = request.extensions().get::<Akteur>().cloned();
    let akteur = akteur.unwrap_or_default();
    let sicht = akteur.sicht().filter(|_| zeitreise.heute.1.is_some());
    let (stand, uri) = match zeitreise.gefragt(request.uri(), sicht.as_ref()) {
        Ok(None) => return next.run(request).await,
        Ok(Some(gefragt)) => gefragt,
        Err(problem) => return problem.into_response(),
    };
    let router = match zeitreise.router(&stand, sicht.as_ref()).await {
        Ok(router) => router,
        Err(fehler) => return Problem::from(fehler).into_response(),
    };
    *request.uri_mut() = uri;
    let rueckblick = Rueckblick {
        worte: stand.worte(),
        text: stand.text,
    };
    // The outer router may have matched a route: its path parameters would count twice.
    let person = request.extensions_mut().remove::<Person>();
    request.extensions_mut().clear();
    request.extensions_mut().insert(akteur);
    if let Some(person) = person {
        request.extensions_mut().insert(person);
    }
    request.extensions_mut().insert(Kontext {
        rueckblick: Some(rueckblick),
        ..zeitreise.kontext.clone()
    });
    match router.oneshot(request).await {
        Ok(antwort) => antwort,
        Err(niemals) => match niemals {},
    }
}

fn adresse(pfad: &str, query: &str) -> Result<Uri> {
    let trenner = if query.is_empty() { "" } else { "?" };
    format!("{pfad}{trenner}{query}")
        .parse()
        .map_err(|_| Error::aufruf("Die Adresse ist nicht lesbar."))
}
