//! Data of the previous release, stored as a backup, under the newest program.
//!
//! `tests/fixtures/sicherung/erzeuge` made the file with that release's program; it is replaced
//! at a release, never edited. What it holds stands in `stand-0025.json`.

use std::path::Path;

use serde_json::Value;
use zielraum::db::cluster::Durability;
use zielraum::db::migrate;
use zielraum::sicherung::{pruefen, rueckspielen};

use super::{Ort, manifest};
use crate::support::{leere_datenbank, zahl};

#[tokio::test(flavor = "multi_thread")]
async fn data_of_the_previous_release_go_on() {
    drop(leere_datenbank().await); // roles
    let ordner = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sicherung");
    let datei = ordner.join("stand-0025.zip");
    let erwartet: Value =
        serde_json::from_slice(&std::fs::read(ordner.join("stand-0025.json")).unwrap()).unwrap();
    assert_eq!(
        manifest(&datei)["migrationen"].as_array().unwrap().len(),
        20
    );

    let ort = Ort::neu();
    let bericht = rueckspielen::fuehre_aus(&ort.server(), Durability::Tests, &datei)
        .await
        .unwrap();
    assert_eq!(bericht.migriert, migrate::versions().len() - 20);
    assert_eq!(bericht.manifest.audit.hash, erwartet["kopf"]);
    assert_eq!(bericht.manifest.audit.lfd, erwartet["lfd"]);

    let db = ort.oeffne().await;
    // The balance of one Ortsteil in tenths of m², in both worlds; Maßnahmen and where they lie.
    for (pool, welt) in [(&db.write, "intern"), (&db.public, "oeffentlich")] {
        for (name, sql) in [
            (
                "bilanz",
                "SELECT round(sum(a.m2) * 10)::bigint FROM anteil a JOIN ortsteil o ON o.id = a.ortsteil_id WHERE o.name = 'Mitte'",
            ),
            ("flaechen", "SELECT count(*) FROM flaeche"),
            ("massnahmen", "SELECT count(*) FROM massnahme"),
            ("lagen", "SELECT count(*) FROM massnahme_ortsteil"),
        ] {
            assert_eq!(
                zahl(pool, sql).await.unwrap(),
                erwartet[welt][name],
                "{welt} {name}"
            );
        }
    }
    assert!(
        zahl(&db.public, "SELECT count(*) FROM strategie.massnahme")
            .await
            .is_err()
    );
    db.write.close().await;
    db.public.close().await;
    for punkt in pruefen::datenbank(&ort.server(), Durability::Tests, false)
        .await
        .unwrap()
    {
        assert_eq!(punkt.ergebnis, pruefen::Ergebnis::Gut, "{punkt:?}");
    }
}
