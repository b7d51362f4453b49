//! Part 4: every editable layer, every way to get it wrong, versions, repetition, rights.

use axum::body::Body;
use serde_json::{Value, json};
use zielraum::auth::Rolle;
use zielraum::auth::konto::Angaben;

use super::{Amt, doc, kopfzeile, mit};
use crate::support::zahl;

const ALLE: &[Rolle] = &[Rolle::Stadtplanung, Rolle::Strategie];
const ENTWURF: &str = "fnp-2025-entwurf";

/// Editable collections with what a new feature needs.
fn ebenen() -> Vec<(String, u8, Value)> {
    let plan = |name: &str| format!("{name}_{ENTWURF}");
    vec![
        ("massnahmen_punkte".into(), 0, json!({"titel": "Neu", "art": "Bau"})),
        ("massnahmen_linien".into(), 1, json!({"titel": "Neu", "art": "bau"})),
        ("massnahmen_flaechen".into(), 2, json!({"titel": "Neu", "art": "bau"})),
        ("dorferneuerungsgebiete".into(), 2, json!({"name": "Neu", "typ": "Dorferneuerung"})),
        ("fachplaene".into(), 2, json!({"titel": "Neu", "typ": "verkehr"})),
        ("fachdaten".into(), 2, json!({"art": "biotop", "quelle": "Amt", "stand": "2026-01-31"})),
        ("fachdaten_linien".into(), 1, json!({"art": "bahn", "quelle": "Amt", "stand": "2026-01-31"})),
        ("fachdaten_punkte".into(), 0, json!({"art": "naturdenkmal", "quelle": "Amt", "stand": "2026-01-31"})),
        (plan("fnp_flaechen"), 2, json!({"nutzung": "W"})),
        (plan("fnp_ueberlagerungen"), 2, json!({"nutzung": "W", "art": "schutzgebiet"})),
        (plan("fnp_linien"), 1, json!({"nutzung": "verkehr_strasse"})),
        (plan("fnp_punkte"), 0, json!({"nutzung": "gemeinbedarf"})),
    ]
}

/// A small shape of this dimension around a place of the demonstration town.
fn form(dimension: u8, dx: f64) -> Value {
    let (x, y) = (639_000.0 + dx, 5_320_500.0);
    match dimension {
        0 => json!({"type": "Point", "coordinates": [x, y]}),
        1 => json!({"type": "LineString", "coordinates": [[x, y], [x + 30.0, y + 10.0]]}),
        _ => json!({"type": "Polygon", "coordinates": [[[x, y], [x + 20.0, y], [x + 20.0, y + 20.0], [x, y + 20.0], [x, y]]]}),
    }
}

const UTM: (&str, &str) = ("content-crs", "<http://www.opengis.net/def/crs/EPSG/0/25832>");

/// Somewhere inside the town, read from it.
async fn ort(amt: &Amt) -> (f64, f64) {
    let (x, y): (f64, f64) = sqlx::query_as(
        "SELECT st_x(p), st_y(p) FROM (SELECT st_pointonsurface(geom) AS p FROM gemeinde.ortsteil ORDER BY id LIMIT 1) x",
    )
    .fetch_one(&amt.db.write)
    .await
    .unwrap();
    (x, y)
}

fn verschoben(form: &Value, (x, y): (f64, f64)) -> Value {
    match form {
        Value::Array(paar) if paar.len() == 2 && paar[0].is_number() => json!([
            paar[0].as_f64().unwrap() - 639_000.0 + x,
            paar[1].as_f64().unwrap() - 5_320_500.0 + y
        ]),
        Value::Array(teile) => teile.iter().map(|t| verschoben(t, (x, y))).collect(),
        Value::Object(_) => json!({"type": form["type"], "coordinates": verschoben(&form["coordinates"], (x, y))}),
        anderes => anderes.clone(),
    }
}

fn feature(geometrie: &Value, eigenschaften: &Value) -> Value {
    json!({"type": "Feature", "geometry": geometrie, "properties": eigenschaften})
}

#[tokio::test]
async fn every_editable_layer_takes_post_put_patch_delete() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let hier = ort(&amt).await;
    for (ebene, dimension, eigenschaften) in ebenen() {
        let items = format!("/collections/{ebene}/items");
        let erlaubt = amt.sende(&token, "OPTIONS", &items, &[], Body::empty()).await;
        assert!(kopfzeile(&erlaubt, "allow").contains("POST"), "{ebene}");
        let geometrie = verschoben(&form(dimension, 0.0), hier);
        let neu = amt.json(&token, "POST", &items, &[UTM, ("x-anlass", "Prüfung")], &feature(&geometrie, &eigenschaften)).await;
        let neu = mit(neu, 201);
        let ort = kopfzeile(&neu, "location");
        let pfad = ort.strip_prefix("http://zr.test:8080").unwrap_or_else(|| panic!("{ebene}: {ort}")).to_owned();
        let etag = kopfzeile(&neu, "etag");
        // What was answered is what is there.
        let gelesen = amt.hole(&token, &format!("{pfad}?crs=http://www.opengis.net/def/crs/EPSG/0/25832")).await;
        assert_eq!(kopfzeile(&gelesen, "etag"), etag, "{ebene}");
        let gelesen = doc(&gelesen);
        assert_eq!(gelesen["geometry"], doc(&neu)["geometry"], "{ebene}");
        assert!(gelesen["geometry"]["type"].as_str().unwrap().starts_with("Multi"), "{ebene}");
        // QGIS sends all of it back with one thing changed.
        let mut ganz = amt.feature(&token, &pfad).await;
        let ganz = ganz.as_object_mut().unwrap();
        ganz.remove("links");
        let feld = if ganz["properties"].get("nummer").is_some() { "nummer" } else if ganz["properties"].get("traeger").is_some() { "traeger" } else if ganz["properties"].get("herausgeber").is_some() { "herausgeber" } else { "name" };
        ganz["properties"][feld] = json!("geändert");
        let put = mit(amt.json(&token, "PUT", &pfad, &[], &json!(ganz)).await, 200);
        assert_eq!(doc(&put)["properties"][feld], "geändert", "{ebene}");
        let nachher = amt.feature(&token, &format!("{pfad}?crs=http://www.opengis.net/def/crs/EPSG/0/25832")).await;
        assert_eq!(nachher["geometry"], gelesen["geometry"], "{ebene}: the geometry came back rounded and stays");
        assert_ne!(kopfzeile(&put, "etag"), etag);
        // Stale.
        let veraltet = amt.json(&token, "PATCH", &pfad, &[("if-match", &etag)], &json!({"properties": {feld: "zu spät"}})).await;
        let satz = mit(veraltet, 412).text;
        assert!(satz.contains("Version"), "{satz}");
        // Moved.
        let woanders = verschoben(&form(dimension, 100.0), hier);
        let jetzt = kopfzeile(&amt.hole(&token, &pfad).await, "etag");
        let bewegt = amt.json(&token, "PATCH", &pfad, &[UTM, ("if-match", &jetzt)], &json!({"geometry": woanders})).await;
        let bewegt = doc(&mit(bewegt, 200));
        assert_ne!(bewegt["geometry"], gelesen["geometry"], "{ebene}");
        assert_eq!(bewegt["properties"][feld], "geändert", "{ebene}: a merge patch leaves the rest");
        let hier_erlaubt = amt.sende(&token, "OPTIONS", &pfad, &[], Body::empty()).await;
        assert_eq!(kopfzeile(&hier_erlaubt, "allow"), "GET, HEAD, OPTIONS, PUT, PATCH, DELETE", "{ebene}");
        assert!(kopfzeile(&hier_erlaubt, "accept-patch").contains("merge-patch"));
        mit(amt.sende(&token, "DELETE", &pfad, &[], Body::empty()).await, 204);
        mit(amt.hole(&token, &pfad).await, 404);
        mit(amt.sende(&token, "DELETE", &pfad, &[], Body::empty()).await, 404);
    }
    // Author and reason of all that.
    let prüfungen = zahl(&amt.db.write, "SELECT count(*) FROM audit.aenderung WHERE wer LIKE 'konto:planung%' AND warum = 'Prüfung'").await.unwrap();
    assert_eq!(usize::try_from(prüfungen).unwrap(), ebenen().len());
    assert_eq!(zahl(&amt.db.write, "SELECT count(*) FROM audit.pruefe()").await.unwrap(), 0);
}

/// Ways to get it wrong: type, body, status, word of the sentence.
fn schlechtes(ebene: &str, dimension: u8, gut: &Value, geometrie: &Value) -> Vec<(&'static str, String, u16, &'static str)> {
    let geo = "application/geo+json";
    let mit_eigenschaft = |name: &str, wert: Value| {
        let mut eigenschaften = gut.clone();
        eigenschaften[name] = wert;
        feature(geometrie, &eigenschaften).to_string()
    };
    let mut faelle = vec![
        ("text/plain", feature(geometrie, gut).to_string(), 415, "Content-Type|gesendet"),
        (geo, String::new(), 400, "leer"),
        (geo, "{\"type\": \"Feature\",\n \"geometry\": ]".into(), 400, "Zeile 2"),
        (geo, "[]".into(), 400, "GeoJSON-Objekt"),
        (geo, json!({"type": "FeatureCollection", "features": []}).to_string(), 400, "FeatureCollection"),
        (geo, "{\"type\": \"Feature\", \"type\": \"Feature\"}".into(), 400, "zweimal"),
        (geo, "[".repeat(50_000), 400, "verschachtelt"),
        (geo, json!({"type": "Feature", "properties": gut}).to_string(), 400, "Geometrie fehlt"),
        (geo, feature(&Value::Null, gut).to_string(), 400, "Geometrie fehlt"),
        (geo, feature(&json!({"type": "GeometryCollection", "geometries": []}), gut).to_string(), 400, "GeometryCollection"),
        (geo, feature(&form((dimension + 1) % 3, 0.0), gut).to_string(), 400, "nimmt"),
        (geo, feature(&verschoben(&form(dimension, 0.0), (900_000.0, 6_000_000.0)), gut).to_string(), 400, "außerhalb"),
        (geo, mit_eigenschaft("gibtsnicht", json!(1)), 400, "gibtsnicht"),
        (geo, mit_eigenschaft("kennung", json!("a/b")), 400, "keine Kennung"),
        (geo, format!("{{\"type\": \"Feature\", \"x\": \"{}\"}}", "x".repeat(2_100_000)), 413, "2 MB"),
        (geo, feature(geometrie, gut).to_string().replace("\"Feature\"", "\"Feature\", \"x\": 1e999"), 400, "zu groß"),
    ];
    for (name, wert) in gut.as_object().unwrap() {
        if wert.is_string() {
            faelle.push((geo, mit_eigenschaft(name, json!({"a": 1})), 400, "einzelner Wert"));
            faelle.push((geo, mit_eigenschaft(name, Value::Null), 400, "leer"));
        }
    }
    if ebene.starts_with("fnp_") {
        faelle.push((geo, mit_eigenschaft("nutzung", json!("Wohnbaufleche")), 400, "Möglich sind"));
    }
    if dimension == 2 {
        let x = geometrie["coordinates"][0][0][0].as_f64().unwrap();
        let y = geometrie["coordinates"][0][0][1].as_f64().unwrap();
        let schleife = json!({"type": "Polygon", "coordinates": [[[x, y], [x + 20.0, y + 20.0], [x + 20.0, y], [x, y + 20.0], [x, y]]]});
        faelle.push((geo, feature(&schleife, gut).to_string(), 400, "schneidet sich selbst bei ["));
        let offen = json!({"type": "Polygon", "coordinates": [[[x, y], [x + 20.0, y], [x + 20.0, y + 20.0], [x, y + 20.0]]]});
        faelle.push((geo, feature(&offen, gut).to_string(), 400, "nicht geschlossen"));
    }
    faelle
}

#[tokio::test]
async fn bad_bodies_are_refused_with_their_place() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let hier = ort(&amt).await;
    let vorher = zahl(&amt.db.write, "SELECT count(*) FROM audit.aenderung").await.unwrap();
    let mut zahl_der_faelle = 0;
    for (ebene, dimension, gut) in ebenen() {
        let geometrie = verschoben(&form(dimension, 0.0), hier);
        for (typ, inhalt, status, worte) in schlechtes(&ebene, dimension, &gut, &geometrie) {
            let items = format!("/collections/{ebene}/items");
            let antwort = amt.sende(&token, "POST", &items, &[UTM, ("content-type", typ)], inhalt.clone()).await;
            let kurz: String = inhalt.chars().take(200).collect();
            assert_eq!(antwort.status.as_u16(), status, "{ebene}: {kurz}: {}", antwort.text);
            assert_eq!(kopfzeile(&antwort, "content-type"), "application/problem+json", "{ebene}: {kurz}");
            assert!(worte.split('|').any(|wort| antwort.text.contains(wort)), "{ebene}: {kurz}: {}", antwort.text);
            zahl_der_faelle += 1;
        }
    }
    assert!(zahl_der_faelle > 200, "{zahl_der_faelle}");
    assert_eq!(zahl(&amt.db.write, "SELECT count(*) FROM audit.aenderung").await.unwrap(), vorher, "nothing was written");
    // Derived and immutable properties of stored features.
    for (ebene, eigenschaft, wort) in [
        ("ortsteile", "flaeche_m2", "abgeleitet"),
        ("ortsteile", "kennung", "unveränderlich"),
        ("massnahmen_punkte", "ziele", "abgeleitet"),
        ("dorferneuerungsgebiete", "projekte", "abgeleitet"),
        ("fnp_flaechen_fnp-2025-entwurf", "gueltig", "abgeleitet"),
    ] {
        let id = amt.erstes(&token, ebene).await;
        let pfad = format!("/collections/{ebene}/items/{id}");
        let antwort = amt.json(&token, "PATCH", &pfad, &[], &json!({"properties": {eigenschaft: "anders"}})).await;
        let problem = doc(&mit(antwort, 400));
        assert!(problem["detail"].as_str().unwrap().contains(wort), "{problem}");
        assert_eq!(problem["stelle"], format!("/properties/{eigenschaft}"));
    }
}

#[tokio::test]
async fn swapped_axes_and_metres_are_told() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    let id = amt.erstes(&token, "massnahmen_punkte").await;
    let jetzt = amt.feature(&token, &format!("/collections/massnahmen_punkte/items/{id}")).await;
    let ort = &jetzt["geometry"]["coordinates"][0];
    let items = "/collections/massnahmen_punkte/items";
    let punkt = |a: &Value, b: &Value| feature(&json!({"type": "Point", "coordinates": [a, b]}), &json!({"titel": "x", "art": "bau"}));
    let vertauscht = mit(amt.json(&token, "POST", items, &[], &punkt(&ort[1], &ort[0])).await, 400);
    assert!(vertauscht.text.contains("Achsen sind wohl vertauscht"), "{}", vertauscht.text);
    let meter = mit(amt.json(&token, "POST", items, &[], &punkt(&json!(639_000), &json!(5_320_000))).await, 400);
    assert!(meter.text.contains("Content-Crs"), "{}", meter.text);
    let epsg4326 = ("content-crs", "<http://www.opengis.net/def/crs/EPSG/0/4326>");
    mit(amt.json(&token, "POST", items, &[epsg4326], &punkt(&ort[1], &ort[0])).await, 201);
    let fremd = ("content-crs", "<http://www.opengis.net/def/crs/EPSG/0/31468>");
    mit(amt.json(&token, "POST", items, &[fremd], &punkt(&ort[0], &ort[1])).await, 400);
}

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
            amt.json(token, "PATCH", pfad, &[("if-match", etag)], &json!({"properties": {"traeger": format!("Stelle {n}")}})).await.status.as_u16()
        }
    });
    let mut ausgaenge = futures_util::future::join_all(aenderungen).await;
    ausgaenge.sort_unstable();
    assert_eq!(ausgaenge, [200, 412, 412, 412, 412, 412, 412, 412]);
    // Without it all win, and every version stays.
    let zaehle = format!("SELECT count(DISTINCT traeger) FROM (SELECT traeger, kennung FROM dorferneuerung.gebiet_historie UNION ALL SELECT traeger, kennung FROM dorferneuerung.gebiet) x WHERE kennung = '{id}' AND traeger LIKE 'ohne %'");
    let aenderungen = (0..8).map(|n| {
        let (amt, token, pfad) = (&amt, &token, &pfad);
        async move { amt.json(token, "PATCH", pfad, &[], &json!({"properties": {"traeger": format!("ohne {n}")}})).await.status.as_u16() }
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
    let neu = feature(&verschoben(&form(0, 0.0), hier), &json!({"titel": "Einmal", "art": "bau"}));
    let schluessel = ("idempotency-key", "d3b0-1");
    let viele = (0..8).map(|_| amt.json(&token, "POST", items, &[UTM, schluessel], &neu));
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
    assert_eq!(zahl(&amt.db.write, "SELECT count(*) FROM strategie.massnahme WHERE titel = 'Einmal'").await.unwrap(), 1);
    let anders = feature(&verschoben(&form(0, 5.0), hier), &json!({"titel": "Einmal", "art": "bau"}));
    mit(amt.json(&token, "POST", items, &[UTM, schluessel], &anders).await, 422);
    // A refused one leaves the key free, and so does a day.
    let schlecht = feature(&Value::Null, &json!({"titel": "x"}));
    mit(amt.json(&token, "POST", items, &[UTM, ("idempotency-key", "frei")], &schlecht).await, 400);
    mit(amt.json(&token, "POST", items, &[UTM, ("idempotency-key", "frei")], &neu).await, 201);
    sqlx::query("UPDATE freigabe.idempotenz SET am = am - interval '25 hours'").execute(&amt.db.write).await.unwrap();
    mit(amt.json(&token, "POST", items, &[UTM, schluessel], &anders).await, 201);
    // Somebody else's key is another key.
    let andere = amt.token("andere", ALLE).await;
    mit(amt.json(&andere, "POST", items, &[UTM, schluessel], &neu).await, 201);
    let kennung = orte.first().unwrap().rsplit('/').next().unwrap().to_owned();
    let da = feature(&verschoben(&form(0, 0.0), hier), &json!({"titel": "x", "art": "bau", "kennung": kennung}));
    mit(amt.json(&token, "POST", items, &[UTM, ("if-none-match", "*")], &da).await, 412);
    mit(amt.json(&token, "POST", items, &[UTM], &da).await, 409);
}

#[tokio::test]
async fn rights_decide_and_drafts_do_not_exist_for_others() {
    let amt = Amt::neu().await;
    let planung = amt.token("planung", &[Rolle::Stadtplanung]).await;
    let rat = amt.token("rat", &[Rolle::Stadtrat]).await;
    let hier = ort(&amt).await;
    let items = "/collections/massnahmen_punkte/items";
    let neu = feature(&verschoben(&form(0, 0.0), hier), &json!({"titel": "x", "art": "bau"}));
    // Anonymous: 401 with a challenge, and no POST in Allow.
    let anonym = mit(amt.json("", "POST", items, &[UTM], &neu).await, 401);
    assert!(kopfzeile(&anonym, "www-authenticate").starts_with("Basic"));
    let erlaubt = amt.sende("", "OPTIONS", items, &[], Body::empty()).await;
    assert_eq!(kopfzeile(&erlaubt, "allow"), "GET, HEAD, OPTIONS");
    let erlaubt = amt.sende(&rat, "OPTIONS", items, &[], Body::empty()).await;
    assert_eq!(kopfzeile(&erlaubt, "allow"), "GET, HEAD, OPTIONS");
    mit(amt.json(&rat, "POST", items, &[UTM], &neu).await, 403);
    // Stadtplanung moves a measure but does not rename it.
    let id = amt.erstes(&planung, "massnahmen_punkte").await;
    let pfad = format!("{items}/{id}");
    mit(amt.json(&planung, "PATCH", &pfad, &[], &json!({"properties": {"titel": "anders"}})).await, 403);
    mit(amt.json(&planung, "PATCH", &pfad, &[UTM], &json!({"geometry": verschoben(&form(0, 3.0), hier)})).await, 200);
    assert_eq!(zahl(&amt.db.write, &format!("SELECT count(*) FROM strategie.massnahme WHERE kennung = '{id}' AND veroeffentlichung = 'entwurf'")).await.unwrap(), 1, "a draft over the public one");
    assert_eq!(mit(amt.hole("", &pfad).await, 200).status, 200, "the public keeps the old one");
    // A Fachamt makes measures of its own and leaves others alone.
    let referat: String = sqlx::query_scalar("SELECT kennung FROM strategie.akteur WHERE art = 'amt' ORDER BY kennung LIMIT 1").fetch_one(&amt.db.write).await.unwrap();
    let fachamt = amt.token_mit("fachamt", &Angaben { rollen: vec![Rolle::Fachamt], referat: Some(referat), ..Angaben::default() }).await;
    let eigenes = mit(amt.json(&fachamt, "POST", items, &[UTM], &neu).await, 201);
    let eigenes = kopfzeile(&eigenes, "location").replace("http://zr.test:8080", "");
    mit(amt.json(&fachamt, "PATCH", &eigenes, &[], &json!({"properties": {"titel": "Unseres"}})).await, 200);
    mit(amt.json(&rat, "PATCH", &eigenes, &[], &json!({"properties": {"titel": "x"}})).await, 403);
    mit(amt.hole(&rat, &eigenes).await, 404);
    // Another office does not see the draft: 404, not 403.
    let anderes: String = sqlx::query_scalar("SELECT kennung FROM strategie.akteur WHERE art = 'amt' AND uebergeordnet_id IS NULL ORDER BY kennung DESC LIMIT 1").fetch_one(&amt.db.write).await.unwrap();
    let fremdes = amt.token_mit("fremdes", &Angaben { rollen: vec![Rolle::Fachamt], referat: Some(anderes), ..Angaben::default() }).await;
    mit(amt.json(&fremdes, "PATCH", &eigenes, &[], &json!({"properties": {"titel": "x"}})).await, 404);
    // A layer that is computed, and a plan in force.
    let nur_lesen = mit(amt.json(&planung, "POST", "/collections/bilanz_ortsteile/items", &[UTM], &neu).await, 405);
    assert!(!kopfzeile(&nur_lesen, "allow").contains("POST"));
    let flaeche = amt.erstes(&planung, "fnp_flaechen").await;
    let satz = mit(amt.json(&planung, "PATCH", &format!("/collections/fnp_flaechen/items/{flaeche}"), &[], &json!({"properties": {"name": "x"}})).await, 409).text;
    assert!(satz.contains("wirksam"), "{satz}");
    mit(amt.json(&planung, "PATCH", "/collections/gibtsnicht/items/1", &[], &json!({})).await, 404);
}

#[tokio::test]
async fn a_feature_is_not_sent_twice() {
    let amt = Amt::neu().await;
    let id = amt.erstes("", "ortsteile").await;
    let pfad = format!("/collections/ortsteile/items/{id}");
    let etag = kopfzeile(&amt.hole("", &pfad).await, "etag");
    let wieder = amt.sende("", "GET", &pfad, &[("if-none-match", &etag)], Body::empty()).await;
    assert_eq!((wieder.status.as_u16(), wieder.text.as_str()), (304, ""));
    let anders = amt.sende("", "GET", &format!("{pfad}?crs=http://www.opengis.net/def/crs/EPSG/0/25832"), &[("if-none-match", &etag)], Body::empty()).await;
    assert_eq!(anders.status, 200, "another system is another representation");
}

/// PUT of all features as they are: nothing changes, in any system, whatever QGIS keeps.
#[tokio::test]
async fn sending_everything_back_changes_nothing() {
    let amt = Amt::neu().await;
    let token = amt.token("planung", ALLE).await;
    for ebene in ["ortsteile", "dorferneuerungsgebiete", "massnahmen_flaechen", "massnahmen_linien", "fachdaten", "fnp_flaechen_fnp-2025-entwurf"] {
        for crs in ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/EPSG/0/25832"] {
            let items = format!("/collections/{ebene}/items");
            let alle = amt.feature(&token, &format!("{items}?limit=12&crs={crs}")).await;
            let vorher = zahl(&amt.db.write, "SELECT count(*) FROM audit.zeile").await.unwrap();
            for eines in alle["features"].as_array().unwrap() {
                let pfad = format!("{items}/{}", eines["id"].as_str().unwrap());
                let etag = kopfzeile(&amt.hole(&token, &pfad).await, "etag");
                mit(amt.json(&token, "PUT", &pfad, &[("content-crs", crs)], eines).await, 200);
                assert_eq!(kopfzeile(&amt.hole(&token, &pfad).await, "etag"), etag, "{pfad} {crs}");
            }
            assert_eq!(zahl(&amt.db.write, "SELECT count(*) FROM audit.zeile").await.unwrap(), vorher, "{ebene} {crs}");
        }
    }
}
