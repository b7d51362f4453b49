//! Rows of a file as properties of a layer.

use serde_json::{Map, Value, json};

use super::Heute;
use crate::import::vector::tabelle::{Form, Kopf as Spalten, Zeile};
use crate::layers::wert::Klasse;
use crate::mitnehmen::basis::Ebene;

/// What a row says beside its key.
pub(super) struct Satz {
    pub fid: Option<u64>,
    pub kennung: Option<String>,
    /// Settable properties, those the file has.
    pub werte: Map<String, Value>,
    /// Texts of the others.
    pub abgeleitet: Map<String, Value>,
    pub form: Form,
}

/// Which column of a table is which property.
pub(super) struct Zuordnung {
    pub schluessel: Option<usize>,
    /// Column, property, class, settable.
    spalten: Vec<(usize, String, Klasse, bool)>,
    fremde: Vec<String>,
}

impl Zuordnung {
    pub fn neu(kopf: &Spalten, heute: &Heute) -> Self {
        let ebene = &heute.sammlung.ebene;
        let mut diese = Self {
            schluessel: None,
            spalten: Vec::new(),
            fremde: Vec::new(),
        };
        for (stelle, feld) in kopf.felder.iter().enumerate() {
            // Some programs write names in capitals.
            let gleich = |name: &str| name.eq_ignore_ascii_case(&feld.name);
            if gleich(&ebene.schluessel.name) {
                diese.schluessel = Some(stelle);
            } else if let Some(spalte) = ebene.spalten.iter().find(|s| gleich(&s.name)) {
                let setzbar = heute.gegenstand.feld(&spalte.name).is_some();
                let eine = (stelle, spalte.name.clone(), spalte.klasse, setzbar);
                diese.spalten.push(eine);
            } else if !gleich("fid") && !gleich("ogc_fid") {
                diese.fremde.push(feld.name.clone());
            }
        }
        diese
    }

    pub fn hinweise(&self, ebene: &Ebene, heute: &Heute) -> Vec<String> {
        let mut alle = Vec::new();
        let fehlen: Vec<&str> = heute
            .gegenstand
            .felder
            .iter()
            .filter(|f| !self.spalten.iter().any(|(_, name, ..)| name == f.name))
            .filter_map(|f| Some(heute.sammlung.ebene.spalte(f.name)?.titel.as_str()))
            .collect();
        if !fehlen.is_empty() {
            alle.push(format!(
                "In der Ebene „{}“ fehlen Spalten ({}); diese Angaben bleiben, wie sie sind.",
                ebene.titel,
                fehlen.join(", ")
            ));
        }
        if !self.fremde.is_empty() {
            alle.push(format!("In der Ebene „{}“ sind Spalten dazugekommen ({}), die der Dienst nicht kennt; sie bleiben unbeachtet.", ebene.titel, self.fremde.join(", ")));
        }
        alle
    }

    pub fn satz(&self, mut zeile: Zeile) -> Satz {
        let mut nimm = |stelle: usize| zeile.werte.get_mut(stelle).and_then(Option::take);
        let kennung = self.schluessel.and_then(&mut nimm);
        let kennung = kennung
            .map(|k| k.trim().to_owned())
            .filter(|k| !k.is_empty());
        let (mut werte, mut abgeleitet) = (Map::new(), Map::new());
        for (stelle, name, klasse, setzbar) in &self.spalten {
            let text = nimm(*stelle);
            if *setzbar {
                werte.insert(name.clone(), wert(*klasse, text.as_deref()));
            } else if *klasse == Klasse::Text {
                abgeleitet.insert(name.clone(), wert(Klasse::Text, text.as_deref()));
            }
        }
        Satz {
            fid: zeile.fid,
            kennung,
            werte,
            abgeleitet,
            form: zeile.form,
        }
    }
}

/// A value as the layer writes it in JSON; what does not fit stays a text, for whoever checks it.
fn wert(klasse: Klasse, text: Option<&str>) -> Value {
    let Some(text) = text.filter(|t| !t.trim().is_empty()) else {
        return Value::Null;
    };
    let kurz = text.trim();
    match klasse {
        Klasse::Ganzzahl => kurz
            .parse::<i64>()
            .map(Value::from)
            .or_else(|_| kurz.parse::<f64>().map(Value::from))
            .unwrap_or_else(|_| json!(text)),
        Klasse::Gleitkomma | Klasse::Dezimal | Klasse::Geld => kurz
            .parse::<f64>()
            .map_or_else(|_| json!(text), Value::from),
        Klasse::Wahrheit => match kurz.to_lowercase().as_str() {
            "1" | "true" | "t" | "ja" => json!(true),
            "0" | "false" | "f" | "nein" => json!(false),
            _ => json!(text),
        },
        Klasse::Datum => json!(kurz.get(..10).unwrap_or(kurz)),
        _ => json!(text.replace("\r\n", "\n")),
    }
}

/// Equal as two programs may write it.
#[must_use]
pub fn wie(a: &Value, b: &Value) -> bool {
    let leer = |v: &Value| v.is_null() || v.as_str().is_some_and(|t| t.trim().is_empty());
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
        _ if leer(a) && leer(b) => true,
        _ => match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a.replace("\r\n", "\n") == b.replace("\r\n", "\n"),
            _ => a == b,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_file_are_those_of_the_layer() {
        assert_eq!(
            wert(Klasse::Datum, Some("2026-03-01T00:00:00")),
            json!("2026-03-01")
        );
        assert_eq!(wert(Klasse::Wahrheit, Some("0")), json!(false));
        assert_eq!(wert(Klasse::Ganzzahl, Some("3")), json!(3));
        assert_eq!(wert(Klasse::Ganzzahl, Some("drei")), json!("drei"));
        assert_eq!(wert(Klasse::Text, Some("  ")), Value::Null);
        assert!(wie(&json!("a\r\nb"), &json!("a\nb")));
        assert!(wie(&json!(""), &Value::Null));
        assert!(wie(&json!(51), &json!(51.0)));
        assert!(!wie(&json!("a"), &Value::Null));
    }
}
