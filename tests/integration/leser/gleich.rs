//! Two worlds that must say the same: now and the state of now; the public and a reader
//! who has nothing of their own.

use axum::Router;
use zielraum::auth::Rolle;

use super::{NIEMAND, dienst, hole, leser};
use crate::freigabe::{als, text};
use crate::geschichte::stand::gleich;
use crate::geschichte::uhr;
use crate::strategie::daten::bestand;
use crate::support::{TestDb, datenbank_mit_demo};

/// A draft over the first published object of every kind and over all its parts.
const UEBERALL: &str = "
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT art, relation FROM freigabe.art WHERE art <> 'akteur' LOOP
    EXECUTE format('UPDATE %s SET %I = ''Nurdraft'' WHERE kennung IN (SELECT kennung FROM oeffentlich.%I)', t.relation,
      (SELECT min(attname) FROM pg_attribute WHERE attrelid = t.relation::regclass AND attname IN ('titel', 'name')), t.art);
  END LOOP;
  UPDATE teilschritt SET titel = 'Nurdraft';
  UPDATE raumbezug SET geom = st_translate(geom, 400, 400) WHERE geom IS NOT NULL;
  UPDATE finanzwert SET betrag_ct = betrag_ct + 100;
  UPDATE kennzahlwert SET wert = wert + 1;
  DELETE FROM ziel_massnahme WHERE ctid IN (SELECT ctid FROM ziel_massnahme LIMIT 1);
  UPDATE ziel_nutzungsart_wirkung SET begruendung = 'Nurdraft';
  UPDATE gebiet SET geom = st_translate(geom, 10, 10);
END $$";

/// Addresses of everything the service document names, and of one object of each kind.
async fn pfade(router: &Router, db: &TestDb) -> Vec<String> {
    let doc = hole(router, NIEMAND, "/api?f=json").await.json();
    let mut pfade: Vec<String> = Vec::new();
    for muster in doc["paths"].as_object().unwrap().keys() {
        let fest = ["/api", "/hier", "/daten"]
            .iter()
            .any(|p| muster.starts_with(p));
        if fest || muster.ends_with("/bearbeiten") || muster.ends_with("/wert") {
            continue;
        }
        for (anfang, sql) in [
            (
                "/massnahmen/",
                "SELECT min(kennung) FROM oeffentlich.massnahme",
            ),
            (
                "/geld/massnahmen/",
                "SELECT min(kennung) FROM oeffentlich.massnahme",
            ),
            ("/ziele/", "SELECT min(kennung) FROM oeffentlich.ziel"),
            (
                "/kennzahlen/",
                "SELECT min(kennung) FROM oeffentlich.kennzahl",
            ),
            (
                "/ortsteile/",
                "SELECT min(kennung) FROM oeffentlich.ortsteil WHERE id > 0",
            ),
            (
                "/dorferneuerung/",
                "SELECT min(kennung) FROM oeffentlich.gebiet",
            ),
            (
                "/fachplaene/",
                "SELECT min(kennung) FROM oeffentlich.fachplan",
            ),
        ] {
            if muster.starts_with(anfang)
                && muster.contains("{kennung}")
                && let Some(kennung) = text(&db.write, sql).await
            {
                pfade.push(muster.replace("{kennung}", &kennung));
            }
        }
        if !muster.contains('{') {
            pfade.push(muster.clone());
        }
    }
    for ort in ["punkt=640300,5324500", "ortsteil=west"] {
        pfade.push(format!("/hier?{ort}"));
    }
    pfade
}

fn mit_format(pfad: &str, format: &str) -> String {
    let trenner = if pfad.contains('?') { '&' } else { '?' };
    format!("{pfad}{trenner}f={format}")
}

/// Asks every path as two readers (or of two days); how many JSON answers were compared.
async fn vergleiche(
    router: &Router,
    pfade: &[String],
    (eine, eine_zeit): (&str, &str),
    (andere, andere_zeit): (&str, &str),
) -> usize {
    let mut geprueft = 0;
    for pfad in pfade {
        let zu = |zeit: &str| {
            let stand = if zeit.is_empty() {
                String::new()
            } else {
                format!("/stand/{zeit}")
            };
            mit_format(&format!("{stand}{pfad}"), "json")
        };
        let a = hole(router, eine, &zu(eine_zeit)).await;
        let b = hole(router, andere, &zu(andere_zeit)).await;
        assert_eq!(a.status, b.status, "{pfad}: {}\n{}", a.text, b.text);
        assert!(a.status.as_u16() < 500, "{pfad}: {}", a.text);
        if a.status == 200 && a.kopf("content-type").contains("json") {
            let lies = |text: &str, zeit: &str| {
                let text = text.replace(&format!("/stand/{zeit}"), "");
                let mut doc = serde_json::from_str(&text).unwrap();
                ohne_worte(&mut doc);
                doc
            };
            let (a, b) = (lies(&a.text, eine_zeit), lies(&b.text, andere_zeit));
            assert!(gleich(&a, &b, "-"), "{pfad}\n{a}\n{b}");
            geprueft += 1;
        }
    }
    geprueft
}

/// Collections say of their past what each reader sees there; a list of them holds the
/// internal ones too.
fn ohne_worte(doc: &mut serde_json::Value) {
    match doc {
        serde_json::Value::Object(felder) => {
            if let Some(text) = felder.get_mut("description")
                && let Some((vor, _)) = text.as_str().unwrap_or_default().split_once("Früher (")
            {
                *text = vor.into();
            }
            felder.values_mut().for_each(ohne_worte);
        }
        serde_json::Value::Array(liste) => liste.iter_mut().for_each(ohne_worte),
        _ => {}
    }
}

#[tokio::test]
async fn the_state_of_now_is_today_for_every_reader() {
    let db = datenbank_mit_demo().await;
    als(&db, "konto:x", UEBERALL).await.unwrap();
    als(&db, "konto:x", "SELECT freigabe.beantrage(gen_random_uuid(), 'massnahme', id, 'Bitte') FROM massnahme WHERE kennung = (SELECT max(kennung) FROM oeffentlich.massnahme)").await.unwrap();
    let referat = text(&db.write, "SELECT a.kennung FROM akteur a JOIN zustaendigkeit z ON z.akteur_id = a.id GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").await;
    let router = dienst(&db).await;
    let mut pfade = pfade(&router, &db).await;
    pfade.push("/collections/massnahmen/items?limit=5".into());
    assert!(pfade.len() > 60, "{}", pfade.len());
    for (login, rolle, von) in [
        ("strategie", Rolle::Strategie, None),
        ("rat", Rolle::Stadtrat, None),
        ("amt", Rolle::Fachamt, referat.as_deref()),
    ] {
        let token = leser(&db, login, rolle, von).await;
        let jetzt = uhr(&db).await;
        let geprueft = vergleiche(&router, &pfade, (&token, &jetzt), (&token, "")).await;
        assert!(geprueft > 40, "{login}: {geprueft}");
    }
}

/// Drafts of others over everything: who has none of their own reads what the public reads.
#[tokio::test]
async fn a_reader_with_nothing_of_their_own_reads_what_the_public_reads() {
    let db = datenbank_mit_demo().await;
    let vorher = uhr(&db).await;
    als(&db, "konto:x", "INSERT INTO akteur (id, kennung, titel, art) SELECT gen_random_uuid(), 'a-leer', 'Amt ohne Aufgabe', art FROM akteur LIMIT 1").await.unwrap();
    // What a council reads besides: decisions taken behind closed doors.
    als(&db, "konto:x", "DELETE FROM beschluss_bezug WHERE beschluss_id IN (SELECT id FROM beschluss WHERE NOT oeffentlich); DELETE FROM beschluss WHERE NOT oeffentlich").await.unwrap();
    als(&db, "konto:x", UEBERALL).await.unwrap();
    let router = dienst(&db).await;
    let rat = leser(&db, "rat", Rolle::Stadtrat, None).await;
    let amt = leser(&db, "amt", Rolle::Fachamt, Some("a-leer")).await;
    let pfade = pfade(&router, &db).await;
    // Offices are read as they are inside: an office without a task is not hidden from its colleagues.
    let oeffentlich: Vec<String> = pfade
        .into_iter()
        .filter(|pfad| {
            !pfad.starts_with("/akteure") && *pfad != "/collections" && !pfad.contains("akteure")
        })
        .collect();
    for token in [&rat, &amt] {
        let heute = vergleiche(&router, &oeffentlich, (token, ""), (NIEMAND, "")).await;
        assert!(heute > 40, "{heute}");
        let damals = vergleiche(&router, &oeffentlich, (token, &vorher), (NIEMAND, &vorher)).await;
        assert!(damals > 40, "{damals}");
        for pfad in &oeffentlich {
            for format in ["json", "html"] {
                let antwort = hole(&router, token, &mit_format(pfad, format)).await;
                assert!(
                    !antwort.text.contains("Nurdraft"),
                    "{pfad}: {}",
                    antwort.text
                );
            }
        }
    }
}

/// Not to be passed by an address that names the working tables' rows.
#[tokio::test]
async fn a_council_does_not_read_confidential_fields_of_published_rows() {
    let db = bestand().await;
    als(&db, "konto:x", "SELECT freigabe.setze_vertraulich('strategie.massnahme', 'm-treff', 'kurztext', freigabe.heute() + 30, 'Grund')").await.unwrap();
    let router = dienst(&db).await;
    let rat = leser(&db, "rat", Rolle::Stadtrat, None).await;
    let amt = leser(&db, "amt", Rolle::Fachamt, Some("a-bau")).await;
    for (token, da) in [(&rat, false), (&amt, true)] {
        for pfad in [
            "/massnahmen/m-treff?f=json",
            "/daten/massnahme/m-treff?f=json",
            "/daten/massnahme?f=json",
            "/collections/massnahmen/items/m-treff?f=json",
        ] {
            let antwort = hole(&router, token, pfad).await;
            assert_eq!(antwort.status, 200, "{pfad}: {}", antwort.text);
            assert!(antwort.text.contains("Dorftreff"), "{pfad}");
            assert!(
                da || !antwort.text.contains("Saal, K"),
                "{pfad}: {}",
                antwort.text
            );
            assert!(
                da || !antwort.text.contains("nur intern"),
                "{pfad}: {}",
                antwort.text
            );
        }
    }
    let eigen = hole(&router, &amt, "/daten/massnahme/m-treff?f=json").await;
    assert!(eigen.text.contains("Saal, K"), "{}", eigen.text);
}
