//! ListStoredQueries and DescribeStoredQueries: the one every WFS has.

use super::ausnahme::Ausnahme;
use super::kvp::Kvp;
use super::{NACH_ID, NACH_ID_ALT, WFS, WFS_XSD};
use crate::gml::xml::Xml;
use crate::gml::{KOPF, XSI};

const TITEL: &str = "Ein Objekt nach seiner Kennung";

fn anfang(wurzel: &str) -> Xml {
    let mut xml = Xml::default();
    xml.text.push_str(KOPF);
    xml.anfang(
        wurzel,
        &[
            ("xmlns:wfs", WFS),
            ("xmlns:gml", crate::gml::GML),
            ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
            ("xmlns:xsi", XSI),
            ("xsi:schemaLocation", &format!("{WFS} {WFS_XSD}")),
        ],
    );
    xml
}

/// ListStoredQueries.
#[must_use]
pub fn liste(typen: &[String], praefix: (&str, &str)) -> String {
    let mut xml = anfang("wfs:ListStoredQueriesResponse");
    xml.anfang("wfs:StoredQuery", &[("id", NACH_ID)]);
    xml.blatt("wfs:Title", &[("xml:lang", "de")], TITEL);
    let (name, raum) = praefix;
    for typ in typen {
        xml.blatt("wfs:ReturnFeatureType", &[(name, raum)], typ);
    }
    xml.ende("wfs:StoredQuery");
    xml.ende("wfs:ListStoredQueriesResponse");
    xml.text
}

/// DescribeStoredQueries.
///
/// # Errors
/// A query that is not here.
pub fn beschreibung(kvp: &Kvp) -> Result<String, Ausnahme> {
    for id in kvp.liste("STOREDQUERY_ID") {
        if id != NACH_ID && id != NACH_ID_ALT {
            return Err(Ausnahme::wert(
                "STOREDQUERY_ID",
                format!("Eine gespeicherte Abfrage „{id}“ gibt es nicht, nur {NACH_ID}."),
            ));
        }
    }
    let mut xml = anfang("wfs:DescribeStoredQueriesResponse");
    xml.anfang("wfs:StoredQueryDescription", &[("id", NACH_ID)]);
    xml.blatt("wfs:Title", &[("xml:lang", "de")], TITEL);
    xml.blatt(
        "wfs:Abstract",
        &[("xml:lang", "de")],
        "Die Kennung ist die gml:id des Objekts.",
    );
    xml.leer("wfs:Parameter", &[("name", "ID"), ("type", "xs:string")]);
    xml.leer(
        "wfs:QueryExpressionText",
        &[
            ("returnFeatureTypes", ""),
            (
                "language",
                "urn:ogc:def:queryLanguage:OGC-WFS::WFS_QueryExpression",
            ),
            ("isPrivate", "true"),
        ],
    );
    xml.ende("wfs:StoredQueryDescription");
    xml.ende("wfs:DescribeStoredQueriesResponse");
    Ok(xml.text)
}
