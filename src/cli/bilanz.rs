//! `zielraum bilanz`: hectares per Nutzung, for the Gemeinde or by Ortsteil.

use clap::{Args, ValueEnum};

use super::answer;
use crate::db::Database;
use crate::error::Result;
use crate::fnp::{bilanz, bilanz_ausgabe, plan};

#[derive(Debug, Args)]
pub(super) struct Bilanz {
    /// Plan und gewünschte Fassung [Vorgabe: der wirksame oder der einzige Plan, neueste Fassung]
    #[arg(long, value_name = "KENNUNG[@FASSUNG]")]
    plan: Option<String>,
    /// Nur dieser Ortsteil
    #[arg(long, value_name = "KENNUNG")]
    ortsteil: Option<String>,
    /// Alle Ortsteile nebeneinander
    #[arg(long, conflicts_with = "ortsteil")]
    alle: bool,
    /// Ausgabe
    #[arg(long, value_enum, default_value_t = Format::Tabelle)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Für den Bildschirm, ha
    Tabelle,
    /// Für Excel, ha mit vier Nachkommastellen
    Csv,
    /// m² ungerundet
    Json,
}

pub(super) async fn run(frage: Bilanz, db: &Database) -> Result<()> {
    let mut conn = db.write.acquire().await?;
    let plan = plan::waehle(&mut conn, frage.plan.as_deref()).await?;
    if frage.alle {
        let alle = bilanz::alle(&mut conn, &plan).await?;
        return answer(&match frage.format {
            Format::Tabelle => bilanz_ausgabe::tabelle_alle(&alle),
            Format::Csv => bilanz_ausgabe::csv(&alle),
            Format::Json => serde_json::to_string_pretty(&alle)? + "\n",
        });
    }
    let eine = bilanz::eine(&mut conn, &plan, frage.ortsteil.as_deref()).await?;
    answer(&match frage.format {
        Format::Tabelle => bilanz_ausgabe::tabelle(&eine),
        Format::Csv => bilanz_ausgabe::csv(std::slice::from_ref(&eine)),
        Format::Json => serde_json::to_string_pretty(&eine)? + "\n",
    })
}
