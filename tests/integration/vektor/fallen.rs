//! What GDAL is silent about, and what office data is like: one row per trap.

use std::fs;
use std::path::{Path, PathBuf};

use zielraum::fnp::objekt::Geometrie;
use zielraum::import::vector::Lesen;

use super::erzeuger::{
    CRS, datei, ergaenze, feature, geojson, gpkg, hektar, schreibe, shp, sql, ueberschreibe, zip,
    zip_shp,
};
use super::lies_mit;

/// What must come of it.
enum Soll {
    /// Number of features, text of the first field of the first, a Befund (or none).
    Gelesen(usize, &'static str, Option<&'static str>),
    /// Refused, with this in the sentence.
    Abgelehnt(&'static str),
}
use Soll::{Abgelehnt, Gelesen};

type Bau = fn(&Path) -> PathBuf;

fn zwei() -> (String, String) {
    (
        hektar(640_000.0, 5_320_000.0),
        hektar(641_000.0, 5_320_000.0),
    )
}

#[rustfmt::skip]
const FALLEN: &[(&str, Bau, Soll)] = &[
    ("GeoPackage", |o| { let (a, b) = zwei(); gpkg(o, &[("Süd", "W", Some(&a)), ("Nord", "M", Some(&b))]) }, Gelesen(2, "Süd", None)),
    ("FlatGeobuf", |o| { let (a, b) = zwei(); let p = o.join("x.fgb"); schreibe("FlatGeobuf", &p, "f", Some(25832), &["SPATIAL_INDEX=NO"], &[("Süd", "W", Some(&a)), ("Nord", "M", Some(&b))]); p }, Gelesen(2, "Süd", None)),
    ("Shapefile with siblings", |o| { let (a, _) = zwei(); shp(o, "fnp", Some(25832), "UTF-8", &[("Süd", "W", Some(&a))]) }, Gelesen(1, "Süd", None)),
    ("Shapefile in a zip, in a folder", |o| { let (a, _) = zwei(); let s = shp(o, "fnp", Some(25832), "UTF-8", &[("Süd", "W", Some(&a))]); let z = o.join("l.zip"); zip_shp(&z, &[&s], &["shp", "shx", "dbf", "prj", "cpg"]); z }, Gelesen(1, "Süd", None)),
    ("GeoJSON collection", |o| geojson(o, CRS, &[&feature(r#"{"NAME":"Süd"}"#)]), Gelesen(1, "Süd", None)),
    ("GeoJSON crs behind the features", |o| datei(o, "d", format!(r#"{{"features":[{}],{}"type":"FeatureCollection"}}"#, feature(r#"{"NAME":"Süd"}"#), CRS)), Gelesen(1, "Süd", None)),
    ("GeoJSON features line by line", |o| datei(o, "d", format!("{}\n{}\n", wgs("Süd"), wgs("Nord"))), Gelesen(2, "Süd", None)),
    ("GeoJSON text sequence", |o| datei(o, "d", format!("\x1E{}\n\x1E{}\n", wgs("Süd"), wgs("Nord"))), Gelesen(2, "Süd", None)),
    ("GeoJSON single feature, BOM", |o| datei(o, "d", format!("\u{FEFF}{}", wgs("Süd"))), Gelesen(1, "Süd", None)),
    // Encoding of a dbf.
    ("dbf in CP1252 without cpg", |o| { let (a, _) = zwei(); let s = shp(o, "f", Some(25832), "ISO-8859-1", &[("Süd", "W", Some(&a))]); let _ = fs::remove_file(s.with_extension("cpg")); ueberschreibe(&s.with_extension("dbf"), 29, &[0]); s }, Gelesen(1, "Süd", Some("kodierung-angenommen"))),
    ("dbf with language driver", |o| { let (a, _) = zwei(); let s = shp(o, "f", Some(25832), "ISO-8859-1", &[("Süd", "W", Some(&a))]); let _ = fs::remove_file(s.with_extension("cpg")); ueberschreibe(&s.with_extension("dbf"), 29, &[0x57]); s }, Gelesen(1, "Süd", None)),
    ("dbf with a lying cpg", |o| { let (a, _) = zwei(); let s = shp(o, "f", Some(25832), "ISO-8859-1", &[("Süd", "W", Some(&a))]); fs::write(s.with_extension("cpg"), "UTF-8").unwrap(); s }, Gelesen(1, "Süd", Some("kodierung-falsch"))),
    ("dbf in UTF-8 called CP1252", |o| { let (a, _) = zwei(); let s = shp(o, "f", Some(25832), "UTF-8", &[("Süd", "W", Some(&a))]); fs::write(s.with_extension("cpg"), "1252").unwrap(); s }, Gelesen(1, "Süd", Some("kodierung-falsch"))),
    // Parts of a Shapefile.
    ("missing prj", |o| { let (a, _) = zwei(); let s = shp(o, "f", Some(25832), "UTF-8", &[("Süd", "W", Some(&a))]); fs::remove_file(s.with_extension("prj")).unwrap(); s }, Abgelehnt("--crs EPSG:25832")),
    ("missing dbf", |o| { let (a, _) = zwei(); let s = shp(o, "f", Some(25832), "UTF-8", &[("Süd", "W", Some(&a))]); fs::remove_file(s.with_extension("dbf")).unwrap(); s }, Abgelehnt("f.dbf")),
    ("missing shx", |o| { let (a, _) = zwei(); let s = shp(o, "f", Some(25832), "UTF-8", &[("Süd", "W", Some(&a))]); fs::remove_file(s.with_extension("shx")).unwrap(); s }, Abgelehnt("f.shx")),
    ("more rows than shapes", |o| { let (a, _) = zwei(); let s = shp(o, "f", Some(25832), "UTF-8", &[("Süd", "W", Some(&a))]); ueberschreibe(&s.with_extension("dbf"), 4, &[3]); s }, Abgelehnt("3 Zeilen")),
    ("dbf cut off", |o| { let (a, b) = zwei(); let s = shp(o, "f", Some(25832), "UTF-8", &[("Süd", "W", Some(&a)), ("Nord", "W", Some(&b))]); let d = s.with_extension("dbf"); let i = fs::read(&d).unwrap(); fs::write(&d, &i[..i.len() - 100]).unwrap(); s }, Abgelehnt("abgeschnitten")),
    ("two Shapefiles in a zip", |o| { let (a, b) = zwei(); let s = shp(o, "f", Some(25832), "UTF-8", &[("Süd", "W", Some(&a))]); let t = shp(o, "g", Some(25832), "UTF-8", &[("Nord", "W", Some(&b))]); let z = o.join("l.zip"); zip_shp(&z, &[&s, &t], &["shp", "shx", "dbf", "prj"]); z }, Abgelehnt("--ebene")),
    // Layers, CRS.
    ("several layers", |o| { let (a, _) = zwei(); let p = gpkg(o, &[("Süd", "W", Some(&a))]); mehr(&p); p }, Abgelehnt("„weitere“ (1 Objekt)")),
    ("CRS missing, zone in the easting", |o| { let a = hektar(32_640_000.0, 5_320_000.0); shp(o, "f", None, "UTF-8", &[("Süd", "W", Some(&a))]) }, Abgelehnt("--crs EPSG:4647")),
    ("zone in the easting of 25832", |o| { let a = hektar(32_640_000.0, 5_320_000.0); gpkg(o, &[("Süd", "W", Some(&a))]) }, Abgelehnt("--crs EPSG:4647")),
    ("axes swapped", |o| { let a = hektar(5_320_000.0, 640_000.0); gpkg(o, &[("Süd", "W", Some(&a))]) }, Gelesen(1, "Süd", Some("achsen-vertauscht"))),
    ("metres without a CRS in GeoJSON", |o| geojson(o, "", &[&feature(r#"{"NAME":"Süd"}"#)]), Abgelehnt("--crs EPSG:25832")),
    ("Gauß-Krüger Shapefile", |o| { let a = hektar(4_416_000.0, 5_323_000.0); shp(o, "f", Some(31468), "UTF-8", &[("Süd", "W", Some(&a))]) }, Gelesen(1, "Süd", None)),
    ("a CRS from elsewhere", |o| { let p = o.join("x.gpkg"); schreibe("GPKG", &p, "f", Some(2056), &[], &[("Süd", "W", Some("POINT(2600000 1200000)"))]); p }, Abgelehnt("EPSG:2056")),
    // Geometry.
    ("no geometry", |o| { let (a, _) = zwei(); gpkg(o, &[("Süd", "W", Some(&a)), ("Nord", "M", None)]) }, Gelesen(1, "Süd", Some("geometrie-fehlt"))),
    ("empty geometry", |o| { let (a, _) = zwei(); gpkg(o, &[("Süd", "W", Some(&a)), ("Nord", "M", Some("POLYGON EMPTY"))]) }, Gelesen(1, "Süd", Some("geometrie-leer"))),
    ("heights", |o| gpkg(o, &[("Süd", "W", Some("POLYGON Z((640000 5320000 5,640100 5320000 5,640100 5320100 5,640000 5320000 5))"))]), Gelesen(1, "Süd", Some("hoehen-uebergangen"))),
    ("points among areas", |o| { let (a, _) = zwei(); gpkg(o, &[("Süd", "W", Some(&a)), ("Symbol", "W", Some("POINT(640050 5320050)"))]) }, Gelesen(2, "Süd", None)),
    ("areas and points in one feature", |o| { let (a, b) = zwei(); let g = format!("GEOMETRYCOLLECTION({b},POINT(640050 5320050))"); gpkg(o, &[("Süd", "W", Some(&a)), ("x", "W", Some(&g))]) }, Gelesen(1, "Süd", Some("geometrie-unlesbar"))),
    ("ring of three points", |o| geojson(o, CRS, &[&feature(r#"{"NAME":"Süd"}"#), r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[640000,5320000],[640100,5320000],[640000,5320000]]]}}"#]), Gelesen(1, "Süd", Some("geometrie-unlesbar"))),
    ("null island among others", |o| { let (a, b) = zwei(); let n = hektar(0.0, 0.0); gpkg(o, &[("Süd", "W", Some(&a)), ("Nord", "W", Some(&b)), ("x", "W", Some(&n))]) }, Gelesen(2, "Süd", Some("ausserhalb-deutschlands"))),
    // GeoJSON.
    ("link to a CRS", |o| geojson(o, r#""crs":{"type":"link","properties":{"href":"http://127.0.0.1:9/crs"}},"#, &[&feature("{}")]), Abgelehnt("Verweis")),
    ("Latin-1 bytes", |o| { let t = format!("{{\"type\":\"FeatureCollection\",{CRS}\"features\":[{}]}}", feature(r#"{"NAME":"S@d"}"#)); let b: Vec<u8> = t.bytes().map(|b| if b == b'@' { 0xFC } else { b }).collect(); datei(o, "d", b) }, Abgelehnt("kein gültiges GeoJSON")),
    ("U+0000 in a text", |o| geojson(o, CRS, &[&feature(r#"{"NAME":"S\u0000d"}"#)]), Abgelehnt("Objekt 1: das Feld „NAME“")),
    ("lone surrogate", |o| geojson(o, CRS, &[&feature(r#"{"NAME":"S\ud800d"}"#)]), Abgelehnt("kein gültiges GeoJSON")),
    ("number too large", |o| geojson(o, CRS, &[r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1e999,0]}}"#]), Abgelehnt("eine Zahl ist zu groß")),
    ("cut off", |o| datei(o, "d", &wgs("Süd")[..60]), Abgelehnt("endet zu früh")),
    ("five ordinates", |o| geojson(o, CRS, &[r#"{"type":"Feature","properties":{"NAME":"Süd"},"geometry":{"type":"Point","coordinates":[640000,5320000,1,2,3]}}"#]), Gelesen(1, "Süd", Some("hoehen-uebergangen"))),
    ("the same id twice", |o| { let f = feature(r#"{"NAME":"Süd"}"#).replacen('{', r#"{"id":7,"#, 1); geojson(o, CRS, &[&f, &f]) }, Gelesen(2, "Süd", Some("id-doppelt"))),
    ("a geometry alone", |o| datei(o, "d", r#"{"type":"Point","coordinates":[10,48]}"#), Abgelehnt("„Point“")),
    // GeoPackage.
    ("plain SQLite", |o| { let (a, _) = zwei(); let p = gpkg(o, &[("Süd", "W", Some(&a))]); ueberschreibe(&p, 68, &[0; 4]); p }, Abgelehnt("kein GeoPackage")),
    ("a view as layer", |o| { let (a, _) = zwei(); let p = gpkg(o, &[("Süd", "W", Some(&a))]); sql(&p, &["CREATE VIEW sicht AS SELECT * FROM flaechen", "DELETE FROM gpkg_geometry_columns", "DELETE FROM gpkg_contents", "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('sicht', 'features', 'sicht', 25832)", "INSERT INTO gpkg_geometry_columns VALUES ('sicht', 'geom', 'GEOMETRY', 25832, 0, 0)"]); p }, Abgelehnt("Sicht")),
    ("table of the directory missing", |o| { let (a, _) = zwei(); let p = gpkg(o, &[("Süd", "W", Some(&a))]); let mut i = fs::read(&p).unwrap(); i.truncate(i.len() / 2); fs::write(&p, i).unwrap(); p }, Abgelehnt("beschädigt")),
    ("GeoPackage as QGIS leaves it (WAL)", |o| { let (a, _) = zwei(); let p = gpkg(o, &[("Süd", "W", Some(&a))]); ueberschreibe(&p, 18, &[2, 2]); p }, Gelesen(1, "Süd", None)),
    ("GeoPackage open in QGIS", |o| { let (a, _) = zwei(); let p = gpkg(o, &[("Süd", "W", Some(&a))]); datei(o, "daten.gpkg-wal", b"x"); p }, Abgelehnt("geöffnet")),
    // Other things.
    ("empty file", |o| datei(o, "leer.gpkg", b""), Abgelehnt("leer")),
    ("DWG", |o| datei(o, "plan.gpkg", b"AC1027"), Abgelehnt("DWG")),
    ("zip in a zip", |o| { let i = o.join("innen.zip"); zip(&i, &[("a.txt", b"x")]); let b = fs::read(&i).unwrap(); let p = o.join("aussen.zip"); zip(&p, &[("innen.zip", &b)]); p }, Abgelehnt("weiteres Zip-Archiv")),
    ("zip with two candidates", |o| { let p = o.join("z.zip"); zip(&p, &[("a.geojson", b"{}"), ("b.gpkg", b"x")]); p }, Abgelehnt("2 lesbare Dateien")),
    ("zip without data", |o| { let p = o.join("z.zip"); zip(&p, &[("plan.pdf", b"%PDF")]); p }, Abgelehnt("nur: plan.pdf")),
    ("zip with equal names", |o| { let p = o.join("z.zip"); zip(&p, &[("a.geojson", b"{}"), ("A.GEOJSON", b"{}")]); p }, Abgelehnt("zweimal")),
    ("zip leading out", |o| { let p = o.join("z.zip"); zip(&p, &[("../a.geojson", b"{}")]); p }, Abgelehnt("hinausführt")),
];

fn wgs(name: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{"NAME":"{name}"}},"geometry":{{"type":"Point","coordinates":[10.88,48.05]}}}}"#
    )
}

fn mehr(pfad: &Path) {
    let mut dataset = gdal::Dataset::open_ex(
        pfad,
        gdal::DatasetOptions {
            open_flags: gdal::GdalOpenFlags::GDAL_OF_VECTOR | gdal::GdalOpenFlags::GDAL_OF_UPDATE,
            ..gdal::DatasetOptions::default()
        },
    )
    .unwrap();
    let a = hektar(642_000.0, 5_320_000.0);
    ergaenze(
        &mut dataset,
        "weitere",
        Some(25832),
        &[],
        &[("West", "G", Some(&a))],
    );
    dataset.close().unwrap();
}

#[test]
fn every_trap_has_its_answer() {
    let mut fehler = Vec::new();
    for (name, bau, soll) in FALLEN {
        let ordner = tempfile::tempdir().unwrap();
        let pfad = bau(ordner.path());
        let ergebnis = lies_mit(&pfad, &Lesen::default());
        match (soll, ergebnis) {
            (Gelesen(anzahl, text, befund), Ok((kopf, merkmale))) => {
                let codes: Vec<&str> = kopf.befunde.iter().map(|b| b.code.as_str()).collect();
                let erster = merkmale.first().and_then(|m| m.feld(&["NAME"]));
                if merkmale.len() != *anzahl
                    || erster != Some(*text)
                    || befund.map_or(!codes.is_empty(), |b| !codes.contains(&b))
                {
                    fehler.push(format!(
                        "{name}: {} features, {erster:?}, {codes:?}",
                        merkmale.len()
                    ));
                }
                assert_eq!(kopf.uebernommen, merkmale.len() as u64, "{name}");
                assert!(kopf.gelesen >= kopf.uebernommen, "{name}");
            }
            (Abgelehnt(teil), Err(error))
                if error.to_string().contains(teil) && error.exit_code() == 3 => {}
            (Gelesen(..), Err(error)) => fehler.push(format!("{name}: refused: {error}")),
            (Abgelehnt(teil), Err(error)) => {
                fehler.push(format!("{name}: not „{teil}“: {error:?}"));
            }
            (Abgelehnt(_), Ok((_, merkmale))) => {
                fehler.push(format!("{name}: read, {} features", merkmale.len()));
            }
        }
    }
    assert!(fehler.is_empty(), "{}", fehler.join("\n"));
}

#[test]
fn the_layer_and_the_crs_can_be_named() {
    let ordner = tempfile::tempdir().unwrap();
    let (a, _) = zwei();
    let pfad = gpkg(ordner.path(), &[("Süd", "W", Some(&a))]);
    mehr(&pfad);
    let (kopf, merkmale) = lies_mit(
        &pfad,
        &Lesen {
            ebene: Some("weitere".into()),
            ..Lesen::default()
        },
    )
    .unwrap();
    assert_eq!(
        (kopf.ebene.as_str(), merkmale[0].feld(&["ART"])),
        ("weitere", Some("G"))
    );

    let a = hektar(32_640_000.0, 5_320_000.0);
    let shp = shp(ordner.path(), "f", None, "UTF-8", &[("Süd", "W", Some(&a))]);
    let (_, merkmale) = lies_mit(
        &shp,
        &Lesen {
            crs: Some("EPSG:4647".into()),
            ..Lesen::default()
        },
    )
    .unwrap();
    let Geometrie::Flaeche(flaeche) = &merkmale[0].geom else {
        panic!("an area")
    };
    assert_eq!(
        flaeche.0[0].exterior().0[0],
        geo_types::Coord {
            x: 640_000.0,
            y: 5_320_000.0
        }
    );
}

/// Neighbours share an arc drawn in opposite directions: the same vertices, so no sliver.
#[test]
fn arcs_of_a_geopackage_are_drawn_alike_on_both_sides() {
    let ordner = tempfile::tempdir().unwrap();
    let links = "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(640000 5320000,640050 5320050,640000 5320100),(640000 5320100,639900 5320100,639900 5320000,640000 5320000)))";
    let rechts = "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(640000 5320100,640050 5320050,640000 5320000),(640000 5320000,640200 5320000,640200 5320100,640000 5320100)))";
    let pfad = gpkg(
        ordner.path(),
        &[("l", "W", Some(links)), ("r", "W", Some(rechts))],
    );
    let (_, merkmale) = lies_mit(&pfad, &Lesen::default()).unwrap();
    let m2: f64 = merkmale
        .iter()
        .map(|m| match &m.geom {
            Geometrie::Flaeche(f) => geo::Area::unsigned_area(f),
            _ => panic!("an area"),
        })
        .sum();
    // 300 m by 100 m together, however the arc was drawn.
    assert!((m2 - 30_000.0).abs() < 1e-3, "{m2}");
}
