//! The built program as a script uses it: exit codes, formats, sudden death, the service.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use sqlx::{ConnectOptions as _, Executor as _};
use zielraum::db::cluster::{Cluster, Durability};

use crate::cluster::programs::{data_dir, run};
use crate::support::demo;

fn programm(dir: &Path, argumente: &[&str]) -> Command {
    let mut befehl = Command::new(env!("CARGO_BIN_EXE_zielraum"));
    befehl
        .args(argumente)
        .env_remove("DATABASE_URL")
        .env_remove("ZIELRAUM_LISTEN")
        .env_remove("ZIELRAUM_PUBLIC_URL")
        .env("ZIELRAUM_DATA", dir)
        .stdin(Stdio::null());
    befehl
}

pub fn rufe(dir: &Path, argumente: &[&str]) -> Output {
    programm(dir, argumente).output().unwrap()
}

/// Standard output of a call that must succeed.
pub fn antwort(dir: &Path, argumente: &[&str]) -> String {
    let ergebnis = rufe(dir, argumente);
    assert!(
        ergebnis.status.success(),
        "{argumente:?}: {}",
        fehlertext(&ergebnis)
    );
    String::from_utf8(ergebnis.stdout).unwrap()
}

pub fn fehlertext(ergebnis: &Output) -> String {
    String::from_utf8_lossy(&ergebnis.stderr).into_owned()
}

/// Keeps the server of a data directory running between the calls, as `serve` would.
pub fn server(dir: &Path) -> Cluster {
    Cluster::start(Some(dir), Durability::Full).unwrap()
}

/// Keys in their order.
fn schluessel(wert: &Value) -> String {
    let namen: Vec<&str> = wert
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    namen.join(" ")
}

#[test]
fn exit_codes_and_formats_are_the_contract() {
    let (temp, dir) = data_dir();
    let _server = server(&dir);
    let kaputt = temp.path().join("kaputt.gml");
    std::fs::write(&kaputt, "kein Plan").unwrap();
    let kaputt = kaputt.to_str().unwrap();
    refusals_and_their_codes(&dir, kaputt);
    let protokoll = protocols(&dir, temp.path(), kaputt);
    balances(&dir, &protokoll);
}

fn refusals_and_their_codes(dir: &Path, kaputt: &str) {
    let belegt = TcpListener::bind("127.0.0.1:0").unwrap();
    let adresse = belegt.local_addr().unwrap().to_string();
    let plan = demo("fnp-2001.gml");
    let plan = plan.to_str().unwrap();
    for (argumente, code, wort) in [
        (&["bilanz", "--farbe", "rot"][..], 2, "--farbe"),
        (&["bilanz", "--alle", "--ortsteil", "x"], 2, "--ortsteil"),
        (&["bilanz"], 3, "noch kein Flächennutzungsplan"),
        (&["bilanz", "--plan", "gibtsnicht"], 3, "gibtsnicht"),
        (&["import", "fnp", "fehlt.gml"], 3, "fehlt.gml"),
        (&["import", "fnp", kaputt], 3, "kaputt.gml"),
        (&["import", "fnp", plan, "--stand", "frueher"], 2, "frueher"),
        (
            &["import", "fnp", plan, "--schluessel", "id"],
            2,
            "--schluessel",
        ),
        (
            &["import", "fnp", plan, "--zuordnung", "x.toml"],
            2,
            "--zuordnung",
        ),
        (&["import", "fnp", plan, "--plan", "Ü b"], 2, "Kennung"),
        (&["serve", "--listen", &adresse], 1, "--listen"),
        (&["import", "fnp", plan, "--probe"], 0, ""),
    ] {
        let ergebnis = rufe(dir, argumente);
        let text = fehlertext(&ergebnis);
        assert_eq!(ergebnis.status.code(), Some(code), "{argumente:?}: {text}");
        assert!(text.contains(wort), "{argumente:?}: {text}");
        assert!(
            code == 0 || ergebnis.stdout.is_empty(),
            "{argumente:?} answers beside its error"
        );
    }
}

/// Protocols of an import that went through, which is given back, and of a refusal.
fn protocols(dir: &Path, ordner: &Path, kaputt: &str) -> Value {
    let plan = demo("fnp-2001.gml");
    let plan = plan.to_str().unwrap();
    let protokoll = ordner.join("protokoll.json");
    antwort(
        dir,
        &[
            "import",
            "ortsteile",
            demo("ortsteile.geojson").to_str().unwrap(),
        ],
    );
    antwort(
        dir,
        &[
            "import",
            "fnp",
            plan,
            "--protokoll",
            protokoll.to_str().unwrap(),
        ],
    );
    let protokoll: Value = serde_json::from_slice(&std::fs::read(protokoll).unwrap()).unwrap();
    assert_eq!(
        schluessel(&protokoll),
        "protokoll datei format version plan stand oeffentlich ergebnis klassen befunde arten bilanz summen vergleich"
    );
    assert_eq!(
        schluessel(&protokoll["klassen"][0]),
        "klasse gelesen uebernommen uebergangen grund"
    );
    assert_eq!(
        (&protokoll["ergebnis"], &protokoll["plan"]),
        (&"uebernommen".into(), &"fnp-2001".into())
    );
    let ablehnung = ordner.join("ablehnung.json");
    rufe(
        dir,
        &[
            "import",
            "fnp",
            kaputt,
            "--protokoll",
            ablehnung.to_str().unwrap(),
        ],
    );
    let ablehnung: Value = serde_json::from_slice(&std::fs::read(ablehnung).unwrap()).unwrap();
    assert_eq!(ablehnung["ergebnis"], "abgelehnt");
    assert_eq!(
        schluessel(&ablehnung["befunde"][0]),
        "code schwere klasse kennung ort text"
    );
    protokoll
}

fn balances(dir: &Path, protokoll: &Value) {
    let bilanz: Value =
        serde_json::from_str(&antwort(dir, &["bilanz", "--format", "json"])).unwrap();
    assert_eq!(
        schluessel(&bilanz),
        "plan gebiet stand zeilen ueberlagerungen pruefung"
    );
    assert_eq!(schluessel(&bilanz["plan"]), "kennung name stand fassung");
    assert_eq!(schluessel(&bilanz["gebiet"]), "art kennung name");
    assert_eq!(
        schluessel(&bilanz["zeilen"][0]),
        "nutzung name gruppe anzahl bestand_m2 davon_fortfallend_m2 planung_m2 ohne_angabe_m2 summe_m2 anteil"
    );
    assert_eq!(
        schluessel(&bilanz["ueberlagerungen"][0]),
        "klasse anzahl flaeche_m2"
    );
    assert_eq!(
        schluessel(&bilanz["pruefung"]),
        "gebiet_m2 summe_m2 ueberlappung_m2 luecke_m2 ausserhalb_m2 ungueltig_m2 nicht_zugeordnet_m2"
    );
    assert!(chrono::DateTime::parse_from_rfc3339(bilanz["stand"].as_str().unwrap()).is_ok());
    for (name, m2) in bilanz["pruefung"].as_object().unwrap() {
        let gemeldet = protokoll["bilanz"][name].as_f64().unwrap();
        assert!((m2.as_f64().unwrap() - gemeldet).abs() < 1e-6, "{name}");
        assert!(gemeldet.is_sign_positive(), "{name}: {gemeldet}");
    }
    let alle: Value =
        serde_json::from_str(&antwort(dir, &["bilanz", "--alle", "--format", "json"])).unwrap();
    assert_eq!(alle.as_array().unwrap().len(), 5);
    let csv = antwort(dir, &["bilanz", "--format", "csv"]);
    assert!(csv.starts_with('\u{feff}'), "{csv}");
    let kopf = csv.lines().next().unwrap();
    assert!(kopf.matches(';').count() >= 8, "{kopf}");
    let wohnen = bilanz["zeilen"]
        .as_array()
        .unwrap()
        .iter()
        .find(|z| z["nutzung"] == "W")
        .unwrap();
    let hektar = format!("{:.4}", wohnen["summe_m2"].as_f64().unwrap() / 1e4).replace('.', ",");
    assert!(csv.contains(&format!(";{hektar};")), "{hektar} in {csv}");
    assert!(antwort(dir, &["bilanz"]).contains("Wohnbaufläche"));
}

#[test]
fn a_killed_import_leaves_the_old_plan_whole() {
    let (_temp, dir) = data_dir();
    let server = server(&dir);
    let datei = |name: &str| demo(name).to_str().unwrap().to_owned();
    antwort(&dir, &["import", "ortsteile", &datei("ortsteile.geojson")]);
    let beginn = Instant::now();
    antwort(&dir, &["import", "fnp", &datei("fnp-2001.gml")]);
    let dauer = beginn.elapsed();
    let bilanz = || {
        antwort(
            &dir,
            &["bilanz", "--plan", "fnp-2001", "--alle", "--format", "json"],
        )
        // A kill that comes after the commit leaves the new plan in force: just as whole.
        .replace("\"frueher\"", "\"wirksam\"")
    };
    let vorher = bilanz();
    let neu = datei("fnp-2025-entwurf.gml");
    let import = ["import", "fnp", &neu, "--stand", "wirksam"];
    let mut erschlagen = 0;
    for nr in 1..=10 {
        let mut kind = programm(&dir, &import)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(dauer * nr / 11);
        if kind.try_wait().unwrap().is_none() {
            erschlagen += 1;
        }
        kind.kill().unwrap(); // SIGKILL
        kind.wait().unwrap();
        if nr % 3 == 0 {
            assert_eq!(bilanz(), vorher, "after {nr}");
        }
    }
    assert!(erschlagen >= 6, "only {erschlagen} were still running");
    assert_eq!(bilanz(), vorher);
    // The server may still hold what the last one locked: the next waits for that.
    antwort(&dir, &import);
    run(async {
        let options = server.connect_options("zielraum", "postgres");
        let mut conn = options.connect().await.unwrap();
        let zeile = conn
            .fetch_one("SELECT (SELECT count(*) FROM fnp.fassung) AS fassungen, (SELECT count(*) FROM pg_class WHERE relname ~ '^flaeche_f[0-9]+$' AND relnamespace = 'fnp'::regnamespace) AS teile, (SELECT count(*) FROM audit.pruefe()) AS brueche")
            .await
            .unwrap();
        let zahl = |spalte: &str| sqlx::Row::get::<i64, _>(&zeile, spalte);
        assert_eq!(zahl("teile"), zahl("fassungen"), "nothing half-made stays");
        assert_eq!(zahl("brueche"), 0);
    });
}

/// Status line and body of a GET.
fn hole(adresse: &str, pfad: &str) -> String {
    let mut strom = TcpStream::connect(adresse).unwrap();
    write!(
        strom,
        "GET {pfad} HTTP/1.1\r\nHost: {adresse}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    strom.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_service_starts_answers_and_ends() {
    let (_temp, dir) = data_dir();
    let mut dienst = programm(&dir, &["serve", "--listen", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(dienst.stderr.take().unwrap());
    let mut zeile = String::new();
    let adresse = loop {
        zeile.clear();
        assert!(
            stderr.read_line(&mut zeile).unwrap() > 0,
            "ended before it served"
        );
        if let Some((_, rest)) = zeile.split_once("http://") {
            break rest.split(['/', ' ']).next().unwrap().trim().to_owned();
        }
    };
    std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
    for pfad in ["/health/live", "/health/ready", "/", "/collections?f=json"] {
        let text = hole(&adresse, pfad);
        assert!(text.starts_with("HTTP/1.1 200"), "{pfad}: {text}");
    }
    // A second program works beside it.
    assert_eq!(rufe(&dir, &["bilanz"]).status.code(), Some(3));
    kill(Pid::from_raw(dienst.id().cast_signed()), Signal::SIGTERM).unwrap();
    let beginn = Instant::now();
    let ende = loop {
        if let Some(ende) = dienst.try_wait().unwrap() {
            break ende;
        }
        assert!(beginn.elapsed() < Duration::from_secs(30), "does not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(ende.code(), Some(0));
    assert!(TcpStream::connect(&adresse).is_err());
}
