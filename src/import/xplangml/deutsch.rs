//! Numbers in German sentences.

/// `1234.5` → `1.234,50`.
pub(super) fn zahl(wert: f64, stellen: usize) -> String {
    let text = format!("{:.stellen$}", wert.abs());
    let (ganz, bruch) = text.split_once('.').unwrap_or((&text, ""));
    let mut ergebnis = String::new();
    if wert < 0.0 {
        ergebnis.push('-');
    }
    for (i, ziffer) in ganz.chars().enumerate() {
        if i > 0 && (ganz.len() - i).is_multiple_of(3) {
            ergebnis.push('.');
        }
        ergebnis.push(ziffer);
    }
    if !bruch.is_empty() {
        ergebnis.push(',');
        ergebnis.push_str(bruch);
    }
    ergebnis
}

#[cfg(test)]
mod tests {
    use super::zahl;

    #[test]
    fn german_notation() {
        assert_eq!(zahl(15.2476, 4), "15,2476");
        assert_eq!(zahl(1_234_567.0, 2), "1.234.567,00");
        assert_eq!(zahl(-999.5, 0), "-1.000");
        assert_eq!(zahl(0.0, 1), "0,0");
    }
}
