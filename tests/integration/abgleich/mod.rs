//! A new delivery beside the one before: which area is which, what changed, which links wait.

mod kennung;
mod lieferung;
mod links;
