//! From the cells of all files to rows ready to write: links resolved, rules checked,
//! everything wrong reported at once.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::spalten::{Art, Tabellenart, Typ};
use super::verzeichnis::Verzeichnis;
use super::{Datei, zelle};
use crate::db::geom::ewkb;
use crate::error::Result;
use crate::import::bericht::{Bericht, Stelle, gemeint};
use crate::strategie::{geometrie, raumbezug, ziel};

/// One row, ready to write.
#[derive(Debug)]
pub struct Satz {
    /// Where it stands.
    pub stelle: Stelle,
    /// Its own kennung, or that of the row it belongs to.
    pub kennung: String,
    /// Key of that row.
    pub besitzer: Uuid,
    /// Columns as the table names them.
    pub felder: Map<String, Value>,
    /// Stays a draft whatever the call says.
    pub entwurf: bool,
    /// Texts of the cells by heading, for the rules.
    texte: HashMap<&'static str, String>,
}

/// Which column names the row the whole set belongs to: a measure its places and goals,
/// a goal its land uses, an area its projects.
#[must_use]
pub fn besitzer(art: Art) -> (&'static str, &'static str) {
    match art {
        Art::Handlungsfeld => ("kennung", "handlungsfeld"),
        Art::Ziel => ("kennung", "ziel"),
        Art::Massnahme => ("kennung", "massnahme"),
        Art::ZielMassnahme | Art::Raumbezug => ("massnahme", "massnahme"),
        Art::ZielNutzung => ("ziel", "ziel"),
        Art::GebietMassnahme => ("gebiet", "gebiet"),
    }
}

/// Reads the rows of all files of all kinds.
pub async fn lies(
    conn: &mut PgConnection,
    dateien: &[Datei],
    verzeichnis: &mut Verzeichnis,
    bericht: &mut Bericht,
) -> Result<HashMap<Art, Vec<Satz>>> {
    for datei in dateien {
        nenne(datei, verzeichnis);
    }
    let mut saetze: HashMap<Art, Vec<Satz>> = HashMap::new();
    for datei in dateien {
        let liste = saetze.entry(datei.art.art).or_default();
        for zeile in &datei.tabelle.zeilen {
            if bericht.voll() {
                return Ok(saetze);
            }
            let stelle = Stelle::zeile(&datei.tabelle.datei, zeile.nummer);
            if let Some(satz) = satz(datei, &stelle, &zeile.felder, verzeichnis, bericht) {
                liste.push(satz);
            }
        }
    }
    for (art, liste) in &saetze {
        einmal(*art, liste, bericht);
    }
    for satz in saetze.get(&Art::Ziel).into_iter().flatten() {
        pruefe_ziel(satz, verzeichnis, bericht);
    }
    for satz in saetze.get(&Art::Massnahme).into_iter().flatten() {
        pruefe_massnahme(satz, bericht);
    }
    if let Some(orte) = saetze.get_mut(&Art::Raumbezug) {
        for satz in orte.iter_mut() {
            pruefe_ort(satz, bericht);
        }
        pruefe_flaechen(conn, orte, verzeichnis, bericht).await?;
    }
    Ok(saetze)
}

/// Makes the rows of a file known, so that any other may point to them.
fn nenne(datei: &Datei, verzeichnis: &mut Verzeichnis) {
    let (spalte, art) = besitzer(datei.art.art);
    if spalte != "kennung" {
        return;
    }
    let (Some(kennung), ebene) = (datei.nummer("kennung"), datei.nummer("ebene")) else {
        return;
    };
    for zeile in &datei.tabelle.zeilen {
        if !zeile.felder[kennung].is_empty() {
            let ebene = ebene.map(|n| crate::import::table::schreibweise(&zeile.felder[n]));
            verzeichnis.nenne(art, &zeile.felder[kennung], ebene);
        }
    }
}

fn satz(
    datei: &Datei,
    stelle: &Stelle,
    zellen: &[String],
    verzeichnis: &Verzeichnis,
    bericht: &mut Bericht,
) -> Option<Satz> {
    let mut felder = Map::new();
    let mut texte = HashMap::new();
    let mut gut = true;
    for spalte in datei.art.spalten {
        let text = datei.nummer(spalte.name).map(|n| zellen[n].as_str());
        if let Some(text) = text {
            texte.insert(spalte.name, text.to_owned());
        }
        match text.map(|text| zelle::lies(spalte, text, verzeichnis)) {
            Some(Ok(wert)) => {
                felder.insert(spalte.feld.to_owned(), wert);
            }
            Some(Err(satz)) => {
                bericht.fehler(
                    stelle.clone().zelle(spalte.name, text.unwrap_or_default()),
                    satz,
                );
                gut = false;
            }
            None => {}
        }
    }
    if !gut {
        return None;
    }
    let (spalte, art) = besitzer(datei.art.art);
    let kennung = texte.get(spalte)?.clone();
    let ziel = verzeichnis.finde(art, &kennung)?;
    let neu = spalte != "kennung" || !ziel.gespeichert;
    if neu {
        // A stored row keeps what the file has no column for; a new one needs a value.
        for spalte in datei
            .art
            .spalten
            .iter()
            .filter(|spalte| spalte.vorgabe.is_some())
        {
            felder
                .entry(spalte.feld)
                .or_insert_with(|| zelle::vorgabe(spalte));
        }
    }
    if spalte == "kennung" {
        felder.insert("id".into(), json!(ziel.id));
    } else if datei.art.art == Art::Raumbezug {
        felder.insert("id".into(), json!(Uuid::now_v7()));
    }
    let entwurf = felder
        .remove("veroeffentlichung")
        .is_some_and(|wert| wert == "entwurf");
    Some(Satz {
        stelle: stelle.clone(),
        besitzer: ziel.id.parse().ok()?,
        kennung,
        felder,
        entwurf,
        texte,
    })
}

/// Nothing may stand twice: a kennung, a link, gesamtstadt of a measure.
fn einmal(art: Art, saetze: &[Satz], bericht: &mut Bericht) {
    let mut gesehen: HashMap<(&str, &str), &Satz> = HashMap::new();
    for satz in saetze {
        let text = |spalte: &str| satz.texte.get(spalte).map_or("", String::as_str);
        let (zweiter, was) = match art {
            Art::Handlungsfeld | Art::Ziel | Art::Massnahme => ("", "Diese Kennung"),
            Art::ZielMassnahme => (text("ziel"), "Dieser Beitrag der Maßnahme zu diesem Ziel"),
            Art::GebietMassnahme => (text("massnahme"), "Dieses Projekt des Gebiets"),
            Art::ZielNutzung => (
                satz.felder
                    .get("nutzung")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
                "Diese Nutzung zu diesem Ziel",
            ),
            Art::Raumbezug => match satz.felder.get("art").and_then(Value::as_str) {
                Some(art @ ("gesamtstadt" | "unverortet")) => (art, "Diese Art zu dieser Maßnahme"),
                _ => continue,
            },
        };
        if let Some(erster) = gesehen.insert((&satz.kennung, zweiter), satz) {
            let erste = &erster.stelle;
            let wo = if erste.datei == satz.stelle.datei {
                format!("in Zeile {}", erste.zeile)
            } else {
                format!("in {erste}")
            };
            bericht.fehler(
                satz.stelle.clone().zelle(besitzer(art).0, &satz.kennung),
                format!("{was} steht schon {wo}. Bitte eine der beiden Zeilen löschen."),
            );
        }
    }
    if art == Art::Raumbezug {
        unverortet_allein(saetze, bericht);
    }
}

fn unverortet_allein(saetze: &[Satz], bericht: &mut Bericht) {
    let mut verortet: HashMap<&str, &Satz> = HashMap::new();
    let ohne_ort = |satz: &&Satz| {
        satz.felder
            .get("art")
            .is_some_and(|art| art == "unverortet")
    };
    for satz in saetze.iter().filter(|satz| !ohne_ort(satz)) {
        verortet.entry(&satz.kennung).or_insert(satz);
    }
    for satz in saetze.iter().filter(ohne_ort) {
        if let Some(ort) = verortet.get(satz.kennung.as_str()) {
            bericht.fehler(
                satz.stelle.clone().zelle("art", "unverortet"),
                format!(
                    "Die Maßnahme „{}“ hat einen Ort ({}) und kann nicht zugleich unverortet sein.",
                    satz.kennung, ort.stelle
                ),
            );
        }
    }
}

fn pruefe_ziel(satz: &Satz, verzeichnis: &Verzeichnis, bericht: &mut Bericht) {
    let ebene = satz
        .felder
        .get("ebene")
        .and_then(Value::as_str)
        .unwrap_or_default();
    // Without the column a stored goal keeps the goal above it.
    let Some(oben) = satz.texte.get("uebergeordnet") else {
        if ebene == "operativ"
            && verzeichnis
                .finde("ziel", &satz.kennung)
                .is_none_or(|z| !z.gespeichert)
        {
            bericht.fehler(satz.stelle.clone(), "Ein operatives Ziel braucht ein übergeordnetes Ziel; die Spalte uebergeordnet fehlt.");
        }
        return;
    };
    let ebene_oben = verzeichnis
        .finde("ziel", oben)
        .map(|ziel| ziel.zusatz.as_deref().unwrap_or("strategisch"));
    if let Err(text) = ziel::pruefe_ebene(ebene, ebene_oben) {
        bericht.fehler(satz.stelle.clone().zelle("uebergeordnet", oben), text);
    }
}

fn pruefe_massnahme(satz: &Satz, bericht: &mut Bericht) {
    let text = |feld: &str| satz.felder.get(feld).and_then(Value::as_str);
    // ISO days compare as text.
    if let (Some(beginn), Some(ende)) = (text("beginn"), text("ende"))
        && ende < beginn
    {
        bericht.fehler(
            satz.stelle
                .clone()
                .zelle("ende", satz.texte.get("ende").map_or("", String::as_str)),
            "Das Ende der Maßnahme liegt vor ihrem Beginn.",
        );
    }
    if text("umsetzungsphase") == Some("abgeschlossen")
        && satz.felder.get("ende").is_some_and(Value::is_null)
    {
        bericht.fehler(
            satz.stelle.clone().zelle("ende", ""),
            "Eine abgeschlossene Maßnahme braucht ein Ende.",
        );
    }
}

/// The columns that fit the kind of place, and the geometry.
fn pruefe_ort(satz: &mut Satz, bericht: &mut Bericht) {
    let art = satz
        .felder
        .get("art")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let braucht = raumbezug::braucht(&art);
    for spalte in ["ortsteil", "plan", "flaeche", "wkt", "grund"] {
        let text = satz.texte.get(spalte).map_or("", String::as_str);
        let stelle = || satz.stelle.clone().zelle(spalte, text);
        if braucht.contains(&spalte) && text.is_empty() {
            bericht.fehler(
                stelle(),
                format!("Ein Raumbezug der Art „{art}“ braucht einen Wert in der Spalte {spalte}."),
            );
        } else if !braucht.contains(&spalte) && !text.is_empty() {
            let noetig = if braucht.is_empty() {
                "keine weitere Angabe".to_owned()
            } else {
                format!("nur {}", braucht.join(" und "))
            };
            bericht.fehler(
                stelle(),
                format!(
                    "Ein Raumbezug der Art „{art}“ hat hier keinen Wert; zu ihm gehört {noetig}."
                ),
            );
        } else if spalte == "wkt"
            && let Some(dimension) = raumbezug::dimension(&art)
        {
            match geometrie::lies(text, dimension).and_then(|g| ewkb(&g).map_err(|e| e.to_string()))
            {
                Ok(bytes) => {
                    let hex = hex(&bytes);
                    satz.felder.insert("geom".into(), json!(hex));
                }
                Err(text) => bericht.fehler(stelle(), text),
            }
        }
    }
}

/// EWKB as PostgreSQL's text input takes it.
fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02X}");
            text
        })
}

/// Areas must stand in the current Fassung of their plan, or be anchored already.
async fn pruefe_flaechen(
    conn: &mut PgConnection,
    orte: &[Satz],
    verzeichnis: &Verzeichnis,
    bericht: &mut Bericht,
) -> Result<()> {
    let mut je_plan: HashMap<&str, Vec<(&str, &Satz)>> = HashMap::new();
    for satz in orte {
        if let (Some(plan), Some(flaeche)) = (satz.texte.get("plan"), satz.texte.get("flaeche"))
            && !plan.is_empty()
            && !flaeche.is_empty()
        {
            je_plan.entry(plan).or_default().push((flaeche, satz));
        }
    }
    for (kennung, flaechen) in je_plan {
        let Some(plan) = verzeichnis.finde("plan", kennung) else {
            continue;
        };
        let fassung: Option<i32> = plan.zusatz.as_deref().and_then(|id| id.parse().ok());
        let plan_id: Uuid = plan.id.parse().map_err(crate::error::Error::intern)?;
        let gesucht: Vec<String> = flaechen
            .iter()
            .map(|(flaeche, _)| (*flaeche).to_owned())
            .collect();
        let gefunden = sqlx::query_scalar!(
            r#"SELECT kennung AS "kennung!" FROM flaeche WHERE fassung_id = $1 AND kennung = ANY ($3)
               UNION SELECT kennung FROM verweis WHERE plan_id = $2 AND kennung = ANY ($3)"#,
            fassung.unwrap_or(-1),
            plan_id,
            &gesucht
        )
        .fetch_all(&mut *conn)
        .await?;
        let fehlend: Vec<_> = flaechen
            .iter()
            .filter(|(flaeche, _)| !gefunden.iter().any(|g| g == flaeche))
            .collect();
        if fehlend.is_empty() {
            continue;
        }
        let alle = sqlx::query_scalar!(
            "SELECT kennung FROM flaeche WHERE fassung_id = $1 ORDER BY kennung",
            fassung.unwrap_or(-1)
        )
        .fetch_all(&mut *conn)
        .await?;
        for (flaeche, satz) in fehlend {
            bericht.fehler(
                satz.stelle.clone().zelle("flaeche", flaeche),
                if alle.is_empty() {
                    format!("Der Plan „{kennung}“ hat noch keine Flächen. Zuerst „zielraum import fnp“.")
                } else {
                    format!(
                        "Die aktuelle Fassung des Plans „{kennung}“ hat keine Fläche mit dieser Kennung.{}",
                        gemeint(flaeche, alle.iter().map(String::as_str))
                    )
                },
            );
        }
    }
    Ok(())
}

/// Unknown headings and such: what the reader should know about a file.
pub fn pruefe_kopf(tabelle: &Tabellenart, datei: &Datei, bericht: &mut Bericht) {
    let name = &datei.tabelle.datei;
    let mut gesehen: HashMap<&str, &str> = HashMap::new();
    for (n, kopf) in datei.tabelle.kopf.iter().enumerate() {
        let gefuellt = || {
            datei
                .tabelle
                .zeilen
                .iter()
                .any(|zeile| !zeile.felder[n].is_empty())
        };
        match tabelle.spalte(&crate::import::table::schreibweise(kopf)) {
            Some(spalte) => {
                if let Some(andere) = gesehen.insert(spalte.name, kopf) {
                    bericht.fehler(
                        Stelle::datei(name),
                        format!("Die Spalte {} steht zweimal in der Kopfzeile („{andere}“ und „{kopf}“). Bitte eine löschen.", spalte.name),
                    );
                }
            }
            None if kopf.is_empty() && !gefuellt() => {}
            None => {
                let rat = gemeint(
                    &crate::import::table::schreibweise(kopf),
                    tabelle.spalten.iter().map(|spalte| spalte.name),
                );
                bericht.hinweis(
                    Stelle::datei(name),
                    format!("Die Spalte „{kopf}“ gibt es in der Tabelle {} nicht; sie wird nicht übernommen.{rat}", tabelle.tabelle),
                );
            }
        }
    }
    if datei.tabelle.zeilen.is_empty() {
        bericht.hinweis(
            Stelle::datei(name),
            "Die Datei hat nur eine Kopfzeile und keine Einträge.",
        );
    }
    debug_assert!(
        tabelle
            .spalten
            .iter()
            .all(|s| !matches!(s.typ, Typ::Kennung) || s.pflicht)
    );
}
