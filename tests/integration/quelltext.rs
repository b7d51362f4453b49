//! What the lints cannot see in our own sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::datenbank;

/// The only places that may make SQL from text: names of ours there, values bound.
const DYNAMISCH: [&str; 2] = ["src/layers/query/", "src/db/"];

fn quellen(ordner: &Path, dateien: &mut Vec<PathBuf>) {
    for eintrag in std::fs::read_dir(ordner).unwrap() {
        let pfad = eintrag.unwrap().path();
        if pfad.is_dir() && !pfad.ends_with("node_modules") {
            quellen(&pfad, dateien);
        } else if pfad.extension().is_some_and(|e| e == "rs") {
            dateien.push(pfad);
        }
    }
}

/// Clippy's `disallowed_types` does not look at a path written out in full.
#[test]
fn dynamic_sql_stands_in_few_places() {
    let wurzel = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut dateien = Vec::new();
    quellen(&wurzel.join("src"), &mut dateien);
    assert!(dateien.len() > 100, "{}", dateien.len());
    let mut gefunden = 0;
    for datei in dateien {
        let name = datei.strip_prefix(wurzel).unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&datei).unwrap();
        for (nr, zeile) in (1..).zip(text.lines()) {
            if zeile.contains("AssertSqlSafe") {
                gefunden += 1;
                assert!(
                    DYNAMISCH.iter().any(|ort| name.starts_with(ort)),
                    "{name}:{nr}: dynamic SQL outside {DYNAMISCH:?}"
                );
            }
            // These take any text in a wrapper of their own.
            assert!(
                !zeile.contains("raw_sql(") || name.starts_with("src/db/"),
                "{name}:{nr}: raw_sql"
            );
        }
    }
    assert!(gefunden > 2, "{gefunden}");
}

/// Code-like words of those sources that are none.
const KEIN_CODE: [&str; 1] = ["utf-8"];
/// Codes that no source gives any more; stored protocols keep their titles.
const FRUEHERE_CODES: [&str; 0] = [];

/// The literals of a source that look like the code of a finding: words with hyphens, and
/// single words where a finding is made.
fn befundcodes(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('"').filter_map(|(stelle, _)| {
        let danach = &text[stelle + 1..];
        let ende =
            danach.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))?;
        let (wort, danach) = danach.split_at(ende);
        let rest = danach.strip_prefix('"')?;
        let teile: Vec<&str> = wort.split('-').collect();
        if !wort.starts_with(|c: char| c.is_ascii_lowercase()) || teile.contains(&"") {
            return None;
        }
        let als_feld = text[..stelle].trim_end().ends_with("code:");
        let vor_schwere = rest
            .trim_start()
            .strip_prefix(',')
            .is_some_and(|rest| rest.trim_start().starts_with("Schwere::"))
            && !text[..stelle].trim_end().ends_with("=>");
        (teile.len() > 1 || als_feld || vor_schwere).then_some(wort)
    })
}

/// A finding without a row of `fnp.befund_art` is one without title and advice in every list.
#[tokio::test]
async fn every_finding_has_a_title_and_advice() {
    let wurzel = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut dateien = Vec::new();
    quellen(&wurzel.join("src"), &mut dateien);
    let mut gegeben = BTreeSet::new();
    for datei in dateien {
        let name = datei.strip_prefix(wurzel).unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&datei).unwrap();
        let text: String = text
            .split("#[cfg(test)]")
            .next()
            .unwrap()
            .lines()
            .filter(|zeile| !zeile.trim_start().starts_with("//"))
            .flat_map(|zeile| [zeile, "\n"])
            .collect();
        let leser = [
            "src/import/fnp/",
            "src/import/xplangml/",
            "src/import/vector/",
            "src/fnp/nutzung/",
        ];
        if leser.iter().any(|ort| name.starts_with(ort)) || text.contains("Schwere::") {
            gegeben.extend(befundcodes(&text).map(str::to_owned));
        }
    }
    for wort in KEIN_CODE {
        assert!(gegeben.remove(wort), "{wort} is not there any more");
    }
    gegeben.extend(FRUEHERE_CODES.map(str::to_owned));
    let db = datenbank().await;
    let arten: Vec<String> = sqlx::query_scalar(
        "SELECT code FROM fnp.befund_art WHERE btrim(titel) <> '' AND btrim(rat) <> ''",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    let arten: BTreeSet<String> = arten.into_iter().collect();
    let ohne_titel: Vec<_> = gegeben.difference(&arten).collect();
    assert!(
        ohne_titel.is_empty(),
        "no row in fnp.befund_art: {ohne_titel:?}"
    );
    // And the walk sees them all: a row that it does not find is one it would miss.
    let ungesehen: Vec<_> = arten.difference(&gegeben).collect();
    assert!(ungesehen.is_empty(), "given by no source: {ungesehen:?}");
}
