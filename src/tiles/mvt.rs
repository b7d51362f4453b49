//! Mapbox Vector Tile 2.1, written by hand: what is known is its protobuf, and no library
//! writes it from integers without copying.

use crate::abdeckung::Gitter;

/// A value, encoded once per layer.
#[derive(Debug, Clone, Copy)]
pub enum Wert<'a> {
    /// Text.
    Text(&'a str),
    /// Number with a fraction.
    Zahl(f64),
    /// Whole number.
    Ganzzahl(i64),
    /// Yes or no.
    Wahr(bool),
}

/// Geometry types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Typ {
    /// Points.
    Punkt = 1,
    /// Lines.
    Linie = 2,
    /// Areas.
    Flaeche = 3,
}

fn varint(out: &mut Vec<u8>, mut zahl: u64) {
    while zahl >= 0x80 {
        out.push((zahl & 0x7f) as u8 | 0x80);
        zahl >>= 7;
    }
    out.push((zahl & 0x7f) as u8);
}

fn zickzack(zahl: i32) -> u64 {
    u64::from(((zahl << 1) ^ (zahl >> 31)).cast_unsigned())
}

fn feld(out: &mut Vec<u8>, nummer: u8, bytes: &[u8]) {
    out.push(nummer << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn zahl(out: &mut Vec<u8>, nummer: u8, wert: u64) {
    out.push(nummer << 3);
    varint(out, wert);
}

impl Wert<'_> {
    /// Message `Value`.
    #[must_use]
    pub fn kodiert(self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Text(text) => feld(&mut out, 1, text.as_bytes()),
            Self::Zahl(wert) => {
                out.push(3 << 3 | 1);
                out.extend_from_slice(&wert.to_le_bytes());
            }
            Self::Ganzzahl(wert) => match u64::try_from(wert) {
                Ok(wert) => zahl(&mut out, 5, wert),
                Err(_) => zahl(&mut out, 6, ((wert << 1) ^ (wert >> 63)).cast_unsigned()),
            },
            Self::Wahr(wert) => zahl(&mut out, 7, u64::from(wert)),
        }
        out
    }
}

/// Commands of one feature, relative to the corner of the tile.
#[derive(Debug)]
pub struct Geometrie {
    bytes: Vec<u8>,
    ort: Gitter,
    ecke: Gitter,
    /// Cells of the tile's grid per cell of the shapes, as a shift.
    faktor: u32,
}

impl Geometrie {
    /// `ecke`: the tile's corner on the grid of the shapes.
    #[must_use]
    pub fn neu(ecke: Gitter, faktor: u32) -> Self {
        Self {
            bytes: Vec::new(),
            ort: [0, 0],
            ecke,
            faktor,
        }
    }

    /// Begins the next feature.
    pub fn leere(&mut self) {
        self.bytes.clear();
        self.ort = [0, 0];
    }

    /// Nothing written yet.
    #[must_use]
    pub fn ist_leer(&self) -> bool {
        self.bytes.is_empty()
    }

    fn befehl(&mut self, art: u64, anzahl: usize) {
        varint(&mut self.bytes, art | (anzahl as u64) << 3);
    }

    fn nach(&mut self, p: Gitter) {
        for achse in [0, 1] {
            let ziel = (p[achse] - self.ecke[achse]) << self.faktor;
            varint(&mut self.bytes, zickzack(ziel - self.ort[achse]));
            self.ort[achse] = ziel;
        }
    }

    /// Points, which need not be cut.
    pub fn punkte(&mut self, punkte: &[Gitter]) {
        self.befehl(1, punkte.len());
        for p in punkte {
            self.nach(*p);
        }
    }

    /// One line of at least two positions.
    pub fn linie(&mut self, linie: &[Gitter]) {
        if let [erster, rest @ ..] = linie
            && !rest.is_empty()
        {
            self.befehl(1, 1);
            self.nach(*erster);
            self.befehl(2, rest.len());
            for p in rest {
                self.nach(*p);
            }
        }
    }

    /// One ring that does not repeat its first position.
    pub fn ring(&mut self, ring: &[Gitter]) {
        if ring.len() > 2 {
            self.linie(ring);
            self.befehl(7, 1);
        }
    }
}

/// Bytes of a number as a varint.
fn breite(zahl: u64) -> usize {
    (64 - (zahl | 1).leading_zeros() as usize).div_ceil(7)
}

/// Appends a feature to those of a layer. `marken`: pairs of name and value, by their places.
pub fn objekt(
    out: &mut Vec<u8>,
    nummer: Option<u64>,
    marken: &[(u32, u32)],
    typ: Typ,
    geometrie: &Geometrie,
) {
    let paare = marken.iter();
    let gepackt: usize = paare
        .map(|(name, wert)| breite(u64::from(*name)) + breite(u64::from(*wert)))
        .sum();
    let mit_kopf = |laenge: usize| 1 + breite(laenge as u64) + laenge;
    let laenge = nummer.map_or(0, |nummer| 1 + breite(nummer))
        + if marken.is_empty() {
            0
        } else {
            mit_kopf(gepackt)
        }
        + 2
        + mit_kopf(geometrie.bytes.len());
    out.push(2 << 3 | 2);
    varint(out, laenge as u64);
    if let Some(nummer) = nummer {
        zahl(out, 1, nummer);
    }
    if !marken.is_empty() {
        out.push(2 << 3 | 2);
        varint(out, gepackt as u64);
        for (name, wert) in marken {
            varint(out, u64::from(*name));
            varint(out, u64::from(*wert));
        }
    }
    zahl(out, 3, typ as u64);
    feld(out, 4, &geometrie.bytes);
}

/// Appends a layer to a tile: its features as [`objekt`] wrote them, names, values. Without
/// features it writes nothing: the layer is not there then.
pub fn ebene<'a>(
    out: &mut Vec<u8>,
    name: &str,
    objekte: &[u8],
    namen: impl Iterator<Item = &'a str>,
    werte: impl Iterator<Item = &'a [u8]>,
    ausdehnung: u32,
) {
    if objekte.is_empty() {
        return;
    }
    let mut vorn = Vec::with_capacity(name.len() + 8);
    zahl(&mut vorn, 15, 2);
    feld(&mut vorn, 1, name.as_bytes());
    let mut hinten = Vec::with_capacity(4096);
    for name in namen {
        feld(&mut hinten, 3, name.as_bytes());
    }
    for wert in werte {
        feld(&mut hinten, 4, wert);
    }
    zahl(&mut hinten, 5, u64::from(ausdehnung));
    let laenge = vorn.len() + objekte.len() + hinten.len();
    out.reserve(laenge + 8);
    out.push(3 << 3 | 2);
    varint(out, laenge as u64);
    out.extend_from_slice(&vorn);
    out.extend_from_slice(objekte);
    out.extend_from_slice(&hinten);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_examples() {
        // Mapbox Vector Tile 2.1, 4.3.5.
        let mut g = Geometrie::neu([0, 0], 0);
        g.punkte(&[[25, 17]]);
        assert_eq!(g.bytes, [9, 50, 34]);
        g.leere();
        g.punkte(&[[5, 7], [3, 2]]);
        assert_eq!(g.bytes, [17, 10, 14, 3, 9]);
        g.leere();
        g.linie(&[[2, 2], [2, 10], [10, 10]]);
        assert_eq!(g.bytes, [9, 4, 4, 18, 0, 16, 16, 0]);
        g.leere();
        g.ring(&[[3, 6], [8, 12], [20, 34]]);
        assert_eq!(g.bytes, [9, 6, 12, 18, 10, 12, 24, 44, 15]);
        g.leere();
        for ring in [
            [[0, 0], [10, 0], [10, 10], [0, 10]],
            [[11, 11], [20, 11], [20, 20], [11, 20]],
            [[13, 13], [13, 17], [17, 17], [17, 13]],
        ] {
            g.ring(&ring);
        }
        assert_eq!(
            g.bytes,
            [
                9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15, 9, 4,
                13, 26, 0, 8, 8, 0, 0, 7, 15
            ]
        );
    }

    #[test]
    fn a_feature_is_as_long_as_it_says() {
        let mut g = Geometrie::neu([0, 0], 0);
        g.ring(&[[3, 6], [8, 12], [2000, 34]]);
        for (nummer, marken) in [
            (None, vec![]),
            (Some(0), vec![(0, 0)]),
            (Some(127), vec![(1, 127), (2, 128)]),
            (Some(128), vec![(3, 16_383), (4, 16_384)]),
            (
                Some((1 << 53) - 1),
                (0..90).map(|n| (n, u32::MAX)).collect(),
            ),
        ] {
            let mut out = Vec::new();
            objekt(&mut out, nummer, &marken, Typ::Flaeche, &g);
            let mut laenge = 0;
            let mut kopf = 1;
            for (n, b) in out[1..].iter().enumerate() {
                laenge |= usize::from(b & 0x7f) << (7 * n);
                kopf += 1;
                if b & 0x80 == 0 {
                    break;
                }
            }
            assert_eq!(out.len(), kopf + laenge, "{nummer:?}");
        }
    }

    #[test]
    fn values_and_corners() {
        assert_eq!(Wert::Ganzzahl(300).kodiert(), [0x28, 0xac, 2]);
        assert_eq!(Wert::Ganzzahl(-2).kodiert(), [0x30, 3]);
        assert_eq!(Wert::Wahr(true).kodiert(), [0x38, 1]);
        assert_eq!(Wert::Text("ü").kodiert(), [0x0a, 2, 0xc3, 0xbc]);
        let mut g = Geometrie::neu([100, 200], 2);
        g.punkte(&[[101, 199]]);
        assert_eq!(g.bytes, [9, 8, 7]);
        let mut out = Vec::new();
        ebene(
            &mut out,
            "leer",
            &[],
            std::iter::empty(),
            std::iter::empty(),
            4096,
        );
        assert!(out.is_empty());
    }
}
