//! How a layer looks, from one place: the code table its `legend` names. Web, QGIS, tiles and
//! downloads draw from [`Stil`], each in its own language ([`maplibre`], [`qml`], [`sld`],
//! [`legende`]), so that they cannot differ.

use sqlx::PgPool;

use super::catalog::Darstellung;
use super::formate::form::Art;
use super::query;
use super::sammlung::Sammlung;
use crate::error::Result;

pub mod element;
pub mod formular;
pub mod kartenzeichen;
pub mod legende;
pub mod maplibre;
pub mod qml;
pub mod routes;
pub mod sld;
pub mod sprache;
pub mod sprite;
pub mod symbol;
mod werkzeug;
pub mod zeichen;

/// Colour of what belongs to no class.
pub const NEUTRAL: &str = "#607D8B";
/// Colour of outlines.
pub const RAND: &str = "#1D2528";
/// Label of the rest.
pub const UEBRIGE: &str = "Übrige";

/// One class of a legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Klasse {
    /// Value of the column, as text.
    pub wert: String,
    /// German label.
    pub titel: String,
    /// `#RRGGBB`.
    pub farbe: String,
    /// Sign, for those who cannot tell the colours apart.
    pub zeichen: Option<String>,
}

/// The style of one collection.
#[derive(Debug, Clone)]
pub struct Stil {
    /// Id of the collection.
    pub id: String,
    /// Its title.
    pub titel: String,
    /// What is drawn; None: nothing, the layer has no geometry.
    pub art: Option<Art>,
    /// Column of the classes and whether its values are numbers.
    spalte: Option<(String, bool)>,
    /// How areas are drawn.
    pub darstellung: Darstellung,
    /// Column written beside each feature.
    pub beschriftung: Option<String>,
    /// Shown from this scale on (denominator).
    pub massstab: Option<u32>,
    /// Labels from this scale on.
    pub schriftmassstab: Option<u32>,
    /// Column with the codes of the Zweckbestimmung, separated by commas.
    pub zweck: Option<String>,
    /// Column with the angle of a sign, degrees.
    pub drehung: Option<String>,
    /// Code table or relation: what the table of signs knows the layer by.
    tafel: String,
    /// The classes, in the order of the code table; none: everything is drawn alike.
    pub klassen: Vec<Klasse>,
}

impl Stil {
    /// Reads the style of a collection through its reader's pool.
    pub async fn von(pool: &PgPool, sammlung: &Sammlung) -> Result<Self> {
        let ebene = &sammlung.ebene;
        let mut stil = Self {
            id: sammlung.id.clone(),
            titel: sammlung.titel.clone(),
            art: ebene
                .relation
                .geometrie
                .as_ref()
                .map(|g| Art::von(g.dimension)),
            spalte: None,
            darstellung: ebene.darstellung,
            beschriftung: ebene
                .beschriftung
                .clone()
                .filter(|name| ebene.spalte(name).is_some()),
            massstab: ebene.massstab,
            schriftmassstab: ebene.schriftmassstab,
            zweck: spaltenname(ebene, "zweckbestimmung"),
            drehung: spaltenname(ebene, "drehung"),
            tafel: ebene.tafelname.clone(),
            klassen: Vec::new(),
        };
        let (Some(legende), Some(tafel)) = (&ebene.legende, &ebene.tafel) else {
            return Ok(stil);
        };
        // A hidden column tells nobody its class.
        let Some(spalte) = ebene.spalte(&legende.column) else {
            return Ok(stil);
        };
        stil.spalte = Some((spalte.name.clone(), spalte.klasse.ist_zahl()));
        stil.klassen = query::klassen(pool, tafel)
            .await?
            .into_iter()
            .enumerate()
            .map(|(nr, roh)| Klasse {
                titel: roh.titel.unwrap_or_else(|| roh.wert.clone()),
                farbe: roh
                    .farbe
                    .as_deref()
                    .and_then(farbe)
                    .unwrap_or_else(|| ersatz(nr)),
                zeichen: roh.zeichen.filter(|zeichen| !zeichen.trim().is_empty()),
                wert: roh.wert,
            })
            .collect();
        Ok(stil)
    }

    /// Column of the classes.
    #[must_use]
    pub fn spalte(&self) -> Option<&str> {
        self.spalte.as_ref().map(|(name, _)| name.as_str())
    }

    /// What is drawn of a class besides its colour; None as class: of the layer itself.
    #[must_use]
    pub fn zeichen(&self, klasse: Option<&Klasse>) -> Option<&'static zeichen::Zeichen> {
        match klasse {
            Some(klasse) => zeichen::zu(&self.tafel, &klasse.wert),
            None if self.klassen.is_empty() => zeichen::zu(&self.tafel, ""),
            None => None,
        }
    }

    /// Values of the column are numbers.
    #[must_use]
    pub fn zahlen(&self) -> bool {
        self.spalte.as_ref().is_some_and(|(_, zahl)| *zahl)
    }

    /// Colour of what no class takes; all there is of a layer without classes.
    #[must_use]
    pub fn rest_titel(&self) -> &str {
        if self.klassen.is_empty() {
            &self.titel
        } else {
            UEBRIGE
        }
    }
}

fn spaltenname(ebene: &super::ebene::Ebene, name: &str) -> Option<String> {
    ebene.spalte(name).map(|spalte| spalte.name.clone())
}

/// `#RRGGBB` out of `#rgb`, `rrggbb` and the like; None for anything else.
fn farbe(text: &str) -> Option<String> {
    let ziffern = text.trim().trim_start_matches('#');
    if !ziffern.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let voll = match ziffern.len() {
        3 => ziffern.chars().flat_map(|z| [z, z]).collect(),
        6 => ziffern.to_owned(),
        _ => return None,
    };
    Some(format!("#{}", voll.to_ascii_uppercase()))
}

/// Colours for a code table without any, easy to tell apart.
fn ersatz(nr: usize) -> String {
    const FARBEN: [&str; 12] = [
        "#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#999933", "#882255",
        "#44AA99", "#DDCC77", "#332288", "#CC6677",
    ];
    FARBEN[nr % FARBEN.len()].to_owned()
}

/// Red, green, blue of `#RRGGBB`.
#[must_use]
pub fn rgb(farbe: &str) -> [u8; 3] {
    let teil = |ab: usize| {
        farbe
            .get(ab..ab + 2)
            .and_then(|ziffern| u8::from_str_radix(ziffern, 16).ok())
            .unwrap_or_default()
    };
    [teil(1), teil(3), teil(5)]
}

/// Text inside XML or HTML, attributes too; characters XML cannot hold are left out.
#[must_use]
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for zeichen in text.chars() {
        match zeichen {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(zeichen),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
pub(super) fn muster(art: Option<Art>) -> Stil {
    let klasse = |wert: &str, titel: &str, farbe: &str| Klasse {
        wert: wert.into(),
        titel: titel.into(),
        farbe: farbe.into(),
        zeichen: None,
    };
    Stil {
        id: "fnp_flaechen".into(),
        titel: "Flächen & „Zeichen“".into(),
        art,
        spalte: Some(("nutzung".into(), false)),
        darstellung: Darstellung::Fill,
        beschriftung: Some("name".into()),
        massstab: None,
        schriftmassstab: None,
        zweck: Some("zweckbestimmung".into()),
        drehung: None,
        tafel: "fnp.nutzung".into(),
        klassen: vec![
            klasse("W", "Wohnbaufläche", "#CF9377"),
            klasse("a'b\"<", "Sonder<bau>", "#FE7F26"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_as_people_write_them() {
        assert_eq!(farbe("#cf9377").as_deref(), Some("#CF9377"));
        assert_eq!(farbe("abc").as_deref(), Some("#AABBCC"));
        for falsch in ["", "rot", "#12", "#1234567", "#GGGGGG"] {
            assert_eq!(farbe(falsch), None, "{falsch}");
        }
        assert_eq!(rgb("#CF9377"), [0xCF, 0x93, 0x77]);
    }

    #[test]
    fn text_cannot_leave_its_attribute() {
        assert_eq!(xml("a<\"&\u{1}>"), "a&lt;&quot;&amp;&gt;");
    }
}
