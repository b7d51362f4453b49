//! One style in every language, from one code table.

use std::collections::BTreeSet;

use serde_json::Value;
use zielraum::app::{self, App};

use super::support::{dienst, hole, json, link, pfad, sende};
use crate::support::{admin, datenbank_mit_demo};

#[tokio::test]
async fn colours_are_those_of_the_code_table_in_every_language() {
    let db = datenbank_mit_demo().await;
    let router = app::router(&App::neu(&db, None, None, false).await.unwrap());
    let klassen: Vec<(String, String, String)> =
        sqlx::query_as("SELECT schluessel, name, farbe FROM fnp.nutzung ORDER BY reihenfolge")
            .fetch_all(&admin(&db).await)
            .await
            .unwrap();
    assert!(klassen.len() > 10);
    let text = |f: &'static str| {
        let router = router.clone();
        async move {
            hole(&router, &format!("/styles/fnp_flaechen?f={f}"))
                .await
                .text
        }
    };
    let (maplibre, qml, sld10, sld11) = (
        text("maplibre").await,
        text("qml").await,
        text("sld10").await,
        text("sld11").await,
    );
    let seite = text("html").await;
    let legende = json(&router, "/styles/fnp_flaechen/legend").await;
    let maplibre: Value = serde_json::from_str(&maplibre).unwrap();
    for (nr, (schluessel, name, farbe)) in klassen.iter().enumerate() {
        let ebene = maplibre["layers"]
            .as_array()
            .unwrap()
            .iter()
            .find(|e| e["id"] == name.as_str())
            .unwrap();
        assert_eq!(
            ebene["filter"],
            serde_json::json!(["==", ["get", "nutzung"], schluessel])
        );
        assert_eq!(ebene["paint"]["fill-color"], farbe.as_str());
        assert_eq!(legende["eintraege"][nr]["farbe"], farbe.as_str());
        assert!(
            qml.contains(&format!(
                "value=\"{schluessel}\" symbol=\"{nr}\" label=\"{name}\""
            )),
            "{name}"
        );
        for sld in [&sld10, &sld11] {
            assert!(
                sld.contains(&format!("<ogc:Literal>{schluessel}</ogc:Literal>"))
                    && sld.contains(farbe.as_str())
            );
        }
        assert!(seite.contains(name) && seite.contains(farbe.as_str()));
    }
    // The map page's script draws with the same.
    let karte = hole(&router, "/karte").await.text;
    let genutzt = klassen
        .iter()
        .filter(|(schluessel, ..)| karte.contains(&format!("\"schluessel\":\"{schluessel}\"")));
    let mut gezeichnet = 0;
    for (schluessel, name, farbe) in genutzt {
        assert!(
            karte.contains(&format!(
                "\"schluessel\":\"{schluessel}\",\"name\":\"{name}\",\"farbe\":\"{farbe}\""
            )),
            "{name}"
        );
        gezeichnet += 1;
    }
    assert!(gezeichnet > 5, "{gezeichnet}");
}

/// What a layer needs follows from its entry in the catalogue, whatever it is.
#[tokio::test]
async fn every_layer_of_the_catalogue_has_every_style_and_every_file() {
    let db = datenbank_mit_demo().await;
    let router = app::router(&App::neu(&db, None, None, false).await.unwrap());
    let doc = json(&router, "/collections").await;
    let sammlungen = doc["collections"].as_array().unwrap();
    assert!(sammlungen.len() > 25, "{}", sammlungen.len());
    let mut mit_klassen = 0;
    for sammlung in sammlungen {
        let id = sammlung["id"].as_str().unwrap();
        let gesamt =
            json(&router, &format!("/collections/{id}/items?limit=1")).await["numberMatched"]
                .as_u64()
                .unwrap();
        for verweis in sammlung["links"].as_array().unwrap() {
            if !["enclosure", "items"].contains(&verweis["rel"].as_str().unwrap()) {
                continue;
            }
            let antwort = hole(&router, pfad(verweis["href"].as_str().unwrap())).await;
            assert_eq!(antwort.status, 200, "{verweis}: {}", antwort.text);
            let typ = verweis["type"].as_str().unwrap();
            assert!(antwort.kopf("content-type").starts_with(typ), "{verweis}");
            if typ == "application/geopackage+sqlite3" {
                let ebenen = crate::dateien::lies("gpkg", &antwort.bytes);
                let ebene = ebenen.iter().find(|ebene| ebene.name == id).unwrap();
                assert_eq!(ebene.saetze.len() as u64, gesamt, "{id}");
                assert!(
                    ebenen.iter().any(|ebene| ebene.name == "layer_styles"),
                    "{id}"
                );
                // Everybody reads German.
                assert!(
                    ebene.felder.iter().all(|(_, alias)| !alias.is_empty()),
                    "{id}: {:?}",
                    ebene.felder
                );
            }
        }
        let stile = json(
            &router,
            pfad(&link(sammlung, "http://www.opengis.net/def/rel/ogc/1.0/styles").unwrap()),
        )
        .await;
        let stil = &stile["styles"][0];
        assert_eq!(stil["id"], id);
        for verweis in stil["links"].as_array().unwrap() {
            let antwort = hole(&router, pfad(verweis["href"].as_str().unwrap())).await;
            assert_eq!(antwort.status, 200, "{verweis}");
            assert!(
                antwort
                    .kopf("content-type")
                    .starts_with(verweis["type"].as_str().unwrap()),
                "{verweis}"
            );
        }
        let legende = json(&router, &format!("/styles/{id}/legend")).await;
        let eintraege = legende["eintraege"].as_array().unwrap();
        assert!(!eintraege.is_empty(), "{id}");
        mit_klassen += usize::from(eintraege.len() > 1);
        let svg = hole(&router, &format!("/styles/{id}/legend?f=svg")).await;
        assert!(svg.text.starts_with("<svg "), "{id}");
    }
    assert!(mit_klassen > 15, "{mit_klassen}");
}

#[tokio::test]
async fn the_style_language_is_chosen() {
    let (_db, router) = dienst().await;
    for (accept, typ) in [
        ("*/*", "application/vnd.mapbox.style+json"),
        ("application/json", "application/vnd.mapbox.style+json"),
        ("text/html, */*;q=0.1", "text/html"),
        ("application/vnd.qgis.qml", "application/vnd.qgis.qml"),
        (
            "application/vnd.ogc.sld+xml",
            "application/vnd.ogc.sld+xml;version=1.0",
        ),
        (
            "application/vnd.ogc.sld+xml;version=1.1",
            "application/vnd.ogc.sld+xml;version=1.1",
        ),
        (
            "application/vnd.ogc.sld+xml; version=1.0",
            "application/vnd.ogc.sld+xml;version=1.0",
        ),
    ] {
        let antwort = sende(
            &router,
            "GET",
            "/styles/fnp_flaechen",
            &[("accept", accept)],
        )
        .await;
        assert!(
            antwort.kopf("content-type").starts_with(typ),
            "{accept}: {}",
            antwort.kopf("content-type")
        );
    }
    assert_eq!(
        sende(
            &router,
            "GET",
            "/styles/fnp_flaechen",
            &[("accept", "image/png")]
        )
        .await
        .status,
        406
    );
    assert_eq!(
        hole(&router, "/styles/fnp_flaechen?f=pdf").await.status,
        400
    );
    assert_eq!(hole(&router, "/styles/quatsch").await.status, 404);
    // Nothing to draw, and a layer not for everybody.
    assert_eq!(hole(&router, "/styles/blatt").await.status, 404);
    assert_eq!(hole(&router, "/styles/entwurf/legend").await.status, 404);
    let stile = json(&router, "/collections/blatt/styles").await;
    assert_eq!(stile["styles"].as_array().unwrap().len(), 0);
    // A code table without colours gets some, and a label where there is one.
    let legende = json(&router, "/styles/fnp_flaechen/legend").await;
    assert_eq!(legende["eintraege"][1]["titel"], "Wohnen");
    assert_ne!(
        legende["eintraege"][0]["farbe"],
        legende["eintraege"][1]["farbe"]
    );
    let doc = json(&router, "/styles/fnp_flaechen/metadata").await;
    assert_eq!(doc["stylesheets"].as_array().unwrap().len(), 4);
    let mut karte = json(&router, "/styles/b%C3%A4ume?f=json").await;
    let quelle = karte["sources"]["bäume"]["tiles"][0].take();
    assert!(
        quelle
            .as_str()
            .unwrap()
            .starts_with("http://zr.test:8080/collections/b%C3%A4ume/tiles/"),
        "{quelle}"
    );
}

#[tokio::test]
async fn the_sprite_holds_every_image_a_style_names() {
    let db = datenbank_mit_demo().await;
    let router = app::router(&App::neu(&db, None, None, false).await.unwrap());
    let stile = json(&router, "/styles?f=json").await;
    let mut benannt = 0;
    for stil in stile["styles"].as_array().unwrap() {
        let id = stil["id"].as_str().unwrap();
        let doc = json(&router, &format!("/styles/{id}?f=maplibre")).await;
        let mut namen = BTreeSet::new();
        for ebene in doc["layers"].as_array().unwrap() {
            for bild in [
                &ebene["layout"]["icon-image"],
                &ebene["paint"]["fill-pattern"],
            ] {
                bilder(bild, &mut namen);
            }
        }
        let Some(sprite) = doc["sprite"].as_str() else {
            assert!(namen.is_empty(), "{id}");
            continue;
        };
        benannt += namen.len();
        for dichte in ["", "@2x"] {
            let index = json(&router, pfad(&format!("{sprite}{dichte}.json"))).await;
            for name in &namen {
                assert!(index[name]["width"].as_u64() > Some(0), "{id}: {name}");
            }
            let png = hole(&router, pfad(&format!("{sprite}{dichte}.png"))).await;
            assert_eq!(png.kopf("content-type"), "image/png");
            assert!(png.bytes.starts_with(b"\x89PNG"));
        }
    }
    assert!(benannt > 30, "{benannt}");
    let fehlt = hole(&router, "/styles/fnp_flaechen/sprite@3x.png").await;
    assert_eq!(fehlt.status, 404);
    assert!(fehlt.text.contains("sprite@2x.png"), "{}", fehlt.text);
}

/// What an expression can come to: a text, or the outputs of a `match`.
fn bilder(ausdruck: &Value, namen: &mut BTreeSet<String>) {
    match ausdruck {
        Value::String(name) => {
            namen.insert(name.clone());
        }
        Value::Array(teile) => {
            assert_eq!(teile[0], "match");
            let ausgaben = teile[2..teile.len() - 1].iter().skip(1).step_by(2);
            ausgaben
                .chain(teile.last())
                .for_each(|teil| bilder(teil, namen));
        }
        _ => {}
    }
}
