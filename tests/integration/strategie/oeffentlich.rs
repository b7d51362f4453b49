//! `/strategie.xlsx`: what is published, and nothing else.

use std::io::Read as _;

use zielraum::import::strategie::routes;

use crate::anfrage::{gerahmt, hole};
use crate::support::datenbank_mit_demo;

#[tokio::test]
async fn the_public_workbook_holds_no_draft_and_nothing_confidential() {
    let db = datenbank_mit_demo().await;
    let antwort = hole(
        &gerahmt(routes::router(db.public.clone())),
        "/strategie.xlsx",
    )
    .await;
    assert_eq!(antwort.status, 200);
    assert_eq!(
        antwort.kopf("content-type"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    let mut mappe = zip::ZipArchive::new(std::io::Cursor::new(&antwort.bytes[..])).unwrap();
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
