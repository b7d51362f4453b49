//! Readers of user files and what brings them into the database.
//!
//! Reading order: [`datei`] (what a file is), [`xplangml`] and [`vector`] (readers),
//! [`verbund`] (the join with the Ortsteile), [`zuwachs`] (what of it follows an edit), [`fnp`] and [`gebiete`] (loading),
//! [`protokoll`]. Tables: [`table`] (reader), [`strategie`] (loading), [`bericht`].

pub mod bericht;
pub mod crs;
pub mod datei;
pub mod dorferneuerung;
pub mod einwohner;
mod einwohner_zelle;
pub mod fachdaten;
pub mod flurstueck_felder;
pub mod flurstuecke;
pub mod fnp;
pub mod fortschritt;
pub mod gebiete;
mod hilbert;
mod kodierung;
pub mod lauf;
pub mod mappe;
mod ortsteil;
pub mod protokoll;
pub mod sachmerkmal;
pub mod sandbox;
mod sperre;
pub mod strategie;
pub mod table;
pub mod vector;
pub mod verbund;
pub mod xplangml;
pub mod zuwachs;

pub(crate) use sperre::{beginne, sperre, warte_auf_andere};
