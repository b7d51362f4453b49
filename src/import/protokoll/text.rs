//! The protocol on the terminal, in German, at 80 columns.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Ergebnis, Protokoll};
use crate::fnp::objekt::{Befund, Schwere};
use crate::fnp::zahl;
use crate::import::bericht::anzahl;
use crate::import::fnp::abgleich::text as vergleichstext;

/// Findings shown on the terminal; all stand in the JSON and in the layer `import_befunde`.
const GEZEIGTE_BEFUNDE: usize = 30;
/// Of one kind, so that a mistake repeated in every object hides nothing else.
const GEZEIGTE_JE_ART: usize = 10;
/// Width of a terminal that nobody has drawn wider.
pub const BREITE: usize = 80;

impl Protokoll {
    /// The German text for the terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let mut t = String::new();
        let version = self
            .version
            .as_ref()
            .map_or_else(String::new, |v| format!(" {v}"));
        let _ = writeln!(t, "{} ({}{version})", self.datei, self.format);
        if let Some(plan) = &self.plan {
            let _ = writeln!(t, "Plan: {plan}");
        }
        self.klassen_text(&mut t);
        self.befunde_text(&mut t);
        self.bilanz_text(&mut t);
        if let Some(vergleich) = &self.vergleich {
            t.push_str(&vergleichstext::text(vergleich));
        }
        let _ = writeln!(
            t,
            "\n{}",
            match self.ergebnis {
                Ergebnis::Uebernommen => self.verbleib(),
                Ergebnis::Geprueft => "Geprüft; nichts wurde gespeichert.".into(),
                Ergebnis::Abgelehnt => "Abgelehnt; nichts wurde gespeichert.".into(),
            }
        );
        t
    }

    /// What became of the version, and who sees it.
    fn verbleib(&self) -> String {
        let Some(stand) = self.stand else {
            return "Übernommen.".into();
        };
        let stand = match stand {
            "entwurf" => "Entwurf",
            "frueher" => "früher",
            wirksam => wirksam,
        };
        if self.oeffentlich == Some(true) {
            format!("Übernommen; Stand: {stand}, veröffentlicht.")
        } else {
            format!(
                "Übernommen; Stand: {stand}, nicht veröffentlicht (dafür mit --veroeffentlichen einlesen)."
            )
        }
    }

    fn klassen_text(&self, t: &mut String) {
        if self.klassen.is_empty() {
            return;
        }
        let breite = self
            .klassen
            .iter()
            .map(|k| k.klasse.chars().count())
            .max()
            .unwrap_or(0)
            .clamp(6, BREITE - 37);
        let zeile = |t: &mut String, name: &str, a: &str, b: &str, c: &str| {
            let _ = writeln!(t, "{name:breite$}  {a:>8}  {b:>11}  {c:>10}");
        };
        t.push('\n');
        zeile(t, "Klasse", "gelesen", "übernommen", "übergangen");
        for k in &self.klassen {
            zeile(
                t,
                &k.klasse,
                &k.gelesen.to_string(),
                &k.uebernommen.to_string(),
                &k.uebergangen.to_string(),
            );
            if let Some(grund) = &k.grund {
                umbrich(t, grund, 4, 4);
            }
        }
        if let Some(s) = &self.summen {
            zeile(
                t,
                "Summe",
                &s.gelesen.to_string(),
                &s.uebernommen.to_string(),
                &s.uebergangen.to_string(),
            );
            umbrich(
                t,
                &format!(
                    "Gespeichert: {} mit Geometrie; Zahl und Fläche stimmen mit der Datei überein.",
                    anzahl(
                        usize::try_from(s.gespeichert).unwrap_or(usize::MAX),
                        "Objekt",
                        "Objekte"
                    )
                ),
                0,
                0,
            );
        }
    }

    fn befunde_text(&self, t: &mut String) {
        if self.befunde.is_empty() {
            t.push_str("\nKeine Befunde.\n");
            return;
        }
        let zahl = |schwere| self.befunde.iter().filter(|b| b.schwere == schwere).count();
        let _ = writeln!(
            t,
            "\n{}: {} Fehler, {}, {}",
            anzahl(self.befunde.len(), "Befund", "Befunde"),
            zahl(Schwere::Fehler),
            anzahl(zahl(Schwere::Warnung), "Warnung", "Warnungen"),
            anzahl(zahl(Schwere::Hinweis), "Hinweis", "Hinweise")
        );
        let mut befunde: Vec<&Befund> = self.befunde.iter().collect();
        befunde.sort_by_key(|b| std::cmp::Reverse(b.schwere));
        let mut gezeigt = 0;
        let mut je_art: BTreeMap<&str, usize> = BTreeMap::new();
        for b in &befunde {
            let dieser = je_art.entry(&b.code).or_default();
            *dieser += 1;
            if *dieser > GEZEIGTE_JE_ART || gezeigt == GEZEIGTE_BEFUNDE {
                continue;
            }
            gezeigt += 1;
            let schwere = match b.schwere {
                Schwere::Fehler => "Fehler",
                Schwere::Warnung => "Warnung",
                Schwere::Hinweis => "Hinweis",
            };
            let zusatz = self.zusatz(b);
            umbrich(
                t,
                &format!("{schwere} [{}] {}{zusatz}", b.code, b.text),
                2,
                6,
            );
        }
        if befunde.len() > gezeigt {
            let arten: Vec<String> = je_art
                .iter()
                .filter(|(_, zahl)| **zahl > GEZEIGTE_JE_ART)
                .map(|(code, zahl)| format!("{code}: {zahl}"))
                .collect();
            let arten = if arten.is_empty() {
                String::new()
            } else {
                format!("; insgesamt {}", arten.join(", "))
            };
            umbrich(
                t,
                &format!(
                    "… und {} weitere (vollständig mit --protokoll DATEI.json{arten})",
                    befunde.len() - gezeigt
                ),
                2,
                6,
            );
        }
    }

    /// Object, place and advice, where the sentence does not name them itself.
    fn zusatz(&self, b: &Befund) -> String {
        let mut zusatz = String::new();
        if let Some(art) = self.arten.get(&b.code)
            && !b.text.contains("Bitte")
        {
            let _ = write!(zusatz, " {}", art.rat);
        }
        if let Some(kennung) = &b.kennung
            && !b.text.contains(kennung.as_str())
        {
            let _ = write!(zusatz, " Objekt: {kennung}.");
        }
        if let Some([x, y]) = b.ort
            && !b.text.contains(&format!("{x:.2} {y:.2}"))
        {
            let _ = write!(zusatz, " Ort: {x:.2} {y:.2}.");
        }
        zusatz
    }

    fn bilanz_text(&self, t: &mut String) {
        let Some(p) = &self.bilanz else { return };
        t.push_str("\nFlächenschluss\n");
        for (name, m2) in [
            ("Geltungsbereich", p.gebiet_m2),
            ("Summe der Flächen", p.summe_m2),
            ("Überlappung", p.ueberlappung_m2),
            ("Lücke", p.luecke_m2),
            ("außerhalb", p.ausserhalb_m2),
            ("ungültige Flächen", p.ungueltig_m2),
            ("nicht zugeordnet", p.nicht_zugeordnet_m2),
        ] {
            let _ = writeln!(t, "  {name:<28}{:>16} ha", zahl::hektar(m2, 4));
        }
    }
}

/// Writes a paragraph of at most [`BREITE`] columns; a word that is longer stands alone.
pub fn umbrich(t: &mut String, absatz: &str, erste: usize, weitere: usize) {
    let mut zeile = " ".repeat(erste);
    let mut leer = true;
    for wort in absatz.split_whitespace() {
        if !leer && zeile.chars().count() + 1 + wort.chars().count() > BREITE {
            t.push_str(zeile.trim_end());
            t.push('\n');
            zeile = " ".repeat(weitere);
            leer = true;
        }
        if !leer {
            zeile.push(' ');
        }
        zeile.push_str(wort);
        leer = false;
    }
    t.push_str(zeile.trim_end());
    t.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_every_object_hides_nothing_else() {
        let befund = |code: &str, schwere, nr: usize| Befund {
            code: code.into(),
            schwere,
            klasse: None,
            kennung: None,
            ort: None,
            text: format!("Satz {code} {nr}."),
        };
        let mut protokoll = Protokoll::neu("p.gml".into(), None);
        for nr in 0..500 {
            protokoll
                .befunde
                .push(befund("doppelt", Schwere::Warnung, nr));
        }
        protokoll
            .befunde
            .push(befund("selten", Schwere::Warnung, 0));
        protokoll.befunde.push(befund("rat", Schwere::Hinweis, 0));
        let text = protokoll.text();
        assert!(
            text.contains("502 Befunde: 0 Fehler, 501 Warnungen, 1 Hinweis\n"),
            "{text}"
        );
        assert_eq!(text.matches("Satz doppelt").count(), GEZEIGTE_JE_ART);
        assert!(
            text.contains("Satz selten 0.") && text.contains("Satz rat 0."),
            "{text}"
        );
        let satz = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            satz.contains("490 weitere") && satz.contains("doppelt: 500"),
            "{satz}"
        );
    }

    #[test]
    fn a_paragraph_keeps_to_the_width() {
        let mut t = String::new();
        umbrich(&mut t, &"größer ".repeat(40), 2, 6);
        assert!(t.lines().all(|z| z.chars().count() <= BREITE), "{t}");
        assert!(t.lines().nth(1).is_some_and(|z| z.starts_with("      g")));
        assert_eq!(t.split_whitespace().count(), 40);
        let mut t = String::new();
        umbrich(&mut t, &format!("a {} b", "x".repeat(90)), 0, 2);
        assert_eq!(t.lines().count(), 3);
    }
}
