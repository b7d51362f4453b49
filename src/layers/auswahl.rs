//! What an items request asks for, read from its parameters and checked against the columns.

use super::bbox::Bbox;
use super::crs::Ziel;
use super::cursor::Cursor;
use super::datetime::Zeitraum;
use super::ebene::Ebene;
use crate::error::{Error, Result};
use crate::http::extract::{Parameter, unbekannt};
use crate::http::problem::Problem;

/// Features of a page when nothing is asked.
pub const LIMIT_VORGABE: usize = 1000;
/// Features of a page at most; more is cut without an error.
pub const LIMIT_MAX: usize = 10_000;
/// Rows of an HTML page when nothing is asked.
pub const LIMIT_HTML: usize = 50;

/// Parameters of an items request that are no property filters.
pub const FESTE: [&str; 7] = [
    "f", "limit", "bbox", "bbox-crs", "crs", "datetime", "cursor",
];

/// One property filter.
#[derive(Debug)]
pub struct Filter {
    /// Column.
    pub spalte: String,
    /// Checked text of the value.
    pub wert: String,
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
    /// Where to go on.
    pub cursor: Option<Cursor>,
    /// System of the answer.
    pub crs: Ziel,
}

impl Auswahl {
    /// Reads the parameters; `vorgabe` is the page length when none is given.
    pub fn lies(parameter: &Parameter, ebene: &Ebene, vorgabe: usize) -> Result<Self, Problem> {
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
        let bbox_crs = system(parameter, "bbox-crs")?;
        let bbox = match parameter.einzig("bbox")? {
            Some(text) => Some(Bbox::lies(text, bbox_crs.unwrap_or(Ziel::Crs84))?),
            None => None,
        };
        Ok(Self {
            limit: parameter.einzig("limit")?.map_or(Ok(vorgabe), limit)?,
            bbox,
            zeit: parameter
                .einzig("datetime")?
                .map(Zeitraum::lies)
                .transpose()?,
            filter,
            cursor: parameter.einzig("cursor")?.map(Cursor::lies).transpose()?,
            crs: system(parameter, "crs")?.unwrap_or(Ziel::Crs84),
        })
    }
}

/// `crs` or `bbox-crs`.
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
