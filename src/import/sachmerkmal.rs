//! Features with any geometry, one at a time: what `import flurstuecke` and `import
//! fachdaten` read. The only place of both that knows the reader behind it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use geo::{BoundingRect, CoordsIter, Intersects, MapCoordsInPlace};
use geo_types::{Coord, Geometry, MultiLineString, MultiPoint, MultiPolygon, Rect};
use geozero::{ToGeo, wkb::Wkb};

use super::crs::{self, Umrechner};
use super::datei::{Datei, Format};
use super::vector;
use crate::error::{Error, Result};

/// One feature.
#[derive(Debug, Clone)]
pub struct Sachmerkmal {
    /// Position in the layer, from 1.
    pub nr: usize,
    /// Fields as text, names as delivered; empty ones are left out.
    pub felder: BTreeMap<String, String>,
    /// `MultiPolygon`, `MultiLineString` or `MultiPoint` in EPSG:25832 (easting, northing); None
    /// when the feature has no geometry.
    pub geom: Option<Geometry<f64>>,
}

/// What a layer is made of.
#[derive(Debug, Clone, Default)]
pub struct Aufbau {
    /// All field names, as delivered.
    pub felder: Vec<String>,
}

/// Reads one layer, in order; `aufbau` is called once before the first feature. Blocks.
///
/// # Errors
/// [`Error::Eingabe`]: not readable, several layers and none named, unknown CRS, a geometry
/// that is none of the three kinds; and whatever the two callbacks return.
pub fn lies(
    datei: &Datei,
    ebene: Option<&str>,
    aufbau: &mut dyn FnMut(Aufbau) -> Result<()>,
    senke: &mut dyn FnMut(Sachmerkmal) -> Result<()>,
) -> Result<usize> {
    // GDAL prints its own English texts otherwise.
    gdal::config::set_error_handler(|_, number, text| tracing::debug!(number, text, "gdal"));
    let dataset = oeffne(datei)?;
    let mut layer = dataset
        .layer(waehle_ebene(&dataset, ebene)?)
        .map_err(Error::intern)?;
    let angabe = bezugssystem(&layer)?;
    let namen: Vec<String> = layer.defn().fields().map(|feld| feld.name()).collect();
    aufbau(Aufbau { felder: namen })?;
    let erwartet = layer.try_feature_count();
    let mut umrechner = Umrechner::default();
    let mut anzahl = 0;
    for (i, feature) in layer.features().enumerate() {
        let nr = i + 1;
        let felder = feature
            .fields()
            .filter_map(|(name, wert)| Some((name, text(wert?))))
            .filter(|(_, wert)| !wert.trim().is_empty())
            .collect();
        let geom = match feature.geometry().filter(|geometry| !geometry.is_empty()) {
            None => None,
            Some(geometry) => {
                let wkb = geometry.wkb().map_err(Error::intern)?;
                let geom = Wkb(wkb).to_geo().ok().and_then(vereinheitliche).ok_or_else(|| {
                    Error::eingabe(format!("Objekt {nr} hat eine Geometrie, die nicht gelesen wird ({}). Erwartet werden Flächen, Linien oder Punkte ohne Bögen; bitte in der Quelle umwandeln.", geometry.geometry_name()))
                })?;
                Some(rechne_um(geom, angabe, &mut umrechner, nr)?)
            }
        };
        anzahl += 1;
        senke(Sachmerkmal { nr, felder, geom })?;
    }
    // A damaged file can end early with a success code.
    if let Some(erwartet) = erwartet
        && erwartet != anzahl as u64
    {
        return Err(Error::eingabe(format!(
            "Die Datei ist beschädigt: sie nennt {erwartet} Objekte, lesbar sind {anzahl}."
        )));
    }
    if anzahl == 0 {
        return Err(Error::eingabe("Die Datei enthält kein Objekt."));
    }
    Ok(anzahl)
}

fn oeffne(datei: &Datei) -> Result<Dataset> {
    let treiber = match datei.format {
        Format::GeoJson => {
            vector::lehne_verweis_ab(datei.pfad())?;
            "GeoJSON"
        }
        Format::GeoPackage => "GPKG",
        Format::Xml => {
            return Err(Error::eingabe(
                "Diese Datei ist XML. Erwartet wird GeoJSON oder GeoPackage; NAS-Dateien bitte vorher umwandeln (zum Beispiel mit QGIS in ein GeoPackage).",
            ));
        }
    };
    Dataset::open_ex(
        datei.pfad(),
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: Some(&[treiber]),
            ..DatasetOptions::default()
        },
    )
    .map_err(|cause| {
        Error::eingabe(format!(
            "Die Datei lässt sich nicht als {treiber} lesen: {cause}"
        ))
    })
}

fn waehle_ebene(dataset: &Dataset, ebene: Option<&str>) -> Result<usize> {
    let namen: Vec<String> = dataset.layers().map(|layer| layer.name()).collect();
    let gefunden = match ebene {
        Some(ebene) => namen.iter().position(|name| name == ebene),
        None => (namen.len() == 1).then_some(0),
    };
    gefunden.ok_or_else(|| {
        Error::eingabe(match ebene {
            Some(ebene) => format!(
                "Eine Ebene „{ebene}“ (--ebene) gibt es in der Datei nicht. Vorhanden sind: {}.",
                namen.join(", ")
            ),
            None => format!(
                "Die Datei enthält {} Ebenen ({}); bitte mit --ebene NAME eine davon nennen.",
                namen.len(),
                namen.join(", ")
            ),
        })
    })
}

fn bezugssystem(layer: &gdal::vector::Layer<'_>) -> Result<crs::Angabe> {
    let epsg = layer
        .spatial_ref()
        .and_then(|system| system.auth_code().ok())
        .ok_or_else(|| {
            Error::eingabe(format!(
                "Die Datei nennt kein Koordinatenreferenzsystem. Unterstützt werden: {}.",
                crs::unterstuetzte()
            ))
        })?;
    // In files the easting (longitude) comes first, which is what the short form means.
    crs::erkenne(&format!("EPSG:{epsg}")).ok_or_else(|| {
        Error::eingabe(format!(
            "Das Koordinatenreferenzsystem EPSG:{epsg} wird nicht unterstützt. Unterstützt werden: {}.",
            crs::unterstuetzte()
        ))
    })
}

/// One of the three kinds the tables store; a collection of one kind becomes that kind.
fn vereinheitliche(geometry: Geometry<f64>) -> Option<Geometry<f64>> {
    let mut flaechen = Vec::new();
    let mut linien = Vec::new();
    let mut punkte = Vec::new();
    let mut offen = vec![geometry];
    while let Some(naechste) = offen.pop() {
        match naechste {
            Geometry::Polygon(p) => flaechen.push(p),
            Geometry::MultiPolygon(m) => flaechen.extend(m.0),
            Geometry::LineString(l) => linien.push(l),
            Geometry::MultiLineString(m) => linien.extend(m.0),
            Geometry::Point(p) => punkte.push(p),
            Geometry::MultiPoint(m) => punkte.extend(m.0),
            Geometry::GeometryCollection(c) => offen.extend(c.0.into_iter().rev()),
            _ => return None,
        }
    }
    match (flaechen.is_empty(), linien.is_empty(), punkte.is_empty()) {
        (false, true, true) => Some(MultiPolygon(flaechen).into()),
        (true, false, true) => Some(MultiLineString(linien).into()),
        (true, true, false) => Some(MultiPoint(punkte).into()),
        _ => None,
    }
}

fn rechne_um(
    mut geom: Geometry<f64>,
    angabe: crs::Angabe,
    umrechner: &mut Umrechner,
    nr: usize,
) -> Result<Geometry<f64>> {
    let mut punkte: Vec<Coord<f64>> = geom.coords_iter().collect();
    if punkte.iter().any(|p| !p.x.is_finite() || !p.y.is_finite()) {
        return Err(Error::eingabe(format!(
            "Objekt {nr} hat eine Koordinate, die keine Zahl ist."
        )));
    }
    let lage = umrechner.nach_25832(angabe, &mut punkte)?;
    if lage.ausserhalb {
        return Err(Error::eingabe(format!(
            "Objekt {nr} liegt nach seinen Koordinaten nicht in Deutschland; bitte das Koordinatenreferenzsystem der Datei prüfen."
        )));
    }
    if lage.vertauscht {
        tracing::warn!(
            "Objekt {nr}: Rechts- und Hochwert waren vertauscht und wurden richtig gelesen."
        );
    }
    // Both walk the coordinates in the same order: exteriors, then their interiors.
    let neu = RefCell::new(punkte.into_iter());
    geom.map_coords_in_place(|alt| neu.borrow_mut().next().unwrap_or(alt));
    Ok(geom)
}

/// A field value of any type; whole numbers without decimals, days as YYYY-MM-DD.
fn text(wert: gdal::vector::FieldValue) -> String {
    use gdal::vector::FieldValue as V;
    match wert {
        V::IntegerValue(v) => v.to_string(),
        V::Integer64Value(v) => v.to_string(),
        V::RealValue(v) => v.to_string(),
        V::StringValue(v) => v,
        V::DateValue(v) => v.to_string(),
        V::DateTimeValue(v) => v.to_rfc3339(),
        other => format!("{other:?}"),
    }
}

/// The field names that would tell about owners and other people: they are never stored.
#[must_use]
pub fn personenbezogen<'a>(felder: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    const WORTE: [&str; 14] = [
        "eigentuem",
        "eigent_",
        "eigner",
        "owner",
        "besitzer",
        "buchungsblatt",
        "grundbuch",
        "namensnummer",
        "vorname",
        "nachname",
        "geburts",
        "anschrift",
        "telefon",
        "email",
    ];
    felder
        .into_iter()
        .filter(|feld| {
            let feld = super::table::schreibweise(feld);
            WORTE.iter().any(|wort| feld.contains(wort)) || feld == "eigent" || feld == "e_mail"
        })
        .collect()
}

/// Where a delivery is looked at: states deliver whole, a town keeps its own.
#[derive(Debug, Clone, Copy)]
pub struct Umkreis(Option<Rect<f64>>);

impl Umkreis {
    /// The box (EPSG:25832) widened by `rand_m` metres; None takes everything.
    #[must_use]
    pub fn neu(kasten: Option<Rect<f64>>, rand_m: f64) -> Self {
        Self(kasten.map(|k| {
            let rand = Coord {
                x: rand_m,
                y: rand_m,
            };
            Rect::new(k.min() - rand, k.max() + rand)
        }))
    }
    /// The box of the geometry meets it.
    #[must_use]
    pub fn trifft(&self, geom: &Geometry<f64>) -> bool {
        match (self.0, geom.bounding_rect()) {
            (Some(umkreis), Some(kasten)) => umkreis.intersects(&kasten),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{GeometryCollection, line_string, point, polygon};

    #[test]
    fn three_kinds_and_no_mixture() {
        let flaeche = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.0)];
        let linie = line_string![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0)];
        assert!(matches!(
            vereinheitliche(linie.clone().into()),
            Some(Geometry::MultiLineString(_))
        ));
        assert!(matches!(
            vereinheitliche(point!(x: 1.0, y: 1.0).into()),
            Some(Geometry::MultiPoint(_))
        ));
        let nur_flaechen = GeometryCollection(vec![flaeche.clone().into(), flaeche.clone().into()]);
        match vereinheitliche(Geometry::GeometryCollection(nur_flaechen)) {
            Some(Geometry::MultiPolygon(m)) => assert_eq!(m.0.len(), 2),
            andere => panic!("{andere:?}"),
        }
        let gemischt = GeometryCollection(vec![flaeche.into(), linie.into()]);
        assert!(vereinheitliche(Geometry::GeometryCollection(gemischt)).is_none());
    }

    #[test]
    fn people_are_no_fields() {
        let felder = [
            "flstkennz",
            "Eigentümer",
            "EIGENTUEMER_1",
            "gemarkung",
            "Grundbuchblatt",
            "name",
            "E-Mail",
        ];
        let gefunden: Vec<&str> = personenbezogen(felder).into_iter().collect();
        assert_eq!(
            gefunden,
            ["E-Mail", "EIGENTUEMER_1", "Eigentümer", "Grundbuchblatt"]
        );
    }

    #[test]
    fn a_town_keeps_its_own() {
        let kasten = Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 10.0, y: 10.0 });
        let bei = |x: f64| -> Geometry<f64> { point!(x: x, y: 5.0).into() };
        assert!(Umkreis::neu(Some(kasten), 5.0).trifft(&bei(14.0)));
        assert!(!Umkreis::neu(Some(kasten), 5.0).trifft(&bei(16.0)));
        assert!(Umkreis::neu(None, 5.0).trifft(&bei(1e6)));
    }
}
