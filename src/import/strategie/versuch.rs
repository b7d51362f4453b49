//! Runs a writing step over many rows and finds those the database refuses.

use sqlx::{Acquire, PgConnection};

use super::schreiben::{Zeile, als_json};
use super::spalten::{Art, Tabellenart, Weise};
use crate::error::{Error, Result};
use crate::import::bericht::Bericht;

/// One writing step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schritt {
    art: &'static Tabellenart,
    neu: bool,
}

impl Schritt {
    pub(super) fn neu(art: &'static Tabellenart) -> Self {
        Self { art, neu: true }
    }
    pub(super) fn geaendert(art: &'static Tabellenart) -> Self {
        Self { art, neu: false }
    }
}

/// Runs a step over groups of rows; when the database refuses, finds the rows by halving.
pub(super) async fn versuche(
    conn: &mut PgConnection,
    schritt: Schritt,
    gruppen: Vec<Vec<Zeile<'_>>>,
    bericht: &mut Bericht,
) -> Result<()> {
    for gruppe in gruppen {
        if !gruppe.is_empty() {
            gruppe_versuchen(conn, schritt, &gruppe, bericht).await?;
        }
    }
    Ok(())
}

async fn gruppe_versuchen(
    conn: &mut PgConnection,
    schritt: Schritt,
    zeilen: &[Zeile<'_>],
    bericht: &mut Bericht,
) -> Result<()> {
    let mut offen = vec![zeilen];
    let mut gefunden = false;
    let mut erster = None;
    while let Some(teil) = offen.pop() {
        let mut punkt = conn.begin().await?;
        let ergebnis = fuehre_aus(&mut punkt, schritt, teil).await;
        match ergebnis {
            Ok(()) if erster.is_none() => return Ok(punkt.commit().await?),
            Ok(()) => punkt.rollback().await?,
            Err(Error::Eingabe(satz)) => {
                punkt.rollback().await?;
                if teil.len() == 1 {
                    let satz_ = teil[0].satz;
                    let spalte = if schritt.art.weise == Weise::Kennung {
                        "kennung"
                    } else {
                        schritt.art.spalten[0].name
                    };
                    let stelle = if satz_.aus_liste {
                        satz_.stelle.clone()
                    } else {
                        satz_.zelle(spalte)
                    };
                    bericht.fehler(stelle, satz);
                    gefunden = true;
                    if bericht.voll() {
                        return Ok(());
                    }
                } else {
                    let (links, rechts) = teil.split_at(teil.len() / 2);
                    offen.extend([rechts, links]);
                    erster.get_or_insert(satz);
                }
            }
            Err(andere) => return Err(andere),
        }
    }
    if let (false, Some(satz)) = (gefunden, erster) {
        // Only together are they wrong.
        let mut stelle = zeilen[0].satz.stelle.clone();
        stelle.zeile = 0;
        bericht.fehler(stelle, satz);
    }
    Ok(())
}

async fn fuehre_aus(conn: &mut PgConnection, schritt: Schritt, zeilen: &[Zeile<'_>]) -> Result<()> {
    let relation = schritt.art.relation();
    let json = als_json(zeilen);
    if schritt.art.art == Art::Raumbezug {
        sqlx::query_file!("src/import/strategie/verweis_neu.sql", json)
            .execute(&mut *conn)
            .await?;
    }
    if schritt.neu {
        sqlx::query!(
            "SELECT freigabe.lieferung_neu($1::text::regclass, $2)",
            relation,
            json
        )
        .execute(conn)
        .await?;
    } else {
        sqlx::query!(
            "SELECT freigabe.lieferung_geaendert($1::text::regclass, $2)",
            relation,
            json
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}
