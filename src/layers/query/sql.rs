//! How statements are put together: quoted names, bound values, nothing else.

use std::fmt::Write as _;

use sqlx::Arguments;
#[expect(
    clippy::disallowed_types,
    reason = "identifiers are quoted catalogue names, values are bound: see the module's head"
)]
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgArguments;

use crate::error::{Error, Result};
use crate::layers::auswahl::Auswahl;
use crate::layers::cql2;
use crate::layers::crs::{Lage, Wandler, Ziel};
use crate::layers::cursor::{Cursor, Phase};
use crate::layers::ebene::Ebene;
use crate::layers::relation::{Geometrie, Relation, Spalte, quotiere};
use crate::layers::sammlung::Sammlung;
use crate::layers::wert::Klasse;

/// A statement under construction.
#[derive(Default)]
pub struct Sql {
    text: String,
    werte: PgArguments,
}

impl Sql {
    /// Text of ours.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Text of ours before all that stands there.
    pub fn vorweg(&mut self, text: &str) {
        self.text.insert_str(0, text);
    }

    /// Binds a text and casts it.
    pub fn text(&mut self, wert: &str, typ: &str) -> Result<&mut Self> {
        self.werte.add(wert).map_err(Error::intern)?;
        let nummer = self.werte.len();
        write!(self.text, "${nummer}::text::{typ}").map_err(Error::intern)?;
        Ok(self)
    }

    /// Binds texts as an array and casts it.
    pub fn texte(&mut self, werte: &[String], typ: &str) -> Result<&mut Self> {
        let maskiert = |text: &String| text.replace('\\', "\\\\").replace('"', "\\\"");
        let liste: Vec<String> = werte
            .iter()
            .map(|text| format!("\"{}\"", maskiert(text)))
            .collect();
        self.text(&format!("{{{}}}", liste.join(",")), typ)
    }

    /// Binds a geometry.
    pub fn ewkb(&mut self, wert: Vec<u8>) -> Result<&mut Self> {
        self.werte.add(wert).map_err(Error::intern)?;
        let nummer = self.werte.len();
        write!(self.text, "ST_GeomFromEWKB(${nummer})").map_err(Error::intern)?;
        Ok(self)
    }

    /// The statement; `gemerkt` keeps its plan in the connection.
    pub fn fertig(self, gemerkt: bool) -> sqlx::query::Query<'static, sqlx::Postgres, PgArguments> {
        sqlx::query_with(AssertSqlSafe(self.text), self.werte).persistent(gemerkt)
    }
}

/// `"schema"."name" AS t`
pub fn aus(relation: &Relation) -> String {
    format!(
        "{}.{} AS t",
        quotiere(&relation.schema),
        quotiere(&relation.name)
    )
}

/// `t."name"`
pub fn t(spalte: &str) -> String {
    format!("t.{}", quotiere(spalte))
}

/// The geometry in its own system: untyped columns may mix SRIDs.
pub fn geometrie_sql(g: &Geometrie) -> String {
    let spalte = t(&g.spalte);
    if g.getypt && !g.geography {
        return spalte;
    }
    let spalte = format!("{spalte}::geometry");
    let srid = g.srid;
    format!(
        "CASE ST_SRID({spalte}) WHEN {srid} THEN {spalte} WHEN 0 THEN ST_SetSRID({spalte}, {srid}) ELSE ST_Transform({spalte}, {srid}) END"
    )
}

/// The column in a system that literals can be turned into, that system, and its SRID.
pub fn vergleichbar(g: &Geometrie) -> (String, Lage, i32) {
    let spalte = geometrie_sql(g);
    match Lage::zu_srid(g.srid) {
        Some(lage) => (spalte, lage, g.srid),
        None => (
            format!("ST_Transform({spalte}, 4326)"),
            Lage::Geografisch,
            4326,
        ),
    }
}

/// Rows whose geometry can be drawn.
pub fn hat_geometrie(g: &Geometrie) -> String {
    let spalte = t(&g.spalte);
    format!("({spalte} IS NOT NULL AND NOT ST_IsEmpty({spalte}::geometry))")
}

/// The geometry as it is sent, and how its coordinates are to be read.
fn ausgabe(g: &Geometrie, ziel: Ziel) -> (String, Lage) {
    if let (Some(grad), Lage::Geografisch) = (&g.grad, ziel.lage()) {
        return (format!("ST_AsEWKB({})", t(grad)), Lage::Geografisch);
    }
    let mut sql = geometrie_sql(g);
    if g.boegen {
        // 32 chords a quarter, symmetric: both neighbours of an arc get the same vertices.
        sql = format!("ST_CurveToLine({sql}, 32, 0, 1)");
    }
    let lage = Lage::zu_srid(g.srid).unwrap_or_else(|| {
        sql = format!("ST_Transform({sql}, 4326)");
        Lage::Geografisch
    });
    (format!("ST_AsEWKB({sql})"), lage)
}

/// The order within a phase: spatial order first, the key decides.
pub fn ordnung_sql(ebene: &Ebene) -> Option<String> {
    ebene.ordnung.as_ref().map(|spalte| {
        let name = t(&spalte.name);
        if ebene.eigen || spalte.pflicht {
            name
        } else {
            format!("coalesce({name}::bigint, 9223372036854775807)")
        }
    })
}

/// Names the plan versions of a collection, so that only their partitions are read; one
/// version as `=`, because its index then gives the order too (at 200,000 areas a page
/// takes 9 ms instead of 100).
///
/// And the keys that answer a saved question.
pub fn binde_fassungen(sql: &mut Sql, sammlung: &Sammlung) -> Result<()> {
    if let Some(nur) = &sammlung.nur {
        sql.push(&format!(
            " AND {}::text = ANY (",
            t(&sammlung.ebene.schluessel.name)
        ));
        sql.texte(nur, "text[]")?.push(")");
    }
    match sammlung.fassungen.as_deref() {
        None => {}
        Some([eine]) => {
            sql.push(" AND t.\"fassung_id\" = ");
            sql.text(&eine.to_string(), "bigint")?;
        }
        Some(mehrere) => {
            let liste: Vec<String> = mehrere.iter().map(ToString::to_string).collect();
            sql.push(" AND t.\"fassung_id\" = ANY (");
            sql.text(&format!("{{{}}}", liste.join(",")), "bigint[]")?
                .push(")");
        }
    }
    Ok(())
}

/// Which rows of a request a statement reads.
#[derive(Debug)]
pub struct Stelle<'a> {
    /// With or without a geometry.
    pub phase: Phase,
    /// Behind this one.
    pub cursor: Option<&'a Cursor>,
    /// So many at most.
    pub limit: usize,
    /// What of a box is asked.
    pub genauigkeit: Genauigkeit,
}

/// How a box is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genauigkeit {
    /// What meets it.
    Genau,
    /// What may meet it, by its envelope.
    Huelle,
}

impl<'a> Stelle<'a> {
    /// The rows of the request itself.
    #[must_use]
    pub fn neu(phase: Phase, auswahl: &'a Auswahl, limit: usize) -> Self {
        Self {
            phase,
            cursor: auswahl.cursor.as_ref(),
            limit,
            genauigkeit: Genauigkeit::Genau,
        }
    }
}

/// The conditions of a request; ` WHERE true` first, so that each adds an AND.
pub fn bedingungen(
    sql: &mut Sql,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    genauigkeit: Genauigkeit,
) -> Result<()> {
    let ebene = &sammlung.ebene;
    sql.push(" WHERE true");
    binde_fassungen(sql, sammlung)?;
    for filter in &auswahl.filter {
        let Some(spalte) = ebene.spalte(&filter.spalte) else {
            return Err(Error::intern("filter on a column that is not published"));
        };
        let name = t(&spalte.name);
        sql.push(" AND ");
        sql.push(&match spalte.klasse {
            Klasse::Anderes => format!("{name}::text"),
            Klasse::Dezimal | Klasse::Geld => format!("{name}::numeric"), // 0.1 as real is not 0.1 as double
            _ => name,
        });
        sql.push(" = ")
            .text(&filter.wert, spalte.klasse.vergleichstyp())?;
    }
    if let (Some(zeit), Some([von, bis])) = (&auswahl.zeit, &ebene.zeit) {
        if let Some(ende) = zeit.bis {
            vergleiche_zeit(sql, von.klasse, &t(&von.name), "<=", ende)?;
        }
        if let Some(anfang) = zeit.von {
            vergleiche_zeit(sql, bis.klasse, &t(&bis.name), ">=", anfang)?;
        }
    }
    if let Some(cql) = &auswahl.cql {
        sql.push(" AND ");
        cql2::sql::schreibe(sql, ebene, &cql.bedingung)?;
    }
    if let (Some(bbox), Some(g)) = (&auswahl.bbox, &ebene.relation.geometrie) {
        let (spalte, lage, srid) = vergleichbar(g);
        let Some(ewkb) = bbox.ewkb(lage, srid) else {
            sql.push(" AND false");
            return Ok(());
        };
        sql.push(&format!(" AND {spalte} && ")).ewkb(ewkb.clone())?;
        if genauigkeit == Genauigkeit::Huelle {
            return Ok(());
        }
        // GEOS refuses some invalid polygons; they are kept as delivered and must be found too.
        sql.push(" AND CASE");
        if let Some(innen) = bbox.innen(lage, srid) {
            // What lies in the middle of it with all its envelope meets it: most rows.
            sql.push(&format!(" WHEN {spalte} @ ")).ewkb(innen)?;
            sql.push(" THEN true");
        }
        sql.push(&format!(
            " WHEN ST_IsValid({spalte}) THEN ST_Intersects({spalte}, "
        ));
        sql.ewkb(ewkb.clone())?;
        sql.push(&format!(") ELSE ST_DWithin({spalte}, "))
            .ewkb(ewkb)?
            .push(", 0) END");
    }
    Ok(())
}

/// A missing end is an open end; a day counts from its first to its last moment.
fn vergleiche_zeit(
    sql: &mut Sql,
    klasse: Klasse,
    spalte: &str,
    zeichen: &str,
    moment: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let (text, typ) = match klasse {
        Klasse::Datum => (moment.format("%Y-%m-%d").to_string(), "date"),
        Klasse::Ortszeit => (
            moment.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
            "timestamp",
        ),
        _ => (
            moment.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
            "timestamptz",
        ),
    };
    sql.push(&format!(" AND ({spalte} IS NULL OR {spalte} {zeichen} "));
    sql.text(&text, typ)?.push(")");
    Ok(())
}

/// The key's own type, so that its index serves the comparison.
pub fn schluesseltyp(ebene: &Ebene) -> &str {
    let spalte = &ebene.schluessel;
    match spalte.klasse {
        // A cast to character(5) would cut a longer id, and find the wrong feature.
        Klasse::Anderes if spalte.typ.starts_with("character(") => "bpchar",
        Klasse::Anderes => &spalte.typ,
        Klasse::Dezimal if spalte.typ == "real" => "real",
        klasse => klasse.vergleichstyp(),
    }
}

/// The columns of a row: key, order, geometry (if it is `gezeigt`), then the properties.
pub fn spalten_sql<'a>(
    ebene: &Ebene,
    spalten: impl Iterator<Item = &'a Spalte>,
    gezeigt: bool,
    crs: Ziel,
) -> (String, Wandler) {
    let (geometrie, lage) = match &ebene.relation.geometrie {
        Some(g) if gezeigt => ausgabe(g, crs),
        _ => ("NULL::bytea".to_owned(), Lage::Geografisch),
    };
    let ordnung =
        ordnung_sql(ebene).map_or_else(|| "NULL::bigint".into(), |sql| format!("{sql}::bigint"));
    let mut sql = format!(
        "{}::text, {ordnung}, {geometrie}",
        t(&ebene.schluessel.name)
    );
    for spalte in spalten {
        sql.push_str(", ");
        sql.push_str(&spalte.klasse.lese_sql(&t(&spalte.name)));
    }
    (sql, Wandler::new(lage, crs))
}
