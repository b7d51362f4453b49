//! The parameter `datetime`: an instant or a closed interval with open ends.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};

use crate::error::{Error, Result};

/// Closed interval; `None` is an open end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zeitraum {
    /// First moment.
    pub von: Option<DateTime<Utc>>,
    /// Last moment.
    pub bis: Option<DateTime<Utc>>,
}

impl Zeitraum {
    /// Reads `2025-01-31`, `2025-01-31T12:00:00Z`, `a/b`, `../b`, `a/..`, `/b`, `a/`.
    pub fn lies(text: &str) -> Result<Self> {
        let falsch = || {
            Error::parameter(
                "datetime",
                format!(
                    "„{text}“ ist keine Zeitangabe. Möglich sind ein Tag (2025-01-31), ein Zeitpunkt (2025-01-31T12:00:00Z) oder ein Zeitraum mit Schrägstrich; „..“ steht für ein offenes Ende."
                ),
            )
        };
        let (anfang, ende) = text.split_once('/').unwrap_or((text, text));
        if anfang == text && offen(text) {
            return Err(falsch());
        }
        let (von, _) = spanne(anfang).ok_or_else(falsch)?;
        let (_, bis) = spanne(ende).ok_or_else(falsch)?;
        if von.zip(bis).is_some_and(|(von, bis)| von > bis) {
            return Err(Error::parameter(
                "datetime",
                format!("Der Anfang liegt nach dem Ende: „{text}“."),
            ));
        }
        Ok(Self { von, bis })
    }
}

/// First and last moment of what was written; a day lasts until its last microsecond.
type Spanne = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

fn offen(text: &str) -> bool {
    text.is_empty() || text == ".."
}

/// `None` is not a time.
fn spanne(text: &str) -> Option<Spanne> {
    if offen(text) {
        return Some((None, None));
    }
    let (anfang, ende) = if text.len() == 10 {
        let tag: NaiveDate = text.parse().ok()?;
        let letzte = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999)?;
        (
            tag.and_time(NaiveTime::MIN).and_utc(),
            tag.and_time(letzte).and_utc(),
        )
    } else {
        let zeit = zeitpunkt(text)?;
        (zeit, zeit)
    };
    // PostgreSQL has no year 0; QGIS writes it for "since ever".
    let jahr_eins = DateTime::<Utc>::from_timestamp(-62_135_596_800, 0)?;
    Some(if anfang < jahr_eins {
        (None, Some(ende.max(jahr_eins)))
    } else {
        (Some(anfang), Some(ende))
    })
}

/// A moment by RFC 3339.
#[must_use]
pub fn zeitpunkt(text: &str) -> Option<DateTime<Utc>> {
    let zeit = DateTime::parse_from_rfc3339(text).ok()?;
    Some(zeit.with_timezone(&Utc))
}

/// Now, as `timeStamp` is written.
#[must_use]
pub fn jetzt() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lies(text: &str) -> Option<(String, String)> {
        let zeit = |z: Option<DateTime<Utc>>| z.map_or_else(|| "..".into(), |z| z.to_rfc3339());
        Zeitraum::lies(text)
            .ok()
            .map(|z| (zeit(z.von), zeit(z.bis)))
    }

    #[test]
    fn instants_days_and_open_ends() {
        let paar = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        let moment = "2024-05-01T12:00:00+00:00";
        assert_eq!(lies("2024-05-01T12:00:00Z"), paar(moment, moment));
        assert_eq!(lies("2024-05-01T14:00:00+02:00"), paar(moment, moment));
        assert_eq!(
            lies("2024-05-01"),
            paar(
                "2024-05-01T00:00:00+00:00",
                "2024-05-01T23:59:59.999999+00:00"
            )
        );
        assert_eq!(lies("../2024-05-01T12:00:00Z"), paar("..", moment));
        assert_eq!(lies("2024-05-01T12:00:00Z/"), paar(moment, ".."));
        assert_eq!(lies("../.."), paar("..", ".."));
        assert_eq!(
            lies("0000-01-01T00:00:00Z/2024-05-01T12:00:00Z"),
            paar("..", moment)
        );
        assert_eq!(
            lies("2024-05-01T12:00:00Z/9999-12-31T00:00:00Z"),
            paar(moment, "9999-12-31T00:00:00+00:00")
        );
        for falsch in [
            "",
            "..",
            "gestern",
            "2024-13-01",
            "2024",
            "2024-01-02/2024-01-01",
            "a/b",
            "2024-01-01/2024-01-02/2024-01-03",
        ] {
            assert_eq!(lies(falsch), None, "{falsch}");
        }
    }

    #[test]
    fn an_end_before_the_year_one_stays_an_end() {
        let (_, bis) = lies("../0000-12-31T00:00:00Z").unwrap();
        assert_eq!(bis, "0001-01-01T00:00:00+00:00");
    }
}
