//! One object as an element.

use crate::gml::geometrie::{Feder, Schrift};
use crate::gml::name::{ncname, objekt_id};
use crate::gml::xml::{Attribute, Xml};
use crate::layers::formate::csv::stellen;
use crate::layers::formate::{Aufbau, Form, Satz, Wert};
use crate::layers::wert::Klasse;

use super::{PRAEFIX, typname};

/// Writes the objects of one collection.
#[derive(Debug)]
pub struct Schreiber {
    id: String,
    element: String,
    /// Column, name of its element.
    felder: Vec<(usize, String, Klasse)>,
    geometrie: String,
    schluessel: usize,
    schrift: Schrift,
    geometrien: u64,
}

impl Schreiber {
    /// For the columns of a request.
    #[must_use]
    pub fn neu(id: &str, aufbau: &Aufbau) -> Self {
        let felder = aufbau.verlangte().map(|nr| {
            let feld = &aufbau.felder[nr];
            (nr, name(&feld.name), feld.klasse)
        });
        Self {
            id: id.to_owned(),
            element: typname(id),
            felder: felder.collect(),
            geometrie: name(&aufbau.geometrie),
            schluessel: aufbau.schluessel,
            schrift: Schrift {
                system: aufbau.system.uri(),
                norden_zuerst: aufbau.system.norden_zuerst(),
                stellen: Some(stellen(aufbau.system.lage())),
                einzeln: false,
            },
            geometrien: 0,
        }
    }

    /// One object; `attribute` stand in its element, before its id.
    pub fn schreibe(&mut self, xml: &mut Xml, satz: &Satz, attribute: &Attribute<'_>) {
        let schluessel = satz.werte[self.schluessel].roh().unwrap_or_default();
        let id = objekt_id(&self.id, &schluessel);
        let mut alle = attribute.to_vec();
        alle.push(("gml:id", &id));
        xml.anfang(&self.element, &alle);
        for (nr, element, klasse) in &self.felder {
            if let Some(wert) = text(*klasse, &satz.werte[*nr]) {
                xml.blatt(element, &[], &wert);
            }
        }
        if let Some(form) = &satz.form {
            xml.anfang(&self.geometrie, &[]);
            let geometrien = &mut self.geometrien;
            let mut feder = Feder {
                xml,
                schrift: self.schrift,
                // No id of an object is like it: they have a point.
                kennung: &mut || {
                    *geometrien += 1;
                    format!("_{geometrien}")
                },
            };
            geometrie(&mut feder, form);
            xml.ende(&self.geometrie);
        }
        xml.ende(&self.element);
    }
}

/// Name of a property's element.
#[must_use]
pub fn name(spalte: &str) -> String {
    format!("{PRAEFIX}:{}", ncname(spalte))
}

fn geometrie(feder: &mut Feder<'_>, form: &Form) {
    match form {
        Form::Punkte(punkte) => feder.punkte(punkte),
        Form::Linien(linien) => feder.linien(linien.iter().map(Vec::as_slice)),
        Form::Flaechen(flaechen) => {
            feder.flaechen(flaechen.iter().map(|f| f.iter().map(Vec::as_slice)));
        }
        Form::Sammlung(teile) => feder.sammlung(|feder| {
            for teil in teile {
                feder.teil(|feder| geometrie(feder, teil));
            }
        }),
    }
}

/// A value as its type of XML Schema writes it.
fn text(klasse: Klasse, wert: &Wert) -> Option<String> {
    Some(match wert {
        // No exponent in a decimal.
        Wert::Dezimal(text) if text.contains(['e', 'E']) => text.parse::<f64>().ok()?.to_string(),
        Wert::Bruch(zahl) if klasse == Klasse::Gleitkomma => format!("{zahl:?}"),
        // Years beyond 9999 have no sign there.
        Wert::Tag(_) | Wert::Moment(_) | Wert::Ortszeit(_) => {
            wert.roh()?.trim_start_matches('+').to_owned()
        }
        andere => andere.roh()?,
    })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn values_as_xml_schema_has_them() {
        let fall = |klasse, wert| text(klasse, &wert);
        let dezimal = |text: &str| fall(Klasse::Dezimal, Wert::Dezimal(text.into())).unwrap();
        assert_eq!(dezimal("1e-05"), "0.00001");
        assert_eq!(dezimal("1.50"), "1.50");
        assert_eq!(dezimal("12345678901234567890.5"), "12345678901234567890.5");
        let tag = NaiveDate::from_ymd_opt(12025, 1, 2).unwrap();
        assert_eq!(fall(Klasse::Datum, Wert::Tag(tag)).unwrap(), "12025-01-02");
        assert_eq!(
            fall(Klasse::Gleitkomma, Wert::Bruch(1e300)).unwrap(),
            "1e300"
        );
        assert_eq!(fall(Klasse::Text, Wert::Leer), None);
    }
}
