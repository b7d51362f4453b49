//! GML: the objects in the collection OGC API – Features has for them, which has no place for
//! counts and links; those stand in headers.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::{Auftrag, Saetze};
use crate::error::Result;
use crate::gml::xml::Xml;
use crate::gml::{GML, KOPF, XSI};
use crate::layers::gml::objekt::Schreiber;
use crate::layers::gml::{NS, PRAEFIX, SF, SF_XSD};

/// Text gathered before it goes to the file.
const STUECK: usize = 64 << 10;

/// Writes the document.
pub fn schreibe(auftrag: &Auftrag, ziel: &Path, saetze: &mut Saetze<'_>) -> Result<()> {
    let mut out = BufWriter::new(File::create(ziel)?);
    let mut xml = Xml::dicht();
    xml.text.push_str(KOPF);
    let praefix = format!("xmlns:{PRAEFIX}");
    let orte = format!("{} {SF} {SF_XSD}", schemaort(&auftrag.hier));
    xml.anfang(
        "sf:FeatureCollection",
        &[
            ("xmlns:sf", SF),
            ("xmlns:gml", GML),
            (&praefix, NS),
            ("xmlns:xsi", XSI),
            ("xsi:schemaLocation", &orte),
            ("gml:id", "ebene"),
        ],
    );
    let hinweise: Vec<String> = auftrag
        .hinweise
        .iter()
        .map(|(name, wert)| format!("{name}: {wert}"))
        .collect();
    let worte = auftrag.beschreibung.iter().chain(&hinweise);
    let worte: Vec<&str> = worte.map(String::as_str).collect();
    xml.blatt("gml:description", &[], &worte.join("\n"));
    xml.blatt("gml:name", &[], &auftrag.titel);
    let mut schreiber = Schreiber::neu(&auftrag.id, &auftrag.aufbau);
    for satz in saetze {
        xml.anfang("sf:featureMember", &[]);
        schreiber.schreibe(&mut xml, &satz?, &[]);
        xml.ende("sf:featureMember");
        if xml.text.len() > STUECK {
            out.write_all(xml.text.as_bytes())?;
            xml.text.clear();
        }
    }
    xml.ende("sf:FeatureCollection");
    out.write_all(xml.text.as_bytes())?;
    Ok(out.flush()?)
}

/// Namespace and place of the schema of a collection, by its address.
#[must_use]
pub fn schemaort(hier: &str) -> String {
    format!("{NS} {hier}/schema.xsd")
}
