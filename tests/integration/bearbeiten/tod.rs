//! Sudden death of program and database under eight writers, ten times: every acknowledged
//! write is there once, with its entry in the history; and what was never answered can be
//! sent again with its key.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// One POST; Some(status and text) when a whole head came back.
fn sende(adresse: &str, token: &str, kennung: &str) -> Option<(u16, String)> {
    let mut strom = TcpStream::connect(adresse).ok()?;
    strom.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
    let doc = format!(r#"{{"kennung": "{kennung}", "titel": "Unter Last", "art": "bau"}}"#);
    let text = format!(
        "POST /daten/massnahme HTTP/1.1\r\nHost: {adresse}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nIdempotency-Key: {kennung}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{doc}",
        doc.len()
    );
    strom.write_all(text.as_bytes()).ok()?;
    let mut antwort = Vec::new();
    let _ = strom.read_to_end(&mut antwort);
    let antwort = String::from_utf8_lossy(&antwort).into_owned();
    if !antwort.contains("\r\n\r\n") {
        return None;
    }
    Some((antwort.split(' ').nth(1)?.parse().ok()?, antwort))
}

/// What the writers of a round know.
#[derive(Default)]
struct Stand {
    bestaetigt: BTreeSet<String>,
    /// Sent, and not acknowledged: no answer, or one that says the database is away.
    unklar: BTreeSet<String>,
}

/// Writes until told to end, or until nobody listens any more.
fn schreibe(adresse: &str, token: &str, name: &str, ende: &AtomicBool, stand: &Mutex<Stand>) {
    let mut stumm = 0;
    for nr in 0.. {
        if ende.load(Ordering::Relaxed) || stumm > 3 {
            return;
        }
        let kennung = format!("{name}-{nr}");
        let antwort = sende(adresse, token, &kennung);
        let mut stand = stand.lock().unwrap();
        match antwort {
            Some((201, _)) => {
                stand.bestaetigt.insert(kennung);
                continue;
            }
            Some((status, text)) => assert_eq!(status, 503, "{text}"),
            None => stumm += 1,
        }
        stand.unklar.insert(kennung);
    }
}

/// Sudden death of both; which of the two dies first changes from round to round.
fn toete(dir: &Path, dienst: &mut Child, runde: u64) {
    let postgres: i32 = std::fs::read_to_string(finde(dir))
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let mut opfer = [
        Pid::from_raw(dienst.id().try_into().unwrap()),
        Pid::from_raw(postgres),
    ];
    if runde % 2 == 1 {
        opfer.reverse();
    }
    kill(opfer[0], Signal::SIGKILL).unwrap();
    // Between the two the other goes on for a moment; a server left alone may stop itself.
    std::thread::sleep(Duration::from_millis(5 * (runde / 2)));
    let _ = kill(opfer[1], Signal::SIGKILL);
    dienst.wait().unwrap();
}

/// One round: eight writers, and death while they write. Fewer than ten acknowledged writes
/// are no load.
fn runde(dir: &Path, token: &str, runde: u64) -> Stand {
    let (mut dienst, adresse) = starte(dir);
    let ende = AtomicBool::new(false);
    let stand = Mutex::<Stand>::default();
    std::thread::scope(|s| {
        for n in 0..8 {
            let name = format!("m-{runde}-{n}");
            let (adresse, ende, stand) = (&adresse, &ende, &stand);
            s.spawn(move || schreibe(adresse, token, &name, ende, stand));
        }
        let anfang = Instant::now();
        while stand.lock().unwrap().bestaetigt.len() < 10 {
            if anfang.elapsed() > Duration::from_mins(2) {
                // Else the writers go on, and nobody hears of it.
                ende.store(true, Ordering::Relaxed);
                let _ = dienst.kill();
                panic!("nothing is written");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(70 * runde));
        toete(dir, &mut dienst, runde);
        ende.store(true, Ordering::Relaxed);
    });
    stand.into_inner().unwrap()
}

async fn pool(dir: &Path) -> (zielraum::db::cluster::Cluster, PgPool) {
    let cluster =
        zielraum::db::cluster::Cluster::start(Some(dir), zielraum::db::cluster::Durability::Full)
            .unwrap();
    let pool = PgPool::connect_with(cluster.connect_options("zielraum", "postgres"))
        .await
        .unwrap();
    (cluster, pool)
}

/// Rows and sealed entries of the history of every measure.
const GESCHRIEBEN: &str = "SELECT m.kennung, count(DISTINCT m.id), (SELECT count(*) FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id
       WHERE z.relation = 'strategie.massnahme' AND z.art = 'neu' AND z.daten ->> 'kennung' = m.kennung AND a.wer LIKE 'konto:last%' AND a.lfd IS NOT NULL)
     FROM strategie.massnahme m GROUP BY m.kennung";

async fn pruefe(dir: &Path, stand: &Stand) {
    let (_cluster, pool) = pool(dir).await;
    let da: Vec<(String, i64, i64)> = sqlx::query_as(GESCHRIEBEN).fetch_all(&pool).await.unwrap();
    for (kennung, zeilen, eintraege) in &da {
        assert_eq!((*zeilen, *eintraege), (1, 1), "{kennung}");
        assert!(
            stand.bestaetigt.contains(kennung) || stand.unklar.contains(kennung),
            "{kennung} was never sent"
        );
    }
    let da: BTreeSet<String> = da.into_iter().map(|z| z.0).collect();
    let verloren: Vec<_> = stand.bestaetigt.difference(&da).collect();
    assert!(verloren.is_empty(), "acknowledged and lost: {verloren:?}");
    // No entry of a write that is not there.
    let eintraege: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit.zeile WHERE relation = 'strategie.massnahme' AND art = 'neu'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(usize::try_from(eintraege).unwrap(), da.len());
    let bruch: Vec<(i64, String)> = sqlx::query_as("SELECT lfd, grund FROM audit.pruefe()")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert!(bruch.is_empty(), "the chain is broken: {bruch:?}");
    pool.close().await;
}

/// A town with an account that may write: its token.
fn richte_ein(dir: &Path) -> String {
    let orte = demo("ortsteile.geojson");
    rufe(dir, &["import", "ortsteile", orte.to_str().unwrap()]);
    rufe(
        dir,
        &"user add last --rolle strategie --ohne-kennwort"
            .split(' ')
            .collect::<Vec<_>>(),
    );
    let token = rufe(
        dir,
        &"user token add last --name Last --umfang lesen --umfang schreiben"
            .split(' ')
            .collect::<Vec<_>>(),
    );
    token
        .split_whitespace()
        .find(|w| w.starts_with("zr_"))
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_writes_survive_sudden_death() {
    let (_temp, dir) = data_dir();
    let token = richte_ein(&dir);
    let mut stand = Stand::default();
    for nr in 0..10 {
        let neu = runde(&dir, &token, nr);
        stand.bestaetigt.extend(neu.bestaetigt);
        stand.unklar.extend(neu.unklar);
    }
    assert!(stand.bestaetigt.len() >= 100);
    assert!(!stand.unklar.is_empty(), "death came in a pause");
    pruefe(&dir, &stand).await;
    // What was not answered is sent again: written once, whether it had been written or not.
    let (mut dienst, adresse) = starte(&dir);
    for kennung in std::mem::take(&mut stand.unklar) {
        let (status, text) = sende(&adresse, &token, &kennung).unwrap();
        assert_eq!(status, 201, "{kennung}: {text}");
        stand.bestaetigt.insert(kennung);
    }
    kill(
        Pid::from_raw(dienst.id().try_into().unwrap()),
        Signal::SIGTERM,
    )
    .unwrap();
    dienst.wait().unwrap();
    pruefe(&dir, &stand).await;
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
