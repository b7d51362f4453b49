//! The only dynamic SQL of the project.
//!
//! Identifiers come from the catalogue and are quoted, values are bound; no text of
//! a request ever becomes SQL. Statements that depend on bound boxes are planned
//! each time (`persistent(false)`): a generic plan would guess their size.

use futures_util::TryStreamExt;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, PgPool, Row};

use super::auswahl::Auswahl;
use super::crs::{Lage, Wandler, Ziel};
use super::cursor::{Cursor, Phase};
use super::relation::{Geometrie, Relation, quotiere};
use super::sammlung::{Ebene, Sammlung};
use super::wert::Klasse;
use crate::error::{Error, Result};

/// A database error in the domain's words.
pub fn fehler(error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(|e| e.code().map(|c| c.into_owned()));
    match (&error, code.as_deref()) {
        (_, Some("57014")) => Error::umgebung(
            "Die Abfrage dauerte zu lange und wurde abgebrochen. Verlangen Sie einen kleineren Ausschnitt.",
        ),
        (_, Some("53300" | "57P01" | "57P02" | "57P03"))
        | (sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_), _) => {
            tracing::warn!(%error, "database not available");
            Error::umgebung("Die Datenbank ist zurzeit nicht erreichbar. Versuchen Sie es gleich noch einmal.")
        }
        _ => Error::intern(error),
    }
}

/// A statement under construction.
#[derive(Default)]
struct Sql {
    text: String,
    werte: PgArguments,
}

impl Sql {
    fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Binds a text and casts it.
    fn text(&mut self, wert: &str, typ: &str) -> Result<&mut Self> {
        self.werte.add(wert).map_err(Error::intern)?;
        let nummer = self.werte.len();
        self.text.push_str(&format!("${nummer}::text::{typ}"));
        Ok(self)
    }

    fn ewkb(&mut self, wert: Vec<u8>) -> Result<&mut Self> {
        self.werte.add(wert).map_err(Error::intern)?;
        let nummer = self.werte.len();
        self.text.push_str(&format!("ST_GeomFromEWKB(${nummer})"));
        Ok(self)
    }

    #[expect(
        clippy::disallowed_types,
        reason = "identifiers are quoted catalogue names, values are bound: see the module's head"
    )]
    fn fertig(self, gemerkt: bool) -> sqlx::query::Query<'static, sqlx::Postgres, PgArguments> {
        sqlx::query_with(sqlx::AssertSqlSafe(self.text), self.werte).persistent(gemerkt)
    }
}

/// `"schema"."name" AS t`
fn aus(relation: &Relation) -> String {
    format!("{}.{} AS t", quotiere(&relation.schema), quotiere(&relation.name))
}

fn t(spalte: &str) -> String {
    format!("t.{}", quotiere(spalte))
}

/// The geometry in its own system: untyped columns may mix SRIDs.
fn geometrie_sql(g: &Geometrie) -> String {
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

/// Rows whose geometry can be drawn.
fn hat_geometrie(g: &Geometrie) -> String {
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
fn ordnung_sql(ebene: &Ebene) -> Option<String> {
    ebene.ordnung.as_ref().map(|spalte| {
        let name = t(&spalte.name);
        if ebene.eigen || spalte.pflicht {
            name
        } else {
            format!("coalesce({name}::bigint, 9223372036854775807)")
        }
    })
}

/// The conditions of a request; ` WHERE true` first, so that each adds an AND.
fn bedingungen(sql: &mut Sql, sammlung: &Sammlung, auswahl: &Auswahl) -> Result<()> {
    let ebene = &sammlung.ebene;
    sql.push(" WHERE true");
    if let Some(fassung) = sammlung.fassung {
        sql.push(" AND t.\"fassung_id\" = ");
        sql.text(&fassung.to_string(), "bigint")?;
    }
    for filter in &auswahl.filter {
        let Some(spalte) = ebene.spalte(&filter.spalte) else {
            return Err(Error::intern("filter on a column that is not published"));
        };
        let name = t(&spalte.name);
        sql.push(" AND ");
        sql.push(&match spalte.klasse {
            Klasse::Anderes => format!("{name}::text"),
            Klasse::Dezimal => format!("{name}::numeric"), // 0.1 as real is not 0.1 as double
            _ => name,
        });
        sql.push(" = ").text(&filter.wert, spalte.klasse.vergleichstyp())?;
    }
    if let (Some(zeit), Some([von, bis])) = (&auswahl.zeit, &ebene.zeit) {
        if let Some(ende) = zeit.bis {
            vergleiche_zeit(sql, von.klasse, &t(&von.name), "<=", ende)?;
        }
        if let Some(anfang) = zeit.von {
            vergleiche_zeit(sql, bis.klasse, &t(&bis.name), ">=", anfang)?;
        }
    }
    if let (Some(bbox), Some(g)) = (&auswahl.bbox, &ebene.relation.geometrie) {
        let spalte = geometrie_sql(g);
        let (spalte, lage, srid) = match Lage::zu_srid(g.srid) {
            Some(lage) => (spalte, lage, g.srid),
            None => (format!("ST_Transform({spalte}, 4326)"), Lage::Geografisch, 4326),
        };
        let Some(ewkb) = bbox.ewkb(lage, srid) else {
            sql.push(" AND false");
            return Ok(());
        };
        // GEOS refuses some invalid polygons; they are kept as delivered and must be found too.
        sql.push(&format!(" AND {spalte} && ")).ewkb(ewkb.clone())?;
        sql.push(&format!(" AND CASE WHEN ST_IsValid({spalte}) THEN ST_Intersects({spalte}, "));
        sql.ewkb(ewkb.clone())?;
        sql.push(&format!(") ELSE ST_DWithin({spalte}, ")).ewkb(ewkb)?.push(", 0) END");
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
        Klasse::Ortszeit => (moment.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(), "timestamp"),
        _ => (moment.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(), "timestamptz"),
    };
    sql.push(&format!(" AND ({spalte} IS NULL OR {spalte} {zeichen} "));
    sql.text(&text, typ)?.push(")");
    Ok(())
}

/// The columns of a row: key, order, geometry, then the properties.
fn spalten_sql(ebene: &Ebene, crs: Ziel) -> (String, Wandler) {
    let (geometrie, lage) = match &ebene.relation.geometrie {
        Some(g) => ausgabe(g, crs),
        None => ("NULL::bytea".to_owned(), Lage::Geografisch),
    };
    let ordnung = ordnung_sql(ebene).map_or_else(|| "NULL::bigint".into(), |sql| format!("{sql}::bigint"));
    let mut sql = format!("{}::text, {ordnung}, {geometrie}", t(&ebene.schluessel.name));
    for spalte in &ebene.spalten {
        sql.push_str(", ");
        sql.push_str(&spalte.klasse.lese_sql(&t(&spalte.name)));
    }
    (sql, Wandler::new(lage, crs))
}

/// One row, as bytes in PostgreSQL's binary form.
#[derive(Debug)]
pub struct Zeile(PgRow);

impl Zeile {
    /// Feature id.
    pub fn schluessel(&self) -> Result<String> {
        let text: Option<String> = self.0.try_get(0).map_err(fehler)?;
        text.ok_or_else(|| Error::intern("a row without key"))
    }

    fn ordnung(&self) -> Result<Option<i64>> {
        self.0.try_get(1).map_err(fehler)
    }

    /// EWKB of the geometry.
    pub fn geometrie(&self) -> Result<Option<&[u8]>> {
        self.bytes(2)
    }

    /// Raw bytes of the n-th property.
    pub fn eigenschaft(&self, n: usize) -> Result<Option<&[u8]>> {
        self.bytes(n + 3)
    }

    fn bytes(&self, n: usize) -> Result<Option<&[u8]>> {
        use sqlx::ValueRef;
        let wert = self.0.try_get_raw(n).map_err(fehler)?;
        if wert.is_null() {
            return Ok(None);
        }
        wert.as_bytes().map(Some).map_err(Error::intern)
    }
}

/// What stands beside the rows of a page.
#[derive(Debug)]
pub struct Ergebnis {
    /// Rows given out.
    pub anzahl: usize,
    /// Rows of the whole request.
    pub gesamt: i64,
    /// Where the next page begins, if there is one.
    pub weiter: Option<Cursor>,
}

/// Reads one page and hands each row to `nimm`, in a stable order.
pub async fn seite(
    pool: &PgPool,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    mut nimm: impl FnMut(&Zeile, &Wandler) -> Result<()>,
) -> Result<Ergebnis> {
    let mut anzahl = 0;
    let mut letzte: Option<Cursor> = None;
    let mut mehr = false;
    for phase in phasen(sammlung, auswahl) {
        let (sql, wandler) = seiten_sql(sammlung, auswahl, phase, auswahl.limit - anzahl + 1)?;
        let mut zeilen = sql.fertig(auswahl.bbox.is_none()).fetch(pool);
        while let Some(zeile) = zeilen.try_next().await.map_err(fehler)? {
            if anzahl == auswahl.limit {
                mehr = true;
                break;
            }
            let zeile = Zeile(zeile);
            nimm(&zeile, &wandler)?;
            anzahl += 1;
            if anzahl == auswahl.limit {
                letzte = Some(Cursor {
                    phase,
                    ordnung: zeile.ordnung()?,
                    schluessel: zeile.schluessel()?,
                    gesamt: 0,
                });
            }
        }
        if mehr {
            break;
        }
    }
    let gesamt = match &auswahl.cursor {
        Some(cursor) => cursor.gesamt,
        None if !mehr => i64::try_from(anzahl).unwrap_or(i64::MAX),
        None => zaehle(pool, sammlung, auswahl).await?,
    };
    let weiter = letzte.filter(|_| mehr).map(|cursor| Cursor { gesamt, ..cursor });
    Ok(Ergebnis { anzahl, gesamt, weiter })
}

/// Rows with a geometry, then those without; a box excludes the latter.
fn phasen(sammlung: &Sammlung, auswahl: &Auswahl) -> Vec<Phase> {
    let alle = match &sammlung.ebene.relation.geometrie {
        Some(_) if auswahl.bbox.is_none() => vec![Phase::Mit, Phase::Ohne],
        _ => vec![Phase::Mit],
    };
    let ab = auswahl.cursor.as_ref().map_or(Phase::Mit, |cursor| cursor.phase);
    alle.into_iter().skip_while(|phase| *phase != ab).collect()
}

fn seiten_sql(sammlung: &Sammlung, auswahl: &Auswahl, phase: Phase, limit: usize) -> Result<(Sql, Wandler)> {
    let ebene = &sammlung.ebene;
    let (spalten, wandler) = spalten_sql(ebene, auswahl.crs);
    let mut sql = Sql::default();
    sql.push(&format!("SELECT {spalten} FROM {}", aus(&ebene.relation)));
    bedingungen(&mut sql, sammlung, auswahl)?;
    if let Some(g) = &ebene.relation.geometrie {
        let bedingung = hat_geometrie(g);
        sql.push(&match phase {
            Phase::Mit => format!(" AND {bedingung}"),
            Phase::Ohne => format!(" AND NOT {bedingung}"),
        });
    }
    let schluessel = t(&ebene.schluessel.name);
    let ordnung = ordnung_sql(ebene);
    if let Some(cursor) = auswahl.cursor.as_ref().filter(|cursor| cursor.phase == phase) {
        match (&ordnung, cursor.ordnung) {
            (Some(spalte), Some(nach)) => {
                sql.push(&format!(" AND ({spalte}, {schluessel}) > ("));
                sql.text(&nach.to_string(), "bigint")?.push(", ");
                sql.text(&cursor.schluessel, schluesseltyp(ebene))?.push(")");
            }
            _ => {
                sql.push(&format!(" AND {schluessel} > "));
                sql.text(&cursor.schluessel, schluesseltyp(ebene))?;
            }
        }
    }
    let reihenfolge = ordnung.map_or_else(String::new, |spalte| format!("{spalte}, "));
    sql.push(&format!(" ORDER BY {reihenfolge}{schluessel} LIMIT {limit}"));
    Ok((sql, wandler))
}

/// The key's own type, so that its index serves the comparison.
fn schluesseltyp(ebene: &Ebene) -> &str {
    let spalte = &ebene.schluessel;
    match spalte.klasse {
        Klasse::Anderes => &spalte.typ,
        klasse => klasse.vergleichstyp(),
    }
}

/// Exact number of rows of a request, whatever the page.
async fn zaehle(pool: &PgPool, sammlung: &Sammlung, auswahl: &Auswahl) -> Result<i64> {
    let mut sql = Sql::default();
    sql.push(&format!("SELECT count(*) FROM {}", aus(&sammlung.ebene.relation)));
    bedingungen(&mut sql, sammlung, auswahl)?;
    let zeile = sql.fertig(auswahl.bbox.is_none()).fetch_one(pool).await.map_err(fehler)?;
    zeile.try_get(0).map_err(fehler)
}

/// One feature by id; an id that does not fit the key's type does not exist.
pub async fn einzeln(
    pool: &PgPool,
    sammlung: &Sammlung,
    id: &str,
    crs: Ziel,
) -> Result<Option<(Zeile, Wandler)>> {
    let ebene = &sammlung.ebene;
    if ebene.schluessel.klasse.pruefe(id).is_err() || id.contains('\0') {
        return Ok(None);
    }
    let (spalten, wandler) = spalten_sql(ebene, crs);
    let mut sql = Sql::default();
    sql.push(&format!("SELECT {spalten} FROM {} WHERE {} = ", aus(&ebene.relation), t(&ebene.schluessel.name)));
    sql.text(id, schluesseltyp(ebene))?;
    if let Some(fassung) = sammlung.fassung {
        sql.push(" AND t.\"fassung_id\" = ").text(&fassung.to_string(), "bigint")?;
    }
    match sql.fertig(true).fetch_optional(pool).await {
        Ok(zeile) => Ok(zeile.map(|zeile| (Zeile(zeile), wandler))),
        // Class 22, 23514: the text is no value of the key's type (enum, domain, …).
        Err(e) if e.as_database_error().and_then(|e| e.code()).is_some_and(|c| c.starts_with("22") || c == "23514") => Ok(None),
        Err(e) => Err(fehler(e)),
    }
}

/// Extent in CRS84 and in time.
#[derive(Debug, Clone, Default)]
pub struct Ausdehnung {
    /// West, south, east, north in degrees; None when no row has a geometry.
    pub raum: Option<[f64; 4]>,
    /// First and last moment, RFC 3339; None is open.
    pub zeit: Option<[Option<String>; 2]>,
}

/// Computed from the rows the role sees, never from statistics, which know drafts.
pub async fn ausdehnung(pool: &PgPool, sammlung: &Sammlung) -> Result<Ausdehnung> {
    let ebene = &sammlung.ebene;
    let relation = &ebene.relation;
    let mut sql = Sql::default();
    // The box of the data is densified before it is turned: its edges are curves in degrees.
    sql.push("WITH e AS (SELECT ");
    match &relation.geometrie {
        Some(g) => sql.push(&format!("ST_SetSRID(ST_Extent({})::geometry, {}) AS g", geometrie_sql(g), g.srid)),
        None => sql.push("NULL::geometry AS g"),
    };
    for (funktion, spalte) in ["min", "max"].iter().zip(ebene.zeit.iter().flatten()) {
        let name = t(&spalte.name);
        let zone = if spalte.klasse == Klasse::Zeitpunkt { "" } else { "::timestamp AT TIME ZONE 'UTC'" };
        // One open end makes the whole end open.
        sql.push(&format!(
            ", CASE WHEN bool_or({name} IS NULL OR NOT isfinite({name})) THEN NULL ELSE {funktion}({name}){zone} END AS {funktion}"
        ));
    }
    if ebene.zeit.is_none() {
        sql.push(", NULL::timestamptz AS min, NULL::timestamptz AS max");
    }
    sql.push(&format!(" FROM {} WHERE true", aus(relation)));
    if let Some(fassung) = sammlung.fassung {
        sql.push(" AND t.\"fassung_id\" = ").text(&fassung.to_string(), "bigint")?;
    }
    sql.push(
        "), k AS (SELECT e.*, ST_Transform(ST_Segmentize(g, greatest(ST_XMax(g) - ST_XMin(g), ST_YMax(g) - ST_YMin(g), 1e-9) / 50), 4326) AS w FROM e)
         SELECT ST_XMin(w), ST_YMin(w), ST_XMax(w), ST_YMax(w), min, max FROM k",
    );
    let zeile = sql.fertig(true).fetch_one(pool).await.map_err(fehler)?;
    let grad = |n: usize| zeile.try_get::<Option<f64>, _>(n).map_err(fehler);
    let raum = match (grad(0)?, grad(1)?, grad(2)?, grad(3)?) {
        (Some(w), Some(s), Some(o), Some(n)) => Some([w, s, o, n]),
        _ => None,
    };
    let moment = |n: usize| -> Result<Option<String>> {
        let zeit: Option<chrono::DateTime<chrono::Utc>> = zeile.try_get(n).map_err(fehler)?;
        Ok(zeit.map(|z| z.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)))
    };
    let zeit = match ebene.zeit {
        Some(_) => Some([moment(4)?, moment(5)?]),
        None => None,
    };
    Ok(Ausdehnung { raum, zeit })
}

/// Looks at rows of an untyped geometry column: which SRID, which dimension.
pub async fn erkunde_geometrie(pool: &PgPool, relation: &Relation, g: &mut Geometrie) -> Result<()> {
    let spalte = format!("{}::geometry", t(&g.spalte));
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT mode() WITHIN GROUP (ORDER BY srid) FILTER (WHERE srid <> 0),
                min(d), max(d)
         FROM (SELECT ST_SRID({spalte}) AS srid, ST_Dimension({spalte}) AS d FROM {} WHERE {} LIMIT 10000) s",
        aus(relation),
        hat_geometrie(g)
    ));
    let zeile = sql.fertig(false).fetch_one(pool).await.map_err(fehler)?;
    let zahl = |n: usize| zeile.try_get::<Option<i32>, _>(n).map_err(fehler);
    if g.srid == 0 {
        g.srid = zahl(0)?.unwrap_or(25832);
    }
    if g.dimension.is_none()
        && let (Some(min), Some(max)) = (zahl(1)?, zahl(2)?)
    {
        g.dimension = u8::try_from(max).ok().filter(|_| min == max);
    }
    Ok(())
}

/// A town's own key must name each row: paging would lose the others without a word.
pub async fn pruefe_schluessel(pool: &PgPool, ebene: &Ebene) -> Result<()> {
    let (schluessel, relation) = (t(&ebene.schluessel.name), &ebene.relation);
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT {schluessel}::text FROM {} GROUP BY {schluessel} HAVING count(*) > 1 OR {schluessel} IS NULL LIMIT 1",
        aus(relation)
    ));
    let doppelt = sql.fertig(false).fetch_optional(pool).await.map_err(fehler)?;
    let Some(zeile) = doppelt else { return Ok(()) };
    let was = match zeile.try_get::<Option<String>, _>(0).map_err(fehler)? {
        Some(wert) => format!("der Wert „{wert}“ steht mehrfach darin"),
        None => "sie enthält NULL".into(),
    };
    Err(Error::eingabe(format!(
        "Die Spalte „{}“ von {}.{} bezeichnet nicht jedes Objekt eindeutig: {was}. Nennen Sie mit key eine andere Spalte.",
        ebene.schluessel.name, relation.schema, relation.name
    )))
}
