//! The command line: options, exit codes, one file per command.
//!
//! Exit codes: 0 done · 2 wrong usage · 3 input refused or asked for something that does
//! not exist · 1 our fault or the machine's. Answers go to standard output, everything
//! else (progress, protocols, errors) to standard error.

mod audit;
mod bilanz;
mod demo;
mod export;
mod fortschritt;
mod fragen;
mod freigabe;
mod gpkg;
mod import;
mod migrate;
mod sachdaten;
mod serve;
mod sicherung;
mod strategie;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::db::cluster::Durability;
use crate::db::{Database, Server};
use crate::error::{Error, Result};

/// Strategie, Flächennutzungsplan und Ortsteile einer Stadt in einer Datenbank.
#[derive(Debug, Parser)]
#[command(name = "zielraum", version, about, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
struct Global {
    /// Ordner der eigenen Datenbank [Vorgabe: Datenordner des Benutzers]
    #[arg(long, env = "ZIELRAUM_DATA", global = true, value_name = "ORDNER")]
    data: Option<PathBuf>,
    /// Adresse eines PostgreSQL-Servers mit PostGIS statt der eigenen Datenbank
    #[arg(
        long,
        env = "DATABASE_URL",
        global = true,
        hide_env_values = true,
        value_name = "URL"
    )]
    database_url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Dienst starten: Karte, Ebenen, Bilanz
    Serve(serve::Serve),
    /// Daten einlesen
    #[command(subcommand)]
    Import(import::Was),
    /// Flächenbilanz
    Bilanz(bilanz::Bilanz),
    /// Maßnahmen nach Ort, Ziel, Nutzung, Stand, Zeit, Geld und Zuständigkeit
    Massnahmen(Box<fragen::Massnahmen>),
    /// Was gilt hier? Pläne, Fachdaten, Ziele, Maßnahmen, Beschlüsse eines Orts
    Hier(fragen::Hier),
    /// Was fehlt: Ziele ohne Maßnahme, Maßnahmen ohne Ort, Ortsteile ohne Geld …
    Luecken(fragen::Luecken),
    /// Gespeicherte Fragen: jede ist eine Liste und eine Ebene
    #[command(subcommand)]
    Frage(fragen::GespeicherteFrage),
    /// Ziele, auch die einer Fläche des Plans
    Ziele(strategie::Ziele),
    /// Die Strategie als Tabellen ausgeben
    #[command(subcommand)]
    Strategie(strategie::Was),
    /// Was in einem Gebiet der Dorferneuerung liegt
    Gebiet(strategie::Gebiet),
    /// Wer hat was wann warum geändert: prüfen, auflisten, zurücknehmen
    #[command(subcommand)]
    Audit(audit::Was),
    /// Angaben zu einer Person ausgeben oder löschen
    #[command(subcommand)]
    Person(audit::Person),
    /// Datenbank anlegen oder auf den Stand dieses Programms bringen
    Migrate,
    /// Veröffentlichung: beantragen, freigeben, zurückziehen, verwerfen, archivieren
    #[command(subcommand)]
    Freigabe(freigabe::Was),
    /// Angaben, die bis zu einem Tag nicht öffentlich sind
    #[command(subcommand)]
    Vertraulich(freigabe::Geheim),
    /// Konten: anlegen, Rollen, Zugangsschlüssel, Sperre
    #[command(subcommand)]
    User(user::Was),
    /// Die ganze Datenbank in eine Datei sichern, auch im laufenden Betrieb
    Backup(sicherung::Backup),
    /// Eine Sicherung in eine leere Datenbank zurückspielen
    Restore(sicherung::Restore),
    /// Datenbank oder Sicherung prüfen
    Check(sicherung::Check),
    /// Dateien schreiben
    #[command(subcommand)]
    Export(export::Was),
    /// Mitgenommene, bearbeitete Dateien vergleichen und übernehmen
    #[command(subcommand)]
    Gpkg(gpkg::Was),
    /// Read one file of a user, cut off from everything (started by the program itself).
    #[command(hide = true)]
    Lesekapsel,
}

/// Runs the command line of this process; must be called from the main thread.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => usage.exit(), // 0 for --help, 2 for wrong usage
    };
    if matches!(cli.command, Command::Lesekapsel) {
        return crate::import::sandbox::kind();
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("ZIELRAUM_LOG").unwrap_or_else(|_| {
                // What a person waits for at a command line may take its time, and its SQL is no
                // message for them; of the service a slow statement is worth a line.
                let dienst = matches!(cli.command, Command::Serve(_));
                if dienst {
                    "warn,zielraum=info"
                } else {
                    "warn,sqlx=error,zielraum=info"
                }
                .into()
            }),
        )
        .with_writer(std::io::stderr)
        .init();
    // Coordinates are tried in several systems; what PROJ says of the wrong ones is no news.
    gdal::config::set_error_handler(|art, nummer, text| {
        tracing::debug!(?art, nummer, text, "GDAL");
    });
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

#[expect(clippy::print_stderr, reason = "the command line's own error output")]
fn report(error: &Error) {
    eprintln!("Fehler: {error}");
    if let Error::Intern(cause) = error {
        let mut source = cause.source();
        while let Some(inner) = source {
            eprintln!("  verursacht durch: {inner}");
            source = inner.source();
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let command = match cli.command {
        Command::Backup(args) => return sicherung::run(sicherung::Was::Backup(args), &cli.global),
        Command::Restore(args) => {
            return sicherung::run(sicherung::Was::Restore(args), &cli.global);
        }
        Command::Check(args) => return sicherung::run(sicherung::Was::Check(args), &cli.global),
        command => command,
    };
    let server = Server::start(
        cli.global.data.as_deref(),
        cli.global.database_url.as_deref(),
    )?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let db = server.open(Durability::Full).await?;
        let done = dispatch(command, &db).await;
        let closed = db.close().await;
        done.and(closed)
    })
}

async fn dispatch(command: Command, db: &Database) -> Result<()> {
    match command {
        Command::Serve(serve) => serve::run(serve, db).await,
        Command::Import(was) => import::run(was, db).await,
        Command::Bilanz(frage) => bilanz::run(frage, db).await,
        Command::Migrate => migrate::run(db),
        Command::Audit(was) => audit::run(was, db).await,
        Command::Person(was) => audit::person(was, db).await,
        Command::Massnahmen(frage) => fragen::massnahmen(*frage, db).await,
        Command::Hier(frage) => fragen::hier(frage, db).await,
        Command::Frage(was) => fragen::gespeichert(was, db).await,
        Command::Luecken(frage) => fragen::luecken(frage, db).await,
        Command::Ziele(frage) => strategie::ziele(frage, db).await,
        Command::Strategie(was) => strategie::run(was, db).await,
        Command::Gebiet(frage) => strategie::gebiet(frage, db).await,
        Command::Freigabe(was) => freigabe::run(was, db).await,
        Command::Vertraulich(was) => freigabe::vertraulich(was, db).await,
        Command::User(was) => user::run(was, db).await,
        Command::Export(was) => export::run(was, db).await,
        Command::Gpkg(was) => gpkg::run(was, db).await,
        Command::Lesekapsel | Command::Backup(_) | Command::Restore(_) | Command::Check(_) => {
            Ok(())
        } // ended before
    }
}

/// Writes a protocol or summary to standard error.
#[expect(clippy::print_stderr, reason = "the command line's own notices")]
pub(crate) fn notice(text: &str) {
    eprint!("{text}");
}

/// Writes an answer to standard output; a closed pipe (`| head`) is no error.
pub(crate) fn answer(text: &str) -> Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
