//! What a GetFeature asks for, as a request for items: the same checks, rights and limits.

use super::ausnahme::{Ausnahme, Code};
use super::filter::{self, spaltenname};
use super::kvp::Kvp;
use super::system::{self, System};
use super::{GML_TYP, NACH_ID};
use crate::error::Error;
use crate::gml::name::{aus_objekt_id, klartext};
use crate::http::extract::Parameter;
use crate::http::link::kodiere_parameter;
use crate::layers::Dienst;
use crate::layers::auswahl::{Auswahl, LIMIT_MAX};
use crate::layers::cql2::schreiben;
use crate::layers::crs::Ziel;
use crate::layers::relation::{aufzaehlung, meinten, naechster};
use crate::layers::sammlung::Sammlung;
use crate::layers::sortierung::{Sortierung, sortierbare};

/// Ids of one request at most.
const IDS_MAX: usize = 1000;
/// Formats, as clients of this and of older versions name them.
const FORMATE: [&str; 8] = [
    GML_TYP,
    "application/gml+xml;version=3.2",
    "application/gml+xml",
    "text/xml;subtype=gml/3.2",
    "text/xml;subtype=gml/3.2.1",
    "gml32",
    "gml3",
    "text/xml",
];

/// One request for features.
#[derive(Debug)]
pub struct Abfrage {
    /// Of which layer; only the features of the ids, where some were named.
    pub sammlung: Sammlung,
    /// Which of them.
    pub auswahl: Auswahl,
    /// Only their number is asked for.
    pub nur_zahl: bool,
}

/// Reads a GetFeature.
///
/// # Errors
/// What does not fit, with its parameter.
pub async fn lies(dienst: &Dienst, kvp: &Kvp) -> Result<Abfrage, Ausnahme> {
    pruefe_format(kvp)?;
    let filter = kvp.filter()?;
    let ids = ids(kvp, filter.as_ref())?;
    let mut sammlung = sammlung(dienst, kvp, ids.as_deref()).await?;
    let mut paare: Vec<(&str, String)> = Vec::new();
    let anzahl = zahl(kvp, "COUNT")?;
    let limit = anzahl.unwrap_or(LIMIT_MAX).clamp(1, LIMIT_MAX);
    paare.push(("limit", limit.to_string()));
    let system = match kvp.wert("SRSNAME") {
        Some(name) => system::lies("srsName", name)?,
        None => eigenes(&sammlung),
    };
    paare.push(("crs", system.antwort().uri().to_owned()));
    if let Some(text) = kvp.wert("BBOX") {
        let (kasten, system) = kasten(text, &sammlung)?;
        paare.push(("bbox", kasten.map(|zahl| zahl.to_string()).join(",")));
        paare.push(("bbox-crs", system.uri().to_owned()));
    }
    if ids.is_none()
        && let Some(filter) = &filter
    {
        let gefiltert = filter::lies(filter, &sammlung)?;
        if let Some(bedingung) = &gefiltert.bedingung {
            paare.push(("filter", schreiben::text(bedingung)));
        }
        if let Some(system) = gefiltert.system {
            paare.push(("filter-crs", system.uri().to_owned()));
        }
    }
    let parameter = kodiere_parameter(paare.iter().map(|(n, w)| (*n, w.as_str())));
    let parameter = Parameter::lies(&parameter)?;
    let mut auswahl = Auswahl::lies(&parameter, &sammlung, LIMIT_MAX)?;
    auswahl.ab = Some(zahl(kvp, "STARTINDEX")?.unwrap_or_default());
    auswahl.sortierung = folge(kvp, &sammlung)?;
    eigenschaften(kvp, &sammlung, &mut auswahl)?;
    if let Some(ids) = ids {
        sammlung.nur = Some(schluessel(&ids, &sammlung));
    }
    let nur_zahl = match kvp.wert("RESULTTYPE") {
        None | Some("results") => anzahl == Some(0),
        Some("hits") => true,
        Some(anderes) => {
            return Err(Ausnahme::wert(
                "resultType",
                format!("„{anderes}“ gibt es nicht. Möglich sind results und hits."),
            ));
        }
    };
    Ok(Abfrage {
        sammlung,
        auswahl,
        nur_zahl,
    })
}

/// The system a layer is stored in, in the order of its definition: its default.
#[must_use]
pub fn eigenes(sammlung: &Sammlung) -> System {
    let geometrie = sammlung.ebene.relation.geometrie.as_ref();
    System {
        ziel: geometrie
            .and_then(|g| Ziel::zu_srid(g.srid))
            .unwrap_or(Ziel::Crs84),
        x_zuerst: false,
    }
}

/// The layer of a type name, with prefix or without.
///
/// # Errors
/// There is none for this reader.
pub async fn typ(dienst: &Dienst, name: &str) -> Result<Sammlung, Ausnahme> {
    let id = klartext(name.rsplit(':').next().unwrap_or_default());
    match dienst
        .katalog
        .oeffentliche_sammlung(&dienst.pool, &id)
        .await
    {
        Err(Error::NichtGefunden(_)) => Err(Ausnahme::wert(
            "typeNames",
            format!("Eine Ebene „{name}“ gibt es nicht. Alle nennt GetCapabilities."),
        )),
        ergebnis => Ok(ergebnis?),
    }
}

fn pruefe_format(kvp: &Kvp) -> Result<(), Ausnahme> {
    let Some(format) = kvp.wert("OUTPUTFORMAT") else {
        return Ok(());
    };
    let ohne = |text: &str| text.replace([' ', '"'], "").to_ascii_lowercase();
    let gesucht = ohne(format);
    if FORMATE.iter().any(|name| ohne(name) == gesucht) {
        return Ok(());
    }
    Err(Ausnahme::wert(
        "outputFormat",
        format!(
            "Das Format „{format}“ gibt es im WFS nicht, nur {GML_TYP}. GeoJSON, GeoPackage und andere stehen unter /collections."
        ),
    ))
}

fn ids(kvp: &Kvp, filter: Option<&super::xml::Element>) -> Result<Option<Vec<String>>, Ausnahme> {
    let mut alle: Vec<String> = kvp.liste("RESOURCEID").map(str::to_owned).collect();
    if kvp.wert("STOREDQUERY_ID").is_some() {
        if !kvp.nach_id() {
            return Err(Ausnahme::wert(
                "STOREDQUERY_ID",
                format!("Eine gespeicherte Abfrage dieses Namens gibt es nicht, nur {NACH_ID}."),
            ));
        }
        let id = kvp.wert("ID").ok_or_else(|| {
            Ausnahme::fehlt(
                "ID",
                "Für GetFeatureById fehlt die Kennung des Objekts (ID).",
            )
        })?;
        alle.push(id.to_owned());
    }
    let im_filter = filter.map(filter::ids).unwrap_or_default();
    if !im_filter.is_empty() && filter.is_some_and(|f| f.kinder.len() == im_filter.len()) {
        alle.extend(im_filter);
    } else if !alle.is_empty() && filter.is_some() {
        return Err(Ausnahme::wert(
            "FILTER",
            "Kennungen (RESOURCEID) und ein Filter schließen einander aus.",
        ));
    }
    if alle.len() > IDS_MAX {
        return Err(Ausnahme::wert(
            "RESOURCEID",
            format!("Eine Anfrage nennt höchstens {IDS_MAX} Kennungen."),
        ));
    }
    Ok((!alle.is_empty()).then_some(alle))
}

async fn sammlung(
    dienst: &Dienst,
    kvp: &Kvp,
    ids: Option<&[String]>,
) -> Result<Sammlung, Ausnahme> {
    let mehrere = || {
        Ausnahme::neu(
            Code::Option,
            "typeNames",
            "Eine Anfrage darf hier nach einer Ebene fragen. Fragen Sie jede für sich ab.",
        )
    };
    let namen: Vec<&str> = kvp.liste("TYPENAMES").collect();
    match (namen.as_slice(), ids) {
        ([name], _) => {
            let name = name.trim_matches(['(', ')']);
            if name.contains(['(', ')']) {
                return Err(mehrere());
            }
            typ(dienst, name).await
        }
        ([], Some(ids)) => {
            let mut typen: Vec<String> = ids
                .iter()
                .filter_map(|id| aus_objekt_id(id))
                .map(|(typ, _)| typ)
                .collect();
            typen.dedup();
            match typen.as_slice() {
                [typ] => {
                    let gefunden = dienst.katalog.oeffentliche_sammlung(&dienst.pool, typ);
                    Ok(gefunden.await.map_err(|fehler| match fehler {
                        Error::NichtGefunden(_) => keins(&ids.join(", ")),
                        anderer => anderer.into(),
                    })?)
                }
                [] => Err(keins(&ids.join(", "))),
                _ => Err(mehrere()),
            }
        }
        ([], None) => Err(Ausnahme::fehlt(
            "typeNames",
            "Es fehlt der Name der Ebene (TYPENAMES). Alle nennt GetCapabilities.",
        )),
        _ => Err(mehrere()),
    }
}

/// No feature of this id.
#[must_use]
pub fn keins(id: &str) -> Ausnahme {
    Ausnahme::neu(
        Code::NichtGefunden,
        "ID",
        format!("Ein Objekt „{id}“ gibt es nicht."),
    )
}

/// Keys of the ids that belong to the layer, of those that are to be seen at all.
fn schluessel(ids: &[String], sammlung: &Sammlung) -> Vec<String> {
    let gemeint = ids.iter().filter_map(|id| aus_objekt_id(id));
    gemeint
        .filter(|(typ, _)| *typ == sammlung.id)
        .map(|(_, schluessel)| schluessel)
        .filter(|schluessel| !schluessel.contains('\0'))
        .filter(|schluessel| {
            sammlung
                .nur
                .as_ref()
                .is_none_or(|nur| nur.contains(schluessel))
        })
        .collect()
}

fn zahl(kvp: &Kvp, name: &str) -> Result<Option<usize>, Ausnahme> {
    let Some(text) = kvp.wert(name) else {
        return Ok(None);
    };
    let ziffern = text.bytes().all(|b| b.is_ascii_digit());
    // Beyond any layer, and still a number of the database.
    let zahl = text.parse::<usize>().unwrap_or(usize::MAX);
    if !ziffern {
        return Err(Ausnahme::wert(
            name,
            format!("„{text}“ ist keine ganze Zahl ab 0."),
        ));
    }
    Ok(Some(zahl.min(1 << 40)))
}

fn kasten(text: &str, sammlung: &Sammlung) -> Result<([f64; 4], Ziel), Ausnahme> {
    let falsch = || {
        Ausnahme::wert(
            "BBOX",
            format!(
                "„{text}“ ist kein Ausschnitt. Erwartet werden vier Zahlen und das Koordinatensystem, zum Beispiel 630000,5320000,640000,5330000,urn:ogc:def:crs:EPSG::25832."
            ),
        )
    };
    let mut teile = text.splitn(5, ',').map(str::trim);
    let mut zahlen = [0.0; 4];
    for zahl in &mut zahlen {
        let teil = teile.next().and_then(|teil| teil.parse::<f64>().ok());
        *zahl = teil.filter(|zahl| zahl.is_finite()).ok_or_else(falsch)?;
    }
    let system = match teile.next() {
        Some(name) => system::lies("BBOX", name)?,
        None => eigenes(sammlung),
    };
    Ok((system.nach_definition(zahlen), system.ziel))
}

fn folge(kvp: &Kvp, sammlung: &Sammlung) -> Result<Vec<Sortierung>, Ausnahme> {
    let mut folge: Vec<Sortierung> = Vec::new();
    for teil in kvp.liste("SORTBY") {
        let (name, richtung) = teil.rsplit_once(' ').unwrap_or((teil, "ASC"));
        let absteigend = match richtung.to_ascii_uppercase().as_str() {
            "ASC" | "A" => false,
            "DESC" | "D" => true,
            _ => {
                return Err(Ausnahme::wert(
                    "SORTBY",
                    format!("„{richtung}“ ist keine Richtung; möglich sind ASC und DESC."),
                ));
            }
        };
        let spalte = spaltenname(name);
        if !sortierbare(&sammlung.ebene).any(|s| s.name == spalte) {
            let namen = || sortierbare(&sammlung.ebene).map(|s| s.name.as_str());
            return Err(unbekannt("SORTBY", &spalte, namen));
        }
        if !folge.iter().any(|s| s.spalte == spalte) {
            folge.push(Sortierung { spalte, absteigend });
        }
    }
    Ok(folge)
}

fn unbekannt<'a, I: Iterator<Item = &'a str>>(
    ort: &str,
    name: &str,
    namen: impl Fn() -> I,
) -> Ausnahme {
    Ausnahme::wert(
        ort,
        format!(
            "Eine Eigenschaft „{name}“ gibt es hier nicht.{} Möglich sind: {}.",
            meinten(naechster(name, namen())),
            aufzaehlung(namen())
        ),
    )
}

/// `propertyName`: only these; without the geometry where it is not among them.
fn eigenschaften(kvp: &Kvp, sammlung: &Sammlung, auswahl: &mut Auswahl) -> Result<(), Ausnahme> {
    let text = kvp.wert("PROPERTYNAME").unwrap_or_default();
    let namen: Vec<String> = text
        .trim_matches(['(', ')'])
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(spaltenname)
        .collect();
    if namen.is_empty() || namen.iter().any(|name| name == "*") {
        return Ok(());
    }
    let spalten = &sammlung.ebene.spalten;
    let geometrie = sammlung.ebene.relation.geometrie.as_ref();
    let mut gewollt = vec![false; spalten.len()];
    auswahl.geometrie = false;
    for name in &namen {
        if geometrie.is_some_and(|g| g.spalte == *name) {
            auswahl.geometrie = true;
        } else if let Some(stelle) = spalten.iter().position(|s| s.name == *name) {
            gewollt[stelle] = true;
        } else if name != "boundedBy" && name != "id" {
            let namen = || {
                let alle = spalten.iter().map(|s| s.name.as_str());
                alle.chain(geometrie.map(|g| g.spalte.as_str()))
            };
            return Err(unbekannt("propertyName", name, namen));
        }
    }
    auswahl.eigenschaften = Some(gewollt);
    Ok(())
}
