//! Fachpläne: what sector plans say about goals and measures, and where they contradict each other.

pub mod blatt;
pub mod store;

use serde::Serialize;

use super::bezug::Bezug;

/// A sector plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fachplan {
    /// Kennung, part of its address.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// Title of its kind.
    pub typ: String,
    /// stadt, landkreis, region, land.
    pub ebene: String,
    /// Who issued it.
    pub herausgeber: Option<String>,
    /// Year.
    pub jahr: Option<i32>,
    /// How binding it is.
    pub verbindlichkeit: String,
    /// gueltig, fortgeschrieben, `ausser_kraft`.
    pub zustand: String,
    /// Where to read it.
    pub dokument_url: Option<String>,
    /// Licence of the document.
    pub lizenz: Option<String>,
    /// Goals and measures it speaks of.
    pub fundstellen: i64,
    /// Of these, contradicted.
    pub widersprueche: i64,
}

/// A goal or measure one plan contradicts, with what every plan says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Widerspruch {
    /// The goal or measure.
    pub gegenstand: Bezug,
    /// What the plans say, the contradicting ones first.
    pub stellen: Vec<Bezug>,
}

/// State in words, with a sign.
#[must_use]
pub fn zustand(schluessel: &str) -> &str {
    match schluessel {
        "gueltig" => "● gültig",
        "fortgeschrieben" => "◐ fortgeschrieben",
        "ausser_kraft" => "✖ außer Kraft",
        anderer => anderer,
    }
}
