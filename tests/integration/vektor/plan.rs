//! A plan from the office's own data, with its mapping.

use std::path::Path;

use zielraum::fnp::objekt::{Objekt, Rechtsstand};
use zielraum::import::datei::Datei;
use zielraum::import::fnp::quelle::Gelesen;
use zielraum::import::fnp::vektor::{self, Angaben};
use zielraum::import::sandbox;

use super::ablehnung;
use super::erzeuger::{datei, gpkg, hektar};

fn ebene(ordner: &Path) -> Datei {
    sandbox::nimm_programm(env!("CARGO_BIN_EXE_zielraum").into());
    let flaechen: Vec<String> = (0..6)
        .map(|i| hektar(640_000.0 + 100.0 * f64::from(i), 5_320_000.0))
        .collect();
    let arten = [
        "WA 1",
        "Grünfläche",
        "Fläche für Wald",
        "LSG",
        "Kurpark",
        "XQ7",
    ];
    let zeilen: Vec<_> = flaechen
        .iter()
        .zip(arten)
        .map(|(f, art)| ("geplant", art, Some(f.as_str())))
        .collect();
    Datei::oeffne(&gpkg(ordner, &zeilen)).unwrap()
}

fn lies(datei: &Datei, angaben: &Angaben) -> zielraum::error::Result<(Gelesen, Vec<Objekt>)> {
    let mut objekte = Vec::new();
    let gelesen = vektor::lies(datei, angaben, &mut |objekt| {
        objekte.push(objekt);
        Ok(())
    })?;
    Ok((gelesen, objekte))
}

#[test]
fn nothing_is_taken_unconfirmed_and_the_proposal_can_be_used_as_it_is() {
    let ordner = tempfile::tempdir().unwrap();
    let quelle = ebene(ordner.path());
    let text = ablehnung(lies(&quelle, &Angaben::default()));
    assert!(
        text.contains("--zuordnung") && text.contains("--annehmen"),
        "{text}"
    );

    let toml = vektor::vorschlag(&quelle, &Angaben::default()).unwrap();
    assert!(toml.contains("\"WA 1\", # 1 Objekt, 1,00 ha"), "{toml}");
    assert!(toml.contains("#   \"XQ7\""), "{toml}");
    let zuordnung = datei(ordner.path(), "z.toml", &toml);
    for angaben in [
        Angaben {
            zuordnung: Some(zuordnung),
            ..Angaben::default()
        },
        Angaben {
            annehmen: true,
            ..Angaben::default()
        },
    ] {
        let (gelesen, objekte) = lies(&quelle, &angaben).unwrap();
        let nutzungen: Vec<&str> = objekte.iter().map(|o| o.nutzung).collect();
        assert_eq!(
            nutzungen,
            [
                "W",
                "gruen",
                "wald",
                "nicht_zugeordnet",
                "gruen",
                "nicht_zugeordnet"
            ],
            "{toml}"
        );
        let ohne: Vec<&str> = gelesen
            .befunde
            .iter()
            .filter(|b| b.code == "wert-ohne-zuordnung")
            .map(|b| b.text.as_str())
            .collect();
        assert_eq!(ohne.len(), 2, "{ohne:?}");
        assert!(
            ohne.iter()
                .any(|t| t.contains("ART = „XQ7“") && t.contains("1,0000 ha")),
            "{ohne:?}"
        );
        assert_eq!(gelesen.klassen.iter().map(|k| k.gelesen).sum::<u64>(), 6);
        assert!(objekte.iter().all(Objekt::zaehlt_zur_bilanz));
    }
}

#[test]
fn a_mapping_says_class_state_overlay_and_area() {
    let ordner = tempfile::tempdir().unwrap();
    let quelle = ebene(ordner.path());
    let zuordnung = datei(
        ordner.path(),
        "z.toml",
        r#"
geltungsbereich = "vereinigung"
plan = { name = "FNP 2025", nummer = "7", wirksam_am = "2025-05-01" }
rechtsstand = { feld = "NAME", planung = "gepl*" }
[[regel]]
wenn = { ART = "LSG" }
klasse = "SO_SchutzgebietNaturschutzrecht"
flaechenschluss = false
[[regel]]
wenn = { ART = "WA*" }
klasse = "FP_BebauungsFlaeche"
codes = { besondereArtDerBaulNutzung = "1200" }
[[regel]]
wenn = { ART = "*" }
nutzung = "gruen"
"#,
    );
    let (gelesen, objekte) = lies(
        &quelle,
        &Angaben {
            zuordnung: Some(zuordnung),
            schluessel: Some("ART".into()),
            ..Angaben::default()
        },
    )
    .unwrap();
    assert_eq!(objekte[0].nutzung, "W");
    assert_eq!(objekte[0].gml_id.as_deref(), Some("WA 1"));
    assert_eq!(objekte[0].rechtsstand, Rechtsstand::Planung);
    assert_eq!(
        (objekte[3].nutzung, objekte[3].flaechenschluss),
        ("sonstiges", false)
    );
    assert!(gelesen.befunde.is_empty(), "{:?}", gelesen.befunde);
    // Five of six squares close the surface, the protected area lies above.
    assert!((geo::Area::unsigned_area(&gelesen.kopf.geltungsbereich) - 50_000.0).abs() < 1e-6);
    assert_eq!(gelesen.kopf.name.as_deref(), Some("FNP 2025"));
}

#[test]
fn a_mapping_of_other_fields_is_refused_with_those_there() {
    let ordner = tempfile::tempdir().unwrap();
    let quelle = ebene(ordner.path());
    let zuordnung = datei(
        ordner.path(),
        "z.toml",
        "[[regel]]\nwenn = { NUTZUNG = \"W\" }\nnutzung = \"W\"",
    );
    let text = ablehnung(lies(
        &quelle,
        &Angaben {
            zuordnung: Some(zuordnung),
            ..Angaben::default()
        },
    ));
    assert!(
        text.contains("NUTZUNG") && text.contains("NAME, ART"),
        "{text}"
    );
}
