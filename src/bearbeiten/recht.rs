//! May this actor do it to this object, asked inside the transaction that does it.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::auth::{Akteur, Aktion, Objekt, Objektart, Zustand, darf, store, wege};
use crate::http::problem::{self, Problem};

/// What the rights of an object hang on.
#[derive(Debug, Clone, Copy)]
pub struct Sache<'a> {
    /// Kind in the table of rules.
    pub art: Objektart,
    /// Kind by name, and the row whose office or Ortsteil counts.
    pub eigner: Option<(&'a str, Uuid)>,
    /// State of its publication.
    pub zustand: Zustand,
}

/// Refuses what the rules do not allow, and says what is in the way.
pub async fn verlange(
    conn: &mut PgConnection,
    akteur: &Akteur,
    aktion: Aktion,
    sache: Sache<'_>,
) -> Result<(), Problem> {
    let eigen = match (sache.eigner, akteur.konto()) {
        (Some((art, id)), Some(konto)) => store::eigen(conn, konto, art, id).await?,
        _ => false,
    };
    let objekt = Objekt {
        art: sache.art,
        zustand: sache.zustand,
        eigen,
    };
    if darf(akteur, aktion, &objekt) {
        return Ok(());
    }
    let offen = Objekt {
        zustand: Zustand::Entwurf,
        ..objekt
    };
    let fremd = Objekt {
        eigen: true,
        ..objekt
    };
    Err(if darf(akteur, aktion, &offen) {
        problem::KONFLIKT.mit(match sache.zustand {
            Zustand::InFreigabe => {
                "Das Objekt liegt zur Freigabe vor und wird bis zur Entscheidung nicht geändert."
            }
            Zustand::Archiviert => "Das Objekt ist archiviert und wird nicht mehr geändert.",
            _ => {
                "Das Objekt ist veröffentlicht. Vor dem Löschen muss die Freigabe es zurückziehen."
            }
        })
    } else if darf(akteur, aktion, &fremd) {
        problem::VERWEIGERT.mit("Dafür ist eine andere Stelle zuständig: das Objekt gehört weder zu Ihrem Referat, noch liegt es in Ihrem Ortsteil.")
    } else {
        wege::verweigert(akteur)
    })
}
