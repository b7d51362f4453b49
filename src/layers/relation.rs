//! What the database says about a table or view: columns, types, titles, geometry, rights.
//! Read from the system catalogues with named columns only: the public role may
//! not read all of `pg_class`.

use sqlx::{PgPool, Row, postgres::types::Oid};

use super::catalog::{EIGENE_SCHEMAS, OEFFENTLICH};
use super::query;
use super::wert::Klasse;
use crate::error::{Error, Result};

/// One column.
#[derive(Debug, Clone)]
pub struct Spalte {
    /// Name as in the database.
    pub name: String,
    /// First line of the COMMENT, else the name.
    pub titel: String,
    /// Further lines of the COMMENT.
    pub beschreibung: Option<String>,
    /// Tag `[einheit …]` of the COMMENT.
    pub einheit: Option<String>,
    /// `NOT NULL` is declared (never for a view).
    pub pflicht: bool,
    /// Type as SQL writes it.
    pub typ: String,
    /// What the type means.
    pub klasse: Klasse,
    /// Collation of its own, by name.
    pub folge: Option<String>,
    /// Tag `[code …]` of the COMMENT: the table of its codes.
    pub codes: Option<String>,
}

/// The geometry column.
#[derive(Debug, Clone)]
pub struct Geometrie {
    /// Name as in the database.
    pub spalte: String,
    /// SRID, declared or (for an untyped column) the most frequent one of its rows.
    pub srid: i32,
    /// SRID and type are declared: every row has them.
    pub getypt: bool,
    /// It is of type geography.
    pub geography: bool,
    /// Highest dimension: 0 points, 1 lines, 2 areas; None when rows are mixed or unknown.
    pub dimension: Option<u8>,
    /// May hold arcs.
    pub boegen: bool,
    /// Stored copy in EPSG:4326, if the relation has one.
    pub grad: Option<String>,
}

/// A table or view.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Schema.
    pub schema: String,
    /// Name.
    pub name: String,
    /// Columns without geometries, in order.
    pub spalten: Vec<Spalte>,
    /// The geometry, if it has one.
    pub geometrie: Option<Geometrie>,
    /// The only column of the primary key.
    pub primaerschluessel: Option<String>,
}

impl Relation {
    /// A column by name.
    #[must_use]
    pub fn spalte(&self, name: &str) -> Option<&Spalte> {
        self.spalten.iter().find(|spalte| spalte.name == name)
    }
}

/// What is asked of a relation.
#[derive(Debug, Clone, Copy)]
pub struct Verlangt<'a> {
    /// Geometry column named in the catalogue.
    pub geometrie: Option<&'a str>,
    /// Rows are read by the role of the pool (the public, staff): its rights are checked, views must not run as their owner.
    pub oeffentlich: bool,
}

/// Reads a relation; every sentence tells what the operator has to do.
pub async fn lies(
    pool: &PgPool,
    schema: &str,
    name: &str,
    verlangt: Verlangt<'_>,
) -> Result<Relation> {
    let kopf = sqlx::query(
        "SELECT c.oid, c.relkind::text AS art, n.oid AS schema_oid,
                has_schema_privilege(n.oid, 'USAGE') AS schema_recht,
                has_table_privilege(c.oid, 'SELECT') AS leserecht,
                current_user::text AS rolle
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'v', 'm', 'f', 'p')",
    )
    .bind(schema)
    .bind(name)
    .fetch_optional(pool)
    .await
    .map_err(query::fehler)?;
    let Some(kopf) = kopf else {
        return Err(fehlt(pool, schema, name).await?);
    };
    let oid: Oid = kopf.get("oid");
    if verlangt.oeffentlich {
        rechte(&kopf, schema, name)?;
        if matches!(kopf.get::<String, _>("art").as_str(), "v" | "m") {
            sicht(pool, oid, schema, name).await?;
        }
    }
    spalten(pool, oid, schema, name, verlangt).await
}

/// The relation is not there; names the nearest one that is.
async fn fehlt(pool: &PgPool, schema: &str, name: &str) -> Result<Error> {
    let vorhanden: Vec<String> = sqlx::query_scalar(
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition AND n.nspname !~ '^(pg_|information_schema$)'",
    )
    .fetch_all(pool)
    .await
    .map_err(query::fehler)?;
    let gesucht = format!("{schema}.{name}");
    let vorschlag = naechster(&gesucht, vorhanden.iter().map(String::as_str));
    Ok(Error::eingabe(format!(
        "Die Tabelle oder Sicht {gesucht} gibt es in der Datenbank nicht.{} Prüfen Sie „relation“ (Groß- und Kleinschreibung zählt).",
        meinten(vorschlag)
    )))
}

/// The candidate a slip of the pen away: up to a third of the letters differ.
#[must_use]
pub fn naechster<'a>(gesucht: &str, vorhanden: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let klein = gesucht.to_lowercase();
    vorhanden
        .map(|name| (strsim::osa_distance(&klein, &name.to_lowercase()), name))
        .filter(|(abstand, _)| *abstand <= (klein.chars().count() / 3).max(1))
        .min()
        .map(|(_, name)| name)
}

/// ` Meinten Sie „…“?`, or nothing.
#[must_use]
pub fn meinten(vorschlag: Option<&str>) -> String {
    vorschlag.map_or_else(String::new, |name| format!(" Meinten Sie „{name}“?"))
}

/// Prints the GRANT that is missing and never gives it: publishing is the operator's decision.
fn rechte(kopf: &sqlx::postgres::PgRow, schema: &str, name: &str) -> Result<()> {
    let rolle: String = kopf.get("rolle");
    let mut fehlt = Vec::new();
    if !kopf.get::<bool, _>("schema_recht") {
        fehlt.push(format!(
            "GRANT USAGE ON SCHEMA {} TO {};",
            quotiere(schema),
            quotiere(&rolle)
        ));
    }
    if !kopf.get::<bool, _>("leserecht") {
        fehlt.push(format!(
            "GRANT SELECT ON {}.{} TO {};",
            quotiere(schema),
            quotiere(name),
            quotiere(&rolle)
        ));
    }
    if fehlt.is_empty() {
        return Ok(());
    }
    if rolle != "zielraum_public" {
        return Err(Error::eingabe(format!(
            "Angemeldete dürfen {schema}.{name} nicht lesen. Führen Sie aus:\n  {}",
            fehlt.join("\n  ")
        )));
    }
    Err(Error::eingabe(format!(
        "Die Öffentlichkeit darf {schema}.{name} nicht lesen. Wenn die Ebene öffentlich sein soll, führen Sie aus:\n  {}\nSonst setzen Sie access = \"intern\".",
        fehlt.join("\n  ")
    )))
}

async fn sicht(pool: &PgPool, oid: Oid, schema: &str, name: &str) -> Result<()> {
    let eigentuemer: Vec<String> = sqlx::query_scalar(include_str!("eigentuemer.sql"))
        .bind(oid)
        .fetch_all(pool)
        .await
        .map_err(query::fehler)?;
    if !eigentuemer.is_empty() {
        let befehle = eigentuemer
            .iter()
            .map(|sicht| format!("ALTER VIEW {sicht} SET (security_invoker = true);"));
        return Err(Error::eingabe(format!(
            "Die Sicht {schema}.{name} liest mit den Rechten eines Eigentümers und könnte Entwürfe zeigen. Führen Sie aus:\n  {}",
            befehle.collect::<Vec<_>>().join("\n  ")
        )));
    }
    let abgelegt: Vec<String> = sqlx::query_scalar(include_str!("abgelegt.sql"))
        .bind(oid)
        .bind(EIGENE_SCHEMAS.map(str::to_owned).to_vec())
        .fetch_all(pool)
        .await
        .map_err(query::fehler)?;
    if !abgelegt.is_empty() {
        return Err(Error::eingabe(format!(
            "{schema}.{name} zeigt Daten, die eine materialisierte Sicht mit den Rechten ihres Eigentümers aus internen Tabellen abgelegt hat, auch Entwürfe: {}. Bauen Sie sie auf den Tabellen des Schemas „{OEFFENTLICH}“ auf.",
            abgelegt.join(", ")
        )));
    }
    let verdeckt: Vec<String> = sqlx::query_scalar(include_str!("verdeckt.sql"))
        .bind(oid)
        .fetch_all(pool)
        .await
        .map_err(query::fehler)?;
    if verdeckt.is_empty() {
        return Ok(());
    }
    Err(Error::eingabe(format!(
        "Die Sicht {schema}.{name} ruft Funktionen auf, deren Tabellen verborgen sind oder die mit fremden Rechten lesen: {}. Schreiben Sie sie mit BEGIN ATOMIC … END oder setzen Sie die Abfrage in die Sicht ein.",
        verdeckt.join(", ")
    )))
}

async fn spalten(
    pool: &PgPool,
    oid: Oid,
    schema: &str,
    name: &str,
    verlangt: Verlangt<'_>,
) -> Result<Relation> {
    let zeilen = sqlx::query(include_str!("spalten.sql"))
        .bind(oid)
        .fetch_all(pool)
        .await
        .map_err(query::fehler)?;
    let mut spalten = Vec::new();
    let mut geometrien: Vec<(String, String)> = Vec::new();
    for zeile in &zeilen {
        let spaltenname: String = zeile.get("name");
        if let Some(typ) = zeile.get::<Option<String>, _>("geometrietyp") {
            geometrien.push((spaltenname, typ));
            continue;
        }
        let kommentar = kommentar(zeile.get::<Option<String>, _>("kommentar").as_deref());
        spalten.push(Spalte {
            titel: kommentar.titel.unwrap_or_else(|| spaltenname.clone()),
            name: spaltenname,
            beschreibung: kommentar.beschreibung,
            einheit: kommentar.einheit,
            pflicht: zeile.get("pflicht"),
            typ: zeile.get("typ"),
            klasse: Klasse::zu_typ(
                &zeile.get::<String, _>("typname"),
                &zeile.get::<String, _>("kategorie"),
            ),
            folge: zeile.get("folge"),
            codes: kommentar.codes,
        });
    }
    let primaer: Vec<String> = sqlx::query_scalar(
        "SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
         WHERE i.indrelid = $1 AND i.indisprimary",
    )
    .bind(oid)
    .fetch_all(pool)
    .await
    .map_err(query::fehler)?;
    let mut relation = Relation {
        schema: schema.to_owned(),
        name: name.to_owned(),
        spalten,
        geometrie: None,
        primaerschluessel: <[String; 1]>::try_from(primaer).ok().map(|[spalte]| spalte),
    };
    let gewaehlt = match verlangt.geometrie {
        Some(gesucht) => Some(
            geometrien
                .iter()
                .find(|(spalte, _)| spalte == gesucht)
                .ok_or_else(|| {
                    let namen = geometrien.iter().map(|(spalte, _)| spalte.as_str());
                    Error::eingabe(format!(
                        "{schema}.{name} hat keine Geometriespalte „{gesucht}“. Vorhanden: {}.",
                        aufzaehlung(namen)
                    ))
                })?,
        ),
        None => geometrien.first(),
    };
    if let Some((spalte, typ)) = gewaehlt {
        let grad = format!("{spalte}_4326");
        let mut geometrie = geometrie(spalte, typ);
        geometrie.grad = geometrien
            .iter()
            .any(|(s, t)| *s == grad && t.ends_with(",4326)"))
            .then_some(grad);
        if !geometrie.getypt && verlangt.oeffentlich {
            query::erkunde_geometrie(pool, &relation, &mut geometrie).await?;
        }
        if verlangt.oeffentlich {
            query::pruefe_srid(pool, &relation, &geometrie).await?;
        }
        relation.geometrie = Some(geometrie);
    }
    Ok(relation)
}

/// „a“, „b“ – or that there is none.
pub fn aufzaehlung<'a>(namen: impl Iterator<Item = &'a str>) -> String {
    let namen: Vec<String> = namen.map(|name| format!("„{name}“")).collect();
    if namen.is_empty() {
        return "keine".to_owned();
    }
    namen.join(", ")
}

/// Reads `geometry(MultiPolygonZ,25832)`.
fn geometrie(spalte: &str, typ: &str) -> Geometrie {
    let geography = typ.contains("geography");
    let innen = typ
        .split_once('(')
        .map_or("", |(_, rest)| rest.trim_end_matches(')'));
    let (art, srid) = innen.split_once(',').unwrap_or((innen, "0"));
    let srid = srid.parse().unwrap_or(0);
    let art = art.to_ascii_lowercase();
    let art = art.trim_end_matches(['z', 'm']);
    let art = if art == "multi" { "" } else { art };
    let dimension = match art {
        "point" | "multipoint" => Some(0),
        "linestring" | "multilinestring" | "circularstring" | "compoundcurve" | "multicurve" => {
            Some(1)
        }
        "polygon" | "multipolygon" | "curvepolygon" | "multisurface" | "triangle" | "tin"
        | "polyhedralsurface" => Some(2),
        _ => None,
    };
    let srid = if srid == 0 && geography { 4326 } else { srid };
    Geometrie {
        spalte: spalte.to_owned(),
        srid,
        getypt: srid != 0 && dimension.is_some(),
        geography,
        dimension,
        boegen: !matches!(
            art,
            "point" | "multipoint" | "linestring" | "multilinestring" | "polygon" | "multipolygon"
        ),
        grad: None,
    }
}

#[derive(Default, Debug, PartialEq)]
struct Kommentar {
    titel: Option<String>,
    beschreibung: Option<String>,
    einheit: Option<String>,
    codes: Option<String>,
}

/// First line title, further lines description, tags `[einheit m²]` anywhere at the end.
fn kommentar(text: Option<&str>) -> Kommentar {
    let mut rest = text.unwrap_or_default().trim();
    let mut einheit = None;
    let mut codes = None;
    while rest.ends_with(']')
        && let Some(auf) = rest.rfind('[')
    {
        let marke = &rest[auf + 1..rest.len() - 1];
        if let Some(wert) = marke.strip_prefix("einheit ") {
            einheit = Some(wert.trim().to_owned());
        } else if let Some(tabelle) = marke.strip_prefix("code ") {
            codes = Some(tabelle.trim().to_owned());
        }
        rest = rest[..auf].trim_end();
    }
    let (titel, weiter) = rest.split_once('\n').unwrap_or((rest, ""));
    let nicht_leer = |text: &str| {
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    Kommentar {
        titel: nicht_leer(titel),
        beschreibung: nicht_leer(weiter),
        einheit,
        codes,
    }
}

/// A name as a quoted SQL identifier.
#[must_use]
pub fn quotiere(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_give_title_description_and_unit() {
        let k = kommentar(Some(
            "Fläche\nIm Plan.\nZweite Zeile [einheit m²] [code fnp.nutzung]",
        ));
        assert_eq!(k.titel.as_deref(), Some("Fläche"));
        assert_eq!(k.beschreibung.as_deref(), Some("Im Plan.\nZweite Zeile"));
        assert_eq!(k.einheit.as_deref(), Some("m²"));
        assert_eq!(k.codes.as_deref(), Some("fnp.nutzung"));
        assert_eq!(kommentar(None), Kommentar::default());
        assert_eq!(kommentar(Some("[vertraulich]")), Kommentar::default());
    }

    #[test]
    fn geometry_modifiers() {
        let g = |typ| {
            let g = geometrie("geom", typ);
            (g.srid, g.dimension, g.getypt, g.boegen)
        };
        assert_eq!(
            g("geometry(MultiPolygon,25832)"),
            (25832, Some(2), true, false)
        );
        assert_eq!(g("geometry(PointZM,31468)"), (31468, Some(0), true, false));
        assert_eq!(
            g("geometry(CurvePolygon,25832)"),
            (25832, Some(2), true, true)
        );
        assert_eq!(g("geometry(Geometry,25832)"), (25832, None, false, true));
        assert_eq!(g("geometry"), (0, None, false, true));
        assert_eq!(g("geometry(MultiLineString)"), (0, Some(1), false, false));
        assert_eq!(g("geography(Point,4326)"), (4326, Some(0), true, false));
    }

    #[test]
    fn identifiers_cannot_end_early() {
        assert_eq!(quotiere("a\"b"), "\"a\"\"b\"");
    }
}
