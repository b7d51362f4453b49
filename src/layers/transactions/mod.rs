//! What can be edited through a layer (OGC API – Features Part 4): kinds of objects, each with
//! the table behind its layer and the columns a client may set. A layer names its kind with
//! `bearbeiten` in `layers.toml`; reading, checking and writing stand in [`crate::bearbeiten`].

use serde_json::Value;
use sqlx::PgPool;

use super::sammlung::Sammlung;
use crate::auth::Objektart;
use crate::error::Result;

mod arten;

pub use arten::ARTEN;

/// Conformance classes of editing (a draft of the OGC).
pub const KONFORMITAET: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
];

/// Where an object of the layer is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traeger {
    /// One row with its geometry in column `geom`.
    Zeile,
    /// One row of a plan version; only a draft's can be edited.
    Plan,
    /// A measure, whose places of the layer's dimension stand in `strategie.raumbezug`.
    Ort,
}

/// What a property takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wert {
    /// Text.
    Text,
    /// Day.
    Datum,
    /// Whole number from … to.
    Ganzzahl(i64, i64),
    /// Number.
    Zahl,
    /// Yes or no.
    Wahr,
    /// Key or title of a code table; the layer shows one of the two.
    Code(&'static str),
    /// One of few words.
    Wahl(&'static [&'static str]),
    /// Kennung or name of an Ortsteil; stored as its number.
    Ortsteil,
}

/// A property a client may set.
#[derive(Debug, Clone, Copy)]
pub struct Feld {
    /// Name in the layer.
    pub name: &'static str,
    /// Column of the table.
    pub spalte: &'static str,
    /// Content.
    pub wert: Wert,
    /// May not be empty.
    pub pflicht: bool,
    /// Value where none is given, as JSON.
    pub vorgabe: Option<&'static str>,
}

/// A kind of editable objects.
#[derive(Debug)]
pub struct Gegenstand {
    /// Its name in the catalogue.
    pub name: &'static str,
    /// German noun with indefinite article, for sentences.
    pub nomen: &'static str,
    /// What the rules of rights call it.
    pub art: Objektart,
    /// Where it is stored.
    pub traeger: Traeger,
    /// Table.
    pub relation: &'static str,
    /// Start of a kennung made here.
    pub anfang: &'static str,
    /// Properties a client may set.
    pub felder: &'static [Feld],
    /// Columns a new row needs besides, as a JSON object.
    pub neu: &'static str,
}

impl Gegenstand {
    /// By its name in the catalogue.
    #[must_use]
    pub fn zu(name: &str) -> Option<&'static Self> {
        ARTEN.iter().find(|art| art.name == name)
    }

    /// A settable property.
    #[must_use]
    pub fn feld(&self, name: &str) -> Option<&'static Feld> {
        self.felder.iter().find(|feld| feld.name == name)
    }

    /// Key of an object's row, as JSON.
    #[must_use]
    pub fn schluessel(&self, sammlung: &Sammlung, kennung: &str) -> Value {
        let mut wo = serde_json::json!({ "kennung": kennung });
        if self.traeger == Traeger::Plan
            && let Some([fassung]) = sammlung.fassungen.as_deref()
        {
            wo["fassung_id"] = (*fassung).into();
        }
        wo
    }
}

/// The version of a feature as it is compared with If-Match; None where the row is not
/// visible. Asked through a staff world: the public has no right on the working tables.
pub async fn marke(pool: &PgPool, sammlung: &Sammlung, kennung: &str) -> Result<Option<String>> {
    let Some(gegenstand) = sammlung.bearbeiten else {
        return Ok(None);
    };
    Ok(sqlx::query_scalar!(
        "SELECT freigabe.marke($1::text::regclass, $2)",
        gegenstand.relation,
        gegenstand.schluessel(sammlung, kennung)
    )
    .fetch_one(pool)
    .await?)
}
