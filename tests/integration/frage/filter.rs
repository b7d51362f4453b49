//! Every word of the filter language beside SQL that asks the same of the tables.

use axum::http::StatusCode;
use serde_json::Value;
#[expect(clippy::disallowed_types, reason = "conditions written in this file")]
use sqlx::AssertSqlSafe;
use zielraum::http::extract::Parameter;
use zielraum::strategie;
use zielraum::strategie::massnahme::{Antwort, Frage};

use crate::anfrage::{self, gerahmt};
use crate::strategie::daten::{aendere, bestand};
use crate::support::TestDb;

/// The question of a query string.
pub fn frage(text: &str) -> Frage {
    let parameter = Parameter::lies(text).unwrap();
    Frage::lies(parameter.ohne(&[])).unwrap()
}

/// Kennungen of an answer, those of the whole town last.
pub fn kennungen(antwort: &Antwort) -> Vec<String> {
    let alle = antwort.massnahmen.iter().chain(&antwort.gesamtstadt);
    alle.map(|m| m.kennung.clone()).collect()
}

pub async fn hole(db: &TestDb, adresse: &str) -> (StatusCode, String) {
    let routes = gerahmt(strategie::routes::router(db.public.clone()));
    let antwort = anfrage::hole(&routes, adresse).await;
    (antwort.status, antwort.text)
}

/// More states than bestand.sql has: places of several kinds, an actor below another, and a
/// second value of each kind, so that a word that no longer narrows is noticed.
const DAZU: &[&str] = &[
    "INSERT INTO akteur (id, kennung, titel, art, uebergeordnet_id) VALUES ('00000000-0000-0000-0001-0000000000f1', 'a-tief', 'Abteilung Tiefbau', 'amt', '00000000-0000-0000-0001-000000000001')",
    "INSERT INTO zustaendigkeit (id, akteur_id, massnahme_id) VALUES (gen_random_uuid(), '00000000-0000-0000-0001-0000000000f1', '00000000-0000-0000-0009-000000000002')",
    "INSERT INTO foerderprogramm (id, kennung, titel, geber) VALUES ('00000000-0000-0000-000d-0000000000f1', 'f-land', 'Radwege', 'Land')",
    "INSERT INTO foerderung (id, programm_id, massnahme_id, stand) VALUES (gen_random_uuid(), '00000000-0000-0000-000d-0000000000f1', '00000000-0000-0000-0009-000000000002', 'beantragt')",
    "INSERT INTO fundstelle (id, fachplan_id, massnahme_id, stelle, beziehung) VALUES (gen_random_uuid(), '00000000-0000-0000-000b-000000000002', '00000000-0000-0000-0009-000000000002', 'S. 9', 'uebernommen')",
    "INSERT INTO sdg_bezug (id, sdg, massnahme_id) VALUES (gen_random_uuid(), 13, '00000000-0000-0000-0009-000000000002')",
    "INSERT INTO flurstueck (kennzeichen, gemarkungsnummer, gemarkung, zaehler, geom) VALUES ('098511___00001______', '098511', 'West', 1, st_multi(st_makeenvelope(640200, 5324400, 640320, 5324600, 25832)))",
];

/// A question, and the condition over `massnahme m` it stands for. Space first, for itself:
/// measures of the whole town are added by the test where space is asked.
const FRAGEN: &[(&str, bool, &str)] = &[
    ("", false, "true"),
    (
        "ziel=sz-treff",
        false,
        "EXISTS (SELECT FROM ziel_massnahme x JOIN ziel z ON z.id = x.ziel_id WHERE x.massnahme_id = m.id AND (z.kennung = 'sz-treff' OR z.uebergeordnet_id = (SELECT id FROM ziel WHERE kennung = 'sz-treff')))",
    ),
    (
        "ziel=2.1.1",
        false,
        "EXISTS (SELECT FROM ziel_massnahme x JOIN ziel z ON z.id = x.ziel_id WHERE x.massnahme_id = m.id AND z.kennung = 'oz-treff')",
    ),
    (
        "ziel=sz-flaeche,oz-treff",
        false,
        "EXISTS (SELECT FROM ziel_massnahme x JOIN ziel z ON z.id = x.ziel_id WHERE x.massnahme_id = m.id AND z.kennung IN ('sz-flaeche', 'oz-treff'))",
    ),
    (
        "handlungsfeld=Bauen und Wohnen",
        false,
        "EXISTS (SELECT FROM ziel_massnahme x JOIN ziel z ON z.id = x.ziel_id JOIN handlungsfeld h ON h.id = z.handlungsfeld_id WHERE x.massnahme_id = m.id AND h.kennung = 'hf-wohnen')",
    ),
    (
        "beschlussstand=beschlossen,geprueft",
        false,
        "m.beschlussstand IN ('beschlossen', 'geprueft')",
    ),
    (
        "umsetzungsphase=planung",
        false,
        "m.umsetzungsphase = 'planung'",
    ),
    (
        "umsetzungsphase=betrieb,umsetzung&ohne=ziel",
        false,
        "m.umsetzungsphase IN ('betrieb', 'umsetzung') AND NOT EXISTS (SELECT FROM ziel_massnahme x WHERE x.massnahme_id = m.id)",
    ),
    (
        "ampel=im_plan,unbekannt",
        false,
        "(SELECT ampel FROM massnahme_stand s WHERE s.massnahme_id = m.id) IN ('im_plan', 'unbekannt')",
    ),
    (
        "ampel=gefaehrdet",
        false,
        "(SELECT ampel FROM massnahme_stand s WHERE s.massnahme_id = m.id) = 'gefaehrdet'",
    ),
    (
        "horizont=offen",
        false,
        "m.ende IS NULL AND NOT m.dauerhaft",
    ),
    (
        "aktualitaet=aktuell",
        false,
        "(SELECT aktualitaet FROM massnahme_stand s WHERE s.massnahme_id = m.id) = 'aktuell'",
    ),
    (
        "jahr=2028",
        false,
        "m.beginn <= '2028-12-31' AND m.ende >= '2028-01-01'",
    ),
    (
        "jahr=2023,2027-2028",
        false,
        "m.beginn <= '2028-12-31' AND m.ende >= '2027-01-01'",
    ),
    (
        "aktualitaet=veraltet",
        false,
        "(SELECT aktualitaet FROM massnahme_stand s WHERE s.massnahme_id = m.id) = 'veraltet'",
    ),
    (
        "geldjahr=2027,2029",
        false,
        "EXISTS (SELECT FROM finanzwert w WHERE w.massnahme_id = m.id AND w.jahr IN (2027, 2029))",
    ),
    (
        "geldjahr=2025",
        false,
        "EXISTS (SELECT FROM finanzwert w WHERE w.massnahme_id = m.id AND w.jahr = 2025)",
    ),
    (
        "zustaendig=a-bau",
        false,
        "m.kennung IN ('m-treff', 'm-weg')",
    ),
    ("zustaendig=Abteilung Tiefbau", false, "m.kennung = 'm-weg'"),
    ("leitprojekt=ja", false, "m.leitprojekt"),
    ("leitprojekt=nein", false, "NOT m.leitprojekt"),
    (
        "sdg=11",
        false,
        "EXISTS (SELECT FROM sdg_bezug s WHERE s.massnahme_id = m.id AND s.sdg = 11)",
    ),
    (
        "foerderprogramm=f-eler",
        false,
        "EXISTS (SELECT FROM foerderung f JOIN foerderprogramm p ON p.id = f.programm_id WHERE f.massnahme_id = m.id AND p.kennung = 'f-eler')",
    ),
    (
        "fachplan=ISEK",
        false,
        "EXISTS (SELECT FROM fundstelle f JOIN fachplan p ON p.id = f.fachplan_id WHERE f.massnahme_id = m.id AND p.kennung = 'fp-isek')",
    ),
    (
        "raumbezug=punkt,linie",
        false,
        "EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art IN ('punkt', 'linie'))",
    ),
    (
        "ohne=ort",
        false,
        "NOT EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art <> 'unverortet')",
    ),
    (
        "ohne=kennzahl,zustaendig",
        false,
        "NOT EXISTS (SELECT FROM massnahme_kennzahl r WHERE r.massnahme_id = m.id) AND NOT EXISTS (SELECT FROM zustaendigkeit z WHERE z.massnahme_id = m.id)",
    ),
    (
        "ohne=ziel",
        false,
        "NOT EXISTS (SELECT FROM ziel_massnahme x WHERE x.massnahme_id = m.id)",
    ),
    (
        "ohne=kennzahl",
        false,
        "NOT EXISTS (SELECT FROM massnahme_kennzahl r WHERE r.massnahme_id = m.id)",
    ),
    (
        "ohne=geld",
        false,
        "NOT EXISTS (SELECT FROM finanzwert w WHERE w.massnahme_id = m.id)",
    ),
    ("q=dorfgespraeche", false, "m.titel = 'Dorfgespräche'"),
    ("q=SCHULE KUCHE", false, "m.kennung = 'm-treff'"),
    (
        "ortsteil=west",
        true,
        "EXISTS (SELECT FROM massnahme_ortsteil x WHERE x.massnahme_id = m.id AND x.ortsteil_id = 1)",
    ),
    (
        "ortsteil=West,ost&ampel=im_plan",
        true,
        "EXISTS (SELECT FROM massnahme_ortsteil x WHERE x.massnahme_id = m.id) AND (SELECT ampel FROM massnahme_stand s WHERE s.massnahme_id = m.id) = 'im_plan'",
    ),
    (
        "nutzung=W",
        true,
        "EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND st_intersects(r.geom, st_makeenvelope(640000, 5324000, 640500, 5325000, 25832)))",
    ),
    (
        "nutzung=W,gruen",
        true,
        "EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND (st_intersects(r.geom, st_makeenvelope(640000, 5324000, 640500, 5325000, 25832)) OR st_intersects(r.geom, st_makeenvelope(641500, 5324000, 642000, 5325000, 25832))))",
    ),
    ("flaeche=a.g1", true, "m.kennung IN ('m-weg', 'm-gewerbe')"),
    (
        "flurstueck=098511___00001______",
        true,
        "EXISTS (SELECT FROM raumbezug r JOIN flurstueck f ON st_intersects(f.geom, r.geom) WHERE r.massnahme_id = m.id) OR EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.ortsteil_id = 1)",
    ),
    (
        "bbox=641600,5324000,641900,5324200",
        true,
        "m.kennung = 'm-weg' OR EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.ortsteil_id = 2)",
    ),
    (
        "polygon=POLYGON((640240 5324490,640260 5324490,640260 5324510,640240 5324510,640240 5324490))",
        true,
        "m.kennung = 'm-treff' OR EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.ortsteil_id = 1)",
    ),
    (
        "nahe=640250,5324450&abstand=60",
        true,
        "EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND (st_distance(r.geom, st_setsrid(st_makepoint(640250, 5324450), 25832)) <= 60 OR r.ortsteil_id = 1))",
    ),
    (
        "nahe=640250,5324450&abstand=75",
        true,
        "EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND (st_distance(r.geom, st_setsrid(st_makepoint(640250, 5324450), 25832)) <= 75 OR r.ortsteil_id = 1))",
    ),
    (
        "nahe=massnahme:m-treff&abstand=60&ziel=oz-treff",
        true,
        "m.kennung IN ('m-treff', 'm-entwurf')",
    ),
    (
        "nahe=ortsteil:West&abstand=0&raumbezug=linie",
        true,
        "m.kennung = 'm-weg'",
    ),
];

#[tokio::test]
async fn every_word_equals_hand_written_sql() {
    let db = bestand().await;
    aendere(&db, DAZU).await;
    let mut conn = db.write.acquire().await.unwrap();
    let mut verschieden = std::collections::BTreeSet::new();
    for (text, raeumlich, bedingung) in FRAGEN {
        let antwort = strategie::store::massnahmen(&mut conn, &frage(text))
            .await
            .unwrap();
        // What else was asked holds for measures of the whole town too.
        let stadt = match (*raeumlich, text.replace("&abstand=", "").split_once('&')) {
            (true, None) => {
                "EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art = 'gesamtstadt')"
            }
            (false, _) | (true, Some(_)) => "m.id IS NULL",
        };
        let sql = format!(
            "SELECT m.kennung FROM massnahme m WHERE ({bedingung}) OR ({stadt}) ORDER BY ({stadt}), m.nummer"
        );
        let soll: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut *conn)
            .await
            .unwrap();
        assert_eq!(kennungen(&antwort), soll, "{text}");
        assert_eq!(antwort.anzahl, i64::try_from(soll.len()).unwrap(), "{text}");
        verschieden.insert(soll);
    }
    assert!(
        verschieden.len() > 20,
        "the fixture tells the questions apart: {}",
        verschieden.len()
    );
}

#[tokio::test]
async fn pages_follow_each_other_without_loss() {
    let db = bestand().await;
    let mut conn = db.write.acquire().await.unwrap();
    for sortiert in strategie::massnahme::frage::SORTIERUNGEN {
        let ganz = strategie::store::massnahmen(
            &mut conn,
            &frage(&format!("sortiert={sortiert}&ortsteil=west,ost")),
        )
        .await
        .unwrap();
        let mut soll = kennungen(&ganz);
        assert_eq!(soll.len(), 7, "{sortiert}");
        let mut gesehen = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..20 {
            let mut f = frage(&format!("sortiert={sortiert}&ortsteil=west,ost&limit=2"));
            f.cursor = cursor;
            let seite = strategie::store::massnahmen(&mut conn, &f).await.unwrap();
            assert!(kennungen(&seite).len() <= 2 && seite.anzahl == 7);
            gesehen.extend(kennungen(&seite));
            cursor = seite.weiter;
            if cursor.is_none() {
                break;
            }
        }
        soll.sort();
        gesehen.sort();
        assert_eq!(gesehen, soll, "{sortiert}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_refused_with_what_does() {
    let db = bestand().await;
    for (adresse, teil) in [
        ("/massnahmen?ortsteil=wset", "Meinten Sie „West“"),
        ("/massnahmen?ortsteile=west", "Meinten Sie „ortsteil“"),
        ("/massnahmen?ampel=gelb", "im_plan"),
        ("/massnahmen?sdg=18", "17"),
        ("/massnahmen?abstand=500", "nahe="),
        ("/massnahmen?nahe=10.88,48.05", "abstand"),
        ("/massnahmen?nahe=48.05,10.88&abstand=5", "vertauscht"),
        (
            "/massnahmen?nahe=massnahme:m-digital&abstand=5",
            "keinen Ort",
        ),
        ("/massnahmen?nahe=640300,5324500&abstand=-1", "Abstand"),
        ("/massnahmen?bbox=1,2,3", "west,süd,ost,nord"),
        ("/massnahmen?jahr=morgen", "2026"),
        ("/massnahmen?limit=0", "ab 1"),
        ("/massnahmen?cursor=x", "weiter"),
        ("/massnahmen?plan=fnp-a", "Nutzung"),
        ("/massnahmen?flaeche=a.x", "a.x"),
        ("/massnahmen?flurstueck=1", "Flurstück"),
        ("/massnahmen?polygon=POLYGON((0%200))", "ungültig"),
        ("/massnahmen?leitprojekt=vielleicht", "ja noch nein"),
        ("/massnahmen?ortsteil=,", "Komma"),
        ("/massnahmen?f=xml", "csv"),
    ] {
        let (status, text) = hole(&db, adresse).await;
        let problem: Value = serde_json::from_str(&text).unwrap();
        let detail = problem["detail"].as_str().unwrap();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{adresse}: {detail}");
        assert!(detail.contains(teil), "{adresse}: {detail}");
    }
}

#[tokio::test]
async fn the_public_sees_the_same_language_as_json_csv_and_page() {
    let db = bestand().await;
    let (_, ganz) = hole(&db, "/massnahmen?ortsteil=west").await;
    let ganz: Value = serde_json::from_str(&ganz).unwrap();
    let kennungen = |json: &Value| -> Vec<String> {
        let teile = ["massnahmen", "gesamtstadt"]
            .iter()
            .flat_map(|teil| json[*teil].as_array().unwrap());
        teile
            .map(|m| m["kennung"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        kennungen(&ganz),
        ["m-treff", "m-weg", "m-gewerbe", "m-doerfer", "m-satzung"]
    );
    let (_, text) = hole(&db, "/massnahmen?ortsteil=west&limit=2").await;
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&json["anzahl"], &json["anzahl_gesamtstadt"]),
        (&5.into(), &1.into()),
        "{json}"
    );
    assert!(!text.contains("m-entwurf"));
    assert_eq!(kennungen(&json), ["m-treff", "m-weg"]);
    let naechste = json["links"][0]["href"].as_str().unwrap();
    let pfad = &naechste[naechste.find("/massnahmen").unwrap()..];
    let (status, weiter) = hole(&db, pfad).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        !weiter.contains("\"m-treff\"") && weiter.contains("m-gewerbe"),
        "{weiter}"
    );
    let (_, csv) = hole(&db, "/massnahmen?ortsteil=west&f=csv").await;
    assert!(csv.starts_with("\u{feff}kennung;nummer;"), "{csv}");
    assert!(
        csv.contains("m-weg;M-02;Radweg") && csv.contains(";0,500000;"),
        "{csv}"
    );
    let (status, seite) = hole(
        &db,
        "/massnahmen?ortsteil=west&ampel=im_plan,unbekannt&q=%22%3E%3Cscript%3E&f=html",
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        seite.contains("<option value=\"west\" selected>West</option>")
            && seite.contains("im_plan,unbekannt"),
        "{seite}"
    );
    assert!(!seite.contains("\"><script>"));
}
