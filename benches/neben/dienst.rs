//! The built program in a process of its own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::CLIENTS;
use super::last::{Anfragen, Ergebnis, Verbindung, laste};
use super::prozess::{Prozess, freier_port, rechenzeit};

/// The built program, serving.
pub struct Dienst {
    prozess: Prozess,
    pub adresse: String,
}

impl Dienst {
    pub fn starte(ordner: &Path, speicher: usize) -> Result<Self> {
        let adresse = format!("127.0.0.1:{}", freier_port()?);
        let prozess = Command::new(env!("CARGO_BIN_EXE_zielraum"))
            .args([
                "serve",
                "--listen",
                &adresse,
                "--memory",
                &speicher.to_string(),
                "--data",
            ])
            .arg(ordner)
            .env_remove("DATABASE_URL")
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            prozess: Prozess(prozess),
            adresse,
        })
    }

    /// Until answers come, and memory has stopped growing.
    pub async fn warte(&self) -> Result<Duration> {
        let beginn = Instant::now();
        let mut bereit = beginn.elapsed();
        while beginn.elapsed() < Duration::from_mins(2) {
            tokio::time::sleep(Duration::from_millis(300)).await;
            if self
                .hole("/collections/fnp_flaechen/items?limit=1")
                .await
                .is_ok()
            {
                bereit = beginn.elapsed();
                break;
            }
        }
        let (mut vorher, mut ruhig) = (0, 0);
        while ruhig < 8 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let jetzt = self.speicher_mb("VmRSS")?;
            if jetzt.abs_diff(vorher) > 1 {
                (ruhig, bereit) = (0, beginn.elapsed());
            } else {
                ruhig += 1;
            }
            vorher = jetzt;
        }
        Ok(bereit)
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.prozess.id()
    }

    pub async fn hole(&self, pfad: &str) -> Result<Vec<u8>> {
        let mut verbindung = Verbindung::neu(&self.adresse).await?;
        let antwort = verbindung.hole(pfad, false).await?;
        ensure!(antwort.status == 200, "{pfad}: {}", antwort.status);
        Ok(antwort.koerper)
    }

    /// Addresses of all pages, by their links.
    pub async fn seiten(&self, limit: usize) -> Result<Vec<String>> {
        let mut pfad = format!("/collections/fnp_flaechen/items?limit={limit}");
        let mut alle = Vec::new();
        loop {
            let doc: serde_json::Value = serde_json::from_slice(&self.hole(&pfad).await?)?;
            alle.push(pfad);
            let links = doc["links"].as_array().context("links")?;
            let Some(next) = links.iter().find(|l| l["rel"] == "next") else {
                return Ok(alle);
            };
            let href = next["href"].as_str().context("href")?;
            let ab = href.find("/collections").context("path")?;
            pfad = String::from(&href[ab..]);
        }
    }

    pub async fn miss(&self, pfade: Vec<String>, gzip: bool, dauer: Duration) -> Result<Ergebnis> {
        let vorher = rechenzeit(self.prozess.id())?;
        let anfragen = Anfragen { pfade, gzip };
        let mut ergebnis = laste(&self.adresse, &anfragen, CLIENTS, dauer).await?;
        let verbraucht = rechenzeit(self.prozess.id())?.saturating_sub(vorher);
        ergebnis.cpu_ms = verbraucht.as_secs_f64() * 1e3 / ergebnis.anfragen.max(1) as f64;
        Ok(ergebnis)
    }

    /// Time until the last byte, and how many there were.
    pub async fn strom(&self, pfad: &str, gzip: bool) -> Result<(Duration, usize)> {
        let mut beste = (Duration::MAX, 0);
        for _ in 0..3 {
            let mut verbindung = Verbindung::neu(&self.adresse).await?;
            let beginn = Instant::now();
            let antwort = verbindung.verwirf(pfad, gzip).await?;
            ensure!(antwort.0 == 200, "{pfad}: {}", antwort.0);
            beste = beste.min((beginn.elapsed(), antwort.1));
        }
        Ok(beste)
    }

    pub fn speicher_mb(&self, feld: &str) -> Result<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.prozess.id()))?;
        let zeile = text
            .lines()
            .find_map(|l| l.strip_prefix(feld))
            .context("memory")?;
        let kb: u64 = zeile.trim_matches([':', ' ', '\t', 'k', 'B']).parse()?;
        Ok(kb >> 10)
    }
}
