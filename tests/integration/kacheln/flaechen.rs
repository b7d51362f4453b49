//! The areas of the plan and the Ortsteile at every zoom: valid polygons, every common edge
//! equal in both neighbours, in one tile and across the sides of tiles.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::Router;
use geo::{Area as _, Validation as _, unary_union};
use geo_types::{LineString, MultiPolygon, Polygon};

use super::lesen::{Ebene, Objekt, Ort, Wert, lies};
use super::{hole, stadt};
use crate::support::admin;

const EBENEN: [&str; 2] = ["fnp_flaechen", "ortsteile"];

/// Buffer of a tile in units of 4096.
const RAND: i64 = 64;

fn doppelte_flaeche(ring: &[Ort]) -> i64 {
    (0..ring.len())
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            a[0] * b[1] - b[0] * a[1]
        })
        .sum()
}

pub(super) fn polygone(objekt: &Objekt) -> MultiPolygon<f64> {
    let linie = |zug: &[Ort]| -> LineString<f64> {
        zug.iter().map(|p| (p[0] as f64, p[1] as f64)).collect()
    };
    let mut polygone: Vec<Polygon<f64>> = Vec::new();
    for zug in &objekt.zuege {
        match doppelte_flaeche(zug) {
            0 => panic!("a ring without area: {zug:?}"),
            f if f > 0 => polygone.push(Polygon::new(linie(zug), Vec::new())),
            _ => polygone
                .last_mut()
                .expect("a shell before its holes")
                .interiors_push(linie(zug)),
        }
    }
    MultiPolygon::new(polygone)
}

type Kante = (Ort, Ort);

fn kanten(objekt: &Objekt) -> impl Iterator<Item = Kante> + '_ {
    objekt
        .zuege
        .iter()
        .flat_map(|zug| (0..zug.len()).map(|i| (zug[i], zug[(i + 1) % zug.len()])))
}

/// Within one tile: valid, nothing overlaps, nothing is open between neighbours. Returns the
/// area and how many edges two objects share.
pub(super) fn pruefe_kachel(ebene: &Ebene, was: &str) -> (f64, usize) {
    let mut alle = Vec::new();
    let mut summe = 0.0;
    let mut gesehen: HashMap<Kante, usize> = HashMap::new();
    for (i, objekt) in ebene.objekte.iter().enumerate() {
        let flaeche = polygone(objekt);
        assert!(
            flaeche.is_valid(),
            "{was} {:?}: {:?}",
            objekt.werte,
            flaeche.validation_errors()
        );
        summe += flaeche.unsigned_area();
        alle.extend(flaeche.0);
        for kante in kanten(objekt) {
            assert!(
                gesehen.insert(kante, i).is_none(),
                "{was}: {kante:?} in two objects"
            );
        }
    }
    let verbund = unary_union(alle.iter());
    assert!(
        (verbund.unsigned_area() - summe).abs() < 1e-6 * summe.max(1.0),
        "{was}: areas overlap"
    );
    // A gap between neighbours is a hole of the union whose edges belong to more than one object.
    let gemeinsam = gesehen
        .keys()
        .filter(|(a, b)| a < b && gesehen.contains_key(&(*b, *a)))
        .count();
    (summe, gemeinsam)
}

/// Edges in the strip along a side between two tiles, in units of the world, by object.
fn streifen(
    ebene: Option<&Ebene>,
    achse: usize,
    grenze: i64,
    versatz: Ort,
) -> BTreeSet<(String, Kante)> {
    let mut gefunden = BTreeSet::new();
    for objekt in ebene.iter().flat_map(|e| &e.objekte) {
        let Some(Wert::Text(kennung)) = objekt.werte.get("kennung") else {
            panic!("no kennung")
        };
        for (a, b) in kanten(objekt) {
            let innen = |p: Ort| (p[achse] - grenze).abs() <= RAND;
            // The cuts of the two tiles lie on the sides of the strip, those across on its ends.
            let schnitt = |wo: usize, wert: i64| a[wo] == wert && b[wo] == wert;
            let quer = 1 - achse;
            if innen(a)
                && innen(b)
                && !schnitt(achse, grenze - RAND)
                && !schnitt(achse, grenze + RAND)
                && !schnitt(quer, -RAND)
                && !schnitt(quer, 4096 + RAND)
            {
                let welt = |p: Ort| [p[0] + versatz[0], p[1] + versatz[1]];
                gefunden.insert((kennung.clone(), (welt(a), welt(b))));
            }
        }
    }
    gefunden
}

async fn kacheln(
    router: &Router,
    zoom: u8,
    [x0, x1, y0, y1]: [u32; 4],
) -> BTreeMap<(u32, u32), Vec<Ebene>> {
    let mut kacheln = BTreeMap::new();
    for x in x0..=x1 {
        for y in y0..=y1 {
            let antwort = hole(
                router,
                &format!("/kacheln/{}/{zoom}/{x}/{y}.mvt", EBENEN.join(",")),
            )
            .await;
            assert_eq!(antwort.status, 200);
            assert!(
                antwort.bytes.len() < 600_000,
                "{zoom}/{x}/{y}: {} bytes",
                antwort.bytes.len()
            );
            kacheln.insert((x, y), lies(&antwort.bytes));
        }
    }
    kacheln
}

fn ebene<'a>(kachel: &'a [Ebene], name: &str) -> Option<&'a Ebene> {
    kachel.iter().find(|ebene| ebene.name == name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_edge_of_two_neighbours_opens_at_any_zoom() {
    let (db, router) = stadt().await;
    let doc = hole(&router, "/kacheln/fnp_flaechen").await.json();
    let raum: Vec<f64> = doc["bounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|z| z.as_f64().unwrap())
        .collect();
    let raum: [f64; 4] = raum.try_into().unwrap();
    let mut gemeinsame = 0;
    for zoom in 6..=20_u8 {
        let mut felder = zielraum::tiles::matrix::grenzen(zoom, raum);
        // From zoom 15 on a few tiles in the middle.
        if zoom > 14 {
            let (mx, my) = (felder[0].midpoint(felder[1]), felder[2].midpoint(felder[3]));
            felder = [mx - 1, mx + 1, my - 1, my + 1];
        }
        let alle = kacheln(&router, zoom, felder).await;
        for name in EBENEN {
            for ((x, y), kachel) in &alle {
                if let Some(ebene) = ebene(kachel, name) {
                    let (_, gemeinsam) = pruefe_kachel(ebene, &format!("{name} {zoom}/{x}/{y}"));
                    gemeinsame += gemeinsam;
                }
            }
            // Closer zooms are cut from the finest shapes, each tile for itself.
            if zoom > 15 {
                continue;
            }
            for ((x, y), kachel) in &alle {
                let versatz = |x: u32, y: u32| [i64::from(x) * 4096, i64::from(y) * 4096];
                for (achse, nachbar) in [(0, (x + 1, *y)), (1, (*x, y + 1))] {
                    let Some(anderer) = alle.get(&nachbar) else {
                        continue;
                    };
                    let hier = streifen(ebene(kachel, name), achse, 4096, versatz(*x, *y));
                    let dort = streifen(
                        ebene(anderer, name),
                        achse,
                        0,
                        versatz(nachbar.0, nachbar.1),
                    );
                    let anders: Vec<_> = hier.symmetric_difference(&dort).take(3).collect();
                    assert!(
                        anders.is_empty(),
                        "{name} {zoom}/{x}/{y}, side {achse}: {anders:?}"
                    );
                }
            }
        }
    }
    assert!(gemeinsame > 1000, "hardly a common edge: {gemeinsame}");
    // PostGIS as second opinion.
    let kachel = kacheln(&router, 13, zielraum::tiles::matrix::grenzen(13, raum)).await;
    let texte: Vec<String> = kachel
        .values()
        .flatten()
        .filter(|e| EBENEN.contains(&e.name.as_str()))
        .flat_map(|e| &e.objekte)
        .map(wkt)
        .collect();
    assert!(texte.len() > 100, "{}", texte.len());
    let ungueltig: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM unnest($1::text[]) t WHERE NOT ST_IsValid(t::geometry)",
    )
    .bind(&texte)
    .fetch_one(&admin(&db).await)
    .await
    .unwrap();
    assert_eq!(ungueltig, 0);
}

fn wkt(objekt: &Objekt) -> String {
    let ring = |ring: &LineString<f64>| {
        let orte: Vec<String> = ring.coords().map(|c| format!("{} {}", c.x, c.y)).collect();
        format!("({})", orte.join(","))
    };
    let polygone = polygone(objekt);
    let teile: Vec<String> = polygone
        .iter()
        .map(|p| {
            let ringe: Vec<String> = std::iter::once(p.exterior())
                .chain(p.interiors())
                .map(ring)
                .collect();
            format!("({})", ringe.join(","))
        })
        .collect();
    format!("MULTIPOLYGON({})", teile.join(","))
}

#[tokio::test]
async fn every_area_is_there_with_its_values() {
    let (db, router) = stadt().await;
    let doc = hole(&router, "/kacheln/fnp_flaechen").await.json();
    let raum: Vec<f64> = doc["bounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|z| z.as_f64().unwrap())
        .collect();
    let felder = zielraum::tiles::matrix::grenzen(14, raum.try_into().unwrap());
    let mut nutzung: BTreeMap<String, String> = BTreeMap::new();
    let mut felder_gesehen = BTreeSet::new();
    let mut flaeche = 0.0;
    for kachel in kacheln(&router, 14, felder).await.into_values() {
        for objekt in ebene(&kachel, "fnp_flaechen")
            .into_iter()
            .flat_map(|e| &e.objekte)
        {
            let text = |name: &str| match &objekt.werte[name] {
                Wert::Text(text) => text.clone(),
                anderes => panic!("{name}: {anderes:?}"),
            };
            nutzung.insert(text("kennung"), text("nutzung"));
            felder_gesehen.extend(objekt.werte.keys().cloned());
            let rahmen = geo_types::Rect::new((0.0, 0.0), (4096.0, 4096.0)).to_polygon();
            flaeche += geo::BooleanOps::intersection(&polygone(objekt), &rahmen).unsigned_area();
        }
    }
    let soll: Vec<(String, String)> = sqlx::query_as("SELECT kennung::text, nutzung FROM oeffentlich.flaeche_aktuell WHERE fassung_id IN (SELECT fassung_id FROM oeffentlich.fassung_in_kraft)")
        .fetch_all(&admin(&db).await)
        .await
        .unwrap();
    assert!(soll.len() > 100);
    assert_eq!(nutzung, soll.into_iter().collect());
    assert!(felder_gesehen.len() > 5, "{felder_gesehen:?}");
    // The area of all, on the grid and in the database.
    let quadratmeter: f64 = sqlx::query_scalar("SELECT sum(ST_Area(ST_Transform(ST_Segmentize(geom, 250), 3857))) FROM oeffentlich.flaeche_aktuell WHERE fassung_id IN (SELECT fassung_id FROM oeffentlich.fassung_in_kraft)")
        .fetch_one(&admin(&db).await)
        .await
        .unwrap();
    let zelle = 40_075_016.685_578_49 / 2_f64.powi(26);
    let verhaeltnis = flaeche * zelle * zelle / quadratmeter;
    assert!((verhaeltnis - 1.0).abs() < 1e-4, "{verhaeltnis}");
}

/// The same shapes for items, map and PDF: in degrees, neighbours equal there too.
#[tokio::test]
async fn generalised_shapes_match_outside_of_tiles() {
    use geo_types::Geometry;
    let (db, _) = stadt().await;
    let katalog = zielraum::layers::sammlung::Katalog::lies(
        &db.public,
        zielraum::layers::catalog::EIGENE,
        None,
    )
    .await
    .unwrap();
    let dienst =
        zielraum::tiles::Dienst::neu(db.public.clone(), std::sync::Arc::new(katalog), None);
    let kennungen: Vec<String> = sqlx::query_scalar("SELECT kennung::text FROM oeffentlich.flaeche_aktuell WHERE fassung_id IN (SELECT fassung_id FROM oeffentlich.fassung_in_kraft)")
        .fetch_all(&db.public)
        .await
        .unwrap();
    let mut vorher = usize::MAX;
    for zoom in [16, 13, 10] {
        let formen = dienst.vereinfacht("fnp_flaechen", zoom).await.unwrap();
        let formen = formen.unwrap();
        let (mut summe, mut punkte, mut alle) = (0.0, 0, Vec::new());
        for kennung in &kennungen {
            let Some(Geometry::MultiPolygon(flaeche)) = formen.geometrie(kennung) else {
                assert!(zoom == 10, "{kennung} is gone at zoom {zoom}");
                continue;
            };
            summe += flaeche.unsigned_area();
            punkte += geo::CoordsIter::coords_count(&flaeche);
            alle.extend(flaeche.0);
        }
        let verbund = unary_union(alle.iter());
        assert!(
            (verbund.unsigned_area() / summe - 1.0).abs() < 1e-7,
            "zoom {zoom}"
        );
        assert!(punkte <= vorher, "zoom {zoom}: {punkte}");
        vorher = punkte;
    }
    assert!(dienst.vereinfacht("gibtesnicht", 10).await.is_err());
}
