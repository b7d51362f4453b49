//! INSPIRE Planned Land Use: every object, its land use by HILUCS, read by GDAL.

use std::collections::BTreeMap;

use tempfile::TempDir;
use zielraum::export::ausgabe::{self, Art};

use super::{fixture, mit};
use crate::dateien::lies;

#[tokio::test]
async fn the_plan_as_planned_land_use() {
    let db = mit(&fixture("reich_6_0.gml")).await;
    let plan = ausgabe::waehle(&db.write, "p").await.unwrap();
    let ordner = TempDir::new().unwrap();
    let ziel = ordner.path().join("plu.gpkg");
    let bericht = ausgabe::schreibe(&db.write, plan.id, Art::Inspire, &ziel)
        .await
        .unwrap();
    assert!(bericht.ist_leer(), "{}", bericht.text());
    let ebenen = lies("gpkg", &std::fs::read(&ziel).unwrap());
    let ebene = |name: &str| ebenen.iter().find(|e| e.name == name).unwrap();
    let zahlen: BTreeMap<&str, usize> = ebenen
        .iter()
        .map(|e| (e.name.as_str(), e.saetze.len()))
        .collect();
    assert_eq!(
        zahlen,
        BTreeMap::from([
            ("spatial_plan", 1),
            ("zoning_element", 4),
            ("supplementary_regulation_polygon", 4),
            ("supplementary_regulation_line", 1),
            ("supplementary_regulation_point", 1),
        ])
    );
    assert!(ebenen.iter().all(|e| e.epsg == Some(25832)));
    let zonen = ebene("zoning_element");
    let mut hilucs: Vec<_> = zonen
        .spalte("hilucslanduse")
        .into_iter()
        .map(|wert| wert.unwrap().rsplit('/').next().unwrap())
        .collect();
    hilucs.sort_unstable();
    assert_eq!(
        hilucs,
        [
            "1_1_Agriculture",
            "1_2_Forestry",
            "3_4_4_OpenAirRecreationalAreas",
            "6_6_NotKnownUse"
        ]
    );
    let m2: f64 = zonen.saetze.iter().map(|s| s.flaeche).sum();
    assert!((m2 - 40_000.0).abs() < 0.01, "{m2}");
    assert!(zonen.spalte("regulationnature").iter().all(|w| {
        w.unwrap() == "https://inspire.ec.europa.eu/codelist/RegulationNatureValue/bindingOnlyForAuthorities"
    }));
    let plan = ebene("spatial_plan");
    assert_eq!(plan.spalte("officialtitle"), [Some("Reicher Plan & mehr")]);
    assert_eq!(
        plan.spalte("processstepgeneral"),
        [Some(
            "https://inspire.ec.europa.eu/codelist/ProcessStepGeneralValue/legalForce"
        )]
    );
    let linie = ebene("supplementary_regulation_line");
    assert_eq!(
        linie.spalte("supplementaryregulation"),
        [Some(
            "https://inspire.ec.europa.eu/codelist/SupplementaryRegulationValue/7_3_1_2_RailRoad"
        )]
    );
}

/// A class INSPIRE has no word for is named, and still there.
#[tokio::test]
async fn what_has_no_counterpart_is_named() {
    let plan = crate::lieferung::Plan::neu("p").wald(0.0, 200.0).mit(
        "LP_Landschaftsbild",
        "<x:rechtscharakter>1000</x:rechtscharakter>",
        &[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)],
    );
    let db = crate::support::datenbank().await;
    plan.importiere(&db).await;
    let fassung = ausgabe::waehle(&db.write, "p").await.unwrap();
    let ordner = TempDir::new().unwrap();
    let ziel = ordner.path().join("plu.gpkg");
    let bericht = ausgabe::schreibe(&db.write, fassung.id, Art::Inspire, &ziel)
        .await
        .unwrap();
    // An unknown class becomes a generic object, which INSPIRE calls another regulation.
    assert_eq!(bericht.objekte(), 2);
    let ebenen = lies("gpkg", &std::fs::read(&ziel).unwrap());
    let flaechen = ebenen
        .iter()
        .find(|e| e.name == "supplementary_regulation_polygon")
        .unwrap();
    assert_eq!(
        flaechen.spalte("xplan_klasse"),
        [Some("LP_Landschaftsbild")]
    );
    assert!(
        bericht.text().contains("LP_Landschaftsbild"),
        "{}",
        bericht.text()
    );
}
