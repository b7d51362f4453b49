//! The published version in the place of a draft somebody may not see.

use serde_json::Value;
use zielraum::auth::Rolle;

use super::{NIEMAND, dienst, hole, leser};
use crate::freigabe::als;
use crate::strategie::daten::bestand;

/// A goal and its measure with drafts on top; the measure's links and amounts changed too.
const ENTWURF: &str = "
UPDATE ziel SET titel = 'Entwurf Ziel' WHERE kennung = 'sz-treff';
UPDATE massnahme SET titel = 'Entwurf Werk' WHERE kennung = 'm-weg';
UPDATE finanzwert SET betrag_ct = betrag_ct * 2 WHERE massnahme_id = '00000000-0000-0000-0009-000000000002';
DELETE FROM ziel_massnahme WHERE massnahme_id = '00000000-0000-0000-0009-000000000002';
UPDATE raumbezug SET geom = st_translate(geom, 0, 50) WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'";

#[tokio::test]
async fn items_counts_pages_and_sums_hold_the_published_version() {
    let db = bestand().await;
    als(&db, "konto:x", ENTWURF).await.unwrap();
    let router = dienst(&db).await;
    let rat = leser(&db, "rat", Rolle::Stadtrat, None).await;
    // responsible for m-treff, which shares the goal
    let amt = leser(&db, "amt", Rolle::Fachamt, Some("a-bau")).await;
    let strategie = leser(&db, "strategie", Rolle::Strategie, None).await;
    let lies = async |token: &str, pfad: &str| -> Value {
        let antwort = hole(&router, token, pfad).await;
        assert_eq!(antwort.status, 200, "{pfad}: {}", antwort.text);
        antwort.json()
    };
    for token in [&rat, &amt] {
        for (pfad, zeiger) in [
            ("/massnahmen/m-weg?f=json", "/titel"),
            ("/ziele/sz-treff?f=json", "/titel"),
            ("/collections/massnahmen/items?f=json", "/numberMatched"),
            (
                "/collections/massnahmen_linien/items/m-weg?f=json",
                "/geometry",
            ),
            (
                "/collections/massnahmen/items/m-weg?f=json",
                "/properties/titel",
            ),
            ("/geld/massnahmen/m-weg?f=json", ""),
            ("/ziele/sz-treff?f=json", "/massnahmen"),
        ] {
            let soll = lies(NIEMAND, pfad).await;
            let ist = lies(token, pfad).await;
            assert!(soll.pointer(zeiger).is_some(), "{pfad} {zeiger}: {soll}");
            assert_eq!(ist.pointer(zeiger), soll.pointer(zeiger), "{pfad} {zeiger}");
        }
        let karte = hole(&router, token, "/massnahmen?f=html").await.text;
        assert!(karte.contains("Radweg") && !karte.contains("Entwurf Werk"));
    }
    // Their own draft stands in the sums with the published rest: once each.
    als(
        &db,
        "konto:x",
        "UPDATE massnahme SET titel = 'Eigener Entwurf' WHERE kennung = 'm-treff'",
    )
    .await
    .unwrap();
    let liste = lies(&amt, "/collections/massnahmen/items?f=json&limit=1000").await;
    let titel: Vec<&str> = liste["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["properties"]["titel"].as_str().unwrap())
        .collect();
    let zahl = |wort: &str| titel.iter().filter(|t| **t == wort).count();
    assert_eq!(
        (
            zahl("Eigener Entwurf"),
            zahl("Radweg"),
            zahl("Entwurf Werk")
        ),
        (1, 1, 0),
        "{titel:?}"
    );
    assert_eq!(liste["numberMatched"], titel.len());
    let ziel = lies(&amt, "/massnahmen/m-treff?f=json").await.to_string();
    assert!(
        ziel.contains("Treffpunkte in jedem Dorf") && !ziel.contains("Entwurf Ziel"),
        "{ziel}"
    );
    let alles = lies(&strategie, "/massnahmen/m-weg?f=json").await;
    assert_eq!(
        alles["titel"], "Entwurf Werk",
        "who reads all reads the working row"
    );
}

/// A page of the map asks for a box: found by index in the copy, and the own rows by key.
#[tokio::test]
async fn no_box_waits_behind_a_policy() {
    let db = bestand().await;
    als(&db, "konto:x", "INSERT INTO fachobjekt (id, kennung, art, name, quelle, stand, geom, veroeffentlichung)
        SELECT gen_random_uuid(), 'o-' || i, (SELECT min(schluessel) FROM fachart), 'O', 'Q', '2025-01-01', st_setsrid(st_multi(st_makepoint(640000 + i, 5324000)), 25832), 'entwurf' FROM generate_series(1, 20000) i").await.unwrap();
    als(&db, "op", "SELECT freigabe.veroeffentliche('fachobjekt', array_agg(id)) FROM fachobjekt WHERE kennung LIKE 'o-%'").await.unwrap();
    sqlx::raw_sql("ANALYZE fachdaten.fachobjekt; ANALYZE oeffentlich.fachobjekt")
        .execute(&crate::support::admin(&db).await)
        .await
        .unwrap();
    let pool = db.personal.pool("gremium,veroeffentlicht", None, None);
    let plan: Vec<String> = sqlx::query_scalar("EXPLAIN SELECT kennung FROM fachdaten_punkt WHERE geom && st_makeenvelope(640100, 5323900, 640110, 5324100, 25832)")
        .fetch_all(&pool)
        .await
        .unwrap();
    let plan = plan.join("\n");
    assert!(!plan.contains("Seq Scan on fachobjekt"), "{plan}");
    let zahl: i64 = sqlx::query_scalar("SELECT count(*) FROM fachdaten_punkt WHERE geom && st_makeenvelope(640100, 5323900, 640110, 5324100, 25832)").fetch_one(&pool).await.unwrap();
    assert_eq!(zahl, 11);
}
