//! GeoJSON, streamed by our own reader: a link to a CRS is never followed, nothing is
//! guessed about bytes that are no text.
//!
//! Read twice: first for syntax, field names, number of features and CRS (which may stand
//! behind the features), then for the features. A `FeatureCollection`, a single
//! `Feature`, and features one after another (one a line, RFC 8142) are read.

mod form;

use std::collections::HashSet;
use std::fmt;
use std::io::BufRead;

use serde::Deserialize;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use form::Form;

use super::lage::Lage;
use super::melder::Melder;
use super::{Annahme, Feld, Kopf, Lesen, Merkmal, Typ};
use crate::error::{Error, Result};
use crate::fnp::objekt::Schwere;
use crate::import::datei::{Datei, Grenzen};

/// Different fields of all features together.
const FELDER: usize = 250;

pub(super) fn strom(
    datei: &Datei,
    optionen: &Lesen,
    senke: &mut dyn FnMut(Merkmal) -> Result<()>,
) -> Result<Kopf> {
    let mut umschau = Umschau::neu(&optionen.grenzen);
    umschau.lies(datei)?;
    let ebene = umschau
        .name
        .clone()
        .unwrap_or_else(|| datei.stamm().to_owned());
    if let Some(gewuenscht) = &optionen.ebene
        && *gewuenscht != ebene
    {
        return Err(Error::eingabe(format!(
            "Eine Ebene „{gewuenscht}“ gibt es in der Datei nicht. Vorhanden sind: „{ebene}“ ({} Objekte).",
            umschau.anzahl
        )));
    }
    let felder: Vec<Feld> = umschau
        .namen
        .iter()
        .map(|name| Feld {
            name: name.clone(),
            typ: Typ::Text,
        })
        .collect();
    let mut melder = Melder::default();
    for nr in &umschau.doppelt {
        melder.objekt(
            "id-doppelt",
            *nr,
            Schwere::Hinweis,
            None,
            "hat dieselbe „id“ wie ein Objekt davor.",
        );
    }
    let epsg = umschau.epsg()?;
    let lage = Lage::neu(
        optionen.crs.as_deref(),
        epsg,
        umschau.crs_name.as_deref(),
        &mut melder,
    )?;
    let mut annahme = Annahme::neu(lage, melder, &felder, &optionen.grenzen, senke);
    let mut wkb = Vec::new();
    durchlaufe(
        datei,
        &mut Ziel::neu(&mut |ganz: Ganz| {
            let Ganz {
                id,
                mut properties,
                geometry,
            } = ganz;
            let werte = felder
                .iter()
                .map(|feld| {
                    properties
                        .as_mut()
                        .and_then(|p| p.remove(&feld.name))
                        .and_then(text)
                })
                .collect();
            wkb.clear();
            let form = match geometry {
                Some(form) => {
                    form.schreibe(&mut wkb, 8).map_err(|grund| {
                        Error::eingabe(format!("Objekt {}: {grund}", annahme.gelesen + 1))
                    })?;
                    Some(wkb.as_slice())
                }
                None => None,
            };
            annahme.nimm(id.and_then(text), werte, form)
        }),
    )?;
    annahme.schliesse(ebene, felder)
}

fn text(wert: Value) -> Option<String> {
    match wert {
        Value::Null => None,
        Value::String(text) => Some(text),
        andere => Some(andere.to_string()),
    }
}

/// The first reading.
struct Umschau {
    namen: Vec<String>,
    bekannt: HashSet<String>,
    ids: HashSet<String>,
    doppelt: Vec<u64>,
    anzahl: u64,
    hoechstens: u64,
    name: Option<String>,
    crs: Option<Value>,
    crs_name: Option<String>,
}

impl Umschau {
    fn neu(grenzen: &Grenzen) -> Self {
        Self {
            namen: Vec::new(),
            bekannt: HashSet::new(),
            ids: HashSet::new(),
            doppelt: Vec::new(),
            anzahl: 0,
            hoechstens: grenzen.merkmale,
            name: None,
            crs: None,
            crs_name: None,
        }
    }

    fn lies(&mut self, datei: &Datei) -> Result<()> {
        let mut je = |leicht: Leicht| self.merke(leicht);
        let mut ziel = Ziel::neu(&mut je);
        durchlaufe(datei, &mut ziel)?;
        let Ziel { name, crs, art, .. } = ziel;
        if self.anzahl == 0
            && let Some(art) = art.filter(|art| art != "FeatureCollection")
        {
            return Err(Error::eingabe(format!(
                "Das JSON ist vom Typ „{art}“; erwartet wird eine FeatureCollection oder ein Feature."
            )));
        }
        self.name = name;
        self.crs = crs;
        Ok(())
    }

    fn merke(&mut self, leicht: Leicht) -> Result<()> {
        self.anzahl += 1;
        let nr = self.anzahl;
        if nr > self.hoechstens {
            return Err(Error::eingabe(format!(
                "Die Datei hat mehr als {} Objekte.",
                self.hoechstens
            )));
        }
        for (name, wert) in leicht.properties.into_iter().flatten() {
            if name.contains('\0') || wert.as_str().is_some_and(|text| text.contains('\0')) {
                return Err(Error::eingabe(format!(
                    "Objekt {nr}: das Feld „{}“ enthält das Zeichen U+0000, das die Datenbank nicht speichern kann. Bitte in der Quelle entfernen.",
                    name.replace('\0', "")
                )));
            }
            if self.bekannt.insert(name.clone()) {
                self.namen.push(name);
            }
        }
        if self.namen.len() > FELDER {
            return Err(Error::eingabe(format!(
                "Die Objekte haben mehr als {FELDER} verschiedene Felder."
            )));
        }
        if let Some(id) = leicht.id.and_then(text)
            && !self.ids.insert(id)
            && self.doppelt.len() < 1000
        {
            self.doppelt.push(nr);
        }
        Ok(())
    }

    /// WGS 84 where nothing is said (RFC 7946), else the name; a link is refused.
    fn epsg(&mut self) -> Result<Option<u32>> {
        let crs = match &self.crs {
            None | Some(Value::Null) => return Ok(Some(4326)),
            Some(crs) => crs,
        };
        let eigenschaften = &crs["properties"];
        let name = match crs["type"].as_str() {
            Some("name") => eigenschaften["name"].as_str().map(str::to_owned),
            // The form of 2007.
            Some("EPSG") => eigenschaften["code"]
                .as_u64()
                .map(|code| format!("EPSG:{code}")),
            _ => {
                return Err(Error::eingabe(
                    "Das GeoJSON nennt sein Koordinatenreferenzsystem durch einen Verweis; Verweise werden nicht verfolgt. Bitte ohne „crs“ (WGS 84) oder mit \"type\": \"name\" speichern.",
                ));
            }
        };
        let Some(name) = name else { return Ok(None) };
        let klein = name.to_lowercase();
        if klein.ends_with("crs84") {
            return Ok(Some(4326));
        }
        let code = klein
            .rsplit([':', '/', '#'])
            .next()
            .and_then(|code| code.parse().ok())
            .filter(|_| klein.contains("epsg"));
        self.crs_name = Some(name);
        Ok(code)
    }
}

/// A feature without its coordinates.
#[derive(Deserialize)]
struct Leicht {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
    #[serde(default, rename = "geometry")]
    _geometry: Option<IgnoredAny>,
}

/// A feature.
#[derive(Deserialize)]
struct Ganz {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
    #[serde(default)]
    geometry: Option<Form>,
}

/// Where the parts of a document go.
struct Ziel<'a, T> {
    je: &'a mut dyn FnMut(T) -> Result<()>,
    name: Option<String>,
    crs: Option<Value>,
    art: Option<String>,
    /// An error of `je`, which serde cannot carry.
    fehler: Option<Error>,
}

impl<'a, T> Ziel<'a, T> {
    fn neu(je: &'a mut dyn FnMut(T) -> Result<()>) -> Self {
        Self {
            je,
            name: None,
            crs: None,
            art: None,
            fehler: None,
        }
    }

    fn gib<E: serde::de::Error>(&mut self, merkmal: T) -> Result<(), E> {
        (self.je)(merkmal).map_err(|error| {
            self.fehler = Some(error);
            E::custom("abgebrochen")
        })
    }
}

/// Calls `ziel` for every feature of the file.
fn durchlaufe<T: serde::de::DeserializeOwned>(datei: &Datei, ziel: &mut Ziel<'_, T>) -> Result<()> {
    let mut quelle = datei.strom()?;
    if quelle.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        quelle.consume(3);
    }
    let mut leser = serde_json::Deserializer::from_reader(OhneTrenner(quelle));
    let mut ergebnis = Ok(());
    // One document, or one feature after another.
    while ergebnis.is_ok() && leser.end().is_err() {
        ergebnis = Dokument(ziel).deserialize(&mut leser);
    }
    match (ziel.fehler.take(), ergebnis) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => Ok(()),
        (None, Err(cause)) => Err(Error::eingabe(format!(
            "Die Datei ist kein gültiges GeoJSON (Zeile {}, Spalte {}: {}).",
            cause.line(),
            cause.column(),
            grund(&cause)
        ))),
    }
}

fn grund(cause: &serde_json::Error) -> String {
    if cause.is_eof() {
        return "die Datei endet zu früh".into();
    }
    let text = cause.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    for (teil, deutsch) in [
        ("recursion limit", "zu tief geschachtelt"),
        ("number out of range", "eine Zahl ist zu groß"),
        (
            "invalid unicode",
            "ein Text ist kein gültiges Unicode (UTF-8)",
        ),
        ("surrogate", "ein Text ist kein gültiges Unicode"),
        ("invalid number", "eine Zahl ist keine"),
        ("invalid type", "eine Angabe hat den falschen Typ"),
        ("missing field", "eine Angabe fehlt"),
        ("control character", "ein Text enthält ein Steuerzeichen"),
    ] {
        if text.contains(teil) {
            return format!("{deutsch}; {text}");
        }
    }
    text.to_owned()
}

/// Takes the record separators of RFC 8142 for white space.
struct OhneTrenner<R>(R);
impl<R: std::io::Read> std::io::Read for OhneTrenner<R> {
    fn read(&mut self, ziel: &mut [u8]) -> std::io::Result<usize> {
        let gelesen = self.0.read(ziel)?;
        // Within a text the character is not allowed unescaped anyway.
        ziel[..gelesen]
            .iter_mut()
            .filter(|byte| **byte == 0x1E)
            .for_each(|byte| *byte = b' ');
        Ok(gelesen)
    }
}

/// A `FeatureCollection` or a `Feature`.
struct Dokument<'z, 'a, T>(&'z mut Ziel<'a, T>);

impl<'de, T: serde::de::DeserializeOwned> DeserializeSeed<'de> for Dokument<'_, '_, T> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, quelle: D) -> Result<(), D::Error> {
        quelle.deserialize_map(self)
    }
}

impl<'de, T: serde::de::DeserializeOwned> Visitor<'de> for Dokument<'_, '_, T> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("eine FeatureCollection oder ein Feature")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut karte: A) -> Result<(), A::Error> {
        use serde::de::Error as _;
        let ziel = self.0;
        // The parts of a single Feature, in whatever order they come.
        let mut einzeln = Map::new();
        let mut art = None;
        while let Some(name) = karte.next_key::<String>()? {
            match name.as_str() {
                "type" => art = karte.next_value::<Value>()?.as_str().map(str::to_owned),
                "features" => karte.next_value_seed(Liste(&mut *ziel))?,
                "crs" => ziel.crs = Some(karte.next_value()?),
                "name" => ziel.name = karte.next_value::<Value>()?.as_str().map(str::to_owned),
                "id" | "properties" | "geometry" => {
                    einzeln.insert(name, karte.next_value()?);
                }
                _ => {
                    karte.next_value::<IgnoredAny>()?;
                }
            }
        }
        if art.as_deref() == Some("Feature") {
            let merkmal =
                serde_json::from_value(Value::Object(einzeln)).map_err(A::Error::custom)?;
            ziel.gib(merkmal)?;
        }
        ziel.art = art;
        Ok(())
    }
}

/// The list of features.
struct Liste<'z, 'a, T>(&'z mut Ziel<'a, T>);

impl<'de, T: serde::de::DeserializeOwned> DeserializeSeed<'de> for Liste<'_, '_, T> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, quelle: D) -> Result<(), D::Error> {
        quelle.deserialize_seq(self)
    }
}

impl<'de, T: serde::de::DeserializeOwned> Visitor<'de> for Liste<'_, '_, T> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("eine Liste von Features")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut folge: A) -> Result<(), A::Error> {
        while let Some(merkmal) = folge.next_element::<T>()? {
            self.0.gib(merkmal)?;
        }
        Ok(())
    }
}
