//! SQL of editing; the statements for any table are functions of migration 0033.

use serde_json::{Map, Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::vorgang::uebersetze;
use crate::http::problem::Problem;

/// A row locked for this transaction, without its geometry.
#[derive(Debug, Clone)]
pub struct Zeile {
    /// Column → value.
    pub werte: Map<String, Value>,
    /// Its version.
    pub marke: String,
}

impl Zeile {
    /// A column as text.
    #[must_use]
    pub fn text(&self, spalte: &str) -> Option<&str> {
        self.werte.get(spalte)?.as_str()
    }

    /// The row's own uuid, where it has one.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        self.text("id")?.parse().ok()
    }
}

/// Locks and reads a row by its key.
pub async fn sperre(
    conn: &mut PgConnection,
    relation: &str,
    wo: &Value,
) -> Result<Option<Zeile>, Problem> {
    let zeile = sqlx::query!(
        r#"SELECT zeile AS "zeile!", marke AS "marke!" FROM freigabe.sperre_zeile($1::text::regclass, $2)"#,
        relation,
        wo
    )
    .fetch_optional(conn)
    .await
    .map_err(uebersetze)?;
    Ok(zeile.and_then(|z| {
        Some(Zeile {
            werte: z.zeile.as_object()?.clone(),
            marke: z.marke,
        })
    }))
}

/// The statements that follow are planned once per connection instead of every time: a layer's
/// query over many views takes ten times as long to plan as to run for one key, and its plan
/// does not hang on which. Not for what triggers do, whose plans do.
pub async fn plane_einmal(conn: &mut PgConnection, ja: bool) -> Result<(), Problem> {
    let wie = if ja { "force_generic_plan" } else { "auto" };
    sqlx::query!("SELECT set_config('plan_cache_mode', $1, true)", wie)
        .fetch_one(conn)
        .await
        .map_err(uebersetze)?;
    Ok(())
}

/// Reads a row through a reading world.
pub async fn lies(pool: &PgPool, relation: &str, wo: &Value) -> Result<Option<Zeile>, Problem> {
    let zeile = sqlx::query!(
        r#"SELECT zeile AS "zeile!", marke AS "marke!" FROM freigabe.zeilen($1::text::regclass, $2, 0, 1)"#,
        relation,
        wo
    )
    .fetch_optional(pool)
    .await
    .map_err(uebersetze)?;
    Ok(zeile.and_then(|z| {
        Some(Zeile {
            werte: z.zeile.as_object()?.clone(),
            marke: z.marke,
        })
    }))
}

/// Rows of a table through a reading world, from `ab` on.
pub async fn liste(
    pool: &PgPool,
    relation: &str,
    ab: i32,
    anzahl: i32,
) -> Result<Vec<Zeile>, Problem> {
    let zeilen = sqlx::query!(
        r#"SELECT zeile AS "zeile!", marke AS "marke!" FROM freigabe.zeilen($1::text::regclass, '{}', $2, $3)"#,
        relation,
        ab,
        anzahl
    )
    .fetch_all(pool)
    .await
    .map_err(uebersetze)?;
    Ok(zeilen
        .into_iter()
        .filter_map(|z| {
            Some(Zeile {
                werte: z.zeile.as_object()?.clone(),
                marke: z.marke,
            })
        })
        .collect())
}

/// The version is the newest of a draft.
pub async fn ist_entwurf(pool: &PgPool, fassung: i64) -> Result<bool, Problem> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM fassung WHERE id::bigint = $1 AND stand = 'entwurf' AND aktuell) AS "ja!""#,
        fassung
    )
    .fetch_one(pool)
    .await
    .map_err(uebersetze)
}

/// Inserts a row.
pub async fn neu(
    conn: &mut PgConnection,
    relation: &str,
    werte: &Map<String, Value>,
) -> Result<(), Problem> {
    sqlx::query!(
        "SELECT freigabe.lieferung_neu($1::text::regclass, $2)",
        relation,
        json!([werte])
    )
    .execute(conn)
    .await
    .map_err(uebersetze)?;
    Ok(())
}

/// Changes a row; with no columns it only gets a new version.
pub async fn aendere(
    conn: &mut PgConnection,
    relation: &str,
    wo: &Value,
    werte: &Map<String, Value>,
) -> Result<(), Problem> {
    sqlx::query!(
        "SELECT freigabe.aendere_zeile($1::text::regclass, $2, $3)",
        relation,
        wo,
        Value::Object(werte.clone())
    )
    .execute(conn)
    .await
    .map_err(uebersetze)?;
    Ok(())
}

/// Deletes a row.
pub async fn loesche(conn: &mut PgConnection, relation: &str, wo: &Value) -> Result<(), Problem> {
    sqlx::query!(
        "SELECT freigabe.loesche_zeile($1::text::regclass, $2)",
        relation,
        wo
    )
    .execute(conn)
    .await
    .map_err(uebersetze)?;
    Ok(())
}

/// The public has a copy.
pub async fn ist_oeffentlich(
    conn: &mut PgConnection,
    relation: &str,
    id: Uuid,
) -> Result<bool, Problem> {
    sqlx::query_scalar!(
        r#"SELECT freigabe.ist_oeffentlich($1::text::regclass, $2) AS "ja!""#,
        relation,
        id
    )
    .fetch_one(conn)
    .await
    .map_err(uebersetze)
}

/// A plan version, locked against other edits.
#[derive(Debug)]
pub struct Fassung {
    /// Kennung of its plan.
    pub plan: String,
    /// Name of its plan.
    pub name: String,
    /// wirksam, entwurf, …
    pub stand: String,
    /// The newest of its plan.
    pub aktuell: bool,
    /// State of the plan's publication.
    pub veroeffentlichung: String,
    /// Next free place in the spatial order.
    pub ordnung: i64,
}

/// Locks a plan version.
pub async fn sperre_fassung(
    conn: &mut PgConnection,
    fassung: i64,
) -> Result<Option<Fassung>, Problem> {
    let Ok(fassung) = i32::try_from(fassung) else {
        return Ok(None);
    };
    sqlx::query_as!(
        Fassung,
        r#"SELECT plan AS "plan!", name AS "name!", stand AS "stand!", aktuell AS "aktuell!", veroeffentlichung AS "veroeffentlichung!", ordnung AS "ordnung!"
           FROM fnp.sperre_fassung($1)"#,
        fassung
    )
    .fetch_optional(conn)
    .await
    .map_err(uebersetze)
}

/// Own places of a measure of one kind, and how many linked areas of plans it has.
#[derive(Debug)]
pub struct Orte {
    /// Rows of `raumbezug`.
    pub ids: Vec<Uuid>,
    /// They differ in role or accuracy.
    pub verschieden: bool,
    /// Linked areas.
    pub verknuepft: i64,
}

/// Places of a measure; `art` is punkt, linie or flaeche.
pub async fn orte(conn: &mut PgConnection, massnahme: Uuid, art: &str) -> Result<Orte, Problem> {
    sqlx::query_as!(
        Orte,
        r#"SELECT coalesce(array_agg(id ORDER BY id) FILTER (WHERE art = $2), '{}') AS "ids!",
             count(DISTINCT (rolle, genauigkeit)) FILTER (WHERE art = $2) > 1 AS "verschieden!",
             count(*) FILTER (WHERE art = 'fnp_flaeche') AS "verknuepft!"
           FROM raumbezug WHERE massnahme_id = $1"#,
        massnahme,
        art
    )
    .fetch_one(conn)
    .await
    .map_err(uebersetze)
}

/// One place instead of those there were; the first keeps its role and accuracy.
pub async fn setze_ort(
    conn: &mut PgConnection,
    massnahme: Uuid,
    art: &str,
    ids: &[Uuid],
    ewkb_hex: &str,
) -> Result<(), Problem> {
    match ids {
        [] => sqlx::query!(
            "INSERT INTO raumbezug (id, massnahme_id, art, geom) VALUES ($1, $2, $3, $4::text::geometry)",
            Uuid::now_v7(),
            massnahme,
            art,
            ewkb_hex
        )
        .execute(&mut *conn)
        .await
        .map_err(uebersetze)?,
        [erster, rest @ ..] => {
            sqlx::query!("DELETE FROM raumbezug WHERE id = ANY ($1)", rest)
                .execute(&mut *conn)
                .await
                .map_err(uebersetze)?;
            sqlx::query!(
                "UPDATE raumbezug SET geom = $2::text::geometry WHERE id = $1",
                erster,
                ewkb_hex
            )
            .execute(&mut *conn)
            .await
            .map_err(uebersetze)?
        }
    };
    Ok(())
}

/// Removes places.
pub async fn loesche_orte(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), Problem> {
    sqlx::query!("DELETE FROM raumbezug WHERE id = ANY ($1)", ids)
        .execute(conn)
        .await
        .map_err(uebersetze)?;
    Ok(())
}

/// The office becomes responsible for what its own account made.
pub async fn zustaendig(
    conn: &mut PgConnection,
    art: &str,
    id: Uuid,
    referat: &str,
) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO zustaendigkeit (id, akteur_id, massnahme_id, kennzahl_id)
         SELECT $1, a.id, CASE WHEN $2 = 'massnahme' THEN $3::uuid END, CASE WHEN $2 = 'kennzahl' THEN $3::uuid END FROM akteur a WHERE a.kennung = $4",
        Uuid::now_v7(),
        art,
        id,
        referat
    )
    .execute(conn)
    .await
    .map_err(uebersetze)?;
    Ok(())
}

/// The Gemeinde, where there is only one.
pub async fn einzige_gemeinde(conn: &mut PgConnection) -> Result<Option<i32>, Problem> {
    sqlx::query_scalar!("SELECT min(id) FROM gemeinde HAVING count(*) = 1")
        .fetch_optional(conn)
        .await
        .map(Option::flatten)
        .map_err(uebersetze)
}
