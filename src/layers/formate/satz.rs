//! One object on its way into a file: key, values with their types, geometry. The only shape
//! the writers know, wherever the rows come from.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::Value;

use super::form::{Art, Form};
use crate::error::Result;
use crate::layers::auswahl::Auswahl;
use crate::layers::crs::{Wandler, Ziel};
use crate::layers::query::{self, Zeile};
use crate::layers::queryables;
use crate::layers::relation::Spalte;
use crate::layers::sammlung::Sammlung;
use crate::layers::vereinfachung::{self, Stufe};
use crate::layers::wert::{self, Klasse};
use crate::ortszeit::ohne_versatz;

/// One column of a file.
#[derive(Debug, Clone)]
pub struct Feld {
    /// Name as in the database.
    pub name: String,
    /// German title.
    pub titel: String,
    /// German description.
    pub beschreibung: Option<String>,
    /// Unit.
    pub einheit: Option<String>,
    /// What the values are.
    pub klasse: Klasse,
}

impl From<&Spalte> for Feld {
    fn from(spalte: &Spalte) -> Self {
        Self {
            name: spalte.name.clone(),
            titel: spalte.titel.clone(),
            beschreibung: spalte.beschreibung.clone(),
            einheit: spalte.einheit.clone(),
            klasse: spalte.klasse,
        }
    }
}

impl Feld {
    /// Title and unit, as the head of a table.
    #[must_use]
    pub fn kopf(&self) -> String {
        match &self.einheit {
            Some(einheit) => format!("{} [{einheit}]", self.titel),
            None => self.titel.clone(),
        }
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Wert {
    /// Nothing, or what no file can say (NaN, infinity).
    Leer,
    /// A whole number.
    Ganz(i64),
    /// A fraction.
    Bruch(f64),
    /// An exact decimal, as PostgreSQL writes it.
    Dezimal(String),
    /// Yes or no.
    Wahr(bool),
    /// A day.
    Tag(NaiveDate),
    /// A moment in UTC.
    Moment(NaiveDateTime),
    /// A moment without zone.
    Ortszeit(NaiveDateTime),
    /// Text.
    Text(String),
    /// A JSON value.
    Json(String),
}

impl Wert {
    /// From PostgreSQL's binary form, as [`Klasse::lese_sql`] asks for it.
    #[must_use]
    pub fn lies(klasse: Klasse, bytes: Option<&[u8]>) -> Self {
        bytes
            .and_then(|bytes| Self::gelesen(klasse, bytes))
            .unwrap_or(Self::Leer)
    }

    fn gelesen(klasse: Klasse, bytes: &[u8]) -> Option<Self> {
        let text = || str::from_utf8(bytes).ok().map(str::to_owned);
        Some(match klasse {
            Klasse::Ganzzahl => Self::Ganz(i64::from_be_bytes(bytes.try_into().ok()?)),
            Klasse::Gleitkomma => {
                let zahl = f64::from_be_bytes(bytes.try_into().ok()?);
                zahl.is_finite().then_some(Self::Bruch(zahl))?
            }
            Klasse::Dezimal | Klasse::Geld => {
                let text = text()?;
                let zahl = text.bytes().any(|b| b.is_ascii_digit());
                zahl.then_some(Self::Dezimal(text))?
            }
            Klasse::Wahrheit => Self::Wahr(bytes.first()? == &1),
            Klasse::Datum => Self::Tag(wert::datum(i32::from_be_bytes(bytes.try_into().ok()?))?),
            Klasse::Zeitpunkt | Klasse::Ortszeit => {
                let mikro = i64::from_be_bytes(bytes.try_into().ok()?);
                let zeit = wert::epoche().checked_add_signed(TimeDelta::microseconds(mikro))?;
                if klasse == Klasse::Ortszeit {
                    Self::Ortszeit(zeit)
                } else {
                    Self::Moment(zeit)
                }
            }
            Klasse::Json | Klasse::Feld | Klasse::Objekt => Self::Json(text()?),
            Klasse::Uuid | Klasse::Text | Klasse::Anderes => Self::Text(text()?),
        })
    }

    /// As a fraction, where it is a number.
    #[must_use]
    pub fn zahl(&self) -> Option<f64> {
        match self {
            Self::Ganz(zahl) => Some(*zahl as f64),
            Self::Bruch(zahl) => Some(*zahl),
            Self::Dezimal(text) => text.parse().ok().filter(|zahl: &f64| zahl.is_finite()),
            _ => None,
        }
    }

    /// As a program reads it: ISO days, a decimal point, JSON as it is.
    #[must_use]
    pub fn roh(&self) -> Option<String> {
        Some(match self {
            Self::Leer => return None,
            Self::Ganz(zahl) => zahl.to_string(),
            Self::Bruch(zahl) => zahl.to_string(),
            Self::Dezimal(text) | Self::Text(text) | Self::Json(text) => text.clone(),
            Self::Wahr(wahr) => wahr.to_string(),
            Self::Tag(tag) => tag.format("%Y-%m-%d").to_string(),
            Self::Moment(zeit) => zeit.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string(),
            Self::Ortszeit(zeit) => zeit.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
        })
    }

    /// As a clerk reads it: ja and nein, 31.01.2025, a decimal comma, lists without brackets.
    #[must_use]
    pub fn deutsch(&self) -> String {
        match self {
            Self::Leer => String::new(),
            // What a division left behind the last digit that counts.
            Self::Dezimal(text) if text.split_once('.').is_some_and(|(_, d)| d.len() > 6) => {
                let text = text.trim_end_matches('0').trim_end_matches('.');
                text.replace('.', ",")
            }
            Self::Bruch(_) | Self::Dezimal(_) => self.roh().unwrap_or_default().replace('.', ","),
            Self::Wahr(wahr) => if *wahr { "ja" } else { "nein" }.to_owned(),
            Self::Tag(tag) => tag.format("%d.%m.%Y").to_string(),
            Self::Moment(zeit) => Self::Ortszeit(ohne_versatz(*zeit)).deutsch(),
            Self::Ortszeit(zeit) => zeit.format("%d.%m.%Y %H:%M:%S").to_string(),
            Self::Json(text) => aufgezaehlt(text).unwrap_or_else(|| text.clone()),
            Self::Ganz(_) | Self::Text(_) => self.roh().unwrap_or_default(),
        }
    }
}

/// `["a","b"]` as `a, b`; None for anything deeper.
fn aufgezaehlt(json: &str) -> Option<String> {
    let Ok(Value::Array(teile)) = serde_json::from_str(json) else {
        return None;
    };
    let teile: Option<Vec<String>> = teile
        .into_iter()
        .map(|teil| match teil {
            Value::String(text) => Some(text),
            Value::Number(zahl) => Some(zahl.to_string().replace('.', ",")),
            _ => None,
        })
        .collect();
    Some(teile?.join(", "))
}

/// One object.
#[derive(Debug, Clone)]
pub struct Satz {
    /// Values in the order of [`Aufbau::felder`].
    pub werte: Vec<Wert>,
    /// Geometry, x before y.
    pub form: Option<Form>,
}

/// Which columns a file has and how rows become them.
#[derive(Debug, Clone)]
pub struct Aufbau {
    /// The columns.
    pub felder: Vec<Feld>,
    /// The feature id is no column of the layer and comes first.
    mit_schluessel: bool,
    /// Column of the feature id.
    pub schluessel: usize,
    /// Columns of the first and last moment, where both are published.
    pub zeit: Option<[usize; 2]>,
    /// What the geometries are; None without geometry.
    pub art: Option<Art>,
    /// Name of the geometry's column.
    pub geometrie: String,
    /// System of the coordinates.
    pub system: Ziel,
    wandler: Wandler,
    stufe: Option<Arc<dyn Stufe>>,
}

impl Aufbau {
    /// Columns of a request; its system is named in the file.
    #[must_use]
    pub fn neu(sammlung: &Sammlung, auswahl: &Auswahl) -> Self {
        let ebene = &sammlung.ebene;
        let mut felder: Vec<Feld> = auswahl.spalten(ebene).map(Feld::from).collect();
        let mit_schluessel = !felder.iter().any(|feld| feld.name == ebene.schluessel.name);
        if mit_schluessel {
            let mut feld = Feld::from(&ebene.schluessel);
            // The id comes as the text its address has.
            if feld.klasse != Klasse::Ganzzahl {
                feld.klasse = Klasse::Text;
            }
            felder.insert(0, feld);
        }
        let stelle = |name: &str| felder.iter().position(|feld| feld.name == name);
        let schluessel = stelle(&ebene.schluessel.name).unwrap_or_default();
        let zeit = ebene.zeit.as_ref();
        let zeit = zeit.and_then(|[von, bis]| Some([stelle(&von.name)?, stelle(&bis.name)?]));
        Self {
            felder,
            mit_schluessel,
            schluessel,
            zeit,
            art: ebene
                .relation
                .geometrie
                .as_ref()
                .filter(|_| auswahl.geometrie)
                .map(|g| Art::von(g.dimension)),
            geometrie: queryables::geometrie_name(sammlung),
            system: auswahl.crs,
            wandler: query::wandler(sammlung, auswahl).x_zuerst(),
            stufe: auswahl.stufe.clone(),
        }
    }

    /// The columns that were asked for: the key among them only where it was.
    #[must_use]
    pub fn verlangte(&self) -> std::ops::Range<usize> {
        usize::from(self.mit_schluessel)..self.felder.len()
    }

    /// One row.
    pub fn satz(&self, zeile: &Zeile) -> Result<Satz> {
        let mut werte = Vec::with_capacity(self.felder.len());
        if self.mit_schluessel {
            let text = zeile.schluessel()?;
            werte.push(match self.felder[0].klasse {
                Klasse::Ganzzahl => text.parse().map_or(Wert::Leer, Wert::Ganz),
                _ => Wert::Text(text),
            });
        }
        for (n, feld) in self.felder[werte.len()..].iter().enumerate() {
            werte.push(Wert::lies(feld.klasse, zeile.eigenschaft(n)?));
        }
        let form = vereinfachung::geometrie(self.stufe.as_deref(), zeile, self.wandler)?;
        Ok(Satz {
            werte,
            form: form.and_then(|(ewkb, wandler)| Form::lies(&ewkb, wandler)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_for_programs_and_for_people() {
        let tag = Wert::lies(Klasse::Datum, Some(&31i32.to_be_bytes()));
        assert_eq!(tag.roh().unwrap(), "2000-02-01");
        assert_eq!(tag.deutsch(), "01.02.2000");
        assert_eq!(
            Wert::lies(Klasse::Datum, Some(&i32::MAX.to_be_bytes())),
            Wert::Leer
        );
        let zeit = Wert::lies(Klasse::Zeitpunkt, Some(&1_500_000i64.to_be_bytes()));
        assert_eq!(zeit.roh().unwrap(), "2000-01-01T00:00:01.500Z");
        assert_eq!(Wert::lies(Klasse::Dezimal, Some(b"NaN")), Wert::Leer);
        assert_eq!(Wert::lies(Klasse::Dezimal, Some(b"0.40")).deutsch(), "0,40");
        assert_eq!(Wert::Dezimal("0.2500000000".into()).deutsch(), "0,25");
        assert_eq!(Wert::Dezimal("10.0000000000".into()).deutsch(), "10");
        assert_eq!(
            Wert::lies(Klasse::Gleitkomma, Some(&f64::NAN.to_be_bytes())),
            Wert::Leer
        );
        assert_eq!(Wert::Json(r#"["a","b"]"#.into()).deutsch(), "a, b");
        assert_eq!(Wert::Json(r#"{"a":[1]}"#.into()).deutsch(), r#"{"a":[1]}"#);
        assert_eq!(Wert::Wahr(true).deutsch(), "ja");
    }
}
