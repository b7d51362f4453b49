//! One object as a feature: its class decides which attributes are written, and in which
//! order.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::bericht::{Art, Bericht};
use super::geometrie;
use super::kennung::{self, Kennungen};
use super::schema::{Form, Klasse, Merkmal, Version};
use super::umsetzen::{UNBEKANNT, Umgesetzt, Vorher, setze_um, werte};
use crate::error::{Error, Result};
use crate::export::store::Zeile;
use crate::gml::xml::Xml;

/// What all objects of a file share.
#[derive(Debug)]
pub(super) struct Rahmen {
    pub(super) version: Version,
    /// gml:id of the Bereich they belong to.
    pub(super) bereich: String,
    /// gml:ids that more than one object has.
    pub(super) doppelt: HashSet<String>,
}

/// Where the details of a code stand.
fn details(merkmal: &str) -> String {
    match merkmal {
        "zweckbestimmung" => "detaillierteZweckbestimmung".to_owned(),
        "sondernutzung" => "detaillierteSondernutzung".to_owned(),
        "artDerFestlegung" => "detailArtDerFestlegung".to_owned(),
        anderes => format!("detail{anderes}"),
    }
}

/// The object as an element.
pub(super) fn schreibe(
    xml: &mut Xml,
    zeile: &Zeile,
    rahmen: &Rahmen,
    bericht: &mut Bericht,
) -> Result<()> {
    let vorher = Vorher::von(zeile);
    let flaeche = vorher.flaeche;
    let Umgesetzt { klasse, codes } = setze_um(&vorher, rahmen.version, bericht);
    let typ = rahmen
        .version
        .schema()
        .klasse(&klasse)
        .ok_or_else(|| Error::intern(format!("{klasse} is in no schema")))?;
    let (id, neu) = kennung::des_objekts(zeile.gml_id.as_deref(), &zeile.kennung, &rahmen.doppelt);
    if neu && zeile.gml_id.is_some() {
        bericht.melde(Art::Kennung, klasse.clone());
    }
    bericht.zaehle(&klasse);
    let element = format!("xplan:{klasse}");
    xml.anfang("gml:featureMember", &[]);
    xml.anfang(&element, &[("gml:id", &id)]);
    let mut satz = Satz {
        xml,
        klasse: &klasse,
        typ,
        rahmen,
        codes,
        codespace: zeile.codespace.as_deref(),
        bericht,
    };
    let beschriftung = satz.beschriftung(zeile.name.as_deref());
    for merkmal in &typ.merkmale {
        match merkmal.name {
            "text" => satz.blatt(merkmal, zeile.text.as_deref()),
            "aufschrift" => satz.blatt(merkmal, beschriftung),
            "rechtsstand" => satz.blatt(merkmal, rechtsstand(&zeile.rechtsstand)),
            "ebene" => satz.blatt(merkmal, Some(&zeile.ebene.to_string())),
            "gehoertZuBereich" => satz.verweis(merkmal, &rahmen.bereich),
            "flaechenschluss" if flaeche || merkmal.pflicht => {
                satz.blatt(merkmal, Some(&zeile.flaechenschluss.to_string()));
            }
            "position" => {
                satz.xml.anfang("xplan:position", &[]);
                geometrie::schreibe(satz.xml, &zeile.geom.geometry, &mut Kennungen::neu(&id))?;
                satz.xml.ende("xplan:position");
            }
            _ => satz.merkmal(merkmal),
        }
    }
    satz.rest();
    xml.ende(&element);
    xml.ende("gml:featureMember");
    Ok(())
}

/// Code of `XP_Rechtsstand`; none where nothing is known.
fn rechtsstand(schluessel: &str) -> Option<&'static str> {
    match schluessel {
        "planung" => Some("1000"),
        "bestand" => Some("2000"),
        "entfaellt" => Some("3000"),
        _ => None,
    }
}

/// An object half written: `codes` holds what is still to come.
struct Satz<'a> {
    xml: &'a mut Xml,
    klasse: &'a str,
    typ: &'a Klasse,
    rahmen: &'a Rahmen,
    codes: Map<String, Value>,
    codespace: Option<&'a str>,
    bericht: &'a mut Bericht,
}

impl Satz<'_> {
    /// One column holds `aufschrift` and `name`; an import keeps a name among the codes too.
    fn beschriftung<'z>(&self, spalte: Option<&'z str>) -> Option<&'z str> {
        let name = self.codes.get("name").and_then(Value::as_str);
        let hat_namen = self.typ.merkmal("name").is_some();
        spalte.filter(|text| !(hat_namen && name == Some(*text)))
    }

    fn blatt(&mut self, merkmal: &Merkmal, wert: Option<&str>) {
        if let Some(wert) = wert.filter(|wert| !wert.trim().is_empty()) {
            self.xml
                .blatt(&format!("xplan:{}", merkmal.name), &[], wert);
        }
    }

    fn verweis(&mut self, merkmal: &Merkmal, id: &str) {
        let ziel = format!("#{id}");
        self.xml
            .leer(&format!("xplan:{}", merkmal.name), &[("xlink:href", &ziel)]);
    }

    /// An attribute that stands in the codes.
    fn merkmal(&mut self, merkmal: &Merkmal) {
        // The importer's name for it.
        let name = match merkmal.name {
            "sonderNutzung" => "sondernutzung",
            name => name,
        };
        match merkmal.form {
            Form::Typ("XP_GesetzlicheGrundlage") => self.grundlage(merkmal),
            Form::Typ(typ) => self.komplex(merkmal, typ),
            Form::Verweis | Form::Geometrie => {}
            Form::Wert | Form::Code | Form::Mass(_) => {
                let mut liste: Vec<String> = werte(self.codes.remove(name).as_ref()).collect();
                if liste.is_empty() && merkmal.pflicht {
                    liste.extend(self.pflicht(merkmal));
                }
                self.einfach(merkmal, &liste);
            }
        }
    }

    /// What stands where the schema demands a value nobody has given.
    fn pflicht(&mut self, merkmal: &Merkmal) -> Option<String> {
        let wert = match merkmal.name {
            "rechtscharakter" | "raumkonkretisierung" => UNBEKANNT,
            "hatDarstellungMitBesondZweckbest" => "false",
            _ => return None,
        };
        // The old model had no such attribute: nothing was left out there.
        if merkmal.name != "hatDarstellungMitBesondZweckbest" {
            self.bericht.melde(
                Art::Pflicht,
                format!("{}.{} = {wert}", self.klasse, merkmal.name),
            );
        }
        Some(wert.to_owned())
    }

    fn einfach(&mut self, merkmal: &Merkmal, liste: &[String]) {
        let name = format!("xplan:{}", merkmal.name);
        let attribut = match merkmal.form {
            Form::Mass(einheit) => Some(("uom", einheit)),
            Form::Code => self.codespace.map(|raum| ("codeSpace", raum)),
            _ => None,
        };
        let menge = if merkmal.viele { liste.len() } else { 1 };
        for wert in liste.iter().take(menge) {
            self.xml.blatt(&name, attribut.as_slice(), wert);
        }
        if liste.len() > menge {
            self.bericht
                .melde(Art::Mehrfach, format!("{}.{}", self.klasse, merkmal.name));
        }
    }

    /// A law named by its text in 5.x, by an element in 6.x.
    fn grundlage(&mut self, merkmal: &Merkmal) {
        for text in werte(self.codes.remove(merkmal.name).as_ref()).take(1) {
            let name = format!("xplan:{}", merkmal.name);
            self.xml.anfang(&name, &[]);
            self.xml.anfang("xplan:XP_GesetzlicheGrundlage", &[]);
            self.xml.blatt("xplan:name", &[], &text);
            self.xml.ende("xplan:XP_GesetzlicheGrundlage");
            self.xml.ende(&name);
        }
    }

    /// A code with its details and text: `zweckbestimmung/FP_KomplexeZweckbest…`,
    /// `massnahme/XP_SPEMassnahmenDaten`.
    fn komplex(&mut self, merkmal: &Merkmal, name: &'static str) {
        let Some(typ) = self.rahmen.version.schema().typ(name) else {
            return;
        };
        let (Some(code), freier_text) = (
            ["allgemein", "klassifizMassnahme"]
                .into_iter()
                .find_map(|n| typ.merkmal(n)),
            ["textlicheErgaenzung", "nutzungText", "massnahmeText"]
                .into_iter()
                .find_map(|n| typ.merkmal(n)),
        ) else {
            return;
        };
        let detail = typ.merkmal("detail");
        let codes: Vec<String> = werte(self.codes.get(merkmal.name)).collect();
        let texte: Vec<String> =
            freier_text.map_or_else(Vec::new, |m| werte(self.codes.get(m.name)).collect());
        // A detail without a code it belongs to cannot be written; `rest` says so.
        let anzahl = if code.pflicht {
            codes.len()
        } else {
            codes.len().max(texte.len())
        };
        if anzahl == 0 {
            return;
        }
        self.codes.remove(merkmal.name);
        let feine: Vec<String> = if detail.is_some() {
            let feine = self.codes.remove(&details(merkmal.name));
            werte(feine.as_ref()).collect()
        } else {
            Vec::new()
        };
        if let Some(m) = freier_text {
            self.codes.remove(m.name);
        }
        let unklar = |liste: &[String]| anzahl > 1 && !liste.is_empty() && liste.len() != anzahl;
        if unklar(&feine) || unklar(&texte) {
            self.bericht
                .melde(Art::Zuordnung, format!("{}.{}", self.klasse, merkmal.name));
        }
        let (element, typ) = (format!("xplan:{}", merkmal.name), format!("xplan:{name}"));
        for nr in 0..anzahl {
            self.xml.anfang(&element, &[]);
            self.xml.anfang(&typ, &[]);
            self.einfach(code, codes.get(nr..=nr).unwrap_or_default());
            if let Some(detail) = detail {
                self.einfach(detail, anteil(&feine, nr, anzahl));
            }
            if let Some(text) = freier_text {
                self.einfach(text, anteil(&texte, nr, anzahl));
            }
            self.xml.ende(&typ);
            self.xml.ende(&element);
        }
    }

    /// What this class of this version has no place for.
    fn rest(&mut self) {
        for (name, wert) in &self.codes {
            if werte(Some(wert)).next().is_some() {
                self.bericht
                    .melde(Art::Merkmal, format!("{}.{name}", self.klasse));
            }
        }
    }
}

/// What belongs to the code number `nr`: its own where each has one, else all to the first.
fn anteil(liste: &[String], nr: usize, anzahl: usize) -> &[String] {
    if liste.len() == anzahl {
        return &liste[nr..=nr];
    }
    if nr == 0 { liste } else { &[] }
}
