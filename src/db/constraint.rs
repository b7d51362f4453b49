//! Errors of the database in German: one sentence per constraint. A test walks
//! `pg_constraint` and fails on a CHECK, UNIQUE or EXCLUDE without one.

use crate::error::Error;

/// Constraint name and what to tell the user who hit it.
const SENTENCES: &[(&str, &str)] = &[
    (
        "konto_login_eindeutig",
        "Diesen Anmeldenamen gibt es schon.",
    ),
    (
        "konto_fremd_eindeutig",
        "Diese Anmeldung beim Anmeldedienst gehört schon zu einem anderen Konto.",
    ),
    ("gemeinde_name_nicht_leer", "Der Name der Gemeinde fehlt."),
    (
        "gemeinde_geom_gueltig",
        "Das Gebiet der Gemeinde ist keine gültige Fläche (Grenze schneidet sich selbst).",
    ),
    (
        "gemeinde_kennung_key",
        "Diese Kennung trägt schon eine andere Gemeinde.",
    ),
    ("ortsteil_name_nicht_leer", "Der Name des Ortsteils fehlt."),
    (
        "ortsteil_nummer_positiv",
        "Die interne Nummer eines Ortsteils muss größer als 0 sein.",
    ),
    (
        "ortsteil_geom_gueltig",
        "Das Gebiet des Ortsteils ist keine gültige Fläche (Grenze schneidet sich selbst).",
    ),
    (
        "ortsteil_kennung_key",
        "Diese Kennung trägt schon ein anderer Ortsteil.",
    ),
    (
        "nutzung_farbe_form",
        "Eine Farbe wird als #RRGGBB angegeben.",
    ),
    (
        "nutzung_reihenfolge_key",
        "Diese Reihenfolge ist schon vergeben.",
    ),
    (
        "plan_kennung_key",
        "Diese Kennung trägt schon ein anderer Plan.",
    ),
    ("plan_name_nicht_leer", "Der Name des Plans fehlt."),
    (
        "plan_stand",
        "Der Stand eines Plans ist wirksam, entwurf oder frueher.",
    ),
    ("fassung_nummer_eindeutig", "Diese Fassung gibt es schon."),
    (
        "fassung_stand",
        "Der Stand einer Fassung ist wirksam, entwurf, frueher oder ersetzt.",
    ),
    (
        "fassung_gueltig_getrennt",
        "Zwei wirksame Fassungen eines Plans gelten zur selben Zeit.",
    ),
    (
        "flaeche_kennung_eindeutig",
        "Eine Kennung kommt in der Fassung zweimal vor.",
    ),
    (
        "ueberlagerung_kennung_eindeutig",
        "Eine Kennung kommt in der Fassung zweimal vor.",
    ),
    (
        "linie_kennung_eindeutig",
        "Eine Kennung kommt in der Fassung zweimal vor.",
    ),
    (
        "punkt_kennung_eindeutig",
        "Eine Kennung kommt in der Fassung zweimal vor.",
    ),
    (
        "flaeche_rechtsstand",
        "Der Rechtsstand einer Fläche ist bestand, planung, entfaellt oder ohne_angabe.",
    ),
    (
        "import_befund_schwere",
        "Die Schwere eines Befunds ist fehler, warnung oder hinweis.",
    ),
    (
        "handlungsfeld_kennung_key",
        "Diese Kennung trägt schon ein anderes Handlungsfeld.",
    ),
    (
        "handlungsfeld_titel_nicht_leer",
        "Der Titel des Handlungsfelds fehlt.",
    ),
    (
        "handlungsfeld_farbe_form",
        "Eine Farbe wird als #RRGGBB angegeben.",
    ),
    (
        "ziel_kennung_key",
        "Diese Kennung trägt schon ein anderes Ziel.",
    ),
    ("ziel_titel_nicht_leer", "Der Titel des Ziels fehlt."),
    (
        "ziel_ebene",
        "Die Ebene eines Ziels ist strategisch oder operativ.",
    ),
    (
        "ziel_operativ_uebergeordnet",
        "Ein operatives Ziel braucht ein übergeordnetes Ziel, ein strategisches darf keines haben.",
    ),
    (
        "ziel_raumwirksam",
        "raumwirksam ist ja, nein oder mittelbar.",
    ),
    (
        "ziel_zieljahr",
        "Das Zieljahr liegt zwischen 1990 und 2200.",
    ),
    (
        "massnahme_kennung_key",
        "Diese Kennung trägt schon eine andere Maßnahme.",
    ),
    (
        "massnahme_titel_nicht_leer",
        "Der Titel der Maßnahme fehlt.",
    ),
    (
        "massnahme_zeitraum",
        "Das Ende der Maßnahme liegt vor ihrem Beginn.",
    ),
    (
        "massnahme_abgeschlossen_mit_ende",
        "Eine abgeschlossene Maßnahme braucht ein Ende.",
    ),
    (
        "ziel_massnahme_beitrag",
        "Der Beitrag zu einem Ziel liegt zwischen -2 und 2.",
    ),
    (
        "ziel_nutzungsart_wirkung_stufe",
        "Die Wirkung liegt zwischen -2 und 2.",
    ),
    (
        "raumbezug_art",
        "Der Raumbezug passt nicht zu seiner Art: gesamtstadt ohne Ort, unverortet mit Grund, ortsteil mit Ortsteil, \
         fnp_flaeche mit Plan und Fläche, flaeche, linie und punkt mit einer gültigen Geometrie dieser Art.",
    ),
    (
        "raumbezug_rolle",
        "Die Rolle ist standort, wirkraum, suchraum oder ausgleich.",
    ),
    (
        "raumbezug_genauigkeit",
        "Die Genauigkeit ist flurstuecksscharf, lagegenau, schematisch oder ortsteilgenau.",
    ),
    (
        "raumbezug_unverortet_allein",
        "Eine Maßnahme ohne Ort (unverortet) kann nicht zugleich einen Ort haben.",
    ),
    (
        "raumbezug_einmal",
        "gesamtstadt und unverortet stehen je Maßnahme nur einmal.",
    ),
    (
        "raumbezug_verweis",
        "Diese Fläche gibt es in dem Plan nicht.",
    ),
    (
        "massnahme_ortsteil_herkunft",
        "Die Herkunft ist lage oder ortsteil.",
    ),
    (
        "gebiet_kennung_key",
        "Diese Kennung trägt schon ein anderes Gebiet.",
    ),
    ("gebiet_name_nicht_leer", "Der Name des Gebiets fehlt."),
    (
        "gebiet_geom_gueltig",
        "Das Gebiet ist keine gültige Fläche (Grenze schneidet sich selbst).",
    ),
    (
        "flurstueck_kennzeichen_form",
        "Ein Flurstückskennzeichen hat 20 Stellen: Land und Gemarkung (6), Flur (3), Zähler (5), Nenner (4), Folge (2).",
    ),
    (
        "flurstueck_geom_gueltig",
        "Ein Flurstück ist keine gültige Fläche (Grenze schneidet sich selbst).",
    ),
    (
        "einwohner_einmal",
        "Diese Einwohnerzahl gibt es schon (Ortsteil, Stichtag, Altersgruppe, Art und Variante).",
    ),
    (
        "einwohner_art",
        "Die Art einer Einwohnerzahl ist ist oder prognose.",
    ),
    (
        "einwohner_altersgruppe_form",
        "Eine Altersgruppe ist gesamt, von-bis (6-17) oder von+ (65+).",
    ),
    (
        "einwohner_variante_nur_prognose",
        "Nur eine Prognose hat eine Variante.",
    ),
    (
        "einwohner_anzahl",
        "Eine Einwohnerzahl ist nicht negativ, eine gezählte ist ganz.",
    ),
    (
        "fachart_strenge",
        "Die Strenge ist hart, pruefen oder hinweis.",
    ),
    (
        "fachart_farbe_form",
        "Eine Farbe wird als #RRGGBB angegeben.",
    ),
    (
        "fachobjekt_kennung_key",
        "Diese Kennung trägt schon ein anderes Objekt der Fachdaten.",
    ),
    ("fachobjekt_quelle_nicht_leer", "Die Quelle fehlt."),
    (
        "fachobjekt_geom_gueltig",
        "Ein Objekt der Fachdaten hat keine gültige Fläche, Linie oder Punktmenge.",
    ),
    (
        "aenderung_wer_angegeben",
        "Eine Änderung braucht einen Urheber.",
    ),
    (
        "aenderung_lfd_eindeutig",
        "Die laufende Nummer der Änderung ist schon vergeben.",
    ),
    ("zeile_art", "Unbekannte Art einer Änderung."),
    (
        "antrag_vier_augen",
        "Wer eine Freigabe beantragt hat, darf nicht selbst darüber entscheiden (vier Augen).",
    ),
    (
        "antrag_begruendet",
        "Ein Antrag auf Freigabe braucht eine Begründung.",
    ),
    (
        "antrag_entscheid",
        "Der Entscheid ist freigegeben, zurueckgegeben, zurueckgenommen oder ueberholt.",
    ),
    (
        "antrag_entscheid_vollstaendig",
        "Zu einem Entscheid gehören Zeit und, bei Freigabe und Rückgabe, wer entschieden hat.",
    ),
    (
        "antrag_rueckgabe_begruendet",
        "Wer einen Antrag zurückgibt, schreibt dazu, was fehlt.",
    ),
    (
        "idempotenz_laenge",
        "Ein Idempotency-Key hat 1 bis 200 Zeichen.",
    ),
    (
        "mitnahme_ergebnis",
        "Ein übernommener Vergleich hat Zeit und Ergebnis.",
    ),
    (
        "vertraulich_grund",
        "Eine vertrauliche Angabe braucht einen Grund.",
    ),
];

/// The German sentence of a constraint.
#[must_use]
pub fn sentence(constraint: &str) -> Option<&'static str> {
    SENTENCES
        .iter()
        .chain(super::constraint_strategie::SENTENCES)
        .find(|(name, _)| *name == constraint)
        .map(|(_, text)| *text)
}

/// A database error in the domain's words: constraints and our own codes (`ZR…`) are the
/// input's fault, lost connections and time-outs the machine's, the rest ours.
pub(super) fn translate(cause: sqlx::Error) -> Error {
    match &cause {
        sqlx::Error::Database(error) => {
            if let Some(text) = error.constraint().and_then(sentence) {
                return Error::eingabe(text);
            }
            match error.code().as_deref() {
                Some(code) if code.starts_with("ZR00") && code != "ZR001" => {
                    Error::eingabe(error.message())
                }
                // Only a row that is deleted or points nowhere gets here; kennungen are resolved before.
                Some("23503") => Error::eingabe(
                    "Die Zeile wird noch gebraucht: andere Einträge verweisen auf sie. Bitte zuerst diese ändern oder löschen.",
                ),
                Some("57014") => Error::umgebung(
                    "Die Datenbank hat für diese Frage zu lange gebraucht; bitte enger fragen oder später erneut.",
                ),
                Some("55P03") => Error::umgebung(
                    "Die Daten sind gerade durch einen anderen Vorgang gesperrt; bitte gleich noch einmal.",
                ),
                Some("53100") => {
                    Error::umgebung("Auf dem Datenträger der Datenbank ist kein Platz mehr.")
                }
                Some("57P01" | "57P02" | "57P03") => Error::umgebung(
                    "Die Datenbank wird gerade beendet oder gestartet; bitte gleich noch einmal.",
                ),
                _ => Error::intern(cause),
            }
        }
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => {
            Error::umgebung(format!("Die Datenbank ist nicht erreichbar: {cause}"))
        }
        _ => Error::intern(cause),
    }
}
