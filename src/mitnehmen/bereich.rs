//! Which part of the town is taken along.

use geo::{BoundingRect as _, Intersects as _};
use geo_types::{
    Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};
use sqlx::PgConnection;

use super::store;
use crate::error::{Error, Result};
use crate::layers::formate::Form;
use crate::qgis::store::Kasten;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wahl {
    /// Everything.
    Stadt,
    /// An Ortsteil by kennung.
    Ortsteil(String),
    /// An area of village renewal by kennung.
    Gebiet(String),
}

/// The part, with its shape; EPSG:25832, metres, easting before northing.
#[derive(Debug)]
pub struct Bereich {
    /// What it was chosen by, for the file: `stadt`, `ortsteil/…`, `dorferneuerung/…`.
    pub pfad: String,
    /// Name without blanks, for the file's name.
    pub kennung: String,
    /// German name.
    pub name: String,
    /// None: the whole town.
    ort: Option<Ort>,
}

#[derive(Debug)]
struct Ort {
    flaeche: Geometry<f64>,
    /// The same without its border: a neighbour that only touches it does not lie in it.
    inneres: Geometry<f64>,
    kasten: Kasten,
}

impl Bereich {
    /// Looks the part up in the reader's world.
    ///
    /// # Errors
    /// [`Error::NichtGefunden`] for an unknown Ortsteil or area, or one without a shape.
    pub async fn lies(conn: &mut PgConnection, wahl: &Wahl) -> Result<Self> {
        let (pfad, kennung, gefunden, was) = match wahl {
            Wahl::Stadt => {
                return Ok(Self {
                    pfad: "stadt".to_owned(),
                    kennung: "stadt".to_owned(),
                    name: "Ganze Stadt".to_owned(),
                    ort: None,
                });
            }
            Wahl::Ortsteil(kennung) => (
                format!("ortsteil/{kennung}"),
                kennung,
                store::ortsteil(conn, kennung).await?,
                "Einen Ortsteil",
            ),
            Wahl::Gebiet(kennung) => (
                format!("dorferneuerung/{kennung}"),
                kennung,
                store::gebiet(conn, kennung).await?,
                "Ein Gebiet der Dorferneuerung",
            ),
        };
        let Some((name, flaeche, inneres)) = gefunden else {
            return Err(Error::nicht_gefunden(format!(
                "{was} „{kennung}“ mit einer Fläche gibt es nicht. Was sich mitnehmen lässt, zeigt /mitnehmen."
            )));
        };
        let Some(rahmen) = flaeche.bounding_rect() else {
            return Err(Error::nicht_gefunden(format!(
                "„{name}“ hat keine Fläche; es gibt dort nichts mitzunehmen."
            )));
        };
        let (von, bis) = (rahmen.min(), rahmen.max());
        Ok(Self {
            pfad,
            kennung: kennung.clone(),
            name,
            ort: Some(Ort {
                flaeche,
                inneres,
                kasten: [von.x, von.y, bis.x, bis.y],
            }),
        })
    }

    /// West, south, east, north; None for the whole town.
    #[must_use]
    pub fn kasten(&self) -> Option<Kasten> {
        self.ort.as_ref().map(|ort| ort.kasten)
    }

    /// An object of this shape (EPSG:25832) lies in it.
    #[must_use]
    pub fn enthaelt(&self, form: Option<&Form>) -> bool {
        let (Some(ort), Some(form)) = (&self.ort, form) else {
            return self.ort.is_none();
        };
        let gegen = match form {
            Form::Punkte(_) => &ort.flaeche,
            _ => &ort.inneres,
        };
        teile(form).iter().any(|teil| gegen.intersects(teil))
    }
}

fn linie(folge: &[[f64; 2]]) -> LineString<f64> {
    folge.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect()
}

fn teile(form: &Form) -> Vec<Geometry<f64>> {
    match form {
        Form::Punkte(punkte) => {
            let punkte = punkte.iter().map(|[x, y]| Point::new(*x, *y));
            vec![MultiPoint(punkte.collect()).into()]
        }
        Form::Linien(linien) => {
            vec![MultiLineString(linien.iter().map(|l| linie(l)).collect()).into()]
        }
        Form::Flaechen(flaechen) => {
            let flaeche = |ringe: &Vec<Vec<[f64; 2]>>| {
                let mut ringe = ringe.iter().map(|ring| linie(ring));
                let aussen = ringe.next().unwrap_or(LineString(Vec::new()));
                Polygon::new(aussen, ringe.collect())
            };
            vec![MultiPolygon(flaechen.iter().map(flaeche).collect()).into()]
        }
        Form::Sammlung(alle) => alle.iter().flat_map(teile).collect(),
    }
}

/// The shape as geometry; parts of several kinds are none.
#[must_use]
pub fn als_geometrie(form: &Form) -> Option<Geometry<f64>> {
    match form {
        Form::Sammlung(_) => None,
        eine => teile(eine).into_iter().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quadrat(x: f64, breite: f64) -> Vec<Vec<[f64; 2]>> {
        let (w, o) = (x, x + breite);
        vec![vec![[w, 0.0], [o, 0.0], [o, 10.0], [w, 10.0], [w, 0.0]]]
    }

    #[test]
    fn a_neighbour_that_touches_stays_outside_and_a_point_on_the_border_belongs() {
        let flaeche = teile(&Form::Flaechen(vec![quadrat(0.0, 10.0)])).remove(0);
        let inneres: Geometry<f64> = Polygon::new(
            linie(&[
                [0.05, 0.05],
                [9.95, 0.05],
                [9.95, 9.95],
                [0.05, 9.95],
                [0.05, 0.05],
            ]),
            vec![],
        )
        .into();
        let bereich = Bereich {
            pfad: String::new(),
            kennung: String::new(),
            name: String::new(),
            ort: Some(Ort {
                flaeche,
                inneres,
                kasten: [0.0, 0.0, 10.0, 10.0],
            }),
        };
        let drin = |form: Form| bereich.enthaelt(Some(&form));
        assert!(!drin(Form::Flaechen(vec![quadrat(10.0, 5.0)])));
        assert!(drin(Form::Flaechen(vec![quadrat(9.0, 5.0)])));
        assert!(drin(Form::Punkte(vec![[10.0, 5.0]])));
        assert!(!drin(Form::Punkte(vec![[10.1, 5.0]])));
        assert!(drin(Form::Linien(vec![vec![[-5.0, 5.0], [15.0, 5.0]]])));
        assert!(!bereich.enthaelt(None));
    }
}
