//! Which version of which plan a question speaks of.

use serde::Serialize;
use sqlx::PgConnection;

use crate::error::{Error, Result};

/// State of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Stand {
    /// In force.
    #[value(help = "in Kraft")]
    Wirksam,
    /// In procedure.
    #[value(help = "im Verfahren")]
    Entwurf,
    /// No longer in force. Comes from the file's rechtsstand alone.
    #[value(skip)]
    Frueher,
}

impl Stand {
    /// Key of `fnp.plan.stand`.
    #[must_use]
    pub fn schluessel(self) -> &'static str {
        match self {
            Self::Wirksam => "wirksam",
            Self::Entwurf => "entwurf",
            Self::Frueher => "frueher",
        }
    }

    /// From `FP_Rechtsstand`: 4000 in force, 5000 and its sub-values no longer, all else in procedure.
    #[must_use]
    pub fn aus_rechtsstand(code: Option<&str>) -> Self {
        match code {
            Some("4000") => Self::Wirksam,
            Some(code) if code.starts_with("5000") => Self::Frueher,
            _ => Self::Entwurf,
        }
    }
}

/// A sachlicher Teilflächennutzungsplan (§ 5 Abs. 2b BauGB, planArt 5000) stands beside the plan in force.
pub const TEILPLAN: &str = "5000";

/// One version of one plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fassung {
    /// `fnp.fassung.id`.
    #[serde(skip)]
    pub id: i32,
    /// Kennung of the plan.
    pub kennung: String,
    /// Name of the plan.
    pub name: String,
    /// wirksam, entwurf, frueher.
    pub stand: String,
    /// Number of the version, from 1.
    pub fassung: i32,
    /// Newest version of its plan.
    #[serde(skip)]
    pub aktuell: bool,
    /// When it was read in.
    #[serde(skip)]
    pub eingelesen_am: chrono::DateTime<chrono::Utc>,
}

impl Fassung {
    /// How a request names this version: `KENNUNG@FASSUNG`.
    #[must_use]
    pub fn angabe(&self) -> String {
        format!("{}@{}", self.kennung, self.fassung)
    }
}

/// `KENNUNG[@FASSUNG]`, or without it the plan in force, or the only plan there is.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is no such plan; [`Error::Aufruf`] when several could be meant.
pub async fn waehle(conn: &mut PgConnection, angabe: Option<&str>) -> Result<Fassung> {
    let Some(angabe) = angabe else {
        return vorgabe(conn).await;
    };
    let (kennung, nummer) = match angabe.split_once('@') {
        None => (angabe, None),
        Some((kennung, nummer)) => {
            let nummer: i32 = nummer.parse().map_err(|_| {
                Error::parameter("plan", format!("„{nummer}“ ist keine Nummer einer Fassung; erwartet wird KENNUNG oder KENNUNG@FASSUNG, zum Beispiel fnp-2001@1."))
            })?;
            (kennung, Some(nummer))
        }
    };
    let gefunden = sqlx::query_as!(
        Fassung,
        "SELECT f.id, p.kennung, p.name, p.stand, f.nummer AS fassung, f.aktuell, f.eingelesen_am FROM plan p JOIN fassung f ON f.plan_id = p.id
         WHERE p.kennung = $1 AND CASE WHEN $2::int IS NULL THEN f.aktuell ELSE f.nummer = $2 END",
        kennung,
        nummer
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(fassung) = gefunden {
        return Ok(fassung);
    }
    let vorhanden = aufzaehlung(&alle(conn).await?);
    Err(Error::nicht_gefunden(match nummer {
        Some(nummer) => {
            format!("Eine Fassung {nummer} des Plans „{kennung}“ gibt es nicht. {vorhanden}")
        }
        None => format!("Einen Plan mit der Kennung „{kennung}“ gibt es nicht. {vorhanden}"),
    }))
}

/// The newest version of every plan, in force first.
pub async fn alle(conn: &mut PgConnection) -> Result<Vec<Fassung>> {
    Ok(sqlx::query_as!(
        Fassung,
        "SELECT f.id, p.kennung, p.name, p.stand, f.nummer AS fassung, f.aktuell, f.eingelesen_am FROM plan p JOIN fassung f ON f.plan_id = p.id AND f.aktuell
         ORDER BY array_position(ARRAY['wirksam', 'entwurf', 'frueher'], p.stand), p.kennung"
    )
    .fetch_all(conn)
    .await?)
}

async fn vorgabe(conn: &mut PgConnection) -> Result<Fassung> {
    let in_kraft: Vec<i32> =
        sqlx::query_scalar!(r#"SELECT fassung_id AS "id!" FROM fassung_in_kraft ORDER BY 1"#)
            .fetch_all(&mut *conn)
            .await?;
    let plaene = alle(conn).await?;
    let gemeint: Vec<&Fassung> = match in_kraft.len() {
        0 => plaene.iter().collect(),
        _ => plaene
            .iter()
            .filter(|plan| in_kraft.contains(&plan.id))
            .collect(),
    };
    match gemeint[..] {
        [einziger] => Ok(einziger.clone()),
        [] => Err(Error::nicht_gefunden(
            "Es ist noch kein Flächennutzungsplan eingelesen.",
        )),
        _ => Err(Error::parameter(
            "plan",
            format!(
                "Mehrere Pläne kommen infrage; bitte einen mit plan=KENNUNG (Kommandozeile: --plan KENNUNG) nennen. {}",
                aufzaehlung(&plaene)
            ),
        )),
    }
}

fn aufzaehlung(plaene: &[Fassung]) -> String {
    if plaene.is_empty() {
        return "Es ist noch kein Plan eingelesen.".to_owned();
    }
    let liste: Vec<String> = plaene
        .iter()
        .map(|p| format!("{} ({}, {})", p.kennung, p.name, p.stand))
        .collect();
    format!("Vorhanden: {}.", liste.join("; "))
}
