//! Martin: vector tiles by `ST_AsMVT` (<https://martin.maplibre.org>), where `MARTIN` names it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Result, bail};

use super::last::Verbindung;
use super::prozess::{Prozess, freier_port};
use super::tabelle::EIGENSCHAFTEN;

pub struct Martin {
    prozess: Prozess,
    pub adresse: String,
}

impl Martin {
    /// With so many MB for its cache; None where there is no Martin.
    pub async fn starte(ordner: &Path, datenbank: &str, cache_mb: usize) -> Result<Option<Self>> {
        let Ok(programm) = std::env::var("MARTIN") else {
            return Ok(None);
        };
        let adresse = format!("127.0.0.1:{}", freier_port()?);
        let art = |(name, typ): &(&str, &str)| format!("{name}: {typ}");
        let felder = EIGENSCHAFTEN.iter().map(art).collect::<Vec<_>>().join(", ");
        let einstellungen = format!(
            "listen_addresses: '{adresse}'\nworker_processes: 2\ncache_size_mb: {cache_mb}\npostgres:\n  connection_string: '{datenbank}'\n  pool_size: 8\n  max_feature_count: 1000000\n  auto_bounds: skip\n  auto_publish: false\n  tables:\n    kachel: {{schema: bench, table: flaeche, srid: 25832, geometry_column: geom, geometry_type: MULTIPOLYGON, extent: 4096, buffer: 64, clip_geom: true, properties: {{{felder}}}}}\n"
        );
        let datei = ordner.join(format!("martin{cache_mb}.yaml"));
        std::fs::write(&datei, einstellungen)?;
        let protokoll = std::fs::File::create(ordner.join("martin.log"))?;
        let prozess = Command::new(programm)
            .arg("--config")
            .arg(&datei)
            .stdout(Stdio::null())
            .stderr(protokoll)
            .spawn()?;
        let selbst = Self {
            prozess: Prozess(prozess),
            adresse,
        };
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if let Ok(mut verbindung) = Verbindung::neu(&selbst.adresse).await
                && verbindung.hole("/health", false).await?.status == 200
            {
                return Ok(Some(selbst));
            }
        }
        bail!(
            "Martin does not start: {}",
            std::fs::read_to_string(ordner.join("martin.log"))?
        )
    }

    pub fn pid(&self) -> u32 {
        self.prozess.id()
    }
}
