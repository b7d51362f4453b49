//! Tables without a shape that a project has besides its layers, and how they hang together:
//! only in a project inside a file, where a relation needs no request.

use super::quelle::Quellen;
use crate::layers::stil::element::Element;
use crate::layers::stil::qml;

/// A table of the file.
#[derive(Debug, Clone, Copy)]
pub struct Beilage {
    /// Its name in the file.
    pub name: &'static str,
    /// German title.
    pub titel: &'static str,
}

/// Rows of one table belong to an object of another.
#[derive(Debug, Clone)]
pub struct Beziehung {
    /// German name, as the form of the object shows it.
    pub titel: String,
    /// Table with the rows, and its column.
    pub von: (String, &'static str),
    /// Table with the objects, and its column.
    pub zu: (String, &'static str),
}

/// What a project has besides its layers.
#[derive(Debug, Clone, Default)]
pub struct Beilagen {
    /// Tables, in the order of the tree.
    pub tabellen: Vec<Beilage>,
    /// Relations between any tables of the file.
    pub beziehungen: Vec<Beziehung>,
}

/// Title of the group of the tables.
const GRUPPE: &str = "Tabellen";

impl Beilagen {
    /// Their group of the layer tree; None where there are none.
    pub(super) fn gruppe(&self, quellen: &Quellen<'_>) -> Option<Element> {
        if self.tabellen.is_empty() {
            return None;
        }
        let blaetter = self.tabellen.iter().map(|t| {
            Element::neu("layer-tree-layer")
                .a("id", qml::layer_id(t.name))
                .a("name", t.titel)
                .a("source", quellen.ebene(t.name))
                .a("providerKey", quellen.provider())
                .alle(&[("checked", "Qt::Checked"), ("expanded", "0")])
        });
        Some(
            Element::neu("layer-tree-group")
                .a("name", GRUPPE)
                .alle(&[("checked", "Qt::Checked"), ("expanded", "0")])
                .kinder(blaetter),
        )
    }

    /// Their layers.
    pub(super) fn maplayers(&self, quellen: &Quellen<'_>) -> Vec<Element> {
        let eine = |t: &Beilage| {
            Element::neu("maplayer")
                .alle(&[
                    ("type", "vector"),
                    ("geometry", "No geometry"),
                    ("styleCategories", "AllStyleCategories"),
                    ("readOnly", "1"),
                ])
                .kind(Element::neu("id").text(qml::layer_id(t.name)))
                .kind(Element::neu("datasource").text(quellen.ebene(t.name)))
                .kind(Element::neu("layername").text(t.titel))
                .kind(
                    Element::neu("provider")
                        .a("encoding", "UTF-8")
                        .text(quellen.provider()),
                )
        };
        self.tabellen.iter().map(eine).collect()
    }

    /// The relations of the project.
    pub(super) fn beziehungen(&self) -> Element {
        let eine = |(nr, b): (usize, &Beziehung)| {
            Element::neu("relation")
                .a("id", format!("zielraum_beziehung_{nr}"))
                .a("name", &b.titel)
                .a("strength", "Association")
                .a("referencingLayer", qml::layer_id(&b.von.0))
                .a("referencedLayer", qml::layer_id(&b.zu.0))
                .kind(
                    Element::neu("fieldRef")
                        .a("referencingField", b.von.1)
                        .a("referencedField", b.zu.1),
                )
        };
        Element::neu("relations").kinder(self.beziehungen.iter().enumerate().map(eine))
    }
}
