//! A Fassung as a file on disk, of one moment.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use sqlx::PgPool;

use super::xplangml::{self, Bericht, Version};
use super::{inspire, store};
use crate::error::Result;
use crate::fnp::plan::{self, Fassung};

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Art {
    /// XPlanGML of a version.
    Xplangml(Version),
    /// INSPIRE Planned Land Use as a GeoPackage.
    Inspire,
}

impl Art {
    /// Ending of a file name.
    #[must_use]
    pub fn endung(self) -> &'static str {
        match self {
            Self::Xplangml(_) => "gml",
            Self::Inspire => "gpkg",
        }
    }

    /// Name of a file of a plan, without characters a program could trip over.
    #[must_use]
    pub fn dateiname(self, plan: &Fassung) -> String {
        let art = match self {
            Self::Xplangml(version) => format!("xplan-{}", version.name()),
            Self::Inspire => "inspire-plu".to_owned(),
        };
        format!("{}-{}-{art}.{}", plan.kennung, plan.fassung, self.endung())
    }
}

/// The version of a plan that is meant.
///
/// # Errors
/// As [`plan::waehle`].
pub async fn waehle(pool: &PgPool, angabe: &str) -> Result<Fassung> {
    plan::waehle(&mut *pool.acquire().await?, Some(angabe)).await
}

/// Writes the file; the answer tells what was written and what could not be.
///
/// # Errors
/// The database's and the disk's.
pub async fn schreibe(pool: &PgPool, fassung: i32, art: Art, ziel: &Path) -> Result<Bericht> {
    let mut tx = store::augenblick(pool).await?;
    let bericht = match art {
        Art::Xplangml(version) => {
            let mut datei = BufWriter::new(File::create(ziel)?);
            xplangml::schreibe(&mut tx, fassung, version, &mut datei).await?
        }
        Art::Inspire => inspire::schreibe(&mut tx, fassung, ziel).await?,
    };
    tx.rollback().await?;
    Ok(bericht)
}
