//! What must come out of the longer rows.

use geo::{Area, BoundingRect};
use serde_json::json;
use zielraum::fnp::objekt::{Geometrie, Objekt};
use zielraum::import::xplangml::Gelesen;

use crate::{befunde, flaeche, mit_id};

pub(super) fn zweck_am_punkt(o: &[Objekt], g: &Gelesen) {
    let wiese = mit_id(o, "GML_WIESE");
    assert_eq!(wiese.codes["zweckbestimmung"], json!(["1600", "2600"]));
    assert_eq!(
        wiese.codes["detaillierteZweckbestimmung"],
        json!(["1600_1"])
    );
    assert_eq!(
        wiese.codes["zweckbestimmungVonPunkt"],
        json!(["GML_SYMBOL", "GML_SYMBOL2"])
    );
    let park = mit_id(o, "GML_PARK");
    assert_eq!(
        park.codes["zweckbestimmung"],
        json!(["1000"]),
        "its own stays"
    );
    assert!(!park.codes.contains_key("zweckbestimmungVonPunkt"));
    for werk in ["GML_WERK", "GML_WERK_TEIL"] {
        assert!(!mit_id(o, werk).codes.contains_key("zweckbestimmung"));
    }
    assert_eq!(
        befunde(g, "zweck-mehrdeutig")[0].kennung.as_deref(),
        Some("GML_STROM")
    );
    assert_eq!(
        mit_id(o, "GML_BAHN").codes["artDerFestlegung"],
        json!(["1000"])
    );
    let text = &befunde(g, "zweck-am-punkt")[0].text;
    for soll in [
        "3 Punkte sind 2 Flächen",
        "1 liegen in mehreren",
        "2 in keiner",
    ] {
        assert!(text.contains(soll), "{text}");
    }
    // Every object stays, whatever its geometry.
    let arten = |art: fn(&Geometrie) -> bool| {
        o.iter()
            .filter(|o| o.klasse == "FP_Gruen" && art(&o.geometrie))
            .count()
    };
    assert_eq!(arten(|g| matches!(g, Geometrie::Flaeche(_))), 2);
    assert_eq!(arten(|g| matches!(g, Geometrie::Linie(_))), 1);
    assert_eq!(arten(|g| matches!(g, Geometrie::Punkt(_))), 3);
}

pub(super) fn boegen(o: &[Objekt], _: &Gelesen) {
    let kreis = std::f64::consts::PI * 10_000.0;
    // At most 1 mm inside the arc: 0.63 m² for a circle of 628 m.
    for (id, soll) in [
        ("kreis", kreis),
        ("kreis_mittelpunkt", kreis),
        ("bogenkette", kreis),
        ("halbkreis", kreis / 2.0),
        ("halbkreis_mittelpunkt", kreis / 2.0),
        ("zusammengesetzt", kreis / 2.0 + 10_000.0),
    ] {
        let ist = flaeche(mit_id(o, id));
        assert!((-1e-3..0.63).contains(&(soll - ist)), "{id}: {ist}");
    }
    let Geometrie::Linie(linien) = &mit_id(o, "linie").geometrie else {
        panic!("lines")
    };
    assert_eq!(linien.0.len(), 2);
}

/// Each on the same hectare, to the centimetre.
pub(super) fn alle_auf_dem_hektar(o: &[Objekt], _: &Gelesen) {
    for objekt in o {
        let id = objekt.text.as_deref().unwrap();
        assert!((flaeche(objekt) - 10_000.0).abs() < 1.0, "{id}");
        let Geometrie::Flaeche(f) = &objekt.geometrie else {
            panic!("area")
        };
        let r = f.bounding_rect().unwrap();
        for (ist, soll) in [
            (r.min().x, 638_000.0),
            (r.min().y, 5_321_000.0),
            (r.max().x, 638_100.0),
            (r.max().y, 5_321_100.0),
        ] {
            assert!((ist - soll).abs() < 0.01, "{id}: {ist} instead of {soll}");
        }
    }
}

pub(super) fn halber_hektar(o: &[Objekt], _: &Gelesen) {
    assert_eq!(o.len(), 1);
    assert!((flaeche(&o[0]) - 5_000.0).abs() < 1e-6);
}

pub(super) fn srsname_erst_spaeter(o: &[Objekt], g: &Gelesen) {
    let ids: Vec<_> = o.iter().map(|o| o.gml_id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["GML_ERSTES", "GML_NENNT", "GML_DANACH"], "file order");
    for objekt in o {
        assert!((flaeche(objekt) - 5_000.0).abs() < 0.1);
    }
    assert!((g.kopf.geltungsbereich.unsigned_area() - 20_000.0).abs() < 0.5);
}

pub(super) fn gauss_krueger(o: &[Objekt], _: &Gelesen) {
    // A square kilometre in Gauß-Krüger is 0.05 % smaller in UTM at that place.
    let hektar = flaeche(&o[0]) / 10_000.0;
    assert!((99.93..99.97).contains(&hektar), "{hektar}");
}

pub(super) fn raender(o: &[Objekt], g: &Gelesen) {
    assert_eq!(o.len(), 3, "nothing is dropped");
    assert!((flaeche(mit_id(o, "GML_OFFEN")) - 5_000.0).abs() < 1e-6);
    assert!((flaeche(mit_id(o, "GML_FAST")) - 5_000.0).abs() < 0.1);
    assert!(
        flaeche(mit_id(o, "GML_SCHLEIFE")) < 1e-6,
        "kept as delivered"
    );
    assert_eq!(g.befunde[0].kennung.as_deref(), Some("GML_OFFEN"));
}

pub(super) fn flaechenschluss(o: &[Objekt], g: &Gelesen) {
    assert_eq!(o.len(), 4);
    let bilanz: f64 = o
        .iter()
        .filter(|o| o.zaehlt_zur_bilanz())
        .map(flaeche)
        .sum();
    assert!((bilanz - 10_000.0).abs() < 1e-6);
    for b in &g.befunde {
        assert!(
            b.text.contains("0,5000 ha") && b.text.starts_with("Zeile "),
            "{}",
            b.text
        );
        assert!(b.ort.is_some() && b.kennung.is_some());
    }
}

pub(super) fn doppelte(o: &[Objekt], g: &Gelesen) {
    assert_eq!(o.len(), 6);
    let ids: Vec<_> = g
        .befunde
        .iter()
        .map(|b| b.kennung.as_deref().unwrap())
        .collect();
    assert_eq!(ids, ["GML_ZWEI", "GML_DREI", "GML_LAERM_NOCHMAL"]);
    assert!(
        g.befunde[0].text.contains("Zeile 7"),
        "{}",
        g.befunde[0].text
    );
}

pub(super) fn wahrheitswerte(o: &[Objekt], _: &Gelesen) {
    let werte: Vec<_> = o.iter().map(|o| o.flaechenschluss).collect();
    assert_eq!(werte, [true, true, false, false, false]);
}

pub(super) fn umlaute(o: &[Objekt], g: &Gelesen) {
    assert_eq!(g.kopf.name.as_deref(), Some("Grünflächen für Übersee"));
    assert_eq!(o[0].text.as_deref(), Some("Straße, Fuß- und Radweg"));
}
