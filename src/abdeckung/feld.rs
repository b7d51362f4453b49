//! A uniform grid over points or edges. Its size follows the middle 98 % of the points, so
//! that a stray position far away costs nothing; what lies outside is in the outermost cells.

use super::{Punkt, id};

/// Entries by cell, cells by row.
#[derive(Debug)]
pub(super) struct Feld {
    x0: i64,
    y0: i64,
    zelle: i64,
    spalten: usize,
    zeilen: usize,
    anfang: Vec<u32>,
    inhalt: Vec<u32>,
}

/// Hands over cells and what is in them; asked twice.
type Eintraege<'a> = dyn Fn(&Feld, &mut dyn FnMut(usize, u32)) + 'a;

impl Feld {
    fn leer(orte: &mut dyn Iterator<Item = Punkt>) -> Self {
        let (mut xs, mut ys): (Vec<i64>, Vec<i64>) = orte.map(|p| (p.x, p.y)).unzip();
        let spanne = |werte: &mut Vec<i64>| -> (i64, i64) {
            if werte.is_empty() {
                return (0, 0);
            }
            let (unten, oben) = (werte.len() / 100, werte.len() - 1 - werte.len() / 100);
            let u = *werte.select_nth_unstable(unten).1;
            let o = *werte.select_nth_unstable(oben).1;
            (u, o)
        };
        let anzahl = xs.len().max(1) as f64;
        let ((x0, x1), (y0, y1)) = (spanne(&mut xs), spanne(&mut ys));
        let (breite, hoehe) = ((x1 - x0 + 1) as f64, (y1 - y0 + 1) as f64);
        let seite = (breite * hoehe * 2.0 / anzahl)
            .sqrt()
            .max(breite.max(hoehe) / (2.0 * anzahl))
            .ceil()
            .max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "below the width of the world"
        )]
        let zelle = seite as i64;
        let teile = |laenge: i64| usize::try_from(laenge / zelle).unwrap_or(0) + 1;
        let (spalten, zeilen) = (teile(x1 - x0), teile(y1 - y0));
        Self {
            x0,
            y0,
            zelle,
            spalten,
            zeilen,
            anfang: vec![0; spalten * zeilen + 1],
            inhalt: Vec::new(),
        }
    }

    fn spalte(&self, x: i64) -> usize {
        usize::try_from((x - self.x0).div_euclid(self.zelle)).map_or(0, |s| s.min(self.spalten - 1))
    }

    fn zeile(&self, y: i64) -> usize {
        usize::try_from((y - self.y0).div_euclid(self.zelle)).map_or(0, |z| z.min(self.zeilen - 1))
    }

    /// Counted entries become the starts of their cells, then each is put in its place.
    fn fuelle(mut self, eintraege: &Eintraege<'_>) -> Self {
        let mut anfang = std::mem::take(&mut self.anfang);
        eintraege(&self, &mut |zelle, _| anfang[zelle + 1] += 1);
        for i in 1..anfang.len() {
            anfang[i] += anfang[i - 1];
        }
        let mut inhalt = vec![0; anfang.last().map_or(0, |n| *n as usize)];
        let mut naechste = anfang.clone();
        eintraege(&self, &mut |zelle, eintrag| {
            inhalt[naechste[zelle] as usize] = eintrag;
            naechste[zelle] += 1;
        });
        self.anfang = anfang;
        self.inhalt = inhalt;
        self
    }

    /// The points with these numbers.
    pub(super) fn der_punkte(punkte: &[Punkt], welche: &[u32]) -> Self {
        let ort = |i: &u32| punkte[*i as usize];
        Self::leer(&mut welche.iter().map(ort)).fuelle(&|feld, nimm| {
            for i in welche {
                let p = punkte[*i as usize];
                nimm(feld.zeile(p.y) * feld.spalten + feld.spalte(p.x), *i);
            }
        })
    }

    /// Edges, each in all cells it passes.
    pub(super) fn der_kanten(punkte: &[Punkt], kanten: &[[u32; 2]]) -> Self {
        let ort = |k: &[u32; 2]| punkte[k[0] as usize];
        Self::leer(&mut kanten.iter().map(ort)).fuelle(&|feld, nimm| {
            for (i, [a, b]) in kanten.iter().enumerate() {
                let ecken = [punkte[*a as usize], punkte[*b as usize]];
                feld.zellen(&ecken, 0, |zeile, von, bis| {
                    for spalte in von..=bis {
                        nimm(zeile * feld.spalten + spalte, id(i));
                    }
                    true
                });
            }
        })
    }

    /// Cells touched by the hull of up to three corners, grown by `rand`: row, first and last
    /// column. Ends when `f` says false.
    fn zellen(&self, ecken: &[Punkt], rand: i64, mut f: impl FnMut(usize, usize, usize) -> bool) {
        let (mut oben, mut unten) = (i64::MAX, i64::MIN);
        let (mut links, mut rechts) = (i64::MAX, i64::MIN);
        for p in ecken {
            (oben, unten) = (oben.min(p.y), unten.max(p.y));
            (links, rechts) = (links.min(p.x), rechts.max(p.x));
        }
        let (z0, z1) = (self.zeile(oben - rand), self.zeile(unten + rand));
        let (s0, s1) = (self.spalte(links - rand), self.spalte(rechts + rand));
        if z0 == z1 || s0 == s1 {
            for zeile in z0..=z1 {
                if !f(zeile, s0, s1) {
                    return;
                }
            }
            return;
        }
        for zeile in z0..=z1 {
            // The band of this row; the outermost rows reach to infinity.
            let unter = if zeile == 0 {
                f64::NEG_INFINITY
            } else {
                self.rand_der_zeile(zeile) - rand as f64
            };
            let ueber = if zeile + 1 == self.zeilen {
                f64::INFINITY
            } else {
                self.rand_der_zeile(zeile + 1) + rand as f64
            };
            let (mut von, mut bis) = (f64::INFINITY, f64::NEG_INFINITY);
            for (i, a) in ecken.iter().enumerate() {
                let b = &ecken[(i + 1) % ecken.len()];
                let ((ax, ay), (bx, by)) = ((a.x as f64, a.y as f64), (b.x as f64, b.y as f64));
                if ay.max(by) < unter || ay.min(by) > ueber {
                    continue;
                }
                let bei = |y: f64| {
                    if (by - ay).abs() < 0.5 {
                        ax
                    } else {
                        ax + (bx - ax) * ((y.clamp(ay.min(by), ay.max(by)) - ay) / (by - ay))
                    }
                };
                let enden = if (by - ay).abs() < 0.5 {
                    [ax, bx]
                } else {
                    [bei(unter), bei(ueber)]
                };
                von = von.min(enden[0]).min(enden[1]);
                bis = bis.max(enden[0]).max(enden[1]);
            }
            if von > bis {
                continue;
            }
            #[expect(
                clippy::cast_possible_truncation,
                reason = "between coordinates of the corners"
            )]
            let (von, bis) = (von as i64 - rand - 2, bis as i64 + rand + 2);
            if !f(zeile, self.spalte(von).max(s0), self.spalte(bis).min(s1)) {
                return;
            }
        }
    }

    fn rand_der_zeile(&self, zeile: usize) -> f64 {
        self.y0 as f64 + zeile as f64 * self.zelle as f64
    }

    /// Everything that may lie within `rand` of the hull of the corners, some of it more than
    /// once; ends when `f` says false.
    pub(super) fn besuche(&self, ecken: &[Punkt], rand: i64, mut f: impl FnMut(u32) -> bool) {
        self.zellen(ecken, rand, |zeile, von, bis| {
            let ab = self.anfang[zeile * self.spalten + von] as usize;
            let ende = self.anfang[zeile * self.spalten + bis + 1] as usize;
            self.inhalt[ab..ende].iter().all(|eintrag| f(*eintrag))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stray_point_and_every_neighbour_are_found() {
        let mut punkte: Vec<Punkt> = (0..4000)
            .map(|i| Punkt {
                x: 5_000_000 + i * 37 % 9000,
                y: 7_000_000 + i * 91 % 8000,
            })
            .collect();
        punkte.push(Punkt { x: 0, y: 0 });
        let alle: Vec<u32> = (0..id(punkte.len())).collect();
        let feld = Feld::der_punkte(&punkte, &alle);
        assert!(feld.spalten > 20 && feld.zeilen > 20, "{feld:?}");
        for (a, b, c) in [(0, 17, 900), (5, 4000, 7), (1, 2000, 3)] {
            let ecken = [punkte[a], punkte[b], punkte[c]];
            let mut gesehen = vec![false; punkte.len()];
            feld.besuche(&ecken, 5, |i| {
                gesehen[i as usize] = true;
                true
            });
            for (i, p) in punkte.iter().enumerate() {
                let [a, b, c] = ecken;
                let (u, v, w) = (a.kreuz(b, *p), b.kreuz(c, *p), c.kreuz(a, *p));
                let darin = (u >= 0 && v >= 0 && w >= 0) || (u <= 0 && v <= 0 && w <= 0);
                assert!(!darin || gesehen[i], "{i}");
            }
        }
    }
}
