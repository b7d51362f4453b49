//! Keys of plans and areas in the words pages use.

/// State of a plan, for people.
#[must_use]
pub fn stand(schluessel: &str) -> &str {
    match schluessel {
        "wirksam" => "wirksam",
        "entwurf" => "Entwurf",
        "frueher" => "nicht mehr wirksam",
        anderer => anderer,
    }
}

/// `rechtsstand` of an area, for people.
#[must_use]
pub fn rechtsstand(schluessel: &str) -> &str {
    match schluessel {
        "planung" => "Planung",
        "bestand" => "Bestand",
        "entfaellt" => "entfällt",
        "ohne_angabe" => "ohne Angabe",
        anderer => anderer,
    }
}

/// Effect of a land use on a goal with its sign: `+2`, `−1`.
#[must_use]
pub fn wirkung(stufe: i16) -> String {
    match stufe {
        ..0 => format!("−{}", stufe.unsigned_abs()),
        0 => "0".to_owned(),
        1.. => format!("+{stufe}"),
    }
}
