//! Collects findings and counts while reading; capped, so that a plan with a hundred
//! thousand equal faults gives a readable report and flat memory.

use crate::error::{Error, Result};
use crate::fnp::objekt::{Befund, Schwere};

use super::Klassenzaehlung;

/// Findings of one code that are listed one by one.
const JE_CODE: usize = 1000;
/// Different class names in one file; XPlanung has about 500.
const KLASSEN: usize = 2000;

#[derive(Debug, Default)]
pub(super) struct Bericht {
    befunde: Vec<Befund>,
    /// Code, severity and number of all findings of that code.
    anzahl: Vec<(String, Schwere, usize)>,
    klassen: Vec<Klassenzaehlung>,
}

impl Bericht {
    pub(super) fn melde(&mut self, befund: Befund) {
        let bekannt = self.anzahl.iter().position(|(c, _, _)| *c == befund.code);
        let stelle = bekannt.unwrap_or_else(|| {
            self.anzahl.push((befund.code.clone(), befund.schwere, 0));
            self.anzahl.len() - 1
        });
        self.anzahl[stelle].2 += 1;
        if self.anzahl[stelle].2 <= JE_CODE {
            self.befunde.push(befund);
        }
    }

    /// A finding about the whole file.
    pub(super) fn melde_datei(&mut self, code: &str, schwere: Schwere, text: String) {
        self.melde(Befund::neu(code, schwere, text));
    }

    /// The line of a class, for counting.
    pub(super) fn klasse(&mut self, name: &str) -> Result<&mut Klassenzaehlung> {
        let stelle = match self.klassen.iter().position(|k| k.klasse == name) {
            Some(stelle) => stelle,
            None if self.klassen.len() >= KLASSEN => {
                return Err(Error::eingabe(format!(
                    "Die Datei enthält mehr als {KLASSEN} verschiedene Objektarten; das ist kein Plan."
                )));
            }
            None => {
                self.klassen.push(Klassenzaehlung {
                    klasse: name.to_owned(),
                    ..Klassenzaehlung::default()
                });
                self.klassen.len() - 1
            }
        };
        Ok(&mut self.klassen[stelle])
    }

    /// Classes in order of appearance and findings in order of the file, with a
    /// closing line for every code that was cut.
    pub(super) fn schliesse(mut self) -> (Vec<Klassenzaehlung>, Vec<Befund>) {
        for (code, schwere, anzahl) in std::mem::take(&mut self.anzahl) {
            if anzahl > JE_CODE {
                let text = format!(
                    "Weitere {} Befunde „{code}“ sind nicht einzeln aufgeführt.",
                    anzahl - JE_CODE
                );
                self.befunde.push(Befund::neu(code, schwere, text));
            }
        }
        (self.klassen, self.befunde)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_one_code_are_capped_with_a_closing_line() {
        let mut bericht = Bericht::default();
        for _ in 0..JE_CODE + 7 {
            bericht.melde_datei("a", Schwere::Warnung, "x".to_owned());
        }
        bericht.melde_datei("b", Schwere::Hinweis, "y".to_owned());
        let (_, befunde) = bericht.schliesse();
        assert_eq!(befunde.len(), JE_CODE + 2);
        let letzter = befunde.last().expect("closing line");
        assert_eq!(
            (letzter.code.as_str(), letzter.schwere),
            ("a", Schwere::Warnung)
        );
        assert!(letzter.text.contains("Weitere 7 "), "{}", letzter.text);
    }
}
