//! A plan from the office's own data: GeoPackage, Shapefile, GeoJSON, FlatGeobuf.
//!
//! Which value of which field is which use is said by a [`zuordnung::Zuordnung`] (TOML).
//! Without one, [`vorschlag`] reads the layer and proposes one from names and values
//! ([`vermutung`], `woerter`); it is shown, never taken unasked. A value without a rule is
//! `nicht_zugeordnet` and reported.

pub mod vermutung;
mod woerter;
pub mod zuordnung;

use std::collections::BTreeMap;
use std::path::PathBuf;

use geo_types::MultiPolygon;
use serde_json::Value;

use super::quelle::{Gelesen, Senke};
use crate::error::{Error, Result};
use crate::fnp::objekt::{Befund, Geometrie, Objekt, PlanKopf, Schwere};
use crate::import::datei::Datei;
use crate::import::vector::{self, Lesen, Merkmal};
use crate::import::xplangml::Klassenzaehlung;
use crate::verschneidung::gueltigkeit;
use zuordnung::{Geltungsbereich, Treffer, Zuordnung};

/// A value no rule speaks of: number, m² and a place.
fn ohne_regel((wert, (anzahl, m2, ort)): (String, (u64, f64, Option<[f64; 2]>))) -> Befund {
    befund(
        "wert-ohne-zuordnung",
        Schwere::Warnung,
        ort,
        format!(
            "Für {wert} gibt es keine Regel in der Zuordnung: {} ({} ha) unter „Nicht zugeordnet“. Bitte dafür eine [[regel]] ergänzen.",
            objekte(anzahl, "Objekt steht", "Objekte stehen"),
            crate::fnp::zahl::hektar(m2, 4)
        ),
    )
}

fn ohne_geltungsbereich() -> Befund {
    befund(
        "geltungsbereich-fehlt",
        Schwere::Warnung,
        None,
        "Die Zuordnung nennt keinen Geltungsbereich; Lücken und Flächen außerhalb lassen sich nicht feststellen. Bitte dort geltungsbereich = { ebene = \"NAME\" } eintragen, oder geltungsbereich = \"vereinigung\", wenn die Flächen zusammen der Plan sind.".into(),
    )
}

/// Number and noun with its verb.
fn objekte(zahl: u64, eines: &str, mehrere: &str) -> String {
    format!("{zahl} {}", if zahl == 1 { eines } else { mehrere })
}

/// What the caller says beside the file.
#[derive(Debug, Clone, Default)]
pub struct Angaben {
    /// `--zuordnung DATEI.toml`.
    pub zuordnung: Option<PathBuf>,
    /// `--annehmen`: take the proposal as it is.
    pub annehmen: bool,
    /// `--schluessel FELD`: the field with the kennung of an area.
    pub schluessel: Option<String>,
    /// `--ebene NAME`.
    pub ebene: Option<String>,
    /// `--crs EPSG:…`.
    pub crs: Option<String>,
}

impl Angaben {
    fn lesen(&self, ebene: Option<&str>) -> Lesen {
        Lesen {
            ebene: ebene.or(self.ebene.as_deref()).map(str::to_owned),
            crs: self.crs.clone(),
            ..Lesen::default()
        }
    }

    /// Neither a mapping nor the wish to take the proposal: to be shown first.
    #[must_use]
    pub fn unbestaetigt(&self) -> bool {
        self.zuordnung.is_none() && !self.annehmen
    }
}

/// Reads the layer and proposes a mapping, as TOML with counts and hectares. Blocks.
///
/// # Errors
/// As [`vector::strom`].
pub fn vorschlag(datei: &Datei, angaben: &Angaben) -> Result<String> {
    vermutung::vorschlag(datei, &angaben.lesen(None))
}

/// Reads the areas, lines and points of a plan. Blocks.
///
/// # Errors
/// [`Error::Eingabe`] for what cannot be read, a mapping that does not fit the fields, or
/// no confirmed mapping.
pub fn lies(datei: &Datei, angaben: &Angaben, senke: &mut Senke<'_>) -> Result<Gelesen> {
    let text = match &angaben.zuordnung {
        Some(pfad) => std::fs::read_to_string(pfad).map_err(|cause| {
            Error::eingabe(format!(
                "Die Zuordnung „{}“ lässt sich nicht lesen: {}",
                pfad.display(),
                crate::import::datei::grund(&cause)
            ))
        })?,
        None if angaben.annehmen => vorschlag(datei, angaben)?,
        None => {
            return Err(Error::eingabe(
                "Welche Werte der Datei welche Nutzung bedeuten, ist noch nicht bestätigt. Bitte die vorgeschlagene Zuordnung prüfen und mit --zuordnung DATEI.toml angeben, oder mit --annehmen so übernehmen.",
            ));
        }
    };
    let zuordnung = Zuordnung::lies(&text)?;
    let mut annahme = Annahme {
        zuordnung: &zuordnung,
        schluessel: angaben
            .schluessel
            .as_deref()
            .or(zuordnung.kennung.as_deref()),
        klassen: Vec::new(),
        ohne: BTreeMap::new(),
        befunde: Vec::new(),
        ohne_schluessel: 0,
        geprueft: false,
        vereinigung: Vec::new(),
        merke_flaechen: matches!(
            zuordnung.geltungsbereich,
            Some(Geltungsbereich::Vereinigung)
        ),
        senke,
    };
    let kopf = vector::strom(
        datei,
        &angaben.lesen(zuordnung.ebene.as_deref()),
        &mut |merkmal| annahme.nimm(merkmal),
    )?;
    let Annahme {
        mut klassen,
        ohne,
        befunde: eigene,
        ohne_schluessel,
        vereinigung,
        schluessel,
        ..
    } = annahme;
    let mut befunde = kopf.befunde;
    befunde.extend(eigene);
    let ausgelassen = kopf.gelesen - kopf.uebernommen;
    if ausgelassen > 0 {
        klassen.push(Klassenzaehlung {
            klasse: "(ohne lesbare Geometrie)".into(),
            gelesen: ausgelassen,
            uebernommen: 0,
            uebergangen: ausgelassen,
            grund: Some("siehe Befunde".into()),
        });
    }
    befunde.extend(ohne.into_iter().map(ohne_regel));
    if ohne_schluessel > 0 {
        befunde.push(befund(
            "schluessel-leer",
            Schwere::Hinweis,
            None,
            format!(
                "{} keinen Wert im Feld „{}“; benannt wird nach der Nummer in der Datei.",
                objekte(ohne_schluessel, "Objekt hat", "Objekte haben"),
                schluessel.unwrap_or_default()
            ),
        ));
    }
    let geltungsbereich = match &zuordnung.geltungsbereich {
        None => {
            befunde.push(ohne_geltungsbereich());
            MultiPolygon(Vec::new())
        }
        Some(Geltungsbereich::Vereinigung) => geo::unary_union(&vereinigung),
        Some(Geltungsbereich::Ebene(ebene)) => umring(datei, &angaben.lesen(Some(ebene)))?,
    };
    Ok(Gelesen {
        format: datei.format.name(),
        kopf: PlanKopf {
            name: zuordnung.plan.name.clone(),
            nummer: zuordnung.plan.nummer.clone(),
            rechtsstand: zuordnung.plan.rechtsstand.clone(),
            wirksam_am: zuordnung.plan.wirksam_am,
            geltungsbereich,
            ..PlanKopf::default()
        },
        klassen,
        befunde,
        nachtrag: Vec::new(),
    })
}

fn befund(code: &str, schwere: Schwere, ort: Option<[f64; 2]>, text: String) -> Befund {
    Befund {
        ort,
        ..Befund::neu(code, schwere, text)
    }
}

/// All areas of a layer as one. A single one stays as it is, to the last bit: a union moves
/// its points onto a grid, and the areas at the border would no longer fit it.
fn umring(datei: &Datei, lesen: &Lesen) -> Result<MultiPolygon<f64>> {
    let mut flaechen: Vec<MultiPolygon<f64>> = vector::lies(datei, lesen)?
        .into_iter()
        .map(|merkmal| merkmal.geom)
        .collect();
    Ok(match flaechen.pop() {
        Some(eine) if flaechen.is_empty() && gueltigkeit::fehler(&eine).is_none() => eine,
        letzte => {
            flaechen.extend(letzte);
            geo::unary_union(&flaechen)
        }
    })
}

struct Annahme<'a> {
    zuordnung: &'a Zuordnung,
    schluessel: Option<&'a str>,
    klassen: Vec<Klassenzaehlung>,
    /// Values no rule speaks of: number, m², a place.
    ohne: BTreeMap<String, (u64, f64, Option<[f64; 2]>)>,
    befunde: Vec<Befund>,
    ohne_schluessel: u64,
    geprueft: bool,
    vereinigung: Vec<MultiPolygon<f64>>,
    merke_flaechen: bool,
    senke: &'a mut Senke<'a>,
}

/// Different unmapped values listed one by one.
const OHNE_HOECHSTENS: usize = 500;

impl Annahme<'_> {
    fn nimm(&mut self, merkmal: Merkmal) -> Result<()> {
        if !self.geprueft {
            self.zuordnung
                .pruefe_felder(merkmal.namen(), self.schluessel)?;
            self.geprueft = true;
        }
        let treffer = self.zuordnung.finde(&merkmal);
        if treffer.is_none() {
            self.merke_wert(&merkmal);
        }
        let treffer = treffer.unwrap_or_else(Treffer::keiner);
        self.zaehle(&treffer.klasse);
        let gml_id = self
            .schluessel
            .and_then(|feld| merkmal.feld(&[feld]))
            .map(str::to_owned);
        self.ohne_schluessel += u64::from(self.schluessel.is_some() && gml_id.is_none());
        let flaechenschluss = treffer
            .flaechenschluss
            .unwrap_or_else(|| self.zuordnung.schliesst(&treffer.klasse))
            && matches!(merkmal.geom, Geometrie::Flaeche(_));
        if self.merke_flaechen
            && flaechenschluss
            && let Geometrie::Flaeche(flaeche) = &merkmal.geom
        {
            self.vereinigung.push(flaeche.clone());
        }
        let mut codes = treffer.codes;
        // What the office wrote stays visible beside what it was taken for.
        for feld in self.zuordnung.wertfelder() {
            if let Some(wert) = merkmal.feld(&[feld]) {
                codes.insert(format!("quelle:{feld}"), Value::String(wert.to_owned()));
            }
        }
        let aus_feld = |feld: &Option<String>| {
            feld.as_deref()
                .and_then(|feld| merkmal.feld(&[feld]))
                .map(str::to_owned)
        };
        (self.senke)(Objekt {
            gml_id,
            klasse: treffer.klasse,
            nutzung: treffer.nutzung,
            codes,
            codespace: None,
            rechtsstand: self.zuordnung.rechtsstand(&merkmal),
            ebene: treffer.ebene,
            flaechenschluss,
            name: aus_feld(&self.zuordnung.name),
            text: aus_feld(&self.zuordnung.text),
            drehung: None,
            zeile: merkmal.nr as u64,
            geometrie: merkmal.geom,
        })
    }

    fn zaehle(&mut self, klasse: &str) {
        let stelle = self
            .klassen
            .iter()
            .position(|zeile| zeile.klasse == klasse)
            .unwrap_or_else(|| {
                self.klassen.push(Klassenzaehlung {
                    klasse: klasse.to_owned(),
                    ..Klassenzaehlung::default()
                });
                self.klassen.len() - 1
            });
        self.klassen[stelle].gelesen += 1;
        self.klassen[stelle].uebernommen += 1;
    }

    fn merke_wert(&mut self, merkmal: &Merkmal) {
        let wert = self
            .zuordnung
            .wertfelder()
            .map(|feld| format!("{feld} = „{}“", merkmal.feld(&[feld]).unwrap_or("")))
            .collect::<Vec<_>>()
            .join(", ");
        let (m2, ort) = match &merkmal.geom {
            Geometrie::Flaeche(flaeche) => (
                geo::Area::unsigned_area(flaeche),
                geo::InteriorPoint::interior_point(flaeche).map(|p| [p.x(), p.y()]),
            ),
            _ => (0.0, None),
        };
        let wert = if self.ohne.len() >= OHNE_HOECHSTENS && !self.ohne.contains_key(&wert) {
            "weiteren Werten".to_owned()
        } else {
            wert
        };
        let zeile = self.ohne.entry(wert).or_insert((0, 0.0, ort));
        zeile.0 += 1;
        zeile.1 += m2;
    }
}
