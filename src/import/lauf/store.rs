//! SQL of the imports. Names no schema: the connection decides the world, so the public reads
//! what is published and nothing of drafts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::error::{Error, Result};
use crate::fnp::bilanz::Pruefung;
use crate::import::fnp::abgleich::vergleich::Vergleich;

/// Findings shown on a page and in its JSON; all stand in the layer `import_befunde`.
pub const HOECHSTENS_BEFUNDE: i64 = 1000;

/// One import in the list.
#[derive(Debug, Clone, Serialize)]
pub struct Kurz {
    /// `plan@fassung`.
    pub id: String,
    /// Kennung of the plan.
    pub plan: String,
    /// Its name.
    pub plan_name: String,
    /// State of the plan.
    pub stand: String,
    /// Number of the version.
    pub fassung: i32,
    /// Newest version of its plan.
    pub aktuell: bool,
    /// File name.
    pub datei: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// `XPlanGML` …
    pub format: String,
    /// Version of the format.
    pub version: Option<String>,
    /// When it began.
    pub begonnen: DateTime<Utc>,
    /// Findings.
    pub fehler: i64,
    /// Findings.
    pub warnungen: i64,
    /// Findings.
    pub hinweise: i64,
}

/// What the stored protocol says that has no table of its own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Bericht {
    /// Counts per class.
    pub klassen: Vec<Klasse>,
    /// Check rows of the balance, m².
    pub bilanz: Option<Pruefung>,
    /// Sums in = sums out; missing in protocols before version 2.
    pub summen: Option<Summen>,
}

/// How often a class was met.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Klasse {
    /// XPlanung class.
    pub klasse: String,
    /// In the file.
    pub gelesen: u64,
    /// Taken over.
    pub uebernommen: u64,
    /// Passed over.
    pub uebergangen: u64,
    /// Why.
    pub grund: Option<String>,
}

/// Counts on both sides.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summen {
    /// In the file.
    pub gelesen: u64,
    /// Taken over.
    pub uebernommen: u64,
    /// Passed over.
    pub uebergangen: u64,
    /// Rows stored.
    pub gespeichert: u64,
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct Befund {
    /// Number within its import.
    pub nr: i32,
    /// `fehler`, `warnung`, `hinweis`.
    pub schwere: String,
    /// Stable slug.
    pub code: String,
    /// German title of the code.
    pub titel: Option<String>,
    /// XPlanung class.
    pub klasse: Option<String>,
    /// Object.
    pub kennung: Option<String>,
    /// What, where.
    pub text: String,
    /// What to do.
    pub rat: Option<String>,
    /// Easting in EPSG:25832, m.
    pub x: Option<f64>,
    /// Northing in EPSG:25832, m.
    pub y: Option<f64>,
}

/// A measure whose linked area is gone.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// Id in the layer `verknuepfungen_zu_pruefen`.
    pub id: String,
    /// Kennung of the measure.
    pub massnahme: String,
    /// Its title.
    pub massnahme_titel: String,
    /// Plan of the area.
    pub plan: String,
    /// Kennung of the area.
    pub flaeche: String,
    /// Its land use.
    pub nutzung_name: Option<String>,
    /// Its m².
    pub flaeche_m2: f64,
    /// Version it was last in.
    pub zuletzt_in: Option<i32>,
    /// Version it is gone from.
    pub entfallen_in: Option<i32>,
    /// Kennung of the successor proposed.
    pub nachfolger: Option<String>,
    /// Its share of the old area, 0..1.
    pub nachfolger_anteil: Option<f64>,
    /// What lies there now.
    pub vorschlaege: Option<String>,
}

/// One import.
#[derive(Debug, Clone, Serialize)]
pub struct Import {
    /// Head.
    #[serde(flatten)]
    pub kurz: Kurz,
    /// Counts and sums.
    #[serde(flatten)]
    pub bericht: Bericht,
    /// Worst first, at most [`HOECHSTENS_BEFUNDE`].
    pub befunde: Vec<Befund>,
    /// Beside the delivery before; None for the first, or when that is not published.
    pub vergleich: Option<Vergleich>,
    /// Links into this plan that wait for somebody; of the newest version only.
    pub zu_pruefen: Vec<Link>,
}

/// All imports, newest first.
///
/// # Errors
/// Those of the database.
pub async fn alle(conn: &mut PgConnection) -> Result<Vec<Kurz>> {
    lies(conn, None).await
}

async fn lies(conn: &mut PgConnection, id: Option<&str>) -> Result<Vec<Kurz>> {
    Ok(sqlx::query_as!(
        Kurz,
        r#"SELECT i.id AS "id!", i.plan AS "plan!", i.plan_name AS "plan_name!", i.stand AS "stand!", i.fassung AS "fassung!", i.aktuell AS "aktuell!", i.datei AS "datei!", i.sha256 AS "sha256!",
             i.format AS "format!", i.version, i.begonnen AS "begonnen!", b.fehler AS "fehler!", b.warnungen AS "warnungen!", b.hinweise AS "hinweise!"
           FROM import_sicht i CROSS JOIN LATERAL (
             SELECT count(*) FILTER (WHERE schwere = 'fehler') AS fehler, count(*) FILTER (WHERE schwere = 'warnung') AS warnungen, count(*) FILTER (WHERE schwere = 'hinweis') AS hinweise
             FROM import_befund x WHERE x.importlauf_id = i.importlauf_id) b
           WHERE $1::text IS NULL OR i.id = $1 ORDER BY i.begonnen DESC, i.id"#,
        id
    )
    .fetch_all(conn)
    .await?)
}

/// One import by `plan@fassung`.
///
/// # Errors
/// [`Error::NichtGefunden`] for one that does not exist, or not for this caller.
pub async fn einer(conn: &mut PgConnection, id: &str) -> Result<Import> {
    let Some(kurz) = lies(conn, Some(id)).await?.pop() else {
        return Err(Error::nicht_gefunden(format!(
            "Einen Import „{id}“ gibt es nicht. Gefragt wird mit KENNUNG@FASSUNG; alle stehen unter /importe."
        )));
    };
    let inhalt = sqlx::query!(
        r#"SELECT bericht AS "bericht!: Json<Bericht>", vergleich AS "vergleich?: Json<Vergleich>" FROM import_sicht WHERE id = $1"#,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    let befunde = sqlx::query_as!(
        Befund,
        r#"SELECT b.nr, b.schwere, b.code, a.titel AS "titel?", b.klasse, b.kennung, b.text, a.rat AS "rat?", st_x(b.geom) AS x, st_y(b.geom) AS y
           FROM import_befund b JOIN import_sicht i ON i.importlauf_id = b.importlauf_id LEFT JOIN befund_art a ON a.code = b.code
           WHERE i.id = $1 ORDER BY array_position(ARRAY['fehler', 'warnung', 'hinweis'], b.schwere), b.nr LIMIT $2"#,
        id,
        HOECHSTENS_BEFUNDE
    )
    .fetch_all(&mut *conn)
    .await?;
    let zu_pruefen = if kurz.aktuell {
        zu_pruefen(conn, Some(&kurz.plan)).await?
    } else {
        Vec::new()
    };
    Ok(Import {
        kurz,
        bericht: inhalt.bericht.0,
        befunde,
        vergleich: inhalt.vergleich.map(|json| json.0),
        zu_pruefen,
    })
}

/// Links whose area is gone from the newest version of its plan.
///
/// # Errors
/// Those of the database.
pub async fn zu_pruefen(conn: &mut PgConnection, plan: Option<&str>) -> Result<Vec<Link>> {
    Ok(sqlx::query_as!(
        Link,
        r#"SELECT id AS "id!", massnahme AS "massnahme!", massnahme_titel AS "massnahme_titel!", plan AS "plan!", flaeche AS "flaeche!", nutzung_name, flaeche_m2 AS "flaeche_m2!",
             zuletzt_in, entfallen_in, nachfolger, nachfolger_anteil, vorschlaege
           FROM verweis_pruefen WHERE $1::text IS NULL OR plan = $1 ORDER BY massnahme_nummer, massnahme, flaeche"#,
        plan
    )
    .fetch_all(conn)
    .await?)
}
