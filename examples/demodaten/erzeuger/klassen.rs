//! How a land use of the map is written in XPlanGML 5.1 and 6.0: class and attributes.

use super::plan::Stand;
use super::zufall::streuwert;
use std::fmt::Write;

/// Class and the elements behind `flaechenschluss`, in the order of the schema.
pub struct Darstellung {
    pub klasse: &'static str,
    pub inhalt: String,
    /// Taken over from other law instead of shown by the plan itself.
    pub uebernommen: bool,
}

/// How an object with the use `art` (`nutzung:code`) is written.
pub fn darstellung(stand: Stand, art: &str, id: &str, name: Option<&str>) -> Darstellung {
    let (nutzung, code) = art.split_once(':').unwrap_or((art, ""));
    let neu = stand == Stand::Entwurf;
    let zweck = |klasse: &'static str, kurz: &str| Darstellung {
        klasse,
        inhalt: zweckbestimmung(neu, kurz, code),
        uebernommen: false,
    };
    match nutzung {
        "W" | "M" | "G" | "S" => Darstellung {
            klasse: "FP_BebauungsFlaeche",
            inhalt: bebauung(neu, nutzung, code, id),
            uebernommen: false,
        },
        "gemeinbedarf" => zweck("FP_Gemeinbedarf", "Gemeinbedarf"),
        "sport" => zweck("FP_SpielSportanlage", "SpielSportanlage"),
        "gruen" => {
            let mut d = zweck("FP_Gruen", "Gruen");
            if streuwert(id, &[1]).is_multiple_of(3) {
                let form = if code == "1200" { 1000 } else { 2000 };
                d.inhalt += &element("nutzungsform", form);
            }
            d
        }
        "ver_entsorgung" => zweck("FP_VerEntsorgung", "VerEntsorgung"),
        "landwirtschaft" if !neu && code == "1000" => zweck("FP_LandwirtschaftsFlaeche", ""),
        "landwirtschaft" => zweck("FP_Landwirtschaft", "Landwirtschaft"),
        "wald" if neu => zweck("FP_WaldFlaeche", "Wald"),
        "wald" => Darstellung {
            klasse: "FP_WaldFlaeche",
            // Five-digit codes came with 5.2.
            inhalt: element("zweckbestimmung", &code[..4]),
            uebernommen: false,
        },
        "verkehr_strasse" => strasse(neu, code, name),
        "verkehr_bahn" => recht("SO_Schienenverkehrsrecht", code, name),
        "verkehr_luft" => recht("SO_Luftverkehrsrecht", code, None),
        "wasser" => gewaesser(neu, code, name),
        "wasserwirtschaft" if neu => recht("SO_Wasserwirtschaft", code, None),
        "wasserwirtschaft" => zweck("FP_Wasserwirtschaft", ""),
        "abgrabung" => abgrabung(neu, code, id),
        "klima" => Darstellung {
            klasse: "FP_AnpassungKlimawandel",
            inhalt: element("massnahme", code),
            uebernommen: false,
        },
        "ohne_darstellung" => Darstellung {
            klasse: "FP_FlaecheOhneDarstellung",
            inhalt: String::new(),
            uebernommen: false,
        },
        _ => Darstellung {
            klasse: "FP_GenerischesObjekt",
            inhalt: element("zweckbestimmung", "Markt- und Ausstellungsgelände"),
            uebernommen: false,
        },
    }
}

/// One element with text.
pub fn element(name: &str, wert: impl std::fmt::Display) -> String {
    format!("<xplan:{name}>{wert}</xplan:{name}>")
}

/// 6.0 wraps the code in a complex type, 5.1 (and classes without one: `kurz` empty) does not.
fn zweckbestimmung(neu: bool, kurz: &str, code: &str) -> String {
    if !neu || kurz.is_empty() {
        return element("zweckbestimmung", code);
    }
    let typ = format!("FP_KomplexeZweckbest{kurz}");
    element("zweckbestimmung", element(&typ, element("allgemein", code)))
}

fn bebauung(neu: bool, nutzung: &str, code: &str, id: &str) -> String {
    let los = streuwert(id, &[2]) % 10;
    let allgemein = match nutzung {
        "W" => 1000,
        "M" => 2000,
        "G" => 3000,
        _ => 4000,
    };
    let besonders = match (nutzung, code) {
        ("W", _) if los == 8 => Some(1100),
        ("W", _) if los > 5 => Some(1200),
        ("M", "dorf") if neu && los < 3 => Some(1450),
        ("M", "dorf") => Some(1400),
        ("M", "kern") if los < 7 => Some(1600),
        ("M", _) if los < 5 => Some(1500),
        ("M", _) if los == 5 => Some(1550),
        ("G", "gi") => Some(1800),
        ("G", _) if los > 3 => Some(1700),
        ("S", "1200") => Some(2000),
        ("S", _) => Some(2100),
        _ => None,
    };
    let mut xml = String::new();
    if nutzung == "W" && los == 9 {
        xml += &element("GFZ", "0.6");
    }
    // Real plans leave out the general kind where the particular one says it.
    if besonders.is_none() || los != 8 {
        xml += &element("allgArtDerBaulNutzung", allgemein);
    }
    if let Some(b) = besonders {
        xml += &element("besondereArtDerBaulNutzung", b);
    }
    if nutzung == "S" {
        xml += &if neu {
            let typ = element("FP_KomplexeSondernutzung", element("allgemein", code));
            element("sondernutzung", typ)
        } else {
            element("sonderNutzung", code)
        };
    }
    xml
}

fn strasse(neu: bool, code: &str, name: Option<&str>) -> Darstellung {
    let einteilung = match name {
        Some(n) if n.starts_with('A') && code == "1000" => Some(1000),
        Some(n) if n.starts_with("B ") => Some(1100),
        Some(n) if n.starts_with("St ") => Some(1200),
        Some(n) if n.starts_with("LL ") => Some(1300),
        _ => None,
    };
    let fern = matches!(einteilung, Some(1000 | 1100));
    let mut inhalt = String::new();
    if neu {
        let typ = element(
            "SO_KomplexeZweckbestStrassenverkehr",
            element("allgemein", code),
        );
        inhalt += &element("artDerFestlegung", typ);
        if let Some(e) = einteilung {
            inhalt += &element("einteilung", e);
            if let Some(n) = name {
                inhalt += &element("nummer", n);
            }
        }
        let besonders = code.starts_with("16") || code == "14001";
        inhalt += &element("hatDarstellungMitBesondZweckbest", besonders);
    } else if let (true, Some(e), Some(n)) = (fern, einteilung, name) {
        let _ = write!(
            inhalt,
            "{}{}",
            element("artDerFestlegung", e),
            element("nummer", n)
        );
    } else {
        inhalt += &element("zweckbestimmung", code);
    }
    Darstellung {
        klasse: match (neu, fern) {
            (true, _) => "SO_Strassenverkehr",
            (false, true) => "SO_Strassenverkehrsrecht",
            (false, false) => "FP_Strassenverkehr",
        },
        inhalt,
        uebernommen: fern,
    }
}

fn recht(klasse: &'static str, code: &str, name: Option<&str>) -> Darstellung {
    let name = name.map(|n| element("name", n)).unwrap_or_default();
    Darstellung {
        klasse,
        inhalt: element("artDerFestlegung", code) + &name,
        uebernommen: klasse != "SO_Wasserwirtschaft",
    }
}

fn gewaesser(neu: bool, code: &str, name: Option<&str>) -> Darstellung {
    if !neu {
        let alt = if code == "3000" { 1100 } else { 1200 };
        return Darstellung {
            klasse: "FP_Gewaesser",
            inhalt: element("zweckbestimmung", alt),
            uebernommen: false,
        };
    }
    let code = if name.is_some() { "20000" } else { code };
    let typ = element("SO_KomplexeFestlegungGewaesser", element("allgemein", code));
    let name = name.map(|n| element("name", n)).unwrap_or_default();
    Darstellung {
        klasse: "SO_Gewaesser",
        inhalt: element("artDerFestlegung", typ) + &name,
        uebernommen: false,
    }
}

fn abgrabung(neu: bool, code: &str, id: &str) -> Darstellung {
    let (klasse, inhalt) = if code == "aufschuettung" {
        (
            "FP_Aufschuettung",
            element("aufschuettungsmaterial", "Erdaushub"),
        )
    } else if !neu && streuwert(id, &[3]).is_multiple_of(3) {
        ("FP_Bodenschaetze", element("abbaugut", "Kies"))
    } else {
        ("FP_Abgrabung", element("abbaugut", "Kies"))
    };
    Darstellung {
        klasse,
        inhalt,
        uebernommen: false,
    }
}
