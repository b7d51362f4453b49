//! A Fassung as INSPIRE Planned Land Use 4.0 in a GeoPackage: `spatial_plan`,
//! `zoning_element` (the Flächenschluss, with its HILUCS land use) and
//! `supplementary_regulation_…` (everything else, by geometry).
//!
//! Column names are those of the INSPIRE classes in lower case, nested ones joined by `_`,
//! values of code lists their addresses. The land use of a zone is the column `hilucs` of
//! the code table `fnp.nutzung`, one row for each Nutzungsart; the regulation of an overlay
//! is in [`vorschrift`], one row for each class. What has neither is named in the report.
//! Coordinates stay in ETRS89 / UTM 32N (EPSG:25832), which INSPIRE allows in the plane.

use std::collections::HashMap;
use std::path::Path;

use futures_util::TryStreamExt as _;
use geo_types::Geometry;
use geozero::{CoordDimensions, ToWkb as _};
use sqlx::PgConnection;
use tokio::sync::mpsc;

use super::store::{self, Kopf, Tabelle, Zeile};
use super::xplangml::bericht::Art;
use super::xplangml::{Bericht, Version, umgesetzt};
use crate::error::{Error, Result};

mod datei;
mod vorschrift;

const LISTE: &str = "https://inspire.ec.europa.eu/codelist";
/// Rows sent to the writer at once, and how many such lots may wait.
const STUECK: usize = 200;
const WARTEND: usize = 4;

/// Layers of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ebene {
    Plan,
    Zone,
    VorschriftFlaeche,
    VorschriftLinie,
    VorschriftPunkt,
}

/// One feature: texts in the order of [`Ebene::spalten`], geometry as WKB.
#[derive(Debug)]
struct Satz {
    ebene: Ebene,
    werte: Vec<Option<String>>,
    wkb: Option<Vec<u8>>,
}

/// What all features of a plan say alike.
struct Gemeinsam {
    namensraum: String,
    plan: String,
    schritt: String,
    gueltig_ab: Option<String>,
    stand: String,
    hilucs: HashMap<String, String>,
}

/// Writes the file, which must not exist yet.
///
/// # Errors
/// The database's, the disk's.
pub async fn schreibe(conn: &mut PgConnection, fassung: i32, ziel: &Path) -> Result<Bericht> {
    let mut bericht = Bericht::default();
    let kopf = store::kopf(conn, fassung).await?;
    let gemeinden = store::gemeinden(conn, &kopf.kennung).await?;
    let gemeinsam = Gemeinsam::neu(&kopf, &gemeinden, store::hilucs(conn).await?);
    let (sender, empfang) = mpsc::channel(WARTEND);
    let pfad = ziel.to_owned();
    let schreiber = tokio::task::spawn_blocking(move || datei::schreibe(&pfad, empfang));
    let gelesen = sende(conn, fassung, kopf, &gemeinsam, &sender, &mut bericht).await;
    if gelesen.is_ok() {
        // Only a file that has seen its end is whole.
        let _ = sender.send(None).await;
    }
    drop(sender);
    let geschrieben = schreiber.await.map_err(Error::intern)?;
    gelesen?;
    geschrieben?;
    Ok(bericht)
}

type Sender = mpsc::Sender<Option<Vec<Satz>>>;

async fn sende(
    conn: &mut PgConnection,
    fassung: i32,
    kopf: Kopf,
    gemeinsam: &Gemeinsam,
    sender: &Sender,
    bericht: &mut Bericht,
) -> Result<()> {
    let mut stueck = vec![gemeinsam.plan(kopf)?];
    for tabelle in Tabelle::ALLE {
        let mut zeilen = store::objekte(conn, fassung, tabelle);
        while let Some(zeile) = zeilen.try_next().await? {
            stueck.push(match tabelle {
                Tabelle::Flaeche => gemeinsam.zone(zeile, bericht)?,
                Tabelle::Ueberlagerung => {
                    gemeinsam.vorschrift(Ebene::VorschriftFlaeche, zeile, bericht)?
                }
                Tabelle::Linie => gemeinsam.vorschrift(Ebene::VorschriftLinie, zeile, bericht)?,
                Tabelle::Punkt => gemeinsam.vorschrift(Ebene::VorschriftPunkt, zeile, bericht)?,
            });
            if stueck.len() >= STUECK
                && sender
                    .send(Some(std::mem::take(&mut stueck)))
                    .await
                    .is_err()
            {
                // The writer has given up, and says why itself.
                return Ok(());
            }
        }
    }
    let _ = sender.send(Some(stueck)).await;
    Ok(())
}

impl Gemeinsam {
    fn neu(
        kopf: &Kopf,
        gemeinden: &[(String, Option<String>)],
        hilucs: HashMap<String, String>,
    ) -> Self {
        let ags = gemeinden.iter().find_map(|(_, ags)| ags.as_deref());
        let schritt = match kopf.stand.as_str() {
            "wirksam" => "legalForce",
            "frueher" => "obsolete",
            _ => "elaboration",
        };
        Self {
            namensraum: ags.map_or_else(|| "de.fnp".to_owned(), |ags| format!("de.{ags}.fnp")),
            plan: kopf.kennung.clone(),
            schritt: format!("{LISTE}/ProcessStepGeneralValue/{schritt}"),
            gueltig_ab: kopf.wirksam_ab.map(|tag| tag.to_string()),
            stand: kopf.eingelesen_am.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            hilucs,
        }
    }

    fn plan(&self, kopf: Kopf) -> Result<Satz> {
        let (ebene, art) = match kopf.plan_art.as_deref() {
            Some("2000") => ("supraLocal", "4_2_GemeinsamerFPlan"),
            Some("3000") => ("infraRegional", "4_1_RegFPlan"),
            Some("4000") => ("local", "5_1_FplanRegPlan"),
            Some("5000") => ("local", "5_3_SachlicherTeilplan"),
            Some("9999") => ("other", "9_2_SonstigesPlanwerkStaedtebaurecht"),
            _ => ("local", "5_2_Fplan"),
        };
        Ok(Satz {
            ebene: Ebene::Plan,
            werte: vec![
                Some(kopf.kennung),
                Some(self.namensraum.clone()),
                Some(kopf.name),
                kopf.nummer,
                Some(format!("{LISTE}/LevelOfSpatialPlanValue/{ebene}")),
                Some(format!(
                    "https://registry.gdi-de.org/codelist/de.xleitstelle.inspire_plu/PlanTypeNameValue#{art}"
                )),
                Some(self.schritt.clone()),
                self.gueltig_ab.clone(),
                Some(self.stand.clone()),
            ],
            wkb: kopf.geom.map(|geom| wkb(&geom.geometry)).transpose()?,
        })
    }

    /// What zones and regulations share, up to their own columns.
    fn anfang(&self, zeile: &Zeile) -> Vec<Option<String>> {
        vec![
            Some(zeile.kennung.clone()),
            Some(self.namensraum.clone()),
            Some(self.plan.clone()),
        ]
    }

    fn ende(&self, werte: &mut Vec<Option<String>>, zeile: &mut Zeile, charakter: Option<&str>) {
        werte.extend([
            Some(format!(
                "{LISTE}/RegulationNatureValue/{}",
                verbindlichkeit(charakter)
            )),
            Some(self.schritt.clone()),
            Some(zeile.rechtsstand.clone()),
            self.gueltig_ab.clone(),
            Some(self.stand.clone()),
            Some(zeile.klasse.clone()),
            zeile.name.take(),
            zeile.text.take(),
        ]);
    }

    fn zone(&self, mut zeile: Zeile, bericht: &mut Bericht) -> Result<Satz> {
        bericht.zaehle("ZoningElement");
        let hilucs = self.hilucs.get(&zeile.nutzung);
        if hilucs.is_none() {
            bericht.melde(
                Art::Merkmal,
                format!("Nutzung {} ohne HILUCS", zeile.nutzung),
            );
        }
        let (_, charakter) = umgesetzt(&zeile, Version::V60);
        let mut werte = self.anfang(&zeile);
        werte.push(Some(format!(
            "{LISTE}/HILUCSValue/{}",
            hilucs.map_or("6_6_NotKnownUse", String::as_str)
        )));
        werte.push(Some(zeile.nutzung.clone()));
        self.ende(&mut werte, &mut zeile, charakter.as_deref());
        Ok(Satz {
            ebene: Ebene::Zone,
            werte,
            wkb: Some(wkb(&zeile.geom.geometry)?),
        })
    }

    fn vorschrift(&self, ebene: Ebene, mut zeile: Zeile, bericht: &mut Bericht) -> Result<Satz> {
        bericht.zaehle("SupplementaryRegulation");
        let (klasse, charakter) = umgesetzt(&zeile, Version::V60);
        // A class without a successor stands there as a generic object.
        let gemeint = klasse != "FP_GenerischesObjekt" || zeile.klasse == klasse;
        let vorschrift = vorschrift::zu(&klasse)
            .filter(|_| gemeint)
            .unwrap_or_else(|| {
                bericht.melde(
                    Art::Merkmal,
                    format!("Objektart {} ohne Entsprechung in INSPIRE", zeile.klasse),
                );
                vorschrift::SONSTIGE
            });
        let mut werte = self.anfang(&zeile);
        werte.push(Some(format!(
            "{LISTE}/SupplementaryRegulationValue/{vorschrift}"
        )));
        self.ende(&mut werte, &mut zeile, charakter.as_deref());
        Ok(Satz {
            ebene,
            werte,
            wkb: Some(wkb(&zeile.geom.geometry)?),
        })
    }
}

/// `XP_Rechtscharakter` (of 6.0) → `RegulationNatureValue`: a Flächennutzungsplan binds
/// authorities alone (§ 7 `BauGB`).
fn verbindlichkeit(charakter: Option<&str>) -> &'static str {
    match charakter {
        Some("3000") => "bindingOnlyForAuthorities",
        Some("2000" | "7000" | "8000") => "definedInLegislation",
        Some("1000" | "5300") => "generallyBinding",
        _ => "nonBinding",
    }
}

fn wkb(geometrie: &Geometry<f64>) -> Result<Vec<u8>> {
    geometrie
        .to_wkb(CoordDimensions::xy())
        .map_err(Error::intern)
}

const ANFANG: [&str; 3] = ["inspireid_localid", "inspireid_namespace", "plan"];
const ENDE: [&str; 8] = [
    "regulationnature",
    "processstepgeneral",
    "rechtsstand",
    "validfrom",
    "beginlifespanversion",
    "xplan_klasse",
    "name",
    "text",
];

impl Ebene {
    const ALLE: [Self; 5] = [
        Self::Plan,
        Self::Zone,
        Self::VorschriftFlaeche,
        Self::VorschriftLinie,
        Self::VorschriftPunkt,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Plan => "spatial_plan",
            Self::Zone => "zoning_element",
            Self::VorschriftFlaeche => "supplementary_regulation_polygon",
            Self::VorschriftLinie => "supplementary_regulation_line",
            Self::VorschriftPunkt => "supplementary_regulation_point",
        }
    }

    fn titel(self) -> &'static str {
        match self {
            Self::Plan => "Plan (SpatialPlan)",
            Self::Zone => "Nutzungen (ZoningElement)",
            Self::VorschriftFlaeche => "Überlagernde Darstellungen (SupplementaryRegulation)",
            Self::VorschriftLinie => "Linienhafte Darstellungen (SupplementaryRegulation)",
            Self::VorschriftPunkt => "Punkthafte Darstellungen (SupplementaryRegulation)",
        }
    }

    fn spalten(self) -> Vec<&'static str> {
        let eigene: &[&str] = match self {
            Self::Plan => {
                return vec![
                    "inspireid_localid",
                    "inspireid_namespace",
                    "officialtitle",
                    "nummer",
                    "levelofspatialplan",
                    "plantypename",
                    "processstepgeneral",
                    "validfrom",
                    "beginlifespanversion",
                ];
            }
            Self::Zone => &["hilucslanduse", "nutzung"],
            _ => &["supplementaryregulation"],
        };
        [&ANFANG, eigene, &ENDE].concat()
    }
}
