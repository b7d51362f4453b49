//! The document of a project: tree, layers, bookmarks, themes, layout, all in one XML file;
//! and layer definitions, which are a tree and its layers alone.

use super::beilage::Beilagen;
use super::hintergrund::Hintergrund;
use super::quelle::Quellen;
use super::store::{Kasten, Ort};
use super::umfang::{Ebene, Gruppe, Umfang};
use super::{baum, ebene, kartendienst, layout};
use crate::layers::stil::element::Element;
use crate::layers::stil::qml;

/// The map theme with what a project shows first; the print layout draws it.
pub const THEMA_PLAN: &str = "Plan";

/// The `.qgs` file.
#[must_use]
pub fn dokument(basis: &Quellen<'_>, umfang: &Umfang) -> String {
    mit_beilagen(basis, umfang, &Beilagen::default())
}

/// The `.qgs` file of a project with tables and relations.
#[must_use]
pub fn mit_beilagen(basis: &Quellen<'_>, umfang: &Umfang, beilagen: &Beilagen) -> String {
    let hintergrund = (!basis.ist_datei())
        .then(|| Hintergrund::von(umfang))
        .flatten();
    let ebenen = umfang.alle();
    let mut layers =
        Element::neu("projectlayers").kinder(ebenen.iter().map(|e| ebene::maplayer(basis, e)));
    if let Some(hintergrund) = &hintergrund {
        layers = layers.kind(hintergrund.maplayer(basis));
    }
    layers = layers.kinder(beilagen.maplayers(basis));
    let baum =
        baum::wurzel(basis, &umfang.gruppen, hintergrund.as_ref()).kinder(beilagen.gruppe(basis));
    Element::neu("qgis")
        .a("version", qml::FASSUNG)
        .a("projectname", &umfang.titel)
        .kind(Element::neu("homePath").a("path", ""))
        .kind(Element::neu("title").text(&umfang.titel))
        .kind(Element::neu("evaluateDefaultValues").a("active", "0"))
        // Nobody counts a remote layer at every start to know its extent.
        .kind(Element::neu("trust").a("active", "0"))
        .kind(Element::neu("projectCrs").kind(ebene::system(ebene::METER)))
        .kind(baum)
        .kind(leinwand(umfang.kasten))
        .kind(layers)
        .kind(
            Element::neu("layerorder").kinder(
                ebenen
                    .iter()
                    .map(|e| Element::neu("layer").a("id", e.layer_id())),
            ),
        )
        .kind(beilagen.beziehungen())
        .kind(eigenschaften(basis, umfang))
        .kind(themen(umfang, hintergrund.as_ref()))
        .kind(angaben(basis, umfang))
        .kind(Element::neu("Layouts").kind(layout::a3(basis, umfang)))
        .kind(lesezeichen(umfang))
        .kind(
            Element::neu("ProjectViewSettings")
                .alle(&[("UseProjectScales", "1"), ("rotation", "0")])
                .kind(
                    Element::neu("Scales").kinder(
                        layout::MASSSTAEBE
                            .iter()
                            .rev()
                            .map(|m| Element::neu("Scale").a("Value", m)),
                    ),
                )
                .kind(ausdehnung("DefaultViewExtent", umfang.kasten))
                .kind(ausdehnung("PresetFullExtent", umfang.kasten)),
        )
        .dokument(qml::KOPF)
}

/// A layer definition of these groups.
#[must_use]
pub fn definition_der_gruppe(basis: &Quellen<'_>, gruppe: &Gruppe) -> String {
    let baum = Element::neu("layer-tree-group")
        .alle(&[("name", ""), ("checked", "Qt::Checked"), ("expanded", "1")])
        .kind(baum::gruppe(basis, gruppe));
    definition(basis, baum, &gruppe.alle())
}

/// A layer definition of one layer.
#[must_use]
pub fn definition_der_ebene(basis: &Quellen<'_>, ebene: &Ebene) -> String {
    let baum = Element::neu("layer-tree-group")
        .alle(&[("name", ""), ("checked", "Qt::Checked"), ("expanded", "1")])
        .kind(baum::ebene(basis, ebene));
    definition(basis, baum, &[ebene])
}

fn definition(basis: &Quellen<'_>, baum: Element, ebenen: &[&Ebene]) -> String {
    let layers = ebenen.iter().map(|e| ebene::maplayer(basis, e));
    Element::neu("qlr")
        .kind(baum)
        .kind(Element::neu("maplayers").kinder(layers))
        .dokument("<!DOCTYPE qgis-layer-definition>\n")
}

fn ausdehnung(name: &'static str, [w, s, e, n]: Kasten) -> Element {
    Element::neu(name)
        .a("xmin", w)
        .a("ymin", s)
        .a("xmax", e)
        .a("ymax", n)
        .kind(ebene::system(ebene::METER))
}

fn leinwand([w, s, e, n]: Kasten) -> Element {
    let zahl = |name: &'static str, wert: f64| Element::neu(name).text(wert);
    Element::neu("mapcanvas")
        .a("name", "theMapCanvas")
        .kind(Element::neu("units").text("meters"))
        .kind(Element::neu("extent").kinder([
            zahl("xmin", w),
            zahl("ymin", s),
            zahl("xmax", e),
            zahl("ymax", n),
        ]))
        .kind(Element::neu("rotation").text(0))
        .kind(Element::neu("destinationsrs").kind(ebene::system(ebene::METER)))
}

/// Ellipsoid, units, and what the layout and expressions can ask for.
fn eigenschaften(basis: &Quellen<'_>, umfang: &Umfang) -> Element {
    let wert = |name: &'static str, typ: &'static str, wert: &str| {
        Element::neu(name).a("type", typ).text(wert)
    };
    let liste = |name: &'static str, werte: &[&str]| {
        Element::neu(name)
            .a("type", "QStringList")
            .kinder(werte.iter().map(|wert| Element::neu("value").text(wert)))
    };
    Element::neu("properties")
        .kind(Element::neu("Measure").kind(wert("Ellipsoid", "QString", "EPSG:7019")))
        .kind(Element::neu("Measurement").kinder([
            wert("AreaUnits", "QString", "m2"),
            wert("DistanceUnits", "QString", "meters"),
        ]))
        .kind(Element::neu("PositionPrecision").kinder([
            wert("Automatic", "bool", "false"),
            wert("DecimalPlaces", "int", "1"),
        ]))
        // Without it QGIS takes no notice of the project's system.
        .kind(Element::neu("SpatialRefSys").kind(wert("ProjectionsEnabled", "int", "1")))
        .kind(Element::neu("Paths").kind(wert("Absolute", "bool", "false")))
        .kind(
            Element::neu("Variables").kinder([
                liste(
                    "variableNames",
                    &["zielraum_adresse", "zielraum_stand", "zielraum_plan"],
                ),
                liste(
                    "variableValues",
                    &[
                        &basis.0,
                        &layout::stand(umfang),
                        umfang
                            .plan
                            .as_ref()
                            .map_or("", |plan| plan.kennung.as_str()),
                    ],
                ),
            ]),
        )
        .kinder(kartendienst::eigenschaften(umfang))
}

fn angaben(basis: &Quellen<'_>, umfang: &Umfang) -> Element {
    Element::neu("projectMetadata")
        .kind(Element::neu("identifier").text(&basis.0))
        .kind(Element::neu("language").text("de"))
        .kind(Element::neu("type").text("dataset"))
        .kind(Element::neu("title").text(&umfang.titel))
        .kind(Element::neu("abstract").text(format!(
            "{}\nEbenen und Darstellung: {}",
            layout::stand(umfang),
            basis.0
        )))
}

fn lesezeichen(umfang: &Umfang) -> Element {
    let eines = |gruppe: &'static str, ort: &Ort| {
        let [w, s, e, n] = ort.kasten;
        Element::neu("Bookmark")
            .a("id", format!("{gruppe}/{}", ort.kennung))
            .a("name", &ort.name)
            .a("group", gruppe)
            .a(
                "extent",
                format!("POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))"),
            )
            .kind(ebene::system(ebene::METER))
    };
    let ortsteile = umfang.ortsteile.iter().map(|ort| eines("Ortsteile", ort));
    let gebiete = umfang
        .gebiete
        .iter()
        .map(|ort| eines("Dorferneuerung", ort));
    Element::neu("Bookmarks").kinder(ortsteile.chain(gebiete))
}

/// Map themes: what is shown first, one group after the other over the pale plan, everything.
fn themen(umfang: &Umfang, hintergrund: Option<&Hintergrund>) -> Element {
    let mut alle = vec![thema(
        THEMA_PLAN,
        umfang.gruppen.iter().filter(|g| g.sichtbar),
        &|_, ebene| ebene.sichtbar && ist_plan(umfang, ebene),
        None,
    )];
    alle.push(thema(
        "Alles Wichtige",
        umfang.gruppen.iter().filter(|g| g.sichtbar),
        &|_, ebene| ebene.sichtbar,
        None,
    ));
    for gruppe in &umfang.gruppen {
        let titel = &gruppe.titel;
        if gruppe
            .alle()
            .iter()
            .any(|ebene| ebene.sammlung.fassungen.is_some())
        {
            continue;
        }
        let grenzen = umfang
            .gruppen
            .iter()
            .filter(|g| g.titel == *titel || g.alle().iter().any(|e| e.id() == "ortsteile"));
        let mit = |_: &Gruppe, ebene: &Ebene| ebene.sichtbar;
        alle.push(thema(&format!("Nur {titel}"), grenzen, &mit, hintergrund));
    }
    Element::neu("visibility-presets").kinder(alle)
}

/// The plan itself, its area and the borders of the town; of a village its own too.
fn ist_plan(umfang: &Umfang, ebene: &Ebene) -> bool {
    ebene.sammlung.fassungen.is_some()
        || matches!(ebene.id(), "ortsteile" | "fnp_plaene")
        || umfang.dorf && ebene.id() == "dorferneuerungsgebiete"
}

fn thema<'a>(
    name: &str,
    gruppen: impl Iterator<Item = &'a Gruppe>,
    zeigt: &dyn Fn(&Gruppe, &Ebene) -> bool,
    hintergrund: Option<&Hintergrund>,
) -> Element {
    let mut thema = Element::neu("visibility-preset")
        .a("name", name)
        .alle(&[("has-expanded-info", "0"), ("has-checked-group-info", "1")]);
    let zeile = |id: &str| {
        Element::neu("layer").a("id", id).alle(&[
            ("visible", "1"),
            ("expanded", "0"),
            ("style", "default"),
        ])
    };
    let mut offen = Element::neu("checked-group-nodes");
    for gruppe in gruppen {
        offen = offen.kind(Element::neu("checked-group-node").a("id", &gruppe.titel));
        for unter in &gruppe.gruppen {
            let pfad = format!("{}/{}", gruppe.titel, unter.titel);
            offen = offen.kind(Element::neu("checked-group-node").a("id", pfad));
        }
        for ebene in gruppe.alle().into_iter().filter(|e| zeigt(gruppe, e)) {
            thema = thema.kind(zeile(&ebene.layer_id()));
        }
    }
    if let Some(hintergrund) = hintergrund {
        thema = thema.kind(zeile(hintergrund.id()));
    }
    thema.kind(offen)
}
