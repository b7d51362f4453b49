//! GeoJSON geometries, read lean and written as WKB.

use std::fmt;

use serde::Deserialize;
use serde::de::{SeqAccess, Visitor};

/// Positions in one list.
const STELLEN: usize = 5_000_000;

/// A geometry object.
#[derive(Deserialize)]
pub(super) struct Form {
    r#type: String,
    #[serde(default)]
    coordinates: Option<Stellen>,
    #[serde(default)]
    geometries: Option<Vec<Form>>,
}

/// A position, or a list of lists; further ordinates than two are counted only.
enum Stellen {
    Zahl(f64),
    Stelle { x: f64, y: f64, mehr: bool },
    Liste(Vec<Stellen>),
}

impl<'de> Deserialize<'de> for Stellen {
    fn deserialize<D: serde::Deserializer<'de>>(quelle: D) -> Result<Self, D::Error> {
        struct Besucher;
        impl<'de> Visitor<'de> for Besucher {
            type Value = Stellen;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("eine Koordinate")
            }
            fn visit_f64<E>(self, zahl: f64) -> Result<Stellen, E> {
                Ok(Stellen::Zahl(zahl))
            }
            fn visit_u64<E>(self, zahl: u64) -> Result<Stellen, E> {
                Ok(Stellen::Zahl(zahl as f64))
            }
            fn visit_i64<E>(self, zahl: i64) -> Result<Stellen, E> {
                Ok(Stellen::Zahl(zahl as f64))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut folge: A) -> Result<Stellen, A::Error> {
                use serde::de::Error as _;
                let mut liste = match folge.next_element::<Stellen>()? {
                    None => return Ok(Stellen::Liste(Vec::new())),
                    Some(Stellen::Zahl(x)) => {
                        let y = folge
                            .next_element::<f64>()?
                            .ok_or_else(|| A::Error::custom("Koordinate mit nur einer Zahl"))?;
                        let mut mehr = false;
                        while folge.next_element::<Option<f64>>()?.is_some() {
                            mehr = true;
                        }
                        return Ok(Stellen::Stelle { x, y, mehr });
                    }
                    Some(erstes) => vec![erstes],
                };
                while let Some(weiteres) = folge.next_element::<Stellen>()? {
                    if liste.len() >= STELLEN {
                        return Err(A::Error::custom("zu viele Koordinaten in einem Objekt"));
                    }
                    liste.push(weiteres);
                }
                Ok(Stellen::Liste(liste))
            }
        }
        quelle.deserialize_any(Besucher)
    }
}

impl Form {
    /// Appends ISO WKB; Z marks that there were heights (their values are dropped).
    pub(super) fn schreibe(self, wkb: &mut Vec<u8>, tiefe: u8) -> Result<(), String> {
        let art = match self.r#type.as_str() {
            "Point" => 1,
            "LineString" => 2,
            "Polygon" => 3,
            "MultiPoint" => 4,
            "MultiLineString" => 5,
            "MultiPolygon" => 6,
            "GeometryCollection" => 7,
            andere => return Err(format!("„{andere}“ ist keine Geometrie von GeoJSON")),
        };
        if art == 7 {
            let Some(tiefe) = tiefe.checked_sub(1) else {
                return Err("die Geometrie ist zu tief geschachtelt".into());
            };
            let teile = self.geometries.unwrap_or_default();
            kopf(wkb, art, teile.len());
            return teile
                .into_iter()
                .try_for_each(|teil| teil.schreibe(wkb, tiefe));
        }
        let stellen = self.coordinates.unwrap_or(Stellen::Liste(Vec::new()));
        geometrie(wkb, art, stellen)
            .ok_or_else(|| format!("die Koordinaten passen nicht zum Typ „{}“", self.r#type))
    }
}

fn kopf(wkb: &mut Vec<u8>, art: u32, anzahl: usize) {
    wkb.push(1);
    wkb.extend(art.to_le_bytes());
    wkb.extend(u32::try_from(anzahl).unwrap_or(u32::MAX).to_le_bytes());
}

fn geometrie(wkb: &mut Vec<u8>, art: u32, stellen: Stellen) -> Option<()> {
    match (art, stellen) {
        (1, Stellen::Stelle { x, y, mehr }) => {
            wkb.push(1);
            wkb.extend((if mehr { 1001_u32 } else { 1 }).to_le_bytes());
            stelle(wkb, x, y, mehr);
        }
        // An empty point.
        (1, Stellen::Liste(liste)) if liste.is_empty() => kopf(wkb, 4, 0),
        (2, Stellen::Liste(liste)) => folge(wkb, Some(2), liste)?,
        (3, Stellen::Liste(ringe)) => {
            let mehr = ringe.iter().any(Stellen::mit_hoehe);
            kopf(wkb, if mehr { 1003 } else { 3 }, ringe.len());
            for ring in ringe {
                let Stellen::Liste(mut ring) = ring else {
                    return None;
                };
                if mehr {
                    ring.iter_mut().for_each(Stellen::hebe);
                }
                folge(wkb, None, ring)?;
            }
        }
        (4..=6, Stellen::Liste(teile)) => {
            kopf(wkb, art, teile.len());
            for teil in teile {
                geometrie(wkb, art - 3, teil)?;
            }
        }
        _ => return None,
    }
    Some(())
}

impl Stellen {
    fn mit_hoehe(&self) -> bool {
        match self {
            Self::Zahl(_) => false,
            Self::Stelle { mehr, .. } => *mehr,
            Self::Liste(liste) => liste.iter().any(Self::mit_hoehe),
        }
    }
    fn hebe(&mut self) {
        if let Self::Stelle { mehr, .. } = self {
            *mehr = true;
        }
    }
}

fn folge(wkb: &mut Vec<u8>, art: Option<u32>, liste: Vec<Stellen>) -> Option<()> {
    let mehr = liste.iter().any(Stellen::mit_hoehe);
    match art {
        Some(art) => kopf(wkb, art + if mehr { 1000 } else { 0 }, liste.len()),
        None => wkb.extend(u32::try_from(liste.len()).ok()?.to_le_bytes()),
    }
    for eine in liste {
        let Stellen::Stelle { x, y, .. } = eine else {
            return None;
        };
        stelle(wkb, x, y, mehr);
    }
    Some(())
}

fn stelle(wkb: &mut Vec<u8>, x: f64, y: f64, mehr: bool) {
    wkb.extend(x.to_le_bytes());
    wkb.extend(y.to_le_bytes());
    if mehr {
        wkb.extend(0_f64.to_le_bytes());
    }
}
