//! `zielraum serve`: the HTTP service.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::demo;
use crate::db::Database;
use crate::error::{Error, Result};
use crate::http::verbindung;
use crate::layers::snapshot;
use crate::{app, audit, auth};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Adresse, auf der der Dienst antwortet
    #[arg(
        long,
        env = "ZIELRAUM_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADRESSE:PORT"
    )]
    listen: SocketAddr,
    /// Öffentliche Adresse des Dienstes hinter einem Proxy, zum Beispiel <https://plan.example.de>
    #[arg(long, env = "ZIELRAUM_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Demodaten laden, wenn die Datenbank leer ist
    #[arg(long)]
    demo: bool,
    /// Weitere Ebenen der Gemeinde
    #[arg(long, value_name = "DATEI.toml")]
    layers: Option<PathBuf>,
    #[cfg(feature = "oidc")]
    #[command(flatten)]
    oidc: auth::oidc::konfig::Optionen,
    /// Arbeitsspeicher für öffentliche Ebenen in MB; was nicht hineinpasst, wird langsamer aus der Datenbank gelesen (0: keine)
    #[arg(
        long,
        env = "ZIELRAUM_MEMORY",
        default_value_t = snapshot::lager::budget() >> 20,
        value_name = "MB"
    )]
    memory: usize,
}

pub(super) async fn run(serve: Serve, db: &Database) -> Result<()> {
    #[cfg(feature = "oidc")]
    let oidc = serve.oidc.lies()?.map(auth::oidc::Anbieter::neu);
    #[cfg(not(feature = "oidc"))]
    if std::env::var_os("ZIELRAUM_OIDC_ISSUER").is_some_and(|issuer| !issuer.is_empty()) {
        tracing::warn!(
            "ZIELRAUM_OIDC_ISSUER is set, but this build has no sign-in by OpenID Connect (cargo feature `oidc`)"
        );
    }
    // Before anything slow: a taken port is told at once.
    let listener = TcpListener::bind(serve.listen).await.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AddrInUse => Error::umgebung(format!(
            "Auf {} antwortet schon ein anderes Programm (vielleicht läuft Zielraum bereits). Bitte es beenden oder mit --listen einen anderen Port nennen.",
            serve.listen
        )),
        _ => Error::umgebung(format!("Auf {} lässt sich kein Dienst öffnen: {cause}", serve.listen)),
    })?;
    if serve.demo {
        demo::lade(db).await?;
    }
    let eigene = serve.layers.as_deref().map(|pfad| {
        std::fs::read_to_string(pfad)
            .map(|text| (pfad.display().to_string(), text))
            .map_err(|cause| {
                Error::eingabe(format!(
                    "Die Ebenendatei „{}“ lässt sich nicht lesen: {}",
                    pfad.display(),
                    crate::import::datei::grund(&cause)
                ))
            })
    });
    let mut app = app::App::neu(
        db,
        serve.public_url,
        eigene.transpose()?,
        demo::geladen(db).await?,
    )
    .await?;
    app.speicher = serve.memory.saturating_mul(1 << 20);
    #[cfg(feature = "oidc")]
    if oidc.is_some() && app.public_url.is_none() {
        tracing::warn!(
            "OIDC without --public-url: the provider is given the address of each request to return to, and cookies are not bound to https"
        );
    }
    #[cfg(feature = "oidc")]
    let app = app::App {
        oidc: oidc.transpose()?.map(Arc::new),
        ..app
    };
    sage_adressen(&app, listener.local_addr()?);
    if let Some(code) = auth::konto::einmal_code(&db.auth).await? {
        sage_einrichten(&wurzel(&app, listener.local_addr()?), &code);
    }
    tokio::spawn(crate::freigabe::frist::wache(db.write.clone()));
    let taeglich = tokio::spawn(audit::auftrag::taeglich(db.write.clone()));
    let lager = snapshot::lager::Lager::neu(app.public.clone(), app.speicher);
    lager.starte(Some(Arc::clone(&app.katalog)));
    tokio::select! {
        () = verbindung::bediene(listener, app::router_mit(&app, &lager), ende()) => {}
        () = crate::db::statistik::wache(db) => {}
    }
    taeglich.abort();
    Ok(())
}

/// The addresses to open, for the person at the terminal.
#[expect(clippy::print_stderr, reason = "the command line's own words")]
fn sage_adressen(app: &app::App, adresse: SocketAddr) {
    let wurzel = wurzel(app, adresse);
    eprintln!("Zielraum läuft. Im Browser öffnen:");
    for (pfad, was) in [
        ("/", "Start"),
        ("/karte", "Karte"),
        ("/bilanz?f=html", "Flächenbilanz"),
        (
            "/collections?f=html",
            "Ebenen; in QGIS unter WFS / OGC API – Features diese Adresse eintragen:",
        ),
    ] {
        eprintln!("  {wurzel}{pfad:<22} {was}");
    }
    eprintln!("  {wurzel}\nBeenden mit Strg+C.");
}

/// The way to the first account, told to whoever started the service and to nobody else.
#[expect(clippy::print_stderr, reason = "the command line's own words")]
fn sage_einrichten(wurzel: &str, code: &str) {
    eprintln!(
        "Es gibt noch kein Konto. Das erste (Verwaltung der Konten) entsteht hier, einmal und binnen 24 Stunden:\n  {wurzel}/einrichten/{code}"
    );
}

fn wurzel(app: &app::App, adresse: SocketAddr) -> String {
    app.public_url
        .clone()
        .unwrap_or_else(|| format!("http://{adresse}"))
}

/// SIGTERM or Ctrl-C.
async fn ende() {
    let mut term = match signal(SignalKind::terminate()) {
        Ok(term) => term,
        Err(cause) => {
            tracing::error!(%cause, "no SIGTERM handler");
            return std::future::pending().await;
        }
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("shutting down");
}
