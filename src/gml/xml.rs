//! Text of XML: what is written is always well-formed, whatever the database holds.

use std::fmt::Write as _;

/// One feature (or the frame around them) as text, indented unless it is dense.
#[derive(Debug, Default)]
pub struct Xml {
    /// What stands there so far.
    pub text: String,
    tiefe: usize,
    dicht: bool,
}

/// Attributes of an element: qualified name and value.
pub type Attribute<'a> = [(&'a str, &'a str)];

impl Xml {
    /// Without a line for each element: answers are read by programs.
    #[must_use]
    pub fn dicht() -> Self {
        Self {
            dicht: true,
            ..Self::default()
        }
    }

    fn zeile(&mut self) {
        if self.dicht {
            return;
        }
        self.text.push('\n');
        for _ in 0..self.tiefe {
            self.text.push_str("  ");
        }
    }

    fn kopf(&mut self, name: &str, attribute: &Attribute<'_>) {
        self.zeile();
        self.text.push('<');
        self.text.push_str(name);
        for (attribut, wert) in attribute {
            let _ = write!(self.text, " {attribut}=\"");
            maskiere(wert, true, &mut self.text);
            self.text.push('"');
        }
    }

    /// Opens an element.
    pub fn anfang(&mut self, name: &str, attribute: &Attribute<'_>) {
        self.kopf(name, attribute);
        self.text.push('>');
        self.tiefe += 1;
    }

    /// Closes it.
    pub fn ende(&mut self, name: &str) {
        self.tiefe = self.tiefe.saturating_sub(1);
        self.zeile();
        let _ = write!(self.text, "</{name}>");
    }

    /// An element with text.
    pub fn blatt(&mut self, name: &str, attribute: &Attribute<'_>, inhalt: &str) {
        self.blatt_mit(name, attribute, |text| maskiere(inhalt, false, text));
    }

    /// An element whose text is written by `inhalt`, which needs no escaping.
    pub fn blatt_mit(
        &mut self,
        name: &str,
        attribute: &Attribute<'_>,
        inhalt: impl FnOnce(&mut String),
    ) {
        self.kopf(name, attribute);
        self.text.push('>');
        inhalt(&mut self.text);
        let _ = write!(self.text, "</{name}>");
    }

    /// An element without content.
    pub fn leer(&mut self, name: &str, attribute: &Attribute<'_>) {
        self.kopf(name, attribute);
        self.text.push_str("/>");
    }

    /// A comment; two hyphens would end it.
    pub fn bemerkung(&mut self, text: &str) {
        self.zeile();
        let mut sicher = String::new();
        for zeichen in text.chars().filter(|&c| erlaubt(c)) {
            if zeichen == '-' && sicher.ends_with('-') {
                sicher.push(' ');
            }
            sicher.push(zeichen);
        }
        let _ = write!(self.text, "<!-- {sicher} -->");
    }
}

/// Characters of XML 1.0.
fn erlaubt(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn maskiere(wert: &str, attribut: bool, ziel: &mut String) {
    for zeichen in wert.chars() {
        match zeichen {
            '&' => ziel.push_str("&amp;"),
            '<' => ziel.push_str("&lt;"),
            '>' => ziel.push_str("&gt;"),
            '"' if attribut => ziel.push_str("&quot;"),
            // A reader would make a line feed of it.
            '\r' => ziel.push_str("&#13;"),
            '\n' | '\t' if attribut => {
                let _ = write!(ziel, "&#{};", u32::from(zeichen));
            }
            c if erlaubt(c) => ziel.push(c),
            // Vertical tabs and their like come from text of old programs; no XML may hold them.
            _ => ziel.push(' '),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_the_file() {
        let mut xml = Xml::default();
        xml.blatt("a", &[("b", "\"<x>\" &\n")], "1 < 2 & 3 > 2\u{b}\u{1}\r");
        xml.bemerkung("-- zwei --- Striche -->");
        assert_eq!(
            xml.text,
            "\n<a b=\"&quot;&lt;x&gt;&quot; &amp;&#10;\">1 &lt; 2 &amp; 3 &gt; 2  &#13;</a>\n<!-- - - zwei - - - Striche - -> -->"
        );
    }
}
