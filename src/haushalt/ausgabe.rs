//! Money as CSV for German Excel: EUR with two decimals, empty where nothing is known.

use super::auswertung::{Auswertung, Betraege, Gruppe, Teil};
use super::finanzwert::herkunft;
use crate::tabelle::{csv, komma};

/// `1234,56`; empty when unknown.
#[must_use]
pub fn betrag(ct: Option<i64>) -> String {
    ct.map_or_else(String::new, |ct| {
        let vorzeichen = if ct < 0 { "-" } else { "" };
        let ct = ct.unsigned_abs();
        format!("{vorzeichen}{},{:02}", ct / 100, ct % 100)
    })
}

fn betraege(b: &Betraege) -> [String; 5] {
    [
        betrag(b.kosten_ct),
        betrag(b.foerderung_ct),
        betrag(b.eigenanteil_ct),
        betrag(b.ertrag_ct),
        betrag(b.folgekosten_ct),
    ]
}

/// Groups and the sum.
#[must_use]
pub fn gruppen(auswertung: &Auswertung) -> String {
    let zeile = |g: &Gruppe| {
        let mut z = vec![
            g.schluessel.clone(),
            g.nummer.clone().unwrap_or_default(),
            g.titel.clone(),
            g.massnahmen.to_string(),
            g.mit_kosten.to_string(),
        ];
        z.extend(betraege(&g.betraege));
        z.extend([
            g.auch_massnahmen.to_string(),
            betrag(g.auch_kosten_ct),
            g.stand.map_or_else(String::new, |tag| tag.to_string()),
        ]);
        z
    };
    let zeilen: Vec<Vec<String>> = auswertung
        .gruppen
        .iter()
        .chain([&auswertung.summe])
        .map(zeile)
        .collect();
    csv(
        &[
            "schluessel",
            "nummer",
            "titel",
            "massnahmen",
            "mit_kosten",
            "kosten_eur",
            "foerderung_eur",
            "eigenanteil_eur",
            "ertrag_eur",
            "folgekosten_je_jahr_eur",
            "auch_massnahmen",
            "auch_kosten_eur",
            "stand",
        ],
        &zeilen,
    )
}

/// The lines behind the groups.
#[must_use]
pub fn rechenweg<'a>(teile: impl IntoIterator<Item = &'a Teil>) -> String {
    let zeilen: Vec<Vec<String>> = teile
        .into_iter()
        .map(|t| {
            let mut z = vec![
                t.gruppe.clone(),
                t.kennung.clone(),
                t.nummer.clone().unwrap_or_default(),
                t.titel.clone(),
                t.anteil.map_or_else(String::new, |a| komma(a, 9)),
                betrag(t.gesamt_ct),
            ];
            z.extend(betraege(&t.betraege));
            z.extend([
                if t.zaehlt { "ja" } else { "nein" }.to_owned(),
                herkunft(t.kosten_aus.as_deref()),
                herkunft(t.foerderung_aus.as_deref()),
                t.stand.map_or_else(String::new, |tag| tag.to_string()),
            ]);
            z
        })
        .collect();
    csv(
        &[
            "gruppe",
            "massnahme",
            "nummer",
            "titel",
            "anteil",
            "kosten_der_massnahme_eur",
            "kosten_eur",
            "foerderung_eur",
            "eigenanteil_eur",
            "ertrag_eur",
            "folgekosten_je_jahr_eur",
            "zaehlt",
            "kosten_aus",
            "foerderung_aus",
            "stand",
        ],
        &zeilen,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_for_excel() {
        assert_eq!(betrag(Some(123_456)), "1234,56");
        assert_eq!(betrag(Some(-5)), "-0,05");
        assert_eq!(betrag(Some(0)), "0,00");
        assert_eq!(betrag(None), "");
    }
}
