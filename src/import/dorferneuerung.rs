//! `import dorferneuerung`: village-renewal areas from GeoJSON or GeoPackage, with the
//! fields typ, stand, ortsteil (kennung or name) and traeger where the file has them.

use std::path::Path;

use sqlx::PgConnection;

use super::gebiete::{self, Felder, Merkmal};
use super::ortsteil;
use crate::db::Database;
use crate::dorferneuerung::store::{self, Angabe};
use crate::error::{Error, Result};
use crate::gemeinde::einwohner_store;
use crate::gemeinde::kennung::slug;

/// Imports areas; returns their number.
pub async fn fuehre_aus(
    db: &Database,
    datei: &Path,
    felder: Felder,
    veroeffentlichen: bool,
    wer: &str,
) -> Result<usize> {
    let (mut tx, benannt) = gebiete::lies_und_beginne(db, datei, felder, wer).await?;
    let codes = store::codes(&mut tx).await?;
    let ortsteile = einwohner_store::ortsteile(&mut tx).await?;
    let mut fehler = Vec::new();
    let mut angaben = Vec::new();
    for (kennung, name, merkmal) in benannt {
        match angabe(&mut tx, &codes, &ortsteile, kennung, name, merkmal).await? {
            Ok(angabe) => angaben.push(angabe),
            Err(text) => fehler.push(text),
        }
    }
    if !fehler.is_empty() {
        return Err(Error::eingabe(fehler.join("\n")));
    }
    let mut ids = Vec::with_capacity(angaben.len());
    for angabe in &angaben {
        ids.push(store::schreibe(&mut tx, angabe).await?);
    }
    if veroeffentlichen {
        store::veroeffentliche(&mut tx, &ids).await?;
    }
    tx.commit().await?;
    Ok(ids.len())
}

async fn angabe(
    conn: &mut PgConnection,
    codes: &[(String, String, String)],
    ortsteile: &[(i32, String, String)],
    kennung: String,
    name: String,
    merkmal: Merkmal,
) -> Result<std::result::Result<Angabe, String>> {
    let code = |liste: &str, vorgabe: &str| -> std::result::Result<String, String> {
        let Some(wert) = merkmal.feld(&[liste, &liste.to_uppercase()]) else {
            return Ok(vorgabe.to_owned());
        };
        codes
            .iter()
            .find(|(l, schluessel, titel)| {
                l == liste && (schluessel == wert || slug(titel) == slug(wert))
            })
            .map(|(_, schluessel, _)| schluessel.clone())
            .ok_or_else(|| {
                let moeglich: Vec<&str> = codes
                    .iter()
                    .filter(|(l, _, _)| l == liste)
                    .map(|(_, s, _)| s.as_str())
                    .collect();
                format!(
                    "Objekt {} ({name}): „{wert}“ ist kein Wert von {liste}. Möglich sind: {}.",
                    merkmal.nr,
                    moeglich.join(", ")
                )
            })
    };
    let (typ, stand) = match (code("typ", "dorferneuerung"), code("stand", "idee")) {
        (Ok(typ), Ok(stand)) => (typ, stand),
        (Err(text), _) | (_, Err(text)) => return Ok(Err(text)),
    };
    let ortsteil_id = match merkmal.feld(&["ortsteil", "ORTSTEIL"]) {
        None => store::ortsteil_von(conn, &merkmal.geom).await?,
        Some(wert) => match ortsteil::finde(wert, ortsteile) {
            Ok(id) => Some(id),
            Err(satz) => {
                return Ok(Err(format!(
                    "Objekt {} ({name}), Ortsteil „{wert}“: {satz}",
                    merkmal.nr
                )));
            }
        },
    };
    Ok(Ok(Angabe {
        kennung,
        typ,
        stand,
        ortsteil_id,
        traeger: merkmal
            .feld(&["traeger", "Träger", "TRAEGER"])
            .map(str::to_owned),
        geom: merkmal.geom,
        name,
    }))
}
