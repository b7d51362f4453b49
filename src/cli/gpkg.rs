//! `zielraum gpkg`: edited files compared and accepted at the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::strategie::{Format, json};
use super::{answer, notice};
use crate::db::Database;
use crate::error::Result;
use crate::mitnehmen::ausgabe::zaehle;
use crate::mitnehmen::befehl::{self, Auftrag, Verglichen};
use crate::mitnehmen::posten::{Lage, Posten};
use crate::mitnehmen::uebernahme::Seite;

#[derive(Debug, Subcommand)]
pub(super) enum Was {
    /// Was in einer mitgenommenen Datei anders ist als beim Mitnehmen und als heute
    Vergleichen(Vergleichen),
    /// Änderungen einer mitgenommenen Datei übernehmen, alle oder keine
    Uebernehmen(Uebernehmen),
}

#[derive(Debug, Args)]
pub(super) struct Vergleichen {
    /// GeoPackage, das bei /mitnehmen heruntergeladen und bearbeitet wurde
    #[arg(value_name = "DATEI")]
    datei: PathBuf,
    /// Ausgabe
    #[arg(long, value_enum, default_value_t = Format::Tabelle)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Wessen {
    /// Die Datei gilt
    Datei,
    /// Der heutige Stand bleibt
    Heute,
}

#[derive(Debug, Args)]
pub(super) struct Uebernehmen {
    /// GeoPackage, das bei /mitnehmen heruntergeladen und bearbeitet wurde
    #[arg(value_name = "DATEI")]
    datei: PathBuf,
    /// Nur diese Nummern des Vergleichs
    #[arg(long, value_name = "NUMMER", value_delimiter = ',')]
    nur: Vec<usize>,
    /// Was bei Konflikten gilt
    #[arg(long, value_enum)]
    konflikte: Option<Wessen>,
    /// Auch löschen, was in der Datei fehlt
    #[arg(long)]
    loeschungen: bool,
    /// Grund; steht im Verlauf
    #[arg(long, value_name = "TEXT", default_value = "")]
    warum: String,
}

pub(super) async fn run(was: Was, db: &Database) -> Result<()> {
    match was {
        Was::Vergleichen(args) => {
            let verglichen = befehl::vergleiche(db, &args.datei).await?;
            if matches!(args.format, Format::Tabelle) {
                return answer(&text(&verglichen));
            }
            answer(&json(&serde_json::json!({
                "datei": verglichen.name,
                "unveraendert": verglichen.rueckgabe.unveraendert,
                "hinweise": verglichen.rueckgabe.hinweise,
                "objekte": verglichen.posten,
            }))?)
        }
        Was::Uebernehmen(args) => {
            let verglichen = befehl::vergleiche(db, &args.datei).await?;
            notice(&text(&verglichen));
            let auftrag = Auftrag {
                nur: args.nur,
                konflikte: args.konflikte.map(|wessen| match wessen {
                    Wessen::Datei => Seite::Datei,
                    Wessen::Heute => Seite::Heute,
                }),
                loeschungen: args.loeschungen,
                warum: args.warum,
            };
            let anzahl = verglichen.uebernimm(&auftrag).await?;
            notice(&format!("Übernommen: {anzahl}.\n"));
            Ok(())
        }
    }
}

fn text(verglichen: &Verglichen) -> String {
    let mut zeilen: Vec<String> = verglichen.rueckgabe.hinweise.clone();
    for posten in &verglichen.posten {
        zeilen.push(format!(
            "{:>4}  {}: {}",
            posten.nr,
            posten.art.titel(),
            posten.wo()
        ));
        zeilen.extend(posten.fehler.iter().map(|satz| format!("      {satz}")));
        zeilen.extend(posten.hinweise.iter().map(|satz| format!("      {satz}")));
        zeilen.extend(felder(posten));
    }
    let mut summe: Vec<String> = zaehle(&verglichen.posten)
        .into_iter()
        .map(|(titel, zahl)| format!("{zahl} {titel}"))
        .collect();
    summe.push(format!("{} unverändert", verglichen.rueckgabe.unveraendert));
    zeilen.push(summe.join(", "));
    zeilen.push(String::new());
    zeilen.join("\n")
}

fn felder(posten: &Posten) -> impl Iterator<Item = String> {
    posten.felder.iter().map(|feld| {
        let seite = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
        match feld.lage {
            Lage::Datei => format!(
                "      {}: {} → {}",
                feld.titel,
                seite(&feld.basis),
                feld.datei
            ),
            Lage::Heute => format!(
                "      {}: heute {} (bleibt)",
                feld.titel,
                seite(&feld.heute)
            ),
            Lage::Konflikt => format!(
                "    ! {}: mitgenommen {}, Datei {}, heute {}",
                feld.titel,
                seite(&feld.basis),
                feld.datei,
                seite(&feld.heute)
            ),
        }
    })
}
