//! The Ampel of measures and the attainment of goals, worked out by hand on the stock of data.

use super::daten::{aendere, am_stichtag, bestand};
use crate::support::TestDb;

const TAG: &str = "2025-06-30";

/// Ampel, reason, delay, progress, age, horizon.
type Zeichen = (String, String, Option<i32>, Option<f64>, String, String);

async fn ampel(db: &TestDb, heute: &str, kennung: &str) -> Zeichen {
    let mut tx = am_stichtag(db, heute).await;
    sqlx::query_as("SELECT s.ampel, s.ampel_anlass, s.verzug_tage, s.fortschritt::float8, s.aktualitaet, s.horizont FROM massnahme_stand s JOIN massnahme m ON m.id = s.massnahme_id WHERE m.kennung = $1")
        .bind(kennung)
        .fetch_one(&mut *tx)
        .await
        .unwrap()
}

/// The worst signal decides and is named; a hand-set one keeps its reason.
#[tokio::test]
async fn the_ampel_of_a_measure_follows_its_signals() {
    let db = bestand().await;
    let kurz = |a: &Zeichen| (a.0.clone(), a.1.clone(), a.2);
    let soll = |ampel: &str, anlass: &str, tage| (ampel.to_owned(), anlass.to_owned(), tage);
    let treff = ampel(&db, TAG, "m-treff").await;
    assert_eq!(
        kurz(&treff),
        soll("verzoegert", "Teilschritt überfällig", Some(30))
    );
    assert_eq!(treff.3, Some(0.25), "one of four by weight");
    assert_eq!(treff.5, "mittel");
    // Seen from before, the milestone of September 2024 was open, and nothing was late.
    let frueher = ampel(&db, "2024-06-30", "m-treff").await;
    assert_eq!(kurz(&frueher), soll("im_plan", "keine Abweichung", None));
    assert_eq!(frueher.3, Some(0.0));
    assert_eq!(
        kurz(&ampel(&db, "2025-08-30", "m-treff").await),
        soll("gefaehrdet", "Teilschritt überfällig", Some(91))
    );
    assert_eq!(
        kurz(&ampel(&db, "2027-01-15", "m-weg").await),
        soll("verzoegert", "Termin überschritten", Some(15))
    );
    assert_eq!(ampel(&db, TAG, "m-gewerbe").await.0, "unbekannt");
    // Age is a signal of its own: the Ampel does not change with it.
    let spaeter = ampel(&db, "2028-12-31", "m-pflege").await;
    assert_eq!(
        (spaeter.0.as_str(), spaeter.4.as_str()),
        ("unbekannt", "veraltet")
    );

    aendere(
        &db,
        &[
            // an indicator that measures progress: Ost has gone back behind its basis
            "UPDATE massnahme_kennzahl SET misst_fortschritt = true",
        ],
    )
    .await;
    assert_eq!(
        kurz(&ampel(&db, TAG, "m-treff").await),
        soll("gefaehrdet", "Kennzahl hinter dem Soll-Pfad", Some(30))
    );
    aendere(&db, &["UPDATE massnahme SET ampel_manuell = true, ampel = 'ruht', ampel_grund = 'Träger gesucht' WHERE kennung = 'm-treff'"]).await;
    assert_eq!(
        kurz(&ampel(&db, TAG, "m-treff").await),
        soll("ruht", "von Hand gesetzt: Träger gesucht", Some(30))
    );
    aendere(
        &db,
        &[
            "UPDATE massnahme SET beschlussstand = 'abgelehnt' WHERE kennung = 'm-gewerbe'",
            "UPDATE massnahme SET beschlussstand = 'zurueckgestellt' WHERE kennung = 'm-weg'",
            "INSERT INTO massnahme_massnahme (massnahme_id, andere_id, art) SELECT a.id, b.id, 'zusammengefuehrt_mit' FROM massnahme a, massnahme b WHERE a.kennung = 'm-digital' AND b.kennung = 'm-treff'",
        ],
    )
    .await;
    for (kennung, wert) in [
        ("m-gewerbe", "entfallen"),
        ("m-weg", "ruht"),
        ("m-digital", "zusammengefuehrt"),
    ] {
        assert_eq!(ampel(&db, "2027-01-15", kennung).await.0, wert, "{kennung}");
    }
    // The thresholds are the town's.
    aendere(
        &db,
        &[
            "UPDATE massnahme SET ampel_manuell = false WHERE kennung = 'm-treff'",
            "DELETE FROM massnahme_kennzahl",
            "UPDATE schwelle SET wert = 10 WHERE schluessel = 'ueberfaellig_tage'",
        ],
    )
    .await;
    assert_eq!(ampel(&db, TAG, "m-treff").await.0, "gefaehrdet");
}

/// Attainment of a goal, worked out by hand: k-treff is known by Ortsteil alone, West is
/// 150 % (capped at 1), Ost −50 % (kept): mean 0.25.
#[tokio::test]
async fn attainment_of_a_goal_is_normalised_and_hides_no_step_back() {
    let db = bestand().await;
    let mut conn = db.write.acquire().await.unwrap();
    sqlx::query("SELECT set_config('zielraum.stichtag', '2025-06-30', false)")
        .execute(&mut *conn)
        .await
        .unwrap();
    let mut lies =
        async |kennung: &str| -> (i32, i32, i32, Option<f64>, Option<f64>, Option<f64>, String) {
            sqlx::query_as("SELECT s.kennzahlen, s.kennzahlen_mit_wert, s.rueckschritte, s.grad::float8, s.umsetzung::float8, s.erreichung::float8, s.ampel FROM ziel_stand s JOIN ziel z ON z.id = s.ziel_id WHERE z.kennung = $1")
            .bind(kennung)
            .fetch_one(&mut *conn)
            .await
            .unwrap()
        };
    let nah = |a: Option<f64>, b: f64| (a.unwrap() - b).abs() < 1e-9;
    let treff = lies("oz-treff").await;
    assert_eq!(
        (treff.0, treff.1, treff.2, treff.6.as_str()),
        (1, 1, 1, "gefaehrdet")
    );
    assert!(nah(treff.3, 0.25), "{treff:?}");
    // m-treff 0.25 with weight 2, m-entwurf not begun with weight 1: 0.5 / 3; mixed one to four.
    assert!(nah(treff.4, 0.5 / 3.0), "{treff:?}");
    assert!(nah(treff.5, 0.25 * 0.75 + 0.5 / 3.0 * 0.25), "{treff:?}");
    // The goal above counts the indicator of the one below once; the measure with its strongest contribution.
    let oben = lies("sz-treff").await;
    assert_eq!((oben.0, oben.2), (1, 1));
    assert!(nah(oben.3, 0.25), "{oben:?}");
    // k-flaeche: 4.2 of 5 → 2, and k-geheim without basis has no say: no division by its weight.
    let flaeche = lies("sz-flaeche").await;
    assert_eq!((flaeche.0, flaeche.1, flaeche.2), (2, 1, 0));
    assert!(nah(flaeche.3, 0.8 / 3.0), "{flaeche:?}");
    // A step back of the whole goal is not mended by measures.
    aendere(&db, &["UPDATE kennzahlwert SET wert = 9 WHERE art = 'ist' AND stichtag = '2024-12-31' AND kennzahl_id = '00000000-0000-0000-000a-000000000001'", "UPDATE massnahme SET umsetzungsphase = 'betrieb' WHERE kennung = 'm-satzung'"]).await;
    let flaeche = lies("sz-flaeche").await;
    assert!(nah(flaeche.5, -4.0 / 3.0), "{flaeche:?}");
    assert!(nah(flaeche.4, 1.0), "{flaeche:?}");
}
