//! Pages and JSON of publication, by role.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use zielraum::app::{self, App};
use zielraum::auth::Rolle;
use zielraum::auth::akteur::Umfang;
use zielraum::auth::konto::{self, Angaben};

use super::{als, text};
use crate::anfrage::{self, Antwort};
use crate::strategie::daten::bestand;
use crate::support::TestDb;

const ENTWURF: &str = "UPDATE massnahme SET titel = 'Neuer Titel' WHERE kennung = 'm-treff'";
const TITEL: &str = "SELECT titel FROM massnahme WHERE kennung = 'm-treff'";

/// The service over data with a draft on top of the public measure `m-treff`, whose Fachamt is `amt`.
struct Rathaus {
    db: TestDb,
    router: Router,
    amt: String,
    strategie: String,
    leitung: String,
    planung: String,
}

impl Rathaus {
    async fn neu() -> Self {
        let db = bestand().await;
        als(&db, "konto:x", ENTWURF).await.unwrap();
        Self {
            router: app::router(&App::neu(&db, None, None, false).await.unwrap()),
            amt: token(&db, "amt", Rolle::Fachamt, Some("a-bau")).await,
            strategie: token(&db, "strategie", Rolle::Strategie, None).await,
            leitung: token(&db, "leitung", Rolle::Freigabe, None).await,
            planung: token(&db, "planung", Rolle::Stadtplanung, None).await,
            db,
        }
    }

    async fn hole(&self, pfad: &str, token: &str) -> Antwort {
        self.sende("GET", pfad, Some(token), None).await
    }

    async fn poste(&self, pfad: &str, token: &str, doc: &Value) -> Antwort {
        self.sende("POST", pfad, Some(token), Some(doc)).await
    }

    async fn sende(
        &self,
        methode: &str,
        pfad: &str,
        token: Option<&str>,
        doc: Option<&Value>,
    ) -> Antwort {
        let mut request = Request::builder()
            .method(methode)
            .uri(pfad)
            .header("host", "zr.test:8080");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = doc.map_or_else(Body::empty, |doc| Body::from(doc.to_string()));
        if doc.is_some() {
            request = request.header("content-type", "application/json");
        }
        anfrage::frage(&self.router, request.body(body).unwrap()).await
    }

    async fn beantrage(&self, token: &str) -> Antwort {
        let antrag =
            json!({"art": "massnahme", "kennung": "m-treff", "begruendung": "Titel berichtigt"});
        self.poste("/freigaben", token, &antrag).await
    }
}

async fn token(db: &TestDb, login: &str, rolle: Rolle, referat: Option<&str>) -> String {
    let angaben = Angaben {
        rollen: vec![rolle],
        referat: referat.map(str::to_owned),
        ortsteil: None,
    };
    konto::lege_an(&db.auth, "test", login, login, &angaben, None)
        .await
        .unwrap();
    let umfang = [Umfang::Lesen, Umfang::Schreiben];
    konto::neuer_token(&db.auth, "test", login, "test", &umfang, 1)
        .await
        .unwrap()
}

/// Nobody known: no page, no word of what there is. The Fachamt knows its own alone.
#[tokio::test]
async fn drafts_are_named_to_those_who_may_know() {
    let haus = Rathaus::neu().await;
    for (methode, pfad) in [
        ("GET", "/freigaben"),
        ("GET", "/freigaben/massnahme/m-entwurf"),
        ("GET", "/freigaben/massnahme/m-gibtesnicht"),
        ("POST", "/freigaben/massnahme/m-treff/freigeben"),
        ("POST", "/freigaben"),
    ] {
        let antwort = haus.sende(methode, pfad, None, None).await;
        assert_eq!(antwort.status, 403, "{methode} {pfad}");
        for wort in ["Dorfladen", "Neuer Titel"] {
            assert!(!antwort.text.contains(wort), "{}", antwort.text);
        }
    }
    let liste = haus.hole("/freigaben?f=json", &haus.amt).await.text;
    assert!(liste.contains("m-treff"), "{liste}");
    assert!(!liste.contains("m-entwurf"), "{liste}");
    let fremd = "/freigaben/massnahme/m-entwurf?f=json";
    assert_eq!(haus.hole(fremd, &haus.amt).await.status, 404);
}

/// Not who asked decides, not who has no right; pages show the difference and what may be done.
#[tokio::test]
async fn from_draft_to_public_by_two_people() {
    let haus = Rathaus::neu().await;
    let antwort = haus.beantrage(&haus.amt).await;
    assert_eq!(antwort.status, 201, "{}", antwort.text);
    let freigeben = "/freigaben/massnahme/m-treff/freigeben";
    for token in [&haus.amt, &haus.strategie] {
        let antwort = haus.poste(freigeben, token, &json!({})).await;
        assert_eq!(antwort.status, 403, "{}", antwort.text);
    }
    assert_eq!(haus.beantrage(&haus.planung).await.status, 403);

    let seite = "/freigaben/massnahme/m-treff";
    let doc = haus.hole(&format!("{seite}?f=json"), &haus.leitung).await;
    let doc = doc.json();
    assert_eq!(doc["schritte"], json!(["freigeben", "zurueckgeben"]));
    assert_eq!(doc["unterschiede"][0]["feld"], "Titel");
    assert_eq!(doc["unterschiede"][0]["entwurf"], "Neuer Titel");
    let html = haus.hole(&format!("{seite}?f=html"), &haus.leitung).await;
    assert_eq!(html.status, 200);
    for wort in ["Neuer Titel", "Dorftreff &#60;Alte Schule&#62;"] {
        assert!(html.text.contains(wort), "{}", html.text);
    }
    let liste = haus.hole("/freigaben?f=html", &haus.leitung).await.text;
    for wort in ["Titel berichtigt", "Maßnahme „Neuer Titel“"] {
        assert!(liste.contains(wort), "{liste}");
    }

    let gut = json!({"anmerkung": "gut"});
    let antwort = haus.poste(freigeben, &haus.leitung, &gut).await;
    assert_eq!(antwort.status, 200, "{}", antwort.text);
    let titel = text(&haus.db.public, TITEL).await;
    assert_eq!(titel.as_deref(), Some("Neuer Titel"));
    let wer = text(
        &haus.db.write,
        "SELECT entschieden_von FROM freigabe.antrag",
    )
    .await;
    assert_eq!(wer.as_deref(), Some("konto:leitung"));
}

/// Steps that are not possible are refused in words; withdrawal takes the public row.
#[tokio::test]
async fn refusals_are_sentences_and_withdrawal_withdraws() {
    let haus = Rathaus::neu().await;
    assert_eq!(haus.beantrage(&haus.amt).await.status, 201);
    let antwort = haus.beantrage(&haus.strategie).await;
    assert!(
        antwort.status == 400 || antwort.status == 403,
        "{}",
        antwort.text
    );
    for (schritt, doc, status) in [
        ("zaubern", json!({}), 404),
        ("zurueckziehen", json!({"x": "y"}), 400),
        ("freigeben", json!({}), 200),
        ("zurueckziehen", json!({"anmerkung": "Irrtum"}), 200),
    ] {
        let pfad = format!("/freigaben/massnahme/m-treff/{schritt}");
        let antwort = haus.poste(&pfad, &haus.leitung, &doc).await;
        assert_eq!(antwort.status, status, "{schritt}: {}", antwort.text);
    }
    assert_eq!(text(&haus.db.public, TITEL).await, None);
}

/// A browser's form that lacks its reason comes back with the reason asked for, not with an
/// answer about something else.
#[tokio::test]
async fn a_form_says_what_is_missing() {
    let haus = Rathaus::neu().await;
    let request = Request::post("/freigaben/massnahme/m-treff/beantragen")
        .header("host", "zr.test:8080")
        .header("authorization", format!("Bearer {}", haus.amt))
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("anmerkung="))
        .unwrap();
    let antwort = anfrage::frage(&haus.router, request).await;
    assert_eq!(antwort.status, 400, "{}", antwort.text);
    for wort in ["role=\"alert\"", "Freigabe beantragen", "Neuer Titel"] {
        assert!(antwort.text.contains(wort), "{wort}: {}", antwort.text);
    }
}

/// A field is withheld and given back on the page of its object, by those who may.
#[expect(clippy::too_many_lines, reason = "one story")]
#[tokio::test]
async fn confidentiality_is_set_and_ended_on_the_page() {
    let haus = Rathaus::neu().await;
    let pfad = "/freigaben/massnahme/m-treff";
    let kurz = "SELECT kurztext FROM massnahme WHERE kennung = 'm-treff'";
    assert!(text(&haus.db.public, kurz).await.is_some());
    let kasse = token(&haus.db, "kasse", Rolle::Kaemmerei, None).await;
    // Who may not neither sees nor does it.
    let auftrag = |was: &str| json!({"was": was, "bis": "2099-12-31", "grund": "Grunderwerb"});
    let feld = "strategie.massnahme|m-treff|kurztext";
    for fremd in [&haus.amt, &haus.planung, &kasse] {
        let antwort = haus
            .poste(&format!("{pfad}/vertraulich"), fremd, &auftrag(feld))
            .await;
        assert_eq!(antwort.status, 403, "{}", antwort.text);
    }
    let seite = haus.hole(&format!("{pfad}?f=html"), &haus.amt).await;
    assert!(
        !seite.text.contains("Vertrauliche Angaben"),
        "{}",
        seite.text
    );
    let seite = haus.hole(&format!("{pfad}?f=html"), &haus.strategie).await;
    assert!(
        seite.text.contains("Vertrauliche Angaben: 0"),
        "{}",
        seite.text
    );
    assert!(
        seite.text.contains(feld) && seite.text.contains("Kostenschätzung"),
        "{}",
        seite.text
    );
    // What is wrong is said.
    for (was, bis, grund, wort) in [
        (feld, "morgen", "x", "morgen"),
        (feld, "2001-01-01", "x", "vorbei"),
        (feld, "", " ", "warum"),
        (
            "strategie.massnahme|m-weg|kurztext",
            "",
            "x",
            "gehört nicht",
        ),
        ("strategie.massnahme|m-treff|titel", "", "x", "gehört nicht"),
        ("auth.konto|x|hash", "", "x", "gehört nicht"),
        ("", "", "x", "gehört nicht"),
    ] {
        let doc = json!({"was": was, "bis": bis, "grund": grund});
        let antwort = haus
            .poste(&format!("{pfad}/vertraulich"), &haus.strategie, &doc)
            .await;
        assert!(antwort.status.is_client_error(), "{was}: {}", antwort.text);
        assert!(antwort.text.contains(wort), "{was}: {}", antwort.text);
    }
    let antwort = haus
        .poste(
            &format!("{pfad}/vertraulich"),
            &haus.strategie,
            &auftrag(feld),
        )
        .await;
    assert_eq!(antwort.status, 200, "{}", antwort.text);
    assert!(antwort.text.contains("31.12.2099"), "{}", antwort.text);
    assert_eq!(text(&haus.db.public, kurz).await, None);
    let wer = "SELECT wer || ': ' || warum FROM audit.aenderung ORDER BY id DESC LIMIT 1";
    let wer = text(&haus.db.write, wer).await.unwrap();
    assert!(
        wer.starts_with("konto:strategie") && wer.contains("Grunderwerb"),
        "{wer}"
    );
    let doc = haus.hole(pfad, &haus.strategie).await.json();
    assert_eq!(
        doc["vertraulich"]["vertraulich"][0]["bis"], "2099-12-31",
        "{doc}"
    );
    // Ending it makes public: not by who may only withhold.
    let ende = json!({"was": feld});
    let antwort = haus
        .poste(
            &format!("{pfad}/vertraulich/aufheben"),
            &haus.strategie,
            &ende,
        )
        .await;
    assert_eq!(antwort.status, 403, "{}", antwort.text);
    let antwort = haus
        .poste(
            &format!("{pfad}/vertraulich/aufheben"),
            &haus.leitung,
            &ende,
        )
        .await;
    assert_eq!(antwort.status, 200, "{}", antwort.text);
    assert!(text(&haus.db.public, kurz).await.is_some());
    let noch = haus
        .poste(
            &format!("{pfad}/vertraulich/aufheben"),
            &haus.leitung,
            &ende,
        )
        .await;
    assert!(noch.status.is_client_error(), "{}", noch.text);
    // The Kämmerei withholds amounts, whatever they belong to.
    let betrag = text(&haus.db.write, "SELECT 'haushalt.finanzwert|' || id || '|betrag_ct' FROM finanzwert WHERE massnahme_id = '00000000-0000-0000-0009-000000000001' AND jahr = 2027").await.unwrap();
    let antwort = haus
        .poste(&format!("{pfad}/vertraulich"), &kasse, &auftrag(&betrag))
        .await;
    assert_eq!(antwort.status, 200, "{}", antwort.text);
    let zahl = "SELECT count(*)::text FROM finanzwert WHERE jahr = 2027";
    assert_eq!(text(&haus.db.public, zahl).await.as_deref(), Some("0"));
}
