//! The Ortsteil a file means: by kennung or name, however it is written.

use super::bericht::gemeint;
use crate::gemeinde::kennung::slug;

/// The Ortsteil of a kennung or name. Error: German sentence with proposals.
pub(super) fn finde(text: &str, ortsteile: &[(i32, String, String)]) -> Result<i32, String> {
    let gesucht = slug(text);
    if gesucht.is_empty() {
        return Err("Der Ortsteil fehlt.".to_owned());
    }
    let treffer = ortsteile
        .iter()
        .find(|(_, kennung, _)| *kennung == text || *kennung == gesucht)
        .or_else(|| ortsteile.iter().find(|(_, _, name)| slug(name) == gesucht));
    treffer.map(|(id, ..)| *id).ok_or_else(|| {
        if ortsteile.is_empty() {
            return "Es sind noch keine Ortsteile eingelesen; bitte zuerst „zielraum import ortsteile“.".to_owned();
        }
        let namen: Vec<&str> = ortsteile.iter().map(|(_, _, name)| name.as_str()).collect();
        let nah = gemeint(text, namen.iter().copied());
        let rat = if nah.is_empty() {
            format!(" Vorhanden sind: {}.", namen.join(", "))
        } else {
            nah
        };
        format!("Diesen Ortsteil gibt es nicht.{rat}")
    })
}
