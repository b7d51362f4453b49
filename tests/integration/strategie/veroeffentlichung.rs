//! Drafts stay inside; links wait for their other end.

use zielraum::strategie::store;

use super::daten::{
    ALLE, aendere, bestand, datei, entwurf, fixtures, oeffentlich, stadt, veroeffentliche_plan,
    zahl, zahl_oeffentlich,
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

/// A Leitlinie, a goal with one above it and a trend, each on something that is a draft still.
const NEUE: &[&str] = &[
    "INSERT INTO strategiefassung (id, kennung, titel, strategie_id, zeithorizont) VALUES ('00000000-0000-0000-0004-0000000000f1', 'sf-neu', 'Zweite', '00000000-0000-0000-0003-000000000001', 2040)",
    "INSERT INTO leitlinie (id, kennung, titel, text, strategiefassung_id, rang) VALUES (gen_random_uuid(), 'll-neu', 'Neu', 'Neu.', '00000000-0000-0000-0004-0000000000f1', 1)",
    "INSERT INTO handlungsfeld (id, kennung, titel) VALUES ('00000000-0000-0000-0006-0000000000f1', 'hf-neu', 'Neu')",
    "INSERT INTO ziel (id, kennung, titel, handlungsfeld_id, ebene) VALUES ('00000000-0000-0000-0007-0000000000f1', 'sz-neu', 'Oben', '00000000-0000-0000-0006-0000000000f1', 'strategisch')",
    "INSERT INTO ziel (id, kennung, titel, handlungsfeld_id, ebene, uebergeordnet_id) VALUES (gen_random_uuid(), 'oz-neu', 'Unten', '00000000-0000-0000-0006-0000000000f1', 'operativ', '00000000-0000-0000-0007-0000000000f1')",
    "INSERT INTO trend (id, kennung, titel, zahlen, kennzahl_id) SELECT gen_random_uuid(), 't-neu', 'Neu', 'kennzahl', id FROM kennzahl WHERE kennung = 'k-geheim'",
];
const NEUE_FREIGEBEN: &[&str] = &[
    "SELECT freigabe.veroeffentliche('leitlinie', array_agg(id)) FROM leitlinie WHERE kennung = 'll-neu'",
    "SELECT freigabe.veroeffentliche('ziel', array_agg(id ORDER BY kennung)) FROM ziel WHERE kennung IN ('sz-neu', 'oz-neu')",
    "SELECT freigabe.veroeffentliche('trend', array_agg(id)) FROM trend WHERE kennung = 't-neu'",
];
const NEUE_ENDEN: &[&str] = &[
    "SELECT freigabe.veroeffentliche('strategiefassung', array_agg(id)) FROM strategiefassung WHERE kennung = 'sf-neu'",
    "SELECT freigabe.veroeffentliche('handlungsfeld', array_agg(id)) FROM handlungsfeld WHERE kennung = 'hf-neu'",
    "SELECT freigabe.veroeffentliche('kennzahl', array_agg(id)) FROM kennzahl WHERE kennung = 'k-geheim'",
];
const NEUE_ZAHL: &str = "SELECT (SELECT count(*) FROM leitlinie WHERE kennung = 'll-neu') + (SELECT count(*) FROM ziel WHERE kennung IN ('sz-neu', 'oz-neu')) + (SELECT count(*) FROM trend WHERE kennung = 't-neu')";
const WARTEND: &str = "SELECT count(*) FROM freigabe.wartend";

#[tokio::test]
async fn a_release_waits_for_what_it_points_at() {
    let db = bestand().await;
    aendere(&db, NEUE).await;
    aendere(&db, NEUE_FREIGEBEN).await;
    assert_eq!(zahl_oeffentlich(&db, NEUE_ZAHL).await, 0);
    assert_eq!(zahl(&db, WARTEND).await, 4);
    assert_eq!(
        zahl(
            &db,
            "SELECT count(*) FROM audit.zeile WHERE daten -> 'wartet' = 'true'"
        )
        .await,
        4
    );
    // Each other end alone brings its own, and the goal below comes with the one above.
    for (anweisung, danach) in NEUE_ENDEN.iter().zip([1, 3, 4]) {
        aendere(&db, &[anweisung]).await;
        assert_eq!(
            zahl_oeffentlich(&db, NEUE_ZAHL).await,
            danach,
            "{anweisung}"
        );
    }
    assert_eq!(zahl(&db, WARTEND).await, 0);
    assert_eq!(
        zahl(
            &db,
            "SELECT count(*) FROM ziel WHERE kennung LIKE '%-neu' AND veroeffentlichung = 'veroeffentlicht'"
        )
        .await,
        2
    );
}

#[tokio::test]
async fn a_waiting_release_is_of_one_version_and_can_be_withdrawn() {
    let db = bestand().await;
    aendere(&db, NEUE).await;
    aendere(&db, NEUE_FREIGEBEN).await;
    aendere(
        &db,
        &[
            "UPDATE leitlinie SET text = 'Geheimer Entwurf' WHERE kennung = 'll-neu'",
            "SELECT freigabe.ziehe_zurueck('trend', array_agg(id)) FROM trend WHERE kennung = 't-neu'",
        ],
    )
    .await;
    assert_eq!(zahl(&db, WARTEND).await, 3);
    aendere(&db, NEUE_ENDEN).await;
    // The goals alone: neither the edited Leitlinie nor the withdrawn trend.
    assert_eq!(zahl_oeffentlich(&db, NEUE_ZAHL).await, 2);
    aendere(&db, NEUE_FREIGEBEN).await;
    assert_eq!(zahl_oeffentlich(&db, NEUE_ZAHL).await, 4);
}

#[tokio::test]
async fn what_is_public_stays_while_its_new_version_waits() {
    let db = bestand().await;
    aendere(&db, NEUE).await;
    aendere(
        &db,
        &[
            "UPDATE ziel SET titel = 'Neuer Titel', handlungsfeld_id = '00000000-0000-0000-0006-0000000000f1' WHERE kennung = 'sz-flaeche'",
            "SELECT freigabe.veroeffentliche('ziel', array_agg(id)) FROM ziel WHERE kennung = 'sz-flaeche'",
        ],
    )
    .await;
    let neu = "SELECT count(*) FROM ziel WHERE kennung = 'sz-flaeche' AND titel = 'Neuer Titel'";
    let alle = "SELECT count(*) FROM ziel WHERE kennung = 'sz-flaeche'";
    assert_eq!(
        (
            zahl_oeffentlich(&db, alle).await,
            zahl_oeffentlich(&db, neu).await
        ),
        (1, 0)
    );
    aendere(&db, NEUE_ENDEN).await;
    assert_eq!(zahl_oeffentlich(&db, neu).await, 1);
}

#[tokio::test]
async fn a_link_between_two_measures_waits_for_the_second() {
    let db = bestand().await;
    let freigeben = "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-entwurf'";
    aendere(
        &db,
        &[
            "INSERT INTO massnahme_massnahme (massnahme_id, andere_id, art) SELECT a.id, b.id, 'setzt_voraus' FROM massnahme a, massnahme b WHERE a.kennung = 'm-digital' AND b.kennung = 'm-entwurf'",
            "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-digital'",
        ],
    )
    .await;
    let links = "SELECT count(*) FROM massnahme_massnahme l JOIN massnahme m ON m.id = l.andere_id WHERE m.kennung = 'm-entwurf'";
    assert_eq!(
        (zahl(&db, links).await, zahl_oeffentlich(&db, links).await),
        (1, 0)
    );
    aendere(&db, &[freigeben]).await;
    assert_eq!(zahl_oeffentlich(&db, links).await, 1);
}
