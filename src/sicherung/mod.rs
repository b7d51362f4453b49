//! Sicherung: one file that holds a whole database, and the way back from it.
//!
//! [`sichern`] writes it, [`rueckspielen`] restores it, [`pruefen`] looks after a database or a
//! file. The file is a zip ([`archiv`]) of a dump by the system's `pg_dump`, a [`manifest`]
//! that was read under the dump's own snapshot, and a note for people; so it can be unpacked
//! and restored by hand, years from now and without this program.
//!
//! Three things are not in any dump and are carried here: the roles ([`manifest::Rolle`]), the
//! rights on the database, and the closed statistics (`rechte.sql`). Without them the wall
//! between public and drafts would not stand after a restore.
//!
//! Nothing here migrates before it has to: a backup is what one makes before an upgrade.

pub mod archiv;
mod liste;
pub mod manifest;
mod programm;
pub mod pruefen;
pub mod rueckspielen;
pub mod sichern;
mod stand;

/// Bytes as a person reads them: decimal, German comma.
#[must_use]
pub fn groesse(bytes: u64) -> String {
    let (teiler, einheit) = match bytes {
        0..1_000_000 => (1_000.0, "kB"),
        1_000_000..1_000_000_000 => (1_000_000.0, "MB"),
        _ => (1_000_000_000.0, "GB"),
    };
    format!("{:.1} {einheit}", bytes as f64 / teiler).replace('.', ",")
}
