//! Values of columns: how each PostgreSQL type is read, written as JSON,
//! described in a schema and taken from a query parameter.
//!
//! QGIS fixes the fields of a layer by its first ten features: a fractional type
//! is always written with a decimal point, and no number is ever a string.

use chrono::{Days, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::datetime;

/// What a column's type means to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Klasse {
    /// smallint, integer, bigint, oid.
    Ganzzahl,
    /// double precision.
    Gleitkomma,
    /// real, numeric: read as text, so that no digit is lost or invented.
    Dezimal,
    /// boolean.
    Wahrheit,
    /// date.
    Datum,
    /// timestamptz, written in UTC.
    Zeitpunkt,
    /// timestamp without time zone, written without one.
    Ortszeit,
    /// uuid.
    Uuid,
    /// json, jsonb: written as the JSON value they are.
    Json,
    /// Arrays: JSON arrays.
    Feld,
    /// Composite types: JSON objects.
    Objekt,
    /// money: a number, whatever the server's language writes before it.
    Geld,
    /// text, varchar: compared as they stand.
    Text,
    /// Everything else, through its text form.
    Anderes,
}

impl Klasse {
    /// By `pg_type.typname` of the base type; arrays are told by category.
    #[must_use]
    pub fn zu_typ(typname: &str, kategorie: &str) -> Self {
        match typname {
            _ if kategorie == "A" => Self::Feld,
            _ if kategorie == "C" => Self::Objekt,
            "money" => Self::Geld,
            "int2" | "int4" | "int8" | "oid" => Self::Ganzzahl,
            "float8" => Self::Gleitkomma,
            "float4" | "numeric" => Self::Dezimal,
            "bool" => Self::Wahrheit,
            "date" => Self::Datum,
            "timestamptz" => Self::Zeitpunkt,
            "timestamp" => Self::Ortszeit,
            "uuid" => Self::Uuid,
            "json" | "jsonb" => Self::Json,
            "text" | "varchar" => Self::Text,
            _ => Self::Anderes,
        }
    }

    /// SQL around a quoted column, so that its bytes are what [`schreibe`] expects.
    #[must_use]
    pub fn lese_sql(self, spalte: &str) -> String {
        let typ = match self {
            Self::Ganzzahl => "bigint",
            Self::Gleitkomma => "double precision",
            Self::Wahrheit => "boolean",
            Self::Datum => "date",
            Self::Zeitpunkt => "timestamptz",
            Self::Ortszeit => "timestamp",
            Self::Feld | Self::Objekt => return format!("to_jsonb({spalte})::text"),
            Self::Geld => return format!("{spalte}::numeric::text"),
            Self::Dezimal | Self::Uuid | Self::Json | Self::Text | Self::Anderes => "text",
        };
        format!("{spalte}::{typ}")
    }

    /// Type and format of JSON Schema.
    #[must_use]
    pub fn schema(self) -> Value {
        match self {
            Self::Ganzzahl => json!({"type": "integer"}),
            Self::Gleitkomma | Self::Dezimal | Self::Geld => json!({"type": "number"}),
            Self::Wahrheit => json!({"type": "boolean"}),
            Self::Datum => json!({"type": "string", "format": "date"}),
            Self::Zeitpunkt => json!({"type": "string", "format": "date-time"}),
            Self::Uuid => json!({"type": "string", "format": "uuid"}),
            // Any JSON value: objects, arrays, numbers.
            Self::Json => json!({}),
            Self::Objekt => json!({"type": "object"}),
            Self::Feld => json!({"type": "array", "items": {}}),
            Self::Ortszeit | Self::Text | Self::Anderes => json!({"type": "string"}),
        }
    }

    /// Can be compared with a value from a query parameter.
    #[must_use]
    pub fn filterbar(self) -> bool {
        !matches!(self, Self::Json | Self::Feld | Self::Objekt)
    }

    /// Can name a feature in its address.
    #[must_use]
    pub fn als_schluessel(self) -> bool {
        self.filterbar() && !matches!(self, Self::Geld | Self::Wahrheit)
    }

    /// Numbers are set right in tables.
    #[must_use]
    pub fn ist_zahl(self) -> bool {
        matches!(
            self,
            Self::Ganzzahl | Self::Gleitkomma | Self::Dezimal | Self::Geld
        )
    }

    /// Checks a filter value and gives its text for the comparison, or what was expected (German).
    pub fn pruefe(self, wert: &str) -> Result<String, &'static str> {
        let gut = match self {
            Self::Ganzzahl => wert.parse::<i64>().is_ok(),
            Self::Gleitkomma | Self::Dezimal | Self::Geld => {
                wert.len() <= 64
                    && wert
                        .bytes()
                        .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b))
                    && wert.parse::<f64>().is_ok_and(f64::is_finite)
            }
            Self::Wahrheit => matches!(wert, "true" | "false"),
            Self::Datum => wert.len() == 10 && wert.parse::<NaiveDate>().is_ok(),
            Self::Zeitpunkt => {
                return datetime::zeitpunkt(wert)
                    .map(|z| z.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
                    .ok_or(self.erwartet());
            }
            Self::Ortszeit => wert.parse::<NaiveDateTime>().is_ok(),
            Self::Uuid => uuid::Uuid::parse_str(wert).is_ok(),
            Self::Json | Self::Feld | Self::Objekt => false,
            Self::Text | Self::Anderes => true,
        };
        if gut {
            Ok(wert.to_owned())
        } else {
            Err(self.erwartet())
        }
    }

    fn erwartet(self) -> &'static str {
        match self {
            Self::Ganzzahl => "eine ganze Zahl",
            Self::Gleitkomma | Self::Dezimal | Self::Geld => {
                "eine Zahl mit Punkt, zum Beispiel 12.5"
            }
            Self::Wahrheit => "true oder false",
            Self::Datum => "ein Datum wie 2025-01-31",
            Self::Zeitpunkt => "ein Zeitpunkt wie 2025-01-31T12:00:00Z",
            Self::Ortszeit => "ein Zeitpunkt wie 2025-01-31T12:00:00",
            Self::Uuid => "eine UUID",
            Self::Json | Self::Feld | Self::Objekt => {
                "kein Wert: nach dieser Eigenschaft kann nicht gefiltert werden"
            }
            Self::Text | Self::Anderes => "ein Text",
        }
    }

    /// The type a bound text is cast to, so that an index of the column can serve.
    #[must_use]
    pub fn vergleichstyp(self) -> &'static str {
        match self {
            Self::Ganzzahl => "bigint",
            Self::Gleitkomma => "double precision",
            Self::Dezimal | Self::Geld => "numeric",
            Self::Wahrheit => "boolean",
            Self::Datum => "date",
            Self::Zeitpunkt => "timestamptz",
            Self::Ortszeit => "timestamp",
            Self::Uuid => "uuid",
            Self::Json | Self::Feld | Self::Objekt | Self::Text | Self::Anderes => "text",
        }
    }
}

/// Writes one value in PostgreSQL's binary form as JSON.
pub fn schreibe(out: &mut Vec<u8>, klasse: Klasse, bytes: Option<&[u8]>) {
    let anfang = out.len();
    let geschrieben = bytes.and_then(|bytes| wert(out, klasse, bytes));
    if geschrieben.is_none() {
        out.truncate(anfang);
        out.extend_from_slice(b"null");
    }
}

/// `None` is what JSON cannot say: NaN, infinity.
fn wert(out: &mut Vec<u8>, klasse: Klasse, bytes: &[u8]) -> Option<()> {
    match klasse {
        Klasse::Ganzzahl => {
            let zahl = i64::from_be_bytes(bytes.try_into().ok()?);
            out.extend_from_slice(zahl.to_string().as_bytes());
        }
        Klasse::Gleitkomma => {
            let zahl = f64::from_be_bytes(bytes.try_into().ok()?);
            if !zahl.is_finite() {
                return None;
            }
            mit_punkt(out, &format!("{zahl:?}"));
        }
        Klasse::Dezimal | Klasse::Geld => {
            let text = str::from_utf8(bytes).ok()?;
            if !text.bytes().any(|b| b.is_ascii_digit()) {
                return None;
            }
            mit_punkt(out, text);
        }
        Klasse::Wahrheit => {
            let wahr = bytes.first()? == &1;
            out.extend_from_slice(if wahr { b"true" } else { b"false" });
        }
        Klasse::Datum => {
            let tage = i32::from_be_bytes(bytes.try_into().ok()?);
            zeichenkette(out, &datum(tage)?.format("%Y-%m-%d").to_string());
        }
        Klasse::Zeitpunkt | Klasse::Ortszeit => {
            let mikro = i64::from_be_bytes(bytes.try_into().ok()?);
            let zeit = epoche().checked_add_signed(TimeDelta::microseconds(mikro))?;
            let text = zeit.and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
            let ohne_zone = text.trim_end_matches('Z');
            zeichenkette(
                out,
                if klasse == Klasse::Ortszeit {
                    ohne_zone
                } else {
                    &text
                },
            );
        }
        Klasse::Json | Klasse::Feld | Klasse::Objekt => out.extend_from_slice(bytes),
        Klasse::Uuid | Klasse::Text | Klasse::Anderes => {
            zeichenkette(out, str::from_utf8(bytes).ok()?);
        }
    }
    Some(())
}

pub(super) fn epoche() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2000, 1, 1)
        .unwrap_or_default()
        .and_time(chrono::NaiveTime::MIN)
}

/// Days since 2000-01-01; PostgreSQL's infinities are beyond chrono's range.
pub(super) fn datum(tage: i32) -> Option<NaiveDate> {
    let betrag = Days::new(u64::from(tage.unsigned_abs()));
    if tage < 0 {
        epoche().date().checked_sub_days(betrag)
    } else {
        epoche().date().checked_add_days(betrag)
    }
}

/// `51` becomes `51.0` and `1e21` becomes `1.0e21`.
fn mit_punkt(out: &mut Vec<u8>, zahl: &str) {
    if zahl.contains('.') {
        out.extend_from_slice(zahl.as_bytes());
    } else {
        let (ganz, exponent) = zahl.split_at(zahl.find(['e', 'E']).unwrap_or(zahl.len()));
        out.extend_from_slice(ganz.as_bytes());
        out.extend_from_slice(b".0");
        out.extend_from_slice(exponent.as_bytes());
    }
}

/// A JSON string.
pub fn zeichenkette(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    // Most texts have nothing to escape: copied as a whole.
    let mut kopiert = 0;
    for (n, b) in bytes.iter().enumerate() {
        if *b >= 0x20 && *b != b'"' && *b != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[kopiert..n]);
        kopiert = n + 1;
        match b {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            _ => out.extend_from_slice(format!("\\u{b:04x}").as_bytes()),
        }
    }
    out.extend_from_slice(&bytes[kopiert..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(klasse: Klasse, bytes: &[u8]) -> String {
        let mut out = Vec::new();
        schreibe(&mut out, klasse, Some(bytes));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fractions_always_carry_a_point() {
        for (zahl, text) in [
            (51.0, "51.0"),
            (0.1, "0.1"),
            (-2.5e-9, "-2.5e-9"),
            (1e21, "1.0e21"),
        ] {
            assert_eq!(json(Klasse::Gleitkomma, &f64::to_be_bytes(zahl)), text);
        }
        assert_eq!(json(Klasse::Gleitkomma, &f64::NAN.to_be_bytes()), "null");
        assert_eq!(
            json(Klasse::Gleitkomma, &f64::INFINITY.to_be_bytes()),
            "null"
        );
        for (roh, text) in [
            ("0.40", "0.40"),
            ("51", "51.0"),
            ("NaN", "null"),
            ("-Infinity", "null"),
            ("1e+20", "1.0e+20"),
        ] {
            assert_eq!(json(Klasse::Dezimal, roh.as_bytes()), text);
        }
    }

    #[test]
    fn days_and_moments() {
        assert_eq!(json(Klasse::Datum, &0i32.to_be_bytes()), r#""2000-01-01""#);
        assert_eq!(
            json(Klasse::Datum, &(-1i32).to_be_bytes()),
            r#""1999-12-31""#
        );
        assert_eq!(json(Klasse::Datum, &i32::MAX.to_be_bytes()), "null");
        assert_eq!(json(Klasse::Datum, &i32::MIN.to_be_bytes()), "null");
        assert_eq!(
            json(Klasse::Zeitpunkt, &1_500_000i64.to_be_bytes()),
            r#""2000-01-01T00:00:01.500Z""#
        );
        assert_eq!(
            json(Klasse::Ortszeit, &0i64.to_be_bytes()),
            r#""2000-01-01T00:00:00""#
        );
        assert_eq!(json(Klasse::Zeitpunkt, &i64::MAX.to_be_bytes()), "null");
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(
            json(Klasse::Text, "a\"b\\c\n\u{1}ü".as_bytes()),
            r#""a\"b\\c\n\u0001ü""#
        );
    }

    #[test]
    fn filter_values_are_typed() {
        assert!(Klasse::Ganzzahl.pruefe("12").is_ok());
        for falsch in ["", "1.5", "a", "99999999999999999999"] {
            assert!(Klasse::Ganzzahl.pruefe(falsch).is_err(), "{falsch}");
        }
        for falsch in ["", "NaN", "inf", "1e999", "0x10", "1;2"] {
            assert!(Klasse::Dezimal.pruefe(falsch).is_err(), "{falsch}");
        }
        assert!(Klasse::Dezimal.pruefe("-1.5e3").is_ok());
        assert!(Klasse::Datum.pruefe("2025-02-30").is_err());
        assert!(Klasse::Wahrheit.pruefe("ja").is_err());
        assert!(
            Klasse::Zeitpunkt
                .pruefe("2025-01-01T00:00:00+01:00")
                .is_ok()
        );
    }
}
