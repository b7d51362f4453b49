//! The committed demonstration data are what their generator writes.

#[path = "../examples/demodaten/erzeuger/mod.rs"]
mod erzeuger;

use std::collections::BTreeMap;
use std::path::Path;

fn dateien(ordner: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(ordner)
        .expect("the folder is there")
        .map(|eintrag| {
            let eintrag = eintrag.expect("the folder can be listed");
            let name = eintrag.file_name().to_string_lossy().into_owned();
            (
                name,
                std::fs::read(eintrag.path()).expect("a readable file"),
            )
        })
        .collect()
}

#[test]
fn demodaten_sind_die_erzeugten() {
    let ordner = tempfile::tempdir().unwrap();
    erzeuger::schreibe(ordner.path()).unwrap();
    let neu = dateien(ordner.path());
    let alt = dateien(&Path::new(env!("CARGO_MANIFEST_DIR")).join("geodata/demo"));
    assert_eq!(neu.len(), 24);
    for (name, inhalt) in &neu {
        assert!(
            Some(inhalt) == alt.get(name),
            "{name} differs: run `cargo run --example demodaten`"
        );
    }
}

/// The areas a measure names, and the Ortsteile and goals, are there.
#[test]
fn verweise_der_strategie_gehen_auf() {
    let wurzel = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut alle = dateien(&wurzel.join("geodata/demo"));
    alle.extend(dateien(&wurzel.join("examples/demodaten/strategie")));
    let tabelle = |name: &str| -> Vec<Vec<String>> {
        let text = alle[name].strip_prefix("\u{feff}".as_bytes()).unwrap();
        csv::ReaderBuilder::new()
            .delimiter(b';')
            .from_reader(text)
            .records()
            .map(|r| r.unwrap().iter().map(str::to_string).collect())
            .collect()
    };
    let kennungen =
        |name: &str| -> Vec<String> { tabelle(name).into_iter().map(|z| z[0].clone()).collect() };
    let (massnahmen, ziele) = (kennungen("massnahmen.csv"), kennungen("ziele.csv"));
    let felder = kennungen("handlungsfelder.csv");
    assert_eq!((massnahmen.len(), felder.len()), (21, 5));
    for z in tabelle("ziele.csv") {
        assert!(felder.contains(&z[2]), "{z:?}");
        assert!(z[4].is_empty() || ziele.contains(&z[4]), "{z:?}");
    }
    for z in tabelle("ziel_massnahme.csv") {
        assert!(massnahmen.contains(&z[0]) && ziele.contains(&z[1]), "{z:?}");
    }
}
