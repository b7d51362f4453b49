//! `restore`: a file into an empty database, wholly or not at all.
//!
//! On the private server the data go into a database `…_rueckspielung`, which gets its name only
//! when everything is compared; whatever ends us before leaves no database, and the next run
//! removes the remains. A foreign database is filled in one transaction, so that a broken
//! connection leaves it empty; a comparison that fails afterwards empties it again.

use std::path::Path;

use sqlx::{Connection as _, Executor as _, PgConnection};

use super::archiv::Archiv;
use super::liste::{self, Zielstand};
use super::manifest::Manifest;
use super::{programm, pruefen, stand};
use crate::db::cluster::{Durability, programs};
use crate::db::{Server, check};
use crate::error::{Error, Result};

const WAS: &str = "Das Zurückspielen";

/// What was restored.
#[derive(Debug)]
pub struct Bericht {
    /// The manifest of the file.
    pub manifest: Manifest,
    /// Migrations run after it.
    pub migriert: usize,
    /// Roles of the town that this server did not know; made without a way to sign in.
    pub neue_rollen: Vec<String>,
}

/// Restores `datei` into the server's database, which must be empty, and compares.
///
/// # Errors
/// [`Error::Eingabe`] for a damaged, foreign or newer backup or a database that is not empty;
/// [`Error::Umgebung`] when the server is not fit or `pg_restore` fails. The database is as
/// empty as before then.
pub async fn fuehre_aus(server: &Server, durability: Durability, datei: &Path) -> Result<Bericht> {
    let pfad = datei.to_owned();
    let archiv = tokio::task::spawn_blocking(move || {
        let mut archiv = Archiv::oeffne(&pfad)?;
        archiv.manifest.vertraeglich()?;
        archiv.pruefe()?;
        Ok::<_, Error>(archiv)
    })
    .await
    .map_err(Error::intern)??;
    match server {
        Server::Private(..) => in_eigene(server, durability, archiv).await,
        Server::Foreign(_) => in_fremde(server, durability, archiv).await,
    }
}

async fn in_eigene(server: &Server, durability: Durability, archiv: Archiv) -> Result<Bericht> {
    let name = server.database();
    let mut sperre = server.with_database("postgres").administrator().await?;
    let allein: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(20350727, hashtext($1))")
        .bind(name)
        .fetch_one(&mut sperre)
        .await?;
    if !allein {
        return Err(Error::umgebung(
            "Hierhin wird gerade schon eine Sicherung zurückgespielt. Bitte abwarten.",
        ));
    }
    if server.has_database(name).await? {
        return Err(belegt(server).await?);
    }
    let entstehend = format!("{name}_rueckspielung");
    let ziel = server.with_database(&entstehend);
    ziel.drop_database(&entstehend).await?; // of a run that was killed
    ziel.create_database(&entstehend).await?;
    let fertig = async {
        let mut conn = ziel.administrator().await?;
        let stand = zielstand(&mut conn).await?;
        let bericht = spiele(&ziel, &mut conn, durability, archiv, &stand).await;
        conn.close().await.ok();
        let bericht = bericht?;
        server.rename_database(&entstehend, name).await?;
        Ok(bericht)
    }
    .await;
    if fertig.is_err()
        && let Err(cause) = ziel.drop_database(&entstehend).await
    {
        tracing::warn!(%cause, entstehend, "the next restore removes the remains");
    }
    sperre.close().await.ok(); // and with it the lock
    fertig
}

async fn in_fremde(server: &Server, durability: Durability, archiv: Archiv) -> Result<Bericht> {
    let mut conn = server.administrator().await?;
    if let Some(inhalt) = inhalt(&mut conn).await? {
        return Err(nicht_leer(server, &inhalt));
    }
    let vorher = zielstand(&mut conn).await?;
    let fertig = spiele(server, &mut conn, durability, archiv, &vorher).await;
    let Err(warum) = fertig else {
        conn.close().await.ok();
        return fertig;
    };
    conn.close().await.ok();
    // The old connection may be the reason.
    let geraeumt = async { raeume(&mut server.administrator().await?, &vorher).await }.await;
    match geraeumt {
        Ok(()) => Err(warum),
        Err(cause) => Err(Error::umgebung(format!(
            "{warum}\nDie Datenbank „{name}“ ließ sich danach nicht wieder leeren ({cause}). Bitte sie löschen und neu anlegen: \
             DROP DATABASE \"{name}\"; CREATE DATABASE \"{name}\";",
            name = server.database()
        ))),
    }
}

/// All steps in a database that is empty.
async fn spiele(
    ziel: &Server,
    conn: &mut PgConnection,
    durability: Durability,
    archiv: Archiv,
    vorher: &Zielstand,
) -> Result<Bericht> {
    check::check_server(conn, durability).await?;
    let manifest = archiv.manifest.clone();
    let major: i32 =
        sqlx::query_scalar("SELECT current_setting('server_version_num')::int / 10000")
            .fetch_one(&mut *conn)
            .await?;
    if major < manifest.postgresql / 10_000 {
        return Err(Error::umgebung(format!(
            "Die Sicherung ist von PostgreSQL {}, dieser Server ist PostgreSQL {major}. Bitte auf einem Server derselben oder \
             einer neueren Version zurückspielen.",
            manifest.postgresql / 10_000
        )));
    }
    let neue_rollen = rollen(conn, &manifest).await?;
    let programm = programs::client("pg_restore", u32::try_from(major).unwrap_or_default())?;
    fuelle(ziel, &programm, archiv, vorher).await?;
    conn.execute(include_str!("statistik.sql")).await?;
    conn.execute("ANALYZE").await?; // statistics are in no dump
    vergleiche(conn, &manifest).await?;
    let db = ziel.with_database(ziel.database()).open(durability).await?;
    db.write.close().await;
    db.public.close().await;
    db.auth.close().await;
    for punkt in [
        pruefen::kette(conn).await?,
        pruefen::rechte(conn).await?,
        pruefen::konten(conn).await?,
    ] {
        if punkt.ist_fehler() {
            return Err(Error::umgebung(format!(
                "Nach dem Zurückspielen stimmt etwas nicht: {}",
                punkt.text
            )));
        }
    }
    Ok(Bericht {
        migriert: manifest.fehlende(),
        manifest,
        neue_rollen,
    })
}

/// Runs `pg_restore`, once, or twice where the administrator has another name here.
async fn fuelle(
    ziel: &Server,
    programm: &Path,
    mut archiv: Archiv,
    vorher: &Zielstand,
) -> Result<()> {
    let programm = programm.to_owned();
    let ziel = ziel.with_database(ziel.database());
    let verwalter = archiv.manifest.verwalter.clone();
    let stand = Zielstand {
        schemata: vorher.schemata.clone(),
        erweiterungen: vorher.erweiterungen.clone(),
        verfuegbar: vorher.verfuegbar.clone(),
        benutzer: vorher.benutzer.clone(),
    };
    tokio::task::spawn_blocking(move || {
        let auswahl = liste::waehle(
            &inhaltsverzeichnis(&programm, &mut archiv)?,
            &verwalter,
            &stand,
        );
        for (eintraege, eigner) in [(auswahl.mit_eigner, true), (auswahl.ohne_eigner, false)] {
            if eintraege.is_empty() {
                continue;
            }
            let datei = tempfile::NamedTempFile::new()?;
            std::fs::write(datei.path(), eintraege)?;
            let mut befehl = programm::befehl(&programm, Some(&ziel));
            befehl
                .args([
                    "--exit-on-error",
                    "--single-transaction",
                    "--no-password",
                    "--no-tablespaces",
                ])
                .arg(format!("--dbname={}", ziel.database()))
                .arg("--use-list")
                .arg(datei.path());
            if !eigner {
                befehl.arg("--no-owner");
            }
            programm::schreibe(befehl, &mut archiv.dump()?, WAS)?;
        }
        Ok(())
    })
    .await
    .map_err(Error::intern)?
}

/// The dump's table of contents, by `pg_restore --list`.
pub(super) fn inhaltsverzeichnis(programm: &Path, archiv: &mut Archiv) -> Result<String> {
    let datei = tempfile::NamedTempFile::new()?;
    let mut befehl = programm::befehl(programm, None);
    befehl.arg("--list").arg("--file").arg(datei.path());
    programm::schreibe(befehl, &mut archiv.dump()?, "Das Lesen der Sicherung")?;
    Ok(std::fs::read_to_string(datei.path())?)
}

/// Makes missing roles and gives the rights on the database; names the town's own new ones.
async fn rollen(conn: &mut PgConnection, manifest: &Manifest) -> Result<Vec<String>> {
    let mut rollen = manifest.rollen.clone();
    // What was the old administrator's will be the new one's.
    rollen.retain(|rolle| rolle.name != manifest.verwalter);
    let namen: Vec<String> = rollen.iter().map(|rolle| rolle.name.clone()).collect();
    let fehlend: Vec<String> = sqlx::query_scalar(
        "SELECT n FROM unnest($1::text[]) n WHERE n !~ '^zielraum_' AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = n)",
    )
    .bind(&namen)
    .fetch_all(&mut *conn)
    .await?;
    setze(conn, "zielraum.rollen", &serde_json::to_string(&rollen)?).await?;
    conn.execute(include_str!("rollen.sql")).await?;
    Ok(fehlend)
}

/// Rows of every table and the head of the audit, before anything is migrated.
async fn vergleiche(conn: &mut PgConnection, manifest: &Manifest) -> Result<()> {
    let tabellen = stand::tabellen(conn).await?;
    let abweichend: Vec<String> = manifest
        .tabellen
        .iter()
        .filter(|(name, zahl)| tabellen.get(*name) != Some(zahl))
        .map(|(name, zahl)| {
            let ist = tabellen
                .get(name)
                .map_or("fehlt".into(), ToString::to_string);
            format!("{name} ({zahl} in der Sicherung, hier {ist})")
        })
        .collect();
    if !abweichend.is_empty() {
        return Err(Error::umgebung(format!(
            "Nach dem Zurückspielen stimmen Zeilenzahlen nicht: {}.",
            abweichend.join(", ")
        )));
    }
    let kopf = stand::kopf(conn).await?;
    if kopf != manifest.audit {
        return Err(Error::umgebung(format!(
            "Nach dem Zurückspielen steht das Änderungsprotokoll bei Nr. {} ({}), in der Sicherung bei Nr. {} ({}).",
            kopf.lfd, kopf.hash, manifest.audit.lfd, manifest.audit.hash
        )));
    }
    Ok(())
}

async fn setze(conn: &mut PgConnection, name: &str, wert: &str) -> Result<()> {
    sqlx::query("SELECT set_config($1, $2, false)")
        .bind(name)
        .bind(wert)
        .execute(conn)
        .await?;
    Ok(())
}

async fn zielstand(conn: &mut PgConnection) -> Result<Zielstand> {
    let (schemata, erweiterungen, verfuegbar, benutzer) = sqlx::query_as(
        "SELECT (SELECT array_agg(nspname::text) FROM pg_namespace), (SELECT array_agg(extname::text) FROM pg_extension),
           (SELECT array_agg(name::text) FROM pg_available_extensions), current_user::text",
    )
    .fetch_one(conn)
    .await?;
    Ok(Zielstand {
        schemata,
        erweiterungen,
        verfuegbar,
        benutzer,
    })
}

async fn raeume(conn: &mut PgConnection, vorher: &Zielstand) -> Result<()> {
    for (name, werte) in [
        ("zielraum.schemata", &vorher.schemata),
        ("zielraum.erweiterungen", &vorher.erweiterungen),
    ] {
        setze(conn, name, &serde_json::to_string(werte)?).await?;
    }
    conn.execute(include_str!("raeumen.sql")).await?;
    Ok(())
}

/// What stands in a database that should be empty, in words.
async fn inhalt(conn: &mut PgConnection) -> Result<Option<String>> {
    if stand::ist_zielraum(conn).await? {
        let aenderungen: i64 = sqlx::query_scalar("SELECT lfd FROM audit.kopf")
            .fetch_one(conn)
            .await?;
        return Ok(Some(match aenderungen {
            0 => "die leeren Tabellen von Zielraum (ein Dienst hat sie beim Start angelegt)".into(),
            n => format!("Daten von Zielraum ({n} Änderungen)"),
        }));
    }
    let tabellen: Vec<String> = sqlx::query_scalar(
        "SELECT n.nspname || '.' || k.relname FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE k.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = k.oid AND d.deptype = 'e')
         ORDER BY 1",
    )
    .fetch_all(conn)
    .await?;
    let mut namen: Vec<&str> = tabellen.iter().take(3).map(String::as_str).collect();
    if tabellen.len() > namen.len() {
        namen.push("…");
    }
    Ok(
        (!tabellen.is_empty())
            .then(|| format!("{} Tabellen: {}", tabellen.len(), namen.join(", "))),
    )
}

async fn belegt(server: &Server) -> Result<Error> {
    let mut conn = server.administrator().await?;
    let inhalt = inhalt(&mut conn).await?.unwrap_or_else(|| "nichts".into());
    conn.close().await.ok();
    Ok(nicht_leer(server, &inhalt))
}

fn nicht_leer(server: &Server, inhalt: &str) -> Error {
    let name = server.database();
    Error::eingabe(match server.data_dir() {
        Some(dir) => format!(
            "In {} steht schon eine Datenbank; sie enthält {inhalt}. Zurückgespielt wird nur in einen neuen Ordner: bitte \
             mit --data einen nennen, den es noch nicht gibt.",
            dir.display()
        ),
        None => format!(
            "Die Datenbank „{name}“ ist nicht leer; sie enthält {inhalt}. Bitte eine leere nennen (CREATE DATABASE …) oder, wenn \
             nichts davon gebraucht wird, alle Dienste anhalten und sie neu anlegen: DROP DATABASE \"{name}\"; CREATE DATABASE \"{name}\";"
        ),
    })
}
