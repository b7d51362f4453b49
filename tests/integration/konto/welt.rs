//! What each role reads: the same addresses, through worlds of their own.

use axum::Router;
use axum::http::Request;
use base64::Engine as _;
use sqlx::PgPool;
use zielraum::auth::Rolle;
use zielraum::auth::konto::{self, Angaben};

use super::{dienst, frage, mit, nur, schluessel};
use crate::layers::support::{hole, json};
use crate::support::{TestDb, admin, datenbank, datenbank_mit_demo};

/// Stands in every draft below.
const WORT: &str = "Xylopomp";

/// Drafts of several kinds: the first measure that Referat `amt` answers for, one that lies
/// in Ortsteil `ort` alone, one of neither that waits for its release, a goal, a plan.
struct Entwuerfe {
    amt: String,
    ort: String,
    amtlich: String,
    oertlich: String,
    vorgelegt: String,
}

async fn text(pool: &PgPool, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

/// New drafts by plain SQL, as the owner of the tables would write them.
async fn entwuerfe(db: &TestDb) -> Entwuerfe {
    let pool = admin(db).await;
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("SELECT audit.beginne('pruefung', 'Entwürfe')")
        .execute(&mut *tx)
        .await
        .unwrap();
    // States of publication are set by its machinery alone, unless it allows it.
    sqlx::query("SELECT freigabe.erlaube()")
        .execute(&mut *tx)
        .await
        .unwrap();
    for (kennung, zustand) in [
        ("probe-amt", "entwurf"),
        ("probe-ort", "entwurf"),
        ("probe-vorgelegt", "in_freigabe"),
    ] {
        sqlx::query(
            "INSERT INTO strategie.massnahme (id, kennung, titel, art, beschlussstand, umsetzungsphase, ampel, veroeffentlichung)
             SELECT gen_random_uuid(), $1, $2 || ' ' || $1, art, beschlussstand, umsetzungsphase, ampel, $3 FROM strategie.massnahme LIMIT 1",
        )
        .bind(kennung)
        .bind(WORT)
        .bind(zustand)
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    for sql in [
        "INSERT INTO strategie.zustaendigkeit (id, akteur_id, massnahme_id, rolle) SELECT gen_random_uuid(), (SELECT id FROM strategie.akteur ORDER BY kennung LIMIT 1), id, 'federfuehrend' FROM strategie.massnahme WHERE kennung = 'probe-amt'",
        "INSERT INTO strategie.raumbezug (id, massnahme_id, art, ortsteil_id) SELECT gen_random_uuid(), id, 'ortsteil', (SELECT id FROM gemeinde.ortsteil ORDER BY kennung LIMIT 1) FROM strategie.massnahme WHERE kennung = 'probe-ort'",
        "INSERT INTO haushalt.finanzwert (id, massnahme_id, jahr, planfassung, art, betrag_ct, stand, vertraulich) SELECT gen_random_uuid(), id, 2026, 'ansatz', 'investition', 123456789, '2026-01-01', true FROM strategie.massnahme WHERE kennung = 'probe-amt'",
        "UPDATE strategie.ziel SET titel = 'Xylopomp-Ziel', veroeffentlichung = 'entwurf' WHERE id = (SELECT id FROM strategie.ziel ORDER BY kennung LIMIT 1)",
        "UPDATE fnp.plan SET veroeffentlichung = 'entwurf' WHERE kennung = 'fnp-2025-entwurf'",
    ] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    Entwuerfe {
        amt: text(
            &pool,
            "SELECT kennung FROM strategie.akteur ORDER BY kennung LIMIT 1",
        )
        .await,
        ort: text(
            &pool,
            "SELECT kennung FROM gemeinde.ortsteil ORDER BY kennung LIMIT 1",
        )
        .await,
        amtlich: "probe-amt".into(),
        oertlich: "probe-ort".into(),
        vorgelegt: "probe-vorgelegt".into(),
    }
}

/// Which of the drafts a reader finds, asked in three ways that must agree.
async fn sieht(router: &Router, token: &str, kennungen: &[&str]) -> Vec<bool> {
    let liste = mit(router, token, "/massnahmen?f=json&limit=10000").await;
    assert_eq!(liste.status, 200, "{}", liste.text);
    let ebene = mit(
        router,
        token,
        "/collections/massnahmen/items?f=json&limit=10000",
    )
    .await;
    assert_eq!(ebene.status, 200, "{}", ebene.text);
    let mut antworten = Vec::new();
    for kennung in kennungen {
        let blatt = mit(router, token, &format!("/massnahmen/{kennung}?f=json")).await;
        let da = blatt.status == 200;
        assert!(da || blatt.status == 404, "{kennung}: {}", blatt.text);
        let genannt = format!("\"{kennung}\"");
        assert_eq!(liste.text.contains(&genannt), da, "list: {kennung}");
        assert_eq!(ebene.text.contains(&genannt), da, "layer: {kennung}");
        antworten.push(da);
    }
    antworten
}

#[tokio::test]
async fn every_role_reads_its_own_world() {
    let db = datenbank_mit_demo().await;
    let e = entwuerfe(&db).await;
    let router = dienst(&db).await;
    let drei = [&*e.amtlich, &*e.oertlich, &*e.vorgelegt];
    let mut amt = nur(&[Rolle::Fachamt]);
    amt.referat = Some(e.amt.clone());
    let mut ort = nur(&[Rolle::Ortssprecher]);
    ort.ortsteil = Some(e.ort.clone());
    let mut beide = nur(&[Rolle::Stadtrat, Rolle::Ortssprecher]);
    beide.ortsteil = Some(e.ort.clone());
    for (login, angaben, soll) in [
        ("rat", nur(&[Rolle::Stadtrat]), [false, false, true]),
        ("amt", amt, [true, false, false]),
        ("ort", ort, [false, true, false]),
        ("beide", beide, [false, true, true]),
        ("planung", nur(&[Rolle::Stadtplanung]), [true, true, true]),
        ("kaemmerei", nur(&[Rolle::Kaemmerei]), [true, true, true]),
        ("strategie", nur(&[Rolle::Strategie]), [true, true, true]),
        ("freigabe", nur(&[Rolle::Freigabe]), [true, true, true]),
        ("verwaltung", nur(&[Rolle::Admin]), [false, false, false]),
        ("niemand", nur(&[]), [false, false, false]),
    ] {
        let token = schluessel(&db, login, &angaben).await;
        assert_eq!(sieht(&router, &token, &drei).await, soll, "{login}");
    }
    // Pages say of each draft what it is, wherever they name it.
    let token = schluessel(&db, "leserin", &nur(&[Rolle::Strategie])).await;
    let liste = mit(&router, &token, "/massnahmen?f=html").await.text;
    for (kennung, stand) in [("probe-amt", "Entwurf"), ("probe-vorgelegt", "In Freigabe")] {
        let nach = liste
            .split(&format!("{WORT} {kennung}</a>"))
            .nth(1)
            .unwrap_or_else(|| panic!("{kennung} in {liste}"));
        assert!(
            nach.starts_with(&format!(" <span class=\"marke-entwurf\">{stand}</span>")),
            "{kennung}: {}",
            &nach[..80]
        );
    }
    let blatt = mit(&router, &token, "/massnahmen/probe-amt?f=html")
        .await
        .text;
    assert!(blatt.contains("<span class=\"marke-entwurf\">Entwurf</span></h1>"));
    // Nobody known: the published copy, headers for everybody.
    let liste = hole(&router, "/massnahmen?f=json&limit=10000").await;
    assert!(!liste.text.contains(WORT));
    assert_eq!(liste.kopf("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn goals_plans_and_amounts_follow_the_same_wall() {
    let db = datenbank_mit_demo().await;
    let e = entwuerfe(&db).await;
    let router = dienst(&db).await;
    let rat = schluessel(&db, "rat", &nur(&[Rolle::Stadtrat])).await;
    let planung = schluessel(&db, "planung", &nur(&[Rolle::Stadtplanung])).await;
    let kasse = schluessel(&db, "kasse", &nur(&[Rolle::Kaemmerei])).await;
    for (token, soll) in [(&rat, false), (&planung, true)] {
        let antwort = mit(&router, token, "/ziele?f=json").await;
        assert_eq!(antwort.status, 200, "{}", antwort.text);
        assert_eq!(antwort.text.contains("Xylopomp-Ziel"), soll);
        let plan = mit(
            &router,
            token,
            "/collections/fnp_flaechen_fnp-2025-entwurf?f=json",
        )
        .await;
        // A draft over a published plan: the council reads the published one.
        assert_eq!(plan.status, 200, "{}", plan.text);
    }
    let geld = format!("/geld/massnahmen/{}?f=json", e.amtlich);
    let betrag = |text: &str| text.contains("1234567");
    assert!(betrag(&mit(&router, &kasse, &geld).await.text), "Kämmerei");
    let ohne = mit(&router, &planung, &geld).await;
    assert_eq!(ohne.status, 200);
    assert!(!betrag(&ohne.text), "Stadtplanung: {}", ohne.text);
}

/// What may be changed as "own" is what is read as "own".
#[tokio::test]
async fn own_is_the_same_for_reading_and_writing() {
    let db = datenbank_mit_demo().await;
    let e = entwuerfe(&db).await;
    let pool = admin(&db).await;
    let mut konto = zielraum::auth::Angemeldet {
        id: uuid::Uuid::nil(),
        login: "x".into(),
        name: "x".into(),
        rollen: vec![Rolle::Fachamt, Rolle::Ortssprecher],
        referat: Some(e.amt),
        ortsteil: Some(e.ort),
        herkunft: zielraum::auth::Herkunft::Sitzung {
            formularschutz: String::new(),
        },
        endet: chrono::DateTime::UNIX_EPOCH,
    };
    let mut conn = db.write.acquire().await.unwrap();
    for (rollen, soll) in [
        (vec![Rolle::Fachamt], [true, false, false]),
        (vec![Rolle::Ortssprecher], [false, true, false]),
        (vec![Rolle::Stadtrat], [false, false, false]),
    ] {
        konto.rollen = rollen;
        let mut ist = Vec::new();
        for kennung in [&e.amtlich, &e.oertlich, &e.vorgelegt] {
            let id: uuid::Uuid =
                sqlx::query_scalar("SELECT id FROM strategie.massnahme WHERE kennung = $1")
                    .bind(kennung)
                    .fetch_one(&pool)
                    .await
                    .unwrap();
            ist.push(
                zielraum::auth::store::eigen(&mut conn, &konto, "massnahme", id)
                    .await
                    .unwrap(),
            );
        }
        assert_eq!(ist, soll, "{:?}", konto.rollen);
    }
}

/// Every address of the service document, in every world: an answer, and never ours to blame.
#[tokio::test]
async fn every_page_answers_in_every_world() {
    let db = datenbank_mit_demo().await;
    let e = entwuerfe(&db).await;
    let router = dienst(&db).await;
    let mut amt = nur(&[Rolle::Fachamt]);
    amt.referat = Some(e.amt);
    let api = json(&router, "/api").await;
    let pfade: Vec<&String> = api["paths"].as_object().unwrap().keys().collect();
    assert!(pfade.len() > 40, "{}", pfade.len());
    for (login, angaben) in [
        ("rat", nur(&[Rolle::Stadtrat])),
        ("amt", amt),
        ("strategie", nur(&[Rolle::Strategie])),
    ] {
        let token = schluessel(&db, login, &angaben).await;
        for muster in &pfade {
            let pfad = muster
                .replace("{kennzeichen}", "091234___00012______")
                .replace("{kennung}", "erpfting")
                .replace("{slug}", "intern")
                .replace("{id}", "fnp_flaechen")
                .replace("{fid}", "x");
            for f in ["json", "html"] {
                let frage = if pfad.contains('?') { '&' } else { '?' };
                let antwort = mit(&router, &token, &format!("{pfad}{frage}f={f}")).await;
                assert!(
                    antwort.status.as_u16() < 500,
                    "{login} {pfad} {f}: {}",
                    antwort.text
                );
                assert_eq!(antwort.kopf("cache-control"), "private, no-store", "{pfad}");
                assert_eq!(antwort.kopf("access-control-allow-origin"), "", "{pfad}");
            }
        }
    }
}

#[tokio::test]
async fn credentials_are_right_or_refused_once() {
    let db = datenbank().await;
    let router = dienst(&db).await;
    let token = schluessel(&db, "m.huber", &nur(&[Rolle::Strategie])).await;
    let basic = |name: &str, geheim: &str| {
        let paar = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{geheim}"));
        format!("Basic {paar}")
    };
    let falsch = zielraum::auth::geheimnis::token().unwrap();
    for (kopf, soll) in [
        (format!("Bearer {token}"), 200),
        (basic("m.huber", &token), 200),
        (basic("M.Huber", &token), 200),
        (basic("anderer", &token), 401),
        (basic("m.huber", "Lech Wehr Kiesbank"), 401),
        (format!("Bearer {falsch}"), 401),
        ("Bearer zr_unsinn".to_owned(), 401),
        ("Negotiate YII=".to_owned(), 401),
    ] {
        let request = Request::get("/collections?f=json").header("authorization", &kopf);
        let antwort = frage(&router, request, "").await;
        assert_eq!(antwort.status, soll, "{kopf}");
        let rufe = antwort.headers.get_all("www-authenticate").iter().count();
        assert_eq!(rufe, if soll == 401 { 2 } else { 0 }, "{kopf}");
        if soll == 401 {
            assert_eq!(antwort.kopf("content-type"), "application/problem+json");
            assert_eq!(
                antwort.json()["type"],
                "http://zr.test:8080/probleme/anmeldung"
            );
            assert_eq!(antwort.kopf("access-control-allow-origin"), "");
        } else {
            assert_eq!(antwort.kopf("cache-control"), "private, no-store");
        }
    }
    // Without credentials never a challenge, not even where a right is missing.
    for (methode, pfad) in [
        ("GET", "/konten"),
        ("POST", "/konten"),
        ("GET", "/konto"),
        ("GET", "/collections"),
    ] {
        let antwort = frage(&router, Request::builder().method(methode).uri(pfad), "").await;
        assert_eq!(antwort.kopf("www-authenticate"), "", "{methode} {pfad}");
        assert_ne!(antwort.status, 401, "{methode} {pfad}");
    }
    // A token is no way to accounts.
    assert_eq!(mit(&router, &token, "/konto").await.status, 403);
    // Locked, revoked: over at once.
    konto::sperre(&db.auth, "pruefung", "m.huber", true)
        .await
        .unwrap_err();
    schluessel(&db, "chefin", &nur(&[Rolle::Admin])).await;
    konto::sperre(&db.auth, "pruefung", "m.huber", true)
        .await
        .unwrap();
    assert_eq!(mit(&router, &token, "/collections").await.status, 401);
    konto::sperre(&db.auth, "pruefung", "m.huber", false)
        .await
        .unwrap();
    assert_eq!(mit(&router, &token, "/collections").await.status, 200);
    sqlx::query("UPDATE auth.token SET laeuft_ab = clock_timestamp() - interval '1 second'")
        .execute(&db.auth)
        .await
        .unwrap();
    assert_eq!(mit(&router, &token, "/collections").await.status, 401);
}

/// A session without settings, or with unknown ones, sees nothing.
#[tokio::test]
async fn the_wall_fails_closed() {
    let db = datenbank_mit_demo().await;
    let zahl = async |pool: &PgPool| -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM massnahme")
            .fetch_one(pool)
            .await
            .unwrap()
    };
    let alles = zahl(&db.personal.pool("alles", None, None)).await;
    assert!(alles > 0);
    for umfang in ["", "unsinn", "referat", "ortsteil", "betraege"] {
        assert_eq!(
            zahl(&db.personal.pool(umfang, None, None)).await,
            0,
            "{umfang}"
        );
    }
    assert_eq!(zahl(&db.write).await, alles, "the writer is not behind it");
    // Every protected table has both policies; accounts are out of everybody's reach.
    let pool = admin(&db).await;
    let offen: Vec<String> = sqlx::query_scalar(
        "SELECT relation FROM freigabe.schutz s JOIN pg_class k ON k.oid = s.relation::regclass
         WHERE NOT k.relrowsecurity OR (SELECT count(*) FROM pg_policy p WHERE p.polrelid = k.oid) <> 2",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(offen.is_empty(), "{offen:?}");
    for rolle in ["zielraum_public", "zielraum_staff", "zielraum_write"] {
        let recht: bool = sqlx::query_scalar("SELECT has_schema_privilege($1, 'auth', 'USAGE')")
            .bind(rolle)
            .fetch_one(&pool)
            .await
            .unwrap();
        assert!(!recht, "{rolle} in auth");
    }
    // What has a state of publication is protected, or stands here with its reason.
    let ohne: Vec<String> = sqlx::query_scalar(
        "SELECT a.attrelid::regclass::text FROM pg_attribute a JOIN pg_class k ON k.oid = a.attrelid JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE a.attname = 'veroeffentlichung' AND k.relkind = 'r' AND NOT k.relrowsecurity AND n.nspname <> 'oeffentlich' ORDER BY 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(ohne.is_empty(), "{ohne:?}");
}

#[tokio::test]
async fn internal_layers_are_for_staff_and_a_broken_one_stops_nobody() {
    let db = datenbank().await;
    let pool = admin(&db).await;
    for sql in [
        "CREATE SCHEMA stadt",
        "CREATE TABLE stadt.kataster (id int PRIMARY KEY, name text)",
        "INSERT INTO stadt.kataster VALUES (1, 'geheim')",
        "GRANT USAGE ON SCHEMA stadt TO zielraum_staff",
        "GRANT SELECT ON stadt.kataster TO zielraum_staff",
        "CREATE TABLE stadt.verschlossen (id int PRIMARY KEY)",
    ] {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    let datei = "[[layer]]\nid = \"kataster\"\ntitle = \"Kataster\"\nrelation = \"stadt.kataster\"\naccess = \"intern\"\n\
                 [[layer]]\nid = \"verschlossen\"\ntitle = \"Zu\"\nrelation = \"stadt.verschlossen\"\naccess = \"intern\"\n";
    let eigene = Some(("stadt.toml".to_owned(), datei.to_owned()));
    let app = zielraum::app::App::neu(&db, None, eigene, false)
        .await
        .unwrap();
    let router = zielraum::app::router(&app);
    let token = schluessel(&db, "strategie", &nur(&[Rolle::Strategie])).await;
    let pfad = "/collections/kataster/items?f=json";
    assert_eq!(hole(&router, pfad).await.status, 404);
    let antwort = mit(&router, &token, pfad).await;
    assert!(antwort.text.contains("geheim"), "{}", antwort.text);
    let liste = mit(&router, &token, "/collections?f=json").await.text;
    assert!(liste.contains("kataster") && !liste.contains("verschlossen"));
}

/// More worlds than are kept at once: none shows another's drafts.
#[tokio::test]
async fn many_worlds_take_turns() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db).await;
    let pool = admin(&db).await;
    let orte: Vec<String> =
        sqlx::query_scalar("SELECT kennung FROM gemeinde.ortsteil WHERE id > 0 ORDER BY kennung")
            .fetch_all(&pool)
            .await
            .unwrap();
    let amt: Vec<String> =
        sqlx::query_scalar("SELECT kennung FROM strategie.akteur ORDER BY kennung LIMIT 8")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mut wer = Vec::new();
    for (i, ort) in orte.iter().enumerate() {
        let angaben = Angaben {
            rollen: vec![Rolle::Ortssprecher],
            referat: None,
            ortsteil: Some(ort.clone()),
        };
        wer.push(schluessel(&db, &format!("ort{i}"), &angaben).await);
    }
    for (i, referat) in amt.iter().enumerate() {
        let angaben = Angaben {
            rollen: vec![Rolle::Fachamt],
            referat: Some(referat.clone()),
            ortsteil: None,
        };
        wer.push(schluessel(&db, &format!("amt{i}"), &angaben).await);
    }
    assert!(wer.len() > 8, "{}", wer.len());
    for _ in 0..2 {
        for token in &wer {
            assert_eq!(mit(&router, token, "/massnahmen?f=json").await.status, 200);
        }
    }
}
