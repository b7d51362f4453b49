//! `layers.toml` as it is written: entries, checked as far as no database is needed.

use serde::Deserialize;
use toml::Spanned;

use super::transactions::{ARTEN, Gegenstand};
use crate::error::{Error, Result};

/// The catalogue of Zielraum's own layers.
pub const EIGENE: &str = include_str!("../../geodata/layers.toml");

/// Our own schemas; for the public each of them is replaced by `oeffentlich`.
pub const EIGENE_SCHEMAS: [&str; 8] = [
    "gemeinde",
    "fnp",
    "strategie",
    "haushalt",
    "dorferneuerung",
    "fachdaten",
    "konflikt",
    "beteiligung",
];

/// Schema of the published copies.
pub const OEFFENTLICH: &str = "oeffentlich";

/// Who may see a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Zugang {
    /// Everybody.
    #[default]
    Oeffentlich,
    /// Signed-in staff; for all others the layer does not exist.
    Intern,
}

/// What a layer is repeated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Je {
    /// One collection per plan visible to the caller, bound as `fassung_id`.
    Plan,
    /// One collection per saved question visible to the caller, bound by its key.
    Frage,
}

/// How areas are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Darstellung {
    /// Filled with the colour of their class.
    #[default]
    Fill,
    /// Over others: outline, hatch, a veil of colour.
    Overlay,
    /// Their border alone.
    Border,
}

/// Where the classes of a legend come from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legende {
    /// Column of the layer.
    pub column: String,
    /// Code table with label, colour and sign.
    pub classes: String,
    /// Its column that holds the values; else the primary key.
    pub key: Option<String>,
}

/// One `[[layer]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eintrag {
    /// Id of the collection, a segment of its address.
    pub id: String,
    /// German title.
    pub title: String,
    /// German description.
    pub description: Option<String>,
    /// Table or view, `schema.name`; odd names in double quotes.
    pub relation: String,
    /// Column of the feature id; else the primary key.
    pub key: Option<String>,
    /// Integer column whose order is the spatial order.
    pub order: Option<String>,
    /// Geometry column; else the first one.
    pub geometry: Option<String>,
    /// Who may see it.
    #[serde(default)]
    pub access: Zugang,
    /// Columns of the first and last day or moment; one column may stand alone.
    pub datetime: Option<Vec<String>>,
    /// Classes of the legend.
    pub legend: Option<Legende>,
    /// Who the data come from, for downloads.
    pub source: Option<String>,
    /// Terms of use, for downloads and as a link.
    pub license: Option<String>,
    /// Repeats the layer.
    pub je: Option<Je>,
    /// Relation of the repeated collections, when it is not `relation`.
    pub je_relation: Option<String>,
    /// Shows only plan versions in force: their numbers are bound as `fassung_id`.
    #[serde(default)]
    pub aktuell: bool,
    /// Earlier states can be asked for (`stand`, `datetime`).
    #[serde(default = "ja")]
    pub past: bool,
    /// Kind of objects the layer can edit, by name of [`super::transactions::ARTEN`].
    pub bearbeiten: Option<String>,
    /// Columns that are not published.
    #[serde(default)]
    pub hide: Vec<String>,
    /// Group of the layer tree, German.
    pub group: Option<String>,
    /// Column written beside each feature.
    pub label: Option<String>,
    /// Shown only from this scale on (its denominator).
    pub scale: Option<u32>,
    /// The same for its labels.
    pub label_scale: Option<u32>,
    /// How areas are drawn.
    #[serde(default)]
    pub draw: Darstellung,
    /// Shown when a project is opened.
    #[serde(default = "ja")]
    pub visible: bool,
    /// File and line, for messages.
    #[serde(skip)]
    pub ort: String,
}

fn ja() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Datei {
    #[serde(default)]
    layer: Vec<Spanned<Eintrag>>,
}

/// Reads catalogue files, given as (name, text), in order; ids must differ over all of them.
pub fn lies(dateien: &[(&str, &str)]) -> Result<Vec<Eintrag>> {
    let mut eintraege: Vec<Eintrag> = Vec::new();
    for (name, text) in dateien {
        let datei: Datei = toml::from_str(text).map_err(|fehler| {
            Error::eingabe(format!(
                "Der Ebenenkatalog {name} ist nicht lesbar.\n{fehler}"
            ))
        })?;
        for eintrag in datei.layer {
            let zeile = text[..eintrag.span().start].matches('\n').count() + 1;
            let mut eintrag = eintrag.into_inner();
            eintrag.ort = format!("{name}, Zeile {zeile}, Ebene „{}“", eintrag.id);
            pruefe(&eintrag, &eintraege)?;
            eintraege.push(eintrag);
        }
    }
    Ok(eintraege)
}

fn pruefe(eintrag: &Eintrag, bisher: &[Eintrag]) -> Result<()> {
    let falsch = |text: String| Err(Error::eingabe(format!("{}: {text}", eintrag.ort)));
    let id = &eintrag.id;
    let erlaubt = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if id.is_empty() || id.chars().count() > 100 || !id.chars().all(erlaubt) || id.starts_with('.')
    {
        return falsch("Die id darf nur Buchstaben, Ziffern, „-“, „_“ und „.“ enthalten (höchstens 100 Zeichen).".into());
    }
    if let Some(anderer) = bisher.iter().find(|anderer| anderer.id == *id) {
        return falsch(format!("Die id gibt es schon ({}).", anderer.ort));
    }
    // `<layer>_<plan>` is the collection of one plan, `frage_<kennung>` of one question: they
    // come and go, so none may be taken.
    let wiederholt = bisher.iter().find(|anderer| {
        let anfang = match anderer.je {
            Some(Je::Plan) => &anderer.id,
            Some(Je::Frage) => "frage",
            None => return false,
        };
        id.strip_prefix(anfang)
            .is_some_and(|rest| rest.starts_with('_'))
    });
    if let Some(anderer) = wiederholt {
        return falsch(format!(
            "Die id beginnt wie die Ebenen je Plan oder je gespeicherter Frage ({}); bitte eine andere wählen.",
            anderer.ort
        ));
    }
    if eintrag.title.trim().is_empty() {
        return falsch("title fehlt.".into());
    }
    if eintrag
        .datetime
        .as_ref()
        .is_some_and(|spalten| !(1..=2).contains(&spalten.len()))
    {
        return falsch("datetime nennt eine Spalte oder zwei: [\"von\", \"bis\"].".into());
    }
    if let Some(name) = &eintrag.bearbeiten
        && Gegenstand::zu(name).is_none()
    {
        let bekannt: Vec<_> = ARTEN.iter().map(|art| art.name).collect();
        return falsch(format!(
            "bearbeiten = \"{name}\" gibt es nicht. Möglich sind: {}.",
            bekannt.join(", ")
        ));
    }
    if eintrag.je_relation.is_some() && eintrag.je != Some(Je::Plan) {
        return falsch("je_relation ohne je = \"plan\".".into());
    }
    Ok(())
}

/// Splits `schema.name`; either part may be quoted as in SQL, case is kept.
pub fn zerlege(relation: &str) -> Result<(String, String)> {
    let falsch = || {
        Error::eingabe(format!(
            "„{relation}“ ist kein Name der Form schema.tabelle; ungewöhnliche Namen stehen in doppelten Anführungszeichen."
        ))
    };
    let mut teile = Vec::new();
    let mut rest = relation;
    loop {
        let (teil, danach) = if let Some(innen) = rest.strip_prefix('"') {
            quotiert(innen).ok_or_else(falsch)?
        } else {
            let ende = rest.find('.').unwrap_or(rest.len());
            (rest[..ende].to_owned(), &rest[ende..])
        };
        if teil.is_empty() {
            return Err(falsch());
        }
        teile.push(teil);
        match danach.strip_prefix('.') {
            Some(weiter) => rest = weiter,
            None if danach.is_empty() => break,
            None => return Err(falsch()),
        }
    }
    match <[String; 2]>::try_from(teile) {
        Ok([schema, name]) => Ok((schema, name)),
        Err(_) => Err(falsch()),
    }
}

/// Reads up to the closing quote; `""` is one quote.
fn quotiert(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let ende = rest.find('"')?;
        name.push_str(&rest[..ende]);
        rest = &rest[ende + 1..];
        match rest.strip_prefix('"') {
            Some(weiter) => {
                name.push('"');
                rest = weiter;
            }
            None => return Some((name, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_catalogue_is_readable() {
        assert!(lies(&[("layers.toml", EIGENE)]).unwrap().len() >= 14);
    }

    #[test]
    fn unknown_entries_name_their_line() {
        let text = "[[layer]]\nid = \"a\"\ntitle = \"A\"\nrelation = \"x.y\"\nfarbe = \"rot\"\n";
        let fehler = lies(&[("stadt.toml", text)]).unwrap_err().to_string();
        assert!(
            fehler.contains("line 5") && fehler.contains("farbe"),
            "{fehler}"
        );
    }

    #[test]
    fn ids_are_unique_over_all_files() {
        let text = "\n[[layer]]\nid = \"a\"\ntitle = \"A\"\nrelation = \"x.y\"\n";
        let fehler = lies(&[("eins.toml", text), ("zwei.toml", text)])
            .unwrap_err()
            .to_string();
        assert!(
            fehler.contains("zwei.toml, Zeile 2") && fehler.contains("eins.toml"),
            "{fehler}"
        );
    }

    #[test]
    fn odd_names() {
        let paar = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(zerlege("fnp.flaeche").unwrap(), paar("fnp", "flaeche"));
        assert_eq!(
            zerlege("Stadt.Grünflächen 2025").unwrap(),
            paar("Stadt", "Grünflächen 2025")
        );
        assert_eq!(zerlege(r#""a.b"."c""d""#).unwrap(), paar("a.b", "c\"d"));
        for falsch in ["tabelle", "a.b.c", ".b", "a.", "\"a.b", "\"a\"b.c", ""] {
            assert!(zerlege(falsch).is_err(), "{falsch}");
        }
    }
}
