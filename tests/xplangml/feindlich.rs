//! Files made to hurt: limits hold, and what fuzzing found stays found.

use std::fmt::Write as _;
use std::io::{BufReader, Cursor, Read};

use zielraum::error::Error;
use zielraum::import::xplangml;

use crate::{abgelehnt, befunde, lies, objekt, plan, plan_ohne_fp_plan, pruefe_summen, quadrat};

#[test]
fn other_files_are_never_included() {
    let xi = plan(&[
        "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>",
    ]);
    assert!(abgelehnt(xi.as_bytes()).contains("xi:include"));
    let tief = plan(&[&objekt(
        "FP_Gruen",
        "G",
        "<x:text><xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='http://127.0.0.1/'/></x:text>",
    )]);
    assert!(abgelehnt(tief.as_bytes()).contains("xi:include"));
    let lachen = plan(&[]).replace(
        "?>",
        "?><!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
    );
    assert!(abgelehnt(lachen.as_bytes()).contains("DOCTYPE"));
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(lachen.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert!(abgelehnt(&utf16).contains("DOCTYPE"), "in any encoding");
}

#[test]
fn plans_of_other_kinds_are_refused_by_name() {
    for art in ["BP", "LP", "RP", "SO"] {
        let text = abgelehnt(
            plan_ohne_fp_plan(&[
                &format!("<x:{art}_Plan gml:id='B'><x:name>Anderer</x:name></x:{art}_Plan>"),
                &format!("<x:{art}_Bereich gml:id='BB'/>"),
            ])
            .as_bytes(),
        );
        assert!(
            text.contains(&format!("{art}_Plan")) && text.contains("bitte"),
            "{text}"
        );
    }
}

#[test]
fn long_texts_and_attributes_are_refused_long_rings_are_not() {
    let lang = "x".repeat((1 << 20) + 1);
    let text = objekt("FP_Gruen", "G", &format!("<x:text>{lang}</x:text>"));
    assert!(abgelehnt(plan(&[&text]).as_bytes()).contains("1 MB"));
    // In pieces, so that no single token is too long.
    let stueck = format!("{}<!-- -->", "x".repeat(1 << 18)).repeat(5);
    let text = objekt("FP_Gruen", "G", &format!("<x:text>{stueck}</x:text>"));
    assert!(abgelehnt(plan(&[&text]).as_bytes()).contains("1 MB"));
    let attribut = format!("<x:FP_Gruen gml:id='{lang}'/>");
    assert!(abgelehnt(plan(&[&attribut]).as_bytes()).contains("1 MB"));
    let viele: String = (0..101).fold(String::new(), |mut s, i| {
        write!(s, " a{i}='1'").unwrap();
        s
    });
    assert!(
        abgelehnt(plan(&[&format!("<x:FP_Gruen{viele}/>")]).as_bytes()).contains("100 Attribute")
    );

    // 2 MB of coordinates, 100,000 vertices: a long river.
    let mut ring = String::new();
    for i in 0..100_000_u32 {
        let w = f64::from(i) / 100_000.0 * std::f64::consts::TAU;
        write!(
            ring,
            "{:.3} {:.3} ",
            638_500.0 + 400.0 * w.cos(),
            5_321_500.0 + 400.0 * w.sin()
        )
        .unwrap();
    }
    ring.push_str("638900.000 5321500.000");
    let fluss = objekt("FP_Gewaesser", "F", &crate::polygon(&ring));
    let (objekte, _) = lies(plan(&[&fluss]).as_bytes()).unwrap();
    assert_eq!(objekte.len(), 1);
}

#[test]
fn too_many_vertices_cost_the_object_and_not_the_plan() {
    let ring = "1 2 ".repeat(1_000_001);
    let (objekte, g) = lies(
        plan(&[
            &objekt("FP_Gruen", "riesig", &crate::polygon(&ring)),
            &objekt("FP_Gruen", "gut", &quadrat()),
        ])
        .as_bytes(),
    )
    .unwrap();
    assert_eq!(objekte.len(), 1);
    let b = befunde(&g, "geometrie-unlesbar")[0];
    assert!(b.text.contains("1.000.000 Stützpunkte"), "{}", b.text);
}

#[test]
fn a_few_points_do_not_become_a_million() {
    let bogen = |punkte: &str| {
        format!(
            "<x:position><gml:Curve srsName='EPSG:25832'><gml:segments><gml:Arc><gml:posList>{punkte}</gml:posList>\
             </gml:Arc></gml:segments></gml:Curve></x:position>"
        )
    };
    // Beyond a million vertices: almost on a line and the middle point far outside: the long way round.
    let weit = bogen("276100 5321100.00003 6883.1 5321041.7 638050 5321000");
    let gut = bogen("638000 5321000 638100 5321100 638200 5321000");
    // Some hundred thousand: 30 arcs of tens of kilometres.
    let mut ring = String::new();
    for i in 0..60_u32 {
        write!(
            ring,
            "{} {} ",
            600_000 + (i % 2) * 40_000,
            5_300_000 + (i * 7919) % 30_000
        )
        .unwrap();
    }
    let kette = format!(
        "<x:position><gml:Curve srsName='EPSG:25832'><gml:segments><gml:ArcString><gml:posList>{ring}600000 \
         5300000</gml:posList></gml:ArcString></gml:segments></gml:Curve></x:position>"
    );
    let (objekte, g) = lies(
        plan(&[
            &objekt("FP_Strassenverkehr", "weit", &weit),
            &objekt("FP_Strassenverkehr", "kette", &kette),
            &objekt("FP_Strassenverkehr", "gut", &gut),
        ])
        .as_bytes(),
    )
    .unwrap();
    assert_eq!(objekte.len(), 1);
    let gefunden = befunde(&g, "geometrie-unlesbar");
    assert_eq!(gefunden.len(), 2);
    assert!(
        gefunden.iter().all(|b| b.text.contains("zu groß")),
        "{gefunden:?}"
    );
}

/// A file without end: the same bytes over and over.
struct Endlos(Vec<u8>, usize);
impl Read for Endlos {
    fn read(&mut self, ziel: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.0[self.1..];
        let n = rest.len().min(ziel.len());
        ziel[..n].copy_from_slice(&rest[..n]);
        self.1 = (self.1 + n) % self.0.len();
        Ok(n)
    }
}

#[test]
fn waiting_for_a_srs_name_has_an_end() {
    let ohne = quadrat().replace(" srsName=\"EPSG:25832\"", "");
    let kopf = plan_ohne_fp_plan(&[]).replace("</x:XPlanAuszug>", "");
    let glied = format!(
        "<gml:featureMember>{}</gml:featureMember>",
        objekt("FP_Gruen", "G", &ohne)
    );
    // Without the limit this would go on for ever.
    let strom = Cursor::new(kopf.into_bytes()).chain(Endlos(glied.into_bytes(), 0));
    let fehler = xplangml::lies(BufReader::new(strom), &mut |_| Ok(())).unwrap_err();
    assert!(
        matches!(&fehler, Error::Eingabe(t) if t.contains("srsName")),
        "{fehler}"
    );
}

#[test]
fn a_service_that_sends_only_a_page_is_told() {
    let wfs = |attribute: &str, rest: &str| {
        plan(&[])
            .replace(
                "<x:XPlanAuszug",
                &format!(
                    "<wfs:FeatureCollection xmlns:wfs='http://www.opengis.net/wfs/2.0' {attribute}"
                ),
            )
            .replace(
                "</x:XPlanAuszug>",
                &format!("{rest}</wfs:FeatureCollection>"),
            )
            .replace("gml:featureMember", "wfs:member")
    };
    let zaehle = |text: String| {
        let (_, g) = lies(text.as_bytes()).unwrap();
        befunde(&g, "wfs-unvollstaendig").len()
    };
    assert_eq!(
        zaehle(wfs("numberMatched='5000' numberReturned='1000'", "")),
        1
    );
    assert_eq!(zaehle(wfs("numberMatched='1' numberReturned='1'", "")), 0);
    assert_eq!(
        zaehle(wfs("numberMatched='unknown' numberReturned='1'", "")),
        0
    );
    assert_eq!(zaehle(wfs("", "<wfs:truncatedResponse/>")), 1);
}

/// What the fuzzer thought of, kept small: each either a plan whose counts add up or
/// refused with a sentence.
#[test]
fn the_corpus_of_the_fuzzer_is_harmless() {
    let ordner = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/fuzz/xplangml");
    let mut anzahl = 0;
    for eintrag in std::fs::read_dir(ordner).unwrap() {
        let pfad = eintrag.unwrap().path();
        let bytes = std::fs::read(&pfad).unwrap();
        anzahl += 1;
        match lies(&bytes) {
            Ok((objekte, g)) => pruefe_summen(&g, objekte.len()),
            Err(Error::Eingabe(text)) => assert!(text.len() > 20, "{}: {text}", pfad.display()),
            Err(anderer) => panic!("{}: {anderer:?}", pfad.display()),
        }
    }
    assert!(anzahl >= 20, "{anzahl} files");
}
