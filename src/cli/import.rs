//! `zielraum import …`: user files into the database.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{answer, strategie};
use crate::db::{Database, audit};
use crate::error::{Error, Result};
use crate::fnp::plan::Stand;
use crate::import::dorferneuerung;
use crate::import::fnp::Auftrag;
use crate::import::gebiete::{self, Art, Felder};
use crate::import::protokoll::Protokoll;

#[derive(Debug, Subcommand)]
pub(super) enum Was {
    /// Flächennutzungsplan (XPlanGML, auch als Zip-Archiv)
    Fnp(Fnp),
    /// Gemeinde mit ihrer Grenze (GeoJSON oder GeoPackage)
    Gemeinde(Gebiete),
    /// Ortsteile mit ihren Grenzen (GeoJSON oder GeoPackage)
    Ortsteile(Gebiete),
    /// Gebiete der Dorferneuerung (GeoJSON oder GeoPackage)
    Dorferneuerung(Gebiete),
    /// Die Strategie mit Zielen, Maßnahmen, Kennzahlen und Geld aus Excel- oder CSV-Dateien
    Strategie(strategie::Import),
}

#[derive(Debug, Args)]
pub(super) struct Fnp {
    /// Die Datei
    datei: PathBuf,
    /// Kennung des Plans [Vorgabe: aus Nummer, Name oder Dateiname]
    #[arg(long, value_name = "KENNUNG")]
    plan: Option<String>,
    /// Stand des Plans [Vorgabe: aus dem Rechtsstand der Datei]
    #[arg(long)]
    stand: Option<Stand>,
    /// Auch einen Entwurf veröffentlichen
    #[arg(long)]
    veroeffentlichen: bool,
    /// Zuordnung eigener Nutzungscodes (nur für GeoPackage und Shapefile)
    #[arg(long, value_name = "DATEI.toml")]
    zuordnung: Option<PathBuf>,
    /// Feld mit der Kennung der Flächen (nur für GeoPackage und Shapefile)
    #[arg(long, value_name = "FELD")]
    schluessel: Option<String>,
    /// Ungültige Flächen reparieren; das Protokoll nennt Fläche vorher und nachher
    #[arg(long)]
    reparieren: bool,
    /// Nur lesen und prüfen, nichts speichern
    #[arg(long)]
    probe: bool,
    /// Protokoll als JSON in diese Datei schreiben
    #[arg(long, value_name = "DATEI.json")]
    protokoll: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Gebiete {
    /// Die Datei
    datei: PathBuf,
    /// Feld mit dem Namen [Vorgabe: name, NAME, gen, GEN, ortsteil]
    #[arg(long, value_name = "FELD")]
    name: Option<String>,
    /// Feld mit der Kennung [Vorgabe: kennung, sonst aus dem Namen]
    #[arg(long, value_name = "FELD")]
    schluessel: Option<String>,
    /// Veröffentlichen (Gemeinde und Ortsteile sind es immer)
    #[arg(long)]
    veroeffentlichen: bool,
}

pub(super) async fn run(was: Was, db: &Database) -> Result<()> {
    match was {
        Was::Fnp(fnp) => plan(fnp, db).await,
        Was::Gemeinde(angaben) => benannte_gebiete(Art::Gemeinde, angaben, db).await,
        Was::Ortsteile(angaben) => benannte_gebiete(Art::Ortsteile, angaben, db).await,
        Was::Dorferneuerung(angaben) => {
            let felder = Felder {
                name: angaben.name,
                schluessel: angaben.schluessel,
            };
            let anzahl = dorferneuerung::fuehre_aus(
                db,
                &angaben.datei,
                felder,
                angaben.veroeffentlichen,
                &audit::operator(),
            )
            .await?;
            answer(&format!(
                "{anzahl} Gebiete der Dorferneuerung übernommen{}.\n",
                if angaben.veroeffentlichen {
                    " und veröffentlicht"
                } else {
                    " (Entwurf; mit --veroeffentlichen werden sie öffentlich)"
                }
            ))
        }
        Was::Strategie(angaben) => strategie::import(angaben, db).await,
    }
}

async fn plan(fnp: Fnp, db: &Database) -> Result<()> {
    for (option, gegeben) in [
        ("--zuordnung", fnp.zuordnung.is_some()),
        ("--schluessel", fnp.schluessel.is_some()),
    ] {
        if gegeben {
            return Err(Error::aufruf(format!(
                "{option} passt nicht zu XPlanGML: Nutzung und Kennung stehen dort im Plan selbst."
            )));
        }
    }
    let auftrag = Auftrag {
        datei: fnp.datei,
        plan: fnp.plan,
        stand: fnp.stand,
        veroeffentlichen: fnp.veroeffentlichen,
        reparieren: fnp.reparieren,
        probe: fnp.probe,
        wer: audit::operator(),
    };
    match crate::import::fnp::fuehre_aus(db, &auftrag).await {
        Ok(protokoll) => {
            schreibe(fnp.protokoll.as_deref(), &protokoll)?;
            answer(&protokoll.text())
        }
        Err((error, protokoll)) => {
            schreibe(fnp.protokoll.as_deref(), &protokoll)?;
            Err(error)
        }
    }
}

fn schreibe(datei: Option<&Path>, protokoll: &Protokoll) -> Result<()> {
    let Some(datei) = datei else { return Ok(()) };
    std::fs::write(datei, serde_json::to_vec_pretty(protokoll)?).map_err(|cause| {
        Error::umgebung(format!(
            "Das Protokoll lässt sich nicht nach „{}“ schreiben: {cause}",
            datei.display()
        ))
    })
}

async fn benannte_gebiete(art: Art, angaben: Gebiete, db: &Database) -> Result<()> {
    let felder = Felder {
        name: angaben.name,
        schluessel: angaben.schluessel,
    };
    let anzahl = gebiete::fuehre_aus(db, art, &angaben.datei, felder, &audit::operator()).await?;
    answer(&match (art, anzahl) {
        (Art::Gemeinde, 1) => "1 Gemeinde übernommen.\n".to_owned(),
        (Art::Gemeinde, n) => format!("{n} Gemeinden übernommen.\n"),
        (Art::Ortsteile, 1) => {
            "1 Ortsteil übernommen; alle Bilanzen sind neu gerechnet.\n".to_owned()
        }
        (Art::Ortsteile, n) => {
            format!("{n} Ortsteile übernommen; alle Bilanzen sind neu gerechnet.\n")
        }
    })
}
