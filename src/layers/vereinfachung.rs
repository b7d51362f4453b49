//! Generalised shapes for items with `zoom-level`. They are made above this module, where tiles
//! are ([`crate::tiles`]): one place serves both, so that both show the same borders.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::Dienst;
use super::auswahl::Auswahl;
use super::crs::Wandler;
use super::query::Zeile;
use super::sammlung::Sammlung;
use crate::error::Result;

/// Conformance classes of `zoom-level` (a draft of the OGC).
pub const KONFORMITAET: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-features-7/1.0/conf/zoom-level",
    "http://www.opengis.net/spec/ogcapi-features-7/1.0/conf/zoom-level-features",
];

/// Makes the shapes of a layer for a zoom.
pub trait Vereinfacher: Debug + Send + Sync {
    /// Those of a zoom of `WebMercatorQuad`. None where the layer cannot be generalised (it is
    /// too large, or has no geometry): its features keep their own.
    fn stufe<'a>(
        &'a self,
        sammlung: &'a Sammlung,
        zoom: u8,
    ) -> BoxFuture<'a, Result<Option<Arc<dyn Stufe>>>>;
}

/// Shapes of a layer at one zoom.
pub trait Stufe: Debug + Send + Sync {
    /// That of the feature with this id.
    fn gestalt(&self, schluessel: &str) -> Gestalt;
}

/// What a feature looks like at a zoom.
#[derive(Debug, Clone, PartialEq)]
pub enum Gestalt {
    /// As it is stored: points, and what is not known here.
    Eigene,
    /// Too small to be seen: its neighbour shows its area.
    Keine,
    /// This, EWKB in degrees, longitude first.
    Neue(Vec<u8>),
}

/// The geometry of a row as it is sent, and how its coordinates are to be read; `gespeichert`
/// reads those of the database.
pub(super) fn geometrie<'a>(
    stufe: Option<&dyn Stufe>,
    zeile: &'a Zeile,
    gespeichert: Wandler,
) -> Result<Option<(Cow<'a, [u8]>, Wandler)>> {
    let Some(ewkb) = zeile.geometrie()? else {
        return Ok(None);
    };
    let gestalt = match stufe {
        Some(stufe) => stufe.gestalt(&zeile.schluessel()?),
        None => Gestalt::Eigene,
    };
    Ok(match gestalt {
        Gestalt::Eigene => Some((Cow::Borrowed(ewkb), gespeichert)),
        Gestalt::Keine => None,
        Gestalt::Neue(ewkb) => Some((Cow::Owned(ewkb), gespeichert.aus_grad())),
    })
}

impl Dienst {
    /// Brings the shapes a request with `zoom-level` is answered with.
    ///
    /// # Errors
    /// Those of the database, and when too much is being generalised already.
    pub(super) async fn vereinfache(
        &self,
        sammlung: &Sammlung,
        auswahl: &mut Auswahl,
    ) -> Result<()> {
        if let (Some(zoom), Some(vereinfacher)) = (auswahl.zoom, &self.vereinfacher)
            && auswahl.geometrie
        {
            auswahl.stufe = vereinfacher.stufe(sammlung, zoom).await?;
        }
        Ok(())
    }
}
