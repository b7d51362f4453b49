//! `zielraum audit`: proof, list and head of the sealed chain, undo. `zielraum person`: what is
//! known of one person, and its erasure.

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::{answer, notice};
use crate::audit::kette::{self, Auswahl, Kopf};
use crate::audit::{person, ruecknahme};
use crate::db::Database;
use crate::db::audit::operator;
use crate::error::{Error, Result};
use crate::import::fnp::nachweis;
use crate::ortszeit::ortszeit;

#[derive(Debug, Subcommand)]
pub(super) enum Was {
    /// Nachrechnen, ob Siegelkette, Tabellen, frühere Stände und eingelesene Flächen unverändert sind
    Verify(Verify),
    /// Änderungen mit Urheber und Anlass, neueste zuerst
    List(List),
    /// Nummer und Siegel der letzten Änderung; außerhalb aufbewahrt, beweist es alles davor
    Kopf,
    /// Eine Änderung zurücknehmen, als neue Änderung
    Zurueck(Zurueck),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Früher notierter Kopf, der auf der Kette liegen muss
    #[arg(long, value_name = "NUMMER:SIEGEL")]
    kopf: Option<String>,
    /// Ausgabe als JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Ab diesem Tag
    #[arg(long, value_name = "JJJJ-MM-TT")]
    seit: Option<NaiveDate>,
    /// Urheber oder ein Teil davon
    #[arg(long)]
    wer: Option<String>,
    /// Tabelle, Kennung oder Titel eines Gegenstands
    #[arg(long)]
    objekt: Option<String>,
    /// Höchstens so viele
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
    anzahl: i64,
    /// Ausgabe als JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Zurueck {
    /// Nummer der Änderung (siehe „audit list“)
    lfd: i64,
    /// Warum sie zurückgenommen wird
    #[arg(long)]
    warum: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum Person {
    /// Alles über eine Person als JSON (Art. 15 DSGVO)
    Export {
        /// Anmeldename eines Kontos oder Kennung eines Akteurs
        wer: String,
    },
    /// Personenbezogene Felder leeren, Konto sperren (Art. 17 DSGVO); das Protokoll bleibt prüfbar
    Loeschen {
        /// Anmeldename eines Kontos oder Kennung eines Akteurs
        wer: String,
        /// Anlass, zum Beispiel der Antrag
        #[arg(long, default_value = "Löschung auf Antrag")]
        warum: String,
    },
    /// Felder leeren, deren Löschfrist abgelaufen ist; der Dienst tut es täglich
    Fristen,
}

pub(super) async fn run(was: Was, db: &Database) -> Result<()> {
    match was {
        Was::Verify(frage) => verify(&frage, db).await,
        Was::List(frage) => list(frage, db).await,
        Was::Kopf => {
            let kopf = kette::kopf(&db.write).await?;
            answer(&format!("{}:{}\n", kopf.lfd, kopf.siegel))
        }
        Was::Zurueck(frage) => {
            let getan =
                ruecknahme::nimm_zurueck(&db.write, frage.lfd, &operator(), &frage.warum).await?;
            answer(&format!(
                "Änderung {} zurückgenommen: {} Zeilen. Was betroffen ist, ist Entwurf und wird mit der nächsten Freigabe öffentlich.\n",
                getan.lfd, getan.zeilen
            ))
        }
    }
}

async fn verify(frage: &Verify, db: &Database) -> Result<()> {
    let erwartet = frage.kopf.as_deref().map(lies_kopf).transpose()?;
    let mut pruefung = kette::pruefe(&db.write, erwartet.as_ref()).await?;
    let fassungen = nachweis::pruefe(&db.write, &mut pruefung.maengel).await?;
    if frage.json {
        answer(&(serde_json::to_string_pretty(&pruefung)? + "\n"))?;
    }
    if let Some(erster) = pruefung.maengel.first() {
        let text: String = pruefung
            .maengel
            .iter()
            .map(|mangel| mangel.text() + "\n")
            .collect();
        notice(&text);
        return Err(Error::eingabe(format!(
            "Das Protokoll stimmt nicht; {} Abweichungen. Die erste: {}",
            pruefung.maengel.len(),
            erster.text()
        )));
    }
    if frage.json {
        return Ok(());
    }
    answer(&format!(
        "Das Protokoll ist unverändert: {} Änderungen, {fassungen} eingelesene Fassungen nachgerechnet.\nKopf {}:{}\n",
        pruefung.kopf.lfd, pruefung.kopf.lfd, pruefung.kopf.siegel
    ))
}

fn lies_kopf(text: &str) -> Result<Kopf> {
    let gelesen = text.split_once(':').and_then(|(lfd, siegel)| {
        let hex = siegel.len() == 64 && siegel.bytes().all(|b| b.is_ascii_hexdigit());
        Some(Kopf {
            lfd: lfd.parse().ok()?,
            siegel: hex.then(|| siegel.to_ascii_lowercase())?,
        })
    });
    gelesen.ok_or_else(|| {
        Error::aufruf(format!(
            "„{text}“ ist kein Kopf der Kette. Erwartet wird NUMMER:SIEGEL, wie „zielraum audit kopf“ es ausgibt."
        ))
    })
}

async fn list(frage: List, db: &Database) -> Result<()> {
    let auswahl = Auswahl {
        seit: frage.seit,
        wer: frage.wer,
        objekt: frage.objekt,
        hoechstens: frage.anzahl,
    };
    let liste = kette::liste(&db.write, &auswahl).await?;
    if frage.json {
        return answer(&(serde_json::to_string_pretty(&liste)? + "\n"));
    }
    if liste.is_empty() {
        return answer("Keine Änderung passt dazu.\n");
    }
    let text: String = liste
        .iter()
        .map(|a| {
            let was: String = a.was.iter().map(|was| format!("       {was}\n")).collect();
            format!(
                "{:>6} {} {}: {}\n{was}",
                a.lfd,
                ortszeit(a.zeit).format("%d.%m.%Y %H:%M:%S"),
                a.wer,
                a.warum
            )
        })
        .collect();
    answer(&text)
}

pub(super) async fn person(was: Person, db: &Database) -> Result<()> {
    match was {
        Person::Export { wer } => {
            let alles = person::export(&db.write, &wer).await?;
            answer(&(serde_json::to_string_pretty(&alles)? + "\n"))
        }
        Person::Loeschen { wer, warum } => {
            let zeilen = person::loesche(&db.write, &wer, &operator(), &warum).await?;
            answer(&format!(
                "Personenbezogene Angaben zu „{wer}“ geleert ({zeilen} Zeilen); der Nachweis steht im Protokoll.\n"
            ))
        }
        Person::Fristen => {
            let zeilen = person::loesche_abgelaufene(&db.write).await?;
            answer(&format!(
                "Abgelaufene Löschfristen: {zeilen} Zeilen geleert.\n"
            ))
        }
    }
}
