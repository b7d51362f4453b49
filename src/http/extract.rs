//! The request as handlers see it: strictly decoded parameters, format, base address.

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, request::Parts};
use percent_encoding::percent_decode_str;

use super::link::{Basis, kodiere_parameter};
use super::negotiate::{Ausgabe, Format, accept, guete, waehle, waehle_ausgabe};
use super::problem::{self, Problem};
use super::{Kontext, Person, page::Seite};

/// One GET request, decoded.
#[derive(Debug)]
pub struct Anfrage {
    /// Query parameters in the order sent.
    pub parameter: Parameter,
    /// The address the caller used for us.
    pub basis: Basis,
    /// Path as sent, still percent-encoded.
    pub pfad: String,
    headers: HeaderMap,
    kontext: Kontext,
    person: Option<Person>,
}

impl Anfrage {
    /// Chooses JSON or HTML; `json` are the JSON media types of the resource.
    pub fn format(&self, json: &[&str]) -> Result<Format, Problem> {
        waehle(self.parameter.einzig("f")?, &self.headers, json)
    }

    /// Chooses among the representations of a resource that has files besides JSON and a page.
    pub fn ausgabe(&self, angebot: &[Ausgabe]) -> Result<Ausgabe, Problem> {
        waehle_ausgabe(self.parameter.einzig("f")?, &self.headers, angebot)
    }

    /// Best q the caller gives one of these media types.
    #[must_use]
    pub fn guete(&self, typen: &[&str]) -> f32 {
        guete(&accept(&self.headers), typen)
    }

    /// Accept names this media type with its parameters (blanks aside).
    #[must_use]
    pub fn nennt(&self, medium: &str) -> bool {
        let ohne = |text: &str| text.replace([' ', '"'], "").to_ascii_lowercase();
        let medium = ohne(medium);
        let accept = ohne(&accept(&self.headers));
        accept
            .split(',')
            .any(|bereich| bereich == medium || bereich.starts_with(&format!("{medium};")))
    }

    /// No Accept: the caller leaves the choice to us.
    #[must_use]
    pub fn nimmt_alles(&self) -> bool {
        accept(&self.headers).trim().is_empty()
    }

    /// The frame of an HTML page.
    #[must_use]
    pub fn seite(&self) -> Seite {
        Seite {
            wurzel: self.basis.0.clone(),
            demo: self.kontext.demo,
            person: self.person.clone(),
            stand: self.kontext.rueckblick.as_ref().map(|r| r.worte.clone()),
        }
    }

    /// This request's own address with `f` set to the given representation.
    #[must_use]
    pub fn adresse(&self, ausgabe: impl Into<Ausgabe>) -> String {
        let paare = self.parameter.ohne(&["f"]);
        let paare = paare.chain([("f", ausgabe.into().kuerzel())]);
        self.basis
            .zu(&format!("{}?{}", self.pfad, kodiere_parameter(paare)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Anfrage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let kontext = parts
            .extensions
            .get::<Kontext>()
            .cloned()
            .unwrap_or_default();
        Ok(Self {
            parameter: Parameter::lies(parts.uri.query().unwrap_or_default())?,
            basis: Basis::von(&kontext, parts),
            pfad: parts.uri.path().to_owned(),
            headers: parts.headers.clone(),
            kontext,
            person: parts.extensions.get::<Person>().cloned(),
        })
    }
}

/// Query parameters, in order, decoded as strict UTF-8.
#[derive(Debug, Default, Clone)]
pub struct Parameter(Vec<(String, String)>);

impl Parameter {
    /// Decodes a query string; `+` is a space, as HTML forms write it.
    pub fn lies(query: &str) -> Result<Self, Problem> {
        let mut paare = Vec::new();
        for teil in query.split('&').filter(|teil| !teil.is_empty()) {
            let (name, wert) = teil.split_once('=').unwrap_or((teil, ""));
            let name = dekodiere(name).ok_or_else(|| unlesbar(name))?;
            let wert = dekodiere(wert).ok_or_else(|| unlesbar(&name))?;
            paare.push((name, wert));
        }
        Ok(Self(paare))
    }

    /// The value of a parameter that may stand once.
    pub fn einzig(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut werte = self.0.iter().filter(|(n, _)| n == name);
        let erster = werte.next().map(|(_, wert)| wert.as_str());
        if werte.next().is_some() {
            return Err(problem::PARAMETER
                .mit(format!(
                    "Der Parameter „{name}“ steht mehrfach in der Anfrage; er darf einmal stehen."
                ))
                .parameter(name));
        }
        Ok(erster)
    }

    /// Like [`Self::einzig`]; a blank value counts as none, as an HTML form sends a field left open.
    pub fn gesetzt(&self, name: &str) -> Result<Option<&str>, Problem> {
        Ok(self.einzig(name)?.filter(|wert| !wert.trim().is_empty()))
    }

    /// Refuses any parameter that is not in the list (OGC API – Features, 7.15.1).
    pub fn nur(&self, erlaubt: &[&str]) -> Result<(), Problem> {
        match self
            .0
            .iter()
            .find(|(name, _)| !erlaubt.contains(&name.as_str()))
        {
            None => Ok(()),
            Some((name, _)) => Err(unbekannt(name, erlaubt)),
        }
    }

    /// All pairs but those with the given names.
    pub fn ohne<'a>(&'a self, namen: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter(|(name, _)| !namen.contains(&name.as_str()))
            .map(|(name, wert)| (name.as_str(), wert.as_str()))
    }
}

/// 400 for a parameter the resource does not know.
#[must_use]
pub fn unbekannt(name: &str, erlaubt: &[&str]) -> Problem {
    problem::PARAMETER
        .mit(format!(
            "Den Parameter „{name}“ gibt es hier nicht. {}",
            if erlaubt.is_empty() {
                "Diese Adresse hat keine Parameter.".to_owned()
            } else {
                format!("Möglich sind: {}.", erlaubt.join(", "))
            }
        ))
        .parameter(name)
}

fn unlesbar(name: &str) -> Problem {
    problem::PARAMETER
        .mit(
            "Ein Parameter ist kein gültiges, prozentkodiertes UTF-8 oder enthält ein Nullzeichen.",
        )
        .parameter(name)
}

/// Percent-decoding that refuses broken UTF-8 and NUL (which no PostgreSQL text can hold).
fn dekodiere(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let text = percent_decode_str(&text).decode_utf8().ok()?;
    (!text.contains('\0')).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_and_refuses() {
        let p = Parameter::lies("a=%C3%BC+x&b&c=1&c=2&d=a%2Bb=c").unwrap();
        assert_eq!(p.einzig("a").unwrap(), Some("ü x"));
        assert_eq!(p.einzig("b").unwrap(), Some(""));
        assert_eq!(p.einzig("d").unwrap(), Some("a+b=c"));
        assert!(p.einzig("c").is_err());
        assert_eq!(p.gesetzt("a").unwrap(), Some("ü x"));
        assert_eq!(p.gesetzt("b").unwrap(), None);
        assert!(p.gesetzt("c").is_err());
        assert!(p.nur(&["a", "b", "c", "d"]).is_ok());
        assert!(p.nur(&["a", "b", "c"]).is_err());
        assert!(Parameter::lies("a=%ff").is_err());
        assert!(Parameter::lies("a=%00").is_err());
    }
}
