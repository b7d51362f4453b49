//! The frame of a file: root, `FP_Plan`, `FP_Bereich`, and what is noted at the end.

use super::bericht::{Art, Bericht};
use super::geometrie;
use super::kennung::{self, Kennungen};
use super::schema::Version;
use crate::error::Result;
use crate::export::store::Kopf;
use crate::fnp::plan::Stand;
use crate::gml::xml::Xml;

const AUSZUG: &str = "xplan:XPlanAuszug";
const BEREICH: &str = "xplan:FP_Bereich";

fn plan_id(plan: &Kopf) -> String {
    kennung::aus(&format!("plan {}", plan.kennung))
}

/// gml:id of the one Bereich of a plan.
pub(super) fn bereich_id(plan: &Kopf) -> String {
    kennung::aus(&format!("bereich {}", plan.kennung))
}

/// Declaration and root.
pub(super) fn anfang(xml: &mut Xml, plan: &Kopf, version: Version) {
    xml.text
        .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml.bemerkung(&format!(
        "Plan {} (Stand der Daten: {}), ausgegeben von Zielraum",
        plan.kennung,
        crate::ortszeit::tag(&plan.eingelesen_am)
    ));
    let namensraum = version.namensraum();
    let schema = format!(
        "{namensraum} https://repository.gdi-de.org/schemas/de.xleitstelle.xplanung/{}/XPlanung-Operationen.xsd",
        version.name()
    );
    let id = kennung::aus(&format!("auszug {}", plan.kennung));
    xml.anfang(
        AUSZUG,
        &[
            ("xmlns:xplan", namensraum),
            ("xmlns:gml", "http://www.opengis.net/gml/3.2"),
            ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", &schema),
            ("gml:id", &id),
        ],
    );
}

/// The Bereich between its beginning and its end.
#[derive(Debug)]
pub(super) struct Bereich {
    id: String,
    plan: String,
}

/// `FP_Plan`.
pub(super) fn plan(
    xml: &mut Xml,
    plan: &Kopf,
    gemeinden: &[(String, Option<String>)],
    version: Version,
    bericht: &mut Bericht,
) -> Result<Bereich> {
    let (id, bereich) = (plan_id(plan), bereich_id(plan));
    let rechtsstand = rechtsstand(plan);
    xml.anfang("gml:featureMember", &[]);
    xml.anfang("xplan:FP_Plan", &[("gml:id", &id)]);
    let typ = version.schema().typ("FP_Plan");
    for merkmal in typ.iter().flat_map(|typ| &typ.merkmale) {
        let name = format!("xplan:{}", merkmal.name);
        let mut blatt = |wert: Option<&str>| {
            if let Some(wert) = wert {
                xml.blatt(&name, &[], wert);
            }
        };
        match merkmal.name {
            "name" => blatt(Some(&plan.name)),
            "nummer" => blatt(plan.nummer.as_deref()),
            "planArt" => {
                if plan.plan_art.is_none() {
                    bericht.melde(Art::Pflicht, "FP_Plan.planArt = 1000".to_owned());
                }
                blatt(Some(plan.plan_art.as_deref().unwrap_or("1000")));
            }
            "verfahren" => blatt(plan.verfahren.as_deref()),
            "rechtsstand" => blatt(rechtsstand),
            "wirksamkeitsDatum" => {
                let tag = plan.wirksam_ab.map(|tag| tag.to_string());
                blatt(tag.as_deref());
            }
            "raeumlicherGeltungsbereich" => match &plan.geom {
                Some(geom) => {
                    xml.anfang(&name, &[]);
                    geometrie::schreibe(xml, &geom.geometry, &mut Kennungen::neu(&id))?;
                    xml.ende(&name);
                }
                None => bericht.melde(
                    Art::Pflicht,
                    "FP_Plan.raeumlicherGeltungsbereich fehlt: der Plan hat keinen".to_owned(),
                ),
            },
            "gemeinde" => {
                if gemeinden.is_empty() {
                    bericht.melde(
                        Art::Pflicht,
                        "FP_Plan.gemeinde leer: der Plan nennt keine".to_owned(),
                    );
                    xml.anfang(&name, &[]);
                    xml.leer("xplan:XP_Gemeinde", &[]);
                    xml.ende(&name);
                }
                for (gemeinde, ags) in gemeinden {
                    xml.anfang(&name, &[]);
                    xml.anfang("xplan:XP_Gemeinde", &[]);
                    if let Some(ags) = ags {
                        xml.blatt("xplan:ags", &[], ags);
                    }
                    xml.blatt("xplan:gemeindeName", &[], gemeinde);
                    xml.ende("xplan:XP_Gemeinde");
                    xml.ende(&name);
                }
            }
            "bereich" => xml.leer(&name, &[("xlink:href", &format!("#{bereich}"))]),
            _ => {}
        }
    }
    xml.ende("xplan:FP_Plan");
    xml.ende("gml:featureMember");
    Ok(Bereich {
        id: bereich,
        plan: id,
    })
}

/// The code of the state the plan has here: an import may have been told another one than
/// its file's (`--stand`), and a plan may have been superseded since.
fn rechtsstand(plan: &Kopf) -> Option<&str> {
    let code = plan.rechtsstand_code.as_deref();
    if Stand::aus_rechtsstand(code).schluessel() == plan.stand {
        return code;
    }
    Some(match plan.stand.as_str() {
        "wirksam" => "4000",
        "frueher" => "5000",
        _ => "2000",
    })
}

/// `FP_Bereich` up to its contents.
pub(super) fn bereich_anfang(xml: &mut Xml, bereich: &Bereich) {
    xml.anfang("gml:featureMember", &[]);
    xml.anfang(BEREICH, &[("gml:id", &bereich.id)]);
    xml.blatt("xplan:nummer", &[], "0");
}

/// Its end.
pub(super) fn bereich_ende(xml: &mut Xml, bereich: &Bereich) {
    let plan = format!("#{}", bereich.plan);
    xml.leer("xplan:gehoertZuPlan", &[("xlink:href", &plan)]);
    xml.ende(BEREICH);
    xml.ende("gml:featureMember");
}

/// The end of the file.
pub(super) fn ende(xml: &mut Xml, bericht: &Bericht) {
    xml.bemerkung(&bericht.text());
    xml.ende(AUSZUG);
    xml.text.push('\n');
}
