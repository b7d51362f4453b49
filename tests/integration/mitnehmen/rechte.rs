//! Who may bring something back, and through the browser.

use serde_json::json;
use zielraum::auth::Rolle;
use zielraum::auth::konto::Angaben;

use super::{ALLE, Datei, heute, uebernimm};
use crate::bearbeiten::{Amt, feld, kopfzeile, mit};
use crate::support::zahl;

const GEBIETE: &str = "dorferneuerungsgebiete";

#[tokio::test]
async fn rights_are_those_of_the_edit() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let a = amt.erstes(&token, GEBIETE).await;
    let datei = Datei::nimm(&amt, &token).await;
    datei.sql(&format!(
        "UPDATE {GEBIETE} SET name = 'Datei' WHERE kennung = '{a}'"
    ));
    mit(datei.bringe(&amt, "").await, 403);
    let rat = amt.token("rat", &[Rolle::Stadtrat]).await;
    mit(datei.bringe(&amt, &rat).await, 403);
    // Somebody who edits measures but no areas: the comparison is theirs to see, the edit is not.
    let angaben = Angaben {
        rollen: vec![Rolle::Ortssprecher],
        ortsteil: Some("erpfting".to_owned()),
        ..Angaben::default()
    };
    let sprecher = amt.token_mit("sprecher", &angaben).await;
    let vergleich = datei.vergleiche(&amt, &sprecher).await;
    let antwort = uebernimm(&amt, &sprecher, &vergleich, json!({"1": true})).await;
    assert!(
        [403, 409].contains(&antwort.status.as_u16()),
        "{}",
        antwort.text
    );
    assert_ne!(heute(&amt, &token, GEBIETE, &a).await["name"], "Datei");
    // Nobody else looks at it, not by its number.
    let pfad = format!(
        "/mitnehmen/vergleiche/{}",
        vergleich["vergleich"].as_str().unwrap()
    );
    mit(amt.hole(&token, &pfad).await, 404);
    mit(amt.hole("", &pfad).await, 403);
    // What has expired is gone.
    let seine = datei.vergleiche(&amt, &token).await;
    sqlx::query("UPDATE freigabe.mitnahme SET bis = clock_timestamp() - interval '1 second'")
        .execute(&amt.db.write)
        .await
        .unwrap();
    let antwort = uebernimm(&amt, &token, &seine, json!({"1": true})).await;
    mit(antwort, 404);
}

#[tokio::test]
async fn a_browser_sees_chooses_and_clicks_twice() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let a = amt.erstes(&token, GEBIETE).await;
    let datei = Datei::nimm(&amt, &token).await;
    datei.sql(&format!(
        "UPDATE {GEBIETE} SET name = 'Aus der Datei', typ = 'gibtesnicht' WHERE kennung = '{a}'"
    ));
    let angaben = Angaben {
        rollen: ALLE.to_vec(),
        ..Angaben::default()
    };
    let sitzung = amt.sitzung("mensch", &angaben).await;
    let seite = mit(amt.seite(&sitzung, "/mitnehmen?f=html").await, 200);
    assert!(seite.text.contains("multipart/form-data"), "{}", seite.text);
    let sende = async |schutz: &str, inhalt: &[u8]| {
        let mut body = format!(
            "--grenze\r\ncontent-disposition: form-data; name=\"formular\"\r\n\r\n{schutz}\r\n--grenze\r\ncontent-disposition: form-data; name=\"datei\"; filename=\"C:\\\\Ordner\\\\stadt (1).gpkg\"\r\ncontent-type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(inhalt);
        body.extend_from_slice(b"\r\n--grenze--\r\n");
        let kopf = [
            ("content-type", "multipart/form-data; boundary=grenze"),
            ("cookie", sitzung.kekse.as_str()),
            ("accept", "text/html"),
        ];
        amt.sende("", "POST", "/mitnehmen", &kopf, body).await
    };
    mit(sende("fremd", &datei.bytes()).await, 403);
    let falsch = mit(sende(&sitzung.formular, b"kein Paket").await, 400);
    assert!(falsch.text.contains("stadt (1).gpkg"), "{}", falsch.text);
    assert!(falsch.text.contains("<form"), "the form is there again");
    let weiter = mit(sende(&sitzung.formular, &datei.bytes()).await, 303);
    let ort = kopfzeile(&weiter, "location");
    let pfad = ort.split("zr.test:8080").nth(1).unwrap().to_owned();
    let seite = mit(amt.seite(&sitzung, &pfad).await, 200);
    assert!(seite.text.contains("Aus der Datei"), "{}", seite.text);
    let version = feld(&seite.text, "m1");
    let ziel = pfad.split('?').next().unwrap();
    // Refused: the page says why, with the choice as it was.
    let felder = format!("n1=ja&m1={version}&warum=Begehung");
    let nein = mit(amt.formular(&sitzung, ziel, &felder).await, 400);
    assert!(
        nein.text.contains("Übernommen wurde nichts"),
        "{}",
        nein.text
    );
    assert!(nein.text.contains("value=\"ja\" checked"), "{}", nein.text);
    assert!(nein.text.contains("Begehung"));
    // Repaired and brought again: two clicks at once write once.
    datei.sql(&format!("UPDATE {GEBIETE} SET typ = (SELECT json_extract(inhalt, '$.properties.typ') FROM zielraum_basis WHERE kennung = '{a}') WHERE kennung = '{a}'"));
    let weiter = mit(sende(&sitzung.formular, &datei.bytes()).await, 303);
    let ort = kopfzeile(&weiter, "location");
    let pfad = ort.split("zr.test:8080").nth(1).unwrap().to_owned();
    let ziel = pfad.split('?').next().unwrap();
    let (eins, zwei) = tokio::join!(
        amt.formular(&sitzung, ziel, &felder),
        amt.formular(&sitzung, ziel, &felder)
    );
    assert_eq!(
        (eins.status.as_u16(), zwei.status.as_u16()),
        (303, 303),
        "{} {}",
        eins.text,
        zwei.text
    );
    let lfd = "SELECT count(*) FROM audit.aenderung WHERE warum = 'Begehung'";
    assert_eq!(zahl(&amt.db.write, lfd).await.unwrap(), 1);
    let seite = mit(amt.seite(&sitzung, &pfad).await, 200);
    assert!(seite.text.contains("Übernommen am"), "{}", seite.text);
    assert!(!seite.text.contains("Auswahl übernehmen"));
    assert_eq!(
        heute(&amt, &token, GEBIETE, &a).await["name"],
        "Aus der Datei"
    );
}
