//! Measures of the demonstration, what they do for the goals, and where they lie.

use super::form::{P, V, kurve};
use super::inhalt::umgrenzung;
use super::plan::Flaeche;
use super::strategie::tabelle;

/// kennung, nummer, titel, kurztext, beschreibung, art, beginn, ende, prioritaet, leitprojekt,
/// beschlussstand, umsetzungsphase, ampel, veroeffentlichung
type Massnahme = [&'static str; 14];

const MASSNAHMEN: &[Massnahme] = &[
    ["m-erpfting-alte-schule", "M-001", "Alte Schule Erpfting als Dorftreff", "Das leere Schulhaus wird Treffpunkt für alle Generationen.", "Umbau des Erdgeschosses zu Saal, Küche und Büro der Nachbarschaftshilfe. Die Machbarkeit ist untersucht, ein Förderantrag gestellt.", "bau", "2025-03-01", "2028-10-31", "1", "false", "beschlossen", "planung", "im_plan", ""],
    ["m-erpfting-grundschule", "M-002", "Grundschule Erpfting erneuern", "Sanierung, Ganztagsräume und barrierefreier Zugang.", "Das Gebäude wird energetisch erneuert und um Räume für den Ganztag ergänzt. Der Unterricht läuft während der Bauzeit im Nachbargebäude weiter.", "bau", "2024-09-01", "2027-08-31", "1", "false", "im_haushalt", "umsetzung", "verzoegert", ""],
    ["m-querung-ellighofen", "M-003", "Querung von B 17 und Bahn zwischen Ellighofen und Lech", "Sicherer Weg für Rad und Fuß vom Dorf an den Fluss.", "Unterführung der Bahn und Brücke über die Bundesstraße mit Anschluss an den Lechuferweg. Die Trasse berührt eine Feldhecke.", "bau", "2027-01-01", "2031-12-31", "2", "false", "geprueft", "vorbereitung", "unbekannt", ""],
    ["m-pitzling-dorfmitte", "M-004", "Dorfmitte Pitzling", "Platz, Linde, Haltestelle und Treff an der Alten Schule.", "Der Bereich um die Alte Schule wird Dorfplatz mit Haltestelle für das Anrufsammeltaxi.", "planung", "2026-04-01", "2029-06-30", "2", "false", "beschlossen", "planung", "im_plan", ""],
    ["m-reisch-feuerwehrhaus", "M-005", "Feuerwehrhaus Reisch", "Neubau mit zwei Stellplätzen und Übungsraum.", "Das alte Gerätehaus ist zu klein und ohne Abgasabsaugung. Der Neubau entsteht am Dorfrand.", "bau", "2025-01-01", "2027-12-31", "1", "false", "im_haushalt", "vergabe", "im_plan", ""],
    ["m-radrundweg", "M-006", "Radrundweg der Ortsteile", "Ein durchgehender Radweg verbindet Kernstadt und Dörfer.", "Lückenschlüsse, Wegweisung und Rastplätze auf einer Runde durch Pitzling, Ellighofen und Erpfting mit einem Ast nach Reisch.", "bau", "2024-04-01", "2030-10-31", "2", "true", "im_haushalt", "umsetzung", "verzoegert", ""],
    ["m-lechsteg", "M-007", "Lechsteg", "Neuer Steg für Fuß und Rad zwischen Katharinenvorstadt und Bahnhofsviertel.", "Der Steg verkürzt den Weg vom Bahnhof in die Altstadt. Die Kostenschätzung wurde mehrfach angehoben, die Förderung ist offen.", "bau", "2023-01-01", "2029-12-31", "1", "true", "beschlossen", "genehmigung", "gefaehrdet", ""],
    ["m-wohngebiet-suedwest", "M-008", "Wohngebiet Südwest", "Rund 300 Wohnungen zwischen Bundesstraße und Bahn.", "Neue Wohnbaufläche im Entwurf des Flächennutzungsplans mit einem Drittel geförderter Wohnungen, Kita und Quartiersplatz.", "planung", "2026-01-01", "2034-12-31", "2", "false", "vorgeschlagen", "planung", "unbekannt", ""],
    ["m-industriebrache-ost", "M-009", "Konversion Industriebrache Ost", "Aus dem Fabrikgelände wird ein gemischtes Quartier.", "Altlasten werden gesichert, Hallen teils erhalten. Wohnen, Arbeiten und ein Park ersetzen die Brache.", "planung", "2024-01-01", "2033-12-31", "1", "true", "beschlossen", "planung", "im_plan", ""],
    ["m-gewerbe-nord-2", "M-010", "Gewerbefläche Nord, Stufe 2", "Erweiterung des Gewerbes nördlich der Autobahn.", "Gewerbliche Baufläche im Entwurf des Flächennutzungsplans, in Abschnitten nach Bedarf erschlossen.", "planung", "2027-01-01", "2033-12-31", "3", "false", "vorgeschlagen", "vorbereitung", "unbekannt", ""],
    ["m-baulueckenkataster", "M-011", "Baulückenkataster und Ansprache der Eigentümer", "Leere Grundstücke finden, Eigentümer beraten.", "Die Stadt führt ein Kataster der Baulücken und spricht jedes Jahr 60 Eigentümer an.", "organisation", "2023-07-01", "", "1", "false", "im_haushalt", "betrieb", "im_plan", ""],
    ["m-stadtbus", "M-012", "Stadtbus im 15-Minuten-Takt", "Zwei Hauptlinien fahren werktags alle 15 Minuten.", "Mehr Fahrzeuge, Vorrang an Ampeln und ein neuer Umsteigepunkt am Bahnhof.", "programm", "2025-12-14", "2029-12-31", "1", "true", "im_haushalt", "umsetzung", "verzoegert", ""],
    ["m-pv-daecher", "M-013", "Photovoltaik auf städtischen Dächern", "Jedes geeignete Dach der Stadt erzeugt Strom.", "Anlagen auf Schulen, Feuerwehr, Sportzentrum und Kläranlage in jährlichen Losen.", "bau", "2023-01-01", "2030-12-31", "2", "false", "im_haushalt", "umsetzung", "im_plan", ""],
    ["m-stadtwald", "M-014", "Naherholung Oberer Stadtwald", "Wege, Spielort und ruhige Zonen im Wald.", "Die Besucher werden auf wenigen gut gebauten Wegen gelenkt, empfindliche Bereiche bleiben ungestört.", "planung", "2024-05-01", "2027-09-30", "2", "true", "beschlossen", "umsetzung", "im_plan", ""],
    ["m-quartierspflege-erpfting", "M-015", "Quartierspflege Erpfting", "Anlaufstelle für Pflege und Nachbarschaftshilfe.", "Eine Fachkraft berät, vermittelt Hilfen und betreut den Besuchsdienst.", "programm", "2025-10-01", "2029-09-30", "2", "false", "beschlossen", "betrieb", "im_plan", ""],
    ["m-auenrenaturierung", "M-016", "Auenrenaturierung am Lech", "Ufer öffnen, Nebenarm anbinden.", "Der verbaute Uferabschnitt wird zurückgebaut, ein alter Flussarm wieder angeschlossen.", "bau", "2026-09-01", "2031-03-31", "2", "false", "beschlossen", "genehmigung", "im_plan", ""],
    ["m-freizeitufer", "M-017", "Freizeitufer Lech", "Liegewiese, Stufen zum Wasser und Kiosk.", "Ein Stück Ufer nahe der Altstadt wird zum Aufenthaltsort. Die Fläche liegt im Überschwemmungsgebiet.", "bau", "2027-03-01", "2029-06-30", "3", "false", "geprueft", "vorbereitung", "ruht", ""],
    ["m-buergerdienste", "M-018", "Digitale Bürgerdienste", "Anträge online stellen und den Stand verfolgen.", "Die häufigsten Leistungen werden durchgehend digital, mit Hilfe am Tresen für alle, die sie brauchen.", "organisation", "2022-01-01", "2026-06-30", "1", "false", "im_haushalt", "abgeschlossen", "abgeschlossen", ""],
    ["m-entwurf-dorfladen-ellighofen", "M-019", "Entwurf: Dorfladen Ellighofen", "Laden und Paketstation im Lagerhaus.", "Vorüberlegung der Verwaltung, noch nicht beraten.", "foerderung", "2028-01-01", "", "3", "false", "idee", "nicht_begonnen", "unbekannt", "entwurf"],
    ["m-entwurf-stellplatzsatzung", "M-020", "Entwurf: Neue Stellplatzsatzung", "Weniger Stellplätze, wo Bus und Rad gut sind.", "Vorüberlegung der Verwaltung, noch nicht beraten.", "satzung", "2027-07-01", "", "3", "false", "idee", "nicht_begonnen", "unbekannt", "entwurf"],
];

/// massnahme, ziel, beitrag, haupt
const BEITRAEGE: &[[&str; 4]] = &[
    ["m-erpfting-alte-schule", "oz-ein-treff-je-dorf", "2", "true"],
    ["m-erpfting-alte-schule", "sz-altwerden", "1", "false"],
    ["m-erpfting-grundschule", "oz-grundschulen-saniert", "2", "true"],
    ["m-erpfting-grundschule", "sz-klimaneutral", "1", "false"],
    ["m-querung-ellighofen", "oz-radanteil", "2", "true"],
    ["m-querung-ellighofen", "sz-lech", "-1", "false"],
    ["m-pitzling-dorfmitte", "oz-ein-treff-je-dorf", "2", "true"],
    ["m-reisch-feuerwehrhaus", "sz-kurze-wege", "1", "false"],
    ["m-reisch-feuerwehrhaus", "sz-altwerden", "1", "true"],
    ["m-radrundweg", "oz-radanteil", "2", "true"],
    ["m-radrundweg", "sz-treffpunkte", "1", "false"],
    ["m-lechsteg", "sz-rad-und-bus", "2", "true"],
    ["m-lechsteg", "oz-altstadt-lech", "1", "false"],
    ["m-wohngebiet-suedwest", "oz-120-wohnungen", "2", "true"],
    ["m-wohngebiet-suedwest", "sz-innen-vor-aussen", "-2", "false"],
    ["m-industriebrache-ost", "oz-anteil-innen", "2", "true"],
    ["m-industriebrache-ost", "sz-bezahlbar-wohnen", "1", "false"],
    ["m-gewerbe-nord-2", "oz-gewerbeflaechen", "2", "true"],
    ["m-gewerbe-nord-2", "sz-innen-vor-aussen", "-2", "false"],
    ["m-gewerbe-nord-2", "sz-rad-und-bus", "-1", "false"],
    ["m-baulueckenkataster", "oz-flaechenbudget", "2", "true"],
    ["m-stadtbus", "oz-bustakt", "2", "true"],
    ["m-stadtbus", "sz-klimaneutral", "1", "false"],
    ["m-pv-daecher", "oz-pv-daecher", "2", "true"],
    ["m-stadtwald", "sz-altstadt-kultur", "1", "true"],
    ["m-stadtwald", "sz-lech", "0", "false"],
    ["m-quartierspflege-erpfting", "oz-quartierspflege", "2", "true"],
    ["m-auenrenaturierung", "oz-auen", "2", "true"],
    ["m-freizeitufer", "oz-altstadt-lech", "2", "true"],
    ["m-freizeitufer", "sz-lech", "-1", "false"],
    ["m-buergerdienste", "oz-online-dienste", "2", "true"],
    ["m-entwurf-dorfladen-ellighofen", "sz-treffpunkte", "1", "true"],
    ["m-entwurf-stellplatzsatzung", "sz-rad-und-bus", "1", "true"],
];

/// Village-renewal area and the measures it carries.
const GEBIET_MASSNAHME: &[[&str; 2]] = &[
    ["dorferneuerung-erpfting", "m-erpfting-alte-schule"],
    ["dorferneuerung-erpfting", "m-erpfting-grundschule"],
    ["dorferneuerung-erpfting", "m-quartierspflege-erpfting"],
    ["dorfkern-ellighofen", "m-querung-ellighofen"],
    ["dorferneuerung-reisch", "m-reisch-feuerwehrhaus"],
    ["dorfmitte-pitzling", "m-pitzling-dorfmitte"],
];

enum Ort {
    Gesamtstadt,
    Ortsteil(&'static str),
    /// Areas of the draft whose id holds this.
    Fnp(&'static str),
    Flaeche(&'static [(f64, f64)]),
    Linien(&'static [&'static [(f64, f64)]]),
    Punkte(&'static [(f64, f64)]),
    Unverortet(&'static str),
}

/// massnahme, where, rolle, genauigkeit
type Raumbezug = (&'static str, Ort, &'static str, &'static str);

const RAUMBEZUEGE: &[Raumbezug] = &[
    ("m-erpfting-alte-schule", Ort::Punkte(&[(2.06, 4.34)]), "standort", "lagegenau"),
    ("m-erpfting-grundschule", Ort::Punkte(&[(2.27, 4.50)]), "standort", "lagegenau"),
    ("m-querung-ellighofen", Ort::Linien(&[&[(2.95, 2.05), (3.36, 2.42), (3.85, 2.70), (4.90, 2.85), (5.95, 2.95)]]), "standort", "schematisch"),
    ("m-pitzling-dorfmitte", Ort::Flaeche(&[(6.34, 3.46), (6.50, 3.44), (6.54, 3.60), (6.40, 3.66)]), "standort", "lagegenau"),
    ("m-reisch-feuerwehrhaus", Ort::Punkte(&[(8.76, 7.54)]), "standort", "lagegenau"),
    ("m-reisch-feuerwehrhaus", Ort::Ortsteil("reisch"), "wirkraum", "ortsteilgenau"),
    ("m-radrundweg", Ort::Linien(&[&[(6.00, 7.30), (5.55, 5.30), (6.30, 3.60), (4.60, 2.60), (2.75, 2.00), (2.10, 4.30), (3.60, 6.10), (4.90, 7.00), (6.00, 7.30)], &[(6.52, 7.62), (7.40, 7.66), (8.10, 7.54), (8.80, 7.62)]]), "standort", "schematisch"),
    ("m-lechsteg", Ort::Linien(&[&[(5.56, 6.90), (5.70, 6.92), (5.86, 6.96)]]), "standort", "lagegenau"),
    ("m-wohngebiet-suedwest", Ort::Fnp("w-suedwest-"), "standort", "lagegenau"),
    ("m-wohngebiet-suedwest", Ort::Flaeche(&[(5.05, 3.10), (5.55, 3.05), (5.62, 3.45), (5.10, 3.50)]), "ausgleich", "schematisch"),
    ("m-industriebrache-ost", Ort::Flaeche(&[(7.18, 7.50), (7.60, 7.44), (7.64, 8.00), (7.24, 8.03)]), "standort", "lagegenau"),
    ("m-gewerbe-nord-2", Ort::Fnp("g-nord-stufe2-"), "standort", "lagegenau"),
    ("m-baulueckenkataster", Ort::Gesamtstadt, "wirkraum", "schematisch"),
    ("m-stadtbus", Ort::Linien(&[&[(4.60, 8.60), (4.90, 7.95), (5.30, 7.36), (5.95, 7.42), (6.60, 7.66), (7.00, 8.10), (7.30, 8.45)], &[(4.80, 5.80), (5.05, 6.60), (5.30, 7.34), (5.95, 7.44), (6.30, 6.80), (6.44, 3.55)]]), "standort", "schematisch"),
    ("m-pv-daecher", Ort::Punkte(&[(5.00, 7.92), (6.85, 7.75), (7.00, 8.12), (5.42, 6.85), (5.32, 9.72), (2.27, 4.50)]), "standort", "lagegenau"),
    ("m-stadtwald", Ort::Flaeche(&[(7.40, 4.95), (8.10, 4.85), (8.50, 5.35), (8.25, 6.10), (7.60, 6.15)]), "standort", "schematisch"),
    ("m-quartierspflege-erpfting", Ort::Ortsteil("erpfting"), "wirkraum", "ortsteilgenau"),
    ("m-auenrenaturierung", Ort::Flaeche(&[(5.86, 4.90), (6.24, 4.92), (6.30, 5.45), (6.16, 5.98), (5.86, 6.40), (5.64, 6.34), (5.80, 5.80)]), "standort", "lagegenau"),
    ("m-freizeitufer", Ort::Flaeche(&[(5.72, 6.20), (5.98, 6.14), (5.92, 6.62), (5.66, 6.60)]), "standort", "lagegenau"),
    ("m-buergerdienste", Ort::Gesamtstadt, "wirkraum", "schematisch"),
    ("m-entwurf-dorfladen-ellighofen", Ort::Ortsteil("ellighofen"), "suchraum", "ortsteilgenau"),
    ("m-entwurf-stellplatzsatzung", Ort::Unverortet("Der räumliche Geltungsbereich der Satzung ist noch offen."), "wirkraum", "schematisch"),
];

const ENTWURF: &str = "fnp-2025-entwurf";

pub fn dateien(entwurf: &[Flaeche]) -> Vec<(&'static str, String)> {
    let mut massnahmen = tabelle(&["kennung", "nummer", "titel", "kurztext", "beschreibung", "art", "beginn", "ende", "prioritaet", "leitprojekt", "beschlussstand", "umsetzungsphase", "ampel", "veroeffentlichung"]);
    for m in MASSNAHMEN {
        massnahmen.zeile(m);
    }
    let mut beitraege = tabelle(&["massnahme", "ziel", "beitrag", "haupt"]);
    for b in BEITRAEGE {
        beitraege.zeile(b);
    }
    let mut gebiete = tabelle(&["gebiet", "massnahme"]);
    for g in GEBIET_MASSNAHME {
        gebiete.zeile(g);
    }
    let mut orte = tabelle(&["massnahme", "art", "ortsteil", "plan", "flaeche", "wkt", "grund", "rolle", "genauigkeit"]);
    for (massnahme, ort, rolle, genauigkeit) in RAUMBEZUEGE {
        for [art, ortsteil, plan, flaeche, wkt, grund] in bezug(ort, entwurf) {
            orte.zeile(&[massnahme, &art, &ortsteil, &plan, &flaeche, &wkt, &grund, rolle, genauigkeit]);
        }
    }
    vec![
        ("massnahmen.csv", massnahmen.0),
        ("ziel_massnahme.csv", beitraege.0),
        ("raumbezug.csv", orte.0),
        ("gebiet_massnahme.csv", gebiete.0),
    ]
}

/// art, ortsteil, plan, flaeche, wkt, grund; one row per place.
fn bezug(ort: &Ort, entwurf: &[Flaeche]) -> Vec<[String; 6]> {
    let leer = String::new;
    let geometrie = |art: &str, wkt: String| vec![[art.into(), leer(), leer(), leer(), wkt, leer()]];
    match ort {
        Ort::Gesamtstadt => geometrie("gesamtstadt", leer()),
        Ort::Ortsteil(o) => vec![["ortsteil".into(), (*o).into(), leer(), leer(), leer(), leer()]],
        Ort::Fnp(name) => entwurf
            .iter()
            .filter(|f| f.id.starts_with(name))
            .map(|f| {
                let kennung = format!("{ENTWURF}.{}", f.id);
                ["fnp_flaeche".into(), leer(), ENTWURF.into(), kennung, leer(), leer()]
            })
            .collect(),
        Ort::Flaeche(anker) => {
            let mut ring = umgrenzung("massnahme", anker, 55.0, 0.06);
            ring.push(ring[0]);
            geometrie("flaeche", format!("MULTIPOLYGON ((({})))", folge(&ring)))
        }
        Ort::Linien(linien) => {
            let linien: Vec<String> = linien
                .iter()
                .map(|l| {
                    let orte: Vec<V> = l.iter().map(|a| V::km(a.0, a.1)).collect();
                    let punkte: Vec<P> = kurve(&orte, 140.0).iter().map(|v| v.mm()).collect();
                    format!("({})", folge(&punkte))
                })
                .collect();
            geometrie("linie", format!("MULTILINESTRING ({})", linien.join(", ")))
        }
        Ort::Punkte(punkte) => {
            let punkte: Vec<P> = punkte.iter().map(|p| V::km(p.0, p.1).mm()).collect();
            let punkte: Vec<String> = punkte.iter().map(|p| format!("({})", folge(&[*p]))).collect();
            geometrie("punkt", format!("MULTIPOINT ({})", punkte.join(", ")))
        }
        Ort::Unverortet(grund) => vec![["unverortet".into(), leer(), leer(), leer(), leer(), (*grund).into()]],
    }
}

fn folge(punkte: &[P]) -> String {
    let punkte: Vec<String> = punkte.iter().map(|p| format!("{} {}", p.ost(), p.nord())).collect();
    punkte.join(", ")
}
