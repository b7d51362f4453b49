//! Rows without geometry by JSON, and the forms over them.

use axum::body::Body;
use serde_json::json;
use zielraum::auth::Rolle;
use zielraum::auth::konto::Angaben;

use super::{Amt, doc, kopfzeile, mit};
use crate::support::zahl;

const ALLE: &[Rolle] = &[Rolle::Strategie, Rolle::Kaemmerei, Rolle::Stadtplanung];

/// Every kind: its first stored row read, sent back, changed in nothing.
#[tokio::test]
async fn every_kind_can_be_read_and_sent_back() {
    let amt = Amt::neu().await;
    let token = amt.token("alle", ALLE).await;
    let arten = amt.feature(&token, "/daten").await;
    let mut gesehen = 0;
    for art in arten["arten"].as_array().unwrap() {
        let name = art["art"].as_str().unwrap();
        let liste = amt.feature(&token, &format!("/daten/{name}")).await;
        for zeile in liste["zeilen"].as_array().unwrap().iter().take(3) {
            let felder = art["schluessel"].as_array().unwrap();
            let schluessel: Vec<String> = felder
                .iter()
                .map(|feld| {
                    let feld = feld.as_str().unwrap();
                    let namen = [feld, feld.trim_end_matches("_id")];
                    let wert = namen
                        .iter()
                        .find_map(|n| zeile.get(n))
                        .unwrap_or_else(|| panic!("{name}: {feld}"));
                    wert.as_str()
                        .map_or_else(|| wert.to_string(), str::to_owned)
                })
                .collect();
            let pfad = format!("/daten/{name}/{}", schluessel.join(","));
            let eine = mit(amt.hole(&token, &pfad).await, 200);
            assert_eq!(doc(&eine), *zeile, "{pfad}");
            let vorher = zahl(&amt.db.write, "SELECT count(*) FROM audit.zeile")
                .await
                .unwrap();
            let put = mit(
                amt.json(
                    &token,
                    "PUT",
                    &pfad,
                    &[("if-match", &kopfzeile(&eine, "etag"))],
                    zeile,
                )
                .await,
                200,
            );
            assert_eq!(kopfzeile(&put, "etag"), kopfzeile(&eine, "etag"), "{pfad}");
            assert_eq!(
                zahl(&amt.db.write, "SELECT count(*) FROM audit.zeile")
                    .await
                    .unwrap(),
                vorher,
                "{pfad}"
            );
            gesehen += 1;
        }
    }
    assert!(gesehen > 40, "{gesehen}");
    mit(amt.hole("", "/daten/massnahme").await, 404);
    mit(amt.hole(&token, "/daten/konto").await, 404);
}

pub async fn eine_massnahme(amt: &Amt) -> String {
    sqlx::query_scalar("SELECT kennung FROM strategie.massnahme WHERE beschlussstand = 'idee' OR umsetzungsphase = 'nicht_begonnen' ORDER BY kennung LIMIT 1")
        .fetch_one(&amt.db.write)
        .await
        .unwrap()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story: what is linked to what")]
async fn goals_measures_links_and_values() {
    let amt = Amt::neu().await;
    let token = amt.token("alle", ALLE).await;
    let hf: String =
        sqlx::query_scalar("SELECT kennung FROM strategie.handlungsfeld ORDER BY kennung LIMIT 1")
            .fetch_one(&amt.db.write)
            .await
            .unwrap();
    let ziel = json!({"kennung": "z-neu", "handlungsfeld": hf, "ebene": "strategisch", "titel": "Neues Ziel", "gewicht": 2.5, "warum": "Klausur"});
    let neu = mit(
        amt.json(&token, "POST", "/daten/ziel", &[], &ziel).await,
        201,
    );
    assert_eq!(
        kopfzeile(&neu, "location"),
        "http://zr.test:8080/daten/ziel/z-neu"
    );
    assert_eq!(doc(&neu)["gewicht"], 2.5);
    mit(
        amt.json(&token, "POST", "/daten/ziel", &[], &ziel).await,
        409,
    );
    mit(
        amt.json(
            &token,
            "POST",
            "/daten/ziel",
            &[("if-none-match", "*")],
            &ziel,
        )
        .await,
        412,
    );
    let massnahme =
        json!({"kennung": "m-neu", "titel": "Neu", "art": "Bau", "beginn": "2026-03-01"});
    mit(
        amt.json(&token, "POST", "/daten/massnahme", &[], &massnahme)
            .await,
        201,
    );
    let beitrag = json!({"massnahme": "m-neu", "ziel": "z-neu", "beitrag": 2, "haupt": true});
    let version = kopfzeile(&amt.hole(&token, "/daten/massnahme/m-neu").await, "etag");
    let neu = mit(
        amt.json(&token, "POST", "/daten/ziel_massnahme", &[], &beitrag)
            .await,
        201,
    );
    assert_eq!(
        kopfzeile(&neu, "location"),
        "http://zr.test:8080/daten/ziel_massnahme/m-neu,z-neu"
    );
    assert_ne!(
        kopfzeile(&amt.hole(&token, "/daten/massnahme/m-neu").await, "etag"),
        version,
        "a link is a new version of its owner"
    );
    mit(
        amt.json(
            &token,
            "PATCH",
            "/daten/ziel_massnahme/m-neu,z-neu",
            &[],
            &json!({"beitrag": -1}),
        )
        .await,
        200,
    );
    mit(
        amt.json(
            &token,
            "POST",
            "/daten/ziel_nutzungsart_wirkung",
            &[],
            &json!({"ziel": "z-neu", "nutzung": "Wald", "wirkung": 1}),
        )
        .await,
        201,
    );
    // A decision, then the state that needs it.
    let satz = mit(
        amt.json(
            &token,
            "PATCH",
            "/daten/massnahme/m-neu",
            &[],
            &json!({"beschlussstand": "geprueft"}),
        )
        .await,
        200,
    );
    assert_eq!(doc(&satz)["beschlussstand"], "geprueft");
    mit(
        amt.json(
            &token,
            "PATCH",
            "/daten/massnahme/m-neu",
            &[],
            &json!({"beschlussstand": "Vorgeschlagen"}),
        )
        .await,
        200,
    );
    let ohne = mit(
        amt.json(
            &token,
            "PATCH",
            "/daten/massnahme/m-neu",
            &[],
            &json!({"beschlussstand": "beschlossen"}),
        )
        .await,
        400,
    );
    assert!(
        ohne.text.contains("kein Beschluss ist mit ihr verknüpft"),
        "{}",
        ohne.text
    );
    let beschluss = json!({"kennung": "b-neu", "titel": "Beschluss", "gremium": "Stadtrat", "datum": "2026-03-25"});
    mit(
        amt.json(&token, "POST", "/daten/beschluss", &[], &beschluss)
            .await,
        201,
    );
    mit(
        amt.json(
            &token,
            "POST",
            "/daten/beschluss_bezug",
            &[],
            &json!({"beschluss": "b-neu", "massnahme": "m-neu"}),
        )
        .await,
        201,
    );
    mit(
        amt.json(
            &token,
            "PATCH",
            "/daten/massnahme/m-neu",
            &[],
            &json!({"beschlussstand": "beschlossen"}),
        )
        .await,
        200,
    );
    // Figures.
    let kennzahl =
        json!({"kennung": "k-neu", "titel": "Bäume", "einheit": "Stück", "richtung": "steigt"});
    mit(
        amt.json(&token, "POST", "/daten/kennzahl", &[], &kennzahl)
            .await,
        201,
    );
    let wert = json!({"kennzahl": "k-neu", "stichtag": "2025-12-31", "art": "ist", "wert": 1250.5});
    let neu = mit(
        amt.json(&token, "POST", "/daten/kennzahlwert", &[], &wert)
            .await,
        201,
    );
    assert_eq!(doc(&neu)["wert"], 1250.5);
    let satz = mit(
        amt.json(&token, "POST", "/daten/kennzahlwert", &[], &wert)
            .await,
        409,
    );
    assert!(satz.text.contains("konflikt"), "{}", satz.text);
    let geld = json!({"massnahme": "m-neu", "jahr": 2027, "planfassung": "ansatz", "art": "investition", "betrag": 1250.55, "stand": "2026-01-01"});
    let neu = doc(&mit(
        amt.json(&token, "POST", "/daten/finanzwert", &[], &geld)
            .await,
        201,
    ));
    assert_eq!(neu["betrag"], 1250.55);
    assert_eq!(zahl(&amt.db.write, "SELECT betrag_ct FROM haushalt.finanzwert f JOIN strategie.massnahme m ON m.id = f.massnahme_id WHERE m.kennung = 'm-neu'").await.unwrap(), 125_055);
    mit(
        amt.sende(
            &token,
            "DELETE",
            "/daten/ziel_massnahme/m-neu,z-neu",
            &[],
            Body::empty(),
        )
        .await,
        204,
    );
    mit(
        amt.hole(&token, "/daten/ziel_massnahme/m-neu,z-neu").await,
        404,
    );
    mit(
        amt.sende(
            &token,
            "DELETE",
            "/daten/massnahme/m-neu",
            &[],
            Body::empty(),
        )
        .await,
        204,
    );
    let warum: String = sqlx::query_scalar("SELECT a.warum FROM audit.aenderung a JOIN audit.zeile z ON z.aenderung_id = a.id WHERE z.relation = 'strategie.ziel' AND z.daten ->> 'kennung' = 'z-neu' AND z.art = 'neu'").fetch_one(&amt.db.write).await.unwrap();
    assert_eq!(warum, "Klausur");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table: bad row, sentence")]
async fn bad_rows_are_refused_at_their_field() {
    let amt = Amt::neu().await;
    let token = amt.token("alle", ALLE).await;
    let kennung = eine_massnahme(&amt).await;
    let pfad = format!("/daten/massnahme/{kennung}");
    for (feld, wert, wort) in [
        ("titel", json!(""), "leer"),
        ("titel", json!(5), "passt nicht"),
        ("titel", json!(["a"]), "einzelner Wert"),
        ("art", json!("Bauu"), "Möglich sind"),
        ("beginn", json!("31.02.2026"), "Datum"),
        ("prioritaet", json!("3"), "Zahl, nicht der Text"),
        ("prioritaet", json!(1.5), ""),
        ("leitprojekt", json!("ja"), "true oder false"),
        ("titell", json!("x"), "titel"),
        ("kennung", json!("anders"), "unveränderlich"),
        ("version", json!(99), "setzt der Dienst"),
        ("veroeffentlichung", json!("veroeffentlicht"), "Freigabe"),
        ("produkt", json!("gibtsnicht"), "gibt es"),
        ("intern_notiz", json!("x".repeat(20_001)), "20.000"),
    ] {
        let antwort = mit(
            amt.json(&token, "PATCH", &pfad, &[], &json!({feld: wert}))
                .await,
            400,
        );
        let problem = doc(&antwort);
        assert_eq!(problem["stelle"], format!("/{feld}"), "{problem}");
        assert!(
            problem["detail"].as_str().unwrap().contains(wort),
            "{feld}: {problem}"
        );
    }
    for (inhalt, status) in [
        ("", 400),
        ("[]", 400),
        ("{\"titel\": \"a\", \"titel\": \"b\"}", 400),
        ("{", 400),
    ] {
        mit(
            amt.sende(
                &token,
                "PATCH",
                &pfad,
                &[("content-type", "application/json")],
                inhalt,
            )
            .await,
            status,
        );
    }
    mit(
        amt.sende(
            &token,
            "PATCH",
            &pfad,
            &[("content-type", "text/xml")],
            "<a/>",
        )
        .await,
        415,
    );
    // Constraints of the row as a whole.
    let ende = mit(
        amt.json(
            &token,
            "PATCH",
            &pfad,
            &[],
            &json!({"beginn": "2027-01-01", "ende": "2026-01-01"}),
        )
        .await,
        400,
    );
    assert!(
        ende.text.contains("liegt vor ihrem Beginn"),
        "{}",
        ende.text
    );
    let weg = mit(
        amt.json(
            &token,
            "PATCH",
            "/daten/massnahme/gibtsnicht",
            &[],
            &json!({}),
        )
        .await,
        404,
    );
    assert!(weg.text.contains("gibtsnicht"));
    // A public measure is withdrawn before it is deleted.
    let oeffentlich: String =
        sqlx::query_scalar("SELECT kennung FROM oeffentlich.massnahme ORDER BY kennung LIMIT 1")
            .fetch_one(&amt.db.write)
            .await
            .unwrap();
    mit(
        amt.sende(
            &token,
            "DELETE",
            &format!("/daten/massnahme/{oeffentlich}"),
            &[],
            Body::empty(),
        )
        .await,
        409,
    );
}

#[tokio::test]
async fn rights_by_office_and_role() {
    let amt = Amt::neu().await;
    let kennung = eine_massnahme(&amt).await;
    let pfad = format!("/daten/massnahme/{kennung}");
    let kaemmerei = amt.token("kaemmerei", &[Rolle::Kaemmerei]).await;
    mit(
        amt.json(&kaemmerei, "PATCH", &pfad, &[], &json!({"titel": "x"}))
            .await,
        403,
    );
    let geld = json!({"massnahme": kennung, "jahr": 2030, "planfassung": "finanzplan", "art": "aufwand", "betrag": 1000, "stand": "2026-01-01"});
    mit(
        amt.json(&kaemmerei, "POST", "/daten/finanzwert", &[], &geld)
            .await,
        201,
    );
    let strategie = amt.token("strategie", &[Rolle::Strategie]).await;
    mit(
        amt.json(&strategie, "POST", "/daten/finanzwert", &[], &geld)
            .await,
        403,
    );
    mit(
        amt.json("", "POST", "/daten/finanzwert", &[], &geld).await,
        401,
    );
    let (eigenes, fremdes, referat): (String, String, String) = sqlx::query_as(
        "SELECT m.kennung, (SELECT x.kennung FROM strategie.massnahme x WHERE x.veroeffentlichung = 'veroeffentlicht' AND NOT EXISTS (SELECT FROM strategie.zustaendigkeit y WHERE y.massnahme_id = x.id AND y.akteur_id = a.id) ORDER BY 1 LIMIT 1), a.kennung
         FROM strategie.zustaendigkeit z JOIN strategie.akteur a ON a.id = z.akteur_id JOIN strategie.massnahme m ON m.id = z.massnahme_id WHERE NOT EXISTS (SELECT FROM strategie.akteur u WHERE u.uebergeordnet_id = a.id) ORDER BY 1 LIMIT 1",
    )
    .fetch_one(&amt.db.write)
    .await
    .unwrap();
    let fachamt = amt
        .token_mit(
            "fachamt",
            &Angaben {
                rollen: vec![Rolle::Fachamt],
                referat: Some(referat),
                ..Angaben::default()
            },
        )
        .await;
    mit(
        amt.json(
            &fachamt,
            "PATCH",
            &format!("/daten/massnahme/{eigenes}"),
            &[],
            &json!({"kurztext": "Neuer Stand"}),
        )
        .await,
        200,
    );
    let satz = mit(
        amt.json(
            &fachamt,
            "PATCH",
            &format!("/daten/massnahme/{fremdes}"),
            &[],
            &json!({"kurztext": "x"}),
        )
        .await,
        403,
    );
    assert!(satz.text.contains("andere Stelle"), "{}", satz.text);
}
