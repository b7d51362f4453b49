//! Layers as files, read back by GDAL and compared with the database.

use std::collections::HashSet;

use axum::Router;

use super::support::{Antwort, dienst, hole, json, sende, zahl};
use crate::dateien::{self, Ebene};

/// Of all files.
pub(super) const ENDUNGEN: [&str; 7] = ["fgb", "csv", "fg.json", "gml", "gpkg", "shp.zip", "xlsx"];

pub(super) async fn lade(router: &Router, id: &str, endung: &str, frage: &str) -> Antwort {
    let name = id.replace('ä', "%C3%A4");
    let antwort = hole(
        router,
        &format!("/collections/{name}/download/{name}.{endung}{frage}"),
    )
    .await;
    assert_eq!(antwort.status, 200, "{id}.{endung}: {}", antwort.text);
    antwort
}

/// The layers of a downloaded file; without the tables that only describe.
async fn gelesen(router: &Router, id: &str, endung: &str, frage: &str) -> Vec<Ebene> {
    let antwort = lade(router, id, endung, frage).await;
    let mut ebenen = dateien::lies(endung, &antwort.bytes);
    ebenen.retain(|ebene| !["angaben", "layer_styles", "Angaben"].contains(&ebene.name.as_str()));
    ebenen
}

#[tokio::test]
async fn every_layer_has_every_format_with_all_its_objects() {
    let (_db, router) = dienst().await;
    let doc = json(&router, "/collections").await;
    let mut geprueft = 0;
    for sammlung in doc["collections"].as_array().unwrap() {
        let id = sammlung["id"].as_str().unwrap();
        let adresse = format!("/collections/{}/items?limit=1", id.replace('ä', "%C3%A4"));
        let gesamt = json(&router, &adresse).await["numberMatched"]
            .as_u64()
            .unwrap();
        for endung in ENDUNGEN {
            if gesamt == 0 && endung == "gml" {
                continue; // nothing tells GDAL of a layer
            }
            let ebenen = gelesen(&router, id, endung, "").await;
            if gesamt == 0 && endung == "xlsx" {
                continue; // GDAL takes a head without rows for a row
            }
            let saetze: usize = ebenen.iter().map(|ebene| ebene.saetze.len()).sum();
            // A collection of two kinds stands in two shapefiles.
            let doppelt = u64::from(id == "gemischt" && endung == "shp.zip");
            assert_eq!(saetze as u64, gesamt + doppelt, "{id}.{endung}");
            geprueft += 1;
        }
    }
    assert!(geprueft >= 35, "{geprueft}");
}

#[tokio::test]
async fn values_types_and_places_survive() {
    let (db, router) = dienst().await;
    let flaeche: String =
        sqlx::query_scalar("SELECT sum(st_area(geom))::text FROM oeffentlich.flaeche")
            .fetch_one(&db.admin)
            .await
            .unwrap();
    let flaeche: f64 = flaeche.parse().unwrap();
    let anzahl = zahl(&db, "SELECT sum(anzahl) FROM oeffentlich.flaeche").await;
    for endung in ["fgb", "gpkg", "shp.zip"] {
        let ebenen = gelesen(&router, "fnp_flaechen", endung, "").await;
        let [ebene] = ebenen.as_slice() else {
            panic!("{ebenen:?}")
        };
        assert_eq!(ebene.name, "fnp_flaechen", "{endung}");
        assert_eq!(ebene.epsg, Some(25832), "{endung}");
        let summe: f64 = ebene.saetze.iter().map(|satz| satz.flaeche).sum();
        assert!(
            (summe - flaeche).abs() < 0.001,
            "{endung}: {summe} {flaeche}"
        );
        let summe: i64 = ebene
            .spalte("anzahl")
            .iter()
            .map(|wert| wert.unwrap().parse::<i64>().unwrap())
            .sum();
        assert_eq!(summe, anzahl, "{endung}");
        let ohne = ebene
            .saetze
            .iter()
            .filter(|satz| satz.wkt.is_none())
            .count();
        assert_eq!(ohne, 20, "{endung}");
        assert!(
            !ebene.felder.iter().any(|(name, _)| name == "geheim"),
            "{endung}"
        );
        // Larger than a double keeps, and with its exact last digit.
        let gross = ebene.spalte("gross");
        assert!(
            gross.contains(&Some("9007199254740994")),
            "{endung}: {:?}",
            &gross[..3]
        );
        // NaN is nothing, a decimal keeps its value.
        let quote: HashSet<_> = ebene.spalte("quote").into_iter().collect();
        assert!(
            quote.contains(&Some("6"))
                && quote.contains(&Some("0.25"))
                && !quote.contains(&Some("NaN")),
            "{endung}"
        );
        let kennungen: HashSet<_> = ebene.spalte("kennung").into_iter().collect();
        assert_eq!(kennungen.len(), 2500, "{endung}");
        assert!(kennungen.contains(&Some("fnp-2001/a ü")), "{endung}");
    }
    let gpkg = &gelesen(&router, "fnp_flaechen", "gpkg", "").await[0];
    let alias = |name: &str| {
        gpkg.felder
            .iter()
            .find(|(n, _)| n == name)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(alias("flaeche_m2"), "Fläche [m²]");
    assert_eq!(gpkg.spalte("tag")[0], Some("2025-01-31"));
    assert!(
        gpkg.spalte("seit")[0]
            .unwrap()
            .starts_with("2025-01-31T11:00:00")
    );
    assert_eq!(gpkg.spalte("liste")[0], Some(r#"["a", null, "ü\""]"#));
}

#[tokio::test]
async fn filters_and_systems_count_for_files_too() {
    let (db, router) = dienst().await;
    let wald = zahl(
        &db,
        "SELECT count(*) FROM oeffentlich.flaeche WHERE nutzung = 'wald'",
    )
    .await;
    for endung in ENDUNGEN {
        let ebenen = gelesen(&router, "fnp_flaechen", endung, "?nutzung=wald").await;
        assert_eq!(
            i64::try_from(ebenen[0].saetze.len()).unwrap(),
            wald,
            "{endung}"
        );
    }
    // Degrees stand as longitude, latitude in every file, whatever the definition's order.
    for (crs, epsg) in [
        ("OGC/1.3/CRS84", 4326),
        ("EPSG/0/4326", 4326),
        ("EPSG/0/4258", 4258),
    ] {
        let frage = format!("?crs=http://www.opengis.net/def/crs/{crs}&nutzung=wald");
        for endung in ["gpkg", "fgb"] {
            let ebene = &gelesen(&router, "fnp_flaechen", endung, &frage).await[0];
            assert_eq!(ebene.epsg, Some(epsg), "{endung} {crs}");
            let wkt = ebene
                .saetze
                .iter()
                .find_map(|satz| satz.wkt.as_ref())
                .unwrap();
            assert!(
                wkt.starts_with("MULTIPOLYGON (((10."),
                "{endung} {crs}: {wkt}"
            );
        }
    }
    // JSON-FG follows the definition and names it.
    for (crs, art, erste) in [
        ("OGC/1.3/CRS84", "geometry", 10.0),
        ("EPSG/0/4326", "place", 48.0),
        ("EPSG/0/25832", "place", 632_000.0),
    ] {
        let adresse = format!(
            "/collections/fnp_flaechen/items?f=jsonfg&nutzung=wald&limit=2&crs=http://www.opengis.net/def/crs/{crs}"
        );
        let doc = json(&router, &adresse).await;
        let objekt = &doc["features"][0];
        let x = objekt[art]["coordinates"][0][0][0][0].as_f64().unwrap();
        assert!((x - erste).abs() < 0.02 * erste + 1.0, "{crs}: {x}");
        assert_eq!(doc["numberMatched"], wald);
        assert!(
            doc["links"]
                .as_array()
                .unwrap()
                .iter()
                .any(|link| link["rel"] == "next")
        );
        assert!(objekt["time"]["interval"][0].is_string(), "{objekt}");
    }
    // A layer's own system stays.
    let gk = &gelesen(&router, "gk", "gpkg", "").await[0];
    assert_eq!(gk.epsg, Some(31468));
    assert!(
        gk.saetze[0].wkt.as_ref().unwrap().contains("44064"),
        "{:?}",
        gk.saetze[0]
    );
}

#[tokio::test]
async fn pages_of_flatgeobuf_carry_counts_and_next_in_headers() {
    let (_db, router) = dienst().await;
    for (f, accept) in [
        ("fgb", "application/flatgeobuf"),
        ("csv", "text/csv;q=0.9, text/html;q=0.1"),
    ] {
        let mut adresse = "/collections/fnp_flaechen/items?limit=900".to_owned();
        let mut kennungen = Vec::new();
        let mut seiten = 0;
        loop {
            let antwort = sende(&router, "GET", &adresse, &[("accept", accept)]).await;
            assert_eq!(antwort.status, 200, "{}", antwort.text);
            assert!(
                antwort
                    .kopf("content-type")
                    .starts_with(accept.split(';').next().unwrap())
            );
            assert_eq!(antwort.kopf("ogc-numbermatched"), "2500");
            assert!(antwort.kopf("content-crs").ends_with("CRS84>"));
            let ebene = &dateien::lies(f, &antwort.bytes)[0];
            assert_eq!(
                antwort.kopf("ogc-numberreturned"),
                ebene.saetze.len().to_string()
            );
            let spalte = if f == "csv" { "Kennung" } else { "kennung" };
            let spalte = if ebene.felder.iter().any(|(n, _)| n == spalte) {
                spalte
            } else {
                "kennung"
            };
            kennungen.extend(
                ebene
                    .spalte(spalte)
                    .into_iter()
                    .map(|k| k.unwrap().to_owned()),
            );
            seiten += 1;
            let link = antwort.kopf("link");
            let Some(weiter) = link.strip_prefix("<http://zr.test:8080") else {
                assert_eq!(link, "");
                break;
            };
            assert!(link.contains("rel=\"next\""), "{link}");
            weiter.split('>').next().unwrap().clone_into(&mut adresse);
            assert!(adresse.contains(&format!("f={f}")), "{adresse}");
        }
        assert_eq!(seiten, 3);
        assert_eq!(kennungen.iter().collect::<HashSet<_>>().len(), 2500, "{f}");
    }
}

#[tokio::test]
async fn the_caller_chooses_the_format() {
    let (_db, router) = dienst().await;
    let items = "/collections/fnp_flaechen/items";
    for (accept, typ) in [
        ("*/*", "application/geo+json"),
        ("application/*", "application/geo+json"),
        ("text/*", "text/html"),
        ("application/flatgeobuf", "application/flatgeobuf"),
        (
            "application/geo+json, application/flatgeobuf",
            "application/geo+json",
        ),
        (
            "application/geo+json;q=0.5, application/flatgeobuf",
            "application/flatgeobuf",
        ),
    ] {
        let antwort = sende(
            &router,
            "GET",
            &format!("{items}?limit=1"),
            &[("accept", accept)],
        )
        .await;
        assert!(
            antwort.kopf("content-type").starts_with(typ),
            "{accept}: {}",
            antwort.kopf("content-type")
        );
    }
    let antwort = sende(
        &router,
        "GET",
        items,
        &[("accept", "image/png, application/geo+json;q=0")],
    )
    .await;
    assert_eq!(antwort.status, 406);
    assert!(antwort.text.contains("gpkg"), "{}", antwort.text);
    let antwort = hole(&router, &format!("{items}?f=pdf")).await;
    assert_eq!(antwort.status, 400);
    assert!(antwort.text.contains("fgb"), "{}", antwort.text);
    // A whole file has an address of its own; filters stay, paging goes.
    let antwort = hole(&router, &format!("{items}?f=gpkg&nutzung=W&limit=3")).await;
    assert_eq!(antwort.status, 303);
    assert_eq!(
        antwort.kopf("location"),
        "http://zr.test:8080/collections/fnp_flaechen/download/fnp_flaechen.gpkg?nutzung=W"
    );
    for (frage, status) in [
        ("?limit=3", 400),
        ("?f=gpkg", 400),
        ("?quatsch=1", 400),
        ("?bbox=1", 400),
    ] {
        let antwort = hole(
            &router,
            &format!("/collections/fnp_flaechen/download/fnp_flaechen.csv{frage}"),
        )
        .await;
        assert_eq!(antwort.status, status, "{frage}");
    }
    for datei in ["fnp_flaechen.pdf", "leer.gpkg", "fnp_flaechen", "."] {
        let antwort = hole(
            &router,
            &format!("/collections/fnp_flaechen/download/{datei}"),
        )
        .await;
        assert_eq!(antwort.status, 404, "{datei}");
    }
}

#[tokio::test]
async fn office_files_say_what_they_are() {
    let (_db, router) = dienst().await;
    let text = lade(&router, "fnp_flaechen", "csv", "").await.text;
    let (kopf, rest) = text.split_once("\r\n").unwrap();
    assert!(
        kopf.starts_with('\u{feff}') && kopf.contains(";Fläche [m²];") && kopf.ends_with(";WKT"),
        "{kopf}"
    );
    assert!(rest.contains(";31.01.2025;") && rest.contains(";0,25;") && rest.contains(";ja;"));
    assert!(!rest.contains("NaN") && !rest.contains("nicht zeigen"));
    let zip = lade(&router, "fnp_flaechen", "shp.zip", "?nutzung=wald")
        .await
        .bytes;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let namen: HashSet<String> = zip
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    for name in [
        "LIESMICH.txt",
        "fnp_flaechen.shp",
        "fnp_flaechen.cpg",
        "fnp_flaechen.prj",
    ] {
        assert!(namen.contains(name), "{name}: {namen:?}");
    }
    let liesmich = std::io::read_to_string(zip.by_name("LIESMICH.txt").unwrap()).unwrap();
    for satz in [
        "gueltig_vo  gueltig_von",
        "nutzung=wald",
        "Nutzungsbedingungen",
        "Demodaten",
    ] {
        assert!(liesmich.contains(satz), "{satz}: {liesmich}");
    }
    let punkte = lade(&router, "gk", "csv", "").await.text;
    assert!(
        punkte.contains("\"Ost [m, EPSG:31468]\";\"Nord [m, EPSG:31468]\";WKT"),
        "{punkte}"
    );
    assert!(
        punkte.contains("1;4406472,435;5320974,937;POINT (4406472.435 5320974.937)"),
        "{punkte}"
    );
    let mappe = lade(&router, "fnp_flaechen", "xlsx", "").await.bytes;
    let mut mappe =
        calamine::open_workbook_from_rs::<calamine::Xlsx<_>, _>(std::io::Cursor::new(mappe))
            .unwrap();
    let blatt = calamine::Reader::worksheet_range(&mut mappe, "Objekte").unwrap();
    assert_eq!(blatt.height(), 2501);
    let zeile: Vec<_> = blatt.rows().nth(30).unwrap().to_vec();
    assert!(
        zeile
            .iter()
            .any(|zelle| matches!(zelle, calamine::Data::DateTime(_))),
        "{zeile:?}"
    );
    assert!(
        zeile
            .iter()
            .any(|zelle| matches!(zelle, calamine::Data::Float(_))),
        "{zeile:?}"
    );
    let angaben = calamine::Reader::worksheet_range(&mut mappe, "Angaben").unwrap();
    assert!(
        angaben
            .rows()
            .any(|zeile| calamine::DataType::get_string(&zeile[0]) == Some("Stand"))
    );
}
