//! The commands that answer a planner, as programs: against SQL, with exit codes and formats.

use std::path::Path;

use serde_json::Value;
use sqlx::ConnectOptions as _;
use zielraum::db::cluster::Cluster;

use crate::cli::{antwort, fehlertext, rufe, server};
use crate::cluster::programs::{data_dir, run};
use crate::support::demo;

/// The demonstration data by the commands a town would use.
fn lade(dir: &Path) {
    for (was, datei) in [
        ("gemeinde", "gemeinde.geojson"),
        ("ortsteile", "ortsteile.geojson"),
        ("fnp", "fnp-2001.gml"),
        ("fnp", "fnp-2025-entwurf.gml"),
        ("dorferneuerung", "dorferneuerung.geojson"),
        ("strategie", "strategie.xlsx"),
    ] {
        let datei = demo(datei);
        let mut argumente = vec!["import", was, datei.to_str().unwrap()];
        if was == "strategie" {
            argumente.push("--veroeffentlichen");
        }
        antwort(dir, &argumente);
    }
}

/// Texts by SQL over the working world, sorted.
fn frage_sql(server: &Cluster, sql: &'static str) -> Vec<String> {
    let options = server
        .connect_options("zielraum", "postgres")
        .options([("search_path", "strategie,fnp,gemeinde,public")]);
    run(async {
        let mut conn = options.connect().await.unwrap();
        let mut texte: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap();
        texte.sort(); // as Rust does, whatever the database's collation
        texte
    })
}

fn json(dir: &Path, argumente: &[&str]) -> Value {
    let argumente: Vec<&str> = argumente
        .iter()
        .chain(&["--format", "json"])
        .copied()
        .collect();
    serde_json::from_str(&antwort(dir, &argumente)).unwrap()
}

fn kennungen(liste: &Value) -> Vec<String> {
    let liste = liste.as_array().unwrap();
    let mut kennungen: Vec<String> = liste
        .iter()
        .map(|e| e["kennung"].as_str().unwrap().to_owned())
        .collect();
    kennungen.sort();
    kennungen
}

/// Words that are refused, each with its exit code and what its sentence says.
fn abgelehnt(dir: &Path, faelle: &[(&[&str], i32, &str)]) {
    for (argumente, code, wort) in faelle {
        let ergebnis = rufe(dir, argumente);
        let text = fehlertext(&ergebnis);
        assert_eq!(ergebnis.status.code(), Some(*code), "{argumente:?}: {text}");
        assert!(text.contains(wort), "{argumente:?}: {text}");
        assert!(
            ergebnis.stdout.is_empty(),
            "{argumente:?} answers beside its error"
        );
    }
}

#[test]
fn a_planner_asks_by_command() {
    let (temp, dir) = data_dir();
    let server = server(&dir);
    lade(&dir);
    measures(&dir, temp.path(), &server);
    places(&dir, &server);
    gaps(&dir, &server);
    saved(&dir, &server);
}

fn measures(dir: &Path, ordner: &Path, server: &Cluster) {
    let doc = json(dir, &["massnahmen", "--ortsteil", "erpfting"]);
    let dort = frage_sql(
        server,
        "SELECT DISTINCT m.kennung FROM massnahme_ortsteil x JOIN massnahme m ON m.id = x.massnahme_id JOIN ortsteil o ON o.id = x.ortsteil_id WHERE o.kennung = 'erpfting'",
    );
    assert!(dort.len() > 1);
    assert_eq!(kennungen(&doc["massnahmen"]), dort);
    let gesamtstadt = frage_sql(
        server,
        "SELECT DISTINCT m.kennung FROM raumbezug r JOIN massnahme m ON m.id = r.massnahme_id WHERE r.art = 'gesamtstadt'",
    );
    assert_eq!(kennungen(&doc["gesamtstadt"]), gesamtstadt);

    // The Ortsteil drawn, given as a file and as WKT, holds what is named in it or lies in it.
    let wkt = frage_sql(
        server,
        "SELECT st_astext(geom) FROM ortsteil WHERE kennung = 'erpfting'",
    )
    .remove(0);
    let datei = ordner.join("ortsteil.wkt");
    std::fs::write(&datei, &wkt).unwrap();
    for polygon in [datei.to_str().unwrap(), &wkt] {
        let gezeichnet = json(dir, &["massnahmen", "--polygon", polygon]);
        assert_eq!(kennungen(&gezeichnet["massnahmen"]), dort);
    }

    let csv = antwort(
        dir,
        &["massnahmen", "--ortsteil", "erpfting", "--format", "csv"],
    );
    assert!(csv.starts_with("\u{feff}kennung;nummer;"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + dort.len() + gesamtstadt.len());
    let geo: Value = serde_json::from_str(&antwort(
        dir,
        &[
            "massnahmen",
            "--ortsteil",
            "erpfting",
            "--format",
            "geojson",
        ],
    ))
    .unwrap();
    assert_eq!(
        geo["features"].as_array().unwrap().len(),
        dort.len() + gesamtstadt.len()
    );
    let tabelle = antwort(dir, &["massnahmen", "--ortsteil", "erpfting"]);
    assert!(
        dort.iter().all(|kennung| tabelle.contains(kennung)),
        "{tabelle}"
    );
    abgelehnt(
        dir,
        &[
            (
                &["massnahmen", "--ortsteil", "erpftng"],
                2,
                "Meinten Sie „Erpfting“",
            ),
            (&["massnahmen", "--farbe", "rot"], 2, "--farbe"),
            (&["massnahmen", "--abstand", "50"], 2, "nahe"),
            (
                &["massnahmen", "--polygon", "fehlt.wkt"],
                3,
                "fehlt.wkt ist nicht lesbar",
            ),
        ],
    );
}

fn places(dir: &Path, server: &Cluster) {
    let doc = json(
        dir,
        &["hier", "--ortsteil", "erpfting", "--plan", "fnp-2001"],
    );
    assert_eq!(kennungen(&doc["ortsteile"]), ["erpfting"]);
    let m2: f64 = frage_sql(
        server,
        "SELECT sum(a.m2)::text FROM anteil a JOIN ortsteil o ON o.id = a.ortsteil_id JOIN fassung f ON f.id = a.fassung_id JOIN plan p ON p.id = f.plan_id WHERE o.kennung = 'erpfting' AND p.kennung = 'fnp-2001'",
    )[0]
        .parse()
        .unwrap();
    let zeilen = doc["plaene"][0]["zeilen"].as_array().unwrap();
    let summe: f64 = zeilen.iter().map(|z| z["summe_m2"].as_f64().unwrap()).sum();
    assert!(m2 > 1e6 && (summe - m2).abs() < 0.5, "{summe} statt {m2}");

    let punkt = frage_sql(
        server,
        "SELECT st_x(p) || ',' || st_y(p) FROM (SELECT st_pointonsurface(geom) AS p FROM ortsteil WHERE kennung = 'erpfting') x",
    );
    let doc = json(dir, &["hier", "--punkt", &punkt[0], "--plan", "fnp-2001"]);
    assert_eq!(kennungen(&doc["ortsteile"]), ["erpfting"]);
    let flaechen = frage_sql(
        server,
        "SELECT f.kennung FROM flaeche f JOIN fassung a ON a.id = f.fassung_id JOIN plan p ON p.id = a.plan_id AND p.kennung = 'fnp-2001', ortsteil o WHERE o.kennung = 'erpfting' AND st_intersects(f.geom, st_pointonsurface(o.geom))",
    );
    assert_eq!(kennungen(&doc["plaene"][0]["flaechen"]), flaechen);
    assert!(antwort(dir, &["hier", "--punkt", &punkt[0]]).contains("Erpfting"));
    abgelehnt(
        dir,
        &[
            (&["hier"], 2, "genau einen Ort"),
            (&["hier", "--ortsteil", "mond"], 2, "mond"),
            (
                &["hier", "--ortsteil", "erpfting", "--abstand", "5"],
                2,
                "--punkt",
            ),
            (&["hier", "--punkt", "48.05,10.88"], 2, "vertauscht"),
        ],
    );
}

fn gaps(dir: &Path, server: &Cluster) {
    let doc = json(dir, &["luecken", "--art", "massnahme_ohne_ort"]);
    let ohne = frage_sql(
        server,
        "SELECT kennung FROM massnahme m WHERE NOT EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art <> 'unverortet')",
    );
    assert!(!ohne.is_empty());
    assert_eq!(kennungen(&doc["luecken"]), ohne);
    assert_eq!(doc["plan"]["kennung"], "fnp-2025-entwurf");
    let csv = antwort(dir, &["luecken", "--format", "csv"]);
    assert!(
        csv.contains(&format!("massnahme_ohne_ort;{};", ohne[0])),
        "{csv}"
    );
    let text = antwort(dir, &["luecken"]);
    assert!(
        text.contains(&format!("Maßnahmen ohne Ort: {}", ohne.len())),
        "{text}"
    );
    abgelehnt(
        dir,
        &[(
            &["luecken", "--art", "massnahmen_ohne_ort"],
            2,
            "Meinten Sie „massnahme_ohne_ort“",
        )],
    );
}

fn saved(dir: &Path, server: &Cluster) {
    let anlegen = |kennung: &str, filter: &str, mehr: &[&str]| {
        let mut argumente = vec![
            "frage", "anlegen", kennung, "--titel", "Probe", "--filter", filter,
        ];
        argumente.extend(mehr);
        rufe(dir, &argumente)
    };
    let dort = json(dir, &["massnahmen", "--ortsteil", "erpfting"])["anzahl"].to_string();
    let neu = anlegen("probe", "ortsteil=erpfting", &["--veroeffentlichen"]);
    let text = fehlertext(&neu);
    assert!(neu.status.success() && neu.stdout.is_empty(), "{text}");
    assert!(
        text.contains(&format!("zurzeit {dort} Maßnahmen")) && text.contains("frage_probe"),
        "{text}"
    );
    let entwurf = fehlertext(&anlegen("still", "ohne=ort", &[]));
    assert!(entwurf.contains("Noch nicht veröffentlicht"), "{entwurf}");
    assert_eq!(
        frage_sql(
            server,
            "SELECT kennung FROM oeffentlich.frage WHERE kennung IN ('probe', 'still')"
        ),
        ["probe"]
    );
    let liste = antwort(dir, &["frage", "liste"]);
    let zeile = liste.lines().find(|z| z.starts_with("probe ")).unwrap();
    assert!(zeile.trim_end().ends_with(&format!(" {dort}")), "{liste}");
    for (filter, wort) in [("ortsteil=mond", "Möglich sind"), ("farbe=rot", "farbe")] {
        let falsch = anlegen("falsch", filter, &[]);
        let text = fehlertext(&falsch);
        assert_eq!(falsch.status.code(), Some(2), "{text}");
        assert!(text.contains(wort), "{text}");
    }
    assert!(rufe(dir, &["frage", "loeschen", "probe"]).status.success());
    assert!(!antwort(dir, &["frage", "liste"]).contains("probe "));
    abgelehnt(
        dir,
        &[
            (&["frage", "loeschen", "probe"], 3, "probe"),
            (&["frage", "loeschen", "falsch"], 3, "falsch"),
        ],
    );
}
