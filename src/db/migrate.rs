//! Migrations, then the view files of `migrations/sichten`, once per world.

use sha2::{Digest, Sha256};
use sqlx::migrate::MigrateError;
use sqlx::{Acquire, Executor, PgConnection};

use super::CONTEXTS;
use crate::error::{Error, Result};

/// Fixed order: later files use the views of earlier ones. Each belongs to the working
/// schema of its name.
const VIEWS: [(&str, &str); 14] = [
    (
        "strategie",
        include_str!("../../migrations/sichten/geschichte_stand.sql"),
    ),
    (
        "strategie",
        include_str!("../../migrations/sichten/leser.sql"),
    ),
    (
        "strategie",
        include_str!("../../migrations/sichten/geschichte_verlauf.sql"),
    ),
    (
        "gemeinde",
        include_str!("../../migrations/sichten/gemeinde.sql"),
    ),
    ("fnp", include_str!("../../migrations/sichten/fnp.sql")),
    (
        "strategie",
        include_str!("../../migrations/sichten/strategie_stand.sql"),
    ),
    (
        "strategie",
        include_str!("../../migrations/sichten/strategie_geld.sql"),
    ),
    (
        "strategie",
        include_str!("../../migrations/sichten/strategie.sql"),
    ),
    (
        "dorferneuerung",
        include_str!("../../migrations/sichten/dorferneuerung.sql"),
    ),
    (
        "fachdaten",
        include_str!("../../migrations/sichten/fachdaten.sql"),
    ),
    (
        "freigabe",
        include_str!("../../migrations/sichten/freigabe.sql"),
    ),
    (
        "freigabe",
        include_str!("../../migrations/sichten/freigabe_plan.sql"),
    ),
    (
        "freigabe",
        include_str!("../../migrations/sichten/freigabe_weg.sql"),
    ),
    (
        "freigabe",
        include_str!("../../migrations/sichten/freigabe_vergleich.sql"),
    ),
];

/// Hash of everything that makes the schema; names the template of the tests.
#[must_use]
pub fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for migration in sqlx::migrate!().iter() {
        hash.update(&*migration.checksum);
    }
    for (_, sql) in VIEWS {
        hash.update(sql);
    }
    hash.finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Version and checksum (hex) of every migration this program knows, oldest first.
#[must_use]
pub fn versions() -> Vec<(i64, String)> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    sqlx::migrate!()
        .iter()
        .map(|migration| (migration.version, hex(&migration.checksum)))
        .collect()
}

/// Brings the database to this program's schema. Safe to call by several programs at once.
pub(super) async fn run(admin: &mut PgConnection) -> Result<()> {
    if let Err(cause) = sqlx::migrate!().run(&mut *admin).await {
        return Err(refused(admin, cause).await);
    }
    views(admin).await
}

/// Why a migration did not run, in words an operator can act on.
async fn refused(admin: &mut PgConnection, cause: MigrateError) -> Error {
    let text = match &cause {
        MigrateError::VersionMissing(version) => {
            return Error::umgebung(format!(
                "Die Datenbank ist neuer als dieses Programm (Migration {version} ist hier unbekannt). Bitte die neuere Version starten."
            ));
        }
        MigrateError::Execute(sqlx::Error::Database(error))
        | MigrateError::ExecuteMigration(sqlx::Error::Database(error), _)
            if error.code().as_deref() == Some("42501") =>
        {
            error.message().to_owned()
        }
        _ => return Error::intern(cause),
    };
    // The failed migration's transaction may still be open.
    admin.execute("ROLLBACK").await.ok();
    let login: Option<String> = sqlx::query_scalar("SELECT quote_ident(session_user)")
        .fetch_one(admin)
        .await
        .ok();
    let login = login.unwrap_or_else(|| "ROLLE".to_owned());
    Error::umgebung(format!(
        "Der Rolle {login} aus DATABASE_URL fehlt ein Recht, um die Datenbank einzurichten: {text}. \
         Als Superuser des Servers: ALTER ROLE {login} CREATEROLE; in der Datenbank CREATE EXTENSION postgis und btree_gist und GRANT CREATE ON DATABASE … TO {login} WITH GRANT OPTION (oder {login} zu ihrem Eigentümer machen). \
         Gibt es die Rollen zielraum_* auf dem Server schon, dazu (nötig ab PostgreSQL 16): GRANT zielraum_owner, zielraum_public, zielraum_staff, zielraum_write, zielraum_auth TO {login} WITH ADMIN OPTION. Danach neu starten."
    ))
}

async fn views(admin: &mut PgConnection) -> Result<()> {
    let fingerprint = fingerprint();
    let mut tx = admin.begin().await?;
    tx.execute("SELECT pg_advisory_xact_lock(20350725)").await?;
    tx.execute(
        "CREATE TABLE IF NOT EXISTS public._zielraum_sichten (fingerprint text PRIMARY KEY)",
    )
    .await?;
    let current: Option<String> =
        sqlx::query_scalar("SELECT fingerprint FROM public._zielraum_sichten")
            .fetch_optional(&mut *tx)
            .await?;
    if current.as_deref() == Some(&fingerprint) {
        return Ok(());
    }
    tx.execute("SET LOCAL ROLE zielraum_owner").await?;
    drop_views(&mut tx).await?;
    for (schema, sql) in VIEWS {
        let others = CONTEXTS.iter().filter(|name| **name != schema);
        let working = others.fold(schema.to_owned(), |path, name| path + ", " + name) + ", public";
        // The worlds of the past and of restricted readers last: their tables are views over the others.
        let leser = format!("leser, {working}");
        let damals = format!("damals, {working}");
        let leser_damals = format!("leser_damals, damals, leser, {working}");
        for search_path in [
            working.as_str(),
            "oeffentlich, public",
            leser.as_str(),
            damals.as_str(),
            super::damals::OEFFENTLICH,
            leser_damals.as_str(),
        ] {
            sqlx::query("SELECT set_config('search_path', $1, true)")
                .bind(search_path)
                .execute(&mut *tx)
                .await?;
            tx.execute(sql).await?;
        }
    }
    tx.execute(
        "SELECT audit.betitle_sicht(k.oid) FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE k.relkind = 'v' AND pg_get_userbyid(k.relowner) = 'zielraum_owner' AND n.nspname NOT LIKE '%damals' AND n.nspname <> 'leser'",
    )
    .await?;
    // What is seen from a past day, or by a restricted reader, is called what it is called today.
    tx.execute(
        "DO $$ DECLARE c record; BEGIN
           FOR c IN SELECT DISTINCT ON (d.oid, a.attnum) d.oid::regclass AS sicht, a.attname, col_description(k.oid, b.attnum) AS titel
               FROM pg_class d JOIN pg_namespace n ON n.oid = d.relnamespace JOIN pg_attribute a ON a.attrelid = d.oid AND a.attnum > 0
               JOIN pg_class k ON k.relname = d.relname AND k.oid <> d.oid JOIN pg_namespace m ON m.oid = k.relnamespace AND (m.nspname = 'oeffentlich') = (n.nspname = 'oeffentlich_damals') AND m.nspname NOT LIKE '%damals' AND m.nspname <> 'leser'
               JOIN pg_attribute b ON b.attrelid = k.oid AND b.attname = a.attname AND NOT b.attisdropped
               WHERE (n.nspname LIKE '%damals' OR n.nspname = 'leser') AND col_description(k.oid, b.attnum) IS NOT NULL AND pg_get_userbyid(k.relowner) = 'zielraum_owner' LOOP
             EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.sicht, c.attname, c.titel);
           END LOOP;
         END $$",
    )
    .await?;
    tx.execute("RESET ROLE").await?;
    tx.execute("DELETE FROM public._zielraum_sichten").await?;
    sqlx::query("INSERT INTO public._zielraum_sichten VALUES ($1)")
        .bind(&fingerprint)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Our views only, newest first; a town's own view on top of them stops this with its name.
async fn drop_views(conn: &mut PgConnection) -> Result<()> {
    let dropped = conn
        .execute(
            "DO $$ DECLARE v text; BEGIN
               SELECT string_agg(k.oid::regclass::text, ', ') INTO v FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
               WHERE k.relkind = 'v' AND n.nspname IN ('gemeinde', 'fnp', 'strategie', 'dorferneuerung', 'haushalt', 'fachdaten', 'freigabe', 'oeffentlich', 'damals', 'oeffentlich_damals', 'leser', 'leser_damals')
                 AND pg_get_userbyid(k.relowner) = 'zielraum_owner';
               IF v IS NOT NULL THEN EXECUTE 'DROP VIEW ' || v; END IF;
             END $$",
        )
        .await;
    match dropped {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("2BP01") => {
            Err(Error::umgebung(format!(
                "Eigene Sichten der Gemeinde hängen an Sichten von Zielraum und verhindern die Aktualisierung: {}",
                error.message()
            )))
        }
        Err(cause) => Err(cause.into()),
    }
}
