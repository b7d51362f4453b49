//! Reading the past: a pool whose tables are those of one moment.
//!
//! The schemas `damals` and `oeffentlich_damals` hold views of the same names as the tables
//! (`migrations/sichten/geschichte_stand.sql`), so every statement runs there as it is; the moment
//! is a setting of the session. The role is that of today: the public's past is what it saw, that
//! of a signed-in reader what the working tables held, as far as that reader may read them now
//! (`leser_damals`: the public's past in the place of the rest).

use std::time::Duration;

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use sqlx::postgres::{PgConnectOptions, PgPool};

use super::Server;
use crate::error::{Error, Result};
use crate::ortszeit::{self, ortszeit};

/// `search_path` of the public's past.
pub const OEFFENTLICH: &str = "oeffentlich_damals, oeffentlich, public";

/// A moment the data are seen from, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stand {
    /// As the caller wrote it: `2026-05-01` or RFC 3339. A part of addresses.
    pub text: String,
    /// The moment; a day is seen from its end (German time).
    pub zeit: DateTime<Utc>,
}

impl Stand {
    /// Reads a day or a moment.
    ///
    /// # Errors
    /// [`Error::Aufruf`] for anything else, and for what has not been yet.
    pub fn lies(text: &str, jetzt: DateTime<Utc>) -> Result<Self> {
        let falsch = || {
            Error::parameter(
                "stand",
                format!(
                    "„{text}“ ist kein Stand. Erwartet wird ein Tag (stand=2026-05-01) oder ein Zeitpunkt (2026-05-01T12:00:00Z)."
                ),
            )
        };
        let (zeit, begonnen) = if text.len() == 10 {
            let tag: NaiveDate = text.parse().map_err(|_| falsch())?;
            let beginn = ortszeit::beginn(tag);
            let ende = tag.succ_opt().map(ortszeit::beginn).ok_or_else(falsch)?;
            // The day that is not over yet is seen from now.
            ((ende - TimeDelta::microseconds(1)).min(jetzt), beginn)
        } else {
            let zeit = DateTime::parse_from_rfc3339(text)
                .map_err(|_| falsch())?
                .with_timezone(&Utc);
            (zeit, zeit)
        };
        if begonnen > jetzt {
            return Err(Error::parameter(
                "stand",
                format!(
                    "Der Stand „{text}“ liegt in der Zukunft; möglich ist jeder Tag bis heute."
                ),
            ));
        }
        if zeit.timestamp() < JAHR_EINS {
            return Err(falsch());
        }
        Ok(Self {
            text: text.to_owned(),
            zeit,
        })
    }

    /// „1.5.2026“, with the time of day where one was asked for.
    #[must_use]
    pub fn worte(&self) -> String {
        match self.text.parse::<NaiveDate>() {
            Ok(tag) => tag.format("%-d.%-m.%Y").to_string(),
            Err(_) => ortszeit(self.zeit)
                .format("%-d.%-m.%Y, %H:%M Uhr")
                .to_string(),
        }
    }
}

/// PostgreSQL knows no year 0.
const JAHR_EINS: i64 = -62_135_596_800;

/// Opens pools of the past.
#[derive(Debug, Clone)]
pub struct Damals {
    oeffentlich: PgConnectOptions,
    personal: PgConnectOptions,
}

impl Damals {
    pub(super) fn neu(server: &Server) -> Self {
        Self {
            oeffentlich: server.login("zielraum_public"),
            personal: server.login("zielraum_staff"),
        }
    }

    /// What the public saw at that moment. A few connections that close soon: dates are many.
    #[must_use]
    pub fn oeffentlich(&self, stand: &Stand) -> PgPool {
        let mut setup = super::sitzung("zielraum_public", OEFFENTLICH, "10s");
        setup.extend(moment(stand));
        super::eroeffne(self.oeffentlich.clone(), setup, 2, RUHE)
    }

    /// What the working tables held at that moment, for a reader as [`super::Personal::pool`] names them.
    #[must_use]
    pub fn personal(
        &self,
        stand: &Stand,
        umfang: &str,
        referat: Option<&str>,
        ortsteil: Option<&str>,
    ) -> PgPool {
        let welt = if super::liest_alles(umfang) {
            "damals"
        } else {
            "leser_damals, damals"
        };
        let pfad = format!("{welt}, {}", super::lesepfad(umfang));
        let mut setup = super::sitzung("zielraum_staff", &pfad, "20s");
        setup.extend(super::leser(umfang, referat, ortsteil));
        setup.extend(moment(stand));
        super::eroeffne(self.personal.clone(), setup, 2, RUHE)
    }
}

/// After this rest a connection closes: dates are many.
const RUHE: Option<Duration> = Some(Duration::from_mins(1));

/// The moment, and the day the figures are seen from.
fn moment(stand: &Stand) -> [(&'static str, String); 2] {
    [
        (
            "zielraum.stand",
            stand.zeit.to_rfc3339_opts(SecondsFormat::Micros, true),
        ),
        (
            "zielraum.stichtag",
            ortszeit(stand.zeit).date_naive().to_string(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jetzt() -> DateTime<Utc> {
        "2026-06-15T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_day_is_seen_from_its_german_end() {
        let zeit = |text| Stand::lies(text, jetzt()).unwrap().zeit.to_rfc3339();
        assert_eq!(zeit("2026-05-01"), "2026-05-01T21:59:59.999999+00:00");
        assert_eq!(zeit("2026-01-01"), "2026-01-01T22:59:59.999999+00:00");
        // the days of the change have 23 and 25 hours
        assert_eq!(zeit("2026-03-29"), "2026-03-29T21:59:59.999999+00:00");
        assert_eq!(zeit("2025-10-26"), "2025-10-26T22:59:59.999999+00:00");
        assert_eq!(zeit("2026-06-15"), "2026-06-15T10:00:00+00:00");
        assert_eq!(
            zeit("2026-05-01T12:00:00+02:00"),
            "2026-05-01T10:00:00+00:00"
        );
    }

    #[test]
    fn wrong_and_future_dates_are_refused() {
        for falsch in [
            "",
            "gestern",
            "2026-13-01",
            "2026",
            "2026-06-16",
            "2027-01-01",
            "2026-06-15T10:00:01Z",
            "0000-01-01",
            "01.05.2026",
            "2026-05-01/2026-05-02",
        ] {
            assert!(Stand::lies(falsch, jetzt()).is_err(), "{falsch}");
        }
    }

    #[test]
    fn in_words() {
        let worte = |text| Stand::lies(text, jetzt()).unwrap().worte();
        assert_eq!(worte("2026-05-01"), "1.5.2026");
        assert_eq!(worte("2026-05-01T10:05:00Z"), "1.5.2026, 12:05 Uhr");
    }
}
