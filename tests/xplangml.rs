//! The XPlanGML reader against plans of our own: what comes out of 5.x and 6.x, every
//! geometry form, what is refused and what becomes a finding.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fmt::Write as _;
use std::io::{BufReader, Cursor, Read};

use geo::Area;
use serde_json::json;
use zielraum::error::{Error, Result};
use zielraum::fnp::objekt::{Befund, Geometrie, Objekt, Rechtsstand, Schwere};
use zielraum::import::xplangml::{self, Gelesen};

const DORF_5: &[u8] = include_bytes!("fixtures/xplan/dorf_5_1.gml");
const DORF_6: &[u8] = include_bytes!("fixtures/xplan/dorf_6_0.gml");
const FORMEN: &[u8] = include_bytes!("fixtures/xplan/formen_5_3.gml");

fn lies(bytes: &[u8]) -> Result<(Vec<Objekt>, Gelesen)> {
    let mut objekte = Vec::new();
    let gelesen = xplangml::lies(Cursor::new(bytes), &mut |o| {
        objekte.push(o);
        Ok(())
    })?;
    Ok((objekte, gelesen))
}

/// The German sentence of a refusal.
fn abgelehnt(bytes: &[u8]) -> String {
    match lies(bytes) {
        Err(Error::Eingabe(text)) => text,
        andere => panic!("not refused: {andere:?}"),
    }
}

fn flaeche(o: &Objekt) -> f64 {
    match &o.geometrie {
        Geometrie::Flaeche(f) => f.unsigned_area(),
        andere => panic!("no area: {andere:?}"),
    }
}

fn mit_id<'a>(objekte: &'a [Objekt], id: &str) -> &'a Objekt {
    objekte
        .iter()
        .find(|o| o.gml_id.as_deref() == Some(id))
        .unwrap()
}

fn befunde<'a>(g: &'a Gelesen, code: &str) -> Vec<&'a Befund> {
    g.befunde.iter().filter(|b| b.code == code).collect()
}

/// A plan of version 5.1 around features (without featureMember).
fn plan(objekte: &[&str]) -> String {
    plan_ohne_fp_plan(&[
        &[r#"<x:FP_Plan gml:id="P"><x:name>Probe</x:name><x:raeumlicherGeltungsbereich><gml:Polygon srsName="EPSG:25832"><gml:exterior><gml:LinearRing><gml:posList>638000 5321000 639000 5321000 639000 5322000 638000 5322000 638000 5321000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></x:raeumlicherGeltungsbereich><x:planArt>1000</x:planArt></x:FP_Plan>"#],
        objekte,
    ].concat())
}

fn plan_ohne_fp_plan(objekte: &[&str]) -> String {
    let mut text = String::from(
        r#"<?xml version="1.0"?><x:XPlanAuszug xmlns:x="http://www.xplanung.de/xplangml/5/1" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink">
"#,
    );
    for o in objekte {
        writeln!(text, "<gml:featureMember>{o}</gml:featureMember>").unwrap();
    }
    text + "</x:XPlanAuszug>"
}

fn polygon(pos_list: &str) -> String {
    format!(
        r#"<x:position><gml:Polygon srsName="EPSG:25832"><gml:exterior><gml:LinearRing><gml:posList>{pos_list}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></x:position>"#
    )
}

/// 100 m × 100 m.
fn quadrat() -> String {
    polygon("638000 5321000 638100 5321000 638100 5321100 638000 5321100 638000 5321000")
}

fn objekt(klasse: &str, id: &str, inhalt: &str) -> String {
    format!(r#"<x:{klasse} gml:id="{id}">{inhalt}</x:{klasse}>"#)
}

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
fn every_geometry_form_is_read() {
    let (objekte, g) = lies(FORMEN).unwrap();
    let codes: Vec<_> = g.befunde.iter().map(|b| b.code.as_str()).collect();
    // The plan borrows its Bereich's area; one point came in EPSG:4647.
    assert_eq!(codes, ["crs-umgerechnet", "geltungsbereich-fehlt"]);
    assert!((g.kopf.geltungsbereich.unsigned_area() - 20_000.0).abs() < 1e-6);
    assert_eq!(objekte.len(), 6);

    let mehrteilig = mit_id(&objekte, "mehrteilig");
    assert!((flaeche(mehrteilig) - 200.0).abs() < 1e-6);
    let Geometrie::Linie(linien) = &mit_id(&objekte, "linien").geometrie else {
        panic!("lines")
    };
    assert_eq!(linien.0.len(), 2);
    assert!(
        (linien.0[1].0[0].x - 638_300.0).abs() < 1e-9,
        "reversed by orientation"
    );
    let Geometrie::Punkt(punkte) = &mit_id(&objekte, "punkte").geometrie else {
        panic!("points")
    };
    assert_eq!(
        punkte.0.iter().map(|p| (p.x(), p.y())).collect::<Vec<_>>(),
        [(638_000.5, 5_321_000.25), (638_001.0, 5_321_001.0)]
    );
    // A disc of 100 m radius, drawn with 1 mm sagitta.
    let kreis = flaeche(mit_id(&objekte, "kreis"));
    assert!(
        (31_415.926 - kreis) > 0.0 && (31_415.926 - kreis) < 0.63,
        "{kreis}"
    );
}

#[test]
fn neighbours_share_every_vertex_of_an_arc() {
    let (objekte, _) = lies(FORMEN).unwrap();
    let rand = |id| {
        let Geometrie::Flaeche(f) = &mit_id(&objekte, id).geometrie else {
            panic!("area")
        };
        let mut bits: Vec<_> = f.0[0]
            .exterior()
            .0
            .iter()
            .filter(|p| p.x > 638_050.0 && p.x < 638_099.0)
            .map(|p| (p.x.to_bits(), p.y.to_bits()))
            .collect();
        bits.sort_unstable();
        bits
    };
    let links = rand("bogen_links");
    assert!(links.len() > 50, "{}", links.len());
    assert_eq!(links, rand("bogen_rechts"));
    let summe: f64 = ["bogen_links", "bogen_rechts"]
        .map(|id| flaeche(mit_id(&objekte, id)))
        .iter()
        .sum();
    assert!((summe - 15_000.0).abs() < 1e-6, "{summe}");
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
fn what_is_no_single_plan_is_refused_by_name() {
    let bp = plan_ohne_fp_plan(&[
        "<x:BP_Plan gml:id='B'><x:name>B 12</x:name></x:BP_Plan>",
        "<x:BP_Bereich gml:id='BB'/>",
    ]);
    assert!(abgelehnt(bp.as_bytes()).contains("BP_Plan"));
    assert!(abgelehnt(plan_ohne_fp_plan(&[]).as_bytes()).contains("FP_Plan"));
    let zwei = plan(&["<x:FP_Plan gml:id='Q'><x:name>Zweiter</x:name></x:FP_Plan>"]);
    let text = abgelehnt(zwei.as_bytes());
    assert!(
        text.contains("„Probe“ (Zeile 2)") && text.contains("„Zweiter“ (Zeile 3)"),
        "{text}"
    );
    let sieben = plan(&[]).replace("xplangml/5/1", "xplangml/7/0");
    let text = abgelehnt(sieben.as_bytes());
    assert!(text.contains("7.0") && text.contains("6.1"), "{text}");
    let vier = plan(&[]).replace("xplangml/5/1", "xplangml/4/0");
    assert!(abgelehnt(vier.as_bytes()).contains("4.0"));
    let syn = plan(&[]).replace(
        "http://www.xplanung.de/xplangml/5/1",
        "http://www.deegree.org/xplanung/1/0",
    );
    assert!(abgelehnt(syn.as_bytes()).contains("XPlanSyn"));
    assert!(abgelehnt(b"<html><body/></html>").contains("html"));
    assert!(abgelehnt(b"").contains("XPlanGML"));
    let gemischt = plan(&["<y:FP_Gruen xmlns:y='http://www.xplanung.de/xplangml/6/0'/>"]);
    assert!(abgelehnt(gemischt.as_bytes()).contains("6.0"));
}

#[test]
fn broken_or_hostile_xml_is_refused_with_its_line() {
    let text = std::str::from_utf8(DORF_5).unwrap();
    for (was, xml, soll) in [
        (
            "cut in a tag",
            text[..text.len() - 600].to_owned(),
            "bricht ab",
        ),
        (
            "cut between tags",
            text.replace("</xplan:XPlanAuszug>", ""),
            "bricht ab",
        ),
        (
            "wrong end",
            plan(&["<x:FP_Gruen></x:FP_Wald>"]),
            "Zeile 3, Spalte",
        ),
        (
            "lone ampersand",
            plan(&["<x:FP_Gruen><x:text>Müller & Söhne</x:text></x:FP_Gruen>"]),
            "&amp;",
        ),
        (
            "unknown entity",
            plan(&["<x:FP_Gruen><x:text>&auml;</x:text></x:FP_Gruen>"]),
            "auml",
        ),
        (
            "doctype",
            plan(&[]).replace("?>", "?><!DOCTYPE x [<!ENTITY a \"b\">]>"),
            "DOCTYPE",
        ),
        ("unbound prefix", plan(&["<z:FP_Gruen/>"]), "„z“"),
        ("second root", plan(&[]) + "<a/>", "weiteres Element"),
        ("text behind", plan(&[]) + "und nun", "außerhalb"),
        (
            "duplicate attribute",
            plan(&["<x:FP_Gruen a='1' a='2'/>"]),
            "Attribut",
        ),
        (
            "control character",
            plan(&["<x:FP_Gruen><x:text>\u{1}</x:text></x:FP_Gruen>"]),
            "Steuerzeichen",
        ),
        (
            "control reference",
            plan(&["<x:FP_Gruen><x:text>&#0;</x:text></x:FP_Gruen>"]),
            "Zeile 3",
        ),
        (
            "too deep",
            plan(&[&("<x:a>".repeat(70) + &"</x:a>".repeat(70))]),
            "64",
        ),
    ] {
        let text = abgelehnt(xml.as_bytes());
        assert!(text.contains(soll), "{was}: {text}");
    }
}

#[test]
fn a_token_without_end_does_not_fill_the_memory() {
    // 200 MB of one text, generated while read.
    let kopf = plan(&[]).replace(
        "</x:XPlanAuszug>",
        "<gml:featureMember><x:FP_Gruen><x:text>",
    );
    let endlos = Cursor::new(kopf.into_bytes()).chain(std::io::repeat(b'x').take(200 << 20));
    let fehler = xplangml::lies(BufReader::new(endlos), &mut |_| Ok(())).unwrap_err();
    assert!(
        matches!(&fehler, Error::Eingabe(t) if t.contains("32 MB")),
        "{fehler}"
    );
}

#[test]
fn reference_systems_are_inherited_or_asked_for() {
    let ohne = quadrat().replace(" srsName=\"EPSG:25832\"", "");
    let gruen = objekt("FP_Gruen", "G", &ohne);
    // From the feature's own Envelope, before the file's.
    let eigen = objekt(
        "FP_Gruen",
        "G",
        &format!(
            "<gml:boundedBy><gml:Envelope srsName='EPSG:4647'/></gml:boundedBy>{}",
            ohne.replace(" 638", " 32638").replace(">638", ">32638")
        ),
    );
    let (objekte, g) = lies(plan(&[&eigen]).as_bytes()).unwrap();
    assert!((flaeche(&objekte[0]) - 1e4).abs() < 1e-6);
    assert_eq!(befunde(&g, "crs-umgerechnet").len(), 1);
    // From another geometry of the file, with a word about it.
    let (objekte, g) = lies(plan(&[&gruen, &gruen.replace("\"G\"", "\"H\"")]).as_bytes()).unwrap();
    assert_eq!(objekte.len(), 2);
    assert_eq!(befunde(&g, "srsname-fehlt").len(), 1);
    // From nowhere.
    let nirgends = plan_ohne_fp_plan(&[&gruen]);
    let text = abgelehnt(nirgends.as_bytes());
    assert!(
        text.contains("srsName") && text.contains("Zeile 2"),
        "{text}"
    );
    let unbekannt = plan(&[&objekt(
        "FP_Gruen",
        "G",
        &quadrat().replace("25832", "2056"),
    )]);
    let text = abgelehnt(unbekannt.as_bytes());
    assert!(
        text.contains("EPSG:2056") && text.contains("EPSG:31468"),
        "{text}"
    );
}

#[test]
fn swapped_axes_are_put_right_and_told() {
    let getauscht =
        polygon("5321000 638000 5321100 638000 5321100 638100 5321000 638100 5321000 638000")
            .replace("EPSG:25832", "urn:ogc:def:crs:EPSG::25832");
    let (objekte, g) = lies(plan(&[&objekt("FP_Gruen", "G", &getauscht)]).as_bytes()).unwrap();
    let Geometrie::Flaeche(f) = &objekte[0].geometrie else {
        panic!("area")
    };
    assert_eq!(
        f.0[0].exterior().0[0],
        geo::coord! { x: 638_000.0, y: 5_321_000.0 }
    );
    assert_eq!(
        befunde(&g, "achsen-vertauscht")[0].schwere,
        Schwere::Warnung
    );
}

#[test]
fn an_unreadable_object_does_not_stop_the_plan() {
    let schlecht = [
        ("nan", polygon("638000 5321000 NaN 5321000 638100 5321100 638000 5321000"), "NaN"),
        ("inf", polygon("638000 5321000 1e999 5321000 638100 5321100 638000 5321000"), "1e999"),
        ("ungerade", polygon("638000 5321000 638100 5321000 638100 5321100 638000"), "Vielfaches von 2"),
        ("wenige", polygon("638000 5321000 638100 5321000 638000 5321000"), "2 verschiedene Punkte"),
        ("doppelt", polygon("638000 5321000 638000 5321000 638100 5321000 638100 5321000 638000 5321000"), "2 verschiedene Punkte"),
        ("komma", polygon("638000,5 5321000 638100 5321000 638000 5321100 638000 5321000"), "638000,5"),
        ("leer", polygon(""), "keine Koordinaten"),
        ("art", quadrat().replace("gml:Polygon", "gml:Solid"), "gml:Solid"),
        ("bogen", "<x:position><gml:Curve srsName='EPSG:25832'><gml:segments><gml:ArcByCenterPoint><gml:pos>638000 5321000</gml:pos></gml:ArcByCenterPoint></gml:segments></gml:Curve></x:position>".to_owned(), "gml:ArcByCenterPoint"),
        ("verweis", "<x:position xlink:href='http://example.org/geom'/>".to_owned(), "xlink"),
        ("gemischt", format!("<x:position>{}<gml:Point srsName='EPSG:25832'><gml:pos>638000 5321000</gml:pos></gml:Point></x:position>", quadrat().replace("<x:position>", "").replace("</x:position>", "")), "mischt"),
        ("dimension", quadrat().replace("<gml:posList>", "<gml:posList srsDimension='7'>"), "srsDimension=7"),
    ];
    let features: Vec<_> = schlecht
        .iter()
        .map(|(id, geom, _)| objekt("FP_Gruen", id, geom))
        .chain([
            objekt(
                "FP_WaldFlaeche",
                "gut",
                &(quadrat() + "<x:flaechenschluss>true</x:flaechenschluss>"),
            ),
            objekt("FP_Gruen", "ohne", "<x:ebene>0</x:ebene>"),
        ])
        .collect();
    let (objekte, g) =
        lies(plan(&features.iter().map(String::as_str).collect::<Vec<_>>()).as_bytes()).unwrap();
    assert_eq!(objekte.len(), 1);
    let gefunden = befunde(&g, "geometrie-unlesbar");
    for ((id, _, soll), b) in schlecht.iter().zip(&gefunden) {
        assert_eq!(
            (b.kennung.as_deref(), b.klasse.as_deref(), b.schwere),
            (Some(*id), Some("FP_Gruen"), Schwere::Fehler)
        );
        assert!(
            b.text.contains(soll) && b.text.starts_with("Zeile "),
            "{id}: {}",
            b.text
        );
    }
    assert_eq!(gefunden.len(), schlecht.len());
    assert_eq!(
        befunde(&g, "ohne-geometrie")[0].kennung.as_deref(),
        Some("ohne")
    );
    let k = g.klassen.iter().find(|k| k.klasse == "FP_Gruen").unwrap();
    assert_eq!(
        (k.gelesen, k.uebernommen, k.uebergangen),
        (schlecht.len() as u64 + 1, 0, schlecht.len() as u64 + 1)
    );
    assert_eq!(
        k.grund.as_deref(),
        Some("Geometrie nicht lesbar; ohne Geometrie")
    );
}

#[test]
fn open_rings_are_closed_and_told() {
    let offen = polygon("638000 5321000 638100 5321000 638100 5321100 638000 5321100");
    let fast =
        polygon("638000 5321000 638100 5321000 638100 5321100 638000 5321100 638000.0004 5321000");
    let (objekte, g) = lies(
        plan(&[
            &objekt("FP_Gruen", "O", &offen),
            &objekt("FP_Gruen", "F", &fast),
        ])
        .as_bytes(),
    )
    .unwrap();
    for o in &objekte {
        let Geometrie::Flaeche(f) = &o.geometrie else {
            panic!("area")
        };
        let rand = &f.0[0].exterior().0;
        assert_eq!((rand.len(), rand.first()), (5, rand.last()));
        assert!((flaeche(o) - 1e4).abs() < 1e-6);
    }
    let [b] = befunde(&g, "ring-offen")[..] else {
        panic!("one finding: {:?}", g.befunde)
    };
    assert_eq!(
        (b.kennung.as_deref(), b.ort),
        (Some("O"), Some([638_000.0, 5_321_100.0]))
    );
    assert!(b.text.contains("100,000 m"), "{}", b.text);
}

#[test]
fn self_intersections_stay_as_delivered() {
    let schleife =
        polygon("638000 5321000 638100 5321100 638100 5321000 638000 5321100 638000 5321000");
    let (objekte, _) = lies(plan(&[&objekt("FP_Gruen", "S", &schleife)]).as_bytes()).unwrap();
    let Geometrie::Flaeche(f) = &objekte[0].geometrie else {
        panic!("area")
    };
    assert_eq!(f.0[0].exterior().0.len(), 5);
}

#[test]
fn flaechenschluss_findings_carry_place_and_hectares() {
    let ja = "<x:flaechenschluss>true</x:flaechenschluss>";
    let art = "<x:allgArtDerBaulNutzung>1000</x:allgArtDerBaulNutzung>";
    let (objekte, g) = lies(
        plan(&[
            &objekt(
                "FP_Gruen",
                "oben",
                &format!("<x:ebene>1</x:ebene>{}{ja}", quadrat()),
            ),
            &objekt(
                "FP_BebauungsFlaeche",
                "fehlt",
                &format!("{}{art}", quadrat()),
            ),
            &objekt(
                "FP_WaldFlaeche",
                "nein",
                &format!(
                    "<x:ebene>0</x:ebene>{}<x:flaechenschluss>0</x:flaechenschluss>",
                    quadrat()
                ),
            ),
            &objekt(
                "FP_WaldFlaeche",
                "tief",
                &format!("<x:ebene>-1</x:ebene>{}", quadrat()),
            ),
            &objekt(
                "FP_NutzungsbeschraenkungsFlaeche",
                "auf",
                &format!("{}{ja}", quadrat()),
            ),
            &objekt(
                "FP_Gruen",
                "krumm",
                &format!(
                    "<x:ebene>null</x:ebene>{}<x:flaechenschluss>ja</x:flaechenschluss>",
                    quadrat()
                ),
            ),
        ])
        .as_bytes(),
    )
    .unwrap();
    assert_eq!(objekte.iter().filter(|o| o.zaehlt_zur_bilanz()).count(), 1);
    assert_eq!(mit_id(&objekte, "tief").ebene, -1);
    let [b] = befunde(&g, "flaechenschluss-ebene")[..] else {
        panic!("{:?}", g.befunde)
    };
    assert_eq!(b.kennung.as_deref(), Some("oben"));
    assert!(b.text.contains("1,0000 ha"), "{}", b.text);
    let [e, n] = b.ort.unwrap();
    assert!(e > 638_000.0 && e < 638_100.0 && n > 5_321_000.0 && n < 5_321_100.0);
    let fehlt: Vec<_> = befunde(&g, "flaechenschluss-fehlt")
        .iter()
        .map(|b| b.kennung.clone().unwrap())
        .collect();
    assert_eq!(fehlt, ["fehlt", "nein"]);
    assert_eq!(befunde(&g, "flaechenschluss-ueberlagerung").len(), 1);
    assert_eq!(befunde(&g, "wert-unlesbar").len(), 2);
}

#[test]
fn odd_classes_and_codes_are_kept_and_told() {
    let ja = "<x:flaechenschluss>true</x:flaechenschluss>";
    let (objekte, g) = lies(
        plan(&[
            &objekt("FP_BebauungsFlaeche", "ohneArt", &(quadrat() + ja)),
            &objekt("FP_BebauungsFlaeche", "streit", &format!("{}{ja}<x:allgArtDerBaulNutzung>2000</x:allgArtDerBaulNutzung><x:besondereArtDerBaulNutzung>1200</x:besondereArtDerBaulNutzung>", quadrat())),
            &objekt("FP_BebauungsFlaeche", "neu", &format!("{}{ja}<x:allgArtDerBaulNutzung>5555</x:allgArtDerBaulNutzung>", quadrat())),
            &objekt("FP_BebauungsFlaeche", "sonst", &format!("{}{ja}<x:besondereArtDerBaulNutzung>9999</x:besondereArtDerBaulNutzung>", quadrat())),
            &objekt("FP_Gruen", "gruen", &format!("{}{ja}<x:zweckbestimmung>4711</x:zweckbestimmung>", quadrat())),
            &objekt("BP_StrassenVerkehrsFlaeche", "bp", &(quadrat() + ja)),
            &objekt("FP_Mondbasis", "mond", &(quadrat() + ja)),
            "<z:Flurstueck xmlns:z='http://example.org/alkis'><z:a/></z:Flurstueck>",
            "<x:FP_TextAbschnitt gml:id='t'><x:text>…</x:text></x:FP_TextAbschnitt>",
        ])
        .as_bytes(),
    )
    .unwrap();
    let nutzung: Vec<_> = objekte
        .iter()
        .map(|o| (o.gml_id.as_deref().unwrap(), o.nutzung))
        .collect();
    assert_eq!(
        nutzung,
        [
            ("ohneArt", "nicht_zugeordnet"),
            ("streit", "M"),
            ("neu", "nicht_zugeordnet"),
            ("sonst", "sonstiges"),
            ("gruen", "gruen"),
            ("bp", "nicht_zugeordnet"),
            ("mond", "nicht_zugeordnet")
        ]
    );
    let codes: Vec<_> = g
        .befunde
        .iter()
        .map(|b| (b.code.as_str(), b.kennung.as_deref().unwrap()))
        .collect();
    assert_eq!(
        codes,
        [
            ("art-fehlt", "ohneArt"),
            ("art-widerspruch", "streit"),
            ("code-unbekannt", "neu"),
            ("code-unbekannt", "gruen"),
            ("klasse-unbekannt", "bp"),
            ("klasse-unbekannt", "mond")
        ]
    );
    for (klasse, grund) in [
        ("Flurstueck", "Namensraum"),
        ("FP_TextAbschnitt", "Textabschnitt"),
    ] {
        let k = g.klassen.iter().find(|k| k.klasse == klasse).unwrap();
        assert_eq!((k.gelesen, k.uebergangen), (1, 1));
        assert!(k.grund.as_ref().unwrap().contains(grund));
    }
}

#[test]
fn content_of_another_plan_is_left_out_or_told() {
    let in_bp = format!("<x:gehoertZuBereich xlink:href='#BB'/>{}", quadrat());
    let bereich = "<x:BP_Bereich gml:id='BB'/>";
    let bp_plan = "<x:BP_Plan gml:id='BP'/>";
    let flaeche = objekt("BP_GruenFlaeche", "b", &in_bp);
    let (objekte, g) = lies(plan(&[bp_plan, bereich, &flaeche]).as_bytes()).unwrap();
    assert!(objekte.is_empty());
    assert_eq!(befunde(&g, "anderer-plan").len(), 1);
    let k = g
        .klassen
        .iter()
        .find(|k| k.klasse == "BP_GruenFlaeche")
        .unwrap();
    assert!(k.grund.as_ref().unwrap().contains("BP_Bereich"));
    let (objekte, g) = lies(plan(&[&flaeche, bereich, bp_plan]).as_bytes()).unwrap();
    assert_eq!(objekte.len(), 1);
    assert_eq!(befunde(&g, "fremder-bereich").len(), 1);
}

#[test]
fn a_plan_with_a_raster_only_is_a_plan() {
    let (objekte, g) = lies(plan(&["<x:XP_Rasterdarstellung gml:id='R'/>"]).as_bytes()).unwrap();
    assert!(objekte.is_empty());
    assert_eq!(befunde(&g, "ohne-flaechen")[0].schwere, Schwere::Hinweis);
}

#[test]
fn ids_given_twice_are_told() {
    let gruen = objekt("FP_Gruen", "G", &quadrat());
    let (objekte, g) = lies(plan(&[&gruen, &gruen]).as_bytes()).unwrap();
    assert_eq!(objekte.len(), 2);
    assert_eq!(befunde(&g, "gml-id-doppelt").len(), 1);
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
