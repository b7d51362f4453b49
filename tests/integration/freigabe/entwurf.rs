//! Drafts over public rows: state, version, difference, discarding.

use zielraum::freigabe::{Schritt, store};

use super::{als, gegenstand, gehe, satz, text, zahl};
use crate::strategie::daten::bestand;

const WERK: (&str, &str) = ("massnahme", "m-treff");

#[tokio::test]
async fn an_edit_of_a_row_or_of_any_part_makes_a_draft() {
    let db = bestand().await;
    let teile: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT t.art, t.relation, t.eigner FROM freigabe.teil t WHERE t.nur = 'true' ORDER BY 1, 2",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    let mut geprueft = 0;
    for (art, relation, eigner) in teile {
        let zeile: Option<String> = text(
            &db.write,
            &format!(
                "SELECT t.{eigner}::text FROM {relation} t JOIN freigabe.gleichstand g ON g.art = '{art}' AND g.id = t.{eigner} WHERE t.{eigner} IS NOT NULL LIMIT 1"
            ),
        )
        .await;
        let Some(id) = zeile else { continue };
        let kennung = text(
            &db.write,
            &format!("SELECT kennung FROM freigabe.gegenstaende() WHERE id = '{id}'"),
        )
        .await
        .unwrap();
        let vorher = gegenstand(&db, &art, &kennung).await;
        let kopie = relation.split_once('.').unwrap().1;
        let oeffentlich =
            format!("SELECT count(*) FROM oeffentlich.{kopie} WHERE {eigner} = '{id}'");
        let vorher_oeffentlich = zahl(&db.write, &oeffentlich).await;
        als(
            &db,
            "konto:a",
            &format!("DELETE FROM {relation} WHERE {eigner} = '{id}' AND ctid = (SELECT max(ctid) FROM {relation} WHERE {eigner} = '{id}')"),
        )
        .await
        .unwrap_or_else(|fehler| panic!("{relation}: {fehler}"));
        let nachher = gegenstand(&db, &art, &kennung).await;
        assert!(nachher.version > vorher.version, "{art} {relation}");
        assert_eq!(nachher.zustand, "entwurf", "{art} {relation}");
        assert!(nachher.entwurf && nachher.oeffentlich, "{art} {relation}");
        assert_eq!(
            zahl(&db.write, &oeffentlich).await,
            vorher_oeffentlich,
            "the public keeps the old one: {relation}"
        );
        geprueft += 1;
    }
    assert!(geprueft > 15, "{geprueft}");
}

#[tokio::test]
async fn every_kind_has_the_same_states() {
    let db = bestand().await;
    let arten: Vec<(String, String)> = sqlx::query_as(
        "SELECT art, relation FROM freigabe.art WHERE art NOT IN ('plan', 'fachobjekt')",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    assert!(arten.len() > 12);
    for (art, relation) in arten {
        if art == "frage" {
            als(&db, "t", "INSERT INTO frage (id, kennung, titel, filter) VALUES (gen_random_uuid(), 'f', 'F', 'ortsteil=west')").await.unwrap();
        }
        let feld = if relation == "dorferneuerung.gebiet" {
            "name"
        } else {
            "titel"
        };
        let kennung = text(&db.write, &format!("SELECT min(kennung) FROM {relation} x WHERE to_jsonb(x) ->> 'oeffentlich' IS DISTINCT FROM 'false'"))
            .await
            .unwrap();
        als(&db, "op", &format!("SELECT freigabe.veroeffentliche('{art}', ARRAY[freigabe.finde('{art}', '{kennung}')])")).await.unwrap();
        assert_eq!(
            gegenstand(&db, &art, &kennung).await.zustand,
            "veroeffentlicht",
            "{art}"
        );
        als(
            &db,
            "konto:a",
            &format!("UPDATE {relation} SET {feld} = 'Anders' WHERE kennung = '{kennung}'"),
        )
        .await
        .unwrap();
        let g = gegenstand(&db, &art, &kennung).await;
        assert_eq!(
            (g.zustand.as_str(), g.oeffentlich, g.entwurf),
            ("entwurf", true, true),
            "{art}"
        );
        let name = relation.split_once('.').unwrap().1;
        assert_ne!(
            text(
                &db.write,
                &format!("SELECT {feld} FROM oeffentlich.{name} WHERE kennung = '{kennung}'")
            )
            .await
            .as_deref(),
            Some("Anders"),
            "{art}"
        );
        // Not by hand, whatever the way.
        for zustand in ["veroeffentlicht", "in_freigabe", "intern", "archiviert"] {
            let antwort = als(&db, "konto:a", &format!("UPDATE {relation} SET veroeffentlichung = '{zustand}' WHERE kennung = '{kennung}'")).await;
            assert!(
                satz(antwort).contains("beantragt und freigegeben"),
                "{art} {zustand}"
            );
        }
        gehe(&db, "konto:a", (&art, &kennung), Schritt::Verwerfen)
            .await
            .unwrap();
        let g = gegenstand(&db, &art, &kennung).await;
        assert_eq!(
            (g.zustand.as_str(), g.entwurf),
            ("veroeffentlicht", false),
            "{art}"
        );
        assert_ne!(
            text(
                &db.write,
                &format!("SELECT {feld} FROM {relation} WHERE kennung = '{kennung}'")
            )
            .await
            .as_deref(),
            Some("Anders"),
            "{art}"
        );
    }
}

#[tokio::test]
async fn a_note_makes_no_draft() {
    let db = bestand().await;
    als(
        &db,
        "konto:a",
        "UPDATE massnahme SET intern_notiz = 'nur wir' WHERE kennung = 'm-treff'",
    )
    .await
    .unwrap();
    let g = gegenstand(&db, "massnahme", "m-treff").await;
    assert_eq!((g.zustand.as_str(), g.entwurf), ("veroeffentlicht", false));
}

#[tokio::test]
async fn discarding_brings_back_every_part_also_the_hidden_and_the_waiting() {
    let db = bestand().await;
    let bild = "SELECT string_agg(x, ' | ' ORDER BY x) FROM (
        SELECT 'm ' || titel || coalesce(kurztext, '') || coalesce(beginn::text, '') AS x FROM massnahme WHERE kennung = 'm-treff'
        UNION ALL SELECT 'g ' || concat_ws(' ', jahr, planfassung, art, betrag_ct, vertraulich) FROM finanzwert WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'
        UNION ALL SELECT 'r ' || art || coalesce(st_astext(geom), '') FROM raumbezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'
        UNION ALL SELECT 'z ' || ziel_id || beitrag FROM ziel_massnahme WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'
        UNION ALL SELECT 't ' || kennung || titel || zustand FROM teilschritt WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'
        UNION ALL SELECT 'b ' || beschluss_id || wirkung FROM beschluss_bezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000001') y";
    let vorher = text(&db.write, bild).await.unwrap();
    assert!(
        vorher.contains("g 2025 ansatz investition 99900000"),
        "the confidential amount"
    );
    assert_eq!(zahl(&db.write, "SELECT count(*) FROM beschluss_bezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'").await, 2, "one of them never public");
    als(
        &db,
        "konto:a",
        "UPDATE massnahme SET titel = 'Neu', kurztext = NULL, beginn = '2020-01-01' WHERE kennung = 'm-treff';
         DELETE FROM finanzwert WHERE massnahme_id = '00000000-0000-0000-0009-000000000001' AND (vertraulich OR jahr = 2029);
         UPDATE finanzwert SET betrag_ct = betrag_ct + 1 WHERE massnahme_id = '00000000-0000-0000-0009-000000000001';
         UPDATE raumbezug SET geom = st_translate(geom, 5, 5) WHERE massnahme_id = '00000000-0000-0000-0009-000000000001';
         DELETE FROM ziel_massnahme WHERE massnahme_id = '00000000-0000-0000-0009-000000000001';
         INSERT INTO ziel_massnahme (massnahme_id, ziel_id) VALUES ('00000000-0000-0000-0009-000000000001', '00000000-0000-0000-0007-000000000001');
         UPDATE teilschritt SET titel = 'x' WHERE massnahme_id = '00000000-0000-0000-0009-000000000001';
         DELETE FROM beschluss_bezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000001' AND wirkung = 'finanziert'",
    )
    .await
    .unwrap();
    assert_ne!(text(&db.write, bild).await.unwrap(), vorher);
    let oeffentlich = "SELECT string_agg(t::text, '' ORDER BY t::text) FROM (SELECT titel::text AS t FROM massnahme UNION ALL SELECT betrag_ct::text FROM finanzwert UNION ALL SELECT st_astext(geom) FROM raumbezug) x";
    let davor = text(&db.public, oeffentlich).await;
    gehe(&db, "konto:a", WERK, Schritt::Verwerfen)
        .await
        .unwrap();
    assert_eq!(text(&db.write, bild).await.unwrap(), vorher);
    assert_eq!(
        text(&db.public, oeffentlich).await,
        davor,
        "the public saw nothing of it"
    );
    // The discarded draft is in the history, and the version went on: no version means two things.
    assert_eq!(
        zahl(
            &db.write,
            "SELECT count(*) FROM massnahme_historie WHERE titel = 'Neu'"
        )
        .await,
        1
    );
    assert!(satz(gehe(&db, "konto:a", WERK, Schritt::Verwerfen).await).contains("keinen Entwurf"));
    assert!(
        satz(
            gehe(
                &db,
                "konto:a",
                ("massnahme", "m-entwurf"),
                Schritt::Verwerfen
            )
            .await
        )
        .contains("keine veröffentlichte Fassung")
    );
}

#[tokio::test]
async fn the_difference_names_fields_in_german() {
    let db = bestand().await;
    als(
        &db,
        "konto:a",
        "UPDATE massnahme SET titel = 'Neu', leitprojekt = false, beginn = '2025-02-03', art = 'planung' WHERE kennung = 'm-treff';
         UPDATE raumbezug SET geom = st_translate(geom, 100, 0) WHERE massnahme_id = '00000000-0000-0000-0009-000000000001';
         UPDATE finanzwert SET betrag_ct = 4000050 WHERE massnahme_id = '00000000-0000-0000-0009-000000000001' AND jahr = 2024 AND planfassung = 'ansatz';
         DELETE FROM teilschritt WHERE kennung = 'ms-3';
         INSERT INTO zustaendigkeit (id, akteur_id, massnahme_id, rolle) VALUES (gen_random_uuid(), '00000000-0000-0000-0001-000000000002', '00000000-0000-0000-0009-000000000001', 'informiert')",
    )
    .await
    .unwrap();
    let g = gegenstand(&db, "massnahme", "m-treff").await;
    let mut conn = db.write.acquire().await.unwrap();
    let liste = store::vergleiche(&mut conn, &g).await.unwrap();
    let hat = |teil: &str, feld: &str, alt: Option<&str>, neu: Option<&str>| {
        assert!(
            liste.iter().any(|u| u.teil == teil
                && u.feld == feld
                && alt.is_none_or(|alt| u.oeffentlich.as_deref().is_some_and(|w| w.contains(alt)))
                && neu.is_none_or(|neu| u.entwurf.as_deref().is_some_and(|w| w.contains(neu)))),
            "{teil} {feld}: {liste:#?}"
        );
    };
    hat(
        "Maßnahme",
        "Titel",
        Some("Dorftreff <Alte Schule>"),
        Some("Neu"),
    );
    hat("Maßnahme", "Leitprojekt", Some("ja"), Some("nein"));
    hat("Maßnahme", "Beginn", Some("01.03.2024"), Some("03.02.2025"));
    hat("Maßnahme", "Art", Some("Bau"), Some("Planung"));
    hat(
        "Raumbezug",
        "Eigene Geometrie",
        Some("640250 5324500"),
        Some("640350 5324500"),
    );
    hat(
        "Finanzwert",
        "Betrag",
        Some("40.000,00 €"),
        Some("40.000,50 €"),
    );
    hat("Teilschritt einer Maßnahme", "entfernt", Some("ms-3"), None);
    hat("Zuständigkeit", "hinzugefügt", None, Some("Dorfverein"));
    assert_eq!(liste.len(), 8, "{liste:#?}");
    // What never becomes public is no difference: the confidential amount, the non-public decision.
    assert!(!format!("{liste:?}").contains("999.000"));
}

#[tokio::test]
async fn a_draft_link_waits_when_only_its_other_end_is_published() {
    let db = bestand().await;
    als(&db, "konto:a", "INSERT INTO kennzahl (id, kennung, titel, einheit, richtung) VALUES ('00000000-0000-0000-000a-000000000009', 'k-neu', 'Neu', 'x', 'steigt');
        INSERT INTO massnahme_kennzahl (massnahme_id, kennzahl_id, wirkung) VALUES ('00000000-0000-0000-0009-000000000001', '00000000-0000-0000-000a-000000000009', 'senkt')").await.unwrap();
    als(&db, "op", "SELECT freigabe.veroeffentliche('kennzahl', ARRAY['00000000-0000-0000-000a-000000000009']::uuid[])").await.unwrap();
    let links = "SELECT count(*) FROM massnahme_kennzahl WHERE kennzahl_id = '00000000-0000-0000-000a-000000000009'";
    assert_eq!(
        zahl(&db.public, links).await,
        0,
        "the measure's draft leaked through the indicator"
    );
    als(&db, "op", "SELECT freigabe.veroeffentliche('massnahme', ARRAY['00000000-0000-0000-0009-000000000001']::uuid[])").await.unwrap();
    assert_eq!(zahl(&db.public, links).await, 1);
}

#[tokio::test]
async fn an_office_is_public_with_what_names_it() {
    let db = bestand().await;
    als(&db, "konto:a", "INSERT INTO akteur (id, kennung, titel, art) VALUES ('00000000-0000-0000-0001-000000000008', 'a-neu', 'Neues Amt', 'amt'), ('00000000-0000-0000-0001-000000000009', 'a-still', 'Stilles Amt', 'amt')").await.unwrap();
    als(&db, "op", "SELECT freigabe.setze_zustand('akteur', ARRAY['00000000-0000-0000-0001-000000000009']::uuid[], 'intern')").await.unwrap();
    let da = "SELECT string_agg(kennung, ',' ORDER BY kennung) FROM akteur WHERE kennung IN ('a-neu', 'a-still')";
    assert_eq!(text(&db.public, da).await, None);
    als(&db, "konto:a", "INSERT INTO zustaendigkeit (id, akteur_id, massnahme_id, rolle) SELECT gen_random_uuid(), id, '00000000-0000-0000-0009-000000000002', 'mitwirkend' FROM akteur WHERE kennung IN ('a-neu', 'a-still')").await.unwrap();
    assert_eq!(text(&db.public, da).await, None, "named by a draft alone");
    als(&db, "op", "SELECT freigabe.veroeffentliche('massnahme', ARRAY['00000000-0000-0000-0009-000000000002']::uuid[])").await.unwrap();
    assert_eq!(text(&db.public, da).await.as_deref(), Some("a-neu"));
}
