//! Two editors: what merges, what needs a choice, and that nothing is lost.

use serde_json::{Value, json};

use super::{ALLE, Datei, aendere, arten, erste, feld, heute, noch_einmal, posten, uebernimm};
use crate::bearbeiten::{Amt, doc, mit};
use crate::support::zahl;

const GEBIETE: &str = "dorferneuerungsgebiete";
const PUNKTE: &str = "massnahmen_punkte";

#[tokio::test]
async fn untouched_it_says_nothing() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let datei = Datei::nimm(&amt, &token).await;
    let vergleich = datei.vergleiche(&amt, &token).await;
    assert_eq!(arten(&vergleich), [""; 0], "{vergleich:#}");
    assert_eq!(vergleich["hinweise"], json!([]), "{vergleich:#}");
    let objekte = datei.text("SELECT count(*) FROM zielraum_basis");
    assert_eq!(vergleich["unveraendert"].to_string(), objekte);
    assert!(vergleich["unveraendert"].as_u64().unwrap() > 500);
    // Other numbers of rows and another order, as a program that writes the file anew leaves it.
    datei.sql("UPDATE massnahmen_punkte SET fid = fid + 1000");
    datei.sql(&format!("UPDATE {GEBIETE} SET fid = 100 - fid"));
    let vergleich = datei.vergleiche(&amt, &token).await;
    assert_eq!(arten(&vergleich), [""; 0], "{vergleich:#}");
    // With nothing chosen nothing happens.
    mit(uebernimm(&amt, &token, &vergleich, json!({})).await, 400);
}

#[tokio::test]
async fn two_editors_lose_nothing() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let [a, b, c] = <[String; 3]>::try_from(erste(&amt, &token, GEBIETE, 3).await).unwrap();
    let datei = Datei::nimm(&amt, &token).await;
    datei.sql(&format!(
        "UPDATE {GEBIETE} SET name = 'Datei' WHERE kennung IN ('{a}', '{b}')"
    ));
    datei.sql(&format!(
        "UPDATE {GEBIETE} SET traeger = 'Amt der Datei' WHERE kennung = '{b}'"
    ));
    datei.verschiebe(GEBIETE, &c, 25.0);
    // The other editor: another field of a, the same field of b.
    aendere(
        &amt,
        &token,
        GEBIETE,
        &a,
        json!({"traeger": "Amt von heute"}),
    )
    .await;
    aendere(&amt, &token, GEBIETE, &b, json!({"name": "Heute"})).await;
    let vorher_b = heute(&amt, &token, GEBIETE, &b).await;

    let vergleich = datei.vergleiche(&amt, &token).await;
    let (pa, pb) = (
        posten(&vergleich, GEBIETE, &a),
        posten(&vergleich, GEBIETE, &b),
    );
    assert_eq!(pa["art"], "zusammengefuehrt");
    assert_eq!(feld(pa, "name")["lage"], "datei");
    assert_eq!(feld(pa, "traeger")["lage"], "heute");
    assert_eq!(feld(pa, "traeger")["heute"], "Amt von heute");
    assert_eq!(pb["art"], "konflikt");
    let streit = feld(pb, "name");
    assert_eq!(
        [&streit["lage"], &streit["datei"], &streit["heute"]],
        ["konflikt", "Datei", "Heute"]
    );
    assert_eq!(feld(pb, "traeger")["lage"], "datei");
    let pc = posten(&vergleich, GEBIETE, &c);
    assert_eq!(pc["art"], "geaendert");
    let text = feld(pc, "geometrie")["datei"].as_str().unwrap();
    assert!(text.contains("Mitte um 25,0 m verschoben"), "{text}");

    let nr = |p: &Value| p["nr"].to_string();
    // A conflict without a choice stops everything, and names what is open.
    let alles = json!({nr(pa): true, nr(pb): true, nr(pc): true});
    let antwort = mit(uebernimm(&amt, &token, &vergleich, alles).await, 409);
    assert!(
        antwort.text.contains("eine Seite wählen"),
        "{}",
        antwort.text
    );
    assert_eq!(heute(&amt, &token, GEBIETE, &b).await, vorher_b);
    assert_ne!(heute(&amt, &token, GEBIETE, &a).await["name"], "Datei");
    // Today's side for the name, and the rest of the file comes along.
    let wahl = json!({nr(pa): true, nr(pb): {"name": "heute"}, nr(pc): true});
    let antwort = doc(&mit(
        uebernimm(&amt, &token, &vergleich, wahl.clone()).await,
        200,
    ));
    assert_eq!(antwort["ergebnis"]["objekte"].as_array().unwrap().len(), 3);
    let (ja, jb) = (
        heute(&amt, &token, GEBIETE, &a).await,
        heute(&amt, &token, GEBIETE, &b).await,
    );
    assert_eq!([&ja["name"], &ja["traeger"]], ["Datei", "Amt von heute"]);
    assert_eq!([&jb["name"], &jb["traeger"]], ["Heute", "Amt der Datei"]);
    // One transaction in the history, by who did it.
    let lfd = "SELECT count(DISTINCT lfd) FROM audit.aenderung WHERE warum LIKE 'Aus der Datei %' AND wer LIKE 'konto:planung%'";
    assert_eq!(zahl(&amt.db.write, lfd).await.unwrap(), 1);
    // Twice is once.
    let noch = doc(&mit(uebernimm(&amt, &token, &vergleich, wahl).await, 200));
    assert_eq!(noch["schon_uebernommen"], true);
    assert_eq!(zahl(&amt.db.write, lfd).await.unwrap(), 1);
    // The same file again: all there but the choice for today.
    let wieder = datei.vergleiche(&amt, &token).await;
    assert_eq!(posten(&wieder, GEBIETE, &a)["art"], "erledigt");
    assert_eq!(posten(&wieder, GEBIETE, &b)["art"], "konflikt");
    assert_eq!(posten(&wieder, GEBIETE, &c)["art"], "erledigt");
}

#[tokio::test]
async fn one_deletes_what_the_other_changes() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;

    let flaechen = "fnp_flaechen_fnp-2025-entwurf";
    let [a, b, c] = <[String; 3]>::try_from(erste(&amt, &token, flaechen, 3).await).unwrap();
    let datei = Datei::nimm(&amt, &token).await;
    datei.sql(&format!(
        "DELETE FROM \"{flaechen}\" WHERE kennung IN ('{a}', '{c}')"
    ));
    datei.sql(&format!(
        "UPDATE \"{flaechen}\" SET name = 'Datei' WHERE kennung = '{b}'"
    ));
    aendere(&amt, &token, flaechen, &a, json!({"name": "Heute"})).await;
    let pfad = format!("/collections/{flaechen}/items/{b}");
    mit(amt.sende(&token, "DELETE", &pfad, &[], "").await, 204);

    let vergleich = datei.vergleiche(&amt, &token).await;
    let nr = |kennung: &str| posten(&vergleich, flaechen, kennung)["nr"].to_string();
    assert_eq!(posten(&vergleich, flaechen, &a)["art"], "konflikt");
    assert_eq!(posten(&vergleich, flaechen, &b)["art"], "konflikt");
    assert_eq!(posten(&vergleich, flaechen, &c)["art"], "geloescht");
    let zahl_der = format!("/collections/{flaechen}/items?limit=1");
    let vorher = amt.feature(&token, &zahl_der).await["numberMatched"].clone();
    // a stays, b comes back as the file has it, c goes.
    let wahl = json!({nr(&a): {"objekt": "heute"}, nr(&b): {"objekt": "datei"}, nr(&c): true});
    mit(uebernimm(&amt, &token, &vergleich, wahl).await, 200);
    assert_eq!(heute(&amt, &token, flaechen, &a).await["name"], "Heute");
    assert_eq!(heute(&amt, &token, flaechen, &b).await["name"], "Datei");
    let pfad = format!("/collections/{flaechen}/items/{c}");
    assert_eq!(amt.hole(&token, &pfad).await.status, 404);
    let nachher = amt.feature(&token, &zahl_der).await["numberMatched"].clone();
    assert_eq!(vorher, nachher, "one came back, one went");
}

#[tokio::test]
async fn new_objects_come_once() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let vorlage = amt.erstes(&token, PUNKTE).await;
    let datei = Datei::nimm(&amt, &token).await;
    // Copied and given another title, as people do: the kennung is that of the first.
    datei.sql(&format!(
        "INSERT INTO {PUNKTE} (kennung, titel, art, geom) SELECT kennung, 'Bank am Weg', art, geom FROM {PUNKTE} WHERE kennung = '{vorlage}'"
    ));
    datei.sql(&format!(
        "INSERT INTO {PUNKTE} (titel, art, geom) SELECT 'Brunnen', art, geom FROM {PUNKTE} WHERE kennung = '{vorlage}' LIMIT 1"
    ));
    let vergleich = datei.vergleiche(&amt, &token).await;
    assert_eq!(arten(&vergleich), ["neu", "neu"], "{vergleich:#}");
    let erster = &vergleich["objekte"][0];
    assert!(
        erster["hinweise"][0].as_str().unwrap().contains("kopiert"),
        "{erster}"
    );
    let wahl = json!({"1": true, "2": true});
    mit(uebernimm(&amt, &token, &vergleich, wahl.clone()).await, 200);
    let zaehle =
        "SELECT count(*) FROM strategie.massnahme WHERE titel IN ('Bank am Weg', 'Brunnen')";
    assert_eq!(zahl(&amt.db.write, zaehle).await.unwrap(), 2);
    // Brought back again they are there; changed again, somebody chooses.
    let wieder = datei.vergleiche(&amt, &token).await;
    assert_eq!(arten(&wieder), ["erledigt", "erledigt"], "{wieder:#}");
    datei.sql(&format!(
        "UPDATE {PUNKTE} SET titel = 'Zwei Bänke' WHERE titel = 'Bank am Weg'"
    ));
    let wieder = datei.vergleiche(&amt, &token).await;
    assert_eq!(arten(&wieder), ["konflikt", "erledigt"], "{wieder:#}");
    let wahl = json!({"1": {"titel": "datei"}});
    mit(uebernimm(&amt, &token, &wieder, wahl).await, 200);
    assert_eq!(zahl(&amt.db.write, zaehle).await.unwrap(), 1);
}

#[tokio::test]
async fn what_changes_after_the_look_is_not_overwritten() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let a = amt.erstes(&token, GEBIETE).await;
    let datei = Datei::nimm(&amt, &token).await;
    datei.sql(&format!(
        "UPDATE {GEBIETE} SET name = 'Datei' WHERE kennung = '{a}'"
    ));
    let vergleich = datei.vergleiche(&amt, &token).await;
    let gesehen = posten(&vergleich, GEBIETE, &a)["version"].clone();
    aendere(&amt, &token, GEBIETE, &a, json!({"name": "Heute"})).await;
    let pfad = format!(
        "/mitnehmen/vergleiche/{}",
        vergleich["vergleich"].as_str().unwrap()
    );
    let doc = json!({"wahl": {"1": {"name": "datei"}}, "versionen": {"1": gesehen}});
    let antwort = mit(amt.json(&token, "POST", &pfad, &[], &doc).await, 409);
    assert!(
        antwort.text.contains("noch einmal geändert"),
        "{}",
        antwort.text
    );
    assert_eq!(heute(&amt, &token, GEBIETE, &a).await["name"], "Heute");
    let jetzt = noch_einmal(&amt, &token, &vergleich).await;
    assert_eq!(arten(&jetzt), ["konflikt"]);
}

/// A measure with places of two kinds stands in two layers: it is one row all the same.
#[tokio::test]
async fn a_measure_in_two_layers_is_one_object() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let m = amt.erstes(&token, PUNKTE).await;
    let linie = amt.erstes(&token, "massnahmen_linien").await;
    let pfad = format!("/collections/massnahmen_linien/items/{linie}");
    let mut neu = amt.feature(&token, &pfad).await;
    neu["properties"] = json!({"kennung": m});
    neu.as_object_mut().unwrap().remove("id");
    mit(
        amt.json(
            &token,
            "POST",
            "/collections/massnahmen_linien/items",
            &[],
            &neu,
        )
        .await,
        201,
    );
    let datei = Datei::nimm(&amt, &token).await;
    datei.sql(&format!(
        "UPDATE {PUNKTE} SET titel = 'Punkt' WHERE kennung = '{m}'"
    ));
    datei.sql(&format!(
        "UPDATE massnahmen_linien SET titel = 'Linie' WHERE kennung = '{m}'"
    ));
    let vergleich = datei.vergleiche(&amt, &token).await;
    assert_eq!(
        arten(&vergleich),
        ["geaendert", "geaendert"],
        "{vergleich:#}"
    );
    let beide = json!({"1": true, "2": true});
    let antwort = mit(
        uebernimm(&amt, &token, &vergleich, beide.clone()).await,
        409,
    );
    assert!(antwort.text.contains("dasselbe Objekt"), "{}", antwort.text);
    // Different fields in the two layers go together.
    datei.sql(&format!(
        "UPDATE massnahmen_linien SET titel = (SELECT titel FROM massnahmen WHERE kennung = '{m}'), prioritaet = 7 WHERE kennung = '{m}'"
    ));
    let vergleich = datei.vergleiche(&amt, &token).await;
    mit(uebernimm(&amt, &token, &vergleich, beide).await, 200);
    let jetzt = heute(&amt, &token, PUNKTE, &m).await;
    assert_eq!(jetzt["titel"], "Punkt");
    assert_eq!(jetzt["prioritaet"], 7);
}
