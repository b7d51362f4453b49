//! Import run, Fassung and audit of a delivery: the small rows around the areas.

use crate::ortszeit::heute;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Auftrag;
use super::lesen::Lieferung;
use super::pruefsumme::Inhalt;
use crate::db::geom::Geom;
use crate::error::Result;
use crate::fnp::plan::Stand;

/// The import run, still without protocol: the Fassung refers to it.
pub(super) async fn beginne_lauf(
    conn: &mut PgConnection,
    auftrag: &Auftrag,
    lieferung: &Lieferung,
) -> Result<Uuid> {
    let lauf = Uuid::now_v7();
    sqlx::query!(
        "INSERT INTO importlauf (id, datei, sha256, format, version, akteur, begonnen, ergebnis, protokoll) VALUES ($1, $2, $3, $4, $5, $6, now(), 'uebernommen', '{}')",
        lauf,
        lieferung.datei,
        lieferung.sha256,
        lieferung.format,
        lieferung.kopf.version,
        auftrag.wer
    )
    .execute(conn)
    .await?;
    Ok(lauf)
}

/// The new version; the old one ends where this begins.
pub(super) async fn schreibe_fassung(
    conn: &mut PgConnection,
    plan: Uuid,
    lauf: Uuid,
    lieferung: &Lieferung,
) -> Result<i32> {
    let wirksam = lieferung.stand == Stand::Wirksam;
    let ab = lieferung.kopf.wirksam_am.unwrap_or_else(heute);
    sqlx::query!(
        "UPDATE fassung SET aktuell = false,
           stand = CASE WHEN $2 AND stand = 'wirksam' AND lower(gueltig) >= $3 THEN 'ersetzt' ELSE stand END,
           gueltig = CASE WHEN $2 AND stand = 'wirksam' AND lower(gueltig) < $3 THEN daterange(lower(gueltig), $3) ELSE gueltig END
         WHERE plan_id = $1 AND (aktuell OR stand = 'wirksam' AND upper(gueltig) IS NULL)",
        plan,
        wirksam,
        ab
    )
    .execute(&mut *conn)
    .await?;
    let bereich = &lieferung.kopf.geltungsbereich;
    let geom = (!bereich.0.is_empty()).then(|| Geom::utm32(bereich.clone()));
    let fassung = sqlx::query_scalar!(
        "INSERT INTO fassung (plan_id, nummer, gueltig, stand, aktuell, importlauf_id, flaeche_m2, geom)
         VALUES ($1, (SELECT coalesce(max(nummer), 0) + 1 FROM fassung WHERE plan_id = $1), CASE WHEN $2 THEN daterange($3, NULL) END, $4, true, $5, coalesce(st_area($6::geometry), 0), $6)
         RETURNING id",
        plan,
        wirksam,
        ab,
        lieferung.stand.schluessel(),
        lauf,
        geom as Option<Geom>
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!("SELECT fnp.fassung_anlegen('fnp', $1)", fassung)
        .execute(conn)
        .await?;
    Ok(fassung)
}

/// Imports write no row audit: one row with the file's hash, counts, sum and a hash over the areas.
pub(super) async fn vermerke_import(
    conn: &mut PgConnection,
    fassung: i32,
    lieferung: &Lieferung,
    inhalt: &Inhalt,
) -> Result<()> {
    sqlx::query!(
        "SELECT audit.vermerke('fnp.fassung', $1, 'import', $2)",
        fassung.to_string(),
        json!({
            "plan": lieferung.kennung, "datei": lieferung.datei, "sha256": lieferung.sha256,
            "objekte": lieferung.spule.eintraege().len(), "flaechen": inhalt.anzahl, "flaeche_m2": inhalt.m2, "inhalt_sha256": inhalt.sha256,
        })
    )
    .execute(conn)
    .await?;
    Ok(())
}
