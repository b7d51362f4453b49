//! `zielraum import flurstuecke|fachdaten|einwohner`: options in, a German summary out.

use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::import::LeseAngaben;
use super::{answer, notice};
use crate::db::{Database, audit};
use crate::error::{Error, Result};
use crate::import::bericht::anzahl;
use crate::import::{einwohner, fachdaten, flurstuecke};

#[derive(Debug, Args)]
pub(super) struct Flurstuecke {
    /// Die Datei
    datei: PathBuf,
    #[command(flatten)]
    lesen: LeseAngaben,
    /// Welches Feld was enthält, zum Beispiel kennzeichen=FSK (mehrfach möglich) [Vorgabe: wird erkannt]
    #[arg(long = "feld", value_name = "ZIEL=FELD", value_parser = paar)]
    felder: Vec<(String, String)>,
    /// Land für Gemarkungsnummern ohne, zum Beispiel 09 [Vorgabe: aus dem Gemeindeschlüssel]
    #[arg(long, value_name = "ZIFFERN", value_parser = land)]
    land: Option<String>,
    /// Woher die Daten stammen
    #[arg(long, value_name = "TEXT")]
    quelle: Option<String>,
    /// Stand der Daten, zum Beispiel 2024-05-01
    #[arg(long, value_name = "DATUM", value_parser = datum)]
    stand: Option<NaiveDate>,
    /// Auch Flurstücke außerhalb der Gemeinde übernehmen
    #[arg(long)]
    alle: bool,
    /// Nur hinzufügen: Flurstücke, die in der Datei fehlen, bleiben [Vorgabe: sie entfallen in den gelieferten Gemarkungen]
    #[arg(long)]
    ergaenzen: bool,
    /// Ungültige Flächen reparieren; genannt werden Fläche vorher und nachher
    #[arg(long)]
    reparieren: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(super) struct Fachdaten {
    /// Die Datei
    datei: PathBuf,
    /// Art der Daten, zum Beispiel hq100, lsg, ensemble (eine falsche nennt alle)
    #[arg(long, value_name = "ART")]
    art: String,
    /// Woher die Daten stammen; dieselbe Quelle ersetzt ihre frühere Lieferung
    #[arg(long, value_name = "TEXT")]
    quelle: String,
    /// Stand der Daten, zum Beispiel 2024-05-01
    #[arg(long, value_name = "DATUM", value_parser = datum)]
    stand: NaiveDate,
    /// Rechtsgrundlage, zum Beispiel die Verordnung [Vorgabe: die der Art]
    #[arg(long, value_name = "TEXT")]
    rechtsgrundlage: Option<String>,
    #[command(flatten)]
    lesen: LeseAngaben,
    /// Feld mit dem Namen [Vorgabe: wird erkannt]
    #[arg(long, value_name = "FELD")]
    name: Option<String>,
    /// Feld mit einem bleibenden Schlüssel [Vorgabe: aus der Form gebildet]
    #[arg(long, value_name = "FELD")]
    schluessel: Option<String>,
    /// Nur Objekte mit diesem Wert, zum Beispiel zone=III (mehrfach möglich)
    #[arg(long, value_name = "FELD=WERT", value_parser = paar)]
    nur: Vec<(String, String)>,
    /// Veröffentlichen, auch wo die Art es nicht vorsieht
    #[arg(long, conflicts_with = "intern")]
    veroeffentlichen: bool,
    /// Nicht veröffentlichen
    #[arg(long)]
    intern: bool,
    /// Auch Objekte weit außerhalb der Gemeinde übernehmen
    #[arg(long)]
    alle: bool,
    /// Ungültige Flächen reparieren; genannt werden Fläche vorher und nachher
    #[arg(long)]
    reparieren: bool,
}

#[derive(Debug, Args)]
pub(super) struct Einwohner {
    /// Die CSV-Datei
    #[arg(required_unless_present = "vorlage")]
    datei: Option<PathBuf>,
    /// Eine Vorlage ausgeben statt einzulesen
    #[arg(long, conflicts_with = "datei")]
    vorlage: bool,
}

fn paar(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((links, rechts)) if !links.is_empty() && !rechts.is_empty() => {
            Ok((links.to_owned(), rechts.to_owned()))
        }
        _ => Err("erwartet wird NAME=WERT".to_owned()),
    }
}

fn land(text: &str) -> std::result::Result<String, String> {
    match text.parse::<u8>() {
        Ok(zahl @ 1..=16) if text.len() <= 2 => Ok(format!("{zahl:02}")),
        _ => Err("das Land ist eine Zahl von 01 bis 16, zum Beispiel 09 für Bayern".to_owned()),
    }
}

fn datum(text: &str) -> std::result::Result<NaiveDate, String> {
    ["%Y-%m-%d", "%d.%m.%Y"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
        .ok_or_else(|| "erwartet wird ein Datum wie 2024-05-01 oder 01.05.2024".to_owned())
}

pub(super) async fn flurstuecke(angaben: Flurstuecke, db: &Database) -> Result<()> {
    let ergebnis = flurstuecke::fuehre_aus(
        db,
        &flurstuecke::Auftrag {
            datei: angaben.datei,
            lesen: angaben.lesen.into(),
            felder: angaben.felder,
            land: angaben.land,
            quelle: angaben.quelle,
            stand: angaben.stand,
            alle: angaben.alle,
            ergaenzen: angaben.ergaenzen,
            reparieren: angaben.reparieren,
            wer: audit::operator(),
        },
    )
    .await?;
    let zugang = &ergebnis.zugang;
    let mut text = format!(
        "{} gelesen: {}.\n",
        anzahl(ergebnis.gelesen, "Objekt", "Objekte"),
        ergebnis.felder
    );
    let uebergangen = [
        (
            ergebnis.ohne_geometrie.cast_signed() as i64,
            "haben keine Geometrie und sind nicht übernommen",
        ),
        (
            ergebnis.ausserhalb.cast_signed() as i64 + zugang.fremd,
            "liegen außerhalb der Gemeinde und sind nicht übernommen (mit --alle doch)",
        ),
        (
            zugang.vereinigt,
            "Flurstücke kamen in mehreren Teilen und sind zusammengefügt",
        ),
    ];
    auffaelliges(
        &mut text,
        &ergebnis.nicht_gelesen,
        &uebergangen,
        &ergebnis.repariert,
        &ergebnis.hinweise,
    );
    let _ = writeln!(
        text,
        "Flurstücke: {} neu, {} geändert, {} unverändert, {} entfallen.",
        zugang.neu, zugang.geaendert, zugang.unveraendert, zugang.entfallen
    );
    answer(&text)
}

/// What of a delivery was not taken over as it came.
fn auffaelliges(
    text: &mut String,
    nicht_gelesen: &[String],
    uebergangen: &[(i64, &str)],
    repariert: &[String],
    hinweise: &[String],
) {
    if !nicht_gelesen.is_empty() {
        let _ = writeln!(
            text,
            "Nicht gelesen, weil es Angaben zu Personen sein können: {}.",
            nicht_gelesen.join(", ")
        );
    }
    for (zahl, satz) in uebergangen.iter().filter(|(zahl, _)| *zahl > 0) {
        let _ = writeln!(text, "{zahl} {satz}.");
    }
    for satz in repariert {
        let _ = writeln!(text, "Repariert: {satz}");
    }
    for hinweis in hinweise {
        let _ = writeln!(text, "  {hinweis}");
    }
}

pub(super) async fn fachdaten(angaben: Fachdaten, db: &Database) -> Result<()> {
    let oeffentlich = match (angaben.veroeffentlichen, angaben.intern) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let ergebnis = fachdaten::fuehre_aus(
        db,
        &fachdaten::Auftrag {
            datei: angaben.datei,
            lesen: angaben.lesen.into(),
            art: angaben.art,
            quelle: angaben.quelle,
            stand: angaben.stand,
            rechtsgrundlage: angaben.rechtsgrundlage,
            name: angaben.name,
            schluessel: angaben.schluessel,
            nur: angaben.nur,
            oeffentlich,
            alle: angaben.alle,
            reparieren: angaben.reparieren,
            wer: audit::operator(),
        },
    )
    .await?;
    let zugang = &ergebnis.zugang;
    let mut text = format!("{} gelesen", anzahl(ergebnis.gelesen, "Objekt", "Objekte"));
    match &ergebnis.namensfeld {
        Some(feld) => {
            let _ = writeln!(text, "; der Name steht in „{feld}“.");
        }
        None => text.push_str("; ein Feld mit dem Namen ist nicht erkannt (--name FELD).\n"),
    }
    let uebergangen = [
        (
            ergebnis.anders.cast_signed() as i64,
            "haben einen anderen Wert als mit --nur verlangt",
        ),
        (
            ergebnis.ohne_geometrie.cast_signed() as i64,
            "haben keine Geometrie und sind nicht übernommen",
        ),
        (
            ergebnis.ausserhalb.cast_signed() as i64,
            "liegen mehr als 2 km außerhalb der Gemeinde und sind nicht übernommen (mit --alle doch)",
        ),
    ];
    auffaelliges(
        &mut text,
        &ergebnis.nicht_gelesen,
        &uebergangen,
        &ergebnis.repariert,
        &ergebnis.hinweise,
    );
    let _ = writeln!(
        text,
        "{}: {} neu, {} geändert, {} unverändert, {} entfallen; {}.",
        ergebnis.art.titel,
        zugang.neu,
        zugang.geaendert,
        zugang.unveraendert,
        zugang.entfallen,
        if ergebnis.oeffentlich {
            "veröffentlicht"
        } else {
            "nicht veröffentlicht (mit --veroeffentlichen werden sie öffentlich)"
        }
    );
    answer(&text)
}

pub(super) async fn einwohner(angaben: Einwohner, db: &Database) -> Result<()> {
    if angaben.vorlage {
        return answer(einwohner::VORLAGE);
    }
    let Some(datei) = angaben.datei else {
        return Err(Error::aufruf("Bitte eine Datei nennen, oder --vorlage."));
    };
    let ergebnis = einwohner::fuehre_aus(db, &datei, &audit::operator()).await?;
    if !ergebnis.hinweise.is_empty() {
        notice(&format!("Hinweise:\n{}", ergebnis.hinweise));
    }
    let unveraendert = ergebnis.zeilen.cast_signed() as i64 - ergebnis.neu - ergebnis.geaendert;
    answer(&format!(
        "Einwohner: {} neu, {} geändert, {unveraendert} unverändert.\n",
        ergebnis.neu, ergebnis.geaendert
    ))
}
