//! Parcels, subject data and inhabitants: imported, replaced, kept back, and asked for.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde_json::{Value, json};
use zielraum::app::{self, App};
use zielraum::db::Database;
use zielraum::error::Error;
use zielraum::import::{einwohner, fachdaten, flurstuecke};

use crate::layers::support::{hole, json as lies_json};
use crate::support::{TestDb, admin, datenbank, datenbank_mit_demo, demo, zahl};

/// Loads what belongs here of the demonstration data.
pub async fn lade_demo(db: &Database) {
    let auftrag = flurstuecke::Auftrag {
        datei: demo("flurstuecke.geojson"),
        quelle: Some("Demodaten".into()),
        wer: "pruefung".into(),
        ..flurstuecke::Auftrag::default()
    };
    flurstuecke::fuehre_aus(db, &auftrag).await.unwrap();
    for eintrag in std::fs::read_dir(demo("")).unwrap() {
        let name = eintrag.unwrap().file_name().into_string().unwrap();
        let Some(art) = name.strip_prefix("fachdaten-") else {
            continue;
        };
        let auftrag = lieferung(demo(&name), art.trim_end_matches(".geojson"), "Demodaten");
        fachdaten::fuehre_aus(db, &auftrag).await.unwrap();
    }
    einwohner::fuehre_aus(db, &demo("einwohner.csv"), "pruefung")
        .await
        .unwrap();
}

fn lieferung(datei: PathBuf, art: &str, quelle: &str) -> fachdaten::Auftrag {
    fachdaten::Auftrag {
        datei,
        art: art.into(),
        quelle: quelle.into(),
        stand: NaiveDate::from_ymd_opt(2025, 1, 1).unwrap(),
        wer: "pruefung".into(),
        ..fachdaten::Auftrag::default()
    }
}

async fn dienst() -> (TestDb, Router) {
    let db = datenbank_mit_demo().await;
    let app = App::neu(&db, None, None, true).await.unwrap();
    let router = app::router(&app);
    (db, router)
}

/// Writes features into a GeoJSON in EPSG:25832.
fn schreibe(ordner: &Path, name: &str, features: &[Value]) -> PathBuf {
    let datei = ordner.join(name);
    let doc = json!({
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
        "features": features,
    });
    std::fs::write(&datei, doc.to_string()).unwrap();
    datei
}

fn feature(eigenschaften: Value, ring: &[[f64; 2]]) -> Value {
    let geometrie = json!({"type": "Polygon", "coordinates": [ring]});
    json!({"type": "Feature", "properties": eigenschaften, "geometry": geometrie})
}

/// A rectangle, south-west corner and size in metres.
fn rechteck(x: f64, y: f64, breit: f64, hoch: f64) -> [[f64; 2]; 5] {
    [
        [x, y],
        [x + breit, y],
        [x + breit, y + hoch],
        [x, y + hoch],
        [x, y],
    ]
}

fn text(fehler: &Error) -> String {
    fehler.to_string()
}

/// Parcel × plan is what PostGIS says of each pair, and the parts add up to the parcel.
#[tokio::test]
async fn a_parcel_adds_up_over_every_plan() {
    let (db, router) = dienst().await;
    let admin = admin(&db).await;
    let liste: Vec<String> = sqlx::query_scalar(
        "SELECT kennzeichen FROM gemeinde.flurstueck ORDER BY md5(kennzeichen) LIMIT 25",
    )
    .fetch_all(&admin)
    .await
    .unwrap();
    let mut geteilt = 0;
    for kennzeichen in liste {
        let doc = lies_json(&router, &format!("/flurstuecke/{kennzeichen}?f=json")).await;
        let ganz = doc["flaeche_m2"].as_f64().unwrap();
        assert_eq!(doc["plaene"].as_array().unwrap().len(), 2);
        for plan in doc["plaene"].as_array().unwrap() {
            let von_hand: Vec<(String, f64)> = sqlx::query_as(
                "SELECT f.kennung, st_area(st_intersection(f.geom, s.geom)) FROM gemeinde.flurstueck s
                 JOIN fnp.flaeche f ON st_intersects(f.geom, s.geom) JOIN fnp.fassung v ON v.id = f.fassung_id AND v.aktuell JOIN fnp.plan p ON p.id = v.plan_id
                 WHERE s.kennzeichen = $1 AND p.kennung = $2 AND st_area(st_intersection(f.geom, s.geom)) > 0.0001 ORDER BY 2 DESC, 1",
            )
            .bind(&kennzeichen)
            .bind(plan["kennung"].as_str().unwrap())
            .fetch_all(&admin)
            .await
            .unwrap();
            let flaechen = plan["flaechen"].as_array().unwrap();
            assert_eq!(flaechen.len(), von_hand.len(), "{kennzeichen}");
            geteilt += usize::from(flaechen.len() > 1);
            for (teil, (kennung, m2)) in flaechen.iter().zip(&von_hand) {
                assert_eq!(teil["kennung"], **kennung);
                assert!((teil["m2"].as_f64().unwrap() - m2).abs() < 1e-6);
                assert!((teil["anteil"].as_f64().unwrap() - m2 / ganz).abs() < 1e-9);
            }
            let zahl = |name: &str| plan[name].as_f64().unwrap();
            let summe = zahl("summe_m2") + zahl("rest_m2") - zahl("ueberlappung_m2");
            assert!((summe - ganz).abs() < 0.01, "{kennzeichen}: {summe} {ganz}");
        }
        assert_eq!(doc["ortsteile"][0]["kennung"], "erpfting");
    }
    assert!(
        geteilt > 5,
        "too few parcels lie on several areas: {geteilt}"
    );
}

/// What the plan does not cover is named as the rest.
#[tokio::test]
async fn a_parcel_beyond_the_plan_names_its_rest() {
    let (db, router) = dienst().await;
    let ordner = tempfile::tempdir().unwrap();
    // The western border of the Gemeinde runs near easting 634830.
    let ring = rechteck(634_700.0, 5_320_700.0, 300.0, 100.0);
    let eigenschaften = json!({"flstkennz": "099901___00001______", "gemarkung": "Rand"});
    let auftrag = flurstuecke::Auftrag {
        datei: schreibe(
            ordner.path(),
            "rand.geojson",
            &[feature(eigenschaften, &ring)],
        ),
        alle: true,
        ..flurstuecke::Auftrag::default()
    };
    flurstuecke::fuehre_aus(
        &db,
        &flurstuecke::Auftrag {
            wer: "pruefung".into(),
            ..auftrag
        },
    )
    .await
    .unwrap();
    let doc = lies_json(
        &router,
        "/flurstuecke/099901___00001______?plan=fnp-2001&f=json",
    )
    .await;
    let [plan] = &doc["plaene"].as_array().unwrap()[..] else {
        panic!("one plan was asked for: {doc}")
    };
    let rest = plan["rest_m2"].as_f64().unwrap();
    assert!(rest > 1000.0 && rest < 29_000.0, "{rest}");
    assert!((rest + plan["summe_m2"].as_f64().unwrap() - 30_000.0).abs() < 0.01);
    let seite = hole(&router, "/flurstuecke/099901___00001______?f=html")
        .await
        .text;
    assert!(seite.contains("ohne Fläche des Plans"));
}

#[tokio::test]
async fn clerks_find_parcels_by_what_they_type() {
    let (_db, router) = dienst().await;
    let suche = async |text: &str| -> Vec<String> {
        let text = zielraum::http::link::kodiere(text);
        let doc = lies_json(&router, &format!("/flurstuecke?f=json&nummer={text}")).await;
        let liste = doc["flurstuecke"].as_array().unwrap();
        liste
            .iter()
            .map(|f| f["nummer"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(suche("6/1").await, ["6/1"]);
    assert_eq!(suche("6").await, ["6/1", "6/2"]);
    assert_eq!(suche("Erpfting 7").await, ["7"]);
    assert_eq!(suche("Gemarkung Erpfting, Flur 0, 6/2").await, ["6/2"]);
    assert_eq!(suche("099903___000060001__").await, ["6/1"]);
    assert_eq!(suche("099903-000-00006/0001").await, ["6/1"]);
    assert_eq!(suche("9999").await, [""; 0]);
    let fehlt = hole(&router, "/flurstuecke?f=json&nummer=Erpfingt%206").await;
    assert_eq!(fehlt.status, StatusCode::NOT_FOUND);
    assert!(fehlt.text.contains("Gemeint ist vielleicht „Erpfting“"));
    let unsinn = hole(&router, "/flurstuecke?f=json&nummer=Rathaus").await;
    assert_eq!(unsinn.status, StatusCode::BAD_REQUEST);
    // Other written forms lead to the same parcel.
    let doc = lies_json(&router, "/flurstuecke/09990300000006000100?f=json").await;
    assert_eq!(doc["kennzeichen"], "099903___000060001__");
    let seite = hole(&router, "/flurstuecke?f=html&nummer=6").await.text;
    assert!(seite.contains("099903___000060002__") && seite.contains("Gefunden: 2"));
}

/// One delivery replaces its Gemarkung: unchanged, changed, gone, in both worlds; owners are not read.
#[tokio::test]
async fn parcels_are_replaced_by_gemarkung() {
    let db = datenbank().await;
    let admin = admin(&db).await;
    let ordner = tempfile::tempdir().unwrap();
    let angaben = |nummer: u32| json!({"flstkennz": format!("099902___{nummer:05}______"), "gemarkung": "Nordheim", "Eigentümer": "Erika Musterfrau", "flaeche": "100"});
    let stueck = |nummer: u32, breit: f64| {
        feature(
            angaben(nummer),
            &rechteck(
                640_000.0 + 10.0 * f64::from(nummer),
                5_320_000.0,
                breit,
                10.0,
            ),
        )
    };
    let lauf = async |features: &[Value], ergaenzen| {
        let auftrag = flurstuecke::Auftrag {
            datei: schreibe(ordner.path(), "f.geojson", features),
            ergaenzen,
            wer: "pruefung".into(),
            ..flurstuecke::Auftrag::default()
        };
        flurstuecke::fuehre_aus(&db, &auftrag).await.unwrap()
    };
    let erster = lauf(&[stueck(1, 10.0), stueck(2, 10.0), stueck(3, 10.0)], false).await;
    assert_eq!((erster.zugang.neu, erster.zugang.entfallen), (3, 0));
    assert_eq!(erster.nicht_gelesen, ["Eigentümer"]);
    assert!(
        erster.felder.contains("kennzeichen aus „flstkennz“"),
        "{}",
        erster.felder
    );
    let zweiter = lauf(&[stueck(1, 10.0), stueck(2, 5.0)], false).await.zugang;
    assert_eq!(
        (
            zweiter.neu,
            zweiter.geaendert,
            zweiter.unveraendert,
            zweiter.entfallen
        ),
        (0, 1, 1, 1)
    );
    let dritter = lauf(&[stueck(4, 10.0)], true).await.zugang;
    assert_eq!((dritter.neu, dritter.entfallen), (1, 0));
    // The same parcel in two parts becomes one.
    let zwei_teile = feature(angaben(5), &rechteck(641_000.0, 5_320_000.0, 10.0, 10.0));
    let vierter = lauf(&[stueck(5, 10.0), zwei_teile], true).await.zugang;
    assert_eq!((vierter.neu, vierter.vereinigt), (1, 1));
    for (sql, soll) in [
        ("SELECT count(*) FROM gemeinde.flurstueck", 4),
        (
            "SELECT count(*) FROM oeffentlich.flurstueck o JOIN gemeinde.flurstueck w USING (kennzeichen, flaeche_m2, nummer) WHERE o.geom = w.geom",
            4,
        ),
        (
            "SELECT count(*) FROM audit.zeile WHERE relation = 'gemeinde.flurstueck' AND art = 'import'",
            4,
        ),
        ("SELECT count(*) FROM audit.pruefe()", 0),
        (
            "SELECT st_numgeometries(geom)::bigint FROM gemeinde.flurstueck WHERE zaehler = 5",
            2,
        ),
        (
            "SELECT count(*) FROM audit.zeile WHERE daten::text LIKE '%Musterfrau%'",
            0,
        ),
    ] {
        assert_eq!(zahl(&admin, sql).await.unwrap(), soll, "{sql}");
    }
}

/// A file with mistakes changes nothing and names each; the public never saw a part of it.
#[tokio::test]
async fn a_bad_delivery_of_parcels_changes_nothing() {
    let db = datenbank().await;
    let admin = admin(&db).await;
    let ordner = tempfile::tempdir().unwrap();
    let gut = feature(
        json!({"flstkennz": "099902___00001______"}),
        &rechteck(640_000.0, 5_320_000.0, 10.0, 10.0),
    );
    let schleife = [
        [0.0, 0.0],
        [10.0, 10.0],
        [10.0, 0.0],
        [0.0, 10.0],
        [0.0, 0.0],
    ]
    .map(|[x, y]| [x + 640_100.0, y + 5_320_000.0]);
    let schief = feature(json!({"flstkennz": "099902___00002______"}), &schleife);
    let leer = feature(
        json!({"flstkennz": "  "}),
        &rechteck(640_200.0, 5_320_000.0, 10.0, 10.0),
    );
    let datei = schreibe(
        ordner.path(),
        "f.geojson",
        &[gut.clone(), schief.clone(), leer],
    );
    let mut auftrag = flurstuecke::Auftrag {
        datei,
        wer: "pruefung".into(),
        ..flurstuecke::Auftrag::default()
    };
    let satz = text(&flurstuecke::fuehre_aus(&db, &auftrag).await.unwrap_err());
    assert!(
        satz.contains("Objekt 2")
            && satz.contains("640105.00 5320005.00")
            && satz.contains("--reparieren"),
        "{satz}"
    );
    assert!(satz.contains("Objekt 3") && satz.contains("leer"), "{satz}");
    assert_eq!(
        zahl(&admin, "SELECT count(*) FROM gemeinde.flurstueck")
            .await
            .unwrap(),
        0
    );
    auftrag.datei = schreibe(ordner.path(), "f.geojson", &[gut, schief]);
    auftrag.reparieren = true;
    let ergebnis = flurstuecke::fuehre_aus(&db, &auftrag).await.unwrap();
    assert_eq!(ergebnis.repariert.len(), 1);
    assert!(
        ergebnis.repariert[0].contains("vorher") && ergebnis.repariert[0].contains("50,00 m²"),
        "{:?}",
        ergebnis.repariert
    );
    assert_eq!(
        zahl(&admin, "SELECT count(*) FROM oeffentlich.flurstueck")
            .await
            .unwrap(),
        2
    );
}

/// The same source replaces what it delivered; others stay; what did not change is not touched.
#[tokio::test]
async fn fachdaten_are_replaced_by_source() {
    let db = datenbank().await;
    let admin = admin(&db).await;
    let ordner = tempfile::tempdir().unwrap();
    let objekt = |nummer: u32, x: f64| {
        feature(
            json!({"nummer": nummer, "name": format!("Gebiet {nummer}"), "zone": if nummer == 3 { "II" } else { "III" }, "eigentuemer": "Erika Musterfrau"}),
            &rechteck(x, 5_320_000.0, 100.0, 100.0),
        )
    };
    let lauf = async |features: &[Value],
                      art: &str,
                      quelle: &str,
                      anpassen: &dyn Fn(&mut fachdaten::Auftrag)| {
        let mut auftrag = lieferung(schreibe(ordner.path(), "d.geojson", features), art, quelle);
        auftrag.schluessel = Some("nummer".into());
        anpassen(&mut auftrag);
        fachdaten::fuehre_aus(&db, &auftrag).await
    };
    let nichts = |_: &mut fachdaten::Auftrag| {};
    let (a, b) = (objekt(1, 640_000.0), objekt(2, 641_000.0));
    let erster = lauf(&[a.clone(), b.clone()], "lsg", "Landratsamt", &nichts)
        .await
        .unwrap();
    assert_eq!((erster.zugang.neu, erster.oeffentlich), (2, true));
    assert_eq!(erster.namensfeld.as_deref(), Some("name"));
    lauf(&[objekt(9, 642_000.0)], "lsg", "Land", &nichts)
        .await
        .unwrap();
    let zweiter = lauf(
        &[a.clone(), objekt(3, 643_000.0)],
        "LSG",
        "Landratsamt",
        &nichts,
    )
    .await
    .unwrap()
    .zugang;
    assert_eq!(
        (
            zweiter.neu,
            zweiter.geaendert,
            zweiter.unveraendert,
            zweiter.entfallen
        ),
        (1, 0, 1, 1)
    );
    let fremd = text(
        &lauf(&[objekt(9, 640_000.0)], "lsg", "Landratsamt", &nichts)
            .await
            .unwrap_err(),
    );
    assert!(
        fremd.contains("„Land“") && fremd.contains("--quelle"),
        "{fremd}"
    );
    for (sql, soll) in [
        ("SELECT count(*) FROM fachdaten.fachobjekt", 3),
        (
            "SELECT version::bigint FROM fachdaten.fachobjekt WHERE kennung = 'lsg-1'",
            1,
        ),
        (
            "SELECT count(*) FROM fachdaten.fachobjekt_historie WHERE kennung = 'lsg-2'",
            1,
        ),
        ("SELECT count(*) FROM oeffentlich.fachobjekt", 3),
        (
            "SELECT count(*) FROM fachdaten.fachobjekt WHERE attribute::text LIKE '%Musterfrau%'",
            0,
        ),
        (
            "SELECT count(*) FROM fachdaten.fachobjekt WHERE attribute ->> 'zone' = 'II'",
            1,
        ),
        (
            "SELECT count(*) FROM oeffentlich.fachdaten_flaeche WHERE rechtsgrundlage = '§ 26 BNatSchG'",
            3,
        ),
        ("SELECT count(*) FROM audit.pruefe()", 0),
    ] {
        assert_eq!(zahl(&admin, sql).await.unwrap(), soll, "{sql}");
    }
    // Contaminated sites are kept back unless said otherwise, and can be taken back.
    let altlast = lauf(std::slice::from_ref(&a), "altlast", "Landratsamt", &nichts)
        .await
        .unwrap();
    assert!(!altlast.oeffentlich);
    let oeffentlich = "SELECT count(*) FROM oeffentlich.fachobjekt WHERE art = 'altlast'";
    assert_eq!(zahl(&admin, oeffentlich).await.unwrap(), 0);
    lauf(std::slice::from_ref(&a), "altlast", "Landratsamt", &|a| {
        a.oeffentlich = Some(true)
    })
    .await
    .unwrap();
    assert_eq!(zahl(&admin, oeffentlich).await.unwrap(), 1);
    lauf(std::slice::from_ref(&a), "altlast", "Landratsamt", &|a| {
        a.oeffentlich = Some(false)
    })
    .await
    .unwrap();
    assert_eq!(zahl(&admin, oeffentlich).await.unwrap(), 0);
    assert_eq!(
        zahl(
            &admin,
            "SELECT count(*) FROM oeffentlich.fachobjekt_historie WHERE art = 'altlast'"
        )
        .await
        .unwrap(),
        0
    );
    // One file, one zone of it.
    let nur = lauf(
        &[a, b, objekt(3, 643_000.0)],
        "wsg_2",
        "Wasserwirtschaftsamt",
        &|a| a.nur = vec![("zone".into(), "II".into())],
    )
    .await
    .unwrap();
    assert_eq!((nur.anders, nur.zugang.neu), (2, 1));
    let unbekannt = text(
        &lauf(&[objekt(1, 0.0)], "hq10", "x", &nichts)
            .await
            .unwrap_err(),
    );
    assert!(
        unbekannt.contains("Gemeint ist vielleicht „hq100“"),
        "{unbekannt}"
    );
}

/// What applies in an area: united within a kind, each in its own dimension, a touch is nothing;
/// what is far from the Gemeinde is not taken.
#[tokio::test]
async fn what_applies_is_measured_and_a_touch_is_nothing() {
    let (db, router) = dienst().await;
    let admin = admin(&db).await;
    let doc = lies_json(&router, "/ortsteil/kernstadt?f=json").await;
    let liste = doc["fachdaten"].as_array().unwrap();
    assert!(liste.len() >= 8, "{liste:?}");
    assert!(liste.iter().all(|b| b["art"] != "altlast"));
    for b in liste {
        let (m2, m): (Option<f64>, Option<f64>) = sqlx::query_as(
            "SELECT st_area(st_union(st_intersection(f.geom, o.geom)) FILTER (WHERE st_dimension(f.geom) = 2)),
               sum(st_length(st_intersection(f.geom, o.geom))) FILTER (WHERE st_dimension(f.geom) = 1)
             FROM fachdaten.fachobjekt f JOIN gemeinde.ortsteil o ON st_intersects(o.geom, f.geom) WHERE o.kennung = 'kernstadt' AND f.art = $1",
        )
        .bind(b["art"].as_str().unwrap())
        .fetch_one(&admin)
        .await
        .unwrap();
        for (gesagt, gemessen) in [(&b["m2"], m2), (&b["laenge_m"], m)] {
            assert!(
                (gesagt.as_f64().unwrap_or(0.0) - gemessen.unwrap_or(0.0)).abs() < 1e-3,
                "{b}"
            );
        }
    }
    let ordner = tempfile::tempdir().unwrap();
    // A parcel of 100 m × 100 m far from all else; one area over its half twice, one beside it, one far away.
    let ort = |x: f64, breit: f64| rechteck(635_800.0 + x, 5_319_200.0, breit, 100.0);
    let stueck = schreibe(
        ordner.path(),
        "s.geojson",
        &[feature(
            json!({"flstkennz": "099901___00007______"}),
            &ort(0.0, 100.0),
        )],
    );
    let auftrag = flurstuecke::Auftrag {
        datei: stueck,
        wer: "pruefung".into(),
        ..flurstuecke::Auftrag::default()
    };
    flurstuecke::fuehre_aus(&db, &auftrag).await.unwrap();
    let namen = |n: &str| json!({"name": n});
    let flaechen = [
        feature(namen("eins"), &ort(-50.0, 100.0)),
        feature(namen("zwei"), &ort(-40.0, 90.0)),
        feature(namen("daneben"), &ort(100.0, 50.0)),
        feature(namen("fern"), &rechteck(700_000.0, 5_400_000.0, 10.0, 10.0)),
    ];
    let auftrag = lieferung(
        schreibe(ordner.path(), "d.geojson", &flaechen),
        "bodendenkmal",
        "Denkmalamt",
    );
    let ergebnis = fachdaten::fuehre_aus(&db, &auftrag).await.unwrap();
    assert_eq!((ergebnis.zugang.neu, ergebnis.ausserhalb), (3, 1));
    let doc = lies_json(&router, "/flurstuecke/099901___00007______?f=json").await;
    let [b] = &doc["fachdaten"].as_array().unwrap()[..] else {
        panic!("{}", doc["fachdaten"])
    };
    assert_eq!(
        (&b["art"], &b["anzahl"], &b["namen"]),
        (&json!("bodendenkmal"), &json!(2), &json!("eins; zwei"))
    );
    assert!((b["m2"].as_f64().unwrap() - 5000.0).abs() < 1e-6, "{b}");
    let gefiltert = lies_json(
        &router,
        "/collections/fachdaten/items?f=json&art=bodendenkmal",
    )
    .await;
    assert_eq!(gefiltert["numberMatched"], 3);
}

#[tokio::test]
async fn inhabitants_stand_at_their_ortsteil() {
    let (db, router) = dienst().await;
    let doc = lies_json(&router, "/ortsteile/erpfting/einwohner?f=json").await;
    assert_eq!(doc["aktuell"]["stichtag"], "2025-12-31");
    assert_eq!(doc["aktuell"]["gesamt"], 1350.0);
    let gruppen = doc["aktuell"]["altersgruppen"].as_array().unwrap();
    assert_eq!(
        gruppen
            .iter()
            .map(|g| g["anzahl"].as_f64().unwrap())
            .sum::<f64>(),
        1350.0
    );
    assert_eq!(gruppen[0]["altersgruppe"], "0-5");
    assert_eq!(doc["stichtage"].as_array().unwrap().len(), 18);
    let ebene = lies_json(&router, "/collections/ortsteile/items/erpfting?f=json").await;
    assert_eq!(ebene["properties"]["einwohner"], 1350.0);
    assert_eq!(ebene["properties"]["einwohner_stichtag"], "2025-12-31");
    let seite = hole(&router, "/ortsteil/erpfting?f=html").await.text;
    for teil in [
        "Was hier gilt",
        "Denkmal-Ensemble",
        "id=\"einwohner\"",
        "unter 6 Jahre",
        "31.12.2042",
        "mittlere",
        "Melderegister",
    ] {
        assert!(seite.contains(teil), "{teil}");
    }
    // A later count replaces the figure of the layer; groups alone give the sum.
    let ordner = tempfile::tempdir().unwrap();
    let datei = ordner.path().join("neu.csv");
    std::fs::write(&datei, b"Ortsteil;Stichtag;Altersgruppe;Anzahl\r\nErpfting;01.01.2026;unter 6;90\r\nErpfting;01.01.2026;6 und \xE4lter;1.270\r\n").unwrap();
    let ergebnis = einwohner::fuehre_aus(&db, &datei, "pruefung")
        .await
        .unwrap();
    assert_eq!((ergebnis.neu, ergebnis.geaendert), (2, 0));
    let nochmal = einwohner::fuehre_aus(&db, &datei, "pruefung")
        .await
        .unwrap();
    assert_eq!((nochmal.neu, nochmal.geaendert), (0, 0));
    let ebene = lies_json(&router, "/collections/ortsteile/items/erpfting?f=json").await;
    assert_eq!(ebene["properties"]["einwohner"], 1360.0);
    std::fs::write(
        &datei,
        "ortsteil;jahr;anzahl\nErpfting;2024;5\nErpfingt;2024;5\n",
    )
    .unwrap();
    let satz = text(
        &einwohner::fuehre_aus(&db, &datei, "pruefung")
            .await
            .unwrap_err(),
    );
    assert!(
        satz.contains("neu.csv, Zeile 3") && satz.contains("„Erpfting“"),
        "{satz}"
    );
}
