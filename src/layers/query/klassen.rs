//! Rows of a code table.

use sqlx::{PgPool, Row};

use super::fehler;
use super::sql::{Sql, aus, t};
use crate::error::{Error, Result};
use crate::layers::relation::{Relation, aufzaehlung};

/// A code table: where its columns are.
#[derive(Debug, Clone)]
pub struct Tafel {
    relation: Relation,
    wert: String,
    titel: Option<String>,
    farbe: Option<String>,
    zeichen: Option<String>,
    folge: Option<String>,
}

/// One row.
#[derive(Debug)]
pub struct Roh {
    /// Key as text.
    pub wert: String,
    /// Label.
    pub titel: Option<String>,
    /// Colour, as it stands there.
    pub farbe: Option<String>,
    /// Sign.
    pub zeichen: Option<String>,
}

impl Tafel {
    /// Finds the columns by the names people use; `schluessel` names the key where it is not
    /// the primary key.
    ///
    /// # Errors
    /// [`Error::Eingabe`] when no column can be the key.
    pub fn neu(relation: Relation, schluessel: Option<&str>) -> Result<Self> {
        let eine = |namen: &[&str]| {
            let mut namen = namen.iter();
            namen.find_map(|name| {
                let mut spalten = relation.spalten.iter();
                spalten
                    .find(|spalte| spalte.name.eq_ignore_ascii_case(name))
                    .map(|s| s.name.clone())
            })
        };
        let wert = match schluessel {
            Some(name) => relation.spalte(name).map(|spalte| spalte.name.clone()),
            None => relation
                .primaerschluessel
                .clone()
                .or_else(|| eine(&["schluessel", "code", "wert", "key", "kuerzel", "id"])),
        };
        let Some(wert) = wert else {
            return Err(Error::eingabe(format!(
                "legend: {}.{} hat keine Spalte, die eine Klasse bezeichnet. Nennen Sie sie mit key; vorhanden: {}.",
                relation.schema,
                relation.name,
                aufzaehlung(relation.spalten.iter().map(|s| s.name.as_str()))
            )));
        };
        Ok(Self {
            titel: eine(&["titel", "name", "bezeichnung", "label", "text", "title"]),
            farbe: eine(&["farbe", "farbcode", "color", "colour"]),
            zeichen: eine(&["symbol", "zeichen", "sign"]),
            folge: eine(&["reihenfolge", "sortierung", "nr", "nummer", "order"]),
            wert,
            relation,
        })
    }
}

/// The rows, in their own order.
pub async fn klassen(pool: &PgPool, tafel: &Tafel) -> Result<Vec<Roh>> {
    let spalte = |name: &Option<String>| {
        name.as_ref().map_or_else(
            || "NULL::text".to_owned(),
            |name| format!("{}::text", t(name)),
        )
    };
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT {wert}::text, {}, {}, {} FROM {} WHERE {wert} IS NOT NULL ORDER BY {folge}, {wert} LIMIT 1000",
        spalte(&tafel.titel),
        spalte(&tafel.farbe),
        spalte(&tafel.zeichen),
        aus(&tafel.relation),
        wert = t(&tafel.wert),
        folge = tafel.folge.as_deref().map_or_else(|| "NULL::text".to_owned(), t),
    ));
    let zeilen = sql.fertig(true).fetch_all(pool).await.map_err(fehler)?;
    zeilen
        .iter()
        .map(|zeile| {
            Ok(Roh {
                wert: zeile.try_get(0).map_err(fehler)?,
                titel: zeile.try_get(1).map_err(fehler)?,
                farbe: zeile.try_get(2).map_err(fehler)?,
                zeichen: zeile.try_get(3).map_err(fehler)?,
            })
        })
        .collect()
}
