//! `/strategie.xlsx`: what is published, and nothing else.

use std::io::Read as _;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tower::ServiceExt as _;
use zielraum::http::{Kontext, frame};
use zielraum::import::strategie::routes;

use crate::support::datenbank_mit_demo;

#[tokio::test]
async fn the_public_workbook_holds_no_draft_and_nothing_confidential() {
    let db = datenbank_mit_demo().await;
    let antwort = frame::rahmen(routes::router(db.public.clone()), Kontext::default())
        .oneshot(Request::get("/strategie.xlsx").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(antwort.status(), StatusCode::OK);
    assert_eq!(
        antwort.headers()["content-type"],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    let bytes = axum::body::to_bytes(antwort.into_body(), usize::MAX)
        .await
        .unwrap();
    let mut mappe = zip::ZipArchive::new(std::io::Cursor::new(&bytes[..])).unwrap();
    let mut texte = String::new();
    mappe
        .by_name("xl/sharedStrings.xml")
        .unwrap()
        .read_to_string(&mut texte)
        .unwrap();
    for da in [
        "m-lechsteg",
        "b-2023-lechsteg",
        "k-radverkehr",
        "Jahresabschluss",
        "fp-verkehr",
        "s-2035-2018",
    ] {
        assert!(texte.contains(da), "{da}");
    }
    for fort in [
        "m-entwurf-dorfladen-ellighofen",
        "b-2024-grundstueck",
        "Grunderwerb",
        "Interne Notiz",
        "Vertraulich",
    ] {
        assert!(!texte.contains(fort), "{fort}");
    }
}
