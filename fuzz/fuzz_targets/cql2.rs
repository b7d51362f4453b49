//! Any text as a filter in both encodings: no panic, and what was read can be written and read again.
#![no_main]

use zielraum::layers::cql2::{Grenzen, Sprache, lies, schreiben};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for sprache in [Sprache::Text, Sprache::Json] {
        let Ok(baum) = lies(text, sprache) else {
            continue;
        };
        // The last bit of a number with 17 digits may change, the greatest one become too great.
        let als_json = schreiben::json(&baum).to_string();
        if als_json.len() <= Grenzen::BYTES && !als_json.contains("e+308") {
            let wieder = lies(&als_json, Sprache::Json).expect("what was read is written so that it can be read");
            assert_eq!(schreiben::json(&wieder).to_string().len().abs_diff(als_json.len()) / 8, 0, "{als_json}");
        }
        let _ = lies(&schreiben::text(&baum), Sprache::Text);
    }
});
