//! Projects and layer definitions for QGIS: what stands in the XML, and for whom.

use std::collections::HashSet;
use std::io::{Cursor, Read as _};

use axum::Router;
use base64::Engine as _;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zielraum::app::{self, App};

use crate::kacheln::{Antwort, hole_mit};
use crate::support::{TestDb, admin, datenbank_mit_demo};

/// One element as the tests ask for it.
#[derive(Debug)]
struct Gelesen {
    name: String,
    attribute: Vec<(String, String)>,
    text: String,
    /// Names of the elements around it.
    pfad: Vec<String>,
}

impl Gelesen {
    fn a(&self, name: &str) -> &str {
        let gefunden = self.attribute.iter().find(|(n, _)| n == name);
        gefunden.map_or("", |(_, wert)| wert)
    }
}

/// All elements; a document that is not well-formed fails the test.
fn lies(text: &str) -> Vec<Gelesen> {
    let mut leser = Reader::from_str(text);
    let mut alle: Vec<Gelesen> = Vec::new();
    let mut offen: Vec<usize> = Vec::new();
    loop {
        match leser.read_event().unwrap() {
            Event::Start(e) => {
                alle.push(element(&e, &offen, &alle));
                offen.push(alle.len() - 1);
            }
            Event::Empty(e) => alle.push(element(&e, &offen, &alle)),
            Event::End(_) => {
                offen.pop();
            }
            Event::Text(t) => {
                if let Some(letztes) = offen.last() {
                    alle[*letztes].text.push_str(&t);
                }
            }
            Event::GeneralRef(r) => {
                if let Some(letztes) = offen.last() {
                    let zeichen = match &*r {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        anderes => panic!("&{anderes};"),
                    };
                    alle[*letztes].text.push(zeichen);
                }
            }
            Event::Eof => return alle,
            _ => {}
        }
    }
}

fn element(e: &BytesStart, offen: &[usize], alle: &[Gelesen]) -> Gelesen {
    Gelesen {
        name: e.name().as_ref().to_owned(),
        attribute: e
            .attributes()
            .map(|a| {
                let a = a.unwrap();
                let wert = a.normalized_value(XmlVersion::Implicit1_0).unwrap();
                (a.key.as_ref().to_owned(), wert.into_owned())
            })
            .collect(),
        text: String::new(),
        pfad: offen.iter().map(|nr| alle[*nr].name.clone()).collect(),
    }
}

async fn dienst() -> (TestDb, Router) {
    let db = datenbank_mit_demo().await;
    let router = app::router(&App::neu(&db, None, None, false).await.unwrap());
    (db, router)
}

async fn hole(router: &Router, adresse: &str) -> Antwort {
    hole_mit(router, adresse, &[]).await
}

async fn projekt(router: &Router, frage: &str) -> (String, Vec<Gelesen>) {
    let antwort = hole(router, &format!("/qgis/projekt.qgs{frage}")).await;
    let text = String::from_utf8(antwort.bytes).unwrap();
    assert_eq!(antwort.status, 200, "{text}");
    let elemente = lies(&text);
    (text, elemente)
}

fn alle<'a>(elemente: &'a [Gelesen], name: &str) -> Vec<&'a Gelesen> {
    elemente.iter().filter(|e| e.name == name).collect()
}

/// Sources of the layers, by their collection.
fn quellen(elemente: &[Gelesen]) -> Vec<String> {
    elemente
        .iter()
        .filter(|e| e.name == "datasource" && e.text.contains("typename="))
        .map(|e| {
            let rest = e.text.split("typename='").nth(1).unwrap();
            rest.split('\'').next().unwrap().to_owned()
        })
        .collect()
}

fn gruppen(elemente: &[Gelesen]) -> Vec<&str> {
    alle(elemente, "layer-tree-group")
        .into_iter()
        .filter(|e| !e.pfad.iter().any(|p| p == "LayoutItem"))
        .map(|e| e.a("name"))
        .filter(|name| !name.is_empty())
        .collect()
}

#[tokio::test]
async fn a_project_holds_every_layer_once_with_its_source_and_place() {
    let (db, router) = dienst().await;
    let (_, elemente) = projekt(&router, "").await;
    let doc = hole(&router, "/collections?f=json").await.json();
    let mut erwartet: HashSet<String> = doc["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["id"].as_str().unwrap().to_owned())
        .collect();
    // The layers of the plan in force stand once, under no plan's name.
    let wirksam: String =
        sqlx::query_scalar("SELECT kennung FROM fnp.plan WHERE stand = 'wirksam'")
            .fetch_one(&admin(&db).await)
            .await
            .unwrap();
    let alle_ebenen = erwartet.len();
    erwartet.retain(|id| !id.ends_with(&format!("_{wirksam}")));
    assert_eq!(alle_ebenen - erwartet.len(), 5);
    let gefunden = quellen(&elemente);
    assert_eq!(gefunden.iter().cloned().collect::<HashSet<_>>(), erwartet);
    assert_eq!(gefunden.len(), erwartet.len(), "a layer stands twice");
    let quelle = "url='http://zr.test' typename='fnp_flaechen' pagingEnabled='true' pageSize='1000' restrictToRequestBBOX='1' srsname='OGC:CRS84'";
    assert!(
        elemente
            .iter()
            .any(|e| e.name == "datasource" && e.text == quelle)
    );
    // Each place in the tree has its layer, and the ids are long enough for QGIS to keep.
    let ids: HashSet<&str> = elemente
        .iter()
        .filter(|e| e.name == "id" && e.pfad.last().is_some_and(|p| p == "maplayer"))
        .map(|e| e.text.as_str())
        .collect();
    assert!(ids.iter().all(|id| id.len() > 10), "{ids:?}");
    let im_baum: HashSet<&str> = alle(&elemente, "layer-tree-layer")
        .iter()
        .map(|e| e.a("id"))
        .collect();
    assert_eq!(im_baum, ids);
    for e in &elemente {
        if e.name == "layer" && e.pfad.iter().any(|p| p == "visibility-preset") {
            assert!(ids.contains(e.a("id")), "{e:?}");
        }
    }
    for gruppe in [
        "Prüfungen",
        "Maßnahmen",
        "Dorferneuerung",
        "Strategie",
        "Überlagerungen",
        "Entwurf",
        "Plan in Kraft",
    ] {
        assert!(gruppen(&elemente).contains(&gruppe), "{gruppe}");
    }
    let ortsteile: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM gemeinde.ortsteil WHERE id > 0 AND geom IS NOT NULL ORDER BY name",
    )
    .fetch_all(&admin(&db).await)
    .await
    .unwrap();
    let mut lesezeichen: Vec<&str> = alle(&elemente, "Bookmark")
        .into_iter()
        .filter(|e| e.a("group") == "Ortsteile")
        .map(|e| e.a("name"))
        .collect();
    lesezeichen.sort_unstable();
    assert_eq!(lesezeichen, ortsteile);
    let legende = alle(&elemente, "LayoutItem")
        .into_iter()
        .find(|e| e.a("type") == "65642")
        .unwrap();
    let karte = alle(&elemente, "LayoutItem")
        .into_iter()
        .find(|e| e.a("type") == "65639")
        .unwrap();
    assert_eq!(legende.a("map_uuid"), karte.a("uuid"));
    assert_eq!(karte.a("followPresetName"), "Plan");
}

#[tokio::test]
async fn classes_are_those_of_the_code_table_and_every_sign_is_inside() {
    let (db, router) = dienst().await;
    let klassen: Vec<(String, String)> =
        sqlx::query_as("SELECT schluessel, name FROM fnp.nutzung ORDER BY reihenfolge")
            .fetch_all(&admin(&db).await)
            .await
            .unwrap();
    let antwort = hole(&router, "/qgis/ebenen/fnp_flaechen.qlr").await;
    assert_eq!(
        antwort.kopf("content-disposition"),
        "attachment; filename=\"fnp_flaechen.qlr\""
    );
    let elemente = lies(&String::from_utf8(antwort.bytes).unwrap());
    let gefunden: Vec<(String, String)> = alle(&elemente, "category")
        .iter()
        .map(|e| (e.a("value").to_owned(), e.a("label").to_owned()))
        .collect();
    assert_eq!(gefunden[..gefunden.len() - 1], klassen);
    let symbole: HashSet<&str> = alle(&elemente, "symbol")
        .iter()
        .map(|e| e.a("name"))
        .collect();
    for kategorie in alle(&elemente, "category") {
        assert!(symbole.contains(kategorie.a("symbol")), "{kategorie:?}");
    }
    let zeichen: Vec<&Gelesen> = alle(&elemente, "prop")
        .into_iter()
        .filter(|e| e.a("k") == "name" && e.pfad.iter().any(|p| p == "renderer-v2"))
        .collect();
    assert!(zeichen.len() > 8, "{}", zeichen.len());
    for z in zeichen {
        let svg = z.a("v").strip_prefix("base64:").unwrap();
        let svg = base64::engine::general_purpose::STANDARD
            .decode(svg)
            .unwrap();
        assert!(svg.starts_with(b"<svg "));
    }
    // The QML of the layer draws the same.
    let qml = hole(&router, "/styles/fnp_flaechen?f=qml").await;
    let qml = String::from_utf8(qml.bytes).unwrap();
    for e in alle(&elemente, "prop")
        .iter()
        .filter(|e| e.a("k") == "color")
    {
        assert!(qml.contains(e.a("v")), "{e:?}");
    }
}

#[tokio::test]
async fn forms_know_what_may_be_set() {
    let (_db, router) = dienst().await;
    let antwort = hole(&router, "/qgis/ebenen/massnahmen_punkte.qlr").await;
    let elemente = lies(&String::from_utf8(antwort.bytes).unwrap());
    let regel = |feld: &str| {
        let alle = alle(&elemente, "constraint");
        let e = alle
            .into_iter()
            .find(|e| e.a("field") == feld && !e.a("constraints").is_empty());
        e.unwrap().a("notnull_strength").to_owned()
    };
    assert_eq!(
        (regel("titel").as_str(), regel("kurztext").as_str()),
        ("1", "0")
    );
    let frei: Vec<&str> = alle(&elemente, "field")
        .into_iter()
        .filter(|e| e.a("editable") == "1")
        .map(|e| e.a("name"))
        .collect();
    assert!(frei.contains(&"titel") && !frei.contains(&"ampel") && !frei.contains(&"kennung"));
    // The layer shows titles, so the list and what it begins with are titles.
    let vorgabe = alle(&elemente, "default")
        .into_iter()
        .find(|e| e.a("field") == "beschlussstand")
        .unwrap();
    let titel = vorgabe.a("expression").trim_matches('\'');
    assert_eq!(titel, "Idee");
    let worte: Vec<&str> = alle(&elemente, "Option")
        .into_iter()
        .filter(|e| e.pfad.iter().any(|p| p == "editWidget") && e.a("type") == "QString")
        .map(|e| e.a("value"))
        .collect();
    assert!(worte.contains(&titel), "{worte:?}");
    let leser = hole(&router, "/qgis/ebenen/import_befunde.qlr").await;
    let leser = lies(&String::from_utf8(leser.bytes).unwrap());
    assert_eq!(alle(&leser, "maplayer")[0].a("readOnly"), "1");
    assert_eq!(alle(&elemente, "maplayer")[0].a("readOnly"), "0");
}

#[tokio::test]
async fn projects_of_a_plan_and_of_a_village() {
    let (db, router) = dienst().await;
    let (_, entwurf) = projekt(&router, "?plan=fnp-2025-entwurf").await;
    let ebenen = quellen(&entwurf);
    assert!(ebenen.contains(&"fnp_flaechen_fnp-2025-entwurf".to_owned()));
    let gruppe = |name: &str| {
        let gruppen = alle(&entwurf, "layer-tree-group");
        let gruppe = gruppen.into_iter().find(|e| e.a("name") == name);
        gruppe.unwrap().a("checked").to_owned()
    };
    assert_eq!(gruppe("Entwurf"), "Qt::Checked");
    assert_eq!(gruppe("Plan in Kraft"), "Qt::Unchecked");
    // Its overlays are not drawn over the draft.
    let ueber = alle(&entwurf, "layer").into_iter().any(|e| {
        e.pfad.iter().any(|p| p == "visibility-preset")
            && e.a("id") == "zielraum_ebene_fnp_ueberlagerungen"
    });
    assert!(!ueber);
    // What a draft is stands on the sheet.
    let worte = alle(&entwurf, "LayoutItem");
    assert!(
        worte
            .iter()
            .any(|e| e.a("labelText").contains("nicht in Kraft"))
    );

    let kennung: String = sqlx::query_scalar("SELECT kennung FROM oeffentlich.gebiet ORDER BY 1")
        .fetch_one(&admin(&db).await)
        .await
        .unwrap();
    let (_, dorf) = projekt(&router, &format!("?gebiet={kennung}")).await;
    let ausschnitt = |elemente: &[Gelesen]| {
        let e = alle(elemente, "DefaultViewExtent");
        let zahl = |name: &str| e[0].a(name).parse::<f64>().unwrap();
        (zahl("xmax") - zahl("xmin")) * (zahl("ymax") - zahl("ymin"))
    };
    assert!(ausschnitt(&dorf) < ausschnitt(&entwurf) / 4.0);
    for (frage, wort) in [
        ("?gebiet=gibtesnicht", "Vorhanden"),
        ("?plan=gibtesnicht", "gibt es nicht"),
        ("?plan=fnp-2025-entwurf@x", "keine Nummer"),
        ("?farbe=rot", "farbe"),
    ] {
        let antwort = hole(&router, &format!("/qgis/projekt.qgz{frage}")).await;
        assert!(
            [400, 404].contains(&antwort.status),
            "{frage}: {}",
            antwort.status
        );
        let text = String::from_utf8(antwort.bytes).unwrap();
        assert!(text.contains(wort), "{frage}: {text}");
    }
}

#[tokio::test]
async fn what_the_public_may_not_read_is_in_no_project() {
    let (db, router) = dienst().await;
    let pool = admin(&db).await;
    // A second draft with a version of its own, which nobody published.
    let mut tx = pool.begin().await.unwrap();
    for sql in [
        "SET LOCAL search_path = fnp, gemeinde, strategie, dorferneuerung, haushalt, fachdaten, freigabe, public",
        "SELECT audit.beginne('test', 'Entwurf')",
        "INSERT INTO fnp.plan (id, kennung, name, stand) VALUES ('00000000-0000-7000-8000-000000000001', 'geheim', 'Geheimer Plan', 'entwurf')",
        "INSERT INTO fnp.fassung SELECT (jsonb_populate_record(f, jsonb_build_object('id', 9999, 'plan_id', '00000000-0000-7000-8000-000000000001', 'importlauf_id', NULL))).*
         FROM fnp.fassung f JOIN fnp.plan p ON p.id = f.plan_id WHERE p.stand = 'entwurf' AND f.aktuell AND p.kennung <> 'geheim'",
    ] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let plaene =
        "SELECT count(*) FROM fnp.plan p JOIN fnp.fassung f ON f.plan_id = p.id AND f.aktuell";
    assert_eq!(crate::support::zahl(&pool, plaene).await.unwrap(), 3);
    for adresse in ["/qgis/projekt.qgs", "/qgis?f=json", "/qgis?f=html"] {
        let antwort = hole(&router, adresse).await;
        let text = String::from_utf8(antwort.bytes).unwrap();
        assert_eq!(antwort.status, 200);
        assert!(
            !text.contains("geheim") && !text.contains("Geheimer"),
            "{adresse}"
        );
    }
    for adresse in [
        "/qgis/projekt.qgz?plan=geheim",
        "/qgis/ebenen/fnp_flaechen_geheim.qlr",
    ] {
        assert_eq!(hole(&router, adresse).await.status, 404, "{adresse}");
    }
}

#[tokio::test]
async fn files_have_names_and_everything_on_the_list_is_there() {
    let (_db, router) = dienst().await;
    let antwort = hole(&router, "/qgis/projekt.qgz").await;
    assert_eq!(
        antwort.kopf("content-disposition"),
        "attachment; filename=\"zielraum.qgz\""
    );
    let mut zip = zip::ZipArchive::new(Cursor::new(antwort.bytes)).unwrap();
    let mut text = String::new();
    zip.by_index(0).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, projekt(&router, "").await.0);
    let liste = hole(&router, "/qgis?f=json").await.json();
    let mut dateien: Vec<String> = Vec::new();
    let adresse = |v: &serde_json::Value| v["href"].as_str().unwrap().to_owned();
    dateien.extend(liste["projekte"].as_array().unwrap().iter().map(adresse));
    for gruppe in liste["gruppen"].as_array().unwrap() {
        dateien.push(adresse(gruppe));
        dateien.extend(gruppe["ebenen"].as_array().unwrap().iter().map(adresse));
    }
    assert!(dateien.len() > 35, "{}", dateien.len());
    let seite = hole(&router, "/qgis?f=html").await;
    let seite = String::from_utf8(seite.bytes).unwrap();
    for datei in dateien {
        assert!(seite.contains(&datei), "{datei}");
        let antwort = hole(&router, datei.strip_prefix("http://zr.test").unwrap()).await;
        assert_eq!(antwort.status, 200, "{datei}");
        if datei.contains(".qlr") {
            lies(&String::from_utf8(antwort.bytes).unwrap());
        }
    }
    for (adresse, wort) in [
        ("/qgis/projekt.qgx", "projekt.qgz"),
        ("/qgis/ebenen/gibtesnicht.qlr", "gibtesnicht"),
        ("/qgis/ebenen/ortsteile", ".qlr"),
        ("/qgis/gruppen/Keine.qlr", "Plan in Kraft"),
        ("/zeichen/keines.svg", "kirche"),
    ] {
        let antwort = hole(&router, adresse).await;
        let text = String::from_utf8(antwort.bytes).unwrap();
        assert!(
            antwort.status == 404 && text.contains(wort),
            "{adresse}: {text}"
        );
    }
    let zeichen = hole(&router, "/zeichen/kirche.svg").await;
    assert_eq!(zeichen.kopf("content-type"), "image/svg+xml");
}
