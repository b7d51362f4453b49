//! Gemeinde and Ortsteile out of an office's files.

use gdal::DriverManager;
use zielraum::error::{Error, Result};
use zielraum::import::gebiete::{self, Art, Felder};
use zielraum::import::sandbox;
use zielraum::import::vector::Lesen;

use super::erzeuger::{ergaenze, gpkg, hektar};
use crate::support::{datenbank, zahl};

#[tokio::test]
async fn the_layer_is_chosen_and_the_crs_stated() {
    sandbox::nimm_programm(env!("CARGO_BIN_EXE_zielraum").into());
    let db = datenbank().await;
    let ordner = tempfile::tempdir().unwrap();
    let pfad = ordner.path().join("zwei.gpkg");
    let treiber = DriverManager::get_driver_by_name("GPKG").unwrap();
    let mut dataset = treiber.create_vector_only(&pfad).unwrap();
    let flaeche = hektar(640_000.0, 5_320_000.0);
    ergaenze(&mut dataset, "Wege", Some(25832), &[], &[]);
    ergaenze(
        &mut dataset,
        "Ortsteile",
        None,
        &[],
        &[("Nordheim", "", Some(&flaeche))],
    );
    dataset.close().unwrap();

    let lies = async |ebene: Option<&str>, crs: Option<&str>| -> Result<usize> {
        let felder = Felder {
            lesen: Lesen {
                ebene: ebene.map(Into::into),
                crs: crs.map(Into::into),
                ..Lesen::default()
            },
            ..Felder::default()
        };
        gebiete::fuehre_aus(&db, Art::Ortsteile, &pfad, felder, "pruefung").await
    };
    for (ebene, crs, rat) in [
        (None, None, "--ebene"),
        (Some("Ortsteile"), None, "--crs EPSG:25832"),
    ] {
        match lies(ebene, crs).await {
            Err(Error::Eingabe(text)) => assert!(text.contains(rat), "{text}"),
            anderes => panic!("{anderes:?}"),
        }
    }
    assert_eq!(
        lies(Some("Ortsteile"), Some("EPSG:25832")).await.unwrap(),
        1
    );
    assert_eq!(
        zahl(
            &db.write,
            "SELECT count(*) FROM ortsteil WHERE kennung = 'nordheim' AND abs(st_area(geom) - 10000) < 0.01"
        )
        .await
        .unwrap(),
        1
    );
}

#[tokio::test]
async fn gemeinden_on_top_of_each_other_are_refused_neighbours_are_not() {
    sandbox::nimm_programm(env!("CARGO_BIN_EXE_zielraum").into());
    let db = datenbank().await;
    let lies = async |orte: &[(&str, f64)]| {
        let ordner = tempfile::tempdir().unwrap();
        let flaechen: Vec<(&str, String)> = orte
            .iter()
            .map(|(name, x)| (*name, hektar(*x, 5_320_000.0)))
            .collect();
        let zeilen: Vec<_> = flaechen
            .iter()
            .map(|(name, wkt)| (*name, "", Some(wkt.as_str())))
            .collect();
        let pfad = gpkg(ordner.path(), &zeilen);
        gebiete::fuehre_aus(&db, Art::Gemeinde, &pfad, Felder::default(), "pruefung").await
    };
    let anzahl = lies(&[("Nordheim", 640_000.0), ("Südheim", 640_099.0)]).await;
    assert_eq!(anzahl.unwrap(), 2, "neighbours, 1 m of them drawn twice");
    match lies(&[("Nordheim am Berg", 640_010.0)]).await {
        Err(Error::Eingabe(text)) => assert!(
            [
                "„Nordheim“",
                "„Nordheim am Berg“",
                "0,9000 ha",
                "import ortsteile"
            ]
            .iter()
            .all(|teil| text.contains(teil)),
            "{text}"
        ),
        anderes => panic!("{anderes:?}"),
    }
    assert_eq!(
        zahl(&db.write, "SELECT count(*) FROM gemeinde")
            .await
            .unwrap(),
        2,
        "nothing of the refused file stays"
    );
}
