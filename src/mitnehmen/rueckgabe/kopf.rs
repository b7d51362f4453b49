//! The tables of ours in a file: where it comes from, and the state of its objects.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::import::datei::{Datei, Grenzen};
use crate::import::vector::tabelle;
use crate::mitnehmen::basis::{self, Kopf};

/// Why a file without our tables is refused.
pub(super) fn fremd(name: &str, namen: &[String]) -> String {
    if namen
        .iter()
        .any(|n| n == basis::KOPF || n == basis::OBJEKTE)
    {
        return format!(
            "In „{name}“ fehlt eine der Tabellen {} und {}. Ohne sie ist nicht zu sagen, was geändert wurde; bitte die Datei neu mitnehmen und die Änderungen darin anbringen (in QGIS lassen sich Objekte von Ebene zu Ebene kopieren).",
            basis::KOPF,
            basis::OBJEKTE
        );
    }
    format!(
        "„{name}“ wurde nicht hier mitgenommen (die Tabelle {} fehlt), oder ein Programm hat nur einzelne Ebenen in eine neue Datei geschrieben. Zurückbringen lässt sich eine Datei von /mitnehmen; fremde Daten liest „zielraum import“.",
        basis::KOPF
    )
}

/// Rows of one of our tables, by column.
fn texte(
    datei: &Datei,
    grenzen: &Grenzen,
    name: &str,
    spalten: &[&str],
    senke: &mut dyn FnMut(Vec<String>) -> Result<()>,
) -> Result<()> {
    tabelle::lies(datei, name, grenzen, &mut |kopf, mut zeile| {
        let mut werte = Vec::with_capacity(spalten.len());
        for spalte in spalten {
            let stelle = kopf.felder.iter().position(|f| f.name == *spalte);
            let Some(stelle) = stelle else {
                return Err(Error::eingabe(format!(
                    "In der Datei ist die Tabelle {name} verändert (die Spalte „{spalte}“ fehlt). Bitte die Datei neu mitnehmen."
                )));
            };
            werte.push(zeile.werte[stelle].take().unwrap_or_default());
        }
        senke(werte)
    })?;
    Ok(())
}

/// The one row about the file.
pub(super) fn kopf(datei: &Datei, grenzen: &Grenzen) -> Result<Kopf> {
    let mut alle = Vec::new();
    texte(datei, grenzen, basis::KOPF, basis::KOPF_SPALTEN, &mut |z| {
        alle.push(z);
        Ok(())
    })?;
    let kaputt = || {
        Error::eingabe(format!(
            "In der Datei ist die Tabelle {} verändert; bitte die Datei neu mitnehmen.",
            basis::KOPF
        ))
    };
    let zeile: [String; 8] = match alle.len() {
        1 => alle.remove(0).try_into().map_err(|_| kaputt())?,
        _ => return Err(kaputt()),
    };
    let [id, art, dienst, gemeinden, bereich, stand, wer, ebenen] = zeile;
    if art != basis::FORM {
        return Err(Error::eingabe(format!(
            "Die Datei hat die Form {art}; dieser Dienst kennt die Form {}. Bitte neu mitnehmen.",
            basis::FORM
        )));
    }
    Ok(Kopf {
        id,
        dienst,
        gemeinden: serde_json::from_str(&gemeinden).map_err(|_| kaputt())?,
        bereich,
        stand,
        wer,
        ebenen: serde_json::from_str(&ebenen).map_err(|_| kaputt())?,
    })
}

/// By layer: the state of each object, in the order of the file.
pub(super) type Objekte = HashMap<String, Vec<basis::Objekt>>;

/// The state of each object.
pub(super) fn objekte(datei: &Datei, grenzen: &Grenzen) -> Result<Objekte> {
    let mut alle = Objekte::new();
    let spalten = basis::OBJEKT_SPALTEN;
    texte(datei, grenzen, basis::OBJEKTE, spalten, &mut |zeile| {
        let Ok([ebene, kennung, nummer, version, _, inhalt]) = <[String; 6]>::try_from(zeile)
        else {
            return Err(Error::intern("six columns"));
        };
        alle.entry(ebene).or_default().push(basis::Objekt {
            kennung,
            nummer: nummer.parse().unwrap_or_default(),
            version,
            inhalt,
        });
        Ok(())
    })?;
    Ok(alle)
}
