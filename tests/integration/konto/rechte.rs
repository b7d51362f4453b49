//! Rules and routes: no route without a rule, and the whole table of rights in one file.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use zielraum::auth::akteur::Umfang;
use zielraum::auth::{
    Akteur, Aktion, Angemeldet, Herkunft, Objekt, Objektart, Rolle, Zustand, darf, wege,
};

fn konto(rollen: &[Rolle], herkunft: Herkunft) -> Akteur {
    Akteur(Some(Arc::new(Angemeldet {
        id: uuid::Uuid::nil(),
        login: "test".into(),
        name: "Test".into(),
        rollen: rollen.to_vec(),
        referat: None,
        ortsteil: None,
        herkunft,
        endet: chrono::DateTime::UNIX_EPOCH,
    })))
}

fn sitzung(rollen: &[Rolle]) -> Akteur {
    konto(
        rollen,
        Herkunft::Sitzung {
            formularschutz: String::new(),
        },
    )
}

fn alle_objekte() -> Vec<Objekt> {
    let mut objekte = Vec::new();
    for art in Objektart::ALLE {
        for zustand in Zustand::ALLE {
            for eigen in [false, true] {
                objekte.push(Objekt {
                    art: *art,
                    zustand: *zustand,
                    eigen,
                });
            }
        }
    }
    objekte
}

/// Who may do what to what in which state, as text: one line per role, action and kind.
fn tafel() -> String {
    let mut wer = vec![
        ("oeffentlich", Akteur::ANONYM),
        ("angemeldet", sitzung(&[])),
    ];
    for rolle in Rolle::ALLE {
        wer.push((rolle.schluessel(), sitzung(&[*rolle])));
    }
    let mut text = String::new();
    for (name, akteur) in &wer {
        for art in Objektart::ALLE {
            for aktion in Aktion::ALLE {
                let worte: Vec<String> = alle_objekte()
                    .iter()
                    .filter(|o| o.art == *art && darf(akteur, *aktion, o))
                    .map(|o| format!("{:?}{}", o.zustand, if o.eigen { "+eigen" } else { "" }))
                    .collect();
                if !worte.is_empty() {
                    let alle = worte.len() == 10;
                    let worte = if alle {
                        "immer".to_owned()
                    } else {
                        worte.join(" ")
                    };
                    writeln!(text, "{name} {aktion:?} {art:?}: {worte}").unwrap();
                }
            }
        }
    }
    text
}

/// The table as agreed. To change a right, change the file with it and say why in the commit.
#[test]
fn the_table_of_rights_is_as_agreed() {
    let soll = include_str!("rechte.txt");
    let ist = tafel();
    let zeilen = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (nr, (soll, ist)) in zeilen(soll).iter().zip(zeilen(&ist)).enumerate() {
        assert_eq!(*soll, ist, "line {}", nr + 1);
    }
    assert_eq!(soll.lines().count(), ist.lines().count(), "{ist}");
}

/// What must hold whatever the table says.
#[test]
fn principles() {
    let anonym = Akteur::ANONYM;
    for objekt in alle_objekte() {
        for aktion in Aktion::ALLE {
            let erlaubt = |akteur: &Akteur| darf(akteur, *aktion, &objekt);
            let fall = format!("{aktion:?} {objekt:?}");
            if erlaubt(&anonym) {
                assert!(
                    matches!(objekt.art, Objektart::Lesewelt | Objektart::Anmeldung),
                    "{fall}"
                );
            }
            // Who makes content does not publish it; who looks after accounts touches none.
            for rolle in Rolle::ALLE {
                let darf = erlaubt(&sitzung(&[*rolle]));
                if darf && *aktion == Aktion::Freigeben {
                    assert_eq!(*rolle, Rolle::Freigabe, "{fall}");
                }
                if darf && objekt.art == Objektart::Konten {
                    assert_eq!(*rolle, Rolle::Admin, "{fall}");
                }
                if darf && *rolle == Rolle::Admin && *aktion != Aktion::Lesen {
                    assert!(
                        matches!(
                            objekt.art,
                            Objektart::Konten | Objektart::EigenesKonto | Objektart::Anmeldung
                        ),
                        "{fall}"
                    );
                }
                if darf && *aktion == Aktion::Aendern && objekt.art == Objektart::Massnahme {
                    assert!(
                        !matches!(objekt.zustand, Zustand::InFreigabe | Zustand::Archiviert),
                        "{fall}"
                    );
                }
            }
            // A token is never more than the session, and no more than its scopes.
            for umfang in Umfang::ALLE {
                let herkunft = Herkunft::Token {
                    id: uuid::Uuid::nil(),
                    umfang: vec![*umfang],
                };
                let token = konto(Rolle::ALLE, herkunft);
                if erlaubt(&token) {
                    assert!(erlaubt(&sitzung(Rolle::ALLE)), "{fall}");
                    assert!(
                        !matches!(objekt.art, Objektart::Konten | Objektart::EigenesKonto),
                        "{fall}"
                    );
                    let noetig = match aktion {
                        Aktion::Lesen => None,
                        Aktion::Importieren => Some(Umfang::Import),
                        _ => Some(Umfang::Schreiben),
                    };
                    assert!(
                        objekt.art == Objektart::Anmeldung || noetig.is_none_or(|n| n == *umfang),
                        "{fall} {umfang:?}"
                    );
                }
            }
        }
    }
}

/// Paths and methods in every `.route(` of a source.
pub fn routen(text: &str) -> Vec<(String, String)> {
    let mut gefunden = Vec::new();
    for stueck in text.split(".route(").skip(1) {
        let Some(rest) = stueck.trim_start().strip_prefix('"') else {
            continue;
        };
        let (pfad, rest) = rest.split_once('"').unwrap();
        // Up to the end of the call: where the brackets close.
        let mut tiefe = 1;
        let ende = rest.find(|c| {
            tiefe += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            tiefe == 0
        });
        let aufruf = &rest[..ende.unwrap()];
        let methoden: Vec<&str> = ["get", "post", "put", "patch", "delete"]
            .into_iter()
            .filter(|m| {
                aufruf.match_indices(&format!("{m}(")).any(|(stelle, _)| {
                    !aufruf[..stelle].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            })
            .collect();
        // OPTIONS says what is allowed here, and asks for no right.
        assert!(
            !methoden.is_empty() || aufruf.contains("options("),
            "{pfad}: {aufruf}"
        );
        for methode in methoden {
            gefunden.push((methode.to_uppercase(), pfad.to_owned()));
        }
    }
    gefunden
}

/// The texts of all sources below a folder.
pub fn quellen(ordner: &Path, text: &mut Vec<String>) {
    for eintrag in std::fs::read_dir(ordner).unwrap() {
        let pfad = eintrag.unwrap().path();
        if pfad.is_dir() && !pfad.ends_with("node_modules") {
            quellen(&pfad, text);
        } else if pfad.extension().is_some_and(|e| e == "rs") {
            text.push(std::fs::read_to_string(&pfad).unwrap());
        }
    }
}

#[test]
fn every_route_has_a_rule() {
    let mut texte = Vec::new();
    quellen(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut texte,
    );
    let routen: Vec<_> = texte.iter().flat_map(|text| routen(text)).collect();
    assert!(routen.len() > 60, "{}", routen.len());
    let ohne: Vec<_> = routen
        .iter()
        .filter(|(methode, pfad)| wege::weg(methode, pfad).is_none())
        .collect();
    assert!(ohne.is_empty(), "routes nobody may take: {ohne:?}");
    // What changes something is never open to all, but for the doors themselves.
    for (methode, pfad) in routen.iter().filter(|(methode, _)| methode != "GET") {
        let (aktion, art) = wege::weg(methode, pfad).unwrap();
        let nur_fragen = ["/hier", "/bilanz", "/massnahmen/suche", "/wfs"].contains(&&**pfad);
        assert_eq!(aktion == Aktion::Lesen, nur_fragen, "{methode} {pfad}");
        if art == Objektart::Anmeldung {
            let tueren = ["/anmelden", "/abmelden", "/einrichten/{code}"];
            assert!(tueren.contains(&&**pfad), "{pfad}");
        }
    }
}

#[test]
fn the_source_reader_reads_routes() {
    let text = r#".route("/a", get(x).post(y))
        .route(
            "/b/{id}", axum::routing::put(x).layer(grenze()))
        .route("/c", get(forget(1)))"#;
    let ist: Vec<String> = routen(text)
        .iter()
        .map(|(m, p)| format!("{m} {p}"))
        .collect();
    assert_eq!(ist, ["GET /a", "POST /a", "PUT /b/{id}", "GET /c"]);
}
