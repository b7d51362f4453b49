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
    let (teil, name) = klasse.split_once("/conf/").unwrap();
    let (teil, _) = teil.rsplit_once('/').unwrap();
    let items = "/collections/cql/items";
    match teil {
        "cql2" => filtert(router, name).await,
        "ogcapi-features-3" if name.ends_with("filter") => filtert(router, "basic-cql2").await,
        "ogcapi-common-1" | "ogcapi-common-2" | "ogcapi-features-1" => grund(router, name).await,
        "ogcapi-features-2" => {
            let crs = "http://www.opengis.net/def/crs/EPSG/0/25832";
            let antwort = hole(router, &format!("{items}?crs={crs}")).await;
            antwort.kopf("content-crs") == format!("<{crs}>")
        }
        "ogcapi-features-3" if name == "queryables-query-parameters" => {
            json(router, &format!("{items}?zahl=1")).await["numberMatched"] == 1
        }
        "ogcapi-common-3" | "ogcapi-features-3" | "ogcapi-features-5" => felder(router, name).await,
        "ogcapi-features-8" if name == "sortables" => felder(router, name).await,
        "ogcapi-features-8" => {
            json(router, &format!("{items}?limit=1&sortby=-zahl")).await["features"][0]["id"] == 10
        }
        "ogcapi-features-6" => {
            json(router, &format!("{items}?zahl=1&properties=art")).await["features"][0]["properties"]
                == wert!({"art": "W"})
        }
        "ogcapi-features-7" => {
            let geometrie = async |frage: &str| {
                let doc = json(router, &format!("{items}?limit=1{frage}")).await;
                doc["features"][0]["geometry"].clone()
            };
            geometrie("").await != geometrie("&zoom-level=2").await
        }
        "json-fg-1" => typ(router, &format!("{items}?f=jsonfg&limit=1"))
            .await
            .starts_with("application/vnd.ogc.fg+json"),
        "ogcapi-styles-1" => {
            let (adresse, medium) = match name {
                "core" => ("/styles?f=json", "application/json"),
                "html" => ("/styles?f=html", "text/html"),
                "mapbox-styles" => (
                    "/styles/cql?f=maplibre",
                    "application/vnd.mapbox.style+json",
                ),
                "sld-10" => (
                    "/styles/cql?f=sld10",
                    "application/vnd.ogc.sld+xml;version=1.0",
                ),
                _ => (
                    "/styles/cql?f=sld11",
                    "application/vnd.ogc.sld+xml;version=1.1",
                ),
            };
            typ(router, adresse).await.starts_with(medium)
        }
        "ogcapi-tiles-1" | "tms" => kacheln(router, name).await,
        // Refused without a sign-in, and not unknown.
        "ogcapi-features-4" => sende(router, "POST", items, &[]).await.status == 401,
        _ => false,
    }
}

async fn typ(router: &axum::Router, adresse: &str) -> String {
    hole(router, adresse).await.kopf("content-type").to_owned()
}

async fn kacheln(router: &axum::Router, name: &str) -> bool {
    let satz = "/collections/cql/tiles/WebMercatorQuad";
    match name {
        "core" | "mvt" => {
            typ(router, &format!("{satz}/0/0/0")).await == "application/vnd.mapbox-vector-tile"
        }
        "tilesets-list" | "geodata-tilesets" => {
            json(router, "/collections/cql/tiles").await["tilesets"].is_array()
        }
        "dataset-tilesets" => json(router, "/tiles").await["tilesets"].is_array(),
        "collections-selection" => {
            let adresse = "/tiles/WebMercatorQuad?collections=cql";
            json(router, adresse).await["layers"]
                .as_array()
                .unwrap()
                .len()
                == 1
        }
        "datetime" => {
            let adresse = format!("{satz}/0/0/0?datetime=gestern");
            hole(router, &adresse).await.status == 400
        }
        "oas30" => json(router, "/api").await["paths"]["/tiles"].is_object(),
        "tilematrixset" | "json-tilematrixset" => {
            let doc = json(router, "/tileMatrixSets/WebMercatorQuad").await;
            doc["tileMatrices"].as_array().unwrap().len() > 20
        }
        "tilematrixsetlimits" | "json-tilematrixsetlimits" => {
            json(router, satz).await["tileMatrixSetLimits"].is_array()
        }
        "tileset" | "tilesetmetadata" | "json-tilesetmetadata" => {
            json(router, satz).await["dataType"] == "vector"
        }
        _ => false,
    }
}

async fn grund(router: &axum::Router, name: &str) -> bool {
    let typ = async |adresse: &str| typ(router, adresse).await;
    match name {
        "core" | "landing-page" => link(&json(router, "/").await, "conformance").is_some(),
        "oas30" => json(router, "/api").await["openapi"]
            .as_str()
            .unwrap()
            .starts_with("3.0"),
        "json" => typ("/collections").await == "application/json",
        "html" => typ("/collections/cql/items?f=html")
            .await
            .starts_with("text/html"),
        "collections" => json(router, "/collections").await["collections"].is_array(),
        "geojson" => typ("/collections/cql/items").await == "application/geo+json",
        _ => false,
    }
}

async fn felder(router: &axum::Router, name: &str) -> bool {
    let doc = async |name: &str| {
        json(router, &format!("/collections/cql/{name}")).await["properties"].clone()
    };
    match name {
        "schemas" => doc("schema").await["zahl"]["type"] == "integer",
        "advanced-property-roles" => {
            doc("schema").await["geom"]["x-ogc-role"] == "primary-geometry"
        }
        "returnables-and-receivables" => doc("schema").await["zahl"]["readOnly"] == true,
        "queryables" | "sortables" => doc(name).await["zahl"]["title"] == "zahl",
        _ => false,
    }
}

async fn filtert(router: &axum::Router, name: &str) -> bool {
    let text = match name {
        "cql2-json" => {
            let filter = r#"{"op":"=","args":[{"property":"zahl"},1]}"#;
            return finde(router, filter, "cql2-json").await == Ok(vec![1]);
        }
        "cql2-text" | "basic-cql2" => "zahl = 1 AND NOT art = 'M' OR tag IS NULL",
        "advanced-comparison-operators" => {
            "name LIKE 'W%' AND zahl BETWEEN 0 AND 2 AND art IN ('W')"
        }
        "case-insensitive-comparison" => "CASEI(name) = CASEI('WALD')",
        "accent-insensitive-comparison" => "ACCENTI(name) = 'Cafe'",
        "basic-spatial-functions" | "basic-spatial-operators" => {
            "S_INTERSECTS(geom, BBOX(E0, N0, E4, N4)) AND S_INTERSECTS(geom, POINT(E2 N2))"
        }
        "basic-spatial-functions-plus" => "S_INTERSECTS(geom, MULTILINESTRING((E0 N0, E4 N4)))",
        "spatial-functions" => {
            "S_TOUCHES(geom, BBOX(E0, N0, E10, N10)) OR S_EQUALS(geom, POINT(E2 N2))"
        }
        "temporal-functions" => {
            "T_DURING(INTERVAL(tag, bis), INTERVAL('2020-02-01', '2020-05-01'))"
        }
        "property-property" => "tag = bis",
        "arithmetic" => "zahl * 2 + 1 = 17",
        "functions" => "area(geom) = 100",
        "array-functions" => "A_CONTAINS(farben, ('rot'))",
        _ => return false,
    };
    finde(router, &versetzt(text), "cql2-text")
        .await
        .is_ok_and(|ids| !ids.is_empty())
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
        "zoom-level",
    ] {
        let verweis = wert!({"$ref": format!("#/components/parameters/{name}")});
        assert!(parameter.as_array().unwrap().contains(&verweis), "{name}");
    }
}
