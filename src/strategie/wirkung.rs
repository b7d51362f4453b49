//! A step of −2 … +2 in words: what a measure or a land use does to a goal. Sign and words
//! together, so that colour is not needed.

/// What a measure does to a goal: `("+2", "fördert stark")` … `("−2", "hemmt stark")`.
#[must_use]
pub fn massnahme(stufe: i16) -> (&'static str, &'static str) {
    let worte = [
        "hemmt stark",
        "hemmt",
        "berührt",
        "fördert",
        "fördert stark",
    ];
    in_worten(stufe, worte)
}

/// What a land use means to a goal: `("+2", "dient stark")` … `("−2", "belastet stark")`.
#[must_use]
pub fn nutzung(stufe: i16) -> (&'static str, &'static str) {
    let worte = [
        "belastet stark",
        "belastet",
        "neutral",
        "dient",
        "dient stark",
    ];
    in_worten(stufe, worte)
}

/// `worte` from −2 upwards.
fn in_worten(stufe: i16, worte: [&'static str; 5]) -> (&'static str, &'static str) {
    match stufe {
        ..=-2 => ("−2", worte[0]),
        -1 => ("−1", worte[1]),
        0 => ("0", worte[2]),
        1 => ("+1", worte[3]),
        2.. => ("+2", worte[4]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_sign_and_words() {
        assert_eq!(massnahme(2), ("+2", "fördert stark"));
        assert_eq!(massnahme(-1), ("−1", "hemmt"));
        assert_eq!(massnahme(0), ("0", "berührt"));
        assert_eq!(nutzung(1), ("+1", "dient"));
        assert_eq!(nutzung(-2), ("−2", "belastet stark"));
    }
}
