//! Which object is which.

use std::collections::BTreeMap;

use super::lieferung::{Datei, SCHLUSS, WOHNEN, kennungen, namen, spalte, zaehlung, zahlen};
use crate::support::datenbank;

#[tokio::test]
async fn ids_given_anew_or_swapped_do_not_move_a_kennung() {
    let db = datenbank().await;
    let erste = Datei::default()
        .wohnen("1", 0.0, 100.0)
        .wohnen("2", 100.0, 200.0)
        .wald("3", 200.0, 400.0);
    erste.importiere(&db).await;
    // 1 and 2 swap their ids, the wood gets that of nobody.
    let v = Datei::default()
        .wohnen("2", 0.0, 100.0)
        .wohnen("1", 100.0, 200.0)
        .wald("4", 200.0, 400.0)
        .importiere(&db)
        .await;
    let soll = [("p.1", "GML_2"), ("p.2", "GML_1"), ("p.3", "GML_4")];
    let ist = namen(&db.write, "flaeche").await;
    assert_eq!(ist, soll.map(|(k, id)| (k.to_owned(), Some(id.to_owned()))));
    assert_eq!(zahlen(&v, "flaeche"), [0, 0, 0, 3]);
    assert!(!v.kennungen.gml_id_verlaesslich);
    assert_eq!(v.kennungen.gleiche_geometrie, 3);
}

#[tokio::test]
async fn a_number_given_to_another_area_is_no_identity() {
    let db = datenbank().await;
    Datei::default()
        .wohnen("1", 0.0, 100.0)
        .wohnen("2", 100.0, 200.0)
        .wohnen("3", 200.0, 300.0)
        .wald("4", 300.0, 400.0)
        .importiere(&db)
        .await;
    // The first is gone and everything is counted anew; 4 lies on a part of what was 4.
    let v = Datei::default()
        .flaeche(Some("5"), "FP_Gruen", SCHLUSS, &spalte(0.0, 100.0))
        .wohnen("1", 100.0, 200.0)
        .wohnen("2", 200.0, 300.0)
        .wald("3", 300.0, 340.0)
        .flaeche(Some("4"), "FP_Gruen", SCHLUSS, &spalte(340.0, 400.0))
        .importiere(&db)
        .await;
    // What is new has a name nobody had.
    assert_eq!(
        kennungen(&db.write, "flaeche").await,
        ["p.5", "p.2", "p.3", "p.3-2", "p.4-2"]
    );
    assert_eq!(zahlen(&v, "flaeche"), [3, 2, 0, 2]);
}

#[tokio::test]
async fn ninety_percent_holds_for_the_larger_of_the_two() {
    let db = datenbank().await;
    let form =
        |ecken: &[(f64, f64)]| Datei::default().flaeche(None, "FP_WaldFlaeche", SCHLUSS, ecken);
    // The same box; 9000 m² within 9950 m², sharing 8950 m².
    let oben = [
        (0.0, 0.0),
        (100.0, 0.0),
        (100.0, 100.0),
        (60.0, 100.0),
        (60.0, 80.0),
        (10.0, 80.0),
        (10.0, 100.0),
        (0.0, 100.0),
    ];
    let unten = [
        (0.0, 0.0),
        (40.0, 0.0),
        (40.0, 10.0),
        (45.0, 10.0),
        (45.0, 0.0),
        (100.0, 0.0),
        (100.0, 100.0),
        (0.0, 100.0),
    ];
    form(&oben).importiere(&db).await;
    let v = form(&unten).importiere(&db).await;
    assert_eq!(zahlen(&v, "flaeche"), [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_kept_id_follows_an_area_that_grew() {
    let db = datenbank().await;
    Datei::default()
        .wohnen("1", 0.0, 100.0)
        .wald("2", 100.0, 400.0)
        .importiere(&db)
        .await;
    let v = Datei::default()
        .wohnen("1", 0.0, 180.0)
        .wald("2", 180.0, 400.0)
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.1", "p.2"]);
    assert_eq!(zahlen(&v, "flaeche"), [0, 0, 2, 0]);
    assert_eq!(v.kennungen.gml_id, 2);
    let wald = v.nutzungen.iter().find(|n| n.nutzung == "wald").unwrap();
    assert!((wald.vorher_m2 - 30_000.0).abs() < 1e-6 && (wald.differenz_m2 + 8_000.0).abs() < 1e-6);
    assert!((v.nutzungen.iter().map(|n| n.differenz_m2).sum::<f64>()).abs() < 1e-6);
    // Another land use under the same id is a change, not a loss.
    let v = Datei::default()
        .flaeche(Some("1"), "FP_Gruen", SCHLUSS, &spalte(0.0, 180.0))
        .wald("2", 180.0, 400.0)
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.1", "p.2"]);
    let o = zaehlung(&v, "flaeche");
    assert_eq!(
        (o.geaendert, o.klasse, o.nutzung, o.geometrie),
        (1, 1, 1, 0)
    );
}

#[tokio::test]
async fn overlap_of_ninety_percent_either_way_decides_without_ids() {
    let db = datenbank().await;
    let ohne =
        |von, bis| Datei::default().flaeche(None, "FP_BebauungsFlaeche", WOHNEN, &spalte(von, bis));
    ohne(0.0, 100.0).importiere(&db).await;
    let erste = kennungen(&db.write, "flaeche").await;
    let v = ohne(0.0, 105.0).importiere(&db).await;
    assert_eq!(kennungen(&db.write, "flaeche").await, erste);
    assert_eq!(
        (v.kennungen.ueberdeckung, zahlen(&v, "flaeche")),
        (1, [0, 0, 1, 0])
    );
    // Covers the old one wholly, but is much larger.
    let v = ohne(0.0, 130.0).importiere(&db).await;
    assert_ne!(kennungen(&db.write, "flaeche").await, erste);
    assert_eq!(zahlen(&v, "flaeche"), [1, 1, 0, 0]);
    // A ring begun elsewhere is the same form.
    let zweite = kennungen(&db.write, "flaeche").await;
    let ring = [(130.0, 100.0), (0.0, 100.0), (0.0, 0.0), (130.0, 0.0)];
    let v = Datei::default()
        .flaeche(None, "FP_BebauungsFlaeche", WOHNEN, &ring)
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "flaeche").await, zweite);
    assert_eq!(zahlen(&v, "flaeche"), [0, 0, 0, 1]);
}

#[tokio::test]
async fn each_area_is_given_away_once_to_the_best() {
    let db = datenbank().await;
    let stapel = |ids: &[&str], breite: f64| {
        ids.iter().enumerate().fold(Datei::default(), |d, (i, id)| {
            d.flaeche(
                Some(id),
                "FP_BebauungsFlaeche",
                WOHNEN,
                &spalte(0.0, breite + f64::from(u32::try_from(i).unwrap())),
            )
        })
    };
    stapel(&["a", "b", "c"], 100.0).importiere(&db).await;
    let v = stapel(&["x", "y", "z", "w"], 100.4).importiere(&db).await;
    let ist = kennungen(&db.write, "flaeche").await;
    let verschieden: std::collections::BTreeSet<&String> = ist.iter().collect();
    assert_eq!(verschieden.len(), 4, "{ist:?}");
    assert_eq!(v.kennungen.ueberdeckung, 3);
    assert_eq!(zahlen(&v, "flaeche"), [1, 0, 3, 0]);
    let weiten: BTreeMap<String, f64> = sqlx::query_as("SELECT f.kennung, st_xmax(f.geom) - 638000 FROM flaeche f JOIN fassung a ON a.id = f.fassung_id AND a.aktuell")
        .fetch_all(&db.write)
        .await
        .unwrap()
        .into_iter()
        .collect();
    for (kennung, weite) in [("p.a", 100.4), ("p.b", 101.4), ("p.c", 102.4)] {
        assert!((weiten[kennung] - weite).abs() < 1e-6, "{weiten:?}");
    }
}

#[tokio::test]
async fn overlays_lines_and_points_keep_theirs_too() {
    let db = datenbank().await;
    let bau = |ids: [&str; 5], d: f64| {
        let schutz = [
            (50.0, 10.0 + d),
            (90.0, 10.0 + d),
            (90.0, 60.0 + d),
            (50.0, 60.0 + d),
        ];
        Datei::default()
            .wohnen("w", 0.0, 400.0)
            .flaeche(Some(ids[0]), "FP_SchutzPflegeEntwicklung", "", &schutz)
            .linie(ids[1], &[(0.0, 50.0 + d), (200.0, 50.0 + d), (400.0, 80.0)])
            .linie(ids[2], &[(0.0, 20.0), (200.0, 20.0 + d)])
            .punkt(ids[3], 10.0 + d, 10.0)
            .punkt(ids[4], 300.0, 10.0)
    };
    bau(["s", "l1", "l2", "p1", "p2"], 0.0)
        .importiere(&db)
        .await;
    let v = bau(["p2", "l2", "l1", "s", "p1"], 0.3)
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "ueberlagerung").await, ["p.s"]);
    let linien: Vec<String> = sqlx::query_scalar("SELECT l.kennung FROM linie l JOIN fassung a ON a.id = l.fassung_id AND a.aktuell ORDER BY laenge_m DESC")
        .fetch_all(&db.write)
        .await
        .unwrap();
    assert_eq!(linien, ["p.l1", "p.l2"]);
    assert_eq!(kennungen(&db.write, "punkt").await, ["p.p1", "p.p2"]);
    assert_eq!(zahlen(&v, "ueberlagerung"), [0, 0, 1, 0]);
    assert_eq!(zahlen(&v, "linie"), [0, 0, 2, 0]);
    assert_eq!(zahlen(&v, "punkt"), [0, 0, 1, 1]);
}

#[tokio::test]
async fn a_newer_xplanung_version_changes_no_kennung() {
    let db = datenbank().await;
    Datei::default()
        .flaeche(
            Some("1"),
            "FP_LandwirtschaftsFlaeche",
            SCHLUSS,
            &spalte(0.0, 400.0),
        )
        .importiere(&db)
        .await;
    let mut neu = Datei::default().flaeche(
        Some("77"),
        "FP_Landwirtschaft",
        SCHLUSS,
        &spalte(0.0, 400.0),
    );
    neu.version = Some("6/0");
    let v = neu.importiere(&db).await;
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.1"]);
    assert_eq!(zahlen(&v, "flaeche"), [0, 0, 0, 1]);
}
