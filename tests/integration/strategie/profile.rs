//! Profiles as JSON and as pages, through the public pool; figures against SQL written by hand.

use axum::Router;
use axum::http::StatusCode;
use serde_json::Value;
use zielraum::{strategie, web};

use super::daten::{aendere, bestand};
use crate::anfrage::{self, gerahmt, hole_als};
use crate::support::TestDb;

fn routes(db: &TestDb) -> Router {
    let web = web::routes::router(db.public.clone());
    gerahmt(strategie::routes::router(db.public.clone()).merge(web))
}

async fn sende(db: &TestDb, adresse: &str, accept: &str) -> (StatusCode, String, String) {
    let antwort = hole_als(&routes(db), adresse, accept).await;
    let typ = antwort.kopf("content-type").to_owned();
    (antwort.status, typ, antwort.text)
}

async fn json(db: &TestDb, adresse: &str) -> Value {
    anfrage::json(&routes(db), adresse).await
}

async fn seite(db: &TestDb, adresse: &str) -> String {
    let (status, typ, text) = sende(db, adresse, "text/html").await;
    assert_eq!(status, StatusCode::OK, "{adresse}: {text}");
    assert!(typ.starts_with("text/html"), "{adresse}: {typ}");
    text
}

fn feld<'a>(liste: &'a Value, name: &str) -> Vec<&'a Value> {
    liste
        .as_array()
        .unwrap()
        .iter()
        .map(|zeile| &zeile[name])
        .collect()
}

async fn zahl(db: &TestDb, sql: &'static str) -> f64 {
    sqlx::query_scalar(sql).fetch_one(&db.write).await.unwrap()
}

const TAG: &str = "stichtag=2025-06-30";
const SEITEN: &[&str] = &[
    "/strategie",
    "/handlungsfelder",
    "/ziele",
    "/ziele/sz-flaeche",
    "/ziele/sz-treff",
    "/ziele/oz-treff",
    "/massnahmen",
    "/massnahmen?ortsteil=west",
    "/massnahmen?raumbezug=unverortet",
    "/massnahmen/m-treff",
    "/massnahmen/m-weg",
    "/massnahmen/m-gewerbe",
    "/massnahmen/m-satzung",
    "/massnahmen/m-doerfer",
    "/massnahmen/m-digital",
    "/kennzahlen",
    "/kennzahlen/k-flaeche",
    "/kennzahlen/k-treff",
    "/fachplaene",
    "/fachplaene/fp-isek",
    "/trends",
    "/trends/t-alter",
    "/beschluesse",
    "/beschluesse/b-treff",
    "/akteure",
    "/akteure/a-bau",
    "/sdg",
    "/sdg/11",
    "/sdg/1",
    "/flaechen/a.g1",
    "/ortsteil/west",
    "/ortsteile/ost",
    "/dorferneuerung/dorf-ost",
];

/// Every address answers as JSON and as a page, and nothing confidential or drafted is in either.
#[tokio::test]
async fn every_page_answers_and_nothing_leaks() {
    let db = bestand().await;
    for adresse in SEITEN {
        let html = seite(&db, adresse).await;
        let doc = json(&db, adresse).await.to_string();
        for (verboten, was) in [
            ("m-entwurf", "a draft"),
            ("Dorfladen", "a draft"),
            ("k-geheim", "an unpublished indicator"),
            ("Noch nicht freigegeben", "an unpublished indicator"),
            ("b-geheim", "a decision taken in private"),
            ("Grunderwerb", "a decision taken in private"),
            ("99900000", "a confidential amount"),
            ("999.000", "a confidential amount"),
            ("nur intern", "an internal note"),
        ] {
            assert!(!html.contains(verboten), "{adresse} (page): {was}");
            assert!(!doc.contains(verboten), "{adresse} (JSON): {was}");
        }
        assert!(
            !html.contains("<Alte Schule>"),
            "{adresse}: text is escaped"
        );
        assert!(html.contains("lang=\"de\""));
    }
    // The confidential amount is there, for the town.
    assert!(
        zahl(
            &db,
            "SELECT count(*)::float8 FROM finanzwert WHERE betrag_ct = 99900000"
        )
        .await
            > 0.0
    );
}

#[tokio::test]
async fn a_goal_tells_what_bears_on_it() {
    let db = bestand().await;
    let z = json(&db, &format!("/ziele/sz-flaeche?{TAG}")).await;
    assert_eq!(z["stichtag"], "2025-06-30");
    let k = &z["kennzahlen"][0];
    assert_eq!(
        (&k["kennzahl"], k["ist"].as_f64()),
        (&"k-flaeche".into(), Some(4.2))
    );
    // 2192 of 4383 days from 5 to 2
    let soll = 5.0 - 3.0 * 2192.0 / 4383.0;
    assert!((k["soll"].as_f64().unwrap() - soll).abs() < 1e-9, "{k}");
    assert!((k["abweichung"].as_f64().unwrap() - (soll - 4.2) / 3.0).abs() < 1e-9);
    assert_eq!(k["ampel"]["schluessel"], "gefaehrdet");
    assert_eq!(k["quelle"], "Bericht 2024");
    // 100 ha of G: half in each Ortsteil
    let f = &z["flaechenwirkung"];
    let von_hand = zahl(&db, "SELECT sum(st_area(st_intersection(f.geom, o.geom))) FROM flaeche f, ortsteil o WHERE f.nutzung = 'G'").await;
    assert_eq!(f["belastet_m2"].as_f64(), Some(von_hand));
    assert_eq!(f["dient_m2"].as_f64(), Some(0.0));
    assert_eq!(feld(&f["zeilen"], "ortsteil"), ["ost", "west"]);
    assert_eq!(f["plan"]["kennung"], "fnp-a");
    assert!(
        f["zeilen"][0]["rechenweg"]
            .as_str()
            .unwrap()
            .contains("/bilanz/flaechen?plan=fnp-a")
    );
    assert!(
        k["rechenweg"]
            .as_str()
            .unwrap()
            .contains("/kennzahlen/k-flaeche?")
    );
    // plans contradict each other, the contradiction first
    assert_eq!(z["widerspruch"], true);
    assert_eq!(
        feld(&z["bezuege"]["fundstellen"], "wie"),
        ["widerspricht", "uebernommen"]
    );
    // only the furthering measure's money
    assert_eq!(
        (&z["geld"]["massnahmen"], &z["geld"]["kosten_ct"]),
        (&1.into(), &2_000_000.into())
    );
    assert_eq!(z["stand"]["massnahmen_hemmend"], 1);

    let treff = json(&db, &format!("/ziele/sz-treff?{TAG}")).await;
    assert_eq!(treff["unterziele"][0]["kennung"], "oz-treff");
    assert_eq!(treff["bezuege"]["trends"][0]["wie"], "verstaerkt");
    assert_eq!(treff["bezuege"]["sdg"][0]["kennung"], "11");
    assert_eq!(treff["bezuege"]["beschluesse"][0]["kennung"], "b-treff");
    assert_eq!(treff["stand"]["rueckschritte"], 1);
    let html = seite(&db, &format!("/ziele/sz-treff?{TAG}")).await;
    for teil in [
        "⚠ Rückschritt",
        "−50,0 %",
        "Mittel aus 2 Ortsteilen",
        "+2 dient stark",
        "/bilanz/flaechen?plan=fnp-a%401",
    ] {
        assert!(html.contains(teil), "{teil}\n{html}");
    }
    // The day of view changes the figures: in 2021 the value of 2020 was the newest.
    let damals = json(&db, "/ziele/sz-flaeche?stichtag=2021-06-30").await;
    assert_eq!(damals["kennzahlen"][0]["ist"].as_f64(), Some(4.6));
    let heute = json(&db, "/ziele/sz-flaeche").await;
    assert_ne!(
        heute["stichtag"], "2021-06-30",
        "the day of another request is not kept"
    );
}

#[tokio::test]
async fn a_measure_is_one_sheet() {
    let db = bestand().await;
    let m = json(&db, &format!("/massnahmen/m-treff?{TAG}")).await;
    assert_eq!(m["ampel"]["schluessel"], "verzoegert");
    assert_eq!(m["ampel_anlass"], "Teilschritt überfällig");
    assert_eq!(
        (m["verzug_tage"].as_i64(), m["fortschritt"].as_f64()),
        (Some(30), Some(0.25))
    );
    assert_eq!(
        feld(&m["teilschritte"], "ueberfaellig"),
        [false, true, false]
    );
    assert_eq!(feld(&m["flaechen"], "flaeche"), ["a.w1"]);
    assert_eq!(feld(&m["bezuege"]["beschluesse"], "kennung"), ["b-treff"]);
    assert_eq!(
        feld(&m["bezuege"]["zustaendig"], "wie"),
        ["federfuehrend", "mitwirkend"]
    );
    // the newest estimate counts; a year's Ansatz beats its Finanzplan; VE and Folgekosten are no costs
    assert_eq!(
        (&m["kosten"]["kosten_ct"], &m["kosten"]["schaetzung_am"]),
        (&150_000_000.into(), &"2025-03-01".into())
    );
    assert_eq!(m["kosten"]["jahre_ct"], 3_000_000 + 50_000_000 + 70_000_000);
    assert_eq!(m["kosten"]["bewilligt_ct"], 60_000_000);
    assert_eq!(feld(&m["geld"], "jahr"), [2024, 2026, 2027, 2029]);
    assert_eq!(
        feld(&m["geld"], "kosten_ct"),
        [
            &3_000_000.into(),
            &50_000_000.into(),
            &70_000_000.into(),
            &Value::Null
        ]
    );
    assert_eq!(m["geld"][1]["ve_ct"], 70_000_000);
    // seen earlier, the estimate of 2023 was the newest and the grant's Ansatz unknown
    let damals = json(&db, "/massnahmen/m-treff?stichtag=2024-12-31").await;
    assert_eq!(damals["kosten"]["kosten_ct"], 120_000_000);
    assert_eq!(damals["geld"][1]["plan_ct"], 40_000_000);

    let html = seite(&db, &format!("/massnahmen/m-treff?{TAG}")).await;
    for teil in [
        "Dorftreff &#60;Alte Schule&#62;",
        "1.500.000 €",
        "Schätzung vom 01.03.2025",
        "⚠ überfällig",
        "● bewilligt",
        "class=\"lageplan\"",
        "class=\"lp-punkt\"",
        "Stadtrat, 14.02.2024",
        "konkretisiert",
    ] {
        assert!(html.contains(teil), "{teil}\n{html}");
    }
    assert!(!html.contains("script"), "the sheet needs no script");
    let weg = json(&db, "/massnahmen/m-weg").await;
    assert_eq!(feld(&weg["flaechen"], "flaeche").len(), 3);
    let summe: f64 = feld(&weg["flaechen"], "anteil")
        .iter()
        .map(|a| a.as_f64().unwrap())
        .sum();
    assert!((summe - 1.0).abs() < 1e-9);
    assert!(
        !seite(&db, "/massnahmen/m-satzung")
            .await
            .contains("class=\"lageplan\""),
        "a city-wide measure has no small map"
    );
}

/// Each measure's money is counted once: by share where it lies, apart where it cannot be split.
#[tokio::test]
async fn an_ortsteil_counts_money_once() {
    let db = bestand().await;
    let mut anteilig = 0_i64;
    for (kennung, ct) in [
        ("west", 150_000_000 + 10_000_000),
        ("ost", 10_000_000 + 1_000_000),
    ] {
        let o = json(&db, &format!("/ortsteil/{kennung}?{TAG}")).await;
        assert_eq!(o["geld"]["anteilig_ct"], ct, "{o}");
        assert_eq!(o["geld"]["ungeteilt"]["kosten_ct"], 600_000);
        assert_eq!(o["geld"]["gesamtstadt"]["kosten_ct"], 2_000_000);
        anteilig += ct;
    }
    let alle = zahl(&db, "SELECT sum(kosten_ct)::float8 / 100 FROM massnahme_kosten k JOIN massnahme m ON m.id = k.massnahme_id WHERE kennung NOT IN ('m-entwurf')").await;
    assert_eq!(
        ((anteilig + 600_000 + 2_000_000) / 100).to_string(),
        alle.to_string()
    );
    let ost = json(&db, &format!("/ortsteile/ost?{TAG}")).await;
    assert_eq!(ost["kennzahlen"][0]["grad"].as_f64(), Some(-0.5));
    assert_eq!(
        feld(&ost["flaechenziele"], "kennung"),
        ["sz-flaeche", "sz-treff"]
    );
    assert_eq!(
        ost["flaechenziele"][1]["dient_m2"].as_f64(),
        Some(1_000_000.0)
    );
    let html = seite(&db, &format!("/ortsteil/west?{TAG}")).await;
    assert!(
        html.contains("1.600.000 €") && html.contains("nicht aufgeteilt"),
        "{html}"
    );
}

#[tokio::test]
async fn an_area_tells_goals_measures_ortsteile_and_other_plans() {
    let db = bestand().await;
    let f = json(&db, "/flaechen/a.g1").await;
    assert_eq!(f["belastet"][0]["kennung"], "sz-flaeche");
    assert_eq!(f["dient"][0]["kennung"], "sz-treff");
    // −2 · 2 + 1 · 1
    assert_eq!(f["zielbilanz"].as_f64(), Some(-3.0));
    assert_eq!(feld(&f["massnahmen"], "kennung"), ["m-weg", "m-gewerbe"]);
    assert_eq!(f["ortsteile"][0]["anteil"].as_f64(), Some(0.5));
    assert_eq!(f["andere_plaene"].as_array().map(Vec::len), Some(0));
    aendere(
        &db,
        &[
            "INSERT INTO plan (id, kennung, name, stand, gemeinde_id) VALUES ('00000000-0000-0000-0000-0000000000a2', 'fnp-neu', 'Plan Neu', 'entwurf', 1)",
            "INSERT INTO fassung (id, plan_id, nummer, stand, aktuell, flaeche_m2, geom) SELECT 8, '00000000-0000-0000-0000-0000000000a2', 1, 'entwurf', true, flaeche_m2, geom FROM fassung WHERE id = 7",
            "SELECT fnp.fassung_anlegen('fnp', 8)",
            "INSERT INTO flaeche_f8 (fassung_id, ordnung, kennung, nutzung, klasse, codes, rechtsstand, ebene, flaechenschluss, gueltig, flaeche_m2, geom)
               SELECT 8, 1, 'n.w1', 'W', 'FP_BebauungsFlaeche', '{}', 'planung', 0, true, true, st_area(g), st_multi(g) FROM (VALUES (st_makeenvelope(640000, 5324000, 640750, 5325000, 25832))) x (g)",
            "SELECT fnp.fassung_anhaengen('fnp', 8)",
        ],
    )
    .await;
    let f = json(&db, "/flaechen/a.g1").await;
    assert_eq!(
        f["andere_plaene"].as_array().map(Vec::len),
        Some(0),
        "a draft plan is not public"
    );
    aendere(&db, &["SELECT freigabe.veroeffentliche_fassung(8)"]).await;
    let f = json(&db, "/flaechen/a.g1").await;
    let n = &f["andere_plaene"][0];
    assert_eq!(
        (&n["flaeche"], n["m2"].as_f64(), n["anteil"].as_f64()),
        (&"n.w1".into(), Some(250_000.0), Some(0.25))
    );
    let zurueck = json(&db, "/flaechen/n.w1?plan=fnp-neu").await;
    assert_eq!(feld(&zurueck["andere_plaene"], "flaeche"), ["a.w1", "a.g1"]);
    // the same columns on the layer
    let spalten: (Option<String>, Option<String>, Option<f64>) = sqlx::query_as("SELECT dient_zielen, belastet_ziele, zielbilanz FROM flaeche_aktuell WHERE kennung = 'a.g1'")
        .fetch_one(&db.public)
        .await
        .unwrap();
    assert_eq!(
        spalten,
        (
            Some("Treffpunkte in jedem Dorf".into()),
            Some("Innen vor außen".into()),
            Some(-3.0)
        )
    );
}

#[tokio::test]
async fn what_stands_around_the_strategy() {
    let db = bestand().await;
    let plan = json(&db, "/fachplaene/fp-klima").await;
    assert_eq!(
        plan["widersprueche"][0]["gegenstand"]["kennung"],
        "sz-flaeche"
    );
    assert_eq!(
        feld(&plan["widersprueche"][0]["stellen"], "kennung"),
        ["fp-isek", "fp-klima"]
    );
    assert_eq!(
        json(&db, "/fachplaene").await["fachplaene"][0]["widersprueche"],
        1
    );
    let b = json(&db, "/beschluesse/b-treff").await;
    assert_eq!(
        feld(&b["gegenstaende"], "art"),
        ["ziel", "massnahme", "gebiet"]
    );
    assert_eq!(
        feld(&json(&db, "/beschluesse").await["beschluesse"], "kennung"),
        ["b-treff"]
    );
    let sdg = json(&db, &format!("/sdg/11?{TAG}")).await;
    // m-treff and m-satzung themselves, m-weg through its goal; m-treff once though linked twice
    assert_eq!(
        feld(&sdg["massnahmen"], "kennung"),
        ["m-treff", "m-weg", "m-satzung"]
    );
    assert_eq!(
        sdg["sdg"]["geld"]["kosten_ct"],
        150_000_000 + 20_000_000 + 2_000_000
    );
    assert_eq!(
        json(&db, "/sdg").await["sdg"].as_array().map(Vec::len),
        Some(17)
    );
    let trend = json(&db, "/trends/t-alter").await;
    assert_eq!(
        feld(&trend["gegenstaende"], "wie"),
        ["verstaerkt", "erschwert"]
    );
    assert_eq!(trend["kennzahl"]["kennung"], "k-treff");
    assert_eq!(
        feld(
            &json(&db, "/akteure/a-bau").await["gegenstaende"],
            "kennung"
        ),
        ["m-treff"]
    );
    let s = json(&db, &format!("/strategie?{TAG}")).await;
    assert_eq!(s["fassungen"][0]["leitlinien"][0]["titel"], "Gemeinsam");
    assert_eq!(feld(&s["handlungsfelder"], "massnahmen"), [1, 2]);
    let summe: i64 = feld(&s["massnahmen"], "zahl")
        .iter()
        .map(|z| z.as_i64().unwrap())
        .sum();
    assert_eq!(summe, 7, "each published measure once");
    let gebiet = json(&db, &format!("/dorferneuerung/dorf-ost?{TAG}")).await;
    assert_eq!(gebiet["foerderungen"][0]["stand"], "beantragt");
    assert_eq!(gebiet["beschluesse"][0]["kennung"], "b-treff");
}

#[tokio::test]
async fn an_indicator_has_chart_table_and_rechenweg() {
    let db = bestand().await;
    let html = seite(&db, &format!("/kennzahlen/k-flaeche?{TAG}")).await;
    for teil in [
        "class=\"diagramm\"",
        "Soll-Pfad von der Basis 5,00 (31.12.2018) zum Ziel 2,00 (31.12.2030)",
        "▼ soll sinken",
        "◐ vorläufig",
        "Bericht 2024",
        "◆ Prognose",
    ] {
        assert!(html.contains(teil), "{teil}\n{html}");
    }
    let k = json(&db, &format!("/kennzahlen/k-treff?{TAG}")).await;
    assert_eq!(feld(&k["staende"], "ortsteil"), ["west", "ost"]);
    assert_eq!(feld(&k["staende"], "grad"), [1.5, -0.5]);
    assert_eq!(k["werte"].as_array().map(Vec::len), Some(6));
    assert!(
        k["rechenweg"]
            .as_str()
            .unwrap()
            .ends_with("f=html#rechenweg")
    );
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let db = bestand().await;
    for (adresse, status, teil) in [
        ("/ziele/x", 404, "x"),
        ("/ziele/sz-flaeche?plan=fnp-x", 404, "fnp-x"),
        ("/ziele/sz-flaeche?stichtag=gestern", 400, "gestern"),
        ("/massnahmen/m-entwurf", 404, "m-entwurf"),
        ("/kennzahlen/k-geheim", 404, "k-geheim"),
        ("/beschluesse/b-geheim", 404, "b-geheim"),
        ("/fachplaene/x", 404, "Fachplan"),
        ("/trends/x", 404, "Trend"),
        ("/akteure/x", 404, "Stelle"),
        ("/sdg/18", 404, "1 bis 17"),
        ("/sdg/elf", 404, "1 bis 17"),
        ("/flaechen/a.x", 404, "a.x"),
        ("/kennzahlen?farbe=rot", 400, "farbe"),
        ("/trends?f=xml", 400, "f=html"),
    ] {
        let (code, typ, text) = sende(&db, adresse, "application/json").await;
        assert_eq!(
            (code.as_u16(), typ.as_str()),
            (status, "application/problem+json"),
            "{adresse}: {text}"
        );
        assert!(text.contains(teil), "{adresse}: {text}");
    }
}
