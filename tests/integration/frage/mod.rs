//! The questions a planner asks, by HTTP and from the store, against SQL written by hand.
mod ebene;
mod filter;
mod hier;
mod karte;
