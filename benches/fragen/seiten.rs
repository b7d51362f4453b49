//! Pages end to end: our router behind a socket, plain HTTP/1.1. The pool of the public side
//! reads the working world here (same statements, same views), so nothing need be published.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use zielraum::app::{self, App};
use zielraum::db::Database;

/// Unmeasured: every connection of the pool prepares what it is asked.
const WARM: usize = 30;
const LAEUFE: usize = 15;

const SEITEN: [&str; 7] = [
    "/ortsteil/o13?f=json",
    "/ortsteil/o13?f=html",
    "/massnahmen?ortsteil=o13&f=json",
    "/massnahmen?ortsteil=o13&f=html",
    "/massnahmen?handlungsfeld=hf2&limit=100&f=json",
    "/massnahmen?limit=100&f=html",
    "/massnahmen/m13?f=html",
];

/// Peak memory of this process.
pub fn eigener_speicher() -> Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    Ok(status
        .lines()
        .find_map(|zeile| zeile.strip_prefix("VmHWM:"))
        .unwrap_or_default()
        .trim()
        .to_owned())
}

async fn hole(ort: std::net::SocketAddr, pfad: &str) -> Result<(Duration, usize)> {
    let start = Instant::now();
    let mut strom = TcpStream::connect(ort).await?;
    strom
        .write_all(
            format!("GET {pfad} HTTP/1.1\r\nHost: {ort}\r\nConnection: close\r\n\r\n").as_bytes(),
        )
        .await?;
    let mut antwort = Vec::new();
    strom.read_to_end(&mut antwort).await?;
    ensure!(
        antwort.starts_with(b"HTTP/1.1 200"),
        "{pfad}: {}",
        String::from_utf8_lossy(&antwort[..antwort.len().min(600)])
    );
    Ok((start.elapsed(), antwort.len()))
}

/// Median of each page.
pub async fn miss(db: &Database) -> Result<()> {
    let mut app = App::neu(db, None, None, false).await?;
    app.public = db.write.clone();
    let lauscher = TcpListener::bind("127.0.0.1:0").await?;
    let ort = lauscher.local_addr()?;
    let dienst = tokio::spawn(axum::serve(lauscher, app::router(&app)).into_future());
    println!("\n| page | median | slowest | size |\n|---|--:|--:|--:|");
    for pfad in SEITEN {
        let mut zeiten = Vec::new();
        let mut groesse = 0;
        for n in 0..WARM + LAEUFE {
            let (zeit, bytes) = hole(ort, pfad).await?;
            groesse = bytes;
            if n >= WARM {
                zeiten.push(zeit);
            }
        }
        zeiten.sort();
        println!(
            "| `{pfad}` | {:.1} ms | {:.1} ms | {} kB |",
            zeiten[LAEUFE / 2].as_secs_f64() * 1e3,
            zeiten[LAEUFE - 1].as_secs_f64() * 1e3,
            groesse / 1000
        );
    }
    dienst.abort();
    Ok(())
}
