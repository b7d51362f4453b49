//! The XPlanGML reader against plans of our own: what comes out of 5.x and 6.x, every
//! geometry form, what is refused and what becomes a finding.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fmt::Write as _;
use std::io::Cursor;

use geo::Area;
use zielraum::error::{Error, Result};
use zielraum::fnp::objekt::{Befund, Geometrie, Objekt};
use zielraum::import::xplangml::{self, Gelesen};

mod ablehnung;
mod befund;
mod fallen;
mod feindlich;
mod geometrie;
mod inhalt;
mod versionen;

const DORF_5: &[u8] = include_bytes!("../fixtures/xplan/dorf_5_1.gml");
const DORF_6: &[u8] = include_bytes!("../fixtures/xplan/dorf_6_0.gml");
const FORMEN: &[u8] = include_bytes!("../fixtures/xplan/formen_5_3.gml");

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

/// Of every class: what was read was taken over or skipped, and what was taken over
/// was handed over, save the plan and its Bereiche.
fn pruefe_summen(g: &Gelesen, uebergeben: usize) {
    let mut uebernommen = 0;
    for k in &g.klassen {
        assert_eq!(k.gelesen, k.uebernommen + k.uebergangen, "{}", k.klasse);
        assert_eq!(k.uebergangen > 0, k.grund.is_some(), "{}", k.klasse);
        if k.klasse != "FP_Plan" && k.klasse != "FP_Bereich" {
            uebernommen += k.uebernommen;
        }
    }
    assert_eq!(uebernommen, uebergeben as u64);
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
