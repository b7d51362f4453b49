//! One plan per version of XPlanGML, in the classes, attributes and codes of that
//! version; all of them have the same figures.

use std::path::Path;

use zielraum::fnp::objekt::Geometrie;

use crate::{abgelehnt, flaeche, lies, mit_id, plan, pruefe_summen};

/// As the refusal of an unknown version lists them, so that a new one needs a fixture.
fn lesbare() -> Vec<String> {
    let text = abgelehnt(plan(&[]).replace("xplangml/5/1", "xplangml/9/9").as_bytes());
    let liste = text.split_once("gelesen werden ").unwrap().1;
    liste
        .split(". ")
        .next()
        .unwrap()
        .split(", ")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_version_is_read_with_the_same_figures() {
    let versionen = lesbare();
    assert_eq!(
        versionen,
        [
            "4.0", "4.1", "5.0", "5.1", "5.2", "5.3", "5.4", "6.0", "6.1"
        ]
    );
    for version in versionen {
        let datei = format!(
            "{}/tests/fixtures/xplan/version_{}.gml",
            env!("CARGO_MANIFEST_DIR"),
            version.replace('.', "_")
        );
        let bytes = std::fs::read(Path::new(&datei)).unwrap_or_else(|e| panic!("{datei}: {e}"));
        let (objekte, g) = lies(&bytes).unwrap_or_else(|e| panic!("{version}: {e}"));
        assert_eq!(g.kopf.version, version);
        let befunde: Vec<_> = g.befunde.iter().map(|b| b.code.as_str()).collect();
        let soll: &[&str] = if version == "4.0" {
            &["version-4-0"]
        } else {
            &[]
        };
        assert_eq!(befunde, soll, "{version}: {:?}", g.befunde);
        pruefe_summen(&g, objekte.len());
        let bilanz: Vec<_> = objekte
            .iter()
            .filter(|o| o.zaehlt_zur_bilanz())
            .map(|o| (o.nutzung, flaeche(o)))
            .collect();
        assert_eq!(
            bilanz,
            [
                ("M", 5_000.0),
                ("gruen", 5_000.0),
                ("wasser", 5_000.0),
                ("landwirtschaft", 5_000.0)
            ],
            "{version}"
        );
        // The purposes of 4.x stand in three attributes, those of 6.x in complex elements.
        assert_eq!(
            mit_id(&objekte, "GML_GRUEN").codes["zweckbestimmung"],
            serde_json::json!(["1400", "1600", "14006"]),
            "{version}"
        );
        let ueberlagert = mit_id(&objekte, "GML_UEBER");
        assert!(
            !ueberlagert.flaechenschluss && matches!(ueberlagert.geometrie, Geometrie::Flaeche(_))
        );
        assert!((flaeche(ueberlagert) - 2_500.0).abs() < 1e-6, "{version}");
        assert_ne!(ueberlagert.nutzung, "nicht_zugeordnet", "{version}");
    }
}

#[test]
fn what_6_1_added_is_kept() {
    let bytes = include_bytes!("../fixtures/xplan/version_6_1.gml");
    let (objekte, _) = lies(bytes).unwrap();
    let klima = mit_id(&objekte, "GML_UEBER");
    assert_eq!(
        (klima.klasse.as_str(), klima.nutzung),
        ("FP_NatuerlicherKlimaschutz", "klima")
    );
    assert_eq!(klima.codes["vertikaleLage"], "1000");
    let spe = mit_id(&objekte, "GML_SPE");
    assert_eq!(
        (&spe.codes["nutzungsform"], &spe.codes["istAusgleich"]),
        (&"2000".into(), &"true".into())
    );
}

#[test]
fn sums_in_are_sums_out_in_every_fixture() {
    let ordner = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/xplan");
    let mut gelesen = 0;
    for eintrag in std::fs::read_dir(ordner).unwrap() {
        let pfad = eintrag.unwrap().path();
        if pfad.extension().is_some_and(|e| e == "gml")
            && let Ok((objekte, g)) = lies(&std::fs::read(&pfad).unwrap())
        {
            pruefe_summen(&g, objekte.len());
            gelesen += 1;
        }
    }
    assert!(gelesen >= 38, "{gelesen} readable plans");
}
