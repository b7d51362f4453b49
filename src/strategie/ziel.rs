//! Goals: words and rules.

/// Levels of a goal.
pub const EBENEN: &[&str] = &["strategisch", "operativ"];
/// Whether a goal acts on space.
pub const RAUMWIRKSAM: &[&str] = &["ja", "nein", "mittelbar"];

/// Two levels and no more: an operative goal stands below a strategic one, a strategic
/// one below none. `oben` is the level of the goal above. Error: a German sentence.
pub fn pruefe_ebene(ebene: &str, oben: Option<&str>) -> Result<(), &'static str> {
    match (ebene, oben) {
        ("operativ", None) => {
            Err("Ein operatives Ziel braucht ein übergeordnetes strategisches Ziel.")
        }
        ("operativ", Some("operativ")) => Err(
            "Das übergeordnete Ziel ist selbst ein operatives; es gibt zwei Ebenen: strategisch und darunter operativ.",
        ),
        ("strategisch", Some(_)) => Err(
            "Ein strategisches Ziel hat kein übergeordnetes Ziel. Soll die Ebene „operativ“ heißen?",
        ),
        _ => Ok(()),
    }
}
