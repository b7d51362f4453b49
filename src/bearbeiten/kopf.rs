//! The headers of a writing request: versions, repetition, reason, coordinate system.

use axum::http::{HeaderMap, HeaderName, header};

use crate::http::problem::{self, Problem};
use crate::layers::crs::Ziel;

/// Longest reason, in characters.
const ANLASS_MAX: usize = 500;
/// Longest key of a repeated request, in characters.
const SCHLUESSEL_MAX: usize = 200;

/// What the headers say.
#[derive(Debug, Default)]
pub struct Kopf {
    /// Versions of If-Match; None: no such header.
    wenn: Option<Bedingung>,
    /// Versions of If-None-Match.
    wenn_nicht: Option<Bedingung>,
    /// Idempotency-Key.
    pub schluessel: Option<String>,
    /// X-Anlass: why, for the history.
    pub anlass: Option<String>,
    /// Content-Crs.
    pub crs: Option<Ziel>,
}

#[derive(Debug, PartialEq)]
enum Bedingung {
    Irgendeine,
    Eine(Vec<String>),
}

impl Kopf {
    /// Reads them; a header of the wrong form is refused, never ignored.
    pub fn lies(headers: &HeaderMap) -> Result<Self, Problem> {
        let schluessel = einer(headers, "idempotency-key")?;
        if let Some(text) = &schluessel
            && (text.is_empty() || text.chars().count() > SCHLUESSEL_MAX)
        {
            return Err(falsch(
                "Idempotency-Key",
                &format!("erwartet werden 1 bis {SCHLUESSEL_MAX} Zeichen"),
            ));
        }
        let anlass = einer(headers, "x-anlass")?.filter(|text| !text.trim().is_empty());
        if anlass
            .as_ref()
            .is_some_and(|text| text.chars().count() > ANLASS_MAX)
        {
            return Err(falsch(
                "X-Anlass",
                &format!("höchstens {ANLASS_MAX} Zeichen"),
            ));
        }
        let crs = match einer(headers, "content-crs")? {
            None => None,
            Some(text) => {
                let uri = text.trim().trim_start_matches('<').trim_end_matches('>');
                Some(Ziel::zu_uri(uri).ok_or_else(|| {
                    falsch(
                        "Content-Crs",
                        &format!(
                            "„{uri}“ gibt es hier nicht; möglich sind {}",
                            Ziel::ALLE.map(Ziel::uri).join(", ")
                        ),
                    )
                })?)
            }
        };
        Ok(Self {
            wenn: bedingung(headers, &header::IF_MATCH)?,
            wenn_nicht: bedingung(headers, &header::IF_NONE_MATCH)?,
            schluessel,
            anlass,
            crs,
        })
    }

    /// As if a client had sent this version in If-Match; None: no condition.
    #[must_use]
    pub fn fuer_version(marke: Option<&str>) -> Self {
        Self {
            wenn: marke.map(|marke| Bedingung::Eine(vec![marke.to_owned()])),
            ..Self::default()
        }
    }

    /// Refuses when the object has another version than the caller worked on. `marke` is the
    /// version now; None: there is no such object yet.
    pub fn pruefe(&self, marke: Option<&str>) -> Result<(), Problem> {
        if let Some(wenn) = &self.wenn {
            let passt = match (wenn, marke) {
                (_, None) => false,
                (Bedingung::Irgendeine, Some(_)) => true,
                (Bedingung::Eine(marken), Some(jetzt)) => marken.iter().any(|m| m == jetzt),
            };
            if !passt {
                let genannt = match wenn {
                    Bedingung::Irgendeine => "*".to_owned(),
                    Bedingung::Eine(marken) => marken.join(", "),
                };
                return Err(problem::VERSION.mit(match marke {
                    Some(jetzt) => format!(
                        "Das Objekt hat jetzt die Version {jetzt}; Ihre Änderung beruht auf Version {genannt}. Bitte neu laden und die Änderung dort anbringen."
                    ),
                    None => format!("Das Objekt gibt es nicht (mehr); verlangt war Version {genannt}."),
                }));
            }
        }
        if let (Some(wenn_nicht), Some(jetzt)) = (&self.wenn_nicht, marke) {
            let trifft = match wenn_nicht {
                Bedingung::Irgendeine => true,
                Bedingung::Eine(marken) => marken.iter().any(|m| m == jetzt),
            };
            if trifft {
                return Err(problem::VERSION.mit(format!(
                    "Das Objekt gibt es schon (Version {jetzt}); verlangt war, dass es nicht da ist (If-None-Match)."
                )));
            }
        }
        Ok(())
    }
}

fn falsch(name: &str, text: &str) -> Problem {
    problem::PARAMETER
        .mit(format!("Die Kopfzeile {name} passt nicht: {text}."))
        .parameter(name)
}

/// The text of a header that may stand once.
fn einer(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, Problem> {
    let mut werte = headers.get_all(HeaderName::from_static(name)).iter();
    let Some(wert) = werte.next() else {
        return Ok(None);
    };
    if werte.next().is_some() {
        return Err(falsch(name, "sie steht mehrfach"));
    }
    String::from_utf8(wert.as_bytes().to_vec())
        .map(Some)
        .map_err(|_| falsch(name, "kein gültiges UTF-8"))
}

/// `*`, or strong tags; of each the part before the point, which is the version.
fn bedingung(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Bedingung>, Problem> {
    let mut alle = None;
    for wert in headers.get_all(name) {
        let text = wert.to_str().map_err(|_| {
            falsch(
                name.as_str(),
                "erwartet wird *, oder ein ETag in Anführungszeichen",
            )
        })?;
        for teil in text
            .split(',')
            .map(str::trim)
            .filter(|teil| !teil.is_empty())
        {
            let marken = match alle.get_or_insert_with(|| Bedingung::Eine(Vec::new())) {
                Bedingung::Eine(marken) => marken,
                Bedingung::Irgendeine => continue,
            };
            if teil == "*" {
                alle = Some(Bedingung::Irgendeine);
                continue;
            }
            let schwach = teil.starts_with("W/");
            let etag = teil.trim_start_matches("W/");
            let Some(inhalt) = etag.strip_prefix('"').and_then(|e| e.strip_suffix('"')) else {
                return Err(falsch(
                    name.as_str(),
                    "erwartet wird *, oder ein ETag in Anführungszeichen",
                ));
            };
            let marke = inhalt.split('.').next().unwrap_or(inhalt);
            // A weak tag never equals a strong one (RFC 9110, 8.8.3.2).
            marken.push(if schwach {
                teil.to_owned()
            } else {
                marke.to_owned()
            });
        }
    }
    Ok(alle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kopf(paare: &[(&'static str, &str)]) -> Result<Kopf, Problem> {
        let mut headers = HeaderMap::new();
        for (name, wert) in paare {
            headers.append(*name, wert.parse().unwrap());
        }
        Kopf::lies(&headers)
    }

    #[test]
    fn versions_are_compared_by_their_first_part() {
        let k = kopf(&[("if-match", "\"7.ab12\", \"9.x\"")]).unwrap();
        assert!(k.pruefe(Some("7")).is_ok());
        assert!(k.pruefe(Some("9")).is_ok());
        let satz = k.pruefe(Some("8")).unwrap_err().detail;
        assert!(
            satz.contains("Version 8") && satz.contains("7, 9"),
            "{satz}"
        );
        assert!(k.pruefe(None).is_err());
        let schwach = kopf(&[("if-match", "W/\"7\"")]).unwrap();
        assert!(schwach.pruefe(Some("7")).is_err());
        let stern = kopf(&[("if-match", "*")]).unwrap();
        assert!(stern.pruefe(Some("1")).is_ok() && stern.pruefe(None).is_err());
        let neu = kopf(&[("if-none-match", "*")]).unwrap();
        assert!(neu.pruefe(None).is_ok() && neu.pruefe(Some("1")).is_err());
    }

    #[test]
    fn malformed_headers_are_refused() {
        for (name, wert) in [
            ("if-match", "7"),
            ("content-crs", "EPSG:25832"),
            (
                "content-crs",
                "<http://www.opengis.net/def/crs/EPSG/0/2056>",
            ),
            ("idempotency-key", ""),
        ] {
            assert!(kopf(&[(name, wert)]).is_err(), "{name}: {wert}");
        }
        assert!(kopf(&[("x-anlass", &"x".repeat(501))]).is_err());
        for uri in [
            "http://www.opengis.net/def/crs/EPSG/0/25832",
            "<http://www.opengis.net/def/crs/EPSG/0/25832>",
        ] {
            assert_eq!(
                kopf(&[("content-crs", uri)]).unwrap().crs,
                Some(Ziel::Epsg25832)
            );
        }
    }
}
