//! Plans as XPlanGML and INSPIRE: what goes out is valid, comes back, and what does not is
//! written down.

mod dienst;
mod inspire;
mod rundreise;
mod schema;
mod vergleich;
mod verlust;

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zielraum::db::Database;
use zielraum::export::ausgabe::{self, Art};
use zielraum::export::xplangml::{Bericht, Version};
use zielraum::import::fnp::{Auftrag, fuehre_aus};

use crate::support::{TestDb, datenbank};

/// A plan of the fixtures.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/xplan")
        .join(name)
}

/// Imports a file as plan `p`.
async fn importiere(db: &Database, datei: &Path) {
    let auftrag = Auftrag {
        datei: datei.to_owned(),
        plan: Some("p".into()),
        wer: "pruefung".into(),
        ..Auftrag::default()
    };
    if let Err((fehler, _)) = fuehre_aus(db, &auftrag).await {
        panic!("{}: {fehler}", datei.display());
    }
}

/// A database with that plan.
async fn mit(datei: &Path) -> TestDb {
    let db = datenbank().await;
    importiere(&db, datei).await;
    db
}

/// Exports plan `p` into a file of a folder.
async fn exportiere(db: &Database, version: Version, ordner: &TempDir) -> (PathBuf, Bericht) {
    let ziel = ordner.path().join(format!("p-{}.gml", version.name()));
    let plan = ausgabe::waehle(&db.write, "p").await.unwrap();
    let bericht = ausgabe::schreibe(&db.write, plan.id, Art::Xplangml(version), &ziel)
        .await
        .unwrap();
    (ziel, bericht)
}
