//! The print layout: A3 across, map, legend, scale bar, north arrow, Stand and source.

use super::quelle::Quellen;
use super::store::Kasten;
use super::umfang::{Ebene, Gruppe, Umfang};
use super::{baum, ebene, projekt};
use crate::layers::stil::element::{Element, option};
use crate::layers::stil::{symbol, zeichen};

/// Scales offered, the largest first.
pub const MASSSTAEBE: [u32; 14] = [
    500, 1000, 2000, 2500, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 75_000,
    100_000,
];

/// Name of the layout.
pub const NAME: &str = "Plan A3 quer";

/// Sheet and map frame, millimetres.
const BLATT: [u32; 2] = [420, 297];
const KARTE: [f64; 4] = [10.0, 22.0, 305.0, 245.0];
const KARTE_UUID: &str = "{7a69656c-7261-756d-8000-6b6172746531}";

/// What the sheet says of its age: plan, version, day, and whether it is in force.
pub fn stand(umfang: &Umfang) -> String {
    let Some(plan) = &umfang.plan else {
        return "Ohne Flächennutzungsplan".to_owned();
    };
    let art = match plan.stand.as_str() {
        _ if umfang.wirksam => "wirksam",
        "entwurf" => "Entwurf, nicht in Kraft",
        "frueher" => "nicht mehr in Kraft",
        _ => "Teilplan, wirksam",
    };
    format!(
        "{} ({art}), Fassung {}, eingelesen am {}",
        plan.name,
        plan.fassung,
        crate::ortszeit::tag(&plan.eingelesen_am)
    )
}

/// The scale at which the extent fits the frame; a sheet of nothing is none.
fn massstab([w, s, e, n]: Kasten) -> u32 {
    let noetig = ((e - w) / KARTE[2]).max((n - s) / KARTE[3]) * 1000.0;
    let passend = MASSSTAEBE.iter().find(|m| f64::from(**m) >= noetig);
    passend.copied().unwrap_or_else(|| {
        // Beyond the usual ones in steps of 50,000.
        let stufen = (noetig / 50_000.0).ceil().clamp(1.0, 1000.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "1 to 1000"
        )]
        let stufen = stufen as u32;
        stufen * 50_000
    })
}

/// The frame of the map around the middle of the extent.
fn ausschnitt(kasten: Kasten, massstab: u32) -> Kasten {
    let [w, s, e, n] = kasten;
    let (x, y) = (f64::midpoint(w, e), f64::midpoint(s, n));
    let meter = f64::from(massstab) / 1000.0;
    let (b, h) = (KARTE[2] * meter / 2.0, KARTE[3] * meter / 2.0);
    [x - b, y - h, x + b, y + h]
}

/// The layout.
pub fn a3(basis: &Quellen<'_>, umfang: &Umfang) -> Element {
    let massstab = massstab(umfang.kasten);
    let [b, h] = BLATT;
    let seite = teil("65638", 0, [0.0, 0.0, f64::from(b), f64::from(h)])
        .a("background", "true")
        .kind(symbol::papier());
    let seiten = Element::neu("PageCollection")
        .kind(symbol::papier())
        .kind(seite)
        .kind(Element::neu("GuideCollection").a("visible", "1"));
    Element::neu("Layout")
        .a("name", NAME)
        .alle(&[("printResolution", "300"), ("units", "mm"), ("worldFileMap", KARTE_UUID)])
        .kind(seiten)
        .kind(karte(umfang, massstab))
        .kind(legende(basis, umfang))
        .kind(leiste(massstab))
        .kind(nordpfeil())
        .kind(schrift([10.0, 9.0, 400.0, 10.0], 16, &umfang.titel, true))
        .kind(schrift([322.0, 22.0, 90.0, 16.0], 9, &stand(umfang), false))
        .kind(schrift(
            [10.0, 270.0, 190.0, 20.0],
            8,
            &format!(
                "Maßstab 1 : [% to_int(item_variables('Karte')['map_scale']) %] im Original A3 · ETRS89 / UTM 32N (EPSG:25832)\nQuelle: {} · gedruckt am [% format_date(now(), 'dd.MM.yyyy') %]\nAuskunft über die Darstellung, kein amtlicher Auszug.",
                basis.0.replace("[%", "")
            ),
            false,
        ))
}

fn teil(typ: &'static str, hoehe: u32, [x, y, b, h]: Kasten) -> Element {
    Element::neu("LayoutItem")
        .a("type", typ)
        .a("zValue", hoehe)
        .a("size", format!("{b},{h},mm"))
        .a("position", format!("{x},{y},mm"))
        .a("positionOnPage", format!("{x},{y},mm"))
        .alle(&[
            ("visibility", "1"),
            ("referencePoint", "0"),
            ("itemRotation", "0"),
            ("opacity", "1"),
            ("blendMode", "0"),
            ("positionLock", "false"),
            ("excludeFromExports", "0"),
            ("frameJoinStyle", "miter"),
            ("outlineWidthM", "0.3,mm"),
            ("groupUuid", ""),
        ])
}

fn farbe(name: &'static str, wert: &'static str) -> Element {
    Element::neu(name).alle(&[
        ("red", wert),
        ("green", wert),
        ("blue", wert),
        ("alpha", "255"),
    ])
}

fn karte(umfang: &Umfang, massstab: u32) -> Element {
    let [w, s, e, n] = ausschnitt(umfang.kasten, massstab);
    teil("65639", 1, KARTE)
        .a("uuid", KARTE_UUID)
        .a("templateUuid", KARTE_UUID)
        .a("followPresetName", projekt::THEMA_PLAN)
        .alle(&[
            ("id", "Karte"),
            ("frame", "true"),
            ("background", "true"),
            ("followPreset", "true"),
            ("keepLayerSet", "false"),
            ("drawCanvasItems", "true"),
            ("mapRotation", "0"),
            ("mapFlags", "0"),
            ("labelMargin", "0,mm"),
        ])
        .kind(farbe("FrameColor", "0"))
        .kind(farbe("BackgroundColor", "255"))
        .kind(
            Element::neu("Extent")
                .a("xmin", w)
                .a("ymin", s)
                .a("xmax", e)
                .a("ymax", n),
        )
        .kind(ebene::system(ebene::METER))
        .kind(Element::neu("LayerSet"))
}

/// The legend of what the map shows: the layers of the plan, with the classes in sight.
fn legende(basis: &Quellen<'_>, umfang: &Umfang) -> Element {
    let gezeigt = |e: &&Ebene| e.sichtbar && e.stil.art.is_some();
    let gruppen = umfang.gruppen.iter().filter(|g| g.sichtbar);
    let plan = |g: &&Gruppe| g.alle().iter().any(|e| e.sammlung.fassungen.is_some());
    let ebenen: Vec<&Ebene> = gruppen
        .filter(plan)
        .flat_map(Gruppe::alle)
        .filter(gezeigt)
        .collect();
    let stil = |name: &'static str, groesse: u32, oben: &'static str| {
        Element::neu("style")
            .a("name", name)
            .alle(&[("alignment", "1"), ("indent", "0"), ("marginTop", oben)])
            // The first for 3.22, the second for newer releases.
            .kind(font("styleFont", groesse, name == "title"))
            .kind(schriftart("text-style", groesse, name == "title"))
    };
    teil("65642", 2, [322.0, 42.0, 90.0, 248.0])
        .a("map_uuid", KARTE_UUID)
        .alle(&[
            ("id", "Legende"),
            ("title", "Legende"),
            ("legendFilterByMap", "1"),
            ("resizeToContents", "1"),
            ("columnCount", "1"),
            ("symbolWidth", "7"),
            ("symbolHeight", "4"),
            ("titleAlignment", "1"),
            ("symbolAlignment", "1"),
            ("boxSpace", "1"),
            ("columnSpace", "2"),
            ("lineSpacing", "0.8"),
            ("background", "true"),
            ("frame", "false"),
            ("fontColor", "#000000"),
        ])
        .kind(farbe("BackgroundColor", "255"))
        .kind(Element::neu("styles").kinder([
            stil("title", 14, "0"),
            stil("group", 11, "2"),
            stil("subgroup", 9, "2"),
            stil("symbol", 8, "1.2"),
            stil("symbolLabel", 8, "1.2"),
        ]))
        .kind(
            Element::neu("layer-tree-group")
                .kinder(ebenen.into_iter().map(|e| baum::ohne_zahl(basis, e))),
        )
}

fn schriftart(name: &'static str, groesse: u32, fett: bool) -> Element {
    Element::neu(name)
        .a("fontSize", groesse)
        .a("fontWeight", if fett { "75" } else { "50" })
        .alle(&[
            ("fontSizeUnit", "Point"),
            ("textColor", "0,0,0,255"),
            ("textOpacity", "1"),
            ("multilineHeight", "1"),
        ])
}

/// A font as Qt writes it.
fn font(name: &'static str, groesse: u32, fett: bool) -> Element {
    let gewicht = if fett { 75 } else { 50 };
    Element::neu(name)
        .a(
            "description",
            format!("Open Sans,{groesse},-1,5,{gewicht},0,0,0,0,0"),
        )
        .a("style", "")
}

/// Four pieces of a round length, about 8 cm together.
fn leiste(massstab: u32) -> Element {
    let stueck = massstab / 50;
    teil("65646", 3, [205.0, 272.0, 90.0, 14.0])
        .a("mapUuid", KARTE_UUID)
        .a("numUnitsPerSegment", stueck)
        // A piece of 1/50 of the denominator in metres is 20 mm long.
        .a("segmentMillimeters", "20")
        .alle(&[
            ("id", "Maßstabsleiste"),
            ("style", "Single Box"),
            ("unitType", "meters"),
            ("unitLabel", "m"),
            ("numMapUnitsPerScaleBarUnit", "1"),
            ("numSegments", "3"),
            ("numSegmentsLeft", "0"),
            ("segmentSizeMode", "0"),
            ("minBarWidth", "50"),
            ("maxBarWidth", "150"),
            ("height", "2.5"),
            ("labelBarSpace", "2"),
            ("boxContentSpace", "1"),
            ("outlineWidth", "0.3"),
            ("alignment", "0"),
            ("labelVerticalPlacement", "0"),
            ("labelHorizontalPlacement", "0"),
            ("frame", "false"),
            ("background", "false"),
        ])
        .kind(schriftart("text-style", 8, false))
        .kind(farbe("fillColor", "0"))
        .kind(farbe("fillColor2", "255"))
        .kind(farbe("strokeColor", "0"))
        .kind(Element::neu("numericFormat").a("id", "basic").kind(
            Element::neu("Option").a("type", "Map").kinder([
                option("decimals", "int", 0),
                option("show_thousand_separator", "bool", true),
                option("thousand_separator", "QChar", "."),
                option("decimal_separator", "QChar", ","),
            ]),
        ))
}

fn nordpfeil() -> Element {
    let bild = zeichen::eingebettet("nordpfeil").unwrap_or_default();
    teil("65640", 4, [301.0, 270.0, 14.0, 18.0])
        .a("file", bild)
        .a("mapUuid", KARTE_UUID)
        .alle(&[
            ("id", "Nordpfeil"),
            ("mode", "0"),
            ("northMode", "0"),
            ("northOffset", "0"),
            ("pictureRotation", "0"),
            ("resizeMode", "0"),
            ("anchorPoint", "4"),
            ("pictureWidth", "14"),
            ("pictureHeight", "18"),
            ("svgFillColor", "0,0,0,255"),
            ("svgBorderColor", "0,0,0,255"),
            ("svgBorderWidth", "0"),
            ("frame", "false"),
            ("background", "false"),
        ])
}

fn schrift(wo: Kasten, groesse: u32, text: &str, fett: bool) -> Element {
    // A name must not become an expression.
    let text = if text.contains("to_int(") {
        text.to_owned()
    } else {
        text.replace("[%", "[ %")
    };
    teil("65641", 5, wo)
        .a("labelText", text)
        .alle(&[
            ("htmlState", "0"),
            ("halign", "1"),
            ("valign", "32"),
            ("marginX", "0"),
            ("marginY", "0"),
            ("frame", "false"),
            ("background", "false"),
        ])
        .kind(font("LabelFont", groesse, fett))
        .kind(farbe("FontColor", "0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_extent_fits_the_frame() {
        for (breite, hoehe) in [
            (3000.0, 2000.0),
            (9000.0, 9000.0),
            (120_000.0, 3.0),
            (0.0, 0.0),
        ] {
            let kasten = [0.0, 0.0, breite, hoehe];
            let massstab = massstab(kasten);
            let [w, s, e, n] = ausschnitt(kasten, massstab);
            assert!(
                w <= 0.0 && s <= 0.0 && e >= breite && n >= hoehe,
                "1:{massstab}"
            );
            let gezeigt = (e - w) / KARTE[2] * 1000.0;
            assert!((gezeigt - f64::from(massstab)).abs() < 1e-6);
        }
        assert_eq!(massstab([0.0, 0.0, 9000.0, 9000.0]), 40_000);
        assert_eq!(massstab([0.0, 0.0, 0.0, 0.0]), 500);
    }

    #[test]
    fn a_name_is_no_expression() {
        let text = schrift([0.0; 4], 9, "[% env('HOME') %]", false).ausschnitt();
        assert!(!text.contains("[% env"), "{text}");
    }
}
