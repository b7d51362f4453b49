//! `import gemeinde|ortsteile`: areas with a name from a vector file. The stored
//! join follows in [`super::zuwachs`].

use std::path::Path;

use sqlx::{PgConnection, Postgres, Transaction};

use super::beginne;
use super::datei::Datei;
use super::vector::{self, Lesen};
use super::verbund::Verbund;
use super::zuwachs;
use crate::db::Database;
use crate::db::copy::Copy;
use crate::error::{Error, Result};
use crate::fnp::zahl::hektar;
use crate::gemeinde::kennung::{ags, ist_kennung, slug};
use crate::gemeinde::store::{self, Angabe};
use crate::verschneidung::anteil::Teile;
use crate::verschneidung::gueltigkeit;
use crate::verschneidung::schluss::GANZER_PLAN;

/// Fields a name is looked for in, when none is given.
const NAMENSFELDER: [&str; 9] = [
    "name",
    "NAME",
    "Name",
    "gen",
    "GEN",
    "ortsteil",
    "ORTSTEIL",
    "Ortsteil",
    "bezeichnung",
];

/// What is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Art {
    /// Gemeinden.
    Gemeinde,
    /// Ortsteile.
    Ortsteile,
}

/// Which fields hold name and key, and how the file is read.
#[derive(Debug, Clone, Default)]
pub struct Felder {
    /// `--ebene`, `--crs`, limits.
    pub lesen: Lesen,
    /// `--name`.
    pub name: Option<String>,
    /// `--schluessel`.
    pub schluessel: Option<String>,
}

/// A feature with an area, EPSG:25832.
pub type Merkmal = vector::Merkmal<geo_types::MultiPolygon<f64>>;

/// Kennung, name and area of one feature.
pub type Benannt = (String, String, Merkmal);

/// Reads a file of named areas: kennung, name and the valid area of every feature. Blocks.
///
/// # Errors
/// [`Error::Eingabe`] with all that is wrong: name or key missing, kennung twice, invalid area.
pub fn lies(datei: &Path, felder: &Felder) -> Result<(Datei, Vec<Benannt>)> {
    let datei = Datei::oeffne(datei)?;
    let merkmale = vector::lies(&datei, &felder.lesen)?;
    pruefe_felder(&merkmale, felder)?;
    let mut fehler = Vec::new();
    let mut benannt: Vec<Benannt> = Vec::new();
    for merkmal in merkmale {
        match benenne(&merkmal, felder) {
            Err(text) => fehler.push(text),
            Ok((kennung, name)) => {
                if let Some((_, _, erstes)) =
                    benannt.iter().find(|(andere, _, _)| *andere == kennung)
                {
                    fehler.push(format!("Objekt {} ({name}) hat dieselbe Kennung „{kennung}“ wie Objekt {}; bitte mit --schluessel ein eindeutiges Feld nennen.", merkmal.nr, erstes.nr));
                }
                if let Some((grund, [x, y])) = gueltigkeit::fehler(&merkmal.geom) {
                    fehler.push(format!("Objekt {} ({name}): {grund} bei {x:.2} {y:.2}. Bitte die Grenze in der Quelle berichtigen.", merkmal.nr));
                }
                benannt.push((kennung, name, merkmal));
            }
        }
    }
    if fehler.is_empty() {
        Ok((datei, benannt))
    } else {
        Err(Error::eingabe(fehler.join("\n")))
    }
}

/// An option naming a field the file does not have is wrong usage.
fn pruefe_felder(merkmale: &[Merkmal], felder: &Felder) -> Result<()> {
    let vorhanden: std::collections::BTreeSet<&str> = merkmale
        .iter()
        .flat_map(Merkmal::namen)
        .map(String::as_str)
        .collect();
    for (option, feld) in [
        ("--name", &felder.name),
        ("--schluessel", &felder.schluessel),
    ] {
        if let Some(feld) = feld
            && !vorhanden.contains(feld.as_str())
        {
            return Err(Error::aufruf(format!(
                "Das Feld „{feld}“ ({option}) gibt es in der Datei nicht. Vorhanden sind: {}.",
                vorhanden.into_iter().collect::<Vec<_>>().join(", ")
            )));
        }
    }
    Ok(())
}

fn benenne(merkmal: &Merkmal, felder: &Felder) -> std::result::Result<(String, String), String> {
    let name = match &felder.name {
        Some(feld) => merkmal.feld(&[feld]),
        None => merkmal.feld(&NAMENSFELDER),
    };
    let schluessel = match &felder.schluessel {
        Some(feld) => Some(merkmal.feld(&[feld]).ok_or_else(|| {
            format!(
                "Objekt {}: das Feld „{feld}“ (Schlüssel) ist leer.",
                merkmal.nr
            )
        })?),
        None => merkmal.feld(&["kennung"]),
    };
    let name = name.or(schluessel).ok_or_else(|| {
        format!(
            "Objekt {} hat keinen Namen (gesucht in {}); bitte mit --name FELD das richtige Feld nennen. Vorhanden sind: {}.",
            merkmal.nr,
            felder.name.clone().unwrap_or_else(|| NAMENSFELDER.join(", ")),
            merkmal.namen().join(", ")
        )
    })?;
    let kennung = match schluessel {
        Some(wert) if ist_kennung(wert) => wert.to_owned(),
        Some(wert) => slug(wert),
        None => slug(name),
    };
    if kennung.is_empty() {
        return Err(format!(
            "Objekt {}: aus „{name}“ lässt sich keine Kennung bilden.",
            merkmal.nr
        ));
    }
    Ok((kennung, name.to_owned()))
}

/// Reads a file of named areas as [`lies`] does and begins its import.
///
/// # Errors
/// Those of [`lies`], and the database's.
pub(super) async fn lies_und_beginne(
    db: &Database,
    datei: &Path,
    felder: Felder,
    wer: &str,
) -> Result<(Transaction<'static, Postgres>, Vec<Benannt>)> {
    let pfad = datei.to_owned();
    let (datei, benannt) = tokio::task::spawn_blocking(move || lies(&pfad, &felder))
        .await
        .map_err(Error::intern)??;
    let tx = beginne(db, wer, &datei.name, &datei.sha256).await?;
    Ok((tx, benannt))
}

/// Imports Gemeinden or Ortsteile; returns their number.
pub async fn fuehre_aus(
    db: &Database,
    art: Art,
    datei: &Path,
    felder: Felder,
    wer: &str,
) -> Result<usize> {
    let (mut tx, benannt) = lies_und_beginne(db, datei, felder, wer).await?;
    zuwachs::sammle(&mut tx).await?;
    let anzahl = benannt.len();
    for (kennung, name, merkmal) in benannt {
        let schluessel = match art {
            Art::Gemeinde => ags(
                merkmal.feld(&["ags", "AGS"]),
                merkmal.feld(&["rs", "RS", "ars", "ARS"]),
            ),
            Art::Ortsteile => merkmal
                .feld(&["schluessel", "SCHLUESSEL"])
                .map(str::to_owned),
        };
        let angabe = Angabe {
            kennung,
            name,
            schluessel,
            typ: merkmal.feld(&["typ", "TYP", "art"]).map(str::to_owned),
            flaeche_amtlich_m2: merkmal
                .feld(&["flaeche_amtlich_m2"])
                .and_then(|text| text.parse().ok()),
            geom: merkmal.geom,
        };
        match art {
            Art::Gemeinde => store::schreibe_gemeinde(&mut tx, &angabe).await?,
            Art::Ortsteile => store::schreibe_ortsteil(&mut tx, &angabe).await?,
        }
    }
    if art == Art::Gemeinde
        && let Some(([a, a_kennung], [b, b_kennung], m2)) =
            store::doppelte_gemeinde(&mut tx).await?
    {
        return Err(Error::eingabe(format!(
            "Die Gemeinden „{a}“ (Kennung {a_kennung}) und „{b}“ (Kennung {b_kennung}) liegen übereinander ({} ha). Sind es Ortsteile, bitte „zielraum import ortsteile“ nehmen. Ist es dieselbe Gemeinde, bitte in der Datei denselben Gemeindeschlüssel (Feld ags) oder dieselbe Kennung (Feld kennung) eintragen.",
            hektar(m2, 4)
        )));
    }
    store::ordne_ortsteile_zu(&mut tx).await?;
    let zuwachs = zuwachs::fuehre_nach(&mut tx).await?;
    tx.commit().await?;
    tracing::debug!(
        ?art,
        paare = zuwachs.paare,
        ganz = zuwachs.ganz,
        "join with the Ortsteile brought up to date"
    );
    Ok(anzahl)
}

/// Loads shares into `ziel` (ours, never the user's); `zeilen` are ordnung, nutzung and rechtsstand of each area.
pub(super) async fn kopiere_anteile(
    conn: &mut PgConnection,
    ziel: &str,
    fassung: i32,
    zeilen: impl Iterator<Item = (i64, String, String)>,
    teile: &[Teile],
) -> Result<()> {
    let mut copy = Copy::begin(conn, &format!("COPY {ziel} (fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand, m2) FROM STDIN (FORMAT binary)")).await?;
    for ((ordnung, nutzung, rechtsstand), teile) in zeilen.zip(teile) {
        for (ortsteil, m2) in &teile.anteile {
            copy.row(6, |row| {
                row.int4(fassung)?;
                row.int8(ordnung)?;
                row.int4(*ortsteil)?;
                row.text(&nutzung)?;
                row.text(&rechtsstand)?;
                row.float8(*m2)
            })
            .await?;
        }
    }
    copy.finish().await?;
    Ok(())
}

/// Replaces the check figures of a Fassung.
pub(super) async fn schreibe_pruefung(
    conn: &mut PgConnection,
    fassung: i32,
    verbund: &Verbund,
) -> Result<()> {
    sqlx::query!("DELETE FROM pruefung WHERE fassung_id = $1", fassung)
        .execute(&mut *conn)
        .await?;
    for gebiet in &verbund.schluss.gebiete {
        let ungueltig_m2 = verbund
            .ungueltig
            .iter()
            .find(|(id, _)| *id == gebiet.id)
            .map_or(0.0, |(_, m2)| *m2);
        let ausserhalb_m2 = if gebiet.id == GANZER_PLAN {
            verbund.schluss.ausserhalb_m2
        } else {
            0.0
        };
        sqlx::query!(
            "INSERT INTO pruefung (fassung_id, ortsteil_id, gebiet_m2, ueberlappung_m2, luecke_m2, ausserhalb_m2, ungueltig_m2) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            fassung,
            gebiet.id,
            gebiet.gebiet_m2,
            gebiet.ueberlappung_m2,
            gebiet.luecke_m2,
            ausserhalb_m2,
            ungueltig_m2
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
