//! The demonstration data, embedded in the program, on the road of real input: the same
//! files and the same imports a town would use.

use std::path::Path;

use chrono::NaiveDate;
use rust_embed::RustEmbed;

use crate::db::{Database, audit};
use crate::error::{Error, Result};
use crate::import::fnp::{self, Auftrag};
use crate::import::gebiete::{self, Art, Felder};
use crate::import::{dorferneuerung, einwohner, fachdaten, flurstuecke, strategie};

/// Author of everything the demo writes.
const WER: &str = "demo";
/// The one table that is no part of the strategy.
const EINWOHNER: &str = "einwohner.csv";
/// Reason of the last step: with it the demo is whole.
const FERTIG: &str = "Demodaten vollständig";

#[derive(RustEmbed)]
#[folder = "geodata/demo"]
struct Dateien;

/// Demo data are loaded completely.
pub(super) async fn geladen(db: &Database) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM audit.aenderung WHERE wer = $1 AND warum = $2) AS "da!""#,
        WER,
        FERTIG
    )
    .fetch_one(&db.write)
    .await?)
}

/// Loads the demo into an empty database; goes on where an earlier start was interrupted.
#[expect(clippy::print_stderr, reason = "progress on the terminal")]
pub(super) async fn lade(db: &Database) -> Result<()> {
    let fremd = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM audit.aenderung WHERE wer <> $1) AS "da!""#,
        WER
    )
    .fetch_one(&db.write)
    .await?;
    if geladen(db).await? {
        return Ok(());
    }
    if fremd {
        eprintln!("Die Datenbank enthält schon Daten; die Demodaten werden nicht geladen.");
        return Ok(());
    }
    let ordner = tempfile::tempdir()?;
    for name in Dateien::iter() {
        if let Some(datei) = Dateien::get(&name) {
            std::fs::write(ordner.path().join(&*name), datei.data)?;
        }
    }
    let datei = |name: &str| ordner.path().join(name);
    eprintln!("Demodaten werden geladen (keine amtlichen Angaben):");
    eprintln!("  Gemeinde und Ortsteile");
    gebiete::fuehre_aus(
        db,
        Art::Gemeinde,
        &datei("gemeinde.geojson"),
        Felder::default(),
        WER,
    )
    .await?;
    gebiete::fuehre_aus(
        db,
        Art::Ortsteile,
        &datei("ortsteile.geojson"),
        Felder::default(),
        WER,
    )
    .await?;
    for (name, was) in [
        ("fnp-2001.gml", "Flächennutzungsplan 2001"),
        ("fnp-2025-entwurf.gml", "Flächennutzungsplan 2025 (Entwurf)"),
    ] {
        eprintln!("  {was}");
        plan(db, &datei(name)).await?;
    }
    eprintln!("  Dorferneuerung");
    dorferneuerung::fuehre_aus(
        db,
        &datei("dorferneuerung.geojson"),
        Felder::default(),
        true,
        WER,
    )
    .await?;
    eprintln!("  Flurstücke, Fachdaten, Einwohner");
    sachdaten(db, ordner.path()).await?;
    eprintln!("  Strategie");
    strategie::importiere_dateien(db, &[datei("strategie.xlsx")], true, WER).await?;
    audit::begin(&db.write, WER, FERTIG).await?.commit().await?;
    Ok(())
}

/// Parcels, the kinds of Fachdaten (one file each, named for it), inhabitants.
async fn sachdaten(db: &Database, ordner: &Path) -> Result<()> {
    let quelle = "Demodaten, erfunden";
    let stand = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default();
    let auftrag = flurstuecke::Auftrag {
        datei: ordner.join("flurstuecke.geojson"),
        quelle: Some(quelle.to_owned()),
        stand: Some(stand),
        wer: WER.to_owned(),
        ..flurstuecke::Auftrag::default()
    };
    flurstuecke::fuehre_aus(db, &auftrag).await?;
    for name in Dateien::iter() {
        let Some(art) = name
            .strip_prefix("fachdaten-")
            .and_then(|rest| rest.strip_suffix(".geojson"))
        else {
            continue;
        };
        let auftrag = fachdaten::Auftrag {
            datei: ordner.join(&*name),
            art: art.to_owned(),
            quelle: quelle.to_owned(),
            stand,
            wer: WER.to_owned(),
            ..fachdaten::Auftrag::default()
        };
        fachdaten::fuehre_aus(db, &auftrag).await?;
    }
    einwohner::fuehre_aus(db, &ordner.join(EINWOHNER), WER).await?;
    Ok(())
}

async fn plan(db: &Database, datei: &Path) -> Result<()> {
    let auftrag = Auftrag {
        datei: datei.to_owned(),
        veroeffentlichen: true,
        wer: WER.to_owned(),
        ..Auftrag::default()
    };
    fnp::fuehre_aus(db, &auftrag)
        .await
        .map_err(|(error, _)| match error {
            // Our own data must be readable: anything else is our fault.
            Error::Eingabe(text) => Error::intern(text),
            other => other,
        })?;
    Ok(())
}
