//! Subject data: replaced by source, kept back, measured where they apply.

use serde_json::{Value, json};
use zielraum::import::{fachdaten, flurstuecke};

use super::{dienst, feature, lieferung, rechteck, schreibe, text};
use crate::layers::support::json as lies_json;
use crate::support::{admin, datenbank, zahl};

/// A hectare with attributes as an office holds them, of a person too.
fn objekt(nummer: u32, x: f64) -> Value {
    feature(
        json!({"nummer": nummer, "name": format!("Gebiet {nummer}"), "zone": if nummer == 3 { "II" } else { "III" }, "eigentuemer": "Erika Musterfrau"}),
        &rechteck(x, 5_320_000.0, 100.0, 100.0),
    )
}

/// What a run orders beside its delivery.
type Anpassung<'a> = &'a dyn Fn(&mut fachdaten::Auftrag);

/// The same source replaces what it delivered; others stay; what did not change is not touched.
#[tokio::test]
async fn fachdaten_are_replaced_by_source() {
    let db = datenbank().await;
    let admin = admin(&db).await;
    let ordner = tempfile::tempdir().unwrap();
    let lauf = async |features: &[Value], art: &str, quelle: &str, anpassen: Anpassung<'_>| {
        let datei = schreibe(ordner.path(), "d.geojson", features);
        let mut auftrag = lieferung(datei, art, quelle);
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
}

/// Contaminated sites are kept back unless said otherwise, and can be taken back; one file may
/// hold several zones.
#[tokio::test]
async fn some_fachdaten_are_kept_back() {
    let db = datenbank().await;
    let admin = admin(&db).await;
    let ordner = tempfile::tempdir().unwrap();
    let lauf = async |features: &[Value], art: &str, quelle: &str, anpassen: Anpassung<'_>| {
        let datei = schreibe(ordner.path(), "d.geojson", features);
        let mut auftrag = lieferung(datei, art, quelle);
        auftrag.schluessel = Some("nummer".into());
        anpassen(&mut auftrag);
        fachdaten::fuehre_aus(&db, &auftrag).await
    };
    let nichts = |_: &mut fachdaten::Auftrag| {};
    let (a, b) = (objekt(1, 640_000.0), objekt(2, 641_000.0));
    let altlast = lauf(std::slice::from_ref(&a), "altlast", "Landratsamt", &nichts)
        .await
        .unwrap();
    assert!(!altlast.oeffentlich);
    let oeffentlich = "SELECT count(*) FROM oeffentlich.fachobjekt WHERE art = 'altlast'";
    assert_eq!(zahl(&admin, oeffentlich).await.unwrap(), 0);
    lauf(std::slice::from_ref(&a), "altlast", "Landratsamt", &|a| {
        a.oeffentlich = Some(true);
    })
    .await
    .unwrap();
    assert_eq!(zahl(&admin, oeffentlich).await.unwrap(), 1);
    lauf(std::slice::from_ref(&a), "altlast", "Landratsamt", &|a| {
        a.oeffentlich = Some(false);
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
