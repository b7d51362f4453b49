//! The backdrop: the areas of the plan as vector tiles, pale, for what is drawn over them.
//! Hidden at first: who looks at the plan sees the plan.

use super::umfang::{Ebene, Umfang};
use crate::http::link::{Basis, kodiere};
use crate::layers::catalog::Darstellung;
use crate::layers::formate::form::Art;
use crate::layers::stil::Stil;
use crate::layers::stil::element::Element;
use crate::layers::stil::symbol::{blass, spalte, zeichenkette};

/// Tiles go down to this zoom; QGIS enlarges them beyond.
const ZOOM: u8 = 16;

/// The backdrop of a project.
#[derive(Debug)]
pub struct Hintergrund {
    sammlung: String,
    stil: Stil,
    /// Title in the tree.
    pub titel: String,
}

impl Hintergrund {
    /// Of the plan's areas; None where the project has none.
    pub fn von(umfang: &Umfang) -> Option<Self> {
        let passt = |ebene: &&Ebene| {
            let stil = &ebene.stil;
            ebene.sammlung.fassungen.is_some()
                && stil.art == Some(Art::Flaechen)
                && stil.darstellung == Darstellung::Fill
                && !stil.klassen.is_empty()
                && ebene.sammlung.bearbeiten.is_some()
        };
        let sichtbar = umfang.gruppen.iter().filter(|g| g.sichtbar);
        let ebenen: Vec<&Ebene> = sichtbar.flat_map(super::umfang::Gruppe::alle).collect();
        let ebene = ebenen.into_iter().find(passt)?;
        Some(Self {
            sammlung: ebene.sammlung.id.clone(),
            stil: ebene.stil.clone(),
            titel: "Hintergrund: Plan, blass (Kacheln)".to_owned(),
        })
    }

    /// Id in the project; no collection has it, theirs begin with a letter of their entry.
    pub fn id(&self) -> &'static str {
        "hintergrund_kacheln"
    }

    /// Address as the provider takes it: percent-encoded once more.
    pub fn quelle(&self, basis: &Basis) -> String {
        let kacheln = format!("{}/kacheln/{}", basis.0, kodiere(&self.sammlung));
        format!(
            "type=xyz&url={}/%7Bz%7D/%7Bx%7D/%7By%7D.mvt&zmin=0&zmax={ZOOM}",
            kacheln.replace('%', "%25").replace('&', "%26")
        )
    }

    /// The layer.
    pub fn maplayer(&self, basis: &Basis) -> Element {
        let mercator = super::ebene::system(super::ebene::MERCATOR);
        Element::neu("maplayer")
            .a("type", "vector-tile")
            .alle(&[
                ("hasScaleBasedVisibilityFlag", "0"),
                ("minScale", "100000000"),
                ("maxScale", "0"),
                ("styleCategories", "AllStyleCategories"),
            ])
            .kind(Element::neu("id").text(self.id()))
            .kind(Element::neu("datasource").text(self.quelle(basis)))
            .kind(Element::neu("layername").text(&self.titel))
            .kind(Element::neu("srs").kind(mercator))
            .kind(Element::neu("provider").text("vectortile"))
            .kind(Element::neu("blendMode").text(0))
            .kind(Element::neu("layerOpacity").text(1))
            .kind(
                Element::neu("renderer")
                    .a("type", "basic")
                    .kind(Element::neu("styles").kinder(self.klassen())),
            )
    }

    fn klassen(&self) -> Vec<Element> {
        let feld = self.stil.spalte().unwrap_or_default();
        let klassen = self.stil.klassen.iter().map(|klasse| {
            let ausdruck = if self.stil.zahlen() {
                format!("{} = {}", spalte(feld), klasse.wert)
            } else {
                format!("{} = {}", spalte(feld), zeichenkette(&klasse.wert))
            };
            Element::neu("style")
                .a("name", &klasse.titel)
                .a("layer", &self.sammlung)
                .a("expression", ausdruck)
                .alle(&[
                    ("enabled", "1"),
                    ("geometry", "2"),
                    ("min-zoom", "-1"),
                    ("max-zoom", "-1"),
                ])
                .kind(Element::neu("symbols").kind(blass(&klasse.farbe)))
        });
        klassen.collect()
    }
}
