//! CQL2 text → tree, by precedence climbing.
//!
//! From loose to tight: `OR`, `AND`, `NOT`, comparisons, `+ -`, `* / % div`, `^`, sign.

use super::baum::{Art, Ausdruck, Logik, Op, Rechnung, Stelle};
use super::lexer::{self, Marke};
use super::{Fehler, Grenzen, wkt, zeit};

const ODER: u8 = 1;
const UND: u8 = 2;
const VERGLEICH: u8 = 4;
const SUMME: u8 = 5;
const PRODUKT: u8 = 6;
const POTENZ: u8 = 7;

/// Reads a whole filter.
pub(super) fn lies(text: &str) -> Result<Ausdruck, Fehler> {
    let mut parser = Parser {
        marken: lexer::zerlege(text)?,
        i: 0,
        tiefe: 0,
    };
    if parser.hier().art == lexer::Art::Ende {
        return Err(parser.erwartet("eine Bedingung wie nutzung = 'W'"));
    }
    let baum = parser.ausdruck(0)?;
    if parser.hier().art != lexer::Art::Ende {
        let hinweis = if parser.ist_wort("AND") || parser.ist_wort("OR") {
            "das Ende des Filters"
        } else {
            "AND, OR, ein Vergleich oder das Ende des Filters"
        };
        return Err(parser.erwartet(hinweis));
    }
    Ok(baum)
}

/// The marks of a filter and how far it was read.
pub(super) struct Parser {
    marken: Vec<Marke>,
    i: usize,
    tiefe: usize,
}

impl Parser {
    pub(super) fn hier(&self) -> &Marke {
        // The last mark is the end and is never passed.
        &self.marken[self.i.min(self.marken.len() - 1)]
    }

    fn danach(&self) -> &lexer::Art {
        &self.marken[(self.i + 1).min(self.marken.len() - 1)].art
    }

    pub(super) fn weiter(&mut self) -> Marke {
        let marke = self.hier().clone();
        self.i += 1;
        marke
    }

    pub(super) fn stelle(&self) -> Stelle {
        Stelle::Zeichen(self.hier().stelle)
    }

    /// What stands here, and what should.
    pub(super) fn erwartet(&self, was: &str) -> Fehler {
        let steht = match &self.hier().art {
            lexer::Art::Ende => "Hier endet der Filter".to_owned(),
            _ => format!("Hier steht „{}“", self.hier().roh),
        };
        Fehler::neu(&self.stelle(), format!("{steht}; erwartet wird {was}."))
    }

    pub(super) fn ist_zeichen(&self, zeichen: &str) -> bool {
        matches!(self.hier().art, lexer::Art::Zeichen(z) if z == zeichen)
    }

    pub(super) fn ist_wort(&self, wort: &str) -> bool {
        matches!(&self.hier().art, lexer::Art::Wort(w) if w.eq_ignore_ascii_case(wort))
    }

    pub(super) fn nimm_zeichen(&mut self, zeichen: &str) -> bool {
        let da = self.ist_zeichen(zeichen);
        self.i += usize::from(da);
        da
    }

    fn nimm_wort(&mut self, wort: &str) -> bool {
        let da = self.ist_wort(wort);
        self.i += usize::from(da);
        da
    }

    pub(super) fn muss_zeichen(&mut self, zeichen: &str) -> Result<(), Fehler> {
        if self.nimm_zeichen(zeichen) {
            return Ok(());
        }
        Err(self.erwartet(&format!("„{zeichen}“")))
    }

    /// Goes one bracket deeper.
    pub(super) fn tiefer<T>(
        &mut self,
        lies: impl FnOnce(&mut Self) -> Result<T, Fehler>,
    ) -> Result<T, Fehler> {
        self.tiefe += 1;
        Grenzen::klammern(self.tiefe, &self.stelle())?;
        let gelesen = lies(self)?;
        self.tiefe -= 1;
        Ok(gelesen)
    }

    fn ausdruck(&mut self, mindestens: u8) -> Result<Ausdruck, Fehler> {
        let mut links = self.vorn()?;
        let mut verglichen = false;
        loop {
            let stelle = self.stelle();
            let Some((op, rang)) = self.operator() else {
                return Ok(links);
            };
            if rang < mindestens {
                return Ok(links);
            }
            if rang == VERGLEICH && verglichen {
                return Err(
                    self.erwartet("AND oder OR: Vergleiche lassen sich nicht aneinanderreihen")
                );
            }
            verglichen |= rang == VERGLEICH;
            links = match op {
                Infix::Einfach(op) => {
                    self.weiter();
                    let rechts = self.ausdruck(rang + 1)?;
                    Ausdruck::aufruf(op, vec![links, rechts], stelle)
                }
                Infix::Wort => self.wortvergleich(links, stelle)?,
            };
        }
    }

    fn operator(&self) -> Option<(Infix, u8)> {
        let einfach = |op: Op, rang: u8| Some((Infix::Einfach(op), rang));
        let rechnung = |op: Rechnung, rang| einfach(Op::Rechnung(op), rang);
        match &self.hier().art {
            lexer::Art::Zeichen(z) => match *z {
                "+" => rechnung(Rechnung::Plus, SUMME),
                "-" => rechnung(Rechnung::Minus, SUMME),
                "*" => rechnung(Rechnung::Mal, PRODUKT),
                "/" => rechnung(Rechnung::Geteilt, PRODUKT),
                "%" => rechnung(Rechnung::Rest, PRODUKT),
                "^" => rechnung(Rechnung::Hoch, POTENZ),
                "!=" => einfach(Op::Logik(Logik::Ungleich), VERGLEICH),
                z => einfach(Op::Logik(Logik::zu_name(z)?), VERGLEICH),
            },
            lexer::Art::Wort(wort) => match wort.to_ascii_uppercase().as_str() {
                "OR" => einfach(Op::Logik(Logik::Oder), ODER),
                "AND" => einfach(Op::Logik(Logik::Und), UND),
                "DIV" => rechnung(Rechnung::Div, PRODUKT),
                "NOT" | "LIKE" | "IN" | "BETWEEN" | "IS" => Some((Infix::Wort, VERGLEICH)),
                _ => None,
            },
            _ => None,
        }
    }

    /// `[NOT] LIKE`, `[NOT] IN`, `[NOT] BETWEEN`, `IS [NOT] NULL`.
    fn wortvergleich(&mut self, links: Ausdruck, stelle: Stelle) -> Result<Ausdruck, Fehler> {
        let (nicht, vergleich) = if self.nimm_wort("IS") {
            let nicht = self.nimm_wort("NOT");
            if !self.nimm_wort("NULL") {
                return Err(self.erwartet("NULL"));
            }
            (
                nicht,
                Ausdruck::aufruf(Op::Logik(Logik::IstNull), vec![links], stelle.clone()),
            )
        } else {
            let nicht = self.nimm_wort("NOT");
            (nicht, self.wort_rest(links, stelle.clone())?)
        };
        Ok(if nicht {
            Ausdruck::aufruf(Op::Logik(Logik::Nicht), vec![vergleich], stelle)
        } else {
            vergleich
        })
    }

    fn wort_rest(&mut self, links: Ausdruck, stelle: Stelle) -> Result<Ausdruck, Fehler> {
        if self.nimm_wort("LIKE") {
            let muster = self.ausdruck(SUMME)?;
            return Ok(Ausdruck::aufruf(
                Op::Logik(Logik::Wie),
                vec![links, muster],
                stelle,
            ));
        }
        if self.nimm_wort("BETWEEN") {
            let von = self.ausdruck(SUMME)?;
            if !self.nimm_wort("AND") {
                return Err(self.erwartet("AND und die obere Grenze"));
            }
            let bis = self.ausdruck(SUMME)?;
            return Ok(Ausdruck::aufruf(
                Op::Logik(Logik::Zwischen),
                vec![links, von, bis],
                stelle,
            ));
        }
        if self.nimm_wort("IN") {
            let wo = self.stelle();
            self.muss_zeichen("(")?;
            let werte = self.tiefer(Self::bis_klammer)?;
            if werte.is_empty() {
                return Err(Fehler::neu(&wo, "Die Liste hinter IN ist leer."));
            }
            let liste = Ausdruck {
                art: Art::Liste(werte),
                stelle: wo,
            };
            return Ok(Ausdruck::aufruf(
                Op::Logik(Logik::In),
                vec![links, liste],
                stelle,
            ));
        }
        Err(self.erwartet("LIKE, IN oder BETWEEN"))
    }

    /// Expressions up to the closing bracket.
    fn bis_klammer(&mut self) -> Result<Vec<Ausdruck>, Fehler> {
        let mut werte = Vec::new();
        if self.nimm_zeichen(")") {
            return Ok(werte);
        }
        loop {
            werte.push(self.ausdruck(0)?);
            if self.nimm_zeichen(",") {
                continue;
            }
            if self.nimm_zeichen(")") {
                return Ok(werte);
            }
            return Err(self.erwartet("„,“ oder „)“"));
        }
    }

    fn vorn(&mut self) -> Result<Ausdruck, Fehler> {
        let stelle = self.stelle();
        let knoten = |art| Ausdruck {
            art,
            stelle: stelle.clone(),
        };
        match self.hier().art.clone() {
            lexer::Art::Zeichen("(") => {
                self.weiter();
                self.tiefer(|p| p.klammer(stelle.clone()))
            }
            lexer::Art::Zeichen("-") => {
                self.weiter();
                let wert = self.tiefer(Self::vorn)?;
                Ok(negiert(wert, stelle))
            }
            lexer::Art::Zeichen("+") => {
                self.weiter();
                self.tiefer(Self::vorn)
            }
            lexer::Art::Text(text) => {
                self.weiter();
                Ok(knoten(Art::Text(text)))
            }
            lexer::Art::Ganz(zahl) => {
                self.weiter();
                Ok(knoten(Art::Ganz(zahl)))
            }
            lexer::Art::Zahl(zahl) => {
                self.weiter();
                Ok(knoten(Art::Zahl(zahl)))
            }
            lexer::Art::Name(name) => {
                self.weiter();
                Ok(knoten(Art::Eigenschaft(name)))
            }
            lexer::Art::Wort(wort) => self.wort(&wort, stelle),
            lexer::Art::Zeichen(_) | lexer::Art::Ende => {
                Err(self.erwartet("ein Feld, ein Wert oder „(“"))
            }
        }
    }

    /// Behind an opening bracket: an expression, or a list.
    fn klammer(&mut self, stelle: Stelle) -> Result<Ausdruck, Fehler> {
        let mut werte = self.bis_klammer()?;
        if werte.len() == 1
            && let Some(einer) = werte.pop()
        {
            return Ok(einer);
        }
        Ok(Ausdruck {
            art: Art::Liste(werte),
            stelle,
        })
    }

    fn wort(&mut self, wort: &str, stelle: Stelle) -> Result<Ausdruck, Fehler> {
        let gross = wort.to_ascii_uppercase();
        let klammer = *self.danach() == lexer::Art::Zeichen("(");
        match gross.as_str() {
            "NOT" => {
                self.weiter();
                let innen = self.tiefer(|p| p.ausdruck(VERGLEICH))?;
                return Ok(Ausdruck::aufruf(
                    Op::Logik(Logik::Nicht),
                    vec![innen],
                    stelle,
                ));
            }
            "TRUE" | "FALSE" => {
                self.weiter();
                let art = Art::Wahr(gross == "TRUE");
                return Ok(Ausdruck { art, stelle });
            }
            "NULL" => {
                return Err(
                    self.erwartet("ein Wert; auf fehlende Werte prüfen IS NULL und IS NOT NULL")
                );
            }
            "AND" | "OR" | "LIKE" | "IN" | "BETWEEN" | "IS" => {
                return Err(self.erwartet("ein Feld, ein Wert oder „(“"));
            }
            "DATE" | "TIMESTAMP" if klammer => return self.zeitwert(&gross, stelle),
            "INTERVAL" if klammer => return self.intervall(stelle),
            _ => {}
        }
        if let Some(art) = wkt::beginnt(self, &gross) {
            return self.tiefer(|p| wkt::lies(p, art, stelle));
        }
        self.weiter();
        if !klammer {
            let art = Art::Eigenschaft(wort.to_owned());
            return Ok(Ausdruck { art, stelle });
        }
        self.weiter();
        let argumente = self.tiefer(Self::bis_klammer)?;
        Ok(Ausdruck::aufruf(Op::funktion(wort), argumente, stelle))
    }

    pub(super) fn wort_hinter(&self) -> &lexer::Art {
        self.danach()
    }

    fn zeitwert(&mut self, gross: &str, stelle: Stelle) -> Result<Ausdruck, Fehler> {
        self.i += 2;
        let wo = self.stelle();
        let lexer::Art::Text(text) = self.hier().art.clone() else {
            return Err(self.erwartet("ein Text in einfachen Anführungszeichen"));
        };
        self.weiter();
        let art = if gross == "DATE" {
            Art::Datum(zeit::datum(&text, &wo)?)
        } else {
            Art::Zeitpunkt(zeit::zeitpunkt(&text, &wo)?)
        };
        self.muss_zeichen(")")?;
        Ok(Ausdruck { art, stelle })
    }

    fn intervall(&mut self, stelle: Stelle) -> Result<Ausdruck, Fehler> {
        self.i += 2;
        let von = self.tiefer(Self::ende)?;
        self.muss_zeichen(",")?;
        let bis = self.tiefer(Self::ende)?;
        self.muss_zeichen(")")?;
        let art = Art::Intervall(Box::new([von, bis]));
        Ok(Ausdruck { art, stelle })
    }

    fn ende(&mut self) -> Result<Ausdruck, Fehler> {
        let wo = self.stelle();
        if let lexer::Art::Text(text) = self.hier().art.clone() {
            self.weiter();
            return zeit::ende(&text, &wo);
        }
        self.ausdruck(SUMME)
    }
}

enum Infix {
    Einfach(Op),
    Wort,
}

/// A sign belongs to a literal; before anything else it is a product, as CQL2 JSON writes it.
fn negiert(wert: Ausdruck, stelle: Stelle) -> Ausdruck {
    let art = match wert.art {
        Art::Ganz(zahl) => Art::Ganz(-zahl),
        Art::Zahl(zahl) => Art::Zahl(-zahl),
        _ => {
            let minus = Ausdruck {
                art: Art::Ganz(-1),
                stelle: stelle.clone(),
            };
            return Ausdruck::aufruf(Op::Rechnung(Rechnung::Mal), vec![minus, wert], stelle);
        }
    };
    Ausdruck { art, stelle }
}
