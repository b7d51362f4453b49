//! The clocks of Germany, where the town is: the database and the programs speak UTC, people do not.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{Europe::Berlin, Tz};

/// A moment by the clocks of Germany.
#[must_use]
pub fn ortszeit(zeit: DateTime<Utc>) -> DateTime<Tz> {
    zeit.with_timezone(&Berlin)
}

/// Today in Germany: not yet, or already, that of UTC.
#[must_use]
pub fn heute() -> NaiveDate {
    ortszeit(Utc::now()).date_naive()
}

/// The moment at which the day begins in Germany.
#[must_use]
pub fn beginn(tag: NaiveDate) -> DateTime<Utc> {
    let mitternacht = tag.and_time(NaiveTime::MIN);
    match Berlin.from_local_datetime(&mitternacht).earliest() {
        Some(zeit) => zeit.with_timezone(&Utc),
        // No clock was ever put forward at midnight here since 1980; before, an hour matters to nobody.
        None => mitternacht.and_utc() - TimeDelta::hours(1),
    }
}

/// `03.05.2026`: the day a moment falls on in Germany.
#[must_use]
pub fn tag(zeit: &DateTime<Utc>) -> String {
    ortszeit(*zeit).format("%d.%m.%Y").to_string()
}

/// `03.05.2026, 14:05 Uhr`.
#[must_use]
pub fn uhr(zeit: &DateTime<Utc>) -> String {
    ortszeit(*zeit).format("%d.%m.%Y, %H:%M Uhr").to_string()
}

/// A moment without its offset, for cells that have none. Outside the years a calendar knows, UTC.
#[must_use]
pub fn ohne_versatz(zeit: NaiveDateTime) -> NaiveDateTime {
    if (1900..10_000).contains(&zeit.year()) {
        ortszeit(zeit.and_utc()).naive_local()
    } else {
        zeit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn half_past_eleven_at_night_in_utc_is_tomorrow_here() {
        assert_eq!(tag(&moment("2026-11-23T23:30:00Z")), "24.11.2026");
        assert_eq!(tag(&moment("2026-11-23T22:30:00Z")), "23.11.2026");
        assert_eq!(
            uhr(&moment("2026-07-01T22:05:00Z")),
            "02.07.2026, 00:05 Uhr"
        );
    }

    #[test]
    fn days_begin_by_the_clocks_of_summer_and_winter() {
        let beginn = |text: &str| beginn(text.parse().unwrap()).to_rfc3339();
        assert_eq!(beginn("2026-07-01"), "2026-06-30T22:00:00+00:00");
        assert_eq!(beginn("2026-01-01"), "2025-12-31T23:00:00+00:00");
        assert_eq!(beginn("2026-03-29"), "2026-03-28T23:00:00+00:00");
        assert_eq!(beginn("2026-10-26"), "2026-10-25T23:00:00+00:00");
    }

    #[test]
    fn cells_say_the_time_of_here() {
        let zeit = |text| moment(text).naive_utc();
        assert_eq!(
            ohne_versatz(zeit("2026-07-01T22:05:00Z")),
            zeit("2026-07-02T00:05:00Z")
        );
    }
}
