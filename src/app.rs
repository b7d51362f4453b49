//! The HTTP application: state, all routers in one list.

use std::sync::Arc;

use axum::Router;
use sqlx::PgPool;

use crate::http::{Kontext, frame};
use crate::layers::{self, sammlung::Katalog};

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

/// All routes.
pub fn router(app: &App) -> Router {
    let kontext = Kontext {
        public_url: app.public_url.clone(),
        demo: app.demo,
    };
    let ebenen = layers::Dienst::new(app.public.clone(), Arc::clone(&app.katalog), Vec::new());
    let routes = Router::new().merge(layers::routes::router(Arc::new(ebenen)));
    frame::rahmen(routes, kontext)
}
