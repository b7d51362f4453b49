//! Where a measure lies: words and rules of `strategie.raumbezug`. The table has the
//! same rules as constraints; here they get sentences that name the cell at fault.

/// Kinds of place.
pub const ARTEN: &[&str] = &[
    "gesamtstadt",
    "ortsteil",
    "fnp_flaeche",
    "flaeche",
    "linie",
    "punkt",
    "unverortet",
];
/// What the place is to the measure.
pub const ROLLEN: &[&str] = &["standort", "wirkraum", "suchraum", "ausgleich"];
/// How exact the place is.
pub const GENAUIGKEITEN: &[&str] = &[
    "flurstuecksscharf",
    "lagegenau",
    "schematisch",
    "ortsteilgenau",
];

/// Columns beside `art` that this kind needs, and no others may be filled.
#[must_use]
pub fn braucht(art: &str) -> &'static [&'static str] {
    match art {
        "ortsteil" => &["ortsteil"],
        "fnp_flaeche" => &["plan", "flaeche"],
        "flaeche" | "linie" | "punkt" => &["wkt"],
        "unverortet" => &["grund"],
        _ => &[],
    }
}

/// Dimension of the geometry of a kind: 0 points, 1 lines, 2 areas.
#[must_use]
pub fn dimension(art: &str) -> Option<u8> {
    match art {
        "punkt" => Some(0),
        "linie" => Some(1),
        "flaeche" => Some(2),
        _ => None,
    }
}
