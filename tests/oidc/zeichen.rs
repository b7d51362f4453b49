//! Id tokens, right and wrong.

use axum::Router;
use serde_json::{Value, json};
use zielraum::auth::oidc::vorgang::Vorgang;
use zielraum::auth::{Rolle, konto_store};
use zielraum::db::Database;

use crate::browser::{Antwort, Browser, ZURUECK, parameter};
use crate::konten::eines;
use crate::provider::Anbieter;

/// Starts at the erring provider and comes back at once; `antwort` gets the right nonce.
pub async fn mit_antwort(b: &mut Browser, anbieter: &Anbieter, mut antwort: Value) -> Antwort {
    let weg = b.beginne().await;
    let claims = antwort["claims"].as_object().cloned().unwrap_or_default();
    let mut alle = json!({ "nonce": parameter(&weg, "nonce"), "groups": ["Stadtplanung"] });
    alle.as_object_mut().unwrap().extend(claims);
    antwort["claims"] = alle;
    anbieter.antworte(&antwort).await;
    let state = parameter(&weg, "state");
    let antwort = b
        .hole(&format!("/anmelden/oidc/zurueck?code=x&state={state}"))
        .await;
    // The verifier that came is the challenge's.
    let formular = anbieter.formular().await;
    assert_eq!(formular["challenge"], parameter(&weg, "code_challenge"));
    assert_eq!(formular["redirect_uri"], ZURUECK);
    antwort
}

/// Without a fault all three signatures let in: else the next test shows nothing.
pub async fn gute(router: &Router, anbieter: &Anbieter) {
    let jetzt = chrono::Utc::now().timestamp();
    for gut in [
        json!({ "alg": "RS256" }),
        json!({ "alg": "ES256" }),
        json!({ "alg": "PS256" }),
        // Clocks differ.
        json!({ "claims": { "exp": jetzt - 30, "iat": jetzt - 330 } }),
        json!({ "claims": { "iat": jetzt + 30, "exp": jetzt + 330 } }),
        // As not all write them.
        json!({ "claims": { "aud": ["zielraum"], "email_verified": "true", "updated_at": "2026-01-02T03:04:05Z" } }),
    ] {
        let mut b = Browser::neu(router);
        let antwort = mit_antwort(&mut b, anbieter, gut.clone()).await;
        assert_eq!(antwort.status, 303, "{gut}: {}", antwort.text);
        assert!(b.hat("zr-sid"), "{gut}");
    }
}

pub async fn schlechte(db: &Database, router: &Router, anbieter: &Anbieter) {
    let jetzt = chrono::Utc::now().timestamp();
    let gruppen = json!({ "groups": ["IT"] });
    for (was, antwort) in [
        ("no signature", json!({ "alg": "none" })),
        ("our secret as key", json!({ "alg": "HS256" })),
        ("another algorithm", json!({ "alg": "RS384" })),
        ("another's key", json!({ "alg": "fremd" })),
        ("changed afterwards", json!({ "verfaelscht": gruppen })),
        ("nobody", json!({ "claims": { "sub": "" } })),
        ("no name at all", json!({ "claims": { "sub": null } })),
        ("no text", json!({ "claims": { "sub": "a\0b" } })),
        ("too long", json!({ "claims": { "sub": "a".repeat(256) } })),
        ("nonce", json!({ "claims": { "nonce": "x" } })),
        ("no nonce", json!({ "claims": { "nonce": null } })),
        ("issuer", json!({ "claims": { "iss": anbieter.gut } })),
        ("audience", json!({ "claims": { "aud": "anderes" } })),
        (
            "one audience too many",
            json!({ "claims": { "aud": ["zielraum", "anderes"] } }),
        ),
        (
            "expired",
            json!({ "claims": { "exp": jetzt - 120, "iat": jetzt - 400 } }),
        ),
        ("no end", json!({ "claims": { "exp": null } })),
        ("too old", json!({ "claims": { "iat": jetzt - 4000 } })),
        (
            "from the future",
            json!({ "claims": { "iat": jetzt + 4000, "exp": jetzt + 5000 } }),
        ),
    ] {
        let mut b = Browser::neu(router);
        let antwort = mit_antwort(&mut b, anbieter, antwort).await;
        assert!(antwort.status == 403, "{was}: {}", antwort.text);
        b.draussen(&antwort, "nicht gültig").await;
    }
    assert!(
        konto_store::eines(&db.auth, "boese-1").await.is_err(),
        "subject is no login name"
    );
    // An attempt that began too long ago.
    let mut b = Browser::neu(router);
    b.beginne().await;
    let geheim = b.kekse.iter().find(|(n, _)| n == "zr-vorgang").unwrap();
    let state = Vorgang::von(&geheim.1).state(jetzt - 601, "/konto");
    let antwort = b
        .hole(&format!("/anmelden/oidc/zurueck?code=x&state={state}"))
        .await;
    b.draussen(&antwort, "10 Minuten").await;
}

/// Who somebody is, issuer and subject say: neither name nor mail address, however verified.
pub async fn andere_person(db: &Database, router: &Router, anbieter: &Anbieter) {
    for (sub, login) in [("m.huber", "m.huber-2"), ("m.huber@zwei", "m.huber-3")] {
        let claims = json!({ "sub": sub, "preferred_username": "m.huber",
            "email": "m.huber@stadt.example", "email_verified": true });
        let mut b = Browser::neu(router);
        mit_antwort(&mut b, anbieter, json!({ "claims": claims })).await;
        assert!(b.hat("zr-sid"), "{sub}");
        assert_eq!(eines(db, login).await.rollen, [Rolle::Stadtplanung]);
    }
    assert!(eines(db, "m.huber").await.gesperrt_seit.is_some());
}

/// A town hall is one address, and comes in however many it is.
pub async fn ein_rathaus(router: &Router, anbieter: &Anbieter) {
    let mut b = Browser::neu(router);
    for n in 0..25 {
        let antwort = mit_antwort(&mut b, anbieter, json!({})).await;
        assert_eq!(antwort.status, 303, "{n}: {}", antwort.text);
    }
}
