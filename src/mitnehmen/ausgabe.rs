//! A comparison as JSON.

use serde_json::{Value, json};

use super::posten::{Art, Posten};
use super::rueckgabe::Rueckgabe;
use super::store::Abgelegt;

/// How many objects are of each kind, in the order they are shown.
#[must_use]
pub fn zaehle(posten: &[Posten]) -> Vec<(&'static str, usize)> {
    REIHENFOLGE
        .iter()
        .map(|art| (art.titel(), posten.iter().filter(|p| p.art == *art).count()))
        .filter(|(_, zahl)| *zahl > 0)
        .collect()
}

/// What needs a decision first.
pub const REIHENFOLGE: &[Art] = &[
    Art::Konflikt,
    Art::Neu,
    Art::Geaendert,
    Art::Zusammengefuehrt,
    Art::Geloescht,
    Art::Fehler,
    Art::Erledigt,
];

/// The document of a comparison.
#[must_use]
pub fn dokument(
    adresse: &str,
    abgelegt: &Abgelegt,
    rueckgabe: &Rueckgabe,
    posten: &[Posten],
) -> Value {
    let kopf = &rueckgabe.kopf;
    json!({
        "vergleich": abgelegt.id,
        "href": adresse,
        "datei": abgelegt.datei,
        "mitgenommen": {"am": kopf.stand, "von": kopf.wer, "bereich": kopf.bereich, "dienst": kopf.dienst},
        "bis": abgelegt.bis,
        "uebernommen_am": abgelegt.uebernommen_am,
        "ergebnis": abgelegt.ergebnis,
        "unveraendert": rueckgabe.unveraendert,
        "hinweise": rueckgabe.hinweise,
        "objekte": posten,
    })
}
