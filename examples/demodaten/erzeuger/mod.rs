//! The demonstration data: see `geodata/demo/LIESMICH.md` for what it is, `karte` for the map,
//! `teilung` for how the areas close without gap and overlap.

mod band;
mod form;
mod geojson;
mod grenzen;
mod inhalt;
mod karte;
mod klassen;
mod plan;
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

/// Writes all files into `ordner`.
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
        let (werk, bilder) = inhalt::beiwerk(*stand, flaechen);
        let text = xplan::xplan(*stand, &gemeinde, flaechen, &werk, &bilder);
        datei(name, text)?;
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
