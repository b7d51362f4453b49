//! From the provider's word to accounts and roles.

use std::collections::HashSet;

use axum::Router;
use zielraum::auth::Rolle;
use zielraum::auth::konto::{self, Angaben};
use zielraum::auth::konto_store::{self, Konto};
use zielraum::auth::oidc::ausweis::Ausweis;
use zielraum::auth::oidc::konfig::Konfig;
use zielraum::auth::oidc::zutritt;
use zielraum::db::Database;

use crate::browser::{Browser, ZURUECK, parameter};
use crate::provider::Anbieter;

pub async fn eines(db: &Database, login: &str) -> Konto {
    konto_store::eines(&db.auth, login).await.unwrap()
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

pub async fn ohne_gruppe_kein_zutritt(db: &Database, router: &Router, anbieter: &Anbieter) {
    anbieter.person("gast", "Gast", &["Kantine"]).await;
    let mut b = Browser::neu(router);
    let antwort = b.melde_an(anbieter, "gast").await;
    b.draussen(&antwort, "zu keiner Gruppe").await;
    assert!(antwort.text.contains("Verwaltung der Konten"));
    // A Referat that does not exist is the operator's slip, said as such.
    anbieter.person("bauhof", "Bauhof", &["Bauhof"]).await;
    let antwort = b.melde_an(anbieter, "bauhof").await;
    b.draussen(&antwort, "Referat „gibtesnicht“").await;
    // It does not keep out who has another role besides.
    anbieter
        .person("bauhof", "Bauhof", &["Bauhof", "Stadtplanung"])
        .await;
    b.melde_an(anbieter, "bauhof").await;
    assert!(b.hat("zr-sid"));
    let konto = eines(db, "bauhof").await;
    assert_eq!(
        (konto.rollen, konto.referat),
        (vec![Rolle::Stadtplanung], None)
    );
    // And does not leave a role that is no longer theirs.
    anbieter.person("bauhof", "Bauhof", &["Bauhof"]).await;
    let antwort = Browser::neu(router).melde_an(anbieter, "bauhof").await;
    assert_eq!(antwort.status, 403);
    assert!(eines(db, "bauhof").await.rollen.is_empty());
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

/// The provider's word counts for the last administrator too, and when the group is put right.
pub async fn letzter_admin(db: &Database, router: &Router, anbieter: &Anbieter) {
    anbieter.person("admina", "Admina", &["IT"]).await;
    let mut b = Browser::neu(router);
    b.melde_an(anbieter, "admina").await;
    assert_eq!(b.hole("/konten").await.status, 200);
    anbieter.person("admina", "Admina", &[]).await;
    let mut zweiter = Browser::neu(router);
    let antwort = zweiter.melde_an(anbieter, "admina").await;
    zweiter.draussen(&antwort, "zu keiner Gruppe").await;
    assert!(eines(db, "admina").await.rollen.is_empty());
    assert!(b.hole("/konten").await.ort().contains("/anmelden?"));
    anbieter.person("admina", "Admina", &["IT"]).await;
    b.melde_an(anbieter, "admina").await;
    assert_eq!(b.hole("/konten").await.status, 200);
    // Another role instead: the session that is open has it at once.
    anbieter.person("admina", "Admina", &["Stadtplanung"]).await;
    zweiter.melde_an(anbieter, "admina").await;
    assert!(zweiter.hat("zr-sid"));
    assert_eq!(eines(db, "admina").await.rollen, [Rolle::Stadtplanung]);
    assert_eq!(b.hole("/konten").await.status, 403);
}

pub async fn gesperrt_bleibt_gesperrt(db: &Database, router: &Router, anbieter: &Anbieter) {
    anbieter.person("m.huber", "Maria", &["Stadtplanung"]).await;
    let admin = Angaben {
        rollen: vec![Rolle::Admin],
        ..Angaben::default()
    };
    konto::lege_an(&db.auth, "pruefung", "chefin", "Chefin", &admin, None)
        .await
        .unwrap();
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

/// Monday morning: more newcomers than the pool has connections, some of them twice.
pub async fn viele_auf_einmal(db: &Database, konfig: &Konfig) {
    let versuche = (0..60).map(|n| {
        let ausweis = Ausweis {
            issuer: konfig.issuer.as_str().to_owned(),
            subject: format!("neu-{}", n % 40),
            kurz: Some("neu".into()),
            name: None,
            gruppen: vec!["Stadtplanung".into()],
        };
        async move { zutritt::gewaehre(&db.auth, konfig, &ausweis).await.unwrap() }
    });
    let konten: HashSet<_> = futures_util::future::join_all(versuche)
        .await
        .into_iter()
        .collect();
    assert_eq!(konten.len(), 40);
}
