//! Withdrawal leaves nothing behind.

use zielraum::freigabe::Schritt;

use super::{als, gegenstand, gehe, satz, zahl};
use crate::strategie::daten::bestand;
use crate::support::admin;

/// Rows of schema oeffentlich, current or past, in which a text stands.
async fn spuren(db: &crate::support::TestDb, wort: &str) -> Vec<String> {
    let tabellen: Vec<String> = sqlx::query_scalar("SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'oeffentlich'::regnamespace AND relkind IN ('r', 'p')")
        .fetch_all(&admin(db).await).await.unwrap();
    let mut da = Vec::new();
    for tabelle in tabellen {
        let treffer = zahl(
            &db.write,
            &format!("SELECT count(*) FROM {tabelle} x WHERE x::text LIKE '%{wort}%'"),
        )
        .await;
        if treffer > 0 {
            da.push(format!("{tabelle}: {treffer}"));
        }
    }
    da
}

#[tokio::test]
async fn nothing_of_a_withdrawn_measure_stays_nor_of_its_past() {
    let db = bestand().await;
    // A past of everything: published, changed, published again.
    als(&db, "konto:a", "UPDATE massnahme SET titel = 'Zweiter Titel' WHERE kennung = 'm-treff';
        UPDATE raumbezug SET geom = st_translate(geom, 7, 7) WHERE massnahme_id = '00000000-0000-0000-0009-000000000001';
        UPDATE finanzwert SET betrag_ct = betrag_ct + 1 WHERE massnahme_id = '00000000-0000-0000-0009-000000000001';
        INSERT INTO massnahme_massnahme (massnahme_id, andere_id, art) VALUES ('00000000-0000-0000-0009-000000000002', '00000000-0000-0000-0009-000000000001', 'ergaenzt')").await.unwrap();
    als(&db, "op", "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung IN ('m-treff', 'm-weg')").await.unwrap();
    let id = "00000000-0000-0000-0009-000000000001";
    let vorher = spuren(&db, id).await;
    for tabelle in [
        "oeffentlich.massnahme_historie",
        "oeffentlich.raumbezug_historie",
        "oeffentlich.finanzwert_historie",
        "oeffentlich.massnahme_ortsteil",
        "oeffentlich.massnahme_massnahme",
        "oeffentlich.fundstelle",
        "oeffentlich.trend_bezug",
        "oeffentlich.gebiet_massnahme",
    ] {
        assert!(
            vorher.iter().any(|s| s.starts_with(tabelle)),
            "{tabelle} has nothing to lose: {vorher:?}"
        );
    }
    gehe(
        &db,
        "konto:b",
        ("massnahme", "m-treff"),
        Schritt::Zurueckziehen,
    )
    .await
    .unwrap();
    assert_eq!(spuren(&db, id).await, Vec::<String>::new());
    assert_eq!(
        gegenstand(&db, "massnahme", "m-treff").await.zustand,
        "intern"
    );
    assert_eq!(
        zahl(
            &db.write,
            "SELECT count(*) FROM audit.zeile WHERE art = 'ruecknahme' AND schluessel = 'm-treff'"
        )
        .await,
        1
    );
    // The others still stand, and the withdrawn can come back with its links.
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM massnahme WHERE kennung = 'm-weg'"
        )
        .await,
        1
    );
    als(&db, "op", "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-treff'").await.unwrap();
    assert_eq!(
        zahl(&db.public, "SELECT count(*) FROM massnahme_massnahme").await,
        1,
        "the other's link came back"
    );
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM massnahme_historie WHERE kennung = 'm-treff'"
        )
        .await,
        0
    );
}

#[tokio::test]
async fn what_others_stand_on_is_named() {
    let db = bestand().await;
    let grund = satz(
        gehe(
            &db,
            "konto:b",
            ("handlungsfeld", "hf-kultur"),
            Schritt::Zurueckziehen,
        )
        .await,
    );
    assert!(
        grund.contains("Ziel") && grund.contains("„oz-treff“, „sz-treff“"),
        "{grund}"
    );
    let grund = satz(gehe(&db, "konto:b", ("ziel", "sz-treff"), Schritt::Zurueckziehen).await);
    assert!(grund.contains("„oz-treff“"), "{grund}");
    assert!(
        zahl(
            &db.public,
            "SELECT count(*) FROM ziel WHERE kennung = 'sz-treff'"
        )
        .await
            == 1
    );
}

#[tokio::test]
async fn a_plan_goes_with_all_its_versions_and_comes_back() {
    let db = bestand().await;
    let orte = "SELECT count(*) FROM raumbezug WHERE art = 'fnp_flaeche'";
    assert_eq!(zahl(&db.public, orte).await, 1);
    assert!(zahl(&db.public, "SELECT count(*) FROM massnahme_flaeche").await > 0);
    gehe(&db, "konto:b", ("plan", "fnp-a"), Schritt::Zurueckziehen)
        .await
        .unwrap();
    for tabelle in [
        "plan",
        "plan_historie",
        "fassung",
        "fassung_historie",
        "flaeche",
        "anteil",
        "verweis",
        "verweis_historie",
        "massnahme_flaeche",
        "pruefung",
    ] {
        assert_eq!(
            zahl(&db.public, &format!("SELECT count(*) FROM {tabelle}")).await,
            0,
            "{tabelle}"
        );
    }
    assert_eq!(zahl(&db.public, orte).await, 0, "its link waits");
    assert_eq!(zahl(&admin(&db).await, "SELECT count(*) FROM pg_class WHERE relname = 'flaeche_f7' AND relnamespace = 'oeffentlich'::regnamespace").await, 0);
    assert_eq!(
        zahl(&db.write, "SELECT count(*) FROM fnp.flaeche").await,
        3,
        "inside it stays"
    );
    als(
        &db,
        "op",
        "SELECT freigabe.veroeffentliche('plan', array_agg(id)) FROM plan",
    )
    .await
    .unwrap();
    assert_eq!(zahl(&db.public, "SELECT count(*) FROM flaeche").await, 3);
    assert_eq!(zahl(&db.public, orte).await, 1);
    assert!(zahl(&db.public, "SELECT count(*) FROM massnahme_flaeche").await > 0);
}

#[tokio::test]
async fn edited_areas_of_a_public_plan_are_a_draft() {
    let db = bestand().await;
    als(
        &db,
        "konto:a",
        "UPDATE fnp.flaeche SET name = 'Neues Gewerbe' WHERE kennung = 'a.g1'",
    )
    .await
    .unwrap();
    let g = gegenstand(&db, "plan", "fnp-a").await;
    assert_eq!(
        (g.zustand.as_str(), g.oeffentlich, g.entwurf),
        ("entwurf", true, true)
    );
    let da = "SELECT count(*) FROM flaeche WHERE name = 'Neues Gewerbe'";
    assert_eq!(zahl(&db.public, da).await, 0);
    als(
        &db,
        "op",
        "SELECT freigabe.veroeffentliche('plan', array_agg(id)) FROM plan",
    )
    .await
    .unwrap();
    assert_eq!(
        (
            zahl(&db.public, da).await,
            zahl(&db.public, "SELECT count(*) FROM flaeche").await
        ),
        (1, 3)
    );
    assert_eq!(
        gegenstand(&db, "plan", "fnp-a").await.zustand,
        "veroeffentlicht"
    );
}

/// A reader that keeps the partition busy for a moment does not stop the withdrawal.
#[tokio::test]
async fn a_withdrawal_waits_for_readers_and_tries_again() {
    let db = bestand().await;
    let mut leser = db.public.begin().await.unwrap();
    sqlx::query("SELECT count(*) FROM flaeche")
        .execute(&mut *leser)
        .await
        .unwrap();
    let ende = async {
        tokio::time::sleep(std::time::Duration::from_millis(2600)).await;
        leser.rollback().await.unwrap();
    };
    let (getan, ()) = tokio::join!(
        gehe(&db, "konto:b", ("plan", "fnp-a"), Schritt::Zurueckziehen),
        ende
    );
    getan.unwrap();
    assert_eq!(zahl(&db.public, "SELECT count(*) FROM flaeche").await, 0);
}
