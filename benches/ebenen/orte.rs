//! What is asked of the town: classes and boxes.

use zielraum::layers::crs::Lage;

use crate::{daten, stadt};

/// Values of the filter.
pub fn nutzungen() -> Vec<String> {
    stadt::NUTZUNGEN.iter().map(|n| (*n).to_owned()).collect()
}

/// Boxes of some 100 areas, in degrees.
pub fn kaesten(flaechen: usize) -> Vec<String> {
    let breite = (flaechen as f64).sqrt() * daten::SEITE_M - 800.0;
    (0..200_u64)
        .map(|n| {
            let ort = |saat| daten::zufall(n, saat) * breite.max(1.0);
            let (x, y) = (daten::ECKE[0] + ort(1), daten::ECKE[1] + ort(2));
            let (w, s) = Lage::Utm(32).zu_grad(x, y);
            let (o, n) = Lage::Utm(32).zu_grad(x + 700.0, y + 700.0);
            format!(
                "{:.6},{:.6},{:.6},{:.6}",
                w.min(o),
                s.min(n),
                w.max(o),
                s.max(n)
            )
        })
        .collect()
}
