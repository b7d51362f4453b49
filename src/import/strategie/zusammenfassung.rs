//! The summary of an import, for the clerk who started it.

use std::fmt::Write as _;

use super::spalten::{self, Art, Weise};
use super::{Ergebnis, Kodierung};

impl Ergebnis {
    /// Everything was as delivered, and public where it should be.
    #[must_use]
    pub fn nichts_geaendert(&self) -> bool {
        self.veroeffentlicht == 0
            && self
                .zahlen
                .iter()
                .all(|(_, zahl)| zahl.neu + zahl.geaendert + zahl.geloescht == 0)
    }

    /// The summary a clerk reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (datei, tabelle, kodierung, trenner) in &self.dateien {
            let _ = match (kodierung, trenner) {
                (Kodierung::Mappe, _) => writeln!(text, "{datei}: {tabelle}"),
                (_, '\t') => writeln!(
                    text,
                    "{datei}: {tabelle} ({kodierung}, Trennzeichen Tabulator)"
                ),
                _ => writeln!(
                    text,
                    "{datei}: {tabelle} ({kodierung}, Trennzeichen „{trenner}“)"
                ),
            };
        }
        for (art, zahl) in &self.zahlen {
            let tabelle = spalten::tabelle(*art);
            let name = tabelle.tabelle;
            let _ = match tabelle.weise {
                Weise::Menge(_) => {
                    let je = match art {
                        Art::ZielNutzung | Art::ZielKennzahl => "Ziele",
                        Art::GebietMassnahme => "Gebiete",
                        Art::Zustaendigkeit | Art::Sdg => "Gegenstände",
                        Art::KennzahlKennzahl => "Kennzahlen",
                        _ => "Maßnahmen",
                    };
                    write!(
                        text,
                        "{name}: {} Zeilen; {je} neu gesetzt {}, unverändert {}",
                        zahl.zeilen, zahl.neu, zahl.unveraendert
                    )
                }
                _ => write!(
                    text,
                    "{name}: {} neu, {} geändert, {} unverändert",
                    zahl.neu, zahl.geaendert, zahl.unveraendert
                ),
            };
            if zahl.geloescht > 0 {
                let _ = write!(text, ", {} gelöscht", zahl.geloescht);
            }
            text.push('\n');
        }
        if let Some(vorschau) = &self.vorschau {
            let _ = write!(
                text,
                "Probe, nichts wurde gespeichert. Es würde sich ändern:\n{}",
                if vorschau.is_empty() {
                    "  nichts\n"
                } else {
                    vorschau
                }
            );
        }
        let _ = writeln!(
            text,
            "Veröffentlicht: {}. Entwurf: {}{}.",
            self.veroeffentlicht,
            self.entwuerfe,
            if self.entwuerfe > 0 && !self.mit_freigabe {
                " (öffentlich wird er mit --veroeffentlichen)"
            } else {
                ""
            }
        );
        if !self.hinweise.is_empty() {
            let _ = write!(text, "Hinweise:\n{}", self.hinweise);
        }
        text
    }
}
