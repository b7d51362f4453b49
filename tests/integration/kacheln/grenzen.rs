//! What is too large for memory, what is not ready yet, and that it does not matter where the
//! rows come from.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use zielraum::app::{self, App};
use zielraum::http::{Kontext, frame};
use zielraum::layers::sammlung::Katalog;
use zielraum::layers::snapshot::lager::{Lager, budget};
use zielraum::layers::{self, catalog};
use zielraum::tiles::{self, matrix::grenzen};

use super::flaechen::pruefe_kachel;
use super::lesen::{Ebene, lies};
use super::{Antwort, hole};
use crate::support::{TestDb, datenbank_mit_demo};

const LANGE: Duration = Duration::from_mins(5);

/// Tiles and items of the public over limits of their own.
pub async fn dienst(db: &TestDb, positionen: usize, geduld: Duration) -> Router {
    let katalog = Arc::new(
        Katalog::lies(&db.public, catalog::EIGENE, None)
            .await
            .unwrap(),
    );
    let kacheln = tiles::Dienst::neu(db.public.clone(), Arc::clone(&katalog), None)
        .mit_grenzen(positionen, geduld);
    let kacheln = Arc::new(kacheln);
    let ebenen = layers::Dienst::new(db.public.clone(), katalog, None, Vec::new(), |_| Vec::new())
        .mit_vereinfacher(Arc::clone(&kacheln) as Arc<dyn layers::vereinfachung::Vereinfacher>);
    let kontext = Kontext {
        public_url: None,
        demo: true,
        rueckblick: None,
    };
    let routes = tiles::routes::router(kacheln).merge(layers::routes::router(Arc::new(ebenen)));
    frame::rahmen(routes, kontext)
}

async fn mitte(router: &Router, zoom: u8) -> (u32, u32) {
    let doc = hole(router, "/kacheln/fnp_flaechen").await.json();
    let raum: Vec<f64> = serde_json::from_value(doc["bounds"].clone()).unwrap();
    let [x0, x1, y0, y1] = grenzen(zoom, raum.try_into().unwrap());
    (x0.midpoint(x1), y0.midpoint(y1))
}

async fn kachel(router: &Router, zoom: u8) -> Antwort {
    let (x, y) = mitte(router, zoom).await;
    hole(router, &format!("/kacheln/fnp_flaechen/{zoom}/{x}/{y}.mvt")).await
}

fn kennungen(ebene: &Ebene) -> BTreeSet<String> {
    let texte = ebene
        .objekte
        .iter()
        .map(|o| format!("{:?}", o.werte["kennung"]));
    texte.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layer_too_large_has_tiles_close_by_alone_and_its_own_shapes() {
    let db = datenbank_mit_demo().await;
    let eng = dienst(&db, 500, LANGE).await;
    let weit = dienst(&db, usize::MAX, LANGE).await;
    // Asked twice: it is remembered, not read again.
    for _ in 0..2 {
        let antwort = kachel(&eng, 8).await;
        let text = String::from_utf8(antwort.bytes).unwrap();
        assert_eq!(antwort.status, 503, "{text}");
        assert!(
            text.contains("zu groß") && text.contains("ab Zoom 12"),
            "{text}"
        );
    }
    assert_eq!(kachel(&weit, 8).await.status, 200);
    for zoom in [12, 14, 17] {
        let antwort = kachel(&eng, zoom).await;
        assert_eq!(antwort.status, 200, "{zoom}");
        assert!(antwort.kopf("etag").starts_with('"'));
        let ganz = kachel(&weit, zoom).await;
        let (hier, dort) = (&lies(&antwort.bytes)[0], &lies(&ganz.bytes)[0]);
        assert_eq!(kennungen(hier), kennungen(dort), "{zoom}");
        let (a, _) = pruefe_kachel(hier, &format!("{zoom} around the tile"));
        let (b, _) = pruefe_kachel(dort, &format!("{zoom} of the whole"));
        assert!((a / b - 1.0).abs() < 1e-3, "{zoom}: {a} {b}");
    }
    // Items keep the shapes that are stored.
    let items = "/collections/fnp_flaechen/items?limit=20";
    let inhalt = async |router: &Router, frage: &str| {
        hole(router, &format!("{items}{frage}")).await.json()["features"].clone()
    };
    let eigene = inhalt(&eng, "").await;
    assert_eq!(inhalt(&eng, "&zoom-level=9").await, eigene);
    assert_ne!(inhalt(&weit, "&zoom-level=9").await, eigene);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tile_close_by_does_not_wait_for_the_whole_layer() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db, usize::MAX, Duration::ZERO).await;
    let erste = kachel(&router, 14).await;
    assert_eq!(erste.status, 200);
    // Farther out everything has to be there; then the same address has the tile that stays.
    assert_eq!(kachel(&router, 11).await.status, 200);
    let endlich = kachel(&router, 14).await;
    assert_ne!(erste.kopf("etag"), endlich.kopf("etag"));
    assert_eq!(kachel(&router, 14).await.kopf("etag"), endlich.kopf("etag"));
    let (vorher, nachher) = (&lies(&erste.bytes)[0], &lies(&endlich.bytes)[0]);
    assert_eq!(kennungen(vorher), kennungen(nachher));
    let (a, _) = pruefe_kachel(vorher, "before");
    let (b, _) = pruefe_kachel(nachher, "after");
    assert!((a / b - 1.0).abs() < 1e-3, "{a} {b}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_a_snapshot_and_of_the_database_give_the_same_bytes() {
    let db = datenbank_mit_demo().await;
    let app = App::neu(&db, None, None, true).await.unwrap();
    let mut kacheln = Vec::new();
    for speicher in [0, budget()] {
        let lager = Lager::neu(app.public.clone(), speicher);
        lager.starte(None);
        let router = app::router_mit(&app, &lager);
        for ebene in ["fnp_flaechen", "massnahmen_punkte", "massnahmen_linien"] {
            for _ in 0..200 {
                let bereit = lager.frische().stand().is_some();
                hole(&router, &format!("/collections/{ebene}/items?limit=1")).await;
                let katalog = &app.katalog;
                let sammlung = katalog.oeffentliche_sammlung(&app.public, ebene).await;
                let da = lager.schnappschuss(&sammlung.unwrap()).is_some();
                if bereit && (speicher == 0 || da) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        assert_eq!(lager.bytes() > 0, speicher > 0);
        // The counters are taken for known a quarter of a second.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut alle = Vec::new();
        for zoom in [0, 9, 12, 14, 18] {
            let (x, y) = mitte(&router, zoom).await;
            let adresse = format!(
                "/kacheln/fnp_flaechen,massnahmen_punkte,massnahmen_linien/{zoom}/{x}/{y}.mvt"
            );
            let antwort = hole(&router, &adresse).await;
            assert_eq!(antwort.status, 200, "{zoom}");
            alle.push((zoom, lies(&antwort.bytes).len(), antwort.bytes));
        }
        kacheln.push(alle);
    }
    assert!(kacheln[0].iter().any(|(_, ebenen, _)| *ebenen == 3));
    for (a, b) in kacheln[0].iter().zip(&kacheln[1]) {
        for (hier, dort) in lies(&a.2).iter().zip(&lies(&b.2)) {
            for (x, y) in hier.objekte.iter().zip(&dort.objekte) {
                let (x, y) = (format!("{x:?}"), format!("{y:?}"));
                assert_eq!(x, y, "zoom {}, {}", a.0, hier.name);
            }
        }
        assert!(a.2 == b.2, "zoom {}: other bytes", a.0);
    }
}
