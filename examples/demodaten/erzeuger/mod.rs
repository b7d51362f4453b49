//! The demonstration data: see `geodata/demo/LIESMICH.md` for what it is, `karte` for the map,
//! `teilung` for how the areas close without gap and overlap.

#![expect(
    clippy::many_single_char_names,
    reason = "geometry: x, y, points a, b, parameter t"
)]

mod band;
mod form;
mod geojson;
mod grenzen;
mod inhalt;
mod karte;
mod klassen;
mod plan;
mod pruefung;
mod raumbezug;
mod sachdaten;
mod strategie;
mod teilung;
mod xplan;
mod zellen;
mod zerlegung;
mod zufall;

use form::{P, Ring};
use geojson::{Merkmal, sammlung};
use plan::{Flaeche, Grundlage, Stand};
use std::io::Result;
use std::path::Path;

/// Writes every file of the data set into `ordner`; the texts of the strategy come from
/// `examples/demodaten/strategie`, which is kept by hand.
pub fn schreibe(ordner: &Path) -> Result<()> {
    std::fs::create_dir_all(ordner)?;
    let grundlage = Grundlage::neu();
    let (gemeinde, plaene) = plaene(&grundlage);
    let datei = |name: &str, inhalt: String| std::fs::write(ordner.join(name), inhalt);
    datei("gemeinde.geojson", gemeinde_geojson(&gemeinde))?;
    datei("ortsteile.geojson", ortsteile_geojson(&gemeinde))?;
    for (stand, flaechen) in &plaene {
        let name = match stand {
            Stand::Wirksam => "fnp-2001.gml",
            Stand::Entwurf => "fnp-2025-entwurf.gml",
        };
        pruefung::pruefe(&gemeinde, flaechen)?;
        let (werk, bilder) = inhalt::beiwerk(*stand, flaechen);
        let text = xplan::xplan(*stand, &gemeinde, flaechen, &werk, &bilder);
        datei(name, text)?;
        if *stand == Stand::Entwurf {
            let mappe = strategie::mappe(raumbezug::raumbezug_csv(flaechen))?;
            std::fs::write(ordner.join("strategie.xlsx"), mappe)?;
        }
    }
    datei("dorferneuerung.geojson", dorferneuerung_geojson())?;
    datei("flurstuecke.geojson", sachdaten::flurstuecke_geojson())?;
    datei("einwohner.csv", sachdaten::einwohner_csv())?;
    for (name, inhalt) in sachdaten::fachdaten()? {
        datei(&name, inhalt)?;
    }
    Ok(())
}

/// Both plans, and the border of the Gemeinde with every corner either of them has on it.
fn plaene(grundlage: &Grundlage) -> (Ring, Vec<(Stand, Vec<Flaeche>)>) {
    let mut gemeinde = grenzen::gemeinde();
    loop {
        let (wirksam, a) = grundlage.plan(Stand::Wirksam, &gemeinde);
        let (entwurf, b) = grundlage.plan(Stand::Entwurf, &a);
        if b.ecken == gemeinde.ecken {
            return (
                gemeinde,
                vec![(Stand::Wirksam, wirksam), (Stand::Entwurf, entwurf)],
            );
        }
        gemeinde = b;
    }
}

fn gemeinde_geojson(gemeinde: &Ring) -> String {
    sammlung(
        "gemeinde",
        &[Merkmal {
            eigenschaften: "{\"name\":\"Landsberg am Lech\",\"ags\":\"09181130\",\"flaeche_amtlich_m2\":57920000,\"hinweis\":\"Demodaten – keine amtlichen Angaben\"}".into(),
            polygone: vec![vec![gemeinde.ecken.clone()]],
        }],
    )
}

fn ortsteile_geojson(gemeinde: &Ring) -> String {
    let ringe: Vec<Vec<P>> = grenzen::ortsteile(gemeinde);
    let merkmale: Vec<Merkmal> = grenzen::ORTSTEILE
        .iter()
        .zip(ringe)
        .map(|(o, ring)| Merkmal {
            eigenschaften: format!(
                "{{\"name\":\"{}\",\"kennung\":\"{}\",\"schluessel\":\"{}\",\"typ\":\"{}\",\"hinweis\":\"Demodaten – keine amtlichen Angaben\"}}",
                o.name, o.kennung, o.schluessel, o.typ
            ),
            polygone: vec![vec![ring]],
        })
        .collect();
    sammlung("ortsteile", &merkmale)
}

/// kennung, name, ortsteil, typ, stand, traeger, corners in kilometres
type Gebiet = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [(f64, f64)],
);

#[rustfmt::skip] // a table: one row a line
const GEBIETE: &[Gebiet] = &[
    ("dorferneuerung-erpfting", "Dorferneuerung Erpfting", "erpfting", "dorferneuerung", "in_umsetzung", "Teilnehmergemeinschaft Erpfting (Demo)", &[(1.78, 4.12), (2.12, 4.02), (2.46, 4.18), (2.50, 4.58), (2.18, 4.72), (1.82, 4.60)]),
    ("dorfkern-ellighofen", "Dorfkern Ellighofen", "ellighofen", "eler_einzelmassnahme", "beantragt", "Stadt Landsberg am Lech (Demo)", &[(2.52, 1.80), (2.80, 1.74), (3.05, 1.95), (3.00, 2.12), (2.72, 2.16), (2.54, 2.04)]),
    ("dorferneuerung-reisch", "Dorferneuerung Reisch", "reisch", "dorferneuerung", "abgelehnt", "Stadt Landsberg am Lech (Demo)", &[(8.62, 7.44), (8.92, 7.42), (9.06, 7.62), (8.98, 7.84), (8.72, 7.82), (8.60, 7.64)]),
    ("dorfmitte-pitzling", "Dorfmitte Pitzling", "pitzling", "dorferneuerung", "idee", "Stadt Landsberg am Lech (Demo)", &[(6.26, 3.40), (6.52, 3.36), (6.64, 3.54), (6.56, 3.72), (6.32, 3.68)]),
];

fn dorferneuerung_geojson() -> String {
    let merkmale: Vec<Merkmal> = GEBIETE
        .iter()
        .map(|(kennung, name, ortsteil, typ, stand, traeger, ecken)| Merkmal {
            eigenschaften: format!(
                "{{\"kennung\":\"{kennung}\",\"name\":\"{name}\",\"ortsteil\":\"{ortsteil}\",\"typ\":\"{typ}\",\"stand\":\"{stand}\",\"traeger\":\"{traeger}\",\"hinweis\":\"Demodaten – keine amtlichen Angaben\"}}"
            ),
            polygone: vec![vec![inhalt::umgrenzung(kennung, ecken, 45.0, 0.07)]],
        })
        .collect();
    sammlung("dorferneuerung", &merkmale)
}
