//! CQL2 text, cut into marks.

use super::baum::Stelle;
use super::{Fehler, Grenzen};

/// What a mark is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Art {
    /// A word: keyword, name of a function or property.
    Wort(String),
    /// A name in double quotes.
    Name(String),
    /// A character literal.
    Text(String),
    /// A whole number without sign.
    Ganz(i64),
    /// Any other number without sign.
    Zahl(f64),
    /// Operator, bracket or comma.
    Zeichen(&'static str),
    /// Behind the last one.
    Ende,
}

/// One mark and where it begins, counted in characters from 1.
#[derive(Debug, Clone)]
pub(super) struct Marke {
    pub art: Art,
    pub stelle: usize,
    /// As written, for messages.
    pub roh: String,
}

const ZEICHEN: [&str; 16] = [
    "<>", "<=", ">=", "!=", "(", ")", ",", "=", "<", ">", "+", "-", "*", "/", "%", "^",
];

/// Cuts a text into marks; the last one is [`Art::Ende`].
pub(super) fn zerlege(text: &str) -> Result<Vec<Marke>, Fehler> {
    Grenzen::laenge(text)?;
    let alle: Vec<char> = text.chars().collect();
    let mut marken = Vec::new();
    let mut i = 0;
    while let Some(&c) = alle.get(i) {
        if c.is_whitespace() {
            i += 1;
            continue;
        }
        let rest = &alle[i..];
        let (art, laenge) = match c {
            '\'' => text_literal(rest, i)?,
            '"' => name(rest, i)?,
            '0'..='9' => zahl(rest, i)?,
            '.' if rest.get(1).is_some_and(char::is_ascii_digit) => zahl(rest, i)?,
            c if c.is_alphabetic() || c == '_' || c == ':' => wort(rest),
            _ => zeichen(rest, i)?,
        };
        marken.push(Marke {
            art,
            stelle: i + 1,
            roh: rest[..laenge].iter().take(40).collect(),
        });
        i += laenge;
    }
    marken.push(Marke {
        art: Art::Ende,
        stelle: alle.len() + 1,
        roh: String::new(),
    });
    Ok(marken)
}

fn fehler(i: usize, text: impl Into<String>) -> Fehler {
    Fehler::neu(&Stelle::Zeichen(i + 1), text)
}

/// `''` and `\'` are a quote. `\\` is one backslash, as QGIS writes it; before anything else a
/// backslash is itself.
fn text_literal(rest: &[char], i: usize) -> Result<(Art, usize), Fehler> {
    let mut text = String::new();
    let mut j = 1;
    while let Some(&c) = rest.get(j) {
        match (c, rest.get(j + 1)) {
            ('\'' | '\\', Some('\'')) => {
                text.push('\'');
                j += 2;
            }
            ('\\', Some('\\')) => {
                text.push('\\');
                j += 2;
            }
            ('\'', _) => return Ok((Art::Text(text), j + 1)),
            // PostgreSQL has no such text.
            ('\0', _) => return Err(fehler(i + j, "Der Text enthält ein Nullzeichen.")),
            _ => {
                text.push(c);
                j += 1;
            }
        }
    }
    Err(fehler(
        i,
        "Hier beginnt ein Text in einfachen Anführungszeichen, der nicht endet. Ein Anführungszeichen im Text wird verdoppelt: 'O''Neil'.",
    ))
}

fn name(rest: &[char], i: usize) -> Result<(Art, usize), Fehler> {
    let mut name = String::new();
    let mut j = 1;
    while let Some(&c) = rest.get(j) {
        match (c, rest.get(j + 1)) {
            ('"', Some('"')) => {
                name.push('"');
                j += 2;
            }
            ('"', _) => return Ok((Art::Name(name), j + 1)),
            _ => {
                name.push(c);
                j += 1;
            }
        }
    }
    Err(fehler(
        i,
        "Hier beginnt ein Name in doppelten Anführungszeichen, der nicht endet.",
    ))
}

fn zahl(rest: &[char], i: usize) -> Result<(Art, usize), Fehler> {
    let ziffern = |ab: usize| rest[ab..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut ende = ziffern(0);
    let mut ganz = true;
    if rest.get(ende) == Some(&'.') {
        ganz = false;
        ende += 1 + ziffern(ende + 1);
    }
    if matches!(rest.get(ende), Some('e' | 'E')) {
        let vorzeichen = usize::from(matches!(rest.get(ende + 1), Some('+' | '-')));
        let exponent = ziffern((ende + 1 + vorzeichen).min(rest.len()));
        if exponent > 0 {
            ganz = false;
            ende += 1 + vorzeichen + exponent;
        }
    }
    let text: String = rest[..ende].iter().collect();
    if rest
        .get(ende)
        .is_some_and(|c| c.is_alphanumeric() || *c == '_' || *c == '.')
    {
        return Err(fehler(
            i,
            format!(
                "„{text}“ geht ohne Trennung in weitere Zeichen über. Texte stehen in einfachen, Namen in doppelten Anführungszeichen."
            ),
        ));
    }
    if ganz && let Ok(zahl) = text.parse() {
        return Ok((Art::Ganz(zahl), ende));
    }
    match text.parse::<f64>() {
        Ok(zahl) if zahl.is_finite() => Ok((Art::Zahl(zahl), ende)),
        _ => Err(fehler(i, format!("Die Zahl „{text}“ ist zu groß."))),
    }
}

fn wort(rest: &[char]) -> (Art, usize) {
    let gehoert = |c: &&char| c.is_alphanumeric() || matches!(**c, '_' | ':' | '.');
    let laenge = rest.iter().take_while(gehoert).count();
    (Art::Wort(rest[..laenge].iter().collect()), laenge)
}

fn zeichen(rest: &[char], i: usize) -> Result<(Art, usize), Fehler> {
    let passt = |z: &&&str| rest.iter().copied().take(z.len()).eq(z.chars());
    match ZEICHEN.iter().find(passt) {
        Some(z) => Ok((Art::Zeichen(z), z.len())),
        None => Err(fehler(
            i,
            format!(
                "Das Zeichen „{}“ hat hier keine Bedeutung.{}",
                rest[0],
                anfuehrung(rest[0])
            ),
        )),
    }
}

/// Office programs turn quotes into curly ones.
fn anfuehrung(c: char) -> &'static str {
    if "„“”‚‘’`´«»".contains(c) {
        " Texte stehen in geraden Anführungszeichen: 'W'."
    } else {
        ""
    }
}
