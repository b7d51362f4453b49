//! The synthetic plan as a GeoPackage, and its reader: the same objects a plan delivers.

use std::path::Path;

use anyhow::{Context, Result};
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{
    Feature, FieldDefn, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use gdal::{Dataset, DriverManager};
use geo_types::{Geometry, MultiPolygon};
use geozero::wkb::Wkb;
use geozero::{CoordDimensions, ToGeo, ToWkb};
use zielraum::error::{Error, Result as Ergebnis};
use zielraum::fnp::objekt::{Geometrie, Objekt, PlanKopf, Rechtsstand};
use zielraum::import::fnp::quelle::{Gelesen, Quelle, Senke};

use crate::daten::Daten;

/// Class, Nutzung and the code that leads there.
const NUTZUNGEN: [(&str, &str); 16] = [
    ("FP_BebauungsFlaeche", "W"),
    ("FP_BebauungsFlaeche", "M"),
    ("FP_BebauungsFlaeche", "G"),
    ("FP_BebauungsFlaeche", "S"),
    ("FP_Gemeinbedarf", "gemeinbedarf"),
    ("FP_SpielSportanlage", "sport"),
    ("FP_Strassenverkehr", "verkehr_strasse"),
    ("FP_VerEntsorgung", "ver_entsorgung"),
    ("FP_Gruen", "gruen"),
    ("FP_Gewaesser", "wasser"),
    ("FP_Wasserwirtschaft", "wasserwirtschaft"),
    ("FP_AbgrabungsFlaeche", "abgrabung"),
    ("FP_LandwirtschaftsFlaeche", "landwirtschaft"),
    ("FP_WaldFlaeche", "wald"),
    ("FP_FlaecheOhneDarstellung", "ohne_darstellung"),
    ("FP_SonstigePlanung", "sonstiges"),
];

fn wkb(geom: &MultiPolygon<f64>) -> Result<Vec<u8>> {
    Ok(Geometry::MultiPolygon(geom.clone()).to_wkb(CoordDimensions::xy())?)
}

/// Writes areas (`areas`: id, nutzung), Geltungsbereich (`plan`) and Ortsteile in EPSG:25832.
pub fn schreibe(ziel: &Path, daten: &Daten) -> Result<()> {
    let mut datei = DriverManager::get_driver_by_name("GPKG")?.create_vector_only(ziel)?;
    let srs = SpatialRef::from_epsg(25832)?;
    {
        let mut datei = datei.start_transaction()?;
        for (name, felder) in [("areas", true), ("plan", false), ("ortsteile", false)] {
            let ebene = datei.create_layer(LayerOptions {
                name,
                srs: Some(&srs),
                ty: OGRwkbGeometryType::wkbMultiPolygon,
                options: None,
            })?;
            if felder {
                FieldDefn::new("id", OGRFieldType::OFTString)?.add_to_layer(&ebene)?;
                FieldDefn::new("nutzung", OGRFieldType::OFTInteger)?.add_to_layer(&ebene)?;
            }
        }
        let ebene = datei.layer_by_name("areas")?;
        for (nr, flaeche) in (1..).zip(&daten.flaechen) {
            let mut objekt = Feature::new(ebene.defn())?;
            objekt.set_field_string(0, &kennung(nr))?;
            objekt.set_field_integer(1, i32::from(flaeche.nutzung))?;
            objekt.set_geometry(gdal::vector::Geometry::from_wkb(&wkb(&flaeche.geom)?)?)?;
            objekt.create(&ebene)?;
        }
        let ebene = datei.layer_by_name("plan")?;
        let mut plan = Feature::new(ebene.defn())?;
        plan.set_geometry(gdal::vector::Geometry::from_wkb(&wkb(
            &daten.geltungsbereich
        )?)?)?;
        plan.create(&ebene)?;
        drop(plan);
        let ebene = datei.layer_by_name("ortsteile")?;
        for ortsteil in &daten.ortsteile {
            let mut objekt = Feature::new(ebene.defn())?;
            objekt.set_geometry(gdal::vector::Geometry::from_wkb(&wkb(&ortsteil.geom)?)?)?;
            objekt.create(&ebene)?;
        }
        datei.commit()?;
    }
    datei.close()?;
    Ok(())
}

/// As long as a `gml:id` is.
fn kennung(nr: u32) -> String {
    format!("GML_{nr:08x}-5eed-4000-8000-{nr:012x}")
}

/// Reads the plan back, object by object.
pub struct GeoPackage(pub Dataset);

impl GeoPackage {
    pub fn oeffne(pfad: &Path) -> Result<Self> {
        Ok(Self(Dataset::open(pfad)?))
    }
}

/// The Ortsteile beside the plan.
pub fn ortsteile(pfad: &Path) -> Result<Vec<MultiPolygon<f64>>> {
    let datei = Dataset::open(pfad)?;
    let mut ebene = datei.layer_by_name("ortsteile")?;
    ebene.features().map(|objekt| geometrie(&objekt)).collect()
}

fn geometrie(objekt: &Feature<'_>) -> Result<MultiPolygon<f64>> {
    let wkb = objekt.geometry().context("no geometry")?.wkb()?;
    match Wkb(wkb).to_geo()? {
        Geometry::MultiPolygon(geom) => Ok(geom),
        _ => anyhow::bail!("not a multipolygon"),
    }
}

impl Quelle for GeoPackage {
    fn lies(&mut self, senke: &mut Senke<'_>) -> Ergebnis<Gelesen> {
        let fehler = |e: anyhow::Error| Error::intern(e.to_string());
        let mut ebene = self.0.layer_by_name("areas").map_err(Error::intern)?;
        for (zeile, objekt) in (1..).zip(ebene.features()) {
            let code = objekt
                .field_as_integer(1)
                .map_err(Error::intern)?
                .unwrap_or(0);
            let (klasse, nutzung) = NUTZUNGEN[usize::try_from(code).map_err(Error::intern)?];
            senke(Objekt {
                gml_id: objekt.field_as_string(0).map_err(Error::intern)?,
                klasse: klasse.to_owned(),
                nutzung,
                codes: [("nutzung".to_owned(), code.to_string().into())]
                    .into_iter()
                    .collect(),
                codespace: None,
                rechtsstand: Rechtsstand::Planung,
                ebene: 0,
                flaechenschluss: true,
                name: None,
                text: None,
                drehung: None,
                geometrie: Geometrie::Flaeche(geometrie(&objekt).map_err(fehler)?),
                zeile,
            })?;
        }
        let mut ebene = self.0.layer_by_name("plan").map_err(Error::intern)?;
        let plan = ebene.features().next();
        let plan = plan.ok_or_else(|| Error::eingabe("Der Plan fehlt."))?;
        Ok(Gelesen {
            format: "GeoPackage",
            kopf: PlanKopf {
                version: "GeoPackage".into(),
                nummer: Some("messung".into()),
                geltungsbereich: geometrie(&plan).map_err(fehler)?,
                ..PlanKopf::default()
            },
            klassen: Vec::new(),
            befunde: Vec::new(),
            nachtrag: Vec::new(),
        })
    }
}
