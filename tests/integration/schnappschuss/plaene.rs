//! Statements that are dear to plan are planned once per connection, whatever they ask for.

use std::time::Duration;

use sqlx::{PgPool, Row as _};
use zielraum::app::App;
use zielraum::error::Result;
use zielraum::http::extract::Parameter;
use zielraum::layers::auswahl::Auswahl;
use zielraum::layers::crs::{Wandler, Ziel};
use zielraum::layers::query::{self, Abnehmer, Zeile};

use crate::support::datenbank_mit_demo;

#[derive(Default)]
struct Ids(Vec<String>);

impl Abnehmer for Ids {
    fn nimm(&mut self, zeile: &Zeile, _: Wandler) -> Result<()> {
        self.0.push(zeile.schluessel()?);
        Ok(())
    }

    async fn gib_weiter(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Plans made for the values and for any, of all statements over a relation on one connection.
async fn plaene(pool: &PgPool, relation: &str) -> (i64, i64) {
    // A connection goes back behind the answer.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut conn = pool.acquire().await.unwrap();
    let zeile = sqlx::query("SELECT sum(custom_plans)::bigint, sum(generic_plans)::bigint, current_setting('plan_cache_mode') FROM pg_prepared_statements WHERE statement LIKE '%' || $1 || '%' AND statement NOT LIKE '%pg_prepared%'")
        .bind(relation)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    let weise: String = zeile.get(2);
    assert_eq!(
        weise, "auto",
        "the pool's other statements are planned as ever"
    );
    (
        zeile.get::<Option<i64>, _>(0).unwrap_or_default(),
        zeile.get::<Option<i64>, _>(1).unwrap_or_default(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measures_of_a_restricted_reader_are_planned_once() {
    let db = datenbank_mit_demo().await;
    let app = App::neu(&db, None, None, false).await.unwrap();
    let (_, intern) = app.intern.as_ref().unwrap();
    let pool = db.personal.pool("veroeffentlicht", None, None);
    let sammlung = intern
        .eingeschraenkt
        .oeffentliche_sammlung(&pool, "massnahmen")
        .await
        .unwrap();
    let mut gefunden = 0;
    for kasten in [
        "10.8,48,10.9,48.1",
        "10.85,48.04,10.88,48.06",
        "10,47,11,49",
    ] {
        let parameter = Parameter::lies(&format!("bbox={kasten}")).unwrap();
        let auswahl = Auswahl::lies(&parameter, &sammlung, 1000).unwrap();
        let mut ids = Ids::default();
        let ergebnis = query::seite(&pool, &sammlung, &auswahl, None, &mut ids)
            .await
            .unwrap();
        assert_eq!(ergebnis.anzahl, ids.0.len());
        gefunden += ids.0.len();
        if let Some(id) = ids.0.first() {
            let eine = query::objekt(&pool, &sammlung, id, Ziel::Crs84).await;
            assert_eq!(eine.unwrap().unwrap().0.schluessel().unwrap(), *id);
        }
    }
    assert!(gefunden > 10, "{gefunden}");
    let (fuer_werte, fuer_alle) = plaene(&pool, "massnahme_lage").await;
    assert!(fuer_werte == 0 && fuer_alle > 0, "{fuer_werte} {fuer_alle}");
}
