//! Two editors, and a request that is sent again.

use serde_json::{Value, json};

use super::ebenen::{ALLE, UTM, feature, form, ort, verschoben};
use super::{Amt, kopfzeile, mit};
use crate::support::zahl;

#[tokio::test]
async fn two_editors_of_one_feature() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let id = amt.erstes(&token, "dorferneuerungsgebiete").await;
    let pfad = format!("/collections/dorferneuerungsgebiete/items/{id}");
    let etag = kopfzeile(&amt.hole(&token, &pfad).await, "etag");
    // With If-Match one of many wins.
    let aenderungen = (0..8).map(|n| {
        let (amt, token, pfad, etag) = (&amt, &token, &pfad, &etag);
        async move {
            amt.json(
                token,
                "PATCH",
                pfad,
                &[("if-match", etag)],
                &json!({"properties": {"traeger": format!("Stelle {n}")}}),
            )
            .await
            .status
            .as_u16()
        }
    });
    let mut ausgaenge = futures_util::future::join_all(aenderungen).await;
    ausgaenge.sort_unstable();
    assert_eq!(ausgaenge, [200, 412, 412, 412, 412, 412, 412, 412]);
    // Without it all win, and every version stays.
    let zaehle = format!(
        "SELECT count(DISTINCT traeger) FROM (SELECT traeger, kennung FROM dorferneuerung.gebiet_historie UNION ALL SELECT traeger, kennung FROM dorferneuerung.gebiet) x WHERE kennung = '{id}' AND traeger LIKE 'ohne %'"
    );
    let aenderungen = (0..8).map(|n| {
        let (amt, token, pfad) = (&amt, &token, &pfad);
        async move {
            amt.json(
                token,
                "PATCH",
                pfad,
                &[],
                &json!({"properties": {"traeger": format!("ohne {n}")}}),
            )
            .await
            .status
            .as_u16()
        }
    });
    assert_eq!(futures_util::future::join_all(aenderungen).await, [200; 8]);
    assert_eq!(zahl(&amt.db.write, &zaehle).await.unwrap(), 8);
}

#[tokio::test]
async fn a_repeated_post_is_answered_once() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let hier = ort(&amt).await;
    let items = "/collections/massnahmen_punkte/items";
    let neu = feature(
        &verschoben(&form(0, 0.0), hier),
        &json!({"titel": "Einmal", "art": "bau"}),
    );
    let schluessel = ("idempotency-key", "d3b0-1");
    let kopf = [UTM, schluessel];
    let viele = (0..8).map(|_| amt.json(&token, "POST", items, &kopf, &neu));
    let antworten = futures_util::future::join_all(viele).await;
    let orte: std::collections::BTreeSet<String> = antworten
        .iter()
        .map(|a| {
            assert_eq!(a.status, 201, "{}", a.text);
            kopfzeile(a, "location")
        })
        .collect();
    assert_eq!(orte.len(), 1);
    assert!(antworten.iter().all(|a| a.text == antworten[0].text));
    assert_eq!(
        zahl(
            &amt.db.write,
            "SELECT count(*) FROM strategie.massnahme WHERE titel = 'Einmal'"
        )
        .await
        .unwrap(),
        1
    );
    let anders = feature(
        &verschoben(&form(0, 5.0), hier),
        &json!({"titel": "Einmal", "art": "bau"}),
    );
    mit(
        amt.json(&token, "POST", items, &[UTM, schluessel], &anders)
            .await,
        422,
    );
    // A refused one leaves the key free, and so does a day.
    let schlecht = feature(&Value::Null, &json!({"titel": "x"}));
    mit(
        amt.json(
            &token,
            "POST",
            items,
            &[UTM, ("idempotency-key", "frei")],
            &schlecht,
        )
        .await,
        400,
    );
    mit(
        amt.json(
            &token,
            "POST",
            items,
            &[UTM, ("idempotency-key", "frei")],
            &neu,
        )
        .await,
        201,
    );
    sqlx::query("UPDATE freigabe.idempotenz SET am = am - interval '25 hours'")
        .execute(&amt.db.write)
        .await
        .unwrap();
    mit(
        amt.json(&token, "POST", items, &[UTM, schluessel], &anders)
            .await,
        201,
    );
    // Somebody else's key is another key.
    let andere = amt.token("andere", ALLE).await;
    mit(
        amt.json(&andere, "POST", items, &[UTM, schluessel], &neu)
            .await,
        201,
    );
    let kennung = orte.first().unwrap().rsplit('/').next().unwrap().to_owned();
    let da = feature(
        &verschoben(&form(0, 0.0), hier),
        &json!({"titel": "x", "art": "bau", "kennung": kennung}),
    );
    mit(
        amt.json(&token, "POST", items, &[UTM, ("if-none-match", "*")], &da)
            .await,
        412,
    );
    mit(amt.json(&token, "POST", items, &[UTM], &da).await, 409);
}
