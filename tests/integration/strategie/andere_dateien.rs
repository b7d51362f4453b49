//! Files that are no workbook we read: each is told by name, with what to do.

use std::io::Write as _;

use super::daten::{entwurf, stadt};

#[tokio::test]
async fn other_files_are_told_by_name() {
    let db = stadt().await;
    let mut ods = Vec::new();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(&mut ods));
    zip.start_file("mimetype", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet")
        .unwrap();
    zip.finish().unwrap();
    let mut bombe = Vec::new();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(&mut bombe));
    zip.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    let nullen = vec![b' '; 1 << 20];
    for _ in 0..64 {
        zip.write_all(&nullen).unwrap();
    }
    zip.finish().unwrap();
    let alt = |inhalt: &str| {
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.extend(inhalt.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    for (bytes, teil) in [
        (ods, "LibreOffice-Datei (.ods)"),
        (bombe, "Vielfaches ihrer Größe"),
        (alt("Workbook"), "alten Excel-Formats (.xls)"),
        (alt("EncryptedPackage"), "Kennwort geschützt"),
        (b"PK\x03\x04abc".to_vec(), "beschädigt"),
    ] {
        let text = entwurf(&db, &[("x.xlsx".into(), bytes)])
            .await
            .unwrap_err()
            .to_string();
        assert!(text.contains(teil), "{teil}\n{text}");
    }
}
