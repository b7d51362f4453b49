//! Absolute links. QGIS resolves no relative one: a relative `next` silently
//! means "one page only".

use axum::http::{HeaderMap, header, request::Parts};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::Kontext;

/// RFC 3986 unreserved characters stay readable.
const KODIERT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One segment of a path or one query value, percent-encoded.
#[must_use]
pub fn kodiere(text: &str) -> String {
    utf8_percent_encode(text, KODIERT).to_string()
}

/// A query string without the question mark; commas and colons stay readable.
#[must_use]
pub fn kodiere_parameter<'a>(paare: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    const WERT: &AsciiSet = &KODIERT.remove(b',').remove(b':').remove(b'/');
    let mut text = String::new();
    for (name, wert) in paare {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name, WERT));
        text.push('=');
        text.extend(utf8_percent_encode(wert, WERT));
    }
    text
}

/// A link as OGC API – Common writes it.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// Absolute address.
    pub href: String,
    /// Relation: `self`, `alternate`, `next`, `data` …
    pub rel: String,
    /// Media type.
    #[serde(rename = "type")]
    pub typ: String,
    /// German title.
    pub title: String,
}

impl Link {
    /// A link with all members.
    pub fn new(
        rel: impl Into<String>,
        typ: impl Into<String>,
        href: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        Self {
            href: href.into(),
            rel: rel.into(),
            typ: typ.into(),
            title: title.into(),
        }
    }
}

/// The address under which the caller reached us, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis(pub String);

impl Basis {
    /// From the configured public address, else from the Host header.
    ///
    /// X-Forwarded headers are not believed: any client can send them, and a
    /// link is what a cache would then spread. Behind a proxy `--public-url` says it.
    #[must_use]
    pub fn von(kontext: &Kontext, parts: &Parts) -> Self {
        let heute = Self::heute(kontext, parts);
        match &kontext.rueckblick {
            Some(rueckblick) => Self(format!("{}/stand/{}", heute.0, rueckblick.text)),
            None => heute,
        }
    }

    /// The same without the past day the request is answered from.
    #[must_use]
    pub fn heute(kontext: &Kontext, parts: &Parts) -> Self {
        if let Some(url) = &kontext.public_url {
            return Self(url.trim_end_matches('/').to_owned());
        }
        let host = host(&parts.headers)
            .map(str::to_owned)
            .or_else(|| parts.uri.authority().map(ToString::to_string))
            .unwrap_or_else(|| "localhost".to_owned());
        Self(format!("http://{host}"))
    }

    /// Joins a path that begins with a slash.
    #[must_use]
    pub fn zu(&self, pfad: &str) -> String {
        format!("{}{pfad}", self.0)
    }
}

/// The Host header, when it is nothing but a host: a crafted one would end up in HTML and in caches.
fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let harmlos = !host.is_empty()
        && host.len() <= 255
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b));
    harmlos.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basis(host: &str, public_url: Option<&str>) -> String {
        let (parts, ()) = axum::http::Request::builder()
            .uri("/collections")
            .header("host", host)
            .body(())
            .unwrap()
            .into_parts();
        let kontext = Kontext {
            public_url: public_url.map(str::to_owned),
            ..Kontext::default()
        };
        Basis::von(&kontext, &parts).0
    }

    #[test]
    fn host_header_or_public_url() {
        assert_eq!(
            basis("karten.example:8080", None),
            "http://karten.example:8080"
        );
        assert_eq!(basis("[::1]:8080", None), "http://[::1]:8080");
        assert_eq!(
            basis("x", Some("https://geo.example/zr/")),
            "https://geo.example/zr"
        );
        assert_eq!(basis("a\"><script>", None), "http://localhost");
    }

    #[test]
    fn encodes_what_would_break_a_link() {
        assert_eq!(kodiere("a/b ü&?"), "a%2Fb%20%C3%BC%26%3F");
        assert_eq!(
            kodiere_parameter([("bbox", "1,2,3,4"), ("name", "a&b=c+d")]),
            "bbox=1,2,3,4&name=a%26b%3Dc%2Bd"
        );
    }
}
