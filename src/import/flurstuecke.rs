//! `import flurstuecke`: parcels of the cadastre, as the Land delivers them. Fields about
//! owners are not read, and the summary says so.
//!
//! Features stream from the reader into a temporary table by COPY and are taken over in the
//! same transaction: a delivery replaces the parcels of the Gemarkungen it contains.

use std::path::PathBuf;

use chrono::NaiveDate;
use geo_types::{Geometry, MultiPolygon};
use tokio::sync::mpsc;

use super::datei::Datei;
use super::flurstueck_felder::{self as felder, Angabe, Wahl};
use super::sachmerkmal::{self, Sachmerkmal, Umkreis};
use super::vector::Lesen;
use super::{beginne, vector};
use crate::db::Database;
use crate::db::copy::Copy;
use crate::error::{Error, Result};
use crate::fnp::zahl::dezimal;
use crate::gemeinde::flurstueck_store::{self as store, Zugang};
use crate::verschneidung::gueltigkeit;

/// Errors named at most.
const FEHLER_MAX: usize = 50;
/// Rows between reader and database.
const PUFFER: usize = 256;

/// What to import.
#[derive(Debug, Clone, Default)]
pub struct Auftrag {
    /// The file.
    pub datei: PathBuf,
    /// Layer, where the file has several.
    pub lesen: Lesen,
    /// (`ziel`, `FELD`): wins over the recognised fields.
    pub felder: Vec<(String, String)>,
    /// Two digits of the Land, for Gemarkungsnummern without.
    pub land: Option<String>,
    /// Source.
    pub quelle: Option<String>,
    /// State of the data.
    pub stand: Option<NaiveDate>,
    /// Take parcels outside the Gemeinde too.
    pub alle: bool,
    /// Keep parcels of the same Gemarkung that are not delivered.
    pub ergaenzen: bool,
    /// Repair invalid areas.
    pub reparieren: bool,
    /// Author.
    pub wer: String,
}

/// What happened.
#[derive(Debug, Clone, Default)]
pub struct Ergebnis {
    /// Features of the file.
    pub gelesen: usize,
    /// Features beyond the box of the Gemeinde.
    pub ausserhalb: usize,
    /// Features without geometry.
    pub ohne_geometrie: usize,
    /// Which field was taken for what.
    pub felder: String,
    /// Fields about owners, not read.
    pub nicht_gelesen: Vec<String>,
    /// Repaired areas, a sentence each.
    pub repariert: Vec<String>,
    /// What the reader noticed, a sentence each.
    pub hinweise: Vec<String>,
    /// What became of the table.
    pub zugang: Zugang,
}

struct Zeile {
    angabe: Angabe,
    geom: MultiPolygon<f64>,
}

/// Imports parcels, all or nothing.
///
/// # Errors
/// [`Error::Eingabe`] with every bad feature (the first fifty), [`Error::Aufruf`] for a wrong field.
pub async fn fuehre_aus(db: &Database, auftrag: &Auftrag) -> Result<Ergebnis> {
    let pfad = auftrag.datei.clone();
    let datei = tokio::task::spawn_blocking(move || Datei::oeffne(&pfad))
        .await
        .map_err(Error::intern)??;
    let (name, sha256) = (datei.name.clone(), datei.sha256.clone());
    let mut tx = beginne(db, &auftrag.wer, &name, &sha256).await?;
    let umkreis = if auftrag.alle {
        None
    } else {
        store::umkreis(&mut tx).await?
    };
    sqlx::query(store::ANNAHME).execute(&mut *tx).await?;
    let land = match &auftrag.land {
        Some(land) => Some(land.clone()),
        None => land_der_gemeinde(&mut tx).await?,
    };

    let (sender, mut empfaenger) = mpsc::channel(PUFFER);
    let lesen = Leser {
        datei,
        auftrag: auftrag.clone(),
        land,
        umkreis: Umkreis::neu(umkreis, 0.0),
        sender,
    };
    let lauf = tokio::task::spawn_blocking(move || lesen.lies());
    let mut copy = Copy::begin(&mut tx, "COPY flurstueck_annahme (kennzeichen, gemarkungsnummer, gemarkung, flur, zaehler, nenner, flaeche_amtlich_m2, geom) FROM STDIN (FORMAT binary)").await?;
    while let Some(Zeile { angabe, geom }) = empfaenger.recv().await {
        let k = &angabe.kennzeichen;
        copy.row(8, |row| {
            row.text(&k.to_string())?;
            row.text(&k.gemarkung)?;
            row.opt_text(angabe.gemarkung.as_deref())?;
            match k.flur {
                Some(flur) => row.int4(i32::from(flur))?,
                None => row.null(),
            }
            row.int4(k.zaehler.cast_signed())?;
            match k.nenner {
                Some(nenner) => row.int4(i32::from(nenner))?,
                None => row.null(),
            }
            match angabe.flaeche_amtlich_m2 {
                Some(m2) => row.float8(m2)?,
                None => row.null(),
            }
            row.geometry(&geom.into())
        })
        .await?;
    }
    copy.finish().await?;
    let mut ergebnis = lauf.await.map_err(Error::intern)??;
    ergebnis.zugang = store::uebernimm(
        &mut tx,
        auftrag.quelle.as_deref(),
        auftrag.stand,
        auftrag.alle,
        auftrag.ergaenzen,
    )
    .await?;
    let zugang = &ergebnis.zugang;
    if zugang.neu + zugang.geaendert + zugang.unveraendert == 0 {
        return Err(Error::eingabe(
            "Kein Flurstück der Datei liegt in der Gemeinde; nichts wurde übernommen. Bitte die Datei und die Grenze der Gemeinde prüfen, oder mit --alle auch Flurstücke außerhalb übernehmen.",
        ));
    }
    store::vermerke(&mut tx, &name, &sha256, zugang).await?;
    tx.commit().await?;
    Ok(ergebnis)
}

async fn land_der_gemeinde(conn: &mut sqlx::PgConnection) -> Result<Option<String>> {
    let laender: Vec<String> = sqlx::query_scalar!(
        r#"SELECT DISTINCT left(ags, 2) AS "land!" FROM gemeinde WHERE ags IS NOT NULL"#
    )
    .fetch_all(conn)
    .await?;
    Ok(<[String; 1]>::try_from(laender).ok().map(|[land]| land))
}

struct Leser {
    datei: Datei,
    auftrag: Auftrag,
    land: Option<String>,
    umkreis: Umkreis,
    sender: mpsc::Sender<Zeile>,
}

impl Leser {
    fn lies(self) -> Result<Ergebnis> {
        let mut ergebnis = Ergebnis::default();
        let mut fehler: Vec<String> = Vec::new();
        let wahl = std::cell::RefCell::new(Wahl::default());
        let mut nicht_gelesen = Vec::new();
        let mut aufbau = |namen: &[String]| {
            nicht_gelesen = sachmerkmal::personenbezogen(namen.iter().map(String::as_str))
                .into_iter()
                .map(str::to_owned)
                .collect();
            *wahl.borrow_mut() = Wahl::treffe(namen, &self.auftrag.felder)?;
            Ok(())
        };
        let mut senke = |merkmal: Sachmerkmal| {
            let nr = merkmal.nr;
            let geom = merkmal.geom;
            if !self.umkreis.trifft(&geom) {
                ergebnis.ausserhalb += 1;
                return Ok(());
            }
            let zeile = felder::lies(&wahl.borrow(), &merkmal.felder, self.land.as_deref())
                .and_then(|angabe| {
                    let geom = self.flaeche(geom, &angabe, &mut ergebnis.repariert)?;
                    Ok(Zeile { angabe, geom })
                });
            match zeile {
                // A closed channel: the database has refused, and its error is the one to tell.
                Ok(zeile) => self
                    .sender
                    .blocking_send(zeile)
                    .map_err(|_| Error::intern("the database no longer takes rows")),
                Err(satz) => {
                    fehler.push(format!("  Objekt {nr}: {satz}"));
                    if fehler.len() > FEHLER_MAX {
                        fehler.pop();
                        fehler.push("  … weitere wurden nicht mehr gesucht.".to_owned());
                        return Err(ablehnung(&fehler));
                    }
                    Ok(())
                }
            }
        };
        let gelesen = sachmerkmal::lies(&self.datei, &self.auftrag.lesen, &mut aufbau, &mut senke)?;
        if !fehler.is_empty() {
            return Err(ablehnung(&fehler));
        }
        ergebnis.gelesen = gelesen.anzahl;
        ergebnis.ohne_geometrie = gelesen.ohne_geometrie;
        ergebnis.hinweise = gelesen.hinweise;
        ergebnis.nicht_gelesen = nicht_gelesen;
        ergebnis.felder = wahl.borrow().satz();
        Ok(ergebnis)
    }

    fn flaeche(
        &self,
        geom: Geometry<f64>,
        angabe: &Angabe,
        repariert: &mut Vec<String>,
    ) -> std::result::Result<MultiPolygon<f64>, String> {
        let Geometry::MultiPolygon(geom) = geom else {
            return Err(format!(
                "Das Flurstück {} ist keine Fläche.",
                angabe.kennzeichen
            ));
        };
        gueltig(
            geom,
            self.auftrag.reparieren,
            &angabe.kennzeichen.to_string(),
            repariert,
        )
    }
}

fn ablehnung(fehler: &[String]) -> Error {
    Error::eingabe(format!("Nichts wurde übernommen:\n{}", fehler.join("\n")))
}

/// A valid area as it is; an invalid one repaired if that is wanted, with a sentence that
/// names both areas; else the reason with its place.
pub(super) fn gueltig(
    geom: MultiPolygon<f64>,
    reparieren: bool,
    name: &str,
    repariert: &mut Vec<String>,
) -> std::result::Result<MultiPolygon<f64>, String> {
    let Some((grund, [x, y])) = gueltigkeit::fehler(&geom) else {
        return Ok(geom);
    };
    if !reparieren {
        return Err(format!(
            "{name}: {grund} bei {x:.2} {y:.2}. Bitte in der Quelle berichtigen, oder mit --reparieren einlesen."
        ));
    }
    let vorher = geo::Area::unsigned_area(&geom);
    match vector::repariere(&geom).map_err(|fehler| fehler.to_string())? {
        Some(neu) => {
            repariert.push(format!(
                "{name}: {grund} bei {x:.2} {y:.2}; repariert, Fläche vorher {} m², nachher {} m².",
                dezimal(vorher, 2),
                dezimal(geo::Area::unsigned_area(&neu), 2)
            ));
            Ok(neu)
        }
        None => Err(format!(
            "{name}: {grund} bei {x:.2} {y:.2}, und repariert bleibt keine Fläche übrig. Bitte in der Quelle berichtigen."
        )),
    }
}
