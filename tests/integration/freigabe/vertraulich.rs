//! Confidential fields: withheld now and in the public past, public by themselves after their day.

use zielraum::freigabe::frist;

use super::{als, gegenstand, satz, text, zahl};
use crate::strategie::daten::bestand;
use crate::support::TestDb;

async fn setze(
    db: &TestDb,
    relation: &str,
    kennung: &str,
    spalte: &str,
) -> zielraum::error::Result<()> {
    als(db, "konto:a", &format!("SELECT freigabe.setze_vertraulich('{relation}', '{kennung}', '{spalte}', freigabe.heute() + 30, 'Grunderwerb')")).await
}

/// Makes every day pass.
async fn vergehe(db: &TestDb) {
    als(
        db,
        "test",
        "UPDATE freigabe.vertraulich SET bis = freigabe.heute() - 1 WHERE bis IS NOT NULL",
    )
    .await
    .unwrap();
    assert!(frist::pruefe(&db.write).await.unwrap() > 0);
    assert_eq!(frist::pruefe(&db.write).await.unwrap(), 0);
}

#[tokio::test]
async fn a_field_is_gone_at_once_and_back_after_its_day() {
    let db = bestand().await;
    als(
        &db,
        "konto:a",
        "UPDATE massnahme SET kurztext = 'Neuer Kurztext' WHERE kennung = 'm-treff'",
    )
    .await
    .unwrap();
    als(&db, "op", "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-treff'").await.unwrap();
    let jetzt = "SELECT kurztext FROM massnahme WHERE kennung = 'm-treff'";
    let frueher = "SELECT count(*) FROM massnahme_historie WHERE kurztext IS NOT NULL AND kennung = 'm-treff'";
    assert!(zahl(&db.public, frueher).await > 0);
    setze(&db, "strategie.massnahme", "m-treff", "kurztext")
        .await
        .unwrap();
    assert_eq!(text(&db.public, jetzt).await, None);
    assert_eq!(zahl(&db.public, frueher).await, 0, "the public past too");
    assert!(
        !gegenstand(&db, "massnahme", "m-treff").await.entwurf,
        "no draft by it"
    );
    // A newer draft does not come out with the old value.
    als(
        &db,
        "konto:a",
        "UPDATE massnahme SET kurztext = 'Geheimer Entwurf' WHERE kennung = 'm-treff'",
    )
    .await
    .unwrap();
    vergehe(&db).await;
    assert_eq!(
        text(&db.public, jetzt).await.as_deref(),
        Some("Neuer Kurztext")
    );
    assert_eq!(
        zahl(&db.write, "SELECT count(*) FROM freigabe.vertraulich").await,
        0
    );
}

#[tokio::test]
async fn a_required_field_takes_its_row_along_or_is_refused() {
    let db = bestand().await;
    for (relation, kennung, feld) in [
        ("strategie.massnahme", "m-treff", "titel"),
        ("strategie.massnahme", "m-treff", "kennung"),
        ("strategie.massnahme", "m-treff", "*"),
        ("strategie.massnahme", "m-treff", "gibtesnicht"),
        ("strategie.raumbezug", "m-treff", "massnahme_id"),
    ] {
        assert!(
            satz(setze(&db, relation, kennung, feld).await).contains("vertraulich halten"),
            "{relation} {feld}"
        );
    }
    assert!(
        satz(setze(&db, "strategie.massnahme", "m-gibtsnicht", "kurztext").await)
            .contains("gibt es nicht")
    );
    assert!(satz(setze(&db, "audit.zeile", "x", "daten").await).contains("gibt es nicht"));
    assert!(satz(als(&db, "a", "SELECT freigabe.setze_vertraulich('strategie.massnahme', 'm-treff', 'kurztext', freigabe.heute() - 1, 'g')").await).contains("schon vorbei"));
    // The place of a land purchase: a shape cannot be empty, so the place goes, and what is derived from it.
    setze(&db, "strategie.raumbezug", "m-treff", "geom")
        .await
        .unwrap();
    assert_eq!(zahl(&db.public, "SELECT count(*) FROM raumbezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'").await, 0);
    assert_eq!(zahl(&db.public, "SELECT count(*) FROM massnahme_ortsteil WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'").await, 0);
    // New rows of a set that is delivered anew are withheld too: the mark is the measure's.
    als(&db, "konto:a", "DELETE FROM raumbezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000001';
        INSERT INTO raumbezug (id, massnahme_id, art, geom) VALUES (gen_random_uuid(), '00000000-0000-0000-0009-000000000001', 'punkt', st_setsrid('MULTIPOINT (640260 5324510)'::geometry, 25832))").await.unwrap();
    als(&db, "op", "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-treff'").await.unwrap();
    assert_eq!(zahl(&db.public, "SELECT count(*) FROM raumbezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'").await, 0);
    vergehe(&db).await;
    assert_eq!(zahl(&db.public, "SELECT count(*) FROM massnahme_ortsteil WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'").await, 1);
}

#[tokio::test]
async fn no_withheld_amount_can_be_had_by_subtraction() {
    let db = bestand().await;
    let gesamt = "SELECT count(*) FROM finanzwert WHERE massnahme_id = '00000000-0000-0000-0009-000000000001' AND jahr IS NULL";
    let jahre = "SELECT count(*) FROM finanzwert WHERE massnahme_id = '00000000-0000-0000-0009-000000000001' AND jahr IS NOT NULL AND art IN ('aufwand', 'investition')";
    let foerderung = "SELECT concat_ws('/', betrag_ct, quote) FROM foerderung WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'";
    // The estimates of the fixture are far from the sum of the years: they tell nothing of the flagged 2025.
    assert_eq!(
        (
            zahl(&db.public, gesamt).await,
            zahl(&db.public, jahre).await
        ),
        (2, 5)
    );
    // One that is the sum does: 30,000 + 500,000 + 700,000 public, 999,000 withheld.
    als(&db, "op", "UPDATE finanzwert SET betrag_ct = 222900000 WHERE jahr IS NULL AND stand = '2025-03-01'; UPDATE foerderung SET quote = 0.27 WHERE massnahme_id IS NOT NULL;
        SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-treff'").await.unwrap();
    assert_eq!(
        (
            zahl(&db.public, gesamt).await,
            zahl(&db.public, jahre).await
        ),
        (0, 5),
        "nor may the older one stand for the total"
    );
    assert_eq!(
        text(&db.public, foerderung).await.as_deref(),
        Some("60000000"),
        "and no rate that gives the total"
    );
    als(&db, "op", "UPDATE finanzwert SET vertraulich = false; SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-treff'").await.unwrap();
    assert_eq!(
        (
            zahl(&db.public, gesamt).await,
            zahl(&db.public, jahre).await
        ),
        (2, 6)
    );
    assert_eq!(
        text(&db.public, foerderung).await.as_deref(),
        Some("60000000/0.2700")
    );
    // A total: the years go.
    let id = text(
        &db.write,
        "SELECT id::text FROM finanzwert WHERE jahr IS NULL AND stand = '2025-03-01'",
    )
    .await
    .unwrap();
    setze(&db, "haushalt.finanzwert", &id, "betrag_ct")
        .await
        .unwrap();
    assert_eq!(
        (
            zahl(&db.public, gesamt).await,
            zahl(&db.public, jahre).await
        ),
        (0, 0),
        "nor may an older estimate stand for the newest"
    );
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM finanzwert_historie WHERE betrag_ct = 222900000"
        )
        .await,
        0
    );
    vergehe(&db).await;
    assert_eq!(
        (
            zahl(&db.public, gesamt).await,
            zahl(&db.public, jahre).await
        ),
        (2, 6)
    );
    // A grant: what was planned as funding goes with it.
    let id = text(
        &db.write,
        "SELECT id::text FROM foerderung WHERE massnahme_id IS NOT NULL",
    )
    .await
    .unwrap();
    setze(&db, "haushalt.foerderung", &id, "betrag_ct")
        .await
        .unwrap();
    assert_eq!(text(&db.public, foerderung).await.as_deref(), Some(""));
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM finanzwert WHERE art = 'foerderung'"
        )
        .await,
        0
    );
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM foerderung WHERE massnahme_id IS NOT NULL"
        )
        .await,
        1,
        "that there is one may be known"
    );
}

#[tokio::test]
async fn the_flag_of_the_sheets_is_obeyed_at_once() {
    let db = bestand().await;
    let radweg = "SELECT count(*) FROM finanzwert WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'";
    assert_eq!(zahl(&db.public, radweg).await, 1);
    als(&db, "konto:a", "UPDATE finanzwert SET vertraulich = true WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'").await.unwrap();
    assert_eq!(zahl(&db.public, radweg).await, 0);
    // Taken away it is a draft: the amount waits for its release.
    als(&db, "konto:a", "UPDATE finanzwert SET vertraulich = false WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'").await.unwrap();
    assert_eq!(zahl(&db.public, radweg).await, 0);
    assert_eq!(
        gegenstand(&db, "massnahme", "m-weg").await.zustand,
        "entwurf"
    );
    als(&db, "op", "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-weg'").await.unwrap();
    assert_eq!(zahl(&db.public, radweg).await, 1);
}

/// Of one year and kind the public has the newest figure or none.
#[tokio::test]
async fn an_older_amount_never_stands_in_the_place_of_a_withheld_one() {
    let db = bestand().await;
    // published: 2026 finanzplan 400,000 (2024), ansatz 500,000 (2025); 2024 ansatz and ergebnis
    let zeile = |jahr: i32, fassung: &str| {
        format!(
            "SELECT f.id::text FROM finanzwert f WHERE f.massnahme_id = '00000000-0000-0000-0009-000000000001' AND f.jahr = {jahr} AND f.planfassung = '{fassung}' AND f.art IN ('investition', 'aufwand')"
        )
    };
    let zahl_2026 = "SELECT count(*) FROM finanzwert WHERE massnahme_id = '00000000-0000-0000-0009-000000000001' AND jahr = 2026 AND art = 'investition'";
    let plan = "SELECT plan_ct::text FROM massnahme_jahr WHERE massnahme_id = '00000000-0000-0000-0009-000000000001' AND jahr = 2026";
    assert_eq!(
        (
            zahl(&db.public, zahl_2026).await,
            text(&db.public, plan).await.as_deref()
        ),
        (2, Some("50000000"))
    );
    let ansatz = text(&db.write, &zeile(2026, "ansatz")).await.unwrap();
    setze(&db, "haushalt.finanzwert", &ansatz, "betrag_ct")
        .await
        .unwrap();
    assert_eq!(
        (
            zahl(&db.public, zahl_2026).await,
            text(&db.public, plan).await
        ),
        (0, None),
        "the Finanzplan of 2024 is not the plan"
    );
    let frueher =
        "SELECT count(*) FROM finanzwert_historie WHERE jahr = 2026 AND art = 'investition'";
    assert_eq!(zahl(&db.public, frueher).await, 0, "the public past too");
    // Inside, who may not read it has none in its place either; who may has it.
    for (umfang, soll) in [("alles", 0), ("alles,betraege", 2)] {
        let pool = db.personal.pool(umfang, None, None);
        assert_eq!(zahl(&pool, zahl_2026).await, soll, "{umfang}");
    }
    // An older one may be withheld: the newest stays.
    let fertig = text(&db.write, &zeile(2024, "ansatz")).await.unwrap();
    setze(&db, "haushalt.finanzwert", &fertig, "betrag_ct")
        .await
        .unwrap();
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM finanzwert WHERE jahr = 2024 AND planfassung = 'ergebnis'"
        )
        .await,
        1
    );
    vergehe(&db).await;
    assert_eq!(
        (
            zahl(&db.public, zahl_2026).await,
            text(&db.public, plan).await.as_deref()
        ),
        (2, Some("50000000")),
        "after the day the newest, by itself"
    );
    // A confidential amount of a draft takes nothing from what is public until it is released.
    als(&db, "konto:a", "INSERT INTO finanzwert (id, massnahme_id, jahr, planfassung, art, betrag_ct, stand, vertraulich) VALUES (gen_random_uuid(), '00000000-0000-0000-0009-000000000001', 2026, 'nachtrag', 'investition', 66600000, '2026-03-01', true)").await.unwrap();
    als(
        &db,
        "op",
        "SELECT freigabe.erneuere('massnahme', '00000000-0000-0000-0009-000000000001')",
    )
    .await
    .unwrap();
    assert_eq!(zahl(&db.public, zahl_2026).await, 2);
    als(&db, "op", "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-treff'").await.unwrap();
    assert_eq!(zahl(&db.public, zahl_2026).await, 0);
}
