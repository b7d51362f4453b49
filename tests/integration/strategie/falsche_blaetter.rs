//! One wrong sheet of each kind an office sends, and the sentence the clerk reads: where it is,
//! what is wrong, what to do. Nothing of a wrong sheet is written.

use rust_xlsxwriter::{Format, Formula, Worksheet};

use super::daten::{ALLE, entwurf, fixtures, stadt, zahl};
use super::mappe::{blatt, ohne_ergebnis};
use crate::support::TestDb;

const FLAECHE: &str = "SELECT st_area(geom)::bigint FROM fachplan";

/// A sheet from rows of text.
fn aus(b: &mut Worksheet, zeilen: &[&[&str]]) {
    for (zeile, werte) in (0..).zip(zeilen) {
        for (spalte, wert) in (0..).zip(*werte) {
            b.write(zeile, spalte, *wert).unwrap();
        }
    }
}

/// What the import answers; the stored rows stay as they were.
async fn ablehnung(db: &TestDb, dateien: &[(String, Vec<u8>)]) -> String {
    const STAND: &str = "SELECT (SELECT count(*) FROM massnahme) + (SELECT count(*) FROM ziel_massnahme) + (SELECT count(*) FROM raumbezug) + (SELECT count(*) FROM foerderung) + (SELECT count(*) FROM kennzahlwert)";
    let vorher = zahl(db, STAND).await;
    let fehler = entwurf(db, dateien).await.unwrap_err();
    assert_eq!(fehler.exit_code(), 3, "the clerk's file is wrong, not we");
    assert_eq!(zahl(db, STAND).await, vorher, "nothing half-written");
    fehler.to_string()
}

fn enthaelt(text: &str, saetze: &[&str]) {
    for satz in saetze {
        assert!(text.contains(satz), "erwartet: {satz}\n{text}");
    }
}

const KOPF: &[&str] = &[
    "Kennung",
    "Titel",
    "Art der Maßnahme",
    "Beginn",
    "Ende",
    "Ziele",
];

#[tokio::test]
async fn an_unknown_goal_in_a_list() {
    let db = stadt().await;
    entwurf(&db, &fixtures(&ALLE)).await.unwrap();
    let text = ablehnung(
        &db,
        &blatt("Maßnahmen", |b| {
            aus(
                b,
                &[
                    KOPF,
                    &["m-1", "Eins", "Bau", "", "", "sz-treff:+1; sz-trefff:+2"],
                ],
            );
        }),
    )
    .await;
    enthaelt(
        &text,
        &[
            "weil 1 Fehler",
            "m.xlsx, Blatt „Maßnahmen“, Zelle F2 (Spalte ziele)",
            "sz-trefff",
            "Gemeint ist vielleicht „sz-treff“",
        ],
    );
}

#[tokio::test]
async fn a_date_as_text() {
    let db = stadt().await;
    let text = ablehnung(
        &db,
        &blatt("Maßnahmen", |b| {
            aus(
                b,
                &[
                    KOPF,
                    &["m-1", "Eins", "Bau", "Frühjahr 2026", "31.12.26", ""],
                ],
            );
        }),
    )
    .await;
    enthaelt(
        &text,
        &[
            "Zelle D2 (Spalte beginn), Wert „Frühjahr 2026“: Das ist kein Datum. Gebraucht wird Tag.Monat.Jahr (01.03.2026) oder 2026-03-01, das Jahr vierstellig.",
            "Zelle E2 (Spalte ende), Wert „31.12.26“: Das ist kein Datum",
        ],
    );
    // A day typed as text in German form is one: nobody should have to format cells.
    let gut = blatt("Maßnahmen", |b| {
        aus(b, &[KOPF, &["m-1", "Eins", "Bau", "01.03.2026", "", ""]]);
    });
    entwurf(&db, &gut).await.unwrap();
    assert_eq!(
        zahl(
            &db,
            "SELECT count(*) FROM massnahme WHERE beginn = '2026-03-01'"
        )
        .await,
        1
    );
}

#[tokio::test]
async fn a_kennung_twice() {
    let db = stadt().await;
    let text = ablehnung(
        &db,
        &blatt("Maßnahmen", |b| {
            aus(
                b,
                &[
                    KOPF,
                    &["m-1", "Eins", "Bau"],
                    &["m-2", "Zwei", "Bau"],
                    &["m-1", "Drei", "Bau"],
                ],
            );
        }),
    )
    .await;
    enthaelt(
        &text,
        &[
            "weil 1 Fehler",
            "m.xlsx, Blatt „Maßnahmen“, Zelle A4 (Spalte kennung), Wert „m-1“: Diese Kennung steht schon in Zeile 2",
        ],
    );
}

#[tokio::test]
async fn a_place_outside_the_town() {
    let db = stadt().await;
    entwurf(&db, &fixtures(&ALLE)).await.unwrap();
    let text = ablehnung(
        &db,
        &blatt("Orte", |b| {
            aus(
                b,
                &[
                    &["Maßnahme", "Art des Orts", "Koordinaten"],
                    &["m-weg", "Punkt", "52.5 13.4"],
                ],
            );
        }),
    )
    .await;
    enthaelt(
        &text,
        &[
            "weil 1 Fehler",
            "Zelle C2 (Spalte koordinaten)",
            "außerhalb der Gemeinde",
            "Bitte",
        ],
    );
}

#[tokio::test]
async fn shares_over_a_hundred_percent() {
    let db = stadt().await;
    entwurf(&db, &fixtures(&ALLE)).await.unwrap();
    let prozent = Format::new().set_num_format("0 %");
    let text = ablehnung(
        &db,
        &blatt("Förderprogramme", |b| {
            aus(
                b,
                &[
                    &["Kennung", "Titel", "Quote"],
                    &["f-1", "Eins", "110 %"],
                    &["f-2", "Zwei", ""],
                    &["f-3", "Drei", "120"],
                    &["f-4", "Vier", "-5 %"],
                    &["f-5", "Fünf", "60 %"],
                ],
            );
            b.write_with_format(2, 2, 1.5, &prozent).unwrap();
        }),
    )
    .await;
    enthaelt(
        &text,
        &[
            "weil 4 Fehler",
            // One sentence for the same mistake, every cell named.
            "m.xlsx, Blatt „Förderprogramme“, Zelle C2 (Spalte quote), Wert „110 %“: Ein Anteil liegt zwischen 0 und 100 %. Ebenso in 3 weiteren Zeilen: C3, C4, C5.",
        ],
    );
    assert!(!text.contains("C6"), "{text}");
}

#[tokio::test]
async fn formula_cells_with_and_without_a_result() {
    let db = stadt().await;
    // Saved with its result a formula is as good as a value.
    let gut = blatt("Maßnahmen", |b| {
        aus(b, &[KOPF, &["m-1", "", "Bau"]]);
        b.write_formula(
            1,
            1,
            Formula::new("=\"Eins\"&\" neu\"").set_result("Eins neu"),
        )
        .unwrap();
    });
    entwurf(&db, &gut).await.unwrap();
    assert_eq!(
        zahl(
            &db,
            "SELECT count(*) FROM massnahme WHERE titel = 'Eins neu'"
        )
        .await,
        1
    );
    let ohne = blatt("Maßnahmen", |b| {
        aus(b, &[KOPF, &["m-2", "", "Bau"]]);
        b.write_formula(1, 1, Formula::new("=A1").set_result("4711"))
            .unwrap();
    });
    let ohne = vec![("m.xlsx".to_owned(), ohne_ergebnis(&ohne[0].1))];
    let text = ablehnung(&db, &ohne).await;
    enthaelt(&text, &["Zelle B2 (Spalte titel)", "Formel", "Bitte"]);
}

#[tokio::test]
async fn merged_cells() {
    let db = stadt().await;
    let text = ablehnung(
        &db,
        &blatt("Maßnahmen", |b| {
            aus(b, &[KOPF, &["m-1", "Eins", "Bau"], &["m-2", "Zwei", ""]]);
            b.merge_range(1, 2, 2, 2, "Bau", &Format::new()).unwrap();
        }),
    )
    .await;
    enthaelt(
        &text,
        &[
            "Die Zellen C2:C3 sind verbunden; ihr Wert steht nur in der ersten, die anderen wären leer. Bitte den Verbund aufheben und den Wert in jede Zelle schreiben.",
        ],
    );
}

#[tokio::test]
async fn the_scope_of_a_fachplan_comes_as_wkt() {
    let db = stadt().await;
    let plan = |wkt: &str| {
        let wkt = wkt.to_owned();
        blatt("Fachpläne", move |b| {
            aus(
                b,
                &[
                    &["Kennung", "Titel", "Art", "Geltungsbereich"],
                    &["fp-1", "Quartier", "isek", &wkt],
                ],
            );
        })
    };
    entwurf(
        &db,
        &plan("POLYGON ((640000 5324000, 640100 5324000, 640100 5324100, 640000 5324000))"),
    )
    .await
    .unwrap();
    assert_eq!(zahl(&db, FLAECHE).await, 5000);
    // An empty cell takes no plan its scope.
    entwurf(&db, &plan("")).await.unwrap();
    assert_eq!(zahl(&db, FLAECHE).await, 5000);
    let text = ablehnung(&db, &plan("POINT (640000 5324000)")).await;
    enthaelt(&text, &["Zelle D2 (Spalte wkt)"]);
}
