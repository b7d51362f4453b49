//! The first who looks at the whole town does not wait: tiles from far away are there before
//! they are asked for, at the start and after a change.

use std::sync::Arc;
use std::time::Duration;

use zielraum::http::{Kontext, frame};
use zielraum::layers::catalog;
use zielraum::layers::sammlung::Katalog;
use zielraum::layers::snapshot::lager::{Lager, budget};
use zielraum::tiles::{self, matrix::grenzen};

use super::hole;
use crate::support::datenbank_mit_demo;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tiles_of_the_whole_town_are_there_before_they_are_asked_for() {
    let db = datenbank_mit_demo().await;
    let katalog = Katalog::lies(&db.public, catalog::EIGENE, None);
    let katalog = Arc::new(katalog.await.unwrap());
    let lager = Lager::neu(db.public.clone(), budget());
    lager.starte(Some(Arc::clone(&katalog)));
    let dienst = Arc::new(tiles::Dienst::neu(
        db.public.clone(),
        katalog,
        Some(Arc::clone(&lager)),
    ));
    dienst.waerme_vor();
    let kontext = Kontext {
        public_url: None,
        demo: true,
        rueckblick: None,
    };
    let router = frame::rahmen(tiles::routes::router(Arc::clone(&dienst)), kontext);
    // Until nothing is added any more.
    let ruhig = async |mehr_als: usize| {
        let (mut vorher, mut gleich) = (0, 0);
        for _ in 0..600 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let jetzt = dienst.fertige();
            gleich = if jetzt == vorher { gleich + 1 } else { 0 };
            vorher = jetzt;
            if jetzt > mehr_als && gleich > 20 {
                return jetzt;
            }
        }
        panic!("{vorher} tiles, not more than {mehr_als}");
    };
    let fertig = ruhig(0).await;
    let doc = hole(&router, "/kacheln/fnp_flaechen").await.json();
    let raum: Vec<f64> = serde_json::from_value(doc["bounds"].clone()).unwrap();
    let [x, _, y, _] = grenzen(9, raum.try_into().unwrap());
    let mut marken = Vec::new();
    for ebene in ["fnp_flaechen", "ortsteile"] {
        let kachel = hole(&router, &format!("/kacheln/{ebene}/9/{x}/{y}.mvt")).await;
        assert_eq!(kachel.status, 200);
        assert!(!kachel.bytes.is_empty(), "{ebene}");
        assert_eq!(dienst.fertige(), fertig, "{ebene} was not there yet");
        marken.push(kachel.kopf("etag").to_owned());
    }
    sqlx::raw_sql("BEGIN; SELECT audit.beginne('test', 'umbenannt'); UPDATE gemeinde.ortsteil SET name = name || ' neu'; COMMIT")
        .execute(&db.write)
        .await
        .unwrap();
    let wieder = ruhig(fertig).await;
    let kachel = hole(&router, &format!("/kacheln/ortsteile/9/{x}/{y}.mvt")).await;
    assert_ne!(kachel.kopf("etag"), marken[1]);
    assert!(String::from_utf8_lossy(&kachel.bytes).contains(" neu"));
    assert_eq!(dienst.fertige(), wieder, "the new one was not there yet");
    // What did not change is not made again.
    let flaechen = hole(&router, &format!("/kacheln/fnp_flaechen/9/{x}/{y}.mvt")).await;
    assert_eq!(flaechen.kopf("etag"), marken[0]);
}
