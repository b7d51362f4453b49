//! `zielraum backup`, `restore`, `check`: they open no database as the other commands do, which
//! would migrate it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use serde_json::json;

use super::{Global, answer, notice};
use crate::db::Server;
use crate::db::cluster::{Cluster, Durability};
use crate::error::{Error, Result};
use crate::sicherung::pruefen::{Ergebnis, Punkt};
use crate::sicherung::{groesse, pruefen, rueckspielen, sichern};

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// Datei, die geschrieben wird
    #[arg(value_name = "DATEI")]
    datei: PathBuf,
    /// Eine vorhandene Datei überschreiben
    #[arg(long)]
    ersetzen: bool,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// Sicherung, die zurückgespielt wird
    #[arg(value_name = "DATEI")]
    datei: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Sicherung, die geprüft wird, statt der Datenbank
    #[arg(value_name = "DATEI")]
    datei: Option<PathBuf>,
    /// Abgeleitete Tabellen nicht neu rechnen
    #[arg(long, conflicts_with = "datei")]
    schnell: bool,
    /// Ergebnis als JSON
    #[arg(long)]
    json: bool,
}

/// One of the three commands.
pub(super) enum Was {
    Backup(Backup),
    Restore(Restore),
    Check(Check),
}

pub(super) fn run(was: Was, global: &Global) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    match was {
        Was::Check(Check {
            datei: Some(datei),
            json,
            ..
        }) => melde(
            &datei.display().to_string(),
            &pruefen::datei(&datei)?,
            json,
            3,
        ),
        Was::Check(check) => {
            let server = vorhandene(global)?;
            let punkte = runtime.block_on(async {
                fehlt_nicht(&server).await?;
                pruefen::datenbank(&server, Durability::Full, check.schnell).await
            });
            let name = ort(&server);
            beende(server)?;
            melde(&name, &punkte?, check.json, 1)
        }
        Was::Backup(backup) => {
            let server = vorhandene(global)?;
            let anfang = Instant::now();
            let bericht = runtime.block_on(async {
                fehlt_nicht(&server).await?;
                sichern::fuehre_aus(&server, &backup.datei, backup.ersetzen).await
            });
            beende(server)?;
            let bericht = bericht?;
            answer(&format!(
                "Gesichert: {} ({}; {} Zeilen in {} Tabellen, Änderungsprotokoll bis Nr. {}; {:.1} s).\n",
                backup.datei.display(),
                groesse(bericht.bytes),
                bericht.manifest.zeilen(),
                bericht.manifest.tabellen.len(),
                bericht.manifest.audit.lfd,
                anfang.elapsed().as_secs_f64()
            ))
        }
        Was::Restore(restore) => {
            // A bad file is told before a cluster is made for it.
            crate::sicherung::archiv::Archiv::oeffne(&restore.datei)?
                .manifest
                .vertraeglich()?;
            let server = Server::start(global.data.as_deref(), global.database_url.as_deref())?;
            let anfang = Instant::now();
            let bericht = runtime.block_on(rueckspielen::fuehre_aus(
                &server,
                Durability::Full,
                &restore.datei,
            ));
            let name = ort(&server);
            beende(server)?;
            let bericht = bericht?;
            for rolle in &bericht.neue_rollen {
                notice(&format!(
                    "Hinweis: Die Rolle „{rolle}“ gab es auf diesem Server nicht; sie ist ohne Anmeldung angelegt.\n"
                ));
            }
            answer(&format!(
                "Zurückgespielt nach {name}: {} Zeilen in {} Tabellen, Änderungsprotokoll bis Nr. {}; Zahlen, Siegelkette und Rechte \
                 stimmen{} ({:.1} s).\n",
                bericht.manifest.zeilen(),
                bericht.manifest.tabellen.len(),
                bericht.manifest.audit.lfd,
                match bericht.migriert {
                    0 => String::new(),
                    n => format!("; danach {n} Migrationen"),
                },
                anfang.elapsed().as_secs_f64()
            ))
        }
    }
}

/// The server of a database that must exist: nothing is made for a backup or a check.
fn vorhandene(global: &Global) -> Result<Server> {
    if global.database_url.is_none() && Cluster::found(global.data.as_deref())?.is_none() {
        return Err(keine(global.data.as_deref()));
    }
    Server::start(global.data.as_deref(), global.database_url.as_deref())
}

async fn fehlt_nicht(server: &Server) -> Result<()> {
    if let Some(dir) = server.data_dir()
        && !server.has_database(server.database()).await?
    {
        return Err(keine(Some(&dir)));
    }
    Ok(())
}

fn keine(dir: Option<&Path>) -> Error {
    let wo = dir.map_or_else(
        || "im Datenordner des Benutzers".to_owned(),
        |dir| format!("in {}", dir.display()),
    );
    Error::nicht_gefunden(format!(
        "Es gibt {wo} keine Datenbank von Zielraum. Bitte mit --data ihren Ordner oder mit --database-url ihren Server nennen."
    ))
}

fn ort(server: &Server) -> String {
    server.data_dir().map_or_else(
        || server.database().to_owned(),
        |dir| dir.display().to_string(),
    )
}

fn beende(server: Server) -> Result<()> {
    match server {
        Server::Private(cluster, _) => match std::sync::Arc::into_inner(cluster) {
            Some(cluster) => cluster.stop_if_last(),
            None => Ok(()),
        },
        Server::Foreign(_) => Ok(()),
    }
}

fn melde(was: &str, punkte: &[Punkt], json: bool, code: u8) -> Result<()> {
    let fehler = punkte.iter().filter(|punkt| punkt.ist_fehler()).count();
    if json {
        let wert = json!({ "geprueft": was, "gut": fehler == 0, "punkte": punkte });
        answer(&format!("{wert:#}\n"))?;
    } else {
        let mut text = format!("Geprüft: {was}\n");
        for punkt in punkte {
            let zeichen = match punkt.ergebnis {
                Ergebnis::Gut => "gut    ",
                Ergebnis::Hinweis => "Hinweis",
                Ergebnis::Fehler => "FEHLER ",
            };
            let _ = writeln!(text, "  {zeichen}  {}: {}", punkt.name, punkt.text);
        }
        answer(&text)?;
    }
    match (fehler, code) {
        (0, _) => Ok(()),
        (_, 3) => Err(Error::eingabe(
            "Die Sicherung ist nicht brauchbar; bitte eine andere nehmen.",
        )),
        (n, _) => Err(Error::umgebung(format!(
            "{n} von {} Prüfungen sind nicht gut. Bitte die Datenbank jetzt sichern und den Befund klären, bevor weiter geändert wird.",
            punkte.len()
        ))),
    }
}
