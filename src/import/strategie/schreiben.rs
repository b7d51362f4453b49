//! Writes rows by kind, only those that differ from what is stored.
//!
//! The statements are functions of the database (migration 0023): one per step, for any
//! table, however many rows.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Zaehlung;
use super::katalog::TABELLEN;
use super::lesen::{Saetze, Satz};
use super::spalten::{Art, Tabellenart, Weise, tabelle, ziel_des_felds};
use super::versuch::{Schritt, versuche};
use super::vorschau::Aenderung;
use super::zelle;
use crate::error::Result;
use crate::import::bericht::Bericht;

/// What was written.
#[derive(Debug, Default)]
pub struct Geschrieben {
    /// Counts by kind.
    pub zahlen: Vec<(Art, Zaehlung)>,
    /// Owners whose public version was the newest before a part of theirs changed.
    pub vorher_oeffentlich: HashSet<Uuid>,
    /// Every change, for the preview.
    pub aenderungen: Vec<Aenderung>,
    /// Rows with a new version already: their parts need no second one.
    frisch: HashSet<Uuid>,
}

/// One row ready for the database.
#[derive(Debug, Clone)]
pub(super) struct Zeile<'a> {
    pub satz: &'a Satz,
    pub werte: Map<String, Value>,
}

/// Writes all kinds in their order. Rows the database refuses go to the report.
pub async fn schreibe(
    conn: &mut PgConnection,
    saetze: &Saetze,
    ersetze: &[Art],
    bericht: &mut Bericht,
) -> Result<Geschrieben> {
    let mut geschrieben = Geschrieben::default();
    for art in TABELLEN {
        let leer = Vec::new();
        let liste = saetze.alle.get(&art.art).unwrap_or(&leer);
        let eigner = saetze.eigner.get(&art.art);
        let ganz = ersetze.contains(&art.art);
        if liste.is_empty() && eigner.is_none() && !ganz {
            continue;
        }
        let mut zahl = Zaehlung {
            zeilen: liste.len(),
            ..Zaehlung::default()
        };
        match art.weise {
            Weise::Kennung => {
                einzeln(
                    conn,
                    art,
                    &["kennung"],
                    liste,
                    &mut zahl,
                    &mut geschrieben,
                    bericht,
                )
                .await?;
            }
            Weise::Schluessel(felder) => {
                einzeln(
                    conn,
                    art,
                    felder,
                    liste,
                    &mut zahl,
                    &mut geschrieben,
                    bericht,
                )
                .await?;
            }
            Weise::Menge(felder) => {
                let mut ids: HashSet<Uuid> = liste.iter().map(|satz| satz.besitzer).collect();
                ids.extend(eigner.into_iter().flatten());
                if ganz {
                    let ids_: Vec<Uuid> = ids.iter().copied().collect();
                    let andere = sqlx::query_scalar!(
                        r#"SELECT freigabe.lieferung_andere_eigner($1::text::regclass, $2, $3) AS "id!""#,
                        art.relation(), &namen(felder), &ids_
                    )
                    .fetch_all(&mut *conn)
                    .await?;
                    ids.extend(andere);
                }
                mengen(
                    conn,
                    art,
                    felder,
                    liste,
                    &ids,
                    &mut zahl,
                    &mut geschrieben,
                    bericht,
                )
                .await?;
            }
        }
        geschrieben.zahlen.push((art.art, zahl));
        if bericht.abgelehnt() {
            return Ok(geschrieben);
        }
    }
    for art in TABELLEN.iter().rev().filter(|t| ersetze.contains(&t.art)) {
        fehlende(conn, art, saetze, &mut geschrieben, bericht).await?;
    }
    Ok(geschrieben)
}

fn namen(felder: &[&str]) -> Vec<String> {
    felder.iter().map(|feld| (*feld).to_owned()).collect()
}

pub(super) fn als_json(zeilen: &[Zeile<'_>]) -> Value {
    zeilen
        .iter()
        .map(|zeile| Value::Object(zeile.werte.clone()))
        .collect()
}

/// Rows with a key of their own: new ones inserted, differing ones changed.
async fn einzeln<'a>(
    conn: &mut PgConnection,
    art: &'static Tabellenart,
    schluessel: &[&str],
    liste: &'a [Satz],
    zahl: &mut Zaehlung,
    geschrieben: &mut Geschrieben,
    bericht: &mut Bericht,
) -> Result<()> {
    let zeilen: Value = liste
        .iter()
        .map(|satz| Value::Object(satz.felder.clone()))
        .collect();
    let vergleich = sqlx::query!(
        r#"SELECT nr AS "nr!", id, aenderungen FROM freigabe.lieferung_vergleiche($1::text::regclass, $2, $3)"#,
        art.relation(), &namen(schluessel), zeilen
    )
    .fetch_all(&mut *conn)
    .await?;
    let (mut neu, mut anders): (Vec<Zeile<'a>>, Vec<Zeile<'a>>) = (Vec::new(), Vec::new());
    for stand in vergleich {
        let Some(satz) = usize::try_from(stand.nr).ok().and_then(|nr| liste.get(nr)) else {
            continue;
        };
        let mut werte = satz.felder.clone();
        match (stand.id, stand.aenderungen) {
            (None, _) => {
                // A stored row keeps what the sheet has no column for; a new one needs a value.
                for spalte in art.spalten.iter().filter(|s| s.gespeichert()) {
                    werte
                        .entry(spalte.feld.to_owned())
                        .or_insert_with(|| zelle::vorgabe(spalte));
                }
                werte.entry("id").or_insert_with(|| json!(Uuid::now_v7()));
                geschrieben.aenderungen.push(Aenderung::neu(art, satz));
                neu.push(Zeile { satz, werte });
            }
            (Some(id), Some(Value::Object(felder))) => {
                werte.insert("id".into(), json!(id));
                geschrieben
                    .aenderungen
                    .push(Aenderung::geaendert(art, satz, felder));
                anders.push(Zeile { satz, werte });
            }
            _ => zahl.unveraendert += 1,
        }
    }
    (zahl.neu, zahl.geaendert) = (neu.len(), anders.len());
    for zeile in neu.iter().chain(&anders) {
        if art.weise == Weise::Kennung {
            geschrieben.frisch.insert(zeile.satz.besitzer);
        }
    }
    eigner_beruehren(
        conn,
        art,
        neu.iter().chain(&anders).map(|z| &z.werte),
        geschrieben,
    )
    .await?;
    versuche(conn, Schritt::neu(art), gleichartig(neu), bericht).await?;
    versuche(conn, Schritt::geaendert(art), vec![anders], bericht).await
}

/// Rows with the same columns: an insert names its columns once.
fn gleichartig(zeilen: Vec<Zeile<'_>>) -> Vec<Vec<Zeile<'_>>> {
    let mut gruppen: Vec<(Vec<String>, Vec<Zeile<'_>>)> = Vec::new();
    for zeile in zeilen {
        let mut spalten: Vec<String> = zeile.werte.keys().cloned().collect();
        spalten.sort();
        match gruppen.iter_mut().find(|(namen, _)| *namen == spalten) {
            Some((_, gruppe)) => gruppe.push(zeile),
            None => gruppen.push((spalten, vec![zeile])),
        }
    }
    gruppen.into_iter().map(|(_, gruppe)| gruppe).collect()
}

/// Sets that differ are emptied and written anew.
#[expect(clippy::too_many_arguments, reason = "one step of one call")]
async fn mengen(
    conn: &mut PgConnection,
    art: &'static Tabellenart,
    eigner: &[&str],
    liste: &[Satz],
    ids: &HashSet<Uuid>,
    zahl: &mut Zaehlung,
    geschrieben: &mut Geschrieben,
    bericht: &mut Bericht,
) -> Result<()> {
    let spalten: Vec<String> = art
        .spalten
        .iter()
        .filter(|spalte| spalte.gespeichert())
        .map(|spalte| spalte.feld.to_owned())
        .collect();
    let zeilen: Value = liste
        .iter()
        .map(|satz| Value::Object(satz.felder.clone()))
        .collect();
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let anders: HashSet<Uuid> = sqlx::query_scalar!(
        r#"SELECT freigabe.lieferung_mengen($1::text::regclass, $2, $3, $4, $5) AS "id!""#,
        art.relation(),
        &namen(eigner),
        &spalten,
        &ids,
        zeilen
    )
    .fetch_all(&mut *conn)
    .await?
    .into_iter()
    .collect();
    zahl.neu = anders.len();
    zahl.unveraendert = ids.len() - anders.len();
    if anders.is_empty() {
        return Ok(());
    }
    let geaenderte: Vec<Uuid> = anders.iter().copied().collect();
    // Which of the owner columns an id belongs to shows in the rows; an emptied set has none.
    let mut je_feld: Vec<Map<String, Value>> = Vec::new();
    for id in &geaenderte {
        let gefunden = liste
            .iter()
            .find(|satz| satz.besitzer == *id)
            .and_then(|satz| {
                eigner
                    .iter()
                    .find(|feld| satz.wert(feld) == Some(&id.to_string()))
            });
        for feld in gefunden.map_or(eigner, std::slice::from_ref) {
            je_feld.push(Map::from_iter([((*feld).to_owned(), json!(id))]));
        }
    }
    eigner_beruehren(conn, art, je_feld.iter(), geschrieben).await?;
    sqlx::query!(
        "SELECT freigabe.lieferung_leere($1::text::regclass, $2, $3)",
        art.relation(),
        &namen(eigner),
        &geaenderte
    )
    .execute(&mut *conn)
    .await?;
    let mut gruppe = Vec::new();
    let mut gemeldet = HashSet::new();
    for satz in liste.iter().filter(|satz| anders.contains(&satz.besitzer)) {
        if gemeldet.insert(satz.besitzer) {
            let anzahl = liste.iter().filter(|s| s.besitzer == satz.besitzer).count();
            geschrieben
                .aenderungen
                .push(Aenderung::menge(art, satz, anzahl));
        }
        gruppe.push(Zeile {
            satz,
            werte: satz.felder.clone(),
        });
    }
    versuche(conn, Schritt::neu(art), gleichartig(gruppe), bericht).await
}

/// Owners of changed parts become drafts with a new version, unless this call wrote them.
async fn eigner_beruehren<'a>(
    conn: &mut PgConnection,
    art: &Tabellenart,
    zeilen: impl Iterator<Item = &'a Map<String, Value>>,
    geschrieben: &mut Geschrieben,
) -> Result<()> {
    let mut je_tabelle: HashMap<&str, (&'static Tabellenart, HashSet<Uuid>)> = HashMap::new();
    for werte in zeilen {
        for feld in art.eigner {
            if let (Some(id), Some(ziel)) = (
                werte
                    .get(*feld)
                    .and_then(Value::as_str)
                    .and_then(|id| id.parse().ok()),
                ziel_des_felds(feld),
            ) {
                je_tabelle
                    .entry(feld)
                    .or_insert_with(|| (ziel, HashSet::new()))
                    .1
                    .insert(id);
            }
        }
    }
    for (ziel, ids) in je_tabelle.into_values() {
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let oeffentlich = sqlx::query_scalar!(
            r#"SELECT freigabe.oeffentlich_neueste($1::text::regclass, $2) AS "id!""#,
            ziel.relation(),
            &ids
        )
        .fetch_all(&mut *conn)
        .await?;
        geschrieben.vorher_oeffentlich.extend(oeffentlich);
        let beruehrt: Vec<Uuid> = ids
            .into_iter()
            .filter(|id| geschrieben.frisch.insert(*id))
            .collect();
        if !beruehrt.is_empty() {
            sqlx::query!(
                "SELECT freigabe.lieferung_beruehre($1::text::regclass, $2)",
                ziel.relation(),
                &beruehrt
            )
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

/// Stored rows the sheet does not have are deleted (`--ersetze`).
async fn fehlende(
    conn: &mut PgConnection,
    art: &'static Tabellenart,
    saetze: &Saetze,
    geschrieben: &mut Geschrieben,
    bericht: &mut Bericht,
) -> Result<()> {
    let schluessel: &[&str] = match art.weise {
        Weise::Kennung => &["kennung"],
        Weise::Schluessel(felder) => felder,
        Weise::Menge(_) => return Ok(()),
    };
    let zeilen: Value = saetze
        .von(art.art)
        .map(|satz| Value::Object(satz.felder.clone()))
        .collect();
    let weg = sqlx::query!(
        r#"SELECT id AS "id!", zeile AS "zeile!" FROM freigabe.lieferung_fehlende($1::text::regclass, $2, $3)"#,
        art.relation(), &namen(schluessel), zeilen
    )
    .fetch_all(&mut *conn)
    .await?;
    if weg.is_empty() {
        return Ok(());
    }
    let werte: Vec<Map<String, Value>> = weg
        .iter()
        .filter_map(|z| z.zeile.as_object().cloned())
        .collect();
    eigner_beruehren(conn, art, werte.iter(), geschrieben).await?;
    for werte in &werte {
        geschrieben
            .aenderungen
            .push(Aenderung::geloescht(art, werte));
    }
    let ids: Vec<Uuid> = weg.iter().map(|z| z.id).collect();
    let geloescht = sqlx::query!(
        "SELECT freigabe.lieferung_loesche($1::text::regclass, $2)",
        art.relation(),
        &ids
    )
    .execute(&mut *conn)
    .await;
    match geloescht.map_err(crate::error::Error::from) {
        Ok(_) => {
            if let Some((_, zahl)) = geschrieben.zahlen.iter_mut().find(|(a, _)| *a == art.art) {
                zahl.geloescht = ids.len();
            }
            Ok(())
        }
        Err(crate::error::Error::Eingabe(satz)) => {
            bericht.fehler(
                crate::import::bericht::Stelle::datei(&format!(
                    "--ersetze {}",
                    tabelle(art.art).blatt
                )),
                satz,
            );
            Ok(())
        }
        Err(andere) => Err(andere),
    }
}
