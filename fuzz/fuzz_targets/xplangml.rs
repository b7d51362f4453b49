//! Any bytes as XPlanGML: no panic, and the counts of every class add up.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut objekte = 0_u64;
    let ergebnis = zielraum::import::xplangml::lies(bytes, &mut |_| {
        objekte += 1;
        Ok(())
    });
    if let Ok(gelesen) = ergebnis {
        for k in &gelesen.klassen {
            assert_eq!(k.gelesen, k.uebernommen + k.uebergangen, "{}", k.klasse);
        }
        let uebernommen: u64 = gelesen.klassen.iter().map(|k| k.uebernommen).sum();
        assert!(objekte <= uebernommen);
    }
});
