//! Objects of layers as GML 3.2 of the Simple Features Profile, level 0 (OGC 17-069r4, 8.4;
//! OGC 10-100r3): one value a property, what has none is left out. `items` and the WFS send the
//! same elements by the same [`schema`].

pub mod objekt;
pub mod schema;

use crate::gml;

/// Namespace of all layers: the same from every address, so that files of one town fit together.
pub const NS: &str = "urn:zielraum:ebenen";
/// Its prefix.
pub const PRAEFIX: &str = "zr";
/// Namespace of the collection around the objects.
pub const SF: &str = "http://www.opengis.net/ogcapi-features-1/1.0/sf";
/// Where its schema stands.
pub const SF_XSD: &str = "http://schemas.opengis.net/ogcapi/features/part1/1.0/xml/core-sf.xsd";

/// Name of the objects of a collection, with its prefix.
#[must_use]
pub fn typname(id: &str) -> String {
    format!("{PRAEFIX}:{}", gml::name::ncname(id))
}
