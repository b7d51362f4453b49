//! What a feature is and where it goes: the plan, its Bereich, an object with a
//! place, or something without one; and the findings that need the whole object.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use geo_types::{Coord, MultiPolygon};

use super::baum::Element;
use super::bericht::Bericht;
use super::koordinaten::{Hindernis, Leser, bezug_in, hat_koordinaten, kein_bezug};
use super::zweck::Zweck;
use super::{eigenschaften, kopf};
use crate::error::{Error, Result};
use crate::fnp::nutzung;
use crate::fnp::objekt::{Befund, Geometrie, Objekt, PlanKopf, Schwere};

/// Bereiche of other plans that objects may refer to.
const BEREICHE: usize = 10_000;
/// Objects before the first srsName, and their text in bytes, that wait for it.
const WARTENDE: usize = 20_000;
const WARTENDER_TEXT: usize = 32 << 20;

pub(super) struct Plan<'a> {
    senke: &'a mut dyn FnMut(Objekt) -> Result<()>,
    pub(super) version: Option<&'static str>,
    leser: Leser,
    pub(super) bericht: Bericht,
    /// The plan and its line.
    pub(super) kopf: Option<(PlanKopf, u64)>,
    /// Geltungsbereich of the `FP_Bereich`, used when the plan has none.
    pub(super) bereich_flaeche: MultiPolygon<f64>,
    /// Other plan classes in the file and how often.
    pub(super) andere_plaene: BTreeMap<String, u64>,
    /// gml:id of a Bereich of another plan → its class.
    pub(super) fremde_bereiche: BTreeMap<String, String>,
    /// gml:id of a Bereich → objects handed over that name it.
    pub(super) bezuege: BTreeMap<String, u64>,
    /// Hashes of the gml:ids seen: eight bytes each, whatever the file writes.
    kennungen: HashSet<u64>,
    pub(super) flaechen: u64,
    /// Objects handed over.
    nummer: u64,
    /// Fingerprints of the shapes seen → line.
    pub(super) formen: HashMap<u64, u64>,
    /// `rechtscharakter` that no object of an FNP can have → how often.
    pub(super) rechtscharakter: BTreeMap<&'static str, u64>,
    pub(super) zweck: Zweck,
    pub(super) wartend: Wartend,
}

/// Objects with coordinates that came before any srsName.
#[derive(Default)]
pub(super) struct Wartend {
    pub(super) objekte: Vec<Element>,
    text: usize,
}

impl<'a> Plan<'a> {
    pub(super) fn neu(senke: &'a mut dyn FnMut(Objekt) -> Result<()>) -> Self {
        Self {
            senke,
            version: None,
            leser: Leser::default(),
            bericht: Bericht::default(),
            kopf: None,
            bereich_flaeche: MultiPolygon::new(Vec::new()),
            andere_plaene: BTreeMap::new(),
            fremde_bereiche: BTreeMap::new(),
            bezuege: BTreeMap::new(),
            kennungen: HashSet::new(),
            flaechen: 0,
            nummer: 0,
            formen: HashMap::new(),
            rechtscharakter: BTreeMap::new(),
            zweck: Zweck::default(),
            wartend: Wartend::default(),
        }
    }

    /// The root or the first feature decides on the version; the others must agree,
    /// because codes mean different things in different versions.
    pub(super) fn version(&mut self, version: &'static str, el: &Element) -> Result<()> {
        let bisher = *self.version.get_or_insert(version);
        if bisher == version {
            return Ok(());
        }
        Err(Error::eingabe(format!(
            "Zeile {}: {} steht im Namensraum von XPlanGML {version}, die Datei begann mit {bisher}. Eine Datei \
             darf nur eine Version enthalten.",
            el.zeile, el.name
        )))
    }

    pub(super) fn umschlag(&mut self, bounded_by: &Element) -> Result<()> {
        self.leser.umschlag(bounded_by)?;
        self.hole_wartende()
    }

    /// A service that sends its answer in pages.
    pub(super) fn unvollstaendig(&mut self, zeile: u64, was: &str) {
        self.bericht.melde_datei(
            "wfs-unvollstaendig",
            Schwere::Fehler,
            format!(
                "Zeile {zeile}: Der Dienst hat den Plan nicht vollständig geliefert ({was}); es fehlen Objekte. Bitte \
                 ohne Begrenzung (count, maxFeatures) abrufen."
            ),
        );
    }

    /// A feature of another namespace.
    pub(super) fn fremdes(&mut self, el: &Element) -> Result<()> {
        self.bericht.klasse(&el.name)?.gelesen += 1;
        self.uebergehe(&el.name, "steht nicht im Namensraum von XPlanGML")?;
        Ok(())
    }

    fn uebergehe(&mut self, klasse: &str, grund: &str) -> Result<()> {
        let zaehler = self.bericht.klasse(klasse)?;
        zaehler.uebergangen += 1;
        match &mut zaehler.grund {
            None => zaehler.grund = Some(grund.to_owned()),
            Some(bisher) if bisher.split("; ").any(|g| g == grund) => {}
            Some(bisher) => {
                bisher.push_str("; ");
                bisher.push_str(grund);
            }
        }
        Ok(())
    }

    /// One feature. As long as no system is known, features with coordinates wait for
    /// the first srsName: some writers name it only in later geometries.
    pub(super) fn objekt(&mut self, el: Element) -> Result<()> {
        if !self.leser.bezug_bekannt() {
            if let Some(nennt) = bezug_in(&el) {
                self.leser.merke_bezug(nennt)?;
                self.hole_wartende()?;
            } else if hat_koordinaten(&el) {
                let wartend = &mut self.wartend;
                wartend.text += el.textmenge();
                wartend.objekte.push(el);
                if wartend.objekte.len() > WARTENDE || wartend.text > WARTENDER_TEXT {
                    return Err(kein_bezug(wartend.objekte[0].zeile));
                }
                return Ok(());
            }
        }
        self.verteile(&el)
    }

    fn hole_wartende(&mut self) -> Result<()> {
        if self.leser.bezug_bekannt() {
            for el in std::mem::take(&mut self.wartend.objekte) {
                self.verteile(&el)?;
            }
        }
        Ok(())
    }

    fn verteile(&mut self, el: &Element) -> Result<()> {
        let klasse = el.name.as_str();
        self.bericht.klasse(klasse)?.gelesen += 1;
        self.pruefe_kennung(el);
        if klasse == "FP_Plan" {
            return self.plan(el);
        }
        if klasse.ends_with("_Plan") {
            *self.andere_plaene.entry(klasse.to_owned()).or_default() += 1;
            return self.uebergehe(klasse, "Plan anderer Art, kein Flächennutzungsplan");
        }
        if klasse == "FP_Bereich" {
            return self.bereich(el);
        }
        if klasse.ends_with("_Bereich") {
            if let Some(id) = el.attribut("id")
                && self.fremde_bereiche.len() < BEREICHE
            {
                self.fremde_bereiche
                    .insert(id.to_owned(), klasse.to_owned());
            }
            return self.uebergehe(klasse, "Bereich eines Plans anderer Art");
        }
        if let Some(grund) = hilfsobjekt(klasse) {
            return self.uebergehe(klasse, grund);
        }
        self.planinhalt(el)
    }

    fn pruefe_kennung(&mut self, el: &Element) {
        let Some(id) = el.attribut("id") else { return };
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        if !self.kennungen.insert(hasher.finish()) {
            self.melde(
                el,
                "gml-id-doppelt",
                Schwere::Fehler,
                None,
                format!(
                    "Zeile {}: Die gml:id „{id}“ kommt in der Datei mehrfach vor.",
                    el.zeile
                ),
            );
        }
    }

    fn plan(&mut self, el: &Element) -> Result<()> {
        if let Some((erster, zeile)) = &self.kopf {
            return Err(Error::eingabe(format!(
                "Die Datei enthält mehr als einen Flächennutzungsplan: „{}“ (Zeile {zeile}) und „{}“ (Zeile {}). \
                 Bitte jeden Plan in eine eigene Datei ausgeben lassen; sind es nur die Umgriffe von Änderungen \
                 (Geltungsbereiche), bitte stattdessen die Zusammenzeichnung einlesen.",
                erster.name.as_deref().unwrap_or("ohne Namen"),
                el.wert("name").unwrap_or("ohne Namen"),
                el.zeile
            )));
        }
        let (mut plan, bemerkungen) = kopf::lies(el, self.version.unwrap_or_default());
        for b in bemerkungen {
            self.melde(el, b.code, b.schwere, None, b.text);
        }
        plan.geltungsbereich = self.flaeche(el, "raeumlicherGeltungsbereich")?;
        self.kopf = Some((plan, el.zeile));
        self.bericht.klasse(&el.name)?.uebernommen += 1;
        Ok(())
    }

    fn bereich(&mut self, el: &Element) -> Result<()> {
        let flaeche = self.flaeche(el, "geltungsbereich")?;
        self.bereich_flaeche.0.extend(flaeche.0);
        self.bericht.klasse(&el.name)?.uebernommen += 1;
        Ok(())
    }

    /// A Geltungsbereich; empty when missing or (with a finding) unreadable.
    fn flaeche(&mut self, el: &Element, eigenschaft: &str) -> Result<MultiPolygon<f64>> {
        let leer = MultiPolygon::new(Vec::new());
        let Some(knoten) = el.kind(eigenschaft) else {
            return Ok(leer);
        };
        let gelesen = self.leser.eigenschaft(el, knoten);
        self.bemerkungen(el);
        let (zeile, text) = match gelesen {
            Ok(Some(Geometrie::Flaeche(flaeche))) => return Ok(flaeche),
            Ok(None) => return Ok(leer),
            Ok(Some(_)) => (
                knoten.zeile,
                "der Geltungsbereich ist keine Fläche".to_owned(),
            ),
            Err(Hindernis::Objekt { zeile, text }) => (zeile, text),
            Err(Hindernis::Datei(e)) => return Err(e),
        };
        self.melde(
            el,
            "geltungsbereich-unlesbar",
            Schwere::Fehler,
            None,
            format!("Zeile {zeile}: Der Geltungsbereich ({eigenschaft}) konnte nicht gelesen werden: {text}."),
        );
        Ok(leer)
    }

    fn planinhalt(&mut self, el: &Element) -> Result<()> {
        let eigen = eigenschaften::lies(el);
        for text in &eigen.unlesbar {
            self.melde(el, "wert-unlesbar", Schwere::Warnung, None, text.clone());
        }
        if let Some(fremd) = eigen
            .bereich
            .as_ref()
            .and_then(|b| self.fremde_bereiche.get(b))
        {
            let grund = format!("gehört zu {fremd}, nicht zum Flächennutzungsplan");
            return self.uebergehe(&el.name, &grund);
        }
        let gelesen = match el.kind("position") {
            Some(position) => self.leser.eigenschaft(el, position),
            None => Ok(None),
        };
        self.bemerkungen(el);
        let geometrie = match gelesen {
            Ok(Some(geometrie)) => geometrie,
            Ok(None) => {
                self.melde(
                    el,
                    "ohne-geometrie",
                    Schwere::Warnung,
                    None,
                    format!(
                        "Zeile {}: {} hat keine Geometrie (position) und wird übergangen. Bitte im Plan nachtragen \
                         oder das Objekt löschen.",
                        el.zeile, el.name
                    ),
                );
                return self.uebergehe(&el.name, "ohne Geometrie");
            }
            Err(Hindernis::Objekt { zeile, text }) => {
                let ort = self.leser.ungefaehr(el);
                self.melde(
                    el,
                    "geometrie-unlesbar",
                    Schwere::Fehler,
                    ort,
                    format!(
                        "Zeile {zeile}: Die Geometrie von {} konnte nicht gelesen werden: {text}. Das Objekt fehlt im \
                         übernommenen Plan. Bitte im Plan berichtigen und noch einmal ausgeben lassen.",
                        el.name
                    ),
                );
                return self.uebergehe(&el.name, "Geometrie nicht lesbar");
            }
            Err(Hindernis::Datei(e)) => return Err(e),
        };
        let objekt = Objekt {
            gml_id: el.attribut("id").map(str::to_owned),
            nutzung: nutzung::zuordnen(&el.name, &eigen.codes),
            klasse: el.name.clone(),
            codes: eigen.codes,
            codespace: eigen.codespace,
            rechtsstand: eigen.rechtsstand,
            ebene: eigen.ebene,
            flaechenschluss: eigen.flaechenschluss.unwrap_or(false),
            name: eigen.name,
            text: eigen.text,
            drehung: None,
            geometrie,
            zeile: el.zeile,
        };
        self.pruefe(el, &objekt, eigen.flaechenschluss);
        self.zweck.merke(&objekt, self.nummer);
        if let Some(bereich) = eigen.bereich
            && (self.bezuege.len() < BEREICHE || self.bezuege.contains_key(&bereich))
        {
            *self.bezuege.entry(bereich).or_default() += 1;
        }
        self.flaechen += u64::from(matches!(objekt.geometrie, Geometrie::Flaeche(_)));
        self.bericht.klasse(&el.name)?.uebernommen += 1;
        self.nummer += 1;
        (self.senke)(objekt)
    }

    fn bemerkungen(&mut self, el: &Element) {
        for b in self.leser.bemerkungen() {
            let objekt = Some(el).filter(|_| !b.ganze_datei);
            self.bericht.melde(Befund {
                code: b.code.to_owned(),
                schwere: b.schwere,
                klasse: objekt.map(|el| el.name.clone()),
                kennung: objekt.and_then(|el| el.attribut("id")).map(str::to_owned),
                ort: b.ort.map(|p| [p.x, p.y]),
                text: b.text,
            });
        }
    }

    /// A finding about an object; every one says its line.
    pub(super) fn melde(
        &mut self,
        el: &Element,
        code: &str,
        schwere: Schwere,
        ort: Option<Coord<f64>>,
        text: String,
    ) {
        let text = if text.starts_with("Zeile ") {
            text
        } else {
            format!("Zeile {}: {text}", el.zeile)
        };
        self.bericht.melde(Befund {
            code: code.to_owned(),
            schwere,
            klasse: Some(el.name.clone()),
            kennung: el.attribut("id").map(str::to_owned),
            ort: ort.map(|p| [p.x, p.y]),
            text,
        });
    }
}

/// Why a class is no plan content; None: it is.
fn hilfsobjekt(klasse: &str) -> Option<&'static str> {
    if klasse.ends_with("_TextAbschnitt") || klasse.starts_with("XP_Begruendung") {
        Some("Textabschnitt ohne eigene Fläche")
    } else if klasse.contains("Raster") {
        Some("Rasterbild")
    } else if klasse.starts_with("XP_") {
        Some("Darstellungsobjekt (Beschriftung oder Symbol)")
    } else {
        None
    }
}
