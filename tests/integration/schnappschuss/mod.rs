//! Layers from memory: the same answers as from the database, and never an old one.
mod antworten;
mod frische;
mod packen;
mod plaene;
mod quellen;
mod strom;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use zielraum::app::{self, App};
use zielraum::layers::sammlung::Sammlung;
use zielraum::layers::snapshot::Schnappschuss;
use zielraum::layers::snapshot::lager::Lager;

use crate::support::TestDb;

/// One instance of the service over a database.
pub struct Dienst {
    pub router: Router,
    pub app: App,
    pub lager: Arc<Lager>,
}

impl Dienst {
    /// With so much memory for layers; the counters are known.
    pub async fn neu(db: &TestDb, speicher: usize) -> Self {
        let mut app = App::neu(db, None, None, false).await.unwrap();
        app.speicher = speicher;
        let lager = Lager::neu(db.public.clone(), speicher);
        lager.starte(None);
        lager.frische().erneuere().await.unwrap();
        Self {
            router: app::router_mit(&app, &lager),
            app,
            lager,
        }
    }

    pub async fn sammlung(&self, id: &str) -> Sammlung {
        let katalog = &self.app.katalog;
        katalog
            .oeffentliche_sammlung(&self.app.public, id)
            .await
            .unwrap()
    }

    pub async fn sammlungen(&self) -> Vec<Sammlung> {
        let katalog = &self.app.katalog;
        katalog.oeffentliche(&self.app.public).await.unwrap()
    }

    /// Waits until a layer is in memory as the database holds it.
    pub async fn bild(&self, id: &str) -> Arc<Schnappschuss> {
        for _ in 0..500 {
            let sammlung = self.sammlung(id).await;
            if let Some(bild) = self.lager.schnappschuss(&sammlung) {
                return bild;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{id} never came into memory");
    }
}
