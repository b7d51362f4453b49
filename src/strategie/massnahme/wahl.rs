//! A question looked up: names become keys, places become shapes. What does not exist is
//! refused with what does, the nearest first.

use sqlx::PgConnection;

use super::frage::{Frage, HORIZONTE, OHNE, SORTIERUNGEN};
use super::raum::{im_plan, raum, umkreis};
use super::werte::{Eintrag, falte, feste, lies, teile};
use crate::error::{Error, Result};
use crate::fnp::plan::Fassung;
use crate::strategie::raumbezug;

/// Measures of a page at most.
const LIMIT_MAX: i64 = 10_000;

/// A question with everything looked up; what the statements of `suche` ask for.
#[derive(Debug, Default)]
pub struct Wahl {
    /// Version of the plan for land uses and areas.
    pub plan: Option<Fassung>,
    /// Places as EWKB, EPSG:25832; each must be met.
    pub raum: Option<Vec<Vec<u8>>>,
    /// Places of areas in the version.
    pub flaechen: Option<Vec<i64>>,
    /// Shape of a search around, EWKB.
    pub nahe: Option<Vec<u8>>,
    /// Its radius, metres.
    pub abstand: Option<f64>,
    /// By parameter: keys.
    pub ortsteile: Option<Vec<String>>,
    /// Goals.
    pub ziele: Option<Vec<String>>,
    /// Land uses.
    pub nutzungen: Option<Vec<String>>,
    /// Kinds of place.
    pub raumbezug: Option<Vec<String>>,
    /// Handlungsfelder.
    pub handlungsfelder: Option<Vec<String>>,
    /// States of decision.
    pub beschlussstaende: Option<Vec<String>>,
    /// Phases.
    pub phasen: Option<Vec<String>>,
    /// Traffic lights.
    pub ampeln: Option<Vec<String>>,
    /// Ages of data.
    pub alter: Option<Vec<String>>,
    /// Horizons.
    pub horizonte: Option<Vec<String>>,
    /// Years running.
    pub jahre: Option<Vec<i32>>,
    /// Years with money.
    pub geldjahre: Option<Vec<i32>>,
    /// Actors.
    pub stellen: Option<Vec<String>>,
    /// Leitprojekt.
    pub leitprojekt: Option<bool>,
    /// SDG.
    pub sdg: Option<Vec<i32>>,
    /// Funding programmes.
    pub programme: Option<Vec<String>>,
    /// Fachpläne.
    pub fachplaene: Option<Vec<String>>,
    /// What is lacking.
    pub ohne: Option<Vec<String>>,
    /// Folded words.
    pub woerter: Option<Vec<String>>,
    /// Order.
    pub sortiert: Option<String>,
    /// Rows.
    pub limit: Option<i64>,
    /// Last row before: empty, value, kennung.
    pub nach: Option<(bool, String, String)>,
    /// What was asked in words: parameter and titles.
    pub gefragt: Vec<(String, String)>,
}

/// Looks everything up.
///
/// # Errors
/// [`Error::Aufruf`] for a value that does not exist, with what does.
pub async fn loese_auf(conn: &mut PgConnection, frage: &Frage) -> Result<Wahl> {
    let mut gefragt = Vec::new();
    let mut codes = |name: &'static str, titel: Option<Vec<Eintrag>>| {
        titel.map(|eintraege| {
            let worte: Vec<&str> = eintraege.iter().map(|e| e.titel.as_str()).collect();
            gefragt.push((name.to_owned(), worte.join(" oder ")));
            eintraege
                .into_iter()
                .map(|e| e.schluessel)
                .collect::<Vec<String>>()
        })
    };
    let ortsteile = codes(
        "Ortsteil",
        lies(conn, "ortsteil", frage.ortsteil.as_deref()).await?,
    );
    let ziele = codes("Ziel", lies(conn, "ziel", frage.ziel.as_deref()).await?);
    let handlungsfelder = codes(
        "Handlungsfeld",
        lies(conn, "handlungsfeld", frage.handlungsfeld.as_deref()).await?,
    );
    let nutzungen = codes(
        "Nutzung",
        lies(conn, "nutzung", frage.nutzung.as_deref()).await?,
    );
    let beschlussstaende = codes(
        "Beschlussstand",
        lies(conn, "beschlussstand", frage.beschlussstand.as_deref()).await?,
    );
    let phasen = codes(
        "Phase",
        lies(conn, "umsetzungsphase", frage.umsetzungsphase.as_deref()).await?,
    );
    let ampeln = codes("Ampel", lies(conn, "ampel", frage.ampel.as_deref()).await?);
    let alter = codes(
        "Alter der Angaben",
        lies(conn, "aktualitaet", frage.aktualitaet.as_deref()).await?,
    );
    let stellen = codes(
        "Zuständig",
        lies(conn, "zustaendig", frage.zustaendig.as_deref()).await?,
    );
    let sdg = codes("SDG", lies(conn, "sdg", frage.sdg.as_deref()).await?);
    let programme = codes(
        "Förderprogramm",
        lies(conn, "foerderprogramm", frage.foerderprogramm.as_deref()).await?,
    );
    let fachplaene = codes(
        "Fachplan",
        lies(conn, "fachplan", frage.fachplan.as_deref()).await?,
    );
    let raumbezug = codes(
        "Raumbezug",
        feste("raumbezug", frage.raumbezug.as_deref(), raumbezug::ARTEN)?,
    );
    let horizonte = codes(
        "Horizont",
        feste("horizont", frage.horizont.as_deref(), HORIZONTE)?,
    );
    let ohne = codes("Ohne", feste("ohne", frage.ohne.as_deref(), OHNE)?);
    let (plan, flaechen) = im_plan(conn, frage).await?;
    let raum = raum(conn, frage).await?;
    let (nahe, abstand) = umkreis(conn, frage).await?;
    gefragt.extend(in_worten(frage));
    Ok(Wahl {
        plan,
        raum,
        flaechen,
        nahe,
        abstand,
        ortsteile,
        ziele,
        nutzungen,
        raumbezug,
        handlungsfelder,
        beschlussstaende,
        phasen,
        ampeln,
        alter,
        horizonte,
        jahre: jahre("jahr", frage.jahr.as_deref())?,
        geldjahre: jahre("geldjahr", frage.geldjahr.as_deref())?,
        stellen,
        leitprojekt: frage.leitprojekt.as_deref().map(ja_nein).transpose()?,
        sdg: sdg.map(|nummern| nummern.iter().filter_map(|n| n.parse().ok()).collect()),
        programme,
        fachplaene,
        ohne,
        woerter: frage.q.as_deref().map(woerter),
        sortiert: feste("sortiert", frage.sortiert.as_deref(), SORTIERUNGEN)?
            .and_then(|mut s| s.pop())
            .map(|s| s.schluessel),
        limit: frage.limit.as_deref().map(limit).transpose()?,
        nach: frage.cursor.as_deref().map(cursor).transpose()?,
        gefragt,
    })
}

/// What needs no looking up.
fn in_worten(frage: &Frage) -> Vec<(String, String)> {
    let mut worte = Vec::new();
    for (name, wert) in [
        ("Fläche", &frage.flaeche),
        ("Flurstück", &frage.flurstueck),
        ("Rechteck", &frage.bbox),
        ("Nahe", &frage.nahe),
        ("Abstand (m)", &frage.abstand),
        ("Jahr", &frage.jahr),
        ("Geld im Jahr", &frage.geldjahr),
        ("Leitprojekt", &frage.leitprojekt),
        ("Text", &frage.q),
    ] {
        if let Some(wert) = wert {
            worte.push((name.to_owned(), wert.clone()));
        }
    }
    if frage.polygon.is_some() || frage.polygon_text.is_some() {
        worte.push(("Raum".to_owned(), "gezeichnetes Polygon".to_owned()));
    }
    worte
}

fn woerter(text: &str) -> Vec<String> {
    text.split_whitespace().map(falte).collect()
}

fn jahre(name: &str, wert: Option<&str>) -> Result<Option<Vec<i32>>> {
    let Some(wert) = wert else { return Ok(None) };
    let falsch = |teil: &str| {
        Error::parameter(
            name,
            format!(
                "„{teil}“ ist kein Jahr zwischen 1990 und 2200. Erwartet wird zum Beispiel {name}=2026, {name}=2026,2027 oder {name}=2026-2028."
            ),
        )
    };
    let jahr = |teil: &str| {
        teil.trim()
            .parse::<i32>()
            .ok()
            .filter(|jahr| (1990..=2200).contains(jahr))
    };
    let mut jahre = Vec::new();
    for teil in teile(name, wert)? {
        match teil.split_once(['-', '–']) {
            Some((von, bis)) => match (jahr(von), jahr(bis)) {
                (Some(von), Some(bis)) if von <= bis => jahre.extend(von..=bis),
                _ => return Err(falsch(teil)),
            },
            None => jahre.push(jahr(teil).ok_or_else(|| falsch(teil))?),
        }
    }
    Ok(Some(jahre))
}

fn ja_nein(text: &str) -> Result<bool> {
    match text.to_lowercase().as_str() {
        "ja" | "true" | "1" => Ok(true),
        "nein" | "false" | "0" => Ok(false),
        _ => Err(Error::parameter(
            "leitprojekt",
            format!("„{text}“ ist weder ja noch nein."),
        )),
    }
}

fn limit(text: &str) -> Result<i64> {
    text.parse::<i64>()
        .ok()
        .filter(|zahl| *zahl > 0)
        .map(|zahl| zahl.min(LIMIT_MAX))
        .ok_or_else(|| {
            Error::parameter(
                "limit",
                format!("„{text}“ ist keine ganze Zahl ab 1. Möglich ist 1 bis {LIMIT_MAX}."),
            )
        })
}

/// `1:KENNUNG:WERT`, 1 when the value is empty.
fn cursor(text: &str) -> Result<(bool, String, String)> {
    let falsch = || {
        Error::parameter(
            "cursor",
            "Diese Fortsetzung ist nicht lesbar; bitte der Adresse in „weiter“ folgen, ohne sie zu ändern.",
        )
    };
    let (leer, rest) = text.split_once(':').ok_or_else(falsch)?;
    let (kennung, wert) = rest.split_once(':').ok_or_else(falsch)?;
    if !matches!(leer, "0" | "1") || kennung.is_empty() {
        return Err(falsch());
    }
    Ok((leer == "1", wert.to_owned(), kennung.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_limits_and_cursors() {
        assert_eq!(
            jahre("jahr", Some("2026,2028-2030")).unwrap(),
            Some(vec![2026, 2028, 2029, 2030])
        );
        for falsch in ["26", "2030-2028", "x", ",", "2026-"] {
            assert!(jahre("jahr", Some(falsch)).is_err(), "{falsch}");
        }
        assert_eq!(limit("20000").unwrap(), LIMIT_MAX);
        assert!(limit("0").is_err() && limit("viele").is_err());
        assert_eq!(
            cursor("0:m-a:1:2").unwrap(),
            (false, "1:2".to_owned(), "m-a".to_owned())
        );
        assert!(cursor("2:m:x").is_err() && cursor("m").is_err() && cursor("0::x").is_err());
    }
}
