//! The schemas as far as an export needs them: classes with their attributes in the order
//! in which a file must hold them.
//!
//! One table for each version (`schema_5_4.txt`, `schema_6_0.txt`), a line for each class:
//! name (`!`: abstract), base class (`-`: none), attributes. An attribute is its name, how
//! often it may stand (nothing: once, `?`: at most once, `*`, `+`: at least once) and its
//! form (nothing: plain value, `@`: `CodeType`, `~unit`: measure, `=Type`: data type,
//! `>`: reference, `%`: geometry).

use std::collections::HashMap;
use std::sync::LazyLock;

/// A version of XPlanGML that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Version {
    /// 6.0 (6.0.2).
    #[value(name = "6.0", help = "XPlanGML 6.0")]
    V60,
    /// 5.4, the last of the old model.
    #[value(name = "5.4", help = "XPlanGML 5.4, für ältere Programme")]
    V54,
}

impl Version {
    /// Every version, the preferred first.
    pub const ALLE: [Self; 2] = [Self::V60, Self::V54];

    /// `6.0`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V60 => "6.0",
            Self::V54 => "5.4",
        }
    }

    /// From its name.
    #[must_use]
    pub fn aus(name: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|v| v.name() == name)
    }

    /// Namespace of its elements.
    #[must_use]
    pub fn namensraum(self) -> &'static str {
        match self {
            Self::V60 => "http://www.xplanung.de/xplangml/6/0",
            Self::V54 => "http://www.xplanung.de/xplangml/5/4",
        }
    }

    /// The model of 6.x, with complex Zweckbestimmungen and other codes.
    pub(super) fn ist_neu(self) -> bool {
        self == Self::V60
    }

    /// Its classes.
    #[must_use]
    pub fn schema(self) -> &'static Schema {
        static NEU: LazyLock<Schema> =
            LazyLock::new(|| Schema::lies(include_str!("schema_6_0.txt")));
        static ALT: LazyLock<Schema> =
            LazyLock::new(|| Schema::lies(include_str!("schema_5_4.txt")));
        match self {
            Self::V60 => &NEU,
            Self::V54 => &ALT,
        }
    }
}

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text, number, date or a code of a closed list.
    Wert,
    /// A code of a free list, with `codeSpace`.
    Code,
    /// A number with this unit.
    Mass(&'static str),
    /// An element of this data type; empty: one of several.
    Typ(&'static str),
    /// An xlink.
    Verweis,
    /// A geometry.
    Geometrie,
}

/// One attribute of a class.
#[derive(Debug, Clone, Copy)]
pub struct Merkmal {
    /// Element name.
    pub name: &'static str,
    /// The schema demands it.
    pub pflicht: bool,
    /// It may stand more than once.
    pub viele: bool,
    /// What it holds.
    pub form: Form,
}

/// One class or data type.
#[derive(Debug)]
pub struct Klasse {
    /// No object may be of it.
    pub abstrakt: bool,
    /// In the order of the schema, inherited ones first.
    pub merkmale: Vec<Merkmal>,
}

impl Klasse {
    /// The attribute of that name.
    #[must_use]
    pub fn merkmal(&self, name: &str) -> Option<&Merkmal> {
        self.merkmale.iter().find(|m| m.name == name)
    }
}

/// The classes of one version.
#[derive(Debug)]
pub struct Schema(HashMap<&'static str, Klasse>);

impl Schema {
    fn lies(tabelle: &'static str) -> Self {
        let mut klassen: HashMap<&str, Klasse> = HashMap::new();
        for zeile in tabelle.lines() {
            let mut worte = zeile.split_whitespace();
            let (Some(name), Some(basis)) = (worte.next(), worte.next()) else {
                continue;
            };
            // A base class stands above the classes made of it.
            let mut merkmale = klassen
                .get(basis)
                .map_or_else(Vec::new, |k| k.merkmale.clone());
            merkmale.extend(worte.map(merkmal));
            let abstrakt = name.ends_with('!');
            klassen.insert(name.trim_end_matches('!'), Klasse { abstrakt, merkmale });
        }
        Self(klassen)
    }

    /// A class or data type.
    #[must_use]
    pub fn typ(&self, name: &str) -> Option<&Klasse> {
        self.0.get(name)
    }

    /// A class objects can be of.
    #[must_use]
    pub fn klasse(&self, name: &str) -> Option<&Klasse> {
        self.typ(name)
            .filter(|k| !k.abstrakt && k.merkmal("position").is_some())
    }
}

fn merkmal(wort: &'static str) -> Merkmal {
    let ende = wort
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(wort.len());
    let (name, rest) = wort.split_at(ende);
    let (pflicht, viele, rest) = match rest.split_at_checked(1) {
        Some(("?", rest)) => (false, false, rest),
        Some(("*", rest)) => (false, true, rest),
        Some(("+", rest)) => (true, true, rest),
        _ => (true, false, rest),
    };
    let form = match rest.split_at_checked(1) {
        Some(("@", _)) => Form::Code,
        Some(("~", einheit)) => Form::Mass(einheit),
        Some(("=", typ)) => Form::Typ(typ),
        Some((">", _)) => Form::Verweis,
        Some(("%", _)) => Form::Geometrie,
        _ => Form::Wert,
    };
    Merkmal {
        name,
        pflicht,
        viele,
        form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fnp::codeliste::Version as Stand;
    use crate::fnp::nutzung::klasse;

    #[test]
    fn the_tables_are_read_with_their_inheritance() {
        let gruen = Version::V60.schema().klasse("FP_Gruen").unwrap();
        let namen: Vec<_> = gruen.merkmale.iter().map(|m| m.name).collect();
        assert_eq!(
            namen[..3],
            ["uuid", "text", "rechtsstand"],
            "XP_Objekt first"
        );
        assert_eq!(
            namen[namen.len() - 3..],
            ["zweckbestimmung", "nutzungsform", "zugunstenVon"]
        );
        let zweck = gruen.merkmal("zweckbestimmung").unwrap();
        assert!(zweck.viele && !zweck.pflicht);
        assert_eq!(zweck.form, Form::Typ("FP_KomplexeZweckbestGruen"));
        assert_eq!(
            gruen.merkmal("nordwinkel").unwrap().form,
            Form::Mass("grad")
        );
        assert!(gruen.merkmal("rechtscharakter").unwrap().pflicht);
        let alt = Version::V54.schema();
        let zweck = alt.klasse("FP_Gruen").unwrap();
        assert_eq!(zweck.merkmal("zweckbestimmung").unwrap().form, Form::Wert);
        // The place of this attribute moved from FP_Objekt to XP_Objekt.
        let stelle = |schema: &Schema| {
            let merkmale = &schema.klasse("FP_Gruen").unwrap().merkmale;
            let ort = |name| merkmale.iter().position(|m| m.name == name).unwrap();
            ort("rechtscharakter") < ort("vonGenehmigungAusgenommen")
        };
        assert!(stelle(alt) && stelle(Version::V60.schema()));
        assert!(alt.klasse("FP_Objekt").is_none(), "abstract");
        assert!(alt.klasse("XP_Gemeinde").is_none(), "a data type");
    }

    #[test]
    fn classes_of_the_importer_stand_in_the_tables_of_their_versions() {
        for version in Version::ALLE {
            let stand = Stand::aus(version.name()).unwrap();
            let fp: Vec<_> = version
                .schema()
                .0
                .keys()
                .filter(|n| n.starts_with("FP_") && version.schema().klasse(n).is_some())
                .collect();
            assert!(fp.len() > 20);
            for name in fp {
                let bekannt = klasse(name);
                let (von, bis) = bekannt.expect(name).versionen();
                assert!((von..=bis).contains(&stand), "{name} in {}", version.name());
            }
        }
    }
}
