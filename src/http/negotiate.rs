//! Which representation a request gets: `f` wins over Accept, Accept is weighed by q.

use axum::http::{HeaderMap, header};

use super::problem::{self, Problem};

/// What we can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, GeoJSON, JSON Schema or OpenAPI: whatever JSON the resource has.
    Json,
    /// An HTML page.
    Html,
}

impl Format {
    /// Value of the parameter `f`.
    #[must_use]
    pub fn kuerzel(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
        }
    }
}

/// Chooses by `f`, else by Accept; `json` are the JSON media types this resource answers to.
pub fn waehle(f: Option<&str>, headers: &HeaderMap, json: &[&str]) -> Result<Format, Problem> {
    match f {
        Some("json") => return Ok(Format::Json),
        Some("html") => return Ok(Format::Html),
        Some(anderes) => {
            return Err(problem::PARAMETER
                .mit(format!(
                    "Das Format „{anderes}“ gibt es hier nicht. Möglich sind f=json und f=html."
                ))
                .parameter("f"));
        }
        None => {}
    }
    let accept: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|wert| wert.to_str().ok())
        .collect();
    let accept = accept.join(",");
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

/// True when the caller would rather read a page than JSON; used for error answers, which never fail.
#[must_use]
pub fn will_html(headers: &HeaderMap) -> bool {
    waehle(None, headers, &["application/problem+json"]).is_ok_and(|format| format == Format::Html)
}

/// Best q among the given types; a more specific range overrides a wildcard (RFC 9110, 12.5.1).
fn guete(accept: &str, typen: &[&str]) -> f32 {
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
