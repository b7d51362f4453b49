//! A request matrix: every editable layer and every way to get it wrong.

use serde_json::{Value, json};

use super::ebenen::{ALLE, UTM, ebenen, feature, form, ort, verschoben};
use super::{Amt, doc, kopfzeile, mit};
use crate::support::zahl;

/// Ways to get it wrong: type, body, status, word of the sentence.
#[expect(clippy::too_many_lines, reason = "one table: body, status, word")]
fn schlechtes(
    ebene: &str,
    dimension: u8,
    gut: &Value,
    geometrie: &Value,
) -> Vec<(&'static str, String, u16, &'static str)> {
    let geo = "application/geo+json";
    let mit_eigenschaft = |name: &str, wert: Value| {
        let mut eigenschaften = gut.clone();
        eigenschaften[name] = wert;
        feature(geometrie, &eigenschaften).to_string()
    };
    let mut faelle = vec![
        (
            "text/plain",
            feature(geometrie, gut).to_string(),
            415,
            "Content-Type|gesendet",
        ),
        (geo, String::new(), 400, "leer"),
        (
            geo,
            "{\"type\": \"Feature\",\n \"geometry\": ]".into(),
            400,
            "Zeile 2",
        ),
        (geo, "[]".into(), 400, "GeoJSON-Objekt"),
        (
            geo,
            json!({"type": "FeatureCollection", "features": []}).to_string(),
            400,
            "FeatureCollection",
        ),
        (
            geo,
            "{\"type\": \"Feature\", \"type\": \"Feature\"}".into(),
            400,
            "zweimal",
        ),
        (geo, "[".repeat(50_000), 400, "verschachtelt"),
        (
            geo,
            json!({"type": "Feature", "properties": gut}).to_string(),
            400,
            "Geometrie fehlt",
        ),
        (
            geo,
            feature(&Value::Null, gut).to_string(),
            400,
            "Geometrie fehlt",
        ),
        (
            geo,
            feature(
                &json!({"type": "GeometryCollection", "geometries": []}),
                gut,
            )
            .to_string(),
            400,
            "GeometryCollection",
        ),
        (
            geo,
            feature(&form((dimension + 1) % 3, 0.0), gut).to_string(),
            400,
            "nimmt",
        ),
        (
            geo,
            feature(
                &verschoben(&form(dimension, 0.0), (900_000.0, 6_000_000.0)),
                gut,
            )
            .to_string(),
            400,
            "außerhalb",
        ),
        (
            geo,
            mit_eigenschaft("gibtsnicht", json!(1)),
            400,
            "gibtsnicht",
        ),
        (
            geo,
            mit_eigenschaft("kennung", json!("a/b")),
            400,
            "keine Kennung",
        ),
        (
            geo,
            format!(
                "{{\"type\": \"Feature\", \"x\": \"{}\"}}",
                "x".repeat(2_100_000)
            ),
            413,
            "2 MB",
        ),
        (
            geo,
            feature(geometrie, gut)
                .to_string()
                .replace("\"Feature\"", "\"Feature\", \"x\": 1e999"),
            400,
            "zu groß",
        ),
    ];
    for (name, wert) in gut.as_object().unwrap() {
        if wert.is_string() {
            faelle.push((
                geo,
                mit_eigenschaft(name, json!({"a": 1})),
                400,
                "einzelner Wert",
            ));
            faelle.push((geo, mit_eigenschaft(name, Value::Null), 400, "leer"));
        }
    }
    if ebene.starts_with("fnp_") {
        faelle.push((
            geo,
            mit_eigenschaft("nutzung", json!("Wohnbaufleche")),
            400,
            "Möglich sind",
        ));
    }
    if dimension == 2 {
        let x = geometrie["coordinates"][0][0][0].as_f64().unwrap();
        let y = geometrie["coordinates"][0][0][1].as_f64().unwrap();
        let schleife = json!({"type": "Polygon", "coordinates": [[[x, y], [x + 20.0, y + 20.0], [x + 20.0, y], [x, y + 20.0], [x, y]]]});
        faelle.push((
            geo,
            feature(&schleife, gut).to_string(),
            400,
            "schneidet sich selbst bei [",
        ));
        let offen = json!({"type": "Polygon", "coordinates": [[[x, y], [x + 20.0, y], [x + 20.0, y + 20.0], [x, y + 20.0]]]});
        faelle.push((
            geo,
            feature(&offen, gut).to_string(),
            400,
            "nicht geschlossen",
        ));
    }
    faelle
}

#[tokio::test]
async fn bad_bodies_are_refused_with_their_place() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let hier = ort(&amt).await;
    let vorher = zahl(&amt.db.write, "SELECT count(*) FROM audit.aenderung")
        .await
        .unwrap();
    let mut zahl_der_faelle = 0;
    for (ebene, dimension, gut) in ebenen() {
        let geometrie = verschoben(&form(dimension, 0.0), hier);
        for (typ, inhalt, status, worte) in schlechtes(&ebene, dimension, &gut, &geometrie) {
            let items = format!("/collections/{ebene}/items");
            let antwort = amt
                .sende(
                    &token,
                    "POST",
                    &items,
                    &[UTM, ("content-type", typ)],
                    inhalt.clone(),
                )
                .await;
            let kurz: String = inhalt.chars().take(200).collect();
            assert_eq!(
                antwort.status.as_u16(),
                status,
                "{ebene}: {kurz}: {}",
                antwort.text
            );
            assert_eq!(
                kopfzeile(&antwort, "content-type"),
                "application/problem+json",
                "{ebene}: {kurz}"
            );
            assert!(
                worte.split('|').any(|wort| antwort.text.contains(wort)),
                "{ebene}: {kurz}: {}",
                antwort.text
            );
            zahl_der_faelle += 1;
        }
    }
    assert!(zahl_der_faelle > 200, "{zahl_der_faelle}");
    assert_eq!(
        zahl(&amt.db.write, "SELECT count(*) FROM audit.aenderung")
            .await
            .unwrap(),
        vorher,
        "nothing was written"
    );
    // Derived and immutable properties of stored features.
    for (ebene, eigenschaft, wort) in [
        ("ortsteile", "flaeche_m2", "abgeleitet"),
        ("ortsteile", "kennung", "unveränderlich"),
        ("massnahmen_punkte", "ziele", "abgeleitet"),
        ("dorferneuerungsgebiete", "projekte", "abgeleitet"),
        ("fnp_flaechen_fnp-2025-entwurf", "gueltig", "abgeleitet"),
    ] {
        let id = amt.erstes(&token, ebene).await;
        let pfad = format!("/collections/{ebene}/items/{id}");
        let antwort = amt
            .json(
                &token,
                "PATCH",
                &pfad,
                &[],
                &json!({"properties": {eigenschaft: "anders"}}),
            )
            .await;
        let problem = doc(&mit(antwort, 400));
        assert!(
            problem["detail"].as_str().unwrap().contains(wort),
            "{problem}"
        );
        assert_eq!(problem["stelle"], format!("/properties/{eigenschaft}"));
    }
}

#[tokio::test]
async fn swapped_axes_and_metres_are_told() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let id = amt.erstes(&token, "massnahmen_punkte").await;
    let jetzt = amt
        .feature(
            &token,
            &format!("/collections/massnahmen_punkte/items/{id}"),
        )
        .await;
    let ort = &jetzt["geometry"]["coordinates"][0];
    let items = "/collections/massnahmen_punkte/items";
    let punkt = |a: &Value, b: &Value| {
        feature(
            &json!({"type": "Point", "coordinates": [a, b]}),
            &json!({"titel": "x", "art": "bau"}),
        )
    };
    let vertauscht = mit(
        amt.json(&token, "POST", items, &[], &punkt(&ort[1], &ort[0]))
            .await,
        400,
    );
    assert!(
        vertauscht.text.contains("Achsen sind wohl vertauscht"),
        "{}",
        vertauscht.text
    );
    let meter = mit(
        amt.json(
            &token,
            "POST",
            items,
            &[],
            &punkt(&json!(639_000), &json!(5_320_000)),
        )
        .await,
        400,
    );
    assert!(meter.text.contains("Content-Crs"), "{}", meter.text);
    let epsg4326 = (
        "content-crs",
        "<http://www.opengis.net/def/crs/EPSG/0/4326>",
    );
    mit(
        amt.json(&token, "POST", items, &[epsg4326], &punkt(&ort[1], &ort[0]))
            .await,
        201,
    );
    let fremd = (
        "content-crs",
        "<http://www.opengis.net/def/crs/EPSG/0/31468>",
    );
    mit(
        amt.json(&token, "POST", items, &[fremd], &punkt(&ort[0], &ort[1]))
            .await,
        400,
    );
}
