//! The end of the file: what only the whole plan can tell.

use super::Gelesen;
use super::koordinaten::kein_bezug;
use super::plan::Plan;
use crate::error::{Error, Result};
use crate::fnp::objekt::Schwere;

impl Plan<'_> {
    /// End of the file.
    pub(super) fn schliesse(mut self) -> Result<Gelesen> {
        if let Some(erster) = self.wartend.objekte.first() {
            return Err(kein_bezug(erster.zeile));
        }
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
        let Some((mut kopf, _)) = self.kopf.take() else {
            return Err(Error::eingabe(if andere.is_empty() {
                "Die Datei enthält keinen Flächennutzungsplan (FP_Plan) und auch keinen anderen Plan. Bitte den Plan \
                 vollständig ausgeben lassen, mit FP_Plan und FP_Bereich."
                    .to_owned()
            } else {
                format!(
                    "Die Datei enthält keinen Flächennutzungsplan (FP_Plan), sondern {andere}. Hier werden nur \
                     Flächennutzungspläne übernommen; bitte die Datei des Flächennutzungsplans wählen."
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
            kopf.geltungsbereich.0.append(&mut self.bereich_flaeche.0);
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
        self.melde_rechtscharakter();
        if self.version == Some("4.0") {
            self.bericht.melde_datei(
                "version-4-0",
                Schwere::Hinweis,
                "XPlanGML 4.0 wird nach den Regeln von 4.1 gelesen, das dieselben Klassen des Flächennutzungsplans \
                 kennt. Bitte Zahlen und Codes mit dem Plan vergleichen."
                    .to_owned(),
            );
        }
        let nachtrag = self.zweck.schliesse(&mut self.bericht);
        let (klassen, befunde) = self.bericht.schliesse();
        Ok(Gelesen {
            kopf,
            klassen,
            befunde,
            nachtrag,
        })
    }
}
