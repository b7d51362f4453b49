//! Whether a sent geometry can be stored: on the corners there are, inside the Gemeinde,
//! valid. What is wrong is told with the place, in the coordinates of the client.

use geo::{CoordsIter, MapCoords};
use geo_types::{Coord, Geometry, MultiPoint, Point};
use serde_json::Value;
use sqlx::PgConnection;

use super::geometrie::{Gesendet, falsch};
use super::vorgang::uebersetze;
use crate::db::geom::{Geom, SRID};
use crate::http::problem::Problem;

/// Puts the shape on stored corners of `relation` and checks it; EWKB as hexadecimal text.
pub async fn pruefe(
    conn: &mut PgConnection,
    gesendet: &Gesendet,
    relation: &str,
    bereich: &Value,
    stelle: &str,
) -> Result<String, Problem> {
    let roh = gesendet.gespeichert();
    if roh
        .coords_iter()
        .any(|o| !o.x.is_finite() || !o.y.is_finite() || o.x.abs() > 1e8 || o.y.abs() > 1e8)
    {
        return Err(ausserhalb(gesendet, &roh, stelle, false));
    }
    let ecken = sqlx::query!(
        r#"SELECT x AS "x!", y AS "y!" FROM freigabe.eckpunkte($1::text::regclass, $2, $3)"#,
        relation,
        bereich,
        Geom {
            srid: SRID,
            geometry: roh
        } as Geom
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(uebersetze)?;
    let ecken: Vec<_> = ecken.into_iter().map(|e| (e.x, e.y)).collect();
    let form = gesendet.auf_ecken(&ecken);
    let vertauscht = Gesendet {
        form: gesendet.form.map_coords(|o| Coord { x: o.y, y: o.x }),
        ..gesendet.clone()
    };
    let urteil = sqlx::query!(
        r#"SELECT (d).valid AS "gueltig!", (d).reason AS grund, st_x((d).location) AS x, st_y((d).location) AS y,
             u.u IS NULL OR st_coveredby(st_envelope(g), u.u) AS "innen!", coalesce(st_intersects(u.u, st_envelope(v)), false) AS "vertauscht!",
             encode(st_asewkb(g), 'hex') AS "ewkb!"
           FROM (SELECT $1::geometry AS g, $2::geometry AS v) s CROSS JOIN LATERAL st_isvaliddetail(g) d CROSS JOIN (SELECT gemeinde.umgriff() AS u) u"#,
        Geom { srid: SRID, geometry: form.clone() } as Geom,
        Geom { srid: SRID, geometry: endlich(vertauscht.gespeichert()) } as Geom,
    )
    .fetch_one(conn)
    .await
    .map_err(uebersetze)?;
    if !urteil.innen {
        return Err(ausserhalb(gesendet, &form, stelle, urteil.vertauscht));
    }
    if !urteil.gueltig {
        let wo = match (urteil.x, urteil.y) {
            (Some(x), Some(y)) => format!(" bei {}", gesendet.wie_gesendet(x, y)),
            _ => String::new(),
        };
        return Err(falsch(
            stelle,
            format!(
                "Die Geometrie ist ungültig: {}{wo}. Bitte dort berichtigen; sie wird nicht selbsttätig repariert.",
                grund(urteil.grund.as_deref().unwrap_or_default())
            ),
        ));
    }
    Ok(urteil.ewkb)
}

/// Coordinates swapped may be no place at all.
fn endlich(form: Geometry<f64>) -> Geometry<f64> {
    if form
        .coords_iter()
        .all(|o| o.x.is_finite() && o.y.is_finite())
    {
        form
    } else {
        MultiPoint(vec![Point::new(0.0, 0.0)]).into()
    }
}

fn ausserhalb(
    gesendet: &Gesendet,
    form: &Geometry<f64>,
    stelle: &str,
    vertauscht: bool,
) -> Problem {
    let ort = form
        .coords_iter()
        .next()
        .map(|o| gesendet.wie_gesendet(o.x, o.y))
        .unwrap_or_default();
    let rat = if vertauscht {
        " Die Achsen sind wohl vertauscht: mit getauschten Werten läge sie in der Gemeinde."
    } else {
        " Bitte Koordinatensystem (Content-Crs) und Reihenfolge der Achsen prüfen."
    };
    falsch(
        stelle,
        format!("Die Geometrie liegt außerhalb der Gemeinde, zum Beispiel bei {ort}.{rat}"),
    )
}

/// What GEOS says, in German.
fn grund(text: &str) -> &'static str {
    match text {
        "Self-intersection" => "die Grenze schneidet sich selbst",
        "Ring Self-intersection" => "ein Ring berührt oder schneidet sich selbst",
        "Hole lies outside shell" => "ein Loch liegt außerhalb der Fläche",
        "Holes are nested" => "ein Loch liegt in einem anderen",
        "Interior is disconnected" => "Löcher zerteilen die Fläche",
        "Nested shells" => "ein Teil liegt in einem anderen",
        "Duplicate Rings" | "Duplicate rings" => "ein Ring steht doppelt",
        "Too few points in geometry component" => "ein Teil hat zu wenige verschiedene Ecken",
        _ => "ihr Aufbau stimmt nicht",
    }
}
