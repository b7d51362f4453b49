//! The plan itself: `FP_Plan` → [`PlanKopf`].

use chrono::NaiveDate;

use super::baum::Element;
use crate::fnp::codeliste::{self, Bekannt, Version};
use crate::fnp::nutzung::Auffaelligkeit;
use crate::fnp::objekt::{PlanGemeinde, PlanKopf, Schwere};

/// Everything but the Geltungsbereich, and what was odd about it.
pub(super) fn lies(el: &Element, version: &str) -> (PlanKopf, Vec<Auffaelligkeit>) {
    let text = |name: &str| el.wert(name).map(str::to_owned);
    let mut bemerkungen = codes(el, version);
    let wirksam_am = el.wert("wirksamkeitsDatum").and_then(|wert| {
        // xs:date may carry a time zone: 2001-06-01Z, 2001-06-01+02:00.
        let datum = wert
            .get(..10)
            .and_then(|d| NaiveDate::parse_from_str(d, "%Y-%m-%d").ok());
        if datum.is_none() {
            bemerkungen.push(Auffaelligkeit {
                code: "wert-unlesbar",
                schwere: Schwere::Warnung,
                text: format!(
                    "Zeile {}: wirksamkeitsDatum = „{}“ ist kein Datum (JJJJ-MM-TT); es fehlt im Plan.",
                    el.zeile,
                    wert.chars().take(40).collect::<String>()
                ),
            });
        }
        datum
    });
    let gemeinden: Vec<PlanGemeinde> = el
        .kinder
        .iter()
        .filter(|k| k.name == "gemeinde")
        .filter_map(|k| k.kind("XP_Gemeinde"))
        .map(|g| PlanGemeinde {
            ags: g.wert("ags").map(str::to_owned),
            rs: g.wert("rs").map(str::to_owned),
            name: g.wert("gemeindeName").map(str::to_owned),
        })
        .collect();
    for g in &gemeinden {
        if let (Some(ags), Some(normiert)) = (&g.ags, g.ags_normiert())
            && *ags != normiert
        {
            bemerkungen.push(Auffaelligkeit {
                code: "ags-ohne-null",
                schwere: Schwere::Hinweis,
                text: format!(
                    "Der Gemeindeschlüssel (ags) {ags} hat seine führende Null verloren; der Regionalschlüssel (rs) \
                     sagt, dass {normiert} gemeint ist. Bitte im Plan berichtigen."
                ),
            });
        }
    }
    let kopf = PlanKopf {
        gml_id: el.attribut("id").map(str::to_owned),
        version: version.to_owned(),
        name: text("name"),
        nummer: text("nummer"),
        plan_art: text("planArt"),
        verfahren: text("verfahren"),
        rechtsstand: text("rechtsstand"),
        wirksam_am,
        gemeinden,
        geltungsbereich: geo_types::MultiPolygon::new(Vec::new()),
    };
    (kopf, bemerkungen)
}

/// Codes of the plan that its version does not know.
fn codes(el: &Element, version: &str) -> Vec<Auffaelligkeit> {
    let version = Version::aus(version);
    let mut liste = Vec::new();
    for attribut in ["planArt", "rechtsstand", "verfahren"] {
        let (Some(bekannt), Some(code)) =
            (codeliste::liste_von("FP_Plan", attribut), el.wert(attribut))
        else {
            continue;
        };
        let (slug, schwere, was) = match bekannt.kennt(code, version) {
            Bekannt::Ja(_) => continue,
            Bekannt::AndereVersion(c) => (
                "code-version",
                Schwere::Hinweis,
                format!("gibt es in dieser Version nicht ({})", c.name),
            ),
            Bekannt::Nein(_) => (
                "code-unbekannt",
                Schwere::Warnung,
                "steht nicht in der Codeliste".to_owned(),
            ),
        };
        liste.push(Auffaelligkeit {
            code: slug,
            schwere,
            text: format!(
                "FP_Plan.{attribut} = {} {was}; er wird wie geliefert übernommen. Bitte im Plan berichtigen.",
                code.chars().take(40).collect::<String>()
            ),
        });
    }
    liste
}
