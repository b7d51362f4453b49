//! The sprite of a style: its signs and hatches as pixels, for MapLibre and whoever reads the
//! same (`/styles/{id}/sprite.json`, `.png`, both with `@2x` for fine screens). Drawn from the
//! same SVG and the same table as everything else, [`super::zeichen`].

use std::fmt::Write as _;

use resvg::tiny_skia::{Pixmap, PixmapPaint, Transform};
use resvg::usvg;
use serde_json::{Map, Value, json};

use super::zeichen::{self, Schraffur, Zeichen};
use super::{Klasse, RAND, Stil};
use crate::error::{Error, Result};
use crate::layers::catalog::Darstellung;

/// Image of what has no sign: a name that is missing is an error to MapLibre.
pub const LEER: &str = "leer";
/// Side of a sign, logical pixels: 5 mm at 96 dpi, as on paper.
const ZEICHEN: u32 = 19;
/// Side of a sign on a border, logical pixels.
const RANDZEICHEN: u32 = 13;
const PX_PER_MM: f64 = 96.0 / 25.4;

/// One image.
#[derive(Debug, Clone, PartialEq)]
pub struct Bild {
    /// Its name in the style.
    pub name: String,
    /// Side, logical pixels.
    seite: u32,
    svg: Vec<u8>,
}

/// The images a style names, each once; none where the style needs no more than colours.
#[must_use]
pub fn bilder(stil: &Stil) -> Vec<Bild> {
    let mut bilder: Vec<Bild> = Vec::new();
    let mut nimm = |bild: Bild| {
        if bilder.iter().all(|b| b.name != bild.name) {
            bilder.push(bild);
        }
    };
    for (klasse, zeichen) in gezeichnete(stil) {
        let flaeche = zeichen.bild.iter().chain(zeichen.codes.values());
        let namen = flaeche
            .map(|name| (name, ZEICHEN))
            .chain(zeichen.rand.iter().map(|name| (name, RANDZEICHEN)));
        for (name, seite) in namen {
            if let Ok(svg) = zeichen::svg(name) {
                nimm(Bild {
                    name: name.clone(),
                    seite,
                    svg,
                });
            }
        }
        if let Some(schraffur) = zeichen.schraffur {
            nimm(muster(schraffur, &musterfarbe(stil, klasse)));
        }
    }
    if !bilder.is_empty() {
        bilder.push(Bild {
            name: LEER.to_owned(),
            seite: 1,
            svg: b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>".to_vec(),
        });
    }
    bilder
}

/// The classes of which more than a colour is drawn; None: the layer itself.
#[must_use]
pub fn gezeichnete(stil: &Stil) -> Vec<(Option<&Klasse>, &'static Zeichen)> {
    let selbst = stil.zeichen(None).map(|zeichen| (None, zeichen));
    let klassen = stil.klassen.iter();
    selbst
        .into_iter()
        .chain(klassen.filter_map(|k| Some((Some(k), stil.zeichen(Some(k))?))))
        .collect()
}

/// Name of a hatch in the colour a class has it in.
#[must_use]
pub fn mustername(stil: &Stil, klasse: Option<&Klasse>, schraffur: Schraffur) -> String {
    muster(schraffur, &musterfarbe(stil, klasse)).name
}

/// Over an area of its own colour a hatch is dark, else it has the colour.
fn musterfarbe(stil: &Stil, klasse: Option<&Klasse>) -> String {
    match (stil.darstellung, klasse) {
        (Darstellung::Overlay | Darstellung::Border, Some(klasse)) => klasse.farbe.clone(),
        _ => RAND.to_owned(),
    }
}

/// A square that continues itself on all sides: its lines meet at the corners.
fn muster(schraffur: Schraffur, farbe: &str) -> Bild {
    let schraeg = (schraffur.winkel.rem_euclid(90.0) - 45.0).abs() <= 22.5;
    let abstand = schraffur.abstand * PX_PER_MM * if schraeg { 2f64.sqrt() } else { 1.0 };
    // A whole number of pixels, or the lines would not meet.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 4 and 64"
    )]
    let seite = abstand.round().clamp(4.0, 64.0) as u32;
    let (davor, dahinter, mitte) = (seite - 1, seite + 1, f64::from(seite / 2) + 0.5);
    let winkel = schraffur.winkel.rem_euclid(180.0);
    let linien = if !(22.5..=157.5).contains(&winkel) {
        format!("M0 {mitte}H{seite}")
    } else if (67.5..112.5).contains(&winkel) {
        format!("M{mitte} 0V{seite}")
    // The neighbours' lines reach over the corners.
    } else if winkel > 90.0 {
        format!("M0 0L{seite} {seite}M-1 {davor}L1 {dahinter}M{davor} -1L{dahinter} 1")
    } else {
        format!("M0 {seite}L{seite} 0M-1 1L1 -1M{davor} {dahinter}L{dahinter} {davor}")
    };
    // Wider than a pixel: a hairline would be drawn without its soft edges, with knots at corners.
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{seite}\" height=\"{seite}\"><path d=\"{linien}\" fill=\"none\" stroke=\"{farbe}\" stroke-width=\"1.1\"/></svg>"
    );
    Bild {
        name: format!(
            "schraffur-{}-{}-{}",
            schraffur.winkel,
            schraffur.abstand,
            farbe.trim_start_matches('#').to_ascii_lowercase()
        ),
        seite,
        svg: svg.into_bytes(),
    }
}

/// Where each image lies: the index of a sprite; `dichte`: pixels per logical pixel.
#[must_use]
pub fn verzeichnis(bilder: &[Bild], dichte: u32) -> Value {
    let mut x = 0;
    let mut eintraege = Map::new();
    for bild in bilder {
        let seite = bild.seite * dichte;
        eintraege.insert(
            bild.name.clone(),
            json!({ "x": x, "y": 0, "width": seite, "height": seite, "pixelRatio": dichte }),
        );
        x += seite;
    }
    Value::Object(eintraege)
}

/// The images side by side, PNG.
///
/// # Errors
/// [`Error::Intern`] when a drawing of ours cannot be drawn; a test draws each.
pub fn png(bilder: &[Bild], dichte: u32) -> Result<Vec<u8>> {
    let fehler = |was: String| Error::Intern(format!("sign {was} cannot be drawn").into());
    let breite: u32 = bilder.iter().map(|bild| bild.seite * dichte).sum();
    let hoehe = bilder.iter().map(|bild| bild.seite * dichte).max();
    let mut blatt =
        Pixmap::new(breite.max(1), hoehe.unwrap_or(1)).ok_or_else(|| fehler("alle".to_owned()))?;
    let mut x = 0;
    for bild in bilder {
        let baum = usvg::Tree::from_data(&bild.svg, &usvg::Options::default())
            .map_err(|grund| fehler(format!("{}: {grund}", bild.name)))?;
        let seite = bild.seite * dichte;
        let mut flaeche = Pixmap::new(seite, seite).ok_or_else(|| fehler(bild.name.clone()))?;
        let massstab = seite as f32 / baum.size().width();
        let lage = Transform::from_scale(massstab, massstab);
        resvg::render(&baum, lage, &mut flaeche.as_mut());
        blatt.draw_pixmap(
            i32::try_from(x).unwrap_or(i32::MAX),
            0,
            flaeche.as_ref(),
            &PixmapPaint::default(),
            Transform::identity(),
            None,
        );
        x += seite;
    }
    blatt
        .encode_png()
        .map_err(|grund| fehler(grund.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::formate::form::Art;
    use crate::layers::stil::muster as muster_stil;

    fn deckung(bild: &Bild) -> Vec<u8> {
        let png = png(std::slice::from_ref(bild), 1).unwrap();
        let blatt = Pixmap::decode_png(&png).unwrap();
        blatt.pixels().iter().map(|p| p.alpha()).collect()
    }

    #[test]
    fn every_drawing_leaves_ink() {
        for name in zeichen::namen() {
            let bild = Bild {
                svg: zeichen::svg(&name).unwrap(),
                name,
                seite: ZEICHEN,
            };
            let tinte = deckung(&bild).iter().filter(|a| **a > 128).count();
            assert!((12..300).contains(&tinte), "{}: {tinte}", bild.name);
        }
    }

    #[test]
    fn hatches_continue_over_their_edges() {
        for winkel in [0.0, 45.0, 90.0, 135.0] {
            let schraffur = Schraffur {
                winkel,
                abstand: 3.0,
            };
            let bild = muster(schraffur, "#0B3C8C");
            let alpha = deckung(&bild);
            let seite = bild.seite as usize;
            let summe = |stelle: &dyn Fn(usize) -> usize| -> u32 {
                (0..seite).map(|i| u32::from(alpha[stelle(i)])).sum()
            };
            let zeilen: Vec<u32> = (0..seite).map(|y| summe(&|x| y * seite + x)).collect();
            let spalten: Vec<u32> = (0..seite).map(|x| summe(&|y| y * seite + x)).collect();
            let mit_tinte = |werte: &[u32]| werte.iter().filter(|s| **s > 0).count();
            // The same ink wherever two squares meet: no gap and no knot.
            let gleich =
                |werte: &[u32]| werte.iter().max().unwrap() - werte.iter().min().unwrap() < 30;
            let gut = if winkel < 1.0 {
                mit_tinte(&zeilen) <= 3 && gleich(&spalten)
            } else if (89.0..91.0).contains(&winkel) {
                mit_tinte(&spalten) <= 3 && gleich(&zeilen)
            } else {
                gleich(&zeilen) && gleich(&spalten)
            };
            assert!(gut, "{winkel}: {zeilen:?} {spalten:?}");
        }
    }

    #[test]
    fn the_index_names_what_the_sheet_holds() {
        let mut stil = muster_stil(Some(Art::Flaechen));
        stil.klassen[1].wert = "wasserwirtschaft".into();
        let bilder = bilder(&stil);
        let namen: Vec<&str> = bilder.iter().map(|b| b.name.as_str()).collect();
        assert_eq!(namen, ["w", "tropfen", "schraffur-0-4-1d2528", LEER]);
        for dichte in [1, 2] {
            let blatt = Pixmap::decode_png(&png(&bilder, dichte).unwrap()).unwrap();
            let verzeichnis = verzeichnis(&bilder, dichte);
            let leer = &verzeichnis[LEER];
            assert_eq!(
                leer["x"].as_u64().unwrap() + u64::from(dichte),
                u64::from(blatt.width())
            );
            assert_eq!(verzeichnis["w"]["width"], ZEICHEN * dichte);
        }
        assert!(
            super::bilder(&muster_stil(None))
                .iter()
                .any(|b| b.name == "w")
        );
    }
}
