//! Signing in and out through the pages, as a browser does it; and what attackers get.

use axum::Router;
use axum::http::Request;
use zielraum::auth::anmeldung::{Ausgang, melde_an};
use zielraum::auth::konto;
use zielraum::auth::{Dienst, Rolle};

use super::{dienst, frage, nur};
use crate::layers::support::Antwort;
use crate::support::{TestDb, admin, datenbank};

const KENNWORT: &str = "Lech Wehr Kiesbank";

/// A browser: keeps cookies, repeats the hidden field of the last page.
struct Browser {
    router: Router,
    kekse: Vec<(String, String)>,
    formular: String,
}

impl Browser {
    fn neu(router: &Router) -> Self {
        Self {
            router: router.clone(),
            kekse: Vec::new(),
            formular: String::new(),
        }
    }

    async fn sende(&mut self, request: axum::http::request::Builder, inhalt: &str) -> Antwort {
        let kekse: Vec<_> = self.kekse.iter().map(|(n, w)| format!("{n}={w}")).collect();
        let request = request
            .header("cookie", kekse.join("; "))
            .header("accept", "text/html");
        let antwort = frage(&self.router, request, inhalt).await;
        for kopf in antwort.headers.get_all("set-cookie") {
            let text = kopf.to_str().unwrap();
            assert!(
                text.contains("HttpOnly") && text.contains("SameSite=Lax"),
                "{text}"
            );
            let (name, wert) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.kekse.retain(|(n, _)| n != name);
            if !text.contains("Max-Age=0") {
                self.kekse.push((name.to_owned(), wert.to_owned()));
            }
        }
        if let Some(rest) = antwort.text.rsplit("name=\"formular\" value=\"").next()
            && antwort.text.contains("name=\"formular\"")
        {
            self.formular = rest.split('"').next().unwrap().to_owned();
        }
        antwort
    }

    async fn hole(&mut self, pfad: &str) -> Antwort {
        self.sende(Request::get(pfad), "").await
    }

    async fn schicke(&mut self, pfad: &str, felder: &str) -> Antwort {
        let inhalt = format!("formular={}&{felder}", self.formular);
        let request = Request::post(pfad)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.sende(request, &inhalt).await
    }

    fn sitzung(&self) -> Option<&str> {
        let keks = self.kekse.iter().find(|(name, _)| name == "zr-sid");
        keks.map(|(_, wert)| wert.as_str())
    }

    async fn melde_an(&mut self, login: &str, kennwort: &str) -> Antwort {
        self.hole("/anmelden").await;
        let felder = format!(
            "login={login}&kennwort={}&zurueck=/konto",
            kennwort.replace(' ', "+")
        );
        self.schicke("/anmelden", &felder).await
    }
}

async fn mit_konto() -> (TestDb, Router) {
    let db = datenbank().await;
    konto::lege_an(
        &db.auth,
        "pruefung",
        "m.huber",
        "Maria Huber",
        &nur(&[Rolle::Strategie]),
        Some(KENNWORT.into()),
    )
    .await
    .unwrap();
    let router = dienst(&db).await;
    (db, router)
}

#[tokio::test]
async fn in_and_out() {
    let (db, router) = mit_konto().await;
    let mut b = Browser::neu(&router);
    // A page for staff leads to the form and back.
    let weg = b.hole("/konto").await;
    assert_eq!(weg.status, 303);
    assert_eq!(
        weg.kopf("location"),
        "http://zr.test:8080/anmelden?zurueck=/konto"
    );
    let falsch = b.melde_an("m.huber", "falsch aber lang genug").await;
    assert_eq!(falsch.status, 403);
    assert!(
        falsch
            .text
            .contains("ist falsch, oder das Konto ist gesperrt")
    );
    let fremd = b.melde_an("gibtesnicht", KENNWORT).await;
    let meldung = |a: &Antwort| {
        a.text
            .split("role=\"alert\">")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        meldung(&fremd),
        meldung(&falsch),
        "nobody learns which logins exist"
    );
    let gut = b.melde_an("M.Huber", KENNWORT).await;
    assert_eq!(gut.status, 303, "{}", gut.text);
    assert_eq!(gut.kopf("location"), "http://zr.test:8080/konto");
    let erste = b.sitzung().unwrap().to_owned();
    let seite = b.hole("/konto").await;
    assert_eq!(seite.status, 200);
    for wort in [
        "Maria Huber",
        "Entwürfe sichtbar",
        "Strategie und Controlling",
        "Abmelden",
    ] {
        assert!(seite.text.contains(wort), "{wort}");
    }
    assert_eq!(seite.kopf("cache-control"), "private, no-store");
    assert_eq!(b.hole("/konten").await.status, 403, "not an administrator");
    // Every page shows it.
    assert!(
        b.hole("/massnahmen?f=html")
            .await
            .text
            .contains("Entwürfe sichtbar")
    );
    // Out: the number is worth nothing any more.
    let aus = b.schicke("/abmelden", "").await;
    assert_eq!(aus.status, 303);
    assert_eq!(b.sitzung(), None);
    b.kekse.push(("zr-sid".into(), erste));
    assert_eq!(b.hole("/konto").await.status, 303);
    let offen: i64 = sqlx::query_scalar("SELECT count(*) FROM auth.sitzung")
        .fetch_one(&db.auth)
        .await
        .unwrap();
    assert_eq!(offen, 0);
}

#[tokio::test]
async fn tokens_and_password_on_the_own_page() {
    let (_db, router) = mit_konto().await;
    let mut b = Browser::neu(&router);
    b.melde_an("m.huber", KENNWORT).await;
    b.hole("/konto").await;
    // A new token, shown once, works; revoked it does not.
    let neu = b
        .schicke("/konto/schluessel", "name=QGIS&umfang=lesen&tage=30")
        .await;
    let token = neu
        .text
        .split("schluessel\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    assert!(token.starts_with("zr_"));
    assert!(!b.hole("/konto").await.text.contains(&token));
    assert_eq!(
        super::mit(&router, &token, "/collections").await.status,
        200
    );
    let id = b
        .hole("/konto")
        .await
        .text
        .split("/konto/schluessel/")
        .nth(1)
        .unwrap()[..36]
        .to_owned();
    let weg = b
        .schicke(&format!("/konto/schluessel/{id}/widerrufen"), "")
        .await;
    assert_eq!(weg.status, 303);
    assert_eq!(
        super::mit(&router, &token, "/collections").await.status,
        401
    );
    // A new password ends the other sessions, not this one.
    let mut zweiter = Browser::neu(&router);
    zweiter.melde_an("m.huber", KENNWORT).await;
    b.hole("/konto").await;
    let falsch = b
        .schicke(
            "/konto/kennwort",
            "bisher=falsch&kennwort=Kiesbank+Wehr+Lech&wiederholt=Kiesbank+Wehr+Lech",
        )
        .await;
    assert_eq!(falsch.status, 400);
    let gut = b
        .schicke(
            "/konto/kennwort",
            "bisher=Lech+Wehr+Kiesbank&kennwort=Kiesbank+Wehr+Lech&wiederholt=Kiesbank+Wehr+Lech",
        )
        .await;
    assert_eq!(gut.status, 303, "{}", gut.text);
    assert_eq!(b.hole("/konto").await.status, 200);
    assert_eq!(zweiter.hole("/konto").await.status, 303, "signed out");
}

#[tokio::test]
async fn sessions_end_by_themselves() {
    let (db, router) = mit_konto().await;
    for sql in [
        "UPDATE auth.sitzung SET zuletzt = clock_timestamp() - interval '61 minutes'",
        "UPDATE auth.sitzung SET begonnen = clock_timestamp() - interval '12 hours 1 minute'",
    ] {
        let mut b = Browser::neu(&router);
        b.melde_an("m.huber", KENNWORT).await;
        assert_eq!(b.hole("/konto").await.status, 200);
        let erste = b.sitzung().unwrap().to_owned();
        sqlx::query(sql).execute(&db.auth).await.unwrap();
        assert_eq!(b.hole("/konto").await.status, 303, "{sql}");
        assert_eq!(
            b.hole("/collections?f=json")
                .await
                .kopf("access-control-allow-origin"),
            "*",
            "anonymous, not refused"
        );
        b.melde_an("m.huber", KENNWORT).await;
        assert_ne!(b.sitzung().unwrap(), erste, "a new number");
    }
}

#[tokio::test]
async fn foreign_pages_and_missing_fields_are_refused() {
    let (_db, router) = mit_konto().await;
    let mut b = Browser::neu(&router);
    b.hole("/anmelden").await;
    b.formular = "x".repeat(43);
    let felder = format!("login=m.huber&kennwort={KENNWORT}");
    assert_eq!(
        b.schicke("/anmelden", &felder).await.status,
        403,
        "form token"
    );
    b.melde_an("m.huber", KENNWORT).await;
    b.hole("/konto").await;
    let anlegen = format!("formular={}&name=Boese&umfang=lesen&tage=30", b.formular);
    let form = |kopf: &'static str, wert: &'static str| {
        Request::post("/konto/schluessel")
            .header("content-type", "application/x-www-form-urlencoded")
            .header(kopf, wert)
    };
    for (kopf, wert, soll) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", "https://boese.example", 403),
        ("origin", "null", 403),
        ("origin", "http://zr.test:8080", 200),
    ] {
        let antwort = b.sende(form(kopf, wert), &anlegen).await;
        assert_eq!(antwort.status, soll, "{kopf}: {wert}");
    }
    b.formular = "0".repeat(64);
    assert_eq!(
        b.schicke("/konto/schluessel", "name=A&umfang=lesen&tage=30")
            .await
            .status,
        403
    );
    b.formular = "0".repeat(64);
    assert_eq!(
        b.schicke("/abmelden", "").await.status,
        403,
        "not even signed out by others"
    );
    let json = Request::post("/konto/schluessel").header("content-type", "application/json");
    assert_eq!(b.sende(json, "{}").await.status, 415);
}

#[tokio::test]
async fn the_first_administrator_comes_by_a_link() {
    let db = datenbank().await;
    let router = dienst(&db).await;
    let alt = konto::einmal_code(&db.auth).await.unwrap().unwrap();
    let code = konto::einmal_code(&db.auth).await.unwrap().unwrap();
    let mut b = Browser::neu(&router);
    assert_eq!(
        b.hole(&format!("/einrichten/{alt}")).await.status,
        404,
        "replaced"
    );
    let pfad = format!("/einrichten/{code}");
    assert_eq!(b.hole(&pfad).await.status, 200);
    let kurz = b
        .schicke(
            &pfad,
            "login=chefin&name=Chefin&kennwort=kurz&wiederholt=kurz",
        )
        .await;
    assert_eq!(kurz.status, 400);
    assert!(
        kurz.text.contains("erlaubt sind 12 bis 128"),
        "{}",
        kurz.text
    );
    let felder =
        "login=chefin&name=Die+Chefin&kennwort=Lech+Wehr+Kiesbank&wiederholt=Lech+Wehr+Kiesbank";
    assert_eq!(b.schicke(&pfad, felder).await.status, 303);
    assert_eq!(b.hole(&pfad).await.status, 404, "used up");
    assert_eq!(konto::einmal_code(&db.auth).await.unwrap(), None);
    assert_eq!(b.melde_an("chefin", KENNWORT).await.status, 303);
    // She makes others, and changes what they may.
    assert!(b.hole("/konten").await.text.contains("Neues Konto"));
    let neu = "login=rat&name=Rat&rolle=stadtrat&kennwort=Kiesbank+Wehr+Lech&wiederholt=Kiesbank+Wehr+Lech";
    assert_eq!(b.schicke("/konten", neu).await.status, 303);
    let doppelt = b.schicke("/konten", neu).await;
    assert_eq!(doppelt.status, 400);
    assert!(doppelt.text.contains("gibt es schon"));
    assert_eq!(
        b.schicke("/konten/rat", "rolle=strategie&rolle=freigabe")
            .await
            .status,
        303
    );
    assert_eq!(
        b.schicke("/konten/rat/sperre", "sperren=ja").await.status,
        303
    );
    let selbst = b.schicke("/konten/chefin", "rolle=strategie").await;
    assert_eq!(selbst.status, 400, "the last administrator");
    assert_eq!(b.hole("/konten/niemand").await.status, 404);
    let mut rat = Browser::neu(&router);
    assert_eq!(
        rat.melde_an("rat", "Kiesbank Wehr Lech").await.status,
        403,
        "locked"
    );
}

/// The drill: 100 wrong passwords at once pass no limit, and the owner gets in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_wrong_tries_at_once() {
    let (db, _router) = mit_konto().await;
    let dienst = Dienst::neu(db.auth.clone(), None);
    let heim = Some("192.0.2.7".parse().unwrap());
    let Ausgang::Angemeldet { geraet, .. } =
        melde_an(&dienst, "m.huber", KENNWORT.into(), heim, None)
            .await
            .unwrap()
    else {
        panic!("the owner signs in");
    };
    let versuche = (0..100).map(|i| {
        let dienst = dienst.clone();
        tokio::spawn(async move {
            // Half of them from one address, half from many.
            let adresse = if i % 2 == 0 {
                "198.51.100.9".to_owned()
            } else {
                format!("203.0.113.{i}")
            };
            melde_an(
                &dienst,
                "m.huber",
                format!("falsch falsch {i}"),
                Some(adresse.parse().unwrap()),
                None,
            )
            .await
            .unwrap()
        })
    });
    let mut geprueft = 0;
    for versuch in versuche.collect::<Vec<_>>() {
        match versuch.await.unwrap() {
            Ausgang::Falsch => geprueft += 1,
            Ausgang::Warten(sekunden) => assert!((1..=60).contains(&sekunden), "{sekunden}"),
            Ausgang::Angemeldet { .. } => panic!("a wrong password"),
        }
    }
    assert!(
        (1..=5).contains(&geprueft),
        "{geprueft} passwords were looked at"
    );
    // Meanwhile the owner's own browser has tries of its own …
    let eigen = melde_an(&dienst, "m.huber", KENNWORT.into(), heim, Some(&geraet))
        .await
        .unwrap();
    assert!(matches!(eigen, Ausgang::Angemeldet { .. }), "{eigen:?}");
    // … which are limited too.
    let mut nacheinander = Vec::new();
    for _ in 0..6 {
        nacheinander.push(
            melde_an(
                &dienst,
                "m.huber",
                "wieder falsch".into(),
                heim,
                Some(&geraet),
            )
            .await
            .unwrap(),
        );
    }
    assert!(
        matches!(nacheinander.last(), Some(Ausgang::Warten(_))),
        "{nacheinander:?}"
    );
    // An address that tries many names gets twenty a minute.
    let mut geprueft = 0;
    for i in 0..25 {
        let adresse = Some("198.51.100.77".parse().unwrap());
        if melde_an(&dienst, &format!("name{i}"), KENNWORT.into(), adresse, None)
            .await
            .unwrap()
            == Ausgang::Falsch
        {
            geprueft += 1;
        }
    }
    assert_eq!(geprueft, 20);
    // The pause passes; it is no lock.
    sqlx::query("UPDATE auth.anmeldung SET fenster = fenster - interval '61 seconds', frei_ab = frei_ab - interval '61 seconds'")
        .execute(&admin(&db).await)
        .await
        .unwrap();
    let danach = melde_an(&dienst, "m.huber", KENNWORT.into(), heim, None)
        .await
        .unwrap();
    assert!(matches!(danach, Ausgang::Angemeldet { .. }), "{danach:?}");
}
