//! The chain of seals: its head, its proof, its list.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::{PgPool, Row};

use crate::error::Result;

/// The newest seal: whoever keeps it elsewhere can prove later that nothing before it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kopf {
    /// Number of sealed changes.
    pub lfd: i64,
    /// SHA-256, hex.
    pub siegel: String,
}

/// Reads the head.
///
/// # Errors
/// Of the database.
pub async fn kopf(pool: &PgPool) -> Result<Kopf> {
    let (lfd, siegel): (i64, String) =
        sqlx::query_as("SELECT lfd, encode(hash, 'hex') FROM audit.kopf")
            .fetch_one(pool)
            .await?;
    Ok(Kopf { lfd, siegel })
}

/// Something that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mangel {
    /// Change it was found at, where there is one.
    pub lfd: Option<i64>,
    /// Table and key, where it is a row.
    pub wo: Option<String>,
    /// German sentence.
    pub grund: String,
}

impl Mangel {
    /// As one line.
    #[must_use]
    pub fn text(&self) -> String {
        let lfd = self.lfd.map(|lfd| format!("Änderung {lfd}: "));
        let wo = self.wo.as_ref().map(|wo| format!("{wo}: "));
        format!(
            "{}{}{}",
            lfd.unwrap_or_default(),
            wo.unwrap_or_default(),
            self.grund
        )
    }
}

/// What a proof found.
#[derive(Debug, Serialize)]
pub struct Pruefung {
    /// The head at its end.
    pub kopf: Kopf,
    /// First the break of the chain, then rows; empty when all is whole.
    pub maengel: Vec<Mangel>,
}

/// Walks the chain and compares every table and every history with it; the areas of imports
/// are proved by `import::fnp::nachweis`. `erwartet`: a head kept elsewhere, which must lie on the chain.
///
/// # Errors
/// Of the database.
pub async fn pruefe(pool: &PgPool, erwartet: Option<&Kopf>) -> Result<Pruefung> {
    let mut maengel: Vec<Mangel> = sqlx::query("SELECT lfd, grund FROM audit.pruefe()")
        .fetch_all(pool)
        .await?
        .iter()
        .map(|zeile| Mangel {
            lfd: zeile.get(0),
            wo: None,
            grund: zeile.get(1),
        })
        .collect();
    // Unsealed rows are no part of the chain: only a running transaction may hold them.
    let offen: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit.aenderung WHERE lfd IS NULL OR hash IS NULL",
    )
    .fetch_one(pool)
    .await?;
    if offen > 0 {
        maengel.push(Mangel {
            lfd: None,
            wo: None,
            grund: format!("{offen} Änderungen sind ohne Siegel"),
        });
    }
    if let Some(erwartet) = erwartet {
        let da: Option<String> =
            sqlx::query_scalar("SELECT encode(hash, 'hex') FROM audit.aenderung WHERE lfd = $1")
                .bind(erwartet.lfd)
                .fetch_optional(pool)
                .await?;
        if erwartet.lfd > 0 && da.as_deref() != Some(erwartet.siegel.as_str()) {
            maengel.push(Mangel {
                lfd: Some(erwartet.lfd),
                wo: None,
                grund: "das genannte Siegel liegt nicht auf der Kette".to_owned(),
            });
        }
    }
    let zeilen =
        sqlx::query("SELECT relation, schluessel, lfd, grund FROM audit.abweichungen() ORDER BY 3 NULLS LAST, 1, 2")
            .fetch_all(pool)
            .await?;
    maengel.extend(zeilen.iter().map(|zeile| Mangel {
        lfd: zeile.get(2),
        wo: Some(format!(
            "{} {}",
            zeile.get::<String, _>(0),
            zeile.get::<String, _>(1)
        )),
        grund: zeile.get(3),
    }));
    Ok(Pruefung {
        kopf: kopf(pool).await?,
        maengel,
    })
}

/// Which changes are listed.
#[derive(Debug, Default, Clone)]
pub struct Auswahl {
    /// From this day on.
    pub seit: Option<NaiveDate>,
    /// Author, or a part of it.
    pub wer: Option<String>,
    /// Table, kennung, title or key of a row, or a part of it.
    pub objekt: Option<String>,
    /// At most so many, the newest.
    pub hoechstens: i64,
}

/// One sealed change.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Aenderung {
    /// Number in the order of the commits.
    pub lfd: i64,
    /// Sealed at.
    pub zeit: DateTime<Utc>,
    /// Author.
    pub wer: String,
    /// Reason.
    pub warum: String,
    /// Rows by table and kind: „strategie.massnahme geaendert 2“.
    pub was: Vec<String>,
}

/// Changes, newest first.
///
/// # Errors
/// Of the database.
pub async fn liste(pool: &PgPool, auswahl: &Auswahl) -> Result<Vec<Aenderung>> {
    Ok(sqlx::query_as(include_str!("liste.sql"))
        .bind(auswahl.seit)
        .bind(auswahl.wer.as_deref())
        .bind(auswahl.objekt.as_deref())
        .bind(auswahl.hoechstens)
        .fetch_all(pool)
        .await?)
}
