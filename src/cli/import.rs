//! `zielraum import …`: user files into the database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{answer, fortschritt, sachdaten, strategie};
use crate::db::{Database, audit};
use crate::error::{Error, Result};
use crate::fnp::plan::Stand;
use crate::import::datei::{Datei, Format};
use crate::import::dorferneuerung;
use crate::import::fnp::Auftrag;
use crate::import::fnp::vektor::{self, Angaben};
use crate::import::gebiete::{self, Art, Felder};
use crate::import::protokoll::Protokoll;
use crate::import::vector::Lesen;

#[derive(Debug, Subcommand)]
pub(super) enum Was {
    /// Flächennutzungsplan (XPlanGML, GeoPackage, Shapefile, GeoJSON, FlatGeobuf; auch als Zip-Archiv)
    Fnp(Fnp),
    /// Gemeinde mit ihrer Grenze (GeoJSON, GeoPackage, Shapefile oder FlatGeobuf)
    Gemeinde(Gebiete),
    /// Ortsteile mit ihren Grenzen (GeoJSON, GeoPackage, Shapefile oder FlatGeobuf)
    Ortsteile(Gebiete),
    /// Gebiete der Dorferneuerung (GeoJSON, GeoPackage, Shapefile oder FlatGeobuf)
    Dorferneuerung(Gebiete),
    /// Die Strategie mit Zielen, Maßnahmen, Kennzahlen und Geld aus Excel- oder CSV-Dateien
    Strategie(strategie::Import),
    /// Flurstücke des Liegenschaftskatasters, ohne Angaben zu Eigentümern (GeoPackage, Shapefile, GeoJSON oder FlatGeobuf)
    Flurstuecke(sachdaten::Flurstuecke),
    /// Fachdaten: Hochwasser, Schutzgebiete, Denkmäler, Verkehrswege … (GeoPackage, Shapefile, GeoJSON oder FlatGeobuf)
    Fachdaten(sachdaten::Fachdaten),
    /// Einwohner und Prognosen je Ortsteil (CSV)
    Einwohner(sachdaten::Einwohner),
}

#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the command line"
)]
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
    /// Zuordnung eigener Nutzungscodes (nicht für XPlanGML)
    #[arg(long, value_name = "DATEI.toml")]
    zuordnung: Option<PathBuf>,
    /// Die vorgeschlagene Zuordnung so übernehmen (nicht für XPlanGML)
    #[arg(long, conflicts_with = "zuordnung")]
    annehmen: bool,
    /// Feld mit der Kennung der Flächen (nicht für XPlanGML)
    #[arg(long, value_name = "FELD")]
    schluessel: Option<String>,
    /// Ebene mit den Flächen, wenn die Datei mehrere hat (nicht für XPlanGML)
    #[arg(long, value_name = "NAME")]
    ebene: Option<String>,
    /// Koordinatenreferenzsystem, wenn die Datei keines nennt (nicht für XPlanGML)
    #[arg(long, value_name = "EPSG:…")]
    crs: Option<String>,
    /// Ungültige Flächen reparieren; das Protokoll nennt Fläche vorher und nachher
    #[arg(long)]
    reparieren: bool,
    /// Nur lesen und prüfen, nichts speichern
    #[arg(long)]
    probe: bool,
    /// Nicht auf einen anderen Import warten, sondern gleich ablehnen
    #[arg(long)]
    nicht_warten: bool,
    /// Protokoll als JSON in diese Datei schreiben
    #[arg(long, value_name = "DATEI.json")]
    protokoll: Option<PathBuf>,
}

/// How a file of features is read, whatever it holds.
#[derive(Debug, Clone, Args)]
pub(super) struct LeseAngaben {
    /// Ebene der Datei, wenn sie mehrere hat
    #[arg(long, value_name = "NAME")]
    ebene: Option<String>,
    /// Koordinatenreferenzsystem, wenn die Datei keines nennt, zum Beispiel EPSG:25832
    #[arg(long, value_name = "EPSG:…")]
    crs: Option<String>,
}

impl From<LeseAngaben> for Lesen {
    fn from(LeseAngaben { ebene, crs }: LeseAngaben) -> Self {
        Self {
            ebene,
            crs,
            ..Self::default()
        }
    }
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
    #[command(flatten)]
    lesen: LeseAngaben,
    /// Veröffentlichen (Gemeinde und Ortsteile sind es immer)
    #[arg(long)]
    veroeffentlichen: bool,
}

impl Gebiete {
    fn felder(&self) -> Felder {
        Felder {
            lesen: self.lesen.clone().into(),
            name: self.name.clone(),
            schluessel: self.schluessel.clone(),
        }
    }
}

pub(super) async fn run(was: Was, db: &Database) -> Result<()> {
    match was {
        Was::Fnp(fnp) => plan(fnp, db).await,
        Was::Gemeinde(angaben) => benannte_gebiete(Art::Gemeinde, angaben, db).await,
        Was::Ortsteile(angaben) => benannte_gebiete(Art::Ortsteile, angaben, db).await,
        Was::Dorferneuerung(angaben) => {
            let anzahl = dorferneuerung::fuehre_aus(
                db,
                &angaben.datei,
                angaben.felder(),
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
        Was::Flurstuecke(angaben) => sachdaten::flurstuecke(angaben, db).await,
        Was::Fachdaten(angaben) => sachdaten::fachdaten(angaben, db).await,
        Was::Einwohner(angaben) => sachdaten::einwohner(angaben, db).await,
    }
}

async fn plan(fnp: Fnp, db: &Database) -> Result<()> {
    let vektor = Angaben {
        zuordnung: fnp.zuordnung,
        annehmen: fnp.annehmen,
        schluessel: fnp.schluessel,
        ebene: fnp.ebene,
        crs: fnp.crs,
    };
    let vektor = tokio::task::spawn_blocking({
        let datei = fnp.datei.clone();
        move || bestaetigt(&datei, vektor)
    })
    .await
    .map_err(Error::intern)??;
    let auftrag = Auftrag {
        datei: fnp.datei,
        plan: fnp.plan,
        stand: fnp.stand,
        veroeffentlichen: fnp.veroeffentlichen,
        reparieren: fnp.reparieren,
        probe: fnp.probe,
        wer: audit::operator(),
        hoechstens_warten: fnp.nicht_warten.then_some(Duration::ZERO),
        fortschritt: fortschritt::auf_stderr(),
        vektor,
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

/// The options fit the format, and a mapping was confirmed; else it is shown.
fn bestaetigt(pfad: &Path, angaben: Angaben) -> Result<Angaben> {
    // What cannot be opened is refused by the import itself, with its protocol.
    let Ok(datei) = Datei::oeffne(pfad) else {
        return Ok(angaben);
    };
    if datei.format != Format::Xml {
        if angaben.unbestaetigt() {
            answer(&vektor::vorschlag(&datei, &angaben)?)?;
            return Err(Error::eingabe(
                "Nichts wurde eingelesen: die Zuordnung der Werte zu Nutzungen ist ein Vorschlag. Bitte prüfen und mit --zuordnung DATEI.toml angeben, oder mit --annehmen so übernehmen.",
            ));
        }
        return Ok(angaben);
    }
    for (option, gegeben) in [
        ("--zuordnung", angaben.zuordnung.is_some()),
        ("--annehmen", angaben.annehmen),
        ("--schluessel", angaben.schluessel.is_some()),
        ("--ebene", angaben.ebene.is_some()),
        ("--crs", angaben.crs.is_some()),
    ] {
        if gegeben {
            return Err(Error::aufruf(format!(
                "{option} passt nicht zu XPlanGML: Nutzung, Kennung und Lage stehen dort im Plan selbst."
            )));
        }
    }
    Ok(angaben)
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
    let wer = audit::operator();
    let anzahl = gebiete::fuehre_aus(db, art, &angaben.datei, angaben.felder(), &wer).await?;
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
