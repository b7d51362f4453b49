//! A small map of a measure as inline SVG: printed and read without script. EPSG:25832,
//! north up; land use of the plan in force, borders of Ortsteile, the measure on top.

use std::fmt::Write as _;

use sqlx::PgConnection;

use crate::error::Result;

/// The map; None for a measure without a place.
pub async fn svg(conn: &mut PgConnection, kennung: &str) -> Result<Option<String>> {
    let Some(rahmen) = sqlx::query!(
        r#"WITH ort AS (
             SELECT o.geom FROM massnahme_ort o JOIN massnahme m ON m.id = o.massnahme_id WHERE m.kennung = $1
             UNION ALL SELECT o.geom FROM raumbezug r JOIN massnahme m ON m.id = r.massnahme_id JOIN ortsteil o ON o.id = r.ortsteil_id WHERE m.kennung = $1
           ), e AS (SELECT st_extent(geom)::box2d AS b FROM ort HAVING count(*) > 0)
           SELECT st_xmin(b) AS "x0!", st_ymin(b) AS "y0!", st_xmax(b) AS "x1!", st_ymax(b) AS "y1!" FROM e"#,
        kennung
    )
    .fetch_optional(&mut *conn)
    .await?
    else {
        return Ok(None);
    };
    // Room around it, and a shape a page can hold.
    let (mx, my) = (
        f64::midpoint(rahmen.x0, rahmen.x1),
        f64::midpoint(rahmen.y0, rahmen.y1),
    );
    let halb_hoch = ((rahmen.y1 - rahmen.y0) * 0.65)
        .max((rahmen.x1 - rahmen.x0) * 0.65 / 1.6)
        .max(250.0);
    let halb_breit = halb_hoch * 1.6;
    let (x0, y0, x1, y1) = (
        mx - halb_breit,
        my - halb_hoch,
        mx + halb_breit,
        my + halb_hoch,
    );
    let breite = x1 - x0;
    let formen = sqlx::query_file!(
        "src/strategie/massnahme/lageplan.sql",
        kennung,
        x0,
        y0,
        x1,
        y1,
        breite / 800.0
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut t = format!(
        r#"<svg class="lageplan" viewBox="{x0:.0} {:.0} {breite:.0} {:.0}" role="img" aria-label="Lageplan der Maßnahme, Norden oben">"#,
        -y1,
        y1 - y0
    );
    for form in formen.iter().filter(|form| !form.d.is_empty()) {
        let titel = form.titel.as_deref().map(escape).unwrap_or_default();
        let _ = match form.art.as_str() {
            "nutzung" => write!(
                t,
                r#"<path d="{}" fill="{}" fill-opacity=".55"><title>{titel}</title></path>"#,
                form.d,
                form.farbe
                    .as_deref()
                    .filter(|f| f.starts_with('#'))
                    .unwrap_or("#FFFFFF")
            ),
            art => write!(
                t,
                r#"<path d="{}" class="lp-{art}"><title>{titel}</title></path>"#,
                form.d
            ),
        };
    }
    // A scale bar of a round length.
    let laenge = [50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0]
        .into_iter()
        .rev()
        .find(|l| *l < breite / 4.0)
        .unwrap_or(50.0);
    let (sx, sy, schrift) = (x0 + breite * 0.03, -y0 - breite * 0.02, breite * 0.024);
    let _ = write!(
        t,
        r#"<path d="M{sx:.1} {sy:.1} h{laenge:.0}" class="lp-massstab"/><text x="{sx:.1}" y="{:.1}" font-size="{schrift:.1}">{laenge:.0} m</text></svg>"#,
        sy - schrift * 0.5
    );
    Ok(Some(t))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
