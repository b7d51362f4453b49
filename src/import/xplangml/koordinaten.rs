//! Numbers to places: coordinates of a geometry in EPSG:25832, with the reference
//! system and dimension inherited from the elements around them.

use std::collections::HashSet;

use geo_types::Coord;

use super::baum::Element;
use super::version::Raum;
use super::zahlen::{zahlen, zu_viele};
use crate::error::{Error, Result};
use crate::fnp::objekt::Schwere;
use crate::import::crs::{self, Angabe, Umrechner};

/// Vertices of one object, arcs drawn.
pub(super) const PUNKTE_GRENZE: usize = 1_000_000;

/// Of these, vertices that arcs were drawn with: three points with a radius of a
/// thousand kilometres must not become a million.
const BOGEN_GRENZE: usize = 100_000;
/// The same for all objects of a file.
const BOGEN_GRENZE_DATEI: usize = 50_000_000;

/// Why a geometry could not be read.
#[derive(Debug)]
pub(super) enum Hindernis {
    /// This object cannot be read; the plan can.
    Objekt {
        /// Line.
        zeile: u64,
        /// German sentence without the place.
        text: String,
    },
    /// The file is refused.
    Datei(Error),
}

impl From<Error> for Hindernis {
    fn from(e: Error) -> Self {
        Self::Datei(e)
    }
}

pub(super) type Lesung<T> = Result<T, Hindernis>;

pub(super) fn unlesbar<T>(el: &Element, text: impl Into<String>) -> Lesung<T> {
    Err(Hindernis::Objekt {
        zeile: el.zeile,
        text: text.into(),
    })
}

/// A remark about a geometry; the caller adds class and gml:id.
#[derive(Debug)]
pub(super) struct Bemerkung {
    pub code: &'static str,
    pub schwere: Schwere,
    pub ort: Option<Coord<f64>>,
    pub text: String,
    /// About the file, told once; not about the object at hand.
    pub ganze_datei: bool,
}

/// Inherited from the elements around: srsName and srsDimension.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Erbe {
    pub srs: Option<Angabe>,
    dimension: Option<usize>,
}

/// Reads geometries; knows the file's reference system and keeps the remarks.
#[derive(Debug)]
pub(super) struct Leser {
    pub(super) umrechner: Umrechner,
    /// From the collection's Envelope, else the first one seen anywhere.
    pub(super) datei: Option<Angabe>,
    datei_aus_umschlag: bool,
    zuletzt: Option<(String, Angabe)>,
    gemeldet: HashSet<(&'static str, u32)>,
    /// Vertices of the object at hand.
    punkte: usize,
    /// Of these, drawn along arcs; and in the whole file.
    bogen: usize,
    bogen_datei: usize,
    bemerkungen: Vec<Bemerkung>,
}

impl Default for Leser {
    fn default() -> Self {
        Self {
            // Every zone that was taken for another is told, see `umrechnen`.
            umrechner: Umrechner::mit_zonen(),
            datei: None,
            datei_aus_umschlag: false,
            zuletzt: None,
            gemeldet: HashSet::new(),
            punkte: 0,
            bogen: 0,
            bogen_datei: 0,
            bemerkungen: Vec::new(),
        }
    }
}

/// An element below (or itself) that names a reference system.
pub(super) fn bezug_in(el: &Element) -> Option<&Element> {
    el.finde(&|el| el.attribut("srsName").is_some())
}

/// Whether there are coordinates below an element.
pub(super) fn hat_koordinaten(el: &Element) -> bool {
    el.finde(&Element::koordinaten).is_some()
}

/// The refusal of a plan that names no system anywhere.
pub(super) fn kein_bezug(zeile: u64) -> Error {
    Error::eingabe(format!(
        "Zeile {zeile}: Die Geometrie nennt kein Bezugssystem (srsName), und auch sonst nennt die Datei keines. \
         Bitte den Plan mit srsName ausgeben lassen, z. B. srsName=\"EPSG:25832\"."
    ))
}

impl Leser {
    /// Some geometry or Envelope has named a system already.
    pub(super) fn bezug_bekannt(&self) -> bool {
        self.datei.is_some()
    }

    /// Takes the srsName of an element as that of geometries without one.
    pub(super) fn merke_bezug(&mut self, el: &Element) -> Result<()> {
        if let Some(name) = el.attribut("srsName") {
            self.angabe(name, el.zeile)?;
        }
        Ok(())
    }

    /// Takes the srsName of the collection's `boundedBy` as the file's.
    pub(super) fn umschlag(&mut self, bounded_by: &Element) -> Result<()> {
        if let Some(angabe) = self.umschlag_von(bounded_by)? {
            self.datei = Some(angabe);
            self.datei_aus_umschlag = true;
        }
        Ok(())
    }

    pub(super) fn umschlag_von(&mut self, bounded_by: &Element) -> Result<Option<Angabe>> {
        match bounded_by
            .suche("Envelope")
            .and_then(|e| Some((e.attribut("srsName")?, e.zeile)))
        {
            Some((name, zeile)) => self.angabe(name, zeile).map(Some),
            None => Ok(None),
        }
    }

    /// Remarks since the last call.
    pub(super) fn bemerkungen(&mut self) -> Vec<Bemerkung> {
        std::mem::take(&mut self.bemerkungen)
    }

    pub(super) fn bemerke(
        &mut self,
        code: &'static str,
        schwere: Schwere,
        ort: Option<Coord<f64>>,
        text: String,
    ) {
        self.bemerkungen.push(Bemerkung {
            code,
            schwere,
            ort,
            text,
            ganze_datei: false,
        });
    }

    /// Says something about a reference system once per file.
    pub(super) fn bemerke_einmal(
        &mut self,
        code: &'static str,
        schwere: Schwere,
        epsg: u32,
        ort: Option<Coord<f64>>,
        text: impl FnOnce() -> String,
    ) {
        if self.gemeldet.insert((code, epsg)) {
            self.bemerkungen.push(Bemerkung {
                code,
                schwere,
                ort,
                text: text(),
                ganze_datei: true,
            });
        }
    }

    fn angabe(&mut self, name: &str, zeile: u64) -> Result<Angabe> {
        if let Some((zuletzt, angabe)) = &self.zuletzt
            && zuletzt == name
        {
            return Ok(*angabe);
        }
        let Some(angabe) = crs::erkenne(name) else {
            return Err(Error::eingabe(format!(
                "Zeile {zeile}: Das Bezugssystem „{name}“ wird nicht gelesen. Gelesen werden: {}. \
                 Bitte den Plan in einem davon ausgeben lassen.",
                crs::unterstuetzte()
            )));
        };
        if self.datei.is_none() {
            self.datei = Some(angabe);
        }
        self.zuletzt = Some((name.to_owned(), angabe));
        Ok(angabe)
    }

    /// `srsName` and `srsDimension` of an element, else those around it.
    pub(super) fn erbe(&mut self, el: &Element, von: Erbe) -> Result<Erbe> {
        Ok(Erbe {
            srs: match el.attribut("srsName") {
                Some(name) => Some(self.angabe(name, el.zeile)?),
                None => von.srs,
            },
            dimension: el
                .attribut("srsDimension")
                .and_then(|d| d.parse().ok())
                .or(von.dimension),
        })
    }

    /// All positions directly in an element (`posList`, `pos`, `pointProperty`,
    /// `coordinates`), transformed.
    pub(super) fn koordinaten(&mut self, el: &Element, erbe: Erbe) -> Lesung<Vec<Coord<f64>>> {
        let mut punkte = Vec::new();
        // Consecutive gml:pos of the same system are transformed together.
        let mut lauf: Option<(Angabe, usize)> = None;
        for kind in el.kinder.iter().filter(|k| k.raum == Raum::Gml) {
            let quelle = match kind.name.as_str() {
                "posList" | "pos" | "coordinates" => kind,
                "pointProperty" | "pointRep" => match kind.suche("pos") {
                    Some(pos) => pos,
                    None => {
                        return unlesbar(
                            kind,
                            "ein Punkt ist nur ein Verweis oder leer; Verweisen wird nicht gefolgt",
                        );
                    }
                },
                _ => continue,
            };
            let erbe = self.erbe(quelle, erbe)?;
            let angabe = self.bezug(erbe, quelle)?;
            let beginn = match lauf {
                Some((alt, beginn))
                    if alt.system.epsg == angabe.system.epsg
                        && alt.norden_zuerst == angabe.norden_zuerst =>
                {
                    beginn
                }
                Some((alt, beginn)) => {
                    self.umrechnen(alt, &mut punkte[beginn..], el)?;
                    punkte.len()
                }
                None => punkte.len(),
            };
            lauf = Some((angabe, beginn));
            zahlen(quelle, erbe.dimension, self.uebrig(), &mut punkte)?;
        }
        if let Some((angabe, beginn)) = lauf {
            self.umrechnen(angabe, &mut punkte[beginn..], el)?;
        }
        self.zaehle(punkte.len(), el)?;
        Ok(punkte)
    }

    /// Three points computed around the centre of `el` in its own system (easting,
    /// northing), transformed.
    pub(super) fn um_mittelpunkt(
        &mut self,
        el: &Element,
        erbe: Erbe,
        rechne: impl FnOnce(Coord<f64>) -> [Coord<f64>; 3],
    ) -> Lesung<[Coord<f64>; 3]> {
        let erbe = self.erbe(el, erbe)?;
        let Some(quelle) = el.finde(&Element::koordinaten) else {
            return unlesbar(el, format!("gml:{} nennt keinen Mittelpunkt", el.name));
        };
        let erbe = self.erbe(quelle, erbe)?;
        let angabe = self.bezug(erbe, quelle)?;
        let mut roh = Vec::new();
        zahlen(quelle, erbe.dimension, self.uebrig(), &mut roh)?;
        let [mitte] = roh[..] else {
            return unlesbar(
                el,
                format!("gml:{} hat {} Mittelpunkte", el.name, roh.len()),
            );
        };
        let (system, gedreht, _) = self.umrechner.deute(angabe, &roh);
        if system.geographisch() {
            return unlesbar(
                el,
                "ein Kreisbogen mit Radius lässt sich in Längen- und Breitengraden nicht zeichnen",
            );
        }
        let drehe = |p: Coord<f64>| if gedreht { Coord { x: p.y, y: p.x } } else { p };
        let mut punkte = rechne(drehe(mitte)).map(drehe);
        self.umrechnen(angabe, &mut punkte, el)?;
        self.zaehle(3, el)?;
        Ok(punkte)
    }

    fn bezug(&mut self, erbe: Erbe, el: &Element) -> Result<Angabe> {
        if let Some(angabe) = erbe.srs {
            return Ok(angabe);
        }
        let Some(angabe) = self.datei else {
            return Err(kein_bezug(el.zeile));
        };
        if !self.datei_aus_umschlag {
            self.bemerke_einmal("srsname-fehlt", Schwere::Hinweis, angabe.system.epsg, None, || {
                format!(
                    "Ab Zeile {} nennen Geometrien kein Bezugssystem (srsName); angenommen ist das der übrigen \
                     Datei, EPSG:{}.",
                    el.zeile, angabe.system.epsg
                )
            });
        }
        Ok(angabe)
    }

    /// A new object begins.
    pub(super) fn neues_objekt(&mut self) {
        self.punkte = 0;
        self.bogen = 0;
    }

    /// Vertices left for this object.
    pub(super) fn uebrig(&self) -> usize {
        PUNKTE_GRENZE - self.punkte
    }

    /// Vertices an arc of this object may still have.
    pub(super) fn bogen_uebrig(&self) -> usize {
        self.uebrig().min(BOGEN_GRENZE - self.bogen)
    }

    /// Counts vertices an arc was drawn with, at most [`Leser::bogen_uebrig`].
    pub(super) fn zaehle_bogen(&mut self, anzahl: usize, el: &Element) -> Lesung<()> {
        self.bogen = BOGEN_GRENZE.min(self.bogen + anzahl);
        self.bogen_datei += anzahl;
        if self.bogen_datei > BOGEN_GRENZE_DATEI {
            return Err(Hindernis::Datei(Error::eingabe(format!(
                "Zeile {}: Die Kreisbögen der Datei ergeben mehr als 50 Millionen Stützpunkte; so große Bögen hat kein \
                 Plan. Bitte die Radien prüfen.",
                el.zeile
            ))));
        }
        self.zaehle(anzahl, el)
    }

    /// Counts vertices of this object against the limit.
    pub(super) fn zaehle(&mut self, anzahl: usize, el: &Element) -> Lesung<()> {
        if anzahl > self.uebrig() {
            return zu_viele(el);
        }
        self.punkte += anzahl;
        Ok(())
    }
}
