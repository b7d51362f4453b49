//! Any bytes as zip archive: no panic, and no name that leads out.
#![no_main]

use zielraum::import::datei::{Grenzen, archivnamen};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(namen) = archivnamen(std::io::Cursor::new(bytes), &Grenzen::HOCHLADEN) {
        assert!(namen.len() <= Grenzen::HOCHLADEN.zip_eintraege);
        for name in namen {
            assert!(!name.starts_with('/') && !name.contains('\\'));
            assert!(name.split('/').all(|teil| teil != ".."));
        }
    }
});
