//! The comparison on the terminal, in German, at 80 columns.

use std::fmt::Write as _;

use super::vergleich::{Differenz, Linkzustand, Objektvergleich, Vergleich};
use crate::fnp::zahl::{dezimal, hektar};
use crate::import::protokoll::text::umbrich;

/// Changes and links shown here; all stand in the JSON.
const GEZEIGT: usize = 12;

/// German name of a kind of object.
#[must_use]
pub fn art(vergleich: &Objektvergleich) -> &'static str {
    match vergleich.art.as_str() {
        "flaeche" => "Flächen",
        "ueberlagerung" => "Überlagerungen",
        "linie" => "Linien",
        _ => "Punkte",
    }
}

/// Difference with its sign.
#[must_use]
pub fn differenz(m2: f64) -> String {
    let text = hektar(m2, 2);
    if m2 >= 50.0 { format!("+{text}") } else { text }
}

/// The comparison; nothing for the first delivery of a plan.
#[must_use]
pub fn text(v: &Vergleich) -> String {
    let mut t = String::new();
    let Some(vorgaenger) = &v.vorgaenger else {
        return t;
    };
    let _ = writeln!(
        t,
        "\nVergleich mit Fassung {} vom {}",
        vorgaenger.fassung,
        crate::ortszeit::tag(&vorgaenger.eingelesen_am)
    );
    let _ = writeln!(
        t,
        "  {:<16}{:>9}{:>9}{:>8}{:>10}{:>10}{:>13}",
        "", "vorher", "nachher", "neu", "entfallen", "geändert", "unverändert"
    );
    for o in v.objekte.iter().filter(|o| o.vorher + o.nachher > 0) {
        let _ = writeln!(
            t,
            "  {:<16}{:>9}{:>9}{:>8}{:>10}{:>10}{:>13}",
            art(o),
            o.vorher,
            o.nachher,
            o.neu,
            o.entfallen,
            o.geaendert,
            o.unveraendert
        );
    }
    if let Some(o) = v.objekte.iter().find(|o| o.geaendert > 0) {
        umbrich(
            &mut t,
            &format!(
                "{} geändert in: Geometrie {}, Klasse {}, Nutzung {}, Codes {}, Rechtsstand {}",
                art(o),
                o.geometrie,
                o.klasse,
                o.nutzung,
                o.codes,
                o.rechtsstand
            ),
            2,
            4,
        );
    }
    let k = &v.kennungen;
    umbrich(
        &mut t,
        &format!(
            "Kennung behalten: {} mit gleicher Geometrie, {} mit mindestens 90 % Überdeckung, {} mit gleicher gml:id, {} aus früheren Fassungen; neu sind {}.",
            k.gleiche_geometrie, k.ueberdeckung, k.gml_id, k.wieder_da, k.neu
        ),
        2,
        2,
    );
    if !k.gml_id_verlaesslich {
        umbrich(
            &mut t,
            "Die gml:id wurden gegenüber der vorigen Lieferung neu vergeben; Objekte sind an Klasse und Lage erkannt.",
            2,
            2,
        );
    }
    bilanz(&mut t, v);
    links(&mut t, v);
    t
}

fn kopf(t: &mut String, titel: &str) {
    let _ = writeln!(
        t,
        "\n{titel:<41}{:>12} {:>12} {:>12}",
        "vorher ha", "nachher ha", "Differenz"
    );
}

fn zeile(t: &mut String, d: &Differenz) {
    let name: String = d.name.chars().take(38).collect();
    let _ = writeln!(
        t,
        "  {name:<39}{:>12} {:>12} {:>12}",
        hektar(d.vorher_m2, 2),
        hektar(d.nachher_m2, 2),
        differenz(d.differenz_m2)
    );
}

fn bilanz(t: &mut String, v: &Vergleich) {
    kopf(t, "Nutzung im ganzen Plan");
    for d in &v.nutzungen {
        zeile(t, d);
    }
    for ortsteil in v.ortsteile.iter().filter(|o| !o.unveraendert()) {
        let name: String = ortsteil.name.chars().take(38).collect();
        kopf(t, &name);
        for d in ortsteil
            .nutzungen
            .iter()
            .filter(|d| d.differenz_m2.abs() >= 1.0)
        {
            zeile(t, d);
        }
    }
    let gleich = v.ortsteile.iter().filter(|o| o.unveraendert()).count();
    if gleich > 0 && gleich < v.ortsteile.len() {
        let _ = writeln!(t, "\nUnverändert: {gleich} weitere Gebiete");
    } else if gleich > 0 {
        t.push_str("\nKein Ortsteil ändert sich.\n");
    }
}

fn links(t: &mut String, v: &Vergleich) {
    if v.links.is_empty() {
        return;
    }
    let zahl = |zustand| v.links.iter().filter(|l| l.zustand == zustand).count();
    let _ = writeln!(
        t,
        "\nVerknüpfungen von Maßnahmen: {} bleiben, {} mit geänderter Fläche,\n{} wieder da, {} zu prüfen",
        zahl(Linkzustand::Bleibt),
        zahl(Linkzustand::Geaendert),
        zahl(Linkzustand::WiederDa),
        zahl(Linkzustand::ZuPruefen)
    );
    for l in v
        .links
        .iter()
        .filter(|l| l.zustand == Linkzustand::ZuPruefen)
        .take(GEZEIGT)
    {
        let dort: Vec<String> = l
            .nachfolger
            .iter()
            .map(|n| {
                format!(
                    "{} ({}, {} %)",
                    n.kennung,
                    n.nutzung,
                    dezimal(n.anteil.unwrap_or(0.0) * 100.0, 0)
                )
            })
            .collect();
        let dort = if dort.is_empty() {
            "dort liegt nichts mehr".to_owned()
        } else {
            format!("dort liegt jetzt {}", dort.join(", "))
        };
        umbrich(
            t,
            &format!(
                "zu prüfen: {} „{}“ → {}; {dort}",
                l.massnahme, l.titel, l.flaeche
            ),
            2,
            6,
        );
    }
}
