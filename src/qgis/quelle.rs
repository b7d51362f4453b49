//! Where the layers of a project come from: this service, or tables of one GeoPackage that the
//! project itself lies in.

use std::ops::Deref;

use super::ebene::{GRAD, METER};
use crate::http::link::Basis;
use crate::layers::stil::qml;

/// The source of all layers of a project.
#[derive(Debug, Clone, Copy)]
pub struct Quellen<'a> {
    basis: &'a Basis,
    /// Name of the file beside which, or in which, the project lies.
    datei: Option<&'a str>,
}

impl<'a> Quellen<'a> {
    /// Layers by OGC API Features, in degrees.
    #[must_use]
    pub fn dienst(basis: &'a Basis) -> Self {
        Self { basis, datei: None }
    }

    /// Tables of this GeoPackage, in EPSG:25832; addresses that tell where it comes from stay
    /// those of the service.
    #[must_use]
    pub fn datei(basis: &'a Basis, name: &'a str) -> Self {
        Self {
            basis,
            datei: Some(name),
        }
    }

    /// The tables lie in a file.
    #[must_use]
    pub fn ist_datei(&self) -> bool {
        self.datei.is_some()
    }

    /// Source of a collection as its provider takes it.
    #[must_use]
    pub fn ebene(&self, id: &str) -> String {
        match self.datei {
            None => qml::quelle(self.basis, id),
            // Relative to the project, which lies in the same file.
            Some(datei) => format!("./{datei}|layername={id}"),
        }
    }

    /// QGIS's name of what reads it.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        if self.ist_datei() {
            "ogr"
        } else {
            qml::PROVIDER
        }
    }

    /// System of its coordinates.
    #[must_use]
    pub fn system(&self) -> &'static str {
        if self.ist_datei() { METER } else { GRAD }
    }
}

impl Deref for Quellen<'_> {
    type Target = Basis;

    fn deref(&self) -> &Basis {
        self.basis
    }
}
