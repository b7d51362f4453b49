//! Goals of the demonstration: own words and numbers, never the town's.

use super::massnahmen;
use super::plan::Flaeche;

/// kennung, nummer, titel, farbe, symbol
const HANDLUNGSFELDER: &[[&str; 5]] = &[
    ["hf-bildung-soziales", "HF1", "Bildung und Soziales", "#8E44AD", "✎"],
    ["hf-bauen-wohnen", "HF2", "Bauen und Wohnen", "#C0582B", "⌂"],
    ["hf-wirtschaft-digitalisierung", "HF3", "Wirtschaft und Digitalisierung", "#4A5A78", "⚙"],
    ["hf-kultur-freizeit", "HF4", "Kultur und Freizeit", "#B8860B", "♪"],
    ["hf-mobilitaet-umwelt", "HF5", "Mobilität und Umwelt", "#2E7D32", "♻"],
];

/// One goal: kennung, nummer, Handlungsfeld, titel, text, zieljahr, raumwirksam; an operative
/// goal (three-part number) stands below the strategic one it follows.
type Ziel = [&'static str; 7];

const ZIELE: &[Ziel] = &[
    ["sz-kurze-wege", "1.1", "hf-bildung-soziales", "Kurze Wege zu Kita und Schule", "Jedes Kind erreicht Kita und Grundschule sicher zu Fuß, mit dem Rad oder mit höchstens einer kurzen Busfahrt.", "2035", "ja"],
    ["oz-grundschulen-saniert", "1.1.1", "hf-bildung-soziales", "Beide Grundschulen mit Sanierungsbedarf sind erneuert", "Bis 2030 sind die Gebäude energetisch saniert, barrierefrei und für Ganztagsbetrieb eingerichtet.", "2030", "ja"],
    ["oz-kitaplaetze", "1.1.2", "hf-bildung-soziales", "Kitaplatz für jedes angemeldete Kind", "Die Versorgungsquote erreicht 2028 in jedem Ortsteil 100 Prozent der Anmeldungen.", "2028", "mittelbar"],
    ["sz-altwerden", "1.2", "hf-bildung-soziales", "Alt werden im vertrauten Ort", "Wer im Dorf oder Quartier alt werden will, findet dort Hilfe, Begegnung und passenden Wohnraum.", "2035", "mittelbar"],
    ["oz-quartierspflege", "1.2.1", "hf-bildung-soziales", "Quartierspflege in zwei Ortsteilen", "Bis 2029 arbeitet in zwei Ortsteilen eine Anlaufstelle für Pflege und Nachbarschaftshilfe.", "2029", "mittelbar"],
    ["sz-bezahlbar-wohnen", "2.1", "hf-bauen-wohnen", "Bezahlbar wohnen", "Haushalte mit mittlerem und kleinem Einkommen finden in der Stadt eine Wohnung.", "2035", "ja"],
    ["oz-120-wohnungen", "2.1.1", "hf-bauen-wohnen", "120 fertige Wohnungen im Jahr", "Im Mittel der Jahre 2026 bis 2035 werden 120 Wohnungen fertig, ein Drittel davon gefördert.", "2035", "ja"],
    ["sz-innen-vor-aussen", "2.2", "hf-bauen-wohnen", "Innen vor außen, Fläche sparen", "Neue Nutzungen entstehen zuerst auf Brachen und in Baulücken, offene Landschaft bleibt erhalten.", "2035", "ja"],
    ["oz-flaechenbudget", "2.2.1", "hf-bauen-wohnen", "Höchstens 1,5 Hektar neue Fläche im Jahr", "Die jährlich neu in Anspruch genommene Siedlungs- und Verkehrsfläche liegt im Dreijahresmittel bei höchstens 1,5 Hektar.", "2030", "ja"],
    ["oz-anteil-innen", "2.2.2", "hf-bauen-wohnen", "60 Prozent Innenentwicklung", "Mindestens 60 Prozent der neuen Wohnungen entstehen innerhalb der Ortslagen.", "2030", "ja"],
    ["sz-arbeitsplaetze", "3.1", "hf-wirtschaft-digitalisierung", "Arbeitsplätze am Ort", "Betriebe finden passende Grundstücke, Beschäftigte kurze Wege.", "2035", "ja"],
    ["oz-gewerbeflaechen", "3.1.1", "hf-wirtschaft-digitalisierung", "Baureife Gewerbeflächen für fünf Jahre", "Die Stadt hält baureife Gewerbegrundstücke für den Bedarf von fünf Jahren vor.", "2029", "ja"],
    ["sz-digitale-stadt", "3.2", "hf-wirtschaft-digitalisierung", "Digitale Verwaltung und schnelle Netze", "Behördengänge gelingen von zu Hause, jedes Haus kann an ein Gigabitnetz.", "2032", "nein"],
    ["oz-online-dienste", "3.2.1", "hf-wirtschaft-digitalisierung", "Alle häufigen Anträge online", "Die 50 häufigsten Verwaltungsleistungen sind ohne Medienbruch online erledigt.", "2028", "nein"],
    ["sz-altstadt-kultur", "4.1", "hf-kultur-freizeit", "Lebendige Altstadt und Kultur", "Die Altstadt bleibt Ort für Handel, Wohnen, Kultur und Begegnung.", "2035", "ja"],
    ["oz-altstadt-lech", "4.1.1", "hf-kultur-freizeit", "Altstadt und Lech sind zu Fuß verbunden", "Zwei neue barrierefreie Verbindungen führen bis 2031 aus der Altstadt an das Wasser.", "2031", "ja"],
    ["sz-treffpunkte", "4.2", "hf-kultur-freizeit", "Treffpunkte in jedem Dorf", "In jedem Dorf gibt es einen Ort, an dem sich alle Generationen treffen können.", "2032", "ja"],
    ["oz-ein-treff-je-dorf", "4.2.1", "hf-kultur-freizeit", "Ein Treffpunkt je Ortsteil", "Bis 2032 ist in jedem der vier Dörfer mindestens ein Treffpunkt in Betrieb.", "2032", "ja"],
    ["sz-rad-und-bus", "5.1", "hf-mobilitaet-umwelt", "Rad und Bus statt Stau", "Alltagswege gelingen bequem ohne eigenes Auto.", "2035", "ja"],
    ["oz-radanteil", "5.1.1", "hf-mobilitaet-umwelt", "Ein Viertel der Wege mit dem Rad", "Der Anteil des Radverkehrs an allen Wegen steigt bis 2035 auf 25 Prozent.", "2035", "ja"],
    ["oz-bustakt", "5.1.2", "hf-mobilitaet-umwelt", "Stadtbus alle 15 Minuten", "Auf den Hauptlinien fährt der Stadtbus werktags alle 15 Minuten.", "2029", "mittelbar"],
    ["sz-klimaneutral", "5.2", "hf-mobilitaet-umwelt", "Klimaneutrale Stadt", "Stadtverwaltung, Betriebe und Haushalte senken ihre Emissionen Schritt für Schritt auf null.", "2040", "mittelbar"],
    ["oz-pv-daecher", "5.2.1", "hf-mobilitaet-umwelt", "Photovoltaik auf allen geeigneten städtischen Dächern", "Bis 2030 trägt jedes geeignete Dach der Stadt eine Anlage.", "2030", "mittelbar"],
    ["sz-lech", "5.3", "hf-mobilitaet-umwelt", "Der Lech als Natur- und Erholungsraum", "Der Fluss ist wieder naturnah und zugleich für Menschen erlebbar.", "2035", "ja"],
    ["oz-auen", "5.3.1", "hf-mobilitaet-umwelt", "Drei Kilometer naturnahes Ufer", "Bis 2033 sind drei Kilometer Ufer umgestaltet und zwei Auen wieder angebunden.", "2033", "ja"],
];

/// ziel, nutzung, wirkung, begruendung
const WIRKUNGEN: &[[&str; 4]] = &[
    ["sz-kurze-wege", "gemeinbedarf", "2", "Schulen und Kitas liegen auf Gemeinbedarfsflächen."],
    ["sz-kurze-wege", "verkehr_strasse", "-1", "Breite Straßen zerschneiden Schulwege."],
    ["sz-altwerden", "M", "1", "Gemischte Lagen halten Versorgung nah."],
    ["sz-altwerden", "gemeinbedarf", "1", "Platz für Pflege und Begegnung."],
    ["sz-bezahlbar-wohnen", "W", "2", "Wohnbauflächen schaffen Raum für Wohnungen."],
    ["sz-bezahlbar-wohnen", "M", "1", "Auch gemischte Bauflächen nehmen Wohnungen auf."],
    ["sz-innen-vor-aussen", "landwirtschaft", "1", "Freie Feldflur zu erhalten ist Kern des Ziels."],
    ["sz-innen-vor-aussen", "wald", "1", "Wald bleibt von Siedlung frei."],
    ["sz-innen-vor-aussen", "W", "-1", "Neue Wohnbauflächen am Rand verbrauchen Boden."],
    ["sz-innen-vor-aussen", "G", "-2", "Gewerbe am Rand verbraucht viel Boden."],
    ["sz-arbeitsplaetze", "G", "2", "Gewerbliche Bauflächen tragen Arbeitsplätze."],
    ["sz-arbeitsplaetze", "M", "1", "Kleine Betriebe finden in gemischten Lagen Platz."],
    ["sz-arbeitsplaetze", "S", "1", "Sondergebiete bringen Handel und Dienste."],
    ["sz-altstadt-kultur", "M", "2", "Die Altstadt ist gemischte Baufläche."],
    ["sz-altstadt-kultur", "S", "-1", "Großer Handel am Rand schwächt die Altstadt."],
    ["sz-treffpunkte", "gemeinbedarf", "2", "Dorftreffs brauchen Gemeinbedarfsflächen."],
    ["sz-treffpunkte", "sport", "1", "Sportplätze sind Treffpunkte."],
    ["sz-treffpunkte", "gruen", "1", "Dorfanger und Plätze laden ein."],
    ["sz-rad-und-bus", "verkehr_bahn", "1", "Die Bahn trägt den Umweltverbund."],
    ["sz-rad-und-bus", "G", "-1", "Gewerbe am Rand erzeugt Autoverkehr."],
    ["sz-klimaneutral", "wald", "1", "Wald bindet Kohlendioxid."],
    ["sz-klimaneutral", "klima", "2", "Kaltluftschneisen mindern die Hitze."],
    ["sz-klimaneutral", "ver_entsorgung", "1", "Kraftwerke und Netze für erneuerbare Energie."],
    ["sz-klimaneutral", "verkehr_luft", "-1", "Flugbetrieb erzeugt Emissionen."],
    ["sz-lech", "wasser", "2", "Der Fluss selbst."],
    ["sz-lech", "gruen", "1", "Ufergrün ist Lebensraum und Erholung."],
    ["sz-lech", "wasserwirtschaft", "1", "Rückhalt gibt dem Fluss Raum."],
    ["sz-lech", "verkehr_strasse", "-1", "Straßen am Ufer stören Natur und Erholung."],
];

/// The CSV files: name and content.
pub fn dateien(entwurf: &[Flaeche]) -> Vec<(&'static str, String)> {
    let mut felder = tabelle(&["kennung", "nummer", "titel", "farbe", "symbol", "reihenfolge"]);
    for (i, f) in HANDLUNGSFELDER.iter().enumerate() {
        let reihenfolge = (i + 1).to_string();
        felder.zeile(&[f[0], f[1], f[2], f[3], f[4], &reihenfolge]);
    }
    let mut ziele = tabelle(&["kennung", "nummer", "handlungsfeld", "ebene", "uebergeordnet", "titel", "text", "zieljahr", "raumwirksam"]);
    let mut oben = "";
    for z in ZIELE {
        let operativ = z[1].matches('.').count() == 2;
        let (ebene, ueber) = if operativ { ("operativ", oben) } else { ("strategisch", "") };
        if !operativ {
            oben = z[0];
        }
        ziele.zeile(&[z[0], z[1], z[2], ebene, ueber, z[3], z[4], z[5], z[6]]);
    }
    let mut wirkungen = tabelle(&["ziel", "nutzung", "wirkung", "begruendung"]);
    for w in WIRKUNGEN {
        wirkungen.zeile(w);
    }
    let mut alle = vec![
        ("handlungsfelder.csv", felder.0),
        ("ziele.csv", ziele.0),
        ("ziel_nutzungsart_wirkung.csv", wirkungen.0),
    ];
    alle.extend(massnahmen::dateien(entwurf));
    alle
}

/// CSV as German Excel reads it: byte order mark, semicolons.
pub struct Tabelle(pub String);

pub fn tabelle(spalten: &[&str]) -> Tabelle {
    let mut t = Tabelle("\u{feff}".into());
    t.zeile(spalten);
    t
}

impl Tabelle {
    pub fn zeile(&mut self, werte: &[&str]) {
        let werte: Vec<String> = werte
            .iter()
            .map(|w| {
                if w.contains([';', '"', '\n']) {
                    format!("\"{}\"", w.replace('"', "\"\""))
                } else {
                    (*w).to_string()
                }
            })
            .collect();
        self.0 += &werte.join(";");
        self.0 += "\r\n";
    }
}
