//! The stored join after Ortsteile changed: only what touches a moved border is cut anew.
//!
//! Single edits are followed by triggers (migration 0013); an import of Ortsteile collects
//! its rows and calls the same functions once, because row by row every shared border
//! would be cut twice. A Fassung of which more than [`HOECHSTENS_EINZELN`] areas, or
//! more than half, are touched is joined whole in Rust, which is faster than cutting that
//! many in SQL.
//! Both worlds are followed, each from its own rows: a draft edit of an area must not
//! reach the public figures with a border.

use sqlx::PgConnection;

use super::gebiete::{kopiere_anteile, schreibe_pruefung};
use super::vector;
use super::verbund::{self, Flaeche};
use crate::db::geom::Geom;
use crate::error::{Error, Result};
use crate::gemeinde::store;

/// At 0.6 ms per area, what SQL cuts in about a second.
const HOECHSTENS_EINZELN: i64 = 2_000;

/// Schema that holds `anteil`, and the `search_path` under which the same SQL speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Welt {
    Arbeit,
    Oeffentlich,
}

impl Welt {
    const ALLE: [Self; 2] = [Self::Arbeit, Self::Oeffentlich];

    fn pfad(self) -> &'static str {
        match self {
            Self::Arbeit => "strategie, fnp, gemeinde, public",
            Self::Oeffentlich => "oeffentlich, public",
        }
    }

    fn schema(self) -> &'static str {
        match self {
            Self::Arbeit => "fnp",
            Self::Oeffentlich => "oeffentlich",
        }
    }
}

/// How much a change made us compute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Zuwachs {
    /// Pairs area × Ortsteil cut anew one by one, both worlds together.
    pub paare: usize,
    /// Fassungen joined whole, both worlds together.
    pub ganz: usize,
}

/// Holds the triggers of the Ortsteile back in this transaction, until [`fuehre_nach`].
///
/// # Errors
/// The database's.
pub async fn sammle(conn: &mut PgConnection) -> Result<()> {
    stelle(conn, "zielraum.verbund", "gesammelt").await
}

/// Brings shares, figures and measures of both worlds up to date with the Ortsteile.
///
/// # Errors
/// The database's; a stored area that is no polygon is an internal error.
pub async fn fuehre_nach(conn: &mut PgConnection) -> Result<Zuwachs> {
    stelle(conn, "zielraum.verbund", "").await?;
    let mut zuwachs = Zuwachs::default();
    let pfad = suchpfad(conn).await?;
    for welt in Welt::ALLE {
        stelle(conn, "search_path", welt.pfad()).await?;
        let ganze = sqlx::query_scalar!(
            r#"SELECT b.fassung_id AS "id!" FROM fnp.vom_verschobenen_beruehrt(gemeinde.verschobenes()) b
               WHERE b.beruehrt > $1 OR b.beruehrt * 2 > b.gesamt"#,
            HOECHSTENS_EINZELN
        )
        .fetch_all(&mut *conn)
        .await?;
        for fassung in &ganze {
            verbinde_ganz(conn, welt, *fassung).await?;
        }
        zuwachs.ganz += ganze.len();
        let paare = sqlx::query_scalar!(r#"SELECT fnp.nach_grenzen($1) AS "paare!""#, &ganze)
            .fetch_one(&mut *conn)
            .await?;
        zuwachs.paare += usize::try_from(paare).map_err(Error::intern)?;
    }
    stelle(conn, "search_path", &pfad).await?;
    Ok(zuwachs)
}

async fn suchpfad(conn: &mut PgConnection) -> Result<String> {
    Ok(
        sqlx::query_scalar!(r#"SELECT current_setting('search_path') AS "pfad!""#)
            .fetch_one(conn)
            .await?,
    )
}

/// A setting of this transaction.
async fn stelle(conn: &mut PgConnection, name: &str, wert: &str) -> Result<()> {
    sqlx::query_scalar!("SELECT set_config($1, $2, true)", name, wert)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Joins every Fassung of both worlds whole; what all the increments must equal.
/// Needs a transaction begun with an author.
///
/// # Errors
/// The database's; a stored area that is no polygon is an internal error.
pub async fn verbinde_alles(conn: &mut PgConnection) -> Result<()> {
    let pfad = suchpfad(conn).await?;
    for welt in Welt::ALLE {
        stelle(conn, "search_path", welt.pfad()).await?;
        let fassungen = sqlx::query_scalar!("SELECT id FROM fassung ORDER BY id")
            .fetch_all(&mut *conn)
            .await?;
        for fassung in fassungen {
            verbinde_ganz(conn, welt, fassung).await?;
        }
        sqlx::query!("SELECT gemeinde.merke_grenzen()")
            .execute(&mut *conn)
            .await?;
    }
    stelle(conn, "search_path", &pfad).await
}

/// One Fassung of the world the `search_path` shows.
async fn verbinde_ganz(conn: &mut PgConnection, welt: Welt, fassung: i32) -> Result<()> {
    let bereich = sqlx::query_scalar!(
        r#"SELECT geom AS "geom: Geom" FROM fassung WHERE id = $1"#,
        fassung
    )
    .fetch_one(&mut *conn)
    .await?;
    let flaechen = sqlx::query!(
        r#"SELECT ordnung, nutzung, rechtsstand, gueltig, geom AS "geom!: Geom" FROM flaeche WHERE fassung_id = $1 ORDER BY ordnung"#,
        fassung
    )
    .fetch_all(&mut *conn)
    .await?;
    let bereich = bereich.map(store::multipolygon).transpose()?;
    let ortsteile = store::ortsteile_bei(conn, bereich.as_ref()).await?;
    let (zeilen, verbund) = tokio::task::spawn_blocking(move || {
        let mut zeilen = Vec::with_capacity(flaechen.len());
        let mut formen = Vec::with_capacity(flaechen.len());
        for f in flaechen {
            let geom = store::multipolygon(f.geom)?;
            let repariert = if f.gueltig {
                None
            } else {
                Some(
                    vector::repariere(&geom)?
                        .unwrap_or_else(|| geo_types::MultiPolygon(Vec::new())),
                )
            };
            zeilen.push((f.ordnung, f.nutzung, f.rechtsstand));
            formen.push((geom, repariert));
        }
        let flaechen: Vec<Flaeche<'_>> = formen
            .iter()
            .map(|(geom, repariert)| Flaeche {
                geom,
                repariert: repariert.clone(),
            })
            .collect();
        let verbund = verbund::berechne(ortsteile, bereich, &flaechen);
        Ok::<_, Error>((zeilen, verbund))
    })
    .await
    .map_err(Error::intern)??;
    let schema = welt.schema();
    sqlx::query!("DELETE FROM anteil WHERE fassung_id = $1", fassung)
        .execute(&mut *conn)
        .await?;
    let ziel = format!("{schema}.anteil");
    kopiere_anteile(conn, &ziel, fassung, zeilen.into_iter(), &verbund.teile).await?;
    schreibe_pruefung(conn, fassung, &verbund).await?;
    sqlx::query!("SELECT fnp.beruehre('anteil', 'pruefung')")
        .execute(conn)
        .await?;
    Ok(())
}
