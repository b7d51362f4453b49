//! The form of a layer in QGIS: for every field its title, what it may hold, what it begins
//! with, and how it is asked. What can be set is what [`crate::layers::transactions`] takes.

use sqlx::PgPool;

use super::element::{Element, option, textwert};
use super::symbol::spalte;
use super::werkzeug::{Werkzeug, nach_klasse, vorgabe, werkzeug};
use crate::error::Result;
use crate::layers::formate::Feld;
use crate::layers::query;
use crate::layers::sammlung::Sammlung;
use crate::layers::transactions::Wert;
use crate::layers::wert::Klasse;

/// One field.
#[derive(Debug, Clone)]
struct Eingabe {
    feld: Feld,
    werkzeug: Werkzeug,
    aenderbar: bool,
    pflicht: bool,
    /// Expression of QGIS.
    vorgabe: String,
}

/// All fields of a layer.
#[derive(Debug, Clone)]
pub struct Formular {
    felder: Vec<Eingabe>,
    /// Source of the layer `ortsteile`; without it an Ortsteil is typed.
    ortsteile: Option<String>,
}

/// The layer an Ortsteil is chosen from.
pub const ORTSTEILE: &str = "ortsteile";

/// Two days in order, and what is wrong otherwise.
const FOLGE: &[(&str, &str, &str)] = &[
    ("ende", "beginn", "Das Ende liegt vor dem Beginn."),
    (
        "angeordnet_am",
        "beantragt_am",
        "Die Anordnung liegt vor dem Antrag.",
    ),
    (
        "abgeschlossen_am",
        "angeordnet_am",
        "Der Abschluss liegt vor der Anordnung.",
    ),
];

impl From<&[Feld]> for Formular {
    /// Fields that are only read.
    fn from(felder: &[Feld]) -> Self {
        let eingabe = |feld: &Feld| Eingabe {
            werkzeug: nach_klasse(feld.klasse),
            feld: feld.clone(),
            aenderbar: false,
            pflicht: false,
            vorgabe: String::new(),
        };
        Self {
            felder: felder.iter().map(eingabe).collect(),
            ortsteile: None,
        }
    }
}

impl Formular {
    /// The form of a collection; `ortsteile` is the source of that layer for QGIS.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn von(
        pool: &PgPool,
        sammlung: &Sammlung,
        ortsteile: Option<String>,
    ) -> Result<Self> {
        let codes = query::codes(pool, &sammlung.ebene).await?;
        let mut felder = Vec::new();
        for spalte in &sammlung.ebene.spalten {
            let feld = Feld::from(spalte);
            let liste = codes
                .iter()
                .find(|(name, _)| *name == spalte.name)
                .map(|(_, liste)| liste.clone());
            let setzbar = sammlung.bearbeiten.and_then(|g| g.feld(&spalte.name));
            let mut eingabe = Eingabe {
                werkzeug: match &liste {
                    Some(liste) => Werkzeug::Liste(liste.clone()),
                    None => nach_klasse(feld.klasse),
                },
                feld,
                aenderbar: setzbar.is_some(),
                pflicht: setzbar.is_some_and(|s| s.pflicht),
                vorgabe: String::new(),
            };
            if let Some(setzbar) = setzbar {
                let mut titel = None;
                if let Wert::Code(tafel) = setzbar.wert
                    && liste.is_none()
                {
                    // The layer shows the title in place of the key.
                    titel = query::codeliste(pool, tafel).await?;
                }
                eingabe.werkzeug = werkzeug(
                    &setzbar.wert,
                    titel.as_deref(),
                    eingabe.werkzeug,
                    crate::bearbeiten::mehrzeilig(&spalte.name),
                );
                eingabe.vorgabe = setzbar
                    .vorgabe
                    .and_then(|json| vorgabe(json, titel.as_deref()))
                    .unwrap_or_default();
            }
            felder.push(eingabe);
        }
        // What QGIS 3.22 puts before the fields: the id of the feature.
        if sammlung.ebene.spalte("id").is_none() {
            felder.insert(0, kennung_des_objekts());
        }
        Ok(Self { felder, ortsteile })
    }

    /// Fields with their names, in the order of the layer.
    pub fn felder(&self) -> impl Iterator<Item = &Feld> {
        self.felder.iter().map(|eingabe| &eingabe.feld)
    }

    /// What QGIS reads the layer of the Ortsteile by: a table of a file stands beside ours.
    fn provider(&self) -> &'static str {
        match &self.ortsteile {
            Some(quelle) if quelle.starts_with("./") => "ogr",
            _ => super::qml::PROVIDER,
        }
    }

    /// Some field can be set.
    #[must_use]
    pub fn aenderbar(&self) -> bool {
        self.felder.iter().any(|eingabe| eingabe.aenderbar)
    }

    /// What a style and a layer of a project say of it.
    #[must_use]
    pub fn elemente(&self) -> Vec<Element> {
        let je = |name: &'static str, eines: &dyn Fn(usize, &Eingabe) -> Element| {
            let alle = self.felder.iter().enumerate();
            Element::neu(name).kinder(alle.map(|(nr, eingabe)| eines(nr, eingabe)))
        };
        vec![
            je("fieldConfiguration", &|_, e| {
                Element::neu("field")
                    .a("name", &e.feld.name)
                    .a("configurationFlags", "None")
                    .kind(self.werkzeug(e))
            }),
            je("aliases", &|nr, e| {
                Element::neu("alias")
                    .a("index", nr)
                    .a("field", &e.feld.name)
                    .a("name", e.feld.kopf())
            }),
            je("defaults", &|_, e| {
                Element::neu("default")
                    .a("field", &e.feld.name)
                    .a("expression", &e.vorgabe)
                    .a("applyOnUpdate", "0")
            }),
            je("constraints", &|_, e| {
                let regel = !self.regel(e).0.is_empty();
                // Bits: 1 not empty, 4 an expression. Strength 1 is hard: the form cannot be saved.
                Element::neu("constraint")
                    .a("field", &e.feld.name)
                    .a("constraints", u8::from(e.pflicht) + 4 * u8::from(regel))
                    .a("notnull_strength", u8::from(e.pflicht))
                    .a("unique_strength", "0")
                    .a("exp_strength", u8::from(regel))
            }),
            je("constraintExpressions", &|_, e| {
                let (ausdruck, text) = self.regel(e);
                Element::neu("constraint")
                    .a("field", &e.feld.name)
                    .a("exp", ausdruck)
                    .a("desc", text)
            }),
            Element::neu("editform").a("tolerant", "1"),
            Element::neu("featformsuppress").text("0"),
            Element::neu("editorlayout").text("tablayout"),
            self.reiter(),
            je("editable", &|_, e| {
                Element::neu("field")
                    .a("name", &e.feld.name)
                    .a("editable", u8::from(e.aenderbar))
            }),
        ]
    }

    /// Tabs: what can be set, what else there is, what only programs ask for.
    fn reiter(&self) -> Element {
        let gruppe = |e: &Eingabe| match (e.aenderbar, technisch(&e.feld.name)) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        };
        let titel = if self.aenderbar() {
            ["Angaben", "Weitere Angaben (nur lesen)", "Kennungen"]
        } else {
            ["", "Angaben", "Kennungen"]
        };
        let mut form = Element::neu("attributeEditorForm");
        for (nr, titel) in titel.into_iter().enumerate() {
            let felder: Vec<Element> = self
                .felder
                .iter()
                .enumerate()
                .filter(|(_, e)| gruppe(e) == nr)
                .map(|(stelle, e)| {
                    Element::neu("attributeEditorField")
                        .a("index", stelle)
                        .a("name", &e.feld.name)
                        .a("showLabel", "1")
                })
                .collect();
            if felder.is_empty() {
                continue;
            }
            let reiter = Element::neu("attributeEditorContainer")
                .a("name", titel)
                .alle(&[
                    ("columnCount", "1"),
                    ("groupBox", "0"),
                    ("showLabel", "1"),
                    ("visibilityExpressionEnabled", "0"),
                    ("visibilityExpression", ""),
                ])
                .kinder(felder);
            form = form.kind(reiter);
        }
        form
    }

    /// What a value must meet, and what is wrong otherwise.
    fn regel(&self, e: &Eingabe) -> (String, String) {
        let leer = (String::new(), String::new());
        if !e.aenderbar {
            return leer;
        }
        let name = spalte(&e.feld.name);
        let titel = &e.feld.titel;
        if let Werkzeug::Zahl(Some((von, bis))) = e.werkzeug {
            return (
                format!("{name} IS NULL OR ({name} >= {von} AND {name} <= {bis})"),
                format!("{titel}: eine ganze Zahl von {von} bis {bis}."),
            );
        }
        let folge = FOLGE
            .iter()
            .find(|(nachher, vorher, _)| {
                *nachher == e.feld.name && self.felder.iter().any(|f| f.feld.name == *vorher)
            })
            .map(|(_, vorher, text)| {
                let vorher = spalte(vorher);
                (
                    format!(
                        "{name} IS NULL OR {vorher} IS NULL OR to_date({name}) >= to_date({vorher})"
                    ),
                    (*text).to_owned(),
                )
            });
        if let Some(folge) = folge {
            return folge;
        }
        if e.pflicht && matches!(e.werkzeug, Werkzeug::Text | Werkzeug::Absatz) {
            return (
                format!("trim(coalesce({name}, '')) <> ''"),
                format!("{titel} darf nicht leer sein."),
            );
        }
        leer
    }

    fn werkzeug(&self, e: &Eingabe) -> Element {
        let (typ, werte) = match &e.werkzeug {
            Werkzeug::Haken => ("CheckBox", Vec::new()),
            Werkzeug::Tag => (
                "DateTime",
                vec![
                    option("allow_null", "bool", !e.pflicht),
                    option("calendar_popup", "bool", true),
                    textwert("display_format", "dd.MM.yyyy"),
                    textwert("field_format", "yyyy-MM-dd"),
                    option("field_iso_format", "bool", false),
                ],
            ),
            Werkzeug::Zahl(Some((von, bis))) => (
                "Range",
                vec![
                    option("AllowNull", "bool", !e.pflicht),
                    option("Min", "int", von),
                    option("Max", "int", bis),
                    option("Step", "int", 1),
                    textwert("Style", "SpinBox"),
                ],
            ),
            Werkzeug::Liste(liste) => {
                let paare = liste.iter().map(|(wert, titel)| {
                    Element::neu("Option")
                        .a("type", "Map")
                        .kind(textwert(titel, wert))
                });
                let liste = Element::neu("Option")
                    .a("type", "List")
                    .a("name", "map")
                    .kinder(paare);
                ("ValueMap", vec![liste])
            }
            Werkzeug::Ortsteil if self.ortsteile.is_some() => (
                "ValueRelation",
                vec![
                    option("AllowNull", "bool", !e.pflicht),
                    option("AllowMulti", "bool", false),
                    textwert("Key", "kennung"),
                    textwert("Value", "name"),
                    option("OrderByValue", "bool", true),
                    textwert("Layer", super::qml::layer_id(ORTSTEILE)),
                    textwert("LayerName", "Ortsteile"),
                    textwert("LayerProviderName", self.provider()),
                    textwert("LayerSource", self.ortsteile.as_deref().unwrap_or_default()),
                ],
            ),
            Werkzeug::Absatz => ("TextEdit", vec![option("IsMultiline", "bool", true)]),
            Werkzeug::Text | Werkzeug::Zahl(None) | Werkzeug::Ortsteil => ("TextEdit", Vec::new()),
        };
        let inhalt = if werte.is_empty() {
            Element::neu("Option")
        } else {
            Element::neu("Option").a("type", "Map").kinder(werte)
        };
        Element::neu("editWidget")
            .a("type", typ)
            .kind(Element::neu("config").kind(inhalt))
    }
}

fn kennung_des_objekts() -> Eingabe {
    Eingabe {
        feld: Feld {
            name: "id".to_owned(),
            titel: "Objekt".to_owned(),
            beschreibung: None,
            einheit: None,
            klasse: Klasse::Text,
        },
        werkzeug: Werkzeug::Text,
        aenderbar: false,
        pflicht: false,
        vorgabe: String::new(),
    }
}

/// Names that stand for an object or for where it came from.
fn technisch(name: &str) -> bool {
    matches!(
        name,
        "id" | "kennung" | "klasse" | "ebene" | "flaechenschluss" | "xplan_version" | "fassung"
    ) || name.ends_with("_id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eingabe(name: &str, werkzeug: Werkzeug, pflicht: bool) -> Eingabe {
        Eingabe {
            feld: Feld {
                name: name.into(),
                titel: name.into(),
                beschreibung: None,
                einheit: None,
                klasse: Klasse::Text,
            },
            werkzeug,
            aenderbar: true,
            pflicht,
            vorgabe: String::new(),
        }
    }

    #[test]
    fn rules_speak_german() {
        let formular = Formular {
            felder: vec![
                eingabe("titel", Werkzeug::Absatz, true),
                eingabe("beginn", Werkzeug::Tag, false),
                eingabe("ende", Werkzeug::Tag, false),
                eingabe("jahr", Werkzeug::Zahl(Some((1900, 2200))), false),
            ],
            ortsteile: None,
        };
        let regeln: Vec<_> = formular
            .felder
            .iter()
            .map(|e| formular.regel(e).1)
            .collect();
        assert_eq!(
            regeln,
            [
                "titel darf nicht leer sein.",
                "",
                "Das Ende liegt vor dem Beginn.",
                "jahr: eine ganze Zahl von 1900 bis 2200."
            ]
        );
        let text: String = formular
            .elemente()
            .iter()
            .map(Element::ausschnitt)
            .collect();
        assert!(
            text.contains("field=\"titel\" constraints=\"5\" notnull_strength=\"1\""),
            "{text}"
        );
    }
}
