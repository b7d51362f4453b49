//! The protocol: what the whole plan shows, sums in = sums out, its pages.

use axum::Router;
use sqlx::{PgConnection, PgPool};
use zielraum::app::{self, App};
use zielraum::fnp::bilanz::Pruefung;
use zielraum::fnp::objekt::{Befund, Schwere};
use zielraum::import::fnp::{Auftrag, fuehre_aus};
use zielraum::import::gebiete::{self, Art, Felder};
use zielraum::import::protokoll::{Protokoll, summen};
use zielraum::import::xplangml::Klassenzaehlung;

use crate::layers::support::{hole, json};
use crate::lieferung::Plan;
use crate::support::{TestDb, datenbank, zahl};

const SCHLUSS: &str = "<x:flaechenschluss>true</x:flaechenschluss>";

fn mit<'p>(protokoll: &'p Protokoll, code: &str) -> Vec<&'p Befund> {
    protokoll
        .befunde
        .iter()
        .filter(|b| b.code == code)
        .collect()
}

fn kasten(x: f64, y: f64, breite: f64, hoehe: f64) -> [(f64, f64); 4] {
    [
        (x, y),
        (x + breite, y),
        (x + breite, y + hoehe),
        (x, y + hoehe),
    ]
}

async fn dienst(db: &TestDb) -> Router {
    app::router(&App::neu(db, None, None, false).await.unwrap())
}

/// A Gemeinde around the plan, 200 × 100 m from 638000 5321000 on, or elsewhere.
async fn gemeinde(db: &TestDb, ags: &str, breite: f64) {
    let ordner = tempfile::TempDir::new().unwrap();
    let datei = ordner.path().join("gemeinde.geojson");
    let ecken: Vec<String> = kasten(638_000.0, 5_321_000.0, breite, 100.0)
        .iter()
        .chain(&[(638_000.0, 5_321_000.0)])
        .map(|(x, y)| format!("[{x},{y}]"))
        .collect();
    std::fs::write(
        &datei,
        format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::25832"}}}},"features":[{{"type":"Feature","properties":{{"name":"Ort {ags}","ags":"{ags}"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}]}}"#,
            ecken.join(",")
        ),
    )
    .unwrap();
    gebiete::fuehre_aus(db, Art::Gemeinde, &datei, Felder::default(), "pruefung")
        .await
        .unwrap();
}

#[tokio::test]
async fn an_object_on_another_level_is_named_and_the_plan_imported() {
    let db = datenbank().await;
    let eben = "<x:ebene>1</x:ebene><x:flaechenschluss>true</x:flaechenschluss>";
    let protokoll = Plan::neu("p")
        .wohnen(0.0, 200.0)
        .mit("FP_Gruen", eben, &kasten(20.0, 20.0, 50.0, 40.0))
        .importiere(&db)
        .await;
    let befunde = mit(&protokoll, "flaechenschluss-ebene");
    assert_eq!(befunde.len(), 1, "{:#?}", protokoll.befunde);
    let b = befunde[0];
    assert!(
        b.text.contains("0,2000 ha") && b.text.contains("Ebene 1"),
        "{}",
        b.text
    );
    assert_eq!(b.klasse.as_deref(), Some("FP_Gruen"));
    assert!(
        b.kennung.as_deref().is_some_and(|k| k.contains('2')),
        "{b:?}"
    );
    let [x, y] = b.ort.unwrap();
    assert!((638_020.0..=638_070.0).contains(&x) && (5_321_020.0..=5_321_060.0).contains(&y));
    let text = protokoll
        .text()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for satz in [
        "Bitte im Plan ebene oder flaechenschluss berichtigen",
        &format!("Objekt: {}.", b.kennung.as_deref().unwrap()),
        &format!("Ort: {x:.2} {y:.2}."),
    ] {
        assert!(text.contains(satz), "{satz}: {text}");
    }
    let summen = protokoll.summen.clone().unwrap();
    assert_eq!(
        (summen.gelesen, summen.uebernommen, summen.gespeichert),
        (3, 3, 2)
    );
    assert!((summen.flaechen_m2 - 20_000.0).abs() < 1e-6);
    assert_eq!(
        zahl(&db.public, "SELECT count(*) FROM ueberlagerung")
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn copies_are_found_whatever_point_they_begin_with() {
    let db = datenbank().await;
    let mut gedreht = kasten(100.0, 0.0, 100.0, 100.0);
    gedreht.rotate_left(2);
    gedreht.reverse();
    let schutz = kasten(10.0, 10.0, 20.0, 20.0);
    let protokoll = Plan::neu("p")
        .wohnen(0.0, 100.0)
        .wald(100.0, 200.0)
        // another class, other order and direction of points: the same place twice
        .mit("FP_Gruen", SCHLUSS, &gedreht)
        .mit("FP_SchutzPflegeEntwicklung", "", &schutz)
        .mit("FP_SchutzPflegeEntwicklung", "", &schutz)
        // the same form, but another kind of overlay
        .mit("FP_AusgleichsFlaeche", "", &schutz)
        .importiere(&db)
        .await;
    let doppelt = mit(&protokoll, "geometrie-doppelt");
    assert_eq!(doppelt.len(), 2, "{doppelt:#?}");
    assert_eq!(doppelt[0].schwere, Schwere::Warnung);
    assert!(
        doppelt[0].text.contains("p.2")
            && doppelt[0].text.contains("p.3")
            && doppelt[0].text.contains("1,0000 ha"),
        "{}",
        doppelt[0].text
    );
    assert_eq!(doppelt[1].schwere, Schwere::Hinweis);
    assert_eq!(
        doppelt[1].klasse.as_deref(),
        Some("FP_SchutzPflegeEntwicklung")
    );
    let p = protokoll.bilanz.unwrap();
    assert!((p.ueberlappung_m2 - 10_000.0).abs() < 1e-6);
}

#[tokio::test]
async fn gaps_name_their_neighbours_and_overlaps_their_areas() {
    let db = datenbank().await;
    let protokoll = Plan::neu("p")
        .wohnen(0.0, 100.0)
        .wald(90.0, 180.0)
        .importiere(&db)
        .await;
    let luecke = mit(&protokoll, "flaechenschluss-luecke");
    assert_eq!(luecke.len(), 1);
    assert!(
        luecke[0].text.contains("(2.000,0 m²)") && luecke[0].text.contains("neben p.2"),
        "{}",
        luecke[0].text
    );
    let ueber = mit(&protokoll, "flaechenschluss-ueberlappung");
    assert!(
        ueber[0].text.contains("(1.000,0 m²)")
            && ueber[0].text.contains("von ")
            && ueber[0].text.contains("p.1"),
        "{}",
        ueber[0].text
    );
    assert!(mit(&protokoll, "flaechenschluss-luecke-summe").is_empty());
}

#[tokio::test]
async fn many_gaps_are_listed_to_twenty_and_summed_exactly() {
    let db = datenbank().await;
    let mut plan = Plan::neu("p");
    for i in 0..25 {
        let von = f64::from(i) * 8.0;
        plan = plan.wald(von, von + 6.0);
    }
    let protokoll = plan.importiere(&db).await;
    assert_eq!(mit(&protokoll, "flaechenschluss-luecke").len(), 20);
    let summe = mit(&protokoll, "flaechenschluss-luecke-summe");
    // 25 gaps of 2 × 100 m
    assert!(
        summe[0].text.contains("zusammen: 0,5000 ha")
            && summe[0].text.contains("20 größten mit 0,4000 ha"),
        "{}",
        summe[0].text
    );
}

#[tokio::test]
async fn a_plan_is_held_against_the_gemeinde() {
    let db = datenbank().await;
    gemeinde(&db, "09999001", 200.0).await;
    let sauber = Plan::neu("p").wohnen(0.0, 200.0).importiere(&db).await;
    assert!(sauber.befunde.is_empty(), "{:#?}", sauber.befunde);
    let draussen = Plan::neu("p")
        .wohnen(0.0, 200.0)
        .mit(
            "FP_SchutzPflegeEntwicklung",
            "",
            &kasten(300.0, 0.0, 10.0, 10.0),
        )
        .importiere(&db)
        .await;
    let befunde = mit(&draussen, "ausserhalb-gemeinde");
    assert_eq!(befunde.len(), 1, "{:#?}", draussen.befunde);
    assert_eq!(befunde[0].kennung.as_deref(), Some("p.2"));
    assert!(
        befunde[0].text.contains("100 m von ihrer Grenze"),
        "{}",
        befunde[0].text
    );

    // A Gemeinde twice as wide: half of it has no plan.
    gemeinde(&db, "09999001", 400.0).await;
    let halb = Plan::neu("p").wohnen(0.0, 200.0).importiere(&db).await;
    let befunde = mit(&halb, "geltungsbereich-gemeinde");
    assert_eq!(befunde[0].schwere, Schwere::Warnung);
    assert!(
        befunde[0]
            .text
            .contains("2,0000 ha der Gemeinde (50,0 %) sind ohne Plan"),
        "{}",
        befunde[0].text
    );
}

#[tokio::test]
async fn a_plan_of_somebody_else_is_told() {
    let db = datenbank().await;
    gemeinde(&db, "09181130", 200.0).await;
    let protokoll = Plan::neu("p").wohnen(0.0, 200.0).importiere(&db).await;
    let befunde = mit(&protokoll, "gemeinde-fremd");
    assert_eq!(befunde.len(), 1);
    assert!(
        befunde[0].text.contains("Musterdorf (AGS 09999001)")
            && befunde[0].text.contains("09181130"),
        "{}",
        befunde[0].text
    );
}

#[tokio::test]
async fn findings_made_while_reading_name_the_area_as_it_is_stored() {
    let db = datenbank().await;
    let schleife = [(100.0, 0.0), (200.0, 100.0), (200.0, 0.0), (100.0, 100.0)];
    Plan::neu("p")
        .wohnen(0.0, 100.0)
        .mit("FP_Gruen", SCHLUSS, &schleife)
        .importiere(&db)
        .await;
    // The bow tie is first in the file now: GML_1, yet it stays p.2.
    let protokoll = Plan::neu("p")
        .mit("FP_Gruen", SCHLUSS, &schleife)
        .wohnen(0.0, 100.0)
        .importiere(&db)
        .await;
    let b = mit(&protokoll, "geometrie-ungueltig")[0];
    assert_eq!(b.kennung.as_deref(), Some("p.2"));
    assert!(
        b.text.contains("FP_Gruen p.2:") && !b.text.contains("p.1"),
        "{}",
        b.text
    );
    let gespeichert: Vec<(String, String)> = befunde(&db.write).await;
    assert!(
        gespeichert.contains(&("geometrie-ungueltig".into(), "p.2".into())),
        "{gespeichert:?}"
    );
    let plan = Plan::neu("q")
        .wohnen(0.0, 100.0)
        .mit("FP_Gruen", SCHLUSS, &schleife);
    let auftrag = Auftrag {
        reparieren: true,
        ..plan.auftrag()
    };
    let repariert = fuehre_aus(&db, &auftrag).await.unwrap();
    let b = mit(&repariert, "geometrie-repariert")[0];
    assert!(
        b.text.contains("ha vorher") && b.text.contains("0,5000 ha nachher"),
        "{}",
        b.text
    );
}

async fn befunde(pool: &PgPool) -> Vec<(String, String)> {
    sqlx::query_as("SELECT b.code, coalesce(b.kennung, '') FROM import_befund b JOIN fassung f ON f.importlauf_id = b.importlauf_id AND f.aktuell")
        .fetch_all(pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_count_or_a_sum_that_differs_is_our_fault() {
    let db = datenbank().await;
    let protokoll = Plan::neu("p")
        .wohnen(0.0, 100.0)
        .wald(90.0, 210.0)
        .importiere(&db)
        .await;
    let (klassen, bilanz) = (protokoll.klassen, protokoll.bilanz.unwrap());
    let mut conn = db.write.acquire().await.unwrap();
    let pruefe = async |conn: &mut PgConnection, klassen: &[Klassenzaehlung], bilanz: &Pruefung| {
        let ergebnis = summen::pruefe(conn, 1, klassen, bilanz).await;
        ergebnis.map_err(|fehler| fehler.exit_code())
    };
    assert!(pruefe(&mut conn, &klassen, &bilanz).await.is_ok());
    let mut verloren = klassen.clone();
    let wald = verloren.iter_mut().find(|k| k.klasse == "FP_WaldFlaeche");
    let wald = wald.unwrap();
    (wald.gelesen, wald.uebernommen) = (2, 2);
    assert_eq!(
        pruefe(&mut conn, &verloren, &bilanz).await,
        Err(1),
        "two taken over, one stored"
    );
    for falsch in [
        Pruefung {
            ausserhalb_m2: bilanz.ausserhalb_m2 + 50.0,
            ..bilanz
        },
        Pruefung {
            summe_m2: bilanz.summe_m2 + 50.0,
            ..bilanz
        },
        Pruefung {
            luecke_m2: bilanz.luecke_m2 + 50.0,
            ..bilanz
        },
    ] {
        assert_eq!(
            pruefe(&mut conn, &klassen, &falsch).await,
            Err(1),
            "{falsch:?}"
        );
    }
}

#[tokio::test]
async fn the_protocol_is_a_contract_and_reads_at_eighty_columns() {
    let db = datenbank().await;
    Plan::neu("p")
        .wohnen(0.0, 100.0)
        .wald(100.0, 200.0)
        .importiere(&db)
        .await;
    let protokoll = Plan::neu("p")
        .wohnen(0.0, 120.0)
        .wald(110.0, 190.0)
        .importiere(&db)
        .await;
    let json = serde_json::to_value(&protokoll).unwrap();
    assert_eq!(json["protokoll"], 2);
    for feld in [
        "datei",
        "format",
        "version",
        "plan",
        "ergebnis",
        "klassen",
        "befunde",
        "bilanz",
        "summen",
        "vergleich",
    ] {
        assert!(!json[feld].is_null(), "{feld}");
    }
    assert_eq!(json["vergleich"]["vorgaenger"]["fassung"], 1);
    let text = protokoll.text();
    assert!(
        text.lines().all(|zeile| zeile.chars().count() <= 80),
        "{text}"
    );
    for satz in [
        "Vergleich mit Fassung 1",
        "Zahl und Fläche stimmen",
        "Nutzung im ganzen Plan",
        "+0,20",
    ] {
        assert!(text.contains(satz), "{satz}: {text}");
    }
}

#[tokio::test]
async fn the_pages_show_published_imports_only() {
    let db = datenbank().await;
    Plan::neu("p")
        .wohnen(0.0, 100.0)
        .wald(100.0, 200.0)
        .importiere(&db)
        .await;
    Plan::neu("p")
        .wohnen(0.0, 120.0)
        .wald(110.0, 190.0)
        .importiere(&db)
        .await;
    Plan::neu("geheim")
        .rechtsstand(Some("2000"))
        .wald(0.0, 200.0)
        .importiere(&db)
        .await;
    let router = dienst(&db).await;
    let liste = json(&router, "/importe?f=json").await;
    let ids: Vec<&str> = liste["importe"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["p@2", "p@1"]);
    assert!(
        !liste.to_string().contains("pruefung"),
        "the author stays inside"
    );

    let eine = json(&router, "/importe/p@2?f=json").await;
    assert_eq!(eine["vergleich"]["objekte"][0]["geaendert"], 2);
    assert_eq!(eine["summen"]["gespeichert"], 2);
    assert_eq!(eine["befunde"][0]["titel"], "Lücke");
    let seite = hole(&router, "/importe/p%402?f=html").await;
    assert_eq!(seite.status, 200);
    for teil in [
        "Was gelesen wurde",
        "FP_BebauungsFlaeche",
        "▲ Warnung: Lücke",
        "Vergleich mit Fassung 1",
        "Wohnbaufläche",
        "import_befunde/items?plan=p",
    ] {
        assert!(seite.text.contains(teil), "{teil}: {}", seite.text);
    }
    let ebene = hole(&router, "/collections/import_befunde/items?plan=p&f=html").await;
    assert_eq!(ebene.status, 200);
    for pfad in [
        "/importe?f=html",
        "/importe/p@1?f=html",
        "/pruefen/links?f=html",
        "/pruefen/links?f=json",
    ] {
        assert_eq!(hole(&router, pfad).await.status, 200, "{pfad}");
    }
    for pfad in [
        "/importe/geheim@1?f=html",
        "/importe/p@9?f=json",
        "/importe/x?f=json",
    ] {
        assert_eq!(hole(&router, pfad).await.status, 404, "{pfad}");
    }
}
