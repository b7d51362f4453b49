//! Landing page, conformance, collections, schemas, OpenAPI: what QGIS insists on.

use serde_json::{Value, json as wert};

use super::support::{dienst, execute, hole, hole_bis, json, link, objekte, pfad, sende};

fn alle_links(doc: &Value, links: &mut Vec<String>) {
    match doc {
        Value::Object(felder) => {
            if let Some(href) = felder.get("href").and_then(Value::as_str) {
                links.push(href.to_owned());
            }
            felder.values().for_each(|wert| alle_links(wert, links));
        }
        Value::Array(werte) => werte.iter().for_each(|wert| alle_links(wert, links)),
        _ => {}
    }
}

#[tokio::test]
async fn every_link_is_absolute_and_leads_somewhere() {
    let (_db, router) = dienst().await;
    let mut offen = vec!["/".to_owned()];
    let mut besucht = std::collections::HashSet::new();
    while let Some(adresse) = offen.pop() {
        if besucht.contains(&adresse) || besucht.len() > 300 {
            continue;
        }
        let antwort = hole(&router, &adresse).await;
        assert_eq!(antwort.status, 200, "{adresse}: {}", antwort.text);
        if antwort.kopf("content-type").contains("json") {
            let mut links = Vec::new();
            alle_links(&antwort.json(), &mut links);
            // Templates are filled in before they lead anywhere.
            let feste = links.iter().filter(|link| !link.contains('{'));
            offen.extend(feste.map(|link| pfad(link).to_owned()));
        }
        besucht.insert(adresse);
    }
    assert!(besucht.len() > 60, "{}", besucht.len());
}

#[tokio::test]
async fn the_landing_page_has_what_qgis_needs() {
    let (_db, router) = dienst().await;
    let doc = json(&router, "/").await;
    let data: Vec<_> = doc["links"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|l| l["rel"] == "data")
        .collect();
    assert_eq!(
        (data[0]["type"].as_str(), data[0]["href"].as_str()),
        (
            Some("application/json"),
            Some("http://zr.test:8080/collections")
        )
    );
    let api = link(&doc, "service-desc").unwrap();
    let accept = "application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, application/json";
    let antwort = sende(&router, "GET", pfad(&api), &[("accept", accept)]).await;
    assert_eq!(
        (antwort.status.as_u16(), antwort.kopf("content-type")),
        (200, "application/vnd.oai.openapi+json;version=3.0")
    );
    assert!(link(&doc, "conformance").is_some());
    let klassen = json(&router, "/conformance").await["conformsTo"].clone();
    assert!(klassen.as_array().unwrap().contains(&wert!(
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson"
    )));
}

#[tokio::test]
async fn openapi_lists_literal_paths_with_typed_parameters() {
    let (_db, router) = dienst().await;
    let doc = json(&router, "/api").await;
    assert_eq!(doc["openapi"], "3.0.3");
    assert_eq!(
        doc["components"]["parameters"]["limit"]["schema"],
        wert!({"type": "integer", "minimum": 1, "maximum": 10000, "default": 1000})
    );
    let parameter = &doc["paths"]["/collections/fnp_flaechen/items"]["get"]["parameters"];
    let anzahl = parameter
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["name"] == "anzahl")
        .unwrap();
    assert_eq!(
        (
            &anzahl["in"],
            &anzahl["style"],
            &anzahl["explode"],
            &anzahl["schema"]["type"]
        ),
        (
            &wert!("query"),
            &wert!("form"),
            &wert!(false),
            &wert!("integer")
        )
    );
    assert!(doc["paths"]["/collections/fnp_flaechen_fnp-2001/items/{featureId}"].is_object());
    // Every path of the layers answers; the others need the whole schema.
    let pfade = doc["paths"].as_object().unwrap().keys();
    for pfad in pfade.filter(|pfad| pfad.starts_with("/collections/")) {
        let id = match pfad.split('/').nth(2).unwrap_or_default() {
            "b%C3%A4ume" => "1%2F%C3%A4",
            "fnp_flaechen" | "fnp_flaechen_fnp-2001" => "fnp-2001.00100",
            "blatt" => "a",
            "leer" => continue,
            _ => "1",
        };
        let adresse = pfad
            .replace("{featureId}", id)
            .replace("{slug}", "intern")
            .replace(
                "{collectionId}",
                if pfad.contains("/tiles") {
                    "fnp_flaechen"
                } else {
                    "blatt"
                },
            )
            .replace("{tileMatrixSetId}", "WebMercatorQuad")
            .replace("{tileMatrix}", "0")
            .replace("{tileRow}", "0")
            .replace("{tileCol}", "0")
            .replace("{datei}", "blatt.csv");
        assert_eq!(hole(&router, &adresse).await.status, 200, "{adresse}");
    }
    // Every reference has its target.
    let text = doc.to_string();
    for verweis in text.split("\"$ref\":\"#").skip(1) {
        let ziel = verweis.split('"').next().unwrap();
        assert!(doc.pointer(ziel).is_some(), "{ziel}");
    }
    let mut ids: Vec<_> = doc["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|p| p["get"]["operationId"].to_string())
        .collect();
    let alle = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), alle);
}

#[tokio::test]
async fn collections_have_extent_systems_and_time() {
    let (db, router) = dienst().await;
    let doc = json(&router, "/collections/fnp_flaechen").await;
    assert_eq!(
        doc["storageCrs"],
        "http://www.opengis.net/def/crs/EPSG/0/25832"
    );
    assert_eq!(
        doc["crs"][0],
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    );
    let kasten: Vec<f64> =
        serde_json::from_value(doc["extent"]["spatial"]["bbox"][0].clone()).unwrap();
    let soll: String = sqlx::query_scalar(
        "SELECT ST_Extent(ST_Transform(geom, 4326))::text FROM oeffentlich.flaeche",
    )
    .fetch_one(&db.admin)
    .await
    .unwrap();
    let soll: Vec<f64> = soll
        .trim_matches(|c: char| c.is_alphabetic() || "()".contains(c))
        .split([' ', ','])
        .map(|z| z.parse().unwrap())
        .collect();
    for i in 0..4 {
        // The box of the boxes may be a little larger than the box of the shapes.
        assert!((kasten[i] - soll[i]).abs() < 2e-3, "{kasten:?} {soll:?}");
    }
    assert!(
        kasten[0] <= soll[0] + 1e-7
            && kasten[1] <= soll[1] + 1e-7
            && kasten[2] >= soll[2] - 1e-7
            && kasten[3] >= soll[3] - 1e-7
    );
    assert_eq!(
        doc["extent"]["temporal"]["interval"],
        wert!([["2000-01-02T00:00:00Z", null]])
    );
    assert!(
        json(&router, "/collections/leer")
            .await
            .get("extent")
            .is_none()
    );
    assert!(
        json(&router, "/collections/blatt")
            .await
            .get("storageCrs")
            .is_none()
    );
    let alle = json(&router, "/collections").await;
    let ids: Vec<_> = alle["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "fnp_flaechen",
            "fnp_flaechen_fnp-2001",
            "leer",
            "blatt",
            "bäume",
            "gemischt",
            "gk",
            "erde"
        ]
    );
}

#[tokio::test]
async fn schemas_name_titles_types_and_roles() {
    let (_db, router) = dienst().await;
    let antwort = hole(&router, "/collections/fnp_flaechen/schema").await;
    assert_eq!(antwort.kopf("content-type"), "application/schema+json");
    let felder = antwort.json()["properties"].clone();
    assert_eq!(
        felder["flaeche_m2"],
        wert!({"title": "Fläche", "description": "In der Ebene gemessen.", "type": "number", "x-unit": "m²", "x-ogc-propertySeq": 5, "readOnly": true})
    );
    assert_eq!(felder["geom"]["format"], "geometry-multipolygon");
    assert!(felder["geom"].get("type").is_none());
    assert_eq!(felder["kennung"]["x-ogc-role"], "id");
    assert_eq!(felder["gueltig_bis"]["x-ogc-role"], "primary-interval-end");
    let folgen: std::collections::HashSet<_> = felder
        .as_object()
        .unwrap()
        .values()
        .map(|f| f["x-ogc-propertySeq"].as_i64().unwrap())
        .collect();
    assert_eq!(folgen.len(), felder.as_object().unwrap().len());
    // What the schema names is what a feature carries.
    let doc = json(&router, "/collections/fnp_flaechen/items?limit=1").await;
    let objekt = &objekte(&doc)[0];
    let namen: Vec<_> = objekt["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        felder
            .as_object()
            .unwrap()
            .keys()
            .filter(|n| *n != "geom")
            .collect::<Vec<_>>(),
        namen
    );
    // Each queryable is a parameter; what cannot be filtered is none.
    let queryables =
        json(&router, "/collections/fnp_flaechen/queryables").await["properties"].clone();
    assert!(
        queryables.get("nutzung").is_some()
            && queryables.get("codes").is_none()
            && queryables.get("geheim").is_none()
    );
    assert!(
        json(&router, "/collections/b%C3%A4ume/queryables").await["properties"]
            .get("limit")
            .is_none()
    );
}

/// What the triggers of the whole schema do after a change.
const GEZAEHLT: &str = "UPDATE oeffentlich.stand SET zaehler = zaehler + 1; SELECT pg_notify('zielraum', 'oeffentlich.flaeche:0')";

#[tokio::test]
async fn plans_come_and_go_while_the_service_runs() {
    let (db, router) = dienst().await;
    let entwurf = "/collections/fnp_flaechen_entwurf-2025/items";
    assert_eq!(hole(&router, entwurf).await.status, 404);
    let mut conn = db.admin.acquire().await.unwrap();
    execute(&mut conn, "INSERT INTO oeffentlich.plan VALUES (2, 'entwurf-2025', 'Entwurf 2025'); INSERT INTO oeffentlich.fassung VALUES (8, 2, true), (6, 2, false);
        INSERT INTO oeffentlich.flaeche (fassung_id, ordnung, kennung, geom) SELECT f, n, 'e.' || f || '.' || n, geom FROM oeffentlich.flaeche, generate_series(1, 3) n, (VALUES (8), (6)) v(f) WHERE ordnung = 100").await;
    let doc = json(&router, entwurf).await;
    assert_eq!(doc["numberMatched"], 3);
    assert_eq!(
        json(&router, "/collections/fnp_flaechen_entwurf-2025").await["title"],
        "Flächen des Flächennutzungsplans – Entwurf 2025"
    );
    // The collection in force does not mix versions, and an id of the other plan is not in it.
    assert_eq!(
        json(&router, "/collections/fnp_flaechen/items?limit=1").await["numberMatched"],
        2500
    );
    assert_eq!(
        json(
            &router,
            "/collections/fnp_flaechen_entwurf-2025/items/e.8.1"
        )
        .await["id"],
        "e.8.1"
    );
    for fremd in ["e.6.1", "fnp-2001.00100"] {
        assert_eq!(
            hole(&router, &format!("{entwurf}/{fremd}")).await.status,
            404
        );
    }
    execute(
        &mut conn,
        &format!("DELETE FROM oeffentlich.plan WHERE id = 2; {GEZAEHLT}"),
    )
    .await;
    let fort = hole_bis(&router, entwurf, |a| a.status == 404).await;
    assert_eq!(fort.status, 404);
    // A new version of the plan in force replaces the old one.
    execute(&mut conn, &format!("UPDATE oeffentlich.fassung SET aktuell = false, plan_id = 1; UPDATE oeffentlich.fassung SET aktuell = true WHERE id = 6; {GEZAEHLT}")).await;
    hole_bis(&router, "/collections/fnp_flaechen/items", |a| {
        a.json()["numberMatched"] == 3
    })
    .await;
    for (adresse, id) in [
        ("fnp_flaechen", "e.6.1"),
        ("fnp_flaechen_fnp-2001", "e.6.1"),
    ] {
        let doc = json(&router, &format!("/collections/{adresse}/items")).await;
        assert_eq!(
            (&doc["numberMatched"], &objekte(&doc)[0]["id"]),
            (&wert!(3), &wert!(id))
        );
    }
}

#[tokio::test]
async fn internal_layers_do_not_exist_for_the_public() {
    let (_db, router) = dienst().await;
    for pfad in [
        "",
        "/items",
        "/items/KANARIENVOGEL",
        "/schema",
        "/queryables",
    ] {
        let antwort = hole(&router, &format!("/collections/entwurf{pfad}")).await;
        assert_eq!(antwort.status, 404);
        let fehlt = hole(&router, &format!("/collections/gibtsnicht{pfad}")).await;
        assert_eq!(fehlt.status, 404);
    }
    for pfad in [
        "/",
        "/collections",
        "/api",
        "/?f=html",
        "/collections?f=html",
        "/api?f=html",
    ] {
        assert!(
            !hole(&router, pfad)
                .await
                .text
                .to_lowercase()
                .contains("/entwurf"),
            "{pfad}"
        );
    }
}
