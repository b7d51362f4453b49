//! Requests and filters as XML, read into a small tree. Names are compared without their
//! namespace: clients write `wfs:`, `fes:`, `ogc:` as they like. No document type, no
//! entities of one's own.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::ausnahme::{Ausnahme, Code};

/// Longest request, bytes.
pub const BYTES_MAX: usize = 256 << 10;
/// Deepest nesting.
const TIEFE_MAX: usize = 40;

/// One element.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Element {
    /// Name without its prefix.
    pub name: String,
    /// Attributes, names without prefix.
    pub attribute: Vec<(String, String)>,
    /// Elements in it.
    pub kinder: Vec<Element>,
    /// Text directly in it.
    pub text: String,
}

impl Element {
    /// An attribute; upper and lower case do not count.
    #[must_use]
    pub fn attribut(&self, name: &str) -> Option<&str> {
        let gefunden = self
            .attribute
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        gefunden.map(|(_, wert)| wert.as_str())
    }

    /// Elements of this name.
    pub fn alle<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.kinder.iter().filter(move |kind| kind.name == name)
    }

    /// The first element of this name.
    #[must_use]
    pub fn eines(&self, name: &str) -> Option<&Self> {
        self.kinder.iter().find(|kind| kind.name == name)
    }
}

/// Reads a document; `ort` names it in errors.
///
/// # Errors
/// It is no XML, too long or too deep.
pub fn lies(text: &str, ort: &str) -> Result<Element, Ausnahme> {
    if text.len() > BYTES_MAX {
        let grund = "Das XML lässt sich nicht lesen: es ist länger als 256 KB.";
        return Err(Ausnahme::neu(Code::Unlesbar, ort, grund));
    }
    lies_lang(text, ort)
}

/// The same however long: answers of our own.
///
/// # Errors
/// It is no XML, or too deep.
pub fn lies_lang(text: &str, ort: &str) -> Result<Element, Ausnahme> {
    let falsch = |grund: &str| {
        Ausnahme::neu(
            Code::Unlesbar,
            ort,
            format!("Das XML lässt sich nicht lesen: {grund}"),
        )
    };
    let mut leser = Reader::from_str(text);
    leser.config_mut().expand_empty_elements = true;
    // The innermost open element last; the first is the document itself.
    let mut stapel = vec![Element::default()];
    loop {
        let ereignis = leser.read_event().map_err(|e| falsch(&format!("{e}.")))?;
        let offen = stapel.len();
        let Some(hier) = stapel.last_mut() else {
            return Err(falsch("ein Element endet, das nicht begonnen hat."));
        };
        match ereignis {
            Event::Start(start) => {
                if offen > TIEFE_MAX {
                    return Err(falsch("es ist zu tief verschachtelt."));
                }
                let element = element(&start).ok_or_else(|| falsch("ein Attribut ist falsch."))?;
                stapel.push(element);
            }
            Event::End(_) => {
                let fertig = stapel.pop().unwrap_or_default();
                match stapel.last_mut() {
                    Some(hier) => hier.kinder.push(fertig),
                    None => return Err(falsch("ein Element endet, das nicht begonnen hat.")),
                }
            }
            Event::Text(text) => hier.text.push_str(&text.xml10_content()),
            Event::CData(text) => hier.text.push_str(&text.xml10_content()),
            Event::GeneralRef(verweis) => {
                let zeichen = verweis.resolve_char_ref().ok().flatten();
                let zeichen = zeichen.or(match verweis.as_ref() {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "apos" => Some('\''),
                    "quot" => Some('"'),
                    _ => None,
                });
                hier.text
                    .push(zeichen.ok_or_else(|| falsch("eine Entität ist nicht bekannt."))?);
            }
            Event::DocType(_) => return Err(falsch("eine DOCTYPE wird nicht angenommen.")),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
        }
    }
    let mut dokument = stapel.pop().unwrap_or_default();
    if !stapel.is_empty() {
        return Err(falsch("es hört mitten in einem Element auf."));
    }
    match (dokument.kinder.pop(), dokument.kinder.is_empty()) {
        (Some(wurzel), true) => Ok(wurzel),
        _ => Err(falsch("es hat nicht genau ein äußerstes Element.")),
    }
}

fn element(start: &BytesStart<'_>) -> Option<Element> {
    let lokal = |name: &str| {
        name.rsplit_once(':')
            .map_or_else(|| name.to_owned(), |(_, lokal)| lokal.to_owned())
    };
    let mut attribute = Vec::new();
    for attribut in start.attributes() {
        let attribut = attribut.ok()?;
        let name: &str = attribut.key.as_ref();
        if name.starts_with("xmlns") {
            continue;
        }
        let wert = attribut.normalized_value(XmlVersion::Implicit1_0).ok()?;
        attribute.push((lokal(name), wert.into_owned()));
    }
    let name: &str = start.name().into_inner();
    Some(Element {
        name: lokal(name),
        attribute,
        ..Element::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_and_what_is_refused() {
        let baum = lies(
            "<?xml version='1.0'?><!-- x --><wfs:a B='1&amp;2' xmlns:wfs='u'><c>x &lt; <![CDATA[<y>]]></c><d/></wfs:a>",
            "body",
        )
        .unwrap();
        assert_eq!((baum.name.as_str(), baum.attribut("b")), ("a", Some("1&2")));
        assert_eq!(baum.eines("c").unwrap().text, "x < <y>");
        assert_eq!(baum.kinder.len(), 2);
        let tief = "<a>".repeat(50) + &"</a>".repeat(50);
        for falsch in [
            "",
            "a",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a/>",
            &tief,
        ] {
            let fehler = lies(falsch, "body").unwrap_err();
            assert_eq!(fehler.code, Code::Unlesbar, "{falsch}");
        }
    }
}
