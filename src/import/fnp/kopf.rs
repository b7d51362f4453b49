//! The plan of a delivery and its Gemeinden, and the plan it replaces.

use sqlx::PgConnection;
use uuid::Uuid;

use super::lesen::Lieferung;
use crate::error::Result;
use crate::fnp::objekt::{Befund, PlanGemeinde, Schwere};
use crate::fnp::plan::TEILPLAN;
use crate::gemeinde::kennung::{ags, slug};
use crate::gemeinde::store as gemeinden;

/// Gemeinden of the plan, then the plan: stored or, with the same kennung, replaced.
pub(super) async fn schreibe_plan(
    conn: &mut PgConnection,
    lieferung: &Lieferung,
    befunde: &mut Vec<Befund>,
) -> Result<Uuid> {
    let kopf = &lieferung.kopf;
    let mut gemeinde_ids = Vec::new();
    for gemeinde in &kopf.gemeinden {
        if let Some(id) = gemeinde_id(conn, gemeinde, befunde).await? {
            gemeinde_ids.push(id);
        }
    }
    if gemeinde_ids.is_empty() {
        gemeinde_ids.extend(gemeinden::einzige_gemeinde(conn).await?);
    }
    let name = kopf
        .name
        .clone()
        .or_else(|| kopf.nummer.clone())
        .unwrap_or_else(|| lieferung.kennung.clone());
    let plan = sqlx::query_scalar!(
        "INSERT INTO plan AS p (id, kennung, gemeinde_id, name, nummer, stand, plan_art, verfahren, rechtsstand_code, xplan_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (kennung) DO UPDATE SET gemeinde_id = excluded.gemeinde_id, name = excluded.name, nummer = excluded.nummer, stand = excluded.stand,
           plan_art = excluded.plan_art, verfahren = excluded.verfahren, rechtsstand_code = excluded.rechtsstand_code, xplan_name = excluded.xplan_name,
           veroeffentlichung = 'entwurf'
         RETURNING id",
        Uuid::now_v7(),
        lieferung.kennung,
        gemeinde_ids.first(),
        name,
        kopf.nummer,
        lieferung.stand.schluessel(),
        kopf.plan_art,
        kopf.verfahren,
        kopf.rechtsstand,
        kopf.name
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM plan_gemeinde WHERE plan_id = $1 AND gemeinde_id <> ALL ($2)",
        plan,
        &gemeinde_ids
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO plan_gemeinde (plan_id, gemeinde_id) SELECT $1, g FROM unnest($2::int[]) g ON CONFLICT DO NOTHING",
        plan,
        &gemeinde_ids
    )
    .execute(conn)
    .await?;
    Ok(plan)
}

async fn gemeinde_id(
    conn: &mut PgConnection,
    gemeinde: &PlanGemeinde,
    befunde: &mut Vec<Befund>,
) -> Result<Option<i32>> {
    let schluessel = ags(gemeinde.ags.as_deref(), gemeinde.rs.as_deref());
    if let (None, Some(ags)) = (&schluessel, &gemeinde.ags) {
        befunde.push(Befund {
            klasse: Some("XP_Gemeinde".into()),
            ..Befund::neu("ags-form", Schwere::Warnung, format!("Der Gemeindeschlüssel „{ags}“ ist kein amtlicher Gemeindeschlüssel (acht Ziffern, vorn das Land 01 bis 16); die Gemeinde wird an ihrem Namen erkannt."))
        });
    }
    let name = gemeinde.name.clone().or_else(|| schluessel.clone());
    let Some(name) = name.filter(|name| !slug(name).is_empty()) else {
        return Ok(None);
    };
    gemeinden::gemeinde_zu(conn, schluessel.as_deref(), &slug(&name), &name)
        .await
        .map(Some)
}

/// A plan that is in force until another one is.
struct Vorgaenger {
    id: Uuid,
    kennung: String,
    name: String,
}

/// The plans that `plan` replaces when it is in force.
async fn vorgaenger(conn: &mut PgConnection, plan: Uuid) -> Result<Vec<Vorgaenger>> {
    Ok(sqlx::query_as!(
        Vorgaenger,
        "SELECT v.id, v.kennung, v.name FROM plan v, plan n
         WHERE n.id = $1 AND v.id <> n.id AND v.stand = 'wirksam' AND v.gemeinde_id IS NOT DISTINCT FROM n.gemeinde_id
           AND coalesce(v.plan_art, '1000') = coalesce(n.plan_art, '1000') AND coalesce(n.plan_art, '1000') <> $2
         ORDER BY v.kennung",
        plan,
        TEILPLAN
    )
    .fetch_all(conn)
    .await?)
}

/// Says which plans will no longer be in force: an import under another name does that too.
pub(super) async fn melde_abloesung(
    conn: &mut PgConnection,
    plan: Uuid,
    befunde: &mut Vec<Befund>,
) -> Result<()> {
    for Vorgaenger { kennung, name, .. } in vorgaenger(conn, plan).await? {
        befunde.push(Befund::neu(
            "plan-abgeloest",
            Schwere::Warnung,
            format!(
                "Der bisher wirksame Plan „{name}“ ({kennung}) gilt mit diesem Plan als früherer. Ist es derselbe Plan, bitte mit --plan {kennung} als neue Lieferung einlesen; soll er wirksam bleiben, mit --stand entwurf."
            ),
        ));
    }
    Ok(())
}

/// A new plan in force makes the previous one of the same Gemeinde and planArt `frueher`; a Teilplan never does.
pub(super) async fn loese_vorgaenger_ab(conn: &mut PgConnection, plan: Uuid) -> Result<()> {
    for Vorgaenger { id, .. } in vorgaenger(conn, plan).await? {
        sqlx::query!("UPDATE plan SET stand = 'frueher' WHERE id = $1", id)
            .execute(&mut *conn)
            .await?;
        sqlx::query!(
            "UPDATE fassung a SET stand = CASE WHEN lower(a.gueltig) < lower(n.gueltig) THEN 'frueher' ELSE 'ersetzt' END,
               gueltig = CASE WHEN lower(a.gueltig) < lower(n.gueltig) THEN daterange(lower(a.gueltig), lower(n.gueltig)) ELSE a.gueltig END
             FROM fassung n WHERE n.plan_id = $2 AND n.aktuell AND a.plan_id = $1 AND a.stand = 'wirksam'",
            id,
            plan
        )
        .execute(&mut *conn)
        .await?;
        // What the public knows of it changes too; its areas stay as they are.
        sqlx::query!("SELECT freigabe.plan_nachfuehren($1)", id)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
