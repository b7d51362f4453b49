//! What the pages show: rows of land use, measures and goals, as people read them.

use crate::dorferneuerung::routes::adresse_flaechen;
use crate::fnp::bilanz::Bilanz;
use crate::fnp::plan::Fassung;
use crate::fnp::zahl::{dezimal, hektar, prozent};
use crate::http::link::kodiere_parameter;
use crate::strategie::massnahme::MassnahmeKurz;
use crate::web::store::Klasse;

/// Land use in an area: one row of the table and one part of the bar.
#[derive(Debug, Clone)]
pub struct Nutzungszeile {
    /// Name.
    pub name: String,
    /// `#RRGGBB`.
    pub farbe: String,
    /// Areas with a part inside.
    pub anzahl: i64,
    /// Hectares.
    pub ha: String,
    /// Percent for people.
    pub prozent: String,
    /// Percent for the width of the bar.
    pub breite: String,
    /// Where the areas behind the figure stand.
    pub rechenweg: Option<String>,
}

impl Nutzungszeile {
    fn neu(name: &str, farbe: &str, anzahl: i64, m2: f64, anteil: f64) -> Self {
        Self {
            name: name.to_owned(),
            farbe: farbe.to_owned(),
            anzahl,
            ha: hektar(m2, 2),
            prozent: prozent(anteil),
            breite: format!("{:.3}", anteil * 100.0),
            rechenweg: None,
        }
    }
}

/// Rows of an Ortsteil's balance, with the way to the areas behind each figure.
#[must_use]
pub fn aus_bilanz(wurzel: &str, bilanz: &Bilanz, klassen: &[Klasse]) -> Vec<Nutzungszeile> {
    let plan = bilanz.plan.angabe();
    let ortsteil = bilanz.gebiet.kennung.as_deref().unwrap_or_default();
    let zeile = |z: &crate::fnp::bilanz::Zeile| {
        let farbe = klassen
            .iter()
            .find(|klasse| klasse.schluessel == z.nutzung)
            .map_or("#FFFFFF", |klasse| klasse.farbe.as_str());
        let frage = kodiere_parameter([
            ("plan", plan.as_str()),
            ("ortsteil", ortsteil),
            ("nutzung", z.nutzung.as_str()),
            ("spalte", "summe"),
            ("f", "html"),
        ]);
        Nutzungszeile {
            rechenweg: Some(format!("{wurzel}/bilanz/flaechen?{frage}")),
            ..Nutzungszeile::neu(&z.name, farbe, z.anzahl, z.summe_m2, z.anteil)
        }
    };
    bilanz.zeilen.iter().map(zeile).collect()
}

/// Rows of a village-renewal area.
#[must_use]
pub fn aus_gebiet(
    wurzel: &str,
    gebiet: &crate::dorferneuerung::gebiet::Gebiet,
) -> Vec<Nutzungszeile> {
    let plan = gebiet
        .plan
        .as_ref()
        .map_or_else(String::new, Fassung::angabe);
    let zeile = |n: &crate::dorferneuerung::gebiet::Nutzung| Nutzungszeile {
        rechenweg: Some(adresse_flaechen(
            wurzel,
            &gebiet.kurz.kennung,
            &plan,
            &n.nutzung,
            "html",
        )),
        ..Nutzungszeile::neu(&n.name, &n.farbe, n.anzahl, n.m2, n.anteil)
    };
    gebiet.nutzungen.iter().map(zeile).collect()
}

/// How much of a kind of Fachdaten lies in an area: ha (m² when small), metres, points.
#[must_use]
pub fn groesse(betroffen: &crate::fachdaten::store::Betroffen) -> String {
    let mut teile = Vec::new();
    match betroffen.m2 {
        Some(m2) if m2 < 10_000.0 => teile.push(format!("{} m²", dezimal(m2, 0))),
        Some(m2) => teile.push(format!("{} ha", hektar(m2, 2))),
        None => {}
    }
    if let Some(m) = betroffen.laenge_m {
        teile.push(format!("{} m", dezimal(m, 0)));
    }
    match betroffen.punkte {
        Some(1) => teile.push("1 Ort".to_owned()),
        Some(punkte) => teile.push(format!("{punkte} Orte")),
        None => {}
    }
    teile.join(", ")
}

/// State of a plan, for people.
#[must_use]
pub fn stand(schluessel: &str) -> &str {
    match schluessel {
        "wirksam" => "wirksam",
        "entwurf" => "Entwurf",
        "frueher" => "nicht mehr wirksam",
        anderer => anderer,
    }
}

/// `rechtsstand` of an area, for people.
#[must_use]
pub fn rechtsstand(schluessel: &str) -> &str {
    match schluessel {
        "planung" => "Planung",
        "bestand" => "Bestand",
        "entfaellt" => "entfällt",
        "ohne_angabe" => "ohne Angabe",
        anderer => anderer,
    }
}

/// Why a measure is listed for an area and how much of it lies there.
#[must_use]
pub fn herkunft(massnahme: &MassnahmeKurz) -> String {
    let mut teile = Vec::new();
    match massnahme.herkunft.as_deref() {
        Some("lage") => teile.push("liegt hier".to_owned()),
        Some("ortsteil") => teile.push("für diesen Ortsteil genannt".to_owned()),
        Some("gesamtstadt") => teile.push("gilt für die gesamte Stadt".to_owned()),
        _ => teile.push("ohne Ort im Gebiet".to_owned()),
    }
    if let Some(m2) = massnahme.schnitt_m2 {
        teile.push(format!("{} ha", hektar(m2, 2)));
    }
    if let Some(m) = massnahme.schnitt_m {
        teile.push(format!("{} m", dezimal(m, 0)));
    }
    if let Some(anteil) = massnahme.anteil.filter(|anteil| *anteil < 0.9995) {
        teile.push(format!("{} % der Maßnahme", prozent(anteil)));
    }
    teile.join(", ")
}

/// First and last month.
#[must_use]
pub fn zeitraum(massnahme: &MassnahmeKurz) -> Option<String> {
    let monat = |tag: chrono::NaiveDate| tag.format("%m/%Y").to_string();
    match (massnahme.beginn, massnahme.ende) {
        (Some(von), Some(bis)) => Some(format!("{} bis {}", monat(von), monat(bis))),
        (Some(von), None) => Some(format!("ab {}", monat(von))),
        (None, Some(bis)) => Some(format!("bis {}", monat(bis))),
        (None, None) => None,
    }
}
