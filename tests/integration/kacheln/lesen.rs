//! Reads vector tiles as the standard describes them, apart from the code that writes them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A position in a tile.
pub type Ort = [i64; 2];

#[derive(Debug, Clone, PartialEq)]
pub enum Wert {
    Text(String),
    Zahl(f64),
    Ganzzahl(i64),
    Wahr(bool),
}

#[expect(dead_code, reason = "shown when a test fails")]
#[derive(Debug)]
pub struct Objekt {
    pub nummer: Option<u64>,
    pub werte: BTreeMap<String, Wert>,
    /// 1 points, 2 lines, 3 areas.
    pub typ: u64,
    /// Rings without their repeated end.
    pub zuege: Vec<Vec<Ort>>,
}

#[derive(Debug)]
pub struct Ebene {
    pub name: String,
    pub ausdehnung: i64,
    pub objekte: Vec<Objekt>,
}

struct Felder<'a>(&'a [u8]);

enum Inhalt<'a> {
    Zahl(u64),
    Bytes(&'a [u8]),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut zahl = 0;
    for stelle in 0.. {
        let (b, rest) = bytes.split_first().expect("a varint that ends");
        *bytes = rest;
        zahl |= u64::from(b & 0x7f) << (7 * stelle);
        if b & 0x80 == 0 {
            break;
        }
    }
    zahl
}

impl<'a> Iterator for Felder<'a> {
    type Item = (u64, Inhalt<'a>);
    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let marke = varint(&mut self.0);
        let inhalt = match marke & 7 {
            0 => Inhalt::Zahl(varint(&mut self.0)),
            art => {
                let laenge = match art {
                    1 => 8,
                    2 => usize::try_from(varint(&mut self.0)).unwrap(),
                    5 => 4,
                    _ => panic!("wire type {art}"),
                };
                let (bytes, rest) = self.0.split_at(laenge);
                self.0 = rest;
                Inhalt::Bytes(bytes)
            }
        };
        Some((marke >> 3, inhalt))
    }
}

fn zickzack(zahl: u64) -> i64 {
    (zahl >> 1).cast_signed() ^ -(zahl & 1).cast_signed()
}

fn wert(bytes: &[u8]) -> Wert {
    match Felder(bytes).next().expect("a value") {
        (1, Inhalt::Bytes(text)) => Wert::Text(String::from_utf8(text.to_vec()).unwrap()),
        (3, Inhalt::Bytes(acht)) => Wert::Zahl(f64::from_le_bytes(acht.try_into().unwrap())),
        (4 | 5, Inhalt::Zahl(zahl)) => Wert::Ganzzahl(zahl.cast_signed()),
        (6, Inhalt::Zahl(zahl)) => Wert::Ganzzahl(zickzack(zahl)),
        (7, Inhalt::Zahl(zahl)) => Wert::Wahr(zahl == 1),
        (nummer, _) => panic!("value field {nummer}"),
    }
}

fn zuege(typ: u64, mut befehle: &[u8]) -> Vec<Vec<Ort>> {
    let mut zuege: Vec<Vec<Ort>> = Vec::new();
    let mut ort = [0, 0];
    while !befehle.is_empty() {
        let befehl = varint(&mut befehle);
        let anzahl = befehl >> 3;
        assert!(anzahl > 0, "an empty command");
        match befehl & 7 {
            art @ (1 | 2) => {
                if art == 1 {
                    assert!(typ == 1 || anzahl == 1, "one MoveTo a line");
                    zuege.push(Vec::new());
                }
                for _ in 0..anzahl {
                    let schritt = [
                        zickzack(varint(&mut befehle)),
                        zickzack(varint(&mut befehle)),
                    ];
                    assert!(art == 1 || schritt != [0, 0], "a LineTo to where it is");
                    ort = [ort[0] + schritt[0], ort[1] + schritt[1]];
                    zuege.last_mut().expect("MoveTo first").push(ort);
                }
            }
            7 => assert!(typ == 3 && anzahl == 1, "ClosePath"),
            art => panic!("command {art}"),
        }
    }
    for zug in &zuege {
        let mindestens = [0, 1, 2, 3][usize::try_from(typ).unwrap()];
        assert!(zug.len() >= mindestens, "too short: {zug:?}");
    }
    zuege
}

/// A tile, layer by layer; panics where it breaks the standard.
pub fn lies(bytes: &[u8]) -> Vec<Ebene> {
    let mut ebenen: Vec<Ebene> = Vec::new();
    for (nummer, inhalt) in Felder(bytes) {
        let (3, Inhalt::Bytes(bytes)) = (nummer, inhalt) else {
            panic!("tile field {nummer}")
        };
        let (mut name, mut version, mut ausdehnung) = (String::new(), 0, 4096);
        let (mut namen, mut werte, mut roh) = (Vec::new(), Vec::new(), Vec::new());
        for (nummer, inhalt) in Felder(bytes) {
            match (nummer, inhalt) {
                (1, Inhalt::Bytes(b)) => name = String::from_utf8(b.to_vec()).unwrap(),
                (2, Inhalt::Bytes(b)) => roh.push(b),
                (3, Inhalt::Bytes(b)) => namen.push(String::from_utf8(b.to_vec()).unwrap()),
                (4, Inhalt::Bytes(b)) => werte.push(wert(b)),
                (5, Inhalt::Zahl(z)) => ausdehnung = z.cast_signed(),
                (15, Inhalt::Zahl(z)) => version = z,
                (nummer, _) => panic!("layer field {nummer}"),
            }
        }
        assert_eq!(version, 2);
        assert!(!roh.is_empty(), "a layer without features");
        assert!(ebenen.iter().all(|e| e.name != name), "{name} twice");
        let objekte = roh.into_iter().map(|b| objekt(b, &namen, &werte)).collect();
        ebenen.push(Ebene {
            name,
            ausdehnung,
            objekte,
        });
    }
    ebenen
}

fn objekt(bytes: &[u8], namen: &[String], werte: &[Wert]) -> Objekt {
    let (mut nummer, mut typ, mut marken, mut befehle) = (None, 0, &[][..], &[][..]);
    for (feld, inhalt) in Felder(bytes) {
        match (feld, inhalt) {
            (1, Inhalt::Zahl(z)) => nummer = Some(z),
            (2, Inhalt::Bytes(b)) => marken = b,
            (3, Inhalt::Zahl(z)) => typ = z,
            (4, Inhalt::Bytes(b)) => befehle = b,
            (feld, _) => panic!("feature field {feld}"),
        }
    }
    let mut eigene = BTreeMap::new();
    while !marken.is_empty() {
        let stelle = |z: u64| usize::try_from(z).unwrap();
        let (name, wert) = (stelle(varint(&mut marken)), stelle(varint(&mut marken)));
        let schon = eigene.insert(namen[name].clone(), werte[wert].clone());
        assert!(schon.is_none(), "{} twice", namen[name]);
    }
    Objekt {
        nummer,
        werte: eigene,
        typ,
        zuege: zuege(typ, befehle),
    }
}

/// Everything a tile says, as text: values, and places in degrees and in metres of 3857.
pub fn als_text(pfad: &str, bytes: &[u8]) -> String {
    let teile: Vec<&str> = pfad.trim_end_matches(".mvt").rsplit('/').take(3).collect();
    let [c, b, zoom] = teile
        .iter()
        .map(|t| t.parse().unwrap_or(0.0))
        .collect::<Vec<f64>>()[..]
    else {
        return String::new();
    };
    // Row before column in the addresses of the standard.
    let (x, y) = if pfad.contains("/tiles/") {
        (c, b)
    } else {
        (b, c)
    };
    let mut text = String::new();
    for ebene in lies(bytes) {
        writeln!(text, "{}", ebene.name).unwrap();
        for objekt in &ebene.objekte {
            for (name, wert) in &objekt.werte {
                match wert {
                    Wert::Text(wert) => writeln!(text, "{name} {wert}").unwrap(),
                    Wert::Zahl(zahl) => writeln!(text, "{name} {zahl:.2}").unwrap(),
                    Wert::Ganzzahl(zahl) => writeln!(text, "{name} {zahl}").unwrap(),
                    Wert::Wahr(_) => {}
                }
            }
            for ort in objekt.zuege.iter().flatten() {
                let anteil = |kachel: f64, ort: i64| {
                    (kachel + ort as f64 / ebene.ausdehnung as f64) / 2_f64.powf(zoom)
                };
                let (ost, sued) = (anteil(x, ort[0]) - 0.5, 0.5 - anteil(y, ort[1]));
                let breite = (sued * std::f64::consts::TAU).sinh().atan().to_degrees();
                writeln!(
                    text,
                    "{:.6} {breite:.6} {:.1} {:.1}",
                    ost * 360.0,
                    ost * 40_075_016.685_578_49,
                    sued * 40_075_016.685_578_49
                )
                .unwrap();
            }
        }
    }
    text
}
