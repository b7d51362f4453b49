//! Publication: states, four eyes, drafts over public rows, withdrawal, confidentiality.
mod entwurf;
mod rueckzug;
mod seiten;
mod vertraulich;
mod vier_augen;

#[expect(clippy::disallowed_types, reason = "test support: text made here")]
use sqlx::AssertSqlSafe;
use sqlx::PgPool;
use zielraum::db::audit;
use zielraum::error::{Error, Result};
use zielraum::freigabe::{Gegenstand, Schritt, store};

use crate::support::TestDb;

/// Runs SQL as somebody's change.
pub async fn als(db: &TestDb, wer: &str, sql: &str) -> Result<()> {
    let mut tx = audit::begin(&db.write, wer, "test").await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// One text, by SQL made by the tests.
pub async fn text(pool: &PgPool, sql: &str) -> Option<String> {
    sqlx::query_scalar::<_, Option<String>>(AssertSqlSafe(sql.to_owned()))
        .fetch_optional(pool)
        .await
        .unwrap()
        .flatten()
}

/// One number.
pub async fn zahl(pool: &PgPool, sql: &str) -> i64 {
    crate::support::zahl(pool, sql).await.unwrap()
}

/// An object as it stands.
pub async fn gegenstand(db: &TestDb, art: &str, kennung: &str) -> Gegenstand {
    let mut conn = db.write.acquire().await.unwrap();
    store::gegenstand(&mut conn, art, kennung).await.unwrap()
}

/// One step by somebody.
pub async fn gehe(
    db: &TestDb,
    wer: &str,
    (art, kennung): (&str, &str),
    schritt: Schritt,
) -> Result<String> {
    let g = gegenstand(db, art, kennung).await;
    let mut tx = audit::begin(&db.write, wer, "test").await?;
    let satz = store::gehe(&mut tx, &g, schritt, "weil es so ist", false).await?;
    tx.commit().await?;
    Ok(satz)
}

/// The sentence of a refusal.
pub fn satz<T: std::fmt::Debug>(antwort: Result<T>) -> String {
    match antwort.unwrap_err() {
        Error::Eingabe(text) => text,
        anderes => panic!("no refusal: {anderes:?}"),
    }
}
