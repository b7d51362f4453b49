//! Files that do not fit, and edits that are refused as a whole.

use serde_json::json;

use super::{ALLE, Datei, GPKG, arten, erste, heute, posten, uebernimm};
use crate::bearbeiten::{Amt, mit};
use crate::support::zahl;

const GEBIETE: &str = "dorferneuerungsgebiete";
const FLAECHEN: &str = "fnp_flaechen_fnp-2025-entwurf";

#[tokio::test]
async fn foreign_files_are_told_apart() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let datei = Datei::nimm(&amt, &token).await;
    let abgelehnt = async |datei: &Datei, worte: &str| {
        let antwort = mit(datei.bringe(&amt, &token).await, 400);
        assert!(antwort.text.contains(worte), "{worte}: {}", antwort.text);
    };
    let kopie = || Datei::aus(&datei.bytes());
    let andere = kopie();
    andere.sql("UPDATE zielraum_mitnahme SET gemeinden = '[\"AGS 00000000\"]', dienst = 'https://plan.anderswo.example'");
    abgelehnt(&andere, "anderswo").await;
    let ohne = kopie();
    ohne.sql("DROP TABLE zielraum_basis");
    abgelehnt(&ohne, "fehlt eine der Tabellen").await;
    ohne.sql("DROP TABLE zielraum_mitnahme");
    abgelehnt(&ohne, "nicht hier mitgenommen").await;
    let kaputt = kopie();
    kaputt.sql("UPDATE zielraum_mitnahme SET ebenen = 'x'");
    abgelehnt(&kaputt, "verändert").await;
    let leer = kopie();
    leer.sql("DELETE FROM zielraum_mitnahme");
    abgelehnt(&leer, "verändert").await;
    let mut halb = datei.bytes();
    halb.truncate(halb.len() / 2);
    let antwort = mit(Datei::aus(&halb).bringe(&amt, &token).await, 400);
    assert!(
        antwort.text.contains("beschädigt") || antwort.text.contains("lässt sich nicht"),
        "{}",
        antwort.text
    );
    for (inhalt, wort) in [
        (&b"nur Text"[..], "Datei"),
        (b"", "leer"),
        (
            b"{\"type\": \"FeatureCollection\", \"features\": []}",
            "kein GeoPackage",
        ),
    ] {
        let antwort = amt
            .sende(&token, "POST", "/mitnehmen", &[GPKG], inhalt)
            .await;
        let antwort = mit(antwort, 400);
        assert!(antwort.text.contains(wort), "{wort}: {}", antwort.text);
    }
    let als_text = [("content-type", "text/plain")];
    mit(
        amt.sende(&token, "POST", "/mitnehmen", &als_text, "x")
            .await,
        415,
    );
    // A folder of a draft that is no more.
    let abgelegt = zahl(&amt.db.write, "SELECT count(*) FROM freigabe.mitnahme").await;
    assert_eq!(abgelegt.unwrap(), 0, "nothing is kept of what was refused");
}

#[tokio::test]
async fn changed_tables_are_told_and_the_rest_goes_on() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let a = amt.erstes(&token, GEBIETE).await;
    let datei = Datei::nimm(&amt, &token).await;
    datei.sql(&format!("ALTER TABLE {GEBIETE} DROP COLUMN verfahren"));
    datei.sql(&format!(
        "ALTER TABLE {GEBIETE} ADD COLUMN notiz_vor_ort TEXT"
    ));
    datei.sql(&format!(
        "UPDATE {GEBIETE} SET name = 'Datei' WHERE kennung = '{a}'"
    ));
    datei.sql("DROP TABLE fachplaene");
    datei.sql("ALTER TABLE ortsteile RENAME COLUMN kennung TO schluessel_alt");
    datei.sql("UPDATE fnp_flaechen SET nutzung = 'G' WHERE fid = 1");
    datei.sql("UPDATE fnp_flaechen SET name = 'anders' WHERE fid = 1");
    datei.sql("UPDATE massnahmen_punkte SET handlungsfeld = 'anders' WHERE fid = 1");
    datei.sql("CREATE TABLE eigene (a TEXT)");
    let vergleich = datei.vergleiche(&amt, &token).await;
    assert_eq!(arten(&vergleich), ["geaendert"], "{vergleich:#}");
    let hinweise: Vec<&str> = vergleich["hinweise"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| h.as_str().unwrap())
        .collect();
    for wort in [
        "notiz_vor_ort",
        "fehlen Spalten",
        "Fachpläne“ fehlt",
        "wiederzuerkennen",
        "nur zum Ansehen",
        "abgeleitet",
    ] {
        assert!(
            hinweise.iter().any(|h| h.contains(wort)),
            "{wort}: {hinweise:#?}"
        );
    }
    mit(
        uebernimm(&amt, &token, &vergleich, json!({"1": true})).await,
        200,
    );
    assert_eq!(heute(&amt, &token, GEBIETE, &a).await["name"], "Datei");
}

#[tokio::test]
async fn one_refusal_undoes_all_and_names_its_object() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let [a, b, c] = <[String; 3]>::try_from(erste(&amt, &token, FLAECHEN, 3).await).unwrap();
    let datei = Datei::nimm(&amt, &token).await;
    datei.sql(&format!(
        "UPDATE \"{FLAECHEN}\" SET name = 'gut' WHERE kennung = '{a}'"
    ));
    datei.sql(&format!(
        "UPDATE \"{FLAECHEN}\" SET nutzung = 'gibtesnicht' WHERE kennung = '{b}'"
    ));
    let vergleich = datei.vergleiche(&amt, &token).await;
    let vorher = zahl(&amt.db.write, "SELECT count(*) FROM audit.aenderung")
        .await
        .unwrap();
    let alles = json!({"1": true, "2": true});
    let antwort = mit(uebernimm(&amt, &token, &vergleich, alles).await, 400);
    for wort in ["nutzung", b.as_str(), "fid", "Übernommen wurde nichts"] {
        assert!(antwort.text.contains(wort), "{wort}: {}", antwort.text);
    }
    assert_ne!(heute(&amt, &token, FLAECHEN, &a).await["name"], "gut");
    let nachher = zahl(&amt.db.write, "SELECT count(*) FROM audit.aenderung")
        .await
        .unwrap();
    assert_eq!(vorher, nachher);
    // Without it the other goes.
    let nur_a = json!({posten(&vergleich, FLAECHEN, &a)["nr"].to_string(): true});
    mit(uebernimm(&amt, &token, &vergleich, nur_a).await, 200);
    assert_eq!(heute(&amt, &token, FLAECHEN, &a).await["name"], "gut");
    // Shapes: of another kind, crossing itself, far away.
    let datei = Datei::nimm(&amt, &token).await;
    datei.forme(FLAECHEN, &a, |_| json!({"type": "LineString", "coordinates": [[640_000, 5_320_000], [640_100, 5_320_000]]}).to_string());
    datei.forme(FLAECHEN, &b, |form| {
        let doc: serde_json::Value = serde_json::from_str(form).unwrap();
        let ort = &doc["coordinates"][0][0][0];
        let (x, y) = (ort[0].as_f64().unwrap(), ort[1].as_f64().unwrap());
        let schleife = json!([
            [x, y],
            [x + 10.0, y + 10.0],
            [x + 10.0, y],
            [x, y + 10.0],
            [x, y]
        ]);
        json!({"type": "MultiPolygon", "coordinates": [[schleife]]}).to_string()
    });
    datei.verschiebe(FLAECHEN, &c, 90_000.0);
    let vergleich = datei.vergleiche(&amt, &token).await;
    let pa = posten(&vergleich, FLAECHEN, &a);
    assert_eq!(pa["art"], "fehler");
    assert!(
        pa["fehler"].as_str().unwrap().contains("nimmt Flächen"),
        "{pa}"
    );
    for (kennung, wort) in [(&b, "schneidet"), (&c, "außerhalb der Gemeinde")] {
        let wahl = json!({posten(&vergleich, FLAECHEN, kennung)["nr"].to_string(): true});
        let antwort = mit(uebernimm(&amt, &token, &vergleich, wahl).await, 400);
        assert!(antwort.text.contains(wort), "{wort}: {}", antwort.text);
    }
}
