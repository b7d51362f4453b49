//! What an items request asks for, read from its parameters and checked against the columns.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::bbox::Bbox;
use super::cql2::{self, Sprache, typ::Bedingung};
use super::crs::Ziel;
use super::cursor::Cursor;
use super::datetime::Zeitraum;
use super::ebene::Ebene;
use super::relation::Spalte;
use super::sammlung::Sammlung;
use super::sortierung::{self, Sortierung};
use super::vereinfachung::Stufe;
use crate::error::{Error, Result};
use crate::http::extract::{Parameter, unbekannt};
use crate::http::problem::Problem;

/// Conformance classes of filters as parameters, and of property selection (a draft of the OGC).
pub const KONFORMITAET: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-6/1.0/conf/properties",
    "http://www.opengis.net/spec/ogcapi-features-6/1.0/conf/properties-features",
];

/// Features of a page when nothing is asked.
pub const LIMIT_VORGABE: usize = 1000;
/// Features of a page at most; more is cut without an error.
pub const LIMIT_MAX: usize = 10_000;
/// Rows of an HTML page when nothing is asked.
pub const LIMIT_HTML: usize = 50;

/// Parameters of an items request that are no property filters.
pub const FESTE: [&str; 15] = [
    "f",
    "limit",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "sortby",
    "properties",
    "exclude-properties",
    "skipGeometry",
    "cursor",
    "zoom-level",
];

/// Deepest zoom level.
pub const ZOOM_MAX: u8 = 24;

/// One property filter.
#[derive(Debug)]
pub struct Filter {
    /// Column.
    pub spalte: String,
    /// Checked text of the value.
    pub wert: String,
}

/// A CQL2 filter.
#[derive(Debug, Clone)]
pub struct Cql {
    /// Its canonical text.
    pub text: String,
    /// Checked against the columns.
    pub bedingung: Bedingung,
}

/// An items request.
#[derive(Debug)]
pub struct Auswahl {
    /// Features a page.
    pub limit: usize,
    /// Only what meets these boxes.
    pub bbox: Option<Bbox>,
    /// Only what is valid then.
    pub zeit: Option<Zeitraum>,
    /// Only what equals these.
    pub filter: Vec<Filter>,
    /// Only where this holds.
    pub cql: Option<Cql>,
    /// Order; empty: the layer's own.
    pub sortierung: Vec<Sortierung>,
    /// For each column of the layer whether it is sent; None: all are.
    pub eigenschaften: Option<Vec<bool>>,
    /// The geometry is sent.
    pub geometrie: bool,
    /// Zoom level of `WebMercatorQuad` the geometry is generalised for.
    pub zoom: Option<u8>,
    /// The shapes of that zoom, once they are there.
    pub stufe: Option<Arc<dyn Stufe>>,
    /// Where to go on.
    pub cursor: Option<Cursor>,
    /// So many are left out first, in one order of all; the WFS counts so, and no cursor.
    pub ab: Option<usize>,
    /// System of the answer.
    pub crs: Ziel,
    /// What a cursor must come from: collection, order and everything that leaves features out.
    pub kennung: String,
}

impl Auswahl {
    /// Reads the parameters; `vorgabe` is the page length when none is given.
    pub fn lies(
        parameter: &Parameter,
        sammlung: &Sammlung,
        vorgabe: usize,
    ) -> Result<Self, Problem> {
        let ebene = &*sammlung.ebene;
        let filter = eigenschaftsfilter(parameter, ebene)?;
        let bbox_crs = system(parameter, "bbox-crs")?;
        let bbox = match parameter.einzig("bbox")? {
            Some(text) => Some(Bbox::lies(text, bbox_crs.unwrap_or(Ziel::Crs84))?),
            None => None,
        };
        let zeit = parameter
            .einzig("datetime")?
            .map(Zeitraum::lies)
            .transpose()?;
        let cql = cql(parameter, ebene)?;
        let sortierung = match parameter.gesetzt("sortby")? {
            Some(text) => sortierung::lies(text, ebene)?,
            None => Vec::new(),
        };
        let mut auswahl = Self {
            limit: parameter.einzig("limit")?.map_or(Ok(vorgabe), limit)?,
            bbox,
            zeit,
            filter,
            cql,
            sortierung,
            eigenschaften: eigenschaften(parameter, ebene)?,
            geometrie: !wahrheit(parameter, "skipGeometry")?,
            zoom: zoom(parameter)?,
            stufe: None,
            cursor: None,
            ab: None,
            crs: system(parameter, "crs")?.unwrap_or(Ziel::Crs84),
            kennung: String::new(),
        };
        auswahl.kennung = auswahl.fingerabdruck(sammlung);
        if let Some(text) = parameter.einzig("cursor")? {
            auswahl.cursor = Some(Cursor::lies(text, &auswahl.kennung)?);
        }
        Ok(auswahl)
    }

    /// Something leaves features out.
    #[must_use]
    pub fn schraenkt_ein(&self) -> bool {
        self.bbox.is_some() || self.zeit.is_some() || !self.filter.is_empty() || self.cql.is_some()
    }

    /// The n-th column is sent.
    #[must_use]
    pub fn sendet(&self, n: usize) -> bool {
        self.eigenschaften
            .as_ref()
            .is_none_or(|genannt| genannt.get(n).copied().unwrap_or(false))
    }

    /// Columns that are sent, in the order of the layer.
    pub fn spalten<'a>(&'a self, ebene: &'a Ebene) -> impl Iterator<Item = &'a Spalte> {
        let alle = ebene.spalten.iter().enumerate();
        alle.filter(|(n, _)| self.sendet(*n))
            .map(|(_, spalte)| spalte)
    }

    fn fingerabdruck(&self, sammlung: &Sammlung) -> String {
        let mut teile = vec![format!("{:?}", (&sammlung.id, &self.bbox, &self.zeit))];
        teile.extend(
            self.filter
                .iter()
                .map(|f| format!("{:?}", (&f.spalte, &f.wert))),
        );
        teile.extend(self.cql.iter().map(|cql| cql.text.clone()));
        teile.push(format!("{:?}", self.sortierung));
        let hash = Sha256::digest(teile.join("\n"));
        hash.iter().take(8).map(|b| format!("{b:02x}")).collect()
    }
}

fn eigenschaftsfilter(parameter: &Parameter, ebene: &Ebene) -> Result<Vec<Filter>, Problem> {
    let mut filter = Vec::new();
    for (name, wert) in parameter.ohne(&FESTE) {
        let Some(spalte) = ebene.spalte(name).filter(|s| s.klasse.filterbar()) else {
            let mut erlaubt = FESTE.to_vec();
            let filterbare = ebene.spalten.iter().filter(|s| s.klasse.filterbar());
            erlaubt.extend(filterbare.map(|s| s.name.as_str()));
            return Err(unbekannt(name, &erlaubt));
        };
        parameter.einzig(name)?;
        let wert = spalte.klasse.pruefe(wert).map_err(|erwartet| {
            Error::parameter(
                name,
                format!("„{wert}“ passt nicht zu „{name}“. Erwartet wird {erwartet}."),
            )
        })?;
        filter.push(Filter {
            spalte: name.to_owned(),
            wert,
        });
    }
    Ok(filter)
}

/// `filter` with `filter-lang` and `filter-crs`, checked against the columns of a layer.
///
/// # Errors
/// A filter that cannot be read or does not fit, with its place.
pub fn cql(parameter: &Parameter, ebene: &Ebene) -> Result<Option<Cql>, Problem> {
    let sprache = match parameter.gesetzt("filter-lang")? {
        Some(name) => Sprache::lies(name)?,
        None => Sprache::default(),
    };
    let crs = system(parameter, "filter-crs")?.unwrap_or(Ziel::Crs84);
    let Some(text) = parameter.gesetzt("filter")? else {
        return Ok(None);
    };
    let baum = cql2::lies(text, sprache)?;
    let bedingung = cql2::pruefung::pruefe(&baum, ebene, crs)?;
    Ok(Some(Cql {
        text: format!("{} {}", crs.uri(), cql2::schreiben::text(&baum)),
        bedingung,
    }))
}

fn eigenschaften(parameter: &Parameter, ebene: &Ebene) -> Result<Option<Vec<bool>>, Problem> {
    let nur = parameter.gesetzt("properties")?;
    let ohne = parameter.gesetzt("exclude-properties")?;
    match (nur, ohne) {
        (Some(_), Some(_)) => Err(Error::parameter(
            "exclude-properties",
            "properties und exclude-properties schließen einander aus.",
        )
        .into()),
        (Some(text), None) => Ok(Some(sortierung::genannt("properties", text, ebene)?)),
        (None, Some(text)) => {
            let genannt = sortierung::genannt("exclude-properties", text, ebene)?;
            Ok(Some(genannt.into_iter().map(|g| !g).collect()))
        }
        (None, None) => Ok(None),
    }
}

fn wahrheit(parameter: &Parameter, name: &str) -> Result<bool, Problem> {
    match parameter.gesetzt(name)? {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(wert) => Err(Error::parameter(
            name,
            format!("„{wert}“ passt nicht zu „{name}“. Erwartet wird true oder false."),
        )
        .into()),
    }
}

fn zoom(parameter: &Parameter) -> Result<Option<u8>, Problem> {
    let Some(text) = parameter.gesetzt("zoom-level")? else {
        return Ok(None);
    };
    match text.parse::<u8>() {
        Ok(stufe) if stufe <= ZOOM_MAX => Ok(Some(stufe)),
        _ => Err(Error::parameter(
            "zoom-level",
            format!("„{text}“ ist keine Zoomstufe. Möglich ist eine ganze Zahl von 0 (ganze Welt) bis {ZOOM_MAX}."),
        )
        .into()),
    }
}

/// `crs`, `bbox-crs` or `filter-crs`.
pub fn system(parameter: &Parameter, name: &str) -> Result<Option<Ziel>, Problem> {
    let Some(uri) = parameter.einzig(name)? else {
        return Ok(None);
    };
    match Ziel::zu_uri(uri) {
        Some(ziel) => Ok(Some(ziel)),
        None => Err(Error::parameter(
            name,
            format!(
                "Das Koordinatensystem „{uri}“ wird nicht angeboten. Möglich sind: {}.",
                Ziel::ALLE.map(Ziel::uri).join(", ")
            ),
        )
        .into()),
    }
}

/// More than the maximum is cut: the specification calls it no error.
fn limit(text: &str) -> Result<usize> {
    let ziffern = text.strip_prefix('+').unwrap_or(text);
    let ganz = !ziffern.is_empty() && ziffern.bytes().all(|b| b.is_ascii_digit());
    let zahl = ziffern.parse::<usize>().unwrap_or(usize::MAX);
    if !ganz || zahl == 0 {
        return Err(Error::parameter(
            "limit",
            format!("„{text}“ ist keine ganze Zahl ab 1. Möglich ist 1 bis {LIMIT_MAX}."),
        ));
    }
    Ok(zahl.min(LIMIT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        assert_eq!(limit("7").unwrap(), 7);
        assert_eq!(limit("10001").unwrap(), LIMIT_MAX);
        assert_eq!(limit("99999999999999999999999").unwrap(), LIMIT_MAX);
        for falsch in ["", "0", "-1", "1.5", "1e3", "zehn", " 5"] {
            assert!(limit(falsch).is_err(), "{falsch}");
        }
    }
}
