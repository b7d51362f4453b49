//! Files against the schema tables: order, number and presence of every element.

use tempfile::TempDir;
use zielraum::export::xplangml::Version;

use super::vergleich::{Inhalt, lies};
use super::{exportiere, fixture, mit};

/// What the schema says against a file.
fn verstoesse(inhalt: &Inhalt, version: Version) -> Vec<String> {
    let mut liste = Vec::new();
    for (klasse, folge) in &inhalt.folge {
        let Some(typ) = version.schema().typ(klasse).filter(|typ| !typ.abstrakt) else {
            if !klasse.starts_with("XP_") && !klasse.ends_with("TextAbschnitt") {
                liste.push(format!("{klasse}: no such class"));
            }
            continue;
        };
        let mut zuletzt = 0;
        for name in folge {
            let Some(stelle) = typ.merkmale.iter().position(|m| m.name == name) else {
                liste.push(format!("{klasse}.{name}: no such element"));
                continue;
            };
            if stelle < zuletzt {
                liste.push(format!("{klasse}.{name}: too late"));
            }
            zuletzt = stelle;
        }
        for merkmal in &typ.merkmale {
            let zahl = folge.iter().filter(|name| *name == merkmal.name).count();
            if zahl == 0 && merkmal.pflicht {
                liste.push(format!("{klasse}.{}: missing", merkmal.name));
            }
            if zahl > 1 && !merkmal.viele {
                liste.push(format!("{klasse}.{}: {zahl} times", merkmal.name));
            }
        }
    }
    liste
}

/// The tables themselves, against files written by hand after the published schema.
#[test]
fn plans_written_by_hand_follow_the_tables() {
    for (name, version) in [
        ("reich_5_4.gml", Version::V54),
        ("reich_6_0.gml", Version::V60),
        ("version_5_4.gml", Version::V54),
        ("version_6_0.gml", Version::V60),
    ] {
        let inhalt = lies(&fixture(name));
        assert_eq!(verstoesse(&inhalt, version), Vec::<String>::new(), "{name}");
        assert!(inhalt.folge.len() > 5);
    }
    let falsch = Inhalt {
        folge: vec![(
            "FP_Gruen".into(),
            [
                "rechtscharakter",
                "text",
                "nutzungsform",
                "nutzungsform",
                "farbe",
            ]
            .map(String::from)
            .to_vec(),
        )],
        ..Inhalt::default()
    };
    assert_eq!(
        verstoesse(&falsch, Version::V60),
        [
            "FP_Gruen.text: too late",
            "FP_Gruen.farbe: no such element",
            "FP_Gruen.gehoertZuBereich: missing",
            "FP_Gruen.position: missing",
            "FP_Gruen.nutzungsform: 2 times"
        ]
    );
}

#[tokio::test]
async fn every_export_follows_the_schema() {
    for name in [
        "dorf_5_1.gml",
        "dorf_6_0.gml",
        "formen_5_3.gml",
        "reich_5_4.gml",
        "reich_6_0.gml",
        "version_4_1.gml",
        "version_6_1.gml",
        "falle_doppelte.gml",
        "falle_gueltig_nicht_konform.gml",
        "falle_umgesetzt_aus_5.gml",
    ] {
        let db = mit(&fixture(name)).await;
        for version in Version::ALLE {
            let ordner = TempDir::new().unwrap();
            let (datei, _) = exportiere(&db, version, &ordner).await;
            let fehler = verstoesse(&lies(&datei), version);
            assert_eq!(fehler, Vec::<String>::new(), "{name} → {}", version.name());
        }
    }
}
