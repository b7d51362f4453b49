//! A town's own relations: every kind, every column type, every type of key.

use serde_json::{Value, json as wert};
use zielraum::http::link::kodiere;

use super::support::{Datenbank, datenbank, execute, hole, json, objekte, router_mit};

const STADT: &str = r#"
[[layer]]
id = "alles"
title = "Alles"
relation = '"Büro"."Alles"'
[[layer]]
id = "sicht"
title = "Sicht"
relation = "Büro.sicht"
key = "id"
[[layer]]
id = "abgelegt"
title = "Materialisierte Sicht"
relation = "Büro.abgelegt"
key = "id"
[[layer]]
id = "geteilt"
title = "Partitionierte Tabelle"
relation = "Büro.geteilt"
key = "id"
[[layer]]
id = "fremd"
title = "Fremde Tabelle"
relation = "Büro.fremd"
key = "id"
[[layer]]
id = "formen"
title = "Formen"
relation = "Büro.formen"
"#;

async fn buero() -> Datenbank {
    let db = datenbank().await;
    let mut conn = db.admin.acquire().await.unwrap();
    execute(&mut conn, include_str!("arten.sql")).await;
    db
}

#[tokio::test]
async fn every_column_type_has_its_json_and_its_schema() {
    let db = buero().await;
    let router = router_mit(&db, STADT).await;
    let text = hole(&router, "/collections/alles/items/1?f=json")
        .await
        .text;
    let schema = json(&router, "/collections/alles/schema?f=json").await;
    let leer = json(&router, "/collections/alles/items/2?f=json").await;
    for (spalte, roh, typ) in [
        ("id", "1", "integer"),
        ("select", r#""a\"\\b""#, "string"),
        ("Höhe (m)", "1.50", "number"),
        ("a\"b", "7", "integer"),
        (
            "abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz_123456789",
            r#""lang""#,
            "string",
        ),
        // no digit is lost on the way
        ("n_gross", "123456789012345678901234567890.5", "number"),
        ("n_nan", "null", "number"),
        ("i_gross", "9007199254740993", "integer"),
        ("f", "0.1", "number"),
        ("f_inf", "null", "number"),
        ("r", "0.1", "number"),
        ("geld", "1234.50", "number"),
        ("oid_", "4294967295", "integer"),
        ("ja", "true", "boolean"),
        ("tag", r#""2025-01-31""#, "string"),
        ("tag_inf", "null", "string"),
        ("zeit", r#""12:30:00""#, "string"),
        ("zeit_tz", r#""12:30:00+01""#, "string"),
        ("ts", r#""2025-01-31T12:30:00""#, "string"),
        ("tstz", r#""2025-01-31T11:30:00Z""#, "string"),
        ("dauer", r#""1 day 02:00:00""#, "string"),
        ("texte", r#"["a", null, "ü,"]"#, "array"),
        ("matrix", "[[1, 2], [3, 4]]", "array"),
        ("fliess", r#"[0.5, "NaN"]"#, "array"),
        ("feld", "[1, 2]", "array"),
        ("js", r#"{"b": 1, "a": [1.0, null]}"#, ""),
        ("jsb", r#"{"a": 1}"#, ""),
        ("jsliste", r#"[1, "x"]"#, ""),
        ("roh", r#""\\x00ff""#, "string"),
        (
            "nummer",
            r#""018f0000-0000-7000-8000-000000000000""#,
            "string",
        ),
        ("ampel", r#""grün""#, "string"),
        ("plz", r#""86899""#, "string"),
        ("adresse", r#"{"nr": 3, "strasse": "Am Lech"}"#, "object"),
        ("spanne", r#""[1,5)""#, "string"),
        ("mehrspannig", r#""{[2025-01-01,2025-02-01)}""#, "string"),
        ("netz", r#""10.0.0.1/32""#, "string"),
        ("netz_", r#""10.0.0.0/8""#, "string"),
        ("bits", r#""101""#, "string"),
        ("xml_", r#""<a b=\"1\"/>""#, "string"),
        ("suche", r#""'haus':1""#, "string"),
        ("zeichen", r#""ab""#, "string"),
        ("vc", r#""abc""#, "string"),
        ("punkt", r#""(1,2)""#, "string"),
    ] {
        let name = serde_json::to_string(spalte).unwrap();
        let soll = format!("{name}:{roh}");
        assert!(text.contains(&soll), "{soll} is not in {text}");
        let ist = schema["properties"][spalte]["type"].as_str().unwrap_or("");
        assert_eq!(ist, typ, "{spalte}: {schema}");
        if spalte != "id" {
            assert_eq!(leer["properties"][spalte], Value::Null, "{spalte}");
        }
    }
    assert_eq!(schema["properties"].as_object().unwrap().len(), 44);
}

#[tokio::test]
async fn every_kind_of_relation_is_a_layer() {
    let db = buero().await;
    let router = router_mit(&db, STADT).await;
    for id in ["alles", "sicht", "abgelegt", "geteilt", "fremd"] {
        let doc = json(&router, &format!("/collections/{id}/items?f=json")).await;
        assert_eq!(objekte(&doc).len(), 2, "{id}");
        assert_eq!(doc["numberMatched"], 2, "{id}");
        for seite in [
            "",
            "/schema",
            "/queryables",
            "/items?f=html",
            "/items/1?f=html",
        ] {
            let antwort = hole(&router, &format!("/collections/{id}{seite}")).await;
            assert_eq!(antwort.status, 200, "{id}{seite}: {}", antwort.text);
        }
    }
    // one rule turns every system into degrees
    let doc = json(&router, "/collections/alles/items/1?f=json").await;
    let ort = &doc["geometry"]["coordinates"][0];
    assert!((ort[0].as_f64().unwrap() - 10.7444).abs() < 0.01, "{ort}");
    let doc = json(&router, "/collections/geteilt/items/1?f=json").await;
    assert_eq!(doc["geometry"]["coordinates"], wert!([[10.8, 48]]));
    let gefiltert = json(
        &router,
        &format!(
            "/collections/alles/items?f=json&geld=1234.50&{}=7",
            kodiere("a\"b")
        ),
    )
    .await;
    assert_eq!(gefiltert["numberMatched"], 1);
}

#[tokio::test]
async fn every_shape_is_drawn() {
    let db = buero().await;
    let router = router_mit(&db, STADT).await;
    let doc = json(&router, "/collections/formen/items?f=json").await;
    let art = |id: i64| {
        let objekt = objekte(&doc).iter().find(|o| o["id"] == id).unwrap();
        let g = &objekt["geometry"];
        let laenge = g["coordinates"][0].as_array().map_or(0, Vec::len);
        (g["type"].as_str().map(str::to_owned), laenge)
    };
    for (id, typ, mindestens) in [
        (1, Some("MultiPoint"), 2),
        (2, Some("MultiPoint"), 2),
        // half a circle in 64 chords, a full one in 128
        (3, Some("MultiLineString"), 65),
        (4, Some("MultiLineString"), 66),
        (5, Some("MultiPolygon"), 1),
        (6, Some("GeometryCollection"), 0),
        (7, Some("MultiPolygon"), 1),
        (8, Some("MultiPolygon"), 1),
        (9, None, 0),
        (10, None, 0),
        (11, Some("MultiLineString"), 65),
    ] {
        assert_eq!(art(id), (typ.map(str::to_owned), mindestens), "{id}");
    }
    let kreis = objekte(&doc).iter().find(|o| o["id"] == 5).unwrap();
    assert_eq!(
        kreis["geometry"]["coordinates"][0][0]
            .as_array()
            .unwrap()
            .len(),
        129
    );
}

/// Types of keys with values; an empty text is none.
const SCHLUESSEL: [(&str, [&str; 5]); 17] = [
    ("text", ["a/b ü %\"?#", "..", "é", "+", "x y"]),
    ("varchar(9)", ["1", "2", "zwei", "3/4", "ß"]),
    ("char(5)", ["ab", "cd", "e", "f/g", "h"]),
    (
        "uuid",
        [
            "018f0000-0000-7000-8000-000000000000",
            "018f0000-0000-7000-8000-000000000001",
            "018f0000-0000-7000-8000-000000000002",
            "018f0000-0000-7000-8000-000000000003",
            "018f0000-0000-7000-8000-000000000004",
        ],
    ),
    (
        "date",
        [
            "2025-01-31",
            "1999-12-31",
            "0044-03-15",
            "infinity",
            "9999-12-31",
        ],
    ),
    (
        "timestamptz",
        [
            "2025-01-31 12:00:00+01",
            "2025-01-31 12:00:00.25Z",
            "1800-01-01Z",
            "infinity",
            "2025-07-01Z",
        ],
    ),
    (
        "timestamp",
        [
            "2025-01-31 12:00",
            "2025-01-31 12:00:00.25",
            "1800-01-01",
            "-infinity",
            "2025-07-01",
        ],
    ),
    (
        "time",
        ["12:00", "12:00:01", "00:00", "24:00", "12:00:00.5"],
    ),
    (
        "double precision",
        ["0.1", "-1e300", "NaN", "Infinity", "1e-9"],
    ),
    ("real", ["0.1", "1e10", "3.3333333", "0", "-7"]),
    (
        "numeric",
        [
            "0.10",
            "123456789012345678901234567890",
            "-1.5",
            "2.00",
            "NaN",
        ],
    ),
    ("\"Büro\".\"Ampel\"", ["rot", "grün", "", "", ""]),
    ("inet", ["10.0.0.1", "10.0.0.0/8", "::1", "", ""]),
    ("bytea", ["\\x00ff", "\\x", "\\x2f", "", ""]),
    ("interval", ["1 day", "02:00", "1 mon", "", ""]),
    ("int4range", ["[1,5)", "empty", "(,3]", "", ""]),
    ("\"Büro\".plz", ["86899", "00001", "", "", ""]),
];

#[tokio::test]
async fn a_key_of_any_type_is_an_address() {
    let db = buero().await;
    for (nr, (typ, werte)) in SCHLUESSEL.into_iter().enumerate() {
        let zeilen: Vec<String> = werte
            .iter()
            .take_while(|w| !w.is_empty())
            .map(|w| format!("('{w}'::{typ})"))
            .collect();
        let mut conn = db.admin.acquire().await.unwrap();
        execute(
            &mut conn,
            &format!(
                "CREATE TABLE \"Büro\".k{nr} (k {typ}); INSERT INTO \"Büro\".k{nr} VALUES {}; GRANT SELECT ON \"Büro\".k{nr} TO zielraum_public",
                zeilen.join(", ")
            ),
        )
        .await;
        let stadt = format!(
            "[[layer]]\nid = \"k\"\ntitle = \"K\"\nrelation = \"Büro.k{nr}\"\nkey = \"k\"\n"
        );
        let router = router_mit(&db, &stadt).await;
        // in pages of two, so that the cursor carries the key too
        let mut gesehen = 0;
        let mut naechste = Some("/collections/k/items?f=json&limit=2".to_owned());
        while let Some(adresse) = naechste {
            let doc = json(&router, &adresse).await;
            for objekt in objekte(&doc) {
                let id = objekt["id"].as_str().unwrap();
                let pfad = format!("/collections/k/items/{}?f=json", kodiere(id));
                let antwort = hole(&router, &pfad).await;
                assert_eq!(antwort.status, 200, "{typ} {id}: {}", antwort.text);
                assert_eq!(antwort.json()["id"], id, "{typ}");
                gesehen += 1;
            }
            naechste =
                super::support::link(&doc, "next").map(|l| super::support::pfad(&l).to_owned());
        }
        assert_eq!(gesehen, zeilen.len(), "{typ}");
        for fremd in [
            "gibt-es-nicht",
            "%00",
            "abcdefghij",
            "99999999999999999999999",
        ] {
            let antwort = hole(&router, &format!("/collections/k/items/{fremd}?f=json")).await;
            assert_eq!(antwort.status, 404, "{typ} {fremd}: {}", antwort.text);
        }
    }
}
