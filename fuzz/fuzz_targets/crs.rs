//! Any text as srsName, any two numbers as a place in it.
#![no_main]

use zielraum::import::crs;

libfuzzer_sys::fuzz_target!(|eingabe: (&str, f64, f64)| {
    let (name, x, y) = eingabe;
    if let Some(angabe) = crs::erkenne(name)
        // The reader refuses larger numbers before they come here.
        && x.abs() < 1e9
        && y.abs() < 1e9
    {
        let mut punkt = [geo_types::Coord { x, y }];
        if crs::Umrechner::default().nach_25832(angabe, &mut punkt).is_ok() {
            assert!(punkt[0].x.is_finite() && punkt[0].y.is_finite());
        }
    }
});
