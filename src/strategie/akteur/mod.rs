//! Offices and bodies, and what they are responsible for. Roles, never names of persons.

pub mod blatt;
pub mod store;

use serde::Serialize;

/// An office or a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Akteur {
    /// Kennung, part of its address.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// Title of its kind.
    pub art: String,
    /// Address.
    pub anschrift: Option<String>,
    /// Kennung of the office above.
    pub uebergeordnet: Option<String>,
    /// Its title.
    pub uebergeordnet_titel: Option<String>,
    /// Goals, measures and indicators it leads.
    pub federfuehrend: i64,
    /// Those it takes part in.
    pub beteiligt: i64,
}
