//! What is wrong with an object is a finding and never stops the plan.

use zielraum::fnp::objekt::Schwere;

use crate::{befunde, lies, mit_id, objekt, plan, polygon, quadrat};

#[test]
fn an_unreadable_object_does_not_stop_the_plan() {
    let schlecht = [
        ("nan", polygon("638000 5321000 NaN 5321000 638100 5321100 638000 5321000"), "NaN"),
        ("inf", polygon("638000 5321000 1e999 5321000 638100 5321100 638000 5321000"), "1e999"),
        ("ungerade", polygon("638000 5321000 638100 5321000 638100 5321100 638000"), "Vielfaches von 2"),
        ("wenige", polygon("638000 5321000 638100 5321000 638000 5321000"), "2 verschiedene Punkte"),
        ("doppelt", polygon("638000 5321000 638000 5321000 638100 5321000 638100 5321000 638000 5321000"), "2 verschiedene Punkte"),
        ("komma", polygon("638000,5 5321000 638100 5321000 638000 5321100 638000 5321000"), "638000,5"),
        ("leer", polygon(""), "keine Koordinaten"),
        ("art", quadrat().replace("gml:Polygon", "gml:Solid"), "gml:Solid"),
        ("bogen", "<x:position><gml:Curve srsName='EPSG:25832'><gml:segments><gml:ArcByCenterPoint><gml:pos>638000 5321000</gml:pos></gml:ArcByCenterPoint></gml:segments></gml:Curve></x:position>".to_owned(), "gml:ArcByCenterPoint"),
        ("verweis", "<x:position xlink:href='http://example.org/geom'/>".to_owned(), "xlink"),
        ("gemischt", format!("<x:position>{}<gml:Point srsName='EPSG:25832'><gml:pos>638000 5321000</gml:pos></gml:Point></x:position>", quadrat().replace("<x:position>", "").replace("</x:position>", "")), "mischt"),
        ("dimension", quadrat().replace("<gml:posList>", "<gml:posList srsDimension='7'>"), "srsDimension=7"),
    ];
    let features: Vec<_> = schlecht
        .iter()
        .map(|(id, geom, _)| objekt("FP_Gruen", id, geom))
        .chain([
            objekt(
                "FP_WaldFlaeche",
                "gut",
                &(quadrat() + "<x:flaechenschluss>true</x:flaechenschluss>"),
            ),
            objekt("FP_Gruen", "ohne", "<x:ebene>0</x:ebene>"),
        ])
        .collect();
    let (objekte, g) =
        lies(plan(&features.iter().map(String::as_str).collect::<Vec<_>>()).as_bytes()).unwrap();
    assert_eq!(objekte.len(), 1);
    let gefunden = befunde(&g, "geometrie-unlesbar");
    for ((id, _, soll), b) in schlecht.iter().zip(&gefunden) {
        assert_eq!(
            (b.kennung.as_deref(), b.klasse.as_deref(), b.schwere),
            (Some(*id), Some("FP_Gruen"), Schwere::Fehler)
        );
        assert!(
            b.text.contains(soll) && b.text.starts_with("Zeile "),
            "{id}: {}",
            b.text
        );
        // A place, as soon as one position can be read.
        let lesbar = !matches!(*id, "komma" | "leer" | "verweis");
        let soll = lesbar.then_some([638_000.0, 5_321_000.0]);
        assert_eq!(b.ort, soll, "{id}");
    }
    assert_eq!(gefunden.len(), schlecht.len());
    assert_eq!(
        befunde(&g, "ohne-geometrie")[0].kennung.as_deref(),
        Some("ohne")
    );
    let k = g.klassen.iter().find(|k| k.klasse == "FP_Gruen").unwrap();
    assert_eq!(
        (k.gelesen, k.uebernommen, k.uebergangen),
        (schlecht.len() as u64 + 1, 0, schlecht.len() as u64 + 1)
    );
    assert_eq!(
        k.grund.as_deref(),
        Some("Geometrie nicht lesbar; ohne Geometrie")
    );
}

#[test]
fn flaechenschluss_findings_carry_place_and_hectares() {
    let ja = "<x:flaechenschluss>true</x:flaechenschluss>";
    let art = "<x:allgArtDerBaulNutzung>1000</x:allgArtDerBaulNutzung>";
    let (objekte, g) = lies(
        plan(&[
            &objekt(
                "FP_Gruen",
                "oben",
                &format!("<x:ebene>1</x:ebene>{}{ja}", quadrat()),
            ),
            &objekt(
                "FP_BebauungsFlaeche",
                "fehlt",
                &format!("{}{art}", quadrat()),
            ),
            &objekt(
                "FP_WaldFlaeche",
                "nein",
                &format!(
                    "<x:ebene>0</x:ebene>{}<x:flaechenschluss>0</x:flaechenschluss>",
                    quadrat()
                ),
            ),
            &objekt(
                "FP_WaldFlaeche",
                "tief",
                &format!("<x:ebene>-1</x:ebene>{}", quadrat()),
            ),
            &objekt(
                "FP_NutzungsbeschraenkungsFlaeche",
                "auf",
                &format!("{}{ja}", quadrat()),
            ),
            &objekt(
                "FP_Gruen",
                "krumm",
                &format!(
                    "<x:ebene>null</x:ebene>{}<x:flaechenschluss>ja</x:flaechenschluss>",
                    quadrat()
                ),
            ),
        ])
        .as_bytes(),
    )
    .unwrap();
    assert_eq!(objekte.iter().filter(|o| o.zaehlt_zur_bilanz()).count(), 1);
    assert_eq!(mit_id(&objekte, "tief").ebene, -1);
    let [b] = befunde(&g, "flaechenschluss-ebene")[..] else {
        panic!("{:?}", g.befunde)
    };
    assert_eq!(b.kennung.as_deref(), Some("oben"));
    assert!(b.text.contains("1,0000 ha"), "{}", b.text);
    let [e, n] = b.ort.unwrap();
    assert!(e > 638_000.0 && e < 638_100.0 && n > 5_321_000.0 && n < 5_321_100.0);
    let fehlt: Vec<_> = befunde(&g, "flaechenschluss-fehlt")
        .iter()
        .map(|b| b.kennung.clone().unwrap())
        .collect();
    assert_eq!(fehlt, ["fehlt", "nein"]);
    assert_eq!(befunde(&g, "flaechenschluss-ueberlagerung").len(), 1);
    assert_eq!(befunde(&g, "wert-unlesbar").len(), 2);
}

#[test]
fn odd_classes_and_codes_are_kept_and_told() {
    let ja = "<x:flaechenschluss>true</x:flaechenschluss>";
    let (objekte, g) = lies(
        plan(&[
            &objekt("FP_BebauungsFlaeche", "ohneArt", &(quadrat() + ja)),
            &objekt("FP_BebauungsFlaeche", "streit", &format!("{}{ja}<x:allgArtDerBaulNutzung>2000</x:allgArtDerBaulNutzung><x:besondereArtDerBaulNutzung>1200</x:besondereArtDerBaulNutzung>", quadrat())),
            &objekt("FP_BebauungsFlaeche", "neu", &format!("{}{ja}<x:allgArtDerBaulNutzung>5555</x:allgArtDerBaulNutzung>", quadrat())),
            &objekt("FP_BebauungsFlaeche", "sonst", &format!("{}{ja}<x:besondereArtDerBaulNutzung>9999</x:besondereArtDerBaulNutzung>", quadrat())),
            &objekt("FP_Gruen", "gruen", &format!("{}{ja}<x:zweckbestimmung>4711</x:zweckbestimmung>", quadrat())),
            &objekt("BP_StrassenVerkehrsFlaeche", "bp", &(quadrat() + ja)),
            &objekt("FP_Mondbasis", "mond", &(quadrat() + ja)),
            "<z:Flurstueck xmlns:z='http://example.org/alkis'><z:a/></z:Flurstueck>",
            "<x:FP_TextAbschnitt gml:id='t'><x:text>…</x:text></x:FP_TextAbschnitt>",
        ])
        .as_bytes(),
    )
    .unwrap();
    let nutzung: Vec<_> = objekte
        .iter()
        .map(|o| (o.gml_id.as_deref().unwrap(), o.nutzung))
        .collect();
    assert_eq!(
        nutzung,
        [
            ("ohneArt", "nicht_zugeordnet"),
            ("streit", "M"),
            ("neu", "nicht_zugeordnet"),
            ("sonst", "sonstiges"),
            ("gruen", "gruen"),
            ("bp", "nicht_zugeordnet"),
            ("mond", "nicht_zugeordnet")
        ]
    );
    let codes: Vec<_> = g
        .befunde
        .iter()
        // All lie on the same place, which is another test's matter.
        .filter(|b| b.code != "flaeche-doppelt")
        .map(|b| (b.code.as_str(), b.kennung.as_deref().unwrap()))
        .collect();
    assert_eq!(
        codes,
        [
            ("art-fehlt", "ohneArt"),
            ("art-widerspruch", "streit"),
            ("code-unbekannt", "neu"),
            ("code-unbekannt", "gruen"),
            ("klasse-unbekannt", "bp"),
            ("klasse-unbekannt", "mond")
        ]
    );
    for (klasse, grund) in [
        ("Flurstueck", "Namensraum"),
        ("FP_TextAbschnitt", "Textabschnitt"),
    ] {
        let k = g.klassen.iter().find(|k| k.klasse == klasse).unwrap();
        assert_eq!((k.gelesen, k.uebergangen), (1, 1));
        assert!(k.grund.as_ref().unwrap().contains(grund));
    }
}

#[test]
fn content_of_another_plan_is_left_out_or_told() {
    let in_bp = format!("<x:gehoertZuBereich xlink:href='#BB'/>{}", quadrat());
    let bereich = "<x:BP_Bereich gml:id='BB'/>";
    let bp_plan = "<x:BP_Plan gml:id='BP'/>";
    let flaeche = objekt("BP_GruenFlaeche", "b", &in_bp);
    let (objekte, g) = lies(plan(&[bp_plan, bereich, &flaeche]).as_bytes()).unwrap();
    assert!(objekte.is_empty());
    assert_eq!(befunde(&g, "anderer-plan").len(), 1);
    let k = g
        .klassen
        .iter()
        .find(|k| k.klasse == "BP_GruenFlaeche")
        .unwrap();
    assert!(k.grund.as_ref().unwrap().contains("BP_Bereich"));
    let (objekte, g) = lies(plan(&[&flaeche, bereich, bp_plan]).as_bytes()).unwrap();
    assert_eq!(objekte.len(), 1);
    assert_eq!(befunde(&g, "fremder-bereich").len(), 1);
}

#[test]
fn ids_given_twice_are_told() {
    let gruen = objekt("FP_Gruen", "G", &quadrat());
    let (objekte, g) = lies(plan(&[&gruen, &gruen]).as_bytes()).unwrap();
    assert_eq!(objekte.len(), 2);
    assert_eq!(befunde(&g, "gml-id-doppelt").len(), 1);
}
