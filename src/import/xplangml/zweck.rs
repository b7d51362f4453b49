//! Use symbols: many plans give an area no `zweckbestimmung` and set it on a point
//! object of the same class inside the area instead. Here they find together.
//!
//! Objects stream, and a point may come before or after its area. So the reader keeps
//! light entries (points with their codes, shapes of areas without a purpose), joins
//! them at the end and delivers the result as [`Nachtrag`]. The point stays an object
//! of its own; the area gets the codes and, beside them, [`HERKUNFT`] with the gml:ids
//! of the points, so that everybody sees that they were not delivered this way.

use std::collections::BTreeMap;

use geo_types::Point;
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};
use serde_json::{Map, Value};

use super::bericht::Bericht;
use super::umrisse::{Umrisse, millimeter};
use crate::fnp::codeliste;
use crate::fnp::nutzung;
use crate::fnp::objekt::{Befund, Geometrie, Objekt, Schwere};

/// Name under which an area's `codes` list the points its purpose came from.
pub const HERKUNFT: &str = "zweckbestimmungVonPunkt";
const PUNKTE: usize = 100_000;
/// Attributes that name the purpose, and those that refine it.
const ZWECK: &[(&str, &str)] = &[
    ("zweckbestimmung", "detaillierteZweckbestimmung"),
    ("artDerFestlegung", "detailArtDerFestlegung"),
];

/// Codes to add to one object that was handed over before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nachtrag {
    /// Running number of the object among those handed over, from 0.
    pub nummer: u64,
    /// New entries of its `codes`; none of the keys was there before.
    pub codes: Map<String, Value>,
}

/// Classes whose points and areas mean the same thing: `FP_Gewaesser` and
/// `SO_Gewaesser`, `FP_Landwirtschaft` and `FP_LandwirtschaftsFlaeche`.
type Familie = (&'static str, &'static str);

#[derive(Debug)]
struct Flaeche {
    nummer: u64,
    familie: Familie,
}

#[derive(Debug)]
struct Symbol {
    familie: Familie,
    klasse: &'static str,
    kennung: Option<String>,
    ort: Point<f64>,
    zeile: u64,
    codes: Vec<(&'static str, Value)>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Zweck {
    flaechen: Vec<Flaeche>,
    /// Their shapes, in the same order.
    umrisse: Umrisse,
    symbole: Vec<Symbol>,
    /// Areas or points for which there was no room.
    zu_viel: u64,
}

impl Zweck {
    /// Keeps what may have to be joined.
    pub(super) fn merke(&mut self, objekt: &Objekt, nummer: u64) {
        let Some(klasse) = nutzung::klasse(&objekt.klasse) else {
            return;
        };
        let Some((zweck, fein)) = ZWECK
            .iter()
            .find(|(zweck, _)| codeliste::liste_von(klasse.name, zweck).is_some())
        else {
            return;
        };
        let familie = (klasse.familie(), *zweck);
        match &objekt.geometrie {
            Geometrie::Flaeche(form)
                if ![*zweck, *fein]
                    .iter()
                    .any(|name| objekt.codes.contains_key(*name)) =>
            {
                if self.umrisse.nimm(form) {
                    self.flaechen.push(Flaeche { nummer, familie });
                } else {
                    self.zu_viel += 1;
                }
            }
            Geometrie::Punkt(punkte) if objekt.codes.contains_key(*zweck) => {
                if self.symbole.len() + punkte.0.len() > PUNKTE {
                    self.zu_viel += 1;
                    return;
                }
                let codes: Vec<_> = [*zweck, *fein]
                    .into_iter()
                    .filter_map(|name| Some((name, objekt.codes.get(name)?.clone())))
                    .collect();
                self.symbole.extend(punkte.0.iter().map(|ort| Symbol {
                    familie,
                    klasse: klasse.name,
                    kennung: objekt.gml_id.clone(),
                    ort: *ort,
                    zeile: objekt.zeile,
                    codes: codes.clone(),
                }));
            }
            _ => {}
        }
    }

    /// Joins; the outcome in numbers goes to the report.
    pub(super) fn schliesse(self, bericht: &mut Bericht) -> Vec<Nachtrag> {
        if self.symbole.is_empty() || self.flaechen.is_empty() {
            return Vec::new();
        }
        let baum = RTree::bulk_load(
            (0..self.flaechen.len())
                .filter_map(|i| {
                    let (min, max) = self.umrisse.rahmen(i)?;
                    Some(GeomWithData::new(Rectangle::from_corners(min, max), i))
                })
                .collect(),
        );
        let (mut zugeordnet, mut allein, mut mehrdeutig) = (0_u64, 0_u64, 0_u64);
        let mut neu: BTreeMap<u64, Map<String, Value>> = BTreeMap::new();
        for symbol in &self.symbole {
            let Some(ort) = millimeter(symbol.ort.0) else {
                allein += 1;
                continue;
            };
            let mut treffer = baum
                .locate_in_envelope_intersecting(&AABB::from_point(ort.map(f64::from)))
                .map(|g| (&self.flaechen[g.data], g.data))
                .filter(|(f, i)| f.familie == symbol.familie && self.umrisse.enthaelt(*i, ort))
                .map(|(f, _)| f);
            match (treffer.next(), treffer.next()) {
                (None, _) => allein += 1,
                (Some(flaeche), None) => {
                    zugeordnet += 1;
                    ergaenze(neu.entry(flaeche.nummer).or_default(), symbol);
                }
                (Some(_), Some(_)) => {
                    mehrdeutig += 1;
                    bericht.melde(mehrfach(symbol));
                }
            }
        }
        if zugeordnet + mehrdeutig > 0 {
            let flaechen = neu.len();
            bericht.melde_datei(
                "zweck-am-punkt",
                Schwere::Hinweis,
                format!(
                    "Die Zweckbestimmung von Flächen steht an Punkten: {zugeordnet} Punkte sind {flaechen} Flächen ohne \
                     eigene Zweckbestimmung zugeordnet, {mehrdeutig} liegen in mehreren solchen Flächen und \
                     {allein} in keiner. Die Punkte bleiben daneben als Objekte erhalten; bitte stichprobenweise prüfen."
                ),
            );
        }
        if self.zu_viel > 0 {
            bericht.melde_datei(
                "zweck-unvollstaendig",
                Schwere::Hinweis,
                format!(
                    "Der Plan ist so groß, dass {} Flächen oder Punkte nicht auf eine Zweckbestimmung am Punkt geprüft \
                     wurden; ihre Codes sind wie geliefert übernommen.",
                    self.zu_viel
                ),
            );
        }
        neu.into_iter()
            .map(|(nummer, codes)| Nachtrag { nummer, codes })
            .collect()
    }
}

fn ergaenze(codes: &mut Map<String, Value>, symbol: &Symbol) {
    let herkunft = symbol
        .kennung
        .clone()
        .unwrap_or_else(|| format!("Zeile {}", symbol.zeile));
    let herkunft = Value::Array(vec![Value::String(herkunft)]);
    let alle = symbol
        .codes
        .iter()
        .map(|(name, wert)| (*name, wert))
        .chain([(HERKUNFT, &herkunft)]);
    for (name, wert) in alle {
        let ziel = codes
            .entry(name)
            .or_insert_with(|| Value::Array(Vec::new()));
        let (Value::Array(ziel), Value::Array(werte)) = (ziel, wert) else {
            continue;
        };
        for wert in werte {
            if !ziel.contains(wert) {
                ziel.push(wert.clone());
            }
        }
    }
}

fn mehrfach(symbol: &Symbol) -> Befund {
    Befund {
        code: "zweck-mehrdeutig".to_owned(),
        schwere: Schwere::Warnung,
        klasse: Some(symbol.klasse.to_owned()),
        kennung: symbol.kennung.clone(),
        ort: Some([symbol.ort.x(), symbol.ort.y()]),
        text: format!(
            "Zeile {}: Der Punkt ({}) mit einer Zweckbestimmung liegt in mehreren Flächen ohne eigene; sie bleiben ohne. \
             Bitte die Zweckbestimmung im Plan an die Fläche schreiben.",
            symbol.zeile, symbol.klasse
        ),
    }
}
