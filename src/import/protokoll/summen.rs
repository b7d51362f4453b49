//! Sums in = sums out: what was read is what is stored, by count and by area. A difference is our
//! fault and stops the import; it is never just shown.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::PgConnection;

use crate::db::vorlage::Vorlage;
use crate::error::{Error, Result};
use crate::fnp::bilanz::Pruefung;
use crate::import::xplangml::Klassenzaehlung;

/// Counts and areas on both sides of the import. Areas in m², plane in EPSG:25832.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summen {
    /// Objects in the file, plan and Bereich included.
    pub gelesen: u64,
    /// Of these, taken over.
    pub uebernommen: u64,
    /// Of these, passed over with a reason.
    pub uebergangen: u64,
    /// Rows stored: areas, overlays, lines, points.
    pub gespeichert: u64,
    /// Sum of the stored valid areas of the Flächenschluss.
    pub flaechen_m2: f64,
    /// Their parts by Ortsteil together.
    pub anteile_m2: f64,
    /// Their parts outside the Geltungsbereich.
    pub ausserhalb_m2: f64,
}

/// Classes that become plan and Geltungsbereich, not rows.
const KEINE_ZEILE: [&str; 2] = ["FP_Plan", "FP_Bereich"];

/// Compares the counts per class and the areas with the loaded, not yet attached tables of `fassung`.
///
/// # Errors
/// [`Error::Intern`] where they differ.
pub async fn pruefe(
    conn: &mut PgConnection,
    fassung: i32,
    klassen: &[Klassenzaehlung],
    bilanz: &Pruefung,
) -> Result<Summen> {
    let tabellen = Vorlage::der_fassung(fassung);
    // The areas are read once; the order of adding does not show in the digits that count.
    let zeilen: Vec<(String, i64, f64, f64)> = tabellen
        .lies(
            conn,
            "SELECT klasse, count(*), coalesce(sum(flaeche_m2) FILTER (WHERE gueltig), 0), coalesce(sum(st_area(geom)) FILTER (WHERE gueltig), 0) FROM fnp.flaeche_f{neu} GROUP BY klasse
             UNION ALL SELECT klasse, count(*), 0, 0 FROM fnp.ueberlagerung_f{neu} GROUP BY klasse
             UNION ALL SELECT klasse, count(*), 0, 0 FROM fnp.linie_f{neu} GROUP BY klasse
             UNION ALL SELECT klasse, count(*), 0, 0 FROM fnp.punkt_f{neu} GROUP BY klasse ORDER BY 1, 2",
        )
        .await?;
    let (anteile_m2,): (f64,) = tabellen
        .lies(conn, "SELECT coalesce(sum(m2), 0) FROM fnp.anteil_f{neu}")
        .await?
        .pop()
        .unwrap_or_default();
    let mut gespeichert: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut gespeichert_m2, mut gemessen_m2) = (0.0, 0.0);
    for (klasse, zahl, m2, gemessen) in &zeilen {
        *gespeichert.entry(klasse).or_default() += u64::try_from(*zahl).unwrap_or_default();
        gespeichert_m2 += m2;
        gemessen_m2 += gemessen;
    }
    zaehle(klassen, &gespeichert)?;
    gleich("stored and measured areas", gespeichert_m2, gemessen_m2)?;
    gleich(
        "areas and their parts",
        gespeichert_m2,
        anteile_m2 + bilanz.ausserhalb_m2,
    )?;
    gleich("parts and balance", anteile_m2, bilanz.summe_m2)?;
    gleich(
        "balance and Geltungsbereich",
        bilanz.summe_m2,
        bilanz.gebiet_m2 + bilanz.ueberlappung_m2 - bilanz.luecke_m2,
    )?;
    Ok(Summen {
        gelesen: klassen.iter().map(|k| k.gelesen).sum(),
        uebernommen: klassen.iter().map(|k| k.uebernommen).sum(),
        uebergangen: klassen.iter().map(|k| k.uebergangen).sum(),
        gespeichert: gespeichert.values().sum(),
        flaechen_m2: gespeichert_m2,
        anteile_m2,
        ausserhalb_m2: bilanz.ausserhalb_m2,
    })
}

fn zaehle(klassen: &[Klassenzaehlung], gespeichert: &BTreeMap<&str, u64>) -> Result<()> {
    for k in klassen {
        if k.gelesen != k.uebernommen + k.uebergangen {
            return Err(Error::intern(format!(
                "protocol: {} read {}, taken {}, passed over {}",
                k.klasse, k.gelesen, k.uebernommen, k.uebergangen
            )));
        }
        let zeilen = gespeichert.get(k.klasse.as_str()).copied().unwrap_or(0);
        if !KEINE_ZEILE.contains(&k.klasse.as_str()) && zeilen != k.uebernommen {
            return Err(Error::intern(format!(
                "protocol: {} taken {}, stored {zeilen}",
                k.klasse, k.uebernommen
            )));
        }
    }
    match gespeichert
        .keys()
        .find(|klasse| !klassen.iter().any(|k| k.klasse == **klasse))
    {
        Some(klasse) => Err(Error::intern(format!(
            "protocol: {klasse} stored, never read"
        ))),
        None => Ok(()),
    }
}

/// Cutting at borders rounds: 1 m² and a millionth are allowed.
fn gleich(was: &str, a: f64, b: f64) -> Result<()> {
    let erlaubt = 1.0 + 1e-6 * a.abs().max(b.abs());
    if (a - b).abs() <= erlaubt {
        Ok(())
    } else {
        Err(Error::intern(format!(
            "protocol: {was} differ: {a} m², {b} m²"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn klasse(gelesen: u64, uebernommen: u64, uebergangen: u64) -> Klassenzaehlung {
        Klassenzaehlung {
            klasse: "FP_Gruen".into(),
            gelesen,
            uebernommen,
            uebergangen,
            grund: None,
        }
    }

    #[test]
    fn a_lost_object_is_our_fault() {
        let drei = BTreeMap::from([("FP_Gruen", 3)]);
        assert!(zaehle(&[klasse(4, 3, 1)], &drei).is_ok());
        assert!(
            zaehle(&[klasse(5, 3, 1)], &drei).is_err(),
            "one vanished while reading"
        );
        assert!(
            zaehle(&[klasse(4, 4, 0)], &drei).is_err(),
            "one vanished while storing"
        );
        assert!(zaehle(&[], &drei).is_err(), "stored, never read");
    }

    #[test]
    fn areas_may_differ_by_rounding_only() {
        assert!(gleich("x", 57_000_000.0, 57_000_050.0).is_ok());
        assert!(gleich("x", 57_000_000.0, 57_000_060.0).is_err());
        assert!(gleich("x", 0.0, 1.5).is_err());
        assert!(gleich("x", f64::NAN, 0.0).is_err());
    }
}
