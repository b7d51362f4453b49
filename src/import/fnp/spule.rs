//! The spool: the objects of one delivery on disk, in memory only a small entry for each.
//!
//! A plan of a million areas has some 600 MB; the entries have 64 bytes each. Every
//! object is written once, in file order and ready for COPY BINARY, and read once, along
//! the Hilbert curve. What is known only at the end – number, plan, Fassung, version –
//! is put between the parts then.
//!
//! The file lies in the folder for temporary files (`TMPDIR`) and has no name: a program
//! killed leaves nothing behind.

use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;

use geo_types::MultiPolygon;

use crate::db::geom::lies_flaeche;
use crate::error::{Error, Result};
use crate::fnp::objekt::Rechtsstand;
use crate::import::hilbert::{self, Kasten};

/// Bytes gathered before they go to the file, and read at once.
const BLOCK: usize = 1 << 20;
/// Four lengths before the parts of a record.
const KOPF: usize = 16;

/// Which table an object goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Art {
    /// Area of the Flächenschluss.
    Flaeche,
    /// Any other area.
    Ueberlagerung,
    /// Line.
    Linie,
    /// Point.
    Punkt,
}

/// What memory keeps of one object.
#[derive(Debug, Clone)]
pub struct Eintrag {
    /// Its box, EPSG:25832, metres.
    pub kasten: Kasten,
    /// Where its record begins; grows in file order.
    pub stelle: u64,
    /// Of the own part of its kennung.
    pub hash: u64,
    laenge: u32,
    /// Its table.
    pub art: Art,
    /// Its legal state.
    pub rechtsstand: Rechtsstand,
    /// False for an area that is no valid polygon.
    pub gueltig: bool,
    /// Its class says nothing of its Nutzung.
    pub nicht_zugeordnet: bool,
    /// The file gives it no id.
    pub ohne_id: bool,
}

/// One object on its way to the spool: parts of a row of COPY BINARY.
#[derive(Debug, Default)]
pub struct Satzteile {
    /// Own part of the kennung; empty without an id.
    pub eigen: String,
    /// Fields before the version: nutzung, klasse.
    pub vorn: Vec<u8>,
    /// Fields after it.
    pub hinten: Vec<u8>,
    /// Where in `hinten` the bytes of an area begin.
    pub geom: usize,
    /// EWKB of the repaired shape of an invalid area; empty when there is none.
    pub repariert: Vec<u8>,
}

/// The spool.
#[derive(Debug)]
pub struct Spule {
    datei: File,
    puffer: Vec<u8>,
    laenge: u64,
    mischer: RandomState,
    eintraege: Vec<Eintrag>,
}

fn platte(cause: &std::io::Error) -> Error {
    Error::umgebung(format!(
        "Die Zwischendatei des Imports lässt sich nicht schreiben oder lesen: {cause}. Bitte im Ordner für temporäre Dateien ({}) Platz schaffen oder mit TMPDIR einen anderen nennen.",
        std::env::temp_dir().display()
    ))
}

impl Spule {
    /// An empty spool.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when no temporary file can be made.
    pub fn neu() -> Result<Self> {
        Ok(Self {
            datei: tempfile::tempfile().map_err(|cause| platte(&cause))?,
            puffer: Vec::with_capacity(BLOCK + BLOCK / 4),
            laenge: 0,
            mischer: RandomState::new(),
            eintraege: Vec::new(),
        })
    }

    /// Appends an object and answers its place; `eintrag` says everything but that.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the disk is full; [`Error::Eingabe`] for an object beyond 2 GB.
    pub fn schreibe(&mut self, teile: &Satzteile, mut eintrag: Eintrag) -> Result<u64> {
        let abschnitte: [&[u8]; 4] = [
            teile.eigen.as_bytes(),
            &teile.vorn,
            &teile.hinten,
            &teile.repariert,
        ];
        let summe: usize = abschnitte.iter().map(|a| a.len()).sum();
        eintrag.laenge = i32::try_from(summe + KOPF)
            .map_err(|_| Error::eingabe("Ein Objekt des Plans ist größer als 2 GB."))?
            .unsigned_abs();
        eintrag.stelle = self.laenge;
        eintrag.hash = self.hash(&teile.eigen);
        self.laenge += u64::from(eintrag.laenge);
        for wert in [
            teile.eigen.len(),
            teile.vorn.len(),
            teile.hinten.len(),
            teile.geom,
        ] {
            // Below the sum, which fits.
            let wert = u32::try_from(wert).map_err(Error::intern)?;
            self.puffer.extend_from_slice(&wert.to_le_bytes());
        }
        for abschnitt in abschnitte {
            self.puffer.extend_from_slice(abschnitt);
        }
        let stelle = eintrag.stelle;
        self.eintraege.push(eintrag);
        if self.puffer.len() >= BLOCK {
            self.leere()?;
        }
        Ok(stelle)
    }

    fn leere(&mut self) -> Result<()> {
        self.datei
            .write_all(&self.puffer)
            .map_err(|cause| platte(&cause))?;
        self.puffer.clear();
        Ok(())
    }

    /// Ends the writing and sorts the entries; their position is the ordnung from now on.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the disk is full.
    pub fn ordne(&mut self) -> Result<()> {
        self.leere()?;
        self.puffer.shrink_to_fit();
        hilbert::ordne(&mut self.eintraege, |e| e.kasten);
        Ok(())
    }

    /// Hash of an own part, the same for the life of this spool.
    #[must_use]
    pub fn hash(&self, eigen: &str) -> u64 {
        self.mischer.hash_one(eigen)
    }

    /// The entries.
    #[must_use]
    pub fn eintraege(&self) -> &[Eintrag] {
        &self.eintraege
    }

    /// The record of one entry.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the file cannot be read.
    pub fn satz<T>(&self, index: usize, frage: impl FnOnce(&Satz<'_>) -> T) -> Result<T> {
        let eintrag = &self.eintraege[index];
        let mut bytes = vec![0; eintrag.laenge as usize];
        self.datei
            .read_exact_at(&mut bytes, eintrag.stelle)
            .map_err(|cause| platte(&cause))?;
        Ok(frage(&Satz::aus(&bytes)?))
    }

    /// The area of one entry.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the file cannot be read, [`Error::Intern`] when it is no area.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone is for one lifetime, not for all"
    )]
    pub fn flaeche(&self, index: usize) -> Result<MultiPolygon<f64>> {
        self.satz(index, |satz| satz.flaeche())?
    }

    /// All records of one table in the order of their entries, in blocks of about 1 MB,
    /// until `senke` answers false.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the file cannot be read.
    pub fn bloecke(&self, art: Art, mut senke: impl FnMut(Block) -> bool) -> Result<()> {
        let mut block = Block::default();
        for (index, eintrag) in self.eintraege.iter().enumerate() {
            if eintrag.art != art {
                continue;
            }
            let von = block.bytes.len();
            let bis = von + eintrag.laenge as usize;
            block.bytes.resize(bis, 0);
            self.datei
                .read_exact_at(&mut block.bytes[von..], eintrag.stelle)
                .map_err(|cause| platte(&cause))?;
            block.saetze.push((index, von..bis));
            if bis >= BLOCK && !senke(std::mem::take(&mut block)) {
                return Ok(());
            }
        }
        if !block.saetze.is_empty() {
            senke(block);
        }
        Ok(())
    }
}

impl Eintrag {
    /// An entry without a place yet.
    #[must_use]
    pub fn neu(art: Art, kasten: Kasten, rechtsstand: Rechtsstand) -> Self {
        Self {
            kasten,
            stelle: 0,
            hash: 0,
            laenge: 0,
            art,
            rechtsstand,
            gueltig: true,
            nicht_zugeordnet: false,
            ohne_id: false,
        }
    }
}

/// Some records of the spool.
#[derive(Debug, Default)]
pub struct Block {
    bytes: Vec<u8>,
    saetze: Vec<(usize, std::ops::Range<usize>)>,
}

impl Block {
    /// The records with the position of their entries.
    pub fn saetze(&self) -> impl Iterator<Item = (usize, Result<Satz<'_>>)> {
        self.saetze
            .iter()
            .map(|(index, ort)| (*index, Satz::aus(&self.bytes[ort.clone()])))
    }

    /// Their number.
    #[must_use]
    pub fn anzahl(&self) -> usize {
        self.saetze.len()
    }
}

/// One record, as [`Satzteile`].
#[derive(Debug, Clone, Copy)]
pub struct Satz<'b> {
    /// Own part of the kennung.
    pub eigen: &'b str,
    /// Fields before the version.
    pub vorn: &'b [u8],
    /// Fields after it.
    pub hinten: &'b [u8],
    geom: usize,
    repariert: &'b [u8],
}

impl<'b> Satz<'b> {
    fn aus(bytes: &'b [u8]) -> Result<Self> {
        let zerlege = || {
            let (kopf, rest) = bytes.split_at_checked(KOPF)?;
            let mut zahlen = kopf
                .chunks_exact(4)
                .filter_map(|b| Some(u32::from_le_bytes(b.try_into().ok()?) as usize));
            let (eigen, rest) = rest.split_at_checked(zahlen.next()?)?;
            let (vorn, rest) = rest.split_at_checked(zahlen.next()?)?;
            let (hinten, repariert) = rest.split_at_checked(zahlen.next()?)?;
            Some(Self {
                eigen: std::str::from_utf8(eigen).ok()?,
                vorn,
                hinten,
                geom: zahlen.next()?,
                repariert,
            })
        };
        zerlege().ok_or_else(|| Error::intern("the spool is damaged"))
    }

    /// m² of the area as it is stored.
    ///
    /// # Errors
    /// [`Error::Intern`] when the record holds no area.
    pub fn flaeche_m2(&self) -> Result<f64> {
        // The field before the area's: its bytes end where the area's length begins.
        let feld = || self.hinten.get(self.geom.checked_sub(12)?..self.geom - 4);
        let bytes = feld().and_then(|feld| feld.try_into().ok());
        bytes
            .map(f64::from_be_bytes)
            .ok_or_else(|| Error::intern("a record without area"))
    }

    /// The area as it is stored.
    ///
    /// # Errors
    /// [`Error::Intern`] when the record holds no area.
    pub fn flaeche(&self) -> Result<MultiPolygon<f64>> {
        // The field's length stands right before it.
        let feld = || {
            let laenge = self.hinten.get(self.geom.checked_sub(4)?..self.geom)?;
            let laenge = u32::from_be_bytes(laenge.try_into().ok()?) as usize;
            self.hinten.get(self.geom..self.geom.checked_add(laenge)?)
        };
        lies_flaeche(feld().ok_or_else(|| Error::intern("a record without area"))?)
    }

    /// Shape of an invalid area after its repair; nothing when it could not be repaired.
    ///
    /// # Errors
    /// [`Error::Intern`] when the spool is damaged.
    pub fn repariert(&self) -> Result<MultiPolygon<f64>> {
        if self.repariert.is_empty() {
            return Ok(MultiPolygon(Vec::new()));
        }
        lies_flaeche(self.repariert)
    }

    /// Text field number `nr` of `vorn` (0 nutzung, 1 klasse) with its length, as COPY takes it.
    #[must_use]
    pub fn feld(&self, nr: usize) -> &'b [u8] {
        let mut rest = self.vorn;
        for stelle in 0..=nr {
            let Some((laenge, _)) = rest.split_first_chunk::<4>() else {
                return &[];
            };
            let ende = 4 + u32::from_be_bytes(*laenge) as usize;
            let (feld, danach) = rest.split_at(ende.min(rest.len()));
            if stelle == nr {
                return feld;
            }
            rest = danach;
        }
        &[]
    }

    /// The same as text.
    #[must_use]
    pub fn text(&self, nr: usize) -> &'b str {
        let feld = self.feld(nr);
        std::str::from_utf8(feld.get(4..).unwrap_or_default()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use geo_types::polygon;

    use super::*;
    use crate::db::copy::Row;
    use crate::db::geom::schreibe_flaeche;

    fn quadrat(x: f64, y: f64) -> MultiPolygon<f64> {
        MultiPolygon(vec![
            polygon![(x: x, y: y), (x: x + 1.0, y: y), (x: x + 1.0, y: y + 1.0)],
        ])
    }

    /// A spool of areas at the given places, each named by its number.
    fn spule(orte: &[(f64, f64)], fuellung: &str) -> Spule {
        let mut spule = Spule::neu().unwrap();
        for (nr, (x, y)) in orte.iter().enumerate() {
            let mut teile = Satzteile {
                eigen: nr.to_string(),
                ..Satzteile::default()
            };
            let mut row = Row::into(&mut teile.vorn);
            row.text("wald").unwrap();
            row.text("FP_WaldFlaeche").unwrap();
            let mut row = Row::into(&mut teile.hinten);
            row.text(fuellung).unwrap();
            teile.geom = row.flaeche(&quadrat(*x, *y)).unwrap();
            schreibe_flaeche(&quadrat(0.0, 0.0), &mut teile.repariert).unwrap();
            let kasten = [*x, *y, x + 1.0, y + 1.0];
            let eintrag = Eintrag::neu(Art::Flaeche, kasten, Rechtsstand::Bestand);
            spule.schreibe(&teile, eintrag).unwrap();
        }
        spule.ordne().unwrap();
        spule
    }

    #[test]
    fn what_goes_in_comes_out_along_the_curve() {
        // More than one block, and the farthest first.
        let orte = [(90.0, 90.0), (0.0, 0.0), (90.0, 91.0), (0.0, 1.0)];
        let spule = spule(&orte, &"x".repeat(BLOCK / 2));
        let mut gesehen = Vec::new();
        let mut bloecke = 0;
        spule
            .bloecke(Art::Flaeche, |block| {
                bloecke += 1;
                for (index, satz) in block.saetze() {
                    let satz = satz.unwrap();
                    let nr: usize = satz.eigen.parse().unwrap();
                    assert_eq!(satz.flaeche().unwrap(), quadrat(orte[nr].0, orte[nr].1));
                    assert_eq!(satz.repariert().unwrap(), quadrat(0.0, 0.0));
                    assert_eq!((satz.text(0), satz.text(1)), ("wald", "FP_WaldFlaeche"));
                    assert_eq!(satz.text(2), "");
                    assert_eq!(index, gesehen.len());
                    gesehen.push(nr);
                }
                true
            })
            .unwrap();
        assert!(bloecke > 1);
        let (erste, letzte) = gesehen.split_at(2);
        assert!(erste.iter().all(|nr| nr % 2 == 1), "{gesehen:?}");
        assert!(letzte.iter().all(|nr| nr % 2 == 0), "{gesehen:?}");
        spule
            .bloecke(Art::Linie, |_| unreachable!("there are no lines"))
            .unwrap();
        let eigen = spule.satz(3, |satz| satz.eigen.to_owned()).unwrap();
        assert_eq!(eigen, gesehen[3].to_string());
    }

    #[test]
    fn nobody_listening_ends_the_reading() {
        let orte: Vec<(f64, f64)> = (0..8).map(|n| (f64::from(n), 0.0)).collect();
        let spule = spule(&orte, &"x".repeat(BLOCK));
        let mut bloecke = 0;
        spule
            .bloecke(Art::Flaeche, |_| {
                bloecke += 1;
                bloecke < 3
            })
            .unwrap();
        assert_eq!(bloecke, 3);
    }
}
