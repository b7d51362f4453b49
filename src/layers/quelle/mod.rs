//! Where an answer comes from: [`Quelle`] has two kinds, the snapshot in memory and the
//! database. [`seite`] and [`objekt`] are the only places that choose: the snapshot where
//! [`Lager::schnappschuss`](super::snapshot::lager::Lager::schnappschuss) gives one and it can
//! tell the whole answer, else the database.

mod datenbank;
mod gedaechtnis;

use std::sync::Arc;

use super::Dienst;
use super::auswahl::Auswahl;
use super::crs::Ziel;
use super::query::Ergebnis;
use super::sammlung::Sammlung;
use crate::error::Result;
use crate::http::koerper::Koerper;
use datenbank::Datenbank;
use gedaechtnis::Gedaechtnis;

/// Limit of a request for everything.
pub const ALLE: usize = i32::MAX as usize;
/// So many whole layers are read from the database at a time, in one world: a slow client holds
/// a connection.
pub const GROSSE: usize = 2;

/// How the document of a page begins.
const ANFANG: &[u8] = br#"{"type":"FeatureCollection","features":["#;

/// Writes the end of the document, when it is known how many features there were.
pub type Schluss = Box<dyn Fn(&Ergebnis) -> Result<String> + Send + Sync>;

/// A page to be written.
pub struct Auftrag {
    /// Of which collection.
    pub sammlung: Sammlung,
    /// Which features.
    pub auswahl: Auswahl,
    /// The client takes gzip.
    pub gzip: bool,
    /// How the document ends.
    pub schluss: Schluss,
}

/// A page.
#[derive(Debug)]
pub struct Antwort {
    /// The document.
    pub koerper: Koerper,
    /// It is packed (gzip).
    pub gepackt: bool,
}

/// Something features can be read from.
trait Quelle {
    /// A page; None when this source cannot tell it all.
    fn seite(&self, auftrag: &Arc<Auftrag>)
    -> impl Future<Output = Result<Option<Antwort>>> + Send;

    /// A feature.
    fn objekt(
        &self,
        sammlung: &Sammlung,
        id: &str,
        crs: Ziel,
    ) -> impl Future<Output = Result<Fund>> + Send;
}

/// What a source says of one feature.
enum Fund {
    /// The feature without its closing brace.
    Da(Vec<u8>),
    /// There is none.
    Nichts,
    /// It cannot tell.
    Ungewiss,
}

fn gedaechtnis(dienst: &Dienst, sammlung: &Sammlung) -> Option<Gedaechtnis> {
    let bild = dienst.lager.as_ref()?.schnappschuss(sammlung)?;
    Some(Gedaechtnis {
        bild,
        pool: dienst.pool.clone(),
    })
}

/// One page.
///
/// # Errors
/// Those of the database.
pub async fn seite(dienst: &Dienst, auftrag: Auftrag) -> Result<Antwort> {
    let auftrag = Arc::new(auftrag);
    if let Some(gedaechtnis) = gedaechtnis(dienst, &auftrag.sammlung)
        && let Some(antwort) = gedaechtnis.seite(&auftrag).await?
    {
        return Ok(antwort);
    }
    let gezaehlt = match &dienst.lager {
        Some(lager) => lager.gezaehlt(&auftrag.sammlung).await,
        None => None,
    };
    let datenbank = Datenbank {
        pool: dienst.pool.clone(),
        grosse: Arc::clone(&dienst.grosse),
        gezaehlt,
    };
    let antwort = datenbank.seite(&auftrag).await?;
    antwort.ok_or_else(|| crate::error::Error::intern("the database gave no page"))
}

/// One feature without its closing brace; None when there is none.
///
/// # Errors
/// Those of the database.
pub async fn objekt(
    dienst: &Dienst,
    sammlung: &Sammlung,
    id: &str,
    crs: Ziel,
) -> Result<Option<Vec<u8>>> {
    if let Some(gedaechtnis) = gedaechtnis(dienst, sammlung) {
        match gedaechtnis.objekt(sammlung, id, crs).await? {
            Fund::Da(objekt) => return Ok(Some(objekt)),
            Fund::Nichts => return Ok(None),
            Fund::Ungewiss => {}
        }
    }
    let datenbank = Datenbank {
        pool: dienst.pool.clone(),
        grosse: Arc::clone(&dienst.grosse),
        gezaehlt: None,
    };
    match datenbank.objekt(sammlung, id, crs).await? {
        Fund::Da(objekt) => Ok(Some(objekt)),
        Fund::Nichts | Fund::Ungewiss => Ok(None),
    }
}
