//! The Flächennutzungsplan: plans, their versions (Fassung), areas and balance.

pub mod objekt;
