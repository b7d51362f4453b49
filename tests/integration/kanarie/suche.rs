//! Looks for word, number and place in the bytes of an answer, in one pass; archives are
//! opened, and what cannot be opened is itself a finding.

use std::collections::HashSet;
use std::io::Read as _;

use super::daten::{WORT, ZAHL};
use crate::dateien;

/// Where the service believes to be.
pub const WURZEL: &str = "http://zr.test:8080";
/// The rare place 655555 5355555 in the systems answers come in, cut short.
pub const ORTE: [&str; 5] = ["655555", "5355555", "11.0989", "48.3340", "1235529"];
/// What may stand between the digits of an amount.
const TRENNER: [&str; 9] = [
    ".", ",", " ", "'", "\u{a0}", "\u{202f}", "&nbsp;", "&#160;", "&#8239;",
];

/// What one answer holds.
#[derive(Default)]
pub struct Gefunden {
    /// What, as it stands there, and what is around it.
    pub funde: Vec<(&'static str, String, String)>,
    /// Addresses of ours.
    pub wege: HashSet<String>,
}

/// Searches a body by its media type.
pub fn durchsuche(medium: &str, bytes: &[u8]) -> Gefunden {
    let mut gefunden = Gefunden::default();
    let mut stoff = Vec::new();
    let lesbar = ["text/", "json", "xml", "qml", "x-qgis", "javascript"]
        .iter()
        .any(|art| medium.contains(art));
    // Figures and places stand in binary in these; their bytes are searched besides.
    let geodaten = [
        ("flatgeobuf", "fgb"),
        ("geopackage", "gpkg"),
        ("application/zip", "shp.zip"),
    ];
    let tabelle = bytes.windows(4).any(|teil| teil == b".dbf");
    let geodaten = geodaten
        .iter()
        .find(|(art, endung)| medium.contains(art) && (*endung != "shp.zip" || tabelle));
    if let Some((_, endung)) = geodaten.filter(|_| !bytes.is_empty()) {
        stoff.push(dateien::als_text(endung, bytes).into_bytes());
    }
    if bytes.starts_with(b"PK\x03\x04") {
        entpacke(bytes, &mut stoff);
    } else if geodaten.is_none() && !lesbar && !nur_bildpunkte(bytes) && !bytes.is_empty() {
        let was = (
            "Unlesbar",
            medium.to_owned(),
            "no way to look into it".into(),
        );
        gefunden.funde.push(was);
    }
    laufe(bytes, 0, &mut gefunden);
    for teil in &stoff {
        laufe(teil, 0, &mut gefunden);
    }
    if medium.starts_with("text/css") {
        // The lines of a drawing are numbers without spaces.
        gefunden.funde.retain(|(was, ..)| *was != "Summe");
    }
    gefunden
}

/// A drawing with nothing beside its pixels: no text, no date, no author.
fn nur_bildpunkte(bytes: &[u8]) -> bool {
    let laenge = |stelle: usize, lies: fn([u8; 4]) -> u32| {
        let vier = bytes.get(stelle..stelle + 4)?;
        usize::try_from(lies(vier.try_into().ok()?)).ok()
    };
    let png = bytes.starts_with(b"\x89PNG\r\n\x1a\n");
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    if !png && !webp {
        return false;
    }
    let mut stelle = if png { 8 } else { 12 };
    while stelle < bytes.len() {
        let (art, weit) = if png {
            // length, kind, content, checksum
            (
                stelle + 4,
                laenge(stelle, u32::from_be_bytes).map(|l| l + 12),
            )
        } else {
            // kind, length, content to an even place
            let inhalt = laenge(stelle + 4, u32::from_le_bytes);
            (stelle, inhalt.map(|l| l.next_multiple_of(2) + 8))
        };
        let Some(art) = bytes.get(art..art + 4) else {
            return false;
        };
        let pixel: [&[u8]; 9] = [
            b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"VP8 ", b"VP8L", b"VP8X", b"ALPH",
        ];
        let Some(weit) = weit.filter(|_| pixel.contains(&art)) else {
            return false;
        };
        stelle += weit;
    }
    true
}

#[test]
fn a_drawing_with_words_is_no_drawing() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x01IDATxcccc".to_vec();
    assert!(nur_bildpunkte(&png));
    png.extend(b"\0\0\0\x02tEXtabcccc");
    assert!(!nur_bildpunkte(&png));
    assert!(!nur_bildpunkte(b"RIFF\0\0\0\0WAVE") && !nur_bildpunkte(b"PK"));
    assert!(nur_bildpunkte(include_bytes!(
        "../../../docs/bilder/qgis-formular.webp"
    )));
}

/// Archives and workbooks: their files, and theirs.
fn entpacke(bytes: &[u8], stoff: &mut Vec<Vec<u8>>) {
    if !bytes.starts_with(b"PK\x03\x04") {
        return;
    }
    let mut archiv = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for nr in 0..archiv.len() {
        let mut datei = archiv.by_index(nr).unwrap();
        let mut inhalt = datei.name().unwrap().as_bytes().to_vec();
        inhalt.push(b' ');
        let name = inhalt.len();
        datei.read_to_end(&mut inhalt).unwrap();
        drop(datei);
        entpacke(&inhalt[name..], stoff);
        stoff.push(inhalt);
    }
}

/// One pass. Letters and digits that are written encoded, which nobody does who means no
/// harm to this search, cost a second pass over what they stand for.
fn laufe(bytes: &[u8], tiefe: usize, gefunden: &mut Gefunden) {
    let mut davor = b' ';
    let mut verhuellt = false;
    for (stelle, b) in bytes.iter().enumerate() {
        match b {
            b'x' | b'X' if beginnt(bytes, stelle, WORT) => {
                gefunden.melde("Wort", WORT, bytes, stelle);
            }
            b'0'..=b'9' if !davor.is_ascii_digit() => {
                // The middle of another number, or of a request's number, is no place.
                if !davor.is_ascii_alphabetic() {
                    for ort in ORTE {
                        if beginnt(bytes, stelle, ort) {
                            gefunden.melde("Ort", ort, bytes, stelle);
                        }
                    }
                }
                if *b == b'7' && betrag(bytes, stelle) {
                    gefunden.melde("Zahl", ZAHL, bytes, stelle);
                }
            }
            b'.' if davor.is_ascii_digit() && milliarde(bytes, stelle) => {
                gefunden.melde("Summe", "000.000.000", bytes, stelle);
            }
            b'/' => {
                if let Some(weg) = weg(bytes, stelle) {
                    gefunden.wege.insert(weg);
                }
            }
            b'%' | b'\\' | b'&' if !verhuellt => {
                verhuellt = entziffere(bytes, stelle).is_some_and(|(zeichen, _)| {
                    zeichen.is_ascii_alphanumeric()
                        || zeichen == '%'
                        || zeichen == '&' && *b == b'\\'
                });
            }
            _ => {}
        }
        davor = *b;
    }
    if verhuellt && tiefe < 4 {
        laufe(&enthuelle(bytes), tiefe + 1, gefunden);
    }
}

impl Gefunden {
    fn melde(&mut self, was: &'static str, fund: &str, bytes: &[u8], stelle: usize) {
        if self
            .funde
            .iter()
            .filter(|(schon, ..)| *schon == was)
            .count()
            < 3
        {
            let umfeld = &bytes[stelle.saturating_sub(80)..(stelle + 120).min(bytes.len())];
            let umfeld = String::from_utf8_lossy(umfeld).into_owned();
            self.funde.push((was, fund.to_owned(), umfeld));
        }
    }
}

fn beginnt(bytes: &[u8], stelle: usize, nadel: &str) -> bool {
    bytes
        .get(stelle..stelle + nadel.len())
        .is_some_and(|teil| teil.eq_ignore_ascii_case(nadel.as_bytes()))
}

/// The rare amount, in euros or cents, whatever separates its digits.
fn betrag(bytes: &[u8], mut stelle: usize) -> bool {
    for (nr, ziffer) in ZAHL.bytes().enumerate() {
        if nr > 0
            && let Some(trenner) = TRENNER.iter().find(|t| beginnt(bytes, stelle, t))
        {
            stelle += trenner.len();
        }
        if bytes.get(stelle) != Some(&ziffer) {
            return false;
        }
        stelle += 1;
    }
    true
}

/// Thousand millions written in German: no such sum can be in the demonstration town but one
/// that a hidden amount is in.
fn milliarde(bytes: &[u8], stelle: usize) -> bool {
    let ziffern = |ab: usize| {
        bytes
            .get(ab..ab + 3)
            .is_some_and(|teil| teil.iter().all(u8::is_ascii_digit))
    };
    (0..3).all(|nr| bytes.get(stelle + nr * 4) == Some(&b'.') && ziffern(stelle + nr * 4 + 1))
        && !bytes.get(stelle + 12).is_some_and(u8::is_ascii_digit)
}

/// The address that begins here, if one does: in quotes, or after our own name.
fn weg(bytes: &[u8], stelle: usize) -> Option<String> {
    let davor = &bytes[..stelle];
    if !(davor.ends_with(b"\"") || davor.ends_with(b"'") || davor.ends_with(WURZEL.as_bytes())) {
        return None;
    }
    let ende = bytes[stelle..]
        .iter()
        .take(2000)
        .position(|b| b"\"'<> \\),\n#".contains(b))?;
    let weg = std::str::from_utf8(&bytes[stelle..stelle + ende]).ok()?;
    let brauchbar = weg.bytes().all(|b| b.is_ascii_graphic())
        && !weg.contains(['{', '}', '|', '^', '`', '[', ']'])
        && !weg.starts_with("//");
    brauchbar.then(|| weg.replace("&amp;", "&").replace("&#38;", "&"))
}

/// What is written encoded at this place, and how many bytes it takes.
fn entziffere(bytes: &[u8], stelle: usize) -> Option<(char, usize)> {
    let rest = &bytes[stelle..(stelle + 12).min(bytes.len())];
    let zahl = |ziffern: &[u8], basis| {
        u32::from_str_radix(std::str::from_utf8(ziffern).ok()?, basis)
            .ok()
            .and_then(char::from_u32)
    };
    if rest[0] == b'%' {
        return Some((zahl(rest.get(1..3)?, 16)?, 3));
    }
    if rest.starts_with(b"\\u") {
        return Some((zahl(rest.get(2..6)?, 16)?, 6));
    }
    let ziffern = rest.strip_prefix(b"&#")?;
    let ende = ziffern.iter().position(|b| *b == b';')?;
    let zeichen = match ziffern[..ende].split_first()? {
        (b'x' | b'X', hex) => zahl(hex, 16)?,
        _ => zahl(&ziffern[..ende], 10)?,
    };
    Some((zeichen, ende + 3))
}

fn enthuelle(bytes: &[u8]) -> Vec<u8> {
    let mut aus = Vec::with_capacity(bytes.len());
    let mut stelle = 0;
    while stelle < bytes.len() {
        let zeichen = match bytes[stelle] {
            b'%' | b'\\' | b'&' => entziffere(bytes, stelle).filter(|(z, _)| z.is_ascii()),
            _ => None,
        };
        match zeichen {
            Some((zeichen, laenge)) => {
                aus.extend(u8::try_from(zeichen));
                stelle += laenge;
            }
            None => {
                aus.push(bytes[stelle]);
                stelle += 1;
            }
        }
    }
    aus
}

#[test]
fn the_search_sees_through_encodings() {
    let funde = |text: &str| durchsuche("text/plain", text.as_bytes()).funde;
    for text in [
        "XyloQuarz",
        "%58yloquarz",
        "x%79loquarz",
        "%2558yloquarz",
        "\\u0058yloquarz",
        "xyloquar\\u007a",
        "&#88;yloquarz",
        "&#x58;yloquarz",
        "\\u0026#88;yloquarz",
        "7.770.077.007,01",
        "7 770 077 007",
        "7\u{202f}770\u{202f}077\u{202f}007",
        "7&nbsp;770&nbsp;077&nbsp;007",
        "\"betrag_ct\":777007700702",
        "7.770077007e9",
        "Zusammen 7.791.300.000,00 €",
        "[11.09895,48.33402]",
        "POINT(655555.0 5355555.0)",
    ] {
        assert!(!funde(text).is_empty(), "{text}");
    }
    let nichts = "Xylophon 777 11.09 655554 1655555 1.234.567 12.345.678,90 100%25 &#38; \\u00e4";
    assert!(funde(nichts).is_empty(), "{:?}", funde(nichts));
    assert!(
        !durchsuche("image/png", b"\x89PNG").funde.is_empty(),
        "blind"
    );
}

/// One object with word and place in a file of this kind.
fn geodatei(treiber: &str, endung: &str) -> Vec<u8> {
    use gdal::vector::{
        Feature, FieldDefn, Geometry, LayerAccess as _, LayerOptions, OGRFieldType,
    };
    let ordner = tempfile::tempdir().unwrap();
    let pfad = ordner.path().join(format!("a.{endung}"));
    let treiber = gdal::DriverManager::get_driver_by_name(treiber).unwrap();
    let mut dataset = treiber.create_vector_only(&pfad).unwrap();
    {
        let ebene = dataset.create_layer(LayerOptions::default()).unwrap();
        let feld = FieldDefn::new("zahl", OGRFieldType::OFTReal).unwrap();
        feld.add_to_layer(&ebene).unwrap();
        let mut objekt = Feature::new(ebene.defn()).unwrap();
        objekt.set_field_double(0, 7_770_077_007.25).unwrap();
        let ort = Geometry::from_wkt("POINT (655555 5355555)").unwrap();
        objekt.set_geometry(ort).unwrap();
        objekt.create(&ebene).unwrap();
    }
    dataset.close().unwrap();
    std::fs::read(pfad).unwrap()
}

#[test]
fn figures_and_places_in_binary_files_are_found() {
    for (treiber, endung, medium) in [
        ("FlatGeobuf", "fgb", "application/flatgeobuf"),
        ("GPKG", "gpkg", "application/geopackage+sqlite3"),
    ] {
        let funde = durchsuche(medium, &geodatei(treiber, endung)).funde;
        for was in ["Ort", "Zahl"] {
            assert!(
                funde.iter().any(|(w, ..)| *w == was),
                "{treiber}: blind to {was}"
            );
        }
    }
}

#[test]
fn archives_are_opened_and_links_are_found() {
    use std::io::Write as _;
    let mut innen = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    innen
        .start_file("a.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    innen.write_all(b"<v>xyloquarz</v>").unwrap();
    let innen = innen.finish().unwrap().into_inner();
    let mut aussen = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    aussen
        .start_file("b.zip", zip::write::SimpleFileOptions::default())
        .unwrap();
    aussen.write_all(&innen).unwrap();
    let aussen = aussen.finish().unwrap().into_inner();
    assert!(!durchsuche("application/zip", &aussen).funde.is_empty());

    let text = r#"<a href="/ziele?f=json&amp;x=1#oben"> {"href":"http://zr.test:8080/api?f=json"} "//fremd" "/a/{id}" "#;
    let mut wege: Vec<_> = durchsuche("text/html", text.as_bytes())
        .wege
        .into_iter()
        .collect();
    wege.sort();
    assert_eq!(wege, ["/api?f=json", "/ziele?f=json&x=1"]);
}
