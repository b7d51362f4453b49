//! `?stand=…`, `/stand/…` and `datetime`: what was then.

use serde_json::Value;

use super::{dienst, uhr};
use crate::layers::support::{hole, json, objekte};
use crate::strategie::daten::aendere;
use crate::support::datenbank_mit_demo;

/// Links and clocks differ between today and a past day, sums in their last digits (another
/// plan adds in another order); everything else must not.
pub fn gleich(damals: &Value, heute: &Value, stand: &str) -> bool {
    match (damals, heute) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, wert)| {
                    name == "timeStamp" || b.get(name).is_some_and(|auch| gleich(wert, auch, stand))
                })
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| gleich(a, b, stand))
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() <= 1e-9 * a.abs().max(1.0)
        }
        (Value::String(a), Value::String(b)) => a.replace(&format!("/stand/{stand}"), "") == *b,
        (a, b) => a == b,
    }
}

/// Every statement of every page runs on the views of the past, and says the same there.
#[tokio::test]
async fn the_state_of_now_is_today() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db).await;
    let jetzt = uhr(&db).await;
    let doc = json(&router, "/api?f=json").await;
    let mut pfade: Vec<String> = Vec::new();
    for pfad in doc["paths"].as_object().unwrap().keys() {
        match pfad.as_str() {
            "/hier" => pfade.push("/hier?ortsteil=pitzling&f=json".into()),
            // names its paths with the address of the service; compared by the others
            "/api" => {}
            _ if pfad.contains('{') => {}
            _ => pfade.push(pfad.clone()),
        }
    }
    for (liste, feld) in [
        ("/massnahmen?f=json", "massnahmen"),
        ("/ziele?f=json", "ziele"),
        ("/kennzahlen?f=json", "kennzahlen"),
    ] {
        let kopf = liste.split('?').next().unwrap();
        let doc = json(&router, liste).await;
        let kennung = doc[feld][0]["kennung"]
            .as_str()
            .unwrap_or_else(|| panic!("{doc}"));
        pfade.push(format!("{kopf}/{kennung}?f=json"));
        pfade.push(format!("{kopf}/{kennung}?f=html"));
    }
    for seite in [
        "/ortsteile/pitzling",
        "/dorferneuerung",
        "/isek",
        "/geld",
        "/luecken",
        "/strategie",
        "/massnahmen",
        "/bilanz",
        "/karte",
    ] {
        pfade.push(format!("{seite}?f=html"));
    }
    assert!(pfade.len() > 60, "{pfade:?}");
    let mut geprueft = 0;
    for pfad in pfade {
        let heute = hole(&router, &pfad).await;
        let damals = hole(&router, &format!("/stand/{jetzt}{pfad}")).await;
        assert_eq!(damals.status, heute.status, "{pfad}: {}", damals.text);
        // Two ways to say that something is not there need not be one sentence.
        if heute.kopf("content-type").contains("json") && heute.status == 200 {
            assert!(
                gleich(&damals.json(), &heute.json(), &jetzt),
                "{pfad}
{}
{}",
                damals.text,
                heute.text
            );
            geprueft += 1;
        } else if heute.kopf("content-type").contains("html") && heute.status == 200 {
            assert!(damals.text.contains("Stand vom "), "{pfad}");
        }
    }
    assert!(geprueft > 40, "{geprueft}");
}

#[tokio::test]
async fn a_measure_is_seen_as_the_public_saw_it() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db).await;
    let lage = |doc: &Value| -> Vec<String> {
        objekte(doc)
            .iter()
            .map(|o| o["properties"]["ortsteil"].to_string())
            .collect()
    };
    // a measure with a point of its own
    let doc = json(&router, "/collections/massnahmen_punkte/items?limit=1").await;
    let kennung = objekte(&doc)[0]["id"].as_str().unwrap().to_owned();
    let titel = objekte(&doc)[0]["properties"]["titel"].clone();
    let vorher_ort = lage(
        &json(
            &router,
            &format!("/collections/massnahmen_ortsteile/items?kennung={kennung}"),
        )
        .await,
    );
    assert!(!vorher_ort.is_empty());
    let vorher = uhr(&db).await;

    let mut tx = zielraum::db::audit::begin(&db.write, "test", "Umzug")
        .await
        .unwrap();
    sqlx::query("UPDATE strategie.massnahme SET titel = 'Ganz neuer Name' WHERE kennung = $1")
        .bind(&kennung)
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query(
        "UPDATE strategie.raumbezug r SET geom = st_multi(st_pointonsurface(o.geom)) FROM strategie.massnahme m, gemeinde.ortsteil o
         WHERE m.id = r.massnahme_id AND m.kennung = $1 AND r.art = 'punkt' AND o.kennung = (SELECT min(kennung) FROM gemeinde.ortsteil WHERE to_json(kennung)::text <> ALL ($2))",
    )
    .bind(&kennung).bind(&vorher_ort).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let entwurf = uhr(&db).await;
    // edited, not published: the public sees the old name, and saw it then
    let seite = |zeit: &str| format!("/stand/{zeit}/massnahmen/{kennung}?f=json");
    assert_eq!(json(&router, &seite(&entwurf)).await["titel"], titel);
    let mut tx = zielraum::db::audit::begin(&db.write, "test", "Freigabe")
        .await
        .unwrap();
    sqlx::query("SELECT freigabe.veroeffentliche('massnahme', ARRAY(SELECT id FROM strategie.massnahme WHERE kennung = $1))").bind(&kennung).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let nachher = uhr(&db).await;

    for (zeit, soll) in [
        (&vorher, &titel),
        (&entwurf, &titel),
        (&nachher, &Value::from("Ganz neuer Name")),
    ] {
        assert_eq!(&json(&router, &seite(zeit)).await["titel"], soll, "{zeit}");
        let doc = json(
            &router,
            &format!("/collections/massnahmen/items/{kennung}?stand={zeit}"),
        )
        .await;
        assert_eq!(&doc["properties"]["titel"], soll, "{zeit}");
    }
    // where it lies is computed for then
    let frage = format!("/collections/massnahmen_ortsteile/items?kennung={kennung}");
    assert_eq!(
        lage(&json(&router, &format!("{frage}&stand={vorher}")).await),
        vorher_ort
    );
    assert_eq!(
        lage(&json(&router, &format!("{frage}&datetime={vorher}")).await),
        vorher_ort
    );
    let heute = lage(&json(&router, &frage).await);
    assert_ne!(heute, vorher_ort);
    assert_eq!(
        lage(&json(&router, &format!("{frage}&stand={nachher}")).await),
        heute
    );
    // before anything was published there was no measure
    let frueher = "2001-01-01";
    assert_eq!(
        hole(&router, &format!("/massnahmen/{kennung}?stand={frueher}"))
            .await
            .status,
        404
    );
    assert_eq!(
        json(
            &router,
            &format!("/collections/massnahmen/items?stand={frueher}")
        )
        .await["numberMatched"],
        0
    );
}

/// The plan is seen in valid time: the Fassung in force that day, also from before its import.
#[tokio::test]
async fn the_plan_is_the_one_in_force_that_day() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db).await;
    aendere(
        &db,
        &[
            "UPDATE fnp.fassung SET gueltig = '[2001-07-01,)' WHERE plan_id = (SELECT id FROM fnp.plan WHERE kennung = 'fnp-2001')",
            "SELECT freigabe.plan_nachfuehren(id) FROM fnp.plan WHERE kennung = 'fnp-2001'",
        ],
    )
    .await;
    let zahl = |doc: Value| doc["numberMatched"].as_i64().unwrap();
    let heute = zahl(json(&router, "/collections/fnp_flaechen/items?limit=1").await);
    assert!(heute > 0);
    for (tag, soll) in [
        ("2001-06-30", 0),
        ("2001-07-01", heute),
        ("2020-01-01", heute),
    ] {
        for frage in [format!("stand={tag}"), format!("datetime={tag}")] {
            assert_eq!(
                zahl(
                    json(
                        &router,
                        &format!("/collections/fnp_flaechen/items?limit=1&{frage}")
                    )
                    .await
                ),
                soll,
                "{frage}"
            );
        }
    }
    let bilanz = json(&router, "/bilanz?f=json&stand=2020-01-01").await;
    assert_eq!(bilanz, json(&router, "/bilanz?f=json").await);
}

#[tokio::test]
async fn wrong_and_future_days_are_refused_in_german() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db).await;
    for (pfad, wort) in [
        ("/massnahmen?stand=gestern", "gestern"),
        ("/massnahmen?stand=2999-01-01", "Zukunft"),
        ("/massnahmen?stand=", "stand=2026-05-01"),
        ("/massnahmen?stand=2020-01-01&stand=2020-01-02", "mehrfach"),
        ("/stand/2026-02-30/massnahmen", "2026-02-30"),
        ("/stand/", "stand=2026-05-01"),
        (
            "/collections/ortsteile/items?stand=01.05.2020",
            "01.05.2020",
        ),
    ] {
        let antwort = hole(&router, pfad).await;
        assert_eq!(antwort.status, 400, "{pfad}: {}", antwort.text);
        assert!(
            antwort.json()["detail"].as_str().unwrap().contains(wort),
            "{pfad}: {}",
            antwort.text
        );
    }
    // unknown beneath a day stays unknown, and links stay in their day
    assert_eq!(
        hole(&router, "/stand/2020-01-01/gibtsnicht").await.status,
        404
    );
    let doc = json(&router, "/stand/2020-01-01/collections/ortsteile?f=json").await;
    assert!(
        doc["links"][0]["href"]
            .as_str()
            .unwrap()
            .contains("/stand/2020-01-01/collections/ortsteile"),
        "{doc}"
    );
}
