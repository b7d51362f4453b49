//! What leads to an edit: links of pages, OPTIONS of layers.

use axum::body::Body;
use zielraum::auth::Rolle;
use zielraum::auth::konto::Angaben;

use super::{Amt, Sitzung, kopfzeile, mit};

/// An office with a measure of its own, and a public measure of others.
async fn amt_eigen_fremd(amt: &Amt) -> (String, String, String) {
    sqlx::query_as(
        "SELECT a.kennung, m.kennung, (SELECT min(f.kennung) FROM strategie.massnahme f WHERE f.veroeffentlichung = 'veroeffentlicht'
             AND f.id NOT IN (SELECT freigabe.eigene_von('massnahme', a.kennung, NULL)))
         FROM strategie.akteur a JOIN strategie.zustaendigkeit z ON z.akteur_id = a.id JOIN strategie.massnahme m ON m.id = z.massnahme_id
         WHERE m.veroeffentlichung = 'veroeffentlicht' ORDER BY 1, 2 LIMIT 1",
    )
    .fetch_one(&amt.db.write)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_link_to_a_form_stands_where_the_form_is_open() {
    let amt = Amt::neu().await;
    let (referat, eigen, fremd) = amt_eigen_fremd(&amt).await;
    let kennzahl: String = sqlx::query_scalar("SELECT min(kennung) FROM strategie.kennzahl WHERE veroeffentlichung = 'veroeffentlicht' AND id NOT IN (SELECT freigabe.eigene_von('kennzahl', $1, NULL))")
        .bind(&referat)
        .fetch_one(&amt.db.write)
        .await
        .unwrap();
    let rollen = |rollen: &[Rolle]| Angaben {
        rollen: rollen.to_vec(),
        referat: Some(referat.clone()),
        ..Angaben::default()
    };
    let fachamt = amt.sitzung("fachamt", &rollen(&[Rolle::Fachamt])).await;
    // Who reads all besides is still the Fachamt of its own.
    let beides = amt
        .sitzung("beides", &rollen(&[Rolle::Fachamt, Rolle::Kaemmerei]))
        .await;
    let strategie = amt.sitzung("strategie", &rollen(&[Rolle::Strategie])).await;
    let rat = amt.sitzung("rat", &rollen(&[Rolle::Stadtrat])).await;
    let pruefe = async |wer: &Sitzung, seite: &str, formular: &str, offen: bool| {
        let text = mit(amt.seite(wer, seite).await, 200).text;
        assert_eq!(
            text.contains(&format!("{formular}\"")),
            offen,
            "{seite} {formular}"
        );
        let status = if offen { 200 } else { 403 };
        mit(amt.seite(wer, formular).await, status);
    };
    for (wer, eigenes, fremdes) in [
        (&fachamt, true, false),
        (&beides, true, false),
        (&strategie, true, true),
        (&rat, false, false),
    ] {
        for (kennung, offen) in [(&eigen, eigenes), (&fremd, fremdes)] {
            let seite = format!("/massnahmen/{kennung}");
            pruefe(wer, &seite, &format!("{seite}/bearbeiten"), offen).await;
        }
        let seite = format!("/kennzahlen/{kennzahl}");
        pruefe(wer, &seite, &format!("{seite}/wert"), fremdes).await;
    }
    // The same holds of the steps of a release.
    let seite = format!("/freigaben/massnahme/{eigen}");
    let vorher = amt.seite(&beides, &seite).await.text;
    assert!(!vorher.contains("/beantragen"), "nothing new to ask for");
    let aendern = format!("/massnahmen/{eigen}/bearbeiten");
    let version = super::feld(&amt.seite(&beides, &aendern).await.text, "version");
    let version = version.replace("&#34;", "%22");
    mit(
        amt.formular(
            &beides,
            &aendern,
            &format!("version={version}&titel=Neu&art=bau&kurztext=x"),
        )
        .await,
        303,
    );
    let nachher = amt.seite(&beides, &seite).await.text;
    assert!(nachher.contains("/beantragen"), "{nachher}");
    // An account that reads no drafts is not led to them, nor is a page of the past.
    let admin = amt.sitzung("admin", &rollen(&[Rolle::Admin])).await;
    let text = amt
        .seite(&admin, &format!("/massnahmen/{fremd}"))
        .await
        .text;
    assert!(!text.contains("/freigaben"), "{text}");
}

#[tokio::test]
async fn options_know_which_layers_there_are() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", &[Rolle::Stadtplanung]).await;
    let frage =
        async |token: &str, pfad: &str| amt.sende(token, "OPTIONS", pfad, &[], Body::empty()).await;
    for rest in ["", "/schema", "/queryables", "/items", "/items/erfunden"] {
        for wer in ["", token.as_str()] {
            mit(
                frage(wer, &format!("/collections/gibtesnicht{rest}")).await,
                404,
            );
            let da = frage(wer, &format!("/collections/ortsteile{rest}")).await;
            assert!(kopfzeile(&mit(da, 204), "allow").starts_with("GET, HEAD, OPTIONS"));
        }
    }
    // The draft plan is there for who reads it alone.
    let entwurf: String = sqlx::query_scalar(
        "SELECT kennung FROM fnp.plan WHERE veroeffentlichung = 'entwurf' OR stand = 'entwurf' ORDER BY kennung LIMIT 1",
    )
    .fetch_one(&amt.db.write)
    .await
    .unwrap();
    let oeffentlich: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM oeffentlich.plan WHERE kennung = $1)")
            .bind(&entwurf)
            .fetch_one(&amt.db.write)
            .await
            .unwrap();
    let items = format!("/collections/fnp_flaechen_{entwurf}/items/erfunden");
    mit(frage("", &items).await, if oeffentlich { 204 } else { 404 });
    let erlaubt = mit(frage(&token, &items).await, 204);
    assert_eq!(
        kopfzeile(&erlaubt, "allow"),
        "GET, HEAD, OPTIONS, PUT, PATCH, DELETE",
        "an invented id tells what could be done"
    );
}
