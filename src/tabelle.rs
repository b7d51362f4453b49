//! Rows of text as a person reads them: columns for the screen, CSV for German Excel.

use std::fmt::Write as _;

/// Rows of text in columns as wide as their widest cell.
#[must_use]
pub fn spalten(kopf: &[&str], zeilen: &[Vec<String>]) -> String {
    let breite = |n: usize| {
        let breiten = zeilen
            .iter()
            .filter_map(|zeile| zeile.get(n))
            .map(|zelle| zelle.chars().count());
        breiten
            .chain([kopf[n].chars().count()])
            .max()
            .unwrap_or_default()
    };
    let breiten: Vec<usize> = (0..kopf.len()).map(breite).collect();
    let mut text = String::new();
    let kopf: Vec<String> = kopf.iter().map(|&name| name.to_owned()).collect();
    for zeile in std::iter::once(&kopf).chain(zeilen) {
        let mut reihe = String::new();
        for (zelle, breite) in zeile.iter().zip(&breiten) {
            let _ = write!(reihe, "{zelle:<breite$}  ");
        }
        let _ = writeln!(text, "{}", reihe.trim_end());
    }
    text
}

/// CSV for German Excel: `;`, byte order mark, formulas disarmed; figures by [`komma`].
#[must_use]
pub fn csv(kopf: &[&str], zeilen: &[Vec<String>]) -> String {
    let mut text = format!("\u{feff}{}\r\n", kopf.join(";"));
    for zeile in zeilen {
        text.push_str(&csv_zeile(zeile));
    }
    text
}

/// One row of [`csv`], with its end.
#[must_use]
pub fn csv_zeile(zeile: &[String]) -> String {
    let felder: Vec<String> = zeile.iter().map(|feld| csv_zelle(feld)).collect();
    format!("{}\r\n", felder.join(";"))
}

/// A figure in a cell of [`csv`]: decimal comma, no grouping, ASCII minus.
#[must_use]
pub fn komma(wert: f64, stellen: usize) -> String {
    format!("{wert:.stellen$}").replace('.', ",")
}

/// Hectares of an area in m² in a cell of [`csv`]; four decimals, so that no m² is lost.
#[must_use]
pub fn komma_ha(m2: f64) -> String {
    komma(m2 / 10_000.0, 4)
}

fn csv_zelle(wert: &str) -> String {
    // A spreadsheet runs a cell that begins like a formula; a negative figure has digits alone.
    let formel = match wert.strip_prefix('-') {
        Some(rest) => {
            rest.is_empty() || rest.contains(|c: char| !c.is_ascii_digit() && c != ',' && c != '.')
        }
        None => wert.starts_with(['=', '+', '@', '\t', '\r']),
    };
    let wert = if formel {
        format!("'{wert}")
    } else {
        wert.to_owned()
    };
    if wert.contains([';', '"', '\n', '\r']) {
        format!("\"{}\"", wert.replace('"', "\"\""))
    } else {
        wert
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zeile(zellen: &[&str]) -> String {
        let zeile = zellen.iter().map(|&z| z.to_owned()).collect();
        csv(&["x"], &[zeile])
            .strip_prefix("\u{feff}x\r\n")
            .and_then(|text| text.strip_suffix("\r\n"))
            .unwrap()
            .to_owned()
    }

    #[test]
    fn cells_are_quoted_and_disarmed() {
        assert_eq!(
            zeile(&["a;b", "=1+1", "-1,5", "-x", "@x", "\"q\"", "\rx"]),
            "\"a;b\";'=1+1;-1,5;'-x;'@x;\"\"\"q\"\"\";\"'\rx\""
        );
    }

    #[test]
    fn a_formula_that_begins_like_a_negative_figure_is_disarmed() {
        assert_eq!(
            zeile(&["-2+3+cmd|' /C calc'!A0", "-", "-1.234,50"]),
            "'-2+3+cmd|' /C calc'!A0;'-;-1.234,50"
        );
    }

    #[test]
    fn figures_for_excel() {
        assert_eq!(komma(-1_234.5, 2), "-1234,50");
        assert_eq!(komma_ha(45_347_719.0), "4534,7719");
    }

    #[test]
    fn columns_are_as_wide_as_needed() {
        assert_eq!(
            spalten(
                &["ä", "b"],
                &[
                    vec!["üü".into(), "1".into()],
                    vec!["x".into(), String::new()]
                ]
            ),
            "ä   b\nüü  1\nx\n"
        );
    }
}
