//! Money of all measures, grouped; every sum is computed from the parts it shows.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::aufteilung::teile;

/// What money is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nach {
    /// By share of the measure in each Ortsteil.
    Ortsteil,
    /// By the Handlungsfeld of the main goal.
    Handlungsfeld,
    /// By the main goal.
    Ziel,
    /// By SDG; a measure stands with each it serves.
    Sdg,
    /// By year.
    Jahr,
    /// By product of the budget.
    Produkt,
}

impl Nach {
    /// All, in the order of the choice.
    pub const ALLE: [Self; 6] = [
        Self::Ortsteil,
        Self::Handlungsfeld,
        Self::Ziel,
        Self::Sdg,
        Self::Jahr,
        Self::Produkt,
    ];

    /// Key and title.
    #[must_use]
    pub fn worte(self) -> (&'static str, &'static str) {
        match self {
            Self::Ortsteil => ("ortsteil", "Ortsteil"),
            Self::Handlungsfeld => ("handlungsfeld", "Handlungsfeld"),
            Self::Ziel => ("ziel", "Ziel"),
            Self::Sdg => ("sdg", "Nachhaltigkeitsziel (SDG)"),
            Self::Jahr => ("jahr", "Jahr"),
            Self::Produkt => ("produkt", "Produkt"),
        }
    }

    /// How a measure comes to a group, in one sentence for the reader.
    #[must_use]
    pub fn regel(self) -> &'static str {
        match self {
            Self::Ortsteil => {
                "Beträge nach dem Anteil der Maßnahme im Ortsteil, auf den Cent verteilt. Maßnahmen der Gesamtstadt, solche für mehrere Ortsteile ohne genauen Ort und nicht verortete stehen eigens; die Zeilen ergeben die Summe."
            }
            Self::Handlungsfeld | Self::Ziel => {
                "Jede Maßnahme zählt einmal, bei ihrem Hauptziel; ist keines benannt, beim Ziel mit dem stärksten fördernden Beitrag. Unter „auch“ stehen die Kosten der Maßnahmen, die außerdem beitragen; sie zählen hier nicht mit."
            }
            Self::Sdg => {
                "Eine Maßnahme steht mit vollem Betrag bei jedem Nachhaltigkeitsziel, dem sie dient. Die Zeilen ergeben zusammen nicht die Summe."
            }
            Self::Jahr => {
                "Je Jahr das Ergebnis, sonst Nachtrag, sonst Ansatz, sonst Finanzplan, sonst eine Schätzung für das Jahr. „Keinem Jahr zugeordnet“ ist der Unterschied zu den Gesamtbeträgen; er ist negativ, wo die Jahre mehr ergeben als die Schätzung."
            }
            Self::Produkt => {
                "Jede Maßnahme zählt einmal, bei ihrem Produkt. Eigene Ansätze der Produkte sind nicht enthalten."
            }
        }
    }
}

/// Amounts in EUR cents; None is unknown, not 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Betraege {
    /// Costs.
    pub kosten_ct: Option<i64>,
    /// Funding.
    pub foerderung_ct: Option<i64>,
    /// Kosten − Förderung; None without costs.
    pub eigenanteil_ct: Option<i64>,
    /// Earnings.
    pub ertrag_ct: Option<i64>,
    /// Costs that follow, of one year.
    pub folgekosten_ct: Option<i64>,
}

impl Betraege {
    /// From what is known; the own share follows.
    #[must_use]
    pub fn neu(
        kosten_ct: Option<i64>,
        foerderung_ct: Option<i64>,
        ertrag_ct: Option<i64>,
        folgekosten_ct: Option<i64>,
    ) -> Self {
        Self {
            kosten_ct,
            foerderung_ct,
            eigenanteil_ct: kosten_ct.map(|kosten| kosten - foerderung_ct.unwrap_or(0)),
            ertrag_ct,
            folgekosten_ct,
        }
    }

    /// Adds column by column; unknown plus known is known.
    #[must_use]
    pub fn plus(self, andere: Self) -> Self {
        let plus = |a: Option<i64>, b: Option<i64>| match (a, b) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(0) + b.unwrap_or(0)),
        };
        Self {
            kosten_ct: plus(self.kosten_ct, andere.kosten_ct),
            foerderung_ct: plus(self.foerderung_ct, andere.foerderung_ct),
            eigenanteil_ct: plus(self.eigenanteil_ct, andere.eigenanteil_ct),
            ertrag_ct: plus(self.ertrag_ct, andere.ertrag_ct),
            folgekosten_ct: plus(self.folgekosten_ct, andere.folgekosten_ct),
        }
    }

    /// What is left of `self` when the others are taken away; nothing left is None.
    #[must_use]
    fn minus(self, andere: Self) -> Self {
        let minus = |a: Option<i64>, b: Option<i64>| {
            Some(a.unwrap_or(0) - b.unwrap_or(0)).filter(|rest| *rest != 0)
        };
        let kosten = minus(self.kosten_ct, andere.kosten_ct);
        let foerderung = minus(self.foerderung_ct, andere.foerderung_ct);
        Self {
            eigenanteil_ct: minus(self.eigenanteil_ct, andere.eigenanteil_ct),
            kosten_ct: kosten,
            foerderung_ct: foerderung,
            ertrag_ct: minus(self.ertrag_ct, andere.ertrag_ct),
            folgekosten_ct: None,
        }
    }

    /// True when nothing is known.
    #[must_use]
    pub fn leer(&self) -> bool {
        *self == Self::default()
    }

    /// The parts by share; the last is what no share names.
    fn teile(self, anteile: &[f64]) -> Vec<Self> {
        let spalte = |wert: Option<i64>| wert.map(|ct| teile(ct, anteile));
        let (kosten, foerderung, ertrag, folge) = (
            spalte(self.kosten_ct),
            spalte(self.foerderung_ct),
            spalte(self.ertrag_ct),
            spalte(self.folgekosten_ct),
        );
        (0..=anteile.len())
            .map(|n| {
                let an = |spalte: &Option<Vec<i64>>| spalte.as_ref().map(|teile| teile[n]);
                Self::neu(an(&kosten), an(&foerderung), an(&ertrag), an(&folge))
            })
            .collect()
    }
}

/// A measure with its money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posten {
    /// Internal number.
    #[serde(skip)]
    pub id: Uuid,
    /// Kennung of the measure.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// Its money: in total, or of the year asked for.
    #[serde(flatten)]
    pub betraege: Betraege,
    /// Where the costs come from: `kostenschaetzung`, `jahre`, or plan stages of the year.
    pub kosten_aus: Option<String>,
    /// Where the funding comes from.
    pub foerderung_aus: Option<String>,
    /// Day of the newest figure.
    pub stand: Option<NaiveDate>,
    /// Why it does not count: rejected, merged, replaced.
    pub entfallen: Option<String>,
}

/// A group before any money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kopf {
    /// Key: kennung, number, year; own keys of ours begin with `_`.
    pub schluessel: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
}

impl Kopf {
    /// One of ours.
    #[must_use]
    pub fn eigen(schluessel: &str, titel: &str) -> Self {
        Self {
            schluessel: schluessel.to_owned(),
            nummer: None,
            titel: titel.to_owned(),
        }
    }
}

/// How a measure belongs to a group.
#[derive(Debug, Clone, PartialEq)]
pub enum Bezug {
    /// With this share, 0..1.
    Anteil(f64),
    /// Its whole amount counts here.
    Ganz,
    /// It also serves this group; not counted.
    Auch,
    /// These amounts of it (a year).
    Betrag(Betraege),
}

/// Measure × group.
#[derive(Debug, Clone, PartialEq)]
pub struct Zuordnung {
    /// Measure.
    pub massnahme: Uuid,
    /// Key of the group.
    pub gruppe: String,
    /// How.
    pub bezug: Bezug,
}

/// One line of a Rechenweg: a measure's money in one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Teil {
    /// Key of the group.
    pub gruppe: String,
    /// Kennung of the measure.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// Share in the group, 0..1, where shares are used.
    pub anteil: Option<f64>,
    /// Costs of the whole measure.
    pub gesamt_ct: Option<i64>,
    /// Money in this group.
    #[serde(flatten)]
    pub betraege: Betraege,
    /// False: it also serves the group, but counts elsewhere.
    pub zaehlt: bool,
    /// Where the costs come from.
    pub kosten_aus: Option<String>,
    /// Where the funding comes from.
    pub foerderung_aus: Option<String>,
    /// Day of the newest figure.
    pub stand: Option<NaiveDate>,
}

/// A group with its money.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gruppe {
    /// Key.
    pub schluessel: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// Measures that count here, also those without money.
    pub massnahmen: usize,
    /// Of these, with costs.
    pub mit_kosten: usize,
    /// Sum of the parts.
    #[serde(flatten)]
    pub betraege: Betraege,
    /// Measures that also serve it and count elsewhere.
    pub auch_massnahmen: usize,
    /// Their costs.
    pub auch_kosten_ct: Option<i64>,
    /// Day of the newest figure.
    pub stand: Option<NaiveDate>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Auswertung {
    /// Grouped by.
    pub nach: Nach,
    /// Only this year.
    pub jahr: Option<i32>,
    /// Day of view.
    pub stichtag: NaiveDate,
    /// The groups add up to the sum.
    pub addierbar: bool,
    /// Groups in their order, ours last.
    pub gruppen: Vec<Gruppe>,
    /// All measures, each once.
    pub summe: Gruppe,
    /// Rejected, merged or replaced measures: they count nowhere.
    pub entfallen: Vec<Posten>,
    /// Measure × group, the lines behind every figure.
    #[serde(skip)]
    pub teile: Vec<Teil>,
}

/// Groups the money of measures.
#[must_use]
pub fn werte_aus(
    nach: Nach,
    jahr: Option<i32>,
    stichtag: NaiveDate,
    posten: Vec<Posten>,
    koepfe: &[Kopf],
    zuordnungen: Vec<Zuordnung>,
) -> Auswertung {
    let (entfallen, posten): (Vec<_>, Vec<_>) =
        posten.into_iter().partition(|p| p.entfallen.is_some());
    let mut je_massnahme: BTreeMap<Uuid, Vec<Zuordnung>> = BTreeMap::new();
    for zuordnung in zuordnungen {
        je_massnahme
            .entry(zuordnung.massnahme)
            .or_default()
            .push(zuordnung);
    }
    let mut teile = Vec::new();
    for p in &posten {
        teile.extend(verteile(
            nach,
            p,
            &je_massnahme.remove(&p.id).unwrap_or_default(),
        ));
    }
    let gruppen: Vec<Gruppe> = koepfe
        .iter()
        .map(|kopf| gruppe(kopf, teile.iter().filter(|t| t.gruppe == kopf.schluessel)))
        // Groups of ours appear only when something is in them.
        .filter(|g| !g.schluessel.starts_with('_') || g.massnahmen > 0)
        .collect();
    let mut summe = summe(&posten);
    if nach == Nach::Jahr {
        // Costs that come back every year have no sum over years.
        summe.betraege.folgekosten_ct = None;
    }
    Auswertung {
        nach,
        jahr,
        stichtag,
        addierbar: nach != Nach::Sdg,
        gruppen,
        summe,
        entfallen,
        teile,
    }
}

/// The parts of one measure; together they are its money, except where it counts in several groups.
fn verteile(nach: Nach, p: &Posten, zuordnungen: &[Zuordnung]) -> Vec<Teil> {
    let teil = |gruppe: &str, anteil, betraege, zaehlt| Teil {
        gruppe: gruppe.to_owned(),
        kennung: p.kennung.clone(),
        nummer: p.nummer.clone(),
        titel: p.titel.clone(),
        anteil,
        gesamt_ct: p.betraege.kosten_ct,
        betraege,
        zaehlt,
        kosten_aus: p.kosten_aus.clone(),
        foerderung_aus: p.foerderung_aus.clone(),
        stand: p.stand,
    };
    let anteile: Vec<(&str, f64)> = zuordnungen
        .iter()
        .filter_map(|z| match z.bezug {
            Bezug::Anteil(anteil) => Some((z.gruppe.as_str(), anteil)),
            _ => None,
        })
        .collect();
    let mut ergebnis = Vec::new();
    if !anteile.is_empty() {
        let werte: Vec<f64> = anteile.iter().map(|(_, anteil)| *anteil).collect();
        let mut betraege = p.betraege.teile(&werte);
        let rest = betraege.pop().unwrap_or_default();
        for ((gruppe, anteil), betraege) in anteile.iter().zip(betraege) {
            ergebnis.push(teil(gruppe, Some(*anteil), betraege, true));
        }
        let uebrig = 1.0 - werte.iter().sum::<f64>();
        if uebrig > 1e-6 {
            ergebnis.push(teil("_nicht_verortet", Some(uebrig), rest, true));
        }
        return ergebnis;
    }
    let mut zugeteilt = Betraege::default();
    for z in zuordnungen {
        match &z.bezug {
            Bezug::Ganz => ergebnis.push(teil(&z.gruppe, None, p.betraege, true)),
            Bezug::Auch => ergebnis.push(teil(&z.gruppe, None, p.betraege, false)),
            Bezug::Betrag(betraege) => {
                zugeteilt = zugeteilt.plus(*betraege);
                ergebnis.push(teil(&z.gruppe, None, *betraege, true));
            }
            Bezug::Anteil(_) => {}
        }
    }
    let rest = match nach {
        Nach::Jahr => {
            let offen = p.betraege.minus(zugeteilt);
            if !offen.leer() {
                ergebnis.push(teil("_ohne_jahr", None, offen, true));
            }
            return ergebnis;
        }
        Nach::Ortsteil => "_nicht_verortet",
        _ => "_ohne",
    };
    if !ergebnis.iter().any(|t| t.zaehlt) {
        ergebnis.push(teil(rest, None, p.betraege, true));
    }
    ergebnis
}

fn gruppe<'a>(kopf: &Kopf, teile: impl Iterator<Item = &'a Teil>) -> Gruppe {
    let mut g = Gruppe {
        schluessel: kopf.schluessel.clone(),
        nummer: kopf.nummer.clone(),
        titel: kopf.titel.clone(),
        massnahmen: 0,
        mit_kosten: 0,
        betraege: Betraege::default(),
        auch_massnahmen: 0,
        auch_kosten_ct: None,
        stand: None,
    };
    for t in teile {
        if t.zaehlt {
            g.massnahmen += 1;
            g.mit_kosten += usize::from(t.betraege.kosten_ct.is_some());
            g.betraege = g.betraege.plus(t.betraege);
            g.stand = g.stand.max(t.stand);
        } else {
            g.auch_massnahmen += 1;
            if let Some(ct) = t.betraege.kosten_ct {
                g.auch_kosten_ct = Some(g.auch_kosten_ct.unwrap_or(0) + ct);
            }
        }
    }
    g
}

fn summe(posten: &[Posten]) -> Gruppe {
    Gruppe {
        schluessel: "_summe".to_owned(),
        nummer: None,
        titel: "Summe".to_owned(),
        massnahmen: posten.len(),
        mit_kosten: posten
            .iter()
            .filter(|p| p.betraege.kosten_ct.is_some())
            .count(),
        betraege: posten
            .iter()
            .fold(Betraege::default(), |summe, p| summe.plus(p.betraege)),
        auch_massnahmen: 0,
        auch_kosten_ct: None,
        stand: posten.iter().filter_map(|p| p.stand).max(),
    }
}
