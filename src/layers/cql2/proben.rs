//! What holds for every filter: text ↔ tree ↔ JSON, the budget, messages with their place.

use proptest::prelude::*;

use super::baum::{Art, Ausdruck, Feld, Logik, Op, Raum, Rechnung, Stelle, Zeit};
use super::{Grenzen, Sprache, lies, schreiben};

fn knoten(art: Art) -> Ausdruck {
    Ausdruck {
        art,
        stelle: Stelle::Zeichen(1),
    }
}

fn aufruf(op: Op, argumente: Vec<Ausdruck>) -> Ausdruck {
    Ausdruck::aufruf(op, argumente, Stelle::Zeichen(1))
}

/// Numbers of at most 15 digits: of longer ones the JSON reader may miss the last bit.
fn zahl() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (-1_000_000_000..1_000_000_000_i32).prop_map(|n| f64::from(n) / 64.0),
        1 => Just(1e300),
        1 => Just(-2.5e-9)
    ]
}

fn ort() -> impl Strategy<Value = geo_types::Coord<f64>> {
    (-11520..11520_i32, -5760..5760_i32).prop_map(|(x, y)| geo_types::Coord {
        x: f64::from(x) / 64.0,
        y: f64::from(y) / 64.0,
    })
}

fn geometrie() -> impl Strategy<Value = geo_types::Geometry<f64>> {
    use geo_types::{Geometry, LineString, MultiPoint, Point, Polygon};
    let linie = || proptest::collection::vec(ort(), 2..5).prop_map(LineString);
    let flaeche = || {
        proptest::collection::vec(ort(), 3..6).prop_map(|mut orte| {
            orte.push(orte[0]);
            Polygon::new(LineString(orte), Vec::new())
        })
    };
    let einfach = prop_oneof![
        ort().prop_map(|c| Geometry::Point(Point(c))),
        linie().prop_map(Geometry::LineString),
        flaeche().prop_map(Geometry::Polygon),
        proptest::collection::vec(ort().prop_map(Point), 1..4)
            .prop_map(|p| Geometry::MultiPoint(MultiPoint(p))),
        proptest::collection::vec(linie(), 1..3)
            .prop_map(|l| Geometry::MultiLineString(geo_types::MultiLineString(l))),
        proptest::collection::vec(flaeche(), 1..3)
            .prop_map(|p| Geometry::MultiPolygon(geo_types::MultiPolygon(p))),
    ];
    let sammlung = proptest::collection::vec(einfach.clone(), 1..3)
        .prop_map(|g| Geometry::GeometryCollection(geo_types::GeometryCollection(g)));
    prop_oneof![4 => einfach, 1 => sammlung]
}

fn zeit() -> impl Strategy<Value = Ausdruck> {
    let moment = (-60_000_000_000..250_000_000_000_i64, 0..1_000_000_000_u32)
        .prop_filter_map("in range", |(s, n)| chrono::DateTime::from_timestamp(s, n));
    prop_oneof![
        moment.clone().prop_map(|z| knoten(Art::Zeitpunkt(z))),
        moment.prop_map(|z| knoten(Art::Datum(z.date_naive()))),
    ]
}

fn blatt() -> impl Strategy<Value = Ausdruck> {
    let text = "[a-zäöüß'\\\\%_\" .,()]{0,12}";
    let name = "[a-zA-ZäÖ_0-9 \".]{1,10}";
    let ende = prop_oneof![zeit(), Just(knoten(Art::Offen))];
    prop_oneof![
        text.prop_map(|t| knoten(Art::Text(t))),
        (-i64::MAX..i64::MAX).prop_map(|z| knoten(Art::Ganz(z))),
        zahl().prop_map(|z| knoten(Art::Zahl(z))),
        any::<bool>().prop_map(|w| knoten(Art::Wahr(w))),
        zeit(),
        (ende.clone(), ende).prop_map(|(a, b)| knoten(Art::Intervall(Box::new([a, b])))),
        geometrie().prop_map(|g| knoten(Art::Geometrie(g))),
        proptest::collection::vec(zahl(), 4..5).prop_map(|z| knoten(Art::Kasten(z))),
        name.prop_map(|n| knoten(Art::Eigenschaft(n))),
    ]
}

fn ausdruck() -> impl Strategy<Value = Ausdruck> {
    blatt().prop_recursive(4, 30, 4, |innen| {
        let zwei = || (innen.clone(), innen.clone()).prop_map(|(a, b)| vec![a, b]);
        let logik = proptest::sample::select(vec![
            Logik::Und,
            Logik::Oder,
            Logik::Gleich,
            Logik::Ungleich,
            Logik::Kleiner,
            Logik::Groesser,
            Logik::KleinerGleich,
            Logik::GroesserGleich,
            Logik::Wie,
        ]);
        let raum = proptest::sample::select(Raum::ALLE.to_vec());
        let zeit = proptest::sample::select(Zeit::ALLE.to_vec());
        let feld = proptest::sample::select(Feld::ALLE.to_vec());
        let rechnung = proptest::sample::select(Rechnung::ALLE.to_vec());
        let liste =
            || proptest::collection::vec(blatt(), 2..4).prop_map(|werte| knoten(Art::Liste(werte)));
        prop_oneof![
            (logik, zwei()).prop_map(|(op, a)| aufruf(Op::Logik(op), a)),
            innen
                .clone()
                .prop_map(|a| aufruf(Op::Logik(Logik::Nicht), vec![a])),
            innen
                .clone()
                .prop_map(|a| aufruf(Op::Logik(Logik::IstNull), vec![a])),
            (innen.clone(), zwei()).prop_map(|(a, mut b)| {
                b.insert(0, a);
                aufruf(Op::Logik(Logik::Zwischen), b)
            }),
            (innen.clone(), liste())
                .prop_map(|(a, liste)| aufruf(Op::Logik(Logik::In), vec![a, liste])),
            (rechnung, zwei()).prop_map(|(op, a)| aufruf(Op::Rechnung(op), a)),
            (raum, zwei()).prop_map(|(op, a)| aufruf(Op::Raum(op), a)),
            (zeit, zwei()).prop_map(|(op, a)| aufruf(Op::Zeit(op), a)),
            (feld, liste(), liste()).prop_map(|(op, a, b)| aufruf(Op::Feld(op), vec![a, b])),
            ("(casei|accenti|lower|meine)", innen.clone())
                .prop_map(|(name, a)| aufruf(Op::Funktion(name), vec![a])),
        ]
    })
}

proptest! {
    #[test]
    fn text_and_json_come_back_as_the_same_tree(baum in ausdruck()) {
        prop_assume!(Grenzen::pruefe(&baum).is_ok());
        let text = schreiben::text(&baum);
        let json = schreiben::json(&baum).to_string();
        prop_assume!(text.len() <= Grenzen::BYTES && json.len() <= Grenzen::BYTES);
        prop_assert_eq!(&lies(&text, Sprache::Text).map_err(|e| TestCaseError::fail(format!("{e}: {text}")))?, &baum);
        prop_assert_eq!(&lies(&json, Sprache::Json).map_err(|e| TestCaseError::fail(format!("{e}: {json}")))?, &baum);
    }

    #[test]
    fn nothing_breaks_the_readers(text in ".{0,200}", stuecke in "([(),=<>'\"+*/^-]|NOT |AND |OR |a|1|POINT|DATE|IN |BETWEEN |CASEI){0,60}") {
        for filter in [text, stuecke] {
            let _ = lies(&filter, Sprache::Text);
            let _ = lies(&filter, Sprache::Json);
        }
    }
}

fn meldung(text: &str, sprache: Sprache) -> String {
    lies(text, sprache).expect_err(text).to_string()
}

#[test]
fn messages_name_place_and_what_was_expected() {
    for (text, teile) in [
        ("", &["Zeichen 1", "nutzung = 'W'"][..]),
        ("a = ", &["Zeichen 5", "endet der Filter"]),
        ("a = 'x", &["Zeichen 5", "nicht endet", "verdoppelt"]),
        ("a == 1", &["Zeichen 4", "„=“"]),
        ("a = “x”", &["Zeichen 5", "geraden Anführungszeichen"]),
        ("a = 1 b = 2", &["Zeichen 7", "„b“", "AND"]),
        ("a = NULL", &["Zeichen 5", "IS NULL"]),
        ("a BETWEEN 1 OR 2", &["Zeichen 13", "AND"]),
        ("a IN ()", &["leer"]),
        ("a = 1 = 2", &["Zeichen 7", "aneinanderreihen"]),
        ("a = DATE('2024-02-30')", &["Zeichen 10", "2024-02-30"]),
        (
            "S_INTERSECTS(g, POLYGON((0 0,1 1,1 0)))",
            &["vier Stützpunkte"],
        ),
        (
            "S_INTERSECTS(g, POLYGON((0 0,1 1,1 0,0 1)))",
            &["schließt nicht"],
        ),
        ("a = 1e999", &["zu groß"]),
        ("a = 12abc", &["Zeichen 5", "12"]),
        ("a = 'x\0'", &["Zeichen 7", "Nullzeichen"]),
    ] {
        let meldung = meldung(text, Sprache::Text);
        for teil in teile {
            assert!(meldung.contains(teil), "{text}: {meldung}");
        }
    }
    for (json, teile) in [
        ("{", &["zu früh", "cql2-text"][..]),
        ("a = 1", &["cql2-text"]),
        (
            r#"{"op":"=","args":[{"property":"a"},null]}"#,
            &["/args/1", "isNull"],
        ),
        (r#"{"op":"and"}"#, &["/args", "args"]),
        (
            r#"{"op":"=","args":[{"date":"2024-13-01"},1]}"#,
            &["/args/0/date"],
        ),
        (
            r#"{"op":"=","args":["a\u0000",1]}"#,
            &["/args/0", "Nullzeichen"],
        ),
    ] {
        let meldung = meldung(json, Sprache::Json);
        for teil in teile {
            assert!(meldung.contains(teil), "{json}: {meldung}");
        }
    }
}

#[test]
fn the_budget_holds_for_both_encodings() {
    let beide = |text: &str| {
        let baum = super::parser::lies(text).expect(text);
        let json = schreiben::json(&baum).to_string();
        assert_eq!(
            lies(text, Sprache::Text).is_ok(),
            lies(&json, Sprache::Json).is_ok(),
            "{text}"
        );
        lies(text, Sprache::Text).is_ok()
    };
    let nicht = |n: usize| format!("{}a = 1", "NOT ".repeat(n));
    assert!(beide(&nicht(19)) && !beide(&nicht(20)));
    let viele = |n: usize| vec!["a = 1"; n].join(" OR ");
    assert!(beide(&viele(33)) && !beide(&viele(34)));
    let liste = |n: usize| format!("a IN ({})", vec!["1"; n].join(","));
    assert!(beide(&liste(200)) && !beide(&liste(201)));
    let punkte = |n: usize| {
        let orte: Vec<_> = (0..n).map(|i| format!("{i} 1")).collect();
        format!("S_INTERSECTS(g,MULTIPOINT({}))", orte.join(","))
    };
    assert!(beide(&punkte(500)) && lies(&punkte(1001), Sprache::Text).is_err());
    assert!(lies(&format!("a = '{}'", "x".repeat(8192)), Sprache::Text).is_err());
    // Idle brackets cost no depth, but end somewhere.
    let klammern = |n: usize| format!("{}a = 1{}", "(".repeat(n), ")".repeat(n));
    assert!(lies(&klammern(30), Sprache::Text).is_ok());
    for n in [41, 60, 4000] {
        assert!(lies(&klammern(n), Sprache::Text).is_err());
        assert!(lies(&"-".repeat(n), Sprache::Text).is_err());
        assert!(lies(&"casei(".repeat(n.min(1000)), Sprache::Text).is_err());
    }
}

#[test]
fn deep_filters_fit_a_worker_thread() {
    // The smallest stack a worker may have; each bracket through every rank of operators.
    let faden = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
        let rang = "a OR b AND c = d + e * f ^ (";
        let _ = lies(&rang.repeat(250), Sprache::Text);
        let json = "{\"op\":\"not\",\"args\":[".repeat(120);
        let _ = lies(&json, Sprache::Json);
        let _ = lies(&"[".repeat(8000), Sprache::Json);
    });
    faden.expect("thread").join().expect("no overflow");
}

#[test]
fn both_forms_qgis_writes_are_read() {
    for text in [
        "(nutzung = 'x')",
        "(\"flaeche_m2\" <> 5)",
        "(NOT (\"a_b\" IS NOT NULL))",
        "\"a\" NOT IN ('x','y')",
        "\"a\" NOT BETWEEN 1 AND 2",
        "( - (\"a\")) < 5 % 2",
        "CASEI(\"a\") LIKE CASEI('%x\\\\_y%')",
        "(\"t\" >= TIMESTAMP('2024-01-01T00:00:00.000Z')) AND (\"d\" = DATE('2024-01-01'))",
        "S_INTERSECTS(\"geom\",BBOX(1.5,2,3,4))",
        "filter = 1",
    ] {
        lies(text, Sprache::Text).expect(text);
    }
    let Art::Aufruf(_, argumente) = lies("a = 'x\\\\y''z\\q'", Sprache::Text)
        .expect("reads")
        .art
    else {
        panic!("a comparison");
    };
    assert_eq!(argumente[1].art, Art::Text("x\\y'z\\q".into()));
}
