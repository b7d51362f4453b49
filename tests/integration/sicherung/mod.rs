//! Backup, restore, check: round trips, bad files, sudden death, the upgrade of stored data.

mod aufstieg;
mod datei;
mod hin_und_zurueck;
mod pruefung;
mod tod;

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use zielraum::db::cluster::Durability;
use zielraum::db::{Database, Server};
use zielraum::sicherung::{rueckspielen, sichern};

use crate::support::cluster;

/// A database name of its own on the test cluster, dropped with the value.
pub struct Ort {
    pub name: String,
}

impl Ort {
    pub fn neu() -> Self {
        Self {
            name: format!("t_{}", uuid::Uuid::now_v7().simple()),
        }
    }

    /// As the private server of a fresh data folder.
    pub fn server(&self) -> Server {
        Server::of_cluster(cluster(), &self.name)
    }

    /// As a server named by `DATABASE_URL`, signed in as `rolle`.
    pub fn fremd(&self, rolle: &str) -> Server {
        Server::Foreign(Box::new(cluster().connect_options(&self.name, rolle)))
    }

    pub async fn oeffne(&self) -> Database {
        self.server().open(Durability::Tests).await.unwrap()
    }
}

impl Drop for Ort {
    fn drop(&mut self) {
        let name = self.name.clone();
        let cluster = Arc::clone(&cluster());
        let _ = std::thread::spawn(move || {
            crate::cluster::programs::run(crate::support::entferne(&cluster, &name));
        })
        .join();
    }
}

/// Reads the manifest of a backup.
pub fn manifest(datei: &Path) -> Value {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(datei).unwrap()).unwrap();
    serde_json::from_reader(zip.by_name("manifest.json").unwrap()).unwrap()
}

/// The same backup with another manifest.
pub fn mit_manifest(datei: &Path, neu: &Path, manifest: &Value) {
    let mut alt = zip::ZipArchive::new(std::fs::File::open(datei).unwrap()).unwrap();
    let mut dump = Vec::new();
    alt.by_name("datenbank.dump")
        .unwrap()
        .read_to_end(&mut dump)
        .unwrap();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(neu).unwrap());
    let einstellung = zip::write::SimpleFileOptions::default();
    zip.start_file("datenbank.dump", einstellung).unwrap();
    zip.write_all(&dump).unwrap();
    zip.start_file("manifest.json", einstellung).unwrap();
    zip.write_all(manifest.to_string().as_bytes()).unwrap();
    zip.finish().unwrap();
}

pub async fn sichere(server: &Server, datei: &Path) -> sichern::Bericht {
    sichern::fuehre_aus(server, datei, false).await.unwrap()
}

/// The sentence of a restore that must fail.
pub async fn ablehnung(server: &Server, datei: &Path) -> String {
    rueckspielen::fuehre_aus(server, Durability::Tests, datei)
        .await
        .expect_err("must be refused")
        .to_string()
}
