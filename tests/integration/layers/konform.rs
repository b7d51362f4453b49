//! What `/conformance` declares stands in docs/ogc.md, and each class has its probe here.

use std::collections::BTreeSet;

use serde_json::{Value, json as wert};

use super::cql2::{finde, versetzt, zehn};
use super::support::{dienst, hole, json, link, pfad, sende};

const DOCS: &str = include_str!("../../../docs/ogc.md");

fn in_docs() -> BTreeSet<String> {
    let zeilen = DOCS
        .lines()
        .filter_map(|zeile| zeile.strip_prefix("| `http"));
    zeilen
        .map(|zeile| format!("http{}", zeile.split('`').next().unwrap()))
        .collect()
}

#[tokio::test]
async fn what_is_declared_stands_in_the_docs_and_answers() {
    let (_db, router) = zehn().await;
    let doc = json(&router, "/conformance").await;
    let erklaert: BTreeSet<String> = doc["conformsTo"]
        .as_array()
        .unwrap()
        .iter()
        .map(|k| k.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        erklaert.len(),
        doc["conformsTo"].as_array().unwrap().len(),
        "each once"
    );
    assert_eq!(erklaert, in_docs());
    // The four without which QGIS sends no filter, and both names it knows classes by.
    for klasse in [
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/basic-cql2",
        "ogcapi-features-3/1.0/conf/filter",
        "ogcapi-features-3/1.0/conf/features-filter",
        "cql2/1.0/conf/basic-spatial-operators",
        "ogcapi-features-5/1.0/conf/schemas",
    ] {
        assert!(
            erklaert.contains(&format!("http://www.opengis.net/spec/{klasse}")),
            "{klasse}"
        );
    }
    for klasse in &erklaert {
        let teil = klasse.strip_prefix("http://www.opengis.net/spec/").unwrap();
        assert!(
            probe(&router, teil).await,
            "no probe, or it failed: {klasse}"
        );
    }
    // Arrays are declared only where a layer has some.
    let (_db, ohne) = super::cql2::ohne_listen().await;
    assert!(
        !json(&ohne, "/conformance")
            .await
            .to_string()
            .contains("array-functions")
    );
}

/// One request that only a service with the class answers so.
async fn probe(router: &axum::Router, klasse: &str) -> bool {
    let typ = async |adresse: &str| hole(router, adresse).await.kopf("content-type").to_owned();
    let findet = async |filter: &str| {
        finde(router, &versetzt(filter), "cql2-text")
            .await
            .is_ok_and(|ids| !ids.is_empty())
    };
    let schema = async |name: &str| {
        json(router, &format!("/collections/cql/{name}")).await["properties"].clone()
    };
    let erlaubt = async |adresse: &str| sende(router, "OPTIONS", adresse, &[]).await.status == 204;
    let (teil, name) = klasse.split_once("/1.0/conf/").unwrap();
    match (teil, name) {
        ("ogcapi-common-1", "core" | "landing-page") => {
            link(&json(router, "/").await, "conformance").is_some()
        }
        ("ogcapi-common-1" | "ogcapi-features-1", "oas30") => json(router, "/api").await["openapi"]
            .as_str()
            .unwrap()
            .starts_with("3.0"),
        ("ogcapi-common-1" | "ogcapi-common-2", "json") => {
            typ("/collections").await == "application/json"
        }
        (_, "html") => typ("/collections/cql/items?f=html")
            .await
            .starts_with("text/html"),
        ("ogcapi-common-2", "collections") => {
            json(router, "/collections").await["collections"].is_array()
        }
        ("ogcapi-features-1", "core" | "geojson") => {
            typ("/collections/cql/items").await == "application/geo+json"
        }
        ("ogcapi-features-2", "crs") => hole(
            router,
            "/collections/cql/items?crs=http://www.opengis.net/def/crs/EPSG/0/25832",
        )
        .await
        .kopf("content-crs")
        .contains("25832"),
        ("ogcapi-common-3" | "ogcapi-features-5", "schemas") => {
            schema("schema").await["zahl"]["type"] == "integer"
        }
        ("ogcapi-common-3", "advanced-property-roles") => {
            schema("schema").await["geom"]["x-ogc-role"] == "primary-geometry"
        }
        ("ogcapi-common-3", "returnables-and-receivables") => {
            schema("schema").await["zahl"]["readOnly"] == true
        }
        ("ogcapi-common-3" | "ogcapi-features-3", "queryables") => {
            schema("queryables").await["zahl"]["title"] == "zahl"
        }
        ("ogcapi-features-3", "queryables-query-parameters") => {
            json(router, "/collections/cql/items?zahl=1").await["numberMatched"] == 1
        }
        ("ogcapi-common-3" | "ogcapi-features-8", "sortables") => {
            schema("sortables").await["zahl"].is_object()
        }
        ("ogcapi-features-8", _) => {
            json(router, "/collections/cql/items?limit=1&sortby=-zahl").await["features"][0]["id"]
                == 10
        }
        ("ogcapi-features-6", _) => {
            json(router, "/collections/cql/items?zahl=1&properties=art").await["features"][0]["properties"]
                == wert!({"art": "W"})
        }
        ("ogcapi-features-3", "filter" | "features-filter")
        | ("cql2", "cql2-text" | "basic-cql2") => {
            findet("zahl = 1 AND NOT art = 'M' OR tag IS NULL").await
        }
        ("cql2", "cql2-json") => {
            finde(
                router,
                r#"{"op":"=","args":[{"property":"zahl"},1]}"#,
                "cql2-json",
            )
            .await
                == Ok(vec![1])
        }
        ("cql2", "advanced-comparison-operators") => {
            findet("name LIKE 'W%' AND zahl BETWEEN 0 AND 2 AND art IN ('W')").await
        }
        ("cql2", "case-insensitive-comparison") => findet("CASEI(name) = CASEI('WALD')").await,
        ("cql2", "accent-insensitive-comparison") => findet("ACCENTI(name) = 'Cafe'").await,
        ("cql2", "basic-spatial-functions" | "basic-spatial-operators") => {
            findet("S_INTERSECTS(geom, BBOX(E0, N0, E4, N4)) AND S_INTERSECTS(geom, POINT(E2 N2))")
                .await
        }
        ("cql2", "basic-spatial-functions-plus") => {
            findet("S_INTERSECTS(geom, MULTILINESTRING((E0 N0, E4 N4)))").await
        }
        ("cql2", "spatial-functions") => {
            findet("S_TOUCHES(geom, BBOX(E0, N0, E10, N10)) OR S_EQUALS(geom, POINT(E2 N2))").await
        }
        ("cql2", "temporal-functions") => {
            findet("T_DURING(INTERVAL(tag, bis), INTERVAL('2020-02-01', '2020-05-01'))").await
        }
        ("cql2", "property-property") => findet("tag = bis").await,
        ("cql2", "arithmetic") => findet("zahl * 2 + 1 = 17").await,
        ("cql2", "functions") => {
            findet("area(geom) = 100").await
                && json(router, "/functions").await["functions"][0]["returns"].is_array()
        }
        ("cql2", "array-functions") => findet("A_CONTAINS(farben, ('rot'))").await,
        // Refused without a sign-in, and not unknown.
        ("ogcapi-features-4", _) => {
            erlaubt("/collections/cql/items").await
                && sende(router, "POST", "/collections/cql/items", &[])
                    .await
                    .status
                    != 404
        }
        _ => false,
    }
}

#[tokio::test]
async fn queryables_are_as_qgis_takes_them() {
    let (_db, router) = dienst().await;
    let felder = json(&router, "/collections/fnp_flaechen/queryables").await["properties"].clone();
    assert_eq!(
        felder["geom"]["$ref"],
        "https://geojson.org/schema/MultiPolygon.json"
    );
    assert!(felder["geom"].get("type").is_none());
    for (name, feld) in felder
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "geom")
    {
        assert!(feld["type"].is_string(), "{name}");
    }
    assert_eq!(
        (&felder["liste"]["type"], felder.get("codes")),
        (&wert!("array"), None)
    );
    let doc = json(&router, "/collections/fnp_flaechen").await;
    for rel in ["queryables", "sortables", "schema"] {
        let adresse = link(
            &doc,
            &format!("http://www.opengis.net/def/rel/ogc/1.0/{rel}"),
        )
        .unwrap();
        assert!(json(&router, pfad(&adresse)).await["properties"].is_object());
    }
    let start = json(&router, "/").await;
    assert!(link(&start, "http://www.opengis.net/def/rel/ogc/1.0/functions").is_some());
    assert_eq!(doc["itemCount"], 2500);
}

/// QGIS reads the document on every connection; twenty collections must not make it a megabyte.
#[tokio::test]
async fn the_api_document_is_small() {
    let (_db, router) = dienst().await;
    let antwort = hole(&router, "/api").await;
    let doc = antwort.json();
    let pfade = doc["paths"].as_object().unwrap();
    let ebenen = pfade.keys().filter(|pfad| pfad.ends_with("/items")).count();
    let je_ebene: usize = pfade
        .iter()
        .filter(|(pfad, _)| pfad.starts_with("/collections/"))
        .map(|(_, operation)| Value::to_string(operation).len())
        .sum();
    assert!(
        je_ebene / ebenen < 12_000,
        "{} bytes for each layer",
        je_ebene / ebenen
    );
    let parameter = &doc["paths"]["/collections/fnp_flaechen/items"]["get"]["parameters"];
    for name in [
        "filter",
        "filter-lang",
        "filter-crs",
        "sortby",
        "properties",
        "skipGeometry",
    ] {
        let verweis = wert!({"$ref": format!("#/components/parameters/{name}")});
        assert!(parameter.as_array().unwrap().contains(&verweis), "{name}");
    }
    assert!(!antwort.text.contains("zoom-level"));
}
