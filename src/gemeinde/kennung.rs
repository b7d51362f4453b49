//! Kennungen: public, immutable, safe in a URL path.

/// Slug of a name: lower case, ä→ae, ß→ss, any other run → `-`.
///
/// ```
/// use zielraum::gemeinde::kennung::slug;
/// assert_eq!(slug("Große Äcker, Süd (2. Änderung)"), "grosse-aecker-sued-2-aenderung");
/// ```
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            // Combining diaeresis of decomposed names (macOS): a + ¨ is ä.
            '\u{308}' => slug.push('e'),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    while slug.ends_with('-') {
        slug.pop();
    }
    slug
}

/// A kennung given by the user: kept as it is when it can stand in a URL path.
#[must_use]
pub fn ist_kennung(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 200
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// Amtlicher Gemeindeschlüssel with 8 digits, or None when the delivery's value is none.
///
/// A lost leading zero is put back only when the Regionalschlüssel confirms it.
#[must_use]
pub fn ags(ags: Option<&str>, rs: Option<&str>) -> Option<String> {
    let ags = ags?.trim();
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let land = |text: &str| {
        text[..2]
            .parse::<u8>()
            .is_ok_and(|land| (1..=16).contains(&land))
    };
    if ags.len() == 8 && digits(ags) && land(ags) {
        return Some(ags.to_owned());
    }
    let padded = format!("0{ags}");
    if padded.len() != 8 || !digits(&padded) || !land(&padded) {
        return None;
    }
    // The RS is the AGS with four digits of the Gemeindeverband before the last three.
    let (kreis, gemeinde) = padded.split_at(5);
    let confirmed = rs.is_some_and(|rs| {
        let rs = rs.trim();
        rs.len() == 12 && digits(rs) && rs.starts_with(kreis) && rs.ends_with(gemeinde)
    });
    confirmed.then_some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        assert_eq!(slug("FNP 2001"), "fnp-2001");
        assert_eq!(slug("  Straße/Übermaß  "), "strasse-uebermass");
        assert_eq!(slug("Mu\u{308}hle"), "muehle");
        assert_eq!(slug("***"), "");
    }

    #[test]
    fn ags_is_text_and_checked() {
        assert_eq!(ags(Some("09181130"), None).as_deref(), Some("09181130"));
        assert_eq!(
            ags(Some("9181130"), Some("091810130130")).as_deref(),
            Some("09181130")
        );
        assert_eq!(ags(Some("9181130"), None), None);
        assert_eq!(ags(Some("31545401"), Some("031545401000")), None);
    }
}
