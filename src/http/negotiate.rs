//! Which representation a request gets: `f` wins over Accept, Accept is weighed by q.
//!
//! [`Format`] is for a resource with JSON and a page, whatever its JSON media type;
//! [`Ausgabe`] for one with files besides.

use axum::http::{HeaderMap, header};

use super::problem::{self, Problem};

/// Media types of a resource with plain JSON.
pub const JSON: &[&str] = &["application/json"];

/// What we can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, GeoJSON, JSON Schema or OpenAPI: whatever JSON the resource has.
    Json,
    /// An HTML page.
    Html,
}

/// Chooses by `f`, else by Accept; `json` are the JSON media types this resource answers to.
pub fn waehle(f: Option<&str>, headers: &HeaderMap, json: &[&str]) -> Result<Format, Problem> {
    match f {
        Some("json") => return Ok(Format::Json),
        Some("html") => return Ok(Format::Html),
        Some(anderes) => return Err(unbekannt(anderes, &["json", "html"])),
        None => {}
    }
    let accept = accept(headers);
    if accept.trim().is_empty() {
        return Ok(Format::Json);
    }
    let html = guete(&accept, &["text/html", "application/xhtml+xml"]);
    let json_guete = guete(&accept, json).max(guete(&accept, &["application/json"]));
    if html > json_guete {
        Ok(Format::Html)
    } else if json_guete > 0.0 {
        Ok(Format::Json)
    } else {
        Err(problem::NICHT_ANNEHMBAR.mit(
            "Die verlangten Formate (Accept) gibt es hier nicht. Möglich sind JSON und HTML, auch über f=json und f=html.",
        ))
    }
}

/// The client takes gzip (RFC 9110, 12.5.3).
#[must_use]
pub fn nimmt_gzip(headers: &HeaderMap) -> bool {
    let werte = headers.get_all(header::ACCEPT_ENCODING).iter();
    let werte = werte.filter_map(|wert| wert.to_str().ok());
    let mut alles = None;
    for teil in werte.flat_map(|wert| wert.split(',')) {
        let (name, guete) = teil.split_once(';').unwrap_or((teil, ""));
        let guete = guete.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse);
        let gut = guete.is_ok_and(|q: f32| q > 0.0);
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return gut,
            "*" => alles = Some(gut),
            _ => {}
        }
    }
    alles.unwrap_or(false)
}

/// A representation of a resource that has more than JSON and a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ausgabe {
    /// JSON.
    Json,
    /// An HTML page.
    Html,
    /// GeoJSON.
    Geojson,
    /// CSV for German Excel.
    Csv,
    /// A workbook.
    Xlsx,
}

impl From<Format> for Ausgabe {
    fn from(format: Format) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Html => Self::Html,
        }
    }
}

impl Ausgabe {
    /// Value of the parameter `f`.
    #[must_use]
    pub fn kuerzel(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
            Self::Geojson => "geojson",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Its media type, without parameters.
    #[must_use]
    pub const fn medium(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Html => "text/html",
            Self::Geojson => "application/geo+json",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The one of `angebot` that `f` names.
    pub fn von(f: Option<&str>, angebot: &[Self]) -> Result<Option<Self>, Problem> {
        let Some(f) = f else { return Ok(None) };
        match angebot.iter().find(|ausgabe| ausgabe.kuerzel() == f) {
            Some(ausgabe) => Ok(Some(*ausgabe)),
            None => {
                let kuerzel: Vec<&str> = angebot.iter().map(|a| a.kuerzel()).collect();
                Err(unbekannt(f, &kuerzel))
            }
        }
    }
}

/// Chooses one of `angebot` by `f`, else JSON, GeoJSON or the page by Accept: a file to save
/// is never sent to somebody who did not name it.
pub fn waehle_ausgabe(
    f: Option<&str>,
    headers: &HeaderMap,
    angebot: &[Ausgabe],
) -> Result<Ausgabe, Problem> {
    if let Some(ausgabe) = Ausgabe::von(f, angebot)? {
        return Ok(ausgabe);
    }
    let geojson = Ausgabe::Geojson.medium();
    let json: &[&str] = if angebot.contains(&Ausgabe::Geojson) {
        &["application/json", geojson]
    } else {
        JSON
    };
    Ok(match waehle(None, headers, json)? {
        Format::Html => Ausgabe::Html,
        Format::Json => {
            let accept = accept(headers);
            if json.contains(&geojson) && guete(&accept, &[geojson]) > guete(&accept, JSON) {
                Ausgabe::Geojson
            } else {
                Ausgabe::Json
            }
        }
    })
}

fn unbekannt(f: &str, moeglich: &[&str]) -> Problem {
    let moeglich: Vec<String> = moeglich
        .iter()
        .map(|kuerzel| format!("f={kuerzel}"))
        .collect();
    let moeglich = match moeglich.split_last() {
        Some((letztes, andere)) if !andere.is_empty() => {
            format!("{} und {letztes}", andere.join(", "))
        }
        _ => moeglich.concat(),
    };
    problem::PARAMETER
        .mit(format!(
            "Das Format „{f}“ gibt es hier nicht. Möglich sind {moeglich}."
        ))
        .parameter("f")
}

pub(super) fn accept(headers: &HeaderMap) -> String {
    let werte: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|wert| wert.to_str().ok())
        .collect();
    werte.join(",")
}

/// True when the caller would rather read a page than JSON; used for error answers, which never fail.
#[must_use]
pub fn will_html(headers: &HeaderMap) -> bool {
    waehle(None, headers, &["application/problem+json"]).is_ok_and(|format| format == Format::Html)
}

/// Best q among the given types; a more specific range overrides a wildcard (RFC 9110, 12.5.1).
pub(super) fn guete(accept: &str, typen: &[&str]) -> f32 {
    typen
        .iter()
        .map(|typ| {
            let mut beste = (0, 0.0);
            for bereich in accept.split(',') {
                let mut teile = bereich.split(';').map(str::trim);
                let name = teile.next().unwrap_or_default().to_ascii_lowercase();
                let genau = if name == *typ {
                    3
                } else if name
                    .strip_suffix("/*")
                    .is_some_and(|haupt| haupt != "*" && typ.split('/').next() == Some(haupt))
                {
                    2
                } else if name == "*/*" || name == "*" {
                    1
                } else {
                    continue;
                };
                let q = teile
                    .find_map(|teil| teil.strip_prefix("q="))
                    .and_then(|q| q.parse::<f32>().ok())
                    .unwrap_or(1.0);
                if genau > beste.0 {
                    beste = (genau, q);
                }
            }
            beste.1
        })
        .fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fuer(accept: &str) -> Option<Format> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        waehle(None, &headers, &["application/geo+json"]).ok()
    }

    #[test]
    fn a_refusal_names_every_format_of_the_resource() {
        let angebot = [Ausgabe::Json, Ausgabe::Geojson, Ausgabe::Csv, Ausgabe::Html];
        let lies = |f| waehle_ausgabe(Some(f), &HeaderMap::new(), &angebot);
        assert_eq!(lies("csv").unwrap(), Ausgabe::Csv);
        assert_eq!(
            lies("xlsx").unwrap_err().detail,
            "Das Format „xlsx“ gibt es hier nicht. Möglich sind f=json, f=geojson, f=csv und f=html."
        );
        assert_eq!(
            waehle(Some("csv"), &HeaderMap::new(), JSON)
                .unwrap_err()
                .detail,
            "Das Format „csv“ gibt es hier nicht. Möglich sind f=json und f=html."
        );
    }

    #[test]
    fn who_accepts_geojson_alone_gets_it_and_nobody_gets_a_file_unasked() {
        let angebot = [Ausgabe::Json, Ausgabe::Geojson, Ausgabe::Csv, Ausgabe::Html];
        let lies = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            waehle_ausgabe(None, &headers, &angebot).ok()
        };
        assert_eq!(lies("application/geo+json"), Some(Ausgabe::Geojson));
        assert_eq!(
            lies("application/geo+json, application/json"),
            Some(Ausgabe::Json)
        );
        assert_eq!(lies("*/*"), Some(Ausgabe::Json));
        assert_eq!(lies(""), Some(Ausgabe::Json));
        assert_eq!(lies("text/*"), Some(Ausgabe::Html));
        assert_eq!(lies("text/csv"), None);
    }

    #[test]
    fn weighs_accept() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert_eq!(fuer(browser), Some(Format::Html));
        assert_eq!(
            fuer("application/geo+json, application/json"),
            Some(Format::Json)
        );
        assert_eq!(fuer("*/*"), Some(Format::Json));
        assert_eq!(
            fuer("text/html;q=0.2, application/json;q=0.1"),
            Some(Format::Html)
        );
        assert_eq!(fuer("application/*"), Some(Format::Json));
        assert_eq!(fuer("text/*"), Some(Format::Html));
        assert_eq!(
            fuer("*/*, application/json;q=0, application/geo+json;q=0"),
            Some(Format::Html)
        );
        assert_eq!(fuer("application/vnd.oai.openapi+json;version=3.0"), None);
        assert_eq!(fuer("image/png"), None);
        assert_eq!(fuer("text/html;q=0"), None);
    }
}
