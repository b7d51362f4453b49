//! The HTTP application: state, all routers in one list.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;
use tower_http::compression::CompressionLayer;

use crate::db::Database;
use crate::error::{Error, Result};
use crate::http::problem::Problem;
use crate::http::{Kontext, frame};
use crate::layers::{self, catalog, sammlung::Katalog};
use crate::{dorferneuerung, fnp, haushalt, hier, import, isek, luecken, strategie, web};

/// What the service was started with.
#[derive(Debug, Clone)]
pub struct App {
    /// Logged in as `zielraum_public`, `search_path` `oeffentlich,public`: the only
    /// way anonymous requests reach the database.
    pub public: PgPool,
    /// Published layers.
    pub katalog: Arc<Katalog>,
    /// Public address without a trailing slash.
    pub public_url: Option<String>,
    /// Demonstration data are loaded.
    pub demo: bool,
}

impl App {
    /// Resolves the catalogue, with a town's own file (name, text) where one is given.
    ///
    /// # Errors
    /// [`Error::Eingabe`] for a layer that is described wrongly, with its line.
    pub async fn neu(
        db: &Database,
        public_url: Option<String>,
        eigene: Option<(String, String)>,
        demo: bool,
    ) -> Result<Self> {
        let weitere = eigene
            .as_ref()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        Ok(Self {
            public: db.public.clone(),
            katalog: Arc::new(Katalog::lies(&db.public, catalog::EIGENE, weitere).await?),
            public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
            demo,
        })
    }
}

/// All routes.
pub fn router(app: &App) -> Router {
    let kontext = Kontext {
        public_url: app.public_url.clone(),
        demo: app.demo,
    };
    let pfade = [
        fnp::routes::pfade(),
        import::lauf::routes::pfade(),
        strategie::routes::pfade(),
        hier::routes::pfade(),
        luecken::routes::pfade(),
        dorferneuerung::routes::pfade(),
        haushalt::routes::pfade(),
        isek::routes::pfade(),
        web::routes::pfade(),
    ]
    .concat();
    let ebenen = layers::Dienst::new(app.public.clone(), Arc::clone(&app.katalog), pfade);
    let routes = Router::new()
        .merge(layers::routes::router(Arc::new(ebenen)))
        .merge(fnp::routes::router(app.public.clone()))
        .merge(import::lauf::routes::router(app.public.clone()))
        .merge(strategie::routes::router(app.public.clone()))
        .merge(import::strategie::routes::router(app.public.clone()))
        .merge(haushalt::routes::router(app.public.clone()))
        .merge(isek::routes::router(app.public.clone()))
        .merge(hier::routes::router(app.public.clone()))
        .merge(luecken::routes::router(app.public.clone()))
        .merge(web::routes::router(app.public.clone()))
        .route("/health/live", get(|| async { "ok" }))
        .route("/health/ready", get(ready).with_state(app.public.clone()));
    frame::rahmen(routes, kontext).layer(CompressionLayer::new())
}

/// Ready when the public role can read what is published.
async fn ready(State(public): State<PgPool>) -> std::result::Result<Response, Problem> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "zahl!" FROM nutzung"#)
        .fetch_one(&public)
        .await
        .map_err(Error::from)?;
    Ok("ok".into_response())
}
