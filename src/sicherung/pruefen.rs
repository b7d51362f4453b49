//! `check`: is a database, or a backup, what it should be? Reads only.

use std::path::Path;

use serde::Serialize;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::archiv::Archiv;
use super::{groesse, rueckspielen, stand};
use crate::db::cluster::{Durability, programs};
use crate::db::{CONTEXTS, Server, check, migrate};
use crate::error::{Error, Result};

/// Outcome of one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ergebnis {
    /// As it should be.
    Gut,
    /// Worth knowing, nothing broken.
    Hinweis,
    /// Broken.
    Fehler,
}

/// One point of a check.
#[derive(Debug, Clone, Serialize)]
pub struct Punkt {
    /// What was asked.
    pub name: &'static str,
    /// The outcome.
    pub ergebnis: Ergebnis,
    /// The outcome in words.
    pub text: String,
}

impl Punkt {
    fn gut(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            name,
            ergebnis: Ergebnis::Gut,
            text: text.into(),
        }
    }
    fn hinweis(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            ergebnis: Ergebnis::Hinweis,
            ..Self::gut(name, text)
        }
    }
    fn fehler(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            ergebnis: Ergebnis::Fehler,
            ..Self::gut(name, text)
        }
    }
    /// Whether something is broken.
    #[must_use]
    pub fn ist_fehler(&self) -> bool {
        self.ergebnis == Ergebnis::Fehler
    }
}

/// Checks a backup: manifest, SHA-256, and that `pg_restore` can read it.
///
/// # Errors
/// None for a bad file, that is a point; [`Error::Intern`] when the machine fails.
pub fn datei(pfad: &Path) -> Result<Vec<Punkt>> {
    let mut archiv = match Archiv::oeffne(pfad) {
        Ok(archiv) => archiv,
        Err(Error::Eingabe(text)) => return Ok(vec![Punkt::fehler("Manifest", text)]),
        Err(cause) => return Err(cause),
    };
    let m = archiv.manifest.clone();
    let mut punkte = vec![Punkt::gut(
        "Manifest",
        format!(
            "Zielraum {}, {}, PostgreSQL {}.{}, PostGIS {}; {} Tabellen mit {} Zeilen, Änderungsprotokoll bis Nr. {}",
            m.programm,
            crate::ortszeit::uhr(&m.erstellt),
            m.postgresql / 10_000,
            m.postgresql % 10_000,
            m.postgis,
            m.tabellen.len(),
            m.zeilen(),
            m.audit.lfd
        ),
    )];
    punkte.push(match m.vertraeglich() {
        Ok(()) if m.fehlende() > 0 => Punkt::hinweis(
            "Schema",
            format!(
                "älter als dieses Programm: {} Migrationen folgen beim Zurückspielen",
                m.fehlende()
            ),
        ),
        Ok(()) => Punkt::gut(
            "Schema",
            format!("das dieses Programms (Migration {})", m.stand()),
        ),
        Err(cause) => Punkt::fehler("Schema", cause.to_string()),
    });
    let heil = archiv.pruefe();
    punkte.push(match &heil {
        Ok(()) => Punkt::gut(
            "Prüfsumme",
            format!("SHA-256 stimmt ({} entpackt)", groesse(m.dump.bytes)),
        ),
        Err(cause) => Punkt::fehler("Prüfsumme", cause.to_string()),
    });
    if heil.is_ok() {
        let major = u32::try_from(m.postgresql / 10_000).unwrap_or_default();
        let gelesen = programs::client("pg_restore", major)
            .and_then(|programm| rueckspielen::inhaltsverzeichnis(&programm, &mut archiv));
        punkte.push(match gelesen {
            Ok(liste) => {
                let eintraege = liste.lines().filter(|z| !z.starts_with(';')).count();
                Punkt::gut("Inhalt", format!("pg_restore liest {eintraege} Einträge"))
            }
            Err(cause) => Punkt::fehler("Inhalt", cause.to_string()),
        });
    }
    Ok(punkte)
}

/// Checks a database; with `schnell` the derived tables are not computed anew.
///
/// # Errors
/// [`Error::NichtGefunden`] when it is none of ours, [`Error::Umgebung`] when it is not reachable.
pub async fn datenbank(
    server: &Server,
    durability: Durability,
    schnell: bool,
) -> Result<Vec<Punkt>> {
    let mut conn = server.administrator().await?;
    stand::verlange_zielraum(&mut conn, server.database()).await?;
    let mut punkte = vec![
        einstellungen(&mut conn, durability).await?,
        schema(&mut conn).await?,
        kette(&mut conn).await?,
        rechte(&mut conn).await?,
        konten(&mut conn).await?,
        statistik(&mut conn).await?,
        oeffentlich(&mut conn).await?,
    ];
    if !schnell {
        let arbeit = CONTEXTS.join(", ");
        for (name, welt) in [
            ("Abgeleitetes", arbeit.as_str()),
            ("Abgeleitetes, veröffentlicht", "oeffentlich"),
        ] {
            punkte.push(ableitungen(&mut conn, name, welt).await?);
        }
    }
    conn.close().await.ok();
    Ok(punkte)
}

async fn einstellungen(conn: &mut PgConnection, durability: Durability) -> Result<Punkt> {
    const NAME: &str = "Server";
    match check::check_server(conn, durability).await {
        Ok(()) => {}
        Err(Error::Umgebung(text)) => return Ok(Punkt::fehler(NAME, text)),
        Err(cause) => return Err(cause),
    }
    let (version, postgis, pruefsummen): (String, String, String) = sqlx::query_as(
        "SELECT current_setting('server_version'), coalesce((SELECT extversion FROM pg_extension WHERE extname = 'postgis'), '?'), current_setting('data_checksums')",
    )
    .fetch_one(conn)
    .await?;
    let mut text = format!("PostgreSQL {version}, PostGIS {postgis}; verliert nichts Bestätigtes");
    if pruefsummen == "off" {
        text.push_str("; ohne Prüfsummen der Datenseiten (pg_checksums)");
    }
    Ok(Punkt::gut(NAME, text))
}

async fn schema(conn: &mut PgConnection) -> Result<Punkt> {
    const NAME: &str = "Schema";
    let eigene = migrate::versions();
    let hier = stand::migrationen(conn).await?;
    for migration in &hier {
        match eigene.iter().find(|(v, _)| *v == migration.version) {
            None => {
                return Ok(Punkt::fehler(
                    NAME,
                    format!(
                        "neuer als dieses Programm (Migration {})",
                        migration.version
                    ),
                ));
            }
            Some((_, summe)) if *summe != migration.pruefsumme => {
                return Ok(Punkt::fehler(
                    NAME,
                    format!(
                        "Migration {} ist eine andere als die dieses Programms",
                        migration.version
                    ),
                ));
            }
            Some(_) => {}
        }
    }
    let fehlend = eigene.len() - hier.len();
    if fehlend > 0 {
        return Ok(Punkt::hinweis(
            NAME,
            format!(
                "älter als dieses Programm: {fehlend} Migrationen folgen beim nächsten Start (erst sichern)"
            ),
        ));
    }
    if stand::sichten(conn).await?.as_deref() != Some(migrate::fingerprint().as_str()) {
        return Ok(Punkt::hinweis(
            NAME,
            "Sichten einer anderen Fassung; der nächste Start erneuert sie",
        ));
    }
    Ok(Punkt::gut(
        NAME,
        format!(
            "Migration {}, Fingerabdruck {}",
            eigene.last().map_or(0, |(v, _)| *v),
            migrate::fingerprint()
        ),
    ))
}

/// The sealed chain of the audit, recomputed.
pub(super) async fn kette(conn: &mut PgConnection) -> Result<Punkt> {
    const NAME: &str = "Änderungsprotokoll";
    let bruch: Option<(i64, String)> = sqlx::query_as("SELECT lfd, grund FROM audit.pruefe()")
        .fetch_optional(&mut *conn)
        .await?;
    let kopf = stand::kopf(conn).await?;
    Ok(match bruch {
        Some((lfd, grund)) => Punkt::fehler(
            NAME,
            format!("die Siegelkette bricht bei Nr. {lfd}: {grund}"),
        ),
        None => Punkt::gut(NAME, format!("{} Änderungen, Siegelkette heil", kopf.lfd)),
    })
}

/// The wall: what `zielraum_public` may do.
pub(super) async fn rechte(conn: &mut PgConnection) -> Result<Punkt> {
    const NAME: &str = "Rechte der Öffentlichkeit";
    let offen: Vec<String> = sqlx::query_scalar(include_str!("pruefung/rechte.sql"))
        .fetch_all(conn)
        .await?;
    Ok(if offen.is_empty() {
        Punkt::gut(NAME, "nur das Veröffentlichte, nur lesend")
    } else {
        Punkt::fehler(
            NAME,
            format!(
                "zielraum_public darf mehr als das Veröffentlichte: {}",
                auszug(&offen)
            ),
        )
    })
}

/// Accounts, sessions and tokens: `zielraum_auth` alone.
pub(super) async fn konten(conn: &mut PgConnection) -> Result<Punkt> {
    const NAME: &str = "Rechte an den Konten";
    let offen: Vec<String> = sqlx::query_scalar(include_str!("pruefung/konten.sql"))
        .fetch_all(conn)
        .await?;
    Ok(if offen.is_empty() {
        Punkt::gut(NAME, "allein für die Anmeldung")
    } else {
        Punkt::fehler(
            NAME,
            format!(
                "Konten, Sitzungen und Zugangsschlüssel stehen offen: {}",
                auszug(&offen)
            ),
        )
    })
}

/// Statistics that tell of drafts; only a superuser can close them.
async fn statistik(conn: &mut PgConnection) -> Result<Punkt> {
    const NAME: &str = "Statistiken";
    let offen: bool = sqlx::query_scalar(
        "SELECT has_column_privilege('zielraum_public', 'pg_catalog.pg_class', 'reltuples', 'SELECT')
           OR EXISTS (SELECT FROM pg_proc p WHERE p.proname IN ('st_estimatedextent', 'pg_relation_size') AND has_function_privilege('zielraum_public', p.oid, 'EXECUTE'))",
    )
    .fetch_one(conn)
    .await?;
    Ok(if offen {
        Punkt::hinweis(
            NAME,
            "Zahl und Ausdehnung von Entwürfen sind für Datenbankrollen schätzbar; sperren kann sie nur ein Superuser",
        )
    } else {
        Punkt::gut(NAME, "für die Öffentlichkeit gesperrt")
    })
}

async fn oeffentlich(conn: &mut PgConnection) -> Result<Punkt> {
    #[derive(serde::Deserialize)]
    struct Befunde {
        geprueft: i32,
        befunde: Vec<String>,
    }
    const NAME: &str = "Veröffentlichte Kopie";
    let mut tx = conn.begin().await?;
    tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        .await?;
    tx.execute(include_str!("pruefung/oeffentlich.sql")).await?;
    let text: String = sqlx::query_scalar("SELECT current_setting('zielraum.befunde')")
        .fetch_one(&mut *tx)
        .await?;
    tx.rollback().await?;
    let Befunde { geprueft, befunde } = serde_json::from_str(&text)?;
    Ok(if befunde.is_empty() {
        Punkt::gut(
            NAME,
            format!("{geprueft} Tabellen passen zu ihren Originalen"),
        )
    } else {
        Punkt::fehler(NAME, auszug(&befunde))
    })
}

/// Derived tables of one world, computed anew beside the stored ones.
async fn ableitungen(conn: &mut PgConnection, name: &'static str, welt: &str) -> Result<Punkt> {
    let mut tx = conn.begin().await?;
    tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        .await?;
    sqlx::query("SELECT set_config('search_path', $1 || ', public', true)")
        .bind(welt)
        .execute(&mut *tx)
        .await?;
    tx.execute(include_str!("pruefung/ableitungen.sql")).await?;
    sqlx::query(
        "SELECT strategie.leite_massnahme_flaeche(NULL), strategie.leite_massnahme_ortsteil(NULL)",
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query("SELECT fnp.schneide(f.id, ARRAY(SELECT a.ordnung FROM flaeche a WHERE a.fassung_id = f.id)) FROM fassung f")
        .execute(&mut *tx)
        .await?;
    let schema = welt.split(',').next().unwrap_or(welt);
    let vergleich: &[&str] = if schema == "oeffentlich" {
        &VERGLEICH_OEFFENTLICH
    } else {
        &VERGLEICH
    };
    let mut befunde = Vec::new();
    for (was, sql) in [
        "Maßnahme × Fläche",
        "Maßnahme × Ortsteil",
        "Fläche × Ortsteil",
    ]
    .iter()
    .zip(vergleich)
    {
        let zahl: i64 = sqlx::query_scalar(*sql).fetch_one(&mut *tx).await?;
        if zahl > 0 {
            befunde.push(format!("{was}: {zahl} Zeilen anders als neu gerechnet"));
        }
    }
    let paare: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_temp.anteil")
        .fetch_one(&mut *tx)
        .await?;
    tx.rollback().await?;
    Ok(if befunde.is_empty() {
        Punkt::gut(
            name,
            format!("gleich einer vollen Neuberechnung ({paare} Paare Fläche × Ortsteil)"),
        )
    } else {
        Punkt::fehler(name, auszug(&befunde))
    })
}

/// Rows that differ: lengths by 1 cm, areas by 0.01 m², the import's overlay by 0.05 m² per pair.
macro_rules! vergleich {
    ($strategie:literal, $fnp:literal) => {
        [
            concat!(
                "SELECT count(*) FROM pg_temp.massnahme_flaeche n FULL JOIN ", $strategie, ".massnahme_flaeche a USING (massnahme_id, fassung_id, ordnung)
                 WHERE n.punkte IS DISTINCT FROM a.punkte OR abs(coalesce(n.schnitt_m2, 0) - coalesce(a.schnitt_m2, 0)) > 0.01
                   OR abs(coalesce(n.schnitt_m, 0) - coalesce(a.schnitt_m, 0)) > 0.01 OR (n.massnahme_id IS NULL) <> (a.massnahme_id IS NULL)"
            ),
            concat!(
                "SELECT count(*) FROM pg_temp.massnahme_ortsteil n FULL JOIN ", $strategie, ".massnahme_ortsteil a USING (massnahme_id, ortsteil_id)
                 WHERE n.punkte IS DISTINCT FROM a.punkte OR abs(coalesce(n.schnitt_m2, 0) - coalesce(a.schnitt_m2, 0)) > 0.01
                   OR abs(coalesce(n.schnitt_m, 0) - coalesce(a.schnitt_m, 0)) > 0.01 OR n.herkunft IS DISTINCT FROM a.herkunft"
            ),
            concat!(
                "SELECT count(*) FROM pg_temp.anteil n FULL JOIN ", $fnp, ".anteil a USING (fassung_id, ordnung, ortsteil_id)
                 WHERE abs(coalesce(n.m2, 0) - coalesce(a.m2, 0)) > 0.05"
            ),
        ]
    };
}
const VERGLEICH: [&str; 3] = vergleich!("strategie", "fnp");
const VERGLEICH_OEFFENTLICH: [&str; 3] = vergleich!("oeffentlich", "oeffentlich");

/// The first ten of a list.
fn auszug(liste: &[String]) -> String {
    let mut text: Vec<&str> = liste.iter().take(10).map(String::as_str).collect();
    let rest = format!("und {} weitere", liste.len().saturating_sub(10));
    if liste.len() > 10 {
        text.push(&rest);
    }
    text.join("; ")
}
