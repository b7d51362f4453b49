//! The application schema: one type a collection, one element a column, German titles as
//! documentation.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::objekt::name;
use super::{NS, PRAEFIX, typname};
use crate::gml::name::ncname;
use crate::gml::xml::Xml;
use crate::gml::{GML, GML_XSD, KOPF};
use crate::layers::formate::form::Art;
use crate::layers::query::Codes;
use crate::layers::queryables::geometrie_name;
use crate::layers::relation::Spalte;
use crate::layers::sammlung::Sammlung;
use crate::layers::wert::Klasse;

/// Level of the Simple Features Profile, as a schema declares it.
const SF_NS: &str = "http://www.opengis.net/gmlsf/2.0";
const SF_STUFEN: &str = "http://schemas.opengis.net/gmlsfProfile/2.0/gmlsfLevels.xsd";

/// The schema of these collections.
#[must_use]
pub fn dokument(sammlungen: &[(Sammlung, Codes)]) -> String {
    let mut xml = Xml::default();
    xml.text.push_str(KOPF);
    let praefix = format!("xmlns:{PRAEFIX}");
    xml.anfang(
        "xs:schema",
        &[
            ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
            ("xmlns:gml", GML),
            ("xmlns:gmlsf", SF_NS),
            (&praefix, NS),
            ("targetNamespace", NS),
            ("elementFormDefault", "qualified"),
            ("version", "1.0"),
        ],
    );
    xml.anfang("xs:annotation", &[]);
    xml.anfang("xs:appinfo", &[("source", SF_STUFEN)]);
    xml.blatt("gmlsf:ComplianceLevel", &[], "0");
    xml.ende("xs:appinfo");
    xml.ende("xs:annotation");
    xml.leer(
        "xs:import",
        &[("namespace", GML), ("schemaLocation", GML_XSD)],
    );
    let mut gesehen = HashSet::new();
    for (sammlung, codes) in sammlungen {
        if gesehen.insert(&sammlung.id) {
            typ(&mut xml, sammlung, codes);
        }
    }
    xml.ende("xs:schema");
    xml.text.push('\n');
    xml.text
}

fn typ(xml: &mut Xml, sammlung: &Sammlung, codes: &Codes) {
    let element = ncname(&sammlung.id);
    // Both names stand in one space each: an element and a type may be called alike.
    let typ = format!("{element}Type");
    xml.anfang(
        "xs:element",
        &[
            ("name", &element),
            ("type", &format!("{}Type", typname(&sammlung.id))),
            ("substitutionGroup", "gml:AbstractFeature"),
        ],
    );
    let worte: Vec<&str> = [
        Some(sammlung.titel.as_str()),
        sammlung.beschreibung.as_deref(),
    ]
    .into_iter()
    .flatten()
    .collect();
    beschreibung(xml, &worte.join("\n"));
    xml.ende("xs:element");
    xml.anfang("xs:complexType", &[("name", &typ)]);
    xml.anfang("xs:complexContent", &[]);
    xml.anfang("xs:extension", &[("base", "gml:AbstractFeatureType")]);
    xml.anfang("xs:sequence", &[]);
    for spalte in &sammlung.ebene.spalten {
        feld(xml, spalte, codes);
    }
    if let Some(g) = &sammlung.ebene.relation.geometrie {
        let art = geometrietyp(Art::von(g.dimension));
        eigenschaft(xml, &geometrie_name(sammlung), art, "Geometrie");
    }
    xml.ende("xs:sequence");
    xml.ende("xs:extension");
    xml.ende("xs:complexContent");
    xml.ende("xs:complexType");
}

fn feld(xml: &mut Xml, spalte: &Spalte, codes: &Codes) {
    let mut worte = match &spalte.einheit {
        Some(einheit) => format!("{} [{einheit}]", spalte.titel),
        None => spalte.titel.clone(),
    };
    if let Some(text) = &spalte.beschreibung {
        worte.push('\n');
        worte.push_str(text);
    }
    if let Some((_, codes)) = codes.iter().find(|(name, _)| *name == spalte.name) {
        for (wert, titel) in codes {
            // Writing into a String cannot fail.
            let _ = write!(worte, "\n{wert}: {titel}");
        }
    }
    eigenschaft(xml, &spalte.name, typ_des_wertes(spalte.klasse), &worte);
}

fn eigenschaft(xml: &mut Xml, spalte: &str, typ: &str, worte: &str) {
    let name = name(spalte);
    let lokal = name
        .split_once(':')
        .map_or(name.as_str(), |(_, lokal)| lokal);
    xml.anfang(
        "xs:element",
        &[("name", lokal), ("type", typ), ("minOccurs", "0")],
    );
    beschreibung(xml, worte);
    xml.ende("xs:element");
}

fn beschreibung(xml: &mut Xml, worte: &str) {
    xml.anfang("xs:annotation", &[]);
    xml.blatt("xs:documentation", &[("xml:lang", "de")], worte);
    xml.ende("xs:annotation");
}

/// Type of a geometry's property.
#[must_use]
pub fn geometrietyp(art: Art) -> &'static str {
    match art {
        Art::Punkte => "gml:MultiPointPropertyType",
        Art::Linien => "gml:MultiCurvePropertyType",
        Art::Flaechen => "gml:MultiSurfacePropertyType",
        Art::Gemischt => "gml:GeometryPropertyType",
    }
}

/// Type of a value. Lists and JSON are text: level 0 has no structure.
fn typ_des_wertes(klasse: Klasse) -> &'static str {
    match klasse {
        Klasse::Ganzzahl => "xs:long",
        Klasse::Gleitkomma => "xs:double",
        Klasse::Dezimal | Klasse::Geld => "xs:decimal",
        Klasse::Wahrheit => "xs:boolean",
        Klasse::Datum => "xs:date",
        Klasse::Zeitpunkt | Klasse::Ortszeit => "xs:dateTime",
        Klasse::Uuid
        | Klasse::Json
        | Klasse::Feld
        | Klasse::Objekt
        | Klasse::Text
        | Klasse::Anderes => "xs:string",
    }
}
