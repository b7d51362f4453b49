//! The comparison's answer to: what is this object called now?

use sqlx::PgConnection;

use crate::error::Result;

/// Old and new name of those objects that are called otherwise now; nothing without a comparison.
pub(super) async fn umbenannt(
    conn: &mut PgConnection,
    namen: &[String],
) -> Result<Vec<(String, String)>> {
    let verglichen: bool =
        sqlx::query_scalar("SELECT to_regclass('pg_temp.abgleich_kennung') IS NOT NULL")
            .persistent(false)
            .fetch_one(&mut *conn)
            .await?;
    if !verglichen || namen.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(
        "SELECT vorgabe, kennung FROM abgleich_kennung WHERE vorgabe = ANY ($1) AND kennung <> vorgabe",
    )
    .bind(namen)
    .persistent(false)
    .fetch_all(conn)
    .await?)
}
