//! OGC API – Styles.
use std::sync::Arc;

use axum::Router;

use crate::layers::Dienst;

/// All routes of this module.
pub fn router(dienst: Arc<Dienst>) -> Router {
    Router::new().with_state(dienst)
}
