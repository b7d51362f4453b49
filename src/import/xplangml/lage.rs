//! The transformation of one run of coordinates, and what the report says about it.

use geo_types::Coord;

use super::baum::Element;
use super::koordinaten::{Leser, Lesung, bezug_in, unlesbar};
use super::zahlen::GROESSTE_ZAHL;
use crate::error::Error;
use crate::fnp::objekt::Schwere;
use crate::fnp::zahl::dezimal;
use crate::import::crs::{self, Angabe};

impl Leser {
    /// To EPSG:25832; remarks about the system are told once per file and system.
    pub(super) fn umrechnen(
        &mut self,
        angabe: Angabe,
        punkte: &mut [Coord<f64>],
        el: &Element,
    ) -> Lesung<()> {
        let epsg = angabe.system.epsg;
        let lage = match self.umrechner.nach_25832(angabe, punkte) {
            Ok(lage) => lage,
            Err(Error::Eingabe(text)) => return unlesbar(el, text),
            Err(e) => return Err(e.into()),
        };
        let ort = punkte.first().copied();
        if epsg != 25832 {
            self.bemerke_einmal("crs-umgerechnet", Schwere::Hinweis, epsg, None, || {
                format!(
                    "Die Koordinaten sind von EPSG:{epsg} ({}) nach EPSG:25832 umgerechnet.",
                    angabe.system.name
                )
            });
        }
        if lage.vertauscht {
            self.bemerke_einmal("achsen-vertauscht", Schwere::Warnung, epsg, ort, || {
                format!(
                    "Ab Zeile {}: Rechts- und Hochwert stehen in anderer Reihenfolge, als EPSG:{epsg} in dieser \
                     Schreibweise verlangt; sie wurden vertauscht gelesen. Bitte die Lage des Plans prüfen.",
                    el.zeile
                )
            });
        }
        if let Some(system) = lage.gelesen_als {
            self.bemerke_einmal("zone-falsch", Schwere::Warnung, epsg, ort, || {
                format!(
                    "Ab Zeile {}: Die Rechtswerte passen nicht zu EPSG:{epsg} ({}), nach ihrer Zonenkennzahl aber zu \
                     EPSG:{} ({}); so wurden sie gelesen. Bitte srsName im Plan berichtigen und die Lage prüfen.",
                    el.zeile, angabe.system.name, system.epsg, system.name
                )
            });
        }
        if lage.ausserhalb {
            self.bemerke_einmal("lage-ausserhalb", Schwere::Warnung, epsg, ort, || {
                let rat = lage.vorschlag.map_or_else(
                    || "Bitte srsName und Koordinaten prüfen.".to_owned(),
                    |s| {
                        format!(
                            "Die Zahlen passen zu EPSG:{} ({}); bitte srsName im Plan berichtigen.",
                            s.epsg, s.name
                        )
                    },
                );
                format!(
                    "Ab Zeile {}: Koordinaten liegen außerhalb Deutschlands, gelesen als EPSG:{epsg} ({}). {rat}",
                    el.zeile, angabe.system.name
                )
            });
        }
        if lage.gitter_fehlt {
            self.bemerke_einmal("gitter-fehlt", Schwere::Warnung, 0, ort, || {
                format!(
                    "Für die Umrechnung aus EPSG:{epsg} fehlt auf diesem Rechner das Gitter BETA2007 (Debian: Paket \
                     proj-data); ersatzweise ist mit sieben Parametern gerechnet. Der Plan kann bis etwa {} m falsch \
                     liegen. Bitte das Gitter einrichten und den Plan noch einmal einlesen.",
                    dezimal(crs::GITTER_FEHLER_M, 0)
                )
            });
        }
        Ok(())
    }

    /// The first position written in an object whose geometry cannot be read, so that
    /// the finding has a place; None when even that makes no sense.
    pub(super) fn ungefaehr(&mut self, objekt: &Element) -> Option<Coord<f64>> {
        let quelle = objekt.finde(&Element::koordinaten)?;
        let mut zahlen = quelle
            .text
            .split([' ', '\t', '\n', '\r', ','])
            .filter(|z| !z.is_empty())
            .map_while(|z| z.parse::<f64>().ok().filter(|z| z.abs() < GROESSTE_ZAHL));
        let mut ort = [Coord {
            x: zahlen.next()?,
            y: zahlen.next()?,
        }];
        let name = bezug_in(objekt).and_then(|el| el.attribut("srsName"));
        let angabe = name.and_then(crs::erkenne).or(self.datei)?;
        let lage = self.umrechner.nach_25832(angabe, &mut ort).ok()?;
        (!lage.ausserhalb).then_some(ort[0])
    }
}
