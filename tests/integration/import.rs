//! `import fnp` against the database: what is stored, what replaces what, what stays hidden.

use sqlx::{PgPool, Row as _};
use zielraum::db::Database;
use zielraum::error::Error;
use zielraum::fnp::bilanz::{self, Bilanz};
use zielraum::fnp::plan::{self, Stand};
use zielraum::import::fnp::{Auftrag, fuehre_aus};
use zielraum::import::protokoll::{Ergebnis, Protokoll};

use crate::lieferung::Plan;
use crate::support::{TestDb, admin, datenbank, zahl};

async fn bilanz_von(pool: &PgPool, angabe: &str) -> Bilanz {
    let mut conn = pool.acquire().await.unwrap();
    let plan = plan::waehle(&mut conn, Some(angabe)).await.unwrap();
    bilanz::eine(&mut conn, &plan, None).await.unwrap()
}

fn summe(bilanz: &Bilanz, nutzung: &str) -> f64 {
    let zeile = bilanz.zeilen.iter().find(|z| z.nutzung == nutzung);
    zeile.map_or(0.0, |z| z.summe_m2)
}

async fn stand(db: &Database, kennung: &str) -> (String, i32) {
    let mut conn = db.write.acquire().await.unwrap();
    let plan = plan::waehle(&mut conn, Some(kennung)).await.unwrap();
    (plan.stand, plan.fassung)
}

fn nahe(ist: f64, soll: f64) {
    assert!((ist - soll).abs() < 1e-6, "{ist} statt {soll}");
}

/// Rows of every table of the given schemas.
async fn zeilenzahlen(admin: &PgPool, schemas: &[&str]) -> Vec<(String, i64)> {
    let schemas: Vec<String> = schemas.iter().map(|&s| s.to_owned()).collect();
    sqlx::query_as(
        "SELECT k.oid::regclass::text, (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || k.oid::regclass, false, true, '')))[1]::text::bigint
         FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE n.nspname = ANY ($1) AND k.relkind IN ('r', 'p') ORDER BY 1",
    )
    .bind(schemas)
    .fetch_all(admin)
    .await
    .unwrap()
}

#[tokio::test]
async fn the_same_kennung_is_the_next_fassung() {
    let db = datenbank().await;
    Plan::neu("p")
        .wohnen(0.0, 100.0)
        .wald(100.0, 200.0)
        .importiere(&db)
        .await;
    Plan::neu("p")
        .wohnen(0.0, 150.0)
        .wald(150.0, 200.0)
        .importiere(&db)
        .await;
    assert_eq!(stand(&db, "p").await, ("wirksam".into(), 2));
    for pool in [&db.write, &db.public] {
        nahe(summe(&bilanz_von(pool, "p").await, "W"), 15_000.0);
        nahe(summe(&bilanz_von(pool, "p@1").await, "W"), 10_000.0);
        nahe(summe(&bilanz_von(pool, "p@2").await, "W"), 15_000.0);
    }
    let mut conn = db.write.acquire().await.unwrap();
    assert_eq!(plan::alle(&mut conn).await.unwrap().len(), 1);
    let fehlt = plan::waehle(&mut conn, Some("p@3")).await.unwrap_err();
    assert!(matches!(fehlt, Error::NichtGefunden(_)), "{fehlt}");
}

#[tokio::test]
async fn a_new_plan_in_force_replaces_its_predecessor_a_teilplan_does_not() {
    let db = datenbank().await;
    Plan::neu("alt").wohnen(0.0, 200.0).importiere(&db).await;
    Plan::neu("wind")
        .plan_art("5000")
        .wald(0.0, 200.0)
        .importiere(&db)
        .await;
    assert_eq!(stand(&db, "alt").await.0, "wirksam");
    assert_eq!(stand(&db, "wind").await.0, "wirksam");
    Plan::neu("wind2")
        .plan_art("5000")
        .wald(0.0, 200.0)
        .importiere(&db)
        .await;
    assert_eq!(stand(&db, "wind").await.0, "wirksam");
    Plan::neu("entwurf")
        .rechtsstand(Some("2000"))
        .wald(0.0, 200.0)
        .importiere(&db)
        .await;
    assert_eq!(stand(&db, "alt").await.0, "wirksam");
    let protokoll = Plan::neu("neu").wohnen(0.0, 200.0).importiere(&db).await;
    let abgeloest: Vec<&str> = protokoll
        .befunde
        .iter()
        .filter(|b| b.code == "plan-abgeloest")
        .map(|b| b.text.as_str())
        .collect();
    assert!(
        abgeloest.len() == 1 && abgeloest[0].contains("--plan alt"),
        "one plan, and how to avoid it: {abgeloest:?}"
    );
    assert!(
        protokoll
            .text()
            .ends_with("Übernommen; Stand: wirksam, veröffentlicht.\n"),
        "{}",
        protokoll.text()
    );
    assert_eq!(stand(&db, "alt").await.0, "frueher");
    assert_eq!(stand(&db, "neu").await.0, "wirksam");
    // In both worlds; and the plan in force is what is meant without a name.
    for pool in [&db.write, &db.public] {
        let mut conn = pool.acquire().await.unwrap();
        assert_eq!(plan::waehle(&mut conn, None).await.unwrap().kennung, "neu");
        let alt = plan::waehle(&mut conn, Some("alt")).await.unwrap();
        assert_eq!(alt.stand, "frueher");
    }
}

#[tokio::test]
async fn the_rechtsstand_decides_unless_the_caller_does() {
    let db = datenbank().await;
    for (kennung, code, soll) in [
        ("a", Some("4000"), "wirksam"),
        ("b", Some("5000"), "frueher"),
        ("c", Some("3000"), "entwurf"),
        ("d", None, "entwurf"),
    ] {
        let plan = Plan::neu(kennung).rechtsstand(code).wald(0.0, 200.0);
        plan.importiere(&db).await;
        assert_eq!(stand(&db, kennung).await.0, soll, "{code:?}");
    }
    let plan = Plan::neu("e").wald(0.0, 200.0);
    let auftrag = Auftrag {
        stand: Some(Stand::Entwurf),
        plan: Some("eigen".into()),
        ..plan.auftrag()
    };
    fuehre_aus(&db, &auftrag).await.unwrap();
    assert_eq!(stand(&db, "eigen").await.0, "entwurf");
    assert_eq!(stand(&db, "a").await.0, "wirksam");
}

const SCHEMAS: &[&str] = &[
    "audit",
    "fnp",
    "freigabe",
    "gemeinde",
    "oeffentlich",
    "strategie",
];

#[tokio::test]
async fn a_trial_checks_and_stores_nothing() {
    let db = datenbank().await;
    let admin = admin(&db).await;
    let vorher = zeilenzahlen(&admin, SCHEMAS).await;
    let plan = Plan::neu("p").wohnen(0.0, 90.0).wald(100.0, 200.0);
    let auftrag = Auftrag {
        probe: true,
        ..plan.auftrag()
    };
    let probe = fuehre_aus(&db, &auftrag).await.unwrap();
    assert_eq!(probe.ergebnis, Ergebnis::Geprueft);
    assert_eq!(zeilenzahlen(&admin, SCHEMAS).await, vorher);
    let ernst = plan.importiere(&db).await;
    assert_eq!(ernst.ergebnis, Ergebnis::Uebernommen);
    assert_eq!(probe.bilanz, ernst.bilanz);
    assert_eq!(
        ernst.bilanz,
        Some(bilanz_von(&db.write, "p").await.pruefung)
    );
    assert_ne!(zeilenzahlen(&admin, SCHEMAS).await, vorher);
}

#[tokio::test]
async fn drafts_stay_inside_until_they_are_published() {
    let db = datenbank().await;
    let admin = admin(&db).await;
    // The Gemeinde is public in any case, and is there before the draft names it.
    Plan::neu("anderer").wald(0.0, 200.0).importiere(&db).await;
    let vorher = zeilenzahlen(&admin, &["oeffentlich"]).await;
    let entwurf = Plan::neu("geheimplan")
        .rechtsstand(Some("2000"))
        .wohnen(0.0, 190.0);
    entwurf.importiere(&db).await;
    assert_eq!(stand(&db, "geheimplan").await.0, "entwurf");
    assert_eq!(zeilenzahlen(&admin, &["oeffentlich"]).await, vorher);
    let mut conn = db.public.acquire().await.unwrap();
    assert_eq!(plan::alle(&mut conn).await.unwrap().len(), 1);
    let fehler = plan::waehle(&mut conn, Some("geheimplan"))
        .await
        .unwrap_err();
    assert!(matches!(fehler, Error::NichtGefunden(_)), "{fehler}");
    for tabelle in [
        "plan",
        "fassung",
        "flaeche",
        "anteil",
        "pruefung",
        "import_befund",
        "importlauf",
    ] {
        let sql = format!("SELECT count(*) FROM fnp.{tabelle}");
        let verweigert = zahl(&db.public, &sql).await.unwrap_err();
        let code = verweigert.as_database_error().unwrap().code();
        assert_eq!(code.as_deref(), Some("42501"), "{tabelle}");
    }

    let auftrag = Auftrag {
        veroeffentlichen: true,
        ..entwurf.auftrag()
    };
    fuehre_aus(&db, &auftrag).await.unwrap();
    let innen = bilanz_von(&db.write, "geheimplan").await;
    let aussen = bilanz_von(&db.public, "geheimplan").await;
    assert_eq!(
        (aussen.plan.stand.as_str(), aussen.plan.fassung),
        ("entwurf", 2)
    );
    assert_eq!(
        serde_json::to_value(&innen).unwrap(),
        serde_json::to_value(&aussen).unwrap()
    );
    // The version before it was never released.
    assert!(plan::waehle(&mut conn, Some("geheimplan@1")).await.is_err());
    let befunde: i64 = sqlx::query_scalar("SELECT count(*) FROM import_befund")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(befunde, 1, "the gap");
}

#[tokio::test]
async fn a_plan_in_force_is_public_at_once() {
    let db = datenbank().await;
    Plan::neu("p").wohnen(0.0, 200.0).importiere(&db).await;
    let aussen = bilanz_von(&db.public, "p").await;
    nahe(summe(&aussen, "W"), 20_000.0);
    let freigaben: Vec<String> =
        sqlx::query_scalar("SELECT schluessel FROM audit.zeile WHERE art = 'freigabe'")
            .fetch_all(&admin(&db).await)
            .await
            .unwrap();
    assert_eq!(
        freigaben,
        ["p@1"],
        "without four eyes, and the audit says so"
    );
}

/// Half Wald, half a bow tie whose repair has 2 × 2,500 m².
fn schleife() -> Plan {
    Plan::neu("p").wald(0.0, 100.0).mit(
        "FP_WaldFlaeche",
        "<x:flaechenschluss>true</x:flaechenschluss>",
        &[(100.0, 0.0), (200.0, 100.0), (200.0, 0.0), (100.0, 100.0)],
    )
}

fn befund<'a>(protokoll: &'a Protokoll, code: &str) -> &'a zielraum::fnp::objekt::Befund {
    let gefunden = protokoll.befunde.iter().find(|b| b.code == code);
    gefunden.unwrap_or_else(|| panic!("kein {code}: {:?}", protokoll.befunde))
}

#[tokio::test]
async fn an_invalid_area_is_kept_and_stands_in_no_sum() {
    let db = datenbank().await;
    let protokoll = schleife().importiere(&db).await;
    let ungueltig = befund(&protokoll, "geometrie-ungueltig");
    assert_eq!(ungueltig.ort, Some([638_150.0, 5_321_050.0]));
    assert_eq!(ungueltig.kennung.as_deref(), Some("p.2"));
    let b = bilanz_von(&db.write, "p").await;
    nahe(b.pruefung.ungueltig_m2, 5_000.0);
    nahe(b.pruefung.luecke_m2, 10_000.0);
    nahe(b.pruefung.summe_m2, 10_000.0);
    assert_eq!(b.zeilen.len(), 1);
    let gespeichert = sqlx::query(
        "SELECT gueltig, st_astext(geom) AS form FROM fnp.flaeche WHERE kennung = 'p.2'",
    )
    .fetch_one(&db.write)
    .await
    .unwrap();
    assert!(!gespeichert.get::<bool, _>("gueltig"));
    assert_eq!(
        gespeichert.get::<String, _>("form"),
        "MULTIPOLYGON(((638100 5321000,638200 5321100,638200 5321000,638100 5321100,638100 5321000)))"
    );

    let plan = schleife();
    let auftrag = Auftrag {
        reparieren: true,
        ..plan.auftrag()
    };
    let protokoll = fuehre_aus(&db, &auftrag).await.unwrap();
    let text = &befund(&protokoll, "geometrie-repariert").text;
    assert!(text.contains("0,5000 ha nachher"), "{text}");
    let b = bilanz_von(&db.write, "p").await;
    nahe(b.pruefung.ungueltig_m2, 0.0);
    nahe(b.pruefung.summe_m2, 15_000.0);
    nahe(b.pruefung.luecke_m2, 5_000.0);
}

#[tokio::test]
async fn gaps_and_overlaps_are_figures_and_findings() {
    let db = datenbank().await;
    // 0…110 and 100…150 and 160…210: 1,000 m² twice, 1,000 m² nowhere, 1,000 m² outside.
    let plan = Plan::neu("p")
        .wohnen(0.0, 110.0)
        .wald(100.0, 150.0)
        .wald(160.0, 210.0);
    let protokoll = plan.importiere(&db).await;
    for (code, x) in [
        ("flaechenschluss-luecke", 150.0),
        ("flaechenschluss-ueberlappung", 100.0),
    ] {
        let [e, n] = befund(&protokoll, code).ort.unwrap();
        assert!((638_000.0 + x..=638_010.0 + x).contains(&e), "{code}: {e}");
        assert!((5_321_000.0..=5_321_100.0).contains(&n), "{code}: {n}");
        assert!(befund(&protokoll, code).text.contains("0,1000 ha"));
    }
    befund(&protokoll, "flaechenschluss-ausserhalb");
    let p = bilanz_von(&db.write, "p").await.pruefung;
    nahe(p.gebiet_m2, 20_000.0);
    nahe(p.ueberlappung_m2, 1_000.0);
    nahe(p.luecke_m2, 1_000.0);
    nahe(p.ausserhalb_m2, 1_000.0);
    nahe(p.summe_m2, 20_000.0);
}

#[tokio::test]
async fn another_level_is_an_overlay_and_an_unknown_class_is_told() {
    let db = datenbank().await;
    let ring = [(0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 50.0)];
    let rest = [(150.0, 0.0), (200.0, 0.0), (200.0, 100.0), (150.0, 100.0)];
    let schluss = "<x:flaechenschluss>true</x:flaechenschluss>";
    let protokoll = Plan::neu("p")
        .wohnen(0.0, 150.0)
        .mit(
            "FP_WaldFlaeche",
            &format!("<x:ebene>1</x:ebene>{schluss}"),
            &ring,
        )
        .mit("FP_Wolkenflaeche", schluss, &rest)
        .importiere(&db)
        .await;
    befund(&protokoll, "flaechenschluss-ebene");
    let b = bilanz_von(&db.write, "p").await;
    assert_eq!(b.ueberlagerungen.len(), 1);
    assert_eq!(
        (
            b.ueberlagerungen[0].klasse.as_str(),
            b.ueberlagerungen[0].anzahl
        ),
        ("FP_WaldFlaeche", 1)
    );
    nahe(b.ueberlagerungen[0].flaeche_m2, 2_500.0);
    nahe(summe(&b, "wald"), 0.0);
    nahe(summe(&b, "nicht_zugeordnet"), 5_000.0);
    nahe(b.pruefung.nicht_zugeordnet_m2, 5_000.0);
    assert_eq!(protokoll.bilanz, Some(b.pruefung));
}

#[tokio::test]
async fn a_plan_wholly_outside_germany_replaces_nothing() {
    let db = datenbank().await;
    Plan::neu("alt").wohnen(0.0, 200.0).importiere(&db).await;
    let datei = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/xplan/falle_lage_ausserhalb.gml");
    let auftrag = Auftrag {
        datei,
        stand: Some(Stand::Wirksam),
        wer: "pruefung".into(),
        ..Auftrag::default()
    };
    let (fehler, protokoll) = fuehre_aus(&db, &auftrag).await.unwrap_err();
    let text = fehler.to_string();
    assert!(
        matches!(fehler, Error::Eingabe(_))
            && text.contains("Kein Objekt des Plans liegt in Deutschland")
            && text.contains("EPSG:31468"),
        "what fits is proposed: {text}"
    );
    assert_eq!(protokoll.ergebnis, Ergebnis::Abgelehnt);
    assert_eq!(stand(&db, "alt").await.0, "wirksam");
}

#[tokio::test]
async fn a_second_import_that_may_not_wait_is_refused_whole() {
    let db = datenbank().await;
    let admin = admin(&db).await;
    let vorher = zeilenzahlen(&admin, SCHEMAS).await;
    let mut anderer = admin.begin().await.unwrap();
    sqlx::query("SELECT pg_advisory_xact_lock(20350727)")
        .execute(&mut *anderer)
        .await
        .unwrap();
    let plan = Plan::neu("p").wohnen(0.0, 200.0);
    let auftrag = Auftrag {
        hoechstens_warten: Some(std::time::Duration::ZERO),
        ..plan.auftrag()
    };
    let (fehler, protokoll) = fuehre_aus(&db, &auftrag).await.unwrap_err();
    assert_eq!(fehler.exit_code(), 1);
    assert!(
        fehler.to_string().contains("Ein anderer Import läuft"),
        "{fehler}"
    );
    assert_eq!(protokoll.ergebnis, Ergebnis::Abgelehnt);
    assert_eq!(zeilenzahlen(&admin, SCHEMAS).await, vorher);
    anderer.rollback().await.unwrap();
    plan.importiere(&db).await;
}

#[tokio::test]
async fn the_audit_names_file_and_hash_and_stays_whole() {
    let db: TestDb = datenbank().await;
    let plan = schleife();
    plan.importiere(&db).await;
    Plan::neu("q")
        .rechtsstand(None)
        .wohnen(0.0, 100.0)
        .importiere(&db)
        .await;
    Plan::neu("p").wald(0.0, 200.0).importiere(&db).await;
    let admin = admin(&db).await;
    let bruch: Vec<(i64, String)> = sqlx::query_as("SELECT lfd, grund FROM audit.pruefe()")
        .fetch_all(&admin)
        .await
        .unwrap();
    assert!(bruch.is_empty(), "{bruch:?}");
    let pruefsumme: String = sqlx::query_scalar("SELECT encode(sha256($1), 'hex')")
        .bind(std::fs::read(plan.datei()).unwrap())
        .fetch_one(&admin)
        .await
        .unwrap();
    let zeilen: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT z.daten ->> 'sha256', z.daten ->> 'datei', a.wer FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id WHERE z.art = 'import' ORDER BY z.id",
    )
    .fetch_all(&admin)
    .await
    .unwrap();
    assert_eq!(zeilen.len(), 3, "one row per import: {zeilen:?}");
    assert_eq!(zeilen[0], (pruefsumme, "p.gml".into(), "pruefung".into()));
}
