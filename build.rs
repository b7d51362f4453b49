//! Makes cargo notice new migrations and layers, which macros read at compile time.
fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=geodata");
}
