//! The places of measures: the columns that fit their kind, shapes, areas of plans, and
//! whether they lie in the Gemeinde.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::lesen::{Saetze, Satz};
use super::ort::{self, Deutung};
use super::spalten::Art;
use super::verzeichnis::Verzeichnis;
use crate::db::geom::ewkb;
use crate::error::{Error, Result};
use crate::fnp::zahl::dezimal;
use crate::gemeinde::flurstueck::Suche;
use crate::gemeinde::flurstueck_store::{self, Gemarkung};
use crate::import::bericht::{Bericht, gemeint};
use crate::import::crs::Umrechner;
use crate::strategie::raumbezug;

/// Farther from the border than this a place is a mistake, nearer it may be meant; metres.
const ENTFERNT_M: f64 = 5_000.0;

/// Reads shapes, checks kinds, areas and position.
pub async fn pruefe(
    conn: &mut PgConnection,
    saetze: &mut Saetze,
    verzeichnis: &Verzeichnis,
    bericht: &mut Bericht,
) -> Result<()> {
    let mut umrechner = Umrechner::default();
    let mut deutungen: HashMap<Deutung, (Satz, usize)> = HashMap::new();
    for satz in saetze.alle.entry(Art::Gebiet).or_default() {
        if satz.text("wkt").is_empty() {
            // An empty cell does not take an area its border.
            satz.felder.remove("geom");
            continue;
        }
        match ort::wkt(satz.text("wkt"), 2, &mut umrechner).and_then(|g| hex(&g)) {
            Ok(form) => {
                satz.felder.insert("geom".into(), json!(form));
            }
            Err(text) => bericht.fehler(satz.zelle("wkt"), text),
        }
    }
    flurstuecke(
        conn,
        saetze.alle.entry(Art::Raumbezug).or_default(),
        bericht,
    )
    .await?;
    for satz in saetze.alle.entry(Art::Raumbezug).or_default() {
        if bericht.voll() {
            return Ok(());
        }
        if let Some(deutung) = pruefe_ort(satz, &mut umrechner, bericht) {
            deutungen
                .entry(deutung)
                .or_insert_with(|| (satz.clone(), 0))
                .1 += 1;
        }
    }
    for (deutung, (satz, zahl)) in deutungen {
        let weitere = if zahl > 1 {
            format!(" So auch in {} weiteren Zeilen.", zahl - 1)
        } else {
            String::new()
        };
        let text = match deutung {
            Deutung::Meter => continue,
            Deutung::MeterVertauscht => {
                "Der Nordwert steht vor dem Ostwert; das Paar wurde vertauscht gelesen."
            }
            Deutung::Grad => {
                "Als Breite und Länge (WGS 84) gelesen und nach EPSG:25832 umgerechnet."
            }
        };
        bericht.hinweis(satz.zelle("koordinaten"), format!("{text}{weitere}"));
    }
    let orte: Vec<&Satz> = saetze.von(Art::Raumbezug).collect();
    ausserhalb(conn, &orte, bericht).await?;
    pruefe_flaechen(conn, &orte, verzeichnis, bericht).await
}

/// The columns that fit the kind of place, and the geometry.
fn pruefe_ort(
    satz: &mut Satz,
    umrechner: &mut Umrechner,
    bericht: &mut Bericht,
) -> Option<Deutung> {
    let art = satz.wert("art").unwrap_or_default().to_owned();
    let braucht = raumbezug::braucht(&art);
    let mut deutung = None;
    for spalte in ["ortsteil", "plan", "flaeche", "wkt", "grund"] {
        let text = satz.text(spalte).to_owned();
        let koordinaten = satz.text("koordinaten").to_owned();
        if spalte == "wkt"
            && art == "flaeche"
            && text.is_empty()
            && !satz.text("flurstueck").is_empty()
        {
            continue; // its shape is that of the parcel
        }
        if spalte == "wkt" && art == "punkt" && text.is_empty() && !koordinaten.is_empty() {
            match ort::punkt(&koordinaten, umrechner).and_then(|(g, d)| Ok((hex(&g)?, d))) {
                Ok((form, gelesen)) => {
                    satz.felder.insert("geom".into(), json!(form));
                    deutung = Some(gelesen);
                }
                Err(text) => bericht.fehler(satz.zelle("koordinaten"), text),
            }
        } else if braucht.contains(&spalte) && text.is_empty() {
            bericht.fehler(
                satz.zelle(spalte),
                format!("Ein Raumbezug der Art „{art}“ braucht einen Wert in der Spalte {spalte}."),
            );
        } else if !braucht.contains(&spalte) && !text.is_empty() {
            let noetig = if braucht.is_empty() {
                "keine weitere Angabe".to_owned()
            } else {
                format!("nur {}", braucht.join(" und "))
            };
            bericht.fehler(
                satz.zelle(spalte),
                format!(
                    "Ein Raumbezug der Art „{art}“ hat hier keinen Wert; zu ihm gehört {noetig}."
                ),
            );
        } else if spalte == "wkt"
            && let Some(dimension) = raumbezug::dimension(&art)
        {
            match ort::wkt(&text, dimension, umrechner).and_then(|g| hex(&g)) {
                Ok(form) => {
                    satz.felder.insert("geom".into(), json!(form));
                }
                Err(text) => bericht.fehler(satz.zelle(spalte), text),
            }
        }
    }
    if !satz.text("flurstueck").is_empty() && (art != "flaeche" || !satz.text("wkt").is_empty()) {
        bericht.fehler(
            satz.zelle("flurstueck"),
            "Ein Flurstück gehört zu einem Raumbezug der Art „flaeche“ ohne Geometrie.",
        );
    }
    if !satz.text("koordinaten").is_empty() && (art != "punkt" || !satz.text("wkt").is_empty()) {
        bericht.fehler(
            satz.zelle("koordinaten"),
            "Koordinaten gehören zu einem Raumbezug der Art „punkt“ ohne Geometrie.",
        );
    }
    deutung
}

/// Shapes of parcels, looked up as everywhere else ([`Suche`]).
async fn flurstuecke(
    conn: &mut PgConnection,
    saetze: &mut [Satz],
    bericht: &mut Bericht,
) -> Result<()> {
    if saetze.iter().all(|satz| satz.text("flurstueck").is_empty()) {
        return Ok(());
    }
    let gemarkungen = flurstueck_store::gemarkungen(conn).await?;
    let mut formen: HashMap<String, Result<String, String>> = HashMap::new();
    for satz in saetze {
        let text = satz.text("flurstueck").to_owned();
        if text.is_empty() {
            continue;
        }
        if !formen.contains_key(&text) {
            let form = flurstueck(conn, &gemarkungen, &text).await?;
            formen.insert(text.clone(), form);
        }
        match &formen[&text] {
            Ok(form) => {
                satz.felder.insert("geom".into(), json!(form));
                if satz.text("genauigkeit").is_empty() {
                    satz.felder
                        .insert("genauigkeit".into(), json!("flurstuecksscharf"));
                }
            }
            Err(satz_) => bericht.fehler(satz.zelle("flurstueck"), satz_.clone()),
        }
    }
    Ok(())
}

/// The shape of the one parcel a cell means, or why there is none.
async fn flurstueck(
    conn: &mut PgConnection,
    gemarkungen: &[Gemarkung],
    text: &str,
) -> Result<Result<String, String>> {
    if gemarkungen.is_empty() {
        return Ok(Err("Flurstücke sind in dieser Datenbank noch nicht eingelesen. Bitte zuerst „zielraum import flurstuecke“ ausführen, oder Geometrie oder Koordinaten angeben.".to_owned()));
    }
    let Some(gesucht) = Suche::lies(text) else {
        return Ok(Err("Das ist kein Flurstück. Gebraucht wird das Kennzeichen oder Gemarkung und Nummer (Musterdorf 123/4).".to_owned()));
    };
    let mut treffer = match flurstueck_store::suche_in(conn, gemarkungen, &gesucht).await {
        Err(Error::NichtGefunden(satz)) => return Ok(Err(satz)),
        treffer => treffer?,
    };
    // Whoever looks around is shown 123/4 for 123 too; a measure must not lie on a guess.
    if let Suche::Nummer {
        zaehler,
        nenner: None,
        ..
    } = gesucht
    {
        treffer.retain(|f| f.nummer == zaehler.to_string());
    }
    Ok(match &treffer[..] {
        [eines] => Ok(sqlx::query_scalar!(
            r#"SELECT upper(encode(st_asewkb(geom, 'NDR'), 'hex')) AS "form!" FROM flurstueck WHERE kennzeichen = $1"#,
            eines.kennzeichen
        )
        .fetch_one(conn)
        .await?),
        [] => Err("Dieses Flurstück gibt es nicht. Gebraucht wird das Kennzeichen oder Gemarkung und Nummer (Musterdorf 123/4).".to_owned()),
        mehrere => Err(format!("Diese Nummer tragen {} Flurstücke. Bitte die Gemarkung davor schreiben (Musterdorf 123/4) oder das Kennzeichen nennen.", mehrere.len())),
    })
}

/// EWKB as PostgreSQL's text input takes it.
fn hex(geometrie: &geo_types::Geometry<f64>) -> Result<String, String> {
    let bytes = ewkb(geometrie).map_err(|cause| cause.to_string())?;
    Ok(bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02X}");
            text
        }))
}

/// Places that do not touch the Gemeinde: far off is a mistake, near may be meant.
async fn ausserhalb(conn: &mut PgConnection, orte: &[&Satz], bericht: &mut Bericht) -> Result<()> {
    let mit_form: Vec<(&Satz, &str)> = orte
        .iter()
        .filter_map(|satz| Some((*satz, satz.wert("geom").filter(|g| g.starts_with("01"))?)))
        .collect();
    if mit_form.is_empty() {
        return Ok(());
    }
    let formen: Vec<String> = mit_form
        .iter()
        .map(|(_, form)| (*form).to_owned())
        .collect();
    let gefunden = sqlx::query!(
        r#"WITH gebiet AS (
             SELECT coalesce((SELECT st_union(geom) FROM gemeinde), (SELECT st_union(geom) FROM ortsteil)) AS geom
           )
           SELECT (o.nr - 1)::int AS "nr!", st_distance(o.form::geometry, g.geom) AS "meter!"
           FROM gebiet g, unnest($1::text[]) WITH ORDINALITY o (form, nr)
           WHERE g.geom IS NOT NULL AND NOT st_intersects(o.form::geometry, g.geom) ORDER BY 1"#,
        &formen
    )
    .fetch_all(&mut *conn)
    .await?;
    for zeile in gefunden {
        let Some((satz, _)) = usize::try_from(zeile.nr)
            .ok()
            .and_then(|nr| mit_form.get(nr))
        else {
            continue;
        };
        let spalte = if satz.text("wkt").is_empty() {
            "koordinaten"
        } else {
            "wkt"
        };
        let km = dezimal(zeile.meter / 1000.0, 1);
        if zeile.meter > ENTFERNT_M {
            bericht.fehler(
                satz.zelle(spalte),
                format!("Der Ort liegt außerhalb der Gemeinde, {km} km von ihrer Grenze. Bitte die Koordinaten prüfen; der Ostwert steht zuerst (EPSG:25832)."),
            );
        } else {
            bericht.hinweis(
                satz.zelle(spalte),
                format!("Der Ort liegt außerhalb der Gemeinde, {km} km von ihrer Grenze. Er wird übernommen."),
            );
        }
    }
    Ok(())
}

/// Areas must stand in the current Fassung of their plan, or be anchored already.
async fn pruefe_flaechen(
    conn: &mut PgConnection,
    orte: &[&Satz],
    verzeichnis: &Verzeichnis,
    bericht: &mut Bericht,
) -> Result<()> {
    let mut je_plan: HashMap<&str, Vec<(&str, &Satz)>> = HashMap::new();
    for satz in orte {
        let (plan, flaeche) = (satz.text("plan"), satz.text("flaeche"));
        if !plan.is_empty() && !flaeche.is_empty() {
            je_plan.entry(plan).or_default().push((flaeche, satz));
        }
    }
    for (kennung, flaechen) in je_plan {
        let Ok(plan) = verzeichnis.verweis("plan", kennung) else {
            continue;
        };
        let fassung: Option<i32> = plan.zusatz.as_deref().and_then(|id| id.parse().ok());
        let plan_id: Uuid = plan.id.parse().map_err(Error::intern)?;
        let gesucht: Vec<String> = flaechen
            .iter()
            .map(|(flaeche, _)| (*flaeche).to_owned())
            .collect();
        let gefunden = sqlx::query_scalar!(
            r#"SELECT kennung AS "kennung!" FROM flaeche WHERE fassung_id = $1 AND kennung = ANY ($3)
               UNION SELECT kennung FROM verweis WHERE plan_id = $2 AND kennung = ANY ($3)"#,
            fassung.unwrap_or(-1),
            plan_id,
            &gesucht
        )
        .fetch_all(&mut *conn)
        .await?;
        let fehlend: Vec<_> = flaechen
            .iter()
            .filter(|(flaeche, _)| !gefunden.iter().any(|g| g == flaeche))
            .collect();
        if fehlend.is_empty() {
            continue;
        }
        let alle = sqlx::query_scalar!(
            "SELECT kennung FROM flaeche WHERE fassung_id = $1 ORDER BY kennung",
            fassung.unwrap_or(-1)
        )
        .fetch_all(&mut *conn)
        .await?;
        for (flaeche, satz) in fehlend {
            bericht.fehler(
                satz.zelle("flaeche"),
                if alle.is_empty() {
                    format!("Der Plan „{kennung}“ hat noch keine Flächen. Zuerst „zielraum import fnp“.")
                } else {
                    format!(
                        "Die aktuelle Fassung des Plans „{kennung}“ hat keine Fläche mit dieser Kennung.{}",
                        gemeint(flaeche, alle.iter().map(String::as_str))
                    )
                },
            );
        }
    }
    Ok(())
}
