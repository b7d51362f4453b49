//! Links from a collection to its formats.

use super::{FORMATE, download};
use crate::http::link::Link;
use crate::layers::sammlung::Sammlung;

/// `items` for the formats that come in pages, `enclosure` for whole files; `hier` is the
/// address of the collection.
#[must_use]
pub fn links(hier: &str, sammlung: &Sammlung) -> Vec<Link> {
    let titel = &sammlung.titel;
    let seiten = FORMATE
        .iter()
        .filter(|format| format.seitenweise)
        .map(|format| {
            Link::new(
                "items",
                format.typ(),
                format!("{hier}/items?f={}", format.kuerzel),
                format!("{titel}: Objekte ({})", format.titel),
            )
        });
    let dateien = FORMATE.iter().map(|format| {
        Link::new(
            "enclosure",
            format.typ(),
            download::pfad(hier, &sammlung.id, format),
            format!("{titel}: ganze Ebene ({})", format.titel),
        )
    });
    seiten.chain(dateien).collect()
}

/// One file on the page of a layer.
#[derive(Debug)]
pub struct Datei {
    /// Address.
    pub adresse: String,
    /// German name of the format.
    pub titel: &'static str,
}

/// All files of a layer.
#[must_use]
pub fn dateien(hier: &str, id: &str) -> Vec<Datei> {
    FORMATE
        .iter()
        .map(|format| Datei {
            adresse: download::pfad(hier, id, format),
            titel: format.titel,
        })
        .collect()
}
