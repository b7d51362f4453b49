//! Random shapes near Landsberg, from a seed.

use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::daten::zufall;

/// A sequence of random numbers.
pub struct Wuerfel {
    saat: u64,
    wurf: u64,
}

impl Wuerfel {
    pub fn neu(saat: u64) -> Self {
        Self { saat, wurf: 0 }
    }

    /// Uniform between the bounds.
    pub fn zwischen(&mut self, von: f64, bis: f64) -> f64 {
        self.wurf += 1;
        von + (bis - von) * zufall(self.wurf, self.saat)
    }

    /// Whole number from 0 to `anzahl` - 1.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small and not negative"
    )]
    pub fn ganz(&mut self, anzahl: u32) -> u32 {
        self.zwischen(0.0, f64::from(anzahl)) as u32
    }

    /// A star around the point: valid, concave, rounded to 1 mm.
    pub fn stern(&mut self, mitte: [f64; 2], radius: f64, ecken: u32) -> LineString<f64> {
        let ring = (0..ecken)
            .map(|i| {
                let winkel = std::f64::consts::TAU * f64::from(i) / f64::from(ecken);
                let r = radius * self.zwischen(0.35, 1.0);
                let mm = |v: f64| (v * 1000.0).round() / 1000.0;
                Coord {
                    x: mm(641_000.0 + mitte[0] + r * winkel.cos()),
                    y: mm(5_323_000.0 + mitte[1] + r * winkel.sin()),
                }
            })
            .collect();
        Polygon::new(LineString(ring), Vec::new()).into_inner().0
    }

    /// A star, sometimes with a hole, sometimes in two parts.
    pub fn flaeche(&mut self, gelaende: f64, radius: f64) -> MultiPolygon<f64> {
        let mitte = [self.zwischen(0.0, gelaende), self.zwischen(0.0, gelaende)];
        let ecken = 5 + self.ganz(40);
        let aussen = self.stern(mitte, radius, ecken);
        let loch = self.ganz(3) == 0;
        let loecher = if loch {
            vec![self.stern(mitte, radius * 0.3, ecken)]
        } else {
            Vec::new()
        };
        let mut teile = vec![Polygon::new(aussen, loecher)];
        if self.ganz(4) == 0 {
            let daneben = [mitte[0] + 2.1 * radius, mitte[1]];
            teile.push(Polygon::new(self.stern(daneben, radius, 7), Vec::new()));
        }
        MultiPolygon(teile)
    }

    /// Any rings on a small grid of whole metres: nearly every way to be invalid.
    pub fn krakel(&mut self) -> MultiPolygon<f64> {
        let teile = 1 + self.ganz(2);
        let polygone = (0..teile).map(|_| {
            let loecher = self.ganz(3);
            let mut ringe = (0..=loecher).map(|nr| {
                let (groesse, ecken) = if nr == 0 {
                    (7, 3 + self.ganz(5))
                } else {
                    (5, 3)
                };
                let versatz = if nr == 0 { 0.0 } else { 1.0 };
                let mut ring: Vec<_> = (0..ecken)
                    .map(|_| Coord {
                        x: versatz + f64::from(self.ganz(groesse)),
                        y: versatz + f64::from(self.ganz(groesse)),
                    })
                    .collect();
                // PostGIS wants four points, whatever they are.
                ring.push(ring[0]);
                LineString(ring)
            });
            let aussen = ringe.next().unwrap_or(LineString(Vec::new()));
            let loecher = ringe.collect();
            Polygon::new(aussen, loecher)
        });
        MultiPolygon(polygone.collect())
    }
}
