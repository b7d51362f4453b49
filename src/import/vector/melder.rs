//! Collects findings about features; equal ones are listed up to a number, then counted.

use crate::fnp::objekt::{Befund, Schwere};

/// Findings of one code listed one by one.
const JE_CODE: u64 = 200;

#[derive(Debug, Default)]
pub(super) struct Melder {
    befunde: Vec<Befund>,
    anzahl: Vec<(&'static str, Schwere, u64)>,
}

impl Melder {
    /// About one feature: `Objekt 7 …`.
    pub fn objekt(
        &mut self,
        code: &'static str,
        nr: u64,
        schwere: Schwere,
        ort: Option<[f64; 2]>,
        text: &str,
    ) {
        let stelle = self
            .anzahl
            .iter()
            .position(|(bekannt, _, _)| *bekannt == code)
            .unwrap_or_else(|| {
                self.anzahl.push((code, schwere, 0));
                self.anzahl.len() - 1
            });
        self.anzahl[stelle].2 += 1;
        if self.anzahl[stelle].2 <= JE_CODE {
            self.befunde.push(Befund {
                kennung: Some(nr.to_string()),
                ort,
                ..Befund::neu(code, schwere, format!("Objekt {nr} {text}"))
            });
        }
    }

    /// About the file.
    pub fn datei(&mut self, code: &str, schwere: Schwere, text: String) {
        self.befunde.push(Befund::neu(code, schwere, text));
    }

    pub fn schliesse(mut self) -> Vec<Befund> {
        for (code, schwere, anzahl) in &self.anzahl {
            if *anzahl > JE_CODE {
                self.befunde.push(Befund::neu(
                    *code,
                    *schwere,
                    format!(
                        "Und {} weitere Objekte mit demselben Befund „{code}“.",
                        anzahl - JE_CODE
                    ),
                ));
            }
        }
        self.befunde
    }
}
