//! Full disks and sudden death, with the built program: never half a file, never half a database.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use sqlx::{ConnectOptions as _, Executor as _};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::sicherung::pruefen;

use super::manifest;
use crate::cluster::programs::{data_dir, options, run, until};

fn programm(dir: &Path, argumente: &[&str]) -> Command {
    let mut befehl = Command::new(env!("CARGO_BIN_EXE_zielraum"));
    befehl.args(argumente);
    umgebung(&mut befehl, dir);
    befehl
}

/// Under a limit on the size of files (KiB), with the signal ignored as a full disk would have it,
/// or not.
fn begrenzt(kib: u32, mit_signal: bool, dir: &Path, argumente: &[&str]) -> Command {
    let mut befehl = Command::new("sh");
    let falle = if mit_signal { "" } else { "trap '' XFSZ;" };
    befehl
        .arg("-c")
        .arg(format!("{falle} ulimit -f {}; exec \"$0\" \"$@\"", kib * 2)) // blocks of 512 bytes
        .arg(env!("CARGO_BIN_EXE_zielraum"))
        .args(argumente);
    umgebung(&mut befehl, dir);
    befehl
}

fn umgebung(befehl: &mut Command, dir: &Path) {
    befehl
        .env_remove("DATABASE_URL")
        .env("ZIELRAUM_DATA", dir)
        .stdin(Stdio::null());
}

fn text(ergebnis: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&ergebnis.stdout),
        String::from_utf8_lossy(&ergebnis.stderr)
    )
}

/// Must succeed.
fn gut(mut befehl: Command) -> String {
    let ergebnis = befehl.output().unwrap();
    assert!(ergebnis.status.success(), "{}", text(&ergebnis));
    text(&ergebnis)
}

fn heil(datei: &Path) -> bool {
    pruefen::datei(datei)
        .unwrap()
        .iter()
        .all(|p| !p.ist_fehler())
}

/// Names of the databases besides the server's own.
fn datenbanken(dir: &Path) -> Vec<String> {
    let _cluster = Cluster::start(Some(dir), Durability::Full).unwrap();
    run(async {
        let mut conn = options(dir).connect().await.unwrap();
        sqlx::query_scalar(
            "SELECT datname::text FROM pg_database WHERE datname LIKE 'zielraum%' ORDER BY 1",
        )
        .fetch_all(&mut conn)
        .await
        .unwrap()
    })
}

#[test]
fn a_backup_that_dies_leaves_no_file() {
    let (temp, dir) = data_dir();
    let datei = temp.path().join("s.zip");
    let teil = temp.path().join("s.zip.teil");
    let name = datei.to_str().unwrap();
    let fehlt = programm(&dir, &["backup", name]).output().unwrap();
    assert_eq!(fehlt.status.code(), Some(3));
    assert!(text(&fehlt).contains("keine Datenbank von Zielraum"));
    assert!(!dir.exists(), "nothing is made for a backup");

    gut(programm(&dir, &["migrate"]));
    let _server = Cluster::start(Some(&dir), Durability::Full).unwrap(); // without the limits below

    let voll = begrenzt(64, false, &dir, &["backup", name])
        .output()
        .unwrap();
    assert_eq!(voll.status.code(), Some(1), "{}", text(&voll));
    assert!(
        text(&voll).contains("So große Dateien sind hier nicht erlaubt"),
        "{}",
        text(&voll)
    );
    assert!(!datei.exists() && !teil.exists());

    let getoetet = begrenzt(64, true, &dir, &["backup", name])
        .output()
        .unwrap();
    assert_eq!(getoetet.status.code(), None, "killed by the signal");
    assert!(!datei.exists() && teil.exists());

    let mut kind = programm(&dir, &["backup", name])
        .process_group(0)
        .spawn()
        .unwrap();
    until("the dump begins", || {
        teil.metadata().is_ok_and(|m| m.len() > 1)
    });
    kind.kill().unwrap();
    kind.wait().unwrap();
    assert!(!datei.exists());

    let gesichert = gut(programm(&dir, &["backup", name]));
    assert!(gesichert.starts_with("Gesichert: "), "{gesichert}");
    assert!(heil(&datei) && !teil.exists());
    // A failed replacement leaves the old one.
    let vorher = std::fs::read(&datei).unwrap();
    let voll = begrenzt(64, false, &dir, &["backup", "--ersetzen", name])
        .output()
        .unwrap();
    assert_eq!(voll.status.code(), Some(1));
    assert_eq!(std::fs::read(&datei).unwrap(), vorher);

    let geprueft = gut(programm(&dir, &["check", "--json"]));
    let wert: serde_json::Value = serde_json::from_str(&geprueft).unwrap();
    assert_eq!(wert["gut"], true, "{geprueft}");
    let abgeschnitten = temp.path().join("a.zip");
    std::fs::write(&abgeschnitten, &vorher[..vorher.len() - 10]).unwrap();
    let schlecht = programm(&dir, &["check", abgeschnitten.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(schlecht.status.code(), Some(3));
    assert!(text(&schlecht).contains("FEHLER"), "{}", text(&schlecht));
}

#[test]
fn a_restore_that_dies_leaves_no_database() {
    let (temp, dir) = data_dir();
    let datei = temp.path().join("s.zip");
    let name = datei.to_str().unwrap();
    gut(programm(&dir, &["migrate"]));
    let server = Cluster::start(Some(&dir), Durability::Full).unwrap();
    run(async {
        let options = server.connect_options("zielraum", "postgres");
        let mut conn = options.connect().await.unwrap();
        // A town's own table, larger than the limit below.
        conn.execute("CREATE TABLE public.kataster AS SELECT g, repeat(md5(g::text), 4) AS x FROM generate_series(1, 300000) g")
            .await
            .unwrap();
    });
    gut(programm(&dir, &["backup", name]));
    drop(server);
    assert_eq!(manifest(&datei)["tabellen"]["public.kataster"], 300_000);

    let neu = temp.path().join("neu");
    let mut kind = programm(&neu, &["restore", name])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("the data come in", || {
        neu.join("sock/.s.PGSQL.5432").exists()
            && run(async {
                let Ok(mut conn) = options(&neu).connect().await else {
                    return false;
                };
                sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = 'zielraum_rueckspielung' AND query LIKE 'COPY %')")
                    .fetch_one(&mut conn)
                    .await
                    .unwrap_or(false)
            })
    });
    kind.kill().unwrap();
    kind.wait().unwrap();
    assert_eq!(datenbanken(&neu), ["zielraum_rueckspielung"]);

    // The disk is full: nothing remains, and the sentence says why.
    let voll = begrenzt(24 * 1024, false, &neu, &["restore", name])
        .output()
        .unwrap();
    assert_eq!(voll.status.code(), Some(1), "{}", text(&voll));
    assert!(
        text(&voll).contains("keine so großen Dateien"),
        "{}",
        text(&voll)
    );
    assert_eq!(datenbanken(&neu), [""; 0]);

    let da = gut(programm(&neu, &["restore", name]));
    assert!(
        da.contains("Zahlen, Siegelkette und Rechte stimmen"),
        "{da}"
    );
    assert_eq!(datenbanken(&neu), ["zielraum"]);
    let nochmal = programm(&neu, &["restore", name]).output().unwrap();
    assert_eq!(nochmal.status.code(), Some(3));
    assert!(text(&nochmal).contains("--data"), "{}", text(&nochmal));
}
