//! Spool → partitions: rows by COPY BINARY, and beside it, from the same blocks, the join.
//!
//! Three hands: one thread reads the spool along the Hilbert curve, one computes the
//! join and writes its rows to a second spool, this task feeds the server. Between them
//! wait a few blocks of 1 MB.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, Write as _};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use sqlx::PgConnection;
use tokio::sync::mpsc;

use super::ganzes;
use super::lesen::Lieferung;
use super::pruefsumme::{Inhalt, Pruefsumme};
use super::spule::{Art, Block, Satz};
use super::zeile;
use crate::db::copy::{Copy, Row};
use crate::error::{Error, Result};
use crate::import::fortschritt::Phase;
use crate::import::hilbert::Kasten;
use crate::import::verbund::{Rechnung, Verbund};

/// So many blocks may wait for each hand.
const WARTEND: usize = 4;
/// Bytes of the second spool sent at once.
const STUECK: usize = 1 << 20;

/// The join of a delivery.
#[derive(Debug)]
pub(super) struct Ergebnis {
    /// Sums, gaps, overlaps with the areas at them.
    pub verbund: Verbund,
    /// m² of areas whose class says nothing of their Nutzung.
    pub nicht_zugeordnet_m2: f64,
    /// The areas as they were sent.
    pub inhalt: Inhalt,
    /// ordnung of the areas without a share in an Ortsteil, the invalid ones among them.
    pub ohne_ortsteil: Vec<i64>,
    anteile: File,
    zeilen: u64,
}

/// Loads all objects into the detached partitions and computes the join.
pub(super) async fn objekte(
    conn: &mut PgConnection,
    fassung: i32,
    lieferung: &Arc<Lieferung>,
    rechnung: Rechnung,
    phase: &Phase,
) -> Result<Ergebnis> {
    let (an_verbund, von_spule) = sync_channel::<Arc<Block>>(WARTEND);
    let kopie = Arc::clone(lieferung);
    let verbund =
        tokio::task::spawn_blocking(move || verbinde(&von_spule, &kopie, fassung, rechnung));
    let mut an_verbund = Some(an_verbund);
    let mut kopiert = Ok(());
    for art in [Art::Flaeche, Art::Ueberlagerung, Art::Linie, Art::Punkt] {
        // The areas come first; with the end of this sender the join ends.
        let auch = an_verbund.take();
        kopiert = tabelle(conn, art, fassung, lieferung, auch, phase).await;
        if kopiert.is_err() {
            break;
        }
    }
    // When the join failed, the spool's reader has only noticed that nobody listens.
    let ergebnis = verbund.await.map_err(Error::intern)??;
    kopiert?;
    Ok(ergebnis)
}

async fn tabelle(
    conn: &mut PgConnection,
    art: Art,
    fassung: i32,
    lieferung: &Arc<Lieferung>,
    an_verbund: Option<std::sync::mpsc::SyncSender<Arc<Block>>>,
    phase: &Phase,
) -> Result<()> {
    let (an, mut von) = mpsc::channel::<Arc<Block>>(WARTEND);
    let kopie = Arc::clone(lieferung);
    let leser = tokio::task::spawn_blocking(move || {
        kopie.spule.bloecke(art, |block| {
            let block = Arc::new(block);
            an_verbund
                .as_ref()
                .is_none_or(|verbund| verbund.send(Arc::clone(&block)).is_ok())
                && an.blocking_send(block).is_ok()
        })
    });
    let version = lieferung.kopf.version.as_str();
    let eintraege = lieferung.spule.eintraege();
    let mut copy = Copy::begin(conn, &art.copy(fassung)).await?;
    let (mut zeilen, mut inhalt) = (Vec::new(), Vec::new());
    while let Some(block) = von.recv().await {
        zeilen.clear();
        for (index, satz) in block.saetze() {
            let satz = satz?;
            let kennung = lieferung
                .namen
                .kennung(index, satz.eigen, eintraege[index].ohne_id);
            inhalt.clear();
            zeile::inhalt(&satz, version, lieferung.nachtrag(index), &mut inhalt)?;
            zeile::fuege(art, fassung, ordnung(index), &kennung, &inhalt, &mut zeilen)?;
        }
        let anzahl = block.anzahl() as u64;
        copy.rows(&zeilen, anzahl).await?;
        phase.weiter(anzahl);
    }
    leser.await.map_err(Error::intern)??;
    copy.finish().await?;
    Ok(())
}

pub(super) fn ordnung(index: usize) -> i64 {
    i64::try_from(index).map_or(i64::MAX, |index| index + 1)
}

/// Computes the join of the areas as they come; their shares go to a second spool.
fn verbinde(
    von: &Receiver<Arc<Block>>,
    lieferung: &Lieferung,
    fassung: i32,
    mut rechnung: Rechnung,
) -> Result<Ergebnis> {
    let mut anteile = BufWriter::with_capacity(STUECK, tempfile::tempfile()?);
    let mut zeilen = 0;
    let mut nicht_zugeordnet_m2 = 0.0;
    let mut puffer = Vec::new();
    let mut pruefsumme = Pruefsumme::default();
    let mut ohne_ortsteil = Vec::new();
    for block in von {
        for (index, satz) in block.saetze() {
            let satz = satz?;
            let eintrag = &lieferung.spule.eintraege()[index];
            puffer.clear();
            let nachtrag = lieferung.nachtrag(index);
            zeile::inhalt(&satz, &lieferung.kopf.version, nachtrag, &mut puffer)?;
            pruefsumme.nimm(&puffer, satz.flaeche_m2()?);
            if !eintrag.gueltig {
                rechnung.nimm_ungueltige(&satz.repariert()?);
                ohne_ortsteil.push(ordnung(index));
                continue;
            }
            let teile = rechnung.nimm(&satz.flaeche()?);
            if teile.anteile.iter().all(|(ortsteil, _)| *ortsteil <= 0) {
                ohne_ortsteil.push(ordnung(index));
            }
            if eintrag.nicht_zugeordnet {
                nicht_zugeordnet_m2 += teile.innerhalb_m2();
            }
            puffer.clear();
            for (ortsteil, m2) in &teile.anteile {
                let rechtsstand = eintrag.rechtsstand.schluessel();
                anteil(
                    &mut puffer,
                    &satz,
                    [fassung, *ortsteil],
                    ordnung(index),
                    rechtsstand,
                    *m2,
                )?;
                zeilen += 1;
            }
            anteile.write_all(&puffer)?;
        }
    }
    let mut verbund = rechnung.schliesse(|kasten, an| {
        for (index, eintrag) in lieferung.spule.eintraege().iter().enumerate() {
            if eintrag.art == Art::Flaeche
                && eintrag.gueltig
                && beruehren(kasten, &eintrag.kasten)
                && !an(&lieferung.spule.flaeche(index)?)
            {
                break;
            }
        }
        Ok::<(), Error>(())
    })?;
    ganzes::beteilige(lieferung, &mut verbund.schluss.ueberlappungen)?;
    let mut anteile = anteile
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    anteile.rewind()?;
    Ok(Ergebnis {
        verbund,
        nicht_zugeordnet_m2,
        inhalt: pruefsumme.schliesse(),
        ohne_ortsteil,
        anteile,
        zeilen,
    })
}

fn beruehren(a: &Kasten, b: &Kasten) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/// One row of `fnp.anteil`.
fn anteil(
    ziel: &mut Vec<u8>,
    satz: &Satz<'_>,
    [fassung, ortsteil]: [i32; 2],
    ordnung: i64,
    rechtsstand: &str,
    m2: f64,
) -> Result<()> {
    ziel.extend_from_slice(&6_i16.to_be_bytes());
    let mut row = Row::into(ziel);
    row.int4(fassung)?;
    row.int8(ordnung)?;
    row.int4(ortsteil)?;
    ziel.extend_from_slice(satz.feld(0));
    let mut row = Row::into(ziel);
    row.text(rechtsstand)?;
    row.float8(m2)
}

/// Loads the shares into the detached partition.
pub(super) async fn anteile(
    conn: &mut PgConnection,
    fassung: i32,
    ergebnis: &mut Ergebnis,
) -> Result<()> {
    let mut copy = Copy::begin(conn, &format!("COPY fnp.anteil_f{fassung} (fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand, m2) FROM STDIN (FORMAT binary, FREEZE)")).await?;
    let mut stueck = vec![0; STUECK];
    loop {
        // From the page cache, where it was written seconds ago.
        let gelesen = ergebnis.anteile.read(&mut stueck)?;
        if gelesen == 0 {
            break;
        }
        copy.rows(&stueck[..gelesen], 0).await?;
    }
    copy.rows(&[], ergebnis.zeilen).await?;
    copy.finish().await?;
    Ok(())
}
