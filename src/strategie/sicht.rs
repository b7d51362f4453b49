//! The day everything is seen from: today, or `?stichtag=2024-12-31`.

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::openapi::anfrage_parameter;
use crate::http::problem::Problem;

/// A transaction whose views see the day asked for. Dropped, it changes nothing.
pub async fn oeffne(
    pool: &PgPool,
    anfrage: &Anfrage,
) -> Result<(Transaction<'static, Postgres>, NaiveDate), Problem> {
    let gefragt = anfrage.parameter.gesetzt("stichtag")?;
    let gefragt = gefragt.map(lies).transpose()?;
    let mut tx = pool.begin().await.map_err(Error::from)?;
    if let Some(tag) = gefragt {
        setze(&mut tx, tag).await?;
    }
    let tag = sqlx::query_scalar!(r#"SELECT tag AS "tag!" FROM stichtag"#)
        .fetch_one(&mut *tx)
        .await
        .map_err(Error::from)?;
    Ok((tx, tag))
}

/// Sets the day for the rest of the transaction.
pub async fn setze(conn: &mut PgConnection, tag: NaiveDate) -> Result<()> {
    sqlx::query_scalar!(
        "SELECT set_config('zielraum.stichtag', $1, true)",
        tag.to_string()
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

fn lies(text: &str) -> Result<NaiveDate> {
    ["%Y-%m-%d", "%d.%m.%Y"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
        .filter(|tag| (1900..=2200).contains(&chrono::Datelike::year(tag)))
        .ok_or_else(|| {
            Error::parameter(
                "stichtag",
                format!("„{text}“ ist kein Tag. Erwartet wird zum Beispiel stichtag=2024-12-31."),
            )
        })
}

/// For `/api`.
#[must_use]
pub fn parameter() -> Value {
    anfrage_parameter(
        "stichtag",
        "Tag, von dem aus gesehen wird; ohne Angabe heute",
        &serde_json::json!({"type": "string", "format": "date"}),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_or_explained() {
        let tag = NaiveDate::from_ymd_opt(2024, 12, 31).unwrap();
        assert_eq!(lies("2024-12-31").unwrap(), tag);
        assert_eq!(lies("31.12.2024").unwrap(), tag);
        for falsch in ["2024", "2024-02-30", "gestern", "20240-01-01", "0001-01-01"] {
            assert!(lies(falsch).unwrap_err().to_string().contains("kein Tag"));
        }
    }
}
