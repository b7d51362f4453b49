//! Nothing that is not public reaches the public: everything hidden is filled with a rare
//! word, a rare number and a rare place, then every route is walked without a list of
//! routes and every byte searched.
mod daten;
mod gang;

use zielraum::app::{self, App};

use crate::support::{TestDb, admin, datenbank_mit_demo};
use gang::Gang;

/// The town with everything hidden in it; proves that it is hidden in many places and in
/// no row of the public world.
async fn stadt() -> TestDb {
    let db = datenbank_mit_demo().await;
    daten::verstecke(&db).await;
    let tabellen: Vec<(String, bool)> = sqlx::query_as(
        "SELECT k.oid::regclass::text, n.nspname = 'oeffentlich' FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE k.relkind IN ('r', 'p') AND NOT k.relispartition AND n.nspname IN ('gemeinde', 'fnp', 'strategie', 'dorferneuerung', 'haushalt', 'fachdaten', 'freigabe', 'audit', 'auth', 'oeffentlich')",
    )
    .fetch_all(&admin(&db).await)
    .await
    .unwrap();
    let (mut versteckt, mut offen) = (0, Vec::new());
    for (tabelle, oeffentlich) in tabellen {
        for spur in [
            format!("x::text ILIKE '%{}%'", daten::WORT),
            format!("x::text LIKE '%{}%'", daten::ZAHL),
        ] {
            let zahl = crate::freigabe::zahl(
                &admin(&db).await,
                &format!("SELECT count(*) FROM (SELECT FROM {tabelle} x WHERE {spur} LIMIT 1) y"),
            )
            .await;
            match (zahl > 0, oeffentlich) {
                (true, true) => offen.push(format!("{tabelle}: {spur}")),
                (true, false) => versteckt += 1,
                (false, _) => {}
            }
        }
    }
    assert!(versteckt > 50, "hidden in too few places: {versteckt}");
    assert!(offen.is_empty(), "rows of the public world: {offen:#?}");
    db
}

#[tokio::test]
async fn no_byte_of_any_route_tells_what_is_hidden() {
    let db = stadt().await;
    let router = app::router(&App::neu(&db, None, None, false).await.unwrap());
    let mut gang = Gang::neu(router);
    gang.gehe().await;
    assert!(gang.funde.is_empty(), "{:#?}", gang.funde);
    assert!(gang.anfragen > 1000, "a short walk: {}", gang.anfragen);
    let fehlt = gang.unerreicht();
    assert!(
        fehlt.is_empty(),
        "routes the walk did not reach: {fehlt:#?}"
    );
    gang.verborgenes_gleicht_nichts(&["xyloquarz-massnahme", "xyloquarz"])
        .await;
}

/// A view of the public world that reads a working table with its owner's rights.
#[tokio::test]
async fn the_walk_finds_a_leak() {
    let db = stadt().await;
    let router = app::router(&App::neu(&db, None, None, false).await.unwrap());
    crate::freigabe::zahl(&admin(&db).await, "SELECT 1::bigint").await;
    sqlx::raw_sql(
        "DO $$ DECLARE alt text := pg_get_viewdef('oeffentlich.gebiet_sicht'::regclass); BEGIN
           EXECUTE 'CREATE OR REPLACE VIEW oeffentlich.gebiet_sicht WITH (security_invoker = false) AS ' || replace(alt, 'oeffentlich.gebiet ', 'dorferneuerung.gebiet ');
         END $$",
    )
    .execute(&admin(&db).await)
    .await
    .unwrap();
    let mut gang = Gang::neu(router);
    gang.pruefe(
        "GET",
        "/collections/dorferneuerungsgebiete/items?f=json",
        "*/*",
    )
    .await;
    gang.pruefe("GET", "/collections?f=json", "*/*").await;
    let alle = gang.funde.join("\n");
    assert!(alle.contains("xyloquarz"), "the search is blind: {alle}");
    assert!(alle.contains("Ort"), "blind to places: {alle}");
}
