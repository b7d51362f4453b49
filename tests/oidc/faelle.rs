//! The way there and back, and what must not lead in.

use axum::Router;
use openidconnect::url::Url;

use crate::browser::{Browser, parameter};
use crate::provider::Anbieter;

/// Without a provider there is no link and no way.
pub async fn nicht_eingerichtet(router: &Router) {
    let mut b = Browser::neu(router);
    assert!(!b.hole("/anmelden").await.text.contains("/anmelden/oidc"));
    assert_eq!(b.hole("/anmelden/oidc").await.status, 404);
    assert_eq!(b.hole("/anmelden/oidc/zurueck?code=x").await.status, 404);
    assert_eq!(b.hole("/anmelden/oidc/abmelden").await.status, 404);
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
    assert_eq!(antwort.status, 403);
    assert!(antwort.meldung().contains("nicht bestätigt"));
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

/// Wherever one wanted to go: our own pages.
pub async fn keine_fremde_seite(router: &Router, anbieter: &Anbieter) {
    for wunsch in [
        "https://boese.example/",
        "//boese.example/",
        "/%5Cboese.example/",
        "/%09/boese.example/",
        "javascript:alert(1)",
        "@boese.example/",
    ] {
        let mut b = Browser::neu(router);
        let weg = b.hole(&format!("/anmelden/oidc?zurueck={wunsch}")).await;
        let zurueck = anbieter.gehe(weg.ort(), "leiter", false).await;
        let antwort = b.hole(&zurueck).await;
        assert!(b.hat("zr-sid"), "{wunsch}: {}", antwort.text);
        assert_eq!(antwort.ort(), "http://zr.test:8080/", "{wunsch}");
    }
    let mut b = Browser::neu(router);
    let zwei = "/anmelden/oidc?zurueck=/konto&zurueck=//boese.example";
    assert_eq!(b.hole(zwei).await.status, 400);
}

/// Out here, and the way out there.
pub async fn abmelden(router: &Router, anbieter: &Anbieter) {
    let mut b = Browser::neu(router);
    b.melde_an(anbieter, "leiter").await;
    let seite = b.hole("/konto").await.text;
    let schutz = seite.split("name=\"formular\" value=\"").nth(1).unwrap();
    let schutz = schutz.split('"').next().unwrap();
    let alt = b.kekse.clone();
    let antwort = b.sende("/abmelden", &format!("formular={schutz}")).await;
    assert_eq!(antwort.ort(), "http://zr.test:8080/anmelden");
    assert!(!b.hat("zr-sid"));
    b.kekse = alt;
    assert!(b.hole("/konto").await.ort().contains("/anmelden?"));
    let seite = b.hole("/anmelden").await.text;
    assert!(
        seite.contains("href=\"http://zr.test:8080/anmelden/oidc/abmelden\""),
        "{seite}"
    );
    let antwort = b.hole("/anmelden/oidc/abmelden").await;
    let weg = Url::parse(antwort.ort()).unwrap();
    assert!(weg.as_str().starts_with(&anbieter.gut), "{weg}");
    assert_eq!(parameter(&weg, "client_id"), "zielraum");
    assert!(
        anbieter.seite(weg.as_str()).await.contains("<form"),
        "the provider asks"
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
        if worte.len() > 20 {
            assert_eq!(antwort.status, 429);
            assert!(antwort.headers.contains_key("retry-after"));
        }
    }
    assert!(worte[0].contains("schon benutzt"), "{}", worte[0]);
    assert!(worte[20].contains("Zu viele Anmeldungen"), "{}", worte[20]);
}
