//! [`Lieferung`] → database: join with the Ortsteile, then everything in one transaction.
//!
//! The new partition is the staging table: loaded, indexed and checked while detached;
//! ATTACH and the pointer `aktuell` are the swap. A program killed in between leaves the
//! old version whole, because nothing is visible before the one COMMIT.

use std::sync::Arc;

use chrono::Utc;
use geo_types::{Geometry, MultiPolygon};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::lesen::{Eintrag, Lieferung};
use super::{Auftrag, ganzes};
use crate::db::copy::{Copy, Row};
use crate::db::{Database, audit};
use crate::error::{Error, Result};
use crate::fnp::objekt::{Befund, Geometrie, PlanGemeinde, Schwere};
use crate::fnp::plan::{Stand, TEILPLAN};
use crate::gemeinde::kennung::{ags, slug};
use crate::gemeinde::store as gemeinden;
use crate::import::protokoll::{Ergebnis, Protokoll, ablage};
use crate::import::verbund::{self, Flaeche};
use crate::import::{gebiete, sperre};

/// Checks a delivery and, unless it is a trial, stores it. Fills the protocol.
pub async fn lade(
    db: &Database,
    auftrag: &Auftrag,
    lieferung: Lieferung,
    protokoll: &mut Protokoll,
) -> Result<()> {
    let mut tx = audit::begin(
        &db.write,
        &auftrag.wer,
        &format!("Import {} (SHA-256 {})", lieferung.datei, lieferung.sha256),
    )
    .await?;
    sperre(&mut tx).await?;

    let bereich = (!lieferung.kopf.geltungsbereich.0.is_empty())
        .then(|| lieferung.kopf.geltungsbereich.clone());
    let ortsteile = gemeinden::ortsteile_bei(&mut tx, bereich.as_ref()).await?;
    let lieferung = Arc::new(lieferung);
    let kopie = Arc::clone(&lieferung);
    let verbund = tokio::task::spawn_blocking(move || {
        let flaechen: Vec<Flaeche<'_>> = schlussflaechen(&kopie.objekte)
            .map(|(_, eintrag, geom)| Flaeche {
                geom,
                repariert: repariert(eintrag),
            })
            .collect();
        verbund::berechne(ortsteile, bereich, &flaechen)
    })
    .await
    .map_err(Error::intern)?;
    protokoll.bilanz = Some(ganzes::bilanz(&lieferung, &verbund));
    protokoll.ergebnis = if auftrag.probe {
        Ergebnis::Geprueft
    } else {
        Ergebnis::Uebernommen
    };

    let plan = schreibe_plan(&mut tx, &lieferung, &mut protokoll.befunde).await?;
    let lauf = schreibe_lauf(&mut tx, auftrag, &lieferung).await?;
    let fassung = schreibe_fassung(&mut tx, plan, lauf, &lieferung).await?;
    kopiere_objekte(&mut tx, fassung, &lieferung).await?;
    let zeilen = schlussflaechen(&lieferung.objekte).map(|(ordnung, eintrag, _)| {
        (
            ordnung,
            eintrag.objekt.nutzung.to_owned(),
            eintrag.objekt.rechtsstand.schluessel().to_owned(),
        )
    });
    gebiete::kopiere_anteile(
        &mut tx,
        &format!("fnp.anteil_f{fassung}"),
        fassung,
        zeilen,
        &verbund.teile,
    )
    .await?;
    ganzes::pruefe(&mut tx, plan, fassung, &lieferung, &verbund, protokoll).await?;
    if auftrag.probe {
        return Ok(()); // dropping tx rolls back
    }

    sqlx::query!("SELECT fnp.fassung_anhaengen('fnp', $1)", fassung)
        .execute(&mut *tx)
        .await?;
    gebiete::schreibe_pruefung(&mut tx, fassung, &verbund).await?;
    ablage::schreibe(&mut tx, lauf, protokoll).await?;
    let mut beruehrt = vec![
        "fnp.flaeche",
        "fnp.ueberlagerung",
        "fnp.linie",
        "fnp.punkt",
        "fnp.anteil",
        "fnp.pruefung",
        "fnp.importlauf",
        "fnp.import_befund",
        "fnp.import_vergleich",
    ];
    for relation in beruehrt.drain(..) {
        sqlx::query!("SELECT audit.beruehre($1)", relation)
            .execute(&mut *tx)
            .await?;
    }
    vermerke_import(&mut tx, fassung, &lieferung).await?;
    sqlx::query!("SELECT strategie.leite_nach_import()")
        .execute(&mut *tx)
        .await?;
    if lieferung.stand == Stand::Wirksam {
        loese_vorgaenger_ab(&mut tx, plan).await?;
    }
    if lieferung.stand == Stand::Wirksam || auftrag.veroeffentlichen {
        sqlx::query!("SELECT freigabe.veroeffentliche_fassung($1)", fassung)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Areas of the Flächenschluss with their ordnung, valid or not.
pub(super) fn schlussflaechen(
    objekte: &[Eintrag],
) -> impl Iterator<Item = (i64, &Eintrag, &MultiPolygon<f64>)> {
    (1_i64..)
        .zip(objekte)
        .filter_map(|(ordnung, eintrag)| match &eintrag.objekt.geometrie {
            Geometrie::Flaeche(geom) if eintrag.objekt.zaehlt_zur_bilanz() => {
                Some((ordnung, eintrag, geom))
            }
            _ => None,
        })
}

fn repariert(eintrag: &Eintrag) -> Option<MultiPolygon<f64>> {
    eintrag.ungueltig.as_ref().map(|u| {
        u.repariert
            .clone()
            .unwrap_or_else(|| MultiPolygon(Vec::new()))
    })
}

/// Gemeinden of the plan, then the plan: stored or, with the same kennung, replaced.
async fn schreibe_plan(
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
            code: "ags-form".into(),
            schwere: Schwere::Warnung,
            klasse: Some("XP_Gemeinde".into()),
            kennung: None,
            ort: None,
            text: format!("Der Gemeindeschlüssel „{ags}“ ist kein achtstelliger AGS; die Gemeinde wird an ihrem Namen erkannt."),
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

async fn schreibe_lauf(
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
    .execute(&mut *conn)
    .await?;
    Ok(lauf)
}

/// The new version; the old one ends where this begins.
async fn schreibe_fassung(
    conn: &mut PgConnection,
    plan: Uuid,
    lauf: Uuid,
    lieferung: &Lieferung,
) -> Result<i32> {
    let wirksam = lieferung.stand == Stand::Wirksam;
    let ab = lieferung
        .kopf
        .wirksam_am
        .unwrap_or_else(|| Utc::now().date_naive());
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
    let geom = (!bereich.0.is_empty()).then(|| crate::db::geom::Geom::utm32(bereich.clone()));
    let fassung = sqlx::query_scalar!(
        "INSERT INTO fassung (plan_id, nummer, gueltig, stand, aktuell, importlauf_id, flaeche_m2, geom)
         VALUES ($1, (SELECT coalesce(max(nummer), 0) + 1 FROM fassung WHERE plan_id = $1), CASE WHEN $2 THEN daterange($3, NULL) END, $4, true, $5, coalesce(st_area($6::geometry), 0), $6)
         RETURNING id",
        plan,
        wirksam,
        ab,
        lieferung.stand.schluessel(),
        lauf,
        geom as Option<crate::db::geom::Geom>
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!("SELECT fnp.fassung_anlegen('fnp', $1)", fassung)
        .execute(conn)
        .await?;
    Ok(fassung)
}

/// Common columns of areas, overlays, lines and points, in the order of [`gemeinsam`].
const GEMEINSAM: &str = "fassung_id, ordnung, kennung, nutzung, klasse, xplan_version, gml_id, codes, codespace, rechtsstand, ebene, flaechenschluss, name, text";

fn gemeinsam(
    row: &mut Row<'_>,
    fassung: i32,
    ordnung: i64,
    eintrag: &Eintrag,
    version: &str,
) -> Result<()> {
    let o = &eintrag.objekt;
    row.int4(fassung)?;
    row.int8(ordnung)?;
    row.text(&eintrag.kennung)?;
    row.text(o.nutzung)?;
    row.text(&o.klasse)?;
    row.text(version)?;
    row.opt_text(o.gml_id.as_deref())?;
    row.jsonb(&serde_json::Value::Object(o.codes.clone()))?;
    row.opt_text(o.codespace.as_deref())?;
    row.text(o.rechtsstand.schluessel())?;
    row.int2(o.ebene)?;
    row.bool(o.flaechenschluss)?;
    row.opt_text(o.name.as_deref())?;
    row.opt_text(o.text.as_deref())
}

async fn kopiere_objekte(
    conn: &mut PgConnection,
    fassung: i32,
    lieferung: &Lieferung,
) -> Result<()> {
    let version = lieferung.kopf.version.as_str();
    let objekte = || (1_i64..).zip(&lieferung.objekte);

    let mut copy = Copy::begin(conn, &format!("COPY fnp.flaeche_f{fassung} ({GEMEINSAM}, gueltig, flaeche_m2, geom) FROM STDIN (FORMAT binary)")).await?;
    for (ordnung, eintrag, geom) in schlussflaechen(&lieferung.objekte) {
        copy.row(17, |row| {
            gemeinsam(row, fassung, ordnung, eintrag, version)?;
            row.bool(eintrag.ungueltig.is_none())?;
            row.float8(geo::Area::unsigned_area(geom))?;
            row.geometry(&Geometry::MultiPolygon(geom.clone()))
        })
        .await?;
    }
    copy.finish().await?;

    let mut copy = Copy::begin(conn, &format!("COPY fnp.ueberlagerung_f{fassung} ({GEMEINSAM}, gueltig, flaeche_m2, geom, art) FROM STDIN (FORMAT binary)")).await?;
    for (ordnung, eintrag) in objekte() {
        let Geometrie::Flaeche(geom) = &eintrag.objekt.geometrie else {
            continue;
        };
        if eintrag.objekt.zaehlt_zur_bilanz() {
            continue;
        }
        copy.row(18, |row| {
            gemeinsam(row, fassung, ordnung, eintrag, version)?;
            row.bool(eintrag.ungueltig.is_none())?;
            row.float8(geo::Area::unsigned_area(geom))?;
            row.geometry(&Geometry::MultiPolygon(geom.clone()))?;
            // FP_SchutzPflegeEntwicklung → SchutzPflegeEntwicklung
            row.text(
                eintrag
                    .objekt
                    .klasse
                    .get(3..)
                    .unwrap_or(&eintrag.objekt.klasse),
            )
        })
        .await?;
    }
    copy.finish().await?;

    let mut copy = Copy::begin(
        conn,
        &format!(
            "COPY fnp.linie_f{fassung} ({GEMEINSAM}, laenge_m, geom) FROM STDIN (FORMAT binary)"
        ),
    )
    .await?;
    for (ordnung, eintrag) in objekte() {
        let Geometrie::Linie(geom) = &eintrag.objekt.geometrie else {
            continue;
        };
        copy.row(16, |row| {
            gemeinsam(row, fassung, ordnung, eintrag, version)?;
            row.float8(geo::Length::length(&geo::Euclidean, geom))?;
            row.geometry(&Geometry::MultiLineString(geom.clone()))
        })
        .await?;
    }
    copy.finish().await?;

    let mut copy = Copy::begin(
        conn,
        &format!(
            "COPY fnp.punkt_f{fassung} ({GEMEINSAM}, drehung, geom) FROM STDIN (FORMAT binary)"
        ),
    )
    .await?;
    for (ordnung, eintrag) in objekte() {
        let Geometrie::Punkt(geom) = &eintrag.objekt.geometrie else {
            continue;
        };
        copy.row(16, |row| {
            gemeinsam(row, fassung, ordnung, eintrag, version)?;
            match eintrag.objekt.drehung {
                Some(grad) => row.float8(grad)?,
                None => row.null(),
            }
            row.geometry(&Geometry::MultiPoint(geom.clone()))
        })
        .await?;
    }
    copy.finish().await?;
    Ok(())
}

/// Imports write no row audit: one row with the file's hash, counts, sum and a hash over the partition.
async fn vermerke_import(
    conn: &mut PgConnection,
    fassung: i32,
    lieferung: &Lieferung,
) -> Result<()> {
    let inhalt = sqlx::query!(
        r#"SELECT count(*) AS "anzahl!", coalesce(sum(flaeche_m2 ORDER BY ordnung), 0) AS "m2!",
             encode(sha256(coalesce(string_agg(sha256(st_asewkb(geom)) || convert_to(kennung || nutzung || codes::text, 'UTF8'), ''::bytea ORDER BY ordnung), ''::bytea)), 'hex') AS "hash!"
           FROM flaeche WHERE fassung_id = $1"#,
        fassung
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "SELECT audit.vermerke('fnp.fassung', $1, 'import', $2)",
        fassung.to_string(),
        json!({
            "plan": lieferung.kennung, "datei": lieferung.datei, "sha256": lieferung.sha256,
            "objekte": lieferung.objekte.len(), "flaechen": inhalt.anzahl, "flaeche_m2": inhalt.m2, "inhalt_sha256": inhalt.hash,
        })
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A new plan in force makes the previous one of the same Gemeinde and planArt `frueher`; a Teilplan never does.
async fn loese_vorgaenger_ab(conn: &mut PgConnection, plan: Uuid) -> Result<()> {
    let vorgaenger = sqlx::query_scalar!(
        "UPDATE plan v SET stand = 'frueher' FROM plan n
         WHERE n.id = $1 AND v.id <> n.id AND v.stand = 'wirksam' AND v.gemeinde_id IS NOT DISTINCT FROM n.gemeinde_id
           AND coalesce(v.plan_art, '1000') = coalesce(n.plan_art, '1000') AND coalesce(n.plan_art, '1000') <> $2
         RETURNING v.id",
        plan,
        TEILPLAN
    )
    .fetch_all(&mut *conn)
    .await?;
    for id in vorgaenger {
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
