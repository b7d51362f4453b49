//! The answer. SQL names no schema: the connection decides the world.

use chrono::NaiveDate;
use geo_types::Geometry;
use serde::Serialize;
use sqlx::PgConnection;

use super::darstellung::{self, Darstellung};
use super::ort::{self, Angabe, Ort};
use crate::db::geom::Geom;
use crate::error::Result;
use crate::fachdaten::store::{Betroffen, betroffen};
use crate::fnp::gebietsbilanz::{self, Gebietsbilanz};
use crate::fnp::plan::{self, Fassung};
use crate::strategie::massnahme::MassnahmeKurz;
use crate::strategie::massnahme::suche::massnahmen;

/// An Ortsteil, Flurstück or village-renewal area at the place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Raum {
    /// Kennung or Kennzeichen.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// What else there is to say: state of a procedure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zusatz: Option<String>,
    /// m² in common; None for a point.
    pub m2: Option<f64>,
}

/// A goal a plan serves or strains here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Zielwirkung {
    /// Kennung.
    pub kennung: String,
    /// Number.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// Name of the land use that does it.
    pub nutzung: String,
    /// −2 strains strongly … +2 serves strongly.
    pub wirkung: i16,
    /// Why.
    pub begruendung: Option<String>,
    /// m² of that land use here; None for a point.
    pub m2: Option<f64>,
}

/// What one plan says.
#[derive(Debug, Clone, Serialize)]
pub struct Planauskunft {
    /// Areas, balance, overlays.
    #[serde(flatten)]
    pub bilanz: Gebietsbilanz,
    /// Lines and points it draws here.
    pub linien_und_punkte: Vec<Darstellung>,
    /// Goals served or strained by it.
    pub ziele: Vec<Zielwirkung>,
}

/// A decision about a measure here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Beschluss {
    /// Kennung.
    pub kennung: String,
    /// Title.
    pub titel: String,
    /// Body.
    pub gremium: String,
    /// Day.
    pub datum: NaiveDate,
    /// Number of the paper.
    pub drucksache: Option<String>,
    /// Result.
    pub ergebnis: String,
    /// Address of the paper.
    pub url: Option<String>,
    /// Titles of the measures it is about.
    pub massnahmen: Vec<String>,
}

/// Everything known about the place.
#[derive(Debug, Clone, Serialize)]
pub struct Auskunft {
    /// The place.
    pub ort: Ort,
    /// Day progress and money are seen from.
    pub stichtag: NaiveDate,
    /// Ortsteile, largest part first.
    pub ortsteile: Vec<Raum>,
    /// Parcels, largest part first; at most [`FLURSTUECKE_MAX`].
    pub flurstuecke: Vec<Raum>,
    /// Parcels there are.
    pub flurstuecke_anzahl: i64,
    /// Village-renewal areas.
    pub dorferneuerung: Vec<Raum>,
    /// Each plan, in force first.
    pub plaene: Vec<Planauskunft>,
    /// Fachdaten by kind.
    pub fachdaten: Vec<Betroffen>,
    /// Measures that lie here.
    pub massnahmen: Vec<MassnahmeKurz>,
    /// Measures of the whole town.
    pub gesamtstadt: Vec<MassnahmeKurz>,
    /// Decisions about the measures that lie here.
    pub beschluesse: Vec<Beschluss>,
}

/// Parcels listed at most.
pub const FLURSTUECKE_MAX: i64 = 50;

/// Everything known about the place, of all plans or the one named.
///
/// # Errors
/// [`crate::error::Error::Aufruf`] for a place that does not exist,
/// [`crate::error::Error::NichtGefunden`] for an unknown plan.
pub async fn lies(conn: &mut PgConnection, angabe: Angabe, plan: Option<&str>) -> Result<Auskunft> {
    let ort = ort::finde(conn, angabe).await?;
    let plaene = match plan {
        Some(_) => vec![plan::waehle(conn, plan).await?],
        None => plan::alle(conn).await?,
    };
    let mut auskuenfte = Vec::with_capacity(plaene.len());
    for plan in plaene {
        auskuenfte.push(planauskunft(conn, plan, &ort).await?);
    }
    let antwort = massnahmen(conn, &ort.frage).await?;
    let kennungen: Vec<String> = antwort
        .massnahmen
        .iter()
        .map(|m| m.kennung.clone())
        .collect();
    let beschluesse = sqlx::query_file_as!(Beschluss, "src/hier/beschluesse.sql", &kennungen)
        .fetch_all(&mut *conn)
        .await?;
    let stichtag = sqlx::query_scalar!(r#"SELECT tag AS "tag!" FROM stichtag"#)
        .fetch_one(&mut *conn)
        .await?;
    let (flurstuecke, flurstuecke_anzahl) = flurstuecke(conn, &ort.form).await?;
    Ok(Auskunft {
        stichtag,
        ortsteile: ortsteile(conn, &ort.form).await?,
        flurstuecke,
        flurstuecke_anzahl,
        dorferneuerung: gebiete(conn, &ort.form).await?,
        fachdaten: fachdaten(conn, &ort).await?,
        plaene: auskuenfte,
        massnahmen: antwort.massnahmen,
        gesamtstadt: antwort.gesamtstadt,
        beschluesse,
        ort,
    })
}

async fn planauskunft(conn: &mut PgConnection, plan: Fassung, ort: &Ort) -> Result<Planauskunft> {
    let bilanz = gebietsbilanz::rechne(conn, &plan, &ort.form).await?;
    let linien_und_punkte = darstellung::lies(conn, plan.id, ort).await?;
    let mut nutzungen: Vec<String> = bilanz.flaechen.iter().map(|f| f.nutzung.clone()).collect();
    nutzungen.sort();
    nutzungen.dedup();
    let mut ziele = sqlx::query!(
        "SELECT z.kennung, z.nummer, z.titel, w.nutzung, n.name, w.wirkung, w.begruendung FROM ziel_nutzungsart_wirkung w JOIN ziel z ON z.id = w.ziel_id JOIN nutzung n ON n.schluessel = w.nutzung
         WHERE w.nutzung = ANY ($1) AND w.wirkung <> 0 ORDER BY w.wirkung DESC, z.nummer, z.kennung, n.reihenfolge",
        &nutzungen
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|zeile| Zielwirkung {
        m2: bilanz
            .zeilen
            .iter()
            .find(|z| z.nutzung == zeile.nutzung)
            .map(|z| z.summe_m2),
        kennung: zeile.kennung,
        nummer: zeile.nummer,
        titel: zeile.titel,
        nutzung: zeile.name,
        wirkung: zeile.wirkung,
        begruendung: zeile.begruendung,
    })
    .collect::<Vec<_>>();
    // An area that is drawn wrongly stands in no sum; at a point it still speaks.
    if bilanz.summen.is_some() {
        ziele.retain(|ziel| ziel.m2.is_some());
    }
    Ok(Planauskunft {
        bilanz,
        linien_und_punkte,
        ziele,
    })
}

async fn ortsteile(conn: &mut PgConnection, ort: &Geometry<f64>) -> Result<Vec<Raum>> {
    // A point on a border lies in the Ortsteil with the smaller number, as stored measures do.
    Ok(sqlx::query_as!(
        Raum,
        r#"SELECT o.kennung, o.name, NULL::text AS zusatz, x.m2 FROM ortsteil o
           CROSS JOIN LATERAL (SELECT CASE WHEN st_dimension($1::geometry) = 2 THEN st_area(st_intersection(o.geom, $1::geometry)) END AS m2) x
           WHERE o.geom && $1::geometry AND st_intersects(o.geom, $1::geometry) AND (x.m2 IS NULL OR x.m2 > 0.01)
           ORDER BY x.m2 DESC NULLS LAST, o.id LIMIT CASE WHEN st_dimension($1::geometry) = 2 THEN NULL ELSE 1 END"#,
        Geom::utm32(ort.clone()) as Geom
    )
    .fetch_all(conn)
    .await?)
}

async fn flurstuecke(conn: &mut PgConnection, ort: &Geometry<f64>) -> Result<(Vec<Raum>, i64)> {
    let zeilen = sqlx::query!(
        r#"SELECT f.kennzeichen, f.nummer, f.gemarkung, x.m2, count(*) OVER () AS "anzahl!" FROM flurstueck f
           CROSS JOIN LATERAL (SELECT CASE WHEN st_dimension($1::geometry) = 2 THEN st_area(st_intersection(f.geom, $1::geometry)) END AS m2) x
           WHERE f.geom && $1::geometry AND st_intersects(f.geom, $1::geometry) AND (x.m2 IS NULL OR x.m2 > 0.01)
           ORDER BY x.m2 DESC NULLS LAST, f.kennzeichen LIMIT $2"#,
        Geom::utm32(ort.clone()) as Geom,
        FLURSTUECKE_MAX
    )
    .fetch_all(conn)
    .await?;
    let anzahl = zeilen.first().map_or(0, |zeile| zeile.anzahl);
    let liste = zeilen.into_iter().map(|zeile| Raum {
        name: format!(
            "{}{}",
            zeile.nummer,
            zeile
                .gemarkung
                .map_or_else(String::new, |g| format!(", Gemarkung {g}"))
        ),
        kennung: zeile.kennzeichen,
        zusatz: None,
        m2: zeile.m2,
    });
    Ok((liste.collect(), anzahl))
}

async fn gebiete(conn: &mut PgConnection, ort: &Geometry<f64>) -> Result<Vec<Raum>> {
    Ok(sqlx::query_as!(
        Raum,
        r#"SELECT g.kennung, g.name, t.titel || ', ' || s.titel AS zusatz, x.m2 FROM gebiet g JOIN gebiet_typ t ON t.schluessel = g.typ JOIN gebiet_stand s ON s.schluessel = g.stand
           CROSS JOIN LATERAL (SELECT CASE WHEN st_dimension($1::geometry) = 2 THEN st_area(st_intersection(g.geom, $1::geometry)) END AS m2) x
           WHERE g.geom && $1::geometry AND st_intersects(g.geom, $1::geometry) AND (x.m2 IS NULL OR x.m2 > 0.01) ORDER BY x.m2 DESC NULLS LAST, g.kennung"#,
        Geom::utm32(ort.clone()) as Geom
    )
    .fetch_all(conn)
    .await?)
}

async fn fachdaten(conn: &mut PgConnection, ort: &Ort) -> Result<Vec<Betroffen>> {
    if matches!(ort.form, Geometry::Polygon(_) | Geometry::MultiPolygon(_)) {
        return betroffen(conn, &ort.form).await;
    }
    Ok(sqlx::query_file_as!(
        Betroffen,
        "src/hier/fachdaten_punkt.sql",
        Geom::utm32(ort.form.clone()) as Geom,
        ort.umkreis_m.unwrap_or_default()
    )
    .fetch_all(conn)
    .await?)
}
