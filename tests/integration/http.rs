//! The HTTP service over the demonstration data: every layer answers with what the tables
//! hold, the balance is the one object, drafts are nowhere.

use axum::Router;
use zielraum::app::{self, App};
use zielraum::auth::Rolle;
use zielraum::fnp::{bilanz, plan};

use crate::bearbeiten::Amt;
use crate::layers::support::{hole, json, objekte};
use crate::support::{TestDb, admin, datenbank_mit_demo, zahl};

async fn dienst() -> (TestDb, Router) {
    let db = datenbank_mit_demo().await;
    let app = App::neu(&db, None, None, true).await.unwrap();
    let router = app::router(&app);
    (db, router)
}

const IN_KRAFT: &str = "v.fassung_id = (SELECT f.id FROM fnp.fassung f JOIN fnp.plan p ON p.id = f.plan_id WHERE f.aktuell AND p.kennung = 'fnp-2001')";
const ENTWURF: &str = "v.fassung_id = (SELECT f.id FROM fnp.fassung f JOIN fnp.plan p ON p.id = f.plan_id WHERE f.aktuell AND p.kennung = 'fnp-2025-entwurf')";
const MASSNAHMEN: &str = "SELECT count(DISTINCT m.id) FROM strategie.massnahme m JOIN strategie.raumbezug r ON r.massnahme_id = m.id WHERE m.veroeffentlichung = 'veroeffentlicht' AND r.art";

const OEFFENTLICHE_MASSNAHMEN: &str =
    "SELECT count(*) FROM strategie.massnahme m WHERE m.veroeffentlichung = 'veroeffentlicht'";

/// Collections of the contract and what they must hold, counted in the working tables.
fn vertrag() -> Vec<(&'static str, String)> {
    let aus = |tabelle: &str| format!("SELECT count(*) FROM {tabelle} v");
    let plan = |tabelle: &str, welcher: &str| {
        format!("SELECT count(*) FROM fnp.{tabelle} v WHERE {welcher}")
    };
    vec![
        ("gemeinden", aus("gemeinde.gemeinde")),
        ("ortsteile", aus("gemeinde.ortsteil")),
        ("flurstuecke", aus("gemeinde.flurstueck")),
        ("fnp_plaene", aus("fnp.plan")),
        ("fnp_flaechen", plan("flaeche", IN_KRAFT)),
        ("fnp_flaechen_fnp-2001", plan("flaeche", IN_KRAFT)),
        ("fnp_flaechen_fnp-2025-entwurf", plan("flaeche", ENTWURF)),
        ("fnp_ueberlagerungen", plan("ueberlagerung", IN_KRAFT)),
        ("fnp_linien", plan("linie", IN_KRAFT)),
        ("fnp_punkte", plan("punkt", IN_KRAFT)),
        ("fnp_ueberlagerungen_fnp-2001", plan("ueberlagerung", IN_KRAFT)),
        ("fnp_ueberlagerungen_fnp-2025-entwurf", plan("ueberlagerung", ENTWURF)),
        ("fnp_linien_fnp-2001", plan("linie", IN_KRAFT)),
        ("fnp_linien_fnp-2025-entwurf", plan("linie", ENTWURF)),
        ("fnp_punkte_fnp-2001", plan("punkt", IN_KRAFT)),
        ("fnp_punkte_fnp-2025-entwurf", plan("punkt", ENTWURF)),
        ("bilanz_ortsteile", aus("gemeinde.ortsteil")),
        ("massnahmen_punkte", format!("{MASSNAHMEN} = 'punkt'")),
        ("massnahmen_linien", format!("{MASSNAHMEN} = 'linie'")),
        ("massnahmen_flaechen", format!("{MASSNAHMEN} IN ('flaeche', 'fnp_flaeche')")),
        (
            "massnahmen_ortsteile",
            "SELECT count(*) FROM strategie.massnahme_ortsteil v JOIN strategie.massnahme m ON m.id = v.massnahme_id WHERE m.veroeffentlichung = 'veroeffentlicht'".into(),
        ),
        (
            "kennzahlen_ortsteile",
            "SELECT count(DISTINCT (w.kennzahl_id, w.ortsteil_id)) FROM strategie.kennzahlwert w JOIN strategie.kennzahl k ON k.id = w.kennzahl_id WHERE w.ortsteil_id IS NOT NULL AND k.veroeffentlichung = 'veroeffentlicht'".into(),
        ),
        (
            "fachplaene",
            "SELECT count(*) FROM strategie.fachplan WHERE geom IS NOT NULL AND veroeffentlichung = 'veroeffentlicht'".into(),
        ),
        ("dorferneuerungsgebiete", aus("dorferneuerung.gebiet")),
        ("massnahmen", OEFFENTLICHE_MASSNAHMEN.into()),
        (
            "frage_bau_in_erpfting",
            format!("{OEFFENTLICHE_MASSNAHMEN} AND (EXISTS (SELECT FROM strategie.raumbezug r WHERE r.massnahme_id = m.id AND r.art = 'gesamtstadt')
               OR EXISTS (SELECT FROM strategie.massnahme_ortsteil mo JOIN gemeinde.ortsteil o ON o.id = mo.ortsteil_id WHERE mo.massnahme_id = m.id AND o.kennung = 'erpfting'))"),
        ),
        (
            "frage_massnahmen_am_lech",
            format!("{OEFFENTLICHE_MASSNAHMEN} AND EXISTS (SELECT FROM strategie.ziel_massnahme zm JOIN strategie.ziel z ON z.id = zm.ziel_id
               LEFT JOIN strategie.ziel u ON u.id = z.uebergeordnet_id WHERE zm.massnahme_id = m.id AND 'sz-lech' IN (z.kennung, u.kennung))"),
        ),
        ("fachdaten", "SELECT count(*) FROM fachdaten.fachobjekt WHERE st_dimension(geom) = 2 AND art <> 'altlast'".into()),
        ("fachdaten_linien", aus("fachdaten.fachobjekt") + " WHERE st_dimension(v.geom) = 1"),
        ("fachdaten_punkte", aus("fachdaten.fachobjekt") + " WHERE st_dimension(v.geom) = 0"),
        ("import_befunde", aus("fnp.import_befund")),
        ("verknuepfungen_zu_pruefen", aus("strategie.verweis_pruefen")),
        ("fnp_anteile", plan("anteil", IN_KRAFT)),
        ("fnp_anteile_fnp-2001", plan("anteil", IN_KRAFT)),
        ("fnp_anteile_fnp-2025-entwurf", plan("anteil", ENTWURF)),
    ]
}

#[tokio::test]
async fn every_collection_holds_what_the_tables_hold() {
    let (db, router) = dienst().await;
    let admin = admin(&db).await;
    let liste = json(&router, "/collections?f=json").await;
    let mut da: Vec<&str> = liste["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["id"].as_str().unwrap())
        .collect();
    let vertrag = vertrag();
    let mut soll: Vec<&str> = vertrag.iter().map(|(id, _)| *id).collect();
    da.sort_unstable();
    soll.sort_unstable();
    assert_eq!(da, soll);
    for (id, sql) in vertrag {
        let zahl = zahl(&admin, &sql).await.unwrap();
        let antwort = hole(
            &router,
            &format!("/collections/{id}/items?f=json&limit=10000"),
        )
        .await;
        assert_eq!(antwort.status, 200, "{id}: {}", antwort.text);
        assert!(
            antwort
                .kopf("content-type")
                .starts_with("application/geo+json"),
            "{id}"
        );
        let doc = antwort.json();
        assert_eq!(doc["numberMatched"], zahl, "{id}");
        assert_eq!(i64::try_from(objekte(&doc).len()).unwrap(), zahl, "{id}");
        let mut kennungen: Vec<String> =
            objekte(&doc).iter().map(|o| o["id"].to_string()).collect();
        kennungen.sort();
        kennungen.dedup();
        assert_eq!(
            i64::try_from(kennungen.len()).unwrap(),
            zahl,
            "{id}: ids are unique"
        );
        let darf_leer = [
            "import_befunde",
            "verknuepfungen_zu_pruefen",
            "fachdaten_punkte",
            "fachplaene",
        ];
        assert!(zahl > 0 || darf_leer.contains(&id), "{id} is empty");
    }
}

/// A value as a client reads it; numbers are rounded in reading, on both sides alike.
fn gelesen(wert: &impl serde::Serialize) -> serde_json::Value {
    serde_json::from_str(&serde_json::to_string(wert).unwrap()).unwrap()
}

#[tokio::test]
async fn the_balance_is_one_object_everywhere() {
    let (db, router) = dienst().await;
    let mut conn = db.write.acquire().await.unwrap();
    for kennung in ["fnp-2001", "fnp-2025-entwurf"] {
        let plan = plan::waehle(&mut conn, Some(kennung)).await.unwrap();
        for ort in [None, Some("kernstadt"), Some("pitzling")] {
            let soll = bilanz::eine(&mut conn, &plan, ort).await.unwrap();
            let ort = ort.map_or_else(String::new, |ort| format!("&ortsteil={ort}"));
            let ist = json(&router, &format!("/bilanz?plan={kennung}&f=json{ort}")).await;
            assert_eq!(ist, gelesen(&soll), "{kennung}{ort}");
        }
        let soll = bilanz::alle(&mut conn, &plan).await.unwrap();
        let ist = json(&router, &format!("/bilanz?plan={kennung}&alle=true&f=json")).await;
        assert_eq!(ist, gelesen(&soll));
    }
    let vorgabe = json(&router, "/bilanz?f=json").await;
    assert_eq!(vorgabe["plan"]["kennung"], "fnp-2001");
}

#[tokio::test]
async fn every_path_of_the_api_document_answers() {
    let amt = Amt::neu().await;
    let token = amt.token("strategie", &[Rolle::Strategie]).await;
    let doc = json(&amt.router, "/api?f=json").await;
    let pfade = doc["paths"].as_object().unwrap();
    assert!(pfade.contains_key("/bilanz"));
    let mut hinter_der_tuer = 0;
    for (pfad, was) in pfade.iter().filter(|(pfad, _)| !pfad.contains('{')) {
        // It asks about a place.
        let frage = if pfad == "/hier" {
            "?ortsteil=pitzling"
        } else {
            ""
        };
        let adresse = format!("{pfad}{frage}");
        let antwort = hole(&amt.router, &adresse).await;
        let titel = was["get"]["summary"].as_str().unwrap_or_default();
        if titel.contains("(nach Anmeldung)") {
            assert_eq!(antwort.status, 404, "{pfad}: {}", antwort.text);
            let antwort = amt.hole(&token, &adresse).await;
            assert_eq!(antwort.status, 200, "{pfad}: {}", antwort.text);
            hinter_der_tuer += 1;
        } else {
            assert_eq!(antwort.status, 200, "{pfad}: {}", antwort.text);
        }
    }
    assert!(hinter_der_tuer > 0, "no path is for signed-in people");
}

#[tokio::test]
async fn wrong_questions_are_answered_with_a_problem() {
    let (_db, router) = dienst().await;
    for (pfad, status, wort) in [
        ("/bilanz?plann=fnp-2001", 400, "plann"),
        ("/bilanz?plan=gibtsnicht", 404, "gibtsnicht"),
        ("/bilanz?plan=fnp-2001@99", 404, "99"),
        ("/bilanz?plan=fnp-2001@x", 400, "x"),
        ("/bilanz?ortsteil=atlantis", 404, "atlantis"),
        ("/bilanz?alle=true&ortsteil=kernstadt", 400, "ortsteil"),
        ("/bilanz?alle=vielleicht", 400, "vielleicht"),
        ("/bilanz/flaechen?nutzung=wolken", 400, "wolken"),
        ("/bilanz/flaechen?spalte=mitte", 400, "mitte"),
        ("/bilanz/flaechen?quatsch=1", 400, "quatsch"),
        ("/massnahmen?quatsch=1", 400, "quatsch"),
        ("/collections/gibtsnicht/items", 404, "gibtsnicht"),
        ("/beschluesse/%00", 404, "Nullzeichen"),
        ("/trends/a%00b", 404, "Nullzeichen"),
        ("/collections/ortsteile/items/%00", 404, "Nullzeichen"),
    ] {
        let antwort = hole(&router, pfad).await;
        assert_eq!(antwort.status.as_u16(), status, "{pfad}: {}", antwort.text);
        assert_eq!(
            antwort.kopf("content-type"),
            "application/problem+json",
            "{pfad}"
        );
        let problem = antwort.json();
        assert_eq!(problem["status"], status, "{pfad}");
        assert!(
            problem["detail"].as_str().unwrap().contains(wort),
            "{pfad}: {problem}"
        );
    }
}

#[tokio::test]
async fn drafts_are_nowhere() {
    let (db, router) = dienst().await;
    let entwuerfe: Vec<(String, String)> =
        sqlx::query_as("SELECT kennung, titel FROM strategie.massnahme WHERE veroeffentlichung = 'entwurf' ORDER BY 1")
            .fetch_all(&admin(&db).await)
            .await
            .unwrap();
    assert_eq!(entwuerfe.len(), 2, "{entwuerfe:?}");
    let mut pfade: Vec<String> = vertrag()
        .iter()
        .map(|(id, _)| format!("/collections/{id}/items?f=json&limit=10000"))
        .collect();
    pfade.extend(
        [
            "/massnahmen?f=json",
            "/massnahmen?f=geojson",
            "/massnahmen?ortsteil=ellighofen&f=json",
            "/bilanz?f=html",
            "/dorferneuerung?f=json",
            "/dorferneuerung?f=html",
            "/karte",
            "/ortsteile?f=json",
            "/ortsteile?f=html",
        ]
        .map(String::from),
    );
    for (liste, feld, seiten) in [
        ("/ortsteile", "ortsteile", "/ortsteil"),
        ("/dorferneuerung", "gebiete", "/dorferneuerung"),
    ] {
        let doc = json(&router, &format!("{liste}?f=json")).await;
        let eintraege = doc[feld].as_array().unwrap();
        assert!(!eintraege.is_empty(), "{liste}");
        for eintrag in eintraege {
            let kennung = eintrag["kennung"].as_str().unwrap();
            for f in ["json", "html"] {
                pfade.push(format!("{seiten}/{kennung}?f={f}"));
            }
        }
    }
    for pfad in &pfade {
        let antwort = hole(&router, pfad).await;
        assert_eq!(antwort.status, 200, "{pfad}: {}", antwort.text);
        for (kennung, titel) in &entwuerfe {
            assert!(
                !antwort.text.contains(kennung.as_str()) && !antwort.text.contains(titel.as_str()),
                "{pfad} shows {kennung}"
            );
        }
    }
    let alle = hole(&router, "/massnahmen?f=json").await.text;
    assert!(alle.contains("m-lechsteg"), "what is published is there");
    for (kennung, _) in &entwuerfe {
        assert_eq!(
            hole(&router, &format!("/massnahmen/{kennung}?f=json"))
                .await
                .status,
            404
        );
        for ebene in [
            "massnahmen_punkte",
            "massnahmen_linien",
            "massnahmen_flaechen",
        ] {
            let pfad = format!("/collections/{ebene}/items/{kennung}?f=json");
            assert_eq!(hole(&router, &pfad).await.status, 404, "{pfad}");
        }
    }
}

#[tokio::test]
async fn every_figure_leads_to_its_areas_and_to_the_layer() {
    let (db, router) = dienst().await;
    let mut conn = db.public.acquire().await.unwrap();
    for kennung in ["fnp-2001", "fnp-2025-entwurf"] {
        let plan = plan::waehle(&mut conn, Some(kennung)).await.unwrap();
        for ort in ["kernstadt", "ellighofen"] {
            let b = bilanz::eine(&mut conn, &plan, Some(ort)).await.unwrap();
            for zeile in &b.zeilen {
                let frage = format!("ortsteil={ort}&nutzung={}&f=json", zeile.nutzung);
                let liste =
                    json(&router, &format!("/bilanz/flaechen?plan={kennung}&{frage}")).await;
                let summe: f64 = liste["flaechen"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|f| f["m2"].as_f64().unwrap())
                    .sum();
                let ebene = json(
                    &router,
                    &format!("/collections/fnp_anteile_{kennung}/items?{frage}&limit=10000"),
                )
                .await;
                let gezeigt: f64 = objekte(&ebene)
                    .iter()
                    .map(|f| f["properties"]["m2"].as_f64().unwrap())
                    .sum();
                let was = format!("{kennung} {frage}");
                assert!(
                    (summe - zeile.summe_m2).abs() < 1e-3,
                    "{was}: {summe} {}",
                    zeile.summe_m2
                );
                assert!(
                    (liste["summe_m2"].as_f64().unwrap() - summe).abs() < 1e-6,
                    "{was}"
                );
                assert!(
                    (gezeigt - summe).abs() < 1e-3,
                    "{was}: layer {gezeigt}, table {summe}"
                );
                assert_eq!(ebene["numberMatched"], zeile.anzahl, "{was}");
                if zeile.planung_m2 > 0.0 {
                    let liste = json(
                        &router,
                        &format!("/bilanz/flaechen?plan={kennung}&{frage}&spalte=planung"),
                    )
                    .await;
                    assert!(
                        (liste["summe_m2"].as_f64().unwrap() - zeile.planung_m2).abs() < 1e-3,
                        "{was}"
                    );
                }
            }
        }
    }
}
