//! Undo over HTTP: from the page of a history and as JSON.

use serde_json::{Value, json};
use zielraum::auth::Rolle;
use zielraum::auth::konto::Angaben;

use super::daten::eine_massnahme;
use super::{Amt, doc, mit};
use crate::support::zahl;

async fn titel(amt: &Amt, kennung: &str) -> String {
    sqlx::query_scalar("SELECT titel FROM strategie.massnahme WHERE kennung = $1")
        .bind(kennung)
        .fetch_one(&amt.db.write)
        .await
        .unwrap()
}

async fn kopf(amt: &Amt) -> i64 {
    zahl(&amt.db.write, "SELECT lfd FROM audit.kopf")
        .await
        .unwrap()
}

/// Renames the measure; number of the change.
async fn benenne(amt: &Amt, token: &str, kennung: &str, neu: &str) -> i64 {
    let adresse = format!("/daten/massnahme/{kennung}");
    let rumpf = json!({ "titel": neu });
    mit(amt.json(token, "PATCH", &adresse, &[], &rumpf).await, 200);
    kopf(amt).await
}

#[tokio::test]
async fn a_change_is_taken_back_by_button() {
    let amt = Amt::neu().await;
    let kennung = eine_massnahme(&amt).await;
    let token = amt.token("schreiberin", &[Rolle::Strategie]).await;
    let vorher = titel(&amt, &kennung).await;
    let lfd = benenne(&amt, &token, &kennung, "Vertan").await;
    let mit_rolle = |rolle| Angaben {
        rollen: vec![rolle],
        ..Angaben::default()
    };
    let huber = amt.sitzung("huber", &mit_rolle(Rolle::Strategie)).await;
    let kaemmerer = amt.sitzung("kaemmerer", &mit_rolle(Rolle::Kaemmerei)).await;
    let seite = format!("/verlauf/massnahme/{kennung}");
    let weg = format!("{seite}/{lfd}/zuruecknehmen");
    // The button stands for who may edit the measure, and for what is no import.
    let text = mit(amt.seite(&huber, &seite).await, 200).text;
    assert_eq!(text.matches("/zuruecknehmen\"").count(), 1, "{text}");
    assert!(text.contains(&format!("{weg}\"")), "{text}");
    let fremd = mit(amt.seite(&kaemmerer, &seite).await, 200).text;
    assert!(!fremd.contains("zuruecknehmen"));
    mit(amt.formular(&kaemmerer, &weg, "warum=x").await, 403);
    // Without a reason, with a foreign form, of another object: nothing.
    mit(amt.formular(&huber, &weg, "warum=+").await, 400);
    let falsch = super::Sitzung {
        formular: "0".repeat(64),
        kekse: huber.kekse.clone(),
    };
    mit(amt.formular(&falsch, &weg, "warum=x").await, 403);
    mit(
        amt.sende(
            "",
            "POST",
            &weg,
            &[("content-type", "application/json")],
            "{\"warum\":\"x\"}",
        )
        .await,
        403,
    );
    for (stelle, status) in [
        (format!("{seite}/1/zuruecknehmen"), 404),
        (format!("{seite}/x/zuruecknehmen"), 404),
        (
            format!("/verlauf/massnahme/gibtesnicht/{lfd}/zuruecknehmen"),
            404,
        ),
    ] {
        mit(amt.formular(&huber, &stelle, "warum=x").await, status);
    }
    assert_eq!(titel(&amt, &kennung).await, "Vertan");
    mit(amt.formular(&huber, &weg, "warum=Tippfehler").await, 303);
    assert_eq!(titel(&amt, &kennung).await, vorher);
    let text = mit(amt.seite(&huber, &seite).await, 200).text;
    assert!(text.contains("Konto huber: „Tippfehler“"), "{text}");
    let neue = kopf(&amt).await;
    assert!(
        text.contains(&format!("/{neue}/zuruecknehmen\"")),
        "an undo is undone the same way"
    );
    assert!(!text.contains(&format!("{weg}\"")), "not twice");
    let noch = amt.formular(&huber, &weg, "warum=x").await;
    assert!(mit(noch, 409).text.contains("schon zurückgenommen"));
    assert_eq!(
        zahl(&amt.db.write, "SELECT count(*) FROM audit.pruefe()")
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn as_json_with_the_rights_of_the_edit() {
    let amt = Amt::neu().await;
    let kennung = eine_massnahme(&amt).await;
    let token = amt.token("schreiberin", &[Rolle::Strategie]).await;
    let planung = amt.token("planung", &[Rolle::Stadtplanung]).await;
    let nimm = async |token: &str, lfd: i64, rumpf: Value| {
        let weg = format!("/verlauf/massnahme/{kennung}/{lfd}/zuruecknehmen");
        amt.json(token, "POST", &weg, &[], &rumpf).await
    };
    let eins = benenne(&amt, &token, &kennung, "Eins").await;
    let zwei = benenne(&amt, &token, &kennung, "Zwei").await;
    mit(nimm(&planung, zwei, json!({"warum": "x"})).await, 403);
    mit(nimm(&token, zwei, json!({})).await, 400);
    let satz = mit(nimm(&token, eins, json!({"warum": "x"})).await, 409).text;
    for wort in [
        format!("Änderung {zwei} von Konto schreiberin"),
        "(Titel)".into(),
    ] {
        assert!(satz.contains(&wort), "{wort}: {satz}");
    }
    let getan = doc(&mit(
        nimm(&token, zwei, json!({"warum": "doch"})).await,
        200,
    ));
    assert_eq!(
        (&getan["zurueckgenommen"], &getan["zeilen"]),
        (&json!(zwei), &json!(1))
    );
    assert_eq!(titel(&amt, &kennung).await, "Eins");
    // What waits for its release is not changed by this way either.
    let antrag = json!({"art": "massnahme", "kennung": kennung, "begruendung": "bitte"});
    mit(
        amt.json(&token, "POST", "/freigaben", &[], &antrag).await,
        201,
    );
    let antrag = kopf(&amt).await;
    mit(nimm(&token, eins, json!({"warum": "x"})).await, 403);
    let satz = mit(nimm(&token, antrag, json!({"warum": "x"})).await, 409).text;
    assert!(satz.contains("Schritt der Freigabe"), "{satz}");
}
