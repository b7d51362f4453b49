//! Links of measures whose area is gone: never dropped, told to whom may know, back with the area.

use sqlx::PgPool;
use zielraum::db::audit;
use zielraum::import::fnp::abgleich::vergleich::{Linkzustand, Vergleich};

use super::lieferung::{Datei, GEMISCHT, SCHLUSS, kennungen, spalte};
use crate::support::{TestDb, admin, datenbank, zahl};

async fn massnahme(db: &TestDb, kennung: &str, flaeche: &str, oeffentlich: bool) {
    let mut tx = audit::begin(&db.write, "pruefung", "Maßnahme")
        .await
        .unwrap();
    sqlx::query("INSERT INTO massnahme (id, kennung, titel, art) VALUES (gen_random_uuid(), $1, 'Titel ' || $1, (SELECT min(schluessel) FROM massnahme_art))")
        .bind(kennung)
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("INSERT INTO verweis (plan_id, kennung, fassung_id, nutzung, flaeche_m2, geom) SELECT a.plan_id, f.kennung, f.fassung_id, f.nutzung, f.flaeche_m2, f.geom FROM flaeche f JOIN fassung a ON a.id = f.fassung_id AND a.aktuell WHERE f.kennung = $1 ON CONFLICT DO NOTHING")
        .bind(flaeche)
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("INSERT INTO raumbezug (id, massnahme_id, art, plan_id, flaeche_kennung) SELECT gen_random_uuid(), m.id, 'fnp_flaeche', p.id, $2 FROM massnahme m, plan p WHERE m.kennung = $1 AND p.kennung = 'p'")
        .bind(kennung)
        .bind(flaeche)
        .execute(&mut *tx)
        .await
        .unwrap();
    if oeffentlich {
        sqlx::query("SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = $1")
            .bind(kennung)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

const PRUEFEN: &str =
    "SELECT massnahme, flaeche, nachfolger FROM verweis_pruefen ORDER BY massnahme";

async fn zu_pruefen(pool: &PgPool) -> Vec<(String, String, Option<String>)> {
    sqlx::query_as(PRUEFEN).fetch_all(pool).await.unwrap()
}

fn zeile(m: &str, f: &str, n: &str) -> (String, String, Option<String>) {
    (m.into(), f.into(), Some(n.into()))
}

/// One delivery, three measures linked to its areas, and the next, in which p.1 is parted.
async fn zwei_lieferungen() -> (TestDb, Datei) {
    let db = datenbank().await;
    let alt = Datei::default()
        .wohnen("1", 0.0, 200.0)
        .wald("2", 200.0, 400.0);
    alt.importiere(&db).await;
    massnahme(&db, "m-offen", "p.1", true).await;
    massnahme(&db, "m-entwurf", "p.1", false).await;
    massnahme(&db, "m-wald", "p.2", true).await;
    let neu = Datei::default()
        .flaeche(Some("8"), "FP_Gruen", SCHLUSS, &spalte(0.0, 150.0))
        .flaeche(
            Some("9"),
            "FP_BebauungsFlaeche",
            GEMISCHT,
            &spalte(150.0, 200.0),
        )
        .wald("2", 200.0, 400.0);

    (db, neu)
}

#[tokio::test]
async fn a_trial_tells_which_links_would_break_and_stores_nothing() {
    let (db, neu) = zwei_lieferungen().await;
    // The trial says it and stores nothing.
    let probe = neu.lies(&db, true).await;
    let zustaende = |v: &Vergleich| -> Vec<(String, Linkzustand)> {
        v.links
            .iter()
            .map(|l| (l.massnahme.clone(), l.zustand))
            .collect()
    };
    let soll = [
        ("m-entwurf", Linkzustand::ZuPruefen),
        ("m-offen", Linkzustand::ZuPruefen),
        ("m-wald", Linkzustand::Bleibt),
    ];
    let v = probe.vergleich.clone().unwrap();
    assert_eq!(zustaende(&v), soll.map(|(m, z)| (m.to_owned(), z)));
    let text = probe.text();
    let fliessend: Vec<&str> = text.split_whitespace().collect();
    assert!(
        fliessend
            .join(" ")
            .contains("dort liegt jetzt p.8 (gruen, 75 %), p.9 (M, 25 %)"),
        "{text}"
    );
    assert!(text.lines().all(|z| z.chars().count() <= 80), "{text}");
    assert!(zu_pruefen(&db.write).await.is_empty());
    assert_eq!(
        zahl(&db.write, "SELECT count(*) FROM fassung")
            .await
            .unwrap(),
        1
    );

    let ergebnis = neu.lies(&db, false).await;
    assert_eq!(ergebnis.vergleich.unwrap().objekte, v.objekte);
}

#[tokio::test]
async fn a_link_that_loses_its_area_waits_and_recovers() {
    let (db, neu) = zwei_lieferungen().await;
    neu.importiere(&db).await;
    assert_eq!(
        zu_pruefen(&db.write).await,
        [
            zeile("m-entwurf", "p.1", "p.8"),
            zeile("m-offen", "p.1", "p.8")
        ]
    );
    // The public sees what is public; the link is there with its last shape.
    assert_eq!(
        zu_pruefen(&db.public).await,
        [zeile("m-offen", "p.1", "p.8")]
    );
    let orte = "SELECT count(*) FROM massnahme_polygon WHERE kennung = 'm-offen' AND zu_pruefen = 1 AND abs(st_area(geom) - 20000) < 1";
    for pool in [&db.write, &db.public] {
        assert_eq!(zahl(pool, orte).await.unwrap(), 1);
    }
    let mut conn = db.public.acquire().await.unwrap();
    let m = zielraum::strategie::store::massnahme(&mut conn, "m-offen", false)
        .await
        .unwrap();
    assert!(m.orte[0].flaeche_entfallen);
    assert_eq!(
        m.orte[0].nachfolger.as_deref(),
        Some("p.8 (gruen, 75 %); p.9 (M, 25 %)")
    );
    drop(conn);
    let befunde = "SELECT count(*) FROM import_befund WHERE code = 'verknuepfung-zu-pruefen'";
    assert_eq!(zahl(&db.write, befunde).await.unwrap(), 2);
    assert_eq!(
        zahl(&db.public, befunde).await.unwrap(),
        0,
        "findings name drafts"
    );
    let verraten = "SELECT count(*) FROM import_sicht WHERE bericht::text || coalesce(vergleich::text, '') LIKE '%m-entwurf%'";
    assert_eq!(zahl(&db.public, verraten).await.unwrap(), 0);
    let geblieben = "SELECT count(*) FROM raumbezug WHERE flaeche_kennung = 'p.1'";
    assert_eq!(zahl(&db.write, geblieben).await.unwrap(), 2);

    // A measure published while its area is gone brings its link along.
    let mut tx = audit::begin(&db.write, "pruefung", "Freigabe")
        .await
        .unwrap();
    sqlx::query("SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-entwurf'")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(zu_pruefen(&db.public).await.len(), 2);

    // Back under another id: known by its shape.
    let v = Datei::default()
        .wohnen("50", 0.0, 200.0)
        .wald("2", 200.0, 400.0)
        .importiere(&db)
        .await;
    assert_eq!(v.kennungen.wieder_da, 1);
    assert_eq!(v.links[0].zustand, Linkzustand::WiederDa);
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.1", "p.2"]);
    for pool in [&db.write, &db.public] {
        assert!(zu_pruefen(pool).await.is_empty());
        assert_eq!(zahl(pool, "SELECT count(*) FROM massnahme_flaeche mf JOIN massnahme m ON m.id = mf.massnahme_id WHERE m.kennung = 'm-offen'").await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_new_area_never_takes_the_name_of_a_lost_link() {
    let db = datenbank().await;
    Datei::default()
        .wohnen("1", 0.0, 100.0)
        .wald("2", 100.0, 400.0)
        .importiere(&db)
        .await;
    massnahme(&db, "m", "p.1", true).await;
    Datei::default()
        .wald("2", 100.0, 400.0)
        .importiere(&db)
        .await;
    // Two deliveries later the number 1 stands for something elsewhere.
    let v = Datei::default()
        .wald("2", 100.0, 300.0)
        .flaeche(Some("1"), "FP_Gruen", SCHLUSS, &spalte(300.0, 400.0))
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.2", "p.1-2"]);
    assert_eq!(v.links[0].zustand, Linkzustand::ZuPruefen);
    assert_eq!(zu_pruefen(&db.write).await.len(), 1);
}

#[tokio::test]
async fn a_comparison_with_a_draft_is_not_public() {
    let db = datenbank().await;
    let plan = Datei::default().wohnen("1", 0.0, 400.0);
    plan.importiere(&db).await;
    plan.importiere(&db).await;
    let vergleiche = "SELECT count(*) FROM import_vergleich";
    assert_eq!(zahl(&db.public, vergleiche).await.unwrap(), 1);
    // As if the version compared with had never been published.
    let admin = admin(&db).await;
    sqlx::query("DELETE FROM oeffentlich.import_vergleich")
        .execute(&admin)
        .await
        .unwrap();
    sqlx::query("ALTER TABLE oeffentlich.fassung DISABLE TRIGGER USER")
        .execute(&admin)
        .await
        .unwrap();
    sqlx::query("ALTER TABLE oeffentlich.pruefung DISABLE TRIGGER USER")
        .execute(&admin)
        .await
        .unwrap();
    sqlx::query("DELETE FROM oeffentlich.pruefung WHERE fassung_id = 1")
        .execute(&admin)
        .await
        .unwrap();
    sqlx::query("DELETE FROM oeffentlich.fassung WHERE nummer = 1")
        .execute(&admin)
        .await
        .unwrap();
    let mut tx = audit::begin(&db.write, "pruefung", "Freigabe")
        .await
        .unwrap();
    sqlx::query("SELECT freigabe.uebertrage_import(importlauf_id) FROM fassung WHERE nummer = 2")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(zahl(&db.public, vergleiche).await.unwrap(), 0);
    assert_eq!(
        zahl(&db.public, "SELECT count(*) FROM import_sicht")
            .await
            .unwrap(),
        1
    );
}
