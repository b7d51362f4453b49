//! The parts of a GeoJSON feature as a client sends it.

use serde_json::{Map, Value};

use crate::http::problem::{self, Problem};

/// The parts of a sent feature.
pub(super) struct Teile<'d> {
    pub geometrie: Option<&'d Value>,
    pub eigenschaften: Option<&'d Map<String, Value>>,
}

impl<'d> Teile<'d> {
    /// `ganz`: a whole feature, else a merge patch of one. `fid`: the id it must not contradict.
    pub(super) fn lies(doc: &'d Value, ganz: bool, fid: Option<&str>) -> Result<Self, Problem> {
        let falsch = |stelle: &str, text: &str| Err(problem::EINGABE.mit(text).stelle(stelle));
        let Some(objekt) = doc.as_object() else {
            return falsch("", "Erwartet wird ein GeoJSON-Objekt (Feature).");
        };
        match objekt.get("type").map(|t| t.as_str().unwrap_or_default()) {
            Some("Feature") => {}
            None if !ganz => {}
            Some("FeatureCollection") => {
                return falsch(
                    "/type",
                    "Je Anfrage ein Objekt: erwartet wird ein Feature, keine FeatureCollection.",
                );
            }
            _ => {
                return falsch(
                    "/type",
                    "Erwartet wird ein GeoJSON-Objekt mit \"type\": \"Feature\".",
                );
            }
        }
        if let (Some(id), Some(fid)) = (objekt.get("id"), fid)
            && !id.is_null()
            && id.as_str() != Some(fid)
        {
            return falsch(
                "/id",
                "Die id im Dokument ist eine andere als die in der Adresse; sie ist unveränderlich.",
            );
        }
        let eigenschaften = match objekt.get("properties") {
            None | Some(Value::Null) => None,
            Some(Value::Object(karte)) => Some(karte),
            Some(_) => return falsch("/properties", "„properties“ ist kein Objekt."),
        };
        let geometrie = objekt.get("geometry");
        if ganz && geometrie.is_none() {
            return falsch("/geometry", "Die Geometrie fehlt.");
        }
        let bekannt = [
            "type",
            "id",
            "geometry",
            "properties",
            "bbox",
            "links",
            "crs",
            "hinweise",
        ];
        if let Some(name) = objekt
            .keys()
            .find(|name| !ganz && !bekannt.contains(&name.as_str()))
        {
            return falsch(
                &format!("/{name}"),
                "Diesen Teil hat ein Objekt nicht; Eigenschaften stehen unter „properties“.",
            );
        }
        Ok(Self {
            geometrie,
            eigenschaften,
        })
    }
}
