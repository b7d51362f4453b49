//! Geometry forms, arcs and reference systems.

use geo::Area;
use zielraum::fnp::objekt::{Geometrie, Schwere};

use crate::{
    FORMEN, abgelehnt, befunde, flaeche, lies, mit_id, objekt, plan, plan_ohne_fp_plan, polygon,
    quadrat,
};

#[test]
fn every_geometry_form_is_read() {
    let (objekte, g) = lies(FORMEN).unwrap();
    let codes: Vec<_> = g.befunde.iter().map(|b| b.code.as_str()).collect();
    // The plan borrows its Bereich's area; one point came in EPSG:4647.
    assert_eq!(codes, ["crs-umgerechnet", "geltungsbereich-fehlt"]);
    assert!((g.kopf.geltungsbereich.unsigned_area() - 20_000.0).abs() < 1e-6);
    assert_eq!(objekte.len(), 6);

    let mehrteilig = mit_id(&objekte, "mehrteilig");
    assert!((flaeche(mehrteilig) - 200.0).abs() < 1e-6);
    let Geometrie::Linie(linien) = &mit_id(&objekte, "linien").geometrie else {
        panic!("lines")
    };
    assert_eq!(linien.0.len(), 2);
    assert!(
        (linien.0[1].0[0].x - 638_300.0).abs() < 1e-9,
        "reversed by orientation"
    );
    let Geometrie::Punkt(punkte) = &mit_id(&objekte, "punkte").geometrie else {
        panic!("points")
    };
    assert_eq!(
        punkte.0.iter().map(|p| (p.x(), p.y())).collect::<Vec<_>>(),
        [(638_000.5, 5_321_000.25), (638_001.0, 5_321_001.0)]
    );
    // A disc of 100 m radius, drawn with 1 mm sagitta.
    let kreis = flaeche(mit_id(&objekte, "kreis"));
    assert!(
        (31_415.926 - kreis) > 0.0 && (31_415.926 - kreis) < 0.63,
        "{kreis}"
    );
}

#[test]
fn neighbours_share_every_vertex_of_an_arc() {
    let (objekte, _) = lies(FORMEN).unwrap();
    let rand = |id| {
        let Geometrie::Flaeche(f) = &mit_id(&objekte, id).geometrie else {
            panic!("area")
        };
        let mut bits: Vec<_> = f.0[0]
            .exterior()
            .0
            .iter()
            .filter(|p| p.x > 638_050.0 && p.x < 638_099.0)
            .map(|p| (p.x.to_bits(), p.y.to_bits()))
            .collect();
        bits.sort_unstable();
        bits
    };
    let links = rand("bogen_links");
    assert!(links.len() > 50, "{}", links.len());
    assert_eq!(links, rand("bogen_rechts"));
    let summe: f64 = ["bogen_links", "bogen_rechts"]
        .map(|id| flaeche(mit_id(&objekte, id)))
        .iter()
        .sum();
    assert!((summe - 15_000.0).abs() < 1e-6, "{summe}");
}

#[test]
fn reference_systems_are_inherited_or_asked_for() {
    let ohne = quadrat().replace(" srsName=\"EPSG:25832\"", "");
    let gruen = objekt("FP_Gruen", "G", &ohne);
    // From the feature's own Envelope, before the file's.
    let eigen = objekt(
        "FP_Gruen",
        "G",
        &format!(
            "<gml:boundedBy><gml:Envelope srsName='EPSG:4647'/></gml:boundedBy>{}",
            ohne.replace(" 638", " 32638").replace(">638", ">32638")
        ),
    );
    let (objekte, g) = lies(plan(&[&eigen]).as_bytes()).unwrap();
    assert!((flaeche(&objekte[0]) - 1e4).abs() < 1e-6);
    let [b] = befunde(&g, "crs-umgerechnet")[..] else {
        panic!("{:?}", g.befunde)
    };
    assert_eq!((b.schwere, b.kennung.as_deref()), (Schwere::Hinweis, None));
    // From another geometry of the file, with a word about it.
    let (objekte, g) = lies(plan(&[&gruen, &gruen.replace("\"G\"", "\"H\"")]).as_bytes()).unwrap();
    assert_eq!(objekte.len(), 2);
    assert_eq!(befunde(&g, "srsname-fehlt").len(), 1);
    // From nowhere.
    let nirgends = plan_ohne_fp_plan(&[&gruen]);
    let text = abgelehnt(nirgends.as_bytes());
    assert!(
        text.contains("srsName") && text.contains("Zeile 2"),
        "{text}"
    );
    let unbekannt = plan(&[&objekt(
        "FP_Gruen",
        "G",
        &quadrat().replace("25832", "2056"),
    )]);
    let text = abgelehnt(unbekannt.as_bytes());
    assert!(
        text.contains("EPSG:2056") && text.contains("EPSG:31468"),
        "{text}"
    );
}

#[test]
fn swapped_axes_are_put_right_and_told() {
    let getauscht =
        polygon("5321000 638000 5321100 638000 5321100 638100 5321000 638100 5321000 638000")
            .replace("EPSG:25832", "urn:ogc:def:crs:EPSG::25832");
    let (objekte, g) = lies(plan(&[&objekt("FP_Gruen", "G", &getauscht)]).as_bytes()).unwrap();
    let Geometrie::Flaeche(f) = &objekte[0].geometrie else {
        panic!("area")
    };
    assert_eq!(
        f.0[0].exterior().0[0],
        geo::coord! { x: 638_000.0, y: 5_321_000.0 }
    );
    assert_eq!(
        befunde(&g, "achsen-vertauscht")[0].schwere,
        Schwere::Warnung
    );
}

#[test]
fn open_rings_are_closed_and_told() {
    let offen = polygon("638000 5321000 638100 5321000 638100 5321100 638000 5321100");
    let fast =
        polygon("638000 5321000 638100 5321000 638100 5321100 638000 5321100 638000.0004 5321000");
    let (objekte, g) = lies(
        plan(&[
            &objekt("FP_Gruen", "O", &offen),
            &objekt("FP_Gruen", "F", &fast),
        ])
        .as_bytes(),
    )
    .unwrap();
    for o in &objekte {
        let Geometrie::Flaeche(f) = &o.geometrie else {
            panic!("area")
        };
        let rand = &f.0[0].exterior().0;
        assert_eq!((rand.len(), rand.first()), (5, rand.last()));
        assert!((flaeche(o) - 1e4).abs() < 1e-6);
    }
    let [b] = befunde(&g, "ring-offen")[..] else {
        panic!("one finding: {:?}", g.befunde)
    };
    assert_eq!(
        (b.kennung.as_deref(), b.ort),
        (Some("O"), Some([638_000.0, 5_321_100.0]))
    );
    assert!(b.text.contains("100,000 m"), "{}", b.text);
}

#[test]
fn self_intersections_stay_as_delivered() {
    let schleife =
        polygon("638000 5321000 638100 5321100 638100 5321000 638000 5321100 638000 5321000");
    let (objekte, _) = lies(plan(&[&objekt("FP_Gruen", "S", &schleife)]).as_bytes()).unwrap();
    let Geometrie::Flaeche(f) = &objekte[0].geometrie else {
        panic!("area")
    };
    assert_eq!(f.0[0].exterior().0.len(), 5);
}
