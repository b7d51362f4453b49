//! Questions, against figures of the fixture and against SQL written by hand.

use zielraum::dorferneuerung::inhalt;
use zielraum::error::Error;
use zielraum::strategie::massnahme::{Antwort, Frage, MassnahmeKurz};
use zielraum::strategie::{ausgabe, store};

use super::daten::{
    ALLE, aendere, datei, entwurf, fixtures, oeffentlich, stadt, veroeffentliche_plan,
};
use crate::support::TestDb;

pub async fn town() -> TestDb {
    let db = stadt().await;
    veroeffentliche_plan(&db).await;
    oeffentlich(&db, &fixtures(&ALLE)).await.unwrap();
    db
}

async fn frage(db: &TestDb, frage: Frage) -> Antwort {
    let mut conn = db.write.acquire().await.unwrap();
    store::massnahmen(&mut conn, &frage).await.unwrap()
}

pub fn kennungen(liste: &[MassnahmeKurz]) -> Vec<&str> {
    liste.iter().map(|m| m.kennung.as_str()).collect()
}

fn ortsteil(kennung: &str) -> Frage {
    Frage {
        ortsteil: Some(kennung.into()),
        ..Frage::default()
    }
}

/// The join written down once more, from the places alone.
const VON_HAND: &str = "
  WITH ort AS (
    SELECT m.kennung, r.art, coalesce(r.geom, (SELECT f.geom FROM flaeche f WHERE f.fassung_id = 7 AND f.kennung = r.flaeche_kennung), o.geom) AS geom, o.kennung AS ortsteil
    FROM massnahme m JOIN raumbezug r ON r.massnahme_id = m.id LEFT JOIN ortsteil o ON o.id = r.ortsteil_id
  )
  SELECT ort.kennung FROM ort, ortsteil z WHERE z.kennung = $1 AND CASE art
      WHEN 'ortsteil' THEN ort.ortsteil = $1
      WHEN 'punkt' THEN (SELECT min(x.id) FROM ortsteil x WHERE st_intersects(x.geom, ort.geom)) = z.id
      WHEN 'linie' THEN st_length(st_intersection(ort.geom, z.geom)) > 0.01
      ELSE st_area(st_intersection(ort.geom, z.geom)) > 0.01 END
  GROUP BY 1 ORDER BY min((SELECT nummer FROM massnahme m WHERE m.kennung = ort.kennung))";

#[tokio::test]
async fn measures_by_ortsteil_equal_hand_written_sql() {
    let db = town().await;
    for (kennung, zahl) in [("west", 5), ("ost", 4)] {
        let antwort = frage(&db, ortsteil(kennung)).await;
        let von_hand: Vec<String> = sqlx::query_scalar(VON_HAND)
            .bind(kennung)
            .fetch_all(&db.write)
            .await
            .unwrap();
        assert_eq!(kennungen(&antwort.massnahmen), von_hand);
        assert_eq!(antwort.massnahmen.len(), zahl);
        assert_eq!(kennungen(&antwort.gesamtstadt), ["m-satzung"]);
        assert_eq!(antwort.unverortet, 1);
    }
    let west = frage(&db, ortsteil("west")).await;
    let von = |kennung: &str| {
        west.massnahmen
            .iter()
            .find(|m| m.kennung == kennung)
            .unwrap()
    };
    assert_eq!(
        (von("m-weg").schnitt_m, von("m-weg").anteil),
        (Some(750.0), Some(0.5))
    );
    assert_eq!(
        (
            von("m-gewerbe").schnitt_m2,
            von("m-gewerbe").herkunft.as_deref()
        ),
        (Some(500_000.0), Some("lage"))
    );
    assert_eq!(von("m-treff").punkte, Some(1));
    assert_eq!(von("m-treff").ziele[0].kennung, "oz-treff");
    assert_eq!(
        von("m-treff").handlungsfeld.as_ref().unwrap().farbe,
        "#8E44AD"
    );
    let ost = frage(&db, ortsteil("ost")).await;
    let pflege = ost
        .massnahmen
        .iter()
        .find(|m| m.kennung == "m-pflege")
        .unwrap();
    assert_eq!(
        (pflege.herkunft.as_deref(), pflege.raumbezug.as_slice()),
        (Some("ortsteil"), &["ortsteil".to_owned()][..])
    );
    assert!(
        west.massnahmen.iter().any(|m| m.entwurf),
        "the working world sees drafts"
    );
}

#[tokio::test]
async fn a_point_on_the_border_counts_once() {
    let db = town().await;
    let in_west = frage(&db, ortsteil("west"))
        .await
        .massnahmen
        .iter()
        .any(|m| m.kennung == "m-grenze");
    let in_ost = frage(&db, ortsteil("ost"))
        .await
        .massnahmen
        .iter()
        .any(|m| m.kennung == "m-grenze");
    assert_eq!((in_west, in_ost), (true, false));
}

/// A city-wide measure that also has a place is listed once, where it lies.
#[tokio::test]
async fn the_whole_town_is_listed_apart_and_once() {
    let db = town().await;
    entwurf(
        &db,
        &[datei(
            "r.csv",
            "massnahme;art;wkt\nm-satzung;gesamtstadt;\nm-satzung;punkt;POINT(640100 5324100)\n",
        )],
    )
    .await
    .unwrap();
    let west = frage(&db, ortsteil("west")).await;
    assert!(kennungen(&west.massnahmen).contains(&"m-satzung") && west.gesamtstadt.is_empty());
    let ost = frage(&db, ortsteil("ost")).await;
    assert!(!kennungen(&ost.massnahmen).contains(&"m-satzung"));
    assert_eq!(kennungen(&ost.gesamtstadt), ["m-satzung"]);
    let alle = frage(&db, Frage::default()).await;
    assert_eq!((alle.massnahmen.len(), alle.gesamtstadt.len()), (9, 0));
}

#[tokio::test]
async fn measures_without_a_place_can_be_listed() {
    let db = town().await;
    entwurf(
        &db,
        &[datei("m.csv", "kennung;titel;art\nm-ohne;Ohne;bau\n")],
    )
    .await
    .unwrap();
    let antwort = frage(
        &db,
        Frage {
            raumbezug: Some("unverortet".into()),
            ..Frage::default()
        },
    )
    .await;
    assert_eq!(kennungen(&antwort.massnahmen), ["m-digital", "m-ohne"]);
    assert_eq!(antwort.unverortet, 2);
    let flaechen = frage(
        &db,
        Frage {
            raumbezug: Some("flaeche".into()),
            ..Frage::default()
        },
    )
    .await;
    assert_eq!(kennungen(&flaechen.massnahmen), ["m-park"]);
}

#[tokio::test]
async fn measures_on_a_land_use() {
    let db = town().await;
    let antwort = frage(
        &db,
        Frage {
            nutzung: Some("G".into()),
            ..Frage::default()
        },
    )
    .await;
    assert_eq!(antwort.plan.as_ref().unwrap().kennung, "fnp-a");
    let zahlen: Vec<_> = antwort
        .massnahmen
        .iter()
        .map(|m| (m.kennung.as_str(), m.schnitt_m2, m.schnitt_m, m.punkte))
        .collect();
    assert_eq!(
        zahlen,
        [
            ("m-weg", None, Some(1000.0), None),
            ("m-park", Some(20_000.0), None, None),
            ("m-gewerbe", Some(1_000_000.0), None, None),
            ("m-grenze", None, None, Some(1)),
        ]
    );
    // Everything asked must hold.
    let beides = frage(
        &db,
        Frage {
            nutzung: Some("G".into()),
            ziel: Some("sz-treff".into()),
            ..Frage::default()
        },
    )
    .await;
    assert_eq!(kennungen(&beides.massnahmen), ["m-weg"]);
}

#[tokio::test]
async fn a_goal_takes_the_goals_below_along() {
    let db = town().await;
    let antwort = frage(
        &db,
        Frage {
            ziel: Some("sz-treff".into()),
            ..Frage::default()
        },
    )
    .await;
    assert_eq!(
        kennungen(&antwort.massnahmen),
        ["m-treff", "m-weg", "m-entwurf"]
    );
    let mut conn = db.write.acquire().await.unwrap();
    let ziel = store::ziel(&mut conn, "sz-treff").await.unwrap();
    assert_eq!(
        (ziel.kurz.gefoerdert_durch, ziel.kurz.gehemmt_durch),
        (3, 0)
    );
    assert_eq!(ziel.unterziele.len(), 1);
    assert_eq!(
        ziel.nutzungen
            .iter()
            .map(|n| (n.nutzung.as_str(), n.wirkung))
            .collect::<Vec<_>>(),
        [("gruen", 2), ("G", 1)]
    );
    let reihenfolge: Vec<_> = store::ziele(&mut conn, None, None)
        .await
        .unwrap()
        .into_iter()
        .map(|z| z.kennung)
        .collect();
    assert_eq!(reihenfolge, ["sz-flaeche", "sz-treff", "oz-treff"]);
}

#[tokio::test]
async fn an_area_shows_the_goals_it_serves_and_strains() {
    let db = town().await;
    let mut conn = db.public.acquire().await.unwrap();
    let antwort = store::flaeche_ziele(&mut conn, None, "a.g1").await.unwrap();
    assert_eq!(
        antwort
            .dient
            .iter()
            .map(|w| (w.ziel.kennung.as_str(), w.wirkung))
            .collect::<Vec<_>>(),
        [("sz-treff", 1)]
    );
    assert_eq!(
        antwort.belastet[0].begruendung.as_deref(),
        Some("Neue Gewerbeflächen verbrauchen Boden.")
    );
    assert_eq!(
        kennungen(&antwort.massnahmen),
        ["m-weg", "m-park", "m-gewerbe", "m-grenze"]
    );
    assert_eq!(antwort.massnahmen[1].schnitt_m2, Some(20_000.0));
    let text = ausgabe::flaeche_tabelle(&antwort);
    assert!(
        text.contains("Gewerbliche Baufläche, 100,0000 ha") && text.contains("belastet  −2"),
        "{text}"
    );
    let fehler = store::flaeche_ziele(&mut conn, None, "a.x")
        .await
        .unwrap_err();
    assert!(
        matches!(&fehler, Error::NichtGefunden(text) if text.contains("a.x") && text.contains("fnp-a"))
    );
}

#[tokio::test]
async fn a_village_renewal_area_and_what_lies_in_it() {
    let db = town().await;
    let mut conn = db.public.acquire().await.unwrap();
    let gebiet = inhalt::gebiet(&mut conn, "dorf-ost", None).await.unwrap();
    let nutzungen: Vec<_> = gebiet
        .nutzungen
        .iter()
        .map(|n| (n.nutzung.as_str(), n.m2, n.anteil, n.anzahl))
        .collect();
    assert_eq!(
        nutzungen,
        [("G", 80_000.0, 0.5, 1), ("gruen", 80_000.0, 0.5, 1)]
    );
    assert_eq!(
        kennungen(&gebiet.projekte),
        ["m-treff", "m-pflege"],
        "a project may lie outside"
    );
    assert_eq!(kennungen(&gebiet.massnahmen), ["m-park", "m-gewerbe"]);
    assert_eq!(kennungen(&gebiet.gesamtstadt), ["m-satzung"]);
    let ziele: Vec<_> = gebiet
        .ziele
        .iter()
        .map(|z| (z.kennung.as_str(), z.gefoerdert_durch, z.gehemmt_durch))
        .collect();
    assert_eq!(
        ziele,
        [("sz-treff", 1, 0), ("oz-treff", 1, 0), ("sz-flaeche", 0, 1)]
    );
    let text = zielraum::dorferneuerung::ausgabe::tabelle(&gebiet);
    assert!(
        text.contains("Dorferneuerung, ◑ Angeordnet, 16,00 ha, Ortsteil Ost"),
        "{text}"
    );
    assert!(matches!(
        inhalt::gebiet(&mut conn, "x", None).await,
        Err(Error::NichtGefunden(_))
    ));
    assert!(matches!(
        inhalt::gebiet(&mut conn, "dorf-ost", Some("x")).await,
        Err(Error::NichtGefunden(_))
    ));
    // Without a plan the measures remain.
    aendere(
        &db,
        &[
            "DELETE FROM oeffentlich.raumbezug WHERE plan_id IS NOT NULL",
            "DELETE FROM oeffentlich.verweis",
            "UPDATE oeffentlich.fassung SET aktuell = false",
        ],
    )
    .await;
    let gebiet = inhalt::gebiet(&mut conn, "dorf-ost", None).await.unwrap();
    assert!(gebiet.plan.is_none() && gebiet.nutzungen.is_empty() && gebiet.projekte.len() == 2);
}

#[tokio::test]
async fn unknown_things_are_named() {
    let db = town().await;
    let mut conn = db.write.acquire().await.unwrap();
    for (frage, code, teil) in [
        (ortsteil("nord"), 2, "nord"),
        (
            Frage {
                ziel: Some("sz-x".into()),
                ..Frage::default()
            },
            2,
            "sz-x",
        ),
        (
            Frage {
                nutzung: Some("X".into()),
                ..Frage::default()
            },
            2,
            "Möglich sind: W, M",
        ),
        (
            Frage {
                nutzung: Some("W".into()),
                plan: Some("fnp-x".into()),
                ..Frage::default()
            },
            2,
            "fnp-x",
        ),
        (
            Frage {
                plan: Some("fnp-a".into()),
                ..Frage::default()
            },
            2,
            "zusammen mit einer Nutzung",
        ),
        (
            Frage {
                raumbezug: Some("mond".into()),
                ..Frage::default()
            },
            2,
            "gesamtstadt",
        ),
    ] {
        let fehler = store::massnahmen(&mut conn, &frage).await.unwrap_err();
        assert_eq!(fehler.exit_code(), code, "{fehler}");
        assert!(fehler.to_string().contains(teil), "{fehler}");
    }
    assert!(matches!(
        store::massnahme(&mut conn, "m-x", false).await,
        Err(Error::NichtGefunden(_))
    ));
    assert!(matches!(
        store::ziel(&mut conn, "sz-x").await,
        Err(Error::NichtGefunden(_))
    ));
    let mut public = db.public.acquire().await.unwrap();
    assert!(
        matches!(
            store::massnahme(&mut public, "m-entwurf", false).await,
            Err(Error::NichtGefunden(_))
        ),
        "a draft does not exist for the public"
    );
}
