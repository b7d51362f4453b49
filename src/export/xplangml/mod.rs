//! A Fassung as XPlanGML 6.0 or 5.4, streamed.
//!
//! Reading order: [`schreibe`] here; `kopf` (plan and Bereich), `objekt` (one feature),
//! `umsetzen` (from one model to the other), [`schema`] (classes and the order of their
//! attributes), `geometrie`, `kennung`; [`bericht`] (what could not be written).
//!
//! Two readings of the database: the ids, which the Bereich lists, then the objects.

use std::io::Write;

use futures_util::TryStreamExt as _;
use sqlx::PgConnection;

use super::store::{self, Tabelle};
use crate::error::Result;
use crate::gml::xml::Xml;

pub mod bericht;
mod geometrie;
mod kennung;
mod kopf;
mod objekt;
pub mod schema;
mod tafeln;
mod umsetzen;

pub use bericht::Bericht;
pub use schema::Version;

use objekt::Rahmen;

/// Writes a Fassung. `conn` should be a reading transaction of one moment
/// ([`store::augenblick`]); its world decides what is seen.
///
/// # Errors
/// The database's, and those of `ziel`.
pub async fn schreibe(
    conn: &mut PgConnection,
    fassung: i32,
    version: Version,
    ziel: &mut (dyn Write + Send),
) -> Result<Bericht> {
    let mut bericht = Bericht::default();
    let plan = store::kopf(conn, fassung).await?;
    let gemeinden = store::gemeinden(conn, &plan.kennung).await?;
    let rahmen = Rahmen {
        version,
        bereich: kopf::bereich_id(&plan),
        doppelt: store::doppelte_ids(conn, fassung).await?,
    };
    let mut xml = Xml::default();
    kopf::anfang(&mut xml, &plan, version);
    if let Some(kasten) = store::ausdehnung(conn, fassung).await? {
        geometrie::umschlag(&mut xml, kasten);
    }
    let bereich = kopf::plan(&mut xml, &plan, &gemeinden, version, &mut bericht)?;
    kopf::bereich_anfang(&mut xml, &bereich);
    leere(&mut xml, ziel)?;
    for tabelle in Tabelle::ALLE {
        let mut zeilen = store::kennungen(conn, fassung, tabelle);
        while let Some((kennung, gml_id)) = zeilen.try_next().await? {
            let (id, _) = kennung::des_objekts(gml_id.as_deref(), &kennung, &rahmen.doppelt);
            let verweis = format!("#{id}");
            xml.leer("xplan:planinhalt", &[("xlink:href", &verweis)]);
            if xml.text.len() > STUECK {
                leere(&mut xml, ziel)?;
            }
        }
    }
    kopf::bereich_ende(&mut xml, &bereich);
    for tabelle in Tabelle::ALLE {
        let mut zeilen = store::objekte(conn, fassung, tabelle);
        while let Some(zeile) = zeilen.try_next().await? {
            objekt::schreibe(&mut xml, &zeile, &rahmen, &mut bericht)?;
            if xml.text.len() > STUECK {
                leere(&mut xml, ziel)?;
                tokio::task::yield_now().await;
            }
        }
    }
    kopf::ende(&mut xml, &bericht);
    leere(&mut xml, ziel)?;
    ziel.flush()?;
    Ok(bericht)
}

/// Class and `rechtscharakter` of an object in a version.
pub(super) fn umgesetzt(zeile: &store::Zeile, version: Version) -> (String, Option<String>) {
    let vorher = umsetzen::Vorher::von(zeile);
    let neu = umsetzen::setze_um(&vorher, version, &mut Bericht::default());
    let charakter = umsetzen::werte(neu.codes.get("rechtscharakter")).next();
    (neu.klasse, charakter)
}

/// Text gathered before it goes to the file.
const STUECK: usize = 256 << 10;

fn leere(xml: &mut Xml, ziel: &mut (dyn Write + Send)) -> Result<()> {
    ziel.write_all(xml.text.as_bytes())?;
    xml.text.clear();
    Ok(())
}
