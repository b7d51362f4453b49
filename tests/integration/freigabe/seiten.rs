//! Pages and JSON of publication, by role.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;
use zielraum::app::{self, App};
use zielraum::auth::Rolle;
use zielraum::auth::akteur::Umfang;
use zielraum::auth::konto::{self, Angaben};

use super::{als, text};
use crate::strategie::daten::bestand;
use crate::support::TestDb;

async fn token(db: &TestDb, login: &str, rolle: Rolle, referat: Option<&str>) -> String {
    let angaben = Angaben {
        rollen: vec![rolle],
        referat: referat.map(str::to_owned),
        ortsteil: None,
    };
    konto::lege_an(&db.auth, "test", login, login, &angaben, None)
        .await
        .unwrap();
    konto::neuer_token(
        &db.auth,
        "test",
        login,
        "test",
        &[Umfang::Lesen, Umfang::Schreiben],
        1,
    )
    .await
    .unwrap()
}

async fn sende(
    router: &Router,
    methode: &str,
    pfad: &str,
    token: Option<&str>,
    doc: Option<Value>,
) -> (u16, String) {
    let mut anfrage = Request::builder()
        .method(methode)
        .uri(pfad)
        .header("host", "zr.test:8080");
    if let Some(token) = token {
        anfrage = anfrage.header("authorization", format!("Bearer {token}"));
    }
    let body = match doc {
        Some(doc) => {
            anfrage = anfrage.header("content-type", "application/json");
            Body::from(doc.to_string())
        }
        None => Body::empty(),
    };
    let antwort = router
        .clone()
        .oneshot(anfrage.body(body).unwrap())
        .await
        .unwrap();
    let status = antwort.status().as_u16();
    let bytes = to_bytes(antwort.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn from_draft_to_public_by_two_people() {
    let db = bestand().await;
    let router = app::router(&App::neu(&db, None, None, false).await.unwrap());
    let amt = token(&db, "amt", Rolle::Fachamt, Some("a-bau")).await;
    let strategie = token(&db, "strategie", Rolle::Strategie, None).await;
    let leitung = token(&db, "leitung", Rolle::Freigabe, None).await;
    let planung = token(&db, "planung", Rolle::Stadtplanung, None).await;
    als(
        &db,
        "konto:x",
        "UPDATE massnahme SET titel = 'Neuer Titel' WHERE kennung = 'm-treff'",
    )
    .await
    .unwrap();

    // Nobody known: no page, no word of what there is.
    for (methode, pfad) in [
        ("GET", "/freigaben"),
        ("GET", "/freigaben/massnahme/m-entwurf"),
        ("GET", "/freigaben/massnahme/m-gibtesnicht"),
        ("POST", "/freigaben/massnahme/m-treff/freigeben"),
        ("POST", "/freigaben"),
    ] {
        let (status, text) = sende(&router, methode, pfad, None, None).await;
        assert_eq!(status, 403, "{methode} {pfad}");
        assert!(
            !text.contains("Dorfladen") && !text.contains("Neuer Titel"),
            "{text}"
        );
    }
    // The Fachamt sees what is its own; of another's draft it knows nothing.
    let (_, liste) = sende(&router, "GET", "/freigaben?f=json", Some(&amt), None).await;
    assert!(
        liste.contains("m-treff") && !liste.contains("m-entwurf"),
        "{liste}"
    );
    assert_eq!(
        sende(
            &router,
            "GET",
            "/freigaben/massnahme/m-entwurf?f=json",
            Some(&amt),
            None
        )
        .await
        .0,
        404
    );
    let antrag =
        json!({"art": "massnahme", "kennung": "m-treff", "begruendung": "Titel berichtigt"});
    let (status, antwort) = sende(
        &router,
        "POST",
        "/freigaben",
        Some(&amt),
        Some(antrag.clone()),
    )
    .await;
    assert_eq!(status, 201, "{antwort}");
    // Not who asked, not who has no right; the page offers only what may be done.
    assert_eq!(
        sende(
            &router,
            "POST",
            "/freigaben/massnahme/m-treff/freigeben",
            Some(&amt),
            Some(json!({}))
        )
        .await
        .0,
        403
    );
    assert_eq!(
        sende(
            &router,
            "POST",
            "/freigaben/massnahme/m-treff/freigeben",
            Some(&strategie),
            Some(json!({}))
        )
        .await
        .0,
        403
    );
    assert_eq!(
        sende(
            &router,
            "POST",
            "/freigaben",
            Some(&planung),
            Some(antrag.clone())
        )
        .await
        .0,
        403
    );
    let seite = |doc: &str| -> Value { serde_json::from_str(doc).unwrap() };
    let (_, doc) = sende(
        &router,
        "GET",
        "/freigaben/massnahme/m-treff?f=json",
        Some(&leitung),
        None,
    )
    .await;
    let doc = seite(&doc);
    assert_eq!(
        doc["schritte"],
        json!(["freigeben", "zurueckgeben"]),
        "{doc}"
    );
    assert_eq!(doc["unterschiede"][0]["feld"], "Titel");
    assert_eq!(doc["unterschiede"][0]["entwurf"], "Neuer Titel");
    let (status, html) = sende(
        &router,
        "GET",
        "/freigaben/massnahme/m-treff?f=html",
        Some(&leitung),
        None,
    )
    .await;
    assert!(
        status == 200
            && html.contains("Neuer Titel")
            && html.contains("Dorftreff &#60;Alte Schule&#62;"),
        "{html}"
    );
    assert!(
        sende(&router, "GET", "/freigaben?f=html", Some(&leitung), None)
            .await
            .1
            .contains("Titel berichtigt")
    );
    let (status, antwort) = sende(
        &router,
        "POST",
        "/freigaben/massnahme/m-treff/freigeben",
        Some(&leitung),
        Some(json!({"anmerkung": "gut"})),
    )
    .await;
    assert_eq!(status, 200, "{antwort}");
    assert_eq!(
        text(
            &db.public,
            "SELECT titel FROM massnahme WHERE kennung = 'm-treff'"
        )
        .await
        .as_deref(),
        Some("Neuer Titel")
    );
    assert_eq!(
        text(&db.write, "SELECT entschieden_von FROM freigabe.antrag")
            .await
            .as_deref(),
        Some("konto:leitung")
    );
    // Refusals are sentences.
    let (status, antwort) = sende(
        &router,
        "POST",
        "/freigaben",
        Some(&strategie),
        Some(antrag),
    )
    .await;
    assert!(status == 400 || status == 403, "{antwort}");
    assert_eq!(
        sende(
            &router,
            "POST",
            "/freigaben/massnahme/m-treff/zaubern",
            Some(&leitung),
            Some(json!({}))
        )
        .await
        .0,
        404
    );
    assert_eq!(
        sende(
            &router,
            "POST",
            "/freigaben/massnahme/m-treff/zurueckziehen",
            Some(&leitung),
            Some(json!({"x": "y"}))
        )
        .await
        .0,
        400
    );
    let (status, antwort) = sende(
        &router,
        "POST",
        "/freigaben/massnahme/m-treff/zurueckziehen",
        Some(&leitung),
        Some(json!({"anmerkung": "Irrtum"})),
    )
    .await;
    assert_eq!(status, 200, "{antwort}");
    assert_eq!(
        text(
            &db.public,
            "SELECT titel FROM massnahme WHERE kennung = 'm-treff'"
        )
        .await,
        None
    );
}
