//! What must hold for any input.

use std::collections::BTreeSet;

use geo::orient::Direction;
use geo::{Area, BooleanOps, Orient};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use zielraum::verschneidung::anteil::{Gebiet, Netz, Teile};
use zielraum::verschneidung::gueltigkeit;
use zielraum::verschneidung::schluss::{GANZER_PLAN, schluss};

use super::daten;
use super::formen::Wuerfel;

fn m2(teile: &Teile, id: i32) -> f64 {
    let gefunden = teile.anteile.iter().find(|(i, _)| *i == id);
    gefunden.map_or(0.0, |(_, m2)| *m2)
}

fn gebiete(geometrien: Vec<MultiPolygon<f64>>) -> Vec<Gebiet> {
    (1..)
        .zip(geometrien)
        .map(|(id, geom)| Gebiet { id, geom })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Overlapping Ortsteile, holes, parts, plan border: parts are what a plain
    /// successive overlay gives, and they add up.
    #[test]
    fn parts_add_up_and_equal_the_plain_overlay(saat in 0_u64..u64::MAX) {
        let mut w = Wuerfel::neu(saat);
        let anzahl = w.ganz(5);
        let ortsteile: Vec<_> = (0..anzahl).map(|_| w.flaeche(400.0, 250.0)).collect();
        let grenze = (w.ganz(3) > 0).then(|| w.flaeche(400.0, 400.0));
        let radius = w.zwischen(5.0, 300.0);
        let flaeche = w.flaeche(400.0, radius);
        prop_assume!(gueltigkeit::fehler(&flaeche).is_none());
        prop_assume!(ortsteile.iter().chain(&grenze).all(|f| gueltigkeit::fehler(f).is_none()));

        let teile = Netz::neu(gebiete(ortsteile.clone()), grenze.clone()).teile(&flaeche);

        let ganz = flaeche.unsigned_area();
        let toleranz = 1e-3 + 1e-6 * ganz;
        prop_assert!((teile.innerhalb_m2() + teile.ausserhalb_m2 - ganz).abs() < toleranz);
        prop_assert!(teile.anteile.iter().all(|(_, m2)| *m2 > 0.0));
        prop_assert!(teile.anteile.is_sorted_by(|a, b| a.0 < b.0));
        let mut rest = grenze.map_or(flaeche.clone(), |g| flaeche.intersection(&g));
        prop_assert!((ganz - rest.unsigned_area() - teile.ausserhalb_m2).abs() < toleranz);
        for (id, o) in (1..).zip(&ortsteile) {
            let soll = rest.intersection(o).unsigned_area();
            prop_assert!((soll - m2(&teile, id)).abs() < toleranz, "{} {:?}", soll, teile);
            rest = rest.difference(o);
        }
        prop_assert!((rest.unsigned_area() - m2(&teile, 0)).abs() < toleranz);
    }

    /// summe = gebiet + ueberlappung − luecke in every region, for any heap of areas.
    #[test]
    fn the_check_rows_add_up(saat in 0_u64..u64::MAX) {
        let mut w = Wuerfel::neu(saat);
        let ortsteile: Vec<_> = (0..3).map(|_| w.flaeche(400.0, 250.0)).collect();
        let grenze = (w.ganz(4) > 0).then(|| w.flaeche(300.0, 400.0));
        let mut flaechen: Vec<_> = (0..12).map(|_| w.flaeche(400.0, 120.0)).collect();
        flaechen.push(flaechen[0].clone());
        flaechen.retain(|f| gueltigkeit::fehler(f).is_none());
        prop_assume!(ortsteile.iter().chain(&grenze).all(|f| gueltigkeit::fehler(f).is_none()));

        let netz = Netz::neu(gebiete(ortsteile), grenze.clone());
        let alle: Vec<_> = flaechen.iter().collect();
        let teile = netz.teile_alle(&alle, 1);
        let s = schluss(&netz, &alle, &teile);

        for g in &s.gebiete {
            let rest = g.summe_m2 - g.gebiet_m2 - g.ueberlappung_m2 + g.luecke_m2;
            prop_assert!(rest.abs() < 0.01, "{:?}", g);
            prop_assert!(g.luecke_m2 >= 0.0 && g.ueberlappung_m2 >= 0.0);
        }
        let plan = s.gebiet(GANZER_PLAN).copied().unwrap_or_default();
        if let Some(g) = &grenze {
            prop_assert!((plan.gebiet_m2 - g.unsigned_area()).abs() < 0.01);
            let gleichsinnig: Vec<_> = flaechen.iter().map(|f| f.orient(Direction::Default)).collect();
            let bedeckt = geo::unary_union(&gleichsinnig);
            let luecke = g.difference(&bedeckt).unsigned_area();
            prop_assert!((plan.luecke_m2 - luecke).abs() < 0.01, "{} {:?}", luecke, plan);
        }
        let gesamt: f64 = flaechen.iter().map(Area::unsigned_area).sum();
        prop_assert!((plan.summe_m2 + s.ausserhalb_m2 - gesamt).abs() < 0.01);
        for stelle in &s.ueberlappungen {
            prop_assert!(stelle.flaechen.len() >= 2, "{:?}", stelle);
        }
        prop_assert!(s.luecken.is_sorted_by(|a, b| a.m2 >= b.m2));
    }
}

#[test]
fn a_partition_closes_without_a_residue() {
    let d = daten::erzeuge([40, 25], [3, 2]);
    let netz = Netz::neu(d.ortsteile.clone(), Some(d.geltungsbereich.clone()));
    let flaechen: Vec<_> = d.flaechen.iter().map(|f| &f.geom).collect();
    assert!(flaechen.iter().all(|f| gueltigkeit::fehler(f).is_none()));
    let nutzungen: BTreeSet<u8> = d.flaechen.iter().map(|f| f.nutzung).collect();
    assert_eq!(nutzungen, (0..16).collect());
    let teile = netz.teile_alle(&flaechen, 2);
    assert_eq!(teile, netz.teile_alle(&flaechen, 1));
    for (f, t) in flaechen.iter().zip(&teile) {
        assert!((t.innerhalb_m2() - f.unsigned_area()).abs() < 1e-4, "{t:?}");
        assert!(t.ausserhalb_m2 < 1e-9);
    }
    let s = schluss(&netz, &flaechen, &teile);
    assert!(s.luecken.is_empty() && s.ueberlappungen.is_empty());
    for g in &s.gebiete {
        assert!(g.luecke_m2 <= 0.0 && g.ueberlappung_m2 <= 0.0, "{g:?}");
        assert!((g.summe_m2 - g.gebiet_m2).abs() < 0.01, "{g:?}");
    }
    // One area taken out is one gap, one twice is one overlap.
    let mut anders = flaechen.clone();
    let fehlt = anders.remove(517);
    anders.push(flaechen[3]);
    let s = schluss(&netz, &anders, &netz.teile_alle(&anders, 1));
    assert!((s.gebiete[0].luecke_m2 - fehlt.unsigned_area()).abs() < 1e-3);
    assert!((s.gebiete[0].ueberlappung_m2 - flaechen[3].unsigned_area()).abs() < 1e-3);
    assert_eq!(s.luecken.len(), 1);
    assert_eq!(s.ueberlappungen[0].flaechen, [3, 999]);
}

#[test]
fn a_long_and_ragged_border_stays_fast() {
    let mut w = Wuerfel::neu(7);
    // Bays some kilometres deep, a point every 3 m, each off by up to 2 m.
    let ring = (0..50_000)
        .map(|i| {
            let winkel = std::f64::consts::TAU * f64::from(i) / 50_000.0;
            let radius = 15_000.0 + 4_000.0 * (9.0 * winkel).sin() + w.zwischen(-2.0, 2.0);
            Coord {
                x: 641_000.0 + radius * winkel.cos(),
                y: 5_323_000.0 + radius * winkel.sin(),
            }
        })
        .collect();
    let ortsteil = MultiPolygon(vec![Polygon::new(LineString(ring), Vec::new())]);
    let flaechen: Vec<_> = (0..2_000).map(|_| w.flaeche(18_000.0, 90.0)).collect();
    let start = std::time::Instant::now();
    let netz = Netz::neu(gebiete(vec![ortsteil]), None);
    let teile = netz.teile_alle(&flaechen.iter().collect::<Vec<_>>(), 1);
    // About 0.5 s; testing each area against 50,000 edges takes minutes unoptimised.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    assert!(teile.iter().any(|t| t.anteile.len() == 2));
}
