//! Bad rows: each gives its sentence with file, line and column, and nothing is written.

use super::daten::{ALLE, datei, entwurf, fixture, fixtures, stadt, zahl};
use crate::support::TestDb;

const ZEILEN: &str = "SELECT (SELECT count(*) FROM handlungsfeld) + (SELECT count(*) FROM ziel) + (SELECT count(*) FROM massnahme) + (SELECT count(*) FROM raumbezug)
  + (SELECT count(*) FROM ziel_massnahme) + (SELECT count(*) FROM verweis)";

/// The refusal of the good set with one more file.
async fn ablehnung(db: &TestDb, name: &str, inhalt: &[u8]) -> String {
    let mut dateien = fixtures(&ALLE);
    dateien.push((name.to_owned(), inhalt.to_vec()));
    let fehler = entwurf(db, &dateien).await.expect_err(name);
    assert_eq!(
        fehler.exit_code(),
        3,
        "{fehler}\n{}",
        String::from_utf8_lossy(inhalt)
    );
    fehler.to_string()
}

#[expect(clippy::too_many_lines, reason = "one table: bad row, sentence")]
#[tokio::test]
async fn every_kind_of_bad_row_has_its_sentence() {
    let db = stadt().await;
    let massnahme = |rest: &str| {
        format!(
            "kennung;titel;art;beginn;ende;ampel;leitprojekt;prioritaet;umsetzungsphase\n{rest}\n"
        )
    };
    let ort = |rest: &str| format!("massnahme;art;ortsteil;plan;flaeche;wkt;grund\n{rest}\n");
    let faelle: Vec<(String, Vec<&str>)> = vec![
        (
            massnahme(";T;bau;;;;;;"),
            vec!["Zeile 2, Spalte kennung: Die Kennung fehlt"],
        ),
        (
            massnahme("m x;T;bau;;;;;;"),
            vec!["Spalte kennung, Wert „m x“", "kein Leerzeichen"],
        ),
        (
            massnahme("m-1;;bau;;;;;;"),
            vec!["Spalte titel: Das Feld darf nicht leer sein"],
        ),
        (
            massnahme("m-1;T;tunnel;;;;;;"),
            vec!["Spalte art, Wert „tunnel“", "„planung“, „bau“"],
        ),
        (
            massnahme("m-1;T;bau;;;grün;;;"),
            vec!["Spalte ampel, Wert „grün“", "„im_plan“"],
        ),
        (
            massnahme("m-1;T;bau;31.02.2026;;;;;"),
            vec!["Spalte beginn, Wert „31.02.2026“: Das ist kein Datum"],
        ),
        (
            massnahme("m-1;T;bau;;;;vielleicht;;"),
            vec!["Spalte leitprojekt, Wert „vielleicht“", "ja oder nein"],
        ),
        (
            massnahme("m-1;T;bau;;;;;1,5;"),
            vec!["Spalte prioritaet, Wert „1,5“: Das ist keine ganze Zahl"],
        ),
        (
            massnahme("m-1;T;bau;01.03.2026;01.02.2026;;;;"),
            vec!["Spalte ende, Wert „01.02.2026“", "vor ihrem Beginn"],
        ),
        (
            massnahme("m-1;T;bau;;;;;;abgeschlossen"),
            vec!["Spalte ende: Eine abgeschlossene Maßnahme braucht ein Ende"],
        ),
        (
            massnahme("m-1;T;bau;;;;;;\nm-1;T;bau;;;;;;"),
            vec!["Zeile 3, Spalte kennung, Wert „m-1“: Diese Kennung steht schon in Zeile 2"],
        ),
        (
            massnahme("m-weg;T;bau;;;;;;"),
            vec!["steht schon in massnahmen.csv, Zeile 3"],
        ),
        (
            massnahme("m-1;T;bau"),
            vec!["Zeile 2: Die Zeile hat 3 Felder, die Kopfzeile 9"],
        ),
        (
            massnahme("m-1;\"T;bau;;;;;;"),
            vec!["Zeile 2: Ein Anführungszeichen wird geöffnet"],
        ),
        (
            "kennung;titel;kurztext;ampel\nm-1;T;;\n".into(),
            vec!["Am nächsten kommt „massnahme“", "fehlt: art"],
        ),
        (
            "kennung;titel;TITEL\nx;y;z\n".into(),
            vec!["Die Spalte titel steht zweimal"],
        ),
        (
            "a;b\n1;2\n".into(),
            vec!["Zeile 1: Keine Spalte dieser Kopfzeile ist bekannt"],
        ),
        (String::new(), vec!["Die Datei ist leer"]),
        (
            "massnahme;ziel\nm-wegg;sz-treff\n".into(),
            vec![
                "Spalte massnahme, Wert „m-wegg“: Eine Maßnahme mit dieser Kennung gibt es weder",
                "Gemeint ist vielleicht „m-weg“",
            ],
        ),
        (
            "massnahme;ziel;beitrag\nm-park;sz-treff;3\n".into(),
            vec!["Spalte beitrag, Wert „3“: Die Zahl liegt nicht zwischen -2 und 2"],
        ),
        (
            "massnahme;ziel\nm-treff;oz-treff\n".into(),
            vec![
                "Dieser Beitrag der Maßnahme zu diesem Ziel steht schon in ziel_massnahme.csv, Zeile 2",
            ],
        ),
        (
            "ziel;nutzung;wirkung\nsz-treff;Wohnen;1\n".into(),
            vec!["Spalte nutzung, Wert „Wohnen“"],
        ),
        (
            "kennung;handlungsfeld;ebene;titel;uebergeordnet\nz;hf-kultur;operativ;T;\n".into(),
            vec!["Spalte uebergeordnet: Ein operatives Ziel braucht"],
        ),
        (
            "kennung;handlungsfeld;ebene;titel;uebergeordnet\nz;hf-kultur;operativ;T;oz-treff\n"
                .into(),
            vec!["ist selbst ein operatives"],
        ),
        (
            "kennung;handlungsfeld;ebene;titel;uebergeordnet\nz;hf-kultur;strategisch;T;sz-treff\n"
                .into(),
            vec!["Ein strategisches Ziel hat kein"],
        ),
        (
            "kennung;titel;farbe\nh;T;rot\n".into(),
            vec!["Spalte farbe, Wert „rot“", "#RRGGBB"],
        ),
        (
            "gebiet;massnahme\ndorf-nord;m-weg\n".into(),
            vec!["Ein Dorferneuerungsgebiet mit dieser Kennung", "„dorf-ost“"],
        ),
        (
            ort("m-weg;ortsteil;Nord;;;;"),
            vec!["Spalte ortsteil, Wert „Nord“: Einen Ortsteil"],
        ),
        (
            ort("m-weg;ortsteil;;;;;"),
            vec!["braucht einen Wert in der Spalte ortsteil"],
        ),
        (
            ort("m-weg;gesamtstadt;west;;;;"),
            vec!["hat hier keinen Wert", "keine weitere Angabe"],
        ),
        (
            ort("m-weg;fnp_flaeche;;fnp-b;a.g1;;"),
            vec![
                "Spalte plan, Wert „fnp-b“: Einen Plan",
                "Gemeint ist vielleicht „fnp-a“",
            ],
        ),
        (
            ort("m-weg;fnp_flaeche;;fnp-a;a.g2;;"),
            vec![
                "Spalte flaeche, Wert „a.g2“",
                "keine Fläche mit dieser Kennung",
                "Gemeint ist vielleicht „a.g1“",
            ],
        ),
        (
            ort("m-weg;punkt;;;;POINT(10.87 48.05);"),
            vec!["Spalte wkt", "Länge und Breite", "Koordinate: 10.87 48.05"],
        ),
        (
            ort("m-weg;punkt;;;;LINESTRING(640000 5324000, 640001 5324000);"),
            vec!["passend zu art = linie"],
        ),
        (
            ort(
                "m-weg;flaeche;;;;POLYGON((640000 5324000, 640100 5324100, 640100 5324000, 640000 5324100, 640000 5324000));",
            ),
            vec!["Die Fläche ist ungültig", "Koordinate: 640050 5324050"],
        ),
        (
            ort("m-satzung;gesamtstadt;;;;;"),
            vec!["Diese Art zu dieser Maßnahme steht schon in raumbezug.csv, Zeile 7"],
        ),
        (
            ort("m-digital;punkt;;;;POINT(640000 5324000);"),
            vec![
                "raumbezug.csv, Zeile 9, Spalte art",
                "hat einen Ort (x.csv, Zeile 2)",
            ],
        ),
        (
            ort("m-weg;flaeche;;;;;"),
            vec!["braucht einen Wert in der Spalte wkt"],
        ),
    ];
    for (inhalt, teile) in faelle {
        let text = ablehnung(&db, "x.csv", inhalt.as_bytes()).await;
        assert!(
            text.starts_with("Nichts wurde übernommen, weil 1 Fehler gefunden wurde.\n"),
            "{inhalt}\n{text}"
        );
        for teil in teile {
            assert!(text.contains(teil), "{inhalt}\nerwartet: {teil}\n{text}");
        }
    }
    // Two things are wrong with this one.
    let text = ablehnung(&db, "x.csv", ort("m-weg;unverortet;;;;;").as_bytes()).await;
    assert!(
        text.contains("weil 2 Fehler") && text.contains("braucht einen Wert in der Spalte grund"),
        "{text}"
    );
    for (inhalt, teil) in [
        (&b"PK\x03\x04xyz"[..], "Die Datei ist beschädigt"),
        (b"ab\0c", "keine Textdatei"),
    ] {
        assert!(ablehnung(&db, "x.xlsx", inhalt).await.contains(teil));
    }
    assert_eq!(zahl(&db, ZEILEN).await, 0);
    assert_eq!(
        zahl(
            &db,
            "SELECT count(*) FROM audit.aenderung WHERE warum LIKE 'import%'"
        )
        .await,
        0
    );
    assert!(
        entwurf(&db, &fixtures(&ALLE)).await.is_ok(),
        "the set itself is good"
    );
}

#[tokio::test]
async fn all_bad_rows_are_told_and_unknown_columns_named() {
    let db = stadt().await;
    let text = ablehnung(
        &db,
        "x.csv",
        "kennung;titel;art;Ampl\nm-1;T;tunnel;\nm-2;;bau;\nm-3;T;bau;\nm 4;T;kanal;\n".as_bytes(),
    )
    .await;
    for teil in [
        "weil 4 Fehler gefunden wurden",
        "x.csv, Zeile 2, Spalte art",
        "x.csv, Zeile 3, Spalte titel",
        "x.csv, Zeile 5, Spalte kennung",
        "x.csv, Zeile 5, Spalte art",
        "Hinweise:\n  x.csv: Die Spalte „Ampl“ gibt es in der Tabelle massnahme nicht; sie wird nicht übernommen. Gemeint ist vielleicht „ampel“.",
    ] {
        assert!(text.contains(teil), "{teil}\n{text}");
    }
    let viele: String = (0..500).map(|n| format!("m-{n};;bau\n")).collect();
    let text = ablehnung(
        &db,
        "x.csv",
        format!("kennung;titel;art\n{viele}").as_bytes(),
    )
    .await;
    assert!(
        text.contains("weil 500 Fehler gefunden wurden")
            && text.contains("x.csv, Zeile 2, Spalte titel: Das Feld darf nicht leer sein. Ebenso in 499 weiteren Zeilen: 3, 4, 5, 6, 7, 8, 9, 10 …."),
        "{text}"
    );
}

/// What only the database can see is told with its row too.
#[tokio::test]
async fn a_constraint_names_the_row() {
    let db = stadt().await;
    entwurf(&db, &fixtures(&ALLE)).await.unwrap();
    // The start is stored, the file knows the end alone.
    let text = entwurf(
        &db,
        &[datei("x.csv", "kennung;titel;art;ende\nm-weg;Radweg;bau;2030-01-01\nm-treff;Treff;bau;2020-01-01\nm-park;Park;bau;2031-01-01\n")],
    )
    .await
    .unwrap_err()
    .to_string();
    assert!(text.contains("weil 1 Fehler"), "{text}");
    assert!(text.contains("x.csv, Zeile 3, Spalte kennung, Wert „m-treff“: Das Ende der Maßnahme liegt vor ihrem Beginn."), "{text}");
    assert_eq!(
        zahl(
            &db,
            "SELECT count(*) FROM massnahme WHERE ende >= '2030-01-01'"
        )
        .await,
        0,
        "the good rows were not written either"
    );
}

#[tokio::test]
async fn one_import_at_a_time() {
    let db = stadt().await;
    let mut andere = db.write.begin().await.unwrap();
    sqlx::query("SELECT pg_advisory_xact_lock(20350727)")
        .execute(&mut *andere)
        .await
        .unwrap();
    let dateien = [fixture("handlungsfelder.csv")];
    let wartet = std::sync::atomic::AtomicBool::new(true);
    let (ergebnis, ()) = tokio::join!(
        async {
            let ergebnis = entwurf(&db, &dateien).await;
            assert!(
                !wartet.load(std::sync::atomic::Ordering::SeqCst),
                "did not wait for the other"
            );
            ergebnis
        },
        async {
            tokio::time::sleep(std::time::Duration::from_millis(800)).await;
            wartet.store(false, std::sync::atomic::Ordering::SeqCst);
            andere.rollback().await.unwrap();
        }
    );
    ergebnis.unwrap();
}
