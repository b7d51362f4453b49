//! Numbers and days as offices write them.

use chrono::{Days, NaiveDate};

use crate::import::table::{Feld, Feldart};

/// A decimal number: „1.234,5“, „1,234.5“, „1234.5“, „1 234“, „−3“, also with € or %.
/// Alone, a separator before three digits is ambiguous and refused with both readings.
pub fn dezimal(feld: &Feld) -> Result<f64, String> {
    if matches!(feld.art, Feldart::Zahl | Feldart::Prozent) {
        return feld.parse().map_err(|_| "Das ist keine Zahl.".to_owned());
    }
    if feld.art == Feldart::Datum {
        return Err("Die Zelle ist als Datum formatiert. Gebraucht wird eine Zahl; bitte das Zellformat auf „Zahl“ stellen und den Wert neu eingeben.".to_owned());
    }
    let keine = || "Das ist keine Zahl. Gebraucht wird etwa 1250,5 oder 1.250,50.".to_owned();
    let glatt: String = feld
        .replace(['\u{2212}', '\u{2013}'], "-")
        .replace("EUR", "")
        .replace("Euro", "")
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '€' | '\'' | '%'))
        .collect();
    let (vorzeichen, ziffern) = match glatt.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, glatt.strip_prefix('+').unwrap_or(&glatt)),
    };
    if ziffern.is_empty()
        || !ziffern
            .chars()
            .all(|c| c.is_ascii_digit() || c == '.' || c == ',')
    {
        return Err(keine());
    }
    let (punkte, kommas) = (ziffern.matches('.').count(), ziffern.matches(',').count());
    let (tausend, komma) = match (punkte, kommas) {
        (0, 0) => (None, None),
        (0, 1) => {
            // German offices: a single comma is the decimal comma.
            (None, Some(','))
        }
        (1, 0) => {
            let (vor, nach) = ziffern.split_once('.').unwrap_or_default();
            if nach.len() == 3 && !vor.is_empty() && vor.len() <= 3 && vor != "0" {
                return Err(format!(
                    "Das ist mehrdeutig: {vor}{nach} oder {vor},{nach}? Bitte ohne Tausenderpunkt und mit Dezimalkomma schreiben."
                ));
            }
            (None, Some('.'))
        }
        (_, 0) => (Some('.'), None),
        (0, _) => (Some(','), None),
        _ if kommas == 1 && ziffern.rfind(',') > ziffern.rfind('.') => (Some('.'), Some(',')),
        _ if punkte == 1 && ziffern.rfind('.') > ziffern.rfind(',') => (Some(','), Some('.')),
        _ => return Err(keine()),
    };
    let (ganz, rest) = match komma {
        Some(c) => ziffern.rsplit_once(c).unwrap_or((ziffern, "")),
        None => (ziffern, ""),
    };
    let ganz = match tausend {
        Some(c) => {
            let gruppen: Vec<&str> = ganz.split(c).collect();
            let gut = gruppen.first().is_some_and(|g| (1..=3).contains(&g.len()))
                && gruppen.iter().skip(1).all(|g| g.len() == 3);
            if !gut {
                return Err(format!(
                    "Die Tausendertrennung „{c}“ steht nicht nach je drei Ziffern. {}",
                    keine()
                ));
            }
            gruppen.concat()
        }
        None => ganz.to_owned(),
    };
    format!("{ganz}.{rest}0")
        .parse::<f64>()
        .map(|zahl| vorzeichen * zahl)
        .map_err(|_| keine())
}

/// An amount in EUR as cents; a text ending in „T€“ or „Mio.“ counts thousands or millions.
pub fn cent(feld: &Feld) -> Result<i64, String> {
    let text = feld.trim();
    let klein = text.to_lowercase();
    let (faktor, rest) = if feld.art == Feldart::Text {
        if let Some(n) = klein.find("mio") {
            (1e6, &text[..n])
        } else if let Some(n) = ["t€", "teur", "tsd"].iter().find_map(|e| klein.find(e)) {
            (1e3, &text[..n])
        } else {
            (1.0, text)
        }
    } else {
        (1.0, text)
    };
    let zahl = dezimal(&Feld {
        text: rest.trim().to_owned(),
        art: feld.art,
    })? * faktor
        * 100.0;
    if zahl < 0.0 {
        return Err(
            "Ein Betrag ist nie negativ; ob er einnimmt oder ausgibt, sagt die Art.".to_owned(),
        );
    }
    if zahl > 9.0e15 {
        return Err("Der Betrag ist zu groß.".to_owned());
    }
    if (zahl - zahl.round()).abs() > 1e-4 * zahl.clamp(1.0, 1e4) {
        return Err("Der Betrag hat mehr als zwei Nachkommastellen.".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    Ok(zahl.round() as i64)
}

/// A share from 0 to 1: „60 %“, a percent cell, „0,6“, or „60“ meant as percent.
pub fn anteil(feld: &Feld) -> Result<f64, String> {
    let zahl = dezimal(feld)?;
    let wert = if feld.art == Feldart::Prozent || (zahl.abs() <= 1.0 && !feld.contains('%')) {
        zahl
    } else {
        zahl / 100.0
    };
    if (0.0..=1.0).contains(&wert) {
        // Cut the digits a division by 100 adds.
        Ok((wert * 1e6).round() / 1e6)
    } else {
        Err("Ein Anteil liegt zwischen 0 und 100 %.".to_owned())
    }
}

/// A day: 01.03.2026, 2026-03-01, a date cell, or the number Excel stores for one.
pub fn datum(feld: &Feld) -> Result<NaiveDate, String> {
    let kein = || {
        "Das ist kein Datum. Gebraucht wird Tag.Monat.Jahr (01.03.2026) oder 2026-03-01, das Jahr vierstellig.".to_owned()
    };
    if matches!(feld.art, Feldart::Zahl) {
        let zahl: f64 = feld.parse().map_err(|_| kein())?;
        // 1950 to 2150 in days since the last day of 1899, what Excel shows as a number when the format is lost.
        if (18_264.0..=91_675.0).contains(&zahl) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "in range"
            )]
            return NaiveDate::from_ymd_opt(1899, 12, 30)
                .and_then(|tag| tag.checked_add_days(Days::new(zahl as u64)))
                .ok_or_else(kein);
        }
        return Err(kein());
    }
    let text = feld.split([' ', 'T']).next().unwrap_or_default();
    let (ordnung, trenner) = if text.contains('.') {
        ([2, 1, 0], '.')
    } else {
        ([0, 1, 2], '-')
    };
    let teile: Vec<&str> = text.split(trenner).collect();
    let gueltig = || {
        let [jahr, monat, tag] = ordnung.map(|n| teile.get(n).copied());
        let jahr = jahr.filter(|jahr| jahr.len() == 4)?.parse().ok()?;
        NaiveDate::from_ymd_opt(jahr, monat?.parse().ok()?, tag?.parse().ok()?)
    };
    (teile.len() == 3).then(gueltig).flatten().ok_or_else(kein)
}

/// A day, or a year alone for its last day.
pub fn stichtag(feld: &Feld) -> Result<NaiveDate, String> {
    match feld.trim_end_matches(".0").parse::<i32>() {
        Ok(jahr) if (1900..=2200).contains(&jahr) => {
            NaiveDate::from_ymd_opt(jahr, 12, 31).ok_or_else(|| "Das ist kein Jahr.".to_owned())
        }
        _ => datum(feld),
    }
}

/// Days from … to as PostgreSQL's daterange; „offen“ or nothing leaves the end open.
pub fn zeitraum(feld: &Feld) -> Result<String, String> {
    let (von, bis) = feld
        .split_once(" bis ")
        .or_else(|| feld.split_once(" – "))
        .or_else(|| feld.split_once(" - "))
        .unwrap_or((feld, ""));
    let tag = |text: &str| datum(&Feld::from(text.trim()));
    let bis = match bis.trim() {
        "" | "offen" => None,
        text => Some(tag(text)?),
    };
    let von = tag(von)?;
    match bis {
        Some(bis) if bis < von => Err("Das Ende liegt vor dem Beginn.".to_owned()),
        Some(bis) => Ok(format!("[{von},{bis}]")),
        None => Ok(format!("[{von},)")),
    }
}

/// Numbers from … to as PostgreSQL's numrange, both ends included; „ab 10“ and „bis 20“ are open.
pub fn spanne(feld: &Feld) -> Result<String, String> {
    let falsch =
        || "Ein Korridor wird als „10 bis 20“, „ab 10“ oder „bis 20“ angegeben.".to_owned();
    if let Some(von) = feld.strip_prefix("ab ") {
        return Ok(format!("[{},)", dezimal(&Feld::from(von.trim()))?));
    }
    if let Some(bis) = feld.strip_prefix("bis ") {
        return Ok(format!("(,{}]", dezimal(&Feld::from(bis.trim()))?));
    }
    let (von, bis) = feld
        .split_once(" bis ")
        .or_else(|| feld.split_once('–'))
        .or_else(|| feld.split_once(" - "))
        .ok_or_else(falsch)?;
    let zahl = |text: &str| dezimal(&Feld::from(text.trim()));
    let (von, bis) = (zahl(von)?, zahl(bis)?);
    if bis <= von {
        return Err(falsch());
    }
    Ok(format!("[{von},{bis}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_both_countries() {
        for (text, zahl) in [
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1234.5", 1234.5),
            ("1234,5", 1234.5),
            ("1.234.567", 1_234_567.0),
            ("\u{2212}3", -3.0),
            ("1 250 000,00 €", 1_250_000.0),
            ("0.125", 0.125),
            ("17,5 %", 17.5),
        ] {
            assert_eq!(dezimal(&Feld::from(text)), Ok(zahl), "{text}");
        }
        assert!(
            dezimal(&Feld::from("1.234"))
                .unwrap_err()
                .contains("mehrdeutig: 1234 oder 1,234")
        );
        for falsch in [
            "", "zwölf", "1.2.3", "1,2,3", "12.34,5", "1e5", "--1", "1.23.456",
        ] {
            assert!(dezimal(&Feld::from(falsch)).is_err(), "{falsch}");
        }
        // A number cell is never ambiguous.
        assert_eq!(
            dezimal(&Feld {
                text: "1.234".into(),
                art: Feldart::Zahl
            }),
            Ok(1.234)
        );
    }

    #[test]
    fn money_shares_and_days() {
        assert_eq!(cent(&Feld::from("1.250.000,50 €")), Ok(125_000_050));
        assert_eq!(cent(&Feld::from("2,5 Mio. €")), Ok(250_000_000));
        assert_eq!(cent(&Feld::from("60 T€")), Ok(6_000_000));
        assert!(
            cent(&Feld::from("1,234567"))
                .unwrap_err()
                .contains("Nachkommastellen")
        );
        assert!(cent(&Feld::from("-5")).is_err());
        assert_eq!(anteil(&Feld::from("60 %")), Ok(0.6));
        assert_eq!(anteil(&Feld::from("0,6")), Ok(0.6));
        assert_eq!(anteil(&Feld::from("60")), Ok(0.6));
        assert_eq!(
            anteil(&Feld {
                text: "0.6".into(),
                art: Feldart::Prozent
            }),
            Ok(0.6)
        );
        assert!(anteil(&Feld::from("120 %")).unwrap_err().contains("100 %"));
        assert!(
            anteil(&Feld {
                text: "1.2".into(),
                art: Feldart::Prozent
            })
            .is_err()
        );
        let tag = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        for text in ["01.03.2026", "1.3.2026", "2026-03-01", "01.03.2026 00:00"] {
            assert_eq!(datum(&Feld::from(text)), Ok(tag), "{text}");
        }
        assert_eq!(
            datum(&Feld {
                text: "46082".into(),
                art: Feldart::Zahl
            }),
            Ok(tag)
        );
        for falsch in [
            "2026",
            "1.3.26",
            "31.02.2026",
            "03/01/2026",
            "2026-03",
            "",
            "März 2026",
        ] {
            assert!(datum(&Feld::from(falsch)).is_err(), "{falsch}");
        }
        assert_eq!(
            stichtag(&Feld::from("2025")),
            Ok(NaiveDate::from_ymd_opt(2025, 12, 31).unwrap())
        );
        assert_eq!(
            zeitraum(&Feld::from("25.07.2018 bis offen")).unwrap(),
            "[2018-07-25,)"
        );
        assert_eq!(spanne(&Feld::from("10 bis 20,5")).unwrap(), "[10,20.5]");
        assert_eq!(spanne(&Feld::from("ab 10")).unwrap(), "[10,)");
        assert_eq!(spanne(&Feld::from("bis 7,5")).unwrap(), "(,7.5]");
    }
}
