//! What a filter may never do: fail on our side, slip past the budget, be taken for another.

use super::{finde, zehn};
use crate::layers::support::{dienst, hole, json, link, objekte, pfad, sende};
use zielraum::http::link::kodiere;

#[tokio::test]
async fn no_filter_is_our_fault() {
    let (_db, router) = zehn().await;
    let tief = format!("{}1{} = 1", "abs(".repeat(15), ")".repeat(15));
    let hoch = format!("zahl{} > 1", " ^ 99".repeat(12));
    let turm = format!("{}zahl{} > 1", "(9 ^ ".repeat(14), ")".repeat(14));
    let mal = format!("wert{} > 1", " * 1e308".repeat(40));
    let klein = format!("wert{} > 1", " * 1e-308".repeat(40));
    let kette = format!("{}name{} = 'x'", "CASEI(ACCENTI(".repeat(8), "))".repeat(8));
    for filter in [
        "zahl / 0 = 1",
        "zahl % 0 = 1",
        "zahl div 0 = 1",
        "0 ^ -1 = 1",
        "(0 - 1) ^ 0.5 = 1",
        "wert / 0.0 > 1",
        "1e308 * 1e308 * wert > 1",
        "zahl * 9223372036854775807 * 9223372036854775807 > 1",
        "wert ^ wert > 1",
        "dez ^ 1e300 > 1",
        "dez ^ -1e300 > 1",
        "1e-320 ^ 0.5 > wert",
        "wert ^ 1e-310 > 1",
        "zahl = 1e308",
        "zahl = 99999999999999999999999999",
        "wert = 1e-320",
        "dez = 1e-320",
        "tag > DATE('0000-01-01')",
        "tag > DATE('9999-12-31')",
        "zeit > TIMESTAMP('9999-12-31T23:59:60Z')",
        "zeit = '0000-12-31T23:59:59-23:59'",
        "ort_zeit = '+12345-01-01T00:00:00'",
        "T_AFTER(zeit, INTERVAL('..','..'))",
        "name = '\u{1F333}\u{0301}'",
        "name LIKE '\\\\'",
        "name LIKE '%\\'",
        "CASEI(name) LIKE '%\\\\'",
        "name LIKE '_____%_____%_____%_____%'",
        "ACCENTI(name) = 'e\u{301}'",
        "zustand = 'unbekannt'",
        "zustand > name",
        "nummer = name",
        "art = zustand",
        "lower(nummer) = 'x'",
        "nummer IN ('018f0000-0000-7000-8000-000000000001', name)",
        "S_INTERSECTS(geom, BBOX(0,0,0,0))",
        "S_INTERSECTS(geom, BBOX(1e300,1e300,1e301,1e301))",
        "S_WITHIN(geom, POINT(630000 5320000))",
        "S_CROSSES(geom, GEOMETRYCOLLECTION(POINT(630002 5320002),LINESTRING(630000 5320000,630005 5320005)))",
        "S_OVERLAPS(geom, GEOMETRYCOLLECTION(POINT(630002 5320002)))",
        "S_INTERSECTS(geom, LINESTRING(630000 5320000,630000 5320000))",
        "S_TOUCHES(geom, MULTIPOLYGON(((630000 5320000,630001 5320000,630001 5320001,630000 5320000)),((630000 5320000,630001 5320000,630001 5320001,630000 5320000))))",
        "area(geom) / (zahl - zahl) > 1",
        "char_length(name) ^ 0.5 > 1",
        "year(tag) ^ 200 > 1",
        "(zahl = 1) = (name = 'x')",
        "(zahl = 1) > wahr",
        "NOT (zahl IN (1) AND NOT (wahr OR FALSE))",
        "TRUE AND FALSE OR NOT TRUE",
        "(zahl IS NULL) IS NULL",
        "1 = 1",
        "'a' < 'b'",
        "DATE('2020-01-01') < TIMESTAMP('2020-01-02T00:00:00Z')",
        "A_EQUALS(('a','b'), ('b','a'))",
        "A_CONTAINS(farben, (1, TRUE, 'x'))",
        "A_OVERLAPS(farben, ())",
        tief.as_str(),
        &hoch,
        &turm,
        &mal,
        &klein,
        &kette,
    ] {
        // Found or refused, both are answers; anything else fails inside.
        let _ = finde(&router, filter, "cql2-text").await;
    }
}

#[tokio::test]
async fn the_parameters_of_a_filter() {
    let (_db, router) = zehn().await;
    let antwort = hole(
        &router,
        "/collections/cql/items?filter=zahl%3D1&filter-lang=cql-text",
    )
    .await;
    assert_eq!(
        (
            antwort.status.as_u16(),
            antwort.json()["parameter"].as_str()
        ),
        (400, Some("filter-lang"))
    );
    assert!(
        antwort.json()["detail"]
            .as_str()
            .unwrap()
            .contains("cql2-json")
    );
    // An empty field of a form is no filter; with other parameters it is AND.
    assert_eq!(
        json(&router, "/collections/cql/items?filter=&filter-lang=").await["numberMatched"],
        10
    );
    let doc = json(
        &router,
        "/collections/cql/items?filter=zahl%3E1&art=W&bbox=10,47,11.8,49",
    )
    .await;
    assert_eq!(
        objekte(&doc)
            .iter()
            .map(|o| o["id"].as_i64().unwrap())
            .collect::<Vec<_>>(),
        [2, 8]
    );
    // Every parameter stays in the next link, the plus and the quotes too.
    let filter = kodiere("name <> 'a+b&c' AND zahl >= 1");
    let doc = json(&router, &format!("/collections/cql/items?limit=2&filter={filter}&filter-lang=cql2-text&filter-crs=http://www.opengis.net/def/crs/EPSG/0/25832&skipGeometry=true&properties=zahl")).await;
    let next = link(&doc, "next").unwrap();
    for teil in [
        filter.as_str(),
        "filter-lang=cql2-text",
        "filter-crs=",
        "skipGeometry=true",
        "properties=zahl",
        "limit=2",
    ] {
        assert!(next.contains(teil), "{next}");
    }
    let weiter = json(&router, pfad(&next)).await;
    assert_eq!(
        (&weiter["numberMatched"], objekte(&weiter)[0]["id"].as_i64()),
        (&doc["numberMatched"], Some(3))
    );
}

#[tokio::test]
async fn a_wrong_filter_on_a_page_is_told_at_its_field() {
    let (_db, router) = dienst().await;
    let seite = "/collections/fnp_flaechen/items?f=html&limit=7";
    let antwort = hole(
        &router,
        &format!("{seite}&filter={}", kodiere("nutzun = '<W>'")),
    )
    .await;
    assert_eq!(antwort.status, 400);
    for teil in [
        "role=\"alert\"",
        "Zeichen 1",
        "Meinten Sie „nutzung“?",
        "aria-describedby=\"filter-fehler",
        "name=\"limit\" value=\"7\"",
    ] {
        assert!(antwort.text.contains(teil), "{teil}: {}", antwort.text);
    }
    assert!(!antwort.text.contains("<W>"));
    let antwort = hole(
        &router,
        &format!("{seite}&filter={}", kodiere("nutzung = 'W'")),
    )
    .await;
    assert_eq!(antwort.status, 200);
    assert!(
        antwort.text.contains("7 von 625 Objekten") && antwort.text.contains("name=\"filter\""),
        "{}",
        antwort.text
    );
    let ebene = hole(&router, "/collections/fnp_flaechen?f=html").await;
    assert!(
        ebene
            .text
            .contains("/collections/fnp_flaechen/items\" class=\"filter\"")
    );
    // The example beside the field is one that works.
    let beispiel = antwort
        .text
        .split("placeholder=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let beispiel = beispiel
        .replace("&#39;", "'")
        .replace("&#62;", ">")
        .replace("&gt;", ">");
    assert_eq!(
        hole(&router, &format!("{seite}&filter={}", kodiere(&beispiel)))
            .await
            .status,
        200,
        "{beispiel}"
    );
    let funktionen = sende(
        &router,
        "GET",
        "/functions",
        &[("accept", "application/json")],
    )
    .await
    .json();
    let namen: Vec<_> = funktionen["functions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["name"].as_str().unwrap())
        .collect();
    assert!(namen.contains(&"area") && !namen.contains(&"casei"));
}
