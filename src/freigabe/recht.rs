//! Which right a step asks for, and which kind of object the rules know it as.

use super::gegenstand::{Gegenstand, Schritt};
use crate::auth::{Akteur, Aktion, Objekt, Objektart, Zustand, darf};

/// Kind of the rules.
#[must_use]
pub fn objektart(art: &str) -> Objektart {
    match art {
        "ziel" => Objektart::Ziel,
        "massnahme" => Objektart::Massnahme,
        "kennzahl" => Objektart::Kennzahl,
        "beschluss" | "fachplan" | "trend" | "frage" => Objektart::Unterlage,
        "plan" => Objektart::Plan,
        "fachobjekt" => Objektart::Fachdaten,
        "gebiet" => Objektart::Gebiet,
        // strategie, strategiefassung, leitlinie, handlungsfeld
        _ => Objektart::Geruest,
    }
}

/// The actor may withhold this of the object from the public (`aufdecken`: end that): its
/// fields and parts by its own kind, amounts also as what they are.
#[must_use]
pub fn darf_verdecken(akteur: &Akteur, g: &Gegenstand, relation: &str, aufdecken: bool) -> bool {
    let aktion = if aufdecken {
        Aktion::Aufdecken
    } else {
        Aktion::Verdecken
    };
    let frage = |art| {
        let objekt = Objekt {
            art,
            zustand: Zustand::zu(&g.zustand).unwrap_or(Zustand::Entwurf),
            eigen: false,
        };
        darf(akteur, aktion, &objekt)
    };
    frage(objektart(&g.art)) || relation.starts_with("haushalt.") && frage(Objektart::Haushalt)
}

/// The actor may do the step with this object.
#[must_use]
pub fn darf_schritt(akteur: &Akteur, schritt: Schritt, g: &Gegenstand, eigen: bool) -> bool {
    let objekt = Objekt {
        art: objektart(&g.art),
        zustand: Zustand::zu(&g.zustand).unwrap_or(Zustand::Entwurf),
        eigen,
    };
    let frage = |aktion| darf(akteur, aktion, &objekt);
    match schritt {
        Schritt::Beantragen => frage(Aktion::Vorlegen),
        Schritt::Freigeben => frage(Aktion::Freigeben),
        // The second person returns a request; who asked takes it back.
        Schritt::Zurueckgeben => frage(Aktion::Freigeben) || frage(Aktion::Vorlegen),
        // Who may put aside may take up again.
        Schritt::Zurueckziehen | Schritt::Aufnehmen => frage(Aktion::Zurueckziehen),
        Schritt::Verwerfen => frage(Aktion::Aendern),
        Schritt::Archivieren => frage(Aktion::Archivieren),
    }
}
