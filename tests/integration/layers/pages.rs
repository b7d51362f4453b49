//! HTML: the same resources for people.

use super::support::{dienst, hole, json, sende};

#[tokio::test]
async fn every_page_is_german_marked_as_demo_and_escapes() {
    let (db, router) = dienst().await;
    let mut conn = db.admin.acquire().await.unwrap();
    super::support::execute(
        &mut conn,
        "UPDATE oeffentlich.flaeche SET nutzung = '<script>x</script>' WHERE ordnung = 21",
    )
    .await;
    for pfad in [
        "/",
        "/conformance",
        "/api",
        "/collections",
        "/collections/fnp_flaechen",
        "/collections/fnp_flaechen/schema",
        "/collections/fnp_flaechen/items",
        "/collections/fnp_flaechen/items/fnp-2001%2Fa%20%C3%BC",
        "/collections/b%C3%A4ume",
        "/collections/b%C3%A4ume/items",
        "/collections/leer/items",
        "/collections/gemischt/items",
    ] {
        let antwort = hole(&router, &format!("{pfad}?f=html")).await;
        assert_eq!(
            (antwort.status.as_u16(), antwort.kopf("content-type")),
            (200, "text/html; charset=utf-8"),
            "{pfad}"
        );
        for teil in ["lang=\"de\"", "Demodaten", "<main", "<h1>"] {
            assert!(antwort.text.contains(teil), "{pfad}: {teil}");
        }
        assert!(
            !antwort.text.contains("<script") && !antwort.text.contains("<alt>"),
            "{pfad}"
        );
        assert!(
            !antwort.text.contains("//cdn") && !antwort.text.contains("https://"),
            "{pfad}"
        );
    }
}

#[tokio::test]
async fn tables_page_and_name_their_filter() {
    let (_db, router) = dienst().await;
    let seite = hole(&router, "/collections/fnp_flaechen/items?f=html&nutzung=W")
        .await
        .text;
    assert!(
        seite.contains("50 von 625 Objekten") && seite.contains("nutzung=W"),
        "{seite}"
    );
    assert_eq!(seite.matches("<th scope=\"row\">").count(), 50);
    let next = seite
        .split("rel=\"next\"")
        .next()
        .unwrap()
        .rsplit("href=\"")
        .next()
        .unwrap();
    let next = next
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#38;", "&");
    let zweite = hole(&router, super::support::pfad(&next)).await.text;
    assert!(zweite.contains("50 von 625") && zweite.contains("Zum Anfang"));
    let browser = sende(
        &router,
        "GET",
        "/collections/fnp_flaechen/items",
        &[("accept", "text/html,application/xml;q=0.9,*/*;q=0.8")],
    )
    .await;
    assert!(browser.text.starts_with("<!DOCTYPE html>"));
    assert_eq!(
        json(&router, "/collections/fnp_flaechen/items?f=json&limit=1").await["numberReturned"],
        1
    );
    let stil = hole(&router, "/static/zielraum.css").await;
    assert_eq!(
        (stil.status.as_u16(), stil.kopf("content-type")),
        (200, "text/css; charset=utf-8")
    );
}
