//! The traps of delivered plans, one row per trap with its fixture and what must come
//! out. A trap without a row, a row without its file and a file without a row fail.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::PathBuf;

use geo::Area;
use serde_json::json;
use zielraum::error::Error;
use zielraum::fnp::objekt::Objekt;
use zielraum::import::xplangml::Gelesen;

use crate::{abgelehnt, befunde, lies, mit_id, pruefe_summen};

mod soll;

use soll::{
    alle_auf_dem_hektar, boegen, doppelte, flaechenschluss, gauss_krueger, halber_hektar, raender,
    srsname_erst_spaeter, umlaute, wahrheitswerte, zweck_am_punkt,
};

/// Every kind of trap met in real plans.
const FALLEN: &[&str] = &[
    "mixed types",
    "arcs",
    "CRS forms",
    "axis order",
    "srsName missing",
    "GK areas",
    "rings",
    "Flaechenschluss",
    "duplicates",
    "Geltungsbereich",
    "valid is not conform",
    "xlink",
    "booleans",
    "AGS",
    "encoding",
    "partial plans",
    "Bavarian delivery",
    "presentation objects",
];

enum Soll {
    /// The codes of the findings, sorted; then what else must hold.
    Gelesen(&'static [&'static str], fn(&[Objekt], &Gelesen)),
    /// Refused with a sentence that holds these words.
    Abgelehnt(&'static [&'static str]),
}
use Soll::{Abgelehnt, Gelesen as Liest};

struct Zeile {
    falle: &'static str,
    datei: &'static str,
    soll: Soll,
}

const fn z(falle: &'static str, datei: &'static str, soll: Soll) -> Zeile {
    Zeile { falle, datei, soll }
}

const ZEILEN: &[Zeile] = &[
    z(
        "mixed types",
        "zweck_am_punkt",
        Liest(&["zweck-am-punkt", "zweck-mehrdeutig"], zweck_am_punkt),
    ),
    z("arcs", "boegen", Liest(&[], boegen)),
    z(
        "CRS forms",
        "crs_formen",
        Liest(&["crs-umgerechnet"; 7], alle_auf_dem_hektar),
    ),
    z(
        "axis order",
        "achsen_und_zonen",
        Liest(
            &[
                "achsen-vertauscht",
                "achsen-vertauscht",
                "achsen-vertauscht",
                "crs-umgerechnet",
                "crs-umgerechnet",
                "crs-umgerechnet",
                "crs-umgerechnet",
                "zone-falsch",
                "zone-falsch",
                "zone-falsch",
            ],
            alle_auf_dem_hektar,
        ),
    ),
    z(
        "axis order",
        "lage_ausserhalb",
        Liest(&["lage-ausserhalb"], |_, g| {
            assert!(g.befunde[0].text.contains("EPSG:31468"), "a proposal");
        }),
    ),
    z(
        "srsName missing",
        "srsname_nur_im_umschlag",
        Liest(&[], halber_hektar),
    ),
    z(
        "srsName missing",
        "srsname_erst_spaeter",
        Liest(&["crs-umgerechnet", "srsname-fehlt"], srsname_erst_spaeter),
    ),
    z(
        "srsName missing",
        "srsname_nirgends",
        Abgelehnt(&["Zeile 4", "srsName"]),
    ),
    z(
        "GK areas",
        "gauss_krueger",
        Liest(&["crs-umgerechnet"], gauss_krueger),
    ),
    z("rings", "raender", Liest(&["ring-offen"], raender)),
    z(
        "Flaechenschluss",
        "flaechenschluss",
        Liest(
            &[
                "flaechenschluss-ebene",
                "flaechenschluss-fehlt",
                "flaechenschluss-ueberlagerung",
            ],
            flaechenschluss,
        ),
    ),
    z(
        "duplicates",
        "doppelte",
        Liest(
            &["flaeche-doppelt", "flaeche-doppelt", "objekt-doppelt"],
            doppelte,
        ),
    ),
    z(
        "Geltungsbereich",
        "geltungsbereich",
        Liest(&[], |_, g| {
            assert!((g.kopf.geltungsbereich.unsigned_area() - 14_900.0).abs() < 1e-6);
            assert_eq!(g.kopf.geltungsbereich.0[0].interiors().len(), 1);
        }),
    ),
    z(
        "Geltungsbereich",
        "geltungsbereich_im_bereich",
        Liest(&["geltungsbereich-fehlt"], |_, g| {
            assert!((g.kopf.geltungsbereich.unsigned_area() - 20_000.0).abs() < 1e-6);
        }),
    ),
    z(
        "valid is not conform",
        "gueltig_nicht_konform",
        Liest(
            &[
                "art-fehlt",
                "art-widerspruch",
                "flaechenschluss-fehlt",
                "flaechenschluss-ueberlagerung",
            ],
            |o, _| {
                assert_eq!(mit_id(o, "GML_STREIT").nutzung, "M");
                assert_eq!(mit_id(o, "GML_OHNE_ART").nutzung, "nicht_zugeordnet");
            },
        ),
    ),
    z(
        "valid is not conform",
        "umgesetzt_aus_5",
        Liest(
            &[
                "code-unbekannt",
                "code-version",
                "klasse-version",
                "rechtscharakter-fremd",
            ],
            |o, g| {
                let [b] = befunde(g, "rechtscharakter-fremd")[..] else {
                    panic!("one for all objects")
                };
                assert!(b.text.contains("Anzahl: 2"), "{}", b.text);
                assert_eq!(
                    mit_id(o, "GML_GRUEN").codes["zweckbestimmung"],
                    json!(["14007"])
                );
                assert_eq!(mit_id(o, "GML_WASSER").nutzung, "wasser");
                assert!(befunde(g, "code-unbekannt")[0].text.contains("Spielplatz"));
            },
        ),
    ),
    z(
        "xlink",
        "verweise",
        Liest(&["geometrie-unlesbar"; 3], |o, g| {
            assert!(g.befunde.iter().all(|b| b.text.contains("xlink")));
            assert_eq!((o.len(), o[0].gml_id.as_deref()), (1, Some("GML_GUT")));
        }),
    ),
    z(
        "booleans",
        "wahrheitswerte",
        Liest(&["wert-unlesbar"], wahrheitswerte),
    ),
    z(
        "AGS",
        "ags",
        Liest(&["ags-ohne-null"], |_, g| {
            let gemeinde = &g.kopf.gemeinden[0];
            assert_eq!(gemeinde.ags.as_deref(), Some("9999001"), "as delivered");
            assert_eq!(gemeinde.ags_normiert().as_deref(), Some("09999001"));
        }),
    ),
    z("encoding", "kodierung_utf_8_bom", Liest(&[], umlaute)),
    z("encoding", "kodierung_iso_8859_1", Liest(&[], umlaute)),
    z("encoding", "kodierung_utf_16_le", Liest(&[], umlaute)),
    z("encoding", "kodierung_utf_16_be", Liest(&[], umlaute)),
    z(
        "encoding",
        "kodierung_windows_1252",
        Liest(&[], |o, g| {
            assert_eq!(g.kopf.name.as_deref(), Some("Grünflächen für Übersee"));
            assert_eq!(o[0].text.as_deref(), Some("„Anger“ – 5 €"));
        }),
    ),
    z(
        "partial plans",
        "teilvektoriell",
        Liest(&["ohne-flaechen"], |o, g| {
            assert!(o.is_empty());
            assert!((g.kopf.geltungsbereich.unsigned_area() - 20_000.0).abs() < 1e-6);
        }),
    ),
    z(
        "Bavarian delivery",
        "zusammenzeichnung",
        Liest(&[], |o, _| assert_eq!(o.len(), 4)),
    ),
    z(
        "Bavarian delivery",
        "nur_umgriffe",
        Abgelehnt(&["„1. Änderung“", "„2. Änderung“", "Zusammenzeichnung"]),
    ),
    z(
        "presentation objects",
        "darstellungsobjekte",
        Liest(&[], |o, g| {
            assert_eq!(o.len(), 1);
            let uebergangen: Vec<_> = g
                .klassen
                .iter()
                .filter(|k| k.uebergangen > 0)
                .map(|k| (k.klasse.as_str(), k.uebergangen))
                .collect();
            assert_eq!(
                uebergangen,
                [
                    ("XP_PPO", 1),
                    ("XP_PTO", 1),
                    ("XP_LPO", 1),
                    ("XP_LTO", 1),
                    ("XP_FPO", 1),
                    ("XP_Nutzungsschablone", 1)
                ]
            );
        }),
    ),
];

fn ordner() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/xplan"))
}

fn bytes(datei: &str) -> Vec<u8> {
    let pfad = ordner().join(format!("falle_{datei}.gml"));
    std::fs::read(&pfad).unwrap_or_else(|e| panic!("{}: {e}", pfad.display()))
}

#[test]
fn every_trap_has_its_fixture_and_comes_out_right() {
    for falle in FALLEN {
        assert!(
            ZEILEN.iter().any(|z| z.falle == *falle),
            "no row for the trap „{falle}“"
        );
    }
    for zeile in ZEILEN {
        assert!(
            FALLEN.contains(&zeile.falle),
            "{}: unknown trap",
            zeile.falle
        );
        let bytes = bytes(zeile.datei);
        match &zeile.soll {
            Abgelehnt(worte) => {
                let text = abgelehnt(&bytes);
                for wort in *worte {
                    assert!(text.contains(wort), "{}: {text}", zeile.datei);
                }
            }
            Liest(codes, pruefe) => {
                let (mut objekte, g) =
                    lies(&bytes).unwrap_or_else(|e: Error| panic!("{}: {e}", zeile.datei));
                let mut ist: Vec<_> = g.befunde.iter().map(|b| b.code.as_str()).collect();
                ist.sort_unstable();
                assert_eq!(ist, *codes, "{}: {:#?}", zeile.datei, g.befunde);
                pruefe_summen(&g, objekte.len());
                for n in &g.nachtrag {
                    objekte[usize::try_from(n.nummer).unwrap()]
                        .codes
                        .extend(n.codes.clone());
                }
                pruefe(&objekte, &g);
            }
        }
    }
}

#[test]
fn no_fixture_lies_about_unused() {
    let benutzt: BTreeSet<_> = ZEILEN
        .iter()
        .map(|z| format!("falle_{}.gml", z.datei))
        .collect();
    let vorhanden: BTreeSet<_> = std::fs::read_dir(ordner())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("falle_"))
        .collect();
    assert_eq!(vorhanden, benutzt);
}

#[test]
fn references_are_never_followed() {
    let lauscher = TcpListener::bind("127.0.0.1:0").unwrap();
    lauscher.set_nonblocking(true).unwrap();
    let port = lauscher.local_addr().unwrap().port();
    let text = String::from_utf8(bytes("verweise")).unwrap();
    assert!(text.matches("127.0.0.1:7").count() >= 4);
    let (objekte, _) = lies(
        text.replace("127.0.0.1:7", &format!("127.0.0.1:{port}"))
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(objekte.len(), 1);
    assert_eq!(
        lauscher.accept().map(|_| ()).unwrap_err().kind(),
        ErrorKind::WouldBlock,
        "somebody called"
    );
}
