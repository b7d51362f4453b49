//! What a feature is and where it goes: the plan, its Bereich, an object with a
//! place, or something without one; and the findings that need the whole object.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use geo::{Area, InteriorPoint};
use geo_types::{Coord, MultiPolygon};

use super::baum::Element;
use super::bericht::Bericht;
use super::koordinaten::{Hindernis, Leser};
use super::{Gelesen, deutsch, eigenschaften, kopf};
use crate::error::{Error, Result};
use crate::fnp::nutzung::{self, Basis};
use crate::fnp::objekt::{Befund, Geometrie, Objekt, PlanKopf, Schwere};

/// Bereiche of other plans that objects may refer to.
const BEREICHE: usize = 10_000;

pub(super) struct Plan<'a> {
    senke: &'a mut dyn FnMut(Objekt) -> Result<()>,
    version: Option<&'static str>,
    leser: Leser,
    bericht: Bericht,
    /// The plan and its line.
    kopf: Option<(PlanKopf, u64)>,
    /// Geltungsbereich of the `FP_Bereich`, used when the plan has none.
    bereich_flaeche: MultiPolygon<f64>,
    /// Other plan classes in the file and how often.
    andere_plaene: BTreeMap<String, u64>,
    /// gml:id of a Bereich of another plan → its class.
    fremde_bereiche: BTreeMap<String, String>,
    /// gml:id of a Bereich → objects handed over that name it.
    bezuege: BTreeMap<String, u64>,
    /// Hashes of the gml:ids seen: eight bytes each, whatever the file writes.
    kennungen: HashSet<u64>,
    flaechen: u64,
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
        self.leser.umschlag(bounded_by)
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

    /// One feature.
    pub(super) fn objekt(&mut self, el: &Element) -> Result<()> {
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
                 Bitte jeden Plan in eine eigene Datei ausgeben lassen.",
                erster.name.as_deref().unwrap_or("ohne Namen"),
                el.wert("name").unwrap_or("ohne Namen"),
                el.zeile
            )));
        }
        let (mut plan, bemerkungen) = kopf::lies(el, self.version.unwrap_or_default());
        for text in bemerkungen {
            self.melde(el, "wert-unlesbar", Schwere::Warnung, None, text);
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
                        "Zeile {}: {} hat keine Geometrie (position) und wird übergangen.",
                        el.zeile, el.name
                    ),
                );
                return self.uebergehe(&el.name, "ohne Geometrie");
            }
            Err(Hindernis::Objekt { zeile, text }) => {
                self.melde(
                    el,
                    "geometrie-unlesbar",
                    Schwere::Fehler,
                    None,
                    format!(
                        "Zeile {zeile}: Die Geometrie von {} konnte nicht gelesen werden: {text}. Das Objekt fehlt im \
                         übernommenen Plan.",
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
        if let Some(bereich) = eigen.bereich
            && (self.bezuege.len() < BEREICHE || self.bezuege.contains_key(&bereich))
        {
            *self.bezuege.entry(bereich).or_default() += 1;
        }
        self.flaechen += u64::from(matches!(objekt.geometrie, Geometrie::Flaeche(_)));
        self.bericht.klasse(&el.name)?.uebernommen += 1;
        (self.senke)(objekt)
    }

    /// Findings about class, codes and Flächenschluss of one object.
    fn pruefe(&mut self, el: &Element, objekt: &Objekt, flaechenschluss: Option<bool>) {
        let auffaellig = nutzung::pruefe(&objekt.klasse, &objekt.codes);
        let Geometrie::Flaeche(flaeche) = &objekt.geometrie else {
            for a in auffaellig {
                self.melde(
                    el,
                    a.code,
                    a.schwere,
                    erster_punkt(&objekt.geometrie),
                    a.text,
                );
            }
            return;
        };
        for a in auffaellig {
            self.melde(el, a.code, a.schwere, punkt_in(flaeche), a.text);
        }
        let basis = nutzung::klasse(&objekt.klasse).map_or(Basis::Frei, |k| k.basis);
        let hektar = || deutsch::zahl(flaeche.unsigned_area() / 10_000.0, 4);
        let (code, text) = match (objekt.ebene, flaechenschluss, basis) {
            (ebene, Some(true), _) if ebene != 0 => (
                "flaechenschluss-ebene",
                format!(
                    "{} mit {} ha steht im Flächenschluss, aber auf Ebene {ebene} statt 0. Die Fläche zählt nicht \
                     zur Flächenbilanz und erscheint als Überlagerung.",
                    objekt.klasse,
                    hektar()
                ),
            ),
            (0, Some(true), Basis::Ueberlagerung) => (
                "flaechenschluss-ueberlagerung",
                format!(
                    "{} mit {} ha ist ihrer Art nach eine Überlagerung, steht aber im Flächenschluss; sie zählt wie \
                     angegeben zur Flächenbilanz.",
                    objekt.klasse,
                    hektar()
                ),
            ),
            (0, angabe @ (None | Some(false)), Basis::Flaechenschluss) => (
                "flaechenschluss-fehlt",
                format!(
                    "{} mit {} ha auf Ebene 0 muss zum Flächenschluss gehören, flaechenschluss {}. Die Fläche zählt \
                     nicht zur Flächenbilanz.",
                    objekt.klasse,
                    hektar(),
                    if angabe.is_none() {
                        "fehlt aber"
                    } else {
                        "ist aber false"
                    }
                ),
            ),
            _ => return,
        };
        self.melde(el, code, Schwere::Warnung, punkt_in(flaeche), text);
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

    fn melde(
        &mut self,
        el: &Element,
        code: &str,
        schwere: Schwere,
        ort: Option<Coord<f64>>,
        text: String,
    ) {
        self.bericht.melde(Befund {
            code: code.to_owned(),
            schwere,
            klasse: Some(el.name.clone()),
            kennung: el.attribut("id").map(str::to_owned),
            ort: ort.map(|p| [p.x, p.y]),
            text,
        });
    }

    /// End of the file.
    pub(super) fn schliesse(mut self) -> Result<Gelesen> {
        let andere = self
            .andere_plaene
            .iter()
            .map(|(klasse, anzahl)| {
                if *anzahl == 1 {
                    klasse.clone()
                } else {
                    format!("{klasse} ({anzahl}-mal)")
                }
            })
            .collect::<Vec<_>>()
            .join(", ");
        let Some((mut kopf, _)) = self.kopf else {
            return Err(Error::eingabe(if andere.is_empty() {
                "Die Datei enthält keinen Flächennutzungsplan (FP_Plan) und auch keinen anderen Plan.".to_owned()
            } else {
                format!(
                    "Die Datei enthält keinen Flächennutzungsplan (FP_Plan), sondern {andere}. Hier werden nur \
                     Flächennutzungspläne übernommen."
                )
            }));
        };
        if !andere.is_empty() {
            self.bericht.melde_datei(
                "anderer-plan",
                Schwere::Warnung,
                format!("Die Datei enthält neben dem Flächennutzungsplan auch {andere}; übernommen wird nur FP_Plan."),
            );
        }
        for (bereich, klasse) in &self.fremde_bereiche {
            if let Some(anzahl) = self.bezuege.get(bereich) {
                self.bericht.melde_datei(
                    "fremder-bereich",
                    Schwere::Fehler,
                    format!(
                        "{anzahl} Objekte gehören zu {klasse} „{bereich}“, der in der Datei erst nach ihnen steht; sie \
                         sind mit übernommen. Bitte den Flächennutzungsplan allein ausgeben lassen."
                    ),
                );
            }
        }
        if kopf.geltungsbereich.0.is_empty() {
            kopf.geltungsbereich = self.bereich_flaeche;
            let text = if kopf.geltungsbereich.0.is_empty() {
                "Der Plan hat keinen Geltungsbereich; Lücken und Flächen außerhalb lassen sich nicht prüfen."
            } else {
                "Der Plan hat keinen eigenen Geltungsbereich; verwendet wird der seiner Bereiche (FP_Bereich)."
            };
            self.bericht
                .melde_datei("geltungsbereich-fehlt", Schwere::Warnung, text.to_owned());
        }
        if self.flaechen == 0 {
            self.bericht.melde_datei(
                "ohne-flaechen",
                Schwere::Hinweis,
                "Der Plan enthält keine Flächen (teilvektoriell: nur Geltungsbereich und Rasterbild?); die \
                 Flächenbilanz ist leer."
                    .to_owned(),
            );
        }
        let (klassen, befunde) = self.bericht.schliesse();
        Ok(Gelesen {
            kopf,
            klassen,
            befunde,
        })
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

/// A point in the area, for a finding's place.
fn punkt_in(flaeche: &MultiPolygon<f64>) -> Option<Coord<f64>> {
    flaeche
        .interior_point()
        .map(Coord::from)
        .or_else(|| flaeche.0.first()?.exterior().0.first().copied())
}

fn erster_punkt(geometrie: &Geometrie) -> Option<Coord<f64>> {
    match geometrie {
        Geometrie::Flaeche(f) => f.0.first()?.exterior().0.first().copied(),
        Geometrie::Linie(l) => l.0.first()?.0.first().copied(),
        Geometrie::Punkt(p) => p.0.first().map(|p| p.0),
    }
}
