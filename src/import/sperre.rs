//! One import at a time: a second waits for the first up to a limit, then is refused.
//!
//! The lock belongs to the transaction. A client killed loses it as soon as the server
//! notices, which it looks for every second; so the next import waits that long instead
//! of being refused.

use std::time::{Duration, Instant};

use sqlx::{PgConnection, Postgres, Transaction};

use super::fortschritt::{Fortschritt, Meldung};
use crate::db::{Database, audit};
use crate::error::{Error, Result};

/// So long an import waits for another unless told otherwise.
const HOECHSTENS: Duration = Duration::from_mins(15);
/// So often it looks again.
const ABSTAND: Duration = Duration::from_millis(250);
/// So often it says that it still waits.
const ERINNERUNG: Duration = Duration::from_secs(30);

/// Begins the import of `was` (a file, with the kind where that says more): author, file and
/// checksum stand in the audit, and no other import runs beside it.
pub(crate) async fn beginne(
    db: &Database,
    wer: &str,
    was: &str,
    sha256: &str,
) -> Result<Transaction<'static, Postgres>> {
    let warum = format!("Import {was} (SHA-256 {sha256})");
    let mut tx = audit::begin(&db.write, wer, &warum).await?;
    sperre(&mut tx).await?;
    Ok(tx)
}

/// Waits for other imports, telling the log.
pub(crate) async fn sperre(conn: &mut PgConnection) -> Result<()> {
    let log = Fortschritt::an(|meldung| tracing::warn!("{}", meldung.zeile()));
    warte_auf_andere(conn, "import", None, &log).await
}

/// Takes the lock of imports for this transaction; `was` is what others are told of us.
///
/// # Errors
/// [`Error::Umgebung`] when another import holds it beyond the limit.
pub(crate) async fn warte_auf_andere(
    conn: &mut PgConnection,
    was: &str,
    hoechstens: Option<Duration>,
    fortschritt: &Fortschritt,
) -> Result<()> {
    // application_name is what other sessions can see of us. A loaded plan may take
    // longer than any other statement.
    sqlx::query!(
        "SELECT set_config(name, wert, true) FROM unnest(ARRAY['application_name', 'client_connection_check_interval', 'statement_timeout'], ARRAY[$1, '1s', '0']) AS u(name, wert)",
        format!("zielraum {was}")
    )
    .fetch_all(&mut *conn)
    .await?;
    let hoechstens = hoechstens.unwrap_or(HOECHSTENS);
    let beginn = Instant::now();
    let mut gesagt: Option<Instant> = None;
    loop {
        let frei = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock(20350727) AS "frei!""#)
            .fetch_one(&mut *conn)
            .await?;
        if frei {
            return Ok(());
        }
        let wer = inhaber(conn).await?;
        if beginn.elapsed() >= hoechstens {
            return Err(Error::umgebung(if hoechstens.is_zero() {
                format!("{wer}. Bitte warten, bis er fertig ist, und dann noch einmal starten.")
            } else {
                format!(
                    "{wer} und ist nach {} noch nicht fertig. Gespeichert wurde nichts; bitte später noch einmal starten.",
                    spanne(hoechstens)
                )
            }));
        }
        if gesagt.is_none_or(|wann| wann.elapsed() >= ERINNERUNG) {
            gesagt = Some(Instant::now());
            let rest = hoechstens.saturating_sub(beginn.elapsed());
            fortschritt.melde(&Meldung::Wartet(format!(
                "{wer}; dieser wartet auf sein Ende, höchstens noch {}.",
                spanne(rest)
            )));
        }
        tokio::time::sleep(ABSTAND.min(hoechstens.saturating_sub(beginn.elapsed()))).await;
    }
}

/// Who holds the lock, as the begin of a sentence.
async fn inhaber(conn: &mut PgConnection) -> Result<String> {
    let inhaber = sqlx::query!(
        r#"SELECT a.application_name AS name, extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seit
           FROM pg_locks l JOIN pg_stat_activity a USING (pid)
           WHERE l.locktype = 'advisory' AND l.granted AND (l.classid, l.objid, l.objsubid) = (0, 20350727, 1)
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1"#
    )
    .fetch_optional(conn)
    .await?;
    let Some(inhaber) = inhaber else {
        return Ok("Ein anderer Import läuft gerade".to_owned());
    };
    let name = inhaber
        .name
        .filter(|name| name.starts_with("zielraum "))
        .map_or_else(String::new, |name| format!(" („{name}“)"));
    Ok(match inhaber.seit {
        Some(seit) => format!(
            "Ein anderer Import{name} läuft seit {}",
            spanne(Duration::from_secs_f64(seit.max(0.0)))
        ),
        None => format!("Ein anderer Import{name} läuft gerade"),
    })
}

fn spanne(dauer: Duration) -> String {
    let s = dauer.as_secs_f64().ceil();
    if s < 120.0 {
        format!("{s:.0} Sekunden")
    } else {
        format!("{:.0} Minuten", (s / 60.0).ceil())
    }
}
