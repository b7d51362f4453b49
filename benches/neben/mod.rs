//! What is measured side by side: the built service and its peers, each in processes of its own
//! over the same PostgreSQL, asked by the same clients.

pub mod dienst;
pub mod last;
pub mod martin;
pub mod nginx;
pub mod prozess;
pub mod tabelle;
pub mod tipg;

/// Clients at a time.
pub const CLIENTS: usize = 4;

/// The database `zielraum serve` opens.
pub const DATENBANK: &str = "zielraum";
