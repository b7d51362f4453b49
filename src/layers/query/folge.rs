//! Order of a page and where it goes on: keyset over the sort columns, the key decides.

use super::sql::{Sql, Stelle, ordnung_sql, schluesseltyp, t};
use crate::error::{Error, Result};
use crate::layers::auswahl::Auswahl;
use crate::layers::cql2::sql::veroeffentlicht;
use crate::layers::cursor::Cursor;
use crate::layers::ebene::Ebene;
use crate::layers::relation::Spalte;
use crate::layers::sortierung::Sortierung;
use crate::layers::wert::Klasse;

/// A sort column in SQL: what is published as null has no value here either, text sorts in
/// German unless the column has an order of its own.
fn ausdruck(spalte: &Spalte) -> String {
    let wert = veroeffentlicht(&t(&spalte.name), spalte.klasse);
    match (spalte.klasse, spalte.folge.as_deref()) {
        (Klasse::Text | Klasse::Anderes, None) => format!("({wert}) COLLATE \"de-x-icu\""),
        _ => format!("({wert})"),
    }
}

fn typ(spalte: &Spalte) -> &'static str {
    match spalte.klasse {
        Klasse::Uuid => "text",
        klasse => klasse.vergleichstyp(),
    }
}

fn spalten<'a>(ebene: &'a Ebene, sortierung: &'a [Sortierung]) -> Result<Vec<(&'a Spalte, bool)>> {
    let eine = |s: &'a Sortierung| match ebene.spalte(&s.spalte) {
        Some(spalte) => Ok((spalte, s.absteigend)),
        None => Err(Error::intern("sorted by a column that is not published")),
    };
    sortierung.iter().map(eine).collect()
}

/// Sort values as text, to stand behind the other columns of a row.
pub fn werte_sql(ebene: &Ebene, sortierung: &[Sortierung]) -> Result<String> {
    let spalten = spalten(ebene, sortierung)?;
    Ok(spalten
        .iter()
        .map(|(spalte, _)| format!(", ({})::text", ausdruck(spalte)))
        .collect())
}

/// ` AND …` for what comes after the cursor, if it stands in this phase.
pub fn weiter(sql: &mut Sql, ebene: &Ebene, auswahl: &Auswahl, stelle: &Stelle<'_>) -> Result<()> {
    let Some(cursor) = stelle.cursor.filter(|c| c.phase == stelle.phase) else {
        return Ok(());
    };
    if !auswahl.sortierung.is_empty() {
        let spalten = spalten(ebene, &auswahl.sortierung)?;
        sql.push(" AND ");
        return nach(sql, ebene, &spalten, &cursor.werte, cursor);
    }
    let schluessel = t(&ebene.schluessel.name);
    if let (Some(spalte), Some(ordnung)) = (ordnung_sql(ebene), cursor.ordnung) {
        sql.push(&format!(" AND ({spalte}, {schluessel}) > ("));
        sql.text(&ordnung.to_string(), "bigint")?.push(", ");
        sql.text(&cursor.schluessel, schluesseltyp(ebene))?
            .push(")");
    } else {
        sql.push(&format!(" AND {schluessel} > "));
        sql.text(&cursor.schluessel, schluesseltyp(ebene))?;
    }
    Ok(())
}

/// A row comparison with directions of its own for each column and NULL behind everything.
fn nach(
    sql: &mut Sql,
    ebene: &Ebene,
    spalten: &[(&Spalte, bool)],
    werte: &[Option<String>],
    cursor: &Cursor,
) -> Result<()> {
    let Some(((spalte, absteigend), spalten)) = spalten.split_first() else {
        sql.push(&format!("{} > ", t(&ebene.schluessel.name)));
        sql.text(&cursor.schluessel, schluesseltyp(ebene))?;
        return Ok(());
    };
    let Some((wert, werte)) = werte.split_first() else {
        return Err(crate::layers::cursor::fremd());
    };
    let ausdruck = ausdruck(spalte);
    match wert {
        None => {
            sql.push(&format!("({ausdruck} IS NULL AND "));
            nach(sql, ebene, spalten, werte, cursor)?;
        }
        Some(wert) => {
            let zeichen = if *absteigend { "<" } else { ">" };
            sql.push(&format!("({ausdruck} IS NULL OR {ausdruck} {zeichen} "));
            sql.text(wert, typ(spalte))?;
            sql.push(&format!(" OR {ausdruck} = "));
            sql.text(wert, typ(spalte))?.push(" AND ");
            nach(sql, ebene, spalten, werte, cursor)?;
        }
    }
    sql.push(")");
    Ok(())
}

/// `ORDER BY` of a page.
pub fn folge(ebene: &Ebene, auswahl: &Auswahl) -> Result<String> {
    let mut teile = Vec::new();
    for (spalte, absteigend) in spalten(ebene, &auswahl.sortierung)? {
        let richtung = if absteigend { " DESC" } else { "" };
        teile.push(format!("{}{richtung} NULLS LAST", ausdruck(spalte)));
    }
    if teile.is_empty() {
        teile.extend(ordnung_sql(ebene));
    }
    teile.push(t(&ebene.schluessel.name));
    Ok(format!(" ORDER BY {}", teile.join(", ")))
}
