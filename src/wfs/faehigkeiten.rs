//! GetCapabilities: what the service is, can and has.

use super::kvp::Kvp;
use super::system::urn;
use super::{FES, GML_TYP, OWS, VERSIONEN, WFS, WFS_XSD, XLINK, abfrage};
use crate::gml::xml::Xml;
use crate::gml::{GML, KOPF, XSI};
use crate::layers::auswahl::LIMIT_MAX;
use crate::layers::crs::Ziel;
use crate::layers::gml::{NS, PRAEFIX, typname};
use crate::layers::query::Ausdehnung;
use crate::layers::sammlung::Sammlung;

/// Operations and whether they are asked by address and body.
const OPERATIONEN: [&str; 5] = [
    "GetCapabilities",
    "DescribeFeatureType",
    "ListStoredQueries",
    "DescribeStoredQueries",
    "GetFeature",
];

/// Conformance classes of WFS 2.0 (OGC 09-025r2, table 13).
const KLASSEN: [(&str, bool); 15] = [
    ("ImplementsSimpleWFS", true),
    // GetPropertyValue is missing.
    ("ImplementsBasicWFS", false),
    ("ImplementsTransactionalWFS", false),
    ("ImplementsLockingWFS", false),
    ("KVPEncoding", true),
    ("XMLEncoding", true),
    ("SOAPEncoding", false),
    ("ImplementsInheritance", false),
    ("ImplementsRemoteResolve", false),
    ("ImplementsResultPaging", true),
    ("ImplementsStandardJoins", false),
    ("ImplementsSpatialJoins", false),
    ("ImplementsTemporalJoins", false),
    ("ImplementsFeatureVersioning", false),
    ("ManageStoredQueries", false),
];

/// The same of FES 2.0 (OGC 09-026r2, table 1).
const FILTERKLASSEN: [(&str, bool); 13] = [
    ("ImplementsQuery", true),
    ("ImplementsAdHocQuery", true),
    ("ImplementsFunctions", false),
    ("ImplementsResourceId", true),
    ("ImplementsMinStandardFilter", true),
    ("ImplementsStandardFilter", true),
    ("ImplementsMinSpatialFilter", true),
    ("ImplementsSpatialFilter", false),
    ("ImplementsMinTemporalFilter", false),
    ("ImplementsTemporalFilter", false),
    ("ImplementsVersionNav", false),
    ("ImplementsSorting", true),
    ("ImplementsExtendedOperators", false),
];

const VERGLEICHE: [&str; 10] = [
    "PropertyIsEqualTo",
    "PropertyIsNotEqualTo",
    "PropertyIsLessThan",
    "PropertyIsGreaterThan",
    "PropertyIsLessThanOrEqualTo",
    "PropertyIsGreaterThanOrEqualTo",
    "PropertyIsLike",
    "PropertyIsNull",
    "PropertyIsNil",
    "PropertyIsBetween",
];

/// The document; `adresse` is the service's own, without its question mark.
#[must_use]
pub fn dokument(
    adresse: &str,
    version: &str,
    kvp: &Kvp,
    sammlungen: &[(Sammlung, Ausdehnung)],
) -> String {
    let teile: Vec<String> = kvp.liste("SECTIONS").map(str::to_ascii_lowercase).collect();
    let will = |teil: &str| {
        teile.is_empty()
            || teile
                .iter()
                .any(|t| t == "all" || *t == teil.to_ascii_lowercase())
    };
    let mut xml = Xml::default();
    xml.text.push_str(KOPF);
    let praefix = format!("xmlns:{PRAEFIX}");
    xml.anfang(
        "wfs:WFS_Capabilities",
        &[
            ("xmlns:wfs", WFS),
            ("xmlns:ows", OWS),
            ("xmlns:fes", FES),
            ("xmlns:gml", GML),
            ("xmlns:xlink", XLINK),
            ("xmlns:xsi", XSI),
            (&praefix, NS),
            ("xsi:schemaLocation", &format!("{WFS} {WFS_XSD}")),
            ("version", version),
        ],
    );
    if will("ServiceIdentification") {
        dienst(&mut xml);
    }
    if will("ServiceProvider") {
        xml.anfang("ows:ServiceProvider", &[]);
        xml.blatt("ows:ProviderName", &[], "Zielraum");
        xml.leer("ows:ServiceContact", &[]);
        xml.ende("ows:ServiceProvider");
    }
    if will("OperationsMetadata") {
        operationen(&mut xml, adresse);
    }
    if will("FeatureTypeList") {
        xml.anfang("wfs:FeatureTypeList", &[]);
        for (sammlung, ausdehnung) in sammlungen {
            typ(&mut xml, sammlung, ausdehnung);
        }
        xml.ende("wfs:FeatureTypeList");
    }
    if will("Filter_Capabilities") {
        filter(&mut xml);
    }
    xml.ende("wfs:WFS_Capabilities");
    xml.text.push('\n');
    xml.text
}

fn dienst(xml: &mut Xml) {
    xml.anfang("ows:ServiceIdentification", &[]);
    xml.blatt(
        "ows:Title",
        &[("xml:lang", "de")],
        "Zielraum: Ebenen als WFS",
    );
    xml.blatt(
        "ows:Abstract",
        &[("xml:lang", "de")],
        "Flächennutzungsplan, Ortsteile, Ziele und Maßnahmen einer Gemeinde, nur lesend. Mehr Formate, Filter und Kacheln bietet derselbe Dienst als OGC API – Features.",
    );
    xml.anfang("ows:Keywords", &[]);
    for wort in [
        "Flächennutzungsplan",
        "Bauleitplanung",
        "Ortsteile",
        "Maßnahmen",
    ] {
        xml.blatt("ows:Keyword", &[], wort);
    }
    xml.ende("ows:Keywords");
    xml.blatt("ows:ServiceType", &[("codeSpace", "OGC")], "WFS");
    for version in VERSIONEN {
        xml.blatt("ows:ServiceTypeVersion", &[], version);
    }
    xml.blatt("ows:Fees", &[], "NONE");
    xml.blatt("ows:AccessConstraints", &[], "NONE");
    xml.ende("ows:ServiceIdentification");
}

fn werte(xml: &mut Xml, element: &str, name: &str, werte: &[&str]) {
    xml.anfang(element, &[("name", name)]);
    xml.anfang("ows:AllowedValues", &[]);
    for wert in werte {
        xml.blatt("ows:Value", &[], wert);
    }
    xml.ende("ows:AllowedValues");
    xml.ende(element);
}

fn bedingung(xml: &mut Xml, raum: &str, name: &str, wert: &str) {
    let element = format!("{raum}:Constraint");
    xml.anfang(&element, &[("name", name)]);
    xml.leer("ows:NoValues", &[]);
    xml.blatt("ows:DefaultValue", &[], wert);
    xml.ende(&element);
}

fn wahr(wert: bool) -> &'static str {
    if wert { "TRUE" } else { "FALSE" }
}

fn operationen(xml: &mut Xml, adresse: &str) {
    xml.anfang("ows:OperationsMetadata", &[]);
    for operation in OPERATIONEN {
        xml.anfang("ows:Operation", &[("name", operation)]);
        xml.anfang("ows:DCP", &[]);
        xml.anfang("ows:HTTP", &[]);
        xml.leer("ows:Get", &[("xlink:href", &format!("{adresse}?"))]);
        xml.leer("ows:Post", &[("xlink:href", adresse)]);
        xml.ende("ows:HTTP");
        xml.ende("ows:DCP");
        let parameter = |xml: &mut Xml, name: &str, liste: &[&str]| {
            werte(xml, "ows:Parameter", name, liste);
        };
        match operation {
            "GetCapabilities" => {
                parameter(xml, "AcceptVersions", &VERSIONEN);
                parameter(xml, "AcceptFormats", &["text/xml"]);
                parameter(
                    xml,
                    "Sections",
                    &[
                        "ServiceIdentification",
                        "ServiceProvider",
                        "OperationsMetadata",
                        "FeatureTypeList",
                        "Filter_Capabilities",
                    ],
                );
            }
            "DescribeFeatureType" => parameter(xml, "outputFormat", &[GML_TYP]),
            "GetFeature" => {
                parameter(xml, "resultType", &["results", "hits"]);
                parameter(xml, "outputFormat", &[GML_TYP, "text/xml; subtype=gml/3.2"]);
            }
            _ => {}
        }
        xml.ende("ows:Operation");
    }
    werte(xml, "ows:Parameter", "version", &VERSIONEN);
    for (name, erfuellt) in KLASSEN {
        bedingung(xml, "ows", name, wahr(erfuellt));
    }
    bedingung(xml, "ows", "CountDefault", &LIMIT_MAX.to_string());
    werte(
        xml,
        "ows:Constraint",
        "QueryExpressions",
        &["wfs:Query", "wfs:StoredQuery"],
    );
    xml.ende("ows:OperationsMetadata");
}

fn typ(xml: &mut Xml, sammlung: &Sammlung, ausdehnung: &Ausdehnung) {
    let praefix = format!("xmlns:{PRAEFIX}");
    xml.anfang("wfs:FeatureType", &[(&praefix, NS)]);
    xml.blatt("wfs:Name", &[], &typname(&sammlung.id));
    xml.blatt("wfs:Title", &[("xml:lang", "de")], &sammlung.titel);
    if let Some(text) = &sammlung.beschreibung {
        xml.blatt("wfs:Abstract", &[("xml:lang", "de")], text);
    }
    if let Some(gruppe) = &sammlung.ebene.gruppe {
        xml.anfang("ows:Keywords", &[]);
        xml.blatt("ows:Keyword", &[], gruppe);
        xml.ende("ows:Keywords");
    }
    if sammlung.ebene.relation.geometrie.is_some() {
        let eigenes = abfrage::eigenes(sammlung).ziel;
        xml.blatt("wfs:DefaultCRS", &[], &urn(eigenes));
        for ziel in Ziel::ALLE.into_iter().filter(|ziel| *ziel != eigenes) {
            xml.blatt("wfs:OtherCRS", &[], &urn(ziel));
        }
    } else {
        xml.leer("wfs:NoCRS", &[]);
    }
    xml.anfang("wfs:OutputFormats", &[]);
    xml.blatt("wfs:Format", &[], GML_TYP);
    xml.ende("wfs:OutputFormats");
    if let Some([west, sued, ost, nord]) = ausdehnung.raum {
        xml.anfang("ows:WGS84BoundingBox", &[]);
        xml.blatt("ows:LowerCorner", &[], &format!("{west} {sued}"));
        xml.blatt("ows:UpperCorner", &[], &format!("{ost} {nord}"));
        xml.ende("ows:WGS84BoundingBox");
    }
    xml.ende("wfs:FeatureType");
}

fn filter(xml: &mut Xml) {
    xml.anfang("fes:Filter_Capabilities", &[]);
    xml.anfang("fes:Conformance", &[]);
    for (name, erfuellt) in FILTERKLASSEN {
        bedingung(xml, "fes", name, wahr(erfuellt));
    }
    xml.ende("fes:Conformance");
    xml.anfang("fes:Id_Capabilities", &[]);
    xml.leer("fes:ResourceIdentifier", &[("name", "fes:ResourceId")]);
    xml.ende("fes:Id_Capabilities");
    xml.anfang("fes:Scalar_Capabilities", &[]);
    xml.leer("fes:LogicalOperators", &[]);
    xml.anfang("fes:ComparisonOperators", &[]);
    for name in VERGLEICHE {
        xml.leer("fes:ComparisonOperator", &[("name", name)]);
    }
    xml.ende("fes:ComparisonOperators");
    xml.ende("fes:Scalar_Capabilities");
    xml.anfang("fes:Spatial_Capabilities", &[]);
    xml.anfang("fes:GeometryOperands", &[]);
    xml.leer("fes:GeometryOperand", &[("name", "gml:Envelope")]);
    xml.ende("fes:GeometryOperands");
    xml.anfang("fes:SpatialOperators", &[]);
    xml.leer("fes:SpatialOperator", &[("name", "BBOX")]);
    xml.ende("fes:SpatialOperators");
    xml.ende("fes:Spatial_Capabilities");
    xml.ende("fes:Filter_Capabilities");
}
