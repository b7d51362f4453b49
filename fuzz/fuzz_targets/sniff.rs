//! Any bytes as the beginning of a file: an answer, and the same one for the bytes that count.
#![no_main]

use zielraum::import::datei::erkenne;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let ganz = erkenne(bytes);
    if bytes.len() >= 512 && bytes[..512].iter().any(|b| !b.is_ascii_whitespace() && *b != 0x1E) {
        assert_eq!(ganz, erkenne(&bytes[..512]));
    }
});
