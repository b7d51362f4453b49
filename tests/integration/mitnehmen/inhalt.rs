//! What is in the file, and what is not.

use std::io::Read as _;

use serde_json::Value;
use zielraum::auth::Rolle;

use super::{ALLE, Datei, aendere};
use crate::bearbeiten::{Amt, mit};
use crate::dateien;

fn namen(datei: &Datei) -> Vec<String> {
    let ebenen = dateien::lies("gpkg", &datei.bytes());
    ebenen.into_iter().map(|e| e.name).collect()
}

#[tokio::test]
async fn layers_relations_codes_and_a_project() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let datei = Datei::nimm(&amt, &token).await;
    let da = namen(&datei);
    for ebene in [
        "massnahmen_punkte",
        "massnahmen_linien",
        "massnahmen_flaechen",
        "dorferneuerungsgebiete",
        "ortsteile",
        "fnp_flaechen",
        "fnp_flaechen_fnp-2025-entwurf",
        "fachdaten",
        "ziele",
        "kennzahlen",
        "codelisten",
        "zielraum_basis",
    ] {
        assert!(da.iter().any(|n| n == ebene), "{ebene}: {da:?}");
    }
    assert!(
        !da.iter().any(|n| n == "flurstuecke"),
        "not of a whole town"
    );
    let eins = |frage: &str| datei.text(frage);
    // Each editable object with its version, as the layer's own address tells it.
    let a = amt.erstes(&token, "dorferneuerungsgebiete").await;
    let pfad = format!("/collections/dorferneuerungsgebiete/items/{a}");
    let etag = crate::bearbeiten::kopfzeile(&amt.hole(&token, &pfad).await, "etag");
    let version = eins(&format!(
        "SELECT version FROM zielraum_basis WHERE ebene = 'dorferneuerungsgebiete' AND kennung = '{a}'"
    ));
    assert!(
        etag.starts_with(&format!("\"{version}.")),
        "{etag} {version}"
    );
    assert_eq!(
        eins("SELECT dienst FROM zielraum_mitnahme"),
        "http://zr.test:8080"
    );
    assert_eq!(eins("SELECT wer FROM zielraum_mitnahme"), "planung");
    // Related tables lead from measures to goals.
    let ueber = eins(
        "SELECT count(*) FROM verbund_massnahmen_punkte_ziele v JOIN massnahmen_punkte m ON m.fid = v.base_id JOIN ziele z ON z.id = v.related_id",
    );
    let direkt = eins(
        "SELECT count(*) FROM ziele_der_massnahmen v JOIN massnahmen_punkte m ON m.kennung = v.massnahme",
    );
    assert_eq!(ueber, direkt);
    assert_ne!(ueber, "0");
    assert_eq!(
        eins(
            "SELECT count(*) FROM gpkgext_relations r LEFT JOIN sqlite_master t ON t.name = r.mapping_table_name WHERE t.name IS NULL"
        ),
        "0"
    );
    // Aliases and code lists of every layer, told apart by layer.
    assert_eq!(
        eins(
            "SELECT title FROM gpkg_data_columns WHERE table_name = 'massnahmen_punkte' AND column_name = 'titel'"
        ),
        "Bezeichnung"
    );
    let wohnen = eins(
        "SELECT c.description FROM gpkg_data_columns d JOIN gpkg_data_column_constraints c USING (constraint_name) WHERE d.table_name = 'fnp_flaechen' AND d.column_name = 'nutzung' AND c.value = 'W'",
    );
    assert_eq!(
        wohnen,
        eins(
            "SELECT titel FROM codelisten WHERE ebene = 'fnp_flaechen' AND feld = 'nutzung' AND wert = 'W'"
        )
    );
    assert_eq!(
        eins("SELECT count(*) FROM layer_styles WHERE useAsDefault <> 1"),
        "0"
    );
    // The project names the tables of this file, and none of the service.
    let hex = eins("SELECT CAST(content AS TEXT) FROM qgis_projects WHERE name = 'Zielraum'");
    let bytes: Vec<u8> = (0..hex.len() / 2)
        .map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).unwrap())
        .collect();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut projekt = String::new();
    zip.by_index(0)
        .unwrap()
        .read_to_string(&mut projekt)
        .unwrap();
    for stueck in projekt.split("<datasource>").skip(1) {
        assert!(
            stueck.starts_with("./stadt.gpkg|layername="),
            "{}",
            &stueck[..80]
        );
    }
    assert!(!projekt.contains("OAPIF"));
}

#[tokio::test]
async fn an_ortsteil_has_what_lies_in_it() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let datei = Datei::von(&amt, &token, "/mitnehmen/ortsteil/erpfting.gpkg").await;
    let ganz = Datei::nimm(&amt, &token).await;
    let zahl = |d: &Datei, t: &str| {
        d.text(&format!("SELECT count(*) FROM \"{t}\""))
            .parse::<i64>()
            .unwrap()
    };
    assert_eq!(
        zahl(&datei, "ortsteile"),
        zahl(&ganz, "ortsteile"),
        "forms choose from all"
    );
    // As many as the balance counts there: a neighbour that only touches is none of them.
    let soll: i64 = sqlx::query_scalar(
        "SELECT count(DISTINCT a.ordnung) FROM fnp.anteil a JOIN gemeinde.ortsteil o ON o.id = a.ortsteil_id JOIN fnp.fassung f ON f.id = a.fassung_id JOIN fnp.plan p ON p.id = f.plan_id WHERE o.kennung = 'erpfting' AND f.aktuell AND p.kennung = 'fnp-2025-entwurf' AND a.m2 > 5",
    )
    .fetch_one(&amt.db.write)
    .await
    .unwrap();
    let ist = zahl(&datei, "fnp_flaechen_fnp-2025-entwurf");
    assert!((ist - soll).abs() <= 2 && ist > 10, "{ist} {soll}");
    assert!(ist < zahl(&ganz, "fnp_flaechen_fnp-2025-entwurf"));
    let unbekannt = mit(
        amt.hole(&token, "/mitnehmen/ortsteil/gibtesnicht.gpkg")
            .await,
        404,
    );
    assert!(unbekannt.text.contains("gibtesnicht"));
    mit(amt.hole(&token, "/mitnehmen/anders.gpkg").await, 404);
    let gebiet = amt.erstes(&token, "dorferneuerungsgebiete").await;
    let datei = Datei::von(
        &amt,
        &token,
        &format!("/mitnehmen/dorferneuerung/{gebiet}.gpkg"),
    )
    .await;
    assert!(zahl(&datei, "dorferneuerungsgebiete") >= 1);
    // It goes back like the whole.
    datei.sql(&format!(
        "UPDATE dorferneuerungsgebiete SET traeger = 'Gemeinde' WHERE kennung = '{gebiet}'"
    ));
    let vergleich = datei.vergleiche(&amt, &token).await;
    assert_eq!(super::arten(&vergleich), ["geaendert"], "{vergleich:#}");
}

/// A reader's file holds what their world shows, byte by byte.
#[tokio::test]
async fn nothing_hidden_lies_in_the_file() {
    const WORT: &str = "Quittenschnaps";
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let a = amt.erstes(&token, "dorferneuerungsgebiete").await;
    aendere(
        &amt,
        &token,
        "dorferneuerungsgebiete",
        &a,
        serde_json::json!({"traeger": WORT}),
    )
    .await;
    let m = amt.erstes(&token, "massnahmen_punkte").await;
    aendere(
        &amt,
        &token,
        "massnahmen_punkte",
        &m,
        serde_json::json!({"kurztext": WORT}),
    )
    .await;
    let steht = |datei: &Datei| {
        let bytes = datei.bytes();
        bytes.windows(WORT.len()).any(|w| w == WORT.as_bytes())
    };
    assert!(
        steht(&Datei::nimm(&amt, &token).await),
        "the planner reads drafts"
    );
    assert!(!steht(&Datei::nimm(&amt, "").await), "the public");
    let rat = amt.token("rat", &[Rolle::Stadtrat]).await;
    assert!(
        !steht(&Datei::nimm(&amt, &rat).await),
        "the council reads no drafts"
    );
    // The public's file knows no versions and no drafts' layers.
    let oeffentlich = Datei::nimm(&amt, "").await;
    assert_eq!(
        oeffentlich.text("SELECT count(*) FROM zielraum_basis WHERE version <> ''"),
        "0"
    );
    let ebenen: Value =
        serde_json::from_str(&oeffentlich.text("SELECT ebenen FROM zielraum_mitnahme")).unwrap();
    assert!(
        ebenen
            .as_array()
            .unwrap()
            .iter()
            .all(|e| e["id"] != "import_befunde")
    );
    // But brought back by somebody with rights it can be compared: the draft is newer.
    oeffentlich.sql(&format!(
        "UPDATE dorferneuerungsgebiete SET traeger = 'Neu' WHERE kennung = '{a}'"
    ));
    let vergleich = oeffentlich.vergleiche(&amt, &token).await;
    let posten = super::posten(&vergleich, "dorferneuerungsgebiete", &a);
    assert_eq!(posten["art"], "konflikt");
    assert_eq!(super::feld(posten, "traeger")["heute"], WORT);
}
