//! Sudden death of program and database under eight writers, ten times: every acknowledged
//! write is there once, with its entry in the history.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::PgPool;

use crate::cluster::programs::data_dir;
use crate::support::demo;

fn programm(dir: &Path, argumente: &[&str]) -> Command {
    let mut befehl = Command::new(env!("CARGO_BIN_EXE_zielraum"));
    befehl
        .args(argumente)
        .env_remove("DATABASE_URL")
        .env("ZIELRAUM_DATA", dir)
        .stdin(Stdio::null());
    befehl
}

fn rufe(dir: &Path, argumente: &[&str]) -> String {
    let ergebnis = programm(dir, argumente).output().unwrap();
    assert!(
        ergebnis.status.success(),
        "{argumente:?}: {}",
        String::from_utf8_lossy(&ergebnis.stderr)
    );
    String::from_utf8(ergebnis.stdout).unwrap()
}

/// The service on a free port.
fn starte(dir: &Path) -> (Child, String) {
    let mut dienst = programm(dir, &["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut zeilen = BufReader::new(dienst.stderr.take().unwrap()).lines();
    let adresse = zeilen.find_map(|zeile| {
        let zeile = zeile.unwrap();
        let rest = zeile.split("http://").nth(1)?;
        Some(rest.split('/').next().unwrap().trim().to_owned())
    });
    // Read on: a service that cannot write its messages dies.
    std::thread::spawn(move || zeilen.for_each(drop));
    (dienst, adresse.expect("no address"))
}

/// One POST; Some(status) when a whole head came back.
fn sende(adresse: &str, token: &str, kennung: &str) -> Option<u16> {
    let mut strom = TcpStream::connect(adresse).ok()?;
    strom.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let doc = format!(r#"{{"kennung": "{kennung}", "titel": "Unter Last", "art": "bau"}}"#);
    let text = format!(
        "POST /daten/massnahme HTTP/1.1\r\nHost: {adresse}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nIdempotency-Key: {kennung}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{doc}",
        doc.len()
    );
    strom.write_all(text.as_bytes()).ok()?;
    let mut antwort = Vec::new();
    let _ = strom.read_to_end(&mut antwort);
    let kopf = String::from_utf8_lossy(&antwort);
    kopf.contains("\r\n\r\n")
        .then(|| kopf.split(' ').nth(1)?.parse().ok())
        .flatten()
}

async fn pool(dir: &Path) -> PgPool {
    let cluster =
        zielraum::db::cluster::Cluster::start(Some(dir), zielraum::db::cluster::Durability::Full)
            .unwrap();
    PgPool::connect_with(cluster.connect_options("zielraum", "postgres"))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_writes_survive_sudden_death() {
    let (_temp, dir) = data_dir();
    rufe(
        &dir,
        &[
            "import",
            "ortsteile",
            demo("ortsteile.geojson").to_str().unwrap(),
        ],
    );
    rufe(
        &dir,
        &[
            "user",
            "add",
            "last",
            "--rolle",
            "strategie",
            "--ohne-kennwort",
        ],
    );
    let token = rufe(
        &dir,
        &[
            "user",
            "token",
            "add",
            "last",
            "--name",
            "Last",
            "--umfang",
            "lesen",
            "--umfang",
            "schreiben",
        ],
    );
    let token = token
        .split_whitespace()
        .find(|w| w.starts_with("zr_"))
        .unwrap()
        .to_owned();
    let bestaetigt: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let mut unklar = BTreeSet::new();
    for runde in 0..10 {
        let (mut dienst, adresse) = starte(&dir);
        let ende = Arc::new(AtomicBool::new(false));
        let schreiber: Vec<_> = (0..8)
            .map(|n| {
                let (adresse, token, ende, bestaetigt) = (
                    adresse.clone(),
                    token.clone(),
                    Arc::clone(&ende),
                    Arc::clone(&bestaetigt),
                );
                std::thread::spawn(move || {
                    let mut offen = Vec::new();
                    for nr in 0.. {
                        if ende.load(Ordering::Relaxed) {
                            break;
                        }
                        let kennung = format!("m-{runde}-{n}-{nr}");
                        match sende(&adresse, &token, &kennung) {
                            Some(201) => {
                                bestaetigt.lock().unwrap().insert(kennung);
                            }
                            Some(status) => assert!(status == 503, "{status}"),
                            None => offen.push(kennung),
                        }
                        if offen.len() > 3 {
                            break;
                        }
                    }
                    offen
                })
            })
            .collect();
        // Not before something was acknowledged in this round.
        let anfang = Instant::now();
        while !bestaetigt
            .lock()
            .unwrap()
            .iter()
            .any(|k| k.starts_with(&format!("m-{runde}-")))
        {
            assert!(
                anfang.elapsed() < Duration::from_secs(60),
                "nothing is written"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(150 + 70 * runde)).await;
        let postgres: i32 = std::fs::read_to_string(dir.join("pg/postmaster.pid"))
            .or_else(|_| std::fs::read_to_string(finde(&dir)))
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        // Which of the two dies first changes from round to round.
        let opfer = [
            Pid::from_raw(dienst.id().try_into().unwrap()),
            Pid::from_raw(postgres),
        ];
        kill(opfer[usize::try_from(runde % 2).unwrap()], Signal::SIGKILL).unwrap();
        let _ = kill(
            opfer[usize::try_from((runde + 1) % 2).unwrap()],
            Signal::SIGKILL,
        );
        ende.store(true, Ordering::Relaxed);
        let _ = dienst.wait();
        for s in schreiber {
            unklar.extend(s.join().unwrap());
        }
    }
    let pool = pool(&dir).await;
    let da: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT m.kennung, count(DISTINCT m.id), (SELECT count(*) FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id
           WHERE z.relation = 'strategie.massnahme' AND z.art = 'neu' AND z.daten ->> 'kennung' = m.kennung AND a.wer LIKE 'konto:last%' AND a.lfd IS NOT NULL)
         FROM strategie.massnahme m GROUP BY m.kennung",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let bestaetigt = bestaetigt.lock().unwrap().clone();
    assert!(bestaetigt.len() > 50, "only {} writes", bestaetigt.len());
    for (kennung, zeilen, eintraege) in &da {
        assert_eq!((*zeilen, *eintraege), (1, 1), "{kennung}");
        assert!(
            bestaetigt.contains(kennung) || unklar.contains(kennung) || kennung.starts_with("m-"),
            "{kennung} was never sent"
        );
    }
    let da: BTreeSet<String> = da.into_iter().map(|z| z.0).collect();
    let verloren: Vec<_> = bestaetigt.difference(&da).collect();
    assert!(verloren.is_empty(), "acknowledged and lost: {verloren:?}");
    let kette: i64 = sqlx::query_scalar("SELECT count(*) FROM audit.pruefe()")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(kette, 0, "the chain is whole");
}

fn finde(dir: &Path) -> std::path::PathBuf {
    let mut ordner = vec![dir.to_owned()];
    while let Some(o) = ordner.pop() {
        for eintrag in std::fs::read_dir(&o).into_iter().flatten().flatten() {
            let pfad = eintrag.path();
            if pfad.ends_with("postmaster.pid") {
                return pfad;
            }
            if pfad.is_dir() {
                ordner.push(pfad);
            }
        }
    }
    panic!("no server in {}", dir.display())
}
