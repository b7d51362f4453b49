//! The protocol of an import: as JSON (a contract others script against) and in German
//! on the terminal.

use std::fmt::Write as _;

use serde::Serialize;

use super::xplangml::Klassenzaehlung;
use crate::fnp::bilanz::Pruefung;
use crate::fnp::objekt::{Befund, Schwere};
use crate::fnp::zahl;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ergebnis {
    /// Stored.
    Uebernommen,
    /// Read and checked only (`--probe`).
    Geprueft,
    /// Refused; nothing was stored.
    Abgelehnt,
}

/// Protocol of one file.
#[derive(Debug, Clone, Serialize)]
pub struct Protokoll {
    /// File name.
    pub datei: String,
    /// `XPlanGML`.
    pub format: String,
    /// `5.1` …
    pub version: Option<String>,
    /// Kennung of the plan.
    pub plan: Option<String>,
    /// Outcome.
    pub ergebnis: Ergebnis,
    /// What was read per class.
    pub klassen: Vec<Klassenzaehlung>,
    /// Findings.
    pub befunde: Vec<Befund>,
    /// Check rows of the balance.
    pub bilanz: Option<Pruefung>,
}

/// Findings shown on the terminal; all stand in the JSON and in the layer `import_befunde`.
const GEZEIGTE_BEFUNDE: usize = 30;

impl Protokoll {
    /// The German text for the terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let mut t = String::new();
        let _ = writeln!(
            t,
            "{} ({}{})",
            self.datei,
            self.format,
            self.version
                .as_ref()
                .map(|v| format!(" {v}"))
                .unwrap_or_default()
        );
        if let Some(plan) = &self.plan {
            let _ = writeln!(t, "Plan: {plan}");
        }
        if !self.klassen.is_empty() {
            let breite = self
                .klassen
                .iter()
                .map(|k| k.klasse.chars().count())
                .max()
                .unwrap_or(0)
                .max(6);
            let _ = writeln!(
                t,
                "\n{:breite$}  {:>8}  {:>11}  {:>10}",
                "Klasse", "gelesen", "übernommen", "übergangen"
            );
            for k in &self.klassen {
                let _ = writeln!(
                    t,
                    "{:breite$}  {:>8}  {:>11}  {:>10}{}",
                    k.klasse,
                    k.gelesen,
                    k.uebernommen,
                    k.uebergangen,
                    k.grund
                        .as_ref()
                        .map(|grund| format!("  {grund}"))
                        .unwrap_or_default()
                );
            }
        }
        if self.befunde.is_empty() {
            let _ = writeln!(t, "\nKeine Befunde.");
        } else {
            let _ = writeln!(t, "\n{} Befunde:", self.befunde.len());
            let mut befunde: Vec<&Befund> = self.befunde.iter().collect();
            befunde.sort_by_key(|b| std::cmp::Reverse(b.schwere));
            for b in befunde.iter().take(GEZEIGTE_BEFUNDE) {
                let schwere = match b.schwere {
                    Schwere::Fehler => "Fehler",
                    Schwere::Warnung => "Warnung",
                    Schwere::Hinweis => "Hinweis",
                };
                let _ = writeln!(t, "  {schwere} [{}] {}", b.code, b.text);
            }
            if befunde.len() > GEZEIGTE_BEFUNDE {
                let _ = writeln!(
                    t,
                    "  … und {} weitere (vollständig mit --protokoll DATEI)",
                    befunde.len() - GEZEIGTE_BEFUNDE
                );
            }
        }
        if let Some(p) = &self.bilanz {
            let zeile =
                |name: &str, m2: f64| format!("  {name:<28}{:>16} ha\n", zahl::hektar(m2, 4));
            t.push_str("\nFlächenschluss\n");
            t.push_str(&zeile("Geltungsbereich", p.gebiet_m2));
            t.push_str(&zeile("Summe der Flächen", p.summe_m2));
            t.push_str(&zeile("Überlappung", p.ueberlappung_m2));
            t.push_str(&zeile("Lücke", p.luecke_m2));
            t.push_str(&zeile("außerhalb", p.ausserhalb_m2));
            t.push_str(&zeile("ungültige Flächen", p.ungueltig_m2));
            t.push_str(&zeile("nicht zugeordnet", p.nicht_zugeordnet_m2));
        }
        let _ = writeln!(
            t,
            "\n{}",
            match self.ergebnis {
                Ergebnis::Uebernommen => "Übernommen.",
                Ergebnis::Geprueft => "Geprüft; nichts wurde gespeichert.",
                Ergebnis::Abgelehnt => "Abgelehnt; nichts wurde gespeichert.",
            }
        );
        t
    }
}
