//! Errors: the right status, the parameter's name, a German sentence, never a 500.

use super::support::{dienst, hole, sende};

const ROUTEN: [&str; 10] = [
    "/",
    "/conformance",
    "/api",
    "/collections",
    "/collections/fnp_flaechen",
    "/collections/fnp_flaechen/schema",
    "/collections/fnp_flaechen/queryables",
    "/collections/fnp_flaechen/items",
    "/collections/fnp_flaechen/items/fnp-2001.00100",
    "/probleme",
];

#[tokio::test]
async fn every_resource_refuses_unknown_parameters_and_formats() {
    let (_db, router) = dienst().await;
    for route in ROUTEN {
        for (anfrage, name) in [
            ("unbekannt=1", "unbekannt"),
            ("f=json&f=json", "f"),
            ("Limit=5", "Limit"),
            ("%FF=1", "%FF"),
            ("f=xml", "f"),
        ] {
            if route == "/probleme" && anfrage.starts_with("f=") {
                continue;
            }
            let antwort = hole(&router, &format!("{route}?{anfrage}")).await;
            let doc = antwort.json();
            assert_eq!(antwort.status, 400, "{route}?{anfrage}");
            assert_eq!(antwort.kopf("content-type"), "application/problem+json");
            assert_eq!(
                (doc["parameter"].as_str(), doc["status"].as_i64()),
                (Some(name), Some(400))
            );
            assert_eq!(doc["type"], "http://zr.test:8080/probleme/parameter");
            assert_eq!(doc["anfrage"], antwort.kopf("x-request-id"));
            assert!(doc["detail"].as_str().unwrap().len() > 20);
        }
        if route != "/probleme" {
            let antwort = sende(&router, "GET", route, &[("accept", "image/png")]).await;
            assert_eq!(
                (
                    antwort.status.as_u16(),
                    antwort.json()["type"].as_str().unwrap()
                ),
                (406, "http://zr.test:8080/probleme/nicht-annehmbar")
            );
        }
    }
}

#[tokio::test]
async fn methods_options_and_head() {
    let (_db, router) = dienst().await;
    for route in ROUTEN
        .into_iter()
        .chain(["/collections/fnp_flaechen/items/unknown_id"])
    {
        let antwort = sende(&router, "OPTIONS", route, &[]).await;
        assert_eq!(
            (antwort.status.as_u16(), antwort.kopf("allow")),
            (204, "GET, HEAD, OPTIONS"),
            "{route}"
        );
        assert_eq!(antwort.kopf("access-control-allow-origin"), "*");
        for methode in ["POST", "PUT", "PATCH", "DELETE"] {
            let antwort = sende(&router, methode, route, &[]).await;
            // Features are changed at these addresses, by who signed in.
            let (aendert, allow) = match route.split("/items").nth(1) {
                Some("") => (methode == "POST", "GET, HEAD, POST, OPTIONS"),
                Some(_) => (methode != "POST", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
                None => (false, "GET, HEAD, OPTIONS"),
            };
            if aendert {
                assert_eq!(antwort.status, 401, "{methode} {route}");
                assert!(!antwort.kopf("www-authenticate").is_empty());
                assert_eq!(antwort.json()["status"], 401);
                continue;
            }
            assert_eq!(
                (antwort.status.as_u16(), antwort.kopf("allow")),
                (405, allow),
                "{methode} {route}"
            );
            assert_eq!(antwort.json()["status"], 405);
        }
    }
    for route in ROUTEN {
        let head = sende(&router, "HEAD", route, &[]).await;
        assert_eq!(
            (head.status.as_u16(), head.text.as_str()),
            (200, ""),
            "{route}"
        );
        assert_eq!(
            head.kopf("content-type"),
            hole(&router, route).await.kopf("content-type")
        );
        assert_eq!(head.kopf("access-control-allow-origin"), "*");
        assert!(
            head.headers
                .get("access-control-allow-credentials")
                .is_none()
        );
    }
}

#[tokio::test]
async fn addresses_that_do_not_exist_or_are_too_long() {
    let (_db, router) = dienst().await;
    for pfad in [
        "/gibtsnicht",
        "/collections/gibtsnicht/items",
        "/collections/fnp_flaechen/items/x/y",
        "/probleme/x",
        "/collections/",
    ] {
        let antwort = hole(&router, pfad).await;
        assert_eq!(
            (antwort.status.as_u16(), antwort.kopf("content-type")),
            (404, "application/problem+json"),
            "{pfad}"
        );
        assert_eq!(antwort.json()["title"], "Nicht gefunden");
    }
    let lang = format!("/collections?x={}", "a".repeat(17_000));
    assert_eq!(hole(&router, &lang).await.status, 414);
    let gepackt = sende(&router, "GET", "/", &[("content-encoding", "gzip")]).await;
    assert_eq!(gepackt.status, 415);
    assert_eq!(hole(&router, "/collections/%ff/items").await.status, 400);
}

#[tokio::test]
async fn a_broken_database_is_503_and_its_cause_stays_inside() {
    let (db, router) = dienst().await;
    db.public.close().await;
    let antwort = hole(&router, "/collections/fnp_flaechen/items").await;
    assert_eq!(
        (antwort.status.as_u16(), antwort.kopf("retry-after")),
        (503, "5")
    );
    assert!(
        !antwort.text.to_lowercase().contains("pool"),
        "{}",
        antwort.text
    );
}

#[tokio::test]
async fn our_own_faults_say_nothing_of_the_cause() {
    let (db, router) = dienst().await;
    let mut conn = db.admin.acquire().await.unwrap();
    super::support::execute(&mut conn, "DROP TABLE oeffentlich.leer").await;
    let antwort = hole(&router, "/collections/leer/items").await;
    assert_eq!(
        (antwort.status.as_u16(), antwort.kopf("content-type")),
        (500, "application/problem+json")
    );
    assert!(
        !antwort.text.contains("leer") && !antwort.text.contains("relation"),
        "{}",
        antwort.text
    );
}

#[tokio::test]
async fn people_get_a_page() {
    let (_db, router) = dienst().await;
    let antwort = sende(
        &router,
        "GET",
        "/collections/%3Cb%3Ex",
        &[("accept", "text/html,*/*;q=0.8")],
    )
    .await;
    assert_eq!(
        (antwort.status.as_u16(), antwort.kopf("content-type")),
        (404, "text/html; charset=utf-8")
    );
    assert!(!antwort.text.contains("<b>x") && antwort.text.contains("lang=\"de\""));
}
