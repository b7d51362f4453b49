//! One layer of a project: source, system, names, and the elements of its QML.

use super::quelle::Quellen;
use super::umfang::Ebene;
use crate::layers::documents::adresse;
use crate::layers::formate::form::Art;
use crate::layers::stil::element::Element;
use crate::layers::stil::qml;

/// The system of the layers' coordinates: degrees, east before north.
pub const GRAD: &str = "OGC:CRS84";
/// The system of the project: metres, east and north.
pub const METER: &str = "EPSG:25832";
/// The system of the tiles.
pub const MERCATOR: &str = "EPSG:3857";

/// Systems by name: number in QGIS's own list, PROJ string. Without the number 3.22 does not
/// look the name up; the string is for a release whose list has another number there.
const SYSTEME: &[(&str, &str, &str)] = &[
    (
        METER,
        "2105",
        "+proj=utm +zone=32 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs",
    ),
    (GRAD, "63159", "+proj=longlat +datum=WGS84 +no_defs"),
    (
        MERCATOR,
        "3857",
        "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs",
    ),
];

/// Names a system.
pub fn system(kennung: &str) -> Element {
    let zeile = SYSTEME.iter().find(|(name, ..)| *name == kennung);
    let mut srs = Element::neu("spatialrefsys");
    if let Some((_, nummer, proj)) = zeile {
        srs = srs
            .kind(Element::neu("proj4").text(proj))
            .kind(Element::neu("srsid").text(nummer));
    }
    srs.kind(Element::neu("authid").text(kennung))
        .kind(Element::neu("geographicflag").text(kennung == GRAD))
}

/// The layer.
pub fn maplayer(basis: &Quellen<'_>, ebene: &Ebene) -> Element {
    let geometrie = match ebene.stil.art {
        Some(Art::Punkte) => "Point",
        Some(Art::Linien) => "Line",
        Some(Art::Flaechen) => "Polygon",
        Some(Art::Gemischt) => "Unknown geometry",
        None => "No geometry",
    };
    let mut layer = Element::neu("maplayer").a("type", "vector").alle(&[
        ("geometry", geometrie),
        ("styleCategories", "AllStyleCategories"),
        ("autoRefreshEnabled", "0"),
        ("refreshOnNotifyEnabled", "0"),
    ]);
    for (name, wert) in qml::attribute(&ebene.stil) {
        let wert = if name == "readOnly" {
            u8::from(!ebene.aenderbar).to_string()
        } else {
            wert
        };
        layer = layer.a(name, wert);
    }
    let id = ebene.id();
    layer
        .kind(Element::neu("id").text(ebene.layer_id()))
        .kind(Element::neu("datasource").text(basis.ebene(id)))
        .kind(Element::neu("layername").text(&ebene.titel))
        .kind(Element::neu("srs").kind(system(basis.system())))
        .kind(angaben(basis, ebene))
        .kind(
            Element::neu("provider")
                .a("encoding", "UTF-8")
                .text(basis.provider()),
        )
        .kind(
            Element::neu("map-layer-style-manager")
                .a("current", "default")
                .kind(Element::neu("map-layer-style").a("name", "default")),
        )
        .kinder(qml::elemente(&ebene.stil, &ebene.formular))
}

/// Title, description, source and terms.
fn angaben(basis: &Quellen<'_>, ebene: &Ebene) -> Element {
    let sammlung = &ebene.sammlung;
    let adresse = adresse(basis, &sammlung.id);
    let quelle = sammlung.ebene.quelle.as_ref();
    let text = [
        sammlung.beschreibung.clone(),
        quelle.map(|quelle| format!("Quelle: {quelle}")),
    ];
    let text: Vec<String> = text.into_iter().flatten().collect();
    let mut angaben = Element::neu("resourceMetadata")
        .kind(Element::neu("identifier").text(&adresse))
        .kind(Element::neu("language").text("de"))
        .kind(Element::neu("type").text("dataset"))
        .kind(Element::neu("title").text(&sammlung.titel))
        .kind(Element::neu("abstract").text(text.join("\n")))
        .kind(
            Element::neu("links").kind(
                Element::neu("link")
                    .a("name", "Ebene")
                    .a("url", format!("{adresse}?f=html"))
                    .alle(&[
                        ("type", "WWW:LINK"),
                        ("mimeType", "text/html"),
                        ("format", ""),
                        ("size", ""),
                        ("description", ""),
                    ]),
            ),
        );
    if let Some(lizenz) = &sammlung.ebene.lizenz {
        angaben = angaben.kind(Element::neu("rights").text(lizenz));
    }
    angaben
}
