//! Part 4: every editable layer, every way to get it wrong, versions, repetition, rights.

use axum::body::Body;
use serde_json::{Value, json};
use zielraum::auth::Rolle;
use zielraum::auth::konto::Angaben;

use super::{Amt, doc, kopfzeile, mit};
use crate::support::zahl;

pub const ALLE: &[Rolle] = &[Rolle::Stadtplanung, Rolle::Strategie];
const ENTWURF: &str = "fnp-2025-entwurf";

/// Editable collections with what a new feature needs.
pub fn ebenen() -> Vec<(String, u8, Value)> {
    let plan = |name: &str| format!("{name}_{ENTWURF}");
    vec![
        (
            "massnahmen_punkte".into(),
            0,
            json!({"titel": "Neu", "art": "Bau"}),
        ),
        (
            "massnahmen_linien".into(),
            1,
            json!({"titel": "Neu", "art": "bau"}),
        ),
        (
            "massnahmen_flaechen".into(),
            2,
            json!({"titel": "Neu", "art": "bau"}),
        ),
        (
            "dorferneuerungsgebiete".into(),
            2,
            json!({"name": "Neu", "typ": "Dorferneuerung"}),
        ),
        (
            "fachplaene".into(),
            2,
            json!({"titel": "Neu", "typ": "verkehr"}),
        ),
        (
            "fachdaten".into(),
            2,
            json!({"art": "biotop", "quelle": "Amt", "stand": "2026-01-31"}),
        ),
        (
            "fachdaten_linien".into(),
            1,
            json!({"art": "bahn", "quelle": "Amt", "stand": "2026-01-31"}),
        ),
        (
            "fachdaten_punkte".into(),
            0,
            json!({"art": "naturdenkmal", "quelle": "Amt", "stand": "2026-01-31"}),
        ),
        (plan("fnp_flaechen"), 2, json!({"nutzung": "W"})),
        (
            plan("fnp_ueberlagerungen"),
            2,
            json!({"nutzung": "W", "art": "schutzgebiet"}),
        ),
        (plan("fnp_linien"), 1, json!({"nutzung": "verkehr_strasse"})),
        (plan("fnp_punkte"), 0, json!({"nutzung": "gemeinbedarf"})),
    ]
}

/// A small shape of this dimension around a place of the demonstration town.
pub fn form(dimension: u8, dx: f64) -> Value {
    let (x, y) = (639_000.0 + dx, 5_320_500.0);
    match dimension {
        0 => json!({"type": "Point", "coordinates": [x, y]}),
        1 => json!({"type": "LineString", "coordinates": [[x, y], [x + 30.0, y + 10.0]]}),
        _ => {
            json!({"type": "Polygon", "coordinates": [[[x, y], [x + 20.0, y], [x + 20.0, y + 20.0], [x, y + 20.0], [x, y]]]})
        }
    }
}

pub const UTM: (&str, &str) = (
    "content-crs",
    "<http://www.opengis.net/def/crs/EPSG/0/25832>",
);

/// Somewhere inside the town, read from it.
pub async fn ort(amt: &Amt) -> (f64, f64) {
    let (x, y): (f64, f64) = sqlx::query_as(
        "SELECT st_x(p), st_y(p) FROM (SELECT st_pointonsurface(geom) AS p FROM gemeinde.ortsteil ORDER BY id LIMIT 1) x",
    )
    .fetch_one(&amt.db.write)
    .await
    .unwrap();
    (x, y)
}

pub fn verschoben(form: &Value, (x, y): (f64, f64)) -> Value {
    match form {
        Value::Array(paar) if paar.len() == 2 && paar[0].is_number() => json!([
            paar[0].as_f64().unwrap() - 639_000.0 + x,
            paar[1].as_f64().unwrap() - 5_320_500.0 + y
        ]),
        Value::Array(teile) => teile.iter().map(|t| verschoben(t, (x, y))).collect(),
        Value::Object(_) => {
            json!({"type": form["type"], "coordinates": verschoben(&form["coordinates"], (x, y))})
        }
        anderes => anderes.clone(),
    }
}

pub fn feature(geometrie: &Value, eigenschaften: &Value) -> Value {
    json!({"type": "Feature", "geometry": geometrie, "properties": eigenschaften})
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one life of a feature, in order")]
async fn every_editable_layer_takes_post_put_patch_delete() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let hier = ort(&amt).await;
    for (ebene, dimension, eigenschaften) in ebenen() {
        let items = format!("/collections/{ebene}/items");
        let erlaubt = amt
            .sende(&token, "OPTIONS", &items, &[], Body::empty())
            .await;
        assert!(kopfzeile(&erlaubt, "allow").contains("POST"), "{ebene}");
        let geometrie = verschoben(&form(dimension, 0.0), hier);
        let neu = amt
            .json(
                &token,
                "POST",
                &items,
                &[UTM, ("x-anlass", "Prüfung")],
                &feature(&geometrie, &eigenschaften),
            )
            .await;
        let neu = mit(neu, 201);
        let ort = kopfzeile(&neu, "location");
        let pfad = ort
            .strip_prefix("http://zr.test:8080")
            .unwrap_or_else(|| panic!("{ebene}: {ort}"))
            .to_owned();
        let etag = kopfzeile(&neu, "etag");
        // What was answered is what is there.
        let gelesen = amt
            .hole(
                &token,
                &format!("{pfad}?crs=http://www.opengis.net/def/crs/EPSG/0/25832"),
            )
            .await;
        assert_eq!(kopfzeile(&gelesen, "etag"), etag, "{ebene}");
        let gelesen = doc(&gelesen);
        assert_eq!(gelesen["geometry"], doc(&neu)["geometry"], "{ebene}");
        assert!(
            gelesen["geometry"]["type"]
                .as_str()
                .unwrap()
                .starts_with("Multi"),
            "{ebene}"
        );
        // QGIS sends all of it back with one thing changed.
        let mut ganz = amt.feature(&token, &pfad).await;
        let ganz = ganz.as_object_mut().unwrap();
        ganz.remove("links");
        let feld = if ganz["properties"].get("nummer").is_some() {
            "nummer"
        } else if ganz["properties"].get("traeger").is_some() {
            "traeger"
        } else if ganz["properties"].get("herausgeber").is_some() {
            "herausgeber"
        } else {
            "name"
        };
        ganz["properties"][feld] = json!("geändert");
        let put = mit(amt.json(&token, "PUT", &pfad, &[], &json!(ganz)).await, 200);
        assert_eq!(doc(&put)["properties"][feld], "geändert", "{ebene}");
        let nachher = amt
            .feature(
                &token,
                &format!("{pfad}?crs=http://www.opengis.net/def/crs/EPSG/0/25832"),
            )
            .await;
        assert_eq!(
            nachher["geometry"], gelesen["geometry"],
            "{ebene}: the geometry came back rounded and stays"
        );
        assert_ne!(kopfzeile(&put, "etag"), etag);
        // Stale.
        let veraltet = amt
            .json(
                &token,
                "PATCH",
                &pfad,
                &[("if-match", &etag)],
                &json!({"properties": {feld: "zu spät"}}),
            )
            .await;
        let satz = mit(veraltet, 412).text;
        assert!(satz.contains("Version"), "{satz}");
        // Moved.
        let woanders = verschoben(&form(dimension, 100.0), hier);
        let jetzt = kopfzeile(&amt.hole(&token, &pfad).await, "etag");
        let bewegt = amt
            .json(
                &token,
                "PATCH",
                &pfad,
                &[UTM, ("if-match", &jetzt)],
                &json!({"geometry": woanders}),
            )
            .await;
        let bewegt = doc(&mit(bewegt, 200));
        assert_ne!(bewegt["geometry"], gelesen["geometry"], "{ebene}");
        assert_eq!(
            bewegt["properties"][feld], "geändert",
            "{ebene}: a merge patch leaves the rest"
        );
        let hier_erlaubt = amt
            .sende(&token, "OPTIONS", &pfad, &[], Body::empty())
            .await;
        assert_eq!(
            kopfzeile(&hier_erlaubt, "allow"),
            "GET, HEAD, OPTIONS, PUT, PATCH, DELETE",
            "{ebene}"
        );
        assert!(kopfzeile(&hier_erlaubt, "accept-patch").contains("merge-patch"));
        mit(
            amt.sende(&token, "DELETE", &pfad, &[], Body::empty()).await,
            204,
        );
        mit(amt.hole(&token, &pfad).await, 404);
        mit(
            amt.sende(&token, "DELETE", &pfad, &[], Body::empty()).await,
            404,
        );
    }
    // Author and reason of all that.
    let prüfungen = zahl(&amt.db.write, "SELECT count(*) FROM audit.aenderung WHERE wer LIKE 'konto:planung%' AND warum = 'Prüfung'").await.unwrap();
    assert_eq!(usize::try_from(prüfungen).unwrap(), ebenen().len());
    assert_eq!(
        zahl(&amt.db.write, "SELECT count(*) FROM audit.pruefe()")
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table: who, what, status")]
async fn rights_decide_and_drafts_do_not_exist_for_others() {
    let amt = Amt::neu().await;
    let planung = amt.token("planung", &[Rolle::Stadtplanung]).await;
    let rat = amt.token("rat", &[Rolle::Stadtrat]).await;
    let hier = ort(&amt).await;
    let items = "/collections/massnahmen_punkte/items";
    let neu = feature(
        &verschoben(&form(0, 0.0), hier),
        &json!({"titel": "x", "art": "bau"}),
    );
    // Anonymous: 401 with a challenge, and no POST in Allow.
    let anonym = mit(amt.json("", "POST", items, &[UTM], &neu).await, 401);
    assert!(kopfzeile(&anonym, "www-authenticate").starts_with("Basic"));
    let erlaubt = amt.sende("", "OPTIONS", items, &[], Body::empty()).await;
    assert_eq!(kopfzeile(&erlaubt, "allow"), "GET, HEAD, OPTIONS");
    let erlaubt = amt.sende(&rat, "OPTIONS", items, &[], Body::empty()).await;
    assert_eq!(kopfzeile(&erlaubt, "allow"), "GET, HEAD, OPTIONS");
    mit(amt.json(&rat, "POST", items, &[UTM], &neu).await, 403);
    // Stadtplanung moves a measure but does not rename it.
    let id = amt.erstes(&planung, "massnahmen_punkte").await;
    let pfad = format!("{items}/{id}");
    mit(
        amt.json(
            &planung,
            "PATCH",
            &pfad,
            &[],
            &json!({"properties": {"titel": "anders"}}),
        )
        .await,
        403,
    );
    mit(
        amt.json(
            &planung,
            "PATCH",
            &pfad,
            &[UTM],
            &json!({"geometry": verschoben(&form(0, 3.0), hier)}),
        )
        .await,
        200,
    );
    assert_eq!(zahl(&amt.db.write, &format!("SELECT count(*) FROM strategie.massnahme WHERE kennung = '{id}' AND veroeffentlichung = 'entwurf'")).await.unwrap(), 1, "a draft over the public one");
    assert_eq!(
        mit(amt.hole("", &pfad).await, 200).status,
        200,
        "the public keeps the old one"
    );
    // A Fachamt makes measures of its own and leaves others alone.
    let referat: String = sqlx::query_scalar(
        "SELECT kennung FROM strategie.akteur WHERE art = 'amt' ORDER BY kennung LIMIT 1",
    )
    .fetch_one(&amt.db.write)
    .await
    .unwrap();
    let fachamt = amt
        .token_mit(
            "fachamt",
            &Angaben {
                rollen: vec![Rolle::Fachamt],
                referat: Some(referat),
                ..Angaben::default()
            },
        )
        .await;
    let eigenes = mit(amt.json(&fachamt, "POST", items, &[UTM], &neu).await, 201);
    let eigenes = kopfzeile(&eigenes, "location").replace("http://zr.test:8080", "");
    mit(
        amt.json(
            &fachamt,
            "PATCH",
            &eigenes,
            &[],
            &json!({"properties": {"titel": "Unseres"}}),
        )
        .await,
        200,
    );
    mit(
        amt.json(
            &rat,
            "PATCH",
            &eigenes,
            &[],
            &json!({"properties": {"titel": "x"}}),
        )
        .await,
        403,
    );
    mit(amt.hole(&rat, &eigenes).await, 404);
    // Another office does not see the draft: 404, not 403.
    let anderes: String = sqlx::query_scalar("SELECT kennung FROM strategie.akteur WHERE art = 'amt' AND uebergeordnet_id IS NULL ORDER BY kennung DESC LIMIT 1").fetch_one(&amt.db.write).await.unwrap();
    let fremdes = amt
        .token_mit(
            "fremdes",
            &Angaben {
                rollen: vec![Rolle::Fachamt],
                referat: Some(anderes),
                ..Angaben::default()
            },
        )
        .await;
    mit(
        amt.json(
            &fremdes,
            "PATCH",
            &eigenes,
            &[],
            &json!({"properties": {"titel": "x"}}),
        )
        .await,
        404,
    );
    // A layer that is computed, and a plan in force.
    let nur_lesen = mit(
        amt.json(
            &planung,
            "POST",
            "/collections/bilanz_ortsteile/items",
            &[UTM],
            &neu,
        )
        .await,
        405,
    );
    assert!(!kopfzeile(&nur_lesen, "allow").contains("POST"));
    let flaeche = amt.erstes(&planung, "fnp_flaechen").await;
    let satz = mit(
        amt.json(
            &planung,
            "PATCH",
            &format!("/collections/fnp_flaechen/items/{flaeche}"),
            &[],
            &json!({"properties": {"name": "x"}}),
        )
        .await,
        409,
    )
    .text;
    assert!(satz.contains("wirksam"), "{satz}");
    mit(
        amt.json(
            &planung,
            "PATCH",
            "/collections/gibtsnicht/items/1",
            &[],
            &json!({}),
        )
        .await,
        404,
    );
}

#[tokio::test]
async fn a_feature_is_not_sent_twice() {
    let amt = Amt::neu().await;
    let id = amt.erstes("", "ortsteile").await;
    let pfad = format!("/collections/ortsteile/items/{id}");
    let etag = kopfzeile(&amt.hole("", &pfad).await, "etag");
    let wieder = amt
        .sende("", "GET", &pfad, &[("if-none-match", &etag)], Body::empty())
        .await;
    assert_eq!((wieder.status.as_u16(), wieder.text.as_str()), (304, ""));
    let anders = amt
        .sende(
            "",
            "GET",
            &format!("{pfad}?crs=http://www.opengis.net/def/crs/EPSG/0/25832"),
            &[("if-none-match", &etag)],
            Body::empty(),
        )
        .await;
    assert_eq!(
        anders.status, 200,
        "another system is another representation"
    );
}

/// PUT of all features as they are: nothing changes, in any system, whatever QGIS keeps.
#[tokio::test]
async fn sending_everything_back_changes_nothing() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    for ebene in [
        "ortsteile",
        "dorferneuerungsgebiete",
        "massnahmen_flaechen",
        "massnahmen_linien",
        "fachdaten",
        "fnp_flaechen_fnp-2025-entwurf",
    ] {
        for crs in [
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            "http://www.opengis.net/def/crs/EPSG/0/25832",
        ] {
            let items = format!("/collections/{ebene}/items");
            let alle = amt
                .feature(&token, &format!("{items}?limit=12&crs={crs}"))
                .await;
            let vorher = zahl(&amt.db.write, "SELECT count(*) FROM audit.zeile")
                .await
                .unwrap();
            for eines in alle["features"].as_array().unwrap() {
                let pfad = format!("{items}/{}", eines["id"].as_str().unwrap());
                let etag = kopfzeile(&amt.hole(&token, &pfad).await, "etag");
                mit(
                    amt.json(&token, "PUT", &pfad, &[("content-crs", crs)], eines)
                        .await,
                    200,
                );
                assert_eq!(
                    kopfzeile(&amt.hole(&token, &pfad).await, "etag"),
                    etag,
                    "{pfad} {crs}"
                );
            }
            assert_eq!(
                zahl(&amt.db.write, "SELECT count(*) FROM audit.zeile")
                    .await
                    .unwrap(),
                vorher,
                "{ebene} {crs}"
            );
        }
    }
}
