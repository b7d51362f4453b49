//! What lies over the areas of a plan: overlays, lines, points and drawing helpers.

use super::band::fluss;
use super::form::{P, V, bruchlinie, kurve};
use super::karte::LECH;
use super::klassen::{darstellung, element};
use super::plan::{Flaeche, Polygon, Stand, Zug};
use super::pruefung::stuetzpunkte;
use super::xplan::{Beiwerk, Lage, Praesentation};
use super::zufall::{Zufall, streuwert};

/// What a rechtscharakter means; its code differs between 5.1 and 6.0.
#[derive(Clone, Copy)]
enum Charakter {
    Darstellung,
    Uebernahme,
    Kennzeichnung,
    Vermerk,
}

fn code(stand: Stand, charakter: Charakter) -> &'static str {
    match (stand, charakter) {
        (_, Charakter::Uebernahme) => "2000",
        (Stand::Wirksam, Charakter::Darstellung) => "1000",
        (Stand::Wirksam, Charakter::Kennzeichnung) => "5000",
        (Stand::Wirksam, Charakter::Vermerk) => "4000",
        (Stand::Entwurf, Charakter::Darstellung) => "3000",
        (Stand::Entwurf, Charakter::Kennzeichnung) => "7000",
        (Stand::Entwurf, Charakter::Vermerk) => "8000",
    }
}

/// Overlay: id, class, attributes, character, title, corners in kilometres.
type Gebiet = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    Charakter,
    &'static str,
    &'static [(f64, f64)],
);

const ALTSTADT: &[(f64, f64)] = &[
    (5.74, 7.12),
    (6.18, 7.06),
    (6.32, 7.42),
    (6.24, 7.92),
    (5.78, 7.92),
];
const ERPFTING: &[(f64, f64)] = &[
    (1.92, 4.22),
    (2.30, 4.20),
    (2.36, 4.52),
    (2.05, 4.60),
    (1.90, 4.44),
];
const WASSERSCHUTZ: &[(f64, f64)] = &[
    (6.50, 5.30),
    (7.10, 5.18),
    (7.34, 5.55),
    (7.10, 5.92),
    (6.58, 5.88),
];
const STADTWALD: &[(f64, f64)] = &[
    (7.40, 4.90),
    (8.10, 4.85),
    (8.55, 5.35),
    (8.20, 6.20),
    (7.55, 6.15),
];
const BRACHE: &[(f64, f64)] = &[(7.24, 7.56), (7.58, 7.50), (7.62, 7.96), (7.28, 7.98)];
const AUSGLEICH: &[(f64, f64)] = &[(5.05, 3.10), (5.55, 3.05), (5.62, 3.45), (5.10, 3.50)];
const BACHAUE: &[(f64, f64)] = &[
    (2.80, 3.70),
    (3.40, 3.55),
    (3.55, 4.20),
    (3.10, 4.55),
    (2.75, 4.20),
];
const LAERM: &[(f64, f64)] = &[(4.45, 8.78), (5.50, 8.90), (5.52, 9.02), (4.50, 8.92)];

#[rustfmt::skip] // a table: one row a line
const GEBIETE_ALT: &[Gebiet] = &[
    ("ensemble-altstadt", "SO_Denkmalschutzrecht", &[("artDerFestlegung", "1000"), ("name", "Ensemble Altstadt")], Charakter::Uebernahme, "Ensemble Altstadt", ALTSTADT),
    ("ensemble-erpfting", "SO_Denkmalschutzrecht", &[("artDerFestlegung", "1000"), ("name", "Ensemble Ortskern Erpfting")], Charakter::Uebernahme, "Ensemble Erpfting", ERPFTING),
    ("wasserschutz", "SO_SchutzgebietWasserrecht", &[("artDerFestlegung", "1000"), ("zone", "1200")], Charakter::Uebernahme, "Wasserschutzgebiet III", WASSERSCHUTZ),
    ("stadtwald-entwicklung", "FP_SchutzPflegeEntwicklung", &[("ziel", "2000")], Charakter::Darstellung, "Waldumbau", STADTWALD),
    ("bachaue-pflege", "FP_SchutzPflegeEntwicklung", &[("ziel", "1000")], Charakter::Darstellung, "Bachaue", BACHAUE),
    ("altlast-ost", "FP_Kennzeichnung", &[("zweckbestimmung", "4000"), ("istVerdachtsflaeche", "true")], Charakter::Kennzeichnung, "Altlastverdacht", BRACHE),
    ("laermschutz-a96", "FP_NutzungsbeschraenkungsFlaeche", &[], Charakter::Darstellung, "Lärmschutz A 96", LAERM),
];

#[rustfmt::skip] // a table: one row a line
const GEBIETE_NEU: &[Gebiet] = &[
    ("ensemble-altstadt", "SO_Denkmalschutzrecht", &[("artDerFestlegung", "1000"), ("name", "Ensemble Altstadt")], Charakter::Uebernahme, "Ensemble Altstadt", ALTSTADT),
    ("ensemble-erpfting", "SO_Denkmalschutzrecht", &[("artDerFestlegung", "1000"), ("name", "Ensemble Ortskern Erpfting")], Charakter::Uebernahme, "Ensemble Erpfting", ERPFTING),
    ("wasserschutz", "SO_SchutzgebietWasserrecht", &[("artDerFestlegung", "1000"), ("zone", "1200")], Charakter::Uebernahme, "Wasserschutzgebiet III", WASSERSCHUTZ),
    ("stadtwald-entwicklung", "FP_SchutzPflegeEntwicklung", &[("ziel", "4000")], Charakter::Darstellung, "Waldumbau", STADTWALD),
    ("bachaue-pflege", "FP_SchutzPflegeEntwicklung", &[("ziel", "4000"), ("istAusgleich", "true")], Charakter::Darstellung, "Bachaue", BACHAUE),
    ("ausgleich-suedwest", "FP_AusgleichsFlaeche", &[("ziel", "3000")], Charakter::Darstellung, "Ausgleich Südwest", AUSGLEICH),
    ("altlast-ost", "FP_Kennzeichnung", &[("zweckbestimmung", "4000"), ("istVerdachtsflaeche", "false")], Charakter::Kennzeichnung, "Altlast in Sanierung", BRACHE),
    ("laermschutz-a96", "FP_Nutzungsbeschraenkung", &[], Charakter::Darstellung, "Lärmschutz A 96", LAERM),
];

/// Line: id, use, title, planned only in the draft, anchors in kilometres.
type Strang = (
    &'static str,
    &'static str,
    &'static str,
    bool,
    &'static [(f64, f64)],
);

#[rustfmt::skip] // a table: one row a line
const STRAENGE: &[Strang] = &[
    ("hauptstrasse-west", "verkehr_strasse:1200", "Augsburger Straße", false, &[(4.48, 8.50), (4.80, 8.05), (5.10, 7.60), (5.24, 7.33)]),
    ("hauptstrasse-sued", "verkehr_strasse:1200", "Weilheimer Straße", false, &[(4.32, 6.42), (4.80, 6.30), (5.30, 6.30), (5.66, 6.65), (5.80, 7.10), (5.92, 7.42)]),
    ("hauptstrasse-ost", "verkehr_strasse:1200", "Münchener Straße", false, &[(6.52, 7.62), (6.80, 7.95), (7.20, 8.20), (7.60, 8.35)]),
    ("dorfstrasse-ellighofen", "verkehr_strasse:1400", "Dorfstraße", false, &[(2.70, 1.92), (2.62, 2.30), (2.30, 3.00), (2.15, 3.80), (2.12, 4.40)]),
    ("radweg-ortsteile", "verkehr_strasse:14004", "Radrundweg", true, &[(6.00, 7.30), (5.55, 5.30), (6.30, 3.60), (4.60, 2.60), (2.75, 2.00), (2.10, 4.30), (3.60, 6.10), (4.90, 7.00)]),
    ("leitung-110kv", "ver_entsorgung:10000", "110-kV-Leitung", false, &[(1.60, 6.30), (2.90, 6.20), (3.86, 6.05), (4.05, 7.60), (4.20, 9.40)]),
    ("gasleitung", "ver_entsorgung:12000", "Ferngasleitung", false, &[(3.05, 1.30), (3.20, 3.00), (3.45, 4.80), (3.80, 6.80), (4.60, 9.90)]),
    ("sammler", "ver_entsorgung:18000", "Hauptsammler", false, &[(6.20, 3.60), (5.95, 4.90), (5.60, 6.60), (5.52, 7.90), (5.40, 9.60)]),
    ("wasserleitung", "ver_entsorgung:16001", "Trinkwasserleitung", false, &[(6.78, 5.42), (7.20, 5.50), (7.72, 5.55)]),
    ("verlorener-bach", "wasser:2000", "Verlorener Bach", false, &[(2.60, 1.30), (2.95, 2.60), (3.05, 4.10), (3.55, 5.30), (3.95, 6.60), (3.90, 7.60)]),
    ("reischer-bach", "wasser:2000", "Reischer Bach", false, &[(8.42, 6.95), (8.70, 7.40), (8.95, 7.90), (8.70, 8.30)]),
];

/// Everything beside the areas.
pub fn beiwerk(stand: Stand, flaechen: &[Flaeche]) -> (Vec<Beiwerk>, Vec<Praesentation>) {
    let mut werk = Vec::new();
    let gebiete = match stand {
        Stand::Wirksam => GEBIETE_ALT,
        Stand::Entwurf => GEBIETE_NEU,
    };
    for (id, klasse, inhalt, charakter, titel, ecken) in gebiete {
        werk.push(Beiwerk {
            id: format!("ueberlagerung-{id}"),
            klasse,
            inhalt: inhalt.iter().map(|(n, w)| element(n, w)).collect(),
            rechtsstand: Some("2000"),
            rechtscharakter: code(stand, *charakter),
            aufschrift: Some((*titel).to_string()),
            lage: Lage::Flaeche(vec![einfach(umgrenzung(id, ecken, 60.0, 0.08))]),
        });
    }
    werk.push(flussgebiet(stand));
    for (id, art, titel, nur_entwurf, anker) in STRAENGE {
        if *nur_entwurf && stand == Stand::Wirksam {
            continue;
        }
        let d = darstellung(stand, art, id, None);
        let orte: Vec<V> = anker.iter().map(|a| V::km(a.0, a.1)).collect();
        let linie: Vec<P> = kurve(&orte, 160.0).iter().map(|v| v.mm()).collect();
        werk.push(Beiwerk {
            id: format!("linie-{id}"),
            klasse: d.klasse,
            inhalt: d.inhalt,
            rechtsstand: Some(if *nur_entwurf { "1000" } else { "2000" }),
            rechtscharakter: code(
                stand,
                if *nur_entwurf {
                    Charakter::Vermerk
                } else {
                    Charakter::Darstellung
                },
            ),
            aufschrift: Some((*titel).to_string()),
            lage: Lage::Linie(linie),
        });
    }
    werk.push(anschlussgleis(stand));
    werk.extend(zeichen(stand, flaechen));
    (werk, bilder(flaechen))
}

/// Landscape protection along the Lech in the plan in force, the flood plain in the draft.
fn flussgebiet(stand: Stand) -> Beiwerk {
    let (id, klasse, inhalt, titel, breite) = match stand {
        Stand::Wirksam => (
            "schutzgebiet-lech",
            "SO_SchutzgebietNaturschutzrecht",
            element("artDerFestlegung", "1300") + &element("name", "Lechtal"),
            "Landschaftsschutzgebiet Lechtal",
            560.0,
        ),
        Stand::Entwurf => (
            "ueberschwemmungsgebiet-lech",
            "SO_Wasserrecht",
            element("artDerFestlegung", "20000") + &element("name", "Lech"),
            "Überschwemmungsgebiet Lech",
            330.0,
        ),
    };
    let anker = &LECH[2..LECH.len() - 2];
    let band = fluss(
        anker,
        (breite, breite + 60.0),
        f64::INFINITY,
        &mut Zufall::neu(100),
    );
    Beiwerk {
        id: id.into(),
        klasse,
        inhalt,
        rechtsstand: Some("2000"),
        rechtscharakter: "2000",
        aufschrift: Some(titel.into()),
        lage: Lage::Flaeche(
            band.abschnitte
                .into_iter()
                .map(|r| einfach(r.ecken))
                .collect(),
        ),
    }
}

/// A siding with a true arc: curves occur in lines, too.
fn anschlussgleis(stand: Stand) -> Beiwerk {
    let p = |x, y| V::km(x, y).mm();
    Beiwerk {
        id: "linie-anschlussgleis-nord".into(),
        klasse: "SO_Schienenverkehrsrecht",
        inhalt: element("artDerFestlegung", "12004"),
        rechtsstand: Some(if stand == Stand::Wirksam {
            "2000"
        } else {
            "3000"
        }),
        rechtscharakter: "2000",
        aufschrift: Some("Anschlussgleis".into()),
        lage: Lage::Kurve(vec![
            Zug::Linie(vec![p(5.13, 9.70), p(5.10, 9.90)]),
            Zug::Bogen([p(5.10, 9.90), p(5.05, 9.98), p(4.96, 10.01)]),
            Zug::Linie(vec![p(4.96, 10.01), p(4.70, 10.02)]),
        ]),
    }
}

/// Symbols: points of the same class as the area they stand in.
fn zeichen(stand: Stand, flaechen: &[Flaeche]) -> Vec<Beiwerk> {
    flaechen
        .iter()
        .filter(|f| {
            let nutzung = f.art.split(':').next().unwrap_or(f.art);
            matches!(nutzung, "gemeinbedarf" | "sport" | "ver_entsorgung")
                || (nutzung == "gruen" && streuwert(&f.id, &[5]).is_multiple_of(3))
        })
        .map(|f| {
            let d = darstellung(stand, f.art, &f.id, None);
            Beiwerk {
                id: format!("zeichen-{}", f.id),
                klasse: d.klasse,
                inhalt: d.inhalt,
                rechtsstand: f.rechtsstand,
                rechtscharakter: code(stand, Charakter::Darstellung),
                aufschrift: None,
                lage: Lage::Punkt(innenpunkt(f)),
            }
        })
        .collect()
}

fn bilder(flaechen: &[Flaeche]) -> Vec<Praesentation> {
    flaechen
        .iter()
        .filter(|f| streuwert(&f.id, &[6]).is_multiple_of(2))
        .filter_map(|f| {
            let stil = match f.art.split(':').next()? {
                "W" => "01.01",
                "M" => "01.02",
                "G" => "01.03",
                "S" => "01.04",
                _ => return None,
            };
            Some(Praesentation {
                id: format!("bild-{}", f.id),
                objekt: f.id.clone(),
                ort: innenpunkt(f),
                stil,
            })
        })
        .collect()
}

/// A point well inside the first part: middle of the longest stretch halfway up.
pub fn innenpunkt(f: &Flaeche) -> P {
    let ecken = stuetzpunkte(&f.polygone[0].ringe[0]);
    let y0 = ecken.iter().map(|p| p.y).min().unwrap_or(0);
    let y1 = ecken.iter().map(|p| p.y).max().unwrap_or(0);
    let y = i64::midpoint(y0, y1);
    let mut x: Vec<f64> = Vec::new();
    for (i, a) in ecken.iter().enumerate() {
        let b = ecken[(i + 1) % ecken.len()];
        if (a.y > y) != (b.y > y) {
            let t = (y - a.y) as f64 / (b.y - a.y) as f64;
            x.push((a.x as f64 + t * (b.x - a.x) as f64) / 1000.0);
        }
    }
    x.sort_by(f64::total_cmp);
    let paar = x
        .chunks_exact(2)
        .max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
    paar.map_or(ecken[0], |p| {
        V {
            x: f64::midpoint(p[0], p[1]),
            y: y as f64 / 1000.0,
        }
        .mm()
    })
}

/// Outline through the anchors (kilometres) with a broken line.
pub fn umgrenzung(name: &str, anker: &[(f64, f64)], stueck: f64, rauheit: f64) -> Vec<P> {
    let mut ecken = Vec::new();
    for (i, a) in anker.iter().enumerate() {
        let b = anker[(i + 1) % anker.len()];
        let (a, b) = (V::km(a.0, a.1), V::km(b.0, b.1));
        let mut zufall = Zufall::neu(streuwert(name, &[i.cast_signed() as i64]));
        ecken.push(a.mm());
        ecken.extend(
            bruchlinie(a, b, stueck, rauheit, &mut zufall)
                .iter()
                .map(|v| v.mm()),
        );
    }
    ecken
}

fn einfach(mut ecken: Vec<P>) -> Polygon {
    ecken.push(ecken[0]);
    Polygon {
        ringe: vec![vec![Zug::Linie(ecken)]],
    }
}
