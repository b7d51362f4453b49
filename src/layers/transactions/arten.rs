//! The kinds of editable objects, one after the other.

use super::{Feld, Gegenstand, Traeger, Wert};
use crate::auth::Objektart;

const fn feld(name: &'static str, wert: Wert) -> Feld {
    Feld {
        name,
        spalte: name,
        wert,
        pflicht: false,
        vorgabe: None,
    }
}

impl Feld {
    const fn pflicht(mut self) -> Self {
        self.pflicht = true;
        self
    }
    const fn spalte(mut self, spalte: &'static str) -> Self {
        self.spalte = spalte;
        self
    }
    const fn vorgabe(mut self, json: &'static str) -> Self {
        self.vorgabe = Some(json);
        self
    }
}

const RECHTSSTAENDE: Wert = Wert::Wahl(&["bestand", "planung", "entfaellt", "ohne_angabe"]);

/// XPlanung class of what is drawn here: none, until the plan is delivered again.
const EIGENE_KLASSE: &str = "\"ohne\"";

/// Every kind.
#[rustfmt::skip] // a table: one property a line
pub static ARTEN: &[Gegenstand] = &[
    Gegenstand {
        name: "massnahme_ort",
        nomen: "eine Maßnahme",
        art: Objektart::Massnahme,
        traeger: Traeger::Ort,
        relation: "strategie.massnahme",
        anfang: "m-",
        felder: &[
            feld("nummer", Wert::Text),
            feld("titel", Wert::Text).pflicht(),
            feld("kurztext", Wert::Text),
            feld("art", Wert::Code("massnahme_art")).pflicht(),
            feld("beschlussstand", Wert::Code("beschlussstand")).pflicht().vorgabe("\"idee\""),
            feld("umsetzungsphase", Wert::Code("umsetzungsphase")).pflicht().vorgabe("\"nicht_begonnen\""),
            feld("beginn", Wert::Datum),
            feld("ende", Wert::Datum),
            feld("prioritaet", Wert::Ganzzahl(0, 1_000_000)),
            feld("leitprojekt", Wert::Wahr).pflicht().vorgabe("false"),
        ],
        neu: "{}",
    },
    Gegenstand {
        name: "gebiet",
        nomen: "ein Gebiet der Dorferneuerung",
        art: Objektart::Gebiet,
        traeger: Traeger::Zeile,
        relation: "dorferneuerung.gebiet",
        anfang: "g-",
        felder: &[
            feld("name", Wert::Text).pflicht(),
            feld("ortsteil", Wert::Ortsteil).spalte("ortsteil_id"),
            feld("typ", Wert::Code("gebiet_typ")).pflicht(),
            feld("stand", Wert::Code("gebiet_stand")).pflicht().vorgabe("\"idee\""),
            feld("traeger", Wert::Text),
            feld("verfahren", Wert::Wahl(&["einfach", "umfassend", "ohne"])),
            feld("verfahrensnummer", Wert::Text),
            feld("beantragt_am", Wert::Datum),
            feld("angeordnet_am", Wert::Datum),
            feld("abgeschlossen_am", Wert::Datum),
        ],
        neu: "{}",
    },
    Gegenstand {
        name: "fachobjekt",
        nomen: "ein Objekt der Fachdaten",
        art: Objektart::Fachdaten,
        traeger: Traeger::Zeile,
        relation: "fachdaten.fachobjekt",
        anfang: "fd-",
        felder: &[
            feld("art", Wert::Code("fachart")).pflicht(),
            feld("name", Wert::Text),
            feld("rechtsgrundlage", Wert::Text),
            feld("quelle", Wert::Text).pflicht(),
            feld("stand", Wert::Datum).pflicht(),
        ],
        neu: "{}",
    },
    Gegenstand {
        name: "ortsteil",
        nomen: "ein Ortsteil",
        art: Objektart::Gemeindegebiet,
        traeger: Traeger::Zeile,
        relation: "gemeinde.ortsteil",
        anfang: "ot-",
        felder: &[
            feld("name", Wert::Text).pflicht(),
            feld("schluessel", Wert::Text),
            feld("typ", Wert::Text),
        ],
        neu: "{}",
    },
    Gegenstand {
        name: "fachplan",
        nomen: "ein Fachplan",
        art: Objektart::Unterlage,
        traeger: Traeger::Zeile,
        relation: "strategie.fachplan",
        anfang: "fp-",
        felder: &[
            feld("titel", Wert::Text).pflicht(),
            feld("typ", Wert::Code("fachplan_typ")).pflicht(),
            feld("herausgeber", Wert::Text),
            feld("jahr", Wert::Ganzzahl(1900, 2200)),
            feld("verbindlichkeit", Wert::Code("verbindlichkeit")).pflicht().vorgabe("\"informell\""),
            feld("zustand", Wert::Wahl(&["gueltig", "fortgeschrieben", "ausser_kraft"])).pflicht().vorgabe("\"gueltig\""),
            feld("dokument_url", Wert::Text),
        ],
        neu: "{}",
    },
    Gegenstand {
        name: "plan_flaeche",
        nomen: "eine Fläche des Plans",
        art: Objektart::Plan,
        traeger: Traeger::Plan,
        relation: "fnp.flaeche",
        anfang: "",
        felder: &[
            feld("nutzung", Wert::Code("nutzung")).pflicht(),
            feld("rechtsstand", RECHTSSTAENDE).pflicht().vorgabe("\"ohne_angabe\""),
            feld("klasse", Wert::Text).pflicht().vorgabe(EIGENE_KLASSE),
            feld("name", Wert::Text),
            feld("text", Wert::Text),
        ],
        neu: r#"{"codes": {}, "ebene": 0, "flaechenschluss": true}"#,
    },
    Gegenstand {
        name: "plan_ueberlagerung",
        nomen: "eine überlagernde Darstellung",
        art: Objektart::Plan,
        traeger: Traeger::Plan,
        relation: "fnp.ueberlagerung",
        anfang: "",
        felder: &[
            feld("art", Wert::Text).pflicht(),
            feld("nutzung", Wert::Code("nutzung")).pflicht(),
            feld("rechtsstand", RECHTSSTAENDE).pflicht().vorgabe("\"ohne_angabe\""),
            feld("klasse", Wert::Text).pflicht().vorgabe(EIGENE_KLASSE),
            feld("name", Wert::Text),
            feld("text", Wert::Text),
        ],
        neu: r#"{"codes": {}, "ebene": 0, "flaechenschluss": false}"#,
    },
    Gegenstand {
        name: "plan_linie",
        nomen: "eine Linie des Plans",
        art: Objektart::Plan,
        traeger: Traeger::Plan,
        relation: "fnp.linie",
        anfang: "",
        felder: &[
            feld("nutzung", Wert::Code("nutzung")).pflicht(),
            feld("rechtsstand", RECHTSSTAENDE).pflicht().vorgabe("\"ohne_angabe\""),
            feld("klasse", Wert::Text).pflicht().vorgabe(EIGENE_KLASSE),
            feld("name", Wert::Text),
            feld("text", Wert::Text),
        ],
        neu: r#"{"codes": {}, "ebene": 0, "flaechenschluss": false}"#,
    },
    Gegenstand {
        name: "plan_punkt",
        nomen: "ein Zeichen des Plans",
        art: Objektart::Plan,
        traeger: Traeger::Plan,
        relation: "fnp.punkt",
        anfang: "",
        felder: &[
            feld("nutzung", Wert::Code("nutzung")).pflicht(),
            feld("rechtsstand", RECHTSSTAENDE).pflicht().vorgabe("\"ohne_angabe\""),
            feld("klasse", Wert::Text).pflicht().vorgabe(EIGENE_KLASSE),
            feld("name", Wert::Text),
            feld("text", Wert::Text),
            feld("drehung", Wert::Zahl),
        ],
        neu: r#"{"codes": {}, "ebene": 0, "flaechenschluss": false}"#,
    },
];
