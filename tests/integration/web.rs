//! The pages: with data and without, with odd names, and while plans come in.

use axum::Router;
use zielraum::app::{self, App};
use zielraum::db::Database;

use crate::layers::support::{Antwort, hole, hole_bis, json, sende};
use crate::lieferung::Plan;
use crate::support::{TestDb, datenbank, datenbank_mit_demo};

async fn dienst(db: &Database) -> Router {
    app::router(&App::neu(db, None, None, false).await.unwrap())
}

/// A page that is whole German HTML, loads nothing from elsewhere and says so.
fn ist_seite(pfad: &str, antwort: &Antwort) {
    let typ = antwort.kopf("content-type");
    assert!(typ.starts_with("text/html"), "{pfad}: {typ}");
    let csp = antwort.kopf("content-security-policy");
    for regel in [
        "default-src 'none'",
        "script-src 'self';",
        "frame-ancestors 'none'",
    ] {
        assert!(csp.contains(regel), "{pfad}: {csp}");
    }
    assert_eq!(antwort.kopf("cache-control"), "no-cache", "{pfad}");
    let text = &antwort.text;
    assert!(
        text.contains(r#"<html lang="de">"#) && text.trim_end().ends_with("</html>"),
        "{pfad}"
    );
    assert_eq!(text.matches("<h1").count(), 1, "{pfad}: one heading");
    // What a browser would fetch by itself, from whom?
    for anfang in ["src=\"", "<link rel=\"stylesheet\" href=\"", "url("] {
        for stueck in text.split(anfang).skip(1) {
            let eigen = stueck.starts_with("http://zr.test:8080/")
                || stueck.starts_with("data:")
                || stueck.starts_with('/') && !stueck.starts_with("//");
            assert!(
                eigen,
                "{pfad}: {}",
                stueck.chars().take(60).collect::<String>()
            );
        }
    }
    let text = text.replace("If-None-Match", "");
    for fehlt in ["None", "Some(", "NaN", "undefined", "{{"] {
        assert!(!text.contains(fehlt), "{pfad}: {fehlt}");
    }
}

async fn seite(router: &Router, pfad: &str, status: u16) -> String {
    let antwort = sende(router, "GET", pfad, &[("accept", "text/html")]).await;
    assert_eq!(antwort.status.as_u16(), status, "{pfad}: {}", antwort.text);
    ist_seite(pfad, &antwort);
    antwort.text
}

const OHNE_KENNUNG: [&str; 8] = [
    "/?f=html",
    "/karte",
    "/ortsteile?f=html",
    "/dorferneuerung?f=html",
    "/collections?f=html",
    "/conformance?f=html",
    "/api?f=html",
    "/probleme",
];

#[tokio::test]
async fn an_empty_database_has_pages_too() {
    let db = datenbank().await;
    let router = dienst(&db).await;
    for pfad in OHNE_KENNUNG {
        seite(&router, pfad, 200).await;
    }
    assert!(
        seite(&router, "/ortsteile?f=html", 200)
            .await
            .contains("noch keine Ortsteile")
    );
    assert!(
        seite(&router, "/dorferneuerung?f=html", 200)
            .await
            .contains("noch keine Gebiete")
    );
    assert!(
        seite(&router, "/bilanz?f=html", 404)
            .await
            .contains("noch kein Flächennutzungsplan")
    );
}

#[tokio::test]
async fn unknown_keys_are_german_pages() {
    for db in [datenbank().await, datenbank_mit_demo().await] {
        let router = dienst(&db).await;
        for pfad in [
            "/ortsteil/atlantis?f=html",
            "/dorferneuerung/atlantis?f=html",
            "/dorferneuerung/atlantis/flaechen?f=html",
            "/karte?plan=atlantis",
            "/collections/atlantis?f=html",
            "/collections/ortsteile/items/atlantis?f=html",
            "/gibt/es/nicht",
        ] {
            let text = seite(&router, pfad, 404).await;
            assert!(text.contains("nicht"), "{pfad}");
        }
        assert!(
            seite(&router, "/ortsteil/atlantis?f=html", 404)
                .await
                .contains("atlantis")
        );
    }
}

#[tokio::test]
async fn every_page_with_data() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db).await;
    for pfad in OHNE_KENNUNG {
        seite(&router, pfad, 200).await;
    }
    for pfad in [
        "/bilanz?f=html",
        "/bilanz?alle=true&f=html",
        "/karte?plan=fnp-2025-entwurf",
    ] {
        seite(&router, pfad, 200).await;
    }
    for (liste, feld, einzeln) in [
        ("/ortsteile", "ortsteile", "/ortsteil"),
        ("/dorferneuerung", "gebiete", "/dorferneuerung"),
    ] {
        for eintrag in json(&router, &format!("{liste}?f=json")).await[feld]
            .as_array()
            .unwrap()
        {
            let kennung = eintrag["kennung"].as_str().unwrap();
            for plan in ["", "&plan=fnp-2025-entwurf"] {
                let text = seite(&router, &format!("{einzeln}/{kennung}?f=html{plan}"), 200).await;
                assert!(
                    text.contains(eintrag["name"].as_str().unwrap()),
                    "{kennung}"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_land_use_of_a_village_renewal_area_leads_to_its_areas() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db).await;
    let gebiete = json(&router, "/dorferneuerung?f=json").await;
    let mut verfolgt = 0;
    for gebiet in gebiete["gebiete"].as_array().unwrap() {
        let kennung = gebiet["kennung"].as_str().unwrap();
        let doc = json(&router, &format!("/dorferneuerung/{kennung}?f=json")).await;
        let text = seite(&router, &format!("/dorferneuerung/{kennung}?f=html"), 200).await;
        for nutzung in doc["nutzungen"].as_array().unwrap() {
            let schluessel = nutzung["nutzung"].as_str().unwrap();
            let weg = text
                .split("href=\"")
                .find(|h| h.contains("/flaechen?") && h.contains(&format!("nutzung={schluessel}&")))
                .unwrap_or_else(|| panic!("{kennung}: no way to {schluessel}"));
            let weg = weg
                .split('"')
                .next()
                .unwrap()
                .replace("&#38;", "&")
                .replace("&amp;", "&");
            let weg = weg.strip_prefix("http://zr.test:8080").unwrap();
            seite(&router, weg, 200).await;
            let liste = json(&router, &weg.replace("f=html", "f=json")).await;
            let flaechen = liste["flaechen"].as_array().unwrap();
            let summe: f64 = flaechen.iter().map(|f| f["m2"].as_f64().unwrap()).sum();
            assert!(
                (summe - nutzung["m2"].as_f64().unwrap()).abs() < 1e-3,
                "{weg}"
            );
            assert_eq!(
                flaechen.len(),
                usize::try_from(nutzung["anzahl"].as_u64().unwrap()).unwrap()
            );
            verfolgt += 1;
        }
    }
    assert!(verfolgt > 3, "{verfolgt}");
    let falsch = hole(
        &router,
        "/dorferneuerung/atlantis/flaechen?nutzung=W&quatsch=1",
    )
    .await;
    assert_eq!(falsch.status, 400);
}

/// Names that would end an element or an attribute.
const BOESE: &str = r#"<script>alert(1)</script>" onload="x' & </title>"#;

#[tokio::test]
async fn names_are_text_and_nothing_else() {
    let db: TestDb = datenbank_mit_demo().await;
    let mut tx = zielraum::db::audit::begin(&db.write, "test", "Namen")
        .await
        .unwrap();
    for sql in [
        "UPDATE gemeinde.ortsteil SET name = $1, typ = $1",
        "UPDATE fnp.plan SET name = $1",
        "UPDATE dorferneuerung.gebiet SET name = $1, traeger = $1",
        "UPDATE strategie.massnahme SET titel = $1 WHERE veroeffentlichung = 'veroeffentlicht'",
        "UPDATE strategie.ziel SET titel = $1",
        "UPDATE oeffentlich.plan SET name = $1",
        "UPDATE oeffentlich.gebiet SET name = $1, traeger = $1",
        "UPDATE oeffentlich.massnahme SET titel = $1",
        "UPDATE oeffentlich.ziel SET titel = $1",
    ] {
        sqlx::query(sql)
            .bind(BOESE)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let router = dienst(&db).await;
    let gebiet = json(&router, "/dorferneuerung?f=json").await;
    let gebiet = gebiet["gebiete"][0]["kennung"].as_str().unwrap().to_owned();
    for pfad in [
        "/karte".to_owned(),
        "/ortsteile?f=html".into(),
        "/ortsteil/kernstadt?f=html".into(),
        "/dorferneuerung?f=html".into(),
        format!("/dorferneuerung/{gebiet}?f=html"),
        format!("/dorferneuerung/{gebiet}/flaechen?f=html"),
        "/bilanz?f=html".into(),
        "/collections?f=html".into(),
        "/collections/ortsteile/items?f=html".into(),
        "/collections/ortsteile/items/kernstadt?f=html".into(),
    ] {
        let text = seite(&router, &pfad, 200).await;
        assert!(!text.contains("<script>alert"), "{pfad}");
        assert!(!text.contains("\" onload=\""), "{pfad}");
        assert!(text.contains("alert(1)"), "{pfad} shows the name");
    }
    let text = seite(
        &router,
        "/ortsteil/%3Cscript%3Ealert(1)%3C%2Fscript%3E?f=html",
        404,
    )
    .await;
    assert!(!text.contains("<script>alert"));
}

#[tokio::test]
async fn a_plan_imported_while_the_service_runs_is_on_the_map() {
    let db = datenbank().await;
    let router = dienst(&db).await;
    // read everything once, so that whatever is kept is kept empty
    for pfad in OHNE_KENNUNG {
        seite(&router, pfad, 200).await;
    }
    assert!(
        seite(&router, "/karte", 200)
            .await
            .contains(r#""flaechen":null"#)
    );
    Plan::neu("A")
        .wohnen(0.0, 100.0)
        .wald(100.0, 200.0)
        .importiere(&db)
        .await;
    let karte = seite(&router, "/karte", 200).await;
    let plaene = json(&router, "/collections/fnp_plaene/items?f=json").await;
    let kennung = plaene["features"][0]["properties"]["kennung"]
        .as_str()
        .unwrap();
    assert!(
        karte.contains(&format!(r#""flaechen":"fnp_flaechen_{kennung}""#)),
        "{karte}"
    );
    assert!(karte.contains("Wohnbaufläche"), "the legend came too");
    let ebene = format!("/collections/fnp_flaechen_{kennung}/items?f=json");
    assert_eq!(json(&router, &ebene).await["numberMatched"], 2);
    assert_eq!(
        hole(&router, &ebene).await.kopf("cache-control"),
        "no-cache"
    );
    // a new delivery of the same plan: the map asks for the same layer, which shows the new areas
    Plan::neu("A")
        .wohnen(0.0, 50.0)
        .wald(50.0, 100.0)
        .wald(100.0, 200.0)
        .importiere(&db)
        .await;
    let neue = hole_bis(&router, &ebene, |a| a.json()["numberMatched"] == 3).await;
    assert_eq!(neue.json()["numberMatched"], 3);
    assert!(
        seite(&router, "/karte", 200)
            .await
            .contains(&format!("fnp_flaechen_{kennung}"))
    );
}

#[tokio::test]
async fn a_gemeinde_only_a_draft_names_is_not_public() {
    let db = datenbank().await;
    let router = dienst(&db).await;
    // code 1000: a draft
    Plan::neu("B")
        .wohnen(0.0, 200.0)
        .rechtsstand(Some("1000"))
        .importiere(&db)
        .await;
    for pfad in [
        "/collections/gemeinden/items?f=json",
        "/collections/fnp_plaene/items?f=json",
        "/ortsteile?f=json",
        "/karte",
    ] {
        let antwort = hole(&router, pfad).await;
        assert!(
            !antwort.text.contains("Musterdorf"),
            "{pfad}: {}",
            antwort.text
        );
    }
    // published with the first plan that is
    Plan::neu("C").wohnen(0.0, 200.0).importiere(&db).await;
    let da = |a: &Antwort| a.text.contains("Musterdorf");
    let gemeinden = hole_bis(&router, "/collections/gemeinden/items?f=json", da).await;
    assert!(da(&gemeinden), "{}", gemeinden.text);
}

#[tokio::test]
async fn signs_are_in_common_fonts() {
    let db = datenbank().await;
    let zeichen: Vec<String> = sqlx::query_scalar(
        "SELECT symbol FROM oeffentlich.ampel WHERE symbol IS NOT NULL UNION SELECT symbol FROM oeffentlich.gebiet_stand WHERE symbol IS NOT NULL",
    )
    .fetch_all(&db.public)
    .await
    .unwrap();
    assert!(zeichen.len() > 7);
    for symbol in zeichen {
        for c in symbol.chars() {
            // geometric shapes, arrows, dingbats; no technical signs (U+23xx) and no emoji
            let gut = c.is_ascii_graphic()
                || ['‖', '→', '⇢', '✔', '✖', '✓', '✗', '…', '–'].contains(&c)
                || ('\u{25A0}'..='\u{25FF}').contains(&c);
            assert!(gut, "{symbol} U+{:04X}", u32::from(c));
        }
    }
}
