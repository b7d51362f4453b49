//! Parcels: delivered, replaced, found, and cut with the plans.

use axum::http::StatusCode;
use serde_json::{Value, json};
use zielraum::import::flurstuecke;

use super::{dienst, feature, rechteck, schreibe, text};
use crate::layers::support::{hole, json as lies_json};
use crate::support::{admin, datenbank, zahl};

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
    // Words, not keys; and the figures stand first, where a phone shows them.
    assert!(
        !seite.contains("ohne_angabe") && !seite.contains("<td>bestand</td>"),
        "{seite}"
    );
    assert!(seite.find("hier m²") < seite.find("Rechtsstand"), "{seite}");
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
