//! Two files of the same plan, compared object by object as normalised XML: what of the
//! first does not come back in the second.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use quick_xml::events::Event;
use quick_xml::{NsReader, XmlVersion};

/// One element with everything below it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attribute: BTreeMap<String, String>,
    kinder: Vec<Element>,
    text: String,
}

/// One feature: class and its values by path, as often as they stand there.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Objekt {
    pub klasse: String,
    werte: BTreeMap<String, BTreeMap<String, usize>>,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Inhalt {
    pub objekte: BTreeMap<String, Objekt>,
    /// Elements of every object in the order of the file.
    pub folge: Vec<(String, Vec<String>)>,
}

impl Inhalt {
    /// Objects by class.
    pub fn klassen(&self) -> BTreeMap<&str, usize> {
        let mut zahl = BTreeMap::new();
        for objekt in self.objekte.values() {
            *zahl.entry(objekt.klasse.as_str()).or_default() += 1;
        }
        zahl
    }
}

/// What became of the elements of a file, by what they are.
#[derive(Debug, Default)]
pub struct Vergleich {
    /// Not there any more, or another value: number by path.
    pub verloren: BTreeMap<String, usize>,
    /// Only in the second file.
    pub neu: BTreeMap<String, usize>,
    /// The same in both.
    pub gleich: usize,
}

/// Reads a file.
pub fn lies(pfad: &Path) -> Inhalt {
    let text = std::fs::read_to_string(pfad).unwrap();
    let wurzel = baum(&text);
    let mut inhalt = Inhalt::default();
    let glieder: Vec<&Element> = wurzel
        .kinder
        .iter()
        .filter(|k| k.name == "featureMember")
        .flat_map(|k| &k.kinder)
        .collect();
    let klasse_von: BTreeMap<&str, &str> = glieder
        .iter()
        .filter_map(|el| Some((el.attribute.get("id")?.as_str(), el.name.as_str())))
        .collect();
    for el in glieder {
        let id = el.attribute.get("id").cloned().unwrap_or_default();
        // The plan and its first Bereich are the same whatever they are called.
        let schluessel = match el.name.as_str() {
            name @ ("FP_Plan" | "FP_Bereich") if !inhalt.objekte.contains_key(name) => {
                name.to_owned()
            }
            _ => id,
        };
        let mut objekt = Objekt {
            klasse: el.name.clone(),
            ..Objekt::default()
        };
        for kind in el.kinder.iter().filter(|k| k.name != "boundedBy") {
            sammle(kind, "", &klasse_von, &mut objekt);
        }
        let folge = el.kinder.iter().map(|k| k.name.clone()).collect();
        inhalt.folge.push((el.name.clone(), folge));
        let alt = inhalt.objekte.insert(schluessel.clone(), objekt);
        assert!(alt.is_none(), "{schluessel} stands twice");
    }
    inhalt
}

/// Compares a file with what was made of it.
pub fn vergleiche(vorher: &Inhalt, nachher: &Inhalt) -> Vergleich {
    let mut ergebnis = Vergleich::default();
    let leer = Objekt::default();
    let alle: BTreeSet<&String> = vorher
        .objekte
        .keys()
        .chain(nachher.objekte.keys())
        .collect();
    for id in alle {
        let (alt, neu) = (vorher.objekte.get(id), nachher.objekte.get(id));
        if let (Some(alt), None) = (alt, neu) {
            *ergebnis.verloren.entry(alt.klasse.clone()).or_default() += 1;
            continue;
        }
        let (alt, neu) = (alt.unwrap_or(&leer), neu.unwrap_or(&leer));
        if alt.klasse != neu.klasse {
            let was = format!("{} → {}", alt.klasse, neu.klasse);
            *ergebnis.verloren.entry(was).or_default() += 1;
        }
        let gruppe = match alt.klasse.as_str() {
            plan @ ("FP_Plan" | "FP_Bereich") => plan,
            _ => "Objekt",
        };
        let pfade: BTreeSet<&String> = alt.werte.keys().chain(neu.werte.keys()).collect();
        let nichts = BTreeMap::new();
        for pfad in pfade {
            let (a, n) = (
                alt.werte.get(pfad).unwrap_or(&nichts),
                neu.werte.get(pfad).unwrap_or(&nichts),
            );
            for (wert, zahl) in a {
                let da = n.get(wert).copied().unwrap_or(0).min(*zahl);
                ergebnis.gleich += da;
                if da < *zahl {
                    *ergebnis
                        .verloren
                        .entry(format!("{gruppe}/{pfad}"))
                        .or_default() += zahl - da;
                }
            }
            let mehr: usize = n
                .iter()
                .map(|(wert, zahl)| zahl.saturating_sub(a.get(wert).copied().unwrap_or(0)))
                .sum();
            if mehr > 0 {
                *ergebnis.neu.entry(format!("{gruppe}/{pfad}")).or_default() += mehr;
            }
        }
    }
    ergebnis
}

fn baum(text: &str) -> Element {
    let mut leser = NsReader::from_str(text);
    leser.config_mut().expand_empty_elements = true;
    let mut stapel = vec![Element::default()];
    loop {
        match leser.read_event().unwrap() {
            Event::Start(start) => {
                let mut el = Element {
                    name: start.local_name().as_ref().to_owned(),
                    ..Element::default()
                };
                for attribut in start.attributes() {
                    let attribut = attribut.unwrap();
                    let name = attribut.key.local_name().as_ref().to_owned();
                    let wert = attribut
                        .normalized_value(XmlVersion::Implicit1_0)
                        .unwrap()
                        .into_owned();
                    el.attribute.insert(name, wert);
                }
                stapel.push(el);
            }
            Event::End(_) => {
                let el = stapel.pop().unwrap();
                stapel.last_mut().unwrap().kinder.push(el);
            }
            Event::Text(t) => stapel.last_mut().unwrap().text.push_str(&t.xml10_content()),
            Event::CData(t) => stapel.last_mut().unwrap().text.push_str(&t.xml10_content()),
            Event::GeneralRef(r) => {
                let zeichen = match r.resolve_char_ref().unwrap() {
                    Some(c) => c,
                    None => match r.as_ref() {
                        "lt" => '<',
                        "gt" => '>',
                        "amp" => '&',
                        "quot" => '"',
                        _ => '\'',
                    },
                };
                stapel.last_mut().unwrap().text.push(zeichen);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(stapel.len(), 1, "not well-formed");
    stapel.pop().unwrap().kinder.pop().unwrap()
}

const GEOMETRIEN: [&str; 3] = ["position", "geltungsbereich", "raeumlicherGeltungsbereich"];

fn sammle(el: &Element, davor: &str, klassen: &BTreeMap<&str, &str>, objekt: &mut Objekt) {
    let pfad = format!("{davor}{}", el.name);
    let mut merke = |pfad: String, wert: String| {
        *objekt
            .werte
            .entry(pfad)
            .or_default()
            .entry(wert)
            .or_default() += 1;
    };
    if GEOMETRIEN.contains(&el.name.as_str()) {
        merke(pfad, form(el));
        return;
    }
    for (name, wert) in &el.attribute {
        let wert = match (name.as_str(), wert.strip_prefix('#')) {
            ("href", Some(id)) => match klassen.get(id) {
                Some(klasse @ (&"FP_Plan" | &"FP_Bereich")) => (*klasse).to_owned(),
                _ => id.to_owned(),
            },
            ("type" | "schemaLocation" | "nil", _) => continue,
            _ => wert.clone(),
        };
        merke(format!("{pfad}@{name}"), wert);
    }
    if el.kinder.is_empty() && !el.text.trim().is_empty() {
        let wert = match (el.name.as_str(), el.text.trim()) {
            // Two spellings of one value.
            ("flaechenschluss", "1") => "true",
            ("flaechenschluss", "0") => "false",
            (_, wert) => wert,
        };
        merke(pfad.clone(), wert.to_owned());
    }
    for kind in &el.kinder {
        sammle(kind, &format!("{pfad}/"), klassen, objekt);
    }
}

/// A geometry as text that does not depend on where a ring begins, which way it turns and
/// how its parts are ordered.
fn form(el: &Element) -> String {
    let mut ringe = Vec::new();
    punktfolgen(el, &mut ringe);
    ringe.sort();
    ringe.join(" | ")
}

fn punktfolgen(el: &Element, ziel: &mut Vec<String>) {
    if matches!(el.name.as_str(), "posList" | "pos") {
        let zahlen: Vec<f64> = el
            .text
            .split_whitespace()
            .map(|z| z.parse().unwrap())
            .collect();
        let mut punkte: Vec<(f64, f64)> = zahlen.chunks(2).map(|p| (p[0], p[1])).collect();
        if punkte.len() > 3 && punkte.first() == punkte.last() {
            punkte.pop();
            let kleinster = (0..punkte.len())
                .min_by(|a, b| punkte[*a].partial_cmp(&punkte[*b]).unwrap())
                .unwrap();
            punkte.rotate_left(kleinster);
            let (vor, zurueck) = (punkte[1], punkte[punkte.len() - 1]);
            if zurueck < vor {
                punkte[1..].reverse();
            }
        }
        ziel.push(
            punkte
                .iter()
                .map(|(x, y)| format!("{x} {y}"))
                .collect::<Vec<_>>()
                .join(","),
        );
    }
    for kind in &el.kinder {
        punktfolgen(kind, ziel);
    }
}
