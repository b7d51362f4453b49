//! States of measures as seen from the day of view, asked by key.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::Result;
use crate::strategie::massnahme::Code;

/// Up to so many measures their own indicators alone are reckoned; above, each indicator of the strategy once.
const WENIGE: usize = 100;

/// State of a measure.
#[derive(Debug, Clone)]
pub(super) struct Stand {
    pub ampel: Code,
    /// Place of the traffic light in their order.
    pub rang: i32,
    pub ampel_anlass: String,
    pub verzug_tage: Option<i32>,
    pub fortschritt: Option<f64>,
    pub horizont: String,
    pub aktualitaet: Code,
}

/// States of these measures.
pub(super) async fn lies(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Stand>> {
    macro_rules! staende {
        ($datei:literal) => {
            sqlx::query_file!($datei, ids)
                .fetch_all(conn)
                .await?
                .into_iter()
                .map(|zeile| {
                    (
                        zeile.massnahme_id,
                        Stand {
                            ampel: zeile.ampel.0,
                            rang: zeile.rang,
                            ampel_anlass: zeile.ampel_anlass,
                            verzug_tage: zeile.verzug_tage,
                            fortschritt: zeile.fortschritt,
                            horizont: zeile.horizont,
                            aktualitaet: zeile.aktualitaet.0,
                        },
                    )
                })
                .collect()
        };
    }
    Ok(if ids.is_empty() {
        HashMap::new()
    } else if ids.len() <= WENIGE {
        staende!("src/strategie/massnahme/suche/staende.sql")
    } else {
        staende!("src/strategie/massnahme/suche/staende_vieler.sql")
    })
}
