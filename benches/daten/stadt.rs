//! A published plan of so many areas, in spatial order, put straight into the public copy.

use std::fmt::Write as _;

use anyhow::Result;
use sqlx::{Connection as _, Executor as _};
use zielraum::db::Database;
use zielraum::db::geom::ewkb;

use crate::daten;

/// Classes of the areas, by their number.
pub const NUTZUNGEN: [&str; 16] = [
    "W",
    "M",
    "G",
    "S",
    "gemeinbedarf",
    "sport",
    "verkehr_strasse",
    "verkehr_bahn",
    "ver_entsorgung",
    "gruen",
    "wasser",
    "abgrabung",
    "landwirtschaft",
    "wald",
    "klima",
    "sonstiges",
];

fn raster(anzahl: u32) -> [u32; 2] {
    let breite = f64::from(anzahl).sqrt().round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small and not negative"
    )]
    let breite = breite as u32;
    [breite, anzahl.div_ceil(breite)]
}

/// Makes it; gives the number of areas.
pub async fn lade(db: &Database, anzahl: u32) -> Result<usize> {
    let [spalten, zeilen] = raster(anzahl);
    let flaechen = daten::erzeuge([spalten, zeilen], [1, 1]).flaechen;
    // Spatial order, as the import gives it.
    let mut folge: Vec<(u64, usize)> = (0..flaechen.len())
        .map(|n| {
            (
                kurve(n as u64 % u64::from(spalten), n as u64 / u64::from(spalten)),
                n,
            )
        })
        .collect();
    folge.sort_unstable();
    let mut conn = db.write.acquire().await?.detach();
    conn.execute(
        "BEGIN; SELECT audit.beginne('bench', 'Plan');
         INSERT INTO oeffentlich.plan (id, kennung, name, stand, version, seit) VALUES ('00000000-0000-0000-0000-000000000001', 'fnp', 'Plan', 'wirksam', 1, now());
         INSERT INTO oeffentlich.fassung (id, plan_id, nummer, stand, aktuell, eingelesen_am, flaeche_m2, seit) VALUES (1, '00000000-0000-0000-0000-000000000001', 1, 'wirksam', true, now(), 1, now());
         SELECT fnp.fassung_anlegen('oeffentlich', 1)",
    )
    .await?;
    let mut kopie = conn
        .copy_in_raw("COPY oeffentlich.flaeche_f1 (fassung_id, ordnung, kennung, nutzung, klasse, codes, rechtsstand, ebene, flaechenschluss, gueltig, flaeche_m2, name, text, geom) FROM STDIN")
        .await?;
    let mut puffer = String::new();
    for (ordnung, (_, n)) in folge.iter().enumerate() {
        let flaeche = &flaechen[*n];
        let nutzung = NUTZUNGEN[usize::from(flaeche.nutzung)];
        write!(
            puffer,
            "1\t{ordnung}\ta{ordnung}\t{nutzung}\tFP_Flaeche\t{{\"allgArtDerBaulNutzung\": \"1000\"}}\tbestand\t0\tt\tt\t{}\tFläche Nr. {ordnung}\t\\N\t",
            5776.0 + f64::from(flaeche.nutzung)
        )?;
        for byte in ewkb(&flaeche.geom.clone().into())? {
            write!(puffer, "{byte:02x}")?;
        }
        puffer.push('\n');
        if puffer.len() > 1 << 20 {
            kopie.send(puffer.as_bytes()).await?;
            puffer.clear();
        }
    }
    kopie.send(puffer.as_bytes()).await?;
    kopie.finish().await?;
    conn.execute("SELECT audit.beruehre('oeffentlich.flaeche'); SELECT fnp.fassung_anhaengen('oeffentlich', 1); COMMIT")
        .await?;
    conn.close().await?;
    Ok(flaechen.len())
}

fn kurve(x: u64, y: u64) -> u64 {
    (0..20).fold(0, |summe, bit| {
        summe | (x >> bit & 1) << (2 * bit) | (y >> bit & 1) << (2 * bit + 1)
    })
}
