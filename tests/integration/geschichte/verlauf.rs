//! `/verlauf/{art}/{kennung}`: staff see who, when, what, why; the public what it saw.

use serde_json::Value;
use zielraum::audit::verlauf;

use super::dienst;
use crate::layers::support::{hole, json};
use crate::strategie::daten::{ALLE, aendere, fixtures, oeffentlich, stadt, veroeffentliche_plan};
use crate::support::{TestDb, datenbank_mit_demo};

async fn intern(db: &TestDb, art: &str, kennung: &str) -> Value {
    let mut conn = db.write.acquire().await.unwrap();
    serde_json::to_value(verlauf::lies(&mut conn, art, kennung).await.unwrap()).unwrap()
}

async fn bewegt() -> TestDb {
    let db = stadt().await;
    veroeffentliche_plan(&db).await;
    oeffentlich(&db, &fixtures(&ALLE)).await.unwrap();
    let mut tx = zielraum::db::audit::begin(&db.write, "konto:kanarie", "Geheimer Anlass")
        .await
        .unwrap();
    for sql in [
        "UPDATE strategie.massnahme SET titel = 'Entwurfsname', ampel = 'im_plan', ampel_manuell = true, ampel_grund = 'Zwischenstand', beginn = '2026-05-01' WHERE kennung = (SELECT min(m.kennung) FROM strategie.massnahme m JOIN oeffentlich.massnahme USING (id))",
        "INSERT INTO strategie.teilschritt (id, kennung, titel, massnahme_id) SELECT gen_random_uuid(), 't-neu', 'Erster Schritt', id FROM strategie.massnahme WHERE titel = 'Entwurfsname'",
    ] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    db
}

fn feld<'v>(aenderung: &'v Value, was: &str, titel: &str) -> Option<&'v Value> {
    let zeilen = aenderung["zeilen"].as_array()?;
    zeilen
        .iter()
        .filter(|z| z["was"] == was)
        .flat_map(|z| z["felder"].as_array().unwrap())
        .find(|f| f["titel"] == titel)
}

#[tokio::test]
async fn staff_see_author_reason_and_fields_in_german() {
    let db = bewegt().await;
    let kennung: String =
        sqlx::query_scalar("SELECT kennung FROM strategie.massnahme WHERE titel = 'Entwurfsname'")
            .fetch_one(&db.write)
            .await
            .unwrap();
    let doc = intern(&db, "massnahme", &kennung).await;
    assert_eq!(
        (&doc["art_titel"], &doc["titel"]),
        (&"Maßnahme".into(), &"Entwurfsname".into())
    );
    let neueste = &doc["aenderungen"][0];
    assert_eq!(
        (&neueste["wer"], &neueste["warum"]),
        (&"konto:kanarie".into(), &"Geheimer Anlass".into())
    );
    let titel = feld(neueste, "Maßnahme", "Titel").unwrap_or_else(|| panic!("{neueste:#}"));
    assert_eq!(titel["neu"], "Entwurfsname");
    assert!(titel["alt"].is_string());
    // codes by their title, days as people write them, booleans as words
    assert_eq!(
        feld(neueste, "Maßnahme", "Von Hand gesetzte Ampel").unwrap()["neu"],
        "Im Plan"
    );
    assert_eq!(
        feld(neueste, "Maßnahme", "Ampel von Hand gesetzt").unwrap()["neu"],
        "ja"
    );
    assert_eq!(
        feld(neueste, "Maßnahme", "Beginn").unwrap()["neu"],
        "1.5.2026"
    );
    // what belongs to it is in the same change
    let schritt = neueste["zeilen"]
        .as_array()
        .unwrap()
        .iter()
        .find(|z| z["was"] == "Teilschritt einer Maßnahme")
        .unwrap();
    assert_eq!(
        (&schritt["art"], &schritt["titel"]),
        (&"neu".into(), &"Erster Schritt".into())
    );
    // no internal number anywhere
    let text = doc.to_string();
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id::text FROM strategie.massnahme UNION SELECT id::text FROM strategie.ziel",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    assert!(ids.iter().all(|id| !text.contains(id.as_str())), "{text}");
    // geometry in words
    aendere(&db, &["UPDATE strategie.raumbezug SET geom = st_translate(geom, 5, 5) WHERE geom IS NOT NULL AND st_dimension(geom) = 2"]).await;
    let mit_flaeche: String = sqlx::query_scalar("SELECT m.kennung FROM strategie.massnahme m JOIN strategie.raumbezug r ON r.massnahme_id = m.id WHERE st_dimension(r.geom) = 2 LIMIT 1").fetch_one(&db.write).await.unwrap();
    let doc = intern(&db, "massnahme", &mit_flaeche).await;
    let lage = doc["aenderungen"][0].to_string();
    assert!(
        lage.contains("Lage geändert, ") && lage.contains(" m²"),
        "{lage}"
    );
}

#[tokio::test]
async fn the_public_sees_its_own_history_alone() {
    let db = bewegt().await;
    let router = dienst(&db).await;
    let kennung: String =
        sqlx::query_scalar("SELECT kennung FROM strategie.massnahme WHERE titel = 'Entwurfsname'")
            .fetch_one(&db.write)
            .await
            .unwrap();
    let adresse = format!("/verlauf/massnahme/{kennung}");
    for f in ["json", "html"] {
        let antwort = hole(&router, &format!("{adresse}?f={f}")).await;
        assert_eq!(antwort.status, 200, "{}", antwort.text);
        for wort in [
            "kanarie",
            "Geheimer Anlass",
            "Entwurfsname",
            "Erster Schritt",
            "Zwischenstand",
            "Testdaten",
        ] {
            assert!(!antwort.text.contains(wort), "{f}: {wort}");
        }
    }
    let vorher = json(&router, &adresse).await;
    assert_eq!(
        vorher["aenderungen"].as_array().unwrap().len(),
        1,
        "{vorher:#}"
    );
    assert_eq!(
        hole(&router, "/verlauf/massnahme/m-entwurf").await.status,
        404
    );
    // What the public got within two seconds is one event to it.
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    aendere(&db, &["SELECT freigabe.veroeffentliche('massnahme', ARRAY(SELECT id FROM strategie.massnahme WHERE titel = 'Entwurfsname'))"]).await;
    let nachher = json(&router, &adresse).await;
    assert_eq!(
        nachher["aenderungen"].as_array().unwrap().len(),
        2,
        "{nachher:#}"
    );
    let neueste = &nachher["aenderungen"][0];
    assert_eq!(
        feld(neueste, "Maßnahme", "Titel").unwrap()["neu"],
        "Entwurfsname"
    );
    assert!(
        neueste.get("wer").is_none()
            && neueste.get("warum").is_none()
            && neueste.get("lfd").is_none()
    );
    // withdrawn: nothing is left of it
    aendere(&db, &["SELECT freigabe.ziehe_zurueck('massnahme', ARRAY(SELECT id FROM strategie.massnahme WHERE titel = 'Entwurfsname'))"]).await;
    assert_eq!(hole(&router, &adresse).await.status, 404);
    // staff keep the history of what was deleted
    aendere(
        &db,
        &["DELETE FROM strategie.massnahme WHERE titel = 'Entwurfsname'"],
    )
    .await;
    let doc = intern(&db, "massnahme", &kennung).await;
    assert_eq!(doc["vorhanden"], false);
    assert_eq!(
        doc["aenderungen"][0]["zeilen"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|z| z["was"] == "Maßnahme" && z["art"] == "geloescht")
            .count(),
        1,
        "{doc:#}"
    );
}

/// Every object of every kind has one, in both worlds, as JSON and as a page.
#[tokio::test]
async fn everything_with_a_kennung_has_a_history() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db).await;
    let gegenstaende: Vec<(String, String)> = sqlx::query_as(
        "SELECT DISTINCT ON (tabelle) tabelle, kennung FROM benennung ORDER BY tabelle, kennung",
    )
    .fetch_all(&db.public)
    .await
    .unwrap();
    assert!(gegenstaende.len() >= 14, "{gegenstaende:?}");
    for (art, kennung) in &gegenstaende {
        let doc = json(&router, &format!("/verlauf/{art}/{kennung}?f=json")).await;
        assert_eq!(doc["vorhanden"], true, "{art}");
        assert!(!doc["aenderungen"].as_array().unwrap().is_empty(), "{art}");
        assert_eq!(
            hole(&router, &format!("/verlauf/{art}/{kennung}?f=html"))
                .await
                .status,
            200
        );
        let innen = intern(&db, art, kennung).await;
        assert!(
            innen["aenderungen"]
                .as_array()
                .unwrap()
                .iter()
                .all(|a| a["wer"].is_string()),
            "{art}: {innen:#}"
        );
    }
    let falsch = hole(&router, "/verlauf/raumschiff/x").await;
    assert_eq!(falsch.status, 404);
    assert!(falsch.text.contains("massnahme"), "{}", falsch.text);
    // linked from the pages
    for (pfad, verlauf) in [
        ("/massnahmen/", "massnahme"),
        ("/ziele/", "ziel"),
        ("/kennzahlen/", "kennzahl"),
        ("/ortsteile/", "ortsteil"),
        ("/dorferneuerung/", "gebiet"),
        ("/beschluesse/", "beschluss"),
        ("/akteure/", "akteur"),
        ("/fachplaene/", "fachplan"),
    ] {
        let (_, kennung) = gegenstaende.iter().find(|(art, _)| art == verlauf).unwrap();
        let seite = hole(&router, &format!("{pfad}{kennung}?f=html")).await;
        assert!(
            seite
                .text
                .contains(&format!("/verlauf/{verlauf}/{kennung}")),
            "{pfad}: {}",
            seite.status
        );
    }
}

/// An area is followed over the Fassungen by its kennung, with edits between them for staff.
#[tokio::test]
async fn an_area_has_its_fassungen() {
    use crate::lieferung::Plan;
    let db = crate::support::datenbank().await;
    Plan::neu("p")
        .wohnen(0.0, 100.0)
        .wald(100.0, 200.0)
        .importiere(&db)
        .await;
    aendere(
        &db,
        &["UPDATE fnp.flaeche SET name = 'Am Anger' WHERE nutzung = 'W'"],
    )
    .await;
    Plan::neu("p").wohnen(0.0, 100.0).importiere(&db).await;
    let kennungen: Vec<(String, String)> =
        sqlx::query_as("SELECT DISTINCT kennung, nutzung FROM fnp.flaeche ORDER BY nutzung")
            .fetch_all(&db.write)
            .await
            .unwrap();
    let von = |nutzung: &str| {
        kennungen
            .iter()
            .find(|(_, n)| n == nutzung)
            .unwrap()
            .0
            .clone()
    };
    let wohnen = intern(&db, "flaeche", &von("W")).await;
    let text = wohnen.to_string();
    assert!(text.contains("Am Anger"), "{wohnen:#}");
    let fassung: Vec<&Value> = wohnen["aenderungen"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|a| {
            a["zeilen"][0]["felder"]
                .as_array()?
                .iter()
                .find(|f| f["titel"] == "Fassung")
        })
        .collect();
    assert!(
        fassung.iter().any(|f| f["alt"] == "1" && f["neu"] == "2"),
        "{wohnen:#}"
    );
    assert_eq!(wohnen["vorhanden"], true);
    let wald = intern(&db, "flaeche", &von("wald")).await;
    assert_eq!(wald["vorhanden"], false, "{wald:#}");
    assert_eq!(wald["aenderungen"][0]["zeilen"][0]["art"], "geloescht");
}
