//! Where is asked about: exactly one place, as a shape and as words of the filter language.

use geo_types::{Geometry, MultiPolygon};
use serde::Serialize;
use sqlx::PgConnection;

use crate::db::geom::Geom;
use crate::error::{Error, Result};
use crate::strategie::massnahme::Frage;
use crate::strategie::massnahme::raum;
use crate::strategie::massnahme::werte;

/// Around a point measures, lines and points count within so many metres: nobody points at a
/// line exactly.
const UMKREIS_M: f64 = 20.0;

/// As asked; exactly one is given.
#[derive(Debug, Clone, Default)]
pub struct Angabe {
    /// `Länge,Breite` or `Ost,Nord`.
    pub punkt: Option<String>,
    /// Kennzeichen in any written form.
    pub flurstueck: Option<String>,
    /// Kennung or name of an Ortsteil.
    pub ortsteil: Option<String>,
    /// EPSG:25832.
    pub polygon: Option<MultiPolygon<f64>>,
    /// Radius for measures, lines and points around a point, metres.
    pub abstand: Option<String>,
}

/// The place.
#[derive(Debug, Clone, Serialize)]
pub struct Ort {
    /// punkt, flurstueck, ortsteil, polygon.
    pub art: &'static str,
    /// Kennzeichen or kennung.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kennung: Option<String>,
    /// In words.
    pub titel: String,
    /// m², plane in EPSG:25832; None for a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flaeche_m2: Option<f64>,
    /// Longitude and latitude of the point, or of one inside.
    pub lage: [f64; 2],
    /// Around a point: measures, lines and points within so many metres count; areas must cover it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub umkreis_m: Option<f64>,
    /// EPSG:25832.
    #[serde(skip)]
    pub form: Geometry<f64>,
    /// The same place for measures.
    #[serde(skip)]
    pub frage: Frage,
}

/// Looks the place up.
///
/// # Errors
/// [`Error::Aufruf`] when none or several are given, or what is given does not exist.
pub async fn finde(conn: &mut PgConnection, angabe: Angabe) -> Result<Ort> {
    pruefe(&angabe)?;
    let (art, kennung, titel, form, frage) = match angabe {
        Angabe {
            punkt: Some(text),
            abstand,
            ..
        } => {
            let punkt = raum::punkt(conn, "punkt", &text).await?;
            let frage = Frage {
                nahe: Some(format!("{},{}", punkt.x(), punkt.y())),
                abstand: Some(abstand.unwrap_or_else(|| UMKREIS_M.to_string())),
                ..Frage::default()
            };
            (
                "punkt",
                None,
                format!("Punkt {text}"),
                Geometry::Point(punkt),
                frage,
            )
        }
        Angabe {
            flurstueck: Some(text),
            ..
        } => {
            let kennzeichen = raum::kennzeichen(text.trim());
            let form =
                raum::flurstuecke(conn, "flurstueck", std::slice::from_ref(&kennzeichen)).await?;
            let frage = Frage {
                flurstueck: Some(kennzeichen.clone()),
                ..Frage::default()
            };
            let titel = flurstueck_titel(conn, &kennzeichen).await?;
            ("flurstueck", Some(kennzeichen), titel, form, frage)
        }
        Angabe {
            ortsteil: Some(text),
            ..
        } => {
            let eintrag = werte::einer(conn, "ortsteil", &text).await?;
            let form = sqlx::query_scalar!(
                r#"SELECT geom AS "geom!: Geom" FROM ortsteil WHERE kennung = $1"#,
                eintrag.schluessel
            )
            .fetch_one(&mut *conn)
            .await?;
            let frage = Frage {
                ortsteil: Some(eintrag.schluessel.clone()),
                ..Frage::default()
            };
            (
                "ortsteil",
                Some(eintrag.schluessel),
                format!("Ortsteil {}", eintrag.titel),
                form.geometry,
                frage,
            )
        }
        Angabe { polygon, .. } => {
            let polygon = polygon.unwrap_or_else(|| MultiPolygon(Vec::new()));
            let frage = Frage {
                polygon: Some(polygon.clone()),
                ..Frage::default()
            };
            (
                "polygon",
                None,
                "Gezeichnete Fläche".to_owned(),
                polygon.into(),
                frage,
            )
        }
    };
    let (flaeche_m2, lage) = mass(conn, &form).await?;
    let umkreis_m = frage.abstand.as_deref().map(raum::meter).transpose()?;
    Ok(Ort {
        art,
        kennung,
        titel,
        flaeche_m2,
        lage,
        umkreis_m,
        form,
        frage,
    })
}

async fn flurstueck_titel(conn: &mut PgConnection, kennzeichen: &str) -> Result<String> {
    let zeile = sqlx::query!(
        "SELECT nummer, gemarkung FROM flurstueck WHERE kennzeichen = $1",
        kennzeichen
    )
    .fetch_one(conn)
    .await?;
    Ok(match zeile.gemarkung {
        Some(gemarkung) => format!("Flurstück {}, Gemarkung {gemarkung}", zeile.nummer),
        None => format!("Flurstück {}", zeile.nummer),
    })
}

/// Size in m² (None for a point) and a point inside, longitude and latitude.
async fn mass(conn: &mut PgConnection, form: &Geometry<f64>) -> Result<(Option<f64>, [f64; 2])> {
    let zeile = sqlx::query!(
        r#"SELECT CASE WHEN st_dimension(g) = 2 THEN st_area(g) END AS flaeche_m2, st_x(p) AS "x!", st_y(p) AS "y!"
           FROM (SELECT g, st_transform(st_pointonsurface(g), 4326) AS p FROM (SELECT $1::geometry AS g) a) b"#,
        Geom::utm32(form.clone()) as Geom
    )
    .fetch_one(conn)
    .await?;
    Ok((zeile.flaeche_m2, [zeile.x, zeile.y]))
}

/// Exactly one place, a radius for a point alone.
fn pruefe(angabe: &Angabe) -> Result<()> {
    let gegeben = [
        angabe.punkt.is_some(),
        angabe.flurstueck.is_some(),
        angabe.ortsteil.is_some(),
        angabe.polygon.is_some(),
    ];
    if gegeben.iter().filter(|da| **da).count() != 1 {
        return Err(Error::aufruf(
            "Bitte genau einen Ort angeben: punkt=10.88,48.05 (auch Ost,Nord in EPSG:25832), flurstueck=KENNZEICHEN, ortsteil=KENNUNG oder ein Polygon mit POST /hier.",
        ));
    }
    if angabe.abstand.is_some() && angabe.punkt.is_none() {
        return Err(Error::parameter(
            "abstand",
            "Ein Abstand gilt nur für einen Punkt; Flächen werden genau geschnitten.",
        ));
    }
    Ok(())
}
