//! What a file is, by its first bytes.

use super::Format;
use crate::error::{Error, Result};

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inhalt {
    /// One of the formats we read.
    Bekannt(Format),
    /// A zip archive.
    Zip,
    /// `SQLite`, but no GeoPackage.
    Sqlite,
    /// A format of old or of drawings that has a name; the advice is for the user.
    Fremd(&'static str),
    /// No bytes.
    Leer,
    /// Anything else.
    Unbekannt,
}

/// Reads the signature; the first 512 bytes are enough.
#[must_use]
pub fn erkenne(anfang: &[u8]) -> Inhalt {
    if anfang.is_empty() {
        return Inhalt::Leer;
    }
    if anfang.starts_with(b"PK\x03\x04") || anfang.starts_with(b"PK\x05\x06") {
        return Inhalt::Zip;
    }
    if anfang.starts_with(b"SQLite format 3\0") {
        // application_id of the header: GPKG, and GP10 and GP11 of the first versions.
        return match anfang.get(68..72) {
            Some(b"GPKG" | b"GP10" | b"GP11") => Inhalt::Bekannt(Format::GeoPackage),
            _ => Inhalt::Sqlite,
        };
    }
    if anfang.starts_with(b"fgb\x03fgb") {
        return Inhalt::Bekannt(Format::FlatGeobuf);
    }
    // File code 9994 big-endian, version 1000 little-endian.
    if anfang.starts_with(&[0, 0, 0x27, 0x0A]) && anfang.get(28..32) == Some(&[0xE8, 3, 0, 0]) {
        return Inhalt::Bekannt(Format::Shapefile);
    }
    for (marke, rat) in [
        (
            &b"AC10"[..],
            "eine DWG-Zeichnung. Bitte im Zeichenprogramm oder in QGIS als GeoPackage speichern",
        ),
        (
            b"  0\r\nSECTION",
            "eine DXF-Zeichnung. Bitte in QGIS als GeoPackage speichern",
        ),
        (
            b"  0\nSECTION",
            "eine DXF-Zeichnung. Bitte in QGIS als GeoPackage speichern",
        ),
        (
            b"%PDF",
            "ein PDF. Ein Plan im PDF enthält keine auswertbaren Flächen",
        ),
        (
            b"\x1F\x8B",
            "mit gzip gepackt. Bitte auspacken oder als Zip-Archiv packen",
        ),
        (b"7z\xBC\xAF", "ein 7z-Archiv. Bitte als Zip-Archiv packen"),
        (b"Rar!", "ein RAR-Archiv. Bitte als Zip-Archiv packen"),
        (
            b"II*\0",
            "ein TIFF-Bild. Ein gescannter Plan enthält keine auswertbaren Flächen",
        ),
        (
            b"MM\0*",
            "ein TIFF-Bild. Ein gescannter Plan enthält keine auswertbaren Flächen",
        ),
    ] {
        if anfang.starts_with(marke) {
            return Inhalt::Fremd(rat);
        }
    }
    if anfang.starts_with(&[0xFE, 0xFF]) || anfang.starts_with(&[0xFF, 0xFE]) {
        return Inhalt::Bekannt(Format::Xml); // UTF-16
    }
    // RS (0x1E) starts every record of an RFC 8142 text sequence.
    let text = anfang.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(anfang);
    match text
        .iter()
        .find(|byte| !byte.is_ascii_whitespace() && **byte != 0x1E)
    {
        Some(b'<') => Inhalt::Bekannt(Format::Xml),
        Some(b'{') => Inhalt::Bekannt(Format::GeoJson),
        Some(0) if anfang.starts_with(&[0, b'<']) => Inhalt::Bekannt(Format::Xml),
        _ => Inhalt::Unbekannt,
    }
}

impl Inhalt {
    /// The format, or why `name` is not read.
    pub(super) fn format(self, name: &str) -> Result<Format> {
        Err(Error::eingabe(match self {
            Self::Bekannt(format) => return Ok(format),
            Self::Zip => format!(
                "„{name}“ enthält ein weiteres Zip-Archiv. Bitte auspacken und das innere Archiv einlesen."
            ),
            Self::Sqlite => format!(
                "„{name}“ ist eine SQLite-Datenbank, aber kein GeoPackage (Kennung fehlt). Bitte in QGIS als GeoPackage exportieren."
            ),
            Self::Fremd(was) => format!("„{name}“ ist {was}."),
            Self::Leer => format!(
                "Die Datei „{name}“ ist leer; vielleicht ist das Kopieren oder Herunterladen abgebrochen. Bitte neu holen."
            ),
            Self::Unbekannt => format!(
                "Der Inhalt von „{name}“ ist weder XPlanGML noch GeoPackage, Shapefile, GeoJSON oder FlatGeobuf. Bitte in einem dieser Formate speichern; gemeint ist der Inhalt, nicht die Endung des Namens."
            ),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let mut gpkg = b"SQLite format 3\0".to_vec();
        gpkg.resize(100, 0);
        assert_eq!(erkenne(&gpkg), Inhalt::Sqlite);
        gpkg[68..72].copy_from_slice(b"GPKG");
        let mut shp = vec![0, 0, 0x27, 0x0A];
        shp.resize(100, 0);
        assert_eq!(erkenne(&shp), Inhalt::Unbekannt);
        shp[28..32].copy_from_slice(&1000_u32.to_le_bytes());
        for (bytes, soll) in [
            (&gpkg[..], Inhalt::Bekannt(Format::GeoPackage)),
            (&shp, Inhalt::Bekannt(Format::Shapefile)),
            (b"fgb\x03fgb\x00", Inhalt::Bekannt(Format::FlatGeobuf)),
            (b"\xEF\xBB\xBF {\"type\":", Inhalt::Bekannt(Format::GeoJson)),
            (b"\x1E{\"type\":", Inhalt::Bekannt(Format::GeoJson)),
            (b"\n<?xml", Inhalt::Bekannt(Format::Xml)),
            (b"PK\x03\x04", Inhalt::Zip),
            (b"", Inhalt::Leer),
            (b"name;flaeche", Inhalt::Unbekannt),
        ] {
            assert_eq!(erkenne(bytes), soll, "{bytes:?}");
        }
        assert!(matches!(erkenne(b"AC1027"), Inhalt::Fremd(_)));
        assert!(matches!(erkenne(b"\x1F\x8B\x08"), Inhalt::Fremd(_)));
    }
}
