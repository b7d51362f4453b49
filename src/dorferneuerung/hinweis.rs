//! What somebody should look at in a village-renewal area: measures eligible but outside, inside
//! but no project, gaps in procedure and funding. Hints, not errors: the list never blocks.

use serde::Serialize;

use super::gebiet::Gebiet;
use crate::fnp::zahl::{dezimal, prozent};
use crate::haushalt::foerderung::Foerderzeile;
use crate::haushalt::pruefung;
use crate::strategie::massnahme::MassnahmeKurz;

/// Kinds of place with a shape of their own.
const MIT_FORM: [&str; 4] = ["punkt", "linie", "flaeche", "fnp_flaeche"];

/// A hint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hinweis {
    /// Key of the rule.
    pub regel: &'static str,
    /// Kennung of the measure it speaks of.
    pub massnahme: Option<String>,
    /// Title of the measure.
    pub titel: Option<String>,
    /// Sentence.
    pub text: String,
}

/// A measure funded like the area and a project of none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verwandt {
    /// Kennung.
    pub kennung: String,
    /// Title.
    pub titel: String,
    /// Programmes in common.
    pub programme: String,
}

/// What the rules look at besides the area itself.
#[derive(Debug, Clone, Default)]
pub struct Umstand<'a> {
    /// Key of the kind of area.
    pub typ: &'a str,
    /// Measures funded like it and a project of no area.
    pub verwandt: &'a [Verwandt],
    /// Its grants.
    pub foerderungen: &'a [Foerderzeile],
    /// Inhabitants up to which a place counts as a village.
    pub dorf_einwohner: f64,
}

/// All hints: measures first, then procedure and funding.
#[must_use]
pub fn hinweise(gebiet: &Gebiet, umstand: &Umstand<'_>) -> Vec<Hinweis> {
    let mut alle = massnahmen(gebiet, umstand.verwandt);
    alle.extend(verfahren(gebiet, umstand));
    alle.extend(
        pruefung::pruefe(&[], umstand.foerderungen, 0.0)
            .into_iter()
            .map(|befund| Hinweis {
                regel: befund.regel,
                massnahme: None,
                titel: None,
                text: befund.text,
            }),
    );
    alle
}

fn massnahmen(gebiet: &Gebiet, verwandt: &[Verwandt]) -> Vec<Hinweis> {
    let hinweis = |regel, m: &MassnahmeKurz, text| Hinweis {
        regel,
        massnahme: Some(m.kennung.clone()),
        titel: Some(m.titel.clone()),
        text,
    };
    let mut alle = Vec::new();
    for m in gebiet.massnahmen.iter().filter(|m| anteil(m) > 0.0) {
        let programme = verwandt.iter().find(|v| v.kennung == m.kennung);
        let teil = if anteil(m) > 0.9995 {
            "ganz".to_owned()
        } else {
            format!("zu {} %", prozent(anteil(m)))
        };
        alle.push(hinweis(
            "innen_kein_projekt",
            m,
            match programme {
                Some(v) => format!(
                    "Liegt {teil} im Gebiet und wird gefördert ({}), ist aber nicht als Projekt geführt.",
                    v.programme
                ),
                None => format!("Liegt {teil} im Gebiet, ist aber nicht als Projekt geführt."),
            },
        ));
    }
    for v in verwandt {
        if alle
            .iter()
            .any(|h| h.massnahme.as_deref() == Some(&v.kennung))
        {
            continue;
        }
        alle.push(Hinweis {
            regel: "aussen_foerderfaehig",
            massnahme: Some(v.kennung.clone()),
            titel: Some(v.titel.clone()),
            text: format!(
                "Wird aus demselben Programm gefördert ({}), liegt aber außerhalb des Gebiets und ist Projekt keines Gebiets.",
                v.programme
            ),
        });
    }
    for m in &gebiet.projekte {
        let mit_form = m
            .raumbezug
            .iter()
            .any(|art| MIT_FORM.contains(&art.as_str()));
        if mit_form && anteil(m) <= 0.0 {
            alle.push(hinweis(
                "projekt_aussen",
                m,
                "Ist Projekt des Gebiets, liegt aber ganz außerhalb.".to_owned(),
            ));
        } else if mit_form && anteil(m) < 0.5 {
            alle.push(hinweis(
                "projekt_aussen",
                m,
                format!(
                    "Ist Projekt des Gebiets, liegt aber nur zu {} % darin.",
                    prozent(anteil(m))
                ),
            ));
        } else if m.raumbezug.is_empty() {
            alle.push(hinweis(
                "projekt_ohne_ort",
                m,
                "Ist Projekt des Gebiets, hat aber noch keinen Ort.".to_owned(),
            ));
        }
    }
    alle
}

/// Part inside the area, 0..1; what is only named for the Ortsteil has none.
fn anteil(m: &MassnahmeKurz) -> f64 {
    m.anteil.unwrap_or(0.0)
}

fn verfahren(gebiet: &Gebiet, umstand: &Umstand<'_>) -> Vec<Hinweis> {
    let stand = gebiet.kurz.stand.schluessel.as_str();
    let ist = |staende: &[&str]| staende.contains(&stand);
    let dorf = umstand.typ == "dorferneuerung";
    let mut alle = Vec::new();
    let mut melde = |regel, text: String| {
        alle.push(Hinweis {
            regel,
            massnahme: None,
            titel: None,
            text,
        });
    };
    if gebiet.beantragt_am.is_none()
        && ist(&["beantragt", "angeordnet", "in_umsetzung", "abgelehnt"])
    {
        melde("ohne_datum", "Der Tag des Antrags fehlt.".into());
    }
    if dorf
        && gebiet.verfahren.as_deref() != Some("ohne")
        && gebiet.angeordnet_am.is_none()
        && ist(&["angeordnet", "in_umsetzung", "abgeschlossen"])
    {
        melde("ohne_datum", "Der Tag der Anordnung fehlt.".into());
    }
    if gebiet.abgeschlossen_am.is_none() && ist(&["abgeschlossen"]) {
        melde("ohne_datum", "Der Tag des Abschlusses fehlt.".into());
    }
    if dorf && gebiet.verfahren.is_none() && !ist(&["idee", "abgelehnt"]) {
        melde(
            "ohne_verfahren",
            "Das Verfahren ist nicht angegeben (einfach, umfassend oder ohne).".into(),
        );
    }
    if gebiet.projekte.is_empty() {
        melde(
            "ohne_projekt",
            "Noch keine Maßnahme ist Projekt des Gebiets.".into(),
        );
    }
    if umstand.foerderungen.is_empty() && !ist(&["idee", "abgelehnt"]) {
        melde(
            "ohne_foerderung",
            "Für das Gebiet ist kein Förderprogramm angegeben.".into(),
        );
    }
    if dorf
        && let Some(e) = &gebiet.einwohner
        && e.anzahl > umstand.dorf_einwohner
    {
        melde(
            "groesser_als_dorf",
            format!(
                "Der Ortsteil {} hat {} Einwohner; Dorferneuerung gilt in der Regel Orten bis {} (DorfR).",
                e.ortsteil.name,
                dezimal(e.anzahl, 0),
                dezimal(umstand.dorf_einwohner, 0)
            ),
        );
    }
    alle
}
