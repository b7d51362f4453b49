//! A provider that errs: a German page, nothing of its text, nobody let in.

use std::time::{Duration, Instant};

use axum::Router;
use serde_json::json;
use zielraum::db::Database;

use crate::browser::Browser;
use crate::provider::Anbieter;
use crate::zeichen::mit_antwort;

/// Instead of tokens.
pub async fn am_token(router: &Router, anbieter: &Anbieter) {
    let html = json!({ "content-type": "text/html" });
    let json = json!({ "content-type": "application/json" });
    for roh in [
        json!({ "status": 200, "kopf": html, "text": "<h1>Canaryword" }),
        json!({ "status": 502, "kopf": html, "text": "<h1>Canaryword" }),
        json!({ "status": 500, "kopf": {}, "text": "" }),
        json!({ "status": 200, "kopf": json, "text": "{\"access_token\": \"Canaryword" }),
        json!({ "status": 200, "kopf": json, "text": "[\"Canaryword\"]" }),
        json!({ "status": 200, "kopf": json, "text": "x".repeat(600_000) }),
        json!({ "status": 302, "kopf": { "location": format!("{}/token", anbieter.gut) }, "text": "" }),
        json!({ "status": 307, "kopf": { "location": format!("{}/token", anbieter.gut) }, "text": "" }),
    ] {
        let mut b = Browser::neu(router);
        let kurz: String = roh.to_string().chars().take(80).collect();
        let antwort = mit_antwort(&mut b, anbieter, json!({ "roh": roh })).await;
        assert_eq!(antwort.status, 503, "{kurz}: {}", antwort.text);
        assert!(antwort.meldung().contains("IT verständigen"), "{kurz}");
        assert!(!antwort.text.contains("Canaryword") && !b.hat("zr-sid"));
    }
}

/// The provider's faults are ours to say in German: 503, nothing of its text.
pub async fn in_den_angaben(db: &Database, anbieter: &Anbieter, geheim: &str) {
    let text =
        json!({ "fehler": { "error": "invalid_client", "error_description": "Canaryword" } });
    let router = crate::dienst(db, &anbieter.boese, geheim).await;
    let mut b = Browser::neu(&router);
    let antwort = mit_antwort(&mut b, anbieter, text).await;
    assert_eq!(antwort.status, 503);
    assert!(antwort.meldung().contains("IT verständigen"));
    assert!(!antwort.text.contains("Canaryword") && !b.hat("zr-sid"));
    for metadaten in [
        json!({ "issuer": anbieter.gut }),
        json!({ "status": 302 }),
        json!({ "status": 500 }),
        json!({ "jwks_uri": "http://192.0.2.1/keys" }),
        json!({ "jwks_uri": "file:///etc/passwd" }),
        json!({ "authorization_endpoint": "http://192.0.2.1/auth" }),
        json!({ "end_session_endpoint": "http://192.0.2.1/ende" }),
        json!({ "token_endpoint": "kein Ort" }),
        json!({ "gross": "x".repeat(600_000) }),
    ] {
        anbieter.metadaten(&metadaten).await;
        let router = crate::dienst(db, &anbieter.boese, geheim).await;
        let antwort = Browser::neu(&router).hole("/anmelden/oidc").await;
        let kurz: String = metadaten.to_string().chars().take(80).collect();
        assert_eq!(antwort.status, 503, "{kurz}");
        assert!(
            antwort
                .meldung()
                .contains("antwortet zurzeit nicht richtig")
        );
    }
    // No way out there is no fault.
    anbieter
        .metadaten(&json!({ "end_session_endpoint": null }))
        .await;
    let router = crate::dienst(db, &anbieter.boese, geheim).await;
    let antwort = Browser::neu(&router).hole("/anmelden/oidc/abmelden").await;
    assert_eq!(antwort.status, 404);
    assert!(antwort.text.contains("keine Adresse zum Abmelden"));
    assert_eq!(
        Browser::neu(&router).hole("/anmelden/oidc").await.status,
        303
    );
    anbieter.metadaten(&json!({})).await;
    let router = crate::dienst(db, "http://127.0.0.1:9", geheim).await;
    let antwort = Browser::neu(&router).hole("/anmelden/oidc").await;
    assert_eq!(antwort.status, 503, "nobody there");
    assert_eq!(Browser::neu(&router).hole("/").await.status, 200);
}

/// It takes the request and says nothing: one waits, the others are told at once.
pub async fn haengt(db: &Database, anbieter: &Anbieter, geheim: &str) {
    anbieter.metadaten(&json!({ "haengt": true })).await;
    let vorher = anbieter.zahl().await;
    let router = crate::dienst(db, &anbieter.boese, geheim).await;
    let beginn = Instant::now();
    let alle = (0..20).map(|_| async {
        let antwort = Browser::neu(&router).hole("/anmelden/oidc").await;
        assert_eq!(antwort.status, 503);
    });
    futures_util::future::join_all(alle).await;
    assert!(
        beginn.elapsed() < Duration::from_secs(40),
        "{:?}",
        beginn.elapsed()
    );
    assert_eq!(anbieter.zahl().await, vorher + 1);
    anbieter.metadaten(&json!({})).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let antwort = Browser::neu(&router).hole("/anmelden/oidc").await;
    assert_eq!(antwort.status, 303, "it is back: {}", antwort.text);
}
