//! Cookies: reading them, and writing ours.
//!
//! With a public address of `https://` they carry `__Host-` and `Secure`: no other host and
//! no plain connection can set or read them. Without one (a first try on `http://127.0.0.1`)
//! browsers would refuse such cookies, so they go without.

use axum::http::{HeaderMap, HeaderValue, header};

/// Our cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keks {
    /// Number of the session.
    Sitzung,
    /// Number of the browser, kept over sign-outs.
    Geraet,
    /// What the sign-in form must repeat.
    Formular,
    /// Secret of a sign-in at the provider that is under way.
    #[cfg(feature = "oidc")]
    Vorgang,
}

impl Keks {
    fn name(self, sicher: bool) -> &'static str {
        match (self, sicher) {
            (Self::Sitzung, true) => "__Host-sid",
            (Self::Sitzung, false) => "zr-sid",
            (Self::Geraet, true) => "__Host-geraet",
            (Self::Geraet, false) => "zr-geraet",
            (Self::Formular, true) => "__Host-formular",
            (Self::Formular, false) => "zr-formular",
            #[cfg(feature = "oidc")]
            (Self::Vorgang, true) => "__Host-vorgang",
            #[cfg(feature = "oidc")]
            (Self::Vorgang, false) => "zr-vorgang",
        }
    }

    /// The value sent; only what we could have written.
    #[must_use]
    pub fn lies(self, headers: &HeaderMap, sicher: bool) -> Option<&str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|kopf| kopf.to_str().ok())
            .flat_map(|kopf| kopf.split(';'))
            .filter_map(|paar| paar.trim().split_once('='))
            .find(|(name, _)| *name == self.name(sicher))
            .map(|(_, wert)| wert)
            .filter(|wert| {
                wert.len() == 43
                    && wert
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            })
    }

    /// `Set-Cookie` with this value.
    #[must_use]
    pub fn setze(self, wert: &str, sicher: bool) -> Option<HeaderValue> {
        let dauer = match self {
            // Ends with the browser; the server ends it earlier.
            Self::Sitzung => "",
            Self::Geraet => "; Max-Age=15552000",
            Self::Formular => "; Max-Age=3600",
            #[cfg(feature = "oidc")]
            Self::Vorgang => "; Max-Age=600",
        };
        self.kopf(wert, dauer, sicher)
    }

    /// `Set-Cookie` that removes it.
    #[must_use]
    pub fn loesche(self, sicher: bool) -> Option<HeaderValue> {
        self.kopf("", "; Max-Age=0", sicher)
    }

    fn kopf(self, wert: &str, dauer: &str, sicher: bool) -> Option<HeaderValue> {
        let secure = if sicher { "; Secure" } else { "" };
        let name = self.name(sicher);
        HeaderValue::from_str(&format!(
            "{name}={wert}; Path=/; HttpOnly; SameSite=Lax{dauer}{secure}"
        ))
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() {
        let wert = super::super::geheimnis::neu().unwrap();
        for sicher in [true, false] {
            let kopf = Keks::Sitzung.setze(&wert, sicher).unwrap();
            let text = kopf.to_str().unwrap().to_owned();
            assert_eq!(text.contains("Secure"), sicher);
            assert_eq!(text.starts_with("__Host-"), sicher);
            let paar = text.split(';').next().unwrap();
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, format!("a=b; {paar}; c").parse().unwrap());
            assert_eq!(Keks::Sitzung.lies(&headers, sicher), Some(&*wert));
            assert_eq!(Keks::Sitzung.lies(&headers, !sicher), None);
            assert_eq!(Keks::Geraet.lies(&headers, sicher), None);
        }
    }
}
