//! Three sides of every object: as it was taken along, as the file has it, as it is today.

use std::collections::HashMap;

use serde_json::{Map, Value};
use sqlx::PgPool;

use super::form;
use super::posten::{Art, Feld, GEOMETRIE, Lage, OBJEKT, Posten};
use super::rueckgabe::{Eintrag, Rueckgabe, Sammlungen, wie};
use crate::bearbeiten::store as bearbeitet;
use crate::error::{Error, Result};
use crate::layers::crs::Ziel;
use crate::layers::sammlung::{Katalog, Sammlung};
use crate::layers::transactions::{Gegenstand, Traeger, marke};
use crate::layers::{items, query};

/// A layer and what its codes mean.
struct Ebene {
    sammlung: Sammlung,
    gegenstand: &'static Gegenstand,
    codes: query::Codes,
    /// Its plan can be edited.
    offen: bool,
}

/// Layers of the reader's world by id.
///
/// # Errors
/// Those of the database.
pub async fn sammlungen(pool: &PgPool, katalog: &Katalog) -> Result<Sammlungen> {
    let alle = katalog.oeffentliche(pool).await?;
    Ok(alle.into_iter().map(|s| (s.id.clone(), s)).collect())
}

/// Holds what a file says against today, in the world of who reads.
///
/// # Errors
/// Those of the database.
pub async fn stelle_gegenueber(
    pool: &PgPool,
    katalog: &Katalog,
    rueckgabe: &Rueckgabe,
) -> Result<Vec<Posten>> {
    let alle = sammlungen(pool, katalog).await?;
    let mut ebenen: HashMap<String, Option<Ebene>> = HashMap::new();
    let mut posten = Vec::new();
    for (nr, eintrag) in (1..).zip(&rueckgabe.eintraege) {
        if !ebenen.contains_key(&eintrag.ebene) {
            let ebene = match alle.get(&eintrag.ebene) {
                Some(sammlung) => Ebene::lies(pool, sammlung).await?,
                None => None,
            };
            ebenen.insert(eintrag.ebene.clone(), ebene);
        }
        let Some(ebene) = ebenen.get(&eintrag.ebene).and_then(Option::as_ref) else {
            posten.push(ohne_ebene(nr, eintrag));
            continue;
        };
        // The version first: what changes in between is refused when it is written.
        let version = marke(pool, &ebene.sammlung, &eintrag.kennung).await?;
        let heute = lies(pool, &ebene.sammlung, &eintrag.kennung).await?;
        posten.push(ebene.posten(nr, eintrag, heute.as_ref(), version));
    }
    Ok(posten)
}

/// A feature as the layer shows it today, EPSG:25832.
async fn lies(pool: &PgPool, sammlung: &Sammlung, kennung: &str) -> Result<Option<Value>> {
    let gelesen = query::einzeln(pool, sammlung, kennung, Ziel::Epsg25832).await?;
    let Some((zeile, wandler)) = gelesen else {
        return Ok(None);
    };
    let mut doc = Vec::new();
    items::schreibe_objekt(&mut doc, &sammlung.ebene, &zeile, wandler)?;
    doc.push(b'}');
    serde_json::from_slice(&doc).map(Some).map_err(Error::from)
}

fn ohne_ebene(nr: usize, eintrag: &Eintrag) -> Posten {
    Posten {
        fehler: Some(
            "Diese Ebene gibt es nicht mehr, oder Sie dürfen sie nicht bearbeiten.".to_owned(),
        ),
        ..leer(nr, eintrag)
    }
}

fn leer(nr: usize, eintrag: &Eintrag) -> Posten {
    Posten {
        nr,
        ebene: eintrag.ebene.clone(),
        titel: eintrag.titel.clone(),
        kennung: eintrag.kennung.clone(),
        fid: eintrag.fid,
        name: eintrag.kennung.clone(),
        art: Art::Fehler,
        version: None,
        felder: Vec::new(),
        hinweise: eintrag.hinweise.clone(),
        fehler: eintrag.fehler.clone(),
        heute_da: false,
    }
}

impl Ebene {
    async fn lies(pool: &PgPool, sammlung: &Sammlung) -> Result<Option<Self>> {
        let Some(gegenstand) = sammlung.bearbeiten else {
            return Ok(None);
        };
        let offen = match (gegenstand.traeger, sammlung.fassungen.as_deref()) {
            (Traeger::Plan, Some([fassung])) => bearbeitet::ist_entwurf(pool, *fassung)
                .await
                .map_err(|p| Error::intern(p.detail))?,
            (Traeger::Plan, _) => false,
            _ => true,
        };
        Ok(Some(Self {
            codes: query::codes(pool, &sammlung.ebene).await?,
            sammlung: sammlung.clone(),
            gegenstand,
            offen,
        }))
    }

    fn posten(
        &self,
        nr: usize,
        eintrag: &Eintrag,
        heute: Option<&Value>,
        version: Option<String>,
    ) -> Posten {
        let mut posten = Posten {
            version: version.filter(|_| heute.is_some()),
            heute_da: heute.is_some(),
            ..leer(nr, eintrag)
        };
        posten.name = name(eintrag, heute);
        if !self.offen {
            posten.fehler = Some("Der Plan dieser Ebene ist kein Entwurf (mehr); seine Darstellungen werden nicht einzeln geändert.".to_owned());
        }
        posten.art = match (&eintrag.basis, &eintrag.werte, heute) {
            (Some(basis), Some(werte), Some(heute)) => {
                self.geaendert(&mut posten, eintrag, (basis, werte), heute)
            }
            (Some(basis), Some(werte), None) => {
                self.datei(&mut posten, eintrag, Some(basis), werte, Lage::Datei);
                posten
                    .felder
                    .push(ganzes("geändert", "gelöscht oder für Sie nicht zu sehen"));
                Art::Konflikt
            }
            (Some(basis), None, Some(heute)) => {
                self.nur_heute(&mut posten, basis, heute, &[]);
                if self.gegenstand.traeger == Traeger::Ort {
                    posten.hinweise.push(
                        "Gelöscht wird nur der Ort in dieser Ebene; die Maßnahme selbst bleibt."
                            .to_owned(),
                    );
                }
                if posten.felder.is_empty() {
                    Art::Geloescht
                } else {
                    posten.felder.push(ganzes("gelöscht", "geändert"));
                    Art::Konflikt
                }
            }
            (None, Some(werte), None) => {
                self.datei(&mut posten, eintrag, None, werte, Lage::Datei);
                Art::Neu
            }
            (None, Some(werte), Some(heute)) => {
                self.gibt_es_schon(&mut posten, eintrag, werte, heute)
            }
            (_, None, _) => Art::Erledigt,
        };
        if posten.fehler.is_some() && posten.art != Art::Erledigt {
            posten.art = Art::Fehler;
        }
        posten
    }

    fn geaendert(
        &self,
        posten: &mut Posten,
        eintrag: &Eintrag,
        (basis, werte): (&Value, &Map<String, Value>),
        heute: &Value,
    ) -> Art {
        let (vorher, jetzt) = (&basis["properties"], &heute["properties"]);
        for (feld, wert) in werte {
            let (b, h) = (&vorher[feld], &jetzt[feld]);
            if wie(wert, h) {
                continue;
            }
            let lage = if wie(b, h) {
                Lage::Datei
            } else {
                Lage::Konflikt
            };
            posten.felder.push(Feld {
                name: feld.clone(),
                titel: self.titel(feld),
                basis: Some(self.wort(feld, b)),
                datei: self.wort(feld, wert),
                heute: Some(self.wort(feld, h)),
                lage,
            });
        }
        if let Some(neu) = eintrag.geometrie.as_ref().and_then(form::aus_geojson) {
            let (b, h) = (&basis["geometry"], &heute["geometry"]);
            let (b, h) = (form::aus_geojson(b), form::aus_geojson(h));
            let gleich = |a: Option<&geo_types::Geometry<f64>>, c: &geo_types::Geometry<f64>| {
                a.is_some_and(|a| form::gleich(a, c, form::GENAU))
            };
            if !gleich(h.as_ref(), &neu) {
                let unveraendert = match (&b, &h) {
                    (Some(b), Some(h)) => form::gleich(b, h, form::GENAU),
                    (None, None) => true,
                    _ => false,
                };
                posten.felder.push(Feld {
                    name: GEOMETRIE.to_owned(),
                    titel: "Geometrie".to_owned(),
                    basis: b.as_ref().map(form::mass),
                    datei: gegen(b.as_ref(), &neu),
                    heute: h.as_ref().map(|h| {
                        if unveraendert {
                            form::mass(h)
                        } else {
                            gegen(b.as_ref(), h)
                        }
                    }),
                    lage: if unveraendert {
                        Lage::Datei
                    } else {
                        Lage::Konflikt
                    },
                });
            }
        }
        let offen = !posten.felder.is_empty();
        let streit = posten.streitig().next().is_some();
        let schon: Vec<String> = posten.felder.iter().map(|f| f.name.clone()).collect();
        self.nur_heute(posten, basis, heute, &schon);
        let auch_heute = posten.felder.iter().any(|f| f.lage == Lage::Heute);
        match (offen || posten.fehler.is_some(), streit, auch_heute) {
            (false, ..) => Art::Erledigt,
            (true, true, _) => Art::Konflikt,
            (true, false, true) => Art::Zusammengefuehrt,
            (true, false, false) => Art::Geaendert,
        }
    }

    /// What was changed here since, besides these fields.
    fn nur_heute(&self, posten: &mut Posten, basis: &Value, heute: &Value, ohne: &[String]) {
        for feld in self.gegenstand.felder {
            let (b, h) = (
                &basis["properties"][feld.name],
                &heute["properties"][feld.name],
            );
            let hier = self.sammlung.ebene.spalte(feld.name).is_some();
            if !hier || wie(b, h) || ohne.iter().any(|name| name == feld.name) {
                continue;
            }
            posten.felder.push(Feld {
                name: feld.name.to_owned(),
                titel: self.titel(feld.name),
                basis: Some(self.wort(feld.name, b)),
                datei: self.wort(feld.name, b),
                heute: Some(self.wort(feld.name, h)),
                lage: Lage::Heute,
            });
        }
        let formen = (
            form::aus_geojson(&basis["geometry"]),
            form::aus_geojson(&heute["geometry"]),
        );
        if let (Some(b), Some(h)) = formen
            && !ohne.iter().any(|name| name == GEOMETRIE)
            && !form::gleich(&b, &h, form::GENAU)
        {
            posten.felder.push(Feld {
                name: GEOMETRIE.to_owned(),
                titel: "Geometrie".to_owned(),
                basis: Some(form::mass(&b)),
                datei: form::mass(&b),
                heute: Some(form::unterschied(&b, &h)),
                lage: Lage::Heute,
            });
        }
    }

    /// Everything the file says of an object, as a list.
    fn datei(
        &self,
        posten: &mut Posten,
        eintrag: &Eintrag,
        basis: Option<&Value>,
        werte: &Map<String, Value>,
        lage: Lage,
    ) {
        for (feld, wert) in werte {
            posten.felder.push(Feld {
                name: feld.clone(),
                titel: self.titel(feld),
                basis: basis.map(|b| self.wort(feld, &b["properties"][feld])),
                datei: self.wort(feld, wert),
                heute: None,
                lage,
            });
        }
        if let Some(neu) = eintrag.geometrie.as_ref().and_then(form::aus_geojson) {
            let b = basis.and_then(|b| form::aus_geojson(&b["geometry"]));
            posten.felder.push(Feld {
                name: GEOMETRIE.to_owned(),
                titel: "Geometrie".to_owned(),
                basis: b.as_ref().map(form::mass),
                datei: gegen(b.as_ref(), &neu),
                heute: None,
                lage,
            });
        }
    }

    /// New in the file, but here by the same kennung: brought back before, or made by another.
    fn gibt_es_schon(
        &self,
        posten: &mut Posten,
        eintrag: &Eintrag,
        werte: &Map<String, Value>,
        heute: &Value,
    ) -> Art {
        for (feld, wert) in werte {
            let h = &heute["properties"][feld];
            if !wie(wert, h) {
                posten.felder.push(Feld {
                    name: feld.clone(),
                    titel: self.titel(feld),
                    basis: None,
                    datei: self.wort(feld, wert),
                    heute: Some(self.wort(feld, h)),
                    lage: Lage::Konflikt,
                });
            }
        }
        let jetzt = form::aus_geojson(&heute["geometry"]);
        if let Some(neu) = eintrag.geometrie.as_ref().and_then(form::aus_geojson)
            && !jetzt
                .as_ref()
                .is_some_and(|h| form::gleich(h, &neu, form::UMGERECHNET))
        {
            posten.felder.push(Feld {
                name: GEOMETRIE.to_owned(),
                titel: "Geometrie".to_owned(),
                basis: None,
                datei: gegen(jetzt.as_ref(), &neu),
                heute: jetzt.as_ref().map(form::mass),
                lage: Lage::Konflikt,
            });
        }
        if posten.felder.is_empty() {
            return Art::Erledigt;
        }
        posten.hinweise.push(
            "In der Datei ist das Objekt neu; hier gibt es schon eines mit dieser Kennung."
                .to_owned(),
        );
        Art::Konflikt
    }

    fn titel(&self, feld: &str) -> String {
        let spalte = self.sammlung.ebene.spalte(feld);
        spalte.map_or_else(|| feld.to_owned(), |s| s.titel.clone())
    }

    /// A value as a clerk reads it.
    fn wort(&self, feld: &str, wert: &Value) -> String {
        match wert {
            Value::Null => "(leer)".to_owned(),
            Value::Bool(wahr) => if *wahr { "ja" } else { "nein" }.to_owned(),
            Value::Number(zahl) => zahl.to_string().replace('.', ","),
            Value::String(text) => {
                let liste = self.codes.iter().find(|(name, _)| name == feld);
                let code = liste.and_then(|(_, l)| l.iter().find(|(wert, _)| wert == text));
                match (code, text.parse::<chrono::NaiveDate>()) {
                    (Some((_, titel)), _) => titel.clone(),
                    (None, Ok(tag)) => tag.format("%d.%m.%Y").to_string(),
                    (None, Err(_)) if text.trim().is_empty() => "(leer)".to_owned(),
                    (None, Err(_)) => text.clone(),
                }
            }
            andere => andere.to_string(),
        }
    }
}

/// The choice about the object as a whole.
fn ganzes(datei: &str, heute: &str) -> Feld {
    Feld {
        name: OBJEKT.to_owned(),
        titel: "Das ganze Objekt".to_owned(),
        basis: None,
        datei: datei.to_owned(),
        heute: Some(heute.to_owned()),
        lage: Lage::Konflikt,
    }
}

fn gegen(vorher: Option<&geo_types::Geometry<f64>>, nachher: &geo_types::Geometry<f64>) -> String {
    match vorher {
        Some(vorher) => form::unterschied(vorher, nachher),
        None => form::mass(nachher),
    }
}

/// What an object is called, in the file, else when it was taken, else today.
fn name(eintrag: &Eintrag, heute: Option<&Value>) -> String {
    let aus = |werte: &dyn Fn(&str) -> Option<String>| {
        ["titel", "name"].iter().find_map(|feld| werte(feld))
    };
    let text = |wert: Option<&Value>| {
        let text = wert?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    aus(&|f| text(eintrag.werte.as_ref()?.get(f)))
        .or_else(|| aus(&|f| text(Some(&eintrag.basis.as_ref()?["properties"][f]))))
        .or_else(|| aus(&|f| text(Some(&heute?["properties"][f]))))
        .unwrap_or_else(|| eintrag.kennung.clone())
}
