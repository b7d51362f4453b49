//! Patterns of `LIKE`.

use super::{Geprueft, Pruefung, falsch};
use crate::layers::cql2::baum::{Art, Ausdruck, Op};
use crate::layers::cql2::funktionen::{self, Gestalt};
use crate::layers::cql2::typ::{Bedingung, Stueck, Typ};
use crate::layers::cql2::{Fehler, Grenzen};

impl Pruefung<'_> {
    pub(super) fn wie(&self, [wert, muster]: &[Ausdruck; 2]) -> Geprueft<Bedingung> {
        let links = self.vom_typ(wert, Typ::Text)?;
        let mut faltungen = Vec::new();
        let mut innen = muster;
        // casei('a%') folds the pattern as casei(name) folds the value.
        while let Art::Aufruf(Op::Funktion(name), argumente) = &innen.art
            && let Some(funktionen::Funktion {
                gestalt: Gestalt::Falte(faltung),
                ..
            }) = funktionen::zu_name(name)
            && let [argument] = argumente.as_slice()
        {
            faltungen.insert(0, *faltung);
            innen = argument;
        }
        let Art::Text(text) = &innen.art else {
            return Err(falsch(
                innen,
                "ein Muster in einfachen Anführungszeichen wie 'Wald%'",
            ));
        };
        let stuecke = stuecke(text);
        let platzhalter = stuecke.iter().filter(|s| **s == Stueck::Beliebig).count();
        if stuecke.len() > Grenzen::MUSTER || platzhalter > Grenzen::PLATZHALTER {
            return Err(Fehler::neu(
                &innen.stelle,
                format!(
                    "Das Muster ist zu umfangreich: höchstens {} Zeichen und {} Mal „%“.",
                    Grenzen::MUSTER,
                    Grenzen::PLATZHALTER
                ),
            ));
        }
        Ok(Bedingung::Wie(links, stuecke, faltungen))
    }
}

/// Reads a pattern; a backslash before anything but `%`, `_` and itself is itself.
fn stuecke(muster: &str) -> Vec<Stueck> {
    let mut stuecke = Vec::new();
    let mut zeichen = muster.chars().peekable();
    while let Some(c) = zeichen.next() {
        stuecke.push(match c {
            '%' if stuecke.last() == Some(&Stueck::Beliebig) => continue,
            '%' => Stueck::Beliebig,
            '_' => Stueck::Eines,
            '\\' => match zeichen.next_if(|c| matches!(c, '%' | '_' | '\\')) {
                Some(c) => Stueck::Zeichen(c),
                None => Stueck::Zeichen('\\'),
            },
            c => Stueck::Zeichen(c),
        });
    }
    stuecke
}

/// The pattern as PostgreSQL reads it.
pub(in crate::layers::cql2) fn muster(stuecke: &[Stueck]) -> String {
    let mut text = String::new();
    for stueck in stuecke {
        match stueck {
            Stueck::Eines => text.push('_'),
            Stueck::Beliebig => text.push('%'),
            Stueck::Zeichen(c) => {
                if matches!(c, '%' | '_' | '\\') {
                    text.push('\\');
                }
                text.push(*c);
            }
        }
    }
    text
}
