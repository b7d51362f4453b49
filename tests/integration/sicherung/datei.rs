//! The file: what is no backup any more, and where one may be written.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use zielraum::sicherung::{pruefen, sichern};

use super::{Ort, ablehnung, manifest, mit_manifest, sichere};
use crate::support::datenbank;

fn befunde(datei: &Path) -> Vec<&'static str> {
    let punkte = pruefen::datei(datei).unwrap();
    punkte
        .iter()
        .filter(|p| p.ist_fehler())
        .map(|p| p.name)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_foreign_and_newer_files_are_refused() {
    let quelle = datenbank().await;
    let ordner = tempfile::tempdir().unwrap();
    let heil = ordner.path().join("heil.zip");
    sichere(&quelle.server, &heil).await;
    assert_eq!(befunde(&heil), [""; 0]);
    let bytes = fs::read(&heil).unwrap();
    let ort = Ort::neu();

    let lege = |name: &str, inhalt: &[u8]| {
        let datei = ordner.path().join(name);
        fs::write(&datei, inhalt).unwrap();
        datei
    };
    let mut verdreht = bytes.clone();
    verdreht[bytes.len() / 2] ^= 0x10;
    let mut falsch = manifest(&heil);
    falsch["dump"]["sha256"] = "0".repeat(64).into();
    let falsche_summe = ordner.path().join("summe.zip");
    mit_manifest(&heil, &falsche_summe, &falsch);
    let mut neuer = manifest(&heil);
    neuer["migrationen"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::json!({ "version": 9000, "pruefsumme": "00" }));
    let neuere = ordner.path().join("neuer.zip");
    mit_manifest(&heil, &neuere, &neuer);
    let mut veraendert = manifest(&heil);
    veraendert["migrationen"][3]["pruefsumme"] = "00".into();
    let andere = ordner.path().join("anders.zip");
    mit_manifest(&heil, &andere, &veraendert);
    let neue_form = ordner.path().join("form.zip");
    mit_manifest(&heil, &neue_form, &serde_json::json!({ "format": 2 }));

    for (datei, satz, befund) in [
        (
            lege("halb.zip", &bytes[..bytes.len() / 2]),
            "abgeschnitten",
            "Manifest",
        ),
        (
            lege("leer.zip", b""),
            "keine vollständige Sicherung",
            "Manifest",
        ),
        (
            lege("bild.zip", b"\x89PNG\r\n"),
            "etwas anderes",
            "Manifest",
        ),
        (lege("verdreht.zip", &verdreht), "beschädigt", "Prüfsumme"),
        (falsche_summe, "SHA-256", "Prüfsumme"),
        (neuere, "neuer als dieses Programm", "Schema"),
        (
            andere,
            "Migration 4 der Sicherung ist eine andere",
            "Schema",
        ),
        (neue_form, "Form 2", "Manifest"),
        (ordner.path().join("fehlt.zip"), "gibt es nicht", "Manifest"),
        (ordner.path().to_owned(), "keine Datei", "Manifest"),
    ] {
        let text = ablehnung(&ort.server(), &datei).await;
        assert!(text.contains(satz), "{}: {text}", datei.display());
        assert_eq!(befunde(&datei), [befund], "{}", datei.display());
    }
    assert!(!ort.server().has_database(&ort.name).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_whole_private_and_never_in_the_way() {
    let quelle = datenbank().await;
    let ordner = tempfile::tempdir().unwrap();
    let datei = ordner.path().join("s.zip");
    let teil = ordner.path().join("s.zip.teil");
    let fehler = async |datei: &Path| {
        sichern::fuehre_aus(&quelle.server, datei, false)
            .await
            .expect_err("must be refused")
            .to_string()
    };
    fs::write(&teil, vec![7; 4_000_000]).unwrap(); // of a run that was killed
    fs::set_permissions(&teil, Permissions::from_mode(0o644)).unwrap();
    let bericht = sichere(&quelle.server, &datei).await;
    assert_eq!(befunde(&datei), [""; 0]);
    assert!(!teil.exists());
    let meta = fs::metadata(&datei).unwrap();
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    assert_eq!(meta.len(), bericht.bytes);

    let vorher = fs::read(&datei).unwrap();
    let text = fehler(&datei).await;
    assert!(text.contains("--ersetzen"), "{text}");
    assert_eq!(fs::read(&datei).unwrap(), vorher);
    sichern::fuehre_aus(&quelle.server, &datei, true)
        .await
        .unwrap();
    assert_ne!(fs::read(&datei).unwrap(), vorher);

    assert!(fehler(ordner.path()).await.contains("ist ein Ordner"));
    let text = fehler(&ordner.path().join("fehlt/s.zip")).await;
    assert!(text.contains("gibt es nicht"), "{text}");
    // A link somebody laid out does not lead our writing elsewhere.
    let opfer = ordner.path().join("opfer");
    fs::write(&opfer, "wichtig").unwrap();
    symlink(&opfer, ordner.path().join("l.zip.teil")).unwrap();
    fehler(&ordner.path().join("l.zip")).await;
    assert_eq!(fs::read_to_string(&opfer).unwrap(), "wichtig");
    // Held by another one.
    let andere = fs::File::create(ordner.path().join("x.zip.teil")).unwrap();
    andere.lock().unwrap();
    let text = fehler(&ordner.path().join("x.zip")).await;
    assert!(
        text.contains("Eine andere Sicherung schreibt gerade"),
        "{text}"
    );
}
