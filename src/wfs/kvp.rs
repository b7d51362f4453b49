//! The parameters of a request, from the address or from XML: one form for both. Names are
//! compared without upper and lower case; names of other versions are taken as well.

use super::ausnahme::{Ausnahme, Code};
use super::xml::{self, Element};
use super::{NACH_ID, NACH_ID_ALT};
use crate::http::extract::Parameter;

/// One request.
#[derive(Debug, Default)]
pub struct Kvp {
    /// Upper-case name, value.
    paare: Vec<(String, String)>,
    /// Filter of a request in XML.
    filter: Option<Element>,
}

/// What is also understood.
const GLEICH: [(&str, &str); 6] = [
    ("TYPENAME", "TYPENAMES"),
    ("MAXFEATURES", "COUNT"),
    ("FEATUREID", "RESOURCEID"),
    ("STOREDQUERYID", "STOREDQUERY_ID"),
    ("ACCEPTVERSION", "ACCEPTVERSIONS"),
    ("PROPERTYNAMES", "PROPERTYNAME"),
];

impl Kvp {
    /// From the address.
    ///
    /// # Errors
    /// A parameter with two values.
    pub fn aus_adresse(parameter: &Parameter) -> Result<Self, Ausnahme> {
        let mut kvp = Self::default();
        for (name, wert) in parameter.ohne(&[]) {
            kvp.setze(name, wert)?;
        }
        Ok(kvp)
    }

    fn setze(&mut self, name: &str, wert: &str) -> Result<(), Ausnahme> {
        let name = name.to_ascii_uppercase();
        let name = GLEICH
            .iter()
            .find(|(alt, _)| *alt == name)
            .map_or(name, |(_, neu)| (*neu).to_owned());
        let wert = wert.trim();
        if wert.is_empty() {
            return Ok(());
        }
        match self.paare.iter().find(|(n, _)| *n == name) {
            Some((_, bisher)) if bisher != wert => Err(Ausnahme::wert(
                &name,
                format!(
                    "Der Parameter „{name}“ steht mehrfach in der Anfrage, mit verschiedenen Werten."
                ),
            )),
            Some(_) => Ok(()),
            None => {
                self.paare.push((name, wert.to_owned()));
                Ok(())
            }
        }
    }

    /// From a request in XML.
    ///
    /// # Errors
    /// It is no request of a WFS.
    pub fn aus_xml(text: &str) -> Result<Self, Ausnahme> {
        let wurzel = xml::lies(text, "request")?;
        let mut kvp = Self::default();
        kvp.setze("REQUEST", &wurzel.name)?;
        for (name, wert) in &wurzel.attribute {
            if !name.eq_ignore_ascii_case("schemaLocation") {
                kvp.setze(name, wert)?;
            }
        }
        for kind in &wurzel.kinder {
            match kind.name.as_str() {
                "AcceptVersions" | "Sections" => {
                    let werte: Vec<&str> = kind.kinder.iter().map(|k| k.text.trim()).collect();
                    kvp.setze(&kind.name, &werte.join(","))?;
                }
                "TypeName" => {
                    let bisher = kvp.wert("TYPENAMES").map(|t| format!("{t},"));
                    let alle = format!("{}{}", bisher.unwrap_or_default(), kind.text.trim());
                    kvp.paare.retain(|(name, _)| name != "TYPENAMES");
                    kvp.setze("TYPENAMES", &alle)?;
                }
                "StoredQueryId" => kvp.setze("STOREDQUERY_ID", &kind.text)?,
                "Query" => kvp.query(kind)?,
                "StoredQuery" => {
                    kvp.nur_eine()?;
                    kvp.setze("STOREDQUERY_ID", kind.attribut("id").unwrap_or_default())?;
                    for parameter in kind.alle("Parameter") {
                        let name = parameter.attribut("name").unwrap_or_default();
                        kvp.setze(name, &parameter.text)?;
                    }
                }
                _ => {} // AcceptFormats and what other versions have
            }
        }
        Ok(kvp)
    }

    fn nur_eine(&self) -> Result<(), Ausnahme> {
        if self.wert("TYPENAMES").is_some() || self.wert("STOREDQUERY_ID").is_some() {
            return Err(Ausnahme::neu(
                Code::Option,
                "Query",
                "Eine Anfrage darf hier eine Abfrage (Query) enthalten. Fragen Sie jede Ebene für sich ab.",
            ));
        }
        Ok(())
    }

    fn query(&mut self, query: &Element) -> Result<(), Ausnahme> {
        self.nur_eine()?;
        for (name, wert) in &query.attribute {
            if name != "handle" {
                // A list of one name each, by blanks.
                let liste = name.eq_ignore_ascii_case("typeNames");
                let wert = if liste {
                    wert.split_whitespace().collect::<Vec<_>>().join(",")
                } else {
                    wert.clone()
                };
                self.setze(name, &wert)?;
            }
        }
        let namen: Vec<&str> = query.alle("PropertyName").map(|n| n.text.trim()).collect();
        self.setze("PROPERTYNAME", &namen.join(","))?;
        self.filter = query.eines("Filter").cloned();
        if let Some(folge) = query.eines("SortBy") {
            let teil = |eigenschaft: &Element| {
                let name = eigenschaft.kinder.iter().find(|k| k.name != "SortOrder");
                let richtung = eigenschaft
                    .eines("SortOrder")
                    .map_or("ASC", |s| s.text.trim());
                let name = name.map(|n| n.text.trim()).unwrap_or_default();
                format!("{name} {richtung}")
            };
            let teile: Vec<String> = folge.alle("SortProperty").map(teil).collect();
            self.setze("SORTBY", &teile.join(","))?;
        }
        Ok(())
    }

    /// A parameter by its upper-case name.
    #[must_use]
    pub fn wert(&self, name: &str) -> Option<&str> {
        let paar = self.paare.iter().find(|(n, _)| n == name);
        paar.map(|(_, wert)| wert.as_str())
    }

    /// A list by commas, without its blanks.
    pub fn liste<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let text = self.wert(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|t| !t.is_empty())
    }

    /// The filter, from either form.
    ///
    /// # Errors
    /// It is no XML.
    pub fn filter(&self) -> Result<Option<Element>, Ausnahme> {
        if self.filter.is_some() {
            return Ok(self.filter.clone());
        }
        let Some(text) = self.wert("FILTER") else {
            return Ok(None);
        };
        // One filter a type may stand in brackets.
        let text = text.strip_prefix('(').unwrap_or(text);
        let text = text.strip_suffix(')').unwrap_or(text);
        let filter = xml::lies(text, "FILTER")?;
        if filter.name != "Filter" {
            return Err(Ausnahme::wert(
                "FILTER",
                format!(
                    "Erwartet wird ein Element fes:Filter, hier steht „{}“.",
                    filter.name
                ),
            ));
        }
        Ok(Some(filter))
    }

    /// The stored query is the one by id.
    #[must_use]
    pub fn nach_id(&self) -> bool {
        self.wert("STOREDQUERY_ID")
            .is_some_and(|id| id == NACH_ID || id == NACH_ID_ALT)
    }

    /// Every pair but these, for the address of the next page.
    pub fn ohne<'a>(&'a self, namen: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.paare
            .iter()
            .filter(|(name, _)| !namen.contains(&name.as_str()))
            .map(|(name, wert)| (name.as_str(), wert.as_str()))
    }

    /// The request came as XML with a filter in it: no address says the same.
    #[must_use]
    pub fn hat_filter_im_koerper(&self) -> bool {
        self.filter.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let adresse = Parameter::lies(
            "service=WFS&Version=2.0.0&request=GetFeature&typeName=zr:a&count=5&startindex=2&srsName=EPSG:4326&propertyName=x,y&sortBy=x+DESC",
        )
        .unwrap();
        let aus_adresse = Kvp::aus_adresse(&adresse).unwrap();
        let aus_xml = Kvp::aus_xml(
            "<GetFeature service='WFS' version='2.0.0' count='5' startIndex='2'><Query typeNames='zr:a' srsName='EPSG:4326'>\
             <PropertyName>x</PropertyName><PropertyName>y</PropertyName>\
             <fes:SortBy><fes:SortProperty><fes:ValueReference>x</fes:ValueReference><fes:SortOrder>DESC</fes:SortOrder></fes:SortProperty></fes:SortBy></Query></GetFeature>",
        )
        .unwrap();
        for name in [
            "SERVICE",
            "VERSION",
            "REQUEST",
            "TYPENAMES",
            "COUNT",
            "STARTINDEX",
            "SRSNAME",
            "PROPERTYNAME",
            "SORTBY",
        ] {
            assert!(aus_adresse.wert(name).is_some(), "{name}");
            assert_eq!(aus_adresse.wert(name), aus_xml.wert(name), "{name}");
        }
        let zwei = "<GetFeature><Query typeNames='a'/><Query typeNames='b'/></GetFeature>";
        assert_eq!(Kvp::aus_xml(zwei).unwrap_err().code, Code::Option);
        let doppelt = Parameter::lies("count=1&COUNT=2").unwrap();
        assert!(Kvp::aus_adresse(&doppelt).is_err());
    }
}
