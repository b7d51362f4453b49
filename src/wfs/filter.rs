//! Filters of FES 2.0 (OGC 09-026r2) as CQL2: the tree that exists checks and runs them. Ids
//! are no condition but a list of their own.

use super::ausnahme::{Ausnahme, Code};
use super::system;
use super::xml::Element;
use crate::gml::name::klartext;
use crate::layers::cql2::baum::{Art, Ausdruck, Logik, Op, Raum, Stelle};
use crate::layers::crs::Ziel;
use crate::layers::sammlung::Sammlung;
use crate::layers::wert::Klasse;

type Ergebnis<T> = Result<T, Ausnahme>;

/// What a filter leaves.
#[derive(Debug, Default)]
pub struct Gefiltert {
    /// The condition.
    pub bedingung: Option<Ausdruck>,
    /// System of the boxes in it.
    pub system: Option<Ziel>,
    /// Ids that are asked for; None: no matter which.
    pub ids: Option<Vec<String>>,
}

/// Reads a filter for a collection.
///
/// # Errors
/// What is not understood, with the element.
pub fn lies(filter: &Element, sammlung: &Sammlung) -> Ergebnis<Gefiltert> {
    let ids = ids(filter);
    if !ids.is_empty() {
        if ids.len() != filter.kinder.len() {
            return Err(falsch(
                "Kennungen (ResourceId) und Bedingungen lassen sich hier nicht mischen.",
            ));
        }
        return Ok(Gefiltert {
            ids: Some(ids),
            ..Gefiltert::default()
        });
    }
    let [bedingung] = filter.kinder.as_slice() else {
        return Err(falsch("Der Filter braucht genau eine Bedingung."));
    };
    let mut leser = Leser {
        sammlung,
        system: None,
    };
    let bedingung = leser.bedingung(bedingung)?;
    Ok(Gefiltert {
        bedingung: Some(bedingung),
        system: leser.system,
        ids: None,
    })
}

/// The ids a filter names.
#[must_use]
pub fn ids(filter: &Element) -> Vec<String> {
    let kennungen = filter.kinder.iter().filter_map(|kind| {
        let attribut = match kind.name.as_str() {
            "ResourceId" => "rid",
            "FeatureId" => "fid",
            "GmlObjectId" => "id",
            _ => return None,
        };
        kind.attribut(attribut).map(str::to_owned)
    });
    kennungen.collect()
}

/// Name of a column or the geometry as clients write it: a path, with prefixes or without.
#[must_use]
pub fn spaltenname(pfad: &str) -> String {
    let letzter = pfad.trim().rsplit('/').next().unwrap_or_default();
    let lokal = letzter.rsplit(':').next().unwrap_or_default();
    klartext(lokal)
}

fn falsch(text: impl Into<String>) -> Ausnahme {
    Ausnahme::wert("FILTER", text)
}

struct Leser<'a> {
    sammlung: &'a Sammlung,
    system: Option<Ziel>,
}

fn aus(art: Art) -> Ausdruck {
    Ausdruck {
        art,
        stelle: Stelle::Zeichen(1),
    }
}

fn ruf(op: Op, argumente: Vec<Ausdruck>) -> Ausdruck {
    Ausdruck::aufruf(op, argumente, Stelle::Zeichen(1))
}

impl Leser<'_> {
    fn bedingung(&mut self, el: &Element) -> Ergebnis<Ausdruck> {
        let logik = match el.name.as_str() {
            "And" => Logik::Und,
            "Or" => Logik::Oder,
            "Not" => Logik::Nicht,
            "PropertyIsEqualTo" => Logik::Gleich,
            "PropertyIsNotEqualTo" => Logik::Ungleich,
            "PropertyIsLessThan" => Logik::Kleiner,
            "PropertyIsGreaterThan" => Logik::Groesser,
            "PropertyIsLessThanOrEqualTo" => Logik::KleinerGleich,
            "PropertyIsGreaterThanOrEqualTo" => Logik::GroesserGleich,
            "PropertyIsLike" => return self.muster(el),
            "PropertyIsNull" | "PropertyIsNil" => {
                let spalte = self.spalte(el)?.0;
                return Ok(ruf(Op::Logik(Logik::IstNull), vec![spalte]));
            }
            "PropertyIsBetween" => return self.zwischen(el),
            "BBOX" => return self.kasten(el),
            anderes => {
                return Err(Ausnahme::neu(
                    Code::Option,
                    "FILTER",
                    format!(
                        "Den Operator „{anderes}“ gibt es hier nicht. Möglich sind: And, Or, Not, PropertyIsEqualTo und die anderen Vergleiche, PropertyIsLike, PropertyIsNull, PropertyIsBetween, BBOX, ResourceId. Mehr kann der Filter (CQL2) unter /collections/{}/items.",
                        self.sammlung.id
                    ),
                ));
            }
        };
        match logik {
            Logik::Und | Logik::Oder | Logik::Nicht => {
                let genug = if logik == Logik::Nicht {
                    el.kinder.len() == 1
                } else {
                    el.kinder.len() > 1
                };
                if !genug {
                    return Err(falsch(format!(
                        "„{}“ hat zu viele oder zu wenige Bedingungen.",
                        el.name
                    )));
                }
                let teile = el.kinder.iter().map(|kind| self.bedingung(kind));
                Ok(ruf(Op::Logik(logik), teile.collect::<Ergebnis<_>>()?))
            }
            vergleich => self.vergleich(el, vergleich),
        }
    }

    /// The property an element names, and what it holds.
    fn spalte(&self, el: &Element) -> Ergebnis<(Ausdruck, Klasse)> {
        let verweis = el
            .kinder
            .iter()
            .find(|k| matches!(k.name.as_str(), "ValueReference" | "PropertyName"));
        let Some(verweis) = verweis else {
            return Err(falsch(format!(
                "In „{}“ fehlt der Name der Eigenschaft (fes:ValueReference).",
                el.name
            )));
        };
        let name = spaltenname(&verweis.text);
        let Some(spalte) = self.sammlung.ebene.spalte(&name) else {
            return Err(falsch(format!(
                "Eine Eigenschaft „{name}“ hat „{}“ nicht. Alle nennt DescribeFeatureType.",
                self.sammlung.titel
            )));
        };
        Ok((aus(Art::Eigenschaft(name)), spalte.klasse))
    }

    fn wert(el: &Element, klasse: Klasse) -> Ergebnis<Ausdruck> {
        let text = match el.eines("Literal") {
            Some(literal) => &literal.text,
            None if el.name == "Literal" => &el.text,
            None => {
                return Err(falsch(format!(
                    "In „{}“ wird eine Eigenschaft mit einem Wert (fes:Literal) verglichen; anderes geht hier nicht.",
                    el.name
                )));
            }
        };
        let zahl = |text: &str| {
            let zahl = text.trim().parse::<f64>().ok().filter(|z| z.is_finite());
            zahl.ok_or_else(|| falsch(format!("„{text}“ ist keine Zahl.")))
        };
        Ok(aus(match klasse {
            Klasse::Ganzzahl => match text.trim().parse() {
                Ok(ganz) => Art::Ganz(ganz),
                Err(_) => Art::Zahl(zahl(text)?),
            },
            Klasse::Gleitkomma | Klasse::Dezimal | Klasse::Geld => Art::Zahl(zahl(text)?),
            Klasse::Wahrheit => match text.trim() {
                "true" | "1" => Art::Wahr(true),
                "false" | "0" => Art::Wahr(false),
                _ => return Err(falsch(format!("„{text}“ ist weder true noch false."))),
            },
            _ => Art::Text(text.clone()),
        }))
    }

    fn vergleich(&self, el: &Element, logik: Logik) -> Ergebnis<Ausdruck> {
        let (spalte, klasse) = self.spalte(el)?;
        let wert = Self::wert(el, klasse)?;
        // The literal may stand first.
        let gedreht = el.kinder.first().is_some_and(|k| k.name == "Literal");
        let logik = match logik {
            Logik::Kleiner if gedreht => Logik::Groesser,
            Logik::Groesser if gedreht => Logik::Kleiner,
            Logik::KleinerGleich if gedreht => Logik::GroesserGleich,
            Logik::GroesserGleich if gedreht => Logik::KleinerGleich,
            logik => logik,
        };
        let (spalte, wert) = ohne_schreibung(el, klasse, spalte, wert);
        Ok(ruf(Op::Logik(logik), vec![spalte, wert]))
    }

    fn zwischen(&self, el: &Element) -> Ergebnis<Ausdruck> {
        let (spalte, klasse) = self.spalte(el)?;
        let grenze = |name: &str| {
            let grenze = el.eines(name);
            Self::wert(
                grenze.ok_or_else(|| falsch(format!("In „{}“ fehlt {name}.", el.name)))?,
                klasse,
            )
        };
        let argumente = vec![spalte, grenze("LowerBoundary")?, grenze("UpperBoundary")?];
        Ok(ruf(Op::Logik(Logik::Zwischen), argumente))
    }

    fn muster(&self, el: &Element) -> Ergebnis<Ausdruck> {
        let (spalte, klasse) = self.spalte(el)?;
        let text = el.eines("Literal").map(|l| l.text.as_str());
        let text =
            text.ok_or_else(|| falsch("In „PropertyIsLike“ fehlt das Muster (fes:Literal)."))?;
        let zeichen = |name: &str, sonst: char| {
            let text = el.attribut(name).unwrap_or_default();
            text.chars().next().unwrap_or(sonst)
        };
        let beliebig = zeichen("wildCard", '*');
        let eines = zeichen("singleChar", '?');
        let flucht = el.attribut("escape").and_then(|t| t.chars().next());
        let flucht = flucht.unwrap_or_else(|| zeichen("escapeChar", '\\'));
        let mut muster = String::new();
        let mut zeichen = text.chars();
        while let Some(c) = zeichen.next() {
            match c {
                c if c == flucht => woertlich(&mut muster, zeichen.next().unwrap_or(flucht)),
                c if c == beliebig => muster.push('%'),
                c if c == eines => muster.push('_'),
                c => woertlich(&mut muster, c),
            }
        }
        let (spalte, muster) = ohne_schreibung(el, klasse, spalte, aus(Art::Text(muster)));
        Ok(ruf(Op::Logik(Logik::Wie), vec![spalte, muster]))
    }

    fn kasten(&mut self, el: &Element) -> Ergebnis<Ausdruck> {
        let Some(geometrie) = &self.sammlung.ebene.relation.geometrie else {
            return Err(falsch(format!(
                "„{}“ hat keine Geometrie.",
                self.sammlung.titel
            )));
        };
        let genannt = el
            .kinder
            .iter()
            .find(|k| matches!(k.name.as_str(), "ValueReference" | "PropertyName"));
        if let Some(genannt) = genannt {
            let name = spaltenname(&genannt.text);
            if ![geometrie.spalte.as_str(), "boundedBy", ""].contains(&name.as_str()) {
                return Err(falsch(format!(
                    "„{name}“ ist nicht die Geometrie; sie heißt „{}“.",
                    geometrie.spalte
                )));
            }
        }
        let Some(umschlag) = el.eines("Envelope") else {
            return Err(falsch("In „BBOX“ fehlt der Ausschnitt (gml:Envelope)."));
        };
        let ecke = |name: &str| -> Option<Vec<f64>> {
            let text = &umschlag.eines(name)?.text;
            let zahlen = text.split_whitespace().map(|z| z.parse().ok());
            zahlen
                .collect::<Option<Vec<f64>>>()
                .filter(|z| z.len() == 2)
        };
        let (Some(unten), Some(oben)) = (ecke("lowerCorner"), ecke("upperCorner")) else {
            return Err(falsch(
                "Der Ausschnitt braucht gml:lowerCorner und gml:upperCorner mit je zwei Zahlen.",
            ));
        };
        let system = match umschlag.attribut("srsName") {
            Some(name) => system::lies("FILTER", name)?,
            None => super::abfrage::eigenes(self.sammlung),
        };
        if self.system.is_some_and(|bisher| bisher != system.ziel) {
            return Err(falsch(
                "Alle Ausschnitte eines Filters müssen im selben Koordinatensystem stehen.",
            ));
        }
        self.system = Some(system.ziel);
        let zahlen = system.nach_definition([unten[0], unten[1], oben[0], oben[1]]);
        let geometrie = aus(Art::Eigenschaft(geometrie.spalte.clone()));
        let kasten = aus(Art::Kasten(zahlen.to_vec()));
        Ok(ruf(Op::Raum(Raum::Schneidet), vec![geometrie, kasten]))
    }
}

/// `matchCase="false"`
fn ohne_schreibung(el: &Element, klasse: Klasse, a: Ausdruck, b: Ausdruck) -> (Ausdruck, Ausdruck) {
    let text = matches!(klasse, Klasse::Text | Klasse::Anderes);
    if !text || el.attribut("matchCase") != Some("false") {
        return (a, b);
    }
    let falte = |x| ruf(Op::Funktion("casei".to_owned()), vec![x]);
    (falte(a), falte(b))
}

/// A character that stands for itself.
fn woertlich(muster: &mut String, c: char) {
    if matches!(c, '%' | '_' | '\\') {
        muster.push('\\');
    }
    muster.push(c);
}
