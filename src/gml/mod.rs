//! GML 3.2: text of XML, names and geometries, for everything that writes GML: plans
//! ([`crate::export::xplangml`]), layers ([`crate::layers::gml`]), the WFS ([`crate::wfs`]).

pub mod geometrie;
pub mod name;
pub mod xml;

/// Namespace of GML 3.2.
pub const GML: &str = "http://www.opengis.net/gml/3.2";
/// Where its schema stands.
pub const GML_XSD: &str = "http://schemas.opengis.net/gml/3.2.1/gml.xsd";
/// Namespace of `xsi:schemaLocation`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// First line of a document.
pub const KOPF: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
