//! WFS 2.0 over the published layers, read-only, for programs that know nothing newer: state
//! portals, GIS of other offices, OWSLib.
//!
//! Thin: a request ([`kvp`], [`xml`]) becomes an items request ([`crate::layers::auswahl`]) of the same
//! reading world, with its rights and limits; the answer is the same GML ([`crate::layers::gml`]) with the
//! collection of the WFS around it. Reading order: [`routes`] → [`kvp`] → [`abfrage`] (with
//! [`filter`], [`system`]) → [`antwort`]; [`faehigkeiten`], [`gespeichert`] describe the service;
//! [`ausnahme`] is how it refuses.

pub mod abfrage;
pub mod antwort;
pub mod ausnahme;
pub mod faehigkeiten;
pub mod filter;
pub mod gespeichert;
pub mod kvp;
pub mod routes;
pub mod system;
pub mod xml;

/// Namespace of the WFS.
pub const WFS: &str = "http://www.opengis.net/wfs/2.0";
/// Where its schema stands.
pub const WFS_XSD: &str = "http://schemas.opengis.net/wfs/2.0/wfs.xsd";
/// Namespace of OWS Common.
pub const OWS: &str = "http://www.opengis.net/ows/1.1";
/// Namespace of filters.
pub const FES: &str = "http://www.opengis.net/fes/2.0";
/// Namespace of links in XML.
pub const XLINK: &str = "http://www.w3.org/1999/xlink";
/// Versions that are spoken, the usual one first.
pub const VERSIONEN: [&str; 2] = ["2.0.0", "2.0.2"];
/// Media type of features and schemas.
pub const GML_TYP: &str = "application/gml+xml; version=3.2";
/// Stored query that every WFS has.
pub const NACH_ID: &str = "urn:ogc:def:query:OGC-WFS::GetFeatureById";
/// The name it had in WFS 2.0.0.
pub const NACH_ID_ALT: &str = "http://www.opengis.net/def/query/OGC-WFS/0/GetFeatureById";

/// Address of the service.
#[must_use]
pub fn adresse(basis: &crate::http::link::Basis) -> String {
    basis.zu("/wfs")
}
