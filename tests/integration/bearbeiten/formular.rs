//! The forms: a measure and a value, as a browser without JavaScript sends them.

use axum::body::Body;
use zielraum::auth::Rolle;
use zielraum::auth::konto::Angaben;

use super::daten::eine_massnahme;
use super::{Amt, feld, kopfzeile, mit};
use crate::support::zahl;

/// The form: without JavaScript, protected, sentences at the field, no unseen overwriting.
#[tokio::test]
async fn a_measure_is_edited_by_form() {
    let amt = Amt::neu().await;
    let kennung = eine_massnahme(&amt).await;
    let pfad = format!("/massnahmen/{kennung}/bearbeiten");
    let umgeleitet = mit(amt.hole("", &pfad).await, 303);
    assert!(kopfzeile(&umgeleitet, "location").contains("/anmelden?zurueck="));
    let angaben = Angaben {
        rollen: vec![Rolle::Strategie],
        ..Angaben::default()
    };
    let sitzung = amt.sitzung("huber", &angaben).await.kekse;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let mit_sitzung = [form[0], ("cookie", sitzung.as_str())];
    let seite = mit(
        amt.sende("", "GET", &pfad, &mit_sitzung[1..], Body::empty())
            .await,
        200,
    );
    assert!(!seite.text.contains("<script"));
    // The page of the measure leads there, for who may; not for the public.
    let steckbrief = format!("/massnahmen/{kennung}?f=html");
    let eigen = amt.sende("", "GET", &steckbrief, &mit_sitzung[1..], Body::empty());
    assert!(mit(eigen.await, 200).text.contains(&format!("{pfad}\"")));
    let fremd = amt.hole("", &steckbrief).await;
    assert!(!fremd.text.contains(&format!("{pfad}\"")));
    let (formular, version) = (
        feld(&seite.text, "formular"),
        feld(&seite.text, "version").replace("&#34;", "\""),
    );
    let absenden = |inhalt: String| {
        let version = version.replace('"', "%22");
        let text = format!("formular={formular}&version={version}&{inhalt}");
        let kopf = mit_sitzung;
        let (amt, pfad) = (&amt, &pfad);
        async move { amt.sende("", "POST", pfad, &kopf, text).await }
    };
    let falsch = mit(
        absenden("titel=&art=bau&beginn=2026-01-01".into()).await,
        200,
    );
    assert!(
        falsch.text.contains("id=\"fehler-titel\"") && falsch.text.contains("darf nicht leer"),
        "{}",
        falsch.text
    );
    let gut = absenden(
        "titel=Per+Formular&art=bau&beginn=2026-01-01&ende=2027-01-01&anlass=Jour+fixe".into(),
    )
    .await;
    mit(gut, 303);
    let (titel, warum): (String, String) = sqlx::query_as("SELECT m.titel, (SELECT warum FROM audit.aenderung ORDER BY id DESC LIMIT 1) FROM strategie.massnahme m WHERE kennung = $1").bind(&kennung).fetch_one(&amt.db.write).await.unwrap();
    assert_eq!(
        (titel.as_str(), warum.as_str()),
        ("Per Formular", "Jour fixe")
    );
    let alt = mit(absenden("titel=Von+gestern&art=bau".into()).await, 200);
    assert!(alt.text.contains("hat jetzt die Version"), "{}", alt.text);
    let fremd = amt
        .sende(
            "",
            "POST",
            &pfad,
            &mit_sitzung,
            "formular=x&titel=x&art=bau".to_owned(),
        )
        .await;
    mit(fremd, 403);
    // A value, with a German number.
    let k: String =
        sqlx::query_scalar("SELECT kennung FROM strategie.kennzahl ORDER BY kennung LIMIT 1")
            .fetch_one(&amt.db.write)
            .await
            .unwrap();
    let wert = format!("/kennzahlen/{k}/wert");
    let text =
        format!("formular={formular}&stichtag=2031-12-31&art=ist&wert=1.234,5&status=geprueft");
    mit(amt.sende("", "POST", &wert, &mit_sitzung, text).await, 303);
    assert_eq!(zahl(&amt.db.write, "SELECT count(*) FROM strategie.kennzahlwert WHERE stichtag = '2031-12-31' AND wert = 1234.5").await.unwrap(), 1);
    let text = format!("formular={formular}&stichtag=2031-12-31&art=ist&wert=viel&status=geprueft");
    let falsch = mit(amt.sende("", "POST", &wert, &mit_sitzung, text).await, 200);
    assert!(
        falsch.text.contains("id=\"fehler-wert\""),
        "{}",
        falsch.text
    );
}
