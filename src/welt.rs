//! Reading worlds: the whole router once per [`Sicht`], each over a pool that can see no more.
//!
//! A handler has no other pool in its hands than that of its world, so the wall is the
//! database: for the public the role `zielraum_public`, for signed-in staff row level
//! security under `zielraum_staff`, where a row a reader may not read is replaced by its
//! published copy (schema `leser`). Worlds are made when first asked for; the least used
//! ones go when there are too many, their connections close after two minutes of rest.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use axum::response::Response;
use axum::{Router, middleware};
use sqlx::PgPool;
use tower::ServiceExt as _;

use crate::auth::{Akteur, Sicht};
use crate::db::{Personal, liest_alles};
use crate::layers::sammlung::Katalog;
use crate::web::entwuerfe;

/// Worlds of staff kept at once: 8 × 3 connections stay below what the server allows.
const HOECHSTENS: usize = 8;

/// Builds the router over a pool and the catalogue of its world.
pub type Bauplan = dyn Fn(PgPool, Arc<Katalog>) -> Router + Send + Sync;

/// Everything a staff world is made of.
#[derive(Debug, Clone)]
pub struct Intern {
    /// Opens pools.
    pub personal: Personal,
    /// Layers over the working schemas.
    pub katalog: Arc<Katalog>,
    /// Layers over what restricted readers read.
    pub eingeschraenkt: Arc<Katalog>,
    /// Role `zielraum_write`: what editing goes through.
    pub schreiben: PgPool,
}

impl Intern {
    /// The layers of a reader's world.
    #[must_use]
    pub fn katalog(&self, sicht: &Sicht) -> &Arc<Katalog> {
        if liest_alles(&sicht.umfang) {
            &self.katalog
        } else {
            &self.eingeschraenkt
        }
    }
}

/// The worlds in use.
pub struct Welten {
    oeffentlich: Router,
    intern: Option<Intern>,
    bauplan: Box<Bauplan>,
    /// Least recently used first.
    offen: Mutex<Vec<(Sicht, Router)>>,
}

impl fmt::Debug for Welten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Welten")
            .field("intern", &self.intern)
            .finish_non_exhaustive()
    }
}

impl Welten {
    /// The public world is made at once, the others when asked for.
    #[must_use]
    pub fn neu(
        public: PgPool,
        katalog: Arc<Katalog>,
        intern: Option<Intern>,
        bauplan: Box<Bauplan>,
    ) -> Self {
        Self {
            oeffentlich: bauplan(public, katalog),
            intern,
            bauplan,
            offen: Mutex::default(),
        }
    }

    /// Hands the request to the world of who asks.
    pub async fn leite(&self, request: Request) -> Response {
        let sicht = request.extensions().get::<Akteur>().and_then(Akteur::sicht);
        let router = match (sicht, &self.intern) {
            (Some(sicht), Some(intern)) => self.router(&sicht, intern),
            _ => self.oeffentlich.clone(),
        };
        match router.oneshot(request).await {
            Ok(antwort) => antwort,
            Err(niemals) => match niemals {},
        }
    }

    fn router(&self, sicht: &Sicht, intern: &Intern) -> Router {
        let mut offen = self.offen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stelle) = offen.iter().position(|(offene, _)| offene == sicht) {
            let welt = offen.remove(stelle);
            let router = welt.1.clone();
            offen.push(welt);
            return router;
        }
        let pool = intern.personal.pool(
            &sicht.umfang,
            sicht.referat.as_deref(),
            sicht.ortsteil.as_deref(),
        );
        let marken = middleware::from_fn_with_state(pool.clone(), entwuerfe::markiere);
        let router = (self.bauplan)(pool, Arc::clone(intern.katalog(sicht))).layer(marken);
        if offen.len() == HOECHSTENS {
            drop(offen.remove(0));
        }
        offen.push((sicht.clone(), router.clone()));
        router
    }
}
