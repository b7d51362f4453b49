//! Publication: what is public, what waits, who decides (domain page schema.md, section 2).
//!
//! The rules are the database's: legal transitions, drafts over published rows, four eyes,
//! withdrawal and confidentiality are functions and triggers of schema `freigabe`
//! (migration 0031, `migrations/sichten/freigabe*.sql`), so that the command line, the pages
//! and any other writer obey the same. Here stand the words around them: [`gegenstand`]
//! (types, differences), [`store`] (SQL), [`frist`] (the daily end of confidentiality),
//! [`routes`] (pages and JSON), [`vertraulich`] (the form that withholds a field), [`recht`]
//! (which right a step asks for).
//!
//! What no amount can leak by (`freigabe.geld_folgt`): a total that is about the public years
//! plus the withheld ones is withheld too, years that add up to a withheld total too, a
//! withheld grant takes the planned funding and the rate; an older amount of the same year and
//! kind goes with the newer one that is withheld (`freigabe.betrag_ueberholt`), so that none
//! stands as current that is not; a rate goes when grant and rate give
//! such a total. Sums over measures are made of public rows alone, so a difference of two sums
//! never holds a withheld amount. What stays is the programme's general rate, an upper bound.

pub mod frist;
pub mod gegenstand;
pub mod recht;
pub mod routes;
mod seiten;
pub mod store;
mod vertraulich;

pub use gegenstand::{Antrag, Gegenstand, Schritt, Unterschied};
