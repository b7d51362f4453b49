//! From bytes to elements: pulls XML events, resolves namespaces and builds the tree
//! of one feature at a time. Everything that is not well-formed XML ends here with
//! line and column; DTDs and entities are refused, nothing is ever fetched.

use std::io::BufRead;

use quick_xml::XmlVersion;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::quelle::{Abgelehnt, Quelle};
use super::version::{Raum, raum};
use crate::error::{Error, Result};

/// Nesting of elements, and with it of every recursion over a tree.
pub(super) const TIEFE: usize = 64;
const ATTRIBUTE: usize = 100;
/// Text of one feature, all elements together, in bytes.
const TEXT_GRENZE: usize = 64 << 20;
/// Text of one element that holds no coordinates, and of one attribute, in bytes.
const WERT_GRENZE: usize = 1 << 20;
/// Elements of one feature (a `gml:pos` per vertex is allowed, within reason).
const ELEMENT_GRENZE: usize = 500_000;

/// One element with everything below it.
#[derive(Debug)]
pub(super) struct Element {
    pub raum: Raum,
    /// Local name.
    pub name: String,
    /// Local name and value; prefixes of attributes carry nothing we need.
    attribute: Vec<(String, String)>,
    pub kinder: Vec<Element>,
    /// Character data directly in it, pieces joined.
    pub text: String,
    /// Line of its start tag.
    pub zeile: u64,
}

impl Element {
    /// Value of an attribute by local name.
    pub(super) fn attribut(&self, name: &str) -> Option<&str> {
        self.attribute
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, wert)| wert.trim())
    }
    /// First child of that local name.
    pub(super) fn kind(&self, name: &str) -> Option<&Element> {
        self.kinder.iter().find(|k| k.name == name)
    }
    /// Trimmed text of a child without children, None when empty.
    pub(super) fn wert(&self, name: &str) -> Option<&str> {
        self.kind(name).and_then(Element::inhalt)
    }
    /// Trimmed text, None when empty.
    pub(super) fn inhalt(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|t| !t.is_empty())
    }
    /// Holds coordinates, which may be long (the vertices of an object have a limit of
    /// their own).
    pub(super) fn koordinaten(&self) -> bool {
        self.raum == Raum::Gml && matches!(self.name.as_str(), "posList" | "pos" | "coordinates")
    }
    /// The first element, itself included, for which `passt` says yes, depth first.
    pub(super) fn finde(&self, passt: &dyn Fn(&Element) -> bool) -> Option<&Element> {
        if passt(self) {
            return Some(self);
        }
        self.kinder.iter().find_map(|k| k.finde(passt))
    }
    /// Bytes of text in it and below.
    pub(super) fn textmenge(&self) -> usize {
        self.text.len() + self.kinder.iter().map(Element::textmenge).sum::<usize>()
    }
    /// It and everything below it that has that name, depth first.
    pub(super) fn suche(&self, name: &str) -> Option<&Element> {
        self.finde(&|el| el.name == name)
    }
}

/// What comes next in the document.
#[derive(Debug)]
pub(super) enum Ereignis {
    Anfang(Element),
    Ende,
    Schluss,
}

/// The document as a stream of [`Ereignis`].
pub(super) struct Dokument<R> {
    leser: NsReader<Quelle<R>>,
    puffer: Vec<u8>,
    tiefe: usize,
    wurzel_gesehen: bool,
}

impl<R: BufRead> Dokument<R> {
    pub(super) fn neu(roh: R) -> Result<Self> {
        let quelle = Quelle::neu(roh).map_err(|e| lesefehler(&e, 1, 1))?;
        let mut leser = NsReader::from_reader(quelle);
        let wahl = leser.config_mut();
        wahl.expand_empty_elements = true;
        wahl.check_end_names = true;
        Ok(Self {
            leser,
            puffer: Vec::new(),
            tiefe: 0,
            wurzel_gesehen: false,
        })
    }

    /// The next start or end tag; text before it is appended to `text` (without one
    /// it may only be white space outside the root).
    pub(super) fn naechstes(&mut self, mut text: Option<&mut String>) -> Result<Ereignis> {
        loop {
            self.puffer.clear();
            let quelle = self.leser.get_mut();
            quelle.neues_token();
            let (zeile, spalte) = (quelle.zeile(), quelle.spalte());
            let ereignis = match self.leser.read_event_into(&mut self.puffer) {
                Ok(ereignis) => ereignis,
                Err(e) => {
                    let quelle = self.leser.get_mut();
                    return Err(xml_fehler(&e, quelle.zeile(), quelle.spalte()));
                }
            };
            match ereignis {
                Event::Start(start) => {
                    if self.tiefe == 0 && self.wurzel_gesehen {
                        return Err(kaputt(
                            zeile,
                            spalte,
                            "nach dem Ende des Dokuments folgt ein weiteres Element",
                        ));
                    }
                    self.tiefe += 1;
                    self.wurzel_gesehen = true;
                    if self.tiefe > TIEFE {
                        return Err(kaputt(
                            zeile,
                            spalte,
                            &format!("Elemente sind tiefer als {TIEFE} Ebenen verschachtelt"),
                        ));
                    }
                    return element(&self.leser, &start, zeile, spalte).map(Ereignis::Anfang);
                }
                Event::End(_) => {
                    self.tiefe -= 1;
                    return Ok(Ereignis::Ende);
                }
                Event::Eof if self.tiefe > 0 => return Err(abgebrochen(zeile)),
                Event::Eof if !self.wurzel_gesehen => {
                    return Err(Error::eingabe(
                        "Die Datei enthält kein XML-Element; erwartet wird ein Plan im Format XPlanGML.",
                    ));
                }
                Event::Eof => return Ok(Ereignis::Schluss),
                Event::Text(t) => {
                    if let Some(ziel) = text.as_deref_mut() {
                        ziel.push_str(&t.xml10_content());
                    } else if self.tiefe == 0 && !t.trim().is_empty() {
                        return Err(kaputt(
                            zeile,
                            spalte,
                            "Text steht außerhalb des Wurzelelements",
                        ));
                    }
                }
                Event::CData(t) => {
                    if let Some(ziel) = text.as_deref_mut() {
                        ziel.push_str(&t.xml10_content());
                    }
                }
                Event::GeneralRef(verweis) => {
                    let zeichen = verweis
                        .resolve_char_ref()
                        .map_err(|e| xml_fehler(&e, zeile, spalte))?;
                    let zeichen = match (zeichen, verweis.as_ref()) {
                        (Some(c), _) if c >= ' ' || matches!(c, '\n' | '\r' | '\t') => c,
                        (Some(_), _) => {
                            return Err(kaputt(
                                zeile,
                                spalte,
                                "Zeichenverweis auf ein Steuerzeichen, das in XML nicht erlaubt ist",
                            ));
                        }
                        (None, "lt") => '<',
                        (None, "gt") => '>',
                        (None, "amp") => '&',
                        (None, "apos") => '\'',
                        (None, "quot") => '"',
                        (None, name) => {
                            return Err(kaputt(
                                zeile,
                                spalte,
                                &format!(
                                    "die Entität &{name}; ist nicht erklärt; eigene Entitäten werden nicht gelesen"
                                ),
                            ));
                        }
                    };
                    if let Some(ziel) = text.as_deref_mut() {
                        ziel.push(zeichen);
                    }
                }
                Event::DocType(_) => {
                    return Err(Error::eingabe(format!(
                        "Zeile {zeile}: Die Datei enthält eine Dokumenttypdefinition (DOCTYPE). Aus Gründen der \
                         Sicherheit wird sie nicht gelesen; XPlanGML braucht keine. Bitte ohne DOCTYPE ausgeben lassen."
                    )));
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
            }
        }
    }

    /// Everything below an element whose start tag was just read.
    pub(super) fn teilbaum(&mut self, anfang: Element) -> Result<Element> {
        let zeile = anfang.zeile;
        let zu_gross = |was: &str| {
            Error::eingabe(format!(
                "Zeile {zeile}: Das Objekt ist zu groß ({was}). Bitte in mehrere Objekte teilen."
            ))
        };
        let mut stapel = vec![anfang];
        let (mut elemente, mut textmenge) = (0_usize, 0_usize);
        loop {
            let offen = stapel.last_mut().map(|e| &mut e.text);
            let vorher = offen.as_ref().map_or(0, |t| t.len());
            let mut leer = String::new();
            let ziel = offen.unwrap_or(&mut leer);
            let ereignis = self.naechstes(Some(ziel))?;
            textmenge += ziel.len() - vorher;
            let zu_lang = ziel.len() > WERT_GRENZE;
            if zu_lang && let Some(el) = stapel.last().filter(|el| !el.koordinaten()) {
                return Err(Error::eingabe(format!(
                    "Zeile {}: Der Text von {} ist länger als 1 MB. Bitte Texte und Anlagen nicht in den Plan \
                     schreiben, sondern als Dokument beilegen.",
                    el.zeile, el.name
                )));
            }
            if textmenge > TEXT_GRENZE {
                return Err(zu_gross("mehr als 64 MB Text"));
            }
            match ereignis {
                Ereignis::Anfang(kind) => {
                    elemente += 1;
                    if elemente > ELEMENT_GRENZE {
                        return Err(zu_gross("mehr als 500.000 Elemente"));
                    }
                    stapel.push(kind);
                }
                Ereignis::Ende => {
                    let Some(fertig) = stapel.pop() else {
                        return Err(abgebrochen(zeile));
                    };
                    match stapel.last_mut() {
                        Some(eltern) => eltern.kinder.push(fertig),
                        None => return Ok(fertig),
                    }
                }
                Ereignis::Schluss => return Err(abgebrochen(zeile)),
            }
        }
    }

    /// Skips everything below an element whose start tag was just read.
    pub(super) fn ueberspringe(&mut self) -> Result<()> {
        let ebene = self.tiefe;
        while self.tiefe >= ebene {
            if matches!(self.naechstes(None)?, Ereignis::Schluss) {
                break;
            }
        }
        Ok(())
    }
}

fn element<R>(
    leser: &NsReader<R>,
    start: &BytesStart<'_>,
    zeile: u64,
    spalte: u64,
) -> Result<Element> {
    let (bindung, name) = leser.resolver().resolve_element(start.name());
    let raum = match bindung {
        ResolveResult::Bound(ns) => {
            raum(ns.0).map_err(|grund| Error::eingabe(format!("Zeile {zeile}: {grund}")))?
        }
        ResolveResult::Unbound => Raum::Fremd,
        ResolveResult::Unknown(praefix) => {
            return Err(kaputt(
                zeile,
                spalte,
                &format!("das Präfix „{praefix}“ ist keinem Namensraum zugeordnet"),
            ));
        }
    };
    let mut attribute = Vec::new();
    for (nummer, attribut) in start.attributes().enumerate() {
        if nummer >= ATTRIBUTE {
            return Err(kaputt(
                zeile,
                spalte,
                &format!("ein Element hat mehr als {ATTRIBUTE} Attribute"),
            ));
        }
        let attribut = attribut.map_err(|e| xml_fehler(&e.into(), zeile, spalte))?;
        let schluessel: &str = attribut.key.as_ref();
        if schluessel == "xmlns" || schluessel.starts_with("xmlns:") {
            continue;
        }
        let wert = attribut
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|e| xml_fehler(&e, zeile, spalte))?;
        if wert.len() > WERT_GRENZE {
            return Err(kaputt(zeile, spalte, "ein Attribut ist länger als 1 MB"));
        }
        attribute.push((
            attribut.key.local_name().as_ref().to_owned(),
            wert.into_owned(),
        ));
    }
    Ok(Element {
        raum,
        name: name.as_ref().to_owned(),
        attribute,
        kinder: Vec::new(),
        text: String::new(),
        zeile,
    })
}

fn kaputt(zeile: u64, spalte: u64, was: &str) -> Error {
    Error::eingabe(format!(
        "Zeile {zeile}, Spalte {spalte}: Die Datei ist kein gültiges XML: {was}."
    ))
}

fn abgebrochen(zeile: u64) -> Error {
    Error::eingabe(format!(
        "Zeile {zeile}: Die Datei bricht ab, bevor der Plan zu Ende ist. Vermutlich wurde sie unvollständig \
         übertragen; bitte noch einmal holen."
    ))
}

fn lesefehler(e: &std::io::Error, zeile: u64, spalte: u64) -> Error {
    match e
        .get_ref()
        .and_then(|innen| innen.downcast_ref::<Abgelehnt>())
    {
        Some(grund) => Error::eingabe(format!(
            "Zeile {zeile}, Spalte {spalte}: Die Datei wird nicht gelesen: {grund}."
        )),
        None => Error::umgebung(format!(
            "Die Datei konnte nicht zu Ende gelesen werden (Zeile {zeile}): {e}"
        )),
    }
}

fn xml_fehler(e: &quick_xml::Error, zeile: u64, spalte: u64) -> Error {
    use quick_xml::Error as X;
    let was = match e {
        X::Io(innen) => return lesefehler(innen, zeile, spalte),
        // An open construct at the end of input is a cut file.
        X::Syntax(SyntaxError::InvalidBangMarkup) => "unbekannte Auszeichnung nach „<!“".to_owned(),
        X::Syntax(_) | X::IllFormed(IllFormedError::MissingEndTag(_)) => return abgebrochen(zeile),
        X::IllFormed(IllFormedError::UnclosedReference) => {
            "ein & steht allein; in XML muss es &amp; heißen".to_owned()
        }
        X::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            format!("erwartet wird </{expected}>, es steht da </{found}>")
        }
        X::IllFormed(IllFormedError::UnmatchedEndTag(name)) => format!("</{name}> schließt kein offenes Element"),
        X::Encoding(_) => {
            "die Bytes sind kein UTF-8; die Zeichenkodierung in der ersten Zeile (encoding=…) stimmt nicht mit dem Inhalt überein".to_owned()
        }
        X::InvalidAttr(grund) => format!("ein Attribut ist fehlerhaft ({grund})"),
        X::Escape(grund) => format!("ein Verweis mit & ist fehlerhaft oder nicht erklärt ({grund})"),
        X::Namespace(grund) => format!("Namensräume sind fehlerhaft ({grund})"),
        X::IllFormed(grund) => grund.to_string(),
    };
    kaputt(zeile, spalte, &was)
}
