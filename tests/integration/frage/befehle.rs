//! The same questions by command, on the same database as by HTTP.

use std::process::{Command, Output};

use serde_json::Value;
use sqlx::ConnectOptions as _;
use zielraum::strategie;

use super::filter::{frage, hole, kennungen};
use crate::strategie::daten::bestand;
use crate::support::{TestDb, admin};

async fn adresse(db: &TestDb) -> String {
    let admin = admin(db).await;
    admin.connect_options().to_url_lossy().to_string()
}

fn rufe(url: &str, argumente: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zielraum"))
        .args(argumente)
        .env("DATABASE_URL", url)
        .output()
        .unwrap()
}

fn antwort(url: &str, argumente: &[&str]) -> String {
    let ausgabe = rufe(url, argumente);
    let fehler = String::from_utf8_lossy(&ausgabe.stderr).into_owned();
    assert!(ausgabe.status.success(), "{argumente:?}: {fehler}");
    String::from_utf8(ausgabe.stdout).unwrap()
}

fn liste(json: &Value, teil: &str) -> Vec<String> {
    let liste = json[teil].as_array().unwrap();
    liste
        .iter()
        .map(|m| m["kennung"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn commands_answer_as_the_store_does() {
    let db = bestand().await;
    let url = adresse(&db).await;
    let mut conn = db.write.acquire().await.unwrap();
    for (argumente, filter) in [
        (
            vec!["--ortsteil", "West", "--ampel", "im_plan,unbekannt"],
            "ortsteil=west&ampel=im_plan,unbekannt",
        ),
        (
            vec!["--nahe", "massnahme:m-treff", "--abstand", "60"],
            "nahe=massnahme:m-treff&abstand=60",
        ),
        (
            vec!["--ohne", "geld", "--sortiert", "titel"],
            "ohne=geld&sortiert=titel",
        ),
        (vec!["--zustaendig", "Referat Bauen"], "zustaendig=a-bau"),
        (vec!["--jahr", "2028"], "jahr=2028"),
    ] {
        let alle: Vec<&str> = ["massnahmen"]
            .into_iter()
            .chain(argumente)
            .chain(["--format", "json"])
            .collect();
        let json: Value = serde_json::from_str(&antwort(&url, &alle)).unwrap();
        let soll = strategie::store::massnahmen(&mut conn, &frage(filter))
            .await
            .unwrap();
        let ist: Vec<String> = ["massnahmen", "gesamtstadt"]
            .iter()
            .flat_map(|teil| liste(&json, teil))
            .collect();
        assert_eq!(ist, kennungen(&soll), "{filter}");
        assert!(!ist.is_empty(), "{filter}");
    }
    let csv = antwort(
        &url,
        &["massnahmen", "--ortsteil", "ost", "--format", "csv"],
    );
    assert!(
        csv.starts_with('\u{feff}') && csv.contains("m-pflege;M-05"),
        "{csv}"
    );

    let hier: Value = serde_json::from_str(&antwort(
        &url,
        &["hier", "--punkt", "640250,5324500", "--format", "json"],
    ))
    .unwrap();
    assert_eq!(liste(&hier, "massnahmen"), ["m-treff", "m-doerfer"]);
    assert_eq!(
        liste(&hier, "beschluesse"),
        ["b-treff", "b-geheim"],
        "staff see what is not public"
    );
    let text = antwort(&url, &["hier", "--ortsteil", "west"]);
    assert!(
        text.contains("Wohnbaufläche")
            && text.contains("belastet (-2)")
            && text.contains("nicht belegt (Lücke): 0,00 m²"),
        "{text}"
    );

    let text = antwort(&url, &["luecken", "--art", "massnahme_ohne_ort"]);
    assert!(
        text.contains("Maßnahmen ohne Ort: 1") && text.contains("m-digital"),
        "{text}"
    );

    for (argumente, code, teil) in [
        (
            &["massnahmen", "--ortsteil", "nord"][..],
            2,
            "Möglich sind: west, ost",
        ),
        (&["massnahmen", "--farbe", "rot"], 2, "--farbe"),
        (
            &["massnahmen", "--polygon", "/gibt/es/nicht"],
            3,
            "nicht lesbar",
        ),
        (&["hier"], 2, "genau einen Ort"),
        (&["luecken", "--art", "x"], 2, "Möglich sind"),
        (
            &[
                "frage",
                "anlegen",
                "f",
                "--titel",
                "F",
                "--filter",
                "ortsteil=nord",
            ],
            2,
            "Möglich sind",
        ),
    ] {
        let ausgabe = rufe(&url, argumente);
        let fehler = String::from_utf8_lossy(&ausgabe.stderr).into_owned();
        assert_eq!(ausgabe.status.code(), Some(code), "{argumente:?}: {fehler}");
        assert!(fehler.contains(teil), "{argumente:?}: {fehler}");
    }
    let ausgabe = rufe(
        &url,
        &[
            "frage",
            "anlegen",
            "west",
            "--titel",
            "Im Westen",
            "--filter",
            "ortsteil=west",
            "--veroeffentlichen",
        ],
    );
    assert!(String::from_utf8_lossy(&ausgabe.stderr).contains("frage_west"));
    assert!(antwort(&url, &["frage", "liste"]).contains("ortsteil=west"));
    let (_, fragen) = hole(&db, "/fragen?f=json").await;
    assert!(fragen.contains("Im Westen"), "{fragen}");
    antwort(&url, &["frage", "loeschen", "west"]);
    let (_, fragen) = hole(&db, "/fragen?f=json").await;
    assert!(!fragen.contains("Im Westen"), "{fragen}");
}
