//! The patterns of all routes: from the sources, and from the `OpenAPI` document what the
//! sources compute.

use std::collections::BTreeMap;
use std::path::Path;

use zielraum::auth::{Akteur, Objektart, regel, wege};

use crate::konto::rechte;

/// Patterns by number of segments; true where everybody may `GET`.
pub struct Routen(BTreeMap<usize, Vec<(String, bool)>>);

impl Routen {
    /// Whatever a source gives to `route(`.
    pub fn der_quellen() -> Self {
        let mut texte = Vec::new();
        rechte::quellen(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut texte,
        );
        for text in &texte {
            for anders in [".nest(", ".nest_service(", ".route_service("] {
                assert!(
                    !text.contains(anders),
                    "routes the walk cannot read: {anders}"
                );
            }
        }
        let mut routen = Self(BTreeMap::new());
        let gelesen: Vec<_> = texte.iter().flat_map(|t| rechte::routen(t)).collect();
        assert!(gelesen.len() > 60, "{}", gelesen.len());
        for (methode, muster) in &gelesen {
            let lesbar = methode == "GET" && fuer_alle(muster);
            routen.setze(muster, lesbar);
        }
        routen
    }

    /// A path of the `OpenAPI` document, unless it is one of a pattern's.
    pub fn ergaenze(&mut self, pfad: &str) {
        if self.passend(pfad).is_none() {
            self.setze(pfad, true);
        }
    }

    fn setze(&mut self, muster: &str, lesbar: bool) {
        let gleich_lang = self.0.entry(muster.split('/').count()).or_default();
        match gleich_lang.iter_mut().find(|(m, _)| m == muster) {
            Some((_, schon)) => *schon |= lesbar,
            None => gleich_lang.push((muster.to_owned(), lesbar)),
        }
        // The pattern with the fewest placeholders answers.
        gleich_lang.sort_by_key(|(m, _)| m.matches('{').count());
    }

    /// The pattern that answers the path.
    pub fn passend(&self, pfad: &str) -> Option<&str> {
        self.0
            .get(&pfad.split('/').count())?
            .iter()
            .find(|(muster, _)| faellt(muster, pfad))
            .map(|(muster, _)| muster.as_str())
    }

    /// Every pattern, and whether everybody may `GET` it.
    pub fn alle(&self) -> Vec<(String, bool)> {
        self.0.values().flatten().cloned().collect()
    }
}

/// Readable by everybody in the table of routes, but by design never answered with 200 to nobody
/// known: the link of the first start (only who holds it), and what is there to be edited.
const NACH_ANMELDUNG: [&str; 6] = [
    "/einrichten/{code}",
    "/daten",
    "/daten/{art}",
    "/daten/{art}/{schluessel}",
    "/massnahmen/{kennung}/bearbeiten",
    "/kennzahlen/{kennung}/wert",
];

fn fuer_alle(muster: &str) -> bool {
    !NACH_ANMELDUNG.contains(&muster)
        && wege::weg("GET", muster)
            .is_some_and(|(aktion, art)| regel::darf_je(&Akteur::ANONYM, aktion, art))
}

/// Part of the world that has pasts, not one of the doors.
pub fn hat_vergangenheit(muster: &str) -> bool {
    wege::weg("GET", muster).is_some_and(|(_, art)| art == Objektart::Lesewelt)
}

/// The path falls under the pattern.
pub fn faellt(muster: &str, pfad: &str) -> bool {
    let mut teile = pfad.split('/');
    muster.split('/').all(|m| {
        teile
            .next()
            .is_some_and(|p| m == p || m.starts_with('{') && !p.is_empty())
    }) && teile.next().is_none()
}

/// The address of today for one of the past, and which past.
pub fn heute(pfad: &str) -> (&str, &str) {
    match pfad.strip_prefix("/stand/") {
        None => (pfad, ""),
        Some(rest) => {
            let (tag, pfad) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (if pfad.is_empty() { "/" } else { pfad }, tag)
        }
    }
}

#[test]
fn patterns_and_pasts_are_told_apart() {
    assert!(faellt("/a/{id}", "/a/b"));
    assert!(!faellt("/a/{id}", "/a/"));
    assert!(!faellt("/a/{id}", "/a/b/c"));
    assert!(!faellt("/a/{id}/c", "/a/b"));
    assert_eq!(heute("/stand/2026-05-01/ziele"), ("/ziele", "2026-05-01"));
    assert_eq!(heute("/stand/2026-05-01"), ("/", "2026-05-01"));
    assert_eq!(heute("/ziele"), ("/ziele", ""));
    let routen = Routen::der_quellen();
    assert_eq!(
        routen.passend("/massnahmen/suche"),
        Some("/massnahmen/suche")
    );
    assert_eq!(
        routen.passend("/massnahmen/x"),
        Some("/massnahmen/{kennung}")
    );
    let offen = |muster: &str| routen.alle().iter().any(|(m, offen)| m == muster && *offen);
    assert!(offen("/verlauf/{art}/{kennung}") && !offen("/konten") && !offen("/massnahmen/suche"));
}
