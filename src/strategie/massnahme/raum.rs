//! Places of a question as shapes in EPSG:25832.

use geo_types::{Geometry, MultiPolygon, Point, Rect};
use sqlx::PgConnection;

use super::frage::Frage;
use super::werte::{lies, teile};
use crate::db::geom::{Geom, ewkb};
use crate::error::{Error, Result};
use crate::fnp::plan::{self, Fassung};
use crate::gemeinde::flurstueck::Kennzeichen;
use crate::strategie::suchraum;

/// Largest search radius, metres.
const ABSTAND_MAX: f64 = 50_000.0;

pub(super) async fn im_plan(
    conn: &mut PgConnection,
    frage: &Frage,
) -> Result<(Option<Fassung>, Option<Vec<i64>>)> {
    if frage.nutzung.is_none() && frage.flaeche.is_none() {
        if frage.plan.is_some() {
            return Err(Error::parameter(
                "plan",
                "Ein Plan wird nur zusammen mit einer Nutzung oder Fläche gebraucht (nutzung, flaeche).",
            ));
        }
        return Ok((None, None));
    }
    let plan = match plan::waehle(conn, frage.plan.as_deref()).await {
        Err(Error::NichtGefunden(text)) => return Err(Error::parameter("plan", text)),
        anderes => anderes?,
    };
    if !plan.aktuell {
        return Err(Error::parameter(
            "plan",
            format!(
                "Maßnahmen sind nur mit der aktuellen Fassung eines Plans verschnitten; bitte plan={} ohne Fassung angeben.",
                plan.kennung
            ),
        ));
    }
    let Some(flaechen) = frage.flaeche.as_deref() else {
        return Ok((Some(plan), None));
    };
    let kennungen: Vec<String> = teile("flaeche", flaechen)?.map(str::to_owned).collect();
    let gefunden = sqlx::query!(
        "SELECT kennung, ordnung FROM flaeche WHERE fassung_id = $1 AND kennung = ANY ($2)",
        plan.id,
        &kennungen
    )
    .fetch_all(conn)
    .await?;
    if let Some(fehlt) = kennungen
        .iter()
        .find(|k| !gefunden.iter().any(|g| g.kennung == **k))
    {
        return Err(Error::parameter(
            "flaeche",
            format!(
                "Eine Fläche mit der Kennung „{fehlt}“ hat der Plan „{}“ nicht. Alle stehen unter /collections/fnp_flaechen_{}/items.",
                plan.kennung, plan.kennung
            ),
        ));
    }
    Ok((
        Some(plan),
        Some(gefunden.into_iter().map(|g| g.ordnung).collect()),
    ))
}

/// Polygons, rectangle and parcels; each of them must be met.
pub(super) async fn raum(conn: &mut PgConnection, frage: &Frage) -> Result<Option<Vec<Vec<u8>>>> {
    let mut formen = Vec::new();
    if let Some(polygon) = &frage.polygon {
        formen.push(ewkb(&Geometry::MultiPolygon(polygon.clone()))?);
    }
    if let Some(text) = &frage.polygon_text {
        let polygon = suchraum::lies(conn, text)
            .await
            .map_err(als_parameter("polygon"))?;
        formen.push(ewkb(&Geometry::MultiPolygon(polygon))?);
    }
    if let Some(text) = &frage.bbox {
        formen.push(ewkb(&Geometry::MultiPolygon(bbox(conn, text).await?))?);
    }
    if let Some(text) = &frage.flurstueck {
        let kennzeichen = teile("flurstueck", text)?
            .map(kennzeichen)
            .collect::<Vec<String>>();
        formen.push(ewkb(&flurstuecke(conn, "flurstueck", &kennzeichen).await?)?);
    }
    Ok((!formen.is_empty()).then_some(formen))
}

fn als_parameter(name: &'static str) -> impl Fn(Error) -> Error {
    move |fehler| match fehler {
        Error::Eingabe(text) => Error::parameter(name, text),
        anderer => anderer,
    }
}

/// A Kennzeichen in any written form.
#[must_use]
pub fn kennzeichen(text: &str) -> String {
    Kennzeichen::lies(text).map_or_else(|| text.to_owned(), |k| k.to_string())
}

/// Parcels as one shape; an unknown one is refused as parameter `name`.
pub async fn flurstuecke(
    conn: &mut PgConnection,
    name: &str,
    kennzeichen: &[String],
) -> Result<Geometry<f64>> {
    let zeile = sqlx::query!(
        r#"SELECT st_multi(st_unaryunion(st_collect(geom))) AS "geom: Geom", count(*) AS "zahl!",
             (SELECT k FROM unnest($1::text[]) k WHERE NOT EXISTS (SELECT FROM flurstueck f WHERE f.kennzeichen = k) LIMIT 1) AS fehlt
           FROM flurstueck WHERE kennzeichen = ANY ($1)"#,
        kennzeichen
    )
    .fetch_one(conn)
    .await?;
    match (zeile.geom, zeile.fehlt) {
        (Some(geom), None) => Ok(geom.geometry),
        (_, fehlt) => Err(Error::parameter(
            name,
            format!(
                "Ein Flurstück mit dem Kennzeichen „{}“ gibt es nicht. Suchen lässt sich unter /flurstuecke?nummer=1234/5.",
                fehlt.unwrap_or_default()
            ),
        )),
    }
}

/// Numbers between commas.
fn zahlen(text: &str) -> Option<Vec<f64>> {
    text.split(',')
        .map(|teil| teil.trim().parse::<f64>().ok().filter(|z| z.is_finite()))
        .collect()
}

async fn bbox(conn: &mut PgConnection, text: &str) -> Result<MultiPolygon<f64>> {
    let falsch = || {
        Error::parameter(
            "bbox",
            format!(
                "„{text}“ ist kein Rechteck. Erwartet wird west,süd,ost,nord, zum Beispiel 10.85,48.03,10.90,48.06, oder dasselbe in Metern (EPSG:25832)."
            ),
        )
    };
    let zahlen = zahlen(text).ok_or_else(falsch)?;
    let [west, sued, ost, nord] = zahlen[..] else {
        return Err(falsch());
    };
    if west >= ost || sued >= nord {
        return Err(falsch());
    }
    suchraum::rechteck(conn, Rect::new((west, sued), (ost, nord)))
        .await
        .map_err(als_parameter("bbox"))
}

pub(super) async fn umkreis(
    conn: &mut PgConnection,
    frage: &Frage,
) -> Result<(Option<Vec<u8>>, Option<f64>)> {
    let (nahe, abstand) = match (&frage.nahe, &frage.abstand) {
        (None, None) => return Ok((None, None)),
        (Some(nahe), Some(abstand)) => (nahe.as_str(), abstand.as_str()),
        (None, Some(_)) => {
            return Err(Error::parameter(
                "abstand",
                "Zu einem Abstand gehört ein Ort, zum Beispiel nahe=10.88,48.05&abstand=500.",
            ));
        }
        (Some(_), None) => {
            return Err(Error::parameter(
                "nahe",
                "Zu nahe gehört ein Abstand in Metern, zum Beispiel nahe=10.88,48.05&abstand=500.",
            ));
        }
    };
    let meter = meter(abstand)?;
    let form = match nahe.split_once(':') {
        Some(("massnahme", kennung)) => massnahme(conn, kennung.trim()).await?,
        Some(("flurstueck", text)) => {
            flurstuecke(conn, "nahe", &[kennzeichen(text.trim())]).await?
        }
        Some(("ortsteil", kennung)) => ortsteil(conn, kennung.trim()).await?,
        _ => Geometry::Point(punkt(conn, "nahe", nahe).await?),
    };
    Ok((Some(ewkb(&form)?), Some(meter)))
}

/// A radius in metres.
pub fn meter(abstand: &str) -> Result<f64> {
    abstand
        .replace(',', ".")
        .parse::<f64>()
        .ok()
        .filter(|m| (0.0..=ABSTAND_MAX).contains(m))
        .ok_or_else(|| {
            Error::parameter(
                "abstand",
                format!("„{abstand}“ ist kein Abstand in Metern zwischen 0 und {ABSTAND_MAX:.0}."),
            )
        })
}

/// A point as longitude,latitude or easting,northing (EPSG:25832), told apart by the numbers.
pub async fn punkt(conn: &mut PgConnection, name: &str, text: &str) -> Result<Point<f64>> {
    let falsch = || {
        Error::parameter(
            name,
            format!(
                "„{text}“ ist kein Ort. Erwartet wird Länge,Breite (10.88,48.05) oder Ost,Nord in EPSG:25832 (640300,5324500)."
            ),
        )
    };
    let zahlen = zahlen(text).ok_or_else(falsch)?;
    let [x, y] = zahlen[..] else {
        return Err(falsch());
    };
    suchraum::punkt(conn, x, y)
        .await
        .map_err(|fehler| match fehler {
            Error::Eingabe(text) => Error::parameter(name, text),
            anderer => anderer,
        })
}

async fn massnahme(conn: &mut PgConnection, kennung: &str) -> Result<Geometry<f64>> {
    let geom = sqlx::query_scalar!(
        r#"SELECT st_collectionhomogenize(st_collect(o.geom)) AS "geom: Geom" FROM massnahme m LEFT JOIN massnahme_ort o ON o.massnahme_id = m.id WHERE m.kennung = $1 GROUP BY m.id"#,
        kennung
    )
    .fetch_optional(conn)
    .await?;
    match geom {
        Some(Some(geom)) => Ok(geom.geometry),
        Some(None) => Err(Error::parameter(
            "nahe",
            format!("Die Maßnahme „{kennung}“ hat keinen Ort, um den herum gesucht werden kann."),
        )),
        None => Err(Error::parameter(
            "nahe",
            format!("Eine Maßnahme mit der Kennung „{kennung}“ gibt es nicht."),
        )),
    }
}

async fn ortsteil(conn: &mut PgConnection, kennung: &str) -> Result<Geometry<f64>> {
    let gefunden = lies(conn, "ortsteil", Some(kennung))
        .await?
        .unwrap_or_default();
    let schluessel: Vec<String> = gefunden.into_iter().map(|e| e.schluessel).collect();
    let geom = sqlx::query_scalar!(
        r#"SELECT st_multi(st_unaryunion(st_collect(geom))) AS "geom!: Geom" FROM ortsteil WHERE kennung = ANY ($1)"#,
        &schluessel
    )
    .fetch_one(conn)
    .await?;
    Ok(geom.geometry)
}
