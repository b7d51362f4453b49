//! The questions a planner asks, by command and by HTTP, against SQL written by hand.
mod befehle;
mod ebene;
mod filter;
mod hier;
