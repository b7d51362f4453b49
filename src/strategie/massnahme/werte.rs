//! Values of the filter language: found by key, title or number, refused with what there is.

use sqlx::PgConnection;

use crate::error::{Error, Result};

/// Values a message lists at most.
const AUFGEZAEHLT: usize = 30;

/// A value a parameter may have.
#[derive(Debug, Clone)]
pub struct Eintrag {
    /// Kennung or key.
    pub schluessel: String,
    /// Title.
    pub titel: String,
    /// Number, which people write too.
    pub nummer: Option<String>,
}

/// All values of a parameter, in the order of lists.
pub async fn verzeichnis(conn: &mut PgConnection, name: &str) -> Result<Vec<Eintrag>> {
    Ok(
        sqlx::query_file_as!(Eintrag, "src/strategie/massnahme/verzeichnis.sql", name)
            .fetch_all(conn)
            .await?,
    )
}

pub(super) async fn lies(
    conn: &mut PgConnection,
    name: &'static str,
    wert: Option<&str>,
) -> Result<Option<Vec<Eintrag>>> {
    let Some(wert) = wert else { return Ok(None) };
    let alle = verzeichnis(conn, name).await?;
    // A title may hold a comma itself.
    if let Some(ganz) = finde(wert, &alle) {
        return Ok(Some(vec![ganz.clone()]));
    }
    einzeln(name, wert, &alle).map(Some)
}

/// The one value of a parameter.
///
/// # Errors
/// [`Error::Aufruf`] with what exists.
pub async fn einer(conn: &mut PgConnection, name: &'static str, wert: &str) -> Result<Eintrag> {
    let alle = verzeichnis(conn, name).await?;
    finde(wert.trim(), &alle)
        .cloned()
        .ok_or_else(|| fehlt(name, wert, &alle))
}

/// By key, else by title or number where only one is called so; case and umlauts aside.
fn finde<'a>(wert: &str, alle: &'a [Eintrag]) -> Option<&'a Eintrag> {
    if let Some(genau) = alle.iter().find(|e| e.schluessel == wert) {
        return Some(genau);
    }
    let gesucht = falte(wert);
    let mut treffer = alle.iter().filter(|e| {
        falte(&e.schluessel) == gesucht
            || falte(&e.titel) == gesucht
            || e.nummer.as_deref().is_some_and(|n| falte(n) == gesucht)
    });
    match (treffer.next(), treffer.next()) {
        (Some(einer), None) => Some(einer),
        _ => None,
    }
}

fn fehlt(name: &'static str, wert: &str, alle: &[Eintrag]) -> Error {
    let namen = alle
        .iter()
        .flat_map(|e| [e.schluessel.as_str(), e.titel.as_str()]);
    let mut liste: Vec<&str> = alle
        .iter()
        .take(AUFGEZAEHLT)
        .map(|e| e.schluessel.as_str())
        .collect();
    if alle.len() > AUFGEZAEHLT {
        liste.push("…");
    }
    let moeglich = if liste.is_empty() {
        "Es ist noch keiner eingelesen.".to_owned()
    } else {
        format!("Möglich sind: {}.", liste.join(", "))
    };
    Error::parameter(
        name,
        format!(
            "Den Wert „{wert}“ gibt es bei „{name}“ nicht.{} {moeglich}",
            meinten(wert, namen)
        ),
    )
}

pub(super) fn feste(
    name: &'static str,
    wert: Option<&str>,
    alle: &[&str],
) -> Result<Option<Vec<Eintrag>>> {
    let Some(wert) = wert else { return Ok(None) };
    let alle: Vec<Eintrag> = alle
        .iter()
        .map(|&text| Eintrag {
            schluessel: text.to_owned(),
            titel: text.to_owned(),
            nummer: None,
        })
        .collect();
    einzeln(name, wert, &alle).map(Some)
}

/// Each value between commas looked up.
fn einzeln(name: &'static str, wert: &str, alle: &[Eintrag]) -> Result<Vec<Eintrag>> {
    teile(name, wert)?
        .map(|teil| {
            finde(teil, alle)
                .cloned()
                .ok_or_else(|| fehlt(name, teil, alle))
        })
        .collect()
}

/// Values between commas.
pub(super) fn teile<'a>(name: &str, wert: &'a str) -> Result<impl Iterator<Item = &'a str>> {
    let liste: Vec<&str> = wert
        .split(',')
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .collect();
    if liste.is_empty() {
        return Err(Error::parameter(
            name,
            format!(
                "Der Parameter „{name}“ enthält nur Kommas; erwartet wird {name}=a oder {name}=a,b."
            ),
        ));
    }
    Ok(liste.into_iter())
}

/// ` Meinten Sie „…“?` for a slip of the pen, else nothing.
#[must_use]
pub fn meinten<'a>(gesucht: &str, vorhanden: impl Iterator<Item = &'a str>) -> String {
    let klein = falte(gesucht);
    vorhanden
        .map(|name| (strsim::osa_distance(&klein, &falte(name)), name))
        .filter(|(abstand, _)| *abstand <= (klein.chars().count() / 3).max(1))
        .min()
        .map_or_else(String::new, |(_, name)| format!(" Meinten Sie „{name}“?"))
}

/// Lower case without umlauts and accents; ae is a as well. `massnahmen.sql` folds the same way.
#[must_use]
pub fn falte(text: &str) -> String {
    let mut gefaltet = String::with_capacity(text.len());
    for c in text.to_lowercase().chars() {
        match c {
            'ß' => gefaltet.push_str("ss"),
            'ä' | 'á' | 'à' | 'â' => gefaltet.push('a'),
            'é' | 'è' | 'ê' => gefaltet.push('e'),
            'í' | 'ì' | 'î' => gefaltet.push('i'),
            'ö' | 'ó' | 'ò' | 'ô' => gefaltet.push('o'),
            'ü' | 'ú' | 'ù' | 'û' => gefaltet.push('u'),
            'ç' => gefaltet.push('c'),
            anderes => gefaltet.push(anderes),
        }
    }
    gefaltet
        .replace("ae", "a")
        .replace("oe", "o")
        .replace("ue", "u")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eintrag(schluessel: &str, titel: &str) -> Eintrag {
        Eintrag {
            schluessel: schluessel.into(),
            titel: titel.into(),
            nummer: None,
        }
    }

    #[test]
    fn values_are_found_by_key_and_name() {
        let alle = [
            eintrag("koessen", "Kössen"),
            eintrag("ost", "Ost"),
            eintrag("ost-2", "Ost II"),
        ];
        for (wert, soll) in [
            ("ost", Some("ost")),
            ("KÖSSEN", Some("koessen")),
            ("Koessen", Some("koessen")),
            ("west", None),
        ] {
            assert_eq!(
                finde(wert, &alle).map(|e| e.schluessel.as_str()),
                soll,
                "{wert}"
            );
        }
        let fehler = fehlt("ortsteil", "Kosen", &alle).to_string();
        assert!(
            fehler.contains("Meinten Sie „Kössen“?") || fehler.contains("Meinten Sie „koessen“?"),
            "{fehler}"
        );
        assert!(
            fehler.contains("Möglich sind: koessen, ost, ost-2."),
            "{fehler}"
        );
    }

    #[test]
    fn umlauts_fold() {
        assert_eq!(falte("Maßnahme für Bäume"), falte("massnahme fuer baeume"));
    }
}
