//! The inhabitants behind a trend as a table: counts and forecast, or age groups, per Ortsteil.

use askama::Template;

use crate::error::{Error, Result};
use crate::fnp::zahl::{dezimal, prozent};
use crate::gemeinde::bevoelkerung::{Bevoelkerung, Reihe};
use crate::gemeinde::einwohner::{Stichtag, spanne, titel};
use crate::strategie::zahl::{LEER, abweichung, tag};

/// A cell: figure, and what stands small below it.
type Zelle = (String, String);

#[derive(Template)]
#[template(path = "strategie/templates/trend_einwohner.html")]
struct Tafel {
    wurzel: String,
    ueberschrift: &'static str,
    spalten: Vec<String>,
    /// Town first: address of the Ortsteil, name, cells.
    zeilen: Vec<(Option<String>, String, Vec<Zelle>)>,
    ohne_zahlen: String,
    quellen: String,
    rechenweg: &'static str,
}

/// The table as HTML: age groups as shares, or all inhabitants.
pub fn tafel(b: &Bevoelkerung, altersgruppen: bool, wurzel: &str) -> Result<String> {
    let reihen = || std::iter::once(&b.stadt).chain(&b.ortsteile);
    let (spalten, zellen): (Vec<String>, Vec<Vec<Zelle>>) = if altersgruppen {
        let mut gruppen: Vec<&str> = reihen()
            .filter_map(|r| r.werte.neueste.as_ref())
            .flat_map(|s| s.altersgruppen.iter().map(|g| g.altersgruppe.as_str()))
            .collect();
        gruppen.sort_by_key(|gruppe| spanne(gruppe));
        gruppen.dedup();
        let titel = gruppen.iter().map(|g| titel(g)).collect();
        (titel, reihen().map(|r| anteile(r, &gruppen)).collect())
    } else {
        let mut varianten: Vec<Option<&str>> = reihen()
            .flat_map(|r| r.werte.prognose.iter().map(|p| p.variante.as_deref()))
            .collect();
        varianten.sort_unstable();
        varianten.dedup();
        let kopf = ["zuerst gezählt", "zuletzt gezählt"].map(str::to_owned);
        let prognosen = varianten.iter().map(|v| match v {
            Some(v) => format!("Prognose, {v}"),
            None => "Prognose".to_owned(),
        });
        let spalten = kopf.into_iter().chain(prognosen).collect();
        (spalten, reihen().map(|r| zahlen(r, &varianten)).collect())
    };
    let mut quellen: Vec<String> = reihen()
        .flat_map(|r| r.werte.alle())
        .filter_map(|s| s.quelle)
        .flat_map(|q| q.split("; ").map(str::to_owned).collect::<Vec<_>>())
        .collect();
    quellen.sort_unstable();
    quellen.dedup();
    let tafel = Tafel {
        wurzel: wurzel.to_owned(),
        ueberschrift: if altersgruppen {
            "Altersgruppen je Ortsteil: zuletzt gezählt → Prognose"
        } else {
            "Einwohner je Ortsteil"
        },
        spalten,
        zeilen: reihen()
            .zip(zellen)
            .map(|(r, zellen)| (r.kennung.clone(), r.name.clone(), zellen))
            .collect(),
        ohne_zahlen: b.ohne_zahlen.join(", "),
        quellen: quellen.join("; "),
        rechenweg: b.rechenweg,
    };
    tafel.render().map_err(Error::intern)
}

fn zahlen(reihe: &Reihe, varianten: &[Option<&str>]) -> Vec<Zelle> {
    let w = &reihe.werte;
    let neueste = w.neueste.as_ref();
    let zelle = |s: Option<&Stichtag>, gegen: Option<&Stichtag>| -> Zelle {
        let Some(s) = s else {
            return (LEER.to_owned(), String::new());
        };
        let klein = match gegen.filter(|g| g.gesamt > 0.0 && g.stichtag != s.stichtag) {
            Some(g) => format!(
                "{}, {} seit {}",
                tag(s.stichtag),
                abweichung(Some(s.gesamt / g.gesamt - 1.0)),
                tag(g.stichtag)
            ),
            None => tag(s.stichtag),
        };
        (dezimal(s.gesamt, 0), klein)
    };
    let erste = w.erste.as_ref();
    let mut zellen = vec![zelle(erste, None), zelle(neueste, erste)];
    zellen.extend(varianten.iter().map(|v| {
        let prognose = w.prognose.iter().find(|p| p.variante.as_deref() == *v);
        zelle(prognose, neueste)
    }));
    zellen
}

fn anteile(reihe: &Reihe, gruppen: &[&str]) -> Vec<Zelle> {
    let w = &reihe.werte;
    let anteil = |s: &Stichtag, gruppe: &str| {
        let anzahl = s.von(gruppe)?;
        (s.gesamt > 0.0).then(|| format!("{} %", prozent(anzahl / s.gesamt)))
    };
    gruppen
        .iter()
        .map(|gruppe| {
            let gezaehlt = w
                .neueste
                .as_ref()
                .and_then(|s| Some((anteil(s, gruppe)?, tag(s.stichtag))));
            let prognosen: Vec<String> = w
                .prognose
                .iter()
                .filter_map(|p| {
                    let variante = p.variante.as_deref().unwrap_or("Prognose");
                    Some(format!(
                        "→ {} ({variante} {})",
                        anteil(p, gruppe)?,
                        tag(p.stichtag)
                    ))
                })
                .collect();
            match gezaehlt {
                Some((zahl, am)) => (zahl, [vec![am], prognosen].concat().join("; ")),
                None => (LEER.to_owned(), prognosen.join("; ")),
            }
        })
        .collect()
}
