//! The generalised shapes for everybody else: items with `zoom-level`, map, PDF. The same that
//! tiles of the zoom show, so neighbours match here too.

use std::f64::consts::{PI, TAU};
use std::sync::Arc;

use geo_types::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPolygon, Polygon,
};

use futures_util::future::BoxFuture;

use super::Dienst;
use super::schicht::{Formen, Schicht};
use crate::abdeckung::Gitter;
use crate::abdeckung::stufe::Zugart;
use crate::db::geom::ewkb;
use crate::error::Result;
use crate::layers::sammlung::Sammlung;
use crate::layers::vereinfachung::{Gestalt, Stufe, Vereinfacher};

/// A layer at one zoom.
#[derive(Debug, Clone)]
pub struct Vereinfacht {
    schicht: Arc<Schicht>,
    formen: Arc<Formen>,
}

impl Dienst {
    /// The lines and areas of a collection as tiles of this zoom (0 to 22, 512 pixels) show
    /// them. Made when first asked for, on the blocking pool.
    ///
    /// None where the layer is too large for that.
    ///
    /// # Errors
    /// [`crate::error::Error::NichtGefunden`] for a collection this world does not have.
    pub async fn vereinfacht(&self, sammlung: &str, zoom: u8) -> Result<Option<Vereinfacht>> {
        let stand = self.lager.stand(self, sammlung).await?;
        let Some(schicht) = self.lager.schicht(self, &stand).await? else {
            return Ok(None);
        };
        self.lager.forme(&schicht, zoom).await?;
        let formen = schicht.formen(zoom);
        Ok(Some(Vereinfacht { schicht, formen }))
    }
}

impl Vereinfacher for Dienst {
    fn stufe<'a>(
        &'a self,
        sammlung: &'a Sammlung,
        zoom: u8,
    ) -> BoxFuture<'a, Result<Option<Arc<dyn Stufe>>>> {
        Box::pin(async move {
            if sammlung.ebene.relation.geometrie.is_none() {
                return Ok(None);
            }
            let stufe = self.vereinfacht(&sammlung.id, zoom).await?;
            Ok(stufe.map(|stufe| Arc::new(stufe) as Arc<dyn Stufe>))
        })
    }
}

impl Stufe for Vereinfacht {
    fn gestalt(&self, schluessel: &str) -> Gestalt {
        let Some(objekt) = self.schicht.objekt(schluessel) else {
            return Gestalt::Eigene;
        };
        if self.schicht.hat_punkte(objekt) {
            return Gestalt::Eigene;
        }
        let ewkb = self.geometrie(schluessel).map(|g| ewkb(&g));
        match ewkb {
            None => Gestalt::Keine,
            Some(Ok(ewkb)) => Gestalt::Neue(ewkb),
            Some(Err(_)) => Gestalt::Eigene,
        }
    }
}

impl Vereinfacht {
    /// Shape of the feature with this id, longitude and latitude in degrees, shells
    /// counter-clockwise; None when it has none, is a point, or went to its neighbour.
    #[must_use]
    pub fn geometrie(&self, schluessel: &str) -> Option<Geometry<f64>> {
        let objekt = self.schicht.objekt(schluessel)?;
        let stufe = &self.formen.stufe;
        let (mut polygone, mut linien): (Vec<Polygon<f64>>, Vec<LineString<f64>>) =
            Default::default();
        for (art, zug) in stufe.zuege(objekt) {
            // On the grid y goes south: the other way round.
            let linie: LineString<f64> = match art {
                Zugart::Linie => zug.iter().map(|p| grad(*p, stufe.bits())).collect(),
                _ => zug.iter().rev().map(|p| grad(*p, stufe.bits())).collect(),
            };
            match (art, polygone.last_mut()) {
                (Zugart::Linie, _) => linien.push(linie),
                (Zugart::Innen, Some(polygon)) => polygon.interiors_push(linie),
                _ => polygone.push(Polygon::new(linie, Vec::new())),
            }
        }
        match (polygone.is_empty(), linien.is_empty()) {
            (true, true) => None,
            (false, true) => Some(MultiPolygon::new(polygone).into()),
            (true, false) => Some(MultiLineString::new(linien).into()),
            (false, false) => Some(Geometry::GeometryCollection(GeometryCollection(vec![
                Geometry::from(MultiPolygon::new(polygone)),
                MultiLineString::new(linien).into(),
            ]))),
        }
    }
}

/// Longitude and latitude of a grid position.
fn grad(p: Gitter, bits: u32) -> Coord<f64> {
    let breite = f64::from(bits).exp2();
    let (x, y) = (f64::from(p[0]) / breite, f64::from(p[1]) / breite);
    Coord {
        x: (x - 0.5) * 360.0,
        y: (PI - TAU * y).sinh().atan().to_degrees(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix::welt;
    use super::*;

    #[test]
    fn there_and_back() {
        for (lon, lat) in [(10.87, 48.05), (-70.0, -33.0), (0.0, 0.0)] {
            let (x, y) = welt(lon, lat);
            let breite = 30_f64.exp2();
            #[expect(clippy::cast_possible_truncation, reason = "below 2^30")]
            let p = [(x * breite).round() as i32, (y * breite).round() as i32];
            let c = grad(p, 30);
            assert!(
                (c.x - lon).abs() < 1e-6 && (c.y - lat).abs() < 1e-6,
                "{c:?}"
            );
        }
    }
}
