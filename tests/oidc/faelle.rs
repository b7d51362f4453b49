//! What must let in, and what must not.

use axum::Router;
use serde_json::{Value, json};
use zielraum::auth::konto::{self, Angaben};
use zielraum::auth::konto_store::{self, Konto};
use zielraum::auth::{Rolle, oidc::vorgang::Vorgang};
use zielraum::db::Database;

use crate::browser::{Browser, ZURUECK, parameter};
use crate::provider::Anbieter;

async fn eines(db: &Database, login: &str) -> Konto {
    konto_store::eines(&db.auth, login).await.unwrap()
}

/// Without a provider there is no link and no way.
pub async fn nicht_eingerichtet(router: &Router) {
    let mut b = Browser::neu(router);
    assert!(!b.hole("/anmelden").await.text.contains("/anmelden/oidc"));
    assert_eq!(b.hole("/anmelden/oidc").await.status, 404);
    assert_eq!(b.hole("/anmelden/oidc/zurueck?code=x").await.status, 404);
}

pub async fn herein_und_rollen(db: &Database, router: &Router, anbieter: &Anbieter) {
    anbieter
        .person(
            "m.huber",
            "Maria Huber",
            &["Stadtplanung", "CN=Ziele,OU=Rathaus", "Kantine"],
        )
        .await;
    let mut b = Browser::neu(router);
    let seite = b.hole("/anmelden?zurueck=/konto").await.text;
    assert!(
        seite.contains("/anmelden/oidc?zurueck=%2Fkonto")
            || seite.contains("/anmelden/oidc?zurueck=/konto"),
        "{seite}"
    );
    assert!(!seite.contains("Rathaus-Konto <b>"), "escaped");
    let weg = b.beginne().await;
    assert!(weg.as_str().starts_with(&anbieter.gut));
    assert_eq!(parameter(&weg, "response_type"), "code");
    assert_eq!(parameter(&weg, "code_challenge_method"), "S256");
    assert_eq!(parameter(&weg, "redirect_uri"), ZURUECK);
    assert_eq!(parameter(&weg, "scope"), "openid profile");
    let antwort = b.melde_an(anbieter, "m.huber").await;
    assert_eq!(antwort.ort(), "http://zr.test:8080/konto");
    assert!(b.hat("zr-sid") && !b.hat("zr-vorgang"));
    let seite = b.hole("/konto").await;
    assert_eq!(seite.status, 200);
    assert!(seite.text.contains("Maria Huber"), "{}", seite.text);
    let konto = eines(db, "m.huber").await;
    assert_eq!(konto.rollen, {
        let mut soll = [Rolle::Stadtplanung, Rolle::Strategie];
        soll.sort_unstable();
        soll
    });
    assert!(!konto.kennwort && konto.zuletzt.is_some());
}

pub async fn ohne_gruppe_kein_zutritt(router: &Router, anbieter: &Anbieter) {
    anbieter.person("gast", "Gast", &["Kantine"]).await;
    let mut b = Browser::neu(router);
    let antwort = b.melde_an(anbieter, "gast").await;
    b.draussen(&antwort, "zu keiner Gruppe").await;
    assert!(antwort.text.contains("Verwaltung der Konten"));
    // A Referat that does not exist is the operator's slip, said as such.
    anbieter.person("bauhof", "Bauhof", &["Bauhof"]).await;
    let antwort = b.melde_an(anbieter, "bauhof").await;
    b.draussen(&antwort, "gibtesnicht").await;
}

pub async fn gruppen_aendern_sich(db: &Database, router: &Router, anbieter: &Anbieter) {
    let mut b = Browser::neu(router);
    anbieter
        .person("m.huber", "Maria Huber-Weiß", &["CN=Ziele,OU=Rathaus"])
        .await;
    b.melde_an(anbieter, "m.huber").await;
    assert!(b.hat("zr-sid"));
    let konto = eines(db, "m.huber").await;
    assert_eq!(konto.rollen, [Rolle::Strategie]);
    assert_eq!(konto.name, "Maria Huber-Weiß");
    // No group any more: out, and the session from before ends too.
    anbieter.person("m.huber", "Maria Huber-Weiß", &[]).await;
    let mut zweiter = Browser::neu(router);
    let antwort = zweiter.melde_an(anbieter, "m.huber").await;
    zweiter.draussen(&antwort, "zu keiner Gruppe").await;
    assert!(b.hole("/konto").await.ort().contains("/anmelden?"));
    assert!(eines(db, "m.huber").await.rollen.is_empty());
}

/// A wrong group at the provider must not leave a service nobody looks after.
pub async fn letzter_admin(db: &Database, router: &Router, anbieter: &Anbieter) {
    anbieter.person("admina", "Admina", &["IT"]).await;
    let mut b = Browser::neu(router);
    b.melde_an(anbieter, "admina").await;
    assert_eq!(b.hole("/konten").await.status, 200);
    anbieter.person("admina", "Admina", &[]).await;
    let mut zweiter = Browser::neu(router);
    let antwort = zweiter.melde_an(anbieter, "admina").await;
    zweiter.draussen(&antwort, "zu keiner Gruppe").await;
    assert_eq!(eines(db, "admina").await.rollen, [Rolle::Admin]);
    assert!(b.hole("/konten").await.ort().contains("/anmelden?"));
}

pub async fn gesperrt_bleibt_gesperrt(db: &Database, router: &Router, anbieter: &Anbieter) {
    anbieter.person("m.huber", "Maria", &["Stadtplanung"]).await;
    konto::sperre(&db.auth, "pruefung", "m.huber", true)
        .await
        .unwrap();
    let mut b = Browser::neu(router);
    let antwort = b.melde_an(anbieter, "m.huber").await;
    b.draussen(&antwort, "gesperrt").await;
    assert!(
        eines(db, "m.huber").await.rollen.is_empty(),
        "nothing written"
    );
}

/// A login name that is taken is somebody else's.
pub async fn fremder_name(db: &Database, router: &Router, anbieter: &Anbieter) {
    let leiter = Angaben {
        rollen: vec![Rolle::Freigabe],
        ..Angaben::default()
    };
    konto::lege_an(&db.auth, "pruefung", "leiter", "Leiter", &leiter, None)
        .await
        .unwrap();
    anbieter.person("leiter", "Leo", &["Stadtplanung"]).await;
    let mut b = Browser::neu(router);
    b.melde_an(anbieter, "leiter").await;
    assert_eq!(eines(db, "leiter").await.rollen, [Rolle::Freigabe]);
    assert_eq!(eines(db, "leiter-2").await.rollen, [Rolle::Stadtplanung]);
}

pub async fn gebunden_an_den_browser(router: &Router, anbieter: &Anbieter) {
    let mut b = Browser::neu(router);
    let weg = b.beginne().await;
    let zurueck = anbieter.gehe(weg.as_str(), "leiter", false).await;
    // Another browser, with none or with its own attempt.
    let mut fremder = Browser::neu(router);
    let antwort = fremder.hole(&zurueck).await;
    fremder.draussen(&antwort, "nicht zu diesem Browser").await;
    fremder.beginne().await;
    let antwort = fremder.hole(&zurueck).await;
    fremder.draussen(&antwort, "nicht zu diesem Browser").await;
    // The same browser with another state, without one, with two.
    let kekse = b.kekse.clone();
    let falsch = zurueck.replace("state=", "state=1");
    let ohne = zurueck.replace("state=", "status=");
    for pfad in [falsch, ohne, format!("{zurueck}&state=x")] {
        b.kekse.clone_from(&kekse);
        let antwort = b.hole(&pfad).await;
        assert_eq!(antwort.status, 403, "{}", antwort.text);
        assert!(!b.hat("zr-sid"));
    }
    // Another provider's answer (RFC 9207).
    b.kekse.clone_from(&kekse);
    let (vorn, _) = zurueck.split_once("&iss=").unwrap();
    let antwort = b.hole(&format!("{vorn}&iss=https://boese.example")).await;
    b.draussen(&antwort, "nicht vom Anmeldedienst").await;
}

pub async fn abgebrochen(router: &Router, anbieter: &Anbieter) {
    let mut b = Browser::neu(router);
    let weg = b.beginne().await;
    let zurueck = anbieter.gehe(weg.as_str(), "leiter", true).await;
    assert!(zurueck.contains("error=access_denied"), "{zurueck}");
    let antwort = b.hole(&zurueck).await;
    b.draussen(&antwort, "abgebrochen").await;
    // What the provider says besides is not on the page.
    let weg = b.beginne().await;
    let state = parameter(&weg, "state");
    let pfad = format!(
        "/anmelden/oidc/zurueck?error=%3Cscript%3E&error_description=Canaryword&state={state}"
    );
    let antwort = b.hole(&pfad).await;
    assert_eq!(antwort.status, 503);
    assert!(antwort.meldung().contains("abgelehnt"));
    assert!(!antwort.text.contains("Canaryword") && !antwort.text.contains("<script>"));
}

/// Our side takes an attempt once, and the provider a code once.
pub async fn benutzter_code(router: &Router, anbieter: &Anbieter) {
    let mut b = Browser::neu(router);
    let weg = b.beginne().await;
    let kekse = b.kekse.clone();
    let zurueck = anbieter.gehe(weg.as_str(), "leiter", false).await;
    b.hole(&zurueck).await;
    assert!(b.hat("zr-sid"));
    let mut wieder = Browser::neu(router);
    wieder.kekse = kekse;
    let antwort = wieder.hole(&zurueck).await;
    wieder.draussen(&antwort, "schon benutzt").await;
    // The same code with an attempt of one's own.
    let code = zurueck.split("code=").nth(1).unwrap();
    let code = code.split('&').next().unwrap();
    let state = parameter(&wieder.beginne().await, "state");
    let antwort = wieder
        .hole(&format!("/anmelden/oidc/zurueck?code={code}&state={state}"))
        .await;
    wieder.draussen(&antwort, "schon benutzt").await;
}

/// Starts at the erring provider and comes back at once; `antwort` gets the right nonce.
async fn mit_antwort(
    b: &mut Browser,
    anbieter: &Anbieter,
    mut antwort: Value,
) -> crate::browser::Antwort {
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
pub async fn gute_zeichen(router: &Router, anbieter: &Anbieter) {
    for verfahren in ["RS256", "ES256", "PS256"] {
        let mut b = Browser::neu(router);
        let antwort = mit_antwort(&mut b, anbieter, json!({ "alg": verfahren })).await;
        assert_eq!(antwort.status, 303, "{verfahren}: {}", antwort.text);
        assert!(b.hat("zr-sid"), "{verfahren}");
    }
}

pub async fn schlechte_zeichen(db: &Database, router: &Router, anbieter: &Anbieter) {
    let jetzt = chrono::Utc::now().timestamp();
    let gruppen = json!({ "groups": ["IT"] });
    for (was, antwort) in [
        ("no signature", json!({ "alg": "none" })),
        ("our secret as key", json!({ "alg": "HS256" })),
        ("another algorithm", json!({ "alg": "RS384" })),
        ("another's key", json!({ "alg": "fremd" })),
        ("changed afterwards", json!({ "verfaelscht": gruppen })),
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

/// The provider's faults are ours to say in German: 503, nothing of its text.
pub async fn fehler_des_anbieters(db: &Database, anbieter: &Anbieter, geheim: &str) {
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
    anbieter.metadaten(&json!({})).await;
    let router = crate::dienst(db, "http://127.0.0.1:9", geheim).await;
    let antwort = Browser::neu(&router).hole("/anmelden/oidc").await;
    assert_eq!(antwort.status, 503, "nobody there");
    assert_eq!(Browser::neu(&router).hole("/").await.status, 200);
}

/// Providers with small id tokens, and rotated keys while the service runs.
pub async fn angaben_aus_userinfo(db: &Database, router: &Router, anbieter: &Anbieter) {
    let mut b = Browser::neu(router);
    b.beginne().await; // keeps what the provider said before
    anbieter.kurze_ausweise().await;
    anbieter
        .person("u.info", "Ute Info", &["Stadtplanung"])
        .await;
    let antwort = b.melde_an(anbieter, "u.info").await;
    assert_eq!(antwort.status, 303, "{}", antwort.text);
    let konto = eines(db, "u.info").await;
    assert_eq!(
        (konto.name.as_str(), konto.rollen),
        ("Ute Info", vec![Rolle::Stadtplanung])
    );
}

/// From one address the provider is not asked without end.
pub async fn zu_viele(router: &Router) {
    let mut b = Browser::neu(router);
    let mut worte = Vec::new();
    for _ in 0..21 {
        let state = parameter(&b.beginne().await, "state");
        let antwort = b
            .hole(&format!("/anmelden/oidc/zurueck?code=x&state={state}"))
            .await;
        worte.push(antwort.meldung().to_owned());
    }
    assert!(worte[0].contains("schon benutzt"), "{}", worte[0]);
    assert!(worte[20].contains("Zu viele Anmeldungen"), "{}", worte[20]);
}
