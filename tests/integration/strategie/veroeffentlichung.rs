//! Drafts stay inside; links wait for their other end.

use zielraum::strategie::store;

use super::daten::{
    ALLE, datei, entwurf, fixtures, oeffentlich, stadt, veroeffentliche_plan, zahl,
    zahl_oeffentlich,
};
use crate::support::TestDb;

const ALLES: &str = "SELECT (SELECT count(*) FROM handlungsfeld) + (SELECT count(*) FROM ziel) + (SELECT count(*) FROM massnahme) + (SELECT count(*) FROM raumbezug)
  + (SELECT count(*) FROM ziel_massnahme) + (SELECT count(*) FROM ziel_nutzungsart_wirkung) + (SELECT count(*) FROM massnahme_ortsteil)";

#[tokio::test]
async fn drafts_are_not_public() {
    let db = stadt().await;
    let ergebnis = entwurf(&db, &fixtures(&ALLE)).await.unwrap();
    assert_eq!(
        (ergebnis.veroeffentlicht, ergebnis.entwuerfe),
        (0, 2 + 3 + 9 + 1)
    );
    assert_eq!(zahl_oeffentlich(&db, ALLES).await, 0);
    assert!(
        ergebnis
            .text()
            .contains("öffentlich wird er mit --veroeffentlichen")
    );
}

#[tokio::test]
async fn publishing_keeps_the_drafts_of_the_file_back() {
    let db = stadt().await;
    veroeffentliche_plan(&db).await;
    let ergebnis = oeffentlich(&db, &fixtures(&ALLE)).await.unwrap();
    // 2 + 3 + 8 and the area whose projects changed
    assert_eq!((ergebnis.veroeffentlicht, ergebnis.entwuerfe), (14, 1));
    assert_eq!(
        zahl_oeffentlich(&db, "SELECT count(*) FROM massnahme").await,
        8
    );
    assert_eq!(
        zahl_oeffentlich(
            &db,
            "SELECT count(*) FROM massnahme WHERE kennung = 'm-entwurf'"
        )
        .await,
        0
    );
    assert_eq!(
        zahl_oeffentlich(&db, "SELECT count(*) FROM ziel_massnahme").await,
        5
    );
    assert_eq!(
        zahl_oeffentlich(&db, "SELECT count(*) FROM raumbezug").await,
        8
    );
    assert_eq!(
        zahl_oeffentlich(&db, "SELECT count(*) FROM gebiet_massnahme").await,
        2
    );
    // The public world derives its own rows, equal to the working ones.
    let abgeleitet = "SELECT count(*) FROM massnahme_ortsteil mo JOIN massnahme m ON m.id = mo.massnahme_id WHERE m.kennung <> 'm-entwurf'";
    assert_eq!(
        zahl_oeffentlich(&db, abgeleitet).await,
        zahl(&db, abgeleitet).await
    );
    let nochmal = oeffentlich(&db, &fixtures(&ALLE)).await.unwrap();
    assert_eq!((nochmal.veroeffentlicht, nochmal.entwuerfe), (0, 1));
}

async fn oeffentlicher_titel(db: &TestDb) -> String {
    sqlx::query_scalar("SELECT titel FROM massnahme WHERE kennung = 'm-treff'")
        .fetch_one(&db.public)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_draft_edit_leaves_the_public_row() {
    let db = stadt().await;
    veroeffentliche_plan(&db).await;
    oeffentlich(&db, &fixtures(&ALLE)).await.unwrap();
    let edit = [
        datei("m.csv", "kennung;titel;art\nm-treff;Geheimer Titel;bau\n"),
        datei("l.csv", "massnahme;ziel;beitrag\nm-weg;sz-flaeche;-2\n"),
        datei(
            "r.csv",
            "massnahme;art;wkt\nm-weg;punkt;POINT(640010 5324010)\n",
        ),
    ];
    let ergebnis = entwurf(&db, &edit).await.unwrap();
    assert_eq!(ergebnis.entwuerfe, 2);
    assert_eq!(oeffentlicher_titel(&db).await, "Dorftreff \"Alte Schule\"");
    // Publishing the other end must not drag the draft link or place along.
    oeffentlich(
        &db,
        &[datei(
            "z.csv",
            "kennung;handlungsfeld;ebene;titel\nsz-flaeche;hf-wohnen;strategisch;Innen zuerst\n",
        )],
    )
    .await
    .unwrap();
    let mut conn = db.public.acquire().await.unwrap();
    let weg = store::massnahme(&mut conn, "m-weg", false).await.unwrap();
    assert_eq!(
        weg.kurz
            .ziele
            .iter()
            .map(|z| z.kennung.as_str())
            .collect::<Vec<_>>(),
        ["sz-treff"]
    );
    assert_eq!(
        weg.orte.iter().map(|o| o.art.as_str()).collect::<Vec<_>>(),
        ["linie"]
    );
    assert!(!weg.kurz.entwurf);
    let mut conn = db.write.acquire().await.unwrap();
    let weg = store::massnahme(&mut conn, "m-weg", false).await.unwrap();
    assert_eq!(weg.orte[0].art, "punkt");
    assert!(weg.kurz.entwurf, "the working world marks it");
    // Published at last.
    oeffentlich(&db, &edit).await.unwrap();
    assert_eq!(oeffentlicher_titel(&db).await, "Geheimer Titel");
}

#[tokio::test]
async fn a_draft_is_published_by_its_own_file_only() {
    let db = stadt().await;
    oeffentlich(&db, &fixtures(&ALLE)).await.unwrap();
    oeffentlich(
        &db,
        &[datei("l.csv", "massnahme;ziel\nm-entwurf;sz-treff\n")],
    )
    .await
    .unwrap();
    assert_eq!(
        zahl_oeffentlich(
            &db,
            "SELECT count(*) FROM massnahme WHERE kennung = 'm-entwurf'"
        )
        .await,
        0
    );
    oeffentlich(
        &db,
        &[datei(
            "m.csv",
            "kennung;titel;art\nm-entwurf;Dorfladen;bau\n",
        )],
    )
    .await
    .unwrap();
    assert_eq!(
        zahl_oeffentlich(
            &db,
            "SELECT count(*) FROM massnahme WHERE kennung = 'm-entwurf'"
        )
        .await,
        1
    );
    assert_eq!(zahl_oeffentlich(&db, "SELECT count(*) FROM ziel_massnahme zm JOIN massnahme m ON m.id = zm.massnahme_id WHERE m.kennung = 'm-entwurf'").await, 1);
}

#[tokio::test]
async fn links_to_drafts_wait_and_then_appear() {
    let db = stadt().await;
    let ziele = |stand: &str| {
        datei(
            "z.csv",
            &format!(
                "kennung;handlungsfeld;ebene;uebergeordnet;titel;veroeffentlichung\nsz;hf;strategisch;;S;{stand}\noz;hf;operativ;sz;O;\n"
            ),
        )
    };
    let rest = [
        datei("h.csv", "kennung;titel\nhf;Feld\n"),
        datei("m.csv", "kennung;titel;art\nm;M;bau\n"),
        datei("l.csv", "massnahme;ziel\nm;sz\nm;oz\n"),
        datei(
            "r.csv",
            "massnahme;art;plan;flaeche\nm;fnp_flaeche;fnp-a;a.g1\n",
        ),
    ];
    let mut dateien = rest.to_vec();
    dateien.push(ziele("entwurf"));
    let ergebnis = oeffentlich(&db, &dateien).await.unwrap();
    assert_eq!(ergebnis.veroeffentlicht, 2, "field and measure");
    assert!(
        ergebnis.hinweise.contains("z.csv, Zeile 3")
            && ergebnis.hinweise.contains("bleibt Entwurf"),
        "{}",
        ergebnis.hinweise
    );
    let links = "SELECT count(*) FROM ziel_massnahme";
    assert_eq!(
        (zahl(&db, links).await, zahl_oeffentlich(&db, links).await),
        (2, 0)
    );
    oeffentlich(&db, &[ziele("")]).await.unwrap();
    assert_eq!(zahl_oeffentlich(&db, links).await, 2);
    // The same with a plan that is a draft.
    let orte = "SELECT count(*) FROM raumbezug";
    assert_eq!(zahl_oeffentlich(&db, orte).await, 0);
    veroeffentliche_plan(&db).await;
    assert_eq!(zahl_oeffentlich(&db, orte).await, 1);
    assert_eq!(
        zahl_oeffentlich(&db, "SELECT count(*) FROM massnahme_ortsteil").await,
        2
    );
}
