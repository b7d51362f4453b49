//! Copies, objects outside the Gemeinde, a plan of another Gemeinde.

use sqlx::{FromRow, PgConnection};

use crate::db::vorlage::Vorlage;
use crate::error::Result;
use crate::fnp::objekt::{Befund, Schwere};
use crate::fnp::plan::TEILPLAN;
use crate::fnp::zahl::{dezimal, hektar, prozent};

/// Borders drawn twice differ by slivers: below this share of the Gemeinde nothing is said.
const NENNENSWERT: f64 = 0.001;
/// Above this share it is a warning.
const AUFFAELLIG: f64 = 0.01;

/// Checks the loaded, not yet attached version `fassung` as a whole. `kopien`: ordnung of
/// whatever has its box in common with another object of its table; `ohne_ortsteil`: ordnung of the
/// areas of the Flächenschluss without a share in an Ortsteil.
///
/// # Errors
/// Those of the database.
pub async fn pruefe(
    conn: &mut PgConnection,
    fassung: i32,
    kopien: &[i64],
    ohne_ortsteil: &[i64],
) -> Result<Vec<Befund>> {
    let mut befunde = Vec::new();
    if !kopien.is_empty() {
        doppelte(conn, fassung, kopien, &mut befunde).await?;
    }
    ausserhalb(conn, fassung, ohne_ortsteil, &mut befunde).await?;
    gemeinde(conn, fassung, &mut befunde).await?;
    Ok(befunde)
}

fn ort(x: Option<f64>, y: Option<f64>) -> Option<[f64; 2]> {
    x.zip(y).map(|(x, y)| [x, y])
}

fn stelle(ort: Option<[f64; 2]>) -> String {
    ort.map_or_else(String::new, |[x, y]| format!(" bei {x:.2} {y:.2}"))
}

fn weitere(code: &str, schwere: Schwere, genannt: usize, alle: i64, was: &str) -> Option<Befund> {
    let rest = alle - i64::try_from(genannt).ok()?;
    (rest > 0).then(|| {
        Befund::neu(
            code,
            schwere,
            format!(
                "Weitere {rest} {was} sind nicht einzeln aufgeführt; insgesamt sind es {alle}."
            ),
        )
    })
}

#[derive(FromRow)]
struct Doppelt {
    art: i32,
    zahl: i64,
    namen: Vec<String>,
    klasse: String,
    m2: Option<f64>,
    x: Option<f64>,
    y: Option<f64>,
    alle: i64,
}

async fn doppelte(
    conn: &mut PgConnection,
    fassung: i32,
    kopien: &[i64],
    befunde: &mut Vec<Befund>,
) -> Result<()> {
    let gefunden: Vec<Doppelt> = Vorlage::der_fassung(fassung)
        .lies_bei(conn, include_str!("doppelt.sql"), kopien)
        .await?;
    let alle = gefunden.first().map_or(0, |d| d.alle);
    let genannt = gefunden.len();
    for d in gefunden {
        let ort = ort(d.x, d.y);
        let (schwere, folge) = if d.art == 1 {
            (
                Schwere::Warnung,
                "Ihre Fläche zählt mehrfach zur Bilanz und steht als Überlappung.",
            )
        } else {
            (Schwere::Hinweis, "Sie werden alle gezeigt.")
        };
        let groesse =
            d.m2.map_or_else(String::new, |m2| format!(" mit {} ha", hektar(m2, 4)));
        let mehr = if d.zahl > 10 { " …" } else { "" };
        befunde.push(Befund {
            code: "geometrie-doppelt".into(),
            schwere,
            klasse: Some(d.klasse.clone()),
            kennung: d.namen.first().cloned(),
            ort,
            text: format!(
                "{}-mal dieselbe Geometrie ({}{groesse}){}: {}{mehr}. {folge} Bitte in der Quelle bis auf eines löschen.",
                d.zahl,
                d.klasse,
                stelle(ort),
                d.namen.join(", ")
            ),
        });
    }
    befunde.extend(weitere(
        "geometrie-doppelt",
        Schwere::Warnung,
        genannt,
        alle,
        "Sätze gleicher Geometrien",
    ));
    Ok(())
}

#[derive(FromRow)]
struct Draussen {
    kennung: String,
    klasse: String,
    m2: Option<f64>,
    x: Option<f64>,
    y: Option<f64>,
    abstand_m: Option<f64>,
    alle: i64,
}

async fn ausserhalb(
    conn: &mut PgConnection,
    fassung: i32,
    ohne_ortsteil: &[i64],
    befunde: &mut Vec<Befund>,
) -> Result<()> {
    let gefunden: Vec<Draussen> = Vorlage::der_fassung(fassung)
        .lies_bei(conn, include_str!("ausserhalb.sql"), ohne_ortsteil)
        .await?;
    let alle = gefunden.first().map_or(0, |d| d.alle);
    let genannt = gefunden.len();
    for d in gefunden {
        let ort = ort(d.x, d.y);
        let groesse =
            d.m2.map_or_else(String::new, |m2| format!(" mit {} ha", hektar(m2, 4)));
        befunde.push(Befund {
            code: "ausserhalb-gemeinde".into(),
            schwere: Schwere::Warnung,
            klasse: Some(d.klasse.clone()),
            kennung: Some(d.kennung.clone()),
            ort,
            text: format!(
                "{} {}{groesse}{} liegt außerhalb der Gemeinde, {} m von ihrer Grenze. Bitte Lage und Bezugssystem prüfen.",
                d.klasse,
                d.kennung,
                stelle(ort),
                dezimal(d.abstand_m.unwrap_or(0.0), 0)
            ),
        });
    }
    befunde.extend(weitere(
        "ausserhalb-gemeinde",
        Schwere::Warnung,
        genannt,
        alle,
        "Objekte außerhalb der Gemeinde",
    ));
    Ok(())
}

#[derive(FromRow)]
struct Gemeindebezug {
    fremd: bool,
    des_plans: Option<String>,
    eigene: Option<String>,
    plan_art: Option<String>,
    bereich_m2: Option<f64>,
    gemeinde_m2: Option<f64>,
    draussen_m2: Option<f64>,
    ohne_plan_m2: Option<f64>,
    x: Option<f64>,
    y: Option<f64>,
}

async fn gemeinde(conn: &mut PgConnection, fassung: i32, befunde: &mut Vec<Befund>) -> Result<()> {
    let bezug: Vec<Gemeindebezug> = Vorlage::der_fassung(fassung)
        .lies(conn, include_str!("gemeinde.sql"))
        .await?;
    for b in bezug {
        if b.fremd {
            befunde.push(Befund {
                code: "gemeinde-fremd".into(),
                schwere: Schwere::Warnung,
                klasse: Some("XP_Gemeinde".into()),
                kennung: None,
                ort: ort(b.x, b.y),
                text: format!(
                    "Der Plan nennt die Gemeinde {}; eingelesen ist {}. Bitte prüfen, ob es die richtige Datei ist, und sonst den Gemeindeschlüssel im Plan berichtigen.",
                    b.des_plans.as_deref().unwrap_or_default(),
                    b.eigene.as_deref().unwrap_or_default()
                ),
            });
        }
        befunde.extend(bereich(&b));
    }
    Ok(())
}

/// A Teilplan covers a part by its nature: only what lies outside is told.
fn bereich(b: &Gemeindebezug) -> Option<Befund> {
    let (gemeinde, plan) = (b.gemeinde_m2?, b.bereich_m2?);
    let draussen = b.draussen_m2?;
    let ohne = if b.plan_art.as_deref() == Some(TEILPLAN) {
        0.0
    } else {
        b.ohne_plan_m2?
    };
    let anteil = draussen.max(ohne) / gemeinde;
    if anteil.is_nan() || anteil < NENNENSWERT {
        return None;
    }
    Some(Befund {
        code: "geltungsbereich-gemeinde".into(),
        schwere: if anteil > AUFFAELLIG {
            Schwere::Warnung
        } else {
            Schwere::Hinweis
        },
        klasse: Some("FP_Plan".into()),
        kennung: None,
        ort: ort(b.x, b.y),
        text: format!(
            "Der Geltungsbereich ({} ha) weicht vom Gemeindegebiet ({} ha) ab: {} ha liegen außerhalb der Gemeinde, {} ha der Gemeinde ({} %) sind ohne Plan. Bitte prüfen, ob Plan und Gemeindegrenze zusammengehören.",
            hektar(plan, 4),
            hektar(gemeinde, 4),
            hektar(draussen, 4),
            hektar(ohne, 4),
            prozent(ohne / gemeinde)
        ),
    })
}
