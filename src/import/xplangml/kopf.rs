//! The plan itself: `FP_Plan` → [`PlanKopf`].

use chrono::NaiveDate;

use super::baum::Element;
use crate::fnp::objekt::{PlanGemeinde, PlanKopf};

/// Everything but the Geltungsbereich; remarks are German sentences.
pub(super) fn lies(el: &Element, version: &str) -> (PlanKopf, Vec<String>) {
    let text = |name: &str| el.wert(name).map(str::to_owned);
    let mut bemerkungen = Vec::new();
    let wirksam_am = el.wert("wirksamkeitsDatum").and_then(|wert| {
        // xs:date may carry a time zone: 2001-06-01Z, 2001-06-01+02:00.
        let datum = wert
            .get(..10)
            .and_then(|d| NaiveDate::parse_from_str(d, "%Y-%m-%d").ok());
        if datum.is_none() {
            bemerkungen.push(format!(
                "Zeile {}: wirksamkeitsDatum = „{}“ ist kein Datum (JJJJ-MM-TT); es fehlt im Plan.",
                el.zeile,
                wert.chars().take(40).collect::<String>()
            ));
        }
        datum
    });
    let gemeinden = el
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
