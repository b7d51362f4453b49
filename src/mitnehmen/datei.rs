//! Writes the file: layer by layer through the reader's world, then tables, state and project.

use std::collections::HashMap;
use std::path::Path;

use chrono::Utc;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::basis::{Ebene as Mitgenommen, Kopf, Objekt};
use super::bereich::Bereich;
use super::form;
use super::tafeln::{self, Schluss, Tafel};
use super::{Dienst, store};
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::extract::Parameter;
use crate::layers::auswahl::{Auswahl, LIMIT_VORGABE};
use crate::layers::crs::Ziel;
use crate::layers::documents;
use crate::layers::formate::lager::Datei;
use crate::layers::formate::satz::Wert;
use crate::layers::formate::{Aufbau, Auftrag, Satz, gpkg, strom};
use crate::layers::items;
use crate::layers::query;
use crate::layers::sammlung::Sammlung;
use crate::layers::transactions::Traeger;
use crate::layers::wert::Klasse;
use crate::qgis::projekt;
use crate::qgis::quelle::Quellen;
use crate::qgis::routes::packe;
use crate::qgis::umfang::{Ebene, Gruppe, Umfang};

/// Layers that are taken whole: forms choose from them, and they are small.
const GANZ: &[&str] = &["gemeinden", "ortsteile", "fnp_plaene"];
/// Layers of the whole town that nobody takes along: parcels belong to a place, figures of the
/// balance to a report, findings to who imports.
const NUR_AM_ORT: &[&str] = &["flurstuecke"];
const NIE: &[&str] = &["fnp_anteile", "import_befunde"];
/// Name of the project in the file.
pub const PROJEKT: &str = "Zielraum";

/// Name of the file, the last part of its address wherever that is a name at all: the project
/// in it names it as the source of its layers.
#[must_use]
pub fn name(bereich: &Bereich) -> String {
    let sicher = |c: char| {
        if c.is_ascii_alphanumeric() || "-_.~".contains(c) {
            c
        } else {
            '_'
        }
    };
    format!(
        "{}.gpkg",
        bereich.kennung.chars().map(sicher).collect::<String>()
    )
}

/// What one layer left behind.
struct Gelegt {
    anzahl: u64,
    abdruck: [u8; 32],
    objekte: Vec<Objekt>,
}

/// Writes the file of a part of the town.
///
/// # Errors
/// Those of the database and the disk.
pub async fn schreibe(
    dienst: &Dienst,
    anfrage: &Anfrage,
    wer: &str,
    bereich: Bereich,
) -> Result<Datei> {
    let dateiname = name(&bereich);
    let quellen = Quellen::datei(&anfrage.basis, &dateiname);
    let mut umfang = Umfang::lies(&dienst.pool, &dienst.katalog, &quellen, (None, None)).await?;
    // What was so on a past day is looked at.
    let heute = anfrage.seite().stand.is_none();
    for gruppe in &mut umfang.gruppen {
        waehle(gruppe, bereich.kasten().is_none(), heute);
    }
    umfang.gruppen.retain(|g| !g.alle().is_empty());
    if let Some(kasten) = bereich.kasten() {
        umfang.kasten = kasten;
        umfang.titel.clone_from(&bereich.name);
    }
    let ordner = strom::ordner()?;
    let ziel = ordner.path().join(&dateiname);
    let bereich = std::sync::Arc::new(bereich);
    let (mut ebenen, mut objekte, mut codes) = (Vec::new(), Vec::new(), Vec::new());
    for ebene in umfang.alle() {
        let sammlung = &ebene.sammlung;
        let listen = query::codes(&dienst.pool, &sammlung.ebene).await?;
        for (feld, liste) in &listen {
            codes.extend(liste.iter().map(|(wert, titel)| {
                let spalten = [&sammlung.id, feld, wert, titel];
                spalten.map(|text| Some(text.clone())).to_vec()
            }));
        }
        let gelegt = lege(dienst, anfrage, ebene, listen, &bereich, &ziel).await?;
        ebenen.push(Mitgenommen {
            id: sammlung.id.clone(),
            titel: sammlung.titel.clone(),
            aenderbar: ebene.aenderbar,
            anzahl: gelegt.anzahl,
            abdruck: hex(&gelegt.abdruck),
        });
        if ebene.aenderbar {
            objekte.push((sammlung.id.clone(), gelegt.objekte));
        }
    }
    let mut tafeln = tafeln::lies(&dienst.pool).await?;
    tafeln.push(Tafel::codelisten(codes));
    let ids: Vec<String> = ebenen.iter().map(|e| e.id.clone()).collect();
    let beilagen = tafeln::beilagen(&tafeln, &ids);
    let dokument = projekt::mit_beilagen(&quellen, &umfang, &beilagen);
    let mut conn = dienst.pool.acquire().await?;
    let gemeinden = store::gemeinden(&mut conn).await?;
    drop(conn);
    let kopf = Kopf {
        id: Uuid::now_v7().to_string(),
        dienst: anfrage.basis.0.clone(),
        gemeinden,
        bereich: bereich.pfad.clone(),
        stand: Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        wer: wer.to_owned(),
        ebenen,
    };
    let schluss = Schluss {
        tafeln,
        angaben: angaben(dienst, anfrage, &kopf, &bereich),
        kopf,
        objekte,
        projekt: (PROJEKT.to_owned(), packe(PROJEKT, &dokument)?),
    };
    let pfad = ziel.clone();
    tokio::task::spawn_blocking(move || schluss.schreibe(&pfad))
        .await
        .map_err(Error::intern)??;
    let datei = Datei::neu(&ziel);
    drop(ordner); // the open file stays readable
    datei
}

/// Leaves out what is not taken along, and lets nothing of the past be changed.
fn waehle(gruppe: &mut Gruppe, stadt: bool, heute: bool) {
    gruppe.ebenen.retain(|ebene| {
        let grund = ebene.sammlung.grundebene.as_str();
        // Saved questions are views of measures that are in the file anyway.
        let frage = ebene.sammlung.plan.is_none() && ebene.id() != grund;
        let hier = !(stadt && NUR_AM_ORT.contains(&grund));
        hier && !frage && !NIE.contains(&grund)
    });
    for ebene in &mut gruppe.ebenen {
        ebene.aenderbar &= heute;
    }
    for unter in &mut gruppe.gruppen {
        waehle(unter, stadt, heute);
    }
    gruppe.gruppen.retain(|g| !g.alle().is_empty());
}

/// Writes one layer.
async fn lege(
    dienst: &Dienst,
    anfrage: &Anfrage,
    ebene: &Ebene,
    codes: query::Codes,
    bereich: &std::sync::Arc<Bereich>,
    ziel: &Path,
) -> Result<Gelegt> {
    let sammlung = &ebene.sammlung;
    let ausschnitt = !GANZ.contains(&sammlung.id.as_str());
    let kasten = bereich.kasten().filter(|_| ausschnitt);
    let mut auswahl = auswahl(sammlung, kasten)?;
    auswahl.crs = Ziel::Epsg25832;
    // Before the objects: what changes in between is a newer version than the one noted.
    let marken = marken(dienst, sammlung, ebene.aenderbar).await?;
    let auftrag = Auftrag {
        id: sammlung.id.clone(),
        titel: sammlung.titel.clone(),
        beschreibung: sammlung.beschreibung.clone(),
        stil: Some(ebene.stil.clone()),
        hinweise: Vec::new(),
        aufbau: Aufbau::neu(sammlung, &auswahl),
        hier: documents::adresse(&anfrage.basis, &sammlung.id),
        seite: None,
        codes,
        teil: Some(ebene.formular.clone()),
    };
    let wandler = query::wandler(sammlung, &auswahl);
    let bau = sammlung.ebene.clone();
    let (bereich, ziel) = (std::sync::Arc::clone(bereich), ziel.to_owned());
    let aenderbar = ebene.aenderbar;
    let ordner = ziel.parent().map(Path::to_owned).unwrap_or_default();
    strom::lies(&dienst.pool, sammlung, &auswahl, ordner, move |zeilen| {
        let mut gelegt = Gelegt {
            anzahl: 0,
            abdruck: [0; 32],
            objekte: Vec::new(),
        };
        let mut saetze = zeilen.filter_map(|zeile| {
            let einer = || -> Result<Option<Satz>> {
                let zeile = zeile?;
                let satz = auftrag.aufbau.satz(&zeile)?;
                if kasten.is_some() && !bereich.enthaelt(satz.form.as_ref()) {
                    return Ok(None);
                }
                gelegt.anzahl += 1;
                if aenderbar {
                    let mut inhalt = Vec::new();
                    items::schreibe_objekt(&mut inhalt, &bau, &zeile, wandler)?;
                    inhalt.push(b'}');
                    let kennung = zeile.schluessel()?;
                    gelegt.objekte.push(Objekt {
                        version: marken.get(&kennung).cloned().unwrap_or_default(),
                        kennung,
                        nummer: gelegt.anzahl,
                        inhalt: String::from_utf8(inhalt).map_err(Error::intern)?,
                    });
                } else {
                    misch(&mut gelegt.abdruck, &abdruck(&auftrag.aufbau, &satz));
                }
                Ok(Some(satz))
            };
            einer().transpose()
        });
        gpkg::schreibe(&auftrag, &ziel, &mut saetze)?;
        drop(saetze);
        Ok(gelegt)
    })
    .await
}

fn auswahl(sammlung: &Sammlung, kasten: Option<[f64; 4]>) -> Result<Auswahl> {
    let frage = match kasten.filter(|_| sammlung.ebene.relation.geometrie.is_some()) {
        Some([w, s, e, n]) => {
            format!("bbox={w},{s},{e},{n}&bbox-crs={}", Ziel::Epsg25832.uri())
        }
        None => String::new(),
    };
    let unser = |p: crate::http::problem::Problem| Error::intern(p.detail);
    let parameter = Parameter::lies(&frage).map_err(unser)?;
    Auswahl::lies(&parameter, sammlung, LIMIT_VORGABE).map_err(unser)
}

/// Versions by kennung; the public knows none.
async fn marken(
    dienst: &Dienst,
    sammlung: &Sammlung,
    aenderbar: bool,
) -> Result<HashMap<String, String>> {
    let Some(gegenstand) = sammlung
        .bearbeiten
        .filter(|_| aenderbar && dienst.katalog.ist_intern())
    else {
        return Ok(HashMap::new());
    };
    let wo = match (gegenstand.traeger, sammlung.fassungen.as_deref()) {
        (Traeger::Plan, Some([fassung])) => serde_json::json!({ "fassung_id": fassung }),
        _ => serde_json::json!({}),
    };
    let alle = store::marken(&dienst.pool, gegenstand.relation, &wo).await?;
    Ok(alle.into_iter().collect())
}

/// Fingerprint of one object that is only looked at, from what every program leaves as it is:
/// texts, whole numbers and the shape.
fn abdruck(aufbau: &Aufbau, satz: &Satz) -> [u8; 32] {
    let felder = aufbau.felder.iter().zip(&satz.werte);
    let werte = felder.filter_map(|(feld, wert)| {
        let text = match (feld.klasse, wert) {
            (Klasse::Text, Wert::Text(text)) => text.clone(),
            (Klasse::Ganzzahl, Wert::Ganz(zahl)) => zahl.to_string(),
            _ => return None,
        };
        Some((feld.name.as_str(), text))
    });
    let form = satz.form.as_ref().and_then(super::bereich::als_geometrie);
    abdruck_aus(werte, form.as_ref())
}

/// The same from what came back.
#[must_use]
pub fn abdruck_aus<'a>(
    werte: impl Iterator<Item = (&'a str, String)>,
    form: Option<&geo_types::Geometry<f64>>,
) -> [u8; 32] {
    // The container's own names: a column called so has another in the file.
    let eigene = |name: &str| ["fid", "geom"].iter().any(|n| n.eq_ignore_ascii_case(name));
    let mut werte: Vec<_> = werte
        .filter(|(name, text)| !text.trim().is_empty() && !eigene(name))
        .collect();
    werte.sort();
    let mut hash = Sha256::new();
    for (name, wert) in werte {
        hash.update(name);
        hash.update([0]);
        hash.update(wert.trim());
        hash.update([1]);
    }
    if let Some(form) = form {
        for teil in form::normal(form) {
            for ring in teil {
                for (x, y) in ring {
                    hash.update(x.to_le_bytes());
                    hash.update(y.to_le_bytes());
                }
                hash.update([2]);
            }
            hash.update([3]);
        }
    }
    hash.finalize().into()
}

/// Adds an object to the fingerprint of a layer, whatever their order.
pub fn misch(summe: &mut [u8; 32], eines: &[u8; 32]) {
    let mut uebertrag = 0u16;
    for (a, b) in summe.iter_mut().zip(eines) {
        let neu = u16::from(*a) + u16::from(*b) + uebertrag;
        *a = neu.to_le_bytes()[0];
        uebertrag = neu >> 8;
    }
}

/// A fingerprint as text.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// What every program shows of the file.
fn angaben(
    dienst: &Dienst,
    anfrage: &Anfrage,
    kopf: &Kopf,
    bereich: &Bereich,
) -> Vec<(String, String)> {
    let seite = anfrage.seite();
    let mut alle = Vec::new();
    let mut sage = |name: &str, wert: String| alle.push((name.to_owned(), wert));
    if seite.demo {
        sage("Achtung", "Demodaten – keine amtlichen Angaben".to_owned());
    }
    if dienst.katalog.ist_intern() {
        sage(
            "Achtung",
            "Interner Stand: enthält auch Unveröffentlichtes, nicht zur Weitergabe.".to_owned(),
        );
    }
    sage("Bereich", bereich.name.clone());
    let jetzt = crate::ortszeit::uhr(&Utc::now());
    match &seite.stand {
        Some(stand) => sage("Stand", format!("{stand}, erstellt am {jetzt}")),
        None => sage("Stand", jetzt),
    }
    if !kopf.wer.is_empty() {
        sage("Mitgenommen von", kopf.wer.clone());
    }
    sage("Quelle", format!("Zielraum, {}", kopf.dienst));
    sage("Koordinatensystem", "EPSG:25832".to_owned());
    let titel = |aenderbar: bool| {
        let ebenen = kopf.ebenen.iter().filter(|e| e.aenderbar == aenderbar);
        ebenen
            .map(|e| e.titel.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    sage("Zum Bearbeiten", titel(true));
    sage("Nur zum Ansehen", titel(false));
    sage(
        "Zurückbringen",
        format!(
            "Bearbeitete Datei unter {}/mitnehmen hochladen; dort werden die Unterschiede gezeigt und nach Wahl übernommen. Die Tabellen zielraum_mitnahme und zielraum_basis bleiben dafür in der Datei, wie sie sind.",
            kopf.dienst
        ),
    );
    sage(
        "QGIS",
        format!(
            "Das Projekt „{PROJEKT}“ liegt in der Datei: in QGIS im Browser auf die Datei klappen und es öffnen. Die Datei behält dafür ihren Namen."
        ),
    );
    alle
}
