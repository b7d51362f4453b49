//! Personal fields: in neither history nor audit, gone when their time is over, told and erased on demand.

use serde_json::Value;
use zielraum::audit::{kette, person};

use crate::strategie::daten::aendere;
use crate::support::{TestDb, admin, datenbank};

async fn kontakt() -> TestDb {
    let db = datenbank().await;
    aendere(&db, &[
        "INSERT INTO strategie.akteur (id, kennung, titel, art) VALUES ('00000000-0000-0000-0000-0000000000c1', 'a-verein', 'Dorfverein', 'verein')",
        "INSERT INTO strategie.akteur_kontakt (id, akteur_id, funktion, person, email, telefon, einwilligung_am, loeschen_am)
           VALUES ('00000000-0000-0000-0000-0000000000c2', '00000000-0000-0000-0000-0000000000c1', 'Vorsitz', 'Xaveria Zwickl', 'xz@example.org', '08191 999', current_date, current_date + 30)",
    ]).await;
    aendere(
        &db,
        &["UPDATE strategie.akteur_kontakt SET funktion = 'Kasse', telefon = '08191 888'"],
    )
    .await;
    db
}

/// Every text of the database in which the word stands, by table.
async fn fundorte(db: &TestDb, wort: &str) -> Vec<String> {
    let pool = admin(db).await;
    let tabellen: Vec<String> = sqlx::query_scalar("SELECT format('%I.%I', n.nspname, k.relname) FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE k.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')").fetch_all(&pool).await.unwrap();
    let mut gefunden = Vec::new();
    for tabelle in tabellen {
        let sql = format!("SELECT count(*) FROM {tabelle} x WHERE strpos(x::text, '{wort}') > 0");
        if crate::support::zahl(&pool, &sql).await.unwrap() > 0 {
            gefunden.push(tabelle);
        }
    }
    gefunden
}

#[tokio::test]
async fn a_person_stands_in_one_place_only() {
    let db = kontakt().await;
    assert_eq!(fundorte(&db, "Zwickl").await, ["strategie.akteur_kontakt"]);
    assert_eq!(fundorte(&db, "08191").await, ["strategie.akteur_kontakt"]);
    // without consent, or without an end, it may not stand there at all
    for felder in [
        "person = 'X', einwilligung_am = NULL",
        "loeschen_am = NULL",
        "loeschen_am = einwilligung_am",
    ] {
        let mut tx = zielraum::db::audit::begin(&db.write, "a", "b")
            .await
            .unwrap();
        let sql = format!("UPDATE strategie.akteur_kontakt SET {felder}");
        let getan = sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut *tx)
            .await;
        assert!(getan.is_err(), "{felder}");
    }
}

#[tokio::test]
async fn what_is_known_is_told_and_erased_with_a_proof() {
    let db = kontakt().await;
    let alles = person::export(&db.write, "a-verein").await.unwrap();
    let zeile = &alles["zeilen"]["strategie.akteur_kontakt"][0];
    assert_eq!(
        (&zeile["person"], &zeile["email"]),
        (
            &Value::from("Xaveria Zwickl"),
            &Value::from("xz@example.org")
        )
    );
    assert_eq!(
        person::loesche(&db.write, "a-verein", "konto:ds", "Antrag vom 1. Mai")
            .await
            .unwrap(),
        1
    );
    assert_eq!(fundorte(&db, "Zwickl").await, [""; 0]);
    let bleibt: String = sqlx::query_scalar("SELECT funktion FROM strategie.akteur_kontakt")
        .fetch_one(&db.write)
        .await
        .unwrap();
    assert_eq!(bleibt, "Kasse");
    let nachweis: (String, String) = sqlx::query_as("SELECT z.schluessel, a.warum FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id WHERE z.relation = 'person'").fetch_one(&db.write).await.unwrap();
    assert_eq!(nachweis, ("a-verein".into(), "Antrag vom 1. Mai".into()));
    let pruefung = kette::pruefe(&db.write, None).await.unwrap();
    assert!(pruefung.maengel.is_empty(), "{:?}", pruefung.maengel);
    let fehler = person::export(&db.write, "niemand").await.unwrap_err();
    assert!(fehler.to_string().contains("niemand"), "{fehler}");
}

#[tokio::test]
async fn personal_fields_end_on_their_day() {
    let db = kontakt().await;
    assert_eq!(person::loesche_abgelaufene(&db.write).await.unwrap(), 0);
    let vorher = kette::kopf(&db.write).await.unwrap();
    aendere(&db, &["UPDATE strategie.akteur_kontakt SET einwilligung_am = current_date - 10, loeschen_am = current_date"]).await;
    assert_eq!(person::loesche_abgelaufene(&db.write).await.unwrap(), 1);
    assert_eq!(fundorte(&db, "Zwickl").await, [""; 0]);
    // nothing due, nothing written
    assert_eq!(person::loesche_abgelaufene(&db.write).await.unwrap(), 0);
    assert_eq!(kette::kopf(&db.write).await.unwrap().lfd, vorher.lfd + 2);
}

/// A new table with a person in it must say so.
#[tokio::test]
async fn columns_that_sound_like_a_person_are_tagged() {
    let db = datenbank().await;
    let ungekennzeichnet: Vec<String> = sqlx::query_scalar(
        "SELECT v.relation::text || '.' || a.attname FROM audit.verfolgte() v JOIN pg_attribute a ON a.attrelid = v.relation AND a.attnum > 0 AND NOT a.attisdropped
         WHERE a.attname ~ '(^|_)(e_?mail|mail|telefon|tel|fax|handy|mobil|vorname|nachname|familienname|person|ansprechpartner|ansprechperson|geburt[a-z]*|iban|eigentuemer|wohnort)($|_)'
           AND NOT a.attname = ANY (audit.personenfelder(v.relation))",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    assert!(ungekennzeichnet.is_empty(), "{ungekennzeichnet:?}");
    let gekennzeichnet: Vec<String> = sqlx::query_scalar("SELECT h.historie::text || '.' || f FROM audit.verfolgte() h, unnest(audit.personenfelder(h.relation)) f").fetch_all(&db.write).await.unwrap();
    assert_eq!(gekennzeichnet.len(), 3, "{gekennzeichnet:?}");
    let im_verlauf: i64 = sqlx::query_scalar("SELECT count(*) FROM audit.verfolgte() h JOIN pg_attribute a ON a.attrelid = h.historie AND NOT a.attisdropped WHERE a.attname = ANY (audit.personenfelder(h.relation))").fetch_one(&db.write).await.unwrap();
    assert_eq!(im_verlauf, 0);
}
