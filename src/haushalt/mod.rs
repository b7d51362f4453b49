//! Money: what measures cost, who pays, where and for which goal.
//!
//! Reading order: [`auswertung`] (money by Ortsteil, Handlungsfeld, goal, SDG, year, product),
//! [`aufteilung`] (shares to the cent), [`finanzwert`] (every statement about a measure and the
//! drift of its estimates), [`foerderung`] (grants and programmes), [`pruefung`] (what does not
//! fit), [`store`] (SQL), [`routes`].
//!
//! Amounts are whole EUR cents inside. What is unknown is None, never 0.
//! Which of several statements counts is decided in one place, `migrations/sichten/strategie_geld.sql`:
//! * total costs: the newest estimate (each kind by its own day), else the sum of the years;
//! * a year: the actual figure, else Nachtrag, else Ansatz, else Finanzplan, else an estimate for it;
//! * costs are `aufwand` and `investition`; a Verpflichtungsermächtigung is no cost of its year;
//! * funding: what was granted, else what the years plan, else the estimate; applied for never counts;
//! * Eigenanteil = Kosten − Förderung; Erträge and Folgekosten (of one year) stand apart.

pub mod aufteilung;
pub mod ausgabe;
pub mod auswertung;
pub mod finanzwert;
pub mod foerderung;
pub mod pruefung;
pub mod routes;
pub mod store;
