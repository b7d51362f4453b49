//! What QGIS Server tells of the project as a WMS: title, Stand, extent, systems. Layers are
//! named by their ids, so that an address survives a new title.

use super::layout;
use super::umfang::Umfang;
use crate::layers::stil::element::Element;

/// Systems offered; without a list QGIS Server names three of its own, 25832 by chance.
const SYSTEME: &[&str] = &["EPSG:25832", "EPSG:3857", "EPSG:4326", "EPSG:4258"];

/// Properties of the project. The extent is that of the sheet: of remote layers QGIS Server
/// knows none and would offer half the globe.
pub(super) fn eigenschaften(umfang: &Umfang) -> Vec<Element> {
    let text = |name: &'static str, wert: &str| Element::neu(name).a("type", "QString").text(wert);
    let wahr = |name: &'static str| Element::neu(name).a("type", "bool").text("true");
    let liste = |name: &'static str, werte: &[String]| {
        Element::neu(name)
            .a("type", "QStringList")
            .kinder(werte.iter().map(|wert| Element::neu("value").text(wert)))
    };
    let systeme: Vec<String> = SYSTEME.iter().map(ToString::to_string).collect();
    vec![
        wahr("WMSServiceCapabilities"),
        wahr("WMSUseLayerIDs"),
        text("WMSRootName", "zielraum"),
        text("WMSServiceTitle", &umfang.titel),
        text("WMSServiceAbstract", &layout::stand(umfang)),
        liste("WMSExtent", &umfang.kasten.map(|zahl| zahl.to_string())),
        liste("WMSCrsList", &systeme),
    ]
}
