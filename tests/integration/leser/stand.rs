//! One measure from its first draft to its withdrawal, seen by everybody from every day.

use axum::Router;
use zielraum::auth::Rolle;

use super::{NIEMAND, dienst, hole, leser};
use crate::freigabe::als;
use crate::strategie::daten::bestand;
use crate::support::TestDb;

const NEU: &str = "
INSERT INTO massnahme (id, kennung, titel, art, intern_notiz) VALUES ('00000000-0000-0000-00aa-000000000001', 'm-neu', 'Tag eins', 'bau', 'Notiz des Amts');
INSERT INTO zustaendigkeit (id, akteur_id, massnahme_id, rolle) SELECT gen_random_uuid(), id, '00000000-0000-0000-00aa-000000000001', 'federfuehrend' FROM akteur WHERE kennung = 'a-bau';
INSERT INTO teilschritt (id, kennung, titel, massnahme_id) VALUES (gen_random_uuid(), 'ts-neu', 'Schritt eins', '00000000-0000-0000-00aa-000000000001');
INSERT INTO raumbezug (id, massnahme_id, art, geom) VALUES (gen_random_uuid(), '00000000-0000-0000-00aa-000000000001', 'punkt', st_setsrid('MULTIPOINT (640300 5324500)'::geometry, 25832));
INSERT INTO finanzwert (id, massnahme_id, jahr, planfassung, art, betrag_ct, stand, vertraulich) VALUES
  (gen_random_uuid(), '00000000-0000-0000-00aa-000000000001', 2026, 'ansatz', 'investition', 11100000, '2025-01-01', false),
  ('00000000-0000-0000-00aa-000000000002', '00000000-0000-0000-00aa-000000000001', 2027, 'finanzplan', 'investition', 22200000, '2025-01-01', false)";
const WER: &str = "konto:werk";
const FREI: &str = "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-neu'";

/// Moments after each event, by name.
struct Tage(Vec<(&'static str, String)>);

impl Tage {
    async fn merke(&mut self, db: &TestDb, name: &'static str) {
        let zeit = crate::geschichte::uhr(db).await;
        self.0.push((name, zeit));
    }

    fn zu(&self, name: &str) -> &str {
        &self.0.iter().find(|(n, _)| *n == name).unwrap().1
    }
}

/// What a reader finds of the measure: its title by the page and the layer, with `ganz` by
/// list and derived layers too, which must agree, whichever way the day is named.
async fn sieht(router: &Router, token: &str, zeit: &str, ganz: bool) -> Option<String> {
    let blatt = hole(
        router,
        token,
        &format!("/stand/{zeit}/massnahmen/m-neu?f=json"),
    )
    .await;
    assert!(
        [200, 404].contains(&blatt.status.as_u16()),
        "{}",
        blatt.text
    );
    let titel = (blatt.status == 200).then(|| blatt.json()["titel"].as_str().unwrap().to_owned());
    let fragen = [
        format!("/collections/massnahmen/items?limit=1000&datetime={zeit}"),
        format!("/massnahmen?f=json&limit=1000&stand={zeit}"),
        format!("/collections/massnahmen/items?limit=1000&stand={zeit}"),
        format!("/collections/massnahmen_punkte/items?limit=1000&datetime={zeit}"),
        format!("/stand/{zeit}/collections/massnahmen_ortsteile/items?limit=1000"),
    ];
    for frage in fragen.iter().take(if ganz { fragen.len() } else { 1 }) {
        let liste = hole(router, token, frage).await;
        assert_eq!(liste.status, 200, "{frage}: {}", liste.text);
        let genannt = liste.text.contains("\"m-neu\"");
        assert_eq!(genannt, titel.is_some(), "{frage}: {}", liste.text);
        if let Some(titel) = titel.as_deref().filter(|_| frage.contains("/massnahmen/")) {
            assert!(liste.text.contains(titel), "{frage}: {}", liste.text);
        }
    }
    titel
}

#[tokio::test]
async fn everybody_sees_of_every_day_what_is_theirs() {
    let db = bestand().await;
    let router = dienst(&db).await;
    let strategie = leser(&db, "strategie", Rolle::Strategie, None).await;
    let rat = leser(&db, "rat", Rolle::Stadtrat, None).await;
    let amt = leser(&db, "amt", Rolle::Fachamt, Some("a-bau")).await;
    let fremd = leser(&db, "fremd", Rolle::Fachamt, Some("a-verein")).await;
    let wer = [NIEMAND, &strategie, &rat, &amt, &fremd];
    let mut tage = Tage(Vec::new());
    tage.merke(&db, "davor").await;
    let schreibe = async |sql: &str| als(&db, WER, sql).await.unwrap();
    schreibe(NEU).await;
    tage.merke(&db, "angelegt").await;
    schreibe("UPDATE massnahme SET titel = 'Tag zwei' WHERE kennung = 'm-neu'; UPDATE teilschritt SET titel = 'Schritt zwei' WHERE kennung = 'ts-neu'").await;
    tage.merke(&db, "geaendert").await;
    schreibe("SELECT freigabe.beantrage(gen_random_uuid(), 'massnahme', id, 'Bitte') FROM massnahme WHERE kennung = 'm-neu'").await;
    tage.merke(&db, "vorgelegt").await;
    schreibe(FREI).await;
    tage.merke(&db, "frei").await;
    schreibe("UPDATE massnahme SET titel = 'Tag vier' WHERE kennung = 'm-neu'; UPDATE teilschritt SET titel = 'Schritt vier' WHERE kennung = 'ts-neu'; UPDATE raumbezug SET geom = st_setsrid('MULTIPOINT (640310 5324510)'::geometry, 25832) WHERE massnahme_id = '00000000-0000-0000-00aa-000000000001'").await;
    tage.merke(&db, "entwurf").await;

    let (eins, zwei, vier) = (Some("Tag eins"), Some("Tag zwei"), Some("Tag vier"));
    let mut soll = vec![
        ("davor", [None, None, None, None, None]),
        ("angelegt", [None, eins, None, eins, None]),
        ("geaendert", [None, zwei, None, zwei, None]),
        // what lay before the council then, and was published since
        ("vorgelegt", [None, zwei, zwei, zwei, None]),
        ("frei", [zwei, zwei, zwei, zwei, zwei]),
        ("entwurf", [zwei, vier, zwei, vier, zwei]),
    ];
    pruefe(&router, &tage, &wer, &soll).await;
    // Parts are those of the same version, and the marks those of the day.
    for (tag, token, schritt, marke) in [
        ("angelegt", &amt, "Schritt eins", "Entwurf"),
        ("geaendert", &strategie, "Schritt zwei", "Entwurf"),
        ("vorgelegt", &rat, "Schritt zwei", "In Freigabe"),
        ("frei", &strategie, "Schritt zwei", ""),
        ("entwurf", &amt, "Schritt vier", "Entwurf"),
        ("entwurf", &rat, "Schritt zwei", ""),
    ] {
        let pfad = format!("/massnahmen/m-neu?f=html&stand={}", tage.zu(tag));
        let seite = hole(&router, token, &pfad).await;
        assert_eq!(seite.status, 200, "{tag}: {}", seite.text);
        assert!(seite.text.contains(schritt), "{tag}: {}", seite.text);
        assert_eq!(
            seite.text.matches("Schritt ").count(),
            seite.text.matches(schritt).count(),
            "{tag}"
        );
        let im_kopf = format!("<span class=\"marke-entwurf\">{marke}</span></h1>");
        assert_eq!(
            seite.text.contains("marke-entwurf\">Entwurf</span></h1>"),
            marke == "Entwurf",
            "{tag}"
        );
        assert!(marke.is_empty() || seite.text.contains(&im_kopf), "{tag}");
        assert!(seite.text.contains("mit den Entwürfen des Tages"), "{tag}");
        assert_eq!(seite.kopf("cache-control"), "private, no-store", "{tag}");
    }
    // Notes and confidential amounts are withheld as today.
    schreibe("UPDATE finanzwert SET vertraulich = true WHERE id = '00000000-0000-0000-00aa-000000000002'").await;
    let geld = format!("/geld/massnahmen/m-neu?f=json&stand={}", tage.zu("frei"));
    for (token, da) in [(&strategie, true), (&amt, false), (&rat, false)] {
        let antwort = hole(&router, token, &geld).await;
        assert_eq!(antwort.status, 200, "{}", antwort.text);
        assert_eq!(antwort.text.contains("222000"), da, "{}", antwort.text);
        assert!(antwort.text.contains("111000"), "{}", antwort.text);
    }

    schreibe("SELECT freigabe.ziehe_zurueck('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-neu'").await;
    tage.merke(&db, "zurueck").await;
    soll.push(("zurueck", [None, vier, None, vier, None]));
    // Withdrawn it is gone with its past for all whose own it is not.
    soll.retain(|(tag, _)| ["vorgelegt", "frei", "zurueck"].contains(tag));
    for (_, zeile) in &mut soll {
        (zeile[0], zeile[2], zeile[4]) = (None, None, None);
    }
    pruefe(&router, &tage, &wer, &soll).await;
}

async fn pruefe(router: &Router, tage: &Tage, wer: &[&str; 5], soll: &[(&str, [Option<&str>; 5])]) {
    for (tag, zeile) in soll {
        for (nr, token) in wer.iter().enumerate() {
            let ist = sieht(router, token, tage.zu(tag), *tag == "entwurf").await;
            assert_eq!(ist.as_deref(), zeile[nr], "{tag}, reader {nr}");
        }
    }
}

/// The first answers after a sign-in must not be the public's, nor the other way round.
#[tokio::test]
async fn days_are_not_shared_between_readers() {
    let db = bestand().await;
    let router = dienst(&db).await;
    let strategie = leser(&db, "strategie", Rolle::Strategie, None).await;
    als(&db, WER, NEU).await.unwrap();
    let heute = zielraum::ortszeit::heute();
    let pfad = format!("/massnahmen/m-neu?f=json&stand={heute}");
    for _ in 0..2 {
        assert_eq!(hole(&router, NIEMAND, &pfad).await.status, 404);
        let antwort = hole(&router, &strategie, &pfad).await;
        assert_eq!(antwort.status, 200, "{}", antwort.text);
        assert_eq!(antwort.kopf("access-control-allow-origin"), "");
        assert_eq!(antwort.kopf("cache-control"), "private, no-store");
    }
    let ebene = hole(
        &router,
        &strategie,
        &format!("/stand/{heute}/collections/massnahmen?f=json"),
    )
    .await;
    assert!(
        ebene.json()["description"]
            .as_str()
            .unwrap()
            .contains("mit den Entwürfen"),
        "{}",
        ebene.text
    );
}
