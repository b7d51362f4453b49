//! Elements of an XML document, built as a tree and written by quick-xml: what QGIS reads is
//! nested deep, and every name and value is escaped in one place.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// One element with its attributes, children and text.
#[derive(Debug, Clone)]
pub struct Element {
    name: &'static str,
    attribute: Vec<(&'static str, String)>,
    kinder: Vec<Element>,
    text: Option<String>,
}

impl Element {
    /// An empty element.
    #[must_use]
    pub fn neu(name: &'static str) -> Self {
        Self {
            name,
            attribute: Vec::new(),
            kinder: Vec::new(),
            text: None,
        }
    }

    /// With an attribute.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts alike stand in a call as they are"
    )]
    pub fn a(mut self, name: &'static str, wert: impl ToString) -> Self {
        self.attribute.push((name, wert.to_string()));
        self
    }

    /// With attributes that are all text.
    #[must_use]
    pub fn alle(mut self, paare: &[(&'static str, &str)]) -> Self {
        let paare = paare.iter().map(|(name, wert)| (*name, (*wert).to_owned()));
        self.attribute.extend(paare);
        self
    }

    /// With a child.
    #[must_use]
    pub fn kind(mut self, kind: Self) -> Self {
        self.kinder.push(kind);
        self
    }

    /// With children.
    #[must_use]
    pub fn kinder(mut self, kinder: impl IntoIterator<Item = Self>) -> Self {
        self.kinder.extend(kinder);
        self
    }

    /// With text instead of children.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts alike stand in a call as they are"
    )]
    pub fn text(mut self, text: impl ToString) -> Self {
        self.text = Some(text.to_string());
        self
    }

    /// The document; `kopf` stands before it (a document type).
    #[must_use]
    pub fn dokument(&self, kopf: &str) -> String {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        // Writing into memory cannot fail.
        let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        writer.get_mut().push(b'\n');
        writer.get_mut().extend_from_slice(kopf.as_bytes());
        self.schreibe(&mut writer);
        String::from_utf8(writer.into_inner()).unwrap_or_default()
    }

    /// The element alone, as text: QGIS keeps a few symbols as XML inside an attribute.
    #[must_use]
    pub fn ausschnitt(&self) -> String {
        let mut writer = Writer::new(Vec::new());
        self.schreibe(&mut writer);
        String::from_utf8(writer.into_inner()).unwrap_or_default()
    }

    fn schreibe(&self, writer: &mut Writer<Vec<u8>>) {
        let mut start = BytesStart::new(self.name);
        for (name, wert) in &self.attribute {
            start.push_attribute((*name, lesbar(wert).as_str()));
        }
        if self.kinder.is_empty() && self.text.as_deref().is_none_or(str::is_empty) {
            let _ = writer.write_event(Event::Empty(start));
            return;
        }
        let _ = writer.write_event(Event::Start(start));
        if let Some(text) = &self.text {
            let _ = writer.write_event(Event::Text(BytesText::new(&lesbar(text))));
        }
        for kind in &self.kinder {
            kind.schreibe(writer);
        }
        let _ = writer.write_event(Event::End(BytesEnd::new(self.name)));
    }
}

/// Without the characters XML 1.0 cannot hold (2.2).
fn lesbar(text: &str) -> String {
    let erlaubt = |c: &char| {
        matches!(c, '\t' | '\n' | '\r') || (*c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
    };
    text.chars().filter(erlaubt).collect()
}

/// A value of QGIS's maps of options.
#[must_use]
pub fn option(name: &str, typ: &'static str, wert: impl ToString) -> Element {
    Element::neu("Option")
        .a("type", typ)
        .a("name", name)
        .a("value", wert)
}

/// A text of QGIS's maps of options.
#[must_use]
pub fn textwert(name: &str, wert: impl ToString) -> Element {
    option(name, "QString", wert)
}

/// A map of options inside another.
#[must_use]
pub fn karte(name: &str, werte: impl IntoIterator<Item = Element>) -> Element {
    Element::neu("Option")
        .a("type", "Map")
        .a("name", name)
        .kinder(werte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        let wurzel = Element::neu("qgis")
            .a("name", "a\"<&'>\u{1}ü")
            .kind(Element::neu("title").text("x < y & z"))
            .kind(Element::neu("leer").text(""));
        let text = wurzel.dokument("<!DOCTYPE qgis>\n");
        assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE qgis>"));
        assert!(text.contains("<title>x &lt; y &amp; z</title>") && text.contains("<leer/>"));
        let mut leser = quick_xml::Reader::from_str(&text);
        let mut name = None;
        loop {
            match leser.read_event().unwrap() {
                Event::Start(e) if e.name().as_ref() == "qgis" => {
                    let wert = e.try_get_attribute("name").unwrap().unwrap();
                    let wert = wert.normalized_value(quick_xml::XmlVersion::Implicit1_0);
                    name = Some(wert.unwrap().into_owned());
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(name.as_deref(), Some("a\"<&'>ü"));
    }
}
