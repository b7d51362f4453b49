//! The balance of the demonstration plans: it adds up, PostGIS computes the same, every
//! figure leads to its areas.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use zielraum::fnp::bilanz::{self, Bilanz, Spalte};
use zielraum::fnp::plan::{self, Fassung};
use zielraum::fnp::store;
use zielraum::import::fnp::{Auftrag, fuehre_aus};
use zielraum::import::gebiete::Art;

use crate::support::{admin, datenbank, datenbank_mit_demo, demo, gebiete_der_demo};

const PLAENE: [&str; 2] = ["fnp-2001", "fnp-2025-entwurf"];

async fn waehle(conn: &mut PgConnection, kennung: &str) -> Fassung {
    plan::waehle(conn, Some(kennung)).await.unwrap()
}

fn nahe(ist: f64, soll: f64, toleranz: f64, was: &str) {
    assert!((ist - soll).abs() <= toleranz, "{was}: {ist} statt {soll}");
}

/// Sums of all rows and check rows.
fn summen(bilanzen: &[Bilanz]) -> BTreeMap<String, f64> {
    let mut summen = BTreeMap::new();
    let mut addiere = |name: String, m2: f64| *summen.entry(name).or_insert(0.0) += m2;
    for b in bilanzen {
        for z in &b.zeilen {
            for (spalte, m2) in [
                ("bestand", z.bestand_m2),
                ("davon_fortfallend", z.davon_fortfallend_m2),
                ("planung", z.planung_m2),
                ("ohne_angabe", z.ohne_angabe_m2),
                ("summe", z.summe_m2),
            ] {
                addiere(format!("{} {spalte}", z.nutzung), m2);
            }
        }
        for u in &b.ueberlagerungen {
            addiere(format!("Überlagerung {}", u.klasse), u.flaeche_m2);
        }
        addiere("Gebiet".into(), b.pruefung.gebiet_m2);
        addiere("Summe".into(), b.pruefung.summe_m2);
        addiere("Lücke".into(), b.pruefung.luecke_m2);
        addiere("Überlappung".into(), b.pruefung.ueberlappung_m2);
        addiere("nicht zugeordnet".into(), b.pruefung.nicht_zugeordnet_m2);
    }
    summen
}

#[tokio::test]
async fn ortsteile_add_up_to_the_gemeinde() {
    let db = datenbank_mit_demo().await;
    let mut conn = db.write.acquire().await.unwrap();
    for kennung in PLAENE {
        let plan = waehle(&mut conn, kennung).await;
        let ganz = bilanz::eine(&mut conn, &plan, None).await.unwrap();
        let alle = bilanz::alle(&mut conn, &plan).await.unwrap();
        assert!(alle.len() >= 5, "{kennung}: {}", alle.len());
        let (teile, ganze) = (summen(&alle), summen(std::slice::from_ref(&ganz)));
        assert_eq!(
            teile.keys().collect::<Vec<_>>(),
            ganze.keys().collect::<Vec<_>>()
        );
        for (name, m2) in &ganze {
            nahe(teile[name], *m2, 1.0, &format!("{kennung} {name}"));
        }
        assert!(ganze["Gebiet"] > 1e7, "a town's area: {}", ganze["Gebiet"]);
        for b in alle.iter().chain([&ganz]) {
            let p = &b.pruefung;
            let was = format!("{kennung} {}", b.gebiet.name);
            nahe(
                p.summe_m2,
                p.gebiet_m2 + p.ueberlappung_m2 - p.luecke_m2,
                0.01,
                &was,
            );
            for z in &b.zeilen {
                nahe(
                    z.summe_m2,
                    z.bestand_m2 + z.planung_m2 + z.ohne_angabe_m2,
                    1e-3,
                    &was,
                );
                assert!(z.davon_fortfallend_m2 <= z.bestand_m2 + 1e-6, "{was}");
                nahe(z.anteil, z.summe_m2 / p.gebiet_m2, 1e-12, &was);
            }
        }
    }
}

/// (Nutzung, rechtsstand, Ortsteil) → areas and m² by PostGIS alone, from shapes alone.
const VERSCHNEIDUNG: &str = "SELECT f.nutzung, o.kennung, count(*) FILTER (WHERE x.m2 > 1e-6), sum(x.m2),
      coalesce(sum(x.m2) FILTER (WHERE f.rechtsstand = 'entfaellt'), 0), coalesce(sum(x.m2) FILTER (WHERE f.rechtsstand = 'planung'), 0)
    FROM fnp.flaeche f JOIN fnp.fassung v ON v.id = f.fassung_id
    JOIN gemeinde.ortsteil o ON o.geom && f.geom
    CROSS JOIN LATERAL (SELECT st_area(st_intersection(st_intersection(f.geom, o.geom), v.geom)) AS m2) x
    WHERE f.fassung_id = $1 AND f.gueltig GROUP BY 1, 2 HAVING sum(x.m2) > 1e-6";

const UEBERLAGERUNGEN: &str =
    "SELECT u.klasse, count(*) FILTER (WHERE x.m2 > 0.01), coalesce(sum(x.m2), 0)
    FROM fnp.ueberlagerung u JOIN gemeinde.ortsteil o ON o.kennung = $2
    CROSS JOIN LATERAL (SELECT st_area(st_intersection(st_makevalid(u.geom), o.geom)) AS m2) x
    WHERE u.fassung_id = $1 GROUP BY 1 HAVING coalesce(sum(x.m2), 0) > 0.01 ORDER BY 1";

#[tokio::test]
async fn every_figure_equals_the_overlay_of_postgis() {
    let db = datenbank_mit_demo().await;
    let mut conn = db.write.acquire().await.unwrap();
    let admin = admin(&db).await;
    let mut verglichen = 0;
    let mut fortfallend = 0.0;
    for kennung in PLAENE {
        let plan = waehle(&mut conn, kennung).await;
        let zeilen: Vec<(String, String, i64, f64, f64, f64)> = sqlx::query_as(VERSCHNEIDUNG)
            .bind(plan.id)
            .fetch_all(&admin)
            .await
            .unwrap();
        let mut soll: BTreeMap<_, _> = zeilen
            .into_iter()
            .map(|(nutzung, ort, n, m2, weg, neu)| ((nutzung, ort), (n, m2, weg, neu)))
            .collect();
        for b in bilanz::alle(&mut conn, &plan).await.unwrap() {
            let ort = b.gebiet.kennung.clone().unwrap_or_default();
            for z in &b.zeilen {
                let was = format!("{kennung} {} {ort}", z.nutzung);
                let (n, m2, weg, neu) = soll
                    .remove(&(z.nutzung.clone(), ort.clone()))
                    .unwrap_or_default();
                nahe(z.summe_m2, m2, 0.1, &was);
                nahe(z.davon_fortfallend_m2, weg, 0.1, &was);
                nahe(z.planung_m2, neu, 0.1, &was);
                assert_eq!(z.anzahl, n, "{was}");
                fortfallend += z.davon_fortfallend_m2;
                verglichen += 1;
            }
            let ueber: Vec<(String, i64, f64)> = sqlx::query_as(UEBERLAGERUNGEN)
                .bind(plan.id)
                .bind(&ort)
                .fetch_all(&admin)
                .await
                .unwrap();
            assert_eq!(ueber.len(), b.ueberlagerungen.len(), "{kennung} {ort}");
            for (u, (klasse, n, m2)) in b.ueberlagerungen.iter().zip(ueber) {
                assert_eq!((&u.klasse, u.anzahl), (&klasse, n), "{kennung} {ort}");
                nahe(u.flaeche_m2, m2, 0.1, &klasse);
            }
        }
        assert!(soll.is_empty(), "{kennung}: {soll:?}");
    }
    assert!(
        verglichen > 60 && fortfallend > 0.0,
        "{verglichen} {fortfallend}"
    );
}

#[tokio::test]
async fn every_figure_leads_to_its_areas() {
    let db = datenbank_mit_demo().await;
    let mut conn = db.write.acquire().await.unwrap();
    for kennung in PLAENE {
        let plan = waehle(&mut conn, kennung).await;
        let mut bilanzen = bilanz::alle(&mut conn, &plan).await.unwrap();
        bilanzen.push(bilanz::eine(&mut conn, &plan, None).await.unwrap());
        for b in &bilanzen {
            for z in &b.zeilen {
                for (spalte, m2) in [
                    (Spalte::Bestand, z.bestand_m2),
                    (Spalte::DavonFortfallend, z.davon_fortfallend_m2),
                    (Spalte::Planung, z.planung_m2),
                    (Spalte::OhneAngabe, z.ohne_angabe_m2),
                    (Spalte::Summe, z.summe_m2),
                ] {
                    let liste = store::beitraege(
                        &mut conn,
                        plan.id,
                        b.gebiet.ortsteil_id,
                        Some(&z.nutzung),
                        spalte.rechtsstaende(),
                    )
                    .await
                    .unwrap();
                    let was = format!("{kennung} {} {} {spalte:?}", b.gebiet.name, z.nutzung);
                    nahe(liste.iter().map(|f| f.m2).sum(), m2, 1e-3, &was);
                    if spalte == Spalte::Summe {
                        assert_eq!(i64::try_from(liste.len()).unwrap(), z.anzahl, "{was}");
                    }
                    for f in liste {
                        nahe(f.anteil, f.m2 / f.flaeche_m2, 1e-12, &was);
                        assert!(f.m2 <= f.flaeche_m2 + 1e-2, "{was} {f:?}");
                    }
                }
            }
        }
    }
}

/// Shares as (area, Ortsteil) → bits of m².
async fn anteile(conn: &mut PgConnection, kennung: &str) -> Vec<(String, Option<String>, f64)> {
    let plan = waehle(conn, kennung).await;
    sqlx::query_as(
        "SELECT f.kennung, o.kennung, a.m2 FROM fnp.anteil a JOIN fnp.flaeche f USING (fassung_id, ordnung) LEFT JOIN gemeinde.ortsteil o ON o.id = a.ortsteil_id
         WHERE a.fassung_id = $1 ORDER BY 1, 2",
    )
    .bind(plan.id)
    .fetch_all(conn)
    .await
    .unwrap()
}

#[tokio::test]
async fn the_order_of_plan_and_ortsteile_does_not_matter() {
    let ortsteile_zuerst = datenbank_mit_demo().await;
    let db = datenbank().await;
    let auftrag = Auftrag {
        datei: demo("fnp-2001.gml"),
        wer: "pruefung".into(),
        ..Auftrag::default()
    };
    fuehre_aus(&db, &auftrag).await.unwrap();
    let mut conn = db.write.acquire().await.unwrap();
    // Without Ortsteile all of it lies in none.
    let ohne = anteile(&mut conn, "fnp-2001").await;
    assert!(ohne.iter().all(|(_, ort, _)| ort.is_none()));
    gebiete_der_demo(&db, Art::Ortsteile, "ortsteile.geojson").await;
    gebiete_der_demo(&db, Art::Gemeinde, "gemeinde.geojson").await;
    let spaeter = anteile(&mut conn, "fnp-2001").await;
    let mut conn = ortsteile_zuerst.write.acquire().await.unwrap();
    let frueher = anteile(&mut conn, "fnp-2001").await;
    assert_eq!(spaeter, frueher);
    assert!(frueher.len() > ohne.len(), "areas cross borders");
    // The public copy followed too.
    let abweichend: i64 = sqlx::query_scalar("SELECT count(*) FROM fnp.anteil a FULL JOIN oeffentlich.anteil o USING (fassung_id, ordnung, ortsteil_id) WHERE a.m2 IS DISTINCT FROM o.m2")
        .fetch_one(&admin(&db).await)
        .await
        .unwrap();
    assert_eq!(abweichend, 0);
}
