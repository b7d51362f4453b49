//! What the lints cannot see in our own sources.

use std::path::{Path, PathBuf};

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
