//! Importing: what is new, changed, unchanged; templates.

use zielraum::import::strategie::Zaehlung;
use zielraum::import::strategie::katalog::TABELLEN;
use zielraum::import::strategie::spalten::{Art, Typ};
use zielraum::import::strategie::vorlage;
use zielraum::import::table::Kodierung;

use super::daten::{ALLE, aendere, datei, entwurf, fixtures, oeffentlich, stadt, zahl};

const VERSIONEN: &str = "SELECT sum(version) FROM (SELECT version FROM handlungsfeld UNION ALL SELECT version FROM ziel UNION ALL SELECT version FROM massnahme UNION ALL SELECT version FROM gebiet) x";

#[tokio::test]
async fn a_set_is_imported_once_and_then_left_alone() {
    let db = stadt().await;
    let erstes = entwurf(&db, &fixtures(&ALLE)).await.unwrap();
    let neu = |art| erstes.zahlen.iter().find(|(a, _)| *a == art).unwrap().1.neu;
    assert_eq!(
        [
            Art::Handlungsfeld,
            Art::Ziel,
            Art::Massnahme,
            Art::ZielMassnahme,
            Art::ZielNutzung,
            Art::Raumbezug,
            Art::GebietMassnahme
        ]
        .map(neu),
        [2, 3, 9, 5, 2, 9, 1]
    );
    assert_eq!(erstes.dateien[1].2, Kodierung::Cp1252);
    assert_eq!(erstes.dateien[2].3, ',');
    assert_eq!(erstes.hinweise, "");
    let werte: (String, String, String, String, i32, bool) = sqlx::query_as(
        "SELECT titel, art, umsetzungsphase, beginn::text, prioritaet, leitprojekt FROM massnahme WHERE kennung = 'm-treff'",
    )
    .fetch_one(&db.write)
    .await
    .unwrap();
    assert_eq!(
        werte,
        (
            "Dorftreff \"Alte Schule\"".into(),
            "bau".into(),
            "planung".into(),
            "2026-03-01".into(),
            1,
            true
        )
    );
    let begruendung: String =
        sqlx::query_scalar("SELECT begruendung FROM ziel WHERE kennung = 'sz-treff'")
            .fetch_one(&db.write)
            .await
            .unwrap();
    assert_eq!(
        begruendung,
        "Begegnung braucht Räume; im Dorf wie in der Stadt"
    );
    assert_eq!(
        zahl(
            &db,
            "SELECT count(*) FROM verweis WHERE kennung = 'a.g1' AND nutzung = 'G'"
        )
        .await,
        1
    );

    let vorher = (
        zahl(&db, VERSIONEN).await,
        zahl(&db, "SELECT count(*) FROM audit.zeile").await,
    );
    let zweites = entwurf(&db, &fixtures(&ALLE)).await.unwrap();
    for (art, zahlen) in &zweites.zahlen {
        assert_eq!((zahlen.neu, zahlen.geaendert), (0, 0), "{art:?}");
        assert!(zahlen.unveraendert > 0, "{art:?}");
    }
    assert_eq!(
        (
            zahl(&db, VERSIONEN).await,
            zahl(&db, "SELECT count(*) FROM audit.zeile").await
        ),
        vorher
    );
    assert_eq!(
        zahl(&db, "SELECT count(*) FROM massnahme_historie").await,
        0
    );
}

#[tokio::test]
async fn files_come_in_any_order_and_links_reach_what_is_stored() {
    let db = stadt().await;
    let mut namen = ALLE;
    namen.reverse();
    entwurf(&db, &fixtures(&namen)).await.unwrap();
    assert_eq!(zahl(&db, "SELECT count(*) FROM ziel_massnahme").await, 6);
    entwurf(
        &db,
        &[datei("mehr.csv", "massnahme;ziel\nm-park;sz-treff\n")],
    )
    .await
    .unwrap();
    assert_eq!(
        zahl(
            &db,
            "SELECT count(*) FROM ziel_massnahme WHERE beitrag = 1 AND NOT haupt"
        )
        .await,
        2
    );
}

#[tokio::test]
async fn only_what_changed_gets_a_version() {
    let db = stadt().await;
    entwurf(&db, &fixtures(&ALLE)).await.unwrap();
    let stand = || async {
        sqlx::query_as::<_, (String, i32)>(
            "SELECT kennung, version FROM massnahme ORDER BY kennung",
        )
        .fetch_all(&db.write)
        .await
        .unwrap()
    };
    let vorher = stand().await;
    // Columns that are missing stay; an empty cell empties; a place is a new version of its measure.
    let aenderung = entwurf(
        &db,
        &[
            datei("m.csv", "kennung;titel;art;kurztext\nm-treff;Neuer Titel;bau;\nm-weg;Radweg;bau;\n"),
            datei("r.csv", "massnahme;art;wkt\nm-park;punkt;POINT(641500 5324500)\nm-grenze;punkt;POINT (641000 5324500)\n"),
        ],
    )
    .await
    .unwrap();
    assert_eq!(
        aenderung.zahlen,
        [
            (
                Art::Massnahme,
                Zaehlung {
                    zeilen: 2,
                    neu: 0,
                    geaendert: 1,
                    unveraendert: 1,
                    geloescht: 0
                }
            ),
            (
                Art::Raumbezug,
                Zaehlung {
                    zeilen: 2,
                    neu: 1,
                    geaendert: 0,
                    unveraendert: 1,
                    geloescht: 0
                }
            ),
        ]
    );
    let gestiegen: Vec<_> = stand()
        .await
        .into_iter()
        .zip(vorher)
        .filter(|(nachher, vorher)| nachher.1 != vorher.1)
        .map(|(nachher, vorher)| (nachher.0, nachher.1 - vorher.1))
        .collect();
    assert_eq!(
        gestiegen,
        [("m-park".to_owned(), 1), ("m-treff".to_owned(), 1)]
    );
    let (kurztext, ampel): (Option<String>, String) =
        sqlx::query_as("SELECT kurztext, ampel FROM massnahme WHERE kennung = 'm-treff'")
            .fetch_one(&db.write)
            .await
            .unwrap();
    assert_eq!((kurztext, ampel.as_str()), (None, "im_plan"));
    // Derived rows follow.
    assert_eq!(zahl(&db, "SELECT count(*) FROM massnahme_ortsteil mo JOIN massnahme m ON m.id = mo.massnahme_id WHERE m.kennung = 'm-park' AND punkte = 1").await, 1);
}

#[tokio::test]
async fn the_audit_names_files_and_checksums() {
    let db = stadt().await;
    oeffentlich(&db, &[datei("hf.csv", "kennung;titel\nhf;Feld\n")])
        .await
        .unwrap();
    let (wer, warum): (String, String) =
        sqlx::query_as("SELECT wer, warum FROM audit.aenderung ORDER BY id DESC LIMIT 1")
            .fetch_one(&db.write)
            .await
            .unwrap();
    assert_eq!(wer, "test");
    assert!(
        warum.starts_with("import strategie: hf.csv (sha256 ") && warum.len() > 90,
        "{warum}"
    );
    assert_eq!(zahl(&db, "SELECT count(*) FROM audit.zeile WHERE relation = 'oeffentlich.handlungsfeld' AND art = 'freigabe'").await, 1);
}

#[tokio::test]
async fn a_vanished_area_keeps_its_link() {
    let db = stadt().await;
    entwurf(&db, &fixtures(&ALLE)).await.unwrap();
    aendere(
        &db,
        &[
            "DELETE FROM flaeche WHERE kennung = 'a.g1'",
            "UPDATE verweis SET entfallen_in = 7 WHERE kennung = 'a.g1'",
        ],
    )
    .await;
    entwurf(&db, &fixtures(&["raumbezug.csv"])).await.unwrap();
    assert_eq!(
        zahl(
            &db,
            "SELECT count(*) FROM raumbezug WHERE flaeche_kennung = 'a.g1'"
        )
        .await,
        1
    );
}

#[tokio::test]
async fn templates_are_what_the_import_reads() {
    let db = stadt().await;
    let ordner = tempfile::tempdir().unwrap();
    let ziel = ordner.path().join("neu");
    let geschrieben = vorlage::schreibe(&db.write, &ziel).await.unwrap();
    // Lists of SDG stand in cells of others; they have no sheet of their own.
    assert_eq!(geschrieben.len(), TABELLEN.len() - 1 + 1);
    let csv: Vec<_> = geschrieben
        .iter()
        .filter(|pfad| pfad.extension().is_some_and(|e| e == "csv"))
        .cloned()
        .collect();
    let gelesen = zielraum::import::strategie::importiere_dateien(&db.db, &csv, false, "test")
        .await
        .unwrap();
    let tabellen: Vec<_> = gelesen.dateien.iter().map(|datei| datei.1).collect();
    let erwartet: Vec<_> = TABELLEN
        .iter()
        .filter(|t| t.art != Art::Sdg)
        .map(|t| t.tabelle)
        .collect();
    assert_eq!(tabellen, erwartet);
    let liesmich = std::fs::read_to_string(ziel.join("LIESMICH.txt")).unwrap();
    for tabelle in TABELLEN.iter().filter(|t| t.art != Art::Sdg) {
        for spalte in tabelle.spalten {
            assert!(
                liesmich.contains(&format!("\r\n  {} ", spalte.name)),
                "{}",
                spalte.name
            );
        }
    }
    assert!(
        liesmich.contains("verzoegert (Verzögert)") && liesmich.contains("Übergeordnetes Ziel")
    );
    std::fs::remove_file(ziel.join("ziele.csv")).unwrap();
    let nochmal = vorlage::schreibe(&db.write, &ziel)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        nochmal.contains("nicht überschrieben")
            && nochmal.contains("LIESMICH.txt")
            && !nochmal.contains("ziele.csv"),
        "{nochmal}"
    );
    assert!(
        !ziel.join("ziele.csv").exists(),
        "nothing is written when anything exists"
    );
}

/// What an empty cell means is the column's default, and required is what has none.
#[tokio::test]
async fn defaults_are_those_of_the_tables() {
    let db = stadt().await;
    for tabelle in TABELLEN {
        for spalte in tabelle
            .spalten
            .iter()
            .filter(|spalte| spalte.gespeichert() && spalte.typ != Typ::Veroeffentlichung)
        {
            let (pflicht, vorgabe): (bool, Option<String>) = sqlx::query_as(
                "SELECT a.attnotnull, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                 WHERE a.attrelid = (($1::text || '.') || $2::text)::regclass AND a.attname = $3",
            )
            .bind(tabelle.schema)
            .bind(tabelle.tabelle)
            .bind(spalte.feld)
            .fetch_one(&db.write)
            .await
            .unwrap();
            let ort = format!("{}.{}", tabelle.tabelle, spalte.name);
            let vorgabe = vorgabe.map(|sql| {
                sql.split("::")
                    .next()
                    .unwrap_or_default()
                    .trim_matches('\'')
                    .to_owned()
            });
            assert_eq!(
                spalte.vorgabe.map(|json| json.trim_matches('"').to_owned()),
                vorgabe,
                "{ort}"
            );
            // The shape of an area is required too, but comes with „import dorferneuerung“ as well.
            assert!(
                spalte.pflicht == (pflicht && vorgabe.is_none()) || ort == "gebiet.wkt",
                "{ort}"
            );
        }
    }
}
