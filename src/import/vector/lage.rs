//! Which CRS a file is in, and its coordinates in EPSG:25832. What does not fit is
//! tried in the other systems, and the one that fits is proposed, never taken.

use geo_types::Coord;

use super::melder::Melder;
use crate::error::{Error, Result};
use crate::fnp::objekt::Schwere;
use crate::import::crs::{self, Angabe, Umrechner};

/// Systems tried for a proposal, the likely ones first.
const KANDIDATEN: [u32; 9] = [25832, 4647, 25833, 31468, 31467, 31466, 31469, 4326, 4258];

#[derive(Debug)]
pub(super) struct Lage {
    /// None: the file names no system.
    angabe: Option<Angabe>,
    umrechner: Umrechner,
    /// Of the feature at hand.
    ausserhalb: bool,
    vertauscht: bool,
    /// A coordinate as written that lay outside.
    fremd: Option<Coord<f64>>,
}

impl Lage {
    /// From `--crs`, else from the file (`epsg`, with its name for messages).
    ///
    /// # Errors
    /// [`Error::Eingabe`] for a system we do not read, [`Error::Aufruf`] for a bad `--crs`.
    pub fn neu(
        wunsch: Option<&str>,
        epsg: Option<u32>,
        system: Option<&str>,
        melder: &mut Melder,
    ) -> Result<Self> {
        let angabe = match (wunsch, epsg) {
            (Some(wunsch), datei) => {
                let kurz = if wunsch.bytes().all(|b| b.is_ascii_digit()) {
                    format!("EPSG:{wunsch}")
                } else {
                    wunsch.to_owned()
                };
                let angabe = crs::erkenne(&kurz).ok_or_else(|| {
                    Error::parameter(
                        "crs",
                        format!(
                            "--crs „{wunsch}“ wird nicht unterstützt. Möglich sind: {}.",
                            crs::unterstuetzte()
                        ),
                    )
                })?;
                if let Some(datei) = datei
                    && lagesystem(datei) != angabe.system.epsg
                {
                    melder.datei("crs-uebersteuert", Schwere::Warnung, format!("Die Datei nennt EPSG:{datei}; gelesen wurde sie auf Wunsch als EPSG:{}.", angabe.system.epsg));
                }
                Some(angabe)
            }
            // In files the easting (longitude) comes first, which is what the short form means.
            (None, Some(epsg)) => Some(
                crs::erkenne(&format!("EPSG:{}", lagesystem(epsg))).ok_or_else(|| {
                    Error::eingabe(format!(
                        "Das Koordinatenreferenzsystem EPSG:{epsg}{} wird nicht unterstützt. Unterstützt werden: {}. Bitte die Daten umrechnen und neu speichern.",
                        system.map(|name| format!(" ({name})")).unwrap_or_default(),
                        crs::unterstuetzte()
                    ))
                })?,
            ),
            (None, None) => {
                if let Some(name) = system
                    && !name.to_lowercase().starts_with("undefined")
                    && !name.eq_ignore_ascii_case("unknown")
                {
                    melder.datei("crs-unbekannt", Schwere::Warnung, format!("Das Koordinatenreferenzsystem „{name}“ der Datei hat keinen bekannten EPSG-Code."));
                }
                None
            }
        };
        Ok(Self {
            angabe,
            umrechner: Umrechner::default(),
            ausserhalb: false,
            vertauscht: false,
            fremd: None,
        })
    }

    /// A new feature begins.
    pub fn beginne(&mut self) {
        self.ausserhalb = false;
        self.vertauscht = false;
    }

    pub fn ausserhalb(&self) -> bool {
        self.ausserhalb
    }

    pub fn vertauscht(&self) -> bool {
        self.vertauscht
    }

    pub fn epsg(&self) -> u32 {
        self.angabe.map_or(25832, |angabe| angabe.system.epsg)
    }

    /// Turns coordinates (easting, northing as written) into EPSG:25832, in place.
    pub fn rechne_um(&mut self, punkte: &mut [Coord<f64>]) -> Result<()> {
        let Some(erster) = punkte.first().copied() else {
            return Ok(());
        };
        let Some(angabe) = self.angabe else {
            self.fremd = Some(erster);
            return Err(Error::eingabe(format!(
                "Die Datei nennt kein Koordinatenreferenzsystem (bei einem Shapefile fehlt die .prj-Datei). {} Unterstützt werden: {}.",
                self.vorschlag(),
                crs::unterstuetzte()
            )));
        };
        if self.ausserhalb {
            return Ok(());
        }
        // Numbers far outside make PROJ fail instead of answer: look before it does.
        let lage = match self.umrechner.nach_25832(angabe, punkte) {
            Err(Error::Eingabe(_)) => crs::Lage {
                ausserhalb: true,
                ..crs::Lage::default()
            },
            sonst => sonst?,
        };
        if lage.ausserhalb {
            self.ausserhalb = true;
            self.fremd.get_or_insert(erster);
        }
        self.vertauscht |= lage.vertauscht;
        Ok(())
    }

    /// ` (Zahlen 4416000.00 5323000.00)` of a coordinate that did not fit.
    pub fn stelle(&self) -> String {
        self.fremd
            .map(|p| format!(" (Zahlen {:.2} {:.2})", p.x, p.y))
            .unwrap_or_default()
    }

    /// Which system the strange coordinate would fit in.
    pub fn vorschlag(&self) -> String {
        let passend: Vec<String> = self
            .fremd
            .map(|punkt| {
                KANDIDATEN
                    .into_iter()
                    .filter(|epsg| passt(*epsg, punkt))
                    .map(|epsg| format!("--crs EPSG:{epsg}"))
                    .collect()
            })
            .unwrap_or_default();
        match &passend[..] {
            [] => "Die Zahlen passen zu keinem der unterstützten Systeme; bitte mit --crs EPSG:… das richtige nennen.".into(),
            [eines] => format!("Die Zahlen passen zu {eines}; bitte prüfen und so noch einmal einlesen."),
            mehrere => format!("Die Zahlen passen zu {}; bitte das richtige nennen.", mehrere.join(" oder ")),
        }
    }
}

/// The horizontal part of a compound system with heights.
fn lagesystem(epsg: u32) -> u32 {
    match epsg {
        5555 => 25832,
        5556 => 25833,
        andere => andere,
    }
}

fn passt(epsg: u32, punkt: Coord<f64>) -> bool {
    crs::erkenne(&format!("EPSG:{epsg}")).is_some_and(|angabe| {
        Umrechner::default()
            .nach_25832(angabe, &mut [punkt])
            .is_ok_and(|lage| !lage.ausserhalb)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gelesen(epsg: Option<u32>, x: f64, y: f64) -> (Lage, Result<()>) {
        let mut lage = Lage::neu(None, epsg, None, &mut Melder::default()).expect("supported");
        let ergebnis = lage.rechne_um(&mut [Coord { x, y }]);
        (lage, ergebnis)
    }

    #[test]
    fn a_missing_system_is_proposed_not_guessed() {
        let (_, ergebnis) = gelesen(None, 32_638_000.0, 5_321_000.0);
        let text = ergebnis.expect_err("no system").to_string();
        assert!(text.contains("--crs EPSG:4647;"), "{text}");
        let (_, ergebnis) = gelesen(None, 4_416_000.0, 5_323_000.0);
        assert!(
            ergebnis
                .expect_err("no system")
                .to_string()
                .contains("EPSG:31468")
        );
    }

    #[test]
    fn the_zone_in_the_easting_is_noticed() {
        let (lage, ergebnis) = gelesen(Some(25832), 32_638_000.0, 5_321_000.0);
        ergebnis.expect("goes on");
        assert!(lage.ausserhalb());
        assert!(
            lage.vorschlag().contains("--crs EPSG:4647;"),
            "{}",
            lage.vorschlag()
        );
        let (lage, _) = gelesen(Some(25832), 5_321_000.0, 638_000.0);
        assert!(lage.vertauscht() && !lage.ausserhalb());
    }
}
