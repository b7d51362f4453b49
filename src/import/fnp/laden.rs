//! [`Lieferung`] → database: everything in one transaction.
//!
//! The new partitions are the staging tables: loaded, indexed and compared while
//! detached; ATTACH and the pointer `aktuell` are the swap. A program killed in between
//! leaves the old version whole, because nothing is visible before the one COMMIT. A
//! trial goes the same way up to the comparison and rolls back.

use std::sync::Arc;

use sqlx::PgConnection;

use super::lesen::Lieferung;
use super::{Auftrag, fassung, ganzes, kopf, kopieren};
use crate::db::{Database, audit};
use crate::error::{Error, Result};
use crate::fnp::plan::Stand;
use crate::gemeinde::store as gemeinden;
use crate::import::protokoll::{Ergebnis, Protokoll, ablage};
use crate::import::verbund::Rechnung;
use crate::import::{gebiete, warte_auf_andere};

/// What an import changes besides its own Fassung; who watches is told.
const BERUEHRT: [&str; 9] = [
    "fnp.flaeche",
    "fnp.ueberlagerung",
    "fnp.linie",
    "fnp.punkt",
    "fnp.anteil",
    "fnp.pruefung",
    "fnp.importlauf",
    "fnp.import_befund",
    "fnp.import_vergleich",
];

/// `default_statistics_target` of the ANALYZE in an import: it looks at 9,000 rows. A third
/// of the sample of the usual 100 knows 20 uses and a surface of areas as well; autovacuum
/// looks closer later.
const STICHPROBE: &str = "30";

/// Checks a delivery and, unless it is a trial, stores it. Fills the protocol.
pub async fn lade(
    db: &Database,
    auftrag: &Auftrag,
    lieferung: Lieferung,
    protokoll: &mut Protokoll,
) -> Result<()> {
    let mut tx = audit::begin(
        &db.write,
        &auftrag.wer,
        &format!("Import {} (SHA-256 {})", lieferung.datei, lieferung.sha256),
    )
    .await?;
    warte_auf_andere(
        &mut tx,
        &format!("import fnp {}", lieferung.datei),
        auftrag.hoechstens_warten,
        &auftrag.fortschritt,
    )
    .await?;

    let lieferung = Arc::new(lieferung);
    let rechnung = bereite_verbund_vor(&mut tx, &lieferung).await?;
    let plan = kopf::schreibe_plan(&mut tx, &lieferung, &mut protokoll.befunde).await?;
    let oeffentlich = lieferung.stand == Stand::Wirksam || auftrag.veroeffentlichen;
    (protokoll.stand, protokoll.oeffentlich) =
        (Some(lieferung.stand.schluessel()), Some(oeffentlich));
    if lieferung.stand == Stand::Wirksam {
        kopf::melde_abloesung(&mut tx, plan, &mut protokoll.befunde).await?;
    }
    let lauf = fassung::beginne_lauf(&mut tx, auftrag, &lieferung).await?;
    let fassung = fassung::schreibe_fassung(&mut tx, plan, lauf, &lieferung).await?;

    let anzahl = lieferung.spule.eintraege().len() as u64;
    let phase = auftrag
        .fortschritt
        .phase("Speichern und verschneiden", Some(anzahl));
    let mut ergebnis = kopieren::objekte(&mut tx, fassung, &lieferung, rechnung, &phase).await?;
    drop(phase);
    let phase = auftrag.fortschritt.phase("Anteile der Ortsteile", None);
    kopieren::anteile(&mut tx, fassung, &mut ergebnis).await?;
    drop(phase);
    let phase = auftrag.fortschritt.phase("Prüfen und vergleichen", None);
    indiziere(&mut tx, fassung, true).await?;
    protokoll.ergebnis = if auftrag.probe {
        Ergebnis::Geprueft
    } else {
        Ergebnis::Uebernommen
    };
    ganzes::pruefe(&mut tx, plan, fassung, &lieferung, &ergebnis, protokoll).await?;
    drop(phase);
    if auftrag.probe {
        tx.rollback().await?;
        return Ok(());
    }

    let phase = auftrag.fortschritt.phase("Indizes", None);
    indiziere(&mut tx, fassung, false).await?;
    drop(phase);
    let phase = auftrag.fortschritt.phase("Einhängen", None);
    sqlx::query!(
        "SELECT set_config('default_statistics_target', $1, true)",
        STICHPROBE
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!("SELECT fnp.fassung_anhaengen('fnp', $1)", fassung)
        .execute(&mut *tx)
        .await?;
    gebiete::schreibe_pruefung(&mut tx, fassung, &ergebnis.verbund).await?;
    ablage::schreibe(&mut tx, lauf, protokoll).await?;
    for relation in BERUEHRT {
        sqlx::query!("SELECT audit.beruehre($1)", relation)
            .execute(&mut *tx)
            .await?;
    }
    fassung::vermerke_import(&mut tx, fassung, &lieferung, &ergebnis.inhalt).await?;
    drop(phase);
    let phase = auftrag
        .fortschritt
        .phase("Ableiten und veröffentlichen", None);
    sqlx::query!("SELECT strategie.leite_nach_import()")
        .execute(&mut *tx)
        .await?;
    if lieferung.stand == Stand::Wirksam {
        kopf::loese_vorgaenger_ab(&mut tx, plan).await?;
    }
    if oeffentlich {
        sqlx::query!("SELECT freigabe.veroeffentliche_fassung($1)", fassung)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    drop(phase);
    Ok(())
}

/// The Ortsteile near the plan, and the plan's own border.
async fn bereite_verbund_vor(conn: &mut PgConnection, lieferung: &Lieferung) -> Result<Rechnung> {
    let bereich = (!lieferung.kopf.geltungsbereich.0.is_empty())
        .then(|| lieferung.kopf.geltungsbereich.clone());
    let ortsteile = gemeinden::ortsteile_bei(conn, bereich.as_ref()).await?;
    tokio::task::spawn_blocking(move || Rechnung::neu(ortsteile, bereich))
        .await
        .map_err(Error::intern)
}

/// The spatial indexes serve the comparison; the unique ones come after it, because areas
/// may swap their names in it.
async fn indiziere(conn: &mut PgConnection, fassung: i32, raum: bool) -> Result<()> {
    sqlx::query!(
        "SELECT fnp.fassung_indizieren('fnp', $1, $2)",
        fassung,
        raum
    )
    .execute(conn)
    .await?;
    Ok(())
}
