//! Writes the demonstration data set into `geodata/demo` (or the folder given):
//! `cargo run --example demodaten [FOLDER]`.
//!
//! Everything is invented and deterministic: own random numbers with fixed seeds, no time, no
//! order of hash maps. `tests/demodaten.rs` compares the committed files byte by byte.

mod erzeuger;

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let ordner = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("geodata/demo"), PathBuf::from);
    erzeuger::schreibe(&ordner)
}
