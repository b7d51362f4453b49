//! What comes out of a readable plan: classes, codes, head, containers, encodings.

use std::io::{BufReader, Cursor, Read};

use geo::Area;
use serde_json::json;
use zielraum::error::Error;
use zielraum::fnp::objekt::{Geometrie, Rechtsstand, Schwere};
use zielraum::import::xplangml;

use crate::{DORF_5, DORF_6, abgelehnt, befunde, flaeche, lies, plan};

#[test]
fn both_versions_give_the_same_plan() {
    let bilanz = |bytes| {
        let (objekte, g) = lies(bytes).unwrap();
        assert_eq!(g.befunde.len(), 0, "{:?}", g.befunde);
        let zeilen: Vec<_> = objekte
            .iter()
            .filter(|o| o.zaehlt_zur_bilanz())
            .map(|o| (o.nutzung, o.rechtsstand.schluessel(), flaeche(o)))
            .collect();
        (zeilen, objekte, g)
    };
    let (fuenf, objekte, g) = bilanz(DORF_5);
    let (sechs, objekte_6, g6) = bilanz(DORF_6);
    assert_eq!(fuenf, sechs);
    assert_eq!(
        fuenf,
        [
            ("W", "bestand", 10_000.0),
            ("M", "planung", 10_000.0),
            ("S", "ohne_angabe", 10_000.0),
            ("gruen", "bestand", 10_000.0),
            ("landwirtschaft", "bestand", 37_500.0),
            ("abgrabung", "entfaellt", 2_500.0),
            ("wald", "bestand", 30_000.0),
            ("wasser", "bestand", 6_000.0),
            ("verkehr_strasse", "bestand", 2_000.0),
            ("verkehr_bahn", "bestand", 2_000.0),
        ]
    );
    assert_eq!(
        (g.kopf.version.as_str(), g6.kopf.version.as_str()),
        ("5.1", "6.0")
    );
    assert!((g.kopf.geltungsbereich.unsigned_area() - 120_000.0).abs() < 1e-6);
    assert_eq!(objekte.len(), 13);
    assert_eq!(objekte_6.len(), 13);
    // Overlay, line and point come along, the drawing helper does not.
    let spe = &objekte[10];
    assert_eq!(
        (spe.klasse.as_str(), spe.nutzung, spe.flaechenschluss),
        ("FP_SchutzPflegeEntwicklung", "sonstiges", false)
    );
    assert!(matches!(objekte[11].geometrie, Geometrie::Linie(_)));
    assert!(matches!(objekte[12].geometrie, Geometrie::Punkt(_)));
    let ppo = g.klassen.iter().find(|k| k.klasse == "XP_PPO").unwrap();
    assert_eq!((ppo.gelesen, ppo.uebernommen, ppo.uebergangen), (1, 0, 1));
    assert!(ppo.grund.as_ref().unwrap().contains("Darstellungsobjekt"));
    let bebauung = g
        .klassen
        .iter()
        .find(|k| k.klasse == "FP_BebauungsFlaeche")
        .unwrap();
    assert_eq!((bebauung.gelesen, bebauung.uebernommen), (3, 3));
}

#[test]
fn codes_are_raw_and_alike_in_both_versions() {
    for (bytes, rechtscharakter) in [(DORF_5, "1000"), (DORF_6, "3000")] {
        let (objekte, _) = lies(bytes).unwrap();
        let gruen = objekte.iter().find(|o| o.klasse == "FP_Gruen").unwrap();
        assert_eq!(
            serde_json::Value::Object(gruen.codes.clone()),
            json!({
                "rechtscharakter": rechtscharakter,
                "zweckbestimmung": ["1000", "1600"],
                "detaillierteZweckbestimmung": ["1600_1", "1600_1"],
                "nutzungsform": "2000",
            })
        );
        assert_eq!(
            gruen.codespace.as_deref(),
            Some("https://beispiel.example/liste")
        );
        assert_eq!(gruen.text.as_deref(), Some("Anger & Spielplatz"));
        let sonder = objekte.iter().find(|o| o.nutzung == "S").unwrap();
        assert_eq!(sonder.codes["sondernutzung"], json!(["1900"]));
        assert_eq!(sonder.codes["besondereArtDerBaulNutzung"], json!("2100"));
    }
}

#[test]
fn the_head_keeps_text_as_text() {
    let (_, g) = lies(DORF_6).unwrap();
    let k = g.kopf;
    assert_eq!(k.gml_id.as_deref(), Some("GML_PLAN"));
    assert_eq!(k.name.as_deref(), Some("Flächennutzungsplan Musterdorf"));
    assert_eq!(k.nummer.as_deref(), Some("FNP 7"));
    assert_eq!(
        (
            k.plan_art.as_deref(),
            k.verfahren.as_deref(),
            k.rechtsstand.as_deref()
        ),
        (Some("1000"), Some("1000"), Some("4000"))
    );
    assert_eq!(k.wirksam_am.unwrap().to_string(), "2001-06-01");
    let ags: Vec<_> = k
        .gemeinden
        .iter()
        .map(|g| (g.ags.as_deref().unwrap(), g.name.as_deref().unwrap()))
        .collect();
    assert_eq!(ags, [("09999001", "Musterdorf"), ("9999002", "Übersee")]);
    assert_eq!(k.gemeinden[0].rs.as_deref(), Some("099990001001"));
}

#[test]
fn encodings_and_byte_order_marks_give_the_same_plan() {
    let text = std::str::from_utf8(DORF_5).unwrap();
    let utf16 = |be: bool, marke: bool| -> Vec<u8> {
        let text = text.replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
        marke
            .then_some(0xFEFF)
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(|z| if be { z.to_be_bytes() } else { z.to_le_bytes() })
            .collect()
    };
    let latin1: Vec<u8> = text
        .replace("encoding=\"UTF-8\"", "encoding='ISO-8859-1'")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let bom = [b"\xEF\xBB\xBF", DORF_5].concat();
    for (name, bytes) in [
        ("bom", bom),
        ("utf-16be", utf16(true, true)),
        ("utf-16le", utf16(false, true)),
        ("utf-16le without mark", utf16(false, false)),
        ("iso-8859-1", latin1),
    ] {
        let (objekte, g) = lies(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(objekte.len(), 13, "{name}");
        assert_eq!(
            g.kopf.gemeinden[1].name.as_deref(),
            Some("Übersee"),
            "{name}"
        );
    }
    let falsch = text.replace("UTF-8", "ISO-2022-JP");
    assert!(abgelehnt(falsch.as_bytes()).contains("ISO-2022-JP"));
    // Latin-1 bytes that claim to be UTF-8.
    let mut kaputt = DORF_5.to_vec();
    let stelle = text.find("Übersee").unwrap();
    kaputt.splice(stelle..stelle + 2, [0xDC]);
    assert!(abgelehnt(&kaputt).contains("UTF-8"));
}

#[test]
fn a_reader_that_gives_single_bytes_changes_nothing() {
    struct Einzeln<'a>(&'a [u8]);
    impl Read for Einzeln<'_> {
        fn read(&mut self, ziel: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(&mut ziel[..1])
        }
    }
    let mut anzahl = 0;
    let g = xplangml::lies(BufReader::with_capacity(1, Einzeln(DORF_5)), &mut |_| {
        anzahl += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!(anzahl, 13);
    assert!(g.befunde.is_empty());
}

#[test]
fn a_wfs_collection_is_read_like_an_auszug() {
    let text = std::str::from_utf8(DORF_6).unwrap();
    let wfs = text
        .replace("<xplan:XPlanAuszug ", "<wfs:FeatureCollection xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" numberMatched=\"17\" ")
        .replace("</xplan:XPlanAuszug>", "<wfs:truncatedResponse/></wfs:FeatureCollection>")
        .replace("gml:featureMember", "wfs:member")
        .replace("gml:boundedBy", "wfs:boundedBy");
    let (objekte, g) = lies(wfs.as_bytes()).unwrap();
    assert_eq!((objekte.len(), g.kopf.version.as_str()), (13, "6.0"));
}

#[test]
fn an_error_of_the_sink_ends_the_reading() {
    let mut anzahl = 0;
    let ergebnis = xplangml::lies(Cursor::new(DORF_5), &mut |_| {
        anzahl += 1;
        Err(Error::umgebung("voll"))
    });
    assert!(matches!(ergebnis, Err(Error::Umgebung(text)) if text == "voll"));
    assert_eq!(anzahl, 1);
}

#[test]
fn a_plan_with_a_raster_only_is_a_plan() {
    let (objekte, g) = lies(plan(&["<x:XP_Rasterdarstellung gml:id='R'/>"]).as_bytes()).unwrap();
    assert!(objekte.is_empty());
    assert_eq!(befunde(&g, "ohne-flaechen")[0].schwere, Schwere::Hinweis);
}

#[test]
fn lines_of_objects_are_those_of_the_file() {
    let (objekte, _) = lies(DORF_5).unwrap();
    let text = std::str::from_utf8(DORF_5).unwrap();
    for o in &objekte {
        let zeile = text
            .lines()
            .nth(usize::try_from(o.zeile).unwrap() - 1)
            .unwrap();
        assert!(
            zeile.contains(o.gml_id.as_deref().unwrap()),
            "{}: {zeile}",
            o.zeile
        );
    }
    assert_eq!(objekte[0].rechtsstand, Rechtsstand::Bestand);
}
