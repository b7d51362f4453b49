//! SQL of the links. Names no schema: the connection decides the world.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Bezuege, Bezug};
use crate::error::Result;

/// Whose links are asked for: exactly one is given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gegenstand {
    /// A goal.
    pub ziel: Option<Uuid>,
    /// A measure.
    pub massnahme: Option<Uuid>,
    /// An indicator.
    pub kennzahl: Option<Uuid>,
    /// A village-renewal area.
    pub gebiet: Option<Uuid>,
}

/// Everything linked to a goal, a measure, an indicator or a village-renewal area.
pub async fn von(conn: &mut PgConnection, gegenstand: Gegenstand) -> Result<Bezuege> {
    let alle = sqlx::query_file_as!(
        Bezug,
        "src/strategie/bezug/von.sql",
        gegenstand.ziel,
        gegenstand.massnahme,
        gegenstand.kennzahl,
        gegenstand.gebiet
    )
    .fetch_all(conn)
    .await?;
    Ok(Bezuege::aus(alle))
}

/// Who points at its subjects.
#[derive(Debug, Clone, Copy, Default)]
pub struct Traeger {
    /// A sector plan.
    pub fachplan: Option<Uuid>,
    /// A decision.
    pub beschluss: Option<Uuid>,
    /// A trend.
    pub trend: Option<Uuid>,
    /// An office or body.
    pub akteur: Option<Uuid>,
    /// A sustainable development goal.
    pub sdg: Option<i32>,
}

/// Goals, measures, indicators … a sector plan, decision, trend, office or SDG points at.
pub async fn gegenstaende(conn: &mut PgConnection, traeger: Traeger) -> Result<Vec<Bezug>> {
    Ok(sqlx::query_file_as!(
        Bezug,
        "src/strategie/bezug/gegenstaende.sql",
        traeger.fachplan,
        traeger.beschluss,
        traeger.trend,
        traeger.akteur,
        traeger.sdg
    )
    .fetch_all(conn)
    .await?)
}
