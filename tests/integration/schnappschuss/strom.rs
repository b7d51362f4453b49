//! Answers from the database under way: back-pressure, a client that leaves, a query that fails.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use zielraum::http::verbindung;

use super::Dienst;
use crate::freigabe::als;
use crate::support::{TestDb, admin, datenbank_mit_demo};

const ALLES: &str = "/collections/fachdaten/items.geojson";

/// A service on a socket whose layers are read from the database.
async fn dienst() -> (TestDb, SocketAddr, Dienst) {
    let db = datenbank_mit_demo().await;
    als(&db, "test", "INSERT INTO oeffentlich.fachobjekt (id, kennung, art, name, geom, geom_flaeche, quelle, stand, attribute, version, seit)
         SELECT gen_random_uuid(), 'viele-' || lpad(n::text, 6, '0'), art, repeat('Objekt ', 300), geom, geom_flaeche, quelle, stand, attribute, 1, now()
         FROM (SELECT * FROM oeffentlich.fachobjekt WHERE geom_flaeche IS NOT NULL ORDER BY ST_NPoints(geom), kennung LIMIT 1) f, generate_series(1, 20000) n").await.unwrap();
    let dienst = Dienst::neu(&db, 0).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let adresse = listener.local_addr().unwrap();
    tokio::spawn(verbindung::bediene(
        listener,
        dienst.router.clone(),
        std::future::pending(),
    ));
    (db, adresse, dienst)
}

async fn frage(adresse: SocketAddr, pfad: &str) -> TcpStream {
    let mut strom = TcpStream::connect(adresse).await.unwrap();
    let text = format!("GET {pfad} HTTP/1.1\r\nHost: zr.test\r\nConnection: close\r\n\r\n");
    strom.write_all(text.as_bytes()).await.unwrap();
    strom
}

/// Queries over the layer that run now.
async fn laufend(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND backend_type = 'client backend' AND query LIKE '%fachdaten_flaeche%' AND pid <> pg_backend_pid()")
        .fetch_one(pool)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_ends_its_query() {
    let (db, adresse, _dienst) = dienst().await;
    let pool = admin(&db).await;
    let mut strom = frage(adresse, ALLES).await;
    let mut anfang = vec![0; 64 << 10];
    strom.read_exact(&mut anfang).await.unwrap();
    assert!(anfang.starts_with(b"HTTP/1.1 200"));
    // The client reads no further: the query stands still, it does not fill memory.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(laufend(&pool).await, 1);
    drop(strom);
    let seit = Instant::now();
    while laufend(&pool).await > 0 {
        assert!(seit.elapsed() < Duration::from_secs(3), "the query goes on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_fails_in_the_middle_ends_the_connection() {
    let (db, adresse, _dienst) = dienst().await;
    let pool = admin(&db).await;
    let mut strom = frage(adresse, ALLES).await;
    let mut anfang = vec![0; 64 << 10];
    strom.read_exact(&mut anfang).await.unwrap();
    let beendet: i64 = sqlx::query_scalar("SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND backend_type = 'client backend' AND query LIKE '%fachdaten_flaeche%' AND pid <> pg_backend_pid()")
        .fetch_one(&pool).await.unwrap();
    assert_eq!(beendet, 1);
    let mut rest = Vec::new();
    let gelesen = strom.read_to_end(&mut rest).await;
    // Chunked, and without the last chunk: no client takes it for whole.
    assert!(
        gelesen.is_err() || !rest.ends_with(b"0\r\n\r\n"),
        "looks whole"
    );
    assert!(
        !rest.windows(15).any(|w| w == b"\"numberMatched\""),
        "looks whole"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_layer_is_one_valid_document() {
    let (_db, adresse, dienst) = dienst().await;
    let antwort = crate::anfrage::hole(&dienst.router, ALLES).await;
    let doc = antwort.json();
    let anzahl = doc["features"].as_array().unwrap().len();
    assert!(anzahl > 20_000);
    assert_eq!(doc["numberMatched"], anzahl);
    assert_eq!(doc["numberReturned"], anzahl);
    // Only so many at a time; the others are told when to come again.
    let mut halten = Vec::new();
    for _ in 0..2 {
        let mut strom = frage(adresse, ALLES).await;
        let mut anfang = vec![0; 1024];
        strom.read_exact(&mut anfang).await.unwrap();
        halten.push(strom);
    }
    let antwort = crate::anfrage::hole(&dienst.router, ALLES).await;
    assert_eq!(antwort.status, 503, "{}", antwort.text);
}
