//! GML against its own application schema, against `GeoJSON`, and as GDAL reads it.

use std::collections::{HashMap, HashSet};

use axum::Router;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;
use zielraum::gml::name::{aus_objekt_id, klartext};
use zielraum::http::link::kodiere;
use zielraum::layers::crs::Ziel;
use zielraum::wfs::xml::{self, Element};

use super::support::{dienst, hole, json, objekte, pfad, zahl};
use crate::dateien;

/// Elements of each type in their order, with the type of each.
pub(super) fn typen(schema: &str) -> HashMap<String, Vec<(String, String)>> {
    let schema = xml::lies(schema, "").unwrap();
    assert_eq!(
        schema.attribut("targetNamespace"),
        Some("urn:zielraum:ebenen")
    );
    let mut typen = HashMap::new();
    for element in schema.alle("element") {
        assert_eq!(
            element.attribut("substitutionGroup"),
            Some("gml:AbstractFeature")
        );
        let typ = element
            .attribut("type")
            .unwrap()
            .strip_prefix("zr:")
            .unwrap();
        let art = schema
            .alle("complexType")
            .find(|t| t.attribut("name") == Some(typ))
            .unwrap_or_else(|| panic!("{typ}"));
        let folge = &art.kinder[0].kinder[0].kinder[0];
        let felder = folge.alle("element").map(|feld| {
            assert_eq!(feld.attribut("minOccurs"), Some("0"));
            let worte = &feld.kinder[0].kinder[0];
            assert!(!worte.text.is_empty(), "no title");
            let text = |name| feld.attribut(name).unwrap().to_owned();
            (text("name"), text("type"))
        });
        let name = element.attribut("name").unwrap().to_owned();
        typen.insert(name, felder.collect());
    }
    typen
}

fn gilt(typ: &str, el: &Element) -> bool {
    let text = el.text.as_str();
    match typ {
        "xs:string" => el.kinder.is_empty(),
        "xs:long" => text.parse::<i64>().is_ok(),
        "xs:double" => text.parse::<f64>().is_ok_and(f64::is_finite),
        "xs:decimal" => {
            text.bytes()
                .all(|b| b.is_ascii_digit() || b"+-.".contains(&b))
                && text.parse::<f64>().is_ok()
        }
        "xs:boolean" => matches!(text, "true" | "false"),
        "xs:date" => text.parse::<NaiveDate>().is_ok(),
        "xs:dateTime" => {
            text.parse::<NaiveDateTime>().is_ok() || DateTime::parse_from_rfc3339(text).is_ok()
        }
        "gml:MultiSurfacePropertyType" => el.kinder[0].name == "MultiSurface",
        "gml:MultiCurvePropertyType" => el.kinder[0].name == "MultiCurve",
        "gml:MultiPointPropertyType" => el.kinder[0].name == "MultiPoint",
        "gml:GeometryPropertyType" => el.kinder[0].name.starts_with("Multi"),
        andere => panic!("{andere}"),
    }
}

/// The object is what the schema says: the right elements, in their order, of their types.
pub(super) fn pruefe(felder: &[(String, String)], objekt: &Element, ids: &mut HashSet<String>) {
    let mut offen = felder.iter();
    for kind in &objekt.kinder {
        let (_, typ) = offen
            .find(|(name, _)| *name == kind.name)
            .unwrap_or_else(|| panic!("{} is not there, or not in this order", kind.name));
        assert!(gilt(typ, kind), "{typ}: {kind:?}");
    }
    let mut stapel = vec![objekt];
    while let Some(el) = stapel.pop() {
        if let Some(id) = el.attribut("id") {
            assert!(ids.insert(id.to_owned()), "twice: {id}");
        }
        stapel.extend(&el.kinder);
    }
}

async fn sammlungen(router: &Router) -> Vec<String> {
    let doc = json(router, "/collections").await;
    let alle = doc["collections"].as_array().unwrap().iter();
    alle.map(|s| s["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_layer_keeps_its_schema_and_says_what_geojson_says() {
    let (_db, router) = dienst().await;
    let mut geprueft = 0;
    for id in sammlungen(&router).await {
        let hier = format!("/collections/{}", kodiere(&id));
        let schema = hole(&router, &format!("{hier}/schema.xsd")).await;
        assert_eq!(
            (schema.status.as_u16(), schema.kopf("content-type")),
            (200, "application/xml")
        );
        let typen = typen(&schema.text);
        assert_eq!(typen.len(), 1);
        let antwort = hole(&router, &format!("{hier}/items?f=gml&limit=50")).await;
        assert_eq!(antwort.status, 200, "{}", antwort.text);
        let dokument = xml::lies(&antwort.text, "").unwrap();
        assert_eq!(dokument.name, "FeatureCollection");
        let ort = dokument.attribut("schemaLocation").unwrap();
        assert!(
            ort.starts_with(&format!(
                "urn:zielraum:ebenen http://zr.test:8080{hier}/schema.xsd "
            )),
            "{ort}"
        );
        let doc = json(&router, &format!("{hier}/items?limit=50")).await;
        let glieder: Vec<_> = dokument.alle("featureMember").collect();
        assert_eq!(glieder.len(), objekte(&doc).len(), "{id}");
        let mut ids = HashSet::new();
        for (glied, objekt) in glieder.iter().zip(objekte(&doc)) {
            let element = &glied.kinder[0];
            let felder = &typen[&element.name];
            pruefe(felder, element, &mut ids);
            let (typ, schluessel) = aus_objekt_id(element.attribut("id").unwrap()).unwrap();
            let erwartet = objekt["id"]
                .as_str()
                .map_or_else(|| objekt["id"].to_string(), str::to_owned);
            assert_eq!((typ.as_str(), schluessel), (id.as_str(), erwartet));
            for (name, wert) in objekt["properties"].as_object().unwrap() {
                let feld = element.kinder.iter().find(|k| klartext(&k.name) == *name);
                assert_eq!(feld.is_none(), wert.is_null(), "{id} {name} {wert}");
                if let (Some(feld), Value::String(text)) = (feld, wert) {
                    // Milliseconds may be written in other words.
                    assert_eq!(feld.text.len() >= 19, text.len() >= 19, "{name}");
                    if text.len() < 19 {
                        assert_eq!(&feld.text, text, "{name}");
                    }
                }
            }
            geprueft += 1;
        }
    }
    assert!(geprueft > 100, "{geprueft}");
}

#[tokio::test]
async fn gdal_finds_each_place_in_every_system() {
    let (_db, router) = dienst().await;
    for ziel in Ziel::ALLE {
        let frage = format!("items?limit=40&crs={}", kodiere(ziel.uri()));
        let adresse = format!("/collections/fnp_flaechen/{frage}");
        let gml = hole(&router, &format!("{adresse}&f=gml")).await;
        assert_eq!(gml.kopf("content-crs"), format!("<{}>", ziel.uri()));
        assert!(gml.text.contains(&format!("srsName=\"{}\"", ziel.uri())));
        let ebenen = dateien::lies("gml", &gml.bytes);
        let doc = json(&router, &adresse).await;
        assert_eq!(ebenen[0].saetze.len(), objekte(&doc).len());
        for (satz, objekt) in ebenen[0].saetze.iter().zip(objekte(&doc)) {
            let [a, b] = [0, 1].map(|n| {
                let ring = &objekt["geometry"]["coordinates"][0][0];
                ring[0][n].as_f64().unwrap()
            });
            // GDAL gives x first.
            let (x, y) = if ziel.norden_zuerst() { (b, a) } else { (a, b) };
            let wkt = satz.wkt.as_deref().unwrap();
            let zahlen = wkt.trim_start_matches(|c: char| !c.is_ascii_digit());
            let mut zahlen = zahlen.split([' ', ',']).map(|z| z.parse::<f64>().unwrap());
            let nah = (zahlen.next().unwrap() - x).abs() + (zahlen.next().unwrap() - y).abs();
            assert!(nah < 1e-6, "{ziel:?}: {wkt} {x} {y}");
        }
    }
}

#[tokio::test]
async fn pages_follow_their_links_and_headers_count() {
    let (db, router) = dienst().await;
    let gesamt = zahl(&db, "SELECT count(*) FROM oeffentlich.flaeche").await;
    let mut weiter = Some("/collections/fnp_flaechen/items?f=gml&limit=900".to_owned());
    let mut ids = HashSet::new();
    let mut seiten = 0;
    while let Some(adresse) = weiter {
        let antwort = hole(&router, &adresse).await;
        assert_eq!(
            antwort.kopf("content-type"),
            "application/gml+xml;version=3.2;profile=http://www.opengis.net/def/profile/ogc/2.0/gml-sf0"
        );
        assert_eq!(antwort.kopf("ogc-numbermatched"), gesamt.to_string());
        let dokument = xml::lies_lang(&antwort.text, "").unwrap();
        let glieder: Vec<_> = dokument.alle("featureMember").collect();
        assert_eq!(
            antwort.kopf("ogc-numberreturned"),
            glieder.len().to_string()
        );
        ids.extend(
            glieder
                .iter()
                .map(|g| g.kinder[0].attribut("id").unwrap().to_owned()),
        );
        let links: Vec<_> = antwort
            .headers
            .get_all("link")
            .iter()
            .map(|l| l.to_str().unwrap())
            .collect();
        assert!(
            links.iter().any(|l| l.contains("rel=\"self\""))
                && links.iter().any(|l| l.contains("rel=\"collection\""))
        );
        weiter = links.iter().find(|l| l.contains("rel=\"next\"")).map(|l| {
            let href = l.trim_start_matches('<').split('>').next().unwrap();
            pfad(href).to_owned()
        });
        seiten += 1;
    }
    assert_eq!((i64::try_from(ids.len()).unwrap(), seiten), (gesamt, 3));
}

#[tokio::test]
async fn one_object_is_the_root_and_what_is_not_there_is_told() {
    let (_db, router) = dienst().await;
    let adresse = "/collections/fnp_flaechen/items/fnp-2001%2Fa%20%C3%BC";
    let antwort = hole(
        &router,
        &format!("{adresse}?f=gml&crs=http://www.opengis.net/def/crs/EPSG/0/25832"),
    )
    .await;
    let objekt = xml::lies(&antwort.text, "").unwrap();
    assert_eq!(objekt.name, "fnp_flaechen");
    assert_eq!(
        objekt.attribut("id"),
        Some("fnp_flaechen.fnp-2001_x002F_a_x0020_ü")
    );
    assert!(
        objekt
            .attribut("schemaLocation")
            .unwrap()
            .ends_with("/schema.xsd")
    );
    assert_eq!(objekt.eines("flaeche_m2").unwrap().text, "51.0");
    // Only what is asked for, still in the order of the schema; the key is the id.
    let antwort = hole(
        &router,
        "/collections/fnp_flaechen/items?f=gml&limit=1&properties=nutzung&skipGeometry=true",
    )
    .await;
    let dokument = xml::lies(&antwort.text, "").unwrap();
    let glied = dokument.eines("featureMember").unwrap();
    let felder: Vec<_> = glied.kinder[0]
        .kinder
        .iter()
        .map(|k| k.name.as_str())
        .collect();
    assert_eq!(felder, ["nutzung"]);
    let antwort = hole(&router, "/collections/fnp_flaechen/items/nirgends?f=gml").await;
    assert_eq!(antwort.status, 404);
    assert_eq!(
        hole(&router, "/collections/entwurf/schema.xsd")
            .await
            .status,
        404
    );
    let antwort = hole(&router, "/collections/fnp_flaechen/schema.xsd?f=json").await;
    assert_eq!(antwort.status, 400);
}
