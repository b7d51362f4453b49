//! Areas of a draft: join, figures and findings follow each edit, equal to a full run.

use serde_json::json;
#[expect(clippy::disallowed_types, reason = "test support: text made here")]
use sqlx::AssertSqlSafe;
use zielraum::auth::Rolle;

use super::{Amt, doc, mit};
use crate::support::zahl;
use crate::zuwachs::gleich_dem_ganzen;

const EBENE: &str = "/collections/fnp_flaechen_fnp-2025-entwurf/items";
const UTM: (&str, &str) = (
    "content-crs",
    "<http://www.opengis.net/def/crs/EPSG/0/25832>",
);
const FASSUNG: &str = "(SELECT f.id FROM fnp.fassung f JOIN fnp.plan p ON p.id = f.plan_id WHERE f.aktuell AND p.kennung = 'fnp-2025-entwurf')";

async fn befunde(amt: &Amt, code: &str) -> (i64, f64) {
    sqlx::query_as("SELECT count(*), coalesce(sum(replace((regexp_match(b.text, '\\(([0-9,]+) m²\\)'))[1], ',', '.')::float8), 0) FROM fnp.import_befund b JOIN fnp.fassung f USING (importlauf_id) JOIN fnp.plan p ON p.id = f.plan_id WHERE f.aktuell AND p.kennung = 'fnp-2025-entwurf' AND b.code = $1")
        .bind(code)
        .fetch_one(&amt.db.write)
        .await
        .unwrap()
}

async fn pruefung(amt: &Amt) -> (f64, f64) {
    sqlx::query_as(AssertSqlSafe(format!("SELECT ueberlappung_m2, luecke_m2 FROM fnp.pruefung WHERE ortsteil_id = -1 AND fassung_id = {FASSUNG}")))
        .fetch_one(&amt.db.write)
        .await
        .unwrap()
}

async fn wie_ein_ganzer_lauf(amt: &Amt, was: &str) {
    let mut tx = zielraum::db::audit::begin(&amt.db.write, "pruefung", was)
        .await
        .unwrap();
    gleich_dem_ganzen(&mut tx, was).await;
    tx.rollback().await.unwrap();
}

#[tokio::test]
async fn an_edit_of_an_area_keeps_figures_and_findings() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", &[Rolle::Stadtplanung]).await;
    let (luecken, _) = befunde(&amt, "flaechenschluss-luecke").await;
    let (ueberlappungen, _) = befunde(&amt, "flaechenschluss-ueberlappung").await;
    let vorher = pruefung(&amt).await;
    // A valid area inside, with a place in its middle for a hole or an overlap.
    let (kennung, ewkt, x, y): (String, String, f64, f64) = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT kennung, st_asgeojson(geom, 6), st_x(p), st_y(p) FROM (SELECT kennung, geom, (st_maximuminscribedcircle(geom)).center AS p, (st_maximuminscribedcircle(geom)).radius AS r FROM fnp.flaeche WHERE fassung_id = {FASSUNG} AND gueltig) x WHERE r > 40 ORDER BY kennung LIMIT 1"
    )))
    .fetch_one(&amt.db.write)
    .await
    .unwrap();
    let flaeche: serde_json::Value = serde_json::from_str(&ewkt).unwrap();

    // Drawn over it: an overlap of 400 m².
    let quadrat = json!([
        [x - 10.0, y - 10.0],
        [x + 10.0, y - 10.0],
        [x + 10.0, y + 10.0],
        [x - 10.0, y + 10.0],
        [x - 10.0, y - 10.0]
    ]);
    let neu = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [quadrat]}, "properties": {"nutzung": "Grünfläche"}});
    let neu = doc(&mit(
        amt.json(&token, "POST", EBENE, &[UTM], &neu).await,
        201,
    ));
    assert_eq!(neu["properties"]["nutzung"], "gruen");
    assert!((neu["properties"]["flaeche_m2"].as_f64().unwrap() - 400.0).abs() < 0.01);
    let danach = pruefung(&amt).await;
    assert!(
        (danach.0 - vorher.0 - 400.0).abs() < 0.01 && (danach.1 - vorher.1).abs() < 0.01,
        "{vorher:?} {danach:?}"
    );
    let (zahl_jetzt, _) = befunde(&amt, "flaechenschluss-ueberlappung").await;
    assert_eq!(zahl_jetzt, ueberlappungen + 1);
    wie_ein_ganzer_lauf(&amt, "overlap").await;

    // The old area gets a hole there: the overlap and its finding are gone.
    let mut mit_loch = flaeche["coordinates"].clone();
    mit_loch[0].as_array_mut().unwrap().push(json!(
        quadrat.as_array().unwrap().iter().rev().collect::<Vec<_>>()
    ));
    let pfad = format!("{EBENE}/{kennung}");
    mit(
        amt.json(
            &token,
            "PATCH",
            &pfad,
            &[UTM],
            &json!({"geometry": {"type": "MultiPolygon", "coordinates": mit_loch}}),
        )
        .await,
        200,
    );
    let danach = pruefung(&amt).await;
    assert!(
        (danach.0 - vorher.0).abs() < 0.01 && (danach.1 - vorher.1).abs() < 0.01,
        "{vorher:?} {danach:?}"
    );
    assert_eq!(
        befunde(&amt, "flaechenschluss-ueberlappung").await.0,
        ueberlappungen
    );
    assert_eq!(befunde(&amt, "flaechenschluss-luecke").await.0, luecken);
    wie_ein_ganzer_lauf(&amt, "hole").await;

    // The new one goes: a gap of 400 m² with its finding.
    let id = neu["id"].as_str().unwrap();
    mit(
        amt.sende(&token, "DELETE", &format!("{EBENE}/{id}"), &[], "")
            .await,
        204,
    );
    let danach = pruefung(&amt).await;
    assert!(
        (danach.1 - vorher.1 - 400.0).abs() < 0.01,
        "{vorher:?} {danach:?}"
    );
    let (zahl_jetzt, _) = befunde(&amt, "flaechenschluss-luecke").await;
    assert_eq!(zahl_jetzt, luecken + 1);
    wie_ein_ganzer_lauf(&amt, "gap").await;

    // The use alone changes: the balance follows, no area moves.
    let gruen = format!(
        "SELECT coalesce(round(sum(m2)), 0)::bigint FROM fnp.anteil WHERE nutzung = 'sport' AND fassung_id = {FASSUNG}"
    );
    let sport = zahl(&amt.db.write, &gruen).await.unwrap();
    mit(
        amt.json(
            &token,
            "PATCH",
            &pfad,
            &[],
            &json!({"properties": {"nutzung": "sport"}}),
        )
        .await,
        200,
    );
    assert!(zahl(&amt.db.write, &gruen).await.unwrap() > sport);
    wie_ein_ganzer_lauf(&amt, "use").await;
    let eintraege = zahl(&amt.db.write, "SELECT count(*) FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id WHERE a.wer LIKE 'konto:planung%' AND z.relation = 'fnp.flaeche'").await.unwrap();
    assert_eq!(eintraege, 4);
}

/// Neighbours edited side by side: figures as if one after the other.
#[tokio::test]
async fn neighbours_edited_at_once() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", &[Rolle::Stadtplanung]).await;
    let (x, y): (f64, f64) = sqlx::query_as(AssertSqlSafe(format!("SELECT st_x(p), st_y(p) FROM (SELECT st_centroid(geom) AS p FROM fnp.fassung WHERE id = {FASSUNG}) x")))
        .fetch_one(&amt.db.write)
        .await
        .unwrap();
    let neue = (0..8).map(|n| {
        let d = f64::from(n) * 6.0;
        let ring = json!([[x + d, y], [x + d + 15.0, y], [x + d + 15.0, y + 15.0], [x + d, y + 15.0], [x + d, y]]);
        let neu = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {"nutzung": "wald"}});
        let (amt, token) = (&amt, &token);
        async move { amt.json(token, "POST", EBENE, &[UTM], &neu).await.status.as_u16() }
    });
    assert_eq!(futures_util::future::join_all(neue).await, [201; 8]);
    wie_ein_ganzer_lauf(&amt, "eight at once").await;
}
