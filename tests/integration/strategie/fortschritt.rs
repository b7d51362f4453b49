//! Progress: Soll path, deviation, attainment, Ampel, age; against a second reckoning in Rust.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::types::Uuid;
use zielraum::db::audit;

use super::daten::am_stichtag;
use crate::support::{TestDb, datenbank};

const TAG: &str = "2025-06-30";

fn tag(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// One indicator in one place.
#[derive(Debug, Clone)]
struct Fall {
    richtung: &'static str,
    korridor: Option<(f64, f64)>,
    turnus: i32,
    ruht: bool,
    /// Day, kind, value in tenths.
    werte: Vec<(NaiveDate, &'static str, i32)>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Stand {
    soll: Option<f64>,
    abweichung: Option<f64>,
    grad: Option<f64>,
    ampel: String,
    aktualitaet: String,
}

/// The rules of strategie.md 3.3 written down once more, without sections, joins or windows.
fn rechne(fall: &Fall, heute: NaiveDate) -> Stand {
    let tage = |a: NaiveDate, b: NaiveDate| (a - b).num_days() as f64;
    let wert = |n: i32| f64::from(n) / 10.0;
    let ist = fall
        .werte
        .iter()
        .filter(|w| w.1 == "ist" && w.0 <= heute)
        .max_by_key(|w| w.0);
    let alter = ist.map(|w| tage(heute, w.0));
    let aktualitaet = match alter {
        _ if fall.ruht => "ruht",
        None => "ohne",
        Some(a) if a > f64::from(fall.turnus) * 30.44 * 2.0 => "veraltet",
        Some(a) if a > f64::from(fall.turnus) * 30.44 * 1.25 => "faellig",
        Some(_) => "aktuell",
    };
    let mut stand = Stand {
        ampel: if fall.ruht { "ruht" } else { "unbekannt" }.into(),
        aktualitaet: aktualitaet.into(),
        ..Stand::default()
    };
    let Some(ist) = ist else { return stand };
    let (am, x) = (ist.0, wert(ist.2));
    let basis = fall
        .werte
        .iter()
        .filter(|w| w.1 == "basis" && w.0 <= am)
        .max_by_key(|w| w.0);
    let naechste_basis = fall
        .werte
        .iter()
        .filter(|w| w.1 == "basis" && w.0 > am)
        .map(|w| w.0)
        .min();
    // Targets of this section: after its basis, before the next one; not on the day of any basis.
    let mut ziele: Vec<(NaiveDate, f64)> = fall
        .werte
        .iter()
        .filter(|w| {
            w.1 == "soll"
                && basis.is_none_or(|b| w.0 > b.0)
                && naechste_basis.is_none_or(|n| w.0 < n)
        })
        .map(|w| (w.0, wert(w.2)))
        .collect();
    ziele.sort_by_key(|z| z.0);
    let davor = ziele
        .iter()
        .copied()
        .rfind(|z| z.0 <= am)
        .or(basis.map(|b| (b.0, wert(b.2))));
    let danach = ziele.iter().copied().find(|z| z.0 > am);
    stand.soll = match (davor, danach) {
        (Some(v), Some(n)) => Some(v.1 + (n.1 - v.1) * tage(am, v.0) / tage(n.0, v.0)),
        (Some(v), None) if ziele.iter().any(|z| z.0 <= am) => Some(v.1),
        _ => None,
    };
    let ziel = ziele.last().map(|z| z.1);
    let nicht_null = |x: f64| (x != 0.0).then_some(x);
    if let Some((unten, oben)) = fall.korridor {
        let aussen = |x: f64| (unten - x).max(x - oben).max(0.0);
        let massstab = nicht_null(oben - unten)
            .or(nicht_null(oben.abs()))
            .unwrap_or(1.0);
        stand.abweichung = Some(-aussen(x) / massstab);
        stand.grad = Some(match basis.map(|b| aussen(wert(b.2))) {
            _ if aussen(x) == 0.0 => 1.0,
            None => 0.0,
            Some(anfang) if anfang > 0.0 => 1.0 - aussen(x) / anfang,
            Some(_) => -aussen(x) / massstab,
        });
    } else {
        let sign = if fall.richtung == "sinkt" { -1.0 } else { 1.0 };
        let b = basis.map(|b| wert(b.2));
        // Without a target of its section no scale is used: there is no Soll either.
        let massstab = b
            .zip(ziel)
            .and_then(|(b, z)| nicht_null((z - b).abs()))
            .or(ziel.and_then(|z| nicht_null(z.abs())))
            .unwrap_or(1.0);
        stand.abweichung = stand.soll.map(|soll| (x - soll) * sign / massstab);
        stand.grad = b.zip(ziel).map(|(b, z)| {
            if (z - b) * sign > 0.0 {
                (x - b) / (z - b)
            } else if (x - z) * sign >= 0.0 {
                1.0
            } else {
                (x - z) * sign / massstab
            }
        });
    }
    if let (false, Some(a)) = (fall.ruht, stand.abweichung) {
        stand.ampel = match a {
            a if a >= -0.05 => "im_plan",
            a if a >= -0.20 => "verzoegert",
            _ => "gefaehrdet",
        }
        .into();
    }
    stand
}

fn faelle() -> impl Strategy<Value = Fall> {
    let wert = (
        0..2600i64,
        prop_oneof![
            Just("ist"),
            Just("ist"),
            Just("soll"),
            Just("soll"),
            Just("basis"),
            Just("prognose")
        ],
        -60..120i32,
    );
    let tag = |n: i64| NaiveDate::from_ymd_opt(2018, 12, 31).unwrap() + chrono::Duration::days(n);
    (
        prop_oneof![Just("steigt"), Just("sinkt"), Just("korridor")],
        (-30..60i32, 0..40i32),
        prop_oneof![Just(1), Just(12), Just(60)],
        0..12u8,
        // Few days, so that kinds meet on one day.
        prop::collection::vec(wert, 0..9).prop_map(move |werte| {
            let mut gesehen = std::collections::BTreeMap::new();
            for (n, art, w) in werte {
                gesehen.insert((tag(n / 90 * 90), art), w);
            }
            gesehen
                .into_iter()
                .map(|((t, art), w)| (t, art, w))
                .collect::<Vec<_>>()
        }),
    )
        .prop_map(|(richtung, (unten, breite), turnus, ruht, werte)| Fall {
            richtung,
            korridor: (richtung == "korridor")
                .then(|| (f64::from(unten) / 10.0, f64::from(unten + breite) / 10.0)),
            turnus,
            ruht: ruht == 0,
            werte,
        })
}

async fn schreibe(db: &TestDb, faelle: &[Fall]) {
    let mut tx = audit::begin(&db.write, "test", "Fälle").await.unwrap();
    for (n, fall) in faelle.iter().enumerate() {
        let id = Uuid::from_u128(n as u128 + 1);
        sqlx::query("INSERT INTO kennzahl (id, kennung, titel, einheit, richtung, korridor, turnus_monate, ruht) VALUES ($1, $2, 'K', '1', $3, CASE WHEN $4::float8 IS NULL THEN NULL ELSE numrange($4::numeric, $5::numeric, '[]') END, $6, $7)")
            .bind(id)
            .bind(format!("k-{n:04}"))
            .bind(fall.richtung)
            .bind(fall.korridor.map(|k| k.0))
            .bind(fall.korridor.map(|k| k.1))
            .bind(fall.turnus)
            .bind(fall.ruht)
            .execute(&mut *tx)
            .await
            .unwrap();
        for (tag, art, wert) in &fall.werte {
            sqlx::query("INSERT INTO kennzahlwert (id, kennzahl_id, stichtag, art, wert) VALUES (gen_random_uuid(), $1, $2, $3, $4::numeric / 10)")
                .bind(id)
                .bind(tag)
                .bind(*art)
                .bind(*wert)
                .execute(&mut *tx)
                .await
                .unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// A row of the view.
type Zeile = (
    String,
    Option<f64>,
    Option<f64>,
    Option<f64>,
    String,
    String,
);

async fn lies(db: &TestDb, heute: &str) -> Vec<(String, Stand)> {
    let mut tx = am_stichtag(db, heute).await;
    let zeilen: Vec<Zeile> = sqlx::query_as(
        "SELECT k.kennung, s.soll::float8, s.abweichung::float8, s.grad::float8, s.ampel, s.aktualitaet FROM kennzahl_stand s JOIN kennzahl k ON k.id = s.kennzahl_id ORDER BY 1",
    )
    .fetch_all(&mut *tx)
    .await
    .unwrap();
    zeilen
        .into_iter()
        .map(|(kennung, soll, abweichung, grad, ampel, aktualitaet)| {
            (
                kennung,
                Stand {
                    soll,
                    abweichung,
                    grad,
                    ampel,
                    aktualitaet,
                },
            )
        })
        .collect()
}

fn gleich(a: &Stand, b: &Stand) -> bool {
    let nah = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9 * (1.0 + b.abs()),
        (a, b) => a == b,
    };
    // A deviation on the threshold itself may fall either way in f64.
    let grenze = b
        .abweichung
        .is_some_and(|a| (a + 0.05).abs() < 1e-9 || (a + 0.2).abs() < 1e-9);
    nah(a.soll, b.soll)
        && nah(a.abweichung, b.abweichung)
        && nah(a.grad, b.grad)
        && (grenze || a.ampel == b.ampel)
        && a.aktualitaet == b.aktualitaet
}

/// 500 random indicators, seen from three days, equal the reckoning in Rust.
#[tokio::test]
async fn random_paths_equal_the_oracle() {
    let db = datenbank().await;
    let mut runner = TestRunner::default();
    let faelle: Vec<Fall> = (0..500)
        .map(|_| faelle().new_tree(&mut runner).unwrap().current())
        .collect();
    schreibe(&db, &faelle).await;
    for heute in ["2019-06-30", "2022-01-01", TAG] {
        let gelesen = lies(&db, heute).await;
        assert_eq!(
            gelesen.len(),
            faelle.iter().filter(|f| !f.werte.is_empty()).count(),
            "one row per indicator with values"
        );
        let mut gemessen = 0;
        for (kennung, stand) in &gelesen {
            let fall = &faelle[kennung[2..].parse::<usize>().unwrap()];
            let erwartet = rechne(fall, tag(heute));
            gemessen += usize::from(erwartet.grad.is_some());
            assert!(
                gleich(stand, &erwartet),
                "{heute} {fall:#?}\nview: {stand:?}\nrust: {erwartet:?}"
            );
        }
        assert!(gemessen > 5, "{heute}: {gemessen} cases say something");
    }
    // The path the chart draws passes through the Soll of the view.
    let (gleich, alle): (i64, i64) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE abs(s.soll - CASE WHEN p.bis IS NULL THEN p.bis_wert ELSE p.von_wert + (p.bis_wert - p.von_wert) * (s.ist_am - p.von) / (p.bis - p.von) END) < 1e-9), count(*)
         FROM kennzahl_stand s LEFT JOIN kennzahl_pfad p ON p.kennzahl_id = s.kennzahl_id AND p.raum = coalesce(s.ortsteil_id, -1) AND p.von <= s.ist_am AND (p.bis > s.ist_am OR p.bis IS NULL)
         WHERE s.soll IS NOT NULL OR p.bis_wert IS NOT NULL",
    )
    .fetch_one(&db.write)
    .await
    .unwrap();
    assert!(alle > 20);
    assert_eq!(gleich, alle);
}

/// The edges by name, with figures worked out by hand.
#[expect(clippy::too_many_lines, reason = "one table: values, figures")]
#[tokio::test]
async fn edges_have_the_figures_worked_out_by_hand() {
    let db = datenbank().await;
    let fall = |richtung, korridor, werte: &[(&str, &'static str, i32)]| Fall {
        richtung,
        korridor,
        turnus: 12,
        ruht: false,
        werte: werte.iter().map(|(t, art, w)| (tag(t), *art, *w)).collect(),
    };
    let stand = |soll, abweichung, grad, ampel: &str, aktualitaet: &str| Stand {
        soll,
        abweichung,
        grad,
        ampel: ampel.into(),
        aktualitaet: aktualitaet.into(),
    };
    let faelle = [
        // no basis: only the target, no attainment
        (
            fall(
                "steigt",
                None,
                &[("2024-12-31", "soll", 100), ("2024-12-31", "ist", 90)],
            ),
            stand(Some(10.0), Some(-0.1), None, "verzoegert", "aktuell"),
        ),
        // target before the basis is not one of it
        (
            fall(
                "steigt",
                None,
                &[
                    ("2018-12-31", "soll", 100),
                    ("2020-12-31", "basis", 50),
                    ("2024-12-31", "ist", 90),
                ],
            ),
            stand(None, None, None, "unbekannt", "aktuell"),
        ),
        // hold: at the target 1, behind it below 0
        (
            fall(
                "steigt",
                None,
                &[
                    ("2018-12-31", "basis", 100),
                    ("2030-12-31", "soll", 100),
                    ("2024-12-31", "ist", 99),
                ],
            ),
            stand(Some(10.0), Some(-0.01), Some(-0.01), "im_plan", "aktuell"),
        ),
        // sinkt: half way in half the time, 2190 of 4380 days
        (
            fall(
                "sinkt",
                None,
                &[
                    ("2019-01-01", "basis", 50),
                    ("2030-12-29", "soll", 20),
                    ("2024-12-30", "ist", 35),
                ],
            ),
            stand(Some(3.5), Some(0.0), Some(0.5), "im_plan", "aktuell"),
        ),
        // a step back stays visible
        (
            fall(
                "sinkt",
                None,
                &[
                    ("2019-01-01", "basis", 50),
                    ("2030-12-29", "soll", 20),
                    ("2024-12-30", "ist", 56),
                ],
            ),
            stand(Some(3.5), Some(-0.7), Some(-0.2), "gefaehrdet", "aktuell"),
        ),
        // a limit that may be used up: more is allowed, but not beyond
        (
            fall(
                "sinkt",
                None,
                &[
                    ("2019-01-01", "basis", 100),
                    ("2024-12-31", "soll", 120),
                    ("2024-12-31", "ist", 125),
                ],
            ),
            stand(
                Some(12.0),
                Some(-0.25),
                Some(-0.25),
                "gefaehrdet",
                "aktuell",
            ),
        ),
        // actual value before the basis
        (
            fall(
                "steigt",
                None,
                &[
                    ("2024-12-31", "basis", 50),
                    ("2030-12-31", "soll", 100),
                    ("2023-12-31", "ist", 40),
                ],
            ),
            stand(None, None, None, "unbekannt", "faellig"),
        ),
        // no actual value
        (
            fall(
                "steigt",
                None,
                &[("2018-12-31", "basis", 50), ("2030-12-31", "soll", 100)],
            ),
            stand(None, None, None, "unbekannt", "ohne"),
        ),
        // corridor: no value is no good value; outside it, the way back is told
        (
            fall("korridor", Some((4.0, 6.0)), &[("2018-12-31", "basis", 80)]),
            stand(None, None, None, "unbekannt", "ohne"),
        ),
        (
            fall(
                "korridor",
                Some((4.0, 6.0)),
                &[("2018-12-31", "basis", 80), ("2024-12-31", "ist", 65)],
            ),
            stand(None, Some(-0.25), Some(0.75), "gefaehrdet", "aktuell"),
        ),
        // several targets: the stretch of the day counts, the scale is the whole way
        (
            fall(
                "steigt",
                None,
                &[
                    ("2020-01-01", "basis", 0),
                    ("2022-01-01", "soll", 80),
                    ("2026-01-01", "soll", 100),
                    ("2022-01-01", "ist", 70),
                ],
            ),
            stand(Some(8.0), Some(-0.1), Some(0.7), "verzoegert", "veraltet"),
        ),
        // basis and target of one day: the basis counts
        (
            fall(
                "steigt",
                None,
                &[
                    ("2020-01-01", "basis", 0),
                    ("2020-01-01", "soll", 80),
                    ("2030-01-01", "soll", 100),
                    ("2020-01-01", "ist", 0),
                ],
            ),
            stand(Some(0.0), Some(0.0), Some(0.0), "im_plan", "veraltet"),
        ),
        // measured anew: the new basis opens a path of its own
        (
            fall(
                "steigt",
                None,
                &[
                    ("2018-12-31", "basis", 0),
                    ("2030-12-31", "soll", 1000),
                    ("2024-12-31", "basis", 50),
                    ("2034-12-31", "soll", 100),
                    ("2024-12-31", "ist", 50),
                ],
            ),
            stand(Some(5.0), Some(0.0), Some(0.0), "im_plan", "aktuell"),
        ),
    ];
    schreibe(&db, &faelle.iter().map(|f| f.0.clone()).collect::<Vec<_>>()).await;
    for ((_, gelesen), (fall, erwartet)) in lies(&db, TAG).await.iter().zip(&faelle) {
        assert!(
            gleich(gelesen, erwartet),
            "{fall:#?}\nview: {gelesen:?}\nhand: {erwartet:?}"
        );
        assert!(
            gleich(&rechne(fall, tag(TAG)), erwartet),
            "the oracle itself: {fall:#?}"
        );
    }
}
