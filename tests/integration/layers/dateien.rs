//! Files on their way: in parts, and when they break off.

use super::formate::{ENDUNGEN, lade};
use super::support::{STADT, datenbank, dienst, execute, hole, router_mit, sende};
use crate::dateien;

#[tokio::test]
async fn a_file_is_resumed_until_the_layer_changes() {
    let (db, router) = dienst().await;
    let adresse = "/collections/fnp_flaechen/download/fnp_flaechen.gpkg";
    let ganz = hole(&router, adresse).await;
    assert_eq!(ganz.kopf("accept-ranges"), "bytes");
    assert!(
        ganz.kopf("content-disposition")
            .contains("filename*=UTF-8''Fl%C3%A4chen%20des")
    );
    let etag = ganz.kopf("etag").to_owned();
    let teil = |range: &'static str, etag: String| {
        let router = router.clone();
        async move {
            sende(
                &router,
                "GET",
                adresse,
                &[
                    ("range", range),
                    ("if-range", etag.as_str()),
                    ("accept-encoding", "gzip"),
                ],
            )
            .await
        }
    };
    let mut zusammen = teil("bytes=0-99999", etag.clone()).await.bytes.to_vec();
    let rest = teil("bytes=100000-", etag.clone()).await;
    assert_eq!(rest.status, 206);
    assert_eq!(
        rest.kopf("content-range"),
        format!("bytes 100000-{}/{}", ganz.bytes.len() - 1, ganz.bytes.len())
    );
    assert_eq!(rest.kopf("content-encoding"), "");
    zusammen.extend_from_slice(&rest.bytes);
    assert_eq!(zusammen, ganz.bytes);
    let hinten = teil("bytes=999999999-", etag.clone()).await;
    assert_eq!(hinten.status, 416);
    assert_eq!(
        hinten.kopf("content-range"),
        format!("bytes */{}", ganz.bytes.len())
    );
    let gleich = sende(&router, "GET", adresse, &[("if-none-match", etag.as_str())]).await;
    assert_eq!((gleich.status.as_u16(), gleich.bytes.len()), (304, 0));

    let mut conn = db.admin.acquire().await.unwrap();
    execute(&mut conn, "UPDATE oeffentlich.flaeche SET nutzung = 'neu' WHERE ordnung = 30; UPDATE oeffentlich.stand SET zaehler = 2").await;
    let danach = teil("bytes=100000-", etag.clone()).await;
    assert_eq!(
        danach.status, 200,
        "half of the old and half of the new file is none"
    );
    assert_ne!(danach.kopf("etag"), etag);
    let ebenen = dateien::lies("gpkg", &danach.bytes);
    assert!(ebenen[0].spalte("nutzung").contains(&Some("neu")));

    // A town's own table tells nobody when it changes: nothing is kept, so nothing is resumed.
    let fremd = sende(
        &router,
        "GET",
        "/collections/gk/download/gk.fgb",
        &[("range", "bytes=0-9")],
    )
    .await;
    assert_eq!(
        (fremd.status.as_u16(), fremd.kopf("accept-ranges")),
        (200, "none")
    );
}

/// Rows read well until one cannot be.
#[tokio::test]
async fn a_file_that_fails_half_way_is_no_file() {
    let db = datenbank().await;
    let mut conn = db.admin.acquire().await.unwrap();
    execute(
        &mut conn,
        r#"CREATE TABLE "Stadt Grün".bruch (id int PRIMARY KEY, teiler int);
           INSERT INTO "Stadt Grün".bruch SELECT n, 1 FROM generate_series(1, 3000) n;
           CREATE VIEW "Stadt Grün".bruechig WITH (security_invoker = true) AS SELECT id, 1 / teiler AS wert FROM "Stadt Grün".bruch;
           GRANT SELECT ON "Stadt Grün".bruch, "Stadt Grün".bruechig TO zielraum_public"#,
    )
    .await;
    let stadt = format!(
        "{STADT}\n[[layer]]\nid = \"bruechig\"\ntitle = \"Brüchig\"\nrelation = \"Stadt Grün.bruechig\"\nkey = \"id\"\n"
    );
    let router = router_mit(&db, &stadt).await;
    for endung in ENDUNGEN {
        lade(&router, "bruechig", endung, "").await;
    }
    execute(
        &mut conn,
        r#"UPDATE "Stadt Grün".bruch SET teiler = 0 WHERE id = 2900"#,
    )
    .await;
    for endung in ENDUNGEN {
        let antwort = hole(
            &router,
            &format!("/collections/bruechig/download/bruechig.{endung}"),
        )
        .await;
        assert_eq!(antwort.status, 500, "{endung}");
        assert_eq!(
            antwort.kopf("content-type"),
            "application/problem+json",
            "{endung}"
        );
    }
    // The connections are free again.
    lade(&router, "gk", "csv", "").await;
}
