//! Which format a request for items gets: `f` wins over Accept, Accept is weighed by q. A
//! file is sent only to somebody who names its type; `*/*` means GeoJSON.

use super::{FORMATE, Format};
use crate::http::extract::Anfrage;
use crate::http::problem::{self, Problem};
use crate::layers::documents::{GEOJSON, HTML, JSON};

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub enum Wahl {
    /// GeoJSON or the page.
    Gewohnt,
    /// One of [`FORMATE`].
    Format(&'static Format),
}

/// All values of `f`, for messages and `/api`.
#[must_use]
pub fn kuerzel() -> Vec<&'static str> {
    let mut alle = vec!["json", "html"];
    alle.extend(FORMATE.iter().map(|format| format.kuerzel));
    alle
}

/// Chooses.
///
/// # Errors
/// 400 for an unknown `f`, 406 when no format is acceptable.
pub fn waehle(anfrage: &Anfrage) -> Result<Wahl, Problem> {
    if let Some(f) = anfrage.parameter.einzig("f")? {
        return match Format::zu_kuerzel(f) {
            Some(format) => Ok(Wahl::Format(format)),
            None if matches!(f, "json" | "html") => Ok(Wahl::Gewohnt),
            None => Err(problem::PARAMETER
                .mit(format!(
                    "Das Format „{f}“ gibt es hier nicht. Möglich sind: {}.",
                    kuerzel().join(", ")
                ))
                .parameter("f")),
        };
    }
    if anfrage.nimmt_alles() {
        return Ok(Wahl::Gewohnt);
    }
    let gewohnt = anfrage.guete(&[GEOJSON, JSON, HTML, "application/xhtml+xml"]);
    let mut beste = (gewohnt, Wahl::Gewohnt);
    for format in FORMATE {
        let guete = anfrage.guete(&[format.medium]);
        if guete > beste.0 {
            beste = (guete, Wahl::Format(format));
        }
    }
    if beste.0 > 0.0 {
        return Ok(beste.1);
    }
    Err(problem::NICHT_ANNEHMBAR.mit(format!(
        "Die verlangten Formate (Accept) gibt es hier nicht. Möglich sind, auch über f: {}.",
        kuerzel().join(", ")
    )))
}
