//! Hostile files: nobody is contacted, nothing else is read or written, memory and time
//! stay bounded, and the caller goes on.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use zielraum::import::datei::Grenzen;
use zielraum::import::vector::Lesen;

use crate::vektor::erzeuger::{datei, feature, geojson, gpkg, hektar, shp, sql, zip};
use crate::vektor::{ablehnung, lies, lies_mit};

/// The program still reads a good file.
fn geht_weiter(ordner: &Path) {
    let gut = ordner.join("gut");
    fs::create_dir_all(&gut).unwrap();
    let a = hektar(640_000.0, 5_320_000.0);
    let _ = fs::remove_file(gut.join("daten.gpkg"));
    let (_, merkmale) = lies(&gpkg(&gut, &[("Süd", "W", Some(&a))])).unwrap();
    assert_eq!(merkmale.len(), 1);
}

#[test]
fn a_listener_is_never_contacted() {
    let ordner = tempfile::tempdir().unwrap();
    let o = ordner.path();
    let ohr = TcpListener::bind("127.0.0.1:0").unwrap();
    ohr.set_nonblocking(true).unwrap();
    let adresse = format!("http://{}", ohr.local_addr().unwrap());
    let dateien = [
        geojson(
            o,
            &format!(
                r#""crs":{{"type":"link","properties":{{"href":"{adresse}/crs","type":"ogcwkt"}}}},"#
            ),
            &[&feature("{}")],
        ),
        geojson_url(o, &adresse),
        datei(
            o,
            "vrt.gpkg",
            format!(
                r#"<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{adresse}/x.json</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"#
            ),
        ),
        datei(
            o,
            "curl.shp",
            format!(
                r#"<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/{adresse}/x.gpkg</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"#
            ),
        ),
        datei(
            o,
            "wfs.geojson",
            format!("<OGRWFSDataSource><URL>{adresse}/wfs</URL></OGRWFSDataSource>"),
        ),
    ];
    for pfad in dateien {
        assert!(lies(&pfad).is_err(), "{}", pfad.display());
    }
    // A GeoPackage whose CRS is a URL.
    let a = hektar(640_000.0, 5_320_000.0);
    let pfad = gpkg(o, &[("Süd", "W", Some(&a))]);
    sql(
        &pfad,
        &[&format!(
            "UPDATE gpkg_spatial_ref_sys SET definition = '{adresse}/wkt', organization = 'X' WHERE srs_id = 25832"
        )],
    );
    let _ = lies(&pfad);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(
        ohr.accept().unwrap_err().kind(),
        std::io::ErrorKind::WouldBlock
    );
    geht_weiter(o);
}

fn geojson_url(ordner: &Path, adresse: &str) -> std::path::PathBuf {
    datei(
        ordner,
        "url.geojson",
        format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"url","properties":{{"url":"{adresse}/crs"}}}},"features":[{}]}}"#,
            feature("{}")
        ),
    )
}

/// Nothing of a file beside the one handed over comes out, and nothing is left behind.
#[test]
fn other_files_are_neither_read_nor_written() {
    let ordner = tempfile::tempdir().unwrap();
    let o = ordner.path();
    datei(o, "kanarie.csv", "name;x;y\nKANARIE;10.9;48.1\n");
    let kanarie = o.join("kanarie.csv");
    for name in ["vrt.gpkg", "vrt.geojson", "vrt.shp", "vrt.fgb"] {
        let pfad = datei(
            o,
            name,
            format!(
                r#"<OGRVRTDataSource><OGRVRTLayer name="kanarie"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"#,
                kanarie.display()
            ),
        );
        assert!(!ablehnung(lies(&pfad)).contains("KANARIE"), "{name}");
    }
    // A link in a zip, and a name that leads out of it.
    let mut archiv = ::zip::ZipWriter::new(fs::File::create(o.join("link.zip")).unwrap());
    archiv
        .add_symlink(
            "plan.geojson",
            kanarie.to_string_lossy(),
            ::zip::write::SimpleFileOptions::default(),
        )
        .unwrap();
    archiv.finish().unwrap();
    assert!(ablehnung(lies(&o.join("link.zip"))).contains("Verknüpfung"));
    zip(&o.join("hinaus.zip"), &[("../../hinaus.geojson", b"{}")]);
    assert!(ablehnung(lies(&o.join("hinaus.zip"))).contains("hinausführt"));
    // Reading leaves no journal, index or metadata file beside the source.
    let a = hektar(640_000.0, 5_320_000.0);
    let still = o.join("still");
    fs::create_dir(&still).unwrap();
    lies(&gpkg(&still, &[("Süd", "W", Some(&a))])).unwrap();
    assert_eq!(fs::read_dir(&still).unwrap().count(), 1);
    geht_weiter(o);
}

#[test]
fn views_without_end_are_refused_at_once() {
    let ordner = tempfile::tempdir().unwrap();
    let a = hektar(640_000.0, 5_320_000.0);
    let beginn = Instant::now();
    for (nr, sicht) in [
        "WITH RECURSIVE z(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM z) SELECT fid, 'x' AS NAME FROM z",
        "SELECT 1 AS fid, zeroblob(1000000000) AS geom",
        "SELECT a.* FROM flaechen a, flaechen b, flaechen c",
    ].into_iter().enumerate() {
        let unter = ordner.path().join(nr.to_string());
        fs::create_dir(&unter).unwrap();
        let pfad = gpkg(&unter, &[("Süd", "W", Some(&a))]);
        sql(&pfad, &[
            &format!("CREATE VIEW falle AS {sicht}"),
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('falle', 'features', 'falle', 25832)",
            "INSERT INTO gpkg_geometry_columns VALUES ('falle', 'geom', 'GEOMETRY', 25832, 0, 0)",
        ]);
        // Neither the list of layers nor naming it runs the view.
        assert!(ablehnung(lies(&pfad)).contains("Sicht"), "{nr}");
        let wahl = Lesen { ebene: Some("falle".into()), ..Lesen::default() };
        assert!(ablehnung(lies_mit(&pfad, &wahl)).contains("Sicht"), "{nr}");
    }
    assert!(beginn.elapsed() < Duration::from_mins(1));
    geht_weiter(ordner.path());
}

/// A child that takes too long is ended by the clock, one that wants too much memory by its limit.
#[test]
fn time_and_memory_are_bounded() {
    let ordner = tempfile::tempdir().unwrap();
    let o = ordner.path();
    let a = hektar(640_000.0, 5_320_000.0);
    // More than the pipe holds: the child must still be writing when its time is over.
    let zeilen: Vec<_> = (0..40_000)
        .map(|_| ("Süd", "W", Some(a.as_str())))
        .collect();
    let pfad = gpkg(o, &zeilen);
    let grenzen = Grenzen {
        wanduhr: Duration::from_millis(1500),
        ..Grenzen::HOCHLADEN
    };
    let lesen = Lesen {
        grenzen,
        ..Lesen::default()
    };
    zielraum::import::sandbox::nimm_programm(env!("CARGO_BIN_EXE_zielraum").into());
    let beginn = Instant::now();
    let quelle = zielraum::import::datei::Datei::oeffne(&pfad).unwrap();
    let mut gesehen = 0;
    let ergebnis = zielraum::import::vector::strom(&quelle, &lesen, &mut |_| {
        gesehen += 1;
        if gesehen == 1 {
            std::thread::sleep(Duration::from_secs(3));
        }
        Ok(())
    });
    assert!(ablehnung(ergebnis).contains("länger als 1 Sekunden"));
    assert!(gesehen < 40_000, "the child was not ended");
    assert!(beginn.elapsed() < Duration::from_secs(30));

    let wenig = Grenzen {
        speicher: 24 << 20,
        ..Grenzen::HOCHLADEN
    };
    assert!(
        lies_mit(
            &pfad,
            &Lesen {
                grenzen: wenig,
                ..Lesen::default()
            }
        )
        .is_err()
    );
    let kurz = Grenzen {
        merkmale: 100,
        ..Grenzen::HOCHLADEN
    };
    assert!(
        ablehnung(lies_mit(
            &pfad,
            &Lesen {
                grenzen: kurz,
                ..Lesen::default()
            }
        ))
        .contains("höchstens 100")
    );
    let klein = Grenzen {
        datei: 1 << 20,
        ..Grenzen::HOCHLADEN
    };
    assert!(
        ablehnung(lies_mit(
            &pfad,
            &Lesen {
                grenzen: klein,
                ..Lesen::default()
            }
        ))
        .contains("höchstens 1 MB")
    );
    geht_weiter(o);
}

#[test]
fn bombs_and_depths_are_refused() {
    let ordner = tempfile::tempdir().unwrap();
    let o = ordner.path();
    let bombe = vec![b' '; 60 << 20];
    zip(&o.join("bombe.zip"), &[("plan.geojson", &bombe)]);
    assert!(fs::metadata(o.join("bombe.zip")).unwrap().len() < 1 << 20);
    assert!(ablehnung(lies(&o.join("bombe.zip"))).contains("Vielfaches"));
    for (name, inhalt) in [
        (
            "tief.geojson",
            format!(
                r#"{{"type":"FeatureCollection","features":{}"#,
                "[".repeat(1_000_000)
            ),
        ),
        (
            "tief2.geojson",
            feature(&format!(
                r#"{{"a":{}{}}}"#,
                "[".repeat(5000),
                "]".repeat(5000)
            )),
        ),
        (
            "tief3.geojson",
            feature("{}").replace("[[[", &"[".repeat(5000)),
        ),
    ] {
        let pfad = datei(o, name, inhalt);
        assert!(
            ablehnung(lies(&pfad)).contains("tief geschachtelt"),
            "{name}"
        );
    }
    geht_weiter(o);
}

/// A large file is not copied into memory but lies alone in a folder: Landlock or chroot.
#[test]
fn large_files_are_read_in_place_and_alone() {
    let ordner = tempfile::tempdir().unwrap();
    let a = hektar(640_000.0, 5_320_000.0);
    let grenzen = Grenzen {
        im_speicher: 0,
        ..Grenzen::BEFEHLSZEILE
    };
    let lesen = Lesen {
        grenzen,
        ..Lesen::default()
    };
    let pfad = gpkg(ordner.path(), &[("Süd", "W", Some(&a))]);
    let (_, merkmale) = lies_mit(&pfad, &lesen).unwrap();
    assert_eq!(merkmale[0].feld(&["NAME"]), Some("Süd"));
    let form = shp(
        ordner.path(),
        "f",
        Some(31468),
        "UTF-8",
        &[("Süd", "W", Some(&hektar(4_416_000.0, 5_323_000.0)))],
    );
    let (kopf, _) = lies_mit(&form, &lesen).unwrap();
    assert_eq!(kopf.epsg, 31468);
}
