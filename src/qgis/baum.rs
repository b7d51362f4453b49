//! The layer tree: groups and the places of layers in it.

use super::hintergrund::Hintergrund;
use super::quelle::Quellen;
use super::umfang::{Ebene, Gruppe};
use crate::layers::stil::element::{Element, option};

/// The tree of a project; drawn from bottom to top.
pub fn wurzel(
    basis: &Quellen<'_>,
    gruppen: &[Gruppe],
    hintergrund: Option<&Hintergrund>,
) -> Element {
    let mut wurzel = Element::neu("layer-tree-group")
        .kind(eigenschaften(None))
        .kinder(gruppen.iter().map(|g| gruppe(basis, g)));
    if let Some(hintergrund) = hintergrund {
        wurzel = wurzel.kind(blatt(
            hintergrund.id(),
            &hintergrund.titel,
            &hintergrund.quelle(basis),
            "vectortile",
            false,
            None,
        ));
    }
    wurzel
}

/// A group with everything in it.
pub fn gruppe(basis: &Quellen<'_>, gruppe_: &Gruppe) -> Element {
    Element::neu("layer-tree-group")
        .a("name", &gruppe_.titel)
        .a("checked", haken(gruppe_.sichtbar))
        .a("expanded", u8::from(gruppe_.sichtbar))
        .kind(eigenschaften(None))
        .kinder(gruppe_.gruppen.iter().map(|g| gruppe(basis, g)))
        .kinder(gruppe_.ebenen.iter().map(|e| ebene(basis, e)))
}

/// One layer, with the number of its features beside each class.
pub fn ebene(basis: &Quellen<'_>, ebene: &Ebene) -> Element {
    eine(basis, ebene, Some("showFeatureCount"))
}

/// One layer, as a printed legend shows it.
pub fn ohne_zahl(basis: &Quellen<'_>, ebene: &Ebene) -> Element {
    eine(basis, ebene, None)
}

fn eine(basis: &Quellen<'_>, ebene: &Ebene, eigenschaft: Option<&str>) -> Element {
    let quelle = basis.ebene(ebene.id());
    blatt(
        &ebene.layer_id(),
        &ebene.titel,
        &quelle,
        basis.provider(),
        ebene.sichtbar,
        eigenschaft,
    )
}

fn blatt(
    id: &str,
    titel: &str,
    quelle: &str,
    provider: &str,
    sichtbar: bool,
    eigenschaft: Option<&str>,
) -> Element {
    Element::neu("layer-tree-layer")
        .a("id", id)
        .a("name", titel)
        .a("source", quelle)
        .a("providerKey", provider)
        .a("checked", haken(sichtbar))
        .alle(&[
            ("expanded", "0"),
            ("legend_split_behavior", "0"),
            ("legend_exp", ""),
        ])
        .kind(eigenschaften(eigenschaft))
}

fn haken(an: bool) -> &'static str {
    if an { "Qt::Checked" } else { "Qt::Unchecked" }
}

fn eigenschaften(zaehlen: Option<&str>) -> Element {
    let inhalt = match zaehlen {
        None => Element::neu("Option"),
        Some(name) => Element::neu("Option")
            .a("type", "Map")
            .kind(option(name, "int", 1)),
    };
    Element::neu("customproperties").kind(inhalt)
}
