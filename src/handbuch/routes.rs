//! `/handbuch`, its chapters and pictures.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::Kapitel;
use crate::http::extract::Anfrage;
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

type Antwort = Result<Response, Problem>;

/// All routes of this module.
pub fn router() -> Router {
    Router::new()
        .route("/handbuch", get(inhalt))
        .route("/handbuch/{name}", get(kapitel))
        .route("/handbuch/bilder/{name}", get(bild))
}

async fn inhalt(anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    html(&Inhalt {
        seite: anfrage.seite(),
        kapitel: super::alle(),
    })
}

async fn kapitel(Path(name): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let kapitel = super::kapitel(&name)?;
    html(&Kapitelseite {
        seite: anfrage.seite(),
        text: kapitel.html(&anfrage.basis.0),
        kapitel,
    })
}

async fn bild(Path(name): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let kopf = [
        (header::CONTENT_TYPE, "image/webp"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    Ok((kopf, super::bild(&name)?).into_response())
}

#[derive(Template)]
#[template(path = "handbuch/templates/inhalt.html")]
struct Inhalt {
    seite: Seite,
    kapitel: &'static [Kapitel],
}

#[derive(Template)]
#[template(path = "handbuch/templates/kapitel.html")]
struct Kapitelseite {
    seite: Seite,
    kapitel: &'static Kapitel,
    text: String,
}
