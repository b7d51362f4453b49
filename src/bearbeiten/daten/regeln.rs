//! Which tables can be edited, how their rows are addressed, and whose right it takes.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::auth::{Aktion, Objektart};
use crate::import::strategie::katalog::TABELLEN;
use crate::import::strategie::spalten::{Art, Spalte, Tabellenart, Typ, Weise, ziel_des_felds};
use crate::import::strategie::verzeichnis::Verzeichnis;

/// All editable kinds; saved questions are not.
pub fn arten() -> impl Iterator<Item = &'static Tabellenart> {
    TABELLEN.iter().filter(|t| t.art != Art::Frage)
}

/// A kind by its table's name.
#[must_use]
pub fn art(name: &str) -> Option<&'static Tabellenart> {
    arten().find(|t| t.tabelle == name)
}

/// Columns that are read and written here; places are drawn in the layers.
pub fn spalten(art: &'static Tabellenart) -> impl Iterator<Item = &'static Spalte> {
    art.spalten
        .iter()
        .filter(|s| s.gespeichert() && !matches!(s.typ, Typ::Wkt))
}

/// Columns that make the key of a row.
#[must_use]
pub fn schluesselfelder(art: &Tabellenart) -> &'static [&'static str] {
    match art.art {
        Art::ZielKennzahl => &["ziel_id", "kennzahl_id"],
        Art::MassnahmeKennzahl => &["massnahme_id", "kennzahl_id"],
        Art::KennzahlKennzahl => &["kennzahl_id", "andere_id"],
        Art::MassnahmeMassnahme => &["massnahme_id", "andere_id", "art"],
        Art::ZielMassnahme => &["massnahme_id", "ziel_id"],
        Art::ZielNutzung => &["ziel_id", "nutzung"],
        Art::GebietMassnahme => &["gebiet_id", "massnahme_id"],
        _ if art.weise == Weise::Kennung => &["kennung"],
        _ => &["id"],
    }
}

/// The key in an address as columns; None: there can be no such row.
#[must_use]
pub fn wo(art: &'static Tabellenart, schluessel: &str, verzeichnis: &Verzeichnis) -> Option<Value> {
    let felder = schluesselfelder(art);
    let teile: Vec<&str> = schluessel.split(',').collect();
    if teile.len() != felder.len() {
        return None;
    }
    let mut wo = Map::new();
    for (feld, teil) in felder.iter().zip(teile) {
        let wert = match (*feld, art.feld(feld).map(|s| s.typ)) {
            ("id", _) => json!(teil.parse::<Uuid>().ok()?),
            (_, Some(Typ::Verweis(ziel))) => json!(verzeichnis.finde(ziel, teil)?.id),
            _ => json!(teil),
        };
        wo.insert((*feld).to_owned(), wert);
    }
    Some(Value::Object(wo))
}

/// The key of a row for its address.
#[must_use]
pub fn schluessel(
    art: &'static Tabellenart,
    zeile: &Map<String, Value>,
    verzeichnis: &Verzeichnis,
) -> String {
    let teile: Vec<String> = schluesselfelder(art)
        .iter()
        .map(|feld| {
            let wert = zeile.get(*feld).and_then(Value::as_str).unwrap_or_default();
            match art.feld(feld).map(|s| s.typ) {
                Some(Typ::Verweis(ziel)) => verzeichnis
                    .kennungen_nach_id(ziel)
                    .get(wert)
                    .copied()
                    .unwrap_or(wert)
                    .to_owned(),
                _ => wert.to_owned(),
            }
        })
        .collect();
    teile.join(",")
}

/// The row whose publication and office decide: the row itself, or the one it is part of.
#[must_use]
pub fn eigner(
    art: &'static Tabellenart,
    zeile: &Map<String, Value>,
) -> Option<(&'static Tabellenart, Uuid)> {
    let id = |feld: &str| zeile.get(feld)?.as_str()?.parse::<Uuid>().ok();
    if art.eigner.is_empty() {
        return Some((art, id("id")?));
    }
    art.eigner
        .iter()
        .find_map(|feld| Some((ziel_des_felds(feld)?, id(feld)?)))
}

/// What the rules of rights call it, and the action they are asked for: a link or a step is
/// content of its owner.
#[must_use]
pub fn recht(art: &Tabellenart, aktion: Aktion) -> (Objektart, Aktion) {
    match art.art {
        Art::Akteur
        | Art::Strategie
        | Art::Strategiefassung
        | Art::Leitlinie
        | Art::Handlungsfeld => (Objektart::Geruest, aktion),
        Art::Zustaendigkeit => (Objektart::Geruest, Aktion::Aendern),
        Art::Massnahme => (Objektart::Massnahme, aktion),
        Art::Teilschritt
        | Art::MassnahmeKennzahl
        | Art::MassnahmeMassnahme
        | Art::ZielMassnahme => (Objektart::Massnahme, Aktion::Aendern),
        Art::Raumbezug => (Objektart::Raumbezug, Aktion::Aendern),
        Art::Kennzahl => (Objektart::Kennzahl, aktion),
        Art::KennzahlKennzahl => (Objektart::Kennzahl, Aktion::Aendern),
        Art::Kennzahlwert => (Objektart::Kennzahlwert, aktion),
        Art::Ziel => (Objektart::Ziel, aktion),
        Art::ZielKennzahl | Art::ZielNutzung | Art::Sdg => (Objektart::Ziel, Aktion::Aendern),
        Art::Beschluss | Art::Fachplan | Art::Trend | Art::Frage => (Objektart::Unterlage, aktion),
        Art::BeschlussBezug | Art::Fundstelle | Art::TrendBezug => {
            (Objektart::Unterlage, Aktion::Aendern)
        }
        Art::Produkt | Art::Foerderprogramm | Art::Finanzwert | Art::Foerderung => {
            (Objektart::Haushalt, aktion)
        }
        Art::Gebiet => (Objektart::Gebiet, aktion),
        Art::GebietMassnahme => (Objektart::Gebiet, Aktion::Aendern),
    }
}
