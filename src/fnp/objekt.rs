//! One object of a plan as an importer delivers it, before it has a Fassung.
//! Every reader (XPlanGML, GeoPackage, …) ends here; `import::load` starts here.

use chrono::NaiveDate;
use geo_types::{MultiLineString, MultiPoint, MultiPolygon};
use serde_json::{Map, Value};

/// Legal state of one object (`XP_Rechtsstand`), not of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rechtsstand {
    /// 1000: refers to a planning.
    Planung,
    /// 2000: the present state.
    Bestand,
    /// 3000: will cease (counted under Bestand, shown as "davon fortfallend").
    Entfaellt,
    /// Missing or unknown.
    #[default]
    OhneAngabe,
}

impl Rechtsstand {
    /// The key stored in `fnp.flaeche.rechtsstand`.
    #[must_use]
    pub fn schluessel(self) -> &'static str {
        match self {
            Self::Planung => "planung",
            Self::Bestand => "bestand",
            Self::Entfaellt => "entfaellt",
            Self::OhneAngabe => "ohne_angabe",
        }
    }
}

/// Geometry in EPSG:25832 (easting, northing; metres), arcs already drawn as chords of at most 1 mm sagitta.
#[derive(Debug, Clone, PartialEq)]
pub enum Geometrie {
    /// Areas, also `MultiSurface`.
    Flaeche(MultiPolygon<f64>),
    /// Lines.
    Linie(MultiLineString<f64>),
    /// Points.
    Punkt(MultiPoint<f64>),
}

/// One plan object with its raw codes.
#[derive(Debug, Clone)]
pub struct Objekt {
    /// `gml:id` as delivered, or None where the format has none.
    pub gml_id: Option<String>,
    /// XPlanung class, e.g. `FP_BebauungsFlaeche`.
    pub klasse: String,
    /// Key of `fnp.nutzung`.
    pub nutzung: &'static str,
    /// Raw codes by attribute name, lists as arrays of strings.
    pub codes: Map<String, Value>,
    /// Code space of free code lists, if one was given.
    pub codespace: Option<String>,
    /// Legal state of the object.
    pub rechtsstand: Rechtsstand,
    /// 0 when missing.
    pub ebene: i16,
    /// As delivered (missing: false).
    pub flaechenschluss: bool,
    /// `aufschrift`/`name`, if any.
    pub name: Option<String>,
    /// `text`, if any.
    pub text: Option<String>,
    /// Rotation of a point symbol in degrees, if any.
    pub drehung: Option<f64>,
    /// Geometry in EPSG:25832.
    pub geometrie: Geometrie,
    /// Where it stands in the file: byte offset or line, for messages.
    pub zeile: u64,
}

impl Objekt {
    /// Part of the Flächenschluss: polygon, `flaechenschluss=true`, ebene 0.
    #[must_use]
    pub fn zaehlt_zur_bilanz(&self) -> bool {
        self.flaechenschluss && self.ebene == 0 && matches!(self.geometrie, Geometrie::Flaeche(_))
    }
}

/// Gemeinde as named in the plan (`XP_Gemeinde`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanGemeinde {
    /// As delivered; a lost leading zero is not repaired here.
    pub ags: Option<String>,
    /// Regionalschlüssel as delivered.
    pub rs: Option<String>,
    /// `gemeindeName`.
    pub name: Option<String>,
}

impl PlanGemeinde {
    /// The Gemeindeschlüssel with the leading zero a table program took away: seven
    /// digits become eight when the Regionalschlüssel names the same Land. None: no
    /// key of eight digits.
    #[must_use]
    pub fn ags_normiert(&self) -> Option<String> {
        let ags = self.ags.as_deref()?.trim();
        if !ags.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        match ags.len() {
            8 => Some(ags.to_owned()),
            7 => {
                let ganz = format!("0{ags}");
                let rs = self.rs.as_deref()?.trim();
                // Land, Regierungsbezirk and Kreis are the same five digits in both keys.
                (rs.len() == 12 && rs.get(..5) == ganz.get(..5)).then_some(ganz)
            }
            _ => None,
        }
    }
}

/// The plan itself (`FP_Plan`).
#[derive(Debug, Clone)]
pub struct PlanKopf {
    /// `gml:id`.
    pub gml_id: Option<String>,
    /// `5.1`, `6.0` …
    pub version: String,
    /// `name`.
    pub name: Option<String>,
    /// `nummer`.
    pub nummer: Option<String>,
    /// `planArt` code.
    pub plan_art: Option<String>,
    /// `verfahren` code.
    pub verfahren: Option<String>,
    /// `rechtsstand` code of the plan (4000 wirksam, 5000 aufgehoben, else in procedure).
    pub rechtsstand: Option<String>,
    /// `wirksamkeitsDatum`.
    pub wirksam_am: Option<NaiveDate>,
    /// Gemeinden in file order.
    pub gemeinden: Vec<PlanGemeinde>,
    /// `raeumlicherGeltungsbereich` in EPSG:25832 (empty when the file has none).
    pub geltungsbereich: MultiPolygon<f64>,
}

impl Default for PlanKopf {
    /// By hand: `MultiPolygon` has no default.
    fn default() -> Self {
        Self {
            gml_id: None,
            version: String::new(),
            name: None,
            nummer: None,
            plan_art: None,
            verfahren: None,
            rechtsstand: None,
            wirksam_am: None,
            gemeinden: Vec::new(),
            geltungsbereich: MultiPolygon(Vec::new()),
        }
    }
}

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Schwere {
    /// Worth knowing.
    Hinweis,
    /// The figures may be wrong because of it.
    Warnung,
    /// The data are wrong.
    Fehler,
}

/// One finding of an import, for the protocol and the layer `import_befunde`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Befund {
    /// Stable slug, e.g. `flaechenschluss-ebene`.
    pub code: String,
    /// Severity.
    pub schwere: Schwere,
    /// XPlanung class.
    pub klasse: Option<String>,
    /// gml:id or kennung of the object.
    pub kennung: Option<String>,
    /// Easting, northing in EPSG:25832.
    pub ort: Option<[f64; 2]>,
    /// German sentence: what, where, what to do.
    pub text: String,
}

impl Befund {
    /// About the whole file or plan, without an object or a place.
    pub fn neu(code: impl Into<String>, schwere: Schwere, text: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            schwere,
            klasse: None,
            kennung: None,
            ort: None,
            text: text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PlanGemeinde;

    #[test]
    fn a_lost_zero_comes_back_only_when_the_rs_says_so() {
        let g = |ags: &str, rs: Option<&str>| {
            PlanGemeinde {
                ags: Some(ags.to_owned()),
                rs: rs.map(str::to_owned),
                name: None,
            }
            .ags_normiert()
        };
        assert_eq!(g("09181130", None).as_deref(), Some("09181130"));
        assert_eq!(
            g("9181130", Some("091810130130")).as_deref(),
            Some("09181130")
        );
        assert_eq!(g("9181130", None), None);
        assert_eq!(g("9181130", Some("031545401000")), None);
        assert_eq!(g("LL", Some("091810130130")), None);
    }
}
