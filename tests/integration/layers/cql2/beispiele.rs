//! Each operator of the standard with what it finds, as text and as JSON.

use super::{finde, versetzt, zehn};
use zielraum::layers::cql2::{Sprache, lies, schreiben};

const ALLE: &[i64] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

#[rustfmt::skip]
const TEXT: &[(&str, &[i64])] = &[
    // Basic CQL2.
    ("zahl = 1", &[1]), ("zahl <> 1", &[2, 3, 4, 5, 7, 8, 9, 10]), ("zahl != 1", &[2, 3, 4, 5, 7, 8, 9, 10]),
    ("zahl < 1", &[4, 5]), ("zahl <= 1", &[1, 4, 5]), ("zahl > 8", &[9, 10]), ("zahl >= 8", &[8, 9, 10]),
    ("1 = zahl", &[1]), ("zahl > 1.5 AND zahl < 3", &[2]), ("zahl = -4", &[4]), ("zahl = - 4", &[4]), ("zahl = 1.0", &[1]),
    ("art = 'W'", &[1, 2, 8]), ("art = 'w'", &[]), ("\"art\" = 'W'", &[1, 2, 8]), ("art > 'X'", &[5, 7]), ("art <> 'W'", &[3, 4, 5, 7, 9, 10]),
    ("name = 'O''Neil 100%'", &[5]), ("name = 'O\\'Neil 100%'", &[5]), ("name = ''", &[7]), ("name = 'a_b\\\\c'", &[6]), ("name = 'a_b\\c'", &[6]),
    ("art = 'W' AND zahl > 1", &[2, 8]), ("art = 'W' OR zahl = 3", &[1, 2, 3, 8]), ("NOT art = 'W'", &[3, 4, 5, 7, 9, 10]),
    ("NOT (art = 'W' OR zahl = 3)", &[4, 5, 7, 9, 10]), ("zahl = 3 OR art = 'W' AND zahl = 1", &[1, 3]), ("NOT NOT zahl = 1", &[1]),
    ("zahl IS NULL", &[6]), ("zahl IS NOT NULL", &[1, 2, 3, 4, 5, 7, 8, 9, 10]), ("geom IS NULL", &[10]), ("geom IS NOT NULL AND zahl > 8", &[9]),
    ("wahr", &[1, 3, 5, 8, 10]), ("wahr = TRUE", &[1, 3, 5, 8, 10]), ("wahr = false", &[2, 6, 9]), ("NOT wahr", &[2, 6, 9]), ("wahr IS NULL", &[4, 7]),
    ("TRUE", ALLE), ("FALSE", &[]), ("zahl = 1 OR TRUE", ALLE), ("(zahl = 1) = wahr", &[1, 2, 9]),
    ("tag = DATE('2020-01-01')", &[1]), ("tag < DATE('2020-01-01')", &[7]), ("tag >= DATE('2021-01-01')", &[3, 4, 10]), ("tag = '2020-02-29'", &[8]),
    ("zeit >= TIMESTAMP('2021-01-01T23:59:59.999Z') AND zeit < TIMESTAMP('2022-03-01T00:00:00.000Z')", &[3, 4]),
    ("zeit = TIMESTAMP('2020-01-01T13:00:00+01:00')", &[1]), ("zeit = DATE('2020-01-01')", &[1]), ("zeit <= DATE('2020-01-01')", &[1, 7]),
    ("ort_zeit = TIMESTAMP('2022-02-28T12:00:00.5Z')", &[4]), ("ort_zeit > TIMESTAMP('2022-02-28T12:00:00Z')", &[4, 10]), ("tag >= TIMESTAMP('2022-02-28T12:00:00Z')", &[4, 10]),
    ("zeit > TIMESTAMP('0000-01-01T00:00:00Z')", &[1, 2, 3, 4, 7, 8, 9, 10]), ("zeit < TIMESTAMP('9999-12-31T00:00:00Z')", &[1, 2, 3, 4, 7, 8, 9, 10]),
    // What is published as null is unknown.
    ("wert > 5", &[3, 8, 9, 10]), ("NOT wert > 5", &[1, 2, 7]), ("wert IS NULL", &[4, 5, 6]), ("dez IS NULL", &[4, 5]), ("tag IS NULL", &[5, 6]), ("NOT tag > DATE('2000-01-01')", &[]),
    ("wert = 0.1", &[7]), ("dez = 0.1", &[1]), ("dez = 2.5", &[6]), ("dez >= 2.5", &[3, 6, 7, 8, 9, 10]), ("nummer = '018F0000-0000-7000-8000-000000000001'", &[1]), ("zustand = 'gut'", &[1, 4]),
    // Advanced comparisons.
    ("name LIKE 'Stra%'", &[4]), ("name LIKE '%e%'", &[2, 4, 5, 10]), ("name LIKE '____'", &[1, 9, 10]), ("name NOT LIKE 'S%'", &[1, 2, 5, 6, 7, 9, 10]),
    ("name LIKE '%100\\\\%'", &[5]), ("name LIKE '%100\\%'", &[5]), ("name LIKE 'a\\\\_b%'", &[6]), ("name LIKE 'a\\_b%'", &[6]), ("name LIKE '%\\\\\\\\c'", &[6]), ("name LIKE '%b\\c'", &[6]), ("name LIKE ''", &[7]), ("name LIKE '%'", &[1, 2, 3, 4, 5, 6, 7, 9, 10]),
    ("zahl BETWEEN 1 AND 3", &[1, 2, 3]), ("zahl NOT BETWEEN 1 AND 8", &[4, 5, 9, 10]), ("tag BETWEEN DATE('2020-01-01') AND '2020-06-15'", &[1, 2, 8, 9]), ("art BETWEEN 'M' AND 'W'", &[1, 2, 3, 4, 8]), ("5 BETWEEN zahl AND 6 AND zahl > 2", &[3]),
    ("zahl IN (1, 2, 99)", &[1, 2]), ("zahl IN (1.0, 2.5)", &[1]), ("art IN ('W')", &[1, 2, 8]), ("art NOT IN ('W', 'M', 'C')", &[5, 7]), ("tag IN (DATE('2020-01-01'), '2020-02-29')", &[1, 8]), ("wahr IN (TRUE)", &[1, 3, 5, 8, 10]),
    // Case and accents.
    ("CASEI(name) = CASEI('strasse')", &[3, 4]), ("casei(art) = 'w'", &[1, 2, 8]), ("CASEI(name) LIKE CASEI('%MÖLLER%')", &[2]), ("CASEI(name) LIKE casei('stras%')", &[3, 4]), ("CASEI(name) IN (CASEI('WALD'), CASEI('strasse'))", &[1, 3, 4]),
    ("ACCENTI(name) = ACCENTI('Cafe')", &[9, 10]), ("ACCENTI(name) LIKE ACCENTI('Möll%')", &[2]), ("accenti(name) LIKE 'Moll%'", &[2]), ("CASEI(ACCENTI(name)) = CASEI(ACCENTI('CAFÉ'))", &[9, 10]),
    // Functions.
    ("lower(name) = 'wald'", &[1]), ("upper(art) = 'WALD'", &[7]), ("char_length(name) = 4", &[1, 9, 10]), ("abs(zahl) = 4", &[4]), ("round(wert) = 2", &[1]), ("floor(wert) = -3", &[2]), ("ceil(wert) = -2", &[2]),
    ("year(tag) = 2020 AND month(tag) > 2", &[2, 9]), ("day(zeit) = 31", &[7, 10]), ("area(geom) = 100", &[1, 2, 3]), ("area(geom) = 4", &[8]), ("length(geom) = 20", &[4]), ("area(geometry) = 100", &[1, 2, 3]),
    // Property and property, arithmetic.
    ("tag = bis", &[3]), ("name = art", &[]), ("art = name OR zahl = dez", &[3, 7, 8, 9, 10]), ("wert = zahl", &[8, 9, 10]), ("CASEI(name) = CASEI(art)", &[]),
    ("zahl + 1 = 3", &[2]), ("zahl - 1 = 0", &[1]), ("zahl * 2 = 16", &[8]), ("zahl / 2 = 1.5", &[3]), ("zahl % 4 = 3", &[3, 7]), ("zahl div 4 = 2", &[8, 9, 10]), ("2 ^ zahl = 8", &[3]), ("zahl ^ 2 = 16", &[4]), ("-zahl = 4", &[4]), ("( - (zahl)) = -3", &[3]),
    ("2 + zahl * 3 = 5", &[1]), ("(2 + zahl) * 3 = 9", &[1]), ("10 / zahl = 10", &[1]), ("10 / zahl IS NULL", &[5, 6]), ("NOT 10 / zahl > 0", &[4]), ("zahl % 0 = 0", &[]), ("(0 - 2) ^ 0.5 = 1", &[]), ("10 ^ 400 > 1", &[]), ("zahl = 9223372036854775807 + 1", &[]),
    ("zahl > 1e300 * 1e300", &[]), ("zahl < 1e300 * 1e300", &[1, 2, 3, 4, 5, 7, 8, 9, 10]), ("2 ^ 3 ^ 2 = 64", ALLE), ("-2 ^ 2 = 4", ALLE),
    // Temporal functions.
    ("T_AFTER(tag, DATE('2020-03-01'))", &[2, 3, 4, 10]), ("T_BEFORE(tag, DATE('2020-01-01'))", &[7]), ("T_EQUALS(tag, DATE('2020-01-01'))", &[1]), ("T_DISJOINT(tag, INTERVAL('2020-01-01', '2021-12-31'))", &[4, 7, 10]),
    ("T_INTERSECTS(tag, INTERVAL('2020-01-01', '2020-03-01'))", &[1, 8, 9]), ("T_INTERSECTS(tag, INTERVAL('..', '2020-01-01'))", &[1, 7]), ("T_INTERSECTS(zeit, INTERVAL('2022-01-01T00:00:00Z', '..'))", &[4, 10]),
    ("T_INTERSECTS(INTERVAL(tag, bis), INTERVAL('2020-03-01', '2020-03-31'))", &[1, 8, 9]), ("T_CONTAINS(INTERVAL(tag, bis), INTERVAL('2020-07-01', '2020-07-31'))", &[1, 2]), ("T_DURING(INTERVAL(tag, bis), INTERVAL('2020-02-01', '2020-05-01'))", &[8, 9]), ("T_DURING(zeit, INTERVAL('2020-02-01', '2020-06-30'))", &[2, 8, 9]),
    ("T_STARTS(INTERVAL(tag, bis), INTERVAL('2020-01-01', '2024-01-01'))", &[1]), ("T_STARTEDBY(INTERVAL(tag, bis), INTERVAL('2020-01-01', '2020-01-02'))", &[1]), ("T_FINISHES(INTERVAL(tag, bis), INTERVAL('2019-01-01', '2020-12-31'))", &[1]), ("T_FINISHEDBY(INTERVAL(tag, bis), INTERVAL('2020-02-01', '2020-12-31'))", &[1]),
    ("T_MEETS(INTERVAL(tag, bis), INTERVAL('2020-03-01', '2021-01-01'))", &[8]), ("T_METBY(INTERVAL(tag, bis), INTERVAL('2019-01-01', '2020-03-01'))", &[9]), ("T_OVERLAPS(INTERVAL(tag, bis), INTERVAL('2020-07-01', '2021-03-01'))", &[1]), ("T_OVERLAPPEDBY(INTERVAL(tag, bis), INTERVAL('2019-01-01', '2020-03-15'))", &[1, 9]),
    ("T_EQUALS(INTERVAL(tag, bis), INTERVAL('2020-01-01', '2020-12-31'))", &[1]), ("T_EQUALS(INTERVAL('..', '..'), INTERVAL('..', '..'))", ALLE), ("NOT T_AFTER(bis, tag)", &[3]), ("T_INTERSECTS(INTERVAL(DATE('2020-01-01'), TIMESTAMP('2020-01-01T23:00:00Z')), tag)", &[1]),
    // Arrays.
    ("A_CONTAINS(farben, ('rot'))", &[1, 2, 6, 7]), ("A_CONTAINS(farben, ('rot', 'grün'))", &[1, 6]), ("A_CONTAINEDBY(farben, ('rot', 'grün', 'gelb'))", &[1, 2, 3, 6, 7, 8]), ("A_EQUALS(farben, ('grün', 'rot'))", &[1, 6]), ("A_OVERLAPS(farben, ('blau', 'gelb'))", &[4, 8]), ("NOT A_OVERLAPS(farben, ('rot'))", &[3, 4, 8]), ("A_EQUALS(farben, ())", &[3]), ("farben IS NULL", &[5, 9, 10]),
];

#[tokio::test]
async fn examples_find_what_they_say_in_both_encodings() {
    let (_db, router) = zehn().await;
    let mut falsch = Vec::new();
    for (filter, soll) in TEXT {
        let filter = versetzt(filter);
        let baum = lies(&filter, Sprache::Text).unwrap();
        let json = schreiben::json(&baum).to_string();
        let ist = finde(&router, &filter, "cql2-text").await;
        let ist_json = finde(&router, &json, "cql2-json").await;
        if ist.as_deref() != Ok(soll) || ist_json.as_deref() != Ok(soll) {
            falsch.push(format!("{filter}: {soll:?}, not {ist:?} / {ist_json:?}"));
        }
    }
    assert!(falsch.is_empty(), "{}", falsch.join("\n"));
}

/// JSON as the standard writes it, by hand.
#[rustfmt::skip]
const JSON: &[(&str, &[i64])] = &[
    (r#"{"op":"and","args":[{"op":"=","args":[{"property":"art"},"W"]},{"op":">","args":[{"property":"zahl"},1]}]}"#, &[2, 8]),
    (r#"{"op":"not","args":[{"op":"isNull","args":[{"property":"zahl"}]}]}"#, &[1, 2, 3, 4, 5, 7, 8, 9, 10]),
    (r#"{"op":"like","args":[{"op":"casei","args":[{"property":"name"}]},{"op":"casei","args":["STRA%"]}]}"#, &[3, 4]),
    (r#"{"op":"between","args":[{"property":"zahl"},1,3]}"#, &[1, 2, 3]),
    (r#"{"op":"in","args":[{"property":"art"},["W","M"]]}"#, &[1, 2, 3, 4, 8]),
    (r#"{"op":"=","args":[{"property":"tag"},{"date":"2020-01-01"}]}"#, &[1]),
    (r#"{"op":"t_intersects","args":[{"interval":[{"property":"tag"},{"property":"bis"}]},{"interval":["2024-01-01",".."]}]}"#, &[10]),
    (r#"{"op":">","args":[{"op":"*","args":[{"property":"zahl"},2]},{"op":"-","args":[20,3]}]}"#, &[9, 10]),
    (r#"{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":[630100,5320100]}]}"#, &[6]),
    (r#"{"op":"s_within","args":[{"property":"geom"},{"bbox":[630090,5320090,630110,5320110]}]}"#, &[6]),
    (r#"{"op":"a_contains","args":[{"property":"farben"},["gelb"]]}"#, &[8]),
    (r#"{"property":"wahr"}"#, &[1, 3, 5, 8, 10]),
    ("true", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
];

#[tokio::test]
async fn json_of_the_standard_is_read() {
    let (_db, router) = zehn().await;
    for (filter, soll) in JSON {
        assert_eq!(
            finde(&router, filter, "cql2-json").await.as_deref(),
            Ok(*soll),
            "{filter}"
        );
    }
}

/// What does not fit is refused: place, what stands there, what was expected.
#[rustfmt::skip]
const FALSCH: &[(&str, &[&str])] = &[
    ("nam = 'x'", &["Zeichen 1", "„nam“", "Meinten Sie „name“?"]), ("zahl = 'x'", &["Zeichen 8", "ein Text", "eine Zahl", "Anführungszeichen"]), ("art = 5", &["'5'"]),
    ("zahl LIKE '1%'", &["ein Text"]), ("name LIKE art", &["Muster"]), ("name LIKE '%a%b%c%d%'", &["4 Mal"]), ("zahl", &["keine Bedingung"]), ("zahl + 'a' = 1", &["eine Zahl"]), ("pg_sleep(10) = 1", &["Funktion „pg_sleep“", "lower"]), ("lowr(name) = 'a'", &["Meinten Sie „lower“?"]),
    ("lower(zahl) = 'a'", &["ein Text"]), ("lower(name, name) = 'a'", &["einen Operanden"]), ("doc = 'x'", &["nicht gefiltert"]), ("farben = 'x'", &["A_CONTAINS"]), ("geom = 'x'", &["S_INTERSECTS"]), ("tag = 'gestern'", &["gestern", "2025-01-31"]), ("nummer = 'x'", &["UUID"]), ("wahr > 5", &["Wahrheitswert"]),
    ("S_INTERSECTS(name, POINT(E1 N1))", &["Geometrie"]), ("S_INTERSECTS(gem, POINT(E1 N1))", &["Meinten Sie „geom“?"]), ("S_INTERSECTS(geom)", &["zwei Operanden"]), ("S_INTERSECTS(geom, POLYGON((E0 N0,E9 N9,E9 N0,E0 N9,E0 N0)))", &["überschneidet"]), ("S_INTERSECTS(geom, POINT(N0 E0))", &["außerhalb", "filter-crs", "Ostwert"]), ("S_INTERSECTS(geom, BBOX(4, 4, 1, 1))", &["Ausschnitt"]),
    ("T_AFTER(name, DATE('2020-01-01'))", &["Datum"]), ("T_AFTER(tag, INTERVAL('2021-01-01', '2020-01-01'))", &["Anfang"]), ("A_CONTAINS(name, ('a'))", &["Listen"]), ("area(name) > 1", &["Geometriefeld"]),
];

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_place() {
    let (_db, router) = zehn().await;
    for (filter, teile) in FALSCH {
        let doc = finde(&router, &versetzt(filter), "cql2-text")
            .await
            .expect_err(filter);
        let detail = doc["detail"].as_str().unwrap();
        for teil in teile.iter().chain(&["Im Filter (Zeichen "]) {
            assert!(detail.contains(teil), "{filter}: {detail}");
        }
    }
}
