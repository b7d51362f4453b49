//! The chart of an indicator as inline SVG: actual values, Soll path, forecast. The table
//! beside it says the same; kinds differ by line and mark, not by colour alone.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};

use super::{Kennzahl, Strecke, Wert};
use crate::strategie::zahl;

const BREITE: f64 = 640.0;
const HOEHE: f64 = 300.0;
/// Left, top, right, bottom.
const RAND: [f64; 4] = [86.0, 14.0, 20.0, 34.0];

/// The chart of one place; None when there is no value to show.
#[must_use]
pub fn svg(kennzahl: &Kennzahl, ortsteil: Option<&str>, heute: NaiveDate) -> Option<String> {
    let werte: Vec<&Wert> = kennzahl
        .werte
        .iter()
        .filter(|w| w.ortsteil.as_deref() == ortsteil)
        .collect();
    let tage = werte.iter().map(|w| w.stichtag).chain([heute]);
    let (erster, letzter) = (tage.clone().min()?, tage.max()?);
    if werte.is_empty() {
        return None;
    }
    let [unten, oben] = kennzahl.korridor.unwrap_or_default();
    let zahlen = || werte.iter().map(|w| w.wert).chain(unten).chain(oben);
    let bild = Bild {
        tage: (erster, letzter),
        achse: achse(
            zahlen().fold(f64::INFINITY, f64::min),
            zahlen().fold(f64::NEG_INFINITY, f64::max),
        ),
    };
    let mut t = format!(
        r#"<svg class="diagramm" viewBox="0 0 {BREITE} {HOEHE}" role="img" aria-label="Verlauf mit Soll-Pfad; die Werte stehen in der Tabelle darunter">"#
    );
    if let Some(korridor) = kennzahl.korridor {
        bild.korridor(&mut t, korridor);
    }
    bild.gitter(&mut t);
    bild.jahre(&mut t, heute);
    let pfad = kennzahl.pfad.iter();
    bild.pfad(&mut t, pfad.filter(|s| s.ortsteil.as_deref() == ortsteil));
    bild.linie(&mut t, &werte, "ist");
    bild.linie(&mut t, &werte, "prognose");
    for wert in &werte {
        bild.marke(&mut t, wert);
    }
    t.push_str("</svg>");
    Some(t)
}

/// What days and values are on paper.
struct Bild {
    /// First and last day.
    tage: (NaiveDate, NaiveDate),
    /// Lower end, upper end, step.
    achse: (f64, f64, f64),
}

impl Bild {
    fn x(&self, tag: NaiveDate) -> f64 {
        let ganz = ((self.tage.1 - self.tage.0).num_days() as f64).max(1.0);
        RAND[0] + (tag - self.tage.0).num_days() as f64 / ganz * (BREITE - RAND[0] - RAND[2])
    }

    fn y(&self, wert: f64) -> f64 {
        let (klein, gross, _) = self.achse;
        HOEHE - RAND[3] - (wert - klein) / (gross - klein) * (HOEHE - RAND[1] - RAND[3])
    }

    fn korridor(&self, t: &mut String, [unten, oben]: [Option<f64>; 2]) {
        let (klein, gross, _) = self.achse;
        let (o, u) = (
            self.y(oben.unwrap_or(gross)),
            self.y(unten.unwrap_or(klein)),
        );
        let _ = write!(
            t,
            r#"<rect x="{:.1}" y="{o:.1}" width="{:.1}" height="{:.1}" class="korridor"/>"#,
            RAND[0],
            BREITE - RAND[0] - RAND[2],
            (u - o).max(1.0)
        );
    }

    fn gitter(&self, t: &mut String) {
        let (klein, gross, schritt) = self.achse;
        let stellen = if schritt >= 1.0 { 0 } else { 2 };
        let mut marke = klein;
        while marke <= gross + schritt / 2.0 {
            let h = self.y(marke);
            let _ = write!(
                t,
                r#"<line x1="{:.1}" y1="{h:.1}" x2="{:.1}" y2="{h:.1}" class="gitter"/><text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
                RAND[0],
                BREITE - RAND[2],
                RAND[0] - 6.0,
                h + 4.0,
                zahl::dezimal(marke, stellen)
            );
            marke += schritt;
        }
    }

    /// Years below the axis, and the day of view.
    fn jahre(&self, t: &mut String, heute: NaiveDate) {
        let (erster, letzter) = self.tage;
        let abstand = ((letzter.year() - erster.year()) / 8 + 1).max(1);
        for jahr in (erster.year()..=letzter.year()).filter(|j| (j - erster.year()) % abstand == 0)
        {
            if let Some(tag) = NaiveDate::from_ymd_opt(jahr, 7, 1)
                && tag >= erster
                && tag <= letzter
            {
                let _ = write!(
                    t,
                    r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{jahr}</text>"#,
                    self.x(tag),
                    HOEHE - 8.0
                );
            }
        }
        if heute > erster && heute < letzter {
            let _ = write!(
                t,
                r#"<line x1="{0:.1}" y1="{1:.1}" x2="{0:.1}" y2="{2:.1}" class="heute"><title>Stichtag {3}</title></line>"#,
                self.x(heute),
                RAND[1],
                HOEHE - RAND[3],
                zahl::tag(heute)
            );
        }
    }

    fn pfad<'a>(&self, t: &mut String, strecken: impl Iterator<Item = &'a Strecke>) {
        for strecke in strecken {
            if let Some(bis_wert) = strecke.bis_wert {
                let _ = write!(
                    t,
                    r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" class="soll"/>"#,
                    self.x(strecke.von),
                    self.y(strecke.von_wert),
                    self.x(strecke.bis.unwrap_or(self.tage.1)),
                    self.y(bis_wert)
                );
            }
        }
    }

    fn linie(&self, t: &mut String, werte: &[&Wert], art: &str) {
        let punkte: Vec<String> = werte
            .iter()
            .filter(|w| w.art == art)
            .map(|w| format!("{:.1},{:.1}", self.x(w.stichtag), self.y(w.wert)))
            .collect();
        if punkte.len() > 1 {
            let _ = write!(
                t,
                r#"<polyline points="{}" class="{art}"/>"#,
                punkte.join(" ")
            );
        }
    }

    /// Circle: actual; square: basis and target; diamond: forecast.
    fn marke(&self, t: &mut String, w: &Wert) {
        let (px, py) = (self.x(w.stichtag), self.y(w.wert));
        let titel = format!(
            "<title>{}: {} ({})</title>",
            zahl::tag(w.stichtag),
            zahl::wert_oder(Some(w.wert), 2),
            w.art
        );
        let _ = match w.art.as_str() {
            "ist" => write!(
                t,
                r#"<circle cx="{px:.1}" cy="{py:.1}" r="4.5" class="marke-ist">{titel}</circle>"#
            ),
            "prognose" => write!(
                t,
                r#"<path d="M{px:.1} {:.1} l5 5 l-5 5 l-5 -5 z" class="marke-prognose">{titel}</path>"#,
                py - 5.0
            ),
            _ => write!(
                t,
                r#"<rect x="{:.1}" y="{:.1}" width="9" height="9" class="marke-soll">{titel}</rect>"#,
                px - 4.5,
                py - 4.5
            ),
        };
    }
}

/// Round ends and step of an axis of about five marks.
fn achse(klein: f64, gross: f64) -> (f64, f64, f64) {
    let spanne = if gross > klein {
        gross - klein
    } else {
        gross.abs().max(1.0)
    };
    let roh = spanne / 4.0;
    let zehner = 10f64.powf(roh.log10().floor());
    let schritt = [1.0, 2.0, 5.0, 10.0]
        .iter()
        .map(|n| n * zehner)
        .find(|s| *s >= roh)
        .unwrap_or(10.0 * zehner);
    let unten = (klein / schritt).floor() * schritt;
    let oben = (gross / schritt).ceil() * schritt;
    (
        unten,
        if oben > unten { oben } else { unten + schritt },
        schritt,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_hold_all_values_in_few_round_steps() {
        for (klein, gross) in [
            (0.0, 1.0),
            (4.2, 5.0),
            (-3.0, -3.0),
            (0.0, 0.0),
            (1e6, 3e6),
            (-0.02, 77.0),
        ] {
            let (unten, oben, schritt) = achse(klein, gross);
            assert!(
                unten <= klein && oben >= gross && oben > unten,
                "{klein} {gross}"
            );
            let marken = (oben - unten) / schritt;
            assert!(marken <= 7.0, "{klein} {gross}: {marken}");
        }
    }
}
