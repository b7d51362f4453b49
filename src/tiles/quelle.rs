//! Where tiles get their rows: the seam to the layers. [`lies`] is the only place that chooses:
//! the snapshot where there is one of the version wanted, else the database.

use std::sync::Arc;

use sqlx::PgPool;

use super::Dienst;
use super::bau::Bau;
use super::lager::Stand;
use super::matrix::Adresse;
use crate::error::{Error, Result};
use crate::layers::auswahl::Auswahl;
use crate::layers::bbox::Bbox;
use crate::layers::crs::{Wandler, Ziel};
use crate::layers::query::{self, Abnehmer, Zeile};
use crate::layers::sammlung::Sammlung;
use crate::layers::snapshot::Schnappschuss;

/// More than any layer has.
const ALLE: usize = crate::layers::quelle::ALLE;

/// State of the data of a layer: for the public that of its base tables, else of everything
/// the world reads. None: nothing counts the changes of this layer.
pub(super) async fn version(dienst: &Dienst, sammlung: &Sammlung) -> Result<Option<String>> {
    if !sammlung.ebene.eigen {
        return Ok(None);
    }
    if let Some(staende) = &dienst.staende
        && let Some(version) = staende.version(sammlung).await
    {
        return Ok(Some(version.marke()));
    }
    let (pool, intern) = (&dienst.pool, dienst.katalog.ist_intern());
    let zahl: std::result::Result<i64, _> = if intern {
        sqlx::query_scalar("SELECT coalesce(sum(zaehler), 0)::bigint FROM audit.stand")
            .fetch_one(pool)
            .await
    } else {
        sqlx::query_scalar("SELECT coalesce(sum(zaehler), 0)::bigint FROM oeffentlich.stand")
            .fetch_one(pool)
            .await
    };
    Ok(Some(zahl.map_err(query::fehler)?.to_string()))
}

/// The rows of a layer: all, or those around a tile, with a rim of so many of its sides.
///
/// # Errors
/// Those of the database, and [`Error::Umgebung`] when [`Bau`] gives up.
pub(super) async fn lies(
    dienst: &Dienst,
    stand: &Stand,
    um: Option<(Adresse, f64)>,
    mut bau: Bau,
) -> std::result::Result<Bau, (Bau, Error)> {
    if let Some(bild) = schnappschuss(dienst, stand) {
        let gelesen = dienst.lager.arbeite(move || {
            let ergebnis = lies_bild(&bild, um, &mut bau);
            (ergebnis, bau)
        });
        return match gelesen.await {
            Ok((Ok(()), bau)) => Ok(bau),
            Ok((Err(fehler), bau)) => Err((bau, fehler)),
            Err(fehler) => Err((Bau::neu(&stand.sammlung, stand.satz, 0), fehler)),
        };
    }
    let bbox = um.map(|(adresse, rand)| self::um(adresse, rand));
    let gelesen = match bbox.transpose() {
        Err(fehler) => Err(fehler),
        Ok(bbox) => {
            let auswahl = Auswahl {
                limit: ALLE,
                bbox,
                ..leer()
            };
            query::seite(&dienst.pool, &stand.sammlung, &auswahl, None, &mut bau).await
        }
    };
    match gelesen {
        Ok(_) => Ok(bau),
        Err(fehler) => Err((bau, fehler)),
    }
}

/// The snapshot of this version, if every geometry is in it.
fn schnappschuss(dienst: &Dienst, stand: &Stand) -> Option<Arc<Schnappschuss>> {
    let bild = dienst.staende.as_ref()?.schnappschuss(&stand.sammlung)?;
    (stand.version.as_deref() == Some(bild.version().marke().as_str())).then_some(bild)
}

fn lies_bild(bild: &Schnappschuss, um: Option<(Adresse, f64)>, bau: &mut Bau) -> Result<()> {
    match um {
        Some((adresse, rand)) => {
            for nummer in bild.im_kasten(adresse.kasten_utm32(rand)) {
                bau.lies_objekt(&bild.objekt(nummer))?;
            }
        }
        None => {
            for nummer in 0..u32::try_from(bild.mit_geometrie()).unwrap_or(u32::MAX) {
                bau.lies_objekt(&bild.objekt(nummer))?;
            }
        }
    }
    Ok(())
}

impl Abnehmer for Bau {
    fn nimm(&mut self, zeile: &Zeile, wandler: Wandler) -> Result<()> {
        self.lies(zeile, wandler.quelle())
    }

    async fn gib_weiter(&mut self) -> Result<()> {
        Ok(())
    }
}

/// The box around a tile, with a rim of so many of its sides.
pub(super) fn um(adresse: Adresse, rand: f64) -> Result<Bbox> {
    Bbox::aus_zahlen(&adresse.kasten_utm32(rand), Ziel::Epsg25832).map_err(Error::intern)
}

/// Ids of the rows that meet the conditions of a request.
///
/// # Errors
/// Those of the filter; [`Error::Umgebung`] when the data have moved on from what the tile shows.
pub(super) async fn schluessel(
    dienst: &Dienst,
    stand: &Stand,
    auswahl: &Auswahl,
) -> Result<Vec<String>> {
    let version = match &dienst.staende {
        Some(staende) if stand.gezaehlt => staende.version(&stand.sammlung).await,
        _ => None,
    };
    let zaehler = match &version {
        Some(version) if stand.version.as_deref() == Some(version.marke().as_str()) => {
            version.zaehler()
        }
        Some(_) => return Err(weiter()),
        None => &[],
    };
    query::getroffene(&dienst.pool, &stand.sammlung, auswahl, zaehler)
        .await?
        .ok_or_else(weiter)
}

fn weiter() -> Error {
    Error::umgebung("Die Daten ändern sich gerade. Laden Sie die Karte gleich noch einmal.")
}

/// No conditions; coordinates as they are stored.
pub(super) fn leer() -> Auswahl {
    Auswahl {
        limit: ALLE,
        bbox: None,
        zeit: None,
        filter: Vec::new(),
        cql: None,
        sortierung: Vec::new(),
        eigenschaften: None,
        geometrie: true,
        zoom: None,
        stufe: None,
        cursor: None,
        ab: None,
        crs: Ziel::Epsg25832,
        kennung: String::new(),
    }
}

/// Day of the last published change, for people; staff are told none.
pub(super) async fn tag(pool: &PgPool, intern: bool) -> Result<Option<String>> {
    if intern {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT to_char(max(zeit) AT TIME ZONE 'Europe/Berlin', 'FMDD.FMMM.YYYY') FROM oeffentlich.stand")
        .fetch_one(pool)
        .await
        .map_err(query::fehler)
}
