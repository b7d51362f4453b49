//! Money of the projects, and what the hints need.

use sqlx::PgConnection;

use super::gebiet::{Gebiet, Projektgeld};
use super::hinweis::{self, Hinweis, Umstand, Verwandt};
use crate::error::Result;
use crate::haushalt::auswertung::Betraege;
use crate::haushalt::store as haushalt;
use crate::strategie::massnahme::MassnahmeKurz;

/// Money of these measures, in their order.
pub async fn projektgeld(
    conn: &mut PgConnection,
    projekte: &[MassnahmeKurz],
) -> Result<Vec<Projektgeld>> {
    if projekte.is_empty() {
        return Ok(Vec::new());
    }
    let posten = haushalt::posten(conn, None, None).await?;
    Ok(projekte
        .iter()
        .filter_map(|m| {
            let p = posten.iter().find(|p| p.kennung == m.kennung)?;
            Some(Projektgeld {
                kennung: m.kennung.clone(),
                nummer: m.nummer.clone(),
                titel: m.titel.clone(),
                beschlussstand: m.beschlussstand.clone(),
                umsetzungsphase: m.umsetzungsphase.clone(),
                ampel: m.ampel.clone(),
                betraege: p.betraege,
                kosten_aus: p.kosten_aus.clone(),
                foerderung_aus: p.foerderung_aus.clone(),
                stand: p.stand,
                entfallen: p.entfallen.clone(),
            })
        })
        .collect())
}

/// Sum of the rows that count.
#[must_use]
pub fn summe(projekte: &[Projektgeld]) -> Betraege {
    projekte
        .iter()
        .filter(|p| p.entfallen.is_none())
        .fold(Betraege::default(), |summe, p| summe.plus(p.betraege))
}

/// Everything somebody should look at.
pub async fn hinweise(conn: &mut PgConnection, gebiet: &Gebiet) -> Result<Vec<Hinweis>> {
    let kennung = gebiet.kurz.kennung.as_str();
    let typ = sqlx::query_scalar!("SELECT typ FROM gebiet WHERE kennung = $1", kennung)
        .fetch_one(&mut *conn)
        .await?;
    let verwandt = sqlx::query_file_as!(Verwandt, "src/dorferneuerung/verwandt.sql", kennung)
        .fetch_all(&mut *conn)
        .await?;
    let foerderungen: Vec<_> = haushalt::foerderungen(conn)
        .await?
        .into_iter()
        .filter(|f| f.gebiet.as_deref() == Some(kennung))
        .collect();
    let dorf_einwohner = sqlx::query_scalar!(
        r#"SELECT wert::double precision AS "wert!" FROM schwelle WHERE schluessel = 'dorf_einwohner'"#
    )
    .fetch_optional(conn)
    .await?
    .unwrap_or(f64::INFINITY);
    let umstand = Umstand {
        typ: &typ,
        verwandt: &verwandt,
        foerderungen: &foerderungen,
        dorf_einwohner,
    };
    Ok(hinweis::hinweise(gebiet, &umstand))
}
