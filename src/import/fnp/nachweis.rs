//! Proof of imported areas: the hash an import left in the audit, from what is stored now.

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::PgPool;
use sqlx::postgres::PgPoolCopyExt as _;

use super::pruefsumme::SPALTEN;
use crate::audit::kette::Mangel;
use crate::error::{Error, Result};

/// Fassungen nobody edited since their import: their areas still have its hash. Adds what
/// differs and returns the number of Fassungen looked at.
///
/// # Errors
/// Of the database.
pub async fn pruefe(pool: &PgPool, maengel: &mut Vec<Mangel>) -> Result<usize> {
    let importe: Vec<(i32, String, i64, i64)> = sqlx::query_as(
        "SELECT f.id, z.daten ->> 'inhalt_sha256', (z.daten ->> 'flaechen')::bigint, a.lfd FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id
         JOIN fnp.fassung f ON z.schluessel = f.id::text
         WHERE z.relation = 'fnp.fassung' AND z.art = 'import' AND z.daten ? 'inhalt_sha256'
           AND NOT EXISTS (SELECT FROM audit.zeile e WHERE e.relation = 'fnp.flaeche' AND starts_with(e.schluessel, f.id::text || '/'))
         ORDER BY a.lfd",
    )
    .fetch_all(pool)
    .await?;
    for (fassung, soll, anzahl, lfd) in &importe {
        let (zahl, ist) = hash_der_flaechen(pool, *fassung).await?;
        if ist != *soll || zahl != *anzahl {
            maengel.push(Mangel {
                lfd: Some(*lfd),
                wo: Some(format!("fnp.fassung {fassung}")),
                grund: format!(
                    "die Flächen sind nicht mehr die eingelesenen ({zahl} statt {anzahl} Flächen oder anderer Inhalt), ohne dass eine Änderung es sagt"
                ),
            });
        }
    }
    Ok(importe.len())
}

/// Head of COPY BINARY before the first row, in bytes.
const KOPF: usize = 19;

/// The hash of `import::fnp::pruefsumme` from what is stored.
async fn hash_der_flaechen(pool: &PgPool, fassung: i32) -> Result<(i64, String)> {
    let copy = format!(
        "COPY (SELECT {SPALTEN} FROM fnp.flaeche WHERE fassung_id = {fassung} ORDER BY ordnung) TO STDOUT (FORMAT binary)"
    );
    let mut strom = pool.copy_out_raw(&copy).await?;
    let mut hash = Sha256::new();
    let (mut rest, mut zahl, mut erste) = (Vec::new(), 0_i64, true);
    while let Some(teil) = strom.try_next().await? {
        rest.extend_from_slice(&teil);
        if erste {
            if rest.len() < KOPF {
                continue;
            }
            rest.drain(..KOPF);
            erste = false;
        }
        let mut weg = 0;
        while let Some(laenge) = zeilenlaenge(&rest[weg..]) {
            hash.update(&rest[weg + 2..weg + laenge]);
            weg += laenge;
            zahl += 1;
        }
        rest.drain(..weg);
    }
    if rest != [0xff, 0xff] {
        return Err(Error::intern("COPY ended within a row"));
    }
    let hex = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok((zahl, hex))
}

/// Length of the first row in bytes, when all of it is there; None also at the end mark.
fn zeilenlaenge(bytes: &[u8]) -> Option<usize> {
    let felder = i16::from_be_bytes(*bytes.first_chunk()?);
    let mut ende = 2;
    for _ in 0..u16::try_from(felder).ok()? {
        let laenge = i32::from_be_bytes(*bytes.get(ende..)?.first_chunk()?);
        ende += 4 + usize::try_from(laenge).unwrap_or(0); // −1 is NULL
    }
    (bytes.len() >= ende).then_some(ende)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_copy_are_found_whole_or_not_at_all() {
        // two fields: "ab" and NULL
        let zeile = [0, 2, 0, 0, 0, 2, b'a', b'b', 0xff, 0xff, 0xff, 0xff];
        assert_eq!(zeilenlaenge(&zeile), Some(12));
        for ende in 0..12 {
            assert_eq!(zeilenlaenge(&zeile[..ende]), None, "{ende}");
        }
        assert_eq!(zeilenlaenge(&[0xff, 0xff]), None);
    }
}
