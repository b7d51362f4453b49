//! Technical words of values, and authors, as people read them. Database, files and JSON keep
//! the words as they are.

/// Words that are written otherwise than they are spelled in the database.
const WORTE: &[(&str, &str)] = &[
    ("aendert", "ändert"),
    ("alternative_zu", "Alternative zu"),
    ("ausser_kraft", "außer Kraft"),
    ("beschliesst", "beschließt"),
    ("entfaellt", "entfällt"),
    ("ergaenzt", "ergänzt"),
    ("erhoeht", "erhöht"),
    ("ersetzt_durch", "ersetzt durch"),
    ("federfuehrend", "federführend"),
    ("flaeche", "Fläche"),
    ("flurstuecksscharf", "auf das Flurstück genau"),
    ("fnp_flaeche", "Fläche des Flächennutzungsplans"),
    ("foerderung", "Förderung"),
    ("frueher", "nicht mehr in Kraft"),
    ("geaendert", "geändert"),
    ("geaendert_angenommen", "geändert angenommen"),
    ("geloescht", "gelöscht"),
    ("geprueft", "geprüft"),
    ("gueltig", "gültig"),
    ("ist", "Ist"),
    ("soll", "Soll"),
    ("basis", "Basis"),
    ("prognose", "Prognose"),
    ("gesamtstadt", "gesamte Stadt"),
    ("ortsteil", "Ortsteil"),
    ("linie", "Linie"),
    ("punkt", "Punkt"),
    ("standort", "Standort"),
    ("wirkraum", "Wirkraum"),
    ("suchraum", "Suchraum"),
    ("ausgleich", "Ausgleich"),
    ("investition", "Investition"),
    ("aufwand", "Aufwand"),
    ("ertrag", "Ertrag"),
    ("folgekosten", "Folgekosten"),
    ("ansatz", "Ansatz"),
    ("nachtrag", "Nachtrag"),
    ("finanzplan", "Finanzplan"),
    ("ergebnis", "Ergebnis"),
    ("kostenschaetzung", "Kostenschätzung"),
    ("lehnt_ab", "lehnt ab"),
    ("ohne_angabe", "ohne Angabe"),
    ("pruefen", "prüfen"),
    ("ruecknahme", "Rücknahme"),
    ("setzt_voraus", "setzt voraus"),
    ("teil_von", "Teil von"),
    ("ueberholt", "überholt"),
    ("uebernommen", "übernommen"),
    ("ve", "Verpflichtungsermächtigung"),
    ("verstaerkt", "verstärkt"),
    ("vorlaeufig", "vorläufig"),
    ("zur_kenntnis", "zur Kenntnis genommen"),
    ("zurueckgegeben", "zurückgegeben"),
    ("zurueckgenommen", "zurückgenommen"),
    ("zusammengefuehrt_mit", "zusammengeführt mit"),
    ("in_freigabe", "in Freigabe"),
    ("veroeffentlicht", "veröffentlicht"),
];

/// A value as people write it; a word of no list stays as it is.
#[must_use]
pub fn wert(wort: &str) -> &str {
    WORTE
        .iter()
        .find(|(technisch, _)| *technisch == wort)
        .map_or(wort, |(_, deutsch)| deutsch)
}

/// An author: `konto:fach` is „Konto fach“. Names are not told: a login is known in the house.
#[must_use]
pub fn urheber(wer: &str) -> String {
    if let Some(konto) = wer.strip_prefix("konto:") {
        return match konto.split_once(" (Schlüssel ") {
            Some((login, _)) => format!("Konto {login} mit Zugangsschlüssel"),
            None => format!("Konto {konto}"),
        };
    }
    match wer.strip_prefix("kommandozeile:") {
        Some(name) => format!("Kommandozeile ({name})"),
        None => wer.to_owned(),
    }
}

/// A reason without the hash of a delivered file, which is for who proves it, not for who reads.
#[must_use]
pub fn anlass(warum: &str) -> String {
    let kurz = warum
        .rsplit_once(" (")
        .filter(|(_, rest)| {
            rest.to_ascii_lowercase()
                .replace('-', "")
                .starts_with("sha256 ")
        })
        .map_or(warum, |(kurz, _)| kurz);
    match kurz
        .strip_prefix("import ")
        .and_then(|rest| rest.split_once(' '))
    {
        Some((_, datei)) => format!("Import {datei}"),
        None => kurz.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_words() {
        assert_eq!(wert("vorlaeufig"), "vorläufig");
        assert_eq!(wert("Feuerwehrhaus"), "Feuerwehrhaus");
        assert_eq!(urheber("konto:fach"), "Konto fach");
        assert_eq!(
            urheber("konto:fach (Schlüssel 0d1c)"),
            "Konto fach mit Zugangsschlüssel"
        );
        assert_eq!(urheber("kommandozeile:m.huber"), "Kommandozeile (m.huber)");
        assert_eq!(urheber("zielraum"), "zielraum");
        let hash = "0f".repeat(32);
        for (warum, gelesen) in [
            (
                format!("import strategie: strategie.xlsx (sha256 {hash})"),
                "Import strategie.xlsx",
            ),
            (
                format!("Import plan.zip (SHA-256 {hash})"),
                "Import plan.zip",
            ),
            ("import fnp plan (2).gml".to_owned(), "Import plan (2).gml"),
            (
                "Titel berichtigt (siehe Mail)".to_owned(),
                "Titel berichtigt (siehe Mail)",
            ),
        ] {
            assert_eq!(anlass(&warum), gelesen);
        }
    }
}
