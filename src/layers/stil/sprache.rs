//! The languages a style is written in, and which one a request gets.

use crate::http::extract::Anfrage;
use crate::http::problem::{self, Problem};
use crate::layers::documents::{HTML, JSON};

/// Media type of MapLibre styles, as OGC API – Styles names it.
pub const MAPLIBRE: &str = "application/vnd.mapbox.style+json";
/// One way to write a style.
#[derive(Debug)]
pub struct Sprache {
    /// Value of `f`.
    pub kuerzel: &'static str,
    /// Media type.
    pub medium: &'static str,
    /// Name.
    pub titel: &'static str,
    /// Its version, and where it is described.
    pub fassung: (&'static str, &'static str),
    /// Ending of a saved file.
    pub endung: &'static str,
}

/// All of them, the one sent unasked first.
pub static SPRACHEN: [Sprache; 4] = [
    Sprache {
        kuerzel: "maplibre",
        medium: MAPLIBRE,
        titel: "MapLibre",
        fassung: ("8", "https://maplibre.org/maplibre-style-spec/"),
        endung: "json",
    },
    Sprache {
        kuerzel: "qml",
        medium: "application/vnd.qgis.qml",
        titel: "QGIS (QML)",
        fassung: (
            "3.22",
            "https://docs.qgis.org/latest/de/docs/user_manual/appendices/qgis_file_formats.html",
        ),
        endung: "qml",
    },
    Sprache {
        kuerzel: "sld10",
        medium: "application/vnd.ogc.sld+xml;version=1.0",
        titel: "SLD 1.0",
        fassung: ("1.0.0", "https://www.ogc.org/standards/sld"),
        endung: "sld",
    },
    Sprache {
        kuerzel: "sld11",
        medium: "application/vnd.ogc.sld+xml;version=1.1",
        titel: "SLD 1.1",
        fassung: ("1.1.0", "https://www.ogc.org/standards/sld"),
        endung: "sld",
    },
];

/// The language of an answer; None is the page. A file to save is never sent unasked.
///
/// # Errors
/// 400 for an unknown `f`, 406 when none is acceptable.
pub fn waehle(anfrage: &Anfrage) -> Result<Option<&'static Sprache>, Problem> {
    if let Some(f) = anfrage.parameter.einzig("f")? {
        if f == "html" {
            return Ok(None);
        }
        let f = if f == "json" { SPRACHEN[0].kuerzel } else { f };
        let mut kuerzel: Vec<&str> = SPRACHEN.iter().map(|s| s.kuerzel).collect();
        kuerzel.extend(["json", "html"]);
        return match SPRACHEN.iter().find(|sprache| sprache.kuerzel == f) {
            Some(sprache) => Ok(Some(sprache)),
            None => Err(unbekannt(f, &kuerzel)),
        };
    }
    if anfrage.nimmt_alles() {
        return Ok(Some(&SPRACHEN[0]));
    }
    let maplibre = anfrage.guete(&[MAPLIBRE, JSON, "application/vnd.maplibre.style+json"]);
    let mut beste = (maplibre, Some(&SPRACHEN[0]));
    let seite = anfrage.guete(&[HTML, "application/xhtml+xml"]);
    if seite > beste.0 {
        beste = (seite, None);
    }
    for sprache in &SPRACHEN[1..] {
        // A version that is asked for stands as a parameter of the range, which `guete` leaves
        // aside: of the two SLD the one that is named in full wins.
        let medium = sprache.medium.split(';').next().unwrap_or(sprache.medium);
        let genau = anfrage.nennt(sprache.medium);
        let guete = anfrage.guete(&[medium]);
        if guete > beste.0 || genau && guete >= beste.0 && guete > 0.0 {
            beste = (guete, Some(sprache));
        }
    }
    if beste.0 > 0.0 {
        return Ok(beste.1);
    }
    Err(problem::NICHT_ANNEHMBAR.mit(
        "Die verlangten Formate (Accept) gibt es hier nicht. Möglich sind MapLibre, QML, SLD und HTML, auch über f=maplibre, f=qml, f=sld10, f=sld11 und f=html.",
    ))
}

/// 400 for a value of `f` the resource does not know.
pub(super) fn unbekannt(f: &str, moeglich: &[&str]) -> Problem {
    problem::PARAMETER
        .mit(format!(
            "Das Format „{f}“ gibt es hier nicht. Möglich sind: {}.",
            moeglich.join(", ")
        ))
        .parameter("f")
}
