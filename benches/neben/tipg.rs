//! `TiPg`: OGC API Features and Tiles in Python (<https://developmentseed.org/tipg>), where
//! `TIPG` names a Python that has it and uvicorn.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Result, bail};

use super::last::Verbindung;
use super::prozess::{Prozess, freier_port};

pub struct Tipg {
    prozess: Prozess,
    pub adresse: String,
}

impl Tipg {
    /// With so many processes; None where there is no Python named.
    pub async fn starte(ordner: &Path, datenbank: &str, prozesse: usize) -> Result<Option<Self>> {
        let Ok(python) = std::env::var("TIPG") else {
            return Ok(None);
        };
        let port = freier_port()?;
        let protokoll = std::fs::File::create(ordner.join("tipg.log"))?;
        let prozess = Command::new(python)
            .args(["-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1"])
            .args(["--port", &port.to_string()])
            .args(["--workers", &prozesse.to_string()])
            .args(["--log-level", "error"])
            .current_dir(ordner)
            .env("DATABASE_URL", datenbank)
            .env("DB_MIN_CONN_SIZE", "1")
            .env("DB_MAX_CONN_SIZE", "4")
            .env("TIPG_DB_SCHEMAS", r#"["bench"]"#)
            // Else it reads the extent of every table anew every five minutes.
            .env("TIPG_DB_SPATIAL_EXTENT", "false")
            .env("TIPG_DB_DATETIME_EXTENT", "false")
            .env("TIPG_CATALOG_TTL", "86400")
            // Tiles as the others make them.
            .env("TIPG_TILE_BUFFER", "64")
            .env("TIPG_MAX_FEATURES_PER_TILE", "1000000")
            .stdout(Stdio::null())
            .stderr(protokoll)
            .spawn()?;
        let selbst = Self {
            prozess: Prozess(prozess),
            adresse: format!("127.0.0.1:{port}"),
        };
        for _ in 0..300 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if let Ok(mut verbindung) = Verbindung::neu(&selbst.adresse).await
                && verbindung.hole("/healthz", false).await?.status == 200
            {
                return Ok(Some(selbst));
            }
        }
        bail!(
            "TiPg does not start: {}",
            std::fs::read_to_string(ordner.join("tipg.log"))?
        )
    }

    pub fn pid(&self) -> u32 {
        self.prozess.id()
    }
}
